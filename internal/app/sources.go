// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/json"

	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// sources joins what the wings of an office can count; a programme office holds nobody, and counts nobody.
func (n *Node) sources(o Owner) source.Sources {
	requests := request.Counting{Store: n.Store, Countries: n.Bundle.Countries(), Country: n.countryOf, Now: n.Clock.Now}.Source()
	inquiries := inquiry.Counting{Store: n.Store, Countries: n.Bundle.Countries(), Country: n.countryOf, Now: n.Clock.Now}.Source()
	signals := screening.OfSignals(n.Store, o.Kind)
	switch o.Kind {
	case access.Assistance:
		files := n.files()
		out := source.Sources(files.Sources())
		out = append(out, rights.Sources(rightsRows(files))...)
		return append(out, screening.Source(screeningRows(files, signals), access.KindPerson, access.KindSignal), inquiries)
	case access.Police:
		return source.Sources{screening.Source(signals, access.KindSignal), requests}
	case access.Justice:
		out := source.Sources{requests, inquiries}
		if law, err := n.proceedingLaw(); err == nil { // its file is read when an office opens
			out = append(out, proceeding.Counting{Store: n.Store, Law: law}.Sources()...)
		}
		return out
	}
	return nil
}

// files reads what figures know of an office's files.
func (n *Node) files() casework.Files {
	return casework.Files{Store: n.Store, Countries: n.Bundle.Countries(), Country: n.countryOf, Fictitious: n.Settings.Demo}
}

// countryOf gives the country or territory of a partner, also of one that is blocked now; "" where its card is not here.
func (n *Node) countryOf(ctx context.Context, owner, office journal.ID) (string, error) {
	if office == owner {
		o, err := n.settingsOf(owner)
		return o.Country, err
	}
	c, err := n.directory.Partner(ctx, owner, office)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Denied) {
		err = nil
	}
	return c.Country, err
}

func rightsRows(files casework.Files) rights.Rows {
	return func(ctx context.Context, w store.Who, f func(rights.Row) error) error {
		return files.Each(ctx, w, func(x casework.File) error {
			r := rights.Row{Person: x.Person, On: x.On, Presumed: x.Presumed, Age: x.Age, Sex: x.Sex, Languages: x.Languages}
			if raw := x.Counts["rights"]; len(raw) > 0 {
				if err := json.Unmarshal(raw, &r.Counted); err != nil {
					return err
				}
			}
			return f(r)
		})
	}
}

// screeningRows joins the screenings in files with those of signals that are in none.
func screeningRows(files casework.Files, signals screening.Rows) screening.Rows {
	return func(ctx context.Context, w store.Who, f func(screening.Row) error) error {
		err := files.Each(ctx, w, func(x casework.File) error {
			raw := x.Counts["screening"]
			if len(raw) == 0 {
				return nil
			}
			r := screening.Row{Person: x.Person, Known: true, Identified: identified(x.State)}
			for _, n := range x.Needs {
				r.Offers = append(r.Offers, n.Offered)
			}
			if err := json.Unmarshal(raw, &r.Screenings); err != nil {
				return err
			}
			return f(r)
		})
		if err != nil {
			return err
		}
		return signals(ctx, w, f)
	}
}

// identified says whether identification has come to an end that says yes or no.
func identified(state string) string {
	switch casework.Step(state) {
	case casework.Recognised:
		return "yes"
	case casework.NotRecognised:
		return "no"
	}
	return ""
}
