// SPDX-License-Identifier: EUPL-1.2

// Package wording holds a record's text in several languages, with the state of each: original, translated, or
// outdated because the original has changed since.
//
// A Text is a value that stands in a payload. A translation remembers which words it translates, so nobody has to mark
// it as outdated: it is, as soon as the original reads otherwise. Nothing here translates, and nothing guesses a
// language: who writes a text says which it is.
package wording

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// State is how a text in one language stands to its original.
type State string

const (
	Original   State = "original"
	Translated State = "translated"
	Outdated   State = "outdated" // the original was changed after it was translated
	Missing    State = "missing"
)

// Text is one text in one or more languages. The zero Text is empty.
type Text struct {
	Original string             `json:"original,omitempty"` // language of the original, BCP 47
	By       map[string]Version `json:"by,omitempty"`       // by language
}

// Version is the text in one language. Of names the words of the original that it translates; empty in the original.
type Version struct {
	Text string `json:"text"`         // the words
	Of   string `json:"of,omitempty"` // the words of the original that it translates; not in the original
}

// New makes a text of its original.
func New(language, text string) Text {
	return Text{}.With(language, text)
}

// With gives the text with its words in a language set; empty words take that language out. The first language that a
// text gets is its original's. Taking out the original leaves translations that are all outdated.
func (t Text) With(language, text string) Text {
	out := Text{Original: t.Original, By: map[string]Version{}}
	for l, v := range t.By {
		out.By[l] = v
	}
	text = strings.TrimSpace(text)
	if out.Original == "" {
		out.Original = language
	}
	switch {
	case text == "":
		delete(out.By, language)
		if len(out.By) == 0 {
			return Text{}
		}
	case language == out.Original:
		out.By[language] = Version{Text: text}
	case out.By[language].Text != text || out.State(language) == Outdated:
		out.By[language] = Version{Text: text, Of: mark(out.By[out.Original].Text)}
	}
	return out
}

// Confirm says that a translation still holds although its original was changed.
func (t Text) Confirm(language string) Text {
	if t.State(language) != Outdated {
		return t
	}
	words := t.By[language].Text
	return t.With(language, "").With(language, words)
}

func mark(original string) string {
	h := sha256.Sum256([]byte(original))
	return hex.EncodeToString(h[:8])
}

// State gives how the text stands in a language.
func (t Text) State(language string) State {
	v, ok := t.By[language]
	original, whole := t.By[t.Original]
	switch {
	case !ok:
		return Missing
	case language == t.Original:
		return Original
	case whole && v.Of == mark(original.Text):
		return Translated
	}
	return Outdated
}

// IsZero says that there is no text in any language; `omitzero` uses it.
func (t Text) IsZero() bool { return len(t.By) == 0 }

// Shown is a text as a reader gets it.
type Shown struct {
	Text     string
	Language string // of Text
	State    State  // of Text in that language; Missing when there is none at all
	Asked    bool   // it is in the language that was asked for
}

// In gives the text for a reader: in the language asked for (an outdated translation too, and it says so), else the
// original, else whatever there is, in the order of the language tags. "fr-CH" finds "fr".
func (t Text) In(language string) Shown {
	base, _, _ := strings.Cut(language, "-")
	for _, l := range []string{language, base} {
		if v, ok := t.By[l]; ok {
			return Shown{v.Text, l, t.State(l), true}
		}
	}
	for _, l := range append([]string{t.Original}, t.Languages()...) {
		if v, ok := t.By[l]; ok {
			return Shown{v.Text, l, t.State(l), false}
		}
	}
	return Shown{State: Missing}
}

// Languages lists the languages that the text is in, sorted.
func (t Text) Languages() []string {
	var out []string
	for l := range t.By {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// Wanting lists those of some languages in which the text is missing or outdated, in their order.
func (t Text) Wanting(languages ...string) []string {
	var out []string
	for _, l := range languages {
		if s := t.State(l); s == Missing || s == Outdated {
			out = append(out, l)
		}
	}
	return out
}

// Longer says whether a text has more characters than most, in any script: a Greek or Cyrillic letter is one, though it takes two bytes.
func Longer(s string, most int) bool { return len(s) > most && utf8.RuneCountInString(s) > most }

var tag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)

// MostLanguages is how many languages one text can be in.
const MostLanguages = 30

// Check adds to fs what is wrong with the text, under a field's name: no text where one is needed, a language that is no
// tag, an original without words, more characters than most in one language, or bytes that are no UTF-8.
func (t Text) Check(fs *fault.Fields, field string, needed bool, most int) {
	if t.IsZero() {
		if needed {
			fs.Add(field, "wording.need.text")
		}
		return
	}
	if len(t.By) > MostLanguages {
		fs.Add(field, "wording.need.fewer", "Max", MostLanguages)
	}
	if _, ok := t.By[t.Original]; !ok {
		fs.Add(field, "wording.need.original")
	}
	for _, l := range t.Languages() {
		switch v := t.By[l]; {
		case !tag.MatchString(l):
			fs.Add(field, "wording.need.language")
		case strings.TrimSpace(v.Text) == "" || !utf8.ValidString(v.Text):
			fs.Add(field, "wording.need.text")
		case Longer(v.Text, most):
			fs.Add(field, "wording.need.shorter", "Max", most)
		}
	}
}
