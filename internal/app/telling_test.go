// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

// people opens n files in Athens of which every third person was told her rights in a language that she speaks.
func (w *world) peopleOf(by *visitor, n int) {
	w.Helper()
	for i := range n {
		id, err := w.n.Work.Register(w.Context(), by.who(access.ForAssistance), casework.Registration{None: true,
			Registered: casework.Registered{Code: fmt.Sprint("Tree ", i), Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}, Fictitious: true}, Identity: casework.Identity{Nationality: "AL"}})
		w.must(err)
		if i%3 == 0 {
			w.write(by, access.KindPerson, id, store.Draft{Type: "right.informed", Payload: rights.Informed{Language: "sq", By: "interpreter", How: "explained"}})
		}
		if i%2 == 0 {
			w.write(by, access.KindPerson, id, store.Draft{Type: casework.CodedType, Payload: casework.Coded{Forms: []string{"labour"}}})
		}
	}
}

// TestAnOfficeTellsFiguresOfItsWork: from the case work of one office to the results of the programme that pays for it, as
// protected numbers and nothing else.
func TestAnOfficeTellsFiguresOfItsWork(t *testing.T) {
	w := newWorld(t, "athens", "tirana", "paris")
	w.agree("athens", "tirana")
	w.agree("athens", "paris", terms.Grant{From: w.offices["athens"].ID, To: w.offices["paris"].ID, Purpose: figure.Purpose, Categories: []journal.Category{journal.D9}})
	manager, liaison := w.hire("athens", "manager", access.CaseManager), w.hire("athens", "liaison", access.Liaison)
	officer := w.hire("paris", "officer", access.ProgrammeOfficer)
	w.peopleOf(manager, 36)
	period := figure.QuarterOf(w.clock.Now()).String()
	form := url.Values{"measure": {"rights"}, "period": {period}, "to": {w.offices["paris"].ID.String()}}
	if got := w.post(manager, figure.Path+"/new", form); got.code != 403 {
		t.Errorf("a case manager counts: %d", got.code)
	}
	if got := w.post(liaison, figure.Path+"/new", url.Values{"measure": {"detected"}, "period": {period}, "to": form["to"]}); got.code != 422 || !strings.Contains(got.body, "a year") {
		t.Errorf("people detected in a quarter: %d", got.code)
	}
	shown := w.post(liaison, figure.Path+"/new", form)
	body := html.UnescapeString(shown.body)
	if shown.code != 200 || !strings.Contains(body, `"people":"36"`) || !strings.Contains(body, `"told":"12"`) || !strings.Contains(body, "Everybody of whom the office keeps a file") {
		t.Fatalf("%d %s", shown.code, body)
	}
	form.Set("hash", strings.Repeat("0", 64))
	if got := w.post(liaison, figure.Path+"/send", form); got.code != 409 {
		t.Errorf("what the preview did not show is sent: %d", got.code)
	}
	form.Set("hash", hashField.FindStringSubmatch(shown.body)[1])
	if got := w.post(liaison, figure.Path+"/send", form); got.code != 303 {
		t.Fatalf("%d %s", got.code, got.body)
	}
	if got := w.get(liaison, release.Path); got.code != 200 || !strings.Contains(got.body, "Figures told outside of releases") && !strings.Contains(html.UnescapeString(got.body), "Chiffres communiqués hors publication") || !strings.Contains(got.body, `href="`+figure.Path+`"`) {
		t.Errorf("what left does not stand with the releases: %d %s", got.code, got.body)
	}
	for measure, of := range map[string]string{"detected": period[:4], "screenings": period} {
		_, err := opTell(t.Context(), w.n, TellIn{Of: Of{w.offices["athens"].ID}, Measure: measure, Period: of, To: w.offices["paris"].ID})
		w.must(err)
	}
	_, err := opTell(t.Context(), w.n, TellIn{Of: Of{w.offices["athens"].ID}, Measure: "referrals", Period: period, Country: "AL", To: w.offices["paris"].ID})
	w.must(err)
	w.deliver()
	for id, want := range map[string]string{"C10": "12 sur 36 (33,3 %) informées dans une langue", "C6": "<10 acceptées", "C9": "suivis d’une offre", "I1": "communiqué pour 1 pays"} {
		got := html.UnescapeString(w.get(officer, "/programme/results/"+id).body)
		if got = strings.ReplaceAll(got, "\u00a0", " "); !strings.Contains(strings.ReplaceAll(got, "\u202f", " "), want) {
			t.Errorf("%s does not say %q: %s", id, want, figureOn(got))
		}
	}
	if got := html.UnescapeString(w.get(officer, "/programme/results/I1").body); !strings.Contains(got, "Autorité statistique hellénique") || !strings.Contains(got, "2021") || !strings.Contains(got, "0,34") {
		t.Error("the rate lacks its population, its source or itself")
	}
	if got := w.get(officer, figure.Path); got.code != 200 || !strings.Contains(got.body, "Office in athens") || strings.Contains(got.body, "Tree") {
		t.Errorf("%d %s", got.code, got.body)
	}
	// what was told stands against later releases of the same people
	for code, n := range map[string]int{"rights": 7, "persons": 1 + 3 + 4 + 2*len(figure.Forms()), "referrals": 13} {
		s, err := w.n.sources(w.offices["athens"]).Find(code)
		w.must(err)
		job, err := w.n.Job(w.offices["athens"].ID, "statistics", access.ForStatistics)
		w.must(err)
		told, err := w.n.toldOutside(t.Context(), job, s)
		if err != nil || len(told) != 1 || len(told[0].Numbers) != n {
			t.Errorf("%s: %v %+v", code, err, told)
		} else if x := told[0].Numbers[0]; code == "rights" && (x.Known.Low != 36 || x.Known.High != 36) {
			t.Errorf("%+v", x)
		}
	}
	// one more is not told: the difference would be she
	w.peopleOf(manager, 1)
	w.clock.Advance(time.Minute)
	again := w.post(liaison, figure.Path+"/new", form)
	form.Set("hash", hashField.FindStringSubmatch(again.body)[1])
	if got := w.post(liaison, figure.Path+"/send", form); got.code != 409 || !strings.Contains(html.UnescapeString(got.body), "fewer people than the threshold") {
		t.Errorf("one person more is told: %d", got.code)
	}
	forged := map[string]any{"id": w.n.newID(), "type": figure.ToldType, "payload": map[string]any{"measure": "rights", "from": "GR", "period": period, "k": 10, "office": w.offices["athens"].ID, "queries": []string{"a"}, "cells": map[string]string{"people": "99"}}}
	own := figure.TableRef(w.offices["athens"].ID, w.offices["athens"].ID, figure.Table{Measure: "rights", From: "GR", Period: period})
	if got := w.api(liaison, "POST", "/dossiers/figure/"+own.ID.String()+"/entries?purpose=exchange", forged); got.code != 403 {
		t.Errorf("a liaison writes a table that nobody counted: %d %s", got.code, got.body)
	}
}

// figureOn gives what an indicator's page says of it.
func figureOn(page string) string {
	_, after, _ := strings.Cut(page, `class="figure-value">`)
	value, _, _ := strings.Cut(after, "<")
	return value
}
