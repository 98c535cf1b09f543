// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

var statusTones = map[Status]string{StatusOpen: page.Warn, StatusReceived: page.Warn, StatusForwarded: page.Info, StatusDelivered: page.Good, StatusTaken: page.Info, StatusInFile: page.Good, StatusClosed: page.Off,
	StatusUnread: page.Bad, StatusLapsed: page.Bad, StatusWithdrawn: page.Off}

// signalsData is the page of signals.
type signalsData struct {
	Tabs        []page.Tab
	Lead        string
	Table       *page.Table
	First, Next string
}

// signals lists those that wait here and, for whoever wrote some, their own as long as they can be passed on.
func (rm room) signals(ctx context.Context, r *page.Request) (page.Response, error) {
	after := r.URL.Query().Get("after")
	rows, err := rm.Store.List(ctx, asScreener(r), store.Query{Kind: access.KindSignal, After: after})
	if err != nil {
		return nil, err
	}
	d := signalsData{Tabs: rm.tabs(r, "signals"), Lead: r.L.T("screening.signals.lead_" + string(r.Office.Kind))}
	if d.Table, err = Table(ctx, r, rows.Rows, rm.Names); err != nil {
		return nil, err
	}
	if rows.Next != "" {
		d.Next = "/screening/signals?" + url.Values{"after": {rows.Next}}.Encode()
	}
	if after != "" {
		d.First = "/screening/signals"
	}
	return page.View("screening/signals", r.L.T("screening.title"), d), nil
}

// Table shows signals as a list; nobody's name is in it.
func Table(ctx context.Context, r *page.Request, rows []store.Row, names func(context.Context, ...journal.ID) map[journal.ID]string) (*page.Table, error) {
	l := r.L
	t := &page.Table{Caption: l.T("screening.signals.title"), Columns: []page.Column{{Text: l.T("screening.signals.when")}, {Text: l.T("screening.signals.from")}, {Text: l.T("screening.fact.who")}, {Text: l.T("screening.signals.status")}, {Text: l.T("screening.signals.due")}},
		Empty: &page.Empty{Icon: "inbox", Title: l.T("screening.signals.none"), Text: l.T("screening.signals.none_" + string(r.Office.Kind))}}
	for _, row := range rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			return nil, err
		}
		from := page.Cell{Text: l.T("screening.signals.here")}
		if !s.From.IsZero() {
			from.Text = names(ctx, s.From)[s.From]
		}
		if s.Role != "" {
			from.Sub = l.T("screening.role." + s.Role)
		}
		due := page.Cell{Text: "–"}
		if at := row.Due; !at.IsZero() {
			due = page.Cell{Due: &at, Now: r.Now}
		}
		status := page.Cell{Tone: statusTones[s.Status], Text: l.T("screening.status." + string(s.Status))}
		if x, ok := endsSoon(r, s, row.Due); ok {
			status = x
		}
		who := "–"
		if s.Who != "" {
			who = l.T("screening.age." + s.Who)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: l.DateTime(s.At), Href: "/screening/signals/" + row.Ref.ID.String()}, from, {Text: who}, status, due}})
	}
	return t, nil
}

func (rm room) open(ctx context.Context, r *page.Request) (Signal, *store.Opened, error) {
	id, err := r.ID("id")
	if err != nil {
		return Signal{}, nil, err
	}
	o, err := rm.Store.Open(ctx, asScreener(r), refOf(id))
	if err != nil {
		return Signal{}, nil, err
	}
	return o.State.(Signal), o, nil
}

// signalForm is what any form of a signal sends; each form reads the fields that it has.
type signalForm struct {
	Entry      journal.ID           `form:"entry"`
	To         journal.ID           `form:"to"`
	Named      string               `form:"named"`
	Safe       string               `form:"safe_to_call"`
	SafeName   string               `form:"safe_name"`
	Number     string               `form:"number"`
	Hours      string               `form:"hours"`
	Name       string               `form:"name"`
	Words      string               `form:"words"`
	Person     journal.ID           `form:"person"`
	Reason     string               `form:"reason"`
	Categories []string             `form:"categories"`
	Language   string               `form:"language"`
	Helped     consent.Interpreting `form:"interpreting"`
	Expires    time.Time            `form:"expires"`
	decidedForm
}

// signalData is the page of one signal.
type signalData struct {
	ID, Title string
	Crumbs    []page.Crumb
	Mark      *page.Mark
	Notes     []field.Note
	Actions   []page.Action
	Facts     []page.Fact
	Person    []page.Fact // who she is and how to reach her, as far as written and shown
	Words     string
	Results   []resultData
	Entry     string

	Forward, Note, Consent, File, Close bool // which forms are offered
	TakeBack                            bool
	Partners, Files, Reasons, Safeties  []page.Option
	Languages, Helped, Categories       []page.Option
	CanName                             bool
	Errors                              page.FieldErrors
	Refused                             string
	Typed                               signalForm
}

func (rm room) signal(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.signalData(ctx, r)
	return page.View("screening/signal", r.L.T("screening.title"), d), err
}

func (rm room) signalData(ctx context.Context, r *page.Request) (signalData, error) {
	s, o, err := rm.open(ctx, r)
	if err != nil {
		return signalData{}, err
	}
	l, st := r.L, s.Status()
	at := "/screening/signals/" + o.Ref.ID.String()
	d := signalData{ID: o.Ref.ID.String(), Title: l.T("screening.signal.of", "When", l.DateTime(s.At)), Mark: mark(l, "status", string(st), statusTones[st]), Entry: rm.Store.NewID().String(),
		Crumbs: []page.Crumb{{Text: l.T("screening.menu"), Href: "/screening"}, {Text: l.T("screening.tab.signals"), Href: "/screening/signals"}, {Text: l.T("screening.signal.of", "When", l.DateTime(s.At))}},
		Facts:  rm.signalFacts(ctx, r, s), Person: personFacts(l, s, o), Words: s.Words}
	writes, handles := slices.Contains(o.Relations, access.AsSignaller), slices.Contains(o.Relations, access.AsRecipient)
	if err := rm.signalForms(ctx, r, s, &d, writes, handles); err != nil {
		return d, err
	}
	if (st == StatusOpen || st == StatusReceived) && takes(r.Actor) {
		d.Actions = append(d.Actions, page.Action{Text: l.T("screening.signal.take"), Post: at + "/take", Primary: true, Icon: "user-check"})
	}
	for _, x := range s.Screenings {
		v := rm.resultData(r, x)
		if x.Who == s.Who {
			v.Facts = v.Facts[1:] // the signal says it
		}
		if handles && (st == StatusTaken || st == StatusInFile) {
			rm.outcome(r, x, &v, at+"/outcome")
		}
		d.Results = append(d.Results, v)
	}
	d.Notes = append(endingNote(l, s), signalNotes(l, s, writes, handles, r.Now)...)
	d.TakeBack = takesBack(s, o)
	return d, nil
}

// takes says whether somebody may take a signal on; the door decides.
func takes(a access.Actor) bool {
	return a.Office == access.Assistance && (a.Has(access.CaseManager) || a.Has(access.FocalPoint))
}

func signalNotes(l *lang.Locale, s Signal, writes, handles bool, now time.Time) []field.Note {
	var out []field.Note
	switch st := s.Status(); {
	case st == StatusOpen && writes:
		out = append(out, field.Note{Tone: page.Warn, Title: l.T("screening.signal.pass_on", "When", l.DateTime(s.Until())), Text: l.T("screening.signal.pass_on.text")})
	case st == StatusOpen || st == StatusReceived:
		out = append(out, field.Note{Tone: page.Info, Title: l.T("screening.signal.waits"), Text: l.T("screening.signal.waits.text")})
	case st == StatusTaken && !handles:
		out = append(out, field.Note{Tone: page.Off, Title: l.T("screening.signal.others")})
	}
	if s.Refused != "" {
		why := s.Refused
		if l.Has(why) {
			why = l.T(why)
		}
		out = append(out, field.Note{Tone: page.Bad, Title: l.T("screening.signal.refused"), Text: why})
	}
	if s.Anonymous() && handles {
		out = append(out, field.Note{Tone: page.Info, Text: l.T("screening.signal.anonymous")})
	}
	return out
}

func (rm room) signalFacts(ctx context.Context, r *page.Request, s Signal) []page.Fact {
	l := r.L
	names := rm.Names(ctx, s.From, s.By, s.Worker)
	from := page.Fact{Term: l.T("screening.signals.from"), Text: l.T("screening.signals.here"), Sub: names[s.By]}
	if !s.From.IsZero() {
		from.Text, from.Sub = names[s.From], ""
	}
	who := page.Fact{Term: l.T("screening.fact.who")}
	if s.Who != "" {
		who.Text = l.T("screening.age." + s.Who)
	}
	out := []page.Fact{from, {Term: l.T("screening.signals.when"), Text: l.DateTime(s.At)}, who}
	if f := s.Forwarded; f != nil {
		out = append(out, page.Fact{Term: l.T("screening.signal.to"), Text: rm.Names(ctx, f.To)[f.To], Sub: l.DateTime(s.SentAt)})
	}
	if !s.Worker.IsZero() {
		out = append(out, page.Fact{Term: l.T("screening.signal.worker"), Text: names[s.Worker], Sub: l.DateTime(s.TakenAt)})
	}
	for _, x := range s.Slips {
		out = append(out, page.Fact{Term: l.T("screening.signal.receipt"), Text: l.Date(x.GivenAt), Sub: l.T("screening.signal.until", "When", l.Date(x.Expires))})
	}
	for _, g := range s.Grounds {
		out = append(out, page.Fact{Term: l.T("screening.signal.ground"), Text: l.T("consent.ground." + string(g.Kind)), Sub: g.Article})
	}
	if s.Closed != "" {
		out = append(out, page.Fact{Term: l.T("screening.status.closed"), Text: l.T("screening.closing." + s.Closed)})
	}
	out = append(out, endingFacts(l, s)...)
	if !s.Person.IsZero() {
		out = append(out, page.Fact{Term: l.T("screening.status.in_file"), Text: l.T("screening.signal.file_open"), Href: "/cases/" + s.Person.String()})
	}
	return out
}

// personFacts shows how to reach her before who she is.
func personFacts(l *lang.Locale, s Signal, o *store.Opened) []page.Fact {
	var out []page.Fact
	if c := s.Contact; c != nil {
		out = append(out, page.Fact{Term: l.T("screening.field.safe_to_call"), Text: l.T("screening.safe." + c.Safe)}, page.Fact{Term: l.T("screening.field.safe_name"), Text: c.Name}, page.Fact{Term: l.T("screening.field.hours"), Text: c.Hours})
		if c.Safe != "no" {
			out = append(out, page.Fact{Term: l.T("screening.field.number"), Text: c.Number})
		}
	}
	if i := s.Identity; i != nil {
		out = append(out, page.Fact{Term: l.T("screening.field.name"), Text: l.List(i.Names)})
	}
	for _, e := range o.Entries {
		if e.Missing[journal.D2] == journal.Erased {
			out = append(out, page.Fact{Term: l.T("screening.field.name"), Erased: true})
			break
		}
	}
	return out
}

// signalForms says which forms are offered, and what they offer.
func (rm room) signalForms(ctx context.Context, r *page.Request, s Signal, d *signalData, writes, handles bool) error {
	st := s.Status()
	l := r.L
	if st == StatusOpen && writes || st == StatusTaken && handles {
		d.Note = true
		d.Safeties, d.Helped = field.Options(l, "screening.safe", safeties), field.Options(l, "screening.helped", field.Codes([]consent.Interpreting{consent.OwnLanguage, consent.Interpreter}))
		for _, x := range spoken {
			d.Languages = append(d.Languages, page.Option{Value: x, Text: l.Language(x)})
		}
		for _, c := range []journal.Category{journal.D1, journal.D2, journal.D3} {
			d.Categories = append(d.Categories, page.Option{Value: string(c), Text: l.T("consent.category." + string(c))})
		}
		partners, err := rm.Partners(ctx, r)
		if err != nil {
			return err
		}
		d.Partners, d.Forward, d.Consent, d.CanName = partners, len(partners) > 0, len(partners) > 0, len(s.Consent.Receipts)+len(s.Consent.Grounds) > 0
	}
	if st == StatusTaken && handles && rm.Files != nil {
		files, err := rm.Files(ctx, r)
		if err != nil {
			return err
		}
		d.Files, d.File, d.Close, d.Reasons = files, true, true, field.Options(l, "screening.closing", closings)
	}
	return nil
}

// signalSave does what a form of a signal asks for.
func (rm room) signalSave(ctx context.Context, r *page.Request) (page.Response, error) {
	id, err := r.ID("id")
	if err != nil {
		return nil, err
	}
	var v signalForm
	if err = r.Decode(&v); err == nil {
		if err = r.Decode(&v.decidedForm); err == nil {
			err = rm.signalDo(ctx, r, id, v)
		}
	}
	at := "/screening/signals/" + id.String()
	if err == nil {
		if what := r.PathValue("what"); what == "withdraw" {
			return page.Redirect("/screening/signals", "screening.ending.saved"), nil
		} else if what == "forward" { // its writer can read nothing from now on
			return page.Redirect("/screening/signals", "screening.signal.sent"), nil
		} else if what == "file" {
			return page.Redirect("/cases/"+v.Person.String(), "screening.saved"), nil
		}
		return page.Redirect(at, "screening.saved"), nil
	}
	code := map[fault.Kind]int{fault.Invalid: http.StatusUnprocessableEntity, fault.Guarded: http.StatusConflict, fault.Uncovered: http.StatusForbidden}[fault.Of(err)]
	if code == 0 {
		return nil, err
	}
	d, derr := rm.signalData(ctx, r)
	if derr != nil {
		return nil, derr
	}
	if d.Typed, d.Errors = v, r.Errors(err); len(d.Errors) == 0 {
		d.Refused = r.L.Fault(err)
	}
	return page.Status(code, page.View("screening/signal", r.L.T("screening.title"), d)), nil
}

func (rm room) signalDo(ctx context.Context, r *page.Request, id journal.ID, v signalForm) error {
	d := store.Draft{ID: v.Entry}
	switch r.PathValue("what") {
	case "take":
		d.Type, d.Payload = "signal.taken", Taken{r.Actor.ID}
	case "note":
		d.Type, d.Payload = "signal.noted", v.noted()
	case "consent":
		d.Type, d.Payload = "signal.consented", v.consented(rm.Store.NewID())
	case "outcome":
		d.Type, d.Payload = "screening.outcome", v.payload(v.Screening)
	case "close":
		d.Type, d.Payload = "signal.closed", Ended{v.Reason}
	case "file":
		return IntoFile(ctx, rm.Store, asScreener(r), id, v.Person)
	case "withdraw":
		d.Type, d.Payload = "signal.withdrawn", TakenBack{By: string(consent.ByPerson)}
	case "forward":
		f := Forwarded{To: v.To, For: Purposes()[0], Named: v.Named == "true"}
		cats := []journal.Category{journal.D0, journal.D3}
		if p, err := rm.Purpose(ctx, r, v.To, cats); err == nil {
			f.For = p
		}
		d.Type, d.Payload = "signal.forwarded", f
	default:
		return fault.New(fault.NotFound, "fault.not_found")
	}
	_, err := rm.Store.Append(ctx, asScreener(r), refOf(id), d)
	return err
}

func (v signalForm) noted() Noted {
	n := Noted{Words: v.Words}
	if v.Safe != "" || v.Number != "" || v.SafeName != "" || v.Hours != "" {
		n.Contact = &Reach{Safe: v.Safe, Name: v.SafeName, Number: v.Number, Hours: v.Hours}
	}
	if v.Name != "" {
		n.Identity = &Named{Names: []string{v.Name}}
	}
	return n
}

func (v signalForm) consented(receipt journal.ID) consent.Given {
	g := consent.Given{Receipt: receipt, Purpose: consent.Identification, Recipient: v.To, Language: v.Language, Interpreting: v.Helped, By: consent.ByPerson}
	for _, c := range v.Categories {
		g.Categories = append(g.Categories, journal.Category(c))
	}
	if !v.Expires.IsZero() {
		g.Expires = v.Expires.AddDate(0, 0, 1).Add(-time.Second).UTC()
	}
	return g
}

// IntoFile takes a signal's screenings into a person's file and links the two. Doing it twice does it once. The file is
// opened before, through the search that opening one forces.
//
// Errors: Denied or NotFound when either is not the actor's to write in, Guarded when somebody else handles the signal.
func IntoFile(ctx context.Context, s *store.Store, w store.Who, signal, person journal.ID) error {
	o, err := s.Open(ctx, w, refOf(signal))
	if err != nil {
		return err
	}
	if person.IsZero() {
		return fault.Bad("person", "screening.need.person")
	}
	if err := o.State.(Signal).is(StatusTaken, StatusInFile); err != nil {
		return err
	}
	_, err = s.Update(ctx, w, store.Ref{Kind: access.KindPerson, ID: person}, func(any) ([]store.Draft, error) {
		var ds []store.Draft
		for _, x := range o.State.(Signal).Screenings {
			if !x.Hidden {
				ds = append(ds, store.Draft{ID: derived(x.ID, person.String()), Type: "screening.recorded", Payload: x.Recorded, At: x.At})
			}
		}
		return ds, nil
	})
	if err != nil {
		return err
	}
	_, err = s.Append(ctx, w, refOf(signal), store.Draft{ID: derived(signal, person.String()), Type: "signal.linked", Payload: Linked{person}})
	return err
}
