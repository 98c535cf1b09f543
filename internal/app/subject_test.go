// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
)

const plantedPhone, plantedDigits = "+355 69 555 0101", "69 555 0101"

// recordForm is what an officer types of an invented person.
func recordForm(w *world, id journal.ID) url.Values {
	return url.Values{"dossier": {id.String()}, "entry": {w.n.newID().String()}, "sort": {"person"}, "case": {"Case 12/2026"}, "ground": {"investigation"}, "source": {"b"}, "certainty": {"2"},
		"handling": {"H2"}, "findable": {"true"}, "until": {"2028-12-31"}, "names": {"Planted Example\nBen Example"}, "born": {"1985-11-23"}, "phones": {plantedPhone}, "accounts": {"GR16 0110 1250 0000 0001 2300 695"}, "plates": {"CB 1234 AB"}}
}

// upload posts a file.
func (w *world) upload(v *visitor, path, text string) reply {
	w.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	part, err := m.CreateFormFile("file", "table.csv")
	w.must(err)
	_, err = io.WriteString(part, text)
	w.must(err)
	w.must(m.Close())
	return w.ask(v, "POST", path, &b, func(r *http.Request) { r.Header.Set("Content-Type", m.FormDataContentType()) })
}

var subjectWordMissing = regexp.MustCompile(`\[subject\.[a-z_.]+\]`)

// A record is written by hand, found by a name in another alphabet and by a number, read by whoever works on it alone, given to a
// colleague, and erased when its last day has passed.
func TestARecordOfAPoliceOffice(t *testing.T) {
	w := newWorld(t, "border", "athens")
	officer, other := w.hire("border", "officer", access.PoliceOfficer), w.hire("border", "other", access.PoliceOfficer)
	manager := w.hire("athens", "manager", access.CaseManager)
	id := w.n.newID()
	at := subject.Path + "/" + id.String()
	wrong := recordForm(w, id)
	wrong.Set("until", "2026-01-01")
	wrong.Set("accounts", "GR16 0110 1250 0000 0001 2300 696")
	if a := w.post(officer, subject.Path+"/new", wrong); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, "a day still to come") || !strings.Contains(a.body, "check digits") || !strings.Contains(a.body, "Planted Example") {
		t.Errorf("a day that has passed and a slip in an account: %d", a.code)
	}
	if a := w.post(officer, subject.Path+"/new", recordForm(w, id)); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	for _, text := range []string{"Плантед Ехампле", "00355695550101", "св1234ав", "GR1601101250000000012300695"} {
		if a := w.post(officer, subject.Path+"/find", url.Values{"text": {text}}); a.code != 200 || !strings.Contains(a.body, at) {
			t.Errorf("%q does not find it: %d", text, a.code)
		}
	}
	for _, path := range []string{at, subject.Path, subject.Path + "/new", at + "/edit", subject.Path + "/import"} {
		if a := w.get(officer, path); a.code != 200 || subjectWordMissing.MatchString(a.body) {
			t.Errorf("%s: %d %s", path, a.code, subjectWordMissing.FindString(a.body))
		}
	}
	if a := w.get(officer, at); !strings.Contains(a.body, plantedDigits) {
		t.Error("who works on a record does not read it")
	}
	if a := w.get(other, at); a.code != 200 || strings.Contains(a.body, plantedDigits) || strings.Contains(a.body, "Planted Example") {
		t.Errorf("a colleague reads more than that it exists: %d", a.code)
	}
	if a := w.get(other, at+"/edit"); a.code != http.StatusForbidden {
		t.Errorf("a colleague changes it: %d", a.code)
	}
	if a := w.get(manager, at); a.code != http.StatusNotFound {
		t.Errorf("an assistance office: %d", a.code)
	}
	if a := w.post(officer, at+"/assign", url.Values{"worker": {other.id.String()}}); a.code != http.StatusSeeOther {
		t.Errorf("assign: %d", a.code)
	}
	if a := w.get(other, at); !strings.Contains(a.body, plantedDigits) {
		t.Error("the colleague who was given it does not read it")
	}
	w.clock.Advance(3 * 365 * 24 * time.Hour)
	_, err := w.n.MarkOnce(t.Context())
	w.must(err)
	officer.signIn()
	if a := w.get(officer, at); a.code != 200 || strings.Contains(a.body, plantedDigits) || !strings.Contains(a.body, "was erased") {
		t.Errorf("its last day has passed, and it is there: %d", a.code)
	}
	if a := w.post(officer, subject.Path+"/find", url.Values{"text": {plantedPhone}}); strings.Contains(a.body, at) {
		t.Error("and it is found")
	}
}

// A table brought twice adds nothing; a line that changed changes its record; what is wrong is said by line, and the rest goes on.
func TestATableOfRecords(t *testing.T) {
	w := newWorld(t, "court")
	clerk, other := w.hire("court", "clerk", access.Prosecutor), w.hire("court", "other", access.Prosecutor)
	const head = "reference,sort,case,ground,source,certainty,handling,findable,until,names,phones\n"
	one, two, bad := "F-1,person,C1,complaint,a,1,H0,yes,2028-12-31,A Example|B Example,\n", "F-2,thing,C1,complaint,a,1,H0,yes,2028-12-31,,00355690000001\n", "F-3,thing,C1,complaint,a,9,H0,yes,2028-12-31,,\n"
	for i, x := range []struct{ text, want string }{{one + two + bad, "2 0 0 1"}, {one + two, "0 0 2 0"}, {strings.Replace(one, "C1", "C2", 1) + two, "0 1 1 0"}} {
		for _, try := range []bool{true, false} { // trying says the same, and writes nothing
			lines, wrong, err := subject.ReadTable([]byte(head + x.text))
			w.must(err)
			rep, err := subject.Bringing{Store: w.n.Store, Now: w.clock.Now()}.Bring(t.Context(), clerk.who(access.ForIdentification), lines, wrong, try)
			w.must(err)
			if got := fmt.Sprint(rep.Added, rep.Changed, rep.Same, len(rep.Wrong)); got != x.want {
				t.Errorf("time %d, try %v: %s, not %s", i, try, got, x.want)
			}
		}
	}
	rows, err := w.n.Store.List(t.Context(), clerk.who(access.ForIdentification), store.Query{Kind: access.KindSubject})
	w.must(err)
	if len(rows.Rows) != 2 {
		t.Errorf("%d records", len(rows.Rows))
	}
	if a := w.upload(other, subject.Path+"/import", head+strings.Replace(one, "C1", "C9", 1)); a.code != 200 || !strings.Contains(a.body, "Lines not taken in") || !strings.Contains(a.body, "Somebody else works on this record.") || subjectWordMissing.MatchString(a.body) {
		t.Errorf("another's record by a table: %d", a.code)
	}
	if a := w.upload(clerk, subject.Path+"/import", "nonsense\n"); a.code != http.StatusUnprocessableEntity {
		t.Errorf("no table: %d", a.code)
	}
	if a := w.get(clerk, subject.Path+"/import/sample"); a.code != 200 || !strings.Contains(a.body, "reference,sort,case") {
		t.Errorf("the sample: %d", a.code)
	}
}
