// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// wordsPath is where the programme's own texts are written in further languages.
const wordsPath = "/programme/words"

// worded is a text for a reader: in their language where a translation holds, else the original, with its language.
func worded(l *lang.Locale, t wording.Text) item {
	s := t.In(l.Tag())
	if s.State == wording.Outdated {
		s = t.In(t.Original)
	}
	return quoted(s.Text, l.Foreign(s.Language))
}

// saidIn is a text of the programme's source for a reader, likewise.
func saidIn(l *lang.Locale, s scheme.Scheme, key, original string) item {
	text, language := s.In(l.Tag(), key, original)
	return quoted(text, l.Foreign(language))
}

// sourced is a text of the programme's source for a reader, whichever it is.
func sourced(l *lang.Locale, s scheme.Scheme, original string) item {
	text, language := s.Say(l.Tag(), original)
	return quoted(text, l.Foreign(language))
}

// passages are an activity's title, its description and what its source states, as far as somebody has translated that, in all
// their languages, each with how it stands to its original.
func passages(l *lang.Locale, a activity.Activity) []rolls.Passage {
	out := append(rolls.Passages(l, l.T("programme.column.title"), a.Title()), rolls.Passages(l, l.T("programme.edit.description"), a.About())...)
	for _, x := range a.Statements() {
		if t := a.Said(x); len(t.By) > 1 {
			out = append(out, rolls.Passages(l, statementName(l, x), t)...)
		}
	}
	return out
}

// statementName says what a statement of the source is.
func statementName(l *lang.Locale, x activity.Statement) string {
	if list, n, is := strings.Cut(x.Key, ":"); is {
		return l.T("programme.statements."+list) + " " + n
	}
	return l.T("programme.fact." + x.Key)
}

// saidField is what a statement is called in the form of words.
func saidField(x activity.Statement) string { return "said_" + strings.ReplaceAll(x.Key, ":", "_") }

// tongueOf gives the language that a form of words is for: of its address, else the first of the programme's two that is
// wanting, else the reader's, and never the original's.
func tongueOf(r *page.Request, t wording.Text) string {
	if tag := r.URL.Query().Get("language"); rolls.Writes(tag) {
		return tag
	}
	if wanting := t.Wanting("fr", "en"); len(wanting) > 0 {
		return wanting[0]
	}
	if own := rolls.Language(r.L); own != t.Original {
		return own
	}
	return tongues(r.L, t.Original)[0].Value
}

// tongues offers the languages to translate into: all but the original's.
func tongues(l *lang.Locale, original string) []page.Option {
	return slices.DeleteFunc(rolls.Languages(l), func(o page.Option) bool { return o.Value == original })
}

// wordField asks for one text; the original stands below its name.
func wordField(l *lang.Locale, name, label, original, value string) rolls.Field {
	f := rolls.Field{Kind: "textarea", Name: name, Label: label, Hint: l.T("programme.words.original", "Text", original), Value: value, Rows: 2, Optional: true}
	if len(original) > 200 {
		f.Rows = 5
	}
	return f
}

// toWord opens an activity for somebody who may write it in a further language.
func (rm room) toWord(ctx context.Context, r *page.Request) (activity.Activity, error) {
	if !rolls.MayEdit(r) {
		return activity.Activity{}, fault.New(fault.Denied, "fault.denied")
	}
	return rm.opened(ctx, r)
}

func (rm room) askWords(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.toWord(ctx, r)
	if err != nil {
		return nil, err
	}
	tag := tongueOf(r, a.Title())
	return wordsView(r, a, rm.standing(tag, textsOf(a)), nil), nil
}

// textsOf gives the texts of an activity by their fields.
func textsOf(a activity.Activity) map[string]wording.Text {
	out := map[string]wording.Text{"title": a.Title(), "about": a.About()}
	for _, x := range a.Statements() {
		out[saidField(x)] = a.Said(x)
	}
	return out
}

// standing is what stands in a form of words at first: the texts in one language, which it keeps beside the one that is chosen.
func (rm room) standing(tag string, texts map[string]wording.Text) rolls.Values {
	v := rolls.Put(rolls.Values{}, "entry", rm.Store.NewID().String(), "language", tag)
	for field, t := range texts {
		v.Set(field, t.By[tag].Text)
	}
	return v
}

// otherwise says of a form that was sent in another language than it was shown in that nobody has written some of its texts in that
// one: they then are what that language has, beside what was typed, for whoever looks and sends it again.
func otherwise(l *lang.Locale, v rolls.Values, texts map[string]wording.Text) error {
	s := rolls.Sent{L: l, Shown: v.Get(rolls.ShownName), Language: v.Get("language")}
	for field, t := range texts {
		if typed := v.Get(field); v.Has(field) {
			s.Text(t, &typed)
			v.Set(field, typed)
		}
	}
	return s.Err()
}

func wordsView(r *page.Request, a activity.Activity, v rolls.Values, bad error) page.Response {
	l, code := r.L, a.Code()
	f := rolls.Form{Title: l.T("programme.words.write"), Lead: l.T("programme.words.lead"), Errors: r.Errors(bad), Submit: l.T("programme.edit.save"), Cancel: activityPath(code),
		Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: code, Href: activityPath(code)}, {Text: l.T("programme.words.write")}},
		Fields: []rolls.Field{{Kind: "hidden", Name: "entry", Value: v.Get("entry")}, rolls.ShownField(v.Get("language")), {Kind: "select", Name: "language", Label: l.T("register.language"), Options: tongues(l, a.Title().Original), Value: v.Get("language")},
			wordField(l, "title", l.T("programme.column.title"), a.Source.Title, v.Get("title"))}}
	if a.Description != "" {
		f.Fields = append(f.Fields, wordField(l, "about", l.T("programme.edit.description"), a.Description, v.Get("about")))
	}
	for _, x := range a.Statements() {
		f.Fields = append(f.Fields, wordField(l, saidField(x), statementName(l, x), x.Text, v.Get(saidField(x))))
	}
	if bad != nil {
		return page.Status(422, page.View("register/form", l.T("programme.words.write"), f))
	}
	return page.View("register/form", l.T("programme.words.write"), f)
}

// saveWords writes the texts of an activity in one further language; an empty one takes it out.
func (rm room) saveWords(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.toWord(ctx, r)
	if err != nil {
		return nil, err
	}
	v, entry, err := typedWords(r)
	if err != nil {
		return nil, err
	}
	tag := v.Get("language")
	if !slices.ContainsFunc(tongues(r.L, a.Title().Original), func(o page.Option) bool { return o.Value == tag }) {
		return wordsView(r, a, v, fault.Bad("language", "programme.need.choice")), nil
	}
	if err := otherwise(r.L, v, textsOf(a)); err != nil {
		return wordsView(r, a, v, err), nil
	}
	_, err = rm.Store.Update(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Code()), func(state any) ([]store.Draft, error) {
		return state.(activity.Activity).Translated(entry, tag, textsIn(a, v)), nil
	})
	if fault.Is(err, fault.Invalid) {
		return wordsView(r, a, v, err), nil
	}
	return page.Redirect(activityPath(a.Code()), "programme.saved"), err
}

// textsIn gives the texts that a form of words holds.
func textsIn(a activity.Activity, v rolls.Values) map[string]string {
	out := map[string]string{}
	put := func(key, field string) {
		if v.Has(field) {
			out[key] = v.Get(field)
		}
	}
	put("title", "title")
	put("about", "about")
	for _, x := range a.Statements() {
		put(x.Key, saidField(x))
	}
	return out
}

func typedWords(r *page.Request) (rolls.Values, journal.ID, error) {
	v, err := r.Typed()
	if err != nil {
		return nil, journal.ID{}, err
	}
	entry, err := journal.ParseID(v.Get("entry"))
	if err != nil {
		return nil, entry, fault.Bad("entry", "page.form.unreadable")
	}
	return v, entry, nil
}

// toWordScheme opens the office's programme likewise; where there is none yet, its home page says so.
func (rm room) toWordScheme(ctx context.Context, r *page.Request) (scheme.Scheme, page.Response, error) {
	if !rolls.MayEdit(r) {
		return scheme.Scheme{}, nil, fault.New(fault.Denied, "fault.denied")
	}
	s, err := rm.current(ctx, rolls.As(r))
	if err == nil && !s.Exists() {
		return s, page.Redirect("/programme", ""), nil
	}
	return s, nil, err
}

func (rm room) askSchemeWords(ctx context.Context, r *page.Request) (page.Response, error) {
	s, away, err := rm.toWordScheme(ctx, r)
	if err != nil || away != nil {
		return away, err
	}
	tag := tongueOf(r, s.Text(scheme.TitleText, s.Title))
	return schemeWordsView(r, s, rm.standing(tag, textsOfScheme(s)), nil), nil
}

// textsOfScheme gives the texts of the programme by their fields.
func textsOfScheme(s scheme.Scheme) map[string]wording.Text {
	out := map[string]wording.Text{}
	for _, x := range s.Originals() {
		out[fieldOf(x)] = s.Text(x.Key, x.Text)
	}
	return out
}

// fieldOf is what a text of the programme is called in its form.
func fieldOf(x scheme.Original) string {
	return "text_" + strings.ToLower(strings.ReplaceAll(x.Key, ":", "_"))
}

func schemeWordsView(r *page.Request, s scheme.Scheme, v rolls.Values, bad error) page.Response {
	l := r.L
	f := rolls.Form{Title: l.T("programme.words.write"), Lead: l.T("programme.words.lead"), Errors: r.Errors(bad), Submit: l.T("programme.edit.save"), Cancel: "/programme",
		Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.words.write")}},
		Fields: []rolls.Field{{Kind: "hidden", Name: "entry", Value: v.Get("entry")}, rolls.ShownField(v.Get("language")), {Kind: "select", Name: "language", Label: l.T("register.language"), Options: tongues(l, s.Source.Language), Value: v.Get("language")}}}
	for _, x := range s.Originals() {
		sort, n, _ := strings.Cut(x.Key, ":")
		f.Fields = append(f.Fields, wordField(l, fieldOf(x), strings.TrimSpace(l.T("programme.words."+sort)+" "+n), x.Text, v.Get(fieldOf(x))))
	}
	if bad != nil {
		return page.Status(422, page.View("register/form", l.T("programme.words.write"), f))
	}
	return page.View("register/form", l.T("programme.words.write"), f)
}

func (rm room) saveSchemeWords(ctx context.Context, r *page.Request) (page.Response, error) {
	s, away, err := rm.toWordScheme(ctx, r)
	if err != nil || away != nil {
		return away, err
	}
	v, entry, err := typedWords(r)
	if err != nil {
		return nil, err
	}
	tag := v.Get("language")
	if !slices.ContainsFunc(tongues(r.L, s.Source.Language), func(o page.Option) bool { return o.Value == tag }) {
		return schemeWordsView(r, s, v, fault.Bad("language", "programme.need.choice")), nil
	}
	if err := otherwise(r.L, v, textsOfScheme(s)); err != nil {
		return schemeWordsView(r, s, v, err), nil
	}
	_, err = rm.Store.Update(ctx, rolls.As(r), ref(s), func(state any) ([]store.Draft, error) {
		return state.(scheme.Scheme).Translated(entry, tag, func(x scheme.Original) (string, bool) { return v.Get(fieldOf(x)), v.Has(fieldOf(x)) }), nil
	})
	if fault.Is(err, fault.Invalid) {
		return schemeWordsView(r, s, v, err), nil
	}
	return page.Redirect("/programme", "programme.saved"), err
}
