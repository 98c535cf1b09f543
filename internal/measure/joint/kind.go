// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/measure/joint/shares"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Room is the room that writes what only a count or a message brings about.
const Room = "joint"

// jobName is the background principal that counts, deals and adds up.
const jobName = "statistics"

// Purpose is what sharing terms must grant, both ways between all who take part.
const Purpose = "statistics"

// Types of the messages. All are of the category D9.
const (
	MsgInvite = "joint.invite"
	MsgAnswer = "joint.answer"
	MsgDeal   = "joint.deal"
	MsgSum    = "joint.sum"
	MsgOpen   = "joint.open"
	MsgStop   = "joint.stop"
)

// MessageTypes lists them.
func MessageTypes() []string {
	return []string{MsgInvite, MsgAnswer, MsgDeal, MsgSum, MsgOpen, MsgStop}
}

// Bodies of the messages; of those that carry raw bytes, the head of the body.
type (
	inviteBody struct {
		Joint    journal.ID `json:"joint"`
		Proposal Proposal   `json:"proposal"`
	}
	answerBody struct {
		Joint  journal.ID `json:"joint"`
		Hash   string     `json:"hash"`
		Yes    bool       `json:"yes"`
		Reason string     `json:"reason,omitempty"`
	}
	dealBody struct {
		Joint       journal.ID  `json:"joint"`
		Hash        string      `json:"hash"`
		Commitments []string    `json:"commitments"`
		Seed        shares.Seed `json:"seed"` // of the share for the one it is sent to
	}
	sumBody struct {
		Joint      journal.ID `json:"joint"`
		Hash       string     `json:"hash"`
		Transcript string     `json:"transcript"`
		Sum        string     `json:"sum"`
	}
	openBody struct {
		Joint  journal.ID   `json:"joint"`
		Hash   string       `json:"hash"`
		Result string       `json:"result,omitempty"`
		False  []journal.ID `json:"false,omitempty"`
	}
	stopBody struct {
		Joint  journal.ID   `json:"joint"`
		Hash   string       `json:"hash"`
		Reason string       `json:"reason"`
		About  []journal.ID `json:"about,omitempty"`
	}
)

// counts is the one category of every message.
func counts() []journal.Category { return []journal.Category{journal.D9} }

// toAll makes one message for every other party.
func (s State) toAll(entry journal.ID, typ string, body func(place int, to journal.ID) any) ([]post.Outgoing, error) {
	var out []post.Outgoing
	for i, p := range s.Proposal.Parties {
		if p.Office == s.Owner {
			continue
		}
		raw, err := json.Marshal(body(i, p.Office))
		if err != nil {
			return nil, err
		}
		out = append(out, post.Outgoing{ID: conversation.ID("joint", entry.String(), typ, p.Office.String()), To: p.Office, Conversation: s.ID, Type: typ, Purpose: Purpose, Basis: "law", Categories: counts(), Body: raw})
	}
	return out, nil
}

// effects gives the messages that an entry of a person brings about, and those of the job that hold nothing secret.
func effects(_ *store.Guarding, before, s State, e journal.Entry) (store.Effects, error) {
	var typ string
	var body any
	switch e.Type {
	case ProposedType:
		typ, body = MsgInvite, inviteBody{s.ID, s.Proposal}
	case AcceptedType:
		typ, body = MsgAnswer, answerBody{Joint: s.ID, Hash: s.Hash, Yes: true}
	case DeclinedType:
		typ, body = MsgAnswer, answerBody{Joint: s.ID, Hash: s.Hash, Reason: s.Answers[s.Owner].Reason}
	case StoppedType:
		if !before.Proposed && before.From.IsZero() { // nobody has heard of it
			return store.Effects{}, nil
		}
		v := s.Stopped[len(s.Stopped)-1]
		typ, body = MsgStop, stopBody{s.ID, s.Hash, v.Reason, v.About}
	case SummedType:
		v := s.Summed[s.Owner]
		typ, body = MsgSum, sumBody{s.ID, s.Hash, v.Transcript, v.Sum}
	case OpenedType:
		v := s.Opened[s.Owner]
		typ, body = MsgOpen, openBody{s.ID, s.Hash, v.Hash, v.False}
	default:
		return store.Effects{}, nil
	}
	all, err := s.toAll(e.ID, typ, func(int, journal.ID) any { return body })
	var fx store.Effects
	for _, m := range all {
		fx.Messages = append(fx.Messages, m)
	}
	return fx, err
}

// Which types only the job writes.
var byJob = []string{DealtType, SummedType, OpenedType, InvitedType, AnsweredType, DealtThereType, SummedThereType, OpenedThereType, StoppedThereType}

// from lists the statuses in which people may write an entry of a type.
var from = map[string][]string{
	DraftedType: {"drafted"}, ProposedType: {"drafted"}, AgreedType: {"invited", "agreed"}, AcceptedType: {"agreed"}, DeclinedType: {"invited", "agreed"},
	StoppedType: {"drafted", "waiting", "running"},
}

// Covers says whether an office is the one that a proposal names, by the card that is pinned here, and whether terms let counts go
// to it and come from it. It is asked about this office's own card too. Errors: CardDiffers, Uncovered.
type Covers func(g *store.Guarding, p Party) error

// CardDiffers says that the card that a proposal names for an office is not the one that is known here.
func CardDiffers(p Party) error {
	return fault.New(fault.Guarded, "joint.guard.card", "Office", p.Name)
}

func guard(g *store.Guarding, s State, e journal.Entry, covers Covers) error {
	switch {
	case slices.Contains(byJob, e.Type) && g.Actor.Job != jobName, e.Type != StoppedType && !slices.Contains(byJob, e.Type) && g.Actor.Job != "":
		return fault.New(fault.Denied, "joint.guard.part")
	case !s.Exists() && e.Type != DraftedType && e.Type != InvitedType, s.Exists() && e.Type == InvitedType:
		return fault.New(fault.Guarded, "joint.guard.status")
	}
	ended := e.Type == StoppedType && g.Actor.Job == jobName && !s.Over() // a false share can come before anybody here has decided
	if ss, bound := from[e.Type]; bound && s.Exists() && !ended && !slices.Contains(ss, s.Status()) {
		return fault.New(fault.Guarded, "joint.guard.status")
	}
	var fs fault.Fields
	if err := check(&fs, g, s, e, covers); err != nil {
		return err
	}
	return fs.Err()
}

func check(fs *fault.Fields, g *store.Guarding, s State, e journal.Entry, covers Covers) error {
	switch e.Type {
	case DraftedType:
		return read(e, func(v Draft) error {
			v.Proposal.check(fs, g.Owner)
			if v.Second.IsZero() || v.Second == g.Actor.ID {
				fs.Add("second", "joint.want.second")
			}
			if d, err := time.Parse(time.DateOnly, v.Proposal.Deadline); err == nil && !d.After(g.Now) {
				fs.Add("deadline", "joint.want.deadline")
			}
			return nil
		})
	case InvitedType:
		return read(e, func(v Invited) error {
			if v.Proposal.check(fs, g.Owner); v.Proposal.Place(v.From) < 0 || v.From == g.Owner {
				fs.Add("parties", "joint.want.parties")
			}
			return nil
		})
	case ProposedType, AcceptedType: // what one person has drafted or agreed to, another one carries out
		if g.Actor.ID == s.By || g.Actor.ID != s.Second {
			return fault.New(fault.Guarded, "joint.guard.second")
		}
		if err := read(e, func(v Of) error {
			if v.Hash != s.Hash {
				fs.Add("hash", "joint.want.same")
			}
			return nil
		}); err != nil {
			return err
		}
		return s.Proposal.covered(g, covers)
	case AgreedType:
		if err := s.Proposal.covered(g, covers); err != nil {
			return err
		}
		return read(e, func(v Agreed) error {
			if v.Second.IsZero() || v.Second == g.Actor.ID {
				fs.Add("second", "joint.want.second")
			}
			return nil
		})
	case DeclinedType, StoppedType:
		return read(e, func(v Why) error {
			if n := len(Reasons()); !slices.Contains(Reasons()[:n], v.Reason) || g.Actor.Job == "" && !slices.Contains(Reasons()[:declining], v.Reason) {
				fs.Add("reason", "joint.want.choice")
			}
			return nil
		})
	}
	return nil
}

// covered asks about every party.
func (p Proposal) covered(g *store.Guarding, covers Covers) error {
	for _, x := range p.Parties {
		if err := covers(g, x); err != nil {
			return err
		}
	}
	return nil
}

func read[T any](e journal.Entry, check func(T) error) error {
	v, err := journal.In[T](e)
	if err != nil {
		return err
	}
	return check(v)
}

// Limits of a proposal.
const (
	maxTitle    = 300
	mostColumns = 200
	mostOf      = 100 // records of one person
)

var fingerprint = regexp.MustCompile(`^[0-9a-f]{64}$`)

func bad(field, key string, args ...any) error { return fault.Bad(field, key, args...) }

// check finds what is wrong with a proposal, as one of its parties sees it.
func (p Proposal) check(fs *fault.Fields, owner journal.ID) {
	if len(p.Title) == 0 || len(p.Title) > 20 {
		fs.Add("title", "joint.want.title")
	}
	for _, t := range p.Title {
		if t == "" || len(t) > maxTitle {
			fs.Add("title", "joint.want.title")
		}
	}
	if slices.ContainsFunc(p.Parties, func(x Party) bool {
		return !fingerprint.MatchString(x.Fingerprint) || x.Name == "" || len(x.Name) > maxTitle
	}) {
		fs.Add("parties", "joint.want.cards")
	}
	if p.Place(owner) < 0 || len(p.Parties) < 2 || len(p.Parties) > shares.MostHolders || !slices.IsSortedFunc(p.Parties, func(a, b Party) int { return slices.Compare(a.Office[:], b.Office[:]) }) ||
		len(slices.CompactFunc(slices.Clone(p.Parties), func(a, b Party) bool { return a.Office == b.Office })) != len(p.Parties) {
		fs.Add("parties", "joint.want.parties")
	}
	begins, err1 := time.Parse(time.DateOnly, p.From)
	ends, err2 := time.Parse(time.DateOnly, p.Until)
	if err1 != nil || err2 != nil || ends.Before(begins) {
		fs.Add("period", "joint.want.period")
	}
	if _, err := time.Parse(time.DateOnly, p.Deadline); err != nil {
		fs.Add("deadline", "joint.want.deadline")
	}
	if p.Source == "" || p.Version == "" || p.Most < 1 || p.Most > mostOf || len(p.Columns) == 0 || len(p.Columns) > mostColumns {
		fs.Add("source", "joint.want.source")
	}
	if len(*fs) > 0 {
		return
	}
	if _, err := p.Plan(); err != nil {
		fs.Add("tables", "joint.want.plan")
	}
}

// Summary is what a list shows.
type Summary struct {
	Title    map[string]string `json:"title" part:"D9"`
	Source   string            `json:"source" part:"D9"`
	From     string            `json:"from" part:"D9"`
	Until    string            `json:"until" part:"D9"`
	Parties  int               `json:"parties" part:"D9"`
	Here     bool              `json:"here" part:"D9"`
	Deadline string            `json:"deadline" part:"D9"`
	Missing  []journal.ID      `json:"missing,omitempty" part:"D9"`
}

func derive(s State) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	d := store.Derived{State: s.Status(), Assignee: s.Second, Summary: Summary{s.Proposal.Title, s.Proposal.Source, s.Proposal.From, s.Proposal.Until, len(s.Proposal.Parties), s.From.IsZero(), s.Proposal.Deadline, s.Missing()}}
	if !s.Over() {
		d.Due = s.DueAt()
	}
	return d
}

// DueAt is the end of the day by which all must have answered and dealt.
func (s State) DueAt() time.Time {
	t, err := time.Parse(time.DateOnly, s.Proposal.Deadline)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1)
}

// Kind gives the dossier kind "joint".
func Kind(covers Covers) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindJoint, Base: journal.D9,
		Types: []store.Type{
			{Name: DraftedType, Payload: Draft{}}, {Name: ProposedType, Payload: Of{}}, {Name: AgreedType, Payload: Agreed{}}, {Name: AcceptedType, Payload: Of{}},
			{Name: DeclinedType, Payload: Why{}}, {Name: StoppedType, Payload: Why{}},
			{Name: DealtType, Payload: Dealt{}, Room: Room}, {Name: SummedType, Payload: Summed{}, Room: Room}, {Name: OpenedType, Payload: Opened{}, Room: Room},
			{Name: InvitedType, Payload: Invited{}, Room: Room}, {Name: AnsweredType, Payload: Answered{}, Room: Room}, {Name: DealtThereType, Payload: Dealt{}, Room: Room},
			{Name: SummedThereType, Payload: Summed{}, Room: Room}, {Name: OpenedThereType, Payload: Opened{}, Room: Room}, {Name: StoppedThereType, Payload: Why{}, Room: Room},
		},
		Fold: Fold, Derive: derive, Effects: effects,
		Guard: func(g *store.Guarding, s State, e journal.Entry) error { return guard(g, s, e, covers) },
	})
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindJoint, ID: id} }

func encode(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
