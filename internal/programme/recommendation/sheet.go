// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	_ "embed"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed sample.csv
var sampleFile []byte

// Sample gives the documented sample file: invented recommendations of an invented body.
func Sample() []byte { return slices.Clone(sampleFile) }

// fromFile reads recommendations from a file. The first five columns and "text" and "language" must be there, in any order;
// no others may be. Lists ("articles", "measures", "owners") are parted by register.Divider. A file in another language adds
// its text as a translation; empty owners leave them as they are.
func fromFile() *register.Import[Recommendation] {
	return &register.Import[Recommendation]{Sample: sampleFile, Same: "paragraph",
		Columns:  []string{"source", "document", "paragraph", "country", "strength", "language", "text", "articles", "measures", "made_on", "owners", "due"},
		Required: []string{"source", "document", "paragraph", "country", "strength", "language", "text"},
		ID: func(t *register.Typed) journal.ID {
			return Ref(t.Office, Made{Source: t.Text("source"), Document: t.Text("document"), Country: t.Text("country"), Paragraph: t.Text("paragraph")}).ID
		},
		Drafts: drafts}
}

// drafts gives what of a line the office does not hold yet.
func drafts(t *register.Typed, now Recommendation) []store.Draft {
	v := Made{Source: t.Text("source"), Document: t.Text("document"), Paragraph: t.Text("paragraph"), Country: t.Text("country"), Strength: Strength(t.Text("strength")),
		Text: t.Writing(now.Made.Text), Articles: t.Many("articles"), Measures: t.Many("measures"), On: t.Date("made_on")}
	v.check(&t.Wrong)
	out := register.Unless(now.Made, v, MadeType)
	owned := now.Owned
	if owners := t.Organisations("owners", "recommendation.file.owner"); len(owners) > 0 {
		owned.Owners = owners
	}
	if due := t.Date("due"); due.Known() {
		owned.Due = due
	}
	if !slices.Equal(owned.Owners, now.Owned.Owners) || owned.Due != now.Owned.Due {
		out = append(out, store.Draft{Type: OwnedType, Payload: owned})
	}
	return out
}

// Import brings a file of recommendations into the office of w: an officer, or the job "importer". A second import of the
// same file changes nothing. Errors: a register.WrongFile (nothing was imported), or what the store gives (what came before
// is imported; import again).
func Import(ctx context.Context, s *store.Store, w store.Who, src []byte) (register.Imported, error) {
	return Config{Store: s}.register().ImportFile(ctx, w, src)
}
