// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	"github.com/entraide-thb/entraide/packs/agreements"
)

// Languages lists the languages that a text is in, at the same place.
func Languages() []string { return agreements.Languages() }

// Paragraph is a piece of a text with its place in every language. ID names it through all versions.
type Paragraph struct {
	ID      string       `json:"id"`
	Heading bool         `json:"heading,omitempty"`
	Text    wording.Text `json:"text"`
}

// Hash names a text by its exact words, in hexadecimal.
func Hash(ps []Paragraph) string {
	b, err := json.Marshal(ps)
	if err != nil {
		panic("agreement: paragraphs always marshal: " + err.Error())
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// FromModel gives the text that a model begins with; nil for a model that the program does not carry.
func FromModel(code string) ([]Paragraph, error) {
	all, err := agreements.Models()
	if err != nil {
		return nil, err
	}
	var out []Paragraph
	for _, p := range all[code].Paragraphs {
		var t wording.Text
		for _, l := range Languages() {
			t = t.With(l, p.In(l))
		}
		out = append(out, Paragraph{p.ID, p.Heading, t})
	}
	return out, nil
}

// Gap is a paragraph that is not ready in a language.
type Gap struct {
	At       int // its place in the text
	ID       string
	Language string
	State    wording.State // Missing or Outdated; "" where a choice is still open
}

var open = regexp.MustCompile(`\[[^\]]*\]`)

// Gaps lists what is not translated, what is a translation of an earlier original, and where a choice in square brackets is
// still open, in the order of the text.
func Gaps(ps []Paragraph) []Gap {
	var out []Gap
	for i, p := range ps {
		for _, l := range Languages() {
			switch s := p.Text.State(l); {
			case s == wording.Missing || s == wording.Outdated:
				out = append(out, Gap{i, p.ID, l, s})
			case open.MatchString(p.Text.By[l].Text):
				out = append(out, Gap{i, p.ID, l, ""})
			}
		}
	}
	return out
}

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{0,39}$`)

// check says what is wrong with a text.
func check(fs *fault.Fields, ps []Paragraph) {
	if len(ps) == 0 || len(ps) > MostParagraph {
		fs.Add("paragraphs", "agreement.want.paragraphs", "Max", MostParagraph)
		return
	}
	for i, p := range ps {
		if !idForm.MatchString(p.ID) || slices.ContainsFunc(ps[:i], func(x Paragraph) bool { return x.ID == p.ID }) {
			fs.Add("paragraphs", "fault.invalid")
			return
		}
		p.Text.Check(fs, "paragraphs", true, MaxParagraph)
		if slices.ContainsFunc(p.Text.Languages(), func(l string) bool { return !slices.Contains(Languages(), l) }) {
			fs.Add("paragraphs", "agreement.want.languages")
		}
	}
}

// Piece is some words of a comparison. Op is '+' for what is new, '-' for what is gone, ' ' for what stays.
type Piece struct {
	Op   rune
	Text string
}

// Difference is a paragraph that two versions do not have in the same words: by language, its words with what came and went.
type Difference struct {
	ID string
	By map[string][]Piece
	Op rune // '+' when the paragraph is new, '-' when it is gone, ' ' when it was changed
}

// Compare lists the paragraphs that differ, in the order of the later version; those that are gone stand where they stood.
func Compare(before, after []Paragraph) []Difference {
	was := map[string]Paragraph{}
	for _, p := range before {
		was[p.ID] = p
	}
	is := map[string]bool{}
	for _, p := range after {
		is[p.ID] = true
	}
	var out []Difference
	gone := func(until string) {
		for len(before) > 0 && before[0].ID != until {
			if p := before[0]; !is[p.ID] {
				out = append(out, differ(p, Paragraph{ID: p.ID}, '-'))
			}
			before = before[1:]
		}
		if len(before) > 0 {
			before = before[1:]
		}
	}
	for _, p := range after {
		b, known := was[p.ID]
		if known && slices.ContainsFunc(before, func(x Paragraph) bool { return x.ID == p.ID }) {
			gone(p.ID)
		}
		switch {
		case !known:
			out = append(out, differ(Paragraph{}, p, '+'))
		case !sameWords(b, p):
			out = append(out, differ(b, p, ' '))
		}
	}
	gone("")
	return out
}

func sameWords(a, b Paragraph) bool {
	for _, l := range Languages() {
		if a.Text.By[l].Text != b.Text.By[l].Text {
			return false
		}
	}
	return a.Heading == b.Heading
}

func differ(a, b Paragraph, op rune) Difference {
	d := Difference{ID: a.ID + b.ID, By: map[string][]Piece{}, Op: op}
	if a.ID != "" && b.ID != "" {
		d.ID = b.ID
	}
	for _, l := range Languages() {
		d.By[l] = Words(a.Text.By[l].Text, b.Text.By[l].Text)
	}
	return d
}

// mostWords bounds what is compared word by word; longer texts are told as gone and new.
const mostWords = 1500

// Words compares two texts word by word: the fewest words that came and went.
func Words(before, after string) []Piece {
	a, b := strings.Fields(before), strings.Fields(after)
	if len(a) > mostWords || len(b) > mostWords {
		return join(nil, Piece{'-', before}, Piece{'+', after})
	}
	// common[i][j] is how many words a[i:] and b[j:] have in common, in order.
	common := make([][]int16, len(a)+1)
	for i := range common {
		common[i] = make([]int16, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out []Piece
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = join(out, Piece{' ', a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = join(out, Piece{'-', a[i]})
			i++
		default:
			out = join(out, Piece{'+', b[j]})
			j++
		}
	}
	return out
}

// join adds pieces, those of the same kind in one.
func join(out []Piece, more ...Piece) []Piece {
	for _, p := range more {
		if n := len(out); p.Text == "" {
			continue
		} else if n > 0 && out[n-1].Op == p.Op {
			out[n-1].Text += " " + p.Text
			continue
		}
		out = append(out, p)
	}
	return out
}
