// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
)

// Start is how an office begins.
type Start struct {
	Median   float64 `json:"median"`   // milliseconds from starting the process to the first answer
	Slowest  float64 `json:"slowest"`  //
	Starts   int     `json:"starts"`   //
	CPU      float64 `json:"cpu"`      // milliseconds of processor time of a start, median
	Resident int64   `json:"resident"` // memory of the idle process, bytes
	Binary   int64   `json:"binary"`   // bytes of the program
}

// start measures an office that is no demonstration and holds nothing yet, unlocked with a key file.
func (c Config) start(ctx context.Context) (*Start, error) {
	f, err := folder(filepath.Join(c.Dir, "started"), access.Assistance, false)
	if err != nil {
		return nil, err
	}
	if _, _, _, err := c.coldStarts(ctx, f, 1); err != nil { // makes the tables
		return nil, err
	}
	s := &Start{Starts: c.Starts}
	if s.Median, s.Slowest, s.CPU, err = c.coldStarts(ctx, f, c.Starts); err != nil {
		return nil, err
	}
	info, err := os.Stat(c.Program)
	if err != nil {
		return nil, err
	}
	s.Binary = info.Size()
	s.Resident, err = c.idle(ctx, f)
	c.say("cold start %.0f ms, slowest %.0f ms, processor %.0f ms, idle %d MB, program %d MB", s.Median, s.Slowest, s.CPU, s.Resident>>20, s.Binary>>20)
	return s, err
}

// coldStarts starts the process several times and gives the median and the longest time to an answer, and the median of
// the processor time, in milliseconds.
func (c Config) coldStarts(ctx context.Context, f app.Folder, n int) (middle, slowest, cpu float64, err error) {
	var all, spent []float64
	for range n {
		begun := time.Now()
		var ready struct{ Ready string }
		p, err := launch(ctx, &ready, c.Program, "serve", string(f), "--json")
		if err != nil {
			return 0, 0, 0, err
		}
		_, _, err = once(ready.Ready, request{method: "GET", path: "/healthz"})
		took := float64(time.Since(begun).Microseconds()) / 1000
		spent = append(spent, float64(p.spent().Milliseconds()))
		if stopped := p.stop(); err == nil {
			err = stopped
		}
		if err != nil {
			return 0, 0, 0, err
		}
		all, slowest = append(all, took), max(slowest, took)
	}
	return median(all), slowest, median(spent), nil
}

// idle gives the memory of a process that was started, answered once and was left alone.
func (c Config) idle(ctx context.Context, f app.Folder) (int64, error) {
	var ready struct{ Ready string }
	p, err := launch(ctx, &ready, c.Program, "serve", string(f), "--json")
	if err != nil {
		return 0, err
	}
	defer func() { _ = p.stop() }() // what it held is known by then
	if _, _, err := once(ready.Ready, request{method: "GET", path: "/healthz"}); err != nil {
		return 0, err
	}
	err = pause(ctx, 3*time.Second)
	return p.resident(), err
}
