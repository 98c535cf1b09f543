// SPDX-License-Identifier: EUPL-1.2

package agreement_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
)

// TestTeamsAreCountedFromSignedAgreements: one that sets up a joint team with a country of the region, once it is signed, also when its
// time is over; another sort, another country and one that nobody has signed are none.
func TestTeamsAreCountedFromSignedAgreements(t *testing.T) {
	row := func(sort agreement.Sort, signed string, countries ...string) agreement.Row {
		on, err := party.ParseDate(signed)
		if err != nil {
			t.Fatal(err)
		}
		l := agreement.Line{SignedOn: on, State: agreement.Expired}
		l.Sort, l.Countries = sort, countries
		return agreement.Row{V: l}
	}
	rows := []agreement.Row{row("investigation", "2025-03-02", "FR", "AL"), row("referral", "2025-03-02", "FR", "AL"), row("investigation", "2025-03-02", "FR", "BE"), row("investigation", "", "FR", "AL")}
	if got := agreement.CountTeams(rows, []string{"AL", "GR"}).Behind; len(got) != 1 || got[0].V.Countries[1] != "AL" || got[0].V.Alike() {
		t.Errorf("%+v", got)
	}
	l := agreement.Line{File: "a", FileThere: "a"}
	if !l.Alike() {
		t.Error("the same file on both sides is not alike")
	}
	if l.FileThere = "b"; l.Alike() {
		t.Error("two files are alike")
	}
}
