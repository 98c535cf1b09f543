// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// versions lists what was drafted and proposed, the latest first.
func (rm room) versions(ctx context.Context, r *page.Request, s terms.State) page.Table {
	t := page.Table{Caption: r.L.T("terms.versions"), Columns: []page.Column{{Text: r.L.T("terms.version.column")}, {Text: r.L.T("terms.version.by")}, {Text: r.L.T("exchange.at")}, {Text: r.L.T("exchange.state")}}}
	for i, v := range slices.Backward(s.Versions) {
		by, sub := s.Document.Other(r.Actor.Owner).Name, ""
		if v.By.IsZero() {
			by, sub = r.Office.Name, rm.Names(ctx, r.Actor.Owner, v.Actor)[v.Actor]
		}
		state := page.Cell{Text: r.L.T("terms.version.kept"), Tone: page.Off}
		switch {
		case v.Came:
			state = page.Cell{Text: r.L.T("terms.version.came"), Tone: page.Info}
		case v.Known():
			state = page.Cell{Text: r.L.T("terms.version.sent"), Tone: page.Info, Sub: r.L.DateTime(v.SentAt)}
		}
		if len(s.Signatures) > 0 && v.Hash == s.Document.Hex() {
			state = page.Cell{Text: r.L.N("terms.version.signed", len(s.Signatures)), Tone: page.Good}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: r.L.T("terms.version", "N", i+1), Href: at(s.Document.ID) + "/versions/" + v.Hash, Sub: v.Hash[:12] + "…"}, {Text: by, Sub: sub}, {Text: r.L.DateTime(v.At)}, state}})
	}
	return t
}

// versionData is a version beside the one before it.
type versionData struct {
	ID            string
	Title         string
	Before, After string // what they are called
	Both          []page.Change
	Changes       []page.Change
	Crumbs        []page.Crumb
}

func (rm room) version(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openTerms(ctx, r)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(s.Versions, func(v terms.Version) bool { return v.Hash == r.PathValue("hash") })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	d := versionData{Title: s.Versions[i].Document.Title, After: r.L.T("terms.version", "N", i+1), Crumbs: []page.Crumb{{Text: r.L.T("terms.list"), Href: "/terms"}, {Text: s.Document.Title, Href: at(s.Document.ID)}, {Text: r.L.T("terms.version", "N", i+1)}}}
	before := terms.Document{}
	if i > 0 {
		before, d.Before = s.Versions[i-1].Document, r.L.T("terms.version", "N", i)
	}
	d.Both = beside(r.L, before, s.Versions[i].Document)
	if i > 0 {
		d.Changes = changes(r.L, before, s.Versions[i].Document)
	}
	return page.View("desk/version", r.L.T("terms.version.column"), d), nil
}

// told is everything that a document says, line by line.
func told(l *lang.Locale, doc terms.Document) []line {
	if doc.ID.IsZero() {
		return nil
	}
	out := append([]line{{l.T("exchange.title"), doc.Title, ""}}, lines(l, doc)...)
	out = append(out, line{l.T("exchange.text"), doc.TextName + " · " + doc.TextHash[:12] + "…", ""})
	if !doc.Replaces.IsZero() {
		out = append(out, line{l.T("terms.replaces"), doc.Replaces.String(), ""})
	}
	for _, g := range doc.Grants {
		term := purpose(l, g.Purpose)
		if !g.From.IsZero() { // else between every two of a group
			term = partyName(doc, g.From) + " → " + partyName(doc, g.To) + ": " + term
		}
		out = append(out, line{term, categories(l, g.Categories) + " · " + accepting(l, g), ""})
	}
	return out
}

// beside puts what two documents say in one list; what only one says stands beside nothing.
func beside(l *lang.Locale, a, b terms.Document) []page.Change {
	before, after := told(l, a), told(l, b)
	var out []page.Change
	for _, x := range after {
		c := page.Change{Term: x.term, After: x.text}
		if i := slices.IndexFunc(before, func(y line) bool { return y.term == x.term }); i >= 0 {
			c.Before = before[i].text
			before = slices.Delete(slices.Clone(before), i, i+1)
		}
		out = append(out, c)
	}
	for _, x := range before {
		out = append(out, page.Change{Term: x.term, Before: x.text})
	}
	return out
}

// changes are those lines that two documents do not have in the same words.
func changes(l *lang.Locale, a, b terms.Document) []page.Change {
	return slices.DeleteFunc(beside(l, a, b), func(c page.Change) bool { return c.Before == c.After })
}
