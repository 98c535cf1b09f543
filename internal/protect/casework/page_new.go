// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// searchedForm is what somebody looks for before opening a file.
type searchedForm struct {
	Name     string `form:"name"`
	Phone    string `form:"phone"`
	Born     string `form:"born"`
	Document string `form:"document"`
}

// registerForm opens a file.
type registerForm struct {
	ID         journal.ID `form:"id"`   // the file's, so that sending the form twice opens one
	None       string     `form:"none"` // "true": none of the files shown is hers
	Code       string     `form:"code"`
	Territory  string     `form:"territory"`
	Age        string     `form:"age"`
	Sex        string     `form:"sex"`
	Languages  []string   `form:"languages"`
	Fictitious bool       `form:"fictitious"`
	contactForm
	identityForm
}

// decode reads the three forms that this one is made of.
func (v *registerForm) decode(r *page.Request) error {
	return errors.Join(r.Decode(v), r.Decode(&v.contactForm), r.Decode(&v.identityForm))
}

// newFound is the second step: what was found, and below it the form.
func (rm room) newFound(ctx context.Context, r *page.Request) (page.Response, error) {
	if !r.Actor.Has(access.CaseManager) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	var in searchedForm
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	if in == (searchedForm{}) {
		return searchForm(r, in).Again(r, "casework/form", fault.Bad("name", "casework.need.search"))
	}
	hits, err := rm.Work.Resembling(ctx, as(r, access.ForAssistance), in.Name, in.Phone, in.Born, in.Document)
	if err != nil {
		return nil, err
	}
	v := registerForm{ID: rm.Work.Store.NewID(), Territory: rm.Country, identityForm: identityForm{Names: in.Name, Born: in.Born, Number: in.Document}, contactForm: contactForm{Number: in.Phone}}
	d, err := rm.registerPage(ctx, r, v, hits)
	return page.View("casework/new", r.L.T("casework.title"), d), err
}

// newData is the second step's page. What papers say is folded away until somebody has it: in the first hour she rarely shows any.
type newData struct {
	Form       *field.Form
	Found      *page.Table
	Papers     []map[string]any
	PapersOpen bool
}

func (rm room) registerPage(ctx context.Context, r *page.Request, v registerForm, hits store.Hits) (newData, error) {
	var d newData
	f := field.New(r.L, "casework.new.title", "/cases", "/cases/new", "casework.new.submit")
	d.Form = f
	f.Crumbs = newCrumbs(r, f.Title)
	f.Hidden("searched", "true")
	f.Hidden("id", v.ID.String())
	if len(hits.Rows) > 0 {
		var err error
		if d.Found, err = rm.table(ctx, r, hits.Rows, true); err != nil {
			return d, err
		}
		f.Check("none", "casework.new.none", v.None == "true")
	}
	f.Text("code", "casework.register.code", v.Code).Set("MaxLength", 40)
	f.Select("territory", "casework.register.territory", v.Territory, countries(r.L))
	f.Radios("age", "casework.register.age", v.Age, field.Options(r.L, "referral.age", referral.Ages()))
	f.Radios("sex", "casework.register.sex", v.Sex, field.Options(r.L, "referral.sex", referral.Sexes()))
	f.Checks("languages", "casework.register.languages", v.Languages, languages(r)).Set("Inline", true)
	v.contactForm.fields(f, r)
	v.identityForm.naming(f)
	papers := field.New(r.L, "casework.new.papers", f.Action, f.Cancel, "casework.new.submit")
	v.identityForm.papers(papers, r)
	d.Papers, d.PapersOpen = papers.Fields, v.Nationality+v.Sort+v.Country+v.identityForm.Number != ""
	if r.Office.Demo {
		f.Check("fictitious", "casework.register.fictitious", true)
	}
	return d, nil
}

// newCrumbs lead from a new file back to the list.
func newCrumbs(r *page.Request, title string) []page.Crumb {
	return []page.Crumb{{Text: r.L.T("casework.menu"), Href: "/cases"}, {Text: title}}
}

// spoken lists the languages that forms offer first.
var spoken = []string{"sq", "bs", "bg", "hr", "el", "mk", "ro", "sr", "tr", "rom", "ar", "uk", "ru", "en", "fr"}

func languages(r *page.Request) []page.Option {
	out := make([]page.Option, len(spoken))
	for i, l := range spoken {
		out[i] = page.Option{Value: l, Text: r.L.Language(l)}
	}
	return out
}

// create opens the file. Work searches again by what is being written, so that the search cannot be skipped.
func (rm room) create(ctx context.Context, r *page.Request) (page.Response, error) {
	if !r.Actor.Has(access.CaseManager) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	var v registerForm
	bad := v.decode(r)
	if r.PostForm.Get("searched") != "true" {
		return searchForm(r, searchedForm{}).Again(r, "casework/form", fault.Bad("name", "casework.need.search"))
	}
	if bad == nil {
		bad = v.check()
	}
	if bad == nil {
		res, err := rm.register(ctx, r, v)
		if !fault.Is(err, fault.Invalid) {
			return res, err
		}
		bad = err
	}
	hits, err := rm.Work.Resembling(ctx, as(r, access.ForAssistance), append(lines(v.Names), v.contactForm.Number, v.identityForm.Number)...)
	if err != nil {
		return nil, err
	}
	d, err := rm.registerPage(ctx, r, v, hits)
	if err != nil {
		return nil, err
	}
	if _, err := d.Form.Again(r, "casework/form", bad); err != nil {
		return nil, err
	}
	return page.Status(422, page.View("casework/new", r.L.T("casework.title"), d)), nil
}

func (v registerForm) check() error {
	var fs fault.Fields
	wrongs := map[string]bool{"code": v.Code == "" || len(v.Code) > 40, "territory": len(v.Territory) != 2, "age": !slices.Contains(referral.Ages(), v.Age),
		"sex": !slices.Contains(referral.Sexes(), v.Sex), "languages": len(v.Languages) == 0, "safe_to_call": caution(Safe(v.Safe)) == 0,
		"hours": v.contactForm.Number != "" && Safe(v.Safe) == SafeAsk && v.Hours == ""}
	for _, f := range []string{"code", "territory", "age", "sex", "languages", "safe_to_call", "hours"} { // in the form's order
		if wrongs[f] {
			fs.Add(f, "casework.need."+f)
		}
	}
	if !partialDate(v.Born) {
		fs.Add("born", "casework.need.born")
	}
	return fs.Err()
}

func (rm room) register(ctx context.Context, r *page.Request, v registerForm) (page.Response, error) {
	i, err := v.identity()
	if err != nil {
		return nil, err
	}
	id, err := rm.Work.Register(ctx, as(r, access.ForAssistance), Registration{ID: v.ID, None: v.None == "true", Identity: i, Contact: v.contact(),
		Registered: Registered{Code: v.Code, Territory: v.Territory, Age: v.Age, Sex: v.Sex, Languages: v.Languages, Fictitious: v.Fictitious || r.Office.Demo}})
	if err != nil {
		return nil, err
	}
	return page.Redirect("/cases/"+id.String(), "casework.saved.new"), nil
}
