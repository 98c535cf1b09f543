// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

func (rm room) showRoutes() []page.Route {
	return []page.Route{
		{Pattern: "GET /cases/{id}", Handle: rm.show},
		{Pattern: "GET /cases/{id}/number", Handle: rm.number},
		{Pattern: "GET /cases/{id}/identity", Handle: rm.identity},
		{Pattern: "GET /cases/{id}/view", Handle: rm.personView},
		{Pattern: "GET /cases/{id}/emergency", Handle: rm.emergency},
		{Pattern: "POST /cases/{id}/emergency", Handle: rm.openEmergency},
		{Pattern: "POST /cases/{id}/tasks/{task}/done", Handle: rm.taskDone},
	}
}

// showData is what a person's page shows, from top to bottom.
type showData struct {
	Title   string
	Lead    string
	Status  *page.Mark
	Crumbs  []page.Crumb
	Actions []page.Action
	Notes   []field.Note
	Steps   []page.Step
	Contact *Panel      // first, before any number
	Tracks  []page.Fact // one line each
	Panels  []Panel
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	extra, err := c.extra()
	if err != nil {
		return nil, err
	}
	names := rm.Names(ctx, c.ids()...)
	d := showData{Title: c.person.Registered.Code, Lead: c.lead(), Crumbs: c.crumbs(""), Notes: c.notes(names), Status: c.status(), Tracks: c.tracks(extra), Actions: c.actions()}
	contact := c.contactPanel()
	d.Contact = &contact
	d.Panels = append(d.Panels, c.duePanel(), c.consentPanel(names), c.needPanel(), c.referralPanel(names))
	for _, p := range extra {
		if p.Title != "" {
			d.Panels = append(d.Panels, p)
		}
	}
	d.Panels = append(d.Panels, c.taskPanel(names))
	d.Panels = append(d.Panels, c.notePanels(names)...)
	d.Panels = append(d.Panels, c.identityPanel(), c.peoplePanel(names), c.timelinePanel(names))
	reads, err := c.readsPanel()
	if err != nil {
		return nil, err
	}
	d.Panels = append(d.Panels, reads)
	return page.View("casework/show", r.L.T("casework.title"), d), nil
}

// extra gathers the panels of the rooms beside this one.
func (c *caseRequest) extra() ([]Panel, error) {
	var out []Panel
	for _, panels := range c.Extra {
		ps, err := panels(c.ctx, c.r, c.person, c.opened)
		if err != nil {
			return nil, err
		}
		out = append(out, ps...)
	}
	return out, nil
}

// ids lists everybody whose name the page shows.
func (c *caseRequest) ids() []journal.ID {
	var ids []journal.ID
	for _, e := range c.opened.Entries {
		ids = append(ids, e.Actor)
	}
	for _, s := range c.person.Standing {
		ids = append(ids, s.Worker)
	}
	for _, x := range c.person.Consent.Receipts {
		ids = append(ids, x.Recipient, x.TakenBy)
	}
	for _, x := range c.person.Consent.Grounds {
		ids = append(ids, x.Recipient)
	}
	for _, x := range c.person.Referral.Out {
		ids = append(ids, x.Recipient)
	}
	for _, x := range c.person.Tasks {
		ids = append(ids, x.For)
	}
	slices.SortFunc(ids, func(a, b journal.ID) int { return strings.Compare(string(a[:]), string(b[:])) })
	return slices.Compact(ids)
}

func (c *caseRequest) lead() string {
	g := c.person.Registered
	var tongues []string
	for _, l := range g.Languages {
		tongues = append(tongues, c.r.L.Language(l))
	}
	return strings.Join(slices.DeleteFunc([]string{c.r.L.Country(g.Territory), ageWord(c.r.L, g.Age), word(c.r.L, "referral.sex", g.Sex), c.r.L.List(tongues)}, func(s string) bool { return s == "" }), " · ")
}

func (c *caseRequest) status() *page.Mark {
	if !c.person.ClosedAt.IsZero() {
		return &page.Mark{Tone: page.Off, Text: c.t("casework.state.closed")}
	}
	return &page.Mark{Tone: page.Good, Text: c.t("casework.state.open")}
}

func (c *caseRequest) actions() []page.Action {
	if !c.manages() {
		return []page.Action{{Text: c.t("casework.view.title"), Href: c.path("/view"), Icon: "eye"}}
	}
	out := []page.Action{{Text: c.t("casework.view.title"), Href: c.path("/view"), Icon: "eye"}}
	if c.person.ClosedAt.IsZero() {
		return append(out, page.Action{Text: c.t("casework.close.submit"), Href: c.path("/close"), Icon: "archive"})
	}
	return append(out, page.Action{Text: c.t("casework.reopen.submit"), Href: c.path("/reopen"), Icon: "refresh"})
}

// manages says whether buttons of the case manager are offered; the door decides.
func (c *caseRequest) manages() bool {
	return c.r.Actor.Has(access.CaseManager) && slices.Contains(c.opened.Relations, access.AsManager)
}

// only gives actions to whoever manages the file, while it is open.
func (c *caseRequest) only(as ...page.Action) []page.Action {
	if !c.manages() || !c.person.ClosedAt.IsZero() {
		return nil
	}
	return as
}

func (c *caseRequest) notes(names map[journal.ID]string) []field.Note {
	var out []field.Note
	if c.person.Registered.Fictitious {
		out = append(out, field.Note{Tone: page.Info, Title: c.t("casework.fictitious")})
	}
	if c.person.Child() {
		out = append(out, field.Note{Tone: page.Warn, Title: c.t("casework.child"), Text: c.word("casework.guardian", or(c.person.Guardian, "none"))})
	}
	for _, o := range c.person.Openings {
		if o.At.After(c.r.Now.AddDate(0, 0, -30)) {
			out = append(out, field.Note{Tone: page.Bad, Title: c.t("casework.emergency.was", "Who", name(names, c.r.L, o.By), "At", o.At), Text: o.Reason})
		}
	}
	return out
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// tracks is the quiet row of the seven tracks. Those of other rooms say for themselves where they stand.
func (c *caseRequest) tracks(extra []Panel) []page.Fact {
	open := 0
	for _, n := range c.person.Services.Needs {
		if n.Open() {
			open++
		}
	}
	marks := map[string]page.Mark{"identification": {Tone: stepTone(c.person.Track), Text: c.stepWord(c.r.L, c.person.Registered.Territory, c.person.Track)},
		"services": {Tone: page.Info, Text: c.r.L.N("casework.open_needs", open)}, "child": {Tone: page.Off, Text: c.t("casework.track.adult")}}
	if open == 0 {
		marks["services"] = page.Mark{Tone: page.Off, Text: c.r.L.N("casework.open_needs", 0)}
	}
	if c.person.Child() {
		tone := page.Warn
		if c.person.Guardian == "appointed" {
			tone = page.Good
		}
		marks["child"] = page.Mark{Tone: tone, Text: c.word("casework.guardian", or(c.person.Guardian, "none"))}
	}
	for _, p := range extra {
		if p.Track != "" {
			marks[p.Track] = p.Mark
		}
	}
	var out []page.Fact
	for _, t := range tracks {
		m, ok := marks[t]
		if !ok {
			m = page.Mark{Tone: page.Off, Text: c.t("casework.track.nothing")}
		}
		out = append(out, page.Fact{Term: c.t("casework.track." + t), Tone: m.Tone, Text: m.Text})
	}
	return out
}

// contactPanel is how to reach her. It stands first, and the number last and hidden in it.
func (c *caseRequest) contactPanel() Panel {
	p := Panel{ID: "contact", Title: c.t("casework.contact.title"), Actions: c.only(page.Action{Text: c.t("casework.change"), Href: c.path("/contact"), Icon: "edit"})}
	if c.hides(journal.D1) {
		p.Facts = []page.Fact{{Term: c.t("casework.contact.safe"), Withheld: c.t("casework.withheld.none")}}
		return p
	}
	if c.person.Disputed {
		p.Notes = append(p.Notes, field.Note{Tone: page.Warn, Title: c.t("casework.contact.disputed")})
	}
	k := c.person.Contact
	p.Facts = []page.Fact{
		{Term: c.t("casework.contact.safe"), Tone: safeTone(k.SafeToCall), Text: c.t("casework.safe." + or(string(k.SafeToCall), "unknown"))},
		{Term: c.t("casework.contact.safe_name"), Text: k.SafeName}, {Term: c.t("casework.contact.hours"), Text: k.Hours}, {Term: c.t("casework.contact.channel"), Text: c.word("casework.channel", k.Channel)},
		{Term: c.t("casework.contact.code_word"), Text: k.CodeWord}, {Term: c.t("casework.contact.never"), Text: c.r.L.List(k.Never)}}
	if k.Number != "" {
		number := page.Fact{Term: c.t("casework.contact.number"), Masked: true, Reveal: c.path("/number")}
		if k.SafeToCall == SafeNo { // never without its warning
			number = page.Fact{Term: c.t("casework.contact.number"), Text: c.t("casework.contact.behind"), Href: c.path("/number")}
		}
		p.Facts = append(p.Facts, number)
	}
	return p
}

func safeTone(s Safe) string {
	switch s {
	case SafeYes:
		return page.Good
	case SafeAsk:
		return page.Warn
	}
	return page.Bad
}

// numberData is the page that shows the number below everything that must be known before it is used.
type numberData struct {
	Title  string
	Crumbs []page.Crumb
	Panel  Panel
	Notes  []field.Note
	Term   string
	Number string
}

func (rm room) number(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	if c.person.Contact.Number == "" {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	d := numberData{Title: c.t("casework.contact.title"), Crumbs: c.crumbs(c.t("casework.contact.number")), Panel: c.contactPanel(), Term: c.t("casework.contact.number"), Number: c.person.Contact.Number}
	d.Panel.Facts = d.Panel.Facts[:len(d.Panel.Facts)-1]
	if s := c.person.Contact.SafeToCall; s != SafeYes {
		d.Notes = append(d.Notes, field.Note{Tone: safeTone(s), Title: c.t("casework.safe." + or(string(s), "unknown")), Text: c.t("casework.safe." + or(string(s), "no") + ".hint")})
	}
	return page.View("casework/number", r.L.T("casework.title"), d), nil
}

// identityPanel masks who she is; the page behind it shows it.
func (c *caseRequest) identityPanel() Panel {
	p := Panel{ID: "identity", Title: c.t("casework.identity.title"), Actions: c.only(page.Action{Text: c.t("casework.change"), Href: c.path("/identity/edit"), Icon: "edit"})}
	if c.hides(journal.D2) {
		p.Facts = []page.Fact{{Term: c.t("casework.identity.names"), Withheld: c.t("casework.withheld.none")}}
		return p
	}
	for _, f := range c.identityFacts() {
		if f.Text != "" {
			f = page.Fact{Term: f.Term, Masked: true, Reveal: c.path("/identity")}
		}
		p.Facts = append(p.Facts, f)
	}
	for i := range p.Facts {
		if p.Facts[i].Masked && i > 0 {
			p.Facts[i].Reveal = "" // one page shows all
		}
	}
	return p
}

func (c *caseRequest) identityFacts() []page.Fact {
	i := c.person.Identity
	out := []page.Fact{{Term: c.t("casework.identity.names"), Text: c.r.L.List(i.Names)}, {Term: c.t("casework.identity.born"), Text: i.Born}, {Term: c.t("casework.identity.nationality"), Text: c.r.L.Country(i.Nationality)}}
	for _, d := range i.Documents {
		out = append(out, page.Fact{Term: c.word("casework.document", d.Sort), Text: strings.TrimSpace(c.r.L.Country(d.Country) + " " + d.Number)})
	}
	return out
}

func (rm room) identity(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	if c.hides(journal.D2) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	d := numberData{Title: c.t("casework.identity.title"), Crumbs: c.crumbs(c.t("casework.identity.title")), Panel: Panel{Facts: c.identityFacts()[1:]},
		Term: c.t("casework.identity.names"), Number: c.r.L.List(c.person.Identity.Names)}
	return page.View("casework/number", r.L.T("casework.title"), d), nil
}

type emergencyForm struct {
	Reason string `form:"reason"`
	Hours  int    `form:"hours"`
}

// emergency shows the form by which somebody without standing opens a file; it does not read the file.
func (rm room) emergency(_ context.Context, r *page.Request) (page.Response, error) {
	if _, err := r.ID("id"); err != nil {
		return nil, err
	}
	return page.View("casework/form", r.L.T("casework.title"), emergencyPage(r, emergencyForm{Hours: 2})), nil
}

func emergencyPage(r *page.Request, v emergencyForm) *field.Form {
	f := field.New(r.L, "casework.emergency.title", "/cases/"+r.PathValue("id")+"/emergency", "/cases", "casework.emergency.submit")
	f.Danger = true
	f.Lead = r.L.T("casework.emergency.lead")
	f.Area("reason", "casework.emergency.reason", v.Reason)
	hours := field.Options(r.L, "casework.emergency.hours", []string{"2", "8", "24"})
	f.Radios("hours", "casework.emergency.hours", map[int]string{2: "2", 8: "8", 24: "24"}[v.Hours], hours)
	return f
}

func (rm room) openEmergency(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	var v emergencyForm
	if err = r.Decode(&v); err == nil {
		until := r.Now.Add(time.Duration(v.Hours) * time.Hour)
		_, err = rm.Work.Store.Append(ctx, as(r, access.ForEmergency), Ref(id), store.Draft{Type: "access.emergency", Payload: Emergency{Until: until, Reason: v.Reason}})
	}
	if err != nil {
		return emergencyPage(r, v).Again(r, "casework/form", err)
	}
	return page.Redirect("/cases/"+id.String(), "casework.saved.emergency"), nil
}

func (rm room) taskDone(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	task, err := r.ID("task")
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(c.person.Tasks, func(t Task) bool { return t.Task == task }) { // an id is checked with its parent
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	_, err = rm.Work.Store.Append(ctx, c.who, Ref(c.id), store.Draft{Type: "task.done", Payload: TaskDone{Task: task}})
	return page.Redirect(c.path(""), "casework.saved.task_done"), err
}
