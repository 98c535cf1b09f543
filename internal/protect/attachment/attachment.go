// SPDX-License-Identifier: EUPL-1.2

// Package attachment holds the files that are attached to a person's file: a scanned decision, a photo of a passport, a
// statement that was signed.
//
// Each belongs to one data category, which whoever attaches it chooses. Its bytes and everything said about it (title,
// sort, size, hash) are sealed under the key of that category: who may not read the category learns only that there is
// something, and erasing the category erases the file. What a file is is found out from its bytes, never from its name
// or from what the sender says; a few types are taken, up to a size, and what is given out again is saved under a
// neutral name and never shown inside the browser. Place, time and whatever else a camera writes into a picture is taken
// out, unless it is asked to be kept as evidence: a photo taken in a shelter would tell everybody who sees it where that is.
//
// What this does not do: it does not look for malware, a PDF may hold scripts that its reader runs, and who wrote a PDF
// stays written in it.
package attachment

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// EntryType is the type of the entry that a file comes with.
const EntryType = "attachment.added"

// Limits.
const (
	MaxSize  = store.MaxBlob // bytes of one file
	MaxTotal = 100 << 20     // bytes of all files of one person
	MaxFiles = 200           // of one person
	maxTitle = 100           // letters
)

// Categories lists those that a file can belong to.
func Categories() []journal.Category {
	return []journal.Category{journal.D2, journal.D3, journal.D4, journal.D6, journal.D7}
}

// Sorts lists what a file can be.
func Sorts() []string {
	return []string{"identity_document", "statement", "medical", "decision", "contract", "letter", "photo", "other"}
}

// About is what is said of a file; it is sealed like the file's bytes.
type About struct {
	Sort   string `json:"sort"`
	Title  string `json:"title"`
	Media  Media  `json:"media"`
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`          // of the bytes in clear, in hexadecimal
	Whole  bool   `json:"whole,omitempty"` // what a camera wrote into a picture was kept, as evidence
}

// Added is attachment.added. Of its parts only that of Category is given.
type Added struct {
	Category journal.Category `json:"category" part:"D0"`
	Identity *About           `json:"identity,omitempty" part:"D2"`
	Account  *About           `json:"account,omitempty" part:"D3"`
	Health   *About           `json:"health,omitempty" part:"D4"`
	Legal    *About           `json:"legal,omitempty" part:"D6"`
	Stay     *About           `json:"stay,omitempty" part:"D7"`
}

// Types lists the entry types of this room.
func Types() []store.Type { return []store.Type{{Name: EntryType, Payload: Added{}, Blob: true}} }

// part gives where a category's About stands; nil for a category that files do not have.
func (a *Added) part(c journal.Category) **About {
	switch c {
	case journal.D2:
		return &a.Identity
	case journal.D3:
		return &a.Account
	case journal.D4:
		return &a.Health
	case journal.D6:
		return &a.Legal
	case journal.D7:
		return &a.Stay
	}
	return nil
}

// File is one file attached. Its id is its entry's.
type File struct {
	ID       journal.ID
	At       time.Time
	By       journal.ID
	Category journal.Category
	About    About
	Absent   journal.Absence // Hidden or Erased: then About is empty
}

// State is a person's files, oldest first.
type State struct{ Files []File }

// Size gives the bytes of all files that are known of.
func (s State) Size() (n int) {
	for _, f := range s.Files {
		n += f.About.Size
	}
	return n
}

// Fold gives the state of a person's entries; those of other rooms are passed over.
func Fold(entries []journal.Entry) (State, error) {
	var s State
	for _, e := range entries {
		if e.Type != EntryType || !e.Has(journal.D0) {
			continue
		}
		p, err := journal.In[Added](e)
		if err != nil {
			return State{}, err
		}
		f := File{ID: e.ID, At: e.OccurredAt, By: e.Actor, Category: p.Category, Absent: e.Missing[p.Category]}
		if at := p.part(p.Category); at != nil && *at != nil {
			f.About = **at
		}
		s.Files = append(s.Files, f)
	}
	return s, nil
}

// Guard says whether an entry of this room may be appended now: Invalid names the field that is wrong, Guarded says that
// no more files fit.
func Guard(s State, e journal.Entry) error {
	if e.Type != EntryType {
		return nil
	}
	p, err := journal.In[Added](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	at := p.part(p.Category)
	if at == nil || *at == nil {
		return fault.Bad("category", "attachment.need.category")
	}
	about := **at
	*at = nil
	var fs fault.Fields
	if p != (Added{Category: p.Category}) { // nothing is said under another key than the file's own
		fs.Add("category", "attachment.need.category")
	}
	if !slices.Contains(Sorts(), about.Sort) {
		fs.Add("sort", "attachment.need.sort")
	}
	if about.Title != strings.TrimSpace(about.Title) || about.Title == "" || utf8.RuneCountInString(about.Title) > maxTitle || strings.ContainsFunc(about.Title, control) {
		fs.Add("title", "attachment.need.title")
	}
	if !slices.Contains(MediaTypes(), about.Media) {
		fs.Add("file", "attachment.need.type")
	}
	if about.Size < 1 || about.Size > MaxSize || len(about.SHA256) != 64 {
		fs.Add("file", "attachment.need.size", "Most", MaxSize>>20)
	}
	if err := fs.Err(); err != nil {
		return err
	}
	if len(s.Files) >= MaxFiles || s.Size()+about.Size > MaxTotal {
		return fault.New(fault.Guarded, "attachment.guard.full", "Files", MaxFiles, "Most", MaxTotal>>20)
	}
	return nil
}
