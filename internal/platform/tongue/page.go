// SPDX-License-Identifier: EUPL-1.2

package tongue

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the pages need.
type Config struct {
	Reviews
	// Besides tells in which languages stands what persons read or hear and these texts do not hold. Nil tells nothing.
	Besides func(context.Context, *page.Request) ([]page.Fact, error)
}

type room struct{ Config }

// Room gives the pages on which staff read, sign and take back the languages that persons read.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "tongue", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /languages", Handle: rm.list},
		{Pattern: "GET /languages/{language}", Handle: rm.show},
		{Pattern: "POST /languages/{language}/sign", Handle: rm.sign},
		{Pattern: "POST /languages/{language}/withdraw", Handle: rm.withdraw},
	}}
}

// signers lists the roles that the policies let sign.
var signers = []access.Role{access.Liaison, access.Lawyer, access.ProgrammeOfficer, access.CaseManager}

// maySign says whether signing is offered; the door decides.
func maySign(a access.Actor) bool { return slices.ContainsFunc(signers, a.Has) }

func as(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForProgramme}
}

// tones of the statuses.
var tones = map[Status]string{Draft: page.Warn, Answers: page.Good, Changed: page.Bad}

func mark(l *lang.Locale, s Status) page.Mark {
	return page.Mark{Tone: tones[s], Text: l.T("tongue.status." + string(s))}
}

// listPage is /languages.
type listPage struct {
	Count   string
	Table   page.Table
	Besides []page.Fact
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	d := listPage{Table: page.Table{Caption: l.T("tongue.list.title"), Columns: []page.Column{{Text: l.T("tongue.language")}, {Text: l.T("tongue.status")}, {Text: l.T("tongue.reviewer")}, {Text: l.T("tongue.signed_at")}}}}
	tags := rm.Bundle.Translations()
	inorder.By(tags, func(a, b string) int { return strings.Compare(l.Language(a), l.Language(b)) })
	signed := 0
	for _, tag := range tags {
		s, texts, err := rm.State(ctx, as(r), tag)
		if err != nil {
			return nil, err
		}
		st := s.Status(HashOf(tag, texts), rm.Demo)
		who, when := page.Cell{Text: "–"}, page.Cell{Text: "–"}
		if st == Answers {
			signed++
			who, when = page.Cell{Text: s.Reviewer, Sub: s.Function}, page.Cell{Text: l.Date(s.At)}
		}
		m := mark(l, st)
		d.Table.Rows = append(d.Table.Rows, page.Row{Cells: []page.Cell{{Text: l.Language(tag), Href: pathOf(tag), Sub: rm.own(l, tag)}, {Text: m.Text, Tone: m.Tone}, who, when}})
	}
	d.Count = l.N("tongue.list.count", signed, "Total", l.Number(len(tags)))
	var err error
	d.Besides, err = rm.besides(ctx, r)
	return page.View("tongue/list", l.T("tongue.list.title"), d), err
}

func (rm room) besides(ctx context.Context, r *page.Request) ([]page.Fact, error) {
	if rm.Besides == nil {
		return nil, nil
	}
	return rm.Config.Besides(ctx, r)
}

// own is what a language calls itself: two alphabets of one have one name in English.
func (rm room) own(l *lang.Locale, tag string) string {
	return rm.Bundle.Person([]string{tag}, l).Language(tag)
}

func pathOf(tag string) string { return "/languages/" + url.PathEscape(tag) }

// form is what signing takes.
type form struct {
	Hash       string `form:"hash"`
	Reviewer   string `form:"reviewer"`
	Function   string `form:"function"`
	Fictitious bool   `form:"fictitious"`
	Read       bool   `form:"read"`
}

// data is one language as staff see it.
type data struct {
	Title       string
	Crumbs      []page.Crumb
	Status      page.Mark
	State       State
	Now         Status
	Tag, Dir    string
	Language    string // its name in the worker's language
	Translation lang.Translation
	From        string // the language it was translated from, by its name
	Parts       []part
	Changed     string // how many lines changed since the signature
	Besides     []page.Fact
	Events      []page.Event
	Path        string
	MaySign     bool
	Demo        bool
	Form        form
	Errors      page.FieldErrors
	Reasons     []page.Option
}

// part is what stands together: the receipt, the file, the public pages.
type part struct {
	ID, Title string
	Rows      []row
}

// row is one text beside the English.
type row struct {
	English, Text []string
	Changed       bool // since it was signed
}

// parts orders texts by where a person meets them; each takes the keys that begin with one of its prefixes.
var parts = []struct {
	name     string
	prefixes []string
}{
	{"receipt", []string{"casework.receipt.", "casework.consent.", "consent."}},
	{"file", []string{"casework.", "attachment.", "referral."}},
	{"help", []string{"service."}},
	{"public", []string{"rights.", "page."}},
	{"frame", []string{""}},
}

// partsOf sorts texts into parts; before holds the hashes that the last signature was given for, empty where there is none.
func partsOf(l *lang.Locale, texts []Line, before map[string]string) (out []part, changed int) {
	taken := map[string]bool{}
	for _, p := range parts {
		x := part{ID: "part-" + p.name, Title: l.T("tongue.part." + p.name)}
		for _, t := range texts {
			if taken[t.Key] || !slices.ContainsFunc(p.prefixes, func(s string) bool { return strings.HasPrefix(t.Key, s) }) {
				continue
			}
			taken[t.Key] = true
			r := row{English: shown(t.English), Text: shown(t.Forms), Changed: len(before) > 0 && before[t.Key] != t.hash}
			if r.Changed {
				changed++
			}
			x.Rows = append(x.Rows, r)
		}
		out = append(out, x)
	}
	return out, changed
}

var blank = regexp.MustCompile(`\{\{\.(\w+)\}\}`)

// shown writes a text's blanks as people read them: [Count].
func shown(texts []string) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = blank.ReplaceAllString(t, "[$1]")
	}
	return out
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.data(ctx, r)
	return page.View("tongue/language", r.L.T("tongue.list.title"), d), err
}

func (rm room) data(ctx context.Context, r *page.Request) (data, error) {
	l, tag := r.L, r.PathValue("language")
	s, texts, err := rm.State(ctx, as(r), tag)
	if err != nil {
		return data{}, err
	}
	hash := HashOf(tag, texts)
	now := s.Status(hash, rm.Demo)
	hers := rm.Bundle.Person([]string{tag}, l)
	t, _ := rm.Bundle.Translation(tag)
	title := l.T("tongue.title", "Language", l.Language(tag)+" · "+rm.own(l, tag))
	d := data{Title: title, Crumbs: []page.Crumb{{Text: l.T("tongue.list.title"), Href: "/languages"}, {Text: title}}, Status: mark(l, now), State: s, Now: now,
		Tag: tag, Dir: hers.Dir(), Language: l.Language(tag), Translation: t, From: l.Language(t.Source), Path: pathOf(tag), MaySign: maySign(r.Actor), Demo: rm.Demo, Form: form{Hash: hash}}
	var before map[string]string
	if now == Changed {
		before = s.Lines
	}
	var changed int
	d.Parts, changed = partsOf(l, texts, before)
	if now == Changed {
		d.Changed = l.N("tongue.changed.count", changed)
	}
	for _, e := range slices.Backward(s.Events) {
		d.Events = append(d.Events, page.Event{At: e.At, Title: l.T("tongue.event."+e.What, "Reviewer", e.Reviewer)})
	}
	for _, w := range Withdrawals() {
		d.Reasons = append(d.Reasons, page.Option{Value: w, Text: l.T("tongue.withdrawal." + w)})
	}
	d.Besides, err = rm.besides(ctx, r)
	return d, err
}

func (rm room) sign(ctx context.Context, r *page.Request) (page.Response, error) {
	var f form
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	tag := r.PathValue("language")
	texts := Texts(rm.Bundle, tag)
	if texts == nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	err := f.confirmed()
	if err == nil || !maySign(r.Actor) { // who may not is told so by the door
		_, err = rm.Store.Append(ctx, as(r), RefOf(r.Actor.Owner, tag), store.Draft{Type: "language.signed",
			Payload: Signed{Language: tag, Hash: f.Hash, Reviewer: f.Reviewer, Function: f.Function, Fictitious: f.Fictitious, Lines: lines(texts)}})
	}
	if err != nil {
		return rm.again(ctx, r, f, err)
	}
	return page.Redirect(pathOf(tag), "tongue.sign.notice"), nil
}

// confirmed asks for the tick that says that all of it was read.
func (f form) confirmed() error {
	if !f.Read {
		return fault.Bad("read", "tongue.need.read")
	}
	return nil
}

// again shows the page with what was wrong in the form. The hash that is sent next is the one of the words that are
// shown next.
func (rm room) again(ctx context.Context, r *page.Request, f form, wrong error) (page.Response, error) {
	errs := r.Errors(wrong)
	if errs == nil {
		return nil, wrong
	}
	d, err := rm.data(ctx, r)
	if err != nil {
		return nil, err
	}
	f.Hash, f.Read = d.Form.Hash, false
	d.Form, d.Errors = f, errs
	return page.Status(http.StatusUnprocessableEntity, page.View("tongue/language", r.L.T("tongue.list.title"), d)), nil
}

func (rm room) withdraw(ctx context.Context, r *page.Request) (page.Response, error) {
	var f struct {
		Reason string `form:"reason"`
	}
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	tag := r.PathValue("language")
	if _, err := rm.Store.Append(ctx, as(r), RefOf(r.Actor.Owner, tag), store.Draft{Type: "language.withdrawn", Payload: Withdrawn{f.Reason}}); err != nil {
		return rm.again(ctx, r, form{}, err)
	}
	return page.Redirect(pathOf(tag), "tongue.withdraw.notice"), nil
}
