// SPDX-License-Identifier: EUPL-1.2

package purse_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/measure/purse"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

var now = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

func opened(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "purse")
	if err := purse.New(path, noise.Promise{Epsilon: 1, Delta: 1e-6}, "", now); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string) *purse.Purse {
	t.Helper()
	p, err := purse.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// TestNothingIsSpentTwice: whatever releases ask for, in whatever order and over however many openings, no more is spent than
// was promised, and what was refused costs nothing.
func TestNothingIsSpentTwice(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(dir, strings.Repeat("p", n%200)+time.Duration(n).String())
		promise := noise.Promise{Epsilon: 1, Delta: 1e-6}
		if err := purse.New(path, promise, "", now); err != nil {
			t.Fatal(err)
		}
		rho, err := promise.Budget()
		if err != nil {
			t.Fatal(err)
		}
		want := noise.Charge(0)
		for range rapid.IntRange(1, 8).Draw(t, "openings") {
			p, err := purse.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			if p.Spent() != want || p.Budget() != rho.Charge() {
				t.Fatalf("spent %v, want %v", p.Spent(), want)
			}
			c := noise.Charge(rapid.Int64Range(1, int64(rho.Charge())).Draw(t, "charge"))
			err = p.Reserve("r", c, now)
			if refused := c > rho.Charge()-want; refused != fault.Is(err, fault.Guarded) || !refused && err != nil {
				t.Fatalf("%v of %v left: %v", c, rho.Charge()-want, err)
			}
			if err == nil {
				want += c
			}
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestTwoProcessesDoNotSpendTogether(t *testing.T) {
	path := opened(t)
	p := open(t, path)
	if _, err := purse.Open(path); !fault.Is(err, fault.Unavailable) {
		t.Errorf("opened a second time: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

// TestAChangedPurseIsRefused: any byte changed, any line taken out or put elsewhere. What only takes the last lines away cannot
// be told from the file alone, which the package says.
func TestAChangedPurseIsRefused(t *testing.T) {
	path := opened(t)
	p := open(t, path)
	for _, r := range []string{"r1", "r2"} {
		if err := p.Reserve(r, 1000, now); err != nil {
			t.Fatal(err)
		}
		if err := p.Released(r, "hash", now); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for name, changed := range map[string][]byte{
		"cheaper": bytes.Replace(whole, []byte(`"charge":1000`), []byte(`"charge":1`), 1),
		"larger":  bytes.Replace(whole, []byte(`"epsilon":1`), []byte(`"epsilon":9`), 1),
		"out":     bytes.Join(append(append([][]byte{}, lines[0]), lines[2:]...), nil),
		"twice":   append(append([]byte{}, whole...), lines[1]...),
		"torn":    whole[:len(whole)-9],
		"nothing": nil,
	} {
		if err := os.WriteFile(path, changed, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := purse.Open(path); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if p := open(t, path); p.Spent() != 2000 || len(p.Lines()) != 5 || p.Promise().Epsilon != 1 {
		t.Errorf("spent %v in %d lines", p.Spent(), len(p.Lines()))
	}
}

func TestMoreThanTheDefaultNeedsAReason(t *testing.T) {
	dir := t.TempDir()
	for _, p := range []noise.Promise{{Epsilon: 5, Delta: 1e-6}, {Epsilon: 1, Delta: 1e-5}, {}} {
		if err := purse.New(filepath.Join(dir, "a"), p, " ", now); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", p, err)
		}
	}
	path := filepath.Join(dir, "b")
	if err := purse.New(path, noise.Promise{Epsilon: 5, Delta: 1e-6}, "a public test file", now); err != nil {
		t.Error(err)
	}
	if err := purse.New(path, noise.Promise{Epsilon: 1, Delta: 1e-6}, "", now); !fault.Is(err, fault.Conflict) {
		t.Errorf("a purse over a purse: %v", err)
	}
	if _, err := purse.Open(filepath.Join(dir, "c")); !fault.Is(err, fault.NotFound) {
		t.Errorf("no purse: %v", err)
	}
	if err := open(t, path).Reserve("r", 0, now); !fault.Is(err, fault.Invalid) {
		t.Errorf("a release that costs nothing: %v", err)
	}
}
