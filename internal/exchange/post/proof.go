// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// Every receipt is a leaf of its signer's log (Post.Leaf), which is numbered and signed a moment after the receipt has left. So
// the proof that it is there is asked for afterwards, by whoever shows the receipt itself.

// Canonical gives the leaf of a receipt that an owner gave, by the leaf's id: the receipt's bytes. sql.ErrNoRows for another id.
func Canonical(ctx context.Context, tx db.Tx, owner, leaf journal.ID) (receipt []byte, err error) {
	err = tx.Row(ctx, `SELECT receipt FROM post_in WHERE owner = $1 AND leaf = $2`, owner, leaf).Scan(&receipt)
	return receipt, err
}

// CountLeaves gives how many receipts of an owner are leaves of its log.
func CountLeaves(ctx context.Context, tx db.Tx, owner journal.ID) (n int64, err error) {
	err = tx.Row(ctx, `SELECT COUNT(*) FROM post_in WHERE owner = $1 AND leaf IS NOT NULL`, owner).Scan(&n)
	return n, err
}

// maxProof bounds a proof as it travels.
const maxProof = 64 << 10

// Prove gives whoever shows a receipt that an owner signed the proof that the owner's log holds it. Errors: NotFound for what
// is no receipt of this office, Denied for a partner that is to learn nothing of the log, Unavailable while it is not numbered.
func (p *Post) Prove(ctx context.Context, owner journal.ID, receipt []byte) (ledger.Inclusion, error) {
	var out ledger.Inclusion
	own, _, err := p.Directory.Self(ctx, owner)
	if err != nil {
		return out, err
	}
	r, err := p.readReceipt(ctx, owner, receipt, own)
	if err != nil {
		return out, fault.New(fault.NotFound, "store.not_found")
	}
	partner, err := p.Directory.Partner(ctx, owner, r.To)
	if err != nil || p.ProvesTo == nil || !p.ProvesTo(own, partner) {
		return out, fault.New(fault.Denied, "exchange.post.no_proof")
	}
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		var kept, leaf []byte
		err := tx.Row(ctx, `SELECT receipt, leaf FROM post_in WHERE owner = $1 AND partner = $2 AND id = $3`, owner, r.To, r.Message).Scan(&kept, &leaf)
		if errors.Is(err, sql.ErrNoRows) || err == nil && (!bytes.Equal(kept, receipt) || len(leaf) != len(journal.ID{})) {
			return fault.New(fault.NotFound, "store.not_found")
		}
		if err != nil {
			return err
		}
		out, err = ledger.Prove(ctx, tx, owner, journal.ID(leaf))
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.Unavailable, "exchange.post.no_proof_yet")
		}
		return err
	})
	return out, err
}

// CheckProof says whether a proof shows that the log of whoever signed a receipt holds it.
func CheckProof(proof ledger.Inclusion, receipt []byte, signer card.Card) error {
	h := ledger.LeafHash(receipt)
	if proof.Leaf != hex.EncodeToString(h[:]) {
		return fault.New(fault.Invalid, "exchange.post.bad_proof")
	}
	if err := proof.Check(signer.Log); err != nil {
		return fault.Wrap(fault.Invalid, err, "exchange.post.bad_proof")
	}
	return nil
}

// proof answers POST /post/{office}/proof: the receipt in, the proof out, as JSON.
func (d *Door) proof(w http.ResponseWriter, r *http.Request) {
	office, leave, ok := d.come(w, r)
	if !ok {
		return
	}
	defer leave()
	receipt, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHeader))
	if err != nil {
		w.WriteHeader(http.StatusRequestTimeout)
		return
	}
	proof, err := d.Post.Prove(r.Context(), office, receipt)
	switch {
	case fault.Is(err, fault.NotFound):
		w.WriteHeader(http.StatusNotFound)
	case err != nil:
		w.WriteHeader(statusOf(err))
	default:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(proof)
	}
}

// Proof asks the partner that signed the receipt of a message for the proof that its log holds it, and checks it. Errors:
// NotFound while there is no receipt, Denied where the partner gives none, Unavailable while it cannot, Invalid for one that
// proves nothing.
func (c *Courier) Proof(ctx context.Context, owner, message journal.ID) (ledger.Inclusion, error) {
	var out ledger.Inclusion
	var partner journal.ID
	var receipt []byte
	err := c.Post.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT partner, receipt FROM post_out WHERE owner = $1 AND id = $2`, owner, message).Scan(&partner, &receipt)
	})
	if errors.Is(err, sql.ErrNoRows) || err == nil && receipt == nil {
		return out, fault.New(fault.NotFound, "store.not_found")
	}
	if err != nil {
		return out, err
	}
	to, err := c.Post.Directory.Partner(ctx, owner, partner)
	if err != nil {
		return out, err
	}
	if c.Local != nil && c.Local(partner) {
		if out, err = c.Post.Prove(ctx, partner, receipt); err != nil {
			return out, err
		}
		return out, CheckProof(out, receipt, to)
	}
	b, status, _, err := c.post(ctx, strings.TrimSuffix(to.URL, "/")+"/post/"+partner.String()+"/proof", "application/octet-stream", receipt, maxProof)
	if err != nil {
		return out, err
	}
	switch status {
	case http.StatusOK:
	case http.StatusForbidden:
		return out, fault.New(fault.Denied, "exchange.post.no_proof")
	default:
		return out, fault.New(fault.Unavailable, "exchange.post.no_proof_yet")
	}
	if err := strictAny(b, &out); err != nil {
		return out, fault.Wrap(fault.Invalid, err, "exchange.post.bad_proof")
	}
	return out, CheckProof(out, receipt, to)
}

// strictAny reads one JSON value whose fields are all known.
func strictAny(b []byte, v any) error {
	in := Incoming{Body: b}
	return in.Decode(v)
}
