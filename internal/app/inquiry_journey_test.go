// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
)

// onTheWay gives the sealed messages that wait to leave an office, which is all that whoever carries them holds.
func (c *chambers) onTheWay(owner journal.ID) (out [][]byte, to []journal.ID) {
	c.Helper()
	c.must(c.n.DB.Read(c.Context(), func(tx dbTx) error {
		rows, err := tx.Query(c.Context(), `SELECT sealed, partner FROM post_out WHERE owner = $1 AND state = 'queued' ORDER BY at, seq`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			var id journal.ID
			if err := rows.Scan(&b, &id); err != nil {
				return err
			}
			out, to = append(out, b), append(to, id)
		}
		return rows.Err()
	}))
	return out, to
}

// asks drafts a new request and has the second person send it, without delivering it.
func (c *chambers) asks() {
	c.Helper()
	c.asksUntil("2026-04-01")
}

// asksUntil is asks with a day by which the answer should come.
func (c *chambers) asksUntil(day string) {
	c.Helper()
	c.id = c.n.newID()
	c.at = inquiry.Path + "/" + c.id.String()
	form := c.asked()
	form.Set("due", day)
	if a := c.post(c.judge, inquiry.Path+"/new", form); a.code != http.StatusSeeOther {
		c.Fatalf("drafting: %d %s", a.code, a.body)
	}
	if a := c.post(c.clerk, c.at+"/send", url.Values{"entry": {c.n.newID().String()}}); a.code != http.StatusSeeOther {
		c.Fatalf("sending: %d %s", a.code, a.body)
	}
}

// TestJourneyJ12a goes through the journey's text sentence by sentence; each is quoted where it is shown.
func TestJourneyJ12a(t *testing.T) {
	c := newChambers(t)
	court, tirana, athens := c.offices["court"].ID, c.offices["tirana"].ID, c.offices["athens"].ID
	words := []journal.Category{journal.D0, journal.D2, journal.D3, journal.D6}
	c.agree("court", "athens", terms.Grant{From: court, To: athens, Purpose: inquiry.Purpose, Categories: words}) // it could be asked, and is not

	// "a judge's office asks, through its node, for a social assessment of a minor's family in Shkodra. Out: sealed request with
	// legal basis and deadline goes only to the competent Albanian unit"
	c.asks()
	sealed, to := c.onTheWay(court)
	if len(sealed) != 1 || to[0] != tirana {
		t.Fatalf("%d messages, to %v", len(sealed), to)
	}
	// "nothing readable at the relay": whoever carries the message has these bytes and no key; no other office opens them.
	for _, text := range []string{plantedChild, plantedFacts, "Shkodra", "Article 34", "Order 12", "convention", "living_conditions", c.id.String(), court.String(), tirana.String()} {
		if bytes.Contains(sealed[0], []byte(text)) {
			t.Errorf("%q can be read on the way", text)
		}
	}
	if _, err := c.n.Post.Receive(t.Context(), athens, sealed[0]); err == nil {
		t.Error("another office opens it")
	}
	c.deliver()
	i := c.state(c.focal)
	if i.Status() != inquiry.Received || i.Draft.Basis != "convention" || i.Draft.Due != "2026-04-01" || i.Draft.Child != nil {
		t.Errorf("over there, before anybody has taken it: %s %+v", i.Status(), i.Draft.Asked)
	}
	job, err := c.n.Job(athens, "post", access.ForDelivery)
	c.must(err)
	if rows, err := c.n.Store.List(t.Context(), job, store.Query{Kind: access.KindInquiry}); err != nil || len(rows.Rows) != 0 {
		t.Errorf("another unit holds it: %v", err)
	}

	// "accepted/refused with reason": this one is taken on and answered, the next refused, the third not answered in time.
	for _, v := range []*visitor{c.judge, c.focal} {
		if b := c.sees(v, "/requests"); !strings.Contains(b, c.at) {
			t.Errorf("%s does not see that it waits", v.login)
		}
	}
	c.does(c.judge, "remind", nil)
	if b := c.sees(c.focal, c.at); !strings.Contains(b, "asked for again") {
		t.Error("the reminder is not shown to the unit")
	}
	c.does(c.focal, "take", nil)
	c.does(c.focal, "accept", nil)
	if b := c.sees(c.judge, c.at); !strings.Contains(b, "taken on") {
		t.Error("that it was taken on does not come back")
	}
	c.does(c.focal, "answer", url.Values{"found": {"done"}, "report": {plantedReport}})
	if b := c.sees(c.judge, c.at); !strings.Contains(b, plantedReport) || !strings.Contains(b, "in time") {
		t.Error("the answer does not come back in time")
	}
	c.asks()
	c.deliver()
	c.does(c.focal, "take", nil)
	c.does(c.focal, "refuse", url.Values{"reason": {"not_found"}})
	if b := c.sees(c.judge, c.at); !strings.Contains(b, "the family cannot be found") {
		t.Error("the refusal's reason does not come back")
	}
	c.asks()
	c.deliver()

	// "answer in time counted in C7": of those whose agreed time is over or that were answered before it, those answered within
	// it. The refused one is in neither number; the third enters when its day is over.
	counted := func(v *visitor, in, of string) {
		t.Helper()
		b := c.sees(v, "/requests")
		at := strings.Index(b, "Answered within the agreed time")
		if at < 0 || !strings.Contains(b[at:], `<td data-label="In time" class="num">`+in+`</td><td data-label="Of" class="num">`+of+`</td>`) {
			t.Errorf("%s: not %s of %s", v.login, in, of)
		}
	}
	counted(c.judge, "1", "1")
	c.clock.Advance(time.Date(2026, 4, 2, 1, 0, 0, 0, time.UTC).Sub(c.clock.Now()))
	c.judge.signIn()
	c.focal.signIn()
	counted(c.judge, "1", "2")
	counted(c.focal, "1", "2")
	for _, v := range []*visitor{c.judge, c.focal} {
		if b := c.sees(v, "/requests?view=overdue"); !strings.Contains(b, c.at) {
			t.Errorf("%s does not see that it is overdue", v.login)
		}
	}

	// "both logs verify"
	for _, owner := range []journal.ID{court, tirana} {
		if v, err := opVerify(t.Context(), c.n, Of{owner}); err != nil || !v.OK || v.Reports[0].Size == 0 {
			t.Errorf("the log of %s: %+v %v", owner, v.Reports, err)
		}
	}
}
