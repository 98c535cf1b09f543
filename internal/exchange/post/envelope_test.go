// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

var (
	greek    = journal.MustID("01890000-0000-7000-8000-000000000001")
	albanian = journal.MustID("01890000-0000-7000-8000-000000000002")
	day      = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func office(t testing.TB, id journal.ID, seed byte) (card.Card, card.Secrets) {
	t.Helper()
	s, err := card.NewSecrets([32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := s.Issue(card.Card{Office: id, Name: "Office", Kind: access.Assistance, Country: "GR", Made: day})
	if err != nil {
		t.Fatal(err)
	}
	return c, s
}

func header() Header {
	return Header{Version: Version, ID: greek, Type: "referral.offer", From: greek, To: albanian, Conversation: albanian, Seq: 1, Sent: day, Expires: day.Add(time.Hour),
		Purpose: "referral", Basis: "consent", Handling: "H2", Terms: strings.Repeat("0", 64), Categories: []journal.Category{journal.D0}}
}

// Whatever its size, a message that was sealed opens to the very bytes, at its recipient only.
func TestSealedMessagesOpenWhole(t *testing.T) {
	_, from := office(t, greek, 1)
	to, secrets := office(t, albanian, 2)
	_, stranger := office(t, greek, 3)
	for _, size := range []int{0, 1, 1000, 64 << 10, 64<<10 + 1, 200_000} {
		body := bytes.Repeat([]byte{'x'}, size)
		raw, hash, err := encode(header(), body, from.Sign)
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := seal(raw, to)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := unseal(sealed, secrets)
		if err != nil {
			t.Fatalf("%d bytes: %v", size, err)
		}
		e, err := decode(opened)
		if err != nil || !bytes.Equal(e.body, body) || e.hash() != hash || e.Type != "referral.offer" {
			t.Fatalf("%d bytes come back as %d, %v", size, len(e.body), err)
		}
		if _, err := unseal(sealed, stranger); err == nil {
			t.Fatal("a message opens at another office")
		}
		if _, err := unseal(sealed[:len(sealed)-1], secrets); err == nil {
			t.Fatal("a truncated message opens")
		}
		sealed[len(sealed)/2] ^= 1
		if _, err := unseal(sealed, secrets); err == nil {
			t.Fatal("a tampered message opens")
		}
	}
}

// The envelope is strict: what is not its canonical form is no envelope.
func TestEnvelopesAreStrict(t *testing.T) {
	_, from := office(t, greek, 1)
	raw, _, err := encode(header(), []byte(`{}`), from.Sign)
	if err != nil {
		t.Fatal(err)
	}
	long := bytes.Clone(raw)
	binary.BigEndian.PutUint32(long[len(magic):], 1<<31)
	for name, bad := range map[string][]byte{
		"empty":          nil,
		"other magic":    append([]byte("x"), raw[1:]...),
		"cut":            raw[:len(raw)-65],
		"grown":          append(bytes.Clone(raw), 0),
		"a huge header":  long,
		"unknown field":  bytes.Replace(raw, []byte(`"version":1,`), []byte(`"versiom":1,`), 1),
		"other spacing":  bytes.Replace(raw, []byte(`"seq":1,"`), []byte(`"seq": 1"`), 1),
		"deeply nesting": append([]byte(magic), bytes.Repeat([]byte{'['}, 2<<20)...),
	} {
		if _, err := decode(bad); err == nil {
			t.Errorf("%s: decodes", name)
		}
	}
}

func TestReceiptsAreTheSignersOwn(t *testing.T) {
	to, secrets := office(t, albanian, 2)
	other, _ := office(t, greek, 1)
	b, err := signReceipt(Receipt{Version: 1, Message: greek, Hash: "00", From: albanian, To: greek, Status: "accepted", At: day}, secrets.Sign)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := ReadReceipt(b, to); err != nil || r.Status != "accepted" {
		t.Fatal(r, err)
	}
	if _, err := ReadReceipt(b, other); err == nil {
		t.Error("another office's receipt is taken")
	}
	if _, err := ReadReceipt(bytes.Replace(b, []byte("accepted"), []byte("acceptex"), 1), to); err == nil {
		t.Error("a changed receipt is taken")
	}
}

func FuzzDecode(f *testing.F) {
	_, from := office(f, greek, 1)
	raw, _, err := encode(header(), []byte(`{"referral":""}`), from.Sign)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := decode(b); err == nil && len(e.signed)+len(e.sig) != len(b) {
			t.Error("an envelope holds more than was signed")
		}
	})
}

// FuzzHeader: whatever a partner signs, a header that is taken is in canonical form and holds no text.
func FuzzHeader(f *testing.F) {
	head, err := json.Marshal(header())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(head, []byte(`{}`))
	f.Fuzz(func(t *testing.T, head, body []byte) {
		e, err := decode(append(pae(head, body), make([]byte, 64)...))
		if err != nil {
			return
		}
		again, err := json.Marshal(e.Header)
		if err != nil || !bytes.Equal(again, head) || !bytes.Equal(e.body, body) {
			t.Error("not the canonical form")
		}
		if strings.ContainsAny(e.Type+e.Purpose+e.Basis+join(e.Categories[:min(1, len(e.Categories))]), " \n") || e.Seq < 1 {
			t.Errorf("text in a header: %s", head)
		}
	})
}

// FuzzReceipt: whatever a partner signs, a receipt that is taken says yes or no, with a code.
func FuzzReceipt(f *testing.F) {
	to, secrets := office(f, albanian, 2)
	good, err := json.Marshal(Receipt{Version: 1, Message: greek, Hash: "00", From: albanian, To: greek, Status: "refused", Reason: "exchange.post.expired", At: day})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte(`{"reason":"she lives there"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		signed := append(ed25519.Sign(secrets.Sign, append([]byte(receiptMagic), body...)), body...)
		r, err := ReadReceipt(signed, to)
		if err == nil && (r.Status != "accepted" && r.Status != "refused" || strings.ContainsAny(r.Reason, " \n") || r.From != albanian) {
			t.Errorf("%+v", r)
		}
	})
}
