// SPDX-License-Identifier: EUPL-1.2

package committee_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/committee"
)

// TestWhatIsDecidedBecomesAnActivityOnce: a frozen proposal becomes a new activity and another amends one, with links both ways;
// asking again writes nothing, the version's bytes stay what they were, and nobody writes such a decision without its version.
func TestWhatIsDecidedBecomesAnActivityOnce(t *testing.T) {
	c := newCouncil(t)
	c.Load()
	plan := c.saved(committee.Path+"/plans/new", url.Values{"year": {"2022"}})
	session := c.saved(committee.Path+"/sessions/new", url.Values{"on": {"2021-12-17"}, "seats": {"3"}, "quorum": {"3"}})
	amended := c.proposal(plan, url.Values{"code": {"P1-W2"}, "kind": {"workshop"}, "countries": {"AL", "RS"}, "start": {"2022-05"}, "amount": {"30000"}, "amount_how": {"more_than"}, "currency": {"EUR"}})
	fresh := c.proposal(plan, url.Values{"code": {"P9-N1"}, "title": {"A new workshop"}, "kind": {"workshop"}, "what": {"To agree on indicators"}, "measures": {"44"}})
	if w := c.table(session, plan, amended, fresh); w.Code != http.StatusSeeOther {
		t.Fatalf("tabling: %d %s", w.Code, w.Body)
	}
	for _, m := range c.members {
		c.as(m, func() { c.ballot(session, "room", "yes", "") })
	}
	if w := c.Ask("POST", plan+"/versions/1/carry", "en", nil); w.Code != http.StatusNotFound {
		t.Fatalf("carried before there is a version: %d", w.Code)
	}
	c.decide(session, "approved")
	one := c.saved(plan+"/freeze", nil)
	file := c.Ask("GET", one+"/file", "en", nil).Body.String()
	c.says("the version", c.both(one), "not carried into the activities yet", "Carry into the activities")
	c.as(c.Reader, func() {
		if w := c.Ask("POST", one+"/carry", "en", nil); w.Code != http.StatusForbidden {
			t.Errorf("a reader carries: %d", w.Code)
		}
	})
	carry := func() {
		t.Helper()
		if w := c.Ask("POST", one+"/carry", "en", nil); w.Code != http.StatusSeeOther {
			t.Fatalf("carrying: %d %s", w.Code, w.Body)
		}
	}
	carry()
	n := c.Revisions(access.KindActivity)
	carry()
	if again := c.Revisions(access.KindActivity); again != n {
		t.Fatalf("carrying again wrote %d entries", again-n)
	}
	c.says("the version", c.both(one), "/programme/activities/P9-N1", "/programme/activities/P1-W2")
	c.says("the new activity", c.both("/programme/activities/P9-N1"), "A new workshop", "To agree on indicators", "the plan, version 1", one+"#p-"+fresh, "Measure 44")
	c.says("the amended one", c.both("/programme/activities/P1-W2"), "more than 30,000 EUR", "Albania and Serbia", "from May 2022", "Decided by the steering committee")
	if got := c.Ask("GET", one+"/file", "en", nil).Body.String(); got != file {
		t.Error("the frozen version is another")
	}
	if !strings.Contains(c.Page("/programme/activities", "en"), "P9-N1") {
		t.Error("the list lacks the new activity")
	}
	of, err := journal.ParseID(plan[strings.LastIndex(plan, "/")+1:])
	c.Must(err)
	forged := activity.Decided{Plan: of, Version: 1, Proposal: c.Store.NewID(), Mark: "x", Code: "P9-N2", Kind: "event"}
	if _, err := c.Store.Append(c.Ctx, c.Officer, activity.Ref(c.Owner, "P9-N2"), store.Draft{Type: activity.DecidedType, Payload: forged}); err == nil {
		t.Error("a decision that no version holds is taken")
	}
	if rep := c.Load(); rep.Added+rep.Changed != 0 {
		t.Errorf("importing again: %+v", rep.Tally)
	}
}
