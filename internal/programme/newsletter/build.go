// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// Edition is an issue in one language, whole: what the page, the e-mail and the PDF are written from.
type Edition struct {
	Language string   `json:"language"`
	Title    string   `json:"title"`
	Period   string   `json:"period"`
	Office   string   `json:"office"`
	Parts    []Part   `json:"parts"`
	Facts    []Fact   `json:"facts,omitempty"`   // each reference once
	Records  []Record `json:"records,omitempty"` // that it rests on
}

// Part is a section as it is read. Missing says that it is in another language, for want of a translation.
type Part struct {
	Key      string  `json:"key"`
	Sort     Sort    `json:"sort"`
	Kicker   string  `json:"kicker"` // what sort of section it is, in words
	Title    string  `json:"title"`
	Language string  `json:"language,omitempty"` // of its words, when they are not the edition's
	Blocks   []Block `json:"blocks"`
}

// Record is an activity that an edition rests on, with the document and the lines of its source.
type Record struct {
	Code   string `json:"code"`
	Title  string `json:"title"`
	Lang   string `json:"lang,omitempty"`
	Source string `json:"source,omitempty"`
	Lines  string `json:"lines,omitempty"`
}

// Sourced is the records of one document.
type Sourced struct {
	Document string
	Records  []Record
}

// Sources gives the records by the documents that they rest on, in the order of their first.
func (e Edition) Sources() []Sourced {
	var out []Sourced
	for _, r := range e.Records {
		at := slices.IndexFunc(out, func(s Sourced) bool { return s.Document == r.Source })
		if at < 0 {
			at, out = len(out), append(out, Sourced{Document: r.Source})
		}
		out[at].Records = append(out[at].Records, r)
	}
	return out
}

// HashOf is the fingerprint of editions.
func HashOf(list []Edition) string { return fingerprint(list) }

// Build puts an issue together in each of its languages, from the records as they are.
func Build(i Issue, r Records, office string, locale func(tag string) *lang.Locale) []Edition {
	var out []Edition
	for _, tag := range Languages() {
		out = append(out, builder{locale(tag), r}.edition(i, tag, office))
	}
	return out
}

// builder builds an edition in one language.
type builder struct {
	l *lang.Locale
	r Records
}

func (b builder) edition(i Issue, tag, office string) Edition {
	e := Edition{Language: tag, Title: i.Begun.Title.In(tag).Text, Period: b.period(i.Begun), Office: office}
	codes := map[string]bool{}
	for _, s := range i.Sections {
		shown := s.Text.In(tag)
		p := Part{Key: s.Key, Sort: s.Sort, Kicker: b.l.T("newsletter.sort." + string(s.Sort)), Title: s.Title.In(tag).Text}
		if s.Sort == Priority {
			p.Kicker = b.l.T("programme.priority.n", "N", s.Priority)
		}
		if shown.Language != tag {
			p.Language = shown.Language
		}
		for _, c := range s.Records {
			codes[c] = true
		}
		p.Blocks = parse(shown.Text)
		for j := range p.Blocks {
			b.fill(&p.Blocks[j], &e, codes)
		}
		e.Parts = append(e.Parts, p)
	}
	for code := range codes {
		if a, ok := b.r.Activities[code]; ok {
			title, language := a.In(b.l.Tag())
			r := Record{Code: code, Title: title, Lang: b.l.Foreign(language)}
			r.Source, r.Lines = b.source(a.Sources)
			e.Records = append(e.Records, r)
		}
	}
	inorder.By(e.Records, func(x, y Record) int { return strings.Compare(x.Code, y.Code) })
	return e
}

func (b builder) period(v Begun) string {
	from, _ := party.ParseDate(v.From)
	to, _ := party.ParseDate(v.To)
	return party.Between(b.l, "programme.dates.range", from, to)
}

// source says where the first source of a record says it.
func (b builder) source(list []party.Source) (document, lines string) {
	if len(list) == 0 {
		return "", ""
	}
	if list[0].Lines != "" {
		lines = b.l.T("publication.lines", "Lines", strings.ReplaceAll(list[0].Lines, "-", "–"))
	}
	return list[0].Document, lines
}

// fill puts facts in the place of references.
func (b builder) fill(x *Block, e *Edition, codes map[string]bool) {
	x.Runs = b.runs(x.Runs, e, codes)
	for i := range x.Items {
		x.Items[i] = b.runs(x.Items[i], e, codes)
	}
}

func (b builder) runs(in []Run, e *Edition, codes map[string]bool) []Run {
	var out []Run
	for _, r := range in {
		at := 0
		for _, m := range reference.FindAllStringSubmatchIndex(r.Text, -1) {
			ref := r.Text[m[2]:m[3]] + "." + r.Text[m[4]:m[5]]
			f, ok := b.r.Fact(b.l, ref)
			if !ok {
				continue // it stays as it is written, and Check says so
			}
			if m[0] > at {
				before := r
				before.Text = r.Text[at:m[0]]
				out = append(out, before)
			}
			is := r
			is.Text, is.Ref, is.Lang, at = f.Text, ref, f.Lang, m[1]
			out = append(out, is)
			if !slices.Contains(e.Facts, f) {
				e.Facts = append(e.Facts, f)
			}
			if code := r.Text[m[2]:m[3]]; code != OfProgramme {
				codes[code] = true
			}
		}
		if at < len(r.Text) {
			rest := r
			rest.Text = r.Text[at:]
			out = append(out, rest)
		}
	}
	return out
}

// Change is a fact that the records say differently since an edition was built.
type Change struct {
	Ref      string
	Was, Now string
}

// Changes holds an edition's facts against the records. A fact whose record is gone reads "" now.
func Changes(e Edition, r Records, l *lang.Locale) []Change {
	var out []Change
	for _, f := range e.Facts {
		now, _ := r.Fact(l, f.Ref)
		if now.Text != f.Text {
			out = append(out, Change{f.Ref, f.Text, now.Text})
		}
	}
	return out
}

// PublicChanges is Changes without what the records of an office say that are kept inside since: everybody reads it.
func PublicChanges(e Edition, r Records, l *lang.Locale) []Change {
	return slices.DeleteFunc(Changes(e, r, l), func(c Change) bool {
		of, _, _ := strings.Cut(c.Ref, ".")
		return r.Activities[of].Kept
	})
}
