// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// gapsPage is /programme/gaps: what the source contradicts itself on or leaves open, and what is not known of which
// activity. Nothing is filled in; an office may say what it holds, beside the source.
type gapsPage struct {
	Questions []question
	Readings  []reading
	Gaps      []gapGroup
	Empty     *page.Empty
}

// question is one of scheme.Question on the page.
type question struct {
	About  item
	Stated []item
	Answer *item // what the office holds; nil while it is open
	Settle string
	Reopen string
}

// gapGroup is one thing that is not known, and of which activities.
type gapGroup struct {
	Title, Count string
	Items        []item
}

func (rm room) gaps(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	l := r.L
	if !s.Exists() {
		return page.View("programme/gaps", l.T("programme.gaps.title"), gapsPage{Empty: nothingYet(l)}), nil
	}
	groups, err := rm.gapGroups(ctx, r)
	if err != nil {
		return nil, err
	}
	read, err := rm.readings(ctx, r, s)
	return page.View("programme/gaps", l.T("programme.gaps.title"), gapsPage{Questions: rm.questions(ctx, r, s), Readings: read, Gaps: groups}), err
}

func (rm room) questions(ctx context.Context, r *page.Request, s scheme.Scheme) []question {
	l := r.L
	var out []question
	for _, q := range s.Questions() {
		x := question{About: sourced(l, s, q.About)}
		for _, st := range q.Stated {
			x.Stated = append(x.Stated, statement(l, s, st))
		}
		if !q.Open() {
			name := ""
			if rm.Names != nil {
				name = rm.Names(ctx, r.Actor.Owner, q.By)[q.By]
			}
			a := text(q.Answer).with(joined(name, l.Date(q.At), q.Told))
			x.Answer = &a
		}
		if rolls.MayEdit(r) {
			x.Settle = "/programme/gaps/" + q.Key
			if !q.Open() {
				x.Reopen = x.Settle + "/reopen"
			}
		}
		out = append(out, x)
	}
	return out
}

// shownGaps is how many activities the page names of each gap; the rest is counted.
const shownGaps = 20

func (rm room) gapGroups(ctx context.Context, r *page.Request) ([]gapGroup, error) {
	l, w := r.L, rolls.As(r)
	n, err := rm.Store.Tally(ctx, w, access.KindActivity, activity.LacksCode)
	if err != nil {
		return nil, err
	}
	all, err := rm.Store.Count(ctx, w, own())
	if err != nil {
		return nil, err
	}
	var out []gapGroup
	for _, g := range activity.Gaps() {
		if n[string(g)] == 0 {
			continue
		}
		f := filter{Lacks: string(g)}
		list, _, err := rm.page(ctx, w, store.Query{Kind: access.KindActivity, Spans: []store.Span{store.Is(activity.LacksCode, string(g))}, By: "code", Limit: shownGaps}) // only the programme's own have this code
		if err != nil {
			return nil, err
		}
		x := gapGroup{Title: l.T("programme.gap." + string(g)), Count: l.T("register.of", "N", l.Number(n[string(g)]), "Of", l.Number(all))}
		for _, a := range list {
			x.Items = append(x.Items, entryOf(l, a))
		}
		if more := n[string(g)] - len(list); more > 0 {
			x.Items = append(x.Items, text(l.N("programme.more", more)).to(f.path()))
		}
		out = append(out, x)
	}
	return out, nil
}

// settleForm is what somebody says about a question.
type settleForm struct {
	Entry  journal.ID `form:"entry"`
	Answer string     `form:"answer"`
	Told   string     `form:"told"`
}

type settlePage struct {
	About  item
	Stated []item // each a way to take it over
	Action string
	Form   settleForm
	Errors page.FieldErrors
}

// asked opens the programme and the question of an address.
func (rm room) asked(ctx context.Context, r *page.Request) (scheme.Scheme, scheme.Question, error) {
	if !rolls.MayEdit(r) {
		return scheme.Scheme{}, scheme.Question{}, fault.New(fault.Denied, "fault.denied")
	}
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return s, scheme.Question{}, err
	}
	q, ok := s.Question(r.PathValue("key"))
	if !ok {
		return s, q, fault.New(fault.NotFound, "fault.not_found")
	}
	return s, q, nil
}

func (rm room) settle(ctx context.Context, r *page.Request) (page.Response, error) {
	s, q, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	f := settleForm{Entry: rm.Store.NewID(), Answer: q.Answer, Told: q.Told}
	if n, err := strconv.Atoi(r.URL.Query().Get("stated")); err == nil && n >= 0 && n < len(q.Stated) {
		f.Answer, f.Told = q.Stated[n].Text, lines(r.L, s.Source, q.Stated[n].Lines)
	}
	return settleView(r, s, q, f, nil), nil
}

func settleView(r *page.Request, s scheme.Scheme, q scheme.Question, f settleForm, bad error) page.Response {
	d := settlePage{About: sourced(r.L, s, q.About), Action: "/programme/gaps/" + q.Key, Form: f, Errors: r.Errors(bad)}
	for i, st := range q.Stated {
		d.Stated = append(d.Stated, statement(r.L, s, st).to(d.Action+"?stated="+strconv.Itoa(i)))
	}
	return page.View("programme/settle", r.L.T("programme.gaps.settle"), d)
}

func (rm room) saveSettled(ctx context.Context, r *page.Request) (page.Response, error) {
	s, q, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	var f settleForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	_, err = rm.Store.Update(ctx, rolls.As(r), ref(s), func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: f.Entry, Type: scheme.SettledType, Payload: scheme.Settled{Question: q.Key, Answer: f.Answer, Told: f.Told}}}, nil
	})
	if fault.Is(err, fault.Invalid) {
		return page.Status(422, settleView(r, s, q, f, err)), nil
	}
	return page.Redirect("/programme/gaps", "programme.saved"), err
}

func (rm room) reopen(ctx context.Context, r *page.Request) (page.Response, error) {
	s, q, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	_, err = rm.Store.Update(ctx, rolls.As(r), ref(s), func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: scheme.ReopenedType, Payload: scheme.Reopened{Question: q.Key}}}, nil
	})
	return page.Redirect("/programme/gaps", "programme.saved"), err
}

func ref(s scheme.Scheme) store.Ref { return store.Ref{Kind: access.KindProgramme, ID: s.ID} }
