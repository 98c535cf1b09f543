// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Under are the notes of one session, by take and theme.
type Under struct {
	Session Session
	Themes  []UnderTheme
}

// UnderTheme are the notes of one session about one theme.
type UnderTheme struct {
	Theme string
	Notes []Note // needs, then actions, then practices, each in the order in which they were typed
}

// InOrder gives the notes that stand for themselves in the order of the agenda, and of the themes within it. Sessions under
// which nothing was noted are left out.
func (e Event) InOrder(themes []string) []Under {
	var out []Under
	for _, s := range e.Sessions {
		u := Under{Session: s}
		for _, t := range themes {
			x := UnderTheme{Theme: t}
			for _, n := range e.Notes.Standing() {
				if n.Session == s.ID && n.Theme == t {
					x.Notes = append(x.Notes, n)
				}
			}
			inorder.By(x.Notes, before)
			if len(x.Notes) > 0 {
				u.Themes = append(u.Themes, x)
			}
		}
		if len(u.Themes) > 0 {
			out = append(out, u)
		}
	}
	return out
}

func before(a, b Note) int {
	if c := slices.Index(Takes(), a.Take) - slices.Index(Takes(), b.Take); c != 0 {
		return c
	}
	if c := a.At.Compare(b.At); c != 0 {
		return c
	}
	return strings.Compare(a.ID.String(), b.ID.String())
}

// Mark names what the minutes say now: the words before the lists, the agenda, who came, what was noted. What is approved is
// approved under its mark; a change after that is seen.
func (e Event) Mark() string {
	type line struct {
		ID journal.ID
		Captured
	}
	var notes []line
	for _, n := range e.Notes.Standing() {
		notes = append(notes, line{n.ID, n.Captured})
	}
	b, err := json.Marshal([]any{e.Notes.Text, e.Sessions, e.Presence, notes})
	if err != nil {
		panic("event: minutes always marshal: " + err.Error())
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:16])
}

// Holds says that the minutes are approved and read as they did then. Where their words are not for this reader, or erased since,
// that they were approved is all that can be told; other words would have to be approved again.
func (e Event) Holds() bool {
	return e.Notes.Approved.Mark != "" && (e.Notes.Missing != "" || e.Notes.Approved.Mark == e.Mark())
}
