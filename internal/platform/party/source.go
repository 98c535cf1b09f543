// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"regexp"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Source is where a statement stands, so that a reader can check it.
type Source struct {
	Document string `json:"document"`        // what a reader would look for: title, publisher, date
	Lines    string `json:"lines,omitempty"` // "248-252, 260"
	Note     string `json:"note,omitempty"`  // how it was read, when that is not plain
}

var linesForm = regexp.MustCompile(`^\d{1,7}(-\d{1,7})?(, ?\d{1,7}(-\d{1,7})?)*$`)

// Limits of the texts that a source and a name may hold, in bytes.
const (
	maxText  = 2000
	maxTexts = 60
)

// Check notes under a field's name what is wrong with the source: no document, lines that are none, too long.
func (s Source) Check(fs *fault.Fields, field string) { checkSources(fs, field, []Source{s}) }

// checkSources notes what is wrong with a list of sources.
func checkSources(fs *fault.Fields, field string, list []Source) {
	if len(list) > maxTexts {
		fs.Add(field, "party.source.many", "Max", maxTexts)
	}
	for _, s := range list {
		switch {
		case strings.TrimSpace(s.Document) == "" || len(s.Document) > maxText || len(s.Note) > maxText:
			fs.Add(field, "party.source.document")
			return
		case s.Lines != "" && !linesForm.MatchString(s.Lines):
			fs.Add(field, "party.source.lines")
			return
		}
	}
}

// Print says a source in the reader's language, for a footnote.
func (s Source) Print(w Words) string {
	text := s.Document
	if s.Lines != "" {
		key := "party.source.at"
		if !strings.ContainsAny(s.Lines, "-,") {
			key = "party.source.at.one"
		}
		text = w.T(key, "Document", text, "Lines", s.Lines)
	}
	if s.Note != "" {
		text = w.T("party.source.noted", "Source", text, "Note", s.Note)
	}
	return text
}

// Names is one name in several languages, by BCP 47 tag; the tag "und" is for a name whose language is not said.
type Names map[string]string

// In gives the name in the first of the wanted languages that has one ("sr-Latn" falls back to "sr"), else in English,
// else in any, always the same.
func (n Names) In(wanted ...string) string {
	for _, tag := range append(wanted, "en", "und") {
		for tag != "" {
			if s := n[tag]; s != "" {
				return s
			}
			i := strings.LastIndexByte(tag, '-')
			tag = tag[:max(i, 0)]
		}
	}
	first := ""
	for tag, s := range n {
		if s != "" && (first == "" || tag < first) {
			first = tag
		}
	}
	return n[first]
}

var tagForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func checkNames(fs *fault.Fields, field string, n Names) {
	if len(n) > maxTexts {
		fs.Add(field, "party.name.many", "Max", maxTexts)
		return
	}
	for tag, s := range n {
		if !tagForm.MatchString(tag) || strings.TrimSpace(s) == "" || len(s) > maxText {
			fs.Add(field, "party.name.form")
			return
		}
	}
}
