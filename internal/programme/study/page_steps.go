// SPDX-License-Identifier: EUPL-1.2

package study

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

func (rm room) steps() []step.Step[Study] {
	when := func(is func(Study) bool) func(*page.Request, Study) bool {
		return func(r *page.Request, s Study) bool { return register.MayEdit(r) && is(s) }
	}
	own := when(func(s Study) bool { return s.Stage != Elsewhere })
	running := when(func(s Study) bool { return s.Stage == Commissioned || s.Stage == InField })
	delivered := when(func(s Study) bool { return s.Stage == Delivered })
	return []step.Step[Study]{
		{Name: "commission", Icon: "edit", Text: "study.act.commission", Can: when(func(s Study) bool { return !s.Exists() }), Ask: rm.askCommission, Do: rm.doCommission},
		{Name: "amend", Icon: "edit", Text: "study.act.amend", Can: when(func(s Study) bool { return s.Exists() && s.Stage != Elsewhere }), Ask: rm.askCommission, Do: rm.doCommission},
		{Name: "fieldwork", Icon: "map-pin", Text: "study.act.fieldwork", Can: running, Ask: rm.askFieldwork, Do: rm.doFieldwork},
		{Name: "deliver", Icon: "file-check", Text: "study.act.deliver", Primary: true, Can: running, Ask: rm.askDelivery, Do: rm.doDelivery},
		{Name: "finding", Icon: "bulb", Text: "study.act.finding", Can: delivered, Ask: rm.askFinding, Do: rm.doFinding},
		{Name: "indicator", Icon: "list-check", Text: "study.act.indicator", Can: delivered, Ask: rm.askIndicator, Do: rm.doIndicator},
		{Name: "event", Icon: "calendar-event", Text: "study.act.event", Can: own, Ask: rm.askEvent, Do: rm.doEvent},
		{Name: "decide", Icon: "gavel", Text: "study.act.decide", Can: when(func(s Study) bool { return s.Stage == Delivered && len(s.Indicators) > 0 }), Ask: rm.askDecided, Do: rm.doDecided},
		{Name: "draft", Icon: "clipboard-list", Text: "study.act.draft", Primary: true, Can: when(func(s Study) bool { return s.Decided.On.Known() && rm.Screening != nil }), Ask: rm.askDraft, Do: rm.doDraft},
		{Name: "try", Icon: "zoom-question", Text: "study.act.try", Primary: true, Can: when(func(s Study) bool { return s.Draft != nil && rm.Screening != nil }), Ask: rm.askTry, Do: rm.doTry},
		{Name: "publish", Icon: "circle-check", Text: "study.act.publish", Primary: true, Can: when(func(s Study) bool { return s.Draft != nil && s.Tried != nil }), Ask: rm.askPublish, Do: rm.doPublish},
		{Name: "send", Icon: "send", Text: "study.act.send", Can: when(func(s Study) bool { return s.Stage == Delivered && len(s.Issues) > 0 && rm.Offices != nil }), Ask: rm.askSend, Do: rm.doSend},
	}
}

// write writes what was typed; names are pairs of what the payload and the form call a field.
func (rm room) write(ctx context.Context, r *page.Request, t *step.Typed, s Study, entry journal.ID, typ string, payload any, names ...string) (string, error) {
	return pathOf(s), t.Write(ctx, rm.Store, r, store.Ref{Kind: access.KindStudy, ID: s.ID}, store.Draft{ID: entry, Type: typ, Payload: payload}, names...)
}

func field(l *lang.Locale, t *step.Typed, kind, name string) register.Field {
	return t.Field(l, "study", kind, name)
}

func choice(l *lang.Locale, t *step.Typed, name string, options []page.Option) register.Field {
	return register.Choice(l, field(l, t, "select", name), options)
}

// form is what all forms of a study have.
func form(l *lang.Locale, s Study, key, lead string, fields ...register.Field) register.Form {
	f := register.Form{Crumbs: crumbs(l, page.Crumb{Text: l.T(key)}), Cancel: Path, Fields: fields}
	if s.Exists() {
		f.Crumbs, f.Cancel = crumbs(l, page.Crumb{Text: l.T("study.one"), Href: pathOf(s)}, page.Crumb{Text: l.T(key)}), pathOf(s)
	}
	if lead != "" {
		f.Lead = l.T(lead)
	}
	return f
}

// languages are those that a study's texts are asked for in: of the programme, and of those whom it is about.
var languages = []string{"fr", "en", "sq"}

// textFields ask for a text in each of them, under its name and the language's.
func textFields(l *lang.Locale, t *step.Typed, name, label string, now wording.Text, kind string) []register.Field {
	var out []register.Field
	for _, tag := range languages {
		n := name + "_" + tag
		t.Or(n, now.By[tag].Text)
		out = append(out, register.Field{Kind: kind, Name: n, Label: l.T("study.in", "Text", label, "Language", l.Language(tag)), Value: t.Text(n), Rows: 3, Optional: true})
	}
	return out
}

// readText reads them; the language that was there first stays the original.
func readText(t *step.Typed, name string, now wording.Text) wording.Text {
	for _, tag := range languages {
		now = now.With(tag, t.Text(name+"_"+tag))
	}
	return now
}

func (rm room) askCommission(ctx context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	l, c := r.L, s.Commission
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return register.Form{}, err
	}
	t.Or("activity", c.Activity)
	t.Or("author", c.Author)
	t.Or("on", c.On.String())
	t.Or("due", c.Due.String())
	f := form(l, s, "study.act.amend", "study.commission.lead")
	if !s.Exists() {
		f = form(l, s, "study.act.commission", "study.commission.lead")
		t.Or("dossier", rm.Store.NewID().String())
		f.Fields = append(f.Fields, register.Field{Kind: "hidden", Name: "dossier", Value: t.Text("dossier")})
	}
	f.Fields = append(f.Fields, textFields(l, t, "title", l.T("study.called"), c.Title, "text")...)
	f.Fields = append(f.Fields, textFields(l, t, "question", l.T("study.question"), c.Question, "textarea")...)
	f.Fields = append(f.Fields, around.ActivityChoice(register.Optional(choice(l, t, "activity", nil))), register.Optional(field(l, t, "text", "author")), register.Optional(field(l, t, "date", "on")), register.Optional(field(l, t, "date", "due")))
	return f, nil
}

func (rm room) doCommission(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	v := Commission{Activity: t.Text("activity"), Title: readText(t, "title", s.Commission.Title), Question: readText(t, "question", s.Commission.Question), Author: t.Text("author"), On: t.Date("on"), Due: t.Date("due")}
	if !s.Exists() {
		s.ID = t.ID("dossier")
	}
	if s.ID.IsZero() {
		return "", fault.New(fault.Invalid, "page.fault.form")
	}
	return rm.write(ctx, r, t, s, entry, CommissionedType, v, "title", "title_fr", "text", "question_fr")
}

func (rm room) askFieldwork(ctx context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	l, w := r.L, s.Fieldwork
	around, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return register.Form{}, err
	}
	t.Or("from", w.From.String())
	t.Or("until", w.Until.String())
	t.Or("countries", w.Countries...)
	t.Or("method", w.Method)
	t.Spell("people", w.People)
	countries := register.Optional(field(l, t, "checks", "countries"))
	countries.Options = around.CountryOptions(l, append(slices.Clone(w.Countries), "FR")...)
	method := register.Optional(field(l, t, "textarea", "method"))
	method.Rows = 4
	f := form(l, s, "study.act.fieldwork", "study.fieldwork.lead", register.Optional(field(l, t, "date", "from")), register.Optional(field(l, t, "date", "until")), countries, method)
	f.Fields = append(f.Fields, step.UncertainFields(l, t, "people", l.T("study.people"))...)
	return f, nil
}

func (rm room) doFieldwork(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	v := Fieldwork{From: t.Date("from"), Until: t.Date("until"), Countries: t.Many("countries"), Method: t.Text("method"), People: t.Uncertain("people")}
	return rm.write(ctx, r, t, s, entry, FieldworkType, v)
}

func (rm room) askDelivery(_ context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	return form(r.L, s, "study.act.deliver", "study.deliver.lead", field(r.L, t, "date", "on"), field(r.L, t, "text", "document"), field(r.L, t, "text", "pages_n")), nil
}

// doDelivery notes the report, and that the activity which pays for the study is delivered: what depends on it may then be held.
func (rm room) doDelivery(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	v := Delivery{t.Date("on"), t.Text("document"), int(t.Number("pages_n"))}
	to, err := rm.write(ctx, r, t, s, entry, DeliveredType, v, "pages", "pages_n")
	if err != nil || s.Commission.Activity == "" {
		return to, err
	}
	done := activity.Status("delivered")
	_, err = rm.Store.Update(ctx, register.As(r), activity.Ref(r.Actor.Owner, s.Commission.Activity), func(state any) ([]store.Draft, error) {
		if a := state.(activity.Activity); a.Code() == "" || a.Status().Done() {
			return nil, nil
		}
		return []store.Draft{{Type: activity.DescribedType, Payload: activity.Described{Status: &done}}}, nil
	})
	return to, err
}

func (rm room) askFinding(_ context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	l := r.L
	t.Or("key", "F"+strconv.Itoa(len(s.Findings)+1))
	var now wording.Text
	for _, f := range s.Findings {
		if f.Key == t.Text("key") {
			now = f.Text
		}
	}
	f := form(l, s, "study.act.finding", "study.finding.lead", field(l, t, "text", "key"))
	f.Fields = append(f.Fields, textFields(l, t, "text", l.T("study.finding"), now, "textarea")...)
	f.Fields = append(f.Fields, field(l, t, "text", "page"), register.Optional(field(l, t, "textarea", "asks")))
	return f, nil
}

func (rm room) doFinding(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	v := Finding{Key: t.Text("key"), Page: t.Text("page"), Asks: t.Text("asks")}
	for _, f := range s.Findings {
		if f.Key == v.Key {
			v.Text = f.Text
		}
	}
	v.Text = readText(t, "text", v.Text)
	return rm.write(ctx, r, t, s, entry, FoundType, v, "text", "text_fr")
}

func weights(l *lang.Locale) []page.Option { return register.Codes(l, "study.weight.", Weights()) }

func (rm room) askIndicator(_ context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	l, theme := r.L, "MIN"
	if n := len(s.Indicators); n > 0 {
		theme = s.Indicators[n-1].Theme
	}
	t.Or("id", fmt.Sprintf("%s-%02d", theme, len(s.Indicators)+1))
	t.Or("theme", theme)
	f := form(l, s, "study.act.indicator", "study.indicator.lead", field(l, t, "text", "id"), field(l, t, "text", "theme"))
	f.Fields = append(f.Fields, textFields(l, t, "text", l.T("study.indicator"), wording.Text{}, "textarea")...)
	weighs := register.Optional(choice(l, t, "weight", weights(l)))
	weighs.Blank = l.T("study.weight.none")
	f.Fields = append(f.Fields, weighs, field(l, t, "text", "page"))
	return f, nil
}

func (rm room) doIndicator(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	v := Indicator{ID: t.Text("id"), Theme: t.Text("theme"), Weight: Weight(t.Text("weight")), Page: t.Text("page")}
	for _, i := range s.Indicators {
		if i.ID == v.ID {
			v.Text = i.Text
		}
	}
	v.Text = readText(t, "text", v.Text)
	return rm.write(ctx, r, t, s, entry, IndicatorType, v, "text", "text_fr")
}

func (rm room) askEvent(ctx context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	around, err := register.Look(ctx, rm.Store, register.As(r), r.L)
	return form(r.L, s, "study.act.event", "study.event.lead", around.ActivityChoice(choice(r.L, t, "activity", nil)), register.Optional(field(r.L, t, "date", "on"))), err
}

func (rm room) doEvent(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	v := Discussed{t.Text("activity"), t.Date("on")}
	if v.Activity == "" {
		t.Fields.Add("activity", "study.want.event")
	}
	return rm.write(ctx, r, t, s, entry, DiscussedType, v)
}

func (rm room) askDecided(ctx context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	l := r.L
	var options []page.Option
	var err error
	if rm.Motions != nil {
		options, err = rm.Motions(ctx, r)
	}
	t.Or("for", l.T("study.for.usual"))
	decision := choice(l, t, "decision", options)
	if len(options) == 0 {
		decision.Hint = l.T("study.decide.none")
	}
	return form(l, s, "study.act.decide", "study.decide.lead", decision, field(l, t, "text", "for"), field(l, t, "date", "on")), err
}

func (rm room) doDecided(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	session, motion, _ := strings.Cut(t.Text("decision"), "/")
	v := Decided{For: t.Text("for"), On: t.Date("on")}
	if v.Session.UnmarshalText([]byte(session)) != nil || v.Motion.UnmarshalText([]byte(motion)) != nil {
		t.Fields.Add("decision", "study.want.decision")
	}
	return rm.write(ctx, r, t, s, entry, DecidedType, v)
}
