// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"context"
	"embed"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where the register is shown.
const Path = "/programme/agreements"

// Config is what the pages need. Store is required.
type Config struct {
	Store *store.Store
	// Names gives the names of accounts and offices by their ids. Nil knows none.
	Names func(ctx context.Context, owner journal.ID, ids ...journal.ID) map[journal.ID]string
	// Offices offers the offices that a draft can be exchanged with. Nil offers none.
	Offices func(ctx context.Context, r *page.Request) ([]page.Option, error)
	// Carried gives the hashes of the legal texts that sharing terms in force carry out. Nil knows none.
	Carried func(ctx context.Context, owner journal.ID) (map[string]bool, error)
	// Vouch signs a record with the key on an office's card (Sign). Nil signs nothing.
	Vouch func(owner journal.ID, of Record) ([]byte, error)
}

// see is who looks.
type see = register.See

// Room gives the pages of the register of agreements.
func Room(c Config) page.Room { return c.register().Pages() }

func (c Config) register() *register.Of[Agreement, Line] {
	return &register.Of[Agreement, Line]{Room: "agreement", Kind: access.KindAgreement, Path: Path, Icon: "heart-handshake", Store: c.Store, Names: c.Names, Templates: templates,
		Line:  func(a Agreement) (Line, bool) { return a.Summary(), a.Exists() },
		Order: byCode, Columns: columns(), Filters: filters(), Figures: c.figures,
		Tabs:   []register.Tab{{Filter: "due", Code: "waits"}, {Filter: "due", Code: "ends"}, {Filter: "state", Code: string(Negotiated)}, {Filter: "state", Code: string(Initialled)}, {Filter: "state", Code: string(Signed)}, {Filter: "state", Code: string(InForce)}},
		Called: func(_ *see, l Line) string { return l.Code },
		Title:  func(v *see, l Line) page.Cell { return register.Excerpt(v.L, l.Title) },
		State: func(v *see, l Line) page.Mark {
			return mark(v.L, l.StateAt(v.Now))
		},
		Passages: func(v *see, a Agreement) []register.Passage { return nil },
		Facts:    c.facts, Notes: c.notes, Tables: c.tables, Ways: ways,
		Past: func(_ *see, a Agreement) []register.Event {
			var out []register.Event
			for _, e := range a.History {
				out = append(out, register.Event{Type: e.Type, Text: e.Text, At: e.At, By: e.By})
			}
			return out
		},
		Edit: c.edit(), Acts: acts(), Routes: c.routes()}
}

func (c Config) routes() []page.Route {
	return []page.Route{
		{Pattern: "GET " + Path + "/{id}/text", Handle: c.textForm},
		{Pattern: "POST " + Path + "/{id}/text", Handle: c.saveText},
		{Pattern: "GET " + Path + "/{id}/versions/{hash}", Handle: c.version},
		{Pattern: "GET " + Path + "/{id}/versions/{hash}/file", Handle: c.paper},
		{Pattern: "GET " + Path + "/{id}/compare", Handle: c.compare},
		{Pattern: "GET " + Path + "/{id}/signature", Handle: c.signatureForm},
		{Pattern: "POST " + Path + "/{id}/signature", Handle: c.sign, MaxBody: mostBody},
		{Pattern: "GET " + Path + "/{id}/signed/{file}", Handle: c.signed},
		{Pattern: "GET " + Path + "/{id}/record", Handle: c.record},
		{Pattern: "GET " + Path + "/{id}/verify", Handle: c.verifyForm},
		{Pattern: "POST " + Path + "/{id}/verify", Handle: c.verify, MaxBody: mostBody},
	}
}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

var tones = map[State]string{Begun: page.Off, Drafted: page.Info, Negotiated: page.Info, Initialled: page.Warn, Signed: page.Good, InForce: page.Good, Expired: page.Bad, Over: page.Off}

func mark(l *lang.Locale, s State) page.Mark {
	return page.Mark{Tone: tones[s], Text: l.T("agreement.state." + string(s))}
}

func columns() []register.Column[Line] {
	return []register.Column[Line]{
		{Name: "code", Link: true, Cell: func(v *see, l Line) page.Cell {
			t := register.Excerpt(v.L, l.Title)
			return page.Cell{Text: l.Code, Sub: t.Text}
		}, Plain: func(_ *see, l Line) string { return l.Code }},
		{Name: "text", Plain: func(v *see, l Line) string { return register.Quote(v.L, l.Title).Text }},
		register.Plainly("countries", func(v *see, l Line) string { return register.Countries(v.L, l.Countries) }),
		{Name: "sort", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: v.T("sort." + string(l.Sort))} }, Plain: func(v *see, l Line) string { return v.T("sort." + string(l.Sort)) }},
		{Name: "state", Cell: func(v *see, l Line) page.Cell {
			m := mark(v.L, l.StateAt(v.Now))
			return page.Cell{Text: m.Text, Tone: m.Tone, Sub: beside(v, l)}
		}, Plain: func(v *see, l Line) string { return mark(v.L, l.StateAt(v.Now)).Text }},
		{Name: "rounds", Num: true, Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: v.L.Number(l.Versions)} }, Plain: func(_ *see, l Line) string { return strconv.Itoa(l.Versions) }},
		{Name: "owner", Cell: func(v *see, l Line) page.Cell { return page.Cell{Text: v.Names[l.Owner]} }, Plain: func(v *see, l Line) string { return v.Names[l.Owner] }},
		{Name: "due", Key: "agreement.signing", Cell: func(v *see, l Line) page.Cell { return due(v, l) }, Plain: func(_ *see, l Line) string { return l.Due.String() }},
		{Name: "evidence", Plain: func(_ *see, l Line) string { return l.File }},
		register.Plainly("until", func(v *see, l Line) string { return date(v.L, l.Until) }),
	}
}

// nearness gives the tone of an end that comes near.
func nearness(l Line, now time.Time) string {
	if l.Urgent(now) {
		return page.Bad
	}
	return page.Warn
}

// size gives a size as people say it, rounded up so that nothing weighs nothing.
func size(l *lang.Locale, n int) string {
	return l.T("agreement.size", "N", l.Number((n+1023)>>10))
}

// due says by when an agreement is to be signed while it is not, or that nobody has said.
func due(v *see, l Line) page.Cell {
	switch {
	case !l.Waiting():
		return page.Cell{}
	case !l.Due.Known():
		return page.Cell{Text: v.T("signing.none"), Tone: page.Off}
	case l.Late(v.Now):
		return page.Cell{Text: l.Due.Print(v.L), Tone: page.Bad}
	}
	return page.Cell{Text: l.Due.Print(v.L)}
}

// beside says what is to be done about an agreement now.
func beside(v *see, l Line) string {
	switch {
	case l.Expiring(v.Now):
		return v.T("expiring", "On", l.Until.Print(v.L))
	case l.Waits:
		return v.T("waits")
	case l.ToSign():
		return v.T("waits.sign")
	case l.Late(v.Now):
		return v.T("late")
	}
	return ""
}

func date(l *lang.Locale, d party.PartialDate) string {
	if !d.Known() {
		return ""
	}
	return d.Print(l)
}

func filters() []register.Filter {
	return []register.Filter{
		{Name: "state", Options: func(v *see) []page.Option { return register.Codes(v.L, "agreement.state.", States()) }, In: inState},
		register.InCountry("agreement.countries"),
		register.OneOf("sort", "", "agreement.sort.", Sorts()),
		{Name: "due", Options: func(v *see) []page.Option {
			return register.Codes(v.L, "agreement.due.", []string{"waits", "late", "undated", "ends", "urgent"})
		},
			In: func(v *see, choice string) store.Span {
				switch choice {
				case "ends":
					return v.Within("until", int(ExpiryNotice/(24*time.Hour)))
				case "urgent":
					return v.Within("until", int(LastNotice/(24*time.Hour)))
				case "late":
					return v.ByNow("late")
				case "undated":
					return store.Is("undated", "open")
				}
				return store.Is("waits", "yes")
			}},
		register.OfOrganisation("owner", ""),
		register.OfCode("code"),
	}
}

// inState says which codes have those in a state now: what is in force is until a day.
func inState(v *see, choice string) store.Span {
	switch State(choice) {
	case InForce:
		return v.Yet("until")
	case Expired:
		return v.ByNow("until")
	}
	return store.Is("state", choice)
}

func (k Config) figures(v *see, c register.Chosen) []register.Figure {
	if c.N == 0 {
		return nil
	}
	inForce := v.L.T("agreement.not_measured")
	if n, err := k.inForce(v.Context(), register.As(v.Request), v.Now); err == nil {
		inForce = v.L.Number(n)
	}
	return []register.Figure{{Label: v.T("count.drafts"), Value: v.L.Number(c.Count(store.Is("drafted", "yes"))), Note: v.T("count.drafts.note")}, {Label: v.T("count.in_force"), Value: inForce, Note: v.T("count.in_force.note")}}
}

// inForce counts agreements in force that are verified on both sides.
func (k Config) inForce(ctx context.Context, w store.Who, now time.Time) (int, error) {
	rows, err := List(ctx, k.Store, w, store.Is("state", string(InForce)))
	if err != nil {
		return 0, err
	}
	var carried map[string]bool
	if k.Carried != nil {
		if carried, err = k.Carried(ctx, w.Actor.Owner); err != nil {
			return 0, err
		}
	}
	return len(CountInForce(rows, carried, now).Behind), nil
}

func (c Config) facts(v *see, a Agreement) []page.Fact {
	l, o := v.L, a.Opened
	out := []page.Fact{{Term: v.T("countries"), Text: register.Countries(l, o.Countries)}, {Term: v.T("sort"), Text: v.T("sort." + string(o.Sort))}, {Term: v.T("office"), Text: v.T("office.none")}}
	if !o.Office.IsZero() {
		out[2].Text, out[2].Href = c.office(v, o.Office), "/partners/"+o.Office.String()
	}
	owner := page.Fact{Term: v.T("owner"), Text: v.T("nobody")}
	if !o.Owner.IsZero() {
		owner.Text, owner.Href = v.Names[o.Owner], "/programme/organisations/"+o.Owner.String()
	}
	out = append(out, owner)
	if d := due(v, a.Summary()); d.Text != "" {
		out = append(out, page.Fact{Term: v.T("signing"), Text: d.Text, Tone: d.Tone})
	}
	for _, x := range []struct {
		term, path string
		id         journal.ID
	}{{"need", "/programme/needs/", o.Need}, {"action", "/programme/actions/", o.Action}} {
		if !x.id.IsZero() {
			out = append(out, page.Fact{Term: v.T("from"), Text: l.T(x.term + ".one"), Href: x.path + x.id.String()})
		}
	}
	if o.Activity != "" {
		out = append(out, page.Fact{Term: v.T("activity"), Text: o.Activity, Href: register.ActivityPath(o.Activity)})
	}
	for _, k := range a.Consents {
		_, at := a.Version(k.Hash)
		out = append(out, page.Fact{Term: v.T("agreed"), Text: v.T("agreed.by", "Office", c.office(v, k.Office), "N", at+1), Sub: dotted(k.By, k.On.Print(l))})
	}
	if a.Initials.Hash != "" {
		_, at := a.Version(a.Initials.Hash)
		out = append(out, page.Fact{Term: v.T("state.initialled"), Text: a.Initials.On.Print(l), Sub: dotted(v.T("version", "N", at+1), a.Initials.By)})
	}
	for _, s := range []Signature{a.Signature, a.SignedThere} {
		if s.File != "" {
			f := page.Fact{Term: v.T("signed.by", "Office", c.office(v, s.Office)), Text: s.File, Sub: dotted(s.On.Print(l), s.By, size(l, s.Size))}
			if register.MayEdit(v.Request) && len(a.parts(s.File)) > 0 {
				f.Href = pathOf(a.ID) + "/signed/" + s.File
			}
			out = append(out, f)
		}
	}
	if a.Force.On.Known() {
		out = append(out, page.Fact{Term: v.T("state.in_force"), Text: a.Force.On.Print(l), Sub: a.Force.Basis}, page.Fact{Term: v.T("until"), Text: date(l, a.Force.Until)})
	}
	if a.Ended.On.Known() {
		out = append(out, page.Fact{Term: v.T("ended"), Text: a.Ended.On.Print(l), Sub: a.Ended.Reason})
	}
	out = append(out, register.StateFacts(l, a.Opened.Title)...)
	return out
}

// office names an office.
func (c Config) office(v *see, id journal.ID) string {
	if id == v.Actor.Owner {
		return v.T("office.own")
	}
	if c.Names != nil {
		if s := c.Names(v.Context(), v.Actor.Owner, id)[id]; s != "" {
			return s
		}
	}
	return v.T("office.other")
}

func (c Config) notes(v *see, a Agreement) []register.Note {
	l := a.Summary()
	var out []register.Note
	if l.Waits {
		n := register.Note{Tone: page.Info, Title: v.T("waits"), Text: v.T("waits.text"), Actions: []page.Action{{Text: v.T("read"), Href: versionPath(a.ID, a.Last().Hash)}}}
		if len(a.Versions) > 1 {
			n.Actions = append(n.Actions, page.Action{Text: v.T("compare"), Href: pathOf(a.ID) + "/compare"})
		}
		out = append(out, n)
	}
	if l.Late(v.Now) {
		out = append(out, register.Note{Tone: page.Warn, Text: v.T("late.since", "On", l.Due.Print(v.L))})
	}
	if l.Expiring(v.Now) {
		out = append(out, register.Note{Tone: nearness(l, v.Now), Text: v.T("expiring", "On", l.Until.Print(v.L))})
	}
	if a.Signature.File != "" && a.SignedThere.File != "" {
		n := register.Note{Tone: page.Good, Text: v.T("signed.same")}
		if a.Signature.File != a.SignedThere.File {
			n = register.Note{Tone: page.Bad, Text: v.T("signed.other")}
		}
		out = append(out, n)
	}
	if l.ToSign() {
		n := register.Note{Tone: page.Warn, Title: v.T("waits.sign"), Text: v.T("signed.no_copy")}
		if len(a.parts(a.SignedThere.File)) > 0 {
			n.Text = v.T("signed.copy_here")
		}
		out = append(out, n)
	}
	for _, x := range a.Returned {
		why := x.Reason
		if v.L.Has(why) {
			why = v.L.T(why)
		}
		out = append(out, register.Note{Tone: page.Bad, Title: v.T("returned"), Text: v.L.T(x.Message+".title") + " · " + why})
	}
	return out
}

func versionPath(id journal.ID, hash string) string { return pathOf(id) + "/versions/" + hash }

// tables list the versions, the latest first, and what keeps the last from being initialled.
func (c Config) tables(v *see, a Agreement) []page.Table {
	l := v.L
	t := page.Table{Caption: v.T("versions"), Empty: &page.Empty{Icon: "file-text", Title: v.T("versions.none"), Text: v.T("versions.none.text")}}
	for _, k := range []string{"version", "by", "written", "ready", "known"} {
		t.Columns = append(t.Columns, page.Column{Text: v.T("column." + k)})
	}
	for i, x := range slices.Backward(a.Versions) {
		ready := page.Cell{Text: v.T("ready"), Tone: page.Good}
		if n := len(Gaps(x.Paragraphs)); n > 0 {
			ready = page.Cell{Text: l.N("agreement.gaps.count", n), Tone: page.Warn}
		}
		if len(x.Paragraphs) == 0 {
			ready = page.Cell{Text: v.T("internal"), Tone: page.Off}
		}
		known := page.Cell{Text: v.T("kept")}
		switch {
		case x.Office == a.Opened.Office && !x.Office.IsZero():
			known.Text = v.T("proposed")
		case a.Shared(x.Hash):
			known.Text = v.T("sent")
		}
		if a.Agrees(v.Actor.Owner, x.Hash) && (a.Opened.Office.IsZero() || a.Agrees(a.Opened.Office, x.Hash)) {
			known = page.Cell{Text: v.T("agreed.both"), Tone: page.Good}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: v.T("version", "N", i+1), Href: versionPath(a.ID, x.Hash), Sub: short(x.Hash)}, {Text: dotted(x.By, c.office(v, x.Office))}, {Text: l.DateTime(x.At), Sub: x.Note}, ready, known}})
	}
	return []page.Table{t}
}

// dotted joins what is known: who wrote or signed stands with what is internal, and not everybody reads that.
func dotted(xs ...string) string {
	return strings.Join(slices.DeleteFunc(xs, func(s string) bool { return s == "" }), " · ")
}

// short cuts a hash for a list; the version's own page shows it whole.
func short(hash string) string { return hash[:min(len(hash), 12)] + "…" }

// ways lead on from a record: to write a version, compare, record a signature, check a file, take what others check it by.
func ways(v *see, a Agreement) []page.Action {
	var out []page.Action
	at := pathOf(a.ID)
	if register.MayEdit(v.Request) && slices.Contains(from[DraftedType], a.State()) {
		out = append(out, page.Action{Text: v.T("write"), Href: at + "/text", Icon: "writing", Primary: true})
	}
	if len(a.Versions) > 1 {
		out = append(out, page.Action{Text: v.T("compare"), Href: at + "/compare", Icon: "arrows-exchange"})
	}
	if register.MayEdit(v.Request) && a.State() == Initialled {
		out = append(out, page.Action{Text: v.T("sign"), Href: at + "/signature", Icon: "ballpen"})
	}
	for _, s := range []Signature{a.Signature, a.SignedThere} {
		if register.MayEdit(v.Request) && len(a.parts(s.File)) > 0 {
			out = append(out, page.Action{Text: v.T("copy"), Href: at + "/signed/" + s.File, Icon: "file-text"})
			break
		}
	}
	if a.recorded() {
		out = append(out, page.Action{Text: v.T("verify"), Href: at + "/verify", Icon: "fingerprint"}, page.Action{Text: v.T("record"), Href: at + "/record", Icon: "certificate"})
	}
	return out
}

// edit is the form with what is known beside the text.
func (c Config) edit() *register.Act[Agreement] {
	return &register.Act[Agreement]{Type: OpenedType,
		Fields: func(ctx context.Context, v *see, a Agreement) ([]register.Field, error) {
			out := append(v.Write("text", a.Exists()),
				register.Field{Kind: "text", Name: "code", Label: v.T("code"), Hint: v.T("code.hint")},
				register.Field{Kind: "select", Name: "sort", Label: v.T("sort"), Options: register.Codes(v.L, "agreement.sort.", Sorts()), Blank: v.L.T("register.choose")},
				register.Field{Kind: "checks", Name: "countries", Label: v.T("countries"), Hint: v.T("countries.hint"), Options: v.CountryOptions(v.L, append([]string{"FR", "SE"}, a.Opened.Countries...)...)})
			if c.Offices != nil {
				offices, err := c.Offices(ctx, v.Request)
				if err != nil {
					return nil, err
				}
				out = append(out, register.Field{Kind: "select", Name: "office", Label: v.T("office"), Hint: v.T("office.hint"), Options: offices, Blank: v.T("office.none"), Optional: true})
			}
			out = append(out, register.Field{Kind: "select", Name: "owner", Label: v.T("owner"), Hint: v.T("owner.hint"), Options: v.OrganisationOptions(), Blank: v.T("nobody"), Optional: true},
				register.Field{Kind: "date", Name: "due", Label: v.T("signing"), Hint: v.T("signing.hint"), Optional: true})
			return append(out, v.ActivityField(), register.Field{Kind: "hidden", Name: "need"}, register.Field{Kind: "hidden", Name: "action"}), nil
		},
		Start: func(v *see, a Agreement) register.Values {
			o, out := a.Opened, v.Written(a.Opened.Title)
			if !a.Exists() {
				q := v.URL.Query()
				register.Put(out, "need", q.Get("need"), "action", q.Get("action"), "activity", q.Get("activity"), "sort", "liaison")
				return register.PutMany(out, "countries", q["countries"])
			}
			register.Put(out, "code", o.Code, "sort", string(o.Sort), "activity", o.Activity, "due", o.Due.String())
			register.PutIDs(out, "owner", o.Owner)
			register.PutIDs(out, "office", o.Office)
			register.PutIDs(out, "need", o.Need)
			register.PutIDs(out, "action", o.Action)
			return register.PutMany(out, "countries", o.Countries)
		},
		Write: func(t *register.Typed, a Agreement) any {
			v := Opened{Code: t.Text("code"), Title: t.Writing(a.Opened.Title), Sort: Sort(t.Text("sort")), Countries: t.Many("countries"), Office: t.ID("office", "programme.need.choice"), Model: a.Opened.Model,
				Need: t.ID("need", "agreement.want.record"), Action: t.ID("action", "agreement.want.record"), Activity: t.Text("activity"),
				Owner: t.Organisation("owner", "action.want.owner"), Due: t.Date("due")}
			if ps, err := FromModel(string(v.Sort)); v.Model == "" && err == nil && len(ps) > 0 {
				v.Model = string(v.Sort)
			}
			return v
		}}
}

// acts are what somebody can do to an agreement, in the order of the page.
func acts() []register.Act[Agreement] {
	onBy := func(v *see, hint string) []register.Field {
		return []register.Field{{Kind: "text", Name: "by", Label: v.T("by"), Hint: v.T(hint)}, v.OnField()}
	}
	out := []register.Act[Agreement]{
		{Name: "send", Type: SentType, Icon: "send", Lead: "act.send.lead", Submit: "act.send", Fields: fields(func(v *see, a Agreement) []register.Field { return []register.Field{versionField(v, a, a.unsent())} }), Start: latest(Agreement.unsent),
			Write: func(t *register.Typed, a Agreement) any { return Sent{t.Text("hash"), a.Opened.Office} }},
		{Name: "agree", Type: AgreedType, Icon: "check", Lead: "act.agree.lead", Fields: fields(func(v *see, a Agreement) []register.Field {
			return append([]register.Field{versionField(v, a, a.toAgree())}, onBy(v, "by.agree")...)
		}), Start: latest(Agreement.toAgree), Write: func(t *register.Typed, _ Agreement) any {
			return Consent{t.Text("hash"), t.Office, t.Text("by"), t.Date("on")}
		}},
		{Name: "initial", Type: InitialledType, Icon: "ballpen", Lead: "act.initial.lead", Fields: fields(func(v *see, a Agreement) []register.Field {
			return append([]register.Field{versionField(v, a, a.ready())}, onBy(v, "by.initial")...)
		}), Start: latest(Agreement.ready), Write: func(t *register.Typed, _ Agreement) any {
			return Initials{t.Text("hash"), t.Date("on"), t.Text("by")}
		}},
		{Name: "reopen", Type: ReopenedType, Icon: "arrow-back-up", Fields: fields(reasonField), Start: today, Write: ended},
		{Name: "force", Type: InForceType, Icon: "calendar-event", Fields: fields(func(v *see, _ Agreement) []register.Field {
			return []register.Field{v.OnField(), {Kind: "date", Name: "until", Label: v.T("until"), Hint: v.T("until.hint"), Optional: true}, {Kind: "textarea", Name: "basis", Label: v.T("basis"), Hint: v.T("basis.hint")}}
		}), Start: today, Write: func(t *register.Typed, _ Agreement) any {
			return Force{t.Date("on"), t.Date("until"), t.Text("basis")}
		}},
		{Name: "end", Type: EndedType, Icon: "circle-x", Fields: fields(reasonField), Start: today, Write: ended},
	}
	for i := range out {
		out[i].May = may(out[i].Type)
	}
	return out
}

// may says from which states an entry of a type may be written, and that there is a version to write it of: one of our own to
// send, one to agree to, one that both sides agreed to.
func may(typ string) func(Agreement) error {
	return func(a Agreement) error {
		no := fault.New(fault.Guarded, "agreement.guard."+string(a.State()))
		switch {
		case !slices.Contains(from[typ], a.State()):
			return no
		case typ == SentType && (a.Opened.Office.IsZero() || len(a.unsent()) == 0), typ == AgreedType && len(a.toAgree()) == 0:
			return no
		case typ == InitialledType && len(a.ready()) == 0 && len(Gaps(a.Last().Paragraphs)) > 0:
			return fault.New(fault.Guarded, "agreement.guard.gaps", "N", len(Gaps(a.Last().Paragraphs)))
		case typ == InitialledType && len(a.ready()) == 0:
			return fault.New(fault.Guarded, "agreement.guard.not_agreed")
		}
		return nil
	}
}

func fields(of func(v *see, a Agreement) []register.Field) func(context.Context, *see, Agreement) ([]register.Field, error) {
	return func(_ context.Context, v *see, a Agreement) ([]register.Field, error) { return of(v, a), nil }
}

// versionField lets somebody choose one of some versions, the latest first.
func versionField(v *see, a Agreement, of []Kept) register.Field {
	f := register.Field{Kind: "select", Name: "hash", Label: v.T("column.version")}
	for _, x := range slices.Backward(of) {
		_, at := a.Version(x.Hash)
		f.Options = append(f.Options, page.Option{Value: x.Hash, Text: dotted(v.T("version", "N", at+1), x.By, v.L.Date(x.At))})
	}
	return f
}

// latest begins with today and the last of some versions.
func latest(of func(Agreement) []Kept) func(*see, Agreement) register.Values {
	return func(v *see, a Agreement) register.Values {
		some := of(a)
		if len(some) == 0 {
			return today(v, a)
		}
		return register.Put(today(v, a), "hash", some[len(some)-1].Hash)
	}
}

func today(v *see, _ Agreement) register.Values {
	return register.Put(register.Values{}, "on", v.Today())
}

func reasonField(v *see, _ Agreement) []register.Field {
	return []register.Field{v.OnField(), {Kind: "textarea", Name: "reason", Label: v.T("reason")}}
}

func ended(t *register.Typed, _ Agreement) any { return Ended{t.Date("on"), t.Text("reason")} }

// Pending lists what of the agreements needs somebody: a proposal of the other side that nobody has answered, what should be
// signed by now, and what ends within ninety days, the more urgent the nearer.
func (c Config) Pending(ctx context.Context, r *page.Request) ([]page.Line, error) {
	return c.pending(ctx, r, store.Is("waits", "yes"))
}

// Due is Pending without what waits for an answer to the other side: where that is told with all that waits between offices.
func (c Config) Due(ctx context.Context, r *page.Request) ([]page.Line, error) {
	return c.pending(ctx, r)
}

func (c Config) pending(ctx context.Context, r *page.Request, also ...store.Span) ([]page.Line, error) {
	v := &see{Request: r}
	var rows []Row
	for _, in := range append(also, v.ByNow("late"), v.Within("until", int(ExpiryNotice/(24*time.Hour)))) {
		found, err := List(ctx, c.Store, register.As(r), in)
		if err != nil {
			return nil, err
		}
		for _, x := range found {
			if !slices.ContainsFunc(rows, func(y Row) bool { return y.ID == x.ID }) {
				rows = append(rows, x)
			}
		}
	}
	inorder.By(rows, byCode)
	var out []page.Line
	for _, x := range rows {
		out = append(out, pendingLine(r, x))
	}
	return out, nil
}

func pendingLine(r *page.Request, x Row) page.Line {
	title := register.Excerpt(r.L, x.V.Title)
	p := page.Line{Tone: page.Info, Title: x.V.Code + " · " + title.Text, Lang: title.Lang, Href: pathOf(x.ID), Text: r.L.T("agreement.waits"), Basis: register.Countries(r.L, x.V.Countries)}
	noon := func(d party.PartialDate) *time.Time { // the same day in every zone here
		at := d.Last().Add(12 * time.Hour)
		return &at
	}
	switch {
	case x.V.ToSign():
		p.Tone, p.Text = page.Warn, r.L.T("agreement.waits.sign")
	case x.V.Expiring(r.Now):
		p.Tone, p.Text, p.Due, p.Now = nearness(x.V, r.Now), r.L.T("agreement.expiring", "On", x.V.Until.Print(r.L)), noon(x.V.Until), r.Now
	case x.V.Late(r.Now):
		p.Tone, p.Text, p.Due, p.Now = page.Warn, r.L.T("agreement.late.since", "On", x.V.Due.Print(r.L)), noon(x.V.Due), r.Now
	}
	return p
}
