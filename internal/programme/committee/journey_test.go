// SPDX-License-Identifier: EUPL-1.2

package committee_test

import (
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// council is an office with its steering committee.
type council struct {
	*programmetest.Site
	members []store.Who
}

func newCouncil(t *testing.T) *council {
	c := &council{Site: programmetest.NewSite(t, access.Programme)}
	for n := range byte(3) {
		c.members = append(c.members, c.Person(10+n, access.CommitteeMember))
	}
	return c
}

// as asks as somebody else.
func (c *council) as(w store.Who, do func()) {
	before := c.Who
	c.Who = w
	do()
	c.Who = before
}

// awaited fails unless so many sessions wait for the vote of who asks, and one of the lines says something.
func (c *council) awaited(n int, says string) {
	c.T.Helper()
	p, err := programme.Config{Store: c.Store}.Pending(c.Ctx, c.Request(c.Who), "")
	c.Must(err)
	if len(p.Votes) != n || !slices.ContainsFunc(slices.Concat(p.Votes, p.Undecided), func(x page.Line) bool { return x.Text == says }) {
		c.T.Errorf("votes: %+v, undecided: %+v", p.Votes, p.Undecided)
	}
}

// both reads a page in both languages and gives the English one.
func (c *council) both(path string) string {
	c.T.Helper()
	c.Page(path, "fr")
	return c.Page(path, "en")
}

var (
	inputs    = regexp.MustCompile(`<input class="form-control[^>]* name="([a-z_]+)" type="text" value="([^"]*)"`)
	areas     = regexp.MustCompile(`(?s)<textarea[^>]* name="([a-z_]+)"[^>]*>\n?(.*?)</textarea>`)
	selects   = regexp.MustCompile(`(?s)<select[^>]* name="([a-z_]+)"[^>]*>(.*?)</select>`)
	selected  = regexp.MustCompile(`<option value="([^"]*)" selected`)
	checked   = regexp.MustCompile(`type="checkbox" name="([a-z_]+)" value="([^"]*)" checked`)
	formStart = `<form method="post" data-guard`
)

// fill sends a form as a browser would: with what already stands in it, and with what is typed.
func (c *council) fill(path string, typed url.Values) *httptest.ResponseRecorder {
	c.T.Helper()
	_, body, _ := strings.Cut(c.Page(path, "en"), formStart)
	v := url.Values{}
	for _, m := range slices.Concat(inputs.FindAllStringSubmatch(body, -1), areas.FindAllStringSubmatch(body, -1), checked.FindAllStringSubmatch(body, -1)) {
		v.Add(m[1], html.UnescapeString(m[2]))
	}
	for _, m := range selects.FindAllStringSubmatch(body, -1) {
		if x := selected.FindStringSubmatch(m[2]); x != nil {
			v.Set(m[1], x[1])
		}
	}
	for k, x := range typed {
		v[k] = x
	}
	return c.Fill(path, v)
}

// saved is fill for what must be taken; it gives the path of the page that follows.
func (c *council) saved(path string, typed url.Values) string {
	c.T.Helper()
	w := c.fill(path, typed)
	if w.Code != http.StatusSeeOther {
		c.T.Fatalf("%s: %d\n%s", path, w.Code, w.Body)
	}
	to, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	return to
}

// proposal writes one into a plan, and gives its id.
func (c *council) proposal(plan string, v url.Values) string {
	c.T.Helper()
	c.Clock.Advance(time.Minute)
	id := c.Store.NewID().String()
	full := url.Values{"language": {"en"}, "title": {"Activity " + v.Get("code")}, "kind": {"event"}, "priority": {"1"}, "countries": {"AL"}}
	for k, x := range v {
		full[k] = x
	}
	c.saved(plan+"/proposals/"+id, full)
	return id
}

// table asks for proposals of a plan to be tabled at a session.
func (c *council) table(session, plan string, proposals ...string) *httptest.ResponseRecorder {
	c.T.Helper()
	c.Clock.Advance(time.Minute)
	_, id, _ := strings.Cut(plan, "/plans/")
	return c.Ask(http.MethodPost, session+"/table", "en", url.Values{"entry": {c.Store.NewID().String()}, "plan": {id}, "item": {"2"}, "proposals": proposals})
}

var motionField = regexp.MustCompile(`name="votes\[(\d+)\]\.motion" value="([0-9a-f-]+)"`)

// ballot votes on every open motion, as the form offers them.
func (c *council) ballot(session, how, value, reason string) {
	c.T.Helper()
	c.Clock.Advance(time.Minute)
	v := url.Values{"entry": {c.Store.NewID().String()}, "how": {how}}
	for _, m := range motionField.FindAllStringSubmatch(c.both(session+"/ballot"), -1) {
		v.Set("votes["+m[1]+"].motion", m[2])
		v.Set("votes["+m[1]+"].value", value)
		v.Set("votes["+m[1]+"].reason", reason)
	}
	if w := c.Ask(http.MethodPost, session+"/ballot", "en", v); w.Code != http.StatusSeeOther {
		c.T.Fatalf("voting: %d %s", w.Code, w.Body)
	}
}

func (c *council) state(session string) committee.Session {
	c.T.Helper()
	id, err := journal.ParseID(session[strings.LastIndex(session, "/")+1:])
	c.Must(err)
	o, err := c.Store.Open(c.Ctx, c.Officer, store.Ref{Kind: access.KindSession, ID: id})
	c.Must(err)
	return o.State.(committee.Session)
}

// decide records a decision on every open motion.
func (c *council) decide(session, result string) {
	c.T.Helper()
	for _, m := range c.state(session).Motions {
		if m.Decision == nil {
			c.Clock.Advance(time.Minute)
			c.saved(session+"/decide/"+m.Motion.String(), url.Values{"result": {result}, "reason": {"The committee found it ready"}, "by": {"The chair"}})
		}
	}
}

func (c *council) says(where, body string, wants ...string) {
	c.T.Helper()
	for _, w := range wants {
		if !strings.Contains(body, w) {
			c.T.Errorf("%s does not say %q", where, w)
		}
	}
}

// TestACommitteeDecidesOnThePlan is journey J2: a draft of eight proposals, what can be tabled and how, votes from afar and
// in the room, the log, the frozen version and the one after it.
func TestACommitteeDecidesOnThePlan(t *testing.T) {
	c := newCouncil(t)
	c.says("the empty room", c.both(committee.Path), "Nothing waits for the committee", "No plan yet", "No session has been called yet")
	c.Load()
	plan := c.saved(committee.Path+"/plans/new", url.Values{"year": {"2022"}})
	session := c.saved(committee.Path+"/sessions/new", url.Values{"on": {"2021-12-17"}, "seats": {"3"}, "quorum": {"3"}})
	ids := map[string]string{}
	for _, code := range []string{"P1-W2", "P2-W1", "P4-G2", "P5-W1", "X-22"} {
		ids[code] = c.proposal(plan, url.Values{"code": {code}})
	}
	ids["P9-X1"] = c.proposal(plan, url.Values{"code": {"P9-X1"}, "priority": {""}})
	ids["P3-E9"] = c.proposal(plan, url.Values{"code": {"P3-E9"}, "countries": {"AL", "FR"}})
	ids["P5-E1"] = c.proposal(plan, url.Values{"code": {"P5-E1"}}) // its activity depends on the study P5-S1, which is not finished
	c.says("the plan", c.both(plan), "P9-X1 has no priority. Change the proposal and choose one", "P3-E9 names a country that is no partner", "Depends on what is not finished: P5-S1 (to be completed)")

	// Without a priority, or from outside the area without a reason, nothing is tabled: the error names the field and the fix.
	for code, want := range map[string]string{"P9-X1": "P9-X1 has no priority", "P3-E9": "P3-E9 names a country that is no partner"} {
		if w := c.table(session, plan, ids[code]); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s is tabled: %d", code, w.Code)
		}
	}
	if n := len(c.state(session).Motions); n != 0 {
		t.Fatalf("%d motions", n)
	}
	c.saved(plan+"/proposals/"+ids["P3-E9"], url.Values{"outside": {"France hosts the event"}})
	c.says("tabling", c.both(session+"/table"), "P9-X1 has no priority", "Depends on what is not finished: P5-S1")
	if w := c.table(session, plan, ids["P1-W2"], ids["P2-W1"], ids["P4-G2"], ids["P5-W1"], ids["X-22"], ids["P3-E9"], ids["P5-E1"]); w.Code != http.StatusSeeOther {
		t.Fatalf("tabling: %d %s", w.Code, w.Body)
	}
	room := c.both(session)
	c.says("the room", room, "Outside the partner countries: France. France hosts the event", "Depends on what is not finished: P5-S1 (to be completed)", "7 motions are open", "Plan for the coming year")
	c.says("the programme's home", c.both("/programme"), "Needs a decision", "7 motions are open", "One proposal cannot be tabled")

	// Two vote remotely, one abstains; one changes her mind.
	c.as(c.members[0], func() {
		c.says("a member's room", c.both(committee.Path), "7 motions wait for your vote")
		c.awaited(1, "7 motions wait for your vote.")
		c.ballot(session, "remote", "no", "not yet")
		c.ballot(session, "remote", "yes", "after the minister's note")
		c.awaited(0, "7 motions are open")
	})
	c.awaited(0, "7 motions are open") // who runs the programme has no vote
	if w := c.fill(session+"/decide/"+c.state(session).Motions[0].Motion.String(), url.Values{"result": {"approved"}, "reason": {"r"}, "by": {"b"}}); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "1 have voted and 3 are needed") {
		t.Errorf("decided without a quorum: %d", w.Code)
	}
	c.as(c.members[1], func() { c.ballot(session, "remote", "yes", "") })
	c.as(c.members[2], func() { c.ballot(session, "room", "abstain", "my ministry has not said") })
	c.says("the room", c.both(session), "remotely", "in the room", "changed once", "my ministry has not said", "2 yes, 0 no, 1 abstained; 3 voted, 3 needed")
	if w := c.fill(session+"/decide/"+c.state(session).Motions[0].Motion.String(), url.Values{"result": {"rejected"}, "reason": {"r"}, "by": {"b"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("rejected against the votes: %d", w.Code)
	}
	c.decide(session, "approved")
	if w := c.Ask("GET", session+"/decide/"+c.state(session).Motions[0].Motion.String(), "en", nil); w.Code != http.StatusConflict {
		t.Errorf("decided again: %d", w.Code)
	}
	log := c.both(committee.Path + "/decisions")
	c.says("the log", log, "7 decisions", "The committee found it ready", "The chair", "P5-E1")
	if s := c.both(committee.Path + "/decisions?result=rejected"); strings.Contains(s, "P5-E1") || !strings.Contains(s, "Nothing fits these filters") {
		t.Error("the log does not narrow")
	}
	c.says("the log's file", c.Ask("GET", committee.Path+"/decisions?as=csv", "en", nil).Body.String(), "P5-E1", ",2,0,1,3,")
	for _, m := range c.state(session).Motions { // each vote and each decision is an entry of its own
		if len(m.Votes) != 3 || m.Decision.Entry.IsZero() || m.Votes[0].Changed != 1 || m.Votes[0].By != c.members[0].Actor.ID {
			t.Fatalf("%+v", m)
		}
	}

	// The approved plan is frozen as version 1, with a hash that its file has.
	one := c.saved(plan+"/freeze", nil)
	if !strings.HasSuffix(one, "/versions/1") {
		t.Fatal(one)
	}
	c.says("the plan", c.both(plan), "changed since the last version", "P9-X1") // which nobody has decided on
	file := c.Ask("GET", one+"/file", "en", nil).Body.Bytes()
	sum := sha256.Sum256(file)
	c.says("version 1", c.both(one), hex.EncodeToString(sum[:]), "P1-W2", "France hosts the event")
	if strings.Contains(string(file), "P9-X1") || strings.Count(string(file), `"code"`) != 7 {
		t.Errorf("version 1 holds other proposals than those decided: %s", file)
	}

	// What is edited later needs a decision and makes version 2, with its differences in words.
	c.saved(plan+"/proposals/"+ids["P4-G2"], url.Values{"title": {"Activity P4-G2, second phase"}, "priority": {"4"}})
	c.saved(plan+"/proposals/"+ids["X-22"]+"/withdraw", url.Values{"reason": {"The host has withdrawn"}})
	c.saved(plan+"/proposals/"+ids["P9-X1"], url.Values{"priority": {"2"}})
	if w := c.Ask("GET", plan+"/freeze", "en", nil); w.Code != http.StatusConflict {
		t.Errorf("what nobody decided is offered to be frozen: %d", w.Code)
	}
	if w := c.table(session, plan, ids["P4-G2"], ids["X-22"], ids["P9-X1"]); w.Code != http.StatusSeeOther {
		t.Fatalf("tabling again: %d %s", w.Code, w.Body)
	}
	for n, m := range c.members {
		c.as(m, func() { c.ballot(session, "remote", "yes", strconv.Itoa(n)) })
	}
	c.decide(session, "approved")
	two := c.saved(plan+"/freeze", nil)
	body := c.both(two)
	c.says("version 2", body, "Differences from version 1", "<del>Activity P4-G2</del>", "<ins>Activity P4-G2, second phase</ins>", "<del>Priority 1</del>", "<ins>Priority 4</ins>", "taken out", "The host has withdrawn", "added")
	c.says("version 2, in French", c.Page(two, "fr"), "Différences avec la version 1", "<del>Priorité 1</del>", "<ins>Priorité 4</ins>", "retirée", "ajoutée")
	if again := c.Ask("GET", one+"/file", "en", nil).Body.Bytes(); string(again) != string(file) {
		t.Error("version 1 has changed")
	}
	c.says("the plan", c.both(plan), "approved", "Version 2")
}

// TestAVoteIsOnTheWordsThatWereTabled: whoever edits a proposal afterwards must table it again, and its votes are void.
func TestAVoteIsOnTheWordsThatWereTabled(t *testing.T) {
	c := newCouncil(t)
	c.Load()
	plan := c.saved(committee.Path+"/plans/new", url.Values{"year": {"2022"}})
	session := c.saved(committee.Path+"/sessions/new", url.Values{"on": {"2021-12"}, "seats": {"1"}, "quorum": {"1"}})
	id := c.proposal(plan, url.Values{"code": {"P1-W9"}})
	if w := c.table(session, plan, id); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if w := c.table(session, plan, id); w.Code != http.StatusConflict {
		t.Errorf("the same words are tabled twice: %d", w.Code)
	}
	c.as(c.members[0], func() { c.ballot(session, "room", "yes", "") })
	m := c.state(session).Motions[0].Motion.String()
	c.as(c.members[1], func() {
		w := c.Ask("POST", session+"/ballot", "en", url.Values{"entry": {c.Store.NewID().String()}, "how": {"room"}, "votes[0].motion": {m}, "votes[0].value": {"no"}})
		if w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "All 1 seats have voted") {
			t.Errorf("more votes than seats: %d", w.Code)
		}
	})
	c.saved(plan+"/proposals/"+id, url.Values{"title": {"Something else"}})
	c.says("the room", c.both(session), "has been changed since it was tabled")
	c.as(c.members[0], func() { c.both(session + "/ballot") })
	if w := c.fill(session+"/decide/"+m, url.Values{"result": {"approved"}, "reason": {"r"}, "by": {"b"}}); w.Code != http.StatusConflict {
		t.Errorf("decided on words that nobody voted on: %d", w.Code)
	}
	if w := c.table(session, plan, id); w.Code != http.StatusSeeOther {
		t.Fatal(w.Code)
	}
	if s := c.state(session); len(s.Motions) != 1 || len(s.Motions[0].Votes) != 0 {
		t.Errorf("%+v", s.Motions)
	}
	c.saved(session+"/motion", url.Values{"text": {"Use the study's findings in the second screening list"}, "item": {"3"}})
	c.saved(session+"/edit", url.Values{"quorum": {"1"}, "seats": {"2"}, "place": {"Vienna"}, "rule": {"consensus"}})
	c.as(c.members[0], func() { c.ballot(session, "room", "yes", "") })
	c.as(c.members[1], func() { c.ballot(session, "room", "no", "") })
	if w := c.fill(session+"/decide/"+m, url.Values{"result": {"approved"}, "reason": {"r"}, "by": {"b"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("consensus against a no: %d", w.Code)
	}
	c.decide(session, "adjourned")
	c.says("tabling", c.both(session+"/table"), "put off")
}

// TestWhoSeesAndDoesWhat: members read and vote and do nothing else; everybody else reads versions and agendas.
func TestWhoSeesAndDoesWhat(t *testing.T) {
	c := newCouncil(t)
	c.Load()
	plan := c.saved(committee.Path+"/plans/new", url.Values{"year": {"2022"}})
	session := c.saved(committee.Path+"/sessions/new", url.Values{"on": {"2021-12"}, "seats": {"3"}, "quorum": {"1"}})
	id := c.proposal(plan, url.Values{"code": {"P1-W9"}, "title": {"Planted title"}})
	c.table(session, plan, id)
	if w := c.Ask("GET", session+"/ballot", "en", nil); w.Code != http.StatusForbidden {
		t.Errorf("an officer votes: %d", w.Code)
	}
	c.as(c.members[0], func() { // of the ministry of justice, say
		c.says("a member", c.both(plan)+c.both(session), "Planted title")
		c.says("a member", c.both("/programme/activities"), "P4-G1", "P5-S1")
		for _, path := range []string{plan + "/proposals/" + id, plan + "/freeze", session + "/table", session + "/edit", session + "/motion", committee.Path + "/plans/new"} {
			if w := c.Ask("GET", path, "en", nil); w.Code != http.StatusForbidden {
				t.Errorf("a member opens %s: %d", path, w.Code)
			}
		}
		if w := c.Ask("POST", session+"/decide/"+c.state(session).Motions[0].Motion.String(), "en", url.Values{"result": {"approved"}, "reason": {"r"}, "by": {"b"}}); w.Code != http.StatusForbidden {
			t.Errorf("a member decides: %d", w.Code)
		}
	})
	c.as(c.Reader, func() {
		if s := c.both(plan) + c.both(session) + c.both(committee.Path); strings.Contains(s, "Planted title") || !strings.Contains(s, "Drafts, votes and decisions are read by") {
			t.Error("somebody else reads the draft")
		}
	})
	// Bank details of those who apply for a grant are of a category that a member's role does not read.
	policies, err := access.Base()
	c.Must(err)
	for _, kind := range []string{access.KindCall, access.KindApplication, access.KindAward} {
		q := access.Request{Actor: c.members[0].Actor, Action: access.Read, Category: journal.PB, Purpose: access.ForProgramme, Row: access.Row{Owner: c.Owner, Kind: kind, Dossier: c.Owner}}
		if policies.Authorize(q).Allow {
			t.Errorf("a member reads bank details of %s", kind)
		}
		if q.Category = journal.PP; !policies.Authorize(q).Allow {
			t.Errorf("a member does not read that there is a %s", kind)
		}
	}
}
