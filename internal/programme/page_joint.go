// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// jointPath is where the activities are that other offices share with this one.
const jointPath = "/programme/joint"

func (rm room) jointRoutes() []page.Route {
	return []page.Route{
		{Pattern: "GET " + jointPath, Handle: rm.jointList},
		{Pattern: "GET " + jointPath + "/{id}", Handle: rm.jointShow},
		{Pattern: "GET " + jointPath + "/{id}/act/{act}", Handle: rm.askJoint},
		{Pattern: "POST " + jointPath + "/{id}/act/{act}", Handle: rm.takeJoint},
	}
}

var standingTones = map[activity.Standing]string{activity.Awaiting: page.Warn, activity.Agreed: page.Good, activity.Refused: page.Bad, activity.Alone: page.Off}

// standingItem says where the approval of two owners stands.
func standingItem(l *lang.Locale, s activity.Standing) item {
	if s == activity.Alone {
		return item{}
	}
	return item{Text: l.T("programme.joint." + string(s)), Tone: standingTones[s]}
}

// localOwners lists the owners who approve in this office and have not said yes to the activity as it stands.
func localOwners(a activity.Activity) []activity.Owner {
	return slices.DeleteFunc(slices.Clone(a.Joint.Owners), func(o activity.Owner) bool {
		x, said := a.Approval(o.Organisation)
		return !o.Office.IsZero() || said && x.Yes
	})
}

// owners shows the two owners of an activity, and what each says to it as it stands.
func owners(ctx context.Context, rm room, r *page.Request, g register, a activity.Activity) (table, item) {
	l := r.L
	t := table{Caption: l.T("programme.joint.owners"), Columns: columns(l, "organisation", "approval", "by")}
	names := rm.called(ctx, r, a)
	for _, o := range a.Joint.Owners {
		x, now := a.Approval(o.Organisation)
		says := item{Text: l.T("programme.joint.silent"), Tone: page.Warn}
		by := text(names[x.By])
		if !o.Office.IsZero() {
			by = text(names[o.Office])
		}
		switch {
		case x.At.IsZero():
			by.Text = names[o.Office]
		case !now:
			says.Text, by.Sub = l.T("programme.joint.earlier"), l.DateTime(x.At)
		case x.Yes:
			says, by.Sub = item{Text: l.T("programme.joint.yes"), Tone: page.Good}, l.DateTime(x.At)
		default:
			says, by.Sub = item{Text: l.T("programme.joint.no"), Tone: page.Bad, Sub: x.Reason}, l.DateTime(x.At)
		}
		t.Rows = append(t.Rows, []item{g.link(l, o.Organisation), says, by})
	}
	return t, standingItem(l, a.Standing())
}

// called gives the names of those who approved, and of the offices of owners.
func (rm room) called(ctx context.Context, r *page.Request, a activity.Activity) map[journal.ID]string {
	if rm.Names == nil {
		return nil
	}
	ids := []journal.ID{a.Shared.From}
	for _, o := range a.Joint.Owners {
		ids = append(ids, o.Office)
	}
	for _, x := range a.Joint.Approvals {
		ids = append(ids, x.By)
	}
	return rm.Names(ctx, r.Actor.Owner, ids...)
}

// askOwners asks for the second owner of an activity, and its office.
func (rm room) askOwners(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed) (rolls.Form, error) {
	l := r.L
	around, err := rolls.Look(ctx, rm.Store, rolls.As(r), l)
	if err != nil {
		return rolls.Form{}, err
	}
	var now [2]string
	office := ""
	for i, o := range a.Joint.Owners {
		now[i] = o.Organisation.String()
		if !o.Office.IsZero() {
			office = o.Office.String()
		}
	}
	q := asking{l: l, t: t}
	q.add(rolls.Field{Kind: "select", Name: "first", Options: around.OrganisationOptions(), Blank: l.T("programme.joint.alone"), Optional: true}, now[0])
	q.add(rolls.Field{Kind: "select", Name: "second", Options: around.OrganisationOptions(), Blank: l.T("programme.joint.alone"), Optional: true}, now[1])
	if rm.Offices != nil {
		offices, err := rm.Offices(ctx, r)
		if err != nil {
			return rolls.Form{}, err
		}
		q.add(rolls.Field{Kind: "select", Name: "office", Options: offices, Hint: l.T("programme.joint.office.hint"), Blank: l.T("programme.joint.here"), Optional: true}, office)
	}
	d := formOf(l, a, "owners", q.f)
	d.Lead = l.T("programme.joint.lead")
	return d, nil
}

func (rm room) doOwners(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed, entry journal.ID) (string, error) {
	to := activityPath(a.Code())
	v := activity.Owned{}
	first, second := t.ID("first"), t.ID("second")
	if !first.IsZero() || !second.IsZero() {
		v.Owners = []activity.Owner{{Organisation: first}, {Organisation: second, Office: t.ID("office")}}
	}
	if err := t.Err(); err != nil || slices.Equal(v.Owners, a.Joint.Owners) {
		return to, err
	}
	_, err := rm.Store.Append(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Code()), store.Draft{ID: entry, Type: activity.OwnedType, Payload: v})
	return to, err
}

// askApprove asks what an owner says to the activity as it stands.
func (rm room) askApprove(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed) (rolls.Form, error) {
	l := r.L
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return rolls.Form{}, err
	}
	var of []page.Option
	for _, o := range localOwners(a) {
		of = append(of, page.Option{Value: o.Organisation.String(), Text: g.name(l, o.Organisation)})
	}
	q := asking{l: l, t: t}
	q.add(rolls.Field{Kind: "select", Name: "organisation", Options: of, Blank: l.T("register.choose")})
	q.saying(a.Mark())
	d := formOf(l, a, "approve", q.f)
	d.Lead = l.T("programme.approve.lead")
	return d, nil
}

// saying asks for a yes or a no to exact words.
func (q *asking) saying(mark string) {
	l := q.l
	q.add(rolls.Field{Kind: "select", Name: "says", Options: []page.Option{{Value: "yes", Text: l.T("programme.joint.yes")}, {Value: "no", Text: l.T("programme.joint.no")}}, Blank: l.T("register.choose")})
	q.add(rolls.Field{Kind: "textarea", Name: "reason", Rows: 3, Optional: true, Hint: l.T("programme.approve.reason")})
	q.f = append(q.f, rolls.Field{Kind: "hidden", Name: "mark", Value: mark})
}

func said(t *step.Typed) activity.Approved {
	if s := t.Text("says"); s != "yes" && s != "no" {
		t.Fields.Add("says", "programme.need.choice")
	}
	return activity.Approved{Mark: t.Text("mark"), Yes: t.Text("says") == "yes", Reason: t.Text("reason")}
}

func (rm room) doApprove(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed, entry journal.ID) (string, error) {
	to := activityPath(a.Code())
	v := said(t)
	if v.Organisation = t.ID("organisation"); v.Organisation.IsZero() {
		t.Fields.Add("organisation", "programme.need.choice")
	}
	return to, t.Write(ctx, rm.Store, r, activity.Ref(r.Actor.Owner, a.Code()), store.Draft{ID: entry, Type: activity.ApprovedType, Payload: v})
}

// jointList lists what other offices share with this one.
func (rm room) jointList(ctx context.Context, r *page.Request) (page.Response, error) {
	rows, err := rolls.All[activity.Line](ctx, rm.Store, rolls.As(r), store.Query{Kind: access.KindActivity, Codes: map[string]string{"origin": activity.OfPartners}})
	if err != nil {
		return nil, err
	}
	l := r.L
	t := page.Table{Caption: l.T("programme.joint.title"), Columns: []page.Column{{Text: l.T("programme.column.activity")}, {Text: l.T("programme.joint.with")}, {Text: l.T("programme.column.dates")}, {Text: l.T("programme.column.approval")}},
		Empty: &page.Empty{Icon: "heart-handshake", Title: l.T("programme.joint.none"), Text: l.T("programme.joint.none.text")}}
	for _, x := range rows {
		s := standingItem(l, x.V.Joint)
		if s.Text == "" {
			s = item{Text: l.T("programme.joint.ended"), Tone: page.Off}
		}
		title, in := x.V.In(l.Tag())
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: x.V.Code + " · " + title, Lang: l.Foreign(in), Href: jointPath + "/" + x.ID.String()}, {Text: x.V.Publisher}, {Text: when(l, x.V).Text}, {Text: s.Text, Tone: s.Tone}}})
	}
	d := rolls.List{Title: l.T("programme.joint.title"), Lead: l.T("programme.joint.list.lead"), Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.joint.title")}}, Table: t}
	return page.View("register/list", l.T("programme.joint.title"), d), nil
}

func (rm room) sharedWith(ctx context.Context, r *page.Request) (activity.Activity, error) {
	id, err := r.ID("id")
	if err != nil {
		return activity.Activity{}, err
	}
	o, err := rm.Store.Open(ctx, rolls.As(r), store.Ref{Kind: access.KindActivity, ID: id})
	if err != nil {
		return activity.Activity{}, err
	}
	if a := o.State.(activity.Activity); a.Shared.Code != "" {
		return a, nil
	}
	return activity.Activity{}, fault.New(fault.NotFound, "store.not_found")
}

func (rm room) jointSteps() []step.Step[activity.Activity] {
	return []step.Step[activity.Activity]{{Name: "approve", Icon: "gavel", Text: "programme.act.approve", Primary: true, Ask: rm.askShared, Do: rm.doShared,
		Can: func(r *page.Request, a activity.Activity) bool {
			_, own, said := a.SharedStanding()
			return rolls.MayEdit(r) && !a.Shared.Ended && (!said || !own.Yes)
		}}}
}

func jointCrumbs(l *lang.Locale, more ...page.Crumb) []page.Crumb {
	return append([]page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("programme.joint.title"), Href: jointPath}}, more...)
}

func (rm room) jointShow(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.sharedWith(ctx, r)
	if err != nil {
		return nil, err
	}
	l, v := r.L, a.Shared
	st, own, said := a.SharedStanding()
	s := standingItem(l, st)
	if s.Text == "" {
		s = item{Text: l.T("programme.joint.ended"), Tone: page.Off}
	}
	says := func(there, yes bool) (string, string) {
		switch {
		case !there:
			return l.T("programme.joint.silent"), page.Warn
		case yes:
			return l.T("programme.joint.yes"), page.Good
		}
		return l.T("programme.joint.no"), page.Bad
	}
	title := rolls.Quote(l, v.Title)
	w := wordsOf{l: l}
	f := activity.Facts{Phases: v.Phases}
	d := rolls.Record{Crumbs: jointCrumbs(l, page.Crumb{Text: v.Code}), Title: page.Cell{Text: title.Text, Lang: title.Lang}, Status: page.Mark{Tone: s.Tone, Text: s.Text}, Actions: step.Actions(r, rm.jointSteps(), a, jointPath+"/"+a.ID.String()),
		Passages: rolls.Passages(l, l.T("programme.field.what"), v.What)}
	for _, x := range []struct{ key, value string }{{"programme.column.code", v.Code}, {"programme.column.kind", rolls.Word(l, "programme.kind.", v.Kind)}, {"programme.column.status", rolls.Word(l, "programme.status.", v.Status)},
		{"programme.column.dates", span(l, v.Start, v.End)}, {"programme.fact.countries", countries(l, v.Countries)}, {"programme.column.pillars", pillars(l, v.Pillars)}, {"programme.field.phases", w.printed(f, "phases")},
		{"programme.fact.amount", amount(l, v.Amount, v.Currency)}} {
		d.Facts = append(d.Facts, page.Fact{Term: l.T(x.key), Text: x.value})
	}
	first, tone := says(v.Said != nil, v.Said != nil && *v.Said)
	d.Facts = append(d.Facts, page.Fact{Term: v.First.In(l.Tag()), Text: first, Tone: tone})
	second, tone := says(said, own.Yes)
	d.Facts = append(d.Facts, page.Fact{Term: v.Second.In(l.Tag()), Text: second, Tone: tone, Sub: own.Reason})
	names := rm.called(ctx, r, a)
	for _, e := range slices.Backward(a.History) {
		d.History = append(d.History, page.Event{At: e.At, Title: l.T("programme.entry." + e.Type), Who: names[e.By]})
	}
	return page.View("register/record", l.T("programme.joint.title"), d), nil
}

func (rm room) askShared(_ context.Context, r *page.Request, a activity.Activity, t *step.Typed) (rolls.Form, error) {
	q := asking{l: r.L, t: t}
	q.saying(a.Shared.Mark)
	at := jointPath + "/" + a.ID.String()
	return rolls.Form{Lead: r.L.T("programme.approve.lead"), Fields: q.f, Cancel: at, Crumbs: jointCrumbs(r.L, page.Crumb{Text: a.Shared.Code, Href: at}, page.Crumb{Text: r.L.T("programme.act.approve")})}, nil
}

func (rm room) doShared(ctx context.Context, r *page.Request, a activity.Activity, t *step.Typed, entry journal.ID) (string, error) {
	to := jointPath + "/" + a.ID.String()
	v := said(t)
	return to, t.Write(ctx, rm.Store, r, store.Ref{Kind: access.KindActivity, ID: a.ID}, store.Draft{ID: entry, Type: activity.ApprovedType, Payload: v})
}

func (rm room) askJoint(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.sharedWith(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, rm.jointSteps(), a, rm.Store.NewID())
}

func (rm room) takeJoint(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.sharedWith(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, rm.jointSteps(), a)
}
