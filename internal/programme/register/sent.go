// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// ShownName is the field that says in which language the texts of a form stood when it was shown.
const ShownName = "shown"

// ShownField keeps that language in a form, beside the one that is chosen.
func ShownField(language string) Field {
	return Field{Kind: "hidden", Name: ShownName, Value: language}
}

// Sent is in which language a form was sent, and in which its texts stood when it was shown. Where these differ, words that nobody
// changed are not those of the language that was chosen: the form is then to be shown again, with what that one has.
//
//	s := register.Sent{L: r.L, Shown: f.Shown, Language: f.Language}
//	v.Title = s.Text(before.Title, &f.Text)
//	return v, s.Err()
type Sent struct {
	L               *lang.Locale
	Shown, Language string // Shown is "" where no form says it: from a file, or from another program
	others          bool
}

// Text gives a text with what was typed in the language of the form; the others stay.
func (s *Sent) Text(was wording.Text, typed *string) wording.Text {
	s.Words(typed, func(tag string) string { return was.By[tag].Text })
	return was.With(s.Language, *typed)
}

// Words looks at what was typed where in gives what stands in the field for a language. It is then what stands there for the chosen
// one, if nobody typed anything.
func (s *Sent) Words(typed *string, in func(tag string) string) {
	if s.Shown == "" || s.Shown == s.Language {
		return
	}
	if was, own := in(s.Shown), in(s.Language); alike(*typed, was) && !alike(was, own) {
		*typed, s.others = own, true
	}
}

// Offered is Words for what a new form offers: a text of the catalogue, in the reader's language.
func (s *Sent) Offered(typed *string, key string, args ...any) {
	s.Words(typed, func(tag string) string {
		if l, ok := s.L.In(tag); ok {
			return l.T(key, args...)
		}
		return ""
	})
}

// alike says whether two texts differ in nothing but what a browser makes of their spaces.
func alike(a, b string) bool { return slices.Equal(strings.Fields(a), strings.Fields(b)) }

// Line gives one line of many: one that stands in another language, since nobody has written it in this one, stays what it is.
func (s *Sent) Line(was wording.Text, typed string) wording.Text {
	if _, own := was.By[s.Language]; !own && alike(typed, was.In(s.Language).Text) {
		return was
	}
	return was.With(s.Language, typed)
}

// Err says that some of the form now is what the chosen language has; nil where it was sent as it was shown.
func (s *Sent) Err() error {
	var fs fault.Fields
	s.Note(&fs)
	return fs.Err()
}

// Note is Err among other things that are wrong.
func (s *Sent) Note(fs *fault.Fields) {
	if s.others {
		fs.Add("language", "programme.words.shown", "Language", s.L.Language(s.Language))
	}
}
