// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"net/url"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/packs/agreements"
)

// modelLink is where the model of a template's text is shown, for terms with a partner or, with none, of several offices.
func modelLink(template string, with journal.ID) string {
	if _, known := terms.TemplateOf(template); !known {
		return ""
	}
	out := "/templates/" + template
	if !with.IsZero() {
		out += "?with=" + with.String()
	}
	return out
}

// modelData is a model of a legal text, in both languages, with what of the terms carries out each paragraph.
type modelData struct {
	Title      string
	Lead       string
	Back       string // the form that it is for
	Sources    []string
	Paragraphs []modelParagraph
}

type modelParagraph struct {
	Heading    bool
	FR, EN     string
	Term, Href string // what of the terms carries it out, and where the form has that
}

// places are where the form has what carries out a paragraph.
var places = map[string]string{"basis": "basis", "handling": "handling", "retention": "retention", "period": "from", "purposes": "grants", "categories": "grants", "accept": "grants"}

// model shows the model of a template's legal text.
func (rm room) model(_ context.Context, r *page.Request) (page.Response, error) {
	template := r.PathValue("code")
	all, err := agreements.Models()
	if err != nil {
		return nil, err
	}
	m, found := all[template]
	if _, known := terms.TemplateOf(template); !known || !found {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	d := modelData{Title: m.Title["en"], Sources: m.Sources, Back: "/groups/new?template=" + url.QueryEscape(template)}
	if r.L.Tag() == "fr" {
		d.Title = m.Title["fr"]
	}
	if with, err := journal.ParseID(r.URL.Query().Get("with")); err == nil {
		d.Back = "/terms/new?with=" + with.String() + "&template=" + url.QueryEscape(template)
	}
	for _, p := range m.Paragraphs {
		x := modelParagraph{Heading: p.Heading, FR: p.FR, EN: p.EN}
		if p.Term != "" {
			x.Term = r.L.T("terms.model.term." + p.Term)
			if at := places[p.Term]; at != "" {
				x.Href = d.Back + "#" + at
			}
		}
		d.Paragraphs = append(d.Paragraphs, x)
	}
	return page.View("desk/model", r.L.T("terms.model"), d), nil
}
