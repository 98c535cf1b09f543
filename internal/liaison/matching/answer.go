// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"context"
	"encoding/hex"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// answer evaluates a partner's blinded elements with a proof, within its quota, in the transaction that notes that it asked.
// Refusals: the wall between kinds of offices, no such epoch, the quota, what is no element.
func (d Desk) answer(ctx context.Context, in post.Incoming) error {
	head, raw, err := parted[askHead](in)
	if err != nil {
		return err
	}
	asked, err := elements(raw)
	if err != nil {
		return err
	}
	if head.Comparison != in.Conversation || head.Comparison.IsZero() || !hash(head.Commitment) {
		return unreadable()
	}
	if _, err := d.compares(ctx, in.Owner, in.From); err != nil {
		return err
	}
	k, err := d.epoch(ctx, in.Owner, in.From, head.Epoch)
	if err != nil {
		return err
	}
	if k.used+len(asked) > k.quota {
		return quotaUsed()
	}
	evaluated, proof, err := k.Key.Answer(asked, d.random())
	if err != nil {
		return unreadable() // an element that is none
	}
	reply, err := d.reply(ctx, in, answerHead{head.Comparison, head.Epoch}, append(bytesOf(evaluated), proof...))
	if err != nil {
		return err
	}
	return d.write(ctx, in.Owner, head.Comparison, func(c Comparison) ([]store.Draft, error) {
		if c.Exists() {
			return nil, fault.New(fault.Denied, "matching.guard.part") // a question is asked once
		}
		return []store.Draft{{ID: in.ID, Type: QuestionedType, At: in.Sent, Payload: Questioned{in.From, head.Epoch, len(asked), head.Commitment}}}, nil
	}, func(ctx context.Context, tx db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE match_epoch SET used = used + $1 WHERE owner = $2 AND id = $3 AND used + $1 <= quota`, len(asked), in.Owner, k.ID)
		if err == nil && n == 0 {
			err = quotaUsed()
		}
		return err
	}, func(ctx context.Context, tx db.Tx) error { return d.Post.Enqueue(ctx, tx, reply) }, in.Done)
}

func quotaUsed() error { return fault.New(fault.Guarded, "matching.reason.quota") }

// hash says whether a text is a hash as it travels.
func hash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && hex.EncodeToString(b) == s
}

func (d Desk) reply(ctx context.Context, in post.Incoming, head any, raw []byte) (*post.Sealed, error) {
	m, err := envelope(derived(in.ID, MsgAnswer), in.From, in.Conversation, MsgAnswer, head, raw)
	if err != nil {
		return nil, err
	}
	return d.Post.Prepare(ctx, in.Owner, m)
}

// unanswered notes, where it was asked, that a question was not taken and why.
func (d Desk) unanswered(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	if r.Status == "accepted" {
		return nil
	}
	return d.write(ctx, owner, out.Conversation, func(c Comparison) ([]store.Draft, error) {
		if c.Status() != "waiting" {
			return nil, nil
		}
		return []store.Draft{{ID: derived(out.ID, "returned"), Type: ReturnedType, Payload: Returned{r.Reason}}}, nil
	})
}

// proofSize is what stands behind the elements of an answer.
const proofSize = oprf.ProofSize

// takeAnswer checks an answer's proof and looks it up. A proof that does not hold is noted and nothing of the answer used.
func (d Desk) takeAnswer(ctx context.Context, in post.Incoming) error {
	head, raw, err := parted[answerHead](in)
	if err != nil || len(raw) < proofSize {
		return firstOf(err, unreadable())
	}
	if head.Comparison != in.Conversation {
		return unreadable()
	}
	evaluated, err := elements(raw[:len(raw)-proofSize])
	if err != nil {
		return err
	}
	q, err := d.question(ctx, in.Owner, head.Comparison)
	if err != nil {
		return err
	}
	if q.partner != in.From || q.epoch != head.Epoch || q.secret.Public == nil {
		return fault.New(fault.Denied, "matching.guard.part")
	}
	outs, err := q.finish(evaluated, raw[len(raw)-proofSize:])
	if err != nil {
		return d.write(ctx, in.Owner, head.Comparison, func(c Comparison) ([]store.Draft, error) {
			if c.Status() != "waiting" {
				return nil, nil
			}
			return []store.Draft{{ID: in.ID, Type: ReturnedType, Payload: Returned{"matching.reason.proof"}}}, nil
		}, in.Done)
	}
	q.answered(outs)
	found, err := d.found(ctx, in.Owner, q, 1)
	if err != nil {
		return err
	}
	v := Answered{Found: found}
	if q.secret.Mode == Count {
		if v, err = q.counted(v.Found, d.random()); err != nil {
			return err
		}
		q.close()
	}
	sealed, err := d.sealQuestion(in.Owner, q)
	if err != nil {
		return err
	}
	return d.write(ctx, in.Owner, head.Comparison, func(c Comparison) ([]store.Draft, error) {
		if c.Status() != "waiting" {
			return nil, fault.New(fault.Denied, "matching.guard.part")
		}
		return []store.Draft{{ID: in.ID, Type: AnsweredType, Payload: v}}, nil
	}, func(ctx context.Context, tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE match_question SET sealed = $1 WHERE owner = $2 AND id = $3`, sealed, in.Owner, q.id)
		return err
	}, in.Done)
}

// hear takes in that a partner's worker wants to talk about the record of a handle, and finds who works on it here.
func (d Desk) hear(ctx context.Context, in post.Incoming) error {
	head, _, err := parted[tellHead](in)
	if err != nil {
		return err
	}
	raw, err := hex.DecodeString(head.Handle)
	if err != nil || len(raw) != len(match.Handle{}) || head.Comparison != in.Conversation {
		return unreadable()
	}
	if _, err := d.compares(ctx, in.Owner, in.From); err != nil {
		return err
	}
	who, err := d.job(in.Owner)
	if err != nil {
		return err
	}
	o, err := d.Store.Open(ctx, who, refOf(head.Comparison))
	if err != nil || o.State.(Comparison).Questioned.From != in.From {
		return firstOf(unless(err, fault.NotFound), fault.New(fault.Denied, "matching.guard.part"))
	}
	v := Heard{Handle: head.Handle}
	k, err := d.epoch(ctx, in.Owner, in.From, o.State.(Comparison).Questioned.Epoch)
	if err == nil {
		v, err = d.behind(ctx, who, k, match.Handle(raw))
	}
	if err != nil && !fault.Is(err, fault.Guarded) { // of an ended epoch nobody knows any more whom a handle stands for
		return err
	}
	return d.write(ctx, in.Owner, head.Comparison, func(Comparison) ([]store.Draft, error) {
		return []store.Draft{{ID: in.ID, Type: HeardType, At: in.Sent, Payload: v}}, nil
	}, in.Done)
}

// unless gives an error unless it is of a kind.
func unless(err error, k fault.Kind) error {
	if err != nil && fault.Is(err, k) {
		return nil
	}
	return err
}

// behind finds the record that a handle stands for, while it may be found.
func (d Desk) behind(ctx context.Context, who store.Who, k kept, h match.Handle) (Heard, error) {
	v := Heard{Handle: hex.EncodeToString(h[:])}
	owner := who.Actor.Owner
	listed, err := d.listed(ctx, owner, k.ID)
	if err != nil {
		return v, err
	}
	for id := range listed {
		if k.Handle(id) != h {
			continue
		}
		r, ok, err := d.Records(owner).Found(ctx, who, id)
		if err == nil && ok {
			v.Record, v.Worker = r.ID, r.Worker
		}
		return v, err
	}
	return v, nil
}
