// SPDX-License-Identifier: EUPL-1.2

package returns

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Covers says whether terms let exact returns go to an office.
type Covers func(g *store.Guarding, to journal.ID, cats []journal.Category) error

// Kind gives the dossier kind "return".
func Kind(covers Covers) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindReturn, Base: journal.D9, Derives: 1,
		Types: []store.Type{
			{Name: PreparedType, Payload: Prepared{}, Room: Room}, {Name: RejectedType, Payload: Said{}}, {Name: ApprovedType, Payload: Approved{}}, {Name: HandedType, Payload: Said{}},
			{Name: NotedType, Payload: Noted{}, Room: Room}, {Name: ArrivedType, Payload: Arrived{}, Room: Room}, {Name: ConfirmedType, Payload: Noted{}},
		},
		Fold: Fold, Derive: derive, Effects: effects,
		Guard: func(g *store.Guarding, s State, e journal.Entry) error { return guard(g, s, e, covers) },
	})
}

// counts is the one category of a return.
func counts() []journal.Category { return []journal.Category{journal.D9} }

// from lists the statuses in which an entry of a type may be written; nothing, before there is a return.
var from = map[string][]string{
	PreparedType: {"", "rejected", "sent", "ready", "handed", "noted"}, RejectedType: {"waiting"}, ApprovedType: {"waiting"}, HandedType: {"ready"},
	ArrivedType: {"", "arrived", "confirmed"}, ConfirmedType: {"arrived"},
}

// byJob are the types that come from another office.
var byJob = []string{NotedType, ArrivedType}

const maxWords = 2000

func guard(g *store.Guarding, s State, e journal.Entry, covers Covers) error {
	status := ""
	if s.Exists() {
		status = s.Status()
	}
	switch at, bound := from[e.Type]; {
	case slices.Contains(byJob, e.Type) != (g.Actor.Job == jobName):
		return fault.New(fault.Denied, "return.guard.part")
	case bound && !slices.Contains(at, status), !bound && (status == "" || !s.From.IsZero()):
		return fault.New(fault.Guarded, "return.guard.status")
	}
	var fs fault.Fields
	if err := s.check(&fs, g, e, covers); err != nil {
		return err
	}
	return fs.Err()
}

// check reads one entry; what is wrong with its fields goes to fs.
func (s State) check(fs *fault.Fields, g *store.Guarding, e journal.Entry, covers Covers) error {
	switch e.Type {
	case PreparedType:
		return read(e, func(v Prepared) error {
			v.Asked.check(fs, g.Now.UTC().Year())
			if len(s.Versions) > 0 && v.Asked != s.Asked { // a correction is of the same return
				return fault.New(fault.Guarded, "return.guard.same")
			}
			if v.Number != s.Last().Number+1 || v.Content.Shape != v.Shape || v.Content.Year != v.Year {
				return fault.New(fault.Invalid, "fault.invalid")
			}
			if !v.To.IsZero() { // what could not leave is not kept for it
				if err := covers(g, v.To, counts()); err != nil {
					return err
				}
			}
			return v.Content.Check()
		})
	case ApprovedType: // what one person has prepared, another one lets go
		if g.Actor.ID == s.Waiting.By {
			return fault.New(fault.Guarded, "release.guard.second")
		}
		return read(e, func(v Approved) error {
			if v.Hash != s.Waiting.Hash {
				return fault.New(fault.Guarded, "return.guard.hash")
			}
			if !slices.Contains(release.Functions(), access.Role(v.As)) || !g.Actor.Has(access.Role(v.As)) {
				return fault.New(fault.Guarded, "release.guard.function")
			}
			if s.Asked.To.IsZero() {
				return nil
			}
			return covers(g, s.Asked.To, counts())
		})
	case RejectedType, HandedType:
		return read(e, func(v Said) error { words(fs, v.Words); return nil })
	case ConfirmedType, NotedType:
		return read(e, func(v Noted) error {
			if words(fs, v.Words); !slices.ContainsFunc(s.Versions, func(x Version) bool { return x.Number == v.Number && x.Hash == v.Hash }) {
				return fault.New(fault.Guarded, "return.guard.hash")
			}
			return nil
		})
	case ArrivedType:
		return read(e, func(v Arrived) error {
			last := s.Last()
			if v.From.IsZero() || v.From == g.Owner || s.Exists() && (v.From != s.From || v.Number <= last.Number || v.Content.Shape != last.Content.Shape || v.Content.Year != last.Content.Year || v.Content.Country != last.Content.Country) {
				return fault.New(fault.Invalid, "return.guard.other")
			}
			return v.Content.Check()
		})
	}
	return nil
}

func words(fs *fault.Fields, text string) {
	if len(text) > maxWords {
		fs.Add("words", "release.want.shorter")
	}
}

func read[T any](e journal.Entry, check func(T) error) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return check(v)
}

// firstYear is the earliest that can be asked for.
const firstYear = 2000

// check says what is wrong with what is asked, in a year that is not over.
func (a Asked) check(fs *fault.Fields, now int) {
	if !slices.Contains(Shapes(), a.Shape) {
		fs.Add("shape", "release.want.choice")
	}
	if a.Year < firstYear || a.Year >= now { // what is not over is still being counted
		fs.Add("year", "release.want.over")
	}
	if strings.TrimSpace(a.Basis) == "" || len(a.Basis) > maxWords {
		fs.Add("basis", "return.want.basis")
	}
	if a.To.IsZero() == (a.Body == "") || len(a.Body) > 300 || !utf8.ValidString(a.Body) {
		fs.Add("body", "return.want.body")
	}
	if _, err := recipient(a.Key); a.Body != "" && err != nil || a.Body == "" && a.Key != "" {
		fs.Add("key", "return.want.key")
	}
}

// recipient reads the one public key that a file is sealed to.
func recipient(text string) (age.Recipient, error) {
	all, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil || len(all) != 1 || len(text) > 4<<10 {
		return nil, fault.Wrap(fault.Invalid, err, "return.want.key")
	}
	return all[0], nil
}

// Bodies of the messages.
type (
	sendBody struct {
		Return  journal.ID `json:"return"`
		Number  int        `json:"number"`
		Content Content    `json:"content"`
	}
	receivedBody struct {
		Return journal.ID `json:"return"`
		Number int        `json:"number"`
		Hash   string     `json:"hash"`
		Words  string     `json:"words,omitempty"`
	}
)

// effects gives the message that an entry brings about: the tables when another person let them go, and that they are there.
func effects(_ *store.Guarding, _, s State, e journal.Entry) (store.Effects, error) {
	last := s.Last()
	m := post.Outgoing{ID: conversation.ID("return", e.ID.String()), Conversation: s.ID, Purpose: Purpose, Basis: "law", Categories: counts()}
	var body any
	switch {
	case e.Type == ApprovedType && !s.Asked.To.IsZero():
		m.To, m.Type, body = s.Asked.To, MsgSend, sendBody{s.ID, last.Number, last.Content}
	case e.Type == ConfirmedType: // where the terms let nothing go back, it is noted here all the same
		m.To, m.Type, m.WhenCovered, body = s.From, MsgReceived, true, receivedBody{s.ID, last.Number, last.Hash, last.Words}
	default:
		return store.Effects{}, nil
	}
	var err error
	m.Body, err = json.Marshal(body)
	return store.Effects{Messages: []any{m}}, err
}
