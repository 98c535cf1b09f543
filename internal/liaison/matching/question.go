// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// secret is what the asker keeps of a question, sealed: what it needs until the answer is there, and after that, while the epoch
// lasts, the answer, to look it up in later tables; then what opens its commitment, and nothing else.
type secret struct {
	Mode     string        `json:"mode"`
	Blinds   []byte        `json:"blinds,omitempty"` // what oprf.Resume takes
	Public   *oprf.Element `json:"public,omitempty"` // of the owner's key
	Subjects []about       `json:"subjects,omitempty"`
	Outs     [][]byte      `json:"outs,omitempty"`
	Salt     string        `json:"salt"`
	Inner    []byte        `json:"inner"` // the salt of identities, which is not opened
	Opening  Opening       `json:"opening"`
}

type about struct {
	Record  journal.ID    `json:"record"`
	Subject match.Subject `json:"subject"`
}

// question is a row of match_question, opened.
type question struct {
	id, partner, epoch journal.ID
	elements           int
	secret             secret
}

func questionPurpose(id journal.ID) string { return "matching question " + id.String() }

func (d Desk) sealQuestion(owner journal.ID, q question) ([]byte, error) {
	plain, err := json.Marshal(q.secret)
	if err != nil {
		return nil, err
	}
	return d.Keys(owner).Seal(questionPurpose(q.id), plain)
}

// question reads one that this office has asked. Errors: Denied when it has not.
func (d Desk) question(ctx context.Context, owner, id journal.ID) (question, error) {
	q := question{id: id}
	var sealed []byte
	err := d.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT partner, epoch, elements, sealed FROM match_question WHERE owner = $1 AND id = $2`, owner, id).Scan(&q.partner, &q.epoch, &q.elements, &sealed)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return q, fault.New(fault.Denied, "matching.guard.part")
	}
	if err != nil {
		return q, err
	}
	plain, err := d.Keys(owner).Open(questionPurpose(id), sealed)
	if err != nil {
		return q, err
	}
	return q, json.Unmarshal(plain, &q.secret)
}

// inputs gives what is asked, in its order.
func (q question) inputs() (out [][]byte) {
	for _, s := range q.secret.Subjects {
		for _, k := range match.Keys(s.Subject) {
			out = append(out, k.Input())
		}
	}
	return out
}

// blind makes the question's elements, fills them up with some that are nobody's, and keeps what finishes them after a restart.
func (q *question) blind(random io.Reader) ([]oprf.Element, error) {
	inputs := q.inputs()
	asked, err := oprf.Ask(*q.secret.Public, inputs, q.elements-len(inputs), random)
	if err != nil {
		return nil, err
	}
	q.secret.Blinds = asked.Bytes()
	return asked.Blinded(), nil
}

// finish checks an answer and gives the outputs.
func (q question) finish(evaluated []oprf.Element, proof []byte) ([]oprf.Output, error) {
	asked, err := oprf.Resume(*q.secret.Public, q.inputs(), q.secret.Blinds)
	if err != nil {
		return nil, err
	}
	return asked.Finish(evaluated, proof)
}

// answered keeps the outputs of what was asked.
func (q *question) answered(outs []oprf.Output) {
	q.secret.Blinds = nil
	for _, o := range outs {
		q.secret.Outs = append(q.secret.Outs, o[:])
	}
}

// close leaves of a question what opens its commitment.
func (q *question) close() {
	q.secret.Blinds, q.secret.Public, q.secret.Subjects, q.secret.Outs = nil, nil, nil, nil
}

// found looks the answer up in tables, and gives each hit once.
func (q question) found(tables []match.Look) ([]Hit, error) {
	var out []Hit
	n := 0
	for _, s := range q.secret.Subjects {
		var hits []match.Hit
		for _, k := range match.Keys(s.Subject) {
			for _, look := range tables {
				if n >= len(q.secret.Outs) {
					break
				}
				more, err := match.Find(k, oprf.Output(q.secret.Outs[n]), look)
				if err != nil {
					return nil, err
				}
				hits = append(hits, more...)
			}
			n++
		}
		for _, m := range match.Judge(hits) {
			h := Hit{Record: s.Record, Handle: hex.EncodeToString(m.Handle[:]), Words: m.Words, Strong: m.Strong}
			for _, k := range m.Kinds {
				h.Kinds = append(h.Kinds, k.String())
			}
			out = append(out, unknown([]Hit{h}, out)...)
		}
	}
	return out, nil
}

// unknown gives the hits that are not among those known.
func unknown(hits, known []Hit) (out []Hit) {
	for _, h := range hits {
		if !slices.ContainsFunc(known, func(x Hit) bool { return x.Record == h.Record && x.Handle == h.Handle }) {
			out = append(out, h)
		}
	}
	return out
}

// counted makes of hits how many records have a strong one, with noise.
func (q question) counted(found []Hit, random io.Reader) (Answered, error) {
	var shared []journal.ID
	for _, h := range found {
		if h.Strong && !slices.Contains(shared, h.Record) {
			shared = append(shared, h.Record)
		}
	}
	by, err := noise(Epsilon, random)
	return Answered{Overlap: len(shared) + by, Epsilon: Epsilon, Of: len(q.secret.Subjects)}, err
}

// Ask asks a partner about records, all in one question, for whoever may: a person about one, the job about a night's. It
// gives the comparison. Errors: those of compares; Guarded without a table of the partner's or beyond its quota; Invalid when
// nothing of the records can be compared, TooMuch when they do not fit into a question.
func (d Desk) Ask(ctx context.Context, w store.Who, partner journal.ID, mode string, records ...Record) (journal.ID, error) {
	return d.ask(ctx, w, journal.ID{}, partner, mode, records)
}

// ask is Ask for somebody whom the job asks for; zero for nobody.
func (d Desk) ask(ctx context.Context, w store.Who, wants, partner journal.ID, mode string, records []Record) (journal.ID, error) {
	owner := w.Actor.Owner
	if _, err := d.compares(ctx, owner, partner); err != nil {
		return journal.ID{}, err
	}
	t, ok, err := d.tableOf(ctx, owner, partner)
	if err != nil {
		return journal.ID{}, err
	}
	if !ok {
		return journal.ID{}, fault.New(fault.Guarded, "matching.guard.no_table")
	}
	q, err := d.prepare(t, partner, mode, records)
	if err != nil {
		return journal.ID{}, err
	}
	if t.Used+q.elements > t.Quota {
		return journal.ID{}, quotaUsed()
	}
	blinded, err := q.blind(d.random())
	if err != nil {
		return journal.ID{}, err
	}
	commitment := q.secret.Opening.commitment(q.secret.Salt)
	m, err := envelope(d.Store.NewID(), partner, q.id, MsgAsk, askHead{q.id, t.Epoch, commitment}, bytesOf(blinded))
	if err != nil {
		return journal.ID{}, err
	}
	if m.Expires = t.Ends; m.Expires.After(d.now().Add(post.Life)) {
		m.Expires = time.Time{}
	}
	sealed, err := d.sealQuestion(owner, q)
	if err != nil {
		return journal.ID{}, err
	}
	letter, err := d.Post.Prepare(ctx, owner, m)
	if err != nil {
		return journal.ID{}, err
	}
	v := Asked{To: partner, Epoch: t.Epoch, Mode: mode, Elements: q.elements, Commitment: commitment, For: wants}
	for _, r := range records {
		if mode != Count {
			v.About = append(v.About, Of{r.ID, r.Worker})
		}
	}
	_, err = d.Store.Append(ctx, w, refOf(q.id), store.Draft{Type: AskedType, Payload: v, Room: Room}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error {
		if err := d.noteAsked(ctx, tx, owner, q, sealed, records); err != nil {
			return err
		}
		return d.Post.Enqueue(ctx, tx, letter)
	})
	return q.id, err
}

// prepare makes a question with its commitment.
func (d Desk) prepare(t Theirs, partner journal.ID, mode string, records []Record) (question, error) {
	var fresh [64]byte // salt, salt of identities
	if _, err := io.ReadFull(d.random(), fresh[:]); err != nil {
		return question{}, err
	}
	q := question{id: d.Store.NewID(), partner: partner, epoch: t.Epoch,
		secret: secret{Mode: mode, Public: &t.public, Salt: hex.EncodeToString(fresh[:32]), Inner: fresh[32:], Opening: Opening{Mode: mode, Lines: []Line{}}}}
	n := 0
	for _, r := range records {
		keys := match.Keys(r.Subject)
		line := Line{Ref: r.Ref, Kinds: []string{}}
		var inputs []byte
		for _, k := range keys {
			if inputs = append(append(inputs, k.Input()...), 0); !slices.Contains(line.Kinds, k.Kind.String()) {
				line.Kinds = append(line.Kinds, k.Kind.String())
			}
		}
		line.Identity = stamp(q.secret.Inner, inputs)
		n += len(keys)
		q.secret.Opening.Lines = append(q.secret.Opening.Lines, line)
		q.secret.Subjects = append(q.secret.Subjects, about{r.ID, r.Subject})
	}
	if n == 0 {
		return q, fault.Bad("record", "matching.want.keys")
	}
	if q.elements = sizeFor(n); q.elements == 0 {
		return q, fault.New(fault.TooMuch, "matching.want.fewer")
	}
	return q, nil
}

func (d Desk) noteAsked(ctx context.Context, tx db.Tx, owner journal.ID, q question, sealed []byte, records []Record) error {
	_, err := tx.Exec(ctx, `INSERT INTO match_question (owner, id, partner, epoch, elements, at, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		owner, q.id, q.partner, q.epoch, q.elements, db.Micros(d.now()), sealed)
	if err != nil || q.secret.Mode == Count {
		return err
	}
	for _, r := range records {
		_, err := tx.Exec(ctx, `INSERT INTO match_asked (owner, epoch, record, digest) VALUES ($1, $2, $3, $4) ON CONFLICT (owner, epoch, record) DO UPDATE SET digest = excluded.digest`,
			owner, q.epoch, r.ID, digest(d.Keys(owner), r))
		if err != nil {
			return err
		}
	}
	return nil
}
