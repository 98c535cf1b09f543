// SPDX-License-Identifier: EUPL-1.2

// Package resemblance holds what the duplicate desk works on: pairs of files that may be of one person.
//
// Whoever opens a file learns only of files that they may see; a resemblance to any other is noted here by a background
// job, and nobody but the desk reads it. The desk sees the two identities side by side and nothing else of the files.
// Its judgement is an entry; "the same" also appends person.same_as to both files, which moves nothing, so that taking
// it back is an entry as well.
package resemblance

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
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

// Noted is resemblance.noted, by the job: a file that was made resembles another.
type Noted struct {
	Made  journal.ID `json:"made" part:"D0"`
	Other journal.ID `json:"other" part:"D0"`
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
			return store.Derived{State: string(state), Codes: map[string][]string{"made": {p.Made.String()}}, Summary: Summary{Made: p.Made, Other: p.Other, At: p.At, Verdict: p.Verdict}}
		},
	})
}

// Desk is what notes and judges resemblances. Job gives the background principal "duplicates" of an office.
type Desk struct {
	Store *store.Store
	Job   func(owner journal.ID) (store.Who, error)
}

// Note keeps that a file which was made resembles others; noting it twice keeps it once. It is casework.Work's Alike.
func (d Desk) Note(ctx context.Context, w store.Who, made journal.ID, others []journal.ID) error {
	job, err := d.Job(w.Actor.Owner)
	if err != nil {
		return err
	}
	known, err := d.Store.List(ctx, job, store.Query{Kind: access.KindResemblance, Codes: map[string]string{"made": made.String()}})
	if err != nil {
		return err
	}
	for _, other := range others {
		twice := false
		for _, row := range known.Rows {
			s, err := store.Summary[Summary](row)
			if err != nil {
				return err
			}
			twice = twice || s.Other == other
		}
		if twice || other == made {
			continue
		}
		if _, err := d.Store.Append(ctx, job, store.Ref{Kind: access.KindResemblance, ID: d.Store.NewID()}, store.Draft{Type: "resemblance.noted", Payload: Noted{made, other}}); err != nil {
			return err
		}
	}
	return nil
}

// Judge records what somebody of the desk judged. "The same" is written in both files, and taken back there when a
// later judgement says otherwise; nothing is moved.
func (d Desk) Judge(ctx context.Context, w store.Who, id journal.ID, j Judged) error {
	o, err := d.Store.Open(ctx, w, store.Ref{Kind: access.KindResemblance, ID: id})
	if err != nil {
		return err
	}
	p := o.State.(Pair)
	if _, err := d.Store.Append(ctx, w, o.Ref, store.Draft{Type: "resemblance.judged", Payload: j}); err != nil {
		return err
	}
	if j.Verdict != Same && p.Verdict != Same {
		return nil
	}
	for _, of := range [][2]journal.ID{{p.Made, p.Other}, {p.Other, p.Made}} {
		draft := store.Draft{Type: "person.same_as", Payload: casework.SameAs{Other: of[1], Ended: j.Verdict != Same}}
		if _, err := d.Store.Append(ctx, w, casework.Ref(of[0]), draft); err != nil {
			return err
		}
	}
	return nil
}
