// SPDX-License-Identifier: EUPL-1.2

package training

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// answering asks for a new training to which a need leads: the need is chosen, and what it says is there to begin with. Any other
// way to a new training asks for its plan only.
type answering struct {
	register.Asked
	c    Config
	plan *Plan
}

// from gives the need that the address names, while it waits for an answer.
func (a answering) from(v *see) (id journal.ID, n Need, ok bool) {
	id, err := journal.ParseID(v.URL.Query().Get("need"))
	if err != nil || a.c.Needs.Waiting == nil {
		return id, n, false
	}
	n, ok, err = a.c.Needs.Waiting(v.Context(), register.As(v.Request), id)
	return id, n, ok && err == nil
}

// Fields is register.Asked.Fields, below the need. Whatever answers one stands under an activity.
func (a answering) Fields(v *see) []register.Field {
	out := a.Asked.Fields(v)
	id, _, ok := a.from(v)
	if !ok {
		return out
	}
	for i, f := range out {
		if f.Name == "activity" {
			out[i].Optional, out[i].Hint = false, v.T("activity.hint")
		}
	}
	return append([]register.Field{{Kind: "checks", Name: "needs", Label: v.T("answers"), Hint: v.T("answers.hint"), Options: []page.Option{{Value: id.String(), Text: a.c.said(v, id)}}, Optional: true}}, out...)
}

// Start is register.Asked.Start, with what the need says.
func (a answering) Start(v *see) register.Values {
	id, n, ok := a.from(v)
	if ok {
		a.plan.Countries, a.plan.Groups = n.Countries, n.Groups
		if t := n.Text.In(v.L.Tag()); register.Writes(t.Language) {
			a.plan.Title = a.plan.Title.With(t.Language, t.Text)
		}
	}
	out := a.Asked.Start(v)
	if ok {
		register.PutIDs(out, "needs", id)
	}
	return out
}

// Read is register.Asked.Read.
func (a answering) Read(t *register.Typed) {
	a.Asked.Read(t)
	needs, err := chosen(t.Many("needs"))
	if err != nil {
		t.Wrong.Add("needs", "training.want.needs")
	}
	if len(needs) > 0 && a.plan.Activity == "" {
		t.Wrong.Add("activity", "training.want.activity")
	}
}

func chosen(typed []string) ([]journal.ID, error) {
	var out []journal.ID
	for _, s := range typed {
		id, err := journal.ParseID(s)
		if err != nil {
			return nil, fault.Bad("needs", "training.want.needs")
		}
		out = append(out, id)
	}
	return out, nil
}

// answer writes down which needs a training that was just planned answers, and in their register that an answer is planned.
func (c Config) answer(ctx context.Context, v *see, id journal.ID, typed register.Values) error {
	needs, err := chosen(typed["needs"])
	if err != nil || len(needs) == 0 {
		return err
	}
	_, err = c.Store.Append(ctx, register.As(v.Request), store.Ref{Kind: access.KindTraining, ID: id},
		store.Draft{ID: provenance.ID("training answers", typed.Get("entry")), Type: AnswersType, Payload: Answers{needs}})
	if err != nil {
		return err
	}
	return c.plan(ctx, v.Request, needs, typed.Get("activity"))
}
