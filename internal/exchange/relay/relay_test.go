// SPDX-License-Identifier: EUPL-1.2

package relay

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/posttest"
	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

const word = "a word that a machine made"

// running is a relay on a socket.
type running struct {
	*Server
	clock *clock.Manual
	url   string
	file  string
}

func run(t *testing.T) *running {
	t.Helper()
	r := &running{clock: clock.NewManual(posttest.Day), file: filepath.Join(t.TempDir(), "relay.db")}
	var err error
	if r.Server, err = Open(t.Context(), r.file, word, r.clock); err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(r.Handler())
	t.Cleanup(func() { s.Close(); _ = r.Close() })
	r.url = s.URL
	return r
}

// carrierOf gives an office what carries for it. It listens nowhere.
func carrierOf(o *posttest.Office) *Carrier {
	return &Carrier{Post: o.Post, Owners: func() []journal.ID { return []journal.ID{o.ID} }, Word: func() string { return word }, Client: http.DefaultClient,
		Partners: func(context.Context, journal.ID) (out []card.Card, _ error) {
			for _, c := range o.Pinned {
				out = append(out, c)
			}
			return out, nil
		}}
}

func once(t *testing.T, cs ...*Carrier) {
	t.Helper()
	for _, c := range cs {
		if err := c.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

var talk = journal.NewID(posttest.Day, nil)

// An office that nobody can call gets its post through a relay, and receipts and its own messages go back through it; the
// relay's disk holds nothing that says whose they are or what is in them.
func TestBothEndsBehindARelay(t *testing.T) {
	r := run(t)
	from, to, _ := posttest.Two(t)
	to.Reach(t, Scheme+r.url+"/", from)
	there, here := carrierOf(from), carrierOf(to)
	const body = "said in confidence, and found nowhere"
	for _, n := range []string{"1 ", "2 ", "3 "} {
		from.Queue(t, talk, n+body)
	}
	once(t, there) // nobody has opened the box yet: it waits
	if len(to.Taken) != 0 || from.Outbox(t)["queued"] != 3 {
		t.Fatalf("%v %v", to.Taken, from.Outbox(t))
	}
	once(t, here)
	from.Clock.(*clock.Manual).Advance(time.Second)
	once(t, there)
	disk, err := os.ReadFile(r.file)
	if err != nil || len(disk) < 3000 {
		t.Fatal(len(disk), err)
	}
	for _, known := range []string{body, from.ID.String(), to.ID.String(), string(from.ID[:]), string(to.ID[:]), "Office", "test.note", from.Card.Sign, to.Card.Seal, word} {
		if bytes.Contains(disk, []byte(known)) {
			t.Errorf("the relay's disk shows %q", known)
		}
	}
	once(t, here)
	if len(to.Taken) != 3 || !strings.HasPrefix(to.Taken[0], "1 ") || !strings.HasPrefix(to.Taken[2], "3 ") {
		t.Fatalf("taken in: %q", to.Taken)
	}
	once(t, there)
	if got := from.Outbox(t); got["accepted"] != 3 {
		t.Fatalf("receipts: %v", got)
	}
	once(t, here, there, here, there)
	if n := r.items(t); n != 0 || len(to.Taken) != 3 {
		t.Errorf("%d things still lie at the relay, taken %d", n, len(to.Taken))
	}
	if disk, err = os.ReadFile(r.file); err != nil || bytes.Contains(disk, []byte("entraide-pouch/1")) {
		t.Errorf("what was fetched is still on the disk: %v", err)
	}
}

// A file that belongs to a message goes through a relay in as many pouches as it takes, with the message behind it; once.
func TestAFileGoesThroughARelay(t *testing.T) {
	r := run(t)
	from, to, _ := posttest.Two(t)
	to.Reach(t, Scheme+r.url, from)
	there, here := carrierOf(from), carrierOf(to)
	once(t, here)
	x, plain := encloses(t, from, to, pouch.MaxFile)
	once(t, there, here)
	if n := r.items(t); len(to.Taken) != 1 || n != 1 { // the receipt
		t.Fatalf("taken %v; %d things lie at the relay", to.Taken, n)
	}
	got, err := to.OpenParcel(t.Context(), to.ID, from.ID, x)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(got); err != nil || !bytes.Equal(b, plain) {
		t.Errorf("%d bytes of %d, %v", len(b), len(plain), err)
	}
	once(t, there)
	if out := from.Outbox(t); out["accepted"] != 1 || r.items(t) != 0 {
		t.Errorf("%v, and %d things lie at the relay", out, r.items(t))
	}
}

// encloses queues a message with a file of so many bytes, and gives both.
func encloses(t *testing.T, from, to *posttest.Office, size int) (post.Parcel, []byte) {
	t.Helper()
	plain := bytes.Repeat([]byte("a large file "), size/13)
	x, err := from.Attach(t.Context(), from.ID, bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	s, err := from.Prepare(t.Context(), from.ID, post.Outgoing{ID: journal.NewID(posttest.Day, nil), To: to.ID, Type: "test.note", Conversation: talk, Purpose: "referral", Basis: "consent",
		Categories: []journal.Category{journal.D0}, Body: []byte("with a file"), Parcels: []post.Parcel{x}})
	if err == nil {
		err = from.DB.Write(t.Context(), func(tx db.Tx) error { return from.Enqueue(t.Context(), tx, s) })
	}
	if err != nil {
		t.Fatal(err)
	}
	return x, plain
}

// failing is a line on which the first so many pouches that are put are lost.
type failing struct{ left int }

func (f *failing) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.left > 0 && r.Method == http.MethodPost {
		f.left--
		return nil, io.ErrUnexpectedEOF
	}
	return http.DefaultTransport.RoundTrip(r)
}

// A pouch that did not reach its shelf, for want of a box or of a line, counts for nothing: its pieces of a file are put with the
// next one, and not a day later.
func TestAFileThatWasNotPutIsPutAgain(t *testing.T) {
	r := run(t)
	from, to, _ := posttest.Two(t)
	to.Reach(t, Scheme+r.url, from)
	there, here := carrierOf(from), carrierOf(to)
	encloses(t, from, to, 1_000_000)
	once(t, there) // no box is open
	once(t, here)
	there.Client = &http.Client{Transport: &failing{left: 1}}
	if err := there.Once(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("over a line that fails: %v", err)
	}
	once(t, there, here)
	if len(to.Taken) != 1 {
		t.Errorf("taken %v", to.Taken)
	}
}

// putting counts what is put on a line.
type putting struct{ times int }

func (p *putting) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodPost {
		p.times++
	}
	return http.DefaultTransport.RoundTrip(r)
}

// Nothing is sent to a box that is not open, however often somebody looks; to a shelf without room less and less often, at least once
// an hour.
func TestALargePouchIsNotSentInVain(t *testing.T) {
	r := run(t)
	from, to, _ := posttest.Two(t)
	to.Reach(t, Scheme+r.url, from)
	there, here := carrierOf(from), carrierOf(to)
	line := &putting{}
	there.Client = &http.Client{Transport: line}
	encloses(t, from, to, 1_000_000)
	once(t, there, there, there)
	if line.times != 0 {
		t.Errorf("to a box that is not open %d pouches were sent", line.times)
	}
	once(t, here)
	k, err := KeyOf(from.Secrets, to.Card, from.ID, to.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.shelves.db.ExecContext(t.Context(), `INSERT INTO item (address, shelf, hash, at, bytes) VALUES ($1, $2, x'00', $3, zeroblob($4))`, k.Address(), There, r.clock.Now().UnixMicro(), mostBytes); err != nil {
		t.Fatal(err)
	}
	for range 24 * 60 {
		if err := there.Once(t.Context()); err != nil && !fault.Is(err, fault.TooMuch) {
			t.Fatal(err)
		}
		from.Clock.(*clock.Manual).Advance(time.Minute)
		r.clock.Advance(time.Minute)
	}
	if line.times < 24 || line.times > 35 {
		t.Errorf("in a day %d pouches were sent to a full shelf", line.times)
	}
	if _, err := r.shelves.db.ExecContext(t.Context(), `DELETE FROM item`); err != nil {
		t.Fatal(err)
	}
	from.Clock.(*clock.Manual).Advance(againEach)
	once(t, there, here)
	if len(to.Taken) != 1 {
		t.Errorf("with room again, taken %v", to.Taken)
	}
}

// A relay that forgot its boxes has them again at the next look.
func TestABoxThatWasLostIsOpenedAnew(t *testing.T) {
	r := run(t)
	from, to, _ := posttest.Two(t)
	to.Reach(t, Scheme+r.url, from)
	there, here := carrierOf(from), carrierOf(to)
	once(t, here)
	if _, err := r.shelves.db.ExecContext(t.Context(), `DELETE FROM box`); err != nil {
		t.Fatal(err)
	}
	from.Queue(t, talk, "a")
	once(t, here, there, here, there, here)
	if len(to.Taken) != 1 {
		t.Errorf("taken %v", to.Taken)
	}
}

// Both offices may be behind relays; each has its own box for each direction.
func TestEachWithARelay(t *testing.T) {
	r, s := run(t), run(t)
	from, to, _ := posttest.Two(t)
	from.Reach(t, Scheme+r.url, to)
	to.Reach(t, Scheme+s.url, from)
	there, here := carrierOf(from), carrierOf(to)
	from.Queue(t, talk, "a")
	to.Queue(t, talk, "b")
	once(t, there, here, there, here, there, here)
	if !slices.Equal(to.Taken, []string{"a"}) || !slices.Equal(from.Taken, []string{"b"}) || from.Outbox(t)["accepted"] != 1 || to.Outbox(t)["accepted"] != 1 {
		t.Errorf("%v %v, %v %v", to.Taken, from.Taken, from.Outbox(t), to.Outbox(t))
	}
}

// A relay that lost everything is filled again within the hour; an office that cannot take in now finds it later.
func TestWhatARelayLosesComesAgain(t *testing.T) {
	r := run(t)
	from, to, _ := posttest.Two(t)
	to.Reach(t, Scheme+r.url, from)
	there, here := carrierOf(from), carrierOf(to)
	from.Queue(t, talk, "a")
	to.Away = fault.New(fault.Unavailable, "fault.unavailable")
	once(t, here, there, here)
	if n := r.items(t); n != 1 || len(to.Taken) != 0 {
		t.Fatalf("%d things at the relay, taken %v", n, to.Taken)
	}
	if _, err := r.shelves.db.ExecContext(t.Context(), `DELETE FROM item`); err != nil {
		t.Fatal(err)
	}
	to.Away = nil
	once(t, there, here)
	if len(to.Taken) != 0 {
		t.Error("it was put again at once")
	}
	from.Clock.(*clock.Manual).Advance(againEach)
	once(t, there, here, there)
	if len(to.Taken) != 1 || from.Outbox(t)["accepted"] != 1 {
		t.Errorf("taken %v, %v", to.Taken, from.Outbox(t))
	}
}

// renewed knows which card its office had before it renewed its keys.
type renewed struct {
	*posttest.Office
	was card.Card
}

// Earlier gives the office's own.
func (r renewed) Earlier(_ context.Context, owner, office journal.ID) (out []card.Card, _ error) {
	if office == owner {
		out = append(out, r.was)
	}
	return out, nil
}

// Who has new keys reaches a partner behind a relay that has not heard of them, in the box of the earlier ones; and in that of the new
// ones as soon as the partner has pinned them. A key that was stolen opens no box.
func TestNewKeysReachWhoIsBehindARelay(t *testing.T) {
	r := run(t)
	from, to, _ := posttest.Two(t)
	to.Reach(t, Scheme+r.url, from)
	there, here := carrierOf(from), carrierOf(to)
	once(t, here)
	from.Queue(t, talk, "signed before")
	old, was := from.Secrets, from.Card
	from.Directory = renewed{from, was}
	var err error
	if from.Secrets, err = card.NewSecrets([32]byte{9}); err != nil {
		t.Fatal(err)
	}
	from.Secrets.Before = []*age.HybridIdentity{old.Seal}
	if from.Card, _, err = from.Secrets.Issue(from.Card); err != nil {
		t.Fatal(err)
	}
	once(t, there, here)
	if len(to.Taken) != 0 || r.items(t) != 0 {
		t.Fatalf("without the earlier keys: %v, %d things lie at the relay", to.Taken, r.items(t))
	}
	there.Former = func(context.Context, journal.ID) ([]card.Secrets, error) { return []card.Secrets{old}, nil }
	once(t, there, here, there)
	if len(to.Taken) != 1 || from.Outbox(t)["accepted"] != 1 {
		t.Fatalf("in the box of the earlier keys: %v, %v", to.Taken, from.Outbox(t))
	}
	to.Pinned[from.ID] = from.Card
	from.Queue(t, talk, "signed after")
	once(t, here, there, here, there)
	if len(to.Taken) != 2 || from.Outbox(t)["accepted"] != 2 {
		t.Errorf("in the box of the new keys: %v, %v", to.Taken, from.Outbox(t))
	}
}

// A box's key is the same at both ends, another for the way back and for anybody else, and the address does not give it away.
func TestKeysOfBoxes(t *testing.T) {
	from, to, other := posttest.Two(t)
	key := func(own *posttest.Office, c card.Card, a, b journal.ID) Key {
		k, err := KeyOf(own.Secrets, c, a, b)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	k := key(from, to.Card, from.ID, to.ID)
	if k != key(to, from.Card, from.ID, to.ID) || k == (Key{}) {
		t.Error("the ends disagree")
	}
	for name, x := range map[string]Key{"the way back": key(from, to.Card, to.ID, from.ID), "a stranger with both cards": key(other, to.Card, from.ID, to.ID)} {
		if x == k || x.Address() == k.Address() {
			t.Errorf("%s has the same key", name)
		}
	}
	if got, ok := parseKey(k.Text()); !ok || got != k || strings.Contains(k.Address(), k.Text()) {
		t.Error("a key does not travel")
	}
	for _, text := range []string{"", "AAAA", k.Text() + "AA", strings.Repeat("!", 43)} {
		if _, ok := parseKey(text); ok {
			t.Errorf("%q is a key", text)
		}
	}
	to.Card.Sign = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" // y = 1
	if _, err := KeyOf(from.Secrets, to.Card, from.ID, to.ID); !fault.Is(err, fault.Invalid) {
		t.Errorf("a point without a place: %v", err)
	}
}

// items counts what lies at the relay.
func (r *running) items(t *testing.T) (n int) {
	t.Helper()
	if err := r.shelves.db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM item`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// ask asks the relay as a stranger's program would.
func (r *running) ask(t *testing.T, method, path, auth, body string, head ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", auth)
	for i := 0; i+1 < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// What a relay refuses, and what it forgets.
func TestADoorOfItsOwn(t *testing.T) {
	r := run(t)
	auth := "Bearer " + Key{1}.Text()
	for _, c := range []struct {
		name, method, path, auth, body string
		head                           []string
		want                           int
	}{
		{"no key", "GET", "/box/there", "", "", nil, 401},
		{"half a key", "GET", "/box/there", "Bearer AAAA", "", nil, 401},
		{"no word", "PUT", "/box", auth, "", nil, 403},
		{"another word", "PUT", "/box", auth, "", []string{wordHeader, word + "!"}, 403},
		{"a box that nobody opened", "POST", "/box/there", auth, "x", nil, 404},
		{"asked whether it is open", "GET", "/box/back", auth, "", nil, 404},
		{"opened", "PUT", "/box", auth, "", []string{wordHeader, word}, 204},
		{"put", "POST", "/box/there", auth, "x", nil, 201},
		{"put twice", "POST", "/box/there", auth, "x", nil, 201},
		{"no such shelf", "POST", "/box/floor", auth, "x", nil, 404},
		{"too large", "POST", "/box/there", auth, strings.Repeat("x", largest+1), nil, 413},
		{"somebody else's key", "GET", "/box/there", "Bearer " + Key{2}.Text(), "", nil, 404},
		{"fetched", "GET", "/box/there", auth, "", nil, 200},
		{"nothing behind it", "GET", "/box/there?after=1", auth, "", nil, 204},
		{"somebody else drops it", "DELETE", "/box/there/1", "Bearer " + Key{2}.Text(), "", nil, 204},
		{"it is still there", "GET", "/box/there", auth, "", nil, 200},
		{"no number", "DELETE", "/box/there/first", auth, "", nil, 404},
		{"dropped", "DELETE", "/box/there/1", auth, "", nil, 204},
		{"gone", "GET", "/box/there", auth, "", nil, 204},
		{"nothing else is here", "GET", "/", auth, "", nil, 404},
	} {
		if got := r.ask(t, c.method, c.path, c.auth, c.body, c.head...).StatusCode; got != c.want {
			t.Errorf("%s: %d, not %d", c.name, got, c.want)
		}
	}
	for i := range mostItems + 1 {
		want := http.StatusCreated
		if i == mostItems {
			want = http.StatusTooManyRequests
		}
		r.clock.Advance(time.Second)
		if got := r.ask(t, "POST", "/box/back", auth, strings.Repeat("y", i+1)).StatusCode; got != want {
			t.Fatalf("thing %d: %d", i, got)
		}
	}
	r.clock.Advance(itemLife + time.Hour)
	if err := r.shelves.tidy(t.Context()); err != nil || r.items(t) != 0 {
		t.Errorf("what nobody fetched is still here: %v", err)
	}
	r.clock.Advance(boxLife)
	if err := r.shelves.tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := r.ask(t, "POST", "/box/there", auth, "x").StatusCode; got != http.StatusNotFound {
		t.Errorf("a box that nobody used: %d", got)
	}
	if _, err := Open(t.Context(), filepath.Join(t.TempDir(), "relay.db"), "short", r.clock); !fault.Is(err, fault.Invalid) {
		t.Errorf("a short word: %v", err)
	}
}

// Whoever waits is told at once that something came.
func TestWaitingForSomethingToCome(t *testing.T) {
	r := run(t)
	auth := "Bearer " + Key{1}.Text()
	r.ask(t, "PUT", "/box", auth, "", wordHeader, word)
	got := make(chan int, 1)
	go func() { got <- r.ask(t, "GET", "/box/there?wait=20", auth, "").StatusCode }()
	began := time.Now()
	for len(r.slots) == 0 && time.Since(began) < 5*time.Second {
		runtime.Gosched() // until it waits; when it does not yet, it finds what lies there
	}
	r.ask(t, "POST", "/box/there", auth, "x")
	select {
	case code := <-got:
		if code != http.StatusOK {
			t.Error(code)
		}
	case <-time.After(10 * time.Second):
		t.Error("nobody was told")
	}
}
