// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// TestAnOfficeRenewsItsKeysByHand: what takes nothing back and waits arrives once the partner has pinned the new card, and the
// new keys are there after the office was started again.
func TestAnOfficeRenewsItsKeysByHand(t *testing.T) {
	c := clock.NewManual(start)
	a, b := newFar(t, c, "Shelter", access.Assistance), newFar(t, c, "Ministry", access.Programme)
	agreeToWitness(a, b)
	_, err := opChooseWitness(t.Context(), a.n, ChooseWitnessIn{Partner: b.owner.ID})
	a.must(err)
	first, err := opCard(t.Context(), a.n, Of{})
	a.must(err)
	c.Advance(7 * time.Hour)
	_, err = a.n.WitnessOnce(t.Context()) // waits, signed with the old key
	a.must(err)
	renewed, err := opRenewCard(t.Context(), a.n, RenewCardIn{Stolen: true}) // so nobody is told by post
	a.must(err)
	if renewed.Fingerprint == first.Fingerprint {
		t.Fatal("the same keys")
	}
	a.close()
	a.open(nil)
	if again, err := opCard(t.Context(), a.n, Of{}); err != nil || again.Fingerprint != renewed.Fingerprint {
		t.Fatalf("after a start: %+v, %v", again, err)
	}
	_, err = opPin(t.Context(), b.n, PinIn{Card: renewed.Card, How: "phone", Renewed: true})
	a.must(err)
	if p := b.partner(a); len(p.Earlier) != 1 || card.Hex(p.Card.Fingerprint()) != renewed.Fingerprint {
		t.Errorf("%+v", p)
	}
	c.Advance(time.Minute)
	carry(a, b)
	if a.cosigned(b) == 0 {
		t.Error("what waited, or its answer, was lost")
	}
	var out []post.Sent
	a.must(a.n.DB.Read(t.Context(), func(tx dbTx) (err error) {
		out, err = post.Outbox(t.Context(), tx, a.owner.ID, journal.ID{}, 10)
		return err
	}))
	for _, s := range out {
		if s.State != post.Accepted {
			t.Errorf("%+v", s)
		}
	}
	_, err = opPin(t.Context(), b.n, PinIn{Card: first.Card, How: "phone"})
	a.must(err)
	if p := b.partner(a); len(p.Earlier) != 0 {
		t.Error("an earlier key counts that nobody vouched for")
	}
}

// TestAPlannedRenewalNeedsNoHand: partners with terms learn of new keys from the key that they have pinned, twice in a row; their
// page says that nobody has compared them, until somebody has.
func TestAPlannedRenewalNeedsNoHand(t *testing.T) {
	c := clock.NewManual(start)
	a, b := newFar(t, c, "Shelter", access.Assistance), newFar(t, c, "Ministry", access.Programme)
	agreeToWitness(a, b)
	_, err := opChooseWitness(t.Context(), a.n, ChooseWitnessIn{Partner: b.owner.ID})
	a.must(err)
	var renewed CardOut
	for range 2 {
		renewed, err = opRenewCard(t.Context(), a.n, RenewCardIn{})
		a.must(err)
	}
	for range 4 { // the second card is not believed there before the first was taken
		c.Advance(time.Hour)
		_, err := opDeliver(t.Context(), a.n, Empty{})
		a.must(err)
	}
	c.Advance(7 * time.Hour)
	carry(a, b)
	p := b.partner(a)
	if card.Hex(p.Card.Fingerprint()) != renewed.Fingerprint || p.How != terms.ByRenewal || len(p.Earlier) != 2 {
		t.Fatalf("pinned: %s, %s, %d earlier", card.Hex(p.Card.Fingerprint()), p.How, len(p.Earlier))
	}
	if a.cosigned(b) == 0 {
		t.Error("nothing goes on under the new keys")
	}
	_, err = opPin(t.Context(), b.n, PinIn{Card: renewed.Card, How: "phone"})
	b.must(err)
	if p := b.partner(a); p.How != "phone" || len(p.Earlier) != 2 {
		t.Errorf("compared: %s, %d earlier", p.How, len(p.Earlier))
	}
}

// TestAStolenKeyInUseIsSeen: what it signed is not taken in, however it comes; whoever minds partners reads on Today and on the partner's
// page that it came, once a day however much that is, until the office's own card is pinned again as the one that counts.
func TestAStolenKeyInUseIsSeen(t *testing.T) {
	d := newDesks(t)
	old, err := opCard(t.Context(), d.n, Of{d.athens})
	d.must(err)
	for range 2 {
		id := d.n.newID()
		d.clock.Advance(time.Minute)
		_, err := d.n.Store.Append(t.Context(), d.eleni.who(access.ForExchange), store.Ref{Kind: access.KindLetter, ID: id}, store.Draft{Type: letter.WrittenType, Payload: letter.Letter{To: d.tirana, Thread: id, Words: letter.Words{Subject: plantedSubject, Text: plantedText}}})
		d.must(err)
	}
	var late [][]byte // copies that somebody caught
	d.must(d.n.DB.Read(t.Context(), func(tx dbTx) error {
		rows, err := tx.Query(t.Context(), `SELECT sealed FROM post_out WHERE owner = $1 AND state = 'queued'`, d.athens)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			late = append(late, b)
		}
		return rows.Err()
	}))
	fresh, err := opRenewCard(t.Context(), d.n, RenewCardIn{Of: Of{d.athens}, Stolen: true})
	d.must(err)
	pin := func(c CardOut) {
		t.Helper()
		_, err = opPin(t.Context(), d.n, PinIn{Of: Of{d.tirana}, Card: c.Card, How: "phone"})
		d.must(err)
	}
	pin(fresh)
	const told = "Something signed with a stolen key of this office came"
	seen := func(when string, want bool) {
		t.Helper()
		d.dorian.signIn()
		d.mira.signIn()
		page := d.sees(d.dorian, "/partners/"+d.athens.String())
		if strings.Contains(page, told) != want || strings.Contains(d.sees(d.dorian, "/"), told) != want {
			t.Errorf("%s: told %v on the partner's page, %v on Today", when, strings.Contains(page, told), !want)
		}
		if strings.Contains(d.sees(d.mira, "/"), told) {
			t.Errorf("%s: Today tells who does not mind partners", when)
		}
	}
	seen("before anything came", false)
	notes := func() (n int) {
		o, err := d.n.Store.Open(t.Context(), d.dorian.who(access.ForExchange), store.Ref{Kind: access.KindPartner, ID: d.athens})
		d.must(err)
		for _, e := range o.Entries {
			if e.Type == terms.KeyMisused {
				n++
			}
		}
		return n
	}
	come := func(want string, count int) {
		t.Helper()
		for _, b := range late {
			_, err := d.n.Post.Receive(t.Context(), d.tirana, b)
			if why := (*fault.Fault)(nil); !errors.As(err, &why) || why.Key != want {
				t.Errorf("what the stolen key signed: %v", err)
			}
		}
		if n := notes(); n != count {
			t.Errorf("noted %d times, not %d", n, count)
		}
	}
	come(post.StolenKey, 1)
	seen("after two came", true)
	d.clock.Advance(25 * time.Hour)
	come(post.StolenKey, 2)
	if _, err := d.n.Store.Append(t.Context(), d.dorian.who(access.ForExchange), store.Ref{Kind: access.KindPartner, ID: d.athens}, store.Draft{Type: terms.KeyMisused, Payload: terms.Misused{Fingerprint: old.Fingerprint}, Room: terms.PostRoom}); err == nil {
		t.Error("a person notes it a second time on one day")
	}
	d.clock.Advance(15 * 24 * time.Hour)
	d.dorian.signIn()
	if strings.Contains(d.sees(d.dorian, "/"), told) {
		t.Error("Today tells of it for ever")
	}
	pin(old) // it had not been stolen after all
	for _, b := range late[:1] {
		if _, err := d.n.Post.Receive(t.Context(), d.tirana, b); err != nil {
			t.Errorf("its key counts again: %v", err)
		}
	}
}
