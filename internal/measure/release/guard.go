// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// from lists the statuses in which an entry of a type may be written.
var from = map[string][]Status{
	DraftedType: {Drafted, Asked}, AskedType: {Drafted}, ReturnedType: {Asked}, ApprovedType: {Asked}, DrawingType: {Approved}, DrawnType: {Drawing},
	SignedType: {Drawn}, HeldType: {Drafted, Asked, Approved, Drawn}, WithdrawnType: {Published}, BrokenType: {Approved, Drawing},
}

var byJob = []string{DrawingType, DrawnType, BrokenType}

func guard(g *store.Guarding, s State, e journal.Entry) error {
	switch {
	case slices.Contains(byJob, e.Type) != (g.Actor.Job == "statistics"):
		return fault.New(fault.Denied, "release.guard.part")
	case !s.Exists() && e.Type != DraftedType:
		return fault.New(fault.NotFound, "store.not_found")
	case s.Exists() && !slices.Contains(from[e.Type], s.status):
		return fault.New(fault.Guarded, "release.guard.status")
	}
	var fs fault.Fields
	if err := s.check(&fs, g, e); err != nil {
		return err
	}
	return fs.Err()
}

// check reads one entry; what is wrong with its fields goes to fs.
func (s State) check(fs *fault.Fields, g *store.Guarding, e journal.Entry) error {
	switch e.Type {
	case DraftedType:
		return read(e, func(v Draft) error { v.check(fs, g.Now); return nil })
	case AskedType:
		return read(e, func(v Asking) error { return function(g, v.As) })
	case ApprovedType: // what one person has drafted, another one approves
		if g.Actor.ID == s.By {
			return fault.New(fault.Guarded, "release.guard.second")
		}
		return read(e, func(v Approval) error {
			if !v.Content {
				fs.Add("content", "release.want.look")
			}
			if !v.Safety {
				fs.Add("safety", "release.want.look")
			}
			return function(g, v.As)
		})
	case DrawingType: // what was not reserved is not drawn
		return read(e, func(v Begun) error {
			b, err := g.Other(access.KindBudget, BudgetRef(g.Owner, s.Asks.Source).ID)
			if err != nil {
				return fault.New(fault.Guarded, "release.guard.reserved")
			}
			if c, there := b.(Budget).Charge(s.ID); !there || c.Cost != v.Cost || c.Spent != nil {
				return fault.New(fault.Guarded, "release.guard.reserved")
			}
			return nil
		})
	case SignedType:
		if slices.ContainsFunc(s.Signed, func(x Signature) bool { return x.By == g.Actor.ID }) {
			return fault.New(fault.Guarded, "release.guard.signed")
		}
		return read(e, func(v Signing) error {
			if v.Hash == "" || v.Hash != s.Made.Hash {
				return fault.New(fault.Guarded, "release.guard.hash")
			}
			return nil
		})
	case ReturnedType, HeldType, WithdrawnType:
		return read(e, func(v Reasoned) error {
			if !slices.Contains(Reasons(), v.Reason) {
				fs.Add("reason", "release.want.choice")
			}
			if len(v.Words) > maxWords {
				fs.Add("words", "release.want.shorter")
			}
			return nil
		})
	}
	return nil
}

// function holds what somebody says to act as against what they are.
func function(g *store.Guarding, as string) error {
	if !slices.Contains(Functions(), access.Role(as)) || !g.Actor.Has(access.Role(as)) {
		return fault.New(fault.Guarded, "release.guard.function")
	}
	return nil
}

func read[T any](e journal.Entry, check func(T) error) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return check(v)
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// day reads a day; zero for what is none.
func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// firstYear is the earliest of which figures are released.
const firstYear = 1990

// check says what is wrong with what is asked, as far as can be said without its source.
func (a Asks) check(fs *fault.Fields, now time.Time) {
	if a.Source == "" || a.Version == "" {
		fs.Add("source", "release.want.source")
	}
	first, last := day(a.From), day(a.Until)
	if first.IsZero() || first.Year() < firstYear {
		fs.Add("from", "release.want.day")
	}
	if last.IsZero() || last.Before(first) {
		fs.Add("until", "release.want.day")
	} else if !last.AddDate(0, 0, 1).Before(now.UTC()) { // what is not over is still being counted
		fs.Add("until", "release.want.over")
	}
	if len(a.Columns) == 0 || len(a.Columns) > MostColumns {
		fs.Add("columns", "release.want.columns")
	}
	if a.Ways < 1 || a.Ways > MostWays {
		fs.Add("ways", "release.want.ways")
	}
	for _, x := range a.Notes {
		if len(x) > maxWords {
			fs.Add("notes", "release.want.shorter")
		}
	}
	switch a.Route {
	case bundle.Pooled:
		if !(a.Epsilon > 0) || a.Epsilon > 20 {
			fs.Add("epsilon", "release.want.epsilon")
		}
		if !(a.Delta > 0) || a.Delta > 1e-4 {
			fs.Add("delta", "release.want.delta")
		}
		if a.Choose < 0 {
			fs.Add("choose", "statistics.want.choose", "Max", MostTables)
		}
	case bundle.Exact:
		if a.Choose != 0 {
			fs.Add("choose", "statistics.want.choose_noise")
		}
		if a.K < 3 || a.K > 1000 {
			fs.Add("k", "release.want.k")
		}
		if !slices.Contains(Methods(), a.Method) {
			fs.Add("method", "release.want.choice")
		}
	default:
		fs.Add("route", "release.want.choice")
	}
}
