// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of what is noted during an event, and of its minutes.
const (
	CapturedType = "event.captured"
	JoinedType   = "event.joined"
	ApartType    = "event.apart"
	FiledType    = "event.filed"
	MinutedType  = "event.minuted"
	ApprovedType = "event.approved"
)

// Take is what sort of thing somebody noted.
type Take string

// The closed list, in the order of a summary.
const (
	TakeNeed     Take = "need"
	TakeAction   Take = "action"
	TakePractice Take = "practice"
)

// Takes lists the closed list.
func Takes() []Take { return []Take{TakeNeed, TakeAction, TakePractice} }

// MaxText is the longest text that somebody notes, in characters.
const MaxText = 4000

// Captured is the payload of event.captured: what somebody noted under an item of the agenda, perhaps hours ago on a
// machine without network. The entry's id is made there, so that sending it twice writes once; At is when it was typed.
type Captured struct {
	Take        Take              `json:"take" part:"PI"`
	Session     journal.ID        `json:"session" part:"PI"`
	Theme       string            `json:"theme" part:"PI"` // one of the register of needs
	Text        wording.Text      `json:"text" part:"PI"`
	Countries   []string          `json:"countries,omitempty" part:"PI"`
	Groups      []string          `json:"groups,omitempty" part:"PI"`  // of a need: who lacks it
	Urgency     string            `json:"urgency,omitempty" part:"PI"` // of a need
	Owner       journal.ID        `json:"owner,omitzero" part:"PI"`    // of an action: an organisation
	OwnerOffice journal.ID        `json:"owner_office,omitzero" part:"PI"`
	Due         party.PartialDate `json:"due,omitzero" part:"PI"`
	Office      journal.ID        `json:"office,omitzero" part:"PI"` // at the host: the invited office whose people noted it
}

// Joined is the payload of event.joined: a person said that one note says the same as another.
type Joined struct {
	Note journal.ID `json:"note" part:"PI"`
	Into journal.ID `json:"into" part:"PI"`
}

// Apart is the payload of event.apart: a person said that two notes which read alike are two.
type Apart struct {
	Note  journal.ID `json:"note" part:"PI"`
	Other journal.ID `json:"other" part:"PI"`
}

// Filed is the payload of event.filed: a note has its record in a register.
type Filed struct {
	Note   journal.ID `json:"note" part:"PI"`
	Record journal.ID `json:"record" part:"PI"`
}

// Minuted is the payload of event.minuted: what stands before the lists. Each replaces the one before, and what was approved
// is approved no more. People may be named in it, so it is sealed with their names and goes with them; entries from before
// have it among what is internal, and of those the fold forgets it then.
type Minuted struct {
	Text wording.Text `json:"text" part:"PC"`
}

// Approved is the payload of event.approved: the minutes hold as they read then.
type Approved struct {
	Mark string `json:"mark" part:"PI"` // of what was approved, so that nothing is approved unread
}

// Note is what somebody noted, as it stands.
type Note struct {
	ID journal.ID
	Captured
	By     journal.ID
	At     time.Time
	Into   journal.ID   // of another one that says the same; zero when it stands for itself
	With   []journal.ID // of those that say the same as this one
	Record journal.ID   // in its register; zero until it is filed
}

// Notes is what was noted, and the minutes.
type Notes struct {
	List     []Note // by id
	Apart    [][2]journal.ID
	Text     wording.Text
	Missing  journal.Absence // why Text is empty when an entry holds one: hidden from this reader, or erased
	Approved Approved
	By       journal.ID // who approved
	At       time.Time  // when
}

// Find gives a note by its id.
func (n Notes) Find(id journal.ID) (Note, bool) {
	i := slices.IndexFunc(n.List, func(x Note) bool { return x.ID == id })
	if i < 0 {
		return Note{}, false
	}
	return n.List[i], true
}

// Standing gives the notes that stand for themselves.
func (n Notes) Standing() []Note {
	return slices.DeleteFunc(slices.Clone(n.List), func(x Note) bool { return !x.Into.IsZero() })
}

// Unfiled gives those of them that no register has yet.
func (n Notes) Unfiled() []Note {
	return slices.DeleteFunc(n.Standing(), func(x Note) bool { return !x.Record.IsZero() })
}

// forget leaves nothing of the minutes' words: those of an entry from before lie where no key of their own seals them.
func (n *Notes) forget() {
	if !n.Text.IsZero() {
		n.Text, n.Missing = wording.Text{}, journal.Erased
	}
}

// apply folds an entry about notes; others it leaves alone.
func (n *Notes) apply(e journal.Entry) error {
	switch e.Type {
	case CapturedType:
		v, err := journal.In[Captured](e)
		if err == nil && v.Take != "" {
			n.List = append(n.List, Note{ID: e.ID, Captured: v, By: e.Actor, At: e.OccurredAt})
		}
		return err
	case JoinedType:
		v, err := journal.In[Joined](e)
		n.change(v.Note, func(x *Note) { x.Into = v.Into })
		n.change(v.Into, func(x *Note) { x.With = append(x.With, v.Note) })
		return err
	case ApartType:
		v, err := journal.In[Apart](e)
		n.Apart = append(n.Apart, [2]journal.ID{v.Note, v.Other})
		return err
	case FiledType:
		v, err := journal.In[Filed](e)
		n.change(v.Note, func(x *Note) { x.Record = v.Record })
		return err
	case MinutedType:
		v, err := journal.In[Minuted](e)
		n.Text, n.Missing, n.Approved, n.By, n.At = v.Text, e.Missing[journal.PC], Approved{}, journal.ID{}, time.Time{}
		return err
	case ApprovedType:
		v, err := journal.In[Approved](e)
		n.Approved, n.By, n.At = v, e.Actor, e.OccurredAt
		return err
	}
	return nil
}

func (n *Notes) change(id journal.ID, f func(*Note)) {
	for i := range n.List {
		if n.List[i].ID == id {
			f(&n.List[i])
		}
	}
}

// alike is the share of words that two notes must have in common to be proposed as one.
const alike = 0.5

// Alike lists pairs of notes of one take and theme that may be the same: in one language at least half of their words are.
// Pairs on which a person has decided are not proposed again. Nothing joins them but a person.
func (n Notes) Alike() [][2]Note {
	list := n.Unfiled()
	inorder.By(list, func(a, b Note) int { return cmp.Or(a.At.Compare(b.At), strings.Compare(a.ID.String(), b.ID.String())) })
	var out [][2]Note
	for i, a := range list {
		for _, b := range list[i+1:] {
			decided := slices.ContainsFunc(n.Apart, func(p [2]journal.ID) bool {
				return p == [2]journal.ID{a.ID, b.ID} || p == [2]journal.ID{b.ID, a.ID}
			})
			if !decided && a.Take == b.Take && a.Theme == b.Theme && near(a.Text, b.Text) {
				out = append(out, [2]Note{a, b})
			}
		}
	}
	return out
}

func near(a, b wording.Text) bool {
	for _, l := range a.Languages() {
		if v, ok := b.By[l]; ok && wording.Likeness(a.By[l].Text, v.Text) >= alike {
			return true
		}
	}
	return false
}
