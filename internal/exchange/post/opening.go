// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Opening is the purpose of messages by which offices agree on terms.
const Opening = "terms"

// Spoken are the terms that such a message speaks of: the hash of the draft, and its handling code.
type Spoken struct {
	Hash, Handling string
}

// Opens says which types of messages are those by which two offices come to terms: no terms can cover them yet. They pass
// between offices that have pinned each other, hold nothing but the office's own affairs (category OF), and name in their
// header the terms that they speak of. All else holds for them as for any message.
func (p *Post) Opens(types ...string) {
	if p.opens == nil {
		p.opens = map[string]bool{}
	}
	for _, t := range types {
		p.opens[t] = true
	}
}

// opening says what forbids a message of such a type: nil, or an Uncovered fault.
func opening(h Header) error {
	if h.Purpose != Opening || !slices.Equal(h.Categories, []journal.Category{journal.OF}) || len(h.Consents) > 0 {
		return fault.New(fault.Uncovered, "exchange.terms.none")
	}
	return nil
}

// under gives the terms under which a message leaves, or of which it speaks.
func (p *Post) under(ctx context.Context, owner journal.ID, o Outgoing, h Header) (Spoken, error) {
	if p.opens[o.Type] {
		return o.About, opening(h)
	}
	doc, err := p.covering(ctx, p.Directory, owner, o.To, h)
	return Spoken{doc.Hex(), doc.Handling}, err
}
