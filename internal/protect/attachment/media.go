// SPDX-License-Identifier: EUPL-1.2

package attachment

import (
	"bytes"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Media is a media type that can be attached.
type Media string

const (
	PDF  Media = "application/pdf"
	JPEG Media = "image/jpeg"
	PNG  Media = "image/png"
	Text Media = "text/plain; charset=utf-8"
)

// MediaTypes lists them.
func MediaTypes() []Media { return []Media{PDF, JPEG, PNG, Text} }

// extension is how the name of a file of a type ends.
var extension = map[Media]string{PDF: ".pdf", JPEG: ".jpg", PNG: ".png", Text: ".txt"}

// accept is what a browser is asked to offer; it binds nobody.
const accept = ".pdf,.jpg,.jpeg,.png,.txt"

// trailer is within how many bytes of its end a PDF says that it ends.
const trailer = 2048

// Sniff says from the bytes themselves what a file is; false when it is nothing that can be attached. Browsers guess by
// the same first bytes, and must come to the same.
func Sniff(b []byte) (Media, bool) {
	guess := http.DetectContentType(b)
	switch {
	case guess == string(PDF):
		return PDF, bytes.Contains(b[max(0, len(b)-trailer):], []byte("%%EOF"))
	case guess == string(JPEG):
		_, err := jpeg.DecodeConfig(bytes.NewReader(b))
		return JPEG, err == nil
	case guess == string(PNG):
		_, err := png.DecodeConfig(bytes.NewReader(b))
		return PNG, err == nil
	case strings.HasPrefix(guess, "text/plain"):
		return Text, len(b) > 0 && utf8.Valid(b) && !strings.ContainsFunc(string(b), func(r rune) bool { return control(r) && !strings.ContainsRune("\t\n\r\f", r) })
	}
	return "", false
}

// control says whether a character is none that people write.
func control(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }
