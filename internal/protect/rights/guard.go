// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/packs/countries"
)

// Context is what the guards of this room must know beside its own state.
type Context struct {
	Now   time.Time
	Pack  countries.Pack // of the territory that the person is in
	Child bool           // under 18 or in doubt (G4)
	// PresumedAt is when identification came to "presumed"; zero before that.
	PresumedAt time.Time
	// Signed says whether a reviewer has signed the public text of a territory in a language, as it stands.
	// Nil means that none is.
	Signed func(territory, language string) bool
}

// Start makes the entry that starts a reflection period at a time: the rule that holds there and then, and
// the end that it gives. A guard refuses any earlier end.
func Start(c Context, at time.Time) Started {
	at = at.UTC().Truncate(time.Microsecond) // as the store keeps time, so that now is not after now
	r := c.Pack.Reflection(c.Child, at)
	return Started{Start: at, End: leastEnd(c, r, at), Rule: r}
}

// leastEnd is the end by the rule, or by the Convention's minimum where an unverified rule would give less.
func leastEnd(c Context, r clock.Rule, at time.Time) time.Time {
	end := clock.Due(r, at, c.Pack.Location())
	if least := countries.Least.End(at, c.Pack.Location()); end.Before(least) {
		return least.UTC()
	}
	return end.UTC()
}

// Guard says whether an entry of this room may be appended now. An Invalid fault names the fields, a
// Guarded one the rule that stands in the way.
func Guard(s State, c Context, e journal.Entry) error {
	switch e.Type {
	case "right.informed":
		return check(e, func(v Informed, fs *fault.Fields) { c.informed(v, fs) })
	case "right.not_applicable":
		return guardExempt(s, e)
	case "right.measure":
		return guardMeasure(s, c, e)
	case "right.stay":
		return guardStay(s, c, e)
	case "right.justice":
		return guardJustice(s, c, e)
	case "right.return":
		return guardReturn(s, c, e)
	}
	return guardReflection(s.Reflection, c, e)
}

func check[T any](e journal.Entry, f func(T, *fault.Fields)) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "rights.need.payload")
	}
	var fs fault.Fields
	f(v, &fs)
	return fs.Err()
}

// need notes a field that is wrong, under its own key.
func need(fs *fault.Fields, ok bool, field string) { want(fs, ok, field, field) }

// want notes a field that is wrong, under a key that says more than its name.
func want(fs *fault.Fields, ok bool, field, key string) {
	if !ok {
		fs.Add(field, "rights.need."+key)
	}
}

func given(s string) bool { return strings.TrimSpace(s) != "" }

// refusal is guard G10.
func (c Context) refusal(fs *fault.Fields, reason, remedy string, until time.Time, language string) {
	need(fs, given(reason), "reason")
	need(fs, given(remedy), "remedy")
	need(fs, until.After(c.Now), "until")
	need(fs, language != "", "language")
}

func (c Context) informed(v Informed, fs *fault.Fields) {
	need(fs, v.Language != "", "language")
	need(fs, slices.Contains(explainers, v.By), "by")
	need(fs, slices.Contains(ways, v.How), "how")
	if v.How == "signed_text" && (c.Signed == nil || !c.Signed(c.Pack.Territory, v.Language)) {
		fs.Add("how", "rights.need.signed_text")
	}
}

func guardExempt(s State, e journal.Entry) error {
	return check(e, func(v Exempt, fs *fault.Fields) {
		free := v.Track == "reflection" && (s.Reflection.Status == NotOffered || s.Reflection.Status == Offered) || v.Track == "stay" && s.Stay.Step == ""
		need(fs, free, "track")
		want(fs, slices.Contains(exemptions, v.Reason), "reason", "exemption")
	})
}

// follows lists the entries of the reflection period that may come in each status.
var follows = map[Status][]string{
	NotOffered:    {"right.reflection_offered", "right.reflection_started"},
	NotApplicable: {"right.reflection_reopened"},
	Offered:       {"right.reflection_offered", "right.reflection_started"},
	Running:       {"right.reflection_extended", "right.reflection_ended", "right.reflection_terminated"},
	Extended:      {"right.reflection_extended", "right.reflection_ended", "right.reflection_terminated"},
	Ended:         {"right.reflection_reopened"},
	Terminated:    {"right.reflection_reopened"},
}

func guardReflection(r Reflection, c Context, e journal.Entry) error {
	if !strings.HasPrefix(e.Type, "right.reflection_") {
		return nil
	}
	if !slices.Contains(follows[r.Status], e.Type) {
		return fault.New(fault.Guarded, "rights.guard.reflection_step")
	}
	switch e.Type {
	case "right.reflection_offered":
		return check(e, func(v Offer, fs *fault.Fields) {
			need(fs, v.Language != "", "language")
			need(fs, slices.Contains(explainers, v.By), "by")
		})
	case "right.reflection_started":
		return check(e, func(v Started, fs *fault.Fields) { c.started(v, fs) })
	case "right.reflection_extended":
		return check(e, func(v Longer, fs *fault.Fields) {
			need(fs, v.End.After(r.End), "end")
			want(fs, slices.Contains(extensions, v.Reason), "reason", "extension")
		})
	case "right.reflection_ended":
		return guardEnded(r, c, e)
	case "right.reflection_terminated":
		return check(e, func(v CutShort, fs *fault.Fields) {
			need(fs, given(v.Authority), "authority")
			c.refusal(fs, v.Reason, v.Remedy, v.Until, v.Language)
		})
	}
	return check(e, func(v Reopened, fs *fault.Fields) {
		want(fs, slices.Contains(reopenings, v.Reason), "reason", "reopening")
	})
}

// started holds a new period to the rule of its day and to the Convention's minimum: nobody can write a
// shorter one, nor claim that a rule was checked.
func (c Context) started(v Started, fs *fault.Fields) {
	need(fs, !v.Start.IsZero() && !v.Start.After(c.Now), "start")
	rule := c.Pack.Reflection(c.Child, v.Start)
	need(fs, same(v.Rule, rule), "rule")
	need(fs, !v.End.Before(leastEnd(c, rule, v.Start)), "end")
}

// same compares two rules as they are written down.
func same(a, b clock.Rule) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// guardEnded lets a period end when the person decides so, or when it has run out. By an unverified rule it
// has run out only once somebody has compared the rule with the law.
func guardEnded(r Reflection, c Context, e journal.Entry) error {
	v, err := journal.In[Over](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "rights.need.payload")
	}
	if !slices.Contains(endings, v.Reason) {
		return fault.Bad("reason", "rights.need.ending")
	}
	if v.Reason != "lapsed" {
		return nil
	}
	if !c.Now.After(r.End) {
		return fault.New(fault.Guarded, "rights.guard.still_running")
	}
	if r.Rule.Verified() || c.verifiedSince(r) {
		return nil
	}
	var fs fault.Fields
	need(&fs, given(v.Article), "article")
	need(&fs, given(v.CheckedBy), "checked_by")
	need(&fs, v.CheckedAt != "" && v.CheckedAt <= clock.DayOf(c.Now, c.Pack.Location()), "checked_at")
	return fs.Err()
}

// verifiedSince says whether the very rule that a period rests on was checked after it started.
func (c Context) verifiedSince(r Reflection) bool {
	for _, x := range c.Pack.Clocks {
		if x.Code == r.Rule.Code && x.Length == r.Rule.Length && x.Verified() && x.Holds(clock.DayOf(r.Start, c.Pack.Location())) {
			return true
		}
	}
	return false
}

// Block is what may not be carried out at a time, and why.
type Block struct {
	Measures   []string // of Measures; empty when nothing is blocked
	Until      time.Time
	Article    string
	Unverified bool // the end rests on a rule that nobody checked: it goes on until somebody records it
}

// Blocks is guard G2: while reflection runs, no authority removes, transfers or returns the person.
// Preparing is not blocked.
func Blocks(s State, now time.Time) Block {
	r := s.Reflection
	if !r.Runs(now) {
		return Block{}
	}
	return Block{Measures: Measures(), Until: r.End, Article: r.Rule.Article, Unverified: !r.Rule.Verified()}
}

func guardMeasure(s State, c Context, e journal.Entry) error {
	v, err := journal.In[Measure](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "rights.need.payload")
	}
	var fs fault.Fields
	need(&fs, slices.Contains(Measures(), v.Measure), "measure")
	need(&fs, slices.Contains([]string{"prepared", "executed", "cancelled"}, v.Step), "step")
	if err := fs.Err(); err != nil || v.Step != "executed" {
		return err
	}
	if slices.Contains(Blocks(s, c.Now).Measures, v.Measure) {
		return fault.New(fault.Guarded, "rights.guard.reflection_runs")
	}
	if !c.PresumedAt.IsZero() && s.Reflection.Status == NotOffered {
		return fault.New(fault.Guarded, "rights.guard.offer_first")
	}
	return nil
}
