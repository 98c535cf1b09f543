// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// derivers is how many dossiers are derived anew at a time: they share the disk's turns, as commits are grouped.
const derivers = 32

// DeriveAgain derives anew what stands beside the entries of an owner's dossiers, of each kind that derives otherwise than
// when that was last done (Kind.Derives): a list asks for codes that older programs did not write. It gives how many dossiers
// that were; mostly none. Broken off, it begins again with the kind at which it was.
//
// It is for opening an office, while nobody else uses the store.
func (s *Store) DeriveAgain(ctx context.Context, owner journal.ID) (int, error) {
	o, err := s.c.Owner(owner)
	if err != nil {
		return 0, err
	}
	was, err := s.derived(ctx, owner)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, name := range s.c.Registry.names() {
		k := s.c.Registry.kinds[name]
		if was[name] >= k.Derives {
			continue
		}
		m, err := s.deriveKind(ctx, o, name)
		if n += m; err != nil {
			return n, err
		}
		err = s.c.DB.Write(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO derived (owner, kind, version) VALUES ($1, $2, $3) ON CONFLICT (owner, kind) DO UPDATE SET version = excluded.version`, owner, name, k.Derives)
			return err
		})
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// names lists the kinds.
func (r *Registry) names() []string {
	var out []string
	for name := range r.kinds {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// derived says in which way the dossiers of each kind were last derived.
func (s *Store) derived(ctx context.Context, owner journal.ID) (map[string]int, error) {
	out := map[string]int{}
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT kind, version FROM derived WHERE owner = $1`, owner)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var kind string
			var version int
			if err := rows.Scan(&kind, &version); err != nil {
				return err
			}
			out[kind] = version
		}
		return rows.Err()
	})
	return out, err
}

func (s *Store) deriveKind(ctx context.Context, o Owner, kind string) (n int, err error) {
	const lot = 500
	var after journal.ID
	for {
		var of []journal.ID
		err := s.c.DB.Read(ctx, func(tx db.Tx) (err error) {
			of, err = ids(ctx, tx, `SELECT id FROM dossier WHERE owner = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT 500`, []any{o.ID, kind, after})
			return err
		})
		if err != nil {
			return n, err
		}
		g, failed := errgroup.WithContext(ctx)
		g.SetLimit(derivers)
		for _, id := range of {
			g.Go(func() error { return s.derive(failed, o, id) })
		}
		if err := g.Wait(); err != nil {
			return n, err
		}
		if n += len(of); len(of) < lot {
			return n, nil
		}
		after = of[len(of)-1]
	}
}
