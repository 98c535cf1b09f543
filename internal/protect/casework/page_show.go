// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
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
		{Pattern: "GET /cases/{id}/place", Handle: rm.place},
		{Pattern: "GET /cases/{id}/view", Handle: rm.personView},
		{Pattern: "GET /cases/{id}/emergency", Handle: rm.emergency},
		{Pattern: "POST /cases/{id}/emergency", Handle: rm.openEmergency},
		{Pattern: "POST /cases/{id}/tasks/{task}/done", Handle: rm.taskDone},
		{Pattern: "POST /cases/{id}/goals/{goal}/steps/{step}/done", Handle: rm.goalStepDone},
	}
}

// showData is what a person's page shows. What keeps her safe comes first, wherever the page is read.
type showData struct {
	Title   string
	Lead    string
	Status  *page.Mark
	Crumbs  []page.Crumb
	Actions []page.Action
	Notes   []field.Note
	Contact Panel // before any number
	Due     Panel
	Tracks  []track
	Parts   []part
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
	reads, err := c.readsPanel()
	if err != nil {
		return nil, err
	}
	names := rm.Names(ctx, c.ids()...)
	next := c.nextPanel()
	panels := slices.Concat([]Panel{next, c.taskPanel(names), c.identityPanel(), c.peoplePanel(names), c.needPanel(), c.planPanel(), c.consentPanel(names), c.referralPanel(names),
		c.identificationPanel()}, c.placePanels(), c.childPanels(), extra, c.notePanels(names), []Panel{c.codedPanel(), c.timelinePanel(names), reads})
	d := showData{Title: c.person.Registered.Code, Lead: c.lead(), Crumbs: c.crumbs(""), Notes: c.notes(names), Status: c.status(), Actions: c.actions(next),
		Contact: c.contactPanel(), Due: c.duePanel(), Tracks: c.tracks(extra), Parts: c.parts(panels)}
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
	inorder.By(ids, func(a, b journal.ID) int { return strings.Compare(string(a[:]), string(b[:])) })
	return slices.Compact(ids)
}

func (c *caseRequest) lead() string {
	g := c.person.Registered
	var tongues []string
	for _, l := range g.Languages {
		tongues = append(tongues, c.r.L.Language(l))
	}
	out := said(c.r.L.Country(g.Territory), ageWord(c.r.L, g.Age), word(c.r.L, "referral.sex", g.Sex), c.r.L.List(tongues))
	if g.Fictitious {
		out = said(out, c.t("casework.fictitious"))
	}
	return out
}

func (c *caseRequest) status() *page.Mark {
	if !c.person.ClosedAt.IsZero() {
		return &page.Mark{Tone: page.Off, Text: c.t("casework.state.closed")}
	}
	return &page.Mark{Tone: page.Good, Text: c.t("casework.state.open")}
}

// actions begin with what presses most, so that it is one tap away on a telephone too.
func (c *caseRequest) actions(next Panel) []page.Action {
	var out []page.Action
	if len(next.Items) > 0 {
		out = append(out, page.Action{Text: next.Items[0].Title, Href: next.Items[0].Href, Icon: "arrow-right", Primary: true})
	}
	out = append(out, page.Action{Text: c.t("casework.view.title"), Href: c.path("/view"), Icon: "eye"})
	if !c.manages() {
		return out
	}
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
	for _, other := range c.person.Same {
		out = append(out, field.Note{Tone: page.Info, Title: c.t("casework.same"), Text: c.t("casework.same.text"), Href: "/cases/" + other.String(), Link: c.t("casework.same.open")})
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
