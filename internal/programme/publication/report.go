// SPDX-License-Identifier: EUPL-1.2

package publication

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// stale is after how long without an entry a report says so of an activity.
const stale = 90 * 24 * time.Hour

// report puts the report to the steering committee into words.
func report(l *lang.Locale, rec *Records, day time.Time) Document {
	d := begin(l, Report, rec, day)
	if !rec.Scheme.Exists() {
		return d
	}
	d.stale(l, rec, day)
	d.heading(l.T("publication.short"))
	d.list(short(l, rec)...)
	d.heading(l.T("publication.workshops"))
	d.attendance(l, rec)
	d.heading(l.T("publication.standing"))
	d.table(byKind(l, rec), "")
	d.table(byPriority(l, rec), "")
	d.results(l, rec)
	d.heading(l.T("publication.open"))
	d.open(l, rec)
	d.heading(l.T("publication.method"))
	d.list([]Run{said(l.T("publication.method.bounds"))}, []Run{said(l.T("publication.method.people"))}, []Run{said(l.T("publication.method.unknown"))}, []Run{said(l.T("publication.method.status"))})
	d.ending(l, rec)
	d.annex(words{l, rec})
	return d
}

// begin gives a document its title and says what it is about, who made it and when.
func begin(l *lang.Locale, k Kind, rec *Records, day time.Time) Document {
	d := Document{Kind: k, Title: l.T("publication." + string(k) + ".title"), Language: l.Tag(), Dir: l.Dir(), Office: rec.Office, Date: day}
	s := rec.Scheme
	if !s.Exists() {
		return d
	}
	if s.Year > 0 {
		d.Title = l.T("publication.year", "Title", d.Title, "Year", strconv.Itoa(s.Year))
	}
	d.Subject, _ = s.Say(l.Tag(), s.Title)
	w := words{l, rec}
	d.say(w.source(s.Title))
	d.say(said(l.T("publication.dated", "Date", l.Date(day), "Office", rec.Office)))
	return d
}

// stale says which activities nobody has written on for long, those of one day together.
func (d *Document) stale(l *lang.Locale, rec *Records, day time.Time) {
	old := rec.only(func(r *Record) bool { return day.Sub(r.Updated) > stale })
	if len(old) == 0 {
		return
	}
	inorder.By(old, func(a, b *Record) int {
		return cmp.Or(strings.Compare(a.Updated.Format(time.DateOnly), b.Updated.Format(time.DateOnly)), strings.Compare(a.Code, b.Code))
	})
	runs := []Run{said(l.N("publication.stale", len(old)) + " ")}
	for i, r := range old {
		if i > 0 && l.ShortDate(r.Updated) == l.ShortDate(old[i-1].Updated) {
			runs = append(runs, between(1))
		} else if i > 0 {
			runs = append(runs, since(l, old[i-1]), said(l.T("lang.between")))
		}
		runs = append(runs, toRecord(r, r.Code))
	}
	d.warn(append(runs, since(l, old[len(old)-1]))...)
}

func since(l *lang.Locale, r *Record) Run { return said(" (" + l.ShortDate(r.Updated) + ")") }

// short is what a reader with one minute needs.
func short(l *lang.Locale, rec *Records) [][]Run {
	out := [][]Run{{link(l.N("publication.activities", len(rec.Activities)), activityPages), said(" "), link(l.T("publication.countries", "N", len(rec.Scheme.Partners())), coverage)}}
	ws := rec.of("workshop")
	if len(ws) > 0 {
		all := url.Values{"kind": {"workshop"}}
		out = append(out, append([]Run{link(l.N("publication.workshops.count", len(ws)), listOf(all)), said(l.T("publication.colon"))}, standing(l, ws, all)...))
		out = append(out, []Run{link(capital(attended(l, ws)), "#"+workshops)})
	}
	return append(out, budget(words{l, rec}))
}

// budget is the programme's own figure. Amounts of activities are not added to one: they can be in several currencies.
func budget(w words) []Run {
	n := len(w.rec.only(func(r *Record) bool { return r.Amount.Known() }))
	total, amounts := said(w.l.T("publication.budget", "Budget", w.number(w.rec.Scheme.Budget))), link(w.l.N("publication.budget.amounts", n, "Of", len(w.rec.Activities)), activityPages)
	if w.rec.Scheme.Budget.Known() {
		total.In = "#" + amountList
	}
	if n > 0 {
		amounts.In = "#" + amountList
	}
	return []Run{total, said(" ("), amounts, said(")")}
}

// capital lets a sentence begin as sentences do.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// attended says in one sentence how many took part in events of a kind.
func attended(l *lang.Locale, list []*Record) string {
	var known []party.Uncertain
	for _, r := range list {
		known = append(known, r.Participants)
	}
	sum, without := party.Sum(known...)
	switch with := len(list) - without; {
	case with == 0:
		return l.N("publication.attended.none", len(list))
	case without == 0:
		return l.N("publication.attended.all", len(list), "Number", sum.Print(l))
	default:
		return l.N("publication.attended", without, "Number", sum.Print(l), "With", with, "Of", len(list))
	}
}

const (
	workshops    = "workshops" // anchors of what is said of them, and of the table of them
	workshopList = "workshop-list"
)

// attendance is the sentence on participants with the records it was made of.
func (d *Document) attendance(l *lang.Locale, rec *Records) {
	ws := rec.of("workshop")
	if len(ws) == 0 {
		d.say(said(l.T("publication.workshops.none")))
		return
	}
	d.Blocks = append(d.Blocks, Block{Text: []Run{link(l.T("publication.workshops.sentence", "Sentence", attended(l, ws)), "#"+workshopList)}, Anchor: workshops})
	var counted, not []Run
	for _, r := range ws {
		if r.Participants.Known() {
			counted = append(counted, between(len(counted)), toRecord(r, r.Code), said(" ("+r.Participants.Print(l)+")"))
		} else {
			not = append(not, between(len(not)), toRecord(r, r.Code))
		}
	}
	var behind [][]Run
	if len(counted) > 0 {
		behind = append(behind, append([]Run{said(l.T("publication.counted") + " ")}, counted...))
	}
	if len(not) > 0 {
		behind = append(behind, append([]Run{said(l.T("publication.uncounted") + " ")}, not...))
	}
	d.list(behind...)
	d.say(said(l.T("publication.attendances")))
	w := words{l, rec}
	t := Table{Caption: l.T("publication.workshops.table"), Columns: w.columns("activity", "dates", "status", "participants", "from_countries")}
	t.Columns[3].Num, t.Columns[4].Num = true, true
	for _, r := range ws {
		t.Rows = append(t.Rows, [][]Run{w.titled(r), w.when(r), w.status(r), w.figure(r, r.Participants), w.figure(r, r.FromCountries)})
	}
	d.table(t, workshopList)
}

// standing says where records stand: "2 held, 4 planned". Each number leads to the list of those that narrow gives and that
// stand there; of what stands nowhere there is no such list.
func standing(l *lang.Locale, list []*Record, narrow url.Values) []Run {
	var out []Run
	for _, st := range append(slices.Clone(activity.Statuses()), "") {
		n := 0
		for _, r := range list {
			if r.Status == st {
				n++
			}
		}
		switch {
		case n > 0 && st == "":
			out = append(out, Run{Text: l.N("publication.no_status", n), In: "#" + cmp.Or(narrowed(listOf(narrow)), records)})
		case n > 0:
			out = append(out, link(l.T("publication.with_status", "N", n, "Status", l.T("programme.status."+string(st))), listOf(narrow, "status", string(st))))
		}
	}
	return listed(l, out)
}

// listed puts what stands between the parts of a list into it.
func listed(l *lang.Locale, runs []Run) []Run {
	var out []Run
	for i, r := range runs {
		switch {
		case i > 0 && i == len(runs)-1:
			out = append(out, said(" "+l.T("lang.and")+" "))
		case i > 0:
			out = append(out, said(", "))
		}
		out = append(out, r)
	}
	return out
}

// results are the programme's indicators, those that are not measured yet with what they wait for.
func (d *Document) results(l *lang.Locale, rec *Records) {
	if len(rec.Results) == 0 {
		return
	}
	d.heading(l.T("publication.results"))
	d.say(said(l.T("publication.results.method")))
	w := words{l, rec}
	t := Table{Caption: l.T("publication.results.table"), Columns: w.columns("indicator", "level", "figure", "beside")}
	for _, x := range rec.Results {
		beside := said(x.Beside)
		if strings.ContainsFunc(x.Beside, unicode.IsDigit) {
			beside.Href = x.Href
		}
		t.Codes = append(t.Codes, rowOf+x.ID)
		t.Rows = append(t.Rows, [][]Run{{said(x.Title)}, {said(x.Level)}, {link(x.Value, x.Href)}, {beside}})
	}
	d.table(t, "")
}

func byKind(l *lang.Locale, rec *Records) Table {
	w := words{l, rec}
	t := Table{Caption: l.T("publication.by_kind"), Columns: w.columns("kind", "count", "standing")}
	t.Columns[1].Num = true
	for _, k := range activity.Kinds() {
		if list := rec.of(k); len(list) > 0 {
			all := url.Values{"kind": {string(k)}}
			t.Rows = append(t.Rows, [][]Run{{said(l.T("programme.kind." + string(k)))}, {link(l.Number(len(list)), listOf(all))}, standing(l, list, all)})
		}
	}
	return t
}

// byPriority counts an activity under each of its priorities, and says so in its caption.
func byPriority(l *lang.Locale, rec *Records) Table {
	w := words{l, rec}
	t := Table{Caption: l.T("publication.by_priority"), Columns: w.columns("priority", "count", "standing")}
	t.Columns[1].Num = true
	for _, p := range rec.Scheme.Priorities {
		list := rec.only(func(r *Record) bool { return slices.Contains(r.Priorities, p.N) })
		all := url.Values{"priority": {strconv.Itoa(p.N)}}
		t.Rows = append(t.Rows, [][]Run{{said(w.priority(p.N))}, {link(l.Number(len(list)), listOf(all))}, standing(l, list, all)})
	}
	if none := rec.only(func(r *Record) bool { return len(r.Priorities) == 0 }); len(none) > 0 {
		all := url.Values{"priority": {activity.None}}
		t.Rows = append(t.Rows, [][]Run{{said(l.T("programme.none.priority"))}, {link(l.Number(len(none)), listOf(all))}, standing(l, none, all)})
	}
	return t
}

// listOf is the address of the list of activities that is narrowed so, and by further names and values.
func listOf(narrow url.Values, more ...string) string {
	v := maps.Clone(narrow)
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return activityPages + "?" + v.Encode()
}

// open lists what is not known and what the source says in two ways.
func (d *Document) open(l *lang.Locale, rec *Records) {
	w := words{l, rec}
	var items [][]Run
	for _, x := range []struct {
		key string
		is  func(*Record) bool
	}{{"undated", undated}, {"no_priority", func(r *Record) bool { return len(r.Priorities) == 0 }}, {"no_partner", func(r *Record) bool { return len(r.Partners) == 0 }}} {
		if list := rec.only(x.is); len(list) > 0 {
			items = append(items, append([]Run{said(l.N("publication.open."+x.key, len(list)) + " ")}, codes(list)...))
		}
	}
	for _, c := range rec.Scheme.Contradictions {
		item := []Run{said(l.T("publication.open.contradiction") + " "), w.source(c.About)}
		for i, st := range c.Stated {
			if i == 0 {
				item = append(item, said(l.T("publication.colon")))
			} else {
				item = append(item, said(w.l.T("lang.between")))
			}
			item = append(item, w.source(st.Text))
			if st.Lines != "" {
				item = append(item, said(" ("), w.at(st.Lines), said(")"))
			}
		}
		items = append(items, item)
	}
	if len(items) == 0 {
		d.say(said(l.T("publication.open.nothing")))
		return
	}
	d.list(items...)
}

// ending is the list of records that every number leads to.
func (d *Document) ending(l *lang.Locale, rec *Records) {
	w := words{l, rec}
	d.heading(l.T("publication.records"))
	if document := rec.Scheme.Source.Document(); document != "" {
		d.Blocks = append(d.Blocks, Block{Text: []Run{said(l.Told(l.T("publication.records.lines"), "")), w.source(document), said(".")}, Anchor: sourceNote})
	}
	t := Table{Caption: l.T("publication.records.table"), Columns: w.columns("code", "title", "kind", "status", "source", "updated")}
	for _, r := range rec.Activities {
		t.Codes = append(t.Codes, r.Code)
		t.Rows = append(t.Rows, [][]Run{{said(r.Code)}, {w.quoted(r)}, {said(l.T("programme.kind." + string(r.Kind)))}, w.status(r), {said(w.lines(r))}, {said(l.ShortDate(r.Updated))}})
	}
	d.table(t, records)
}
