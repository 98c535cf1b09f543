// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Record is one of the office's own that is compared.
type Record struct {
	ID      journal.ID
	Ref     string     // by which the office knows it; says nothing to others
	Worker  journal.ID // who works on it
	Subject match.Subject
	Found   bool // a partner may find it
	Asked   bool // a night's question may be about it
}

// Records is what is compared: people who agreed to it in an assistance office, records in a police or justice office. The
// app connects it with the wing that holds them.
type Records interface {
	// All gives those that a partner may find or a night's question may be about, as the job sees them.
	All(ctx context.Context, job store.Who) ([]Record, error)
	// Found gives one that a partner has found; ok is false when it may be found no more.
	Found(ctx context.Context, job store.Who, id journal.ID) (r Record, ok bool, err error)
	// Open gives one that somebody wants to ask about: NotFound or Denied when she may not see it, Uncovered when it may
	// not be asked about.
	Open(ctx context.Context, w store.Who, id journal.ID) (Record, error)
}

// Partner is another office with which this one may compare.
type Partner struct {
	ID   journal.ID
	Name string
}

// Keyring seals what the office keeps of its own, and marks values under a key of its own; vault's Keyring is one.
type Keyring interface {
	Seal(purpose string, plain []byte) ([]byte, error)
	Open(purpose string, sealed []byte) ([]byte, error)
	Token(kind, value string) []byte
}

// Desk does both sides of private matching for the owners of a node. All but Random is required.
type Desk struct {
	Store   *store.Store
	DB      *db.DB
	Post    *post.Post
	Clock   clock.Clock
	Keys    func(owner journal.ID) Keyring
	Job     func(owner journal.ID, name string, p access.Purpose) (store.Who, error)
	Records func(owner journal.ID) Records
	// Quota is how many elements a partner may ask in an epoch; 0 is UsualQuota.
	Quota int
	// Partners lists pinned partners that are not blocked.
	Partners func(ctx context.Context, owner journal.ID) ([]journal.ID, error)
	Random   io.Reader // nil is crypto/rand
}

func (d Desk) random() io.Reader {
	if d.Random == nil {
		return rand.Reader
	}
	return d.Random
}

func (d Desk) now() time.Time { return d.Clock.Now().UTC().Truncate(time.Microsecond) }

func (d Desk) job(owner journal.ID) (store.Who, error) {
	return d.Job(owner, jobName, access.ForIdentification)
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindComparison, ID: id} }

// With lists the partners with which an owner may compare now: of a kind that it may, with terms in force both ways, since
// questions go one way and answers the other.
func (d Desk) With(ctx context.Context, owner journal.ID) ([]Partner, error) {
	ids, err := d.Partners(ctx, owner)
	if err != nil {
		return nil, err
	}
	var out []Partner
	for _, id := range ids {
		p, err := d.compares(ctx, owner, id)
		if fault.Is(err, fault.Denied) || fault.Is(err, fault.Uncovered) || fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// compares says whether an owner may compare with a partner now. Errors: Denied by the wall between kinds of offices or for a
// blocked partner, NotFound for an unknown one, Uncovered without terms.
func (d Desk) compares(ctx context.Context, owner, partner journal.ID) (Partner, error) {
	own, _, err := d.Post.Directory.Self(ctx, owner)
	if err != nil {
		return Partner{}, err
	}
	other, err := d.Post.Directory.Partner(ctx, owner, partner)
	if err != nil {
		return Partner{}, err
	}
	if !terms.MayCompare(own.Kind, other.Kind) {
		return Partner{}, wall()
	}
	all, err := d.Post.Directory.Terms(ctx, owner, partner)
	if err != nil {
		return Partner{}, err
	}
	cats, now := []journal.Category{journal.D0}, d.now()
	for _, t := range all {
		if t.Covers(now, owner, partner, terms.Matching, cats) == nil && t.Covers(now, partner, owner, terms.Matching, cats) == nil {
			return Partner{partner, other.Name}, nil
		}
	}
	return Partner{}, fault.New(fault.Uncovered, "matching.guard.terms")
}

// digest marks what a record is compared by, under a key of the office's own: whether it changed is seen without keeping it.
func digest(ring Keyring, r Record) []byte {
	h := sha256.New()
	for _, k := range match.Keys(r.Subject) {
		in := k.Input()
		h.Write([]byte{byte(len(in) >> 8), byte(len(in))})
		h.Write(in)
	}
	return ring.Token("matching record", hex.EncodeToString(h.Sum(nil)))
}

// write runs a change of a comparison by the job, with what belongs into its transaction.
func (d Desk) write(ctx context.Context, owner, id journal.ID, decide func(Comparison) ([]store.Draft, error), also ...func(context.Context, db.Tx) error) error {
	who, err := d.job(owner)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, who, refOf(id), func(state any) ([]store.Draft, error) {
		ds, err := decide(state.(Comparison))
		for i := range ds {
			ds[i].Room = Room
		}
		return ds, err
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error {
		for _, f := range also {
			if err := f(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// Register registers the message types.
func (d Desk) Register() {
	d.Post.Register(MsgTable, d.takeTable, nil)
	d.Post.Register(MsgAsk, d.answer, d.unanswered)
	d.Post.Register(MsgAnswer, d.takeAnswer, nil)
	d.Post.Register(MsgTell, d.hear, nil)
	d.Post.Register(MsgDoubt, d.challenged, nil)
	d.Post.Register(MsgOpen, d.shown, nil)
}

// stamp is an HMAC under a salt that is a question's own.
func stamp(salt, data []byte) string {
	h := hmac.New(sha256.New, salt)
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// sizeFor gives the smallest size that holds so many elements, or 0.
func sizeFor(n int) int {
	for _, s := range Sizes() {
		if n <= s {
			return s
		}
	}
	return 0
}

// firstOf gives the first error of several.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
