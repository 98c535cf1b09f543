// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/attack"
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/printed"
)

type auditCmd struct {
	File     string `arg:"" help:"The table as a CSV: headings, labels, numbers; totals where they are printed; a blank, *, <5 or the like where no number is shown." type:"existingfile"`
	Base     int64  `help:"All numbers are rounded to multiples of this." placeholder:"N"`
	Positive bool   `help:"Fewer than N never stands for zero."`
	Values   bool   `help:"Print also what was calculated. Whoever prints it tells it."`
	Most     int    `default:"20" help:"How many places to name."`
}

// audited is what can be calculated of a table.
type audited struct {
	printed.Report
	NotShown  int          `json:"not_shown"`
	Recovered int          `json:"recovered"`
	Narrowed  int          `json:"narrowed"`
	Places    []foundPlace `json:"places,omitempty"`
	OK        bool         `json:"ok"` // nothing can be calculated
}

type foundPlace struct {
	printed.Place
	Certain bool   `json:"certain"`
	Low     *int64 `json:"low,omitempty"`
	High    *int64 `json:"high,omitempty"`
}

func (a *auditCmd) Run(c *call) error {
	f, err := os.Open(a.File)
	if err != nil {
		return err
	}
	defer f.Close()
	t, err := printed.Read(f, printed.Options{Base: a.Base, Positive: a.Positive})
	if err != nil {
		return err
	}
	found, err := t.Audit(c.ctx, c.counting("calculated"))
	if err != nil {
		return err
	}
	out := audited{Report: t.Report, NotShown: found.Hidden, Recovered: len(found.Recovered), Narrowed: len(found.Narrowed)}
	out.OK = out.Recovered+out.Narrowed == 0
	for i, cells := range [][]int{found.Recovered, found.Narrowed} {
		for _, cell := range cells {
			p := foundPlace{Place: t.Places[cell], Certain: i == 0}
			if r := found.Findings[cell]; a.Values {
				p.Low, p.High = &r.Low, &r.High
			}
			out.Places = append(out.Places, p)
		}
	}
	c.say("%d cells: %d numbers, %d \"fewer than\", %d not told; %d sums", out.Cells, out.Shown, out.Fewer, out.Hidden, out.Sums)
	c.say("of %d numbers that are not shown, %d can be calculated, and %d be bounded more tightly than the table says", out.NotShown, out.Recovered, out.Narrowed)
	for i, p := range out.Places {
		if i == a.Most {
			c.say("and %d more places (--most)", len(out.Places)-i)
			break
		}
		what := "bounded"
		if p.Certain {
			what = "calculated"
		}
		c.say("%s: line %d, column %d: %s%s", what, p.Line, p.Column, strings.Join(p.Labels, " / "), p.values())
	}
	if out.NoTotal > 0 && out.Sums == 0 {
		c.say("The table prints no total: nothing can be taken from anything. Where the totals stand in another table, put both together.")
	}
	return c.verdict(out, out.OK)
}

func (p foundPlace) values() string {
	if p.Low == nil {
		return ""
	}
	if *p.Low == *p.High {
		return " is " + digits(*p.Low)
	}
	return " is " + digits(*p.Low) + " to " + digits(*p.High)
}

type attackCmd struct {
	Folder  string   `arg:"" help:"The release's folder." type:"existingdir"`
	Earlier []string `help:"Folders of earlier releases of the same tables, whose people are all among this one's." type:"existingdir" placeholder:"FOLDER"`
}

// attacked is what attacks on a release found.
type attacked struct {
	Release string         `json:"release"`
	Route   bundle.Route   `json:"route"`
	Hash    string         `json:"hash"`
	Checks  []bundle.Check `json:"checks"`
	OK      bool           `json:"ok"`
}

func (a *attackCmd) Run(c *call) error {
	w, hash, err := bundle.Read(a.Folder)
	if err != nil {
		return err
	}
	t := attack.Trial{}
	for _, folder := range a.Earlier {
		e, _, err := bundle.Read(folder)
		if err != nil {
			return err
		}
		t.Earlier = append(t.Earlier, &e)
	}
	out := attacked{Release: w.Release.ID, Route: w.Release.Route, Hash: hash}
	if out.Checks, err = attack.Certificate(c.ctx, &w, t, c.counting("calculated")); err != nil {
		return err
	}
	out.OK = true
	c.say("release %s, route %s, files as released", out.Release, out.Route)
	c.say("sha256 of release.json: %s", hash)
	for _, x := range out.Checks {
		c.say("%s: found %d of %d", x.Code, x.Found, x.Of)
		out.OK = out.OK && x.Found == 0
	}
	return c.verdict(out, out.OK)
}
