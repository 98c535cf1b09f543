// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

//go:generate go test -count=1 -run ^TestVectors$ . -update

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors are docs/protocol.md as bytes: what a stranger's implementation must take in, and what it must refuse and how.
type vectors struct {
	Note      string          `json:"note"`
	Now       time.Time       `json:"now"`
	Sender    json.RawMessage `json:"sender"`    // card
	Recipient json.RawMessage `json:"recipient"` // card
	SealKey   string          `json:"seal_key"`  // the recipient's private sealing key
	SignSeed  string          `json:"sign_seed"` // hex of the seed of the recipient's signing key
	Terms     terms.Document  `json:"terms"`
	Signed    [2]string       `json:"terms_signatures"` // of its parties, in their order
	Types     []string        `json:"types"`            // of messages that the recipient knows
	Vectors   []vector        `json:"vectors"`
	Batch     batchVector     `json:"batch"`
	Parcel    parcelVector    `json:"parcel"`
}

// parcelVector is a parcel, and the ticket with which its sender brings it.
type parcelVector struct {
	Parcel
	Sealed []byte `json:"sealed"`
	Plain  []byte `json:"plain"`
	Ticket string `json:"ticket"`
}

// batchVector is one request and its response.
type batchVector struct {
	Names    []string `json:"names"` // of the vectors whose messages are in it
	Request  []byte   `json:"request"`
	Response []byte   `json:"response"`
}

type vector struct {
	Name    string      `json:"name"`
	About   string      `json:"about"`
	Sealed  []byte      `json:"sealed,omitempty"`
	Recipe  *recipe     `json:"recipe,omitempty"` // instead of Sealed
	Outcome string      `json:"outcome"`          // accepted | refused | early | none: no receipt
	Reason  string      `json:"reason,omitempty"` // of the receipt
	Status  int         `json:"status"`           // of the HTTP answer
	Header  *Header     `json:"header,omitempty"`
	Body    []byte      `json:"body,omitempty"`
	Hash    string      `json:"hash,omitempty"`
	After   []string    `json:"after,omitempty"` // vectors that the recipient has taken in before
	Receipt *receiptBit `json:"receipt,omitempty"`
}

// recipe makes what is too long to print: the byte, repeated, behind the prefix, sealed to the recipient.
type recipe struct {
	Prefix string `json:"prefix"`
	Byte   string `json:"byte"` // hex
	Times  int    `json:"times"`
}

// receiptBit is the receipt, whole; Ed25519 has one signature for one text.
type receiptBit struct {
	Bytes []byte `json:"bytes"`
}

func (v vector) bytes(t *testing.T, to card.Card) []byte {
	t.Helper()
	if v.Recipe == nil {
		return v.Sealed
	}
	b, err := hex.DecodeString(v.Recipe.Byte)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal(append([]byte(v.Recipe.Prefix), bytes.Repeat(b, v.Recipe.Times)...), to)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

const vectorFile = "testdata/vectors.json"

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	var vs vectors
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &vs); err != nil {
		t.Fatal(err)
	}
	for _, v := range vs.Vectors {
		t.Run(v.Name, func(t *testing.T) {
			to := recipientOf(t, vs)
			for _, name := range v.After {
				if _, err := to.Receive(t.Context(), to.id, find(t, vs, name).bytes(t, to.card)); err != nil {
					t.Fatal(err)
				}
			}
			receipt, err := to.Receive(t.Context(), to.id, v.bytes(t, to.card))
			if v.Outcome == "none" {
				if err == nil || statusOf(err) != v.Status || receipt != nil {
					t.Errorf("%v gives status %d, want none and %d", err, statusOf(err), v.Status)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			r, err := ReadReceipt(receipt, to.card)
			if err != nil || r.Status != v.Outcome || r.Reason != v.Reason || r.Hash != v.Hash || v.Status != 200 {
				t.Errorf("%+v, %v", r, err)
			}
			if v.Receipt == nil || !bytes.Equal(receipt, v.Receipt.Bytes) {
				t.Errorf("another receipt: %s", receipt[64:])
			}
		})
	}
	t.Run("batch", func(t *testing.T) {
		to := recipientOf(t, vs)
		sealed, err := unpackBatch(vs.Batch.Request)
		if err != nil {
			t.Fatal(err)
		}
		var replies []reply
		for _, a := range to.ReceiveAll(t.Context(), to.id, sealed) {
			replies = append(replies, replyOf(a))
		}
		if got := packReplies(replies); !bytes.Equal(got, vs.Batch.Response) || len(sealed) != len(vs.Batch.Names) {
			t.Errorf("another response: %q", got)
		}
	})
	t.Run("parcel", func(t *testing.T) {
		to := recipientOf(t, vs)
		x, err := to.admits(t.Context(), albanian, vs.Parcel.Ticket, vs.Parcel.Hash)
		if err != nil || x.Size != vs.Parcel.Size {
			t.Fatalf("%+v, %v", x, err)
		}
		hash, err := hex.DecodeString(vs.Parcel.Hash)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.part(t.Context(), albanian, greek, hash, x.Size, 0, vs.Parcel.Sealed); err != nil {
			t.Fatal(err)
		}
		r, err := to.OpenParcel(t.Context(), albanian, greek, vs.Parcel.Parcel)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, vs.Parcel.Plain) {
			t.Errorf("%q, %v", got, err)
		}
	})
	if len(vs.Vectors) < 15 {
		t.Errorf("only %d vectors", len(vs.Vectors))
	}
}

// TestVectorsReadElsewhere opens, decodes and verifies each vector with a reader in another language that was written from
// docs/protocol.md and uses nothing of ours.
func TestVectorsReadElsewhere(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 on this machine")
	}
	out, err := exec.CommandContext(t.Context(), python, "testdata/vectors.py", vectorFile).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if !strings.Contains(string(out), "all as written") {
		t.Errorf("%s", out)
	}
}

func find(t *testing.T, vs vectors, name string) vector {
	t.Helper()
	for _, v := range vs.Vectors {
		if v.Name == name {
			return v
		}
	}
	t.Fatalf("no vector %q", name)
	return vector{}
}

// recipientOf makes the office that the vectors are for.
func recipientOf(t *testing.T, vs vectors) *node {
	t.Helper()
	to := newNode(t, albanian, 2)
	to.clock.Set(vs.Now)
	seed, err := hex.DecodeString(vs.SignSeed)
	if err != nil {
		t.Fatal(err)
	}
	if to.secrets, err = card.LoadSecrets([32]byte(seed), vs.SealKey); err != nil {
		t.Fatal(err)
	}
	if to.card, err = card.Parse(vs.Recipient); err != nil {
		t.Fatal(err)
	}
	sender, err := card.Parse(vs.Sender)
	if err != nil {
		t.Fatal(err)
	}
	to.pinned = map[journal.ID]card.Card{sender.Office: sender}
	to.terms = []terms.State{{Document: vs.Terms, Signatures: map[journal.ID]string{vs.Terms.Parties[0].Office: vs.Signed[0], vs.Terms.Parties[1].Office: vs.Signed[1]}}}
	for i, c := range []card.Card{sender, to.card} {
		if err := terms.Check(vs.Terms, vs.Signed[i], c); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// writer makes vectors.
type writer struct {
	t        *testing.T
	from, to *node
	stranger *node
	vs       vectors
	n        byte
}

func writeVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 2026)
	w := &writer{t: t}
	w.from, w.to = two(t)
	w.stranger = newNode(t, journal.MustID("01890000-0000-7000-8000-000000000009"), 9)
	doc := w.termsOf()
	w.vs = vectors{
		Note: "Code generated by go generate; DO NOT EDIT. Invented offices; the keys are in the open and protect nothing. docs/protocol.md says what each part is.",
		Now:  day, Sender: w.issue(w.from, 1), Recipient: w.issue(w.to, 2), SealKey: w.to.secrets.SealKey(), SignSeed: hex.EncodeToString(append([]byte{2}, make([]byte, 31)...)),
		Terms: doc, Types: []string{note, takeBack},
	}
	// the cards now have fixed addresses, which are not part of their fingerprints
	w.vs.Signed = [2]string{terms.Sign(doc, w.from.secrets.Sign), terms.Sign(doc, w.to.secrets.Sign)}
	for _, n := range []*node{w.from, w.to, w.stranger} {
		n.terms = []terms.State{{Document: doc, Signatures: map[journal.ID]string{greek: w.vs.Signed[0], albanian: w.vs.Signed[1]}}}
	}
	w.all()
	b, err := json.MarshalIndent(w.vs, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (w *writer) issue(n *node, number int) json.RawMessage {
	w.t.Helper()
	c := n.card
	c.URL = []string{"", "https://piraeus.example", "https://tirana.example"}[number]
	c, b, err := n.secrets.Issue(c)
	if err != nil {
		w.t.Fatal(err)
	}
	n.card = c
	return b
}

func (w *writer) termsOf() terms.Document {
	doc := w.from.terms[0].Document
	doc.ID = journal.MustID("01890000-0000-7000-8000-0000000000aa")
	return doc
}

// add writes one vector and asks the recipient what it makes of it.
func (w *writer) add(v vector) {
	w.t.Helper()
	to := recipientOf(w.t, w.vs)
	for _, name := range v.After {
		if _, err := to.Receive(w.t.Context(), to.id, find(w.t, w.vs, name).bytes(w.t, to.card)); err != nil {
			w.t.Fatal(err)
		}
	}
	receipt, err := to.Receive(w.t.Context(), to.id, v.bytes(w.t, to.card))
	if err != nil {
		v.Outcome, v.Status, v.Header, v.Hash = "none", statusOf(err), nil, ""
		if fault.Of(err) == fault.Internal {
			w.t.Fatalf("%s: %v", v.Name, err)
		}
	} else {
		r, err := ReadReceipt(receipt, to.card)
		if err != nil {
			w.t.Fatal(err)
		}
		v.Outcome, v.Reason, v.Status, v.Hash, v.Receipt = r.Status, r.Reason, 200, r.Hash, &receiptBit{receipt}
	}
	w.vs.Vectors = append(w.vs.Vectors, v)
}

// message makes a sealed message by hand.
func (w *writer) message(from *node, to card.Card, body []byte, change func(*Header)) (*Header, []byte, []byte) {
	w.t.Helper()
	w.n++
	id := journal.MustID("01890000-0000-7000-8000-000000000100")
	id[15] = w.n
	hash := w.vs.Terms.Hash()
	h := Header{Version: Version, ID: id, Type: note, From: greek, To: albanian, Conversation: journal.MustID("01890000-0000-7000-8000-0000000000c0"), Seq: 1, Sent: day.Add(-time.Hour), Expires: day.AddDate(0, 0, 30),
		Purpose: "referral", Basis: "consent", Handling: "H2", Terms: hex.EncodeToString(hash[:]), Categories: []journal.Category{journal.D0, journal.D2}, Consents: []string{"01890000-0000-7000-8000-0000000000d0"}}
	if change != nil {
		change(&h)
	}
	raw, _, err := encode(h, body, from.secrets.Sign)
	if err != nil {
		w.t.Fatal(err)
	}
	sealed, err := seal(raw, to)
	if err != nil {
		w.t.Fatal(err)
	}
	return &h, raw, sealed
}

func (w *writer) all() {
	body := []byte(`{"text":"Mirë se vini · Καλώς ήρθατε · Добро пожаловать"}`)
	h, raw, sealed := w.message(w.from, w.to.card, body, nil)
	w.add(vector{Name: "valid", About: "Everything as it should be.", Sealed: sealed, Header: h, Body: body})
	first := w.vs.Vectors[0]
	for _, c := range []struct {
		name, about string
		change      func(*Header)
	}{
		{"before its turn", "Second of its conversation, whose first is not there: the receipt is not the last word.", func(h *Header) { h.Seq, h.Prev = 2, first.Hash }},
		{"valid, with a time to be done by", "Whoever has not said by then that it is done is overdue.", func(h *Header) {
			h.Due, h.Conversation = day.AddDate(0, 0, 14), journal.MustID("01890000-0000-7000-8000-0000000000c1")
		}},
		{"valid, taking back", "A type that takes something back is bound by neither its time nor the expiry.", func(h *Header) {
			h.Type, h.Expires, h.Consents = takeBack, day.Add(-time.Minute), nil
		}},
		{"expired", "Its time had run out on arrival.", func(h *Header) { h.Expires = day }},
		{"future clock", "Sent three days ahead of the recipient's clock: refused for good.", func(h *Header) { h.Sent = day.Add(72 * time.Hour) }},
		{"clock an hour ahead", "No receipt: the sender asks again later.", func(h *Header) { h.Sent = day.Add(time.Hour) }},
		{"wrong office", "Sealed to the recipient, addressed to another: somebody passed it on.", func(h *Header) { h.To = w.stranger.id }},
		{"uncovered category", "D4 is not in the terms.", func(h *Header) { h.Categories = []journal.Category{journal.D0, journal.D4} }},
		{"where a shelter is", "D5 never travels, whatever the terms say.", func(h *Header) { h.Categories = []journal.Category{journal.D5} }},
		{"uncovered purpose", "The terms are about referrals.", func(h *Header) { h.Purpose = "statistics" }},
		{"other terms", "No terms have this hash.", func(h *Header) { h.Terms = strings.Repeat("0", 64) }},
		{"widened hop", "Passed on once; nothing may be.", func(h *Header) { h.Hop = 1 }},
		{"another version", "Version 2 is not known.", func(h *Header) { h.Version = 2 }},
		{"unknown type", "The recipient has nobody for it.", func(h *Header) { h.Type = "test.unknown" }},
		{"text in a header", "A type is a code; what may hold text is no envelope.", func(h *Header) { h.Type = "she lives upstairs" }},
		{"a category twice", "A list of categories names each once.", func(h *Header) { h.Categories = []journal.Category{journal.D0, journal.D0} }},
	} {
		h, _, sealed := w.message(w.from, w.to.card, []byte(`{}`), c.change)
		w.add(vector{Name: c.name, About: c.about, Sealed: sealed, Header: h, Body: []byte(`{}`)})
	}
	w.add(vector{Name: "replayed", About: "The first message again: the same receipt again, nothing else happens.", Sealed: first.Sealed, Header: first.Header, Body: first.Body, After: []string{"valid"}})
	w.order(first)
	_, _, other := w.message(w.from, w.to.card, []byte(`{"other":true}`), func(h *Header) { h.ID = first.Header.ID })
	w.add(vector{Name: "replayed with a change", About: "Another message under an id that was used.", Sealed: other, After: []string{"valid"}})
	w.damaged(raw, sealed)
	w.parcel()
	w.batch("valid", "expired", "valid, second of its conversation", "tampered")
}

// order writes what is about the order of a conversation: what comes after its predecessor, after one that never comes, and
// that one when it comes all the same.
func (w *writer) order(first vector) {
	second := func(h *Header) { h.Seq, h.Prev = 2, first.Hash }
	h, _, sealed := w.message(w.from, w.to.card, []byte(`{}`), second)
	w.add(vector{Name: "valid, second of its conversation", About: "Seq counts on and prev is the hash of the message before.", Sealed: sealed, Header: h, Body: []byte(`{}`), After: []string{"valid"}})
	gone, err := json.Marshal(Gone{[]GoneMessage{{Conversation: first.Header.Conversation, Seq: 1, ID: first.Header.ID, Type: note, Hash: first.Hash, Why: Voided}}})
	if err != nil {
		w.t.Fatal(err)
	}
	h, _, sealed = w.message(w.from, w.to.card, gone, func(h *Header) {
		h.Type, h.Conversation, h.Purpose, h.Basis, h.Categories, h.Consents = GoneType, journal.MustID("01890000-0000-7000-8000-0000000000c9"), "post", "law", []journal.Category{}, nil
	})
	w.add(vector{Name: "valid, saying what never comes", About: "The first message of the conversation was withdrawn before it left.", Sealed: sealed, Header: h, Body: gone})
	said := []string{"valid, saying what never comes"}
	h, _, sealed = w.message(w.from, w.to.card, []byte(`{}`), second)
	w.add(vector{Name: "valid, after one that never comes", About: "Its turn has come.", Sealed: sealed, Header: h, Body: []byte(`{}`), After: said})
	w.add(vector{Name: "withdrawn, and brought all the same", About: "Its sender said that it never comes.", Sealed: first.Sealed, Header: first.Header, Body: first.Body, After: said})
}

// parcel writes one.
func (w *writer) parcel() {
	w.t.Helper()
	plain := []byte("A decision of twelve pages (fictitious).")
	x, err := w.from.Attach(w.t.Context(), greek, bytes.NewReader(plain))
	if err != nil {
		w.t.Fatal(err)
	}
	hash, err := hex.DecodeString(x.Hash)
	if err != nil {
		w.t.Fatal(err)
	}
	sealed, err := io.ReadAll(&pieces{ctx: w.t.Context(), db: w.from.DB, owner: greek, partner: greek, hash: hash})
	if err != nil {
		w.t.Fatal(err)
	}
	text, err := signTicket(ticket{1, greek, albanian, x.Hash, x.Size, day}, w.from.secrets.Sign)
	if err != nil {
		w.t.Fatal(err)
	}
	w.vs.Parcel = parcelVector{x, sealed, plain, text}
}

// batch writes a request of several messages, and what comes back.
func (w *writer) batch(names ...string) {
	w.t.Helper()
	var sealed [][]byte
	for _, n := range names {
		sealed = append(sealed, find(w.t, w.vs, n).Sealed)
	}
	to := recipientOf(w.t, w.vs)
	var replies []reply
	for _, a := range to.ReceiveAll(w.t.Context(), to.id, sealed) {
		replies = append(replies, replyOf(a))
	}
	w.vs.Batch = batchVector{names, packBatch(sealed), packReplies(replies)}
}

func (w *writer) damaged(raw, sealed []byte) {
	reseal := func(raw []byte) []byte {
		b, err := seal(raw, w.to.card)
		if err != nil {
			w.t.Fatal(err)
		}
		return b
	}
	flip := func(b []byte, at int) []byte { b = bytes.Clone(b); b[at] ^= 1; return b }
	_, _, strangers := w.message(w.stranger, w.to.card, []byte(`{}`), func(h *Header) { h.From = w.stranger.id })
	_, _, posing := w.message(w.stranger, w.to.card, []byte(`{}`), nil)
	_, _, elsewhere := w.message(w.from, w.stranger.card, []byte(`{}`), nil)
	for _, v := range []vector{
		{Name: "tampered", About: "One bit of the sealed file.", Sealed: flip(sealed, len(sealed)-20)},
		{Name: "tampered inside", About: "One bit of the body, sealed again: the signature fails.", Sealed: reseal(flip(raw, len(raw)-70))},
		{Name: "truncated", About: "The last byte is missing.", Sealed: sealed[:len(sealed)-1]},
		{Name: "truncated inside", About: "The signature is cut, sealed again.", Sealed: reseal(raw[:len(raw)-1])},
		{Name: "grown inside", About: "A byte after the signature, sealed again.", Sealed: reseal(append(bytes.Clone(raw), 0))},
		{Name: "other spacing", About: "A space in the header's JSON, its length right: not the canonical form.", Sealed: reseal(respaced(raw))},
		{Name: "sealed to another", About: "The recipient has no key for it.", Sealed: elsewhere},
		{Name: "a stranger's", About: "From an office that is not pinned.", Sealed: strangers},
		{Name: "posing", About: "A stranger's signature under a partner's name.", Sealed: posing},
		{Name: "nesting", About: "Two megabytes of opening brackets: over the limit of a message before anything is opened.", Recipe: &recipe{magic, "5b", 2 << 20}},
		{Name: "nesting within the limit", About: "Half a megabyte of opening brackets in the place of the header.", Recipe: &recipe{magic, "5b", 512 << 10}},
	} {
		w.add(v)
	}
}

// respaced puts a space into the header and corrects its length: signed anew by nobody.
func respaced(raw []byte) []byte {
	at := len(magic) + 4
	out := append(bytes.Clone(raw[:at+1]), ' ')
	out = append(out, raw[at+1:]...)
	out[at-1]++
	return out
}
