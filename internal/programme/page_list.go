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
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
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
	Status   string `form:"status"`
	Lacks    string `form:"lacks"`        // a gap, or activity.Undated
	Month    string `form:"month"`        // "2021-03" for what is known to be in it; "2021" for what is known to be in the year alone
	Late     string `form:"late"`         // "now"
	Read     string `form:"read"`         // "yes": of which the import read something into the source
	Takes    string `form:"organisation"` // the id of who takes part
	Query    string `form:"q"`
	As       string `form:"as"` // "csv" to save
	After    string `form:"-"`  // where the page before ended
}

var monthForm = regexp.MustCompile(`^[12][0-9]{3}(-(0[1-9]|1[0-2]))?$`)

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
	if !slices.Contains(activity.Statuses(), activity.Status(f.Status)) {
		f.Status = ""
	}
	if f.Lacks != activity.Undated && !slices.Contains(activity.Gaps(), activity.Gap(f.Lacks)) {
		f.Lacks = ""
	}
	if !monthForm.MatchString(f.Month) {
		f.Month = ""
	}
	if _, err := journal.ParseID(f.Takes); err != nil {
		f.Takes = ""
	}
	if f.Read != "yes" {
		f.Read = ""
	}
	if f.Late != "now" {
		f.Late = ""
	}
	if len(f.Query) > 200 {
		f.Query = strings.ToValidUTF8(f.Query[:200], "")
	}
	return f
}

func (f filter) codes() map[string]string {
	out := map[string]string{}
	for name, v := range map[string]string{"priority": f.Priority, "pillar": f.Pillar, "country": f.Country, "kind": f.Kind, "status": f.Status, "lacks": f.Lacks, "month": f.Month, "late": f.Late, "organisation": f.Takes, activity.ReadCode: f.Read} {
		if v != "" {
			out[name] = v
		}
	}
	return out
}

// query asks for the activities that fit, but for the words of a search.
func (f filter) query(now time.Time) store.Query {
	var in []store.Span
	for name, value := range f.codes() {
		switch name {
		case "month":
			year, m, known := strings.Cut(value, "-")
			y, _ := strconv.Atoi(year) // of monthForm,
			n, _ := strconv.Atoi(m)    // so a number
			if known {
				in = append(in, activity.InMonth(y, time.Month(n))...)
			} else {
				in = append(in, activity.InYear(y)...)
			}
		case "late":
			in = append(in, activity.Late(now))
		case "status": // the state of a dossier, no code beside it
		default:
			in = append(in, store.Is(name, value))
		}
	}
	q := own(in...)
	q.After, q.State = f.After, f.Status
	return q
}

// kept is what narrows a list without a field of its form.
func (f filter) kept() map[string]string {
	out := f.codes()
	for _, name := range []string{"priority", "pillar", "country", "kind", "status"} {
		delete(out, name)
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
	return filter{Priority: v.Get("priority"), Pillar: v.Get("pillar"), Country: v.Get("country"), Kind: v.Get("kind"), Status: v.Get("status"), Lacks: v.Get("lacks"), Month: v.Get("month"), Late: v.Get("late"), Takes: v.Get("organisation"), Read: v.Get("read"), After: v.Get("after")}.clean()
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
	Kept                                  map[string]string // what else it is narrowed by
	Priorities, Pillars, Countries, Kinds []page.Option
	Statuses                              []page.Option
	Count                                 string
	Table                                 table
	Narrowed                              bool
	Actions                               []page.Action
	More                                  bool   // a search found more than is shown
	First, Next                           string // pages
	Views                                 *rolls.Views
}

// shelf is where readers keep the filters of the list.
func shelf() rolls.Shelf {
	return rolls.Shelf{Room: "activity", Path: "/programme/activities", Filters: []string{"priority", "pillar", "country", "kind", "status", "lacks", "month", "late", "organisation", activity.ReadCode}}
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
	d := listPage{Filter: f, Kept: f.kept(), Narrowed: f.Query != "" || len(f.codes()) > 0, Priorities: priorityOptions(l, s), Pillars: pillarOptions(l), Countries: countryOptions(l, s), Kinds: kindOptions(l), Statuses: statusOptions(l)}
	if rm.Importer != nil && rolls.MayEdit(r) {
		d.Actions = []page.Action{{Text: l.T("sheet.activities.title"), Href: importPath, Icon: "file-import"}}
	}
	if f.As == "csv" {
		return rm.sheet(ctx, r, s, f)
	}
	var found []activity.Line
	if f.Query == "" {
		d.Views = shelf().Views(r, f.codes())
		found, err = rm.leaf(ctx, r, f, &d)
	} else {
		var n int
		found, n, err = rm.matching(ctx, r, f)
		d.Count, d.More = l.N("programme.list.count", len(found)), n > len(found)
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
	n, err := rm.Store.Count(ctx, rolls.As(r), f.query(r.Now))
	if d.Count = r.L.N("programme.list.count", n); err != nil || n == 0 {
		return nil, err
	}
	out, next, err := rm.page(ctx, rolls.As(r), f.query(r.Now))
	if f.After != "" {
		d.First = f.path()
	}
	if next != "" {
		v := url.Values{"after": {next}}
		for name, x := range f.codes() {
			v.Set(name, x)
		}
		d.Next = "/programme/activities?" + v.Encode()
	}
	return out, err
}

// mostRead is how many activities a search reads to look into all that a reader sees of them. Among more it looks for the
// words of titles and descriptions.
const mostRead = 500

// matching gives the first activities that fit a filter and a search, and how many there are at least.
func (rm room) matching(ctx context.Context, r *page.Request, f filter) (found []activity.Line, n int, err error) {
	q := f.query(r.Now)
	q.After = ""
	all, err := rm.Store.Count(ctx, rolls.As(r), q)
	if err != nil {
		return nil, 0, err
	}
	if all > mostRead {
		return rm.searched(ctx, r, f)
	}
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, 0, err
	}
	err = rm.each(ctx, rolls.As(r), q, func(a activity.Line) error {
		if f.match(r.L, g, a) {
			found = append(found, a)
		}
		return nil
	})
	return found[:min(len(found), shownFound)], len(found), err
}

// searched finds activities by the words of their titles and descriptions, and leaves out what does not fit the filter.
func (rm room) searched(ctx context.Context, r *page.Request, f filter) (found []activity.Line, n int, err error) {
	var words [][]store.Token
	for _, w := range activity.Words(f.Query) {
		words = append(words, []store.Token{{Kind: activity.OwnWordToken, Value: w}})
	}
	if len(words) == 0 {
		return nil, 0, nil
	}
	hits, err := rm.Store.Search(ctx, rolls.As(r), access.KindActivity, [][][]store.Token{words})
	if err != nil {
		return nil, 0, err
	}
	for _, row := range hits.Rows {
		a, err := store.Summary[activity.Line](row)
		if err != nil {
			return nil, 0, err
		}
		if f.fits(a) {
			found = append(found, a)
		}
	}
	if n = len(found); hits.More {
		n++
	}
	return found, n, nil
}

// fits says whether an activity fits what a form narrows to.
func (f filter) fits(a activity.Line) bool {
	has := func(code string, of []string) bool { return code == "" || slices.Contains(of, code) }
	return has(f.Priority, activity.Priorities(a.Priorities)) && has(f.Pillar, orNone(a.Pillars)) && has(f.Country, orNone(a.Countries)) && has(f.Kind, []string{string(a.Kind)}) && has(f.Status, []string{string(a.Status)})
}

// sheet writes the list for a spreadsheet, row by row.
func (rm room) sheet(ctx context.Context, r *page.Request, s scheme.Scheme, f filter) (page.Response, error) {
	g, err := rm.register(ctx, rolls.As(r))
	if err != nil {
		return nil, err
	}
	if f.Query != "" {
		found, _, err := rm.matching(ctx, r, f)
		if err != nil {
			return nil, err
		}
		return page.Sheet("activities.csv", activityRows(r.L, s.Source, g, found))
	}
	q := f.query(r.Now)
	q.After = ""
	return page.Rows("activities.csv", func(put func([]string) error) error {
		if err := put(activityHead(r.L)); err != nil {
			return err
		}
		return rm.each(ctx, rolls.As(r), q, func(a activity.Line) error { return put(activityRow(r.L, s.Source, g, a)) })
	}), nil
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
	inorder.By(out, func(a, b page.Option) int { return strings.Compare(plainly(a.Text), plainly(b.Text)) })
	return append(out, page.Option{Value: activity.None, Text: l.T("programme.none.country")})
}

func kindOptions(l *lang.Locale) []page.Option {
	var out []page.Option
	for _, k := range activity.Kinds() {
		out = append(out, page.Option{Value: string(k), Text: l.T("programme.kind." + string(k))})
	}
	return out
}

func statusOptions(l *lang.Locale) []page.Option {
	var out []page.Option
	for _, s := range activity.Statuses() {
		out = append(out, page.Option{Value: string(s), Text: l.T("programme.status." + string(s))})
	}
	return out
}

func activityRows(l *lang.Locale, src scheme.Source, g register, list []activity.Line) [][]string {
	rows := [][]string{activityHead(l)}
	for _, a := range list {
		rows = append(rows, activityRow(l, src, g, a))
	}
	return rows
}

func activityHead(l *lang.Locale) []string {
	var head []string
	for _, k := range []string{"code", "title", "kind", "status", "priorities", "pillars", "countries", "start", "end", "inferred", "partners", "funder", "amount", "participants", "corridor", "source"} {
		head = append(head, l.T("programme.column."+k))
	}
	return head
}

// activityRow writes an activity for a spreadsheet. What is not known is said so: an empty field would be read as none or 0.
func activityRow(l *lang.Locale, src scheme.Source, g register, a activity.Line) []string {
	known := func(s string) string {
		if s == "" {
			return l.T("page.unknown")
		}
		return s
	}
	day := func(d party.PartialDate) string { return known(d.String()) }
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
		source = cited(l, src, a.Sources[0])
	}
	title, _ := a.In(l.Tag())
	return []string{a.Code, title, l.T("programme.kind." + string(a.Kind)), known(statusWord(l, a.Status)), known(strings.Join(priorities, ", ")), known(pillars(l, a.Pillars)),
		known(placed(l, a)), day(a.Start), day(a.End), a.DateInferred.String(), known(strings.Join(partners, "; ")), known(g.name(l, a.Funder)),
		a.Amount.Print(l), a.Participants.Print(l), corridor(l, a.Corridor), known(source)}
}

func statusWord(l *lang.Locale, s activity.Status) string { return status(l, s).Text }

// placed names where an activity is, as far as that is published.
func placed(l *lang.Locale, a activity.Line) string {
	if a.PlaceWithheld {
		return l.T("programme.place.withheld")
	}
	return countries(l, a.Countries)
}
