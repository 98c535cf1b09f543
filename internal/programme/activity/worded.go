// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// WordedType is the entry type of an activity's title, its description and what the source states, in further languages.
const WordedType = "activity.worded"

// MaxTitle is the longest title in a further language, in characters.
const MaxTitle = 1000

// Worded is the payload of activity.worded; each replaces the one before. Its texts hold translations with the words that they
// translate. The originals are not taken from here: a title's is the source's, a description's the office's own.
type Worded struct {
	Title wording.Text `json:"title,omitzero" part:"PP"`
	About wording.Text `json:"about,omitzero" part:"PP"`
	// Said holds statements of the source by the keys of Statements.
	Said map[string]wording.Text `json:"said,omitempty" part:"PP"`
}

// Statement is what the source says of an activity beside its title. Key is its list and its place there ("components:2"), or what
// it is ("note").
type Statement struct{ Key, Text string }

// Statements lists them, those of Lists first.
func (a Activity) Statements() []Statement {
	var out []Statement
	for _, name := range Lists() {
		for i, x := range a.Source.Lists[name] {
			out = append(out, Statement{name + ":" + strconv.Itoa(i+1), x})
		}
	}
	s := a.Source
	for _, x := range []Statement{{"date_note", s.DateNote}, {"basis", s.Basis}, {"rank", s.Rank}, {"follow_up", s.FollowUp}, {"note", s.Note}, {"title_note", s.TitleNote}} {
		if x.Text != "" {
			out = append(out, x)
		}
	}
	return out
}

// Said gives a statement in all its languages: the source's is the original.
func (a Activity) Said(x Statement) wording.Text {
	return over(a.Source.Language, x.Text, a.Worded.Said[x.Key])
}

func (v Worded) check(fs *fault.Fields, a Activity) {
	v.Title.Check(fs, "title", false, MaxTitle)
	v.About.Check(fs, "about", false, MaxDescription)
	known := a.Statements()
	for key, t := range v.Said {
		if !slices.ContainsFunc(known, func(x Statement) bool { return x.Key == key }) {
			fs.Add("said", "programme.need.text_known")
		}
		t.Check(fs, "said", false, MaxDescription)
	}
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

// Translated gives the entry that sets texts in a further language: the title ("title"), the description ("about") and statements
// by their keys; an empty one is taken out, and one that is not among them stays. Where that changes nothing there is none.
func (a Activity) Translated(entry journal.ID, language string, texts map[string]string) []store.Draft {
	was := Worded{a.Title(), a.About(), map[string]wording.Text{}}
	v := Worded{was.Title, was.About, map[string]wording.Text{}}
	if t, typed := texts["title"]; typed {
		v.Title = was.Title.With(language, t)
	}
	if t, typed := texts["about"]; typed {
		v.About = was.About.With(language, t)
	}
	for _, x := range a.Statements() {
		said := a.Said(x)
		was.Said[x.Key], v.Said[x.Key] = said, said
		if t, typed := texts[x.Key]; typed {
			v.Said[x.Key] = said.With(language, t)
		}
	}
	if reflect.DeepEqual(v, was) {
		return nil
	}
	return []store.Draft{{ID: entry, Type: WordedType, Payload: v}}
}
