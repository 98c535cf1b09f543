// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

func (c *caseRequest) columns(keys ...string) []page.Column {
	out := make([]page.Column, len(keys))
	for i, k := range keys {
		out[i] = page.Column{Text: c.t(k)}
	}
	return out
}

func (c *caseRequest) empty(icon, key string) *page.Empty {
	return &page.Empty{Icon: icon, Title: c.t(key), Text: c.t(key + ".text")}
}

func (c *caseRequest) duePanel() Panel {
	p := Panel{ID: "due", Title: c.t("casework.list.due")}
	t := &page.Table{Caption: p.Title, Columns: c.columns("casework.due.what", "casework.due.when"), Empty: c.empty("calendar-due", "casework.due.none")}
	for _, d := range c.person.Dues() {
		at := d.At
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: DueWord(c.r.L, d)}, {Due: &at, Now: c.r.Now}}})
	}
	p.Table = t
	return p
}

// categories names data categories in words.
func (c *caseRequest) categories(cats []journal.Category) string {
	out := make([]string, len(cats))
	for i, x := range cats {
		out[i] = c.word("consent.category", string(x))
	}
	return c.r.L.List(out)
}

var receiptTones = map[consent.Status]string{consent.Live: page.Good, consent.Suspended: page.Warn, consent.Withdrawn: page.Off, consent.Expired: page.Off}

func (c *caseRequest) consentPanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "consents", Title: c.t("casework.consents"), Actions: c.only(page.Action{Text: c.t("casework.consent.new"), Href: c.path("/consents/new"), Icon: "checkbox", Primary: true},
		page.Action{Text: c.t("casework.ground.new"), Href: c.path("/grounds/new"), Icon: "scale"})}
	t := &page.Table{Caption: p.Title, Columns: c.columns("casework.consent.for", "casework.consent.recipient", "casework.consent.categories", "casework.consent.status", "casework.consent.expires"),
		Empty: c.empty("checkbox", "casework.consents.none")}
	for _, x := range slices.Backward(c.person.Consent.Receipts) {
		st := x.Status(c.r.Now)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.word("consent.purpose", string(x.Purpose)), Href: c.path("/consents/%s", x.Receipt)}, {Text: name(names, c.r.L, x.Recipient)},
			{Text: c.categories(x.Categories)}, {Tone: receiptTones[st], Text: c.word("consent.status", string(st))}, {Text: c.r.L.Date(x.Expires)}}})
	}
	for _, g := range slices.Backward(c.person.Consent.Grounds) {
		mark := page.Cell{Tone: page.Warn, Text: c.t("casework.ground.waits")}
		switch {
		case !g.ConfirmedBy.IsZero() && g.Live(c.r.Now):
			mark = page.Cell{Tone: page.Good, Text: c.t("casework.ground.confirmed")}
		case !c.r.Now.Before(g.Until):
			mark = page.Cell{Tone: page.Off, Text: c.word("consent.status", "expired")}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.word("consent.ground", string(g.Kind)), Href: c.path("/grounds/%s", g.Ground.Ground)}, {Text: name(names, c.r.L, g.Recipient)},
			{Text: c.categories(g.Categories)}, mark, {Text: c.r.L.Date(g.Until)}}})
	}
	p.Table = t
	return p
}

var needTones = map[services.Step]string{services.Identified: page.Warn, services.Offered: page.Info, services.Planned: page.Info, services.InDelivery: page.Info, services.Reviewed: page.Info,
	services.Met: page.Good, services.Unmet: page.Bad, services.Refused: page.Off}

func (c *caseRequest) needPanel() Panel {
	p := Panel{ID: "needs", Title: c.t("casework.track.services"), Actions: c.only(page.Action{Text: c.t("casework.need_form.title"), Href: c.path("/needs/new"), Icon: "plus"})}
	t := &page.Table{Caption: p.Title, Columns: c.columns("casework.need_form.code", "casework.need_form.urgency", "casework.step_form.step", "casework.step_form.review"), Empty: c.empty("heart-handshake", "casework.needs.none")}
	for _, n := range c.person.Services.Needs {
		row := page.Row{Cells: []page.Cell{{Text: c.word("service.catalogue", n.Code), Sub: n.Detail}, {Text: c.word("service.urgency", n.Urgency)},
			{Tone: needTones[n.Step], Text: c.word("service.step", string(n.Step))}, {Text: c.t("casework.none_set")}}}
		if c.manages() {
			row.Cells[0].Href = c.path("/needs/%s", n.Need)
		}
		if !n.Review.IsZero() {
			at := n.Review
			row.Cells[3] = page.Cell{Due: &at, Now: c.r.Now}
		}
		t.Rows = append(t.Rows, row)
	}
	p.Table = t
	return p
}

// tones of a referral's statuses, on both sides.
var statusTones = map[referral.Status]string{referral.Draft: page.Off, referral.RiskOK: page.Info, referral.Offered: page.Warn, referral.Accepted: page.Info, referral.HandedOver: page.Info,
	referral.InService: page.Info, referral.Delivered: page.Good, referral.FedBack: page.Good, referral.Closed: page.Off, referral.Declined: page.Bad, referral.Expired: page.Bad,
	referral.NotDelivered: page.Bad, referral.WithdrawnPerson: page.Off, referral.WithdrawnSender: page.Off}

func (c *caseRequest) referralPanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "referrals", Title: c.t("casework.referrals"), Actions: c.only(page.Action{Text: c.t("casework.referral.new"), Href: c.path("/referrals/new"), Icon: "send", Primary: true})}
	t := &page.Table{Caption: p.Title, Columns: c.columns("casework.need_form.code", "casework.consent.recipient", "casework.consent.status", "casework.list.changed"), Empty: c.empty("send", "casework.referrals.none")}
	for _, o := range slices.Backward(c.person.Referral.Out) {
		at := o.At
		if !o.OfferedAt.IsZero() {
			at = o.OfferedAt
		}
		if !o.HandedAt.IsZero() {
			at = o.HandedAt
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.word("service.catalogue", o.Offer.Need), Href: c.path("/referrals/%s", o.Referral)}, {Text: name(names, c.r.L, o.Recipient)},
			{Tone: statusTones[o.Status], Text: c.word("referral.status", string(o.Status))}, {Text: c.r.L.ShortDate(at), Sub: c.r.L.Relative(at, c.r.Now)}}})
	}
	p.Table = t
	return p
}

func (c *caseRequest) taskPanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "tasks", Title: c.t("casework.tasks"), Actions: c.only(page.Action{Text: c.t("casework.task_form.title"), Href: c.path("/tasks/new"), Icon: "plus"})}
	for _, t := range c.person.Tasks {
		e := page.Event{At: t.Due, Title: c.word("casework.task", t.What), Text: t.Detail, Who: name(names, c.r.L, t.For), Tone: page.Warn}
		if !t.Done.IsZero() {
			e.Tone, e.Title = page.Good, c.t("casework.task.is_done", "Task", e.Title)
		} else {
			p.Actions = append(p.Actions, c.only(page.Action{Text: c.t("casework.task.mark_done", "Task", e.Title), Post: c.path("/tasks/%s/done", t.Task), Icon: "check"})...)
		}
		p.Events = append(p.Events, e)
	}
	if len(p.Events) == 0 {
		p.Empty = c.empty("checklist", "casework.tasks.none")
	}
	return p
}

// notePanels shows notes by category; one that the reader may not see says so.
func (c *caseRequest) notePanels(names map[journal.ID]string) []Panel {
	var out []Panel
	for _, x := range []struct {
		sort string
		cat  journal.Category
		text func(Note) string
	}{{"account", journal.D3, func(n Note) string { return n.Account }}, {"health", journal.D4, func(n Note) string { return n.Health }},
		{"legal", journal.D6, func(n Note) string { return n.Legal }}, {"stay", journal.D7, func(n Note) string { return n.Stay }}} {
		p := Panel{ID: "notes-" + x.sort, Title: c.t("casework.notes." + x.sort), Actions: c.only(page.Action{Text: c.t("casework.note.new"), Href: c.path("/notes/new?sort=%s", x.sort), Icon: "note"})}
		hidden := 0
		for _, n := range slices.Backward(c.person.Notes) {
			switch {
			case n.Sort != x.sort:
			case x.text(n) == "":
				hidden++
			default:
				p.Events = append(p.Events, page.Event{At: n.At, Title: x.text(n), Who: name(names, c.r.L, n.By)})
			}
		}
		switch {
		case hidden > 0:
			p.Notes = append(p.Notes, field.Note{Tone: page.Off, Text: c.r.L.N("casework.notes.hidden", hidden)})
		case len(p.Events) == 0:
			p.Empty = &page.Empty{Icon: "note", Title: c.t("casework.notes.none"), Text: c.t("casework.notes." + x.sort + ".text")}
		}
		out = append(out, p)
	}
	return out
}

func (c *caseRequest) peoplePanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "people", Title: c.t("casework.people"), Actions: c.only(page.Action{Text: c.t("casework.assign.title"), Href: c.path("/people/new"), Icon: "user-plus"},
		page.Action{Text: c.t("casework.assign.end"), Href: c.path("/people/end"), Icon: "user-x"})}
	t := &page.Table{Caption: p.Title, Columns: c.columns("casework.assign.worker", "casework.assign.relation", "casework.assign.until"), Empty: c.empty("users", "casework.people.none")}
	for _, s := range c.person.Standing {
		until := page.Cell{Text: c.t("casework.assign.no_end")}
		if !s.Until.IsZero() {
			at := s.Until
			until = page.Cell{Due: &at, Now: c.r.Now}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: name(names, c.r.L, s.Worker)}, {Text: c.word("casework.relation", string(s.Relation))}, until}})
	}
	p.Table = t
	return p
}

// shownEntries is how much of a file's history its page shows.
const shownEntries = 100

func (c *caseRequest) timelinePanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "history", Title: c.t("casework.history")}
	for _, e := range slices.Backward(c.opened.Entries) {
		if len(p.Events) == shownEntries {
			break
		}
		p.Events = append(p.Events, page.Event{At: e.OccurredAt, Title: c.entryWord(e.Type), Who: name(names, c.r.L, e.Actor)})
	}
	return p
}

// entryWord says what an entry was; those of other rooms have their word there ("rights.entry.<type>").
func (c *caseRequest) entryWord(typ string) string {
	for _, prefix := range []string{"casework.entry.", "screening.entry.", "rights.entry."} {
		if c.r.L.Has(prefix + typ) {
			return c.t(prefix + typ)
		}
	}
	return c.t("casework.entry.other")
}

// shownReads is how many openings of the file its page lists.
const shownReads = 50

func (c *caseRequest) readsPanel() (Panel, error) {
	p := Panel{ID: "reads", Title: c.t("casework.reads")}
	reads, err := c.Work.Store.ReadsOf(c.ctx, c.who, Ref(c.id), shownReads)
	if err != nil {
		return p, err
	}
	ids := make([]journal.ID, len(reads))
	for i, r := range reads {
		ids[i] = r.Actor
	}
	names := c.Names(c.ctx, ids...)
	t := &page.Table{Caption: p.Title, Columns: c.columns("casework.reads.when", "casework.reads.who", "casework.reads.why", "casework.reads.what"), Empty: c.empty("eye", "casework.reads.none")}
	for _, r := range reads {
		var cats []journal.Category
		for _, of := range r.Of {
			cats = append(cats, of.Categories...)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: c.r.L.DateTime(r.At)}, {Text: name(names, c.r.L, r.Actor)}, {Text: c.word("casework.purpose", r.Purpose)}, {Text: c.categories(cats)}}})
	}
	p.Table = t
	return p, nil
}

// personView is what the person sees beside a worker: what is held, on what it rests, who opened it. Where
// a shelter is is told, never shown.
func (rm room) personView(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForPerson)
	if err != nil {
		return nil, err
	}
	names := rm.Names(ctx, c.ids()...)
	d := showData{Title: c.t("casework.view.title"), Lead: c.t("casework.view.lead"), Crumbs: c.crumbs(c.t("casework.view.title"))}
	contact := c.contactPanel()
	contact.Actions = nil
	reads, err := c.readsPanel()
	if err != nil {
		return nil, err
	}
	d.Contact = &contact
	for _, p := range append([]Panel{{Title: c.t("casework.identity.title"), Facts: c.identityFacts()}, c.consentPanel(names), c.needPanel(), c.referralPanel(names)}, append(c.notePanels(names), reads)...) {
		p.Actions = nil
		d.Panels = append(d.Panels, p)
	}
	return page.View("casework/show", r.L.T("casework.title"), d), nil
}
