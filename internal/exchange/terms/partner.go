// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Payloads of the kind "partner".
type (
	// Pinned is partner.pinned: someone compared the fingerprint and says how.
	Pinned struct {
		Card json.RawMessage `json:"card" part:"OF"` // the card's bytes as it travelled
		How  string          `json:"how" part:"OF"`  // phone | in_person | paper | demo | renewed
		// Renewed says that the office made its new keys itself and none was stolen.
		Renewed bool `json:"renewed,omitempty" part:"OF"`
	}
	// Blocked is partner.blocked and partner.unblocked.
	Blocked struct {
		Reason string `json:"reason" part:"OF"`
	}
)

// ByRenewal is how a card was pinned that nobody compared: the card that was pinned until then vouches for it.
const ByRenewal = "renewed"

// Types of entries on a partner's log, on who witnesses this office's, and on what was taken along to it by hand. WitnessRoom writes
// the second three.
const (
	WitnessChosen   = "partner.witness_chosen"
	WitnessReleased = "partner.witness_released"
	LogForked       = "partner.log_forked"
	LogSettled      = "partner.log_settled"
	LogAccepted     = "partner.log_accepted"
	WitnessRoom     = "witness"
	TakenAlong      = "partner.taken_along"
	KeyMisused      = "partner.key_misused"
	PostRoom        = "post" // writes the last one
)

// Payloads of these.
type (
	// Witnessing is partner.witness_chosen and partner.witness_released: whether this partner keeps and cosigns checkpoints of
	// this office's log.
	Witnessing struct {
		Reason string `json:"reason,omitempty" part:"OF"`
	}
	// Forked is partner.log_forked: two signed checkpoints of one log that cannot both be true. Ours says that it is this
	// office's log, as its witness found; else it is the partner's.
	Forked struct {
		Ours   bool   `json:"ours,omitempty" part:"OF"`
		Before string `json:"before" part:"OF"`
		Now    string `json:"now" part:"OF"`
	}
	// Settled is partner.log_settled: the witness goes on with this office's log.
	Settled struct {
		Size int64 `json:"size" part:"OF"`
	}
	// Along is partner.taken_along: somebody was given a file for the partner, as what, and how much is in it. File is its name, which
	// follows from its bytes.
	Along struct {
		As       string `json:"as" part:"OF"` // file | mail | codes
		File     string `json:"file" part:"OF"`
		Messages int    `json:"messages" part:"OF"`
		Receipts int    `json:"receipts" part:"OF"`
		Pieces   int    `json:"pieces,omitempty" part:"OF"` // of files that belong to messages
	}
	// Misused is partner.key_misused: something came that was signed with a key of the partner that was stolen, or may have been, by
	// whose card's fingerprint. Nothing of it was taken in. It is noted once in MisusedEach, however much comes.
	Misused struct {
		Fingerprint string `json:"fingerprint" part:"OF"`
	}
	// Accepted is partner.log_accepted: people here asked the partner what happened, and go on with the log as it is now.
	Accepted struct {
		Reason string `json:"reason" part:"OF"`
		Before string `json:"before" part:"OF"`
		Now    string `json:"now" part:"OF"`
	}
)

// leastReason is how many characters a reason for going on with another log has at least.
const leastReason = 20

// Fork is a contradiction in a log that nobody has settled or accepted yet.
type Fork struct {
	Forked
	At time.Time
}

// Partner is another office as this one knows it.
type Partner struct {
	Card     card.Card
	Raw      json.RawMessage // the card's bytes as they travelled
	PinnedAt time.Time
	PinnedBy journal.ID
	How      string
	Blocked  bool
	Changes  int   // times that another card was pinned
	Witness  bool  // keeps and cosigns checkpoints of this office's log
	Theirs   *Fork // the open contradiction in the partner's log
	Ours     *Fork // the open contradiction in this office's log that the partner found
	Accepted []Accepted
	// Earlier are cards that it had before, when its keys were renewed and none was stolen: what it signed then still counts
	// for EarlierFor from PinnedAt on.
	Earlier []card.Card
	// Disowned are cards that it had before keys were pinned of which one was stolen, or may have been: nothing that they sign counts.
	Disowned []card.Card
	Misused  time.Time // when something came last that one of them had signed, to MisusedEach; zero for never
}

// MisusedEach is how far apart notes are that a stolen key of a partner is in use.
const MisusedEach = 24 * time.Hour

// MayNoteMisuse says whether that a card's key was used is new enough to be noted at a time.
func (p Partner) MayNoteMisuse(fingerprint string, now time.Time) bool {
	return !now.Before(p.Misused.Add(MisusedEach)) && slices.ContainsFunc(p.Disowned, func(c card.Card) bool { return card.Hex(c.Fingerprint()) == fingerprint })
}

// pinned takes the place of the card that was pinned until now.
func (p *Partner) pinned(c card.Card, renewed bool) {
	switch {
	case p.PinnedAt.IsZero() || c.Sign == p.Card.Sign:
	case renewed:
		p.Earlier = append(p.Earlier, p.Card)
	default:
		p.Disowned = append(p.Disowned, append(p.Earlier, p.Card)...)
		p.Earlier = nil
	}
	p.Disowned = slices.DeleteFunc(p.Disowned, func(x card.Card) bool { return x.Sign == c.Sign })
}

// EarlierFor is how long signatures of an earlier card count after another was pinned.
const EarlierFor = 90 * 24 * time.Hour

// FoldPartner gives a partner of its entries.
func FoldPartner(entries []journal.Entry) (Partner, error) {
	var p Partner
	for _, e := range entries {
		switch e.Type {
		case "partner.pinned":
			v, err := journal.In[Pinned](e)
			if err != nil {
				return p, err
			}
			if len(v.Card) == 0 {
				continue
			}
			c, err := card.Kept(v.Card) // the guard parsed it
			if err != nil {
				return p, err
			}
			if !p.PinnedAt.IsZero() {
				p.Changes++
			}
			p.pinned(c, v.Renewed)
			p.Card, p.Raw, p.PinnedAt, p.PinnedBy, p.How = c, v.Card, e.OccurredAt, e.Actor, v.How
		case "partner.blocked":
			p.Blocked = true
		case "partner.unblocked":
			p.Blocked = false
		case WitnessChosen:
			p.Witness = true
		case WitnessReleased:
			p.Witness = false
		case KeyMisused:
			p.Misused = e.OccurredAt
		case LogForked, LogSettled, LogAccepted:
			if err := p.foldLog(e); err != nil {
				return p, err
			}
		}
	}
	return p, nil
}

func (p *Partner) foldLog(e journal.Entry) error {
	switch e.Type {
	case LogForked:
		v, err := journal.In[Forked](e)
		if err != nil {
			return err
		}
		f := &Fork{v, e.OccurredAt}
		if v.Ours {
			p.Ours = f
		} else {
			p.Theirs = f
		}
	case LogSettled:
		p.Ours = nil
	case LogAccepted:
		v, err := journal.In[Accepted](e)
		if err != nil {
			return err
		}
		p.Theirs, p.Accepted = nil, append(p.Accepted, v)
	}
	return nil
}
