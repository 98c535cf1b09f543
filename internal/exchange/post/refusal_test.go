// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// forged makes a sealed message by hand, as an office whose own software checks nothing would.
func (n *node) forged(t *testing.T, to *node, change func(*Header)) (Header, []byte) {
	t.Helper()
	terms := n.terms[0].Document.Hash()
	now := n.clock.Now()
	h := Header{Version: Version, ID: journal.NewID(now, nil), Type: note, From: n.id, To: to.id, Conversation: journal.NewID(now, nil), Seq: 1, Sent: now, Expires: now.Add(time.Hour),
		Purpose: "referral", Basis: "consent", Handling: "H2", Terms: hex.EncodeToString(terms[:]), Categories: []journal.Category{journal.D0}}
	change(&h)
	raw, _, err := encode(h, []byte(`{}`), n.secrets.Sign)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := seal(raw, to.card)
	if err != nil {
		t.Fatal(err)
	}
	return h, sealed
}

// Whatever the sender's software let through, the recipient's refuses what it may not take in: with a
// signed receipt that says why, noted on the recipient's side too, and nothing happens.
func TestRefusalsSayWhyOnBothSides(t *testing.T) {
	for name, c := range map[string]struct {
		header func(*Header)
		to     func(*node)
		reason string
	}{
		"another office's":    {func(h *Header) { h.To = journal.NewID(day, nil) }, nil, "exchange.post.wrong_office"},
		"another version":     {func(h *Header) { h.Version = 2 }, nil, "exchange.post.version"},
		"from next week":      {func(h *Header) { h.Sent = day.AddDate(0, 0, 7) }, nil, "exchange.post.future"},
		"after its time":      {func(h *Header) { h.Expires = day }, nil, "exchange.post.expired"},
		"passed on":           {func(h *Header) { h.Hop = 1 }, nil, "exchange.post.hop"},
		"where a shelter is":  {func(h *Header) { h.Categories = []journal.Category{journal.D5} }, nil, "exchange.terms.uncovered"},
		"a category too many": {func(h *Header) { h.Categories = []journal.Category{journal.D0, journal.D6} }, nil, "exchange.terms.uncovered"},
		"another purpose":     {func(h *Header) { h.Purpose = "statistics" }, nil, "exchange.terms.uncovered"},
		"under other terms":   {func(h *Header) { h.Terms = strings.Repeat("0", 64) }, nil, "exchange.terms.none"},
		"another code":        {func(h *Header) { h.Handling = "H3" }, nil, "exchange.post.handling"},
		"an unknown kind":     {func(h *Header) { h.Type = "test.unknown" }, nil, "exchange.post.unknown_type"},
		"suspended terms":     {nil, func(to *node) { to.terms[0].Suspended = true }, "exchange.terms.suspended"},
		"ended terms":         {nil, func(to *node) { to.terms[0].Ended = true }, "exchange.terms.ended"},
		"an expelled partner": {nil, func(to *node) { to.blocked[greek] = true }, "exchange.partner.blocked"},
		"a rule of the wing": {nil, func(to *node) {
			to.answer = func(Incoming) error { return fault.New(fault.Guarded, "referral.guard.status") }
		}, "referral.guard.status"},
	} {
		from, to := two(t)
		h, sealed := from.forged(t, to, func(h *Header) {
			if c.header != nil {
				c.header(h)
			}
		})
		if c.to != nil {
			c.to(to)
		}
		receipt, err := to.Receive(t.Context(), albanian, sealed)
		if err != nil {
			t.Errorf("%s: no receipt: %v", name, err)
			continue
		}
		r, err := ReadReceipt(receipt, to.card)
		if err != nil || r.Status != "refused" || r.Reason != c.reason || r.Message != h.ID || r.To != greek {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		if in := to.inbox(t); len(in) != 1 || in[0].State != "refused" || in[0].Reason != c.reason || in[0].ID != h.ID {
			t.Errorf("%s: noted as %+v", name, in)
		}
		again, err := to.Receive(t.Context(), albanian, sealed)
		if err != nil || !bytes.Equal(again, receipt) || len(to.inbox(t)) != 1 {
			t.Errorf("%s: sent again it is answered differently: %v", name, err)
		}
		if len(to.handled) != 0 {
			t.Errorf("%s: it was handled", name)
		}
	}
}

// What cannot be attributed to a partner gets no receipt and leaves no trace in the tables.
func TestWhatCannotBeAttributedLeavesNothing(t *testing.T) {
	from, to := two(t)
	_, sealed := from.forged(t, to, func(*Header) {})
	strange := newNode(t, journal.NewID(day, nil), 9)
	strange.terms = from.terms
	_, unknown := strange.forged(t, to, func(*Header) {})
	_, posing := strange.forged(t, to, func(h *Header) { h.From = greek })
	_, elsewhere := from.forged(t, strange, func(*Header) {})
	_, texts := from.forged(t, to, func(h *Header) { h.Type = "she lives in the flat above" })
	_, categories := from.forged(t, to, func(h *Header) { h.Categories = []journal.Category{"she is nineteen"} })
	_, twice := from.forged(t, to, func(h *Header) { h.Categories = []journal.Category{journal.D0, journal.D0} })
	_, consents := from.forged(t, to, func(h *Header) { h.Consents = []string{"she said yes"} })
	_, many := from.forged(t, to, func(h *Header) {
		for range mostConsents + 1 {
			h.Consents = append(h.Consents, greek.String())
		}
	})
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	for name, c := range map[string]struct {
		sealed []byte
		kind   fault.Kind
	}{
		"tampered": {flipped, fault.Invalid}, "truncated": {sealed[:len(sealed)-1], fault.Invalid}, "empty": {nil, fault.Invalid}, "words": {[]byte("please send me everything"), fault.Invalid},
		"grown": {append(bytes.Clone(sealed), 0), fault.Invalid}, "huge": {make([]byte, MaxMessage+1), fault.TooMuch}, "sealed to another": {elsewhere, fault.Invalid},
		"a stranger's": {unknown, fault.Denied}, "a stranger posing as a partner": {posing, fault.Denied},
		"text for a type": {texts, fault.Invalid}, "text for a category": {categories, fault.Invalid}, "a category twice": {twice, fault.Invalid}, "text for a consent": {consents, fault.Invalid}, "too many consents": {many, fault.Invalid},
	} {
		if _, err := to.Receive(t.Context(), albanian, c.sealed); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
	if in := to.inbox(t); len(in) != 0 || len(to.handled) != 0 {
		t.Errorf("%d noted, %d handled", len(in), len(to.handled))
	}
	if _, err := to.Receive(t.Context(), albanian, sealed); err != nil || len(to.handled) != 1 {
		t.Errorf("the message itself: %v", err)
	}
}

// A message that comes again is answered as before; another one under its number is refused.
func TestReplaysHaveNoFurtherEffect(t *testing.T) {
	from, to := two(t)
	h, sealed := from.forged(t, to, func(*Header) {})
	first, err := to.Receive(t.Context(), albanian, sealed)
	if err != nil {
		t.Fatal(err)
	}
	to.clock.Advance(90 * 24 * time.Hour) // long after it ran out
	for range 3 {
		again, err := to.Receive(t.Context(), albanian, sealed)
		if err != nil || !bytes.Equal(again, first) {
			t.Fatalf("another answer: %v", err)
		}
	}
	if len(to.handled) != 1 || len(to.inbox(t)) != 1 {
		t.Errorf("%d handled", len(to.handled))
	}
	_, other := from.forged(t, to, func(x *Header) { x.ID, x.Conversation = h.ID, journal.NewID(day, nil) })
	if _, err := to.Receive(t.Context(), albanian, other); !fault.Is(err, fault.Denied) || reason(err) != "exchange.post.replayed" {
		t.Errorf("another message under the same number: %v", err)
	}
}

// The sender's own software refuses what terms do not cover before it is sealed.
func TestTheSenderCannotSendWhatIsNotCovered(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Outgoing)
		from   func(*node)
		kind   fault.Kind
	}{
		"a category too many": {func(o *Outgoing) { o.Categories = []journal.Category{journal.D4} }, func(*node) {}, fault.Uncovered},
		"another purpose":     {func(o *Outgoing) { o.Purpose = "statistics" }, func(*node) {}, fault.Uncovered},
		"nobody's card":       {func(o *Outgoing) { o.To = journal.NewID(day, nil) }, func(*node) {}, fault.NotFound},
		"too large":           {func(o *Outgoing) { o.Body = make([]byte, MaxMessage) }, func(*node) {}, fault.TooMuch},
		"blocked":             {func(*Outgoing) {}, func(n *node) { n.blocked[albanian] = true }, fault.Denied},
		"suspended":           {func(*Outgoing) {}, func(n *node) { n.terms[0].Suspended = true }, fault.Uncovered},
		"run out":             {func(*Outgoing) {}, func(n *node) { n.clock.Advance(2 * 366 * 24 * time.Hour) }, fault.Uncovered},
		"signed by one":       {func(*Outgoing) {}, func(n *node) { n.terms[0].Signatures = map[journal.ID]string{greek: "x"} }, fault.Uncovered},
		"no terms":            {func(*Outgoing) {}, func(n *node) { n.terms = nil }, fault.Uncovered},
	} {
		from, _ := two(t)
		c.from(from)
		o := from.message(greek)
		c.change(&o)
		if err := from.queue(t.Context(), o); !fault.Is(err, c.kind) || len(from.outbox(t)) != 0 {
			t.Errorf("%s: %v, want %s", name, err, c.kind)
		}
	}
}

// What is sent only when it is covered keeps nobody from going on where it is not.
func TestWhatIsSentWhenCovered(t *testing.T) {
	for name, change := range map[string]func(*node){
		"blocked":   func(n *node) { n.blocked[albanian] = true },
		"suspended": func(n *node) { n.terms[0].Suspended = true },
		"no terms":  func(n *node) { n.terms = nil },
		"no card":   func(n *node) { n.pinned = nil },
	} {
		from, _ := two(t)
		o := from.message(greek)
		o.WhenCovered = true
		change(from)
		if err := from.queue(t.Context(), o); err != nil || len(from.outbox(t)) != 0 {
			t.Errorf("%s: %v, %d queued", name, err, len(from.outbox(t)))
		}
	}
	from, _ := two(t)
	o := from.message(greek)
	o.WhenCovered = true
	if from.mustQueue(t, o); len(from.outbox(t)) != 1 {
		t.Error("covered, and not queued")
	}
}

// Nothing keeps a withdrawal: not terms that have ended, not a blocked partner, not a long way.
func TestNothingKeepsAWithdrawal(t *testing.T) {
	for name, part := range map[string]func(from, to *node){
		"suspended":                  func(from, to *node) { from.terms[0].Suspended, to.terms[0].Suspended = true, true },
		"ended":                      func(from, to *node) { from.terms[0].Ended, to.terms[0].Ended = true, true },
		"the sender blocked them":    func(from, _ *node) { from.blocked[albanian] = true },
		"the recipient blocked them": func(_, to *node) { to.blocked[greek] = true },
		"years later":                func(from, _ *node) { from.clock.Advance(3 * 366 * 24 * time.Hour) },
	} {
		from, to := two(t)
		part(from, to)
		o := from.message(greek)
		o.Type = takeBack
		from.mustQueue(t, o)
		to.clock.Set(from.clock.Now())
		if name == "years later" {
			to.clock.Advance(3 * 366 * 24 * time.Hour) // and it was on its way for as long
		}
		from.clock.Advance(time.Second)
		from.deliver(t)
		if out := from.outbox(t); len(to.handled) != 1 || out[0].State != "accepted" {
			t.Errorf("%s: %s %s", name, out[0].State, out[0].Reason)
		}
	}
	from, _ := two(t)
	from.terms[0].Signatures = map[journal.ID]string{greek: "x"} // never agreed at all
	o := from.message(greek)
	o.Type = takeBack
	if err := from.queue(t.Context(), o); !fault.Is(err, fault.Uncovered) {
		t.Errorf("terms that one side never signed: %v", err)
	}
}

// A handler that cannot work now lets the sender try again; nothing is noted until it could.
func TestAHandlerThatCannotNowIsAskedAgain(t *testing.T) {
	from, to := two(t)
	to.answer = func(Incoming) error { return fault.New(fault.Unavailable, "db.busy") }
	from.mustQueue(t, from.message(greek))
	from.clock.Advance(time.Second)
	if from.deliver(t) != 0 || len(to.inbox(t)) != 0 || from.outbox(t)[0].State != "queued" {
		t.Fatal("a message that could not be taken in was answered")
	}
	to.answer = nil
	from.clock.Advance(time.Hour)
	if from.deliver(t) != 1 || len(to.handled) != 1 {
		t.Fatal("it was not asked for again")
	}
}
