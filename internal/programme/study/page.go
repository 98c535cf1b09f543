// SPDX-License-Identifier: EUPL-1.2

package study

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// Path is where the studies are shown.
const Path = "/programme/studies"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts and offices by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Offices lists the offices to which terms in force let the programme's messages go. Nil knows none.
	Offices func(context.Context, *page.Request) ([]page.Option, error)
	// Motions lists what the steering committee has approved, each as "session/motion". Nil knows none.
	Motions func(context.Context, *page.Request) ([]page.Option, error)
	// Decision gives where a decision of the committee is shown. Nil leads nowhere.
	Decision func(session, motion journal.ID) string
	// Screening is what those who screen say of a list. Nil: no list can be drafted.
	Screening Screening
	// Published is told that an office has published a list. May be nil.
	Published func(ctx context.Context, owner journal.ID) error
}

type room struct{ Config }

// Room gives the pages of studies.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "study", Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
		{Pattern: "GET " + Path + "/{id}/act/{act}", Handle: rm.ask},
		{Pattern: "POST " + Path + "/{id}/act/{act}", Handle: rm.do},
	}}
}

func pathOf(s Study) string { return Path + "/" + s.ID.String() }

var tones = map[Stage]string{Commissioned: page.Off, InField: page.Info, Delivered: page.Good, Elsewhere: page.Info}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("study.title")}}
	if len(more) > 0 {
		out[1].Href = Path
	}
	return append(out, more...)
}

// table makes a table without rows whose columns are catalogue keys.
func table(l *lang.Locale, caption string, keys ...string) page.Table {
	t := page.Table{Caption: l.T(caption)}
	for _, k := range keys {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	return t
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	leaf, err := register.Leafed(ctx, r, rm.Store, Path, access.KindStudy, nil, order)
	if err != nil {
		return nil, err
	}
	stages, err := rm.Store.Tally(ctx, register.As(r), access.KindStudy, "stage")
	if err != nil {
		return nil, err
	}
	t := table(l, "study.title", "study.one", "study.author", "study.stage", "study.findings", "study.indicators", "study.set")
	t.Columns[3].Num, t.Columns[4].Num = true, true
	t.Empty = &page.Empty{Icon: "report-analytics", Title: l.T("study.empty"), Text: l.T("study.empty.text")}
	for _, x := range leaf.Rows {
		first := register.Excerpt(l, x.V.Title)
		first.Href, first.Sub = Path+"/"+x.ID.String(), x.V.Activity
		sub := ""
		if x.V.Delivered.Known() {
			sub = x.V.Delivered.Print(l)
		}
		row := page.Row{Cells: []page.Cell{first, {Text: x.V.Author}, {Text: l.T("study.stage." + string(x.V.Stage)), Tone: tones[x.V.Stage], Sub: sub}, {}, {}, {Text: setWord(l, x.V)}}}
		if x.V.Stage != Elsewhere { // of another office's only its list came here
			row.Cells[3].Text, row.Cells[4].Text = l.Number(x.V.Findings), l.Number(x.V.Indicators)
		}
		t.Rows = append(t.Rows, row)
	}
	d := register.List{Title: l.T("study.title"), Lead: l.N("study.count", leaf.N), Crumbs: crumbs(l), Table: t}
	leaf.Turn(&d)
	if own := leaf.N - stages[string(Elsewhere)]; own > 0 {
		d.Figures = []register.Figure{{Label: l.T("study.delivered"), Value: l.T("register.of", "N", l.Number(stages[string(Delivered)]), "Of", l.Number(own))}}
	}
	if register.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("study.act.commission"), Href: Path + "/new/act/commission", Icon: "plus", Primary: true}}
	}
	return page.View("register/list", l.T("study.title"), d), nil
}

func setWord(l *lang.Locale, x Line) string {
	var out []string
	if len(x.Issues) > 0 {
		out = append(out, l.T("study.set.published", "Version", x.Issues[len(x.Issues)-1]))
	}
	if x.Waiting != "" {
		out = append(out, l.T("study.set.draft", "Version", x.Waiting))
	}
	if len(out) == 0 {
		return l.T("study.set.none")
	}
	return strings.Join(out, "; ")
}

func (rm room) opened(ctx context.Context, r *page.Request) (Study, error) {
	if r.PathValue("id") == "new" {
		if !register.MayEdit(r) {
			return Study{}, fault.New(fault.Denied, "fault.denied")
		}
		return Study{}, nil
	}
	id, err := r.ID("id")
	if err != nil {
		return Study{}, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindStudy, ID: id})
	if err != nil {
		return Study{}, err
	}
	s := o.State.(Study)
	if !s.Exists() {
		return s, fault.New(fault.NotFound, "store.not_found")
	}
	return s, nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.opened(ctx, r)
	if err == nil && !s.Exists() {
		err = fault.New(fault.NotFound, "store.not_found")
	}
	if err != nil {
		return nil, err
	}
	l := r.L
	d := register.Record{Crumbs: crumbs(l, page.Crumb{Text: l.T("study.one")}), Title: register.Quote(l, s.Title()), Status: page.Mark{Tone: tones[s.Stage], Text: l.T("study.stage." + string(s.Stage))},
		Passages: register.Passages(l, l.T("study.question"), s.Commission.Question), Facts: rm.facts(ctx, r, s), Actions: step.Actions(r, rm.steps(), s, pathOf(s)), History: rm.history(ctx, r, s)}
	if s.Stage != Elsewhere {
		d.Notes = register.Wanting(l, s.Title())
		d.Tables = append(d.Tables, findings(l, s), indicators(l, s))
	}
	d.Tables = append(d.Tables, rm.issues(ctx, r, s)...)
	if n := len(s.Issues); n > 0 && s.Draft == nil && s.Stage == Elsewhere { // its report is not here: the list tells the pages
		d.Tables = append(d.Tables, listed(l, s.Issues[n-1].Set))
	}
	if s.Draft != nil {
		n := register.Note{Tone: page.Info, Title: l.T("study.draft", "Version", s.Draft.Version), Text: l.T("study.draft.untried")}
		if s.Tried != nil {
			n.Text = l.T("study.draft.tried")
			d.Tables = append(d.Tables, cases(l, s.Tried.Cases))
		}
		d.Notes = append(d.Notes, n)
		d.Tables = append(d.Tables, listed(l, *s.Draft))
	}
	return page.View("register/record", l.T("study.one"), d), nil
}

func (rm room) facts(ctx context.Context, r *page.Request, s Study) []page.Fact {
	l, c, w := r.L, s.Commission, s.Fieldwork
	out := register.StateFacts(l, s.Title())
	if s.Stage == Elsewhere {
		return append(out, page.Fact{Term: l.T("study.office"), Text: rm.names(ctx, r, s.Office)[s.Office]})
	}
	if c.Activity != "" {
		out = append(out, page.Fact{Term: l.T("study.activity"), Text: c.Activity, Href: register.ActivityPath(c.Activity)})
	}
	out = append(out, page.Fact{Term: l.T("study.author"), Text: c.Author}, page.Fact{Term: l.T("study.on"), Text: c.On.Print(l)}, page.Fact{Term: l.T("study.due"), Text: c.Due.Print(l)})
	if w.From.Known() || w.Method != "" || w.People.Known() {
		out = append(out, page.Fact{Term: l.T("study.fieldwork"), Text: party.Between(l, "study.from_until", w.From, w.Until), Sub: register.Countries(l, w.Countries)},
			page.Fact{Term: l.T("study.method"), Text: w.Method}, page.Fact{Term: l.T("study.people"), Text: w.People.Print(l)})
	}
	if s.Stage == Delivered {
		out = append(out, page.Fact{Term: l.T("study.delivered_on"), Text: s.Delivery.On.Print(l), Sub: s.Delivery.Document + " · " + l.N("study.pages", s.Delivery.Pages)})
	}
	for _, e := range s.Events {
		on := ""
		if e.On.Known() {
			on = e.On.Print(l)
		}
		out = append(out, page.Fact{Term: l.T("study.event"), Text: e.Activity, Href: register.ActivityPath(e.Activity), Sub: on})
	}
	if s.Decided.On.Known() {
		decided := page.Fact{Term: l.T("study.decision"), Text: l.T("study.decision.use", "For", s.Decided.For), Sub: s.Decided.On.Print(l)}
		if rm.Decision != nil {
			decided.Href = rm.Decision(s.Decided.Session, s.Decided.Motion)
		}
		out = append(out, decided)
	}
	return out
}

func findings(l *lang.Locale, s Study) page.Table {
	t := table(l, "study.findings", "study.key", "study.finding", "study.asks", "study.page")
	t.Empty = &page.Empty{Icon: "bulb", Title: l.T("study.findings.none")}
	for _, f := range s.Findings {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: f.Key}, register.Quote(l, f.Text), {Text: f.Asks}, {Text: f.Page}}})
	}
	return t
}

func indicators(l *lang.Locale, s Study) page.Table {
	t := table(l, "study.indicators", "study.key", "study.indicator", "study.weight", "study.page", "study.languages")
	t.Empty = &page.Empty{Icon: "list-check", Title: l.T("study.indicators.none")}
	for _, i := range s.Indicators {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: i.ID}, register.Quote(l, i.Text), {Text: weight(l, i.Weight)}, {Text: i.Page}, {Text: strings.Join(i.Text.Languages(), ", ")}}})
	}
	return t
}

func weight(l *lang.Locale, w Weight) string {
	if w == "" {
		return l.T("study.weight.none")
	}
	return l.T("study.weight." + string(w))
}

// listed shows a list as it would be used.
func listed(l *lang.Locale, x Set) page.Table {
	t := table(l, "study.list", "study.key", "study.indicator", "study.weight", "study.page")
	t.Caption = l.T("study.list.of", "Code", x.Code, "Version", x.Version)
	for _, i := range x.Indicators {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: i.ID}, register.Quote(l, i.Text), {Text: weight(l, i.Weight)}, {Text: i.Page}}})
	}
	return t
}

func cases(l *lang.Locale, cs []Case) page.Table {
	t := table(l, "study.cases", "study.case", "study.seen", "study.outcome")
	t.Columns[1].Num = true
	for _, c := range cs {
		name := l.T("study.case.alone", "Of", c.Name)
		if slices.Contains([]string{"nothing_known", "nothing_seen", "all_seen"}, c.Name) {
			name = l.T("study.case." + c.Name)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: name}, {Text: l.Number(c.Seen)}, {Text: l.T("study.outcome." + c.Outcome)}}})
	}
	return t
}

func (rm room) issues(ctx context.Context, r *page.Request, s Study) []page.Table {
	l := r.L
	if len(s.Issues) == 0 {
		return nil
	}
	var who []journal.ID
	for _, i := range s.Issues {
		who = append(who, i.By)
	}
	names := rm.names(ctx, r, who...)
	t := table(l, "study.issues", "study.version", "study.published_by", "study.published_at", "study.indicators")
	t.Columns[3].Num = true
	for _, i := range slices.Backward(s.Issues) {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: i.Set.Code + " " + i.Set.Version}, {Text: names[i.By]}, {Text: l.ShortDate(i.At)}, {Text: l.Number(len(i.Set.Indicators))}}})
	}
	return []page.Table{t}
}

func (rm room) names(ctx context.Context, r *page.Request, ids ...journal.ID) map[journal.ID]string {
	if rm.Names == nil {
		return map[journal.ID]string{}
	}
	return rm.Names(ctx, r.Actor.Owner, ids...)
}

func (rm room) history(ctx context.Context, r *page.Request, s Study) []page.Event {
	var ids []journal.ID
	for _, e := range s.History {
		ids = append(ids, e.By)
	}
	names := rm.names(ctx, r, ids...)
	var out []page.Event
	for _, e := range slices.Backward(s.History) {
		out = append(out, page.Event{At: e.At, Title: r.L.T("study.entry." + e.Type), Text: e.Text, Who: names[e.By]})
	}
	return out
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.steps(), s, rm.Store.NewID())
}

func (rm room) do(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.steps(), s)
}
