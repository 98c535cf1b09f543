// SPDX-License-Identifier: EUPL-1.2

package resemblance

import (
	"context"
	"embed"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the pages of this room need; all of it is required.
type Config struct {
	Desk Desk
	// Names gives the names of accounts; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
}

type room struct{ Config }

// Room gives the duplicate desk's pages: the list of pairs, and one pair side by side with its judgement.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "resemblance", Templates: templates,
		Menu: []page.MenuItem{{Key: "resemblance.menu", Path: "/resemblances", Icon: "arrows-join", Order: 35, Show: func(a access.Actor) bool {
			return a.Office == access.Assistance && a.Has(access.DuplicateDesk)
		}}},
		Routes: []page.Route{{Pattern: "GET /resemblances", Handle: rm.list}, {Pattern: "GET /resemblances/{id}", Handle: rm.show}, {Pattern: "POST /resemblances/{id}", Handle: rm.judge}}}
}

func as(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForIdentification}
}

var tones = map[Verdict]string{Open: page.Warn, Unsure: page.Warn, Same: page.Good, NotSame: page.Off}

// listData is the page of all pairs.
type listData struct {
	Tabs  []page.Tab
	Table *page.Table
	Next  string
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	if !r.Actor.Has(access.DuplicateDesk) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	state := r.URL.Query().Get("state")
	if state == "" {
		state = string(Open)
	}
	found, err := rm.Desk.Store.List(ctx, as(r), store.Query{Kind: access.KindResemblance, State: state, After: r.URL.Query().Get("after")})
	if err != nil {
		return nil, err
	}
	l := r.L
	d := listData{Table: &page.Table{Caption: l.T("resemblance.menu"), Columns: []page.Column{{Text: l.T("resemblance.pair")}, {Text: l.T("resemblance.as")}, {Text: l.T("resemblance.noted")}, {Text: l.T("resemblance.verdict")}},
		Empty: &page.Empty{Icon: "arrows-join", Title: l.T("resemblance.none"), Text: l.T("resemblance.none.text")}}}
	for _, v := range []Verdict{Open, Same, NotSame} {
		d.Tabs = append(d.Tabs, page.Tab{Text: l.T("resemblance.verdict." + string(v)), Href: "/resemblances?state=" + string(v), Current: state == string(v)})
	}
	for _, row := range found.Rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			return nil, err
		}
		var codes []string
		for _, id := range []journal.ID{s.Made, s.Other} {
			p, err := rm.person(ctx, r, id)
			if err != nil {
				return nil, err
			}
			codes = append(codes, p.Registered.Code)
		}
		d.Table.Rows = append(d.Table.Rows, page.Row{Cells: []page.Cell{{Text: l.List(codes), Href: "/resemblances/" + row.Ref.ID.String()}, why(l, s.As, s.More), {Text: l.Date(s.At), Sub: l.Relative(s.At, r.Now)},
			{Tone: tones[s.Verdict], Text: l.T("resemblance.verdict." + string(s.Verdict))}}})
	}
	if found.Next != "" {
		d.Next = "/resemblances?state=" + state + "&after=" + found.Next
	}
	return page.View("resemblance/list", l.T("resemblance.menu"), d), nil
}

// person reads of a file what the desk may compare.
func (rm room) person(ctx context.Context, r *page.Request, id journal.ID) (casework.Person, error) {
	o, err := rm.Desk.Store.Open(ctx, as(r), casework.Ref(id))
	if err != nil {
		return casework.Person{}, err
	}
	return o.State.(casework.Person), nil
}

// showData is one pair.
type showData struct {
	Crumbs []page.Crumb
	Mark   page.Mark
	Notes  []field.Note
	Table  *page.Table
	Form   *field.Form
}

func (rm room) open(ctx context.Context, r *page.Request, v judgeForm) (showData, error) {
	id, err := r.ID("id")
	if err != nil {
		return showData{}, err
	}
	o, err := rm.Desk.Store.Open(ctx, as(r), store.Ref{Kind: access.KindResemblance, ID: id})
	if err != nil {
		return showData{}, err
	}
	p := o.State.(Pair)
	one, err := rm.person(ctx, r, p.Made)
	if err != nil {
		return showData{}, err
	}
	two, err := rm.person(ctx, r, p.Other)
	if err != nil {
		return showData{}, err
	}
	l := r.L
	d := showData{Crumbs: []page.Crumb{{Text: l.T("resemblance.menu"), Href: "/resemblances"}, {Text: l.List([]string{one.Registered.Code, two.Registered.Code})}},
		Mark: page.Mark{Tone: tones[p.Verdict], Text: l.T("resemblance.verdict." + string(p.Verdict))}, Table: sideBySide(l, one, two)}
	noted := field.Note{Tone: page.Info, Title: l.T("resemblance.noted.at", "At", p.At)}
	cell := why(l, p.As, p.More)
	if p.As != "" {
		noted.Text = l.T("resemblance.noted.as", "As", cell.Text)
		if p.Of > 0 {
			noted.Text += " " + l.N("resemblance.noted.of", p.Of)
		}
	}
	d.Notes = append(d.Notes, noted)
	if cell.Sub != "" {
		d.Notes = append(d.Notes, field.Note{Tone: page.Warn, Title: cell.Sub, Text: l.T("resemblance.more.text", "Code", one.Registered.Code)})
	}
	if !p.JudgedAt.IsZero() {
		var why []string
		for _, g := range p.Grounds {
			why = append(why, l.T("resemblance.ground."+g))
		}
		d.Notes = append(d.Notes, field.Note{Tone: tones[p.Verdict], Title: l.T("resemblance.judged", "Who", rm.Names(ctx, p.JudgedBy)[p.JudgedBy], "At", p.JudgedAt), Text: l.List(why)})
	}
	d.Form = field.New(l, "resemblance.judge", "/resemblances/"+id.String(), "/resemblances", "resemblance.judge.submit")
	d.Form.Radios("verdict", "resemblance.verdict", v.Verdict, field.Options(l, "resemblance.verdict", field.Codes(Verdicts())))
	d.Form.Checks("grounds", "resemblance.grounds", v.Grounds, field.Options(l, "resemblance.ground", Grounds()))
	return d, nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.open(ctx, r, judgeForm{})
	return page.View("resemblance/pair", r.L.T("resemblance.menu"), d), err
}

type judgeForm struct {
	Verdict string   `form:"verdict"`
	Grounds []string `form:"grounds"`
}

func (rm room) judge(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	var v judgeForm
	if err = r.Decode(&v); err == nil {
		err = rm.Desk.Judge(ctx, as(r), id, Judged{Verdict: Verdict(v.Verdict), Grounds: v.Grounds})
	}
	if err == nil {
		return page.Redirect("/resemblances", "resemblance.saved"), nil
	}
	d, derr := rm.open(ctx, r, v)
	if derr != nil {
		return nil, derr
	}
	if _, err := d.Form.Again(r, "resemblance/pair", err); err != nil {
		return nil, err
	}
	return page.Status(422, page.View("resemblance/pair", r.L.T("resemblance.menu"), d)), nil
}
