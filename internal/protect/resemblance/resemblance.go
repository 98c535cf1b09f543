// SPDX-License-Identifier: EUPL-1.2

// Package resemblance holds what the duplicate desk works on: pairs of files that may be of one person.
//
// Whoever opens a file learns only of files that they may see; a resemblance to any other is noted here by a background
// principal, and nobody but the desk reads it. The desk sees the two identities side by side and nothing else of the
// files. Its judgement is an entry; "the same" also appends person.same_as to both files, in one transaction, which moves
// nothing, so that taking it back is an entry as well.
//
// # What makes a pair
//
// Two files make a pair when they share the number of a document or of a telephone; or a name together with a fitting date
// or year of birth; or a name that hardly anybody else has. A common name alone makes none, nor does an unknown birth
// beside it (lang/names.Likenesses is the rule, docs/decisions/duplicates.md says why). Of one new file at most
// casework.MostAlike pairs are noted, the nearest; how many more resembled it is kept and shown.
package resemblance

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// Verdict is what the desk judged of a pair.
type Verdict string

const (
	Open    Verdict = "open" // nobody has judged yet
	Same    Verdict = "same"
	NotSame Verdict = "not_same"
	Unsure  Verdict = "unsure" // more must be known; the pair stays on the list
)

// Verdicts lists what can be judged.
func Verdicts() []Verdict { return []Verdict{Same, NotSame, Unsure} }

// Grounds lists on what a judgement can rest; codes, so that no text about a person is kept here.
func Grounds() []string { return []string{"document", "birth", "names", "person_says", "workers_say"} }

// Ways lists in which ways two files resemble each other, the nearest first.
func Ways() []string { return names.Ways() }

// Noted is resemblance.noted, by the job: a file that was made resembles another.
type Noted struct {
	Made  journal.ID `json:"made" part:"D0"`
	Other journal.ID `json:"other" part:"D0"`
	As    string     `json:"as,omitempty" part:"D0"` // in which way; a code of Ways
	Of    int        `json:"of,omitempty" part:"D0"` // how many files at least resemble it in this way: how rare what they share is; 0 where an older program noted it
	// More is how many other files at least the one that was made resembles too, of which no pair was noted.
	More int `json:"more,omitempty" part:"D0"`
}

// Judged is resemblance.judged; the last one counts.
type Judged struct {
	Verdict Verdict  `json:"verdict" part:"D0"`
	Grounds []string `json:"grounds" part:"D0"`
}

// Pair is the state of one resemblance.
type Pair struct {
	Noted
	At       time.Time
	Verdict  Verdict
	Grounds  []string
	JudgedBy journal.ID
	JudgedAt time.Time
}

// Summary is what a row of the desk's list shows.
type Summary struct {
	Made    journal.ID `json:"made" part:"D0"`
	Other   journal.ID `json:"other" part:"D0"`
	At      time.Time  `json:"at" part:"D0"`
	Verdict Verdict    `json:"verdict" part:"D0"`
	As      string     `json:"as,omitempty" part:"D0"`
	More    int        `json:"more,omitempty" part:"D0"`
}

// Fold gives the state of a pair's entries.
func Fold(es []journal.Entry) (Pair, error) {
	var p Pair
	for _, e := range es {
		switch e.Type {
		case "resemblance.noted":
			v, err := journal.In[Noted](e)
			if err != nil {
				return p, err
			}
			p.Noted, p.At, p.Verdict = v, e.OccurredAt, Open
		case "resemblance.judged":
			v, err := journal.In[Judged](e)
			if err != nil {
				return p, err
			}
			p.Verdict, p.Grounds, p.JudgedBy, p.JudgedAt = v.Verdict, v.Grounds, e.Actor, e.OccurredAt
		}
	}
	return p, nil
}

// Guard says whether an entry may be appended now.
func Guard(p Pair, e journal.Entry) error {
	if (e.Type == "resemblance.noted") == !p.Made.IsZero() {
		return fault.New(fault.Guarded, "resemblance.guard.once")
	}
	var fs fault.Fields
	switch e.Type {
	case "resemblance.noted":
		v, err := journal.In[Noted](e)
		if err != nil {
			return err
		}
		if v.Made.IsZero() || v.Other.IsZero() || v.Made == v.Other {
			fs.Add("other", "resemblance.need.two")
		}
		if v.As != "" && !slices.Contains(Ways(), v.As) {
			fs.Add("as", "resemblance.need.as")
		}
	case "resemblance.judged":
		v, err := journal.In[Judged](e)
		if err != nil {
			return err
		}
		if !slices.Contains(Verdicts(), v.Verdict) {
			fs.Add("verdict", "resemblance.need.verdict")
		}
		if v.Verdict != Unsure && len(v.Grounds) == 0 || slices.ContainsFunc(v.Grounds, func(g string) bool { return !slices.Contains(Grounds(), g) }) {
			fs.Add("grounds", "resemblance.need.grounds")
		}
	}
	return fs.Err()
}

// Kind gives the dossier kind "resemblance".
func Kind() store.Kind {
	return store.Of(store.KindOf[Pair]{
		Name:  access.KindResemblance,
		Base:  journal.D0,
		Codes: []string{"made"},
		Types: []store.Type{{Name: "resemblance.noted", Payload: Noted{}}, {Name: "resemblance.judged", Payload: Judged{}}},
		Fold:  Fold,
		Guard: func(_ *store.Guarding, p Pair, e journal.Entry) error { return Guard(p, e) },
		Derive: func(p Pair) store.Derived {
			state := p.Verdict
			if state == Unsure {
				state = Open
			}
			return store.Derived{State: string(state), Codes: map[string][]string{"made": {p.Made.String()}}, Summary: Summary{Made: p.Made, Other: p.Other, At: p.At, Verdict: p.Verdict, As: p.As, More: p.More}}
		},
	})
}

// Desk is what notes and judges resemblances. Job gives the background principal "duplicates" of an office.
type Desk struct {
	Store *store.Store
	Job   func(owner journal.ID) (store.Who, error)
}

// Note keeps that a file which was made resembles others, in one transaction; noting it twice, or from the other side,
// keeps it once. It is casework.Work's Alike.
func (d Desk) Note(ctx context.Context, w store.Who, made journal.ID, near store.Near) error {
	job, err := d.Job(w.Actor.Owner)
	if err != nil {
		return err
	}
	var changes []store.Change
	for _, other := range near.Found {
		changes = append(changes, store.Change{Ref: store.Ref{Kind: access.KindResemblance, ID: PairID(made, other.ID)}, Decide: func(state any) ([]store.Draft, error) {
			if !state.(Pair).Made.IsZero() {
				return nil, nil
			}
			return []store.Draft{{Type: "resemblance.noted", Payload: Noted{made, other.ID, other.As, other.Of, near.More}}}, nil
		}})
	}
	_, err = d.Store.UpdateEach(ctx, job, changes)
	return err
}

// PairID gives the id of the pair of two files, whichever comes first: it has the time of the younger, and its rest
// depends on both.
func PairID(a, b journal.ID) journal.ID {
	if bytes.Compare(a[:], b[:]) < 0 {
		a, b = b, a
	}
	h := sha256.Sum256(slices.Concat([]byte("pair"), a[:], b[:]))
	id := a
	copy(id[6:], h[:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return id
}

// Judge records what somebody of the desk judged. "The same" is written in both files, and taken back there when a
// later judgement says otherwise; nothing is moved. Judgement and files change in one transaction, or none of them does;
// a file that says so already gets no second entry.
func (d Desk) Judge(ctx context.Context, w store.Who, id journal.ID, j Judged) error {
	o, err := d.Store.Open(ctx, w, store.Ref{Kind: access.KindResemblance, ID: id})
	if err != nil {
		return err
	}
	p := o.State.(Pair)
	_, err = d.Store.UpdateEach(ctx, w, []store.Change{
		{Ref: o.Ref, Decide: func(any) ([]store.Draft, error) {
			return []store.Draft{{Type: "resemblance.judged", Payload: j}}, nil
		}},
		says(p.Made, p.Other, j.Verdict == Same), says(p.Other, p.Made, j.Verdict == Same)})
	return err
}

// says brings a file to say, or no longer to say, that another is of the same person.
func says(file, other journal.ID, same bool) store.Change {
	return store.Change{Ref: casework.Ref(file), Decide: func(state any) ([]store.Draft, error) {
		if slices.Contains(state.(casework.Person).Same, other) == same {
			return nil, nil
		}
		return []store.Draft{{Type: "person.same_as", Payload: casework.SameAs{Other: other, Ended: !same}}}, nil
	}}
}
