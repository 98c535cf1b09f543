// SPDX-License-Identifier: EUPL-1.2

package desk

import (
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/exchange/group"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// groupPath is where a group is shown.
func groupPath(id journal.ID) string { return "/groups/" + id.String() }

var groupTones = map[string]string{"proposed": page.Warn, "founded": page.Good, "over": page.Off}

func (rm room) listGroups(ctx context.Context, r *page.Request) (page.Response, error) {
	t := page.Table{Caption: r.L.T("group.list"), Columns: []page.Column{{Text: r.L.T("exchange.title")}, {Text: r.L.T("exchange.status")}, {Text: r.L.T("group.members"), Num: true}, {Text: r.L.T("exchange.until")}},
		Empty: &page.Empty{Icon: "users", Title: r.L.T("group.none"), Text: r.L.T("group.none.text")}}
	q := store.Query{Kind: access.KindGroup}
	err := rm.Store.Each(ctx, as(r), q, func(row store.Row) error {
		s, err := store.Summary[group.Summary](row)
		if err != nil {
			return err
		}
		status := page.Cell{Text: r.L.T("group.state." + s.Status), Tone: groupTones[s.Status]}
		if s.Open > 0 {
			status.Sub = r.L.N("group.open", s.Open)
		}
		until := page.Cell{Text: inWords(r.L, s.Until)}
		if e := s.Ending(r.Actor.Owner, r.Now); e != "" {
			until.Tone = map[string]string{terms.Soon: page.Warn, terms.Now: page.Bad}[e]
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: s.Title, Href: groupPath(row.Ref.ID)}, status, {Text: r.L.Number(float64(s.Members))}, until}})
		return nil
	})
	if err != nil {
		return nil, err
	}
	var acts []page.Action
	if manages(r.Actor) {
		acts = append(acts, page.Action{Text: r.L.T("group.new"), Href: "/groups/new", Icon: "plus", Primary: true})
	}
	return page.View("desk/groups", r.L.T("group.list"), map[string]any{"Table": t, "Actions": acts}), nil
}

// groupData is the page of a group.
type groupData struct {
	ID       journal.ID
	Title    string
	Mark     page.Mark
	Notes    []note
	Acts     []page.Action
	Open     []openData
	Members  page.Table
	Matrix   matrixData
	Facts    []page.Fact
	Grants   page.Table
	Events   []page.Event
	Join     []page.Option // offices that may be asked in
	Expel    []page.Option
	Reasons  []page.Option
	May, Out bool // somebody here may act; the office is no member
	Halted   bool // some pair of ours is suspended by us
}

// openData is a proposal that waits.
type openData struct {
	Hash, Title, Text    string
	Facts                []page.Fact
	Changes              []page.Change // what an amendment changes
	Sign, Send, Withdraw bool
	Pairs                []page.Option // with whom signing makes terms
	Chosen               []string
}

// matrixData shows who has terms with whom.
type matrixData struct {
	Names []string
	Rows  []matrixRow
}

type matrixRow struct {
	N     int
	Name  string
	Cells []page.Cell
}

func (rm room) openGroup(ctx context.Context, r *page.Request) (group.State, error) {
	id, err := r.ID("id")
	if err != nil {
		return group.State{}, err
	}
	o, err := rm.Store.Open(ctx, as(r), store.Ref{Kind: access.KindGroup, ID: id})
	if err != nil {
		return group.State{}, err
	}
	return o.State.(group.State), nil
}

func (rm room) group(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.openGroup(ctx, r)
	if err != nil {
		return nil, err
	}
	v, rules, status := s.View(), s.Rules(), s.Status()
	d := groupData{ID: s.ID, Title: rules.Title, Mark: page.Mark{Tone: groupTones[status], Text: r.L.T("group.state." + status)}, May: manages(r.Actor), Events: groupEvents(r, s)}
	me, known := v.Member(r.Actor.Owner)
	d.Out = known && me.Out != ""
	d.Notes = rm.groupNotes(ctx, r, s, me)
	for _, p := range s.Proposals {
		if x, open := rm.openProposal(r, s, p); open {
			d.Open = append(d.Open, x)
		}
	}
	with := map[journal.ID]pairOf{}
	for _, m := range v.Members {
		if m.Office == r.Actor.Owner {
			continue
		}
		all, err := group.Pairs(ctx, rm.Store, as(r), s.ID, m.Office)
		if err != nil {
			return nil, err
		}
		with[m.Office] = ownPair(r, all)
		d.Halted = d.Halted || with[m.Office].halted
	}
	d.Members, d.Matrix = rm.members(r, s, v, with), matrix(r, s, v, with)
	doc := terms.Document{Grants: grantsOf(rules), Handling: rules.Handling, Basis: rules.Basis, From: rules.From, Until: rules.Until, Retention: rules.Retention}
	for _, x := range lines(r.L, doc) {
		d.Facts = append(d.Facts, page.Fact{Term: x.term, Text: x.text, Sub: x.sub})
	}
	d.Facts = append(d.Facts, page.Fact{Term: r.L.T("exchange.text"), Text: rules.TextName, Href: groupPath(s.ID) + "/text"})
	d.Grants = rulesTable(r.L, rules)
	if d.May && status == "founded" && !d.Out {
		rm.mayChange(ctx, r, v, &d)
	}
	for _, x := range terms.Given() {
		d.Reasons = append(d.Reasons, page.Option{Value: x, Text: r.L.T("terms.reason." + x)})
	}
	return page.View("desk/group", r.L.T("group.title"), d), nil
}

// mayChange offers what a member may propose.
func (rm room) mayChange(ctx context.Context, r *page.Request, v group.View, d *groupData) {
	d.Acts = append(d.Acts, page.Action{Text: r.L.T("group.amend"), Href: groupPath(d.ID) + "/edit", Icon: "writing"})
	partners, _, err := rm.all(ctx, r)
	if err != nil {
		return
	}
	for _, p := range partners {
		if !p.Blocked && !v.Holds(p.Card.Office) {
			d.Join = append(d.Join, page.Option{Value: p.Card.Office.String(), Text: p.Card.Name + " · " + r.L.Country(p.Card.Country)})
		}
	}
	if len(v.In()) < 3 { // two end their terms instead
		return
	}
	for _, m := range v.In() {
		if m.Office != r.Actor.Owner {
			d.Expel = append(d.Expel, page.Option{Value: m.Office.String(), Text: m.Card.Name})
		}
	}
}

// grantsOf puts rules as grants, once for both ways.
func grantsOf(rules group.Rules) []terms.Grant {
	var out []terms.Grant
	for _, g := range rules.Grants {
		out = append(out, terms.Grant{Purpose: g.Purpose, Categories: g.Categories, Accept: g.Accept})
	}
	return out
}

func rulesTable(l *lang.Locale, rules group.Rules) page.Table {
	t := page.Table{Caption: l.T("group.rules"), Columns: []page.Column{{Text: l.T("exchange.for")}, {Text: l.T("exchange.what")}, {Text: l.T("terms.accept")}}}
	for _, g := range grantsOf(rules) {
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: purpose(l, g.Purpose)}, {Text: categories(l, g.Categories)}, {Text: accepting(l, g)}}})
	}
	return t
}

// groupNotes say what ends soon, what somebody signed twice, that this office is out, and what did not reach others.
func (rm room) groupNotes(_ context.Context, r *page.Request, s group.State, me group.Member) []note {
	var out []note
	v := s.View()
	if me.Out != "" {
		out = append(out, note{page.Warn, r.L.T("group.out." + me.Out)})
	}
	if v.Forked {
		out = append(out, note{page.Bad, r.L.T("group.forked")})
	}
	if e := terms.EndingOf(v.Rules.Until, r.Now); e != "" && s.Status() == "founded" && me.Out == "" {
		out = append(out, note{map[string]string{terms.Soon: page.Warn, terms.Now: page.Bad}[e], r.L.T("terms.ending", "On", inWords(r.L, v.Rules.Until), "In", from(r.L, v.Rules.Until, r.Now))})
	}
	for _, x := range s.Returned {
		out = append(out, note{page.Bad, r.L.T("group.returned", "What", r.L.T(x.Message+".title"), "Name", nameIn(s, x.Office), "Why", reason(r, x.Reason))})
	}
	return out
}

// nameIn gives the name of an office that a group speaks of.
func nameIn(s group.State, office journal.ID) string {
	if name, ok := s.Name(office); ok {
		return name
	}
	return office.String()
}

// pairOf is how this office's terms with one member stand.
type pairOf struct {
	id     journal.ID
	status string
	stage  string
	halted bool // by us
}

// ownPair takes the terms that count of all that two ever had in a group: those that stand, then the last.
func ownPair(r *page.Request, all []terms.State) pairOf {
	out := pairOf{status: group.Missing}
	for _, x := range all {
		st := x.Status(r.Now)
		if out.status != group.Missing && (st == "ended" || st == "replaced") {
			continue
		}
		out = pairOf{x.Document.ID, st, "", x.Halted[journal.ID{}] && !x.Ended}
		if st == "unsigned" {
			out.stage = x.Stage(r.Actor.Owner)
		}
	}
	return out
}

func pairCell(l *lang.Locale, status string) page.Cell {
	tone, known := tones[status]
	if !known {
		tone = page.Off
	}
	return page.Cell{Text: l.T("group.pair." + status), Tone: tone}
}

// members lists who is in, and how this office's terms with each stand.
func (rm room) members(r *page.Request, s group.State, v group.View, with map[journal.ID]pairOf) page.Table {
	t := page.Table{Caption: r.L.T("group.members"), Columns: []page.Column{{Text: r.L.T("exchange.partner")}, {Text: r.L.T("group.standing")}, {Text: r.L.T("group.with.us")}}}
	for _, m := range v.Members {
		name := page.Cell{Text: m.Card.Name, Sub: r.L.Country(m.Card.Country)}
		standing := page.Cell{Text: r.L.T("group.member"), Tone: page.Good, Sub: r.L.T("group.since", "N", m.Since)}
		if m.Out != "" {
			standing = page.Cell{Text: r.L.T("group.member." + m.Out), Tone: page.Off}
		}
		pair := page.Cell{Text: r.L.T("group.ourselves")}
		if m.Office != r.Actor.Owner {
			name.Href = "/partners/" + m.Office.String()
			x := with[m.Office]
			pair = pairCell(r.L, x.status)
			switch {
			case s.Without[m.Office]:
				pair.Sub = r.L.T("group.without")
			case x.stage != "":
				pair.Sub = r.L.T("terms.stage." + x.stage)
			case x.status == group.Missing && m.Out == "":
				pair.Sub = r.L.T("group.unpinned")
			}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{name, standing, pair}})
	}
	return t
}

// matrix shows the terms of every two members: our own as they stand here, the others' as they told; of two who tell differently, the one that
// is further from being in force.
func matrix(r *page.Request, s group.State, v group.View, with map[journal.ID]pairOf) matrixData {
	var d matrixData
	in := v.In()
	for _, m := range in {
		d.Names = append(d.Names, m.Card.Name)
	}
	for i, a := range in {
		row := matrixRow{N: i + 1, Name: a.Card.Name}
		for _, b := range in {
			switch {
			case a.Office == b.Office:
				row.Cells = append(row.Cells, page.Cell{Text: "–"})
			case a.Office == r.Actor.Owner || b.Office == r.Actor.Owner:
				other := a.Office
				if other == r.Actor.Owner {
					other = b.Office
				}
				c := pairCell(r.L, with[other].status)
				row.Cells = append(row.Cells, c)
			default:
				row.Cells = append(row.Cells, pairTold(r.L, s, a.Office, b.Office))
			}
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

// pairTold is what two other members told of their terms.
func pairTold(l *lang.Locale, s group.State, a, b journal.ID) page.Cell {
	worst := ""
	for _, x := range [][2]journal.ID{{a, b}, {b, a}} {
		for _, p := range s.Rows[x[0]].Pairs {
			if p.With == x[1] && (worst == "" || slices.Index(group.Statuses(), p.Status) > slices.Index(group.Statuses(), worst)) {
				worst = p.Status
			}
		}
	}
	if worst == "" {
		return page.Cell{Text: l.T("group.untold")}
	}
	return pairCell(l, worst)
}

// openProposal puts a proposal that waits into words.
func (rm room) openProposal(r *page.Request, s group.State, p group.Proposal) (openData, bool) {
	if !slices.ContainsFunc(s.Open(), func(x group.Proposal) bool { return x.Hash == p.Hash }) {
		return openData{}, false
	}
	self, c := r.Actor.Owner, p.Change
	d := openData{Hash: p.Hash, Title: deedWords(r.L, s, c), Text: r.L.T("group.by", "Name", nameIn(s, c.By), "At", r.L.DateTime(p.At))}
	for _, seat := range c.Signers {
		f := page.Fact{Term: nameIn(s, seat.Office), Text: r.L.T("group.signs.not"), Tone: page.Warn}
		switch {
		case p.Declined[seat.Office] != "" || seat.Office == self && p.Declined[journal.ID{}] != "":
			f.Text, f.Tone = r.L.T("group.signs.declined"), page.Bad
		case p.Signatures[seat.Office] != "":
			f.Text, f.Tone = r.L.T("group.signs"), page.Good
		case seat.Office == c.By && (c.By != self || !p.SentAt.IsZero()):
			f.Text, f.Tone = r.L.T("group.signs.last"), page.Info
		case c.By != self && seat.Office != self:
			f.Text, f.Tone = r.L.T("group.signs.there"), page.Off
		}
		d.Facts = append(d.Facts, f)
	}
	if c.Deed == group.Amend {
		d.Changes = changes(r.L, ruled(s.View().Rules), ruled(c.Rules))
	}
	if !manages(r.Actor) {
		return d, true
	}
	d.Send = c.By == self && p.SentAt.IsZero()
	d.Withdraw = c.By == self
	d.Sign = c.By != self && p.Signatures[self] == "" && p.Declined[journal.ID{}] == ""
	if d.Send || d.Sign {
		for _, m := range newPairs(s, c, self) {
			d.Pairs = append(d.Pairs, page.Option{Value: m.String(), Text: nameIn(s, m)})
			if !s.Without[m] {
				d.Chosen = append(d.Chosen, m.String())
			}
		}
	}
	return d, true
}

// ruled puts rules as a document, to be told beside others.
func ruled(x group.Rules) terms.Document {
	return terms.Document{ID: journal.ID{1}, Title: x.Title, Grants: grantsOf(x), Handling: x.Handling, Basis: x.Basis, TextName: x.TextName, TextHash: x.TextHash, From: x.From, Until: x.Until, Retention: x.Retention}
}

// newPairs lists with whom a change brings an office terms of its own.
func newPairs(s group.State, c group.Change, self journal.ID) []journal.ID {
	var out []journal.ID
	for _, seat := range c.Signers {
		if seat.Office != self && (c.Deed == group.Found || c.Deed == group.Amend || c.Deed == group.Join && (c.Office == self || c.Office == seat.Office)) {
			out = append(out, seat.Office)
		}
	}
	return out
}

func deedWords(l *lang.Locale, s group.State, c group.Change) string {
	return l.T("group.deed."+c.Deed, "Name", nameIn(s, c.Office))
}

// groupEvents are the changes that hold, the latest first.
func groupEvents(r *page.Request, s group.State) []page.Event {
	var out []page.Event
	v := s.View()
	for _, h := range slices.Backward(v.Changes) {
		out = append(out, page.Event{Tone: page.Good, Title: strconv.Itoa(h.Change.Number) + " · " + deedWords(r.L, s, h.Change), At: h.Change.At, Who: r.L.T("group.by.name", "Name", nameIn(s, h.Change.By)), Text: r.L.N("group.signed.by", len(h.Signatures))})
	}
	return out
}
