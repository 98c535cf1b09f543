// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"regexp"
	"strings"
)

// node is a rule, an at-rule with rules inside, or a statement that ends in a semicolon (no body).
type node struct {
	head string
	body string // declarations, untouched
	kids []node
	kind byte // 'r' rule, 'g' group of rules, 's' statement
}

// parse reads a style sheet far enough to drop rules. It knows strings, comments and brackets, and no nesting of rules
// in rules, which neither sheet uses.
func parse(src string) ([]node, error) {
	p := &reader{src: comments.ReplaceAllString(src, "")}
	out := p.nodes()
	if p.bad || p.at < len(p.src) {
		return nil, errors.New("css: unbalanced braces")
	}
	return out, nil
}

var comments = regexp.MustCompile(`(?s)/\*.*?\*/`)

type reader struct {
	src string
	at  int
	bad bool
}

func (p *reader) nodes() (out []node) {
	for {
		head, stop := p.until("{};")
		head = strings.TrimSpace(head)
		switch stop {
		case 0:
			return out
		case '}':
			p.at-- // the caller's
			return out
		case ';':
			if head != "" {
				out = append(out, node{head: head, kind: 's'})
			}
		case '{':
			n := node{head: head, kind: 'r'}
			if grouping.MatchString(head) {
				n.kind, n.kids = 'g', p.nodes()
			} else {
				n.body = p.block()
			}
			if p.at >= len(p.src) || p.src[p.at] != '}' {
				p.bad = true
				return out
			}
			p.at++
			out = append(out, n)
		}
	}
}

var grouping = regexp.MustCompile(`^@(media|supports|layer|container)\b`)

// block reads up to the brace that closes it, with inner braces (keyframes) kept.
func (p *reader) block() string {
	start, deep := p.at, 0
	for {
		_, stop := p.until("{}")
		switch {
		case stop == 0:
			p.bad = true
			return ""
		case stop == '{':
			deep++
		case deep > 0:
			deep--
		default:
			p.at--
			return p.src[start:p.at]
		}
	}
}

// until gives the text before the next of some characters, outside strings and round brackets, and steps over it.
func (p *reader) until(stops string) (string, byte) {
	start, round := p.at, 0
	for ; p.at < len(p.src); p.at++ {
		c := p.src[p.at]
		switch {
		case c == '\\':
			p.at++
		case c == '"' || c == '\'':
			for p.at++; p.at < len(p.src) && p.src[p.at] != c; p.at++ {
				if p.src[p.at] == '\\' {
					p.at++
				}
			}
		case c == '(':
			round++
		case c == ')':
			round--
		case round == 0 && strings.IndexByte(stops, c) >= 0:
			p.at++
			return p.src[start : p.at-1], c
		}
	}
	return p.src[min(start, len(p.src)):], 0
}

func print(b *strings.Builder, ns []node) {
	for _, n := range ns {
		switch n.kind {
		case 's':
			b.WriteString(n.head + ";\n")
		case 'r':
			b.WriteString(n.head + "{" + n.body + "}\n")
		case 'g':
			b.WriteString(n.head + "{\n")
			print(b, n.kids)
			b.WriteString("}\n")
		}
	}
}

// trim drops from Tabler what no page of ours uses: parts that need its script, brands, and rainbows of utilities.
func trim(ns []node) (out []node) {
	for _, n := range ns {
		switch {
		case n.kind == 's' && strings.HasPrefix(n.head, "@charset"):
			continue
		case n.kind == 'g':
			if n.kids = trim(n.kids); len(n.kids) == 0 {
				continue
			}
		case n.kind == 'r' && !strings.HasPrefix(n.head, "@"):
			var keep []string
			for _, sel := range selectors(n.head) {
				if !unused.MatchString(sel) {
					keep = append(keep, sel)
				}
			}
			if len(keep) == 0 {
				continue
			}
			n.head = strings.Join(keep, ",")
		}
		out = append(out, n)
	}
	return out
}

const hues = `(blue|azure|indigo|purple|pink|red|orange|yellow|lime|green|teal|cyan|black|gray|facebook|twitter|x|linkedin|google|youtube|vimeo|dribbble|github|instagram|pinterest|vk|rss|flickr|bitbucket|tabler|dark|light|success|info|warning|danger)`

var unused = regexp.MustCompile(`\.(` + strings.Join([]string{
	`navbar`, `offcanvas`, `carousel`, `modal`, `toast`, `popover`, `tooltip`, `dropdown`, `drop(up|end|start)`, `dropdown-`, `bs-`, `io-`, `irs`, `chart`, `sparkline`,
	`apexcharts`, `avatar`, `calendar`, `sortable`, `ribbon`, `mention`, `chat`, `signature`, `otp`, `signal`, `switch-icon`, `strength`, `theme-`, `divide-`,
	`social`, `payment`, `flag`, `markdown`, `stars`, `star-`, `noUi`, `ts-`, `plyr`, `dz-`, `dropzone`, `fslightbox`, `jvm-`, `hs-`, `litepicker`, `coloris`, `clr-`,
	`turbo`, `tox`, `typed`, `fc-`, `fc\b`, `gl-`, `accordion`, `ratio`, `img-`, `object-`, `page-wrapper`, `page-tabs`, `layout-`, `nav-segmented`, `form-colorinput`,
	`form-imagecheck`, `form-selectgroup`, `form-floating`, `form-range`, `btn-` + hues + `\b`, `btn-outline-` + hues + `\b`, `btn-ghost-` + hues + `\b`, `bg-` + hues, `text-bg-`, `text-` + hues + `\b`, `text-` + hues + `-`,
	`link-` + hues, `border-` + hues, `list-group-item-`, `status-` + hues, `steps-`, `steps\b`, `step-item`, `badge-`, `alert-` + hues, `card-` + hues, `table-` + hues + `\b`,
	`nav-pills`, `nav-bordered`, `timeline`, `status\b`, `status-`, `tracking`, `legend`, `progressbg`, `dimmer`, `loader`, `sticky`, `placeholder`, `card-stacked`, `card-rotate`, `card-link-`, `card-tabs`, `card-progress`,
	`offset-`, `order-`, `float-`, `translate-`, `tag\b`, `tag-`, `tags-`, `column-gap`, `columns-`, `tooltip-`, `animated-dots`, `vr`, `empty-bordered`, `text-decoration-`, `focus-ring`, `opacity-`, `border-opacity`,
	`shadow-`, `m[bstexy]?-(sm|md|lg|xl|xxl)-`, `p[bstexy]?-(sm|md|lg|xl|xxl)-`, `g[xy]?-(sm|md|lg|xl|xxl)-`, `(w|h|vh|vw|min-v[wh])-(25|33|50|66|75)\b`, `fade\b`, `collapsing`, `form-help`, `input-icon`, `hr-text`, `user-select`, `cursor-`,
}, "|") + `)`)

// selectors splits a list at its top-level commas.
func selectors(head string) (out []string) {
	p := &reader{src: head}
	for {
		s, stop := p.until(",")
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
		if stop == 0 {
			return out
		}
	}
}

// themed lets the dark theme follow the system where the user has chosen none: each rule for [data-bs-theme=dark] is
// repeated for [data-bs-theme=auto] under prefers-color-scheme, so that it works without script.
func themed(ns []node) (out []node) {
	for _, n := range ns {
		if n.kind == 'g' {
			n.kids = themed(n.kids)
		}
		out = append(out, n)
		if n.kind == 'r' && dark.MatchString(n.head) {
			var own []string
			for _, sel := range selectors(n.head) {
				if dark.MatchString(sel) {
					own = append(own, dark.ReplaceAllString(sel, "[data-bs-theme=auto]"))
				}
			}
			n.head = strings.Join(own, ",")
			out = append(out, node{head: "@media screen and (prefers-color-scheme:dark)", kids: []node{n}, kind: 'g'})
		}
	}
	return out
}

var dark = regexp.MustCompile(`\[data-bs-theme=["']?dark["']?\]`)
