// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"strings"
	"testing"
	"time"

	formats "github.com/transparency-dev/formats/log"
	"golang.org/x/mod/sumdb/note"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// FuzzCheckpoint reads what another office sends as a checkpoint, cosigned or not: only what the log's key signed passes, and
// what passes says what was signed.
func FuzzCheckpoint(f *testing.F) {
	log, other := journal.MustID("01890000-0000-7000-8000-000000000001"), journal.MustID("01890000-0000-7000-8000-000000000002")
	own, err := NewSigner(log, [32]byte{1})
	if err != nil {
		f.Fatal(err)
	}
	witness, err := NewSigner(other, [32]byte{2})
	if err != nil {
		f.Fatal(err)
	}
	text := string(formats.Checkpoint{Origin: Origin(log), Size: 7, Hash: make([]byte, 32)}.Marshal())
	signed, err := note.Sign(&note.Note{Text: text}, own)
	if err != nil {
		f.Fatal(err)
	}
	c, err := ParseCheckpoint(string(signed), own.Verifier())
	if err != nil {
		f.Fatal(err)
	}
	cosigned, err := Cosign(c, other, [32]byte{2}, time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC))
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{string(signed), cosigned, text, "", strings.Replace(cosigned, "7", "8", 1), string(signed) + string(signed)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCheckpoint(s, own.Verifier()); err == nil && (c.Size != 7 || c.Origin != Origin(log) || !strings.HasPrefix(s, text)) {
			t.Fatalf("%+v of a text that nobody signed", c)
		}
		if c, _, err := ParseCosigned(s, own.Verifier(), witness.Verifier()); err == nil && c.Size != 7 {
			t.Fatalf("%+v cosigned, and nobody did", c)
		}
		if _, err := sizeOf(s); err != nil && Judge(s, c, nil) == nil && s != "" {
			t.Fatal("judged beside what does not read")
		}
	})
}
