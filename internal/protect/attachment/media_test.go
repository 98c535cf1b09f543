// SPDX-License-Identifier: EUPL-1.2

package attachment_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/protect/attachment"
)

var picture = image.NewGray(image.Rect(0, 0, 8, 8))

func pngBytes(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func jpegBytes(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const pdf = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

func TestWhatAFileIsItsBytesSay(t *testing.T) {
	for what, c := range map[string]struct {
		bytes string
		want  attachment.Media // "" is refused
	}{
		"a PDF":                               {pdf, attachment.PDF},
		"a PDF with something behind it":      {pdf + strings.Repeat(" ", 500), attachment.PDF},
		"a PDF that was cut off":              {pdf[:40], ""},
		"a PDF that hides much behind it":     {pdf + strings.Repeat("PK", 5000), ""},
		"a picture":                           {string(pngBytes(t)), attachment.PNG},
		"a picture that was cut off":          {string(pngBytes(t)[:20]), ""},
		"a photo":                             {string(jpegBytes(t)), attachment.JPEG},
		"a photo that was cut off":            {string(jpegBytes(t)[:20]), ""},
		"a text":                              {"She came on Monday.\n", attachment.Text},
		"a text in Greek":                     {"Ήρθε τη Δευτέρα.\r\n", attachment.Text},
		"a text with a mark of its order":     {"\ufeffShe came on Monday.\n", attachment.Text},
		"a text in an old encoding":           {"D\xe9claration\n", ""},
		"a text with an escape sequence":      {"She came\x1b[2J on Monday.\n", ""},
		"a text with a zero byte":             {"She came\x00 on Monday.\n", ""},
		"a page":                              {"<!DOCTYPE html><script>alert(1)</script>", ""},
		"a page after blanks":                 {"  \n <script>alert(1)</script>", ""},
		"a drawing that can run scripts":      {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`, ""},
		"a program":                           {"MZ\x90\x00\x03\x00\x00\x00", ""},
		"a program of another system":         {"\x7fELF\x02\x01\x01\x00", ""},
		"an archive, as office documents":     {"PK\x03\x04\x14\x00\x06\x00", ""},
		"an old office document":              {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""},
		"a moving picture":                    {"GIF89a\x01\x00\x01\x00", ""},
		"nothing":                             {"", ""},
		"a photo's first bytes before a page": {"\xff\xd8\xff<script>alert(1)</script>", ""},
	} {
		got, ok := attachment.Sniff([]byte(c.bytes))
		if ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s is %q (%v), want %q", what, got, ok, c.want)
		}
	}
}

// FuzzSniff: what is taken is what a browser takes it for by the same bytes, and a text is one that can be read.
func FuzzSniff(f *testing.F) {
	for _, seed := range [][]byte{[]byte(pdf), pngBytes(f), jpegBytes(f), []byte("text\n"), []byte("<html>"), []byte("\ufefftext"), {}} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		media, ok := attachment.Sniff(b)
		if !ok {
			return
		}
		if guess := http.DetectContentType(b); guess != string(media) {
			t.Fatalf("taken for %q, a browser takes it for %q", media, guess)
		}
		if media == attachment.Text && (!utf8.Valid(b) || bytes.ContainsAny(b, "\x00\x1b\x7f")) {
			t.Fatal("a text that is none")
		}
	})
}
