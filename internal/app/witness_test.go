// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/exchange/witness"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// far is one office on a host of its own: its post goes over a real socket.
type far struct {
	*testing.T
	n       *Node
	folder  Folder
	address string
	key     *age.X25519Identity
	clock   *clock.Manual
	owner   Owner
	door    *http.Server
}

func newFar(t *testing.T, c *clock.Manual, name string, kind access.OfficeKind) *far {
	t.Helper()
	f := &far{T: t, clock: c, folder: Folder(t.TempDir()), owner: NewOwner(name, kind, "GR", "Europe/Athens", "en", c.Now())}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	f.must(err)
	f.address = l.Addr().String()
	f.key, err = age.GenerateX25519Identity()
	f.must(err)
	f.must(Create(f.folder, Settings{Listen: f.address, URL: "http://" + f.address, Unlock: ByKeyFile, KeyFile: "none", Demo: true, Owners: []Owner{f.owner}}, f.key.Recipient()))
	f.open(l)
	t.Cleanup(func() { f.close() })
	return f
}

func (f *far) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// open opens the folder and its door; a nil listener listens where the card says.
func (f *far) open(l net.Listener) {
	f.Helper()
	var err error
	if f.n, err = Open(f.Context(), f.folder, Options{With: []age.Identity{f.key}, Clock: f.clock, Hash: cheap}); err != nil {
		f.Fatal(err)
	}
	h, err := f.n.Handler()
	f.must(err)
	if l == nil {
		l, err = net.Listen("tcp", f.address)
		f.must(err)
	}
	f.door = &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func(s *http.Server) { _ = s.Serve(l) }(f.door)
}

func (f *far) close() {
	_ = f.door.Close()
	_ = f.n.Close()
}

// sees pins another office's card.
func (f *far) sees(other *far) {
	f.Helper()
	c, err := opCard(f.Context(), other.n, Of{})
	f.must(err)
	_, err = opPin(f.Context(), f.n, PinIn{Card: c.Card, How: "demo"})
	f.must(err)
}

// agreeToWitness lets two offices sign terms for witnessing, both ways.
func agreeToWitness(a, b *far) {
	a.Helper()
	ctx := a.Context()
	a.sees(b)
	b.sees(a)
	cats := []journal.Category{journal.OF}
	d, err := opDraftTerms(ctx, a.n, DraftIn{Partner: b.owner.ID, Title: "Witnessing", Handling: "H2", Basis: "Fictitious", TextName: "protocol.txt", Text: []byte("Fictitious."), Retention: 365,
		Grants: []terms.Grant{{From: a.owner.ID, To: b.owner.ID, Purpose: witness.Purpose, Categories: cats}, {From: b.owner.ID, To: a.owner.ID, Purpose: witness.Purpose, Categories: cats}},
		From:   a.clock.Now().Add(-time.Hour), Until: a.clock.Now().Add(365 * 24 * time.Hour)})
	a.must(err)
	first, err := opSignTerms(ctx, a.n, SignIn{ID: d.Document.ID})
	a.must(err)
	second, err := opSignTerms(ctx, b.n, SignIn{Terms: &first})
	b.must(err)
	_, err = opSignTerms(ctx, a.n, SignIn{Terms: &second})
	a.must(err)
}

// later lets a fixed time come: checkpoints leave, and answers come back.
func later(fs ...*far) {
	fs[0].Helper()
	fs[0].clock.Advance(witness.Every)
	carry(fs...)
}

// carry lets both couriers work until nothing waits.
func carry(fs ...*far) {
	fs[0].Helper()
	for range 10 {
		left := int64(0)
		for _, f := range fs {
			_, err := f.n.sequencer.Once(f.Context())
			f.must(err)
			sent, err := f.n.WitnessOnce(f.Context())
			f.must(err)
			d, err := opDeliver(f.Context(), f.n, Empty{})
			f.must(err)
			left += d.Queued + int64(d.Receipts) + int64(sent)
		}
		if left == 0 {
			return
		}
	}
	fs[0].Fatal("checkpoints are stuck")
}

// partner gives what an office has on another.
func (f *far) partner(other *far) terms.Partner {
	f.Helper()
	ps, err := f.n.witnessing().Partners(f.Context(), f.owner.ID)
	f.must(err)
	i := slices.IndexFunc(ps, func(p terms.Partner) bool { return p.Card.Office == other.owner.ID })
	return ps[i]
}

// cosigned gives the office's latest cosigned checkpoint, checked with public keys alone.
func (f *far) cosigned(by *far) int64 {
	f.Helper()
	var cs []witness.Cosignature
	f.must(f.n.DB.Read(f.Context(), func(tx dbTx) (err error) { cs, err = witness.Cosignatures(f.Context(), tx, f.owner.ID); return err }))
	if len(cs) == 0 {
		return 0
	}
	own, err := f.n.signer(f.owner.ID)
	f.must(err)
	theirs, err := by.n.signer(by.owner.ID)
	f.must(err)
	c, at, err := ledger.ParseCosigned(cs[0].Note, own.Verifier(), theirs.Verifier())
	f.must(err)
	if c.Size != cs[0].Size || !at.Equal(f.clock.Now().Truncate(time.Second)) || len(cs) != 1 {
		f.Errorf("cosigned %d at %s: %+v", c.Size, at, cs)
	}
	return c.Size
}

func (f *far) size() (n int64) {
	f.Helper()
	f.must(f.n.DB.Read(f.Context(), func(tx dbTx) (err error) { n, err = ledger.Size(f.Context(), tx, f.owner.ID); return err }))
	return n
}

// works lets the log grow.
func (f *far) works() {
	f.Helper()
	_, err := opAddRules(f.Context(), f.n, AddRulesIn{Name: "rule-" + strings.ToLower(f.n.newID().String()[24:]), Source: noOffers})
	f.must(err)
}

// verdict is what verify and status say.
func (f *far) verdict() (ok bool, forks []OpenFork, needs []string) {
	f.Helper()
	v, err := opVerify(f.Context(), f.n, Of{})
	f.must(err)
	s, err := opStatus(f.Context(), f.n, Empty{})
	f.must(err)
	if len(s.Forks) != len(v.Forks) {
		f.Errorf("verify names %d, status %d", len(v.Forks), len(s.Forks))
	}
	return v.OK, v.Forks, s.Needs
}

// A partner keeps and cosigns the checkpoints at fixed times and at no others; a backup that is restored makes the log
// contradict them, on both sides, until the partner's people accept it again.
func TestAPartnerWitnessesTheLog(t *testing.T) {
	c := clock.NewManual(start)
	a, b := newFar(t, c, "Shelter", access.Assistance), newFar(t, c, "Ministry", access.Programme)
	agreeToWitness(a, b)
	ctx := t.Context()
	choose := func() {
		t.Helper()
		out, err := opChooseWitness(ctx, a.n, ChooseWitnessIn{Partner: b.owner.ID})
		a.must(err)
		if !out.Covered || !out.Witness {
			t.Fatalf("%+v", out)
		}
	}
	choose()
	later(a, b)
	first := a.cosigned(b)
	if first == 0 || first != a.size()-1 { // the receipt for the cosignature is a leaf itself
		t.Fatalf("cosigned at %d of %d", first, a.size())
	}
	c.Advance(time.Hour)
	a.works()
	carry(a, b)
	var before int64
	a.must(a.n.DB.Read(ctx, func(tx dbTx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM post_out WHERE type = $1`, witness.CheckpointType).Scan(&before)
	}))
	if before != 1 {
		t.Errorf("%d checkpoints left between the fixed times", before-1)
	}

	key, err := age.GenerateHybridIdentity()
	a.must(err)
	made, err := opBackup(ctx, a.n, BackupIn{Plan{Shelf: archive.Shelf(t.TempDir()), Recipients: []string{key.Recipient().String()}}})
	a.must(err)
	a.works()
	later(a, b)
	if n := a.cosigned(b); n <= first || n != a.size()-1 {
		t.Fatalf("cosigned at %d of %d", n, a.size())
	}
	if ok, forks, _ := a.verdict(); !ok || len(forks) != 0 {
		t.Fatalf("a whole log: %v %+v", ok, forks)
	}

	a.close()
	a.folder = Folder(t.TempDir())
	_, err = Restore(ctx, RestoreIn{Data: made.Data, With: []age.Identity{key}, Folder: a.folder, Unlock: func(Settings) ([]age.Identity, error) { return []age.Identity{a.key}, nil }})
	a.must(err)
	a.open(nil)
	if n, err := a.n.WitnessOnce(ctx); err != nil || n != 0 {
		t.Fatalf("a restored office that waits sent %d checkpoints: %v", n, err)
	}
	_, err = opResume(ctx, a.n, ResumeIn{Reason: "The disk was lost; decided by Ana and Bo."})
	a.must(err)
	later(a, b)
	ok, forks, needs := a.verdict()
	if ok || len(forks) != 1 || !forks[0].Ours || !slices.Contains(needs, "operate.needs.fork_ours") {
		t.Fatalf("the restored office: %v %+v %v", ok, forks, needs)
	}
	ok, forks, needs = b.verdict()
	if !ok || len(forks) != 1 || forks[0].Ours || !slices.Contains(needs, "operate.needs.fork_theirs") {
		t.Fatalf("its witness: %v %+v %v", ok, forks, needs)
	}
	later(a, b)
	if _, again, _ := b.verdict(); len(again) != 1 || again[0].At != forks[0].At {
		t.Errorf("the same contradiction is noted again: %+v", again)
	}
	a.shows("keeps a checkpoint that this log contradicts")
	b.shows("contradicts what it signed before")

	if _, err := opAcceptLog(ctx, b.n, AcceptLogIn{Partner: a.owner.ID, Reason: "fine"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("accepted without a reason: %v", err)
	}
	b.acceptsByItsPage(a, forks[0])
	if _, err := opAcceptLog(ctx, b.n, AcceptLogIn{Partner: a.owner.ID, Reason: "Restored on 3 March; Ana said so by telephone; Bo agreed."}); !fault.Is(err, fault.Guarded) {
		t.Errorf("accepted twice: %v", err)
	}
	later(a, b)
	if n := a.cosigned(b); n != a.size()-2 { // that the witness goes on is an entry of its own, and so is the receipt for saying it
		t.Errorf("after it was accepted: cosigned at %d of %d", n, a.size())
	}
	for _, f := range []*far{a, b} {
		if ok, forks, _ := f.verdict(); !ok || len(forks) != 0 {
			t.Errorf("%s afterwards: %v %+v", f.owner.Name, ok, forks)
		}
	}
}

// acceptsByItsPage lets the liaison, and nobody without that function, accept a partner's log again on the partner's page,
// with a reason.
func (f *far) acceptsByItsPage(of *far, fork OpenFork) {
	f.Helper()
	w := &world{T: f.T, n: f.n, clock: f.clock, door: f.door.Handler, offices: map[string]Owner{"here": f.owner}, people: map[string]*visitor{}}
	iris, lea := w.hire("here", "ivo", access.Oversight), w.hire("here", "lea", access.Liaison)
	at, reason := "/partners/"+of.owner.ID.String(), "Restored on 3 March; Ana said so by telephone; Bo agreed."
	if p := w.get(iris, at); p.code != http.StatusOK || !strings.Contains(p.body, "contradicts what it signed before") || strings.Contains(p.body, at+"/log") {
		f.Errorf("without the function: %d %s", p.code, p.body)
	}
	if p := w.post(iris, at+"/log", url.Values{"reason": {reason}}); p.code != http.StatusForbidden {
		f.Errorf("accepted without the function: %d", p.code)
	}
	if p := w.post(lea, at+"/log", url.Values{"reason": {"fine words"}}); p.code != http.StatusUnprocessableEntity || !strings.Contains(p.body, "fine words") || !strings.Contains(p.body, `href="#f-reason"`) {
		f.Errorf("without a reason: %d %s", p.code, p.body)
	}
	if p := w.post(lea, at+"/log", url.Values{"reason": {reason}}); p.code != http.StatusSeeOther {
		f.Errorf("with a reason: %d %s", p.code, p.body)
	}
	if p := w.get(lea, at); strings.Contains(p.body, "contradicts what it signed before") || !strings.Contains(p.body, reason) {
		f.Errorf("afterwards: %s", p.body)
	}
	if p := f.partner(of); p.Theirs != nil || len(p.Accepted) != 1 || p.Accepted[0].Before != fork.Before || p.Accepted[0].Now != fork.Now {
		f.Errorf("the evidence: %+v", p)
	}
}

// shows looks for a text on the log page as oversight reads it.
func (f *far) shows(want string) {
	f.Helper()
	w := &world{T: f.T, n: f.n, clock: f.clock, door: f.door.Handler, offices: map[string]Owner{"here": f.owner}, people: map[string]*visitor{}}
	iris := w.hire("here", "iris", access.Oversight)
	if p := w.get(iris, "/log"); p.code != http.StatusOK || !strings.Contains(p.body, want) {
		f.Errorf("%s: %d, the log page does not say %q", f.owner.Name, p.code, want)
	}
}

// Police never witness an assistance office's log: the office cannot choose them, and theirs does not take it.
func TestPoliceWitnessNoAssistanceOffice(t *testing.T) {
	c := clock.NewManual(start)
	a, b := newFar(t, c, "Shelter", access.Assistance), newFar(t, c, "Border", access.Police)
	agreeToWitness(a, b)
	if _, err := opChooseWitness(t.Context(), a.n, ChooseWitnessIn{Partner: b.owner.ID}); !fault.Is(err, fault.Guarded) {
		t.Errorf("police were chosen: %v", err)
	}
	later(a, b)
	if n := a.cosigned(b); n != 0 {
		t.Errorf("police cosigned %d", n)
	}
	if _, err := opChooseWitness(t.Context(), b.n, ChooseWitnessIn{Partner: a.owner.ID}); err != nil {
		t.Errorf("an assistance office may witness the police's: %v", err)
	}
	later(b, a)
	if n := b.cosigned(a); n == 0 || n != b.size()-1 { // the receipt for the cosignature is a leaf itself
		t.Errorf("cosigned at %d of %d", n, b.size())
	}
}

// Nobody writes by hand what only a comparison of checkpoints can say.
func TestContradictionsAreNotWrittenByHand(t *testing.T) {
	h := newHosted(t)
	for _, typ := range []string{terms.LogForked, terms.LogSettled, terms.LogAccepted} {
		payload := map[string]any{terms.LogForked: terms.Forked{Before: "a", Now: "b"}, terms.LogSettled: terms.Settled{}, terms.LogAccepted: terms.Accepted{Reason: "A reason that is long enough."}}[typ]
		_, err := h.n.Store.Append(context.WithoutCancel(t.Context()), h.ana.who(access.ForExchange), store.Ref{Kind: access.KindPartner, ID: h.offices["tirana"].ID}, store.Draft{Type: typ, Payload: payload})
		if !fault.Is(err, fault.Denied) {
			t.Errorf("%s: %v", typ, err)
		}
	}
}
