// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Columns lists the columns of a file of recommendations. The first five and "text" and "language" must be there, in any
// order; no others may be. Lists ("articles", "measures", "owners") are parted by "|".
func Columns() []string {
	return []string{"source", "document", "paragraph", "country", "strength", "language", "text", "articles", "measures", "made_on", "owners", "due"}
}

var required = []string{"source", "document", "paragraph", "country", "strength", "language", "text"}

// Limits of a file, and how many things that are wrong with it are told.
const (
	MaxFile     = 4 << 20
	maxRows     = 5000
	mostWrong   = 50
	listDivider = "|"
)

// Wrong is one thing that is wrong with a file: in which line, in which column ("" for the line as a whole), and the
// catalogue key that says what.
type Wrong struct {
	Line  int            `json:"line"`
	Field string         `json:"field,omitempty"`
	Key   string         `json:"key"`
	Args  map[string]any `json:"args,omitempty"`
}

// Error lists what is wrong with a file, at most 50 things. Nothing of the file was imported.
type Error []Wrong

// Error gives one line for each, never a quotation of the file.
func (e Error) Error() string {
	var lines []string
	for _, w := range e {
		lines = append(lines, fmt.Sprintf("line %d: %s: %s", w.Line, w.Field, w.Key))
	}
	return strings.Join(lines, "\n")
}

// Imported says what an import did, of each recommendation in the file.
type Imported struct {
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

// record is one line of a file.
type record struct {
	line     int
	made     Made
	language string
	text     string
	owners   []string // as written; nil leaves the owners as they are
	due      party.PartialDate
}

// Check says what is wrong with a file, all of it at once, as far as that can be said without an office. The error is an
// Error.
func Check(src []byte) error {
	_, err := read(src)
	return err
}

// read reads a file. It knows nothing of the office yet, so owners stay names.
func read(src []byte) ([]record, error) {
	switch {
	case len(src) > MaxFile:
		return nil, Error{{1, "", "recommendation.file.large", map[string]any{"Max": MaxFile >> 20}}}
	case !utf8.Valid(src):
		return nil, Error{{1, "", "recommendation.file.encoding", nil}}
	}
	src = bytes.TrimPrefix(src, []byte("\ufeff"))
	r := csv.NewReader(bytes.NewReader(src))
	head, _, _ := bytes.Cut(src, []byte("\n"))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		r.Comma = ';' // as spreadsheets write where the comma parts decimals
	}
	names, err := r.Read()
	if err != nil {
		return nil, Error{{1, "", "recommendation.file.csv", nil}}
	}
	if wrong := checkHead(names); wrong != nil {
		return nil, wrong
	}
	return readAll(r, names)
}

func checkHead(names []string) error {
	var out Error
	for i, n := range names {
		names[i] = strings.ToLower(strings.TrimSpace(n))
		if !slices.Contains(Columns(), names[i]) || slices.Contains(names[:i], names[i]) {
			out = append(out, Wrong{1, names[i], "recommendation.file.column", nil})
		}
	}
	for _, n := range required {
		if !slices.Contains(names, n) {
			out = append(out, Wrong{1, n, "recommendation.file.missing", nil})
		}
	}
	if out == nil {
		return nil
	}
	return out[:min(len(out), mostWrong)]
}

func readAll(r *csv.Reader, names []string) ([]record, error) {
	var out []record
	var wrong Error
	seen := map[[4]string]bool{}
	for len(wrong) < mostWrong {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := 0
			var p *csv.ParseError
			if errors.As(err, &p) {
				line = p.Line
			}
			return nil, append(wrong, Wrong{line, "", "recommendation.file.csv", nil})
		}
		line, _ := r.FieldPos(0)
		x, fs := recordOf(names, row)
		x.line = line
		key := [4]string{x.made.Source, x.made.Document, x.made.Country, x.made.Paragraph}
		if seen[key] {
			fs.Add("paragraph", "recommendation.file.twice")
		}
		seen[key] = true
		for _, f := range fs {
			wrong = append(wrong, Wrong{line, f.Name, f.Key, f.Args})
		}
		if out = append(out, x); len(out) > maxRows {
			return nil, append(wrong, Wrong{line, "", "recommendation.file.rows", map[string]any{"Max": maxRows}})
		}
	}
	if wrong != nil {
		return nil, wrong[:min(len(wrong), mostWrong)]
	}
	return out, nil
}

func recordOf(names, row []string) (record, fault.Fields) {
	var fs fault.Fields
	at := func(name string) string {
		if i := slices.Index(names, name); i >= 0 {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	date := func(name string) party.PartialDate {
		d, err := party.ParseDate(at(name))
		if err != nil {
			fs.Add(name, "programme.need.date")
		}
		return d
	}
	x := record{language: at("language"), text: at("text"), owners: list(at("owners")), due: date("due")}
	x.made = Made{Source: at("source"), Document: at("document"), Paragraph: at("paragraph"), Country: at("country"), Strength: Strength(at("strength")), Text: wording.New(x.language, x.text),
		Articles: list(at("articles")), Measures: list(at("measures")), On: date("made_on")}
	x.made.check(&fs)
	return x, fs
}

func list(s string) []string {
	var out []string
	for _, x := range strings.Split(s, listDivider) {
		if x = strings.TrimSpace(x); x != "" && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// Import brings a file of recommendations into the office of w: an officer, or the job "importer". A second import of the
// same file changes nothing; a file in another language adds its text as a translation. Owners are named as the office
// knows them, in any language; an empty field leaves them as they are. Errors: an Error (nothing was imported), or what
// the store gives (what came before is imported; import again).
func Import(ctx context.Context, s *store.Store, w store.Who, src []byte) (Imported, error) {
	var out Imported
	records, err := read(src)
	if err != nil {
		return out, err
	}
	owners, err := owning(ctx, s, w, records)
	if err != nil {
		return out, err
	}
	for i, x := range records {
		if err := out.put(ctx, s, w, x, owners[i]); err != nil {
			return out, err
		}
	}
	return out, nil
}

// owning finds the organisations that each record names.
func owning(ctx context.Context, s *store.Store, w store.Who, records []record) ([][]journal.ID, error) {
	known := map[string]journal.ID{}
	orgs, err := register.All[actors.OrganisationLine](ctx, s, w, store.Query{Kind: access.KindOrganisation})
	if err != nil {
		return nil, err
	}
	for _, o := range orgs {
		for _, name := range o.V.Names {
			known[strings.ToLower(name)] = o.ID
		}
	}
	var wrong Error
	out := make([][]journal.ID, len(records))
	for i, x := range records {
		for _, name := range x.owners {
			id, ok := known[strings.ToLower(name)]
			if !ok {
				wrong = append(wrong, Wrong{x.line, "owners", "recommendation.file.owner", nil})
				continue
			}
			out[i] = append(out[i], id)
		}
	}
	if wrong != nil {
		return nil, wrong[:min(len(wrong), mostWrong)]
	}
	return out, nil
}

func (i *Imported) put(ctx context.Context, s *store.Store, w store.Who, x record, owners []journal.ID) error {
	fresh := false
	r, err := s.Update(ctx, w, Ref(w.Actor.Owner, x.made), func(state any) ([]store.Draft, error) {
		now := state.(Recommendation)
		fresh = !now.Exists()
		return x.drafts(now, owners)
	})
	switch {
	case err != nil:
		return err
	case len(r.Appended) == 0:
		i.Unchanged++
	case fresh:
		i.Created++
	default:
		i.Updated++
	}
	return nil
}

// drafts gives what of a record the office does not hold yet. Texts in other languages stay.
func (x record) drafts(now Recommendation, owners []journal.ID) ([]store.Draft, error) {
	made := x.made
	made.Text = now.Made.Text.With(x.language, x.text)
	same, err := equal(made, now.Made)
	if err != nil {
		return nil, err
	}
	var out []store.Draft
	if !same {
		out = append(out, store.Draft{Type: MadeType, Payload: made})
	}
	owned := now.Owned
	if len(owners) > 0 {
		owned.Owners = owners
	}
	if x.due.Known() {
		owned.Due = x.due
	}
	if !slices.Equal(owned.Owners, now.Owned.Owners) || owned.Due != now.Owned.Due {
		out = append(out, store.Draft{Type: OwnedType, Payload: owned})
	}
	return out, nil
}

func equal(a, b Made) (bool, error) {
	x, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	y, err := json.Marshal(b)
	return bytes.Equal(x, y), err
}
