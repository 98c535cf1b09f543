// SPDX-License-Identifier: EUPL-1.2

package iati

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

var identifierForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,80}$`)

// The standard's codes for ours; what has none is not in the map.
var (
	statusCodes = map[activity.Status]string{"planned": "1", "scheduled": "1", "funded_2021": "2", "ongoing": "2", "entering_phase_2": "2", "recurring": "2", "to_be_completed": "2", "held": "4", "delivered": "4"}
	roleCodes   = map[activity.Role]string{"lead": "2", "chair": "2", "convener": "2", "organiser": "4", "co_organiser": "4", "implementing": "4", "recipient": "4"}
	typeCodes   = map[party.Type]string{party.Ministry: "10", party.Mission: "10", party.Coordination: "10", party.Police: "10", party.Justice: "10", party.Parliament: "10", party.Social: "15",
		party.NGO: "22", party.Network: "30", party.IO: "40", party.Monitoring: "40", party.Fund: "40", party.Company: "70", party.Training: "80"}
)

const funding = "1"

// part is an organisation with its role's code. One that is withheld is not named.
type part struct {
	organisation journal.ID
	role         string
	withheld     bool
}

// parts lists who takes part in an activity in a role that the standard knows.
func parts(a activity.Activity) []part {
	var out []part
	if !a.Facts().Funder.IsZero() {
		out = append(out, part{a.Facts().Funder, funding, a.Withholds(a.Facts().Funder)})
	}
	for _, x := range a.Facts().Partners {
		p := part{x.Organisation, roleCodes[x.Role], a.Withholds(x.Organisation)}
		if p.role != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func (p *publication) schemeParts() []part {
	var out []part
	for _, x := range []part{{p.scheme.Lead, "2", false}, {p.scheme.Implementer, "4", false}} {
		if !x.organisation.IsZero() {
			out = append(out, x)
		}
	}
	return out
}

// element makes an element; attributes come as name, value, and an empty value is none.
func element(name string, attrs []string, kids ...record.Element) record.Element {
	e := record.Element{Name: name, Kids: kids}
	for i := 0; i+1 < len(attrs); i += 2 {
		if attrs[i+1] != "" {
			if e.Attr == nil {
				e.Attr = map[string]string{}
			}
			e.Attr[attrs[i]] = attrs[i+1]
		}
	}
	return e
}

func narrative(language, text string) record.Element {
	e := element("narrative", []string{record.Language, language})
	e.Text = text
	return e
}

// narratives gives a text in every language in which it holds, the original first. A translation that is outdated is left out.
func narratives(t wording.Text) []record.Element {
	out := []record.Element{narrative(t.Original, t.By[t.Original].Text)}
	for _, tag := range t.Languages() {
		if t.State(tag) == wording.Translated {
			out = append(out, narrative(tag, t.By[tag].Text))
		}
	}
	return out
}

// remark is a text of ours, in every language.
func (p *publication) remark(f func(Words) string) []record.Element {
	var out []record.Element
	for _, w := range p.Words {
		out = append(out, narrative(w.Tag(), f(w)))
	}
	return out
}

func names(n party.Names) []record.Element {
	var out []record.Element
	for _, tag := range slices.Sorted(maps.Keys(n)) {
		out = append(out, narrative(tag, n[tag]))
	}
	return out
}

// participants makes those parts whose organisation has a name.
func (p *publication) participants(list []part) []record.Element {
	var out []record.Element
	for _, x := range list {
		o := p.organisations[x.organisation]
		if x.withheld { // neither its name nor its number, and of what sort it is would tell it among few
			out = append(out, element("participating-org", []string{"role", x.role}, p.remark(func(w Words) string { return w.T("programme.partner.withheld") })...))
			continue
		}
		if kids := names(o.Names); len(kids) > 0 {
			out = append(out, element("participating-org", []string{"ref", o.Codes["iati"], "type", typeCodes[o.Type], "role", x.role}, kids...))
		}
	}
	return out
}

// head makes what every activity begins with.
func (p *publication) head(code, language string, hierarchy int, title, description []record.Element) record.Element {
	lead := p.organisations[p.scheme.Lead]
	publisher := names(lead.Names)
	if len(publisher) == 0 {
		publisher = []record.Element{narrative(language, p.Publisher)}
	}
	typ := typeCodes[lead.Type]
	if typ == "" {
		typ = "90"
	}
	return element("iati-activity", []string{record.Language, language, "hierarchy", strconv.Itoa(hierarchy)},
		record.Element{Name: "iati-identifier", Text: p.identifier(code)},
		element("reporting-org", []string{"ref", p.Publisher, "type", typ}, publisher...),
		element("title", nil, title...), element("description", nil, description...))
}

func (p *publication) identifier(code string) string { return p.Publisher + "-" + code }

// programme makes the activity at the first level.
func (p *publication) programme(children []string) record.Element {
	s, code := p.scheme, p.scheme.Code
	language := tongue(s.Source.Language)
	year := party.InYear(s.Year)
	description := []record.Element{narrative(language, s.Objective)}
	if s.Objective == "" {
		description = []record.Element{narrative(language, s.Title)}
		p.say(code, "description", "ours", "title_repeated")
	}
	e := p.head(code, language, 1, []record.Element{narrative(language, s.Title)}, description)
	e.Kids = append(e.Kids, p.participants(p.schemeParts())...)
	status := "2"
	switch {
	case year.First().After(p.Now):
		status = "1"
	case year.Last().Before(p.Now):
		status = "4"
	}
	e.Kids = append(e.Kids, element("activity-status", []string{"code", status}))
	e.Kids = append(e.Kids, p.dates(code, status, year, year)...)
	e.Kids = append(e.Kids, p.region(code, s.Partners(), "shares_unknown"))
	var all []int
	for _, x := range s.Priorities {
		all = append(all, x.N)
	}
	if sector, _ := p.sector(all); sector != "" {
		e.Kids = append(e.Kids, p.sectorOf(code, all))
	}
	if !s.Budget.Known() {
		p.say(code, "budget", "absent", "unknown")
	}
	for _, c := range children {
		e.Kids = append(e.Kids, element("related-activity", []string{"ref", p.identifier(c), "type", "2"}))
	}
	return e
}

// activity makes one of the second level. published are the codes beside it.
func (p *publication) activity(a activity.Activity, published []string, parent bool) record.Element {
	s, code := a.Facts(), a.Code()
	language := tongue(s.Language)
	e := p.head(code, language, 2, narratives(a.Title()), p.description(a, language))
	list := parts(a)
	e.Kids = append(e.Kids, p.participants(list)...)
	if slices.ContainsFunc(list, func(x part) bool { return x.withheld }) {
		p.say(code, "partners", "absent", "withheld")
	}
	status := statusCodes[a.Status()]
	e.Kids = append(e.Kids, element("activity-status", []string{"code", status}))
	e.Kids = append(e.Kids, p.dates(code, status, begin(a), a.End())...)
	switch {
	case a.PlaceWithheld():
		e.Kids = append(e.Kids, p.region(code, p.scheme.Partners(), "withheld"))
	case len(s.Countries) == 1:
		e.Kids = append(e.Kids, element("recipient-country", []string{"code", s.Countries[0]}))
	case len(s.Countries) > 1:
		e.Kids = append(e.Kids, p.region(code, s.Countries, "shares_unknown"))
	default:
		e.Kids = append(e.Kids, p.region(code, p.scheme.Partners(), "whole_region"))
	}
	e.Kids = append(e.Kids, p.sectorOf(code, s.Priorities))
	e.Kids = append(e.Kids, p.budget(a)...)
	if parent {
		e.Kids = append(e.Kids, element("related-activity", []string{"ref", p.identifier(p.scheme.Code), "type", "1"}))
	}
	for _, c := range append(slices.Clone(s.DependsOn), s.PartOf) {
		if slices.Contains(published, c) {
			e.Kids = append(e.Kids, element("related-activity", []string{"ref", p.identifier(c), "type", "3"}))
		}
	}
	return e
}

// description is the office's, else what the source states, else the title again: the standard wants one.
func (p *publication) description(a activity.Activity, language string) []record.Element {
	if a.Description != "" {
		return narratives(a.About())
	}
	if out := stated(a, language); len(out) > 0 {
		return out
	}
	p.say(a.Code(), "description", "ours", "title_repeated")
	return narratives(a.Title())
}

// stated puts together what the source states: in its own language, and in every other one in which all of it holds.
func stated(a activity.Activity, language string) []record.Element {
	var all []wording.Text
	for _, x := range a.Statements() {
		if strings.Contains(x.Key, ":") { // of a list
			all = append(all, a.Said(x))
		}
	}
	if len(all) == 0 {
		return nil
	}
	var out []record.Element
	for _, tag := range all[0].Languages() {
		var parts []string
		for _, t := range all {
			if tag == t.Original || t.State(tag) == wording.Translated {
				parts = append(parts, t.By[tag].Text)
			}
		}
		switch {
		case len(parts) < len(all):
		case tag == all[0].Original:
			out = slices.Insert(out, 0, narrative(language, strings.Join(parts, "; ")))
		default:
			out = append(out, narrative(tag, strings.Join(parts, "; ")))
		}
	}
	return out
}

// begin is when an activity began or begins, as far as it is known.
func begin(a activity.Activity) party.PartialDate {
	for _, d := range []party.PartialDate{a.Start(), a.Facts().Since} {
		if d.Known() {
			return d
		}
	}
	return party.PartialDate{}
}

// dates makes the beginning and the end. A day that is not known is the first or the last of what is, and says so.
func (p *publication) dates(code, status string, from, to party.PartialDate) []record.Element {
	actual := func(day time.Time) bool { return status != "1" && !day.After(p.Now) }
	typ := record.PlannedStart
	if actual(from.First()) {
		typ = record.ActualStart
	}
	out := []record.Element{p.date(code, "start", typ, from.First(), from)}
	if !to.Known() {
		p.say(code, "end", "absent", "unknown")
		return out
	}
	typ = record.PlannedEnd
	if actual(to.Last()) {
		typ = record.ActualEnd
	}
	return append(out, p.date(code, "end", typ, to.Last(), to))
}

func (p *publication) date(code, field, typ string, day time.Time, as party.PartialDate) record.Element {
	e := element("activity-date", []string{"type", typ, "iso-date", day.Format(time.DateOnly)})
	if as.Day == 0 {
		p.say(code, field, "ours", "day_unknown")
		e.Kids = p.remark(func(w Words) string { return w.T("iati.remark.day_unknown", "Known", as.String()) })
	}
	return e
}

// region stands where how the activity divides between countries or territories is not known.
func (p *publication) region(code string, countries []string, why string) record.Element {
	p.say(code, "country", "ours", why)
	return element("recipient-region", []string{"vocabulary", "1", "code", p.Reading.Region}, p.remark(func(w Words) string {
		var list []string
		for _, c := range countries {
			list = append(list, w.Country(c))
		}
		return w.T("iati.remark."+why, "Countries", w.List(list))
	})...)
}

// sector gives the code for priorities, and whether they have different ones; "" when the pack has none for them.
func (p *publication) sector(priorities []int) (code string, several bool) {
	for _, n := range priorities {
		switch c := p.Reading.Sectors[n]; {
		case c == "" || c == code:
		case code == "":
			code = c
		default:
			return p.Reading.Several, true
		}
	}
	return code, false
}

func (p *publication) sectorOf(code string, priorities []int) record.Element {
	sector, _ := p.sector(priorities)
	p.say(code, "sector", "ours", "priority")
	var ns []string
	for _, n := range priorities {
		ns = append(ns, strconv.Itoa(n))
	}
	return element("sector", []string{"vocabulary", "1", "code", sector}, p.remark(func(w Words) string { return w.T("iati.remark.priority", "Priorities", w.List(ns)) })...)
}

// budget is there only where amount and period are known, and the period is no longer than the standard allows.
func (p *publication) budget(a activity.Activity) []record.Element {
	n, exact := a.Facts().Amount.Exact()
	from, to := a.Start(), a.End()
	why := ""
	switch {
	case !a.Facts().Amount.Known() || a.Facts().Currency == "":
		why = "unknown"
	case !exact:
		why = "not_exact"
	case from.Day == 0 || to.Day == 0:
		why = "period_unknown"
	case !to.First().Before(from.First().AddDate(1, 0, 0)):
		why = "period_long"
	}
	if why != "" {
		p.say(a.Code(), "budget", "absent", why)
		return nil
	}
	value := element("value", []string{"currency", a.Facts().Currency, "value-date", from.String()})
	value.Text = strconv.FormatInt(n, 10)
	return []record.Element{element("budget", []string{"type", "1"}, element("period-start", []string{"iso-date", from.String()}), element("period-end", []string{"iso-date", to.String()}), value)}
}

// tongue gives a language that a file may name as its own.
func tongue(language string) string {
	if language == "" {
		return record.Undetermined
	}
	return language
}
