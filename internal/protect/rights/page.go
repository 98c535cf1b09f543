// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"bytes"
	"context"
	"embed"
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/yuin/goldmark"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/packs/countries"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the pages of this room need; all of it but Case is required.
type Config struct {
	Store *store.Store
	Packs countries.Set
	// Public is the principal as which the public pages read, store.Job(owner, "importer",
	// access.ForProgramme): who reads them is nobody's business.
	Public store.Who
	// PublicAt is where the public pages are, as "https://info.example.org"; "" is beside these.
	PublicAt string
	// Hotlines lists whom anybody in a country or territory can call, where somebody checked it lately. May be nil.
	Hotlines func(ctx context.Context, r *page.Request, country string) ([]Hotline, error)
	// Case opens a person's file as the actor may see it. Nil leaves the forms on a person's rights out, as
	// in an office that holds no files.
	Case func(ctx context.Context, r *page.Request, id journal.ID) (Case, error)
}

// Hotline is a number that the public page shows, with the day on which somebody tried it.
type Hotline struct{ Name, Phone, Hours, Languages, Checked string }

type room struct {
	Config
	texts Texts
}

// Room gives the public information pages, and the pages on which staff read, sign and hide them.
func Room(c Config) page.Room {
	rm := room{c, Texts{c.Store}}
	out := page.Room{
		Name: "rights", Templates: templates,
		Routes: []page.Route{
			{Pattern: "GET /rights", Handle: rm.publicList, Public: true},
			{Pattern: "GET /rights/{country}", Handle: rm.publicText, Public: true},
			{Pattern: "GET /rights-texts", Handle: rm.list},
			{Pattern: "GET /rights-texts/{country}/{language}", Handle: rm.show},
			{Pattern: "POST /rights-texts/{country}/{language}/sign", Handle: rm.sign},
			{Pattern: "POST /rights-texts/{country}/{language}/withdraw", Handle: rm.withdraw},
		},
		Menu: []page.MenuItem{{Key: "rights.menu", Path: "/rights-texts", Icon: "info-circle", Order: 70, Show: maySign}},
	}
	if c.Case != nil {
		out.Routes = append(out.Routes, page.Route{Pattern: "GET /cases/{id}/rights/{form}", Handle: rm.caseForm},
			page.Route{Pattern: "POST /cases/{id}/rights/{form}", Handle: rm.caseSave})
	}
	return out
}

// signers lists the roles that the policies let sign.
var signers = []access.Role{access.Liaison, access.Lawyer, access.ProgrammeOfficer, access.CaseManager}

// maySign says whether signing is offered; the door decides.
func maySign(a access.Actor) bool { return slices.ContainsFunc(signers, a.Has) }

func as(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForProgramme}
}

// article is a text ready to be shown in its own language and direction.
type article struct {
	Language, Dir string
	HTML          template.HTML
}

// articleOf renders a text. Markup that a text might hold is left out: what a reviewer signs is words.
func articleOf(t Text) (article, error) {
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(t.Body), &b); err != nil {
		return article{}, err
	}
	// #nosec G203 -- goldmark leaves raw HTML and unsafe links out unless told otherwise
	return article{t.Language, direction(t.Language), template.HTML(b.String())}, nil
}

// direction gives the writing direction of a language tag.
func direction(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	if slices.Contains([]string{"ar", "fa", "he", "ps", "ur", "ckb"}, base) {
		return "rtl"
	}
	return "ltr"
}

// tones of the statuses.
var tones = map[TextStatus]string{TextDraft: page.Warn, TextPublic: page.Good, TextChanged: page.Bad, TextHidden: page.Off, TextMissing: page.Off}

func mark(l *lang.Locale, s TextStatus) page.Mark {
	return page.Mark{Tone: tones[s], Text: l.T("rights.status." + string(s))}
}

// length gives a length in words: "30 days".
func length(l *lang.Locale, x clock.Length) string {
	return l.N("rights.length."+string(rune(x.Unit)), x.N)
}

// sourceWord gives a source in words where it is one of the codes, as it is otherwise.
func sourceWord(l *lang.Locale, s string) string {
	if key := "rights.source." + s; l.Has(key) {
		return l.T(key)
	}
	return s
}

// Facts gives what a pack knows, as lines for a screen: clocks, numbers, who identifies. Everything that
// nobody has checked is marked.
func Facts(l *lang.Locale, p countries.Pack, at time.Time) []page.Fact {
	adult, child := p.Reflection(false, at), p.Reflection(true, at)
	out := []page.Fact{ruleFact(l, "rights.text.facts.clock", adult)}
	if child.Length != adult.Length {
		out = append(out, ruleFact(l, "rights.text.facts.clock_child", child))
	}
	if r, ok := p.Clock(countries.Compensation, at); ok {
		out = append(out, ruleFact(l, "rights.due.claim", r))
	}
	for _, f := range p.Facts {
		out = append(out, page.Fact{Term: l.T("rights.fact." + f.Code), Text: f.In(l.Tag()), Sub: sourceWord(l, f.Source), Unverified: !f.Verified()})
	}
	for _, n := range []struct {
		key string
		countries.Number
	}{{"rights.text.facts.emergency", p.Emergency}, {"rights.text.facts.helpline", p.Helpline}} {
		out = append(out, page.Fact{Term: l.T(n.key), Text: n.Number.Number, Sub: sourceWord(l, n.Source), Unverified: n.Number.Number != "" && !n.Verified()})
	}
	return out
}

func ruleFact(l *lang.Locale, key string, r clock.Rule) page.Fact {
	f := page.Fact{Term: l.T(key), Text: length(l, r.Length), Unverified: !r.Verified()}
	if !r.Longest.IsZero() {
		f.Text += ", " + l.T("rights.text.facts.upto", "Length", length(l, r.Longest))
	}
	for _, s := range []string{r.Article, sourceWord(l, r.Source)} {
		if s != "" {
			f.Sub = strings.TrimPrefix(f.Sub+"; "+s, "; ")
		}
	}
	if r.Minimum {
		f.Sub += "; " + l.T("rights.minimum")
	}
	return f
}
