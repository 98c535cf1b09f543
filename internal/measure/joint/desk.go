// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/measure/joint/shares"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Keyring seals what an office must keep to itself; vault's Keyring is one.
type Keyring interface {
	Seal(purpose string, plain []byte) ([]byte, error)
	Open(purpose string, sealed []byte) ([]byte, error)
}

// Desk does one office's part of joint releases, for the owners of a node. All but Random is required.
type Desk struct {
	Store *store.Store
	DB    *db.DB
	Post  *post.Post
	Clock clock.Clock
	Keys  func(owner journal.ID) Keyring
	Job   func(owner journal.ID, name string, p access.Purpose) (store.Who, error)
	// Sources gives what an office can count.
	Sources func(owner journal.ID) source.Sources
	// Spend takes what a release costs from the office's budget, once for each release; Guarded when there is not enough. What
	// was taken is never given back.
	Spend func(ctx context.Context, owner, joint journal.ID, p Proposal) error
	// Known gives an office by its card as it is pinned here, or this office itself. Errors: NotFound, Denied when it is blocked.
	Known func(ctx context.Context, owner, office journal.ID) (Party, error)
	// Wake is told when a message may have made something possible for Work.
	Wake   func(owner journal.ID)
	Random io.Reader // nil is crypto/rand
}

func (d Desk) random() io.Reader {
	if d.Random == nil {
		return rand.Reader
	}
	return d.Random
}

func (d Desk) now() time.Time { return d.Clock.Now().UTC().Truncate(time.Microsecond) }

func (d Desk) job(owner journal.ID) (store.Who, error) {
	return d.Job(owner, jobName, access.ForStatistics)
}

// write runs a change of a joint release by the job, with what belongs into its transaction.
func (d Desk) write(ctx context.Context, owner, id journal.ID, decide func(State) (store.Draft, error), also ...store.Also) error {
	who, err := d.job(owner)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, who, refOf(id), func(state any) ([]store.Draft, error) {
		dr, err := decide(state.(State))
		if err != nil || dr.Type == "" {
			return nil, err
		}
		if dr.Type != StoppedType {
			dr.Room = Room
		}
		return []store.Draft{dr}, nil
	}, also...)
	return err
}

// Work does what can be done now in every joint release of an owner, until nothing more can. Errors of one do not keep others
// from being worked on.
func (d Desk) Work(ctx context.Context, owner journal.ID) error {
	who, err := d.job(owner)
	if err != nil {
		return err
	}
	var errs []error
	for _, status := range []string{"waiting", "running"} {
		err := d.Store.Each(ctx, who, store.Query{Kind: access.KindJoint, State: status}, func(row store.Row) error {
			if err := d.advance(ctx, who, row.Ref.ID); err != nil {
				errs = append(errs, err)
			}
			return nil
		})
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
	return errors.Join(errs...)
}

// advance takes the next step of one joint release, and those after it.
func (d Desk) advance(ctx context.Context, who store.Who, id journal.ID) error {
	for {
		o, err := d.Store.Open(ctx, who, refOf(id))
		if err != nil {
			return err
		}
		s := o.State.(State)
		_, summed := s.Summed[s.Owner]
		switch {
		case s.Over():
			return nil
		case !summed && !d.now().Before(s.DueAt()):
			return d.stop(ctx, s, "missing", s.Missing()...)
		case s.Ready() && !s.dealt(s.Owner):
			err = d.deal(ctx, who, s)
		case s.dealt(s.Owner) && s.allDealt() && !summed:
			err = d.sum(ctx, s)
		case s.allSummed():
			err = d.open(ctx, s)
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// stop ends it here and tells the others why. What was spent stays spent.
func (d Desk) stop(ctx context.Context, s State, reason string, about ...journal.ID) error {
	return d.write(ctx, s.Owner, s.ID, func(now State) (store.Draft, error) {
		if now.Over() {
			return store.Draft{}, nil
		}
		return store.Draft{Type: StoppedType, Payload: Why{Reason: reason, About: about}}, nil
	}, d.forget(s.Owner, s.ID))
}

// deal counts, adds this office's noise, splits, and sends every other office its share. Before any noise is drawn, the cost is
// taken from the budget.
func (d Desk) deal(ctx context.Context, who store.Who, s State) error {
	src, err := d.Sources(s.Owner).Find(s.Proposal.Source)
	if err != nil || src.Version != s.Proposal.Version || max(src.Most, 1) < s.Proposal.Most || !sameColumns(src.Domain(), s.Proposal.Columns) {
		return d.stop(ctx, s, "domain")
	}
	a, err := s.Proposal.Plan()
	if err != nil {
		return d.stop(ctx, s, "domain")
	}
	switch others, err := d.differing(ctx, s); { // a card can have changed since it was accepted
	case err != nil:
		return err
	case len(others) > 0:
		return d.stop(ctx, s, "card", others...)
	}
	if err := d.Spend(ctx, s.Owner, s.ID, s.Proposal); fault.Is(err, fault.Guarded) {
		return d.stop(ctx, s, "budget")
	} else if err != nil {
		return err
	}
	src.Most = s.Proposal.Most
	records, err := src.Coded(ctx, who, s.Proposal.period())
	if err != nil {
		return err
	}
	row, err := a.Contribute(ctx, records, func(int) io.Reader { return d.random() })
	if err != nil {
		return err
	}
	dealt, err := shares.Deal(row, len(s.Proposal.Parties), s.Proposal.Place(s.Owner), d.random())
	if err != nil {
		return err
	}
	texts := make([]string, len(dealt.Commitments))
	for i, c := range dealt.Commitments {
		texts[i] = hex.EncodeToString(c[:])
	}
	sealed, err := d.Keys(s.Owner).Seal(secretPurpose(s.ID, s.Owner), dealt.Own.Bytes())
	if err != nil {
		return err
	}
	entry := d.Store.NewID()
	all, err := s.toAll(entry, MsgDeal, func(place int, _ journal.ID) any { return dealBody{s.ID, s.Hash, texts, dealt.Seeds[place]} })
	if err != nil {
		return err
	}
	var letters []*post.Sealed
	for _, m := range all {
		letter, err := d.Post.Prepare(ctx, s.Owner, m)
		if err != nil {
			return err
		}
		letters = append(letters, letter)
	}
	return d.write(ctx, s.Owner, s.ID, func(now State) (store.Draft, error) {
		if now.dealt(s.Owner) || now.Over() {
			return store.Draft{}, fault.New(fault.Conflict, "joint.guard.status")
		}
		return store.Draft{ID: entry, Type: DealtType, Payload: Dealt{Commitments: texts}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error {
		if err := keepSecret(ctx, tx, s.Owner, s.ID, s.Owner, sealed); err != nil {
			return err
		}
		for _, l := range letters {
			if err := d.Post.Enqueue(ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
}

// differing lists the parties whose card, as it is known here, is not the one that the proposal names.
func (d Desk) differing(ctx context.Context, s State) ([]journal.ID, error) {
	var out []journal.ID
	for _, p := range s.Proposal.Parties {
		known, err := d.Known(ctx, s.Owner, p.Office)
		if err != nil && !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Denied) {
			return nil, err
		}
		if err != nil || !p.Is(known) {
			out = append(out, p.Office)
		}
	}
	return out, nil
}

// sum adds up what was dealt to this office, shows the sum, and destroys what it was made of.
func (d Desk) sum(ctx context.Context, s State) error {
	a, err := s.Proposal.Plan()
	if err != nil {
		return err
	}
	var all []shares.Share
	for _, p := range s.Proposal.Parties {
		plain, err := d.secret(ctx, s.Owner, s.ID, p.Office)
		if err != nil {
			return err
		}
		if p.Office != s.Owner {
			all = append(all, shares.Seed(plain).Share(a.Numbers()))
			continue
		}
		own, err := shares.Parse(plain, a.Numbers())
		if err != nil {
			return err
		}
		all = append(all, own)
	}
	v := Summed{Transcript: s.Transcript(), Sum: encode(shares.Add(all...).Bytes())}
	return d.write(ctx, s.Owner, s.ID, func(now State) (store.Draft, error) {
		if _, done := now.Summed[s.Owner]; done || now.Over() {
			return store.Draft{}, nil
		}
		return store.Draft{Type: SummedType, Payload: v}, nil
	}, d.forget(s.Owner, s.ID))
}

// open checks all sums and gives the result its name, or names whose sums are false.
func (d Desk) open(ctx context.Context, s State) error {
	r, liars, err := s.Result()
	if err != nil {
		return err
	}
	v := Opened{False: liars}
	if len(liars) == 0 {
		if v.Hash, err = s.Name(r); err != nil {
			return err
		}
	}
	return d.write(ctx, s.Owner, s.ID, func(now State) (store.Draft, error) {
		if _, done := now.Opened[s.Owner]; done {
			return store.Draft{}, nil
		}
		return store.Draft{Type: OpenedType, Payload: v}, nil
	})
}

func sameColumns(d table.Domain, cs []table.Column) bool {
	return slices.EqualFunc(d.Columns, cs, func(a, b table.Column) bool { return a.Name == b.Name && slices.Equal(a.Values, b.Values) })
}

// period gives the days of a proposal, in UTC, which is the same in all offices.
func (p Proposal) period() source.Period {
	from, err1 := time.Parse(time.DateOnly, p.From)
	until, err2 := time.Parse(time.DateOnly, p.Until)
	if err := errors.Join(err1, err2); err != nil {
		return source.Period{}
	}
	return source.Period{From: from, Until: until.AddDate(0, 0, 1)}
}

func secretPurpose(joint, office journal.ID) string {
	return "joint release " + joint.String() + " " + office.String()
}

func keepSecret(ctx context.Context, tx db.Tx, owner, joint, office journal.ID, sealed []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO joint_secret (owner, joint, office, sealed) VALUES ($1, $2, $3, $4) ON CONFLICT (owner, joint, office) DO NOTHING`, owner, joint, office, sealed)
	return err
}

func (d Desk) secret(ctx context.Context, owner, joint, office journal.ID) ([]byte, error) {
	var sealed []byte
	err := d.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT sealed FROM joint_secret WHERE owner = $1 AND joint = $2 AND office = $3`, owner, joint, office).Scan(&sealed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return nil, err
	}
	return d.Keys(owner).Open(secretPurpose(joint, office), sealed)
}

// forget destroys what an office kept to itself of a joint release.
func (d Desk) forget(owner, joint journal.ID) store.Also {
	return func(ctx context.Context, tx db.Tx, _ []journal.Entry) error {
		_, err := tx.Exec(ctx, `DELETE FROM joint_secret WHERE owner = $1 AND joint = $2`, owner, joint)
		return err
	}
}

// forgetIf forgets where what was decided in the same transaction ends it.
func (d Desk) forgetIf(ended *bool, owner, joint journal.ID) store.Also {
	forget := d.forget(owner, joint)
	return func(ctx context.Context, tx db.Tx, es []journal.Entry) error {
		if !*ended {
			return nil
		}
		return forget(ctx, tx, es)
	}
}

// Reseal seals what is kept under the newest root of the owner's keyring, and counts it.
func (d Desk) Reseal(ctx context.Context, owner journal.ID) (int, error) {
	type row struct {
		joint, office journal.ID
		sealed        []byte
	}
	var all []row
	err := d.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT joint, office, sealed FROM joint_secret WHERE owner = $1`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var r row
			if err := rows.Scan(&r.joint, &r.office, &r.sealed); err != nil {
				return err
			}
			all = append(all, r)
		}
		return rows.Err()
	})
	if err != nil {
		return 0, err
	}
	return len(all), d.DB.Write(ctx, func(tx db.Tx) error {
		for _, r := range all {
			plain, err := d.Keys(owner).Open(secretPurpose(r.joint, r.office), r.sealed)
			if err != nil {
				return err
			}
			sealed, err := d.Keys(owner).Seal(secretPurpose(r.joint, r.office), plain)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `UPDATE joint_secret SET sealed = $1 WHERE owner = $2 AND joint = $3 AND office = $4`, sealed, owner, r.joint, r.office); err != nil {
				return err
			}
		}
		return nil
	})
}
