// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// TestMain lets scripts run the real program as "entraide".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"entraide": main, "age-plugin-shelf": shelfPlugin})
}

// TestScripts runs the scripts of testdata/script: what an administrator types, and what comes of it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true, Setup: setup,
		Condition: func(c string) (bool, error) {
			if c == "postgres" {
				return os.Getenv("ENTRAIDE_TEST_POSTGRES") != "", nil
			}
			if c == "published" {
				_, err := os.Stat(published)
				return err == nil, nil
			}
			return false, fmt.Errorf("unknown condition %q", c)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"sql": runSQL, "json": checkJSON, "keys": checkKeys, "await": await, "enrol": enrol, "seed": seed, "only": only, "flip": flip, "identity": makeIdentity, "box": box,
		}})
}

// wordless are commands without a final object, each for its reason.
var wordless = map[string]string{
	"serve": "runs until it is stopped; says once that its doors are open",
	"demo":  "tested as a whole in test/",
	"bench": "measures; tested in its own room",
}

// TestEveryCommandIsScriptedWithJSON walks through the command line's own description: each command is run by a script
// with --json.
func TestEveryCommandIsScriptedWithJSON(t *testing.T) {
	var scripts strings.Builder
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) < 5 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		scripts.Write(b)
	}
	var c commands
	parser, err := kong.New(&c, kong.Vars{"version": version})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, leaf := range parser.Model.Leaves(true) {
		path := strings.TrimPrefix(leaf.Path(), "entraide ")
		if leaf.Parent.DefaultCmd == leaf {
			path = strings.TrimPrefix(leaf.Parent.Path(), "entraide ")
		}
		if n++; wordless[path] == "" && !strings.Contains(strings.ReplaceAll(scripts.String(), "\n", " "), "entraide --json "+path+" ") {
			t.Errorf("no script runs %q with --json", path)
		}
		if leaf.Help == "" {
			t.Errorf("%q has no help", path)
		}
	}
	if n < 30 {
		t.Errorf("only %d commands", n)
	}
}

// published is where data lies that others published and that is no part of this project; scripts read it where it is.
const published = "../../../shared/data/statistics"

// setup gives a script a database of its own, where there is PostgreSQL, and says where published data lies.
func setup(e *testscript.Env) error {
	path, err := filepath.Abs(published)
	if err != nil {
		return err
	}
	e.Setenv("PUBLISHED", path)
	dsn := os.Getenv("ENTRAIDE_TEST_POSTGRES")
	if dsn == "" {
		return nil
	}
	admin, err := db.Raw(context.Background(), dsn)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("t%x", journal.NewID(time.Now(), nil))
	if _, err := admin.Exec(`CREATE SCHEMA ` + name); err != nil {
		return err
	}
	e.Defer(func() { _, _ = admin.Exec(`DROP SCHEMA ` + name + ` CASCADE`); _ = admin.Close() })
	join := "?"
	if strings.Contains(dsn, "?") {
		join = "&"
	}
	e.Setenv("POSTGRES", dsn+join+"search_path="+name)
	return nil
}

// runSQL changes an office's file as somebody would who reaches the disk: sql FOLDER STATEMENT.
func runSQL(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 || neg {
		ts.Fatalf("usage: sql FOLDER STATEMENT")
	}
	d, err := sql.Open("sqlite", filepath.Join(ts.MkAbs(args[0]), "office.db"))
	ts.Check(err)
	r, err := d.Exec(args[1])
	ts.Check(err)
	n, err := r.RowsAffected()
	ts.Check(err)
	if n == 0 {
		ts.Fatalf("the statement changed nothing")
	}
	ts.Check(d.Close())
}

// last reads the JSON object that the last command printed: one, and nothing else.
func last(ts *testscript.TestScript) (out any) {
	text := ts.ReadFile("stdout")
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		ts.Fatalf("standard output is no JSON: %v\n%s", err, text)
	}
	if d.More() {
		ts.Fatalf("standard output holds more than one object:\n%s", text)
	}
	return out
}

// walk goes into an object by a path such as reports.0.ok; len is a list's length.
func walk(ts *testscript.TestScript, v any, path string) any {
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			if step == "len" {
				v = len(x)
				continue
			}
			i := 0
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				ts.Fatalf("%s: no element %s of %d", path, step, len(x))
			}
			v = x[i]
		default:
			ts.Fatalf("%s: nothing at %s", path, step)
		}
	}
	return v
}

// checkJSON compares or takes values of what was printed: json PATH=VALUE ..., json PATH>VARIABLE.
func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	v := last(ts)
	for _, a := range args {
		if path, name, ok := strings.Cut(a, ">"); ok {
			ts.Setenv(name, fmt.Sprint(walk(ts, v, path)))
			continue
		}
		path, want, _ := strings.Cut(a, "=")
		if got := fmt.Sprint(walk(ts, v, path)); (got == want) == neg {
			ts.Fatalf("%s is %s", path, got)
		}
	}
}

// checkKeys compares the names of the object's fields: keys a b c.
func checkKeys(ts *testscript.TestScript, _ bool, args []string) {
	m, ok := last(ts).(map[string]any)
	if !ok {
		ts.Fatalf("no object was printed")
	}
	var got []string
	for k := range m {
		got = append(got, k)
	}
	slices.Sort(got)
	slices.Sort(args)
	if !slices.Equal(got, args) {
		ts.Fatalf("fields are %v", got)
	}
}

// await waits until an office that was started in the background answers.
func await(ts *testscript.TestScript, neg bool, args []string) {
	folder := app.Folder(ts.MkAbs(args[0]))
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // a busy machine
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		var s app.Status
		err := app.Ask(ctx, folder, "status", app.Empty{}, &s, func() (*app.Node, error) { return nil, os.ErrNotExist })
		if err == nil && s.Running {
			return
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("the office did not start")
		case <-tick.C:
		}
	}
}

func openNode(ts *testscript.TestScript, folder, key string) *app.Node {
	ids, err := vault.ReadKeyFile(ts.MkAbs(key))
	ts.Check(err)
	n, err := app.Open(context.Background(), app.Folder(ts.MkAbs(folder)), app.Options{With: ids, Hash: identity.Params{Memory: 64, Time: 1, Threads: 1}})
	ts.Check(err)
	return n
}

// enrol does what a person does who opens a link: enrol FOLDER KEY LINK LOGIN. The password is three words;
// recovery codes go to the variables LOGIN_1 to LOGIN_8.
func enrol(ts *testscript.TestScript, neg bool, args []string) {
	n := openNode(ts, args[0], args[1])
	defer n.Close()
	ctx := context.Background()
	setup, err := n.Identity.BeginEnrol(ctx, args[2])
	ts.Check(err)
	code, err := totp.GenerateCode(strings.ReplaceAll(setup.Secret, " ", ""), time.Now())
	ts.Check(err)
	codes, err := n.Identity.Enrol(ctx, identity.Enrolment{Link: args[2], Login: args[3], Password: "seven quiet herons", Setup: setup.Sealed, Code: code})
	ts.Check(err)
	for i, c := range codes {
		ts.Setenv(fmt.Sprintf("%s_%d", args[3], i+1), c)
	}
}

// seed makes somebody in a demonstration: seed FOLDER KEY LOGIN ROLE...
func seed(ts *testscript.TestScript, neg bool, args []string) {
	n := openNode(ts, args[0], args[1])
	defer n.Close()
	p := identity.Seeded{Name: "Worker " + args[2], Login: args[2], Password: "seven quiet herons"}
	for _, r := range args[3:] {
		p.Roles = append(p.Roles, access.Role(r))
	}
	ids, err := n.Identity.Seed(context.Background(), n.Settings.Owners[0].ID, []identity.Seeded{p})
	ts.Check(err)
	ts.Setenv(args[2], ids[0].String())
}

// only puts the one file that a pattern finds into a variable: only VARIABLE PATTERN.
func only(ts *testscript.TestScript, neg bool, args []string) {
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%s finds %v", args[1], found)
	}
	ts.Setenv(args[0], found[0])
}

// flip changes one byte near the middle of a file.
func flip(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs(args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	b[len(b)/2] ^= 1
	ts.Check(os.WriteFile(path, b, 0o600))
}
