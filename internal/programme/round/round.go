// SPDX-License-Identifier: EUPL-1.2

// Package round keeps rounds of monitoring: a treaty body sends a state its questionnaire, institutions answer, the body comes
// to visit, reports, and asks the government for a reply; what its report asks for is followed up until the next round.
//
// A round is one body's, of one country, with its number. Its questions are records of their own (question.go): each is
// assigned to an institution with a date, answered in drafts, and accepted by the coordinator. An institution with an office
// gets its questions as messages and answers from its own part (mail.go). The last round's answers are offered again, and
// what is taken from them says so. The answer document (document.go) has all questions in their order, the unanswered too.
//
// The paragraphs of the report are recommendations and live in their register; this room links to them, and copies none.
// All of it is public programme content but who a meeting of the visit is with, which stays inside; nothing may be about a
// person helped.
package round

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "round".
const (
	OpenedType    = "round.opened"
	SteppedType   = "round.stepped"
	TakenBackType = "round.taken_back"
	MetType       = "round.met"
	AssessedType  = "round.assessed"
)

// Stage is how far a round has come.
type Stage string

// The closed list of stages, in their order. That questions are assigned and answers drafted follows from the questions;
// every other stage is noted with its date, as far as that is known. A stage that nobody has noted is not concluded.
const (
	Received Stage = "received"
	Assigned Stage = "assigned"
	Drafting Stage = "drafting"
	Sent     Stage = "sent"
	Visited  Stage = "visited"
	Reported Stage = "reported"
	Replied  Stage = "replied"
	FollowUp Stage = "follow_up"
	Closed   Stage = "closed"
)

// Stages lists the closed list in its order.
func Stages() []Stage {
	return []Stage{Received, Assigned, Drafting, Sent, Visited, Reported, Replied, FollowUp, Closed}
}

// noted are the stages that somebody notes.
func noted() []Stage { return Stages()[3:] }

// Limits of what people write, in characters and in numbers.
const (
	maxText  = 12_000
	maxNote  = 4000
	maxLine  = 300
	maxMeets = 200
)

// Of names a round as people do: whose it is, which, of which country or territory.
type Of struct {
	Body    string `json:"body" part:"PP"`
	Number  int    `json:"number" part:"PP"`
	Country string `json:"country" part:"PP"`
}

// Ref names the dossier of a round: one for each body, number and country in an office.
func Ref(owner journal.ID, o Of) store.Ref {
	return store.Ref{Kind: access.KindRound, ID: provenance.ID("round", owner.String(), strings.ToLower(strings.TrimSpace(o.Body)), strconv.Itoa(o.Number), o.Country)}
}

// Opened is the payload of round.opened. Each replaces the one before; whose round it is does not change.
type Opened struct {
	Of       Of                `json:"of" part:"PP"`
	Theme    wording.Text      `json:"theme,omitzero" part:"PP"`
	From     party.PartialDate `json:"from,omitzero" part:"PP"` // the period that the questions are about
	Until    party.PartialDate `json:"until,omitzero" part:"PP"`
	Received party.PartialDate `json:"received,omitzero" part:"PP"` // the questionnaire
	Due      party.PartialDate `json:"due,omitzero" part:"PP"`      // the answers
	Link     string            `json:"link,omitempty" part:"PP"`
}

// Stepped is the payload of round.stepped. A later one of the same stage replaces the earlier.
type Stepped struct {
	Stage    Stage             `json:"stage" part:"PP"`
	On       party.PartialDate `json:"on,omitzero" part:"PP"`
	Until    party.PartialDate `json:"until,omitzero" part:"PP"`     // of a visit
	Document string            `json:"document,omitempty" part:"PP"` // as it is called: the report's name is that of its paragraphs
	Link     string            `json:"link,omitempty" part:"PP"`
	Note     string            `json:"note,omitempty" part:"PP"`
}

// TakenBack is the payload of round.taken_back: a stage was noted that had not come.
type TakenBack struct {
	Stage  Stage  `json:"stage" part:"PP"`
	Reason string `json:"reason" part:"PP"`
}

// Met is the payload of round.met: one meeting of the visit. A later one with the same key replaces the earlier.
type Met struct {
	Key      string            `json:"key" part:"PP"` // "M1"
	On       party.PartialDate `json:"on,omitzero" part:"PP"`
	Hour     string            `json:"hour,omitempty" part:"PP"` // "09:30", where it is
	With     []journal.ID      `json:"with,omitempty" part:"PP"` // organisations
	Place    string            `json:"place,omitempty" part:"PP"`
	About    wording.Text      `json:"about,omitzero" part:"PP"`
	Standing string            `json:"standing" part:"PP"`      // of Standings
	Who      string            `json:"who,omitempty" part:"PI"` // functions of those who take part
}

// Standings lists how a meeting stands.
func Standings() []string { return []string{"planned", "held", "cancelled"} }

// Assessed is the payload of round.assessed: what the report says of the state as a whole, and of what came of the round before.
type Assessed struct {
	Text wording.Text `json:"text" part:"PP"`
	Page string       `json:"page" part:"PP"` // where the report says so: a page or paragraph
}

// Round is the state of a round's dossier.
type Round struct {
	ID       journal.ID
	Opened   Opened
	Steps    map[Stage]Stepped
	Meetings []Met // by day, hour and key
	Assessed Assessed
	History  []register.Event
}

// Exists says whether anything was recorded.
func (r Round) Exists() bool { return r.Opened.Of.Body != "" }

// Stage gives the furthest stage that somebody has noted.
func (r Round) Stage() Stage {
	out := Received
	for _, s := range noted() {
		if _, ok := r.Steps[s]; ok {
			out = s
		}
	}
	return out
}

// Counts are a round's questions by how far they are.
type Counts struct{ Questions, Assigned, Begun, Answered, Accepted int }

// At gives the stage of a round with its questions: until the answers are sent, it is where the questions are.
func At(s Stage, c Counts) Stage {
	switch {
	case s != Received:
		return s
	case c.Begun > 0:
		return Drafting
	case c.Questions > 0 && c.Assigned == c.Questions:
		return Assigned
	}
	return Received
}

// Line is what a list shows of a round.
type Line struct {
	Opened
	Stage    Stage             `json:"stage" part:"PP"`
	Report   Stepped           `json:"report,omitzero" part:"PP"` // zero where there is none
	Sent     party.PartialDate `json:"sent,omitzero" part:"PP"`
	Assessed Assessed          `json:"assessed,omitzero" part:"PP"`
}

// Row is a round in a list.
type Row = register.Found[Line]

// Summary gives what a list shows.
func (r Round) Summary() Line {
	return Line{r.Opened, r.Stage(), r.Steps[Reported], r.Steps[Sent].On, r.Assessed}
}

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out.
func Fold(es []journal.Entry) (Round, error) {
	r := Round{Steps: map[Stage]Stepped{}}
	for _, e := range es {
		if err := r.apply(e); err != nil {
			return Round{}, err
		}
	}
	return r, nil
}

func (r *Round) apply(e journal.Entry) error {
	r.ID = e.Dossier
	h := register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	var err error
	switch e.Type {
	case OpenedType:
		r.Opened, err = journal.In[Opened](e)
	case SteppedType:
		var v Stepped
		v, err = journal.In[Stepped](e)
		r.Steps[v.Stage] = v
		h.Title, h.Text = string(v.Stage), v.Document
	case TakenBackType:
		var v TakenBack
		v, err = journal.In[TakenBack](e)
		delete(r.Steps, v.Stage)
		h.Text = v.Reason
	case MetType:
		var v Met
		v, err = journal.In[Met](e)
		r.Meetings = slices.DeleteFunc(r.Meetings, func(x Met) bool { return x.Key == v.Key })
		r.Meetings = append(r.Meetings, v)
		inorder.Stably(r.Meetings, beforeMeeting)
		h.Text = v.Key
	case AssessedType:
		r.Assessed, err = journal.In[Assessed](e)
	default:
		return nil
	}
	r.History = append(r.History, h)
	return err
}

func beforeMeeting(a, b Met) int {
	if c := a.On.First().Compare(b.On.First()); c != 0 {
		return c
	}
	return strings.Compare(a.Hour+"\n"+a.Key, b.Hour+"\n"+b.Key)
}

// StoreKind gives the dossier kind "round".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Round]{
		Name: access.KindRound, Base: journal.PP, Codes: []string{"country", "stage", "undated", register.OrderCode}, Derives: 1,
		Types: []store.Type{
			{Name: OpenedType, Payload: Opened{}, Overlap: []string{"theme", "from", "until", "received", "due", "link"}},
			{Name: SteppedType, Payload: Stepped{}},
			{Name: TakenBackType, Payload: TakenBack{}},
			{Name: MetType, Payload: Met{}},
			{Name: AssessedType, Payload: Assessed{}, Overlap: []string{"text", "page"}},
		},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

// inOrder puts rounds by country or territory, those of one body together, the latest of them first.
func inOrder(of Of) []string {
	return register.InOrder(of.Country, register.Same(of.Body), fmt.Sprintf("%02d", max(0, 99-of.Number)))
}

func derive(r Round) store.Derived {
	if !r.Exists() {
		return store.Derived{}
	}
	d := store.Derived{State: string(r.Stage()), Summary: r.Summary(), Codes: map[string][]string{"country": {r.Opened.Of.Country}, "stage": {string(r.Stage())}, register.OrderCode: inOrder(r.Opened.Of)}}
	switch {
	case r.Stage() != Received:
	case r.Opened.Due.Known():
		d.Due = r.Opened.Due.Last().AddDate(0, 0, 1)
	default:
		d.Codes["undated"] = []string{"open"}
	}
	return d
}

func guard(g *store.Guarding, r Round, e journal.Entry) error {
	if e.Type != OpenedType && !r.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case OpenedType:
		var v Opened
		v, err = journal.In[Opened](e)
		v.check(&fs)
		if err == nil && Ref(g.Owner, v.Of).ID != e.Dossier {
			fs.Add("body", "round.want.same")
		}
	case SteppedType:
		var v Stepped
		v, err = journal.In[Stepped](e)
		v.check(&fs, r)
	case TakenBackType:
		var v TakenBack
		v, err = journal.In[TakenBack](e)
		if _, ok := r.Steps[v.Stage]; !ok {
			fs.Add("stage", "round.want.stage")
		}
		if v.Reason == "" || wording.Longer(v.Reason, maxNote) {
			fs.Add("reason", "round.want.reason", "Max", maxNote)
		}
	case MetType:
		var v Met
		v, err = journal.In[Met](e)
		v.check(&fs, g, r)
	case AssessedType:
		var v Assessed
		v, err = journal.In[Assessed](e)
		v.check(&fs)
		if _, ok := r.Steps[Reported]; !ok {
			return fault.New(fault.Guarded, "round.guard.no_report")
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

func (v Opened) check(fs *fault.Fields) {
	if strings.TrimSpace(v.Of.Body) == "" || wording.Longer(v.Of.Body, maxLine) {
		fs.Add("body", "round.want.body", "Max", maxLine)
	}
	if v.Of.Number < 1 || v.Of.Number > 99 {
		fs.Add("number", "round.want.number")
	}
	if !activity.IsCountry(v.Of.Country) {
		fs.Add("country", "programme.need.country")
	}
	v.Theme.Check(fs, "theme", false, maxLine)
	if v.Until.Before(v.From) {
		fs.Add("until", "party.date.order")
	}
	if v.Due.Before(v.Received) {
		fs.Add("due", "party.date.order")
	}
	register.CheckLink(fs, "link", v.Link)
}

// check: a stage cannot have ended before an earlier one began, as far as both are dated.
func (v Stepped) check(fs *fault.Fields, r Round) {
	at := slices.Index(noted(), v.Stage)
	if at < 0 {
		fs.Add("stage", "round.want.stage")
		return
	}
	before := []party.PartialDate{r.Opened.Received}
	for _, s := range noted()[:at] {
		before = append(before, r.Steps[s].On)
	}
	if v.On.Known() && slices.ContainsFunc(before, func(d party.PartialDate) bool { return d.Known() && v.On.Last().Before(d.First()) }) {
		fs.Add("on", "round.want.order")
	}
	if v.Until.Known() && (v.Stage != Visited || v.Until.Before(v.On)) {
		fs.Add("until", "party.date.order")
	}
	if v.Stage == Reported && strings.TrimSpace(v.Document) == "" || len(v.Document) > 200 {
		fs.Add("document", "round.want.document", "Max", 200)
	}
	if wording.Longer(v.Note, maxNote) {
		fs.Add("note", "round.want.shorter", "Max", maxNote)
	}
	register.CheckLink(fs, "link", v.Link)
}

var (
	keyForm  = regexp.MustCompile(`^[A-Z][A-Z0-9-]{0,7}$`)
	hourForm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
)

func (v Met) check(fs *fault.Fields, g *store.Guarding, r Round) {
	if !keyForm.MatchString(v.Key) {
		fs.Add("key", "round.want.key")
	}
	if v.Hour != "" && !hourForm.MatchString(v.Hour) {
		fs.Add("hour", "round.want.hour")
	}
	if !slices.Contains(Standings(), v.Standing) {
		fs.Add("standing", "round.want.standing")
	}
	for _, id := range v.With {
		if _, err := g.Other(access.KindOrganisation, id); err != nil {
			fs.Add("with", "round.want.organisation")
			break
		}
	}
	if len(v.With) == 0 && v.About.IsZero() || len(v.With) > maxMeets {
		fs.Add("with", "round.want.with")
	}
	v.About.Check(fs, "about", false, maxNote)
	for name, s := range map[string]string{"place": v.Place, "who": v.Who} {
		if wording.Longer(s, maxNote) {
			fs.Add(name, "round.want.shorter", "Max", maxNote)
		}
	}
	if len(r.Meetings) >= maxMeets {
		fs.Add("key", "round.want.fewer", "Max", maxMeets)
	}
}

func (v Assessed) check(fs *fault.Fields) {
	v.Text.Check(fs, "text", true, maxText)
	if v.Page == "" || wording.Longer(v.Page, maxLine) {
		fs.Add("page", "round.want.page", "Max", maxLine)
	}
}

// late says that answers were to be sent by a day that is over.
func (l Line) late(now time.Time) bool {
	return l.Stage == Received && l.Due.Known() && now.After(l.Due.Last().AddDate(0, 0, 1))
}
