// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/grant"
)

// council is a programme's office with its steering committee: three members, one of the Ministry of Justice.
type council struct {
	*year
	members       []*visitor
	plan, session string
	ids           map[string]string // proposals by code
}

// TestACommitteeMemberDecidesOnThePlan walks journey J2.
func TestACommitteeMemberDecidesOnThePlan(t *testing.T) {
	c := &council{year: newYear(t), ids: map[string]string{}}
	c.imports()
	for _, login := range []string{"justice", "interior", "foreign"} {
		c.members = append(c.members, c.hire("paris", login, access.CommitteeMember))
	}
	c.draft()
	c.tables()
	c.votes()
	c.decides()
	c.freezes()
	c.justiceReads()
}

// draft: "In: draft 2022 plan with 8 proposals, one without a priority, one whose country is not among the 11, one that depends on
// an unfinished study (P5-E1 on P5-S1)."
func (c *council) draft() {
	c.Helper()
	c.plan = c.saves(c.officer, committee.Path+"/plans/new", url.Values{"year": {"2022"}})
	c.holds("the draft", c.told(c.officer, c.plan, "en"), "Plan of activities for 2022")
	c.session = c.saves(c.officer, committee.Path+"/sessions/new", url.Values{"on": {"2026-12-17"}, "seats": {"3"}, "quorum": {"3"}})
	for _, code := range []string{"P1-W2", "P2-W1", "P4-G2", "P5-W1", "X-22", "P9-X1", "P3-E9", "P5-E1"} {
		typed := url.Values{"language": {"en"}, "code": {code}, "title": {"Activity " + code}, "kind": {"event"}, "priority": {"1"}, "countries": {"AL"}}
		switch code {
		case "P9-X1":
			typed.Set("priority", "")
		case "P3-E9":
			typed["countries"] = []string{"AL", "FR"}
		}
		c.ids[code] = c.n.newID().String()
		c.saves(c.officer, c.plan+"/proposals/"+c.ids[code], typed)
	}
}

func (c *council) table(codes ...string) reply {
	c.Helper()
	_, id, _ := strings.Cut(c.plan, "/plans/")
	form := url.Values{"entry": {c.n.newID().String()}, "plan": {id}, "item": {"2"}}
	for _, code := range codes {
		form.Add("proposals", c.ids[code])
	}
	return c.ask(c.officer, http.MethodPost, c.session+"/table", strings.NewReader(form.Encode()), in("en"), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
}

// tables: "proposals with missing priority cannot be tabled; the out-of-area one needs a recorded reason; the dependent one is tabled
// with a visible warning."
func (c *council) tables() {
	c.Helper()
	for code, why := range map[string]string{"P9-X1": "P9-X1 has no priority", "P3-E9": "P3-E9 names a country that is no partner"} {
		if a := c.table(code); a.code != http.StatusUnprocessableEntity || !strings.Contains(plainly(a.body), why) {
			c.Errorf("%s is tabled: %d", code, a.code)
		}
	}
	c.saves(c.officer, c.plan+"/proposals/"+c.ids["P3-E9"], url.Values{"outside": {"France hosts the event"}})
	if a := c.table("P1-W2", "P2-W1", "P4-G2", "P5-W1", "X-22", "P3-E9", "P5-E1"); a.code != http.StatusSeeOther {
		c.Fatalf("tabling: %d %s", a.code, plainly(a.body))
	}
	room := c.told(c.officer, c.session, "en")
	c.holds("the room", room, "Outside the partner countries: France. France hosts the event")
	c.holds("the room", room, "Depends on what is not finished: P5-S1 (to be completed)")
}

var (
	motionOn = regexp.MustCompile(`name="(votes\[\d+\]\.)motion" value="([0-9a-f-]+)"`)
	decideOn = regexp.MustCompile(`href="([^"]*/decide/[0-9a-f-]+)"`)
)

// ballot votes on every open motion, as the form offers them.
func (c *council) ballot(v *visitor, how, value, reason string) {
	c.Helper()
	form := url.Values{"entry": {c.n.newID().String()}, "how": {how}}
	for _, m := range motionOn.FindAllStringSubmatch(c.shown(v, c.session+"/ballot", "en"), -1) {
		form.Set(m[1]+"motion", m[2])
		form.Set(m[1]+"value", value)
		form.Set(m[1]+"reason", reason)
	}
	c.presses(v, c.session+"/ballot", form)
}

// votes: "Two members vote remotely, one abstains."
func (c *council) votes() {
	c.Helper()
	c.ballot(c.members[0], "remote", "yes", "after the minister's note")
	c.ballot(c.members[1], "remote", "yes", "")
	c.refused(c.officer, c.decidable()[0], url.Values{"result": {"approved"}, "reason": {"r"}, "by": {"b"}}, http.StatusUnprocessableEntity, "2 have voted and 3 are needed")
	c.ballot(c.members[2], "room", "abstain", "my ministry has not said")
	c.holds("the room", c.told(c.members[0], c.session, "en"), "remotely", "in the room", "my ministry has not said")
	c.holds("the room", c.told(c.members[0], c.session, "en"), "2 yes, 0 no, 1 abstained; 3 voted, 3 needed")
}

func (c *council) decidable() (paths []string) {
	c.Helper()
	for _, m := range decideOn.FindAllStringSubmatch(c.shown(c.officer, c.session, "en"), -1) {
		paths = append(paths, m[1])
	}
	return paths
}

func (c *council) decideAll() (n int) {
	c.Helper()
	for _, path := range c.decidable() {
		c.saves(c.officer, path, url.Values{"result": {"approved"}, "reason": {"The committee found it ready"}, "by": {"The chair"}})
		n++
	}
	return n
}

// decides: "Decision log: who, when, decision, reason, each a ledger entry;"
func (c *council) decides() {
	c.Helper()
	if n := c.decideAll(); n != 7 {
		c.Fatalf("%d motions were to be decided", n)
	}
	c.holds("the log of decisions", c.told(c.members[0], committee.Path+"/decisions", "en"), "7 decisions", "approved", "2 yes, 0 no, 1 abstained", "The committee found it ready", "2 Mar 2026", "The chair · Worker officer")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(c.shown(c.members[0], committee.Path+"/decisions?as=csv", "en"), "\ufeff"))).ReadAll()
	c.must(err)
	logged := map[string]bool{}
	for _, r := range rows[1:] {
		logged[r[len(r)-1]] = true
	}
	if len(logged) != 7 {
		c.Errorf("%d entries in the file of decisions", len(logged))
	}
	for id := range logged {
		var n int
		c.must(c.n.DB.Read(c.Context(), func(tx dbTx) error {
			return tx.Row(c.Context(), `SELECT COUNT(*) FROM entry WHERE id = $1 AND type = 'session.decided'`, journal.MustID(id)).Scan(&n)
		}))
		if n != 1 {
			c.Errorf("the decision %s is %d entries of the log", id, n)
		}
	}
	if v, err := opVerify(c.Context(), c.n, Of{c.offices["paris"].ID}); err != nil || !v.OK {
		c.Errorf("the log does not verify: %+v %v", v, err)
	}
}

// freezes: "approved plan is frozen as version 1, later edits are version 2 with a diff."
func (c *council) freezes() {
	c.Helper()
	one := c.presses(c.officer, c.plan+"/freeze", nil)
	if !strings.HasSuffix(one, "/versions/1") {
		c.Fatal(one)
	}
	file := c.shown(c.members[0], one+"/file", "en")
	c.lacks("version 1", file, "P9-X1")
	c.saves(c.officer, c.plan+"/proposals/"+c.ids["P4-G2"], url.Values{"title": {"Activity P4-G2, second phase"}, "priority": {"4"}})
	if a := c.table("P4-G2"); a.code != http.StatusSeeOther {
		c.Fatalf("tabling again: %d", a.code)
	}
	for _, m := range c.members {
		c.ballot(m, "remote", "yes", "")
	}
	c.decideAll()
	log := c.shown(c.members[0], committee.Path+"/decisions", "en")
	for _, said := range []string{"P4-G2 · Activity P4-G2<", "P4-G2 · Activity P4-G2, second phase<"} { // each decision in the words that it was taken on
		c.holds("the log of decisions", log, said)
	}
	two := c.presses(c.officer, c.plan+"/freeze", nil)
	diff := c.shown(c.members[0], two, "en")
	for _, x := range []string{"Differences from version 1", "<del>Activity P4-G2</del>", "<ins>Activity P4-G2, second phase</ins>", "<del>Priority 1</del>", "<ins>Priority 4</ins>"} {
		c.holds("version 2", diff, x)
	}
	if !strings.HasSuffix(two, "/versions/2") || c.shown(c.members[0], one+"/file", "en") != file {
		c.Errorf("%s, or version 1 has changed", two)
	}
}

// justiceReads: "A member of the Ministry of Justice sees all activities but not grant applicants' bank details."
func (c *council) justiceReads() {
	c.Helper()
	member := c.members[0]
	c.holds("the list of activities", c.told(member, "/programme/activities", "en"), "30 activities", "P5-S1")
	call := c.saves(c.officer, grant.CallPath+"/new/act/edit", url.Values{"code": {"CALL-2022"}, "language": {"en"}, "title": {"Help on the ground"}, "closes": {"2026-10-31"}, "ceiling": {"80000"}, "rules": {"account"}, "criteria": {"100 The need is shown"}})
	c.saves(c.officer, call+"/act/open", nil)
	application := c.saves(c.officer, call+"/act/apply", url.Values{"applicant": {"First House"}, "form": {"association"}, "country": {"AL"}, "account_own": {"yes"}, "title": {"Rooms"}, "language": {"en"}, "text": {"Rooms for people."}, "amount": {"60000"}})
	c.saves(c.officer, application+"/act/account", url.Values{"holder": {"First House"}, "iban": {"FR76 3000 6000 0112 3456 7890 189"}})
	c.holds("the officer's page", c.told(c.officer, application, "en"), "FR7630006000011234567890189")
	body := c.shown(member, application, "en")
	c.holds("the member's page", plainly(body), "First House")
	c.lacks("the member's page", body, "FR76", "7890189")
	a := c.api(member, http.MethodGet, "/dossiers/"+access.KindApplication+"/"+application[strings.LastIndex(application, "/")+1:]+"?purpose=programme", nil)
	if a.code != http.StatusOK || strings.Contains(a.body, "FR76") || !strings.Contains(a.body, "First House") {
		c.Errorf("the member's API: %d %s", a.code, a.body)
	}
}
