// SPDX-License-Identifier: EUPL-1.2

package subscriber

import (
	"context"
	"embed"
	"io"
	"net/url"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed templates/*.html
var templates embed.FS

// Path is the office's page on its readers. The others are public: where somebody asks for letters, and where the links in
// letters lead.
const (
	Path        = "/programme/readers"
	AskPath     = "/readers"
	ConfirmPath = AskPath + "/confirm"
	LeavePath   = AskPath + "/leave"
)

// Config is what the pages need; all but Wake and Waiting are required.
type Config struct {
	Store *store.Store
	// Post is the principal as which the public pages write, store.Job(owner, "post", access.ForExchange).
	Post store.Who
	// Locale gives the words of a language.
	Locale func(tag string) *lang.Locale
	Random io.Reader
	// Waiting lists issues with letters that somebody must decide on, by what they are called.
	Waiting func(ctx context.Context, r *page.Request) ([]Issue, error)
	// Wake is told when there is something to send; may be nil.
	Wake func()
}

// Issue is an issue that went out, for the page: how it stands with its readers.
type Issue struct {
	ID    journal.ID
	Title string
	Progress
}

type room struct{ Config }

// Room gives the pages.
func Room(c Config) page.Room {
	rm := room{c}
	return page.Room{Name: "subscriber", Templates: templates, Routes: []page.Route{
		{Pattern: "GET " + Path, Handle: rm.show},
		{Pattern: "GET " + Path + "/server", Handle: rm.server},
		{Pattern: "POST " + Path + "/server", Handle: rm.saveServer},
		{Pattern: "GET " + Path + "/note", Handle: rm.note},
		{Pattern: "POST " + Path + "/note", Handle: rm.saveNote},
		{Pattern: "POST " + Path + "/again", Handle: rm.again},
		{Pattern: "GET " + AskPath, Handle: rm.ask, Public: true, Tongues: Languages()},
		{Pattern: "POST " + AskPath, Handle: rm.asked, Public: true, Tongues: Languages()},
		{Pattern: "GET " + ConfirmPath + "/{token}", Handle: rm.confirm, Public: true, Tongues: Languages()},
		{Pattern: "POST " + ConfirmPath + "/{token}", Handle: rm.confirmed, Public: true, Tongues: Languages()},
		{Pattern: "GET " + LeavePath + "/{token}", Handle: rm.leave, Public: true, Tongues: Languages()},
		{Pattern: "POST " + LeavePath + "/{token}", Handle: rm.left, Public: true, Tongues: Languages()},
	}}
}

func (rm room) wake() {
	if rm.Wake != nil {
		rm.Wake()
	}
}

func officer(r *page.Request) error {
	if !register.MayEdit(r) {
		return fault.New(fault.Denied, "fault.denied")
	}
	return nil
}

func crumbs(l *lang.Locale, last string) []page.Crumb {
	out := []page.Crumb{{Text: l.T("programme.menu"), Href: "/programme"}, {Text: l.T("newsletter.title"), Href: "/programme/letters"}, {Text: l.T("subscriber.title")}}
	if last != "" {
		out[2].Href = Path
		out = append(out, page.Crumb{Text: last})
	}
	return out
}

// overview is what an office sees of its readers: numbers, no addresses.
type overview struct {
	Crumbs  []page.Crumb
	Actions []page.Action
	Figures []register.Figure
	Notes   []register.Note
	Table   page.Table
	Server  []page.Fact
	Issues  []issueRow
}

type issueRow struct {
	ID, Title string
	Facts     []page.Fact
	Again     bool
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	l := r.L
	n, err := rm.Store.Tally(ctx, register.As(r), access.KindSubscriber, standsCode)
	if err != nil {
		return nil, err
	}
	d := overview{Crumbs: crumbs(l, ""), Actions: []page.Action{{Text: l.T("subscriber.note"), Href: Path + "/note", Icon: "mail"}, {Text: l.T("subscriber.server"), Href: Path + "/server", Icon: "server"}}}
	d.Table = page.Table{Caption: l.T("subscriber.by_language"), Columns: []page.Column{{Text: l.T("subscriber.standing")}}}
	for _, tag := range Languages() {
		d.Table.Columns = append(d.Table.Columns, page.Column{Text: l.Language(tag), Num: true})
	}
	for _, s := range Standings() {
		row := page.Row{Cells: []page.Cell{{Text: l.T("subscriber.standing." + string(s))}}}
		for _, tag := range Languages() {
			row.Cells = append(row.Cells, page.Cell{Text: l.Number(n[string(s)+"."+tag])})
		}
		d.Table.Rows = append(d.Table.Rows, row)
	}
	s, err := ReadServer(ctx, rm.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	if s.Known() {
		d.Server = []page.Fact{{Term: l.T("subscriber.host"), Text: s.Host + ":" + strconv.Itoa(s.Port)}, {Term: l.T("subscriber.security"), Text: l.T("subscriber.security." + string(s.Security))}, {Term: l.T("subscriber.from"), Text: s.From, Sub: s.Name}}
	} else {
		d.Notes = append(d.Notes, register.Note{Tone: page.Warn, Text: l.T("subscriber.no_server"), Actions: []page.Action{{Text: l.T("subscriber.server"), Href: Path + "/server"}}})
	}
	if rm.Waiting != nil {
		issues, err := rm.Waiting(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, i := range issues {
			d.Issues = append(d.Issues, issueRow{i.ID.String(), i.Title, []page.Fact{{Term: l.T("newsletter.send.sent"), Text: l.Number(i.Sent)}, {Term: l.T("newsletter.send.waiting"), Text: l.Number(i.Progress.Waiting)},
				{Term: l.T("newsletter.send.failed"), Text: l.Number(i.Failed)}, unclear(l, i.Unclear)}, i.Failed+i.Unclear > 0})
		}
	}
	return page.View("subscriber/overview", l.T("subscriber.title"), d), nil
}

// unclear says of how many nobody knows whether they got an issue, and where there are some, why.
func unclear(l *lang.Locale, n int) page.Fact {
	f := page.Fact{Term: l.T("newsletter.send.unclear"), Text: l.Number(n)}
	if n > 0 {
		f.Sub = l.T("newsletter.send.unclear.hint")
	}
	return f
}

func (rm room) form(r *page.Request, d register.Form, v url.Values, wrong error) page.Response {
	for i, f := range d.Fields {
		if f.Name != "password" {
			d.Fields[i].Value = v.Get(f.Name)
		}
	}
	d.Errors = r.Errors(wrong)
	out := page.View("subscriber/form", r.L.T("subscriber.title"), d)
	if wrong != nil {
		out = page.Status(422, out)
	}
	return out
}

func serverForm(l *lang.Locale) register.Form {
	return register.Form{Title: l.T("subscriber.server"), Lead: l.T("subscriber.server.lead"), Crumbs: crumbs(l, l.T("subscriber.server")), Submit: l.T("register.save"), Cancel: Path, Fields: []register.Field{
		{Kind: "text", Name: "host", Label: l.T("subscriber.host"), Hint: l.T("subscriber.host.hint")}, {Kind: "text", Name: "port", Label: l.T("subscriber.port")},
		{Kind: "select", Name: "security", Label: l.T("subscriber.security"), Options: register.Codes(l, "subscriber.security.", Securities())},
		{Kind: "text", Name: "from", Label: l.T("subscriber.from")}, {Kind: "text", Name: "name", Label: l.T("subscriber.name"), Hint: l.T("subscriber.name.hint")},
		{Kind: "text", Name: "user", Label: l.T("subscriber.user"), Optional: true}, {Kind: "password", Name: "password", Label: l.T("subscriber.password"), Hint: l.T("subscriber.password.hint"), Optional: true}}}
}

func (rm room) server(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	s, err := ReadServer(ctx, rm.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	v := url.Values{"host": {s.Host}, "port": {"465"}, "security": {string(s.Security)}, "from": {s.From}, "name": {s.Name}, "user": {s.User}}
	if s.Port > 0 {
		v.Set("port", strconv.Itoa(s.Port))
	}
	if s.Name == "" {
		v.Set("name", r.Office.Name)
	}
	return rm.form(r, serverForm(r.L), v, nil), nil
}

func (rm room) saveServer(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	port, _ := strconv.Atoi(v.Get("port")) // what is no number is refused as 0
	s := Server{Host: v.Get("host"), Port: port, Security: Security(v.Get("security")), From: v.Get("from"), Name: v.Get("name"), User: v.Get("user"), Password: v.Get("password")}
	was, err := ReadServer(ctx, rm.Store, register.As(r))
	if err != nil {
		return nil, err
	}
	if s.Password == "" && s.User == was.User && s.Host == was.Host { // never shown, so left as it is; never carried to another server
		s.Password = was.Password
	}
	if err = s.check(); err == nil {
		_, err = rm.Store.Append(ctx, register.As(r), ServerRef(r.Actor.Owner), store.Draft{Type: ServerSetType, Payload: s})
	}
	if fault.Is(err, fault.Invalid) {
		return rm.form(r, serverForm(r.L), v, err), nil
	}
	rm.wake()
	return page.Redirect(Path, "register.saved"), err
}

func noteForm(l *lang.Locale) register.Form {
	d := register.Form{Title: l.T("subscriber.note"), Lead: l.T("subscriber.note.lead"), Crumbs: crumbs(l, l.T("subscriber.note")), Submit: l.T("register.save"), Cancel: Path, Fields: []register.Field{
		{Kind: "text", Name: "address", Label: l.T("subscriber.address")}, {Kind: "select", Name: "what", Label: l.T("subscriber.what")}}}
	for _, w := range []string{"later", "final", "office"} {
		d.Fields[1].Options = append(d.Fields[1].Options, page.Option{Value: w, Text: l.T("subscriber.what." + w)})
	}
	return d
}

func (rm room) note(_ context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	return rm.form(r, noteForm(r.L), url.Values{}, nil), nil
}

// saveNote notes what came back from an address, or that somebody asked the office to take them out.
func (rm room) saveNote(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	found, err := rm.at(ctx, register.As(r), v.Get("address"))
	if err != nil {
		return nil, err
	}
	d := store.Draft{Type: BouncedType, Payload: Returned{Final: v.Get("what") == "final"}}
	if v.Get("what") == "office" {
		d = store.Draft{Type: LeftType, Payload: LeftBy{Way: "office"}}
	}
	if len(found) == 0 {
		return rm.form(r, noteForm(r.L), v, fault.Bad("address", "subscriber.need.known")), nil
	}
	for _, ref := range found {
		if _, err := rm.Store.Append(ctx, register.As(r), ref, d); err != nil {
			return nil, err
		}
	}
	return page.Redirect(Path, "register.saved"), nil
}

// at finds the readers of an address: one, unless two asked at the same time.
func (rm room) at(ctx context.Context, w store.Who, address string) ([]store.Ref, error) {
	if address == "" {
		return nil, nil
	}
	hits, err := rm.Store.Search(ctx, w, access.KindSubscriber, [][][]store.Token{{{token(address)}}})
	var out []store.Ref
	for _, row := range hits.Rows {
		out = append(out, row.Ref)
	}
	return out, err
}

// again lets the letters of an issue be sent once more of which nobody knows, or which were refused.
func (rm room) again(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	issue, err := journal.ParseID(v.Get("issue"))
	if err != nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	rows, err := register.All[Line](ctx, rm.Store, register.As(r), store.Query{Kind: access.KindSubscriber, State: string(Confirmed)})
	if err != nil {
		return nil, err
	}
	for _, x := range rows {
		if l, there := x.V.Letters[issue]; there && l.given() && l.Result != Sent && r.Now.Sub(l.At) > time.Minute { // not what is on its way just now
			if _, err := rm.Store.Append(ctx, register.As(r), store.Ref{Kind: access.KindSubscriber, ID: x.ID}, store.Draft{Type: AgainType, Payload: Repeated{issue}}); err != nil && !fault.Is(err, fault.Guarded) {
				return nil, err
			}
		}
	}
	rm.wake()
	return page.Redirect(Path, "register.saved"), nil
}
