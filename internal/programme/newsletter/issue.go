// SPDX-License-Identifier: EUPL-1.2

// Package newsletter makes the issues of a programme's newsletter: written in French and English, built from the records,
// checked before anybody outside reads them, and kept with what was corrected later.
//
// An issue is a dossier of entries. Its words are Markdown, section by section and language by language; numbers, dates and
// names stand in it as references to records ("{P4-W1.participants}"), so that they are right until the issue is published.
// Then Build puts everything together once more, two people have approved exactly that (content and safety), and the
// result is kept with its hash. What a record says differently afterwards shows as a correction beside the issue.
//
// One Edition, in one language, is the source of the page, the e-mail (HTML and text) and the tagged PDF, so that no word
// differs between them; the same Edition gives the same bytes. Check finds what must not go out, and says where it stands
// and what to do.
package newsletter

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/reach"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "publication".
const (
	BegunType     = "issue.begun"
	SectionType   = "issue.section"
	DroppedType   = "issue.section_dropped"
	PictureType   = "issue.picture"
	ApprovedType  = "issue.approved"
	PublishedType = "issue.published"
	CorrectedType = "issue.corrected"
	SendingType   = "issue.sending"
	LookedType    = "issue.looked"
)

// Room is the one room that writes issue.published: it has built and checked what it holds.
const Room = "newsletter"

// Languages lists the languages of an edition, the first as the original is usually written.
func Languages() []string { return []string{"fr", "en"} }

// Sort is what a section is.
type Sort string

// The closed list of sections, in the order in which they stand.
const (
	Editorial Sort = "editorial"
	Focus     Sort = "focus"
	Closer    Sort = "closer"
	Priority  Sort = "priority"
	Upcoming  Sort = "upcoming"
)

// Sorts lists them.
func Sorts() []Sort { return []Sort{Editorial, Focus, Closer, Priority, Upcoming} }

// Begun is the payload of issue.begun: what the issue is about. Each replaces the one before. From and To are days.
type Begun struct {
	Title wording.Text `json:"title" part:"PP"`
	From  string       `json:"from" part:"PP"`
	To    string       `json:"to" part:"PP"`
}

// Section is the payload of issue.section. One with the same key replaces the one before.
type Section struct {
	Key      string       `json:"key" part:"PI"`
	Sort     Sort         `json:"sort" part:"PI"`
	Priority int          `json:"priority,omitempty" part:"PI"` // of a section by priority
	Place    int          `json:"place,omitempty" part:"PI"`    // among those of its sort
	Records  []string     `json:"records,omitempty" part:"PI"`  // codes of activities that it is about
	Title    wording.Text `json:"title" part:"PI"`
	Text     wording.Text `json:"text" part:"PI"` // Markdown
}

// Dropped is the payload of issue.section_dropped.
type Dropped struct {
	Key string `json:"key" part:"PI"`
}

// Picture is the payload of issue.picture: a PNG that sections show by its key. The words in its place stand where it is
// shown, in each language.
type Picture struct {
	Key string `json:"key" part:"PI"`
	PNG []byte `json:"png" part:"PI"`
}

// Side is which of the two approvals.
type Side string

// The closed list of approvals: that it is right and well said; that it endangers and names nobody.
const (
	OfContent Side = "content"
	OfSafety  Side = "safety"
)

// Sides lists them.
func Sides() []Side { return []Side{OfContent, OfSafety} }

// Approved is the payload of issue.approved. Draft is the mark of the words, Hash that of the editions as they were built.
type Approved struct {
	Side  Side   `json:"side" part:"PI"`
	Draft string `json:"draft" part:"PI"`
	Hash  string `json:"hash" part:"PI"`
}

// Published is the payload of issue.published: the issue as everybody reads it from then on.
type Published struct {
	Number   int       `json:"number" part:"PP"`
	Day      string    `json:"day" part:"PP"`
	Hash     string    `json:"hash" part:"PP"` // of Editions
	Editions []Edition `json:"editions" part:"PP"`
}

// Corrected is the payload of issue.corrected: what the office says of a mistake in its own words.
type Corrected struct {
	Text wording.Text `json:"text" part:"PP"`
}

// Sending is the payload of issue.sending: from now on the issue goes to those who subscribed.
type Sending struct {
	Hash string `json:"hash" part:"PI"` // what is sent
}

// Looked is the payload of issue.looked: what the links to other sites came to when somebody asked them. Each replaces the one
// before.
type Looked struct {
	Links []reach.Answer `json:"links" part:"PI"`
}

// Approval is an approval with who gave it.
type Approval struct {
	Approved
	At time.Time
	By journal.ID
}

// Erratum is a correction in words.
type Erratum struct {
	Corrected
	At time.Time
}

// Event is a line of an issue's history.
type Event struct {
	Type string
	Text string
	At   time.Time
	By   journal.ID
}

// Issue is the state of an issue's dossier.
type Issue struct {
	ID        journal.ID
	Begun     Begun
	Sections  []Section // as they stand on the page
	Pictures  map[string][]byte
	Approvals []Approval // the last of each side
	Published Published
	At        time.Time // of publication
	Errata    []Erratum
	Sending   time.Time // since when it goes out; zero before
	Links     []reach.Answer
	LookedAt  time.Time // when the links were asked last; zero when nobody has
	Hidden    bool      // this reader sees what is published only
	History   []Event
}

// Exists says whether anything was recorded.
func (i Issue) Exists() bool { return i.Begun.From != "" }

// Out says whether it is published.
func (i Issue) Out() bool { return i.Published.Number > 0 }

// Section gives a section by its key.
func (i Issue) Section(key string) (Section, bool) {
	at := slices.IndexFunc(i.Sections, func(s Section) bool { return s.Key == key })
	if at < 0 {
		return Section{}, false
	}
	return i.Sections[at], true
}

// Approval gives the approval of a side, where it is of the words as they stand.
func (i Issue) Approval(s Side) (Approval, bool) {
	at := slices.IndexFunc(i.Approvals, func(a Approval) bool { return a.Side == s && a.Draft == i.Mark() })
	if at < 0 {
		return Approval{}, false
	}
	return i.Approvals[at], true
}

// Mark is the fingerprint of the words: an approval holds as long as it is the same.
func (i Issue) Mark() string {
	return fingerprint(struct {
		Begun    Begun
		Sections []Section
		Pictures map[string][]byte
	}{i.Begun, i.Sections, i.Pictures})
}

// fingerprint is the SHA-256 of a value's JSON, which writes maps in the order of their keys.
func fingerprint(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return "" // only what cannot be written as JSON, and nothing here is
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Fold gives the state of entries in rising revision. What a reader may not see (drafts, approvals) is left out.
func Fold(es []journal.Entry) (Issue, error) {
	var i Issue
	for _, e := range es {
		i.ID = e.Dossier
		if err := i.apply(e); err != nil {
			return Issue{}, err
		}
	}
	return i, nil
}

func (i *Issue) apply(e journal.Entry) error {
	if len(e.Parts) == 0 {
		i.Hidden = true
		return nil
	}
	var err error
	text := ""
	switch e.Type {
	case BegunType:
		i.Begun, err = journal.In[Begun](e)
	case SectionType:
		var v Section
		v, err = journal.In[Section](e)
		i.put(v)
		text = v.Key
	case DroppedType:
		var v Dropped
		v, err = journal.In[Dropped](e)
		i.Sections = slices.DeleteFunc(slices.Clone(i.Sections), func(s Section) bool { return s.Key == v.Key })
	case PictureType:
		var v Picture
		v, err = journal.In[Picture](e)
		kept := map[string][]byte{v.Key: v.PNG}
		for k, p := range i.Pictures {
			if k != v.Key {
				kept[k] = p
			}
		}
		i.Pictures = kept
	case ApprovedType:
		var v Approved
		v, err = journal.In[Approved](e)
		i.Approvals = append(slices.DeleteFunc(slices.Clone(i.Approvals), func(a Approval) bool { return a.Side == v.Side }), Approval{v, e.OccurredAt, e.Actor})
		text = string(v.Side)
	case PublishedType:
		i.Published, err = journal.In[Published](e)
		i.At = e.OccurredAt
	case CorrectedType:
		var v Corrected
		v, err = journal.In[Corrected](e)
		i.Errata = append(slices.Clone(i.Errata), Erratum{v, e.OccurredAt})
	case SendingType:
		i.Sending = e.OccurredAt
	case LookedType:
		var v Looked
		v, err = journal.In[Looked](e)
		i.Links, i.LookedAt = v.Links, e.OccurredAt
	default:
		return nil
	}
	i.History = append(i.History, Event{e.Type, text, e.OccurredAt, e.Actor})
	return err
}

func (i *Issue) put(v Section) {
	i.Sections = slices.DeleteFunc(slices.Clone(i.Sections), func(s Section) bool { return s.Key == v.Key })
	i.Sections = append(i.Sections, v)
	inorder.Stably(i.Sections, func(a, b Section) int {
		return cmp.Or(slices.Index(Sorts(), a.Sort)-slices.Index(Sorts(), b.Sort), a.Priority-b.Priority, a.Place-b.Place, cmp.Compare(a.Key, b.Key))
	})
}
