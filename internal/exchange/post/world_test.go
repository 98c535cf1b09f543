// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/relay"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// world is a few offices, each with a real database, on one simulated clock and one simulated network. Nothing in it runs
// by itself: a schedule drawn from a seed says what happens next, so that the seed tells the story again.
type world struct {
	t       testing.TB
	seed    uint64
	dice    *rand.Rand // of the schedule
	dir     string
	now     time.Time
	step    int
	told    bool      // the story, once
	offices []*office // the three, and the one that is to be expelled
	thief   *office   // with the second office's stolen keys
	pairs   [][2]*office
	talks   map[[2]*office][]journal.ID
	letters []*letter
	forks   int
	relay   *office // nil when all offices can be called
	hidden  *office // the one that cannot
	guest   *lawyer // nil when nobody has a link
	hands   []carried
	pouches int // things that were brought
	carried int // of these, pieces of files

	transport *http.Transport // over sockets; nil in memory
	turn      sync.Mutex      // one request at a time

	net     sync.Mutex // guards the following
	wild    float64    // how often the network does something else than to deliver
	flights []flight
	wire    map[[32]byte]tapped
	answers [][]byte
	hung    int    // connections that stood and brought nothing more
	tired   func() // ends the patience of who waits for an answer, over sockets

	mu      sync.Mutex // guards the following, and how offices die
	ids     *rand.ChaCha8
	said    []string // what happened, for whoever looks for a defect
	reasons map[string]bool
	files   map[journal.ID][]enclosed // of letters
	opened  int                       // files that were read where they went
}

// letter is what somebody asked an office to send, and the office said that it will.
type letter struct {
	post.Outgoing
	from, to *office
	step     int
	marker   string
}

// office is one of the world's.
type office struct {
	*post.Post
	w       *world
	name    string
	id      journal.ID
	clock   *clock.Manual
	skew    time.Duration
	card    card.Card
	secrets card.Secrets
	pinned  map[journal.ID]card.Card
	before  map[journal.ID][]card.Card // earlier ones whose signatures still count, and its own
	stolen  map[journal.ID][]card.Card // those whose signatures do not, since a key was stolen
	misused int                        // times that one of them came
	blocked map[journal.ID]int         // partner -> the step since when
	terms   []terms.State
	courier *post.Courier
	carrier *relay.Carrier
	shelves *relay.Server // the relay's
	door    http.Handler
	address string // of its socket, where it listens on one, and of the proxy before it
	front   string
	open    []net.Conn // to its socket, that bring nothing more
	log     ledger.Signer

	file     string
	files    int
	lines    map[*office]*rand.Rand
	sealed   []enclosed // its files, for letters to come
	full     bool       // its disk
	dies     string     // where its process ends next
	image    string     // what its dead process left; empty while it lives
	since    int        // step of its death
	saved    string     // a backup
	savedAt  int
	restored []restored
}

// restored says that an office went back, at a step, to what it was at an earlier one.
type restored struct{ to, at int }

// Where a process may be killed.
const (
	inWrite    = "in the middle of writing what came"
	afterWrite = "before it answers"
	inTold     = "when the receipt came back"
)

// errKilled is what a process that is being killed gives to itself.
var errKilled = errors.New("killed")

// The types of the world's messages.
const (
	note     = "test.note"
	takeBack = "test.take_back"
)

var first = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// made holds what is alike in every world: keys, and an empty database.
var made = sync.OnceValues(func() (m struct {
	secrets []card.Secrets
	empty   []byte
	keys    *vault.Keyring
}, err error) {
	if m.keys, err = vault.Create(); err != nil {
		return m, err
	}
	for i := range 6 {
		s, err := card.NewSecrets([32]byte{byte(i + 1)})
		if err != nil {
			return m, err
		}
		m.secrets = append(m.secrets, s)
	}
	dir, err := os.MkdirTemp("", "schedules")
	if err != nil {
		return m, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "office.db")
	d, err := db.Open(context.Background(), db.Config{DSN: file})
	if err != nil {
		return m, err
	}
	err = d.Write(context.Background(), func(tx db.Tx) error {
		_, err := tx.Exec(context.Background(), `CREATE TABLE effect (n INTEGER PRIMARY KEY, message BYTEA NOT NULL, entry BYTEA NOT NULL)`)
		return err
	})
	if err = errors.Join(err, d.Close()); err != nil {
		return m, err
	}
	m.empty, err = os.ReadFile(file)
	return m, err
})

// memory gives a folder that is not on a disk, where the machine has one: a schedule waits for nothing then.
func memory(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "schedules")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func newWorld(t testing.TB, dir string, seed uint64) *world {
	t.Helper()
	w := &world{t: t, seed: seed, dice: rand.New(rand.NewPCG(seed, 0)), ids: rand.NewChaCha8(sha256.Sum256(fmt.Append(nil, seed))), dir: filepath.Join(dir, fmt.Sprint(seed)), now: first,
		talks: map[[2]*office][]journal.ID{}, wire: map[[32]byte]tapped{}, reasons: map[string]bool{}, files: map[journal.ID][]enclosed{}}
	w.must(os.Mkdir(w.dir, 0o700))
	m, err := made()
	w.must(err)
	for i, name := range []string{"olive", "maple", "cedar", "thorn"} {
		w.offices = append(w.offices, w.open(name, journal.ID{0: 1, 6: 0x70, 8: 0x80, 15: byte(i + 1)}, m.secrets[i]))
	}
	if seed%3 == 0 {
		w.openRelay()
		w.hidden = w.offices[2]
		w.hide(w.hidden)
	}
	if seed%4 == 1 {
		w.welcome()
	}
	w.thief = w.open("thief", w.offices[1].id, w.offices[1].secrets)
	for i, a := range w.offices {
		for _, b := range w.offices[i+1:] {
			w.agree(a, b)
		}
	}
	w.thief.terms, w.thief.pinned = slices.Clone(w.offices[1].terms), w.offices[1].pinned
	return w
}

// open makes an office.
func (w *world) open(name string, id journal.ID, s card.Secrets) *office {
	m, err := made()
	w.must(err)
	o := &office{w: w, name: name, id: id, clock: clock.NewManual(w.now), secrets: s, pinned: map[journal.ID]card.Card{}, before: map[journal.ID][]card.Card{}, stolen: map[journal.ID][]card.Card{}, blocked: map[journal.ID]int{}, lines: map[*office]*rand.Rand{}, file: filepath.Join(w.dir, name+".0")}
	o.card, _, err = s.Issue(card.Card{Office: id, Name: name, Kind: access.Assistance, Country: "GR", URL: "https://" + name + ".example", Made: first})
	w.must(err)
	o.log, err = ledger.NewSigner(id, [32]byte{name[0]})
	w.must(err)
	w.must(os.WriteFile(o.file, m.empty, 0o600))
	o.Post = &post.Post{Clock: o.clock, Directory: o, AtOnce: 1, Keys: func(journal.ID) post.Keyring { return m.keys }} // one thing after another: the seed tells the story
	o.Misused = func(_ context.Context, _ journal.ID, of card.Card) { o.uses(of) }
	o.Register(note, o.take, o.told)
	o.Register(takeBack, o.take, o.told)
	o.Returns(takeBack)
	o.courier, o.carrier = o.messenger(), o.runner()
	mux := http.NewServeMux()
	(&post.Door{Post: o.Post, Serves: func(x journal.ID) bool { return x == id }, Refused: o.wonders}).Mount(mux)
	o.door = mux
	o.DB, err = db.Open(w.t.Context(), db.Config{DSN: o.file, Readers: 2})
	w.must(err)
	return o
}

// agree lets two offices pin each other and sign terms, both ways, for a year, and begins their conversations.
func (w *world) agree(a, b *office) {
	a.pinned[b.id], b.pinned[a.id] = b.card, a.card
	text := sha256.Sum256([]byte("the text"))
	cats := []journal.Category{journal.D0, journal.D1}
	doc := terms.Document{Version: 1, ID: w.id(), Title: "Protocol", Parties: [2]terms.Party{terms.PartyOf(a.card), terms.PartyOf(b.card)},
		Grants:   []terms.Grant{{From: a.id, To: b.id, Purpose: "referral", Categories: cats}, {From: b.id, To: a.id, Purpose: "referral", Categories: cats}},
		Handling: "H2", Basis: "the protocol", TextName: "protocol.txt", TextHash: hex.EncodeToString(text[:]), From: first.AddDate(0, 0, -3), Until: first.AddDate(1, 0, 0), Retention: 365}
	signed := map[journal.ID]string{a.id: terms.Sign(doc, a.secrets.Sign), b.id: terms.Sign(doc, b.secrets.Sign)}
	a.terms, b.terms = append(a.terms, terms.State{Document: doc, Signatures: signed}), append(b.terms, terms.State{Document: doc, Signatures: signed})
	pair := [2]*office{a, b}
	w.pairs = append(w.pairs, pair)
	w.talks[pair] = []journal.ID{w.id(), w.id()}
}

func (w *world) id() journal.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return journal.NewID(w.now, w.ids)
}

// reason keeps what somebody was told.
func (w *world) reason(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reasons[key] = true
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("schedule %d, step %d: %v\n%s", w.seed, w.step, err, w.story())
	}
}

func (w *world) wrong(format string, args ...any) {
	w.t.Helper()
	story := ""
	if !w.told {
		story, w.told = "\n"+w.story(), true
	}
	w.t.Errorf("ENTRAIDE_SCHEDULE=%d: %s%s", w.seed, fmt.Sprintf(format, args...), story)
}

func (w *world) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said = append(w.said, fmt.Sprintf("%3d %s ", w.step, w.now.Format("02 15:04:05"))+fmt.Sprintf(format, args...))
}

// close ends a world; what it held goes.
func (w *world) close() {
	for _, o := range w.everybody() {
		for _, c := range o.open {
			_ = c.Close()
		}
	}
	for _, o := range append(slices.Clone(w.offices), w.thief) {
		_ = o.DB.Close()
	}
	if w.relay != nil {
		_ = w.relay.shelves.Close()
	}
	_ = os.RemoveAll(w.dir)
}

// Self gives the office's own card.
func (o *office) Self(context.Context, journal.ID) (card.Card, card.Secrets, error) {
	return o.card, o.secrets, nil
}

// Partner gives a pinned card.
func (o *office) Partner(_ context.Context, _, partner journal.ID) (card.Card, error) {
	c, ok := o.pinned[partner]
	if !ok {
		return c, fault.New(fault.NotFound, "store.not_found")
	}
	if _, ok := o.blocked[partner]; ok {
		return c, fault.New(fault.Denied, "exchange.partner.blocked")
	}
	return c, nil
}

// Earlier lists the cards that an office had before it renewed its keys.
func (o *office) Earlier(_ context.Context, _, office journal.ID) ([]card.Card, error) {
	return o.before[office], nil
}

// Disowned lists the cards that a partner had before the theft.
func (o *office) Disowned(_ context.Context, _, office journal.ID) ([]card.Card, error) {
	return o.stolen[office], nil
}

// uses hears that a stolen key is in use.
func (o *office) uses(of card.Card) {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	if o.misused++; of.Office != o.w.thief.id || of.Sign != o.w.thief.card.Sign {
		o.w.t.Errorf("ENTRAIDE_SCHEDULE=%d: %s hears of another stolen key", o.w.seed, o.name)
	}
}

// Terms lists the terms with a partner.
func (o *office) Terms(_ context.Context, _, partner journal.ID) ([]terms.State, error) {
	return slices.DeleteFunc(slices.Clone(o.terms), func(s terms.State) bool { return s.Document.Other(o.id).Office != partner }), nil
}

// with finds the terms with a partner.
func (o *office) with(partner journal.ID) *terms.State {
	return &o.terms[slices.IndexFunc(o.terms, func(s terms.State) bool { return s.Document.Other(o.id).Office == partner })]
}

// no is what the body of a message begins with that the room refuses.
const no = "no "

// take is the room's: a message has its effect, with a leaf of the log, in the transaction that notes it.
func (o *office) take(ctx context.Context, in post.Incoming) error {
	if string(in.Body[:len(no)]) == no {
		return fault.New(fault.Guarded, "referral.guard.status")
	}
	if err := o.reads(ctx, in); err != nil {
		return err
	}
	return o.DB.Write(ctx, func(tx db.Tx) error {
		if err := o.effect(ctx, tx, in.ID); err != nil {
			return err
		}
		if err := in.Done(ctx, tx); err != nil {
			return err
		}
		return o.dieIf(inWrite)
	})
}

// effect notes that something happened, and its leaf.
func (o *office) effect(ctx context.Context, tx db.Tx, message journal.ID) error {
	entry := o.w.id()
	if _, err := tx.Exec(ctx, `INSERT INTO effect (message, entry) VALUES ($1, $2)`, message, entry); err != nil {
		return err
	}
	return ledger.Append(ctx, tx, o.id, ledger.Leaf{Entry: entry, Hash: ledger.LeafHash(leaf(message, entry)), At: o.clock.Now()})
}

func leaf(message, entry journal.ID) []byte { return append(message[:], entry[:]...) }

// told hears how a message of the office's ended.
func (o *office) told(_ context.Context, _ journal.ID, _ post.Sent, r post.Receipt) error {
	o.w.reason(r.Reason)
	return o.dieIf(inTold)
}

// wonders hears why something got no receipt.
func (o *office) wonders(err error) {
	var f *fault.Fault
	if errors.As(err, &f) && f.Kind != fault.Internal {
		o.w.reason(f.Key)
		return
	}
	if !o.dead() {
		o.w.wrong("%s has no answer: %v", o.name, err)
	}
}

// dieIf ends the office's process where it was to end.
func (o *office) dieIf(where string) error {
	o.w.mu.Lock()
	at := o.dies
	o.w.mu.Unlock()
	if at != where {
		return nil
	}
	o.die(where)
	return errKilled
}

// die keeps the files as they are at this moment: what comes after it in this process never was.
func (o *office) die(where string) {
	o.w.say("%s is killed %s", o.name, where)
	image := o.copied()
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	if o.image == "" {
		o.dies, o.image, o.since = "", image, o.w.step
	}
}

// dead says whether the office's process has ended.
func (o *office) dead() bool {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	return o.image != ""
}

// doom says where the office's process ends next.
func (o *office) doom(where string) {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	o.dies = where
}

// copied gives a copy of the office's files as they are, as a kill or a snapshot of the disk leaves them.
func (o *office) copied() string {
	name := o.next()
	copyFiles(o.w, o.file, name)
	return name
}

// next names a file.
func (o *office) next() string {
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	o.files++
	return filepath.Join(o.w.dir, fmt.Sprintf("%s.%d", o.name, o.files))
}

func copyFiles(w *world, from, to string) {
	for _, part := range []string{"", "-wal"} {
		b, err := os.ReadFile(from + part)
		if part != "" && errors.Is(err, os.ErrNotExist) {
			continue
		}
		w.must(err)
		w.must(os.WriteFile(to+part, b, 0o600))
	}
}

// start lets the office begin again with files.
func (o *office) start(file string) {
	if o.shelves != nil {
		o.begin(file)
		return
	}
	_ = o.DB.Close()
	d, err := db.Open(o.w.t.Context(), db.Config{DSN: file, Readers: 2})
	o.w.must(err)
	o.file, o.DB, o.image, o.dies, o.full = file, d, "", "", false
	o.courier, o.carrier = o.messenger(), o.runner()
	o.w.site(o)
	o.w.must(o.courier.Begin(o.w.t.Context()))
}

// messenger makes the office's courier, which forgets what it knew when its process ends.
func (o *office) messenger() *post.Courier {
	return &post.Courier{Post: o.Post, Owners: func() []journal.ID { return []journal.ID{o.id} }, Client: &http.Client{Transport: line{o.w, o}},
		Chance: func(below time.Duration) time.Duration { return below / 3 }}
}

// fill lets the office's disk be full, or have room again.
func (o *office) fill(full bool) {
	if o.full == full {
		return
	}
	o.full = full
	most := "PRAGMA max_page_count = 4294967294"
	if full {
		most = "PRAGMA max_page_count = 1" // as many as there are
	}
	o.w.must(o.DB.Write(o.w.t.Context(), func(tx db.Tx) error {
		var n int64
		return tx.Row(o.w.t.Context(), most).Scan(&n)
	}))
}
