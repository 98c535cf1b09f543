// SPDX-License-Identifier: EUPL-1.2

package publication

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// Records is what documents are made of.
type Records struct {
	Office     string
	Scheme     scheme.Scheme
	Activities []*Record // by code
	Names      map[journal.ID]party.Names
	Results    []Result
}

// Record is an activity with the time of its last entry.
type Record struct {
	activity.Line
	Updated time.Time
}

// Read collects the records that somebody may see. Of several programmes it takes the one of the latest year.
func Read(ctx context.Context, s *store.Store, w store.Who) (*Records, error) {
	rec := &Records{Names: map[journal.ID]party.Names{}}
	latest, year := journal.ID{}, 0
	err := each(ctx, s, w, access.KindProgramme, func(r store.Row, v scheme.Line) {
		if latest.IsZero() || v.Year > year {
			latest, year = r.Ref.ID, v.Year
		}
	})
	if err != nil || latest.IsZero() {
		return rec, err
	}
	o, err := s.Open(ctx, w, store.Ref{Kind: access.KindProgramme, ID: latest})
	if err != nil {
		return rec, err
	}
	rec.Scheme = o.State.(scheme.Scheme)
	err = each(ctx, s, w, access.KindActivity, func(r store.Row, v activity.Line) {
		rec.Activities = append(rec.Activities, &Record{v, r.Updated})
	})
	if err != nil {
		return rec, err
	}
	inorder.By(rec.Activities, func(a, b *Record) int { return strings.Compare(a.Code, b.Code) })
	return rec, each(ctx, s, w, access.KindOrganisation, func(r store.Row, v actors.OrganisationLine) { rec.Names[r.Ref.ID] = v.Names })
}

// each goes through all rows of a kind.
func each[T any](ctx context.Context, s *store.Store, w store.Who, kind string, f func(store.Row, T)) error {
	q := store.Query{Kind: kind}
	if kind == access.KindActivity {
		q.Codes = map[string]string{"origin": activity.OfProgramme} // what other publishers report is theirs to answer for
	}
	return s.Each(ctx, w, q, func(r store.Row) error {
		v, err := store.Summary[T](r)
		if err != nil {
			return err
		}
		f(r, v)
		return nil
	})
}

// only gives the records that a condition holds for.
func (rec *Records) only(is func(*Record) bool) []*Record {
	var out []*Record
	for _, r := range rec.Activities {
		if is(r) {
			out = append(out, r)
		}
	}
	return out
}

func (rec *Records) of(k activity.Kind) []*Record {
	return rec.only(func(r *Record) bool { return r.Kind == k })
}

// named finds a record by its code.
func (rec *Records) named(code string) (*Record, bool) {
	i := slices.IndexFunc(rec.Activities, func(r *Record) bool { return r.Code == code })
	if i < 0 {
		return nil, false
	}
	return rec.Activities[i], true
}

// undated says that nothing is known of when an activity is.
func undated(r *Record) bool {
	return !r.Start.Known() && !r.End.Known() && !r.DateInferred.Known() && !r.Since.Known()
}
