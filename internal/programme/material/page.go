// SPDX-License-Identifier: EUPL-1.2

package material

import (
	"context"
	_ "embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Path is where the register is shown.
const Path = "/programme/materials"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Proceeds says what is recorded of money that a campaign of an activity brought in for a fund, each with the way to it.
	// Nil where nobody keeps contributions.
	Proceeds func(r *page.Request, activity string) ([]page.Fact, error)
}

// Room gives the pages of the register of materials and campaigns.
func Room(c Config) page.Room { return c.register().Pages() }

type see = register.See

func (c Config) register() *register.Of[Material, Line] {
	return &register.Of[Material, Line]{Room: "material", Kind: access.KindMaterial, Path: Path, Icon: "speakerphone", Store: c.Store, Names: c.Names,
		Line:  func(m Material) (Line, bool) { return m.Summary(), m.Exists() },
		Order: order, Columns: columns(), Filters: filters(), Figures: figures, Tabs: tabs(),
		Title: func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Text) },
		State: func(v *see, l Line) page.Mark {
			return page.Mark{Tone: tones[l.State], Text: v.T("state." + string(l.State))}
		},
		Passages: func(v *see, m Material) []register.Passage {
			return register.Passages(v.L, v.T("text"), m.Described.Text)
		},
		Facts: c.facts, Past: func(_ *see, m Material) []register.Event { return m.History },
		Notes: func(v *see, m Material) []register.Note { return register.Wanting(v.L, m.Described.Text) },
		Edit:  c.edit(), Acts: acts(), Import: fromFile()}
}

// List gives all materials and campaigns that somebody may see, campaigns first, then by their words.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	return Config{Store: s}.register().Rows(ctx, w, codes)
}

// Import brings a file in CSV into the office of w: an officer, or the job "importer". A second import of the same file
// changes nothing. Errors: a register.WrongFile (nothing was imported), or what the store gives.
func Import(ctx context.Context, s *store.Store, w store.Who, src []byte) (register.Imported, error) {
	return Config{Store: s}.register().ImportFile(ctx, w, src)
}

func order(a, b Row) int {
	if x, y := a.V.Sort == Campaign, b.V.Sort == Campaign; x != y {
		if x {
			return -1
		}
		return 1
	}
	if c := strings.Compare(a.V.Text.In("").Text, b.V.Text.In("").Text); c != 0 {
		return c
	}
	return strings.Compare(a.ID.String(), b.ID.String())
}

var tones = map[State]string{Prepared: page.Info, Published: page.Good, Running: page.Good, Withdrawn: page.Off}

func tabs() []register.Tab {
	return []register.Tab{{Filter: "sort", Code: string(Campaign)}, {Filter: "state", Code: string(Prepared)}, {Filter: "state", Code: string(Published)}}
}

func filters() []register.Filter {
	return []register.Filter{
		register.OneOf("sort", "", "material.sort.", Sorts()),
		register.OneOf("state", "", "material.state.", States()),
		{Name: "language", Key: "material.languages", Options: func(v *see) []page.Option { return register.Languages(v.L) }},
		register.InCountry("material.countries"),
		register.OfActivity(),
		{Name: "campaign", Options: func(v *see) []page.Option { return campaigns(v, journal.ID{}) }},
	}
}

// campaigns offers the campaigns but one.
func campaigns(v *see, but journal.ID) []page.Option {
	out := []page.Option{}
	for _, r := range register.Matching[Line](v, mostCampaigns, store.Is("sort", string(Campaign))) {
		if r.ID != but {
			out = append(out, page.Option{Value: r.ID.String(), Text: register.Excerpt(v.L, r.V.Text).Text})
		}
	}
	inorder.By(out, func(a, b page.Option) int { return strings.Compare(a.Text+a.Value, b.Text+b.Value) })
	return out
}

// mostCampaigns is how many campaigns are offered: the latest changed.
const mostCampaigns = 200

func columns() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "text", Link: true, Cell: func(v *see, l Line) page.Cell {
			c := register.Excerpt(v.L, l.Text)
			c.Sub = v.T("sort." + string(l.Sort))
			return c
		}, Plain: func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Text }},
		{Name: "language", Key: "register.language", Plain: func(v *see, l Line) string { return l.Text.In(v.L.Tag()).Language }},
		{Name: "sort", Plain: func(v *see, l Line) string { return v.T("sort." + string(l.Sort)) }},
		register.Plainly("audiences", func(v *see, l Line) string { return audiences(v.L, l.Audiences) }),
		register.Plainly("countries", func(v *see, l Line) string { return register.Countries(v.L, l.Countries) }),
		register.Plainly("languages", func(v *see, l Line) string { return languages(v.L, l.In) }),
		register.Plainly("number", func(v *see, l Line) string { return reach(v, l.Last) }),
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: v.T("state." + string(l.State)), Tone: tones[l.State]}
		}, Plain: func(v *see, l Line) string { return v.T("state." + string(l.State)) }},
		{Name: "activity", Plain: func(_ *see, l Line) string { return l.Activity }},
		{Name: "source", Key: "register.source", Plain: func(v *see, l Line) string { return l.Source.Print(v.L) }},
	}
}

func audiences(l *lang.Locale, as []Audience) string {
	var out []string
	for _, a := range as {
		out = append(out, l.T("material.audience."+string(a)))
	}
	return l.List(out)
}

func languages(l *lang.Locale, in []In) string {
	var out []string
	for _, x := range in {
		out = append(out, l.Language(x.Language))
	}
	return l.List(out)
}

// reach says what was counted, each measure for itself.
func reach(v *see, cs []Counted) string {
	var out []string
	for _, c := range cs {
		out = append(out, v.T("counted", "Number", c.Number.Print(v.L), "Measure", v.T("measure."+string(c.Measure))))
	}
	return v.L.List(out)
}

func figures(v *see, c register.Chosen) []register.Figure {
	n := c.Count(store.Is("published", "yes"))
	if n == 0 {
		return nil
	}
	var parts []string
	for _, x := range inLanguages(c.Tally("language")) {
		parts = append(parts, v.T("published.in", "Language", v.L.Language(x.Language), "N", v.L.Number(x.N)))
	}
	return []register.Figure{{Label: v.T("published"), Value: v.L.Number(n), Note: v.T("published.note", "Languages", v.L.List(parts))}}
}

func (c Config) facts(v *see, m Material) []page.Fact {
	l, x := v.L, m.Described
	out := []page.Fact{{Term: v.T("sort"), Text: v.T("sort." + string(x.Sort))}, {Term: v.T("audiences"), Text: audiences(l, x.Audiences)}, {Term: v.T("countries"), Text: register.Countries(l, x.Countries)},
		{Term: v.T("by"), Text: v.Names[x.By]}}
	if !x.By.IsZero() {
		out[3].Href = "/programme/organisations/" + x.By.String()
	}
	if x.Activity != "" {
		out = append(out, page.Fact{Term: v.T("activity"), Text: x.Activity, Href: register.ActivityPath(x.Activity)})
	}
	if x.Since.Known() {
		out = append(out, page.Fact{Term: v.T("since"), Text: x.Since.Print(l)})
	}
	if !x.Campaign.IsZero() {
		out = append(out, page.Fact{Term: v.T("campaign"), Text: v.T("campaign.show"), Href: Path + "/" + x.Campaign.String()})
	}
	for _, p := range m.Published {
		var names []string
		for _, tag := range p.Languages {
			names = append(names, l.Language(tag))
		}
		out = append(out, page.Fact{Term: v.T("published_on"), Text: l.List(names), Sub: p.On.Print(l), Href: p.Link})
	}
	for _, n := range slices.Backward(m.Counted) {
		out = append(out, page.Fact{Term: v.T("measure." + string(n.Measure)), Text: n.Number.Print(l), Sub: n.On.Print(l) + " · " + n.Source.Print(l)})
	}
	if m.Withdrawn.Reason != "" {
		out = append(out, page.Fact{Term: v.T("reason"), Text: m.Withdrawn.Reason, Sub: m.Withdrawn.On.Print(l)})
	}
	if x.Sort == Campaign {
		out = append(out, c.brought(v, x)...)
	}
	return append(out, v.SourceFact(x.Source))
}

// brought says what a campaign brought in, as far as it is recorded.
func (c Config) brought(v *see, x Described) []page.Fact {
	nothing := []page.Fact{{Term: v.T("proceeds")}}
	if c.Proceeds == nil || x.Activity == "" {
		return nothing
	}
	out, err := c.Proceeds(v.Request, x.Activity)
	if err != nil || len(out) == 0 { // the records of money have pages of their own, which say what is the matter
		return nothing
	}
	return out
}

//go:embed sample.csv
var sample []byte

// fromFile reads materials from a file. One is known again by its sort and its original words, whichever language the file
// is in.
func fromFile() *register.Import[Material] {
	return &register.Import[Material]{Sample: sample, Same: "text", Required: []string{"language", "text", "sort", "source"},
		Columns: []string{"language", "text", "sort", "audiences", "countries", "by", "activity", "since", "source", "lines", "key"},
		ID: func(t *register.Typed) journal.ID {
			key := t.Text("key")
			if key == "" {
				key = t.Text("sort") + "\n" + t.Text("text")
			}
			return provenance.ID(t.Office.String(), "material", key)
		},
		Drafts: func(t *register.Typed, now Material) []store.Draft {
			v := described(t, now)
			v.Campaign = now.Described.Campaign
			v.check(&t.Wrong)
			return register.Unless(now.Described, v, DescribedType)
		}}
}
