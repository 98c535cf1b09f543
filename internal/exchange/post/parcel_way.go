// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/limit"
)

// Headers of the requests that carry parts of parcels.
const (
	ticketHeader = "Entraide-Ticket"
	offsetHeader = "Upload-Offset"
)

// ticket lets a partner bring the parts of one parcel. Field order is the canonical form.
type ticket struct {
	Version int        `json:"version"`
	From    journal.ID `json:"from"`
	To      journal.ID `json:"to"`
	Hash    string     `json:"hash"`
	Size    int64      `json:"size"`
	At      time.Time  `json:"at"`
}

const ticketMagic = "entraide-parcel/1\n"

func signTicket(t ticket, key ed25519.PrivateKey) (string, error) {
	b, err := json.Marshal(t)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(append(ed25519.Sign(key, append([]byte(ticketMagic), b...)), b...)), nil
}

// readTicket takes a ticket apart, strictly; whose it is, its signature has yet to show.
func readTicket(text string) (t ticket, signed, sig []byte, err error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) < ed25519.SignatureSize || len(b) > maxHeader {
		return t, nil, nil, errMalformed
	}
	body := b[ed25519.SignatureSize:]
	if err := strict(body, &t); err != nil {
		return t, nil, nil, err
	}
	if t.Version != 1 || !hashShape.MatchString(t.Hash) || t.Size <= 0 || t.Size > MaxParcel {
		return t, nil, nil, errMalformed
	}
	return t, append([]byte(ticketMagic), body...), b[:ed25519.SignatureSize], nil
}

// admits says whose parcel a ticket lets in. Errors: Denied, Invalid.
func (p *Post) admits(ctx context.Context, owner journal.ID, text, hash string) (ticket, error) {
	t, signed, sig, err := readTicket(text)
	if err != nil {
		return t, fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	if _, _, err := p.Directory.Self(ctx, owner); err != nil { // an office that may not sign now takes nothing in
		return t, err
	}
	from, err := p.Directory.Partner(ctx, owner, t.From)
	if err != nil {
		return t, fault.New(fault.Denied, "exchange.partner.unknown")
	}
	key, err := from.PublicKey()
	if err != nil || !ed25519.Verify(key, signed, sig) || t.To != owner || t.Hash != hash || p.Clock.Now().Sub(t.At).Abs() > LongSkew {
		return t, fault.New(fault.Denied, "exchange.post.bad_signature")
	}
	return t, nil
}

// parcel answers HEAD and PUT /post/{office}/parcel/{hash}: how many bytes are here, and the next part.
func (d *Door) parcel(w http.ResponseWriter, r *http.Request) {
	office, leave, ok := d.come(w, r)
	if !ok {
		return
	}
	defer leave()
	t, err := d.Post.admits(r.Context(), office, r.Header.Get(ticketHeader), r.PathValue("hash"))
	if err != nil {
		d.refused(err)
		w.WriteHeader(statusOf(err))
		return
	}
	hash, err := hex.DecodeString(t.Hash)
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return
	}
	if r.Method == http.MethodPut {
		if !d.takePart(w, r, office, t, hash) {
			return
		}
	}
	came, err := d.Post.came(r.Context(), office, t.From, hash)
	if err != nil {
		w.WriteHeader(statusOf(err))
		return
	}
	w.Header().Set(offsetHeader, strconv.FormatInt(came, 10))
}

// takePart takes the next part in; false when it answered.
func (d *Door) takePart(w http.ResponseWriter, r *http.Request, office journal.ID, t ticket, hash []byte) bool {
	offset, err := strconv.ParseInt(r.Header.Get(offsetHeader), 10, 64)
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		return false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, partSize))
	if err != nil {
		w.WriteHeader(http.StatusRequestTimeout)
		return false
	}
	_, err = d.Post.part(r.Context(), office, t.From, hash, t.Size, offset, body)
	if err == nil { // bytes of a pinned partner, which it may bring so many of
		d.came.Return(limit.Network(r.RemoteAddr), d.Post.Clock.Now())
	}
	if err == nil || fault.Is(err, fault.Conflict) { // of another place: the answer says which is next
		return true
	}
	d.refused(err)
	if wait := waitOf(err); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)))
	}
	w.WriteHeader(statusOf(err))
	return false
}

// came gives how many bytes of a partner's parcel are here.
func (p *Post) came(ctx context.Context, owner, partner journal.ID, hash []byte) (n int64, err error) {
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT COALESCE(SUM(came), 0) FROM post_parcel WHERE owner = $1 AND partner = $2 AND hash = $3`, owner, partner, hash).Scan(&n)
	})
	return n, err
}

// parcels brings what belongs to a message to its recipient, part by part, from where an earlier try ended.
func (v *visit) parcels(ctx context.Context, s Sent, to card.Card) error {
	for _, text := range strings.Fields(s.Parcels) {
		hash, err := hex.DecodeString(text)
		if err != nil {
			return err
		}
		var size int64
		if err := v.Post.DB.Read(ctx, func(tx db.Tx) error {
			return tx.Row(ctx, `SELECT size FROM post_parcel WHERE owner = $1 AND partner = $1 AND hash = $2`, v.owner, hash).Scan(&size)
		}); err != nil {
			return err
		}
		if err := v.bring(ctx, to, hash, size); err != nil {
			return err
		}
	}
	return nil
}

func (v *visit) bring(ctx context.Context, to card.Card, hash []byte, size int64) error {
	send := v.overHTTP(to, hash, size)
	if v.Local != nil && v.Local(v.partner) {
		send = func(ctx context.Context, offset int64, body []byte) (int64, error) {
			if body != nil {
				if _, err := v.Post.part(ctx, v.partner, v.owner, hash, size, offset, body); err != nil && !fault.Is(err, fault.Conflict) {
					return 0, err
				}
			}
			return v.Post.came(ctx, v.partner, v.owner, hash)
		}
	}
	at, err := send(ctx, 0, nil)
	for tries := int64(0); err == nil && at < size; tries++ {
		if tries > 2*(size/partSize+1) {
			return fault.New(fault.Guarded, WithoutParcels)
		}
		body := make([]byte, min(partSize, size-at))
		if _, err = io.ReadFull(&pieces{ctx: ctx, db: v.Post.DB, owner: v.owner, partner: v.owner, hash: hash, at: at}, body); err != nil {
			return err
		}
		at, err = send(ctx, at, body)
	}
	return err
}

// overHTTP gives what asks how many bytes are there (no body), or sends the next.
func (v *visit) overHTTP(to card.Card, hash []byte, size int64) func(context.Context, int64, []byte) (int64, error) {
	return func(ctx context.Context, offset int64, body []byte) (int64, error) {
		_, secrets, err := v.dir.Self(ctx, v.owner)
		if err != nil {
			return 0, err
		}
		name := hex.EncodeToString(hash)
		signed, err := signTicket(ticket{1, v.owner, v.partner, name, size, v.Post.Clock.Now().UTC().Truncate(time.Second)}, secrets.Sign)
		if err != nil {
			return 0, err
		}
		method, reader := http.MethodHead, io.Reader(nil)
		if body != nil {
			method, reader = http.MethodPut, strings.NewReader(string(body))
		}
		req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(to.URL, "/")+"/post/"+v.partner.String()+"/parcel/"+name, reader)
		if err != nil {
			return 0, err
		}
		req.Header.Set(ticketHeader, signed)
		req.Header.Set(offsetHeader, strconv.FormatInt(offset, 10))
		resp, err := v.Client.Do(req)
		if err != nil {
			return 0, fault.Wrap(fault.Unavailable, errors.Unwrap(err), "exchange.post.away")
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			seconds, _ := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 32) // 0 when it is not said
			return 0, reply{status: resp.StatusCode, wait: time.Duration(seconds) * time.Second}.verdict().Err
		}
		at, err := strconv.ParseInt(resp.Header.Get(offsetHeader), 10, 64)
		if err != nil || at < 0 || at > size {
			return 0, fault.New(fault.Unavailable, "exchange.post.away")
		}
		return at, nil
	}
}
