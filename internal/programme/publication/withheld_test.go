// SPDX-License-Identifier: EUPL-1.2

package publication_test

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/publication"
)

// TestAPartnerThatIsWithheldIsInNoDocument: neither on the page nor in the PDF.
func TestAPartnerThatIsWithheldIsInNoDocument(t *testing.T) {
	p := newPress(t)
	p.Load()
	const partner = "Terre des Hommes Albania"
	if !strings.Contains(p.read("/programme/plan", "en"), partner) {
		t.Fatal("it is not named before, either")
	}
	o, err := p.Store.Open(p.Ctx, p.Officer, activity.Ref(p.Owner, "P4-G1"))
	p.Must(err)
	for _, x := range o.State.(activity.Activity).Source.Partners {
		if x.Role == "implementing" {
			p.Must(activity.Withhold(p.Ctx, p.Store, p.Officer, "P4-G1", activity.Withheld{Organisation: x.Organisation, Partner: true, Place: true, Reason: "A safe house"}))
		}
	}
	for language, want := range map[string][2]string{"en": {"partner withheld (safety)", "place withheld (safety)"}, "fr": {"partenaire non divulgué (sécurité)", "lieu non divulgué (sécurité)"}} {
		for name, got := range map[string]string{"page": p.read("/programme/plan?lang="+language, language), "PDF": strings.Join(strings.Fields(written(t, p, p.make(publication.Plan, language), "pdftotext", "@", "-")), " ")} {
			if strings.Contains(got, partner) || !strings.Contains(got, want[0]) || !strings.Contains(got, want[1]) || strings.Contains(got, "A safe house") {
				t.Errorf("the %s in %s names the partner, or does not say that it is withheld\n%s", name, language, got)
			}
		}
	}
}
