// SPDX-License-Identifier: EUPL-1.2

package request

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	o, err := field.Opened(ctx, rm.Store, As(r), r, access.KindRequest)
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
	m, err := rm.matter(ctx, r, o, s)
	return page.View("request/show", r.L.T("request.one"), m), err
}

// matter is the page of one request: what it asks, what came of it, and what can be done about it.
func (rm room) matter(ctx context.Context, r *page.Request, o *store.Opened, s State) (field.Matter, error) {
	l, st := r.L, s.Status()
	names := rm.Names(ctx, s.Other(), s.By, s.Draft.Second, s.Worker)
	m := field.Matter{Title: l.T("request.one"), Mark: &page.Mark{Tone: tones[st], Text: l.T("request.status." + string(st))}, Notes: rm.notes(r, s)}
	m.Crumbs = slices.Insert(crumbs(r, l.T("request.one")), 1, page.Crumb{Text: l.T("request.title"), Href: ListPath})
	m.Actions = field.Actions(r, s.acts(r), "request.act.", pathOf(s.ID))
	if c := about(r, s.Asked); len(c.Facts) > 0 {
		m.Main = append(m.Main, c)
	}
	if s.Asked.Facts != "" {
		m.Main = append(m.Main, field.Card{Title: l.T("request.facts"), Words: s.Asked.Facts})
	}
	for _, x := range slices.Backward(s.Replies) {
		if x.Outcome == Partly || x.Outcome == Answered {
			m.Main = append(m.Main, rm.answer(ctx, r, s, x))
		}
	}
	if rm.Permission != nil {
		b, err := rm.Permission(ctx, r, s.ID, s)
		if err != nil {
			return m, err
		}
		if m.Actions = append(m.Actions, b.Actions...); len(b.Lines) > 0 {
			m.Main = append(m.Main, field.Card{Title: l.T("exchange.permissions"), Links: b.Lines})
		}
	}
	m.Main = append(m.Main, field.Card{Title: l.T("request.course"), Events: field.Course(ctx, r, o.Entries, "request.entry.", rm.Names, heard(r))})
	m.Side = []field.Card{{Title: l.T("request.what"), Facts: append(rm.facts(r, s, names), rm.Codes.Facts(ctx, r, s.Other(), s.Message, Purpose)...)}}
	return m, nil
}

// about shows who or what is asked about.
func about(r *page.Request, a Asked) field.Card {
	l, c := r.L, field.Card{Title: r.L.T("request.subject")}
	if x := a.Subject; x != nil {
		for _, f := range []page.Fact{{Term: l.T("request.names"), Text: l.List(x.Names)}, {Term: l.T("request.born"), Text: x.Born}, {Term: l.T("request.phones"), Text: l.List(x.Phones)}, {Term: l.T("request.accounts"), Text: l.List(x.Accounts)}, {Term: l.T("request.plates"), Text: l.List(x.Plates)}} {
			if f.Text != "" {
				c.Facts = append(c.Facts, f)
			}
		}
	}
	return c
}

// answer shows what was answered and what may be done with it.
func (rm room) answer(ctx context.Context, r *page.Request, s State, x Reply) field.Card {
	l := r.L
	c := field.Card{Title: l.T("request.status." + string(x.Outcome)), Words: x.Report, Facts: []page.Fact{{Term: l.T("request.answers"), Text: conversation.Words(r, "request.question.", x.Answers)},
		{Term: l.T("request.handling"), Text: conversation.Words(r, "request.handling.", x.Handling)}, {Term: l.T("request.at"), Text: l.DateTime(x.At)}}}
	c.Facts = append(c.Facts, rm.Codes.Facts(ctx, r, s.Other(), x.Message, Purpose)...)
	if s.Here() && rm.Court != nil && x.Report != "" && s.Ended.Reason == "" {
		c.Actions = []page.Action{{Text: r.L.T("request.act.court"), Icon: "download", Post: pathOf(s.ID) + "/court?of=" + x.Message.String()}}
	}
	return c
}

func (rm room) facts(r *page.Request, s State, names map[journal.ID]string) []page.Fact {
	l, a := r.L, s.Asked
	side := "request.to"
	if !s.Here() {
		side = "request.from"
	}
	out := []page.Fact{{Term: l.T(side), Text: names[s.Other()]}}
	if a.Basis == "" { // a recall that came before its request
		return out
	}
	due := page.Fact{Term: l.T("request.due"), Text: l.Date(s.DueAt().AddDate(0, 0, -1))}
	if in, known := s.InTime(); known {
		due.Sub = l.T(timely(!in))
	} else if s.Open() {
		due.Sub = l.Relative(s.DueAt(), r.Now)
	}
	out = append(out, due, page.Fact{Term: l.T("request.urgency"), Text: l.T("request.urgency." + a.Urgency)}, page.Fact{Term: l.T("request.asked"), Text: conversation.Words(r, "request.question.", a.Questions)},
		page.Fact{Term: l.T("request.purpose"), Text: l.T("request.purpose." + a.Purpose)}, page.Fact{Term: l.T("request.basis"), Text: l.T("request.basis." + a.Basis)})
	if g := a.Legal; g != nil {
		out = append(out, page.Fact{Term: l.T("request.article"), Text: g.Article, Sub: g.Reference})
	}
	if len(a.Handling) > 0 {
		out = append(out, page.Fact{Term: l.T("request.handling"), Text: conversation.Words(r, "request.handling.", a.Handling)})
	}
	var wanted []string
	if a.Court {
		wanted = append(wanted, l.T("request.court.asked"))
	}
	if a.Pass {
		wanted = append(wanted, l.T("request.pass.asked"))
	}
	if len(wanted) > 0 {
		out = append(out, page.Fact{Term: l.T("request.use"), Text: l.List(wanted)})
	}
	if s.Here() {
		return append(out, page.Fact{Term: l.T("request.by"), Text: names[s.By]}, page.Fact{Term: l.T("request.second"), Text: names[s.Draft.Second]})
	}
	return append(out, page.Fact{Term: l.T("request.worker"), Text: names[s.Worker]})
}

// heard says, of what the other office said, what that was.
func heard(r *page.Request) func(journal.Entry) string {
	return func(e journal.Entry) string {
		if v, err := journal.In[Said](e); err == nil && e.Type == HeardType {
			return r.L.T("request.status." + string(v.Outcome))
		}
		return ""
	}
}

// notes say what somebody must know before anything else.
func (rm room) notes(r *page.Request, s State) []field.Note {
	l := r.L
	var out []field.Note
	add := func(tone, key string, text string) {
		out = append(out, field.Note{Tone: tone, Title: l.T(key), Text: text})
	}
	hidden, erased := false, false
	for _, why := range s.Missing {
		hidden, erased = hidden || why == journal.Hidden, erased || why == journal.Erased && s.Ended.Reason != ""
	}
	if s.Ended.Reason != "" {
		add(page.Off, "request.status.withdrawn", l.T("request.withdrawal."+s.Ended.Reason))
	}
	if s.Back != "" && s.Ended.Reason == "" {
		add(page.Bad, "request.status.returned", conversation.Why(l, s.Back))
	}
	if n := len(s.Replies); n > 0 && s.Replies[n-1].Outcome == Refused {
		add(page.Bad, "request.status.refused", l.T("request.refusal."+s.Replies[n-1].Reason))
	}
	if s.Here() && s.Unerased() {
		add(page.Warn, "request.unerased", l.T("request.unerased.text"))
	}
	if s.Unseen() {
		add(page.Warn, "request.unseen", l.T(map[bool]string{true: "request.unseen.there", false: "request.unseen.here"}[s.Here()]))
	}
	if s.Wanting() {
		add(page.Info, "request.wanting", l.T("request.wanting.text", "Day", l.Date(conversation.EndOf(s.Extension.Due).AddDate(0, 0, -1)), "Why", l.T("request.delay."+s.Extension.Reason)))
	}
	if s.Reminders > 0 && s.Open() {
		add(page.Warn, "request.reminded", l.T("request.reminded.text", "When", l.DateTime(s.Reminded)))
	}
	if s.Here() && s.Unsent && s.Ended.Reason == "" {
		if r.Actor.ID == s.Draft.Second {
			add(page.Info, "request.read_and_send", l.T("request.read_and_send.text"))
		} else {
			add(page.Info, "request.waits_second", "")
		}
	}
	if s.Here() && s.Draft.More {
		add(page.Warn, "request.more.added", l.T("request.more.added.text"))
	}
	if hidden {
		add(page.Off, "request.withheld", "")
	}
	if erased {
		add(page.Off, "request.erased", "")
	}
	return out
}

// acts lists what somebody can do about a request as it stands.
func (s State) acts(r *page.Request) []field.Act {
	me, st := r.Actor.ID, s.Status()
	var out []field.Act
	can := func(when bool, a field.Act, typ string) {
		if when && slices.Contains(from[typ], st) {
			out = append(out, a)
		}
	}
	mine := s.Here() && (me == s.By || me == s.Draft.Second)
	can(s.Here() && s.Unsent && me == s.Draft.Second && me != s.By, field.Act{Name: "send", Icon: "send", First: true}, SentType)
	can(mine && s.Wanting(), field.Act{Name: "decide", Icon: "clock", Asks: true, First: true}, DecidedType)
	can(mine && !s.Unsent, field.Act{Name: "remind", Icon: "bell"}, RemindedType)
	can(mine, field.Act{Name: "correct", Icon: "pencil", Asks: true}, DraftedType)
	can(mine, field.Act{Name: "withdraw", Icon: "ban", Asks: true}, WithdrawnType)
	there := !s.Here() && me == s.Worker
	can(!s.Here() && me != s.Worker && Works(r.Actor), field.Act{Name: "take", Icon: "user-check", First: s.Worker.IsZero()}, TakenType)
	can(there && s.Unseen(), field.Act{Name: "see", Icon: "eye", First: true}, SeenType)
	can(there, field.Act{Name: "accept", Icon: "check", First: true}, AcceptedType)
	can(there && !s.Unseen(), field.Act{Name: "answer", Icon: "send", Asks: true, First: true}, AnsweredType)
	can(there && !s.Wanting(), field.Act{Name: "extend", Icon: "clock", Asks: true}, ExtendType)
	can(there, field.Act{Name: "refuse", Icon: "ban", Asks: true}, RefusedType)
	return out
}

// said is what somebody types of an act.
type said struct {
	Entry    journal.ID `form:"entry"`
	Reason   string     `form:"reason"`
	Answers  []string   `form:"answers"`
	Outcome  string     `form:"outcome"`
	Handling []string   `form:"handling"`
	Report   string     `form:"report"`
	Due      string     `form:"due"`
	Granted  string     `form:"granted"`
}

// sheet is the form of an act; nil where it has none.
func (rm room) sheet(r *page.Request, s State, name string, v said) *field.Form {
	l := r.L
	f := field.New(l, "request.act."+name, pathOf(s.ID)+"/"+name, pathOf(s.ID), "request.act."+name)
	f.Crumbs = []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("request.one"), Href: pathOf(s.ID)}, {Text: f.Title}}
	if v.Entry.IsZero() {
		v.Entry = rm.Store.NewID()
	}
	f.Hidden("entry", v.Entry.String())
	switch name {
	case "refuse":
		f.Select("reason", "request.reason", v.Reason, field.Options(l, "request.refusal", Refusals()))
	case "withdraw":
		f.Lead, f.Danger = l.T("request.withdraw.text"), true
		f.Select("reason", "request.reason", v.Reason, field.Options(l, "request.withdrawal", Withdrawals()))
	case "extend":
		f.Date("due", "request.later", v.Due)
		f.Select("reason", "request.reason", v.Reason, field.Options(l, "request.delay", Delays()))
	case "decide":
		f.Lead = l.T("request.wanting.text", "Day", l.Date(conversation.EndOf(s.Extension.Due).AddDate(0, 0, -1)), "Why", l.T("request.delay."+s.Extension.Reason))
		f.Radios("granted", "request.granted", v.Granted, field.Options(l, "request.granted", []string{"yes", "no"}))
	case "answer":
		f.Lead, f.Guarded = l.T("request.answer.lead"), true
		f.Checks("answers", "request.answers", v.Answers, field.Options(l, "request.question", s.Asked.Questions))
		f.Radios("outcome", "request.outcome", v.Outcome, field.Options(l, "request.outcome", []string{"answered", "partly"}))
		f.Area("report", "request.report", v.Report).Set("MaxLength", maxWords).Set("Rows", 8)
		f.Checks("handling", "request.may", v.Handling, field.Options(l, "request.handling", terms.Handlings()))
	default:
		return nil
	}
	return f
}

// ask shows the form of an act.
func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	if !slices.ContainsFunc(s.acts(r), func(a field.Act) bool { return a.Name == name && a.Asks }) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if name == "correct" {
		v := typedOf(s.Draft)
		v.Dossier, v.Entry = s.ID, rm.Store.NewID()
		f, err := rm.form(ctx, r, v, s.ID)
		return page.View("request/form", r.L.T("request.one"), f), err
	}
	return page.View("request/form", r.L.T("request.one"), rm.sheet(r, s, name, said{})), nil
}

// entry makes the entry of an act.
func (v said) entry(s State, name string, me journal.ID) (store.Draft, bool) {
	x := store.Draft{ID: v.Entry}
	switch name {
	case "send":
		x.Type, x.Payload = SentType, Sending{s.Draft.To}
	case "remind":
		x.Type, x.Payload = RemindedType, Told{true}
	case "decide":
		x.Type, x.Payload = DecidedType, Decision{Granted: v.Granted == "yes", Due: s.Extension.Due}
	case "withdraw":
		x.Type, x.Payload = WithdrawnType, Ended{Reason: v.Reason}
	case "take":
		x.Type, x.Payload = TakenType, Taken{me}
	case "see":
		x.Type, x.Payload = SeenType, Seen{s.Version}
	case "accept":
		x.Type, x.Payload = AcceptedType, Said{Outcome: Accepted}
	case "refuse":
		x.Type, x.Payload = RefusedType, Said{Outcome: Refused, Reason: v.Reason}
	case "answer":
		x.Type, x.Payload = AnsweredType, Said{Outcome: Status(v.Outcome), Answers: v.Answers, Handling: v.Handling, Report: strings.TrimSpace(v.Report)}
	case "extend":
		x.Type, x.Payload = ExtendType, Extension{Due: v.Due, Reason: v.Reason}
	}
	return x, x.Type != ""
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	if name == "correct" {
		var v typed
		if err := r.Decode(&v); err != nil {
			return nil, err
		}
		return rm.keep(ctx, r, v, s.ID, s.ID)
	}
	var v said
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	x, ok := v.entry(s, name, r.Actor.ID)
	if name == "court" {
		made, refused := rm.court(ctx, r, s, field.ID(r.URL.Query().Get("of")))
		if refused == nil {
			return made, nil
		}
		err, ok = refused, true
	}
	if !ok {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil { // refused above
	} else if name == "decide" && v.Granted == "" {
		err = fault.Bad("granted", "request.want.choice")
	} else if _, err = rm.Store.Append(ctx, As(r), refOf(s.ID), x); err == nil {
		return page.Redirect(pathOf(s.ID), "request.saved"), nil
	}
	if f := rm.sheet(r, s, name, v); f != nil {
		return f.Again(r, "request/form", err)
	}
	m, bad := rm.matter(ctx, r, o, s)
	if bad != nil {
		return nil, bad
	}
	return m.Refused(r, "request/show", "request.one", err)
}
