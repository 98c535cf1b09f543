// SPDX-License-Identifier: EUPL-1.2

package publication

import (
	"net/url"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// plan puts the annual plan into words: what the programme is for, then activity by activity under its priorities.
func plan(l *lang.Locale, rec *Records, day time.Time) Document {
	d := begin(l, Plan, rec, day)
	s := rec.Scheme
	if !s.Exists() {
		return d
	}
	w := words{l, rec}
	d.heading(l.T("publication.purpose"))
	if s.Objective != "" {
		d.say(w.source(s.Objective))
	}
	d.statements(w, "publication.goals", s.Goals)
	d.statements(w, "publication.within", s.Schemes)
	d.say(budget(w)...)
	d.heading(l.T("publication.planned"))
	d.say(append(append([]Run{link(l.N("publication.activities", len(rec.Activities)), activityPages), said(l.T("publication.colon"))}, standing(l, rec.Activities, url.Values{})...), said("."))...)
	for _, p := range s.Priorities {
		d.part(w, w.priority(p.N), rec.only(func(r *Record) bool { return len(r.Priorities) == 1 && r.Priorities[0] == p.N }))
	}
	d.part(w, l.T("publication.several"), rec.only(func(r *Record) bool { return len(r.Priorities) > 1 }))
	d.part(w, l.T("publication.without_priority"), rec.only(func(r *Record) bool { return len(r.Priorities) == 0 }))
	if waits := waiting(w); len(waits) > 0 {
		d.heading(l.T("publication.waits"))
		d.list(waits...)
	}
	if list := rec.only(undated); len(list) > 0 {
		d.heading(l.T("publication.undated"))
		d.say(append([]Run{said(l.N("publication.open.undated", len(list)) + " ")}, codes(list)...)...)
	}
	d.ending(l, rec)
	d.annex(w)
	return d
}

func (d *Document) statements(w words, key string, list []scheme.Statement) {
	if len(list) == 0 {
		return
	}
	d.under(w.l.T(key))
	var items [][]Run
	for _, x := range list {
		items = append(items, []Run{w.source(x.Text)})
	}
	d.list(items...)
}

func (d *Document) part(w words, title string, list []*Record) {
	if len(list) == 0 {
		return
	}
	d.under(title)
	t := Table{Caption: w.l.N("publication.part", len(list)), Columns: w.columns("activity", "when", "leads", "status")}
	for _, r := range list {
		t.Rows = append(t.Rows, [][]Run{lines(w.titled(r), []Run{said(w.l.T("programme.kind." + string(r.Kind)))}), w.whenWhere(r), w.leads(r), w.status(r)})
	}
	d.table(t, "")
}

// waiting lists activities that depend on another one that is not over.
func waiting(w words) [][]Run {
	var out [][]Run
	for _, r := range w.rec.Activities {
		for _, code := range r.DependsOn {
			on, ok := w.rec.named(code)
			if !ok || on.Status == "held" {
				continue
			}
			item := []Run{toRecord(r, r.Code), said(" " + w.l.T("publication.waits.for") + " "), toRecord(on, on.Code)}
			if on.Status != "" {
				item = append(item, said(" ("+w.l.T("programme.status."+string(on.Status))+")"))
			}
			out = append(out, item)
		}
	}
	return out
}

// leading are the roles of those who carry an activity.
func leading() []activity.Role {
	return []activity.Role{"convener", "chair", "lead", "organiser", "co_organiser", "implementing"}
}

func leads(p activity.Partner) bool { return slices.Contains(leading(), p.Role) }
