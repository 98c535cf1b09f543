// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// Records is what issues are built from and held against.
type Records struct {
	Scheme     scheme.Scheme
	Activities map[string]activity.Line
	Names      map[journal.ID]party.Names // of organisations
	People     []Person
	Withheld   []string // organisations and places that must not be named
}

// Person is somebody whose name the records hold, with what they said of being named.
type Person struct {
	ID   journal.ID // of the function
	Name string
	May  bool
	actors.FunctionLine
}

// Read collects the records that somebody may see. Of several programmes it takes the one of the latest year. withheld gives
// more names of partners and places that must not be said; nil knows none.
func Read(ctx context.Context, s *store.Store, w store.Who, withheld func(context.Context, store.Who) ([]string, error)) (Records, error) {
	r := Records{Activities: map[string]activity.Line{}, Names: map[journal.ID]party.Names{}}
	schemes, err := register.All[scheme.Line](ctx, s, w, store.Query{Kind: access.KindProgramme})
	if err != nil {
		return r, err
	}
	if len(schemes) > 0 {
		latest := slices.MaxFunc(schemes, func(a, b register.Found[scheme.Line]) int { return a.V.Year - b.V.Year })
		o, err := s.Open(ctx, w, store.Ref{Kind: access.KindProgramme, ID: latest.ID})
		if err != nil {
			return r, err
		}
		r.Scheme = o.State.(scheme.Scheme)
	}
	activities, err := register.All[activity.Line](ctx, s, w, store.Query{Kind: access.KindActivity, Codes: map[string]string{"origin": activity.OfProgramme}})
	if err != nil {
		return r, err
	}
	for _, a := range activities {
		r.Activities[a.V.Code] = a.V
	}
	orgs, err := register.All[actors.OrganisationLine](ctx, s, w, store.Query{Kind: access.KindOrganisation})
	if err != nil {
		return r, err
	}
	for _, o := range orgs {
		r.Names[o.ID] = o.V.Names
	}
	people, err := register.All[actors.FunctionLine](ctx, s, w, store.Query{Kind: access.KindFunction})
	if err != nil {
		return r, err
	}
	for _, p := range people {
		if p.V.Name != "" {
			r.People = append(r.People, Person{p.ID, p.V.Name, p.V.Named, p.V})
		}
	}
	inorder.By(r.People, func(a, b Person) int { return strings.Compare(a.Name+a.ID.String(), b.Name+b.ID.String()) })
	for _, a := range r.Activities {
		for _, id := range a.Withheld {
			for _, name := range r.Names[id] {
				r.Withheld = append(r.Withheld, name)
			}
		}
	}
	if withheld != nil {
		more, err := withheld(ctx, w)
		if err != nil {
			return r, err
		}
		r.Withheld = append(r.Withheld, more...)
	}
	slices.Sort(r.Withheld)
	r.Withheld = slices.Compact(r.Withheld)
	return r, nil
}

// reference is how a text refers to a fact.
var reference = regexp.MustCompile(`\{([A-Za-z0-9-]{1,40})\.([a-z_]{1,40})\}`)

// OfProgramme is what references name the programme itself by.
const OfProgramme = "programme"

// Fields lists what can be referred to: of an activity, and of the programme as a whole.
func Fields() (ofActivity, ofProgramme []string) {
	return []string{"title", "dates", "status", "participants", "from_countries", "countries", "leads"}, []string{"countries", "activities", "workshops", "held", "budget"}
}

// Fact is a reference with what it said when the edition was built.
type Fact struct {
	Ref  string `json:"ref"`
	Text string `json:"text"`
	Lang string `json:"lang,omitempty"` // of Text, when it is not the edition's
}

// Fact says what a reference ("P4-W1.participants") comes to now. False: there is no such record or field.
func (r Records) Fact(l *lang.Locale, ref string) (Fact, bool) {
	of, field, _ := strings.Cut(ref, ".")
	f := Fact{Ref: ref}
	if of == OfProgramme {
		var ok bool
		f.Text, ok = r.ofProgramme(l, field)
		return f, ok && r.Scheme.Exists()
	}
	a, ok := r.Activities[of]
	if !ok {
		return f, false
	}
	unknown := l.T("publication.unknown")
	switch field {
	case "title":
		f.Text, f.Lang = a.In(l.Tag())
		f.Lang = l.Foreign(f.Lang)
	case "dates":
		f.Text = dates(l, a)
	case "status":
		f.Text = unknown
		if a.Status != "" {
			f.Text = l.T("programme.status." + string(a.Status))
		}
	case "participants":
		f.Text = a.Participants.Print(l)
	case "from_countries":
		f.Text = a.FromCountries.Print(l)
	case "countries":
		f.Text = register.Countries(l, a.Countries)
		if a.PlaceWithheld {
			f.Text = l.T("programme.place.withheld")
		}
		if f.Text == "" && a.Scope != "" {
			f.Text = l.T("programme.scope." + a.Scope)
		}
	case "leads":
		f.Text = r.leads(l, a)
	default:
		return f, false
	}
	if f.Text == "" {
		f.Text = unknown
	}
	return f, true
}

func (r Records) ofProgramme(l *lang.Locale, field string) (string, bool) {
	n, held := 0, 0
	for _, a := range r.Activities {
		if a.Kind == "workshop" {
			n++
			if a.Status == "held" {
				held++
			}
		}
	}
	switch field {
	case "countries":
		return l.Number(len(r.Scheme.Partners())), true
	case "activities":
		return l.Number(len(r.Activities)), true
	case "workshops":
		return l.Number(n), true
	case "held":
		return l.Number(held), true
	case "budget":
		return r.Scheme.Budget.Print(l), true
	}
	return "", false
}

// leads names who carries an activity.
func (r Records) leads(l *lang.Locale, a activity.Line) string {
	var out []string
	for _, p := range a.Partners {
		name := r.Names[p.Organisation].In(l.Tag())
		if slices.Contains(a.Withheld, p.Organisation) {
			out = append(out, l.T("programme.partner.withheld"))
			continue
		}
		if slices.Contains([]activity.Role{"convener", "lead", "organiser", "co_organiser", "implementing"}, p.Role) && name != "" {
			out = append(out, name)
		}
	}
	return l.List(out)
}

// dates says when an activity is, as it stands in a sentence.
func dates(l *lang.Locale, a activity.Line) string {
	switch {
	case a.Start.Known() && a.End.Known() && a.Start.Last().AddDate(0, 0, 1).Equal(a.End.First()):
		return party.Between(l, "newsletter.dates.two", a.Start, a.End)
	case a.Start.Known() && a.End.Known() && a.Start != a.End:
		return party.Between(l, "newsletter.dates", a.Start, a.End)
	case a.Start.Known():
		return a.Start.Print(l)
	case a.End.Known():
		return l.T("programme.dates.until", "To", a.End.Print(l))
	case a.Since.Known():
		return l.T("publication.since", "Since", a.Since.Print(l))
	}
	return ""
}

// Proposal is an activity that an issue of a period should speak of.
type Proposal struct {
	activity.Line
	Sort Sort // Closer for what took place, Upcoming for what comes
}

// Propose lists what took place in a period, and what comes within as long again after it, by when it begins. What has no
// date is not proposed: nobody can say that it belongs there.
func (r Records) Propose(b Begun) []Proposal {
	from, err := party.ParseDate(b.From)
	if err != nil {
		return nil
	}
	to, err := party.ParseDate(b.To)
	if err != nil {
		return nil
	}
	last := party.OnDay(to.Last().Add(to.Last().Sub(from.First())))
	var out []Proposal
	for _, a := range r.Activities {
		switch {
		case !a.Start.Known() || a.Kept:
		case !a.Start.Before(from) && !to.Before(a.Start):
			out = append(out, Proposal{a, Closer})
		case to.Before(a.Start) && !last.Before(a.Start):
			out = append(out, Proposal{a, Upcoming})
		}
	}
	inorder.By(out, func(x, y Proposal) int {
		if c := party.CompareDates(x.Start, y.Start); c != 0 {
			return c
		}
		return strings.Compare(x.Code, y.Code)
	})
	return out
}
