// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
)

// TestTheAPIDescribesItself: the description is OpenAPI 3.1, names every call once, and says of each what refuses it.
func TestTheAPIDescribesItself(t *testing.T) {
	w, ana, _ := small(t)
	a := w.get(ana, "/api/v1/openapi.json")
	var d struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			OperationID string         `json:"operationId"`
			Summary     string         `json:"summary"`
			Responses   map[string]any `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal([]byte(a.body), &d); err != nil || a.code != http.StatusOK {
		t.Fatalf("%d %v", a.code, err)
	}
	if !strings.HasPrefix(d.OpenAPI, "3.1") || len(d.Paths) < 10 {
		t.Fatalf("OpenAPI %s with %d paths", d.OpenAPI, len(d.Paths))
	}
	seen := map[string]bool{}
	for path, calls := range d.Paths {
		for method, c := range calls {
			if c.OperationID == "" || seen[c.OperationID] || c.Summary == "" {
				t.Errorf("%s %s is called %q: %q", method, path, c.OperationID, c.Summary)
			}
			if seen[c.OperationID] = true; c.Responses["default"] == nil {
				t.Errorf("%s %s does not say how it refuses", method, path)
			}
		}
	}
}

// A body that is too large is told apart from too many requests, with how much is let in: waiting does not help.
func TestABodyThatIsTooLargeSaysHowMuchIsLetIn(t *testing.T) {
	w := newWorld(t, "athens")
	ana := w.hire("athens", "ana", access.CaseManager)
	body := `{"type":"note.added","payload":{"account":"` + strings.Repeat("x", 1<<20) + `"}}`
	for tongue, says := range map[string]string{"en": "larger than the 1 MB", "fr": "dépasse les 1 Mo"} {
		a := w.ask(ana, "POST", "/api/v1/dossiers/person/"+w.n.newID().String()+"/entries?purpose=assistance", strings.NewReader(body), func(r *http.Request) {
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Accept-Language", tongue)
		})
		var p struct{ Title, Kind, Key string }
		a.json(t, &p)
		if a.code != http.StatusRequestEntityTooLarge || p.Kind != "too_large" || !strings.Contains(p.Title, says) || a.header.Get("Retry-After") != "" {
			t.Errorf("%s: %d %s", tongue, a.code, a.body)
		}
	}
}
