// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/subscriber"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// meeting writes what a programme has fewer of than activities: all invented.
type meeting struct {
	store  *store.Store
	owner  journal.ID
	office access.OfficeKind
}

func (m meeting) as(role access.Role) store.Who {
	return store.Who{Actor: access.Actor{ID: m.store.NewID(), Owner: m.owner, Office: m.office, Roles: []access.Role{role}}, Purpose: access.ForProgramme}
}

// invent writes what belongs to the activity of a number: a reader for each fourth, an event, a study and a call for each
// twentieth, a round of monitoring for each hundredth.
func (m meeting) invent(ctx context.Context, i int) error {
	day := party.OnDay(time.Date(2024, 1, 1+i%900, 0, 0, 0, 0, time.UTC))
	put := func(who store.Who, ref store.Ref, d store.Draft) error {
		_, err := m.store.Append(ctx, who, ref, d)
		return err
	}
	fresh := func(kind string) store.Ref { return store.Ref{Kind: kind, ID: m.store.NewID()} }
	words := func(what string) wording.Text {
		return wording.New("en", fmt.Sprintf("Invented %s number %d", what, i))
	}
	if i%4 > 0 {
		return nil
	}
	reader := store.Job(store.Owner{ID: m.owner, Office: m.office}, "post", access.ForExchange)
	if err := put(reader, fresh(access.KindSubscriber), store.Draft{Type: subscriber.AskedType, Payload: subscriber.AskedFor{Language: []string{"en", "fr"}[i/4%2], Address: fmt.Sprintf("reader-%d@example.org", i),
		Confirm: fmt.Sprintf("confirm-of-reader-%06d", i), Leave: fmt.Sprintf("leave-of-reader-%06d", i), ConfirmMark: subscriber.Mark(fmt.Sprintf("confirm-of-reader-%06d", i)), LeaveMark: subscriber.Mark(fmt.Sprintf("leave-of-reader-%06d", i))}}); err != nil || i%20 > 0 {
		return err
	}
	officer := m.as(access.ProgrammeOfficer)
	if err := put(officer, fresh(access.KindEvent), store.Draft{Type: event.DescribedType, Payload: event.Described{Title: words("meeting"), Sort: event.Sorts()[0], Start: day, End: day, Zone: "Europe/Athens", Mode: event.Modes()[0]}}); err != nil {
		return err
	}
	if err := put(officer, fresh(access.KindStudy), store.Draft{Type: study.CommissionedType, Payload: study.Commission{Title: words("study"), Author: "An invented author", On: day}}); err != nil {
		return err
	}
	if err := put(officer, fresh(access.KindCall), store.Draft{Type: grant.AnnouncedType, Payload: grant.Notice{Code: fmt.Sprintf("CALL-%d", i), Title: words("call"), Closes: day, Currency: "EUR", Criteria: []grant.Criterion{{Code: "c1", Name: words("criterion"), Weight: 1}}}}); err != nil || i%100 > 0 {
		return err
	}
	of := round.Of{Body: fmt.Sprintf("Invented body %d", i%700/100), Number: 1 + i/7700%90, Country: places[i/700%len(places)]}
	return put(officer, round.Ref(m.owner, of), store.Draft{Type: round.OpenedType, Payload: round.Opened{Of: of, Due: day}})
}
