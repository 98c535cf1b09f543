// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// showData is one proceeding.
type showData struct {
	field.Matter
	Defendants page.Table
	Ways       []page.Action // beside the defendants
	History    []page.Event
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	l, mine := r.L, s.Open() && slices.Contains(s.Workers, r.Actor.ID)
	state := s.Stage()
	if !s.Open() {
		state = "ended"
	}
	d := showData{Defendants: rm.defendants(l, s, mine), History: field.Course(ctx, r, o.Entries, "proceeding.entry.", rm.Names, func(e journal.Entry) string { return rm.said(l, e) })}
	d.Title, d.Mark, d.Crumbs = Code(s.ID), &page.Mark{Tone: tones[state], Text: l.T("proceeding.stage." + state)}, crumbs(l, Code(s.ID))
	d.Notes = notes(l, s)
	d.Main = []field.Card{{Title: l.T("proceeding.about"), Facts: rm.about(l, s), Actions: rm.way(l, s, mine, "change", "edit")}}
	d.Side = []field.Card{{Title: l.T("proceeding.days"), Facts: rm.days(r, s), Actions: rm.way(l, s, mine, "date", "calendar-event")},
		{Title: l.T("proceeding.injured"), Facts: victims(l, s.Victims), Actions: rm.way(l, s, mine, "injured", "edit")},
		{Title: l.T("proceeding.redress"), Facts: redress(l, s.Redress), Actions: rm.way(l, s, mine, "redress", "edit")},
		{Title: l.T("proceeding.who"), Facts: rm.who(ctx, l, s), Actions: rm.way(l, s, mine || s.Open() && slices.Contains(s.Supervisors, r.Actor.ID), "assign", "user-plus")}}
	if s.Missing[journal.D6] != "" {
		d.Side = slices.Delete(d.Side, 1, 3)
	} else if s.Open() {
		used, err := rm.Used(ctx, r, s.Evidence)
		if err != nil {
			return nil, err
		}
		c := field.Card{Title: l.T("proceeding.evidence"), Links: used, Actions: rm.way(l, s, mine, "use", "paperclip")}
		if len(used) > 0 {
			c.Actions = append(c.Actions, rm.way(l, s, mine, "unuse", "circle-x")...)
		} else {
			c.Words = l.T("proceeding.evidence.none")
		}
		d.Main = append(d.Main, c)
	}
	if mine {
		d.Actions = append(rm.way(l, s, true, "decide", "gavel"), page.Action{Text: l.T("proceeding.act.end"), Href: pathOf(s.ID) + "/end", Icon: "circle-x"})
		d.Actions[0].Primary = true
		d.Ways = rm.way(l, s, true, "defendant", "user-plus")
	}
	return page.View("proceeding/show", l.T("proceeding.one"), d), nil
}

func crumbs(l *lang.Locale, here ...string) []page.Crumb {
	out := []page.Crumb{{Text: l.T("proceeding.menu"), Href: Path}}
	for _, text := range here {
		out = append(out, page.Crumb{Text: text})
	}
	return out
}

// way is the action that leads to a form, for who may write it.
func (rm room) way(l *lang.Locale, s State, may bool, act, icon string) []page.Action {
	if !may {
		return nil
	}
	return []page.Action{{Text: l.T("proceeding.act." + act), Href: pathOf(s.ID) + "/" + act, Icon: icon}}
}

// notes say why something is not shown.
func notes(l *lang.Locale, s State) []field.Note {
	var out []field.Note
	if !s.Open() {
		out = append(out, field.Note{Tone: page.Off, Title: l.T("proceeding.end." + s.Ended), Text: l.T("proceeding.erased")})
	} else if s.Missing[journal.D6] == journal.Hidden {
		out = append(out, field.Note{Tone: page.Off, Title: l.T("proceeding.withheld")})
	}
	return out
}

func (rm room) about(l *lang.Locale, s State) []page.Fact {
	c := s.Charge
	out := []page.Fact{{Term: l.T("proceeding.country"), Text: l.Country(c.Country)}}
	for _, code := range c.Articles {
		f := page.Fact{Term: l.T("proceeding.articles"), Text: rm.article(l, code)}
		if law, a, ok := rm.Law.Pack.Find(code); ok {
			f.Sub, f.Unverified = law.Law["en"], !law.Verified()
			if strings.HasPrefix(l.Tag(), "fr") {
				f.Sub = law.Law["fr"]
			}
			if a.Core {
				f.Sub += " · " + l.T("proceeding.article.core")
			}
		}
		out = append(out, f)
	}
	if s.Missing[journal.D6] != "" {
		return out
	}
	forms := l.List(words(l, "count.form", c.Forms))
	return append(out, page.Fact{Term: l.T("proceeding.court"), Text: c.Court}, page.Fact{Term: l.T("proceeding.reference"), Text: c.Reference}, page.Fact{Term: l.T("proceeding.forms"), Text: forms})
}

func words(l *lang.Locale, list string, codes []string) []string {
	var out []string
	for _, c := range codes {
		out = append(out, l.T(list+"."+c))
	}
	return out
}

// word gives the word of a code of a list; "" for none, which shows as unknown.
func word(l *lang.Locale, list, code string) string {
	if code == "" {
		return ""
	}
	return l.T(list + "." + code)
}

// days are those of what happened and of what comes, and until when it is kept, with what that rests on.
func (rm room) days(r *page.Request, s State) []page.Fact {
	l := r.L
	charged, judged, appealed, final := s.Came()
	var out []page.Fact
	if at := day(s.Next.On); !at.IsZero() {
		out = append(out, page.Fact{Term: l.T("proceeding.next"), Text: l.Date(at), Sub: l.T("proceeding.next.what."+s.Next.What) + " · " + l.Relative(at, r.Now)})
	}
	for _, x := range []struct{ term, on string }{{"opened", s.Charge.Opened}, {"charged", charged}, {"judged", judged}, {"appealed", appealed}, {"final", final}} {
		if x.on != "" {
			out = append(out, page.Fact{Term: l.T("proceeding." + x.term), Text: l.Date(day(x.on))})
		}
	}
	if s.Open() {
		until, rule := s.Until(rm.Law.Pack), rm.Law.Pack.Kept(final != "")
		out = append(out, page.Fact{Term: l.T("proceeding.until"), Text: l.Date(until.AddDate(0, 0, -1)), Sub: l.T("proceeding.until.rule."+rule.Code, "Length", l.N("rights.length."+string(rune(rule.Length.Unit)), rule.Length.N)) + " · " + l.T("retention.source."+rule.Source)})
	}
	return out
}

func victims(l *lang.Locale, v Victims) []page.Fact {
	return []page.Fact{{Term: l.T("proceeding.count"), Text: counted(l, v.Count)}, {Term: l.T("proceeding.minors"), Text: counted(l, v.Minors)}, {Term: l.T("proceeding.unpunished"), Text: word(l, "proceeding.unpunished", v.Unpunished)}}
}

func counted(l *lang.Locale, u party.Uncertain) string {
	if !u.Known() {
		return ""
	}
	return u.Print(l)
}

func redress(l *lang.Locale, v Redress) []page.Fact {
	amount := func(n int64) string {
		if n == 0 {
			return ""
		}
		return l.Number(n) + "\u00a0" + v.Currency
	}
	return []page.Fact{{Term: l.T("proceeding.ordered"), Text: amount(v.Ordered)}, {Term: l.T("proceeding.paid"), Text: amount(v.Paid)}, {Term: l.T("proceeding.finances"), Text: word(l, "count.is", v.Finances)},
		{Term: l.T("proceeding.seized"), Text: word(l, "count.is", v.Seized), Sub: amount(v.Worth)}}
}

func (rm room) who(ctx context.Context, l *lang.Locale, s State) []page.Fact {
	names := rm.Names(ctx, slices.Concat(s.Workers, s.Supervisors)...)
	list := func(ids []journal.ID) string {
		var out []string
		for _, id := range ids {
			out = append(out, names[id])
		}
		return l.List(out)
	}
	out := []page.Fact{{Term: l.T("proceeding.workers"), Text: list(s.Workers)}}
	if len(s.Supervisors) > 0 {
		out = append(out, page.Fact{Term: l.T("proceeding.supervisors"), Text: list(s.Supervisors)})
	}
	return out
}

// defendants is the table of lines: who, since when charged, what stands.
func (rm room) defendants(l *lang.Locale, s State, mine bool) page.Table {
	t := page.Table{Caption: l.T("proceeding.defendants"), Columns: []page.Column{{Text: l.T("proceeding.defendant")}, {Text: l.T("proceeding.charged")}, {Text: l.T("proceeding.decision")}, {Text: l.T("proceeding.sentence")}},
		Empty: &page.Empty{Icon: "user-question", Title: l.T("proceeding.defendants.none"), Text: l.T("proceeding.defendants.none.text")}}
	for _, x := range s.Lines {
		first := page.Cell{Text: l.T("proceeding.number", "N", x.N), Sub: rm.person(l, s, x.Defendant)}
		if x.Name != "" {
			first.Text += " · " + x.Name
		}
		if mine {
			first.Href = pathOf(s.ID) + "/defendant?n=" + strconv.Itoa(x.N)
		}
		charged, decision, sentenced := page.Cell{Text: l.T("proceeding.charged.not"), Tone: page.Off}, page.Cell{Text: l.T("proceeding.decision.none"), Tone: page.Off}, page.Cell{Text: "–"}
		if x.Charged != "" {
			charged = page.Cell{Text: l.Date(day(x.Charged))}
		}
		if x.Gone {
			charged = page.Cell{Text: l.T("proceeding.gone"), Tone: page.Off}
		}
		if d, ok := x.Last(); ok {
			decision = page.Cell{Text: l.T("proceeding.outcome." + d.Outcome), Sub: standing(l, d)}
			if mine {
				decision.Href = pathOf(s.ID) + "/decide?n=" + strconv.Itoa(x.N) + "&instance=" + d.Instance
			}
			sentenced.Text = sentenceText(l, d)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{first, charged, decision, sentenced}})
	}
	return t
}

// person says what is noted of a defendant beside the name.
func (rm room) person(l *lang.Locale, s State, v Defendant) string {
	if s.Missing[journal.D6] != "" {
		return ""
	}
	var out []string
	for _, x := range []string{word(l, "referral.sex", v.Sex), word(l, "count.age", v.Age)} {
		if x != "" {
			out = append(out, x)
		}
	}
	if v.Citizen != "" {
		out = append(out, l.Country(v.Citizen))
	}
	return strings.Join(out, " · ")
}

// standing says by whom and when, and whether a remedy is left.
func standing(l *lang.Locale, d Decision) string {
	out := l.T("proceeding.instance."+d.Instance) + " · " + l.Date(day(d.On))
	if d.Final {
		out += " · " + l.T("proceeding.final.yes")
	}
	return out
}

func sentenceText(l *lang.Locale, d Decision) string {
	switch {
	case d.Months == 0:
		return "–"
	case d.Suspended:
		return l.T("proceeding.months.suspended", "Months", l.N("proceeding.months.n", d.Months))
	}
	return l.N("proceeding.months.n", d.Months)
}

// said is what is said of an entry in the history: of defendants which line, and what was decided.
func (rm room) said(l *lang.Locale, e journal.Entry) string {
	switch e.Type {
	case OpenedType, ChangedType:
		if v, err := journal.In[Charge](e); err == nil {
			return rm.articles(l, v.Articles)
		}
	case DefendantType:
		if v, err := journal.In[Defendant](e); err == nil {
			return l.T("proceeding.number", "N", v.N)
		}
	case DecidedType:
		if v, err := journal.In[Decision](e); err == nil {
			return l.T("proceeding.number", "N", v.N) + " · " + l.T("proceeding.outcome."+v.Outcome) + " · " + standing(l, v)
		}
	case DatedType:
		if v, err := journal.In[Dated](e); err == nil && v.On != "" {
			return l.T("proceeding.next.what."+v.What) + " · " + l.Date(day(v.On))
		}
	}
	return ""
}
