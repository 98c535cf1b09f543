// SPDX-License-Identifier: EUPL-1.2

package need

import (
	"context"
	_ "embed"
	"net/url"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Path is where the register is shown.
const Path = "/programme/needs"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

// Room gives the pages of the register of needs.
func Room(c Config) page.Room { return c.register().Pages() }

type see = register.See

func (c Config) register() *register.Of[Need, Line] {
	return &register.Of[Need, Line]{Room: "need", Kind: access.KindNeed, Path: Path, Icon: "clipboard-list", Store: c.Store, Names: c.Names,
		Line:  func(n Need) (Line, bool) { return n.Summary(), n.Exists() },
		Says:  func(l *Line) register.Asked { return l.asks() },
		Order: order, Columns: columns(), Filters: filters(), Figures: figures, Beside: proposals,
		Tabs:  []register.Tab{{Filter: "state", Code: string(Identified)}, {Filter: "state", Code: string(Planned)}, {Filter: "state", Code: string(Met)}},
		Title: func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Text) },
		State: func(v *see, l Line) page.Mark {
			return page.Mark{Tone: tone(l.State), Text: v.T("state." + string(l.State))}
		},
		Passages: func(v *see, n Need) []register.Passage { return register.Passages(v.L, v.T("text"), n.Noted.Text) },
		Facts:    facts, Notes: wanting, Ways: ways, Past: func(_ *see, n Need) []register.Event { return n.History },
		Edit: &register.Act[Need]{Type: NotedType, Again: register.Again[Noted], Asks: func(n Need) register.Asked { return n.Noted.asks() }}, Acts: c.acts(),
		// a need is known again by its theme, the day on which it was identified and its words
		Import: &register.Import[Need]{Sample: sample, Same: "text", Known: []string{"theme", "on", "text"}}}
}

//go:embed sample.csv
var sample []byte

// List gives all needs that somebody may see, the most urgent first, then the earliest identified.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	return Config{Store: s}.register().Rows(ctx, w, codes)
}

// inOrder is order as a code.
func inOrder(v Noted) []string {
	return register.InOrder(register.Rank(v.Urgency, Urgencies()), register.DayOf(v.On))
}

func order(a, b Row) int {
	urgency := func(r Row) int {
		if i := slices.Index(Urgencies(), r.V.Urgency); i >= 0 {
			return i
		}
		return len(Urgencies())
	}
	if c := urgency(a) - urgency(b); c != 0 {
		return c
	}
	if c := a.V.On.First().Compare(b.V.On.First()); c != 0 {
		return c
	}
	return strings.Compare(a.ID.String(), b.ID.String())
}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func columns() []register.Column[Line] {
	return []register.Column[Line]{{Name: "text", Said: register.AsLead, Under: "theme"}, {Name: "language", Said: register.InFile}, {Name: "theme", Said: register.InFile},
		{Name: "groups", Said: register.InBoth}, {Name: "countries", Said: register.InBoth}, {Name: "urgency", Said: register.InBoth},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("state." + string(l.State)), Tone: tone(l.State), Sub: l.Since.Print(v.L)}
		}, Plain: func(v *see, l Line) string { return v.T("state." + string(l.State)) }},
		{Name: "owner", Said: register.InBoth},
		{Name: "due", Cell: func(v *see, l Line) page.Cell { return due(v, l) }, Plain: func(_ *see, l Line) string { return l.Due.String() }},
		{Name: "since", Key: "register.since", Plain: func(_ *see, l Line) string { return l.Since.String() }},
		{Name: "raised", Cell: func(v *see, l Line) page.Cell { return raised(v.L, l.Noted) }},
		{Name: "on", Said: register.InFile}, {Name: "activity", Said: register.InFile}, {Name: "item", Said: register.InFile},
		{Name: "answer", Plain: func(v *see, l Line) string { return register.Word(v.L, "need.answer.", l.Answer) }},
		{Name: "code", Plain: func(_ *see, l Line) string { return l.Code }},
	}
}

func filters() []register.Filter {
	return []register.Filter{
		register.OneOf("state", "", "need.state.", States()),
		register.OneOf("theme", "", "need.theme.", Themes()),
		register.OneOf("group", "need.groups", "need.group.", Groups()),
		register.InCountry("need.countries"),
		register.OneOf("urgency", "", "need.urgency.", Urgencies()),
		register.OfOrganisation("owner", ""),
	}
}

func figures(v *see, c register.Chosen) []register.Figure {
	met, of := c.Count(store.Is("counts", "met")), c.Count(store.Is("counts", "met"))+c.Count(store.Is("counts", "unmet"))
	if of == 0 {
		return nil
	}
	return []register.Figure{{Label: v.T("met_in_time"), Value: v.L.T("register.of", "N", v.L.Number(met), "Of", v.L.Number(of)), Note: v.T("met_in_time.note")}}
}

// mostProposals bounds how many pairs a list proposes at once.
const mostProposals = 5

// proposals looks at what is shown: all pairs of a long register are too many to compare.
func proposals(v *see, c register.Chosen) []register.Note {
	var out []register.Note
	pairs := Proposed(register.Shown[Line](c))
	for _, p := range pairs[:min(len(pairs), mostProposals)] {
		n := register.Note{Tone: page.Info, Title: v.T("alike"), Text: v.T("alike.pair", "A", register.Excerpt(v.L, p.A.V.Text).Text, "B", register.Excerpt(v.L, p.B.V.Text).Text)}
		if register.MayEdit(v.Request) {
			n.Actions = []page.Action{{Text: v.T("alike.look"), Href: pathOf(p.A.ID) + "/act/join"}}
		}
		out = append(out, n)
	}
	return out
}

var tones = map[State]string{Identified: page.Warn, Planned: page.Info, Met: page.Good}

func tone(s State) string {
	if t := tones[s]; t != "" {
		return t
	}
	return page.Off
}

// raised says at which meeting and under which item of its agenda.
func raised(l *lang.Locale, v Noted) page.Cell { return register.AgreedAt(l, v.Activity, v.Item, v.On) }

// nothing stands where a need that waits no more has no date to wait for.
const nothing = "–"

// due says by when a need is to be met while it waits; of its own date it says so, and when that is over.
func due(v *see, l Line) page.Cell {
	if l.State != Identified && l.State != Planned {
		return page.Cell{Text: nothing} // it waits no more
	}
	c := page.Cell{Text: l.ByWhen().Print(v.L)}
	if !l.Due.Known() {
		c.Sub = v.T("due.usual")
	}
	if !v.Now.Before(l.ByWhen().Last().AddDate(0, 0, 1)) {
		c.Tone = page.Bad
	}
	return c
}

func wanting(v *see, n Need) []register.Note {
	if n.State == Dropped || n.State == Joined {
		return nil
	}
	return register.Wanting(v.L, n.Noted.Text)
}

// agreements is where the register of agreements is.
const agreements = "/programme/agreements"

// trainings is where trainings are shown.
const trainings = "/programme/trainings"

// ways lead on from a need that waits for an answer: to a training, and to the draft of an agreement.
func ways(v *see, n Need) []page.Action {
	if !register.MayEdit(v.Request) || !n.Waits() {
		return nil
	}
	q := url.Values{"need": {n.ID.String()}, "activity": {n.Noted.Activity}}
	if len(n.Noted.Countries) == 2 { // as many as an agreement binds
		q["countries"] = n.Noted.Countries
	}
	return []page.Action{{Text: v.L.T("training.new"), Href: trainings + "/new?need=" + n.ID.String(), Icon: "school", Primary: n.State == Identified},
		{Text: v.L.T("agreement.new"), Href: agreements + "/new?" + q.Encode(), Icon: "heart-handshake"}}
}

func facts(v *see, n Need) []page.Fact {
	l, x, says := v.L, n.Noted, n.Noted.asks()
	at := raised(l, x)
	out := append(says.Facts(v, "theme", "groups", "countries", "urgency"), page.Fact{Term: v.T("raised"), Text: at.Text, Href: at.Href, Sub: at.Sub},
		page.Fact{Term: v.T("state"), Text: v.T("state." + string(n.State)), Tone: tone(n.State), Sub: n.Since.Print(l)})
	out = append(out, says.Facts(v, "owner?")...)
	if d := due(v, n.Summary()); d.Text != nothing {
		out = append(out, page.Fact{Term: v.T("due"), Text: d.Text, Sub: d.Sub, Tone: d.Tone})
	}
	if n.Answer.Code != "" {
		f := page.Fact{Term: v.T("answer"), Text: n.Answer.Code, Sub: v.T("answer." + string(n.Answer.Answer))}
		f.Href = register.ActivityPath(n.Answer.Code)
		if n.Answer.Answer == "agreement" {
			f.Href = agreements + "?code=" + n.Answer.Code
		}
		out = append(out, f)
	}
	if n.Met.Evidence != "" {
		out = append(out, page.Fact{Term: v.T("evidence"), Text: n.Met.Evidence})
	}
	if n.Reason != "" {
		out = append(out, page.Fact{Term: v.T("reason"), Text: n.Reason})
	}
	if !n.JoinedTo.IsZero() {
		out = append(out, page.Fact{Term: v.T("joined_to"), Text: v.T("one"), Href: pathOf(n.JoinedTo)})
	}
	return out
}
