// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// form shows a form with what stands in it; what is wrong makes it a 422.
func form(r *page.Request, d register.Form, v url.Values, wrong error) page.Response {
	for i, f := range d.Fields {
		d.Fields[i].Value = v.Get(f.Name)
	}
	d.Errors = r.Errors(wrong)
	out := page.View("register/form", r.L.T("newsletter.form"), d)
	if wrong != nil {
		out = page.Status(422, out)
	}
	return out
}

// both are fields in which somebody writes a text in each language, and which is the original.
func both(l *lang.Locale, kind, name, label, hint string, rows int) []register.Field {
	var out []register.Field
	for _, tag := range Languages() {
		out = append(out, register.Field{Kind: kind, Name: name + "_" + tag, Label: label + " (" + l.Language(tag) + ")", Hint: hint, Rows: rows, Optional: true})
		hint = ""
	}
	return out
}

func original(l *lang.Locale) register.Field {
	f := register.Field{Kind: "select", Name: "original", Label: l.T("newsletter.original"), Hint: l.T("newsletter.original.hint")}
	for _, tag := range Languages() {
		f.Options = append(f.Options, page.Option{Value: tag, Text: l.Language(tag)})
	}
	return f
}

// typed gives a text as it is after somebody typed into those fields. A translation that they left as it was stays what it
// was, outdated when the original has changed, unless they say that it still holds.
func typed(v url.Values, name string, was wording.Text, holds bool) wording.Text {
	first := v.Get("original")
	out := was
	if was.Original != first {
		out = wording.Text{}
	}
	out = out.With(first, v.Get(name+"_"+first))
	for _, tag := range Languages() {
		if text := v.Get(name + "_" + tag); tag != first && (holds || text != out.By[tag].Text) {
			out = out.With(tag, text)
		}
	}
	return out
}

func untyped(v url.Values, name string, t wording.Text) {
	for _, tag := range Languages() {
		v.Set(name+"_"+tag, t.By[tag].Text)
	}
}

func (rm room) begunForm(l *lang.Locale, id journal.ID, fresh bool) register.Form {
	d := register.Form{Title: l.T("newsletter.edit"), Submit: l.T("register.save"), Cancel: issuePath(id), Fields: []register.Field{{Kind: "hidden", Name: "entry"}}}
	if fresh {
		d.Title, d.Lead, d.Cancel = l.T("newsletter.new"), l.T("newsletter.new.lead"), Path
		d.Fields = append(d.Fields, register.Field{Kind: "hidden", Name: "dossier"})
	}
	d.Crumbs = crumbs(l, page.Crumb{Text: d.Title})
	d.Fields = append(d.Fields, register.Field{Kind: "date", Name: "from", Label: l.T("newsletter.from")}, register.Field{Kind: "date", Name: "to", Label: l.T("newsletter.to")})
	d.Fields = append(d.Fields, both(l, "text", "title", l.T("newsletter.name"), l.T("newsletter.name.hint"), 0)...)
	d.Fields = append(d.Fields, original(l))
	return d
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v := url.Values{"entry": {rm.Store.NewID().String()}, "dossier": {rm.Store.NewID().String()}, "original": {"fr"}}
	return form(r, rm.begunForm(r.L, journal.ID{}, true), v, nil), nil
}

func (rm room) begin(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	id, err := journal.ParseID(v.Get("dossier"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	return rm.saveBegun(ctx, r, v, id, wording.Text{}, true)
}

func (rm room) edit(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.draft(ctx, r)
	if err != nil {
		return nil, err
	}
	v := url.Values{"entry": {rm.Store.NewID().String()}, "from": {o.Begun.From}, "to": {o.Begun.To}, "original": {o.Begun.Title.Original}}
	untyped(v, "title", o.Begun.Title)
	return form(r, rm.begunForm(r.L, o.ID, false), v, nil), nil
}

func (rm room) save(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.draft(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	return rm.saveBegun(ctx, r, v, o.ID, o.Begun.Title, false)
}

func (rm room) saveBegun(ctx context.Context, r *page.Request, v url.Values, id journal.ID, was wording.Text, fresh bool) (page.Response, error) {
	entry, err := journal.ParseID(v.Get("entry"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	err = rm.write(ctx, r, store.Ref{Kind: access.KindPublication, ID: id}, entry, BegunType, Begun{Title: typed(v, "title", was, true), From: v.Get("from"), To: v.Get("to")})
	if fault.Is(err, fault.Invalid) {
		return form(r, rm.begunForm(r.L, id, fresh), v, err), nil
	}
	return page.Redirect(issuePath(id), "register.saved"), err
}

func (rm room) sectionForm(l *lang.Locale, o opened, key string) register.Form {
	at := issuePath(o.ID)
	d := register.Form{Title: l.T("newsletter.section"), Lead: l.T("newsletter.section.lead"), Submit: l.T("register.save"), Cancel: at,
		Crumbs: crumbs(l, page.Crumb{Text: register.Quote(l, o.Begun.Title).Text, Href: at}, page.Crumb{Text: l.T("newsletter.section")})}
	d.Fields = []register.Field{{Kind: "hidden", Name: "entry"}, {Kind: "select", Name: "sort", Label: l.T("newsletter.sort"), Options: register.Codes(l, "newsletter.sort.", Sorts())},
		{Kind: "text", Name: "priority", Label: l.T("newsletter.priority"), Hint: l.T("newsletter.priority.hint"), Optional: true},
		{Kind: "text", Name: "place", Label: l.T("newsletter.place"), Hint: l.T("newsletter.place.hint"), Optional: true},
		{Kind: "text", Name: "records", Label: l.T("newsletter.about"), Hint: l.T("newsletter.about.hint"), Optional: true}}
	d.Fields = append(d.Fields, both(l, "text", "title", l.T("newsletter.section.title"), "", 0)...)
	ofActivity, ofProgramme := Fields()
	hint := l.T("newsletter.text.hint", "Fields", strings.Join(ofActivity, ", "), "Of", strings.Join(ofProgramme, ", "))
	d.Fields = append(d.Fields, both(l, "textarea", "text", l.T("newsletter.text"), hint, 14)...)
	d.Fields = append(d.Fields, original(l))
	if s, ok := o.Section(key); ok && len(s.Text.Wanting(Languages()...))+len(s.Title.Wanting(Languages()...)) > 0 {
		d.Fields = append(d.Fields, register.Field{Kind: "select", Name: "holds", Label: l.T("newsletter.holds"), Hint: l.T("newsletter.holds.hint"), Blank: l.T("newsletter.holds.no"), Options: []page.Option{{Value: "yes", Text: l.T("newsletter.holds.yes")}}, Optional: true})
	}
	return d
}

func (rm room) section(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.draft(ctx, r)
	if err != nil {
		return nil, err
	}
	key := r.PathValue("key")
	s, ok := o.Section(key)
	if !ok && key != "new" {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	v := url.Values{"entry": {rm.Store.NewID().String()}, "sort": {string(Editorial)}, "original": {"fr"}}
	if ok {
		v.Set("sort", string(s.Sort))
		v.Set("original", s.Text.Original)
		v.Set("records", strings.Join(s.Records, " "))
		v.Set("priority", number(s.Priority))
		v.Set("place", number(s.Place))
		untyped(v, "title", s.Title)
		untyped(v, "text", s.Text)
	}
	return rm.sectionView(r, o, key, v, nil), nil
}

// sectionPage is the form of a section, with the way to take it out.
type sectionPage struct {
	Form register.Form
	Drop string
}

func (rm room) sectionView(r *page.Request, o opened, key string, v url.Values, wrong error) page.Response {
	d := sectionPage{Form: rm.sectionForm(r.L, o, key)}
	for i, f := range d.Form.Fields {
		d.Form.Fields[i].Value = v.Get(f.Name)
	}
	d.Form.Errors = r.Errors(wrong)
	if _, there := o.Section(key); there {
		d.Drop = issuePath(o.ID) + "/sections/" + key + "/drop"
	}
	out := page.View("newsletter/section", r.L.T("newsletter.section"), d)
	if wrong != nil {
		out = page.Status(422, out)
	}
	return out
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (rm room) saveSection(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.draft(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	entry, err := journal.ParseID(v.Get("entry"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	key := r.PathValue("key")
	was, there := o.Section(key)
	if key == "new" {
		key = entry.String()
	} else if !there {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	s := Section{Key: key, Sort: Sort(v.Get("sort")), Records: strings.FieldsFunc(strings.ToUpper(v.Get("records")), func(r rune) bool { return r == ' ' || r == ',' || r == ';' })}
	var fs fault.Fields
	for name, to := range map[string]*int{"priority": &s.Priority, "place": &s.Place} {
		if x := v.Get(name); x != "" {
			if *to, err = strconv.Atoi(x); err != nil {
				fs.Add(name, "newsletter.need.place")
			}
		}
	}
	if !slices.Contains(Languages(), v.Get("original")) {
		fs.Add("original", "programme.need.choice")
	}
	holds := v.Get("holds") == "yes"
	s.Title, s.Text = typed(v, "title", was.Title, holds), typed(v, "text", was.Text, holds)
	_, err = rm.Store.Update(ctx, register.As(r), o.ref, func(any) ([]store.Draft, error) {
		return []store.Draft{{ID: entry, Type: SectionType, Payload: s}}, fs.Err()
	})
	if fault.Is(err, fault.Invalid) {
		return rm.sectionView(r, o, key, v, err), nil
	}
	return page.Redirect(issuePath(o.ID), "register.saved"), err
}

func (rm room) drop(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.draft(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.Redirect(issuePath(o.ID), "newsletter.dropped"), rm.write(ctx, r, o.ref, journal.ID{}, DroppedType, Dropped{r.PathValue("key")})
}

// propose makes a section of a proposal: its facts as references, for somebody to write around.
func (rm room) propose(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.draft(ctx, r)
	if err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(o.records.Propose(o.Begun), func(p Proposal) bool { return p.Code == v.Get("code") })
	if at < 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	p := o.records.Propose(o.Begun)[at]
	s := Section{Key: strings.ToLower(p.Code), Sort: p.Sort, Place: at + 1, Records: []string{p.Code}, Title: wording.New("en", cut(p.Title))}
	if slices.Contains(Languages(), p.Language) {
		s.Title = wording.New(p.Language, cut(p.Title))
	}
	for _, tag := range Languages() {
		if t, ok := p.Titles[tag]; ok {
			s.Title = s.Title.With(tag, cut(t))
		}
		words := "newsletter.skeleton"
		if p.Participants.Known() {
			words = "newsletter.skeleton.attended"
		}
		s.Text = s.Text.With(tag, rm.Locale(tag).T(words, "Dates", "{"+p.Code+".dates}", "Leads", "{"+p.Code+".leads}", "Participants", "{"+p.Code+".participants}"))
	}
	return page.Redirect(issuePath(o.ID)+"/sections/"+s.Key, "newsletter.added"), rm.write(ctx, r, o.ref, journal.ID{}, SectionType, s)
}

// cut shortens what a record is called to what fits a title.
func cut(s string) string {
	rs := []rune(s)
	for len(string(rs)) > MaxTitle-4 {
		rs = rs[:len(rs)-1]
	}
	if len(rs) < len([]rune(s)) {
		return strings.TrimSpace(string(rs)) + "…"
	}
	return s
}

// picture takes a picture in, under the name that sections show it by.
func (rm room) picture(ctx context.Context, r *page.Request) (page.Response, error) {
	o, err := rm.draft(ctx, r)
	if err != nil {
		return nil, err
	}
	u, ok, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	if !ok {
		u.Bytes = nil
	}
	if err = rm.write(ctx, r, o.ref, journal.ID{}, PictureType, Picture{Key: strings.ToLower(v.Get("key")), PNG: u.Bytes}); fault.Is(err, fault.Invalid) {
		return rm.showWith(ctx, r, o, err)
	}
	return page.Redirect(issuePath(o.ID), "register.saved"), err
}

func (rm room) correctForm(ctx context.Context, r *page.Request) (page.Response, error) {
	return rm.correcting(ctx, r, nil)
}

func (rm room) correct(ctx context.Context, r *page.Request) (page.Response, error) {
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	return rm.correcting(ctx, r, v)
}

// correcting shows the form of a correction, or takes it.
func (rm room) correcting(ctx context.Context, r *page.Request, v url.Values) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	o, err := rm.open(ctx, r)
	if err != nil {
		return nil, err
	}
	if !o.Out() {
		return nil, fault.New(fault.Guarded, "newsletter.guard.unpublished")
	}
	d := register.Form{Title: r.L.T("newsletter.correct"), Lead: r.L.T("newsletter.correct.lead"), Submit: r.L.T("register.save"), Cancel: issuePath(o.ID), Crumbs: crumbs(r.L, page.Crumb{Text: r.L.T("newsletter.correct")}),
		Fields: append([]register.Field{{Kind: "hidden", Name: "entry"}}, append(both(r.L, "textarea", "text", r.L.T("newsletter.text"), "", 4), original(r.L))...)}
	if v == nil {
		return form(r, d, url.Values{"entry": {rm.Store.NewID().String()}, "original": {"fr"}}, nil), nil
	}
	entry, err := journal.ParseID(v.Get("entry"))
	if err != nil {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	err = rm.write(ctx, r, o.ref, entry, CorrectedType, Corrected{typed(v, "text", wording.Text{}, true)})
	if fault.Is(err, fault.Invalid) {
		return form(r, d, v, err), nil
	}
	return page.Redirect(issuePath(o.ID), "register.saved"), err
}
