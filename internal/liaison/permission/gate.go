// SPDX-License-Identifier: EUPL-1.2

package permission

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Item is one message of a thing, as the thing's room knows it.
type Item struct {
	Message journal.ID
	Came    bool         // to this office; else it went from here
	What    string       // a code: "asked", "answer"
	Codes   []string     // handling codes that were said with it, beside that of its header
	Hands   []journal.ID // who works on it here, or sent it from here
	Two     bool         // it took two of them to send it
}

// Thing is what a room of another kind of dossier says of one of them.
type Thing struct {
	Other journal.ID // the other office
	Items []Item
}

// Room is such a room.
type Room struct {
	Kind     string // of its dossiers, and the first part of its messages' types
	Purpose  string // what sharing terms must grant for its messages
	Category journal.Category
	Path     string // of its pages, before the id
	Read     func(state any) Thing
}

// Rules is what may be done with what came from another office, and who may ask and answer.
type Rules struct {
	Rooms []Room
	// Codes says under which handling code something came.
	Codes func() conversation.Codes
	// Covers says whether sharing terms in force let this office send another one categories for a purpose.
	Covers func(purpose string) func(g *store.Guarding, to journal.ID, cats []journal.Category) error
}

func (r Rules) room(kind string) (Room, bool) {
	i := slices.IndexFunc(r.Rooms, func(x Room) bool { return x.Kind == kind })
	if i < 0 {
		return Room{}, false
	}
	return r.Rooms[i], true
}

func (t Thing) item(message journal.ID, came bool) (Item, bool) {
	i := slices.IndexFunc(t.Items, func(x Item) bool { return x.Message == message && x.Came == came })
	if i < 0 {
		return Item{}, false
	}
	return t.Items[i], true
}

// codes gives all handling codes of an item that came, for a guard: that of its header, or of the terms where that is not known,
// and those that were said with it.
func (r Rules) codes(g *store.Guarding, room Room, other journal.ID, x Item) ([]string, error) {
	code, err := r.Codes().CodeThen(g, other, x.Message, room.Purpose)
	return x.held(code), err
}

// held gives the codes that an item is held to: of one whose code nobody knows, all that ask for its owner's permission.
func (x Item) held(code string) []string {
	if code == "" {
		return append([]string{needs(Court), needs(Onward)}, x.Codes...)
	}
	return append([]string{code}, x.Codes...)
}

// needs gives the handling code on which a use rests.
func needs(use string) string {
	if use == Court {
		return "H1"
	}
	return "H2"
}

// enforces says whether an office is of the police or of justice.
func enforces(k access.OfficeKind) bool { return k == access.Police || k == access.Justice }

// Check says whether something that came may be used so now by who works on it: nil, with a permission where it rests on one; else a fault that says what
// to do. To pass it on, office is to whom; permit is the permission that is named, zero for none: one that is named holds, needed or not.
// Errors: Denied for what is for law enforcement only, Guarded without a permission where one is needed.
func (r Rules) Check(g *store.Guarding, kind string, thing, message journal.ID, use string, office, permit journal.ID) error {
	room, ok := r.room(kind)
	if !ok {
		return fault.New(fault.Guarded, "permission.guard.thing")
	}
	state, err := g.Other(kind, thing)
	if err != nil {
		return err
	}
	t := room.Read(state)
	x, ok := t.item(message, true)
	if !ok {
		return fault.New(fault.Guarded, "permission.guard.thing")
	}
	if !slices.Contains(x.Hands, g.Actor.ID) {
		return fault.New(fault.Guarded, "permission.guard.worker")
	}
	codes, err := r.codes(g, room, t.Other, x)
	if err != nil {
		return err
	}
	if slices.Contains(codes, terms.LawEnforcement) && (!enforces(g.Office) || use == Onward && !reaches(g, office)) {
		return fault.New(fault.Denied, "permission.need.law_enforcement")
	}
	free := !slices.Contains(codes, needs(use)) || use == Onward && office == t.Other // its owner has it already
	if free && permit.IsZero() {
		return nil
	}
	p, err := g.Other(access.KindPermission, permit)
	if permit.IsZero() || err != nil || !p.(State).Holds(g.Now, message, use, office) {
		return fault.New(fault.Guarded, "permission.need."+use)
	}
	return nil
}

// Asks lists the uses for which the codes of something that came ask its owner's permission, as a reader of it must know.
func (r Rules) Asks(ctx context.Context, q *page.Request, kind string, other journal.ID, x Item) ([]string, error) {
	room, ok := r.room(kind)
	if !ok || !x.Came {
		return nil, nil
	}
	code, err := r.Codes().Code(ctx, q, other, x.Message, room.Purpose)
	return slices.DeleteFunc(Uses(), func(use string) bool { return !slices.Contains(x.held(code), needs(use)) }), err
}

// reaches says whether a partner is of the police or of justice.
func reaches(g *store.Guarding, office journal.ID) bool {
	p, err := g.Other(access.KindPartner, office)
	return err == nil && enforces(p.(terms.Partner).Card.Kind)
}

// Find gives the permission on which somebody may use something so now; zero for none.
func Find(ctx context.Context, s *store.Store, w store.Who, now time.Time, g Use) (journal.ID, error) {
	q := store.Query{Kind: access.KindPermission, Codes: map[string]string{"thing": g.Thing.String(), conversation.SideCode: conversation.Sent}, State: string(Granted)}
	var permit journal.ID
	err := conversation.Each(ctx, s, w, q, func(row store.Row) error {
		v, err := store.Summary[Summary](row)
		if err == nil && permit.IsZero() && v.At(now) == Granted && v.Of == g.Message && v.For == g.For && (g.For != Onward || v.Office == g.Office) {
			permit = row.Ref.ID
		}
		return err
	})
	return permit, err
}

// Use is a use of something that came.
type Use struct {
	Thing, Message journal.ID
	For            string
	Office         journal.ID
}

// Note is the change that notes a use in a permission, with By as what was made of the thing. It is made in the transaction of the
// use, or there is none.
func (g Use) Note(permit, entry, by journal.ID) store.Change {
	return store.Change{Ref: refOf(permit), Decide: func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: entry, Type: UsedType, Payload: Used{For: g.For, Office: g.Office, By: by}}}, nil
	}}
}

// Take notes a use in a permission by itself, and gives in words on what conditions it is permitted. Errors: Guarded once it does not
// hold any more.
func Take(ctx context.Context, s *store.Store, w store.Who, l *lang.Locale, g Use, permit, entry journal.ID) (string, error) {
	o, err := s.Open(ctx, w, refOf(permit))
	if err != nil {
		return "", err
	}
	_, err = s.Append(ctx, w, refOf(permit), store.Draft{ID: entry, Type: UsedType, Payload: Used{For: g.For, Office: g.Office, By: g.Message}})
	a := o.State.(State).Answer
	if err != nil || a == nil {
		return "", err
	}
	text := granted(l, a.Conditions, a.Until)
	if words := a.Words().Text; words != "" {
		text += " · " + words
	}
	return text, nil
}
