// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"path/filepath"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func (rm room) openTerms(ctx context.Context, r *page.Request) (terms.State, error) {
	id, err := r.ID("id")
	if err != nil {
		return terms.State{}, err
	}
	return rm.termsOf(ctx, r, id)
}

// termsOf reads terms as they stand beside the others between the two.
func (rm room) termsOf(ctx context.Context, r *page.Request, id journal.ID) (terms.State, error) {
	o, err := rm.Store.Open(ctx, as(r), termsRef(id))
	if err != nil {
		return terms.State{}, err
	}
	s := o.State.(terms.State)
	_, with, err := rm.all(ctx, r)
	if err != nil {
		return s, err
	}
	for _, x := range with[s.Document.Other(r.Actor.Owner).Office] {
		if x.Document.ID == id {
			s = x
		}
	}
	return s, nil
}

// instead finds the terms that both have signed in the place of others.
func (rm room) instead(ctx context.Context, r *page.Request, of terms.State) (terms.State, bool, error) {
	if of.Replaced.IsZero() {
		return terms.State{}, false, nil
	}
	_, with, err := rm.all(ctx, r)
	all := with[of.Document.Other(r.Actor.Owner).Office]
	at := slices.IndexFunc(all, func(x terms.State) bool {
		return x.Document.Replaces == of.Document.ID && len(x.Signatures) == 2 && x.Document.From.Equal(of.Replaced)
	})
	if err != nil || at < 0 {
		return terms.State{}, false, err
	}
	return all[at], true, nil
}

// termsData is the page of sharing terms, in plain words.
type termsData struct {
	State    terms.State
	Mark     page.Mark
	Notes    []note
	Facts    []page.Fact
	Grants   page.Table
	Versions page.Table
	Changes  []page.Change // from the version before to the last
	Hash     string
	Status   string
	Acts     []page.Action
	Halt     []halt
	Reasons  []page.Option
}

// note is a sentence on top of the page.
type note struct{ Tone, Text string }

// halt is a deed that gives a reason.
type halt struct {
	Act, Text, Ask string
	Danger         bool
}

func (rm room) terms(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	doc, st := s.Document, s.Status(r.Now)
	d := termsData{State: s, Mark: page.Mark{Tone: tones[st], Text: r.L.T("exchange.status." + st)}, Hash: doc.Hex(), Status: st, Notes: notes(r, s), Grants: grantsTable(r.L, doc), Versions: rm.versions(ctx, r, s)}
	if err := rm.facts(ctx, r, &d); err != nil {
		return nil, err
	}
	if n := len(s.Versions); n > 1 && st == "unsigned" {
		d.Changes = changes(r.L, s.Versions[n-2].Document, s.Versions[n-1].Document)
	}
	if manages(r.Actor) {
		d.may(r)
	}
	d.Acts = append(d.Acts, page.Action{Text: r.L.T("terms.paper"), Href: at(doc.ID) + "/file", Icon: "file-text"})
	if len(s.Signatures) == 2 {
		d.Acts = append(d.Acts, page.Action{Text: r.L.T("terms.bundle"), Href: at(doc.ID) + "/bundle", Icon: "certificate"})
	}
	return page.View("desk/terms", r.L.T("exchange.terms"), d), nil
}

// at is where terms are shown.
func at(id journal.ID) string { return "/terms/" + id.String() }

// notes say whose turn it is, what ends soon, and what did not reach the other office.
func notes(r *page.Request, s terms.State) []note {
	var out []note
	st := s.Status(r.Now)
	if st == "unsigned" {
		out = append(out, note{page.Info, r.L.T("terms.stage." + s.Stage(r.Actor.Owner))})
	}
	if tone := s.Ending(r.Now); tone != "" {
		out = append(out, note{map[string]string{terms.Soon: page.Warn, terms.Now: page.Bad}[tone], r.L.T("terms.ending", "On", inWords(r.L, s.Document.Until), "In", from(r.L, s.Document.Until, r.Now))})
	}
	if s.Ended || s.Suspended {
		who := r.L.T("terms.by.us")
		if s.Ended && !s.End.By.IsZero() || !s.Ended && !s.Halted[journal.ID{}] {
			who = s.Document.Other(r.Actor.Owner).Name
		}
		n := note{page.Warn, r.L.T("terms.halted", "Who", who)}
		if s.Ended {
			n.Text = r.L.T("terms.stopped", "Who", who, "Why", reasonWord(r, s.End.Reason))
		}
		out = append(out, n)
	}
	for _, x := range s.Returned {
		out = append(out, note{page.Bad, r.L.T("terms.returned", "What", r.L.T(x.Message+".title"), "Why", reason(r, x.Reason))})
	}
	return out
}

func reasonWord(r *page.Request, code string) string {
	if code == "" {
		code = terms.Reasons()[0]
	}
	return r.L.T("terms.reason." + code)
}

func (rm room) facts(ctx context.Context, r *page.Request, d *termsData) error {
	s, doc := d.State, d.State.Document
	for _, p := range doc.Parties {
		signed := page.Fact{Term: r.L.T("exchange.signature", "Name", p.Name), Text: r.L.T("exchange.signed.no"), Tone: page.Warn}
		if s.Signatures[p.Office] != "" {
			signed.Text, signed.Tone = r.L.T("exchange.signed.yes"), page.Good
			signed.Sub = rm.hand(ctx, r, s.Hands[p.Office], p.Office)
		}
		d.Facts = append(d.Facts, signed)
	}
	for _, x := range lines(r.L, doc) {
		d.Facts = append(d.Facts, page.Fact{Term: x.term, Text: x.text, Sub: x.sub})
	}
	text := page.Fact{Term: r.L.T("exchange.text"), Text: doc.TextName, Href: at(doc.ID) + "/text"}
	all, err := rm.agreements(ctx, r)
	if err != nil {
		return err
	}
	d.Facts = append(d.Facts, text)
	if i := slices.IndexFunc(all, func(a Agreement) bool { return a.File == doc.TextHash }); i >= 0 {
		f := page.Fact{Term: r.L.T("terms.agreement"), Text: all[i].Title, Href: all[i].Href}
		if all[i].Gaps > 0 {
			f.Sub = r.L.N("terms.agreement.gaps", all[i].Gaps)
		}
		d.Facts = append(d.Facts, f)
	}
	if !doc.Group.IsZero() {
		d.Facts = append(d.Facts, page.Fact{Term: r.L.T("group.part.of"), Text: r.L.T("group.title"), Href: groupPath(doc.Group)})
	}
	next, replaced, err := rm.instead(ctx, r, s)
	if err != nil {
		return err
	}
	if replaced {
		d.Facts = append(d.Facts, page.Fact{Term: r.L.T("terms.replaced_by"), Text: next.Document.Title, Href: at(next.Document.ID), Sub: r.L.T("exchange.period.text", "From", inWords(r.L, next.Document.From), "Until", inWords(r.L, next.Document.Until))})
	}
	if !doc.Replaces.IsZero() {
		d.Facts = append(d.Facts, page.Fact{Term: r.L.T("terms.replaces"), Text: r.L.T("terms.replaces.see"), Href: at(doc.Replaces)})
	}
	return nil
}

func (rm room) agreements(ctx context.Context, r *page.Request) ([]Agreement, error) {
	if rm.Agreements == nil {
		return nil, nil
	}
	return rm.Agreements(ctx, r)
}

// line is one thing that terms say.
type line struct{ term, text, sub string }

// lines are what terms say beside who may send what.
func lines(l *lang.Locale, doc terms.Document) []line {
	return []line{{l.T("exchange.period"), l.T("exchange.period.text", "From", inWords(l, doc.From), "Until", inWords(l, doc.Until)), ""}, {l.T("exchange.basis"), doc.Basis, ""},
		{l.T("exchange.handling"), doc.Handling + " · " + l.T("exchange.handling."+doc.Handling), l.T("terms.handling." + doc.Handling)}, {l.T("exchange.retention"), l.N("exchange.days", doc.Retention), ""}}
}

func grantsTable(l *lang.Locale, doc terms.Document) page.Table {
	t := page.Table{Caption: l.T("exchange.grants"), Columns: []page.Column{{Text: l.T("exchange.from")}, {Text: l.T("exchange.to")}, {Text: l.T("exchange.for")}, {Text: l.T("exchange.what")}, {Text: l.T("terms.accept")}}}
	for _, g := range doc.Grants {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: partyName(doc, g.From)}, {Text: partyName(doc, g.To)}, {Text: purpose(l, g.Purpose)}, {Text: categories(l, g.Categories)}, {Text: accepting(l, g)}}})
	}
	return t
}

func partyName(doc terms.Document, id journal.ID) string {
	for _, p := range doc.Parties {
		if p.Office == id {
			return p.Name
		}
	}
	return ""
}

// purpose puts a purpose into words; one that this program does not know is shown as its code.
func purpose(l *lang.Locale, code string) string {
	if key := "exchange.purpose." + code; l.Has(key) {
		return l.T(key)
	}
	return code
}

func accepting(l *lang.Locale, g terms.Grant) string {
	if len(g.Accept) == 0 {
		return l.T("terms.accept.rules")
	}
	var out []string
	for _, x := range g.Accept {
		if key := "identity.role." + string(x); l.Has(key) {
			out = append(out, l.T(key))
		} else {
			out = append(out, string(x))
		}
	}
	return l.List(out)
}

// hand says by whom a signature was given, or taken in from the other office.
func (rm room) hand(ctx context.Context, r *page.Request, h terms.Hand, of journal.ID) string {
	at := r.L.DateTime(h.At)
	switch {
	case of != r.Actor.Owner:
		return r.L.T("exchange.signed.there", "At", at)
	case h.Actor == rm.CommandLine:
		return r.L.T("exchange.signed.line", "At", at)
	case h.Actor == store.JobID(terms.GroupsJob):
		return r.L.T("exchange.signed.group", "At", at)
	}
	return r.L.T("exchange.signed.by", "Name", rm.Names(ctx, r.Actor.Owner, h.Actor)[h.Actor], "At", at)
}

func categories(l *lang.Locale, cs []journal.Category) string {
	var out []string
	for _, c := range cs {
		out = append(out, l.T("exchange.category."+string(c)))
	}
	return l.List(out)
}

func (rm room) text(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.File("agreement"+filepath.Ext(s.Document.TextName), "application/octet-stream", s.Text), nil
}

// may offers what the state of the terms lets a liaison do.
func (d *termsData) may(r *page.Request) {
	s, id := d.State, d.State.Document.ID
	post := func(key, act string, primary bool, ask string) {
		a := page.Action{Text: r.L.T(key), Post: at(id) + "/" + act, Primary: primary}
		if ask != "" {
			a.Confirm = r.L.T(ask)
		}
		d.Acts = append(d.Acts, a)
	}
	switch {
	case !s.Document.Group.IsZero(): // changed and signed with those of all
	case d.Status == "unsigned":
		if len(s.Signatures) == 0 {
			if s.Stage(r.Actor.Owner) == "draft" {
				post("terms.send", "send", true, "terms.send.ask")
			}
			d.Acts = append(d.Acts, page.Action{Text: r.L.T("terms.counter"), Href: at(id) + "/edit", Icon: "writing"})
		}
		switch {
		case s.Signatures[r.Actor.Owner] != "":
		case s.WrittenBy(r.Actor.ID):
			d.Notes = append(d.Notes, note{page.Info, r.L.T("exchange.terms.second")})
		default:
			post("exchange.sign", "sign", s.Stage(r.Actor.Owner) != "draft", "exchange.sign.ask")
		}
	case !s.Ended && s.Replaced.IsZero():
		d.Acts = append(d.Acts, page.Action{Text: r.L.T("terms.amend"), Href: "/terms/new?with=" + s.Document.Other(r.Actor.Owner).Office.String() + "&replaces=" + id.String(), Icon: "writing"})
	}
	if d.Status == "in_force" {
		d.Halt = append(d.Halt, halt{"suspend", r.L.T("exchange.suspend"), "", false})
	}
	if s.Halted[journal.ID{}] && !s.Ended {
		post("exchange.resume", "resume", true, "")
	}
	if !s.Ended {
		d.Halt = append(d.Halt, halt{"end", r.L.T("exchange.end"), r.L.T("exchange.end.ask"), true})
	}
	for _, x := range terms.Given() {
		d.Reasons = append(d.Reasons, page.Option{Value: x, Text: r.L.T("terms.reason." + x)})
	}
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	back := page.Redirect(at(s.Document.ID), "exchange.saved")
	var in struct {
		Reason string `form:"reason"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in.Reason == "" {
		in.Reason = terms.Reasons()[0]
	}
	d := store.Draft{Payload: terms.Marked{Reason: in.Reason}}
	switch r.PathValue("act") {
	case "sign":
		return back, rm.Sign(ctx, as(r), s.Document.ID)
	case "send":
		d = store.Draft{Type: terms.SentType, Payload: terms.Sent{Hash: s.Document.Hex()}}
	case "suspend":
		d.Type = terms.SuspendedType
	case "resume":
		d.Type = terms.ResumedType
	case "end":
		d.Type = terms.EndedType
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	_, err = rm.Store.Append(ctx, as(r), termsRef(s.Document.ID), d)
	return back, err
}

// listTerms lists all terms of the office: what needs somebody first, then by when they end.
func (rm room) listTerms(ctx context.Context, r *page.Request) (page.Response, error) {
	_, with, err := rm.all(ctx, r)
	if err != nil {
		return nil, err
	}
	var all []terms.State
	for _, list := range with {
		all = append(all, list...)
	}
	inorder.By(all, func(a, b terms.State) int {
		if x, y := rank(a, r), rank(b, r); x != y {
			return x - y
		}
		return a.Document.Until.Compare(b.Document.Until)
	})
	t := page.Table{Caption: r.L.T("terms.list"), Columns: []page.Column{{Text: r.L.T("exchange.title")}, {Text: r.L.T("exchange.partner")}, {Text: r.L.T("exchange.status")}, {Text: r.L.T("exchange.for")}, {Text: r.L.T("terms.from")}, {Text: r.L.T("exchange.until")}},
		Empty: &page.Empty{Icon: "file-certificate", Title: r.L.T("exchange.terms.without"), Text: r.L.T("exchange.terms.without.text")}}
	for _, s := range all {
		st := s.Status(r.Now)
		status := page.Cell{Text: r.L.T("exchange.status." + st), Tone: tones[st]}
		if st == "unsigned" {
			status.Sub = r.L.T("terms.stage." + s.Stage(r.Actor.Owner))
		}
		until := page.Cell{Text: inWords(r.L, s.Document.Until)}
		if tone := s.Ending(r.Now); tone != "" {
			until.Sub = from(r.L, s.Document.Until, r.Now)
			until.Tone = map[string]string{terms.Soon: page.Warn, terms.Now: page.Bad}[tone]
		}
		other := s.Document.Other(r.Actor.Owner)
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: s.Document.Title, Href: at(s.Document.ID)}, {Text: other.Name, Href: "/partners/" + other.Office.String(), Sub: r.L.Country(other.Country)}, status,
			{Text: purposes(r.L, s.Document)}, {Text: inWords(r.L, s.Document.From)}, until}})
	}
	acts := []page.Action{{Text: r.L.T("group.list"), Href: "/groups", Icon: "users"}}
	if manages(r.Actor) {
		acts = append(acts, page.Action{Text: r.L.T("terms.new"), Href: "/terms/new", Icon: "plus", Primary: true})
	}
	return page.View("desk/terms-list", r.L.T("terms.list"), map[string]any{"Table": t, "Actions": acts}), nil
}

// rank puts what needs somebody before what does not.
func rank(s terms.State, r *page.Request) int {
	return slices.Index([]string{"unsigned", "suspended", "in_force", "not_yet", "expired", "replaced", "ended"}, s.Status(r.Now))
}

func purposes(l *lang.Locale, doc terms.Document) string {
	var out []string
	for _, g := range doc.Grants {
		if p := purpose(l, g.Purpose); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return l.List(out)
}
