// SPDX-License-Identifier: EUPL-1.2

package load

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// checker finds what single fields cannot show: codes off their lists, references to nothing, doubles.
type checker struct {
	*decoder
	f file
}

func (c *checker) at(what string, format string, args ...any) {
	path := fmt.Sprintf(format, args...)
	line := 0
	for p := path; ; p = p[:max(strings.LastIndexAny(p, ".["), 0)] {
		if n, ok := c.lines[p]; ok || p == "" {
			line = n
			break
		}
	}
	if len(c.wrong) < maxWrong {
		c.wrong = append(c.wrong, Wrong{line, path, what})
	}
}

var (
	idForm    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9-]{0,39}$`)
	linesForm = regexp.MustCompile(`^\d{1,7}(-\d{1,7})?(, ?\d{1,7}(-\d{1,7})?)*$`)
)

func (c *checker) id(id string, seen map[string]bool, format string, args ...any) {
	switch {
	case !idForm.MatchString(id):
		c.at("an id is made of letters, digits and hyphens", format, args...)
	case seen[id]:
		c.at("this id is there twice", format, args...)
	}
	seen[id] = true
}

func (c *checker) need(value, format string, args ...any) {
	if value == "" {
		c.at("this is needed", format, args...)
	}
}

func (c *checker) lineNumbers(value, format string, args ...any) {
	if value != "" && !linesForm.MatchString(value) {
		c.at("lines are written 248-252, 260", format, args...)
	}
}

func oneOf[T ~string](c *checker, value string, list []T, format string, args ...any) {
	if value != "" && !slices.Contains(list, T(value)) {
		c.at("this is not on the list of this field", format, args...)
	}
}

func (c *checker) all() {
	f := c.f
	if f.Version != 1 {
		c.at("only version 1 is read", "schema_version")
	}
	if !idForm.MatchString(f.Programme.ID) {
		c.at("an id is made of letters, digits and hyphens", "programme.id")
	}
	c.need(f.Programme.Title, "programme.title")
	c.need(f.Source.Masthead+f.Source.Title, "source.masthead")
	oneOf(c, f.Source.Kind, scheme.SourceKinds(), "source.kind")
	c.lineNumbers(f.Programme.Lines, "programme.lines")
	orgs := c.organisations()
	c.references(f.Programme.Lead, orgs, "programme.lead")
	c.references(f.Programme.Implementer, orgs, "programme.implementer")
	priorities, countries := c.scheme()
	c.people(orgs)
	c.activities(orgs, countries, priorities)
	c.counts()
}

func (c *checker) references(id string, known map[string]bool, format string, args ...any) {
	if id != "" && !known[id] {
		c.at("nothing in this file has this id", format, args...)
	}
}

func (c *checker) organisations() map[string]bool {
	seen := map[string]bool{}
	for i, o := range c.f.Organisations {
		c.id(o.ID, seen, "organisations[%d].id", i)
		c.need(o.Name, "organisations[%d].name", i)
		if _, ok := orgTypes[o.Type]; !ok {
			c.at("this is not on the list of this field", "organisations[%d].type", i)
		}
		if o.Country != "" && !activity.IsCountry(o.Country) {
			c.at("a country or territory is a code of ISO 3166-1 in two capital letters, or XK", "organisations[%d].country", i)
		}
		c.lineNumbers(o.Lines, "organisations[%d].lines", i)
	}
	for i, o := range c.f.Organisations {
		c.references(o.Parent, seen, "organisations[%d].parent", i)
		if o.Parent != "" && o.Parent == o.ID {
			c.at("an organisation is not a part of itself", "organisations[%d].parent", i)
		}
	}
	return seen
}

func (c *checker) scheme() (priorities map[int]bool, countries map[string]bool) {
	priorities, countries = map[int]bool{}, map[string]bool{}
	for i, p := range c.f.Priorities {
		if p.N < 1 || p.N > 99 || priorities[p.N] {
			c.at("each priority has a number of its own", "priorities[%d].n", i)
		}
		priorities[p.N] = true
		c.need(p.Title, "priorities[%d].title", i)
		c.lineNumbers(p.Lines, "priorities[%d].lines", i)
	}
	for i, p := range c.f.Pillars {
		c.need(p.ID, "four_ps[%d].id", i)
		oneOf(c, p.ID, activity.Pillars(), "four_ps[%d].id", i)
	}
	for i, x := range c.f.Countries {
		if !activity.IsCountry(x.Code) || countries[x.Code] {
			c.at("a country or territory is a code of ISO 3166-1 in two capital letters, or XK, each once", "countries[%d].code", i)
		}
		countries[x.Code] = true
		c.need(x.Role, "countries[%d].role", i)
		oneOf(c, x.Role, scheme.CountryRoles(), "countries[%d].role", i)
	}
	for i, s := range c.f.Schemes {
		c.need(s.Title, "schemes[%d].title", i)
		c.lineNumbers(s.Lines, "schemes[%d].lines", i)
	}
	return priorities, countries
}

func (c *checker) people(orgs map[string]bool) {
	for i, p := range c.f.People {
		c.need(p.Role, "people[%d].role", i)
		c.references(p.Org, orgs, "people[%d].org", i)
		c.lineNumbers(p.Lines, "people[%d].lines", i)
		if p.Name != "" && p.Lines == "" {
			c.at("a name is public only with its source: give the lines", "people[%d].lines", i)
		}
		if len(p.Name) > 200 {
			c.at("longer than 200 bytes", "people[%d].name_in_source", i)
		}
	}
}

func (c *checker) activities(orgs, countries map[string]bool, priorities map[int]bool) {
	seen := map[string]bool{}
	for i, a := range c.f.Activities {
		c.id(a.ID, seen, "activities[%d].id", i)
		if !activity.IsCode(a.ID) {
			c.at("an activity's id is in capital letters, digits and hyphens", "activities[%d].id", i)
		}
		c.need(a.Title, "activities[%d].title", i)
		c.need(a.Kind, "activities[%d].kind", i)
		c.need(a.Lines, "activities[%d].lines", i)
		c.activity(i, a, orgs, countries, priorities)
	}
	for i, a := range c.f.Activities {
		c.references(a.PartOf, seen, "activities[%d].part_of", i)
		for j, id := range a.DependsOn {
			c.references(id, seen, "activities[%d].depends_on[%d]", i, j)
		}
	}
}

func (c *checker) activity(i int, a fileActivity, orgs, countries map[string]bool, priorities map[int]bool) {
	at := fmt.Sprintf("activities[%d]", i)
	oneOf(c, a.Kind, activity.Kinds(), "%s.kind", at)
	oneOf(c, a.Status, activity.Statuses(), "%s.status", at)
	oneOf(c, a.Format, activity.Formats(), "%s.format", at)
	oneOf(c, a.Scope, activity.Scopes(), "%s.scope", at)
	c.lineNumbers(a.Lines, "%s.lines", at)
	c.references(a.Funder, orgs, "%s.funder", at)
	for j, n := range a.Priorities {
		if !priorities[n] || slices.Contains(a.Priorities[:j], n) {
			c.at("this is no priority of this file, or there twice", "%s.priorities[%d]", at, j)
		}
	}
	for j, p := range a.Pillars {
		oneOf(c, p, activity.Pillars(), "%s.four_ps_derived[%d]", at, j)
	}
	for j, x := range a.Countries {
		if !countries[x] || slices.Contains(a.Countries[:j], x) {
			c.at("this is no country or territory of this file, or there twice", "%s.countries[%d]", at, j)
		}
	}
	for j, p := range a.Partners {
		c.need(p.Org, "%s.partners[%d].org", at, j)
		c.references(p.Org, orgs, "%s.partners[%d].org", at, j)
		c.need(p.Role, "%s.partners[%d].role", at, j)
		oneOf(c, p.Role, activity.Roles(), "%s.partners[%d].role", at, j)
	}
	if a.End.Before(a.Start) {
		c.at("the end comes before the beginning", "%s.date_end", at)
	}
	if x := a.Corridor; x != nil && (!countries[x.From] || !countries[x.To] || x.From == x.To) {
		c.at("a corridor has two countries or territories of this file", "%s.corridor_derived", at)
	}
	if p := a.Participants; p != nil && (p.N == nil || !slices.Contains([]string{"", "exactly", "at_least", "more_than", "about"}, p.Qualifier)) {
		c.at("a number has n and maybe a qualifier: exactly, at_least, more_than, about", "%s.participants", at)
	}
}

func (c *checker) counts() {
	x := c.f.Counts
	if x == nil {
		return
	}
	count := func(name string, want *int, got int) {
		if want != nil && *want != got {
			c.at(fmt.Sprintf("the file says %d and holds %d", *want, got), "counts.%s", name)
		}
	}
	of := func(kind, status string) (n int) {
		for _, a := range c.f.Activities {
			if a.Kind == kind && (status == "" || a.Status == status) {
				n++
			}
		}
		return n
	}
	partners, grantees := 0, map[string]bool{}
	for _, x := range c.f.Countries {
		if x.Role == "partner" {
			partners++
		}
	}
	for _, a := range c.f.Activities {
		for _, p := range a.Partners {
			if a.Kind == "grant" && p.Role == "implementing" {
				grantees[p.Org] = true
			}
		}
	}
	count("countries_partner", x.Partners, partners)
	count("priorities", x.Themes, len(c.f.Priorities))
	count("workshops", x.Workshops, of("workshop", ""))
	count("workshops_held", x.Held, of("workshop", "held"))
	count("workshops_scheduled", x.Scheduled, of("workshop", "scheduled"))
	count("workshops_planned", x.Planned, of("workshop", "planned"))
	count("ngo_grants", x.Grants, of("grant", ""))
	count("ngo_grantees", x.Grantees, len(grantees))
	count("io_projects", x.Projects, of("io_project", ""))
	count("studies", x.Studies, of("study", ""))
	count("magistrate_trainings", x.Trainings, of("training", ""))
}
