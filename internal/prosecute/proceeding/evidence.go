// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// EvidenceType is the entry that something which came from another office is used in a proceeding, or is no longer.
const EvidenceType = "proceeding.evidence"

// maxEvidence bounds what one proceeding uses.
const maxEvidence = 100

// Evidence is proceeding.evidence. What came stays in its own room; here stands which it is, and the permission of its owner, where the
// handling code under which it came asks for one.
type Evidence struct {
	Kind    string     `json:"kind" part:"D6"`            // of the dossier in which it lies
	Thing   journal.ID `json:"thing" part:"D6"`           // that dossier
	Message journal.ID `json:"message" part:"D6"`         // the message that brought it
	Permit  journal.ID `json:"permit,omitzero" part:"D6"` // the permission on which it is used
	Gone    bool       `json:"gone,omitempty" part:"D6"`  // it is not used any more
}

// use writes it, in place of what stood of the same message.
func (s *State) use(v Evidence) {
	if v.Message.IsZero() { // this reader does not see which
		return
	}
	s.Evidence = slices.DeleteFunc(slices.Clone(s.Evidence), func(x Evidence) bool { return x.Message == v.Message })
	if !v.Gone {
		s.Evidence = append(s.Evidence, v)
	}
}

// evidence says whether something may be used, or may be put aside. What may be used in court, the office's rules say; where there are
// none, nothing may.
func (law Law) evidence(g *store.Guarding, s State, e journal.Entry) error {
	v, err := journal.In[Evidence](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	used := slices.ContainsFunc(s.Evidence, func(x Evidence) bool { return x.Message == v.Message })
	switch {
	case used != v.Gone, v.Message.IsZero(), len(s.Evidence) >= maxEvidence && !v.Gone, !v.Gone && law.InCourt == nil:
		return fault.Bad("piece", "proceeding.want.piece")
	case v.Gone:
		return nil
	}
	return law.InCourt(g, v)
}

// pieceOf names something that came as a form does.
func pieceOf(v Evidence) string {
	return strings.Join([]string{v.Kind, v.Thing.String(), v.Message.String()}, " ")
}

// Piece is something that came from another office, as a choice of a form.
func (v Evidence) Piece(text, hint string) page.Option {
	return page.Option{Value: pieceOf(v), Text: text, Hint: hint}
}

// readPiece reads it back; what is none is refused by the guard.
func readPiece(text string, gone bool) Evidence {
	kind, rest, _ := strings.Cut(text, " ")
	thing, message, _ := strings.Cut(rest, " ")
	return Evidence{Kind: kind, Thing: field.ID(thing), Message: field.ID(message), Gone: gone}
}

// pieces puts into a form what can be used, or what is.
func (rm room) pieces(ctx context.Context, f *field.Form, r *page.Request, act string, s State, chosen string) error {
	var choices []page.Option
	if act == "unuse" {
		lines, err := rm.Used(ctx, r, s.Evidence)
		if err != nil {
			return err
		}
		for i, v := range s.Evidence {
			choices = append(choices, v.Piece(lines[i].Title, ""))
		}
	} else {
		came, err := rm.Came(ctx, r)
		if err != nil {
			return err
		}
		choices = slices.DeleteFunc(came, func(o page.Option) bool {
			return slices.ContainsFunc(s.Evidence, func(v Evidence) bool { return pieceOf(v) == o.Value })
		})
	}
	if len(choices) == 0 {
		f.Lead, f.Submit = r.L.T("proceeding.evidence.nothing"), ""
		return nil
	}
	f.Radios("piece", "proceeding.piece", chosen, choices)
	return nil
}

// write stores what a form said. What is used on its owner's permission is noted there, in the same transaction or not at all.
func (rm room) write(ctx context.Context, r *page.Request, of, entry journal.ID, typ string, what any) error {
	var notes []store.Change
	if v, ok := what.(Evidence); ok && !v.Gone {
		var err error
		if v.Permit, notes, err = rm.Permit(ctx, r, v, of, entry); err != nil {
			return err
		}
		what = v
	}
	changes := append([]store.Change{{Ref: refOf(of), Decide: func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: entry, Type: typ, Payload: what}}, nil
	}}}, notes...)
	_, err := rm.Store.UpdateEach(ctx, as(r), changes, func(context.Context, db.Tx, []journal.Entry) error { return nil })
	return err
}
