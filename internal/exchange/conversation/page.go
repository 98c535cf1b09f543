// SPDX-License-Identifier: EUPL-1.2

package conversation

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// SideCode is the clear column by which rooms say from which side a matter came: Received from the other office, or Sent there.
const (
	SideCode = "side"
	Received = "received"
	Sent     = "sent"
)

// Side gives it of a matter that this office began, or did not.
func Side(here bool) string {
	if here {
		return Sent
	}
	return Received
}

// List is the page of all matters of a kind.
type List struct {
	Crumbs      []page.Crumb
	Actions     []page.Action
	Tabs        []page.Tab
	Table       page.Table
	First, Next string
}

// Sides lists the matters that a query finds, of the side that the address names, with a tab for each; path is the page's own, words
// where the catalogue has "all" and "side". What its table says is the room's.
func Sides(ctx context.Context, s *store.Store, w store.Who, r *page.Request, q store.Query, path, words string, table func([]store.Row) (page.Table, error)) (d List, err error) {
	side := r.URL.Query().Get("side")
	q.After = r.URL.Query().Get("after")
	d.Tabs = []page.Tab{{Text: r.L.T(words + ".all"), Href: path, Current: true}}
	for _, x := range []string{Received, Sent} {
		d.Tabs = append(d.Tabs, page.Tab{Text: r.L.T(words + ".side." + x), Href: path + "?side=" + x, Current: side == x})
		if side == x {
			q.Codes, d.Tabs[0].Current = map[string]string{SideCode: x}, false
		}
	}
	rows, err := s.List(ctx, w, q)
	if err != nil {
		return d, err
	}
	at := func(cursor string) string { return path + "?" + url.Values{"side": {side}, "after": {cursor}}.Encode() }
	if rows.Next != "" {
		d.Next = at(rows.Next)
	}
	if q.After != "" {
		d.First = at("")
	}
	d.Table, err = table(rows.Rows)
	return d, err
}

// Words puts codes into words; prefix is where the catalogue has them.
func Words(r *page.Request, prefix string, codes []string) string {
	var out []string
	for _, c := range codes {
		out = append(out, r.L.T(prefix+c))
	}
	return r.L.List(out)
}

// Why says why something came back: a code of the catalogue, or the other office's own, which this one has no words for.
func Why(l *lang.Locale, code string) string {
	if l.Has(code) {
		return l.T(code)
	}
	return ""
}

// EndOf gives the end of a day; zero for what is none.
func EndOf(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1)
}

// Handled is the standing of the people who handle something, each once.
func Handled(people ...journal.ID) []store.Standing {
	var out []store.Standing
	for i, id := range people {
		if !id.IsZero() && !slices.Contains(people[:i], id) {
			out = append(out, store.Standing{Actor: id, Relation: access.AsRecipient})
		}
	}
	return out
}
