// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

const signalText = `Protocol on signals (fictitious, for demonstration)

The police unit tells the assistance office, as codes that name nobody, about people who may need help. It keeps nothing of it and is told nothing back.
`

// signalCategories are what the terms of the demonstration let the police office send: codes and coded answers.
var signalCategories = []journal.Category{journal.D0, journal.D3}

// plantedRemark is what the story writes beside the answers.
const plantedRemark = "She says that the man from the agency counts every plate she washes."

// screened is what was answered in the story: two dimensions of the list are met by it, one of them by two medium and
// one weak.
func screened() screening.Recorded {
	return screening.Recorded{Who: screening.Adult, Role: "outreach", Place: "street", Language: "sq", Interpreted: consent.Interpreter, Set: "delphi_labour_adult", Version: "2009-1", Remarks: plantedRemark,
		Answers: map[string]screening.Answer{"DR-02": "yes", "DR-03": "yes", "DR-10": "yes", "DR-01": "no", "EX-03": "yes", "CD-01": "yes", "CD-02": "yes", "CD-06": "no"}}
}

// screens lets the outreach worker screen her, and shows what came out and what did not.
func (t *story) screens(ctx context.Context) error {
	r := screened()
	r.Set, r.Version, r.Answers = "delphi_labour_child", "2009-1", map[string]screening.Answer{"DR-02": "yes"}
	err := t.f.entry(ctx, "screening.recorded", r)
	t.shows(refusedAs(err, "invalid"), "the children's list for somebody surely grown up is refused: %v", err)
	if err := t.f.entry(ctx, "screening.recorded", screened()); err != nil {
		return err
	}
	o, err := t.s.open(ctx, t.f.c, access.ForScreening, access.KindPerson, t.f.id)
	if err != nil {
		return err
	}
	var p struct {
		Beside struct{ Screening screening.State } `json:"Beside"`
	}
	if err := json.Unmarshal(o.State, &p); err != nil {
		return err
	}
	t.result(p.Beside.Screening)
	_, err = t.f.agree(ctx, []journal.Category{journal.D0}, "sq")
	t.shows(refusedAs(err, "guarded"), "asking her in the same hour whether anything may be shared is refused: %v", err)
	return nil
}

// result shows which rule was met, and that nothing is a verdict.
func (t *story) result(s screening.State) {
	if len(s.Screenings) != 1 {
		t.shows(false, "%d screenings in the file", len(s.Screenings))
		return
	}
	r := s.Screenings[0].Result
	by := map[string]string{}
	var met []string
	for _, d := range r.Dimensions {
		if d.Met {
			by[d.Code] = d.By
			met = append(met, d.Code+" by "+strings.ReplaceAll(d.By, "_", " "))
		}
	}
	t.shows(r.Outcome == screening.RuleMet && by["DR"] == screening.TwoMediumWeak && by["CD"] == screening.TwoStrong && len(by) == 2,
		"%s %s: %d indicators observed, %d not asked; the rule is met for %s", r.Set, r.Version, len(r.Observed), r.Unknown, strings.Join(met, ", "))
	t.shows(len(r.ILO) > 0, "of the ILO's indicators of forced labour it touches numbers %v", r.ILO)
}

// border lets the police officer screen somebody whom nobody names, pass it on, and then look for it.
func (t *story) border(ctx context.Context) error {
	agim, arta, id := t.s.at(Police, "agim"), t.s.at(Albanian, "arta"), t.s.newID()
	at := func(c *client, typ string, payload any) error {
		return t.s.entry(ctx, c, access.ForScreening, access.KindSignal, id, typ, payload)
	}
	err := at(agim, "screening.recorded", screening.Recorded{Who: screening.NotSure, Role: "border", Place: "border", Language: "ar", Interpreted: consent.NoOne, Set: screening.Smuggling, Version: "2026-1",
		Answers: map[string]screening.Answer{"SMU-01": "yes", "SMU-05": "yes", "SMU-06": "no"}, Remarks: plantedRemark})
	if err != nil {
		return err
	}
	o, err := t.s.open(ctx, agim, access.ForScreening, access.KindSignal, id)
	if err != nil {
		return err
	}
	t.shows(slices.Equal(o.Shown, []journal.Category{journal.D0}) && !anywhere(o, "SMU-01", plantedRemark), "the officer who wrote it sees only that it waits to be passed on: %v", o.Shown)
	err = at(agim, "signal.forwarded", screening.Forwarded{To: t.s.Offices[Greek].ID, For: "screening"})
	t.shows(refusedAs(err, "uncovered"), "passing it on to an office that no terms cover is refused: %v", err)
	if err := at(agim, "signal.forwarded", screening.Forwarded{To: t.s.Offices[Albanian].ID, For: "screening"}); err != nil {
		return err
	}
	if err := t.s.Deliver(ctx); err != nil {
		return err
	}
	_, err = t.s.open(ctx, agim, access.ForScreening, access.KindSignal, id)
	t.shows(refusedAs(err, "not_found"), "passed on: the officer looks for it again: %v", err)
	var list struct{ Rows []struct{ ID journal.ID } }
	err = agim.do(ctx, http.MethodGet, "/dossiers/signal", purpose(string(access.ForScreening)), nil, &list)
	listed := slices.ContainsFunc(list.Rows, func(row struct{ ID journal.ID }) bool { return row.ID == id })
	t.shows(err == nil && !listed, "the police office lists nothing that it passed on")
	return t.arrives(ctx, arta, id, at)
}

// arrives shows what the assistance office has of it, before and after somebody takes it on.
func (t *story) arrives(ctx context.Context, arta *client, id journal.ID, at func(*client, string, any) error) error {
	before, err := t.s.open(ctx, arta, access.ForScreening, access.KindSignal, id)
	if err != nil {
		return err
	}
	t.shows(slices.Equal(before.Shown, []journal.Category{journal.D0}), "the assistance office sees that a signal waits, of somebody who may be a child: %v", before.Shown)
	err = at(arta, "signal.taken", screening.Taken{Worker: t.s.Offices[Albanian].Workers["arta"]})
	after, opened := t.s.open(ctx, arta, access.ForScreening, access.KindSignal, id)
	if err := errors.Join(err, opened); err != nil {
		return err
	}
	var s screening.Signal
	if err := json.Unmarshal(after.State, &s); err != nil {
		return err
	}
	ok := len(s.Screenings) == 1 && slices.Equal(s.Screenings[0].Result.Observed, []string{"SMU-01", "SMU-05"}) && s.Screenings[0].Result.Outcome == screening.NoRule
	t.shows(ok && s.Who == screening.NotSure, "whoever takes it on reads the coded answers; the list has no rule, and none is made up")
	t.shows(s.Anonymous() && !anywhere(after, plantedRemark), "no name, number or free text came with it")
	return nil
}
