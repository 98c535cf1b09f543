// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"context"
	"crypto/sha3"
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
	Seed     []byte        `json:"seed,omitempty"`   // of blinds and of what fills the question up
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

// stream gives bytes that follow from a question's seed and a word, and from nothing else.
func stream(seed []byte, word string) io.Reader {
	h := sha3.NewSHAKE256()
	_, _ = h.Write([]byte("entraide matching v1\n" + word + "\n"))
	_, _ = h.Write(seed)
	return h
}

// blind makes the question's elements from its seed: the same whenever it is called. What fills it up are inputs that nobody has.
func (q question) blind() (*oprf.Question, error) {
	var inputs [][]byte
	for _, s := range q.secret.Subjects {
		for _, k := range match.Keys(s.Subject) {
			inputs = append(inputs, k.Input())
		}
	}
	fill := stream(q.secret.Seed, "fill")
	for len(inputs) < q.elements {
		b := make([]byte, 32)
		if _, err := io.ReadFull(fill, b); err != nil {
			return nil, err
		}
		inputs = append(inputs, b)
	}
	return oprf.Ask(*q.secret.Public, inputs, stream(q.secret.Seed, "blinds"))
}

// finish checks an answer and gives the outputs.
func (q question) finish(evaluated []oprf.Element, proof []byte) ([]oprf.Output, error) {
	if len(q.secret.Seed) == 0 {
		return nil, oprf.ErrAnswer
	}
	asked, err := q.blind()
	if err != nil {
		return nil, err
	}
	return asked.Finish(evaluated, proof)
}

// answered keeps the outputs of what was asked, without what filled it up.
func (q *question) answered(outs []oprf.Output) {
	n := 0
	for _, s := range q.secret.Subjects {
		n += len(match.Keys(s.Subject))
	}
	q.secret.Seed = nil
	for _, o := range outs[:n] {
		q.secret.Outs = append(q.secret.Outs, o[:])
	}
}

// close leaves of a question what opens its commitment.
func (q *question) close() {
	q.secret.Seed, q.secret.Public, q.secret.Subjects, q.secret.Outs = nil, nil, nil, nil
}

// found looks the answer up in tables, and gives the hits that are not among those known.
func (q question) found(tables []*match.Table, known []Hit) []Hit {
	var out []Hit
	n := 0
	for _, s := range q.secret.Subjects {
		var hits []match.Hit
		for _, k := range match.Keys(s.Subject) {
			if n < len(q.secret.Outs) {
				for _, t := range tables {
					hits = append(hits, t.Find(k, oprf.Output(q.secret.Outs[n]))...)
				}
			}
			n++
		}
		for _, m := range match.Judge(hits) {
			h := Hit{Record: s.Record, Handle: hex.EncodeToString(m.Handle[:]), Words: m.Words, Strong: m.Strong}
			for _, k := range m.Kinds {
				h.Kinds = append(h.Kinds, k.String())
			}
			if !slices.ContainsFunc(known, func(x Hit) bool { return x.Record == h.Record && x.Handle == h.Handle }) {
				out = append(out, h)
			}
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
	asked, err := q.blind()
	if err != nil {
		return journal.ID{}, err
	}
	commitment := q.secret.Opening.commitment(q.secret.Salt)
	m, err := envelope(d.Store.NewID(), partner, q.id, MsgAsk, askHead{q.id, t.Epoch, commitment}, bytesOf(asked.Blinded()))
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
	v := Asked{To: partner, Epoch: t.Epoch, Mode: mode, Elements: q.elements, Commitment: commitment}
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
	var fresh [96]byte // seed, salt, salt of identities
	if _, err := io.ReadFull(d.random(), fresh[:]); err != nil {
		return question{}, err
	}
	q := question{id: d.Store.NewID(), partner: partner, epoch: t.Epoch,
		secret: secret{Mode: mode, Seed: fresh[:32], Public: &t.public, Salt: hex.EncodeToString(fresh[32:64]), Inner: fresh[64:], Opening: Opening{Mode: mode, Lines: []Line{}}}}
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
