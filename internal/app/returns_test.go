// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"archive/zip"
	"bytes"
	"fmt"
	"html"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// declaring is an office that counts people and a body's office, with what two people of the one send the other.
type declaring struct {
	*world
	first, second, body *visitor
	year                string
}

func newDeclaring(t *testing.T) *declaring {
	w := &declaring{world: newWorld(t, "athens", "paris")}
	w.peopleOf(w.hire("athens", "manager", access.CaseManager), 7)
	w.year = w.clock.Now().Format("2006")
	w.clock.Advance(366 * 24 * time.Hour) // the year is over
	w.first, w.second = w.hire("athens", "first", access.Rapporteur), w.hire("athens", "second", access.Rapporteur)
	w.body = w.hire("paris", "body", access.Rapporteur)
	return w
}

// lets signs terms that let returns go from Athens to Paris, and receipts back.
func (w *declaring) lets() {
	w.Helper()
	a, p := w.offices["athens"].ID, w.offices["paris"].ID
	w.agree("athens", "paris", terms.Grant{From: a, To: p, Purpose: returns.Purpose, Categories: []journal.Category{journal.D9}}, terms.Grant{From: p, To: a, Purpose: returns.Purpose, Categories: []journal.Category{journal.D9}})
}

// prepare types a return and gives its dossier.
func (w *declaring) prepare(form url.Values) journal.ID {
	w.Helper()
	id := w.n.newID()
	form.Set("dossier", id.String())
	if got := w.post(w.first, returns.Path+"/new", form); got.code != 303 {
		w.Fatalf("%d %s", got.code, got.body)
	}
	return id
}

func (w *declaring) state(v *visitor, id journal.ID) returns.State {
	w.Helper()
	_, s, err := w.n.returns().Open(w.Context(), v.who(access.ForStatistics), id)
	w.must(err)
	return s
}

// act does something about a return as its page offers it.
func (w *declaring) act(v *visitor, id journal.ID, name, words string) reply {
	w.Helper()
	return w.post(v, returns.Path+"/"+id.String()+"/"+name, url.Values{"hash": {w.state(v, id).Shown().Hash}, "words": {words}})
}

func unzipped(t *testing.T, archive []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil || len(z.File) == 0 {
		t.Fatal(err)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestAReturnGoesExactAndSealed: counted by one person, let go by another, exact in the body's office and nowhere else; a
// correction takes the place of what was sent.
func TestAReturnGoesExactAndSealed(t *testing.T) {
	w := newDeclaring(t)
	form := url.Values{"shape": {"unodc"}, "year": {w.year}, "to": {w.offices["paris"].ID.String()}, "basis": {"Law 1/2020, article 3"}}
	if got := w.post(w.first, returns.Path+"/new", form); got.code != 422 {
		t.Errorf("an office without terms was taken for a body: %d", got.code)
	}
	w.lets()
	id := w.prepare(form)
	shown := html.UnescapeString(w.get(w.second, returns.Path+"/"+id.String()).body)
	if !strings.Contains(shown, "by form of exploitation") || !strings.Contains(shown, "Law 1/2020") {
		t.Fatalf("the second person does not see the numbers: %s", shown)
	}
	if got := w.act(w.first, id, "approve", ""); got.code != 409 {
		t.Errorf("one person alone: %d", got.code)
	}
	if got := w.post(w.second, returns.Path+"/"+id.String()+"/approve", url.Values{"hash": {strings.Repeat("0", 64)}}); got.code != 409 {
		t.Errorf("numbers that were not shown: %d", got.code)
	}
	if got := w.act(w.second, id, "approve", ""); got.code != 303 {
		t.Fatalf("%d %s", got.code, got.body)
	}
	w.deliver()
	s := w.state(w.body, id)
	if s.Status() != "arrived" || s.From != w.offices["athens"].ID || s.Last().Hash != w.state(w.first, id).Last().Hash {
		t.Fatalf("%+v", s)
	}
	got := w.get(w.body, returns.Path+"/"+id.String()+"/files")
	csv := unzipped(t, []byte(got.body))
	if !strings.Contains(csv, "Detected trafficking victims,Total,Total,Total,Total,"+w.year+",Counts,7,Office in athens") || !strings.Contains(csv, "by citizenship,Albania,Total,Total,"+w.year+",Counts,7") || strings.Contains(csv, "Afghanistan") {
		t.Errorf("%s", csv)
	}
	if home := w.get(w.body, returns.Path); !strings.Contains(home.body, id.String()) || w.get(w.body, release.Path).code != 200 {
		t.Errorf("the body does not find it: %s", home.body)
	}
	w.act(w.body, id, "confirm", "Two people are missing")
	w.deliver()
	if s := w.state(w.first, id); s.Status() != "noted" || s.Last().Words != "Two people are missing" {
		t.Errorf("%s %q", s.Status(), s.Last().Words)
	}
	// it is in the office's list of what left, and not in the public one
	if got := w.get(w.first, release.Path); !strings.Contains(got.body, returns.Path+"/"+id.String()) {
		t.Error("what left is not listed")
	}
	if got := w.get(nil, release.RegisterPath); strings.Contains(got.body, id.String()) || strings.Contains(got.body, returns.Path+"/") {
		t.Error("the public register knows of it")
	}
	w.corrects(id)
}

// corrects sends the return anew.
func (w *declaring) corrects(id journal.ID) {
	w.Helper()
	if got := w.act(w.first, id, "correct", ""); got.code != 303 {
		w.Fatalf("%d %s", got.code, got.body)
	}
	if s := w.state(w.first, id); s.Status() != "waiting" || s.Waiting.Number != 2 || s.Last().Number != 1 {
		w.Fatalf("%s %+v", s.Status(), s.Waiting)
	}
	w.act(w.second, id, "approve", "")
	w.deliver()
	if s := w.state(w.body, id); s.Status() != "arrived" || len(s.Versions) != 2 || s.Last().Number != 2 {
		w.Errorf("%s %d", s.Status(), len(s.Versions))
	}
}

// TestAReturnByHandIsForOneBodyOnly: a body without an office gets a file that its key opens and nothing else does.
func TestAReturnByHandIsForOneBodyOnly(t *testing.T) {
	w := newDeclaring(t)
	key, err := age.GenerateX25519Identity()
	w.must(err)
	form := url.Values{"shape": {"greta"}, "year": {w.year}, "to": {"hand"}, "basis": {"Questionnaire"}, "body": {"The body"}, "key": {"age1nothing"}}
	if got := w.post(w.first, returns.Path+"/new", form); got.code != 422 || !strings.Contains(got.body, "age1") {
		t.Errorf("a key that is none: %d", got.code)
	}
	form.Set("key", key.Recipient().String())
	id := w.prepare(form)
	at := returns.Path + "/" + id.String() + "/sealed"
	if got := w.get(w.second, at); got.code != 404 {
		t.Errorf("a file of what nobody approved: %d", got.code)
	}
	w.act(w.second, id, "approve", "")
	got := w.get(w.second, at)
	if got.code != 200 || strings.Contains(got.body, "greta") {
		t.Fatalf("%d", got.code)
	}
	plain, err := age.Decrypt(strings.NewReader(got.body), key)
	w.must(err)
	b, err := io.ReadAll(plain)
	w.must(err)
	csv := unzipped(t, b)
	for _, want := range []string{",GR," + w.year + ",Total,Total,,,7,counted", ",reflection,", ",applied,", "not_in_this_release"} {
		if !strings.Contains(csv, want) {
			t.Errorf("no %q in %s", want, csv)
		}
	}
	w.act(w.first, id, "handed", "By courier")
	if s := w.state(w.first, id); s.Status() != "handed" {
		t.Errorf("%s", s.Status())
	}
}

// TestWhatIsNoReturnIsNotTakenIn holds what another office sends against what it says.
func TestWhatIsNoReturnIsNotTakenIn(t *testing.T) {
	w := newDeclaring(t)
	w.lets()
	id := w.prepare(url.Values{"shape": {"eurostat"}, "year": {w.year}, "to": {w.offices["paris"].ID.String()}, "basis": {"Directive"}})
	good := w.state(w.first, id).Waiting.Content
	for name, change := range map[string]func(*returns.Content){
		"another shape":   func(c *returns.Content) { c.Shape = "unodc" },
		"another year":    func(c *returns.Content) { c.Year-- },
		"a negative":      func(c *returns.Content) { c.Files[0].Text = strings.Replace(c.Files[0].Text, ",7,", ",-7,", 1) },
		"half a person":   func(c *returns.Content) { c.Files[0].Text = strings.Replace(c.Files[0].Text, ",7,", ",7.5,", 1) },
		"a path":          func(c *returns.Content) { c.Files[0].Name = "../" + c.Files[0].Name },
		"the same twice":  func(c *returns.Content) { c.Files = append(c.Files, c.Files[0]) },
		"too much":        func(c *returns.Content) { c.Files[0].Text += strings.Repeat("x", returns.MaxBytes) },
		"nothing":         func(c *returns.Content) { c.Files = nil },
		"no country":      func(c *returns.Content) { c.Country = "" },
		"never":           func(c *returns.Content) { c.Counted = time.Time{} },
		"rows of no size": func(c *returns.Content) { c.Files[0].Text += "a,b\r\n" },
	} {
		c := good
		c.Files = append([]returns.File(nil), good.Files...)
		if change(&c); c.Check() == nil {
			t.Errorf("%s was taken in", name)
		}
	}
	w.must(good.Check())
	// a person cannot write what only a count or a message brings about
	for _, typ := range []string{returns.PreparedType, returns.ArrivedType, returns.NotedType} {
		if _, err := w.n.Store.Append(t.Context(), w.first.who(access.ForStatistics), returns.Ref(w.n.newID()), store.Draft{Type: typ, Payload: returns.Prepared{Content: good, Number: 1}}); err == nil {
			t.Errorf("%s was written by hand", typ)
		}
	}
}

// TestABodyIsFoundAmongManyPartners, beyond the first page of a list.
func TestABodyIsFoundAmongManyPartners(t *testing.T) {
	w := newDeclaring(t)
	w.lets()
	for i := range store.PageSize + 5 { // whose cards were pinned later: they are listed first
		keys, err := card.NewSecrets([32]byte{byte(i), 1})
		w.must(err)
		w.clock.Advance(time.Second)
		_, c, err := keys.Issue(card.Card{Office: w.n.newID(), Name: fmt.Sprint("Office ", i), Kind: access.Police, Country: "IT", URL: "https://127.0.0.1:9", Log: w.logKey(), Made: w.clock.Now()})
		w.must(err)
		_, err = opPin(t.Context(), w.n, PinIn{Of: Of{w.offices["athens"].ID}, Card: c, How: "phone"})
		w.must(err)
	}
	w.says(w.get(w.first, returns.Path+"/new"), 200, "Office in paris")
}

// logKey is that of an office's log, as cards have it.
func (w *declaring) logKey() string {
	w.Helper()
	c, _, err := w.n.ownCard(w.offices["athens"].ID)
	w.must(err)
	return c.Log
}

// TestAReturnThroughTheAPI: what the pages do, and what they refuse, goes by calls as well; the numbers are counted by the office alone.
func TestAReturnThroughTheAPI(t *testing.T) {
	w := newDeclaring(t)
	w.lets()
	id := w.n.newID()
	at, entries := "/statistics/returns/"+id.String(), "/dossiers/return/"+id.String()+"/entries?purpose=statistics"
	asked := map[string]any{"shape": "unodc", "year": w.clock.Now().Year() - 1, "to": w.offices["paris"].ID, "basis": "Law 1/2020, article 3"}
	says := func(what string, got reply, code int) {
		t.Helper()
		if got.code != code {
			t.Fatalf("%s: %d %s", what, got.code, got.body)
		}
	}
	entry := func(typ string, payload any) map[string]any {
		return map[string]any{"id": w.n.newID(), "type": typ, "payload": payload}
	}
	says("somebody who does not work on figures", w.api(w.hire("athens", "other", access.CaseManager), "PUT", at, asked), 403)
	says("a year that is not over", w.api(w.first, "PUT", at, map[string]any{"shape": "unodc", "year": w.clock.Now().Year(), "to": w.offices["paris"].ID, "basis": "x"}), 422)
	says("an office to which no terms let it go", w.api(w.first, "PUT", at, map[string]any{"shape": "unodc", "year": w.clock.Now().Year() - 1, "to": w.n.newID(), "basis": "x"}), 403)
	says("preparing", w.api(w.first, "PUT", at, asked), 204)
	s := w.state(w.first, id)
	good := returns.Approved{Hash: s.Waiting.Hash, As: string(access.Rapporteur)}
	says("numbers that nobody counted", w.api(w.second, "POST", entries, entry(returns.PreparedType, returns.Prepared{Asked: s.Asked, Number: 1, Content: s.Waiting.Content})), 403)
	says("one person alone", w.api(w.first, "POST", entries, entry(returns.ApprovedType, good)), 409)
	says("other numbers", w.api(w.second, "POST", entries, entry(returns.ApprovedType, returns.Approved{Hash: strings.Repeat("0", 64), As: good.As})), 409)
	says("a function that one does not have", w.api(w.second, "POST", entries, entry(returns.ApprovedType, returns.Approved{Hash: good.Hash, As: string(access.Liaison)})), 409)
	says("an approval", w.api(w.second, "POST", entries, entry(returns.ApprovedType, good)), 200)
	w.deliver()
	says("receipt", w.api(w.body, "POST", entries, entry(returns.ConfirmedType, returns.Noted{Number: 1, Hash: good.Hash})), 200)
	w.deliver()
	if s := w.state(w.first, id); s.Status() != "noted" {
		t.Errorf("%s", s.Status())
	}
	says("what is over", w.api(w.second, "POST", entries, entry(returns.RejectedType, returns.Said{})), 409)
	says("a correction", w.api(w.first, "PUT", at, asked), 204)
	says("back", w.api(w.second, "POST", entries, entry(returns.RejectedType, returns.Said{Words: "No"})), 200)
}

// TestAJusticeOfficeReturnsProsecutions: those charged and those convicted in the year, of this offence in the office's own country,
// by form, sex and citizenship; what is left out is counted; a shape of which the office counts nothing is not offered.
func TestAJusticeOfficeReturnsProsecutions(t *testing.T) {
	w := newWorld(t, "court", "paris")
	w.brought40(w.hire("court", "clerk", access.Prosecutor))
	w.clock.Advance(366 * 24 * time.Hour)
	d := &declaring{world: w, first: w.hire("court", "first", access.Rapporteur), second: w.hire("court", "second", access.Rapporteur)}
	blank := w.get(d.first, returns.Path+"/new")
	w.says(blank, 200, `value="unodc"`)
	w.says(blank, 200, `value="greta"`)
	if strings.Contains(blank.body, `value="eurostat"`) {
		t.Error("a shape of which nothing is counted is offered")
	}
	form := func(shape string) url.Values {
		return url.Values{"shape": {shape}, "year": {"2025"}, "to": {"hand"}, "basis": {"Questionnaire"}, "body": {"The body"}, "key": {w.bodysKey()}}
	}
	if got := w.post(d.first, returns.Path+"/new", form("eurostat")); got.code == 303 {
		t.Error("a return of nothing was prepared")
	}
	for shape, want := range map[string][]string{
		"unodc": {",Persons prosecuted,Total,Total,Total,Total,2025,Counts,38,", ",Persons convicted,Total,Total,Total,Total,2025,Counts,25,", ",Persons prosecuted,by form of exploitation,", ",Persons convicted,by citizenship,not known,Total,Total,2025,Counts,25,"},
		"greta": {"Prosecutions,Persons charged with the offence in the year.,GR,2025,Total,Total,,,38,counted", ",GR,2025,Total,Total,,,25,counted", ",not_in_this_release"},
	} {
		id := d.prepare(form(shape))
		csv := d.state(d.first, id).Waiting.Content.Files[0].Text
		for _, s := range want {
			if !strings.Contains(csv, s) {
				t.Errorf("%s: no %q in %.3000s", shape, s, csv)
			}
		}
		if strings.Contains(csv, "Detected trafficking victims") {
			t.Errorf("%s: defendants are said to be victims", shape)
		}
		w.says(w.get(d.second, returns.Path+"/"+id.String()), 200, "left out: 2 not charged")
		if got := d.act(d.second, id, "approve", ""); got.code != 303 {
			t.Errorf("%s: %d %s", shape, got.code, got.body)
		}
	}
}
