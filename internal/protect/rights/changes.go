// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/page"
)

// Changes compares two versions of a text paragraph by paragraph and gives what differs, each under the heading that it
// stands below ("" before the first). A paragraph that stands in one of them only has an empty other side.
func Changes(before, after string) []page.Change {
	a, b := paragraphs(before), paragraphs(after)
	common := longest(a, b)
	var out []page.Change
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i].text == b[j].text:
			i, j = i+1, j+1
		case i < len(a) && j < len(b) && common[i+1][j+1] == common[i][j]: // neither stands elsewhere: one became the other
			out = append(out, page.Change{Term: b[j].under, Before: a[i].text, After: b[j].text})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, page.Change{Term: a[i].under, Before: a[i].text})
			i++
		default:
			out = append(out, page.Change{Term: b[j].under, After: b[j].text})
			j++
		}
	}
	return out
}

// paragraph is a piece of text and the heading that it stands below.
type paragraph struct{ under, text string }

func paragraphs(text string) []paragraph {
	var out []paragraph
	under := ""
	for _, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if h, ok := strings.CutPrefix(p, "## "); ok {
			under, p = h, h
		}
		out = append(out, paragraph{under, p})
	}
	return out
}

// longest gives, for each pair of places, how many paragraphs from there on both have in the same order.
func longest(a, b []paragraph) [][]int {
	n := make([][]int, len(a)+1)
	for i := range n {
		n[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			n[i][j] = max(n[i+1][j], n[i][j+1])
			if a[i].text == b[j].text {
				n[i][j] = n[i+1][j+1] + 1
			}
		}
	}
	return n
}
