// SPDX-License-Identifier: EUPL-1.2

package change_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/change"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

func reported() change.Reported {
	return change.Reported{Text: wording.New("fr", "Les postes remettent le même dépliant en neuf langues"), Sort: "practice", Who: wording.New("fr", "Police aux frontières"), On: party.InYear(2026), Evidence: "Ordre de service du 2 mars",
		Contribution: wording.New("fr", "Le dépliant a été écrit avec les équipes mobiles"), Activities: []string{"P4-G1"}, Countries: []string{"AL"}, Reporter: "Bureau de la coordination"}
}

func judged(s change.State) change.Judged {
	return change.Judged{State: s, By: "chargé de programme", On: party.InYear(2026), Why: "ordre lu"}
}

// TestChangesByTheirPages goes from an empty register to a change that the results, the activity and the country show: it counts
// once somebody else has confirmed it, and no longer when its report is changed.
func TestChangesByTheirPages(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(change.Path); !strings.Contains(b, "No change has been reported yet") {
		t.Fatal(b)
	}
	s.Load()
	if b := both("/programme/results/C11"); !strings.Contains(b, "none recorded") || strings.Contains(b, "not measured yet") {
		t.Fatal("C11 with no report")
	}
	what := url.Values{"language": {"fr"}, "text": {"Les postes remettent le même dépliant en neuf langues"}, "sort": {"practice"}, "who": {"Police aux frontières"}, "countries": {"AL"}, "on": {"2026-03"}, "evidence": {"Ordre de service"},
		"activities": {"P4-G1"}, "contribution": {"Écrit avec les équipes mobiles"}, "reporter": {"Bureau de la coordination"}}
	for field, without := range map[string]string{"evidence": "evidence", "who": "who", "contribution": "contribution", "reporter": "reporter"} {
		v := url.Values{}
		for k, x := range what {
			v[k] = x
		}
		v[without] = []string{""}
		if w := s.Fill(change.Path+"/new", v); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), field+"-error") {
			t.Errorf("without %s: %d", without, w.Code)
		}
	}
	at := s.Saved(change.Path+"/new", what)
	if b := both(at); !strings.Contains(b, "Reported, not confirmed yet") || !strings.Contains(b, "one office’s word") {
		t.Fatal(b)
	}
	if b := both("/programme/results/C11"); !strings.Contains(b, "1 not confirmed yet") {
		t.Fatal(b)
	}
	both(at + "/act/judge")
	yes := url.Values{"state": {"confirmed"}, "by": {"Programme officer"}, "on": {"2026-09"}, "why": {"Read the order"}}
	if w := s.Fill(at+"/act/judge", yes); w.Code != http.StatusConflict && w.Code != http.StatusForbidden {
		t.Fatalf("the reporter confirms: %d", w.Code)
	}
	s.Who = s.Person(7, access.ProgrammeOfficer)
	s.Saved(at+"/act/judge", yes)
	if b := both(at); !strings.Contains(b, "Confirmed") || !strings.Contains(b, "Judged by Programme officer") {
		t.Fatal(b)
	}
	for path, want := range map[string]string{"/programme/results/C11": "neuf langues", "/programme/activities/P4-G1": "reported change · Confirmed", "/programme/countries/AL": change.Path + "?country=AL", change.Path + "?activity=P4-G1&state=confirmed": "One change"} {
		if b := both(path); !strings.Contains(b, want) {
			t.Errorf("%s does not say %q", path, want)
		}
	}
	what.Set("evidence", "Another order")
	s.Changed(at+"/edit", url.Values{"evidence": {"Another order"}})
	if b := both(at); !strings.Contains(b, "Reported, not confirmed yet") {
		t.Fatal("a judgement of other words still holds")
	}
	both(change.Path + "/import")
	sample := s.Ask("GET", change.Path+"/import/sample", "en", nil).Body.String()
	for _, want := range []string{"2 created", "2 unchanged"} {
		if w := s.Upload(change.Path+"/import", sample); !strings.Contains(w.Body.String(), want) {
			t.Fatalf("no %s: %s", want, w.Body)
		}
	}
}

// ring is a programme's office and a coordinator's.
func ring(t *testing.T) (*programmetest.Ring, *programmetest.Member, *programmetest.Member) {
	r := programmetest.NewRing(t, func(m *programmetest.Member) {
		change.Mail{Mail: between.Mail{Store: m.Store, Job: m.Job}}.Register(m.Mail)
	}, "FR", "AL")
	return r, r.Members[0], r.Members[1]
}

func list(m *programmetest.Member) []change.Row {
	m.T.Helper()
	rows, err := change.List(m.Ctx, m.Store, m.Reader, nil)
	m.Must(err)
	return rows
}

// TestACoordinatorsReportTravels: the report reaches the programme's office once, whatever is away; the judgement comes back; one
// that was made of earlier words does not hold for later ones.
func TestACoordinatorsReportTravels(t *testing.T) {
	r, paris, tirana := ring(t)
	id := tirana.Store.NewID()
	put := func(m *programmetest.Member, ref store.Ref, typ string, payload any) error {
		t.Helper()
		r.Clock.Advance(time.Second)
		_, err := m.Store.Append(m.Ctx, m.Officer, ref, store.Draft{Type: typ, Payload: payload})
		return err
	}
	here := store.Ref{Kind: access.KindChange, ID: id}
	v := reported()
	v.Office = journal.MustID("01900000-0000-7000-8000-0000000001ff")
	if err := put(tirana, here, change.ReportedType, v); err == nil {
		t.Fatalf("to an office without terms: %v", err)
	}
	v.Office = paris.Owner
	paris.Away = true
	tirana.Must(put(tirana, here, change.ReportedType, v))
	r.Clock.Advance(5 * 24 * time.Hour)
	r.Deliver()
	if len(list(paris)) != 0 {
		t.Fatal("it reached an office that is away")
	}
	paris.Away = false
	r.Deliver()
	r.Deliver()
	rows := list(paris)
	if len(rows) != 1 || rows[0].V.From != tirana.Owner || rows[0].V.State != change.Waiting || rows[0].V.Evidence != v.Evidence {
		t.Fatalf("%+v", rows)
	}
	there := store.Ref{Kind: access.KindChange, ID: rows[0].ID}
	if err := put(tirana, here, change.JudgedType, judged(change.Confirmed)); !fault.Is(err, fault.Guarded) {
		t.Fatalf("the reporting office judges: %v", err)
	}
	if err := put(paris, there, change.ReportedType, reported()); !fault.Is(err, fault.Guarded) {
		t.Fatalf("the programme's office rewrites the report: %v", err)
	}
	paris.Must(put(paris, there, change.JudgedType, judged(change.Confirmed)))
	r.Deliver()
	if got := list(tirana); len(got) != 1 || got[0].V.State != change.Confirmed || got[0].V.Judge != "chargé de programme" {
		t.Fatalf("%+v", got)
	}
	tirana.Away = true
	paris.Must(put(paris, there, change.JudgedType, judged(change.Contested)))
	v.Evidence = "Ordre de service du 9 mars"
	tirana.Must(put(tirana, here, change.ReportedType, v))
	tirana.Away = false
	r.Deliver()
	if got := list(tirana); got[0].V.State != change.Waiting {
		t.Fatalf("a judgement of earlier words holds: %s", got[0].V.State)
	}
	if got := list(paris); len(got) != 1 || got[0].V.State != change.Waiting || got[0].V.Evidence != v.Evidence {
		t.Fatalf("%+v", got)
	}
}
