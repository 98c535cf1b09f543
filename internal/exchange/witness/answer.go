// SPDX-License-Identifier: EUPL-1.2

package witness

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// asked is the witness's side: judge, keep, cosign, answer, in the transaction that takes the message in.
func (m Mail) asked(ctx context.Context, in post.Incoming) error {
	var body Checkpoint
	if err := in.Decode(&body); err != nil {
		return err
	}
	proof, err := hashes(body.Proof)
	if err != nil {
		return err
	}
	own, _, err := m.Post.Directory.Self(ctx, in.Owner)
	if err != nil {
		return err
	}
	from, err := m.Post.Directory.Partner(ctx, in.Owner, in.From)
	if err != nil {
		return err
	}
	if !terms.MayWitness(own.Kind, from.Kind) {
		return fault.New(fault.Denied, "exchange.witness.police")
	}
	c, err := ledger.ParseCheckpoint(body.Note, from.Log)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "operate.checkpoint.not_theirs")
	}
	var before string
	var size int64
	if err := m.Post.DB.Read(ctx, func(tx db.Tx) (err error) {
		before, size, err = ledger.Seen(ctx, tx, in.Owner, c.Origin)
		return err
	}); err != nil {
		return err
	}
	now := m.Post.Clock.Now()
	var fork *ledger.Fork
	answer := Cosigned{Verdict: Kept, Size: c.Size}
	switch err := ledger.Judge(before, c, proof); {
	case err == nil:
		if answer.Note, err = ledger.Cosign(c, in.Owner, m.Seed(in.Owner), now); err != nil {
			return err
		}
	case errors.As(err, &fork):
		answer = Cosigned{Verdict: Fork, Size: size, Note: before}
	case errors.Is(err, ledger.ErrUnproven) && body.From == size:
		// The log names the very size that is kept here and cannot show that it extends it: cut short, and grown beyond it since.
		fork = &ledger.Fork{Before: before, Now: c.Note}
		answer = Cosigned{Verdict: Fork, Size: size, Note: before}
	case errors.Is(err, ledger.ErrUnproven):
		answer = Cosigned{Verdict: Unproven, Size: size}
	default:
		return err
	}
	reply, err := m.reply(ctx, in, answer)
	if err != nil {
		return err
	}
	return m.write(ctx, in.Owner, in.From, forkOf(fork, false), func(ctx context.Context, tx db.Tx) error {
		if answer.Verdict == Kept {
			if err := ledger.Witness(ctx, tx, in.Owner, c, proof, now); err != nil {
				return fault.Wrap(fault.Unavailable, err, "db.busy") // another one came between: judged again when it is sent again
			}
		}
		if err := m.Post.Enqueue(ctx, tx, reply); err != nil {
			return err
		}
		return in.Done(ctx, tx)
	})
}

func (m Mail) reply(ctx context.Context, in post.Incoming, answer Cosigned) (*post.Sealed, error) {
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return m.Post.Prepare(ctx, in.Owner, post.Outgoing{ID: m.Store.NewID(), To: in.From, Type: CosignedType, Conversation: in.Conversation, Purpose: Purpose, Basis: "law",
		Categories: []journal.Category{journal.OF}, Expires: m.Post.Clock.Now().Add(life), Body: body})
}

func forkOf(f *ledger.Fork, ours bool) *terms.Forked {
	if f == nil {
		return nil
	}
	return &terms.Forked{Ours: ours, Before: f.Before, Now: f.Now}
}

// Note writes down that a partner's log contradicts itself; once, as long as that is open.
func (m Mail) Note(ctx context.Context, owner, partner journal.ID, f ledger.Fork) error {
	return m.write(ctx, owner, partner, forkOf(&f, false), func(context.Context, db.Tx) error { return nil })
}

// write runs a transaction, together with the entry on a contradiction where there is one that is not open already.
func (m Mail) write(ctx context.Context, owner, partner journal.ID, fork *terms.Forked, run func(context.Context, db.Tx) error) error {
	return m.update(ctx, owner, partner, func(p terms.Partner) []store.Draft {
		if fork == nil || fork.Ours && p.Ours != nil || !fork.Ours && p.Theirs != nil {
			return nil
		}
		return []store.Draft{{Type: terms.LogForked, Payload: *fork, Room: terms.WitnessRoom}}
	}, run)
}

// update appends to a partner's dossier, and runs what must come with it in the same transaction, or in one of its own when
// there is nothing to append.
func (m Mail) update(ctx context.Context, owner, partner journal.ID, decide func(terms.Partner) []store.Draft, run func(context.Context, db.Tx) error) error {
	who, err := m.Job(owner)
	if err != nil {
		return err
	}
	ran := false
	_, err = m.Store.Update(ctx, who, store.Ref{Kind: access.KindPartner, ID: partner}, func(state any) ([]store.Draft, error) {
		p, _ := state.(terms.Partner)
		return decide(p), nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { ran = true; return run(ctx, tx) })
	if err != nil || ran {
		return err
	}
	return m.Post.DB.Write(ctx, func(tx db.Tx) error { return run(ctx, tx) })
}

// answered is the owner's side: what a witness says is believed as far as signatures prove it.
func (m Mail) answered(ctx context.Context, in post.Incoming) error {
	var a Cosigned
	if err := in.Decode(&a); err != nil {
		return err
	}
	own, _, err := m.Post.Directory.Self(ctx, in.Owner)
	if err != nil {
		return err
	}
	from, err := m.Post.Directory.Partner(ctx, in.Owner, in.From)
	if err != nil {
		return err
	}
	switch a.Verdict {
	case Kept:
		return m.cosigned(ctx, in, a, own.Log, from.Log)
	case Unproven: // the proof from the size that they name follows at once
		return m.Post.DB.Write(ctx, func(tx db.Tx) error {
			if _, err := tx.Exec(ctx, `UPDATE ledger_witness SET kept = $1, slot = 0 WHERE owner = $2 AND witness = $3`, max(a.Size, 0), in.Owner, in.From); err != nil {
				return err
			}
			return in.Done(ctx, tx)
		})
	case Fork:
		return m.contradicted(ctx, in, a, own.Log)
	}
	return fault.New(fault.Invalid, "exchange.post.unreadable")
}

func (m Mail) cosigned(ctx context.Context, in post.Incoming, a Cosigned, own, witness string) error {
	c, at, err := ledger.ParseCosigned(a.Note, own, witness)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "operate.checkpoint.not_ours")
	}
	return m.update(ctx, in.Owner, in.From, func(p terms.Partner) []store.Draft {
		if p.Ours == nil {
			return nil
		}
		return []store.Draft{{Type: terms.LogSettled, Payload: terms.Settled{Size: c.Size}, Room: terms.WitnessRoom}}
	}, func(ctx context.Context, tx db.Tx) error {
		holds, err := ledger.Holds(ctx, tx, in.Owner, c)
		if err == nil && !holds {
			err = fault.New(fault.Invalid, "operate.checkpoint.not_ours") // cosigned before a restore
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE ledger_witness SET kept = $1, at = $2, note = $3 WHERE owner = $4 AND witness = $5`, c.Size, db.Micros(at), a.Note, in.Owner, in.From); err != nil {
			return err
		}
		return in.Done(ctx, tx)
	})
}

// contradicted looks at what a witness keeps: signed by this office, and not in its log, it is a contradiction; else it says
// nothing.
func (m Mail) contradicted(ctx context.Context, in post.Incoming, a Cosigned, own string) error {
	c, err := ledger.ParseCheckpoint(a.Note, own)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "operate.checkpoint.not_ours")
	}
	var holds bool
	var now string
	if err := m.Post.DB.Read(ctx, func(tx db.Tx) (err error) {
		if holds, err = ledger.Holds(ctx, tx, in.Owner, c); err != nil {
			return err
		}
		now, err = ledger.Latest(ctx, tx, in.Owner)
		return err
	}); err != nil {
		return err
	}
	var fork *terms.Forked
	if !holds {
		fork = &terms.Forked{Ours: true, Before: a.Note, Now: now}
	}
	return m.write(ctx, in.Owner, in.From, fork, in.Done)
}

// Accept lets an owner go on with the log of a partner that contradicts itself, for a reason: the checkpoint that
// contradicted is kept from now on, and both stay in the entry. who decides it. Guarded when nothing is open, Invalid without
// a reason.
func (m Mail) Accept(ctx context.Context, who store.Who, partner journal.ID, reason string) (terms.Accepted, error) {
	owner := who.Actor.Owner
	card, err := m.Post.Directory.Partner(ctx, owner, partner)
	if err != nil {
		return terms.Accepted{}, err
	}
	var out terms.Accepted
	_, err = m.Store.Update(ctx, who, store.Ref{Kind: access.KindPartner, ID: partner}, func(state any) ([]store.Draft, error) {
		p, _ := state.(terms.Partner)
		if p.Theirs == nil {
			return nil, fault.New(fault.Guarded, "exchange.witness.no_fork")
		}
		out = terms.Accepted{Reason: reason, Before: p.Theirs.Before, Now: p.Theirs.Now}
		return []store.Draft{{Type: terms.LogAccepted, Payload: out, Room: terms.WitnessRoom}}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error {
		c, err := ledger.ParseCheckpoint(out.Now, card.Log)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "operate.checkpoint.not_theirs")
		}
		return ledger.Accept(ctx, tx, owner, c, m.Post.Clock.Now())
	})
	return out, err
}
