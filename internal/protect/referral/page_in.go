// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

// part is one category of what was handed over.
type part struct {
	Title  string
	Sub    string // when it was added or corrected something
	Old    string // why it no longer holds
	Facts  []page.Fact
	Exact  string // the JSON as it came
	Erased page.Fact
	Gone   bool // erased: the person withdrew
	Hidden bool // not for this reader
}

// inData is the page of one referral received.
type inData struct {
	ID       string
	Mark     *page.Mark
	Crumbs   []page.Crumb
	Notes    []field.Note
	Actions  []page.Action
	Facts    []page.Fact
	Course   []page.Fact
	Offered  bool // waits for an answer
	Reports  bool // waits for feedback
	Parts    []part
	Levels   []page.Option
	Measures []page.Option
	Declines []page.Option
	Fails    []page.Option
	Outcomes []page.Option
	Offices  []page.Option
	Errors   page.FieldErrors
	Refused  string
	Typed    typed
	Changes  []change
	Number   int // of the latest amendment: what an answer speaks to
}

// change is one amendment, before beside after.
type change struct {
	Title, Why string
	Table      *page.Table
	Latest     bool
}

func (rm room) data(ctx context.Context, r *page.Request) (inData, error) {
	o, s, err := rm.open(ctx, r)
	if err != nil {
		return inData{}, err
	}
	handles := !s.Worker.IsZero() && s.Worker == r.Actor.ID
	d := inData{ID: o.Ref.ID.String(), Mark: &page.Mark{Tone: tones[s.Status], Text: r.L.T("referral.status." + string(s.Status))},
		Crumbs:  []page.Crumb{{Text: r.L.T("referral.menu"), Href: "/referrals"}, {Text: r.L.T("referral.in.title")}},
		Offered: s.Status == Offered && r.Now.Before(s.Expires), Reports: handles && (s.Status == HandedOver || s.Status == InService),
		Levels: field.Options(r.L, "referral.risk", RiskLevels()), Measures: field.Options(r.L, "referral.measure", Measures()), Declines: field.Options(r.L, "referral.decline", DeclineReasons()),
		Fails: field.Options(r.L, "referral.fail", FailReasons()), Outcomes: field.Options(r.L, "referral.status", field.Codes([]Status{InService, Delivered, NotDelivered}))}
	if d.Offered && rm.Offices != nil {
		if d.Offices, err = rm.Offices(ctx, r); err != nil {
			return d, err
		}
	}
	if handles && slices.Contains([]Status{Delivered, NotDelivered, Declined, Expired, WithdrawnPerson, WithdrawnSender}, s.Status) {
		d.Actions = []page.Action{{Text: r.L.T("referral.in.close"), Post: "/referrals/" + d.ID + "/close", Icon: "archive"}}
	}
	d.Number = s.Number
	for i, x := range slices.Backward(s.Changes) {
		d.Changes = append(d.Changes, change{Title: r.L.T("referral.change.title", "Number", r.L.Number(x.Number)), Table: SideBySide(r.L, x), Latest: i == len(s.Changes)-1,
			Why: r.L.T("referral.pair", "What", r.L.DateTime(x.At), "Why", r.L.T("referral.amend."+x.Reason))})
	}
	rm.facts(ctx, r, o, s, &d)
	d.Notes = rm.notes(r, s)
	d.Parts = rm.parts(ctx, r, o, s)
	return d, nil
}

// facts says what the offer holds, and what has come of it.
func (rm room) facts(ctx context.Context, r *page.Request, o *store.Opened, s In, d *inData) {
	l := r.L
	names := rm.Names(ctx, s.From, s.Worker)
	var languages []string
	for _, x := range s.Offer.Languages {
		languages = append(languages, l.Language(x))
	}
	d.Facts = []page.Fact{{Term: l.T("referral.in.from"), Text: names[s.From]}, {Term: l.T("referral.in.need"), Text: l.T("service.catalogue." + s.Offer.Need)},
		{Term: l.T("referral.in.who"), Text: l.T("referral.age." + s.Offer.Age), Sub: l.T("referral.sex." + s.Offer.Sex)}, {Term: l.T("referral.in.languages"), Text: l.List(languages)},
		{Term: l.T("referral.in.urgency"), Text: l.T("referral.urgency." + s.Offer.Urgency)}, {Term: l.T("referral.change.period"), Text: period(l, s.Offer.Period)}, {Term: l.T("referral.in.arrived"), Text: l.DateTime(s.At)},
		{Term: l.T("referral.in.until"), Text: l.DateTime(s.Expires), Sub: l.Relative(s.Expires, r.Now)}}
	d.Facts = append(d.Facts, rm.Codes.Facts(ctx, r, s.From, s.Message, Purpose)...)
	if len(s.Changes) > 0 {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("referral.change.categories"), Text: s.ask().word(l, PartCategories)})
		if s.Met != "" {
			d.Facts = append(d.Facts, page.Fact{Term: l.T("referral.change.met"), Text: s.ask().word(l, PartMet)})
		}
	}
	if a := s.Answer; a != nil {
		said := page.Fact{Term: l.T("referral.in.answer"), Text: l.T("referral.status.accepted"), Sub: l.DateTime(s.AnsweredAt)}
		if !a.Accepted {
			said.Text = l.T("referral.pair", "What", l.T("referral.status.declined"), "Why", l.T("referral.decline."+a.Reason))
		}
		if a.Amendment != s.Number && s.Status == Offered {
			said.Term = l.T("referral.in.answer.before")
		}
		d.Course = append(d.Course, said, page.Fact{Term: l.T("referral.in.handles"), Text: names[s.Worker]})
		if a.Accepted {
			d.Course = append(d.Course, page.Fact{Term: l.T("referral.in.risk"), Text: riskWords(r, a.Risk)}, conditions(l, o, s))
		}
	}
	if !s.HandedAt.IsZero() {
		d.Course = append(d.Course, page.Fact{Term: l.T("referral.status.handed_over"), Text: l.DateTime(s.HandedAt)})
	}
	for _, x := range s.Supplied {
		f := page.Fact{Term: l.T("referral.supplement.number", "Number", l.Number(x.Number)), Text: l.DateTime(x.At)}
		if len(x.Corrects) > 0 {
			f.Sub = l.T("referral.supplement.corrected", "What", categories(l, x.Corrects))
		}
		d.Course = append(d.Course, f)
	}
	for _, x := range s.Reports {
		f := page.Fact{Term: l.T("referral.in.report"), Text: l.T("referral.status." + string(x.Status)), Sub: x.Words}
		if x.Reason != "" {
			f.Text = l.T("referral.pair", "What", f.Text, "Why", l.T("referral.fail."+x.Reason))
		}
		d.Course = append(d.Course, f)
	}
}

// conditions are this office's own words on the person; they lie with her account, and go with it when she takes that back.
func conditions(l *lang.Locale, o *store.Opened, s In) page.Fact {
	f := page.Fact{Term: l.T("referral.in.conditions"), Text: s.Answer.Conditions}
	i := slices.IndexFunc(s.Erased, func(h Held) bool { return h.Category == journal.D3 })
	missing := func(why journal.Absence) bool {
		return slices.ContainsFunc(o.Entries, func(e journal.Entry) bool { return e.Type == "incoming.answered" && e.Missing[journal.D3] == why })
	}
	switch {
	case missing(journal.Erased) && i >= 0:
		f.Erased, f.At = true, s.Erased[i].Until
	case missing(journal.Hidden):
		f.Withheld = l.T("referral.in.hidden")
	case f.Text == "":
		f.Text = l.T("referral.in.conditions.none")
	}
	return f
}

func riskWords(r *page.Request, x Risk) string {
	if x.Level == "" {
		return ""
	}
	var ms []string
	for _, m := range x.Measures {
		if k := "referral.measure." + m; r.L.Has(k) {
			m = r.L.T(k)
		}
		ms = append(ms, m)
	}
	return strings.Join(append([]string{r.L.T("referral.risk." + x.Level)}, ms...), ", ")
}

// notes tells what ended or was taken back, and what waits elsewhere.
func (rm room) notes(r *page.Request, s In) []field.Note {
	var out []field.Note
	switch {
	case s.Status == Offered && len(s.Changes) > 0 && r.Now.Before(s.Expires):
		n := field.Note{Tone: page.Warn, Title: r.L.T("referral.in.amended"), Text: r.L.T("referral.in.amended.text")}
		if s.Answer != nil {
			n.Text = r.L.T("referral.in.amended.again")
		}
		out = append(out, n)
	case s.Status == Accepted:
		out = append(out, field.Note{Tone: page.Info, Title: r.L.T("referral.in.waits"), Text: r.L.T("referral.in.waits.text")})
	case s.Status == Offered && !r.Now.Before(s.Expires), s.Status == Expired:
		out = append(out, field.Note{Tone: page.Warn, Title: r.L.T("referral.guard.offer_expired")})
	}
	if s.Status == WithdrawnPerson || s.Status == WithdrawnSender {
		out = append(out, field.Note{Tone: page.Warn, Title: r.L.T("referral.in.withdrawn"), Text: r.L.T("referral.in.withdrawn.text")})
	}
	if len(s.Erased) > 0 {
		var cats []string
		for _, h := range s.Erased {
			cats = append(cats, r.L.T("consent.category."+string(h.Category)))
		}
		out = append(out, field.Note{Tone: page.Warn, Title: r.L.T("referral.in.erased"), Text: r.L.T("referral.in.erased.text", "What", r.L.List(cats)) + " " + rm.completion(r, s)})
	}
	return out
}

// completion says whether what was erased is gone from the backups too, or when it will be.
func (rm room) completion(r *page.Request, s In) string {
	var until time.Time
	late := false
	for _, h := range s.Erased {
		if rm.Complete == nil || h.Until.IsZero() {
			continue
		}
		day, overdue := rm.Complete(h.Until)
		late = late || overdue
		if day.After(until) {
			until = day
		}
	}
	switch {
	case until.IsZero():
		return r.L.T("referral.in.erased.complete")
	case late:
		return r.L.T("referral.in.erased.late", "Date", r.L.Date(until))
	}
	return r.L.T("referral.in.erased.until", "Date", r.L.Date(until))
}

// parts shows what was handed over, category by category, with what was erased and what is not this
// reader's to see.
func (rm room) parts(ctx context.Context, r *page.Request, o *store.Opened, s In) []part {
	var out []part
	offered := rm.Codes.Facts(ctx, r, s.From, s.Message, Purpose)
	for _, e := range o.Entries {
		if e.Type != "incoming.handed_over" && e.Type != "incoming.supplemented" {
			continue
		}
		code := rm.Codes.Facts(ctx, r, s.From, e.ID, Purpose)
		if slices.Equal(code, offered) {
			code = nil
		}
		for _, c := range Shareable() {
			p := part{Title: r.L.T("consent.category." + string(c))}
			p.when(r, s, e, c)
			raw, ok := e.Parts[c]
			why, missing := e.Missing[c]
			switch {
			case ok:
				p.show(r, raw, strings.ToLower(string(c)))
				p.Facts = append(p.Facts, code...)
			case missing && why == journal.Erased:
				p.Gone = true
				if i := slices.IndexFunc(s.Erased, func(h Held) bool { return h.Category == c }); i >= 0 {
					p.Erased = page.Fact{Erased: true, At: s.Erased[i].Until}
				}
			case missing:
				p.Hidden = true
			default:
				continue // was never handed over
			}
			out = append(out, p)
		}
	}
	return out
}

// when says of a part that it was added later, corrected something, or was corrected since.
func (p *part) when(r *page.Request, s In, e journal.Entry, c journal.Category) {
	if e.Type == "incoming.supplemented" {
		if v, err := journal.In[InSupplied](e); err == nil && slices.Contains(v.Corrects, c) {
			p.Sub = r.L.T("referral.supplement.corrects_on", "When", r.L.DateTime(e.OccurredAt))
		} else {
			p.Sub = r.L.T("referral.supplement.added_on", "When", r.L.DateTime(e.OccurredAt))
		}
	}
	if slices.ContainsFunc(s.Supplied, func(x Added) bool { return x.At.After(e.OccurredAt) && slices.Contains(x.Corrects, c) }) {
		p.Old = r.L.T("referral.supplement.corrected_since")
	}
}

func categories(l *lang.Locale, cats []journal.Category) string {
	var names []string
	for _, c := range cats {
		names = append(names, l.T("consent.category."+string(c)))
	}
	return l.List(names)
}

// show fills a part from its JSON, which holds the category's object under its name.
func (p *part) show(r *page.Request, raw json.RawMessage, name string) {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) == nil && len(m[name]) > 0 {
		raw = m[name]
	}
	p.Facts = field.Plain(r.L, raw)
	p.Exact = string(raw)
}
