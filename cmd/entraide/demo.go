// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"

	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// demoCmd shows the main job.
type demoCmd struct {
	Play  bool   `help:"Play the whole story in the terminal, print each step with its evidence, and stop. Fails when any evidence is missing."`
	Dir   string `help:"Where to keep the data folders; a demonstration that was left there goes on. Default: a temporary folder, removed at the end." type:"path"`
	Port  int    `help:"Port of the first office; the others follow. 0 takes free ones; a demonstration that goes on keeps its own." default:"0"`
	Fresh bool   `help:"Without the forty earlier referrals and what fills the programme's rooms: starts faster."`

	DB map[demo.Place]string `name:"db" help:"Keep an office's data in PostgreSQL, in an empty database or schema. Offices are called as their folders are." placeholder:"OFFICE=postgres://..."`
}

func (d *demoCmd) Run(c *call) (err error) {
	dir, err := d.folder()
	if err != nil {
		return err
	}
	if d.Dir == "" {
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	config := demo.Config{Dir: dir, Port: d.Port, Out: c.out, Databases: d.DB, Command: func(ctx context.Context, folder string) *exec.Cmd {
		return exec.CommandContext(ctx, self, "serve", folder)
	}}
	if empty(dir) {
		return d.begin(c, config)
	}
	if d.Play || len(d.DB) > 0 {
		return fault.New(fault.Conflict, "app.demo.left", "Folder", dir)
	}
	return d.goOn(c, config)
}

// begin plays the story in an empty folder.
func (d *demoCmd) begin(c *call, config demo.Config) (err error) {
	stage, err := demo.Set(c.ctx, config)
	if stage != nil {
		defer func() { err = errors.Join(err, stage.Close()) }()
	}
	if err != nil {
		return err
	}
	c.say("Five offices run on this machine. Everybody in them is fictitious.")
	if !d.Fresh {
		if err := stage.Furnish(c.ctx); err != nil {
			return err
		}
		c.say("The programme's office has its newsletter, meetings, grants and registers.")
		if _, err := stage.Earlier(c.ctx, func(done, all int) { c.say("  earlier referrals: %d of %d", done, all) }); err != nil {
			return err
		}
		if err := stage.Publish(c.ctx); err != nil {
			return err
		}
	}
	return d.play(c, stage)
}

// goOn opens what an earlier demonstration left in the folder.
func (d *demoCmd) goOn(c *call, config demo.Config) (err error) {
	stage, fresh, err := demo.Open(c.ctx, config)
	if stage != nil {
		defer func() { err = errors.Join(err, stage.Close()) }()
	}
	if err != nil {
		return err
	}
	d.Fresh = fresh
	c.say("The five offices run again, as they were left. Everybody in them is fictitious.")
	if err := d.byHand(c, stage, nil); err != nil {
		return err
	}
	<-c.ctx.Done()
	return nil
}

// folder gives the folder, made where it is missing.
func (d *demoCmd) folder() (string, error) {
	if d.Dir == "" {
		return os.MkdirTemp("", "entraide-demo-")
	}
	return d.Dir, os.MkdirAll(d.Dir, 0o700)
}

func empty(dir string) bool {
	found, err := os.ReadDir(dir)
	return err == nil && len(found) == 0
}

func (d *demoCmd) play(c *call, stage *demo.Stage) error {
	played, err := stage.Play(c.ctx, !d.Play, func(e demo.Evidence) {
		c.say("\n%s", e.Step)
		for _, s := range e.Shows {
			c.say("  %s", s)
		}
	})
	if err != nil && c.ctx.Err() != nil {
		return err
	}
	if d.Play || err != nil {
		if derr := c.done(played); derr != nil {
			return derr
		}
		if !played.OK || err != nil {
			return errVerdict
		}
		c.say("\nEvery step holds, and all logs verify.")
		return nil
	}
	if err := stage.Leave(d.Fresh); err != nil {
		return err
	}
	if err := d.byHand(c, stage, stage.Turns(c.bundle)); err != nil {
		return err
	}
	<-c.ctx.Done()
	return nil
}

// byHand tells what to press next where the story has got to, and where to sign in as whom.
func (d *demoCmd) byHand(c *call, stage *demo.Stage, turns []demo.Turn) error {
	doors := stage.Doors()
	if len(turns) > 0 {
		c.say("\nThe coded offer waits in Albania. Go on by hand in a browser on this machine:\n")
	}
	for i, t := range turns {
		c.say("%d. %s  sign in as %s  (%s)", i+1, t.URL, t.Login, t.Office)
		for _, does := range t.Does {
			c.say("   %s", does)
		}
	}
	c.say("\nWhat is sent arrives within seconds; load the page again. One browser can be signed in at all five offices,\nas one person at each.")
	c.say("Pages for everybody, with a way out: %s/rights", strings.Replace(doors[0].URL, "127.0.0.1", "localhost", 1))
	if !d.Fresh {
		at := stage.Offices[demo.French].URL
		c.say("The programme, with its meetings, grants and registers: %s/programme as claire; its newsletter for everybody:\n%s/letters", at, strings.Replace(at, "127.0.0.1", "localhost", 1))
	}
	c.say("\nEverybody here:")
	for _, l := range doors {
		c.say("  %s  %s", l.URL, l.Office)
		for _, w := range l.People {
			c.say("      %-8s %s", w.Login, w.Job)
		}
	}
	c.say("\nPassword of everybody: %s\nStop with Ctrl-C.", stage.Password)
	return c.done(struct {
		Ready    bool        `json:"ready"`
		Offices  []demo.Door `json:"offices"`
		Turns    []demo.Turn `json:"turns,omitempty"`
		Password string      `json:"password"`
	}{true, doors, turns, stage.Password})
}
