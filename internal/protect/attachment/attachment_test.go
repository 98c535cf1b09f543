// SPDX-License-Identifier: EUPL-1.2

package attachment_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/attachment"
)

var at = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// entry makes an entry of a payload, as the store would.
func entry(t *testing.T, n byte, p attachment.Added) journal.Entry {
	t.Helper()
	parts, err := journal.Split(p)
	if err != nil {
		t.Fatal(err)
	}
	id := journal.MustID("01900000-0000-7000-8000-000000000000")
	id[15] = n
	return journal.Entry{Header: journal.Header{ID: id, Type: attachment.EntryType, OccurredAt: at.Add(time.Duration(n) * time.Minute)}, Parts: parts}
}

func about(change func(*attachment.About)) *attachment.About {
	a := &attachment.About{Sort: "decision", Title: "Decision of 2 March", Media: attachment.PDF, Size: 1000, SHA256: strings.Repeat("0", 64)}
	if change != nil {
		change(a)
	}
	return a
}

func TestFilesInTheirOrder(t *testing.T) {
	hidden := entry(t, 2, attachment.Added{Category: journal.D4, Health: about(nil)})
	delete(hidden.Parts, journal.D4)
	hidden.Miss(journal.D4, journal.Hidden)
	erased := entry(t, 3, attachment.Added{Category: journal.D3, Account: about(nil)})
	delete(erased.Parts, journal.D3)
	erased.Miss(journal.D3, journal.Erased)
	nothing := entry(t, 4, attachment.Added{Category: journal.D3, Account: about(nil)})
	nothing.Parts = nil
	s, err := attachment.Fold([]journal.Entry{entry(t, 1, attachment.Added{Category: journal.D6, Legal: about(nil)}), hidden, {Header: journal.Header{Type: "note.added"}}, erased, nothing})
	if err != nil || len(s.Files) != 3 {
		t.Fatalf("%+v %v", s, err)
	}
	if f := s.Files[0]; f.About != *about(nil) || f.Category != journal.D6 || f.Absent != "" || !f.At.Equal(at.Add(time.Minute)) {
		t.Errorf("%+v", f)
	}
	for i, why := range map[int]journal.Absence{1: journal.Hidden, 2: journal.Erased} {
		if f := s.Files[i]; f.Absent != why || f.About != (attachment.About{}) {
			t.Errorf("%+v", f)
		}
	}
	if s.Size() != 1000 {
		t.Errorf("%d bytes", s.Size())
	}
}

func TestEveryCategoryHasItsPart(t *testing.T) {
	for c, p := range map[journal.Category]attachment.Added{
		journal.D2: {Identity: about(nil)}, journal.D3: {Account: about(nil)}, journal.D4: {Health: about(nil)}, journal.D6: {Legal: about(nil)}, journal.D7: {Stay: about(nil)},
	} {
		p.Category = c
		e := entry(t, 1, p)
		if err := attachment.Guard(attachment.State{}, e); err != nil {
			t.Errorf("%s: %v", c, err)
		}
		if !e.Has(c) || len(e.Parts) != 2 || strings.Contains(string(e.Parts[journal.D0]), "March") {
			t.Errorf("%s stands in %v", c, e.Parts)
		}
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	legal := func(change func(*attachment.About)) attachment.Added {
		return attachment.Added{Category: journal.D6, Legal: about(change)}
	}
	for what, c := range map[string]struct {
		p     attachment.Added
		field string
	}{
		"no category":            {attachment.Added{Legal: about(nil)}, "category"},
		"a shelter's category":   {attachment.Added{Category: journal.D5}, "category"},
		"the suspects' category": {attachment.Added{Category: journal.D8}, "category"},
		"another part than said": {attachment.Added{Category: journal.D6, Stay: about(nil)}, "category"},
		"two parts":              {attachment.Added{Category: journal.D6, Legal: about(nil), Account: about(nil)}, "category"},
		"no sort":                {legal(func(a *attachment.About) { a.Sort = "" }), "sort"},
		"a sort of none":         {legal(func(a *attachment.About) { a.Sort = "Ana's passport" }), "sort"},
		"no title":               {legal(func(a *attachment.About) { a.Title = "" }), "title"},
		"a blank title":          {legal(func(a *attachment.About) { a.Title = " " }), "title"},
		"a title of two lines":   {legal(func(a *attachment.About) { a.Title = "a\nb" }), "title"},
		"a title without end":    {legal(func(a *attachment.About) { a.Title = strings.Repeat("é", 101) }), "title"},
		"a type that is not":     {legal(func(a *attachment.About) { a.Media = "text/html" }), "file"},
		"no bytes":               {legal(func(a *attachment.About) { a.Size = 0 }), "file"},
		"too many bytes":         {legal(func(a *attachment.About) { a.Size = attachment.MaxSize + 1 }), "file"},
		"no hash":                {legal(func(a *attachment.About) { a.SHA256 = "" }), "file"},
	} {
		err := attachment.Guard(attachment.State{}, entry(t, 1, c.p))
		var f *fault.Fault
		if !errors.As(err, &f) || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := attachment.Guard(attachment.State{}, entry(t, 1, legal(func(a *attachment.About) { a.Title = strings.Repeat("é", 100) }))); err != nil {
		t.Errorf("a title of a hundred letters: %v", err)
	}
}

func TestNoMoreThanFits(t *testing.T) {
	e := entry(t, 1, attachment.Added{Category: journal.D6, Legal: about(nil)})
	full := attachment.State{}
	for full.Size()+1000 <= attachment.MaxTotal-attachment.MaxSize {
		full.Files = append(full.Files, attachment.File{About: attachment.About{Size: attachment.MaxSize}})
	}
	full.Files = append(full.Files, attachment.File{About: attachment.About{Size: attachment.MaxTotal - full.Size() - 1000}})
	if err := attachment.Guard(full, e); err != nil {
		t.Errorf("what just fits: %v", err)
	}
	full.Files[0].About.Size++
	if err := attachment.Guard(full, e); !fault.Is(err, fault.Guarded) {
		t.Errorf("a byte too many: %v", err)
	}
	many := attachment.State{Files: make([]attachment.File, attachment.MaxFiles)}
	if err := attachment.Guard(many, e); !fault.Is(err, fault.Guarded) {
		t.Errorf("a file too many: %v", err)
	}
	many.Files = many.Files[1:]
	if err := attachment.Guard(many, e); err != nil {
		t.Errorf("the last file: %v", err)
	}
}
