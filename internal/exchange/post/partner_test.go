// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// written makes a sealed message out of any header and body, signed by one office and sealed to another, from the
// specification alone.
func written(t testing.TB, from, to *office, header, body []byte) []byte {
	t.Helper()
	raw := []byte("entraide-post/1\n")
	for _, part := range [][]byte{header, body} {
		raw = append(binary.BigEndian.AppendUint32(raw, uint32(len(part))), part...)
	}
	raw = append(raw, ed25519.Sign(from.secrets.Sign, raw)...)
	r, err := to.card.Recipient()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, r)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(raw)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzPartner lets an office that is pinned and signs well write whatever it likes: what comes of it is a signed receipt that
// comes again, or a reason, and only a message in its canonical form and for this office has an effect.
func FuzzPartner(f *testing.F) {
	w := newWorld(f, memory(f), 0)
	f.Cleanup(w.close)
	to, from := w.offices[0], w.offices[1]
	hash := to.with(from.id).Document.Hash()
	good := post.Header{Version: 1, ID: w.id(), Type: note, From: from.id, To: to.id, Conversation: w.id(), Seq: 1, Sent: first, Expires: first.Add(time.Hour),
		Purpose: "referral", Basis: "consent", Handling: "H2", Terms: hex.EncodeToString(hash[:]), Categories: []journal.Category{journal.D0}}
	for _, change := range []func(*post.Header){
		func(*post.Header) {}, func(h *post.Header) { h.Type = takeBack }, func(h *post.Header) { h.Hop = 1 }, func(h *post.Header) { h.To = from.id }, func(h *post.Header) { h.Seq = 1 << 62 },
		func(h *post.Header) { h.Categories = nil }, func(h *post.Header) { h.Prev = strings.Repeat("0", 64) }, func(h *post.Header) { h.Consents = []string{from.id.String()} },
	} {
		h := good
		change(&h)
		b, err := json.Marshal(h)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, []byte(`{}`))
	}
	f.Add([]byte(`{"version":1}`), []byte(no))
	f.Fuzz(func(t *testing.T, header, body []byte) {
		sealed := written(t, from, to, header, body)
		receipt, err := to.Receive(t.Context(), to.id, sealed)
		if err != nil {
			if why := (*fault.Fault)(nil); !errors.As(err, &why) || why.Kind == fault.Internal || why.Key == "" {
				t.Fatalf("no receipt, and nobody knows why: %v", err)
			}
			return
		}
		r, err := post.ReadReceipt(receipt, to.card)
		if err != nil {
			t.Fatal(err)
		}
		var h post.Header
		if err := json.Unmarshal(header, &h); err != nil || h.ID != r.Message || h.From != from.id {
			t.Fatalf("a receipt for what cannot be read: %+v %v", r, err)
		}
		if again, err := json.Marshal(h); err != nil || !bytes.Equal(again, header) {
			t.Fatalf("another form of a header is taken: %v", err)
		}
		if r.Status == "accepted" && (h.To != to.id || h.Hop != 0 || h.Version != 1 || h.Seq < 1) {
			t.Fatalf("accepted: %+v", h)
		}
		if r.Status != "accepted" && r.Status != "refused" {
			return // asked for again
		}
		again, err := to.Receive(t.Context(), to.id, sealed)
		if err != nil || !bytes.Equal(again, receipt) {
			t.Fatalf("the second time it is answered otherwise: %v", err)
		}
	})
}
