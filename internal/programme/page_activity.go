// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// activityPage is /programme/activities/{code}.
type activityPage struct {
	Code, Edit  string // Edit is "" for those who may not
	Title       item
	Status      item
	Description item
	Passages    []rolls.Passage // title and description in all their languages
	Notes       []rolls.Note    // in which of the programme's two they are wanting
	Translate   string          // where somebody writes them in a further one; "" for those who may not
	Facts       []fact
	Statements  []fact // what the source says, by list
	Partners    table
	Chain       []link
	Corridor    item
	Send        string // where this office sends a figure on it; "" for those who may not
	Confirm     string // where the import's reading of it is confirmed; "" where that is not called for
	Figures     table
	NotMeasured string // why no figure stands there
	Gaps        []string
	History     []page.Event
}

// opened reads an activity by the code in the address.
func (rm room) opened(ctx context.Context, r *page.Request) (activity.Activity, error) {
	code := r.PathValue("id")
	if !activity.IsCode(code) {
		return activity.Activity{}, fault.New(fault.NotFound, "fault.not_found")
	}
	o, err := rm.Store.Open(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, code))
	if err != nil {
		return activity.Activity{}, err
	}
	return o.State.(activity.Activity), nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	figures, err := figure.List(ctx, rm.Store, rolls.As(r), a.Source.Code)
	if err != nil {
		return nil, err
	}
	l := r.L
	d := activityPage{Code: a.Source.Code, Title: worded(l, a.Title()), Status: status(l, a.Status()), Description: worded(l, a.About()), Passages: passages(l, a), Notes: rolls.Wanting(l, a.Title()),
		Facts: activityFacts(l, s, g, a), Statements: statements(l, a), Partners: partnerTable(r, g, a), Figures: rm.figureTable(ctx, r, withGaps(figures, r.Now))}
	if rolls.MayEdit(r) {
		d.Edit = activityPath(a.Source.Code) + "/edit"
		d.Translate = activityPath(a.Source.Code) + "/words"
	}
	if rm.sends(r, a) {
		d.Send = activityPath(a.Source.Code) + "/figure"
	}
	if c, inferred := a.Corridor(); c.Known() {
		d.Corridor = text(corridor(l, c))
		if inferred {
			d.Corridor.Sub = l.T("programme.corridor.inferred")
			if rolls.MayEdit(r) {
				d.Confirm = activityPath(a.Source.Code) + "/corridor"
			}
		}
		if len(figures) == 0 {
			d.NotMeasured = l.T("programme.figure.not_measured")
		}
	}
	for _, gap := range a.Gaps() {
		d.Gaps = append(d.Gaps, l.T("programme.gap."+string(gap)))
	}
	d.History = rm.history(ctx, r, a)
	if d.Chain, err = rm.chain(ctx, r, a.Source.Code, figures); err != nil {
		return nil, err
	}
	return page.View("programme/activity", l.T("programme.activity.title"), d), nil
}

func activityFacts(l *lang.Locale, s scheme.Scheme, g register, a activity.Activity) []fact {
	src := a.Source
	own := l.Foreign(src.Language)
	var priorities []string
	for _, n := range src.Priorities {
		priorities = append(priorities, short(l, n))
	}
	dates := text(span(l, a.Start(), a.End()))
	switch from, to := a.Differs(); {
	case from || to:
		dates.Sub = l.T("programme.dates.source", "Dates", span(l, src.Start, src.End))
	case dates.Text == "" && src.DateInferred.Known():
		dates = text(src.DateInferred.Print(l)).with(l.T("programme.inferred"))
	case dates.Text == "" && src.Since.Known():
		dates = text(since(l, src.Since))
	}
	attended := []fact{}
	for _, x := range []struct {
		key         string
		now, source party.Uncertain
	}{{"participants", a.Participants(), src.Participants}, {"from_countries", a.FromCountries(), src.FromCountries}} {
		switch {
		case !x.now.Known():
		case x.now.Equal(x.source):
			attended = append(attended, one(l.T("programme.fact."+x.key), text(x.now.Print(l))))
		default:
			attended = append(attended, one(l.T("programme.fact."+x.key), text(x.now.Print(l)).with(told(l, a, x.source))))
		}
	}
	out := []fact{one(l.T("programme.column.kind"), text(l.T("programme.kind."+string(src.Kind)))), one(l.T("programme.fact.priorities"), text(strings.Join(priorities, "; "))),
		one(l.T("programme.column.pillars"), text(pillars(l, src.Pillars)).with(oursIf(l, len(src.Pillars) > 0))), one(l.T("programme.fact.countries"), text(countries(l, src.Countries))),
		one(l.T("programme.column.dates"), dates), one(l.T("programme.fact.funder"), g.link(l, src.Funder)), one(l.T("programme.fact.amount"), text(src.Amount.Print(l)))}
	out = append(append(out, attended...), phaseFacts(l, src)...)
	for _, x := range []struct {
		key, value string
		quoted     bool
	}{{"date_note", src.DateNote, true}, {"region", src.Region, true},
		{"author", src.Author, false}, {"basis", src.Basis, true}, {"rank", src.Rank, true}, {"follow_up", src.FollowUp, true}, {"note", src.Note, true}, {"title_note", src.TitleNote, true}} {
		if x.value == "" {
			continue
		}
		i := text(x.value)
		if x.quoted {
			i.Lang = own
		}
		out = append(out, one(l.T("programme.fact."+x.key), i))
	}
	if src.PartOf != "" {
		out = append(out, one(l.T("programme.fact.part_of"), text(src.PartOf).to(activityPath(src.PartOf))))
	}
	for _, c := range src.DependsOn {
		out = append(out, one(l.T("programme.fact.depends_on"), text(c).to(activityPath(c))))
	}
	var where []item
	for _, x := range src.Sources {
		where = append(where, text(lines(l, s.Source, x.Lines)))
	}
	return append(out, fact{l.T("programme.fact.source"), where})
}

// phaseFacts say how far something that goes on in phases is, and what it was chosen by.
func phaseFacts(l *lang.Locale, src activity.Imported) []fact {
	var out []fact
	if src.Phase > 0 {
		out = append(out, one(l.T("programme.fact.phase"), text(l.Number(src.Phase))))
	}
	if src.LastPhase.Known() {
		out = append(out, one(l.T("programme.fact.last_phase"), text(src.LastPhase.Print(l))))
	}
	if src.Call.Known() {
		out = append(out, one(l.T("programme.fact.call"), text(src.Call.Print(l))))
	}
	return out
}

// told says where the office's own number stands, and what the source says instead when it says something.
func told(l *lang.Locale, a activity.Activity, source party.Uncertain) string {
	if !source.Known() {
		return a.Told.Print(l)
	}
	return l.T("programme.number.source", "Told", a.Told.Print(l), "Number", source.Print(l))
}

// oursIf marks a classification that is ours and not the source's.
func oursIf(l *lang.Locale, is bool) string {
	if !is {
		return ""
	}
	return l.T("programme.ours")
}

func statements(l *lang.Locale, a activity.Activity) []fact {
	var out []fact
	for _, name := range activity.Lists() {
		f := fact{Term: l.T("programme.statements." + name)}
		for _, x := range a.Source.Lists[name] {
			f.Items = append(f.Items, quoted(x, l.Foreign(a.Source.Language)))
		}
		if len(f.Items) > 0 {
			out = append(out, f)
		}
	}
	return out
}

// partnerTable names who takes part. A partner whose name is withheld from publication is named to those who run the programme
// only, with that beside it.
func partnerTable(r *page.Request, g register, a activity.Activity) table {
	l := r.L
	t := table{Caption: l.T("programme.partners"), Columns: columns(l, "organisation", "role"), Empty: &page.Empty{Icon: "affiliate", Title: l.T("programme.gap.partners")}}
	ps := slices.Clone(a.Source.Partners)
	slices.SortStableFunc(ps, func(x, y activity.Partner) int {
		return slices.Index(activity.Roles(), x.Role) - slices.Index(activity.Roles(), y.Role)
	})
	for _, p := range ps {
		who := g.link(l, p.Organisation)
		switch {
		case a.Withholds(p.Organisation) && rolls.MayEdit(r):
			who = who.with(l.T("programme.partner.withheld.outside"))
		case a.Withholds(p.Organisation):
			who = text(l.T("programme.partner.withheld"))
		}
		t.Rows = append(t.Rows, []item{who, text(l.T("programme.role." + string(p.Role))).with(p.Note)})
	}
	return t
}

func (rm room) history(ctx context.Context, r *page.Request, a activity.Activity) []page.Event {
	var out []page.Event
	for _, e := range slices.Backward(a.History) {
		who := ""
		if rm.Names != nil && e.By != store.JobID("importer") {
			who = rm.Names(ctx, r.Actor.Owner, e.By)[e.By]
		}
		out = append(out, page.Event{At: e.At, Title: r.L.T("programme.entry." + e.Type), Who: who})
	}
	return out
}

// editForm is what an officer can say beside the source.
type editForm struct {
	Entry       journal.ID `form:"entry"`
	Description string     `form:"description"`
	Start       string     `form:"start"`
	End         string     `form:"end"`
	Status      string     `form:"status"`
	From        string     `form:"from"`
	To          string     `form:"to"`
	// The two numbers with how each is meant, and where they stand.
	Participants  string `form:"participants"`
	AttendedHow   string `form:"participants_how"`
	FromCountries string `form:"from_countries"`
	CountriesHow  string `form:"from_countries_how"`
	Told          string `form:"told"`

	language string // of whoever writes
}

type editPage struct {
	Code      string
	Form      editForm
	Countries []page.Option
	Statuses  []page.Option
	Hows      []page.Option // how a number is meant
	Source    item          // where it stands in the source
	Errors    page.FieldErrors
}

func (rm room) edit(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	if !rolls.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	c, _ := a.Corridor()
	f := editForm{Entry: rm.Store.NewID(), Description: a.Description, Start: a.Start().String(), End: a.End().String(), Status: string(a.OwnStatus), From: c.From, To: c.To, Told: a.Told.Document}
	f.Participants, f.AttendedHow = rolls.HowMeant(a.OwnParticipants)
	f.FromCountries, f.CountriesHow = rolls.HowMeant(a.OwnFromCountries)
	return rm.editView(ctx, r, a, f, nil)
}

func (rm room) editView(ctx context.Context, r *page.Request, a activity.Activity, f editForm, bad error) (page.Response, error) {
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	d := editPage{Code: a.Source.Code, Form: f, Countries: slices.DeleteFunc(countryOptions(r.L, s), func(o page.Option) bool { return o.Value == activity.None }), Errors: r.Errors(bad),
		Source: status(r.L, a.Source.Status)}
	for _, st := range activity.Statuses() {
		d.Statuses = append(d.Statuses, page.Option{Value: string(st), Text: r.L.T("programme.status." + string(st))})
	}
	for _, how := range rolls.Hows() {
		d.Hows = append(d.Hows, page.Option{Value: how, Text: r.L.T("programme.how." + how)})
	}
	v := page.View("programme/edit", r.L.T("programme.edit"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}

// save appends what an officer changed and nothing else; the store asks whether they may.
func (rm room) save(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	if !rolls.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	var f editForm
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	f.language = rolls.Language(r.L)
	changed, bad := f.described(a)
	if bad == nil {
		_, bad = rm.Store.Update(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Source.Code), func(any) ([]store.Draft, error) { return f.drafts(a, changed), nil })
	}
	if fault.Is(bad, fault.Invalid) {
		return rm.editView(ctx, r, a, f, bad)
	}
	return page.Redirect(activityPath(a.Source.Code), "programme.saved"), bad
}

// confirm makes the import's reading of a corridor the office's own word.
func (rm room) confirm(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	if !rolls.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	_, err = rm.Store.Update(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Source.Code), func(state any) ([]store.Draft, error) {
		c, inferred := state.(activity.Activity).Corridor()
		if !inferred {
			return nil, nil
		}
		return []store.Draft{{Type: activity.CorridorType, Payload: activity.CorridorNamed(c)}}, nil
	})
	return page.Redirect(activityPath(a.Source.Code), "programme.saved"), err
}

// described gives what differs from how the activity stands.
func (f editForm) described(a activity.Activity) (activity.Described, error) {
	var d activity.Described
	var fs fault.Fields
	day := func(name, typed string, now party.PartialDate) *party.PartialDate {
		v, err := party.ParseDate(typed)
		if err != nil {
			fs.Add(name, "programme.need.date")
			return nil
		}
		if v == now {
			return nil
		}
		return &v
	}
	if f.Description != a.Description {
		d.Description, d.Language = &f.Description, cmp.Or(a.DescribedIn, f.language)
	}
	if st := activity.Status(f.Status); st != a.OwnStatus {
		d.Status = &st
	}
	d.Start, d.End = day("start", f.Start, a.Start()), day("end", f.End, a.End())
	d.Participants = number(&fs, "participants", f.Participants, f.AttendedHow, a.OwnParticipants)
	d.FromCountries = number(&fs, "from_countries", f.FromCountries, f.CountriesHow, a.OwnFromCountries)
	if f.Told != a.Told.Document {
		d.Told = &party.Source{Document: f.Told}
	}
	return d, fs.Err()
}

func (f editForm) drafts(a activity.Activity, d activity.Described) []store.Draft {
	var out []store.Draft
	if d != (activity.Described{}) {
		out = append(out, store.Draft{ID: f.Entry, Type: activity.DescribedType, Payload: d})
	}
	if c, _ := a.Corridor(); c != (activity.Corridor{From: f.From, To: f.To}) {
		out = append(out, store.Draft{Type: activity.CorridorType, Payload: activity.CorridorNamed{From: f.From, To: f.To}})
	}
	return out
}
