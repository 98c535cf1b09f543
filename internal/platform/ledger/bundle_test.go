// SPDX-License-Identifier: EUPL-1.2

package ledger_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

func (l *log) export() string {
	l.t.Helper()
	var b bytes.Buffer
	l.read(func(tx db.Tx) error { return ledger.Export(ctx, tx, owner, l.signer.Verifier(), &b, canonical) })
	return b.String()
}

func verifyBundle(t testing.TB, text string) ledger.Report {
	t.Helper()
	r, err := ledger.VerifyBundle(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestBundleVerifiesWithoutTheOffice(t *testing.T) {
	engines(t, func(t *testing.T, l *log) {
		err := l.db.Read(ctx, func(tx db.Tx) error {
			return ledger.Export(ctx, tx, owner, l.signer.Verifier(), io.Discard, canonical)
		})
		if !errors.Is(err, ledger.ErrNothing) {
			t.Errorf("an empty log: %v", err)
		}
		total := 0
		for _, n := range []int{1, 6, 600, 5} {
			l.grow(n)
			total += n
			l.add(1) // not covered by the checkpoint, so not in the bundle
			text := l.export()
			r, err := ledger.VerifyBundle(iotest.OneByteReader(strings.NewReader(text)))
			if err != nil || !r.OK || r.Size != int64(total) || r.Root != l.checkpoint().Root.String() || r.Verifier != l.signer.Verifier() || r.Owner != owner {
				t.Fatalf("at %d leaves: %+v %+v %v", total, r, r.Difference, err)
			}
			if again := verifyBundle(t, strings.TrimSuffix(text, "\n")); !again.OK {
				t.Errorf("without the last line's end: %+v", again.Difference)
			}
			l.number()
			total++
		}
	})
}

func TestAlteredBundlesNameTheFirstDifference(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "office.db"))
	l.grow(5, 6)
	good := strings.SplitAfter(l.export(), "\n")
	// Lines: head, leaves 0 to 4, a checkpoint, leaves 5 to 10, the latest checkpoint.
	if len(good) != 15 {
		t.Fatalf("%d lines", len(good))
	}
	line := func(number int) int {
		if number < 5 {
			return 1 + number
		}
		return 2 + number
	}
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	forged := func(s string, number int, text string) string { // leaf and hash alike
		s = strings.Replace(s, b64(`{"entry":`+string(rune('0'+number))+`}`), b64(text), 1)
		h := tlog.Hash(ledger.LeafHash([]byte(`{"entry":` + string(rune('0'+number)) + `}`)))
		g := tlog.Hash(ledger.LeafHash([]byte(text)))
		return strings.Replace(s, h.String(), g.String(), 1)
	}
	for name, c := range map[string]struct {
		alter  func(ls []string) []string
		number int64
		what   string
	}{
		"a leaf": {func(ls []string) []string {
			ls[line(7)] = strings.Replace(ls[line(7)], b64(text(7)), b64(`{"entry":8}`), 1)
			return ls
		}, 7, "not the one that was logged"},
		"a leaf and its hash":        {func(ls []string) []string { ls[line(7)] = forged(ls[line(7)], 7, "other"); return ls }, 5, "among numbers 5 to 10"},
		"an early leaf and its hash": {func(ls []string) []string { ls[line(2)] = forged(ls[line(2)], 2, "other"); return ls }, 0, "among numbers 0 to 4"},
		"a leaf is missing":          {func(ls []string) []string { return append(ls[:line(3)], ls[line(4):]...) }, 3, "missing or used twice"},
		"a leaf twice":               {func(ls []string) []string { ls[line(4)] = ls[line(3)]; return ls }, 4, "missing or used twice"},
		"the end is missing":         {func(ls []string) []string { return ls[:line(8)] }, 8, "not there"},
		"the last line is missing":   {func(ls []string) []string { return ls[:13] }, 10, "not at the end"},
		"a leaf too many": {func(ls []string) []string {
			return append(ls, strings.Replace(ls[line(10)], `"number":10`, `"number":11`, 1))
		}, 11, "does not cover"},
		"a checkpoint":           {func(ls []string) []string { ls[6] = strings.Replace(ls[6], `\n5\n`, `\n4\n`, 1); return ls }, 4, "signature"},
		"a checkpoint elsewhere": {func(ls []string) []string { ls[6], ls[7] = ls[7], ls[6]; return ls }, 6, "wrong place"},
		"the head's checkpoint":  {func(ls []string) []string { ls[0] = strings.Replace(ls[0], `\n11\n`, `\n12\n`, 1); return ls }, 0, "signature"},
		"the head's size":        {func(ls []string) []string { ls[0] = strings.Replace(ls[0], `"size":11`, `"size":10`, 1); return ls }, 0, "another log or size"},
		"the head's owner": {func(ls []string) []string {
			ls[0] = strings.Replace(ls[0], `"owner":"`+owner.String(), `"owner":"`+partner.String(), 1)
			return ls
		}, 0, "named after its owner"},
		"a field twice": {func(ls []string) []string {
			ls[line(3)] = strings.Replace(ls[line(3)], `{"number"`, `{"number":9,"number"`, 1)
			return ls
		}, 3, "cannot be read"},
		"spaces":           {func(ls []string) []string { ls[line(3)] = " " + ls[line(3)]; return ls }, 3, "cannot be read"},
		"an empty line":    {func(ls []string) []string { ls[line(3)] = "\n" + ls[line(3)]; return ls }, 3, "cannot be read"},
		"a very long line": {func(ls []string) []string { ls[line(3)] = strings.Repeat("x", 1<<21); return ls }, 3, "too long"},
	} {
		ls := append([]string{}, good...)
		r := verifyBundle(t, strings.Join(c.alter(ls), ""))
		if r.OK || r.Difference == nil || r.Difference.Number != c.number || !strings.Contains(r.Difference.What, c.what) || r.Root != "" {
			t.Errorf("%s: %+v", name, r.Difference)
		}
	}
	for _, bad := range []string{"", "{}\n", "no bundle", good[1], strings.Replace(good[0], `"version":1`, `"version":2`, 1), strings.Repeat("x", 1<<21)} {
		if _, err := ledger.VerifyBundle(strings.NewReader(bad)); !errors.Is(err, ledger.ErrNoBundle) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	broken := errors.New("the disk is gone")
	if _, err := ledger.VerifyBundle(io.MultiReader(strings.NewReader(good[0]+good[1]), iotest.ErrReader(broken))); !errors.Is(err, broken) {
		t.Errorf("a broken reader: %v", err)
	}
}

// TestForgedBundleShowsItsKey: whoever makes up a log and signs it with a key of their own is found by
// comparing the key with the office card.
func TestForgedBundleShowsItsKey(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "office.db"))
	card := l.signer.Verifier()
	l.signer = signer(t, owner, 66)
	l.grow(3)
	if r := verifyBundle(t, l.export()); !r.OK || r.Verifier == card {
		t.Errorf("%+v", r)
	}
}

func TestExportOfAnEntryThatIsGone(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "office.db"))
	l.grow(3)
	l.write(`DELETE FROM room_entry WHERE id = $1`, l.entries[1])
	err := l.db.Read(ctx, func(tx db.Tx) error {
		return ledger.Export(ctx, tx, owner, l.signer.Verifier(), io.Discard, canonical)
	})
	if !errors.Is(err, errGone) || !strings.Contains(err.Error(), "leaf 1") {
		t.Errorf("%v", err)
	}
}

// vector is a bundle of five leaves under two checkpoints: a published example that other programs can be
// tested with, and that keeps the form from changing unnoticed.
func vector(t testing.TB) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBundleKeepsItsForm(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "office.db"))
	l.grow(2, 3)
	if got := l.export(); got != vector(t) {
		t.Errorf("a bundle has another form now; raise its version:\n%s", got)
	}
	if r := verifyBundle(t, vector(t)); !r.OK || r.Root != reference(t, 5).String() {
		t.Errorf("%+v", r)
	}
}

func FuzzVerifyBundle(f *testing.F) {
	good := vector(f)
	f.Add([]byte(good))
	f.Add([]byte(good[:len(good)/2]))
	f.Add([]byte(strings.Replace(good, `"number":1`, `"number":-1`, 1)))
	f.Add([]byte("{}\n{}\n"))
	verifier := signer(f, owner, 1).Verifier()
	roots := []string{reference(f, 2).String(), reference(f, 5).String()}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ledger.VerifyBundle(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, ledger.ErrNoBundle) {
				t.Fatal(err)
			}
			return
		}
		if r.OK != (r.Difference == nil) || r.OK && r.Verifier == verifier && !slices.Contains(roots, r.Root) {
			t.Fatalf("%+v", r)
		}
	})
}
