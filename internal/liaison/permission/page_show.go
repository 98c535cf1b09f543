// SPDX-License-Identifier: EUPL-1.2

package permission

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	o, err := field.Opened(ctx, rm.Store, as(r), r, access.KindPermission)
	if err != nil {
		return nil, State{}, err
	}
	return o, o.State.(State), nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.View("permission/show", r.L.T("permission.one"), rm.matter(ctx, r, o, s)), nil
}

// matter is the page of one question: what is asked of what, what was said to it, and what can be done.
func (rm room) matter(ctx context.Context, r *page.Request, o *store.Opened, s State) field.Matter {
	l, st := r.L, s.Status(r.Now)
	m := field.Matter{Title: l.T("permission.one"), Mark: &page.Mark{Tone: tones[st], Text: l.T("permission.status." + string(st))}, Notes: s.notes(r),
		Crumbs: []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("permission.title"), Href: Path}, {Text: l.T("permission.one")}}}
	m.Actions = field.Actions(r, rm.acts(r, s), "permission.act.", pathOf(s.ID))
	if w := s.Question.Words(); w.Text != "" {
		m.Main = append(m.Main, field.Card{Title: l.T("permission.text"), Words: w.Text})
	}
	if s.Answer != nil {
		m.Main = append(m.Main, s.Answer.card(r, l.T("permission.answer"), l.DateTime(s.AnsweredAt)))
	} else if !s.ProposedBy.IsZero() {
		m.Main = append(m.Main, s.Proposal.card(r, l.T("permission.proposal"), ""))
	}
	m.Main = append(m.Main, field.Card{Title: l.T("permission.course"), Events: field.Course(ctx, r, o.Entries, "permission.entry.", rm.Names, nil)})
	m.Side = []field.Card{{Title: l.T("permission.what"), Facts: rm.facts(ctx, r, s)}}
	return m
}

// card shows an answer.
func (v Answer) card(r *page.Request, title, at string) field.Card {
	l, c := r.L, field.Card{Title: title, Words: v.Words().Text}
	add := func(key, text string) {
		if text != "" {
			c.Facts = append(c.Facts, page.Fact{Term: l.T("permission." + key), Text: text})
		}
	}
	if v.Granted {
		add("answer", l.T("permission.status.granted"))
		var conditions []string
		for _, x := range v.Conditions {
			conditions = append(conditions, l.T("permission.condition."+x))
		}
		add("conditions", l.List(conditions))
		if day := conversation.EndOf(v.Until); !day.IsZero() {
			add("until", l.Date(day.AddDate(0, 0, -1)))
		}
	} else {
		add("answer", l.T("permission.status.refused"))
		add("refusal", l.T("permission.refusal."+v.Reason))
	}
	add("at", at)
	return c
}

func (rm room) facts(ctx context.Context, r *page.Request, s State) []page.Fact {
	l := r.L
	names := rm.Names(ctx, s.Other(), s.By, s.Worker, s.ProposedBy, s.Proposal.Second)
	side := "permission.owner"
	if !s.Here() {
		side = "permission.asker"
	}
	out := []page.Fact{{Term: l.T(side), Text: names[s.Other()]}}
	if s.Kind == "" { // taken back before it came
		return out
	}
	thing := page.Fact{Term: l.T("permission.thing"), Text: l.T("permission.kind." + s.Kind)}
	if at, ok := rm.Rules.room(s.Kind); ok {
		thing.Href = at.Path + "/" + s.Question.Thing.String()
	}
	out = append(out, thing, page.Fact{Term: l.T("permission.for"), Text: l.T("permission.for." + s.Question.For)})
	if s.Question.For == Onward {
		out = append(out, page.Fact{Term: l.T("permission.whom"), Text: s.Question.Words().Whom})
	}
	out = append(out, page.Fact{Term: l.T("permission.reason"), Text: l.T("permission.reason." + s.Question.Reason)})
	due := page.Fact{Term: l.T("permission.due"), Text: l.Date(conversation.EndOf(s.Question.Due).AddDate(0, 0, -1))}
	if s.Open() {
		due.Sub = l.Relative(conversation.EndOf(s.Question.Due), r.Now)
	}
	out = append(out, due)
	for _, x := range []struct {
		key string
		id  journal.ID
	}{{"by", s.By}, {"worker", s.Worker}, {"proposed_by", s.ProposedBy}, {"second", s.Proposal.Second}} {
		if !x.id.IsZero() {
			out = append(out, page.Fact{Term: l.T("permission." + x.key), Text: names[x.id]})
		}
	}
	if s.Used > 0 {
		out = append(out, page.Fact{Term: l.T("permission.used"), Text: l.N("permission.used.times", s.Used)})
	}
	return out
}

// notes say what somebody must know before anything else.
func (s State) notes(r *page.Request) []field.Note {
	l := r.L
	var out []field.Note
	add := func(tone, key, text string) { out = append(out, field.Note{Tone: tone, Title: l.T(key), Text: text}) }
	if s.Ended != "" {
		key := "permission.ended.there"
		if s.EndedHere {
			key = "permission.ended.here"
		}
		add(page.Warn, key, l.T("permission.withdrawal."+s.Ended))
	}
	if s.Back != "" {
		add(page.Bad, "permission.status.returned", conversation.Why(l, s.Back))
	}
	if s.Reminders > 0 && s.Open() {
		add(page.Warn, "permission.reminded", l.T("permission.reminded.text", "When", l.DateTime(s.Reminded)))
	}
	if s.Open() && !s.ProposedBy.IsZero() {
		if r.Actor.ID == s.Proposal.Second {
			add(page.Info, "permission.read_and_send", l.T("permission.read_and_send.text"))
		} else {
			add(page.Info, "permission.waits_second", "")
		}
	}
	for _, why := range s.Missing {
		if why == journal.Hidden {
			add(page.Off, "permission.withheld", "")
			break
		}
	}
	return out
}

// acts lists what somebody can do about a question as it stands.
func (rm room) acts(r *page.Request, s State) []field.Act {
	me := r.Actor.ID
	var out []field.Act
	can := func(when bool, a field.Act) {
		if when {
			out = append(out, a)
		}
	}
	open, granted := s.Open(), s.Status(r.Now) == Granted
	asker := s.Here() && (me == s.By || slices.Contains(s.Hands, me))
	can(open && s.Two && !s.ProposedBy.IsZero() && me == s.Proposal.Second, field.Act{Name: "send", Icon: "send", First: true})
	can(open && s.Answers(me), field.Act{Name: "answer", Icon: "send", Asks: true, First: s.ProposedBy.IsZero()})
	can(open && !s.Here() && (s.Answers(me) || rm.Gives(r.Actor)), field.Act{Name: "assign", Icon: "user-check", Asks: true})
	can(granted && asker && s.Question.For == Court, field.Act{Name: "use", Icon: "check", First: true})
	can(open && asker, field.Act{Name: "remind", Icon: "bell"})
	can(asker && (open || granted) || granted && !s.Here() && (s.Answers(me) || me == s.Proposal.Second), field.Act{Name: "withdraw", Icon: "ban", Asks: true})
	return out
}

// said is what somebody types of an act.
type said struct {
	Entry      journal.ID `form:"entry"`
	Granted    string     `form:"granted"`
	Conditions []string   `form:"conditions"`
	Until      string     `form:"until"`
	Refusal    string     `form:"refusal"`
	Reason     string     `form:"reason"`
	Text       string     `form:"text"`
	Second     string     `form:"second"`
	Worker     string     `form:"worker"`
}

// doing is the form of an act; nil where it has none.
func (rm room) doing(ctx context.Context, r *page.Request, s State, name string, v said) (*field.Form, error) {
	l := r.L
	f := field.New(l, "permission.act."+name, pathOf(s.ID)+"/"+name, pathOf(s.ID), "permission.act."+name)
	f.Crumbs = []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("permission.one"), Href: pathOf(s.ID)}, {Text: f.Title}}
	if v.Entry.IsZero() {
		v.Entry = rm.Store.NewID()
	}
	f.Hidden("entry", v.Entry.String())
	switch name {
	case "answer":
		f.Lead, f.Guarded = l.T("permission.answer.lead"), true
		f.Radios("granted", "permission.granted", v.Granted, field.Options(l, "permission.granted", []string{"yes", "no"}))
		f.Checks("conditions", "permission.conditions", v.Conditions, field.Options(l, "permission.condition", Conditions())).Optional()
		f.Date("until", "permission.until", v.Until).Optional()
		f.Select("refusal", "permission.refusal", v.Refusal, field.Options(l, "permission.refusal", Refusals())).Optional()
		f.Area("text", "permission.words", v.Text).Set("MaxLength", maxWords/2).Optional()
		if s.Two {
			others, err := rm.Others(ctx, r)
			if err != nil {
				return nil, err
			}
			f.Select("second", "permission.second", v.Second, others)
			f.Submit = l.T("permission.propose")
		}
	case "assign":
		colleagues, err := rm.Colleagues(ctx, r)
		if err != nil {
			return nil, err
		}
		f.Select("worker", "permission.worker", v.Worker, colleagues)
	case "withdraw":
		f.Lead, f.Danger = l.T("permission.withdraw.text"), true
		f.Select("reason", "permission.withdrawal", v.Reason, field.Options(l, "permission.withdrawal", Withdrawals()))
	default:
		return nil, nil
	}
	return f, nil
}

// sheet shows the form of an act.
func (rm room) sheet(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	if !slices.ContainsFunc(rm.acts(r, s), func(a field.Act) bool { return a.Name == name && a.Asks }) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	f, err := rm.doing(ctx, r, s, name, said{})
	return page.View("permission/form", r.L.T("permission.one"), f), err
}

// answer makes an answer of what was typed. What belongs to the other choice is left out.
func (v said) answer(cat journal.Category) Answer {
	a := Answer{Granted: v.Granted == "yes", Said: say(Words{Text: strings.TrimSpace(v.Text)}, cat)}
	if a.Granted {
		a.Conditions, a.Until = v.Conditions, v.Until
	} else {
		a.Reason = v.Refusal
	}
	return a
}

// entry makes the entry of an act.
func (rm room) entry(s State, name string, v said) (store.Draft, bool) {
	x := store.Draft{ID: v.Entry}
	switch name {
	case "answer":
		at, _ := rm.Rules.room(s.Kind)
		if a := v.answer(at.Category); s.Two {
			x.Type, x.Payload = ProposedType, Proposal{Second: field.ID(v.Second), Answer: a}
		} else {
			x.Type, x.Payload = AnsweredType, a
		}
	case "send":
		x.Type, x.Payload = AnsweredType, s.Proposal.Answer
	case "assign":
		x.Type, x.Payload = AssignedType, Assigned{field.ID(v.Worker)}
	case "use":
		x.Type, x.Payload = UsedType, Used{For: s.Question.For, Office: s.Question.Office}
	case "remind":
		x.Type, x.Payload = RemindedType, Told{true}
	case "withdraw":
		x.Type, x.Payload = WithdrawnType, Ended{Reason: v.Reason}
	}
	return x, x.Type != ""
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	var v said
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	x, ok := rm.entry(s, name, v)
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if name == "answer" && v.Granted == "" {
		err = fault.Bad("granted", "permission.want.choice")
	} else if _, err = rm.Store.Append(ctx, as(r), refOf(s.ID), x); err == nil {
		return page.Redirect(pathOf(s.ID), "permission.saved"), nil
	}
	f, bad := rm.doing(ctx, r, s, name, v)
	if bad != nil {
		return nil, bad
	}
	if f != nil {
		return f.Again(r, "permission/form", err)
	}
	m := rm.matter(ctx, r, o, s)
	return m.Refused(r, "permission/show", "permission.one", err)
}
