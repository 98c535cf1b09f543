// SPDX-License-Identifier: EUPL-1.2

package group

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Config is what the kind needs. Self gives an owner's own card with its bytes.
type Config struct {
	Self func(owner journal.ID) (card.Card, []byte, error)
}

// Summary is what a row of the list of groups shows.
type Summary struct {
	Title   string    `json:"title" part:"OF"`
	Members int       `json:"members" part:"OF"`
	Open    int       `json:"open" part:"OF"`
	Until   time.Time `json:"until,omitzero" part:"OF"`
	Status  string    `json:"status" part:"OF"`
	// Out are the offices that have left or were expelled: their terms with the others have ended.
	Out []journal.ID `json:"out,omitempty" part:"OF"`
}

// Ending says for an office how near the end of the terms of all is, as terms.EndingOf does: "" also before they are founded, and
// for an office that is out of them.
func (s Summary) Ending(office journal.ID, now time.Time) string {
	if s.Status != "founded" || slices.Contains(s.Out, office) {
		return ""
	}
	return terms.EndingOf(s.Until, now)
}

// Kind gives the dossier kind "group".
func Kind(c Config) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindGroup, Base: journal.OF, Codes: []string{"party"},
		Types: []store.Type{{Name: ProposedType, Payload: Proposed{}}, {Name: SentType, Payload: Sent{}}, {Name: SignedType, Payload: Signed{}}, {Name: DeclinedType, Payload: Declined{}},
			{Name: WithdrawnType, Payload: Withdrawn{}}, {Name: RecordedType, Payload: Recorded{}}, {Name: LeftType, Payload: Gone{}}, {Name: PairedType, Payload: Paired{}},
			{Name: ToldType, Payload: Told{}}, {Name: VouchedType, Payload: Vouched{}}, {Name: ReturnedType, Payload: Returned{}}},
		Fold: Fold, Derive: derive,
		Guard: func(g *store.Guarding, s State, e journal.Entry) error {
			return s.guard(e, look{g.Owner, g.Actor, func(office journal.ID) (card.Card, []byte, error) { return c.cardOf(g, office) }})
		},
		Effects: func(g *store.Guarding, before, after State, e journal.Entry) (store.Effects, error) {
			out, err := Tell(g.Owner, g.Actor.Job == postJob, before, after, e)
			return store.Effects{Messages: out}, err
		},
	})
}

func derive(s State) store.Derived {
	v, r := s.View(), s.Rules()
	d := store.Derived{State: s.Status(), Codes: map[string][]string{}, Due: r.Until}
	for _, o := range s.offices() {
		d.Codes["party"] = append(d.Codes["party"], o.String())
	}
	x := Summary{Title: r.Title, Members: len(v.In()), Open: len(s.Open()), Until: r.Until, Status: d.State}
	for _, m := range v.Members {
		if m.Out != "" {
			x.Out = append(x.Out, m.Office)
		}
	}
	d.Summary = x
	return d
}

// Status is a code for lists: "proposed" before the group is founded, "founded", or "over" when fewer than two are left.
func (s State) Status() string {
	switch v := s.View(); {
	case v.Number == 0:
		return "proposed"
	case len(v.In()) < 2:
		return "over"
	}
	return "founded"
}

// States lists what Status gives.
func States() []string { return []string{"proposed", "founded", "over"} }

// postJob takes in what others say, and settles what follows from it; terms.GroupsJob makes the pairs.
const postJob = "post"

// cardOf gives the card of this office, or a pinned partner's that is not blocked.
func (c Config) cardOf(g *store.Guarding, office journal.ID) (card.Card, []byte, error) {
	if office == g.Owner {
		return c.Self(g.Owner)
	}
	s, err := g.Other(access.KindPartner, office)
	if err != nil {
		return card.Card{}, nil, fault.New(fault.Guarded, "exchange.terms.pin_first")
	}
	p := s.(terms.Partner)
	if p.Blocked {
		return card.Card{}, nil, fault.New(fault.Guarded, "exchange.partner.blocked")
	}
	return p.Card, p.Raw, nil
}

// look is what a guard asks besides the state: who the office is, who acts, and whom it has pinned.
type look struct {
	self  journal.ID
	actor access.Actor
	card  func(office journal.ID) (card.Card, []byte, error)
}

func (s State) guard(e journal.Entry, l look) error {
	if s.ID.IsZero() && e.Type != ProposedType && e.Type != RecordedType {
		return fault.New(fault.NotFound, "store.not_found")
	}
	switch e.Type {
	case ProposedType:
		return read(e, func(p Proposed) error { return s.guardProposed(e, p, l) })
	case SentType:
		return read(e, func(p Sent) error { return s.guardSent(p, l) })
	case SignedType:
		return read(e, func(p Signed) error { return s.guardSigned(p, l) })
	case DeclinedType:
		return read(e, func(p Declined) error { return s.guardDeclined(p, l) })
	case WithdrawnType:
		return read(e, func(p Withdrawn) error { return s.guardWithdrawn(p, l) })
	case RecordedType:
		return read(e, func(p Recorded) error { return s.guardRecorded(e, p, l) })
	case LeftType:
		return read(e, func(p Gone) error { return s.guardLeft(p.Left, l) })
	case PairedType:
		return read(e, func(p Paired) error { return s.guardPaired(p, l) })
	case ToldType:
		return read(e, func(p Told) error { return s.guardTold(p, l) })
	case VouchedType:
		return read(e, func(p Vouched) error { return s.guardVouched(p, l) })
	case ReturnedType:
		return l.job(postJob)
	}
	return nil
}

func read[T any](e journal.Entry, check func(T) error) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return check(v)
}

// person lets people of the office act, and its command line; job only that job.
func (l look) person() error {
	if l.actor.Job == "" || l.actor.Job == "operator" {
		return nil
	}
	return fault.New(fault.Guarded, "exchange.terms.part")
}

func (l look) job(name string) error {
	if l.actor.Job == name {
		return nil
	}
	return fault.New(fault.Guarded, "exchange.terms.part")
}

// whose lets people write their own office's deeds, and the post the others'.
func (l look) whose(office journal.ID) error {
	if office.IsZero() {
		return l.person()
	}
	if office == l.self {
		return fault.New(fault.Invalid, "exchange.group.form")
	}
	return l.job(postJob)
}

// mostOpen bounds proposals of one group.
const mostOpen = 200

func (s State) guardProposed(e journal.Entry, p Proposed, l look) error {
	if err := l.whose(p.By); err != nil {
		return err
	}
	c := p.Change
	by := p.By
	if by.IsZero() {
		by = l.self
	}
	if c.Group != e.Dossier || c.By != by || len(s.Proposals) >= mostOpen {
		return fault.New(fault.Invalid, "exchange.group.form")
	}
	v := s.View()
	if err := v.follows(c, s.Record.Left); err != nil {
		return err
	}
	if _, concerned := c.Seat(l.self); !concerned {
		return fault.New(fault.Invalid, "exchange.group.concerned")
	}
	if err := s.guardSeats(c, p.Cards, l); err != nil {
		return err
	}
	if len(p.Text) == 0 && s.texts[c.Rules.TextHash] != nil {
		return nil
	}
	if h := sha256.Sum256(p.Text); len(p.Text) == 0 || len(p.Text) > MaxText || hex.EncodeToString(h[:]) != c.Rules.TextHash {
		return fault.Bad("text", "exchange.group.need.text", "Max", MaxText>>10)
	}
	return nil
}

// guardSeats: every seat's card is there, and is the pinned one's where the office is pinned; who proposes has pinned everyone, since
// the proposal must reach them. The rules are such that every two of them may agree on.
func (s State) guardSeats(c Change, cards []json.RawMessage, l look) error {
	cards = slices.Concat(s.Record.Cards, cards)
	var all []card.Card
	for _, seat := range c.Signers {
		k, err := cardOf(seat, cards)
		if err != nil {
			return err
		}
		pinned, _, err := l.card(seat.Office)
		if err != nil && (c.By == l.self || seat.Office == l.self) {
			return err
		}
		if err == nil && pinned.Fingerprint() != k.Fingerprint() {
			return fault.Bad("members", "exchange.terms.need.cards")
		}
		all = append(all, k)
	}
	for i, a := range all {
		for _, b := range all[i+1:] {
			if err := Document(c.Hex(), c.Group, c.Rules, a, b).Validate(); err != nil {
				return err
			}
		}
	}
	return nil
}

// open finds a proposal that can still come to hold.
func (s State) open(hash string) (Proposal, error) {
	for _, p := range s.Open() {
		if p.Hash == hash {
			return p, nil
		}
	}
	return Proposal{}, fault.New(fault.Conflict, "exchange.group.overtaken")
}

func (s State) guardSent(p Sent, l look) error {
	if err := l.person(); err != nil {
		return err
	}
	x, err := s.open(p.Hash)
	switch {
	case err != nil:
		return err
	case x.Change.By != l.self || !x.SentAt.IsZero():
		return fault.New(fault.Guarded, "exchange.terms.part")
	case x.Actor == l.actor.ID && l.actor.Job == "":
		return fault.New(fault.Guarded, "exchange.terms.second")
	}
	if _, is := s.bound(l.self, x.Change); is {
		return fault.New(fault.Conflict, "exchange.group.bound")
	}
	return nil
}

// guardSigned: an office signs what is open, once, and no other change after the same one. Who proposed signs last, by the record.
func (s State) guardSigned(p Signed, l look) error {
	if err := l.whose(p.Office); err != nil {
		return err
	}
	office := p.Office
	if office.IsZero() {
		office = l.self
	}
	x, err := s.open(p.Hash)
	switch {
	case err != nil:
		return err
	case x.Change.By == office || x.Signatures[office] != "":
		return fault.New(fault.Guarded, "exchange.terms.part")
	case office != l.self && x.Change.By != l.self:
		return fault.New(fault.Denied, "exchange.terms.not_a_party")
	}
	if office == l.self {
		if _, is := s.bound(l.self, x.Change); is {
			return fault.New(fault.Conflict, "exchange.group.bound")
		}
	}
	return check(x.Change, office, p.Signature, s.cards())
}

func (s State) guardDeclined(p Declined, l look) error {
	if err := l.whose(p.Office); err != nil {
		return err
	}
	if !slices.Contains(terms.Reasons(), p.Reason) {
		return fault.Bad("reason", "exchange.terms.need.reason")
	}
	x, err := s.open(p.Hash)
	if err != nil {
		return err
	}
	office := p.Office
	if office.IsZero() {
		office = l.self
	}
	if _, concerned := x.Change.Seat(office); !concerned || x.Change.By == office || x.Signatures[office] != "" {
		return fault.New(fault.Guarded, "exchange.terms.part")
	}
	return nil
}

// guardWithdrawn: who proposed withdraws, people or what follows from a rule; not once everyone has signed.
func (s State) guardWithdrawn(p Withdrawn, l look) error {
	x, ok := s.Find(p.Hash)
	if !ok || x.Withdrawn || x.By != p.By {
		return fault.New(fault.Guarded, "exchange.terms.part")
	}
	if !p.By.IsZero() {
		return l.job(postJob)
	}
	if slices.ContainsFunc(s.Record.Held, func(h Held) bool { return h.Change.Hex() == p.Hash }) {
		return fault.New(fault.Conflict, "exchange.group.overtaken")
	}
	return nil
}

// guardRecorded: facts are taken as they are signed. A change that this office proposed comes to hold by its own record only while
// it has not withdrawn it; a record that does not concern this office is none of its affairs.
func (s State) guardRecorded(e journal.Entry, p Recorded, l look) error {
	if l.actor.Job == "" {
		return fault.New(fault.Guarded, "exchange.terms.part")
	}
	whole, news := s.Record.merge(p.Record, e.Dossier)
	if len(news.Held) != len(p.Record.Held) || len(news.Left) != len(p.Record.Left) || news.Empty() {
		return fault.New(fault.Invalid, "exchange.group.form")
	}
	_, member := whole.View().Member(l.self)
	if !member && len(s.Proposals) == 0 && !s.ID.IsZero() {
		return fault.New(fault.Denied, "exchange.group.not_a_member")
	}
	if p.From.IsZero() {
		for _, h := range p.Record.Held {
			if x, ok := s.Find(h.Change.Hex()); !ok || x.Withdrawn || x.Change.By != l.self || x.SentAt.IsZero() {
				return fault.New(fault.Guarded, "exchange.terms.part")
			}
		}
	}
	return nil
}

func (s State) guardLeft(p Left, l look) error {
	if err := l.person(); err != nil {
		return err
	}
	m, ok := s.View().Member(l.self)
	if !ok || m.Out != "" || p.Leaving != (Leaving{s.ID, l.self, m.Since}) {
		return fault.New(fault.Guarded, "exchange.group.not_a_member")
	}
	if verify(m.Card, p.Leaving.signed(), p.Signature) != nil { // new keys: the others must let it in again with these first
		return fault.New(fault.Guarded, "exchange.group.keys")
	}
	return nil
}

func (s State) guardPaired(p Paired, l look) error {
	if err := l.person(); err != nil {
		return err
	}
	if p.Office == l.self || !slices.Contains(s.offices(), p.Office) {
		return fault.New(fault.Invalid, "exchange.group.form")
	}
	return nil
}

func (s State) guardTold(p Told, l look) error {
	if len(p.Pairs) > MostChanges+MostMembers {
		return fault.New(fault.TooMuch, "exchange.group.form")
	}
	for _, x := range p.Pairs {
		if !slices.Contains(Statuses(), x.Status) {
			return fault.New(fault.Invalid, "exchange.group.form")
		}
	}
	if p.Office.IsZero() {
		return l.job(terms.GroupsJob)
	}
	if err := l.job(postJob); err != nil {
		return err
	}
	if !s.View().Holds(p.Office) {
		return fault.New(fault.Denied, "exchange.group.not_a_member")
	}
	return nil
}

// guardVouched bounds what members vouch for; whether a signature fits is for the terms to say.
func (s State) guardVouched(p Vouched, l look) error {
	if _, twice := s.vouched(p.Office, p.Terms); twice || len(s.Vouched) > 2*MostMembers*MostChanges || len(p.Card) > card.MaxSize || len(p.Signature) > 200 || len(p.Hash) != 64 {
		return fault.New(fault.Invalid, "exchange.group.form")
	}
	if p.Office.IsZero() {
		return l.job(terms.GroupsJob)
	}
	if err := l.job(postJob); err != nil {
		return err
	}
	if p.With != l.self || !s.View().Holds(p.Office) {
		return fault.New(fault.Denied, "exchange.group.not_a_member")
	}
	return nil
}
