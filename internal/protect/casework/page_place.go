// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

// lodges says whether this reader writes where she sleeps; the door decides.
func (c *caseRequest) lodges() bool {
	return c.r.Actor.Has(access.Shelter) && slices.Contains(c.opened.Relations, access.AsShelter) && c.person.ClosedAt.IsZero()
}

// placePanels says that it is known where she sleeps, to those who may know; the place itself is behind a page of its
// own. Nobody else learns even that.
func (c *caseRequest) placePanels() []Panel {
	if !slices.Contains(c.opened.Shown, journal.D5) {
		return nil
	}
	p := Panel{ID: "place", Title: c.t("casework.place"), Empty: &page.Empty{Title: c.t("casework.place.none")}}
	if c.lodges() {
		p.Actions = []page.Action{{Text: c.t("casework.change"), Href: c.path("/place/edit"), Icon: "edit"}}
	}
	switch {
	case c.person.Lodged.Shelter != "":
		p.Facts = []page.Fact{{Term: c.t("casework.place.where"), Masked: true, Reveal: c.path("/place"), Sub: c.r.L.Date(c.person.LodgedAt)}}
	case c.person.Lodged.Away:
		p.Empty.Title = c.t("casework.place.away")
	}
	return []Panel{p}
}

func (rm room) place(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	if c.person.Lodged.Shelter == "" { // also for whoever may not read it
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	d := numberData{Title: c.t("casework.place"), Crumbs: c.crumbs(c.t("casework.place")), Term: c.t("casework.place.where"), Number: c.person.Lodged.Shelter,
		Notes: []field.Note{{Tone: page.Warn, Title: c.t("casework.place.aloud")}}, Panel: Panel{Facts: []page.Fact{{Term: c.t("casework.place.since"), Text: c.r.L.Date(c.person.LodgedAt)}}}}
	return page.View("casework/number", r.L.T("casework.title"), d), nil
}

type placeForm struct {
	Shelter string `form:"shelter"`
	Away    string `form:"away"`
}

var placeSheet = sheet[placeForm]{path: "place/edit", notice: "casework.saved.place",
	start: func(c *caseRequest) (placeForm, error) {
		if !c.lodges() {
			return placeForm{}, fault.New(fault.Denied, "fault.denied")
		}
		return placeForm{Shelter: c.person.Lodged.Shelter}, nil
	},
	form: func(c *caseRequest, v placeForm) (*field.Form, error) {
		f := c.newForm("place/edit", "casework.place", "casework.save")
		f.Lead = c.t("casework.place.lead")
		f.Area("shelter", "casework.place.where", v.Shelter).Set("Rows", 2)
		f.Check("away", "casework.place.away", v.Away == "true")
		return f, nil
	},
	drafts: func(_ *caseRequest, v placeForm) ([]store.Draft, error) {
		l := Lodged{Away: v.Away == "true", Shelter: v.Shelter}
		if l.Away {
			l.Shelter = ""
		}
		return []store.Draft{{Type: "place.moved", Payload: l}}, nil
	},
}
