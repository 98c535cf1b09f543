// SPDX-License-Identifier: EUPL-1.2

package match

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"sort"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Handle stands for one of the owner's records in one epoch. It says nothing to anybody but the owner, and nothing to the
// owner once the epoch's secret is gone.
type Handle [16]byte

// Epoch is the owner's secret behind one table: which key answers, and which handle stands for which record.
type Epoch struct {
	ID      journal.ID
	Key     *oprf.Key
	handles [32]byte
}

// NewEpoch makes one.
func NewEpoch(id journal.ID, random io.Reader) (*Epoch, error) {
	k, err := oprf.NewKey(random)
	if err != nil {
		return nil, err
	}
	e := &Epoch{ID: id, Key: k}
	if _, err := io.ReadFull(random, e.handles[:]); err != nil {
		return nil, fmt.Errorf("match: no randomness: %w", err)
	}
	return e, nil
}

// Bytes gives the secret, to be kept sealed and destroyed when the epoch ends.
func (e *Epoch) Bytes() []byte { return append(e.Key.Bytes(), e.handles[:]...) }

// ParseEpoch reads what Bytes gave.
func ParseEpoch(id journal.ID, b []byte) (*Epoch, error) {
	if len(b) != 64 {
		return nil, oprf.ErrKey
	}
	k, err := oprf.ParseKey(b[:32])
	if err != nil {
		return nil, err
	}
	return &Epoch{id, k, [32]byte(b[32:])}, nil
}

// Handle gives the handle of a record: the same for the whole epoch, however often the table is made anew.
func (e *Epoch) Handle(record journal.ID) Handle {
	h := hmac.New(sha256.New, e.handles[:])
	h.Write(record[:])
	return Handle(h.Sum(nil)[:16])
}

// Row is one record of the owner's with what it can be found by.
type Row struct {
	Record journal.ID
	Keys   []Key
}

// Bounds of a table.
const (
	// MostSharing is how many records may share a key. One that more share (a helpline, a lawyer's office, a common name on a
	// common day) says little about anybody and is left out.
	MostSharing = 8
	// padTo is to what multiple a table is filled up, so that its size tells little about how many records there are.
	padTo = 4096
	// MostEntries bounds a table.
	MostEntries = 1 << 26
)

const (
	tagSize   = 16
	sealSize  = 1 + len(Handle{})
	entrySize = tagSize + sealSize
	magic     = "entraide-match/1\n"
)

// HeadSize is how many bytes of a table stand before its entries.
const HeadSize = len(magic) + 16 + oprf.ElementSize + 4

// Table is what the owner gives to an asker: for each key its hash, cut, and sealed under the hash which kind of key it is
// and for which handle. Without asking the owner nobody can look anything up in it.
type Table struct {
	Epoch  journal.ID
	Public oprf.Element
	sorted []byte // entries of entrySize
}

// Report says what a table holds.
type Report struct {
	Records int // with at least one key in it
	Entries int // without what fills it up
	Common  int // keys left out because too many records share them
}

// Build makes a table of rows. Hashing takes about a tenth of a millisecond for each key on one core; all cores are used, and
// progress, which may be nil, is told from time to time how many keys are done. random fills the table up. Errors: a row with
// an unknown kind of key, too large a table, the context's end.
func (e *Epoch) Build(ctx context.Context, rows []Row, random io.Reader, progress func(done, of int)) (*Table, Report, error) {
	keys, report, err := shared(rows)
	if err != nil {
		return nil, report, err
	}
	entries, err := e.entries(ctx, keys, progress)
	if err != nil {
		return nil, report, err
	}
	report.Entries = len(entries) / entrySize
	fill := make([]byte, (padTo-report.Entries%padTo)%padTo*entrySize)
	if report.Entries == 0 {
		fill = make([]byte, padTo*entrySize)
	}
	if _, err := io.ReadFull(random, fill); err != nil {
		return nil, report, fmt.Errorf("match: no randomness: %w", err)
	}
	entries = append(entries, fill...)
	sortEntries(entries)
	return &Table{e.ID, e.Key.Public(), entries}, report, nil
}

// Added gives what of some new rows goes into a table that adds to earlier ones: not the keys that too many of all rows share. whole
// says that one of these is in an earlier table, where as many still could share it, so that all must be sent again.
func Added(all, added []Row) (rows []Row, whole bool) {
	sharing := map[Key][2]int{} // among all, among those added
	count := func(rows []Row, at int, wanted bool) {
		for _, r := range rows {
			for _, k := range plain(r.Keys) {
				if n, known := sharing[k]; known || wanted {
					n[at]++
					sharing[k] = n
				}
			}
		}
	}
	count(added, 1, true)
	count(all, 0, false)
	for _, r := range added {
		fit := Row{Record: r.Record}
		for _, k := range plain(r.Keys) {
			n := sharing[k]
			if n[0] <= MostSharing {
				fit.Keys = append(fit.Keys, k)
			} else if before := n[0] - n[1]; before > 0 && before <= MostSharing {
				whole = true
			}
		}
		rows = append(rows, fit)
	}
	return rows, whole
}

// plain gives keys as an owner has them, each once: which word one is of is the asker's matter.
func plain(keys []Key) []Key {
	var out []Key
	for _, k := range keys {
		if k.word = 0; !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// holders is a key and the records that have it.
type holders struct {
	key     Key
	records []journal.ID
}

// shared turns rows around: which records have each key.
func shared(rows []Row) ([]holders, Report, error) {
	by := map[Key][]journal.ID{}
	for _, r := range rows {
		for _, k := range plain(r.Keys) {
			if !k.Kind.valid() {
				return nil, Report{}, fmt.Errorf("match: a key of unknown kind %d", k.Kind)
			}
			if !slices.Contains(by[k], r.Record) && len(by[k]) <= MostSharing {
				by[k] = append(by[k], r.Record)
			}
		}
	}
	var out []holders
	var report Report
	in := map[journal.ID]bool{}
	n := 0
	for k, records := range by {
		if len(records) > MostSharing {
			report.Common++
			continue
		}
		out = append(out, holders{k, records})
		for n += len(records); len(records) > 0; records = records[1:] {
			in[records[0]] = true
		}
	}
	report.Records = len(in)
	if n > MostEntries {
		return nil, report, fmt.Errorf("match: %d entries, at most %d fit into a table", n, MostEntries)
	}
	inorder.By(out, func(a, b holders) int {
		return cmp.Or(cmp.Compare(a.key.Kind, b.key.Kind), cmp.Compare(a.key.Value, b.key.Value))
	})
	return out, report, nil
}

// chunk is how many keys one goroutine hashes before it looks up.
const chunk = 512

func (e *Epoch) entries(ctx context.Context, keys []holders, progress func(done, of int)) ([]byte, error) {
	parts := make([][]byte, (len(keys)+chunk-1)/chunk)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	told := make(chan int, len(parts))
	for i := range parts {
		g.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			of := keys[i*chunk : min(len(keys), (i+1)*chunk)]
			for _, h := range of {
				out, err := e.Key.Hash(h.key.Input())
				if errors.Is(err, oprf.ErrInput) {
					continue
				}
				if err != nil {
					return err
				}
				for n, record := range h.records {
					parts[i] = append(parts[i], entry(out, n, h.key.Kind, e.Handle(record))...)
				}
			}
			told <- len(of)
			return nil
		})
	}
	done := 0
	finished := make(chan error, 1)
	go func() { finished <- g.Wait(); close(told) }()
	for n := range told {
		if done += n; progress != nil {
			progress(done, len(keys))
		}
	}
	if err := <-finished; err != nil {
		return nil, err
	}
	return bytes.Join(parts, nil), nil
}

// cut derives what an output is used for: the n-th record's tag and pad.
func cut(out oprf.Output, n int) (tag [tagSize]byte, pad [sealSize]byte) {
	b, err := hkdf.Expand(sha256.New, out[:], fmt.Sprintf("entraide match table %d", n), tagSize+sealSize)
	if err != nil {
		panic("match: " + err.Error()) // so few bytes always come out
	}
	return [tagSize]byte(b), [sealSize]byte(b[tagSize:])
}

func entry(out oprf.Output, n int, k Kind, h Handle) []byte {
	tag, pad := cut(out, n)
	pad[0] ^= byte(k)
	for i := range h {
		pad[1+i] ^= h[i]
	}
	return append(tag[:], pad[:]...)
}

func sortEntries(b []byte) { sort.Sort(byTag(b)) }

// byTag sorts entries in place.
type byTag []byte

func (b byTag) at(i int) []byte    { return b[i*entrySize : (i+1)*entrySize] }
func (b byTag) Len() int           { return len(b) / entrySize }
func (b byTag) Less(i, j int) bool { return bytes.Compare(b.at(i), b.at(j)) < 0 }
func (b byTag) Swap(i, j int) {
	var t [entrySize]byte
	copy(t[:], b.at(i))
	copy(b.at(i), b.at(j))
	copy(b.at(j), t[:])
}

// Entries is how many entries a table has, with what fills it up.
func (t *Table) Entries() int { return byTag(t.sorted).Len() }

// Bytes gives a table as it travels.
func (t *Table) Bytes() []byte {
	b := make([]byte, 0, HeadSize+len(t.sorted))
	b = append(append(append(b, magic...), t.Epoch[:]...), t.Public[:]...)
	b = binary.BigEndian.AppendUint32(b, uint32(t.Entries()))
	return append(b, t.sorted...)
}
