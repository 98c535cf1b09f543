// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// plan is what the commit writes beside the entries, made outside the writer.
type plan struct {
	keys      []vault.Fresh
	summary   map[journal.Category][]byte
	unsummary []journal.Category

	codesIn, codesOut   []codeRow
	standIn, standOut   []Standing
	tokensIn, tokensOut []blind
}

type codeRow struct{ name, value string }

// blind is a blinded token; its kind is in the key that it was blinded under.
type blind string

// seal makes the stored form of the new entries and of what stands beside them.
func (a *attempt) seal() error {
	keys := map[journal.Category]vault.DataKey{}
	key := func(c journal.Category) (vault.DataKey, error) {
		if k, ok := keys[c]; ok {
			return k, nil
		}
		k, ok := a.l.keys.Key(c)
		if !ok || slices.Contains(a.effects.Erase, c) {
			f, err := a.o.Keys.New(a.o.ID, a.l.ref.ID, c)
			if err != nil {
				return k, err
			}
			a.plan.keys = append(a.plan.keys, f)
			k = f.Key()
		}
		keys[c] = k
		return k, nil
	}
	sealPart := func(c journal.Category, plain, bound []byte) ([]byte, error) {
		if !c.Sealed() {
			return plain, nil
		}
		k, err := key(c)
		if err != nil {
			return nil, err
		}
		return k.Seal(plain, bound)
	}
	for i := range a.fresh {
		n := &a.fresh[i]
		n.salt = make([]byte, 16)
		if _, err := io.ReadFull(a.s.c.Random, n.salt); err != nil {
			return err
		}
		n.bodies = map[journal.Category][]byte{}
		for c, plain := range n.Parts {
			body, err := sealPart(c, plain, bound(n.ID, c))
			if err != nil {
				return err
			}
			n.bodies[c] = body
		}
		if n.blob != nil {
			k, err := key(n.blob.Category)
			if err != nil {
				return err
			}
			if err := n.sealBlob(k); err != nil {
				return err
			}
		}
		n.commitTo()
	}
	return a.beside(sealPart)
}

// commitTo makes what the log keeps of a sealed entry.
func (n *newEntry) commitTo() {
	n.digests = make(map[journal.Category][]byte, len(n.bodies))
	for c, body := range n.bodies {
		n.digests[c] = digest(n.salt, c, body)
	}
	var chunks [][]byte
	for _, x := range n.chunks {
		chunks = append(chunks, x.digest)
	}
	n.leaf = ledger.LeafHash(canonical(n.Header, n.salt, n.digests, commitment(chunks)))
}

// beside plans the changes of codes, standing, tokens and summary.
func (a *attempt) beside(sealPart func(journal.Category, []byte, []byte) ([]byte, error)) error {
	p := &a.plan
	p.codesIn, p.codesOut = diff(codeRows(a.before), codeRows(a.after))
	p.standIn, p.standOut = diff(a.before.Standing, a.after.Standing)
	in, out := diff(a.before.Tokens, a.after.Tokens)
	p.tokensIn, p.tokensOut = a.blind(in), a.blind(out)
	p.summary = map[journal.Category][]byte{}
	if a.after.Summary != nil {
		parts, err := journal.Split(a.after.Summary)
		if err != nil {
			return err
		}
		for c, plain := range parts {
			if p.summary[c], err = sealPart(c, plain, bound(a.l.ref.ID, c)); err != nil {
				return err
			}
		}
	}
	if a.before.Summary != nil {
		was, err := journal.Split(a.before.Summary)
		if err != nil {
			return err
		}
		for c := range was {
			if _, still := p.summary[c]; !still {
				p.unsummary = append(p.unsummary, c)
			}
		}
	}
	return nil
}

func codeRows(d Derived) []codeRow {
	var out []codeRow
	for n, vs := range d.Codes {
		for _, v := range vs {
			out = append(out, codeRow{n, v})
		}
	}
	return out
}

func (a *attempt) blind(ts []Token) []blind {
	var out []blind
	for _, t := range ts {
		out = append(out, blind(a.o.Keys.Token(t.Kind, t.Value)))
	}
	return out
}

// diff gives what is new and what is gone.
func diff[T comparable](before, after []T) (in, out []T) {
	was, is := map[T]bool{}, map[T]bool{}
	for _, x := range before {
		was[x] = true
	}
	for _, x := range after {
		if !is[x] && !was[x] {
			in = append(in, x)
		}
		is[x] = true
	}
	for _, x := range before {
		if !is[x] {
			is[x] = true // once
			out = append(out, x)
		}
	}
	return in, out
}

// attempts are the dossiers of one update that have something to write.
type attempts []*attempt

// commit writes everything in one transaction, or nothing.
func (as attempts) commit(ctx context.Context, also []Also) error {
	d := as[0].s.c.DB
	write, erased := d.Write, false
	keeps := len(also) > 0 // what other rooms add may keep count of what it did
	for _, a := range as {
		keeps, erased = keeps || len(a.sends) > 0, erased || len(a.effects.Erase) > 0
	}
	if !keeps {
		write = d.WriteAgain
	}
	err := write(ctx, func(tx db.Tx) error { return as.write(ctx, tx, also) })
	as.keep(err)
	for _, a := range as { // after an error too: whether a commit that was broken off took place is not known
		a.s.memory.changed(ofOwner{a.o.ID, a.k.Name})
	}
	if err == nil && erased {
		// The bytes are overwritten in the file; the write-ahead log still holds a copy until this.
		if err := d.Scrub(ctx); err != nil && !fault.Is(err, fault.Unavailable) {
			return err
		}
	}
	return err
}

// keep brings what is at hand of the dossiers up to date. What was erased goes whether or not the commit is known to stand.
func (as attempts) keep(err error) {
	for _, a := range as {
		if len(a.effects.Erase) > 0 {
			a.s.kept.drop(place{a.o.ID, a.l.ref.ID}, a.l.erasures)
		}
	}
	for _, a := range as {
		if err == nil && len(a.effects.Erase) == 0 && len(a.l.entries) > 0 { // what was just begun is kept once somebody asks for it: an import asks for nothing
			a.s.kept.put(a.grown())
		}
	}
}

// write is the transaction's body: first what guards saw of others must still stand, as these may be among the changed.
func (as attempts) write(ctx context.Context, tx db.Tx, also []Also) error {
	var appended []journal.Entry
	for _, a := range as {
		for ref, revision := range a.seen {
			if err := unmoved(ctx, tx, a.o.ID, ref, revision); err != nil {
				return err
			}
		}
		appended = append(appended, a.headers()...)
	}
	for _, a := range as {
		if err := a.write(ctx, tx); err != nil {
			return err
		}
	}
	for _, f := range also {
		if err := f(ctx, tx, appended); err != nil {
			return err
		}
	}
	return nil
}

// write writes one dossier.
func (a *attempt) write(ctx context.Context, tx db.Tx) error {
	if err := a.writeDossier(ctx, tx); err != nil {
		return err
	}
	if err := a.erase(ctx, tx); err != nil {
		return err
	}
	if err := a.writeEntries(ctx, tx); err != nil {
		return err
	}
	if err := a.writeBeside(ctx, tx); err != nil {
		return err
	}
	for _, f := range a.sends {
		if err := f(ctx, tx); err != nil {
			return moved(err)
		}
	}
	return nil
}

func (a *attempt) headers() []journal.Entry {
	out := make([]journal.Entry, len(a.fresh))
	for i, n := range a.fresh {
		out[i] = journal.Entry{Header: n.Header}
	}
	return out
}

// moved makes a unique key's refusal a reason to run the update again: the next snapshot shows the row.
func moved(err error) error {
	if fault.Is(err, fault.Conflict) {
		return errMoved
	}
	return err
}

func (a *attempt) writeDossier(ctx context.Context, tx db.Tx) error {
	d, head := a.after, a.l.revision
	next := head + int64(len(a.fresh))
	if !a.l.exists {
		_, err := tx.Exec(ctx, `INSERT INTO dossier (owner, id, kind, revision, state, due, assignee, opened, updated) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
			a.o.ID, a.l.ref.ID, a.k.Name, next, d.State, due(d), d.Assignee, db.Micros(a.now))
		return moved(err)
	}
	n, err := tx.Exec(ctx, `UPDATE dossier SET revision = $1, state = $2, due = $3, assignee = $4, updated = $5 WHERE owner = $6 AND id = $7 AND revision = $8`,
		next, d.State, due(d), d.Assignee, db.Micros(a.now), a.o.ID, a.l.ref.ID, head)
	if err == nil && n != 1 {
		return errMoved
	}
	return err
}

// never stands in due and until columns for "no date", so that an index finds the earliest first.
const never = math.MaxInt64

func due(d Derived) int64 {
	if d.Due.IsZero() {
		return never
	}
	return db.Micros(d.Due)
}

func unmoved(ctx context.Context, tx db.Tx, owner journal.ID, ref Ref, revision int64) error {
	var now int64
	if err := tx.Row(ctx, `SELECT revision FROM dossier WHERE owner = $1 AND id = $2`, owner, ref.ID).Scan(&now); err != nil {
		return err
	}
	if now != revision {
		return errMoved
	}
	return nil
}

// erase destroys keys and bytes of the categories that an effect named.
func (a *attempt) erase(ctx context.Context, tx db.Tx) error {
	if len(a.effects.Erase) == 0 {
		return nil
	}
	if _, err := vault.Shred(ctx, tx, a.o.ID, a.l.ref.ID, a.effects.Erase, a.now); err != nil {
		return err
	}
	for _, c := range a.effects.Erase {
		if _, err := wipe(ctx, tx, a.o.ID, a.l.ref.ID, c); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM summary WHERE owner = $1 AND dossier = $2 AND category = $3`, a.o.ID, a.l.ref.ID, string(c)); err != nil {
			return err
		}
	}
	return nil
}

func (a *attempt) writeEntries(ctx context.Context, tx db.Tx) error {
	if err := vault.Insert(ctx, tx, a.plan.keys...); err != nil {
		return moved(err)
	}
	var entries, parts [][]any
	var leaves []ledger.Leaf
	for _, n := range a.fresh {
		entries = append(entries, []any{n.Owner, n.Dossier, n.Revision, n.ID, n.Kind, n.Type, n.Schema, n.Base, n.Actor, n.Purpose, db.Micros(n.OccurredAt), db.Micros(n.RecordedAt), n.salt})
		for c, body := range n.bodies {
			parts = append(parts, []any{n.Owner, n.ID, string(c), n.digests[c], body})
		}
		leaves = append(leaves, ledger.Leaf{Entry: n.ID, Hash: n.leaf, At: n.RecordedAt})
	}
	err := db.Insert(ctx, tx, `INSERT INTO entry (owner, dossier, revision, id, kind, type, version, base, actor, purpose, occurred, recorded, salt) VALUES`, entries, "", 0, 1, 4, 8, 9, 11)
	if fault.Is(err, fault.Conflict) {
		return fault.Wrap(fault.Conflict, errors.New("an entry of another dossier has this id"), "store.id_taken")
	}
	if err != nil {
		return err
	}
	if err := db.Insert(ctx, tx, `INSERT INTO part (owner, entry, category, digest, body) VALUES`, parts, "", 0); err != nil {
		return err
	}
	for _, n := range a.fresh {
		if err := writeBlob(ctx, tx, n); err != nil {
			return err
		}
	}
	return ledger.Append(ctx, tx, a.o.ID, leaves...)
}

func (a *attempt) writeBeside(ctx context.Context, tx db.Tx) error {
	p, owner, id := a.plan, a.o.ID, a.l.ref.ID
	for _, c := range p.codesOut {
		if _, err := tx.Exec(ctx, `DELETE FROM code WHERE owner = $1 AND dossier = $2 AND name = $3 AND value = $4`, owner, id, c.name, c.value); err != nil {
			return err
		}
	}
	for _, x := range p.standOut {
		if _, err := tx.Exec(ctx, `DELETE FROM standing WHERE owner = $1 AND actor = $2 AND dossier = $3 AND relation = $4`, owner, x.Actor, id, string(x.Relation)); err != nil {
			return err
		}
	}
	for _, x := range p.standIn {
		if err := writeStanding(ctx, tx, owner, id, x); err != nil {
			return err
		}
	}
	for _, t := range p.tokensOut {
		if _, err := tx.Exec(ctx, `DELETE FROM token WHERE owner = $1 AND hmac = $2 AND dossier = $3`, owner, []byte(t), id); err != nil {
			return err
		}
	}
	for _, c := range p.unsummary {
		if _, err := tx.Exec(ctx, `DELETE FROM summary WHERE owner = $1 AND dossier = $2 AND category = $3`, owner, id, string(c)); err != nil {
			return err
		}
	}
	var codes, tokens, summary [][]any
	for _, c := range p.codesIn {
		codes = append(codes, []any{owner, a.k.Name, c.name, c.value, id})
	}
	for _, t := range p.tokensIn {
		tokens = append(tokens, []any{owner, []byte(t), id})
	}
	for c, body := range p.summary {
		summary = append(summary, []any{owner, id, string(c), body})
	}
	if err := db.Insert(ctx, tx, `INSERT INTO code (owner, kind, name, value, dossier) VALUES`, codes, ` ON CONFLICT DO NOTHING`, 0, 1, 4); err != nil {
		return err
	}
	if err := db.Insert(ctx, tx, `INSERT INTO token (owner, hmac, dossier) VALUES`, tokens, ` ON CONFLICT DO NOTHING`, 0, 2); err != nil {
		return err
	}
	return db.Insert(ctx, tx, `INSERT INTO summary (owner, dossier, category, body) VALUES`, summary, ` ON CONFLICT (owner, dossier, category) DO UPDATE SET body = excluded.body`, 0, 1)
}

func writeStanding(ctx context.Context, tx db.Tx, owner, dossier journal.ID, x Standing) error {
	until := int64(never)
	if !x.Until.IsZero() {
		until = db.Micros(x.Until)
	}
	_, err := tx.Exec(ctx, `INSERT INTO standing (owner, actor, dossier, relation, until) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (owner, actor, dossier, relation) DO UPDATE SET until = excluded.until`,
		owner, x.Actor, dossier, string(x.Relation), until)
	return err
}
