// SPDX-License-Identifier: EUPL-1.2

package iati

import (
	"cmp"
	"context"
	"io"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// Words say a remark of ours in one language.
type Words interface {
	T(key string, args ...any) string
	Tag() string
	Country(code string) string
	List(items []string) string
}

// Terms say how to publish. Publisher and Words are required.
type Terms struct {
	Publisher string // the publisher's identifier in the standard's register: every activity's begins with it
	Now       time.Time
	Words     []Words // the languages of our remarks
	Reading   pack.Reading
}

// Field says how one field of an activity is published, where that is not simply as the record has it.
type Field struct {
	Code  string `json:"code"`  // of the activity
	Field string `json:"field"` // of Fields
	State string `json:"state"` // of States
	Why   string `json:"why"`   // of Whys
}

// Fields lists the fields that Field speaks of.
func Fields() []string {
	return []string{"description", "start", "end", "country", "sector", "budget", "partners"}
}

// Excluded is an activity that is not published, with the facts that the standard demands and nobody knows.
type Excluded struct {
	Code    string   `json:"code"`
	Missing []string `json:"missing"` // of Demanded, or just KeptInside
}

// KeptInside is why an activity is not published that lacks nothing: the office keeps it inside.
const KeptInside = "kept"

// Demanded lists the facts that the standard demands of an activity and that a record can lack.
func Demanded() []string { return []string{"status", "start", "partners", "country", "sector"} }

// Published is what an export wrote.
type Published struct {
	OK         bool       `json:"ok"`
	Programmes int        `json:"programmes"` // at hierarchy 1
	Activities int        `json:"activities"` // at hierarchy 2
	Excluded   []Excluded `json:"excluded"`
	Fields     []Field    `json:"fields"`
}

// Export writes the office's programme to out, as w may see it. What lacks a fact that the standard demands is left out and
// listed; nothing is made up. Errors: Invalid without an identifier of the publisher, NotFound without a programme, and
// what the store and out give.
func Export(ctx context.Context, s *store.Store, w store.Who, out io.Writer, t Terms) (Published, error) {
	if !identifierForm.MatchString(t.Publisher) {
		return Published{}, fault.Bad("publisher", "iati.need.publisher")
	}
	p := publication{Terms: t, organisations: map[journal.ID]actors.Organisation{}}
	if err := p.read(ctx, s, w); err != nil {
		return Published{}, err
	}
	list := p.all()
	writer := record.NewWriter(out, t.Now)
	for _, e := range list {
		if err := writer.Put(e); err != nil {
			return Published{}, err
		}
	}
	p.report.OK = true
	return p.report, writer.Close()
}

// ExportReported writes what other publishers reported, as it was brought in, and gives how many activities.
func ExportReported(ctx context.Context, s *store.Store, w store.Who, out io.Writer, now time.Time) (int, error) {
	writer, n := record.NewWriter(out, now), 0
	err := each(ctx, s, w, store.Query{Kind: access.KindActivity, Codes: map[string]string{"origin": activity.OfOthers}}, func(a activity.Activity) error {
		n++
		return writer.Put(a.Reported.Record)
	})
	if err != nil {
		return n, err
	}
	return n, writer.Close()
}

// each opens every dossier of a query.
func each[S any](ctx context.Context, s *store.Store, w store.Who, q store.Query, f func(S) error) error {
	return s.Each(ctx, w, q, func(row store.Row) error {
		o, err := s.Open(ctx, w, row.Ref)
		if err != nil {
			return err
		}
		state, ok := o.State.(S)
		if !ok {
			return fault.New(fault.Internal, "fault.internal")
		}
		return f(state)
	})
}

// publication is one export.
type publication struct {
	Terms
	scheme        scheme.Scheme
	activities    []activity.Activity // by code
	organisations map[journal.ID]actors.Organisation
	report        Published
}

func (p *publication) read(ctx context.Context, s *store.Store, w store.Who) error {
	err := each(ctx, s, w, store.Query{Kind: access.KindProgramme}, func(x scheme.Scheme) error {
		if !p.scheme.Exists() || x.Year > p.scheme.Year {
			p.scheme = x
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !p.scheme.Exists() {
		return fault.New(fault.NotFound, "iati.no_programme")
	}
	err = each(ctx, s, w, store.Query{Kind: access.KindOrganisation}, func(x actors.Organisation) error {
		p.organisations[x.ID] = x
		return nil
	})
	if err != nil {
		return err
	}
	err = each(ctx, s, w, store.Query{Kind: access.KindActivity, Codes: map[string]string{"origin": activity.OfProgramme}}, func(x activity.Activity) error {
		p.activities = append(p.activities, x)
		return nil
	})
	inorder.By(p.activities, func(a, b activity.Activity) int { return cmp.Compare(a.Code(), b.Code()) })
	return err
}

// all makes the programme and those of its activities that have what the standard demands, linked both ways.
func (p *publication) all() []record.Element {
	var codes []string
	for _, a := range p.activities {
		missing := p.missing(a)
		if len(missing) == 0 {
			codes = append(codes, a.Code())
		} else {
			p.report.Excluded = append(p.report.Excluded, Excluded{a.Code(), missing})
		}
	}
	whole := p.scheme.Year != 0 && len(p.scheme.Partners()) > 0 && len(p.participants(p.schemeParts())) > 0
	var out []record.Element
	if whole {
		out = append(out, p.programme(codes))
		p.report.Programmes = 1
	} else {
		p.report.Excluded = append(p.report.Excluded, Excluded{p.scheme.Code, []string{"start"}})
	}
	for _, a := range p.activities {
		if slices.Contains(codes, a.Code()) {
			out = append(out, p.activity(a, codes, whole))
			p.report.Activities++
		}
	}
	return out
}

// missing lists why an activity is not published: the facts that the standard demands and nobody knows, in the order of
// Demanded, or that it is kept inside.
func (p *publication) missing(a activity.Activity) []string {
	if a.Inside.Kept {
		return []string{KeptInside}
	}
	sector, _ := p.sector(a.Facts().Priorities)
	lacks := map[string]bool{"status": statusCodes[a.Status()] == "", "start": !begin(a).Known(), "partners": len(p.participants(parts(a))) == 0,
		"country": len(a.Facts().Countries) == 0 && a.Facts().Scope != "regional", "sector": sector == ""}
	var out []string
	for _, f := range Demanded() {
		if lacks[f] {
			out = append(out, f)
		}
	}
	return out
}

func (p *publication) say(code, field, state, why string) {
	p.report.Fields = append(p.report.Fields, Field{code, field, state, why})
}
