// SPDX-License-Identifier: EUPL-1.2

package publication

import (
	"bytes"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"
)

// Mail writes the document's first words as an e-mail that nobody has sent yet: a file that mail programs open with the text in
// it, to be addressed and sent by a person. It is plain text, with nothing to load and no attachment, and the same document
// gives the same bytes. Its subject is the title, which says nothing of what the programme is about.
func (d Document) Mail() []byte {
	var b bytes.Buffer
	head := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	head("Date", d.Date.Format(time.RFC1123Z))
	head("Subject", mime.QEncoding.Encode("utf-8", d.Title))
	head("MIME-Version", "1.0")
	head("Content-Type", "text/plain; charset=utf-8")
	head("Content-Language", d.Language)
	head("Content-Transfer-Encoding", "quoted-printable")
	head("X-Unsent", "1")
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	_, err := w.Write([]byte(strings.ReplaceAll(d.Text(), "\n", "\r\n")))
	if err == nil {
		err = w.Close()
	}
	if err != nil { // a buffer takes everything
		panic(err)
	}
	return b.Bytes()
}
