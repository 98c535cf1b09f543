// SPDX-License-Identifier: EUPL-1.2

// Command pocketbase serves a PocketBase with one collection of records of the size of a person's file, for
// `entraide bench --peer` to measure beside an office. It is a module of its own, so that the product depends
// on none of this.
//
//	pocketbase FOLDER [normal|full]
//
// It prints one line of JSON when it listens: address, a signed-in user's token, and the settings that matter.
// The second argument is SQLite's synchronous level; normal is PocketBase's own. Everything else is as it comes,
// except that its log of requests is off, which makes it faster.
package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pocketbase:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("which folder?")
	}
	level := "normal"
	if len(args) > 1 {
		level = args[1]
	}
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: args[0], DBConnect: connect(level)})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	app.Settings().Logs.MaxDays = 0
	if err := app.Save(app.Settings()); err != nil {
		return err
	}
	if err := people(app); err != nil {
		return err
	}
	token, err := user(app)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		return json.NewEncoder(os.Stdout).Encode(map[string]string{"name": "PocketBase", "address": address, "token": token, "version": version(), "synchronous": level})
	})
	return apis.Serve(app, apis.ServeConfig{HttpAddr: address})
}

// connect opens databases as PocketBase does, at a synchronous level.
func connect(level string) core.DBConnectFunc {
	return func(path string) (*dbx.DB, error) {
		return dbx.Open("sqlite", path+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=journal_size_limit(200000000)&_pragma=synchronous("+
			strings.ToUpper(level)+")&_pragma=foreign_keys(ON)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)")
	}
}

// people makes the collection: what a person's file holds, in plain columns, for signed-in users; indexed for the
// order that lists have.
func people(app core.App) error {
	if _, err := app.FindCollectionByNameOrId("people"); err == nil {
		return nil
	}
	c := core.NewBaseCollection("people")
	signedIn := "@request.auth.id != ''"
	c.ListRule, c.ViewRule, c.CreateRule, c.UpdateRule = &signedIn, &signedIn, &signedIn, &signedIn
	for _, name := range []string{"code", "territory", "age", "sex", "names", "born", "nationality", "safe_to_call", "safe_name", "channel", "number", "hours", "code_word"} {
		c.Fields.Add(&core.TextField{Name: name})
	}
	c.Fields.Add(&core.JSONField{Name: "languages"}, &core.JSONField{Name: "documents"}, &core.AutodateField{Name: "created", OnCreate: true},
		&core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true})
	c.AddIndex("people_updated", false, "updated", "")
	return app.Save(c)
}

// user makes a user and gives a token with which requests are signed in.
func user(app core.App) (string, error) {
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return "", err
	}
	u := core.NewRecord(users)
	u.SetEmail("worker@example.org")
	u.SetRandomPassword()
	u.SetVerified(true)
	if err := app.Save(u); err != nil {
		return "", err
	}
	return u.NewAuthToken()
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == "github.com/pocketbase/pocketbase" {
			return m.Version
		}
	}
	return "?"
}
