// SPDX-License-Identifier: EUPL-1.2

package permission

import (
	"context"
	"embed"
	"net/url"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where permissions are; Desk is the page of what waits between offices.
const (
	Path = "/permissions"
	Desk = "/requests"
)

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	Store *store.Store
	Rules Rules
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Offices lists the partners to whom something could be passed on.
	Offices func(context.Context, *page.Request) ([]page.Option, error)
	// Others lists those who can send what somebody here has proposed; Colleagues everybody to whom a question can be given.
	Others, Colleagues func(context.Context, *page.Request) ([]page.Option, error)
	// Works says whether somebody asks and answers; Gives whether somebody gives questions to others.
	Works, Gives func(access.Actor) bool
}

type room struct{ RoomConfig }

// Pages gives the list, a new question about something ("?kind=…&thing=…&of=…", ids and codes only), and one with what can be done.
func Pages(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "permission", Templates: templates,
		Routes: []page.Route{
			{Pattern: "GET " + Path, Handle: rm.list},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.ask},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "GET " + Path + "/{id}/{act}", Handle: rm.sheet},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}}
}

func as(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForExchange} }

var tones = map[Status]string{Asked: page.Info, Returned: page.Bad, Received: page.Warn, Proposed: page.Warn, Granted: page.Good, Refused: page.Bad, Over: page.Off, Withdrawn: page.Off}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	if !rm.Works(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	d, err := conversation.Sides(ctx, rm.Store, as(r), r, store.Query{Kind: access.KindPermission}, Path, "permission", func(rows []store.Row) (page.Table, error) { return rm.table(ctx, r, rows) })
	d.Crumbs = []page.Crumb{{Text: r.L.T("docket.menu"), Href: Desk}, {Text: r.L.T("permission.title")}}
	return page.View("permission/list", r.L.T("permission.title"), d), err
}

func (rm room) table(ctx context.Context, r *page.Request, rows []store.Row) (page.Table, error) {
	l := r.L
	t := page.Table{Caption: l.T("permission.title"), Empty: &page.Empty{Icon: "lock-open", Title: l.T("permission.none"), Text: l.T("permission.none.text")}}
	for _, k := range []string{"for", "other", "side", "status", "due"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T("permission." + k)})
	}
	sums := make([]Summary, len(rows))
	var ids []journal.ID
	for i, row := range rows {
		var err error
		if sums[i], err = store.Summary[Summary](row); err != nil {
			return t, err
		}
		ids = append(ids, sums[i].Other)
	}
	names := rm.Names(ctx, ids...)
	for i, row := range rows {
		v := sums[i]
		s := v.At(r.Now)
		what := page.Cell{Text: l.T("permission.status.withdrawn"), Href: pathOf(row.Ref.ID)}
		if v.For != "" {
			what.Text, what.Sub = l.T("permission.for."+v.For), l.T("permission.kind."+v.Kind)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{what, {Text: names[v.Other]}, {Text: l.T("permission.side." + conversation.Side(v.Here))}, {Text: l.T("permission.status." + string(s)), Tone: tones[s]}, conversation.DueCell(l, row.Due, r.Now)}})
	}
	return t, nil
}

// typed is what somebody types of a question.
type typed struct {
	Dossier journal.ID `form:"dossier"`
	Entry   journal.ID `form:"entry"`
	Kind    string     `form:"kind"`
	Thing   string     `form:"thing"`
	Of      string     `form:"of"`
	For     string     `form:"for"`
	Office  string     `form:"office"`
	Whom    string     `form:"whom"`
	Reason  string     `form:"reason"`
	Text    string     `form:"text"`
	Due     string     `form:"due"`
}

// about opens the thing that a question is about, as the reader may.
func (rm room) about(ctx context.Context, r *page.Request, kind, thing string) (Room, Thing, error) {
	at, ok := rm.Rules.room(kind)
	if !ok || !rm.Works(r.Actor) {
		return at, Thing{}, fault.New(fault.NotFound, "fault.not_found")
	}
	o, err := rm.Store.Open(ctx, as(r), store.Ref{Kind: kind, ID: field.ID(thing)})
	if err != nil {
		return at, Thing{}, err
	}
	return at, at.Read(o.State), nil
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	q := r.URL.Query()
	f, err := rm.form(ctx, r, typed{Dossier: rm.Store.NewID(), Entry: rm.Store.NewID(), Kind: q.Get("kind"), Thing: q.Get("thing"), Of: q.Get("of")})
	return page.View("permission/form", r.L.T("permission.new"), f), err
}

// form is the page of a new question.
func (rm room) form(ctx context.Context, r *page.Request, v typed) (*field.Form, error) {
	l := r.L
	at, t, err := rm.about(ctx, r, v.Kind, v.Thing)
	if err != nil {
		return nil, err
	}
	x, ok := t.item(field.ID(v.Of), true)
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	uses, err := rm.Rules.Asks(ctx, r, v.Kind, t.Other, x)
	if err != nil {
		return nil, err
	}
	offices, err := rm.Offices(ctx, r)
	if err != nil {
		return nil, err
	}
	offices = slices.DeleteFunc(offices, func(o page.Option) bool { return o.Value == t.Other.String() })
	back := at.Path + "/" + v.Thing
	f := field.New(l, "permission.new", Path+"/new", back, "permission.ask")
	f.Lead, f.Guarded = l.T("permission.new.lead", "Office", rm.Names(ctx, t.Other)[t.Other]), true
	f.Crumbs = []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("permission.kind." + v.Kind), Href: back}, {Text: l.T("permission.new")}}
	f.Hidden("kind", v.Kind)
	f.Hidden("thing", v.Thing)
	f.Hidden("of", v.Of)
	f.Hidden("dossier", v.Dossier.String())
	f.Hidden("entry", v.Entry.String())
	f.Radios("for", "permission.for", v.For, field.Options(l, "permission.for", uses))
	f.Select("office", "permission.office", v.Office, offices).Optional()
	f.Text("whom", "permission.whom", v.Whom).Optional()
	f.Select("reason", "permission.reason", v.Reason, field.Options(l, "permission.reason", Reasons()))
	f.Area("text", "permission.text", v.Text).Set("MaxLength", maxWords/2).Optional()
	f.Date("due", "permission.due", v.Due)
	return f, nil
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	at, t, err := rm.about(ctx, r, v.Kind, v.Thing)
	if err != nil {
		return nil, err
	}
	x, _ := t.item(field.ID(v.Of), true)
	q := Question{Of: field.ID(v.Of), Thing: field.ID(v.Thing), For: v.For, Reason: v.Reason, Due: v.Due}
	w := Words{Text: strings.TrimSpace(v.Text)}
	if v.For == Onward {
		if q.Office = field.ID(v.Office); !q.Office.IsZero() {
			w.Whom = rm.Names(ctx, q.Office)[q.Office]
		} else {
			w.Whom = strings.TrimSpace(v.Whom)
		}
	}
	q.Said = say(w, at.Category)
	_, err = rm.Store.Append(ctx, as(r), refOf(v.Dossier), store.Draft{ID: v.Entry, Type: AskedType, Payload: Ask{To: t.Other, Kind: v.Kind, Hands: x.Hands, Question: q}})
	if err == nil {
		return page.Redirect(pathOf(v.Dossier), "permission.sent"), nil
	}
	f, bad := rm.form(ctx, r, v)
	if bad != nil {
		return nil, bad
	}
	return f.Again(r, "permission/form", err)
}

// Pending lists the questions that wait for somebody, as a reader may know of them.
func Pending(s *store.Store, works func(access.Actor) bool) func(context.Context, *page.Request) ([]conversation.Pending, error) {
	return func(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
		if !works(r.Actor) {
			return nil, nil
		}
		return conversation.Waiting(ctx, s, as(r), access.KindPermission, func(row store.Row) (conversation.Pending, error) {
			v, err := store.Summary[Summary](row)
			return conversation.Pending{Office: v.Other, Title: r.L.T("permission.for." + v.For), State: r.L.T("permission.status." + string(v.Status)), Tone: tones[v.Status], Href: pathOf(row.Ref.ID),
				Sent: v.Here, Reminders: v.Reminders, Mine: v.Waits == conversation.Here && len(row.Relations) > 0}, err
		})
	}
}

// Beside gives what a room shows of permissions on the page of something: how those that were asked for stand, and, for who works on
// it, the way to ask.
func Beside(c RoomConfig, kind string) func(ctx context.Context, r *page.Request, thing journal.ID, state any) (conversation.Beside, error) {
	rm := room{c}
	return func(ctx context.Context, r *page.Request, thing journal.ID, state any) (conversation.Beside, error) {
		var out conversation.Beside
		l := r.L
		at, ok := rm.Rules.room(kind)
		if !ok || !rm.Works(r.Actor) {
			return out, nil
		}
		err := conversation.Each(ctx, rm.Store, as(r), store.Query{Kind: access.KindPermission, Codes: map[string]string{"thing": thing.String()}}, func(row store.Row) error {
			v, err := store.Summary[Summary](row)
			if err != nil {
				return err
			}
			s := v.At(r.Now)
			x := page.Line{Tone: tones[s], Title: l.T("permission.for." + v.For), Text: l.T("permission.status." + string(s)), Href: pathOf(row.Ref.ID), Now: r.Now}
			if s == Granted {
				x.Text = granted(l, v.Conditions, v.Until)
			}
			out.Lines = append(out.Lines, x)
			return nil
		})
		if err != nil {
			return out, err
		}
		t := at.Read(state)
		for _, x := range slices.Backward(t.Items) {
			uses, err := rm.Rules.Asks(ctx, r, kind, t.Other, x)
			if err != nil {
				return out, err
			}
			if len(uses) > 0 && slices.Contains(x.Hands, r.Actor.ID) {
				out.Actions = append(out.Actions, page.Action{Text: l.T("permission.ask." + x.What), Icon: "lock-open", Href: Path + "/new?" + url.Values{"kind": {kind}, "thing": {thing.String()}, "of": {x.Message.String()}}.Encode()})
			}
		}
		return out, nil
	}
}

// granted says on what conditions and until when something is permitted.
func granted(l *lang.Locale, conditions []string, until string) string {
	out := []string{l.T("permission.status.granted")}
	for _, c := range conditions {
		out = append(out, l.T("permission.condition."+c))
	}
	if at := conversation.EndOf(until); !at.IsZero() {
		out = append(out, l.T("permission.until.day", "Day", l.Date(at.AddDate(0, 0, -1))))
	}
	return strings.Join(out, " · ")
}
