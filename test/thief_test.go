// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
)

// copyOf copies an office's folder, for a process of its own at another address: whoever has it has all of the office's keys.
func (w *trio) copyOf(of *node, name string) *node {
	w.t.Helper()
	of.end(os.Interrupt)
	n := &node{name: name, id: of.id, worker: of.worker, folder: app.Folder(filepath.Join(w.t.TempDir(), "copy"))}
	w.must(copied(string(of.folder), string(n.folder)))
	w.must(of.start(w.ctx, of.answered(w.ctx)))
	was, err := of.folder.Settings()
	w.must(err)
	file, address := filepath.Join(string(n.folder), "node.json"), w.free()
	b, err := os.ReadFile(file)
	w.must(err)
	w.must(os.WriteFile(file, bytes.Replace(b, []byte(`"`+was.Listen+`"`), []byte(`"`+address+`"`), 1), 0o600))
	n.command = func() *exec.Cmd { return exec.Command(program, "serve", string(n.folder)) }
	n.client = at(&demo.Stage{Offices: map[demo.Place]*demo.Office{demo.Greek: {Place: demo.Greek, ID: n.id, URL: "http://" + address}}, Password: of.password}, demo.Greek, of.login)
	return n
}

// wake starts a process on a copied folder.
func (w *trio) wake(n *node) {
	w.t.Helper()
	w.must(n.start(w.ctx, n.answered(w.ctx)))
	w.must(n.client.signIn(w.ctx))
}

// copied copies a folder for nobody else to read: a key that others can read is not taken.
func copied(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		at := filepath.Join(to, strings.TrimPrefix(path, from))
		if d.IsDir() {
			return os.MkdirAll(at, 0o700)
		}
		if !d.Type().IsRegular() {
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(at, b, 0o600)
	})
}

// steal lets somebody who copied an office's folder write in its name after the office has made new keys and another one has pinned
// them: nothing of it is taken in, who minds partners there is told, and the office itself writes on.
func (w *trio) steal() {
	w.t.Helper()
	victim, to := w.nodes[2], w.nodes[1]
	thief := w.copyOf(victim, "thief")
	w.wake(thief)
	defer thief.end(os.Interrupt)
	var fresh app.CardOut
	w.must(victim.ask(w.ctx, "card.renew", app.RenewCardIn{Stolen: true}, &fresh))
	var out app.PinOut
	w.must(to.ask(w.ctx, "partner.pin", app.PinIn{Card: fresh.Card, How: "phone"}, &out))
	write := func(n *node, text string) sentLetter {
		w.t.Helper()
		x := sentLetter{newID(), 2, 1, text, nil}
		w.enters(n, x.id, entry{x.id, letter.WrittenType, letter.Letter{To: to.id, Thread: x.id, Words: letter.Words{Subject: "Letter", Text: text}}})
		return x
	}
	posed, honest := write(thief, "PLANTED by the thief"), write(victim, "PLANTED under new keys")
	var d app.Delivered
	w.must(thief.ask(w.ctx, "deliver", app.Empty{}, &d))
	w.travel(w.nodes[:]...)
	if a, err := to.call(w.ctx, http.MethodGet, "/dossiers/letter/"+posed.id.String()+"?purpose=exchange", nil); err != nil || a.code != http.StatusNotFound {
		w.t.Errorf("a letter of the thief: %d %v", a.code, err)
	}
	if _, err := to.open(w.ctx, "exchange", "letter", honest.id); err != nil {
		w.t.Errorf("what the office writes under its new keys: %v", err)
	}
	p, err := to.open(w.ctx, "exchange", "partner", victim.id)
	w.must(err)
	told := 0
	for _, e := range p.Entries {
		if e.Type == terms.KeyMisused {
			told++
		}
	}
	if page, _ := w.fill(to.client, "/partners/"+victim.id.String(), nil, ""); told != 1 || !strings.Contains(page, "Something signed with a stolen key of this office came") {
		w.t.Errorf("that the stolen key is in use was noted %d times, and the page says so: %v", told, strings.Contains(page, "stolen key"))
	}
}

// expel lets one office block another, which does not hear of it and keeps writing: nothing is taken in, and it is told why. Then
// it may write again.
func (w *trio) expel() {
	w.t.Helper()
	from, to := w.nodes[2], w.nodes[0]
	door := "/dossiers/partner/" + from.id.String() + "/entries?purpose=exchange"
	a, err := to.call(w.ctx, http.MethodPost, door, entry{newID(), "partner.blocked", terms.Blocked{Reason: "decided_here"}})
	if err != nil || a.code != http.StatusOK {
		w.t.Fatalf("blocking: %d %s %v", a.code, a.body, err)
	}
	x := sentLetter{newID(), 2, 0, "PLANTED after it was blocked", nil}
	if !w.enters(from, x.id, entry{x.id, letter.WrittenType, letter.Letter{To: to.id, Thread: x.id, Words: letter.Words{Subject: "Letter", Text: x.text}}}) {
		return
	}
	w.travel(from)
	if a, err := to.call(w.ctx, http.MethodGet, "/dossiers/letter/"+x.id.String()+"?purpose=exchange", nil); err != nil || a.code != http.StatusNotFound {
		w.t.Errorf("a letter of a blocked office: %d %v", a.code, err)
	}
	if o, err := from.open(w.ctx, "exchange", "letter", x.id); err != nil || !bytes.Contains(o.State, []byte("exchange.partner.blocked")) {
		w.t.Errorf("who was blocked is not told why: %s %v", o.State, err)
	}
	if a, err := to.call(w.ctx, http.MethodPost, door, entry{newID(), "partner.unblocked", struct{}{}}); err != nil || a.code != http.StatusOK {
		w.t.Fatalf("unblocking: %d %s %v", a.code, a.body, err)
	}
	w.travel(w.nodes[:]...)
}
