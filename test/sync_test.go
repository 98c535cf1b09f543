// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/entraide-thb/entraide/internal/app/demo"
)

// What an office acknowledges, to a worker or to another office, has reached the disk: the kernel saw the
// write-ahead log written and synced before the first byte of the answer.
func acknowledgedIsOnTheDisk(t *testing.T, k *killing) {
	const writes = 10
	eleni := at(k.s, demo.Greek, "eleni")
	id, err := k.file(eleni, "Traced")
	if err != nil {
		t.Fatal(err)
	}
	stop := trace(t, k.s, demo.Greek)
	for range writes {
		if _, err := k.entry(eleni, "assistance", "person", id, "note.added", map[string]string{"sort": "account", "account": "a traced note"}); err != nil {
			t.Fatal(err)
		}
	}
	b := stop()
	if answers, late := unsynced(b, "POST /api/v1/dossiers/"); answers != writes || len(late) > 0 {
		t.Errorf("%d answers, of which before the sync: %v\n%s", answers, late, b)
	}
	stop = trace(t, k.s, demo.Albanian) // before anything is on its way there, so that nothing of it is missed
	if _, err := k.offer(eleni, id); err != nil {
		t.Fatal(err)
	}
	settle(t, k.s)
	b = stop()
	if answers, late := unsynced(b, "POST /post/"); answers != 1 || len(late) > 0 {
		t.Errorf("%d receipts, of which before the sync: %v\n%s", answers, late, b)
	}
}

// trace watches the system calls of an office's process; stop gives what was seen. It skips the test where
// strace is missing or may not watch.
func trace(t *testing.T, s *demo.Stage, p demo.Place) (stop func() string) {
	t.Helper()
	path, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace: install the package strace")
	}
	file := filepath.Join(t.TempDir(), "trace")
	c := exec.Command(path, "-f", "-y", "-s", "48", "-e", "trace=read,write,pwrite64,fsync,fdatasync", "-o", file, "-p", fmt.Sprint(s.Process(p)))
	out, err := c.StderrPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), " attached") {
		if strings.Contains(lines.Text(), "not permitted") {
			_ = c.Wait()
			t.Skip("strace may not watch a process here: " + lines.Text())
		}
	}
	return func() string {
		t.Helper()
		if err := c.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() { // to its end
		}
		_ = c.Wait() // it ends by the signal
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
}

// resumed is how strace writes down the end of a call that others came between.
var resumed = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>.*= (-?\d+)`)

// unsynced counts the answers to requests that begin so, and lists those given before what the request wrote
// into the write-ahead log was synced. What the office's background work writes meanwhile does not count
// against it: of many requests, chance makes none look late.
func unsynced(trace, request string) (answers int, late []string) {
	var asked, wrote, synced bool
	pending := map[string]bool{} // threads inside a sync of the log
	for line := range strings.Lines(trace) {
		thread, call, _ := strings.Cut(line, " ")
		call = strings.TrimLeft(call, " ")
		switch {
		case strings.Contains(line, `"`+request) || strings.Contains(line, `"`+request[1:]): // the server may have read one byte ahead
			asked, wrote, synced = true, false, false
		case strings.HasPrefix(call, "pwrite64(") && strings.Contains(call, "office.db-wal>"):
			wrote = true
		case (strings.HasPrefix(call, "fsync(") || strings.HasPrefix(call, "fdatasync(")) && strings.Contains(call, "office.db-wal>"):
			if strings.Contains(call, "unfinished") {
				pending[thread] = true
			} else if strings.HasSuffix(strings.TrimSpace(call), "= 0") {
				synced = synced || wrote
			}
		case strings.HasPrefix(call, "write(") && strings.Contains(call, `"HTTP/1.1 200`) && asked:
			if answers, asked = answers+1, false; !wrote || !synced {
				late = append(late, strings.TrimSpace(call))
			}
		}
		if m := resumed.FindStringSubmatch(line); m != nil && pending[m[1]] && strings.HasSuffix(m[2], "sync") {
			delete(pending, m[1])
			synced = synced || wrote && m[3] == "0"
		}
	}
	return answers, late
}

func TestUnsyncedAnswersAreFound(t *testing.T) {
	const asked, wrote, sync, answer = "1 read(5<socket:[1]>, \"POST /x HTTP/1.1\", 4096) = 20\n", "2 pwrite64(9</o/office.db-wal>, \"\", 24, 0) = 24\n", "2 fsync(9</o/office.db-wal>) = 0\n", "1 write(5<socket:[1]>, \"HTTP/1.1 200 OK\", 20) = 20\n"
	const begun, ended = "2 fdatasync(9</o/office.db-wal> <unfinished ...>\n", "2 <... fdatasync resumed>)           = 0\n"
	for name, c := range map[string]struct {
		trace         string
		answers, late int
	}{
		"in order":                  {asked + wrote + sync + answer, 1, 0},
		"nothing synced":            {asked + wrote + answer, 1, 1},
		"nothing written":           {asked + sync + answer, 1, 1},
		"synced too early":          {asked + sync + wrote + answer, 1, 1},
		"synced too late":           {asked + wrote + answer + sync, 1, 1},
		"another file":              {asked + wrote + strings.ReplaceAll(sync, "office.db-wal", "clock.json") + answer, 1, 1},
		"sync failed":               {asked + wrote + strings.ReplaceAll(sync, "= 0", "= -1 EIO") + answer, 1, 1},
		"sync on the way":           {asked + wrote + begun + answer + ended, 1, 1},
		"sync on the way, and done": {asked + wrote + begun + ended + answer, 1, 0},
		"a short number":            {asked + wrote + begun + strings.Replace(ended, "2 ", "2    ", 1) + answer, 1, 0},
		"somebody else's answer":    {answer + asked + wrote + sync + answer + answer, 1, 0},
		"two":                       {asked + wrote + sync + answer + asked + wrote + answer, 2, 1},
	} {
		if answers, late := unsynced(c.trace, "POST /x"); answers != c.answers || len(late) != c.late {
			t.Errorf("%s: %d answers, %d late", name, answers, len(late))
		}
	}
}
