// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Run is a piece of text. Ref names the fact that it is ("P4-W1.participants"); Lang is set for a passage in another
// language than the edition's.
type Run struct {
	Text   string `json:"text"`
	Href   string `json:"href,omitempty"`
	Lang   string `json:"lang,omitempty"`
	Ref    string `json:"ref,omitempty"`
	Strong bool   `json:"strong,omitempty"`
	Slant  bool   `json:"slant,omitempty"`
}

// Shape is what a block is.
type Shape string

// The closed list of blocks.
const (
	Paragraph Shape = "p"
	Subtitle  Shape = "h"
	Bullets   Shape = "ul"
	Numbers   Shape = "ol"
	Quote     Shape = "quote"
	Image     Shape = "image"
)

// Block is a part of a section. Items are of lists; Alt and Picture of images.
type Block struct {
	Shape   Shape   `json:"shape"`
	Runs    []Run   `json:"runs,omitempty"`
	Items   [][]Run `json:"items,omitempty"`
	Alt     string  `json:"alt,omitempty"`
	Picture string  `json:"picture,omitempty"` // key
}

// plain gives the words of runs.
func plain(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// lines gives the runs of a block, item by item.
func (b Block) lines() [][]Run {
	if len(b.Items) > 0 {
		return b.Items
	}
	if len(b.Runs) == 0 {
		return nil
	}
	return [][]Run{b.Runs}
}

// parse reads the Markdown that issues are written in: paragraphs, headings, lists, quotations, links, emphasis, and pictures
// that stand alone. Anything else (raw HTML, code, rules) is left out: what goes out is words.
func parse(src string) []Block {
	b := []byte(src)
	var out []Block
	for n := goldmark.DefaultParser().Parse(text.NewReader(b)).FirstChild(); n != nil; n = n.NextSibling() {
		out = append(out, blocks(n, b)...)
	}
	return out
}

func blocks(n ast.Node, src []byte) []Block {
	switch n := n.(type) {
	case *ast.Heading:
		return []Block{{Shape: Subtitle, Runs: inline(n, src)}}
	case *ast.List:
		out := Block{Shape: Bullets}
		if n.IsOrdered() {
			out.Shape = Numbers
		}
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			var runs []Run
			for c := item.FirstChild(); c != nil; c = c.NextSibling() {
				if len(runs) > 0 {
					runs = append(runs, Run{Text: " "})
				}
				runs = append(runs, inline(c, src)...)
			}
			out.Items = append(out.Items, joined(runs))
		}
		return []Block{out}
	case *ast.Blockquote:
		var out []Block
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			out = append(out, Block{Shape: Quote, Runs: inline(c, src)})
		}
		return out
	case *ast.Paragraph, *ast.TextBlock:
		return paragraph(n, src)
	}
	return nil
}

// paragraph takes pictures out of a paragraph: each stands as a block of its own after it.
func paragraph(n ast.Node, src []byte) []Block {
	var out, pictures []Block
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if i, ok := c.(*ast.Image); ok {
			key, _ := strings.CutPrefix(string(i.Destination), "image:")
			pictures = append(pictures, Block{Shape: Image, Alt: strings.TrimSpace(plain(inline(i, src))), Picture: key})
		}
	}
	if runs := inline(n, src); strings.TrimSpace(plain(runs)) != "" {
		out = append(out, Block{Shape: Paragraph, Runs: runs})
	}
	return append(out, pictures...)
}

// inline reads what stands in a line.
func inline(n ast.Node, src []byte) []Run {
	var out []Run
	var walk func(n ast.Node, as Run)
	walk = func(n ast.Node, as Run) {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			next := as
			switch c := c.(type) {
			case *ast.Text:
				next.Text = string(c.Segment.Value(src))
				if c.SoftLineBreak() || c.HardLineBreak() {
					next.Text += " "
				}
				out = append(out, next)
			case *ast.String:
				next.Text = string(c.Value)
				out = append(out, next)
			case *ast.Emphasis:
				if c.Level > 1 {
					next.Strong = true
				} else {
					next.Slant = true
				}
				walk(c, next)
			case *ast.Link:
				next.Href = string(c.Destination)
				walk(c, next)
			case *ast.AutoLink:
				next.Text, next.Href = string(c.URL(src)), string(c.URL(src))
				out = append(out, next)
			case *ast.Image, *ast.RawHTML:
			default:
				walk(c, next)
			}
		}
	}
	walk(n, Run{})
	return joined(out)
}

// joined puts runs together that only the parser cut.
func joined(runs []Run) []Run {
	var out []Run
	for _, r := range runs {
		if k := len(out) - 1; k >= 0 {
			same := out[k]
			same.Text = r.Text
			if same == r {
				out[k].Text += r.Text
				continue
			}
		}
		out = append(out, r)
	}
	if k := len(out) - 1; k >= 0 {
		out[k].Text = strings.TrimRight(out[k].Text, " ")
	}
	return out
}
