// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/change"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/need"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// link is one step of an activity's chain: need, commitment, evidence, outcome. Items are records that name the activity,
// or that a record before them names; an empty step says that nobody has recorded one.
type link struct {
	Title, Hint string
	Items       []item
	More        string // how many are not shown
}

// shownLinks is how many records a step shows.
const shownLinks = 6

// chain draws an activity's chain from what the rooms hold. Nothing is inferred: two records are in one chain because
// somebody has named one in the other.
func (rm room) chain(ctx context.Context, r *page.Request, code string, figures []figure.Figure) ([]link, error) {
	c := chain{l: r.L, code: code}
	for _, read := range []func() error{
		func() error { return c.needs(ctx, rm.Store, rolls.As(r)) },
		func() error { return c.commitments(ctx, rm.Store, rolls.As(r)) },
		func() error { return c.evidence(ctx, rm.Store, rolls.As(r)) },
		func() error { return c.trainings(ctx, rm.Store, rolls.As(r)) },
		func() error { return c.grants(ctx, rm.Store, rolls.As(r)) },
		func() error { return c.changes(ctx, rm.Store, rolls.As(r)) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	for _, f := range figures {
		if f.Count.Measured() {
			c.outcomes = append(c.outcomes, text(f.Count.Print(r.L)).with(quarter(r.L, f.Quarter)))
		}
	}
	var out []link
	for _, x := range []struct {
		key   string
		items []item
	}{{"need", c.need}, {"commitment", c.committed}, {"evidence", c.shown}, {"outcome", c.outcomes}} {
		y := link{Title: r.L.T("programme.chain." + x.key), Hint: r.L.T("programme.chain." + x.key + ".hint"), Items: x.items[:min(len(x.items), shownLinks)]}
		if n := len(x.items) - shownLinks; n > 0 {
			y.More = r.L.N("programme.chain.more", n)
		}
		out = append(out, y)
	}
	return out, nil
}

// chain is one in the making.
type chain struct {
	l    *lang.Locale
	code string
	ids  []journal.ID // of the needs in it

	need, committed, shown, outcomes []item
}

func (c *chain) named(t wording.Text, path string, id journal.ID, sub string) item {
	x := rolls.Excerpt(c.l, t)
	return quoted(x.Text, x.Lang).to(path + "/" + id.String()).with(sub)
}

// needs are those that were raised at the activity, and those that it answers. A need that is met is an outcome too.
func (c *chain) needs(ctx context.Context, s *store.Store, w store.Who) error {
	rows, err := either[need.Line](ctx, s, w, access.KindNeed, store.Is("activity", c.code), store.Is("answer", c.code))
	for _, x := range rows {
		c.ids = append(c.ids, x.ID)
		c.need = append(c.need, c.named(x.V.Text, need.Path, x.ID, c.l.T("need.state."+string(x.V.State))))
		if x.V.State == need.Met {
			c.outcomes = append(c.outcomes, c.named(x.V.Text, need.Path, x.ID, joined(c.l.T("programme.chain.met"), x.V.MetOn.Print(c.l))))
		}
	}
	return err
}

// commitments are actions and agreements that name the activity, or a need of the chain.
func (c *chain) commitments(ctx context.Context, s *store.Store, w store.Who) error {
	of := []store.Span{store.Is("activity", c.code)}
	for _, id := range c.ids {
		of = append(of, store.Is("need", id.String()))
	}
	actions, err := either[action.Line](ctx, s, w, access.KindAction, of...)
	if err != nil {
		return err
	}
	for _, x := range actions {
		c.committed = append(c.committed, c.named(x.V.Text, action.Path, x.ID, joined(c.l.T("programme.chain.action"), c.l.T("action.state."+string(x.V.State)))))
		if x.V.State == action.Done {
			c.shown = append(c.shown, c.named(x.V.Text, action.Path, x.ID, joined(c.l.T("programme.chain.done"), x.V.DoneOn.Print(c.l))))
		}
	}
	agreements, err := either[agreement.Line](ctx, s, w, access.KindAgreement, of...)
	for _, x := range agreements {
		c.committed = append(c.committed, c.named(x.V.Title, agreement.Path, x.ID, joined(c.l.T("programme.chain.agreement"), c.l.T("agreement.state."+string(x.V.State)))))
		if x.V.Since.Known() {
			c.outcomes = append(c.outcomes, c.named(x.V.Title, agreement.Path, x.ID, joined(c.l.T("programme.chain.in_force"), x.V.Since.Print(c.l))))
		}
	}
	return err
}

// either reads the records of a kind whose codes lie in one of several spans, each once, the latest changed first.
func either[L any](ctx context.Context, s *store.Store, w store.Who, kind string, of ...store.Span) ([]rolls.Found[L], error) {
	var out []rolls.Found[L]
	for _, x := range of {
		rows, err := rolls.All[L](ctx, s, w, store.Query{Kind: kind, Spans: []store.Span{x}})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			if !slices.ContainsFunc(out, func(o rolls.Found[L]) bool { return o.ID == r.ID }) {
				out = append(out, r)
			}
		}
	}
	return out, nil
}

// evidence is what took place and was written down: events that were held, studies that were delivered.
func (c *chain) evidence(ctx context.Context, s *store.Store, w store.Who) error {
	of := map[string]string{"activity": c.code}
	events, err := rolls.All[event.Summary](ctx, s, w, store.Query{Kind: access.KindEvent, Codes: of})
	if err != nil {
		return err
	}
	for _, x := range events {
		if x.V.Standing == event.WasHeld {
			c.shown = append(c.shown, c.named(x.V.Title, event.Path, x.ID, joined(c.l.T("programme.chain.held"), x.V.HeldOn.Print(c.l))))
		}
	}
	studies, err := rolls.All[study.Line](ctx, s, w, store.Query{Kind: access.KindStudy, Codes: of})
	for _, x := range studies {
		if x.V.Delivered.Known() {
			c.shown = append(c.shown, c.named(x.V.Title, study.Path, x.ID, joined(c.l.T("programme.chain.delivered"), x.V.Delivered.Print(c.l), c.l.N("programme.chain.findings", x.V.Findings))))
		}
	}
	return err
}

// trainings are promised while they are planned, evidence once they were given, and an outcome as far as their tests may be told.
func (c *chain) trainings(ctx context.Context, s *store.Store, w store.Who) error {
	rows, err := training.List(ctx, s, w, map[string]string{"activity": c.code})
	for _, x := range rows {
		if x.V.State == training.Planned {
			c.committed = append(c.committed, c.named(x.V.Title, training.Path, x.ID, joined(c.l.T("programme.chain.training"), c.l.T("training.state."+string(x.V.State)))))
			continue
		}
		c.shown = append(c.shown, c.named(x.V.Title, training.Path, x.ID, joined(c.l.T("programme.chain.given"), x.V.DeliveredOn.Print(c.l))))
		if a := x.V.Outcome; a.Trainees > 0 && !a.Withheld {
			c.outcomes = append(c.outcomes, c.named(x.V.Title, training.Path, x.ID, c.l.T("training.gain.of", "Before", c.l.Number(a.Before), "After", c.l.Number(a.After), "Of", c.l.Number(a.Pairs))))
		}
	}
	return err
}

// grants are promised from the decision on; reports on them that were accepted are evidence.
func (c *chain) grants(ctx context.Context, s *store.Store, w store.Who) error {
	rows, err := rolls.All[grant.AwardLine](ctx, s, w, store.Query{Kind: access.KindAward, Codes: map[string]string{"activity": c.code}})
	for _, x := range rows {
		who, href := x.V.Partner(c.l).Text, grant.Path+"/"+x.ID.String()
		c.committed = append(c.committed, text(who).to(href).with(joined(c.l.T("programme.chain.grant"), c.l.T("grant.status."+string(x.V.Status)))))
		for _, y := range x.V.Reports {
			if q, err := figure.ParseQuarter(y.Quarter); err == nil && y.Judgement == grant.Accepted {
				c.shown = append(c.shown, text(who).to(href).with(joined(c.l.T("programme.chain.reported"), quarter(c.l, q))))
			}
		}
	}
	return err
}

// changes are those that name the activity as one that contributed, with how far they are confirmed.
func (c *chain) changes(ctx context.Context, s *store.Store, w store.Who) error {
	rows, err := change.List(ctx, s, w, map[string]string{"activity": c.code})
	for _, x := range rows {
		c.outcomes = append(c.outcomes, c.named(x.V.Text, change.Path, x.ID, joined(c.l.T("programme.chain.changed"), c.l.T("change.state."+string(x.V.State)))))
	}
	return err
}
