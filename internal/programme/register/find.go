// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"context"
	"slices"
	"strings"
	"unicode"

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

// Find is the search above a list: what was typed, and where it is posted, so that no word of it stands in an address.
type Find struct{ Post, Query string }

// find lists the records in which every word of a search is found. How many it looks at is the store's to bound; where there
// are more, the list says so.
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
	rows, more, err := g.found(ctx, As(r), q)
	if err != nil {
		return nil, err
	}
	d := List{Title: v.T("title"), Lead: v.L.N(g.Room+".count", len(rows)), Crumbs: g.crumbs(r), Table: g.table(v, rows, true), Find: &Find{g.Path + "/find", q}, Base: g.Path, Narrowed: true}
	if more {
		d.Notes = []Note{{Tone: page.Info, Text: v.L.T("register.find.more")}}
	}
	return page.View("register/list", v.T("title"), d), nil
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
