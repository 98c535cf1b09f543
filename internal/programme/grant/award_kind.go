// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// AwardLine is what a list shows of a grant or of a flow of money.
type AwardLine struct {
	What          What              `json:"what" part:"PP"`
	Withheld      bool              `json:"withheld" part:"PP"`
	PlaceWithheld bool              `json:"place_withheld" part:"PP"`
	Name          string            `json:"name,omitempty" part:"PP"`
	Country       string            `json:"country,omitempty" part:"PP"`
	Activity      string            `json:"activity,omitempty" part:"PP"`
	Amount        int64             `json:"amount,omitempty" part:"PP"`
	Currency      string            `json:"currency,omitempty" part:"PP"`
	Start         party.PartialDate `json:"start,omitzero" part:"PP"`
	End           party.PartialDate `json:"end,omitzero" part:"PP"`
	Status        Status            `json:"status,omitempty" part:"PP"`
	Flow          *Flow             `json:"flow,omitempty" part:"PP"`
	Grantee       string            `json:"grantee,omitempty" part:"PI"`
	Project       string            `json:"project,omitempty" part:"PI"`
	Funder        journal.ID        `json:"funder,omitzero" part:"PI"`
	Paid          int               `json:"paid,omitempty" part:"PI"` // instalments
	Of            int               `json:"of,omitempty" part:"PI"`
	Reports       []ReportLine      `json:"reports,omitempty" part:"PI"`
}

// ReportLine is what figures know of a report.
type ReportLine struct {
	Quarter   string    `json:"quarter"`
	Judgement Judgement `json:"judgement,omitempty"`
	Helped    Helped    `json:"helped,omitzero"`
}

// Kinds gives the dossier kinds of this room.
func Kinds() []store.Kind {
	return []store.Kind{callKind(), applicationKind(), assessmentKind(), awardKind()}
}

func awardKind() store.Kind {
	return store.Of(store.KindOf[Award]{
		Name: access.KindAward, Base: journal.PP, Codes: []string{"what", "activity", waitsCode, register.OrderCode}, Derives: 2,
		Types: []store.Type{
			{Name: MadeType, Payload: Made{}},
			{Name: ShownType, Payload: Shown{}},
			{Name: ContractedType, Payload: Contracted{}},
			{Name: PaidType, Payload: Paid{}},
			{Name: ReportedType, Payload: Reported{}},
			{Name: ReportSentType, Payload: ReportSent{}},
			{Name: JudgedType, Payload: Judged{}},
			{Name: EndedType, Payload: EndedFor{}},
			{Name: ToldType, Payload: Told{}},
			{Name: FlowType, Payload: Flow{}, Overlap: []string{"amount", "rank"}},
			{Name: FlowToldType, Payload: FlowTold{}},
			{Name: FlowCameType, Payload: FlowCame{}},
		},
		Fold: foldAward, Guard: guardAward, Derive: deriveAward, Effects: awardEffects,
	})
}

func deriveAward(a Award) store.Derived {
	if !a.Exists() {
		return store.Derived{}
	}
	if a.Flow.What != "" {
		f := a.Flow
		return store.Derived{State: string(f.What), Codes: map[string][]string{"what": {string(f.What)}}, Summary: AwardLine{What: f.What, Flow: &f, Funder: a.Funder}}
	}
	m, l := a.Made, summary(a)
	d := store.Derived{State: string(a.Status), Codes: map[string][]string{"what": {string(Grant)}, waitsCode: a.waits(), register.OrderCode: register.InOrder(register.LatestFirst(l.Start))}, Summary: l}
	if m.Activity != "" {
		d.Codes["activity"] = []string{m.Activity}
	}
	return d
}

// summary gives what a list shows of a grant.
func summary(a Award) AwardLine {
	m := a.Made
	l := AwardLine{What: Grant, Withheld: m.Withheld, PlaceWithheld: m.PlaceWithheld, Name: m.Name, Country: m.Country, Activity: m.Activity, Status: a.Status, Grantee: m.Grantee, Project: m.Project, Funder: a.Funder, Of: len(m.Instalments)}
	if a.Funder.IsZero() { // in the grantee's office nothing of it is public
		l.Amount, l.Currency, l.Start, l.End = m.Amount, m.Currency, m.Start, m.End
	}
	for _, i := range m.Instalments {
		if i.Paid.Known() {
			l.Paid++
		}
	}
	for _, r := range a.Reports {
		l.Reports = append(l.Reports, ReportLine{r.Quarter, r.Judgement, r.Helped})
	}
	return l
}

func guardAward(g *store.Guarding, a Award, e journal.Entry) error {
	flow := slices.Contains([]string{FlowType, FlowToldType, FlowCameType}, e.Type)
	begins := e.Type == MadeType || e.Type == ToldType || flow
	if !begins && !a.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if !flow && a.Flow.What != "" {
		return fault.New(fault.Guarded, "grant.guard.award")
	}
	if !mayWrite(a, e.Type, g.Actor.Job == "post") {
		return fault.New(fault.Guarded, "grant.guard.whose")
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case MadeType:
		return guardMade(g, a, e)
	case ShownType:
		var v Shown
		v, err = read[Shown](e)
		v.check(&fs, a.Made.Grantee)
	case ContractedType:
		var v Contracted
		if v, err = read[Contracted](e); a.Status != Decision {
			return fault.New(fault.Guarded, "grant.guard.award")
		}
		line(&fs, "number", v.Number, true)
		onDay(&fs, "on", v.On)
	case PaidType:
		return guardPaid(a, e)
	case ReportedType:
		var v Reported
		if v, err = read[Reported](e); a.Status != Running {
			return fault.New(fault.Guarded, "grant.guard.award")
		}
		if post := g.Actor.Job == "post"; post == v.Office.IsZero() || post && v.Office != a.Made.Office {
			return fault.New(fault.Guarded, "grant.guard.whose")
		}
		v.check(&fs, a, figure.QuarterOf(e.OccurredAt))
	case ReportSentType:
		var v ReportSent
		if v, err = read[ReportSent](e); err != nil {
			return err
		}
		if _, ok := a.Report(v.Report); !ok {
			return fault.Bad("report", "grant.want.choice")
		}
		return covered(g, a.Funder, internal())
	case JudgedType:
		return guardJudged(a, e)
	case EndedType:
		var v EndedFor
		if v, err = read[EndedFor](e); a.Status == Over {
			return fault.New(fault.Guarded, "grant.guard.award")
		}
		onDay(&fs, "on", v.On)
		words(&fs, "reason", v.Reason, maxReason)
	case ToldType:
		return guardTold(g, a, e)
	case FlowType:
		return guardFlow(a, e)
	case FlowToldType:
		return guardFlowTold(g, a, e)
	case FlowCameType:
		return guardFlowCame(a, e)
	}
	return firstOf(err, fs.Err())
}

// mayWrite says on which side an entry is written: the grantee's office reports and is told the rest, which is the funder's.
func mayWrite(a Award, typ string, post bool) bool {
	mine := a.Funder.IsZero()
	switch typ {
	case ToldType, FlowCameType:
		return post
	case ReportedType:
		return !post || mine
	case ReportSentType:
		return !post && !mine
	}
	return !post && mine
}

// guardTold: a grant is one for an application that this office has sent to the office that tells of it.
func guardTold(g *store.Guarding, a Award, e journal.Entry) error {
	v, err := read[Told](e)
	if err != nil {
		return err
	}
	x, err := applicationOf(g, v.Application)
	if err != nil {
		return err
	}
	c, err := callOf(g, x.Filed.Call)
	if err != nil {
		return err
	}
	if v.Office.IsZero() || c.Office != v.Office || AwardRef(v.Application).ID != e.Dossier || v.Amount <= 0 || a.Exists() && a.Funder != v.Office {
		return fault.New(fault.Guarded, "grant.guard.whose")
	}
	return nil
}

func guardMade(g *store.Guarding, a Award, e journal.Entry) error {
	v, err := read[Made](e)
	if err != nil {
		return err
	}
	x, err := applicationOf(g, v.Application)
	if err != nil {
		return err
	}
	if a.Exists() || x.Stage != Awarded || x.Filed.Call != v.Call || AwardRef(x.ID).ID != e.Dossier || x.Filed.Applicant != v.Grantee {
		return fault.New(fault.Guarded, "grant.guard.application")
	}
	var fs fault.Fields
	v.check(&fs)
	if x.Filed.Shelter == Yes && !v.Withheld { // whoever wants it named says so in an entry of its own, after this one
		fs.Add("withhold", "grant.want.withheld")
	}
	return fs.Err()
}

func (v Made) check(fs *fault.Fields) {
	v.Shown.check(fs, v.Grantee)
	money(fs, "amount", v.Amount, v.Currency)
	line(fs, "project", v.Project, true)
	words(fs, "decision", v.Decision, maxReason)
	onDay(fs, "decided", v.Decided)
	if v.Activity != "" && !activity.IsCode(v.Activity) {
		fs.Add("activity", "programme.need.code")
	}
	if v.End.Before(v.Start) {
		fs.Add("end", "party.date.order")
	}
	sum := int64(0)
	for _, i := range v.Instalments {
		if i.Amount <= 0 || i.Paid.Known() {
			fs.Add("instalments", "grant.want.instalments")
			return
		}
		sum += i.Amount
	}
	if sum != v.Amount || len(v.Instalments) > maxMany {
		fs.Add("instalments", "grant.want.instalments")
	}
}

func (v Shown) check(fs *fault.Fields, grantee string) {
	if (v.Withheld || v.PlaceWithheld) && v.Reason == "" || wording.Longer(v.Reason, maxReason) {
		fs.Add("withheld_reason", "grant.want.reason")
	}
	if v.Withheld && v.Name != "" || v.PlaceWithheld && v.Country != "" || !v.Withheld && v.Name != grantee || v.Country != "" && !activity.IsCountry(v.Country) {
		fs.Add("withhold", "grant.want.withheld")
	}
}

func guardPaid(a Award, e journal.Entry) error {
	v, err := read[Paid](e)
	if err != nil {
		return err
	}
	n, waits := a.Next()
	if n == 0 || v.Instalment != n {
		return fault.New(fault.Guarded, "grant.guard.award")
	}
	if waits != "" {
		return fault.New(fault.Guarded, waits)
	}
	var fs fault.Fields
	onDay(&fs, "on", v.On)
	return fs.Err()
}

func guardJudged(a Award, e journal.Entry) error {
	v, err := read[Judged](e)
	if err != nil {
		return err
	}
	r, ok := a.Report(v.Report)
	if !ok || r.Judgement != Waiting {
		return fault.New(fault.Guarded, "grant.guard.judged")
	}
	var fs fault.Fields
	switch v.Judgement {
	case Accepted: // numbers that tell too much are sent back, not kept as accepted
		if n, err := r.Helped.Told(context.Background()); err != nil || n > 0 { // arithmetic only, of a few numbers
			return fault.New(fault.Guarded, "grant.guard.tells")
		}
	case Returned:
		words(&fs, "reason", v.Reason, maxReason)
	default:
		fs.Add("judgement", "grant.want.choice")
	}
	return fs.Err()
}

func (v Reported) check(fs *fault.Fields, a Award, running figure.Quarter) {
	q, err := figure.ParseQuarter(v.Quarter)
	if err != nil || q.After(running) {
		fs.Add("quarter", "programme.need.quarter_begun")
	}
	if v.Instalment < 1 || v.Instalment > len(a.Made.Instalments) || !a.Made.Instalments[v.Instalment-1].Paid.Known() {
		fs.Add("instalment", "grant.want.instalment")
	}
	if slices.ContainsFunc(a.Reports, func(r Report) bool { return r.Quarter == v.Quarter && r.Judgement != Returned }) {
		fs.Add("quarter", "grant.want.quarter_once")
	}
	if !languageForm.MatchString(v.Language) {
		fs.Add("language", "wording.need.language")
	}
	words(fs, "text", v.Text, maxText)
	plain(fs, "text", v.Text)
	if v.Spent < 0 || v.Spent > maxAmount {
		fs.Add("spent", "grant.want.amount")
	}
	v.Helped.check(fs)
}
