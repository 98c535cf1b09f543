// SPDX-License-Identifier: EUPL-1.2

// Package witness lets offices witness each other's logs: at fixed times, whether or not anything happened, an office sends
// the latest signed checkpoint of its log to the partners that it chose; each checks that it extends the one that it keeps,
// keeps it, cosigns it (C2SP tlog-cosignature) and sends it back. A log that was rewritten, or cut short by a restore,
// contradicts what its witnesses keep: both offices write that down, with both signed checkpoints, and it stays open until
// the witness's people, who asked what happened, accept the log again.
//
// Checkpoints travel as sealed post under sharing terms that grant the purpose "witness" for office data (OF) both ways. A
// witness learns how long the log is at these times, and nothing else; police never witness an assistance office's log.
package witness

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Types of messages, and the purpose that terms must grant.
const (
	CheckpointType = "log.checkpoint"
	CosignedType   = "log.cosigned"
	Purpose        = "witness"
)

// Every is how far apart the fixed times are, in UTC.
const Every = 6 * time.Hour

// life is how long a checkpoint may be on its way: a newer one follows.
const life = 4 * Every

// Checkpoint is log.checkpoint: the latest one, and the proof that it extends the one of size From.
type Checkpoint struct {
	Note  string   `json:"note"`
	From  int64    `json:"from,omitempty"`
	Proof []string `json:"proof,omitempty"`
}

// Verdicts of a witness.
const (
	Kept     = "kept"     // kept and cosigned
	Unproven = "unproven" // not shown that it extends the one kept: send the proof from its size
	Fork     = "fork"     // contradicts the one kept
)

// Cosigned is log.cosigned, the answer.
type Cosigned struct {
	Verdict string `json:"verdict"`
	Size    int64  `json:"size"` // of the checkpoint that the witness keeps now
	Note    string `json:"note"` // cosigned; for a fork, the one that the witness keeps and the log contradicts
}

// Mail sends and takes both. All fields are required.
type Mail struct {
	Store *store.Store
	Post  *post.Post
	// Job gives the principal under which the post of an owner works.
	Job func(owner journal.ID) (store.Who, error)
	// Seed gives the seed of an owner's log key.
	Seed func(owner journal.ID) [32]byte
}

// Register lets the post know both types.
func (m Mail) Register() {
	m.Post.Register(CheckpointType, m.asked, nil)
	m.Post.Register(CosignedType, m.answered, nil)
}

// Partners opens every partner of an owner. An office has tens of them.
func (m Mail) Partners(ctx context.Context, owner journal.ID) ([]terms.Partner, error) {
	who, err := m.Job(owner)
	if err != nil {
		return nil, err
	}
	var out []terms.Partner
	err = m.Store.Each(ctx, who, store.Query{Kind: access.KindPartner}, func(r store.Row) error {
		o, err := m.Store.Open(ctx, who, r.Ref)
		if err != nil {
			return err
		}
		out = append(out, o.State.(terms.Partner))
		return nil
	})
	return out, err
}

// Once sends an owner's checkpoint to each of its witnesses for which a fixed time has come, and gives how many it queued.
// A witness that cannot be sent to (no terms, say) does not hold up the others; what kept it is in the error.
func (m Mail) Once(ctx context.Context, owner journal.ID) (int, error) {
	partners, err := m.Partners(ctx, owner)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, p := range partners {
		if !p.Witness || p.Blocked {
			continue
		}
		sent, serr := m.send(ctx, owner, p.Card.Office)
		if serr != nil {
			err = errors.Join(err, serr)
		}
		if sent {
			n++
		}
	}
	return n, err
}

// state is what a witness keeps of an owner's log, as the owner knows.
type state struct {
	slot, kept int64
}

func (m Mail) send(ctx context.Context, owner, to journal.ID) (bool, error) {
	now := m.Post.Clock.Now()
	slot := db.Micros(now.Truncate(Every))
	var s state
	var out Checkpoint
	err := m.Post.DB.Read(ctx, func(tx db.Tx) (err error) {
		if s, err = stateOf(ctx, tx, owner, to); err != nil || s.slot >= slot {
			return err
		}
		out, err = latest(ctx, tx, owner, s.kept)
		return err
	})
	if err != nil || s.slot >= slot || out.Note == "" {
		return false, err
	}
	body, err := json.Marshal(out)
	if err != nil {
		return false, err
	}
	sealed, err := m.Post.Prepare(ctx, owner, post.Outgoing{ID: m.Store.NewID(), To: to, Type: CheckpointType, Conversation: m.Store.NewID(), Purpose: Purpose, Basis: "law",
		Categories: []journal.Category{journal.OF}, Expires: now.Add(life), Body: body})
	if err != nil {
		return false, err
	}
	return true, m.Post.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO ledger_witness (owner, witness, slot, kept, at, note) VALUES ($1, $2, $3, 0, 0, '')
			ON CONFLICT (owner, witness) DO UPDATE SET slot = excluded.slot`, owner, to, slot)
		if err != nil {
			return err
		}
		return m.Post.Enqueue(ctx, tx, sealed)
	})
}

func stateOf(ctx context.Context, tx db.Tx, owner, witness journal.ID) (s state, err error) {
	err = tx.Row(ctx, `SELECT slot, kept FROM ledger_witness WHERE owner = $1 AND witness = $2`, owner, witness).Scan(&s.slot, &s.kept)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return s, err
}

// latest gives an owner's latest checkpoint with the proof that it extends an earlier size, which a log that was restored may
// not have reached: then there is nothing to prove.
func latest(ctx context.Context, tx db.Tx, owner journal.ID, from int64) (c Checkpoint, err error) {
	size, err := ledger.Size(ctx, tx, owner)
	if err != nil {
		return c, err
	}
	if c.Note, err = ledger.Latest(ctx, tx, owner); err != nil || from == 0 || from > size {
		return c, err
	}
	c.From = from
	proof, err := ledger.Consistency(ctx, tx, owner, from, size)
	for _, h := range proof {
		c.Proof = append(c.Proof, h.String())
	}
	return c, err
}

// Cosignature is the latest checkpoint of an owner's log that a witness cosigned.
type Cosignature struct {
	Witness journal.ID `json:"witness"`
	Size    int64      `json:"size"`
	At      time.Time  `json:"at"`
	Note    string     `json:"note"`
}

// Cosignatures lists them, latest first.
func Cosignatures(ctx context.Context, tx db.Tx, owner journal.ID) ([]Cosignature, error) {
	rows, err := tx.Query(ctx, `SELECT witness, kept, at, note FROM ledger_witness WHERE owner = $1 AND note <> '' ORDER BY at DESC, witness`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Cosignature
	for rows.Next() {
		var c Cosignature
		var at int64
		if err := rows.Scan(&c.Witness, &c.Size, &at, &c.Note); err != nil {
			return nil, err
		}
		c.At = db.Time(at)
		out = append(out, c)
	}
	return out, rows.Err()
}

func hashes(proof []string) ([]tlog.Hash, error) {
	const most = 2 * 64 // of any tree
	if len(proof) > most {
		return nil, fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	var out []tlog.Hash
	for _, s := range proof {
		h, err := tlog.ParseHash(s)
		if err != nil {
			return nil, fault.New(fault.Invalid, "exchange.post.unreadable")
		}
		out = append(out, h)
	}
	return slices.Clip(out), nil
}
