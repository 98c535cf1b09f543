// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// Status is what a node says of itself to its operator. OK is false when something needs the administrator.
type Status struct {
	OK      bool          `json:"ok"`
	Now     time.Time     `json:"now"`
	Demo    bool          `json:"demo"`
	Running bool          `json:"running"`
	Engine  db.Engine     `json:"engine"`
	Schema  int64         `json:"schema"`
	Owners  []Owner       `json:"owners"`
	Logs    []LogStatus   `json:"logs"`
	Queued  int64         `json:"queued"` // messages that wait for delivery
	Held    *Held         `json:"held,omitempty"`
	Backup  *BackupStatus `json:"backup,omitempty"` // nil when none was ever made
	Forks   []OpenFork    `json:"forks"`            // logs that contradict what they signed before
	Needs   []string      `json:"needs"`            // keys of what needs the administrator, for words
}

// LogStatus is how far an owner's log is.
type LogStatus struct {
	Owner   journal.ID `json:"owner"`
	Size    int64      `json:"size"`
	Waiting int64      `json:"waiting"`
}

// BackupStatus is what lies on the shelf.
type BackupStatus struct {
	Shelf   archive.Shelf `json:"shelf"`
	Reached bool          `json:"reached"` // its disk is there
	Count   int           `json:"count"`
	Last    time.Time     `json:"last,omitzero"`
	Overdue int           `json:"overdue"` // files of keys that must be gone
}

// backupAge is how old the last backup may be before the operator is told.
const backupAge = 48 * time.Hour

func opStatus(ctx context.Context, n *Node, _ Empty) (Status, error) {
	s := Status{Now: n.Clock.Now(), Demo: n.Settings.Demo, Running: n.running.Load(), Engine: n.DB.Engine(), Owners: n.offices.all(), Held: n.held.Load(), Needs: []string{}}
	var err error
	if s.Schema, err = n.DB.Version(ctx); err != nil {
		return s, err
	}
	if err := n.DB.Read(ctx, func(tx dbTx) error {
		for _, o := range n.owners() {
			l := LogStatus{Owner: o}
			if l.Size, err = ledger.Size(ctx, tx, o); err != nil {
				return err
			}
			if err := tx.Row(ctx, `SELECT COUNT(*) FROM ledger_leaf WHERE owner = $1 AND number IS NULL`, o).Scan(&l.Waiting); err != nil {
				return err
			}
			s.Logs = append(s.Logs, l)
		}
		return tx.Row(ctx, `SELECT (SELECT COUNT(*) FROM post_out WHERE state = 'queued') + (SELECT COUNT(*) FROM post_held)`).Scan(&s.Queued)
	}); err != nil {
		return s, err
	}
	if err := n.backupStatus(&s); err != nil {
		return s, err
	}
	if err := n.forkStatus(ctx, &s); err != nil {
		return s, err
	}
	if s.Held != nil {
		s.Needs = append(s.Needs, "operate.needs.resume")
	}
	s.OK = len(s.Needs) == 0
	return s, nil
}

// backupStatus looks at the shelf. A demonstration needs no backups.
func (n *Node) backupStatus(s *Status) error {
	p, err := n.Folder.Plan()
	if err != nil {
		return err
	}
	if p.Shelf == "" {
		if !n.Settings.Demo {
			s.Needs = append(s.Needs, "operate.needs.backup")
		}
		return nil
	}
	b := &BackupStatus{Shelf: p.Shelf}
	s.Backup = b
	files, err := p.Shelf.Files()
	if err != nil {
		s.Needs = append(s.Needs, "operate.needs.shelf")
		return nil
	}
	b.Reached = true
	for _, f := range files {
		if f.Part == archive.Data {
			b.Count, b.Last = b.Count+1, f.Made
		} else if !s.Now.Before(f.Expires()) {
			b.Overdue++
		}
	}
	if s.Now.Sub(b.Last) > backupAge {
		s.Needs = append(s.Needs, "operate.needs.backup_old")
	}
	if b.Overdue > 0 {
		s.Needs = append(s.Needs, "operate.needs.prune")
	}
	return nil
}

// forkStatus names the logs that contradict themselves, until people have looked.
func (n *Node) forkStatus(ctx context.Context, s *Status) error {
	s.Forks = []OpenFork{}
	for _, o := range n.owners() {
		forks, err := n.forks(ctx, o)
		if err != nil {
			return err
		}
		s.Forks = append(s.Forks, forks...)
	}
	for _, ours := range []bool{true, false} {
		if slices.ContainsFunc(s.Forks, func(f OpenFork) bool { return f.Ours == ours }) {
			s.Needs = append(s.Needs, map[bool]string{true: "operate.needs.fork_ours", false: "operate.needs.fork_theirs"}[ours])
		}
	}
	return nil
}
