// SPDX-License-Identifier: EUPL-1.2

package material

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// edit is the form with the whole of what is known of a material.
func (c Config) edit() *register.Act[Material] {
	return &register.Act[Material]{Type: DescribedType, Again: register.Again[Described],
		Fields: func(_ context.Context, v *see, m Material) ([]register.Field, error) {
			return append(append(v.Write("text", m.Exists()),
				register.Field{Kind: "select", Name: "sort", Label: v.T("sort"), Options: register.Codes(v.L, "material.sort.", Sorts()), Blank: v.L.T("register.choose")},
				register.Field{Kind: "checks", Name: "audiences", Label: v.T("audiences"), Options: register.Codes(v.L, "material.audience.", Audiences()), Optional: true},
				register.Field{Kind: "checks", Name: "countries", Label: v.T("countries"), Options: v.CountryOptions(v.L, m.Described.Countries...), Optional: true},
				register.Field{Kind: "select", Name: "by", Label: v.T("by"), Options: v.OrganisationOptions(), Blank: v.L.T("page.unknown"), Optional: true},
				register.Field{Kind: "select", Name: "campaign", Label: v.T("campaign"), Options: campaigns(v, m.ID), Blank: v.T("campaign.none"), Optional: true},
				v.ActivityField(), register.Field{Kind: "date", Name: "since", Label: v.T("since"), Hint: v.T("since.hint"), Optional: true}), v.SourceFields()...), nil
		},
		Start: func(v *see, m Material) register.Values {
			x, out := m.Described, v.Written(m.Described.Text)
			if !m.Exists() {
				return register.Put(out, "activity", v.URL.Query().Get("activity"))
			}
			register.PutSource(register.Put(out, "sort", string(x.Sort), "activity", x.Activity, "since", x.Since.String()), x.Source)
			register.PutMany(register.PutMany(out, "audiences", x.Audiences), "countries", x.Countries)
			return register.PutIDs(register.PutIDs(out, "by", x.By), "campaign", x.Campaign)
		},
		Write: func(t *register.Typed, m Material) any {
			v := described(t, m)
			v.Campaign = t.ID("campaign", "material.want.campaign")
			return v
		}}
}

// described gives what was typed, beside what the text already says in other languages.
func described(t *register.Typed, m Material) Described {
	return Described{Text: t.Writing(m.Described.Text), Sort: Sort(t.Text("sort")), Audiences: register.ManyOf[Audience](t, "audiences"), Countries: t.Many("countries"),
		By: t.Organisation("by", "material.want.by"), Activity: t.Text("activity"), Since: t.Date("since"), Source: t.Source()}
}

// acts are what somebody can do to a material, in the order of the page.
func acts() []register.Act[Material] {
	out := []register.Act[Material]{
		{Name: "publish", Type: PublishedType, Icon: "circle-check", Fields: func(_ context.Context, v *see, _ Material) ([]register.Field, error) {
			return []register.Field{v.OnField(), {Kind: "checks", Name: "languages", Label: v.T("languages"), Options: register.Languages(v.L)}, v.LinkField()}, nil
		}, Write: func(t *register.Typed, _ Material) any {
			return PublishedIn{t.Many("languages"), t.Date("on"), t.Text("link")}
		}},
		{Name: "count", Type: CountedType, Icon: "chart-bar", Fields: countFields, Write: func(t *register.Typed, _ Material) any {
			return Counted{Measure(t.Text("measure")), t.Uncertain("number"), t.Date("on"), t.Source()}
		}},
		{Name: "withdraw", Type: WithdrawnType, Icon: "circle-x", Fields: func(_ context.Context, v *see, _ Material) ([]register.Field, error) {
			return []register.Field{v.OnField(), {Kind: "textarea", Name: "reason", Label: v.T("reason")}}, nil
		}, Write: func(t *register.Typed, _ Material) any { return Ended{t.Date("on"), t.Text("reason")} }},
	}
	for i, a := range out {
		out[i].May = may(a.Type)
		out[i].Start = func(v *see, _ Material) register.Values { return register.Put(register.Values{}, "on", v.Today()) }
	}
	return out
}

func countFields(_ context.Context, v *see, _ Material) ([]register.Field, error) {
	out := []register.Field{v.OnField(), {Kind: "select", Name: "measure", Label: v.T("measure"), Options: measures(v), Blank: v.L.T("register.choose")}}
	return append(append(out, v.NumberFields("number", false)...), v.SourceFields()...), nil
}

func measures(v *see) []page.Option { return register.Codes(v.L, "material.measure.", Measures()) }
