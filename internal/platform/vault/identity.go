// SPDX-License-Identifier: EUPL-1.2

package vault

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"filippo.io/age"
	"filippo.io/age/armor"
	"filippo.io/age/plugin"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Asking is how an identity asks whoever uses it: for the passphrase of a locked identity file, for what a plugin wants to
// know. With the zero value nobody can be asked, and what would have to ask is refused.
type Asking struct {
	Secret func(prompt string) (string, error)
	Tell   func(message string)
}

var errNobodyToAsk = errors.New("vault: nobody can be asked here")

// maxWork is the most work (as a power of two) that a passphrase of an identity file may cost: some ten seconds.
const maxWork = 22

// ReadIdentities reads an age identity file as the program age, or one that is compatible with it, writes it: X25519 and
// hybrid post-quantum identities, identities of plugins, each on a line of its own, the whole locked with a passphrase or
// not. Invalid when it holds no identity or one of an unknown sort, Denied for a wrong passphrase or when nobody can be
// asked for it.
func ReadIdentities(r io.Reader, ask Asking) ([]age.Identity, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxKeyFile+1))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "vault.no_key_file")
	}
	if len(b) > maxKeyFile {
		return nil, fault.New(fault.Invalid, "vault.bad_key_file")
	}
	if b, err = unlocked(b, ask); err != nil {
		return nil, err
	}
	var out []age.Identity
	lines := bufio.NewScanner(bytes.NewReader(b))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		id, err := parseIdentity(line, ask)
		if err != nil {
			return nil, fault.New(fault.Invalid, "vault.bad_key_file") // the library's error quotes the line
		}
		out = append(out, id)
	}
	if lines.Err() != nil || len(out) == 0 {
		return nil, fault.New(fault.Invalid, "vault.bad_key_file")
	}
	return out, nil
}

func parseIdentity(line string, ask Asking) (age.Identity, error) {
	switch {
	case strings.HasPrefix(line, "AGE-PLUGIN-"):
		return plugin.NewIdentity(line, ask.ui())
	case strings.HasPrefix(line, "AGE-SECRET-KEY-PQ-1"):
		return age.ParseHybridIdentity(line)
	}
	return age.ParseX25519Identity(line)
}

// unlocked gives the text of an identity file, which may be locked with a passphrase, armored or not.
func unlocked(b []byte, ask Asking) ([]byte, error) {
	var locked io.Reader = bytes.NewReader(b)
	switch {
	case bytes.HasPrefix(bytes.TrimSpace(b), []byte(armor.Header)):
		locked = armor.NewReader(locked)
	case bytes.HasPrefix(b, []byte("age-encryption.org/")):
	default:
		return b, nil
	}
	if ask.Secret == nil {
		return nil, fault.New(fault.Denied, "vault.identity_locked")
	}
	words, err := ask.Secret("Passphrase of the identity file: ")
	if err != nil {
		return nil, err
	}
	id, err := age.NewScryptIdentity(words)
	if err != nil {
		return nil, fault.Wrap(fault.Denied, err, "vault.identity_passphrase")
	}
	id.SetMaxWorkFactor(maxWork)
	plain, err := age.Decrypt(locked, id)
	if err != nil {
		return nil, fault.Wrap(fault.Denied, err, "vault.identity_passphrase")
	}
	out, err := io.ReadAll(io.LimitReader(plain, maxKeyFile))
	if err != nil {
		return nil, fault.Wrap(fault.Denied, err, "vault.identity_passphrase")
	}
	return out, nil
}

// ParseRecipient reads the public side of an identity: X25519, hybrid post-quantum, or a plugin's, which only that
// plugin's program can lock to. Invalid for anything else.
func ParseRecipient(s string, ask Asking) (age.Recipient, error) {
	var r age.Recipient
	var err error
	switch s = strings.TrimSpace(s); {
	case strings.HasPrefix(s, "age1pq1"):
		r, err = age.ParseHybridRecipient(s)
	case strings.HasPrefix(s, "age1") && strings.Count(s, "1") > 1 && !strings.ContainsAny(s, " \r\n\t"):
		r, err = plugin.NewRecipient(s, ask.ui())
	default:
		r, err = age.ParseX25519Recipient(s)
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "vault.bad_recipient")
	}
	return r, nil
}

// ui lets a plugin speak with whoever uses it. What it says comes from another program: control characters do not reach a
// terminal.
func (a Asking) ui() *plugin.ClientUI {
	say := func(name, message string) {
		if a.Tell != nil {
			a.Tell(plain(fmt.Sprintf("age-plugin-%s: %s", name, message)))
		}
	}
	ask := func(name, prompt string) (string, error) {
		if a.Secret == nil {
			return "", errNobodyToAsk
		}
		return a.Secret(plain(fmt.Sprintf("age-plugin-%s: %s ", name, prompt)))
	}
	return &plugin.ClientUI{
		DisplayMessage: func(name, message string) error { say(name, message); return nil },
		RequestValue:   func(name, prompt string, _ bool) (string, error) { return ask(name, prompt) },
		Confirm: func(name, prompt, yes, no string) (bool, error) {
			got, err := ask(name, fmt.Sprintf("%s (1 %s, 2 %s)", prompt, yes, no))
			return strings.TrimSpace(got) == "1", err
		},
		WaitTimer: func(name string) { say(name, "waits; it may want to be touched") },
	}
}

func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// pluginMissing names the program that an identity needs and that is not there; empty for other errors.
func pluginMissing(err error) string {
	var e *plugin.NotFoundError
	if errors.As(err, &e) {
		return "age-plugin-" + e.Name
	}
	return ""
}
