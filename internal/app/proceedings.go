// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/permission"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
	"github.com/entraide-thb/entraide/packs/offences"
)

// proceedingLaw gives what proceedings are checked against; the error is one of ours, in the program's own file.
func (n *Node) proceedingLaw() (proceeding.Law, error) {
	p, err := offences.Default()
	return proceeding.Law{Pack: p, Countries: n.Bundle.Countries(), InCourt: func(g *store.Guarding, v proceeding.Evidence) error {
		return n.permitting().Check(g, v.Kind, v.Thing, v.Message, permission.Court, journal.ID{}, v.Permit)
	}}, err
}

// proceedingsRoom mounts the proceedings of a justice office.
func (n *Node) proceedingsRoom(o Owner) (page.Room, bool, error) {
	law, err := n.proceedingLaw()
	return proceeding.Room(proceeding.RoomConfig{Store: n.Store, Law: law, Country: o.Country, Colleagues: n.otherColleagues, Came: n.came, Used: n.usedInCourt,
		Permit: func(ctx context.Context, r *page.Request, v proceeding.Evidence, in, entry journal.ID) (journal.ID, []store.Change, error) {
			return n.permit(ctx, r, permission.Use{Thing: v.Thing, Message: v.Message, For: permission.Court}, entry, in)
		},
		Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }}), o.Kind == access.Justice, err
}

// came lists what other offices sent the reader who works on it, of all rooms whose things can be asked about.
func (n *Node) came(ctx context.Context, r *page.Request) ([]page.Option, error) {
	var out []page.Option
	for _, room := range n.permitting().Rooms {
		q := store.Query{Kind: room.Kind}
		if room.Kind == access.KindLetter { // what came in answer to one is a letter of its own
			q.Codes = map[string]string{conversation.SideCode: conversation.Received}
		}
		err := n.Store.Each(ctx, letter.As(r), q, func(row store.Row) error {
			if len(row.Relations) == 0 { // another's
				return nil
			}
			o, err := n.opens(ctx, r, row.Ref)
			if err != nil || o == nil {
				return err
			}
			t := room.Read(o.State)
			for _, x := range t.Items {
				if x.Came && slices.Contains(x.Hands, r.Actor.ID) {
					v := proceeding.Evidence{Kind: room.Kind, Thing: row.Ref.ID, Message: x.Message}
					out = append(out, v.Piece(n.pieceTitle(ctx, r, t, x), join(r.L.T("permission.kind."+room.Kind), r.L.Date(row.Opened))))
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (n *Node) pieceTitle(ctx context.Context, r *page.Request, t permission.Thing, x permission.Item) string {
	return r.L.T("proceeding.piece."+x.What, "Office", n.names(ctx, r.Actor.Owner, t.Other)[t.Other])
}

// usedInCourt says of each piece of evidence what it is, as far as the reader may open it, and on what it is used; in red what is not
// to be used any more.
func (n *Node) usedInCourt(ctx context.Context, r *page.Request, used []proceeding.Evidence) ([]page.Line, error) {
	out := make([]page.Line, len(used))
	rooms := n.permitting().Rooms
	for i, v := range used {
		at := slices.IndexFunc(rooms, func(x permission.Room) bool { return x.Kind == v.Kind })
		if at < 0 {
			continue
		}
		out[i] = page.Line{Tone: page.Info, Title: r.L.T("permission.kind." + v.Kind), Text: r.L.T("proceeding.evidence.free"), Now: r.Now}
		if !v.Permit.IsZero() {
			o, err := n.opens(ctx, r, store.Ref{Kind: access.KindPermission, ID: v.Permit})
			if err != nil {
				return nil, err
			}
			state := "–"
			if o != nil {
				p := o.State.(permission.State)
				state = r.L.T("permission.status." + string(p.Status(r.Now)))
				if out[i].Tone = page.Good; !p.Holds(r.Now, v.Message, permission.Court, journal.ID{}) {
					out[i].Tone = page.Bad
				}
			}
			out[i].Text = r.L.T("proceeding.evidence.permit", "State", state)
		}
		o, err := n.opens(ctx, r, store.Ref{Kind: v.Kind, ID: v.Thing})
		if err != nil {
			return nil, err
		}
		if o == nil {
			continue
		}
		out[i].Href = rooms[at].Path + "/" + v.Thing.String()
		t := rooms[at].Read(o.State)
		if j := slices.IndexFunc(t.Items, func(x permission.Item) bool { return x.Came && x.Message == v.Message }); j >= 0 {
			out[i].Title = n.pieceTitle(ctx, r, t, t.Items[j])
		} else {
			out[i].Tone, out[i].Text = page.Bad, r.L.T("proceeding.evidence.gone")
		}
	}
	return out, nil
}

// opens opens a dossier between offices as far as the reader may; nil where she may not, or it is gone.
func (n *Node) opens(ctx context.Context, r *page.Request, ref store.Ref) (*store.Opened, error) {
	o, err := n.Store.Open(ctx, letter.As(r), ref)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) || fault.Is(err, fault.Erased) {
		return nil, nil
	}
	return o, err
}

// proceedingExpiry erases what is sealed of a proceeding whose period is over.
func proceedingExpiry(law proceeding.Law) func(any, time.Time) []store.Draft {
	return func(state any, now time.Time) []store.Draft {
		s := state.(proceeding.State)
		if !s.Open() || now.Before(s.Until(law.Pack)) {
			return nil
		}
		return []store.Draft{{Type: proceeding.ExpiredType, Payload: proceeding.Ended{Reason: proceeding.Expired}}}
	}
}

// hearings is the card of what comes next in the reader's own proceedings.
func (n *Node) hearings(ctx context.Context, r *page.Request) (block, error) {
	rows, err := n.Store.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForIdentification}, store.Query{Kind: access.KindProceeding, Codes: map[string]string{"worker": r.Actor.ID.String()}, DueBy: r.Now.Add(todayAhead), ByDue: true})
	if err != nil {
		return block{}, err
	}
	b := block{ID: "hearings", Title: r.L.T("app.today.hearings"), Tone: page.Warn, Empty: empty(r, "gavel", "app.today.hearings.none")}
	for _, row := range rows.Rows {
		s, err := store.Summary[proceeding.Summary](row)
		if err != nil {
			return b, err
		}
		if s.Next.On == "" {
			continue // its period is over: the clock's
		}
		b.Lines = append(b.Lines, page.Line{Tone: dueTone(row.Due, r.Now), Title: proceeding.Code(row.Ref.ID), Href: proceeding.Path + "/" + row.Ref.ID.String(), Text: r.L.T("proceeding.next.what." + s.Next.What), Due: &row.Due, Now: r.Now})
	}
	if b.N = len(b.Lines); b.N > todayLines {
		b.Lines, b.More = b.Lines[:todayLines], &page.Action{Text: r.L.N("app.today.more", b.N-todayLines), Href: proceeding.Path}
	}
	return b, nil
}
