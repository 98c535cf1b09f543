// SPDX-License-Identifier: EUPL-1.2

package iati_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// TestAPartnerThatIsWithheldIsInNoFile: neither its name nor its number nor where it is, and the file says so.
func TestAPartnerThatIsWithheldIsInNoFile(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	const code = "P4-G1"
	opened, err := o.Store.Open(o.Ctx, o.Officer, activity.Ref(o.Owner, code))
	o.Must(err)
	a := opened.State.(activity.Activity)
	var partner journal.ID
	for _, p := range a.Source.Partners {
		if p.Role == "implementing" {
			partner = p.Organisation
		}
	}
	year := party.InYear(2021)
	since := activity.Described{Start: &year}
	_, err = o.Store.Append(o.Ctx, o.Officer, activity.Ref(o.Owner, code), store.Draft{Type: activity.DescribedType, Payload: since})
	o.Must(err)
	before, _ := exported(o)
	named := func(file []byte) bool {
		e, ok := parsed(t, file)["XX-TEST-"+code]
		if !ok {
			t.Fatalf("%s is not published", code)
		}
		for _, k := range e.Kids {
			for _, n := range k.Kids {
				if k.Name == "participating-org" && strings.Contains(n.Text, "Terre des Hommes") {
					return true
				}
			}
		}
		return false
	}
	if !named(before) {
		t.Fatal("it is not named before, either")
	}
	for range 2 { // the second time there is nothing to write
		o.Must(activity.Withhold(o.Ctx, o.Store, o.Officer, code, activity.Withheld{Organisation: partner, Partner: true, Place: true, Reason: "A safe house"}))
	}
	after, report := exported(o)
	if named(after) || !strings.Contains(string(after), "partner withheld (safety)") || !strings.Contains(string(after), "partenaire non divulgué (sécurité)") || strings.Contains(string(after), "A safe house") {
		t.Error("the file names the partner, or does not say that it is withheld")
	}
	said := map[iati.Field]bool{}
	for _, f := range report.Fields {
		said[f] = true
	}
	if !said[iati.Field{Code: code, Field: "partners", State: "absent", Why: "withheld"}] || !said[iati.Field{Code: code, Field: "country", State: "ours", Why: "withheld"}] {
		t.Errorf("%+v", report.Fields)
	}
	o.Must(activity.Withhold(o.Ctx, o.Store, o.Officer, code, activity.Withheld{Organisation: partner, Reason: "The house has moved"}))
	if again, _ := exported(o); !named(again) {
		t.Error("it cannot be named again")
	}
	ref := activity.Ref(o.Owner, code)
	_, err = o.Store.Update(o.Ctx, o.Officer, ref, func(any) ([]store.Draft, error) {
		return []store.Draft{{Type: activity.KeptType, Payload: activity.Kept{Kept: true, Reason: "Not public"}}}, nil
	})
	o.Must(err)
	inside, report := exported(o)
	if strings.Contains(string(inside), code) || !slices.ContainsFunc(report.Excluded, func(x iati.Excluded) bool {
		return x.Code == code && slices.Equal(x.Missing, []string{iati.KeptInside})
	}) {
		t.Errorf("what is kept inside is published, or not listed as left out: %+v", report.Excluded)
	}
}
