// SPDX-License-Identifier: EUPL-1.2

package partnership_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/partnership"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// TestWhoeverLeftStaysInTheHistory goes through the pages with the members of the pack's programme.
func TestWhoeverLeftStaysInTheHistory(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	both := func(path string) string {
		s.Page(path, "fr")
		return s.Page(path, "en")
	}
	if b := both(partnership.Path); !strings.Contains(b, "No network has been noted yet") {
		t.Fatal(b)
	}
	s.Load()
	rosa, atina := actors.OrganisationRef(s.Owner, "ngo-rosa").ID.String(), actors.OrganisationRef(s.Owner, "ngo-atina").ID.String()
	v := url.Values{"language": {"en"}, "name": {"Two coasts"}, "sort": {"network"}, "members": {rosa, atina}, "countries": {"HR", "RS"}, "since": {"2020"}, "until": {"2025"}, "activity": {"P1-G2"}, "source": {"Newsletter"}, "lines": {"150-152"}}
	at := s.Saved(partnership.Path+"/new", v)
	if b := both(at); !strings.Contains(b, ">ROSA</a>") || !strings.Contains(b, ">ATINA</a>") || !strings.Contains(b, "Ended: 2025") {
		t.Fatal(b)
	}
	v["members"], v["until"] = []string{rosa}, []string{""}
	s.Saved(at+"/edit", v)
	if b := both(at); strings.Contains(b, ">ATINA</a>") || !strings.Contains(b, "Were members") || !strings.Contains(b, "Running") {
		t.Fatal(b)
	}
	v["members"] = []string{s.Store.NewID().String()}
	if w := s.Fill(at+"/edit", v); w.Code != http.StatusUnprocessableEntity {
		t.Fatalf("a member that nobody knows: %d", w.Code)
	}
	rows, err := s.Store.List(s.Ctx, s.Reader, store.Query{Kind: access.KindPartnership, Codes: map[string]string{"member": rosa}})
	if err != nil || len(rows.Rows) != 1 {
		t.Fatal(rows, err)
	}
	both(at + "/act/end")
	s.Saved(at+"/act/end", url.Values{"on": {"2026"}, "reason": {"Merged"}})
	both(at)
	both(partnership.Path + "/import")
	if w := s.Upload(partnership.Path+"/import", s.Ask("GET", partnership.Path+"/import/sample", "en", nil).Body.String()); !strings.Contains(w.Body.String(), "1 created") {
		t.Fatal(w.Body)
	}
}
