// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"context"
	"time"
)

// galleryRoom shows every component as it is used, for whoever builds a page; a demonstration mounts it.
func galleryRoom() Room {
	return Room{Name: "gallery", Routes: []Route{{Pattern: "GET /gallery", Open: true, Handle: gallery}}}
}

// galleryData is what the components are shown with, where a dict in the template does not do.
type galleryData struct {
	Past, Soon, Later time.Time
	Options           []Option
	Facts             []Fact
	Table             Table
	None              Table
	Lines             []Line
	Events            []Event
	Errors            FieldErrors
}

func gallery(_ context.Context, r *Request) (Response, error) {
	word, text := r.L.T("page.gallery.word"), r.L.T("page.gallery.sentence")
	d := galleryData{Past: r.Now.AddDate(0, 0, -2), Soon: r.Now.AddDate(0, 0, 3), Later: r.Now.AddDate(0, 2, 0)}
	d.Options = []Option{{"a", word, text}, {"b", r.L.T("page.gallery.other"), ""}}
	d.Facts = []Fact{{Term: word, Text: text}, {Term: word, Text: word, Href: "/gallery", Sub: text}, {Term: word, Tone: Good, Text: word}, {Term: word}, {Term: word, Text: text, Unverified: true},
		{Term: word, Masked: true, Reveal: "/gallery"}, {Term: word, Erased: true, At: d.Past}, {Term: word, Withheld: text}}
	rows := []Row{{Cells: []Cell{{Text: word, Href: "/gallery"}, {Text: word, Tone: Warn}, {Due: &d.Soon, Now: r.Now}, {Text: r.L.Number(1234)}}},
		{Cells: []Cell{{Text: word, Sub: text}, {}, {Due: &d.Past, Now: r.Now}, {Masked: true, Text: word, Reveal: "/gallery"}}}}
	d.Table = Table{Caption: word, ShowCaption: true, Columns: []Column{{Text: word}, {Text: word}, {Text: word}, {Text: word, Num: true}}, Rows: rows}
	d.None = Table{Caption: word, Columns: d.Table.Columns, Empty: &Empty{Icon: "inbox", Title: word, Text: text, Action: &Action{Text: word, Href: "/gallery"}}}
	d.Lines = []Line{{Tone: Bad, Title: word, Href: "/gallery", Text: text, Basis: word, Unverified: true, Due: &d.Soon, Now: r.Now}, {Tone: Off, Title: word, Text: text}}
	d.Events = []Event{{At: r.Now, Title: word, Text: text, Who: word, Tone: Info, Href: "/gallery"}, {At: d.Past, Title: word, Tone: Off}}
	d.Errors = FieldErrors{{Name: "g-text", Text: text}}
	return View("gallery/all", r.L.T("page.gallery.title"), d), nil
}
