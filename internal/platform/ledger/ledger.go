// SPDX-License-Identifier: EUPL-1.2

// Package ledger keeps one tamper-evident log per owner: a Merkle tree as of RFC 6962 over the leaves of
// all entries and read entries, with signed checkpoints in the C2SP tlog-checkpoint format.
//
// An append inserts an unnumbered leaf in its own transaction, so that writers do not wait for each
// other. One Sequencer per node numbers each owner's leaves, stores the tree's hashes and signs a
// checkpoint. What a leaf commits to is the store's affair; this package knows 32 bytes of it, and asks for
// the canonical bytes again only to verify (Verify).
//
// It detects: a changed, removed, added, swapped or renumbered entry, a forged or missing checkpoint, and
// through whoever remembers an earlier checkpoint (Witness) a log that was rewritten as a whole. It does
// not detect an entry that was never written, nor, before the first witness has seen it, a rewritten log.
package ledger

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	formats "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// LeafHash gives the RFC 6962 hash of a leaf's canonical bytes.
func LeafHash(canonical []byte) [32]byte { return tlog.RecordHash(canonical) }

// Leaf is what the log keeps of an entry.
type Leaf struct {
	Entry journal.ID
	Hash  [32]byte
	At    time.Time
}

// Append adds unnumbered leaves in the caller's transaction.
func Append(ctx context.Context, tx db.Tx, owner journal.ID, leaves ...Leaf) error {
	rows := make([][]any, len(leaves))
	for i, l := range leaves {
		rows[i] = []any{owner, l.Entry, l.Hash[:], db.Micros(l.At)}
	}
	return db.Insert(ctx, tx, `INSERT INTO ledger_leaf (owner, entry, hash, at) VALUES`, rows, "", 0)
}

// Origin is the name of an owner's log.
func Origin(owner journal.ID) string { return "entraide.example/log/" + owner.String() }

// Signer is an owner's log key.
type Signer struct {
	note.Signer
	verifier string
}

// NewSigner makes the log key of an owner from a seed.
func NewSigner(owner journal.ID, seed [32]byte) (Signer, error) {
	private := ed25519.NewKeyFromSeed(seed[:])
	public := private.Public().(ed25519.PublicKey)
	v, err := note.NewEd25519VerifierKey(Origin(owner), public)
	if err != nil {
		return Signer{}, err
	}
	ver, err := note.NewVerifier(v)
	if err != nil {
		return Signer{}, err
	}
	s, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", Origin(owner), ver.KeyHash(), base64.StdEncoding.EncodeToString(append([]byte{1}, seed[:]...))))
	return Signer{s, v}, err
}

// Verifier gives the public key in note format, as it stands in an office card.
func (s Signer) Verifier() string { return s.verifier }

// Sequencer numbers the leaves of all owners of a node.
type Sequencer struct {
	DB     *db.DB
	Clock  clock.Clock
	Signer func(owner journal.ID) (Signer, error)
	Owners func() []journal.ID

	numbering sync.Mutex // held by Once: the clockwork and whoever looks at the log ask for it at the same time
}

// mostWaiting bounds how many leaves are put in order at once, batch one numbering transaction.
const (
	mostWaiting = 50_000
	batch       = 500
)

// ErrSecond says that another sequencer has numbered the same leaves meanwhile.
var ErrSecond = errors.New("ledger: another sequencer numbers this log")

// Once numbers what is waiting and signs checkpoints; it gives how many leaves it numbered. Calls of one sequencer wait for
// each other. A second sequencer on the same data cannot break the log: a leaf is numbered once, and whoever comes later
// gets ErrSecond (or a fault of the database) and has changed nothing.
func (q *Sequencer) Once(ctx context.Context) (int, error) {
	q.numbering.Lock()
	defer q.numbering.Unlock()
	total := 0
	for _, owner := range q.Owners() {
		for {
			n, err := q.once(ctx, owner)
			total += n
			if err != nil {
				return total, err
			}
			if n < mostWaiting {
				break
			}
		}
	}
	return total, nil
}

// Run calls Once every so often until the context ends; failures go to onError and are tried again.
func (q *Sequencer) Run(ctx context.Context, every time.Duration, onError func(error)) {
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if _, err := q.Once(ctx); err != nil && ctx.Err() == nil {
				onError(err)
			}
		}
	}
}

type waiting struct {
	entry journal.ID
	hash  tlog.Hash
}

// once numbers what waits now, in turns short enough that other writers hardly wait.
func (q *Sequencer) once(ctx context.Context, owner journal.ID) (int, error) {
	var ws []waiting
	if err := q.DB.Read(ctx, func(tx db.Tx) (err error) { ws, err = unnumbered(ctx, tx, owner); return err }); err != nil || len(ws) == 0 {
		return 0, err
	}
	signer, err := q.Signer(owner)
	if err != nil {
		return 0, err
	}
	total := 0
	for turn := range slices.Chunk(ws, batch) {
		if err := q.DB.WriteAgain(ctx, func(tx db.Tx) error { return q.number(ctx, tx, owner, signer, turn) }); err != nil {
			return total, err
		}
		total += len(turn)
	}
	return total, nil
}

func unnumbered(ctx context.Context, tx db.Tx, owner journal.ID) ([]waiting, error) {
	rows, err := tx.Query(ctx, `SELECT entry, hash FROM ledger_leaf WHERE owner = $1 AND number IS NULL ORDER BY at, entry LIMIT $2`, owner, mostWaiting)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []waiting
	for rows.Next() {
		var w waiting
		var h []byte
		if err := rows.Scan(&w.entry, &h); err != nil {
			return nil, err
		}
		if len(h) != tlog.HashSize {
			return nil, errors.New("ledger: a leaf hash has 32 bytes")
		}
		copy(w.hash[:], h)
		out = append(out, w)
	}
	return out, rows.Err()
}

func (q *Sequencer) number(ctx context.Context, tx db.Tx, owner journal.ID, signer Signer, ws []waiting) error {
	size, err := Size(ctx, tx, owner)
	if err != nil {
		return err
	}
	r := &hashes{ctx: ctx, tx: tx, owner: owner, fresh: map[int64]tlog.Hash{}}
	var rows [][]any
	for i, w := range ws {
		n := size + int64(i)
		hs, err := tlog.StoredHashesForRecordHash(n, w.hash, r)
		if err != nil {
			return err
		}
		place := tlog.StoredHashIndex(0, n)
		for j, h := range hs {
			r.fresh[place+int64(j)] = h
			rows = append(rows, []any{owner, place + int64(j), h[:]})
		}
		took, err := tx.Exec(ctx, `UPDATE ledger_leaf SET number = $1 WHERE owner = $2 AND entry = $3 AND number IS NULL`, n, owner, w.entry)
		if err != nil {
			return err
		}
		if took != 1 {
			return ErrSecond
		}
	}
	if err := db.Insert(ctx, tx, `INSERT INTO ledger_hash (owner, place, hash) VALUES`, rows, "", 0); err != nil {
		return err
	}
	size += int64(len(ws))
	root, err := tlog.TreeHash(size, r)
	if err != nil {
		return err
	}
	return q.checkpoint(ctx, tx, owner, signer, size, root)
}

func (q *Sequencer) checkpoint(ctx context.Context, tx db.Tx, owner journal.ID, signer Signer, size int64, root tlog.Hash) error {
	signed, err := note.Sign(&note.Note{Text: string(formats.Checkpoint{Origin: Origin(owner), Size: uint64(size), Hash: root[:]}.Marshal())}, signer)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO ledger_checkpoint (owner, size, at, note) VALUES ($1, $2, $3, $4)`, owner, size, db.Micros(q.Clock.Now()), string(signed))
	return err
}

// Size gives the number of numbered leaves of the latest checkpoint; 0 for none.
func Size(ctx context.Context, tx db.Tx, owner journal.ID) (int64, error) {
	var n sql.NullInt64
	err := tx.Row(ctx, `SELECT MAX(size) FROM ledger_checkpoint WHERE owner = $1`, owner).Scan(&n)
	return n.Int64, err
}

// Latest gives the latest signed checkpoint; empty for none.
func Latest(ctx context.Context, tx db.Tx, owner journal.ID) (string, error) {
	var s string
	err := tx.Row(ctx, `SELECT note FROM ledger_checkpoint WHERE owner = $1 ORDER BY size DESC LIMIT 1`, owner).Scan(&s)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return s, err
}

// hashes reads stored tree hashes, those of this transaction first.
type hashes struct {
	ctx   context.Context
	tx    db.Tx
	owner journal.ID
	fresh map[int64]tlog.Hash
}

// ReadHashes implements tlog.HashReader.
func (h *hashes) ReadHashes(places []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(places))
	for i, p := range places {
		if x, ok := h.fresh[p]; ok {
			out[i] = x
			continue
		}
		var b []byte
		if err := h.tx.Row(h.ctx, `SELECT hash FROM ledger_hash WHERE owner = $1 AND place = $2`, h.owner, p).Scan(&b); err != nil {
			return nil, fmt.Errorf("ledger: tree hash %d: %w", p, err)
		}
		copy(out[i][:], b)
	}
	return out, nil
}

// Checkpoint is a parsed and verified checkpoint.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	Note   string
}

// ParseCheckpoint checks a signed checkpoint against a public key in note format.
func ParseCheckpoint(text, verifier string) (Checkpoint, error) {
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return Checkpoint{}, err
	}
	c, _, _, err := formats.ParseCheckpoint([]byte(text), v.Name(), v)
	if err != nil {
		return Checkpoint{}, err
	}
	if len(c.Hash) != tlog.HashSize {
		return Checkpoint{}, errors.New("ledger: a root hash has 32 bytes")
	}
	if c.Size > math.MaxInt64 {
		return Checkpoint{}, errors.New("ledger: a checkpoint of more leaves than there can be")
	}
	return Checkpoint{c.Origin, int64(c.Size), tlog.Hash(c.Hash), text}, nil
}

// Inclusion proves that an entry is in the log as of the latest checkpoint.
type Inclusion struct {
	Number     int64    `json:"number"`
	Leaf       string   `json:"leaf"` // hex
	Proof      []string `json:"proof"`
	Checkpoint string   `json:"checkpoint"`
}

// Prove makes the inclusion proof of an entry; sql.ErrNoRows while it is not numbered yet.
func Prove(ctx context.Context, tx db.Tx, owner, entry journal.ID) (Inclusion, error) {
	var p Inclusion
	var h []byte
	if err := tx.Row(ctx, `SELECT number, hash FROM ledger_leaf WHERE owner = $1 AND entry = $2 AND number IS NOT NULL`, owner, entry).Scan(&p.Number, &h); err != nil {
		return p, err
	}
	size, err := Size(ctx, tx, owner)
	if err != nil {
		return p, err
	}
	proof, err := tlog.ProveRecord(size, p.Number, &hashes{ctx: ctx, tx: tx, owner: owner})
	if err != nil {
		return p, err
	}
	for _, x := range proof {
		p.Proof = append(p.Proof, hex.EncodeToString(x[:]))
	}
	p.Leaf = hex.EncodeToString(h)
	p.Checkpoint, err = Latest(ctx, tx, owner)
	return p, err
}

// Check verifies an inclusion proof against a public key in note format.
func (p Inclusion) Check(verifier string) error {
	c, err := ParseCheckpoint(p.Checkpoint, verifier)
	if err != nil {
		return err
	}
	var proof tlog.RecordProof
	for _, s := range p.Proof {
		h, err := parseHash(s)
		if err != nil {
			return err
		}
		proof = append(proof, h)
	}
	leaf, err := parseHash(p.Leaf)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(proof, c.Size, c.Root, p.Number, leaf)
}

func parseHash(s string) (tlog.Hash, error) {
	var h tlog.Hash
	b, err := hex.DecodeString(strings.TrimSpace(s))
	if err != nil || len(b) != tlog.HashSize {
		return h, errors.New("ledger: a hash is 64 hexadecimal digits")
	}
	copy(h[:], b)
	return h, nil
}
