// SPDX-License-Identifier: EUPL-1.2

package yearbook

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// MaxPage is the largest file that the page takes, in bytes; the command takes larger ones.
const MaxPage = 2 << 20

const bringPath = Path + "/bring"

//go:embed sample.csv
var sample []byte

func sampleFile(context.Context, *page.Request) (page.Response, error) {
	return page.File("figures-sample.csv", "text/csv; charset=utf-8", sample), nil
}

// bringPage is where somebody brings a file, sees what was understood of it, and only then keeps that. Nothing is kept between
// the two: the form carries the file.
type bringPage struct {
	Title, Lead, Path, Sample, Cancel string
	Crumbs                            []page.Crumb
	Fields                            []register.Field
	Errors                            page.FieldErrors
	Wrong, Data, Seen, Again          string
	Known                             []page.Fact
	Columns                           []page.Fact
	Tables                            []page.Table
	Done                              string
}

func (c Config) view(l *lang.Locale, p bringPage) page.Response {
	p.Title, p.Lead, p.Path, p.Sample, p.Cancel = l.T("yearbook.bring"), l.T("yearbook.bring.lead"), bringPath, bringPath+"/sample", Path
	p.Crumbs = []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("yearbook.title"), Href: Path}, {Text: p.Title}}
	v := page.View("yearbook/bring", l.T("yearbook.bring"), p)
	if p.Wrong != "" || len(p.Errors) > 0 {
		v = page.Status(http.StatusUnprocessableEntity, v)
	}
	return v
}

func fields(l *lang.Locale, v url.Values) []register.Field {
	return []register.Field{
		{Kind: "text", Name: "name", Label: l.T("yearbook.name"), Hint: l.T("yearbook.name.hint"), Value: v.Get("name")},
		{Kind: "select", Name: "as", Label: l.T("yearbook.shape"), Options: register.Codes(l, "intake.shape.", intake.Shapes()), Value: v.Get("as"), Blank: l.T("register.choose")},
	}
}

func (c Config) ask(_ context.Context, r *page.Request) (page.Response, error) {
	if !register.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	return c.view(r.L, bringPage{Fields: fields(r.L, nil)}), nil
}

// take looks at a file, or keeps the one that was looked at.
func (c Config) take(ctx context.Context, r *page.Request) (page.Response, error) {
	if !register.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	p := bringPage{Fields: fields(r.L, v)}
	file, err := sent(r, v)
	var f *intake.Figures
	if err == nil && v.Get("name") == "" {
		err = fault.Bad("name", "yearbook.want.name", "Max", maxName)
	}
	if err == nil {
		f, err = intake.Read(bytes.NewReader(file), int64(len(file)), intake.Shape(v.Get("as")), intake.Options{Names: c.Territories()})
	}
	if err == nil {
		p.look(r.L, file, v, f)
		if v.Get("keep") != "" && v.Get("seen") == p.Seen {
			err = c.keep(ctx, r, &p, v.Get("name"), file, f)
		} else if v.Get("keep") != "" {
			p.Again = r.L.T("yearbook.again")
		}
	}
	var wrong *fault.Fault
	switch {
	case err == nil:
	case errors.As(err, &wrong) && (wrong.Kind == fault.Invalid || wrong.Kind == fault.Guarded):
		if len(wrong.Fields) > 0 {
			p.Errors = r.Errors(err)
		} else {
			p.Wrong = r.L.Fault(err)
		}
	default:
		return nil, err
	}
	return c.view(r.L, p), nil
}

func (c Config) keep(ctx context.Context, r *page.Request, p *bringPage, name string, file []byte, f *intake.Figures) error {
	done, err := Bring(ctx, c.Store, register.As(r), name, file, f)
	if err != nil {
		return err
	}
	p.Done = Path + "/" + done.ID.String()
	return nil
}

// sent gives the file: the one that was chosen, or the one that the form carries.
func sent(r *page.Request, v url.Values) ([]byte, error) {
	f, ok, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	b := f.Bytes
	if !ok {
		if b, err = base64.StdEncoding.DecodeString(v.Get("data")); err != nil || len(b) == 0 {
			return nil, fault.Bad("file", "register.file.none")
		}
	}
	if len(b) > MaxPage {
		return nil, fault.Bad("file", "yearbook.want.smaller", "Max", MaxPage>>20)
	}
	return b, nil
}

// look says what was understood of a file, and names it, so that what is kept is that and nothing else.
func (p *bringPage) look(l *lang.Locale, file []byte, v url.Values, f *intake.Figures) {
	h := sha256.New()
	for _, s := range []string{v.Get("name"), v.Get("as"), string(file)} {
		h.Write([]byte(s + "\x00"))
	}
	p.Seen, p.Data = hex.EncodeToString(h.Sum(nil)[:16]), base64.StdEncoding.EncodeToString(file)
	p.Known = []page.Fact{{Term: l.T("yearbook.taken"), Text: l.Number(f.Report.Taken), Sub: l.N("yearbook.lines", f.Report.Lines)}}
	for _, k := range intake.Kinds() {
		p.Known = append(p.Known, page.Fact{Term: l.T("intake.kind." + string(k)), Text: l.Number(f.Report.N(k))})
	}
	for _, c := range f.Columns {
		p.Columns = append(p.Columns, page.Fact{Term: called(l, c), Text: l.N("yearbook.values", len(c.Values)), Sub: columnSub(l, c)})
	}
	p.Known = append(p.Known, page.Fact{Term: l.T("yearbook.counting"), Text: countable(l, f)})
	p.Tables = append(tallies(l, f.Report), shown(l, f)...)
}

func columnSub(l *lang.Locale, c intake.Column) string {
	switch {
	case c.List == "country":
		return l.T("yearbook.countries")
	case c.Several:
		return l.T("yearbook.several")
	}
	return ""
}
