// SPDX-License-Identifier: EUPL-1.2

// Package subject holds what a police or justice office knows of persons and things in its cases: a name and a birth, a
// telephone, an account, a vehicle, a document, an address of e-mail, each with the case it belongs to, on what it rests,
// how far its source is relied on, how it may be used, and until when it is kept.
//
// A record is read by whoever works on it; others of the office see that it exists and its codes. On the day until which it is
// kept, and when it is ended, what it says is erased. Records come in by hand (page.go) or from a table (table.go), and are
// found by names in any alphabet and by numbers (find.go). Whether partners may find a record without seeing it is a field of it.
package subject

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "subject". The clock writes the last.
const (
	RecordedType = "subject.recorded"
	ChangedType  = "subject.changed"
	AssignedType = "subject.assigned"
	EndedType    = "subject.ended"
	ExpiredType  = "subject.expired"
)

// Sorts lists what a record can be of.
func Sorts() []string { return []string{"person", "thing"} }

// Grounds lists on what a record can rest.
func Grounds() []string {
	return []string{"investigation", "court_order", "complaint", "intelligence", "other_office"}
}

// Sources lists how far a source is relied on, and Certainties what is thought of what it said: the scales that police forces
// share in Europe, by their codes.
func Sources() []string { return []string{"a", "b", "c", "x"} }

// Certainties lists how sure what a source said is.
func Certainties() []string { return []string{"1", "2", "3", "4"} }

// Ends lists why a record is ended.
func Ends() []string { return []string{"no_longer_needed", "cleared", "mistake", "handed_over"} }

// Limits of what a record says.
const (
	maxLine = 200                       // bytes
	most    = 20                        // of each list
	longest = 10 * 366 * 24 * time.Hour // that a record is kept before it is asked about again
)

// Known is subject.recorded and subject.changed: all that is known, in place of what was.
type Known struct {
	Sort      string   `json:"sort" part:"D0"`
	Ground    string   `json:"ground" part:"D0"`
	Source    string   `json:"source" part:"D0"`
	Certainty string   `json:"certainty" part:"D0"`
	Handling  string   `json:"handling" part:"D0"` // of terms.Handlings
	Findable  bool     `json:"findable" part:"D0"` // partners may find it by private matching
	Until     string   `json:"until" part:"D0"`    // the last day on which it is kept
	Case      string   `json:"case" part:"D8"`
	Names     []string `json:"names,omitempty" part:"D8"`
	Born      string   `json:"born,omitempty" part:"D8"` // a day, a month or a year
	Phones    []string `json:"phones,omitempty" part:"D8"`
	Documents []string `json:"documents,omitempty" part:"D8"` // a country's code, or none, and a number: "AL AB123456"
	Accounts  []string `json:"accounts,omitempty" part:"D8"`
	Plates    []string `json:"plates,omitempty" part:"D8"`
	Emails    []string `json:"emails,omitempty" part:"D8"`
}

// Payloads of the other entries.
type (
	// Assigned is subject.assigned: who works on it besides those who did.
	Assigned struct {
		Worker journal.ID `json:"worker" part:"D0"`
	}
	// Ended is subject.ended and subject.expired.
	Ended struct {
		Reason string `json:"reason" part:"D0"`
	}
)

// State is one record.
type State struct {
	ID      journal.ID
	Known   Known
	Workers []journal.ID
	At      time.Time // it was recorded
	Ended   string    // why
	EndedAt time.Time
	Missing map[journal.Category]journal.Absence
}

// Exists says whether anything was recorded.
func (s State) Exists() bool { return s.Known.Sort != "" }

// Open says that it is still kept.
func (s State) Open() bool { return s.Exists() && s.Ended == "" }

// Code is how people of the office call a record without saying whom it is about.
func Code(id journal.ID) string { return "S-" + strings.ToUpper(hex.EncodeToString(id[12:])) }

// UntilAt gives the end of the last day on which a record is kept; zero when it is no day.
func (k Known) UntilAt() time.Time {
	t, err := time.Parse(time.DateOnly, k.Until)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1)
}

// Person gives what a record can be compared by, but for accounts and plates.
func (k Known) Person() names.Person {
	p := names.Person{Names: k.Names, Emails: k.Emails}
	if k.Born != "" {
		p.Born = []string{k.Born}
	}
	for _, n := range k.Phones {
		p.Phones = append(p.Phones, names.Phone{Number: n})
	}
	for _, d := range k.Documents {
		country, number, two := strings.Cut(d, " ")
		if !two || len(country) != 2 {
			country, number = "", d
		}
		p.Documents = append(p.Documents, names.Document{Country: country, Number: number})
	}
	return p
}

// Fold gives the state of entries in rising revision; of what a reader may not see, the words are empty.
func Fold(es []journal.Entry) (State, error) {
	s := State{Missing: journal.Missing(es)}
	for _, e := range es {
		s.ID = e.Dossier
		if err := s.apply(e); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func (s *State) apply(e journal.Entry) error {
	var err error
	switch e.Type {
	case RecordedType:
		s.Known, err = journal.In[Known](e)
		s.At, s.Workers = e.OccurredAt, []journal.ID{e.Actor}
	case ChangedType:
		s.Known, err = journal.In[Known](e)
	case AssignedType:
		var v Assigned
		if v, err = journal.In[Assigned](e); !slices.Contains(s.Workers, v.Worker) {
			s.Workers = append(slices.Clone(s.Workers), v.Worker)
		}
	case EndedType, ExpiredType:
		var v Ended
		v, err = journal.In[Ended](e)
		s.Ended, s.EndedAt = v.Reason, e.OccurredAt
	}
	return err
}

// Kind gives the dossier kind "subject".
func Kind() store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindSubject, Base: journal.D0, Codes: []string{"sort", "findable"},
		Types: []store.Type{{Name: RecordedType, Payload: Known{}}, {Name: ChangedType, Payload: Known{}, Overlap: []string{"names", "born", "phones", "documents", "accounts", "plates", "emails", "until"}},
			{Name: AssignedType, Payload: Assigned{}}, {Name: EndedType, Payload: Ended{}}, {Name: ExpiredType, Payload: Ended{}}},
		Fold: Fold, Guard: guard, Derive: derive,
		Effects: func(_ *store.Guarding, _, s State, e journal.Entry) (store.Effects, error) {
			if s.Ended != "" {
				return store.Effects{Erase: []journal.Category{journal.D8}}, nil
			}
			return store.Effects{}, nil
		},
	})
}

// Summary is what a list shows of a record.
type Summary struct {
	Sort     string `json:"sort" part:"D0"`
	Ground   string `json:"ground" part:"D0"`
	Handling string `json:"handling" part:"D0"`
	Until    string `json:"until" part:"D0"`
	Label    string `json:"label,omitempty" part:"D8"` // whom or what it is about
	Case     string `json:"case,omitempty" part:"D8"`
}

// Label is what a record is called by those who may read it: a name, else a number.
func (k Known) Label() string {
	for _, list := range [][]string{k.Names, k.Phones, k.Plates, k.Accounts, k.Documents, k.Emails} {
		if len(list) > 0 {
			return list[0]
		}
	}
	return ""
}

func derive(s State) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	d := store.Derived{State: "open", Codes: map[string][]string{"sort": {s.Known.Sort}}, Summary: Summary{s.Known.Sort, s.Known.Ground, s.Known.Handling, s.Known.Until, s.Known.Label(), s.Known.Case}}
	for _, w := range s.Workers {
		d.Standing = append(d.Standing, store.Standing{Actor: w, Relation: access.AsWorker})
	}
	if s.Ended != "" {
		d.State = "ended"
		d.Summary = Summary{Sort: s.Known.Sort, Ground: s.Known.Ground, Handling: s.Known.Handling, Until: s.Known.Until}
		return d
	}
	d.Due, d.Tokens = s.Known.UntilAt(), tokens(s.Known)
	if s.Known.Findable {
		d.Codes["findable"] = []string{"yes"}
	}
	return d
}

func guard(g *store.Guarding, s State, e journal.Entry) error {
	switch {
	case s.Exists() == (e.Type == RecordedType):
		return fault.New(fault.Guarded, "subject.guard.once")
	case s.Exists() && !s.Open():
		return fault.New(fault.Guarded, "subject.guard.ended")
	}
	var fs fault.Fields
	switch e.Type {
	case RecordedType, ChangedType:
		v, err := journal.In[Known](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		v.check(&fs, g.Now)
	case AssignedType:
		v, err := journal.In[Assigned](e)
		if err != nil || v.Worker.IsZero() {
			fs.Add("worker", "subject.want.worker")
		}
	case EndedType:
		if v, err := journal.In[Ended](e); err != nil || !slices.Contains(Ends(), v.Reason) {
			fs.Add("reason", "subject.want.choice")
		}
	case ExpiredType:
		if v, err := journal.In[Ended](e); err != nil || v.Reason != "expired" || g.Now.Before(s.Known.UntilAt()) {
			return fault.New(fault.Guarded, "subject.guard.kept")
		}
	}
	return fs.Err()
}

func (k Known) check(fs *fault.Fields, now time.Time) {
	for _, x := range []struct {
		field, value string
		list         []string
	}{{"sort", k.Sort, Sorts()}, {"ground", k.Ground, Grounds()}, {"source", k.Source, Sources()}, {"certainty", k.Certainty, Certainties()}, {"handling", k.Handling, terms.Handlings()}} {
		if !slices.Contains(x.list, x.value) {
			fs.Add(x.field, "subject.want.choice")
		}
	}
	if at := k.UntilAt(); !at.After(now) || at.After(now.Add(longest)) {
		fs.Add("until", "subject.want.until")
	}
	if strings.TrimSpace(k.Case) == "" || len(k.Case) > maxLine {
		fs.Add("case", "subject.want.case")
	}
	if k.Sort == "person" && len(k.Names) == 0 {
		fs.Add("names", "subject.want.names")
	}
	if k.Label() == "" {
		fs.Add("names", "subject.want.something")
	}
	if k.Born != "" {
		if day, _ := names.Birth(k.Born); day == "" {
			fs.Add("born", "subject.want.born")
		}
	}
	for field, list := range map[string][]string{"names": k.Names, "phones": k.Phones, "documents": k.Documents, "accounts": k.Accounts, "plates": k.Plates, "emails": k.Emails} {
		if len(list) > most || slices.ContainsFunc(list, func(x string) bool { return strings.TrimSpace(x) == "" || len(x) > maxLine }) {
			fs.Add(field, "subject.want.shorter")
		}
	}
	k.checkNumbers(fs)
}

// checkNumbers refuses what nobody could be found by: a slip in a number is told at once.
func (k Known) checkNumbers(fs *fault.Fields) {
	for _, n := range k.Phones {
		if _, ok := names.E164(n, ""); !ok {
			fs.Add("phones", "subject.want.phones")
			break
		}
	}
	for _, x := range []struct {
		field string
		list  []string
		read  func(string) string
	}{{"accounts", k.Accounts, names.IBAN}, {"plates", k.Plates, names.Plate}, {"emails", k.Emails, names.Email}} {
		if slices.ContainsFunc(x.list, func(v string) bool { return x.read(v) == "" }) {
			fs.Add(x.field, "subject.want."+x.field)
		}
	}
}
