// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// TermsLookup finds the sharing terms in force that cover data categories for the purpose "referral", from
// this office to another one; an Uncovered fault says what is missing.
type TermsLookup func(g *store.Guarding, to journal.ID, cats []journal.Category) (journal.ID, error)

// Finder gives what a person can be found by; lang/names makes the tokens.
type Finder func(Identity, Contact) []store.Token

// Beside is a room whose entries lie in a person's file and which this one does not know (screening,
// rights). Each part but Types may be nil.
type Beside struct {
	Name  string
	Types []store.Type
	// Fold gives the room's own state of the file's entries.
	Fold func([]journal.Entry) (any, error)
	// Guard says whether an entry of the room's types may be appended now.
	Guard func(g *store.Guarding, p Person, state any, e journal.Entry) error
	// Closing says what of the room's state still stands against closing the file (guard G9).
	Closing func(state any, now time.Time) error
	// Dues lists what the room's state makes due, as of a time.
	Dues func(p Person, state any, now time.Time) []Due
	// Counts gives what of the room's state is counted (D9): codes only, never anything of her.
	Counts func(state any) any
}

// Kind gives the dossier kind "person", with the rooms beside this one.
func Kind(terms TermsLookup, find Finder, beside ...Beside) store.Kind {
	ts := types()
	rooms := map[string]Beside{} // by entry type
	for _, b := range beside {
		ts = append(ts, b.Types...)
		for _, t := range b.Types {
			rooms[t.Name] = b
		}
	}
	return store.Of(store.KindOf[Person]{
		Name:    access.KindPerson,
		Base:    journal.D0,
		Derives: 2, // with what she agreed to be compared by, and what figures know of her
		Codes:   []string{"territory", "age", "track", "need", "referral", "closed", "recipient", "ref", "doer", "opened"},
		Types:   ts,
		Fold:    func(es []journal.Entry) (Person, error) { return foldWith(es, beside) },
		Guard: func(g *store.Guarding, p Person, e journal.Entry) error {
			if err := guard(g, p, e, terms); err != nil {
				return err
			}
			if e.Type == "person.closed" {
				return closing(g, p, beside)
			}
			if b, ok := rooms[e.Type]; ok && b.Guard != nil {
				return b.Guard(g, p, p.Beside[b.Name], e)
			}
			return nil
		},
		Derive: func(p Person) store.Derived {
			d := derive(p)
			if find != nil {
				d.Tokens = find(p.Identity, p.Contact)
			}
			return d
		},
		Effects: func(_ *store.Guarding, before, after Person, e journal.Entry) (store.Effects, error) {
			ms, err := referral.Messages(before.Referral, after.Referral, after.Consent, e)
			var fx store.Effects
			for _, m := range ms {
				fx.Messages = append(fx.Messages, m)
			}
			return fx, err
		},
	})
}

// closing asks the rooms beside this one whether a file may close.
func closing(g *store.Guarding, p Person, beside []Beside) error {
	for _, b := range beside {
		if b.Closing == nil {
			continue
		}
		if err := b.Closing(p.Beside[b.Name], g.Now); err != nil {
			return err
		}
	}
	return nil
}

// foldWith folds a file for this room and for those beside it.
func foldWith(es []journal.Entry, beside []Beside) (Person, error) {
	p, err := Fold(es)
	if err != nil || len(es) == 0 {
		return p, err
	}
	last := es[len(es)-1].OccurredAt
	for _, b := range beside {
		if b.Fold == nil {
			continue
		}
		state, err := b.Fold(es)
		if err != nil {
			return Person{}, err
		}
		if p.Beside == nil {
			p.Beside = map[string]any{}
		}
		p.Beside[b.Name] = state
		if b.Dues != nil {
			p.more = append(p.more, b.Dues(p, state, last)...)
		}
		if err := p.count(b, state); err != nil {
			return Person{}, err
		}
	}
	return p, nil
}

// count keeps what a room beside this one counts.
func (p *Person) count(b Beside, state any) error {
	if b.Counts == nil {
		return nil
	}
	raw, err := json.Marshal(b.Counts(state))
	if err != nil || string(raw) == "null" {
		return err
	}
	if p.counts == nil {
		p.counts = map[string]json.RawMessage{}
	}
	p.counts[b.Name] = raw
	return nil
}

func types() []store.Type {
	return []store.Type{
		{Name: "person.registered", Payload: Registered{}},
		{Name: "person.identity", Payload: Identity{}, Overlap: []string{"names", "born", "nationality", "documents"}},
		{Name: "person.contact", Payload: Contact{}, Overlap: []string{"number", "code_word"}},
		{Name: CodedType, Payload: Coded{}, Overlap: []string{"forms", "means", "where"}},
		{Name: "person.assigned", Payload: Assigned{}},
		{Name: "person.closed", Payload: Closed{}},
		{Name: "person.reopened", Payload: Closed{}},
		{Name: "person.same_as", Payload: SameAs{}},
		{Name: "place.moved", Payload: Lodged{}},
		{Name: "note.added", Payload: Noted{}},
		{Name: "task.added", Payload: Tasked{}},
		{Name: "task.done", Payload: TaskDone{}},
		{Name: "track.identification", Payload: Identified{}},
		{Name: "track.child", Payload: ChildStep{}},
		{Name: "access.emergency", Payload: Emergency{}},
		{Name: "consent.given", Payload: consent.Given{}},
		{Name: "consent.withdrawn", Payload: consent.Ended{}},
		{Name: "consent.suspended", Payload: consent.Ended{}},
		{Name: "consent.resumed", Payload: consent.Ended{}},
		{Name: "consent.ground_proposed", Payload: consent.Ground{}},
		{Name: "consent.ground_confirmed", Payload: consent.GroundConfirmed{}},
		{Name: "service.need_identified", Payload: services.Noted{}},
		{Name: "service.step", Payload: services.Stepped{}},
		{Name: "service.goal_set", Payload: services.GoalSet{}},
		{Name: "service.goal_step", Payload: services.GoalStep{}},
		{Name: "service.goal_step_done", Payload: services.GoalStepDone{}},
		{Name: "service.goal_reviewed", Payload: services.GoalReviewed{}},
		{Name: "referral.drafted", Payload: referral.Drafted{}},
		{Name: "referral.risk_assessed", Payload: referral.Assessed{}},
		{Name: "referral.offered", Payload: referral.Sent{}},
		{Name: "referral.amended", Payload: referral.Amended{}},
		{Name: "referral.supplemented", Payload: referral.Supplied{}},
		{Name: "referral.answered", Payload: referral.Answered{}},
		{Name: "referral.handed_over", Payload: referral.Handed{}},
		{Name: "referral.receipted", Payload: referral.Receipted{}},
		{Name: "referral.feedback", Payload: referral.Reported{}},
		{Name: "referral.withdrawn", Payload: referral.Withdrawn{}},
		{Name: "referral.erasure_confirmed", Payload: referral.Confirmed{}},
		{Name: "referral.refused", Payload: referral.Refused{}},
		{Name: "referral.expired", Payload: referral.Marked{}},
		{Name: "referral.closed", Payload: referral.Marked{}},
	}
}

// guard is where the rooms' guards and those that cross them meet.
func guard(g *store.Guarding, p Person, e journal.Entry, terms TermsLookup) error {
	if (p.Registered.Code == "") != (e.Type == "person.registered") {
		return fault.New(fault.Guarded, "casework.guard.registered_first")
	}
	if !p.ClosedAt.IsZero() && e.Type != "person.reopened" && e.Type != "person.same_as" && !strings.HasPrefix(e.Type, "referral.") && e.Type != "consent.withdrawn" {
		return fault.New(fault.Guarded, "casework.guard.closed")
	}
	switch room, _, _ := strings.Cut(e.Type, "."); room {
	case "consent":
		return consent.Guard(p.Consent, consent.Context{Now: g.Now, Actor: g.Actor.ID, LastScreened: p.LastScreened(), Child: p.Child(), Guardian: p.Guardian == "appointed"}, e)
	case "referral":
		return referral.Guard(p.Referral, referral.Context{Now: g.Now, Consent: p.Consent, Child: p.Child(), Guardian: p.Guardian == "appointed",
			Terms: func(to journal.ID, cats []journal.Category) (journal.ID, error) { return terms(g, to, cats) }}, e)
	case "service":
		return services.Guard(p.Services, e)
	}
	return guardOwn(g, p, e)
}

func guardOwn(g *store.Guarding, p Person, e journal.Entry) error {
	switch e.Type {
	case "person.registered":
		return check(e, func(v Registered, bad func(field string)) {
			wrong(bad, v.Code == "" || len(v.Code) > 40, "code")
			wrong(bad, !party.IsCountry(v.Territory), "territory")
			wrong(bad, !slices.Contains(referral.Ages(), v.Age), "age")
			wrong(bad, !slices.Contains(referral.Sexes(), v.Sex), "sex")
		})
	case "person.identity":
		return check(e, func(v Identity, bad func(string)) { wrong(bad, !partialDate(v.Born), "born") })
	case CodedType:
		return guardCoded(e)
	case "person.contact":
		return check(e, func(v Contact, bad func(string)) {
			wrong(bad, caution(v.SafeToCall) == 0, "safe_to_call")
			wrong(bad, v.Number != "" && v.SafeToCall == SafeAsk && v.Hours == "", "hours")
		})
	case "person.assigned":
		return check(e, func(v Assigned, bad func(string)) {
			wrong(bad, v.Worker.IsZero(), "worker")
			wrong(bad, !slices.Contains(assignable, v.Relation), "relation")
			wrong(bad, !v.Until.IsZero() && !v.Until.After(g.Now), "until")
		})
	case "note.added":
		return check(e, func(v Noted, bad func(string)) {
			wrong(bad, !slices.Contains(sorts, v.Sort), "sort")
			wrong(bad, v.Account == "" && v.Health == "" && v.Legal == "" && v.Stay == "", "text")
		})
	case "task.added":
		return check(e, func(v Tasked, bad func(string)) {
			wrong(bad, v.Task.IsZero(), "task")
			wrong(bad, !slices.Contains(errands, v.What), "what") // a code: it is read by everybody who sees that the file exists
			wrong(bad, v.Due.IsZero(), "due")
		})
	case "track.identification":
		return check(e, func(v Identified, bad func(string)) {
			wrong(bad, !slices.Contains(NextSteps(p.Track), v.Step), "step")
			// G10: a refusal carries a reason, a remedy and a date, told in the person's language.
			refused := v.Step == NotRecognised
			wrong(bad, refused && v.Reason == "", "reason")
			wrong(bad, refused && v.Remedy == "", "remedy")
			wrong(bad, refused && !v.Until.After(g.Now), "until")
			wrong(bad, refused && v.Told == "", "told")
		})
	case "track.child":
		return check(e, func(v ChildStep, bad func(string)) {
			wrong(bad, v.Guardian == "" && v.Age == "" || v.Guardian != "" && !slices.Contains([]string{"needed", "requested", "appointed"}, v.Guardian), "guardian")
			wrong(bad, v.Age != "" && v.Age != "child" && v.Age != "adult", "age")
		})
	case "access.emergency":
		return check(e, func(v Emergency, bad func(string)) {
			wrong(bad, strings.TrimSpace(v.Reason) == "", "reason")
			wrong(bad, !v.Until.After(g.Now) || v.Until.After(g.Now.Add(LongestEmergency)), "until")
		})
	case "person.closed":
		if err := check(e, reasonOf(closeReasons)); err != nil {
			return err
		}
		return guardClose(p)
	case "person.reopened":
		return check(e, reasonOf(reopenReasons))
	case "place.moved":
		return check(e, func(v Lodged, bad func(string)) {
			wrong(bad, v.Away == (strings.TrimSpace(v.Shelter) != ""), "shelter")
		})
	case "person.same_as":
		return check(e, func(v SameAs, bad func(string)) { wrong(bad, v.Other.IsZero() || v.Other == p.ID, "other") })
	}
	return nil
}

// LongestEmergency is how long one emergency access may last.
const LongestEmergency = 24 * time.Hour

// assignable lists the relations that someone can be given.
var assignable = []access.Relation{access.AsManager, access.AsSuper, access.AsPanel, access.AsHealth, access.AsShelter, access.AsLawyer, access.AsGuardian, access.AsSignaller}

// reasonOf asks for a reason of a closed list: no text about a person hides in it.
func reasonOf(reasons []string) func(Closed, func(string)) {
	return func(v Closed, bad func(string)) { wrong(bad, !slices.Contains(reasons, v.Reason), "reason") }
}

// guardClose is guard G9: nothing may still be running.
func guardClose(p Person) error {
	for _, n := range p.Services.Needs {
		if n.Open() && n.Step != services.Unmet {
			return fault.New(fault.Guarded, "casework.guard.open_need")
		}
	}
	for _, o := range p.Referral.Out {
		if o.Status.Open() {
			return fault.New(fault.Guarded, "casework.guard.open_referral")
		}
		for _, r := range o.Recalls {
			if r.Answered.IsZero() {
				return fault.New(fault.Guarded, "casework.guard.open_recall")
			}
		}
	}
	if slices.ContainsFunc(p.Services.Goals, services.Goal.Open) { // reached, or waived by the person
		return fault.New(fault.Guarded, "casework.guard.open_goal")
	}
	for _, t := range p.Tasks {
		if t.Done.IsZero() {
			return fault.New(fault.Guarded, "casework.guard.open_task")
		}
	}
	return nil
}

func check[T any](e journal.Entry, f func(v T, bad func(field string))) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "casework.need.payload")
	}
	var fs fault.Fields
	f(v, func(field string) { fs.Add(field, "casework.need."+field) })
	return fs.Err()
}

func wrong(bad func(string), is bool, field string) {
	if is {
		bad(field)
	}
}

// Summary is what a row of a list of persons shows.
type Summary struct {
	Code      string   `json:"code" part:"D0"`
	Territory string   `json:"territory" part:"D0"`
	Age       string   `json:"age" part:"D0"`
	Track     Step     `json:"track" part:"D0"`
	Due       []Due    `json:"due,omitempty" part:"D0"`
	Opened    []Broken `json:"opened,omitempty" part:"D0"` // emergency accesses, the last few
	SafeName  string   `json:"safe_name,omitempty" part:"D1"`
	Safe      Safe     `json:"safe,omitempty" part:"D1"`
	Names     []string `json:"names,omitempty" part:"D2"`
	Counted   *Counted `json:"counted,omitempty" part:"D9"`
	// Counts are what rooms beside this one count, by their names.
	Counts map[string]json.RawMessage `json:"counts,omitempty" part:"D9"`
}

// Broken is an emergency access as lists show it; why is in the file.
type Broken struct {
	By    journal.ID `json:"by"`
	At    time.Time  `json:"at"`
	Until time.Time  `json:"until"`
}

// lastBroken is how many emergency accesses a list knows of.
const lastBroken = 5

// broken gives the last emergency accesses, oldest first.
func (p Person) broken() []Broken {
	var out []Broken
	for _, o := range p.Openings[max(0, len(p.Openings)-lastBroken):] {
		out = append(out, Broken{o.By, o.At, o.Until})
	}
	return out
}

// Due is one thing that is due on a person's file: what is a code.
type Due struct {
	What string    `json:"what"`
	At   time.Time `json:"at"`
	Of   string    `json:"of,omitempty"` // a need's code, a task's code, an area of the plan
	// For is whose task it is; zero for what is everybody's who works on the file.
	For journal.ID `json:"for,omitzero"`
	// With is the other office, of what waits for its answer.
	With journal.ID `json:"with,omitzero"`
}

// Dues lists what is due, earliest first.
func (p Person) Dues() []Due {
	var out []Due
	for _, t := range p.Tasks {
		if t.Done.IsZero() {
			out = append(out, Due{What: "task", At: t.Due, Of: t.What, For: t.For})
		}
	}
	for _, o := range p.Referral.Out {
		switch o.Status {
		case referral.Offered:
			out = append(out, Due{What: "offer", At: o.Expires, Of: o.Offer.Need, With: o.Recipient})
		case referral.Accepted:
			out = append(out, Due{What: "hand_over", At: o.Answer.At, Of: o.Offer.Need})
		case referral.Declined, referral.Expired: // G8: it is open again on its owner's list
			if n, ok := p.Services.Find(o.NeedID); ok && n.Open() {
				out = append(out, Due{What: "need_open", At: o.Expires, Of: o.Offer.Need})
			}
		}
		for _, r := range o.Recalls {
			if r.Answered.IsZero() {
				out = append(out, Due{What: "recall", At: r.At.Add(RecallAnswer), Of: o.Offer.Need})
			}
		}
	}
	for _, n := range p.Services.Needs {
		if n.Open() && !n.Review.IsZero() {
			out = append(out, Due{What: "review", At: n.Review, Of: n.Code})
		}
	}
	for _, g := range p.Services.Goals {
		if !g.Open() {
			continue
		}
		out = append(out, Due{What: "goal", At: g.Review, Of: g.Area})
		for _, x := range g.Steps {
			if x.Done.IsZero() {
				out = append(out, Due{What: "goal_step", At: x.Due, Of: g.Area})
			}
		}
	}
	if p.ClosedAt.IsZero() {
		out = append(out, p.more...)
	}
	inorder.Stably(out, func(a, b Due) int { return a.At.Compare(b.At) })
	return out
}

// RecallAnswer is how long the other office has to confirm an erasure before it is overdue.
const RecallAnswer = 72 * time.Hour

func derive(p Person) store.Derived {
	d := store.Derived{State: "open", Assignee: p.Manager(), Codes: map[string][]string{}}
	if !p.ClosedAt.IsZero() {
		d.State = "closed"
	}
	dues := p.Dues()
	if len(dues) > 0 {
		d.Due = dues[0].At
	}
	code := func(name, value string) {
		if value != "" && !slices.Contains(d.Codes[name], value) {
			d.Codes[name] = append(d.Codes[name], value)
		}
	}
	if len(p.Openings) > 0 {
		code("opened", "emergency")
	}
	code("territory", p.Registered.Territory)
	code("age", p.Registered.Age)
	code("track", string(p.Track))
	for _, n := range p.Services.Needs {
		if n.Open() {
			code("need", n.Code)
		}
	}
	for _, t := range p.Tasks {
		if t.Done.IsZero() && !t.For.IsZero() {
			code("doer", t.For.String()) // so that everybody finds what is theirs to do
		}
	}
	for _, o := range p.Referral.Out {
		code("referral", string(o.Status))
		code("recipient", o.Recipient.String())
		code("ref", referral.RefCode(o))
	}
	for _, a := range p.Standing {
		d.Standing = append(d.Standing, store.Standing{Actor: a.Worker, Relation: a.Relation, Until: a.Until})
	}
	if until := p.compares(); !until.IsZero() {
		d.Standing = append(d.Standing, store.Standing{Actor: store.JobID(ComparingJob), Relation: access.AsWorker, Until: until})
	}
	for _, o := range p.Openings {
		d.Standing = slices.DeleteFunc(d.Standing, func(s store.Standing) bool { return s.Actor == o.By && s.Relation == access.AsEmergency })
		d.Standing = append(d.Standing, store.Standing{Actor: o.By, Relation: access.AsEmergency, Until: o.Until})
	}
	d.Summary = Summary{Code: p.Registered.Code, Territory: p.Registered.Territory, Age: p.Registered.Age, Track: p.Track, Due: dues, Opened: p.broken(),
		SafeName: p.Contact.SafeName, Safe: p.Contact.SafeToCall, Names: p.Identity.Names, Counted: p.counted(), Counts: p.counts}
	return d
}

// ComparingJob is the background principal that may read who a person is while she agrees that it is compared with what other
// assistance offices know, and nothing else of her file.
const ComparingJob = "matching"

// compares gives until when the comparing job stands to the file: while it is open and she agrees to be found, or to be asked about.
func (p Person) compares() time.Time {
	found, asked := p.Consent.Compares(true), p.Consent.Compares(false)
	switch {
	case !p.ClosedAt.IsZero():
		return time.Time{}
	case found.Before(asked):
		return asked
	}
	return found
}

func partialDate(s string) bool {
	return s == "" || slices.ContainsFunc([]string{"2006", "2006-01", time.DateOnly}, func(layout string) bool {
		_, err := time.Parse(layout, s)
		return err == nil
	})
}
