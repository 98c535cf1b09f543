// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/card"
)

// FuzzPiece reads pieces of files as anybody may make them: what is taken is exactly what its head and bytes come to.
func FuzzPiece(f *testing.F) {
	whole := func(h pieceHead, body []byte) []byte {
		head, err := json.Marshal(h)
		if err != nil {
			f.Fatal(err)
		}
		b := binary.BigEndian.AppendUint32([]byte(pieceMagic), uint32(len(head)))
		return append(append(append(b, head...), body...), make([]byte, signatureSize)...)
	}
	hash := string(bytes.Repeat([]byte("0a"), 32))
	good := whole(pieceHead{1, greek, albanian, hash, 3, 0}, []byte("abc"))
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add(good[:len(pieceMagic)+3])
	f.Add(whole(pieceHead{2, greek, albanian, hash, 3, 0}, nil))
	f.Add(whole(pieceHead{1, greek, albanian, "no hash", -3, -1}, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, body, err := readPiece(b)
		if err != nil {
			return
		}
		if again := whole(h, body); !bytes.Equal(again[:len(again)-signatureSize], b[:len(b)-signatureSize]) {
			t.Errorf("%q is read as %+v and %q", b, h, body)
		}
	})
}

// A piece that somebody else sealed for this office is not taken in as a partner's, and one of another office's is not for it.
func TestAPieceIsForOneOffice(t *testing.T) {
	from, to := two(t)
	h := pieceHead{1, greek, albanian, string(bytes.Repeat([]byte("0a"), 32)), 3, 0}
	for name, x := range map[string]struct {
		head pieceHead
		key  card.Secrets
		ok   bool
	}{
		"its sender's":   {h, from.secrets, true},
		"another's hand": {h, to.secrets, false},
		"for another":    {pieceHead{1, greek, greek, h.Hash, 3, 0}, from.secrets, false},
	} {
		sealed, err := sealPiece(x.head, []byte("abc"), x.key.Sign, to.card)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := to.OpenPiece(t.Context(), albanian, sealed); (err == nil) != x.ok {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}
