// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// Several messages at once are answered one by one: each conversation in its order, and none suffers for another.
func TestABatchIsAnsweredOneByOne(t *testing.T) {
	from, to := two(t)
	one, other := journal.NewID(day, nil), journal.NewID(day, nil)
	for _, c := range []journal.ID{one, other, one, other, one} {
		from.mustQueue(t, from.message(c))
	}
	m := from.waiting(t) // by number: two firsts, two seconds, a third
	to.answer = func(in Incoming) error {
		if in.Conversation == other && in.Seq == 2 {
			panic("a room's defect")
		}
		return nil
	}
	damaged := bytes.Clone(m[0])
	damaged[len(damaged)-1] ^= 1
	answers := to.ReceiveAll(t.Context(), albanian, append(slices.Clone(m), damaged))
	if len(answers) != 6 {
		t.Fatalf("%d answers", len(answers))
	}
	accepted, failed := 0, 0
	for _, a := range answers[:5] {
		r, err := ReadReceipt(a.Receipt, to.card)
		switch {
		case a.Err != nil:
			failed++
		case err == nil && r.Status == Accepted:
			accepted++
		}
	}
	if accepted != 4 || failed != 1 || !fault.Is(answers[5].Err, fault.Invalid) {
		t.Errorf("%d accepted, %d failed, the damaged one: %v", accepted, failed, answers[5].Err)
	}
	var got []int64
	for _, in := range to.handled {
		if in.Conversation == one {
			got = append(got, in.Seq)
		}
	}
	if !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("order: %v", got)
	}
}

// What is due for a partner leaves in few requests, and what is no batch is turned away.
func TestWhatIsDueLeavesTogether(t *testing.T) {
	from, to := two(t)
	for range 5 {
		c := journal.NewID(day, nil)
		for range 2 {
			from.mustQueue(t, from.message(c))
		}
	}
	requests := 0
	client := from.courier.Client
	from.courier.Client = &http.Client{Transport: tripper(func(q *http.Request) (*http.Response, error) {
		requests++
		return client.Transport.RoundTrip(q)
	})}
	from.clock.Advance(time.Second)
	if got := from.deliver(t); got != 10 || requests != 1 || len(to.handled) != 10 {
		t.Errorf("%d receipts, %d requests", got, requests)
	}
	for name, body := range map[string]string{"empty": "", "cut": "\x00\x00\x00\x05ab", "too many": strings.Repeat("\x00\x00\x00\x00", MaxBatch+1)} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to.card.URL+"/post/"+albanian.String(), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", batchMedia)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = resp.Body.Close(); resp.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, resp.StatusCode)
		}
	}
}

type tripper func(*http.Request) (*http.Response, error)

// RoundTrip carries a request.
func (f tripper) RoundTrip(q *http.Request) (*http.Response, error) { return f(q) }

// FuzzBatch feeds both framings: what is read is what was written, and nothing else is read.
func FuzzBatch(f *testing.F) {
	f.Add(packBatch([][]byte{[]byte("one"), {}, []byte("three")}), 3)
	f.Add(packReplies([]reply{{status: 200, receipt: []byte("r")}, {status: 429, wait: time.Minute}}), 2)
	f.Add([]byte{0xff, 0xff, 0xff, 0xff}, 1)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		if parts, err := unpackBatch(b); err == nil && !bytes.Equal(packBatch(parts), b) {
			t.Error("another batch")
		}
		if n < 0 || n > MaxBatch {
			return
		}
		if rs, err := unpackReplies(b, n); err == nil && !bytes.Equal(packReplies(rs), b) {
			t.Error("other replies")
		}
	})
}

// logged gives an office a log.
func (n *node) logged(t *testing.T, seed byte) *ledger.Sequencer {
	t.Helper()
	signer, err := ledger.NewSigner(n.id, [32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	n.card.Log = signer.Verifier()
	n.Leaf = func(ctx context.Context, tx db.Tx, owner, id journal.ID, receipt []byte, at time.Time) error {
		return ledger.Append(ctx, tx, owner, ledger.Leaf{Entry: id, Hash: ledger.LeafHash(receipt), At: at})
	}
	n.ProvesTo = func(card.Card, card.Card) bool { return true }
	return &ledger.Sequencer{DB: n.DB, Clock: n.clock, Signer: func(journal.ID) (ledger.Signer, error) { return signer, nil }, Owners: func() []journal.ID { return []journal.ID{n.id} }}
}

// A receipt comes at once; that the other office's log holds it is proven on request, to whoever has the receipt.
func TestAReceiptIsProven(t *testing.T) {
	from, to := two(t)
	log := to.logged(t, 7)
	from.pinned[albanian] = to.card
	o := from.message(greek)
	from.mustQueue(t, o)
	if _, err := from.courier.Proof(t.Context(), greek, o.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("before it left: %v", err)
	}
	from.clock.Advance(time.Second)
	from.deliver(t)
	if _, err := from.courier.Proof(t.Context(), greek, o.ID); !fault.Is(err, fault.Unavailable) {
		t.Errorf("before it is numbered: %v", err)
	}
	if _, err := log.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	proof, err := from.courier.Proof(t.Context(), greek, o.ID)
	if err != nil || proof.Number != 0 {
		t.Fatalf("%+v, %v", proof, err)
	}
	to.read(t, func(tx db.Tx) error {
		n, err := CountLeaves(t.Context(), tx, albanian)
		if n != 1 {
			t.Errorf("%d leaves", n)
		}
		return err
	})
	other := to.card
	other.Log = from.card.Log
	if err := CheckProof(proof, []byte("another receipt"), to.card); !fault.Is(err, fault.Invalid) {
		t.Errorf("of another receipt: %v", err)
	}
	if err := CheckProof(proof, nil, other); !fault.Is(err, fault.Invalid) {
		t.Errorf("of another log: %v", err)
	}
	if _, err := to.Prove(t.Context(), albanian, []byte("no receipt")); !fault.Is(err, fault.NotFound) {
		t.Errorf("without a receipt: %v", err)
	}
	to.ProvesTo = func(card.Card, card.Card) bool { return false }
	if _, err := from.courier.Proof(t.Context(), greek, o.ID); !fault.Is(err, fault.Denied) {
		t.Errorf("to one that is to learn nothing of the log: %v", err)
	}
}
