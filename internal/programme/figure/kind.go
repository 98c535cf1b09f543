// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"context"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// Line is what a list shows of a figure.
type Line struct {
	Received
	At    time.Time `json:"at" part:"D9"`
	Times int       `json:"times" part:"D9"`
}

// StoreKind gives the dossier kind "figure". All of a figure is of category D9, what it is about included: the post
// may write nothing else of it.
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Figure]{
		Name: access.KindFigure, Base: journal.D9, Codes: []string{"activity", "corridor", "quarter", "from", "measure"},
		Types: []store.Type{{Name: ReceivedType, Payload: Received{}, Room: room}, {Name: ToldType, Payload: Told{}, Room: room}},
		Fold:  Fold,
		Guard: func(g *store.Guarding, f Figure, e journal.Entry) error {
			if e.Type == ToldType {
				return guardTold(g, f, e)
			}
			v, err := journal.In[Received](e)
			if err != nil {
				return fault.Wrap(fault.Invalid, err, "fault.invalid")
			}
			if g.Actor.Job == "" && v.Office != g.Owner { // people speak for their own office only
				return fault.New(fault.Guarded, "programme.guard.own_figure")
			}
			_, _, err = v.body().Check()
			if err == nil && f.Exists() && (f.Activity != v.Activity || f.Corridor != v.body().Corridor || f.Quarter.String() != v.Quarter || f.Office != v.Office) {
				err = fault.New(fault.Invalid, "fault.invalid")
			}
			return err
		},
		Derive: derive,
	})
}

func (v Received) body() Body {
	return Body{Corridor: activity.Corridor{From: v.From, To: v.To}, Quarter: v.Quarter, Count: v.Count, K: v.K, Activity: v.Activity}
}

// Fold gives the state of entries in rising revision: of several counts the one sent last, whatever order they came in.
func Fold(es []journal.Entry) (Figure, error) {
	var f Figure
	for _, e := range es {
		if e.Type == ToldType {
			if err := f.foldTold(e); err != nil {
				return Figure{}, err
			}
			continue
		}
		v, err := journal.In[Received](e)
		if err != nil {
			return Figure{}, err
		}
		if e.Type != ReceivedType || v.Activity == "" { // not a figure, or not for this reader
			continue
		}
		f.Times++
		if f.Times > 1 && e.OccurredAt.Before(f.At) {
			continue
		}
		b := v.body()
		q, c, err := b.Check()
		if err != nil {
			return Figure{}, err
		}
		f.Activity, f.Corridor, f.Quarter, f.Count, f.K, f.Office, f.At = v.Activity, b.Corridor, q, c, v.K, v.Office, e.OccurredAt
	}
	return f, nil
}

func derive(f Figure) store.Derived {
	if f.Told.Measure != "" {
		return deriveTold(f.Told)
	}
	if !f.Exists() {
		return store.Derived{}
	}
	return store.Derived{State: "received",
		Codes:   map[string][]string{"activity": {f.Activity}, "corridor": {f.Corridor.From + "-" + f.Corridor.To}, "quarter": {f.Quarter.String()}, "from": {f.Office.String()}},
		Summary: Line{Received: Received{f.Activity, f.Corridor.From, f.Corridor.To, f.Quarter.String(), f.Count.Code(), f.K, f.Office}, At: f.At, Times: f.Times}}
}

func (l Line) figure() (Figure, error) {
	q, c, err := l.body().Check()
	return Figure{Activity: l.Activity, Corridor: l.body().Corridor, Quarter: q, Count: c, K: l.K, Office: l.Office, At: l.At, Times: l.Times}, err
}

// maxList bounds how many figures a list reads: ten years of a hundred corridors.
const maxList = 4000

// List gives the figures that the actor may see, latest quarter first; of one activity when code is not "".
func List(ctx context.Context, s *store.Store, w store.Who, code string) ([]Figure, error) {
	q := store.Query{Kind: access.KindFigure, State: "received"}
	if code != "" {
		q.Codes = map[string]string{"activity": code}
	}
	var out []Figure
	err := s.First(ctx, w, q, maxList, func(r store.Row) error {
		l, err := store.Summary[Line](r)
		if err != nil {
			return err
		}
		f, err := l.figure()
		out = append(out, f)
		return err
	})
	if err != nil {
		return nil, err
	}
	inorder.By(out, func(a, b Figure) int {
		if a.Quarter != b.Quarter {
			if a.Quarter.After(b.Quarter) {
				return -1
			}
			return 1
		}
		if c := strings.Compare(a.Activity+a.Corridor.From+a.Corridor.To, b.Activity+b.Corridor.From+b.Corridor.To); c != 0 {
			return c
		}
		return strings.Compare(a.Office.String(), b.Office.String())
	})
	return out, nil
}
