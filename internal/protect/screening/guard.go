// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"regexp"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Context is what the guards of this room must know beside its own state.
type Context struct {
	Now time.Time
	// Child says that the file takes the child path already: under 18, or in doubt (G4).
	Child bool
	// Appearance is the office's ground for asking what rests on appearance; empty is off.
	Appearance string
}

// MaxRemarks bounds free remarks, in bytes.
const MaxRemarks = 20_000

// languageTag is what a language tag looks like; a text about a person does not.
var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)

// Guard says whether an entry of this room may be appended now. An Invalid fault names the fields.
func (ss Sets) Guard(s State, c Context, e journal.Entry) error {
	switch e.Type {
	case "screening.recorded":
		return with(e, func(v Recorded, fs *fault.Fields) { ss.recorded(v, c, fs) })
	case "screening.outcome":
		return with(e, func(v Decided, fs *fault.Fields) { decided(s, v, c, fs) })
	}
	return nil
}

func with[T any](e journal.Entry, f func(T, *fault.Fields)) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "screening.need.payload")
	}
	var fs fault.Fields
	f(v, &fs)
	return fs.Err()
}

// need notes a field that is wrong.
func need(fs *fault.Fields, ok bool, field string) {
	if !ok {
		fs.Add(field, "screening.need."+field)
	}
}

// recorded asks for codes where codes are read by everybody who sees that the file exists, for a list that this office
// knows and that is for such a person, and for answers of that list only.
func (ss Sets) recorded(v Recorded, c Context, fs *fault.Fields) {
	need(fs, slices.Contains(ages, v.Who), "who")
	need(fs, slices.Contains(roles, v.Role), "role")
	need(fs, slices.Contains(places, v.Place), "place")
	need(fs, languageTag.MatchString(v.Language), "language")
	need(fs, slices.Contains(helped, v.Interpreted), "interpreted")
	need(fs, len(v.Remarks) <= MaxRemarks, "remarks")
	if c.Child && v.Who == Adult {
		fs.Add("who", "screening.need.child_path")
	}
	if v.Appearance != "" && v.Appearance != c.Appearance {
		fs.Add("appearance", "screening.need.appearance_off")
	}
	ss.answers(v, fs)
}

// answers checks the list and what was answered.
func (ss Sets) answers(v Recorded, fs *fault.Fields) {
	set, ok := ss.Get(v.Set, v.Version)
	if !ok {
		need(fs, false, "set")
		return
	}
	if !Fits(set, v.Who) && slices.Contains(ages, v.Who) {
		fs.Add("set", "screening.need.set_"+set.For)
	}
	if _, err := Evaluate(set, v.Answers); err != nil {
		need(fs, false, "answers")
		return
	}
	given := false
	for id, a := range v.Answers {
		i, _ := set.Indicator(id)
		if given = given || a != Unknown; a != Unknown && i.Appearance && v.Appearance == "" {
			fs.Add("answers", "screening.need.appearance")
			return
		}
	}
	if !given {
		fs.Add("answers", "screening.need.some")
	}
}

func decided(s State, v Decided, c Context, fs *fault.Fields) {
	x, ok := s.Find(v.Screening)
	need(fs, ok, "screening")
	need(fs, slices.Contains(Laters(), v.Outcome), "outcome")
	if v.Outcome == LaterUnknown {
		need(fs, v.By == "" || slices.Contains(deciders, v.By), "by")
		return
	}
	need(fs, slices.Contains(deciders, v.By), "by")
	need(fs, !v.On.After(c.Now) && !v.On.Before(x.At.Add(-24*time.Hour)), "on")
}
