// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// TestWhatOtherOfficesGiveStandsOnTodayUntilItIsAnswered puts what is due first before the rest.
func TestWhatOtherOfficesGiveStandsOnTodayUntilItIsAnswered(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	from, there := o.Store.NewID(), o.Store.NewID()
	agreed := action.Agreed{Text: wording.New("en", "Send the list of contact points"), On: party.OnDay(o.Clock.Now())}
	late := agreed
	late.Text, late.Due = wording.New("en", "Name a contact point"), party.OnDay(o.Clock.Now().AddDate(0, 0, 3))
	made := recommendation.Made{Source: "A body", Document: "A report", Paragraph: "12", Strength: recommendation.Strengths()[0], Text: wording.New("en", "Train those who hear witnesses"), Country: "AL"}
	put := func(w store.Who, ref store.Ref, typ string, v any) {
		t.Helper()
		_, err := o.Store.Append(o.Ctx, w, ref, store.Draft{Type: typ, Payload: v})
		o.Must(err)
	}
	put(o.Post, action.AssignedRef(o.Owner, from, there), action.ReceivedType, action.Received{From: from, Action: there, Agreed: agreed})
	second := o.Store.NewID()
	put(o.Post, action.AssignedRef(o.Owner, from, second), action.ReceivedType, action.Received{From: from, Action: second, Agreed: late})
	put(o.Post, recommendation.AssignedRef(o.Owner, from, there), recommendation.ReceivedType, recommendation.Received{From: from, Recommendation: there, Made: made})
	put(o.Officer, store.Ref{Kind: access.KindAction, ID: o.Store.NewID()}, action.AgreedType, agreed) // one of our own

	b, err := lang.Load()
	o.Must(err)
	r := &page.Request{L: b.Locale("en", nil), Actor: o.Officer.Actor, Now: o.Clock.Now()}
	titles := func() (out []string) {
		lines, err := programme.Config{Store: o.Store}.Received(o.Ctx, r)
		o.Must(err)
		for _, x := range lines {
			out = append(out, x.Title)
		}
		return out
	}
	got := titles()
	if len(got) != 3 || got[0] != "Name a contact point" {
		t.Fatalf("%q", got)
	}
	judged := recommendation.Judged{State: recommendation.Implemented, On: party.OnDay(o.Clock.Now()), By: "A body", Why: "A letter"}
	put(o.Post, recommendation.AssignedRef(o.Owner, from, there), recommendation.ReceivedType, recommendation.Received{From: from, Recommendation: there, Made: made, Judged: &judged})
	if got = titles(); len(got) != 2 {
		t.Errorf("what was judged implemented still waits: %q", got)
	}
}
