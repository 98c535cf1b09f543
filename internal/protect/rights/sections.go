// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/packs/countries"
)

// Case is one person's file as the pages of this room see it: State is folded from what the actor may see.
type Case struct {
	State   State
	Context Context
	// Code is how the file is called, Languages what the person speaks, best first.
	Code      string
	Languages []string
}

// Section is what this room says of one track on a person's page. Texts are translated; what is empty is
// left out.
type Section struct {
	ID, Title, Track, Lead string
	Mark                   page.Mark
	Notes                  []Remark
	Facts                  []page.Fact
	Actions                []page.Action
}

// Remark is a note above a section.
type Remark struct{ Tone, Title, Text string }

// Sections gives the tracks of reflection, stay, justice and return. path is where the person's page
// stands ("/cases/<id>"): the forms of this room lie below it. Actions are what may come next; write says
// whether this reader may record anything.
func Sections(l *lang.Locale, c Case, path string, write bool) []Section {
	out := []Section{reflectionSection(l, c), staySection(l, c.State.Stay), justiceSection(l, c.State.Justice), returnSection(l, c.State.Return)}
	for i := range out {
		if !write {
			break
		}
		for _, f := range forms() {
			if f.track == out[i].Track && f.when(c) {
				out[i].Actions = append(out[i].Actions, page.Action{Text: l.T("rights.form." + f.name), Href: path + "/rights/" + f.name})
			}
		}
	}
	return out
}

// Word gives what a territory calls a step of identification ("presumed", "recognised"); fallback is the
// catalogue key of the common word.
func Word(l *lang.Locale, p countries.Pack, step, fallback string) string {
	if w, ok := p.Words[step]; ok {
		return w.In(l.Tag())
	}
	return l.T(fallback)
}

func reflectionSection(l *lang.Locale, c Case) Section {
	r := c.State.Reflection
	s := Section{ID: "reflection", Track: "reflection", Title: l.T("rights.section.reflection"),
		Mark: page.Mark{Tone: toneOfReflection(r, c), Text: l.T("rights.reflection." + string(r.Status))}}
	if b := Blocks(c.State, c.Context.Now); len(b.Measures) > 0 {
		text := l.T("rights.block.text")
		if r.Overdue(c.Context.Now) {
			text = l.T("rights.consequence.check_reflection")
		}
		s.Notes = append(s.Notes, Remark{page.Info, l.T("rights.block.title"), text})
	}
	if n := len(c.State.Told); n > 0 {
		t := c.State.Told[n-1]
		s.Facts = append(s.Facts, page.Fact{Term: l.T("rights.entry.right.informed"), Text: l.Date(t.At), Sub: l.Language(t.Language) + ", " + l.T("rights.explainer."+t.By) + ", " + l.T("rights.way."+t.How)})
	}
	if !r.Start.IsZero() {
		s.Facts = append(s.Facts, page.Fact{Term: l.T("rights.field.start"), Text: l.Date(r.Start)},
			page.Fact{Term: l.T("rights.field.end"), Text: l.Date(r.End), Unverified: !r.Rule.Verified()})
	}
	if r.Status == NotApplicable {
		s.Lead = l.T("rights.exemption." + r.Reason)
	}
	if r.Status == Terminated {
		s.Facts = append(s.Facts, refusalFacts(l, r.Cut.Reason, r.Cut.Remedy, l.Date(r.Cut.Until))...)
	}
	for _, m := range Measures() {
		if step := c.State.Measures[m]; step != "" {
			s.Facts = append(s.Facts, page.Fact{Term: l.T("rights.measure." + m), Text: l.T("rights.measure_step." + step)})
		}
	}
	rule := r.Rule
	if rule.Code == "" {
		rule = c.Context.Pack.Reflection(c.Context.Child, c.Context.Now)
	}
	s.Facts = append(s.Facts, ruleFact(l, "rights.text.facts.clock", rule))
	return s
}

func toneOfReflection(r Reflection, c Case) string {
	switch {
	case r.Overdue(c.Context.Now), r.Status == NotOffered && !c.Context.PresumedAt.IsZero():
		return page.Warn
	case r.Runs(c.Context.Now):
		return page.Good
	case r.Status == Terminated:
		return page.Bad
	case r.Status == Offered:
		return page.Info
	}
	return page.Off
}

// refusalFacts shows what G10 asks of every refusal.
func refusalFacts(l *lang.Locale, reason, remedy, until string) []page.Fact {
	return []page.Fact{{Term: l.T("rights.field.reason"), Text: reason}, {Term: l.T("rights.field.remedy"), Text: remedy}, {Term: l.T("rights.field.until"), Text: until}}
}

// stepMark gives a step of a track as a status.
func stepMark(l *lang.Locale, list, step string) page.Mark {
	m := page.Mark{Tone: page.Info}
	switch step {
	case "":
		step, m.Tone = "none", page.Off
	case refused, "alarm":
		m.Tone = page.Bad
	case "granted", "renewed", "appointed", "awarded", "paid", "decided", "arrived_confirmed":
		m.Tone = page.Good
	case "renewal_due":
		m.Tone = page.Warn
	}
	m.Text = l.T("rights." + list + "." + step)
	return m
}

func staySection(l *lang.Locale, s StayState) Section {
	x := Section{ID: "stay", Track: "stay", Title: l.T("rights.section.stay"), Mark: stepMark(l, "stay", s.Step)}
	switch {
	case s.NotApplicable:
		x.Mark, x.Lead = page.Mark{Tone: page.Off, Text: l.T("rights.reflection.not_applicable")}, l.T("rights.exemption."+s.Why)
	case s.Hidden:
		x.Mark, x.Lead = page.Mark{Tone: page.Off, Text: l.T("rights.hidden")}, l.T("rights.hidden.text")
	}
	if s.Ground != "" {
		x.Facts = append(x.Facts, page.Fact{Term: l.T("rights.field.ground"), Text: l.T("rights.ground." + s.Ground)})
	}
	if !s.ValidTo.IsZero() {
		x.Facts = append(x.Facts, page.Fact{Term: l.T("rights.field.valid_to"), Text: l.Date(s.ValidTo)})
	}
	if s.Step == refused {
		x.Facts = append(x.Facts, refusalFacts(l, s.Reason, s.Remedy, l.Date(s.Until))...)
	}
	return x
}

func justiceSection(l *lang.Locale, j JusticeState) Section {
	s := Section{ID: "justice", Track: "justice", Title: l.T("rights.section.justice"), Mark: stepMark(l, "justice", "")}
	if j.Hidden {
		s.Mark, s.Lead = page.Mark{Tone: page.Off, Text: l.T("rights.hidden")}, l.T("rights.hidden.text")
		return s
	}
	for _, name := range JusticeThreads() {
		t, ok := j.Threads[name]
		if !ok {
			continue
		}
		m := stepMark(l, "justice", t.Step)
		s.Mark = page.Mark{Tone: page.Info, Text: l.T("rights.under_way")}
		s.Facts = append(s.Facts, page.Fact{Term: l.T("rights.thread." + name), Text: m.Text, Tone: m.Tone, Sub: l.Date(t.At)})
		if t.Step == refused {
			s.Facts = append(s.Facts, refusalFacts(l, t.Reason, t.Remedy, l.Date(t.Until))...)
		}
	}
	return s
}

func returnSection(l *lang.Locale, r ReturnState) Section {
	s := Section{ID: "return", Track: "return", Title: l.T("rights.section.return"), Mark: stepMark(l, "return", r.Step)}
	if r.To != "" {
		s.Facts = append(s.Facts, page.Fact{Term: l.T("rights.field.to"), Text: l.Country(r.To)})
	}
	for _, side := range Sides() {
		if risk := r.Risks[side]; risk != "" {
			s.Facts = append(s.Facts, page.Fact{Term: l.T("rights.field.risk") + ", " + l.T("rights.side."+side), Text: l.T("rights.risk." + risk)})
		}
	}
	if open := openFollowUps(r); len(open) > 0 {
		due := FollowUps()[open[0]-1].End(r.Arrived, l.Zone())
		s.Facts = append(s.Facts, page.Fact{Term: l.T("rights.due.follow_up"), Text: l.Date(due)})
	}
	if r.Step == refused {
		s.Facts = append(s.Facts, refusalFacts(l, r.Refusal.Reason, r.Refusal.Remedy, l.Date(r.Refusal.Until))...)
	}
	return s
}

// may says whether an entry of the reflection period can come next.
func may(c Case, typ string) bool { return slices.Contains(follows[c.State.Reflection.Status], typ) }

// languages lists the languages that a person may have been told in, by name.
func languages(l *lang.Locale) []page.Option {
	var out []page.Option
	for tag, name := range l.Languages() {
		out = append(out, page.Option{Value: tag, Text: name})
	}
	inorder.By(out, func(a, b page.Option) int {
		if n := strings.Compare(strings.ToLower(a.Text), strings.ToLower(b.Text)); n != 0 {
			return n
		}
		return strings.Compare(a.Value, b.Value)
	})
	return out
}

func options(l *lang.Locale, list string, codes []string) []page.Option {
	out := make([]page.Option, len(codes))
	for i, c := range codes {
		out[i] = page.Option{Value: c, Text: l.T("rights." + list + "." + c)}
	}
	return out
}
