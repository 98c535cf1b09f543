// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// Moved is the verdict on a move to another database.
type Moved struct {
	OK     bool            `json:"ok"`
	From   db.Engine       `json:"from"`
	To     db.Engine       `json:"to"`
	Rows   int64           `json:"rows"`
	Tables []archive.Tally `json:"tables"`
	Logs   []ledger.Report `json:"logs"`
}

// Move copies everything into another, empty database, reads it back, verifies the logs there, and only then lets the
// folder use it. to is postgres://... or "file". The old database is left as it is: destroy it when all is well, for
// it holds keys of what will be erased.
func (n *Node) Move(ctx context.Context, to string) (_ Moved, err error) {
	if to == "file" {
		to = ""
	}
	s := n.Settings
	if s.Database == to {
		return Moved{}, fault.New(fault.Conflict, "operate.move.same")
	}
	s.Database = to
	version, err := n.DB.Version(ctx)
	if err != nil {
		return Moved{}, err
	}
	target, err := db.Open(ctx, db.Config{DSN: s.dsn(n.Folder), Version: version})
	if err != nil {
		return Moved{}, err
	}
	out := Moved{From: n.DB.Engine(), To: target.Engine()}
	if out.Tables, err = n.pour(ctx, target); err != nil {
		return out, errors.Join(err, target.Close())
	}
	out.Rows, out.Tables = archive.Rows(out.Tables), archive.Filled(out.Tables)
	here := n.DB
	n.DB = target // the node's own functions verify it from here on
	if err := here.Close(); err != nil {
		return out, err
	}
	out.OK = true
	for _, o := range n.owners() {
		r, err := n.verify(ctx, o)
		if err != nil {
			return out, err
		}
		out.Logs = append(out.Logs, r)
		out.OK = out.OK && r.OK
	}
	if !out.OK {
		return out, nil
	}
	return out, n.Folder.save(s)
}

// pour streams all tables from this node's database into another and compares.
func (n *Node) pour(ctx context.Context, target *db.DB) (ts []archive.Tally, err error) {
	head, err := n.archiveHead(ctx)
	if err != nil {
		return nil, err
	}
	head.Part, head.Files = archive.All, nil
	r, w := io.Pipe()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		err := n.DB.Read(gctx, func(tx dbTx) error {
			_, err := archive.Write(gctx, tx, w, head, sha256.New(), telling(ctx, "archive.move"))
			return err
		})
		return errors.Join(err, w.CloseWithError(err))
	})
	g.Go(func() error {
		defer r.Close()
		a, err := archive.Open(r)
		if err != nil {
			return err
		}
		a.Authenticate(sha256.New())
		if ts, err = a.Load(gctx, target, nil); err != nil {
			return err
		}
		differs, err := a.Check(gctx, target)
		if err == nil && differs != "" {
			err = fault.New(fault.Internal, "archive.read_back", "Table", differs)
		}
		return err
	})
	return ts, g.Wait()
}
