// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"cmp"
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
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/step"
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
	What        page.Cell       // as a decision of the committee words it
	Actions     []page.Action
	Waits       []item // what it waits for and is not done yet
	Owners      table
	Standing    item // of two owners' approval
	Phases      table
	Linked      []table // its parts, and what waits for it
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
	if a.Code() == "" {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	figures, err := figure.List(ctx, rm.Store, rolls.As(r), a.Code())
	if err != nil {
		return nil, err
	}
	l := r.L
	d := activityPage{Code: a.Code(), Title: worded(l, a.Title()), Status: status(l, a.Status()), Description: worded(l, a.About()), Passages: passages(l, a), Notes: rolls.Wanting(l, a.Title()), What: rolls.Quote(l, a.What),
		Facts: activityFacts(l, s, g, a), Statements: statements(l, a), Partners: partnerTable(r, g, a), Figures: rm.figureTable(ctx, r, withGaps(figures, r.Now)), Phases: phaseTable(l, a)}
	if d.Waits, d.Linked, err = rm.around(ctx, r, a); err != nil {
		return nil, err
	}
	d.Owners, d.Standing = owners(ctx, rm, r, g, a)
	if rolls.MayEdit(r) {
		d.Edit = activityPath(a.Code()) + "/edit"
		d.Translate = activityPath(a.Code()) + "/words"
		d.Actions = append([]page.Action{{Text: l.T("programme.edit"), Href: d.Edit, Icon: "edit"}}, step.Actions(r, rm.activitySteps(), a, activityPath(a.Code()))...)
		if u, err := rm.undoable(ctx, r, a); err != nil {
			return nil, err
		} else if u != "" {
			d.Actions = append(d.Actions, page.Action{Text: l.T("register.undo"), Post: activityPath(a.Code()) + "/undo/" + u, Icon: "arrow-back-up", Confirm: l.T("register.undo.sure")})
		}
	}
	if rm.sends(r, a) {
		d.Send = activityPath(a.Code()) + "/figure"
	}
	if c, inferred := a.Corridor(); c.Known() {
		d.Corridor = text(corridor(l, c))
		if inferred {
			d.Corridor.Sub = l.T("programme.corridor.inferred")
			if rolls.MayEdit(r) {
				d.Confirm = activityPath(a.Code()) + "/corridor"
			}
		}
		if len(figures) == 0 {
			d.NotMeasured = l.T("programme.figure.not_measured")
		}
	}
	for _, gap := range a.Gaps() {
		d.Gaps = append(d.Gaps, l.T("programme.gap."+string(gap)))
	}
	d.History = rm.history(ctx, r, s, g, a)
	if d.Chain, err = rm.chain(ctx, r, a.Code(), figures); err != nil {
		return nil, err
	}
	return page.View("programme/activity", l.T("programme.activity.title"), d), nil
}

// beside says what the source says of a field, where the office or a decision says something else.
func beside(w wordsOf, a activity.Activity, name string) string {
	source, now := activity.Activity{Source: a.Source}.Facts(), a.Facts()
	was, is := w.printed(source, name), w.printed(now, name)
	if a.Source.Code == "" || was == "" || was == is || name == "amount" && !source.Amount.Known() {
		return ""
	}
	return w.l.T("programme.source.says", "What", was)
}

func activityFacts(l *lang.Locale, s scheme.Scheme, g register, a activity.Activity) []fact {
	src, now, w := a.Source, a.Facts(), wordsOf{l, s, g}
	plain := func(term, name string) fact {
		return one(l.T(term), text(w.printed(now, name)).with(beside(w, a, name)))
	}
	dates := text(span(l, a.Start(), a.End()))
	switch from, to := a.Differs(); {
	case from || to:
		dates.Sub = l.T("programme.dates.source", "Dates", span(l, src.Start, src.End))
	case dates.Text == "" && src.DateInferred.Known():
		dates = text(src.DateInferred.Print(l)).with(l.T("programme.inferred"))
	}
	ps := plain("programme.column.pillars", "pillars")
	if ps.Items[0].Sub == "" && slices.Equal(now.Pillars, src.Pillars) {
		ps.Items[0].Sub = oursIf(l, len(src.Pillars) > 0)
	}
	funder := g.link(l, now.Funder).with(beside(w, a, "funder"))
	out := []fact{plain("programme.column.kind", "kind"), plain("programme.fact.priorities", "priorities"), ps, plain("programme.fact.countries", "countries"),
		one(l.T("programme.column.dates"), dates), one(l.T("programme.fact.funder"), funder), plain("programme.fact.amount", "amount")}
	money := &out[len(out)-1].Items[0]
	money.Sub = joined(now.Amount.Beside(l), money.Sub)
	for _, name := range []string{"scope", "format", "since", "region"} {
		if w.printed(now, name) != "" {
			out = append(out, plain("programme.fact."+name, name))
		}
	}
	out = append(out, attended(l, a)...)
	if src.Author != "" {
		out = append(out, one(l.T("programme.fact.author"), text(src.Author)))
	}
	for _, x := range a.Statements() {
		if !strings.Contains(x.Key, ":") {
			out = append(out, one(l.T("programme.fact."+x.Key), worded(l, a.Said(x))))
		}
	}
	out = append(out, linkFacts(l, s, a)...)
	var where []item
	for _, x := range src.Sources {
		where = append(where, text(cited(l, s.Source, x)))
	}
	if len(where) > 0 || len(a.Decided) == 0 {
		out = append(out, fact{l.T("programme.fact.source"), where})
	}
	return out
}

// attended gives how many took part, and from how many countries, as far as anybody has said so.
func attended(l *lang.Locale, a activity.Activity) []fact {
	var out []fact
	for _, x := range []struct {
		key         string
		now, source party.Uncertain
	}{{"participants", a.Participants(), a.Source.Participants}, {"from_countries", a.FromCountries(), a.Source.FromCountries}} {
		switch {
		case !x.now.Known():
		case x.now.Equal(x.source):
			out = append(out, one(l.T("programme.fact."+x.key), text(x.now.Print(l))))
		default:
			out = append(out, one(l.T("programme.fact."+x.key), text(x.now.Print(l)).with(joined(x.now.Beside(l), told(l, a, x.source)))))
		}
	}
	return out
}

// linkFacts gives what an activity is part of, waits for and carries out, each with the way to it.
func linkFacts(l *lang.Locale, s scheme.Scheme, a activity.Activity) []fact {
	var out []fact
	now, line := a.Facts(), a.Summary()
	if now.PartOf != "" {
		out = append(out, one(l.T("programme.fact.part_of"), text(now.PartOf).to(activityPath(now.PartOf))))
	}
	add := func(term string, items []item) {
		if len(items) > 0 {
			out = append(out, fact{l.T(term), items})
		}
	}
	var waits, schemes, measures, plans []item
	for _, c := range now.DependsOn {
		waits = append(waits, text(c).to(activityPath(c)))
	}
	for _, c := range line.Schemes {
		x := text(c)
		if i := slices.IndexFunc(s.Schemes, func(st scheme.Statement) bool { return st.Code == c }); i >= 0 {
			x = saidIn(l, s, scheme.SchemeText(s.Schemes[i]), s.Schemes[i].Text).to(schemePath(c))
		}
		schemes = append(schemes, x)
	}
	for _, c := range line.Measures {
		x := text(l.T("measure.at", "Code", c)).to(measure.At(c))
		if len(now.Measures) == 0 {
			x.Sub = l.T("programme.inferred")
		}
		measures = append(measures, x)
	}
	for _, x := range a.Decided {
		plans = append(plans, text(l.T("programme.decided.in", "Version", strconv.Itoa(x.Version))).to(committee.VersionPath(x.Plan, x.Version)+"#p-"+x.Proposal.String()))
	}
	add("programme.fact.depends_on", waits)
	add("programme.fact.schemes", schemes)
	add("programme.fact.measures", measures)
	add("programme.fact.decided", plans)
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
	for _, x := range a.Statements() {
		list, _, is := strings.Cut(x.Key, ":")
		if !is {
			continue
		}
		term := l.T("programme.statements." + list)
		if n := len(out); n == 0 || out[n-1].Term != term {
			out = append(out, fact{Term: term})
		}
		f := &out[len(out)-1]
		f.Items = append(f.Items, worded(l, a.Said(x)))
	}
	return out
}

// partnerTable names who takes part. A partner whose name is withheld from publication is named to those who run the programme
// only, with that beside it.
func partnerTable(r *page.Request, g register, a activity.Activity) table {
	l := r.L
	t := table{Caption: l.T("programme.partners"), Columns: columns(l, "organisation", "role"), Empty: &page.Empty{Icon: "affiliate", Title: l.T("programme.partners.none")}}
	ps := slices.Clone(a.Facts().Partners)
	inorder.Stably(ps, func(x, y activity.Partner) int {
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

// editForm is what an officer can say beside the source.
type editForm struct {
	Entry       journal.ID `form:"entry"`
	Description string     `form:"description"`
	Start       string     `form:"start"`
	End         string     `form:"end"`
	Status      string     `form:"status"`
	From        string     `form:"from"`
	To          string     `form:"to"`
	Told        string     `form:"told"` // where the two numbers stand
	// Attended and Countries are how many took part, and from how many countries, as they are typed.
	Attended, Countries rolls.Spelling `form:"-"`

	language string // of whoever writes
}

type editPage struct {
	Code      string
	Form      editForm
	Countries []page.Option
	Statuses  []page.Option
	Numbers   []rolls.Field // how many took part
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
	f.Attended, f.Countries = rolls.Spell(a.OwnParticipants), rolls.Spell(a.OwnFromCountries)
	return rm.editView(ctx, r, a, f, nil)
}

func (rm room) editView(ctx context.Context, r *page.Request, a activity.Activity, f editForm, bad error) (page.Response, error) {
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	d := editPage{Code: a.Code(), Form: f, Countries: slices.DeleteFunc(countryOptions(r.L, s), func(o page.Option) bool { return o.Value == activity.None }), Errors: r.Errors(bad),
		Source: status(r.L, a.Source.Status)}
	for _, st := range activity.Statuses() {
		d.Statuses = append(d.Statuses, page.Option{Value: string(st), Text: r.L.T("programme.status." + string(st))})
	}
	l := r.L
	for _, x := range []struct {
		name, how, hint string
		s               rolls.Spelling
	}{{"participants", "programme.edit.participants_how", l.T("programme.edit.participants.hint"), f.Attended}, {"from_countries", "programme.edit.from_countries_how", "", f.Countries}} {
		values := rolls.Put(rolls.Values{}, x.name, x.s.N, x.name+"_how", x.s.How, x.name+"_to", x.s.To, x.name+"_why", x.s.Why, x.name+"_to_why", x.s.ToWhy)
		d.Numbers = append(d.Numbers, rolls.Numbers(l, x.name, l.T("programme.fact."+x.name), l.T(x.how), x.hint, true, values.Get)...)
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
	typed, err := r.Typed()
	if err != nil {
		return nil, err
	}
	f.Attended, f.Countries = rolls.SpellingOf(typed.Get, "participants"), rolls.SpellingOf(typed.Get, "from_countries")
	changed, bad := f.described(a)
	if bad == nil {
		_, bad = rm.Store.Update(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Code()), func(any) ([]store.Draft, error) { return f.drafts(a, changed), nil })
	}
	if fault.Is(bad, fault.Invalid) {
		return rm.editView(ctx, r, a, f, bad)
	}
	return page.Redirect(activityPath(a.Code()), "programme.saved"), bad
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
	_, err = rm.Store.Update(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Code()), func(state any) ([]store.Draft, error) {
		c, inferred := state.(activity.Activity).Corridor()
		if !inferred {
			return nil, nil
		}
		return []store.Draft{{Type: activity.CorridorType, Payload: activity.CorridorNamed(c)}}, nil
	})
	return page.Redirect(activityPath(a.Code()), "programme.saved"), err
}

// described gives what differs from how the activity stands.
func (f editForm) described(a activity.Activity) (activity.Described, error) {
	var d activity.Described
	var fs fault.Fields
	day := func(name, typed string, now party.PartialDate) *party.PartialDate {
		v, err := party.WrittenDate(typed)
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
	d.Participants = number(&fs, "participants", f.Attended, a.OwnParticipants)
	d.FromCountries = number(&fs, "from_countries", f.Countries, a.OwnFromCountries)
	if f.Told != a.Told.Document {
		d.Told = &party.Source{Document: f.Told}
	}
	return d, fs.Err()
}

func (f editForm) drafts(a activity.Activity, d activity.Described) []store.Draft {
	var out []store.Draft
	if !d.IsZero() {
		out = append(out, store.Draft{ID: f.Entry, Type: activity.DescribedType, Payload: d})
	}
	if c, _ := a.Corridor(); c != (activity.Corridor{From: f.From, To: f.To}) {
		out = append(out, store.Draft{Type: activity.CorridorType, Payload: activity.CorridorNamed{From: f.From, To: f.To}})
	}
	return out
}
