// SPDX-License-Identifier: EUPL-1.2

package activity

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// maxTold is the longest name of a document, in characters.
const maxTold = 500

// MaxDescription is the longest description, in bytes.
const MaxDescription = 4000

var codeForm = regexp.MustCompile(`^[A-Z][A-Z0-9-]{0,23}$`)

// IsCode says whether a text has the form of an activity's code ("P4-G1").
func IsCode(s string) bool { return codeForm.MatchString(s) }

// IsCountry says whether a text is a country or territory's code.
func IsCountry(s string) bool { return party.IsCountry(s) }

// Line is what a list shows of an activity.
type Line struct {
	Code         string            `json:"code" part:"PP"`
	Kind         Kind              `json:"kind" part:"PP"`
	Title        string            `json:"title" part:"PP"`
	Language     string            `json:"language,omitempty" part:"PP"`
	Titles       map[string]string `json:"titles,omitempty" part:"PP"` // in further languages, by their tags; outdated ones are left out
	Status       Status            `json:"status,omitempty" part:"PP"`
	Priorities   []int             `json:"priorities,omitempty" part:"PP"`
	Pillars      []string          `json:"pillars,omitempty" part:"PP"`
	Countries    []string          `json:"countries,omitempty" part:"PP"`
	Scope        string            `json:"scope,omitempty" part:"PP"`
	Format       string            `json:"format,omitempty" part:"PP"`
	Start        party.PartialDate `json:"start,omitzero" part:"PP"`
	End          party.PartialDate `json:"end,omitzero" part:"PP"`
	DateInferred party.PartialDate `json:"date_inferred,omitzero" part:"PP"`
	DateNote     string            `json:"date_note,omitempty" part:"PP"`
	Partners     []Partner         `json:"partners,omitempty" part:"PP"`
	Funder       journal.ID        `json:"funder,omitzero" part:"PP"`
	Amount       party.Uncertain   `json:"amount,omitzero" part:"PP"`
	Participants party.Uncertain   `json:"participants,omitzero" part:"PP"`
	// FromCountries is how many countries or territories the participants came from.
	FromCountries party.Uncertain   `json:"from_countries,omitzero" part:"PP"`
	PartOf        string            `json:"part_of,omitempty" part:"PP"`
	DependsOn     []string          `json:"depends_on,omitempty" part:"PP"`
	Since         party.PartialDate `json:"since,omitzero" part:"PP"`
	Corridor      Corridor          `json:"corridor,omitzero" part:"PP"`
	Inferred      bool              `json:"corridor_inferred,omitempty" part:"PP"` // nobody in the office has named the corridor
	Description   string            `json:"description,omitempty" part:"PP"`
	Sources       []party.Source    `json:"sources,omitempty" part:"PP"`
	// Withheld lists the partners that are not named in what is published; PlaceWithheld says the same of where it is.
	Withheld      []journal.ID `json:"withheld,omitempty" part:"PP"`
	PlaceWithheld bool         `json:"place_withheld,omitempty" part:"PP"`
	// Publisher is who reports it, of what another one reports.
	Publisher string `json:"publisher,omitempty" part:"PP"`
	Kept      bool   `json:"kept,omitempty" part:"PP"` // inside: nothing for the public speaks of it
	// Schemes and Measures are the strategies and numbered measures that it carries out.
	Schemes  []string  `json:"schemes,omitempty" part:"PP"`
	Measures []string  `json:"measures,omitempty" part:"PP"`
	Joint    Standing  `json:"joint,omitempty" part:"PP"`   // of two owners' approval
	Decided  []Decided `json:"decided,omitempty" part:"PP"` // by the steering committee
}

// StoreKind gives the dossier kind "activity".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Activity]{
		Name: access.KindActivity, Base: journal.PP, Codes: []string{"origin", "code", "kind", "priority", "pillar", "country", "organisation", "place", "stands", "identifier", "recipient", "plan", "proposal", "parent", "waits", SchemeCode, MeasureCode, SpanCode, LateCode, LacksCode, CorridorCode, BeginsCode, EndsCode, ReadCode},
		Derives: 2,
		Types: []store.Type{
			{Name: ImportedType, Payload: Imported{}},
			{Name: ReportedType, Payload: Reported{}},
			{Name: DescribedType, Payload: Described{}, Overlap: []string{"description", "language", "start", "end", "status", "participants", "from_countries", "told"}},
			{Name: CorridorType, Payload: CorridorNamed{}, Overlap: []string{"from", "to"}},
			{Name: WithheldType, Payload: Withheld{}},
			{Name: WordedType, Payload: Worded{}, Overlap: []string{"title", "about", "said"}},
			{Name: KeptType, Payload: Kept{}, Overlap: []string{"kept"}},
			{Name: FramedType, Payload: Framed{}, Overlap: []string{"kind", "priorities", "pillars", "countries", "region", "scope", "format", "since", "phases", "funder", "amount", "currency", "partners", "part_of", "depends_on", "schemes", "measures"}},
			{Name: DecidedType, Payload: Decided{}},
			{Name: OwnedType, Payload: Owned{}, Overlap: []string{"owners"}},
			{Name: ApprovedType, Payload: Approved{}},
			{Name: SharedType, Payload: Shared{}},
		},
		Fold: Fold, Guard: guard, Derive: derive, Effects: effects,
	})
}

// Summary gives what lists show of an activity of the programme.
func (a Activity) Summary() Line {
	s := a.Facts()
	c, inferred := a.Corridor()
	return Line{Code: s.Code, Kind: s.Kind, Title: s.Title, Language: s.Language, Titles: current(a.Title()), Status: a.Status(),
		Priorities: s.Priorities, Pillars: s.Pillars, Countries: s.Countries, Scope: s.Scope, Format: s.Format, Start: a.Start(), End: a.End(), DateInferred: s.DateInferred, DateNote: s.DateNote, Partners: s.Partners,
		Funder: s.Funder, Amount: s.Amount, Participants: a.Participants(), FromCountries: a.FromCountries(), PartOf: s.PartOf, DependsOn: s.DependsOn, Since: s.Since, Corridor: c, Inferred: inferred,
		Description: a.Description, Sources: s.Sources, Withheld: a.withheld(), PlaceWithheld: a.PlaceWithheld(), Kept: a.Inside.Kept,
		Schemes: s.Schemes, Measures: a.measures(), Joint: a.Standing(), Decided: slices.Clone(a.Decided)}
}

var cited = regexp.MustCompile(`(?i)\b(?:measure|mesure)\s+(?:n\s*°\s*)?([0-9]{1,4}(?:\.[0-9]{1,3})?)\b`)

// measures lists the numbers of the measures that it carries out: as the office or a decision says, else as the source's basis
// names them.
func (a Activity) measures() []string {
	f := a.Facts()
	if len(f.Measures) > 0 {
		return f.Measures
	}
	var out []string
	for _, m := range cited.FindAllStringSubmatch(f.Basis, -1) {
		if !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

func derive(a Activity) store.Derived {
	switch {
	case a.Reported.Identifier != "":
		return a.Reported.derive()
	case a.Shared.Code != "":
		st, _, _ := a.SharedStanding()
		return store.Derived{State: "shared", Codes: map[string][]string{"origin": {OfPartners}, "identifier": {a.Shared.Code}},
			Summary: Line{Code: a.Shared.Code, Kind: a.Shared.Kind, Title: a.Shared.Title.In("").Text, Language: a.Shared.Title.In("").Language, Titles: current(a.Shared.Title), Status: a.Shared.Status, Countries: a.Shared.Countries,
				Start: a.Shared.Start, End: a.Shared.End, Publisher: a.Shared.First.In(), Joint: st}}
	}
	line := a.Summary()
	d := store.Derived{State: string(a.Status()), Codes: map[string][]string{}, Summary: line}
	if !a.Exists() {
		return d
	}
	s := a.Facts()
	line.beside(&d)
	d.Tokens = line.words()
	d.Codes["origin"], d.Codes["code"], d.Codes["kind"] = []string{OfProgramme}, []string{s.Code}, []string{string(s.Kind)}
	d.Codes["priority"], d.Codes["pillar"], d.Codes["country"] = Priorities(s.Priorities), orNone(s.Pillars), orNone(s.Countries)
	d.Codes["place"] = []string{LongPlace}
	if place, ok := (Place{s.Kind, s.Priorities, s.Pillars, s.Countries}).Code(); ok {
		d.Codes["place"] = []string{place}
	}
	d.Codes["stands"] = []string{string(s.Kind) + "." + string(a.Status())}
	for _, p := range s.Partners {
		if id := p.Organisation.String(); !a.Withholds(p.Organisation) && !slices.Contains(d.Codes["organisation"], id) {
			d.Codes["organisation"] = append(d.Codes["organisation"], id)
		}
	}
	if s.PartOf != "" {
		d.Codes["parent"] = []string{s.PartOf}
	}
	d.Codes["waits"] = slices.Clone(s.DependsOn)
	d.Codes[SchemeCode], d.Codes[MeasureCode] = links(line.Schemes), links(line.Measures)
	for _, x := range a.Decided {
		if !slices.Contains(d.Codes["plan"], x.Plan.String()) {
			d.Codes["plan"] = append(d.Codes["plan"], x.Plan.String())
		}
		if !slices.Contains(d.Codes["proposal"], x.Proposal.String()) {
			d.Codes["proposal"] = append(d.Codes["proposal"], x.Proposal.String())
		}
	}
	return d
}

// Priorities gives the code values of priorities: their numbers, or None.
func Priorities(ns []int) []string {
	var out []string
	for _, n := range ns {
		out = append(out, strconv.Itoa(n))
	}
	return orNone(out)
}

func orNone(xs []string) []string {
	if len(xs) == 0 {
		return []string{None}
	}
	return slices.Clone(xs)
}

func guard(g *store.Guarding, a Activity, e journal.Entry) error {
	var fs fault.Fields
	switch e.Type {
	case ImportedType:
		v, err := journal.In[Imported](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if g.Actor.Job != provenance.Job {
			return fault.New(fault.Guarded, "programme.guard.import_only")
		}
		if a.Exists() && a.OwnStatus == "" { // else its status stays as the office has set it
			if err := mayGoAhead(a, v.Status); err != nil {
				return err
			}
		}
		v.check(&fs, a)
	case ReportedType:
		v, err := journal.In[Reported](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if g.Actor.Job != provenance.Job {
			return fault.New(fault.Guarded, "programme.guard.import_only")
		}
		v.check(&fs, a)
	case DescribedType:
		v, err := journal.In[Described](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if a.Code() == "" { // what another publisher reports is not the office's to describe
			return fault.New(fault.NotFound, "store.not_found")
		}
		v.check(&fs, a)
		if err := v.mayStand(g, a); err != nil {
			return err
		}
	case FramedType:
		v, err := journal.In[Framed](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if a.Code() == "" {
			return fault.New(fault.NotFound, "store.not_found")
		}
		if err := v.check(&fs, g, a); err != nil {
			return err
		}
	case DecidedType, OwnedType, ApprovedType, SharedType:
		if err := guardOwners(&fs, g, a, e); err != nil {
			return err
		}
	case CorridorType:
		v, err := journal.In[CorridorNamed](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if a.Code() == "" {
			return fault.New(fault.NotFound, "store.not_found")
		}
		checkCorridor(&fs, v)
	case WordedType:
		v, err := journal.In[Worded](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if a.Code() == "" {
			return fault.New(fault.NotFound, "store.not_found")
		}
		v.check(&fs, a)
	case WithheldType:
		v, err := journal.In[Withheld](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if a.Code() == "" {
			return fault.New(fault.NotFound, "store.not_found")
		}
		v.check(&fs, a)
	case KeptType:
		v, err := journal.In[Kept](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if a.Code() == "" {
			return fault.New(fault.NotFound, "store.not_found")
		}
		if v.Kept && strings.TrimSpace(v.Reason) == "" || wording.Longer(v.Reason, maxTold) {
			fs.Add("reason", "programme.need.reason", "Max", maxTold)
		}
	}
	return fs.Err()
}

// guardOwners guards what the steering committee and the activity's owners say.
func guardOwners(fs *fault.Fields, g *store.Guarding, a Activity, e journal.Entry) error {
	var v interface {
		check(*fault.Fields, *store.Guarding, Activity) error
	}
	var err error
	switch e.Type {
	case DecidedType:
		v, err = journal.In[Decided](e)
	case OwnedType:
		v, err = journal.In[Owned](e)
	case ApprovedType:
		v, err = journal.In[Approved](e)
	default:
		v, err = journal.In[Shared](e)
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return v.check(fs, g, a)
}

// mayStand says whether an activity may be said to stand as v says.
func (v Described) mayStand(g *store.Guarding, a Activity) error {
	if v.Status == nil {
		return nil
	}
	if err := mayGoAhead(a, *v.Status); err != nil {
		return err
	}
	if *v.Status == "held" && a.OwnStatus != "held" {
		return readyToHold(g, a)
	}
	return nil
}

// check covers what a changed or foreign import could get wrong; the import itself names lines and fields before.
func (v Imported) check(fs *fault.Fields, a Activity) {
	if !IsCode(v.Code) || a.Exists() && a.Code() != v.Code { // which is "" in one of another publisher
		fs.Add("code", "programme.need.code")
	}
	if v.Title == "" || !slices.Contains(Kinds(), v.Kind) || v.Status != "" && !slices.Contains(Statuses(), v.Status) {
		fs.Add("title", "programme.need.title")
	}
	for _, c := range v.Countries {
		if !IsCountry(c) {
			fs.Add("countries", "programme.need.country")
			break
		}
	}
	if len(v.Sources) == 0 {
		fs.Add("sources", "programme.need.source")
	}
	if v.End.Before(v.Start) {
		fs.Add("end", "party.date.order")
	}
}

func (v Described) check(fs *fault.Fields, a Activity) {
	if v.Description != nil && len(*v.Description) > MaxDescription {
		fs.Add("description", "programme.need.description", "Max", MaxDescription)
	}
	if v.Status != nil && *v.Status != "" && !slices.Contains(Statuses(), *v.Status) {
		fs.Add("status", "programme.need.status")
	}
	a.describe(v)
	if doc := strings.TrimSpace(a.Told.Document); wording.Longer(doc, maxTold) || doc == "" && (a.OwnParticipants.Known() || a.OwnFromCountries.Known()) {
		fs.Add("told", "programme.need.told", "Max", maxTold)
	}
	if a.End().Before(a.Start()) {
		fs.Add("end", "party.date.order")
	}
}

func checkCorridor(fs *fault.Fields, v CorridorNamed) {
	switch {
	case v.From == "" && v.To == "":
	case !IsCountry(v.From):
		fs.Add("from", "programme.need.corridor")
	case !IsCountry(v.To):
		fs.Add("to", "programme.need.corridor")
	case v.From == v.To:
		fs.Add("to", "programme.need.corridor_two")
	}
}
