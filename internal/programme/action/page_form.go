// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// edit is the form with the whole of what is known of an action.
func (c Config) edit() *register.Act[Action] {
	return &register.Act[Action]{Type: AgreedType, Again: register.Again[Agreed], May: ours,
		Fields: func(ctx context.Context, v *see, a Action) ([]register.Field, error) {
			out := append(v.Write("text", a.Exists()), register.Field{Kind: "select", Name: "owner", Label: v.T("owner"), Options: v.OrganisationOptions(), Blank: v.T("nobody"), Optional: true})
			if c.Offices != nil {
				offices, err := c.Offices(ctx, v.Request)
				if err != nil {
					return nil, err
				}
				out = append(out, register.Field{Kind: "select", Name: "office", Label: v.T("office"), Hint: v.T("office.hint"), Options: offices, Blank: v.T("office.none"), Optional: true})
			}
			return append(out, register.Field{Kind: "date", Name: "due", Label: v.T("due"), Optional: true},
				v.ActivityField(), v.ItemField(), register.Field{Kind: "date", Name: "on", Label: v.T("on")}), nil
		},
		Start: func(v *see, a Action) register.Values {
			x, out := a.Agreed, v.Written(a.Agreed.Text)
			if !a.Exists() {
				return register.Put(out, "activity", v.URL.Query().Get("activity"), "on", v.Today())
			}
			register.Put(out, "due", x.Due.String(), "on", x.On.String(), "activity", x.Activity, "item", x.Item)
			return register.PutIDs(register.PutIDs(out, "owner", x.Owner), "office", x.Office)
		},
		Write: func(t *register.Typed, a Action) any {
			v := agreed(t, a)
			if c.Offices != nil {
				v.Office = t.ID("office", "programme.need.choice")
			}
			return v
		}}
}

// agreed gives what was typed, beside what the action already says in other languages and the need it answers.
func agreed(t *register.Typed, a Action) Agreed {
	return Agreed{Text: t.Writing(a.Agreed.Text), Owner: t.Organisation("owner", "action.want.owner"), Due: t.Date("due"), On: t.Date("on"), Activity: t.Text("activity"), Item: t.Text("item"), Need: a.Agreed.Need, Office: a.Agreed.Office}
}

// acts are what somebody can do to an action, in the order of the page.
func acts() []register.Act[Action] {
	out := []register.Act[Action]{
		{Name: "done", Type: DoneType, Icon: "circle-check", Fields: onAnd(func(v *see) []register.Field {
			return []register.Field{{Kind: "textarea", Name: "evidence", Label: v.T("evidence"), Hint: v.T("evidence.hint")}}
		}), Write: func(t *register.Typed, _ Action) any { return DoneBy{t.Date("on"), t.Text("evidence")} }},
		{Name: "follow", Type: FollowedType, Icon: "message", Fields: onAnd(followFields), Start: func(v *see, a Action) register.Values {
			return register.Put(today(v, a), "days", strconv.Itoa(a.Summary().Asking(v.Now)))
		}, Write: func(t *register.Typed, _ Action) any {
			return Followed{t.Number("days"), t.Date("on"), t.Text("answer")}
		}},
		{Name: "refuse", Type: RefusedType, Icon: "circle-x", Fields: onAnd(reasonField), Write: ended},
		{Name: "reopen", Type: ReopenedType, Icon: "arrow-back-up", Fields: onAnd(reasonField), Write: ended},
	}
	for i, a := range out {
		out[i].May = func(x Action) error {
			if slices.Contains(from[a.Type], x.State) {
				if a.Type == ReopenedType {
					return ours(x)
				}
				return nil
			}
			return fault.New(fault.Guarded, "action.guard."+string(x.State))
		}
		if a.Start == nil {
			out[i].Start = today
		}
	}
	return out
}

// ours: it was agreed here, and no other office assigned it.
func ours(a Action) error {
	if !a.From.IsZero() {
		return fault.New(fault.Guarded, "action.guard.other_office")
	}
	return nil
}

func today(v *see, _ Action) register.Values {
	return register.Put(register.Values{}, "on", v.Today())
}

// onAnd gives the fields of an act that has a day.
func onAnd(more func(v *see) []register.Field) func(context.Context, *see, Action) ([]register.Field, error) {
	return func(_ context.Context, v *see, _ Action) ([]register.Field, error) {
		return append([]register.Field{v.OnField()}, more(v)...), nil
	}
}

func followFields(v *see) []register.Field {
	var days []page.Option
	for _, n := range FollowUps() {
		days = append(days, page.Option{Value: strconv.Itoa(n), Text: v.T("after", "Days", strconv.Itoa(n))})
	}
	return []register.Field{{Kind: "select", Name: "days", Label: v.T("days"), Options: days, Blank: v.L.T("register.choose")}, {Kind: "textarea", Name: "answer", Label: v.T("answer")}}
}

func reasonField(v *see) []register.Field {
	return []register.Field{{Kind: "textarea", Name: "reason", Label: v.T("reason")}}
}

func ended(t *register.Typed, _ Action) any { return Ended{t.Date("on"), t.Text("reason")} }
