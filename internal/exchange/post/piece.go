// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Piece is a part of a parcel that travels where no line is: signed by its sender and sealed to the recipient, like a message, so that
// nothing on it says whose it is. Field order of what is signed is the canonical form.
type Piece struct {
	From   journal.ID
	Hash   string // of the parcel
	Size   int64  // of the parcel
	Offset int64
	bytes  []byte
}

// pieceHead is what stands before a piece's bytes.
type pieceHead struct {
	Version int        `json:"version"`
	From    journal.ID `json:"from"`
	To      journal.ID `json:"to"`
	Hash    string     `json:"hash"`
	Size    int64      `json:"size"`
	Offset  int64      `json:"offset"`
}

const pieceMagic = "entraide-piece/1\n"

// aroundPiece is more than head, signature and seal add to a piece.
const aroundPiece = 4 << 10

// sealPiece signs a piece and seals it to a partner.
func sealPiece(h pieceHead, body []byte, key ed25519.PrivateKey, to card.Card) ([]byte, error) {
	head, err := json.Marshal(h)
	if err != nil {
		return nil, err
	}
	b := binary.BigEndian.AppendUint32([]byte(pieceMagic), uint32(len(head)))
	b = append(append(b, head...), body...)
	return seal(append(b, ed25519.Sign(key, b)...), to)
}

// readPiece takes a piece apart, strictly; whose it is, its signature has yet to show.
func readPiece(raw []byte) (h pieceHead, body []byte, err error) {
	rest, ok := bytes.CutPrefix(raw, []byte(pieceMagic))
	if !ok || len(rest) < signatureSize {
		return h, nil, errMalformed
	}
	head, body, err := frame(rest[:len(rest)-signatureSize], maxHeader)
	if err != nil {
		return h, nil, err
	}
	if err := strict(head, &h); err != nil {
		return h, nil, err
	}
	if h.Version != 1 || !hashShape.MatchString(h.Hash) {
		return h, nil, errMalformed
	}
	return h, body, nil
}

// OpenPiece opens a piece that was brought, and holds it against its sender's signature. Errors: Invalid for what is not for this
// owner or damaged, Denied for what no pinned partner signed.
func (p *Post) OpenPiece(ctx context.Context, owner journal.ID, sealed []byte) (Piece, error) {
	raw, err := p.Unseal(ctx, owner, sealed)
	if err != nil {
		return Piece{}, err
	}
	h, body, err := readPiece(raw)
	if err != nil {
		return Piece{}, fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	from, err := p.Directory.Partner(ctx, owner, h.From)
	if err != nil {
		return Piece{}, fault.New(fault.Denied, "exchange.partner.unknown")
	}
	signed, sig := raw[:len(raw)-signatureSize], raw[len(raw)-signatureSize:]
	switch {
	case h.To == owner && p.signed(ctx, owner, from, signed, sig):
		return Piece{h.From, h.Hash, h.Size, h.Offset, body}, nil
	case p.misused(ctx, owner, h.From, signed, sig):
		return Piece{}, fault.New(fault.Denied, StolenKey)
	}
	return Piece{}, fault.New(fault.Denied, "exchange.post.bad_signature")
}

// BringPiece takes an opened piece in; fresh says that it was not here yet. Errors: Conflict for one whose place is not the next,
// TooMuch over a limit, Invalid for what is not what it was said to be.
func (p *Post) BringPiece(ctx context.Context, owner journal.ID, x Piece) (fresh bool, err error) {
	hash, err := hex.DecodeString(x.Hash)
	if err != nil {
		return false, err
	}
	came, err := p.part(ctx, owner, x.From, hash, x.Size, x.Offset, x.bytes)
	if fault.Is(err, fault.Conflict) && came > x.Offset {
		return false, nil
	}
	return err == nil, err
}

// going is what of a message's parcels is to be taken along.
type going struct {
	of    journal.ID // the message
	names []string   // of the parcels
	sizes []int64
	along int64 // so many bytes of all were taken along in this turn
	at    int64 // when all of them were last, as the database has it; 0 for never
}

// piecesAlong takes of a message's parcels what there is room for, from where it stopped the last time; all says that nothing of them
// is left, and the message may follow. What was taken along whole is not taken again for so long.
func (p *Post) piecesAlong(ctx context.Context, owner journal.ID, g going, to card.Card, own card.Secrets, room int, rest time.Duration) (out [][]byte, all bool, err error) {
	if g.along == 0 && g.at > 0 && p.Clock.Now().Sub(db.Time(g.at)) < rest {
		return nil, true, nil
	}
	first := int64(0) // where a parcel begins among all
	for i, name := range g.names {
		for g.along < first+g.sizes[i] {
			offset := g.along - first
			body := make([]byte, min(partSize, g.sizes[i]-offset))
			if room -= len(body) + len(body)>>10 + aroundPiece; room < 0 {
				return out, false, p.wentAlong(ctx, owner, g.of, g.along, g.at)
			}
			hash, err := hex.DecodeString(name)
			if err != nil {
				return nil, false, err
			}
			if _, err := io.ReadFull(&pieces{ctx: ctx, db: p.DB, owner: owner, partner: owner, hash: hash, at: offset}, body); err != nil {
				return nil, false, err
			}
			b, err := sealPiece(pieceHead{1, owner, to.Office, name, g.sizes[i], offset}, body, own.Sign, to)
			if err != nil {
				return nil, false, err
			}
			out, g.along = append(out, b), g.along+int64(len(body))
		}
		first += g.sizes[i]
	}
	return out, true, p.wentAlong(ctx, owner, g.of, g.along, g.at)
}

func (p *Post) going(ctx context.Context, owner journal.ID, s Sent) (g going, err error) {
	g.of, g.names = s.ID, strings.Fields(s.Parcels)
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		g.sizes = nil // it may run again
		if err := tx.Row(ctx, `SELECT along, along_at FROM post_out WHERE owner = $1 AND id = $2`, owner, s.ID).Scan(&g.along, &g.at); err != nil {
			return err
		}
		for _, name := range g.names {
			hash, err := hex.DecodeString(name)
			if err != nil {
				return err
			}
			var size int64
			if err := tx.Row(ctx, `SELECT size FROM post_parcel WHERE owner = $1 AND partner = $1 AND hash = $2`, owner, hash).Scan(&size); err != nil {
				return err
			}
			g.sizes = append(g.sizes, size)
		}
		return nil
	})
	return g, err
}

// wentAlong notes how far a message's parcels were taken along, and when all of them were last.
func (p *Post) wentAlong(ctx context.Context, owner, id journal.ID, along, at int64) error {
	return p.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE post_out SET along = $1, along_at = $2 WHERE owner = $3 AND id = $4`, along, at, owner, id)
		return err
	})
}

// Stayed says that what was given to be taken along did not leave: the parcels in it are given again, from where they began in it.
func (p *Post) Stayed(ctx context.Context, owner journal.ID, a Along) error {
	for _, g := range a.before {
		if err := p.wentAlong(ctx, owner, g.of, g.along, g.at); err != nil {
			return err
		}
	}
	return nil
}

// wentWhole notes that a message was taken along behind all of its parcels: the next turn begins from the first byte, should its
// receipt not come.
func (p *Post) wentWhole(ctx context.Context, owner, id journal.ID) error {
	return p.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE post_out SET along_at = CASE WHEN along > 0 THEN $1 ELSE along_at END, along = 0 WHERE owner = $2 AND id = $3`, db.Micros(p.Clock.Now()), owner, id)
		return err
	})
}
