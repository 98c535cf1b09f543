// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// groupTyped is what somebody types of the rules of a group.
type groupTyped struct {
	draftTyped
	Members []string
}

// groupForm is the form.
type groupForm struct {
	draftData
	Members []page.Option // partners that may be asked; none where the rules are amended
	Chosen  []string
}

// beginGroup asks from which template, or shows the form of that.
func (rm room) beginGroup(ctx context.Context, r *page.Request) (page.Response, error) {
	if !manages(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	t, known := terms.TemplateOf(r.URL.Query().Get("template"))
	if !known {
		var d beginData
		for _, t := range terms.Templates() {
			if slices.Contains(t.Kinds, r.Office.Kind) {
				d.Templates = append(d.Templates, page.Option{Value: t.Code, Text: r.L.T("terms.template." + t.Code), Hint: r.L.T("terms.template." + t.Code + ".hint")})
			}
		}
		return page.View("desk/group-begin", r.L.T("group.new"), d), nil
	}
	from := dayOf(r.Now, r.Zone)
	in := groupTyped{draftTyped: typedOf(terms.Document{Grants: t.Between(r.Actor.Owner, journal.ID{1})}, r.Actor.Owner)}
	in.Template, in.Handling, in.Retention, in.From, in.Until = t.Code, t.Handling, t.Retention, from, from.AddDate(0, t.Months, 0)
	in.Title, in.Basis = r.L.T("terms.template."+t.Code), r.L.T("terms.template."+t.Code+".basis")
	return rm.groupForm(ctx, r, in, group.State{}, nil)
}

// groupForm shows the form; s is the group whose rules it amends, and err what is wrong with what was typed.
func (rm room) groupForm(ctx context.Context, r *page.Request, in groupTyped, s group.State, err error) (page.Response, error) {
	partners, _, perr := rm.all(ctx, r)
	if perr != nil {
		return nil, perr
	}
	v := groupForm{draftData: draftData{Draft: in.draftTyped, Action: "/groups", Cancel: "/groups", Title: r.L.T("group.new"), FromDay: day(in.From), UntilDay: day(in.Until)}, Chosen: in.Members}
	v.Model = modelLink(in.Template, journal.ID{})
	if !s.ID.IsZero() {
		v.Action, v.Cancel, v.Title, v.Texts = groupPath(s.ID)+"/edit", groupPath(s.ID), r.L.T("group.amend"), s.Rules().TextName
	} else {
		for _, p := range partners {
			if !p.Blocked {
				v.Members = append(v.Members, page.Option{Value: p.Card.Office.String(), Text: p.Card.Name + " · " + r.L.Country(p.Card.Country), Hint: r.L.T("page.kind." + string(p.Card.Kind))})
			}
		}
	}
	for _, h := range terms.Handlings() {
		v.Handlings = append(v.Handlings, page.Option{Value: h, Text: h + " · " + r.L.T("exchange.handling."+h), Hint: r.L.T("terms.handling." + h)})
	}
	all, aerr := rm.agreements(ctx, r)
	if aerr != nil {
		return nil, aerr
	}
	for _, a := range all {
		if a.Bytes != nil {
			v.Agreements = append(v.Agreements, page.Option{Value: a.File, Text: a.Title})
		}
	}
	for i, g := range append(slices.Clone(in.Grants), make([]grantTyped, spare)...) {
		v.Grants = append(v.Grants, grantOf(r, i, g, terms.Party{}))
	}
	if err == nil {
		return page.View("desk/group-form", r.L.T("group.title"), v), nil
	}
	if v.Errors = r.Errors(err); len(v.Errors) == 0 {
		if !fault.Is(err, fault.Guarded) && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
			return nil, err
		}
		v.Errors = page.FieldErrors{{Name: "title", Text: r.L.Fault(err)}}
	}
	return page.Status(422, page.View("desk/group-form", r.L.T("group.title"), v)), nil
}

// rules makes what was typed into rules.
func (in groupTyped) rules() group.Rules {
	out := group.Rules{Title: in.Title, Handling: in.Handling, Basis: in.Basis, From: in.From.UTC(), Until: in.Until.UTC(), Retention: in.Retention}
	for _, g := range in.Grants {
		if g.Purpose == "" {
			continue
		}
		x := group.Rule{Purpose: g.Purpose}
		for _, c := range g.Categories {
			x.Categories = append(x.Categories, journal.Category(c))
		}
		for _, a := range g.Accept {
			x.Accept = append(x.Accept, access.Role(a))
		}
		out.Grants = append(out.Grants, x)
	}
	return out
}

// typedGroup reads the form with the legal text that comes with it, or that the rules had before.
func (rm room) typedGroup(ctx context.Context, r *page.Request, s group.State) (groupTyped, group.Rules, []byte, error) {
	var in groupTyped
	var chosen struct {
		Members []string `form:"members"`
	}
	var err error
	if in.draftTyped, err = typed(r); err != nil {
		return in, group.Rules{}, nil, err
	}
	if err := r.Decode(&chosen); err != nil {
		return in, group.Rules{}, nil, err
	}
	in.Members = chosen.Members
	rules, was := in.rules(), s.Rules()
	doc := terms.Document{TextName: was.TextName, TextHash: was.TextHash}
	text, err := rm.attached(ctx, r, in.draftTyped, terms.State{Document: doc, Text: s.Text(was.TextHash)}, &doc)
	if err != nil {
		return in, rules, nil, err
	}
	rules.TextName = doc.TextName
	if len(text) > 0 {
		h := sha256.Sum256(text)
		rules.TextHash = hex.EncodeToString(h[:])
	}
	return in, rules, text, nil
}

// found keeps the proposal of a new group.
func (rm room) found(ctx context.Context, r *page.Request) (page.Response, error) {
	if !manages(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	in, rules, text, err := rm.typedGroup(ctx, r, group.State{})
	if err != nil {
		return nil, err
	}
	var members []journal.ID
	for _, m := range in.Members {
		if id, err := journal.ParseID(m); err == nil {
			members = append(members, id)
		}
	}
	if len(members) == 0 {
		return rm.groupForm(ctx, r, in, group.State{}, fault.Bad("members", "exchange.group.need.members", "Max", group.MostMembers))
	}
	c, cards, err := rm.Groups.Change(ctx, as(r), group.State{}, group.Found, journal.ID{}, rules, members...)
	if err == nil {
		err = rm.Groups.Propose(ctx, as(r), c, cards, text)
	}
	if err != nil {
		return rm.groupForm(ctx, r, in, group.State{}, err)
	}
	return page.Redirect(groupPath(c.Group), "group.proposed.kept"), nil
}

// editGroup shows the rules of now, to be amended.
func (rm room) editGroup(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openGroup(ctx, r)
	if err == nil && !manages(r.Actor) {
		err = fault.New(fault.Denied, "fault.denied")
	}
	if err != nil {
		return nil, err
	}
	x := s.Rules()
	in := groupTyped{draftTyped: draftTyped{Title: x.Title, Handling: x.Handling, Basis: x.Basis, From: x.From, Until: x.Until, Retention: x.Retention}}
	for _, g := range x.Grants {
		y := grantTyped{Way: Both, Purpose: g.Purpose}
		for _, c := range g.Categories {
			y.Categories = append(y.Categories, string(c))
		}
		for _, a := range g.Accept {
			y.Accept = append(y.Accept, string(a))
		}
		in.Grants = append(in.Grants, y)
	}
	return rm.groupForm(ctx, r, in, s, nil)
}

// amendGroup keeps the proposal of other rules.
func (rm room) amendGroup(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openGroup(ctx, r)
	if err == nil && !manages(r.Actor) {
		err = fault.New(fault.Denied, "fault.denied")
	}
	if err != nil {
		return nil, err
	}
	in, rules, text, err := rm.typedGroup(ctx, r, s)
	if err != nil {
		return nil, err
	}
	c, cards, err := rm.Groups.Change(ctx, as(r), s, group.Amend, journal.ID{}, rules)
	if err == nil {
		err = rm.Groups.Propose(ctx, as(r), c, cards, text)
	}
	if err != nil {
		return rm.groupForm(ctx, r, in, s, err)
	}
	return page.Redirect(groupPath(s.ID), "group.proposed.kept"), nil
}

func (rm room) groupText(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openGroup(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.File("agreement"+filepath.Ext(s.Rules().TextName), "application/octet-stream", s.Text(s.Rules().TextHash)), nil
}

// groupAct is what somebody decides on the page of a group.
type groupAct struct {
	Hash   string     `form:"hash"`
	Pairs  []string   `form:"pairs"` // with whom signing makes terms
	Reason string     `form:"reason"`
	Office journal.ID `form:"office"`
}

// without lists those of the offices with whom a change makes terms that were not chosen.
func (a groupAct) without(s group.State, self journal.ID) []journal.ID {
	var out []journal.ID
	p, _ := s.Find(a.Hash)
	for _, m := range newPairs(s, p.Change, self) {
		if !slices.Contains(a.Pairs, m.String()) {
			out = append(out, m)
		}
	}
	return out
}

func (rm room) actGroup(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openGroup(ctx, r)
	if err == nil && !manages(r.Actor) {
		err = fault.New(fault.Denied, "fault.denied")
	}
	if err != nil {
		return nil, err
	}
	var in groupAct
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.Reason == "" {
		in.Reason = terms.Reasons()[0]
	}
	back, w, g := page.Redirect(groupPath(s.ID), "exchange.saved"), as(r), rm.Groups
	switch r.PathValue("act") {
	case "send":
		return back, g.Act(ctx, w, s.ID, group.SentType, group.Sent{Hash: in.Hash, Without: in.without(s, r.Actor.Owner)})
	case "sign":
		return back, g.Sign(ctx, w, s.ID, in.Hash, in.without(s, r.Actor.Owner))
	case "decline":
		return back, g.Act(ctx, w, s.ID, group.DeclinedType, group.Declined{Hash: in.Hash, Reason: in.Reason})
	case "withdraw":
		return back, g.Act(ctx, w, s.ID, group.WithdrawnType, group.Withdrawn{Hash: in.Hash})
	case "leave":
		return back, g.Leave(ctx, w, s.ID)
	case "with", "without":
		return back, g.Act(ctx, w, s.ID, group.PairedType, group.Paired{Office: in.Office, With: r.PathValue("act") == "with"})
	case "join", "expel":
		return back, rm.proposeMember(ctx, w, s, r.PathValue("act"), in.Office)
	case "suspend", "resume":
		return back, rm.haltGroup(ctx, r, s, r.PathValue("act"), in.Reason)
	}
	return nil, fault.New(fault.NotFound, "fault.not_found")
}

func (rm room) proposeMember(ctx context.Context, w store.Who, s group.State, deed string, office journal.ID) error {
	c, cards, err := rm.Groups.Change(ctx, w, s, deed, office, s.View().Rules)
	if err != nil {
		return err
	}
	return rm.Groups.Propose(ctx, w, c, cards, nil)
}

// haltGroup suspends or resumes this office's terms with every member.
func (rm room) haltGroup(ctx context.Context, r *page.Request, s group.State, act, reason string) error {
	for _, m := range s.View().In() {
		all, err := group.Pairs(ctx, rm.Store, as(r), s.ID, m.Office)
		if err != nil {
			return err
		}
		for _, t := range all {
			d := store.Draft{Type: terms.SuspendedType, Payload: terms.Marked{Reason: reason}}
			if act == "resume" {
				d.Type = terms.ResumedType
			}
			if t.Ended || m.Office == r.Actor.Owner || t.Halted[journal.ID{}] == (act == "suspend") {
				continue
			}
			if _, err := rm.Store.Append(ctx, as(r), termsRef(t.Document.ID), d); err != nil {
				return err
			}
		}
	}
	return rm.Groups.SettleOne(ctx, r.Actor.Owner, s.ID)
}
