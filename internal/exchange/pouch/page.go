// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"context"
	"embed"
	"fmt"
	"net/http"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Config is what the pages need. All are required.
type Config struct {
	Store *store.Store
	Post  *post.Post
	// Words are what stands around a pouch in an e-mail, in the office's language.
	Words func() Words
}

type room struct{ Config }

// Room gives the pages, under each partner's. They are for whoever manages partners.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "pouch", Templates: templates, Routes: []page.Route{
		{Pattern: "GET /partners/{id}/by-hand", Handle: rm.show},
		{Pattern: "POST /partners/{id}/by-hand", Handle: rm.bring, MaxBody: maxBody},
		{Pattern: "POST /partners/{id}/by-hand/take/{form}", Handle: rm.take},
	}}
}

// maxBody lets the largest pouch in; as e-mail, where it takes a third more, one of 10 MiB.
const maxBody = 15 << 20

// partner opens the partner whose page it is. Errors: Denied, NotFound.
func (rm room) partner(ctx context.Context, r *page.Request) (terms.Partner, error) {
	if !r.Actor.Has(access.Liaison) {
		return terms.Partner{}, fault.New(fault.Denied, "fault.denied")
	}
	id, err := r.ID("id")
	if err != nil {
		return terms.Partner{}, err
	}
	o, err := rm.Store.Open(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, store.Ref{Kind: access.KindPartner, ID: id})
	if err != nil {
		return terms.Partner{}, err
	}
	return o.State.(terms.Partner), nil
}

// handData is the page on which somebody takes along and brings in.
type handData struct {
	At     string
	Crumbs []page.Crumb
	Waits  string
	Any    bool
	Codes  string // as typed
	Errors page.FieldErrors
	Mark   string // what codes begin with
	Lines  int    // of a code

	Said, Tone, Back string // of what was brought just now
	Report           page.Table
}

func (rm room) data(ctx context.Context, r *page.Request, p terms.Partner) (handData, error) {
	at := "/partners/" + p.Card.Office.String()
	d := handData{At: at + "/by-hand", Crumbs: []page.Crumb{{Text: r.L.T("exchange.partners"), Href: "/partners"}, {Text: p.Card.Name, Href: at}, {Text: r.L.T("pouch.title")}}}
	var messages, receipts int
	err := rm.Post.DB.Read(ctx, func(tx db.Tx) (err error) {
		messages, receipts, err = post.Waits(ctx, tx, r.Actor.Owner, p.Card.Office)
		return err
	})
	if d.Any = messages+receipts > 0; d.Any {
		d.Waits = r.L.T("pouch.waits", "What", Holds(r.L, messages, receipts, 0))
	} else {
		d.Waits = r.L.T("pouch.empty")
	}
	return d, err
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	p, err := rm.partner(ctx, r)
	if err != nil {
		return nil, err
	}
	d, err := rm.data(ctx, r, p)
	return hand(r, d), err
}

// hand shows the page; it may ask for the camera, to read codes.
func hand(r *page.Request, d handData) page.Response {
	d.Mark, d.Lines = codesMark, codeLines
	return page.WithCamera(page.View("pouch/hand", r.L.T("pouch.title"), d))
}

func (rm room) take(ctx context.Context, r *page.Request) (page.Response, error) {
	p, err := rm.partner(ctx, r)
	if err != nil {
		return nil, err
	}
	form, room := r.PathValue("form"), MaxFile
	switch form {
	case "file":
	case "mail":
		room = maxBody * 2 / 3
	case "codes":
		room = MaxCodes
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	f, err := Fill(ctx, rm.Post, r.Actor.Owner, p.Card.Office, room, 0)
	if err != nil {
		return nil, err
	}
	if f.Bytes == nil {
		return page.Redirect("/partners/"+p.Card.Office.String()+"/by-hand", "pouch.empty"), nil
	}
	if err := Note(ctx, rm.Store, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, p.Card.Office, form, f); err != nil {
		return nil, err
	}
	switch form {
	case "mail":
		return page.File(strings.TrimSuffix(f.Name, Ext)+".eml", "message/rfc822", Mail(f.Name, f.Bytes, rm.Words(), r.Now)), nil
	case "codes":
		return rm.printed(r, p, f)
	}
	return page.File(f.Name, "application/octet-stream", f.Bytes), nil
}

// Note writes down, before it is given out, that somebody takes a pouch along to a partner, as a file, an e-mail or codes.
func Note(ctx context.Context, s *store.Store, w store.Who, partner journal.ID, as string, f Filled) error {
	_, err := s.Append(ctx, w, store.Ref{Kind: access.KindPartner, ID: partner}, store.Draft{Type: terms.TakenAlong, Payload: terms.Along{As: as, File: f.Name, Messages: f.Messages, Receipts: f.Receipts, Pieces: f.Pieces}})
	return err
}

// codeData is one code as it is printed.
type codeData struct {
	Title string
	Size  int
	Path  string
	Lines []string
}

func (rm room) printed(r *page.Request, p terms.Partner, f Filled) (page.Response, error) {
	c, err := Print(f.Bytes)
	if err != nil {
		return nil, err
	}
	at := "/partners/" + p.Card.Office.String()
	var codes []codeData
	for i, x := range c.Codes {
		m, err := x.Modules()
		if err != nil {
			return nil, fault.Wrap(fault.Internal, err, "fault.internal")
		}
		codes = append(codes, codeData{r.L.T("pouch.print.code", "N", i+1, "All", len(c.Codes)), len(m) + 2*quiet, drawn(m), x.Lines})
	}
	d := map[string]any{"Crumbs": []page.Crumb{{Text: r.L.T("exchange.partners"), Href: "/partners"}, {Text: p.Card.Name, Href: at}, {Text: r.L.T("pouch.title"), Href: at + "/by-hand"}, {Text: r.L.T("pouch.print")}},
		"Holds": Holds(r.L, f.Messages, f.Receipts, f.Pieces), "Head": c.Head, "Codes": codes, "Left": ""}
	if f.Left > 0 {
		d["Left"] = r.L.N("pouch.left", f.Left)
	}
	return page.View("pouch/codes", r.L.T("pouch.print"), d), nil
}

// quiet is the margin of a QR code, in modules.
const quiet = 4

// drawn gives a code's dark modules as the path of an SVG, row by row.
func drawn(m [][]bool) string {
	var b strings.Builder
	for y, row := range m {
		for x := 0; x < len(row); x++ {
			run := 0
			for x+run < len(row) && row[x+run] {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	return b.String()
}

func (rm room) bring(ctx context.Context, r *page.Request) (page.Response, error) {
	p, err := rm.partner(ctx, r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Codes string `form:"codes"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	up, came, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	var files []File
	if came {
		files = append(files, File{r.L.T("pouch.file"), up.Bytes})
	}
	if in.Codes != "" {
		files = append(files, File{r.L.T("pouch.codes"), []byte(in.Codes)})
	}
	var wrong page.FieldErrors
	if len(files) == 0 {
		wrong = page.FieldErrors{{Name: "file", Text: r.L.T("pouch.need")}}
	}
	if _, err := ReadCodes(in.Codes); in.Codes != "" && err != nil {
		wrong = page.FieldErrors{{Name: "codes", Text: r.L.Fault(err)}}
	}
	if len(wrong) > 0 {
		d, err := rm.data(ctx, r, p)
		d.Codes, d.Errors = in.Codes, wrong
		return page.Status(http.StatusUnprocessableEntity, hand(r, d)), err
	}
	report, err := Bring(ctx, rm.Post, r.Actor.Owner, files...)
	if err != nil {
		return nil, err
	}
	return rm.reported(ctx, r, p, report)
}

// tones of what became of a line.
var tones = map[string]string{Taken: page.Good, Again: page.Off, Refused: page.Bad, Turned: page.Bad, Later: page.Warn, Arrived: page.Good, Other: page.Warn, Damaged: page.Bad, Nothing: page.Warn}

// reported shows the page again, with what became of everything that was brought.
func (rm room) reported(ctx context.Context, r *page.Request, p terms.Partner, report Report) (page.Response, error) {
	d, err := rm.data(ctx, r, p)
	if err != nil {
		return nil, err
	}
	d.Tone, d.Said = page.Good, r.L.T("pouch.said.ok")
	if !report.OK {
		d.Tone, d.Said = page.Warn, r.L.T("pouch.said.not")
	}
	if report.Back > 0 {
		d.Back = r.L.N("pouch.back", report.Back)
	}
	names := map[journal.ID]string{p.Card.Office: p.Card.Name}
	d.Report = page.Table{Caption: r.L.T("pouch.report"), Columns: []page.Column{{Text: r.L.T("pouch.what")}, {Text: r.L.T("exchange.office")}, {Text: r.L.T("exchange.at")}}}
	for _, l := range report.Lines {
		if _, known := names[l.From]; !known && !l.From.IsZero() {
			if c, err := rm.Post.Directory.Partner(ctx, r.Actor.Owner, l.From); err == nil {
				names[l.From] = c.Name
			}
		}
		what := page.Cell{Text: l.Words(r.L), Tone: tones[l.What]}
		if l.Type != "" && r.L.Has(l.Type+".title") {
			what.Sub = r.L.T(l.Type + ".title")
		}
		at := page.Cell{}
		if !l.Sent.IsZero() {
			at.Text = r.L.DateTime(l.Sent)
		}
		d.Report.Rows = append(d.Report.Rows, page.Row{Cells: []page.Cell{what, {Text: names[l.From]}, at}})
	}
	return hand(r, d), nil
}
