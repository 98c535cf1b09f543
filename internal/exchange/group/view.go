// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// How an office is no more a member.
const (
	HasLeft  = "left"
	Expelled = "expelled"
)

// Member is an office that is or was in a group.
type Member struct {
	Office journal.ID
	Card   card.Card // by which it signed last
	Seat   Seat      // of that
	Since  int       // number of the change by which it came in
	Out    string    // "", HasLeft or Expelled
}

// View is a group as its record gives it.
type View struct {
	Group   journal.ID
	Number  int    // of the last change; 0 before it is founded
	Head    string // its hash
	Rules   Rules
	Under   int // number of the change that set the rules
	Members []Member
	Changes []Held // that hold, in order
	Forked  bool   // two whole changes follow the same one: somebody signed twice
}

// View folds a record, which merge has verified. It depends on which facts are there, not on their order; more of them never undo
// what holds, except that of two changes after the same one that both were signed whole, the one that goes before holds everywhere.
func (r Record) View() View { return r.upTo(MostChanges) }

// upTo is the view after so many changes at most.
func (r Record) upTo(most int) View {
	var v View
	for v.Number < most {
		var next *Held
		for i := range r.Held {
			h := &r.Held[i]
			if v.follows(h.Change, r.Left) != nil {
				continue
			}
			if next != nil && next.Change.Hex() != h.Change.Hex() {
				v.Forked = true
			}
			if next == nil || h.Change.GoesBefore(next.Change) {
				next = h
			}
		}
		if next == nil {
			break
		}
		v.add(*next, r.Cards)
	}
	for i := range v.Members {
		if m := &v.Members[i]; m.Out == "" && hasLeft(r.Left, v.Group, *m) {
			m.Out = HasLeft
		}
	}
	return v
}

func hasLeft(all []Left, group journal.ID, m Member) bool {
	return slices.ContainsFunc(all, func(l Left) bool {
		return l.Leaving == Leaving{group, m.Office, m.Since} && verify(m.Card, l.Leaving.signed(), l.Signature) == nil
	})
}

// follows says what keeps a change from being the next one: nil when it is in form, follows the head, and names everyone concerned: all members but those
// who have left or are expelled by it, and whoever joins.
func (v View) follows(c Change, left []Left) error {
	if err := c.shaped(); err != nil {
		return err
	}
	if c.Number != v.Number+1 || c.Before != v.Head || v.Number > 0 && c.Group != v.Group {
		return fault.New(fault.Conflict, "exchange.group.overtaken")
	}
	unconcerned := fault.New(fault.Invalid, "exchange.group.concerned")
	if (c.Deed == Found) != (v.Number == 0) {
		return unconcerned
	}
	if c.Deed == Found {
		return nil
	}
	if c.Deed != Amend && !c.Rules.Equal(v.Rules) {
		return fault.New(fault.Invalid, "exchange.group.rules")
	}
	for _, m := range v.Members {
		in, subject := m.Out != Expelled, m.Office == c.Office // who has left may have signed before: learning of that first changes nothing
		seat, signs := c.Seat(m.Office)
		mayMiss := !in || subject && c.Deed == Expel || hasLeft(left, v.Group, m)
		maySign := in && !(subject && c.Deed == Expel) || subject && c.Deed == Join
		if !signs && !mayMiss || signs && !maySign {
			return unconcerned
		}
		if signs && !(subject && c.Deed == Join) && seat.Fingerprint != m.Seat.Fingerprint { // new keys are a new coming in
			return fault.New(fault.Invalid, "exchange.group.keys")
		}
	}
	if m, known := v.Member(c.Office); c.Deed == Expel && (!known || m.Out == Expelled) {
		return unconcerned
	}
	for _, s := range c.Signers {
		if _, known := v.Member(s.Office); !known && !(c.Deed == Join && s.Office == c.Office) {
			return unconcerned
		}
	}
	return nil
}

// shaped says whether a change is in form by itself.
func (c Change) shaped() error {
	bad := fault.New(fault.Invalid, "exchange.group.form")
	if c.Version != 1 || c.Group.IsZero() || c.Number < 1 || c.Number > MostChanges || len(c.Signers) < 2 || len(c.Signers) > MostMembers || !slices.Contains(Deeds(), c.Deed) {
		return bad
	}
	if c.Deed == Found && c.Group != GroupID(c) {
		return bad
	}
	if (c.Number == 1) != (c.Before == "") || (c.Deed == Found) != (c.Number == 1) || (c.Deed == Join || c.Deed == Expel) == c.Office.IsZero() {
		return bad
	}
	for i, s := range c.Signers {
		if i > 0 && bytes.Compare(c.Signers[i-1].Office[:], s.Office[:]) >= 0 || len(s.Fingerprint) != 64 || len(s.Card) != 64 {
			return bad
		}
	}
	_, by := c.Seat(c.By)
	_, concerned := c.Seat(c.Office)
	if !by || c.Deed == Join && !concerned || c.Deed == Expel && concerned {
		return bad
	}
	return nil
}

// add lets a change hold.
func (v *View) add(h Held, cards []json.RawMessage) {
	c := h.Change
	v.Group, v.Number, v.Head, v.Rules = c.Group, c.Number, c.Hex(), c.Rules
	v.Changes = append(v.Changes, h)
	if c.Deed == Found || c.Deed == Amend {
		v.Under = c.Number
	}
	for _, s := range c.Signers {
		at := slices.IndexFunc(v.Members, func(m Member) bool { return m.Office == s.Office })
		if at >= 0 && v.Members[at].Seat == s && !(c.Deed == Join && s.Office == c.Office) {
			continue // nothing new, and no card to be read again
		}
		k := known(s, cards)
		switch {
		case at < 0:
			v.Members = append(v.Members, Member{Office: s.Office, Card: k, Seat: s, Since: c.Number})
		case c.Deed == Join && s.Office == c.Office:
			v.Members[at] = Member{Office: s.Office, Card: k, Seat: s, Since: c.Number}
		default:
			v.Members[at].Card, v.Members[at].Seat = k, s
		}
	}
	if c.Deed == Expel {
		for i := range v.Members {
			if v.Members[i].Office == c.Office {
				v.Members[i].Out = Expelled
			}
		}
	}
	inorder.By(v.Members, func(a, b Member) int { return bytes.Compare(a.Office[:], b.Office[:]) })
}

// Member finds an office.
func (v View) Member(office journal.ID) (Member, bool) {
	at := slices.IndexFunc(v.Members, func(m Member) bool { return m.Office == office })
	if at < 0 {
		return Member{}, false
	}
	return v.Members[at], true
}

// Holds says whether an office is a member now.
func (v View) Holds(office journal.ID) bool {
	m, ok := v.Member(office)
	return ok && m.Out == ""
}

// In lists the members of now.
func (v View) In() []Member {
	return slices.DeleteFunc(slices.Clone(v.Members), func(m Member) bool { return m.Out != "" })
}

// Pair gives the terms that two members have under the rules of now, of the cards by which both signed the change that they
// follow from.
func (v View) Pair(a, b journal.ID, cards []json.RawMessage) (by string, as, bs card.Card, ok bool) {
	x, found := v.Member(a)
	y, also := v.Member(b)
	if !found || !also || x.Out != "" || y.Out != "" || a == b {
		return "", as, bs, false
	}
	c := v.Changes[max(v.Under, x.Since, y.Since)-1].Change
	s, one := c.Seat(a)
	t, two := c.Seat(b)
	if !one || !two {
		return "", as, bs, false
	}
	return c.Hex(), known(s, cards), known(t, cards), true
}

// known reads a seat's card that was verified when the change was taken: the same bytes need it no more.
func known(s Seat, cards []json.RawMessage) (c card.Card) {
	for _, raw := range cards {
		if h := sha256.Sum256(raw); hex.EncodeToString(h[:]) == s.Card {
			_ = json.Unmarshal(raw, &c)
		}
	}
	return c
}

// Same says whether two views say the same.
func (v View) Same(o View) bool { return v.words() == o.words() }

func (v View) words() string {
	out := v.Group.String() + " " + v.Head + " " + strconv.Itoa(v.Number)
	for _, m := range v.Members {
		out += " " + m.Office.String() + "@" + strconv.Itoa(m.Since) + m.Out
	}
	return out
}

// merge adds what another record of the group holds, and gives the whole and what was new. Whatever does not follow from what is
// there, or is not signed as it must be, is left out: the group's id is made of its founding, and every later change is
// signed with the keys that the ones before it named.
func (r Record) merge(o Record, group journal.ID) (whole, news Record) {
	whole = Record{slices.Clone(r.Held), slices.Clone(r.Left), slices.Clone(r.Cards)}
	for again := true; again; {
		again = false
		for _, h := range o.Held {
			if whole.takes(h, o, group) {
				whole.Held, news.Held, again = append(whole.Held, h), append(news.Held, h), true
				for _, s := range h.Change.Signers {
					before := len(whole.Cards)
					if whole.Cards = keep(whole.Cards, o.Cards, s); len(whole.Cards) > before {
						news.Cards = append(news.Cards, whole.Cards[before])
					}
				}
			}
		}
		for _, l := range o.Left {
			if whole.takesLeft(l, group) {
				whole.Left, news.Left, again = append(whole.Left, l), append(news.Left, l), true
			}
		}
	}
	return whole, news
}

// Empty says whether a record holds nothing.
func (r Record) Empty() bool { return len(r.Held) == 0 && len(r.Left) == 0 }

// takes says whether a change of another record is new, follows from what is there, and is whole.
func (r Record) takes(h Held, o Record, group journal.ID) bool {
	if h.Change.Group != group || slices.ContainsFunc(r.Held, func(x Held) bool { return x.Change.Hex() == h.Change.Hex() }) {
		return false
	}
	return r.upTo(h.Change.Number-1).follows(h.Change, slices.Concat(r.Left, o.Left)) == nil && h.whole(slices.Concat(r.Cards, o.Cards))
}

// takesLeft says whether a leaving is new, and signed by who was a member since then.
func (r Record) takesLeft(l Left, group journal.ID) bool {
	if l.Leaving.Group != group || l.Leaving.Since < 1 || slices.ContainsFunc(r.Left, func(x Left) bool { return x.Leaving == l.Leaving }) {
		return false
	}
	m, ok := r.upTo(l.Leaving.Since).Member(l.Leaving.Office)
	return ok && hasLeft([]Left{l}, group, m)
}

// keep adds the card of a seat, when it is not there.
func keep(have, from []json.RawMessage, s Seat) []json.RawMessage {
	if _, err := cardOf(s, have); err == nil {
		return have
	}
	for _, raw := range from {
		if _, err := cardOf(s, []json.RawMessage{raw}); err == nil {
			return append(have, raw)
		}
	}
	return have
}
