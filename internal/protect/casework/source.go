// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// Files reads what figures know of the office's files.
type Files struct {
	Store *store.Store
	// Countries is the closed list of countries and territories.
	Countries []string
	// Country gives the country or territory of another office; "" is unknown.
	Country func(ctx context.Context, owner, office journal.ID) (string, error)
	// Fictitious says that files of a demonstration count: they are all there is in an office that shows the program.
	Fictitious bool
}

// File is what figures know of one person.
type File struct {
	Counted
	Person journal.ID                 // the same for all files of one person
	Counts map[string]json.RawMessage // what rooms beside this one count, by their names
}

// Each gives every file that may be counted, in no order, as w: the job "statistics". Left out are those who do not wish to
// be counted, those of whom it was erased that they exist, and, where it says so, people who do not exist. Errors: the store's,
// those of f.
func (fs Files) Each(ctx context.Context, w store.Who, f func(File) error) error {
	var several []File // which are of one person is known at the end
	q := store.Query{Kind: access.KindPerson}
	err := fs.Store.Each(ctx, w, q, func(r store.Row) error {
		s, err := store.Summary[Summary](r)
		if err != nil {
			return err
		}
		if s.Counted == nil || s.Counted.Fictitious && !fs.Fictitious {
			return nil
		}
		x := File{Counted: *s.Counted, Person: r.Ref.ID, Counts: s.Counts}
		if len(x.Same) > 0 {
			several = append(several, x)
		} else if err := give(x, f); err != nil {
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, x := range joined(several) {
		if err := give(x, f); err != nil {
			return err
		}
	}
	return nil
}

func give(x File, f func(File) error) error {
	if x.Apart {
		return nil
	}
	return f(x)
}

// joined gives the files of one person one id, whichever of them names which; who does not wish to be counted in one of them
// is counted in none.
func joined(files []File) []File {
	at := map[journal.ID]journal.ID{}
	var root func(journal.ID) journal.ID
	root = func(id journal.ID) journal.ID {
		if up, ok := at[id]; ok && up != id {
			return root(up)
		}
		return id
	}
	for _, x := range files {
		for _, other := range x.Same {
			at[root(other)] = root(x.Person)
		}
	}
	apart := map[journal.ID]bool{}
	for i := range files {
		files[i].Person = root(files[i].Person)
		apart[files[i].Person] = apart[files[i].Person] || files[i].Apart
	}
	return slices.DeleteFunc(files, func(x File) bool { return apart[x.Person] })
}

// On gives a day of a file as a moment; zero for none.
func On(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return t
}

// counting is one file being counted.
type counting struct {
	File
	country func(journal.ID) (string, error)
	record  func(source.Record) error
}

// add gives a record of a day: answers that can be one, and those that can be several. Blank is unknown.
func (c *counting) add(day string, one map[string]string, several map[string][]string) error {
	r := source.Record{Person: c.Person, On: On(day), Says: several}
	if r.Says == nil {
		r.Says = map[string][]string{}
	}
	r.Says["age"], r.Says["sex"] = []string{c.Age}, []string{c.Sex}
	for column, answer := range one {
		r.Says[column] = []string{answer}
	}
	return c.record(r)
}

// reads makes a source's Read of what is counted of each file.
func (fs Files) reads(count func(*counting) error) func(context.Context, store.Who, source.Period, func(source.Record) error) error {
	return func(ctx context.Context, w store.Who, p source.Period, add func(source.Record) error) error {
		known := map[journal.ID]string{}
		c := counting{country: func(office journal.ID) (string, error) {
			country, ok := known[office]
			if ok {
				return country, nil
			}
			country, err := fs.Country(ctx, w.Actor.Owner, office)
			known[office] = country
			return country, err
		}, record: func(r source.Record) error {
			if !p.Has(r.On) {
				return nil
			}
			return add(r)
		}}
		return fs.Each(ctx, w, func(f File) error {
			c.File = f
			return count(&c)
		})
	}
}

// Sources lists what can be counted of files: people, the times during which their files were open, what they needed, where
// they were referred to, what was decided on who they are.
func (fs Files) Sources() []source.Source {
	age, sex := source.Column{Code: "age", Values: []string{"child", "adult"}, List: "count.age"}, source.Column{Code: "sex", Values: []string{"f", "m", "x"}, List: "referral.sex"}
	is := func(code string) source.Column {
		return source.Column{Code: code, Values: source.Is(), List: "count.is"}
	}
	days := source.Column{Code: "days", Values: source.Bins(), List: "count.days"}
	of := func(code string, most int, read func(*counting) error, columns ...source.Column) source.Source {
		return source.Source{Code: code, Version: "2026-1", Most: most, Kinds: []string{access.KindPerson}, Columns: append([]source.Column{age, sex}, columns...), Read: fs.reads(read)}
	}
	return []source.Source{
		of("persons", 1, countPerson, source.Column{Code: "citizenship", Values: fs.Countries, List: "country"}, source.Column{Code: "where", Values: fs.Countries, List: "country"},
			source.Column{Code: "forms", Values: Forms(), List: "count.form", Several: true}, source.Column{Code: "means", Values: Means(), List: "casework.mean", Several: true},
			source.Column{Code: "identification", Values: Standings(), List: "count.identification"}),
		of("cases", 5, countCases, source.Column{Code: "state", Values: []string{"open", "closed"}, List: "count.state"}, source.Column{Code: "closed", Values: CloseReasons(), List: "casework.close_reason"}),
		of("services", 20, countServices, source.Column{Code: "need", Values: services.Catalogue(), List: "service.catalogue"}, is("offered"), days, source.Column{Code: "came", Values: services.Steps(), List: "service.step"}),
		of("referrals", 10, countReferrals, source.Column{Code: "to", Values: fs.Countries, List: "country"}, source.Column{Code: "need", Values: referral.Needs(), List: "service.catalogue"},
			source.Column{Code: "answer", Values: Ways(), List: "count.answer"}, days, is("reached")),
		of("decisions", 5, countDecisions, source.Column{Code: "outcome", Values: Decisions(), List: "casework.step"}, is("remedy")),
	}
}

func countPerson(c *counting) error {
	return c.add(c.File.On, map[string]string{"citizenship": c.Citizen, "where": c.Where, "identification": c.State}, map[string][]string{"forms": c.Forms, "means": c.Means})
}

func countCases(c *counting) error {
	return all(c.Episodes, func(x CountedEpisode) error {
		state := "open"
		if x.Until != "" {
			state = "closed"
		}
		return c.add(x.From, map[string]string{"state": state, "closed": x.Why}, nil)
	})
}

func countServices(c *counting) error {
	return all(c.Needs, func(x CountedNeed) error {
		return c.add(x.On, map[string]string{"need": x.Code, "offered": source.Yes(x.Offered != ""), "days": source.Days(On(x.On), On(x.Offered)), "came": x.State}, nil)
	})
}

func countReferrals(c *counting) error {
	return all(c.Referrals, func(x CountedReferral) error {
		country, err := c.country(x.To)
		if err != nil {
			return err
		}
		days := ""
		if x.State == "accepted" {
			days = source.Days(On(x.On), On(x.Answered))
		}
		return c.add(x.On, map[string]string{"to": country, "need": x.Need, "answer": x.State, "days": days, "reached": source.Yes(x.Reached != "")}, nil)
	})
}

func countDecisions(c *counting) error {
	return all(c.Decisions, func(x CountedDecision) error {
		remedy := ""
		if x.Outcome == string(NotRecognised) {
			remedy = source.Yes(x.Reviewed)
		}
		return c.add(x.On, map[string]string{"outcome": x.Outcome, "remedy": remedy}, nil)
	})
}

func all[T any](xs []T, f func(T) error) error {
	for _, x := range xs {
		if err := f(x); err != nil {
			return err
		}
	}
	return nil
}
