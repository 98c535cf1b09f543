// SPDX-License-Identifier: EUPL-1.2

package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// Shelf is a folder outside of the office's own, on another disk, where backups lie: two files each, beside
// them the list of what was erased and the latest signed checkpoints, which are no older than a second.
type Shelf string

// File is one archive on a shelf, known by its name alone.
type File struct {
	ID   journal.ID `json:"id"`
	Part Part       `json:"part"`
	Made time.Time  `json:"made"`
	Path string     `json:"path"`
}

// Expires is when a file of keys must be gone; zero for data.
func (f File) Expires() time.Time {
	if f.Part != Keys {
		return time.Time{}
	}
	return f.Made.Add(KeyLife)
}

const (
	stamp     = "20060102T150405Z"
	extension = ".age"
)

// Name gives a file's name: when it was made, its id, its part.
func Name(made time.Time, id journal.ID, p Part) string {
	return made.UTC().Format(stamp) + "_" + id.String() + "_" + string(p) + extension
}

// parse reads a name that Name gave.
func parse(name string) (File, bool) {
	at, rest, _ := strings.Cut(strings.TrimSuffix(name, extension), "_")
	id, part, _ := strings.Cut(rest, "_")
	made, err := time.Parse(stamp, at)
	if err != nil || !strings.HasSuffix(name, extension) {
		return File{}, false
	}
	f := File{Made: made, Part: Part(part)}
	if f.ID, err = journal.ParseID(id); err != nil || f.Part != Data && f.Part != Keys {
		return File{}, false
	}
	return f, true
}

// Files lists the archives on the shelf, oldest first. Unavailable when the shelf is not there: its disk may not
// be mounted, which is not the same as having no backups.
func (s Shelf) Files() ([]File, error) {
	entries, err := os.ReadDir(string(s))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
	}
	var out []File
	for _, e := range entries {
		if f, ok := parse(e.Name()); ok && e.Type().IsRegular() {
			f.Path = filepath.Join(string(s), e.Name())
			out = append(out, f)
		}
	}
	inorder.Stably(out, func(a, b File) int { return a.Made.Compare(b.Made) })
	return out, nil
}

// KeysFor finds the newest file of keys that can be read with a file of data: as new as it or newer.
func (s Shelf) KeysFor(data File) (File, error) {
	all, err := s.Files()
	if err != nil {
		return File{}, err
	}
	for _, f := range slices.Backward(all) {
		if f.Part == Keys && !f.Made.Before(data.Made) {
			return f, nil
		}
	}
	return File{}, fault.New(fault.NotFound, "archive.no_keys")
}

// FileAt reads what a path's name says.
func FileAt(path string) (File, error) {
	f, ok := parse(filepath.Base(path))
	if !ok {
		return f, fault.New(fault.Invalid, "archive.bad_name")
	}
	f.Path = path
	return f, nil
}

// Erasures is the list of everything that an owner ever erased.
func (s Shelf) erasures(owner journal.ID) string {
	return filepath.Join(string(s), "erased_"+owner.String()+".jsonl")
}

// Erased reads the list of an owner; empty when there is none.
func (s Shelf) Erased(owner journal.ID) ([]vault.Erasure, error) {
	b, err := os.ReadFile(s.erasures(owner))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
	}
	var out []vault.Erasure
	for line := range bytes.Lines(b) {
		var e vault.Erasure
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "archive.bad_list")
		}
		out = append(out, e)
	}
	return out, nil
}

// AddErased adds what the list does not hold yet; what it holds stays, for a restored office knows less.
func (s Shelf) AddErased(owner journal.ID, es []vault.Erasure) error {
	have, err := s.Erased(owner)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, e := range have {
		known[string(e.Key)] = true
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	for _, e := range es {
		if known[string(e.Key)] {
			continue
		}
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	if b.Len() == 0 {
		return nil
	}
	f, err := os.OpenFile(s.erasures(owner), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
	}
	_, err = f.Write(b.Bytes())
	return errors.Join(err, f.Sync(), f.Close())
}

func (s Shelf) checkpoint(owner journal.ID) string {
	return filepath.Join(string(s), "checkpoint_"+owner.String()+".txt")
}

// Checkpoint reads the latest signed checkpoint that was put beside the backups; empty when there is none.
func (s Shelf) Checkpoint(owner journal.ID) (string, error) {
	b, err := os.ReadFile(s.checkpoint(owner))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
	}
	return string(b), nil
}

// SetCheckpoint puts a signed checkpoint beside the backups, in one step.
func (s Shelf) SetCheckpoint(owner journal.ID, note string) error {
	if now, err := s.Checkpoint(owner); err != nil || now == note {
		return err
	}
	tmp := s.checkpoint(owner) + ".new"
	if err := os.WriteFile(tmp, []byte(note), 0o600); err != nil {
		return fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
	}
	return os.Rename(tmp, s.checkpoint(owner))
}

// Pruned says what Prune did and what it left.
type Pruned struct {
	Removed []File `json:"removed"`
	Kept    []File `json:"kept"`
	// Overdue are files of keys that must be gone and are not: the last ones, without which no backup can be read.
	Overdue []File `json:"overdue"`
}

// Prune removes files of keys whose time has come and files of data older than keep, except the newest two of
// data. A file of keys without a newer one is left, and named: make a backup, then prune again.
func (s Shelf) Prune(now time.Time, keep time.Duration) (Pruned, error) {
	p := Pruned{Removed: []File{}, Kept: []File{}, Overdue: []File{}}
	all, err := s.Files()
	if err != nil {
		return p, err
	}
	count := map[Part]int{}
	for _, f := range slices.Backward(all) {
		count[f.Part]++
		gone := f.Part == Data && count[Data] > 2 && now.Sub(f.Made) > keep
		if f.Part == Keys && !now.Before(f.Expires()) {
			if gone = count[Keys] > 1; !gone {
				p.Overdue = append(p.Overdue, f)
			}
		}
		if !gone {
			p.Kept = append(p.Kept, f)
			continue
		}
		if err := os.Remove(f.Path); err != nil {
			return p, fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
		}
		p.Removed = append(p.Removed, f)
	}
	return p, s.unfinished(now)
}

// unfinished removes what a backup that was cut off left behind, once it is a day old.
func (s Shelf) unfinished(now time.Time) error {
	found, err := filepath.Glob(filepath.Join(string(s), "*"+extension+".new"))
	if err != nil {
		return err
	}
	for _, path := range found {
		f, ok := parse(strings.TrimSuffix(filepath.Base(path), ".new"))
		if !ok || now.Sub(f.Made) < 24*time.Hour {
			continue
		}
		if err := os.Remove(path); err != nil {
			return fault.Wrap(fault.Unavailable, err, "archive.no_shelf")
		}
	}
	return nil
}

// Until says when nothing on the shelf can bring back what was erased at a time: the moment when the last file
// of keys from before it must be gone; zero when there is none. late says that this moment has passed and the
// file is still there.
func (s Shelf) Until(erased, now time.Time) (until time.Time, late bool, err error) {
	all, err := s.Files()
	if err != nil {
		return until, false, err
	}
	for _, f := range all {
		if f.Part == Keys && !f.Made.After(erased) && f.Expires().After(until) {
			until = f.Expires()
		}
	}
	return until, !until.IsZero() && !now.Before(until), nil
}
