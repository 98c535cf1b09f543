// SPDX-License-Identifier: EUPL-1.2

package office

import (
	"context"
	"embed"
	"maps"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the page needs. All but Facts are required.
type Config struct {
	Store *store.Store
	// Now gives the settings in force, whether from an entry or from when the office was made.
	Now func() Settings
	// Changed is told when they have changed, so that pages and cards follow.
	Changed func(context.Context) error
	// Names gives the names of accounts.
	Names     func(context.Context, ...journal.ID) map[journal.ID]string
	Languages []string
	// CommandLine is the principal under which the command line writes.
	CommandLine journal.ID
	// Fixed is what the page shows and nobody can change here.
	Fixed Fixed
}

// Fixed is what was settled when the office was made, or by whoever runs its machine.
type Fixed struct {
	Country string
	URL     string   // as partners reach it
	Public  string   // host of the pages for the public; "" beside the others
	Facts   []string // of the law, signed for this office
}

type room struct{ Config }

// Room gives the settings page. Everybody reads it; administrators change it.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{
		Name: "office", Templates: templates,
		Menu:   []page.MenuItem{{Key: "office.menu", Path: "/settings", Icon: "settings", Order: 85, Show: administers}},
		Routes: []page.Route{{Pattern: "GET /settings", Handle: rm.show}, {Pattern: "POST /settings", Handle: rm.save}},
	}
}

// administers says whether changing is offered; the door decides.
func administers(a access.Actor) bool { return a.Has(access.Administrator) }

func as(r *page.Request) store.Who {
	return store.Who{Actor: r.Actor, Purpose: access.ForAdministration}
}

// data is what the page shows.
type data struct {
	Settings  Settings
	Base      int64
	Writes    bool
	Kind      string
	Fixed     Fixed
	Country   string
	Language  string
	Facts     []string
	Languages []page.Option
	History   []page.Event
	Packs     []packRow
	Errors    page.FieldErrors
	Trouble   string
}

func (rm room) data(ctx context.Context, r *page.Request) (data, error) {
	d := data{Settings: rm.Now(), Writes: administers(r.Actor), Kind: string(r.Office.Kind), Fixed: rm.Fixed, Country: r.L.Country(rm.Fixed.Country)}
	for _, l := range rm.Languages {
		d.Languages = append(d.Languages, page.Option{Value: l, Text: r.L.Language(l)})
	}
	d.Language = r.L.Language(d.Settings.Language)
	for _, f := range rm.Fixed.Facts {
		if key := "office.fact." + f; r.L.Has(key) {
			f = r.L.T(key)
		}
		d.Facts = append(d.Facts, f)
	}
	o, err := rm.Store.Open(ctx, as(r), store.Ref{Kind: access.KindOffice, ID: r.Office.ID})
	if fault.Is(err, fault.NotFound) { // never changed
		return d, nil
	}
	if err != nil {
		return d, err
	}
	d.Base = o.Revision
	s := o.State.(State)
	d.History = rm.history(ctx, r, s)
	d.Packs, err = rm.packs(ctx, r, s)
	return d, err
}

// history tells who changed what, newest first; the first change is told from what the office was made with only by
// its values, as that is not an entry.
func (rm room) history(ctx context.Context, r *page.Request, s State) []page.Event {
	var who []journal.ID
	for _, c := range s.Changes {
		who = append(who, c.By)
	}
	for _, p := range s.Packs {
		who = append(who, p.By)
	}
	for _, p := range s.Taken {
		who = append(who, p.By, p.Out)
	}
	names := rm.named(ctx, r, who...)
	var out []page.Event
	for _, c := range s.Changes {
		out = append(out, page.Event{At: c.At, Who: names[c.By], Title: r.L.T("office.changed"), Text: r.L.T("office.changed.to", "Name", c.To.Name, "Zone", c.To.Zone,
			"Language", r.L.Language(c.To.Language), "Threshold", c.To.Threshold)})
		if c.To.Appearance != "" {
			out[len(out)-1].Text += " " + r.L.T("office.changed.appearance", "Ground", c.To.Appearance)
		}
	}
	for _, p := range s.Packs {
		out = append(out, page.Event{At: p.At, Who: names[p.By], Title: r.L.T("office.rules.added", "Name", p.Name)})
	}
	for _, p := range s.Taken {
		out = append(out, page.Event{At: p.At, Who: names[p.By], Title: r.L.T("office.rules.added", "Name", p.Name)},
			page.Event{At: p.When, Who: names[p.Out], Title: r.L.T("office.rules.removed", "Name", p.Name), Text: p.Reason})
	}
	inorder.Stably(out, func(a, b page.Event) int { return b.At.Compare(a.At) })
	return out
}

// named gives the names of accounts and of the command line.
func (rm room) named(ctx context.Context, r *page.Request, ids ...journal.ID) map[journal.ID]string {
	names := map[journal.ID]string{}
	maps.Copy(names, rm.Names(ctx, ids...))
	names[rm.CommandLine] = r.L.T("office.rules.command_line")
	return names
}

// packRow is one pack of rules as the page shows it.
type packRow struct {
	Name, By, SHA256 string
	Rules            []access.RuleText
}

func (rm room) packs(ctx context.Context, r *page.Request, s State) ([]packRow, error) {
	base, err := access.Base()
	if err != nil || len(s.Packs) == 0 {
		return nil, err
	}
	rules, err := s.Rules(base)
	if err != nil {
		return nil, err
	}
	var out []packRow
	for _, p := range s.Packs {
		who := rm.named(ctx, r, p.By)[p.By]
		row := packRow{Name: p.Name, By: r.L.T("office.rules.by", "Who", who, "When", r.L.Date(p.At)), SHA256: p.SHA256}
		for _, x := range rules.Rules() {
			if strings.HasPrefix(x.ID, p.Name+".") {
				row.Rules = append(row.Rules, x)
			}
		}
		out = append(out, row)
	}
	return out, nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.data(ctx, r)
	return page.View("office/settings", r.L.T("office.title"), d), err
}

func (rm room) save(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Name      string `form:"name"`
		Zone      string `form:"zone"`
		Language  string `form:"language"`
		Threshold int    `form:"threshold"`
		Ground    string `form:"appearance"`
		Base      int64  `form:"base"`
	}
	err := r.Decode(&in)
	to := Settings{in.Name, in.Zone, in.Language, in.Threshold, in.Ground}
	if err == nil {
		_, err = rm.Store.Append(ctx, as(r), store.Ref{Kind: access.KindOffice, ID: r.Office.ID}, store.Draft{Type: Changed, Payload: to, Base: in.Base})
	}
	if err == nil {
		err = rm.Changed(ctx)
	}
	if err == nil {
		return page.Redirect("/settings", "office.saved"), nil
	}
	code := map[fault.Kind]int{fault.Invalid: 422, fault.Conflict: 409}[fault.Of(err)]
	if code == 0 {
		return nil, err
	}
	d, derr := rm.data(ctx, r)
	if derr != nil {
		return nil, derr
	}
	d.Settings, d.Errors = to, r.Errors(err)
	if fault.Is(err, fault.Conflict) {
		d.Trouble = r.L.T("office.conflict")
	}
	return page.Status(code, page.View("office/settings", r.L.T("office.title"), d)), nil
}
