// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// Two offices on one stage: what they acknowledge lies on the disk, one of them goes away for a month, and is then
// restored from a backup of before.
func TestAnOfficeGoesAway(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	s := stage(t)
	k := watch(t, s)
	t.Run("what is acknowledged is on the disk", func(t *testing.T) { acknowledgedIsOnTheDisk(t, k) })
	var b saved
	var ref journal.ID
	if !t.Run("thirty days away", func(t *testing.T) { ref = thirtyDaysAway(t, k, func() { b = save(t, s) }) }) {
		return
	}
	t.Run("an old backup", func(t *testing.T) { oldBackup(t, k, b, ref) })
}

// away is the length of the absence in hours.
const away = 30 * 24

// thirtyDaysAway: an office is cut off while one person's data lies there, an offer waits there and another one is under
// way to it. A consent is withdrawn meanwhile. When the office is back, the withdrawal has reached it, its copy is
// erased, the erasure confirmed; both offers have run out on both sides; nothing waits.
// It gives the referral that was withdrawn; before is called while they hold her data.
func thirtyDaysAway(t *testing.T, k *killing, before func()) journal.ID {
	ctx, s := t.Context(), k.s
	eleni, arta := at(s, demo.Greek, "eleni"), at(s, demo.Albanian, "arta")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	held, err := k.file(eleni, "Held there")
	must(err)
	waits, err := k.file(eleni, "Offer waits there")
	must(err)
	handed, err := k.offer(eleni, held)
	must(err)
	settle(t, s)
	_, err = k.entry(arta, "referral", "referral_in", handed, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}})
	must(err)
	settle(t, s)
	var preview struct{ Hash string }
	path := "/people/" + held.String() + "/referrals/" + handed.String()
	must(eleni.read(ctx, path+"/preview?purpose=referral", &preview))
	must(k.write(eleni, path+"/hand-over?purpose=referral", map[string]string{"hash": preview.Hash}, nil))
	waiting, err := k.offer(eleni, waits)
	must(err)
	settle(t, s)

	before()
	must(s.Cut(demo.Albanian))
	late, err := k.file(eleni, "Offer under way")
	must(err)
	underWay, err := k.offer(eleni, late)
	must(err)
	_, err = k.entry(eleni, "assistance", "person", held, "consent.withdrawn", consent.Ended{Receipt: receiptOf(t, eleni, held), By: consent.ByPerson})
	must(err)
	sealed := outbox(t, s)
	for day := range 30 {
		pass(t, s, demo.Greek, away/30)
		var d app.Delivered
		must(s.Ask(ctx, demo.Greek, "deliver", app.Empty{}, &d))
		if d.Queued == 0 || d.Queued == 1 && day < 19 { // on the twentieth the offer ends; the withdrawal waits on
			t.Fatalf("day %d: %d wait", day+1, d.Queued)
		}
	}
	if o, err := k.out(eleni, held, handed); err != nil || len(o.Recalls) != 1 || !o.Recalls[0].Answered.IsZero() {
		t.Fatalf("while they are away: %+v, %v", o.Recalls, err)
	}
	for _, x := range [][2]journal.ID{{late, underWay}, {waits, waiting}} {
		if o, err := k.out(eleni, x[0], x[1]); err != nil || o.Status != referral.Expired {
			t.Errorf("an offer that nobody answered is %s, %v", o.Status, err)
		}
	}

	must(s.Resume(k.t.Context(), demo.Albanian)) // it goes on after this part
	pass(t, s, demo.Albanian, away)
	knock(t, s, sealed)
	settle(t, s)
	o, err := k.out(eleni, held, handed)
	if err != nil || len(o.Recalls) != 1 || o.Recalls[0].Answered.IsZero() {
		t.Fatalf("the erasure is not confirmed: %+v, %v", o.Recalls, err)
	}
	checkErased(t, arta, handed)
	var in struct{ Status referral.Status }
	w, err := arta.open(ctx, "referral", "referral_in", waiting)
	if err := json.Unmarshal(w.State, &in); err != nil || in.Status != referral.Expired {
		t.Errorf("the offer that waited there is %s, %v", in.Status, err)
	}
	must(err)
	if a, err := arta.call(ctx, http.MethodGet, "/dossiers/referral_in/"+underWay.String()+"?purpose=referral", nil); err != nil || a.code != http.StatusNotFound {
		t.Errorf("the offer that ran out on its way: %d, %v", a.code, err)
	}
	checkVerify(t, s)
	return handed
}

// checkErased says whether nothing is left at the recipient of what was handed over.
func checkErased(t *testing.T, c *client, ref journal.ID) {
	t.Helper()
	d, err := c.open(t.Context(), "referral", "referral_in", ref)
	if err != nil {
		t.Fatal(err)
	}
	erased := map[journal.Category]bool{}
	for _, e := range d.Entries {
		for c, why := range e.Missing {
			erased[c] = erased[c] || e.Type == "incoming.handed_over" && why == "erased"
		}
	}
	if !erased[journal.D2] || !erased[journal.D3] || bytes.Contains(d.State, []byte("Held there")) {
		t.Errorf("they erased %v", erased)
	}
}

// receiptOf gives the consent of a file.
func receiptOf(t *testing.T, c *client, file journal.ID) journal.ID {
	t.Helper()
	o, err := c.open(t.Context(), "assistance", "person", file)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range o.Entries {
		var g consent.Given
		if e.Type == "consent.given" && json.Unmarshal(e.Parts[journal.D0], &g) == nil {
			return g.Receipt
		}
	}
	t.Fatal("no consent in the file")
	return journal.ID{}
}

// pass lets hours pass at one office only.
func pass(t *testing.T, s *demo.Stage, p demo.Place, hours int) {
	t.Helper()
	var st app.Status
	if err := s.Ask(t.Context(), p, "demo.pass", app.PassIn{Hours: hours}, &st); err != nil {
		t.Fatal(err)
	}
}

// outbox gives the sealed bytes that wait at the Greek office, as whoever stole its disk would see them.
func outbox(t *testing.T, s *demo.Stage) (out [][]byte) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{DSN: filepath.Join(string(s.Offices[demo.Greek].Folder), "office.db"), Readers: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Read(t.Context(), func(tx db.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT sealed FROM post_out WHERE sealed IS NOT NULL`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			out = append(out, slices.Clone(b))
		}
		return rows.Err()
	})
	if err != nil || len(out) != 2 {
		t.Fatalf("%d messages wait, %v", len(out), err)
	}
	return out
}

// knock brings stolen messages to the Albanian door: changed, cut short, to another office, and as they are, again and
// again. Only the last is answered, always the same.
func knock(t *testing.T, s *demo.Stage, sealed [][]byte) {
	t.Helper()
	there := s.Offices[demo.Albanian]
	post := func(office journal.ID, b []byte) (int, []byte) {
		t.Helper()
		resp, err := http.Post(there.URL+"/post/"+office.String(), "application/age", bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, body
	}
	for _, b := range sealed {
		changed := bytes.Clone(b)
		changed[len(b)/2] ^= 1
		if code, body := post(there.ID, changed); code != http.StatusUnprocessableEntity || len(body) > 0 {
			t.Errorf("changed: %d %q", code, body)
		}
		if code, body := post(there.ID, b[:len(b)-1]); code != http.StatusUnprocessableEntity || len(body) > 0 {
			t.Errorf("cut short: %d %q", code, body)
		}
		if code, _ := post(s.Offices[demo.Greek].ID, b); code != http.StatusNotFound {
			t.Errorf("to another office: %d", code)
		}
		code, first := post(there.ID, b)
		again, second := post(there.ID, b)
		if code != http.StatusOK || again != http.StatusOK || !bytes.Equal(first, second) || len(first) == 0 {
			t.Errorf("as it is: %d %d, the same answer: %v", code, again, bytes.Equal(first, second))
		}
	}
}
