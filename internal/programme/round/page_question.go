// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// QuestionPath is where the questions of all rounds are shown.
const QuestionPath = "/programme/questions"

type see = register.See

func (c Config) questions() *register.Of[Question, QuestionLine] {
	return &register.Of[Question, QuestionLine]{Room: "question", Kind: access.KindQuestion, Path: QuestionPath, Icon: "list-check", Store: c.Store, Names: c.Names,
		Line:  func(q Question) (QuestionLine, bool) { return q.Summary(), q.Exists() },
		Order: orderQuestions, Columns: questionColumns(), Filters: c.questionFilters(), Tabs: questionTabs(),
		Called: func(v *see, l QuestionLine) string { return v.T("at", "Number", l.Number) },
		Title: func(v *see, l QuestionLine) page.Cell {
			return page.Cell{Text: l.Of.Name(v.L) + " · " + v.T("at", "Number", l.Number)}
		},
		State:    func(v *see, l QuestionLine) page.Mark { return standing(v.L, l, v.Now) },
		Passages: questionPassages, Facts: c.questionFacts, Notes: questionNotes, Ways: questionWays,
		Past: func(_ *see, q Question) []register.Event { return q.History }, Acts: c.questionActs(), Shut: c.sent}
}

// sent says that the answers of a question's round have left: they stay as they were sent.
func (c Config) sent(v *see, q Question) error {
	if !q.From.IsZero() {
		return nil
	}
	o, err := c.Store.Open(v.Context(), register.As(v.Request), store.Ref{Kind: access.KindRound, ID: q.Asked.Round})
	if v.Note(err); err != nil {
		return nil
	}
	_, sent := o.State.(Round).Steps[Sent]
	return guarded(sent, "question.guard.sent")
}

// orderQuestions is by round, the latest first, then by place; those of other offices come first.
func orderQuestions(a, b QuestionRow) int {
	x, y := a.V, b.V
	if x.From.IsZero() != y.From.IsZero() {
		if y.From.IsZero() {
			return -1
		}
		return 1
	}
	if c := strings.Compare(x.Of.Body+"\n"+x.Of.Country, y.Of.Body+"\n"+y.Of.Country); c != 0 {
		return c
	}
	if x.Of.Number != y.Of.Number {
		return y.Of.Number - x.Of.Number
	}
	if x.Place != y.Place {
		return x.Place - y.Place
	}
	if len(x.Number) != len(y.Number) {
		return len(x.Number) - len(y.Number)
	}
	return strings.Compare(x.Number+a.ID.String(), y.Number+b.ID.String())
}

var standingTones = map[Standing]string{Unassigned: page.Off, Waiting: page.Info, Begun: page.Info, Answered: page.Warn, Accepted: page.Good, Released: page.Off}

func standing(l *lang.Locale, q QuestionLine, now time.Time) page.Mark {
	if q.Late(now) {
		return page.Mark{Tone: page.Bad, Text: l.T("question.late")}
	}
	return page.Mark{Tone: standingTones[q.Standing], Text: l.T("question.standing." + string(q.Standing))}
}

func dues() []string { return []string{"late", "month", "undated", "asked"} }

func (c Config) questionFilters() []register.Filter {
	return []register.Filter{
		{Name: "round", Key: "round.one", Options: c.roundOptions},
		register.OneOf("standing", "", "question.standing.", StandingsOf()),
		register.OfOrganisation("owner", ""),
		{Name: "due", Options: func(v *see) []page.Option { return register.Codes(v.L, "question.due.", dues()) },
			In: func(v *see, choice string) store.Span {
				switch choice {
				case "late":
					return v.ByNow("late")
				case "month":
					return v.Within("late", 31)
				case "asked":
					return store.Is("asked", "yes")
				}
				return store.Is("undated", "open")
			}},
	}
}

// roundOptions offers this office's rounds; where they cannot be read, the list says so itself.
func (c Config) roundOptions(v *see) []page.Option {
	out := []page.Option{}
	rows, err := List(v.Context(), c.Store, register.As(v.Request), nil)
	if err != nil {
		return out
	}
	for _, r := range rows {
		out = append(out, page.Option{Value: r.ID.String(), Text: r.V.Of.Name(v.L)})
	}
	return out
}

func questionTabs() []register.Tab {
	var out []register.Tab
	for _, s := range StandingsOf()[:5] {
		out = append(out, register.Tab{Filter: "standing", Code: string(s)})
	}
	return append(out, register.Tab{Filter: "due", Code: "late"}, register.Tab{Filter: "due", Code: "asked"})
}

func questionColumns() []register.Column[QuestionLine] {
	return []register.Column[QuestionLine]{
		{Name: "number", Link: true, Cell: func(v *see, l QuestionLine) page.Cell {
			return page.Cell{Text: v.T("at", "Number", l.Number), Sub: l.Of.Name(v.L)}
		}, Plain: func(_ *see, l QuestionLine) string { return l.Number }},
		{Name: "section", Plain: func(v *see, l QuestionLine) string { return l.Section.In(v.L.Tag()).Text }},
		{Name: "text", Cell: func(v *see, l QuestionLine) page.Cell {
			c := register.Excerpt(v.L, l.Text)
			c.Sub = l.Section.In(v.L.Tag()).Text
			return c
		}, Plain: func(v *see, l QuestionLine) string { return l.Text.In(v.L.Tag()).Text }},
		register.Plainly("owner", func(v *see, l QuestionLine) string {
			if s := v.Names[l.Owner]; s != "" || l.Office.IsZero() && l.From.IsZero() {
				return s
			}
			if !l.From.IsZero() {
				return v.T("ours")
			}
			return v.T("by_office")
		}),
		{Name: "due", Cell: func(v *see, l QuestionLine) page.Cell { return page.Cell{Text: date(v.L, l.Due)} }, Plain: func(_ *see, l QuestionLine) string { return l.Due.String() }},
		{Name: "standing", Cell: func(v *see, l QuestionLine) page.Cell {
			m := standing(v.L, l, v.Now)
			return page.Cell{Text: m.Text, Tone: m.Tone, Sub: taken(v.L, l.Answer.Taken)}
		}, Plain: func(v *see, l QuestionLine) string { return v.T("standing." + string(l.Standing)) }},
		{Name: "answer", Plain: func(v *see, l QuestionLine) string { return l.Answer.Text.In(v.L.Tag()).Text }},
	}
}

// taken says from which round an answer was taken; "" when from none.
func taken(l *lang.Locale, t Taken) string {
	if t.Round == 0 {
		return ""
	}
	return l.T("question.taken", "Round", strconv.Itoa(t.Round), "Number", t.Number)
}

func questionPassages(v *see, q Question) []register.Passage {
	l := v.L
	out := register.Passages(l, v.T("text"), q.Asked.Text)
	add := func(title string, d Drafted) {
		ps := register.Passages(l, title, d.Text)
		for i := range ps {
			if s := taken(l, d.Taken); s != "" {
				ps[i].Sub += " · " + s
			}
		}
		out = append(out, ps...)
	}
	switch {
	case q.Answer.Text.IsZero():
	case q.Answer.Final:
		add(v.T("answer"), q.Answer)
	default:
		add(v.T("draft"), q.Answer)
	}
	add(v.T("beside"), q.Beside)
	if e := q.Asked.Earlier; !e.Text.IsZero() {
		out = append(out, register.Passages(l, v.T("earlier", "Round", strconv.Itoa(e.Round), "Number", e.Number), e.Text)...)
	}
	return out
}

func (c Config) questionFacts(v *see, q Question) []page.Fact {
	l, x := v.L, q.Summary()
	out := []page.Fact{{Term: v.L.T("round.one"), Text: x.Of.Name(l)}, {Term: v.T("section"), Text: x.Section.In(l.Tag()).Text}}
	switch {
	case !x.From.IsZero():
		out = append(out, page.Fact{Term: v.T("owner"), Text: v.T("ours")})
	case !x.Owner.IsZero() || x.Office.IsZero(): // else it is that office's, whatever institution it is of
		out = append(out, page.Fact{Term: v.T("owner"), Text: v.Names[x.Owner]})
	}
	if x.From.IsZero() {
		out[0].Href = Path + "/" + x.Round.String()
	}
	out = append(out, page.Fact{Term: v.T("due"), Text: date(l, x.Due)})
	for _, o := range []struct {
		key string
		id  journal.ID
	}{{"office", x.Office}, {"from", x.From}} {
		if !o.id.IsZero() && c.Names != nil {
			out = append(out, page.Fact{Term: v.T(o.key), Text: c.Names(v.Context(), v.Actor.Owner, o.id)[o.id]})
		}
	}
	if q.Assigned.Note != "" {
		out = append(out, page.Fact{Term: v.T("note"), Text: q.Assigned.Note})
	}
	if q.Answer.Sources != "" {
		out = append(out, page.Fact{Term: v.T("sources"), Text: q.Answer.Sources})
	}
	return out
}

func questionNotes(v *see, q Question) []register.Note {
	var out []register.Note
	if q.Returned != "" {
		out = append(out, register.Note{Tone: page.Warn, Title: v.T("returned"), Text: q.Returned})
	}
	if !q.Beside.Text.IsZero() {
		out = append(out, register.Note{Tone: page.Warn, Text: v.T("beside.note")})
	}
	if !q.Asked.Earlier.Text.IsZero() && q.Answer.Text.IsZero() {
		out = append(out, register.Note{Tone: page.Info, Text: v.T("earlier.note")})
	}
	if !q.Answer.Text.IsZero() {
		out = append(out, register.Wanting(v.L, q.Answer.Text)...)
	}
	return out
}

// questionWays lead to the questions before and after in the same round.
func questionWays(v *see, q Question) []page.Action {
	if !q.From.IsZero() {
		return []page.Action{{Text: v.T("asked_here"), Href: QuestionPath + "?due=asked", Icon: "list-check"}}
	}
	return []page.Action{{Text: v.T("all"), Href: QuestionPath + "?round=" + q.Asked.Round.String(), Icon: "list-check"}}
}

func guarded(is bool, key string) error {
	if is {
		return fault.New(fault.Guarded, key)
	}
	return nil
}

// questionActs are what an officer can do to a question, in the order of the page.
func (c Config) questionActs() []register.Act[Question] {
	ours := func(q Question) error { return guarded(!q.From.IsZero(), "question.guard.other_office") }
	written := func(q Question) error { return guarded(q.Released, "question.guard.released") }
	return []register.Act[Question]{
		{Name: "assign", Type: AssignedType, Icon: "users", May: ours, Fields: c.assignFields, Start: func(_ *see, q Question) register.Values {
			return register.PutIDs(register.PutIDs(register.Put(register.Values{}, "due", q.Assigned.Due.String(), "note", q.Assigned.Note), "owner", q.Assigned.Owner), "office", q.Assigned.Office)
		}, Write: func(t *register.Typed, _ Question) any {
			return AssignedTo{t.Organisation("owner", "question.want.owner"), t.ID("office", "question.want.office"), t.Date("due"), t.Text("note")}
		}},
		{Name: "write", Type: DraftedType, Icon: "writing", May: written, Lead: "write.lead", Fields: draftFields, Start: func(v *see, q Question) register.Values {
			return register.Put(v.Written(q.Answer.Text), "sources", q.Answer.Sources, "final", map[bool]string{true: "final", false: "draft"}[q.Answer.Final])
		}, Write: func(t *register.Typed, q Question) any {
			return Drafted{Text: t.Writing(q.Answer.Text), Final: t.Text("final") == "final", Taken: q.Answer.Taken, Sources: t.Text("sources")}
		}},
		{Name: "adopt", Type: DraftedType, Icon: "copy", Lead: "adopt.lead", Fields: draftFields, May: func(q Question) error {
			if q.Asked.Earlier.Text.IsZero() {
				return fault.New(fault.Guarded, "question.guard.no_earlier")
			}
			return written(q)
		}, Start: func(v *see, q Question) register.Values {
			return register.Put(v.Written(q.Asked.Earlier.Text), "final", "draft")
		}, Write: func(t *register.Typed, q Question) any {
			e := q.Asked.Earlier
			return Drafted{Text: t.Writing(e.Text), Final: t.Text("final") == "final", Taken: Taken{e.Round, e.Number}, Sources: t.Text("sources")}
		}},
		{Name: "accept", Type: AcceptedType, Icon: "circle-check", Lead: "accept.lead", May: func(q Question) error {
			if q.Standing() != Answered {
				return fault.New(fault.Guarded, "question.guard.not_final")
			}
			return ours(q)
		}, Fields: func(context.Context, *see, Question) ([]register.Field, error) {
			return []register.Field{{Kind: "hidden", Name: "mark"}}, nil
		}, Start: func(_ *see, q Question) register.Values { return register.Put(register.Values{}, "mark", q.Mark()) },
			Write: func(t *register.Typed, _ Question) any { return AcceptedAs{t.Text("mark")} }},
		{Name: "return", Type: ReturnedType, Icon: "arrow-back-up", Lead: "return.lead", May: func(q Question) error {
			if q.Answer.Text.IsZero() {
				return fault.New(fault.Guarded, "question.guard.nothing")
			}
			return ours(q)
		}, Fields: func(_ context.Context, v *see, _ Question) ([]register.Field, error) {
			return []register.Field{{Kind: "textarea", Name: "reason", Label: v.T("reason")}}, nil
		}, Write: func(t *register.Typed, _ Question) any { return Returned{Reason: t.Text("reason")} }},
	}
}

func (c Config) assignFields(ctx context.Context, v *see, q Question) ([]register.Field, error) {
	out := []register.Field{{Kind: "select", Name: "owner", Label: v.T("owner"), Options: v.OrganisationOptions(), Blank: v.L.T("register.choose"), Optional: true}}
	if c.Offices != nil {
		options, err := c.Offices(ctx, v.Request)
		if err != nil {
			return nil, err
		}
		if len(options) > 0 || !q.Assigned.Office.IsZero() {
			out = append(out, register.Field{Kind: "select", Name: "office", Label: v.T("office"), Hint: v.T("office.hint"), Options: options, Blank: v.T("office.none"), Optional: true})
		}
	}
	return append(out, register.Field{Kind: "date", Name: "due", Label: v.T("due"), Optional: true}, register.Field{Kind: "textarea", Name: "note", Label: v.T("note"), Hint: v.T("note.hint"), Optional: true}), nil
}

func draftFields(_ context.Context, v *see, q Question) ([]register.Field, error) {
	out := register.WriteFields(v.L, v.T("answer"), v.T("answer.hint"), "", "")
	out[1].Rows = 12
	return append(out, register.Field{Kind: "textarea", Name: "sources", Label: v.T("sources"), Hint: v.T("sources.hint"), Optional: true},
		register.Field{Kind: "select", Name: "final", Label: v.T("final"), Options: register.Codes(v.L, "question.final.", []string{"draft", "final"})}), nil
}

// Line gives a question that is to be answered as a line of Today: whose round it is, and by when.
func (l QuestionLine) Line(loc *lang.Locale, id journal.ID, now time.Time) page.Line {
	m := standing(loc, l, now)
	out := page.Line{Tone: m.Tone, Title: l.Of.Name(loc) + " · " + loc.T("question.at", "Number", l.Number), Href: QuestionPath + "/" + id.String(), Text: m.Text, Basis: register.Excerpt(loc, l.Text).Text}
	if l.Due.Known() {
		day := l.Due.Last()
		out.Due, out.When, out.Now = &day, loc.T("question.until"), now
	}
	return out
}
