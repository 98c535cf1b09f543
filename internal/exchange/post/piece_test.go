// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/journal"
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

// A piece that somebody else sealed for this office is not taken in as a partner's, and one of another office's is not for it. One that
// lay somewhere while its sender renewed its keys is believed as messages are, and one of a stolen key is told of.
func TestAPieceIsForOneOffice(t *testing.T) {
	from, to := two(t)
	cards, keys := [2]card.Card{}, [2]card.Secrets{} // that it had before: one that still counts, one that was stolen
	for i := range cards {
		var err error
		if keys[i], err = card.NewSecrets([32]byte{byte(70 + i)}); err != nil {
			t.Fatal(err)
		}
		if cards[i], _, err = keys[i].Issue(from.card); err != nil {
			t.Fatal(err)
		}
	}
	to.Directory = disowning{renewing{to, map[journal.ID][]card.Card{greek: cards[:1]}}, map[journal.ID][]card.Card{greek: cards[1:]}}
	told := 0
	to.Misused = func(context.Context, journal.ID, card.Card) { told++ }
	h := pieceHead{1, greek, albanian, string(bytes.Repeat([]byte("0a"), 32)), 3, 0}
	for name, x := range map[string]struct {
		head pieceHead
		key  card.Secrets
		why  string
	}{
		"its sender's":   {h, from.secrets, ""},
		"an earlier key": {h, keys[0], ""},
		"a stolen key":   {h, keys[1], StolenKey},
		"another's hand": {h, to.secrets, "exchange.post.bad_signature"},
		"for another":    {pieceHead{1, greek, greek, h.Hash, 3, 0}, from.secrets, "exchange.post.bad_signature"},
	} {
		sealed, err := sealPiece(x.head, []byte("abc"), x.key.Sign, to.card)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := to.OpenPiece(t.Context(), albanian, sealed); (err == nil) != (x.why == "") || err != nil && reason(err) != x.why {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
	if told != 1 {
		t.Errorf("told %d times of a stolen key", told)
	}
}
