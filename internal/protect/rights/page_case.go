// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// casePage is one form about a person's rights.
type casePage struct {
	Title, Lead, Action, Cancel string
	Crumbs                      []page.Crumb
	Fields                      []map[string]any
	Errors                      page.FieldErrors
	Refused                     string // why a rule stands in the way
	Entry                       journal.ID
}

// caseRequest is a request for one form about one person.
type caseRequest struct {
	id journal.ID
	f  form
	c  Case
}

// caseOf opens the person whom a path names and finds the form; a form that nothing calls for now is not
// there.
func (rm room) caseOf(ctx context.Context, r *page.Request) (caseRequest, error) {
	id, err := r.ID("id")
	if err != nil {
		return caseRequest{}, err
	}
	i := slices.IndexFunc(forms(), func(f form) bool { return f.name == r.PathValue("form") })
	if i < 0 {
		return caseRequest{}, fault.New(fault.NotFound, "fault.not_found")
	}
	c, err := rm.Case(ctx, r, id)
	c.Context.Now = r.Now
	return caseRequest{id, forms()[i], c}, err
}

func (rm room) caseForm(ctx context.Context, r *page.Request) (page.Response, error) {
	q, err := rm.caseOf(ctx, r)
	if err != nil {
		return nil, err
	}
	v := typed{Entry: rm.Store.NewID()}
	if q.f.track == "reflection" && len(q.c.Languages) > 0 { // elsewhere a language is said only with a refusal
		v.Language = q.c.Languages[0]
	}
	return page.View("rights/form", r.L.T("rights.form.tab"), rm.casePage(r, q, v)), nil
}

func (rm room) casePage(r *page.Request, q caseRequest, v typed) casePage {
	s := sheet{l: r.L, c: q.c, v: v, territories: rm.Packs.Codes()}
	q.f.fields(&s)
	back := "/cases/" + q.id.String()
	title := r.L.T("rights.form." + q.f.name)
	p := casePage{Title: title, Action: back + "/rights/" + q.f.name, Cancel: back, Fields: s.Fields, Entry: v.Entry,
		Crumbs: []page.Crumb{{Text: r.L.T("casework.menu"), Href: "/cases"}, {Text: q.c.Code, Href: back}, {Text: title}}}
	if lead := "rights.form." + q.f.name + ".lead"; r.L.Has(lead) {
		p.Lead = r.L.T(lead)
	}
	return p
}

func (rm room) caseSave(ctx context.Context, r *page.Request) (page.Response, error) {
	q, err := rm.caseOf(ctx, r)
	if err != nil {
		return nil, err
	}
	var v typed
	if err = r.Decode(&v); err == nil {
		typ, payload := q.f.entry(v, q.c, r.Zone)
		_, err = rm.Store.Append(ctx, store.Who{Actor: r.Actor, Purpose: access.ForAssistance}, store.Ref{Kind: access.KindPerson, ID: q.id},
			store.Draft{ID: v.Entry, Type: typ, Payload: payload})
	}
	if err == nil {
		return page.Redirect("/cases/"+q.id.String()+"#"+q.f.track, "rights.form.saved"), nil
	}
	return rm.caseAgain(r, q, v, err)
}

// caseAgain shows a form with what was typed and what was wrong; an error that is not about the form is
// given back.
func (rm room) caseAgain(r *page.Request, q caseRequest, v typed, wrong error) (page.Response, error) {
	p := rm.casePage(r, q, v)
	var f *fault.Fault
	switch {
	case !errors.As(wrong, &f):
		return nil, wrong
	case f.Kind == fault.Guarded:
		p.Refused = r.L.Fault(wrong)
		return page.Status(http.StatusConflict, page.View("rights/form", r.L.T("rights.form.tab"), p)), nil
	case f.Kind != fault.Invalid:
		return nil, wrong
	}
	p.Errors = r.Errors(wrong)
	for _, x := range p.Fields {
		x["Error"] = p.Errors.Of(x["Name"].(string))
	}
	return page.Status(http.StatusUnprocessableEntity, page.View("rights/form", r.L.T("rights.form.tab"), p)), nil
}
