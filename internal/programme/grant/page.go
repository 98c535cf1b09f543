// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// Where the room's lists are shown.
const (
	Path            = "/programme/grants"
	CallPath        = "/programme/calls"
	ApplicationPath = "/programme/applications"
	AssessmentPath  = "/programme/assessments"
	FundPath        = "/programme/funds"
)

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts and offices by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Offices lists the offices to which terms in force let the programme's messages go. Nil knows none.
	Offices func(context.Context, *page.Request) ([]page.Option, error)
	// Colleagues lists those who work here, to choose assessors from. Nil knows none.
	Colleagues func(context.Context, *page.Request) ([]page.Option, error)
	// Threshold is below which number of people the office tells none. Nil is DefaultThreshold.
	Threshold func(owner journal.ID) int
}

// DefaultThreshold is the threshold of an office that has set none.
const DefaultThreshold = 10

type room struct{ Config }

// Room gives the pages of calls, applications, assessments, grants and funds.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "grant", Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
		{Pattern: "GET " + Path + "/{id}/act/{act}", Handle: rm.askAward},
		{Pattern: "POST " + Path + "/{id}/act/{act}", Handle: rm.doAward},
		{Pattern: "GET " + CallPath, Handle: rm.calls},
		{Pattern: "GET " + CallPath + "/{id}", Handle: rm.showCall},
		{Pattern: "GET " + CallPath + "/{id}/act/{act}", Handle: rm.askCall},
		{Pattern: "POST " + CallPath + "/{id}/act/{act}", Handle: rm.doCall},
		{Pattern: "GET " + ApplicationPath + "/{id}", Handle: rm.showApplication},
		{Pattern: "GET " + ApplicationPath + "/{id}/act/{act}", Handle: rm.askApplication},
		{Pattern: "POST " + ApplicationPath + "/{id}/act/{act}", Handle: rm.doApplication},
		{Pattern: "GET " + AssessmentPath, Handle: rm.assessments},
		{Pattern: "GET " + AssessmentPath + "/{id}", Handle: rm.showAssessment},
		{Pattern: "GET " + AssessmentPath + "/{id}/act/{act}", Handle: rm.askAssessment},
		{Pattern: "POST " + AssessmentPath + "/{id}/act/{act}", Handle: rm.doAssessment},
		{Pattern: "GET " + FundPath, Handle: rm.funds},
		{Pattern: "GET " + FundPath + "/{id}", Handle: rm.showFund},
		{Pattern: "GET " + FundPath + "/{id}/act/{act}", Handle: rm.askFund},
		{Pattern: "POST " + FundPath + "/{id}/act/{act}", Handle: rm.doFund},
	}}
}

// new is the id in an address of what is not there yet.
const fresh = "new"

// load opens a record of a kind by the id in the address. "new" is one that does not exist, for those who may begin one.
func load[S interface{ Exists() bool }](ctx context.Context, rm room, r *page.Request, kind string) (S, error) {
	var none S
	if r.PathValue("id") == fresh {
		if !register.MayEdit(r) {
			return none, fault.New(fault.Denied, "fault.denied")
		}
		return none, nil
	}
	id, err := r.ID("id")
	if err != nil {
		return none, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), store.Ref{Kind: kind, ID: id})
	if err != nil {
		return none, err
	}
	s, ok := o.State.(S)
	if !ok || !s.Exists() {
		return none, fault.New(fault.NotFound, "store.not_found")
	}
	return s, nil
}

// all reads every row of a kind.
func all[T any](ctx context.Context, rm room, r *page.Request, kind string, codes map[string]string) ([]register.Found[T], error) {
	return register.All[T](ctx, rm.Store, register.As(r), store.Query{Kind: kind, Codes: codes})
}

// write writes what was typed; names are pairs of what the payload and the form call a field.
func (rm room) write(ctx context.Context, r *page.Request, t *step.Typed, kind string, id, entry journal.ID, typ string, payload any, names ...string) error {
	return t.Write(ctx, rm.Store, r, ref(kind, id), store.Draft{ID: entry, Type: typ, Payload: payload}, names...)
}

// append writes one entry that follows from another.
func (rm room) append(ctx context.Context, r *page.Request, kind string, id, entry journal.ID, typ string, payload any) error {
	_, err := rm.Store.Update(ctx, register.As(r), store.Ref{Kind: kind, ID: id}, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: entry, Type: typ, Payload: payload}}, nil
	})
	return err
}

func (rm room) names(ctx context.Context, r *page.Request, ids ...journal.ID) map[journal.ID]string {
	if rm.Names == nil {
		return map[journal.ID]string{}
	}
	return rm.Names(ctx, r.Actor.Owner, ids...)
}

func (rm room) threshold(owner journal.ID) int {
	if rm.Threshold == nil {
		return DefaultThreshold
	}
	return rm.Threshold(owner)
}

// history shows what happened to a record, the latest first.
func (rm room) history(ctx context.Context, r *page.Request, es []Event) []page.Event {
	var ids []journal.ID
	for _, e := range es {
		ids = append(ids, e.By)
	}
	names := rm.names(ctx, r, ids...)
	var out []page.Event
	for _, e := range slices.Backward(es) {
		out = append(out, page.Event{At: e.At, Title: r.L.T("grant.entry." + e.Type), Text: e.Text, Who: names[e.By]})
	}
	return out
}

// crumbs lead from the programme through a list of the room.
func crumbs(l *lang.Locale, key, path string, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T(key)}}
	if len(more) > 0 {
		out[1].Href = path
	}
	return append(out, more...)
}

// tabs lead to the room's lists.
func tabs(l *lang.Locale, current string) []page.Tab {
	var out []page.Tab
	for _, x := range []struct{ key, path string }{{"grant.title", Path}, {"grant.calls", CallPath}, {"grant.assessments", AssessmentPath}, {"grant.funds", FundPath}} {
		out = append(out, page.Tab{Text: l.T(x.key), Href: x.path, Current: x.path == current})
	}
	return out
}

func amount(l *lang.Locale, n int64, currency string) string {
	if n == 0 {
		return ""
	}
	return l.T("grant.money", "Amount", l.Number(n), "Currency", currency)
}

// percent prints hundredths of a percent.
func percent(l *lang.Locale, n int) string { return l.Percent(float64(n) / 10000) }

func today(r *page.Request) string { return party.OnDay(r.Now.In(r.Zone)).String() }

func officer(r *page.Request) bool { return register.MayEdit(r) }

// text, area, date, choice make fields whose label is the catalogue's "grant.field.<name>".
func text(l *lang.Locale, t *step.Typed, name string) register.Field {
	f := register.Field{Kind: "text", Name: name, Label: l.T("grant.field." + name), Value: t.Text(name)}
	if l.Has("grant.hint." + name) {
		f.Hint = l.T("grant.hint." + name)
	}
	return f
}

func area(l *lang.Locale, t *step.Typed, name string, rows int) register.Field {
	f := text(l, t, name)
	f.Kind, f.Rows = "textarea", rows
	return f
}

func date(l *lang.Locale, t *step.Typed, name string) register.Field {
	f := text(l, t, name)
	f.Kind = "date"
	return f
}

func choice(l *lang.Locale, t *step.Typed, name string, options []page.Option) register.Field {
	return register.Choice(l, text(l, t, name), options)
}

func checks(l *lang.Locale, t *step.Typed, name string, options []page.Option) register.Field {
	f := text(l, t, name)
	f.Kind, f.Options, f.Values, f.Optional = "checks", options, t.Many(name), true
	return f
}

func currencies() []page.Option {
	var out []page.Option
	for _, c := range Currencies() {
		out = append(out, page.Option{Value: c, Text: c})
	}
	return out
}

func answers(l *lang.Locale) []page.Option {
	return register.Codes(l, "grant.answer.", []Answer{Yes, No})
}

// table makes an empty table whose columns are catalogue keys.
func tableOf(l *lang.Locale, caption string, keys ...string) page.Table {
	t := page.Table{Caption: l.T(caption)}
	for _, k := range keys {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	return t
}

func ref(kind string, id journal.ID) store.Ref { return store.Ref{Kind: kind, ID: id} }
