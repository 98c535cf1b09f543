// SPDX-License-Identifier: EUPL-1.2

package explorer

import (
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/attack"
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
)

// Certificate says what a release promises, what was tried against it, what it consists of, and how anybody checks it.
type Certificate struct {
	Title string
	Lead  string
	Parts []Part
}

// Part is one of its chapters.
type Part struct {
	Title      string
	Paragraphs []string
	Facts      []Fact   // names and what they are
	Points     []Point  // the attacks
	Commands   []string // as they are typed
}

// Fact is a line of a table. Exact says that it is read letter by letter.
type Fact struct {
	Name, Text string
	Exact      bool
}

// Point is one attack with what it found. Good says that it found nothing that was not promised.
type Point struct {
	Title, Text, Note string
	Good              bool
}

// CertificateOf words the certificate of a release.
func CertificateOf(b Book, l *lang.Locale) Certificate {
	r := b.Release
	title := nameOf(l, r).Text
	c := Certificate{Title: l.T("explorer.certificate"), Lead: l.T("explorer.certificate.lead", "Title", title, "Offices", officesOf(r, l), "Date", moment(l, r))}
	if len(r.Offices) == 0 {
		c.Lead = l.T("explorer.certificate.lead.nobody", "Title", title, "Date", moment(l, r))
	}
	c.Parts = append(c.Parts, b.what(l), b.promised(l), b.tried(l), Part{Title: l.T("explorer.certificate.not"), Paragraphs: b.limits(l)}, b.released(l), b.checking(l))
	return c
}

func (b Book) what(l *lang.Locale) Part {
	r, cells := b.Release, 0
	for _, t := range b.Tables.Tables {
		cells += len(t.Cells)
	}
	p := Part{Title: l.T("explorer.certificate.what")}
	if s := in(l, r.Population).Text; s != "" {
		p.Paragraphs = append(p.Paragraphs, s)
	}
	p.Facts = []Fact{
		{Name: l.T("explorer.period"), Text: period(l, r)},
		{Name: l.T("explorer.unit"), Text: unit(l, r.Unit)},
		{Name: l.T("explorer.columns"), Text: strings.Join(b.columnTitles(l), "; ")},
		{Name: l.T("explorer.tables"), Text: l.T("explorer.tables.count", "Tables", l.Number(len(b.Tables.Tables)), "Cells", l.Number(cells))},
		{Name: l.T("explorer.source"), Text: l.T("explorer.source.version", "Source", r.Source, "Version", r.Version)}}
	if b.Records != nil {
		p.Facts = append(p.Facts, Fact{Name: l.T("explorer.records"), Text: l.T("explorer.records.count", "Count", l.Number(b.Records.Len()))})
	}
	return p
}

func (b Book) columnTitles(l *lang.Locale) []string {
	var out []string
	for i := 0; i < len(b.Release.Columns); i++ {
		n := b.together(i)
		t := title(l, b.Release.Columns[i])
		if n > 1 {
			t, _ = b.parted(l, i)
		}
		out, i = append(out, t.Text), i+n-1
	}
	return out
}

// promised says what each person was promised, in numbers that can be pictured.
func (b Book) promised(l *lang.Locale) Part {
	p := Part{Title: l.T("explorer.certificate.promise")}
	if x := b.Release.Promise; x != nil {
		right := int(math.Ceil(100 * ceiling(*x)))
		p.Paragraphs = []string{l.T("explorer.promise.noise"), l.T("explorer.promise.person", "Right", l.Number(min(right, 100))), l.T("explorer.promise.all")}
		if b.Release.Unit == "record" { // of a table that says nothing of who is in it more than once
			p.Paragraphs = append(p.Paragraphs, l.T("explorer.promise.records"))
		}
		p.Facts = []Fact{
			{Name: l.T("explorer.promise.epsilon"), Text: l.Number(x.Epsilon)},
			{Name: l.T("explorer.promise.delta"), Text: odds(l, x.Delta)},
			{Name: l.T("explorer.promise.rho"), Text: x.Rho}}
		if x.Choice != nil {
			p.Paragraphs = append(p.Paragraphs, chosen(l, *x))
		}
	}
	if g := b.Release.Guard; g != nil {
		k := l.Number(g.K)
		switch g.Method {
		case "rounded":
			p.Paragraphs = append(p.Paragraphs, l.T("explorer.promise.rounded", "Base", l.Number(g.Base), "Less", l.Number(max(g.Base-1, 0))), l.T("explorer.promise.sums"))
		default:
			p.Paragraphs = append(p.Paragraphs, l.T("explorer.promise.below", "K", k), l.T("explorer.promise.withheld", "K", k))
		}
		earlier := l.T("explorer.promise.earlier.none")
		if len(g.Earlier) > 0 {
			earlier = l.T("explorer.promise.earlier", "Releases", l.List(g.Earlier))
		}
		p.Paragraphs = append(p.Paragraphs, earlier)
	}
	return p
}

// ceiling is how often somebody can be right at most, as the games that were played against the release have it.
func ceiling(x bundle.Promise) float64 {
	spent := math.Inf(1)
	if rho, ok := new(big.Rat).SetString(x.Rho); ok {
		spent, _ = rho.Float64()
	}
	return attack.Ceiling(noise.Rho(spent), noise.Promise{Epsilon: x.Epsilon, Delta: x.Delta})
}

// chosen says that the tables were chosen, and what that cost.
func chosen(l *lang.Locale, x bundle.Promise) string {
	return l.T("explorer.promise.choice", "Taken", l.Number(x.Choice.Taken), "Of", l.Number(x.Choice.Of), "Part", x.Choice.Rho, "Rho", x.Rho)
}

// odds words a small chance as one in so many.
func odds(l *lang.Locale, f float64) string {
	if f <= 0 {
		return l.Number(0)
	}
	return l.T("explorer.promise.odds", "Of", l.Number(int(math.Floor(1/f))))
}

// tried words the attacks. Found is how often one found more than was promised.
func (b Book) tried(l *lang.Locale) Part {
	p := Part{Title: l.T("explorer.certificate.tried")}
	for _, c := range b.Release.Checks {
		code := c.Code
		if !l.Has("explorer.check." + code) {
			code = "other"
		}
		x := Point{Title: l.T("explorer.check."+code, "Code", c.Code), Good: c.Found == 0}
		switch {
		case c.Of == 0 && c.Found == 0:
			x.Text = l.T("explorer.check.untried")
		case c.Code == "group" && c.Found > 0: // no attack: the release says so, for people to judge
			x.Good, x.Text = true, l.T("explorer.check.alike", "Found", l.Number(c.Found), "Of", l.Number(c.Of))
		case c.Found == 0:
			x.Text = l.T("explorer.check.nothing", "Of", l.Number(c.Of))
		default:
			x.Text = l.T("explorer.check.something", "Found", l.Number(c.Found), "Of", l.Number(c.Of))
		}
		x.Note = noteOf(l, c)
		p.Points = append(p.Points, x)
	}
	if len(p.Points) == 0 {
		p.Paragraphs = []string{l.T("explorer.check.none")}
		return p
	}
	p.Paragraphs = []string{l.T("explorer.check.lead")}
	return p
}

// noteOf words the note of a check as package attack writes them; another one stands as it is.
func noteOf(l *lang.Locale, c bundle.Check) string {
	said := map[string]string{}
	for _, part := range strings.Split(c.Note, ";") {
		name, value, ok := strings.Cut(part, "=")
		if !ok {
			return c.Note
		}
		said[name] = value
	}
	if right, ceiling := said["right"], said["ceiling"]; right != "" && ceiling != "" {
		n, err := strconv.ParseFloat(ceiling, 64)
		if err != nil || math.Abs(n) > 1 {
			return c.Note
		}
		return l.T("explorer.check.game", "Right", l.Decimal(right), "Of", l.Number(c.Of), "Ceiling", l.Number(int(math.Ceil(100*n))))
	}
	if rho, stated := said["rho"], said["said"]; rho != "" && stated != "" {
		return l.T("explorer.check.cost", "Rho", rho, "Said", stated)
	}
	return c.Note
}

// limits says what nobody promises.
func (b Book) limits(l *lang.Locale) []string {
	out := []string{l.T("explorer.limit.seen"), l.T("explorer.limit.groups")}
	if b.Release.Promise != nil {
		out = append(out, l.T("explorer.limit.again"))
	} else {
		out = append(out, l.T("explorer.limit.others"))
	}
	if b.Records != nil {
		out = append(out, l.T("explorer.limit.records"))
	}
	return out
}

// released says who let it out: offices and functions, no names.
func (b Book) released(l *lang.Locale) Part {
	r := b.Release
	p := Part{Title: l.T("explorer.certificate.who")}
	for _, o := range r.Offices {
		name := o.Name
		if o.Country != "" {
			name += " (" + l.Country(o.Country) + ")"
		}
		p.Facts = append(p.Facts, Fact{Name: name, Text: o.Fingerprint, Exact: true})
	}
	if len(r.Released) > 0 {
		p.Paragraphs = []string{l.T("explorer.released", "Functions", l.List(r.Released), "Moment", l.DateTime(r.At))}
	}
	return p
}

// checking lists the hashes and the commands that need nobody's word.
func (b Book) checking(l *lang.Locale) Part {
	p := Part{Title: l.T("explorer.certificate.check"), Paragraphs: []string{l.T("explorer.check.how")}}
	if len(b.Release.Offices) > 1 { // together: each has it in its register, under its own hash
		p.Paragraphs = append(p.Paragraphs, l.T("explorer.check.together"))
	} else if slices.ContainsFunc(b.Release.Offices, func(o bundle.Office) bool { return o.Fingerprint != "" }) {
		p.Paragraphs = append(p.Paragraphs, l.T("explorer.check.register"))
	}
	p.Paragraphs = append(p.Paragraphs, l.T("explorer.check.offline"))
	if b.Seal != "" {
		p.Facts = append(p.Facts, Fact{Name: "release.json", Text: b.Seal, Exact: true})
	}
	for _, name := range slices.Sorted(maps.Keys(b.Release.Files)) {
		p.Facts = append(p.Facts, Fact{Name: name, Text: b.Release.Files[name], Exact: true})
	}
	names := append([]string{"release.json"}, slices.Sorted(maps.Keys(b.Release.Files))...)
	p.Commands = []string{"sha256sum " + strings.Join(names, " "), "entraide measure attack ."}
	return p
}

// PDF writes the certificate as a tagged document: the same release in the same language gives the same bytes. missing are letters
// that the document's fonts have no shape for.
func (c Certificate) PDF(b Book, l *lang.Locale) (document []byte, missing []rune, err error) {
	at := b.Release.At.UTC()
	d := pdf.New(pdf.Info{Title: c.Title, Language: l.Tag(), Author: officesOf(b.Release, l), Subject: nameOf(l, b.Release).Text, Date: time.Date(at.Year(), at.Month(), at.Day(), 12, 0, 0, 0, time.UTC),
		Page: func(n, of int) string { return l.T("explorer.page", "N", n, "Of", of) }})
	d.Heading(1, pdf.Plain(c.Title))
	d.Paragraph(pdf.Plain(c.Lead))
	for _, p := range c.Parts {
		d.Heading(2, pdf.Plain(p.Title))
		for _, s := range p.Paragraphs {
			d.Paragraph(pdf.Plain(s))
		}
		var points [][]pdf.Span
		for _, x := range p.Points {
			points = append(points, []pdf.Span{pdf.Strong(x.Title), pdf.Plain(" " + x.Text), pdf.Plain(spaced(x.Note))})
		}
		d.List(points...)
		d.Table(factTable(l, p))
		for _, s := range p.Commands {
			d.Paragraph(pdf.In("zxx", s))
		}
	}
	document, err = d.Bytes()
	return document, d.Missing(), err
}

func spaced(s string) string {
	if s == "" {
		return ""
	}
	return " " + s
}

// factTable sets facts in two columns; a hash is parted so that it fits a line.
func factTable(l *lang.Locale, p Part) pdf.Table {
	t := pdf.Table{Caption: p.Title, Columns: []pdf.Column{{Text: l.T("explorer.fact")}, {Text: l.T("explorer.says")}}}
	for _, f := range p.Facts {
		text := f.Text
		if f.Exact {
			text = parted(text)
		}
		t.Rows = append(t.Rows, []pdf.Cell{{pdf.Plain(f.Name)}, {pdf.Plain(text)}})
	}
	return t
}

// parted parts letters into groups of eight, which one can read out.
func parted(s string) string {
	if strings.ContainsAny(s, " :-") {
		return s
	}
	var out []string
	for part := range slices.Chunk([]byte(s), 8) {
		out = append(out, string(part))
	}
	return strings.Join(out, " ")
}
