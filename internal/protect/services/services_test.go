// SPDX-License-Identifier: EUPL-1.2

package services_test

import (
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

var (
	now  = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	need = journal.MustID("01900000-0000-7000-8000-000000000001")
)

func entry(t *testing.T, typ string, payload any) journal.Entry {
	t.Helper()
	parts, err := journal.Split(payload)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Entry{Header: journal.Header{Type: typ, OccurredAt: now}, Parts: parts}
}

// walk folds a need through steps.
func walk(t *testing.T, steps ...services.Stepped) services.State {
	t.Helper()
	es := []journal.Entry{entry(t, "service.need_identified", services.Noted{Need: need, Code: "medical", Urgency: "week"})}
	for _, x := range steps {
		x.Need = need
		es = append(es, entry(t, "service.step", x))
	}
	s, err := services.Fold(es)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every step is refused unless it follows, and an end without success needs its reason.
func TestStepsFollow(t *testing.T) {
	for _, from := range allSteps() {
		s := walk(t, services.Stepped{Step: from})
		for _, to := range allSteps() {
			follows := slices.Contains(services.Next(from), to)
			err := services.Guard(s, entry(t, "service.step", services.Stepped{Need: need, Step: to, Reason: "other"}))
			if (err == nil) != follows {
				t.Errorf("%s to %s: %v", from, to, err)
			}
			if follows && (to == services.Refused || to == services.Unmet) {
				if err := services.Guard(s, entry(t, "service.step", services.Stepped{Need: need, Step: to, Reason: "she said so"})); !fault.Is(err, fault.Invalid) {
					t.Errorf("%s without a reason of the list: %v", to, err)
				}
			}
		}
		if len(services.Next(from)) == 0 {
			t.Errorf("%s is a dead end", from)
		}
	}
}

func TestNeedsAreOfTheCatalogue(t *testing.T) {
	for field, n := range map[string]services.Noted{
		"need":    {Code: "medical", Urgency: "week"},
		"code":    {Need: need, Code: "a bed", Urgency: "week"},
		"urgency": {Need: need, Code: "medical", Urgency: "soon"},
	} {
		err := services.Guard(services.State{}, entry(t, "service.need_identified", n))
		f, ok := err.(*fault.Fault)
		if !ok || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := services.Guard(walk(t), entry(t, "service.need_identified", services.Noted{Need: need, Code: "medical", Urgency: "week"})); !fault.Is(err, fault.Invalid) {
		t.Errorf("the same need twice: %v", err)
	}
}

func TestReviewsOfOpenNeedsAreDue(t *testing.T) {
	at := now.Add(48 * time.Hour)
	if d := walk(t, services.Stepped{Step: services.InDelivery, Review: at}).Due(); !d.Equal(at) {
		t.Errorf("due %v", d)
	}
	if d := walk(t, services.Stepped{Step: services.InDelivery, Review: at}, services.Stepped{Step: services.Met, Review: at}).Due(); !d.IsZero() {
		t.Errorf("a met need is due %v", d)
	}
}
