// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/liaison/docket"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/liaison/permission"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// offersPending lists the coded offers that wait: received ones for an answer here, and those of files that the reader works
// on for one over there.
func (n *Node) offersPending(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
	if r.Office.Kind != access.Assistance {
		return nil, nil
	}
	var out []conversation.Pending
	err := conversation.Each(ctx, n.Store, store.Who{Actor: r.Actor, Purpose: access.ForReferral}, store.Query{Kind: access.KindReferralIn, State: string(referral.Offered), ByDue: true}, func(row store.Row) error {
		s, err := store.Summary[referral.InSummary](row)
		out = append(out, conversation.Pending{Kind: "offer", Office: s.From, Title: r.L.T("service.catalogue." + s.Offer.Need), State: r.L.T("referral.status." + string(s.Status)), Tone: arrivedTone(s.Status), Due: row.Due, Href: "/referrals/" + row.Ref.ID.String(),
			Ours: true, Mine: row.Assignee == r.Actor.ID})
		return err
	})
	if err != nil {
		return nil, err
	}
	dues, err := n.dues(ctx, r, store.Query{Kind: access.KindPerson, DueBy: r.Now.AddDate(1, 0, 0), ByDue: true})
	for _, x := range dues {
		if x.What == "offer" {
			out = append(out, conversation.Pending{Kind: "offer", Office: x.With, Title: casework.DueWord(r.L, x.Due), State: r.L.T("referral.status." + string(referral.Offered)), Tone: page.Info, Due: x.At, Href: x.path, Sent: true})
		}
	}
	return out, err
}

// invitationsPending lists, for who runs the programme, the invitations to events that wait for names: of other offices here,
// and of this office's in countries that have not answered; and of this office's the names that wait to be accepted.
func (n *Node) invitationsPending(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
	if !register.MayEdit(r) {
		return nil, nil
	}
	var out []conversation.Pending
	err := conversation.Each(ctx, n.Store, register.As(r), store.Query{Kind: access.KindEvent, Codes: map[string]string{event.WaitsCode: "yes"}}, func(row store.Row) error {
		o, err := n.Store.Open(ctx, register.As(r), row.Ref)
		if err != nil {
			return err
		}
		e := o.State.(event.Event)
		p := conversation.Pending{Kind: "invitation", Title: e.Summary().Title.In(r.L.Tag()).Text, State: r.L.T("app.pending.names"), Tone: page.Warn, Href: event.Path + "/" + row.Ref.ID.String()}
		if e.Invited() && !e.Answered(e.Invitation.Country) {
			p.Office, p.Ours, p.Reminders = e.Invitation.From, true, e.Reminders
			if by := e.Invitation.AnswerBy; by.Known() {
				p.Due = by.Last().AddDate(0, 0, 1)
			}
			out = append(out, p)
		}
		for _, q := range e.Quotas {
			if !e.Hosted() || q.Office.IsZero() || q.Sequence == 0 || e.Answered(q.Country) {
				continue
			}
			p.Office, p.Sent, p.Tone, p.Reminders = q.Office, true, page.Info, q.Reminders
			if by := e.Described.AnswerBy; by.Known() {
				p.Due = by.Last().AddDate(0, 0, 1)
			}
			out = append(out, p)
		}
		for _, q := range e.Quotas {
			if e.Hosted() && !q.Office.IsZero() && len(e.Of(q.Country, event.Proposed)) > 0 {
				out = append(out, conversation.Pending{Kind: p.Kind, Office: q.Office, Title: p.Title, State: r.L.T("app.pending.people"), Tone: page.Warn, Href: p.Href + "/people", Ours: true, Sent: true})
			}
		}
		return nil
	})
	return out, err
}

// agreementsPending lists, for who runs the programme, the agreements of which another office wrote the last version or has
// recorded the signature.
func (n *Node) agreementsPending(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
	if !register.MayEdit(r) {
		return nil, nil
	}
	rows, err := register.All[agreement.Line](ctx, n.Store, register.As(r), store.Query{Kind: access.KindAgreement, Codes: map[string]string{"waits": "yes"}})
	var out []conversation.Pending
	for _, x := range rows {
		out = append(out, conversation.Pending{Kind: access.KindAgreement, Office: x.V.Office, Title: x.V.Code + " · " + x.V.Title.In(r.L.Tag()).Text, State: r.L.T("agreement.state." + string(x.V.State)), Tone: page.Warn, Href: agreement.Path + "/" + x.ID.String(), Ours: true})
	}
	return out, err
}

// applicationsPending lists, for who runs the programme, the applications for a grant that came from other offices and that
// nobody has examined.
func (n *Node) applicationsPending(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
	if !register.MayEdit(r) {
		return nil, nil
	}
	rows, err := register.All[grant.ApplicationLine](ctx, n.Store, register.As(r), store.Query{Kind: access.KindApplication, Codes: map[string]string{"state": string(grant.Received)}})
	var out []conversation.Pending
	for _, x := range rows {
		if !x.V.Office.IsZero() && x.V.Office != r.Actor.Owner {
			out = append(out, conversation.Pending{Kind: access.KindApplication, Office: x.V.Office, Title: x.V.Title, State: r.L.T("grant.stage." + string(x.V.Stage)), Tone: page.Warn, Href: grant.ApplicationPath + "/" + x.ID.String(), Ours: true})
		}
	}
	return out, err
}

// assignedPending are the actions of actionsPending that this office waits for: those that wait for it have a card of their own.
func (n *Node) assignedPending(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
	all, err := n.actionsPending(ctx, r)
	return slices.DeleteFunc(all, func(p conversation.Pending) bool { return p.Ours }), err
}

// actionsPending lists, for who runs the programme, the open actions that another office assigned here, or this one there.
func (n *Node) actionsPending(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
	if !register.MayEdit(r) {
		return nil, nil
	}
	var out []conversation.Pending
	err := conversation.Each(ctx, n.Store, register.As(r), store.Query{Kind: access.KindAction, By: action.WithCode}, func(row store.Row) error {
		a, err := store.Summary[action.Line](row)
		if err != nil {
			return err
		}
		p := conversation.Pending{Kind: "action", Office: a.With(), Title: a.Text.In(r.L.Tag()).Text, State: r.L.T("action.state." + string(a.State)), Tone: page.Info, Href: action.Path + "/" + row.Ref.ID.String(), Sent: true}
		if !a.From.IsZero() {
			p.Sent, p.Ours, p.Tone = false, true, page.Warn
		}
		if a.Due.Known() {
			p.Due = a.Due.Last().AddDate(0, 0, 1)
		}
		out = append(out, p)
		return nil
	})
	return out, err
}

// pendingBlock is a card of what between offices waits for this one, or is late in another; none where nothing does. Offers, and
// actions that were given to this office, have cards of their own.
func (n *Node) pendingBlock(ctx context.Context, r *page.Request) ([]block, error) {
	all, err := docket.Config{Sources: []docket.Source{request.Pending(n.Store), inquiry.Pending(n.Store), n.comparisonsPending, letter.Pending(n.Store), permission.Pending(n.Store, letter.Works), n.invitationsPending, n.agreementsPending, n.applicationsPending, n.assignedPending}}.All(ctx, r)
	if err != nil {
		return nil, err
	}
	var ids []journal.ID
	for _, p := range all {
		ids = append(ids, p.Office)
	}
	names := n.names(ctx, r.Actor.Owner, ids...)
	inorder.Stably(all, func(a, b conversation.Pending) int { return nearness(a) - nearness(b) })
	b := block{ID: "between", Title: r.L.T("app.today.between"), Tone: page.Warn}
	for _, p := range all {
		if !p.Ours && !p.Overdue(r.Now) {
			continue
		}
		if b.N++; b.N > todayLines {
			continue
		}
		x := page.Line{Tone: p.Tone, Title: p.Title, Href: p.Href, Text: join(r.L.T("docket.kind."+p.Kind), names[p.Office]), Now: r.Now}
		if !p.Due.IsZero() {
			at, day := conversation.LastDay(p.Due)
			if !day {
				at = p.Due
			}
			x.Due = &at
		}
		b.Lines = append(b.Lines, x)
	}
	if b.N == 0 {
		return nil, nil
	}
	b.More = &page.Action{Text: r.L.T("docket.menu"), Href: "/requests"}
	if b.N > todayLines {
		b.More.Text = r.L.N("app.today.more", b.N-todayLines)
	}
	return []block{b}, nil
}

// nearness puts what waits for the reader in person before what waits for the office, and that before what is late elsewhere.
func nearness(p conversation.Pending) int {
	switch {
	case p.Mine:
		return 0
	case p.Ours:
		return 1
	}
	return 2
}

// comparisonsPending lists, for who compares, the comparisons in which something was found that nobody has looked at, those after
// which another office wants to talk, and those that wait for its answer; for oversight, those that the other office asks to have opened.
func (n *Node) comparisonsPending(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
	var out []conversation.Pending
	var of []store.Query
	if matching.Works(r.Actor) {
		of = append(of, store.Query{State: "found"}, store.Query{State: "heard"}, store.Query{State: "waiting"})
	}
	if matching.Oversees(r.Actor) {
		of = append(of, store.Query{Codes: map[string]string{"side": "asked", "doubt": "open"}})
	}
	for _, q := range of {
		state := q.State
		q.Kind = access.KindComparison
		err := conversation.Each(ctx, n.Store, store.Who{Actor: r.Actor, Purpose: access.ForIdentification}, q, func(row store.Row) error {
			s, err := store.Summary[matching.Summary](row)
			if err != nil || state == "heard" && s.Taken { // somebody talks with them
				return err
			}
			stands := "matching.status." + state
			if state == "" {
				stands = "matching.view.doubted"
			}
			title := r.L.T("matching.side.questioned")
			if s.Here {
				title = r.L.T("matching.mode." + s.Mode)
			}
			out = append(out, conversation.Pending{Kind: access.KindComparison, Office: s.Partner, Title: title + " · " + r.L.Date(s.At), State: r.L.T(stands), Tone: map[bool]string{true: page.Warn, false: page.Info}[state != "waiting"],
				Href: matching.Path + "/" + row.Ref.ID.String(), Ours: state != "waiting", Sent: s.Here, Mine: (state == "found" || state == "heard") && len(row.Relations) > 0})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// beginFrom gives what a request is about that begins from a comparison, or from one of its hits: what was found in common of the
// office's own record, and all of that, as far as the reader may open it, where it is one.
func (n *Node) beginFrom(ctx context.Context, r *page.Request, comparison journal.ID, hit string) (request.Prefill, error) {
	p := request.Prefill{Questions: []string{"known"}}
	o, err := n.Store.Open(ctx, store.Who{Actor: r.Actor, Purpose: access.ForIdentification}, store.Ref{Kind: access.KindComparison, ID: comparison})
	if err != nil {
		return p, err
	}
	var records []journal.ID
	var kinds []string
	words := 0
	for i, h := range o.State.(matching.Comparison).Found {
		if hit != "" && hit != strconv.Itoa(i) {
			continue
		}
		if !slices.Contains(records, h.Record) {
			records = append(records, h.Record)
		}
		kinds, words = append(kinds, h.Kinds...), max(words, h.Words)
	}
	if len(records) != 1 {
		return p, nil
	}
	x, err := n.Store.Open(ctx, request.As(r), store.Ref{Kind: access.KindSubject, ID: records[0]})
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) || fault.Is(err, fault.Erased) {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	k := x.State.(subject.State).Known
	p.Whole = request.Subject{Names: k.Names, Born: k.Born, Phones: k.Phones, Accounts: k.Accounts, Plates: k.Plates}
	p.Subject = inCommon(p.Whole, kinds, words)
	return p, nil
}

// inCommon gives what of a record both offices are sure to know, by the kinds of the keys that agreed and how many words of a
// name did beside the birth. Of several numbers of a kind nobody kept which one it was: then none.
func inCommon(all request.Subject, kinds []string, words int) request.Subject {
	has := func(k match.Kind) bool { return slices.Contains(kinds, k.String()) }
	only := func(shared bool, xs []string) []string {
		if !shared || len(xs) != 1 {
			return nil
		}
		return xs
	}
	out := request.Subject{Names: only(has(match.NameYear) || words > 1, all.Names), Phones: only(has(match.Phone), all.Phones), Accounts: only(has(match.Account), all.Accounts), Plates: only(has(match.Plate), all.Plates)}
	switch {
	case has(match.WordBorn):
		out.Born = all.Born
	case has(match.NameYear):
		day, _ := names.Birth(all.Born)
		out.Born = day[:min(len(day), len("1999"))]
	}
	return out
}

// afterHit gives what a worker can do with the other office once something was found in common.
func afterHit(o Owner) func(l *lang.Locale, partner, comparison journal.ID, hit string) []page.Action {
	return func(l *lang.Locale, partner, comparison journal.ID, hit string) []page.Action {
		out := []page.Action{{Text: l.T("letter.new"), Href: letter.Path + "/new?to=" + partner.String(), Icon: "mail"}}
		if o.Kind == access.Police || o.Kind == access.Justice {
			from := request.Path + "/new?to=" + partner.String() + "&from=" + comparison.String()
			if hit != "" {
				from += "&hit=" + hit
			}
			out = append([]page.Action{{Text: l.T("request.new"), Href: from, Icon: "send", Primary: true}}, out...)
		}
		return out
	}
}
