// SPDX-License-Identifier: EUPL-1.2

package vault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

func identities(t *testing.T, n int) (ids []*age.HybridIdentity) {
	t.Helper()
	for range n {
		id, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func TestTwoOfThreeRecover(t *testing.T) {
	k, err := create(t).Next()
	if err != nil {
		t.Fatal(err)
	}
	ids := identities(t, 4)
	old, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := k.Split(&b, [3]vault.Keeper{{"Director", ids[0].Recipient()}, {"Board member", old.Recipient()}, {"Notary", ids[2].Recipient()}}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, s := range []string{"Any two of the three", "age --decrypt", "1. Director", "Block for Board member, then Notary"} {
		if !strings.Contains(text, s) {
			t.Errorf("the file does not say %q", s)
		}
	}
	for _, pair := range [][]age.Identity{{ids[0], old}, {old, ids[0]}, {ids[0], ids[2]}, {ids[2], old}, {ids[0], old, ids[2]}, {ids[3], ids[2], old}} {
		got, err := vault.Recover(strings.NewReader(text), pair...)
		if err != nil || !same(got, k) {
			t.Errorf("two of them: %v", err)
		}
	}
	windows := strings.ReplaceAll(text, "\n", "\r\n") // a mail program did this
	if got, err := vault.Recover(strings.NewReader(windows), ids[0], old); err != nil || !same(got, k) {
		t.Errorf("with other line ends: %v", err)
	}
	for _, few := range [][]age.Identity{nil, {ids[0]}, {old}, {ids[2]}, {ids[2], ids[3]}, {ids[0], ids[0]}} {
		if _, err := vault.Recover(strings.NewReader(text), few...); !fault.Is(err, fault.Denied) {
			t.Errorf("fewer than two: %v", err)
		}
	}
	for _, bad := range []string{"", "a letter", text[:20]} {
		if _, err := vault.Recover(strings.NewReader(bad), ids[0], old); !fault.Is(err, fault.Invalid) {
			t.Errorf("no recovery file: %v", err)
		}
	}
	if _, err := vault.Recover(strings.NewReader(text[:len(text)/4]), ids[0], old); !fault.Is(err, fault.Denied) {
		t.Errorf("a part of the file: %v", err)
	}
}

func TestKeepersAreThreePeople(t *testing.T) {
	k, ids := create(t), identities(t, 3)
	a, b, c := vault.Keeper{Name: "A", To: ids[0].Recipient()}, vault.Keeper{Name: "B", To: ids[1].Recipient()}, vault.Keeper{Name: "C", To: ids[2].Recipient()}
	for name, three := range map[string][3]vault.Keeper{
		"one name twice": {a, b, {"b", c.To}}, "one key twice": {a, b, {"C", b.To}}, "no name": {a, b, {" ", c.To}}, "no key": {a, b, {"C", nil}},
		"two lines": {a, b, {"C\nBlock", c.To}}, "two": {a, b},
	} {
		if err := k.Split(&bytes.Buffer{}, three); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeyFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "office.key")
	to, err := vault.GenerateKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	k := create(t)
	var b bytes.Buffer
	if err := k.Lock(&b, to); err != nil {
		t.Fatal(err)
	}
	ids, err := vault.ReadKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := vault.Unlock(&b, ids...); err != nil || !same(got, k) {
		t.Errorf("the key file does not unlock: %v", err)
	}
	again, err := vault.RecipientOf(ids[0])
	if err != nil || again.(*age.HybridRecipient).String() != to.(*age.HybridRecipient).String() {
		t.Errorf("its recipient: %v", err)
	}
	if _, err := vault.GenerateKeyFile(path); !fault.Is(err, fault.Conflict) {
		t.Errorf("overwritten: %v", err)
	}
	if _, err := vault.GenerateKeyFile(filepath.Join(path, "x")); !fault.Is(err, fault.Unavailable) {
		t.Errorf("in no folder: %v", err)
	}
	if _, err := vault.ReadKeyFile(path + "x"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("no file: %v", err)
	}
	old, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		kind fault.Kind
	}{"empty": {"", fault.Invalid}, "a letter": {"AGE-SECRET-KEY-1NONE\n", fault.Invalid}, "huge": {strings.Repeat("# x\n", 1<<15), fault.Invalid}} {
		p := filepath.Join(t.TempDir(), "k")
		if err := os.WriteFile(p, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.ReadKeyFile(p); !fault.Is(err, c.kind) || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := filepath.Join(t.TempDir(), "older")
	if err := os.WriteFile(p, []byte(old.String()+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if ids, err := vault.ReadKeyFile(p); err != nil || len(ids) != 1 {
		t.Errorf("an older key: %v", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o666} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := vault.ReadKeyFile(path); !fault.Is(err, fault.Denied) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}
