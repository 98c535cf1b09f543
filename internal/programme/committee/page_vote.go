// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// ballotTyped is what a member votes, on one motion or on many at once.
type ballotTyped struct {
	Entry journal.ID `form:"entry"`
	How   string     `form:"how"`
	Votes []struct {
		Motion journal.ID `form:"motion"`
		Value  string     `form:"value"`
		Reason string     `form:"reason"`
	} `form:"votes"`
}

// ballotPage is the form: one row of three answers for each open motion.
type ballotPage struct {
	Crumbs  []page.Crumb
	Errors  page.FieldErrors
	Entry   string
	Hows    []page.Option
	How     string
	Values  []page.Option
	Motions []ballotLine
	Cancel  string
	Empty   *page.Empty
}

type ballotLine struct {
	motionCard
	Motion, Field, Value, Reason string
	Stale                        bool // its words have changed since: nobody can vote on it
}

// member reads the session for somebody who votes.
func (rm room) member(ctx context.Context, r *page.Request) (Session, error) {
	s, err := rm.session(ctx, r)
	if err == nil && !votes(r) {
		err = fault.New(fault.Denied, "committee.guard.member")
	}
	return s, err
}

func (rm room) ballot(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.member(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.ballotView(ctx, r, s, ballotTyped{Entry: rm.Store.NewID(), How: "remote"}, nil)
}

func (rm room) ballotView(ctx context.Context, r *page.Request, s Session, f ballotTyped, bad error) (page.Response, error) {
	l := r.L
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	d := ballotPage{Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.session"), Href: sessionPath(s.ID)}, page.Crumb{Text: l.T("committee.vote")}), Errors: r.Errors(bad), Entry: f.Entry.String(),
		Hows: register.Codes(l, "committee.how.", Hows()), How: f.How, Values: register.Codes(l, "committee.value.", Values()), Cancel: sessionPath(s.ID)}
	for _, m := range s.Motions {
		if m.Decision != nil {
			continue
		}
		c, err := rm.motion(ctx, r, words{l, k}, s, m)
		if err != nil {
			return nil, err
		}
		_, _, _, same, err := rm.about(ctx, r, m)
		if err != nil {
			return nil, err
		}
		x := ballotLine{motionCard: c, Motion: m.Motion.String(), Field: "votes[" + strconv.Itoa(len(d.Motions)) + "]", Stale: !same}
		if mine, ok := m.Vote(r.Actor.ID); ok {
			x.Value, x.Reason = string(mine.Value), mine.Reason
		}
		for _, v := range f.Votes {
			if v.Motion == m.Motion {
				x.Value, x.Reason = v.Value, v.Reason
			}
		}
		d.Motions = append(d.Motions, x)
	}
	if len(d.Motions) == 0 {
		d.Empty = &page.Empty{Icon: "checkbox", Title: l.T("committee.vote.none"), Text: l.T("committee.vote.none.text")}
	}
	v := page.View("committee/ballot", l.T("committee.vote"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}

func (rm room) vote(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.member(ctx, r)
	if err != nil {
		return nil, err
	}
	var f ballotTyped
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	res, bad := rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindSession, ID: s.ID}, func(state any) ([]store.Draft, error) {
		var ds []store.Draft
		for _, v := range f.Votes {
			c := Cast{v.Motion, Value(v.Value), How(f.How), v.Reason}
			m, _ := state.(Session).Motion(v.Motion)
			if mine, voted := m.Vote(r.Actor.ID); v.Value == "" || voted && mine.Value == c.Value && mine.Reason == c.Reason {
				continue // nothing said, or nothing new
			}
			ds = append(ds, store.Draft{ID: provenance.ID("vote", f.Entry.String(), v.Motion.String(), v.Value, v.Reason), Type: VoteType, Payload: c})
		}
		return ds, nil
	})
	if fault.Is(bad, fault.Invalid) {
		return rm.ballotView(ctx, r, s, f, bad)
	}
	if bad == nil && len(res.Appended) == 0 {
		return rm.ballotView(ctx, r, s, f, fault.Bad("votes", "committee.want.vote"))
	}
	return page.Redirect(sessionPath(s.ID), "committee.vote.done"), bad
}

// decisionTyped is what somebody records of a decision.
type decisionTyped struct {
	Entry  journal.ID `form:"entry"`
	Result string     `form:"result"`
	Reason string     `form:"reason"`
	By     string     `form:"by"`
}

// toDecide reads the session and the motion that a path names.
func (rm room) toDecide(ctx context.Context, r *page.Request) (Session, Motion, error) {
	s, err := rm.session(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return s, Motion{}, err
	}
	id, err := r.ID("motion")
	if err != nil {
		return s, Motion{}, err
	}
	m, ok := s.Motion(id)
	if !ok {
		return s, m, fault.New(fault.NotFound, "fault.not_found")
	}
	return s, m, nil
}

func (rm room) decideForm(ctx context.Context, r *page.Request) (page.Response, error) {
	s, m, err := rm.toDecide(ctx, r)
	if err != nil {
		return nil, err
	}
	if m.Decision != nil {
		return nil, fault.New(fault.Guarded, "committee.guard.decided")
	}
	f := decisionTyped{Entry: rm.Store.NewID()}
	if m.Tally(s.Called.Quorum).Carried(s.Called.Rule) {
		f.Result = string(Yes)
	}
	return rm.decideView(ctx, r, s, m, f, nil)
}

func (rm room) decideView(ctx context.Context, r *page.Request, s Session, m Motion, f decisionTyped, bad error) (page.Response, error) {
	l := r.L
	_, x, _, _, err := rm.about(ctx, r, m)
	if err != nil {
		return nil, err
	}
	lead := register.Excerpt(l, m.Text).Text
	if !m.Plan.IsZero() {
		lead = words{l, known{}}.titled(x).Text
	}
	d := register.Form{Title: l.T("committee.decide"), Lead: lead + ". " + tally(l, m.Tally(s.Called.Quorum)), Errors: r.Errors(bad), Submit: l.T("committee.decide"), Cancel: sessionPath(s.ID),
		Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.session"), Href: sessionPath(s.ID)}, page.Crumb{Text: l.T("committee.decide")}),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()},
			{Kind: "select", Name: "result", Label: l.T("committee.result"), Hint: l.T("committee.rule." + string(s.Called.Rule)), Options: register.Codes(l, "committee.result.", Results()), Value: f.Result, Blank: l.T("register.choose")},
			{Kind: "textarea", Name: "reason", Label: l.T("committee.reason"), Value: f.Reason}, {Kind: "text", Name: "by", Label: l.T("committee.by"), Hint: l.T("committee.by.hint"), Value: f.By}}}
	return formView(l, d, "committee.decide", bad), nil
}

func (rm room) decide(ctx context.Context, r *page.Request) (page.Response, error) {
	s, m, err := rm.toDecide(ctx, r)
	if err != nil {
		return nil, err
	}
	var f decisionTyped
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	_, bad := rm.Store.Append(ctx, register.As(r), store.Ref{Kind: access.KindSession, ID: s.ID},
		store.Draft{ID: f.Entry, Type: DecidedType, Payload: Made{m.Motion, Result(f.Result), f.Reason, f.By, m.Tally(s.Called.Quorum)}})
	if fault.Is(bad, fault.Invalid) {
		return rm.decideView(ctx, r, s, m, f, bad)
	}
	return page.Redirect(sessionPath(s.ID), "committee.decided"), bad
}
