// SPDX-License-Identifier: EUPL-1.2

package subject

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// numbers gives what accounts, plates and addresses are found by; a text that is none gives nothing.
func numbers(accounts, plates, emails []string) []store.Token {
	var out []store.Token
	add := func(kind, value string) {
		if value != "" {
			out = append(out, store.Token{Kind: "subject " + kind, Value: value})
		}
	}
	for _, a := range accounts {
		add("account", names.IBAN(a))
	}
	for _, p := range plates {
		add("plate", names.Plate(p))
	}
	for _, e := range emails {
		add("email", names.Email(e))
	}
	return out
}

// tokens gives what a record can be found by; the store blinds it before it is kept.
func tokens(k Known) []store.Token {
	var out []store.Token
	for _, t := range names.Tokens(k.Person()) {
		out = append(out, store.Token(t))
	}
	return append(out, numbers(k.Accounts, k.Plates, k.Emails)...)
}

// Find gives the records that a text finds: names in any alphabet, a birth, or a number of any kind. Whom they are about is
// shown to those who work on them.
func Find(ctx context.Context, s *store.Store, w store.Who, text string) (store.Hits, error) {
	var words [][]store.Token
	for _, word := range names.Query(text) {
		var alternatives []store.Token
		for _, t := range word {
			alternatives = append(alternatives, store.Token(t))
		}
		words = append(words, alternatives)
	}
	searches := [][][]store.Token{words}
	for _, t := range numbers([]string{text}, []string{text}, []string{text}) {
		searches = append(searches, [][]store.Token{{t}})
	}
	return s.Search(ctx, w, access.KindSubject, searches, journal.D8)
}
