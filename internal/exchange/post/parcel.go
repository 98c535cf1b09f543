// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Parcel is a file that is too large for a message. Its bytes are sealed once, under a key of their own, and named by the hash
// of what is sealed; the message that they belong to carries the key. So the same bytes can go to another partner with
// another message, and an office that has them needs no second copy.
type Parcel struct {
	Hash string `json:"hash"` // hex SHA-256 of the sealed bytes
	Key  string `json:"key"`  // hex of the 32 bytes that open them
	Size int64  `json:"size"` // of the sealed bytes
}

// Limits of parcels.
const (
	MaxParcel   = 64 << 20 // sealed bytes of one
	mostParcels = 10       // of one message
	partSize    = 512 << 10
	sealedChunk = plainChunk + chacha20poly1305.Overhead
	plainChunk  = 64 << 10

	mostUnclaimed = 256 << 20 // bytes of one partner that no message has named yet
	mostOfAll     = 4 << 30   // bytes of all partners of an owner

	unclaimedFor = 7 * 24 * time.Hour  // how long they are kept
	claimedFor   = 30 * 24 * time.Hour // how long a room has to take over what a message named
)

// whole is what stands in the place of a claim when all bytes are here and their hash is right.
const whole = 1

// WithoutParcels is the reason for which a message waits whose parcels are not here whole.
const WithoutParcels = "exchange.post.parcels"

func (x Parcel) shaped() bool {
	return hashShape.MatchString(x.Hash) && hashShape.MatchString(x.Key) && x.Size > 0 && x.Size <= MaxParcel
}

func parcelsShaped(xs []Parcel) bool {
	for i, x := range xs {
		if !x.shaped() || slices.ContainsFunc(xs[:i], func(y Parcel) bool { return y.Hash == x.Hash }) {
			return false
		}
	}
	return len(xs) <= mostParcels
}

func hashesOf(xs []Parcel) string {
	var out []string
	for _, x := range xs {
		out = append(out, x.Hash)
	}
	return strings.Join(out, " ")
}

// nonceOf gives the nonce of a chunk: its number, and whether it is the last, as in the payload of an age file.
func nonceOf(n uint64, last bool) []byte {
	b := make([]byte, chacha20poly1305.NonceSize)
	binary.BigEndian.PutUint64(b[3:], n)
	if last {
		b[len(b)-1] = 1
	}
	return b
}

// Attach seals a file for messages of an owner (Outgoing.Parcels). It is kept for a week beyond the last message that waits
// with it. Errors: TooMuch for its size.
func (p *Post) Attach(ctx context.Context, owner journal.ID, r io.Reader) (Parcel, error) {
	key := make([]byte, chacha20poly1305.KeySize)
	draft := make([]byte, sha256.Size) // its name until the hash is known
	_, _ = rand.Read(key)              // never errs
	_, _ = rand.Read(draft)
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return Parcel{}, err
	}
	if err := p.DB.Write(ctx, func(tx db.Tx) error { // should this process end before it is whole, it is swept away
		_, err := tx.Exec(ctx, `INSERT INTO post_parcel (owner, partner, hash, size, came, at, claimed) VALUES ($1, $1, $2, 0, 0, $3, 0)`, owner, draft, db.Micros(p.Clock.Now()))
		return err
	}); err != nil {
		return Parcel{}, err
	}
	hash, size := sha256.New(), int64(0)
	keep := func(b []byte) error {
		if size+int64(len(b)) > MaxParcel {
			return fault.New(fault.TooMuch, "exchange.post.too_large")
		}
		_, _ = hash.Write(b) // never errs
		at := size
		size += int64(len(b))
		return p.DB.Write(ctx, func(tx db.Tx) error { return putPiece(ctx, tx, owner, owner, draft, at, b) })
	}
	if err = sealChunks(aead, r, keep); err != nil {
		return Parcel{}, errors.Join(err, p.DB.Write(context.WithoutCancel(ctx), func(tx db.Tx) error { return dropParcel(ctx, tx, owner, owner, draft) }))
	}
	sum := hash.Sum(nil)
	err = p.DB.Write(ctx, func(tx db.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE post_piece SET hash = $1 WHERE owner = $2 AND partner = $2 AND hash = $3`, sum, owner, draft); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE post_parcel SET hash = $1, size = $2, came = $2, claimed = $3 WHERE owner = $4 AND partner = $4 AND hash = $5`, sum, size, whole, owner, draft)
		return err
	})
	return Parcel{hex.EncodeToString(sum), hex.EncodeToString(key), size}, err
}

// Again lets an owner send on a parcel that came with a partner's message, sealed as it lies here. It is kept like one of the owner's
// own. Errors: NotFound when it is not here any more.
func (p *Post) Again(ctx context.Context, owner, partner journal.ID, x Parcel) error {
	here, err := p.has(ctx, owner, partner, x)
	if err != nil {
		return err
	}
	hash, err := hex.DecodeString(x.Hash)
	if err != nil {
		return err
	}
	return p.DB.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(ctx, `INSERT INTO post_parcel (owner, partner, hash, size, came, at, claimed) SELECT owner, owner, hash, size, came, $1, $2 FROM post_parcel WHERE owner = $3 AND partner = $4 AND hash = $5
			ON CONFLICT (owner, partner, hash) DO UPDATE SET at = excluded.at`, db.Micros(p.Clock.Now()), whole, owner, partner, hash)
		if err == nil && (n == 0 || !here) {
			err = fault.New(fault.NotFound, "store.not_found")
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `INSERT INTO post_piece (owner, partner, hash, start, body) SELECT owner, owner, hash, start, body FROM post_piece WHERE owner = $1 AND partner = $2 AND hash = $3
			ON CONFLICT (owner, partner, hash, start) DO NOTHING`, owner, partner, hash)
		return err
	})
}

// sealChunks seals what a reader gives, chunk by chunk, and hands it on in pieces of partSize or less.
func sealChunks(aead cipher.AEAD, r io.Reader, keep func([]byte) error) error {
	var piece []byte
	this, next := make([]byte, plainChunk), make([]byte, plainChunk)
	n, err := io.ReadFull(r, this)
	for i := uint64(0); ; i++ {
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
		last, more := err != nil, 0
		if !last {
			more, err = io.ReadFull(r, next)
			last = errors.Is(err, io.EOF) // nothing comes behind a full chunk
		}
		piece = aead.Seal(piece, nonceOf(i, last), this[:n], nil)
		if last || len(piece)+sealedChunk > partSize {
			if kerr := keep(piece); kerr != nil {
				return kerr
			}
			piece = nil
		}
		if last {
			return nil
		}
		this, next, n = next, this, more
	}
}

func putPiece(ctx context.Context, tx db.Tx, owner, partner journal.ID, hash []byte, start int64, body []byte) error {
	_, err := tx.Exec(ctx, `INSERT INTO post_piece (owner, partner, hash, start, body) VALUES ($1, $2, $3, $4, $5)`, owner, partner, hash, start, body)
	return err
}

func dropParcel(ctx context.Context, tx db.Tx, owner, partner journal.ID, hash []byte) error {
	for _, q := range []string{`DELETE FROM post_piece WHERE owner = $1 AND partner = $2 AND hash = $3`, `DELETE FROM post_parcel WHERE owner = $1 AND partner = $2 AND hash = $3`} {
		if _, err := tx.Exec(ctx, q, owner, partner, hash); err != nil {
			return err
		}
	}
	return nil
}

// pieces reads the sealed bytes of a parcel, from a place on.
type pieces struct {
	ctx            context.Context
	db             *db.DB
	owner, partner journal.ID
	hash           []byte
	at             int64
	rest           []byte
}

// Read implements io.Reader.
func (s *pieces) Read(b []byte) (int, error) {
	if len(s.rest) == 0 {
		var start int64
		err := s.db.Read(s.ctx, func(tx db.Tx) error {
			return tx.Row(s.ctx, `SELECT start, body FROM post_piece WHERE owner = $1 AND partner = $2 AND hash = $3 AND start <= $4 ORDER BY start DESC LIMIT 1`, s.owner, s.partner, s.hash, s.at).Scan(&start, &s.rest)
		})
		if errors.Is(err, sql.ErrNoRows) {
			return 0, io.EOF
		}
		if err != nil {
			return 0, err
		}
		if s.at-start >= int64(len(s.rest)) {
			s.rest = nil
			return 0, io.EOF
		}
		s.rest = s.rest[s.at-start:]
	}
	n := copy(b, s.rest)
	s.at, s.rest = s.at+int64(n), s.rest[n:]
	return n, nil
}

// unsealing opens chunks as they are read.
type unsealing struct {
	aead  cipher.AEAD
	from  io.Reader
	n     uint64
	ahead []byte // the next sealed chunk
	plain []byte
	done  bool
}

// Read implements io.Reader; its error is Invalid for bytes that were changed or cut.
func (u *unsealing) Read(b []byte) (int, error) {
	for len(u.plain) == 0 {
		if u.done {
			return 0, io.EOF
		}
		if err := u.next(); err != nil {
			return 0, err
		}
	}
	n := copy(b, u.plain)
	u.plain = u.plain[n:]
	return n, nil
}

func (u *unsealing) next() (err error) {
	if u.ahead == nil {
		if u.ahead, err = u.chunk(); err != nil {
			return err
		}
	}
	this := u.ahead
	if u.ahead, err = u.chunk(); err != nil {
		return err
	}
	u.done = len(u.ahead) == 0
	u.plain, err = u.aead.Open(nil, nonceOf(u.n, u.done), this, nil)
	u.n++
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	return nil
}

func (u *unsealing) chunk() ([]byte, error) {
	b := make([]byte, sealedChunk)
	n, err := io.ReadFull(u.from, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return b[:n], err
}

// OpenParcel reads a parcel that came with a partner's message, or an owner's own (partner is the owner). Errors: NotFound when
// it is not there any more; the reader's are Invalid for bytes that do not open.
func (p *Post) OpenParcel(ctx context.Context, owner, partner journal.ID, x Parcel) (io.Reader, error) {
	hash, herr := hex.DecodeString(x.Hash)
	key, kerr := hex.DecodeString(x.Key)
	if herr != nil || kerr != nil || !x.shaped() {
		return nil, fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	aead, err := chacha20poly1305.New(key)
	if err != nil {
		return nil, err
	}
	here, err := p.has(ctx, owner, partner, x)
	if err != nil {
		return nil, err
	}
	if !here {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	return &unsealing{aead: aead, from: &pieces{ctx: ctx, db: p.DB, owner: owner, partner: partner, hash: hash}}, nil
}

// Open reads a parcel of the message.
func (in Incoming) Open(ctx context.Context, x Parcel) (io.Reader, error) {
	if !slices.Contains(in.Parcels, x) {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	return in.post.OpenParcel(ctx, in.Owner, in.From, x)
}

// has says whether a whole parcel is here.
func (p *Post) has(ctx context.Context, owner, partner journal.ID, x Parcel) (bool, error) {
	hash, err := hex.DecodeString(x.Hash)
	if err != nil {
		return false, err
	}
	var size, came, claimed int64
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT size, came, claimed FROM post_parcel WHERE owner = $1 AND partner = $2 AND hash = $3`, owner, partner, hash).Scan(&size, &came, &claimed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err == nil && size == x.Size && came == size && claimed < whole { // whoever brought the last of it was gone before its hash was known
		if err = p.ended(ctx, owner, partner, hash); fault.Is(err, fault.Invalid) {
			return false, nil
		}
		claimed = whole
	}
	return err == nil && size == x.Size && claimed >= whole, err
}

// mayEnclose says whether a message can take its parcels along. What takes something back has none: it travels to and from a blocked
// partner too, whose parcels nobody takes in.
func (p *Post) mayEnclose(ctx context.Context, owner journal.ID, o Outgoing) error {
	switch {
	case !parcelsShaped(o.Parcels):
		return fault.New(fault.TooMuch, "exchange.post.too_large")
	case len(o.Parcels) > 0 && p.takesBack(o.Type):
		return errors.New("post: a message that takes back carries no files: " + o.Type)
	}
	for _, x := range o.Parcels {
		here, err := p.has(ctx, owner, owner, x)
		if err != nil {
			return err
		}
		if !here {
			return fault.New(fault.Invalid, "exchange.post.parcels_here")
		}
	}
	return nil
}

// hasAll says whether all parcels of a message are here.
func (p *Post) hasAll(ctx context.Context, a *arrival) (bool, error) {
	for _, x := range a.Parcels {
		if here, err := p.has(ctx, a.owner, a.From, x); err != nil || !here {
			return false, err
		}
	}
	return true, nil
}

// claim notes that a message named parcels.
func claim(ctx context.Context, tx db.Tx, owner, partner journal.ID, xs []Parcel, at time.Time) error {
	for _, x := range xs {
		hash, err := hex.DecodeString(x.Hash)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE post_parcel SET claimed = $1 WHERE owner = $2 AND partner = $3 AND hash = $4`, db.Micros(at), owner, partner, hash); err != nil {
			return err
		}
	}
	return nil
}

// part takes in a piece of a partner's parcel at its place, and gives how many bytes are here. Errors: Conflict for another
// place than the next, TooMuch over a limit, Invalid for what is not what it was said to be.
func (p *Post) part(ctx context.Context, owner, partner journal.ID, hash []byte, size, offset int64, body []byte) (came int64, err error) {
	if size <= 0 || size > MaxParcel || offset < 0 || offset >= size || int64(len(body)) != min(partSize, size-offset) {
		return 0, fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	err = p.DB.Write(ctx, func(tx db.Tx) error {
		var said int64
		err := tx.Row(ctx, `SELECT size, came FROM post_parcel WHERE owner = $1 AND partner = $2 AND hash = $3`, owner, partner, hash).Scan(&said, &came)
		if errors.Is(err, sql.ErrNoRows) {
			said, came = size, 0
			err = beginParcel(ctx, tx, owner, partner, hash, size)
		}
		switch {
		case err != nil:
			return err
		case said != size:
			return fault.New(fault.Invalid, "exchange.post.unreadable")
		case came != offset:
			return fault.New(fault.Conflict, "exchange.post.offset")
		}
		if err := putPiece(ctx, tx, owner, partner, hash, offset, body); err != nil {
			return err
		}
		came += int64(len(body))
		_, err = tx.Exec(ctx, `UPDATE post_parcel SET came = $1, at = $2 WHERE owner = $3 AND partner = $4 AND hash = $5`, came, db.Micros(p.Clock.Now()), owner, partner, hash)
		return err
	})
	if err != nil || came < size {
		return came, err
	}
	return came, p.ended(ctx, owner, partner, hash)
}

// beginParcel makes room for one.
func beginParcel(ctx context.Context, tx db.Tx, owner, partner journal.ID, hash []byte, size int64) error {
	var theirs, all int64
	if err := tx.Row(ctx, `SELECT COALESCE(SUM(CASE WHEN partner = $2 AND claimed <= 1 THEN size ELSE 0 END), 0), COALESCE(SUM(size), 0) FROM post_parcel WHERE owner = $1 AND partner <> $1`, owner, partner).Scan(&theirs, &all); err != nil {
		return err
	}
	if theirs+size > mostUnclaimed || all+size > mostOfAll {
		return putOff(time.Hour, "exchange.post.quota")
	}
	_, err := tx.Exec(ctx, `INSERT INTO post_parcel (owner, partner, hash, size, came, at, claimed) VALUES ($1, $2, $3, $4, 0, 0, 0)`, owner, partner, hash, size)
	return err
}

// ended holds a parcel that came whole against its hash; another one's bytes go.
func (p *Post) ended(ctx context.Context, owner, partner journal.ID, hash []byte) error {
	h := sha256.New()
	if _, err := io.Copy(h, &pieces{ctx: ctx, db: p.DB, owner: owner, partner: partner, hash: hash}); err != nil {
		return err
	}
	right := bytes.Equal(h.Sum(nil), hash)
	err := p.DB.Write(ctx, func(tx db.Tx) error {
		if !right {
			return dropParcel(ctx, tx, owner, partner, hash)
		}
		_, err := tx.Exec(ctx, `UPDATE post_parcel SET claimed = $1 WHERE owner = $2 AND partner = $3 AND hash = $4 AND claimed = 0`, whole, owner, partner, hash)
		return err
	})
	if err == nil && !right {
		err = fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return err
}

// Sweep deletes parcels of an owner that nobody needs any more: those that no message named within a week, those that a room
// had a month to take over, and the owner's own, a week after they were made, unless a message with them still waits.
func (p *Post) Sweep(ctx context.Context, owner journal.ID) error {
	now := p.Clock.Now()
	return p.DB.Write(ctx, func(tx db.Tx) error {
		waiting, err := parcelsWaiting(ctx, tx, owner)
		if err != nil {
			return err
		}
		old, err := oldParcels(ctx, tx, owner, now)
		if err != nil {
			return err
		}
		for _, k := range old {
			if k.partner == owner && waiting[hex.EncodeToString(k.hash)] {
				continue
			}
			if err := dropParcel(ctx, tx, owner, k.partner, k.hash); err != nil {
				return err
			}
		}
		return nil
	})
}

type parcelKey struct {
	partner journal.ID
	hash    []byte
}

func oldParcels(ctx context.Context, tx db.Tx, owner journal.ID, now time.Time) (out []parcelKey, err error) {
	rows, err := tx.Query(ctx, `SELECT partner, hash FROM post_parcel WHERE owner = $1 AND (claimed <= 1 AND at < $2 OR claimed > 1 AND claimed < $3)`, owner, db.Micros(now.Add(-unclaimedFor)), db.Micros(now.Add(-claimedFor)))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var k parcelKey
		if err := rows.Scan(&k.partner, &k.hash); err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

func parcelsWaiting(ctx context.Context, tx db.Tx, owner journal.ID) (map[string]bool, error) {
	rows, err := tx.Query(ctx, `SELECT parcels FROM post_out WHERE owner = $1 AND state = 'queued' AND parcels <> ''`, owner)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]bool{}
	for rows.Next() {
		var hashes string
		if err := rows.Scan(&hashes); err != nil {
			return nil, err
		}
		for _, h := range strings.Fields(hashes) {
			out[h] = true
		}
	}
	return out, rows.Err()
}
