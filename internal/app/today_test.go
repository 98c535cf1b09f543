// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

// founded makes a node of one demonstration office and opens it.
func founded(t *testing.T, kind access.OfficeKind) (*Node, Owner) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "office")
	o := NewOwner("Office", kind, "GR", "Europe/Athens", "en", time.Now())
	key := filepath.Join(t.TempDir(), "key")
	to, err := vault.GenerateKeyFile(key)
	must(t, err)
	must(t, Create(Folder(dir), Settings{Listen: "127.0.0.1:7301", URL: "http://127.0.0.1:7301", Unlock: "keyfile", KeyFile: key, Demo: true, Owners: []Owner{o}}, to))
	with, err := vault.ReadKeyFile(key)
	must(t, err)
	n, err := Open(t.Context(), Folder(dir), Options{With: with})
	must(t, err)
	t.Cleanup(func() { _ = n.Close() })
	return n, o
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// asks is somebody's request for the page.
func asks(n *Node, o Owner, id byte, roles ...access.Role) *page.Request {
	who := journal.MustID("01900000-0000-7000-8000-0000000000a0")
	who[15] = id
	return &page.Request{Request: httptest.NewRequest("GET", "/", nil), Actor: access.Actor{ID: who, Owner: o.ID, Office: o.Kind, Roles: roles}, Signed: true,
		L: n.Bundle.Locale("en", o.zone()), Zone: o.zone(), Now: n.Clock.Now(), Office: page.Office{Name: o.Name, Kind: o.Kind, ID: o.ID, Demo: true}}
}

// find gives a card of the page.
func (d todayData) find(id string) block {
	i := slices.IndexFunc(slices.Concat(d.Main, d.Side), func(b block) bool { return b.ID == id })
	if i < 0 {
		return block{}
	}
	return slices.Concat(d.Main, d.Side)[i]
}

func today(t *testing.T, n *Node, r *page.Request, o Owner) todayData {
	t.Helper()
	r.Now = n.Clock.Now()
	d, err := n.today(store.WithReads(t.Context()), r, o)
	must(t, err)
	return d
}

func TestTodaySaysWhatIsDueAndWhatItRestsOn(t *testing.T) {
	n, o := founded(t, access.Assistance)
	r := asks(n, o, 1, access.CaseManager)
	who := store.Who{Actor: r.Actor, Purpose: access.ForAssistance}
	id, err := n.Work.Register(t.Context(), who, casework.Registration{Registered: casework.Registered{Code: "Olive 1", Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}}})
	must(t, err)
	do := func(typ string, payload any) {
		t.Helper()
		_, err := n.Store.Append(t.Context(), who, casework.Ref(id), store.Draft{Type: typ, Payload: payload})
		must(t, err)
	}
	if d := today(t, n, r, o); d.find("due").N != 0 || d.find("due").Empty == nil || d.find("tasks").Empty == nil || d.find("blocked").Empty == nil {
		t.Errorf("an empty day: %+v", d)
	}
	do("track.identification", casework.Identified{Step: casework.Presumed})
	do("task.added", casework.Tasked{Task: n.newID(), What: "call", For: r.Actor.ID, Due: n.Clock.Now().AddDate(0, 2, 0)})
	d := today(t, n, r, o)
	due := d.find("due")
	if due.N != 2 || !slices.ContainsFunc(due.Table.Rows, func(x page.Row) bool {
		return x.Cells[0].Text == "explain the rights" && strings.Contains(x.Cells[0].Sub, "cannot decide freely") && strings.Contains(x.Cells[2].Text, "Art. 12") && x.Cells[2].Sub != "" && x.Cells[2].Unverified
	}) {
		t.Errorf("due: %+v", due)
	}
	if tasks := d.find("tasks"); tasks.N != 1 || tasks.Lines[0].Title != "task: call" {
		t.Errorf("a task that is due in two months: %+v", tasks)
	}
	do("right.informed", rights.Informed{Language: "sq", By: "interpreter", How: "read_aloud"})
	do("right.reflection_started", rights.Start(rights.Context{Pack: n.packs.For("GR")}, n.Clock.Now()))
	blocked := today(t, n, r, o).find("blocked")
	if blocked.N != 1 || !strings.Contains(blocked.Lines[0].Text, "removal") || !blocked.Lines[0].Unverified || !strings.Contains(blocked.Lines[0].Basis, "Art. 13") {
		t.Errorf("what the reflection period blocks: %+v", blocked)
	}
	if other := today(t, n, asks(n, o, 2, access.CaseManager), o); other.find("due").N+other.find("tasks").N+other.find("blocked").N != 0 {
		t.Errorf("a colleague without standing sees it: %+v", other)
	}
}

func TestTodaySaysWhichPostWaitsAndWhy(t *testing.T) {
	n, o := founded(t, access.Assistance)
	partner, now := n.newID(), n.Clock.Now()
	queue := func(id journal.ID, typ string, at time.Time) {
		t.Helper()
		must(t, n.DB.Write(t.Context(), func(tx dbTx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO post_out (owner, id, partner, type, conversation, seq, hash, categories, size, state, reason, tries, next, at, done) VALUES ($1, $2, $3, $4, $2, 1, $2, '', 1, 'queued', '', 1, 0, $5, 0)`,
				o.ID, id, partner, typ, at.UnixMicro())
			return err
		}))
	}
	queue(n.newID(), referral.MsgOffer, now.Add(-time.Hour))
	queue(n.newID(), referral.MsgErased, now.Add(-recallAnswer-time.Hour))
	lines := today(t, n, asks(n, o, 1, access.FocalPoint), o).find("blocked").Lines
	if len(lines) != 2 || lines[0].Tone != page.Bad || !strings.Contains(lines[0].Basis, "overdue on both sides") || lines[1].Tone != page.Warn || !strings.Contains(lines[1].Text, "coded offer") {
		t.Errorf("post that waits: %+v", lines)
	}
}

func TestTodayOfAProgramme(t *testing.T) {
	n, o := founded(t, access.Programme)
	r := asks(n, o, 1, access.ProgrammeOfficer)
	if d := today(t, n, r, o); d.find("late").Empty == nil || d.find("missing").N != 0 {
		t.Errorf("without a programme: %+v", d)
	}
	_, err := opImportProgramme(context.Background(), n, ImportProgrammeIn{})
	must(t, err)
	d := today(t, n, r, o)
	for id, least := range map[string]int{"late": 2, "undated": 10, "undecided": 2, "missing": 1} {
		if got := d.find(id); got.N < least {
			t.Errorf("%s: %d", id, got.N)
		}
	}
	if x := d.find("missing").Lines[0]; !strings.HasPrefix(x.Title, "P4-G1") || !strings.Contains(x.Text, "not measured yet") {
		t.Errorf("the missing figure: %+v", x)
	}
}

func TestTodayOfPoliceAndJustice(t *testing.T) {
	for _, kind := range []access.OfficeKind{access.Police, access.Justice} {
		n, o := founded(t, kind)
		_, err := opImportProgramme(t.Context(), n, ImportProgrammeIn{})
		must(t, err)
		_, err = opImportTexts(t.Context(), n, Of{})
		must(t, err)
		d := today(t, n, asks(n, o, 1, access.PoliceOfficer), o)
		if d.find("partners").Empty == nil || d.find("justice").N < 5 || d.find("pages").N != 2 || d.find("pages").Lines[0].Text != "Not signed: read aloud only" || d.find("due").ID != "" {
			t.Errorf("%s: %+v", kind, d)
		}
	}
}

// Who works on figures and not on files reads what of the figures waits, all of it counted, and nothing of files.
func TestTodayOfARapporteur(t *testing.T) {
	n, o := founded(t, access.Assistance)
	r := asks(n, o, 1, access.Rapporteur)
	d := today(t, n, r, o)
	if d.find("in-works").Empty == nil || d.find("in-works").N != 0 || d.find("due").ID+d.find("signals").ID+d.find("tasks").ID != "" {
		t.Errorf("at first: %+v", d)
	}
	for range todayLines + 2 {
		_, err := n.Store.Append(t.Context(), release.As(r.Actor), release.Ref(n.newID()), store.Draft{Type: release.DraftedType,
			Payload: release.Draft{Asks: release.Asks{Source: "persons", Version: "1", From: "2024-01-01", Until: "2024-12-31", Route: bundle.Exact, Columns: []string{"sex"}, Ways: 1, K: 10, Method: "rounded"}}})
		must(t, err)
	}
	if b := today(t, n, r, o).find("in-works"); b.N != todayLines+2 || len(b.Lines) != todayLines || b.More == nil || b.Lines[0].Text != "draft" {
		t.Errorf("with drafts: %+v", b)
	}
	if d = today(t, n, asks(n, o, 2, access.Rapporteur, access.CaseManager), o); d.find("due").ID == "" || d.find("in-works").ID == "" {
		t.Errorf("who does both: %+v", d)
	}
	if d = today(t, n, asks(n, o, 3, access.CaseManager), o); d.find("in-works").ID != "" {
		t.Errorf("who works on files alone: %+v", d)
	}
	for _, k := range inTheWorks[1:] {
		known := map[string][]string{access.KindJoint: joint.Statuses(), access.KindReturn: returns.Statuses()}[k.kind]
		for _, s := range k.states {
			if !slices.Contains(known, s) {
				t.Errorf("%s has no state %s", k.kind, s)
			}
		}
	}
}

func TestEveryKeyOfTheseRoomsHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	found := w.Named("", `"(app\.[a-z_]+(?:\.[a-z_]+)+)"`)
	w.List("app.consequence", []string{"task", "offer", "hand_over", "need_open", "recall", "review"})
	w.List("app.next", []string{"offered", "accepted", "handed_over", "in_service"})
	for _, id := range []string{"late", "overdue", "undated", "undecided", "missing", "figures", "justice", "unsent"} {
		w.Keys = append(w.Keys, "app.today."+id, "app.today."+id+".none", "app.today."+id+".none.text")
	}
	if found < 40 {
		t.Fatalf("only %d keys found", found)
	}
	w.Check(found)
}
