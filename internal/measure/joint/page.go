// SPDX-License-Identifier: EUPL-1.2

package joint

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where joint releases are shown.
const Path = release.Path + "/joint"

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	Desk Desk
	// Names gives the names of accounts; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Colleagues lists who can be the second person.
	Colleagues func(ctx context.Context, r *page.Request) ([]page.Option, error)
	// Parties gives this office, and those that terms let it exchange counts with.
	Parties func(ctx context.Context, r *page.Request) (own Party, others []Party, err error)
	// Describe gives the words that a release is written with.
	Describe func(owner journal.ID, p Proposal) Describe
	// Exactly lists exact counts of the same people that this office has published.
	Exactly func(ctx context.Context, owner journal.ID, source, from, until string) ([]release.State, error)
	// Locale gives a language's words, for titles.
	Locale func(tag string) *lang.Locale
	// Texts are those of the page that opens without a server.
	Texts *lang.Bundle
}

type room struct{ RoomConfig }

// Pages gives the room: what several offices publish together, a new proposal, one of them.
func Pages(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: "joint", Templates: templates,
		Routes: []page.Route{
			{Pattern: "GET " + Path, Handle: rm.home},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.draft},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "GET " + Path + "/{id}/files", Handle: rm.files},
			{Pattern: "GET " + Path + "/{id}/explore", Handle: rm.explore},
			{Pattern: "GET " + Path + "/{id}/{act}", Handle: rm.ask},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}}
}

func denied() error { return fault.New(fault.Denied, "fault.denied") }

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

var tones = map[string]string{"drafted": page.Off, "invited": page.Warn, "agreed": page.Warn, "waiting": page.Info, "running": page.Info, "opened": page.Good, "disputed": page.Bad, "false": page.Bad, "declined": page.Off, "stopped": page.Bad}

func crumbs(r *page.Request, here string) []page.Crumb {
	return release.Under(r, "joint.title", Path, here)
}

// homeData is the list.
type homeData struct {
	Actions     []page.Action
	Table       page.Table
	First, Next string
}

func (rm room) home(ctx context.Context, r *page.Request) (page.Response, error) {
	if !release.Works(r.Actor) {
		return nil, denied()
	}
	l, after := r.L, r.URL.Query().Get("after")
	d := homeData{Table: page.Table{Caption: l.T("joint.title"), Empty: &page.Empty{Icon: "users", Title: l.T("joint.none"), Text: l.T("joint.none.text")}}}
	if len(rm.Desk.Sources(r.Actor.Owner)) > 0 {
		d.Actions = []page.Action{{Text: l.T("joint.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	}
	for _, k := range []string{"joint.what", "joint.offices", "joint.status", "joint.deadline"} {
		d.Table.Columns = append(d.Table.Columns, page.Column{Text: l.T(k)})
	}
	rows, err := rm.Desk.Store.List(ctx, release.As(r.Actor), store.Query{Kind: access.KindJoint, After: after})
	if err != nil {
		return nil, err
	}
	for _, row := range rows.Rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			return nil, err
		}
		began := l.T("joint.theirs")
		if s.Here {
			began = l.T("joint.ours")
		}
		d.Table.Rows = append(d.Table.Rows, page.Row{Cells: []page.Cell{{Text: Title(l, s.Title), Href: pathOf(row.Ref.ID), Sub: began}, {Text: l.Number(s.Parties)},
			{Text: l.T("joint.status." + row.State), Tone: tones[row.State]}, {Text: dayText(l, s.Deadline)}}})
	}
	if rows.Next != "" {
		d.Next = Path + "?after=" + rows.Next
	}
	if after != "" {
		d.First = Path
	}
	return page.View("joint/home", l.T("joint.title"), d), nil
}

// Title gives a title in the reader's language, or in another one.
func Title(l *lang.Locale, by map[string]string) string {
	for _, tag := range []string{l.Tag(), "en", "fr"} {
		if t := by[tag]; t != "" {
			return t
		}
	}
	return "–"
}

func dayText(l *lang.Locale, day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return "–"
	}
	return l.Date(t)
}

// typed is what somebody chooses of a proposal.
type typed struct {
	Dossier  journal.ID `form:"dossier"`
	Source   string     `form:"source"`
	Shown    string     `form:"shown"`  // the source whose columns the form showed
	Period   string     `form:"period"` // as periods names it
	Most     int        `form:"most"`
	Columns  []string   `form:"columns"`
	Ways     int        `form:"ways"`
	Epsilon  string     `form:"epsilon"`
	Offices  []string   `form:"offices"`
	Against  int        `form:"against"`
	Deadline string     `form:"deadline"`
	Second   journal.ID `form:"second"`
}

// proposal makes of what was chosen what all are to agree to.
func (rm room) proposal(r *page.Request, v typed, src source.Source, own Party, others []Party) Proposal {
	d := src.Domain()
	days := daysOf(v.Period)
	p := Proposal{Title: map[string]string{}, Source: src.Code, Version: src.Version, Most: min(max(v.Most, 1), max(src.Most, 1)), From: days[0], Until: days[1],
		Columns: d.Columns, Delta: release.Usual().Delta, Against: v.Against, Deadline: v.Deadline, At: r.Now.UTC().Truncate(time.Second).Format(time.RFC3339), Parties: []Party{own}}
	if x, err := strconv.ParseFloat(v.Epsilon, 64); err == nil && x > 0 && x < 100 { // what is no number cannot be sent either
		p.Epsilon = x
	}
	for _, tag := range []string{"en", "fr"} {
		p.Title[tag] = release.Title(rm.Locale(tag), src.Code, p.From, p.Until)
	}
	for _, o := range others {
		if slices.Contains(v.Offices, o.Office.String()) {
			p.Parties = append(p.Parties, o)
		}
	}
	inorder.By(p.Parties, func(a, b Party) int { return slices.Compare(a.Office[:], b.Office[:]) })
	var chosen table.Domain
	for _, c := range d.Columns {
		if slices.Contains(v.Columns, c.Name) {
			chosen.Columns = append(chosen.Columns, c)
		}
	}
	for _, s := range chosen.Upto(min(max(v.Ways, 1), len(chosen.Columns))) {
		names := []string{}
		for _, c := range s {
			names = append(names, chosen.Columns[c].Name)
		}
		p.Tables = append(p.Tables, names)
	}
	return p
}

// periods offers the last four quarters and six years that are over.
func periods(r *page.Request) (out []page.Option) {
	first := time.Date(r.Now.UTC().Year(), (r.Now.UTC().Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	offer := func(name string) {
		days := daysOf(name)
		out = append(out, page.Option{Value: name, Text: release.Period(r.L, days[0], days[1])})
	}
	for y := r.Now.UTC().Year() - 1; y > r.Now.UTC().Year()-7; y-- {
		offer(strconv.Itoa(y))
	}
	for n := 1; n <= 4; n++ {
		begins := first.AddDate(0, -3*n, 0)
		offer(fmt.Sprintf("%d-Q%d", begins.Year(), (begins.Month()+2)/3))
	}
	return out
}

// daysOf gives the first and last day of a year, "2025", or a quarter, "2026-Q3"; none of what is neither.
func daysOf(name string) [2]string {
	year, quarter, within := strings.Cut(name, "-Q")
	y, err := strconv.Atoi(year)
	q, err2 := 1, error(nil)
	months := 12
	if within {
		q, err2 = strconv.Atoi(quarter)
		months = 3
	}
	if err != nil || err2 != nil || y < 1900 || y > 9999 || q < 1 || q > 4 {
		return [2]string{}
	}
	begins := time.Date(y, time.Month(3*q-2), 1, 0, 0, 0, 0, time.UTC)
	return [2]string{begins.Format(time.DateOnly), begins.AddDate(0, months, -1).Format(time.DateOnly)}
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	sources := rm.Desk.Sources(r.Actor.Owner)
	if !release.Works(r.Actor) {
		return nil, denied()
	}
	if len(sources) == 0 {
		return page.Redirect(release.Path, ""), nil
	}
	v := typed{Dossier: rm.Desk.Store.NewID(), Source: sources[0].Code, Period: strconv.Itoa(r.Now.UTC().Year() - 1), Most: 1, Ways: 2, Epsilon: "0.5", Against: 1, Deadline: r.Now.UTC().AddDate(0, 0, 21).Format(time.DateOnly)}
	v.Shown = v.Source
	f, err := rm.form(ctx, r, v)
	return page.View("joint/form", r.L.T("joint.new"), f), err
}

func (rm room) form(ctx context.Context, r *page.Request, v typed) (*field.Form, error) {
	l, sources := r.L, rm.Desk.Sources(r.Actor.Owner)
	src, err := sources.Find(v.Source)
	if err != nil {
		return nil, err
	}
	_, others, err := rm.Parties(ctx, r)
	if err != nil {
		return nil, err
	}
	colleagues, err := rm.Colleagues(ctx, r)
	if err != nil {
		return nil, err
	}
	f := field.New(l, "joint.new", Path+"/new", Path, "joint.save")
	f.Lead, f.Crumbs = l.T("joint.new.lead"), crumbs(r, l.T("joint.new"))
	f.Hidden("dossier", v.Dossier.String())
	f.Hidden("shown", v.Source)
	var of, columns, eps, against, offices []page.Option
	for _, s := range sources {
		of = append(of, page.Option{Value: s.Code, Text: l.T("measure.source." + s.Code)})
	}
	for _, c := range src.Domain().Columns {
		columns = append(columns, page.Option{Value: c.Name, Text: release.Heading(l, src, c.Name)})
	}
	for _, x := range []string{"0.1", "0.25", "0.5", "0.75", "1"} {
		eps = append(eps, page.Option{Value: x, Text: l.Decimal(x)})
	}
	for n := range min(len(others)+1, 6) {
		text := l.T("joint.against.none")
		if n > 0 {
			text = l.N("joint.against.n", n)
		}
		against = append(against, page.Option{Value: strconv.Itoa(n), Text: text})
	}
	for _, o := range others {
		offices = append(offices, page.Option{Value: o.Office.String(), Text: o.Name, Hint: l.Country(o.Country)})
	}
	if len(others) == 0 {
		f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: l.T("joint.no_office"), Text: l.T("joint.no_office.text")})
	}
	f.Select("source", "release.source", v.Source, of).Set("Hint", l.T("joint.source.hint"))
	f.Select("period", "release.period", v.Period, periods(r))
	if src.Most > 1 {
		var most []page.Option
		for n := range src.Most {
			most = append(most, page.Option{Value: strconv.Itoa(n + 1), Text: l.N("joint.most.n", n+1)})
		}
		f.Select("most", "joint.most", strconv.Itoa(max(v.Most, 1)), most)
	}
	f.Checks("columns", "release.columns", v.Columns, columns)
	f.Radios("ways", "release.ways", strconv.Itoa(v.Ways), field.Options(l, "release.ways", []string{"1", "2", "3"}))
	f.Select("epsilon", "release.epsilon", v.Epsilon, eps)
	f.Checks("offices", "joint.with", v.Offices, offices)
	f.Select("against", "joint.against", strconv.Itoa(v.Against), against)
	f.Date("deadline", "joint.deadline", v.Deadline)
	f.Select("second", "joint.second", v.Second.String(), colleagues)
	return f, nil
}

func (rm room) draft(ctx context.Context, r *page.Request) (page.Response, error) {
	if !release.Works(r.Actor) {
		return nil, denied()
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	src, err := rm.Desk.Sources(r.Actor.Owner).Find(v.Source)
	if err != nil {
		return nil, err
	}
	own, others, err := rm.Parties(ctx, r)
	if err != nil {
		return nil, err
	}
	if v.Shown == v.Source {
		_, err = rm.Desk.Store.Append(ctx, release.As(r.Actor), refOf(v.Dossier), store.Draft{Type: DraftedType, Payload: Draft{Proposal: rm.proposal(r, v, src, own, others), Second: v.Second}})
		if err == nil {
			return page.Redirect(pathOf(v.Dossier), "joint.drafted"), nil
		}
	} else {
		v.Columns = nil // another source has other columns: choose again
	}
	f, bad := rm.form(ctx, r, v)
	if bad != nil {
		return nil, bad
	}
	if err == nil {
		return page.View("joint/form", r.L.T("joint.new"), f), nil
	}
	return f.Again(r, "joint/form", err)
}

// odds says in one line what a release promises towards so many of the offices together.
func (s State) odds(l *lang.Locale, together int) string {
	rho, err := s.Proposal.Cost(together)
	if err != nil || together >= len(s.Proposal.Parties) {
		return "–"
	}
	promise, err := rho.At(s.Proposal.Delta)
	if err != nil {
		return "–"
	}
	return l.T("joint.promise", "Epsilon", l.Decimal(strconv.FormatFloat(promise.Epsilon, 'f', 2, 64)))
}

func joined(names []string) string { return strings.Join(names, " × ") }

// rounded writes a plus and minus as exactly as it is worth.
func rounded(x float64) string {
	places := 0
	if x < 10 {
		places = 1
	}
	return strconv.FormatFloat(x, 'f', places, 64)
}
