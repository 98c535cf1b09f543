// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// viewData is what the person sees beside a worker. All words of Read are in her language where there is a catalogue of
// it; around it stands what is said to the worker.
type viewData struct {
	Title    string
	Crumbs   []page.Crumb
	Note     string // to the worker, in the worker's language
	Unsure   string // to the worker: nobody has reviewed her language's texts; "" when somebody has
	Read     viewText
	Original *viewText    // the same in the worker's language, on paper only; nil when hers is reviewed
	Other    *page.Action // the same in the other language
}

// viewText is what she reads, in one language.
type viewText struct {
	Tag, Dir      string
	Draft         string // tells her that nobody has reviewed the words; "" when somebody has
	Heading, Lead string
	Sections      []viewSection
}

// viewSection is one thing that is held, or none.
type viewSection struct {
	Title, Lead, None string
	Lines             []viewLine
}

// viewLine is one line, and what she may ask for on it.
type viewLine struct {
	Term, Text, Sub string
	Actions         []page.Action
}

// personView is what the person sees beside a worker: what is held, on what it rests, who opened it. Where a shelter is
// is told, never shown: the door refuses it for this purpose, and the page has no place for it. It is in the first of
// her languages that the catalogues have; "?in=ours" asks for the worker's.
func (rm room) personView(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForPerson)
	if err != nil {
		return nil, err
	}
	vs, err := c.visits()
	if err != nil {
		return nil, err
	}
	ours, hers := r.L, c.herLocale()
	ids := c.ids()
	for _, v := range vs {
		ids = append(ids, v.actor)
	}
	names := rm.Names(ctx, ids...)
	d := viewData{Title: ours.T("casework.view.title"), Note: ours.T("casework.view.lead"), Crumbs: c.crumbs(ours.T("casework.view.title"))}
	original := c.viewIn(ours, vs, names)
	d.Read = original
	switch {
	case hers.Tag() == ours.Tag():
	case r.URL.Query().Get("in") == "ours":
		d.Other = &page.Action{Text: ours.T("casework.view.in", "Language", ours.Language(hers.Tag())), Href: c.path("/view"), Icon: "language"}
	default:
		d.Other = &page.Action{Text: ours.T("casework.view.in", "Language", ours.Language(ours.Tag())), Href: c.path("/view?in=ours"), Icon: "language"}
		d.Read = c.viewIn(hers, vs, names)
		if hers.Draft() {
			d.Unsure, d.Original = ours.T("person.ours.draft", "Language", ours.Language(hers.Tag())), &original
		}
	}
	return page.View("casework/view", ours.T("casework.title"), d), nil
}

// viewIn is what she reads, in a language.
func (c *caseRequest) viewIn(l *lang.Locale, vs []visit, names map[journal.ID]string) viewText {
	ours := c.r.L
	c.r.L = l
	defer func() { c.r.L = ours }()
	v := viewText{Tag: l.Tag(), Dir: l.Dir(), Draft: draftMark(l), Heading: c.t("casework.view.heading"), Lead: c.t("casework.view.free"), Sections: []viewSection{c.viewReach(), c.viewIdentity(), c.viewNotes()}}
	v.Sections = append(v.Sections, c.viewHeld()...)
	v.Sections = append(v.Sections, c.viewNeeds(), c.viewConsents(names), c.viewReferrals(names), c.viewVisits(vs, names))
	return v
}

// draftMark tells her that nobody has reviewed the words of her language; "" when somebody has.
func draftMark(l *lang.Locale) string {
	if !l.Draft() {
		return ""
	}
	return l.T("person.draft")
}

// herLocale gives the first of her languages that a person can read in; the worker's when there is none.
func (c *caseRequest) herLocale() *lang.Locale { return c.locale(c.person.Registered.Languages) }

// locale gives the first of some languages that a person can read in; the worker's when there is none.
func (c *caseRequest) locale(hers []string) *lang.Locale {
	if c.Bundle == nil {
		return c.r.L
	}
	l := c.Bundle.Person(hers, c.r.L)
	if c.Reviewed == nil || !l.Draft() {
		return l
	}
	if known, err := c.Reviewed(c.r.Context(), c.r, l); err == nil {
		return known
	}
	return l // where it cannot be known, the mark stays
}

// viewFacts turns facts into lines; what is empty is left out, what is not for the worker is not shown to anybody here.
func viewFacts(facts []page.Fact) []viewLine {
	var out []viewLine
	for _, f := range facts {
		if f.Text != "" {
			out = append(out, viewLine{Term: f.Term, Text: f.Text, Sub: f.Sub})
		}
	}
	return out
}

func (c *caseRequest) viewReach() viewSection {
	s := viewSection{Title: c.t("casework.view.reach"), Lead: c.t("casework.view.reach.lead"), None: c.t("casework.view.none")}
	k := c.person.Contact
	if c.hides(journal.D1) || k.SafeToCall == "" {
		return s
	}
	s.Lines = viewFacts([]page.Fact{{Term: c.t("casework.contact.safe"), Text: c.t("casework.safe." + string(k.SafeToCall))}, {Term: c.t("casework.contact.safe_name"), Text: k.SafeName},
		{Term: c.t("casework.contact.hours"), Text: k.Hours}, {Term: c.t("casework.contact.channel"), Text: c.word("casework.channel", k.Channel)},
		{Term: c.t("casework.contact.code_word"), Text: k.CodeWord}, {Term: c.t("casework.contact.never"), Text: c.r.L.List(k.Never)}, {Term: c.t("casework.contact.number"), Text: k.Number}})
	return s
}

func (c *caseRequest) viewIdentity() viewSection {
	return viewSection{Title: c.t("casework.view.identity"), None: c.t("casework.view.none"), Lines: viewFacts(c.identityFacts())}
}

func (c *caseRequest) viewNotes() viewSection {
	s := viewSection{Title: c.t("casework.view.notes"), None: c.t("casework.view.none")}
	hidden := 0
	for _, x := range noteSorts {
		for _, n := range c.person.Notes {
			switch {
			case n.Sort != x.sort:
			case x.text(n) == "":
				hidden++
			default:
				s.Lines = append(s.Lines, viewLine{Term: c.t("casework.notes." + x.sort), Text: x.text(n), Sub: c.r.L.Date(n.At)})
			}
		}
	}
	s.Lines = append(s.Lines, viewFacts(c.codedFacts())...)
	if hidden > 0 { // a psychologist's notes are read with the psychologist
		s.Lead = c.r.L.N("casework.view.elsewhere", hidden)
	}
	return s
}

// viewHeld is what rooms beside this one hold.
func (c *caseRequest) viewHeld() []viewSection {
	if c.Held == nil {
		return nil
	}
	var out []viewSection
	for _, p := range c.Held(c.r.L, c.person) {
		s := viewSection{Title: p.Title, Lead: p.Lead}
		if p.Empty != nil {
			s.None = p.Empty.Title
		}
		for _, i := range p.Items {
			s.Lines = append(s.Lines, viewLine{Term: i.Title, Text: i.Text, Sub: i.Sub})
		}
		out = append(out, s)
	}
	return out
}

func (c *caseRequest) viewNeeds() viewSection {
	s := viewSection{Title: c.t("casework.view.help"), None: c.t("casework.view.none")}
	for _, n := range c.person.Services.Needs {
		s.Lines = append(s.Lines, viewLine{Term: c.word("service.catalogue", n.Code), Text: c.word("service.step", string(n.Step)), Sub: n.Detail})
	}
	for _, g := range c.person.Services.Goals {
		s.Lines = append(s.Lines, viewLine{Term: c.word("service.area", g.Area), Text: g.Aim, Sub: g.Wish})
	}
	return s
}

// viewConsents is what she agreed to; from each she can take it back, and have it on paper if she wants.
func (c *caseRequest) viewConsents(names map[journal.ID]string) viewSection {
	s := viewSection{Title: c.t("casework.view.consents"), Lead: c.t("casework.receipt.withdraw"), None: c.t("casework.view.none")}
	for _, x := range slices.Backward(c.person.Consent.Receipts) {
		st := x.Status(c.r.Now)
		l := viewLine{Term: name(names, c.r.L, x.Recipient), Text: c.categories(x.Categories), Sub: said(c.word("consent.purpose", string(x.Purpose)), c.word("consent.status", string(st)), c.r.L.Date(x.Expires))}
		if st == consent.Live || st == consent.Suspended {
			l.Actions = []page.Action{{Text: c.t("casework.view.withdraw"), Href: c.path("/consents/%s/change?from=view", x.Receipt), Icon: "arrow-back-up"},
				{Text: c.t("casework.view.paper"), Href: c.path("/consents/%s/print", x.Receipt), Icon: "printer"}}
		}
		s.Lines = append(s.Lines, l)
	}
	for _, g := range c.person.Consent.Grounds { // told, unless telling endangers her or somebody
		if g.Told && g.Live(c.r.Now) {
			s.Lines = append(s.Lines, viewLine{Term: name(names, c.r.L, g.Recipient), Text: c.categories(g.Categories), Sub: said(c.word("consent.ground", string(g.Kind)), g.Article, c.r.L.Date(g.Until))})
		}
	}
	return s
}

func (c *caseRequest) viewReferrals(names map[journal.ID]string) viewSection {
	s := viewSection{Title: c.t("casework.view.referrals"), None: c.t("casework.view.none")}
	for _, o := range slices.Backward(c.person.Referral.Out) {
		s.Lines = append(s.Lines, viewLine{Term: name(names, c.r.L, o.Recipient), Text: said(c.word("service.catalogue", o.Offer.Need), c.word("referral.status", string(o.Status))), Sub: c.handed(o)})
	}
	return s
}

func (c *caseRequest) viewVisits(vs []visit, names map[journal.ID]string) viewSection {
	s := viewSection{Title: c.t("casework.view.reads"), None: c.t("casework.view.none")}
	for _, v := range vs[:min(len(vs), 20)] {
		s.Lines = append(s.Lines, viewLine{Term: c.r.L.Date(v.last), Text: name(names, c.r.L, v.actor), Sub: c.categories(v.cats)})
	}
	return s
}
