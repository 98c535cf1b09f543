// SPDX-License-Identifier: EUPL-1.2

package committee

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// tableTyped is what somebody chooses to table.
type tableTyped struct {
	Entry     journal.ID `form:"entry"`
	Plan      string     `form:"plan"`
	Item      string     `form:"item"`
	Proposals []string   `form:"proposals"`
}

// tablePage offers what can be tabled, and says of the rest what keeps it from that.
type tablePage struct {
	Crumbs  []page.Crumb
	Errors  page.FieldErrors
	Entry   string
	Plan    string // chosen
	Plans   []page.Tab
	Item    register.Field
	Options []page.Option
	Chosen  []string
	Kept    []kept
	Cancel  string
	Empty   *page.Empty
}

// kept is a proposal that cannot be tabled, why, and where that is mended.
type kept struct {
	Title page.Cell
	Why   []string
}

func (rm room) tableForm(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.session(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	return rm.tableView(ctx, r, s, tableTyped{Entry: rm.Store.NewID(), Plan: r.URL.Query().Get("plan")}, nil)
}

// chosen gives the plan that is named, else the latest.
func chosen(plans []Plan, id string) (Plan, bool) {
	if at := slices.IndexFunc(plans, func(p Plan) bool { return p.ID.String() == id }); at >= 0 {
		return plans[at], true
	}
	if len(plans) == 0 {
		return Plan{}, false
	}
	return plans[0], true
}

func (rm room) tableView(ctx context.Context, r *page.Request, s Session, f tableTyped, bad error) (page.Response, error) {
	l := r.L
	k, err := rm.look(ctx, r)
	if err != nil {
		return nil, err
	}
	plans, err := Plans(ctx, rm.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	d := tablePage{Crumbs: crumbs(l, page.Crumb{Text: l.T("committee.session"), Href: sessionPath(s.ID)}, page.Crumb{Text: l.T("committee.table")}), Errors: r.Errors(bad), Entry: f.Entry.String(), Item: itemField(r, s, f.Item), Cancel: sessionPath(s.ID),
		Chosen: f.Proposals, Empty: &page.Empty{Icon: "presentation", Title: l.T("committee.table.none"), Text: l.T("committee.table.none.text")}}
	p, ok := chosen(plans, f.Plan)
	if ok {
		a, err := rm.against(ctx, r, p)
		if err != nil {
			return nil, err
		}
		d.Plan = p.ID.String()
		d.offer(words{l, k}, a, p)
	}
	for _, x := range plans {
		d.Plans = append(d.Plans, page.Tab{Text: strconv.Itoa(x.Opened.Year) + " · " + register.Quote(l, x.Opened.Title).Text, Href: sessionPath(s.ID) + "/table?plan=" + x.ID.String(), Current: x.ID == p.ID})
	}
	v := page.View("committee/table", l.T("committee.table"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}

func (d *tablePage) offer(w words, a Around, p Plan) {
	for _, id := range p.ids() {
		x, there := p.Proposal(id)
		if !there {
			x, _ = in(p.Last().Proposals, id)
		}
		switch s := w.stand(a, p, id); s.code {
		case "ready", "adjourned", "rejected":
			o := page.Option{Value: id.String(), Text: w.titled(x).Text}
			if wait := a.Waiting(x); there && len(wait) > 0 {
				o.Hint = w.waiting(wait)
			}
			if !there {
				o.Hint = w.l.T("committee.motion.gone")
			}
			if s.code != "ready" {
				o.Hint = s.mark.Text + ". " + o.Hint
			}
			d.Options = append(d.Options, o)
		case "obstacle":
			c := w.titled(x)
			c.Href = planPath(p.ID) + "/proposals/" + id.String()
			d.Kept = append(d.Kept, kept{c, s.text})
		}
	}
}

func (rm room) table(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.session(ctx, r)
	if err == nil {
		err = officer(r)
	}
	if err != nil {
		return nil, err
	}
	var f tableTyped
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	if len(f.Proposals) == 0 {
		return rm.tableView(ctx, r, s, f, fault.Bad("proposals", "committee.want.some"))
	}
	plans, err := Plans(ctx, rm.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	p, ok := chosen(plans, f.Plan)
	if !ok {
		return nil, fault.Bad("plan", "committee.want.plan")
	}
	a, err := rm.against(ctx, r, p)
	if err != nil {
		return nil, err
	}
	var ds []store.Draft
	for _, typed := range f.Proposals {
		var id journal.ID
		if err := id.UnmarshalText([]byte(typed)); err != nil {
			return nil, fault.New(fault.Invalid, "page.fault.form")
		}
		ds = append(ds, store.Draft{ID: provenance.ID("tabled", f.Entry.String(), typed), Type: TabledType, Payload: TabledOn(a, p, id, f.Item, provenance.ID("motion", f.Entry.String(), typed))})
	}
	_, bad := rm.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindSession, ID: s.ID}, func(any) ([]store.Draft, error) { return ds, nil })
	if fault.Is(bad, fault.Invalid) {
		return rm.tableView(ctx, r, s, f, bad)
	}
	return page.Redirect(sessionPath(s.ID), "register.saved"), bad
}

// TabledOn makes a motion on a plan's proposal as it reads now, with what it waits for now.
func TabledOn(a Around, p Plan, proposal journal.ID, item string, motion journal.ID) Tabled {
	v := Tabled{Motion: motion, Item: item, Plan: p.ID, Proposal: proposal, Mark: p.Mark(proposal)}
	if x, ok := p.Proposal(proposal); ok {
		v.Waiting = a.Waiting(x)
	}
	return v
}
