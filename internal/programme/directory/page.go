// SPDX-License-Identifier: EUPL-1.2

package directory

import (
	"context"
	"embed"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the directory is shown.
const Path = "/programme/directory"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts and offices by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Vouch signs the directory's file with the key on the office's card; Verify holds a signature against the card that is pinned
	// of another office. Without them no file is made or taken in.
	Vouch  func(ctx context.Context, owner journal.ID, body []byte) ([]byte, error)
	Verify func(ctx context.Context, owner, from journal.ID, body, signature []byte) error
	// Taking is the principal under which another office's file is taken in: the post's.
	Taking func(owner journal.ID) (store.Who, error)
}

type see = register.See

// Room gives the pages of the register, its card for a pocket, and its files.
func Room(c Config) page.Room {
	room := c.register().Pages()
	room.Templates = templates
	room.Routes = append(room.Routes, page.Route{Pattern: "GET " + Path + "/cards", Handle: c.cards}, page.Route{Pattern: "GET " + Path + "/offline", Handle: c.offline})
	if c.Vouch != nil {
		room.Routes = append(room.Routes, page.Route{Pattern: "GET " + Path + "/file", Handle: c.file}, page.Route{Pattern: "GET " + Path + "/take", Handle: c.askFile},
			page.Route{Pattern: "POST " + Path + "/take", Handle: c.takeFile, MaxBody: maxFile + 1<<16})
	}
	return room
}

func (c Config) register() *register.Of[Listing, Line] {
	return &register.Of[Listing, Line]{Room: "directory", Kind: access.KindListing, Path: Path, Icon: "users", Store: c.Store, Names: c.Names, Search: true,
		Line:  func(x Listing) (Line, bool) { return x.Summary(), x.Exists() },
		Order: order, Columns: c.columns(), Filters: filters(), Tabs: []register.Tab{{Filter: "sort", Code: string(Hotline)}, {Filter: "sort", Code: "focal_point"}},
		Called: func(_ *see, l Line) string { return l.Name }, Title: func(_ *see, l Line) page.Cell { return page.Cell{Text: l.Name} }, State: mark, Notes: c.notes,
		Passages: func(v *see, x Listing) []register.Passage {
			return register.Passages(v.L, v.T("text"), x.Content.Text)
		},
		Facts: c.facts, Past: func(_ *see, x Listing) []register.Event { return x.History }, More: c.more, Beside: beside,
		Edit: edit(), Acts: acts(), Import: fromFile()}
}

// Import brings a file in CSV into the office of w: an officer, or the job "importer". A second import of the same file changes
// nothing. Errors: a register.WrongFile (nothing was imported), or what the store gives.
func Import(ctx context.Context, s *store.Store, w store.Who, src []byte) (register.Imported, error) {
	return Config{Store: s}.register().ImportFile(ctx, w, src)
}

func order(a, b Row) int {
	key := func(r Row) string {
		return r.V.Country + register.Rank(r.V.Sort, Sorts()) + strings.ToLower(r.V.Name) + r.ID.String()
	}
	return strings.Compare(key(a), key(b))
}

// mark says whether somebody has checked it lately.
func mark(v *see, l Line) page.Mark {
	switch {
	case !l.Holds():
		return page.Mark{Tone: page.Off, Text: v.T("gone")}
	case !l.Checked.Known():
		return page.Mark{Tone: page.Warn, Text: v.T("unchecked")}
	case l.Stale(v.Now):
		return page.Mark{Tone: page.Warn, Text: v.T("stale", "On", l.Checked.Print(v.L))}
	}
	return page.Mark{Tone: page.Good, Text: v.T("checked_on", "On", l.Checked.Print(v.L))}
}

func filters() []register.Filter {
	return []register.Filter{
		register.InCountry(""),
		register.OneOf("sort", "", "directory.sort.", Sorts()),
		register.OneOf("group", "", "directory.group.", Groups()),
		register.OneOf("help", "", "directory.help.", Helps()),
		{Name: "speaks", Options: func(v *see) []page.Option {
			out := []page.Option{}
			for _, tag := range v.Values("speaks") {
				out = append(out, page.Option{Value: tag, Text: v.L.Language(tag)})
			}
			return out
		}},
		register.OneOf("whose", "", "directory.whose.", []string{Own, Theirs}),
		register.OneOf("state", "", "directory.state.", []string{"listed", "gone"}),
	}
}

// spoken names languages in a row.
func spoken(l *lang.Locale, tags []string) string {
	var out []string
	for _, t := range tags {
		out = append(out, l.Language(t))
	}
	return l.List(out)
}

func worded[T ~string](l *lang.Locale, prefix string, codes []T) string {
	var out []string
	for _, c := range codes {
		out = append(out, l.T(prefix+string(c)))
	}
	return l.List(out)
}

func (c Config) columns() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "name", Link: true, Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: l.Name, Sub: v.T("sort." + string(l.Sort))} }, Plain: func(_ *see, l Line) string { return l.Name }},
		{Name: "sort", Plain: func(v *see, l Line) string { return v.T("sort." + string(l.Sort)) }},
		{Name: "country", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: v.L.Country(l.Country), Sub: l.Area} }, Plain: func(v *see, l Line) string { return v.L.Country(l.Country) }},
		{Name: "area", Plain: func(_ *see, l Line) string { return l.Area }},
		{Name: "phone", Cell: func(_ *see, l Line) page.Cell { return page.Cell{Text: l.Phone, Sub: l.Hours} }, Plain: func(_ *see, l Line) string { return l.Phone }},
		{Name: "hours", Plain: func(_ *see, l Line) string { return l.Hours }},
		register.Plainly("languages", func(v *see, l Line) string { return spoken(v.L, l.Languages) }),
		{Name: "groups", Cell: func(v *see, l Line) page.Cell {
			return page.Cell{Text: worded(v.L, "directory.group.", l.Groups), Sub: worded(v.L, "directory.help.", l.Helps)}
		}, Plain: func(v *see, l Line) string { return worded(v.L, "directory.group.", l.Groups) }},
		{Name: "helps", Plain: func(v *see, l Line) string { return worded(v.L, "directory.help.", l.Helps) }},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			m := mark(v, l)
			return page.Cell{Text: m.Text, Tone: m.Tone}
		}, Plain: func(v *see, l Line) string { return mark(v, l).Text }},
		{Name: "source", Key: "register.source", Plain: func(v *see, l Line) string { return l.Source.Print(v.L) }},
	}
}

func (c Config) facts(v *see, x Listing) []page.Fact {
	l, s := v.L, x.Content
	out := []page.Fact{{Term: v.T("sort"), Text: v.T("sort." + string(s.Sort))}, {Term: v.T("country"), Text: l.Country(s.Country), Href: "/programme/countries/" + s.Country, Sub: s.Area}, {Term: v.T("phone"), Text: s.Phone}, {Term: v.T("hours"), Text: s.Hours},
		{Term: v.T("languages"), Text: spoken(l, s.Languages)}, {Term: v.T("groups"), Text: worded(l, "directory.group.", s.Groups)}, {Term: v.T("helps"), Text: worded(l, "directory.help.", s.Helps)}}
	check := page.Fact{Term: v.T("checked"), Text: x.Checked.On.Print(l)}
	if x.Checked.How != "" {
		check.Sub = v.T("how." + x.Checked.How)
	}
	out = append(out, check)
	if x.Contact != "" {
		out = append(out, page.Fact{Term: v.T("contact"), Text: x.Contact, Sub: v.T("contact.stays")})
	}
	if !x.From.IsZero() {
		out = append(out, page.Fact{Term: v.T("whose"), Text: c.nameOf(v, x.From), Sub: l.DateTime(x.Heard)})
	}
	if s.Link != "" {
		out = append(out, v.LinkFact(s.Link))
	}
	return append(out, v.SourceFact(s.Source))
}

func (c Config) nameOf(v *see, id journal.ID) string {
	if c.Names == nil {
		return ""
	}
	return c.Names(v.Context(), v.Actor.Owner, id)[id]
}

func (c Config) notes(v *see, x Listing) []register.Note {
	var out []register.Note
	if x.Gone.On.Known() {
		out = append(out, register.Note{Tone: page.Off, Title: v.T("gone"), Text: x.Gone.Reason})
	}
	if !x.From.IsZero() {
		out = append(out, register.Note{Tone: page.Info, Text: v.T("theirs", "Office", c.nameOf(v, x.From))})
	}
	if x.From.IsZero() && !x.Gone.On.Known() && x.Summary().Stale(v.Now) {
		out = append(out, register.Note{Tone: page.Warn, Title: v.T("stale.title"), Text: v.T("stale.text")})
	}
	return out
}

// beside says that numbers are to be tried before they are handed on.
func beside(v *see, _ register.Chosen) []register.Note {
	return []register.Note{{Tone: page.Info, Text: v.T("careful")}}
}

// more are the ways from the list: the pocket card, the page without a server, the signed file.
func (c Config) more(v *see, ch register.Chosen) []page.Action {
	at := func(path string) string {
		if country := ch.Codes()["country"]; country != "" {
			return Path + path + "?country=" + country
		}
		return Path + path
	}
	out := []page.Action{{Text: v.T("cards"), Href: at("/cards"), Icon: "printer"}, {Text: v.T("offline"), Href: Path + "/offline", Icon: "download"}}
	if c.Vouch != nil {
		out = append(out, page.Action{Text: v.T("file"), Href: Path + "/file", Icon: "file-certificate"})
		if register.MayEdit(v.Request) {
			out = append(out, page.Action{Text: v.T("take"), Href: Path + "/take", Icon: "inbox"})
		}
	}
	return out
}

// ours says that a listing of another office is not changed here.
func ours(x Listing) error {
	if !x.From.IsZero() {
		return fault.New(fault.Guarded, "directory.guard.theirs")
	}
	return nil
}

func holds(x Listing) error {
	if x.Gone.On.Known() {
		return fault.New(fault.Guarded, "directory.guard.gone")
	}
	return ours(x)
}

func edit() *register.Act[Listing] {
	return &register.Act[Listing]{Type: DescribedType, Again: register.Again[Described], May: ours,
		Fields: func(_ context.Context, v *see, x Listing) ([]register.Field, error) {
			text := v.Write("text", x.Exists())
			text[1].Optional = true
			out := []register.Field{{Kind: "text", Name: "name", Label: v.T("name"), Hint: v.T("name.hint")},
				{Kind: "select", Name: "sort", Label: v.T("sort"), Options: register.Codes(v.L, "directory.sort.", Sorts()), Blank: v.L.T("register.choose")},
				{Kind: "select", Name: "country", Label: v.T("country"), Options: v.CountryOptions(v.L, named(x)...), Blank: v.L.T("register.choose")},
				{Kind: "text", Name: "area", Label: v.T("area"), Optional: true}, {Kind: "text", Name: "phone", Label: v.T("phone"), Hint: v.T("phone.hint"), Optional: true},
				{Kind: "text", Name: "hours", Label: v.T("hours"), Hint: v.T("hours.hint"), Optional: true},
				{Kind: "text", Name: "languages", Label: v.T("languages"), Hint: v.T("languages.hint"), Optional: true},
				{Kind: "checks", Name: "groups", Label: v.T("groups"), Options: register.Codes(v.L, "directory.group.", Groups()), Optional: true},
				{Kind: "checks", Name: "helps", Label: v.T("helps"), Options: register.Codes(v.L, "directory.help.", Helps()), Optional: true},
				{Kind: "text", Name: "contact", Label: v.T("contact"), Hint: v.T("contact.hint"), Optional: true}}
			return append(append(append(out, text...), v.SourceFields()...), v.LinkField()), nil
		},
		Start: func(v *see, x Listing) register.Values {
			s, out := x.Content, v.Written(x.Content.Text)
			if !x.Exists() {
				return register.Put(out, "country", v.URL.Query().Get("country"))
			}
			register.Put(out, "name", s.Name, "text", s.Text.By[out.Get("language")].Text, "sort", string(s.Sort), "country", s.Country, "area", s.Area, "phone", s.Phone, "hours", s.Hours, "languages", strings.Join(s.Languages, ", "), "contact", x.Contact, "link", s.Link)
			return register.PutMany(register.PutMany(register.PutSource(out, s.Source), "groups", s.Groups), "helps", s.Helps)
		},
		Write: func(t *register.Typed, x Listing) any {
			return Described{Content: content(t, x), Contact: t.Text("contact")}
		}}
}

// content gives what was typed, or stands in a line of a file.
func content(t *register.Typed, x Listing) Content {
	var tags []string
	for tag := range strings.FieldsFuncSeq(t.Text("languages"), func(r rune) bool { return r == ',' || r == ' ' || r == '|' || r == ';' }) {
		if !slices.Contains(tags, tag) {
			tags = append(tags, tag)
		}
	}
	c := Content{Name: t.Text("name"), Text: x.Content.Text, Sort: Sort(t.Text("sort")), Country: t.Text("country"), Area: t.Text("area"), Phone: t.Text("phone"), Hours: t.Text("hours"), Languages: tags,
		Groups: register.ManyOf[Group](t, "groups"), Helps: register.ManyOf[Help](t, "helps"), Source: t.Source(), Link: t.Text("link")}
	if t.Text("text") != "" || !c.Text.IsZero() {
		c.Text = t.Writing(c.Text)
	}
	return c
}

func acts() []register.Act[Listing] {
	today := func(v *see, _ Listing) register.Values { return register.Put(register.Values{}, "on", v.Today()) }
	return []register.Act[Listing]{
		{Name: "check", Type: CheckedType, Icon: "check", May: holds, Start: today,
			Fields: func(_ context.Context, v *see, _ Listing) ([]register.Field, error) {
				return []register.Field{v.OnField(), {Kind: "select", Name: "how", Label: v.T("how"), Options: register.Codes(v.L, "directory.how.", Ways()), Blank: v.L.T("register.choose")}}, nil
			}, Write: func(t *register.Typed, _ Listing) any { return Checked{t.Date("on"), t.Text("how")} }},
		{Name: "share", Type: SharedType, Icon: "send", Lead: "share.lead", May: holds,
			Fields: func(context.Context, *see, Listing) ([]register.Field, error) { return nil, nil }, Write: func(*register.Typed, Listing) any { return Shared{true} }},
		{Name: "withdraw", Type: WithdrawnType, Icon: "circle-x", May: holds, Start: today,
			Fields: func(_ context.Context, v *see, _ Listing) ([]register.Field, error) {
				return []register.Field{v.OnField(), {Kind: "textarea", Name: "reason", Label: v.T("reason"), Hint: v.T("reason.hint")}}, nil
			}, Write: func(t *register.Typed, _ Listing) any { return Withdrawn{t.Date("on"), t.Text("reason")} }},
	}
}

//go:embed sample.csv
var sample []byte

// fromFile reads a file in CSV. A listing is known again by its key; where it has none by its country, sort and name. The day of a check in it counts
// when it is later than the one known.
func fromFile() *register.Import[Listing] {
	return &register.Import[Listing]{Sample: sample, Same: "name", Required: []string{"name", "sort", "country", "source"},
		Columns: []string{"key", "name", "sort", "country", "area", "phone", "hours", "languages", "groups", "helps", "language", "text", "checked", "how", "source", "lines", "link"},
		ID: func(t *register.Typed) journal.ID {
			if key := t.Text("key"); key != "" {
				return provenance.ID(t.Office.String(), "listing", key)
			}
			return provenance.ID(t.Office.String(), "listing", t.Text("country"), t.Text("sort"), t.Text("name"))
		},
		Drafts: func(t *register.Typed, now Listing) []store.Draft {
			v := Described{Content: content(t, now), Contact: now.Contact}
			v.Content.check(&t.Wrong)
			out := register.Unless(Described{Content: now.Content, Contact: now.Contact}, v, DescribedType)
			if on := t.Date("checked"); on.Known() && (!now.Checked.On.Known() || now.Checked.On.Before(on)) {
				how := t.Text("how")
				if !slices.Contains(Ways(), how) {
					t.Wrong.Add("how", "directory.want.choice")
				}
				out = append(out, store.Draft{Type: CheckedType, Payload: Checked{on, how}})
			}
			return out
		}}
}

// named gives the country of a listing, so that a form offers it.
func named(x Listing) []string {
	if x.Content.Country == "" {
		return nil
	}
	return []string{x.Content.Country}
}
