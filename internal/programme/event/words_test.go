// SPDX-License-Identifier: EUPL-1.2

package event_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/programme/event"
)

func TestEveryKeyHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("event.sort", langtest.Strings(event.Sorts()))
	w.List("event.mode", langtest.Strings(append(event.Modes(), event.Absent)))
	w.List("event.standing", langtest.Strings(event.Standings()))
	w.List("event.state", langtest.Strings([]event.PersonState{event.Proposed, event.Accepted, event.Declined, event.Gone}))
	w.List("event.profession", event.Professions())
	w.List("event.side", []string{"hosted", "invited"})
	w.List("event.decide", []string{"accept", "decline", "withdraw"})
	w.List("event.take", langtest.Strings(event.Takes()))
	w.List("event.takes", langtest.Strings(event.Takes()))
	w.List("event.guard", langtest.Strings(event.Standings()))
	w.List("event.act", []string{"hold", "cancel", "reopen", "hold.lead", "cancel.lead", "reopen.lead"})
	for _, m := range []string{event.MsgInvite, event.MsgRemind, event.MsgDecide, event.MsgNominate, event.MsgDetail, event.MsgWithdraw, event.MsgRegret, event.MsgNote} {
		w.List(m, []string{"title"})
	}
	for _, e := range []string{event.DescribedType, event.SessionType, event.DroppedType, event.GroupType, event.QuotaType, event.InvitedType, event.ArrivedType, event.RemindedType, event.NominatedType, event.DetailedType,
		event.WithdrawnType, event.RegrettedType, event.DecidedType, event.AttendedType, event.HeldType, event.CancelledType, event.ReopenedType, event.InvitationType, event.ReminderType, event.CapturedType, event.JoinedType,
		event.ApartType, event.FiledType, event.MinutedType, event.ApprovedType} {
		w.List("event.entry", []string{e})
	}
	found := w.Named("", `(?:T|N|Bad|New|Add)\((?:[a-z.A-Z]+, )?(?:"[a-z_]+", )?"(event\.[a-z_]+(?:\.[a-z_]+)*)"[,)]`)
	found += w.Named("", `[({]\s*[tn] "(event\.[a-z_.]+)"`)
	found += w.Named("", `page.Redirect\([^"]*(?:"[^"]*"[^"]*)*, "(event\.[a-z_.]+)"\)`)
	if found < 120 {
		t.Fatalf("only %d keys found in the sources", found)
	}
	w.Check(found + 60)
}
