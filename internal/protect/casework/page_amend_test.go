// SPDX-License-Identifier: EUPL-1.2

package casework_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/casetest"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

var hashOnPage = regexp.MustCompile(`name="hash" value="([0-9a-f]{64})"`)

// An offer is changed by its page and shown side by side; what leaves after a hand-over is what the page showed.
func TestAnOfferIsAmendedByItsPages(t *testing.T) {
	s := newSite(t)
	id, _, ref := s.Accepted(journal.D0, journal.D1, journal.D2)
	out := "/cases/" + id.String() + "/referrals/" + ref.String()
	s.page(out, "en", "Change the offer")
	s.page(out+"/amend", "en", "The other office has accepted already", "after Tuesday", `value="D2" checked`)
	s.page(out+"/amend", "fr", "Modifier l’offre", "Motif du changement", "Il répond de nouveau avant toute transmission.")
	change := form("number", "1", "reason", "sooner", "urgency", "immediate", "period", "weeks", "languages", "sq", "categories", "D1", "met", "met", "expires", "2026-03-09")
	s.wants(s.ask("POST", out+"/amend", "en", change), 422, "sooner without the risk", `href="#f-level"`, "look at the risk on our side again", `value="weeks" selected`)
	change.Set("level", "medium")
	s.post(out+"/amend", change)
	s.wants(s.ask("POST", out+"/amend", "en", change), 409, "the same form again", "has been changed since you looked")
	s.page(out, "en", "What changed (no. 1)", "within a week", "now", "not said", "weeks", "all that she agreed to", "safe contact", "Waits for an answer: nothing is handed over before")
	s.page(out, "fr", "Ce qui a changé (n°\u00a01)", "quelques semaines", "les conditions sont remplies")
	s.Deliver()
	s.Accept(ref)
	s.wants(s.ask("GET", out+"/preview", "en", nil), 200, "the preview", "not in what was announced", "Hand over exactly this")
	s.post(out+"/hand-over", form("hash", hashOnPage.FindStringSubmatch(s.page(out+"/preview", "en"))[1]))
	s.Deliver()

	s.page(out+"/supplement", "en", "There is nothing to add", "the other office holds it; tick it to correct it")
	s.page(out+"/supplement", "fr", "Il n’y a rien à ajouter")
	s.Consent(id, journal.D2)
	s.Do(s.Ana(), id, store.Draft{Type: "person.contact", Payload: casework.Contact{SafeToCall: casework.SafeNo}})
	shown := s.page(out+"/supplement?correct=D1", "en", "corrected: safe contact", "Lindita Prova", "Send exactly this")
	s.wants(s.ask("POST", out+"/supplement", "en", form("hash", strings.Repeat("0", 64), "correct", "D1")), 409, "another hash", "The file has changed since you looked")
	s.post(out+"/supplement", form("hash", hashOnPage.FindStringSubmatch(shown)[1], "correct", "D1"))
	ms := s.Sent(casetest.Athens)
	bytes := regexp.MustCompile(`(?s)<pre[^>]*>(.*?)</pre>`).FindStringSubmatch(shown)
	if last := ms[len(ms)-1]; last.Type != referral.MsgSupplement || unescape(bytes[1]) != string(last.Body) {
		t.Errorf("shown:\n%s\nsent:\n%s", unescape(bytes[1]), last.Body)
	}
	s.page(out, "en", "Addition or correction no. 2", "not confirmed yet")
	s.Deliver()
	in, _ := s.In(ref)
	if !slices.Equal(in.Package.Categories(), []journal.Category{journal.D1, journal.D2}) || !strings.Contains(string(in.Package.D1), `"safe_to_call":"no"`) {
		t.Errorf("there: %v %s", in.Package.Categories(), in.Package.D1)
	}
}
