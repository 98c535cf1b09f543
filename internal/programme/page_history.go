// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
)

// wordsOf says what is known of an activity in the reader's language.
type wordsOf struct {
	l *lang.Locale
	s scheme.Scheme
	g register
}

// printed says one field of an activity; "" is not known.
func (w wordsOf) printed(f activity.Facts, name string) string {
	l := w.l
	switch name {
	case "title":
		return f.Title
	case "what":
		return f.What.In(l.Tag()).Text
	case "description":
		return f.Description
	case "kind":
		return rolls.Word(l, "programme.kind.", f.Kind)
	case "status":
		return rolls.Word(l, "programme.status.", f.Imported.Status)
	case "priorities":
		var out []string
		for _, n := range f.Priorities {
			out = append(out, short(l, n))
		}
		return l.Clauses(out)
	case "pillars":
		return pillars(l, f.Pillars)
	case "countries":
		return countries(l, f.Countries)
	case "region":
		return f.Region
	case "scope":
		return rolls.Word(l, "programme.scope.", f.Scope)
	case "format":
		return rolls.Word(l, "programme.format.", f.Format)
	case "start":
		return known(l, f.Start)
	case "end":
		return known(l, f.End)
	case "since":
		return known(l, f.Since)
	case "phases":
		var out []string
		for _, p := range f.Phases {
			out = append(out, w.phase(p))
		}
		return l.Clauses(out)
	case "amount":
		return amount(l, f.Amount, f.Currency)
	case "participants":
		return numbered(l, f.Participants)
	case "from_countries":
		return numbered(l, f.FromCountries)
	}
	return w.linked(f, name)
}

// linked says what an activity names: organisations, other activities, strategies.
func (w wordsOf) linked(f activity.Facts, name string) string {
	switch name {
	case "funder":
		return w.g.name(w.l, f.Funder)
	case "partners":
		var out []string
		for _, p := range f.Partners {
			out = append(out, w.g.name(w.l, p.Organisation)+" ("+w.l.T("programme.role."+string(p.Role))+")")
		}
		return w.l.Clauses(out)
	case "part_of":
		return f.PartOf
	case "depends_on":
		return strings.Join(f.DependsOn, ", ")
	case "schemes":
		return strings.Join(f.Schemes, ", ")
	case "measures":
		return strings.Join(f.Measures, ", ")
	}
	return ""
}

func (w wordsOf) phase(p activity.Phase) string {
	return joined(w.l.T("programme.phase.n", "N", strconv.Itoa(p.N)), span(w.l, p.Start, p.End), rolls.Word(w.l, "programme.status.", p.Status))
}

// amount says how much money, with its currency.
func amount(l *lang.Locale, u party.Uncertain, currency string) string {
	if !u.Known() {
		return l.T("party.number.unknown")
	}
	return strings.TrimSpace(u.Print(l) + " " + currency)
}

// known prints a date, "" for one that is not known.
func known(l *lang.Locale, d party.PartialDate) string {
	if !d.Known() {
		return ""
	}
	return d.Print(l)
}

// numbered is known for a number.
func numbered(l *lang.Locale, u party.Uncertain) string {
	if !u.Known() {
		return ""
	}
	return u.Print(l)
}

// changed says what an entry changed: what was known before, and what since.
func (w wordsOf) changed(e activity.Event) string {
	var out []string
	for _, name := range e.Changes() {
		was, now := w.printed(e.Was, name), w.printed(e.Now, name)
		if was == now {
			continue
		}
		for _, s := range []*string{&was, &now} {
			if *s == "" {
				*s = w.l.T("page.unknown")
			}
		}
		out = append(out, w.l.T("programme.changed", "Field", w.l.T("programme.field."+name), "Was", cut(was), "Now", cut(now)))
	}
	return strings.Join(out, " ")
}

// cut keeps a line of the history readable.
func cut(s string) string {
	const most = 160
	if rs := []rune(s); len(rs) > most {
		return strings.TrimSpace(string(rs[:most])) + "…"
	}
	return s
}

func (rm room) history(ctx context.Context, r *page.Request, s scheme.Scheme, g register, a activity.Activity) []page.Event {
	var ids []journal.ID
	for _, e := range a.History {
		ids = append(ids, e.By)
	}
	var names map[journal.ID]string
	if rm.Names != nil {
		names = rm.Names(ctx, r.Actor.Owner, ids...)
	}
	w := wordsOf{r.L, s, g}
	var out []page.Event
	for i, e := range slices.Backward(a.History) {
		x := page.Event{At: e.At, Title: r.L.T("programme.entry." + e.Type)}
		if e.By != store.JobID(provenance.Job) {
			x.Who = names[e.By]
		}
		if i > 0 { // the first one says all that stands on the page
			x.Text = w.changed(e)
		}
		out = append(out, x)
	}
	return out
}

// undoable names the last change of an activity where somebody can take it back; "" elsewhere.
func (rm room) undoable(ctx context.Context, r *page.Request, a activity.Activity) (string, error) {
	o, err := rm.Store.Open(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Code()))
	if err != nil {
		return "", err
	}
	if last, _, _, ok := activity.Undo(o.Entries); ok {
		return last.ID.String(), nil
	}
	return "", nil
}

// undo writes again what stood before the last change. The address names the change, so that sending it twice, or after somebody
// else's change, undoes no other.
func (rm room) undo(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	if !rolls.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	o, err := rm.Store.Open(ctx, rolls.As(r), activity.Ref(r.Actor.Owner, a.Code()))
	if err != nil {
		return nil, err
	}
	last, typ, payload, ok := activity.Undo(o.Entries)
	if !ok || last.ID.String() != r.PathValue("entry") {
		return nil, fault.New(fault.Guarded, "register.undo.late")
	}
	_, err = rm.Store.Update(ctx, rolls.As(r), o.Ref, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: provenance.ID("undo", last.ID.String()), Type: typ, Payload: payload, Base: o.Revision}}, nil
	})
	return page.Redirect(activityPath(a.Code()), "register.undone"), err
}
