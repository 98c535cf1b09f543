// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the committee's room is.
const Path = "/programme/committee"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

type room struct{ Config }

// Room gives the committee's pages.
func Room(c Config) page.Room {
	rm := room{c}
	const plans, sessions = Path + "/plans", Path + "/sessions"
	return page.Room{Name: "committee", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.home},
		{Pattern: "GET " + Path + "/decisions", Handle: rm.log},
		{Pattern: "GET " + plans + "/new", Handle: rm.blankPlan},
		{Pattern: "POST " + plans + "/new", Handle: rm.openPlan},
		{Pattern: "GET " + plans + "/{id}", Handle: rm.showPlan},
		{Pattern: "GET " + plans + "/{id}/proposals/{proposal}", Handle: rm.proposalForm},
		{Pattern: "POST " + plans + "/{id}/proposals/{proposal}", Handle: rm.propose},
		{Pattern: "GET " + plans + "/{id}/proposals/{proposal}/withdraw", Handle: rm.withdrawForm},
		{Pattern: "POST " + plans + "/{id}/proposals/{proposal}/withdraw", Handle: rm.withdraw},
		{Pattern: "GET " + plans + "/{id}/freeze", Handle: rm.freezeForm},
		{Pattern: "POST " + plans + "/{id}/freeze", Handle: rm.freeze},
		{Pattern: "GET " + plans + "/{id}/versions/{version}", Handle: rm.version},
		{Pattern: "GET " + plans + "/{id}/versions/{version}/file", Handle: rm.versionFile},
		{Pattern: "POST " + plans + "/{id}/versions/{version}/carry", Handle: rm.carry},
		{Pattern: "GET " + sessions + "/new", Handle: rm.blankSession},
		{Pattern: "POST " + sessions + "/new", Handle: rm.callSession},
		{Pattern: "GET " + sessions + "/{id}", Handle: rm.showSession},
		{Pattern: "GET " + sessions + "/{id}/edit", Handle: rm.editSession},
		{Pattern: "POST " + sessions + "/{id}/edit", Handle: rm.saveSession},
		{Pattern: "GET " + sessions + "/{id}/table", Handle: rm.tableForm},
		{Pattern: "POST " + sessions + "/{id}/table", Handle: rm.table},
		{Pattern: "GET " + sessions + "/{id}/motion", Handle: rm.motionForm},
		{Pattern: "POST " + sessions + "/{id}/motion", Handle: rm.move},
		{Pattern: "GET " + sessions + "/{id}/ballot", Handle: rm.ballot},
		{Pattern: "POST " + sessions + "/{id}/ballot", Handle: rm.vote},
		{Pattern: "GET " + sessions + "/{id}/decide/{motion}", Handle: rm.decideForm},
		{Pattern: "POST " + sessions + "/{id}/decide/{motion}", Handle: rm.decide},
	}}
}

func planPath(id journal.ID) string    { return Path + "/plans/" + id.String() }
func sessionPath(id journal.ID) string { return Path + "/sessions/" + id.String() }

// MotionPath gives where an item of a session is shown, with the votes and the decision.
func MotionPath(session, motion journal.ID) string {
	return sessionPath(session) + "#m-" + motion.String()
}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("committee.title")}}
	if len(more) > 0 {
		out[1].Href = Path
	}
	return append(out, more...)
}

func officer(r *page.Request) error {
	if !register.MayEdit(r) {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

func votes(r *page.Request) bool { return r.Actor.Has(access.CommitteeMember) }

// known is what the committee's pages are made of.
type known struct {
	register.Around
	sessions []Session // the latest first
}

// look reads it.
func (rm room) look(ctx context.Context, r *page.Request) (known, error) {
	a, err := register.Look(ctx, rm.Store, register.As(r), r.L)
	if err != nil {
		return known{}, err
	}
	s, err := Sessions(ctx, rm.Store, register.As(r))
	return known{a, s}, err
}

// Sessions gives every session that somebody may see, with what they may see of it, the latest first.
func Sessions(ctx context.Context, s *store.Store, w store.Who) ([]Session, error) {
	rows, err := register.All[SessionLine](ctx, s, w, store.Query{Kind: access.KindSession})
	if err != nil {
		return nil, err
	}
	var out []Session
	for _, row := range rows {
		o, err := s.Open(ctx, w, store.Ref{Kind: access.KindSession, ID: row.ID})
		if err != nil {
			return nil, err
		}
		out = append(out, o.State.(Session))
	}
	inorder.By(out, func(a, b Session) int {
		if c := party.CompareDates(b.Called.On, a.Called.On); c != 0 {
			return c
		}
		return strings.Compare(b.ID.String(), a.ID.String())
	})
	return out, nil
}

// Plans gives every plan that somebody may see, with what they may see of it, the latest year first.
func Plans(ctx context.Context, s *store.Store, w store.Who) ([]Plan, error) {
	rows, err := register.All[PlanLine](ctx, s, w, store.Query{Kind: access.KindPlan})
	if err != nil {
		return nil, err
	}
	var out []Plan
	for _, row := range rows {
		o, err := s.Open(ctx, w, store.Ref{Kind: access.KindPlan, ID: row.ID})
		if err != nil {
			return nil, err
		}
		out = append(out, o.State.(Plan))
	}
	inorder.By(out, func(a, b Plan) int {
		if a.Opened.Year != b.Opened.Year {
			return b.Opened.Year - a.Opened.Year
		}
		return strings.Compare(a.ID.String(), b.ID.String())
	})
	return out, nil
}

// against is what a plan's proposals are held against, as a page knows it.
func (rm room) against(ctx context.Context, r *page.Request, p Plan) (Around, error) {
	return against(ctx, rm.Store, register.As(r), p)
}

// against reads those activities that are asked about, each once.
func against(ctx context.Context, s *store.Store, w store.Who, p Plan) (Around, error) {
	known := map[string]activity.Activity{}
	a := Around{Activity: func(code string) (activity.Line, bool) {
		x, ok := known[code]
		if !ok {
			if o, err := s.Open(ctx, w, activity.Ref(w.Actor.Owner, code)); err == nil {
				x, _ = o.State.(activity.Activity)
			}
			known[code] = x
		}
		return x.Summary(), x.Exists()
	}}
	if p.Opened.Programme.IsZero() {
		return a, nil
	}
	o, err := s.Open(ctx, w, store.Ref{Kind: access.KindProgramme, ID: p.Opened.Programme})
	if err != nil {
		return a, err
	}
	a.Partners = o.State.(scheme.Scheme).Partners()
	return a, nil
}

func (rm room) opened(ctx context.Context, r *page.Request, kind string) (any, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), store.Ref{Kind: kind, ID: id})
	if err != nil {
		return nil, err
	}
	return o.State, nil
}

func (rm room) plan(ctx context.Context, r *page.Request) (Plan, error) {
	s, err := rm.opened(ctx, r, access.KindPlan)
	if err != nil {
		return Plan{}, err
	}
	return s.(Plan), nil
}

func (rm room) session(ctx context.Context, r *page.Request) (Session, error) {
	s, err := rm.opened(ctx, r, access.KindSession)
	if err != nil {
		return Session{}, err
	}
	return s.(Session), nil
}

// called gives the names of accounts.
func (rm room) called(ctx context.Context, r *page.Request, ids ...journal.ID) map[journal.ID]string {
	if rm.Names == nil {
		return nil
	}
	return rm.Names(ctx, r.Actor.Owner, ids...)
}

// name gives an account's name, or says that it is not known.
func name(l *lang.Locale, names map[journal.ID]string, id journal.ID) string {
	if s := names[id]; s != "" {
		return s
	}
	return l.T("committee.account")
}

// history lists what happened, newest first. word names the code that an event carries.
func (rm room) history(ctx context.Context, r *page.Request, list []Event) []page.Event {
	var ids []journal.ID
	for _, e := range list {
		ids = append(ids, e.By)
	}
	names := rm.called(ctx, r, ids...)
	var out []page.Event
	for _, e := range slices.Backward(list) {
		x := page.Event{At: e.At, Title: r.L.T("committee.entry." + e.Type), Text: e.Text, Who: name(r.L, names, e.By)}
		switch e.Type {
		case VoteType:
			x.Text = register.Word(r.L, "committee.value.", Value(e.Text))
		case DecidedType:
			x.Text = register.Word(r.L, "committee.result.", Result(e.Text))
		case FrozenType:
			x.Text = r.L.T("committee.version", "N", e.Text)
		}
		out = append(out, x)
	}
	return out
}
