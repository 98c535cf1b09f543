// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func kindsOf(r Record) []string {
	var out []string
	for _, k := range match.Keys(r.Subject) {
		if !slices.Contains(out, k.Kind.String()) {
			out = append(out, k.Kind.String())
		}
	}
	return out
}

func kindWords(l *lang.Locale, kinds []string) []string {
	var out []string
	for _, k := range kinds {
		out = append(out, l.T("matching.kind."+k))
	}
	return out
}

// hitData is one hit with what can be done about it.
type hitData struct {
	N       string
	Field   string // of its judgement: each hit has one
	Title   string
	Facts   []page.Fact
	Mark    page.Mark
	Judging bool
	Telling bool
	Verdict string
	Next    []page.Action
}

// showData is one comparison.
type showData struct {
	ID, Title string
	Crumbs    []page.Crumb
	Mark      *page.Mark
	Note      *page.Line // what it comes to
	Facts     []page.Fact
	Hits      []hitData
	Heard     []page.Fact
	Actions   []page.Action
	Verdicts  []page.Option
	Learn     []string // what each side learned

	Doubting, Opening bool
	Doubts            []page.Option
	Lines             *page.Table // what a commitment is to
	Errors            page.FieldErrors
}

func options(l *lang.Locale, prefix string, codes []string) []page.Option {
	out := make([]page.Option, len(codes))
	for i, c := range codes {
		out[i] = page.Option{Value: c, Text: l.T(prefix + "." + c)}
	}
	return out
}

func (rm room) opened(ctx context.Context, r *page.Request) (Comparison, error) {
	id, err := r.ID("id")
	if err != nil {
		return Comparison{}, err
	}
	o, err := rm.Desk.Store.Open(ctx, as(r), refOf(id))
	if err != nil {
		return Comparison{}, err
	}
	c := o.State.(Comparison)
	if !c.Exists() {
		return c, fault.New(fault.NotFound, "fault.not_found")
	}
	return c, nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	d, err := rm.data(ctx, r, c)
	return page.View("matching/show", r.L.T("matching.one"), d), err
}

func (rm room) data(ctx context.Context, r *page.Request, c Comparison) (showData, error) {
	l, s := r.L, c.Status()
	names := rm.Names(ctx, c.Partner(), c.By, c.Worker)
	d := showData{ID: c.ID.String(), Title: l.T("matching.title", "Office", names[c.Partner()]), Crumbs: []page.Crumb{{Text: l.T("matching.menu"), Href: Path}, {Text: l.T("matching.one")}}, Mark: &page.Mark{Tone: tones[s], Text: l.T("matching.status." + s)},
		Verdicts: options(l, "matching.verdict", Verdicts()), Doubts: options(l, "matching.doubt.why", Doubts())}
	at, n, commitment := c.AskedAt, c.Asked.Elements, c.Asked.Commitment
	side := l.T("matching.side.questioned")
	if c.Here() {
		side = l.T("matching.mode." + c.Asked.Mode)
	} else {
		at, n, commitment = c.At, c.Questioned.Elements, c.Questioned.Commitment
	}
	d.Facts = []page.Fact{{Term: l.T("matching.partner"), Text: names[c.Partner()], Href: "/partners/" + c.Partner().String()}, {Term: l.T("matching.what"), Text: side}, {Term: l.T("matching.when"), Text: l.DateTime(at)},
		{Term: l.T("matching.size"), Text: l.Number(n), Sub: l.T("matching.size.hint")}, {Term: l.T("matching.commitment"), Text: commitment[:min(16, len(commitment))], Sub: l.T("matching.commitment.hint")}}
	d.Facts = append(d.Facts, conversation.Codes{Store: rm.Desk.Store, Post: rm.Desk.Post}.Facts(ctx, r, c.Partner(), journal.ID{}, terms.Matching)...)
	if c.Here() && !job(c.By) {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("matching.by"), Text: names[c.By]})
	}
	if c.Here() && len(c.Asked.About) > 0 {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("matching.about"), Text: l.N("matching.records", len(c.Asked.About))})
	}
	rm.course(r, c, &d)
	if Works(r.Actor) {
		if err := rm.hits(ctx, r, c, &d); err != nil {
			return d, err
		}
		rm.heard(r, c, names, &d)
	}
	return d, rm.oversight(ctx, r, c, &d)
}

// course says what a comparison has come to, and what each side learned by it.
func (rm room) course(r *page.Request, c Comparison, d *showData) {
	l, s := r.L, c.Status()
	note := page.Line{Tone: tones[s], Title: l.T("matching.course." + s), Now: r.Now}
	switch s {
	case "returned":
		if note.Text = c.Back; l.Has(c.Back) {
			note.Text = l.T(c.Back)
		}
	case "counted":
		note.Title = l.T("matching.course.counted", "N", l.Number(max(0, c.Answered.Overlap)), "Of", l.Number(c.Answered.Of))
		note.Text = l.T("matching.course.counted.text", "Epsilon", l.Decimal(strconv.FormatFloat(c.Answered.Epsilon, 'f', -1, 64)), "N", l.Number(c.Answered.Overlap))
	case "found", "settled":
		note.Text = l.T("matching.course.found.text")
	}
	d.Note = &note
	for _, k := range c.learned() {
		d.Learn = append(d.Learn, l.T("matching.learn."+k))
	}
}

// learned lists what each side has learned by a comparison so far.
func (c Comparison) learned() []string {
	switch s := c.Status(); {
	case !c.Here():
		return []string{"owner.1", "owner.2", "owner.3"}
	case s == "waiting", s == "returned":
		return []string{"asker.2"}
	case s == "counted":
		return []string{"count.1", "asker.2"}
	}
	return []string{"asker.1", "asker.2", "asker.3"}
}

// called gives by what this office knows a record: to whoever may open it, "" to anybody else.
func (rm room) called(ctx context.Context, r *page.Request, id journal.ID) (string, error) {
	rec, err := rm.Desk.Records(r.Actor.Owner).Open(ctx, as(r), id)
	if slices.Contains([]fault.Kind{fault.Denied, fault.NotFound, fault.Uncovered}, fault.Of(err)) {
		return "", nil
	}
	return rec.Ref, err
}

func (rm room) hits(ctx context.Context, r *page.Request, c Comparison, d *showData) error {
	l := r.L
	if len(c.Found) == 0 {
		return nil
	}
	for i, h := range c.Found {
		ref, err := rm.called(ctx, r, h.Record)
		if err != nil {
			return err
		}
		x := hitData{N: strconv.Itoa(i), Field: verdictField(i), Title: l.T("matching.hit", "N", l.Number(i+1)), Verdict: c.Verdicts[i], Judging: true}
		x.Mark = page.Mark{Tone: page.Info, Text: l.T("matching.possible")}
		if h.Strong {
			x.Mark = page.Mark{Tone: page.Warn, Text: l.T("matching.strong")}
		}
		x.Facts = []page.Fact{{Term: l.T("matching.record"), Text: cmp.Or(ref, l.T("matching.record.open")), Href: rm.Record(h.Record)}, {Term: l.T("matching.shared"), Text: l.List(kindWords(l, h.Kinds))}}
		if h.Words > 1 {
			x.Facts[1].Sub = l.N("matching.words", h.Words)
		}
		before, err := rm.before(ctx, r, c, h.Record)
		if err != nil {
			return err
		}
		x.Facts = append(x.Facts, before...)
		if v := c.Verdicts[i]; v != "" {
			x.Facts = append(x.Facts, page.Fact{Term: l.T("matching.verdict"), Text: l.T("matching.verdict." + v)})
			x.Mark = page.Mark{Tone: map[string]string{"same": page.Good, "not_same": page.Off}[v], Text: l.T("matching.verdict." + v)}
		}
		told := c.Told[i]
		if x.Telling = told.IsZero() && c.Verdicts[i] != "not_same"; !told.IsZero() {
			x.Facts = append(x.Facts, page.Fact{Term: l.T("matching.told"), Text: l.DateTime(told)})
		}
		if c.Verdicts[i] != "not_same" {
			x.Next = rm.Next(l, c.Partner(), c.ID, x.N)
		}
		d.Hits = append(d.Hits, x)
	}
	return nil
}

func verdictField(hit int) string { return "verdict-" + strconv.Itoa(hit) }

// before says when the same record was last found with the same partner, and what was thought of it: with each epoch a partner is
// asked about everything anew, and what people have judged once they need not find out again. Whether it is the same record
// there, handles of two epochs do not tell.
func (rm room) before(ctx context.Context, r *page.Request, c Comparison, record journal.ID) ([]page.Fact, error) {
	codes := map[string]string{"record": record.String(), "partner": c.Partner().String()}
	rows, err := rm.Desk.Store.List(ctx, as(r), store.Query{Kind: access.KindComparison, Codes: codes})
	if err != nil {
		return nil, err
	}
	for _, row := range rows.Rows {
		s, err := store.Summary[Summary](row)
		if err != nil {
			return nil, err
		}
		if row.Ref.ID == c.ID || !s.At.Before(c.AskedAt) {
			continue
		}
		o, err := rm.Desk.Store.Open(ctx, as(r), row.Ref)
		if err != nil {
			return nil, err
		}
		f := page.Fact{Term: r.L.T("matching.before"), Text: r.L.Date(s.At), Href: pathOf(row.Ref.ID)}
		then := o.State.(Comparison)
		for i, h := range then.Found {
			if v := then.Verdicts[i]; h.Record == record && v != "" {
				f.Sub = r.L.T("matching.verdict." + v)
			}
		}
		return []page.Fact{f}, nil
	}
	return nil, nil
}

// heard shows, in the office that was asked, about which of its records somebody there wants to talk.
func (rm room) heard(r *page.Request, c Comparison, names map[journal.ID]string, d *showData) {
	l := r.L
	if len(c.Heard) == 0 {
		return
	}
	for _, h := range c.Heard {
		f := page.Fact{Term: l.T("matching.record"), Text: l.T("matching.record.open"), Href: rm.Record(h.Record)}
		if h.Record.IsZero() {
			f = page.Fact{Term: l.T("matching.record"), Tone: page.Off, Text: l.T("matching.record.gone")}
		}
		d.Heard = append(d.Heard, f)
	}
	d.Heard = append(d.Heard, page.Fact{Term: l.T("matching.worker"), Text: names[c.Worker]})
	if !c.Taken || c.Worker != r.Actor.ID {
		d.Actions = append(d.Actions, page.Action{Text: l.T("matching.take"), Post: pathOf(c.ID) + "/take", Icon: "user-check"})
	}
	d.Actions = append(d.Actions, rm.Next(l, c.Partner(), c.ID, "")...)
}

// oversight shows on what a question rested, and lets oversight ask for that or open it.
func (rm room) oversight(ctx context.Context, r *page.Request, c Comparison, d *showData) error {
	l := r.L
	if c.Doubt != "" {
		d.Facts = append(d.Facts, page.Fact{Term: l.T("matching.opening"), Tone: map[string]string{"open": page.Warn, "shown": page.Good, "wrong": page.Bad}[c.doubt()], Text: l.T("matching.doubt." + c.doubt()), Sub: l.T("matching.doubt.why." + c.Doubt)})
	}
	if !Oversees(r.Actor) {
		return nil
	}
	var o *Opening
	switch {
	case c.Shown != nil:
		o = &c.Shown.Opening
	case c.Here() && c.Doubt != "":
		v, err := rm.Desk.Opening(ctx, r.Actor.Owner, c.ID)
		if err != nil && !fault.Is(err, fault.Denied) {
			return err
		}
		if o = &v.Opening; err != nil {
			o = nil
		}
		d.Opening = c.Opened == nil && o != nil
	case !c.Here() && c.Doubt == "":
		d.Doubting = true
	}
	if o == nil {
		return nil
	}
	d.Lines = &page.Table{Caption: l.T("matching.lines"), Columns: []page.Column{{Text: l.T("matching.line.ref")}, {Text: l.T("matching.line.kinds")}, {Text: l.T("matching.line.identity")}}}
	for _, x := range o.Lines {
		d.Lines.Rows = append(d.Lines.Rows, page.Row{Cells: []page.Cell{{Text: x.Ref}, {Text: l.List(kindWords(l, x.Kinds))}, {Text: x.Identity[:min(16, len(x.Identity))]}}})
	}
	return nil
}

// doing is what somebody does about a comparison.
type doing struct {
	Hit     int    `form:"hit"`
	Verdict string `form:"verdict"`
	Reason  string `form:"reason"`
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	var v doing
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	act := r.PathValue("act")
	if of := slices.Contains([]string{"doubt", "open"}, act); of && !Oversees(r.Actor) || !of && !Works(r.Actor) {
		return nil, denied()
	}
	x := store.Draft{}
	switch act {
	case "judge":
		x.Type, x.Payload = JudgedType, Judged{v.Hit, v.Verdict}
	case "tell":
		if v.Hit < 0 || v.Hit >= len(c.Found) {
			return nil, fault.New(fault.NotFound, "fault.not_found")
		}
		x.Type, x.Payload = ToldType, Told{v.Hit, c.Found[v.Hit].Handle}
	case "take":
		x.Type, x.Payload = TakenType, Taken{r.Actor.ID}
	case "doubt":
		x.Type, x.Payload = DoubtedType, Doubted{v.Reason}
	case "open":
		if err = rm.Desk.Open(ctx, as(r), c.ID); err != nil {
			return nil, err
		}
		return page.Redirect(pathOf(c.ID), "matching.saved"), nil
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if _, err = rm.Desk.Store.Append(ctx, as(r), refOf(c.ID), x); err == nil {
		return page.Redirect(pathOf(c.ID), "matching.saved"), nil
	}
	if !fault.Is(err, fault.Invalid) {
		return nil, err
	}
	d, bad := rm.data(ctx, r, c)
	if d.Errors = r.Errors(err); act == "judge" { // each hit has its own field
		for i := range d.Errors {
			d.Errors[i].Name = verdictField(v.Hit)
		}
	}
	return page.Status(422, page.View("matching/show", r.L.T("matching.one"), d)), bad
}
