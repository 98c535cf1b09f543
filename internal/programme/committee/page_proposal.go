// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// planForm opens a plan.
type planForm struct {
	Dossier  journal.ID `form:"dossier"`
	Entry    journal.ID `form:"entry"`
	Year     string     `form:"year"`
	Language string     `form:"language"`
	Shown    string     `form:"shown"`
	Text     string     `form:"title"`
}

func (rm room) blankPlan(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	year := comingYear(r)
	return rm.planFormView(r, planForm{Dossier: rm.Store.NewID(), Entry: rm.Store.NewID(), Year: year, Language: register.Language(r.L), Text: suggested(r, year)}, nil), nil
}

func comingYear(r *page.Request) string { return strconv.Itoa(r.Now.Year() + 1) }

// suggested is the title of a year's plan, until somebody types another.
func suggested(r *page.Request, year string) string {
	return r.L.T("committee.open.title", "Year", year)
}

func (rm room) planFormView(r *page.Request, f planForm, bad error) page.Response {
	l := r.L
	d := register.Form{Title: l.T("committee.open"), Lead: l.T("committee.open.lead"), Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.open")}), Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: Path,
		Fields: []register.Field{{Kind: "hidden", Name: "dossier", Value: f.Dossier.String()}, {Kind: "hidden", Name: "entry", Value: f.Entry.String()}, {Kind: "text", Name: "year", Label: l.T("committee.year"), Value: f.Year},
			{Kind: "select", Name: "language", Label: l.T("register.language"), Options: register.Languages(l), Value: f.Language}, register.ShownField(f.Language), {Kind: "text", Name: "title", Label: l.T("committee.field.title"), Value: f.Text}}}
	return formView(l, d, "committee.open", bad)
}

// formView shows a form; again, with what is wrong, when bad says so.
func formView(l *lang.Locale, d register.Form, key string, bad error) page.Response {
	v := page.View("register/form", l.T(key), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v
}

func (rm room) openPlan(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	var f planForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if f.Dossier.IsZero() || f.Entry.IsZero() {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	rows, err := register.All[scheme.Line](ctx, rm.Store, register.As(r), store.Query{Kind: access.KindProgramme})
	if err != nil {
		return nil, err
	}
	if f.Text == suggested(r, comingYear(r)) { // nobody typed another title, and the year may be another one
		f.Text = suggested(r, f.Year)
	}
	sent := register.Sent{L: r.L, Shown: f.Shown, Language: f.Language}
	sent.Offered(&f.Text, "committee.open.title", "Year", f.Year)
	year, _ := strconv.Atoi(f.Year) // the guard says what is no year
	v := Opened{Year: year, Title: wording.New(f.Language, f.Text)}
	if len(rows) > 0 {
		v.Programme = slices.MaxFunc(rows, func(a, b register.Found[scheme.Line]) int { return a.V.Year - b.V.Year }).ID
	}
	_, bad := rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindPlan, ID: f.Dossier}, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: f.Entry, Type: OpenedType, Payload: v}}, sent.Err()
	})
	if fault.Is(bad, fault.Invalid) {
		return rm.planFormView(r, f, bad), nil
	}
	return page.Redirect(planPath(f.Dossier), "register.saved"), bad
}

// form is what somebody types about a proposal.
type form struct {
	Entry       journal.ID `form:"entry"`
	Language    string     `form:"language"`
	Shown       string     `form:"shown"`
	Title       string     `form:"title"`
	What        string     `form:"what"`
	Code        string     `form:"code"`
	Kind        string     `form:"kind"`
	Priority    string     `form:"priority"`
	Pillars     []string   `form:"pillars"`
	Countries   []string   `form:"countries"`
	Outside     string     `form:"outside"`
	DependsOn   []string   `form:"depends_on"`
	Lead        string     `form:"lead"`
	Start       string     `form:"start"`
	End         string     `form:"end"`
	Amount      string     `form:"amount"`
	AmountHow   string     `form:"amount_how"`
	AmountTo    string     `form:"amount_to"`
	AmountWhy   string     `form:"amount_why"`
	AmountToWhy string     `form:"amount_to_why"`
	Currency    string     `form:"currency"`
	Measures    string     `form:"measures"`
}

// formOf fills a form with a proposal.
func formOf(r *page.Request, p Proposal) form {
	shown := p.Title.In(r.L.Tag())
	f := form{Language: shown.Language, Title: shown.Text, What: p.What.By[shown.Language].Text, Code: p.Code, Kind: string(p.Kind), Pillars: p.Pillars, Countries: p.Countries, Outside: p.Outside,
		DependsOn: p.DependsOn, Start: p.Start.String(), End: p.End.String(), Currency: p.Currency, Measures: strings.Join(p.Measures, ", ")}
	if p.Priority > 0 {
		f.Priority = strconv.Itoa(p.Priority)
	}
	if !p.Lead.IsZero() {
		f.Lead = p.Lead.String()
	}
	n := register.Spell(p.Amount)
	f.Amount, f.AmountHow, f.AmountTo, f.AmountWhy, f.AmountToWhy = n.N, n.How, n.To, n.Why, n.ToWhy
	return f
}

// pointing begins a proposal of an activity that is there already.
func pointing(a activity.Line) Proposal {
	p := Proposal{Code: a.Code, Kind: a.Kind, Title: a.Text(), Pillars: a.Pillars, Countries: a.Countries, DependsOn: a.DependsOn, Start: a.Start, End: a.End, Amount: a.Amount}
	if len(a.Priorities) == 1 {
		p.Priority = a.Priorities[0]
	}
	return p
}

// begun gives a proposal of a plan as its form begins with it: what is there, or the activity that the address names.
func (rm room) begun(ctx context.Context, r *page.Request, p Plan, id journal.ID) (Proposal, error) {
	x, there := p.Proposal(id)
	from := r.URL.Query().Get("activity")
	if there || !activity.IsCode(from) {
		return x, nil
	}
	a, err := rm.against(ctx, r, p)
	if err != nil {
		return x, err
	}
	if of, ok := a.Activity(from); ok {
		x = pointing(of)
	}
	return x, nil
}

// proposal gives what was typed, beside what the proposal already says in other languages.
func (f *form) proposal(l *lang.Locale, id journal.ID, before Proposal) (Proposal, error) {
	var fs fault.Fields
	day := func(name, typed string) party.PartialDate {
		d, err := party.WrittenDate(typed)
		if err != nil {
			fs.Add(name, "programme.need.date")
		}
		return d
	}
	sent := register.Sent{L: l, Shown: f.Shown, Language: f.Language}
	p := Proposal{ID: id, Code: f.Code, Kind: activity.Kind(f.Kind), Title: sent.Text(before.Title, &f.Title), What: before.What, Pillars: f.Pillars, Countries: f.Countries, Outside: f.Outside,
		DependsOn: strings.Fields(strings.Join(f.DependsOn, " ")), Start: day("start", f.Start), End: day("end", f.End)}
	if f.What != "" || !before.What.IsZero() {
		p.What = sent.Text(before.What, &f.What)
	}
	sent.Note(&fs)
	p.Priority, _ = strconv.Atoi(f.Priority) // what is no number is none yet
	if f.Lead != "" {
		if err := p.Lead.UnmarshalText([]byte(f.Lead)); err != nil {
			fs.Add("lead", "programme.need.choice")
		}
	}
	amount, behind, wrong := register.Spelling{N: f.Amount, How: f.AmountHow, To: f.AmountTo, Why: f.AmountWhy, ToWhy: f.AmountToWhy}.Respelled(before.Amount)
	if p.Amount = amount; wrong != "" {
		fs.Add("amount"+behind, wrong)
	}
	if p.Amount.Known() {
		p.Currency = strings.ToUpper(f.Currency)
	}
	for _, m := range strings.FieldsFunc(f.Measures, func(r rune) bool { return r == ',' || r == ';' }) {
		if m = strings.TrimSpace(m); m != "" {
			p.Measures = append(p.Measures, m)
		}
	}
	return p, fs.Err()
}

// at reads the plan and which proposal a path names; an id that the plan does not know is a new one.
func (rm room) at(ctx context.Context, r *page.Request) (Plan, journal.ID, error) {
	p, err := rm.plan(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return p, journal.ID{}, err
	}
	id, err := r.ID("proposal")
	return p, id, err
}

func (rm room) proposalForm(ctx context.Context, r *page.Request) (page.Response, error) {
	p, id, err := rm.at(ctx, r)
	if err != nil {
		return nil, err
	}
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	x, err := rm.begun(ctx, r, p, id)
	if err != nil {
		return nil, err
	}
	f := formOf(r, x)
	if f.Entry = rm.Store.NewID(); f.Language == "" {
		f.Language = register.Language(r.L)
	}
	return rm.proposalView(ctx, r, k, p, id, f, nil)
}

// proposalPage is the form, with the activities that a new proposal can point to.
type proposalPage struct {
	register.Form
	From     register.Field // "" name where the proposal is there already
	Withdraw string
}

func (rm room) proposalView(ctx context.Context, r *page.Request, k known, p Plan, id journal.ID, f form, bad error) (page.Response, error) {
	l := r.L
	a, err := rm.against(ctx, r, p)
	if err != nil {
		return nil, err
	}
	_, there := p.Proposal(id)
	title := l.T("committee.propose")
	if there {
		title = l.T("committee.proposal.edit")
	}
	d := proposalPage{Form: register.Form{Title: title, Lead: l.T("committee.propose.lead"), Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: planPath(p.ID),
		Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.plan"), Href: planPath(p.ID)}, page.Crumb{Text: title}), Fields: rm.proposalFields(r, k, a, f)}}
	if there {
		d.Withdraw = planPath(p.ID) + "/proposals/" + id.String() + "/withdraw"
	} else {
		d.From = k.ActivityChoice(register.Field{Name: "activity", Label: l.T("committee.propose.from"), Blank: l.T("committee.propose.new")})
	}
	v := page.View("committee/proposal", l.T("committee.proposal"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}

func (rm room) proposalFields(r *page.Request, k known, a Around, f form) []register.Field {
	l := r.L
	var priorities, pillars []page.Option
	for n := 1; n <= max(5, len(f.Priority)); n++ {
		priorities = append(priorities, page.Option{Value: strconv.Itoa(n), Text: l.T("committee.priority.n", "N", n)})
	}
	for _, x := range activity.Pillars() {
		pillars = append(pillars, page.Option{Value: x, Text: l.T("programme.pillar." + x)})
	}
	label := func(name string) string { return l.T("committee.field." + name) }
	typed := register.Put(register.Values{}, "amount", f.Amount, "amount_how", f.AmountHow, "amount_to", f.AmountTo, "amount_why", f.AmountWhy, "amount_to_why", f.AmountToWhy)
	return slices.Concat([]register.Field{
		{Kind: "hidden", Name: "entry", Value: f.Entry.String()},
		{Kind: "select", Name: "language", Label: l.T("register.language"), Hint: l.T("register.text.hint"), Options: register.Languages(l), Value: f.Language},
		register.ShownField(f.Language),
		{Kind: "text", Name: "title", Label: label("title"), Value: f.Title},
		{Kind: "textarea", Name: "what", Label: label("what"), Value: f.What, Optional: true},
		{Kind: "text", Name: "code", Label: label("code"), Hint: l.T("committee.code.hint"), Value: f.Code},
		{Kind: "select", Name: "kind", Label: label("kind"), Options: register.Codes(l, "programme.kind.", activity.Kinds()), Value: f.Kind, Blank: l.T("register.choose")},
		{Kind: "select", Name: "priority", Label: label("priority"), Hint: l.T("committee.priority.hint"), Options: priorities, Value: f.Priority, Blank: l.T("committee.priority.none")},
		{Kind: "checks", Name: "pillars", Label: label("pillars"), Options: pillars, Values: f.Pillars, Optional: true},
		{Kind: "checks", Name: "countries", Label: label("countries"), Options: k.CountryOptions(l, append(slices.Clone(a.Partners), f.Countries...)...), Values: f.Countries, Optional: true},
		{Kind: "textarea", Name: "outside", Label: label("outside"), Hint: l.T("committee.outside.hint"), Value: f.Outside, Optional: true},
		dependsOn(k, label("depends_on"), f),
		{Kind: "select", Name: "lead", Label: label("lead"), Options: k.OrganisationOptions(), Value: f.Lead, Blank: l.T("page.unknown"), Optional: true},
		{Kind: "date", Name: "start", Label: label("start"), Value: f.Start, Optional: true},
		{Kind: "date", Name: "end", Label: label("end"), Value: f.End, Optional: true},
	}, register.Numbers(l, "amount", label("amount"), l.T("committee.amount_how"), l.T("committee.amount.hint"), true, typed.Get), []register.Field{
		{Kind: "text", Name: "currency", Label: l.T("committee.currency"), Value: f.Currency, Optional: true},
		{Kind: "text", Name: "measures", Label: label("measures"), Hint: l.T("committee.measures.hint"), Value: f.Measures, Optional: true},
	})
}

// dependsOn offers activities by their codes, in a long row of boxes; where there are too many, codes are typed.
func dependsOn(k known, label string, f form) register.Field {
	out := register.Field{Kind: "checks", Name: "depends_on", Label: label, Values: f.DependsOn, Optional: true}
	offered := k.ActivityOptions()
	if offered == nil {
		out.Kind, out.Value = "text", strings.Join(f.DependsOn, " ")
	}
	for _, a := range offered {
		out.Options = append(out.Options, page.Option{Value: a.Value, Text: a.Value})
	}
	return out
}

func (rm room) propose(ctx context.Context, r *page.Request) (page.Response, error) {
	p, id, err := rm.at(ctx, r)
	if err != nil {
		return nil, err
	}
	var f form
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	first, err := rm.begun(ctx, r, p, id)
	if err != nil {
		return nil, err
	}
	_, bad := rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindPlan, ID: p.ID}, func(state any) ([]store.Draft, error) {
		before, there := state.(Plan).Proposal(id)
		if !there {
			before = first
		}
		x, err := f.proposal(r.L, id, before)
		return []store.Draft{{ID: f.Entry, Type: ProposedType, Payload: Proposed{x}}}, err
	})
	if fault.Is(bad, fault.Invalid) {
		k, err := rm.look(ctx, r)
		if err != nil {
			return nil, err
		}
		return rm.proposalView(ctx, r, k, p, id, f, bad)
	}
	return page.Redirect(planPath(p.ID), "register.saved"), bad
}

// withdrawal is what somebody types to take a proposal out.
type withdrawal struct {
	Entry  journal.ID `form:"entry"`
	Reason string     `form:"reason"`
}

func (rm room) withdrawForm(ctx context.Context, r *page.Request) (page.Response, error) {
	p, id, err := rm.at(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.withdrawView(r, p, id, withdrawal{Entry: rm.Store.NewID()}, nil)
}

func (rm room) withdrawView(r *page.Request, p Plan, id journal.ID, f withdrawal, bad error) (page.Response, error) {
	x, there := p.Proposal(id)
	if !there {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	l := r.L
	d := register.Form{Title: l.T("committee.withdraw"), Lead: words{l, known{}}.titled(x).Text, Errors: r.Errors(bad), Submit: l.T("committee.withdraw"), Cancel: planPath(p.ID),
		Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.plan"), Href: planPath(p.ID)}, page.Crumb{Text: l.T("committee.withdraw")}),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: f.Entry.String()}, {Kind: "textarea", Name: "reason", Label: l.T("committee.reason"), Hint: l.T("committee.withdraw.hint"), Value: f.Reason}}}
	return formView(l, d, "committee.withdraw", bad), nil
}

func (rm room) withdraw(ctx context.Context, r *page.Request) (page.Response, error) {
	p, id, err := rm.at(ctx, r)
	if err != nil {
		return nil, err
	}
	var f withdrawal
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	_, bad := rm.Store.Append(ctx, register.As(r), store.Ref{Kind: access.KindPlan, ID: p.ID}, store.Draft{ID: f.Entry, Type: WithdrawnType, Payload: Withdrawn{id, f.Reason}})
	if fault.Is(bad, fault.Invalid) {
		return rm.withdrawView(r, p, id, f, bad)
	}
	return page.Redirect(planPath(p.ID), "register.saved"), bad
}
