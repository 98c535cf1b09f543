// SPDX-License-Identifier: EUPL-1.2

package inquiry

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func denied() error { return fault.New(fault.Denied, "fault.denied") }

func (rm room) draft(ctx context.Context, r *page.Request) (page.Response, error) {
	if !asks(r.Actor) {
		return nil, denied()
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	d := Draft{To: field.ID(v.To), Second: field.ID(v.Second), Asked: Asked{Basis: v.Basis, Questions: v.Questions, Children: v.Children, Due: v.Due, Told: v.Told, Facts: strings.TrimSpace(v.Facts),
		Child: &Child{Born: strings.TrimSpace(v.Born), Parents: strings.TrimSpace(v.Parents), Reach: strings.TrimSpace(v.Reach)}, Legal: &Legal{Article: strings.TrimSpace(v.Article), Decision: strings.TrimSpace(v.Decision)}}}
	for _, n := range strings.Split(v.Names, ";") {
		if n = strings.TrimSpace(n); n != "" {
			d.Child.Names = append(d.Child.Names, n)
		}
	}
	_, err := rm.Store.Append(ctx, as(r), refOf(v.Dossier), store.Draft{ID: v.Entry, Type: DraftedType, Payload: d})
	if err == nil {
		return page.Redirect(pathOf(v.Dossier), "inquiry.drafted"), nil
	}
	f, bad := rm.form(ctx, r, v)
	if bad != nil {
		return nil, bad
	}
	return again(r, f, err)
}

// again shows a form with what was wrong; an error that is not about the form is given back.
func again(r *page.Request, f *field.Form, err error) (page.Response, error) {
	return f.Again(r, "inquiry/form", err)
}

// showData is one request.
type showData struct {
	ID       string
	Title    string
	Mark     *page.Mark
	Crumbs   []page.Crumb
	Notes    []field.Note
	Actions  []page.Action
	Facts    []page.Fact
	Lines    []page.Line // of permissions
	Child    []page.Fact
	Words    []said
	Withheld bool
	Erased   bool
	Errors   page.FieldErrors

	Refusing, Answering, Withdrawing bool
	Refusals, Outcomes, Withdrawals  []page.Option
	Typed                            sayForm
}

// said is a text of a request.
type said struct{ Title, Text string }

// sayForm is what somebody does about a request.
type sayForm struct {
	Entry  journal.ID `form:"entry"`
	Reason string     `form:"reason"`
	Found  string     `form:"found"`
	Report string     `form:"report"`
}

func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, Inquiry, error) {
	o, err := field.Opened(ctx, rm.Store, as(r), r, access.KindInquiry)
	if err != nil {
		return nil, Inquiry{}, err
	}
	return o, o.State.(Inquiry), nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	_, i, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	d, err := rm.data(ctx, r, i, sayForm{Entry: rm.Store.NewID()})
	return page.View("inquiry/show", r.L.T("inquiry.one"), d), err
}

func (rm room) data(ctx context.Context, r *page.Request, i Inquiry, v sayForm) (showData, error) {
	l := r.L
	other, side := i.Draft.To, "inquiry.to"
	if !i.Here() {
		other, side = i.From, "inquiry.from"
	}
	names := rm.Names(ctx, other, i.By, i.Draft.Second, i.Worker)
	s := i.Status()
	d := showData{ID: i.ID.String(), Title: l.T("inquiry.one"), Mark: &page.Mark{Tone: tones[s], Text: l.T("inquiry.status." + string(s))}, Crumbs: []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("inquiry.menu"), Href: Path}, {Text: l.T("inquiry.one")}}, Typed: v,
		Refusals: field.Options(l, "inquiry.refusal", Refusals()), Outcomes: field.Options(l, "inquiry.found", Outcomes()), Withdrawals: field.Options(l, "inquiry.withdrawal", Withdrawals())}
	due := page.Fact{Term: l.T("inquiry.due"), Text: l.Date(i.Draft.DueAt().AddDate(0, 0, -1))}
	if in, known := i.InTime(); known {
		due.Sub, due.Tone = l.T(timely(!in)), toneOf(!in)
	} else if i.Open() {
		due.Sub = l.Relative(i.Draft.DueAt(), r.Now)
	}
	d.Facts = []page.Fact{{Term: l.T(side), Text: names[other]}, {Term: l.T("inquiry.basis"), Text: l.T("inquiry.basis." + i.Draft.Basis)}, {Term: l.T("inquiry.asked"), Text: conversation.Words(r, "inquiry.question.", i.Draft.Questions)},
		{Term: l.T("inquiry.children"), Text: l.Number(i.Draft.Children)}, due, {Term: l.T("inquiry.told"), Text: l.T("inquiry.told." + i.Draft.Told)}}
	d.Facts = append(d.Facts, rm.Codes.Facts(ctx, r, other, i.Message, Purpose)...)
	if g := i.Draft.Legal; g != nil {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("inquiry.article"), Text: g.Article, Sub: g.Decision})
	}
	if i.Here() {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("inquiry.by"), Text: names[i.By]}, page.Fact{Term: l.T("inquiry.second"), Text: names[i.Draft.Second]})
	} else {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("inquiry.worker"), Text: names[i.Worker]})
	}
	if c := i.Draft.Child; c != nil {
		d.Child = []page.Fact{{Term: l.T("inquiry.names"), Text: l.List(c.Names)}, {Term: l.T("inquiry.born"), Text: c.Born}, {Term: l.T("inquiry.parents"), Text: c.Parents}, {Term: l.T("inquiry.reach"), Text: c.Reach}}
	}
	if i.Draft.Facts != "" {
		d.Words = append(d.Words, said{l.T("inquiry.facts"), i.Draft.Facts})
	}
	if i.Said.Report != "" {
		d.Words = append(d.Words, said{l.T("inquiry.report"), i.Said.Report})
	}
	rm.course(r, i, &d)
	if rm.Permission == nil {
		return d, nil
	}
	b, err := rm.Permission(ctx, r, i.ID, i)
	d.Lines, d.Actions = b.Lines, append(d.Actions, b.Actions...)
	return d, err
}

// course says what has come of a request and what can be done about it.
func (rm room) course(r *page.Request, i Inquiry, d *showData) {
	l, s, at := r.L, i.Status(), pathOf(i.ID)
	for _, why := range i.Missing {
		d.Erased, d.Withheld = d.Erased || why == journal.Erased, d.Withheld || why == journal.Hidden
	}
	switch {
	case s == Returned:
		d.Notes = append(d.Notes, field.Note{Tone: page.Bad, Title: l.T("inquiry.status.returned"), Text: conversation.Why(l, i.Back)})
	case i.Said.Outcome == Refused:
		d.Notes = append(d.Notes, field.Note{Tone: page.Bad, Title: l.T("inquiry.status.refused"), Text: l.T("inquiry.refusal." + i.Said.Reason)})
	case i.Said.Outcome == Answered:
		d.Notes = append(d.Notes, field.Note{Tone: page.Good, Title: l.T("inquiry.status.answered"), Text: l.T("inquiry.found." + i.Said.Found)})
	}
	if i.Ended.Reason != "" {
		d.Notes = append(d.Notes, field.Note{Tone: page.Off, Title: l.T("inquiry.status.withdrawn"), Text: l.T("inquiry.withdrawal." + i.Ended.Reason)})
	}
	me := r.Actor.ID
	switch {
	case i.Here() && (s == Drafted || s == Returned) && me == i.Draft.Second:
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Title: l.T("inquiry.read_and_send"), Text: l.T("inquiry.read_and_send.text")})
		d.Actions = []page.Action{{Text: l.T("inquiry.send"), Post: at + "/send", Icon: "send", Primary: true}}
	case i.Here() && (s == Drafted || s == Returned):
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Title: l.T("inquiry.waits_second")})
	case !i.Here() && (s == Received || s == Accepted) && me != i.Worker && answers(r.Actor):
		d.Actions = []page.Action{{Text: l.T("inquiry.take"), Post: at + "/take", Icon: "user-check", Primary: i.Worker.IsZero()}}
	case !i.Here() && s == Received && me == i.Worker:
		d.Actions = []page.Action{{Text: l.T("inquiry.accept"), Post: at + "/accept", Icon: "check", Primary: true}}
	}
	if i.Here() && (s == Sent || s == Accepted) && (me == i.By || me == i.Draft.Second) {
		d.Actions = append(d.Actions, page.Action{Text: l.T("inquiry.remind"), Post: at + "/remind", Icon: "bell"})
	}
	if i.Reminders > 0 && i.Open() {
		d.Notes = append(d.Notes, field.Note{Tone: page.Warn, Title: l.T("inquiry.reminded"), Text: l.T("inquiry.reminded.text", "When", l.DateTime(i.Reminded))})
	}
	if i.Unerased() {
		d.Notes = append(d.Notes, field.Note{Tone: page.Warn, Title: l.T("inquiry.unerased")})
	}
	d.Refusing = !i.Here() && (s == Received || s == Accepted) && me == i.Worker
	d.Answering = !i.Here() && s == Accepted && me == i.Worker
	d.Withdrawing = i.Here() && (s == Drafted || s == Sent || s == Returned || s == Accepted) && (me == i.By || me == i.Draft.Second)
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	_, i, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	var v sayForm
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	x := store.Draft{ID: v.Entry}
	switch r.PathValue("act") {
	case "send":
		x.Type, x.Payload = SentType, Sending{i.Draft.To}
	case "take":
		x.Type, x.Payload = TakenType, Taken{r.Actor.ID}
	case "remind":
		x.Type, x.Payload = RemindedType, Told{true}
	case "accept":
		x.Type, x.Payload = AcceptedType, Said{Outcome: Accepted}
	case "refuse":
		x.Type, x.Payload = RefusedType, Said{Outcome: Refused, Reason: v.Reason}
	case "answer":
		x.Type, x.Payload = AnsweredType, Said{Outcome: Answered, Found: v.Found, Report: strings.TrimSpace(v.Report)}
	case "withdraw":
		x.Type, x.Payload = WithdrawnType, Ended{v.Reason}
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if _, err = rm.Store.Append(ctx, as(r), refOf(i.ID), x); err == nil {
		return page.Redirect(pathOf(i.ID), "inquiry.saved"), nil
	}
	return rm.shownAgain(ctx, r, i, v, err)
}

// shownAgain shows the request with what was wrong; an error that is not about what was typed is given back.
func (rm room) shownAgain(ctx context.Context, r *page.Request, i Inquiry, v sayForm, bad error) (page.Response, error) {
	var f *fault.Fault
	code := map[fault.Kind]int{fault.Invalid: http.StatusUnprocessableEntity, fault.Guarded: http.StatusConflict, fault.Uncovered: http.StatusForbidden}[fault.Of(bad)]
	if !errors.As(bad, &f) || code == 0 {
		return nil, bad
	}
	if v.Entry.IsZero() {
		v.Entry = rm.Store.NewID()
	}
	d, err := rm.data(ctx, r, i, v)
	if err != nil {
		return nil, err
	}
	if d.Errors = r.Errors(bad); f.Kind != fault.Invalid {
		d.Notes = append([]field.Note{{Tone: page.Bad, Title: r.L.Fault(bad)}}, d.Notes...)
	}
	return page.Status(code, page.View("inquiry/show", r.L.T("inquiry.one"), d)), nil
}
