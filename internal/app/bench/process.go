// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a child that serves.
type process struct {
	cmd   *exec.Cmd
	trail bytes.Buffer // its error stream, for when it dies
}

// launch starts a command and decodes the JSON object that it prints when it is ready.
func launch(ctx context.Context, ready any, name string, args ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, name, args...)}
	p.cmd.Stderr = &p.trail
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 20 * time.Second
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	r := bufio.NewReader(out)
	if err := json.NewDecoder(r).Decode(ready); err != nil {
		_ = p.stop()
		return nil, fmt.Errorf("%s did not start: %w: %s", filepath.Base(name), err, head(p.trail.Bytes()))
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return p, nil
}

// stop asks the child to end and waits for it.
func (p *process) stop() error {
	if p == nil || p.cmd.Process == nil {
		return nil
	}
	err := p.cmd.Process.Signal(syscall.SIGTERM)
	if errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	_ = p.cmd.Wait() // some programs call an ending by signal a failure
	return err
}

// resident gives the memory that a process holds, in bytes; 0 where the system does not say.
func (p *process) resident() int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	return kilobytes(string(b), "VmRSS:") << 10
}

// ticks are the units in which Linux counts processor time for programs to read, whatever the kernel's own.
const ticks = 100

// spent gives the processor time that the child has used.
func (p *process) spent() time.Duration { return spent(p.cmd.Process.Pid) }

// spent gives the processor time that a process has used; 0 where the system does not say.
func spent(pid int) time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ") // behind the name, which may hold anything
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	system, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticks
}

// kilobytes finds a figure in kB in a file of /proc.
func kilobytes(text, name string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n
		}
	}
	return 0
}

// Machine is where it was measured.
type Machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	Memory    int64  `json:"memory"` // bytes
	Load      string `json:"load"`   // how many processes wanted to run in the minute before
}

// machine reads what the system says of itself.
func machine() Machine {
	m := Machine{Cores: runtime.NumCPU()}
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(b)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				m.Processor = strings.TrimSpace(value)
				break
			}
		}
	}
	if b, err := os.ReadFile("/proc/meminfo"); err == nil {
		m.Memory = kilobytes(string(b), "MemTotal:") << 10
	}
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		m.Load, _, _ = strings.Cut(string(b), " ")
	}
	return m
}
