// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

func (rm room) listRoutes() []page.Route {
	return []page.Route{
		{Pattern: "GET /cases", Handle: rm.list},
		{Pattern: "GET /cases/export.csv", Handle: rm.export},
		{Pattern: "POST /cases/search", Handle: rm.search},
		{Pattern: "GET /cases/new", Handle: rm.newSearch},
		{Pattern: "POST /cases/new", Handle: rm.newFound},
		{Pattern: "POST /cases", Handle: rm.create},
	}
}

// filter is what a list is narrowed by; all of it stands in the address, so it holds codes only.
type filter struct {
	Whose, State, Territory, Need, Due, After string
	Named                                     bool // names are shown; masked otherwise
}

func filterOf(r *page.Request) filter {
	q := r.URL.Query()
	return filter{Whose: q.Get("whose"), State: q.Get("state"), Territory: q.Get("territory"), Need: q.Get("need"), Due: q.Get("due"), After: q.Get("after"), Named: q.Get("names") == "shown"}
}

func (f filter) path(base string) string {
	q := url.Values{}
	for k, v := range map[string]string{"whose": f.Whose, "state": f.State, "territory": f.Territory, "need": f.Need, "due": f.Due, "after": f.After} {
		if v != "" {
			q.Set(k, v)
		}
	}
	if f.Named {
		q.Set("names", "shown")
	}
	if len(q) == 0 {
		return base
	}
	return base + "?" + q.Encode()
}

func (f filter) query(r *page.Request) store.Query {
	q := store.Query{Kind: access.KindPerson, State: f.State, Codes: map[string]string{}, After: f.After}
	if f.Whose != "all" {
		q.Assignee = r.Actor.ID
	}
	if f.Territory != "" {
		q.Codes["territory"] = f.Territory
	}
	if f.Need != "" {
		q.Codes["need"] = f.Need
	}
	switch f.Due {
	case "over":
		q.DueBy, q.ByDue = r.Now, true
	case "week":
		q.DueBy, q.ByDue = r.Now.AddDate(0, 0, 7), true
	}
	return q
}

// listData is what the list's template shows.
type listData struct {
	Title   string
	Lead    string
	Actions []page.Action
	Tabs    []page.Tab
	Form    *field.Form
	// Narrowed opens the filters: some are chosen.
	Narrowed bool
	Table    *page.Table
	Next     string
	First    string
	Export   string
	Begin    *begun // a new file, from a search
	Notes    []field.Note
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	f := filterOf(r)
	q := f.query(r)
	if f.Named {
		q.Show = []journal.Category{journal.D2}
	}
	found, err := rm.Work.Store.List(ctx, as(r, access.ForAssistance), q)
	if err != nil {
		return nil, err
	}
	count, err := rm.Work.Store.Count(ctx, as(r, access.ForAssistance), q)
	if err != nil {
		return nil, err
	}
	d := listData{Title: r.L.T("casework.menu"), Lead: r.L.N("casework.list.count", count), Export: f.with(func(f *filter) { f.After = "" }).path("/cases/export.csv")}
	if r.Actor.Has(access.CaseManager) {
		d.Actions = append(d.Actions, page.Action{Text: r.L.T("casework.new.title"), Href: "/cases/new", Icon: "user-plus", Primary: true})
	}
	d.Actions = append(d.Actions, page.Action{Text: r.L.T(map[bool]string{true: "casework.list.mask", false: "casework.list.unmask"}[f.Named]),
		Href: f.with(func(f *filter) { f.Named = !f.Named }).path("/cases"), Icon: map[bool]string{true: "eye-off", false: "eye"}[f.Named]})
	for _, whose := range []string{"", "all"} {
		d.Tabs = append(d.Tabs, page.Tab{Text: r.L.T("casework.list.whose" + map[string]string{"": ".mine", "all": ".all"}[whose]), Current: f.Whose == whose,
			Href: f.with(func(f *filter) { f.Whose, f.After = whose, "" }).path("/cases")})
	}
	d.Form, d.Narrowed = f.form(r), f.State+f.Territory+f.Need+f.Due != ""
	if d.Table, err = rm.table(ctx, r, found.Rows, f.Named); err != nil {
		return nil, err
	}
	if found.Next != "" {
		d.Next = f.with(func(f *filter) { f.After = found.Next }).path("/cases")
	}
	if f.After != "" {
		d.First = f.with(func(f *filter) { f.After = "" }).path("/cases")
	}
	return page.View("casework/list", d.Title, d), nil
}

func (f filter) with(change func(*filter)) filter { change(&f); return f }

func (f filter) form(r *page.Request) *field.Form {
	x := field.New(r.L, "casework.list.filter", "/cases", "", "casework.list.filter")
	x.Hidden("whose", f.Whose)
	any := func(fl field.Field) { fl.Set("Blank", r.L.T("casework.list.any")) }
	any(x.Select("state", "casework.list.state", f.State, field.Options(r.L, "casework.state", []string{"open", "closed"})))
	any(x.Select("territory", "casework.list.territory", f.Territory, countries(r.L)))
	any(x.Select("need", "casework.list.need", f.Need, field.Options(r.L, "service.catalogue", services.Catalogue())))
	any(x.Select("due", "casework.list.due", f.Due, field.Options(r.L, "casework.list.due", []string{"over", "week"})))
	return x
}

// table shows rows of a list, by code name unless names were asked for.
func (rm room) table(_ context.Context, r *page.Request, rows []store.Row, named bool) (*page.Table, error) {
	l := r.L
	t := &page.Table{Caption: l.T("casework.menu"), Columns: []page.Column{{Text: l.T("casework.list.code")}, {Text: l.T("casework.list.name")}, {Text: l.T("casework.list.territory")},
		{Text: l.T("casework.track.identification")}, {Text: l.T("casework.list.due")}, {Text: l.T("casework.list.changed")}},
		Empty: &page.Empty{Icon: "folder", Title: l.T("casework.list.none"), Text: l.T("casework.list.none.text")}}
	for _, row := range rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			return nil, err
		}
		name := page.Cell{Masked: true, Text: l.T("casework.list.name")}
		if named {
			name = page.Cell{Text: l.List(s.Names)}
		}
		due := page.Cell{Text: l.T("casework.list.nothing_due")}
		if len(s.Due) > 0 {
			at := s.Due[0].At
			due = page.Cell{Due: &at, Now: r.Now, Sub: DueWord(l, s.Due[0])}
		}
		code := page.Cell{Text: s.Code, Href: "/cases/" + row.Ref.ID.String()}
		if row.State == "closed" {
			code.Sub = l.T("casework.state.closed")
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{code, name, {Text: l.Country(s.Territory), Sub: ageWord(l, s.Age)}, {Tone: stepTone(s.Track), Text: rm.stepWord(l, s.Territory, s.Track)}, due,
			{Text: l.ShortDate(row.Updated)}}})
	}
	return t, nil
}

func ageWord(l *lang.Locale, age string) string { return word(l, "referral.age", age) }

// stepWord names a step of identification as the authorities of the territory do.
func (rm room) stepWord(l *lang.Locale, territory string, s Step) string {
	key := "casework.step." + or(string(s), "none")
	if rm.StepWord == nil {
		return l.T(key)
	}
	return rm.StepWord(l, territory, s, key)
}

func stepTone(s Step) string {
	switch s {
	case Recognised, Presumed:
		return page.Good
	case UnderDecision, UnderReview, Screened, Reopened:
		return page.Info
	case NotRecognised:
		return page.Warn
	}
	return page.Off
}

// DueWord says what is due, of this room or one beside it: "task: call".
func DueWord(l *lang.Locale, d Due) string {
	of := word(l, "service.catalogue", d.Of)
	switch d.What {
	case "task":
		of = word(l, "casework.task", d.Of)
	case "goal", "goal_step":
		of = word(l, "service.area", d.Of)
	}
	out := word(l, "casework.due", d.What)
	for _, room := range []string{"rights.due.", "screening.due."} { // of a room beside this one
		if out == d.What && l.Has(room+d.What) {
			out = l.T(room + d.What)
		}
	}
	if of != "" {
		out = l.T("referral.pair", "What", out, "Why", of)
	}
	return out
}

// countries lists countries or territories by name, those of the programme first.
func countries(l *lang.Locale) []page.Option {
	near := []string{"AL", "BA", "BG", "GR", "HR", "MD", "ME", "MK", "RO", "RS", "XK", "FR", "SE"}
	out := make([]page.Option, len(near))
	for i, c := range near {
		out[i] = page.Option{Value: c, Text: l.Country(c)}
	}
	inorder.By(out, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// export gives the list as a table of codes. No name, no number, no text of anybody leaves by it.
func (rm room) export(ctx context.Context, r *page.Request) (page.Response, error) {
	rows := [][]string{{"code", "territory", "age", "identification", "state", "opened", "changed", "due", "due_what"}}
	q := filterOf(r).query(r)
	for {
		found, err := rm.Work.Store.List(ctx, as(r, access.ForAssistance), q)
		if err != nil {
			return nil, err
		}
		for _, row := range found.Rows {
			s, err := store.Summary[Summary](row)
			if err != nil {
				return nil, err
			}
			line := []string{s.Code, s.Territory, s.Age, string(s.Track), row.State, row.Opened.Format(time.DateOnly), row.Updated.Format(time.DateOnly), "", ""}
			if len(s.Due) > 0 {
				line[7], line[8] = s.Due[0].At.Format(time.DateOnly), s.Due[0].What
			}
			rows = append(rows, line)
		}
		if q.After = found.Next; q.After == "" {
			break
		}
	}
	return page.Sheet("list.csv", rows)
}

// search finds files by what was typed; it comes by POST, so that no name stands in an address.
func (rm room) search(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Q string `form:"q"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	d := listData{Title: r.L.T("casework.search.title"), Lead: strings.TrimSpace(in.Q)}
	hits, err := rm.Work.Resembling(ctx, as(r, access.ForAssistance), in.Q)
	if err != nil {
		return nil, err
	}
	if d.Table, err = rm.table(ctx, r, hits.Rows, true); err != nil {
		return nil, err
	}
	d.Table.Empty = &page.Empty{Icon: "user-search", Title: r.L.T("casework.search.none"), Text: r.L.T("casework.search.none.text")}
	if hits.More {
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Text: r.L.T("casework.search.more")})
	}
	if d.Lead != "" && r.Actor.Has(access.CaseManager) {
		d.Begin = beginning(d.Lead)
	}
	return page.View("casework/list", d.Title, d), nil
}

// begun carries what was looked for into a new file, so that nobody types it twice.
type begun struct{ Name, Value string }

// beginning says which question of a new file a search was an answer to: digits alone are a phone number, digits among
// letters a document's number, letters a name.
func beginning(q string) *begun {
	digits, letters := strings.ContainsFunc(q, unicode.IsDigit), strings.ContainsFunc(q, unicode.IsLetter)
	switch {
	case digits && letters:
		return &begun{"document", q}
	case digits:
		return &begun{"phone", q}
	}
	return &begun{"name", q}
}

// newSearch is the first step of a new file: look whether there is one.
func (rm room) newSearch(_ context.Context, r *page.Request) (page.Response, error) {
	if !r.Actor.Has(access.CaseManager) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	return page.View("casework/form", r.L.T("casework.title"), searchForm(r, searchedForm{})), nil
}

func searchForm(r *page.Request, v searchedForm) *field.Form {
	f := field.New(r.L, "casework.new.title", "/cases/new", "/cases", "casework.new.search")
	f.Lead, f.Crumbs = r.L.T("casework.new.lead"), newCrumbs(r, f.Title)
	f.Text("name", "casework.new.name", v.Name).Optional()
	f.Text("phone", "casework.new.phone", v.Phone).Optional().Set("Type", "tel")
	f.Text("born", "casework.identity.born", v.Born).Optional().Set("Width", "date")
	f.Text("document", "casework.identity.document_number", v.Document).Optional()
	return f
}
