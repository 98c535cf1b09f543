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
		ps := register.Passages(v.L, v.T("reported", "By", v.Names[p.Owner], "On", p.On.Print(v.L)), p.Text)
		ps[0].Sub += " · " + v.T("evidence.is", "Evidence", p.Evidence)
		out = append(out, ps...)
	}
	return out
}

func facts(v *see, x Recommendation) []page.Fact {
	l, s := v.L, x.Summary()
	out := []page.Fact{{Term: v.T("source"), Text: s.Source, Sub: s.Document}, {Term: v.T("country"), Text: v.T("everybody")},
		{Term: v.T("strength"), Text: register.Word(l, "recommendation.strength.", s.Strength)}, {Term: v.T("articles"), Text: l.List(s.Articles)},
		measures(v, s.Measures), {Term: v.T("owners"), Text: v.NamesOf(l, s.Owners)}, dueOn(v, s)}
	if s.Country != "" {
		out[1].Text = l.Country(s.Country)
	}
	for _, j := range slices.Backward(x.Judged) {
		out = append(out, page.Fact{Term: v.T("judged", "By", j.By), Text: v.T("state." + string(j.State)), Tone: tones[j.State], Sub: j.On.Print(l) + " · " + j.Why})
	}
	return out
}

// acts are what somebody can do to a recommendation, in the order of the page.
func acts() []register.Act[Recommendation] {
	return []register.Act[Recommendation]{
		{Name: "own", Type: OwnedType, Icon: "users", Fields: ownFields, Start: func(_ *see, x Recommendation) register.Values {
			return register.PutIDs(register.Put(register.Values{}, "due", x.Owned.Due.String()), "owners", x.Owned.Owners...)
		}, Write: func(t *register.Typed, _ Recommendation) any {
			return Owned{t.Organisations("owners", "recommendation.want.owners"), t.Date("due")}
		}},
		{Name: "report", Type: ReportedType, Icon: "report", Fields: reportFields, Start: start, May: func(x Recommendation) error {
			if len(x.Owned.Owners) == 0 {
				return fault.New(fault.Guarded, "recommendation.want.owner")
			}
			return nil
		}, Write: func(t *register.Typed, _ Recommendation) any {
			return Reported{t.ID("owner", "recommendation.want.owner"), t.Date("on"), t.Writing(wording.Text{}), t.Text("evidence")}
		}},
		{Name: "judge", Type: JudgedType, Icon: "scale", Fields: judgeFields, Start: start, Write: func(t *register.Typed, _ Recommendation) any {
			return Judged{State(t.Text("state")), t.Text("by"), t.Date("on"), t.Text("why")}
		}},
		{Name: "answer", Type: SaidType, Icon: "writing", Fields: saidFields("answer"), Start: start, Write: said(Government)},
		{Name: "dissent", Type: SaidType, Icon: "message-2", Fields: saidFields("dissent"), Start: start, Write: said(Dissent)},
	}
}

func start(v *see, _ Recommendation) register.Values {
	return register.Put(v.Written(wording.Text{}), "on", v.Today())
}

func ownFields(_ context.Context, v *see, _ Recommendation) ([]register.Field, error) {
	return []register.Field{{Kind: "checks", Name: "owners", Label: v.T("owners"), Options: v.OrganisationOptions(), Optional: true}, {Kind: "date", Name: "due", Label: v.T("due"), Optional: true}}, nil
}

func reportFields(_ context.Context, v *see, x Recommendation) ([]register.Field, error) {
	mine := slices.DeleteFunc(v.OrganisationOptions(), func(o page.Option) bool {
		return !slices.ContainsFunc(x.Owned.Owners, func(id journal.ID) bool { return id.String() == o.Value })
	})
	out := []register.Field{{Kind: "select", Name: "owner", Label: v.T("reporter"), Options: mine, Blank: v.L.T("register.choose")}, v.OnField()}
	return append(append(out, register.WriteFields(v.L, v.T("progress"), "", "", "")...), register.Field{Kind: "textarea", Name: "evidence", Label: v.T("evidence"), Hint: v.T("evidence.hint")}), nil
}

func judgeFields(_ context.Context, v *see, _ Recommendation) ([]register.Field, error) {
	return []register.Field{{Kind: "select", Name: "state", Label: v.T("state"), Options: register.Codes(v.L, "recommendation.state.", States()[1:]), Blank: v.L.T("register.choose")},
		by(v, "judge"), v.OnField(), {Kind: "textarea", Name: "why", Label: v.T("why")}}, nil
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
