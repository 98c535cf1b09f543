// SPDX-License-Identifier: EUPL-1.2

package retention

import (
	"context"
	"embed"
	"net/http"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the pages are.
const Path = "/programme/retention"

// Source is a kind of dossier that holds people's data.
type Source struct {
	Kind string
	// Name gives what a dossier is called, from its row.
	Name func(l *lang.Locale, row store.Row) (page.Cell, error)
	// Path leads to it; "" where it has no page of its own.
	Path func(id journal.ID) string
}

// Config is what the pages need. Store and Sources are required.
type Config struct {
	Store   *store.Store
	Sources []Source
	Names   func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
}

type room struct{ Config }

// who says in whose name the pages read and write. The rooms whose records have a period stand above this one, and so does the
// register of the wing, which says the same.
func who(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForProgramme} }

// runs says whether somebody runs the programme.
func runs(r *page.Request) bool { return r.Actor.Has(access.ProgrammeOfficer) }

// Room gives the pages: how long what is kept, for everybody in an office; what is due, for who runs the programme.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "retention", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.list},
		{Pattern: "GET " + Path + "/{kind}/{id}", Handle: rm.show},
		{Pattern: "POST " + Path + "/{kind}/{id}/{act}", Handle: rm.act},
	}}
}

// Item is a dossier that holds people's data, with where it stands.
type Item struct {
	Kind   string
	ID     journal.ID
	Name   page.Cell
	Line   Line
	Status Status
	Due    time.Time
}

func (x Item) path() string { return Path + "/" + x.Kind + "/" + x.ID.String() }

// Items gives all dossiers whose period has begun, as somebody may see them, what is due first, then by day.
func (c Config) Items(ctx context.Context, r *page.Request) ([]Item, error) {
	var out []Item
	for _, s := range c.Sources {
		q := store.Query{Kind: s.Kind, Codes: map[string]string{Code: "yes"}}
		err := c.Store.Each(ctx, who(r), q, func(row store.Row) error {
			x, err := s.item(r, row)
			if err != nil {
				return err
			}
			if x.Status != Nothing {
				out = append(out, x)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	inorder.Stably(out, func(a, b Item) int {
		if x, y := slices.Index(Statuses(), a.Status), slices.Index(Statuses(), b.Status); x != y {
			return x - y
		}
		return a.Due.Compare(b.Due)
	})
	return out, nil
}

func (s Source) item(r *page.Request, row store.Row) (Item, error) {
	v, err := store.Summary[struct {
		Keep Line `json:"keep" part:"PI"`
	}](row)
	if err != nil {
		return Item{}, err
	}
	x := Item{Kind: s.Kind, ID: row.Ref.ID, Line: v.Keep}
	x.Status, x.Due = v.Keep.At(r.Now)
	x.Name, err = s.Name(r.L, row)
	return x, err
}

// tones of the statuses.
var tones = map[Status]string{Due: page.Warn, Awaiting: page.Info, IsKept: page.Off, Running: page.Off}

// Lines gives what is due and what somebody proposed to erase, for a first page; nothing to whoever does not run the
// programme.
func (c Config) Lines(ctx context.Context, r *page.Request) ([]page.Line, error) {
	if !runs(r) {
		return nil, nil
	}
	items, err := c.Items(ctx, r)
	var out []page.Line
	for _, x := range items {
		if x.Status == Due || x.Status == Awaiting {
			due := x.Due
			out = append(out, page.Line{Tone: tones[x.Status], Title: x.Name.Text, Lang: x.Name.Lang, Href: x.path(), When: r.L.T("retention.since"), Due: &due, Now: r.Now,
				Text: r.L.Told(r.L.T("retention.status."+string(x.Status)), r.L.T("retention.goes."+x.Line.Rule)), Basis: basis(r.L, x.Line), Unverified: !rule(x.Line).Verified()})
		}
	}
	return out, err
}

func rule(l Line) clock.Rule {
	r, _ := Rules().At(l.Rule, l.From, time.UTC)
	return r
}

// basis says what a period rests on: "12 months from the last day of the meeting".
func basis(l *lang.Locale, x Line) string {
	r := rule(x)
	return l.T("retention.basis", "Length", l.N("rights.length."+string(rune(r.Length.Unit)), r.Length.N), "Start", l.T("retention.starts."+r.Starts), "On", l.Date(x.From))
}

// listData is the page of all.
type listData struct {
	Rules   page.Table
	Items   *page.Table // nil for whoever does not run the programme
	Readers string
}

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	l := r.L
	d := listData{Rules: page.Table{Caption: l.T("retention.rules"), Columns: []page.Column{{Text: l.T("retention.what")}, {Text: l.T("retention.length")}, {Text: l.T("retention.stays")}, {Text: l.T("retention.source")}}}}
	for _, x := range Rules() {
		source := x.Source
		if key := "retention.source." + x.Source; l.Has(key) {
			source = l.T(key)
		}
		d.Rules.Rows = append(d.Rules.Rows, page.Row{Cells: []page.Cell{{Text: l.T("retention.goes." + x.Code)}, {Text: l.N("rights.length."+string(rune(x.Length.Unit)), x.Length.N), Sub: l.T("retention.starts." + x.Starts)},
			{Text: l.T("retention.stays." + x.Code)}, {Text: source, Sub: x.Article, Unverified: !x.Verified()}}})
	}
	if !runs(r) {
		return page.View("retention/list", l.T("retention.title"), d), nil
	}
	items, err := rm.Items(ctx, r)
	if err != nil {
		return nil, err
	}
	d.Items = &page.Table{Caption: l.T("retention.items"), Columns: []page.Column{{Text: l.T("retention.record")}, {Text: l.T("retention.what")}, {Text: l.T("retention.until")}, {Text: l.T("retention.standing")}},
		Empty: &page.Empty{Icon: "trash", Title: l.T("retention.none"), Text: l.T("retention.none.text")}}
	for _, x := range items {
		when := page.Cell{Due: &x.Due, Now: r.Now, Sub: basis(l, x.Line)}
		d.Items.Rows = append(d.Items.Rows, page.Row{Cells: []page.Cell{{Text: x.Name.Text, Lang: x.Name.Lang, Href: x.path()}, {Text: l.T("retention.goes." + x.Line.Rule)}, when,
			{Text: l.T("retention.status." + string(x.Status)), Tone: tones[x.Status]}}})
	}
	return page.View("retention/list", l.T("retention.title"), d), nil
}

// held is the state of a dossier that holds people's data.
type held interface {
	Keeping() Line
	KeepingPast() []Step
}

// data is the page of one dossier.
type data struct {
	Title   string
	Crumbs  []page.Crumb
	Status  page.Mark
	Facts   []page.Fact
	Record  *page.Action
	At      Status
	Second  bool   // the reader may take the second step now
	Why     string // not yet: who proposed, and from when the same person can
	Path    string
	Reason  string
	Until   string
	Errors  page.FieldErrors
	History []page.Event
}

// one finds a dossier with what the list says of it. Errors: NotFound, Denied for whoever does not run the programme.
func (rm room) one(ctx context.Context, r *page.Request) (Item, Source, held, error) {
	if !runs(r) {
		return Item{}, Source{}, nil, fault.New(fault.Denied, "fault.denied")
	}
	i := slices.IndexFunc(rm.Sources, func(s Source) bool { return s.Kind == r.PathValue("kind") })
	id, err := journal.ParseID(r.PathValue("id"))
	if i < 0 || err != nil {
		return Item{}, Source{}, nil, fault.New(fault.NotFound, "fault.not_found")
	}
	s := rm.Sources[i]
	o, err := rm.Store.Open(ctx, who(r), store.Ref{Kind: s.Kind, ID: id})
	if err != nil {
		return Item{}, s, nil, err
	}
	h, ok := o.State.(held)
	items, err := rm.Items(ctx, r)
	if err != nil || !ok {
		return Item{}, s, nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if i := slices.IndexFunc(items, func(x Item) bool { return x.ID == id }); i >= 0 {
		return items[i], s, h, nil
	}
	x := Item{Kind: s.Kind, ID: id, Line: h.Keeping()} // nothing is held any more, or its period has not begun
	x.Name = page.Cell{Text: r.L.T("retention.record")}
	return x, s, h, nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	x, s, h, err := rm.one(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.View("retention/one", r.L.T("retention.title"), rm.data(ctx, r, x, s, h)), nil
}

func (rm room) data(ctx context.Context, r *page.Request, x Item, s Source, h held) data {
	l := r.L
	d := data{Title: x.Name.Text, Crumbs: []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("retention.title"), Href: Path}, {Text: x.Name.Text}}, At: x.Status, Path: x.path()}
	if x.Status != Nothing {
		d.Status = page.Mark{Tone: tones[x.Status], Text: l.T("retention.status." + string(x.Status))}
		d.Facts = []page.Fact{{Term: l.T("retention.what"), Text: l.T("retention.goes." + x.Line.Rule)}, {Term: l.T("retention.stays"), Text: l.T("retention.stays." + x.Line.Rule)},
			{Term: l.T("retention.until"), Text: l.Date(x.Due), Sub: basis(l, x.Line), Unverified: !rule(x.Line).Verified()}}
	}
	if s.Path != nil {
		d.Record = &page.Action{Text: l.T("retention.open"), Href: s.Path(x.ID), Icon: "arrow-right"}
	}
	steps := h.KeepingPast()
	if x.Status == IsKept {
		f := page.Fact{Term: l.T("retention.kept"), Text: lastDay(l, x.Line.Until)}
		for _, p := range steps {
			if p.What == "kept" { // the last one holds
				f.Sub = p.Reason
			}
		}
		d.Facts = append(d.Facts, f)
	}
	ids := []journal.ID{x.Line.By}
	for _, p := range steps {
		ids = append(ids, p.By)
	}
	names := map[journal.ID]string{}
	if rm.Names != nil {
		names = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	if x.Status == Awaiting {
		d.Second = x.Line.Second(r.Actor.ID, r.Now)
		d.Why = l.T("retention.wait", "On", l.Date(x.Line.Proposed.Add(Alone)))
	}
	for _, p := range slices.Backward(steps) {
		e := page.Event{At: p.At, Who: names[p.By], Title: l.T("retention.step." + p.What)}
		if p.What == "kept" {
			e.Text = l.T("retention.kept.until", "On", lastDay(l, p.Until))
			if p.Reason != "" { // else it went with what was erased
				e.Text = l.T("retention.kept.to", "On", lastDay(l, p.Until), "Reason", p.Reason)
			}
		}
		d.History = append(d.History, e)
	}
	return d
}

// lastDay gives the day with which a time ends.
func lastDay(l *lang.Locale, until time.Time) string { return l.Date(until.Add(-time.Second)) }

// act takes a step: propose, keep or erase.
func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	x, s, h, err := rm.one(ctx, r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Reason string `form:"reason"`
		Until  string `form:"until"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	var draft store.Draft
	switch r.PathValue("act") {
	case "propose":
		draft = store.Draft{Type: x.Kind + proposed, Payload: Proposed{x.Line.Rule, x.Due}}
	case "keep":
		until, perr := time.Parse(time.DateOnly, in.Until)
		if perr == nil {
			until = until.AddDate(0, 0, 1) // the day itself, too
		}
		draft = store.Draft{Type: x.Kind + kept, Payload: Kept{until, in.Reason}}
	case "erase":
		draft = store.Draft{Type: x.Kind + erased, Payload: Erased{x.Line.Rule}}
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	_, err = rm.Store.Append(ctx, who(r), store.Ref{Kind: x.Kind, ID: x.ID}, draft)
	if err == nil {
		return page.Redirect(x.path(), "retention.done."+r.PathValue("act")), nil
	}
	errs := r.Errors(err)
	if errs == nil {
		return nil, err
	}
	d := rm.data(ctx, r, x, s, h)
	d.Errors, d.Reason, d.Until = errs, in.Reason, in.Until
	return page.Status(http.StatusUnprocessableEntity, page.View("retention/one", r.L.T("retention.title"), d)), nil
}
