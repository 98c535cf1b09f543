// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"time"
	"unicode/utf8"
)

// The types below are what components take, for rooms that build them in Go; a dict with the same names does as well.
// Texts are translated already. Zero values are left out.

// Tones of a status, badge, note or event. Anything else is Off.
const (
	Good = "good"
	Warn = "warn"
	Bad  = "bad"
	Info = "info"
	Off  = "off"
)

// Crumb is one step of "Crumbs"; the last has no Href.
type Crumb struct{ Text, Href string }

// Action is a link (Href) or a button that posts (Post), in a header, card, note or empty state.
type Action struct {
	Text, Href, Post, Icon string
	Primary, Danger        bool
	Confirm                string // asked before a Post, where there is script
}

// Mark is a status: a dot and a word.
type Mark struct{ Tone, Text string }

// Option is one of a select, radios or checks.
type Option struct{ Value, Text, Hint string }

// Fact is one line of "c/facts". An empty Text shows as unknown.
type Fact struct {
	Term, Text, Href, Sub string
	Tone                  string // shows Text as a status
	Unverified            bool
	Masked                bool   // shows dots; Reveal is the path that gives the value
	Reveal                string //
	Erased                bool
	At                    time.Time // of erasure
	Withheld              string    // why this reader does not see it
}

// Table is for "c/table". It stacks on narrow screens; a row has as many cells as there are columns.
type Table struct {
	Caption     string // what it is a table of, for those who do not see it
	ShowCaption bool
	Columns     []Column
	Rows        []Row
	Empty       *Empty // shown in place of a table without rows
}

// Column is a head.
type Column struct {
	Text   string
	Num    bool // numbers, aligned at the end
	Hidden bool // the head is for screen readers only
}

// Row is a line of a Table.
type Row struct {
	Cells  []Cell
	Anchor string // the id that a link within the page names it by; "" for none
}

// Cell is a field of a Row. An empty Text shows as unknown.
type Cell struct {
	Text, Href, Sub string
	Lang            string     // of Text, when it is a quotation in another language
	Tone            string     // shows Text as a status
	Due             *time.Time // shows a deadline, told from Now
	Now             time.Time
	Unverified      bool
	Masked          bool
	Reveal          string
	Found           *Found // where in a longer text the word stands that was looked for
}

// Short says that the words of a cell are few enough to stand on one line beside others: a day, a state, a word. What is longer is
// broken, so that a table never grows wider than its page.
func (c Cell) Short() bool { return !c.Masked && Few(c.Text) }

// Few says whether words stand on one line in a table of several columns.
func Few(words string) bool { return utf8.RuneCountInString(words) <= 18 }

// Found is a piece of a text with the word that was looked for. Lang is its language, when it is not the page's.
type Found struct{ Before, Word, After, Lang string }

// Empty is what stands where nothing is yet: what would be here and how it comes.
type Empty struct {
	Icon, Title, Text string
	Action            *Action
}

// Step is one of "c/steps"; State is "done", "current" or "todo".
type Step struct{ Text, Href, State string }

// Event is one of "c/timeline", newest first.
type Event struct {
	At                           time.Time
	Title, Text, Who, Tone, Href string
}

// Line is one of "c/lines": one thing that somebody should know of, why, and since or until when.
type Line struct {
	Tone, Title, Href string
	Text              string // why it stands here, or what follows
	Basis             string // what it rests on
	Unverified        bool   // nobody has compared that with the law
	Lang              string // of Title, when it is a quotation in another language
	When              string // stands before Due: "until", "since"
	Due               *time.Time
	Now               time.Time
}

// Tally is one of "c/tally": how many there are, as a way to them.
type Tally struct{ N, Text, Href, Tone string }

// Tab is one of "c/tabs".
type Tab struct {
	Text, Href, Count string
	Current           bool
}

// Change is one line of "c/diff".
type Change struct{ Term, Before, After string }
