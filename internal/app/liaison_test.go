// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"errors"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

const plantedSubject, plantedText = "PLANTED SUBJECT", "PLANTED TEXT"

// desks are two offices that write letters to each other.
type desks struct {
	*world
	eleni, dorian, mira, focal *visitor // who writes in Athens, who manages partners in Tirana, who answers there, and a colleague
	athens, tirana, terms      journal.ID
}

func newDesks(t *testing.T) *desks {
	t.Helper()
	w := newWorld(t, "athens", "tirana")
	d := &desks{world: w, eleni: w.hire("athens", "eleni", access.CaseManager), dorian: w.hire("tirana", "dorian", access.Liaison), mira: w.hire("tirana", "mira", access.CaseManager), focal: w.hire("tirana", "agim", access.FocalPoint),
		athens: w.offices["athens"].ID, tirana: w.offices["tirana"].ID}
	words := []journal.Category{journal.D0, journal.D3}
	d.terms = w.agree("athens", "tirana", terms.Grant{From: d.athens, To: d.tirana, Purpose: letter.Purpose, Categories: words}, terms.Grant{From: d.tirana, To: d.athens, Purpose: letter.Purpose, Categories: words})
	return d
}

func (d *desks) writes(v *visitor, id journal.ID, typ string, payload any) error {
	d.Helper()
	d.clock.Advance(time.Minute)
	_, err := d.n.Store.Append(d.Context(), v.who(access.ForExchange), store.Ref{Kind: access.KindLetter, ID: id}, store.Draft{Type: typ, Payload: payload})
	d.deliver()
	return err
}

// letter gives a letter as somebody sees it.
func (d *desks) letter(v *visitor, id journal.ID) letter.State {
	d.Helper()
	o, err := d.n.Store.Open(d.Context(), v.who(access.ForExchange), store.Ref{Kind: access.KindLetter, ID: id})
	d.must(err)
	return o.State.(letter.State)
}

// TestALetterIsGivenReadAnsweredAndTakenBack: its words are read by who wrote it and who has it, and by nobody else; the
// receipts come back; taken back, nothing of it is left where it came to, and that office says so.
func TestALetterIsGivenReadAnsweredAndTakenBack(t *testing.T) {
	d := newDesks(t)
	first := d.n.newID()
	d.must(d.writes(d.eleni, first, letter.WrittenType, letter.Letter{To: d.tirana, Thread: first, Words: letter.Words{AnswerBy: "2026-03-20", Subject: plantedSubject, Text: plantedText}}))
	if s := d.letter(d.eleni, first); s.Status() != letter.Delivered || s.Waits() != conversation.There {
		t.Errorf("after it arrived: %s, waits %q", s.Status(), s.Waits())
	}
	if s := d.letter(d.dorian, first); s.Status() != letter.Received || s.Words.Text != "" || s.Words.Subject != "" || s.Missing[journal.D3] != journal.Hidden {
		t.Errorf("who only gives letters to others reads it: %+v", s.Words)
	}
	_, err := d.n.Store.Open(t.Context(), d.mira.who(access.ForExchange), store.Ref{Kind: access.KindLetter, ID: first})
	if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Denied) {
		t.Errorf("somebody who has not got it knows of it: %v", err)
	}
	d.must(d.writes(d.dorian, first, letter.AssignedType, letter.Assigned{Worker: d.mira.id}))
	d.must(d.writes(d.mira, first, letter.SeenType, letter.Told{Is: true}))
	if s := d.letter(d.mira, first); s.Words.Text != plantedText || s.Status() != letter.Seen {
		t.Errorf("who has it: %s %+v", s.Status(), s.Words)
	}
	if s := d.letter(d.eleni, first); s.Status() != letter.Seen {
		t.Errorf("the receipt of reading has not come: %s", s.Status())
	}

	// Reminded once a day, and shown there.
	d.must(d.writes(d.eleni, first, letter.RemindedType, letter.Told{Is: true}))
	if err := d.writes(d.eleni, first, letter.RemindedType, letter.Told{Is: true}); !fault.Is(err, fault.Guarded) {
		t.Errorf("reminded twice a day: %v", err)
	}
	if s := d.letter(d.mira, first); s.Reminders != 1 {
		t.Errorf("reminded %d times there", s.Reminders)
	}

	second := d.n.newID()
	answer := letter.Letter{To: d.athens, Thread: first, Answers: first, Words: letter.Words{Subject: "Re", Text: plantedText}}
	if err := d.writes(d.focal, second, letter.WrittenType, answer); !fault.Is(err, fault.Guarded) {
		t.Errorf("answered by somebody who has not got it: %v", err)
	}
	d.must(d.writes(d.mira, second, letter.WrittenType, answer))
	if s := d.letter(d.eleni, first); s.Status() != letter.Answered || s.Reply != second {
		t.Errorf("answered, and it says %s", s.Status())
	}
	if s := d.letter(d.eleni, second); s.Words.Text != plantedText || s.Worker != d.eleni.id || s.Waits() != conversation.Here {
		t.Error("the answer does not come to who asked")
	}

	d.must(d.writes(d.eleni, first, letter.WithdrawnType, letter.Ended{Reason: "mistake"}))
	if s := d.letter(d.mira, first); s.Status() != letter.Withdrawn || s.Words.Text != "" || s.Missing[journal.D3] != journal.Erased {
		t.Errorf("taken back, and still there: %+v", s.Words)
	}
	if s := d.letter(d.eleni, first); s.Erased.IsZero() || s.Words.Text != plantedText {
		t.Error("the erasure was not confirmed, or this office lost its own copy")
	}
	if s := d.letter(d.mira, second); s.Words.Text != plantedText {
		t.Error("the answer went with the letter")
	}
	if a := d.api(d.eleni, http.MethodPost, "/dossiers/letter/"+second.String()+"/entries?purpose=exchange", map[string]any{"id": d.n.newID(), "type": letter.ReceivedType, "payload": map[string]any{}}); a.passed() {
		t.Errorf("somebody writes in another office's name: %d", a.code)
	}
}

// sendsFile lets somebody write a letter on the page with a file of a name.
func (d *desks) sendsFile(v *visitor, id journal.ID, name string, b []byte) reply {
	d.Helper()
	var body bytes.Buffer
	f := multipart.NewWriter(&body)
	for k, x := range map[string]string{"letter": id.String(), "entry": d.n.newID().String(), "to": d.tirana.String(), "subject": plantedSubject, "text": plantedText} {
		d.must(f.WriteField(k, x))
	}
	part, err := f.CreateFormFile("file", name)
	d.must(err)
	_, err = part.Write(b)
	d.must(errors.Join(err, f.Close()))
	d.clock.Advance(time.Minute)
	a := d.ask(v, http.MethodPost, letter.Path+"/new", &body, func(r *http.Request) { r.Header.Set("Content-Type", f.FormDataContentType()) })
	d.deliver()
	return a
}

// TestAFileGoesWithALetterAsAParcel: held against the rules for files on both sides, sealed in both offices, read by who has the
// letter and nobody else, and gone with the letter when that is taken back.
func TestAFileGoesWithALetterAsAParcel(t *testing.T) {
	d := newDesks(t)
	if a := d.get(d.eleni, letter.Path+"/new"); !strings.Contains(a.body, `enctype="multipart/form-data"`) || !strings.Contains(a.body, `type="file"`) {
		t.Error("the form takes no file")
	}
	if a := d.sendsFile(d.eleni, d.n.newID(), "tool.exe", []byte("MZ\x90\x00\x03")); a.code != http.StatusUnprocessableEntity {
		t.Errorf("a program: %d", a.code)
	}
	planted := bytes.Repeat([]byte("PLANTED LINE\n"), 100_000) // more than a message holds
	id := d.n.newID()
	if a := d.sendsFile(d.eleni, id, "../secret plan.html", planted); a.code != http.StatusSeeOther {
		t.Fatalf("sending: %d %s", a.code, a.body)
	}
	if s := d.letter(d.eleni, id); s.Status() != letter.Delivered || len(s.Files) != 1 || s.Files[0].Name != "secret plan.txt" {
		t.Fatalf("where it was written: %s, %+v", s.Status(), s.Files)
	}
	if s := d.letter(d.dorian, id); len(s.Files) != 1 || s.Files[0].Name != "" || s.Files[0].Size != len(planted) {
		t.Errorf("who only gives letters to others knows %+v", s.Files)
	}
	d.must(d.writes(d.dorian, id, letter.AssignedType, letter.Assigned{Worker: d.mira.id}))
	s := d.letter(d.mira, id)
	at := letter.Path + "/" + id.String() + "/files/" + s.Files[0].ID.String()
	if a := d.get(d.mira, at); a.code != http.StatusOK || a.body != string(planted) || !strings.Contains(a.header.Get("Content-Disposition"), "file-1.txt") {
		t.Errorf("its file on the page: %d, %d bytes, %v", a.code, len(a.body), a.header)
	}
	if a := d.get(d.dorian, at); a.code == http.StatusOK {
		t.Error("who only gives letters to others gets its file")
	}
	if err := d.writes(d.eleni, id, letter.EnclosedType, letter.Enclosed{Size: 1, Name: "later"}); err == nil {
		t.Error("a file came to a letter that had left")
	}
	d.must(d.writes(d.eleni, id, letter.WithdrawnType, letter.Ended{Reason: "mistake"}))
	if a := d.get(d.mira, at); a.code == http.StatusOK {
		t.Error("taken back, and its file is still there")
	}
}

// TestARecallThatOvertakesItsLetter: what is taken back before it came is not read when it comes, and another office takes
// nothing back that it has not written.
func TestARecallThatOvertakesItsLetter(t *testing.T) {
	d := newDesks(t)
	id := d.n.newID()
	d.clock.Advance(time.Minute)
	_, err := d.n.Store.Append(t.Context(), d.eleni.who(access.ForExchange), store.Ref{Kind: access.KindLetter, ID: id}, store.Draft{Type: letter.WrittenType, Payload: letter.Letter{To: d.tirana, Thread: id, Words: letter.Words{Subject: plantedSubject, Text: plantedText}}})
	d.must(err)
	var late []byte
	d.must(d.n.DB.Read(t.Context(), func(tx dbTx) error {
		return tx.Row(t.Context(), `SELECT sealed FROM post_out WHERE owner = $1 AND state = 'queued'`, d.athens).Scan(&late)
	}))
	d.must(d.writes(d.eleni, id, letter.WithdrawnType, letter.Ended{Reason: "wrong_office"}))
	_, err = d.n.Post.Receive(t.Context(), d.tirana, late) // a copy that had left by another way
	d.must(err)
	if s := d.letter(d.dorian, id); s.Status() != letter.Withdrawn || s.Missing[journal.D3] != "" {
		t.Errorf("it was taken in: %s %v", s.Status(), s.Missing)
	}
}

// TestTheDeskShowsWhatWaitsAndNothingElse: each reader sees what the door lets them know of, in the list, its counts, its file
// and on the first page; what is answered is gone.
func TestTheDeskShowsWhatWaitsAndNothingElse(t *testing.T) {
	d := newDesks(t)
	first, second := d.n.newID(), d.n.newID()
	d.must(d.writes(d.eleni, first, letter.WrittenType, letter.Letter{To: d.tirana, Thread: first, Words: letter.Words{AnswerBy: "2026-03-20", Subject: plantedSubject, Text: plantedText}}))
	d.must(d.writes(d.eleni, second, letter.WrittenType, letter.Letter{To: d.tirana, Thread: second, Words: letter.Words{Subject: plantedSubject, Text: plantedText}}))
	d.must(d.writes(d.dorian, second, letter.AssignedType, letter.Assigned{Worker: d.mira.id}))
	for _, x := range []struct {
		v      *visitor
		see    []journal.ID
		hidden []journal.ID
	}{{d.dorian, []journal.ID{first, second}, nil}, {d.mira, []journal.ID{second}, []journal.ID{first}}, {d.eleni, []journal.ID{first}, []journal.ID{second}}} {
		for _, path := range []string{"/requests", "/requests.csv", "/requests?country=GR", "/"} {
			if path == "/requests?country=GR" && x.v == d.eleni || x.v == d.eleni && path == "/" { // of her own country; hers waits elsewhere and is not late
				continue
			}
			body := d.get(x.v, path).body
			if strings.Contains(body, plantedSubject) || strings.Contains(body, plantedText) {
				t.Errorf("%s at %s reads the words of letters", x.v.login, path)
			}
			if strings.HasPrefix(path, "/requests.csv") {
				if lines := strings.Count(strings.TrimSpace(body), "\n"); lines != len(x.see) {
					t.Errorf("%s: %d lines in the file: %s", x.v.login, lines, body)
				}
				continue
			}
			for _, id := range x.see {
				if !strings.Contains(body, letter.Path+"/"+id.String()) {
					t.Errorf("%s at %s does not see %s", x.v.login, path, id)
				}
			}
			for _, id := range x.hidden {
				if strings.Contains(body, id.String()) {
					t.Errorf("%s at %s sees %s", x.v.login, path, id)
				}
			}
		}
		if body := d.sees(x.v, "/requests"); !strings.Contains(body, `All <span class="count">`+strconv.Itoa(len(x.see))+`</span>`) {
			t.Errorf("%s: the count is another", x.v.login)
		}
	}
	for _, v := range []*visitor{d.eleni, d.dorian, d.mira} {
		for _, path := range []string{letter.Path, letter.Path + "/new", letter.Path + "/" + second.String(), "/requests?view=overdue"} {
			if body := d.get(v, path).body; liaisonWordMissing.MatchString(body) {
				t.Errorf("%s at %s lacks %s", v.login, path, liaisonWordMissing.FindString(body))
			}
		}
	}
	if body := d.sees(d.mira, letter.Path+"/"+second.String()); !strings.Contains(body, plantedText) {
		t.Error("who has it cannot read it on its page")
	}
	reply := d.n.newID()
	form := url.Values{"letter": {reply.String()}, "entry": {d.n.newID().String()}, "answers": {second.String()}, "subject": {"Re"}, "text": {"Answer"}}
	if a := d.post(d.mira, letter.Path+"/new", form); a.code != http.StatusSeeOther {
		t.Fatalf("answering on the page: %d %s", a.code, a.body)
	}
	d.deliver()
	if s := d.letter(d.eleni, second); s.Status() != letter.Answered {
		t.Errorf("answered, and it says %s", s.Status())
	}
	if body := d.sees(d.mira, "/requests"); strings.Contains(body, second.String()) {
		t.Error("what is answered still waits")
	}
}
