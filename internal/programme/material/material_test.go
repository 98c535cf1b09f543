// SPDX-License-Identifier: EUPL-1.2

package material_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/material"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

var report = party.Source{Document: "Report", Lines: "3-4"}

func write(o *programmetest.Office, id journal.ID, typ string, payload any) error {
	o.T.Helper()
	o.Clock.Advance(time.Second)
	_, err := o.Store.Append(o.Ctx, o.Officer, store.Ref{Kind: access.KindMaterial, ID: id}, store.Draft{Type: typ, Payload: payload})
	return err
}

func leaflet(text string) material.Described {
	return material.Described{Text: wording.New("en", text), Sort: "leaflet", Source: report}
}

// TestPublishedByLanguage is O9: one material in three languages is one, and counts once in each.
func TestPublishedByLanguage(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	for _, x := range []struct {
		text string
		in   [][]string
	}{{"one", [][]string{{"sq", "el"}, {"fr", "sq"}}}, {"two", [][]string{{"sq"}}}, {"not out yet", nil}} {
		id := o.Store.NewID()
		o.Must(write(o, id, material.DescribedType, leaflet(x.text)))
		for i, languages := range x.in {
			o.Must(write(o, id, material.PublishedType, material.PublishedIn{Languages: languages, On: party.InMonth(2026, time.Month(i+1))}))
		}
	}
	rows, err := material.List(o.Ctx, o.Store, o.Reader, nil)
	o.Must(err)
	out := slices.DeleteFunc(slices.Clone(rows), func(r material.Row) bool { return len(r.V.In) == 0 })
	by, err := o.Store.Tally(o.Ctx, o.Reader, access.KindMaterial, "language")
	if err != nil || len(out) != 2 || !maps.Equal(by, map[string]int{"sq": 2, "el": 1, "fr": 1}) {
		t.Fatal(len(out), by, err)
	}
	if rows, err = material.List(o.Ctx, o.Store, o.Reader, map[string]string{"language": "el"}); err != nil || len(rows) != 1 || rows[0].V.In[2].On != party.InMonth(2026, 1) {
		t.Fatal(rows, err)
	}
}

func TestWhatMayFollowWhat(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	campaign, flyer := o.Store.NewID(), o.Store.NewID()
	c := leaflet("A campaign")
	c.Sort = material.Campaign
	out := material.PublishedIn{Languages: []string{"fr"}, On: party.InYear(2026)}
	if err := write(o, campaign, material.PublishedType, out); !fault.Is(err, fault.NotFound) {
		t.Errorf("nothing is published: %v", err)
	}
	o.Must(write(o, campaign, material.DescribedType, c))
	if err := write(o, campaign, material.PublishedType, out); !fault.Is(err, fault.Guarded) {
		t.Errorf("a campaign is published: %v", err)
	}
	d := leaflet("A flyer")
	d.Campaign = campaign
	o.Must(write(o, flyer, material.DescribedType, d))
	for name, p := range map[string]any{
		"campaign":  material.Described{Text: wording.New("en", "x"), Sort: "leaflet", Campaign: flyer, Source: report},
		"sort":      material.Described{Text: wording.New("en", "x"), Sort: "hymn", Source: report},
		"source":    material.Described{Text: wording.New("en", "x"), Sort: "poster"},
		"languages": material.PublishedIn{Languages: []string{"tlh"}, On: party.InYear(2026)},
		"on":        material.PublishedIn{Languages: []string{"fr"}, On: party.InYear(2027)},
		"link":      material.PublishedIn{Languages: []string{"fr"}, On: party.InYear(2026), Link: "javascript:alert(1)"},
		"number":    material.Counted{Measure: "copies", On: party.InYear(2026), Source: report},
	} {
		typ := material.DescribedType
		switch p.(type) {
		case material.PublishedIn:
			typ = material.PublishedType
		case material.Counted:
			typ = material.CountedType
		}
		if err := write(o, flyer, typ, p); !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.Must(write(o, flyer, material.PublishedType, out))
	o.Must(write(o, flyer, material.WithdrawnType, material.Ended{On: party.InYear(2026), Reason: "A wrong number"}))
	if err := write(o, flyer, material.WithdrawnType, material.Ended{On: party.InYear(2026), Reason: "again"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("withdrawn twice: %v", err)
	}
}

func TestAMaterialByItsPages(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(material.Path); !strings.Contains(b, "No material has been noted yet") {
		t.Fatal(b)
	}
	s.Load()
	source := url.Values{"source": {"Newsletter"}, "lines": {"252-253"}}
	with := func(v url.Values) url.Values {
		for k, x := range source {
			v[k] = x
		}
		return v
	}
	campaign := s.Saved(material.Path+"/new", with(url.Values{"language": {"en"}, "text": {"Blue hearts"}, "sort": {"campaign"}, "since": {"2019"}, "activity": {"P4-C1"}}))
	s.Changed("/programme/funds/new/act/edit", url.Values{"what": {"proceeds"}, "fund": {"The fund"}, "campaign": {"Blue hearts"}, "activity": {"P4-C1"}, "source": {"Newsletter"}})
	if b := both(campaign); !strings.Contains(b, "The fund</a>") || strings.Contains(b, "It is published") {
		t.Fatal(b)
	}
	at := s.Saved(material.Path+"/new", with(url.Values{"language": {"fr"}, "text": {"Un dépliant"}, "sort": {"leaflet"}, "audiences": {"workers"}, "countries": {"AL", "GR"},
		"campaign": {strings.TrimPrefix(campaign, material.Path+"/")}, "activity": {"P4-G1"}}))
	both(at + "/act/publish")
	s.Saved(at+"/act/publish", url.Values{"on": {"2026-09-01"}, "languages": {"sq", "el"}, "link": {"https://example.org/leaflet"}})
	both(at + "/act/count")
	s.Saved(at+"/act/count", with(url.Values{"on": {"2026-09"}, "measure": {"copies"}, "number": {"1 200"}, "number_how": {"more_than"}}))
	if b := both(at); !strings.Contains(b, "more than 1200") || !strings.Contains(b, "Albanian and Greek") || !strings.Contains(b, `href="https://example.org/leaflet"`) {
		t.Fatal(b)
	}
	if b := both(material.Path + "?language=el"); !strings.Contains(b, "One material or campaign") || !strings.Contains(b, "Un dépliant") {
		t.Fatal(b)
	}
	both(at + "/act/withdraw")
	s.Saved(at+"/act/withdraw", url.Values{"on": {"2026-09-02"}, "reason": {"A wrong number"}})
	both(at)
	both(material.Path + "/import")
	if w := s.Upload(material.Path+"/import", s.Ask("GET", material.Path+"/import/sample", "en", nil).Body.String()); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "2 created") {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	if w := s.Ask("GET", material.Path+"?as=csv", "en", nil); !strings.Contains(w.Body.String(), "Un dépliant,fr,Leaflet,Workers") {
		t.Fatal(w.Body)
	}
	s.Who = s.Reader
	if w := s.Ask("POST", at+"/act/count", "en", nil); w.Code != http.StatusForbidden {
		t.Fatalf("a reader counts: %d", w.Code)
	}
}
