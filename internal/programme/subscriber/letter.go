// SPDX-License-Identifier: EUPL-1.2

package subscriber

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Words are what a letter says: a subject, and the same words as HTML and as text. Without HTML it is text alone.
type Words struct{ Subject, HTML, Text string }

// message is a letter to one reader.
type message struct {
	From, Name, To string
	Language       string
	Words
	Issue, Reader journal.ID
	Date          time.Time
	Leave         string // address where the reader leaves; "" in the letter that asks to confirm
}

// bytes writes a letter as RFC 5322 has it. The same letter gives the same bytes, so that a second copy, should a server ever
// make one, bears the same Message-ID and is known for what it is.
func (m message) bytes() ([]byte, error) {
	h := sha256.Sum256([]byte("letter\n" + m.Issue.String() + "\n" + m.Reader.String()))
	id := hex.EncodeToString(h[:16])
	_, domain, _ := strings.Cut(m.From, "@")
	var b bytes.Buffer
	head := func(name, value string) { b.WriteString(name + ": " + value + "\r\n") }
	head("From", (&mail.Address{Name: m.Name, Address: m.From}).String())
	head("To", "<"+m.To+">")
	head("Subject", mime.QEncoding.Encode("utf-8", m.Subject))
	head("Date", m.Date.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000"))
	head("Message-ID", "<"+id+"@"+domain+">")
	head("Content-Language", m.Language)
	head("MIME-Version", "1.0")
	if m.Leave != "" {
		head("List-Id", "<letters."+domain+">")
		head("List-Unsubscribe", "<"+m.Leave+">")
		head("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	} else {
		head("Auto-Submitted", "auto-generated")
	}
	if m.HTML == "" {
		head("Content-Type", "text/plain; charset=utf-8")
		head("Content-Transfer-Encoding", "quoted-printable")
		b.WriteString("\r\n")
		err := quoted(&b, m.Text)
		return b.Bytes(), err
	}
	w := multipart.NewWriter(&b)
	if err := w.SetBoundary("part-" + id); err != nil {
		return nil, err
	}
	head("Content-Type", `multipart/alternative; boundary="part-`+id+`"`)
	b.WriteString("\r\n")
	for _, part := range [][2]string{{"text/plain", m.Text}, {"text/html", m.HTML}} {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {part[0] + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
		if err != nil {
			return nil, err
		}
		if err := quoted(p, part[1]); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("subscriber: letter: %w", err)
	}
	return b.Bytes(), nil
}

func quoted(b io.Writer, text string) error {
	q := quotedprintable.NewWriter(b)
	if _, err := q.Write([]byte(strings.ReplaceAll(text, "\n", "\r\n"))); err != nil {
		return err
	}
	return q.Close()
}
