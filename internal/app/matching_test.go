// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// comparing lets two offices of a world compare.
func (w *world) comparing(a, b string) {
	w.Helper()
	one, two, codes := w.offices[a].ID, w.offices[b].ID, []journal.Category{journal.D0}
	w.agree(a, b, terms.Grant{From: one, To: two, Purpose: terms.Matching, Categories: codes}, terms.Grant{From: two, To: one, Purpose: terms.Matching, Categories: codes})
}

// night lets offices do the night's comparing, and the post carry what it brings about.
func (w *world) night(offices ...string) (last matching.Report) {
	w.Helper()
	for _, o := range offices {
		var err error
		last, err = w.n.CompareOnce(w.Context(), w.offices[o].ID)
		w.must(err)
		w.deliver()
	}
	return last
}

// record writes a record of a thing or person.
func (w *world) record(by *visitor, k subject.Known) journal.ID {
	w.Helper()
	id := w.n.newID()
	k.Ground, k.Source, k.Certainty, k.Handling, k.Until, k.Case, k.Findable = "investigation", "b", "2", "H2", "2028-12-31", "Case 1", true
	k.Sort = "thing"
	if len(k.Names) > 0 {
		k.Sort = "person"
	}
	_, err := w.n.Store.Append(w.Context(), by.who(access.ForIdentification), store.Ref{Kind: access.KindSubject, ID: id}, store.Draft{Type: subject.RecordedType, Payload: k})
	w.must(err)
	return id
}

// comparisons lists what an office keeps of questions, newest first.
func (w *world) comparisons(v *visitor) (out []matching.Comparison) {
	w.Helper()
	rows, err := w.n.Store.List(w.Context(), v.who(access.ForIdentification), store.Query{Kind: access.KindComparison})
	w.must(err)
	for _, r := range rows.Rows {
		o, err := w.n.Store.Open(w.Context(), v.who(access.ForIdentification), r.Ref)
		w.must(err)
		out = append(out, o.State.(matching.Comparison))
	}
	return out
}

// lookUp asks a partner about a record by its page, lets the post carry it, and gives what came of it.
func (w *world) lookUp(v *visitor, record journal.ID, partner string) matching.Comparison {
	w.Helper()
	a := w.post(v, matching.Path+"/new", url.Values{"of": {record.String()}, "to": {w.offices[partner].ID.String()}})
	if a.code != http.StatusSeeOther {
		w.Fatalf("asking: %d %s", a.code, a.body)
	}
	w.deliver()
	id := journal.MustID(strings.TrimPrefix(a.header.Get("Location"), matching.Path+"/"))
	o, err := w.n.Store.Open(w.Context(), v.who(access.ForIdentification), store.Ref{Kind: access.KindComparison, ID: id})
	w.must(err)
	return o.State.(matching.Comparison)
}

var matchingWordMissing = regexp.MustCompile(`\[(matching|subject)\.[a-z_.]+\]`)

// reads gives a page with all its words.
func (w *world) reads(v *visitor, path string) string {
	w.Helper()
	a := w.get(v, path)
	if a.code != http.StatusOK || matchingWordMissing.MatchString(a.body) {
		w.Fatalf("%s at %s: %d %s", v.login, path, a.code, matchingWordMissing.FindString(a.body))
	}
	return a.body
}

// TestTwoOfficesFindThatTheyKnowATelephone: tables in the night, a question from a record's page, a hit with its kinds and no
// record, told to whoever works on it there; and oversight has the question opened.
func TestTwoOfficesFindThatTheyKnowATelephone(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor)
	watch, overseer := w.hire("border", "watch", access.Oversight), w.hire("court", "overseer", access.Oversight)
	if b := w.reads(officer, matching.Path); !strings.Contains(b, "There is no partner to compare with") {
		t.Error("without terms")
	}
	w.comparing("border", "court")
	here := w.record(officer, subject.Known{Names: []string{"Planted Example"}, Phones: []string{plantedPhone}})
	w.record(officer, subject.Known{Plates: []string{"CB 9999 XX"}})
	there := w.record(prosecutor, subject.Known{Phones: []string{"00355 69 5550 101"}})
	if a := w.post(prosecutor, matching.Path+"/new", url.Values{"of": {there.String()}, "to": {w.offices["border"].ID.String()}}); a.code != http.StatusConflict || !strings.Contains(a.body, "has not come yet") {
		t.Errorf("asked before there is a table: %d", a.code)
	}
	w.night("border", "court")
	if b := w.reads(prosecutor, matching.Path); !strings.Contains(b, "4096 places") || !strings.Contains(b, "32,768") {
		t.Error("the table and the quota are not shown")
	}
	if b := w.reads(prosecutor, matching.Path+"/new?of="+there.String()); !strings.Contains(b, "Compared by: telephone") || !strings.Contains(b, "Office in border") {
		t.Error("the question's form")
	}
	c := w.lookUp(prosecutor, there, "border")
	if len(c.Found) != 1 || !c.Found[0].Strong || !slices.Equal(c.Found[0].Kinds, []string{"phone"}) || c.Found[0].Record != there {
		t.Fatalf("%+v %s", c.Found, c.Back)
	}
	at := matching.Path + "/" + c.ID.String()
	if b := w.reads(prosecutor, at); !strings.Contains(b, "telephone") || !strings.Contains(b, subject.Code(there)) || strings.Contains(b, "Planted Example") || strings.Contains(b, here.String()) {
		t.Error("the hit, and no record of theirs")
	}
	if b := w.reads(officer, at); !strings.Contains(b, "Not even we know what was asked") || strings.Contains(b, there.String()) {
		t.Error("the office that was asked knows more than that it was")
	}
	if a := w.post(prosecutor, at+"/judge", url.Values{"hit": {"0"}, "verdict": {"perhaps"}}); a.code != http.StatusUnprocessableEntity || !strings.Contains(a.body, `verdict-0-error"`) {
		t.Errorf("judged by a word that is none: %d", a.code)
	}
	for act, form := range map[string]url.Values{"judge": {"hit": {"0"}, "verdict": {"same"}}, "tell": {"hit": {"0"}}} {
		if a := w.post(prosecutor, at+"/"+act, form); a.code != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", act, a.code, a.body)
		}
	}
	w.deliver()
	if b := w.reads(officer, at); !strings.Contains(b, "wants to talk about it") || !strings.Contains(b, here.String()) {
		t.Error("whoever works on the record does not learn that somebody wants to talk")
	}

	again := w.lookUp(prosecutor, there, "border")
	if b := w.reads(prosecutor, matching.Path+"/"+again.ID.String()); !strings.Contains(b, "Found before") || !strings.Contains(b, `href="`+at+`"`) || strings.Count(b, "the same") < 2 {
		t.Error("who looks at the same hit again does not read what was thought of it")
	}

	if b := w.reads(officer, "/"); !strings.Contains(b, `href="`+at+`"`) {
		t.Error("Today does not say that somebody wants to talk")
	}
	if a := w.post(officer, at+"/take", nil); a.code != http.StatusSeeOther || strings.Contains(w.reads(officer, "/"), `href="`+at+`"`) {
		t.Errorf("who talks with them is told again that they want to: %d", a.code)
	}

	if b := w.reads(prosecutor, "/requests/new?to="+w.offices["border"].ID.String()+"&from="+c.ID.String()); !strings.Contains(b, "69 5550 101") {
		t.Error("a request that begins from the hit does not begin with what is shared")
	}

	// Oversight of the office that was asked has the question opened.
	if a := w.post(officer, at+"/doubt", url.Values{"reason": {"routine"}}); a.code != http.StatusForbidden {
		t.Errorf("an officer asks for the opening: %d", a.code)
	}
	if a := w.post(watch, at+"/doubt", url.Values{"reason": {"routine"}}); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	w.deliver()
	for _, v := range []*visitor{watch, overseer, prosecutor, officer} {
		if got, want := strings.Contains(w.reads(v, "/"), `href="`+at+`"`), v == overseer; got != want {
			t.Errorf("%s: Today tells of it %v", v.login, got)
		}
	}
	if a := w.post(prosecutor, at+"/open", nil); a.code != http.StatusForbidden {
		t.Errorf("the asker opens it: %d", a.code)
	}
	if b := w.reads(overseer, at); !strings.Contains(b, subject.Code(there)) {
		t.Error("oversight does not see what it would open")
	}
	if a := w.post(overseer, at+"/open", nil); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	w.deliver()
	if strings.Contains(w.reads(overseer, "/"), `href="`+at+`"`) {
		t.Error("Today tells oversight of what it has opened")
	}
	if b := w.reads(watch, at); !strings.Contains(b, "opened, and it fits") || !strings.Contains(b, subject.Code(there)) || strings.Contains(b, plantedDigits) {
		t.Error("what was opened")
	}
	for _, v := range []*visitor{officer, prosecutor, watch, overseer} {
		for _, view := range []string{"", "?view=found", "?view=questioned", "?view=doubted", "?view=heard"} {
			w.reads(v, matching.Path+view)
		}
	}
	if b := w.get(prosecutor, "/partners/"+w.offices["border"].ID.String()).body; matchingWordMissing.MatchString(b) {
		t.Error("a message without its word")
	}
}

// TestWhatChangesInAnEpoch: a record that comes later is sent as an addition, and found by a question that was answered before;
// nothing is asked twice; what left is in no later table.
func TestWhatChangesInAnEpoch(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor)
	w.comparing("border", "court")
	w.record(officer, subject.Known{Plates: []string{"CB 1111 AA"}})
	there := w.record(prosecutor, subject.Known{Phones: []string{plantedPhone}})
	w.night("border")
	if rep := w.night("court"); rep.Questions != 1 || rep.Asked != 1 {
		t.Fatalf("%+v", rep)
	}
	if rep := w.night("court"); rep.Questions != 0 {
		t.Errorf("asked again: %+v", rep)
	}
	late := w.record(officer, subject.Known{Phones: []string{plantedPhone}})
	w.night("border")
	all := w.comparisons(prosecutor)
	i := slices.IndexFunc(all, matching.Comparison.Here)
	if i < 0 || len(all[i].Found) != 1 || all[i].Asked.Mode != matching.Night || all[i].Asked.Elements != 16 {
		t.Fatalf("what came later is not found by what was asked before: %+v", all)
	}
	handle := all[i].Found[0].Handle
	_, err := w.n.Store.Append(t.Context(), officer.who(access.ForIdentification), store.Ref{Kind: access.KindSubject, ID: late}, store.Draft{Type: subject.EndedType, Payload: subject.Ended{Reason: "cleared"}})
	w.must(err)
	w.night("border")
	if c := w.lookUp(prosecutor, there, "border"); len(c.Found) != 0 || c.Status() != "nothing" {
		t.Errorf("what left is found: %+v", c.Found)
	}
	again := w.record(officer, subject.Known{Phones: []string{plantedPhone}})
	w.night("border")
	if c := w.lookUp(prosecutor, there, "border"); len(c.Found) != 1 || c.Found[0].Handle == handle {
		t.Errorf("%s, and before of another record %s: %+v", again, handle, c.Found)
	}
}

// TestANumberBecomesCommon: what records of several nights share counts together, and a number that too many share is found no more,
// though a table before it held it.
func TestANumberBecomesCommon(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor)
	w.comparing("border", "court")
	there := w.record(prosecutor, subject.Known{Phones: []string{plantedPhone}})
	for range match.MostSharing {
		w.record(officer, subject.Known{Phones: []string{plantedPhone}})
	}
	w.night("border")
	if c := w.lookUp(prosecutor, there, "border"); len(c.Found) != match.MostSharing {
		t.Fatalf("%d found", len(c.Found))
	}
	for range 2 {
		w.record(officer, subject.Known{Phones: []string{plantedPhone}, Plates: []string{"CB 1111 AA"}})
		w.night("border")
		if c := w.lookUp(prosecutor, there, "border"); len(c.Found) != 0 {
			t.Errorf("a number that more share is found: %+v", c.Found)
		}
	}
}

// TestWhatIsRefused: a quota that is used, an answer under another key than the table's, an epoch that is over, and its secret
// that is in no file any more.
func TestWhatIsRefused(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor)
	border, ctx := w.offices["border"].ID, t.Context()
	w.comparing("border", "court")
	w.record(officer, subject.Known{Phones: []string{plantedPhone}})
	there := w.record(prosecutor, subject.Known{Phones: []string{plantedPhone}})
	w.night("border")
	var epoch journal.ID
	var secret []byte
	w.must(w.n.DB.Read(ctx, func(tx dbTx) error {
		return tx.Row(ctx, `SELECT id, secret FROM match_epoch WHERE owner = $1`, border).Scan(&epoch, &secret)
	}))
	change := func(what string, args ...any) {
		t.Helper()
		w.must(w.n.DB.Write(ctx, func(tx dbTx) error {
			n, err := tx.Exec(ctx, what, args...)
			if n == 0 {
				t.Fatal("nothing changed")
			}
			return err
		}))
	}
	change(`UPDATE match_epoch SET used = quota - 15 WHERE owner = $1`, border)
	if c := w.lookUp(prosecutor, there, "border"); c.Back != "matching.reason.quota" || c.Found != nil {
		t.Errorf("beyond the quota: %q", c.Back)
	}
	change(`UPDATE match_epoch SET used = 0 WHERE owner = $1`, border)
	other, err := match.NewEpoch(epoch, rand.Reader)
	w.must(err)
	sealed, err := w.n.keys[border].Seal("matching epoch "+epoch.String(), other.Bytes())
	w.must(err)
	change(`UPDATE match_epoch SET secret = $1 WHERE owner = $2`, sealed, border)
	c := w.lookUp(prosecutor, there, "border")
	if c.Back != "matching.reason.proof" || c.Found != nil {
		t.Errorf("another key than the table's: %q", c.Back)
	}
	if b := w.reads(prosecutor, matching.Path+"/"+c.ID.String()); !strings.Contains(b, "proof does not hold") {
		t.Error("and it is not told")
	}
	change(`UPDATE match_epoch SET secret = $1 WHERE owner = $2`, secret, border)
	if n, err := w.n.matching().Reseal(ctx, border); err != nil || n != 1 {
		t.Fatalf("sealed again: %d, %v", n, err)
	}
	if c := w.lookUp(prosecutor, there, "border"); len(c.Found) != 1 {
		t.Errorf("under its own key, sealed again: %+v", c)
	}
	w.must(w.n.DB.Read(ctx, func(tx dbTx) error {
		return tx.Row(ctx, `SELECT secret FROM match_epoch WHERE owner = $1`, border).Scan(&secret)
	}))
	w.must(w.n.DB.Scrub(ctx))
	if !w.holds(secret) {
		t.Fatal("the secret is in no file while its epoch runs: this test looks in vain")
	}
	w.clock.Advance(matching.Life + time.Hour)
	prosecutor.signIn()
	if a := w.post(prosecutor, matching.Path+"/new", url.Values{"of": {there.String()}, "to": {border.String()}}); a.code != http.StatusConflict {
		t.Errorf("asked of an epoch that is over: %d", a.code)
	}
	if n, err := w.n.matching().Destroy(ctx, border); err != nil || n != 1 {
		t.Fatalf("%d epochs ended, %v", n, err)
	}
	if w.holds(secret) {
		t.Error("an ended epoch's secret is still in a file")
	}
	w.night("border", "court")
	if c := w.lookUp(prosecutor, there, "border"); len(c.Found) != 1 || c.Asked.Epoch == epoch {
		t.Errorf("the next epoch: %+v", c)
	}
}

// holds says whether a file of the node's folder has these bytes.
func (w *world) holds(what []byte) bool {
	w.Helper()
	found := false
	w.must(filepath.WalkDir(string(w.folder), func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(p)
		found = found || bytes.Contains(b, what)
		return err
	}))
	return found
}

// TestQuestionsAreOfFewSizes: what is asked about most records looks the same on the way, a record of very many keys like any other of
// such, and so does what is counted.
func TestQuestionsAreOfFewSizes(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor)
	ctx := t.Context()
	w.comparing("border", "court")
	w.record(officer, subject.Known{Phones: []string{plantedPhone}})
	little := w.record(prosecutor, subject.Known{Phones: []string{plantedPhone}})
	much := w.record(prosecutor, subject.Known{Names: []string{"Arben Hoxha Example", "Ben Example"}, Born: "1985-11-23", Phones: []string{"+355690000002", "+355690000003"}, Plates: []string{"CB1234AB"}, Emails: []string{"a@example.org"}})
	some := w.record(prosecutor, subject.Known{Names: []string{"Arben Hoxha"}, Born: "1985-11-23", Phones: []string{"+355690000004"}, Emails: []string{"b@example.org"}})
	w.night("border")
	for _, id := range []journal.ID{little, some, much} {
		w.lookUp(prosecutor, id, "border")
	}
	var sizes []int64
	w.must(w.n.DB.Read(ctx, func(tx dbTx) error {
		rows, err := tx.Query(ctx, `SELECT size FROM post_out WHERE owner = $1 AND type = $2`, w.offices["court"].ID, matching.MsgAsk)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n int64
			if err := rows.Scan(&n); err != nil {
				return err
			}
			sizes = append(sizes, n)
		}
		return rows.Err()
	}))
	slices.Sort(sizes)
	if len(sizes) != 3 || sizes[0] != sizes[1] || sizes[2] != sizes[1]+48*32 {
		t.Errorf("sizes of three questions, the last of more than sixteen keys: %v", sizes)
	}
	if a := w.post(prosecutor, matching.Path+"/count", url.Values{"to": {w.offices["border"].ID.String()}}); a.code != http.StatusSeeOther {
		t.Fatalf("%d %s", a.code, a.body)
	}
	w.deliver()
	all := w.comparisons(prosecutor)
	i := slices.IndexFunc(all, func(c matching.Comparison) bool { return c.Asked.Mode == matching.Count })
	if i < 0 || all[i].Status() != "counted" || all[i].Answered.Of != 3 || all[i].Found != nil || all[i].Asked.About != nil || all[i].Answered.Overlap > 50 || all[i].Answered.Overlap < -50 {
		t.Fatalf("counted: %+v", all)
	}
	if b := w.reads(prosecutor, matching.Path+"/"+all[i].ID.String()); strings.Contains(b, "which of our records share what") || !strings.Contains(b, "nothing was kept") {
		t.Error("a count says that it learned which records are shared")
	}
}

// TestAPersonIsFoundByHerAgreementOnly: the job reads nobody who did not agree; who agreed is found by an assistance office that
// asks with its person's agreement; a withdrawal takes her out of the next table.
func TestAPersonIsFoundByHerAgreementOnly(t *testing.T) {
	w := newWorld(t, "athens", "tirana")
	ctx := t.Context()
	greek, albanian := w.hire("athens", "greek", access.CaseManager), w.hire("tirana", "albanian", access.CaseManager)
	focal, colleague := w.hire("athens", "focal", access.FocalPoint), w.hire("tirana", "colleague", access.CaseManager)
	w.comparing("athens", "tirana")
	register := func(by *visitor, name string) journal.ID {
		id, err := w.n.Work.Register(ctx, by.who(access.ForAssistance), casework.Registration{None: true, Registered: casework.Registered{Code: "Code-" + by.login, Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}, Fictitious: true},
			Identity: casework.Identity{Names: []string{name}, Born: "1999-04-23", Nationality: "AL"}})
		w.must(err)
		return id
	}
	agrees := func(by *visitor, file journal.ID, p consent.Purpose) journal.ID {
		receipt := w.n.newID()
		w.write(by, access.KindPerson, file, store.Draft{Type: "consent.given", Payload: consent.Given{Receipt: receipt, Purpose: p, Categories: []journal.Category{journal.D0, journal.D2}, Language: "sq", Interpreting: consent.Interpreter,
			By: consent.ByPerson, Expires: w.clock.Now().Add(90 * 24 * time.Hour)}})
		return receipt
	}
	here, there := register(greek, "Planted Mirela"), register(albanian, "Плантед Мирела")
	job, err := w.n.Job(w.offices["athens"].ID, "matching", access.ForIdentification)
	w.must(err)
	if _, err := w.n.Store.Open(ctx, job, casework.Ref(here)); !fault.Is(err, fault.NotFound) {
		t.Errorf("the job opens a file without an agreement: %v", err)
	}
	if rep := w.night("tirana", "athens"); rep.Records != 0 {
		t.Errorf("%d in the table without an agreement", rep.Records)
	}
	if a := w.get(albanian, matching.Path+"/new?of="+there.String()); a.code != http.StatusForbidden {
		t.Errorf("asked about without her agreement: %d", a.code)
	}
	agrees(albanian, there, consent.Search)
	receipt := agrees(greek, here, consent.Found)
	o, err := w.n.Store.Open(ctx, job, casework.Ref(here))
	w.must(err)
	if p := o.State.(casework.Person); len(p.Identity.Names) == 0 || p.Contact.SafeToCall != "" || !slices.Equal(o.Shown, []journal.Category{journal.D0, journal.D2}) {
		t.Errorf("the job sees %v", o.Shown)
	}
	if rep := w.night("athens"); rep.Records != 1 {
		t.Errorf("%d in the table", rep.Records)
	}
	if b := w.reads(greek, "/cases/"+here.String()); !strings.Contains(b, "can be found by other assistance offices until") {
		t.Error("her file does not say that she can be found")
	}
	others := register(colleague, "Planted Other")
	agrees(colleague, others, consent.Search)
	if rep := w.night("tirana"); rep.Questions != 2 || rep.Asked != 2 {
		t.Errorf("people of two workers are asked about together: %+v", rep)
	}
	c := w.lookUp(albanian, there, "athens")
	if len(c.Found) != 1 || !c.Found[0].Strong || !slices.Equal(c.Found[0].Kinds, []string{"word_born", "name_year"}) {
		t.Fatalf("%+v %s", c.Found, c.Back)
	}
	if a := w.get(colleague, matching.Path+"/"+c.ID.String()); a.passed() {
		t.Errorf("a colleague sees that her file was found elsewhere: %d", a.code)
	}
	if all := w.comparisons(colleague); len(all) != 1 || len(all[0].Asked.About) != 1 || all[0].Asked.About[0].Record != others {
		t.Errorf("a colleague sees of others' files: %+v", all)
	}
	w.write(greek, access.KindPerson, here, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: receipt, By: consent.ByPerson}})
	if _, err := w.n.Store.Open(ctx, job, casework.Ref(here)); !fault.Is(err, fault.NotFound) {
		t.Errorf("withdrawn, and the job opens the file: %v", err)
	}
	if a := w.post(albanian, matching.Path+"/"+c.ID.String()+"/tell", url.Values{"hit": {"0"}}); a.code != http.StatusSeeOther {
		t.Fatalf("%d", a.code)
	}
	w.deliver()
	if b := w.reads(focal, matching.Path+"/"+c.ID.String()); strings.Contains(b, here.String()) || !strings.Contains(b, "cannot be found any more") {
		t.Error("told of her after she withdrew")
	}
	if rep := w.night("athens"); rep.Records != 0 {
		t.Errorf("withdrawn, and in the table: %d", rep.Records)
	}
	if c := w.lookUp(albanian, there, "athens"); len(c.Found) != 0 {
		t.Errorf("withdrawn, and found: %+v", c.Found)
	}
}

// TestNothingIsComparedAcrossTheWall: for every two kinds of offices, terms can grant comparing, a table is made, a question asked
// and one taken in just where both assist, or both are of police or justice.
func TestNothingIsComparedAcrossTheWall(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for i, a := range cast {
		for _, b := range cast[i+1:] {
			one, two := w.offices[a.name].ID, w.offices[b.name].ID
			may := a.kind == access.Assistance && b.kind == access.Assistance || a.kind == access.Police && b.kind == access.Justice
			w.agree(a.name, b.name)
			_, err := opDraftTerms(ctx, w.n, DraftIn{Of: Of{one}, Partner: two, Title: "T", Handling: "H2", Basis: "Fictitious", TextName: "t.txt", Text: []byte("Fictitious."), Retention: 365,
				Grants: []terms.Grant{{From: one, To: two, Purpose: terms.Matching, Categories: []journal.Category{journal.D0}}}, From: start, Until: start.Add(1000 * time.Hour)})
			if (err == nil) != may {
				t.Errorf("terms between %s and %s: %v", a.kind, b.kind, err)
			}
			for _, x := range [][2]journal.ID{{one, two}, {two, one}} {
				_, published := w.n.matching().Publish(ctx, x[0], x[1], nil)
				if want := fault.Denied; !may && !fault.Is(published, want) || may && !fault.Is(published, fault.Uncovered) {
					t.Errorf("a table from %s to %s: %v", a.kind, b.kind, published)
				}
				job, err := w.n.Job(x[0], "matching", access.ForIdentification)
				w.must(err)
				_, err = w.n.Store.Append(ctx, job, store.Ref{Kind: access.KindComparison, ID: w.n.newID()}, store.Draft{Type: matching.QuestionedType, Room: matching.Room, Payload: matching.Questioned{From: x[1], Epoch: one, Elements: 64, Commitment: strings.Repeat("0", 64)}})
				if (err == nil) != may {
					t.Errorf("a question taken in between %s and %s: %v", a.kind, b.kind, err)
				}
			}
		}
	}
	forged := terms.State{Document: terms.Document{Parties: [2]terms.Party{{Office: w.offices["athens"].ID, Kind: access.Assistance}, {Office: w.offices["border"].ID, Kind: access.Police}}, From: start.Add(-time.Hour), Until: start.Add(time.Hour),
		Grants: []terms.Grant{{From: w.offices["athens"].ID, To: w.offices["border"].ID, Purpose: terms.Matching, Categories: []journal.Category{journal.D0}}}}, Signatures: map[journal.ID]string{w.offices["athens"].ID: "x", w.offices["border"].ID: "x"}}
	if err := forged.Covers(start, w.offices["athens"].ID, w.offices["border"].ID, terms.Matching, []journal.Category{journal.D0}); !fault.Is(err, fault.Uncovered) {
		t.Errorf("terms that somebody signed all the same cover it: %v", err)
	}
}

// TestALargeTableComesAsParcels: what does not fit into one message is brought piece by piece, and is looked up like any other.
func TestALargeTableComesAsParcels(t *testing.T) {
	w := newWorld(t, "border", "court")
	officer, prosecutor := w.hire("border", "officer", access.PoliceOfficer), w.hire("court", "prosecutor", access.Prosecutor)
	w.comparing("border", "court")
	const each, records = 20, 420 // more keys than two times 4096 places hold
	for i := range records {
		var phones []string
		for n := range each {
			phones = append(phones, fmt.Sprintf("+355695%06d", i*each+n))
		}
		w.record(officer, subject.Known{Phones: phones})
	}
	there := w.record(prosecutor, subject.Known{Phones: []string{"+355 69 5001 234"}})
	w.night("border", "court")
	if b := w.reads(prosecutor, matching.Path); !strings.Contains(b, "12,288 places") {
		t.Error("the table's size is not shown")
	}
	var parcels, messages int
	w.must(w.n.DB.Read(t.Context(), func(tx dbTx) error {
		return tx.Row(t.Context(), `SELECT (SELECT COUNT(*) FROM post_parcel WHERE partner <> owner), (SELECT COUNT(*) FROM post_out WHERE type = 'matching.table' AND state = 'accepted' AND parcels <> '')`).Scan(&parcels, &messages)
	}))
	if parcels != 1 || messages != 1 {
		t.Errorf("%d parcels named by %d messages", parcels, messages)
	}
	if c := w.lookUp(prosecutor, there, "border"); len(c.Found) != 1 {
		t.Errorf("found %+v %s", c.Found, c.Back)
	}
}
