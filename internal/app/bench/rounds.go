// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// Rounds is the comparison.
type Rounds struct {
	Rounds  int           `json:"rounds"`
	Phase   time.Duration `json:"phase_ns"`
	Before  int           `json:"before"`
	Peers   []Peer        `json:"peers"`
	Figures []Figure      `json:"figures"`
}

// Figure is one operation at one number of clients, by one program.
type Figure struct {
	Op      Op        `json:"op"`
	Clients int       `json:"clients"`
	Who     string    `json:"who"`
	Rate    float64   `json:"rate"` // median of the rounds
	P50     float64   `json:"p50"`
	P99     float64   `json:"p99"`
	CPU     float64   `json:"cpu"`   // milliseconds of processor time for each answer, median of the rounds
	Sent    int       `json:"sent"`  // mean bytes of a request's body
	Got     int       `json:"got"`   // mean bytes of an answer's body
	Rates   []float64 `json:"rates"` // of each round
	// Ratios are the office's rate by this one's, in the same round; empty for the office itself.
	Ratios []float64 `json:"ratios,omitempty"`
	Ratio  float64   `json:"ratio,omitempty"`

	took []time.Duration
	cpu  []float64
}

// rest lets a program finish what it does behind its answers (the sequencer numbers once a second), so that it is not
// charged to the next one's phase.
const rest = 1200 * time.Millisecond

func (c Config) rounds(ctx context.Context) (_ *Rounds, err error) {
	out := &Rounds{Rounds: c.Rounds, Phase: c.Phase, Before: c.Before}
	targets, peers, err := c.targets(ctx)
	defer func() {
		for _, t := range targets {
			err = errors.Join(err, t.stop())
		}
	}()
	if err != nil {
		return nil, err
	}
	out.Peers = peers
	for _, t := range targets {
		if err := c.fill(ctx, t); err != nil {
			return nil, fmt.Errorf("%s: %w", t.name(), err)
		}
	}
	figures := map[string]*Figure{}
	for round := range c.Rounds {
		c.say("round %d of %d", round+1, c.Rounds)
		for _, clients := range c.Clients {
			for _, op := range c.ops() {
				if err := c.together(ctx, targets, round, op, clients, figures, out); err != nil {
					return nil, err
				}
			}
		}
	}
	for _, f := range figures {
		f.Rate, f.Ratio, f.CPU = median(f.Rates), median(f.Ratios), median(f.cpu)
		f.P50, f.P99 = quantiles(f.took)
	}
	return out.sorted(figures, targets), nil
}

// targets starts the office, and the peer twice: as it comes, and at the office's synchronous level.
func (c Config) targets(ctx context.Context) (all []target, peers []Peer, err error) {
	most := slices.Max(append(slices.Clone(c.Clients), workers))
	f, err := folder(filepath.Join(c.Dir, "office"), access.Assistance, true)
	if err != nil {
		return nil, nil, err
	}
	var extra []string
	if c.Profile != "" {
		extra = append(extra, "--cpu-profile", c.Profile)
	}
	o, err := serve(ctx, c.Program, f, most, c.Seed, extra...)
	if err != nil {
		return nil, nil, err
	}
	all = append(all, o)
	if len(c.Peer) == 0 {
		return all, nil, nil
	}
	for _, level := range []string{"normal", "full"} {
		p, err := startPeer(ctx, c.Peer, filepath.Join(c.Dir, "peer-"+level), level, most, c.Seed)
		if err != nil {
			return all, peers, err
		}
		all = append(all, p)
		told := p.ready
		told.Token, told.Address = "", ""
		peers = append(peers, told)
	}
	return all, peers, nil
}

// fill makes the records that are there before the first round, some by every client.
func (c Config) fill(ctx context.Context, t target) error {
	most := slices.Max(append(slices.Clone(c.Clients), workers))
	each := max(1, c.Before/most)
	errs := make(chan error, most)
	for i := range most {
		go func() { errs <- fillOne(ctx, t, i, each) }()
	}
	var all []error
	for range most {
		all = append(all, <-errs)
	}
	return errors.Join(all...)
}

func fillOne(ctx context.Context, t target, client, n int) error {
	c, err := dial(t.address())
	if err != nil {
		return err
	}
	defer c.close()
	for range n {
		q, err := t.call(Create, client)
		if err != nil {
			return err
		}
		answer, _, err := c.do(q)
		if err != nil {
			return err
		}
		if err := t.done(Create, client, answer); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// together runs one operation at one level on all programs, beginning with another one in each round.
func (c Config) together(ctx context.Context, targets []target, round int, op Op, clients int, figures map[string]*Figure, out *Rounds) error {
	rates := map[string]float64{}
	for i := range targets {
		t := targets[(round+i)%len(targets)]
		s, err := phase(ctx, t, op, clients, c.Phase)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", t.name(), op, err)
		}
		key := figureKey(op, clients, t.name())
		f := figures[key]
		if f == nil {
			f = &Figure{Op: op, Clients: clients, Who: t.name()}
			figures[key] = f
		}
		f.cpu = append(f.cpu, s.CPU)
		f.Rates, f.took, f.Sent, f.Got = append(f.Rates, s.Rate), append(f.took, s.took...), s.Request, s.Response
		rates[t.name()] = s.Rate
		c.say("  %-16s %3d clients  %-24s %8.0f /s  p50 %7.2f ms  p99 %7.2f ms  cpu %6.3f ms", op, clients, t.name(), s.Rate, s.P50, s.P99, s.CPU)
		if len(targets) == 1 {
			continue // nobody to rest for
		}
		if err := pause(ctx, rest); err != nil {
			return err
		}
	}
	ours := rates[targets[0].name()]
	for _, t := range targets[1:] {
		f := figures[figureKey(op, clients, t.name())]
		f.Ratios = append(f.Ratios, ours/rates[t.name()])
	}
	return nil
}

// allOps lists what the rounds measure, in order.
func allOps() []Op { return []Op{Create, Get, List, Named, Update} }

func (c Config) ops() []Op {
	return slices.DeleteFunc(allOps(), func(o Op) bool { return len(c.Ops) > 0 && !slices.Contains(c.Ops, string(o)) })
}

func figureKey(op Op, clients int, who string) string {
	return fmt.Sprintf("%s %d %s", op, clients, who)
}

func (r *Rounds) sorted(figures map[string]*Figure, targets []target) *Rounds {
	for _, t := range targets {
		for _, f := range figures {
			if f.Who == t.name() {
				r.Figures = append(r.Figures, *f)
			}
		}
	}
	order := allOps()
	inorder.Stably(r.Figures, func(a, b Figure) int {
		if d := slices.Index(order, a.Op) - slices.Index(order, b.Op); d != 0 {
			return d
		}
		return a.Clients - b.Clients
	})
	return r
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (c Config) say(format string, args ...any) { fmt.Fprintf(c.Out, format+"\n", args...) }
