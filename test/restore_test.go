// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// saved is a backup of the Albanian office with the key that opens it.
type saved struct {
	app.Backup
	key   string
	shelf archive.Shelf
}

func save(t *testing.T, s *demo.Stage) saved {
	t.Helper()
	b := saved{shelf: archive.Shelf(filepath.Join(filepath.Dir(string(s.Offices[demo.Greek].Folder)), "shelf"))}
	if err := os.MkdirAll(string(b.shelf), 0o700); err != nil {
		t.Fatal(err)
	}
	b.key = filepath.Join(string(b.shelf), "..", "backup.key")
	to, err := vault.GenerateKeyFile(b.key)
	if err != nil {
		t.Fatal(err)
	}
	in := app.BackupIn{Plan: app.Plan{Shelf: b.shelf, Recipients: []string{to.(interface{ String() string }).String()}}}
	if err := s.Ask(t.Context(), demo.Albanian, "backup", in, &b.Backup); err != nil || !b.OK {
		t.Fatalf("%+v %v", b.Backup, err)
	}
	return b
}

// oldBackup restores the office from a backup of before the withdrawal. What was erased since is forgotten again; the
// log is seen to be older than what others know of it; the office neither signs nor sends until somebody has
// compared, and that it was restored, and by what it was compared, stands in the log.
func oldBackup(t *testing.T, k *killing, b saved, ref journal.ID) {
	ctx, s := t.Context(), k.s
	eleni, arta := at(s, demo.Greek, "eleni"), at(s, demo.Albanian, "arta")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	office := s.Offices[demo.Albanian]
	var kept app.Checkpoint // by a partner
	must(s.Ask(ctx, demo.Albanian, "checkpoint", app.CheckpointIn{}, &kept))
	waitShelf(t, b.shelf, office.ID, ref, kept)
	must(s.Cut(demo.Albanian))

	old := string(office.Folder)
	folder := old + "-restored"
	c := exec.CommandContext(ctx, program, "--json", "restore", b.Data, folder, "--identity", b.key, "--key-file", filepath.Join(old, "demo.key"))
	out, err := c.Output()
	if err != nil {
		t.Fatalf("restore: %v %s", err, out)
	}
	var r app.Restored
	must(json.Unmarshal(out, &r))
	if o := r.Owners[0]; !r.OK || o.Holds || o.Reached <= o.Signed || o.Forgot.Keys < 2 || o.Forgot.Parts < 2 {
		t.Errorf("restored: %+v", o)
	}
	now, err := os.ReadFile(filepath.Join(old, "clock.json")) // of the demonstration, not of the office
	must(err)
	must(os.WriteFile(filepath.Join(folder, "clock.json"), now, 0o600))
	office.Folder = app.Folder(folder)
	must(s.Resume(k.t.Context(), demo.Albanian)) // it goes on after this part
	checkErased(t, arta, ref)
	raw, err := os.ReadFile(filepath.Join(folder, "office.db"))
	if must(err); bytes.Contains(raw, []byte("Held there")) {
		t.Error("what was erased lies in the restored file")
	}

	k.now = k.now.Add(away * time.Hour)
	id, err := k.file(eleni, "After the restore")
	must(err)
	next, err := k.offer(eleni, id)
	must(err)
	var d app.Delivered
	must(s.Ask(ctx, demo.Greek, "deliver", app.Empty{}, &d))
	if d.Queued != 1 {
		t.Errorf("a restored office takes post before it was compared: %d wait", d.Queued)
	}
	var resumed app.Resumed
	if err := s.Ask(ctx, demo.Albanian, "restore.resume", app.ResumeIn{Seen: []string{kept.Note}}, &resumed); err == nil {
		t.Error("it signs again although a partner knows a later log, and nobody said why")
	}
	must(s.Ask(ctx, demo.Albanian, "restore.resume", app.ResumeIn{Seen: []string{kept.Note}, Reason: "The disk of the office broke; the week since the backup is lost."}, &resumed))
	if seen := resumed.Owners[0].Seen; !resumed.OK || len(seen) != 1 || seen[0].Held || seen[0].Size != kept.Size {
		t.Errorf("compared: %+v", seen)
	}
	settle(t, s)
	if _, err := arta.open(ctx, "referral", "referral_in", next); err != nil {
		t.Errorf("after it was compared the post goes on: %v", err)
	}
	checkErased(t, arta, ref)
	checkVerify(t, s)
}

// waitShelf waits until what lies beside the backups names an erased dossier and has a checkpoint as late as another.
func waitShelf(t *testing.T, shelf archive.Shelf, owner, dossier journal.ID, late app.Checkpoint) {
	t.Helper()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	end := time.After(time.Minute)
	for {
		es, err := shelf.Erased(owner)
		if err != nil {
			t.Fatal(err)
		}
		note, err := shelf.Checkpoint(owner)
		if err != nil {
			t.Fatal(err)
		}
		var origin string
		var size int64
		_, _ = fmt.Sscan(note, &origin, &size) // an empty note has none
		if slices.ContainsFunc(es, func(e vault.Erasure) bool { return e.Dossier == dossier }) && size >= late.Size {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("beside the backups lie %d erasures and a checkpoint of %d, not %d", len(es), size, late.Size)
		}
	}
}
