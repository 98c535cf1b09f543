// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// namedPage is who may be named and which records may be spoken of in what the office publishes.
type namedPage struct {
	Crumbs  []page.Crumb
	People  []namedRow
	Records []namedRow
	Errors  page.FieldErrors
}

// namedRow is a person or record with what is known of it.
type namedRow struct {
	ID, Name, Sub, Lang string
	Yes                 bool
}

func (rm room) named(ctx context.Context, r *page.Request) (page.Response, error) {
	return rm.namedWith(ctx, r, nil)
}

func (rm room) namedWith(ctx context.Context, r *page.Request, wrong error) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	rec, err := Read(ctx, rm.Store, register.As(r), nil)
	if err != nil {
		return nil, err
	}
	d := namedPage{Crumbs: crumbs(r.L, page.Crumb{Text: r.L.T("newsletter.named")}), Errors: r.Errors(wrong)}
	for _, p := range rec.People {
		d.People = append(d.People, namedRow{ID: p.ID.String(), Name: p.Name, Sub: p.Titles.In(r.L.Tag()), Yes: p.May})
	}
	for _, a := range rec.Activities {
		title, language := a.In(r.L.Tag())
		d.Records = append(d.Records, namedRow{ID: a.Code, Name: a.Code + " · " + title, Lang: r.L.Foreign(language), Yes: !a.Kept})
	}
	inorder.By(d.Records, func(a, b namedRow) int { return strings.Compare(a.ID, b.ID) })
	out := page.View("newsletter/named", r.L.T("newsletter.named"), d)
	if wrong != nil {
		out = page.Status(422, out)
	}
	return out, nil
}

// saveNamed writes what somebody said of being named, or that a record is kept inside.
func (rm room) saveNamed(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	yes, why := v.Get("yes") == "yes", v.Get("why")
	switch {
	case v.Get("person") != "":
		id, perr := journal.ParseID(v.Get("person"))
		if perr != nil {
			return nil, fault.New(fault.NotFound, "fault.not_found")
		}
		err = rm.write(ctx, r, store.Ref{Kind: access.KindFunction, ID: id}, journal.ID{}, party.FunctionNamed, party.Named{May: yes, Told: why})
	case activity.IsCode(v.Get("record")):
		err = rm.write(ctx, r, activity.Ref(r.Actor.Owner, v.Get("record")), journal.ID{}, activity.KeptType, activity.Kept{Kept: !yes, Reason: why})
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if fault.Is(err, fault.Invalid) {
		return rm.namedWith(ctx, r, err)
	}
	return page.Redirect(Path+"/named", "register.saved"), err
}
