// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// capturePage is where somebody notes during a session, with or without network.
type capturePage struct {
	Crumbs                                                      []page.Crumb
	Key                                                         string // of what lies in the browser: this event's, this person's
	At                                                          string
	Takes, Sessions, Themes, Languages, Countries, Groups, Soon []page.Option
	Owners                                                      []page.Option
	Language                                                    string
	Scope                                                       string
}

func (rm room) capture(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.noting(ctx, r)
	if err != nil {
		return nil, err
	}
	l, g := r.L, rm.Registers
	a, err := register.Look(ctx, rm.Store, register.As(r), l)
	if err != nil {
		return nil, err
	}
	d := capturePage{Crumbs: under(l, e, l.T("event.capture")), Key: e.ID.String() + "." + r.Actor.ID.String(), At: pathOf(e.ID) + "/capture", Scope: Path + "/", Language: register.Language(l), Languages: languageOptions(l),
		Takes: register.Codes(l, "event.take.", Takes()), Themes: register.Codes(l, g.ThemeWords, g.Themes), Groups: register.Codes(l, g.GroupWords, g.Groups), Soon: register.Codes(l, g.UrgencyWords, g.Urgencies), Countries: a.CountryOptions(l)}
	for _, s := range e.sessionsToNote() {
		d.Sessions = append(d.Sessions, page.Option{Value: s.ID.String(), Text: join(s.Item, nameOf(l, s).Text)})
	}
	if e.Invited() { // this office may know of no programme, and so of no other country
		d.Countries = a.CountryOptions(l, besides(e.Invitation)...)
		d.Owners = []page.Option{{Value: "office:" + r.Actor.Owner.String(), Text: l.T("event.capture.own_office")}}
		return page.View("event/capture", l.T("event.capture"), d), nil
	}
	offices, err := rm.partners(ctx, r)
	if err != nil {
		return nil, err
	}
	for _, o := range offices {
		d.Owners = append(d.Owners, page.Option{Value: "office:" + o.ID.String(), Text: join(o.Name, l.Country(o.Country))})
	}
	for _, o := range a.OrganisationOptions() {
		d.Owners = append(d.Owners, page.Option{Value: "organisation:" + o.Value, Text: o.Text})
	}
	return page.View("event/capture", l.T("event.capture"), d), nil
}

// noting opens an event for whoever notes during it: at its host, and in an office that is invited and takes part.
func (rm room) noting(ctx context.Context, r *page.Request) (Event, error) {
	e, err := rm.edited(ctx, r)
	switch {
	case err != nil:
	case e.Standing == Cancelled:
		err = fault.New(fault.Guarded, "event.guard.cancelled")
	case e.Invited() && !e.TakesPart():
		err = fault.New(fault.Guarded, "event.guard.nobody_accepted")
	}
	return e, err
}

// besides lists the countries that an invitation names.
func besides(v Invitation) []string {
	if v.Place.Country == "" {
		return []string{v.Country}
	}
	return []string{v.Country, v.Place.Country}
}

// sessionsToNote are those under which something can be noted here: all at the host, elsewhere those to which one is admitted.
func (e Event) sessionsToNote() []Session {
	if e.Hosted() {
		return e.Sessions
	}
	return slices.DeleteFunc(slices.Clone(e.Sessions), func(s Session) bool { return s.Title.IsZero() })
}

// typedNote is a note as a device sends it.
type typedNote struct {
	ID        journal.ID `json:"id"`
	At        time.Time  `json:"at"`
	Take      Take       `json:"take"`
	Session   journal.ID `json:"session"`
	Theme     string     `json:"theme"`
	Language  string     `json:"language"`
	Text      string     `json:"text"`
	Countries []string   `json:"countries"`
	Groups    []string   `json:"groups"`
	Urgency   string     `json:"urgency"`
	Owner     string     `json:"owner"`
	Due       string     `json:"due"`
}

// mostAtOnce is how many notes a device sends at once.
const mostAtOnce = 100

// takenIn answers a device: which notes are kept now, and what is wrong with the others.
type takenIn struct {
	Kept  []journal.ID          `json:"kept"`
	Wrong map[journal.ID]string `json:"wrong"`
}

// takeIn takes notes from a device, each by itself: one that is wrong does not hold up the others, and says so there. What
// is sent again is there already.
func (rm room) takeIn(ctx context.Context, r *page.Request) (page.Response, error) {
	e, err := rm.edited(ctx, r)
	if err != nil {
		return nil, err
	}
	var f struct {
		Notes string `form:"notes"`
	}
	if err := r.Decode(&f); err != nil {
		return nil, err
	}
	var notes []typedNote
	if err := json.Unmarshal([]byte(f.Notes), &notes); err != nil || len(notes) > mostAtOnce {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	out := takenIn{Kept: []journal.ID{}, Wrong: map[journal.ID]string{}}
	for _, n := range notes {
		err := rm.takeNote(ctx, r, e, n)
		switch {
		case err == nil:
			out.Kept = append(out.Kept, n.ID)
		case mendable(err) || fault.Is(err, fault.Conflict):
			out.Wrong[n.ID] = explained(r.L, r.Errors(err), err)
		default:
			return nil, err
		}
	}
	b, err := json.Marshal(out)
	return page.File("kept.json", "application/json", b), err
}

func explained(l *lang.Locale, es page.FieldErrors, err error) string {
	var out []string
	for _, e := range es {
		out = append(out, e.Text)
	}
	if len(out) == 0 {
		return l.Fault(err)
	}
	return strings.Join(out, " ")
}

func (rm room) takeNote(ctx context.Context, r *page.Request, e Event, n typedNote) error {
	v := Captured{Take: n.Take, Session: n.Session, Theme: n.Theme, Text: wording.New(n.Language, n.Text), Countries: n.Countries}
	var fs fault.Fields
	if n.ID.IsZero() {
		return fault.Bad("id", "page.fault.form")
	}
	switch n.Take {
	case TakeNeed:
		v.Groups, v.Urgency = n.Groups, n.Urgency
	case TakeAction:
		sort, id, _ := strings.Cut(n.Owner, ":")
		switch sort {
		case "office":
			v.OwnerOffice = anID(&fs, "owner", id)
		case "organisation":
			v.Owner = anID(&fs, "owner", id)
		}
		v.Due = date(&fs, "due", n.Due)
	}
	rm.known(&fs, v)
	at := n.At
	if at.After(r.Now) { // the device's clock runs ahead
		at = r.Now
	}
	if v.Due.Known() && v.Due.Before(party.OnDay(at)) {
		fs.Add("due", "action.want.order")
	}
	return rm.put(ctx, r, e.ID, store.Draft{ID: n.ID, Type: CapturedType, Payload: v, At: at}, fs.Err())
}

// known: what a register will ask for is asked here, where it can still be mended.
func (rm room) known(fs *fault.Fields, v Captured) {
	g := rm.Registers
	among := func(field, key string, list []string, xs ...string) {
		for _, x := range xs {
			if !slices.Contains(list, x) {
				fs.Add(field, key)
				return
			}
		}
	}
	among("theme", "event.want.theme", g.Themes, v.Theme)
	among("groups", "event.want.profession", g.Groups, v.Groups...)
	if v.Urgency != "" {
		among("urgency", "event.want.profession", g.Urgencies, v.Urgency)
	}
}
