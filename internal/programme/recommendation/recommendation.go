// SPDX-License-Identifier: EUPL-1.2

// Package recommendation keeps the register of recommendations: what a body that watches over the states, a meeting or a
// study asks for, paragraph by paragraph, and what came of it.
//
// A recommendation comes by import (a CSV file, strict and repeatable) or by hand. Owners report progress with evidence;
// somebody judges whether it is implemented, and is named with the judgement. The government's answer and what civil
// society says against it stand side by side: neither replaces the other, and both go into the reply to the body. All of it
// is public programme content.
//
// An owner that has an office of its own gets the recommendation there, by message, reports from its own register, or
// refuses with a reason; each office holds its own part (mail.go).
package recommendation

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "recommendation".
const (
	MadeType     = "recommendation.made"
	OwnedType    = "recommendation.owned"
	ReportedType = "recommendation.reported"
	JudgedType   = "recommendation.judged"
	SaidType     = "recommendation.said"
)

// Strength is how strongly a body asks.
type Strength string

// Strengths lists the closed list, the strongest first.
func Strengths() []Strength { return []Strength{"urge", "consider", "invite"} }

// State is how far a recommendation is implemented, in somebody's judgement.
type State string

// The closed list of states. Unjudged is: nobody has judged it.
const (
	Unjudged    State = "unjudged"
	Implemented State = "implemented"
	Partly      State = "partly"
	Not         State = "not"
	Past        State = "past" // no longer relevant
)

// States lists the closed list.
func States() []State { return []State{Unjudged, Not, Partly, Implemented, Past} }

// Side is who speaks in a reply.
type Side string

// Government answers the body; Dissent is what civil society says against it.
const (
	Government Side = "government"
	Dissent    Side = "dissent"
)

// Sides lists the closed list.
func Sides() []Side { return []Side{Government, Dissent} }

// Limits, in characters and in numbers.
const (
	MaxText   = 8000
	maxNote   = 4000
	maxName   = 200
	maxOwners = 20
	maxLinks  = 40
)

// Made is the payload of recommendation.made: what the source says. Each replaces the one before.
type Made struct {
	Source    string            `json:"source" part:"PP"`             // the body: "GRETA"
	Document  string            `json:"document" part:"PP"`           // with its date: "Second report, 2017"
	Paragraph string            `json:"paragraph" part:"PP"`          // its number in the document: "84", "84a"
	Country   string            `json:"country,omitempty" part:"PP"`  // to whom; "" for all
	Strength  Strength          `json:"strength,omitempty" part:"PP"` // "" when the source does not grade
	Text      wording.Text      `json:"text" part:"PP"`               //
	Articles  []string          `json:"articles,omitempty" part:"PP"` // of the convention: "10", "12(1)"
	Measures  []string          `json:"measures,omitempty" part:"PP"` // codes of a plan's measures: "44"
	On        party.PartialDate `json:"on,omitzero" part:"PP"`        // when it was made
}

// Owned is the payload of recommendation.owned: who is to see to it and by when. Each replaces the one before.
type Owned struct {
	Owners []journal.ID      `json:"owners" part:"PP"` // organisations
	Due    party.PartialDate `json:"due,omitzero" part:"PP"`
}

// Reported is the payload of recommendation.reported: what an owner says of progress.
type Reported struct {
	Owner    journal.ID        `json:"owner,omitzero" part:"PP"` // one of the owners; zero in the office of the owner itself
	On       party.PartialDate `json:"on" part:"PP"`
	Text     wording.Text      `json:"text" part:"PP"`
	Evidence string            `json:"evidence" part:"PP"`
}

// Judged is the payload of recommendation.judged.
type Judged struct {
	State State             `json:"state" part:"PP"`
	By    string            `json:"by" part:"PP"` // who judged: "GRETA, third report", "the coordinator"
	On    party.PartialDate `json:"on" part:"PP"`
	Why   string            `json:"why" part:"PP"`
}

// Said is the payload of recommendation.said: a text for the reply. A later one of the same side and speaker replaces the
// earlier, never another's.
type Said struct {
	Side Side         `json:"side" part:"PP"`
	By   string       `json:"by" part:"PP"` // the ministry or association that speaks
	Text wording.Text `json:"text" part:"PP"`
}

// offers gives what a field offers; nil where nobody is asked.
type offers = func(v *see) ([]page.Option, error)

func (x *Owned) asks() *ask.List {
	return ask.Of("recommendation", x, ask.Organisations("owners", &x.Owners).Maybe(), ask.Date("due", &x.Due).Maybe()).And(func(fs *fault.Fields) {
		if len(x.Owners) > maxOwners {
			fs.Add("owners", "recommendation.want.owners")
		}
	})
}

// asks is what is reported; owners offers whose report it can be: nil where the office itself is the owner.
func (x *Reported) asks(owners offers) *ask.List {
	return ask.Of("recommendation", x, ask.Record("owner", &x.Owner, owners).Called("recommendation.reporter"), ask.On(&x.On), ask.Language(&x.Text), ask.Passage("text", &x.Text, MaxText).Called("recommendation.progress"),
		ask.Lines("evidence", &x.Evidence, maxNote))
}

func (x *Judged) asks() *ask.List {
	return ask.Of("recommendation", x, ask.Code("state", &x.State, States()[1:]), ask.Words("by", &x.By, maxName).Hint("recommendation.by.judge"), ask.On(&x.On), ask.Lines("why", &x.Why, maxNote))
}

// Recommendation is the state of a recommendation's dossier.
type Recommendation struct {
	ID      journal.ID
	Made    Made
	Owned   Owned
	Reports []Reported // in the order in which they were written
	Judged  []Judged   // likewise; the last one holds
	Said    []Said     // one of each side and speaker
	History []register.Event

	Assigned []Assignment // where it is kept: one of each office that was told
	From     journal.ID   // in an owner's office: who assigned it
	There    journal.ID   // and its id there
	Refused  Refused      // by this office

	receivedAt time.Time
}

// Exists says whether anything was recorded.
func (r Recommendation) Exists() bool { return r.Made.Paragraph != "" }

// State gives the last judgement.
func (r Recommendation) State() State {
	if len(r.Judged) == 0 {
		return Unjudged
	}
	return r.Judged[len(r.Judged)-1].State
}

// Ref names the dossier of a paragraph of a document: the same in every office that knows whom it is addressed to.
func Ref(owner journal.ID, m Made) store.Ref {
	return store.Ref{Kind: access.KindRecommendation, ID: provenance.ID("recommendation", owner.String(), m.Source, m.Document, m.Country, m.Paragraph)}
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Recommendation, error) {
	var r Recommendation
	for _, e := range es {
		if err := r.apply(e); err != nil {
			return Recommendation{}, err
		}
	}
	return r, nil
}

func (r *Recommendation) apply(e journal.Entry) error {
	r.ID = e.Dossier
	h := register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	var err error
	switch e.Type {
	case MadeType:
		r.Made, err = journal.In[Made](e)
	case OwnedType:
		r.Owned, err = journal.In[Owned](e)
	case ReportedType:
		var v Reported
		v, err = journal.In[Reported](e)
		r.Reports = append(r.Reports, v)
		h.Text = v.Evidence
	case JudgedType:
		var v Judged
		v, err = journal.In[Judged](e)
		r.Judged = append(r.Judged, v)
		h.Text = v.By
	case SaidType:
		var v Said
		v, err = journal.In[Said](e)
		r.say(v)
		h.Text = v.By
	case ReceivedType:
		var v Received
		v, err = journal.In[Received](e)
		r.receive(v, e.OccurredAt)
	case AssignedType:
		var v Assigned
		v, err = journal.In[Assigned](e)
		r.assign(Assignment{Assigned: v})
	case RefusedType:
		var v Refused
		v, err = journal.In[Refused](e)
		h.Text = v.Reason
		if a, is := r.assignment(v.Office); is {
			a.Refused = v
			r.assign(a)
		} else {
			r.Refused = v
		}
	default:
		return nil
	}
	r.History = append(r.History, h)
	return err
}

func (r *Recommendation) say(v Said) {
	at := slices.IndexFunc(r.Said, func(x Said) bool { return x.Side == v.Side && x.By == v.By })
	if at < 0 {
		r.Said = append(r.Said, v)
		return
	}
	r.Said = slices.Clone(r.Said)
	r.Said[at] = v
}

// Of gives what one side says.
func (r Recommendation) Of(side Side) []Said {
	var out []Said
	for _, s := range r.Said {
		if s.Side == side {
			out = append(out, s)
		}
	}
	return out
}

var (
	paragraphForm = regexp.MustCompile(`^[0-9]{1,4}(\.[0-9]{1,3}){0,3}[a-z]?$`)
	articleForm   = regexp.MustCompile(`^[0-9]{1,3}(\([0-9a-z]{1,3}\)){0,3}$`)
	measureForm   = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,19}$`)
)

func named(s string) bool { return strings.TrimSpace(s) != "" && len(s) <= maxName }

func (v Made) check(fs *fault.Fields) {
	if !named(v.Source) {
		fs.Add("source", "recommendation.want.source", "Max", maxName)
	}
	if !named(v.Document) {
		fs.Add("document", "recommendation.want.document", "Max", maxName)
	}
	if !paragraphForm.MatchString(v.Paragraph) {
		fs.Add("paragraph", "recommendation.want.paragraph")
	}
	if v.Country != "" && !activity.IsCountry(v.Country) {
		fs.Add("country", "recommendation.want.country")
	}
	if v.Strength != "" && !slices.Contains(Strengths(), v.Strength) {
		fs.Add("strength", "recommendation.want.strength")
	}
	v.Text.Check(fs, "text", true, MaxText)
	if len(v.Articles) > maxLinks || slices.ContainsFunc(v.Articles, func(a string) bool { return !articleForm.MatchString(a) }) {
		fs.Add("articles", "recommendation.want.articles")
	}
	if len(v.Measures) > maxLinks || slices.ContainsFunc(v.Measures, func(m string) bool { return !measureForm.MatchString(m) }) {
		fs.Add("measures", "recommendation.want.measures")
	}
}

// ComparePlaces orders paragraphs as a document has them: 9 before 84, 84 before 84a, 84.2 before 84.10.
func ComparePlaces(a, b string) int {
	x, y := places(a), places(b)
	return slices.Compare(x, y)
}

func places(s string) []int {
	var out []int
	n, digits := 0, false
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			n, digits = n*10+int(r-'0'), true
		default:
			if digits {
				out = append(out, n)
			}
			if n, digits = 0, false; r != '.' {
				out = append(out, int(r-'a'))
			}
		}
	}
	if digits {
		out = append(out, n)
	}
	return out
}
