// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// A bundle is a log in one file of JSON lines, for whoever checks it without the office: a court, an
// auditor, a witness. Its first line is a head with the public key and the latest signed checkpoint. Then
// come the leaves in the order of their numbers, each with its canonical bytes and their RFC 6962 hash, and
// behind the last leaf that it covers, each signed checkpoint. Its last line is the latest checkpoint.
// Nothing stands in it that the signature does not cover.
//
// Leaves hold ids, codes, times and salted digests, never a name or a text; they still tell who worked when
// on how many files, so a bundle is not public.
const (
	bundleFormat  = "entraide log bundle"
	bundleVersion = 1
	bundleHelp    = "leaf is base64; hash is SHA-256 of a zero byte and the leaf's bytes (RFC 6962); checkpoints are signed notes (C2SP tlog-checkpoint); compare verifier with the office card"
)

// maxLine bounds a line of a bundle in bytes.
const maxLine = 1 << 20

// bundleHead is the first line.
type bundleHead struct {
	Format     string     `json:"format"`
	Version    int        `json:"version"`
	Help       string     `json:"help"`
	Owner      journal.ID `json:"owner"`
	Origin     string     `json:"origin"`
	Verifier   string     `json:"verifier"`
	Size       int64      `json:"size"`
	Checkpoint string     `json:"checkpoint"`
}

// bundleLine is any other line: a leaf, or a checkpoint alone.
type bundleLine struct {
	Number     *int64 `json:"number,omitempty"`
	Leaf       []byte `json:"leaf,omitempty"`
	Hash       string `json:"hash,omitempty"` // base64
	Checkpoint string `json:"checkpoint,omitempty"`
}

// exportPage is how many leaves are read at a time.
const exportPage = 500

// ErrNothing says that a log has no checkpoint yet.
var ErrNothing = errors.New("ledger: the log has no checkpoint yet")

// Export writes the log of an owner, as of its latest checkpoint, as a bundle that VerifyBundle reads.
// verifier is its public key in note format. It does not verify: a log that differs gives a bundle that
// differs, or an error of canonical where an entry is gone.
func Export(ctx context.Context, tx db.Tx, owner journal.ID, verifier string, w io.Writer, canonical Canonical) error {
	checkpoints, err := readCheckpoints(ctx, tx, owner)
	if err != nil {
		return err
	}
	if len(checkpoints) == 0 {
		return ErrNothing
	}
	latest := checkpoints[len(checkpoints)-1]
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out) // one line each
	if err := enc.Encode(bundleHead{bundleFormat, bundleVersion, bundleHelp, owner, Origin(owner), verifier, latest.size, latest.note}); err != nil {
		return err
	}
	for from := int64(0); from < latest.size; from += exportPage {
		page, err := readLeaves(ctx, tx, owner, `number >= $2 AND number < $3 ORDER BY number`, from, min(from+exportPage, latest.size))
		if err != nil {
			return err
		}
		for _, l := range page {
			b, err := canonical(ctx, tx, owner, l.entry)
			if err != nil {
				return fmt.Errorf("ledger: leaf %d: %w", l.number, err)
			}
			if err := enc.Encode(bundleLine{Number: &l.number, Leaf: b, Hash: l.hash.String()}); err != nil {
				return err
			}
			for len(checkpoints) > 0 && checkpoints[0].size <= l.number+1 {
				if err := enc.Encode(bundleLine{Checkpoint: checkpoints[0].note}); err != nil {
					return err
				}
				checkpoints = checkpoints[1:]
			}
		}
	}
	return out.Flush()
}

// ErrNoBundle says that a file is no bundle of a log at all.
var ErrNoBundle = errors.New("ledger: this is no bundle of a log")

// VerifyBundle checks a bundle without the office's database and in little memory, however long it is. The
// report names the first difference; where leaves and their hashes were altered alike, the first that it
// can be is the one behind the last checkpoint that holds. The report's Verifier is the key that the bundle
// names itself: compare it with the office card, for whoever forges a log can sign it with a key of their
// own. Errors are ErrNoBundle and those of r.
func VerifyBundle(r io.Reader) (Report, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, 1<<16), maxLine)
	v := bundleCheck{}
	if !lines.Scan() {
		if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
			return Report{}, err
		}
		return Report{}, ErrNoBundle
	}
	if err := v.begin(lines.Bytes()); err != nil {
		return Report{}, err
	}
	for v.r.Difference == nil && lines.Scan() {
		v.line(lines.Bytes())
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		v.r.differs(v.tree.n, journal.ID{}, "a line is too long")
	} else if err != nil {
		return v.r, err
	}
	v.end()
	v.r.Size = v.tree.n
	v.r.OK = v.r.Difference == nil
	return v.r, nil
}

// bundleCheck is one run of VerifyBundle.
type bundleCheck struct {
	r    Report
	head bundleHead
	tree edge
	held int64 // leaves under the last checkpoint that holds
	last string
}

func (v *bundleCheck) begin(line []byte) error {
	if err := strict(line, &v.head); err != nil || v.head.Format != bundleFormat || v.head.Version != bundleVersion || v.head.Help != bundleHelp {
		return ErrNoBundle
	}
	v.r = Report{Owner: v.head.Owner, Origin: v.head.Origin, Verifier: v.head.Verifier}
	c, err := ParseCheckpoint(v.head.Checkpoint, v.head.Verifier)
	switch {
	case v.head.Origin != Origin(v.head.Owner):
		v.r.differs(0, journal.ID{}, "the log is not named after its owner")
	case err != nil:
		v.r.differs(0, journal.ID{}, "the latest checkpoint's signature does not verify")
	case c.Origin != v.head.Origin || c.Size != v.head.Size:
		v.r.differs(0, journal.ID{}, "the latest checkpoint is of another log or size")
	}
	return nil
}

// line checks one line behind the head.
func (v *bundleCheck) line(b []byte) {
	var l bundleLine
	n := v.tree.n
	if err := strict(b, &l); err != nil {
		v.r.differs(n, journal.ID{}, "a line cannot be read")
		return
	}
	if l.Number == nil {
		v.checkpoint(l.Checkpoint)
		return
	}
	h := tlog.RecordHash(l.Leaf)
	switch {
	case *l.Number != n:
		v.r.differs(n, journal.ID{}, "a number is missing or used twice")
	case n >= v.head.Size:
		v.r.differs(n, journal.ID{}, "a leaf that the latest checkpoint does not cover")
	case l.Checkpoint != "":
		v.r.differs(n, journal.ID{}, "a line cannot be read")
	case l.Hash != h.String():
		v.r.differs(n, journal.ID{}, "the entry is not the one that was logged")
	default:
		v.tree.add(h)
	}
}

// checkpoint compares a signed checkpoint with the leaves so far.
func (v *bundleCheck) checkpoint(text string) {
	c, err := ParseCheckpoint(text, v.head.Verifier)
	switch {
	case err != nil || c.Origin != v.head.Origin:
		v.r.differs(max(v.tree.n-1, 0), journal.ID{}, "a checkpoint's signature does not verify")
	case c.Size != v.tree.n:
		v.r.differs(v.tree.n, journal.ID{}, "a signed checkpoint stands at the wrong place, or leaves are missing")
	case c.Root != v.tree.root():
		v.r.differs(v.held, journal.ID{}, fmt.Sprintf("a signed checkpoint commits to another tree: what differs is among numbers %d to %d", v.held, c.Size-1))
	default:
		v.held, v.last = c.Size, text
	}
}

// end checks that nothing is missing.
func (v *bundleCheck) end() {
	switch {
	case v.r.Difference != nil:
	case v.tree.n < v.head.Size:
		v.r.differs(v.tree.n, journal.ID{}, "a signed checkpoint covers entries that are not there")
	case v.last != v.head.Checkpoint:
		v.r.differs(max(v.head.Size-1, 0), journal.ID{}, "the latest checkpoint is not at the end")
	default:
		v.r.Root = v.tree.root().String()
	}
}

// strict decodes a line that has exactly the form in which Export writes it, so that no two programs can
// read it differently.
func strict(line []byte, into any) error {
	if err := json.Unmarshal(line, into); err != nil {
		return err
	}
	again, err := json.Marshal(into)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, line) {
		return errors.New("ledger: a line in another form")
	}
	return nil
}

// edge is the right edge of a tree: the roots of its full subtrees, the largest first.
type edge struct {
	n     int64
	roots []tlog.Hash
}

// add adds a leaf: as many subtrees close as the number of leaves before it ends in ones in binary.
func (e *edge) add(h tlog.Hash) {
	for n := e.n; n&1 == 1; n >>= 1 {
		h = tlog.NodeHash(e.roots[len(e.roots)-1], h)
		e.roots = e.roots[:len(e.roots)-1]
	}
	e.roots = append(e.roots, h)
	e.n++
}

// root gives the tree's root; of an empty tree, as RFC 6962 has it, the hash of nothing.
func (e *edge) root() tlog.Hash {
	if e.n == 0 {
		h, _ := tlog.TreeHash(0, nil) // cannot fail: there is nothing to read
		return h
	}
	h := e.roots[len(e.roots)-1]
	for i := len(e.roots) - 2; i >= 0; i-- {
		h = tlog.NodeHash(e.roots[i], h)
	}
	return h
}
