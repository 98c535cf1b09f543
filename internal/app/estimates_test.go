// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/measure/estimate"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
)

// TestPrivateCountsFeedAnEstimate: what two offices counted privately stands ready on the page, as a number with its noise and no
// record, once terms let both use their counts for statistics; before, it is shown as not used.
func TestPrivateCountsFeedAnEstimate(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor)
	rapporteur := w.hire("court", "figures", access.Rapporteur)
	w.comparing("border", "court")
	w.record(officer, subject.Known{Phones: []string{plantedPhone}})
	w.record(prosecutor, subject.Known{Phones: []string{plantedPhone}})
	w.night("border", "court", "border")
	w.says(w.get(rapporteur, estimate.Path), 200, "Nothing counted yet")
	w.says(w.post(prosecutor, matching.Path+"/count", url.Values{"to": {w.offices["border"].ID.String()}}), http.StatusSeeOther, "")
	w.deliver()
	before := w.get(rapporteur, estimate.Path)
	if w.says(before, 200, "no terms for statistics both ways"); strings.Contains(before.body, "first,second,count,epsilon\n") {
		t.Error("used without terms")
	}
	one, two, counts := w.offices["border"].ID, w.offices["court"].ID, []journal.Category{journal.D9}
	w.agree("border", "court", terms.Grant{From: one, To: two, Purpose: joint.Purpose, Categories: counts}, terms.Grant{From: two, To: one, Purpose: joint.Purpose, Categories: counts})
	after := w.get(rapporteur, estimate.Path)
	w.says(after, 200, "Office in border,Office in border,,")
	if strings.Contains(after.body, "no terms for statistics") || !strings.Contains(after.body, ",0.5\n") || strings.Contains(after.body, plantedPhone) {
		t.Errorf("%s", after.body)
	}
	w.says(w.get(officer, estimate.Path), 403, "")
	if a := w.get(prosecutor, estimate.Path); a.code != 403 {
		t.Errorf("%d for a prosecutor", a.code)
	}
}

// TestWhatIsTypedIsEstimated, in both forms, and what says nothing is refused in words; nothing of it is kept.
func TestWhatIsTypedIsEstimated(t *testing.T) {
	w := newWorld(t, "court")
	v := w.hire("court", "figures", access.Rapporteur)
	entries := w.entries()
	try := func(text, model string) reply {
		return w.post(v, estimate.Path, url.Values{"overlaps": {text}, "model": {model}})
	}
	two := try("first,second,count,epsilon\nA,A,200,\nB,B,300,\nA,B,50,0.5\n", estimate.Chosen)
	w.says(two, 200, "about 1190 (between ")
	w.says(two, 200, "Nothing tests this figure")
	w.says(try("a,b,c,count\n1,0,0,120\n0,1,0,90\n0,0,1,150\n1,1,0,20\n1,0,1,25\n0,1,1,18\n1,1,1,4\n", estimate.Chosen), 200, "bound, without a model")
	w.says(try("first,second,count,epsilon\nA,A,200,\nB,B,300,\nC,C,400,\nA,B,150,\nA,C,20,\nB,C,30,\n", estimate.Independent), 200, "The lists contradict each other")
	w.says(try("first,second,count,epsilon\nA,A,200,\nB,B,300,\nA,B,3,0.5\n", estimate.Chosen), 422, "These lists give no number")
	w.says(try("first,second,count,epsilon\nA,A,200,\nB,B,,\nA,B,30,0.5\n", estimate.Chosen), 422, "Say how many people are on the list B")
	w.says(try("first,second,count,epsilon\nA,A,200,\nB,B,x,\n", estimate.Chosen), 422, "Line 3 needs two lists")
	w.says(try("", estimate.Chosen), 422, "one column for each list")
	if w.entries() != entries {
		t.Error("an estimate was written down")
	}
}
