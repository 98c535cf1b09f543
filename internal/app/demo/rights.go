// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"encoding/json"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/packs/countries"
)

// The reviewer who signs the demonstration's information pages. Nobody of this name exists, and the pages say so.
const (
	reviewer         = "Vera Fictitious"
	reviewerFunction = "lawyer (fictitious)"
)

// signTexts lets the offices sign the information on rights of the two countries, so that the public pages of the
// demonstration show something. Each page is marked as signed by a fictitious reviewer.
func (s *Stage) signTexts(ctx context.Context) error {
	for place, login := range map[Place]string{Greek: "nikos", Albanian: "besnik", Police: "agim"} {
		for _, country := range []string{"GR", "AL"} {
			for _, language := range []string{"en", "fr"} {
				if err := s.signText(ctx, s.at(place, login), rights.TextRef(s.Offices[place].ID, country, language)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *Stage) signText(ctx context.Context, c *client, ref store.Ref) error {
	o, err := s.open(ctx, c, access.ForProgramme, ref.Kind, ref.ID)
	if err != nil {
		return err
	}
	var t struct{ Hash string }
	if err := json.Unmarshal(o.State, &t); err != nil {
		return err
	}
	return s.entry(ctx, c, access.ForProgramme, ref.Kind, ref.ID, "text.signed", rights.TextSigned{Hash: t.Hash, Reviewer: reviewer, Function: reviewerFunction, Fictitious: true})
}

// presumed records that reasonable grounds exist.
func (f *file) presumed(ctx context.Context) error {
	return f.entry(ctx, "track.identification", casework.Identified{Step: casework.Presumed})
}

// rests is the day on which she is presumed: her rights are explained and time to rest begins, in which nobody may
// remove her (guards G1 and G2).
func (t *story) rests(ctx context.Context) error {
	if err := t.f.presumed(ctx); err != nil {
		return err
	}
	due, err := t.due(ctx)
	t.shows(due["inform_rights"] && due["offer_reflection"], "the day she is presumed, explaining her rights and offering time to rest are due")
	if err != nil {
		return err
	}
	if err := t.f.entry(ctx, "right.informed", rights.Informed{Language: "sq", By: "interpreter", How: "read_aloud"}); err != nil {
		return err
	}
	if err := t.f.entry(ctx, "right.reflection_offered", rights.Offer{Language: "sq", By: "interpreter"}); err != nil {
		return err
	}
	packs, err := countries.Load()
	if err != nil {
		return err
	}
	if err := t.f.entry(ctx, "right.reflection_started", rights.Start(rights.Context{Pack: packs.For("GR")}, t.s.now)); err != nil {
		return err
	}
	due, err = t.due(ctx)
	t.shows(!due["inform_rights"] && due["check_reflection"], "both are done; the period's end is to be checked with the law, as nobody has verified the rule")
	if err != nil {
		return err
	}
	err = t.f.entry(ctx, "right.measure", rights.Measure{Measure: "removal", Step: "executed"})
	t.shows(refusedAs(err, "guarded"), "recording a removal while she rests is refused: %v", err)
	return t.f.entry(ctx, "task.added", casework.Tasked{Task: t.s.newID(), What: "interpreter", For: t.s.Offices[Greek].Workers["eleni"], Due: t.s.now.Add(5 * 24 * time.Hour)})
}

// due gives what is due on the file, by code.
func (t *story) due(ctx context.Context) (map[string]bool, error) {
	q := purpose(string(access.ForAssistance))
	q.Set("limit", "50")
	var list struct {
		Rows []struct {
			ID      string
			Summary map[string]json.RawMessage
		}
	}
	if err := t.f.c.do(ctx, "GET", "/dossiers/person", q, nil, &list); err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for _, r := range list.Rows {
		var s casework.Summary
		if r.ID != t.f.id.String() {
			continue
		}
		if err := json.Unmarshal(r.Summary["D0"], &s); err != nil {
			return nil, err
		}
		for _, d := range s.Due {
			out[d.What] = true
		}
	}
	return out, nil
}
