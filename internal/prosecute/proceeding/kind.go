// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/packs/offences"
)

// Limits of what a proceeding says.
const (
	maxLine    = 200 // bytes of a text
	maxList    = 12  // of articles
	maxN       = 500 // defendants
	maxMonths  = 1200
	maxAmount  = 1_000_000_000_000
	maxVictims = 100_000
)

// Law is what a proceeding is checked against.
type Law struct {
	Pack      offences.Pack
	Countries []string // the closed list of countries and territories
	// InCourt says whether something that came from another office may be used in court now, on the permission that it names.
	InCourt func(g *store.Guarding, v Evidence) error
}

// Kind gives the dossier kind "proceeding".
func Kind(law Law) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindProceeding, Base: journal.D0, Codes: []string{"worker"},
		Types: []store.Type{{Name: OpenedType, Payload: Charge{}}, {Name: ChangedType, Payload: Charge{}, Overlap: []string{"country", "articles", "opened", "court", "reference", "forms"}},
			{Name: DefendantType, Payload: Defendant{}}, {Name: DecidedType, Payload: Decision{}}, {Name: VictimsType, Payload: Victims{}, Overlap: []string{"count", "minors", "unpunished"}},
			{Name: RedressType, Payload: Redress{}, Overlap: []string{"currency", "ordered", "paid", "finances", "seized", "worth"}}, {Name: EvidenceType, Payload: Evidence{}}, {Name: DatedType, Payload: Dated{}, Overlap: []string{"on", "what"}},
			{Name: AssignedType, Payload: Assigned{}}, {Name: EndedType, Payload: Ended{}}, {Name: ExpiredType, Payload: Ended{}}},
		Fold: Fold, Guard: law.guard, Derive: law.derive,
		Effects: func(_ *store.Guarding, _, s State, _ journal.Entry) (store.Effects, error) {
			if s.Ended != "" {
				return store.Effects{Erase: []journal.Category{journal.D6, journal.D8}}, nil
			}
			return store.Effects{}, nil
		},
	})
}

// Summary is what a list shows of a proceeding, and what figures know of it.
type Summary struct {
	Country    string   `json:"country" part:"D0"`
	Articles   []string `json:"articles" part:"D0"`
	Opened     string   `json:"opened" part:"D0"`
	Defendants int      `json:"defendants" part:"D0"`
	Next       Dated    `json:"next" part:"D0"`
	Ended      string   `json:"ended,omitempty" part:"D0"`
	Court      string   `json:"court,omitempty" part:"D6"`
	Reference  string   `json:"reference,omitempty" part:"D6"`
	Counted    *Counted `json:"counted,omitempty" part:"D9"`
}

func (law Law) derive(s State) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	sum := Summary{Country: s.Charge.Country, Articles: s.Charge.Articles, Opened: s.Charge.Opened, Defendants: len(s.Live()), Next: s.Next, Ended: s.Ended, Counted: s.counted()}
	d := store.Derived{State: s.Stage()}
	for _, w := range s.Workers {
		d.Standing = append(d.Standing, store.Standing{Actor: w, Relation: access.AsWorker})
	}
	for _, w := range s.Supervisors {
		d.Standing = append(d.Standing, store.Standing{Actor: w, Relation: access.AsSuper})
	}
	if s.Ended != "" {
		d.State, d.Summary = "ended", sum
		return d
	}
	sum.Court, sum.Reference = s.Charge.Court, s.Charge.Reference
	d.Summary, d.Due, d.Tokens = sum, s.Until(law.Pack), tokens(s.Charge.Reference)
	if next := day(s.Next.On); !next.IsZero() && next.Before(d.Due) {
		d.Due = next
	}
	d.Codes = map[string][]string{}
	for _, w := range s.Workers {
		d.Codes["worker"] = append(d.Codes["worker"], w.String())
	}
	return d
}

// tokens gives what a proceeding can be found by: its number, however it is parted. The store blinds it before it is kept.
func tokens(reference string) []store.Token {
	if v := plain(reference); v != "" {
		return []store.Token{{Kind: "proceeding reference", Value: v}}
	}
	return nil
}

// plain leaves letters and digits of a number, in capitals.
func plain(reference string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t/.-_:,;", r) {
			return -1
		}
		return r
	}, strings.ToUpper(strings.TrimSpace(reference)))
}

func (law Law) guard(g *store.Guarding, s State, e journal.Entry) error {
	switch {
	case s.Exists() == (e.Type == OpenedType):
		return fault.New(fault.Guarded, "proceeding.guard.once")
	case s.Exists() && !s.Open():
		return fault.New(fault.Guarded, "proceeding.guard.ended")
	}
	if e.Type == EvidenceType {
		return law.evidence(g, s, e)
	}
	var fs fault.Fields
	if err := law.check(&fs, g.Now, s, e); err != nil {
		return err
	}
	if err := fs.Err(); err != nil || e.Type == EndedType || e.Type == ExpiredType {
		return err
	}
	return law.kept(g.Now, s, e)
}

// kept refuses what would let the period be over: the clock would erase at once what is sealed, and a year that was typed wrong
// must not do that.
func (law Law) kept(now time.Time, s State, e journal.Entry) error {
	over := func() bool { return s.Exists() && !now.Before(s.Until(law.Pack)) }
	was := over()
	s.Lines = slices.Clone(s.Lines)
	if err := s.apply(e); err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	if was || !over() {
		return nil
	}
	field := map[string]string{DefendantType: "charged", DecidedType: "on"}[e.Type]
	return fault.Bad(cmp.Or(field, "opened"), "proceeding.want.kept")
}

// check says what is wrong with an entry.
func (law Law) check(fs *fault.Fields, now time.Time, s State, e journal.Entry) error {
	var err error
	switch e.Type {
	case OpenedType, ChangedType:
		var v Charge
		if v, err = journal.In[Charge](e); err == nil {
			law.charge(fs, now, s, v)
		}
	case DefendantType:
		var v Defendant
		if v, err = journal.In[Defendant](e); err == nil {
			law.defendant(fs, now, s, v)
		}
	case DecidedType:
		var v Decision
		if v, err = journal.In[Decision](e); err == nil {
			decided(fs, now, s, v)
		}
	case VictimsType:
		var v Victims
		if v, err = journal.In[Victims](e); err == nil {
			v.check(fs)
		}
	case RedressType:
		var v Redress
		if v, err = journal.In[Redress](e); err == nil {
			v.check(fs)
		}
	case DatedType:
		var v Dated
		if v, err = journal.In[Dated](e); err == nil && v != (Dated{}) {
			choice(fs, "what", v.What, Dates(), false)
			if d := day(v.On); d.Before(now.UTC().Truncate(24*time.Hour)) || d.After(now.AddDate(10, 0, 0)) {
				fs.Add("on", "proceeding.want.coming")
			}
		}
	case AssignedType:
		var v Assigned
		if v, err = journal.In[Assigned](e); err == nil && v.Worker.IsZero() {
			fs.Add("worker", "proceeding.want.worker")
		}
		choice(fs, "as", v.As, Standings(), false)
	case EndedType:
		var v Ended
		v, err = journal.In[Ended](e)
		choice(fs, "reason", v.Reason, Ends(), false)
	case ExpiredType:
		if v, wrong := journal.In[Ended](e); wrong != nil || v.Reason != Expired || now.Before(s.Until(law.Pack)) {
			return fault.New(fault.Guarded, "proceeding.guard.kept")
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return nil
}

// choice refuses what is not on a closed list; empty is unknown, where that may be.
func choice(fs *fault.Fields, field, value string, list []string, unknown bool) {
	if !(unknown && value == "") && !slices.Contains(list, value) {
		fs.Add(field, "proceeding.want.choice")
	}
}

// past refuses what is no day between another one and today.
func past(fs *fault.Fields, field, value, after string, now time.Time) {
	d := day(value)
	switch {
	case d.IsZero() || d.After(now) || d.Year() < 1950:
		fs.Add(field, "proceeding.want.day")
	case value < after:
		fs.Add(field, "proceeding.want.order")
	}
}

func (law Law) charge(fs *fault.Fields, now time.Time, s State, v Charge) {
	choice(fs, "country", v.Country, law.Countries, false)
	past(fs, "opened", v.Opened, "", now)
	if charged, _, _, _ := s.Came(); charged != "" && charged < v.Opened {
		fs.Add("opened", "proceeding.want.order")
	}
	for field, text := range map[string]string{"court": v.Court, "reference": v.Reference} {
		if plain(text) == "" || len(text) > maxLine {
			fs.Add(field, "proceeding.want.text")
		}
	}
	if len(v.Articles) == 0 || len(v.Articles) > maxList || slices.ContainsFunc(v.Articles, func(code string) bool { return !law.has(v.Country, code) }) || double(v.Articles) {
		fs.Add("articles", "proceeding.want.articles")
	}
	if double(v.Forms) || slices.ContainsFunc(v.Forms, func(f string) bool { return !slices.Contains(Forms(), f) }) {
		fs.Add("forms", "proceeding.want.choice")
	}
}

// has says whether an article is one of a country's, or another.
func (law Law) has(country, code string) bool {
	l, _, ok := law.Pack.Find(code)
	return code == offences.Other || ok && l.Territory == country
}

func double(list []string) bool {
	return len(slices.Compact(slices.Sorted(slices.Values(list)))) < len(list)
}

func (law Law) defendant(fs *fault.Fields, now time.Time, s State, v Defendant) {
	if v.N < 1 || v.N > min(len(s.Lines)+1, maxN) {
		fs.Add("n", "proceeding.want.number")
	}
	choice(fs, "sex", v.Sex, Sexes(), true)
	choice(fs, "age", v.Age, Ages(), true)
	choice(fs, "citizen", v.Citizen, law.Countries, true)
	if len(v.Name) > maxLine {
		fs.Add("name", "proceeding.want.text")
	}
	if v.Charged != "" {
		past(fs, "charged", v.Charged, s.Charge.Opened, now)
	}
	if l := s.line(v.N); l != nil && len(l.Decisions) > 0 && (v.Charged == "" || v.Charged > l.Decisions[0].On) {
		fs.Add("charged", "proceeding.want.order")
	}
}

func decided(fs *fault.Fields, now time.Time, s State, v Decision) {
	l := s.line(v.N)
	if l == nil || l.Gone || l.Charged == "" {
		fs.Add("n", "proceeding.want.charged")
		return
	}
	choice(fs, "instance", v.Instance, Instances(), false)
	choice(fs, "outcome", v.Outcome, Outcomes(), false)
	past(fs, "on", v.On, l.Charged, now)
	at := slices.Index(Instances(), v.Instance)
	for _, d := range l.Decisions {
		other := slices.Index(Instances(), d.Instance)
		if other < at && d.On > v.On || other > at && d.On < v.On {
			fs.Add("on", "proceeding.want.order")
			break
		}
	}
	if v.Months < 0 || v.Months > maxMonths || v.Outcome != "convicted" && (v.Months != 0 || v.Suspended) {
		fs.Add("months", "proceeding.want.months")
	}
}

func (v Victims) check(fs *fault.Fields) {
	choice(fs, "unpunished", v.Unpunished, Unpunished(), true)
	if v.Count.Low() > maxVictims || !plainly(v.Count) {
		fs.Add("count", "proceeding.want.count")
	}
	all, exact := v.Count.Exact()
	if v.Minors.Low() > maxVictims || !plainly(v.Minors) || exact && v.Minors.Low() > all {
		fs.Add("minors", "proceeding.want.minors")
	}
}

// plainly says whether a number is as sure as forms and tables can say: another would be changed by the next form.
func plainly(u party.Uncertain) bool {
	return !u.Known() || u.Equal(party.Exactly(u.Low())) || how(u) != hows()[0]
}

func (v Redress) check(fs *fault.Fields) {
	choice(fs, "finances", v.Finances, source.Is(), true)
	choice(fs, "seized", v.Seized, source.Is(), true)
	amount := func(field string, n int64, wrong bool) {
		if n < 0 || n > maxAmount || wrong {
			fs.Add(field, "proceeding.want.amount")
		}
	}
	amount("ordered", v.Ordered, false)
	amount("paid", v.Paid, v.Paid > v.Ordered)
	amount("worth", v.Worth, v.Worth > 0 && v.Seized != "yes")
	if any := v.Ordered != 0 || v.Worth != 0; any != (v.Currency != "") || any && !currency(v.Currency) {
		fs.Add("currency", "proceeding.want.currency")
	}
}

// currency says whether a code has the form of one.
func currency(code string) bool {
	return len(code) == 3 && strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
