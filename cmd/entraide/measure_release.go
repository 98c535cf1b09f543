// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"math"
	mrand "math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/attack"
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/memory"
	"github.com/entraide-thb/entraide/internal/measure/microdata"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/purse"
	"github.com/entraide-thb/entraide/internal/measure/rows"
	"github.com/entraide-thb/entraide/internal/measure/selection"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

type releaseCmd struct {
	Data string `arg:"" help:"A CSV of records, one person a line." type:"existingfile"`
	asking
	Out    string `required:"" help:"Folder to make." type:"path" placeholder:"FOLDER"`
	Budget string `help:"The budget file, which this release adds to. Needed unless counts are published (--method)." type:"path" placeholder:"FILE"`
	Person string `help:"Column that says whose line it is: only a person's first counts. Without it every line is a person." placeholder:"COLUMN"`

	Choose  int      `help:"Measure only so many of the tables that are asked for, beside single columns: those that say most, chosen at a quarter of the promise." placeholder:"N"`
	Records bool     `help:"Make records of people who do not exist from the release."`
	Mask    float64  `default:"1.5" help:"How many standard deviations a cell must reach to be taken for real in records: with more, fewer combinations are invented and more are lost."`
	Never   []string `help:"Combinations that cannot be in records: age=minor+form=office." placeholder:"A=X+B=Y"`
	Seed    uint64   `default:"1" help:"Of the records."`

	Method  string   `enum:"noise,rounded,suppressed" default:"noise" help:"What protects: ${enum}. Rounded and suppressed publish exact counts behind a threshold."`
	K       int64    `default:"10" help:"The threshold of counts, and what they are rounded to."`
	Earlier []string `help:"Folders of earlier releases of the same tables, whose people are all among this one's." type:"existingdir" placeholder:"FOLDER"`

	Title     string   `default:"Tables" help:"Title of the release."`
	Unit      string   `default:"person" help:"What one line is."`
	Source    string   `default:"file" help:"What the records are, in a word."`
	Publisher string   `help:"Who publishes."`
	Country   string   `help:"The country or territory of the publisher, as in ISO 3166-1: GR. Tables in the shape of a body are of one." placeholder:"CODE"`
	From      string   `help:"First day, 2026-01-01."`
	Until     string   `help:"Last day."`
	By        []string `help:"Functions of those who release, never names." placeholder:"FUNCTION"`
}

// releasedFiles is what a release came to.
type releasedFiles struct {
	Release string         `json:"release"`
	Folder  string         `json:"folder"`
	Hash    string         `json:"hash"`
	Read    rows.Report    `json:"read"`
	Plan    *planned       `json:"plan,omitempty"`
	Left    string         `json:"left,omitempty"`
	Records int            `json:"records,omitempty"`
	Checks  []bundle.Check `json:"checks"`
	Seconds float64        `json:"seconds"`
}

func (r *releaseCmd) Run(c *call) error {
	if _, err := os.Stat(r.Out); err == nil {
		return fault.New(fault.Conflict, "purse.folder_there")
	}
	began := time.Now()
	l, err := r.lists()
	if err != nil {
		return err
	}
	d, regions, err := r.domain(l)
	if err != nil {
		return err
	}
	w := bundle.Whole{Release: r.describe(d, c.bundle.Countries())}
	named(&w.Release, regions, c.bundle)
	out := releasedFiles{Release: w.Release.ID, Folder: r.Out}
	if r.Method == "noise" {
		err = r.noise(c, l, &w, &out)
	} else {
		err = r.counts(c, l, &w, &out)
	}
	if err != nil {
		return err
	}
	out.Checks, out.Seconds = w.Release.Checks, math.Round(time.Since(began).Seconds()*1000)/1000
	c.say("%d lines read, %d people counted, %d lines of somebody who was there before", out.Read.Lines, out.Read.People, out.Read.Repeated)
	for _, column := range l {
		if n := out.Read.Unlisted[column.Name]; n > 0 {
			c.say("%s: %d answers are in no list and count as unknown", column.Name, n)
		}
	}
	for _, x := range out.Checks {
		c.say("%s: found %d of %d", x.Code, x.Found, x.Of)
	}
	if out.Left != "" {
		c.say("the budget has %s left", out.Left)
	}
	c.say("written to %s; sha256 of release.json: %s", out.Folder, out.Hash)
	return c.done(out)
}

// describe begins the release's description.
func (r *releaseCmd) describe(d table.Domain, countries []string) bundle.Release {
	var id [5]byte
	_, _ = rand.Read(id[:]) // never fails
	out := bundle.Release{ID: "r-" + hex.EncodeToString(id[:]), Title: map[string]string{"en": r.Title}, Source: r.Source, Version: "1", Unit: r.Unit, From: r.From, Until: r.Until, At: time.Now().UTC().Truncate(time.Second), Released: r.By}
	if r.Publisher != "" {
		out.Offices = []bundle.Office{{Name: r.Publisher, Country: r.Country}}
	}
	for _, column := range d.Columns {
		x := bundle.Column{Code: column.Name, Title: map[string]string{"en": column.Name}, Values: column.Values}
		if !slices.ContainsFunc(column.Values, func(v string) bool { return v != source.Unknown && !slices.Contains(countries, v) }) && len(column.Values) > 1 {
			x.List = "country"
		}
		out.Columns = append(out.Columns, x)
	}
	return out
}

// room refuses a file whose codes would not fit into memory beside other work: a cell of a line, two bytes at least, becomes two
// bytes, and as many again while they are added to.
func (r *releaseCmd) room(beside int64) error {
	info, err := os.Stat(r.Data)
	if err != nil {
		return err
	}
	return memory.Fits(beside + 2*info.Size())
}

// read reads the data.
func (r *releaseCmd) read(c *call, l rows.Lists, out *releasedFiles) (*table.Records, error) {
	f, err := os.Open(r.Data)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := c.counting("lines read")
	records, report, err := rows.Read(c.ctx, f, l, rows.Options{Person: r.Person, Progress: func(n int) { lines(n, 0) }})
	out.Read = report
	if err == nil && records.Len() == 0 {
		err = fault.Bad("data", "statistics.want.release")
	}
	return records, err
}

// noise makes a release on the route pooled: all that can be refused is refused before the budget is touched, and the budget
// is touched before any noise is drawn.
func (r *releaseCmd) noise(c *call, l rows.Lists, w *bundle.Whole, out *releasedFiles) error {
	plan, err := r.plan(l)
	if err != nil {
		return err
	}
	never, err := r.rules(plan.Domain)
	if err != nil {
		return err
	}
	_, regions, err := r.domain(l)
	if err != nil {
		return err
	}
	for _, x := range regions {
		never = append(never, x.level.Impossible(x.fine, x.coarse)...)
	}
	if r.Budget == "" {
		return fault.New(fault.Invalid, "purse.none")
	}
	budget, err := purse.Open(r.Budget)
	if err != nil {
		return err
	}
	defer budget.Close()
	pick, charge, err := r.choice(plan)
	if err != nil {
		return err
	}
	if charge > budget.Left() {
		return fault.New(fault.Guarded, "purse.empty", "Left", budget.Left().String(), "Costs", charge.String())
	}
	if err := r.room(plan.Bytes()); err != nil {
		return err
	}
	records, err := r.read(c, l, out)
	if err != nil {
		return err
	}
	if records, err = beside(records, regions); err != nil {
		return err
	}
	if r.Records {
		if err := memory.Fits(plan.Bytes() + microdata.Bytes(plan, int64(records.Len()))); err != nil {
			return err
		}
	}
	if err := budget.Reserve(w.Release.ID, charge, time.Now()); err != nil {
		return err
	}
	if pick != nil {
		if plan, err = pick.Plan(c.ctx, records, system); err != nil {
			return err
		}
	}
	rel, err := plan.Measure(c.ctx, records, system)
	if err != nil {
		return err
	}
	if z, err := attack.Drawn(rel, records); err != nil || math.Abs(z) > 6 {
		return fault.Wrap(fault.Internal, err, "statistics.guard.noise")
	}
	if err := r.fill(c, w, rel, charge, never, out); err != nil {
		return err
	}
	if pick != nil {
		w.Release.Promise.Choice = &bundle.Choice{Of: len(pick.Candidates), Taken: pick.Picks, Rho: pick.Look().String()}
	}
	if err := r.write(c, w, attack.Trial{Plan: plan, Random: system, Coin: r.Seed}, out); err != nil {
		return err
	}
	if err := budget.Released(w.Release.ID, out.Hash, time.Now()); err != nil {
		return err
	}
	out.Left = budget.Left().String()
	return nil
}

// choice divides the promise where only some of the tables are to be measured, and says what all of it costs; nil where all are.
func (r *releaseCmd) choice(all *pooled.Plan) (*selection.Spread, noise.Charge, error) {
	if r.Choose == 0 {
		return nil, all.Charge(), nil
	}
	var sets []table.Set
	for _, a := range all.Tables {
		sets = append(sets, a.Set)
	}
	out, err := selection.Divide(all.Domain, sets, r.Choose, all.Cost())
	if err != nil {
		return nil, 0, err
	}
	return out, out.Charge(), nil
}

// system is the randomness of releases.
func system(int) io.Reader { return rand.Reader }

// fill puts tables and records into the release.
func (r *releaseCmd) fill(c *call, w *bundle.Whole, rel *pooled.Release, charge noise.Charge, never []map[int]uint16, out *releasedFiles) error {
	p, err := describe(rel.Plan, r.Delta)
	if err != nil {
		return err
	}
	promise, err := charge.Rho().At(r.Delta) // of choosing as well
	if err != nil {
		return err
	}
	p.Rho, p.Epsilon = charge.String(), promise.Epsilon
	out.Plan = &p
	w.Release.Route = bundle.Pooled
	w.Release.Promise = &bundle.Promise{Rho: p.Rho, Epsilon: p.Epsilon, Delta: p.Delta}
	if w.Tables, err = bundle.Estimates(rel); err != nil || !r.Records {
		return err
	}
	w.Records, err = microdata.Make(c.ctx, rel, microdata.Options{Seed: r.Seed, Mask: r.Mask, Never: never}, c.counting("records"))
	if err == nil {
		out.Records = w.Records.Len()
	}
	return err
}

// rules reads combinations that cannot be.
func (r *releaseCmd) rules(d table.Domain) ([]map[int]uint16, error) {
	var out []map[int]uint16
	for _, text := range r.Never {
		rule := map[int]uint16{}
		for _, part := range strings.Split(text, "+") {
			name, value, _ := strings.Cut(part, "=")
			column := slices.IndexFunc(d.Columns, func(c table.Column) bool { return c.Name == name })
			if column < 0 {
				return nil, fault.Bad(name, "rows.want.column")
			}
			v := slices.Index(d.Columns[column].Values, value)
			if v < 0 {
				return nil, fault.Bad(name, "statistics.want.code")
			}
			rule[column] = uint16(v)
		}
		out = append(out, rule)
	}
	return out, nil
}

// write attacks the release and writes it if nothing was found.
func (r *releaseCmd) write(c *call, w *bundle.Whole, t attack.Trial, out *releasedFiles) (err error) {
	if w.Release.Checks, err = attack.Certificate(c.ctx, w, t, c.counting("calculated")); err != nil {
		return err
	}
	if bad := failed(w.Release.Checks); bad != nil {
		return fault.New(fault.Guarded, "statistics.guard.attacked", "Code", bad.Code, "Found", bad.Found, "Of", bad.Of)
	}
	out.Hash, err = w.Write(r.Out)
	return err
}

func failed(checks []bundle.Check) *bundle.Check {
	for i := range checks {
		if checks[i].Found > 0 {
			return &checks[i]
		}
	}
	return nil
}

// draws is how often rounding is drawn until no attack finds anything.
const draws = 20

// counts makes a release on the route exact.
func (r *releaseCmd) counts(c *call, l rows.Lists, w *bundle.Whole, out *releasedFiles) error {
	if r.Choose != 0 {
		return fault.Bad("choose", "statistics.want.choose_noise")
	}
	if len(r.Regions) > 0 { // sums of other cells that the audit would have to know
		return fault.Bad("regions", "statistics.want.regions_noise")
	}
	d := l.Domain()
	sets, err := r.sets(d)
	if err != nil {
		return err
	}
	sizes, tables := make([]int, len(d.Columns)), make([][]int, len(sets))
	for i, column := range d.Columns {
		sizes[i] = len(column.Values)
	}
	for i, s := range sets {
		tables[i] = s
	}
	linked, err := exact.Link(sizes, tables)
	if err != nil {
		return err
	}
	t := attack.Trial{}
	for _, folder := range r.Earlier {
		e, _, err := bundle.Read(folder)
		if err != nil {
			return err
		}
		t.Earlier = append(t.Earlier, &e)
	}
	if err := r.room(0); err != nil {
		return err
	}
	records, err := r.read(c, l, out)
	if err != nil {
		return err
	}
	values, err := linked.Fill(func(s []int) ([]int64, error) { return records.Count(s) })
	if err != nil {
		return err
	}
	w.Release.Route, w.Release.Guard = bundle.Exact, &bundle.Guard{K: r.K, Method: r.Method}
	for _, e := range t.Earlier {
		w.Release.Guard.Earlier = append(w.Release.Guard.Earlier, e.Release.ID)
	}
	if r.Method == "suppressed" {
		published, err := exact.Protect(c.ctx, linked.System, values, exact.Rules{K: r.K}, c.counting("protected"))
		if err != nil {
			return err
		}
		found, err := exact.Audit(c.ctx, linked.System, published, c.counting("calculated"))
		if err != nil {
			return err
		}
		w.Tables = bundle.Suppressed(d, linked, published, found, r.K)
		return r.write(c, w, t, out)
	}
	w.Release.Guard.Base = r.K
	for range draws {
		if err = r.round(c, d, linked, values, w, t, out); !fault.Is(err, fault.Guarded) {
			return err
		}
	}
	return err
}

// round draws one rounding and writes it if no attack finds anything.
func (r *releaseCmd) round(c *call, d table.Domain, linked exact.Linked, values []int64, w *bundle.Whole, t attack.Trial, out *releasedFiles) error {
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never fails
	rounded, err := exact.Round(c.ctx, linked.System, values, r.K, mrand.New(mrand.NewChaCha8(seed)))
	if err != nil {
		return err
	}
	w.Tables = bundle.RoundedTo(d, linked, rounded, r.K)
	return r.write(c, w, t, out)
}

func digits(n int64) string { return strconv.FormatInt(n, 10) }
