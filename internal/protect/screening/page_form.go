// SPDX-License-Identifier: EUPL-1.2

package screening

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/packs/indicators"
)

// query makes the query of an address of codes.
func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

// card says what a list is: what for, whose, where it was tested, whether its weights were compared with the source.
func (rm room) card(l *lang.Locale, s indicators.Set) listCard {
	c := listCard{Code: s.Code, Title: s.Title.In(l.Tag()), Lead: s.Lead.In(l.Tag()), Paper: "/screening/paper/" + s.Code, Facts: rm.about(l, s)}
	c.For = l.T("screening.for." + s.For)
	return c
}

// about gives a list's facts: everything that its reader must know before believing it.
func (rm room) about(l *lang.Locale, s indicators.Set) []page.Fact {
	n := 0
	for _, d := range asked(s, rm.Appearance).Dimensions {
		n += len(d.Indicators)
	}
	out := []page.Fact{{Term: l.T("screening.list.questions"), Text: l.N("screening.list.count", n)}, {Term: l.T("screening.list.source"), Text: s.Source.In(l.Tag())}}
	if s.Ours {
		out = append(out, page.Fact{Term: l.T("screening.list.whose"), Text: l.T("screening.list.ours")})
	}
	valid := s.Validated.In(l.Tag())
	if valid == "" {
		valid = l.T("screening.list.validated_nowhere")
	}
	out = append(out, page.Fact{Term: l.T("screening.list.validated"), Text: valid})
	if s.Rule == indicators.NoRule {
		return append(out, page.Fact{Term: l.T("screening.list.rule"), Text: l.T("screening.list.no_rule")})
	}
	return append(out, page.Fact{Term: l.T("screening.list.weights"), Text: l.T("screening.list.weights_words"), Sub: s.WeightsChecked, Unverified: s.WeightsChecked == ""})
}

// languages that forms offer first.
var spoken = []string{"sq", "bs", "bg", "hr", "el", "mk", "ro", "sr", "tr", "rom", "ar", "fa", "ps", "ku", "ur", "bn", "hi", "ne", "vi", "zh", "uk", "ru", "ka", "hu", "it", "es", "pt", "de", "en", "fr"}

// section is one dimension of the form.
type section struct {
	ID, Title string
	Items     []item
}

// item is one indicator with its answer.
type item struct {
	Name, Text, Hint string
	Value            Answer
}

// typed is what the form sends, beside the answers.
type typed struct {
	Entry       journal.ID           `form:"entry"`   // made when the form was shown, so that sending twice is harmless
	Dossier     journal.ID           `form:"dossier"` // of somebody without a file
	Who         string               `form:"who"`
	Role        string               `form:"role"`
	Set         string               `form:"set"`
	Version     string               `form:"version"`
	Place       string               `form:"place"`
	Language    string               `form:"language"`
	Interpreted consent.Interpreting `form:"interpreted"`
	Remarks     string               `form:"remarks"`
}

// formData is the form: one dimension after the other, nothing answered.
type formData struct {
	Title, Action, Back       string
	Crumbs                    []page.Crumb
	About                     []page.Fact
	Notes                     []field.Note
	Sections                  []section
	Count                     int
	Places, Languages, Helped []page.Option
	Typed                     typed
	Errors                    page.FieldErrors
	Refused                   string
	Who, Role, Anonymous      string
}

func (rm room) form(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.subjectOf(ctx, r)
	if err != nil {
		return nil, err
	}
	c := choiceOf(r)
	set, ok := rm.Sets.Newest(c.Set)
	if c.known() != nil || !ok {
		return page.Redirect(s.base, ""), nil
	}
	v := typed{Entry: rm.Store.NewID(), Dossier: rm.Store.NewID(), Who: c.Who, Role: c.Role, Set: set.Code, Version: set.Version}
	return page.View("screening/form", r.L.T("screening.title"), rm.formData(r, s, set, v, nil)), nil
}

func (rm room) formData(r *page.Request, s subject, set indicators.Set, v typed, answers map[string]Answer) formData {
	d := formData{Title: r.L.T("screening.form.title"), Action: s.base + "/form", Back: s.base + "/lists?" + query("who", v.Who, "role", v.Role), Crumbs: append(s.crumbs, page.Crumb{Text: r.L.T("screening.form.title")}),
		About: append([]page.Fact{{Term: r.L.T("screening.list.list"), Text: set.Title.In(r.L.Tag()), Sub: set.Version}}, rm.about(r.L, set)...), Typed: v,
		Places: field.Options(r.L, "screening.place", places), Helped: field.Options(r.L, "screening.helped", field.Codes(helped))}
	for _, x := range spoken {
		d.Languages = append(d.Languages, page.Option{Value: x, Text: r.L.Language(x)})
	}
	inorder.By(d.Languages, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
	d.Who, d.Role = r.L.T("screening.age."+v.Who), r.L.T("screening.role."+v.Role)
	if v.Who != Adult {
		d.Notes = append(d.Notes, field.Note{Tone: page.Warn, Title: r.L.T("screening.child.title"), Text: r.L.T("screening.child.text")})
	}
	if s.ref.ID.IsZero() {
		d.Anonymous = r.L.T("screening.form.anonymous")
	}
	for _, dim := range asked(set, rm.Appearance).Dimensions {
		x := section{ID: "d-" + dim.Code, Title: dim.Title.In(r.L.Tag())}
		for _, i := range dim.Indicators {
			y := item{Name: "a." + i.ID, Text: i.Text.In(r.L.Tag()), Value: answers[i.ID]}
			switch {
			case i.Appearance:
				y.Hint = r.L.T("screening.form.appearance")
			case i.Context:
				y.Hint = r.L.T("screening.form.context")
			}
			x.Items = append(x.Items, y)
			d.Count++
		}
		d.Sections = append(d.Sections, x)
	}
	return d
}

// answersOf reads the answers of a form; what was not asked is left out.
func answersOf(form url.Values) map[string]Answer {
	out := map[string]Answer{}
	for k, vs := range form {
		if id, ok := strings.CutPrefix(k, "a."); ok && len(vs) > 0 && vs[0] != "" {
			out[id] = Answer(vs[0])
		}
	}
	return out
}

func (rm room) record(ctx context.Context, r *page.Request) (page.Response, error) {
	s, err := rm.subjectOf(ctx, r)
	if err != nil {
		return nil, err
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	set, ok := rm.Sets.Get(v.Set, v.Version)
	if !ok || !slices.Contains(ages, v.Who) || !slices.Contains(roles, v.Role) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	answers := answersOf(r.PostForm)
	rec := Recorded{Who: v.Who, Role: v.Role, Place: v.Place, Language: v.Language, Interpreted: v.Interpreted, Set: v.Set, Version: v.Version, Answers: answers, Remarks: v.Remarks}
	if asksAppearance(set, answers) {
		rec.Appearance = rm.Appearance
	}
	ref := s.ref
	if ref.ID.IsZero() {
		ref.ID = v.Dossier
	}
	if _, err = rm.Store.Append(ctx, asScreener(r), ref, store.Draft{ID: v.Entry, Type: "screening.recorded", Payload: rec}); err == nil {
		return rm.recorded(ctx, r, s, ref, rec, v.Entry)
	}
	code := map[fault.Kind]int{fault.Invalid: http.StatusUnprocessableEntity, fault.Guarded: http.StatusConflict}[fault.Of(err)]
	if code == 0 {
		return nil, err
	}
	d := rm.formData(r, s, set, v, answers)
	if d.Errors = r.Errors(err); len(d.Errors) == 0 {
		d.Refused = r.L.Fault(err)
	}
	return page.Status(code, page.View("screening/form", r.L.T("screening.title"), d)), nil
}

func asksAppearance(set indicators.Set, answers map[string]Answer) bool {
	for id := range answers {
		if i, ok := set.Indicator(id); ok && i.Appearance {
			return true
		}
	}
	return false
}

// recorded leads to the result where its writer may read it. A first responder may not: the answer to what was just
// sent is the only time that the result is shown.
func (rm room) recorded(ctx context.Context, r *page.Request, s subject, ref store.Ref, rec Recorded, entry journal.ID) (page.Response, error) {
	o, err := rm.Store.Open(ctx, asScreener(r), ref)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	if err == nil && slices.Contains(o.Shown, journal.D3) {
		if ref.Kind == access.KindPerson {
			return page.Redirect(s.base+"/"+entry.String(), "screening.saved"), nil
		}
		return page.Redirect("/screening/signals/"+ref.ID.String(), "screening.saved"), nil
	}
	d := rm.resultData(r, rm.Sets.screening(rec, entry, r.Now, r.Actor.ID))
	d.Crumbs = append(s.crumbs, page.Crumb{Text: d.Title})
	d.Once = true
	if ref.Kind == access.KindSignal {
		d.Next = []page.Action{{Text: r.L.T("screening.once.forward"), Href: "/screening/signals/" + ref.ID.String(), Primary: true, Icon: "send"}}
	}
	return page.View("screening/result", r.L.T("screening.title"), d), nil
}
