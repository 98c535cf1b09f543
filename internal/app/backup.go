// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// Plan is where an office's backups go and who can open them. It is kept in backups.json.
type Plan struct {
	Shelf      archive.Shelf `json:"shelf"`
	Recipients []string      `json:"recipients"` // age recipients: the public side of the backup key
}

// Plan reads backups.json; the zero Plan when no backup was ever made.
func (f Folder) Plan() (Plan, error) {
	var p Plan
	b, err := os.ReadFile(f.path("backups.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err == nil {
		err = json.Unmarshal(b, &p)
	}
	if err != nil {
		return p, fault.Wrap(fault.Invalid, err, "operate.backup.bad_plan")
	}
	return p, nil
}

func (f Folder) savePlan(p Plan) error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(f.path("backups.json"), append(b, '\n'), 0o600)
}

// recipients reads the plan's recipients; all of them must be of one sort, as age asks.
func (p Plan) recipients() ([]age.Recipient, error) {
	if len(p.Recipients) == 0 {
		return nil, fault.Bad("recipient", "operate.backup.no_recipient")
	}
	rs, err := age.ParseRecipients(strings.NewReader(strings.Join(p.Recipients, "\n")))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "archive.bad_recipient")
	}
	return rs, nil
}

// check refuses a shelf that is not there or that lies in the office's own folder.
func (p Plan) check(f Folder) error {
	if p.Shelf == "" {
		return fault.Bad("to", "operate.backup.no_shelf")
	}
	info, err := os.Stat(string(p.Shelf))
	if err != nil || !info.IsDir() {
		return fault.New(fault.Unavailable, "archive.no_shelf")
	}
	shelf, err := filepath.EvalSymlinks(string(p.Shelf))
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
	}
	own, err := filepath.EvalSymlinks(string(f))
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "app.no_folder")
	}
	if own, err = filepath.Abs(own); err != nil {
		return err
	}
	if shelf, err = filepath.Abs(shelf); err != nil {
		return err
	}
	if rel, err := filepath.Rel(own, shelf); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return fault.Bad("to", "operate.backup.inside")
	}
	return nil
}

// BackupIn makes a backup. What it names is remembered; what it leaves empty is as remembered.
type BackupIn struct {
	Plan
}

// Backup is a backup that was made.
type Backup struct {
	OK         bool            `json:"ok"`
	ID         journal.ID      `json:"id"`
	Made       time.Time       `json:"made"`
	Data       string          `json:"data"` // paths
	Keys       string          `json:"keys"`
	Rows       int64           `json:"rows"`
	DataKeys   int64           `json:"data_keys"`
	Bytes      int64           `json:"bytes"`
	KeysExpire time.Time       `json:"keys_expire"`
	Tables     []archive.Tally `json:"tables"`
}

func opBackup(ctx context.Context, n *Node, in BackupIn) (Backup, error) {
	p, err := n.Folder.Plan()
	if err != nil {
		return Backup{}, err
	}
	if in.Shelf != "" {
		p.Shelf = in.Shelf
	}
	if len(in.Recipients) > 0 {
		p.Recipients = in.Recipients
	}
	if err := p.check(n.Folder); err != nil {
		return Backup{}, err
	}
	to, err := p.recipients()
	if err != nil {
		return Backup{}, err
	}
	if !n.backing.TryLock() {
		return Backup{}, fault.New(fault.Conflict, "operate.backup.running")
	}
	defer n.backing.Unlock()
	if _, err := n.sequencer.Once(ctx); err != nil {
		return Backup{}, err
	}
	b, err := n.backup(ctx, p.Shelf, to)
	if err != nil {
		return b, err
	}
	if err := n.Folder.savePlan(p); err != nil {
		return b, err
	}
	return b, n.tendShelf(ctx, p.Shelf)
}

// backup writes both files from one snapshot and puts them into place together.
func (n *Node) backup(ctx context.Context, shelf archive.Shelf, to []age.Recipient) (Backup, error) {
	head, err := n.archiveHead(ctx)
	if err != nil {
		return Backup{}, err
	}
	b := Backup{ID: head.ID, Made: head.Made, KeysExpire: head.Made.Add(archive.KeyLife),
		Data: filepath.Join(string(shelf), archive.Name(head.Made, head.ID, archive.Data)), Keys: filepath.Join(string(shelf), archive.Name(head.Made, head.ID, archive.Keys))}
	data, keys := head, head
	data.Part, data.Tables = archive.Data, archive.Data.Of(head.Tables)
	keys.Part, keys.Tables = archive.Keys, archive.Keys.Of(head.Tables)
	err = n.DB.Read(ctx, func(tx dbTx) error {
		for _, o := range n.owners() { // on the same snapshot as the rows
			if data.Logs[o.String()], err = ledger.Latest(ctx, tx, o); err != nil {
				return err
			}
		}
		if b.Tables, err = n.writeArchive(ctx, tx, b.Data, data, to); err != nil {
			return err
		}
		ks, err := n.writeArchive(ctx, tx, b.Keys, keys, to)
		b.DataKeys, b.Tables = archive.Rows(ks), append(b.Tables, ks...)
		return err
	})
	for _, path := range []string{b.Data, b.Keys} {
		if err == nil {
			err = os.Rename(path+".new", path)
		}
		_ = os.Remove(path + ".new") // there only when something failed
	}
	if err != nil {
		return Backup{}, err
	}
	b.Rows, b.Tables = archive.Rows(b.Tables)-b.DataKeys, archive.Filled(b.Tables)
	for _, path := range []string{b.Data, b.Keys} {
		info, err := os.Stat(path)
		if err != nil {
			return b, err
		}
		b.Bytes += info.Size()
	}
	b.OK = true
	return b, syncFolder(string(shelf))
}

// archiveHead describes this node: its schema, settings and locked keyrings.
func (n *Node) archiveHead(ctx context.Context) (archive.Head, error) {
	now := n.Clock.Now().UTC().Truncate(time.Second)
	h := archive.Head{ID: n.newID(), Made: now, Files: map[string][]byte{}, Logs: map[string]string{}}
	var err error
	if h.Schema, err = n.DB.Version(ctx); err != nil {
		return h, err
	}
	if h.Tables, err = n.DB.Tables(ctx); err != nil {
		return h, err
	}
	names := []string{"node.json"}
	for _, o := range n.owners() {
		names = append(names, "keys/"+o.String()+".age")
	}
	for _, name := range names {
		if h.Files[name], err = os.ReadFile(n.Folder.path(filepath.FromSlash(name))); err != nil {
			return h, fault.Wrap(fault.Unavailable, err, "app.no_keyring")
		}
	}
	if b, err := os.ReadFile(n.Folder.path(filepath.FromSlash(recipientsFile))); err == nil { // none beside a passphrase
		h.Files[recipientsFile] = b
	}
	return h, nil
}

// archiveCode is the keyed hash by which a node knows its own archives again.
func archiveCode(keys *vault.Keyring) hash.Hash {
	key := keys.Seed("archives of this host")
	return hmac.New(sha256.New, key[:])
}

// writeArchive writes one sealed file beside its place.
func (n *Node) writeArchive(ctx context.Context, tx dbTx, path string, h archive.Head, to []age.Recipient) (_ []archive.Tally, err error) {
	f, err := os.OpenFile(path+".new", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sealed, err := archive.Seal(f, to...)
	if err != nil {
		return nil, err
	}
	ts, err := archive.Write(ctx, tx, sealed, h, archiveCode(n.keys[n.Settings.Owners[0].ID]), telling(ctx, "archive."+string(h.Part)))
	if err != nil {
		return nil, err
	}
	if err := sealed.Close(); err != nil {
		return nil, fmt.Errorf("app: seal: %w", err)
	}
	return ts, f.Sync()
}

// syncFolder makes new names in a folder last.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// PruneIn says for how many days data is kept.
type PruneIn struct {
	KeepDays int `json:"keep_days"`
}

// PruneOut is what was removed. OK is false while a file of keys is there that must be gone.
type PruneOut struct {
	OK bool `json:"ok"`
	archive.Pruned
}

func opPrune(_ context.Context, n *Node, in PruneIn) (PruneOut, error) {
	p, err := n.Folder.Plan()
	if err != nil {
		return PruneOut{}, err
	}
	if err := p.check(n.Folder); err != nil {
		return PruneOut{}, err
	}
	if in.KeepDays < 1 {
		return PruneOut{}, fault.Bad("keep_days", "operate.backup.keep_days")
	}
	out, err := p.Shelf.Prune(n.Clock.Now(), time.Duration(in.KeepDays)*24*time.Hour)
	return PruneOut{len(out.Overdue) == 0, out}, err
}

// tendEvery is how often what lies beside the backups is brought up to date.
const tendEvery = time.Second

// tend keeps the list of erasures and the latest checkpoints beside the backups, where a lost disk does not take
// them along.
func (n *Node) tend(ctx context.Context) {
	t := time.NewTicker(tendEvery)
	defer t.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		p, err := n.Folder.Plan()
		if err == nil && p.Shelf != "" {
			err = n.tendShelf(ctx, p.Shelf)
		}
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said: // a disk that is away for a day is one line, not a hundred thousand
			said = err.Error()
			n.trouble("keep the list of erasures outside")(err)
		}
	}
}

// tendShelf writes what is new. A restored office that waits leaves the checkpoints alone: they are what its log
// must be compared with.
func (n *Node) tendShelf(ctx context.Context, shelf archive.Shelf) error {
	n.tending.Lock()
	defer n.tending.Unlock()
	for _, o := range n.owners() {
		var count int64
		var note string
		if err := n.DB.Read(ctx, func(tx dbTx) (err error) {
			if note, err = ledger.Latest(ctx, tx, o); err != nil {
				return err
			}
			return tx.Row(ctx, `SELECT COUNT(*) FROM vault_erasure WHERE owner = $1`, o).Scan(&count)
		}); err != nil {
			return err
		}
		if count != n.tended[o] {
			if err := n.listErasures(ctx, shelf, o); err != nil {
				return err
			}
			n.tended[o] = count
		}
		if note == "" || n.held.Load() != nil {
			continue
		}
		if err := shelf.SetCheckpoint(o, note); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) listErasures(ctx context.Context, shelf archive.Shelf, owner journal.ID) error {
	var es []vault.Erasure
	if err := n.DB.Read(ctx, func(tx dbTx) (err error) { es, err = vault.Erasures(ctx, tx, owner, db.Time(0)); return err }); err != nil {
		return err
	}
	return shelf.AddErased(owner, es)
}

// Completes says when something erased at a time is gone from the backups too: zero when it is already. late says
// that the day has passed and a file of keys from before is still there. Where the backups cannot be looked at, it
// is the last day that it can be.
func (n *Node) Completes(erased time.Time) (until time.Time, late bool) {
	p, err := n.Folder.Plan()
	if err == nil && p.Shelf == "" {
		return time.Time{}, false
	}
	now := n.Clock.Now()
	if err == nil {
		until, late, err = p.Shelf.Until(erased, now)
	}
	if err != nil {
		if until = erased.Add(archive.KeyLife); !now.Before(until) {
			return time.Time{}, false
		}
	}
	return until, late
}
