// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"reflect"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// WordedType is the entry type of an activity's title and description in further languages.
const WordedType = "activity.worded"

// MaxTitle is the longest title in a further language, in bytes.
const MaxTitle = 1000

// Worded is the payload of activity.worded; each replaces the one before. Its texts hold translations with the words that they
// translate. The originals are not taken from here: a title's is the source's, a description's the office's own.
type Worded struct {
	Title wording.Text `json:"title,omitzero" part:"PP"`
	About wording.Text `json:"about,omitzero" part:"PP"`
}

func (v Worded) check(fs *fault.Fields) {
	v.Title.Check(fs, "title", false, MaxTitle)
	v.About.Check(fs, "about", false, MaxDescription)
}

// Title gives the title in all its languages: the source's is the original, or that of the decision which worded it last, so that
// a translation is outdated once the original is another.
func (a Activity) Title() wording.Text {
	if a.Titles.IsZero() {
		return over(a.Source.Language, a.Source.Title, a.Worded.Title)
	}
	t := over(a.Titles.Original, a.Titles.By[a.Titles.Original].Text, a.Titles)
	for tag, v := range a.Worded.Title.By {
		if _, there := t.By[tag]; !there {
			t.By[tag] = v
		}
	}
	return t
}

// About gives the office's own description likewise.
func (a Activity) About() wording.Text {
	if a.DescribedIn != "" {
		return over(a.DescribedIn, a.Description, a.Worded.About)
	}
	return over(a.Facts().Language, a.Description, a.Worded.About)
}

// over lays translations over an original. Without an original there is nothing to translate.
func over(language, original string, translated wording.Text) wording.Text {
	if language == "" {
		language = "und" // the language of the source is not known
	}
	t := wording.New(language, original)
	if t.IsZero() {
		return t
	}
	for tag, v := range translated.By {
		if tag != language {
			t.By[tag] = v
		}
	}
	return t
}

// current gives the translations that hold, for lists; nil without any.
func current(t wording.Text) map[string]string {
	var out map[string]string
	for tag, v := range t.By {
		if t.State(tag) == wording.Translated {
			if out == nil {
				out = map[string]string{}
			}
			out[tag] = v.Text
		}
	}
	return out
}

// In gives the title for a reader, and the language that it is in: the one asked for where a translation holds, else the
// source's. "fr-CH" finds "fr".
func (x Line) In(language string) (title, in string) {
	base, _, _ := strings.Cut(language, "-")
	for _, tag := range []string{language, base} {
		if t, ok := x.Titles[tag]; ok {
			return t, tag
		}
	}
	return x.Title, x.Language
}

// Text gives the title in all languages in which it holds, the source's first.
func (x Line) Text() wording.Text {
	t := over(x.Language, x.Title, wording.Text{})
	for tag, title := range x.Titles {
		t = t.With(tag, title)
	}
	return t
}

// Translated gives the entry that sets the title and the description in a further language; an empty one takes it out. Where
// that changes nothing there is none.
func (a Activity) Translated(entry journal.ID, language, title, about string) []store.Draft {
	v := Worded{a.Title().With(language, title), a.About().With(language, about)}
	if reflect.DeepEqual(v, Worded{a.Title(), a.About()}) {
		return nil
	}
	return []store.Draft{{ID: entry, Type: WordedType, Payload: v}}
}
