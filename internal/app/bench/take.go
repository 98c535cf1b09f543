// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
)

// take imports a file by the command, in a process of its own, and watches its memory.
func (c Config) take(ctx context.Context, f app.Folder, file string, w *Wing) error {
	cmd := exec.CommandContext(ctx, c.Program, "import", "iati", string(f), file, "--json")
	var trail trail
	var answer bytes.Buffer
	cmd.Env = append(os.Environ(), "GODEBUG=gctrace=1")
	cmd.Stderr, cmd.Stdout = &trail, &answer
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	p := &process{cmd: cmd}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	var held []Held
	for {
		select {
		case err := <-done:
			w.Import = time.Since(begun).Seconds()
			if s := cmd.ProcessState; s != nil {
				w.ImportCPU = (s.UserTime() + s.SystemTime()).Seconds()
			}
			w.Held = tenths(held)
			var r struct {
				Activities struct{ Created int }
			}
			if err == nil {
				err = json.Unmarshal(answer.Bytes(), &r)
			}
			if err == nil && r.Activities.Created != w.Activities {
				err = fmt.Errorf("imported %d", r.Activities.Created)
			}
			if err != nil {
				err = fmt.Errorf("%w: %s", err, head(trail.rest))
			}
			return err
		case <-time.After(50 * time.Millisecond):
			if n := p.resident(); n > 0 {
				held = append(held, Held{n, trail.live.Load()})
			}
		}
	}
}

// trail takes what a child writes to its error stream, in which its runtime tells of every collection of garbage.
type trail struct {
	line []byte // begun
	rest []byte // what is none of the runtime's lines
	live atomic.Int64
}

// Write implements io.Writer.
func (t *trail) Write(b []byte) (int, error) {
	t.line = append(t.line, b...)
	for {
		line, rest, whole := bytes.Cut(t.line, []byte("\n"))
		if !whole {
			return len(b), nil
		}
		if n, ok := living(string(line)); ok {
			t.live.Store(n)
		} else {
			t.rest = append(append(t.rest, line...), '\n')
		}
		t.line = rest
	}
}

// living reads from a line of GODEBUG=gctrace=1 ("gc 7 @0.1s 2%: ..., 11->12->6 MB, 18 MB goal, ...") what lived after the collection.
func living(line string) (int64, bool) {
	if !strings.HasPrefix(line, "gc ") {
		return 0, false
	}
	sizes, _, _ := strings.Cut(line, " MB, ")
	n, err := strconv.ParseInt(sizes[strings.LastIndex(sizes, ">")+1:], 10, 64)
	return n << 20, err == nil
}

// tenths gives the most of each tenth of some samples; of fewer than ten, of each.
func tenths(all []Held) []Held {
	n := min(10, len(all))
	out := make([]Held, n)
	for i, h := range all {
		o := &out[i*n/len(all)]
		o.Resident, o.Live = max(o.Resident, h.Resident), max(o.Live, h.Live)
	}
	return out
}

func heldText(hs []Held) string {
	var b strings.Builder
	for _, h := range hs {
		fmt.Fprintf(&b, " %d (%d)", h.Resident>>20, h.Live>>20)
	}
	return b.String() + " MB (of which live objects)"
}
