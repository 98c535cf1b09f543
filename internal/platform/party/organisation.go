// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Type is what sort of body an organisation is.
type Type string

// The closed list of types.
const (
	Ministry     Type = "ministry"     // a government, a ministry, a part of one
	Mission      Type = "mission"      // an embassy, a permanent mission
	Coordination Type = "coordination" // a national coordinator, commission or agency against THB
	Police       Type = "police"       //
	Justice      Type = "justice"      // a court, a prosecutor's office
	Health       Type = "health"       //
	Social       Type = "social"       // a social-work centre, a reception or protection programme
	Training     Type = "training"     // a school, a university
	NGO          Type = "ngo"          //
	IO           Type = "io"           // an international organisation or a part of one
	Parliament   Type = "parliament"   //
	Monitoring   Type = "monitoring"   // a body that monitors states
	Fund         Type = "fund"         //
	Network      Type = "network"      // of organisations or of coordinators
	Company      Type = "company"      //
	OtherType    Type = "other"        //
)

// Types lists them in the order of the form.
func Types() []Type {
	return []Type{Ministry, Mission, Coordination, Police, Justice, Health, Social, Training, NGO, IO, Parliament, Monitoring, Fund, Network, Company, OtherType}
}

// Place is where an organisation or an event is. Region and Town are as the source writes them.
type Place struct {
	Country string `json:"country,omitempty"` // country or territory: ISO 3166-1 alpha-2, or XK
	Region  string `json:"region,omitempty"`
	Town    string `json:"town,omitempty"`
}

func (p Place) check(fs *fault.Fields, field string) {
	if p.Country != "" && !IsCountry(p.Country) || len(p.Region) > maxText || len(p.Town) > maxText {
		fs.Add(field, "party.place.form")
	}
}

// Entry types of the dossier kind "organisation".
const (
	OrganisationDescribed = "organisation.described"
	OrganisationContacted = "organisation.contact_set"
)

// Described is the payload of organisation.described. The first one makes the dossier; a later one replaces the fields
// that it holds and leaves the others, so that two people can add different facts. An organisation that has
// ended has an Until; it is never deleted.
type Described struct {
	Names   Names             `json:"names,omitempty" part:"PP"`
	Acronym string            `json:"acronym,omitempty" part:"PP"`
	Type    Type              `json:"type,omitempty" part:"PP"`
	Place   Place             `json:"place,omitzero" part:"PP"`
	Parent  journal.ID        `json:"parent,omitzero" part:"PP"` // the organisation that it is a part of
	Since   PartialDate       `json:"since,omitzero" part:"PP"`
	Until   PartialDate       `json:"until,omitzero" part:"PP"`
	Codes   map[string]string `json:"codes,omitempty" part:"PP"` // identifiers elsewhere, by scheme: "iati" -> "XM-DAC-41128"
	Website string            `json:"website,omitempty" part:"PP"`
	Sources []Source          `json:"sources,omitempty" part:"PP"`
}

// Contact is the payload of organisation.contact_set: whom to write to. It replaces the contact before it.
type Contact struct {
	Name  string `json:"name,omitempty" part:"PC"`
	Email string `json:"email,omitempty" part:"PC"`
	Phone string `json:"phone,omitempty" part:"PC"`
	Note  string `json:"note,omitempty" part:"PC"`
}

// Organisation is the state of an organisation's dossier.
type Organisation struct {
	ID      journal.ID
	Names   Names
	Acronym string
	Type    Type
	Place   Place
	Parent  journal.ID
	Since   PartialDate
	Until   PartialDate
	Codes   map[string]string
	Website string
	Sources []Source // of all descriptions, each once
	Contact Contact
	// ContactMissing says why Contact is empty when an entry holds one: hidden from this reader, or erased.
	ContactMissing journal.Absence
	// Disputed names the fields that two people changed without seeing each other's change; the later shows.
	Disputed []string
}

// Exists says whether anything was recorded.
func (o Organisation) Exists() bool { return len(o.Names) > 0 }

// field is one field's values with concurrency.
type field[T any] struct {
	name  string
	empty func(T) bool
	reg   journal.Register[T]
}

func (f *field[T]) set(h journal.Header, v T) {
	if !f.empty(v) {
		f.reg.Set(h, v)
	}
}

func (f *field[T]) into(to *T, disputed *[]string) {
	*to = f.reg.Last()
	if f.reg.Disputed() {
		*disputed = append(*disputed, f.name)
	}
}

func plain[T comparable](name string) field[T] {
	return field[T]{name: name, empty: func(v T) bool { var zero T; return v == zero }}
}

func mapped[M ~map[string]string](name string) field[M] {
	return field[M]{name: name, empty: func(v M) bool { return len(v) == 0 }}
}

// FoldOrganisation gives the state of entries in rising revision. Entry types that it does not know are left out.
func FoldOrganisation(es []journal.Entry) (Organisation, error) {
	var o Organisation
	names, codes := mapped[Names]("names"), mapped[map[string]string]("codes")
	acronym, website, typ := plain[string]("acronym"), plain[string]("website"), plain[Type]("type")
	place, parent := plain[Place]("place"), plain[journal.ID]("parent")
	since, until := plain[PartialDate]("since"), plain[PartialDate]("until")
	for _, e := range es {
		o.ID = e.Dossier
		switch e.Type {
		case OrganisationDescribed:
			d, err := journal.In[Described](e)
			if err != nil {
				return Organisation{}, err
			}
			names.set(e.Header, d.Names)
			codes.set(e.Header, d.Codes)
			acronym.set(e.Header, d.Acronym)
			website.set(e.Header, d.Website)
			typ.set(e.Header, d.Type)
			place.set(e.Header, d.Place)
			parent.set(e.Header, d.Parent)
			since.set(e.Header, d.Since)
			until.set(e.Header, d.Until)
			o.Sources = addSources(o.Sources, d.Sources)
		case OrganisationContacted:
			c, err := journal.In[Contact](e)
			if err != nil {
				return Organisation{}, err
			}
			o.Contact, o.ContactMissing = c, e.Missing[journal.PC]
		}
	}
	names.into(&o.Names, &o.Disputed)
	acronym.into(&o.Acronym, &o.Disputed)
	typ.into(&o.Type, &o.Disputed)
	place.into(&o.Place, &o.Disputed)
	parent.into(&o.Parent, &o.Disputed)
	since.into(&o.Since, &o.Disputed)
	until.into(&o.Until, &o.Disputed)
	codes.into(&o.Codes, &o.Disputed)
	website.into(&o.Website, &o.Disputed)
	return o, nil
}

func addSources(have, more []Source) []Source {
	for _, s := range more {
		if !slices.Contains(have, s) {
			have = append(have, s)
		}
	}
	return have
}

var (
	codeForm  = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)
	emailForm = regexp.MustCompile(`^[^\s@<>",;]+@[^\s@<>",;]+$`)
)

// CheckOrganisation says whether an entry may be appended to a state: an Invalid fault with its fields, or nil.
func CheckOrganisation(o Organisation, e journal.Entry) error {
	var fs fault.Fields
	switch e.Type {
	case OrganisationDescribed:
		d, err := journal.In[Described](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		d.check(&fs, o)
	case OrganisationContacted:
		c, err := journal.In[Contact](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if !o.Exists() {
			return fault.New(fault.NotFound, "party.organisation.none")
		}
		c.check(&fs)
	default:
		return fault.New(fault.Invalid, "fault.invalid")
	}
	return fs.Err()
}

func (d Described) check(fs *fault.Fields, o Organisation) {
	if !o.Exists() && len(d.Names) == 0 {
		fs.Add("names", "party.name.needed")
	}
	if !o.Exists() && d.Type == "" || d.Type != "" && !slices.Contains(Types(), d.Type) {
		fs.Add("type", "party.type.form")
	}
	checkNames(fs, "names", d.Names)
	checkSources(fs, "sources", d.Sources)
	d.Place.check(fs, "place")
	if len(d.Acronym) > 40 {
		fs.Add("acronym", "party.acronym.form")
	}
	if !o.ID.IsZero() && d.Parent == o.ID {
		fs.Add("parent", "party.parent.itself")
	}
	since, until := d.Since, d.Until
	if !since.Known() {
		since = o.Since
	}
	if !until.Known() {
		until = o.Until
	}
	if until.Before(since) {
		fs.Add("until", "party.date.order")
	}
	for scheme, code := range d.Codes {
		if !codeForm.MatchString(scheme) || strings.TrimSpace(code) == "" || len(code) > 200 {
			fs.Add("codes", "party.code.form")
			break
		}
	}
	if d.Website != "" && (!strings.HasPrefix(d.Website, "https://") && !strings.HasPrefix(d.Website, "http://") || strings.ContainsAny(d.Website, " \t\r\n\"<>") || len(d.Website) > maxText) {
		fs.Add("website", "party.website.form")
	}
}

func (c Contact) check(fs *fault.Fields) {
	for name, v := range map[string]string{"name": c.Name, "phone": c.Phone, "note": c.Note} {
		if len(v) > maxText {
			fs.Add(name, "party.text.long")
		}
	}
	if c.Email != "" && (len(c.Email) > 254 || !emailForm.MatchString(c.Email)) {
		fs.Add("email", "party.email.form")
	}
}
