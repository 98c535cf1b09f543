// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// archived is a world with a shelf: a person was handed over from Athens to Tirana, and a backup holds it.
type archived struct {
	*world
	ana, arta *visitor
	file      file
	shelf     archive.Shelf
	backup    *age.HybridIdentity
}

// cheap are password costs for tests.
var cheap = identity.Params{Memory: 64, Time: 1, Threads: 1}

func newArchived(t *testing.T) *archived {
	t.Helper()
	w := newWorld(t, "athens", "tirana")
	a := &archived{world: w, ana: w.hire("athens", "ana", access.CaseManager), arta: w.hire("tirana", "arta", access.FocalPoint), shelf: archive.Shelf(t.TempDir())}
	w.agree("athens", "tirana")
	var err error
	a.backup, err = age.GenerateHybridIdentity()
	w.must(err)
	a.file = a.hand("First")
	return a
}

// hand opens a file in Athens and hands it over to Tirana.
func (a *archived) hand(name string) file {
	a.Helper()
	ctx, who := a.Context(), a.ana.who(access.ForReferral)
	f := a.open(a.ana, name, "tirana")
	a.must(a.n.Work.Offer(ctx, who, f.id, f.referral, a.clock.Now().Add(5*24*time.Hour)))
	a.deliver()
	a.write(a.arta, access.KindReferralIn, f.referral, store.Draft{Type: "incoming.assigned", Payload: referral.Taken{Worker: a.arta.id}},
		store.Draft{Type: "incoming.answered", Payload: referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}}})
	a.deliver()
	p, err := a.n.Work.Preview(ctx, who, f.id, f.referral, a.clock.Now())
	a.must(err)
	a.must(a.n.Work.HandOver(ctx, who, f.id, f.referral, p.Hash, a.clock.Now()))
	a.deliver()
	return f
}

func (a *archived) make() Backup {
	a.Helper()
	b, err := opBackup(a.Context(), a.n, BackupIn{Plan{Shelf: a.shelf, Recipients: []string{a.backup.Recipient().String()}}})
	a.must(err)
	return b
}

// withdraw ends the consent; Tirana erases what it was given.
func (a *archived) withdraw(f file) {
	a.Helper()
	a.write(a.ana, access.KindPerson, f.id, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: f.receipt, By: consent.ByPerson}})
	a.deliver()
}

func (a *archived) restore(data string, database string) (Folder, Restored, error) {
	folder := Folder(filepath.Join(a.TempDir(), "restored"))
	r, err := Restore(a.Context(), RestoreIn{Data: data, With: []age.Identity{a.backup}, Folder: folder, Database: database,
		Unlock: func(Settings) ([]age.Identity, error) { return []age.Identity{a.key}, nil }})
	return folder, r, err
}

// reopen opens a restored folder as another process would.
func (a *archived) reopen(f Folder) *Node {
	a.Helper()
	n, err := Open(a.Context(), f, Options{With: []age.Identity{a.key}, Clock: a.clock, Hash: cheap})
	a.must(err)
	a.Cleanup(func() { _ = n.Close() })
	return n
}

// received opens what Tirana holds of a file, on a node.
func (a *archived) received(n *Node, f file) (referral.In, string) {
	a.Helper()
	o, err := n.Store.Open(a.Context(), a.arta.who(access.ForReferral), store.Ref{Kind: access.KindReferralIn, ID: f.referral})
	a.must(err)
	text, err := json.Marshal(o.Entries)
	a.must(err)
	return o.State.(referral.In), string(text)
}

// databases runs a test for every place to restore into.
func databases(t *testing.T, f func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { f(t, "file") })
	t.Run("postgres", func(t *testing.T) {
		dsn := os.Getenv("ENTRAIDE_TEST_POSTGRES")
		if dsn == "" {
			t.Skip("ENTRAIDE_TEST_POSTGRES names no database")
		}
		admin, err := db.Raw(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("t%x", journal.NewID(time.Now(), nil))
		if _, err := admin.Exec(`CREATE SCHEMA ` + name); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = admin.Exec(`DROP SCHEMA ` + name + ` CASCADE`); _ = admin.Close() })
		u, err := url.Parse(dsn)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set("search_path", name)
		u.RawQuery = q.Encode()
		f(t, u.String())
	})
}

// TestAnOldBackupResurrectsNobody restores a backup from before a withdrawal: what was erased since stays erased, bytes
// and all, what was not is there, and the log verifies.
func TestAnOldBackupResurrectsNobody(t *testing.T) {
	databases(t, func(t *testing.T, database string) {
		a := newArchived(t)
		stays := a.hand("Second")
		old := a.make()
		if in, text := a.received(a.n, a.file); in.Package.D2 == nil || !strings.Contains(text, planted("First")[journal.D2]) {
			t.Fatal("nothing was handed over, so nothing can be erased")
		}
		bodies := a.sealed(a.file.referral)
		a.withdraw(a.file)
		_, err := a.n.sequencer.Once(t.Context())
		a.must(err)
		a.must(a.n.tendShelf(t.Context(), a.shelf)) // what the running node does every second
		folder, r, err := a.restore(old.Data, database)
		a.must(err)
		if !r.OK || r.Rows != old.Rows || r.DataKeys != old.DataKeys || old.Rows < 100 {
			t.Errorf("%+v", r)
		}
		tirana := r.Owners[1]
		if tirana.Forgot.Erasures == 0 || tirana.Forgot.Parts == 0 || tirana.Reached <= tirana.Signed || tirana.Holds {
			t.Errorf("%+v", tirana)
		}
		n := a.reopen(folder)
		if _, text := a.received(n, a.file); strings.Contains(text, planted("First")[journal.D2]) || strings.Contains(text, planted("First")[journal.D1]) {
			t.Error("a restored backup brought back what was erased")
		}
		if _, text := a.received(n, stays); !strings.Contains(text, planted("Second")[journal.D2]) {
			t.Error("what was not erased is gone")
		}
		if o, err := n.Store.Open(t.Context(), a.ana.who(access.ForAssistance), store.Ref{Kind: access.KindPerson, ID: a.file.id}); err != nil || o.State.(casework.Person).Identity.Names == nil {
			t.Errorf("the sender's own file: %v", err)
		}
		if database == "file" {
			a.must(n.Close())
			holdsNone(t, folder, bodies)
		}
	})
}

// sealed gives the sealed bytes that are stored of a dossier.
func (a *archived) sealed(dossier journal.ID) (out [][]byte) {
	a.Helper()
	a.must(a.n.DB.Read(a.Context(), func(tx dbTx) error {
		rows, err := tx.Query(a.Context(), `SELECT p.body FROM part p JOIN entry e ON e.owner = p.owner AND e.id = p.entry WHERE e.dossier = $1 AND e.type = 'incoming.handed_over' AND p.category <> 'D0'`, dossier)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			out = append(out, b)
		}
		return rows.Err()
	}))
	if len(out) < 2 {
		a.Fatalf("%d sealed parts", len(out))
	}
	return out
}

func holdsNone(t *testing.T, f Folder, bodies [][]byte) {
	t.Helper()
	files := 0
	if err := fs.WalkDir(os.DirFS(string(f)), ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(f.path(path))
		for _, body := range bodies {
			if bytes.Contains(b, body) {
				t.Errorf("%s holds erased bytes", path)
			}
		}
		files++
		return err
	}); err != nil || files < 4 {
		t.Fatal(files, err)
	}
}

// TestARestoredOfficeSignsNothingUntilItMay shows that neither log nor post leave a waiting office, what it asks before it
// goes on, and that it goes on then.
func TestARestoredOfficeSignsNothingUntilItMay(t *testing.T) {
	a := newArchived(t)
	first := a.make()
	tirana := Of{a.offices["tirana"].ID}
	kept, err := opCheckpoint(t.Context(), a.n, CheckpointIn{Of: tirana})
	a.must(err)
	same, _, err := a.restore(first.Data, "file")
	a.must(err)
	a.hand("Second")
	later, err := opCheckpoint(t.Context(), a.n, CheckpointIn{Of: tirana})
	a.must(err)

	n := a.reopen(same)
	sizes := func() (out int64) {
		a.must(n.DB.Read(t.Context(), func(tx dbTx) error { return tx.Row(t.Context(), `SELECT SUM(size) FROM ledger_checkpoint`).Scan(&out) }))
		return out
	}
	before := sizes()
	if _, err := opVerify(t.Context(), n, Of{}); err != nil || sizes() != before {
		t.Errorf("a waiting office signed its log: %v", err)
	}
	if _, _, err := n.directory.Self(t.Context(), tirana.Owner); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a waiting office gives its keys to the post: %v", err)
	}
	if _, err := n.Post.Receive(t.Context(), tirana.Owner, []byte("x")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a waiting office takes post: %v", err)
	}
	if d, err := opDeliver(t.Context(), n, Empty{}); err != nil || d.Receipts != 0 {
		t.Errorf("a waiting office delivers: %+v %v", d, err)
	}
	for name, c := range map[string]struct {
		in   ResumeIn
		kind fault.Kind
	}{
		"nothing compared and no reason":     {ResumeIn{}, fault.Invalid},
		"a reason that says nothing":         {ResumeIn{Reason: "because"}, fault.Invalid},
		"what was seen is longer, no reason": {ResumeIn{Seen: []string{later.Note}}, fault.Invalid},
		"what was seen is another's":         {ResumeIn{Seen: []string{"x\n1\nAAAA\n\n"}, Reason: "a reason that is long enough"}, fault.Invalid},
		"one office compared, the other not": {ResumeIn{Seen: []string{kept.Note}}, fault.Invalid},
	} {
		if _, err := opResume(t.Context(), n, c.in); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
		if n.held.Load() == nil {
			t.Fatalf("%s: the office signs", name)
		}
	}
	athens, err := opCheckpoint(t.Context(), a.n, CheckpointIn{Of: Of{a.offices["athens"].ID}})
	a.must(err)
	r, err := opResume(t.Context(), n, ResumeIn{Seen: []string{kept.Note, athens.Note}, Reason: "Athens lost a day; Ana and Bo decided on 2 March."})
	a.must(err)
	if len(r.Owners) != 2 || !r.Owners[1].Seen[0].Held || r.Owners[0].Seen[0].Held {
		t.Errorf("%+v", r)
	}
	if v, err := opVerify(t.Context(), n, Of{}); err != nil || !v.OK || sizes() == before {
		t.Errorf("it does not sign after it may: %+v %v", v, err)
	}
	if _, err := opResume(t.Context(), n, ResumeIn{}); !fault.Is(err, fault.Guarded) {
		t.Errorf("twice: %v", err)
	}
	a.forkIsSeen(n, later)
}

// forkIsSeen shows that whoever kept the longer log notices the shorter one.
func (a *archived) forkIsSeen(restored *Node, later Checkpoint) {
	a.Helper()
	ctx, athens := a.Context(), Of{a.offices["athens"].ID}
	w, err := opWitness(ctx, a.n, WitnessIn{Of: athens, Checkpoint: later})
	a.must(err)
	if !w.OK {
		a.Fatalf("%+v", w)
	}
	forked, err := opCheckpoint(ctx, restored, CheckpointIn{Of: Of{a.offices["tirana"].ID}})
	a.must(err)
	if w, err = opWitness(ctx, a.n, WitnessIn{Of: athens, Checkpoint: forked}); err != nil || w.OK || w.Fork == nil {
		a.Errorf("a log that was cut short went unnoticed: %+v %v", w, err)
	}
	if k, err := opSeen(ctx, a.n, SeenIn{Of: athens, Partner: a.offices["tirana"].ID}); err != nil || k.Note != later.Note {
		a.Errorf("the evidence was overwritten: %v", err)
	}
}

func TestRestoreRefuses(t *testing.T) {
	a := newArchived(t)
	b := a.make()
	stranger, err := age.GenerateHybridIdentity()
	a.must(err)
	full := Folder(t.TempDir())
	a.must(os.WriteFile(full.path("x"), nil, 0o600))
	whole, err := os.ReadFile(b.Data)
	a.must(err)
	cut := filepath.Join(string(a.shelf), "cut", filepath.Base(b.Data))
	a.must(os.Mkdir(filepath.Dir(cut), 0o700))
	a.must(os.WriteFile(cut, whole[:len(whole)/2], 0o600))
	alone := filepath.Join(t.TempDir(), filepath.Base(b.Data))
	a.must(os.WriteFile(alone, whole, 0o600))
	good := RestoreIn{Data: b.Data, With: []age.Identity{a.backup}, Database: "file", Unlock: func(Settings) ([]age.Identity, error) { return []age.Identity{a.key}, nil }}
	for name, c := range map[string]struct {
		change func(*RestoreIn)
		kind   fault.Kind
		key    string
	}{
		"a folder in use":      {func(in *RestoreIn) { in.Folder = a.n.Folder }, fault.Unavailable, "app.in_use"},
		"a folder with a file": {func(in *RestoreIn) { in.Folder = full }, fault.Conflict, "app.folder_not_empty"},
		"another's backup key": {func(in *RestoreIn) { in.With = []age.Identity{stranger} }, fault.Denied, "archive.wrong_key"},
		"another's office key": {func(in *RestoreIn) {
			in.Unlock = func(Settings) ([]age.Identity, error) { return []age.Identity{stranger}, nil }
		}, fault.Denied, "vault.wrong_key"},
		"the halves changed":       {func(in *RestoreIn) { in.Data, in.Keys = b.Keys, b.Data }, fault.Invalid, "archive.other_part"},
		"half a file":              {func(in *RestoreIn) { in.Data, in.Keys = cut, b.Keys }, fault.Invalid, "archive.not_one"},
		"no keys beside it":        {func(in *RestoreIn) { in.Data = alone }, fault.NotFound, "archive.no_keys"},
		"a file that is not there": {func(in *RestoreIn) { in.Data = "nowhere_data.age" }, fault.Unavailable, "archive.no_file"},
	} {
		t.Run(name, func(t *testing.T) {
			in := good
			in.Folder = Folder(filepath.Join(t.TempDir(), "restored"))
			c.change(&in)
			_, err := Restore(t.Context(), in)
			if !fault.Is(err, c.kind) || !strings.Contains(err.Error(), c.key) {
				t.Errorf("%v", err)
			}
			if left, _ := os.ReadDir(string(in.Folder)); len(left) > 0 && in.Folder != full && in.Folder != a.n.Folder {
				t.Errorf("it left %v", left)
			}
		})
	}
}

// TestAnErasureIsCompleteWhenTheLastKeysHaveExpired follows what the pages say of an erasure.
func TestAnErasureIsCompleteWhenTheLastKeysHaveExpired(t *testing.T) {
	a := newArchived(t)
	if until, late := a.n.Completes(a.clock.Now()); !until.IsZero() || late {
		t.Errorf("without any backup: %v %v", until, late)
	}
	made := a.make().Made
	a.clock.Advance(time.Hour)
	at := a.clock.Now()
	want := made.Add(archive.KeyLife)
	if until, late := a.n.Completes(at); !until.Equal(want) || late {
		t.Errorf("after a backup: %v %v, want %v", until, late, want)
	}
	a.clock.Advance(24 * time.Hour)
	a.make()
	if until, _ := a.n.Completes(at); !until.Equal(want) {
		t.Errorf("a backup from after the erasure counts: %v", until)
	}
	a.clock.Advance(archive.KeyLife)
	if _, late := a.n.Completes(at); !late {
		t.Error("the day has passed, the keys are there, and nobody is told")
	}
	a.make()
	if p, err := opPrune(t.Context(), a.n, PruneIn{KeepDays: 365}); err != nil || !p.OK || len(p.Removed) != 2 {
		t.Errorf("%+v %v", p, err)
	}
	if until, late := a.n.Completes(at); !until.IsZero() || late {
		t.Errorf("all keys from before are gone: %v %v", until, late)
	}
}

// TestKeysThatWereRotatedSinceOpenOldData restores data from before a rotation with keys from after it, and shows that a
// recovery file from before it is not taken for one.
func TestKeysThatWereRotatedSinceOpenOldData(t *testing.T) {
	a := newArchived(t)
	old := a.make()
	var keepers [3]vault.Keeper
	var theirs []age.Identity
	for i := range keepers {
		id, err := age.GenerateX25519Identity()
		a.must(err)
		keepers[i], theirs = vault.Keeper{Name: fmt.Sprint("keeper ", i), To: id.Recipient()}, append(theirs, id)
	}
	var recovery [2]bytes.Buffer
	for i, o := range a.n.owners() {
		a.must(a.n.keys[o].Split(&recovery[i], keepers))
	}
	u := Unlocking{With: []age.Identity{a.key}, To: []age.Recipient{a.key.(*age.X25519Identity).Recipient()}}
	r, err := a.n.RotateKeys(t.Context(), u)
	a.must(err)
	if len(r.Owners) != 2 || r.Owners[1].Keys == 0 || r.Owners[1].Resumed {
		t.Fatalf("%+v", r)
	}
	a.clock.Advance(time.Minute)
	a.make()
	folder, restored, err := a.restore(old.Data, "file")
	a.must(err)
	if !restored.OK || !restored.Keys.After(restored.Made) {
		t.Errorf("%+v", restored)
	}
	n := a.reopen(folder)
	if _, text := a.received(n, a.file); !strings.Contains(text, planted("First")[journal.D2]) {
		t.Error("old data does not open with the keys from after the rotation")
	}
	a.must(n.Close())
	_, err = RecoverKeys(t.Context(), folder, [][]byte{recovery[0].Bytes(), recovery[1].Bytes()}, theirs[:2], filepath.Join(t.TempDir(), "new.key"))
	if !fault.Is(err, fault.Guarded) || !strings.Contains(err.Error(), "operate.key.recovery_old") {
		t.Errorf("a recovery file from before the rotation: %v", err)
	}
	a.reopen(folder) // the keyrings were left alone
}

// TestThePagesSayThatTheOfficeWaits looks at the log's page of a waiting office, and has its people work on.
func TestThePagesSayThatTheOfficeWaits(t *testing.T) {
	a := newArchived(t)
	a.hire("athens", "iris", access.Oversight)
	folder, _, err := a.restore(a.make().Data, "file")
	a.must(err)
	n := a.reopen(folder)
	door, err := n.Handler()
	a.must(err)
	w := &world{T: t, n: n, clock: a.clock, door: door, offices: a.offices, people: map[string]*visitor{}}
	iris := *a.people["iris"]
	if r := w.get(&iris, "/log"); r.code == 200 {
		t.Errorf("a session from before the restore still opens pages: %d", r.code)
	}
	iris.w = w
	iris.signIn()
	if r := w.get(&iris, "/log"); r.code != 200 || !strings.Contains(r.body, "Restored from a backup") {
		t.Errorf("the page does not say it: %d", r.code)
	}
	ana := *a.ana
	ana.w = w
	w.write(&ana, access.KindPerson, a.file.id, store.Draft{Type: "note.added", Payload: casework.Noted{Sort: "account", Account: "after the restore"}})
	if r := w.ask(nil, "POST", "/post/"+a.offices["athens"].ID.String(), strings.NewReader("x")); r.code != 503 {
		t.Errorf("post gets %d; a sender must try again later", r.code)
	}
}
