// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// issuePage is an issue as those who write it have it before them.
type issuePage struct {
	Crumbs    []page.Crumb
	Title     page.Cell
	Status    page.Mark
	Actions   []page.Action
	Notes     []register.Note
	Draft     bool
	Edits     bool
	Base      string // address of the issue
	Defects   []page.Line
	Proposals []proposalRow
	Sections  page.Table
	Pictures  []string
	Errors    page.FieldErrors
	Sides     []sideRow
	Hash      string
	May       bool // everything stands for publication
	Facts     []page.Fact
	Gauge     *gauge
	Send      bool // sending can be begun
	Changes   page.Table
	Links     *linksCard
	History   []page.Event
}

type proposalRow struct {
	Code, Title, Lang, When, Sort string
}

// sideRow is one of the two approvals.
type sideRow struct {
	Side, Title, Hint string
	Status            page.Mark
	Who               string
	At                time.Time
	Offer             bool // this reader may give it
}

// gauge is how far an issue has gone out.
type gauge struct {
	Text       string
	Max, Value int
	Facts      []page.Fact
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.open(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.showWith(ctx, r, o, nil)
}

// showWith shows an issue; wrong is what was wrong with a picture.
func (rm room) showWith(ctx context.Context, r *page.Request, o opened, wrong error) (page.Response, error) {
	l, at := r.L, issuePath(o.ID)
	d := issuePage{Crumbs: crumbs(l, page.Crumb{Text: l.T("newsletter.issue")}), Title: register.Quote(l, o.Begun.Title), Base: at, Draft: !o.Out(), Edits: register.MayEdit(r), Errors: r.Errors(wrong), Hash: grouped(o.hash())}
	d.Facts = []page.Fact{{Term: l.T("newsletter.period"), Text: builder{l: l}.period(o.Begun)}, {Term: l.T("newsletter.hash.term"), Text: d.Hash, Sub: l.T("newsletter.hash.hint")}}
	for _, tag := range Languages() {
		d.Actions = append(d.Actions, page.Action{Text: l.T("newsletter.read.in", "Language", l.Language(tag)), Href: at + "/preview?lang=" + tag, Icon: "eye"})
	}
	if d.Draft {
		d.Status = page.Mark{Tone: page.Info, Text: l.T("newsletter.state.draft")}
		rm.drafting(ctx, r, o, &d)
	} else if err := rm.issued(ctx, r, o, &d); err != nil {
		return nil, err
	}
	d.Links, d.History = rm.links(l, o, d.Edits), rm.history(ctx, r, o.Issue)
	out := page.View("newsletter/issue", l.T("newsletter.issue"), d)
	if wrong != nil {
		out = page.Status(422, out)
	}
	return out, nil
}

// drafting fills in what is for those who write.
func (rm room) drafting(ctx context.Context, r *page.Request, o opened, d *issuePage) {
	l, at := r.L, issuePath(o.ID)
	if d.Edits {
		d.Actions = append(d.Actions, page.Action{Text: l.T("register.edit"), Href: at + "/edit", Icon: "edit"}, page.Action{Text: l.T("newsletter.section.new"), Href: at + "/sections/new", Icon: "plus", Primary: true})
		for _, p := range o.records.Propose(o.Begun) {
			if !o.Speaks(p.Line) {
				title, language := p.In(l.Tag())
				d.Proposals = append(d.Proposals, proposalRow{p.Code, title, l.Foreign(language), dates(l, p.Line), l.T("newsletter.sort." + string(p.Sort))})
			}
		}
	}
	for _, x := range o.defects {
		d.Defects = append(d.Defects, defectLine(l, o.Issue, x, d.Edits))
	}
	d.Sections = sectionsTable(l, o.Issue, d.Edits)
	for key := range o.Pictures {
		d.Pictures = append(d.Pictures, key)
	}
	slices.Sort(d.Pictures)
	d.May = d.Edits && len(o.defects) == 0
	var ids []journal.ID
	for _, a := range o.Approvals {
		ids = append(ids, a.By)
	}
	names := rm.called(ctx, r, ids...)
	for _, s := range Sides() {
		row := sideRow{Side: string(s), Title: l.T("newsletter.side." + string(s)), Hint: l.T("newsletter.side." + string(s) + ".hint"), Status: page.Mark{Tone: page.Off, Text: l.T("newsletter.side.open")}}
		a, ok := o.Approval(s)
		if ok && a.Hash == o.hash() {
			row.Status, row.Who, row.At = page.Mark{Tone: page.Good, Text: l.T("newsletter.side.given")}, names[a.By], a.At
		} else {
			d.May, row.Offer = false, d.Edits && len(o.defects) == 0 && !rm.gaveOther(o, s, r.Actor.ID)
			if ok || slices.ContainsFunc(o.Approvals, func(a Approval) bool { return a.Side == s }) {
				row.Status = page.Mark{Tone: page.Warn, Text: l.T("newsletter.side.void")}
			}
		}
		d.Sides = append(d.Sides, row)
	}
}

// sectionsTable lists the sections, with how each stands in the two languages; linked is for those who may change them.
func sectionsTable(l *lang.Locale, i Issue, linked bool) page.Table {
	t := page.Table{Caption: l.T("newsletter.sections"), Columns: []page.Column{{Text: l.T("newsletter.sort")}, {Text: l.T("newsletter.section.title")}, {Text: l.Language("fr")}, {Text: l.Language("en")}},
		Empty: &page.Empty{Icon: "writing", Title: l.T("newsletter.sections.none"), Text: l.T("newsletter.sections.none.text")}}
	for _, s := range i.Sections {
		name := register.Quote(l, s.Title)
		if linked {
			name.Href = issuePath(i.ID) + "/sections/" + s.Key
		}
		sort := l.T("newsletter.sort." + string(s.Sort))
		if s.Sort == Priority {
			sort = l.T("programme.priority.n", "N", s.Priority)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: sort}, name, wordingCell(l, s, "fr"), wordingCell(l, s, "en")}})
	}
	return t
}

// gaveOther says whether somebody gave the other approval, which still holds.
func (rm room) gaveOther(o opened, side Side, by journal.ID) bool {
	for _, s := range Sides() {
		if a, ok := o.Approval(s); ok && s != side && a.By == by {
			return true
		}
	}
	return false
}

var stateTones = map[wording.State]string{wording.Original: page.Good, wording.Translated: page.Good, wording.Outdated: page.Warn, wording.Missing: page.Bad}

func wordingCell(l *lang.Locale, s Section, tag string) page.Cell {
	st := s.Text.State(tag)
	if x := s.Title.State(tag); x == wording.Missing || x == wording.Outdated && st != wording.Missing {
		st = x
	}
	return page.Cell{Text: l.T("newsletter.wording." + string(st)), Tone: stateTones[st]}
}

// defectLine tells what is wrong, where, and what to do.
func defectLine(l *lang.Locale, i Issue, d Defect, edits bool) page.Line {
	where := l.T("newsletter.of_issue")
	x := page.Line{Tone: page.Bad, Title: l.T("newsletter.fault."+string(d.Fault), "Found", d.Found, "Language", l.Language(d.Language)), Text: l.T("newsletter.fix." + string(d.Fault))}
	if s, ok := i.Section(d.Section); ok {
		where = register.Quote(l, s.Title).Text
		if edits {
			x.Href = issuePath(i.ID) + "/sections/" + s.Key
		}
	} else if edits {
		x.Href = issuePath(i.ID) + "/edit"
	}
	parts := []string{where}
	if d.Language != "" {
		parts = append(parts, l.Language(d.Language))
	}
	if d.Block > 0 {
		parts = append(parts, l.T("newsletter.block", "N", d.Block))
	}
	x.Basis = strings.Join(parts, ", ")
	return x
}

// issued fills in what is told of a published issue.
func (rm room) issued(ctx context.Context, r *page.Request, o opened, d *issuePage) error {
	l, at := r.L, issuePath(o.ID)
	d.Sections = sectionsTable(l, o.Issue, false)
	d.Status = page.Mark{Tone: page.Good, Text: l.T("newsletter.published.n", "N", o.Published.Number, "Date", l.Date(day(o.Published.Day)))}
	d.Facts = append(d.Facts, page.Fact{Term: l.T("newsletter.public"), Text: l.T("newsletter.public.page"), Href: rm.PublicAt + PublicPath + "/" + strconv.Itoa(o.Published.Number)})
	if d.Edits {
		d.Actions = append(d.Actions, page.Action{Text: l.T("newsletter.correct"), Href: at + "/correct", Icon: "writing"})
	}
	d.Changes = page.Table{Caption: l.T("newsletter.changes"), Columns: []page.Column{{Text: l.T("newsletter.fact")}, {Text: l.T("newsletter.was")}, {Text: l.T("newsletter.now")}}}
	e := edition(r, o.editions)
	for _, c := range Changes(e, o.records, rm.Locale(e.Language)) {
		d.Changes.Rows = append(d.Changes.Rows, page.Row{Cells: []page.Cell{{Text: rm.fact(l, o.records, c.Ref), Href: recordPath(c.Ref)}, {Text: c.Was}, {Text: c.Now}}})
	}
	for _, x := range o.Errata {
		t := register.Quote(l, x.Text)
		d.Notes = append(d.Notes, register.Note{Tone: page.Info, Title: l.T("newsletter.erratum.of", "Date", l.Date(x.At)), Text: t.Text})
	}
	if rm.Progress == nil || !d.Edits {
		return nil
	}
	p, err := rm.Progress(ctx, r, o.ID)
	if err != nil {
		return err
	}
	switch {
	case o.Sending.IsZero() && p.Server:
		d.Send = true
		d.Notes = append(d.Notes, register.Note{Tone: page.Off, Text: l.N("newsletter.send.to", p.Readers)})
	case o.Sending.IsZero():
		d.Notes = append(d.Notes, register.Note{Tone: page.Warn, Text: l.T("newsletter.send.no_server"), Actions: []page.Action{{Text: l.T("newsletter.readers"), Href: rm.Readers}}})
	default:
		unclear := page.Fact{Term: l.T("newsletter.send.unclear"), Text: l.Number(p.Unclear)}
		if p.Unclear > 0 {
			unclear.Sub = l.T("newsletter.send.unclear.hint")
		}
		d.Gauge = &gauge{Text: l.T("newsletter.send.done", "Sent", p.Sent, "All", p.Readers), Max: max(1, p.Readers), Value: p.Sent,
			Facts: []page.Fact{{Term: l.T("newsletter.send.waiting"), Text: l.Number(p.Waiting)}, {Term: l.T("newsletter.send.failed"), Text: l.Number(p.Failed)}, unclear}}
		if p.Trouble != "" {
			d.Notes = append(d.Notes, register.Note{Tone: page.Warn, Text: p.Trouble})
		}
	}
	return nil
}

// recordPath leads to the record of a reference.
func recordPath(ref string) string {
	code, _, _ := strings.Cut(ref, ".")
	if code == OfProgramme {
		return "/programme"
	}
	return register.ActivityPath(code)
}

// fact says in words which fact a reference is.
func (rm room) fact(l *lang.Locale, r Records, ref string) string {
	code, field, _ := strings.Cut(ref, ".")
	if code == OfProgramme {
		return l.T("newsletter.of_programme." + field)
	}
	return code + ", " + l.T("newsletter.field."+field)
}

func (rm room) called(ctx context.Context, r *page.Request, ids ...journal.ID) map[journal.ID]string {
	if rm.Names == nil {
		return nil
	}
	return rm.Names(ctx, r.Actor.Owner, ids...)
}

func (rm room) history(ctx context.Context, r *page.Request, i Issue) []page.Event {
	var ids []journal.ID
	for _, e := range i.History {
		ids = append(ids, e.By)
	}
	names := rm.called(ctx, r, ids...)
	var out []page.Event
	for _, e := range slices.Backward(i.History) {
		x := page.Event{At: e.At, Title: r.L.T("newsletter.entry." + e.Type), Who: names[e.By]}
		switch e.Type {
		case ApprovedType:
			x.Text = r.L.T("newsletter.side." + e.Text)
		case SectionType:
			if s, ok := i.Section(e.Text); ok {
				x.Text = register.Quote(r.L, s.Title).Text
			}
		}
		out = append(out, x)
	}
	return out
}

func (rm room) approve(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.draft(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	if len(o.defects) > 0 {
		return nil, fault.New(fault.Guarded, "newsletter.guard.defects", "N", len(o.defects))
	}
	if strings.ReplaceAll(v.Get("hash"), " ", "") != o.hash() { // what stood on the page is what is approved
		return nil, fault.New(fault.Guarded, "newsletter.guard.changed")
	}
	return page.Redirect(issuePath(o.ID), "newsletter.approved"), rm.write(ctx, r, o.ref, journal.ID{}, ApprovedType, Approved{Side(v.Get("side")), o.Mark(), o.hash()})
}

func (rm room) publish(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	return page.Redirect(issuePath(id), "newsletter.done"), rm.Publish(ctx, register.As(r), id, r.Now.In(r.Zone))
}

// Publish builds an issue once more from the records, checks it, and keeps it as everybody reads it from then on, when what
// was built is what both approvals are of. Errors: Guarded (something stands in the way), and what the store gives.
func (c Config) Publish(ctx context.Context, w store.Who, id journal.ID, today time.Time) error {
	rm := room{c}
	o, err := rm.opened(ctx, w, id)
	switch {
	case err != nil:
		return err
	case o.Out():
		return fault.New(fault.Guarded, "newsletter.guard.published")
	case len(o.defects) > 0:
		return fault.New(fault.Guarded, "newsletter.guard.defects", "N", len(o.defects))
	}
	rows, err := register.All[Line](ctx, c.Store, w, store.Query{Kind: access.KindPublication})
	if err != nil {
		return err
	}
	next := 1
	for _, x := range rows {
		next = max(next, x.V.Number+1)
	}
	_, err = c.Store.Update(ctx, w, o.ref, func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: PublishedType, Room: Room, Payload: Published{Number: next, Day: today.Format(time.DateOnly), Hash: o.hash(), Editions: o.editions}}}, nil
	})
	return err
}

func (rm room) send(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	o, err := rm.open(ctx, r)
	if err != nil {
		return nil, err
	}
	if rm.Progress == nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	p, err := rm.Progress(ctx, r, o.ID)
	if err != nil {
		return nil, err
	}
	if !p.Server {
		return nil, fault.New(fault.Guarded, "newsletter.send.no_server")
	}
	if err := rm.write(ctx, r, o.ref, journal.ID{}, SendingType, Sending{o.Published.Hash}); err != nil {
		return nil, err
	}
	if rm.Wake != nil {
		rm.Wake()
	}
	return page.Redirect(issuePath(o.ID), "newsletter.send.begun"), nil
}
