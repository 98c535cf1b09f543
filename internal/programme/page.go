// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"embed"
	"maps"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/directory"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/study"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts and offices by their ids; what it does not know it leaves out. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Locale gives the words of a language, for what is handed out in another one than the page's.
	Locale func(tag string) *lang.Locale
	// Importer gives the job that brings tables in. Nil where none are brought in on pages.
	Importer func(owner journal.ID) (store.Who, error)
	// Sending is for offices that send figures; nil elsewhere.
	Sending *Sending
	// Offices lists the offices to which terms in force let the programme's messages go. Nil knows none.
	Offices func(context.Context, *page.Request) ([]page.Option, error)
	// Colleagues lists those who work here. Nil knows none.
	Colleagues func(context.Context, *page.Request) ([]page.Option, error)
	// Screening is what those who screen say of a study's list; Published is told when an office publishes one. Both may be nil.
	Screening study.Screening
	Published func(ctx context.Context, owner journal.ID) error
	// Vouch signs what the office says of a signed agreement with the key on its card. Nil signs nothing.
	Vouch func(owner journal.ID, of agreement.Record) ([]byte, error)
	// Directory has what the directory's file needs: Vouch, Verify and Taking of directory.Config. Without them there is no file.
	Directory directory.Config
	// Carried gives the hashes of the legal texts that sharing terms in force carry out. Nil knows none.
	Carried func(ctx context.Context, owner journal.ID) (map[string]bool, error)
	// Territories reads names of countries and territories in tables of figures.
	Territories func() *territory.Names
	// Threshold is below which number of people an office tells none. Nil is the usual one.
	Threshold func(owner journal.ID) int
}

type room struct{ Config }

// Room gives the programme's pages. Everybody in an office may read them; who may edit is offered to.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{
		Name: "programme", Templates: templates,
		Routes: slices.Concat(rm.desks(), rm.jointRoutes(), rm.functionRoutes(), []page.Route{
			{Pattern: "GET /programme", Handle: rm.home},
			{Pattern: "GET /programme/activities", Handle: rm.list},
			{Pattern: "POST /programme/activities", Handle: rm.find},
			shelf().Route(),
			{Pattern: "GET /programme/matrix", Handle: rm.matrix},
			{Pattern: "GET /programme/matrix.csv", Handle: rm.matrixCSV},
			{Pattern: "GET /programme/activities/{id}", Handle: rm.show},
			{Pattern: "GET /programme/activities/{id}/edit", Handle: rm.edit},
			{Pattern: "POST /programme/activities/{id}/edit", Handle: rm.save},
			{Pattern: "GET /programme/activities/{id}/words", Handle: rm.askWords},
			{Pattern: "POST /programme/activities/{id}/words", Handle: rm.saveWords},
			{Pattern: "GET " + wordsPath, Handle: rm.askSchemeWords},
			{Pattern: "POST " + wordsPath, Handle: rm.saveSchemeWords},
			{Pattern: "POST /programme/activities/{id}/corridor", Handle: rm.confirm},
			{Pattern: "GET /programme/activities/{id}/act/{act}", Handle: rm.askStep},
			{Pattern: "POST /programme/activities/{id}/act/{act}", Handle: rm.takeStep},
			{Pattern: "POST /programme/activities/{id}/undo/{entry}", Handle: rm.undo},
			{Pattern: "GET " + schemesPath, Handle: rm.schemes},
			{Pattern: "GET " + schemesPath + "/{code}", Handle: rm.showScheme},
			{Pattern: "GET /programme/activities/{id}/figure", Handle: rm.figureForm},
			{Pattern: "POST /programme/activities/{id}/figure", Handle: rm.previewFigure},
			{Pattern: "POST /programme/activities/{id}/figure/send", Handle: rm.sendFigure},
			{Pattern: "GET /programme/map", Handle: rm.drawMap},
			{Pattern: "GET /programme/calendar", Handle: rm.calendar},
			{Pattern: "GET " + deadlinesPath, Handle: rm.showDeadlines},
			{Pattern: "GET /programme/countries/{code}", Handle: rm.country},
			{Pattern: "GET /programme/gaps", Handle: rm.gaps},
			{Pattern: "GET /programme/gaps/{key}", Handle: rm.settle},
			{Pattern: "POST /programme/gaps/{key}", Handle: rm.saveSettled},
			{Pattern: "POST /programme/gaps/{key}/reopen", Handle: rm.reopen},
			{Pattern: "GET /programme/organisations", Handle: rm.organisations},
			{Pattern: "GET /programme/organisations/{id}", Handle: rm.organisation},
		}),
		Menu: []page.MenuItem{{Key: "programme.menu", Path: "/programme", Icon: "world", Order: 20}},
	}
}

// activities reads the programme's activities by their codes, in the order of those.
func (rm room) activities(ctx context.Context, w store.Who, codes map[string]string) ([]activity.Line, error) {
	var of []store.Span
	for name, value := range codes {
		of = append(of, store.Is(name, value))
	}
	return rm.matchingAll(ctx, w, of...)
}

// matchingAll reads all of the programme's activities whose codes lie in all spans, in the order of their codes. Where the first
// span is of one value, it goes through those that have it: each page begins where the last ended, whatever their number.
func (rm room) matchingAll(ctx context.Context, w store.Who, in ...store.Span) ([]activity.Line, error) {
	q := own(in...)
	if len(in) > 0 && in[0].From != "" && in[0].From == in[0].To {
		q.By = in[0].Name
	}
	var out []activity.Line
	err := rm.each(ctx, w, q, func(a activity.Line) error {
		out = append(out, a)
		return nil
	})
	inorder.By(out, func(a, b activity.Line) int { return strings.Compare(a.Code, b.Code) })
	return out, err
}

// own asks for activities of the programme, in the order of their codes.
func own(in ...store.Span) store.Query {
	return store.Query{Kind: access.KindActivity, Spans: append(in, store.Is("origin", activity.OfProgramme)), By: "code"}
}

// page reads a page of activities.
func (rm room) page(ctx context.Context, w store.Who, q store.Query) (list []activity.Line, next string, err error) {
	p, err := rm.Store.List(ctx, w, q)
	if err != nil {
		return nil, "", err
	}
	for _, r := range p.Rows {
		a, err := store.Summary[activity.Line](r)
		if err != nil {
			return nil, "", err
		}
		list = append(list, a)
	}
	return list, p.Next, nil
}

// each goes through activities, page by page.
func (rm room) each(ctx context.Context, w store.Who, q store.Query, do func(activity.Line) error) error {
	for {
		list, next, err := rm.page(ctx, w, q)
		if err != nil {
			return err
		}
		for _, a := range list {
			if err := do(a); err != nil {
				return err
			}
		}
		if q.After = next; next == "" {
			return nil
		}
	}
}

// current reads the office's programme; the zero Scheme when none was imported, the latest year when there are several.
func (rm room) current(ctx context.Context, w store.Who) (scheme.Scheme, error) {
	rows, err := rolls.All[scheme.Line](ctx, rm.Store, w, store.Query{Kind: access.KindProgramme})
	if err != nil || len(rows) == 0 {
		return scheme.Scheme{}, err
	}
	latest := slices.MaxFunc(rows, func(a, b rolls.Found[scheme.Line]) int { return a.V.Year - b.V.Year })
	o, err := rm.Store.Open(ctx, w, store.Ref{Kind: access.KindProgramme, ID: latest.ID})
	if err != nil {
		return scheme.Scheme{}, err
	}
	return o.State.(scheme.Scheme), nil
}

// register is who takes part, for pages that name many.
type register struct {
	orgs  map[journal.ID]actors.OrganisationLine
	roles []actors.FunctionLine
}

func (rm room) register(ctx context.Context, w store.Who) (register, error) {
	g := register{orgs: map[journal.ID]actors.OrganisationLine{}}
	orgs, err := rolls.All[actors.OrganisationLine](ctx, rm.Store, w, store.Query{Kind: access.KindOrganisation})
	if err != nil {
		return g, err
	}
	for _, o := range orgs {
		g.orgs[o.ID] = o.V
	}
	roles, err := rolls.All[actors.FunctionLine](ctx, rm.Store, w, store.Query{Kind: access.KindFunction})
	for _, f := range roles {
		g.roles = append(g.roles, f.V)
	}
	inorder.By(g.roles, func(a, b actors.FunctionLine) int { return strings.Compare(a.Titles.In(), b.Titles.In()) })
	return g, err
}

// name gives an organisation's name in the reader's language, else as its source has it; "" when unknown.
func (g register) name(l *lang.Locale, id journal.ID) string { return g.orgs[id].Names.In(l.Tag()) }

// link gives an organisation as a link.
func (g register) link(l *lang.Locale, id journal.ID) item {
	if id.IsZero() || g.name(l, id) == "" {
		return item{}
	}
	return quoted(g.name(l, id), languageOf(g.orgs[id].Names, l)).to(organisationPath(id))
}

func organisationPath(id journal.ID) string { return "/programme/organisations/" + id.String() }

func activityPath(code string) string { return "/programme/activities/" + code }

// languageOf says which language In picks, for the lang attribute: "" when it is the reader's.
func languageOf(n party.Names, l *lang.Locale) string {
	text := n.In(l.Tag())
	if n[l.Tag()] == text {
		return ""
	}
	for _, tag := range slices.Sorted(maps.Keys(n)) {
		if n[tag] == text && tag != "und" {
			return tag
		}
	}
	return ""
}
