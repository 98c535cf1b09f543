// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// activitySteps are the forms by which the office says what an activity is made up of.
func (rm room) activitySteps() []step.Step[activity.Activity] {
	own := func(r *page.Request, a activity.Activity) bool { return rolls.MayEdit(r) && a.Code() != "" }
	out := []step.Step[activity.Activity]{
		{Name: "coverage", Icon: "map-pin", Ask: rm.askCoverage, Do: rm.framing(readCoverage)},
		{Name: "partners", Icon: "affiliate", Ask: rm.askPartners, Do: rm.framing(readPartners)},
		{Name: "phases", Icon: "calendar", Ask: rm.askPhases, Do: rm.framing(readPhases)},
		{Name: "funding", Icon: "coin", Ask: rm.askFunding, Do: rm.framing(readFunding)},
		{Name: "links", Icon: "link", Ask: rm.askLinks, Do: rm.framing(readLinks)},
		{Name: "owners", Icon: "users", Ask: rm.askOwners, Do: rm.doOwners},
		{Name: "approve", Icon: "gavel", Ask: rm.askApprove, Do: rm.doApprove},
	}
	for i := range out {
		out[i].Text, out[i].Can = "programme.act."+out[i].Name, own
	}
	out[len(out)-1].Can = func(r *page.Request, a activity.Activity) bool { return own(r, a) && len(localOwners(a)) > 0 }
	return out
}

func (rm room) askStep(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.activitySteps(), a, rm.Store.NewID())
}

func (rm room) takeStep(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.activitySteps(), a)
}

// asking is a form about an activity in the making.
type asking struct {
	l *lang.Locale
	t *step.Typed
	f []rolls.Field
}

func (q *asking) add(f rolls.Field, now ...string) {
	q.t.Or(f.Name, now...)
	f.Value, f.Values = q.t.Text(f.Name), q.t.Many(f.Name)
	f.Label = q.l.T("programme.field." + strings.TrimRight(f.Name, ".0123456789"))
	q.f = append(q.f, f)
}

// labelled is add with a label of its own.
func (q *asking) labelled(label string, f rolls.Field, now ...string) {
	q.add(f, now...)
	q.f[len(q.f)-1].Label = label
}

func formOf(l *lang.Locale, a activity.Activity, name string, fields []rolls.Field) rolls.Form {
	return rolls.Form{Lead: l.T("programme.edit.lead"), Fields: fields, Cancel: activityPath(a.Code()),
		Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: a.Code(), Href: activityPath(a.Code())}, {Text: l.T("programme.act." + name)}}}
}

// framing writes what a form says of what an activity is made up of: of each field what differs from what is known, and where it
// is what the source says, that the office says nothing of its own.
func (rm room) framing(read func(t *step.Typed, now activity.Facts) activity.Facts) func(context.Context, *page.Request, activity.Activity, *step.Typed, journal.ID) (string, error) {
	return func(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed, entry journal.ID) (string, error) {
		to := activityPath(a.Code())
		typed := read(t, a.Facts())
		_, err := rm.Store.Update(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Code()), func(state any) ([]store.Draft, error) {
			v := state.(activity.Activity).Frame(typed)
			if v.IsZero() {
				return nil, t.Err()
			}
			return []store.Draft{{ID: entry, Type: activity.FramedType, Payload: v}}, t.Err()
		})
		return to, err
	}
}

func (rm room) askCoverage(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed) (rolls.Form, error) {
	l, f := r.L, a.Facts()
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return rolls.Form{}, err
	}
	real := func(os []page.Option) []page.Option {
		return slices.DeleteFunc(os, func(o page.Option) bool { return o.Value == activity.None })
	}
	places := real(countryOptions(l, s))
	for _, c := range f.Countries {
		if !slices.ContainsFunc(places, func(o page.Option) bool { return o.Value == c }) {
			places = append(places, page.Option{Value: c, Text: l.Country(c)})
		}
	}
	var numbers []string
	for _, n := range f.Priorities {
		numbers = append(numbers, strconv.Itoa(n))
	}
	q := asking{l: l, t: t}
	q.add(rolls.Field{Kind: "select", Name: "kind", Options: kindOptions(l)}, string(f.Kind))
	q.add(rolls.Field{Kind: "checks", Name: "priorities", Options: real(priorityOptions(l, s)), Optional: true}, numbers...)
	q.add(rolls.Field{Kind: "checks", Name: "pillars", Options: real(pillarOptions(l)), Optional: true}, f.Pillars...)
	q.add(rolls.Field{Kind: "checks", Name: "countries", Options: places, Optional: true}, f.Countries...)
	q.add(rolls.Field{Kind: "text", Name: "region", Optional: true}, f.Region)
	q.add(rolls.Field{Kind: "select", Name: "scope", Options: rolls.Codes(l, "programme.scope.", activity.Scopes()), Blank: l.T("page.unknown"), Optional: true}, f.Scope)
	q.add(rolls.Field{Kind: "select", Name: "format", Options: rolls.Codes(l, "programme.format.", activity.Formats()), Blank: l.T("page.unknown"), Optional: true}, f.Format)
	q.add(rolls.Field{Kind: "date", Name: "since", Optional: true}, f.Since.String())
	return formOf(l, a, "coverage", q.f), nil
}

func readCoverage(t *step.Typed, f activity.Facts) activity.Facts {
	f.Kind, f.Region, f.Scope, f.Format, f.Since = activity.Kind(t.Text("kind")), t.Text("region"), t.Text("scope"), t.Text("format"), t.Date("since")
	f.Pillars, f.Countries = t.Many("pillars"), t.Many("countries")
	f.Priorities = nil
	for _, s := range t.Many("priorities") {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fields.Add("priorities", "programme.need.choice")
		}
		f.Priorities = append(f.Priorities, n)
	}
	return f
}

func (rm room) askPartners(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed) (rolls.Form, error) {
	l := r.L
	around, err := rolls.Look(ctx, rm.Store, rolls.As(r), l)
	if err != nil {
		return rolls.Form{}, err
	}
	q, list := asking{l: l, t: t}, a.Facts().Partners
	for i := range rows(t, "partner", len(list)+3) {
		var p activity.Partner
		if i < len(list) {
			p = list[i]
		}
		n := strconv.Itoa(i + 1)
		id := ""
		if !p.Organisation.IsZero() {
			id = p.Organisation.String()
		}
		q.labelled(l.T("programme.partner.n", "N", n), rolls.Field{Kind: "select", Name: "partner." + n, Options: around.OrganisationOptions(), Blank: l.T("programme.partner.nobody"), Optional: true}, id)
		q.labelled(l.T("programme.partner.role", "N", n), rolls.Field{Kind: "select", Name: "role." + n, Options: rolls.Codes(l, "programme.role.", activity.Roles()), Blank: l.T("register.choose"), Optional: true}, string(p.Role))
	}
	d := formOf(l, a, "partners", q.f)
	d.Lead = l.T("programme.partners.lead")
	return d, nil
}

// rows gives how many rows a form with a variable number of them has: as many as were sent, at least n, never without end.
func rows(t *step.Typed, name string, n int) int {
	for i := n; i < 80; i++ {
		if _, ok := t.Values[name+"."+strconv.Itoa(i+1)]; !ok {
			return i
		}
	}
	return 80
}

func readPartners(t *step.Typed, f activity.Facts) activity.Facts {
	was := f.Partners
	f.Partners = nil
	for i := range rows(t, "partner", 0) {
		n := strconv.Itoa(i + 1)
		p := activity.Partner{Organisation: t.ID("partner." + n), Role: activity.Role(t.Text("role." + n))}
		if p.Organisation.IsZero() {
			continue
		}
		if p.Role == "" {
			t.Fields.Add("role."+n, "programme.need.choice")
		}
		if at := slices.IndexFunc(was, func(q activity.Partner) bool { return q.Organisation == p.Organisation && q.Role == p.Role }); at >= 0 {
			p.Note = was[at].Note
		}
		f.Partners = append(f.Partners, p)
	}
	return f
}

func (rm room) askPhases(_ context.Context, r *page.Request, a activity.Activity, t *step.Typed) (rolls.Form, error) {
	l := r.L
	q, list := asking{l: l, t: t}, a.Facts().Phases
	for i := range min(rows(t, "phase", len(list)+2), activity.MaxPhases) {
		var p activity.Phase
		number := ""
		if i < len(list) {
			p = list[i]
			number = strconv.Itoa(p.N)
		}
		n := strconv.Itoa(i + 1)
		q.add(rolls.Field{Kind: "text", Name: "phase." + n, Optional: true}, number)
		q.add(rolls.Field{Kind: "date", Name: "phase_start." + n, Optional: true}, p.Start.String())
		q.add(rolls.Field{Kind: "date", Name: "phase_end." + n, Optional: true}, p.End.String())
		q.add(rolls.Field{Kind: "select", Name: "phase_status." + n, Options: rolls.Codes(l, "programme.status.", activity.Statuses()), Blank: l.T("page.unknown"), Optional: true}, string(p.Status))
		q.uncertain("phase_amount."+n, l.T("programme.field.phase_amount"), p.Amount)
	}
	d := formOf(l, a, "phases", q.f)
	d.Lead = l.T("programme.phases.lead")
	return d, nil
}

// uncertain adds the fields of a number that may be uncertain.
func (q *asking) uncertain(name, label string, now party.Uncertain) {
	for k, v := range rolls.Spelled(name, now) {
		q.t.Or(k, v...)
	}
	q.f = append(q.f, step.UncertainFields(q.l, q.t, name, label)...)
}

func readPhases(t *step.Typed, f activity.Facts) activity.Facts {
	f.Phases = nil
	for i := range rows(t, "phase", 0) {
		n := strconv.Itoa(i + 1)
		p := activity.Phase{N: int(t.Number("phase." + n)), Start: t.Date("phase_start." + n), End: t.Date("phase_end." + n), Status: activity.Status(t.Text("phase_status." + n)), Amount: t.Uncertain("phase_amount." + n)}
		switch {
		case p.N > 0:
			f.Phases = append(f.Phases, p)
		case p.Start.Known() || p.End.Known() || p.Status != "" || p.Amount.Known():
			t.Fields.Add("phase."+n, "programme.need.phase")
		}
	}
	inorder.Stably(f.Phases, func(x, y activity.Phase) int { return x.N - y.N })
	return f
}

func (rm room) askFunding(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed) (rolls.Form, error) {
	l, f := r.L, a.Facts()
	around, err := rolls.Look(ctx, rm.Store, rolls.As(r), l)
	if err != nil {
		return rolls.Form{}, err
	}
	funder := ""
	if !f.Funder.IsZero() {
		funder = f.Funder.String()
	}
	q := asking{l: l, t: t}
	q.add(rolls.Field{Kind: "select", Name: "funder", Options: around.OrganisationOptions(), Blank: l.T("page.unknown"), Optional: true}, funder)
	q.uncertain("amount", l.T("programme.field.amount"), f.Amount)
	q.add(rolls.Field{Kind: "text", Name: "currency", Hint: l.T("programme.currency.hint"), Optional: true}, f.Currency)
	return formOf(l, a, "funding", q.f), nil
}

func readFunding(t *step.Typed, f activity.Facts) activity.Facts {
	f.Funder, f.Amount, f.Currency = t.ID("funder"), t.Uncertain("amount"), strings.ToUpper(t.Text("currency"))
	return f
}

func (rm room) askLinks(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed) (rolls.Form, error) {
	l, f := r.L, a.Facts()
	around, err := rolls.Look(ctx, rm.Store, rolls.As(r), l)
	if err != nil {
		return rolls.Form{}, err
	}
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return rolls.Form{}, err
	}
	ms, err := measure.Codes(ctx, rm.Store, rolls.As(r))
	if err != nil {
		return rolls.Form{}, err
	}
	others := slices.DeleteFunc(around.ActivityOptions(), func(o page.Option) bool { return o.Value == a.Code() })
	var schemes, measures []page.Option
	for _, x := range s.Schemes {
		schemes = append(schemes, page.Option{Value: x.Code, Text: x.Text})
	}
	codes := slices.Clone(f.Measures)
	for _, c := range ms {
		if !slices.Contains(codes, c) {
			codes = append(codes, c)
		}
	}
	for _, c := range codes {
		measures = append(measures, page.Option{Value: c, Text: l.T("measure.at", "Code", c)})
	}
	q := asking{l: l, t: t}
	q.add(rolls.Field{Kind: "select", Name: "part_of", Options: others, Blank: l.T("programme.part_of.none"), Optional: true}, f.PartOf)
	q.add(rolls.Field{Kind: "checks", Name: "depends_on", Options: others, Hint: l.T("programme.depends_on.hint"), Optional: true}, f.DependsOn...)
	if len(schemes) > 0 {
		q.add(rolls.Field{Kind: "checks", Name: "schemes", Options: schemes, Optional: true}, f.Schemes...)
	}
	if len(measures) > 0 {
		q.add(rolls.Field{Kind: "checks", Name: "measures", Options: measures, Optional: true}, f.Measures...)
	}
	return formOf(l, a, "links", q.f), nil
}

func readLinks(t *step.Typed, f activity.Facts) activity.Facts {
	f.PartOf, f.DependsOn, f.Schemes, f.Measures = t.Text("part_of"), t.Many("depends_on"), t.Many("schemes"), t.Many("measures")
	return f
}

func phaseTable(l *lang.Locale, a activity.Activity) table {
	f := a.Facts()
	t := table{Caption: l.T("programme.field.phases"), Columns: columns(l, "phase", "dates", "status", "amount")}
	for _, p := range f.Phases {
		t.Rows = append(t.Rows, []item{text(l.T("programme.phase.n", "N", strconv.Itoa(p.N))), text(span(l, p.Start, p.End)), status(l, p.Status), text(amount(l, p.Amount, f.Currency))})
	}
	return t
}

// around gives what an activity waits for and is not done yet, and the activities that are part of it or wait for it.
func (rm room) around(ctx context.Context, r *page.Request, a activity.Activity) (waits []item, linked []table, err error) {
	l := r.L
	for _, code := range a.Facts().DependsOn {
		o, err := rm.Store.Open(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, code))
		switch {
		case fault.Is(err, fault.NotFound):
			waits = append(waits, text(code).with(l.T("page.unknown")))
			continue
		case err != nil:
			return nil, nil, err
		}
		x := o.State.(activity.Activity)
		if !x.Status().Done() {
			i := worded(l, x.Title())
			i.Text = code + " · " + i.Text
			waits = append(waits, i.to(activityPath(code)).with(statusWord(l, x.Status())))
		}
	}
	for _, of := range []struct{ code, key string }{{"parent", "programme.parts"}, {"waits", "programme.waiting_for"}} {
		list, err := rm.activities(ctx, rolls.As(r), map[string]string{of.code: a.Code()})
		if err != nil {
			return nil, nil, err
		}
		if len(list) == 0 {
			continue
		}
		t := table{Caption: l.T(of.key), Columns: columns(l, "activity", "dates", "status")}
		for _, x := range list {
			t.Rows = append(t.Rows, []item{entryOf(l, x), when(l, x), status(l, x.Status)})
		}
		linked = append(linked, t)
	}
	return waits, linked, nil
}
