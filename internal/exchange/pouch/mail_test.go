// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

var mailWords = Words{Subject: "Datei für heute", Text: "A sealed file is attached.\nNothing else.", Language: "en"}

// A pouch is attached to an e-mail that a mail program opens, and found again however it was passed on.
func TestAsAnAttachment(t *testing.T) {
	from, to, _ := two(t)
	from.Queue(t, conversationsOf[0], "a1")
	f := from.fill(t, albanian, MaxFile)
	m := Mail(f.Name, f.Bytes, mailWords, day)
	if again := Mail(f.Name, f.Bytes, mailWords, day); !bytes.Equal(m, again) {
		t.Error("the same pouch gives other bytes")
	}
	for _, line := range strings.Split(string(m), "\r\n") {
		if len(line) > 90 || strings.Contains(line, "\n") {
			t.Errorf("a line of %d letters", len(line))
		}
	}
	for _, known := range []string{greek.String(), albanian.String(), "Office", "From:", "To:"} {
		if bytes.Contains(m, []byte(known)) {
			t.Errorf("the e-mail shows %q", known)
		}
	}
	forwarded := "Subject: Fwd\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>see below\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n" + string(m) + "\r\n--x--\r\n"
	binary := "Content-Type: application/pdf\r\n\r\n" + string(f.Bytes)
	for name, brought := range map[string]string{"itself": string(m), "with lines of another system": strings.ReplaceAll(string(m), "\r\n", "\n"), "forwarded": forwarded, "as a body of another name": binary} {
		found, err := Open([]byte(brought))
		if err != nil || len(found) != 1 || found[0].Damage.Any() || len(found[0].Parts) != 1 {
			t.Errorf("%s: %d pouches, %v", name, len(found), err)
		}
	}
	if r, n := to.bring(t, m); !r.OK || n[Taken] != 1 {
		t.Errorf("%+v", r)
	}
	if r, n := to.bring(t, m[:len(m)*2/3]); r.OK || n[Taken]+n[Again] != 0 || n[Damaged] != 1 {
		t.Errorf("cut on its way: %+v", r)
	}
}

// Parts within parts end somewhere.
func TestMailIsBounded(t *testing.T) {
	b, err := Pouch{Parts: []Part{{Message, []byte("one")}}}.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	nested := "Content-Type: application/octet-stream\r\n\r\n" + string(b)
	for i := range 3 * mailDepth {
		nested = fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n", i, i, nested, i)
	}
	many := "Content-Type: multipart/mixed; boundary=x\r\n\r\n" + strings.Repeat("--x\r\n\r\nnothing\r\n", 2*mailParts) + "--x\r\n\r\n" + string(b) + "\r\n--x--\r\n"
	for name, m := range map[string]string{"nested": nested, "many": many, "nothing": "", "no e-mail": "\x00\x01"} {
		if found, err := ReadMail([]byte(m)); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %d pouches, %v", name, len(found), err)
		}
	}
	if _, err := ReadMail(make([]byte, maxMail+1)); !fault.Is(err, fault.TooMuch) {
		t.Error(err)
	}
}

func FuzzReadMail(f *testing.F) {
	b, _ := Pouch{Parts: []Part{{Message, []byte("one")}}}.Bytes()
	f.Add(Mail("x.post", b, mailWords, day))
	f.Add([]byte("Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		found, err := ReadMail(b)
		if (err == nil) == (len(found) == 0) {
			t.Fatalf("%d pouches, %v", len(found), err)
		}
	})
}
