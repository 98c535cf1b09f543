// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/VictoriaMetrics/metrics"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// mark is in every text that the tests below plant, and in nothing else.
const mark = "Quetzalmark"

// spill is a writer that many may use at a time.
type spill struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write takes it.
func (s *spill) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *spill) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// overheard is a world whose log at every level is kept.
func overheard(t *testing.T) (*world, *spill) {
	t.Helper()
	w, log := newWorld(t, "athens", "tirana"), &spill{}
	w.n.log = slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug - 4}))
	w.n.metrics = metrics.NewSet()
	w.n.offices.sites, w.n.offices.hall = nil, nil
	var err error
	w.door, err = w.n.Handler()
	w.must(err)
	return w, log
}

// What people write about a person lies in no file, table, log line, metric or backup in clear, neither of the office
// that wrote it nor of the one that received it; nor what was typed into requests that failed.
func TestPlantedTextsLieNowhereInClear(t *testing.T) {
	w, log := overheard(t)
	ana, besa := w.hire("athens", "ana", access.CaseManager, access.Liaison), w.hire("tirana", "besa", access.FocalPoint, access.CaseManager)
	w.agree("athens", "tirana")
	ana.signIn()
	besa.signIn()
	f := w.open(ana, mark, "tirana")
	w.write(ana, access.KindPerson, f.id,
		store.Draft{Type: "person.identity", Payload: casework.Identity{Names: []string{"Named" + mark, "Born" + mark}, Born: "1999-04-23", Nationality: "AL", Documents: []casework.Document{{Sort: "passport", Country: "AL", Number: mark + "7"}}}},
		store.Draft{Type: "person.contact", Payload: casework.Contact{SafeToCall: casework.SafeAsk, SafeName: "name" + mark, Number: "+30 555 " + mark, Hours: "hours" + mark, Never: []string{"never" + mark}, CodeWord: "word" + mark}},
		store.Draft{Type: "consent.given", Payload: consent.Given{Receipt: w.n.newID(), Purpose: consent.Referral, Recipient: w.offices["tirana"].ID, Categories: []journal.Category{journal.D3}, Language: "sq",
			Interpreting: consent.Interpreter, By: consent.ByPerson, Expires: w.clock.Now().Add(90 * 24 * time.Hour)}})
	who := ana.who(access.ForReferral)
	w.must(w.n.Work.Offer(t.Context(), who, f.id, f.referral, w.clock.Now().Add(5*24*time.Hour)))
	w.deliver()
	in := besa.who(access.ForReferral)
	say := func(typ string, payload any) {
		t.Helper()
		_, err := w.n.Store.Append(t.Context(), in, store.Ref{Kind: access.KindReferralIn, ID: f.referral}, store.Draft{Type: typ, Payload: payload})
		w.must(err)
	}
	say("incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}, Conditions: "conditions" + mark})
	w.deliver()
	v, err := w.n.Work.Preview(t.Context(), who, f.id, f.referral, w.clock.Now())
	w.must(err)
	if !bytes.Contains(v.Bytes, []byte("account-of-"+mark)) {
		t.Fatal("nothing planted is handed over")
	}
	w.must(w.n.Work.HandOver(t.Context(), who, f.id, f.referral, v.Hash, w.clock.Now()))
	look := func(when string) {
		t.Helper()
		w.searchFolder(when)
		w.searchTables(when)
	}
	look("queued")
	w.deliver()
	say("incoming.feedback", referral.InReported{Status: referral.Delivered, Words: "words" + mark})
	w.deliver()
	w.backsUp()
	for _, path := range []string{"/cases", "/cases/" + f.id.String(), "/cases/" + f.id.String() + "?" + mark, "/cases/" + mark, "/partners", "/log", "/" + mark} {
		w.get(ana, path)
	}
	w.get(besa, "/referrals/"+f.referral.String())
	w.fails(ana, f)
	look("at the end")
	if text := log.String(); strings.Contains(text, mark) || !strings.Contains(text, `"pattern"`) {
		t.Errorf("the log says %s", around(text))
	}
	if m := w.ask(nil, "GET", "/metrics", nil, func(r *http.Request) { r.RemoteAddr = "127.0.0.1:1" }); m.code != 200 || strings.Contains(m.body, mark) || !strings.Contains(m.body, "entraide_") {
		t.Errorf("metrics: %d %s", m.code, around(m.body))
	}
}

// fails sends requests that fail, each with planted text; what comes back does not repeat it.
func (w *world) fails(v *visitor, f file) {
	w.Helper()
	entries := "/api/v1/dossiers/person/" + f.id.String() + "/entries?purpose=assistance"
	text := "she said " + mark
	long := strings.Repeat(text+" ", 1+(2<<20)/len(text))
	for name, c := range map[string]struct{ path, body string }{
		"malformed":                {entries, `{"id":"` + text},
		"malformed further on":     {entries, `{"id":"x","type":"note.added","payload":{"sort":"account"} ` + text},
		"an id":                    {entries, `{"id":"` + text + `","type":"note.added","payload":{}}`},
		"a type":                   {entries, `{"id":"` + w.n.newID().String() + `","type":"` + text + `","payload":{}}`},
		"a time":                   {entries, `{"id":"` + w.n.newID().String() + `","type":"note.added","at":"` + text + `","payload":{}}`},
		"a base":                   {entries, `{"id":"` + w.n.newID().String() + `","type":"note.added","base":"` + text + `","payload":{}}`},
		"a payload":                {entries, `{"id":"` + w.n.newID().String() + `","type":"note.added","payload":"` + text + `"}`},
		"a sort":                   {entries, `{"id":"` + w.n.newID().String() + `","type":"note.added","payload":{"sort":"` + text + `"}}`},
		"a field of the payload":   {entries, `{"id":"` + w.n.newID().String() + `","type":"note.added","payload":{"` + text + `":1}}`},
		"a list where text is due": {entries, `{"id":"` + w.n.newID().String() + `","type":"note.added","payload":{"account":["` + text + `"]}}`},
		"a date in a payload":      {entries, `{"id":"` + w.n.newID().String() + `","type":"task.added","payload":{"due":"` + text + `"}}`},
		"an id in a payload":       {entries, `{"id":"` + w.n.newID().String() + `","type":"task.added","payload":{"task":"` + text + `"}}`},
		"a field":                  {entries, `{"` + text + `":1}`},
		"too long":                 {entries, `{"id":"` + long + `"}`},
		"a registration":           {"/api/v1/people?purpose=assistance", `{"code":"x","sex":"` + text + `","identity":{"names":"` + text + `"}}`},
		"a birth date":             {"/api/v1/people?purpose=assistance", `{"code":"x","territory":"GR","age":"adult","sex":"f","languages":["sq"],"identity":{"names":["x"],"born":"` + text + `"}}`},
		"a purpose":                {"/api/v1/people?purpose=" + url.QueryEscape(text), `{"code":"x"}`},
		"an address":               {"/api/v1/dossiers/" + url.PathEscape(text) + "/" + url.PathEscape(text) + "/entries?purpose=assistance", `{"id":"x"}`},
		"a sign-in":                {"/api/v1/session", `{"login":"` + text + `","password":"` + text + `"}`},
		"a long sign-in":           {"/api/v1/session", `{"login":"` + strings.Repeat(mark, 50) + `","password":"x"}`},
		"post":                     {"/post/" + v.office.ID.String(), text},
		"nobody's post":            {"/post/" + url.PathEscape(text), text},
	} {
		a := w.ask(v, "POST", c.path, strings.NewReader(c.body), func(r *http.Request) { r.Header.Set("Content-Type", "application/json") })
		if a.code < 400 || strings.Contains(a.body, mark) {
			w.Errorf("%s: %d %s", name, a.code, around(a.body))
		}
	}
	for _, path := range []string{"/cases/new", "/cases/" + f.id.String() + "/notes", "/people", "/partners/new", "/" + mark} { // pages show what was typed; the log must not
		w.post(v, path, url.Values{"name": {text}, "account": {text}, "card": {text}, mark: {text}})
		w.ask(v, "POST", path, strings.NewReader(long), func(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") })
	}
	if _, err := w.n.Operate(w.Context(), "terms.sign", []byte(`{"id":"`+text+`"}`)); err == nil {
		w.Error("an operation takes a sentence for an id")
	}
}

// searchFolder looks through every file of the node, the write-ahead log among them.
func (w *world) searchFolder(when string) {
	w.Helper()
	files := 0
	w.must(filepath.WalkDir(string(w.n.Folder), func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if files++; bytes.Contains(b, []byte(mark)) || bytes.Contains(b, []byte(strings.ToLower(mark))) {
			w.Errorf("%s: planted text in %s: %s", when, filepath.Base(path), around(string(b)))
		}
		return nil
	}))
	if files < 4 {
		w.Errorf("only %d files looked through", files)
	}
}

// searchTables looks through every value of every table, as the file's pages could tear a text apart.
func (w *world) searchTables(when string) {
	w.Helper()
	ctx := w.Context()
	seen := map[string]int{}
	w.must(w.n.DB.Read(ctx, func(tx dbTx) error {
		rows, err := tx.Query(ctx, `SELECT name FROM sqlite_master WHERE type = 'table'`)
		if err != nil {
			return err
		}
		var tables []string
		for rows.Next() {
			var name string
			if err := rows.Scan(&name); err != nil {
				return err
			}
			tables = append(tables, name)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for _, table := range tables {
			rows, err := tx.Query(ctx, `SELECT * FROM `+table)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				values, into := make([]any, len(columns)), make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				seen[table]++
				for i, x := range values {
					if text := fmt.Sprintf("%s", x); strings.Contains(strings.ToLower(text), strings.ToLower(mark)) {
						w.Errorf("%s: %s.%s holds %s", when, table, columns[i], around(text))
					}
				}
			}
			if err := rows.Err(); err != nil {
				return err
			}
		}
		return nil
	}))
	if seen["post_out"] == 0 || seen["post_in"] == 0 || seen["part"] == 0 || seen["token"] == 0 {
		w.Errorf("%s: looked through %v", when, seen)
	}
}

// backsUp makes a backup and looks through what it wrote.
func (w *world) backsUp() {
	w.Helper()
	shelf := w.TempDir()
	key, err := age.GenerateX25519Identity()
	w.must(err)
	b, err := opBackup(w.Context(), w.n, BackupIn{Plan{Shelf: archive.Shelf(shelf), Recipients: []string{key.Recipient().String()}}})
	w.must(err)
	for _, path := range []string{b.Data, b.Keys} {
		raw, err := os.ReadFile(path)
		w.must(err)
		if len(raw) < 200 || bytes.Contains(raw, []byte(mark)) {
			w.Errorf("a backup of %d bytes holds %s", len(raw), around(string(raw)))
		}
	}
}

// around shows where a planted text lies.
func around(s string) string {
	i := strings.Index(strings.ToLower(s), strings.ToLower(mark))
	if i < 0 {
		return hex.EncodeToString([]byte(s[:min(len(s), 40)]))
	}
	return fmt.Sprintf("%q", s[max(0, i-80):min(len(s), i+60)])
}
