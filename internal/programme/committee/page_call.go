// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// callForm is what somebody types to call a session. Agenda is one item a line, with its number or without.
type callForm struct {
	Dossier  journal.ID `form:"dossier"`
	Entry    journal.ID `form:"entry"`
	On       string     `form:"on"`
	Language string     `form:"language"`
	Shown    string     `form:"shown"`
	Text     string     `form:"title"`
	Agenda   string     `form:"agenda"`
	Place    string     `form:"place"`
	Seats    string     `form:"seats"`
	Quorum   string     `form:"quorum"`
	Rule     string     `form:"rule"`
}

// called gives what was typed, beside what stands there in other languages.
func (f *callForm) called(l *lang.Locale, before Called) (Called, error) {
	var fs fault.Fields
	on, err := party.WrittenDate(f.On)
	if err != nil {
		fs.Add("on", "programme.need.date")
	}
	sent := register.Sent{L: l, Shown: f.Shown, Language: f.Language}
	if before.Title.IsZero() {
		sent.Offered(&f.Text, "committee.call.title")
		sent.Offered(&f.Agenda, "committee.call.agenda")
	}
	v := Called{On: on, Title: sent.Text(before.Title, &f.Text), Place: f.Place, Rule: Rule(f.Rule)}
	sent.Words(&f.Agenda, func(tag string) string { return written(before.Agenda, tag) })
	sent.Note(&fs)
	v.Seats, _ = strconv.Atoi(f.Seats) // the guard says what is no number of seats
	v.Quorum, _ = strconv.Atoi(f.Quorum)
	for line := range strings.Lines(f.Agenda) {
		key, text, numbered := strings.Cut(strings.TrimSpace(line), " ")
		if key = strings.TrimSuffix(key, "."); !numbered || !itemForm.MatchString(key) {
			key, text = strconv.Itoa(len(v.Agenda)+1), strings.TrimSpace(line)
		}
		if text == "" {
			continue
		}
		x := Item{Key: key}
		if at := slices.IndexFunc(before.Agenda, func(y Item) bool { return y.Key == key }); at >= 0 {
			x.Text = before.Agenda[at].Text
		}
		x.Text = sent.Line(x.Text, text)
		v.Agenda = append(v.Agenda, x)
	}
	return v, fs.Err()
}

// written gives an agenda as the form shows it in a language: one item a line, behind its number.
func written(agenda []Item, tag string) string {
	var b strings.Builder
	for _, x := range agenda {
		b.WriteString(x.Key + " " + x.Text.In(tag).Text + "\n")
	}
	return b.String()
}

func (rm room) blankSession(_ context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	l := r.L
	return rm.callView(r, Session{}, callForm{Dossier: rm.Store.NewID(), Entry: rm.Store.NewID(), Language: register.Language(l), Text: l.T("committee.call.title"), Agenda: l.T("committee.call.agenda"), Rule: string(Majority)}, nil), nil
}

func (rm room) editSession(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.session(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	v, shown := s.Called, s.Called.Title.In(r.L.Tag())
	f := callForm{Entry: rm.Store.NewID(), On: v.On.String(), Language: shown.Language, Text: shown.Text, Place: v.Place, Seats: strconv.Itoa(v.Seats), Quorum: strconv.Itoa(v.Quorum), Rule: string(v.Rule)}
	f.Agenda = written(v.Agenda, f.Language)
	return rm.callView(r, s, f, nil), nil
}

func (rm room) callView(r *page.Request, s Session, f callForm, bad error) page.Response {
	l := r.L
	d := register.Form{Title: l.T("committee.call"), Lead: l.T("committee.call.lead"), Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.call")}), Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: Path}
	if s.Exists() {
		d.Title, d.Lead, d.Cancel = l.T("committee.session.edit"), "", sessionPath(s.ID)
		d.Crumbs = crumbs(l, page.Crumb{Text: l.T("committee.session"), Href: sessionPath(s.ID)}, page.Crumb{Text: d.Title})
	} else {
		d.Fields = []register.Field{{Kind: "hidden", Name: "dossier", Value: f.Dossier.String()}}
	}
	d.Fields = append(d.Fields, register.Field{Kind: "hidden", Name: "entry", Value: f.Entry.String()},
		register.Field{Kind: "date", Name: "on", Label: l.T("committee.on"), Value: f.On},
		register.Field{Kind: "select", Name: "language", Label: l.T("register.language"), Hint: l.T("register.text.hint"), Options: register.Languages(l), Value: f.Language},
		register.ShownField(f.Language),
		register.Field{Kind: "text", Name: "title", Label: l.T("committee.field.title"), Value: f.Text},
		register.Field{Kind: "textarea", Name: "agenda", Label: l.T("committee.agenda"), Hint: l.T("committee.agenda.hint"), Value: f.Agenda, Rows: 8, Optional: true},
		register.Field{Kind: "text", Name: "place", Label: l.T("committee.place"), Hint: l.T("committee.place.hint"), Value: f.Place, Optional: true},
		register.Field{Kind: "text", Name: "seats", Label: l.T("committee.seats"), Value: f.Seats},
		register.Field{Kind: "text", Name: "quorum", Label: l.T("committee.quorum"), Hint: l.T("committee.quorum.hint"), Value: f.Quorum},
		register.Field{Kind: "select", Name: "rule", Label: l.T("committee.rule"), Options: register.Codes(l, "committee.rule.", Rules()), Value: f.Rule})
	return formView(l, d, "committee.call", bad)
}

func (rm room) callSession(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	var f callForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if f.Dossier.IsZero() || f.Entry.IsZero() {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	return rm.callWrite(ctx, r, Session{}, f.Dossier, f)
}

func (rm room) saveSession(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.session(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	var f callForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	return rm.callWrite(ctx, r, s, s.ID, f)
}

func (rm room) callWrite(ctx context.Context, r *page.Request, s Session, id journal.ID, f callForm) (page.Response, error) {
	_, bad := rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindSession, ID: id}, func(state any) ([]store.Draft, error) {
		v, err := f.called(r.L, state.(Session).Called)
		return []store.Draft{{ID: f.Entry, Type: CalledType, Payload: v}}, err
	})
	if fault.Is(bad, fault.Invalid) {
		return rm.callView(r, s, f, bad), nil
	}
	return page.Redirect(sessionPath(id), "register.saved"), bad
}

// motionForm asks for a motion that is on no plan.
type motionTyped struct {
	Entry    journal.ID `form:"entry"`
	Motion   journal.ID `form:"motion"`
	Item     string     `form:"item"`
	Language string     `form:"language"`
	Text     string     `form:"text"`
}

func (rm room) motionForm(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.session(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	return rm.motionView(r, s, motionTyped{Entry: rm.Store.NewID(), Motion: rm.Store.NewID(), Language: register.Language(r.L)}, nil), nil
}

func (rm room) motionView(r *page.Request, s Session, f motionTyped, bad error) page.Response {
	l := r.L
	d := register.Form{Title: l.T("committee.motion.new"), Lead: l.T("committee.motion.lead"), Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: sessionPath(s.ID),
		Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.session"), Href: sessionPath(s.ID)}, page.Crumb{Text: l.T("committee.motion.new")}),
		Fields: append([]register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}, {Kind: "hidden", Name: "motion", Value: f.Motion.String()}, itemField(r, s, f.Item)},
			register.WriteFields(l, l.T("committee.motion.text"), "", f.Language, f.Text)...)}
	return formView(l, d, "committee.motion.new", bad)
}

// itemField offers the points of the agenda.
func itemField(r *page.Request, s Session, value string) register.Field {
	f := register.Field{Kind: "select", Name: "item", Label: r.L.T("committee.item"), Value: value, Blank: r.L.T("committee.no_item"), Optional: true}
	for _, x := range s.Called.Agenda {
		f.Options = append(f.Options, page.Option{Value: x.Key, Text: x.Key + " · " + register.Excerpt(r.L, x.Text).Text})
	}
	return f
}

func (rm room) move(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.session(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	var f motionTyped
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	v := Tabled{Motion: f.Motion, Item: f.Item, Text: wording.Text{}.With(f.Language, f.Text)}
	_, bad := rm.Store.Append(ctx, register.As(r), store.Ref{Kind: access.KindSession, ID: s.ID}, store.Draft{ID: f.Entry, Type: TabledType, Payload: v})
	if fault.Is(bad, fault.Invalid) {
		return rm.motionView(r, s, f, bad), nil
	}
	return page.Redirect(sessionPath(s.ID), "register.saved"), bad
}
