// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/exchange/relay"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// How much is torn: rounds, in each of which every office writes so many letters and one process is killed.
const (
	faultRounds   = 6
	lettersARound = 3
	allFaults     = 8 * time.Minute // usually a twentieth of it
)

// place is a process that can be killed: an office, or a relay.
type place struct {
	command func() *exec.Cmd
	running *exec.Cmd
	said    bytes.Buffer // what went wrong
	wire    *wire
	up      sync.RWMutex // held while it is down
}

// node is an office of its own, and its one worker.
type node struct {
	place
	name   string
	id     journal.ID
	folder app.Folder
	worker journal.ID
	*client
	second *client // who sends what the first wrote; not everywhere
}

// sentLetter is a letter that its office acknowledged.
type sentLetter struct {
	id       journal.ID
	from, to int
	text     string
	file     []byte // nil for none
}

// trio is three offices with a relay, before each of which stands a network that fails; the third office listens nowhere.
type trio struct {
	t       *testing.T
	ctx     context.Context
	dice    *rand.Rand
	nodes   [3]*node
	relay   place
	boxes   string // the relay's folder
	disk    bool   // the second office has one of its own
	rogue   *node  // the first office as it was before the others expelled it
	several string // the page of the terms of all three
	acks    chan struct{}
	guest   *visitor
	fresh   json.RawMessage // the first office's card since it renewed its keys
	files   map[way]int64   // of letters that came, how many bytes went each way
	mu      sync.Mutex      // guards the following
	sent    []sentLetter
	killed  map[string]int
}

// TestKillsBehindAFailingNetwork lets three offices, one of them behind a relay, and a guest without any write to each other while
// their processes are killed, the network loses, repeats, reorders, delays, cuts, changes and mixes up what goes by, one office's
// clock is a day ahead, another makes new keys, and a bag is carried by hand. In the end every letter that an office acknowledged is
// there once, word for word, both sides' books are the same, every log holds, and nobody between has read a word.
func TestKillsBehindAFailingNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("ENTRAIDE_TEST_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("ENTRAIDE_TEST_SEED=%d", seed)
	began := time.Now()
	w := newTrio(t, seed)
	w.guest = w.invite()
	w.wild(true)
	for round := range faultRounds {
		w.round(round)
		if t.Failed() {
			return
		}
	}
	w.byHand()
	w.heal()
	w.settle()
	w.heard()
	w.full()
	w.checkLetters()
	w.guest.check()
	w.expelOfSeveral()
	w.expel()
	w.steal()
	for _, n := range w.nodes {
		var v app.Verified
		if err := n.ask(w.ctx, "verify", app.Empty{}, &v); err != nil || !v.OK {
			t.Errorf("%s: the log does not verify: %+v, %v", n.name, v.Reports, err)
		}
	}
	w.stop()
	w.checkBooks()
	w.checkParcels()
	w.checkSecrecy()
	fell := map[string]int{}
	for _, x := range w.wires() {
		for k, n := range x.fell {
			fell[k] += n
		}
	}
	t.Logf("%d letters and %d by link in %s; killed %v; the network: %v", len(w.sent), len(w.guest.answers), time.Since(began).Round(time.Second), w.killed, fell)
}

func (w *trio) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// newTrio makes the offices and the relay, starts them, and lets them agree to write letters.
func newTrio(t *testing.T, seed uint64) *trio {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), allFaults)
	t.Cleanup(cancel)
	w := &trio{t: t, ctx: ctx, dice: rand.New(rand.NewPCG(seed, 0)), boxes: filepath.Join(t.TempDir(), "relay"), acks: make(chan struct{}, 1000), files: map[way]int64{}, killed: map[string]int{}}
	t.Cleanup(w.stop)
	word, err := exec.CommandContext(ctx, program, "relay", "--word", w.boxes).Output()
	w.must(err)
	at := w.free()
	w.relay.wire = span(t, at, rand.New(rand.NewPCG(seed, 9)))
	w.relay.command = func() *exec.Cmd { return exec.Command(program, "relay", "--listen", at, w.boxes) }
	w.must(w.relay.start(w.ctx, func() error {
		c, err := net.Dial("tcp", at)
		if err == nil {
			err = c.Close()
		}
		return err
	}))
	for i, name := range []string{"olive", "maple", "cedar"} {
		w.nodes[i] = w.found(i, name, strings.TrimSpace(string(word)), rand.New(rand.NewPCG(seed, uint64(i+1))))
	}
	for i := range w.nodes {
		for j := range i {
			w.pin(w.nodes[j], w.nodes[i])
		}
	}
	for _, n := range w.nodes[:2] {
		w.agree(n, w.nodes[2])
	}
	w.agreeAll()
	return w
}

// found makes an office and its worker.
func (w *trio) found(i int, name, word string, dice *rand.Rand) *node {
	w.t.Helper()
	address := w.free()
	n := &node{name: name, folder: app.Folder(filepath.Join(w.t.TempDir(), name))}
	n.wire = span(w.t, address, dice)
	w.must(os.MkdirAll(string(n.folder), 0o700))
	if i == 1 {
		w.disk = w.mounted(string(n.folder))
	}
	to, err := vault.GenerateKeyFile(filepath.Join(string(n.folder), "demo.key"))
	w.must(err)
	owner := app.NewOwner("Office of the "+name, access.Assistance, []string{"GR", "AL", "FR"}[i], "UTC", "en", time.Now().AddDate(0, 0, -1))
	n.id = owner.ID
	w.must(app.Create(n.folder, app.Settings{Version: 1, Listen: address, URL: n.wire.url, Unlock: app.ByKeyFile, KeyFile: "demo.key", Demo: true, Owners: []app.Owner{owner}}, to))
	if i == 2 {
		w.must(app.Reach(n.folder, relay.Scheme+w.relay.wire.url, word))
	}
	n.command = func() *exec.Cmd { return exec.Command(program, "serve", string(n.folder)) }
	w.must(n.start(w.ctx, n.answered(w.ctx)))
	var ids []journal.ID
	liaison := []access.Role{access.Liaison}
	w.must(n.ask(w.ctx, "demo.seed", app.SeedIn{People: []identity.Seeded{{Name: "Worker", Login: name, Password: "a password of " + name, Roles: liaison}, {Name: "Second", Login: name + "-2", Password: "a password of " + name, Roles: liaison}}}, &ids))
	n.worker = ids[0]
	s := &demo.Stage{Offices: map[demo.Place]*demo.Office{demo.Greek: {Place: demo.Greek, ID: n.id, URL: "http://" + address}}, Password: "a password of " + name}
	n.client, n.second = at(s, demo.Greek, name), at(s, demo.Greek, name+"-2")
	w.must(n.client.signIn(w.ctx))
	return n
}

// ask does an operation at a running office, as its command line would.
func (n *node) ask(ctx context.Context, name string, in, out any) error {
	return app.Ask(ctx, n.folder, name, in, out, func() (*app.Node, error) { return nil, errors.New("not running") })
}

func (n *node) answered(ctx context.Context) func() error {
	return func() error {
		var st app.Status
		return n.ask(ctx, "status", app.Empty{}, &st)
	}
}

// start starts a process, and waits until it answers.
func (p *place) start(ctx context.Context, answers func() error) error {
	p.running = p.command()
	p.running.Stderr = &p.said
	if err := p.running.Start(); err != nil {
		return err
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := answers()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			p.end(os.Kill)
			return fmt.Errorf("%w: %w: %s", ctx.Err(), err, p.said.String())
		}
	}
}

// wait waits until a process is up. It holds nothing: the kill must be able to tear what follows.
func (p *place) wait() {
	p.up.RLock()
	defer p.up.RUnlock()
}

// end ends a process: gently, or as a power cut would.
func (p *place) end(how os.Signal) {
	if p.running == nil {
		return
	}
	_ = p.running.Process.Signal(how)
	_ = p.running.Wait() // a killed process has no good exit
	p.running = nil
}

func (w *trio) stop() {
	for _, n := range w.nodes {
		if n != nil {
			n.end(os.Interrupt)
		}
	}
	w.relay.end(os.Interrupt)
}

func (w *trio) wires() []*wire {
	out := []*wire{w.relay.wire}
	for _, n := range w.nodes {
		out = append(out, n.wire)
	}
	return out
}

func (w *trio) wild(is bool) {
	for _, x := range w.wires() {
		x.mu.Lock()
		x.wild = is
		x.mu.Unlock()
	}
}

func (w *trio) heal() {
	for _, x := range w.wires() {
		x.heal()
	}
}

// pin lets two offices pin each other's cards.
func (w *trio) pin(a, b *node) {
	w.t.Helper()
	for _, way := range [][2]*node{{a, b}, {b, a}} {
		var c app.CardOut
		w.must(way[1].ask(w.ctx, "card", app.Of{}, &c))
		var out app.PinOut
		w.must(way[0].ask(w.ctx, "partner.pin", app.PinIn{Card: c.Card, How: "demo"}, &out))
	}
}

// agree lets two offices sign terms on letters.
func (w *trio) agree(a, b *node) {
	w.t.Helper()
	cats := []journal.Category{journal.D0, journal.D3}
	var drafted, first, second, third app.TermsOut
	w.must(a.ask(w.ctx, "terms.draft", app.DraftIn{Partner: b.id, Title: "Protocol (fictitious)", Grants: []terms.Grant{{From: a.id, To: b.id, Purpose: letter.Purpose, Categories: cats}, {From: b.id, To: a.id, Purpose: letter.Purpose, Categories: cats}},
		Handling: "H2", Basis: "Fictitious", TextName: "protocol.txt", Text: []byte("Fictitious."), From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(1, 0, 0), Retention: 30}, &drafted))
	w.must(a.ask(w.ctx, "terms.sign", app.SignIn{ID: drafted.Document.ID}, &first))
	w.must(b.ask(w.ctx, "terms.sign", app.SignIn{Terms: &first}, &second))
	w.must(a.ask(w.ctx, "terms.sign", app.SignIn{Terms: &second}, &third))
	if third.Status != "in_force" {
		w.t.Fatalf("terms are %s", third.Status)
	}
}

// round lets every office write, the guest too, and kills one process after a few acknowledgements. From the second round on
// the second office's clock is a day ahead, from the third on the first has new keys.
func (w *trio) round(n int) {
	if n == 1 {
		w.pass(w.nodes[1], 24)
	}
	if n == 2 {
		w.renews()
	}
	var all sync.WaitGroup
	for i := range w.nodes {
		var plan []sentLetter
		for k := range lettersARound {
			x := sentLetter{newID(), i, (i + 1 + w.dice.IntN(2)) % 3, fmt.Sprintf("PLANTED %d %d %x", n, i, w.dice.Uint64()), nil}
			switch { // one of them has a file, and that of one office is large
			case k == n%lettersARound && i == n%len(w.nodes):
				x.file = w.sheet(largeFile)
			case k == n%lettersARound:
				x.file = w.sheet(smallFile)
			}
			plan = append(plan, x)
		}
		all.Go(func() {
			for _, x := range plan {
				w.write(x)
			}
		})
	}
	all.Go(func() { w.guest.writes(fmt.Sprintf("PLANTED answer %d", n)) })
	victim, after, tear := n%4, w.dice.IntN(2*lettersARound), time.Duration(w.dice.IntN(20))*time.Millisecond
	for range after {
		select {
		case <-w.acks:
		case <-w.ctx.Done():
		}
	}
	<-time.After(tear) // somewhere in what follows
	w.kill(victim)
	all.Wait()
	for _, n := range w.nodes {
		var d app.Delivered
		w.must(n.ask(w.ctx, "deliver", app.Empty{}, &d))
		w.pass(n, 1)
	}
	for len(w.acks) > 0 {
		<-w.acks
	}
}

// kill kills a process and starts it again: an office, or the relay.
func (w *trio) kill(victim int) {
	name, p, answers := "relay", &w.relay, func() error {
		c, err := net.Dial("tcp", w.relay.wire.to)
		if err == nil {
			err = c.Close()
		}
		return err
	}
	if victim < len(w.nodes) {
		n := w.nodes[victim]
		name, p, answers = n.name, &n.place, n.answered(w.ctx)
	}
	p.up.Lock()
	defer p.up.Unlock()
	w.killed[name]++
	p.end(os.Kill)
	if err := p.start(w.ctx, answers); err != nil {
		w.t.Errorf("%s after it was killed: %v", name, err)
	}
}

// write asks an office for a letter until it acknowledges that. The same request, sent again, is the same letter.
func (w *trio) write(x sentLetter) {
	in := entry{x.id, letter.WrittenType, letter.Letter{To: w.nodes[x.to].id, Thread: x.id, Words: letter.Words{Subject: "Letter", Text: x.text}}}
	if x.file == nil && w.enters(w.nodes[x.from], x.id, in) || x.file != nil && w.encloses(x) {
		w.mu.Lock()
		w.sent = append(w.sent, x)
		w.mu.Unlock()
		w.acks <- struct{}{}
	}
}

// enters appends an entry to a letter's dossier, until there is an answer.
func (w *trio) enters(n *node, id journal.ID, in entry) bool {
	for w.ctx.Err() == nil {
		n.wait()
		a, err := n.call(w.ctx, http.MethodPost, "/dossiers/letter/"+id.String()+"/entries?purpose=exchange", in)
		switch {
		case err != nil || a.code == http.StatusServiceUnavailable:
			w.again()
			continue
		case a.code != http.StatusOK:
			w.t.Errorf("%s: %s: %d %s", n.name, in.Type, a.code, a.body)
			return false
		}
		return true
	}
	w.t.Errorf("%s: %s: %v", n.name, in.Type, w.ctx.Err())
	return false
}

// again waits a moment before something is tried again: an office bounds how often one address may ask.
func (w *trio) again() {
	select {
	case <-time.After(100 * time.Millisecond):
	case <-w.ctx.Done():
	}
}

// pass lets hours pass at an office.
func (w *trio) pass(n *node, hours int) {
	w.t.Helper()
	var st app.Status
	w.must(n.ask(w.ctx, "demo.pass", app.PassIn{Hours: hours}, &st))
}

// settle sets the clocks right, and lets the post travel until nothing waits anywhere.
func (w *trio) settle() {
	w.t.Helper()
	w.pass(w.nodes[0], 24) // the second office's clock was a day ahead, and is no more
	w.pass(w.nodes[2], 24)
	w.travel(w.nodes[:]...)
}

// travel lets time pass and the post travel until nothing waits in some of the offices.
func (w *trio) travel(until ...*node) {
	w.t.Helper()
	var last []int64
	for range 40 {
		waits := int64(0)
		last = w.delivered()
		for i, n := range w.nodes {
			if slices.Contains(until, n) {
				waits += last[i]
			}
		}
		if waits == 0 {
			return
		}
		for _, n := range w.nodes {
			w.pass(n, 1)
		}
	}
	w.t.Fatalf("post is stuck: %v", last)
}

// delivered lets every office deliver now, and gives how much waits at each.
func (w *trio) delivered() (waits []int64) {
	w.t.Helper()
	for _, n := range w.nodes {
		var d app.Delivered
		w.must(n.ask(w.ctx, "deliver", app.Empty{}, &d))
		waits = append(waits, d.Queued)
	}
	return waits
}

// checkLetters looks for every acknowledged letter where it went: it is there, once, word for word, and no other is.
func (w *trio) checkLetters() {
	w.t.Helper()
	for _, x := range w.sent {
		w.must(w.ctx.Err()) // one failure that says why, not one for each letter
		n := w.nodes[x.to]
		o, err := n.open(w.ctx, "exchange", "letter", x.id)
		if err != nil {
			o, _ := w.nodes[x.from].open(w.ctx, "exchange", "letter", x.id)
			w.t.Errorf("an acknowledged letter of %s never arrived at %s: %v; there it is %s", w.nodes[x.from].name, n.name, err, o.State)
			continue
		}
		came := 0
		for _, e := range o.Entries {
			if e.Type == letter.ReceivedType {
				came++
			}
		}
		if came != 1 {
			w.t.Errorf("a letter came %d times", came)
		}
		w.enters(n, x.id, entry{newID(), letter.AssignedType, letter.Assigned{Worker: n.worker}})
		if o, err = n.open(w.ctx, "exchange", "letter", x.id); err != nil || !strings.Contains(string(o.State), x.text) {
			w.t.Errorf("%s reads something else than %q, %v", n.name, x.text, err)
		}
		w.checkFile(x, o)
	}
	for i, n := range w.nodes {
		got, want := 0, 0
		for after := ""; ; {
			var list struct {
				Rows []struct{ ID journal.ID }
				Next string
			}
			w.must(n.read(w.ctx, "/dossiers/letter?purpose=exchange&limit=50&after="+url.QueryEscape(after), &list))
			got += len(list.Rows)
			if after = list.Next; after == "" {
				break
			}
		}
		for _, x := range w.sent {
			if x.from == i || x.to == i {
				want++
			}
		}
		if got != want {
			w.t.Errorf("%s has %d letters, not %d", n.name, got, want)
		}
	}
}

// checkBooks holds what the offices sent against what they received: the same messages, the same bytes, the same end.
func (w *trio) checkBooks() {
	w.t.Helper()
	sent, received := map[journal.ID]string{}, map[journal.ID]string{}
	for _, n := range append([]*node{w.rogue}, w.nodes[:]...) {
		d, err := db.Open(w.ctx, db.Config{DSN: filepath.Join(string(n.folder), "office.db")})
		w.must(err)
		w.must(d.Read(w.ctx, func(tx db.Tx) error {
			var whole string
			if err := tx.Row(w.ctx, `PRAGMA integrity_check`).Scan(&whole); err != nil || whole != "ok" {
				w.t.Errorf("%s: the file: %s, %v", n.name, whole, err)
			}
			return errors.Join(messages(w.ctx, tx, `SELECT id, state, hash FROM post_out`, sent), messages(w.ctx, tx, `SELECT id, state, hash FROM post_in WHERE state <> 'gone'`, received))
		}))
		w.must(d.Close())
	}
	if len(sent) != len(received) || len(sent) <= len(w.sent) {
		w.t.Errorf("%d messages were sent, %d received, for %d letters", len(sent), len(received), len(w.sent))
	}
	for id, x := range sent {
		if received[id] != x {
			w.t.Errorf("a message is %q where it was sent and %q where it went", x, received[id])
		}
	}
}

// checkSecrecy looks for what was written in all that went by and in all that the relay kept.
func (w *trio) checkSecrecy() {
	w.t.Helper()
	kept, err := os.ReadFile(filepath.Join(w.boxes, "relay.db"))
	w.must(err)
	seen := [][]byte{kept}
	for _, x := range w.wires() {
		x.mu.Lock()
		seen = append(seen, x.seen...)
		x.mu.Unlock()
	}
	for _, b := range seen {
		if bytes.Contains(b, []byte("PLANTED")) {
			w.t.Fatal("somebody between reads what was written")
		}
	}
	for _, n := range w.nodes {
		if bytes.Contains(kept, n.id[:]) || bytes.Contains(kept, []byte(n.id.String())) {
			w.t.Errorf("the relay knows %s", n.name)
		}
	}
	if len(seen) < len(w.sent) {
		w.t.Errorf("only %d things went by: nobody was looking", len(seen))
	}
}
