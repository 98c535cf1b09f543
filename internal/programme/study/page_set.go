// SPDX-License-Identifier: EUPL-1.2

package study

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// next gives the version after those that were published: the year of the delivery and our edition.
func (s Study) next() string {
	year, most := strconv.Itoa(s.Delivery.On.Year), 0
	for _, i := range s.Issues {
		if y, edition, _ := strings.Cut(i.Set.Version, "-"); y == year {
			n, _ := strconv.Atoi(edition)
			most = max(most, n)
		}
	}
	return fmt.Sprintf("%s-%d", year, most+1)
}

// themes lists the heads of the study's indicators in their order.
func (s Study) themes() []string {
	var out []string
	for _, i := range s.Indicators {
		if !slices.Contains(out, i.Theme) {
			out = append(out, i.Theme)
		}
	}
	return out
}

// last gives the draft, or what was published last, to begin from.
func (s Study) last() Set {
	switch {
	case s.Draft != nil:
		return *s.Draft
	case len(s.Issues) > 0:
		return s.Issues[len(s.Issues)-1].Set
	}
	return Set{For: "child"}
}

func (x Set) theme(code string) wording.Text {
	for _, t := range x.Themes {
		if t.Code == code {
			return t.Title
		}
	}
	return wording.Text{}
}

func (rm room) askDraft(_ context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	l, now := r.L, s.last()
	t.Or("code", now.Code)
	t.Or("whom", now.For)
	t.Or("rule", now.Rule)
	code := field(l, t, "text", "code")
	if len(s.Issues) > 0 {
		code = register.Field{Kind: "hidden", Name: "code", Value: s.Issues[0].Set.Code}
	}
	f := form(l, s, "study.act.draft", "")
	f.Lead = l.T("study.draft.lead", "Version", s.next(), "N", l.Number(len(s.Indicators)))
	f.Fields = append(f.Fields, code)
	f.Fields = append(f.Fields, textFields(l, t, "title", l.T("study.called"), now.Title, "text")...)
	f.Fields = append(f.Fields, textFields(l, t, "lead", l.T("study.lead"), now.Lead, "textarea")...)
	for _, theme := range s.themes() {
		f.Fields = append(f.Fields, textFields(l, t, "theme_"+strings.ToLower(theme), l.T("study.theme.of", "Code", theme), now.theme(theme), "text")...)
	}
	rule := register.Optional(choice(l, t, "rule", []page.Option{{Value: "delphi", Text: l.T("study.rule.delphi")}}))
	rule.Blank = l.T("study.rule.none")
	whom := choice(l, t, "whom", register.Codes(l, "study.for.", Fors()))
	f.Fields = append(f.Fields, whom, rule)
	return f, nil
}

// doDraft draws the list up: the study's indicators as they are now, with the study as its source.
func (rm room) doDraft(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	now := s.last()
	x := Set{Code: t.Text("code"), Version: s.next(), Title: readText(t, "title", now.Title), Lead: readText(t, "lead", now.Lead), For: t.Text("whom"), Rule: t.Text("rule"), Indicators: s.drawn(), Source: s.source()}
	for _, theme := range s.themes() {
		x.Themes = append(x.Themes, Theme{theme, readText(t, "theme_"+strings.ToLower(theme), now.theme(theme))})
	}
	x.wanting(&t.Fields)
	return rm.write(ctx, r, t, s, entry, DraftedType, Drafted{x})
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)

// wanting notes what keeps a list from being one, under the fields of the form: those who screen read it in English or French.
func (x Set) wanting(fs *fault.Fields) {
	if !codeForm.MatchString(x.Code) {
		fs.Add("code", "study.want.code")
	}
	both := func(name string, t wording.Text) {
		for _, tag := range t.Wanting("fr", "en") {
			fs.Add(name+"_"+tag, "study.want.both")
		}
	}
	both("title", x.Title)
	both("lead", x.Lead)
	for _, theme := range x.Themes {
		both("theme_"+strings.ToLower(theme.Code), theme.Title)
	}
	for _, i := range x.Indicators {
		switch {
		case len(i.Text.Wanting("fr", "en")) > 0:
			fs.Add("code", "study.want.indicator_both", "Indicator", i.ID)
		case x.Rule != "" && i.Weight == "":
			fs.Add("rule", "study.want.weights", "Indicator", i.ID)
		}
	}
}

// source names the study in the languages of its title.
func (s Study) source() wording.Text {
	var out wording.Text
	for _, tag := range append([]string{s.Title().Original}, s.Title().Languages()...) {
		if v, ok := s.Title().By[tag]; ok {
			out = out.With(tag, strings.Join(slices.DeleteFunc([]string{s.Commission.Author, v.Text, strconv.Itoa(s.Delivery.On.Year)}, func(x string) bool { return x == "" }), ", "))
		}
	}
	return out
}

func (rm room) askTry(_ context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	note := register.Optional(field(r.L, t, "textarea", "note"))
	note.Rows = 3
	f := form(r.L, s, "study.act.try", "study.try.lead", note)
	_, err := rm.Screening.Try(*s.Draft)
	return f, err
}

func (rm room) doTry(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	cs, err := rm.Screening.Try(*s.Draft)
	if err != nil {
		return "", err
	}
	return rm.write(ctx, r, t, s, entry, TriedType, Tried{s.Draft.Version, cs, t.Text("note")})
}

func (rm room) askPublish(_ context.Context, r *page.Request, s Study, _ *step.Typed) (register.Form, error) {
	f := form(r.L, s, "study.act.publish", "study.publish.lead")
	f.Submit = r.L.T("study.act.publish")
	return f, nil
}

func (rm room) doPublish(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	to, err := rm.write(ctx, r, t, s, entry, PublishedType, Published{s.Draft.Version})
	if err == nil && rm.Published != nil {
		err = rm.Published(ctx, r.Actor.Owner)
	}
	return to, err
}

func (rm room) askSend(ctx context.Context, r *page.Request, s Study, t *step.Typed) (register.Form, error) {
	options, err := rm.Offices(ctx, r)
	to := field(r.L, t, "checks", "to")
	to.Options = options
	f := form(r.L, s, "study.act.send", "study.send.lead", to)
	if len(options) == 0 {
		f.Lead, f.Fields = r.L.T("study.send.nobody"), nil
	}
	return f, err
}

func (rm room) doSend(ctx context.Context, r *page.Request, s Study, t *step.Typed, entry journal.ID) (string, error) {
	v := Sent{Version: s.Issues[len(s.Issues)-1].Set.Version}
	for _, x := range t.Many("to") {
		id, err := journal.ParseID(x)
		if err != nil {
			return "", fault.Bad("to", "page.form.unreadable")
		}
		v.To = append(v.To, id)
	}
	return rm.write(ctx, r, t, s, entry, SentType, v)
}
