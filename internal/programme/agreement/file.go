// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// A message holds less than a signed file does, so that the file travels in pieces.
const (
	partSize  = 256 << 10
	mostParts = store.MaxBlob / partSize
	trailer   = 2048 // within how many bytes of its end a PDF says that it ends
)

// isPDF says from the bytes themselves whether they are a whole PDF, whatever their name says.
func isPDF(b []byte) bool {
	return bytes.HasPrefix(b, []byte("%PDF-")) && bytes.Contains(b[max(0, len(b)-trailer):], []byte("%%EOF"))
}

func hashOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// parts gives the entries that together hold a file, in order; nil when it does not lie here whole.
func (a Agreement) parts(file string) []journal.ID {
	var ps []Held
	for _, h := range a.Held {
		if h.File == file && h.Of > 0 && !slices.ContainsFunc(ps, func(x Held) bool { return x.N == h.N && x.Of == h.Of }) {
			ps = append(ps, h)
		}
	}
	inorder.By(ps, func(x, y Held) int { return cmp.Or(cmp.Compare(x.Of, y.Of), cmp.Compare(x.N, y.N)) })
	for len(ps) > 0 {
		n := ps[0].Of
		group := ps[:slices.IndexFunc(append(slices.Clone(ps), Held{}), func(x Held) bool { return x.Of != n })]
		if len(group) == n {
			var out []journal.ID
			for _, p := range group {
				out = append(out, p.Entry)
			}
			return out
		}
		ps = ps[len(group):]
	}
	return nil
}

// errOther says that what lies here is not what its hash says.
var errOther = errors.New("agreement: a signed file is another one than was recorded")

// Copy gives a signed file that lies here, by its hash. The reading is noted before its first byte is given.
//
// Errors: NotFound when it does not lie here whole, Denied (the door).
func Copy(ctx context.Context, s *store.Store, w store.Who, a Agreement, file string) ([]byte, error) {
	ids := a.parts(file)
	if len(ids) == 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	var out []byte
	for _, id := range ids {
		b, err := s.OpenBlob(ctx, w, store.Ref{Kind: access.KindAgreement, ID: a.ID}, id)
		if err != nil {
			return nil, err
		}
		out = append(out, b.Bytes...)
	}
	if hashOf(out) != file {
		return nil, errOther
	}
	return out, nil
}

// checkPart: there is no more of the other office's files here than one can be long, twice.
func (a Agreement) checkPart(fs *fault.Fields, g *store.Guarding, v Part) {
	b, err := hex.DecodeString(v.File)
	if err != nil || len(b) != sha256.Size || v.N < 1 || v.N > v.Of || v.Of > mostParts || len(g.Bytes()) > partSize || len(a.Held) > 2*mostParts {
		fs.Add("file", "fault.invalid")
	}
}
