// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// icons of the steps that note a stage.
var icons = map[Stage]string{Sent: "send", Visited: "users", Reported: "report", Replied: "mail-forward", FollowUp: "history", Closed: "archive"}

// steps are what an officer can do to a round, in the order of the page.
func (rm room) steps() []step.Step[Round] {
	when := func(can func(Round) bool) func(*page.Request, Round) bool {
		return func(r *page.Request, x Round) bool { return register.MayEdit(r) && can(x) }
	}
	out := []step.Step[Round]{{Name: "open", Icon: "plus", Text: "round.act.open", Can: when(func(x Round) bool { return !x.Exists() }), Ask: rm.askOpen, Do: rm.doOpen},
		{Name: "edit", Icon: "edit", Text: "round.act.edit", Can: when(Round.Exists), Ask: rm.askOpen, Do: rm.doOpen}}
	for _, s := range noted() {
		out = append(out, step.Step[Round]{Name: string(s), Icon: icons[s], Text: "round.act." + string(s), Can: when(Round.Exists), Ask: rm.askStage(s), Do: rm.doStage(s)})
	}
	reported := when(func(x Round) bool { _, ok := x.Steps[Reported]; return ok })
	return append(out, step.Step[Round]{Name: "meet", Icon: "calendar-event", Text: "round.act.meet", Can: when(Round.Exists), Ask: rm.askMeeting, Do: rm.doMeeting},
		step.Step[Round]{Name: "assess", Icon: "scale", Text: "round.act.assess", Can: reported, Ask: rm.askAssessment, Do: rm.doAssessment},
		step.Step[Round]{Name: "back", Icon: "arrow-back-up", Text: "round.act.back", Can: when(func(x Round) bool { return len(x.Steps) > 0 }), Ask: rm.askBack, Do: rm.doBack})
}

func (rm room) write(ctx context.Context, r *page.Request, t *step.Typed, x Round, entry journal.ID, typ string, payload any) (string, error) {
	return pathOf(x), t.Write(ctx, rm.Store, r, store.Ref{Kind: access.KindRound, ID: x.ID}, store.Draft{ID: entry, Type: typ, Payload: payload})
}

func field(l *lang.Locale, t *step.Typed, kind, name string) register.Field {
	return t.Field(l, "round", kind, name)
}

func choice(l *lang.Locale, t *step.Typed, name string, options []page.Option) register.Field {
	return register.Choice(l, field(l, t, "select", name), options)
}

// form is what all forms of a round have.
func form(l *lang.Locale, x Round, key, lead string, fields ...register.Field) register.Form {
	f := register.Form{Crumbs: crumbs(l, page.Crumb{Text: l.T(key)}), Cancel: Path, Fields: fields}
	if x.Exists() {
		f.Crumbs, f.Cancel = crumbs(l, page.Crumb{Text: x.Opened.Of.Name(l), Href: pathOf(x)}, page.Crumb{Text: l.T(key)}), pathOf(x)
	}
	if l.Has(lead) {
		f.Lead = l.T(lead)
	}
	return f
}

// textFields ask for a text in French and in English, under its name and the language's.
func textFields(l *lang.Locale, t *step.Typed, name string, now wording.Text, kind string) []register.Field {
	var out []register.Field
	for _, tag := range []string{"fr", "en"} {
		n := name + "_" + tag
		t.Or(n, now.By[tag].Text)
		f := register.Field{Kind: kind, Name: n, Label: l.T("round.in", "Text", l.T("round."+name), "Language", l.Language(tag)), Value: t.Text(n), Rows: 4, Optional: true}
		if tag == "fr" && l.Has("round.hint."+name) {
			f.Hint = l.T("round.hint." + name)
		}
		out = append(out, f)
	}
	return out
}

// readText reads them; the language that was there first stays the original.
func readText(t *step.Typed, name string, now wording.Text) wording.Text {
	for _, tag := range []string{"fr", "en"} {
		now = now.With(tag, t.Text(name+"_"+tag))
	}
	return now
}

// askOpen asks whose round it is where it is new, and else for what can change.
func (rm room) askOpen(ctx context.Context, r *page.Request, x Round, t *step.Typed) (register.Form, error) {
	l, o := r.L, x.Opened
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return register.Form{}, err
	}
	key := "round.act.open"
	if x.Exists() {
		key = "round.act.edit"
	}
	f := form(l, x, key, "round.open.lead")
	if !x.Exists() {
		t.Or("country", r.URL.Query().Get("country"))
		f.Fields = append(f.Fields, field(l, t, "text", "body"), field(l, t, "text", "number"), choice(l, t, "country", around.CountryOptions(l, "FR", "SE")))
	}
	t.Or("received", o.Received.String())
	t.Or("due", o.Due.String())
	t.Or("from", o.From.String())
	t.Or("until", o.Until.String())
	t.Or("link", o.Link)
	f.Fields = append(f.Fields, textFields(l, t, "theme", o.Theme, "text")...)
	for _, name := range []string{"from", "until", "received", "due"} {
		f.Fields = append(f.Fields, register.Optional(field(l, t, "date", name)))
	}
	link := register.Field{Kind: "text", Name: "link", Label: l.T("register.link"), Hint: l.T("register.link.hint"), Value: t.Text("link"), Optional: true}
	f.Fields = append(f.Fields, link)
	return f, nil
}

func (rm room) doOpen(ctx context.Context, r *page.Request, x Round, t *step.Typed, entry journal.ID) (string, error) {
	v := Opened{Of: x.Opened.Of, Theme: readText(t, "theme", x.Opened.Theme), From: t.Date("from"), Until: t.Date("until"), Received: t.Date("received"), Due: t.Date("due"), Link: t.Text("link")}
	if !x.Exists() {
		v.Of = Of{t.Text("body"), int(min(t.Number("number"), 1000)), t.Text("country")}
		x.ID = Ref(r.Actor.Owner, v.Of).ID
	}
	if x.Exists() {
		return rm.write(ctx, r, t, x, entry, OpenedType, v)
	}
	_, err := rm.Store.Update(ctx, register.As(r), Ref(r.Actor.Owner, v.Of), func(state any) ([]store.Draft, error) {
		if state.(Round).Exists() {
			return nil, fault.Bad("number", "round.want.once")
		}
		return []store.Draft{{ID: entry, Type: OpenedType, Payload: v}}, t.Err()
	})
	return pathOf(x), err
}

func (rm room) askStage(s Stage) func(context.Context, *page.Request, Round, *step.Typed) (register.Form, error) {
	return func(ctx context.Context, r *page.Request, x Round, t *step.Typed) (register.Form, error) {
		l, now := r.L, x.Steps[s]
		t.Or("on", now.On.String())
		t.Or("until", now.Until.String())
		t.Or("document", now.Document)
		t.Or("link", now.Link)
		t.Or("note", now.Note)
		f := form(l, x, "round.act."+string(s), "round.lead."+string(s), register.Field{Kind: "date", Name: "on", Label: l.T("register.on"), Value: t.Text("on"), Optional: true})
		if s == Visited {
			f.Fields = append(f.Fields, register.Optional(field(l, t, "date", "until")))
		}
		if s == Sent || s == Reported || s == Replied {
			doc := field(l, t, "text", "document")
			doc.Optional = s != Reported
			f.Fields = append(f.Fields, doc, register.Field{Kind: "text", Name: "link", Label: l.T("register.link"), Hint: l.T("register.link.hint"), Value: t.Text("link"), Optional: true})
		}
		if s == Sent {
			questions, err := Questions(ctx, rm.Store, register.As(r), map[string]string{"round": x.ID.String()})
			if err != nil {
				return f, err
			}
			if c := Count(of(questions, x.ID)); c.Accepted < c.Questions {
				f.Lead += " " + l.N("round.sent_without", c.Questions-c.Accepted)
			}
		}
		f.Fields = append(f.Fields, register.Optional(field(l, t, "textarea", "note")))
		return f, nil
	}
}

func (rm room) doStage(s Stage) func(context.Context, *page.Request, Round, *step.Typed, journal.ID) (string, error) {
	return func(ctx context.Context, r *page.Request, x Round, t *step.Typed, entry journal.ID) (string, error) {
		v := Stepped{Stage: s, On: t.Date("on"), Until: t.Date("until"), Document: t.Text("document"), Link: t.Text("link"), Note: t.Text("note")}
		return rm.write(ctx, r, t, x, entry, SteppedType, v)
	}
}

func (rm room) askMeeting(ctx context.Context, r *page.Request, x Round, t *step.Typed) (register.Form, error) {
	l := r.L
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return register.Form{}, err
	}
	key := "M" + strconv.Itoa(len(x.Meetings)+1)
	if x := r.URL.Query().Get("key"); x != "" {
		key = x
	}
	t.Or("key", key)
	var now Met
	if i := slices.IndexFunc(x.Meetings, func(m Met) bool { return m.Key == t.Text("key") }); i >= 0 {
		now = x.Meetings[i]
	}
	t.Or("on", now.On.String())
	t.Or("hour", now.Hour)
	t.Or("place", now.Place)
	t.Or("who", now.Who)
	t.Or("standing", now.Standing)
	var with []string
	for _, id := range now.With {
		with = append(with, id.String())
	}
	t.Or("with", with...)
	whom := register.Optional(field(l, t, "checks", "with"))
	whom.Options = around.OrganisationOptions()
	f := form(l, x, "round.act.meet", "round.meet.lead", field(l, t, "text", "key"), register.Field{Kind: "date", Name: "on", Label: l.T("register.on"), Value: t.Text("on"), Optional: true}, register.Optional(field(l, t, "text", "hour")), whom)
	f.Fields = append(f.Fields, textFields(l, t, "meeting", now.About, "text")...)
	f.Fields = append(f.Fields, register.Optional(field(l, t, "text", "place")), register.Optional(field(l, t, "textarea", "who")), choice(l, t, "standing", register.Codes(l, "round.standing.", Standings())))
	return f, nil
}

func (rm room) doMeeting(ctx context.Context, r *page.Request, x Round, t *step.Typed, entry journal.ID) (string, error) {
	v := Met{Key: t.Text("key"), On: t.Date("on"), Hour: t.Text("hour"), Place: t.Text("place"), Who: t.Text("who"), Standing: t.Text("standing")}
	for _, m := range x.Meetings {
		if m.Key == v.Key {
			v.About = m.About
		}
	}
	v.About = readText(t, "meeting", v.About)
	for _, s := range t.Many("with") {
		id, err := journal.ParseID(s)
		if err != nil {
			t.Fields.Add("with", "round.want.organisation")
			break
		}
		v.With = append(v.With, id)
	}
	return rm.write(ctx, r, t, x, entry, MetType, v)
}

func (rm room) askAssessment(_ context.Context, r *page.Request, x Round, t *step.Typed) (register.Form, error) {
	t.Or("page", x.Assessed.Page)
	f := form(r.L, x, "round.act.assess", "round.assess.lead", textFields(r.L, t, "assessment", x.Assessed.Text, "textarea")...)
	f.Fields = append(f.Fields, field(r.L, t, "text", "page"))
	return f, nil
}

func (rm room) doAssessment(ctx context.Context, r *page.Request, x Round, t *step.Typed, entry journal.ID) (string, error) {
	v := Assessed{readText(t, "assessment", x.Assessed.Text), t.Text("page")}
	if v.Text.IsZero() {
		t.Fields.Add("assessment_fr", "wording.need.text")
	}
	return rm.write(ctx, r, t, x, entry, AssessedType, v)
}

func (rm room) askBack(_ context.Context, r *page.Request, x Round, t *step.Typed) (register.Form, error) {
	var there []Stage
	for _, s := range noted() {
		if _, ok := x.Steps[s]; ok {
			there = append(there, s)
		}
	}
	return form(r.L, x, "round.act.back", "round.back.lead", choice(r.L, t, "stage", register.Codes(r.L, "round.stage.", there)), field(r.L, t, "textarea", "reason")), nil
}

func (rm room) doBack(ctx context.Context, r *page.Request, x Round, t *step.Typed, entry journal.ID) (string, error) {
	return rm.write(ctx, r, t, x, entry, TakenBackType, TakenBack{Stage(t.Text("stage")), t.Text("reason")})
}
