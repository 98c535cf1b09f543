// SPDX-License-Identifier: EUPL-1.2

package scheme

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// WordedType is the entry type of a programme's texts in further languages.
const WordedType = "programme.worded"

// maxWorded is the longest of them, in characters.
const maxWorded = 2000

// Worded is the payload of programme.worded; each replaces the one before. Its texts stand by the keys of Texts; the originals
// are not taken from here but from the source.
type Worded struct {
	Texts map[string]wording.Text `json:"texts" part:"PP"`
}

// The keys of the texts that there is one of.
const (
	TitleText     = "title"
	ObjectiveText = "objective"
	MastheadText  = "masthead" // whose publication the source is
)

// GoalText, SchemeText and PriorityText give the keys of the others.
func GoalText(x Statement) string { return "goal:" + x.Code }

// SchemeText is the key of what the programme is part of.
func SchemeText(x Statement) string { return "scheme:" + x.Code }

// PriorityText is the key of a priority's title.
func PriorityText(p Priority) string { return "priority:" + strconv.Itoa(p.N) }

// findingText is the key of a note on the source's quality, by its place.
func findingText(i int) string { return "finding:" + strconv.Itoa(i+1) }

// Original is a text of the source with its key.
type Original struct{ Key, Text string }

// Originals lists the texts that can be put into further languages, in the order of a page.
func (s Scheme) Originals() []Original {
	out := []Original{{TitleText, s.Title}, {ObjectiveText, s.Objective}, {MastheadText, s.Source.Masthead}}
	for _, g := range s.Goals {
		out = append(out, Original{GoalText(g), g.Text})
	}
	for _, x := range s.Schemes {
		out = append(out, Original{SchemeText(x), x.Text})
	}
	for _, p := range s.Priorities {
		out = append(out, Original{PriorityText(p), p.Title})
	}
	for i, f := range s.Findings {
		out = append(out, Original{findingText(i), f})
	}
	return slices.DeleteFunc(out, func(x Original) bool { return x.Text == "" })
}

// Text gives one of them in all its languages: the source's is the original, so that a translation is outdated once the source
// words it otherwise.
func (s Scheme) Text(key, original string) wording.Text {
	language := s.Source.Language
	if language == "" {
		language = "und" // the language of the source is not known
	}
	t := wording.New(language, original)
	for tag, v := range s.Worded.Texts[key].By {
		if tag != language && !t.IsZero() {
			t.By[tag] = v
		}
	}
	return t
}

// In gives a text for a reader, and the language that it is in.
func (s Scheme) In(language, key, original string) (text, in string) {
	shown := s.Text(key, original).In(language)
	if shown.State == wording.Outdated {
		return original, s.Source.Language
	}
	return shown.Text, shown.Language
}

func (v Worded) check(s Scheme) error {
	var fs fault.Fields
	known := s.Originals()
	for key, t := range v.Texts {
		if !slices.ContainsFunc(known, func(x Original) bool { return x.Key == key }) {
			fs.Add(key, "programme.need.text_known")
		}
		t.Check(&fs, key, false, maxWorded)
	}
	return fs.Err()
}

func guardWorded(s Scheme, e journal.Entry) error {
	v, err := journal.In[Worded](e)
	switch {
	case err != nil:
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	case !s.Exists():
		return fault.New(fault.NotFound, "store.not_found")
	}
	return v.check(s)
}

// Translated gives the entry that sets texts in a further language, as far as said knows them; an empty one takes it out. Where
// that changes nothing there is none.
func (s Scheme) Translated(entry journal.ID, language string, said func(Original) (text string, known bool)) []store.Draft {
	v, changed := Worded{map[string]wording.Text{}}, false
	for _, x := range s.Originals() {
		was := s.Text(x.Key, x.Text)
		v.Texts[x.Key] = was
		if text, known := said(x); known {
			is := was.With(language, text)
			v.Texts[x.Key], changed = is, changed || !reflect.DeepEqual(was, is)
		}
	}
	if !changed {
		return nil
	}
	return []store.Draft{{ID: entry, Type: WordedType, Payload: v}}
}

// Say gives a text of the source for a reader, and the language that it is in: as In does where it is one of Originals, else as it
// stands.
func (s Scheme) Say(language, text string) (said, in string) {
	for _, x := range s.Originals() {
		if x.Text == text {
			return s.In(language, x.Key, text)
		}
	}
	return text, s.Source.Language
}
