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
	began, last := time.Now(), time.Now()
	live := false
	if f, ok := c.err.(*os.File); ok {
		live = term.IsTerminal(int(f.Fd()))
	}
	return app.WithProgress(c.ctx, func(p app.Progress) {
		of := ""
		if p.All > 0 {
			of = fmt.Sprintf(" of %d (%d %%)", p.All, 100*p.Done/p.All)
		}
		switch now := time.Now(); {
		case live && now.Sub(began) > time.Second:
			fmt.Fprintf(c.err, "\r%s: %d%s\x1b[K", c.l.T("operate.progress."+p.What), p.Done, of)
			if p.Done == p.All {
				fmt.Fprintln(c.err)
			}
		case !live && now.Sub(last) > tellEvery:
			last = now
			fmt.Fprintf(c.err, "%s: %d%s\n", c.l.T("operate.progress."+p.What), p.Done, of)
		}
	})
}
