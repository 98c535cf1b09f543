// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// step is one thing that can be written of a proceeding: its form, what stands in it at first, and what is written of it.
type step struct {
	typ    string
	start  func(s State, q url.Values) url.Values
	fields func(rm room, f *field.Form, r *page.Request, s State, v url.Values)
	read   func(v url.Values) (any, error)
}

// steps are by the last part of their address.
func steps() map[string]step {
	return map[string]step{
		"change":    {ChangedType, func(s State, _ url.Values) url.Values { return s.Charge.typed() }, chargeFields, readCharge},
		"defendant": {DefendantType, startDefendant, defendantFields, readDefendant},
		"decide":    {DecidedType, startDecision, decisionFields, readDecision},
		"injured":   {VictimsType, func(s State, _ url.Values) url.Values { return s.Victims.typed() }, victimFields, readVictims},
		"redress":   {RedressType, func(s State, _ url.Values) url.Values { return s.Redress.typed() }, redressFields, readRedress},
		"date": {DatedType, func(s State, _ url.Values) url.Values { return put("on", s.Next.On, "what", s.Next.What) },
			func(_ room, f *field.Form, r *page.Request, _ State, v url.Values) {
				f.Date("on", "proceeding.next", v.Get("on"))
				f.Select("what", "proceeding.next.what", v.Get("what"), field.Options(r.L, "proceeding.next.what", Dates()))
			}, func(v url.Values) (any, error) { return Dated{v.Get("on"), v.Get("what")}, nil }},
		"use":   {EvidenceType, func(State, url.Values) url.Values { return nil }, nil, func(v url.Values) (any, error) { return readPiece(v.Get("piece"), false), nil }},
		"unuse": {EvidenceType, func(State, url.Values) url.Values { return nil }, nil, func(v url.Values) (any, error) { return readPiece(v.Get("piece"), true), nil }},
		"assign": {AssignedType, func(State, url.Values) url.Values { return put("as", Standings()[0]) }, nil, func(v url.Values) (any, error) {
			id, _ := journal.ParseID(v.Get("worker")) // an id that is none is zero, which is refused
			return Assigned{id, v.Get("as")}, nil
		}},
		"end": {EndedType, func(State, url.Values) url.Values { return nil }, func(_ room, f *field.Form, r *page.Request, _ State, v url.Values) {
			f.Danger = true
			f.Radios("reason", "proceeding.end", v.Get("reason"), field.Options(r.L, "proceeding.end", Ends()))
		}, func(v url.Values) (any, error) { return Ended{v.Get("reason")}, nil }},
	}
}

// put makes values of pairs.
func put(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// number reads a whole one; empty is zero, and what is none is said to be wrong.
func number(fs *fault.Fields, v url.Values, name, wrong string) int64 {
	text := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", "").Replace(v.Get(name))
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		fs.Add(name, wrong)
	}
	return n
}

func numeral(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (c Charge) typed() url.Values {
	v := put("country", c.Country, "opened", c.Opened, "court", c.Court, "reference", c.Reference)
	v["articles"], v["forms"] = c.Articles, c.Forms
	return v
}

func chargeFields(rm room, f *field.Form, r *page.Request, _ State, v url.Values) {
	l := r.L
	f.Text("reference", "proceeding.reference", v.Get("reference"))
	f.Text("court", "proceeding.court", v.Get("court"))
	f.Select("country", "proceeding.country", v.Get("country"), rm.countries(l))
	f.Checks("articles", "proceeding.articles", v["articles"], rm.charges(l, v.Get("country"))).Set("Unverified", true)
	f.Checks("forms", "proceeding.forms", v["forms"], field.Options(l, "count.form", Forms())).Optional()
	f.Date("opened", "proceeding.opened", v.Get("opened"))
}

func readCharge(v url.Values) (any, error) {
	return Charge{Country: v.Get("country"), Articles: v["articles"], Opened: v.Get("opened"), Court: v.Get("court"), Reference: v.Get("reference"), Forms: v["forms"]}, nil
}

func startDefendant(s State, q url.Values) url.Values {
	n, _ := strconv.Atoi(q.Get("n"))
	l := s.line(n)
	if l == nil {
		return put("n", strconv.Itoa(len(s.Lines)+1))
	}
	v := put("n", strconv.Itoa(n), "charged", l.Charged, "sex", l.Sex, "age", l.Age, "citizen", l.Citizen, "name", l.Name)
	if l.Gone {
		v.Set("gone", "true")
	}
	return v
}

func defendantFields(rm room, f *field.Form, r *page.Request, s State, v url.Values) {
	l := r.L
	f.Hidden("n", v.Get("n"))
	f.Facts = []page.Fact{{Term: l.T("proceeding.defendant"), Text: v.Get("n")}}
	f.Text("name", "proceeding.name", v.Get("name")).Optional()
	f.Radios("sex", "proceeding.sex", v.Get("sex"), field.Options(l, "referral.sex", Sexes())).Optional()
	f.Radios("age", "proceeding.age", v.Get("age"), field.Options(l, "count.age", Ages())).Optional()
	f.Select("citizen", "proceeding.citizen", v.Get("citizen"), rm.countries(l)).Optional()
	f.Date("charged", "proceeding.charged", v.Get("charged")).Optional()
	if n, _ := strconv.Atoi(v.Get("n")); n <= len(s.Lines) {
		f.Check("gone", "proceeding.gone", v.Get("gone") == "true")
	}
}

func readDefendant(v url.Values) (any, error) {
	n, _ := strconv.Atoi(v.Get("n"))
	return Defendant{N: n, Charged: v.Get("charged"), Gone: v.Get("gone") == "true", Sex: v.Get("sex"), Age: v.Get("age"), Citizen: v.Get("citizen"), Name: v.Get("name")}, nil
}

func startDecision(s State, q url.Values) url.Values {
	n, _ := strconv.Atoi(q.Get("n"))
	v := put("n", q.Get("n"), "instance", Instances()[0])
	if l := s.line(n); l != nil {
		for _, d := range l.Decisions {
			if d.Instance == q.Get("instance") {
				v = put("n", q.Get("n"), "instance", d.Instance, "on", d.On, "outcome", d.Outcome, "months", numeral(int64(d.Months)), "suspended", strconv.FormatBool(d.Suspended), "final", strconv.FormatBool(d.Final))
			}
		}
	}
	return v
}

func decisionFields(_ room, f *field.Form, r *page.Request, s State, v url.Values) {
	l := r.L
	var who []page.Option
	for _, x := range s.Live() {
		if x.Charged != "" {
			who = append(who, page.Option{Value: strconv.Itoa(x.N), Text: strings.TrimSuffix(l.T("proceeding.number", "N", x.N)+" · "+x.Name, " · ")})
		}
	}
	f.Select("n", "proceeding.defendant", v.Get("n"), who)
	f.Radios("instance", "proceeding.instance", v.Get("instance"), field.Options(l, "proceeding.instance", Instances()))
	f.Date("on", "proceeding.on", v.Get("on"))
	f.Radios("outcome", "proceeding.outcome", v.Get("outcome"), field.Options(l, "proceeding.outcome", Outcomes()))
	f.Text("months", "proceeding.months", v.Get("months")).Set("Width", "date").Set("Inputmode", "numeric").Optional()
	f.Check("suspended", "proceeding.suspended", v.Get("suspended") == "true")
	f.Check("final", "proceeding.final.is", v.Get("final") == "true")
}

func readDecision(v url.Values) (any, error) {
	var fs fault.Fields
	n, _ := strconv.Atoi(v.Get("n"))
	months := min(number(&fs, v, "months", "proceeding.want.months"), maxMonths+1)
	return Decision{N: n, Instance: v.Get("instance"), On: v.Get("on"), Outcome: v.Get("outcome"), Final: v.Get("final") == "true", Months: int(months), Suspended: v.Get("suspended") == "true"}, fs.Err()
}

// hows lists how sure a number is.
func hows() []string { return []string{"exactly", "least", "about"} }

func uncertain(fs *fault.Fields, v url.Values, name string) party.Uncertain {
	if v.Get(name) == "" {
		return party.Uncertain{}
	}
	n := number(fs, v, name, "proceeding.want.count")
	switch v.Get(name + "_how") {
	case "least":
		return party.Least(max(n, 0))
	case "about":
		return party.Around(max(n, 0))
	}
	return party.Exactly(max(n, 0))
}

// how says how sure a number is, of those that this room writes.
func how(u party.Uncertain) string {
	switch {
	case u.Equal(party.Least(u.Low())):
		return "least"
	case u.Equal(party.Around(u.Low())):
		return "about"
	}
	return "exactly"
}

func (x Victims) typed() url.Values {
	v := put("unpunished", x.Unpunished)
	for name, u := range map[string]party.Uncertain{"count": x.Count, "minors": x.Minors} {
		v.Set(name+"_how", how(u))
		if u.Known() {
			v.Set(name, strconv.FormatInt(u.Low(), 10))
		}
	}
	return v
}

func victimFields(_ room, f *field.Form, r *page.Request, _ State, v url.Values) {
	for _, name := range []string{"count", "minors"} {
		f.Text(name, "proceeding."+name, v.Get(name)).Set("Width", "date").Set("Inputmode", "numeric").Optional()
		f.Select(name+"_how", "proceeding."+name+".how", v.Get(name+"_how"), field.Options(r.L, "proceeding.count.how", hows()))
	}
	f.Radios("unpunished", "proceeding.unpunished", v.Get("unpunished"), field.Options(r.L, "proceeding.unpunished", Unpunished())).Optional()
}

func readVictims(v url.Values) (any, error) {
	var fs fault.Fields
	x := Victims{Count: uncertain(&fs, v, "count"), Minors: uncertain(&fs, v, "minors"), Unpunished: v.Get("unpunished")}
	return x, fs.Err()
}

func (x Redress) typed() url.Values {
	return put("currency", x.Currency, "ordered", numeral(x.Ordered), "paid", numeral(x.Paid), "finances", x.Finances, "seized", x.Seized, "worth", numeral(x.Worth))
}

func redressFields(_ room, f *field.Form, r *page.Request, _ State, v url.Values) {
	is := field.Options(r.L, "count.is", source.Is())
	for _, name := range []string{"ordered", "paid"} {
		f.Text(name, "proceeding."+name, v.Get(name)).Set("Width", "date").Set("Inputmode", "numeric").Optional()
	}
	f.Text("currency", "proceeding.currency", v.Get("currency")).Set("Width", "date").Set("MaxLength", 3).Optional()
	f.Radios("finances", "proceeding.finances", v.Get("finances"), is).Optional()
	f.Radios("seized", "proceeding.seized", v.Get("seized"), is).Optional()
	f.Text("worth", "proceeding.worth", v.Get("worth")).Set("Width", "date").Set("Inputmode", "numeric").Optional()
}

func readRedress(v url.Values) (any, error) {
	var fs fault.Fields
	x := Redress{Currency: strings.ToUpper(v.Get("currency")), Finances: v.Get("finances"), Seized: v.Get("seized")}
	x.Ordered, x.Paid, x.Worth = number(&fs, v, "ordered", "proceeding.want.amount"), number(&fs, v, "paid", "proceeding.want.amount"), number(&fs, v, "worth", "proceeding.want.amount")
	return x, fs.Err()
}

// form is the page of one step.
func (rm room) form(ctx context.Context, r *page.Request, act string, x step, s State, v url.Values) (*field.Form, error) {
	l := r.L
	title := "proceeding.act." + act
	if over := map[string]string{"change": "about", "injured": "injured", "redress": "redress"}[act]; over != "" {
		title = "proceeding." + over // the card that the form changes
	}
	f := field.New(l, title, pathOf(s.ID)+"/"+act, pathOf(s.ID), "proceeding.do."+act)
	if n, _ := strconv.Atoi(v.Get("n")); act == "defendant" && s.line(n) != nil {
		f.Title = l.T("proceeding.number", "N", n)
	}
	f.Guarded, f.Crumbs = true, append(crumbs(l), page.Crumb{Text: Code(s.ID), Href: pathOf(s.ID)}, page.Crumb{Text: f.Title})
	if key := "proceeding.act." + act + ".lead"; l.Has(key) {
		f.Lead = l.T(key)
	}
	f.Hidden("entry", v.Get("entry"))
	if x.fields != nil {
		x.fields(rm, f, r, s, v)
		return f, nil
	}
	if x.typ == EvidenceType {
		return f, rm.pieces(ctx, f, r, act, s, v.Get("piece"))
	}
	colleagues, err := rm.Colleagues(ctx, r)
	f.Select("worker", "proceeding.assign.to", v.Get("worker"), colleagues)
	f.Radios("as", "proceeding.assign.as", v.Get("as"), field.Options(l, "proceeding.assign.as", Standings()))
	return f, err
}

// asked opens a proceeding of whose pages somebody asks for a form: who works on it, or gives it to others.
func (rm room) asked(ctx context.Context, r *page.Request) (string, step, State, error) {
	act := r.PathValue("act")
	x, ok := steps()[act]
	if !ok {
		return "", x, State{}, fault.New(fault.NotFound, "fault.not_found")
	}
	_, s, err := rm.opened(ctx, r)
	if err == nil && !slices.Contains(s.Workers, r.Actor.ID) && !(act == "assign" && slices.Contains(s.Supervisors, r.Actor.ID)) {
		err = denied()
	}
	return act, x, s, err
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	act, x, s, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	v := x.start(s, r.URL.Query())
	if v == nil {
		v = url.Values{}
	}
	v.Set("entry", rm.Store.NewID().String())
	f, err := rm.form(ctx, r, act, x, s, v)
	return page.View("proceeding/form", r.L.T("page.form.tab"), f), err
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	act, x, s, err := rm.asked(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	entry, err := journal.ParseID(v.Get("entry"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	what, wrong := x.read(v)
	if wrong == nil {
		wrong = rm.write(ctx, r, s.ID, entry, x.typ, what)
	}
	if wrong == nil {
		return page.Redirect(pathOf(s.ID), "proceeding.saved"), nil
	}
	f, err := rm.form(ctx, r, act, x, s, v)
	if err != nil {
		return nil, err
	}
	return f.Again(r, "proceeding/form", wrong)
}

// opening is the form of a new proceeding.
func (rm room) opening(r *page.Request, v url.Values) *field.Form {
	f := field.New(r.L, "proceeding.new", Path+"/new", Path, "proceeding.do.new")
	f.Guarded, f.Lead, f.Crumbs = true, r.L.T("proceeding.new.lead"), crumbs(r.L, f.Title)
	f.Hidden("dossier", v.Get("dossier"))
	f.Hidden("entry", v.Get("entry"))
	chargeFields(rm, f, r, State{}, v)
	return f
}

func (rm room) blank(_ context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	v := put("dossier", rm.Store.NewID().String(), "entry", rm.Store.NewID().String(), "country", rm.Country)
	return page.View("proceeding/form", r.L.T("page.form.tab"), rm.opening(r, v)), nil
}

func (rm room) begin(ctx context.Context, r *page.Request) (page.Response, error) {
	if !works(r.Actor) {
		return nil, denied()
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	id, err := journal.ParseID(v.Get("dossier"))
	entry, wrong := journal.ParseID(v.Get("entry"))
	if err != nil || wrong != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	what, _ := readCharge(v) // texts and codes, which the guard reads
	if _, err := rm.Store.Append(ctx, as(r), refOf(id), store.Draft{ID: entry, Type: OpenedType, Payload: what}); err != nil {
		return rm.opening(r, v).Again(r, "proceeding/form", err)
	}
	return page.Redirect(pathOf(id), "proceeding.saved"), nil
}
