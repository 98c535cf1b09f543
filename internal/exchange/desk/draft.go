// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// maxForm bounds a draft with the legal text that comes with it.
const maxForm = terms.MaxText + 256<<10

// spare is how many empty grants a form ends with.
const spare = 2

// Ways of a grant.
const (
	There = "there" // from this office to the other
	Back  = "back"
	Both  = "both"
)

// grantTyped is one line of who may send what.
type grantTyped struct {
	Way        string   `form:"way"`
	Purpose    string   `form:"purpose"`
	Categories []string `form:"categories"`
	Accept     []string `form:"accept"`
}

// draftTyped is what somebody types of a version.
type draftTyped struct {
	With      journal.ID   `form:"with"`
	Replaces  journal.ID   `form:"replaces"`
	Template  string       `form:"template"`
	Title     string       `form:"title"`
	Handling  string       `form:"handling"`
	Basis     string       `form:"basis"`
	From      time.Time    `form:"from"`
	Until     time.Time    `form:"until"`
	Retention int          `form:"retention"`
	Agreement string       `form:"agreement"`
	Grants    []grantTyped `form:"g"`
}

// draftData is the form.
type draftData struct {
	Draft      draftTyped
	Action     string
	Cancel     string
	Title      string
	Partner    terms.Party
	Grants     []grantField
	Handlings  []page.Option
	Agreements []page.Option
	Model      string // where the model of the template's text is shown
	Texts      string // the text that the version before has, by name
	FromDay    string
	UntilDay   string
	Errors     page.FieldErrors
}

// grantField is a grant with its choices.
type grantField struct {
	N                                 int
	Typed                             grantTyped
	Ways, Purposes, Categories, Roles []page.Option
}

// beginData is the first step: with whom, and from which template.
type beginData struct {
	Partners, Templates []page.Option
	With                string
}

// begin asks with whom and from which template, or shows the form of that.
func (rm room) begin(ctx context.Context, r *page.Request) (page.Response, error) {
	if !manages(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	q := r.URL.Query()
	with, err := journal.ParseID(q.Get("with"))
	replaces, rerr := journal.ParseID(q.Get("replaces"))
	template, known := terms.TemplateOf(q.Get("template"))
	if err != nil || rerr != nil && !known {
		return rm.beginPage(ctx, r, q.Get("with"))
	}
	if rerr == nil {
		s, err := rm.termsOf(ctx, r, replaces)
		if err != nil {
			return nil, err
		}
		d := typedOf(s.Document, r.Actor.Owner)
		d.Replaces, d.From, d.Until = replaces, s.Document.Until, s.Document.Until.Add(s.Document.Until.Sub(s.Document.From))
		if today := dayOf(r.Now, r.Zone); s.Document.Until.After(today) && s.Ending(r.Now) == "" { // nothing is to be prolonged yet
			d.From, d.Until = today, s.Document.Until
		}
		return rm.form(ctx, r, d, s, nil)
	}
	from := dayOf(r.Now, r.Zone)
	d := typedOf(terms.Document{Grants: template.Between(r.Actor.Owner, with)}, r.Actor.Owner)
	d.With, d.Template, d.Handling, d.Retention = with, template.Code, template.Handling, template.Retention
	d.Title, d.Basis = r.L.T("terms.template."+template.Code), r.L.T("terms.template."+template.Code+".basis")
	d.From, d.Until = from, from.AddDate(0, template.Months, 0)
	return rm.form(ctx, r, d, terms.State{}, nil)
}

func (rm room) beginPage(ctx context.Context, r *page.Request, with string) (page.Response, error) {
	partners, _, err := rm.all(ctx, r)
	if err != nil {
		return nil, err
	}
	d := beginData{With: with}
	for _, p := range partners {
		if !p.Blocked {
			d.Partners = append(d.Partners, page.Option{Value: p.Card.Office.String(), Text: p.Card.Name + " · " + r.L.Country(p.Card.Country)})
		}
	}
	for _, t := range terms.Templates() {
		if slices.Contains(t.Kinds, r.Office.Kind) {
			d.Templates = append(d.Templates, page.Option{Value: t.Code, Text: r.L.T("terms.template." + t.Code), Hint: r.L.T("terms.template." + t.Code + ".hint")})
		}
	}
	return page.View("desk/begin", r.L.T("terms.new"), d), nil
}

// typedOf gives a document as its form has it.
func typedOf(doc terms.Document, self journal.ID) draftTyped {
	d := draftTyped{With: doc.Other(self).Office, Replaces: doc.Replaces, Title: doc.Title, Handling: doc.Handling, Basis: doc.Basis, From: doc.From, Until: doc.Until, Retention: doc.Retention}
	for _, g := range doc.Grants {
		x := grantTyped{Way: There, Purpose: g.Purpose}
		if g.From != self {
			x.Way = Back
		}
		for _, c := range g.Categories {
			x.Categories = append(x.Categories, string(c))
		}
		for _, a := range g.Accept {
			x.Accept = append(x.Accept, string(a))
		}
		twin := slices.IndexFunc(d.Grants, func(y grantTyped) bool {
			return y.Way != x.Way && y.Way != Both && y.Purpose == x.Purpose && slices.Equal(y.Categories, x.Categories) && slices.Equal(y.Accept, x.Accept)
		})
		if twin >= 0 {
			d.Grants[twin].Way = Both
			continue
		}
		d.Grants = append(d.Grants, x)
	}
	return d
}

// document makes what was typed into a document between two parties.
func (d draftTyped) document(id journal.ID, self, other terms.Party) terms.Document {
	doc := terms.Document{Version: 1, ID: id, Title: d.Title, Parties: [2]terms.Party{self, other}, Handling: d.Handling, Basis: d.Basis, From: d.From.UTC(), Until: d.Until.UTC(), Retention: d.Retention, Replaces: d.Replaces}
	for _, g := range d.Grants {
		if g.Purpose == "" {
			continue
		}
		x := terms.Grant{From: self.Office, To: other.Office, Purpose: g.Purpose}
		for _, c := range g.Categories {
			x.Categories = append(x.Categories, journal.Category(c))
		}
		for _, a := range g.Accept {
			x.Accept = append(x.Accept, access.Role(a))
		}
		y := x
		y.From, y.To = x.To, x.From
		if g.Way != Back {
			doc.Grants = append(doc.Grants, x)
		}
		if g.Way != There {
			doc.Grants = append(doc.Grants, y)
		}
	}
	return doc
}

// shareable lists the categories that people can grant.
func shareable() []journal.Category {
	return slices.DeleteFunc(journal.Categories(), func(c journal.Category) bool { return c == journal.D5 || c == journal.PB || c == journal.PS })
}

// form shows a draft; s is the terms as they stand, or those that it replaces, and err what is wrong with what was typed.
func (rm room) form(ctx context.Context, r *page.Request, d draftTyped, s terms.State, err error) (page.Response, error) {
	p, perr := rm.party(ctx, r, d.With)
	if perr != nil {
		return nil, perr
	}
	v := draftData{Draft: d, Action: "/terms", Cancel: "/terms", Title: r.L.T("terms.new"), Partner: p, FromDay: day(d.From), UntilDay: day(d.Until)}
	v.Model = modelLink(d.Template, d.With)
	if !s.Document.ID.IsZero() {
		v.Texts = s.Document.TextName
		if d.Replaces != s.Document.ID {
			v.Action, v.Cancel, v.Title = at(s.Document.ID)+"/edit", at(s.Document.ID), r.L.T("terms.counter")
		}
	}
	for _, h := range terms.Handlings() {
		v.Handlings = append(v.Handlings, page.Option{Value: h, Text: h + " · " + r.L.T("exchange.handling."+h), Hint: r.L.T("terms.handling." + h)})
	}
	all, aerr := rm.agreements(ctx, r)
	if aerr != nil {
		return nil, aerr
	}
	for _, a := range all {
		if a.Bytes != nil {
			v.Agreements = append(v.Agreements, page.Option{Value: a.File, Text: a.Title})
		}
	}
	for i, g := range append(slices.Clone(d.Grants), make([]grantTyped, spare)...) {
		v.Grants = append(v.Grants, grantOf(r, i, g, p))
	}
	if err != nil {
		if v.Errors = r.Errors(err); len(v.Errors) == 0 {
			if !fault.Is(err, fault.Guarded) && !fault.Is(err, fault.Invalid) {
				return nil, err
			}
			v.Errors = page.FieldErrors{{Name: "title", Text: r.L.Fault(err)}}
		}
		return page.Status(422, page.View("desk/draft", r.L.T("terms.new"), v)), nil
	}
	return page.View("desk/draft", r.L.T("terms.new"), v), nil
}

// dayOf gives the day on which a time falls in a zone as terms have it: days of terms begin in UTC, so that both offices and the paper
// that both sign say the same ones, wherever they are read.
func dayOf(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// day is how a form has a day of terms.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// inWords names a day of terms.
func inWords(l *lang.Locale, t time.Time) string {
	return l.Date(terms.AsUTC(t, l.Zone()))
}

// from tells how far a day of terms is from now.
func from(l *lang.Locale, t, now time.Time) string {
	return l.Relative(terms.AsUTC(t, l.Zone()), terms.AsUTC(now, l.Zone()))
}

// typed reads a draft from a form, which has days and no zone.
func typed(r *page.Request) (d draftTyped, err error) {
	err = r.Decode(&d)
	d.From, d.Until = dayOf(d.From, r.Zone), dayOf(d.Until, r.Zone)
	return d, err
}

func grantOf(r *page.Request, n int, g grantTyped, other terms.Party) grantField {
	f := grantField{N: n, Typed: g}
	if f.Typed.Way == "" {
		f.Typed.Way = Both
	}
	for _, w := range []string{Both, There, Back} {
		f.Ways = append(f.Ways, page.Option{Value: w, Text: r.L.T("terms.way."+w, "Name", other.Name)})
	}
	codes := terms.Purposes()
	if g.Purpose != "" && !slices.Contains(codes, g.Purpose) {
		codes = append(codes, g.Purpose)
	}
	for _, p := range codes {
		f.Purposes = append(f.Purposes, page.Option{Value: p, Text: purpose(r.L, p)})
	}
	for _, c := range shareable() {
		f.Categories = append(f.Categories, page.Option{Value: string(c), Text: r.L.T("exchange.category." + string(c))})
	}
	for _, a := range accepters() {
		f.Roles = append(f.Roles, page.Option{Value: string(a), Text: r.L.T("identity.role." + string(a))})
	}
	return f
}

// accepters lists who takes on what comes from other offices.
func accepters() []access.Role {
	return []access.Role{access.FocalPoint, access.CaseManager, access.PoliceOfficer, access.Prosecutor, access.ProgrammeOfficer, access.Rapporteur, access.Liaison}
}

// party gives the other office as its pinned card has it.
func (rm room) party(ctx context.Context, r *page.Request, id journal.ID) (terms.Party, error) {
	o, err := rm.Store.Open(ctx, as(r), store.Ref{Kind: access.KindPartner, ID: id})
	if err != nil {
		return terms.Party{}, err
	}
	return terms.PartyOf(o.State.(terms.Partner).Card), nil
}

// create keeps a first version.
func (rm room) create(ctx context.Context, r *page.Request) (page.Response, error) {
	return rm.keep(ctx, r, terms.State{})
}

// edit shows the last version to be changed.
func (rm room) edit(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err == nil && !manages(r.Actor) {
		err = fault.New(fault.Denied, "fault.denied")
	}
	if err != nil {
		return nil, err
	}
	return rm.form(ctx, r, typedOf(s.Document, r.Actor.Owner), s, nil)
}

// counter keeps another version.
func (rm room) counter(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.keep(ctx, r, s)
}

func (rm room) keep(ctx context.Context, r *page.Request, s terms.State) (page.Response, error) {
	if !manages(r.Actor) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	d, err := typed(r)
	if err != nil {
		return nil, err
	}
	before := s // whose text the draft may keep
	if !s.Document.ID.IsZero() {
		d.With, d.Replaces = s.Document.Other(r.Actor.Owner).Office, s.Document.Replaces
		d.From, d.Until = unchanged(d.From, s.Document.From), unchanged(d.Until, s.Document.Until)
	} else if !d.Replaces.IsZero() {
		if before, err = rm.termsOf(ctx, r, d.Replaces); err != nil {
			return nil, err
		}
	}
	other, err := rm.party(ctx, r, d.With)
	if err != nil {
		return nil, err
	}
	own, _, err := rm.Self(r.Actor.Owner)
	if err != nil {
		return nil, err
	}
	id := s.Document.ID
	if id.IsZero() {
		id = rm.NewID()
	}
	doc := d.document(id, terms.PartyOf(own), other)
	text, err := rm.attached(ctx, r, d, before, &doc)
	if err != nil {
		return nil, err
	}
	_, err = rm.Store.Append(ctx, as(r), termsRef(id), store.Draft{Type: terms.DraftedType, Payload: terms.Drafted{Document: doc, Text: text}})
	if err != nil {
		return rm.form(ctx, r, d, before, err)
	}
	return page.Redirect(at(id), "terms.drafted"), nil
}

// unchanged keeps a time whose day nobody changed: others than people make terms too, from any moment on.
func unchanged(typed, before time.Time) time.Time {
	if day(typed) == day(before) {
		return before
	}
	return typed
}

// attached puts the name and hash of the legal text into a document: of the agreement that was chosen, of the file that came,
// or of the version before.
func (rm room) attached(ctx context.Context, r *page.Request, d draftTyped, before terms.State, doc *terms.Document) ([]byte, error) {
	name, text := before.Document.TextName, before.Text
	if u, ok, err := r.Upload("text"); err != nil {
		return nil, err
	} else if ok {
		name, text = "text"+strings.ToLower(filepath.Ext(u.Name)), u.Bytes
	} else if d.Agreement != "" {
		all, err := rm.agreements(ctx, r)
		if err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(all, func(a Agreement) bool { return a.File == d.Agreement && a.Bytes != nil }); i >= 0 {
			name = all[i].Name
			if text, err = all[i].Bytes(ctx); err != nil {
				return nil, err
			}
		}
	}
	if len(text) > 0 {
		h := sha256.Sum256(text)
		doc.TextName, doc.TextHash = name, hex.EncodeToString(h[:])
	}
	return text, nil
}
