// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"context"
	"regexp"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// opened reads the agreement that an address names.
func (c Config) opened(ctx context.Context, r *page.Request) (Agreement, error) {
	id, err := r.ID("id")
	if err != nil {
		return Agreement{}, err
	}
	o, err := c.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindAgreement, ID: id})
	if err != nil {
		return Agreement{}, err
	}
	return o.State.(Agreement), nil
}

// toChange is opened for those who may edit.
func (c Config) toChange(ctx context.Context, r *page.Request) (Agreement, error) {
	a, err := c.opened(ctx, r)
	if err == nil && !register.MayEdit(r) {
		err = fault.New(fault.Denied, "fault.denied")
	}
	return a, err
}

// toRead is opened for those who may read the texts.
func (c Config) toRead(ctx context.Context, r *page.Request) (Agreement, error) {
	a, err := c.opened(ctx, r)
	if err == nil && a.Last().Hash != "" && len(a.Last().Paragraphs) == 0 {
		err = fault.New(fault.Denied, "fault.denied")
	}
	return a, err
}

func crumbs(l *lang.Locale, a Agreement, here string) []page.Crumb {
	return []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("agreement.title"), Href: Path}, {Text: a.Opened.Code, Href: pathOf(a.ID)}, {Text: here}}
}

// textTyped is what somebody writes of a version.
type textTyped struct {
	Entry      journal.ID `form:"entry"`
	From       string     `form:"from"`
	By         string     `form:"by"`
	Note       string     `form:"note"`
	Paragraphs []struct {
		ID    string `form:"id"`
		FR    string `form:"fr"`
		EN    string `form:"en"`
		Holds string `form:"holds"`
		After string `form:"after"` // of a new one: the id of the paragraph that it stands after
	} `form:"p"`
}

// typed gives what was typed, on what stood there. A paragraph that is empty in every language is taken out. What is as it
// was keeps its state: a translation that nobody touched while the original changed is outdated, unless somebody says that it
// holds.
func (t textTyped) typed(before []Paragraph) []Paragraph {
	var out []Paragraph
	for _, x := range t.Paragraphs {
		at := slices.IndexFunc(before, func(p Paragraph) bool { return p.ID == x.ID })
		p := Paragraph{ID: x.ID}
		switch {
		case at >= 0:
			p = before[at]
		case !added.MatchString(x.ID): // of a form that is shown again
			continue
		}
		p.Text = written(p.Text, x.FR, x.EN, x.Holds != "")
		if !p.Text.IsZero() {
			out = append(out, p)
		}
	}
	for _, x := range t.Paragraphs {
		if text := written(wording.Text{}, x.FR, x.EN, false); x.ID == "" && !text.IsZero() {
			p := Paragraph{ID: fresh(before, out), Text: text}
			at := slices.IndexFunc(out, func(y Paragraph) bool { return y.ID == x.After })
			if at < 0 {
				at = len(out) - 1
			}
			out = slices.Insert(out, at+1, p)
		}
	}
	return out
}

// written gives a text with what was typed in each language. Where the original was emptied, what is left is the original.
func written(t wording.Text, fr, en string, holds bool) wording.Text {
	typed := map[string]string{"fr": fr, "en": en}
	first := t.Original
	if typed[first] == "" {
		first = "fr"
		if fr == "" {
			first = "en"
		}
		t = wording.Text{}
	}
	for _, l := range []string{first, "fr", "en"} {
		if t.By[l].Text != typed[l] {
			t = t.With(l, typed[l])
		}
	}
	for _, l := range Languages() {
		if holds {
			t = t.Confirm(l)
		}
	}
	return t
}

// added is the form of the names that fresh gives.
var added = regexp.MustCompile(`^n[0-9]{1,4}$`)

// fresh gives a name that no paragraph has.
func fresh(lists ...[]Paragraph) string {
	for n := 1; ; n++ {
		id := "n" + strconv.Itoa(n)
		taken := func(p Paragraph) bool { return p.ID == id }
		if !slices.ContainsFunc(lists, func(ps []Paragraph) bool { return slices.ContainsFunc(ps, taken) }) {
			return id
		}
	}
}

// base gives the text that a new version is written on: a version, else the model.
func base(a Agreement, hash string) ([]Paragraph, string, error) {
	if v, at := a.Version(hash); at >= 0 {
		return v.Paragraphs, v.Hash, nil
	}
	if last := a.Last(); last.Hash != "" {
		return last.Paragraphs, last.Hash, nil
	}
	ps, err := FromModel(a.Opened.Model)
	return ps, "", err
}

// textPage is the form of a version: each paragraph in both languages.
type textPage struct {
	Crumbs      []page.Crumb
	Errors      page.FieldErrors
	Model       bool // it begins with a model
	Entry, From string
	By, Note    string
	Paragraphs  []textLine
	Places      []page.Option
	Cancel      string
}

// rowsOf is how many lines a paragraph takes in its field, of some sixty letters each.
func rowsOf(p Paragraph) int {
	most := 1
	for _, tag := range Languages() {
		most = max(most, len(p.Text.By[tag].Text)/60+1)
	}
	return min(most+1, 12)
}

// textLine is a paragraph in the form. Outdated names the language whose translation is of an earlier original.
type textLine struct {
	Field, ID, Label, FR, EN, After string
	Outdated                        string
	Rows                            int
	New                             bool
}

func (c Config) textForm(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.toChange(ctx, r)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(from[DraftedType], a.State()) {
		return nil, fault.New(fault.Guarded, "agreement.guard."+string(a.State()))
	}
	ps, hash, err := base(a, r.URL.Query().Get("from"))
	if err != nil {
		return nil, err
	}
	return c.textView(r, a, ps, textTyped{Entry: c.Store.NewID(), From: hash}, nil), nil
}

// fresh lines that a form offers.
const newLines = 2

func (c Config) textView(r *page.Request, a Agreement, ps []Paragraph, t textTyped, bad error) page.Response {
	l := r.L
	d := textPage{Crumbs: crumbs(l, a, l.T("agreement.write")), Errors: r.Errors(bad), Model: t.From == "" && len(ps) > 0, Entry: t.Entry.String(), From: t.From, By: t.By, Note: t.Note, Cancel: pathOf(a.ID)}
	for i, p := range ps {
		x := textLine{Field: "p[" + strconv.Itoa(i) + "]", ID: p.ID, Label: l.T("agreement.paragraph", "N", i+1), FR: p.Text.By["fr"].Text, EN: p.Text.By["en"].Text, Rows: rowsOf(p)}
		for _, tag := range Languages() {
			if p.Text.State(tag) == wording.Outdated {
				x.Outdated = l.Language(tag)
			}
		}
		d.Paragraphs = append(d.Paragraphs, x)
		d.Places = append(d.Places, page.Option{Value: p.ID, Text: l.T("agreement.paragraph", "N", i+1)})
	}
	for n := range newLines {
		x := textLine{Field: "p[" + strconv.Itoa(len(ps)+n) + "]", Label: l.T("agreement.paragraph.new"), Rows: 3, New: true}
		if len(ps) > 0 {
			x.After = ps[len(ps)-1].ID
		}
		d.Paragraphs = append(d.Paragraphs, x)
	}
	v := page.View("agreement/text", l.T("agreement.write"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v
}

func (c Config) saveText(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.toChange(ctx, r)
	if err != nil {
		return nil, err
	}
	var t textTyped
	if err := r.Decode(&t); err != nil {
		return nil, err
	}
	before, hash, err := base(a, t.From)
	if err != nil {
		return nil, err
	}
	ps := t.typed(before)
	v := NewVersion(r.Actor.Owner, hash, t.By, t.Note, ps)
	_, bad := c.Store.Append(ctx, register.As(r), store.Ref{Kind: access.KindAgreement, ID: a.ID}, store.Draft{ID: t.Entry, Type: DraftedType, Payload: v})
	if fault.Is(bad, fault.Invalid) {
		return c.textView(r, a, ps, t, bad), nil
	}
	return page.Redirect(versionPath(a.ID, v.Hash), "agreement.written"), bad
}

// versionPage is a version: its languages side by side, and what is not ready in it.
type versionPage struct {
	Crumbs  []page.Crumb
	Title   string
	Actions []page.Action
	Facts   []page.Fact
	Gaps    []gapLine
	Text    page.Table
}

type gapLine struct{ Text, Href string }

// gapLines says what is not ready in a text, a paragraph's languages together where it is the same. Each leads to its paragraph.
func gapLines(l *lang.Locale, ps []Paragraph) []gapLine {
	var out []gapLine
	gaps := Gaps(ps)
	for i := 0; i < len(gaps); {
		g, in := gaps[i], []string(nil)
		for ; i < len(gaps) && gaps[i].At == g.At && gaps[i].State == g.State; i++ {
			in = append(in, l.Language(gaps[i].Language))
		}
		out = append(out, gapLine{l.T("agreement.gap", "N", g.At+1, "Language", l.List(in), "State", gapWord(l, g.State)), "#" + anchor(g.ID)})
	}
	return out
}

// asked reads the version that a path names.
func (c Config) asked(ctx context.Context, r *page.Request) (Agreement, Kept, int, error) {
	a, err := c.toRead(ctx, r)
	if err != nil {
		return a, Kept{}, 0, err
	}
	v, at := a.Version(r.PathValue("hash"))
	if at < 0 {
		return a, v, at, fault.New(fault.NotFound, "fault.not_found")
	}
	return a, v, at, nil
}

func (c Config) version(ctx context.Context, r *page.Request) (page.Response, error) {
	a, v, at, err := c.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	l, s := r.L, &see{Request: r, Room: "agreement"}
	d := versionPage{Title: a.Opened.Code + " · " + l.T("agreement.version", "N", at+1), Crumbs: crumbs(l, a, l.T("agreement.version", "N", at+1)),
		Facts: []page.Fact{{Term: l.T("agreement.column.by"), Text: dotted(v.By, c.office(s, v.Office))}, {Term: l.T("agreement.column.written"), Text: l.DateTime(v.At)}, {Term: l.T("agreement.hash"), Text: v.Hash, Sub: l.T("agreement.hash.hint")}, {Term: l.T("agreement.entry"), Text: v.Entry.String(), Sub: l.T("agreement.entry.hint")}}}
	if v.Note != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("agreement.note"), Text: v.Note})
	}
	if register.MayEdit(r) && slices.Contains(from[DraftedType], a.State()) {
		d.Actions = append(d.Actions, page.Action{Text: l.T("agreement.write.on"), Href: pathOf(a.ID) + "/text?from=" + v.Hash, Icon: "writing"})
	}
	d.Actions = append(d.Actions, page.Action{Text: l.T("agreement.paper"), Href: versionPath(a.ID, v.Hash) + "/file", Icon: "file-text"})
	if at > 0 {
		d.Actions = append(d.Actions, page.Action{Text: l.T("agreement.compare"), Href: pathOf(a.ID) + "/compare?to=" + v.Hash + "&from=" + a.Versions[at-1].Hash, Icon: "arrows-exchange"})
	}
	d.Gaps = gapLines(l, v.Paragraphs)
	d.Text = sideBySide(l, v.Paragraphs)
	return page.View("agreement/version", l.T("agreement.versions"), d), nil
}

func gapWord(l *lang.Locale, s wording.State) string {
	if s == "" {
		return l.T("agreement.gap.open")
	}
	return l.T("wording.state." + string(s))
}

// anchor is where a paragraph stands on a page.
func anchor(id string) string { return "p-" + id }

// sideBySide shows a text with each paragraph's languages beside each other.
func sideBySide(l *lang.Locale, ps []Paragraph) page.Table {
	t := page.Table{Caption: l.T("agreement.side_by_side"), Columns: []page.Column{{Text: l.T("agreement.number")}}}
	for _, tag := range Languages() {
		t.Columns = append(t.Columns, page.Column{Text: l.Language(tag)})
	}
	for i, p := range ps {
		row := page.Row{Anchor: anchor(p.ID), Cells: []page.Cell{{Text: l.Number(i + 1)}}}
		for _, tag := range Languages() {
			c := page.Cell{Text: p.Text.By[tag].Text, Lang: other(l, tag)}
			switch s := p.Text.State(tag); s {
			case wording.Missing:
				c = page.Cell{Text: l.T("wording.state.missing"), Tone: page.Bad}
			case wording.Outdated:
				c.Sub = l.T("wording.state.outdated")
			}
			row.Cells = append(row.Cells, c)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// other gives the lang attribute of a text in a language: "" when it is the page's.
func other(l *lang.Locale, tag string) string {
	if l.Tag() == tag {
		return ""
	}
	return tag
}

// comparePage shows what two versions do not have in the same words.
type comparePage struct {
	Crumbs    []page.Crumb
	From, To  register.Field
	Languages []string
	Names     []string
	Rows      []compareRow
	Empty     *page.Empty
}

type compareRow struct {
	Title page.Mark
	Cells []compareCell
}

type compareCell struct {
	Name, Lang string
	Pieces     []Piece
}

func (c Config) compare(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.toRead(ctx, r)
	if err != nil {
		return nil, err
	}
	if len(a.Versions) < 2 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	l, q := r.L, r.URL.Query()
	to, at := a.Version(q.Get("to"))
	if at < 0 {
		at = len(a.Versions) - 1
		to = a.Versions[at]
	}
	before, i := a.Version(q.Get("from"))
	if i < 0 {
		before = a.Versions[max(at-1, 0)]
	}
	s := &see{Request: r, Room: "agreement"}
	d := comparePage{Crumbs: crumbs(l, a, l.T("agreement.compare")), From: versionField(s, a, a.Versions), To: versionField(s, a, a.Versions), Languages: Languages()}
	d.From.Name, d.From.Label, d.From.Value = "from", l.T("agreement.compare.from"), before.Hash
	d.To.Name, d.To.Label, d.To.Value = "to", l.T("agreement.compare.to"), to.Hash
	places := map[string]int{}
	for i, p := range slices.Concat(before.Paragraphs, to.Paragraphs) {
		places[p.ID] = i + 1
		if i >= len(before.Paragraphs) {
			places[p.ID] = i + 1 - len(before.Paragraphs)
		}
	}
	tone := map[rune]string{'+': page.Good, '-': page.Bad, ' ': page.Warn}
	word := map[rune]string{'+': "agreement.compare.new", '-': "agreement.compare.gone", ' ': "agreement.compare.changed"}
	for _, x := range Compare(before.Paragraphs, to.Paragraphs) {
		row := compareRow{Title: page.Mark{Tone: tone[x.Op], Text: l.T("agreement.paragraph", "N", places[x.ID]) + " · " + l.T(word[x.Op])}}
		for _, tag := range Languages() {
			row.Cells = append(row.Cells, compareCell{l.Language(tag), other(l, tag), x.By[tag]})
		}
		d.Rows = append(d.Rows, row)
	}
	for _, tag := range Languages() {
		d.Names = append(d.Names, l.Language(tag))
	}
	if len(d.Rows) == 0 {
		d.Empty = &page.Empty{Icon: "check", Title: l.T("agreement.compare.same")}
	}
	return page.View("agreement/compare", l.T("agreement.compare"), d), nil
}
