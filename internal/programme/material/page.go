// SPDX-License-Identifier: EUPL-1.2

package material

import (
	"cmp"
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
		Says:  func(l *Line) register.Asked { return l.asks(nil) },
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
		Edit:  edit(), Acts: acts(),
		Import: &register.Import[Material]{Sample: sample, Same: "text", Keyed: true, ID: identity}}
}

//go:embed sample.csv
var sample []byte

// identity: one is known again by its key, else by its sort and its original words, whichever language the file is in.
func identity(t *register.Typed) journal.ID {
	return provenance.ID(t.Office.String(), "material", cmp.Or(t.Text("key"), t.Text("sort")+"\n"+t.Text("text")))
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
	return []register.Column[Line]{{Name: "text", Said: register.AsLead, Under: "sort"}, {Name: "language", Said: register.InFile}, {Name: "sort", Said: register.InFile},
		{Name: "audiences", Said: register.InBoth}, {Name: "countries", Said: register.InBoth},
		register.Plainly("languages", func(v *see, l Line) string { return languages(v.L, l.In) }),
		register.Plainly("number", func(v *see, l Line) string { return reach(v, l.Last) }),
		{Name: "state", Said: register.AsState}, {Name: "activity", Said: register.InFile}, {Name: "source", Said: register.InFile}}
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
	says := x.asks(nil)
	out := says.Facts(v, "sort", "audiences", "countries", "by", "activity?", "since?")
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
	return append(out, says.Facts(v, "source")...)
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
