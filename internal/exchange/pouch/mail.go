// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Words are what an e-mail around a pouch says. Neither says whom or what the pouch is about.
type Words struct{ Subject, Text, Language string }

// Mail writes an e-mail that nobody has sent yet, with the pouch as its attachment: a file that mail programs open, to be
// addressed and sent by a person. The same pouch gives the same bytes.
func Mail(name string, b []byte, w Words, at time.Time) []byte {
	var out bytes.Buffer
	sum := sha256.Sum256(b)
	boundary := "part-" + hex.EncodeToString(sum[:8])
	line := func(format string, args ...any) { fmt.Fprintf(&out, format+"\r\n", args...) }
	line("Date: %s", at.UTC().Format(time.RFC1123Z))
	line("Subject: %s", mime.QEncoding.Encode("utf-8", w.Subject))
	line("MIME-Version: 1.0")
	line("Content-Language: %s", w.Language)
	line("X-Unsent: 1")
	line("Content-Type: multipart/mixed; boundary=%q", boundary)
	line("")
	line("--%s", boundary)
	line("Content-Type: text/plain; charset=utf-8")
	line("Content-Transfer-Encoding: quoted-printable")
	line("")
	q := quotedprintable.NewWriter(&out)
	_, err := q.Write([]byte(strings.ReplaceAll(w.Text, "\n", "\r\n") + "\r\n"))
	if err = errors.Join(err, q.Close()); err != nil { // a buffer takes everything
		panic(err)
	}
	line("")
	line("--%s", boundary)
	line("Content-Type: application/octet-stream")
	line("Content-Disposition: attachment; filename=%q", name)
	line("Content-Transfer-Encoding: base64")
	line("")
	for text := base64.StdEncoding.EncodeToString(b); text != ""; {
		n := min(len(text), 76)
		line("%s", text[:n])
		text = text[n:]
	}
	line("--%s--", boundary)
	return out.Bytes()
}

// What is looked at of an e-mail: parts within parts, parts in all, and bytes.
const (
	mailDepth = 5
	mailParts = 60
	maxMail   = MaxFile * 3 / 2 // base64 makes three bytes four, and a line's end
)

// ReadMail finds the pouches that an e-mail carries, whatever they are called there. Errors: Invalid for what is no e-mail or
// carries none, TooMuch for its size.
func ReadMail(b []byte) ([]Pouch, error) {
	if len(b) > maxMail {
		return nil, fault.New(fault.TooMuch, "pouch.too_large")
	}
	m, err := mail.ReadMessage(bytes.NewReader(b))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "pouch.none")
	}
	left := mailParts
	found := attached(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, mailDepth, &left)
	if len(found) == 0 {
		return nil, fault.New(fault.Invalid, "pouch.none")
	}
	return found, nil
}

// attached gives the pouches of a part and of those within it. What it cannot read it passes over.
func attached(typ, encoding string, body io.Reader, depth int, left *int) []Pouch {
	if *left--; *left < 0 || depth == 0 {
		return nil
	}
	media, params, err := mime.ParseMediaType(typ)
	if err == nil && strings.HasPrefix(media, "multipart/") && params["boundary"] != "" {
		var out []Pouch
		for r := multipart.NewReader(body, params["boundary"]); *left > 0; {
			p, err := r.NextRawPart()
			if err != nil {
				return out
			}
			out = append(out, attached(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth-1, left)...)
		}
		return out
	}
	raw, err := io.ReadAll(io.LimitReader(decoded(encoding, body), MaxFile+1))
	if media == "message/rfc822" {
		if m, err := mail.ReadMessage(bytes.NewReader(raw)); err == nil {
			return attached(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, depth-1, left)
		}
		return nil
	}
	if !Is(raw) {
		return nil
	}
	p, rerr := Read(raw)
	if rerr != nil {
		return nil
	}
	if err != nil {
		p.Damage.Cut = true
	}
	return []Pouch{p}
}

func decoded(encoding string, r io.Reader) io.Reader {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, r)
	case "quoted-printable":
		return quotedprintable.NewReader(r)
	}
	return r
}
