// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/memory"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/pooled"
	"github.com/entraide-thb/entraide/internal/measure/purse"
	"github.com/entraide-thb/entraide/internal/measure/rows"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// measureCmd is figures from files, without an office.
type measureCmd struct {
	Budget   budgetCmd   `cmd:"" help:"Make a budget file, which each release adds to, or say what it has left. One for one set of people, kept beside the data."`
	Plan     planCmd     `cmd:"" help:"Say how exact each table would be, and what it costs, before anything is spent. Needs no data."`
	Release  releaseCmd  `cmd:"" help:"Make a release from a file of records, one person a line, and write it into a new folder."`
	Audit    auditCmd    `cmd:"" help:"Say what can be calculated of the numbers that anybody's published table does not show: how many and where."`
	Attack   attackCmd   `cmd:"" help:"Attack a release that lies in a folder, as anybody could who has it."`
	Explore  exploreCmd  `cmd:"" help:"Write a release into a new folder as pages that open without a server, with its certificate."`
	Estimate estimateCmd `cmd:"" help:"Estimate how many people there are of whom several lists each know some, from how the lists overlap."`
}

type budgetCmd struct {
	File    string  `arg:"" help:"The budget file." type:"path"`
	Epsilon float64 `help:"Make the file, with this promise to each person for all releases together." placeholder:"1"`
	Delta   float64 `default:"1e-6" help:"The chance at which the promise fails."`
	Reason  string  `help:"Why it is more than epsilon 4 or delta 1e-6."`
}

// budgetState is what a budget file has left.
type budgetState struct {
	Epsilon  float64 `json:"epsilon"`
	Delta    float64 `json:"delta"`
	Rho      string  `json:"rho"`
	Spent    string  `json:"spent"`
	Left     string  `json:"left"`
	Releases int     `json:"releases"`
}

func (b *budgetCmd) Run(c *call) error {
	if b.Epsilon != 0 {
		if err := purse.New(b.File, noise.Promise{Epsilon: b.Epsilon, Delta: b.Delta}, b.Reason, time.Now()); err != nil {
			return err
		}
	}
	p, err := purse.Open(b.File)
	if err != nil {
		return err
	}
	defer p.Close()
	s := stateOf(p)
	c.say("epsilon %g, delta %g: rho %s, of which %s is spent by %d releases and %s left", s.Epsilon, s.Delta, s.Rho, s.Spent, s.Releases, s.Left)
	return c.done(s)
}

func stateOf(p *purse.Purse) budgetState {
	s := budgetState{Epsilon: p.Promise().Epsilon, Delta: p.Promise().Delta, Rho: p.Budget().String(), Spent: p.Spent().String(), Left: p.Left().String()}
	for _, l := range p.Lines() {
		if l.Charge > 0 {
			s.Releases++
		}
	}
	return s
}

// asking is which tables of which columns.
type asking struct {
	Lists   string   `required:"" help:"Closed lists of what each column may say: a CSV of column, value and perhaps several (yes)." type:"existingfile" placeholder:"FILE"`
	Tables  []string `help:"Tables, as columns joined by +: sex+age,sex+form. A column that takes several answers stands for a table for each." placeholder:"A+B"`
	Ways    int      `help:"All tables of so many columns. Default 2 where no table is named." placeholder:"N"`
	Regions []string `help:"Columns of countries or territories beside which their sub-region (UN M49) stands as one more, COLUMN_region: coarser, and so more exact. Only where noise protects." placeholder:"COLUMN"`
	Epsilon float64  `help:"The promise to each person by this release alone." placeholder:"0.5"`
	Delta   float64  `default:"1e-6" help:"The chance at which the promise fails."`
}

// lists reads the closed lists.
func (a *asking) lists() (rows.Lists, error) {
	f, err := os.Open(a.Lists)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return rows.ReadLists(f)
}

// sets finds the tables that are asked for.
func (a *asking) sets(d table.Domain) ([]table.Set, error) {
	var out []table.Set
	for _, name := range a.Tables {
		sets := []table.Set{{}}
		for _, column := range strings.Split(name, "+") {
			var next []table.Set
			for i, c := range d.Columns {
				if own, _, opened := strings.Cut(c.Name, "."); c.Name != column && (!opened || own != column) {
					continue
				}
				for _, s := range sets {
					next = append(next, table.SetOf(append(slices.Clone(s), i)...))
				}
			}
			if sets = next; len(sets) == 0 {
				return nil, fault.Bad(column, "rows.want.column")
			}
			if len(sets) > pooled.MostTables {
				return nil, fault.Bad("tables", "statistics.want.tables", "Max", pooled.MostTables)
			}
		}
		out = append(out, sets...)
	}
	if a.Ways == 0 && len(out) == 0 {
		a.Ways = 2
	}
	if a.Ways < 0 || a.Ways > pooled.MostWays {
		return nil, fault.Bad("ways", "statistics.want.ways", "Max", pooled.MostWays)
	}
	if a.Ways > 0 {
		if subsets(len(d.Columns), a.Ways) > pooled.MostTables {
			return nil, fault.Bad("tables", "statistics.want.tables", "Max", pooled.MostTables)
		}
		out = append(out, d.Upto(a.Ways)...)
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(out, func(s table.Set) bool {
		twice := seen[s.Key()]
		seen[s.Key()] = true
		return twice
	}), nil
}

// subsets is how many sets of k there are of n things, and never more than a million.
func subsets(n, k int) int {
	out := 1
	for i := range min(k, n) {
		if out = out * (n - i) / (i + 1); out > 1e6 {
			return 1e6
		}
	}
	return out
}

// plan plans the tables for the promise, and refuses what the machine has no memory for.
func (a *asking) plan(l rows.Lists) (*pooled.Plan, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	d, _, err := a.domain(l)
	if err != nil {
		return nil, err
	}
	sets, err := a.sets(d)
	if err != nil {
		return nil, err
	}
	rho, err := noise.Promise{Epsilon: a.Epsilon, Delta: a.Delta}.Budget()
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "purse.want.promise")
	}
	var asked []pooled.Asked
	for _, s := range sets {
		asked = append(asked, pooled.Asked{Set: s})
	}
	p, err := pooled.New(d, asked, rho)
	if err != nil {
		return nil, err
	}
	return p, memory.Fits(p.Bytes())
}

type planCmd struct {
	asking
	Budget string `help:"Say also whether this budget file has so much left." type:"existingfile" placeholder:"FILE"`
	All    bool   `help:"Name every table; else the ten least exact."`
}

// planned is what a plan says of itself.
type planned struct {
	Tables   []plannedTable `json:"tables"`
	Cells    int            `json:"cells"`
	Rho      string         `json:"rho"`
	Epsilon  float64        `json:"epsilon"`
	Delta    float64        `json:"delta"`
	Bytes    int64          `json:"bytes"`
	Left     string         `json:"left,omitempty"` // before
	Bearable bool           `json:"bearable"`
}

type plannedTable struct {
	Columns   []string `json:"columns"`
	Cells     int      `json:"cells"`
	Deviation float64  `json:"deviation"`
	Within    float64  `json:"within"` // 95 of 100 cells are nearer to the truth than this
}

func (p *planCmd) Run(c *call) error {
	l, err := p.lists()
	if err != nil {
		return err
	}
	plan, err := p.plan(l)
	if err != nil {
		return err
	}
	out, err := describe(plan, p.Delta)
	if err != nil {
		return err
	}
	if p.Budget != "" {
		b, err := purse.Open(p.Budget)
		if err != nil {
			return err
		}
		defer b.Close()
		out.Left, out.Bearable = b.Left().String(), plan.Charge() <= b.Left()
	}
	c.sayPlan(out, p.All)
	return c.verdict(out, out.Bearable)
}

// describe says how exact each table of a plan is, and what it promises at a delta.
func describe(p *pooled.Plan, delta float64) (planned, error) {
	promise, err := p.Cost().At(delta)
	if err != nil {
		return planned{}, err
	}
	out := planned{Rho: p.Charge().String(), Epsilon: promise.Epsilon, Delta: promise.Delta, Bytes: p.Bytes(), Bearable: true}
	for _, a := range p.Tables {
		deviation, _ := p.Deviation(a.Set)
		t := plannedTable{Cells: p.Domain.Cells(a.Set), Deviation: deviation, Within: 1.96 * deviation, Columns: []string{}}
		for _, i := range a.Set {
			t.Columns = append(t.Columns, p.Domain.Columns[i].Name)
		}
		out.Tables = append(out.Tables, t)
		out.Cells += t.Cells
	}
	return out, nil
}

// least is how many tables are named where not all are.
const least = 10

func (c *call) sayPlan(p planned, all bool) {
	c.say("%d tables with %d cells; rho %s, which is epsilon %.4g at delta %g; %.1f MB of memory", len(p.Tables), p.Cells, p.Rho, p.Epsilon, p.Delta, float64(p.Bytes)/1e6)
	tables := slices.Clone(p.Tables)
	inorder.Stably(tables, func(a, b plannedTable) int {
		switch {
		case a.Within > b.Within:
			return -1
		case a.Within < b.Within:
			return 1
		}
		return 0
	})
	if !all && len(tables) > least {
		tables = tables[:least]
	}
	for _, t := range tables {
		c.say("± %-10.1f %s (%d cells)", t.Within, strings.Join(t.Columns, " + "), t.Cells)
	}
	if left := len(p.Tables) - len(tables); left > 0 {
		c.say("%d more tables, each at least as exact (--all)", left)
	}
	if p.Left != "" {
		c.say("the budget has %s left", p.Left)
	}
	if !p.Bearable {
		c.say("which is less than this costs")
	}
}
