// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Wing is a programme's office at a size: so many activities of its own, as many that others report with ten results and
// transactions each, and a quarter as many needs, actions, recommendations, measures and readers, and for each twenty an event, a study and a call.
type Wing struct {
	Activities int     `json:"activities"`
	File       int64   `json:"file"`       // bytes of the file of what others report
	Import     float64 `json:"import"`     // seconds that its import took
	ImportCPU  float64 `json:"import_cpu"` // of processor time
	Held       []Held  `json:"held"`       // memory of the importing process, in each tenth of its time
	Bytes      int64   `json:"bytes"`      // of the data folder
	Pages      []Shown `json:"pages"`      //
	Resident   int64   `json:"resident"`   // memory behind them
}

// Held is the most memory that a process had in a part of its time, in bytes: what the system gave it, and what lived in the heap
// after a collection of garbage.
type Held struct {
	Resident int64 `json:"resident"`
	Live     int64 `json:"live"`
}

// Shown is how long a page takes.
type Shown struct {
	Path  string  `json:"path"`
	First float64 `json:"first"` // milliseconds of the first answer of a process: nothing is counted yet
	P50   float64 `json:"p50"`
	P99   float64 `json:"p99"`
	CPU   float64 `json:"cpu"` // of processor time for each answer
	Got   int     `json:"got"` // bytes
}

// inOne is how many results and transactions a reported activity has.
const inOne = 10

// pages are those of a programme that list, count or draw what there is of it.
func pages() []string {
	return []string{"/", "/programme", "/programme/activities", "/programme/activities?country=AL&priority=4", "/programme/activities?country=XK&kind=campaign", "/programme/activities?lacks=funder", "/programme/activities?month=2024-05", "/programme/activities?month=2024", "/programme/activities?late=now",
		"/programme/activities/Z-00007",
		"/programme/matrix", "/programme/map", "/programme/calendar?year=2024", "/programme/countries/AL", "/programme/gaps", "/programme/deadlines", "/programme/deadlines?when=late", "/programme/deadlines?when=undated", "/programme/needs", "/programme/needs?country=AL&state=identified", "/programme/needs/new",
		"/programme/actions", "/programme/actions?due=late", "/programme/recommendations", "/programme/reported", "/programme/reported?country=AL",
		"/programme/events", "/programme/events?country=AL", "/programme/studies", "/programme/calls", "/programme/grants", "/programme/measures", "/programme/schemes", "/programme/schemes/invented-plan-of-ba", "/programme/rounds", "/programme/questions", "/programme/readers", "/programme/results", "/programme/results?year=2024"}
}

// rare are pages that are made of every record, each asked for three times.
func rare() []string {
	return []string{"/programme/results/O1", "/programme/needs?as=csv", "/programme/actions?as=csv"}
}

// programme measures an office of each size.
func (c Config) programme(ctx context.Context) ([]Wing, error) {
	var out []Wing
	for _, size := range c.Activities {
		w := Wing{Activities: size}
		if err := c.wing(ctx, &w); err != nil {
			return nil, fmt.Errorf("%d activities: %w", size, err)
		}
		out = append(out, w)
	}
	return out, nil
}

func (c Config) wing(ctx context.Context, w *Wing) (err error) {
	dir := filepath.Join(c.Dir, fmt.Sprintf("programme-%d", w.Activities))
	f, err := folder(dir, access.Programme, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := c.plan(ctx, f, w.Activities); err != nil {
		return err
	}
	file := filepath.Join(c.Dir, "reported.xml")
	if w.File, err = reported(file, w.Activities); err != nil {
		return err
	}
	if err := c.take(ctx, f, file, w); err != nil {
		return err
	}
	if w.Bytes, err = weight(dir); err != nil {
		return err
	}
	c.say("  %d activities: %d MB imported in %.1f s, cpu %.1f s, memory in tenths: %s", w.Activities, w.File>>20, w.Import, w.ImportCPU, heldText(w.Held))
	return c.look(ctx, f, w)
}

// plan fills the office with the programme that the program carries, and with invented records.
func (c Config) plan(ctx context.Context, f app.Folder, size int) (err error) {
	open := opener(ctx, f)
	var done any
	if err := app.Ask(ctx, f, "programme.import", app.ImportProgrammeIn{}, &done, open); err != nil {
		return err
	}
	n, err := open()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	owner := n.Settings.Owners[0].ID
	who, err := n.Job(owner, "importer", access.ForProgramme)
	if err != nil {
		return err
	}
	g, failed := errgroup.WithContext(ctx)
	g.SetLimit(16 * workers)
	put := func(ref store.Ref, d store.Draft) {
		g.Go(func() error {
			_, err := n.Store.Append(failed, who, ref, d)
			return err
		})
	}
	meets := meeting{n.Store, owner, who.Actor.Office}
	for i := range size {
		v := inventedActivity(i)
		put(activity.Ref(owner, v.Code), store.Draft{Type: activity.ImportedType, Payload: v})
		g.Go(func() error { return meets.invent(failed, i) })
		if i%4 == 0 {
			for kind, d := range inventedRecords(i / 4) {
				ref := store.Ref{Kind: kind, ID: n.Store.NewID()}
				if made, ok := d.Payload.(recommendation.Made); ok {
					ref = recommendation.Ref(owner, made)
				}
				put(ref, d)
			}
		}
	}
	return g.Wait()
}

var places = []string{"AL", "BA", "BG", "GR", "HR", "MD", "ME", "MK", "RO", "RS", "XK"}

// inventedActivity is one of a programme's own: all invented, spread over what a programme has.
func inventedActivity(i int) activity.Imported {
	kinds, pillars, statuses := activity.Kinds(), activity.Pillars(), activity.Statuses()
	v := activity.Imported{Code: fmt.Sprintf("Z-%05d", i), Kind: kinds[i%len(kinds)], Title: fmt.Sprintf("Invented activity number %d", i), Language: "en", Status: statuses[i%len(statuses)], Priorities: []int{1 + i%5}, Pillars: []string{pillars[i%len(pillars)]},
		Countries: []string{places[i%len(places)]}, Sources: []party.Source{{Document: "Invented"}}}
	if i%3 == 0 {
		v.Countries = append(v.Countries, places[(i+4)%len(places)])
	}
	if i%10 == 0 {
		v.Basis = fmt.Sprintf("Measure %d", 1+i%200)
	}
	if i%9 > 0 {
		v.Start, v.End = party.InMonth(2020+i%6, time.Month(1+i%12)), party.InMonth(2022+i%7, time.Month(1+(i/12)%12))
		if v.End.Before(v.Start) {
			v.End = v.Start
		}
	}
	return v
}

// plans is how many plans measures are of.
const plans = 8

// inventedRecords are a need, an action, a recommendation and a measure.
func inventedRecords(i int) map[string]store.Draft {
	day := party.OnDay(time.Date(2024, 1, 1+i%900, 0, 0, 0, 0, time.UTC))
	themes, urgencies := need.Themes(), need.Urgencies()
	country := []string{places[i%len(places)]}
	out := map[string]store.Draft{
		access.KindNeed: {Type: need.NotedType, Payload: need.Noted{Text: wording.New("en", fmt.Sprintf("Invented need number %d of some who lack something", i)), Theme: themes[i%len(themes)], Urgency: urgencies[i%len(urgencies)], Countries: country, On: day}},
		access.KindRecommendation: {Type: recommendation.MadeType, Payload: recommendation.Made{Source: fmt.Sprintf("Invented body %d", i%5), Document: fmt.Sprintf("Report %d", i%40), Paragraph: fmt.Sprint(1 + i/200), Country: country[0],
			Strength: recommendation.Strengths()[i%len(recommendation.Strengths())], Text: wording.New("en", fmt.Sprintf("Invented recommendation number %d", i))}},
	}
	a := action.Agreed{Text: wording.New("en", fmt.Sprintf("Invented action number %d", i)), On: day}
	if i%5 > 0 {
		a.Due = party.OnDay(day.First().AddDate(1, 6, 0))
	}
	out[access.KindAction] = store.Draft{Type: action.AgreedType, Payload: a}
	out[access.KindMeasure] = store.Draft{Type: measure.NotedType, Payload: measure.Noted{Plan: "Invented plan of " + places[i%plans], Code: fmt.Sprint(1 + i/plans), Text: wording.New("en", fmt.Sprintf("Invented measure number %d", i)), Countries: country}}
	return out
}

// reported writes a file of what others report, and gives its size.
func reported(path string, size int) (int64, error) {
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	fmt.Fprint(b, `<?xml version="1.0" encoding="UTF-8"?><iati-activities version="2.03" generated-datetime="2026-01-01T00:00:00Z">`)
	for i := range size {
		fmt.Fprintf(b, `<iati-activity xml:lang="en" default-currency="EUR"><iati-identifier>XX-INV-%d</iati-identifier><reporting-org ref="XX-INV" type="10"><narrative>Invented publisher %d</narrative></reporting-org><title><narrative>Invented activity %d on matter %d</narrative><narrative xml:lang="fr">Activité inventée %d</narrative></title><description type="1"><narrative>Some invented words on what is done there, and for whom: %d.</narrative></description><participating-org ref="XX-INV" role="1" type="10"><narrative>Invented</narrative></participating-org><activity-status code="2"/><activity-date iso-date="202%d-01-01" type="2"/><activity-date iso-date="203%d-12-31" type="3"/><recipient-country code="%s"/><sector vocabulary="1" code="15160"/>`,
			i, i%50, i, i*7919%100003, i, i, i%6, i%6, places[i%len(places)])
		for k := range inOne / 2 {
			fmt.Fprintf(b, `<transaction ref="T%d"><transaction-type code="%d"/><transaction-date iso-date="2024-0%d-15"/><value value-date="2024-0%d-15">%d.%02d</value><description><narrative>Invented payment %d</narrative></description></transaction>`, k, 1+k%4, 1+k, 1+k, (i*31+k*977)%100000, (i+k)%100, k)
		}
		for k := range inOne / 2 {
			fmt.Fprintf(b, `<result type="%d"><title><narrative>Result %d</narrative></title><indicator measure="1"><title><narrative>People trained %d</narrative></title><baseline iso-date="2023-01-01" year="2023" value="%d"/><period><period-start iso-date="2024-01-01"/><period-end iso-date="2024-12-31"/><target value="%d"/><actual value="%d"/></period></indicator></result>`, 1+k%3, k, k, k, 10+k, i%20)
		}
		fmt.Fprint(b, "</iati-activity>\n")
	}
	fmt.Fprint(b, `</iati-activities>`)
	if err := errors.Join(b.Flush(), f.Close()); err != nil {
		return 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// pace keeps a session under the number of pages a second that an office gives one (page.Config.Rate).
const pace = 51 * time.Millisecond

// look serves the office and asks for each page, one after the other.
func (c Config) look(ctx context.Context, f app.Folder, w *Wing) (err error) {
	var ready struct{ Ready string }
	p, err := launch(ctx, &ready, c.Program, "serve", string(f), "--json")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.stop()) }()
	header, err := signedIn(ctx, f, ready.Ready, identity.Seeded{Name: "Officer (fictitious)", Login: "officer", Password: password, Roles: []access.Role{access.ProgrammeOfficer}, Zone: "Europe/Athens", Language: "en"})
	if err != nil {
		return err
	}
	conn, err := dial(ready.Ready)
	if err != nil {
		return err
	}
	defer conn.close()
	measure := func(path string, times int) error {
		s := Shown{Path: path}
		var took []time.Duration
		spent := p.spent()
		for i := 0; i < times; i++ {
			if err := pause(ctx, pace); err != nil {
				return err
			}
			begun := time.Now()
			answer, _, err := conn.do(request{method: "GET", path: path, header: header})
			if err != nil {
				return err
			}
			if took = append(took, time.Since(begun)); i == 0 {
				s.First, s.Got = float64(took[0].Microseconds())/1000, len(answer)
			}
		}
		s.CPU = float64((p.spent() - spent).Microseconds()) / 1000 / float64(len(took))
		s.P50, s.P99 = quantiles(took)
		c.say("  %-52s first %7.1f ms  p50 %7.1f ms  p99 %7.1f ms  cpu %6.2f ms", path, s.First, s.P50, s.P99, s.CPU)
		w.Pages = append(w.Pages, s)
		return nil
	}
	for _, path := range pages() {
		if err := measure(path, c.Asks); err != nil {
			return err
		}
	}
	for _, path := range rare() {
		if err := measure(path, min(c.Asks, 3)); err != nil {
			return err
		}
	}
	w.Resident = p.resident()
	return ctx.Err()
}

// signedIn makes somebody in a running office and gives the header with which their browser comes.
func signedIn(ctx context.Context, f app.Folder, at string, who identity.Seeded) (string, error) {
	var ids []journal.ID
	if err := app.Ask(ctx, f, "demo.seed", app.SeedIn{People: []identity.Seeded{who}}, &ids, func() (*app.Node, error) { return nil, errNotRunning }); err != nil {
		return "", err
	}
	return session(at, who.Login)
}
