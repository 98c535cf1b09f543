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
	if answers, late := unsynced(b, "POST /post/"); answers <= len(late) { // a message that is brought again meanwhile is answered from what lies there, without writing
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

// How strace writes down the end of a call that others came between, and a connection.
var (
	resumed    = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>.*= (-?\d+)`)
	connection = regexp.MustCompile(`^\d+ +\w+\(\d+<(socket:\[\d+\])>`)
)

// request is one that waits for its answer on a connection: whether the log was written since, and synced after that.
type request struct{ wrote, synced bool }

// unsynced counts the answers to requests that begin so, and lists those given before what the request wrote
// into the write-ahead log was synced. What the office writes meanwhile for others does not count
// against it: of many requests, chance makes none look late.
func unsynced(trace, begins string) (answers int, late []string) {
	asked := map[string]*request{}     // by connection
	reading := map[string]string{}     // connections, by the thread that is inside a read of one
	pending := map[string][]*request{} // what had been written when a thread began to sync the log
	written := func() (out []*request) {
		for _, r := range asked {
			if r.wrote {
				out = append(out, r)
			}
		}
		return out
	}
	settled := func(rs []*request) {
		for _, r := range rs {
			r.synced = true
		}
	}
	for line := range strings.Lines(trace) {
		thread, call, _ := strings.Cut(line, " ")
		call = strings.TrimLeft(call, " ")
		on := reading[thread]
		if m := connection.FindStringSubmatch(line); m != nil {
			on = m[1]
		}
		sync := strings.HasPrefix(call, "fsync(") || strings.HasPrefix(call, "fdatasync(")
		switch {
		case strings.Contains(line, `"`+begins) || strings.Contains(line, `"`+begins[1:]): // the server may have read one byte ahead
			asked[on] = new(request)
		case strings.HasPrefix(call, "read(") && strings.Contains(call, "unfinished"):
			reading[thread] = on
		case strings.HasPrefix(call, "pwrite64(") && strings.Contains(call, "office.db-wal>"):
			for _, r := range asked {
				r.wrote = true
			}
		case sync && strings.Contains(call, "office.db-wal>") && strings.Contains(call, "unfinished"):
			pending[thread] = written()
		case sync && strings.Contains(call, "office.db-wal>") && strings.HasSuffix(strings.TrimSpace(call), "= 0"):
			settled(written())
		case strings.HasPrefix(call, "write(") && strings.Contains(call, `"HTTP/1.1 200`) && asked[on] != nil:
			if answers++; !asked[on].synced {
				late = append(late, strings.TrimSpace(call))
			}
			delete(asked, on)
		}
		if m := resumed.FindStringSubmatch(line); m != nil {
			if strings.HasSuffix(m[2], "sync") && m[3] == "0" {
				settled(pending[m[1]])
			}
			if strings.HasSuffix(m[2], "sync") {
				delete(pending, m[1])
			}
			if m[2] == "read" {
				delete(reading, m[1])
			}
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
		"in order":                   {asked + wrote + sync + answer, 1, 0},
		"nothing synced":             {asked + wrote + answer, 1, 1},
		"nothing written":            {asked + sync + answer, 1, 1},
		"synced too early":           {asked + sync + wrote + answer, 1, 1},
		"synced too late":            {asked + wrote + answer + sync, 1, 1},
		"another file":               {asked + wrote + strings.ReplaceAll(sync, "office.db-wal", "clock.json") + answer, 1, 1},
		"sync failed":                {asked + wrote + strings.ReplaceAll(sync, "= 0", "= -1 EIO") + answer, 1, 1},
		"sync on the way":            {asked + wrote + begun + answer + ended, 1, 1},
		"sync on the way, and done":  {asked + wrote + begun + ended + answer, 1, 0},
		"a short number":             {asked + wrote + begun + strings.Replace(ended, "2 ", "2    ", 1) + answer, 1, 0},
		"somebody else's answer":     {answer + asked + wrote + sync + answer + answer, 1, 0},
		"another connection":         {asked + wrote + strings.ReplaceAll(answer, "[1]", "[2]") + sync + answer, 1, 0},
		"two at once":                {asked + wrote + begun + strings.ReplaceAll(asked, "[1]", "[2]") + ended + answer + wrote + sync + strings.ReplaceAll(answer, "[1]", "[2]"), 2, 0},
		"the other's sync":           {asked + wrote + begun + strings.ReplaceAll(asked, "[1]", "[2]") + wrote + ended + answer + strings.ReplaceAll(answer, "[1]", "[2]"), 2, 1},
		"a read that was waited for": {"1 read(5<socket:[1]>, <unfinished ...>\n" + begun + ended + "1 <... read resumed>\"POST /x HTTP/1.1\", 4096) = 20\n" + wrote + sync + answer, 1, 0},
		"two":                        {asked + wrote + sync + answer + asked + wrote + answer, 2, 1},
	} {
		if answers, late := unsynced(c.trace, "POST /x"); answers != c.answers || len(late) != c.late {
			t.Errorf("%s: %d answers, %d late", name, answers, len(late))
		}
	}
}
