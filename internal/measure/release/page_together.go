// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/explorer"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
)

// Together is a release of several offices, as the register of each of them lists it.
type Together struct {
	ID                  journal.ID
	Title               map[string]string
	Source, From, Until string
	Offices             int
	Hash                string // of the proposal and all numbers: the same in each office
	Same                bool   // no office says that it has another result
	At                  time.Time
	Cost                Cost
	Epsilon             float64 // towards whoever sees the least: one of the offices
}

// Joint is what the register needs to know of releases of several offices. Its zero value knows none.
type Joint struct {
	// List gives those that are open in this office, latest first.
	List func(ctx context.Context, owner journal.ID) ([]Together, error)
	// Book gives one of them as files. Error: NotFound for any other, and where the offices have different results.
	Book func(ctx context.Context, owner, id journal.ID) (explorer.Book, error)
}

func (j Joint) list(ctx context.Context, owner journal.ID) ([]Together, error) {
	if j.List == nil {
		return nil, nil
	}
	return j.List(ctx, owner)
}

func (j Joint) book(ctx context.Context, owner, id journal.ID) (explorer.Book, error) {
	if j.Book == nil {
		return explorer.Book{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return j.Book(ctx, owner, id)
}

func (t Together) title(l *lang.Locale) string {
	for _, tag := range []string{l.Tag(), "en", "fr"} {
		if s := t.Title[tag]; s != "" {
			return s
		}
	}
	return Title(l, t.Source, t.From, t.Until)
}

func (t Together) status(l *lang.Locale) page.Mark {
	if !t.Same {
		return page.Mark{Tone: page.Bad, Text: l.T("joint.status.disputed")}
	}
	return page.Mark{Tone: page.Good, Text: l.T("joint.status.opened")}
}

// row is its line of the register.
func (t Together) row(l *lang.Locale) page.Row {
	m := t.status(l)
	return page.Row{Cells: []page.Cell{{Text: t.title(l), Href: RegisterPath + "/" + t.ID.String(), Sub: t.Hash[:min(16, len(t.Hash))]}, {Text: l.T("release.route." + string(bundle.Pooled)), Sub: l.N("release.together.offices", t.Offices)},
		{Text: l.Date(t.At)}, {Text: t.Cost.String(), Sub: l.T("release.epsilon.at", "Epsilon", l.Decimal(strconv.FormatFloat(t.Epsilon, 'f', 2, 64)))}, {Text: m.Text, Tone: m.Tone}}}
}

// together shows one to everybody. Error: NotFound.
func (rm room) together(ctx context.Context, r *page.Request, id journal.ID, own []State) (page.Response, error) {
	l := r.L
	all, err := rm.Joint.list(ctx, r.Office.ID)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(all, func(t Together) bool { return t.ID == id })
	if at < 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	t := all[at]
	m, d := t.status(l), showData{}
	d.Title, d.Mark, d.Crumbs = t.title(l), &m, []page.Crumb{{Text: l.T("release.register"), Href: RegisterPath}, {Text: l.T("release.one")}}
	facts := []page.Fact{{Term: l.T("release.published_at"), Text: l.Date(t.At)}, {Term: l.T("release.route"), Text: l.T("release.route." + string(bundle.Pooled))}, {Term: l.T("release.hash"), Text: t.Hash, Sub: l.T("release.together.hash")},
		{Term: l.T("release.cost"), Text: t.Cost.String()}}
	if !t.Same {
		d.Notes = []field.Note{{Tone: page.Bad, Title: l.T("joint.note.disputed"), Text: l.T("joint.note.disputed.text")}}
		d.Side = []field.Card{{Title: l.T("release.what"), Facts: facts}}
		return page.View("release/show", l.T("release.one"), d), nil
	}
	b, err := rm.Joint.book(ctx, r.Office.ID, id)
	if err != nil {
		return nil, err
	}
	d.Actions = []page.Action{{Text: l.T("release.explore"), Icon: "chart-bar", Href: RegisterPath + "/" + id.String() + "/explore", Primary: true}, {Text: l.T("release.files"), Icon: "download", Href: RegisterPath + "/" + id.String() + "/files"}}
	d.Main = append(d.Main, means(r, b.Release)...)
	d.Figures = FiguresOf(r, b.Whole)
	for _, o := range own {
		if o.status == Published && o.Asks.Route == bundle.Exact && t.overlaps(o.Asks) {
			d.Notes = append(d.Notes, field.Note{Tone: page.Info, Title: l.T("release.both"), Text: l.T("release.both.text"), Href: RegisterPath + "/" + o.ID.String(), Link: o.Asks.title(l)})
		}
	}
	for _, o := range b.Release.Offices {
		facts = append(facts, page.Fact{Term: l.T("release.publisher"), Text: o.Name, Sub: l.Country(o.Country)})
	}
	if p := b.Release.Promise; p != nil {
		facts = append(facts, page.Fact{Term: l.T("release.promise"), Text: l.T("release.promise.text", "Epsilon", l.Decimal(strconv.FormatFloat(p.Epsilon, 'f', 2, 64)), "Times", l.Decimal(odds(p.Epsilon)))})
	}
	d.Side = []field.Card{{Title: l.T("release.what"), Facts: facts}}
	return page.View("release/show", l.T("release.one"), d), nil
}

// overlaps says whether a release may be of the same people.
func (t Together) overlaps(a Asks) bool {
	return t.Source == a.Source && t.From <= a.Until && a.From <= t.Until
}

// togetherFiles gives one as an archive, and togetherShown as its page. Error: NotFound.
func (rm room) togetherFiles(ctx context.Context, r *page.Request, id journal.ID) (page.Response, error) {
	b, err := rm.Joint.book(ctx, r.Office.ID, id)
	if err != nil {
		return nil, err
	}
	packed, err := rm.packed.Of(ctx, b.Seal, func() ([]byte, error) { return archived(rm.Texts, b) })
	return togetherFile(b, packed), err
}

func (rm room) togetherShown(ctx context.Context, r *page.Request, id journal.ID) (page.Response, error) {
	b, err := rm.Joint.book(ctx, r.Office.ID, id)
	if err != nil {
		return nil, err
	}
	return explorer.Shown(r, b, RegisterPath+"/"+id.String())
}

// Download packs a release of several offices, with its pages that open without a server.
func Download(texts *lang.Bundle, b explorer.Book) (page.Response, error) {
	packed, err := archived(texts, b)
	return togetherFile(b, packed), err
}

func togetherFile(b explorer.Book, packed []byte) page.Response {
	return page.File("release-"+b.Release.From+"-"+b.Release.ID[:min(8, len(b.Release.ID))]+".zip", "application/zip", packed)
}

// archived packs a release with its pages, which also show those before it.
func archived(texts *lang.Bundle, b explorer.Book, before ...explorer.Book) ([]byte, error) {
	files, err := explorer.Files(texts, b, before...)
	if err != nil {
		return nil, err
	}
	return Pack(files, b.Release.At)
}
