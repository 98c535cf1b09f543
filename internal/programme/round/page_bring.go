// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// What can be brought into a round: the body's questionnaire, and the paragraphs of its report.
const (
	bringsQuestions  = "questions"
	bringsParagraphs = "paragraphs"
)

// bringPage is where somebody pastes a paper or uploads it, sees what was read and what was not, mends it, and only then brings
// it in.
type bringPage struct {
	Title, Lead, Cancel string
	Crumbs              []page.Crumb
	Errors              page.FieldErrors
	Language            register.Field
	Text                string
	Checked             bool // something was read, and can be brought in
	Lines               []register.Note
	Found               page.Table
	Dropped             page.Table
	Done                string
	To                  page.Action
}

func (rm room) toBring(ctx context.Context, r *page.Request) (Round, string, error) {
	x, err := rm.record(ctx, r)
	what := r.PathValue("what")
	switch {
	case err != nil:
	case !register.MayEdit(r):
		err = fault.New(fault.Denied, "fault.denied")
	case what != bringsQuestions && (what != bringsParagraphs || rm.Bring == nil):
		err = fault.New(fault.NotFound, "fault.not_found")
	case what == bringsParagraphs:
		if _, ok := x.Steps[Reported]; !ok {
			err = fault.New(fault.Guarded, "round.guard.no_report")
		}
	}
	return x, what, err
}

func (rm room) bringForm(ctx context.Context, r *page.Request) (page.Response, error) {
	x, what, err := rm.toBring(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.View("round/bring", r.L.T("round.one"), bringing(r.L, x, what, register.Language(r.L))), nil
}

func bringing(l *lang.Locale, x Round, what, language string) bringPage {
	d := bringPage{Title: l.T("round.bring." + what), Lead: l.T("round.bring." + what + ".lead"), Cancel: pathOf(x),
		Language: register.Field{Kind: "select", Name: "language", Label: l.T("register.language"), Options: register.Languages(l), Value: language}}
	d.Crumbs = crumbs(l, page.Crumb{Text: x.Opened.Of.Name(l), Href: pathOf(x)}, page.Crumb{Text: d.Title})
	return d
}

// bring shows what it has read, and brings it in once somebody has seen that.
func (rm room) bring(ctx context.Context, r *page.Request) (page.Response, error) {
	x, what, err := rm.toBring(ctx, r)
	if err != nil {
		return nil, err
	}
	f, uploaded, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	language := v.Get("language")
	d := bringing(r.L, x, what, language)
	src := []byte(v.Get("text"))
	if uploaded {
		src = f.Bytes
	}
	var p Paper
	switch {
	case !register.Writes(language):
		err = fault.Bad("language", "round.want.language")
	case len(bytes.TrimSpace(src)) == 0:
		err = fault.Bad("text", "round.want.paper")
	case len(src) > MaxFile:
		err = fault.Bad("text", "round.want.smaller", "Max", MaxFile>>20)
	default:
		if p, err = ReadFile(src); err == nil && len(p.Dropped) >= mostDropped { // more than can be told
			err = fault.Bad("text", "round.want.readable")
		}
	}
	if fault.Is(err, fault.Invalid) {
		d.Errors, d.Text = r.Errors(err), v.Get("text")
		if len(d.Errors) == 0 {
			d.Errors = r.Errors(fault.Bad("text", "round.want.readable"))
		}
		return page.Status(422, page.View("round/bring", r.L.T("round.one"), d)), nil
	}
	if err != nil {
		return nil, err
	}
	d.Text = p.Write()
	if v.Get("do") != "bring" || uploaded || len(p.Items) == 0 || len(p.Dropped) > 0 { // what is left out is shown before anything is written
		return rm.checked(ctx, r, x, what, d, p)
	}
	if what == bringsParagraphs {
		return rm.broughtParagraphs(ctx, r, x, d, p)
	}
	done, err := rm.BringQuestions(ctx, register.As(r), x, language, p)
	if err != nil {
		return nil, err
	}
	return page.View("round/bring", r.L.T("round.one"), told(r.L, d, done, page.Action{Text: r.L.T("question.title"), Href: QuestionPath + "?round=" + x.ID.String()})), nil
}

func told(l *lang.Locale, d bringPage, done register.Imported, to page.Action) bringPage {
	d.Done = l.T("register.import.done", "Created", l.Number(done.Created), "Updated", l.Number(done.Updated), "Unchanged", l.Number(done.Unchanged))
	d.To = to
	return d
}

// checked shows what was read, beside what is kept already. Nothing has been kept of it yet.
func (rm room) checked(ctx context.Context, r *page.Request, x Round, what string, d bringPage, p Paper) (page.Response, error) {
	l := r.L
	d.Checked = len(p.Items) > 0
	d.Lines = []register.Note{{Tone: page.Info, Title: l.N("round.read", len(p.Items)), Text: l.T("round.read.text")}}
	if len(p.Items) == 0 {
		d.Lines[0] = register.Note{Tone: page.Warn, Title: l.N("round.read", 0), Text: l.T("round.read.nothing")}
	}
	if what == bringsQuestions {
		missing, err := rm.missing(ctx, r, x, p)
		if err != nil {
			return nil, err
		}
		if len(missing) > 0 {
			d.Lines = append(d.Lines, register.Note{Tone: page.Warn, Text: l.T("round.read.missing", "Numbers", l.List(missing))})
		}
	}
	d.Found = table(l, "round.found", "question.number", "question.section", "round.read.words")
	if what == bringsParagraphs {
		d.Found.Columns = append(d.Found.Columns, page.Column{Text: l.T("recommendation.strength")})
	}
	language := d.Language.Value
	for _, i := range p.Items {
		text := register.Excerpt(l, wording.New(language, i.Text))
		row := page.Row{Cells: []page.Cell{{Text: i.Number}, {Text: i.Section, Lang: l.Foreign(language)}, text}}
		if i.Section == "" {
			row.Cells[1] = page.Cell{Text: "–"}
		}
		if what == bringsParagraphs {
			row.Cells = append(row.Cells, page.Cell{Text: register.Word(l, "recommendation.strength.", strength(i.Text))})
		}
		d.Found.Rows = append(d.Found.Rows, row)
	}
	d.Dropped = table(l, "round.dropped", "round.read.line", "round.read.words", "round.read.why")
	for _, x := range p.Dropped {
		d.Dropped.Rows = append(d.Dropped.Rows, page.Row{Cells: []page.Cell{{Text: strconv.Itoa(x.Line)}, {Text: x.Text, Lang: l.Foreign(language)}, {Text: l.T(x.Why)}}})
	}
	return page.View("round/bring", l.T("round.one"), d), nil
}

// missing lists the numbers of the register that are not in a paper: nothing takes them out but somebody.
func (rm room) missing(ctx context.Context, r *page.Request, x Round, p Paper) ([]string, error) {
	rows, err := Questions(ctx, rm.Store, register.As(r), map[string]string{"round": x.ID.String()})
	var out []string
	for _, q := range of(rows, x.ID) {
		if !slices.ContainsFunc(p.Items, func(i Item) bool { return i.Number == q.V.Number }) {
			out = append(out, q.V.Number)
		}
	}
	return out, err
}

// BringQuestions takes a questionnaire into a round, in one language; in another it becomes the translation. Each question
// gets the answer to the likest question of the body's round before beside it. A second time changes nothing.
func (c Config) BringQuestions(ctx context.Context, w store.Who, x Round, language string, p Paper) (register.Imported, error) {
	var out register.Imported
	before, err := c.answeredBefore(ctx, w, x.Opened.Of)
	if err != nil {
		return out, err
	}
	kept, err := Questions(ctx, c.Store, w, map[string]string{"round": x.ID.String()})
	if err != nil {
		return out, err
	}
	places := placesIn(p, of(kept, x.ID))
	for n, i := range p.Items {
		fresh := false
		r, err := c.Store.Update(ctx, w, QuestionRef(x.ID, i.Number), func(state any) ([]store.Draft, error) {
			now := state.(Question).Asked
			fresh = now.Number == ""
			v := Asked{Round: x.ID, Of: x.Opened.Of, Place: places[n], Number: i.Number, Section: now.Section, Text: now.Text.With(language, i.Text), Earlier: likest(before, i.Number, language, i.Text)}
			if i.Section != "" {
				v.Section = now.Section.With(language, i.Section)
			}
			if v.Earlier.Text.IsZero() {
				v.Earlier = now.Earlier
			}
			return register.Unless(now, v, AskedType), nil
		})
		switch {
		case err != nil:
			return out, err
		case len(r.Appended) == 0:
			out.Unchanged++
		case fresh:
			out.Created++
		default:
			out.Updated++
		}
	}
	return out, nil
}

// placesIn says where each item of a paper stands in the questionnaire: as it stands in the paper, where that has all questions;
// in a part of it those that are known stay where they are, and a new one follows the one before it.
func placesIn(p Paper, kept []QuestionRow) []int {
	known, last, whole := map[string]int{}, 0, 0
	for _, q := range kept {
		known[q.V.Number] = q.V.Place
		last = max(last, q.V.Place)
	}
	for _, i := range p.Items {
		if _, ok := known[i.Number]; ok {
			whole++
		}
	}
	out := make([]int, len(p.Items))
	for n, i := range p.Items {
		at, ok := known[i.Number]
		switch {
		case whole == len(known):
			at = n + 1
		case ok:
		case n > 0:
			at = out[n-1]
		default:
			at = last + 1
		}
		out[n] = at
	}
	return out
}

// answeredBefore gives the answered questions of the latest round before one, of the same body and country.
func (c Config) answeredBefore(ctx context.Context, w store.Who, o Of) ([]QuestionRow, error) {
	rounds, err := List(ctx, c.Store, w, map[string]string{"country": o.Country})
	if err != nil {
		return nil, err
	}
	var last journal.ID
	number := 0
	for _, r := range rounds {
		if strings.EqualFold(r.V.Of.Body, o.Body) && r.V.Of.Number < o.Number && r.V.Of.Number > number {
			last, number = r.ID, r.V.Of.Number
		}
	}
	if last.IsZero() {
		return nil, nil
	}
	rows, err := Questions(ctx, c.Store, w, map[string]string{"round": last.String()})
	return slices.DeleteFunc(of(rows, last), func(q QuestionRow) bool { return q.V.Standing != Answered && q.V.Standing != Accepted }), err
}

// like is how many of their words two questions must share to be taken for the same; with one number fewer will do.
const (
	like         = .4
	likeOfNumber = .15
)

// likest gives the answer to the question that is likest, of one language; nothing where none is like enough.
func likest(before []QuestionRow, number, language, text string) Earlier {
	var best Earlier
	most := 0.0
	for _, q := range before {
		x := wording.Likeness(q.V.Text.By[language].Text, text)
		enough := like
		if q.V.Number == number {
			x, enough = x+.2, likeOfNumber+.2
		}
		if x >= enough && x > most {
			most = x
			best = Earlier{q.V.Of.Number, q.V.Number, q.V.Text, q.V.Answer.Text}
		}
	}
	return best
}

// strength reads from the words of a paragraph how strongly its body asks: the verbs by which bodies grade what they ask for. Two
// of them in one paragraph, or none, say nothing.
func strength(text string) string {
	text = " " + strings.ToLower(text)
	var out []string
	for _, s := range []struct {
		code  string
		verbs []string
	}{{"urge", []string{" urges ", " urge ", " exhorte "}}, {"consider", []string{" considers ", " considère "}}, {"invite", []string{" invites ", " invite "}}} {
		if slices.ContainsFunc(s.verbs, func(v string) bool { return strings.Contains(text, v) }) {
			out = append(out, s.code)
		}
	}
	if len(out) != 1 {
		return ""
	}
	return out[0]
}

// broughtParagraphs hands the paragraphs to the register of recommendations.
func (rm room) broughtParagraphs(ctx context.Context, r *page.Request, x Round, d bringPage, p Paper) (page.Response, error) {
	file, err := paragraphSheet(x, d.Language.Value, p)
	if err != nil {
		return nil, err
	}
	done, err := rm.Bring(ctx, r, file)
	var wrong register.WrongFile
	if errors.As(err, &wrong) {
		for _, s := range wrong.In(r.L) {
			d.Lines = append(d.Lines, register.Note{Tone: page.Bad, Text: s})
		}
		return page.Status(422, page.View("round/bring", r.L.T("round.one"), d)), nil
	}
	if err != nil {
		return nil, err
	}
	return page.View("round/bring", r.L.T("round.one"), told(r.L, d, done, page.Action{Text: x.Opened.Of.Name(r.L), Href: pathOf(x)})), nil
}

// paragraphSheet writes paragraphs as the file that the register of recommendations imports: source, document and country are
// the round's.
func paragraphSheet(x Round, language string, p Paper) ([]byte, error) {
	report := x.Steps[Reported]
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"source", "document", "paragraph", "country", "strength", "language", "text", "made_on"}}
	for _, i := range p.Items {
		rows = append(rows, []string{x.Opened.Of.Body, report.Document, i.Number, x.Opened.Of.Country, strength(i.Text), language, i.Text, report.On.String()})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
