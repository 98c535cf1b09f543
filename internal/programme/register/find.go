// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// mostTokens is how many tokens one record gets at most: of some six hundred different words.
const mostTokens = 4000

// Words gives what a record is found by: the words of its texts in all their languages, by how they sound, so that Latin,
// Cyrillic and Greek spellings find each other; of the first texts before the last.
func Words(texts ...wording.Text) []store.Token {
	var written []string
	for _, t := range texts {
		for _, tag := range t.Languages() {
			written = append(written, t.By[tag].Text)
		}
	}
	var out []store.Token
	for _, x := range names.Text(mostTokens, written...) {
		out = append(out, store.Token(x))
	}
	return out
}

// Find is the search above a list: what was typed, and where it is posted, so that no word of it stands in an address. Prev and Next
// are the numbers of the pages beside the one that is shown, "" where there is none.
type Find struct{ Post, Query, Prev, Next string }

// find lists a page of the records in which every word of a search is found, each with the place where the first of the words stands.
// How many it looks at is the store's to bound; where there are more, the list says so.
func (g *Of[S, L]) find(ctx context.Context, r *page.Request) (page.Response, error) {
	typed, err := r.Typed()
	if err != nil {
		return nil, err
	}
	q := typed.Get("q")
	if strings.TrimSpace(q) == "" {
		return page.Redirect(g.Path, ""), nil
	}
	v, err := g.see(ctx, r)
	if err != nil {
		return nil, err
	}
	n, _ := strconv.Atoi(typed.Get("page")) // what is no number is the first
	n = min(max(n, 1), mostPages)
	words := asked(q)
	hits, next, err := g.Store.SearchPage(ctx, As(r), g.Kind, [][][]store.Token{words}, n-1)
	if err != nil {
		return nil, err
	}
	rows, err := g.decode(hits.Rows)
	if err != nil {
		return nil, err
	}
	d := List{Title: v.T("title"), Lead: v.L.N(g.Room+".count", len(rows)), Crumbs: g.crumbs(r), Table: g.table(v, rows, true), Find: &Find{Post: g.Path + "/find", Query: q}, Base: g.Path, Narrowed: true}
	if n > 1 || next {
		d.Lead = v.L.T("register.find.part", "From", v.L.Number((n-1)*store.PageSize+1), "To", v.L.Number((n-1)*store.PageSize+len(rows)))
	}
	if n > 1 {
		d.Find.Prev = strconv.Itoa(n - 1)
	}
	if next {
		d.Find.Next = strconv.Itoa(n + 1)
	}
	if hits.More {
		d.Notes = []Note{{Tone: page.Info, Text: v.L.T("register.find.more")}}
	}
	return page.View("register/list", v.T("title"), d), g.place(ctx, v, rows, d.Table.Rows, words)
}

// mostPages is far beyond what a search gives.
const mostPages = 1000

// place says in each row where the word stands that was looked for. It opens each record as the reader, whose page bounds how many.
func (g *Of[S, L]) place(ctx context.Context, v *See, rows []Found[L], to []page.Row, words [][]store.Token) error {
	var any []names.Token
	for _, w := range words {
		for _, t := range w {
			any = append(any, names.Token(t))
		}
	}
	f := names.NewFinder(any)
	for i, x := range rows {
		o, err := g.Store.Open(ctx, As(v.Request), g.ref(x.ID))
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Erased) {
			continue // gone meanwhile
		}
		if err != nil {
			return err
		}
		texts := g.Passages(v, o.State.(S))
		if g.Beyond != nil {
			texts = append(texts, g.Beyond(v, o.State.(S))...)
		}
		for _, p := range texts {
			if from, end, ok := f.First(p.Text, mostWords); ok {
				to[i].Cells[0].Found = &page.Found{Before: before(p.Text[:from]), Word: p.Text[from:end], After: after(p.Text[end:]), Lang: p.Lang}
				break
			}
		}
	}
	return nil
}

// mostWords is how many different words of a text are looked at: a record is found by no more.
const mostWords = 600

// aside is how many letters are shown on each side of a word that was found.
const aside = 60

// before gives the end of what stands before a word, after the beginning of what stands behind it: whole words, on one line.
func before(text string) string {
	rs := []rune(text[max(0, len(text)-8*aside):])
	out := string(rs[max(0, len(rs)-aside):])
	if len(out) < len(text) {
		if _, rest, ok := strings.Cut(out, " "); ok {
			out = rest
		}
		out = "… " + out
	}
	return onOneLine(out)
}

func after(text string) string {
	rs := []rune(text[:min(len(text), 8*aside)])
	out := string(rs[:min(len(rs), aside)])
	if len(out) < len(text) {
		if i := strings.LastIndex(out, " "); i >= 0 {
			out = out[:i]
		}
		out += " …"
	}
	return onOneLine(out)
}

// onOneLine keeps whether a text begins and ends with a space.
func onOneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

func (g *Of[S, L]) found(ctx context.Context, w store.Who, q string) (rows []Found[L], more bool, err error) {
	hits, err := g.Store.Search(ctx, w, g.Kind, [][][]store.Token{asked(q)})
	if err != nil {
		return nil, false, err
	}
	rows, err = g.decode(hits.Rows)
	return rows, hits.More, err
}

// asked gives what each word of a search is found by, each a list of alternatives. A number is looked for by its digits, one
// that is repeated as good as once. Of l’enfance what stands behind the apostrophe is enough. Small words, which texts are full of and
// others leave out, are looked for where nothing else is.
func asked(q string) [][]store.Token {
	var out, small [][]store.Token
	add := func(to *[][]store.Token, found []names.Token, kinds ...names.Kind) {
		var any []store.Token
		for _, x := range found {
			if slices.Contains(kinds, x.Kind) {
				any = append(any, store.Token(x))
			}
		}
		if len(any) > 0 {
			*to = append(*to, any)
		}
	}
	for word := range strings.FieldsSeq(q) {
		if strings.ContainsFunc(word, unicode.IsDigit) {
			for _, part := range strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
				add(&out, names.Name(part), names.KindName)
			}
			continue
		}
		to := &out
		if letters := []rune(word); len(letters) <= 2 && !unicode.IsUpper(letters[len(letters)-1]) {
			to = &small
		}
		for _, alternatives := range names.Query(word) {
			for _, part := range names.Elided(word) {
				for _, of := range names.Query(part) {
					alternatives = append(alternatives, of...)
				}
			}
			add(to, alternatives, names.KindName, names.KindPrefix)
		}
	}
	if len(out) == 0 {
		return small
	}
	return out
}
