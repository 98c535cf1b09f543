// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// Forgotten counts what Forget did.
type Forgotten struct {
	Erasures int `json:"erasures"` // that the database did not know
	Keys     int `json:"keys"`     // that were still there
	Parts    int `json:"parts"`    // and pieces of files whose bytes were removed
	Dossiers int `json:"dossiers"`
}

// Forget carries an owner's erasures out again on a database that was restored from before them: keys and bytes
// go, and what lists, searches and the door know of the dossier is derived anew from what is left. Erasures that
// the database knows are passed over, so doing it twice is harmless. No entry is appended: the log says already,
// or said beyond the backup, that it happened.
//
// It is for restoring, while nobody else uses the store.
func (s *Store) Forget(ctx context.Context, owner journal.ID, es []vault.Erasure) (Forgotten, error) {
	var f Forgotten
	o, err := s.c.Owner(owner)
	if err != nil {
		return f, err
	}
	var known []vault.Erasure
	if err := s.c.DB.Read(ctx, func(tx db.Tx) (err error) { known, err = vault.Erasures(ctx, tx, owner, db.Time(0)); return err }); err != nil {
		return f, err
	}
	done := map[string]bool{}
	for _, e := range known {
		done[string(e.Key)] = true
	}
	es = slices.DeleteFunc(slices.Clone(es), func(e vault.Erasure) bool { return done[string(e.Key)] })
	inorder.Stably(es, func(a, b vault.Erasure) int { return cmp.Compare(string(a.Dossier[:]), string(b.Dossier[:])) })
	for len(es) > 0 {
		n := slices.IndexFunc(es, func(e vault.Erasure) bool { return e.Dossier != es[0].Dossier })
		if n < 0 {
			n = len(es)
		}
		if err := s.forget(ctx, o, es[:n], &f); err != nil {
			return f, err
		}
		es = es[n:]
	}
	return f, s.c.DB.Scrub(ctx)
}

// forget does one dossier.
func (s *Store) forget(ctx context.Context, o Owner, es []vault.Erasure, f *Forgotten) error {
	dossier := es[0].Dossier
	keys, parts := 0, int64(0)
	err := s.c.DB.Write(ctx, func(tx db.Tx) (err error) {
		parts = 0
		if keys, err = vault.Replay(ctx, tx, o.ID, es); err != nil {
			return err
		}
		for _, e := range es {
			n, err := wipe(ctx, tx, o.ID, dossier, e.Category)
			if err != nil {
				return err
			}
			parts += n
		}
		return nil
	})
	s.kept.drop(place{o.ID, dossier}, math.MaxInt64) // how many there were is not asked here: it is read from the database from now on
	if err != nil {
		return err
	}
	f.Erasures, f.Keys, f.Parts, f.Dossiers = f.Erasures+len(es), f.Keys+keys, f.Parts+int(parts), f.Dossiers+1
	return s.derive(ctx, o, dossier)
}

// derive writes anew what stands beside a dossier's entries.
func (s *Store) derive(ctx context.Context, o Owner, dossier journal.ID) error {
	var kind string
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT COALESCE(MAX(kind), '') FROM dossier WHERE owner = $1 AND id = $2`, o.ID, dossier).Scan(&kind)
	})
	if err != nil || kind == "" { // the dossier is younger than the backup
		return err
	}
	k, err := s.c.Registry.kind(kind)
	if err != nil {
		return fault.Wrap(fault.Internal, err, "fault.internal")
	}
	a := &attempt{s: s, o: o, k: k, now: s.now()}
	state, err := a.read(ctx, Ref{kind, dossier})
	if err != nil {
		return err
	}
	a.before, a.after = Derived{}, k.derive(state)
	if err := a.seal(); err != nil {
		return err
	}
	defer s.memory.changed(ofOwner{o.ID, k.Name})
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		for _, table := range []string{"code", "standing", "token", "summary"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE owner = $1 AND dossier = $2`, o.ID, dossier); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(ctx, `UPDATE dossier SET state = $1, due = $2, assignee = $3 WHERE owner = $4 AND id = $5`,
			a.after.State, due(a.after), a.after.Assignee, o.ID, dossier); err != nil {
			return err
		}
		for _, key := range a.plan.keys {
			if err := key.Insert(ctx, tx); err != nil {
				return err
			}
		}
		return a.writeBeside(ctx, tx)
	})
}
