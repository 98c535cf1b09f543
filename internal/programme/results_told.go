// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/packs/results"
)

// told adds to the sources those of the indicators whose numbers offices tell.
func (rm room) told(sources result.Sources) result.Sources {
	f, err := results.Default()
	if err != nil { // the program's own file, which a test reads
		return sources
	}
	for _, x := range f.Indicators {
		if x.Figures == "" {
			continue
		}
		sources[x.ID] = result.Source{Of: []string{access.KindFigure}, List: func(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
			list, err := figure.Tellings(ctx, rm.Store, w, x.Figures)
			var out result.Counted
			for _, t := range list {
				i := rm.toldItem(ctx, w, l, t)
				if i.Told, err = t.Ranges(ctx); err != nil {
					return out, err
				}
				out.Items = append(out.Items, i)
			}
			return out, err
		}}
	}
	return sources
}

// toldItem is a table that an office told, as a record behind a figure.
func (rm room) toldItem(ctx context.Context, w store.Who, l *lang.Locale, t figure.Telling) result.Item {
	i := result.Item{Title: figure.Said(l, t.Period), Href: figure.Path, On: onPeriod(t.Period), Countries: []string{t.From}}
	if t.To != "" {
		i.Countries = append(i.Countries, t.To)
		pair := l.T("programme.corridor.way", "From", l.Country(t.From), "To", l.Country(t.To))
		i.Title = l.T("programme.figure.of", "Period", i.Title, "What", pair)
		i.By = map[string][]result.Word{"country_pair": {{Code: t.From + "-" + t.To, Text: pair}}}
	} else {
		i.Title = l.T("programme.figure.of", "Period", i.Title, "What", l.Country(t.From))
	}
	if rm.Names != nil {
		i.Sub = rm.Names(ctx, w.Actor.Owner, t.Office)[t.Office]
	}
	i.Sub = joined(i.Sub, l.T("result.released", "Date", l.Date(t.At), "K", l.Number(t.K)))
	if t.Running() {
		i.Sub += " · " + l.T("programme.figure.running")
	}
	return i
}

// onPeriod gives the date by which a period belongs to a year.
func onPeriod(period string) party.PartialDate {
	if q, err := figure.ParseQuarter(period); err == nil {
		return party.InMonth(q.Year, time.Month(3*q.N-2))
	}
	y, _ := strconv.Atoi(period) // of a checked table
	return party.InYear(y)
}
