// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"

	"filippo.io/age"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"
	"github.com/rogpeppe/go-internal/testscript"
)

// shelfPlugin is a program "age-plugin-shelf", as a hardware key's would be: it holds X25519 keys of its own form.
func shelfPlugin() {
	p, err := plugin.New("shelf")
	if err != nil {
		panic(err)
	}
	p.RegisterFlags(nil)
	p.HandleRecipient(func(b []byte) (age.Recipient, error) { return age.ParseX25519Recipient(string(b)) })
	p.HandleIdentity(func(b []byte) (age.Identity, error) { return age.ParseX25519Identity(string(b)) })
	flag.Parse()
	os.Exit(p.Main())
}

// makeIdentity makes an identity as another program would: identity SORT FILE PUBLIC, the public side in the file PUBLIC.
// Sorts: x25519, hybrid, locked (hybrid, with the passphrase "open sesame"), plugin.
func makeIdentity(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 || neg {
		ts.Fatalf("usage: identity SORT FILE PUBLIC")
	}
	var private, public string
	switch args[0] {
	case "hybrid", "locked":
		id, err := age.GenerateHybridIdentity()
		ts.Check(err)
		private, public = id.String(), id.Recipient().String()
	default:
		id, err := age.GenerateX25519Identity()
		ts.Check(err)
		private, public = id.String(), id.Recipient().String()
	}
	if args[0] == "plugin" {
		private, public = plugin.EncodeIdentity("shelf", []byte(private)), plugin.EncodeRecipient("shelf", []byte(public))
	}
	text := []byte("# created: 2026-11-25T12:00:00Z\n\n" + private + "\n")
	if args[0] == "locked" {
		text = lock(ts, text, "open sesame")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(public+"\n"), 0o644))
	ts.Setenv(fmt.Sprintf("public_%s", args[0]), public)
}

// lock locks an identity file as "age -p -a" does, with less work.
func lock(ts *testscript.TestScript, text []byte, words string) []byte {
	to, err := age.NewScryptRecipient(words)
	ts.Check(err)
	to.SetWorkFactor(10)
	var b bytes.Buffer
	a := armor.NewWriter(&b)
	w, err := age.Encrypt(a, to)
	ts.Check(err)
	_, err = w.Write(text)
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(a.Close())
	return b.Bytes()
}
