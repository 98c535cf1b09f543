// SPDX-License-Identifier: EUPL-1.2

package request_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

var (
	monday       = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	there, other = journal.ID{1}, journal.ID{2}
	ana, ben     = journal.ID{3}, journal.ID{4}
)

// course makes entries of types and payloads, an hour apart.
func course(t *testing.T, steps ...any) []journal.Entry {
	t.Helper()
	var out []journal.Entry
	for i := 0; i+1 < len(steps); i += 2 {
		parts, err := journal.Split(steps[i+1])
		if err != nil {
			t.Fatal(err)
		}
		at := monday.Add(time.Duration(i) * time.Hour / 2)
		out = append(out, journal.Entry{Header: journal.Header{ID: journal.ID{9, byte(i)}, Dossier: journal.ID{8}, Type: steps[i].(string), Actor: ana, OccurredAt: at}, Parts: map[journal.Category]json.RawMessage(parts)})
	}
	return out
}

func folded(t *testing.T, steps ...any) request.State {
	t.Helper()
	s, err := request.Fold(course(t, steps...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func draft(to journal.ID) request.Draft {
	return request.Draft{To: to, Second: ben, Asked: request.Asked{Basis: "convention", Purpose: "investigation", Questions: []string{"known"}, Urgency: "normal", Due: "2026-03-10", Legal: &request.Legal{Article: "1"}, Facts: "x"}}
}

// TestWhereARequestWaits: for the second person here, for the answer there, for a decision on time here, for the erasure there.
func TestWhereARequestWaits(t *testing.T) {
	steps := []any{request.DraftedType, draft(there), request.SentType, request.Sending{To: there}, request.HeardType, request.Said{Outcome: request.Accepted}, request.TimeAskedType, request.Extension{Due: "2026-03-20", Reason: "capacity"},
		request.DecidedType, request.Decision{Granted: true, Due: "2026-03-20"}, request.WithdrawnType, request.Ended{Reason: "mistake"}, request.ErasedThereType, request.Erased{By: there}}
	for n, want := range []string{conversation.Here, conversation.There, conversation.There, conversation.Here, conversation.There, conversation.There, ""} {
		if s := folded(t, steps[:2*n+2]...); s.Waits() != want {
			t.Errorf("after %s it waits %q, want %q", steps[2*n], s.Waits(), want)
		}
	}
	if s := folded(t, steps[:10]...); !s.DueAt().Equal(time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("more time was granted, and it is due %s", s.DueAt())
	}
	steps[9] = request.Decision{Granted: false, Due: "2026-03-20"}
	if s := folded(t, steps[:10]...); !s.DueAt().Equal(time.Date(2026, 3, 11, 0, 0, 0, 0, time.UTC)) || s.Wanting() {
		t.Errorf("it was not granted, and it is due %s", s.DueAt())
	}
}

// TestWhatMayHaveArrivedIsTakenBack: one that came back as not delivered and goes to another office now is taken back where it
// went first, and waits until that office has said that it is gone.
func TestWhatMayHaveArrivedIsTakenBack(t *testing.T) {
	s := folded(t, request.DraftedType, draft(there), request.SentType, request.Sending{To: there}, request.ReturnedType, request.Back{Reason: "exchange.post.expired"}, request.DraftedType, draft(other), request.SentType, request.Sending{To: other})
	if len(s.Recalled) != 1 || s.Recalled[0] != there || !s.Unerased() || s.Status() != request.Sent {
		t.Errorf("%s, recalled %v", s.Status(), s.Recalled)
	}
}

// TestAnswersStandInTheOrderInWhichTheyWereGiven, whenever they come.
func TestAnswersStandInTheOrderInWhichTheyWereGiven(t *testing.T) {
	es := course(t, request.DraftedType, draft(there), request.SentType, request.Sending{To: there}, request.HeardType, request.Said{Outcome: request.Accepted}, request.HeardType, request.Said{Outcome: request.Answered, Answers: []string{"known"}, Handling: []string{"H0"}, Report: "x"})
	es[2], es[3] = es[3], es[2]
	s, err := request.Fold(es)
	if err != nil || s.Status() != request.Answered {
		t.Errorf("%s %v", s.Status(), err)
	}
	if in, known := s.InTime(); !in || !known {
		t.Error("answered in time, and not counted so")
	}
}

// TestACorrectionWaitsToBeSeen, until the version that holds was seen and not an older one.
func TestACorrectionWaitsToBeSeen(t *testing.T) {
	steps := []any{request.ReceivedType, request.Came{From: there, Version: 1, Asked: draft(there).Asked}, request.CorrectedType, request.Came{From: there, Version: 3, Asked: draft(there).Asked}, request.SeenType, request.Seen{Version: 2}, request.SeenType, request.Seen{Version: 3}}
	for n, want := range []bool{false, true, true, false} {
		if s := folded(t, steps[:2*n+2]...); s.Unseen() != want {
			t.Errorf("after step %d unseen is %v", n, s.Unseen())
		}
	}
	late := folded(t, append(steps, request.CorrectedType, request.Came{From: there, Version: 2, Asked: request.Asked{Basis: "danger"}})...)
	if late.Version != 3 || late.Asked.Basis != "convention" {
		t.Error("an older version came later and holds")
	}
}
