// SPDX-License-Identifier: EUPL-1.2

package newsletter_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/reach"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// proof is an issue of one section with the records that it is held against: nothing is wrong with it.
type proof struct {
	newsletter.Issue
	newsletter.Records
}

func newProof() *proof {
	p := &proof{}
	p.Begun = newsletter.Begun{Title: wording.New("fr", "Coopération").With("en", "Cooperation"), From: "2021-01-01", To: "2021-03-31"}
	p.Pictures = map[string][]byte{"bars": {1}}
	p.Activities = map[string]activity.Line{"P4-W1": {Code: "P4-W1", Title: "A meeting", Language: "en", Participants: party.Over(100)}}
	p.Names = map[journal.ID]party.Names{journal.MustID("01900000-0000-7000-8000-000000000001"): {"en": "House of the River"}}
	p.People = []newsletter.Person{{Name: "Anna Exempel"}, {Name: "Boris Exempel", May: true}}
	p.Withheld = []string{"Harbour House"}
	p.says("La réunion a eu lieu.", "The meeting took place.")
	return p
}

// says sets the texts of the section.
func (p *proof) says(fr, en string) {
	p.Sections = []newsletter.Section{{Key: "one", Sort: newsletter.Editorial, Title: wording.New("fr", "Une réunion").With("en", "A meeting"), Text: wording.New("fr", fr).With("en", en)}}
}

// finds gives the faults of an issue, each once.
func (p *proof) finds(b *lang.Bundle) []newsletter.Fault {
	locale := func(tag string) *lang.Locale { return b.Locale(tag, nil) }
	var out []newsletter.Fault
	for _, d := range newsletter.Check(p.Issue, newsletter.Build(p.Issue, p.Records, "Office", locale), p.Records, locale) {
		if !slices.Contains(out, d.Fault) {
			out = append(out, d.Fault)
		}
	}
	return out
}

// each check with what it finds, and with what is so near to it that a coarser one would find it too.
var checks = map[newsletter.Fault]struct{ bad, good func(*proof) }{
	newsletter.Untranslated: {func(p *proof) { p.Sections[0].Text = wording.New("fr", "La réunion a eu lieu.") },
		func(p *proof) { p.says("La réunion a eu lieu.", "It took place.") }},
	newsletter.Outdated: {func(p *proof) {
		p.Sections[0].Text = p.Sections[0].Text.With("fr", "La réunion n’a pas eu lieu.")
	}, func(p *proof) {
		p.Sections[0].Text = p.Sections[0].Text.With("fr", "La réunion n’a pas eu lieu.").With("en", "The meeting did not take place.")
	}},
	newsletter.OtherTongue: {func(p *proof) {
		p.says("La réunion a eu lieu.", "La réunion a eu lieu dans la ville, avec les associations.")
	},
		func(p *proof) { p.says("La réunion a eu lieu.", "The meeting of La Roche took place in the town.") }},
	newsletter.StrangeWords: {func(p *proof) {
		p.says("La réunion a eu lieu.", "The meeting took place in mars, in the town and with all of us.")
	},
		func(p *proof) {
			p.says("La réunion a eu lieu.", "The meeting took place in March, on Mars Street, in the town.")
		}},
	newsletter.NoAlt: {func(p *proof) { p.says("![](image:bars)", "![Three bars](image:bars)") },
		func(p *proof) { p.says("![Trois barres](image:bars)", "![Three bars](image:bars)") }},
	newsletter.NoPicture: {func(p *proof) { p.says("![Trois barres](image:lines)", "![Three bars](image:bars)") },
		func(p *proof) { p.says("![Trois barres](image:bars)", "![Three bars](image:bars)") }},
	newsletter.NotPublic: {func(p *proof) {
		p.Activities["P4-W1"] = activity.Line{Code: "P4-W1", Kept: true, Participants: party.Over(100)}
		p.says("Ils étaient {P4-W1.participants}.", "They were {P4-W1.participants}.")
	}, func(p *proof) { p.says("Ils étaient {P4-W1.participants}.", "They were {P4-W1.participants}.") }},
	newsletter.Withheld: {func(p *proof) { p.says("La réunion a eu lieu.", "The meeting took place at harbour  house.") },
		func(p *proof) { p.says("La réunion a eu lieu.", "The meeting took place at a house by the harbour.") }},
	newsletter.NoConsent: {func(p *proof) { p.says("La réunion a eu lieu.", "The meeting was opened by Anna Exempel.") },
		func(p *proof) { p.says("La réunion a eu lieu.", "The meeting was opened by Boris Exempel.") }},
	newsletter.NobodyKnown: {func(p *proof) { p.says("La réunion a eu lieu.", "The meeting was opened by Ms Carla Niemand.") },
		func(p *proof) {
			p.says("La réunion a eu lieu.", "The meeting was opened by Mr Boris Exempel, the coordinator.")
		}},
	newsletter.NoSource: {func(p *proof) { p.says("Ils étaient 140.", "There were many of them.") },
		func(p *proof) {
			p.says("Ils étaient {P4-W1.participants}, le 3 mars 2021, selon l’article 6.", "On 3 and 4 March 2021 there were [140 of them](https://example.org/report).")
		}},
	newsletter.DeadLink: {func(p *proof) {
		p.says("Voyez [le rapport](https://example.org/report).", "See [the report](https://example.org/report).")
		p.Links = []reach.Answer{{Address: "https://example.org/report", State: reach.Gone, Status: 404}}
	}, func(p *proof) {
		p.says("Voyez [le rapport](https://example.org/report).", "See [the report](https://example.org/report).")
		p.Links = []reach.Answer{{Address: "https://example.org/report", State: reach.Closed, Status: 403}, {Address: "https://example.org/other", State: reach.Gone}}
	}},
	newsletter.PlainTitle: {func(p *proof) { p.Begun.Title = wording.New("fr", "Coopération").With("en", "News on trafficking") },
		func(p *proof) {
			p.Begun.Title = wording.New("fr", "Coopération").With("en", "News on traffic and roads")
		}},
	newsletter.Wounding: {func(p *proof) { p.says("La réunion a eu lieu.", "The meeting dealt with illegal migrants.") },
		func(p *proof) {
			p.says("La réunion a eu lieu.", "The meeting dealt with migrants whose stay is irregular.")
		}},
	newsletter.TooLong: {func(p *proof) { p.says("La réunion a eu lieu.", strings.Repeat("The meeting took place. ", 3000)) },
		func(p *proof) { p.says("La réunion a eu lieu.", strings.Repeat("The meeting took place. ", 700)) }},
	newsletter.Empty: {func(p *proof) { p.Sections = nil }, func(*proof) {}},
}

// TestEachCheckFindsItsFaultAndNoOther: what is wrong is found under its name, and what only looks like it passes.
func TestEachCheckFindsItsFaultAndNoOther(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range newsletter.Faults() {
		c, ok := checks[f]
		if !ok {
			t.Errorf("nothing shows what %s finds", f)
			continue
		}
		bad, good := newProof(), newProof()
		if c.bad(bad); !slices.Equal(bad.finds(b), []newsletter.Fault{f}) {
			t.Errorf("%s: found %v", f, bad.finds(b))
		}
		if c.good(good); len(good.finds(b)) > 0 {
			t.Errorf("%s: found %v where nothing is wrong", f, good.finds(b))
		}
	}
}

// TestALinkThatLeadsNowhere: whatever cannot be followed from a letter, and a reference to no record.
func TestALinkThatLeadsNowhere(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"[here](http://example.org)", "[here](/programme/needs)", "[here](https://inside)", "[here](https://me@example.org)", "[here](javascript:alert(1))", "{P9-W9.participants}", "{P4-W1.budget}"} {
		p := newProof()
		if p.says("La réunion a eu lieu.", "The meeting took place: "+bad+"."); !slices.Equal(p.finds(b), []newsletter.Fault{newsletter.DeadLink}) {
			t.Errorf("%s: found %v", bad, p.finds(b))
		}
	}
	for _, s := range reach.States() {
		p := newProof()
		p.says("Voyez [le rapport](https://example.org/r).", "See [the report](https://example.org/r).")
		p.Links = []reach.Answer{{Address: "https://example.org/r", State: s}}
		if found := len(p.finds(b)) > 0; found != s.Dead() {
			t.Errorf("%s: found %v", s, p.finds(b))
		}
	}
}

// A link that nobody can follow is no source of a number.
func TestADeadLinkIsNoSource(t *testing.T) {
	b, err := lang.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := newProof()
	p.says("La réunion a eu lieu.", "There were 140 of them: [here](http://example.org/r).")
	if got := p.finds(b); !slices.Contains(got, newsletter.NoSource) || !slices.Contains(got, newsletter.DeadLink) {
		t.Errorf("found %v", got)
	}
}
