// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// filter narrows a list of activities. Its address holds codes only; a search is posted, so that no word of it
// stands in an address, a history or a log.
type filter struct {
	Priority string `form:"priority"` // a number, or None
	Pillar   string `form:"pillar"`
	Country  string `form:"country"`
	Kind     string `form:"kind"`
	Query    string `form:"q"`
	As       string `form:"as"` // "csv" to save
	After    string `form:"-"`  // where the page before ended
}

var priorityForm = regexp.MustCompile(`^[1-9][0-9]?$`)

// clean leaves out what is no code: an address typed by hand shows the list, not an error.
func (f filter) clean() filter {
	if f.Priority != activity.None && !priorityForm.MatchString(f.Priority) {
		f.Priority = ""
	}
	if f.Pillar != activity.None && !slices.Contains(activity.Pillars(), f.Pillar) {
		f.Pillar = ""
	}
	if f.Country != activity.None && !activity.IsCountry(f.Country) {
		f.Country = ""
	}
	if !slices.Contains(activity.Kinds(), activity.Kind(f.Kind)) {
		f.Kind = ""
	}
	if len(f.Query) > 200 {
		f.Query = strings.ToValidUTF8(f.Query[:200], "")
	}
	return f
}

func (f filter) codes() map[string]string {
	out := map[string]string{}
	for name, v := range map[string]string{"priority": f.Priority, "pillar": f.Pillar, "country": f.Country, "kind": f.Kind} {
		if v != "" {
			out[name] = v
		}
	}
	return out
}

// path is the address of a filtered list.
func (f filter) path() string {
	v := url.Values{}
	for name, x := range f.codes() {
		v.Set(name, x)
	}
	if len(v) == 0 {
		return "/programme/activities"
	}
	return "/programme/activities?" + v.Encode()
}

func filterOf(r *page.Request) filter {
	v := r.URL.Query()
	return filter{Priority: v.Get("priority"), Pillar: v.Get("pillar"), Country: v.Get("country"), Kind: v.Get("kind"), After: v.Get("after")}.clean()
}

func plainly(s string) string { return activity.Plain(s) }

// match says whether every word of a search is somewhere in what a reader sees of an activity.
func (f filter) match(l *lang.Locale, g register, a activity.Line) bool {
	parts := []string{a.Code, a.Title, a.Description, countries(l, a.Countries), pillars(l, a.Pillars), l.T("programme.kind." + string(a.Kind))}
	parts = slices.AppendSeq(parts, maps.Values(a.Titles))
	for _, p := range a.Partners {
		if !a.Withholds(p.Organisation) {
			parts = append(parts, g.name(l, p.Organisation))
		}
	}
	for _, n := range a.Priorities {
		parts = append(parts, short(l, n))
	}
	where := plainly(strings.Join(parts, "\n"))
	for _, word := range strings.Fields(plainly(f.Query)) {
		if !strings.Contains(where, word) {
			return false
		}
	}
	return true
}

// listPage is /programme/activities.
type listPage struct {
	Filter                                filter
	Priorities, Pillars, Countries, Kinds []page.Option
	Count                                 string
	Table                                 table
	Narrowed                              bool
	Actions                               []page.Action
	More                                  bool   // a search found more than is shown
	First, Next                           string // pages
}

// shownFound is how many a search shows at most.
const shownFound = 200

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	return rm.listed(ctx, r, filterOf(r))
}

// find takes the form: a search or a file is answered at once, plain filters get an address of their own.
func (rm room) find(ctx context.Context, r *page.Request) (page.Response, error) {
	var f filter
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	f = f.clean()
	if f.Query == "" && f.As == "" {
		return page.Redirect(f.path(), ""), nil
	}
	return rm.listed(ctx, r, f)
}

func (rm room) listed(ctx context.Context, r *page.Request, f filter) (page.Response, error) {
	s, err := rm.current(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	l := r.L
	d := listPage{Filter: f, Narrowed: f.Query != "" || len(f.codes()) > 0, Priorities: priorityOptions(l, s), Pillars: pillarOptions(l), Countries: countryOptions(l, s), Kinds: kindOptions(l)}
	if rm.Importer != nil && rolls.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("sheet.activities.title"), Href: importPath, Icon: "file-import"}}
	}
	var found []activity.Line
	if f.Query == "" && f.As == "" {
		found, err = rm.leaf(ctx, r, f, &d)
	} else {
		var g register
		if found, g, err = rm.matching(ctx, r, f); err == nil && f.As == "csv" {
			return page.Sheet("activities.csv", activityRows(l, s.Source, g, found))
		}
		d.Count, d.More = l.N("programme.list.count", len(found)), len(found) > shownFound
		found = found[:min(len(found), shownFound)]
	}
	if err != nil {
		return nil, err
	}
	d.Table = table{Caption: l.T("programme.list.title"), Columns: columns(l, "activity", "kind", "countries", "dates", "status")}
	for _, a := range found {
		d.Table.Rows = append(d.Table.Rows, []item{entryOf(l, a), text(l.T("programme.kind." + string(a.Kind))),
			countryItem(l, a), when(l, a), status(l, a.Status)})
	}
	d.Table.Empty = &page.Empty{Icon: "search", Title: l.T("programme.list.empty"), Text: l.T("programme.list.empty.text"), Action: &page.Action{Text: l.T("programme.list.all"), Href: "/programme/activities"}}
	if !d.Narrowed {
		d.Table.Empty = nothingYet(l)
	}
	return page.View("programme/list", l.T("programme.list.title"), d), nil
}

// leaf reads one page of the list, and counts all that fit from the index.
func (rm room) leaf(ctx context.Context, r *page.Request, f filter, d *listPage) ([]activity.Line, error) {
	places, err := rm.places(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	n := f.count(places)
	if d.Count = r.L.N("programme.list.count", n); n == 0 {
		return nil, nil
	}
	codes := f.codes()
	codes["origin"] = activity.OfProgramme
	p, err := rm.Store.List(ctx, rolls.As(r), store.Query{Kind: access.KindActivity, Codes: codes, By: "code", After: f.After})
	if err != nil {
		return nil, err
	}
	if f.After != "" {
		d.First = f.path()
	}
	if p.Next != "" {
		v := url.Values{"after": {p.Next}}
		for name, x := range f.codes() {
			v.Set(name, x)
		}
		d.Next = "/programme/activities?" + v.Encode()
	}
	var out []activity.Line
	for _, row := range p.Rows {
		a, err := store.Summary[activity.Line](row)
		if err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// matching reads every activity that fits a filter and a search.
func (rm room) matching(ctx context.Context, r *page.Request, f filter) ([]activity.Line, register, error) {
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, g, err
	}
	found, err := rm.activities(ctx, rolls.As(r), f.codes())
	if f.Query != "" {
		found = slices.DeleteFunc(found, func(a activity.Line) bool { return !f.match(r.L, g, a) })
	}
	return found, g, err
}

func nothingYet(l *lang.Locale) *page.Empty {
	return &page.Empty{Icon: "file-import", Title: l.T("programme.empty"), Text: l.T("programme.empty.text")}
}

func countryItem(l *lang.Locale, a activity.Line) item {
	if len(a.Countries) == 0 && a.Scope != "" {
		return text(l.T("programme.scope." + a.Scope)).with(l.T("programme.none.country"))
	}
	return text(countries(l, a.Countries))
}

func priorityOptions(l *lang.Locale, s scheme.Scheme) []page.Option {
	var out []page.Option
	for _, p := range s.Priorities {
		out = append(out, page.Option{Value: strconv.Itoa(p.N), Text: short(l, p.N)})
	}
	return append(out, page.Option{Value: activity.None, Text: l.T("programme.none.priority")})
}

func pillarOptions(l *lang.Locale) []page.Option {
	var out []page.Option
	for _, p := range activity.Pillars() {
		out = append(out, page.Option{Value: p, Text: l.T("programme.pillar." + p)})
	}
	return append(out, page.Option{Value: activity.None, Text: l.T("programme.none.pillar")})
}

// countryOptions lists the programme's countries or territories by their names in the reader's language.
func countryOptions(l *lang.Locale, s scheme.Scheme) []page.Option {
	var out []page.Option
	for _, c := range s.Countries {
		out = append(out, page.Option{Value: c.Code, Text: l.Country(c.Code)})
	}
	slices.SortFunc(out, func(a, b page.Option) int { return strings.Compare(plainly(a.Text), plainly(b.Text)) })
	return append(out, page.Option{Value: activity.None, Text: l.T("programme.none.country")})
}

func kindOptions(l *lang.Locale) []page.Option {
	var out []page.Option
	for _, k := range activity.Kinds() {
		out = append(out, page.Option{Value: string(k), Text: l.T("programme.kind." + string(k))})
	}
	return out
}

// activityRows writes a list for a spreadsheet. What is not known is said so: an empty field would be read as none or 0.
func activityRows(l *lang.Locale, src scheme.Source, g register, list []activity.Line) [][]string {
	var head []string
	for _, k := range []string{"code", "title", "kind", "status", "priorities", "pillars", "countries", "start", "end", "inferred", "partners", "funder", "amount", "participants", "corridor", "source"} {
		head = append(head, l.T("programme.column."+k))
	}
	rows := [][]string{head}
	known := func(s string) string {
		if s == "" {
			return l.T("page.unknown")
		}
		return s
	}
	day := func(d party.PartialDate) string { return known(d.String()) }
	for _, a := range list {
		var partners, priorities []string
		for _, p := range a.Partners {
			name := g.name(l, p.Organisation)
			if a.Withholds(p.Organisation) {
				name = l.T("programme.partner.withheld")
			}
			partners = append(partners, name+" ("+l.T("programme.role."+string(p.Role))+")")
		}
		for _, n := range a.Priorities {
			priorities = append(priorities, strconv.Itoa(n))
		}
		source := ""
		if len(a.Sources) > 0 {
			source = lines(l, src, a.Sources[0].Lines)
		}
		title, _ := a.In(l.Tag())
		rows = append(rows, []string{a.Code, title, l.T("programme.kind." + string(a.Kind)), known(statusWord(l, a.Status)), known(strings.Join(priorities, ", ")), known(pillars(l, a.Pillars)),
			known(placed(l, a)), day(a.Start), day(a.End), a.DateInferred.String(), known(strings.Join(partners, "; ")), known(g.name(l, a.Funder)),
			a.Amount.Print(l), a.Participants.Print(l), corridor(l, a.Corridor), known(source)})
	}
	return rows
}

func statusWord(l *lang.Locale, s activity.Status) string { return status(l, s).Text }

// placed names where an activity is, as far as that is published.
func placed(l *lang.Locale, a activity.Line) string {
	if a.PlaceWithheld {
		return l.T("programme.place.withheld")
	}
	return countries(l, a.Countries)
}
