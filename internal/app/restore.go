// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// RestoreIn says what to restore from what, and where.
type RestoreIn struct {
	Data     string         // path of a backup's data
	Keys     string         // path of its keys; empty takes the newest that fit from beside the data
	With     []age.Identity // the backup key
	Folder   Folder         // new or empty
	Database string         // postgres://..., "file", or empty for what the office had
	KeyFile  string         // key file that unlocks the keyrings from now on; empty for what the office had
	// Unlock gives what unlocks the restored keyrings, once the settings are known.
	Unlock func(Settings) ([]age.Identity, error)
}

// Restored is the verdict on a restore, owner by owner.
type Restored struct {
	OK       bool            `json:"ok"`
	Backup   journal.ID      `json:"backup"`
	Made     time.Time       `json:"made"`
	Keys     time.Time       `json:"keys_made"`
	Rows     int64           `json:"rows"`
	DataKeys int64           `json:"data_keys"`
	Tables   []archive.Tally `json:"tables"`
	Owners   []RestoredOwner `json:"owners"`
}

// RestoredOwner is one office of a restored node.
type RestoredOwner struct {
	Owner       journal.ID      `json:"owner"`
	Name        string          `json:"name"`
	Log         ledger.Report   `json:"log"`
	Signed      int64           `json:"signed"`      // signed size of the restored log
	Reached     int64           `json:"reached"`     // size of the last checkpoint beside the backups; 0 for none
	Holds       bool            `json:"holds"`       // the restored log holds that checkpoint
	Forgot      store.Forgotten `json:"forgot"`      // erasures carried out again
	Fingerprint string          `json:"fingerprint"` // of the card, as partners pinned it
}

// Restore makes a folder (and a database) of a backup, verifies it and leaves it waiting: the node serves its
// people, and signs and sends nothing until Resume.
//
// Errors: Conflict when the folder or the database is not empty or in use, Denied for a wrong key, Invalid when a file
// is damaged or not a backup of this office. What was made until then is removed from the folder; tables of
// PostgreSQL stay, half filled, and their database must be made anew.
func Restore(ctx context.Context, in RestoreIn) (_ Restored, err error) {
	if err := vacant(in.Folder); err != nil {
		return Restored{}, err
	}
	data, err := openArchive(in.Data, archive.Data, in.With)
	if err != nil {
		return Restored{}, err
	}
	defer data.Close()
	if in.Keys == "" {
		if in.Keys, err = keysBeside(in.Data); err != nil {
			return Restored{}, err
		}
	}
	keys, err := openArchive(in.Keys, archive.Keys, in.With)
	if err != nil {
		return Restored{}, err
	}
	defer keys.Close()
	if keys.Head.Made.Before(data.Head.Made) {
		return Restored{}, fault.New(fault.Conflict, "archive.keys_older")
	}
	r := &restoring{in: in, data: data, keys: keys}
	if err := r.settle(); err != nil {
		return Restored{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, sweep(in.Folder))
		}
	}()
	if err := r.load(ctx); err != nil {
		return Restored{}, err
	}
	if err := r.files(); err != nil {
		return Restored{}, err
	}
	return r.finish(ctx)
}

// vacant refuses a folder that holds anything.
func vacant(f Folder) error {
	entries, err := os.ReadDir(string(f))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "app.no_folder")
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := os.Stat(f.path("lock")); err == nil {
		lock, err := f.lock()
		if err != nil {
			return err
		}
		_ = lock.Close()
	}
	return fault.New(fault.Conflict, "app.folder_not_empty")
}

// sweep removes what a failed restore left in a folder that was empty before.
func sweep(f Folder) error {
	entries, err := os.ReadDir(string(f))
	if err != nil {
		return nil // it was not even made
	}
	var all error
	for _, e := range entries {
		all = errors.Join(all, os.RemoveAll(f.path(e.Name())))
	}
	return all
}

// openedArchive is an archive with its file.
type openedArchive struct {
	*archive.Archive
	file *os.File
}

func (o *openedArchive) Close() { _ = o.file.Close() } // only read

func openArchive(path string, part archive.Part, with []age.Identity) (*openedArchive, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "archive.no_file")
	}
	r, err := archive.Unseal(f, with...)
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	a, err := archive.Open(r)
	if err == nil && a.Head.Part != part {
		err = fault.New(fault.Invalid, "archive.other_part")
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return &openedArchive{a, f}, nil
}

func keysBeside(data string) (string, error) {
	f, err := archive.FileAt(data)
	if err != nil {
		return "", err
	}
	k, err := archive.Shelf(filepath.Dir(data)).KeysFor(f)
	return k.Path, err
}

// restoring is one run of Restore.
type restoring struct {
	in         RestoreIn
	data, keys *openedArchive
	settings   Settings
	with       []age.Identity
	out        Restored
}

// settle reads the settings and unlocks the keyrings before anything is written. Keyrings, and what unlocks them, come
// with the keys, which may be younger than the data and wrapped under a root that a rotation made meanwhile.
func (r *restoring) settle() error {
	var later Settings
	if err := errors.Join(json.Unmarshal(r.data.Head.Files["node.json"], &r.settings), json.Unmarshal(r.keys.Head.Files["node.json"], &later)); err != nil {
		return fault.Wrap(fault.Invalid, err, "app.bad_settings")
	}
	s := &r.settings
	s.Unlock, s.KeyFile = later.Unlock, later.KeyFile
	switch r.in.Database {
	case "":
	case "file":
		s.Database = ""
	default:
		s.Database = r.in.Database
	}
	if r.in.KeyFile != "" {
		path, err := filepath.Abs(r.in.KeyFile)
		if err != nil {
			return err
		}
		s.Unlock, s.KeyFile = "keyfile", path
	}
	if err := s.validate(); err != nil {
		return err
	}
	newest, err := db.Newest()
	if err != nil {
		return err
	}
	if r.data.Head.Schema > newest || r.keys.Head.Schema > newest {
		return fault.New(fault.Conflict, "archive.newer")
	}
	if r.with, err = r.in.Unlock(*s); err != nil {
		return err
	}
	for i, o := range s.Owners {
		keyring, err := vault.Unlock(bytes.NewReader(r.keys.Head.Files["keys/"+o.ID.String()+".age"]), r.with...)
		if err != nil {
			return err
		}
		if i == 0 {
			r.data.Authenticate(archiveCode(keyring))
			r.keys.Authenticate(archiveCode(keyring))
		}
	}
	return nil
}

// load fills the database, each archive at its own schema, and reads back what it holds.
func (r *restoring) load(ctx context.Context) (err error) {
	if err := os.MkdirAll(r.in.Folder.path("keys"), 0o700); err != nil {
		return fault.Wrap(fault.Unavailable, err, "app.no_folder")
	}
	d, err := db.Open(ctx, db.Config{DSN: r.settings.dsn(r.in.Folder), Version: r.data.Head.Schema})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	for _, a := range []*openedArchive{r.data, r.keys} {
		if err := d.MigrateTo(ctx, a.Head.Schema); err != nil {
			return err
		}
		ts, err := a.Load(ctx, d, telling(ctx, "archive.load"))
		if err != nil {
			return err
		}
		if differs, err := a.Check(ctx, d); err != nil || differs != "" {
			return errors.Join(err, fault.New(fault.Internal, "archive.read_back", "Table", differs))
		}
		r.out.Tables = append(r.out.Tables, ts...)
		if a == r.keys {
			r.out.DataKeys = archive.Rows(ts)
		}
	}
	r.out.Rows, r.out.Tables = archive.Rows(r.out.Tables)-r.out.DataKeys, archive.Filled(r.out.Tables)
	return d.Migrate(ctx)
}

// files writes settings, keyrings, where the backups are, and that the node waits.
func (r *restoring) files() error {
	f := r.in.Folder
	for _, o := range r.settings.Owners {
		if err := writeFile(f.KeyPath(o.ID), r.keys.Head.Files["keys/"+o.ID.String()+".age"], 0o600); err != nil {
			return err
		}
	}
	if b := r.keys.Head.Files[recipientsFile]; b != nil {
		if err := writeFile(f.path(filepath.FromSlash(recipientsFile)), b, 0o600); err != nil {
			return err
		}
	}
	shelf, err := filepath.Abs(filepath.Dir(r.in.Data))
	if err != nil {
		return err
	}
	p := Plan{Shelf: archive.Shelf(shelf)}
	for _, id := range r.in.With {
		if to, err := vault.RecipientOf(id); err == nil {
			if s, ok := to.(interface{ String() string }); ok {
				p.Recipients = append(p.Recipients, s.String())
			}
		}
	}
	if p.check(f) == nil { // a copy in some other place is no shelf to go on with
		if err := f.savePlan(p); err != nil {
			return err
		}
	}
	h := Held{Backup: r.data.Head.ID, Made: r.data.Head.Made, Records: map[string]journal.ID{}}
	for _, o := range r.settings.Owners {
		h.Records[o.ID.String()] = journal.NewID(time.Now(), nil)
	}
	if err := f.hold(h); err != nil {
		return err
	}
	return f.save(r.settings)
}

// finish opens the waiting node, makes it forget what was erased since, and verifies it.
func (r *restoring) finish(ctx context.Context) (_ Restored, err error) {
	n, err := Open(ctx, r.in.Folder, Options{With: r.with})
	if err != nil {
		return r.out, err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	r.out.OK, r.out.Backup, r.out.Made, r.out.Keys = true, r.data.Head.ID, r.data.Head.Made, r.keys.Head.Made
	shelf := archive.Shelf(filepath.Dir(r.in.Data))
	for _, o := range n.Settings.Owners {
		x, err := n.restoredOwner(ctx, o, shelf, r.out)
		if err != nil {
			return r.out, err
		}
		r.out.OK = r.out.OK && x.Log.OK
		r.out.Owners = append(r.out.Owners, x)
	}
	return r.out, nil
}

func (n *Node) restoredOwner(ctx context.Context, o Owner, shelf archive.Shelf, made Restored) (RestoredOwner, error) {
	x := RestoredOwner{Owner: o.ID, Name: o.Name, Fingerprint: card.Hex(n.directory.self[o.ID].card.Fingerprint())}
	erased, err := shelf.Erased(o.ID)
	if err != nil {
		return x, err
	}
	if x.Forgot, err = n.Store.Forget(ctx, o.ID, erased); err != nil {
		return x, err
	}
	if err := n.Identity.EndAll(ctx, o.ID); err != nil {
		return x, err
	}
	if err := n.DB.Write(ctx, func(tx dbTx) error { return post.Restored(ctx, tx, o.ID) }); err != nil {
		return x, err
	}
	if x.Signed, x.Reached, x.Holds, err = n.reached(ctx, o.ID, shelf); err != nil {
		return x, err
	}
	if err := n.noteRestored(ctx, x, made); err != nil {
		return x, err
	}
	x.Log, err = n.verify(ctx, o.ID)
	return x, err
}

// reached compares an owner's restored log with the checkpoint that lay beside the backups.
func (n *Node) reached(ctx context.Context, owner journal.ID, shelf archive.Shelf) (signed, reached int64, holds bool, err error) {
	signer, err := n.signer(owner)
	if err != nil {
		return 0, 0, false, err
	}
	note, err := shelf.Checkpoint(owner)
	if err != nil {
		return 0, 0, false, err
	}
	err = n.DB.Read(ctx, func(tx dbTx) error {
		if signed, err = ledger.Size(ctx, tx, owner); err != nil || note == "" {
			return err
		}
		c, err := ledger.ParseCheckpoint(note, signer.Verifier())
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "operate.checkpoint.not_ours")
		}
		reached = c.Size
		holds, err = ledger.Holds(ctx, tx, owner, c)
		return err
	})
	return signed, reached, holds, err
}
