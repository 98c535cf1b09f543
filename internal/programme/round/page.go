// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"context"
	"embed"
	"slices"
	"strconv"
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

//go:embed templates/*.html
var templates embed.FS

// Path is where the rounds are shown.
const Path = "/programme/rounds"

// Paragraph is what a report asks for, as the register of recommendations keeps it.
type Paragraph struct {
	Number string
	Text   page.Cell // with the way to it
	State  page.Mark
	Judge  string
}

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts and offices by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Offices lists the offices to which terms in force let the programme's messages go. Nil knows none.
	Offices func(context.Context, *page.Request) ([]page.Option, error)
	// Locale gives the words of a language, for a document in another one than the page's. Nil: the page's.
	Locale func(tag string) *lang.Locale
	// Paragraphs gives those of a body's report on a country that are kept as recommendations. Nil knows none.
	Paragraphs func(ctx context.Context, r *page.Request, body, document, country string) ([]Paragraph, error)
	// Bring takes paragraphs of a report into the register of recommendations; Sheet makes its file. Nil: none are brought.
	Bring func(ctx context.Context, r *page.Request, file []byte) (register.Imported, error)
}

type room struct{ Config }

// Room gives the pages of rounds and of their questions.
func Room(c Config) page.Room {
	rm := room{c}
	out := page.Room{Name: "round", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
		{Pattern: "GET " + Path + "/{id}/act/{act}", Handle: rm.ask},
		{Pattern: "POST " + Path + "/{id}/act/{act}", Handle: rm.do},
		{Pattern: "GET " + Path + "/{id}/bring/{what}", Handle: rm.bringForm},
		{Pattern: "POST " + Path + "/{id}/bring/{what}", Handle: rm.bring, MaxBody: MaxFile + 1<<20},
		{Pattern: "GET " + Path + "/{id}/document", Handle: rm.document},
	}}
	out.Routes = append(out.Routes, c.questions().Pages().Routes...)
	return out
}

func pathOf(r Round) string { return Path + "/" + r.ID.String() }

// Name gives the name by which people know a round: "GRETA, round 3 · Albania".
func (o Of) Name(l *lang.Locale) string {
	return l.T("round.name", "Body", o.Body, "Number", strconv.Itoa(o.Number), "Country", l.Country(o.Country))
}

var tones = map[Stage]string{Received: page.Info, Assigned: page.Info, Drafting: page.Info, Sent: page.Good, Visited: page.Good, Reported: page.Warn, Replied: page.Info, FollowUp: page.Info, Closed: page.Off}

func crumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("round.title")}}
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

func date(l *lang.Locale, d party.PartialDate) string {
	if !d.Known() {
		return ""
	}
	return d.Print(l)
}

func orderRounds(a, b Row) int {
	x, y := a.V.Of, b.V.Of
	if c := strings.Compare(x.Country+"\n"+x.Body, y.Country+"\n"+y.Body); c != 0 {
		return c
	}
	return y.Number - x.Number
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	filter := register.Field{Kind: "select", Name: "country", Label: l.T("round.country"), Blank: l.T("register.any"), Options: around.CountryOptions(l)}
	chosen := register.Query(r, []register.Field{filter})
	leaf, err := register.Leafed(ctx, r, rm.Store, Path, access.KindRound, chosen, orderRounds)
	if err != nil {
		return nil, err
	}
	counts, err := rm.counts(ctx, r)
	if err != nil {
		return nil, err
	}
	d := register.List{Title: l.T("round.title"), Lead: l.N("round.count", leaf.N), Crumbs: crumbs(l), Table: rm.rounds(r, leaf.Rows, counts)}
	leaf.Turn(&d)
	if leaf.N > 0 || len(chosen) > 0 {
		d.Narrow(Path, []register.Field{filter}, chosen)
		d.Sheet = ""
	}
	d.Actions = []page.Action{{Text: l.T("question.title"), Href: QuestionPath, Icon: "list-check"}}
	if register.MayEdit(r) {
		d.Actions = append(d.Actions, page.Action{Text: l.T("round.act.open"), Href: Path + "/new/act/open", Icon: "plus", Primary: true})
	}
	return page.View("register/list", l.T("round.title"), d), nil
}

// counts says how far the questions of each round are, from the index of their codes. Another office's rounds, whose questions
// came here, have ids of their own.
func (rm room) counts(ctx context.Context, r *page.Request) (map[string]Counts, error) {
	out := map[string]Counts{}
	for _, s := range StandingsOf() {
		of, err := rm.Store.Tally(ctx, register.As(r), access.KindQuestion, "round", store.Is("standing", string(s)))
		if err != nil {
			return nil, err
		}
		for id, n := range of {
			c := out[id]
			c.add(s, n)
			out[id] = c
		}
	}
	return out, nil
}

func (rm room) rounds(r *page.Request, rows []Row, counts map[string]Counts) page.Table {
	l := r.L
	t := table(l, "round.title", "round.one", "round.theme", "round.stage", "round.answers", "round.due")
	t.Empty = &page.Empty{Icon: "refresh", Title: l.T("round.empty"), Text: l.T("round.empty.text")}
	for _, x := range rows {
		c := counts[x.ID.String()]
		s := At(x.V.Stage, c)
		theme := register.Excerpt(l, x.V.Theme)
		due := page.Cell{Text: date(l, x.V.Due)}
		if x.V.late(r.Now) {
			due.Tone = page.Bad
		}
		answers := page.Cell{Text: l.T("round.answers.of", "N", l.Number(c.Accepted), "Of", l.Number(c.Questions)), Href: QuestionPath + "?round=" + x.ID.String()}
		if c.Questions == 0 {
			answers = page.Cell{Text: l.T("round.answers.none")}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: x.V.Of.Name(l), Href: Path + "/" + x.ID.String(), Sub: period(l, x.V.Opened)}, theme,
			{Text: l.T("round.stage." + string(s)), Tone: tones[s]}, answers, due}})
	}
	return t
}

// of gives the questions of one round.
func of(all []QuestionRow, round journal.ID) []QuestionRow {
	return slices.DeleteFunc(slices.Clone(all), func(q QuestionRow) bool { return q.V.Round != round || !q.V.From.IsZero() })
}

func period(l *lang.Locale, o Opened) string {
	if !o.From.Known() && !o.Until.Known() {
		return ""
	}
	return party.Between(l, "round.period", o.From, o.Until)
}

func (rm room) opened(ctx context.Context, r *page.Request) (Round, error) {
	if r.PathValue("id") == "new" {
		if !register.MayEdit(r) {
			return Round{}, fault.New(fault.Denied, "fault.denied")
		}
		return Round{}, nil
	}
	id, err := r.ID("id")
	if err != nil {
		return Round{}, err
	}
	o, err := rm.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindRound, ID: id})
	if err != nil {
		return Round{}, err
	}
	x := o.State.(Round)
	if !x.Exists() {
		return x, fault.New(fault.NotFound, "store.not_found")
	}
	return x, nil
}

// record opens a round that is there.
func (rm room) record(ctx context.Context, r *page.Request) (Round, error) {
	x, err := rm.opened(ctx, r)
	if err == nil && !x.Exists() {
		err = fault.New(fault.NotFound, "store.not_found")
	}
	return x, err
}

// showPage is one round: where it stands, what comes next, and everything that belongs to it, each part with what can be done to it.
type showPage struct {
	register.Record
	Steps  []page.Step
	Change []page.Action // of what is known of the round
	Parts  []panel
}

// panel is a table with what can be done to what it shows; more than two ways stand behind one button.
type panel struct {
	page.Table
	Actions []page.Action
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.record(ctx, r)
	if err != nil {
		return nil, err
	}
	l := r.L
	questions, err := Questions(ctx, rm.Store, register.As(r), map[string]string{"round": x.ID.String()})
	if err != nil {
		return nil, err
	}
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	questions = of(questions, x.ID)
	c := Count(questions)
	s := At(x.Stage(), c)
	d := showPage{Record: register.Record{Crumbs: crumbs(l, page.Crumb{Text: l.T("round.one")}), Title: page.Cell{Text: x.Opened.Of.Name(l)}, Status: page.Mark{Tone: tones[s], Text: l.T("round.stage." + string(s))},
		Facts: facts(l, x, c), History: rm.history(ctx, r, x)}, Steps: stepsOf(l, x, s)}
	d.Passages = append(register.Passages(l, l.T("round.theme"), x.Opened.Theme), register.Passages(l, l.T("round.assessment"), x.Assessed.Text)...)
	if len(x.Assessed.Text.By) > 0 {
		d.Passages[len(d.Passages)-1].Sub += " · " + l.T("round.page.at", "Page", x.Assessed.Page)
	}
	d.Notes = notes(r, x, c)
	paragraphs, reported, err := rm.paragraphs(ctx, r, x)
	if err != nil {
		return nil, err
	}
	w := rm.ways(r, x, c, reported && len(paragraphs.Rows) == 0)
	d.Actions, d.Change = w.head, w.change
	d.Parts = []panel{{stages(l, x), w.stages}, {asked(r, questions, around), w.questions}, {visit(l, x, around), w.visit}}
	if reported {
		d.Parts = append(d.Parts, panel{paragraphs, w.report})
	}
	return page.View("round/show", l.T("round.one"), d), nil
}

func notes(r *page.Request, x Round, c Counts) []register.Note {
	l := r.L
	var out []register.Note
	if x.Summary().late(r.Now) {
		out = append(out, register.Note{Tone: page.Bad, Text: l.T("round.late")})
	}
	if x.Stage() == Received && c.Questions == 0 {
		out = append(out, register.Note{Tone: page.Info, Text: l.T("round.no_questions")})
	}
	if _, sent := x.Steps[Sent]; sent && c.Accepted < c.Questions {
		out = append(out, register.Note{Tone: page.Warn, Text: l.N("round.sent_without", c.Questions-c.Accepted)})
	}
	if _, reported := x.Steps[Reported]; reported && x.Assessed.Text.IsZero() {
		out = append(out, register.Note{Tone: page.Info, Text: l.T("round.not_assessed")})
	}
	return out
}

func facts(l *lang.Locale, x Round, c Counts) []page.Fact {
	o := x.Opened
	out := []page.Fact{{Term: l.T("round.body"), Text: o.Of.Body, Sub: l.T("round.number.is", "Number", strconv.Itoa(o.Of.Number))}, {Term: l.T("round.country"), Text: l.Country(o.Of.Country), Href: "/programme/countries/" + o.Of.Country},
		{Term: l.T("round.about"), Text: period(l, o)}, {Term: l.T("round.received"), Text: date(l, o.Received)}, {Term: l.T("round.due"), Text: date(l, o.Due)}}
	if c.Questions > 0 {
		out = append(out, page.Fact{Term: l.T("question.title"), Text: l.Number(c.Questions), Sub: l.T("round.counts", "Assigned", l.Number(c.Assigned), "Answered", l.Number(c.Answered), "Accepted", l.Number(c.Accepted))})
	}
	if o.Link != "" {
		out = append(out, page.Fact{Term: l.T("register.link"), Text: o.Link, Href: o.Link})
	}
	return out
}

// stepsOf draws the way of a round. What nobody has noted is not told as done, though something later is.
func stepsOf(l *lang.Locale, x Round, now Stage) []page.Step {
	var out []page.Step
	for i, s := range Stages() {
		state := ""
		_, done := x.Steps[s]
		switch {
		case s == now:
			state = "current"
		case done, i < 3 && i < slices.Index(Stages(), now):
			state = "done"
		}
		out = append(out, page.Step{Text: l.T("round.stage." + string(s)), State: state})
	}
	return out
}

// stages lists when each stage came, as far as somebody has noted it.
func stages(l *lang.Locale, x Round) page.Table {
	t := table(l, "round.stages", "round.stage", "register.on", "round.document")
	received := page.Cell{Text: date(l, x.Opened.Received)}
	t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("round.stage.received")}, received, {Text: x.Opened.Link, Href: x.Opened.Link}}})
	for _, s := range noted() {
		v, ok := x.Steps[s]
		if !ok {
			t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("round.stage." + string(s))}, {Text: l.T("round.stage.not_noted"), Tone: page.Off}, {Text: "–"}}})
			continue
		}
		on := page.Cell{Text: date(l, v.On), Sub: v.Note}
		if v.Until.Known() {
			on.Text = party.Between(l, "round.days", v.On, v.Until)
		}
		doc := page.Cell{Text: v.Document, Href: v.Link}
		if doc.Text == "" && v.Link == "" {
			doc.Text = "–"
		} else if doc.Text == "" {
			doc.Text = v.Link
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.T("round.stage." + string(s))}, on, doc}})
	}
	return t
}

func asked(r *page.Request, questions []QuestionRow, around register.Around) page.Table {
	l := r.L
	t := table(l, "question.title", "question.number", "question.text", "question.owner", "question.due", "question.standing")
	t.Empty = &page.Empty{Icon: "list-check", Title: l.T("round.answers.none"), Text: l.T("round.no_questions")}
	for _, q := range questions {
		m := standing(l, q.V, r.Now)
		text := register.Excerpt(l, q.V.Text)
		text.Sub = q.V.Section.In(l.Tag()).Text
		owner := page.Cell{Text: around.Names[q.V.Owner]}
		if owner.Text == "" && !q.V.Office.IsZero() {
			owner.Text = l.T("question.by_office")
		}
		due := page.Cell{Text: date(l, q.V.Due)}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: q.V.Number, Href: QuestionPath + "/" + q.ID.String()}, text, owner, due, {Text: m.Text, Tone: m.Tone}}})
	}
	return t
}

// visit is its programme: whom the delegation meets when and about what. Who takes part is shown by function, to whoever may see
// what stays inside.
func visit(l *lang.Locale, x Round, around register.Around) page.Table {
	t := table(l, "round.visit", "round.key", "register.on", "round.with", "round.meeting", "round.standing")
	t.Empty = &page.Empty{Icon: "calendar-event", Title: l.T("round.visit.none"), Text: l.T("round.visit.none.text")}
	for _, m := range x.Meetings {
		about := register.Quote(l, m.About)
		about.Sub = m.Place
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: m.Key}, {Text: date(l, m.On), Sub: m.Hour}, {Text: around.NamesOf(l, m.With), Sub: m.Who}, about,
			{Text: l.T("round.standing." + m.Standing), Tone: map[string]string{"planned": page.Info, "held": page.Good, "cancelled": page.Off}[m.Standing]}}})
	}
	return t
}

// paragraphs is what the report asks for, with the state of each in the register of recommendations.
func (rm room) paragraphs(ctx context.Context, r *page.Request, x Round) (t page.Table, reported bool, err error) {
	report, ok := x.Steps[Reported]
	if !ok || rm.Paragraphs == nil {
		return t, false, nil
	}
	l := r.L
	list, err := rm.Paragraphs(ctx, r, x.Opened.Of.Body, report.Document, x.Opened.Of.Country)
	if err != nil {
		return t, true, err
	}
	t = table(l, "round.paragraphs", "round.paragraph", "round.asks", "round.state")
	t.Empty = &page.Empty{Icon: "clipboard-check", Title: l.T("round.paragraphs.none"), Text: l.T("round.paragraphs.none.text")}
	for _, p := range list {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: p.Number}, p.Text, {Text: p.State.Text, Tone: p.State.Tone, Sub: p.Judge}}})
	}
	return t, true, nil
}

func (rm room) history(ctx context.Context, r *page.Request, x Round) []page.Event {
	var ids []journal.ID
	for _, e := range x.History {
		ids = append(ids, e.By)
	}
	names := map[journal.ID]string{}
	if rm.Names != nil {
		names = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	var out []page.Event
	for _, e := range slices.Backward(x.History) {
		title := r.L.T("round.entry." + e.Type)
		if e.Title != "" {
			title = r.L.T("round.noted", "Stage", r.L.T("round.stage."+e.Title))
		}
		out = append(out, page.Event{At: e.At, Title: title, Text: e.Text, Who: names[e.By]})
	}
	return out
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.steps(), x, rm.Store.NewID())
}

func (rm room) do(ctx context.Context, r *page.Request) (page.Response, error) {
	x, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.steps(), x)
}
