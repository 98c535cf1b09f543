// SPDX-License-Identifier: EUPL-1.2

package pdf

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// file is a PDF file being completed: the objects that fpdf wrote stay where they are, those that must say more are
// written again behind them, and one table of offsets, ours, says where each stands.
type file struct {
	bytes.Buffer
	offsets []int // by object number; 0 is none
}

// objects of fpdf's that are rewritten: page n, its content, and the catalog, which is the last one.
func pageObject(n int) int    { return 1 + 2*n }
func contentObject(n int) int { return 2 + 2*n }

// finish gives fpdf's file its structure tree, links, bookmarks and description.
func (w *writer) finish(b []byte) ([]byte, error) {
	f, info, err := opened(b)
	if err != nil {
		return nil, err
	}
	catalog := len(f.offsets) - 1
	annots, rects := w.annotations(f)
	tree := w.tree(f, rects)
	for n := 1; n <= w.f.PageCount(); n++ {
		annot := ""
		if len(annots[n]) > 0 {
			annot = " /Annots [" + strings.Join(annots[n], " ") + "]"
		}
		f.put(pageObject(n), fmt.Sprintf("<</Type /Page /Parent 1 0 R /Resources 2 0 R /Contents %d 0 R /StructParents %d /Tabs /S%s>>", contentObject(n), n-1, annot))
	}
	outlines := w.bookmarks(f)
	meta := f.stream(w.metadata())
	f.put(catalog, fmt.Sprintf("<</Type /Catalog /Pages 1 0 R /Lang %s /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /ViewerPreferences <</DisplayDocTitle true>> /Metadata %d 0 R%s>>",
		textString(w.d.info.Language), tree, meta, outlines))
	return f.close(catalog, info), nil
}

// opened reads where fpdf put its objects. It reads fpdf's own files and no others.
func opened(b []byte) (*file, int, error) {
	tail := bytes.LastIndex(b, []byte("startxref\n"))
	if tail < 0 || !bytes.HasPrefix(b, []byte("%PDF-1.")) {
		return nil, 0, errText("pdf: no table of objects")
	}
	at, err := strconv.Atoi(string(bytes.Fields(b[tail+10:])[0]))
	if err != nil || at >= tail {
		return nil, 0, errText("pdf: no table of objects")
	}
	lines := strings.Split(string(b[at:tail]), "\n")
	f := &file{offsets: []int{0}}
	info := 0
	for _, line := range lines {
		var offset, generation int
		if n, _ := fmt.Sscanf(line, "%010d %05d n", &offset, &generation); n == 2 && strings.HasSuffix(line, "n ") {
			f.offsets = append(f.offsets, offset)
		}
		_, _ = fmt.Sscanf(line, "/Info %d 0 R", &info)
	}
	if len(f.offsets) < 3 || info == 0 {
		return nil, 0, errText("pdf: no table of objects")
	}
	f.Write(b[:at])
	copy(f.Bytes(), "%PDF-1.7") // marked content and the order of tabs need more than fpdf's 1.3
	return f, info, nil
}

// reserve gives a new object its number.
func (f *file) reserve() int {
	f.offsets = append(f.offsets, 0)
	return len(f.offsets) - 1
}

func (f *file) put(n int, dict string) {
	f.offsets[n] = f.Len()
	fmt.Fprintf(f, "%d 0 obj\n%s\nendobj\n", n, dict)
}

func (f *file) add(dict string) int {
	n := f.reserve()
	f.put(n, dict)
	return n
}

func (f *file) stream(b []byte) int {
	return f.add(fmt.Sprintf("<</Type /Metadata /Subtype /XML /Length %d>>\nstream\n%s\nendstream", len(b), b))
}

// close writes the table of offsets. The file's id follows from what stands in it.
func (f *file) close(catalog, info int) []byte {
	at := f.Len()
	id := sha256.Sum256(f.Bytes())
	fmt.Fprintf(f, "xref\n0 %d\n0000000000 65535 f \n", len(f.offsets))
	for _, o := range f.offsets[1:] {
		fmt.Fprintf(f, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(f, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /ID [<%X> <%X>]>>\nstartxref\n%d\n%%%%EOF\n", len(f.offsets), catalog, info, id[:16], id[:16], at)
	return f.Bytes()
}

// annotations writes the links' rectangles: references by page, and object numbers by link.
func (w *writer) annotations(f *file) (map[int][]string, []int) {
	refs, numbers := map[int][]string{}, make([]int, len(w.links))
	for i, l := range w.links {
		action := "/A <</S /URI /URI " + literal(l.href) + ">>"
		if name, inside := strings.CutPrefix(l.href, "#"); inside {
			to, ok := w.anchors[name]
			if !ok {
				continue // nothing of that name was written: the words stay
			}
			action = "/Dest " + dest(to)
		}
		numbers[i] = f.add(fmt.Sprintf("<</Type /Annot /Subtype /Link /Rect [%.2f %.2f %.2f %.2f] /Border [0 0 0] /F 4 /Contents %s /StructParent %d %s>>",
			l.x0, l.y0, l.x1, l.y1, textString(l.text), w.f.PageCount()+i, action))
		refs[l.page] = append(refs[l.page], fmt.Sprintf("%d 0 R", numbers[i]))
	}
	return refs, numbers
}

// literal writes an address as PDF wants it: ASCII in brackets.
func literal(s string) string {
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
}

func dest(t target) string {
	return fmt.Sprintf("[%d 0 R /XYZ %.2f %.2f null]", pageObject(t.page), left, pageHeight-t.y+4)
}

// tree writes the structure tree, and the way back to it from every piece of content and every link.
func (w *writer) tree(f *file, rects []int) int {
	root := f.reserve()
	w.number(f, w.root)
	w.elements(f, w.root, root, rects)
	var nums strings.Builder
	for n := 1; n <= w.f.PageCount(); n++ {
		fmt.Fprintf(&nums, "%d [", n-1)
		for _, e := range w.marks[n] {
			fmt.Fprintf(&nums, "%d 0 R ", e.object)
		}
		nums.WriteString("] ")
	}
	for i, l := range w.links {
		if rects[i] != 0 {
			fmt.Fprintf(&nums, "%d %d 0 R ", w.f.PageCount()+i, l.element.object)
		}
	}
	parents := f.add("<</Nums [" + nums.String() + "]>>")
	f.put(root, fmt.Sprintf("<</Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d>>", w.root.object, parents, w.f.PageCount()+len(w.links)))
	return root
}

func (w *writer) number(f *file, e *element) {
	e.object = f.reserve()
	for _, k := range e.kids {
		if k.element != nil {
			w.number(f, k.element)
		}
	}
}

func (w *writer) elements(f *file, e *element, parent int, rects []int) {
	var kids strings.Builder
	for _, k := range e.kids {
		switch {
		case k.element != nil:
			fmt.Fprintf(&kids, "%d 0 R ", k.element.object)
		case k.link > 0:
			if rects[k.link-1] != 0 {
				fmt.Fprintf(&kids, "<</Type /OBJR /Obj %d 0 R /Pg %d 0 R>> ", rects[k.link-1], pageObject(w.links[k.link-1].page))
			}
		default:
			fmt.Fprintf(&kids, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pageObject(k.page), k.mark)
		}
	}
	f.put(e.object, fmt.Sprintf("<</Type /StructElem /S /%s /P %d 0 R %s /K [%s]>>", e.tag, parent, e.attrs, kids.String()))
	for _, k := range e.kids {
		if k.element != nil {
			w.elements(f, k.element, e.object, rects)
		}
	}
}

// bookmarks writes the outline from the headings and gives the catalog's words for it.
func (w *writer) bookmarks(f *file) string {
	if len(w.outline) == 0 {
		return ""
	}
	root := f.reserve()
	numbers := make([]int, len(w.outline))
	for i := range w.outline {
		numbers[i] = f.reserve()
	}
	parent := func(i int) int { // the nearest one before it of a lower level; -1 is the root
		for j := i - 1; j >= 0; j-- {
			if w.outline[j].level < w.outline[i].level {
				return j
			}
		}
		return -1
	}
	kids := map[int][]int{}
	for i := range w.outline {
		kids[parent(i)] = append(kids[parent(i)], i)
	}
	number := func(i int) int {
		if i < 0 {
			return root
		}
		return numbers[i]
	}
	ends := func(i int) string {
		if len(kids[i]) == 0 {
			return ""
		}
		return fmt.Sprintf(" /First %d 0 R /Last %d 0 R /Count %d", number(kids[i][0]), number(kids[i][len(kids[i])-1]), w.below(kids, i))
	}
	for i, b := range w.outline {
		p := parent(i)
		at := slices.Index(kids[p], i)
		around := ""
		if at > 0 {
			around += fmt.Sprintf(" /Prev %d 0 R", number(kids[p][at-1]))
		}
		if at+1 < len(kids[p]) {
			around += fmt.Sprintf(" /Next %d 0 R", number(kids[p][at+1]))
		}
		f.put(numbers[i], fmt.Sprintf("<</Title %s /Parent %d 0 R /Dest %s%s%s>>", textString(b.text), number(p), dest(b.target), around, ends(i)))
	}
	f.put(root, "<</Type /Outlines"+ends(-1)+">>")
	return fmt.Sprintf(" /Outlines %d 0 R /PageMode /UseOutlines", root)
}

// below counts the bookmarks under one, all of them open.
func (w *writer) below(kids map[int][]int, i int) int {
	n := 0
	for _, k := range kids[i] {
		n += 1 + w.below(kids, k)
	}
	return n
}

// metadata describes the document once more in XML, as archives and screen readers look for it.
func (w *writer) metadata() []byte {
	i := w.d.info
	esc := func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
		return b.String()
	}
	day := i.Date.UTC().Format(time.RFC3339)
	return []byte(`<?xpacket begin="` + "\uFEFF" + `" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">` + esc(i.Title) + `</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>` + esc(i.Language) + `</rdf:li></rdf:Bag></dc:language>
<dc:creator><rdf:Seq><rdf:li>` + esc(cmp.Or(i.Author, "Entraide")) + `</rdf:li></rdf:Seq></dc:creator>
<xmp:CreateDate>` + day + `</xmp:CreateDate><xmp:ModifyDate>` + day + `</xmp:ModifyDate><pdf:Producer>Entraide</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`)
}
