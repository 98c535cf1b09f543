// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/entraide-thb/entraide/internal/app"
)

// tellEvery is how often progress is printed where nobody can see a line change.
const tellEvery = 5 * time.Second

// telling gives a context whose work tells its progress on the error stream: one line that changes on a terminal, a
// line every few seconds elsewhere, and nothing of work that is over at once.
func (c *call) telling() context.Context {
	tell := c.teller()
	return app.WithProgress(c.ctx, func(p app.Progress) { tell(c.l.T("operate.progress."+p.What), p.Done, p.All) })
}

// counting is telling for work of one kind, in words, whose steps are numbered.
func (c *call) counting(what string) func(done, of int) {
	tell := c.teller()
	return func(done, of int) { tell(what, int64(done), int64(of)) }
}

// teller gives what writes progress; all is zero where nobody knows it.
func (c *call) teller() func(what string, done, all int64) {
	began, last := time.Now(), time.Now()
	live := false
	if f, ok := c.err.(*os.File); ok {
		live = term.IsTerminal(int(f.Fd()))
	}
	return func(what string, done, all int64) {
		of := ""
		if all > 0 {
			of = fmt.Sprintf(" of %d (%d %%)", all, 100*done/all)
		}
		switch now := time.Now(); {
		case live && now.Sub(began) > time.Second:
			fmt.Fprintf(c.err, "\r%s: %d%s\x1b[K", what, done, of)
			if done == all {
				fmt.Fprintln(c.err)
			}
		case !live && now.Sub(last) > tellEvery:
			last = now
			fmt.Fprintf(c.err, "%s: %d%s\n", what, done, of)
		}
	}
}
