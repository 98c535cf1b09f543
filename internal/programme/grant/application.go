// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// Entry types of the dossier kind "application".
const (
	FiledType     = "application.filed"
	SentType      = "application.sent"
	AccountType   = "application.account"
	ExaminedType  = "application.examined"
	DecidedType   = "application.decided"
	WithdrawnType = "application.withdrawn"
	AnsweredType  = "application.answered"
)

// Form is what sort of body applies.
type Form string

// The closed list of forms.
const (
	Association Form = "association"
	Foundation  Form = "foundation"
	PublicBody  Form = "public_body"
	Company     Form = "company"
)

// Forms lists the closed list.
func Forms() []Form { return []Form{Association, Foundation, PublicBody, Company} }

// Stage is where an application stands.
type Stage string

// The closed list of stages.
const (
	Received  Stage = "received" // written here, or come from elsewhere
	Sent      Stage = "sent"     // to another office's call
	Admitted  Stage = "admitted" // it passes every rule
	Refused   Stage = "refused"  // by a rule
	Awarded   Stage = "awarded"
	Declined  Stage = "declined"
	Withdrawn Stage = "withdrawn"
)

// Contact is whom to write to about an application.
type Contact struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
	Phone string `json:"phone,omitempty"`
}

// Filed is the payload of application.filed: the whole of an application. Each replaces the one before, until it is examined.
type Filed struct {
	Call         journal.ID        `json:"call" part:"PI"`
	Applicant    string            `json:"applicant" part:"PI"`
	Organisation journal.ID        `json:"organisation,omitzero" part:"PI"` // when the office knows it
	Office       journal.ID        `json:"office,omitzero" part:"PI"`       // of the applicant, when it came from there
	Form         Form              `json:"form,omitempty" part:"PI"`
	Country      string            `json:"country,omitempty" part:"PI"` // of its seat
	Registered   party.PartialDate `json:"registered,omitzero" part:"PI"`
	Account      Answer            `json:"account_own,omitempty" part:"PI"`
	OwnWork      Answer            `json:"own_work,omitempty" part:"PI"`
	Direct       Answer            `json:"direct,omitempty" part:"PI"`
	Shelter      Answer            `json:"shelter,omitempty" part:"PI"` // it gives people a safe place
	Title        string            `json:"title" part:"PI"`
	Language     string            `json:"language" part:"PI"`
	Text         string            `json:"text" part:"PI"`
	Partners     []string          `json:"partners,omitempty" part:"PI"`
	Amount       int64             `json:"amount" part:"PI"` // in the call's currency
	Contact      Contact           `json:"contact,omitzero" part:"PC"`
}

// SentTo is the payload of application.sent.
type SentTo struct {
	On party.PartialDate `json:"on" part:"PI"`
}

// AccountTold is the payload of application.account: where money would go. Only those who pay see it.
type AccountTold struct {
	Holder string `json:"holder" part:"PB"`
	IBAN   string `json:"iban" part:"PB"`
}

// Examined is the payload of application.examined: each rule with its verdict, which the guard computes again.
type Examined struct {
	Outcomes []Outcome `json:"outcomes" part:"PI"`
}

// Decided is the payload of application.decided.
type Decided struct {
	Awarded bool   `json:"awarded" part:"PI"`
	Reason  string `json:"reason" part:"PI"`
}

// Ended is the payload of application.withdrawn.
type Ended struct {
	Reason string `json:"reason" part:"PI"`
}

// Answered is the payload of application.answered: what the funder's office says of an application that this one sent.
type Answered struct {
	Office journal.ID `json:"office" part:"PI"` // the funder's
	Stage  Stage      `json:"stage" part:"PI"`
	Failed []RuleCode `json:"failed,omitempty" part:"PI"`
	Reason string     `json:"reason,omitempty" part:"PI"`
}

// Application is the state of an application's dossier.
type Application struct {
	ID       journal.ID
	Filed    Filed
	Account  AccountTold
	Stage    Stage
	Outcomes []Outcome
	Reason   string
	History  []Event

	Retention retention.State
}

// Keeping says how long the application keeps whom to write to and where money would go: from when it was refused,
// declined or withdrawn, or, longer, from when it was given money.
func (a Application) Keeping() retention.Line {
	rule, from := retention.Applicants, time.Time{}
	if a.Stage == Awarded {
		rule = retention.Grantees
	}
	if n := len(a.History); n > 0 && slices.Contains([]Stage{Refused, Awarded, Declined, Withdrawn}, a.Stage) {
		for _, h := range a.History {
			if slices.Contains([]string{ExaminedType, DecidedType, WithdrawnType, AnsweredType}, h.Type) {
				from = h.At
			}
		}
	}
	return a.Retention.Line(rule, from, a.Filed.Contact != Contact{} || a.Account != AccountTold{})
}

// KeepingPast gives what was decided about that.
func (a Application) KeepingPast() []retention.Step { return a.Retention.Steps }

// Exists says whether anything was recorded.
func (a Application) Exists() bool { return !a.Filed.Call.IsZero() }

// ApplicationLine is what a list shows of an application.
type ApplicationLine struct {
	Call      journal.ID `json:"call" part:"PI"`
	Applicant string     `json:"applicant" part:"PI"`
	Country   string     `json:"country,omitempty" part:"PI"`
	Title     string     `json:"title" part:"PI"`
	Language  string     `json:"language,omitempty" part:"PI"`
	Amount    int64      `json:"amount" part:"PI"`
	Stage     Stage      `json:"stage" part:"PI"`
	Failed    []RuleCode `json:"failed,omitempty" part:"PI"`
	Office    journal.ID `json:"office,omitzero" part:"PI"` // of the applicant, when it came from there

	Keep retention.Line `json:"keep,omitzero" part:"PI"`
}

func applicationKind() store.Kind {
	return store.Of(store.KindOf[Application]{
		Name: access.KindApplication, Base: journal.PI, Codes: []string{"call", "state", retention.Code}, Derives: 2,
		Types: append([]store.Type{
			{Name: FiledType, Payload: Filed{}},
			{Name: SentType, Payload: SentTo{}},
			{Name: AccountType, Payload: AccountTold{}},
			{Name: ExaminedType, Payload: Examined{}},
			{Name: DecidedType, Payload: Decided{}},
			{Name: WithdrawnType, Payload: Ended{}},
			{Name: AnsweredType, Payload: Answered{}},
		}, retention.Types(access.KindApplication)...),
		Fold: foldApplication, Guard: guardApplication, Effects: applicationEffects,
		Derive: func(a Application) store.Derived {
			if !a.Exists() {
				return store.Derived{}
			}
			f := a.Filed
			return store.Derived{State: string(a.Stage), Codes: map[string][]string{"call": {f.Call.String()}, "state": {string(a.Stage)}, retention.Code: a.Keeping().Codes()},
				Summary: ApplicationLine{f.Call, f.Applicant, f.Country, f.Title, f.Language, f.Amount, a.Stage, With(a.Outcomes, Failed), f.Office, a.Keeping()}}
		},
	})
}

func foldApplication(es []journal.Entry) (Application, error) {
	var a Application
	for _, e := range es {
		if err := a.apply(e); err != nil {
			return Application{}, err
		}
	}
	return a, nil
}

func (a *Application) apply(e journal.Entry) error {
	a.ID = e.Dossier
	if mine, err := a.Retention.Apply(e); mine || err != nil {
		return err
	}
	h := Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	var err error
	switch e.Type {
	case FiledType:
		if a.Filed, err = journal.In[Filed](e); a.Stage == "" {
			a.Stage = Received
		}
	case SentType:
		a.Stage = Sent
	case AccountType:
		a.Account, err = journal.In[AccountTold](e)
	case ExaminedType:
		var v Examined
		v, err = journal.In[Examined](e)
		a.Outcomes, a.Stage = v.Outcomes, Admitted
		if len(With(v.Outcomes, Failed)) > 0 {
			a.Stage = Refused
		}
	case DecidedType:
		var v Decided
		v, err = journal.In[Decided](e)
		a.Reason, h.Text, a.Stage = v.Reason, v.Reason, Declined
		if v.Awarded {
			a.Stage = Awarded
		}
	case WithdrawnType:
		var v Ended
		v, err = journal.In[Ended](e)
		a.Reason, h.Text, a.Stage = v.Reason, v.Reason, Withdrawn
	case AnsweredType:
		var v Answered
		v, err = journal.In[Answered](e)
		a.Stage, a.Reason, h.Text, a.Outcomes = v.Stage, v.Reason, v.Reason, nil
		for _, r := range v.Failed {
			a.Outcomes = append(a.Outcomes, Outcome{r, Failed})
		}
	default:
		return nil
	}
	a.History = append(a.History, h)
	return err
}

// stageFrom lists the stages in which an entry of a type may be written.
var stageFrom = map[string][]Stage{FiledType: {"", Received}, SentType: {Received}, AccountType: {Received, Admitted, Awarded}, ExaminedType: {Received}, DecidedType: {Admitted}, WithdrawnType: {Received, Admitted},
	AnsweredType: {Sent, Admitted, Refused, Awarded, Declined}}

func guardApplication(g *store.Guarding, a Application, e journal.Entry) error {
	if retention.Is(e.Type) {
		return retention.Guard(g, a.Keeping(), e)
	}
	if !slices.Contains(stageFrom[e.Type], a.Stage) {
		return fault.New(fault.Guarded, "grant.guard.application")
	}
	var fs fault.Fields
	switch e.Type {
	case FiledType:
		v, err := read[Filed](e)
		if err != nil {
			return err
		}
		c, err := callOf(g, v.Call)
		if err != nil {
			return err
		}
		if v.check(&fs); a.Exists() && a.Filed.Call != v.Call {
			fs.Add("call", "grant.want.call")
		}
		if a.Exists() && a.Filed.Office != v.Office { // neither another office nor who assesses rewrites what somebody sent
			return fault.New(fault.Guarded, "grant.guard.whose")
		}
		return firstOf(fs.Err(), whoseFiled(g, c, v), takes(g, a, c, e.OccurredAt))
	case SentType:
		c, err := callOf(g, a.Filed.Call)
		if err == nil && c.Office.IsZero() {
			err = fault.New(fault.Guarded, "grant.guard.whose")
		}
		return firstOf(err, covered(g, c.Office, []journal.Category{journal.PI, journal.PC}), takes(g, a, c, g.Now))
	case AccountType:
		v, err := read[AccountTold](e)
		if err != nil {
			return err
		}
		v.check(&fs)
	case ExaminedType:
		v, err := read[Examined](e)
		if err != nil {
			return err
		}
		return guardExamined(g, a, v)
	case DecidedType:
		v, err := read[Decided](e)
		if err != nil {
			return err
		}
		words(&fs, "reason", v.Reason, maxReason)
		if c, err := callOf(g, a.Filed.Call); err != nil || c.State != Final {
			return firstOf(err, fault.New(fault.Guarded, "grant.guard.unranked"))
		}
	case WithdrawnType:
		v, err := read[Ended](e)
		if err != nil {
			return err
		}
		words(&fs, "reason", v.Reason, maxReason)
	case AnsweredType:
		v, err := read[Answered](e)
		if err != nil {
			return err
		}
		if c, err := callOf(g, a.Filed.Call); err != nil || g.Actor.Job != "post" || c.Office.IsZero() || c.Office != v.Office {
			return fault.New(fault.Guarded, "grant.guard.whose")
		}
	}
	return fs.Err()
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func callOf(g *store.Guarding, id journal.ID) (Call, error) {
	o, err := g.Other(access.KindCall, id)
	if err != nil {
		return Call{}, fault.Bad("call", "grant.want.call")
	}
	c, ok := o.(Call)
	if !ok || !c.Exists() {
		return Call{}, fault.Bad("call", "grant.want.call")
	}
	return c, nil
}

// whoseFiled: what came by post came to this office's own call, and names the office that it came from.
func whoseFiled(g *store.Guarding, c Call, v Filed) error {
	if post := g.Actor.Job == "post"; post && !c.Office.IsZero() || post == v.Office.IsZero() {
		return fault.New(fault.Guarded, "grant.guard.whose")
	}
	return nil
}

// takes says whether a call takes an application that was written at a time: it is open, its last day was not over for the
// last office on earth, and a ranking can still look at all of them.
func takes(g *store.Guarding, a Application, c Call, at time.Time) error {
	if c.State != Open || at.After(c.Notice.Closes.Last().AddDate(0, 0, 1).Add(zones)) {
		return fault.New(fault.Guarded, "grant.guard.not_open")
	}
	if a.Exists() {
		return nil
	}
	ids, err := g.Find(access.KindApplication, "call", c.ID.String())
	if err == nil && len(ids) >= mostPerCall {
		err = fault.New(fault.TooMuch, "grant.guard.full", "Max", mostPerCall)
	}
	return err
}

func guardExamined(g *store.Guarding, a Application, v Examined) error {
	c, err := callOf(g, a.Filed.Call)
	if err != nil {
		return err
	}
	if !c.Office.IsZero() {
		return fault.New(fault.Guarded, "grant.guard.whose")
	}
	want := Examine(c.Notice, a.Filed)
	if !slices.Equal(want, v.Outcomes) {
		return fault.New(fault.Conflict, "grant.guard.changed")
	}
	if len(With(want, Failed)) == 0 && len(With(want, Unknown)) > 0 {
		return fault.New(fault.Guarded, "grant.guard.unknown")
	}
	return nil
}

var languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)

func (v Filed) check(fs *fault.Fields) {
	line(fs, "applicant", v.Applicant, true)
	line(fs, "title", v.Title, true)
	words(fs, "text", v.Text, maxText)
	plain(fs, "title", v.Title)
	plain(fs, "text", v.Text)
	if v.Form != "" && !slices.Contains(Forms(), v.Form) {
		fs.Add("form", "grant.want.choice")
	}
	if v.Country != "" && !activity.IsCountry(v.Country) {
		fs.Add("country", "grant.want.choice")
	}
	if !v.Account.known() || !v.OwnWork.known() || !v.Direct.known() || !v.Shelter.known() {
		fs.Add("account_own", "grant.want.choice")
	}
	if !languageForm.MatchString(v.Language) {
		fs.Add("language", "wording.need.language")
	}
	if v.Amount <= 0 || v.Amount > maxAmount {
		fs.Add("amount", "grant.want.amount")
	}
	if len(v.Partners) > maxMany {
		fs.Add("partners", "grant.want.line", "Max", maxLine)
	}
	for _, p := range v.Partners {
		line(fs, "partners", p, true)
	}
	line(fs, "contact_name", v.Contact.Name, false)
	line(fs, "contact_email", v.Contact.Email, false)
	line(fs, "contact_phone", v.Contact.Phone, false)
}

var ibanForm = regexp.MustCompile(`^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$`)

func (v AccountTold) check(fs *fault.Fields) {
	line(fs, "holder", v.Holder, true)
	if !ibanForm.MatchString(v.IBAN) || remainder(v.IBAN[4:]+v.IBAN[:4]) != 1 {
		fs.Add("iban", "grant.want.iban")
	}
}

// remainder gives the rest of a number by 97 in which letters stand for 10 to 35, as ISO 13616 checks account numbers.
func remainder(s string) int {
	r := 0
	for _, c := range s {
		if c >= 'A' {
			r = (r*100 + int(c-'A') + 10) % 97
		} else {
			r = (r*10 + int(c-'0')) % 97
		}
	}
	return r
}

// IBAN gives an account number without the blanks that people write in it.
func IBAN(typed string) string {
	return strings.ToUpper(strings.Join(strings.Fields(typed), ""))
}

// InOwnName says whether an account is in the applicant's name, as far as the letters of both say it.
func (a Application) InOwnName() bool { return alike(a.Account.Holder, a.Filed.Applicant) }
