// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/publication"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/packs/results"
)

// Results connects the results framework with the rooms that keep the records behind its indicators. What is not here is not
// measured yet.
func Results(c Config) result.Config {
	rm := room{c}
	meetings := []string{access.KindActivity, access.KindEvent}
	needs, trainings, recommendations := []string{access.KindNeed}, []string{access.KindTraining}, []string{access.KindRecommendation}
	return result.Config{Store: c.Store, Sources: rm.told(result.Sources{
		"O1": {Of: meetings, List: rm.workshopsHeld}, "O2": {Of: meetings, List: rm.participants}, "O3": {Of: []string{access.KindProgramme, access.KindEvent}, List: rm.countriesTakingPart},
		"O4": {Of: needs, List: rm.needsIdentified}, "C1": {Of: needs, List: rm.needsIdentified, Like: "O4"},
		"O5": {Of: []string{access.KindAgreement}, List: rm.agreementsDrafted}, "O9": {Of: []string{access.KindMaterial}, List: rm.materialsPublished},
		"C2": {Of: []string{access.KindAgreement, access.KindTerms}, List: rm.agreementsInForce},
		"C8": {Of: []string{access.KindAgreement, access.KindProgramme}, List: rm.teamsSetUp},
		"O8": {Of: trainings, List: rm.trained}, "C5": {Of: trainings, List: rm.learned},
		"C3": {Of: []string{access.KindAction, access.KindOrganisation, access.KindFunction}, List: rm.actionsInTime},
		"O6": {Of: recommendations, List: rm.recommendationsOwned}, "C4": {Of: recommendations, List: rm.recommendationsJudged},
		"O7":  {Of: []string{access.KindStudy}, List: rm.studiesDelivered},
		"C11": {Of: []string{access.KindChange}, List: rm.changesReported},
		"I3":  {Of: []string{access.KindRound, access.KindRecommendation}, List: rm.roundsAfter},
	})}
}

// InReport gives what the report says of the framework: every indicator, over all periods, as of the report's day, with as many of the
// records behind each as are asked for.
func InReport(c Config) func(ctx context.Context, w store.Who, l *lang.Locale, day time.Time, records int) ([]publication.Result, error) {
	return func(ctx context.Context, w store.Who, l *lang.Locale, day time.Time, records int) ([]publication.Result, error) {
		rs := Results(c)
		_, ms, err := rs.Measure(ctx, w, l, day, result.Chosen{})
		if err != nil {
			return nil, err
		}
		var out []publication.Result
		for _, m := range ms {
			x := publication.Result{ID: m.ID, Level: l.T("result.level." + m.Level + ".one"), Title: m.ID + " · " + m.Title.In(l.Tag()), Value: result.Print(l, m.Indicator, m.Sums), Beside: result.Beside(l, m.Indicator, m.Sums), Href: result.Path + "/" + m.ID,
				Means: m.Means.In(l.Tag()), Adds: l.T("result.adds." + m.Adds + ".text"), Protected: m.Figures != ""}
			if records > 0 {
				lists, err := rs.Behind(ctx, w, l, day, m.Indicator)
				if err != nil {
					return nil, err
				}
				for _, b := range lists {
					x.Behind = append(x.Behind, inReport(l, m.Indicator, b, records))
				}
			}
			out = append(out, x)
		}
		return out, nil
	}
}

// inReport puts the first records of a list behind an indicator into words. Who an organisation is stays out, but for the offices that told
// a protected figure: a partner may be one that no document names.
func inReport(l *lang.Locale, x results.Indicator, b result.Listed, records int) publication.Behind {
	out := publication.Behind{Caption: b.Caption, Counts: result.Counts(l, x), Of: len(b.Items)}
	for _, i := range b.Items[:min(len(b.Items), records)] {
		item := publication.Item{Title: i.Title, Lang: i.Lang, Href: i.Href, Activity: i.Activity, Counts: result.CountedAs(l, x, i), Countries: i.Countries}
		if i.On.Known() {
			item.On = i.On.Print(l)
		}
		if i.Aside != "" {
			item.Counts = "" // the list says why
		}
		if i.Told != nil {
			item.Sub, item.On, item.Countries = i.Sub, "", nil // in its title
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// meetings are the kinds of activity that people come to.
var meetings = []activity.Kind{"workshop", "event"}

// held is an activity with the events of it that were held here.
type heldActivity struct {
	activity.Line
	events []event.Row
}

func (h heldActivity) held() bool { return h.Status == "held" || len(h.events) > 0 }

// on is the day by which an activity belongs to a period.
func (h heldActivity) on() party.PartialDate {
	for _, d := range []party.PartialDate{h.Start, h.DateInferred, h.End} {
		if d.Known() {
			return d
		}
	}
	for _, e := range h.events {
		return e.V.Start
	}
	return party.PartialDate{}
}

func (h heldActivity) item(l *lang.Locale) result.Item {
	title, language := h.In(l.Tag())
	return result.Item{Title: h.Code + " · " + title, Lang: l.Foreign(language), Href: activityPath(h.Code), On: h.on(), Activity: h.Code, Countries: h.Countries, Sub: statusWord(l, h.Status)}
}

// meetingsOf gives the programme's activities of some kinds, each with its events, and the events that belong to none.
func (rm room) meetingsOf(ctx context.Context, w store.Who, kinds ...activity.Kind) (list []heldActivity, others []event.Row, err error) {
	var as []activity.Line
	for _, k := range kinds {
		of, err := rm.activities(ctx, w, map[string]string{"kind": string(k)})
		if err != nil {
			return nil, nil, err
		}
		as = append(as, of...)
	}
	rows, err := event.List(ctx, rm.Store, w, nil)
	if err != nil {
		return nil, nil, err
	}
	list, others = withEvents(as, heldHere(rows), kinds...)
	return list, others, nil
}

// heldHere leaves the events that were held, and here.
func heldHere(rows []event.Row) []event.Row {
	return slices.DeleteFunc(rows, func(r event.Row) bool { return r.V.Standing != event.WasHeld || !r.V.From.IsZero() })
}

// withEvents joins activities of some kinds with their events; others are those that belong to none.
func withEvents(as []activity.Line, rows []event.Row, kinds ...activity.Kind) (list []heldActivity, others []event.Row) {
	of := map[string][]event.Row{}
	for _, r := range rows {
		of[r.V.Activity] = append(of[r.V.Activity], r)
	}
	for _, a := range as {
		if slices.Contains(kinds, a.Kind) {
			list = append(list, heldActivity{a, of[a.Code]})
		}
	}
	return list, of[""]
}

func (rm room) workshopsHeld(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	list, _, err := rm.meetingsOf(ctx, w, "workshop")
	return result.Counted{Items: heldItems(l, list)}, err
}

// heldItems are activities, in the number where they were held.
func heldItems(l *lang.Locale, list []heldActivity) []result.Item {
	var out []result.Item
	for _, h := range list {
		i := h.item(l)
		i.In = h.held()
		for _, e := range h.events {
			i.By = map[string][]result.Word{"format": {{Code: string(e.V.Mode), Key: "event.mode." + string(e.V.Mode)}}}
		}
		if h.Format != "" && len(h.events) == 0 {
			i.By = map[string][]result.Word{"format": {{Code: h.Format, Key: "event.mode." + h.Format}}}
		}
		out = append(out, i)
	}
	return out
}

// participants are those who came, as attendance lists have them, by country or territory; else the number of the record.
func (rm room) participants(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	list, others, err := rm.meetingsOf(ctx, w, meetings...)
	return result.Counted{Items: tookPart(l, list, others)}, err
}

func tookPart(l *lang.Locale, list []heldActivity, others []event.Row) []result.Item {
	var out []result.Item
	for _, h := range list {
		came := cameTo(l, h.events...)
		var listed int64
		for _, i := range came {
			listed += i.Number.Low()
		}
		switch {
		case !h.held():
		case len(came) > 0 && listed >= h.Participants.Low():
			out = append(out, came...)
		default:
			i := h.item(l)
			i.Number = h.Participants
			out = append(out, i)
		}
	}
	return append(out, cameTo(l, others...)...)
}

// cameTo gives, for each event whose attendance was written down, those who came from each country or territory.
func cameTo(l *lang.Locale, rows ...event.Row) []result.Item {
	var out []result.Item
	for _, r := range rows {
		title := rolls.Excerpt(l, r.V.Title)
		for _, t := range r.V.Took {
			if !r.V.Counted || t.Came == 0 {
				continue
			}
			out = append(out, result.Item{Title: title.Text, Lang: title.Lang, Sub: l.Country(t.Country), Href: event.Path + "/" + r.ID.String(), On: r.V.Start, Activity: r.V.Activity,
				Countries: []string{t.Country}, Key: t.Country, Number: party.Exactly(int64(t.Came))})
		}
	}
	return out
}

func (rm room) countriesTakingPart(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	s, err := rm.current(ctx, w)
	if err != nil {
		return result.Counted{}, err
	}
	rows, err := event.List(ctx, rm.Store, w, nil)
	return result.Counted{Of: len(s.Partners()), Items: cameFrom(l, heldHere(rows), s.Partners())}, err
}

// cameFrom are those of cameTo from some countries or territories.
func cameFrom(l *lang.Locale, rows []event.Row, of []string) []result.Item {
	return slices.DeleteFunc(cameTo(l, rows...), func(i result.Item) bool { return !slices.Contains(of, i.Key) })
}

func needItem(l *lang.Locale, r need.Row) result.Item {
	title := rolls.Excerpt(l, r.V.Text)
	i := result.Item{Title: title.Text, Lang: title.Lang, Sub: l.T("need.state." + string(r.V.State)), Href: need.Path + "/" + r.ID.String(), On: r.V.On, Activity: r.V.Activity, Countries: r.V.Countries,
		By: map[string][]result.Word{"theme": {{Code: string(r.V.Theme), Key: "need.theme." + string(r.V.Theme)}}}}
	for _, g := range r.V.Groups {
		i.By["profession"] = append(i.By["profession"], result.Word{Code: string(g), Key: "need.group." + string(g)})
	}
	if !r.V.Counts() {
		i.Aside = "need_" + string(r.V.State)
	}
	return i
}

// needsIdentified are the needs, in the number where they were met in time: which of those identified were met is told of the same.
func (rm room) needsIdentified(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	rows, err := need.List(ctx, rm.Store, w, nil)
	var out result.Counted
	for _, r := range rows {
		i := needItem(l, r)
		i.In = r.V.MetInTime()
		out.Items = append(out.Items, i)
	}
	return out, err
}

func (rm room) actionsInTime(ctx context.Context, w store.Who, l *lang.Locale, now time.Time) (result.Counted, error) {
	rows, err := action.List(ctx, rm.Store, w, nil)
	if err != nil {
		return result.Counted{}, err
	}
	g, err := rm.register(ctx, w)
	var out result.Counted
	for _, r := range rows {
		title := rolls.Excerpt(l, r.V.Text)
		i := result.Item{Title: title.Text, Lang: title.Lang, Sub: g.name(l, r.V.Owner), Href: action.Path + "/" + r.ID.String(), On: r.V.Due, Activity: r.V.Activity, In: r.V.InTime(), By: owner(l, g, r.V.Owner)}
		if o := g.orgs[r.V.Owner]; o.Country != "" {
			i.Countries = []string{o.Country}
		}
		switch {
		case r.V.State == action.Refused:
			i.Aside = "action_refused"
		case !r.V.Due.Known():
			i.Aside = "action_undated"
		case !r.V.Counts(now):
			i.Aside = "action_running"
		}
		out.Items = append(out.Items, i)
	}
	return out, err
}

// owner parts by who owns a record and what sort of organisation that is; nothing where nobody does.
func owner(l *lang.Locale, g register, id journal.ID) map[string][]result.Word {
	if id.IsZero() {
		return nil
	}
	out := map[string][]result.Word{"owner": {{Code: id.String(), Text: g.name(l, id)}}}
	if t := string(g.orgs[id].Type); t != "" {
		out["owner_type"] = []result.Word{{Code: t, Key: "party.type." + t}}
	}
	return out
}

func recommendationItem(l *lang.Locale, r recommendation.Row) result.Item {
	v := r.V
	i := result.Item{Title: v.Source + " · " + l.T("recommendation.at", "Paragraph", v.Paragraph), Sub: v.Document, Href: recommendation.Path + "/" + r.ID.String(), On: v.On,
		By: map[string][]result.Word{"source": {{Code: recommendation.SourceCode(v.Source), Text: v.Source}}, "state": {{Code: string(v.State), Key: "recommendation.state." + string(v.State)}}}}
	if v.Country != "" {
		i.Countries = []string{v.Country}
	}
	return i
}

func (rm room) recommendationsOwned(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	rows, err := recommendation.List(ctx, rm.Store, w, nil)
	var out result.Counted
	for _, r := range rows {
		i := recommendationItem(l, r)
		switch {
		case len(r.V.Owners) == 0:
			i.Aside = "recommendation_unowned"
		case !r.V.Due.Known():
			i.Aside = "recommendation_undated"
		}
		out.Items = append(out.Items, i)
	}
	return out, err
}

func (rm room) recommendationsJudged(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	rows, err := recommendation.List(ctx, rm.Store, w, nil)
	var out result.Counted
	for _, r := range rows {
		i := recommendationItem(l, r)
		switch r.V.State {
		case recommendation.Implemented:
			i.In = true
		case recommendation.Unjudged, recommendation.Past:
			i.Aside = "recommendation_" + string(r.V.State)
		}
		out.Items = append(out.Items, i)
	}
	return out, err
}

// studiesDelivered are the office's own studies that were delivered, with their findings beside.
func (rm room) studiesDelivered(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	rows, err := study.List(ctx, rm.Store, w, map[string]string{"stage": string(study.Delivered)})
	var out result.Counted
	for _, r := range rows {
		title := rolls.Excerpt(l, r.V.Title)
		out.Items = append(out.Items, result.Item{Title: title.Text, Lang: title.Lang, Sub: l.N("study.findings.count", r.V.Findings), Href: study.Path + "/" + r.ID.String(), On: r.V.Delivered, Activity: r.V.Activity})
	}
	return out, err
}
