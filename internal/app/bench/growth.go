// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// Grown is an office at a size.
type Grown struct {
	People   int      `json:"people"`
	Bytes    int64    `json:"bytes"`    // of the data folder
	Loaded   float64  `json:"loaded"`   // files opened per second on the way here, without HTTP
	LoadCPU  float64  `json:"load_cpu"` // milliseconds of processor time for each of them
	Leaves   int      `json:"leaves"`   // of the log
	Numbered float64  `json:"numbered"` // leaves numbered per second
	Verified float64  `json:"verified"` // leaves verified per second
	Start    float64  `json:"start"`    // milliseconds to the first answer, median
	Resident int64    `json:"resident"` // memory behind the first answers, bytes
	Figures  []Figure `json:"figures"`
}

// growOps are what is measured at each size.
func growOps() []Op { return []Op{Whole, Typed, Given, List, Named, Get} }

// growth fills one office to each size in turn and measures it there.
func (c Config) growth(ctx context.Context) ([]Grown, error) {
	f, err := folder(filepath.Join(c.Dir, "grown"), access.Assistance, true)
	if err != nil {
		return nil, err
	}
	ids, err := c.staff(ctx, f)
	if err != nil {
		return nil, err
	}
	var out []Grown
	files := make([][]journal.ID, workers)
	for _, size := range c.Sizes {
		g := Grown{People: size}
		if err := c.fillTo(ctx, f, ids, files, &g); err != nil {
			return nil, fmt.Errorf("%d people: %w", size, err)
		}
		if err := c.measure(ctx, f, files, &g); err != nil {
			return nil, fmt.Errorf("%d people: %w", size, err)
		}
		out = append(out, g)
	}
	return out, nil
}

// staff makes the workers by serving the office once.
func (c Config) staff(ctx context.Context, f app.Folder) ([]journal.ID, error) {
	o, err := serve(ctx, c.Program, f, 1, c.Seed)
	if err != nil {
		return nil, err
	}
	return o.ids, o.stop()
}

func opener(ctx context.Context, f app.Folder) func() (*app.Node, error) {
	return func() (*app.Node, error) {
		with, err := vault.ReadKeyFile(filepath.Join(string(f), "bench.key"))
		if err != nil {
			return nil, err
		}
		return app.Open(ctx, f, app.Options{With: with})
	}
}

// fillTo opens people's files in this process, through the function that the API and the pages use too, until there are
// so many; then it numbers the log and verifies it.
func (c Config) fillTo(ctx context.Context, f app.Folder, ids []journal.ID, files [][]journal.ID, g *Grown) error {
	n, err := opener(ctx, f)()
	if err != nil {
		return err
	}
	have := 0
	for _, x := range files {
		have += len(x)
	}
	begun, before := time.Now(), spent(os.Getpid())
	err = c.register(ctx, n, ids, files, have, g.People)
	g.Loaded = float64(g.People-have) / time.Since(begun).Seconds()
	g.LoadCPU = float64((spent(os.Getpid()) - before).Microseconds()) / 1000 / float64(g.People-have)
	c.say("  %d people: %.0f a second, cpu %.3f ms", g.People, g.Loaded, g.LoadCPU)
	if err = errors.Join(err, n.Close()); err != nil {
		return err
	}
	// A command that opens a folder by itself numbers what waits before it closes it: this is one.
	var st app.Status
	begun = time.Now()
	if err := app.Ask(ctx, f, "status", app.Empty{}, &st, opener(ctx, f)); err != nil {
		return err
	}
	numbering := time.Since(begun)
	var v app.Verified
	begun = time.Now()
	if err := app.Ask(ctx, f, "verify", app.Empty{}, &v, opener(ctx, f)); err != nil {
		return err
	}
	if !v.OK || len(v.Reports) != 1 {
		return errors.New("the log does not verify")
	}
	g.Leaves = int(v.Reports[0].Size)
	g.Verified = float64(g.Leaves) / time.Since(begun).Seconds()
	g.Numbered = float64(registered*(g.People-have)) / numbering.Seconds()
	c.say("  %d leaves: numbered %.0f a second, verified %.0f a second", g.Leaves, g.Numbered, g.Verified)
	g.Bytes, err = weight(string(f))
	return err
}

// registered is how many entries a file begins with here: registered, assigned, identity, contact.
const registered = 4

// register opens files from have to size, many at once, as one process with many callers does.
func (c Config) register(ctx context.Context, n *app.Node, ids []journal.ID, files [][]journal.ID, have, size int) error {
	const callers = 16 * workers // as many as one commit takes
	var mu sync.Mutex            // guards files, errs
	var errs []error
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			v := newInvented(c.Seed+uint64(have), uint64(i))
			worker := i % workers
			w := store.Who{Actor: access.Actor{ID: ids[worker], Owner: n.Settings.Owners[0].ID, Office: access.Assistance, Roles: []access.Role{access.CaseManager}}, Purpose: access.ForAssistance}
			for k := have + i; k < size && ctx.Err() == nil; k += callers {
				r, id, contact := v.next()
				made, err := n.Work.Register(ctx, w, casework.Registration{Registered: r, Identity: id, Contact: contact, None: true})
				mu.Lock()
				files[worker] = append(files[worker], made)
				if err != nil {
					errs = append(errs, err)
				}
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(append(errs, ctx.Err())...)
}

// measure serves the office and drives it, each operation with 1 and with 8 clients.
func (c Config) measure(ctx context.Context, f app.Folder, files [][]journal.ID, g *Grown) error {
	var err error
	if g.Start, _, _, err = c.coldStarts(ctx, f, min(c.Starts, 5)); err != nil {
		return err
	}
	o, err := serve(ctx, c.Program, f, workers, c.Seed+7)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, o.stop()) }()
	for i, x := range o.clients {
		x.files = files[i%workers]
	}
	for _, clients := range []int{1, workers} {
		for _, op := range growOps() {
			s, err := phase(ctx, o, op, clients, c.Phase)
			if err != nil {
				return fmt.Errorf("%s: %w", op, err)
			}
			c.say("  %-34s %3d clients %8.0f /s  p50 %7.2f ms  p99 %7.2f ms  cpu %6.3f ms", op, clients, s.Rate, s.P50, s.P99, s.CPU)
			g.Figures = append(g.Figures, Figure{Op: op, Clients: clients, Who: o.name(), Rate: s.Rate, P50: s.P50, P99: s.P99, CPU: s.CPU, Sent: s.Request, Got: s.Response})
		}
	}
	g.Resident = o.process.resident()
	return err
}

// weight gives the bytes of all files of a folder.
func weight(dir string) (int64, error) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
