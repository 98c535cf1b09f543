// SPDX-License-Identifier: EUPL-1.2

package load

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// orgTypes turns the file's types into party's.
var orgTypes = map[string]party.Type{
	"government": party.Ministry, "national_coordination": party.Coordination, "protection_programme": party.Social, "training": party.Training,
	"ngo": party.NGO, "national_ngo": party.NGO, "ngo_network": party.Network, "network": party.Network, "multilateral": party.IO,
	"fund": party.Fund, "monitoring_body": party.Monitoring, "company": party.Company, "": party.OtherType,
}

// record is one dossier-to-be: where it goes and what the file says.
type record struct {
	kind    string // of the report: "activity"
	code    string // how the file calls it
	ref     store.Ref
	typ     string
	payload any
}

// records turns a checked file into dossiers of an owner.
func records(owner journal.ID, f file) []record {
	org := func(code string) journal.ID {
		if code == "" {
			return journal.ID{}
		}
		return actors.OrganisationRef(owner, code).ID
	}
	doc := f.Source.document()
	out := []record{{"programme", f.Programme.ID, scheme.Ref(owner, f.Programme.ID), scheme.ImportedType, f.scheme(org)}}
	for _, o := range f.Organisations {
		out = append(out, record{"organisation", o.ID, actors.OrganisationRef(owner, o.ID), party.OrganisationDescribed, o.described(org, f.Source.language(), doc)})
	}
	for i, p := range f.People {
		out = append(out, record{"role", strconv.Itoa(i + 1), actors.FunctionRef(owner, p.Org, p.Role, p.Name), party.FunctionHeld, p.held(org, f.Source.language(), doc)})
	}
	for _, a := range f.Activities {
		out = append(out, record{"activity", a.ID, activity.Ref(owner, a.ID), activity.ImportedType, a.imported(org, f, doc)})
	}
	return out
}

// document names the source as a reader would look for it.
func (s fileSource) document() string {
	return scheme.Source{Title: s.Title, Masthead: s.Masthead}.Document()
}

func (s fileSource) language() string {
	if len(s.Language) < 2 || len(s.Language) > 3 || strings.ToLower(s.Language) != s.Language {
		return "und"
	}
	return s.Language
}

func at(doc, lines, note string) []party.Source {
	return []party.Source{{Document: doc, Lines: lines, Note: note}}
}

var channel = regexp.MustCompile(`^(\d{3,6}) \((DAC|CRS) channel`)

func (o fileOrg) described(org func(string) journal.ID, language, doc string) party.Described {
	d := party.Described{Names: party.Names{language: o.Name}, Type: orgTypes[o.Type], Place: party.Place{Country: o.Country}, Parent: org(o.Parent), Sources: at(doc, o.Lines, "")}
	if d.Type == party.Ministry && (strings.Contains(o.Name, "Permanent Mission") || strings.Contains(strings.ToLower(o.Name), "embass")) {
		d.Type = party.Mission
	}
	if o.IATI != "" {
		scheme, code := "iati", o.IATI
		if m := channel.FindStringSubmatch(o.IATI); m != nil { // a channel code is no IATI identifier: keep what it is
			scheme, code = "crs_channel", m[1]
		}
		d.Codes = map[string]string{scheme: code}
	}
	return d
}

func (p filePerson) held(org func(string) journal.ID, language, doc string) party.Held {
	h := party.Held{Titles: party.Names{language: p.Role}, Organisation: org(p.Org), PublicName: p.Name, Sources: at(doc, p.Lines, "")}
	for tag, title := range map[string]string{"en": p.In.EN, "fr": p.In.FR} {
		if title != "" && tag != language {
			h.Original, h.Titles[tag] = language, title
		}
	}
	return h
}

func known(n *int64) party.Uncertain {
	if n == nil {
		return party.Uncertain{}
	}
	return party.Exactly(*n)
}

func (n *fileNumber) number() party.Uncertain {
	if n == nil || n.N == nil {
		return party.Uncertain{}
	}
	switch n.Qualifier {
	case "more_than":
		return party.Over(*n.N)
	case "at_least":
		return party.Least(*n.N)
	case "about":
		return party.Around(*n.N)
	}
	return party.Exactly(*n.N)
}

func (a fileActivity) imported(org func(string) journal.ID, f file, doc string) activity.Imported {
	v := activity.Imported{Code: a.ID, Kind: activity.Kind(a.Kind), Title: a.Title, TitleNote: a.TitleNote, Language: f.Source.language(), Status: activity.Status(a.Status),
		Priorities: a.Priorities, Pillars: a.Pillars, Countries: a.Countries, Region: a.Region, Scope: a.Scope, Format: a.Format,
		Start: a.Start, End: a.End, DateInferred: a.DateInferred, DateNote: a.DateNote, Since: a.Since, LastPhase: a.LastPhase, Call: a.Call, Phase: a.Phase,
		Funder: org(a.Funder), Amount: known(a.Amount), Participants: a.Participants.number(), FromCountries: known(a.FromCountries),
		PartOf: a.PartOf, DependsOn: a.DependsOn, Basis: a.Basis, Author: a.Author, AuthorRole: a.AuthorRole, Rank: a.Rank, FollowUp: a.FollowUp, Note: a.Note,
		Sources: at(doc, a.Lines, "")}
	if v.Amount.Known() {
		v.Currency = f.Programme.Currency
	}
	if a.Corridor != nil {
		v.Corridor = activity.Corridor(*a.Corridor)
	}
	for _, p := range a.Partners {
		v.Partners = append(v.Partners, activity.Partner{Organisation: org(p.Org), Role: activity.Role(p.Role), Note: p.Note})
	}
	for name, list := range map[string][]string{"objectives": a.Objectives, "components": a.Components, "aims": a.Aims, "topics": a.Topics, "beneficiaries": a.Beneficiaries,
		"audience": a.Audience, "observations": a.Observations, "outputs": a.Outputs} {
		if len(list) > 0 {
			if v.Lists == nil {
				v.Lists = map[string][]string{}
			}
			v.Lists[name] = list
		}
	}
	return v
}

func (f file) scheme(org func(string) journal.ID) scheme.Imported {
	p, s := f.Programme, f.Source
	v := scheme.Imported{Code: p.ID, Title: p.Title, Objective: p.Objective, Year: p.Year, ReportingYear: p.ReportingYear, Lead: org(p.Lead), Implementer: org(p.Implementer),
		Budget: known(p.Budget), Currency: p.Currency, Modalities: p.Modalities, Lines: p.Lines, Findings: f.Findings,
		Source: scheme.Source{Kind: s.Kind, Title: s.Title, Masthead: s.Masthead, Language: s.language(), Date: s.Date, From: s.Window.From, To: s.Window.To, Why: s.Window.Why}}
	for _, g := range p.Goals {
		v.Goals = append(v.Goals, scheme.Statement{Code: g.ID, Text: g.Text, Lines: g.Lines})
	}
	for _, x := range f.Schemes {
		v.Schemes = append(v.Schemes, scheme.Statement{Code: x.ID, Text: x.Title, Lines: x.Lines, Note: x.note()})
	}
	for _, x := range f.Priorities {
		if x.Heading == "same" {
			x.Heading = ""
		}
		v.Priorities = append(v.Priorities, scheme.Priority(x))
	}
	for _, x := range f.Pillars {
		v.Pillars = append(v.Pillars, scheme.Statement{Code: x.ID, Text: x.Title})
	}
	for _, x := range f.Countries {
		if x.InSource == "" {
			x.InSource = x.Name
		}
		v.Countries = append(v.Countries, scheme.Country{Code: x.Code, InSource: x.InSource, Aliases: x.Aliases, Role: x.Role, EU: x.EU, Note: x.Note})
	}
	for _, x := range f.Mechanisms {
		v.Mechanisms = append(v.Mechanisms, scheme.Statement{Code: x.ID, Text: x.Name, Lines: x.Lines, Note: x.Note})
	}
	for _, x := range f.Instruments {
		v.Instruments = append(v.Instruments, scheme.Statement{Code: x.ID, Text: x.Name, Lines: x.Lines, Note: x.Note})
	}
	for _, x := range f.Publications {
		v.Publications = append(v.Publications, scheme.Statement{Text: x.Title, Lines: x.Lines, Note: x.Claim})
	}
	v.Contradictions = f.contradictions()
	return v
}

// note gathers what the file says of a scheme beside its title, in the file's words.
func (x fileScheme) note() string {
	var out []string
	add := func(s string) {
		if s != "" {
			out = append(out, s)
		}
	}
	add(x.Adopted.String())
	add(x.Launched.String())
	add(x.Period)
	add(x.Component)
	out = append(append(out, x.Actions...), x.Content...)
	for _, n := range x.Measures {
		out = append(out, fmt.Sprintf("Measure %d", n))
	}
	add(x.CountryTip)
	return strings.Join(out, "; ")
}

var variant = regexp.MustCompile(`^(.*?) ?\(l\.([\d, -]+)\)$`)

// contradictions finds what the source states in several ways: all are kept, with the lines of each.
func (f file) contradictions() []scheme.Contradiction {
	var out []scheme.Contradiction
	for _, x := range f.Schemes {
		if len(x.Variants) < 2 {
			continue
		}
		c := scheme.Contradiction{About: x.Title}
		for _, v := range x.Variants {
			s := scheme.Statement{Text: v}
			if m := variant.FindStringSubmatch(v); m != nil {
				s = scheme.Statement{Text: m[1], Lines: m[2]}
			}
			c.Stated = append(c.Stated, s)
		}
		out = append(out, c)
	}
	return out
}
