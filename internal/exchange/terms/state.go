// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Types of entries of the kind "terms".
const (
	DraftedType   = "terms.drafted"
	SentType      = "terms.sent"
	SignedType    = "terms.signed"
	SuspendedType = "terms.suspended"
	ResumedType   = "terms.resumed"
	EndedType     = "terms.ended"
	ReturnedType  = "terms.returned"
)

// Payloads of them. By is the office whose deed it is where that is the other one; zero is this office.
type (
	// Drafted is terms.drafted: a version. Text is the legal text itself, up to MaxText bytes; a version with the text of an earlier
	// one may leave it out.
	Drafted struct {
		Document Document   `json:"document" part:"OF"`
		Text     []byte     `json:"text,omitempty" part:"OF"`
		By       journal.ID `json:"by,omitzero" part:"OF"`
	}
	// Sent is terms.sent: a version of ours goes to the other office as a proposal.
	Sent struct {
		Hash string `json:"hash" part:"OF"`
	}
	// Signed is terms.signed, by either party: the version, or the last when it is not named, and the signer's card as it was.
	Signed struct {
		Office    journal.ID      `json:"office" part:"OF"`
		Signature string          `json:"signature" part:"OF"`
		Hash      string          `json:"hash,omitempty" part:"OF"`
		Card      json.RawMessage `json:"card,omitempty" part:"OF"`
	}
	// Marked is terms.suspended, terms.resumed and terms.ended. Reason is one of Reasons.
	Marked struct {
		Reason string     `json:"reason" part:"OF"`
		By     journal.ID `json:"by,omitzero" part:"OF"`
	}
	// Returned is terms.returned: a message about the terms did not reach the other office, and why.
	Returned struct {
		Message string `json:"message" part:"OF"`
		Reason  string `json:"reason" part:"OF"`
	}
)

// Given lists why people suspend, resume or end terms.
func Given() []string {
	return []string{"decided_here", "not_agreed", "breach", "law_changed", "new_terms", "no_more_need", "settled"}
}

// Reasons lists why an office does; the other office is told the code. Beside those of people, two that follow from the terms of
// several offices.
func Reasons() []string { return append(Given(), "left", "expelled") }

// Limits of a negotiation and of what is attached.
const (
	MaxText      = 5 << 20
	MostVersions = 60
	mostOpen     = 100 // dossiers of terms with one office
)

// Version is a draft as it lies here.
type Version struct {
	Document Document
	Hash     string
	By       journal.ID // the other office, or zero for this one
	Came     bool       // over the post, so that the other office knows that it came
	SentAt   time.Time  // to the other office; zero when it was not
	At       time.Time
	Actor    journal.ID
}

// Known says whether the other office has the version, as far as the post knows.
func (v Version) Known() bool { return v.Came || !v.SentAt.IsZero() }

// State is terms as they stand in one office.
type State struct {
	Document   Document // the version that was signed, or the last
	Text       []byte   // of Document
	Versions   []Version
	Signatures map[journal.ID]string
	Cards      map[journal.ID]json.RawMessage // of those who signed, as they were then
	Hands      map[journal.ID]Hand            // who put each signature here, and when
	Suspended  bool                           // by one of the two, or by both
	Halted     map[journal.ID]bool            // by whom; zero is this office
	Ended      bool
	End        Marked
	Returned   []Returned
	// Replaced is when later terms take their place; zero when none do (Settle).
	Replaced time.Time

	texts map[string][]byte
}

// Hand is who of this office put a signature into its record of the terms: somebody signed in, or the
// command line. For the other office's signature it is who took it in.
type Hand struct {
	Actor journal.ID
	At    time.Time
}

// Hex gives the hash of a document as messages and pages write it.
func (d Document) Hex() string {
	h := d.Hash()
	return hex.EncodeToString(h[:])
}

// Version finds a version by its hash; "" is the document's own.
func (s State) Version(hash string) (Version, bool) {
	if hash == "" {
		hash = s.Document.Hex()
	}
	at := slices.IndexFunc(s.Versions, func(v Version) bool { return v.Hash == hash })
	if at < 0 {
		return Version{}, false
	}
	return s.Versions[at], true
}

// WrittenBy says that somebody of this office wrote the version that is to be signed: somebody else signs it.
func (s State) WrittenBy(actor journal.ID) bool {
	v, ok := s.Version("")
	return ok && v.By.IsZero() && v.Actor == actor
}

// TextOf gives the legal text of a version.
func (s State) TextOf(v Version) []byte { return s.texts[v.Document.TextHash] }

// Fold gives the terms of their entries.
func Fold(entries []journal.Entry) (State, error) {
	s := State{Signatures: map[journal.ID]string{}, Cards: map[journal.ID]json.RawMessage{}, Hands: map[journal.ID]Hand{}, Halted: map[journal.ID]bool{}, texts: map[string][]byte{}}
	for _, e := range entries {
		if err := s.apply(e); err != nil {
			return s, err
		}
	}
	return s, nil
}

// apply changes a state that nobody else holds yet.
func (s *State) apply(e journal.Entry) error {
	switch e.Type {
	case DraftedType:
		p, err := journal.In[Drafted](e)
		if err != nil {
			return err
		}
		s.add(e, p)
	case SentType:
		p, err := journal.In[Sent](e)
		for i := range s.Versions {
			if s.Versions[i].Hash == p.Hash {
				s.Versions[i].SentAt = e.RecordedAt
			}
		}
		return err
	case SignedType:
		p, err := journal.In[Signed](e)
		if err != nil {
			return err
		}
		if v, ok := s.Version(p.Hash); ok { // what is signed is what the terms are from now on
			s.Document, s.Text = v.Document, s.texts[v.Document.TextHash]
		}
		s.Signatures[p.Office], s.Cards[p.Office], s.Hands[p.Office] = p.Signature, p.Card, Hand{e.Actor, e.RecordedAt}
	case SuspendedType, ResumedType, EndedType:
		p, err := journal.In[Marked](e)
		if err != nil {
			return err
		}
		s.mark(e.Type, p)
	case ReturnedType:
		p, err := journal.In[Returned](e)
		s.Returned = append(s.Returned, p)
		return err
	}
	return nil
}

func (s *State) add(e journal.Entry, p Drafted) {
	if len(p.Text) > 0 {
		s.texts[p.Document.TextHash] = p.Text
	}
	if at := slices.IndexFunc(s.Versions, func(v Version) bool { return v.Hash == p.Document.Hex() }); at >= 0 { // both wrote the same
		s.Versions[at].Came = s.Versions[at].Came || e.Actor == store.JobID("post")
		return
	}
	s.Versions = append(s.Versions, Version{Document: p.Document, Hash: p.Document.Hex(), By: p.By, Came: e.Actor == store.JobID("post"), At: e.RecordedAt, Actor: e.Actor})
	s.Document, s.Text = p.Document, s.texts[p.Document.TextHash]
}

func (s *State) mark(typ string, p Marked) {
	switch typ {
	case SuspendedType:
		s.Halted[p.By] = true
	case ResumedType:
		delete(s.Halted, p.By)
	case EndedType:
		s.Ended, s.End = true, p
	}
	s.Suspended = len(s.Halted) > 0
}

// Status is a code for lists.
func (s State) Status(now time.Time) string {
	switch {
	case s.Ended:
		return "ended"
	case s.Suspended:
		return "suspended"
	case len(s.Signatures) < 2:
		return "unsigned"
	case now.Before(s.Document.From):
		return "not_yet"
	case !s.Replaced.IsZero() && !now.Before(s.Replaced):
		return "replaced"
	case !now.Before(s.Document.Until):
		return "expired"
	}
	return "in_force"
}

// Statuses lists what Status gives.
func Statuses() []string {
	return []string{"in_force", "unsigned", "not_yet", "suspended", "replaced", "expired", "ended"}
}

// Stage says of terms that are not signed by both whose turn it is: "draft" is ours and unsent, "sent" waits for the other
// office, "answer" waits for ours, "half_here" and "half_there" have one signature.
func (s State) Stage(self journal.ID) string {
	last := Version{}
	if len(s.Versions) > 0 {
		last = s.Versions[len(s.Versions)-1]
	}
	switch {
	case len(s.Signatures) == 1 && s.Signatures[self] != "":
		return "half_here"
	case len(s.Signatures) == 1:
		return "half_there"
	case !last.By.IsZero():
		return "answer"
	case last.Known():
		return "sent"
	}
	return "draft"
}

// Stages lists what Stage gives.
func Stages() []string { return []string{"draft", "sent", "answer", "half_here", "half_there"} }

// Settle says of each of the terms between two offices from when later ones, that both have signed and that name it, take its
// place. It changes the list.
func Settle(all []State) {
	for _, later := range all {
		if len(later.Signatures) < 2 || later.Document.Replaces.IsZero() {
			continue
		}
		for i := range all {
			x := &all[i]
			if x.Document.ID == later.Document.Replaces && (x.Replaced.IsZero() || later.Document.From.Before(x.Replaced)) {
				x.Replaced = later.Document.From
			}
		}
	}
}

// Covers says whether the terms let one party send another these categories for a purpose now: nil, or an
// Uncovered fault whose key says what is missing.
func (s State) Covers(now time.Time, from, to journal.ID, purpose string, cats []journal.Category) error {
	if st := s.Status(now); st != "in_force" {
		return fault.New(fault.Uncovered, "exchange.terms."+st)
	}
	if d := s.Document; d.Handling == LawEnforcement && !(enforces(d.Parties[0].Kind) && enforces(d.Parties[1].Kind)) {
		return fault.New(fault.Uncovered, "exchange.terms.need.law_enforcement")
	}
	return s.grant(from, to, purpose, cats)
}

// Bound says whether both parties signed terms that grant this, in force or no more: what takes something back, or
// answers that, may always travel. Nil, or an Uncovered fault as Covers gives it.
func (s State) Bound(from, to journal.ID, purpose string, cats []journal.Category) error {
	if len(s.Signatures) < 2 {
		return fault.New(fault.Uncovered, "exchange.terms.unsigned")
	}
	return s.grant(from, to, purpose, cats)
}

func (s State) grant(from, to journal.ID, purpose string, cats []journal.Category) error {
	if purpose == Matching && !s.Document.mayCompare() { // whatever was signed
		return fault.New(fault.Uncovered, "exchange.terms.need.comparable")
	}
	for _, c := range cats {
		ok := slices.ContainsFunc(s.Document.Grants, func(g Grant) bool {
			return g.From == from && g.To == to && g.Purpose == purpose && slices.Contains(g.Categories, c)
		})
		if !ok {
			return fault.New(fault.Uncovered, "exchange.terms.uncovered", "Category", string(c))
		}
	}
	return nil
}

// MayAccept says whether somebody with these roles may take on what a party sends another for a purpose: nil, or Denied where
// the terms name other roles.
func (s State) MayAccept(from, to journal.ID, purpose string, roles []access.Role) error {
	named := map[access.Role]bool{}
	for _, g := range s.Document.Grants {
		if g.From != from || g.To != to || g.Purpose != purpose {
			continue
		}
		if len(g.Accept) == 0 {
			return nil
		}
		for _, r := range g.Accept {
			named[r] = true
		}
	}
	if len(named) == 0 || slices.ContainsFunc(roles, func(r access.Role) bool { return named[r] }) {
		return nil
	}
	return fault.New(fault.Denied, "exchange.terms.accept")
}
