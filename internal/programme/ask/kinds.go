// SPDX-License-Identifier: EUPL-1.2

package ask

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// languageName is the field that says in which language a form is filled in.
const languageName = "language"

// Language asks in which language the payload's texts are written; at is the one by which the reader knows the record.
func Language(at *wording.Text) *Ask {
	return &Ask{Name: languageName, key: "register.language", kept: &language{at}}
}

type language struct{ at *wording.Text }

func (k *language) fields(_ *Ask, v *register.See, f register.Field) []register.Field {
	f.Kind, f.Options = "select", register.Languages(v.L)
	return []register.Field{f, register.ShownField("")} // the form says in which it stands
}
func (k *language) put(_ *Ask, v *register.See, out register.Values) {
	out.Set(languageName, v.Written(*k.at).Get(languageName))
}
func (k *language) read(*Ask, *register.Typed)             {}
func (k *language) check(*Ask, checked)                    {}
func (k *language) says(a *Ask, v *register.See) page.Fact { return page.Fact{Text: k.plain(a, v)} }
func (k *language) plain(_ *Ask, v *register.See) string   { return k.at.In(v.L.Tag()).Language }

// Passage asks for the text of a record, in the form's language.
func Passage(name string, at *wording.Text, most int) *Ask {
	return &Ask{Name: name, rows: 5, kept: &text{at, "textarea", most, true}}
}

// Remark asks for a text beside it.
func Remark(name string, at *wording.Text, most int) *Ask {
	return &Ask{Name: name, kept: &text{at, "textarea", most, false}}
}

// Title asks for a text of one line.
func Title(name string, at *wording.Text, most int) *Ask {
	return &Ask{Name: name, kept: &text{at, "text", most, false}}
}

type text struct {
	at   *wording.Text
	kind string
	most int
	main bool // of a text that is there already it says that other languages stay
}

func (k *text) fields(_ *Ask, v *register.See, f register.Field) []register.Field {
	if f.Kind = k.kind; k.main && !k.at.IsZero() {
		f.Hint = v.L.T("register.text.hint")
	}
	return []register.Field{f}
}
func (k *text) put(a *Ask, _ *register.See, out register.Values) {
	out.Set(a.Name, k.at.By[out.Get(languageName)].Text)
}
func (k *text) read(a *Ask, t *register.Typed) {
	*k.at = t.Said(a.Name, *k.at)
}
func (k *text) check(a *Ask, c checked)              { k.at.Check(c.Fields, a.Name, !a.optional, k.most) }
func (k *text) plain(_ *Ask, v *register.See) string { return k.at.In(v.L.Tag()).Text }
func (k *text) says(_ *Ask, v *register.See) page.Fact {
	return page.Fact{Text: register.Quote(v.L, *k.at).Text}
}

// Words asks for words in no particular language: a reference, a name, a reason.
func Words(name string, at *string, most int) *Ask {
	return &Ask{Name: name, kept: &words{at, "text", most}}
}

// Lines is Words of several lines.
func Lines(name string, at *string, most int) *Ask {
	return &Ask{Name: name, kept: &words{at, "textarea", most}}
}

// Item asks under which item of an agenda it was.
func Item(at *string, most int) *Ask { return Words("item", at, most).Maybe() }

type words struct {
	at   *string
	kind string
	most int // in characters; 0 for as many as there are
}

func (k *words) fields(a *Ask, v *register.See, f register.Field) []register.Field {
	if f.Kind = k.kind; a.Name == "item" {
		f.Hint = v.L.T("register.item.hint")
	}
	return []register.Field{f}
}
func (k *words) put(a *Ask, _ *register.See, out register.Values) { out.Set(a.Name, *k.at) }
func (k *words) read(a *Ask, t *register.Typed)                   { *k.at = t.Text(a.Name) }
func (k *words) check(a *Ask, c checked) {
	if strings.TrimSpace(*k.at) == "" && !a.optional || k.most > 0 && wording.Longer(*k.at, k.most) {
		c.wrong(a, "Max", k.most)
	}
}
func (k *words) plain(*Ask, *register.See) string   { return *k.at }
func (k *words) says(*Ask, *register.See) page.Fact { return page.Fact{Text: *k.at} }

// Date asks for a date as far as it is known.
func Date(name string, at *party.PartialDate) *Ask { return &Ask{Name: name, kept: &date{at: at}} }

// On asks for the day of what an act tells: today, unless it is said.
func On(at *party.PartialDate) *Ask {
	return Date("on", at).Called("register.on").Wants("date").Today()
}

// Since says that the date is not before another one.
func (a *Ask) Since(first *party.PartialDate) *Ask {
	a.kept.(*date).first = first
	return a
}

type date struct {
	at, first *party.PartialDate // first: before which it is not
}

func (k *date) fields(_ *Ask, _ *register.See, f register.Field) []register.Field {
	f.Kind = "date"
	return []register.Field{f}
}
func (k *date) put(a *Ask, _ *register.See, out register.Values) { out.Set(a.Name, k.at.String()) }
func (k *date) read(a *Ask, t *register.Typed)                   { *k.at = t.Date(a.Name) }
func (k *date) check(a *Ask, c checked) {
	if !k.at.Known() && !a.optional {
		c.wrong(a)
	}
	if k.first != nil && k.at.Known() && k.at.Before(*k.first) {
		c.Add(a.Name, "party.date.order")
	}
}
func (k *date) plain(*Ask, *register.See) string { return k.at.String() }
func (k *date) says(_ *Ask, v *register.See) page.Fact {
	if !k.at.Known() {
		return page.Fact{}
	}
	return page.Fact{Text: k.at.Print(v.L)}
}

// Organisations asks who takes part.
func Organisations(name string, at *[]journal.ID) *Ask {
	return &Ask{Name: name, kept: &organisations{func() []journal.ID { return *at }, func(ids []journal.ID) { *at = ids }, "checks"}}
}

// Organisation asks for one of those who take part.
func Organisation(name string, at *journal.ID) *Ask {
	get := func() []journal.ID {
		if at.IsZero() {
			return nil
		}
		return []journal.ID{*at}
	}
	return &Ask{Name: name, blank: "page.unknown", kept: &organisations{get, func(ids []journal.ID) {
		if *at = (journal.ID{}); len(ids) > 0 {
			*at = ids[0]
		}
	}, "select"}}
}

type organisations struct {
	get  func() []journal.ID
	set  func([]journal.ID)
	kind string
}

func (k *organisations) fields(a *Ask, v *register.See, f register.Field) []register.Field {
	if f.Kind, f.Options = k.kind, v.OrganisationOptions(); k.kind == "select" {
		f.Blank = v.L.T(a.blank)
	}
	return []register.Field{f}
}
func (k *organisations) put(a *Ask, _ *register.See, out register.Values) {
	register.PutIDs(out, a.Name, k.get()...)
}
func (k *organisations) read(a *Ask, t *register.Typed) {
	ids := t.Organisations(a.Name, a.wrong())
	if k.set(ids); k.kind == "select" && len(ids) > 1 {
		t.Wrong.Add(a.Name, a.wrong())
	}
}
func (k *organisations) check(a *Ask, c checked) {
	for _, id := range k.get() {
		if c.g == nil {
			return
		}
		if _, err := c.g.Other(access.KindOrganisation, id); err != nil {
			c.wrong(a)
			return
		}
	}
}
func (k *organisations) plain(_ *Ask, v *register.See) string { return v.NamesOf(v.L, k.get()) }
func (k *organisations) says(a *Ask, v *register.See) page.Fact {
	f := page.Fact{Text: k.plain(a, v)}
	if ids := k.get(); len(ids) == 1 {
		f.Href = "/programme/organisations/" + ids[0].String()
	}
	return f
}

// Record asks for another record, of those that are offered: nil where the form does not ask for it.
func Record(name string, at *journal.ID, offered func(v *register.See) ([]page.Option, error)) *Ask {
	return &Ask{Name: name, blank: "register.choose", kept: &record{at: at, offered: offered}}
}

type record struct {
	at      *journal.ID
	offered func(v *register.See) ([]page.Option, error)
	ifAny   bool
}

// IfAny says that it is asked only where there is one to choose.
func (a *Ask) IfAny() *Ask { a.kept.(*record).ifAny = true; return a }

func (k *record) fields(a *Ask, v *register.See, f register.Field) []register.Field {
	if k.offered == nil {
		return nil
	}
	var err error
	f.Options, err = k.offered(v)
	if v.Note(err); k.ifAny && len(f.Options) == 0 && k.at.IsZero() {
		return nil
	}
	f.Kind, f.Blank = "select", v.L.T(a.blank)
	return []register.Field{f}
}
func (k *record) put(a *Ask, _ *register.See, out register.Values) {
	register.PutIDs(out, a.Name, *k.at)
}
func (k *record) read(a *Ask, t *register.Typed) {
	if k.offered != nil { // what a form does not ask stays
		*k.at = t.ID(a.Name, a.wrong())
	}
}
func (k *record) check(*Ask, checked)                {} // whether it is there is its room's to know
func (k *record) says(*Ask, *register.See) page.Fact { return page.Fact{} }
func (k *record) plain(*Ask, *register.See) string   { return "" }

// Hidden keeps what the form was made for, so that a later one is told from it.
func Hidden(name string, at *string) *Ask {
	return &Ask{Name: name, optional: true, kept: &words{at, "hidden", 0}}
}

// Number asks for a number without sign: of those that are offered, or any where offered is nil.
func Number(name string, at *int, offered func(v *register.See) []page.Option) *Ask {
	return &Ask{Name: name, kept: &number{at, offered}}
}

type number struct {
	at      *int
	offered func(v *register.See) []page.Option
}

func (k *number) fields(_ *Ask, v *register.See, f register.Field) []register.Field {
	if f.Kind = "text"; k.offered != nil {
		f.Kind, f.Options, f.Blank = "select", k.offered(v), v.L.T("register.choose")
	}
	return []register.Field{f}
}
func (k *number) put(a *Ask, v *register.See, out register.Values) { out.Set(a.Name, k.plain(a, v)) }
func (k *number) read(a *Ask, t *register.Typed)                   { *k.at = t.Number(a.Name) }
func (k *number) check(a *Ask, c checked) {
	if *k.at == 0 && !a.optional {
		c.wrong(a)
	}
}
func (k *number) says(_ *Ask, v *register.See) page.Fact { return page.Fact{Text: v.L.Number(*k.at)} }
func (k *number) plain(*Ask, *register.See) string {
	if *k.at == 0 {
		return ""
	}
	return strconv.Itoa(*k.at)
}

// Uncertain asks for a number that may be uncertain, and how it is meant.
func Uncertain(name string, at *party.Uncertain) *Ask {
	return &Ask{Name: name, want: "programme.need.number", kept: &uncertain{at}}
}

type uncertain struct{ at *party.Uncertain }

func (k *uncertain) fields(a *Ask, v *register.See, _ register.Field) []register.Field {
	return v.NumberFields(a.Name, a.optional)
}
func (k *uncertain) put(a *Ask, _ *register.See, out register.Values) {
	if k.at.Known() {
		maps.Copy(out, register.Spelled(a.Name, *k.at))
	}
}
func (k *uncertain) read(a *Ask, t *register.Typed) { *k.at = t.Uncertain(a.Name) }
func (k *uncertain) check(a *Ask, c checked) {
	if !k.at.Known() && !a.optional {
		c.wrong(a)
	}
}
func (k *uncertain) says(_ *Ask, v *register.See) page.Fact { return page.Fact{Text: k.at.Print(v.L)} }
func (k *uncertain) plain(_ *Ask, v *register.See) string   { return k.at.Print(v.L) }

// Languages asks in which languages something is.
func Languages(name string, at *[]string) *Ask {
	k := &codes{get: func() []string { return *at }, set: func(cs []string) { *at = cs }, may: register.Writes}
	k.offered, k.word = func(v *register.See) []page.Option { return register.Languages(v.L) }, func(v *register.See, code string) string { return v.L.Language(code) }
	return &Ask{Name: name, kept: k}
}

// Code asks for a code of a closed list. Its words are "<room>.<name>.<code>", or under a prefix (WordsUnder).
func Code[T ~string](name string, at *T, list []T) *Ask {
	return &Ask{Name: name, kept: &codes{one: true, list: plainCodes(list), get: func() []string { return one(string(*at)) }, set: func(cs []string) { *at = T(first(cs)) }}}
}

// ManyCodes is Code for several. A nil list takes any.
func ManyCodes[T ~string](name string, at *[]T, list []T) *Ask {
	return &Ask{Name: name, optional: true, kept: &codes{list: plainCodes(list), get: func() []string { return plainCodes(*at) }, set: func(cs []string) {
		*at = nil
		for _, c := range cs {
			*at = append(*at, T(c))
		}
	}}}
}

// WordsUnder gives the prefix of the words of codes.
func (a *Ask) WordsUnder(prefix string) *Ask {
	a.kept.(*codes).prefix = prefix
	return a
}

// codes is one code of a list, or several of them. Where list is nil, may says what is one, offered which are offered and word
// what one is called.
type codes struct {
	one     bool
	list    []string
	prefix  string
	get     func() []string
	set     func([]string)
	may     func(code string) bool
	offered func(v *register.See) []page.Option
	word    func(v *register.See, code string) string
}

func plainCodes[T ~string](list []T) []string {
	var out []string
	for _, c := range list {
		out = append(out, string(c))
	}
	return out
}

func one(code string) []string {
	if code == "" {
		return nil
	}
	return []string{code}
}

func first(codes []string) string {
	if len(codes) == 0 {
		return ""
	}
	return codes[0]
}

func (k *codes) under(a *Ask) string {
	if k.prefix != "" {
		return k.prefix
	}
	return a.room + "." + a.Name + "."
}

func (k *codes) fields(a *Ask, v *register.See, f register.Field) []register.Field {
	if f.Options = register.Codes(v.L, k.under(a), k.list); k.offered != nil {
		f.Options = k.offered(v)
	}
	switch f.Kind = "checks"; {
	case !k.one:
	case f.Options == nil: // there are too many: it is typed
		f.Kind = "text"
	default:
		f.Kind, f.Blank = "select", v.L.T(cmp.Or(a.blank, blankOf(a.optional)))
	}
	return []register.Field{f}
}

func blankOf(optional bool) string {
	if optional {
		return "page.unknown"
	}
	return "register.choose"
}

func (k *codes) put(a *Ask, _ *register.See, out register.Values) {
	register.PutMany(out, a.Name, k.get())
}

func (k *codes) read(a *Ask, t *register.Typed) {
	if k.one {
		k.set(one(t.Text(a.Name))) // as it stands: a cell that names two is refused, not cut
		return
	}
	k.set(slices.DeleteFunc(slices.Clone(t.Many(a.Name)), func(c string) bool { return c == "" }))
}

func (k *codes) check(a *Ask, c checked) {
	now := k.get()
	if len(now) == 0 && !a.optional || slices.ContainsFunc(now, func(code string) bool { return !k.is(code) }) {
		c.wrong(a)
	}
}

func (k *codes) is(code string) bool {
	if k.may != nil {
		return k.may(code)
	}
	return k.list == nil || slices.Contains(k.list, code)
}

func (k *codes) plain(a *Ask, v *register.See) string {
	var out []string
	for _, code := range k.get() {
		if k.word != nil {
			out = append(out, k.word(v, code))
			continue
		}
		out = append(out, v.L.T(k.under(a)+code))
	}
	return v.L.List(out)
}

func (k *codes) says(a *Ask, v *register.See) page.Fact {
	f := page.Fact{Text: k.plain(a, v)}
	if now := k.get(); a.Name == "activity" && len(now) > 0 {
		f.Href = register.ActivityPath(now[0])
	}
	return f
}

// Countries asks for countries or territories: of the programme, of the record, and some more.
func Countries(at *[]string, more ...string) *Ask {
	k := &codes{get: func() []string { return *at }, set: func(cs []string) { *at = cs }, may: activity.IsCountry, word: country}
	k.offered = func(v *register.See) []page.Option {
		return v.CountryOptions(v.L, append(slices.Clone(more), *at...)...)
	}
	return &Ask{Name: "countries", want: "programme.need.country", optional: true, first: named("country"), kept: k}
}

func country(v *register.See, code string) string { return v.L.Country(code) }

// Activity asks at which activity it was: the one that the address names, while nothing is said.
func Activity(at *string) *Ask {
	a := Activities("activity", nil)
	k := a.kept.(*codes)
	k.one, k.get, k.set = true, func() []string { return one(*at) }, func(cs []string) { *at = first(cs) }
	return a.Blank("register.nowhere")
}

// Activities asks which activities have to do with it.
func Activities(name string, at *[]string) *Ask {
	k := &codes{get: func() []string { return *at }, set: func(cs []string) { *at = cs }, may: activity.IsCode}
	k.offered, k.word = func(v *register.See) []page.Option { return v.ActivityOptions() }, func(_ *register.See, code string) string { return code }
	return (&Ask{Name: name, want: "programme.need.code", optional: true, kept: k}).First(named("activity"))
}

// named gives what the address names that led to a form.
func named(name string) func(v *register.See) string {
	return func(v *register.See) string { return v.URL.Query().Get(name) }
}

// Source asks where a statement stands.
func Source(at *party.Source) *Ask {
	return &Ask{Name: "source", key: "register.source", kept: &source{at}}
}

// linesName is the field of a source's lines.
const linesName = "lines"

type source struct{ at *party.Source }

func (k *source) fields(_ *Ask, v *register.See, _ register.Field) []register.Field {
	return v.SourceFields()
}
func (k *source) put(_ *Ask, _ *register.See, out register.Values) { register.PutSource(out, *k.at) }
func (k *source) read(_ *Ask, t *register.Typed)                   { *k.at = t.Source() }
func (k *source) check(a *Ask, c checked)                          { k.at.Check(c.Fields, a.Name) }
func (k *source) plain(_ *Ask, v *register.See) string             { return k.at.Print(v.L) }
func (k *source) says(a *Ask, v *register.See) page.Fact           { return page.Fact{Text: k.plain(a, v)} }

// Link asks for an address on the web.
func Link(at *string) *Ask {
	return &Ask{Name: "link", key: "register.link", optional: true, kept: &link{at}}
}

type link struct{ at *string }

func (k *link) fields(_ *Ask, _ *register.See, f register.Field) []register.Field {
	f.Kind = "text"
	return []register.Field{f}
}
func (k *link) put(a *Ask, _ *register.See, out register.Values) { out.Set(a.Name, *k.at) }
func (k *link) read(a *Ask, t *register.Typed)                   { *k.at = t.Text(a.Name) }
func (k *link) check(a *Ask, c checked)                          { register.CheckLink(c.Fields, a.Name, *k.at) }
func (k *link) plain(*Ask, *register.See) string                 { return *k.at }
func (k *link) says(*Ask, *register.See) page.Fact               { return page.Fact{Text: *k.at, Href: *k.at} }

// Ended is the payload of entries that end something: on which day, and why.
type Ended struct {
	On     party.PartialDate `json:"on" part:"PP"`     // when
	Reason string            `json:"reason" part:"PP"` // why, in words
}

// maxReason is the longest reason, in characters.
const maxReason = 2000

// Asks are the day and the reason.
func (x *Ended) Asks(room string) *List {
	return Of(room, x, On(&x.On).Wants(room+".want.date"), Lines("reason", &x.Reason, maxReason))
}
