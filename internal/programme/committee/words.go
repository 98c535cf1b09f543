// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// words says proposals in the reader's language.
type words struct {
	l *lang.Locale
	k known
}

// titled gives a proposal's code and title.
func (w words) titled(p Proposal) page.Cell {
	c := register.Excerpt(w.l, p.Title)
	c.Text = p.Code + " · " + c.Text
	return c
}

func (w words) priority(n int) string {
	if n == 0 {
		return ""
	}
	return w.l.T("committee.priority.n", "N", n)
}

// field says one field of a proposal; "" when nothing is said.
func (w words) field(p Proposal, name string) string {
	l := w.l
	switch name {
	case "code":
		return p.Code
	case "title":
		return w.all(p.Title)
	case "what":
		return w.all(p.What)
	case "kind":
		return register.Word(l, "programme.kind.", p.Kind)
	case "priority":
		return w.priority(p.Priority)
	case "pillars":
		var out []string
		for _, x := range p.Pillars {
			out = append(out, l.T("programme.pillar."+x))
		}
		return l.List(out)
	case "countries":
		return register.Countries(l, p.Countries)
	case "outside":
		return p.Outside
	case "depends_on":
		return l.List(p.DependsOn)
	case "lead":
		return w.k.Names[p.Lead]
	case "start":
		return date(l, p.Start)
	case "end":
		return date(l, p.End)
	case "amount":
		return money(l, p)
	case "measures":
		return l.List(p.Measures)
	}
	return ""
}

func date(l *lang.Locale, d party.PartialDate) string {
	if !d.Known() {
		return ""
	}
	return d.Print(l)
}

func money(l *lang.Locale, p Proposal) string {
	if !p.Amount.Known() {
		return ""
	}
	return p.Amount.Print(l) + " " + p.Currency
}

// all gives a text in every language that it is in, the reader's first: a difference may be in any of them.
func (w words) all(t wording.Text) string {
	var out []string
	for _, p := range register.Passages(w.l, "", t) {
		out = append(out, p.Text)
	}
	return strings.Join(out, " / ")
}

// facts lists what a proposal says, and last what it does not say. Why a country is in it stands beside, as a warning.
func (w words) facts(p Proposal) []page.Fact {
	var out []page.Fact
	var unknown []string
	for _, f := range Fields() {
		switch f {
		case "code", "title", "what", "outside":
			continue
		}
		if w.field(p, f) == "" {
			if f != "measures" && f != "depends_on" {
				unknown = append(unknown, w.l.T("committee.field."+f))
			}
			continue
		}
		x := page.Fact{Term: w.l.T("committee.field." + f), Text: w.field(p, f)}
		if f == "lead" && !p.Lead.IsZero() {
			x.Href = "/programme/organisations/" + p.Lead.String()
		}
		out = append(out, x)
	}
	if len(unknown) > 0 {
		out = append(out, page.Fact{Term: w.l.T("committee.unknown"), Text: w.l.List(unknown)})
	}
	return out
}

// waiting says what a proposal waits for.
func (w words) waiting(list []Waiting) string {
	var out []string
	for _, x := range list {
		if x.Status == "" {
			out = append(out, w.l.T("committee.waiting.unknown", "Code", x.Code))
			continue
		}
		out = append(out, w.l.T("committee.waiting.one", "Code", x.Code, "Status", w.l.T("programme.status."+string(x.Status))))
	}
	return w.l.T("committee.waiting", "List", w.l.List(out))
}

// obstacles says what keeps a proposal from being tabled, and what to do about it.
func (w words) obstacles(a Around, p Proposal) []string {
	var out []string
	for _, o := range a.Obstacles(p) {
		out = append(out, w.l.T("committee.obstacle."+string(o), "Code", p.Code))
	}
	return out
}

// outside says which countries are no partners, and why they are in the plan.
func (w words) outside(a Around, p Proposal) string {
	list := a.Outside(p)
	if len(list) == 0 || p.Outside == "" {
		return ""
	}
	return w.l.T("committee.outside", "Countries", register.Countries(w.l, list), "Reason", p.Outside)
}

// differences puts changes into tables of the page, one for each proposal.
type difference struct {
	Title page.Cell
	What  page.Mark
	Why   string
	Lines []page.Change
}

var whatTones = map[What]string{Added: page.Good, Taken: page.Bad, Changed: page.Warn}

func (w words) differences(list []Change, p Plan) []difference {
	var out []difference
	for _, c := range list {
		d := difference{Title: w.titled(c.Of()), What: page.Mark{Tone: whatTones[c.What], Text: w.l.T("committee.change." + string(c.What))}}
		if gone, ok := p.Gone(c.Of().ID); ok && c.What == Taken {
			d.Why = gone.Reason
		}
		for _, f := range c.Fields {
			d.Lines = append(d.Lines, page.Change{Term: w.l.T("committee.field." + f), Before: w.field(c.Before, f), After: w.field(c.After, f)})
		}
		out = append(out, d)
	}
	return out
}

// tally says how the votes stand.
func tally(l *lang.Locale, t Tally) string {
	return l.N("committee.tally", t.Abstain, "Yes", t.Yes, "No", t.No, "Voted", t.Voted(), "Quorum", t.Quorum)
}

var resultTones = map[Result]string{Yes: page.Good, No: page.Bad, Later: page.Warn}
