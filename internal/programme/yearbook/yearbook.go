// SPDX-License-Identifier: EUPL-1.2

// Package yearbook keeps figures that others published, as package intake reads them: tables of UNODC, Eurostat and the like,
// tables of the office's own, records of CTDC. A rapporteur looks at them beside the office's figures; those that can be counted
// are a source like the office's own records (Shelf).
//
// A table is known by what it is called. Bringing the same file in again changes nothing; another file of the same name takes
// the place of the one before, which stays in the record. Nothing is kept that was not shown before. All of it is public
// programme content; what a file said and was not understood is kept as a count only.
package yearbook

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "yearbook".
const (
	BroughtType   = "yearbook.brought"
	WithdrawnType = "yearbook.withdrawn"
)

// maxName is the longest name of a table, in bytes.
const maxName = 300

// Brought is the payload of yearbook.brought: a table whole. Each replaces the one before.
type Brought struct {
	Name    string       `json:"name" part:"PP"` // what the table is, with its publisher and date
	Shape   intake.Shape `json:"shape" part:"PP"`
	Hash    string       `json:"hash" part:"PP"` // SHA-256 of the file, hexadecimal
	Lines   int          `json:"lines" part:"PP"`
	Taken   int          `json:"taken" part:"PP"`
	Left    int          `json:"left,omitempty" part:"PP"`
	Against int          `json:"against,omitempty" part:"PP"` // contradictions
	Mended  int          `json:"mended,omitempty" part:"PP"`
	Data    string       `json:"data" part:"PP"` // intake.Pack, in base64
}

// Ended is the payload of yearbook.withdrawn.
type Ended = ask.Ended

// Book is the state of a table's dossier.
type Book struct {
	ID        journal.ID
	Brought   Brought
	Withdrawn Ended
	History   []register.Event
}

// Exists says whether a table was brought in.
func (b Book) Exists() bool { return b.Brought.Name != "" }

// Figures gives the table. Error: Invalid where it cannot be read.
func (b Book) Figures() (*intake.Figures, error) {
	raw, err := base64.StdEncoding.DecodeString(b.Brought.Data)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "intake.form")
	}
	return intake.Unpack(raw)
}

// Line is what a list shows of a table.
type Line struct {
	Name    string       `json:"name" part:"PP"`
	Shape   intake.Shape `json:"shape" part:"PP"`
	Taken   int          `json:"taken" part:"PP"`
	Left    int          `json:"left,omitempty" part:"PP"`
	Against int          `json:"against,omitempty" part:"PP"`
	Ended   bool         `json:"ended,omitempty" part:"PP"`
}

// StoreKind gives the dossier kind "yearbook".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Book]{
		Name: access.KindYearbook, Base: journal.PP, Codes: []string{"shape", "state", register.OrderCode}, Derives: 1,
		Types: []store.Type{{Name: BroughtType, Payload: Brought{}}, {Name: WithdrawnType, Payload: Ended{}}},
		Fold:  Fold, Guard: guard, Derive: derive,
	})
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Book, error) {
	var b Book
	for _, e := range es {
		b.ID = e.Dossier
		text := ""
		switch e.Type {
		case BroughtType:
			v, err := journal.In[Brought](e)
			if err != nil {
				return Book{}, err
			}
			b.Brought, b.Withdrawn, text = v, Ended{}, v.Hash[:min(len(v.Hash), 12)]
		case WithdrawnType:
			v, err := journal.In[Ended](e)
			if err != nil {
				return Book{}, err
			}
			b.Withdrawn, text = v, v.Reason
		default:
			continue
		}
		b.History = append(b.History, register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor, Text: text})
	}
	return b, nil
}

func guard(_ *store.Guarding, b Book, e journal.Entry) error {
	var fs fault.Fields
	switch e.Type {
	case BroughtType:
		v, err := journal.In[Brought](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if strings.TrimSpace(v.Name) == "" || wording.Longer(v.Name, maxName) {
			fs.Add("name", "yearbook.want.name", "Max", maxName)
		}
		if b.Exists() && b.Brought.Name != v.Name {
			return fault.New(fault.Guarded, "yearbook.guard.name")
		}
		f, err := (Book{Brought: v}).Figures()
		if err != nil {
			return err
		}
		if len(v.Hash) != 2*sha256.Size || f.Shape != v.Shape || f.Report.Taken != v.Taken {
			return fault.New(fault.Invalid, "fault.invalid")
		}
	case WithdrawnType:
		v, err := journal.In[Ended](e)
		switch {
		case err != nil:
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		case !b.Exists():
			return fault.New(fault.NotFound, "store.not_found")
		case b.Withdrawn.On.Known():
			return fault.New(fault.Guarded, "yearbook.guard.withdrawn")
		}
		if v.Asks("yearbook").Check(&fs, nil); v.On.Known() && v.On.First().After(e.OccurredAt.AddDate(0, 0, 1)) {
			fs.Add("on", "yearbook.want.date")
		}
	}
	return fs.Err()
}

// Summary gives what a list shows.
func (b Book) Summary() Line {
	v := b.Brought
	return Line{Name: v.Name, Shape: v.Shape, Taken: v.Taken, Left: v.Left, Against: v.Against, Ended: b.Withdrawn.On.Known()}
}

// states of a table.
const (
	inUse     = "in_use"
	withdrawn = "withdrawn"
)

func (l Line) state() string {
	if l.Ended {
		return withdrawn
	}
	return inUse
}

func derive(b Book) store.Derived {
	if !b.Exists() {
		return store.Derived{}
	}
	l := b.Summary()
	return store.Derived{State: l.state(), Summary: l, Codes: map[string][]string{"shape": {string(l.Shape)}, "state": {l.state()}, register.OrderCode: register.InOrder(register.Rank(l.Shape, intake.Shapes()))}}
}

// Ref names the dossier of a table of an office by what it is called.
func Ref(owner journal.ID, name string) store.Ref {
	return store.Ref{Kind: access.KindYearbook, ID: provenance.ID(owner.String(), "yearbook", name)}
}

// Done is what bringing a table in did.
type Done struct {
	ID      journal.ID `json:"id"`
	Changed bool       `json:"changed"` // false where this very file was there already
}

// Bring brings a table in that was read from a file, in the name of w: an officer, or the job "importer". Errors: Invalid for the
// name; Guarded where it is too large to be kept; the store's.
func Bring(ctx context.Context, s *store.Store, w store.Who, name string, file []byte, f *intake.Figures) (Done, error) {
	name = strings.Join(strings.Fields(name), " ")
	data, err := f.Pack()
	if err != nil {
		return Done{}, err
	}
	hash := sha256.Sum256(file)
	v := Brought{Name: name, Shape: f.Shape, Hash: hex.EncodeToString(hash[:]), Lines: f.Report.Lines, Taken: f.Report.Taken, Left: f.Report.N(intake.Dropped), Against: f.Report.N(intake.Contradictory),
		Mended: f.Report.N(intake.Repaired), Data: base64.StdEncoding.EncodeToString(data)}
	ref := Ref(w.Actor.Owner, name)
	out := Done{ID: ref.ID}
	_, err = s.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		b, _ := state.(Book)
		out.Changed = b.Brought != v || b.Withdrawn.On.Known()
		if !out.Changed {
			return nil, nil
		}
		return []store.Draft{{Type: BroughtType, Payload: v}}, nil
	})
	return out, err
}
