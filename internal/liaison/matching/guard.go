// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// byJob lists what only the job writes; first, what begins a comparison; theirs, what the office that is asked writes.
var (
	byJob  = []string{ReturnedType, AnsweredType, ChallengedType, QuestionedType, HeardType, ShownType}
	first  = []string{AskedType, QuestionedType}
	theirs = []string{QuestionedType, HeardType, TakenType, DoubtedType, ShownType}

	byOversight = []string{DoubtedType, OpenedType}
)

// jobName is the background principal that compares.
const jobName = "matching"

func guard(g *store.Guarding, c Comparison, e journal.Entry) error {
	switch {
	case c.Exists() == slices.Contains(first, e.Type):
		return fault.New(fault.Guarded, "matching.guard.part")
	case slices.Contains(byJob, e.Type) && g.Actor.Job != jobName:
		return fault.New(fault.Guarded, "matching.guard.part")
	case slices.Contains(byOversight, e.Type) && !g.Actor.Has(access.Oversight):
		return fault.New(fault.Denied, "fault.denied")
	case c.Exists() && slices.Contains(theirs, e.Type) == c.Here():
		return fault.New(fault.Guarded, "matching.guard.part")
	}
	var fs fault.Fields
	if err := check(&fs, g, c, e); err != nil {
		return err
	}
	return fs.Err()
}

func check(fs *fault.Fields, g *store.Guarding, c Comparison, e journal.Entry) error {
	switch e.Type {
	case AskedType:
		return read(e, func(v Asked) error {
			if !slices.Contains(Modes(), v.Mode) || !slices.Contains(Sizes(), v.Elements) || v.Mode != Count && len(v.About) == 0 {
				fs.Add("mode", "matching.want.choice")
			}
			return partnerOf(g, v.To)
		})
	case QuestionedType:
		return read(e, func(v Questioned) error { return partnerOf(g, v.From) })
	case JudgedType:
		return read(e, func(v Judged) error {
			if v.Hit < 0 || v.Hit >= len(c.Found) || !slices.Contains(Verdicts(), v.Verdict) {
				fs.Add("verdict", "matching.want.choice")
			}
			return nil
		})
	case ToldType:
		return read(e, func(v Told) error {
			if v.Hit < 0 || v.Hit >= len(c.Found) || c.Found[v.Hit].Handle != v.Handle {
				fs.Add("hit", "matching.want.choice")
			} else if !c.Told[v.Hit].IsZero() {
				return fault.New(fault.Guarded, "matching.guard.told")
			} else if c.Verdicts[v.Hit] == "not_same" { // nobody talks about who is somebody else
				return fault.New(fault.Guarded, "matching.guard.part")
			}
			return nil
		})
	case TakenType:
		return read(e, func(v Taken) error {
			if v.Worker != g.Actor.ID {
				fs.Add("worker", "matching.want.worker")
			}
			if len(c.Heard) == 0 { // nobody wants to talk
				return fault.New(fault.Guarded, "matching.guard.part")
			}
			return nil
		})
	case DoubtedType, ChallengedType:
		return read(e, func(v Doubted) error {
			if !slices.Contains(Doubts(), v.Reason) {
				fs.Add("reason", "matching.want.choice")
			}
			if e.Type == DoubtedType && c.Doubt != "" { // it is asked once
				return fault.New(fault.Guarded, "matching.guard.part")
			}
			return nil
		})
	case OpenedType:
		return read(e, func(v Opened) error {
			if c.Doubt == "" {
				return fault.New(fault.Guarded, "matching.guard.not_doubted")
			}
			if v.Opening.commitment(v.Salt) != c.Asked.Commitment {
				return fault.New(fault.Guarded, "matching.guard.opening")
			}
			return nil
		})
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

// partnerOf refuses a partner with whose kind of office this one may not compare.
func partnerOf(g *store.Guarding, id journal.ID) error {
	p, err := g.Other(access.KindPartner, id)
	if err != nil {
		return fault.New(fault.Denied, "exchange.partner.unknown")
	}
	if !terms.MayCompare(g.Office, p.(terms.Partner).Card.Kind) {
		return wall()
	}
	return nil
}

// wall is the refusal between offices of kinds that compare nothing.
func wall() error { return fault.New(fault.Denied, "matching.guard.wall") }
