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
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

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
	facts := c.identityFacts()
	if !slices.ContainsFunc(facts, func(f page.Fact) bool { return f.Text != "" }) {
		p.Empty = &page.Empty{Title: c.t("casework.identity.none")}
		return p
	}
	for i, f := range facts { // the names can be shown here; the page behind them shows all
		if i == 0 && f.Text != "" {
			p.Facts = append(p.Facts, page.Fact{Term: f.Term, Masked: true, Reveal: c.path("/identity"), Sub: c.t("casework.identity.behind")})
		}
	}
	if len(p.Facts) == 0 {
		p.Facts = []page.Fact{{Term: c.t("casework.identity.title"), Text: c.t("casework.identity.behind"), Href: c.path("/identity")}}
	}
	return p
}

func (c *caseRequest) identityFacts() []page.Fact {
	i := c.person.Identity
	out := []page.Fact{{Term: c.t("casework.identity.names"), Text: c.r.L.List(i.Names)}, {Term: c.t("casework.identity.born"), Text: born(c.r.L, i.Born)}, {Term: c.t("casework.identity.nationality"), Text: c.r.L.Country(i.Nationality)}}
	for _, d := range i.Documents {
		out = append(out, page.Fact{Term: c.word("casework.document", d.Sort), Text: strings.TrimSpace(c.r.L.Country(d.Country) + " " + d.Number)})
	}
	return out
}

// born says a whole date in words; part of one as it was written.
func born(l *lang.Locale, s string) string {
	if d, err := party.ParseDate(s); err == nil && d.Day != 0 {
		return l.Date(d.First().Add(12 * time.Hour))
	}
	return s
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

// rescuers lists the roles that the policies let open a file in an emergency; the door decides.
var rescuers = []access.Role{access.CaseManager, access.Supervisor, access.Health, access.Shelter}

type emergencyForm struct {
	Reason string `form:"reason"`
	Hours  int    `form:"hours"`
}

// emergency shows the form by which somebody without standing opens a file; it does not read the file.
func (rm room) emergency(_ context.Context, r *page.Request) (page.Response, error) {
	if !slices.ContainsFunc(rescuers, r.Actor.Has) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
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
