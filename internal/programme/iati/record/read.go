// SPDX-License-Identifier: EUPL-1.2

package record

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
)

// MaxActivity bounds one activity in bytes of its file. A longer one is left out and counted.
const MaxActivity = 4 << 20

// Flaw is the code of what is wrong with a part of a file.
type Flaw string

// The closed list of flaws. The first two mean that something of the file was not kept.
const (
	Foreign  Flaw = "foreign"   // of another vocabulary: left out; the standard allows it
	Unknown  Flaw = "unknown"   // of none: left out
	TooLarge Flaw = "too_large" // an activity longer than MaxActivity: left out
	Again    Flaw = "again"     // more of it than there may be: what could not be joined was left out
	Missing  Flaw = "missing"   // a required child or attribute
	Order    Flaw = "order"     // a child out of its place
	Value    Flaw = "value"     // not of its type; kept as it stands
	Bare     Flaw = "bare"      // a text without narrative, as in version 1; kept as a narrative
)

// Flaws lists the closed list.
func Flaws() []Flaw {
	return []Flaw{Foreign, Unknown, TooLarge, Again, Missing, Order, Value, Bare}
}

// Found counts one flaw at one path ("iati-activity/title/@lang").
type Found struct {
	Path  string `json:"path"`
	Flaw  Flaw   `json:"flaw"`
	Count int    `json:"count"`
}

// Lost says that something was not kept.
func (f Found) Lost() bool {
	return f.Flaw == Foreign || f.Flaw == Unknown || f.Flaw == TooLarge || f.Flaw == Again
}

// ErrNotActivities says that a file is well formed and its root is no list of activities.
var ErrNotActivities = errors.New("record: no iati-activities file")

// ErrEmpty says that a file has nothing in it, and ErrCharset that it names a character set that is not known here.
var (
	ErrEmpty   = errors.New("record: an empty file")
	ErrCharset = errors.New("record: a character set that is not known")
)

// maxFound bounds the paths that are told apart, so that a hostile file cannot fill the memory with them.
const maxFound = 10000

// Reader reads a file of activities. Its memory holds one activity at a time.
type Reader struct {
	d       *xml.Decoder
	found   map[Found]int
	space   string // namespace of the root, mostly none
	open    bool
	done    bool
	version string
	limit   int64 // where the current activity becomes too large
}

// charsets are those of the programme's languages besides UTF-8, by their names. All that exist would add 1 MB to the program.
var charsets = map[string]encoding.Encoding{
	"us-ascii": charmap.Windows1252, "iso-8859-1": charmap.ISO8859_1, "iso-8859-2": charmap.ISO8859_2, "iso-8859-5": charmap.ISO8859_5,
	"iso-8859-7": charmap.ISO8859_7, "iso-8859-9": charmap.ISO8859_9, "iso-8859-15": charmap.ISO8859_15, "iso-8859-16": charmap.ISO8859_16,
	"windows-1250": charmap.Windows1250, "windows-1251": charmap.Windows1251, "windows-1252": charmap.Windows1252, "windows-1253": charmap.Windows1253,
	"windows-1254": charmap.Windows1254, "koi8-r": charmap.KOI8R, "koi8-u": charmap.KOI8U, "macintosh": charmap.Macintosh,
	"utf-16": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "utf-16be": unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
}

// NewReader reads from r, in UTF-8 or in another character set that the file names.
func NewReader(r io.Reader) *Reader {
	b := bufio.NewReader(r)
	wide := sixteen(b)
	if wide {
		r = charsets["utf-16"].NewDecoder().Reader(b)
	} else {
		r = b
	}
	d := xml.NewDecoder(r)
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if wide { // decoded already, whatever it says of itself
			return in, nil
		}
		e := charsets[strings.ToLower(label)]
		if e == nil {
			return nil, fmt.Errorf("%w: %.40q", ErrCharset, label)
		}
		return e.NewDecoder().Reader(in), nil
	}
	return &Reader{d: d, found: map[Found]int{}}
}

// sixteen says that a file begins with the mark of UTF-16, whose letters no declaration can be read from.
func sixteen(b *bufio.Reader) bool {
	mark, _ := b.Peek(2) // a shorter file has no mark
	return string(mark) == "\xfe\xff" || string(mark) == "\xff\xfe"
}

// Offset says how many bytes have been read.
func (r *Reader) Offset() int64 { return r.d.InputOffset() }

// Version is what the file says of its version, once an activity was read.
func (r *Reader) Version() string { return r.version }

// Found lists what was wrong so far, by path.
func (r *Reader) Found() []Found {
	out := make([]Found, 0, len(r.found))
	for f, n := range r.found {
		f.Count = n
		out = append(out, f)
	}
	inorder.By(out, func(a, b Found) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(string(a.Flaw), string(b.Flaw)))
	})
	return out
}

func (r *Reader) note(path string, flaw Flaw) {
	f := Found{Path: path, Flaw: flaw}
	if _, ok := r.found[f]; !ok && len(r.found) >= maxFound {
		f.Path = "…"
	}
	r.found[f]++
}

// Next gives the next activity. Errors: io.EOF after the last, ErrNotActivities, ErrEmpty, ErrCharset, or what is wrong with the XML; those before
// it were good.
func (r *Reader) Next() (Element, error) {
	if !r.open {
		if err := r.root(); err != nil {
			return Element{}, err
		}
	}
	for !r.done {
		t, err := r.d.Token()
		if err != nil {
			return Element{}, unexpected(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "iati-activity" || t.Name.Space != r.space {
				if err := r.skip(t, "iati-activities"); err != nil {
					return Element{}, err
				}
				continue
			}
			r.limit = r.d.InputOffset() + MaxActivity
			e, err := r.element(t, grammar(), "iati-activity")
			if err != nil {
				return Element{}, err
			}
			if r.d.InputOffset() > r.limit {
				r.note("iati-activity", TooLarge)
				continue
			}
			return e, nil
		case xml.CharData:
			r.stray(t, "iati-activities")
		case xml.EndElement:
			r.done = true
		}
	}
	return Element{}, r.end()
}

// root finds the root and its attributes.
func (r *Reader) root() error {
	for {
		t, err := r.d.Token()
		if errors.Is(err, io.EOF) && r.d.InputOffset() == 0 {
			return ErrEmpty
		}
		if err != nil {
			return unexpected(err)
		}
		s, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if s.Name.Local != "iati-activities" {
			return ErrNotActivities
		}
		r.open, r.space = true, s.Name.Space
		root := newSort("version! generated-datetime:dateTime linked-data-default:anyURI", nil)
		r.version = r.attrs(s, root, "iati-activities")["version"]
		return nil
	}
}

// end reads what stands behind the root: nothing but comments.
func (r *Reader) end() error {
	for {
		t, err := r.d.Token()
		if err != nil {
			return err // io.EOF
		}
		if s, ok := t.(xml.StartElement); ok {
			return fmt.Errorf("record: an element %.40q after the end", s.Name.Local)
		}
	}
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// skip leaves an element out.
func (r *Reader) skip(t xml.StartElement, in string) error {
	if t.Name.Space != r.space {
		r.note(in+"/"+qualified(t.Name), Foreign)
	} else {
		r.note(in+"/"+shortened(t.Name.Local), Unknown)
	}
	return unexpected(r.d.Skip())
}

func qualified(n xml.Name) string { return "{" + shortened(n.Space) + "}" + shortened(n.Local) }

func shortened(s string) string { return first(s, 80) }

func (r *Reader) stray(text []byte, path string) {
	if strings.TrimSpace(string(text)) != "" {
		r.note(path+"/text()", Unknown)
	}
}

// element reads an element of a sort, up to its end.
func (r *Reader) element(start xml.StartElement, s *sort, path string) (Element, error) {
	e := Element{Name: start.Name.Local, Attr: r.attrs(start, s, path)}
	var text strings.Builder
	at, foreign := 0, false // the place of the child before, and whether another vocabulary has begun
	for {
		t, err := r.d.Token()
		if err != nil {
			return e, unexpected(err)
		}
		switch t := t.(type) {
		case xml.CharData:
			if text.Len()+len(t) <= MaxActivity {
				text.Write(t)
			}
		case xml.StartElement:
			i := s.child(t.Name.Local)
			if i < 0 || t.Name.Space != r.space {
				foreign = true
				if s.text != "" {
					r.note(path, Value)
				}
				if err := r.skip(t, path); err != nil {
					return e, err
				}
				continue
			}
			if i < at || foreign {
				r.note(path+"/"+t.Name.Local, Order)
			}
			at = max(at, i)
			kid, err := r.element(t, s.children[i].sort, path+"/"+t.Name.Local)
			if err != nil {
				return e, err
			}
			if r.d.InputOffset() <= r.limit {
				e.Kids = append(e.Kids, kid)
			}
		case xml.EndElement:
			r.text(&e, s, text.String(), start, path)
			r.settle(&e, s, path)
			return e, nil
		}
	}
}

// text keeps the text of an element where its sort has one.
func (r *Reader) text(e *Element, s *sort, text string, start xml.StartElement, path string) {
	text = strings.TrimSpace(text)
	if s.text != "" {
		e.Text = text
		if !fits(s.text, text) {
			r.note(path, Value)
		}
		return
	}
	if text == "" {
		return
	}
	if s.child("narrative") < 0 {
		r.note(path+"/text()", Unknown)
		return
	}
	r.note(path+"/text()", Bare)
	n := Element{Name: "narrative", Text: text}
	for _, a := range start.Attr {
		if a.Name.Space == xmlSpace && a.Name.Local == "lang" {
			n.Attr = map[string]string{Language: strings.TrimSpace(a.Value)}
		}
	}
	e.Kids = append(e.Kids, n)
}

const xmlSpace = "http://www.w3.org/XML/1998/namespace"

// attrs keeps the attributes that a sort knows.
func (r *Reader) attrs(start xml.StartElement, s *sort, path string) map[string]string {
	var out map[string]string
	for _, a := range start.Attr {
		name := a.Name.Local
		switch {
		case a.Name.Space == "xmlns" || a.Name.Space == "" && name == "xmlns":
			continue
		case a.Name.Space == xmlSpace:
			name = "xml:" + name
		case a.Name.Space != "":
			name = ""
		}
		i := s.attr(name)
		if i < 0 {
			r.strange(a, name, s, path)
			continue
		}
		v := strings.TrimSpace(a.Value)
		if !fits(s.attrs[i].typ, v) {
			r.note(path+"/@"+name, Value)
		}
		if out == nil {
			out = map[string]string{}
		}
		out[name] = v
	}
	for _, a := range s.attrs {
		if _, ok := out[a.name]; a.required && !ok {
			r.note(path+"/@"+a.name, Missing)
		}
	}
	return out
}

// strange counts an attribute that a sort does not know.
func (r *Reader) strange(a xml.Attr, name string, s *sort, path string) {
	switch {
	case name == Language && !fits("language", strings.TrimSpace(a.Value)):
		r.note(path+"/@"+name, Value)
	case strings.HasPrefix(name, "xml:") && !s.closed:
		r.note(path+"/@"+name, Foreign)
	case name == "" && !s.closed:
		r.note(path+"/@"+qualified(a.Name), Foreign)
	case name == "":
		r.note(path+"/@"+qualified(a.Name), Unknown)
	default:
		r.note(path+"/@"+shortened(name), Unknown)
	}
}

// settle puts an element's children in order, joins those that there should be one of, and counts those that are missing.
func (r *Reader) settle(e *Element, s *sort, path string) {
	count := map[string]int{}
	kept := e.Kids[:0]
	for _, k := range e.Kids {
		count[k.Name]++
		c := s.children[s.child(k.Name)]
		if count[k.Name] == 1 || c.repeatable {
			kept = append(kept, k)
			continue
		}
		r.note(path+"/"+k.Name, Again)
		if i := slices.IndexFunc(kept, func(x Element) bool { return x.Name == k.Name }); c.sort.child("narrative") >= 0 {
			kept[i].Kids = append(slices.Clip(kept[i].Kids), k.Kids...)
		}
	}
	e.Kids = kept
	if len(kept) == 0 {
		e.Kids = nil
	}
	inorder.Stably(e.Kids, func(a, b Element) int { return s.child(a.Name) - s.child(b.Name) })
	for _, c := range s.children {
		if c.required && count[c.name] == 0 {
			r.note(path+"/"+c.name, Missing)
		}
	}
}

// Attributes lists the names of an element's attributes, sorted.
func (e Element) Attributes() []string { return slices.Sorted(maps.Keys(e.Attr)) }
