// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"filippo.io/age"
	"github.com/VictoriaMetrics/metrics"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/relay"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/yearbook"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/screening"
	"github.com/entraide-thb/entraide/packs/countries"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// Node is an opened data folder with its rooms wired. Close it.
type Node struct {
	Folder   Folder
	Settings Settings
	DB       *db.DB
	Clock    clock.Clock
	Store    *store.Store
	Identity *identity.Service
	Post     *post.Post
	Work     casework.Work
	Bundle   *lang.Bundle
	Policies *access.Policies

	reading   reading
	shelf     yearbook.Shelf // tables of others that can be counted
	packs     countries.Set
	lists     screening.Sets
	published published // lists of the offices' own
	offices   *offices
	directory *directory
	sequencer *ledger.Sequencer
	courier   *post.Courier
	releasing *release.Desk
	approved  chan struct{} // told when there are figures to draw
	relayed   *relay.Carrier
	keys      Keyrings
	shifted   *clock.Shifted // in a demo only
	wake      chan struct{}
	mailing   chan struct{} // told when there are letters to send
	log       *slog.Logger
	metrics   *metrics.Set
	lock      *os.File
	held      atomic.Pointer[Held] // a restored node that waits; nil else
	running   atomic.Bool          // doors are open
	backing   sync.Mutex           // held while a backup is made
	tending   sync.Mutex           // guards tended
	tended    map[journal.ID]int64 // erasures of each owner that lie beside the backups
}

// Options are what Open may be told.
type Options struct {
	With  []age.Identity // what unlocks the keyrings
	Keys  Keyrings       // the keyrings themselves, just made; nil unlocks them
	Log   *slog.Logger   // nil is silent
	Clock clock.Clock    // nil is the machine's
	// Bundle holds the texts when somebody has read them already; nil reads them. A demo reads its own.
	Bundle *lang.Bundle
	// Hash are the costs of password hashes; zero means identity.DefaultParams.
	Hash identity.Params
}

// Open takes the folder, unlocks it and wires the rooms. Errors: Unavailable when another process owns the
// folder, Denied for a wrong passphrase or key file.
func Open(ctx context.Context, f Folder, o Options) (_ *Node, err error) {
	s, err := f.Settings()
	if err != nil {
		return nil, err
	}
	n := &Node{Folder: f, Settings: s, wake: make(chan struct{}, 1), mailing: make(chan struct{}, 1), approved: make(chan struct{}, 1), log: o.Log, metrics: metrics.NewSet(), tended: map[journal.ID]int64{}}
	if n.log == nil {
		n.log = slog.New(slog.DiscardHandler)
	}
	if n.lock, err = f.lockSoon(ctx); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = n.Close()
		}
	}()
	if n.keys = o.Keys; n.keys == nil {
		if n.keys, err = unlock(f, s, o.With...); err != nil {
			return nil, err
		}
	}
	if err := n.openClock(cmp.Or(o.Clock, clock.Clock(clock.System{}))); err != nil {
		return nil, err
	}
	held, err := f.held()
	if err != nil {
		return nil, err
	}
	n.held.Store(held)
	if n.DB, err = db.Open(ctx, db.Config{DSN: s.dsn(f)}); err != nil {
		return nil, err
	}
	if n.Bundle = o.Bundle; n.Bundle == nil || s.Demo {
		if n.Bundle, err = lang.Load(n.languages()...); err != nil {
			return nil, err
		}
	}
	return n, n.wire(ctx, o)
}

// languages lets a demo show the mirrored test language, so that right-to-left pages can be looked at.
func (n *Node) languages() []lang.Option {
	if n.Settings.Demo {
		return []lang.Option{lang.WithTestLocales()}
	}
	return nil
}

// wire connects the rooms; none of them knows another one's side of it.
func (n *Node) wire(ctx context.Context, with Options) error {
	var err error
	if n.Policies, err = access.Base(); err != nil {
		return err
	}
	if n.packs, err = countries.Load(); err != nil {
		return err
	}
	if n.lists.Sets, err = indicators.Load(); err != nil {
		return err
	}
	n.lists.Own = n.published.of
	n.directory = &directory{node: n, self: map[journal.ID]self{}}
	registry, err := n.registry()
	if err != nil {
		return err
	}
	n.offices = newOffices(n)
	n.Post = &post.Post{DB: n.DB, Clock: n.Clock, Directory: n.directory, Keys: func(owner journal.ID) post.Keyring { return n.keys[owner] }, Leaf: leaf, Quota: n.quota,
		ProvesTo: func(own, partner card.Card) bool { return terms.MayWitness(partner.Kind, own.Kind) }, Repin: n.repin, Misused: n.misused, Queued: n.poke}
	n.Store, err = store.New(store.Config{DB: n.DB, Clock: n.Clock, Policies: n.Policies, Registry: registry, Rules: n.rules, Owner: n.owner, Sender: sender{n}, Facts: n.facts})
	if err != nil {
		return err
	}
	for _, id := range n.owners() {
		if _, err := n.Store.DeriveAgain(ctx, id); err != nil {
			return err
		}
		if err := n.offices.load(ctx, id); err != nil {
			return err
		}
		if err := n.publishedBy(ctx, id); err != nil {
			return err
		}
	}
	n.Work = casework.Work{Store: n.Store, Terms: n.termsFor, Find: find, Likenesses: likenesses, Alike: n.duplicates().Note}
	referral.Mail{Store: n.Store, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForDelivery) }}.Register(n.Post)
	n.inquiries().Register(n.Post)
	n.Letters().Register(n.Post)
	n.permissions().Register(n.Post)
	request.Mail{Mail: n.delivering()}.Register(n.Post)
	screening.Mail{Store: n.Store, Job: func(owner journal.ID) (store.Who, error) { return n.Job(owner, "post", access.ForDelivery) }}.Register(n.Post)
	n.programmeMail()
	n.witnessing().Register()
	n.grants().Register()
	n.matching().Register()
	n.releasing = n.releases()
	n.joint().Register()
	n.returns().Register()
	n.studies().Register()
	n.sequencer = &ledger.Sequencer{DB: n.DB, Clock: n.Clock, Signer: n.signer, Owners: n.signing}
	n.courier = &post.Courier{Post: n.Post, Owners: n.signing, Client: courierClient(), Local: n.serves}
	n.relayed = n.relayCarrier()
	if err := n.courier.Begin(ctx); err != nil {
		return err
	}
	return n.wireIdentity(with.Hash)
}

func (n *Node) wireIdentity(costs identity.Params) error {
	host := n.keys[n.Settings.Owners[0].ID].Seed("host")
	var err error
	n.Identity, err = identity.New(identity.Config{
		DB: n.DB, Clock: n.Clock, HostKey: host[:], Params: costs, Demo: n.Settings.Demo, Insecure: n.Settings.Demo,
		Alone: n.DB.Engine() == db.SQLite, // the folder is locked; a PostgreSQL may have other clients
		Owner: func(id journal.ID) (identity.Owner, error) {
			o, err := n.owner(id)
			return identity.Owner{ID: o.ID, Office: o.Office, Keys: o.Keys}, err
		},
		Leaf: leaf,
	})
	return err
}

// leaf adds what is no entry of the store to an owner's log.
func leaf(ctx context.Context, tx db.Tx, owner, id journal.ID, canonical []byte, at time.Time) error {
	return ledger.Append(ctx, tx, owner, ledger.Leaf{Entry: id, Hash: ledger.LeafHash(canonical), At: at})
}

// quota gives what a partner may send an owner.
func (n *Node) quota(journal.ID, journal.ID) post.Quota {
	if n.Settings.PostQuota == nil {
		return post.UsualQuota()
	}
	return *n.Settings.PostQuota
}

// Close ends everything; what is committed stays.
func (n *Node) Close() error {
	var err error
	if n.DB != nil {
		err = n.DB.Close()
	}
	if n.lock != nil {
		err = errors.Join(err, n.lock.Close())
	}
	return err
}

func (n *Node) owners() []journal.ID {
	var out []journal.ID
	for _, o := range n.Settings.Owners {
		out = append(out, o.ID)
	}
	return out
}

func (n *Node) serves(office journal.ID) bool { return slices.Contains(n.owners(), office) }

// settingsOf finds an owner's settings as they are now.
func (n *Node) settingsOf(id journal.ID) (Owner, error) {
	for _, o := range n.Settings.Owners {
		if o.ID == id {
			return n.offices.now(o), nil
		}
	}
	return Owner{}, fault.New(fault.NotFound, "app.no_owner")
}

func (n *Node) owner(id journal.ID) (store.Owner, error) {
	o, err := n.settingsOf(id)
	return store.Owner{ID: o.ID, Office: o.Kind, Keys: n.keys[id]}, err
}

// rules gives the policies that hold for an owner now.
func (n *Node) rules(id journal.ID) *access.Policies {
	n.offices.mu.RLock()
	defer n.offices.mu.RUnlock()
	if p, ok := n.offices.rules[id]; ok {
		return p
	}
	return n.Policies
}

func (n *Node) facts(id journal.ID) []string {
	o, _ := n.settingsOf(id)
	return o.Facts
}

func (n *Node) signer(id journal.ID) (ledger.Signer, error) {
	return ledger.NewSigner(id, n.keys[id].Seed("log"))
}

// Job gives a named background principal of an owner.
func (n *Node) Job(owner journal.ID, name string, p access.Purpose) (store.Who, error) {
	o, err := n.owner(owner)
	return store.Job(o, name, p), err
}

// poke lets the courier look at the outbox soon.
func (n *Node) poke() {
	select {
	case n.wake <- struct{}{}:
	default:
	}
}

// ahead is how far a demo's clock runs ahead of the machine's.
type ahead struct {
	By time.Duration `json:"by"`
}

func (n *Node) openClock(base clock.Clock) error {
	if !n.Settings.Demo {
		n.Clock = base
		return nil
	}
	n.shifted = &clock.Shifted{Base: base}
	n.Clock = n.shifted
	b, err := os.ReadFile(n.Folder.path("clock.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var a ahead
	if err == nil {
		err = json.Unmarshal(b, &a)
	}
	n.shifted.Advance(a.By)
	return err
}

// pass lets time pass in a demo, or not pass: by may be negative only before anything was written.
func (n *Node) pass(by time.Duration) (time.Time, error) {
	if n.shifted == nil {
		return time.Time{}, fault.New(fault.Denied, "app.not_a_demo")
	}
	now := n.shifted.Advance(by)
	b, err := json.Marshal(ahead{time.Until(now).Round(time.Second)})
	if err != nil {
		return now, err
	}
	return now, writeFile(n.Folder.path("clock.json"), b, 0o600)
}

// newID makes an id for something that is not a dossier or entry of the store.
func (n *Node) newID() journal.ID { return journal.NewID(n.Clock.Now().UTC(), rand.Reader) }
