// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
)

// A disk of its own, for the office whose disk is full: its size in the words of mount, and how many letters are tried on it. What
// is written over needs no room, so that the first ones may still find a place.
const (
	diskSize    = "size=48m"
	mostLetters = 200
)

// mounted gives a folder a file system of its own. It says whether this machine lets it.
func (w *trio) mounted(folder string) bool {
	w.t.Helper()
	if out, err := exec.CommandContext(w.ctx, "mount", "-t", "tmpfs", "-o", diskSize, "tmpfs", folder).CombinedOutput(); err != nil {
		w.t.Logf("no file system of its own, so that no disk is full: %v: %s", err, out)
		return false
	}
	w.t.Cleanup(func() {
		if out, err := exec.Command("umount", "-l", folder).CombinedOutput(); err != nil { // lazily: its office may still run after a failure
			w.t.Errorf("%v: %s", err, out)
		}
	})
	return true
}

// full fills the second office's disk to the last byte while its people write and post comes in. What finds no room is refused in
// words and leaves nothing; a process killed meanwhile comes back; when there is room again, all of it arrives, once.
func (w *trio) full() {
	w.t.Helper()
	if !w.disk {
		return
	}
	from, n := w.nodes[0], w.nodes[1]
	ballast := filepath.Join(string(n.folder), "ballast")
	w.must(stuff(ballast))
	refused := w.tooLarge(n)
	waits := w.undelivered(from)
	w.kill(1)
	if page := w.pages(http.MethodGet, "/partners/"+n.id.String(), nil); !strings.Contains(page, "The other office does not answer. It is tried again by itself.") {
		w.t.Error("who wrote to an office with a full disk is not told that it waits")
	}
	w.must(os.Remove(ballast))
	if a, err := n.call(w.ctx, http.MethodGet, "/dossiers/letter/"+refused.id.String()+"?purpose=exchange", nil); err != nil || a.code != http.StatusNotFound {
		w.t.Errorf("what was refused is there: %d %v", a.code, err)
	}
	w.write(refused)
	w.travel(w.nodes[:]...)
	w.t.Logf("on a full disk one of %d letters was refused, and %d waited", len(w.sent), waits)
}

// stuff writes a file that leaves no room on its disk.
func stuff(name string) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for b := make([]byte, size); err == nil; {
			_, err = f.Write(b)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return err
		}
		err = nil
	}
	return f.Close()
}

// large is a letter that takes room.
func (w *trio) large(from, to, n int) sentLetter {
	return sentLetter{newID(), from, to, fmt.Sprintf("PLANTED %d on a full disk ", n) + strings.Repeat("so many words ", 500), nil}
}

// tooLarge lets an office's worker write until the disk has no room for it, and looks at what she is told.
func (w *trio) tooLarge(n *node) sentLetter {
	w.t.Helper()
	for i := range mostLetters {
		x := w.large(1, 2, i)
		a, err := n.call(w.ctx, http.MethodPost, "/dossiers/letter/"+x.id.String()+"/entries?purpose=exchange",
			entry{x.id, letter.WrittenType, letter.Letter{To: w.nodes[x.to].id, Thread: x.id, Words: letter.Words{Subject: "Letter", Text: x.text}}})
		switch {
		case err == nil && a.code == http.StatusOK:
			w.sent = append(w.sent, x)
		case err != nil || a.code != http.StatusServiceUnavailable || !strings.Contains(string(a.body), "The disk is full"):
			w.t.Fatalf("on a full disk: %d %s %v", a.code, a.body, err)
		default:
			return x
		}
	}
	w.t.Fatal("the disk is never full")
	return sentLetter{}
}

// undelivered lets an office write to the one with the full disk until something waits for it, and gives how much.
func (w *trio) undelivered(n *node) int64 {
	w.t.Helper()
	for i := range mostLetters {
		w.write(w.large(0, 1, i))
		var d app.Delivered
		w.must(n.ask(w.ctx, "deliver", app.Empty{}, &d))
		if d.Queued > 0 {
			return d.Queued
		}
	}
	w.t.Fatal("the disk is never full")
	return 0
}
