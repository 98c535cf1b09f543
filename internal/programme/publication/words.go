// SPDX-License-Identifier: EUPL-1.2

package publication

import (
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// words puts records into the words of a document's language.
type words struct {
	l   *lang.Locale
	rec *Records
}

func link(s, href string) Run { return Run{Text: s, Href: href} }

// toRecord leads to a record.
func toRecord(r *Record, s string) Run { return Run{Text: s, Href: activityPages + "/" + r.Code} }

// source is a text in the words of the programme's source.
func (w words) source(s string) Run {
	text, language := w.rec.Scheme.Say(w.l.Tag(), s)
	return Run{Text: text, Lang: w.l.Foreign(language)}
}

func (w words) quoted(r *Record) Run {
	title, language := r.In(w.l.Tag())
	return Run{Text: title, Lang: w.l.Foreign(language), Href: activityPages + "/" + r.Code}
}

// titled is an activity's code, which leads to its record, and its title.
func (w words) titled(r *Record) []Run {
	title, language := r.In(w.l.Tag())
	return []Run{toRecord(r, r.Code), said(" · "), {Text: title, Lang: w.l.Foreign(language)}}
}

func (w words) columns(keys ...string) []Column {
	var out []Column
	for _, k := range keys {
		out = append(out, Column{Text: w.l.T("publication.column." + k)})
	}
	return out
}

// number says a number; what nobody has counted is unknown, never 0.
func (w words) number(u party.Uncertain) string {
	if !u.Known() {
		return w.l.T("publication.unknown")
	}
	return u.Print(w.l)
}

// figure is a number of an activity, with the way to its record.
func (w words) figure(r *Record, u party.Uncertain) []Run {
	if !u.Known() {
		return w.unknown()
	}
	return []Run{toRecord(r, u.Print(w.l))}
}

func (w words) unknown() []Run { return []Run{said(w.l.T("publication.unknown"))} }

func (w words) status(r *Record) []Run {
	if r.Status == "" {
		return w.unknown()
	}
	return []Run{said(w.l.T("programme.status." + string(r.Status)))}
}

func (w words) when(r *Record) []Run {
	l := w.l
	switch {
	case r.Start.Known() && r.End.Known() && r.Start != r.End:
		return []Run{said(party.Between(l, "programme.dates.range", r.Start, r.End))}
	case r.Start.Known() && r.End.Known():
		return []Run{said(r.Start.Print(l))}
	case r.Start.Known():
		return []Run{said(l.T("programme.dates.from", "From", r.Start.Print(l)))}
	case r.End.Known():
		return []Run{said(l.T("programme.dates.until", "To", r.End.Print(l)))}
	case r.DateInferred.Known():
		return []Run{said(r.DateInferred.Print(l) + " (" + l.T("publication.inferred") + ")")}
	case r.Since.Known():
		return []Run{said(l.T("publication.since", "Since", r.Since.Print(l)))}
	}
	return w.unknown()
}

func (w words) countries(r *Record) []Run {
	if r.PlaceWithheld {
		return []Run{said(w.l.T("programme.place.withheld"))}
	}
	var out []string
	for _, c := range r.Countries {
		out = append(out, w.l.Country(c))
	}
	switch {
	case len(out) > 0:
		return []Run{said(w.l.List(out))}
	case r.Scope != "":
		return []Run{said(w.l.T("programme.scope." + r.Scope))}
	}
	return w.unknown()
}

// lines puts texts below one another in a cell.
func lines(texts ...[]Run) []Run {
	var out []Run
	for i, t := range texts {
		if i > 0 {
			out = append(out, said("\n"))
		}
		out = append(out, t...)
	}
	return out
}

// whenWhere says when an activity is and where; that neither is known it says once.
func (w words) whenWhere(r *Record) []Run {
	when, where := w.when(r), w.countries(r)
	switch unknown := plain(w.unknown()); {
	case plain(when) == unknown && plain(where) == unknown:
		return w.unknown()
	case plain(when) == unknown:
		return lines([]Run{said(w.l.T("publication.undated_line"))}, where)
	case plain(where) == unknown:
		return lines(when, []Run{said(w.l.T("publication.unplaced_line"))})
	}
	return lines(when, where)
}

// leads names who carries an activity, each in a language that its name is known in.
func (w words) leads(r *Record) []Run {
	var out []Run
	for _, p := range r.Partners {
		names := w.rec.Names[p.Organisation]
		text := names.In(w.l.Tag())
		if !leads(p) || text == "" {
			continue
		}
		if len(out) > 0 {
			out = append(out, said(w.l.T("lang.between")))
		}
		if r.Withholds(p.Organisation) { // its name is in no document
			out = append(out, said(w.l.T("programme.partner.withheld")))
			continue
		}
		out = append(out, Run{Text: text, Lang: w.l.Foreign(languageOf(names, text))})
	}
	if len(out) == 0 {
		return w.unknown()
	}
	return out
}

// languageOf says which language a name was taken from; "und" when that is not said.
func languageOf(names party.Names, text string) string {
	var tags []string
	for tag, s := range names {
		if s == text {
			tags = append(tags, tag)
		}
	}
	if len(tags) == 0 || slices.Contains(tags, "und") {
		return "und"
	}
	return slices.Min(tags)
}

func (w words) priority(n int) string {
	key := "programme.priority." + strconv.Itoa(n)
	if !w.l.Has(key) {
		return w.l.T("programme.priority.n", "N", n)
	}
	return w.l.T("programme.priority.named", "N", n, "Name", w.l.T(key))
}

// lines says where the source says it.
func (w words) lines(r *Record) string {
	if len(r.Sources) == 0 || r.Sources[0].Lines == "" {
		return w.l.T("publication.unknown")
	}
	if x := r.Sources[0]; x.Document != "" && x.Document != w.rec.Scheme.Source.Document() {
		return x.Print(w.l)
	}
	return w.l.T("publication.lines", "Lines", strings.ReplaceAll(r.Sources[0].Lines, "-", "–"))
}

// between is what stands between the parts of a list within a sentence.
func between(i int) Run {
	if i == 0 {
		return said("")
	}
	return said(", ")
}

func codes(list []*Record) []Run {
	var out []Run
	for i, r := range list {
		out = append(out, between(i), toRecord(r, r.Code))
	}
	return out
}
