// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// observed is what was observed of one dimension.
type observed struct {
	Title string
	Items []page.Fact // the indicator, its weight
}

// resultData is what a screening came to.
type resultData struct {
	Title       string
	Crumbs      []page.Crumb
	Once        bool          // shown to whoever wrote it, this once
	Next        []page.Action // what comes next
	Headline    field.Note
	Notes       []field.Note
	Dimensions  *page.Table
	Observed    []observed
	Remarks     string
	Now         []string // what to do now
	Facts       []page.Fact
	About       []page.Fact
	ILO         []string
	Decided     []page.Fact
	Action      string // where an outcome is sent; empty: not by this reader
	Screening   string // carried along where the address does not say which
	Laters, Who []page.Option
	Typed       decidedForm
	Errors      page.FieldErrors
	Refused     string
}

// resultData puts a screening into words. It never says that somebody is or is not anything.
func (rm room) resultData(r *page.Request, x Screening) resultData {
	l := r.L
	d := resultData{Title: l.T("screening.result.title", "When", l.DateTime(x.At)), Remarks: x.Remarks,
		Facts: []page.Fact{{Term: l.T("screening.fact.who"), Text: l.T("screening.age." + x.Who)}, {Term: l.T("screening.fact.role"), Text: l.T("screening.role." + x.Role)},
			{Term: l.T("screening.fact.place"), Text: l.T("screening.place." + x.Place)}, {Term: l.T("screening.field.language"), Text: l.Language(x.Language), Sub: l.T("screening.helped." + string(x.Interpreted))}}}
	if x.Appearance != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("screening.field.appearance"), Text: x.Appearance})
	}
	if x.Who != Adult {
		d.Notes = append(d.Notes, field.Note{Tone: page.Warn, Title: l.T("screening.child.title"), Text: l.T("screening.child.next")})
	}
	for _, k := range []string{"safety", "rights", "rest"} {
		d.Now = append(d.Now, l.T("screening.now."+k))
	}
	if rest := x.At.Add(consent.Rest); r.Now.Before(rest) {
		d.Now = append(d.Now, l.T("screening.now.not_share", "When", l.DateTime(rest)))
	}
	set, ok := rm.Sets.Get(x.Set, x.Version)
	if x.Hidden || !ok {
		d.Headline = field.Note{Tone: page.Off, Title: l.T("screening.result.hidden")}
		return d
	}
	rm.computed(l, set, x, &d)
	return d
}

// computed shows what was observed and which rule it meets.
func (rm room) computed(l *lang.Locale, set indicators.Set, x Screening, d *resultData) {
	tone := map[string]string{RuleMet: page.Info, NotExcluded: page.Warn, NoRule: page.Info}[x.Result.Outcome]
	d.Headline = field.Note{Tone: tone, Title: l.T("screening.outcome." + x.Result.Outcome), Text: l.T("screening.outcome." + x.Result.Outcome + ".text")}
	set = asked(set, x.Appearance)
	t := &page.Table{Caption: l.T("screening.result.dimensions"), Columns: []page.Column{{Text: l.T("screening.result.dimension")}, {Text: l.T("screening.result.observed")}, {Text: l.T("screening.result.rule")}}}
	if set.Rule == indicators.NoRule {
		t.Columns = t.Columns[:2]
	}
	total := 0
	for i, dim := range set.Dimensions {
		total += len(dim.Indicators)
		dr := x.Result.Dimensions[i]
		cells := []page.Cell{{Text: dim.Title.In(l.Tag())}, {Text: countWords(l, set, dr)}, ruleCell(l, dr)}
		t.Rows = append(t.Rows, page.Row{Cells: cells[:len(t.Columns)]})
		o := observed{Title: dim.Title.In(l.Tag())}
		for _, ind := range dim.Indicators {
			if slices.Contains(x.Result.Observed, ind.ID) {
				o.Items = append(o.Items, page.Fact{Term: ind.ID, Text: ind.Text.In(l.Tag()), Sub: sourced(l, ind)})
			}
		}
		if len(o.Items) > 0 {
			d.Observed = append(d.Observed, o)
		}
	}
	d.Dimensions = t
	d.Facts = append(d.Facts, page.Fact{Term: l.T("screening.result.unknown"), Text: l.T("screening.result.unknown_of", "N", l.Number(x.Result.Unknown), "Of", l.Number(total)), Sub: l.T("screening.result.unknown_hint")})
	d.About = append([]page.Fact{{Term: l.T("screening.list.list"), Text: set.Title.In(l.Tag()), Sub: set.Version}}, rm.about(l, set)...)
	d.About = append(d.About, combination(l, set))
	d.ILO = rm.ilo(l, x.Result.ILO)
}

// combination says how dimensions combine, and on what ground; where the source gives no way, that it gives none.
func combination(l *lang.Locale, s indicators.Set) page.Fact {
	f := page.Fact{Term: l.T("screening.list.combination"), Text: l.T("screening.list.no_combination")}
	if s.Combination != nil {
		f.Text, f.Sub = s.Combination.Text.In(l.Tag()), s.Combination.Ground.In(l.Tag())
	}
	return f
}

func countWords(l *lang.Locale, set indicators.Set, d DimensionResult) string {
	if n := d.Strong + d.Medium + d.Weak + d.Other; n > 0 && set.Rule == indicators.NoRule {
		return l.N("screening.result.count", n)
	}
	var out []string
	for _, x := range []struct {
		n   int
		key string
	}{{d.Strong, "strong"}, {d.Medium, "medium"}, {d.Weak, "weak"}, {d.Other, "other"}} {
		if x.n > 0 {
			out = append(out, l.N("screening.count."+x.key, x.n))
		}
	}
	if len(out) == 0 {
		return l.T("screening.result.none")
	}
	return strings.Join(out, ", ")
}

// ruleCell says whether a dimension's rule is met, and how: "2 medium + 1 weak".
func ruleCell(l *lang.Locale, d DimensionResult) page.Cell {
	if d.Met {
		return page.Cell{Tone: page.Info, Text: l.T("screening.result.met", "How", l.T("screening.clause."+d.By))}
	}
	return page.Cell{Tone: page.Off, Text: l.T("screening.result.not_met")}
}

// sourced says how much an indicator weighs, and where its source has it.
func sourced(l *lang.Locale, i indicators.Indicator) string {
	out := weightWord(l, i.Weight)
	if i.Page == "" {
		return out
	}
	if out != "" {
		out += l.T("lang.between")
	}
	return out + l.T("screening.page", "Page", i.Page)
}

func weightWord(l *lang.Locale, w indicators.Weight) string {
	if w == "" {
		return ""
	}
	return l.T("screening.weight." + string(w))
}

// ilo names the ILO's indicators of forced labour that were touched, in the words of its own list.
func (rm room) ilo(l *lang.Locale, numbers []int) []string {
	set, ok := rm.Sets.Newest("ilo11")
	var out []string
	for _, n := range numbers {
		text := strconv.Itoa(n)
		for _, d := range set.Dimensions {
			for _, i := range d.Indicators {
				if ok && slices.Contains(i.ILO, n) {
					text = i.Text.In(l.Tag())
				}
			}
		}
		out = append(out, text)
	}
	return out
}

// decidedForm is what came of it later.
type decidedForm struct {
	Entry     journal.ID `form:"entry"`
	Screening journal.ID `form:"screening"`
	Outcome   Later      `form:"outcome"`
	By        string     `form:"by"`
	On        time.Time  `form:"on"`
}

func (v decidedForm) payload(id journal.ID) Decided { return Decided{id, v.Outcome, v.By, v.On.UTC()} }

// Day gives the day for the form.
func (v decidedForm) Day() string {
	if v.On.IsZero() {
		return ""
	}
	return v.On.Format(time.DateOnly)
}

// outcome adds to a result what came of it, and the form for that.
func (rm room) outcome(r *page.Request, x Screening, d *resultData, action string) {
	l := r.L
	if x.Decided != nil {
		f := page.Fact{Term: l.T("screening.later"), Text: l.T("screening.later." + string(x.Decided.Outcome))}
		if x.Decided.By != "" {
			f.Sub = l.T("screening.decider." + x.Decided.By)
		}
		d.Decided = append(d.Decided, f)
		if !x.Decided.On.IsZero() {
			d.Decided = append(d.Decided, page.Fact{Term: l.T("screening.field.on"), Text: l.Date(x.Decided.On)})
		}
	}
	d.Action, d.Laters, d.Who = action, field.Options(l, "screening.later", field.Codes(Laters())), field.Options(l, "screening.decider", deciders)
	d.Typed.Entry, d.Typed.Screening, d.Screening = rm.Store.NewID(), x.ID, x.ID.String()
}

// screeningOf finds the screening that an address names in a person's file.
func (rm room) screeningOf(ctx context.Context, r *page.Request) (subject, Screening, error) {
	s, err := rm.subjectOf(ctx, r)
	if err != nil {
		return s, Screening{}, err
	}
	id, err := r.ID("screening")
	if err != nil {
		return s, Screening{}, err
	}
	x, ok := s.state.Find(id)
	if !ok {
		return s, x, fault.New(fault.NotFound, "fault.not_found")
	}
	return s, x, nil
}

func (rm room) result(ctx context.Context, r *page.Request) (page.Response, error) {
	s, x, err := rm.screeningOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.View("screening/result", r.L.T("screening.title"), rm.resultPage(r, s, x)), nil
}

func (rm room) resultPage(r *page.Request, s subject, x Screening) resultData {
	d := rm.resultData(r, x)
	d.Crumbs = append(s.crumbs, page.Crumb{Text: d.Title})
	d.Next = []page.Action{{Text: r.L.T("screening.told"), Href: s.back + "/rights/informed", Icon: "speakerphone"}, {Text: r.L.T("screening.again"), Href: s.base, Icon: "clipboard-check"}}
	rm.outcome(r, x, &d, s.base+"/"+x.ID.String())
	return d
}

// decide records what came of a screening in a person's file.
func (rm room) decide(ctx context.Context, r *page.Request) (page.Response, error) {
	s, x, err := rm.screeningOf(ctx, r)
	if err != nil {
		return nil, err
	}
	var v decidedForm
	if err = r.Decode(&v); err == nil {
		_, err = rm.Store.Append(ctx, asScreener(r), s.ref, store.Draft{ID: v.Entry, Type: "screening.outcome", Payload: v.payload(x.ID)})
	}
	if err == nil {
		return page.Redirect(s.base+"/"+x.ID.String(), "screening.saved"), nil
	}
	code := map[fault.Kind]int{fault.Invalid: http.StatusUnprocessableEntity, fault.Guarded: http.StatusConflict}[fault.Of(err)]
	if code == 0 {
		return nil, err
	}
	d := rm.resultPage(r, s, x)
	entry := d.Typed.Entry
	d.Typed = v
	d.Typed.Entry = entry
	if d.Errors = r.Errors(err); len(d.Errors) == 0 {
		d.Refused = r.L.Fault(err)
	}
	return page.Status(code, page.View("screening/result", r.L.T("screening.title"), d)), nil
}
