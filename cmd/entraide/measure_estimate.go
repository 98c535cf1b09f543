// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/entraide-thb/entraide/internal/measure/capture"
)

type estimateCmd struct {
	File string `arg:"" help:"A CSV with a column for each list (1 or 0) and one named count; or, two by two, with first, second, count and epsilon." type:"existingfile"`
	Runs int    `default:"200" help:"How often the interval resamples."`
	Seed uint64 `default:"1" help:"Of the resampling."`
}

// estimated is what overlapping lists say.
type estimated struct {
	Lists       []string   `json:"lists"`
	People      int64      `json:"people"`
	Independent *fitted    `json:"independent,omitempty"`
	Chosen      *fitted    `json:"chosen,omitempty"`
	Interval    *[2]string `json:"interval,omitempty"`
	Models      int        `json:"models,omitempty"` // different ones that were chosen while resampling
	AtLeast     string     `json:"at_least,omitempty"`
	Tested      bool       `json:"tested"` // lists could have contradicted each other
}

type fitted struct {
	Total    string   `json:"total"`
	Deviance string   `json:"deviance"`
	Pairs    []string `json:"pairs,omitempty"` // lists that depend on each other
}

func (e *estimateCmd) Run(c *call) error {
	f, err := os.Open(e.File)
	if err != nil {
		return err
	}
	defer f.Close()
	l, o, err := capture.Either(f)
	if err != nil {
		return err
	}
	if o != nil {
		return e.pairs(c, *o)
	}
	out := estimated{Lists: l.Names, People: l.People(), Tested: len(l.Names) > 2}
	c.say("%d people on %d lists", out.People, len(out.Lists))
	b, bounded := l.LowerBound()
	if bounded {
		out.AtLeast = fmt.Sprintf("%.1f", b)
		c.say("at least (Chao, by those on one list and on two): %s", out.AtLeast)
	}
	plain, err := l.Fit()
	if err != nil {
		c.say("no model gives an estimate: the lists overlap too little")
		return c.verdict(out, false)
	}
	out.Independent = told(l, plain)
	c.say("if no list depends on another: %s (deviance %s)", out.Independent.Total, out.Independent.Deviance)
	best, err := l.Choose()
	if err != nil {
		return err
	}
	out.Chosen = told(l, best)
	c.say("with the pairs that the data ask for: %s (deviance %s; %s)", out.Chosen.Total, out.Chosen.Deviance, strings.Join(out.Chosen.Pairs, ", "))
	i, err := l.Bootstrap(c.ctx, e.Runs, e.Seed, c.counting("resampled"))
	if err != nil {
		return err
	}
	out.Interval, out.Models = &[2]string{fmt.Sprintf("%.0f", i.Low), fmt.Sprintf("%.0f", i.High)}, i.Models
	c.say("95 of 100 resampled estimates: %s to %s, by %d different models", out.Interval[0], out.Interval[1], i.Models)
	if bounded && b > best.Total {
		c.say("The estimate lies below the lower bound: more people are on one list only than the model can explain. Quote the lower bound, and say that it is one.")
	}
	c.say("The estimate is of those whom the lists can reach. It hangs on the model: quote the interval and the lower bound with it.")
	return c.done(out)
}

func told(l capture.Lists, f capture.Fit) *fitted {
	out := &fitted{Total: fmt.Sprintf("%.1f", f.Total), Deviance: fmt.Sprintf("%.2f", f.Deviance)}
	for _, p := range f.Pairs {
		out.Pairs = append(out.Pairs, l.Names[p[0]]+"+"+l.Names[p[1]])
	}
	return out
}

// pairs estimates from what lists share two by two.
func (e *estimateCmd) pairs(c *call, o capture.Overlaps) error {
	out := estimated{Lists: o.Names, People: int64(math.Round(o.Known()))}
	c.say("at least %d people on %d lists, of which is known what they share two by two", out.People, len(out.Lists))
	for _, p := range o.Pairs {
		total, says := o.Witness(p)
		name, off := o.Names[p.Pair[0]]+"+"+o.Names[p.Pair[1]], 1.96*p.Deviation()
		if says {
			c.say("%s share %.1f ± %.1f: alone they say %.0f people", name, p.Count, off, total)
		} else {
			c.say("%s share %.1f ± %.1f: alone they say nothing", name, p.Count, off)
		}
	}
	best, err := o.Choose()
	if err != nil {
		c.say("no estimate: what the lists share cannot be told from nobody")
		return c.verdict(out, false)
	}
	out.Tested = best.Freedom > 0
	out.Chosen = &fitted{Total: fmt.Sprintf("%.1f", best.Total), Deviance: fmt.Sprintf("%.2f", best.Misfit)}
	for _, p := range best.Aside {
		out.Chosen.Pairs = append(out.Chosen.Pairs, o.Names[p[0]]+"+"+o.Names[p[1]])
	}
	c.say("estimated: %s (misfit %s; set aside because they contradict the others: %s)", out.Chosen.Total, out.Chosen.Deviance, cmp.Or(strings.Join(out.Chosen.Pairs, ", "), "none"))
	i, err := o.Bootstrap(c.ctx, best, true, e.Runs, e.Seed, c.counting("resampled"))
	if err != nil {
		return err
	}
	high := "no upper end"
	if !math.IsInf(i.High, 1) {
		high = fmt.Sprintf("%.0f", i.High)
	}
	out.Interval, out.Models = &[2]string{fmt.Sprintf("%.0f", i.Low), high}, i.Models
	c.say("95 of 100 resampled estimates, with the noise of the counts: %s to %s", out.Interval[0], high)
	if !out.Tested {
		c.say("Nothing tests it: it holds only if being on one list makes the other neither likelier nor less likely.")
	}
	c.say("The estimate is of those whom the lists can reach. It hangs on the model: quote the interval with it.")
	return c.done(out)
}
