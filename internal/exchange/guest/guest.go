// SPDX-License-Identifier: EUPL-1.2

// Package guest lets an office write with a partner that has no office: an association, a lawyer, an embassy.
//
// The office opens a door: one link, which is sent in whatever way, and one code of twenty digits, which is told in another
// way. What the office writes is sealed to a key of this door, and that key to the code; the browser opens both, so the code
// never leaves it and neither the link alone nor whoever serves the page reads anything. What the guest answers is sealed in
// the browser to the office's own recipient, as post is. A door ends by itself, after so many days and so many openings; a
// wrong code counts too, and ten of them shut it. Every opening is an entry: the office sees when, and whether the code was
// right. The link and the code are shown once and kept nowhere: the door's id follows from the link.
//
// What comes in stays at the door, where the office reads it and writes back: a door holds a whole exchange of letters, nothing
// about a person and no signal (these have their own rooms, which a link does not reach). There are no sharing terms with a guest: on what it rests and why is recorded with the door instead.
package guest

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Entry types of the dossier kind "guest". Only the job "post" writes visits and answers.
const (
	OpenedType   = "guest.opened"
	WrittenType  = "guest.written"
	ClosedType   = "guest.closed"
	VisitedType  = "guest.visited"
	AnsweredType = "guest.answered"
	FiledType    = "guest.filed"
)

// Limits. Lengths are in bytes, but for Letters.
const (
	MostDays     = 60
	UsualDays    = 14
	MostOpenings = 50
	MostWrong    = 10 // codes, of all who tried
	mostAnswers  = 30
	mostTexts    = 30
	mostFiles    = 3
	Letters      = 8000 // that a form takes
	maxText      = 4 * Letters
	MaxFiles     = 3 << 20 // of one answer together
	maxLine      = 300
)

// Letter is what a door is for.
const Letter = "letter"

// Bases lists on what writing to a guest rests.
func Bases() []string { return []string{"mandate", "law", "convention", "consent", "own"} }

// Closings lists why a door is closed before its time.
func Closings() []string { return []string{"done", "mistake", "wrong_hands", "other"} }

// Payloads of the entries.
type (
	// Opened is guest.opened. Proof, Key and To are made with the code, which is not kept.
	Opened struct {
		Sort     string    `json:"sort" part:"D0"`
		Basis    string    `json:"basis" part:"D0"`
		Until    time.Time `json:"until" part:"D0"`
		Openings int       `json:"openings" part:"D0"`
		Language string    `json:"language" part:"D0"`
		Proof    string    `json:"proof" part:"D0"` // hash of what a browser derives from the right code
		Key      []byte    `json:"key" part:"D0"`   // the door's private key, an age file sealed to the code
		To       string    `json:"to" part:"D0"`    // the recipient of that key
		For      string    `json:"for" part:"D3"`   // whom
		Reason   string    `json:"reason" part:"D3"`
	}
	// Written is guest.written: what the office writes, as it reads it again, and as the guest's browser does.
	Written struct {
		Text   string `json:"text" part:"D3"`
		Sealed []byte `json:"sealed" part:"D0"`
	}
	// Visited is guest.visited: somebody tried a code.
	Visited struct {
		Right bool `json:"right" part:"D0"`
	}
	// Answered is guest.answered.
	Answered struct {
		Files int    `json:"files,omitempty" part:"D0"`
		Text  string `json:"text,omitempty" part:"D3"`
	}
	// Filed is guest.filed: a file of an answer; its bytes come with the entry.
	Filed struct {
		Answer journal.ID `json:"answer" part:"D0"`
		Media  string     `json:"media" part:"D0"`
		Size   int        `json:"size" part:"D0"`
		Name   string     `json:"name" part:"D3"`
	}
	// Closed is guest.closed.
	Closed struct {
		Reason string `json:"reason" part:"D0"`
	}
)

// Status is where a door stands.
type Status string

// The closed list.
const (
	Open    Status = "open"
	Spent   Status = "spent"   // opened as often as it may be: what was read can still be answered
	Locked  Status = "locked"  // too many wrong codes
	Expired Status = "expired" //
	Shut    Status = "closed"  // by the office
)

// Statuses lists them.
func Statuses() []Status { return []Status{Open, Spent, Locked, Expired, Shut} }

// Text is one letter through the door, either way.
type Text struct {
	ID     journal.ID
	At     time.Time
	By     journal.ID // zero for the guest
	Text   string
	Hidden bool // its words may not be read here
	Sealed []byte
	Files  []File
}

// File is a file of an answer.
type File struct {
	ID journal.ID
	Filed
}

// Visit is one try of a code.
type Visit struct {
	At    time.Time
	Right bool
}

// Door is the state of a dossier.
type Door struct {
	ID       journal.ID
	Opened   Opened
	By       journal.ID
	At       time.Time
	Texts    []Text // in order, of both
	Visits   []Visit
	Closed   string
	ClosedAt time.Time
}

// Exists says whether a door was ever opened under this id.
func (d Door) Exists() bool { return d.Opened.Sort != "" }

// Used counts the openings with the right code, Wrong those with another one.
func (d Door) Used() (n int) {
	for _, v := range d.Visits {
		if v.Right {
			n++
		}
	}
	return n
}

// Wrong counts wrong codes.
func (d Door) Wrong() int { return len(d.Visits) - d.Used() }

// Answers counts what the guest sent.
func (d Door) Answers() (n int) {
	for _, t := range d.Texts {
		if t.By.IsZero() {
			n++
		}
	}
	return n
}

// Status gives where the door stands at a time.
func (d Door) Status(now time.Time) Status {
	switch {
	case d.Closed != "":
		return Shut
	case d.Wrong() >= MostWrong:
		return Locked
	case !now.Before(d.Opened.Until):
		return Expired
	case d.Used() >= d.Opened.Openings:
		return Spent
	}
	return Open
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Door, error) {
	var d Door
	for _, e := range es {
		d.ID = e.Dossier
		if err := d.apply(e); err != nil {
			return Door{}, err
		}
	}
	return d, nil
}

func (d *Door) apply(e journal.Entry) error {
	var err error
	switch e.Type {
	case OpenedType:
		d.Opened, err = journal.In[Opened](e)
		d.By, d.At = e.Actor, e.OccurredAt
	case WrittenType:
		var v Written
		v, err = journal.In[Written](e)
		d.Texts = append(slices.Clone(d.Texts), Text{ID: e.ID, At: e.OccurredAt, By: e.Actor, Text: v.Text, Sealed: v.Sealed, Hidden: v.Text == ""})
	case VisitedType:
		var v Visited
		v, err = journal.In[Visited](e)
		d.Visits = append(slices.Clone(d.Visits), Visit{e.OccurredAt, v.Right})
	case AnsweredType:
		var v Answered
		v, err = journal.In[Answered](e)
		d.Texts = append(slices.Clone(d.Texts), Text{ID: e.ID, At: e.OccurredAt, Text: v.Text, Hidden: v.Text == "" && v.Files == 0})
	case FiledType:
		var v Filed
		v, err = journal.In[Filed](e)
		d.file(File{e.ID, v})
	case ClosedType:
		var v Closed
		v, err = journal.In[Closed](e)
		d.Closed, d.ClosedAt = v.Reason, e.OccurredAt
	}
	return err
}

// file adds a file to its answer.
func (d *Door) file(f File) {
	d.Texts = slices.Clone(d.Texts)
	for i := range d.Texts {
		if d.Texts[i].ID == f.Answer {
			d.Texts[i].Files = append(slices.Clone(d.Texts[i].Files), f)
		}
	}
}

// Writes says whether somebody may open a door: those who write letters. The store's door decides.
func Writes(a access.Actor) bool {
	return slices.ContainsFunc([]access.Role{access.Liaison, access.FocalPoint, access.CaseManager, access.ProgrammeOfficer, access.PoliceOfficer, access.Prosecutor}, a.Has)
}
