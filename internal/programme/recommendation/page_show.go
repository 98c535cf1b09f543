// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	"net/url"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

func passages(v *see, x Recommendation) []register.Passage {
	out := register.Passages(v.L, v.T("text"), x.Made.Text)
	for _, s := range Sides() {
		for _, said := range x.Of(s) {
			out = append(out, register.Passages(v.L, v.T("side."+string(s), "By", said.By), said.Text)...)
		}
	}
	for _, p := range x.Reports {
		by := v.Names[p.Owner]
		if p.Owner.IsZero() {
			by = v.T("office.own")
		}
		ps := register.Passages(v.L, v.T("reported", "By", by, "On", p.On.Print(v.L)), p.Text)
		ps[0].Sub += " · " + v.T("evidence.is", "Evidence", p.Evidence)
		out = append(out, ps...)
	}
	return out
}

func (c Config) facts(v *see, x Recommendation) []page.Fact {
	l, s := v.L, x.Summary()
	out := []page.Fact{{Term: v.T("source"), Text: s.Source, Sub: s.Document}, {Term: v.T("country"), Text: v.T("everybody")},
		{Term: v.T("strength"), Text: register.Word(l, "recommendation.strength.", s.Strength)}, {Term: v.T("articles"), Text: l.List(s.Articles)},
		measures(v, s.Measures), {Term: v.T("owners"), Text: v.NamesOf(l, s.Owners)}, dueOn(v, s)}
	if s.Country != "" {
		out[1].Text = l.Country(s.Country)
	}
	if !x.From.IsZero() {
		out[5] = page.Fact{Term: v.T("from"), Text: c.office(v, x.From), Href: "/partners/" + x.From.String()}
	}
	for _, a := range x.Assigned {
		f := page.Fact{Term: v.T("assigned", "Owner", v.Names[a.Owner]), Text: c.office(v, a.Office), Href: "/partners/" + a.Office.String()}
		if a.Refused.Reason != "" {
			f.Tone, f.Sub = page.Bad, v.T("refused.why", "On", a.Refused.On.Print(l), "Reason", a.Refused.Reason)
		}
		out = append(out, f)
	}
	for _, j := range slices.Backward(x.Judged) {
		out = append(out, page.Fact{Term: v.T("judged", "By", j.By), Text: v.T("state." + string(j.State)), Tone: tones[j.State], Sub: j.On.Print(l) + " · " + j.Why})
	}
	return out
}

// office names another office, as far as it is known here.
func (c Config) office(v *see, id journal.ID) string {
	if c.Names != nil {
		if s := c.Names(v.Context(), v.Actor.Owner, id)[id]; s != "" {
			return s
		}
	}
	return v.T("office.other")
}

func (c Config) notes(v *see, x Recommendation) []register.Note {
	out := register.Wanting(v.L, x.Made.Text)
	if x.From.IsZero() {
		return out
	}
	if x.Refused.Reason != "" {
		return append(out, register.Note{Tone: page.Off, Title: v.T("refused"), Text: x.Refused.Reason})
	}
	return append(out, register.Note{Tone: page.Info, Title: v.T("received", "Office", c.office(v, x.From)), Text: v.T("received.text")})
}

// here: it is kept in this office, and nobody assigned it.
func here(x Recommendation) error {
	if !x.From.IsZero() {
		return fault.New(fault.Guarded, "recommendation.guard.other_office")
	}
	return nil
}

// taken: another office assigned it, and this one has not refused.
func taken(x Recommendation) error {
	if x.From.IsZero() || x.Refused.Reason != "" {
		return fault.New(fault.Guarded, "recommendation.guard.refused")
	}
	return nil
}

// assignFields ask which owner has which office.
func (c Config) assignFields(ctx context.Context, v *see, x Recommendation) ([]register.Field, error) {
	offices, err := c.Offices(ctx, v.Request)
	return []register.Field{{Kind: "select", Name: "owner", Label: v.T("owner"), Options: owners(v, x), Blank: v.L.T("register.choose")},
		{Kind: "select", Name: "office", Label: v.T("office"), Hint: v.T("office.hint"), Options: offices, Blank: v.L.T("register.choose")}}, err
}

// acts are what somebody can do to a recommendation, in the order of the page.
func (c Config) acts() []register.Act[Recommendation] {
	out := []register.Act[Recommendation]{
		{Name: "own", Type: OwnedType, Icon: "users", May: here, Asks: func(x Recommendation) register.Asked { return x.Owned.asks() }},
		{Name: "report", Type: ReportedType, Icon: "report", Asks: reportAsks, May: func(x Recommendation) error {
			if len(x.Owned.Owners) == 0 && x.From.IsZero() {
				return fault.New(fault.Guarded, "recommendation.want.owner")
			}
			return nil
		}},
		{Name: "refuse", Type: RefusedType, Icon: "circle-x", Lead: "act.refuse.lead", May: taken, Fields: func(_ context.Context, v *see, _ Recommendation) ([]register.Field, error) {
			return []register.Field{v.OnField(), {Kind: "textarea", Name: "reason", Label: v.T("why")}}, nil
		}, Start: start, Write: func(t *register.Typed, _ Recommendation) any {
			return Refused{On: t.Date("on"), Reason: t.Text("reason")}
		}},
		{Name: "judge", Type: JudgedType, Icon: "scale", May: here, Asks: func(Recommendation) register.Asked { return new(Judged).asks() }},
		{Name: "answer", Type: SaidType, Icon: "writing", May: here, Fields: saidFields("answer"), Start: start, Write: said(Government)},
		{Name: "dissent", Type: SaidType, Icon: "message-2", May: here, Fields: saidFields("dissent"), Start: start, Write: said(Dissent)},
	}
	if c.Offices == nil {
		return out
	}
	return slices.Insert(out, 1, register.Act[Recommendation]{Name: "assign", Type: AssignedType, Icon: "send", Lead: "act.assign.lead", May: func(x Recommendation) error {
		if len(x.Owned.Owners) == 0 {
			return fault.New(fault.Guarded, "recommendation.want.owner")
		}
		return here(x)
	}, Fields: c.assignFields, Write: func(t *register.Typed, _ Recommendation) any {
		return Assigned{t.ID("owner", "recommendation.want.owner"), t.ID("office", "recommendation.want.office")}
	}})
}

func start(v *see, _ Recommendation) register.Values {
	return register.Put(v.Written(wording.Text{}), "on", v.Today())
}

func reportAsks(x Recommendation) register.Asked {
	if !x.From.IsZero() { // the office itself is the owner
		return new(Reported).asks(nil)
	}
	return new(Reported).asks(func(v *see) ([]page.Option, error) { return owners(v, x), nil })
}

// owners offers those who are to see to it.
func owners(v *see, x Recommendation) []page.Option {
	return slices.DeleteFunc(v.OrganisationOptions(), func(o page.Option) bool {
		return !slices.ContainsFunc(x.Owned.Owners, func(id journal.ID) bool { return id.String() == o.Value })
	})
}

func by(v *see, act string) register.Field {
	return register.Field{Kind: "text", Name: "by", Label: v.T("by"), Hint: v.T("by." + act)}
}

func saidFields(act string) func(context.Context, *see, Recommendation) ([]register.Field, error) {
	return func(_ context.Context, v *see, _ Recommendation) ([]register.Field, error) {
		return append([]register.Field{by(v, act)}, register.WriteFields(v.L, v.T("said"), v.T("said.hint"), "", "")...), nil
	}
}

func said(side Side) func(*register.Typed, Recommendation) any {
	return func(t *register.Typed, now Recommendation) any {
		v := Said{Side: side, By: t.Text("by")}
		for _, x := range now.Of(side) { // a translation stands beside what the same speaker has said
			if x.By == v.By {
				v.Text = x.Text
			}
		}
		v.Text = t.Writing(v.Text)
		return v
	}
}

// measures names the measures of a plan that it is linked to, with the way to their register.
func measures(v *see, codes []string) page.Fact {
	f := page.Fact{Term: v.T("measures"), Text: v.L.List(codes)}
	switch len(codes) {
	case 0:
	case 1:
		f.Href = "/programme/measures?code=" + url.QueryEscape(codes[0])
	default:
		f.Href = "/programme/measures"
	}
	return f
}
