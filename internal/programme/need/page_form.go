// SPDX-License-Identifier: EUPL-1.2

package need

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// edit is the form with the whole of what is known of a need.
func edit() *register.Act[Need] {
	return &register.Act[Need]{Type: NotedType, Again: register.Again[Noted],
		Fields: func(_ context.Context, v *see, n Need) ([]register.Field, error) {
			return append(v.Write("text", n.Exists()),
				register.Field{Kind: "select", Name: "theme", Label: v.T("theme"), Options: register.Codes(v.L, "need.theme.", Themes()), Blank: v.L.T("register.choose")},
				register.Field{Kind: "checks", Name: "groups", Label: v.T("groups"), Options: register.Codes(v.L, "need.group.", Groups()), Optional: true},
				register.Field{Kind: "checks", Name: "countries", Label: v.T("countries"), Options: v.CountryOptions(v.L, n.Noted.Countries...), Optional: true},
				register.Field{Kind: "select", Name: "urgency", Label: v.T("urgency"), Options: register.Codes(v.L, "need.urgency.", Urgencies()), Blank: v.L.T("page.unknown"), Optional: true},
				register.Field{Kind: "select", Name: "owner", Label: v.T("owner"), Options: v.OrganisationOptions(), Blank: v.T("nobody"), Optional: true},
				register.Field{Kind: "date", Name: "due", Label: v.T("due"), Hint: v.T("due.hint"), Optional: true},
				v.ActivityField(), v.ItemField(), register.Field{Kind: "date", Name: "on", Label: v.T("on")}), nil
		},
		Start: func(v *see, n Need) register.Values {
			x, out := n.Noted, v.Written(n.Noted.Text)
			if !n.Exists() {
				out.Set("activity", v.URL.Query().Get("activity"))
				out.Set("on", v.Today())
				return out
			}
			register.Put(out, "theme", string(x.Theme), "urgency", string(x.Urgency), "activity", x.Activity, "item", x.Item, "on", x.On.String(), "due", x.Due.String())
			register.PutIDs(out, "owner", x.Owner)
			register.PutMany(out, "groups", x.Groups)
			return register.PutMany(out, "countries", x.Countries)
		},
		Write: func(t *register.Typed, n Need) any { return noted(t, n) }}
}

// noted gives what was typed, beside what the text already says in other languages.
func noted(t *register.Typed, n Need) Noted {
	return Noted{Text: t.Writing(n.Noted.Text), Theme: Theme(t.Text("theme")), Groups: register.ManyOf[Group](t, "groups"), Countries: t.Many("countries"), Urgency: Urgency(t.Text("urgency")),
		Activity: t.Text("activity"), Item: t.Text("item"), On: t.Date("on"), Owner: t.Organisation("owner", "action.want.owner"), Due: t.Date("due")}
}

// may says from which states an entry of a type may be written.
func may(typ string) func(Need) error {
	return func(n Need) error {
		if slices.Contains(from[typ], n.State) {
			return nil
		}
		return fault.New(fault.Guarded, "need.guard."+string(n.State))
	}
}

// acts are what somebody can do to a need, in the order of the page.
func (c Config) acts() []register.Act[Need] {
	out := []register.Act[Need]{
		{Name: "plan", Type: PlannedType, Icon: "calendar-event", Fields: onAnd(planFields), Start: func(v *see, n Need) register.Values {
			return register.Put(today(v, n), "answer", string(n.Answer.Answer), "code", n.Answer.Code)
		}, Write: func(t *register.Typed, _ Need) any {
			return PlannedFor{t.Date("on"), Answer(t.Text("answer")), t.Text("code")}
		}},
		{Name: "meet", Type: MetType, Icon: "circle-check", Fields: onAnd(func(v *see) []register.Field {
			return []register.Field{{Kind: "textarea", Name: "evidence", Label: v.T("evidence"), Hint: v.T("evidence.hint")}}
		}), Write: func(t *register.Typed, _ Need) any { return MetBy{t.Date("on"), t.Text("evidence")} }},
		{Name: "join", Type: JoinedType, Icon: "arrows-join", Lead: "join.lead", Fields: c.joinFields, Write: func(t *register.Typed, _ Need) any { return JoinedTo{t.ID("other", "need.want.other")} }},
		{Name: "drop", Type: DroppedType, Icon: "circle-x", Fields: onAnd(reasonField), Write: ended},
		{Name: "reopen", Type: ReopenedType, Icon: "arrow-back-up", Fields: onAnd(reasonField), Write: ended},
	}
	for i := range out {
		out[i].May = may(out[i].Type)
		if out[i].Start == nil {
			out[i].Start = today
		}
	}
	return out
}

func today(v *see, _ Need) register.Values { return register.Put(register.Values{}, "on", v.Today()) }

// onAnd gives the fields of an act that has a day.
func onAnd(more func(v *see) []register.Field) func(context.Context, *see, Need) ([]register.Field, error) {
	return func(_ context.Context, v *see, _ Need) ([]register.Field, error) {
		return append([]register.Field{v.OnField()}, more(v)...), nil
	}
}

func planFields(v *see) []register.Field {
	return []register.Field{{Kind: "select", Name: "answer", Label: v.T("answer"), Options: register.Codes(v.L, "need.answer.", Answers()), Blank: v.L.T("register.choose")},
		{Kind: "text", Name: "code", Label: v.T("code"), Hint: v.T("code.hint")}}
}

func reasonField(v *see) []register.Field {
	return []register.Field{{Kind: "textarea", Name: "reason", Label: v.T("reason")}}
}

func ended(t *register.Typed, _ Need) any { return Ended{t.Date("on"), t.Text("reason")} }

func (c Config) joinFields(ctx context.Context, v *see, n Need) ([]register.Field, error) {
	rows, err := List(ctx, c.Store, register.As(v.Request), nil)
	return []register.Field{{Kind: "select", Name: "other", Label: v.T("joined_to"), Options: others(v, rows, n.ID), Blank: v.L.T("register.choose")}}, err
}

// others offers the needs that one could be the same as, those that read alike first.
func others(v *see, rows []Row, id journal.ID) []page.Option {
	var out []page.Option
	add := func(x Row) {
		o := page.Option{Value: x.ID.String(), Text: register.Excerpt(v.L, x.V.Text).Text}
		if x.ID != id && !slices.Contains(out, o) && x.V.State != Joined && x.V.State != Dropped {
			out = append(out, o)
		}
	}
	for _, x := range ProposedFor(rows, id) {
		add(x)
	}
	for _, x := range rows {
		add(x)
	}
	return out
}
