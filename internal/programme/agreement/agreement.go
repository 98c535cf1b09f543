// SPDX-License-Identifier: EUPL-1.2

// Package agreement keeps cooperation agreements from the first draft to their end: who negotiates what, who sees to it and by
// when it is to be signed, the versions of the text with who wrote them, and what was agreed, initialled and signed. The signed
// file and what its force rests on are the evidence.
//
// A text is a list of paragraphs, each in French and in English at the same place; each paragraph says for itself whether its
// translation is missing or of an earlier original. A version never changes and is named by the hash over its paragraphs, so
// that two offices speak of the same words. Each office holds its own part: a version that the other side sends stands here
// as its proposal, under its name, and becomes nobody's agreement by arriving. What may follow what is in kind.go.
//
// Titles, states and dates are public programme content; texts and notes are internal. Who wrote, initialled and signed is sealed
// with the contacts, as the signed file is, and both have a period after the agreement's end (retention.go). Nothing may be about a
// person helped.
package agreement

import (
	"cmp"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "agreement". Those that end in "_there" are what another office has done, and "returned"
// is what did not reach it; the post writes them.
const (
	OpenedType      = "agreement.opened"
	DraftedType     = "agreement.drafted"
	SentType        = "agreement.sent"
	DraftedThere    = "agreement.drafted_there"
	AgreedType      = "agreement.agreed"
	AgreedThere     = "agreement.agreed_there"
	InitialledType  = "agreement.initialled"
	ReopenedType    = "agreement.reopened"
	SignedType      = "agreement.signed"
	SignedThereType = "agreement.signed_there"
	PartThereType   = "agreement.part_there"
	InForceType     = "agreement.in_force"
	EndedType       = "agreement.ended"
	ReturnedType    = "agreement.returned"
)

// State is where an agreement stands.
type State string

// The closed list of states.
const (
	Begun      State = "begun"      // no text yet
	Drafted    State = "drafted"    // one side has written
	Negotiated State = "negotiated" // more than one has
	Initialled State = "initialled"
	Signed     State = "signed"
	InForce    State = "in_force"
	Expired    State = "expired" // its time is over
	Over       State = "ended"   // somebody has ended it
)

// States lists the closed list.
func States() []State {
	return []State{Begun, Drafted, Negotiated, Initialled, Signed, InForce, Expired, Over}
}

// Sort is what an agreement is for.
type Sort string

// Sorts lists the closed list.
func Sorts() []Sort {
	return []Sort{"liaison", "training", "referral", "information", "investigation", "statistics", "return", "membership", "other"}
}

// Limits of what people write, in characters and numbers.
const (
	MaxTitle      = 300
	MaxParagraph  = 6000
	MostParagraph = 200
	maxNote       = 2000
	maxName       = 200
)

// ExpiryNotice is how long before its end an agreement is told of, and LastNotice how long before it is told of as urgent.
const (
	ExpiryNotice = 90 * 24 * time.Hour
	LastNotice   = 30 * 24 * time.Hour
)

// Opened is the payload of agreement.opened: the whole of what is known beside the text. Each replaces the one before.
type Opened struct {
	Code      string       `json:"code" part:"PP"` // "FR-RO-1"
	Title     wording.Text `json:"title" part:"PP"`
	Sort      Sort         `json:"sort" part:"PP"`
	Countries []string     `json:"countries" part:"PP"`          // the two that it binds
	Office    journal.ID   `json:"office,omitzero" part:"PP"`    // of the other side; zero when it has none
	Model     string       `json:"model,omitempty" part:"PP"`    // that the first draft begins with
	Need      journal.ID   `json:"need,omitzero" part:"PP"`      // that it answers
	Action    journal.ID   `json:"action,omitzero" part:"PP"`    // that it carries out
	Activity  string       `json:"activity,omitempty" part:"PP"` // where it was agreed to draw it up

	Owner journal.ID        `json:"owner,omitzero" part:"PP"` // organisation that sees to it here; zero when nobody does
	Due   party.PartialDate `json:"due,omitzero" part:"PP"`   // by when it is to be signed; not known: nobody has said
}

// Version is what a version is made of, as it is written, sent and stored.
type Version struct {
	Hash       string      `json:"hash" part:"PP"`             // hex, over Paragraphs
	From       string      `json:"from,omitempty" part:"PP"`   // hash of the version that it was written on
	Office     journal.ID  `json:"office" part:"PP"`           // whose it is
	By         string      `json:"by" part:"PC"`               // the service that wrote it: "Embassy of France in Bucharest"; a person may be named in it
	Writer     string      `json:"writer,omitempty" part:"PP"` // a code of By, so that everybody counts the same rounds; versions from before have none
	Note       string      `json:"note,omitempty" part:"PI"`
	Paragraphs []Paragraph `json:"paragraphs" part:"PI"`
}

// NewVersion makes what an office writes on another version, "" for none.
func NewVersion(office journal.ID, from, by, note string, ps []Paragraph) Version {
	return Version{Hash: Hash(ps), From: from, Office: office, By: by, Writer: register.Same(by), Note: note, Paragraphs: ps}
}

// Sent is the payload of agreement.sent: a version goes to the other office.
type Sent struct {
	Hash string     `json:"hash" part:"PP"`
	To   journal.ID `json:"to" part:"PP"`
}

// Consent is the payload of agreement.agreed and agreement.agreed_there: an office agrees to the exact words of a version.
type Consent struct {
	Hash   string            `json:"hash" part:"PP"`
	Office journal.ID        `json:"office" part:"PP"`
	By     string            `json:"by" part:"PC"` // names people
	On     party.PartialDate `json:"on" part:"PP"`
}

// Initials is the payload of agreement.initialled.
type Initials struct {
	Hash string            `json:"hash" part:"PP"`
	On   party.PartialDate `json:"on" part:"PP"`
	By   string            `json:"by" part:"PC"` // who initialled, for each side
}

// Signature is the payload of agreement.signed and agreement.signed_there: a recorded fact, with the hash of the file that
// holds the signed text. The file itself comes with agreement.signed and is sealed with the contacts, since names and
// signatures stand on it; the other office's comes in pieces.
type Signature struct {
	Hash   string            `json:"hash" part:"PP"` // of the version
	Office journal.ID        `json:"office" part:"PP"`
	On     party.PartialDate `json:"on" part:"PP"`
	By     string            `json:"by" part:"PC"`             // who signed, for each side
	File   string            `json:"file" part:"PP"`           // hex SHA-256 of the signed PDF
	Size   int               `json:"size" part:"PP"`           // in bytes
	Copy   bool              `json:"copy,omitempty" part:"PC"` // the file is here, with this entry
}

// Part is the payload of agreement.part_there: a part of the file that the other office has recorded as the signed one.
// The part itself comes with the entry.
type Part struct {
	File string `json:"file" part:"PP"` // hex SHA-256 of the whole
	N    int    `json:"n" part:"PC"`    // from 1
	Of   int    `json:"of" part:"PC"`
}

// Force is the payload of agreement.in_force.
type Force struct {
	On    party.PartialDate `json:"on" part:"PP"`
	Until party.PartialDate `json:"until,omitzero" part:"PP"` // not known, or without end
	Basis string            `json:"basis" part:"PP"`          // what it rests on: a notification, a decree
}

// Ended is the payload of agreement.ended and agreement.reopened.
type Ended struct {
	On     party.PartialDate `json:"on" part:"PP"`
	Reason string            `json:"reason" part:"PP"`
}

// Returned is the payload of agreement.returned: a message did not reach the other office, and why.
type Returned struct {
	Message string `json:"message" part:"PP"`
	Reason  string `json:"reason" part:"PP"`
}

// Kept is a version as it lies here. Entry is the entry that brought it, which this office's log proves.
type Kept struct {
	Version
	Entry journal.ID
	At    time.Time
	Actor journal.ID
}

// Held is a piece of a signed file that lies here: the bytes that came with Entry. What this office recorded itself is one.
type Held struct {
	Part
	Entry journal.ID
}

// Event is one line of an agreement's history.
type Event struct {
	Type, Text string
	At         time.Time
	By         journal.ID
}

// Agreement is the state of an agreement's dossier.
type Agreement struct {
	ID          journal.ID
	Opened      Opened
	Versions    []Kept
	Sent        []Sent
	Consents    []Consent // one of each office and version
	Initials    Initials
	Signature   Signature
	SignedThere Signature
	Held        []Held // the signed files, as far as they lie here
	Force       Force
	Ended       Ended
	Returned    []Returned
	History     []Event
	Retention   retention.State
}

// Exists says whether anything was recorded.
func (a Agreement) Exists() bool { return a.Opened.Code != "" }

// Version gives a version by its hash.
func (a Agreement) Version(hash string) (Kept, int) {
	at := slices.IndexFunc(a.Versions, func(v Kept) bool { return v.Hash == hash })
	if at < 0 {
		return Kept{}, -1
	}
	return a.Versions[at], at
}

// Last gives the version that came last.
func (a Agreement) Last() Kept {
	if len(a.Versions) == 0 {
		return Kept{}
	}
	return a.Versions[len(a.Versions)-1]
}

// Agrees says whether an office agrees to a version.
func (a Agreement) Agrees(office journal.ID, hash string) bool {
	return slices.ContainsFunc(a.Consents, func(c Consent) bool { return c.Office == office && c.Hash == hash })
}

// Shared says whether the other office knows a version.
func (a Agreement) Shared(hash string) bool {
	v, at := a.Version(hash)
	return at >= 0 && v.Office == a.Opened.Office || slices.ContainsFunc(a.Sent, func(s Sent) bool { return s.Hash == hash })
}

// ours says whether a version is this office's own.
func (a Agreement) ours(v Kept) bool { return v.Office != a.Opened.Office }

// unsent gives this office's versions that the other office does not know, the first first; all of its own once a message came back.
func (a Agreement) unsent() []Kept {
	return slices.DeleteFunc(slices.Clone(a.Versions), func(v Kept) bool { return !a.ours(v) || a.Shared(v.Hash) && len(a.Returned) == 0 })
}

// toAgree gives the versions to whose words this office has not agreed; once one is initialled, only that.
func (a Agreement) toAgree() []Kept {
	return slices.DeleteFunc(slices.Clone(a.Versions), func(v Kept) bool {
		return a.agreedHere(v.Hash) || a.Initials.Hash != "" && a.Initials.Hash != v.Hash
	})
}

// ready gives the versions that can be initialled: whole in both languages, and agreed by both sides.
func (a Agreement) ready() []Kept {
	return slices.DeleteFunc(slices.Clone(a.Versions), func(v Kept) bool {
		return len(Gaps(v.Paragraphs)) > 0 || !a.agreedHere(v.Hash) || !a.Opened.Office.IsZero() && !a.Agrees(a.Opened.Office, v.Hash)
	})
}

func (a Agreement) agreedHere(hash string) bool {
	return slices.ContainsFunc(a.Consents, func(c Consent) bool { return c.Hash == hash && c.Office != a.Opened.Office })
}

// State gives where it stands, whatever day it is: what has run out is Expired in StateAt.
func (a Agreement) State() State {
	writers := map[string]bool{}
	for _, v := range a.Versions {
		writers[v.Office.String()+cmp.Or(v.Writer, v.By)] = true
	}
	switch {
	case a.Ended.On.Known():
		return Over
	case a.Force.On.Known():
		return InForce
	case a.Signature.File != "":
		return Signed
	case a.Initials.Hash != "":
		return Initialled
	case len(writers) > 1:
		return Negotiated
	case len(writers) == 1:
		return Drafted
	}
	return Begun
}

// after is the first moment after the last day of a date.
func after(d party.PartialDate) time.Time { return d.Last().AddDate(0, 0, 1) }

// StateAt gives where it stands at a time.
func (l Line) StateAt(now time.Time) State {
	if l.State == InForce && l.Until.Known() && !now.Before(after(l.Until)) {
		return Expired
	}
	return l.State
}

// ToSign says that the other office has recorded the signature and this one has not.
func (l Line) ToSign() bool { return l.FileThere != "" && l.File == "" && l.Waiting() }

// Waiting says that it is not signed yet: until then it waits for its date, or for somebody to set one.
func (l Line) Waiting() bool {
	return slices.Contains([]State{Begun, Drafted, Negotiated, Initialled}, l.State)
}

// Late says that the date by which it was to be signed is over at a time. Of a date known in part the last day counts.
func (l Line) Late(now time.Time) bool {
	return l.Waiting() && l.Due.Known() && !now.Before(after(l.Due))
}

// Expiring says that an agreement in force ends within ExpiryNotice.
func (l Line) Expiring(now time.Time) bool { return l.ends(now, ExpiryNotice) }

// Urgent says that it ends within LastNotice.
func (l Line) Urgent(now time.Time) bool { return l.ends(now, LastNotice) }

func (l Line) ends(now time.Time, within time.Duration) bool {
	return l.StateAt(now) == InForce && l.Until.Known() && !now.Add(within).Before(after(l.Until))
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out; of what a reader may
// not see, texts are empty.
func Fold(es []journal.Entry) (Agreement, error) {
	var a Agreement
	for _, e := range es {
		a.ID = e.Dossier
		if mine, err := a.Retention.Apply(e); err != nil {
			return Agreement{}, err
		} else if mine {
			a.forget(e)
			continue
		}
		text, err := a.apply(e)
		if err != nil {
			return Agreement{}, err
		}
		a.History = append(a.History, Event{e.Type, text, e.OccurredAt, e.Actor})
	}
	return a, nil
}

func (a *Agreement) apply(e journal.Entry) (text string, err error) {
	switch e.Type {
	case OpenedType:
		a.Opened, err = journal.In[Opened](e)
	case DraftedType, DraftedThere:
		var v Version
		v, err = journal.In[Version](e)
		if _, known := a.Version(v.Hash); known < 0 {
			a.Versions = append(slices.Clone(a.Versions), Kept{v, e.ID, e.OccurredAt, e.Actor})
		}
		text = v.By
	case SentType:
		var v Sent
		v, err = journal.In[Sent](e)
		a.Sent = append(slices.Clone(a.Sent), v)
	case AgreedType, AgreedThere:
		var v Consent
		if v, err = journal.In[Consent](e); !a.Agrees(v.Office, v.Hash) {
			a.Consents = append(slices.Clone(a.Consents), v)
		}
		text = v.By
	case InitialledType:
		a.Initials, err = journal.In[Initials](e)
		text = a.Initials.By
	case SignedType:
		a.Signature, err = journal.In[Signature](e)
		text = a.Signature.By
		if a.Signature.Copy {
			a.Held = append(slices.Clone(a.Held), Held{Part{a.Signature.File, 1, 1}, e.ID})
		}
	case PartThereType:
		var v Part
		v, err = journal.In[Part](e)
		a.Held = append(slices.Clone(a.Held), Held{v, e.ID})
	case SignedThereType:
		a.SignedThere, err = journal.In[Signature](e)
		text = a.SignedThere.By
	case InForceType:
		a.Force, err = journal.In[Force](e)
		text = a.Force.Basis
	case ReopenedType, EndedType:
		var v Ended
		v, err = journal.In[Ended](e)
		if text = v.Reason; e.Type == EndedType {
			a.Ended = v
		} else {
			a.Initials = Initials{}
		}
	case ReturnedType:
		var v Returned
		v, err = journal.In[Returned](e)
		a.Returned = append(slices.Clone(a.Returned), v)
	}
	return text, err
}
