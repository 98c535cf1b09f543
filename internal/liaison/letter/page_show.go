// SPDX-License-Identifier: EUPL-1.2

package letter

import (
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	o, err := field.Opened(ctx, rm.Store, As(r), r, access.KindLetter)
	if err != nil {
		return nil, State{}, err
	}
	return o, o.State.(State), nil
}

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	m, err := rm.matter(ctx, r, o, s)
	return page.View("letter/show", r.L.T("letter.one"), m), err
}

// matter is the page of one letter: its words, its thread, and what can be done about it.
func (rm room) matter(ctx context.Context, r *page.Request, o *store.Opened, s State) (field.Matter, error) {
	l, st := r.L, s.Status()
	names := rm.Names(ctx, s.Other, s.By, s.Worker)
	m := field.Matter{Title: title(r, s.Words.Subject, s.Here), Mark: &page.Mark{Tone: tones[st], Text: l.T("letter.status." + string(st))}, Notes: notes(r, s),
		Crumbs: []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("letter.title"), Href: Path}, {Text: l.T("letter.one")}}}
	m.Actions = field.Actions(r, s.acts(r), "letter.act.", pathOf(s.ID))
	if s.Words.Text != "" {
		m.Main = append(m.Main, field.Card{Title: l.T("letter.text"), Words: s.Words.Text})
	}
	if files := rm.files(r, s); len(files) > 0 {
		m.Main = append(m.Main, field.Card{Title: l.T("letter.files"), Links: files})
	}
	thread, err := rm.thread(ctx, r, s)
	if err != nil {
		return m, err
	}
	if len(thread) > 0 {
		m.Main = append(m.Main, field.Card{Title: l.T("letter.thread"), Links: thread})
	}
	if rm.Permission != nil {
		b, err := rm.Permission(ctx, r, s.ID, s)
		if err != nil {
			return m, err
		}
		if m.Actions = append(m.Actions, b.Actions...); len(b.Lines) > 0 {
			m.Main = append(m.Main, field.Card{Title: l.T("exchange.permissions"), Links: b.Lines})
		}
	}
	m.Main = append(m.Main, field.Card{Title: l.T("letter.course"), Events: field.Course(ctx, r, o.Entries, "letter.entry.", rm.Names, nil)})
	m.Side = []field.Card{{Title: l.T("letter.one"), Facts: append(facts(r, s, names), rm.Codes.Facts(ctx, r, s.Other, s.Message, Purpose)...)}}
	return m, nil
}

func facts(r *page.Request, s State, names map[journal.ID]string) []page.Fact {
	l, who := r.L, "letter.from"
	if s.Here {
		who = "letter.to"
	}
	out := []page.Fact{{Term: l.T(who), Text: names[s.Other]}}
	if s.Here {
		out = append(out, page.Fact{Term: l.T("letter.by"), Text: names[s.By]})
	}
	if !s.Passes.IsZero() {
		out = append(out, page.Fact{Term: l.T("letter.passes"), Text: l.T("letter.passes.one"), Href: pathOf(s.Passes)})
	}
	worker := page.Fact{Term: l.T("letter.worker"), Text: names[s.Worker]}
	if s.Worker.IsZero() {
		worker.Text, worker.Tone = l.T("letter.nobody"), page.Warn
	}
	out = append(out, worker)
	if due := s.Words.Due(); !due.IsZero() {
		x := page.Fact{Term: l.T("letter.answer_by"), Text: l.Date(due.AddDate(0, 0, -1))}
		if s.Waits() != "" {
			x.Sub = l.Relative(due, r.Now)
		}
		out = append(out, x)
	}
	return out
}

// files lists what came with a letter.
func (rm room) files(r *page.Request, s State) []page.Line {
	var out []page.Line
	for i, f := range s.Files {
		x := page.Line{Tone: page.Info, Title: f.Name, Text: kilobytes(r.L, f.Size)}
		if s.Missing[journal.D3] == journal.Erased { // with what the letter said
			x.Tone, x.Text = page.Off, r.L.T("letter.file.erased")
		}
		if f.Name == "" {
			x.Title = r.L.T("letter.file", "Number", r.L.Number(i+1))
		} else {
			x.Href = pathOf(s.ID) + "/files/" + f.ID.String()
		}
		out = append(out, x)
	}
	return out
}

func kilobytes(l *lang.Locale, size int) string {
	return l.T("letter.bytes", "Kilobytes", l.Number((size+1023)/1024))
}

// thread lists the other letters of the thread that the reader may know of, oldest first.
func (rm room) thread(ctx context.Context, r *page.Request, s State) ([]page.Line, error) {
	if s.Thread.IsZero() {
		return nil, nil
	}
	var out []page.Line
	q := store.Query{Kind: access.KindLetter, Codes: map[string]string{"thread": s.Thread.String()}, Show: []journal.Category{journal.D3}}
	err := conversation.Each(ctx, rm.Store, As(r), q, func(row store.Row) error {
		v, err := store.Summary[Summary](row)
		if err != nil || row.Ref.ID == s.ID {
			return err
		}
		at := row.Opened
		out = append(out, page.Line{Tone: tones[v.Status], Title: title(r, v.Subject, v.Here), Href: pathOf(row.Ref.ID), Text: r.L.T("letter.one." + conversation.Side(v.Here)), Due: &at, Now: r.Now})
		return nil
	})
	slices.Reverse(out)
	return out, err
}

// notes say what somebody must know before anything else.
func notes(r *page.Request, s State) []field.Note {
	l := r.L
	var out []field.Note
	add := func(tone, key, text string) { out = append(out, field.Note{Tone: tone, Title: l.T(key), Text: text}) }
	if s.Ended.Reason != "" {
		add(page.Off, "letter.status.withdrawn", l.T("letter.withdrawal."+s.Ended.Reason))
		if s.Here && s.Erased.IsZero() {
			add(page.Warn, "letter.unerased", "")
		}
	} else if s.Back != "" {
		add(page.Bad, "letter.status.returned", conversation.Why(l, s.Back))
	}
	if s.Reminders > 0 && s.Waits() != "" {
		add(page.Warn, "letter.reminded", l.T("letter.reminded.text", "When", l.DateTime(s.Reminded)))
	}
	switch s.Missing[journal.D3] {
	case journal.Hidden:
		add(page.Off, "letter.withheld", "")
	case journal.Erased:
		add(page.Off, "letter.erased", "")
	}
	return out
}

// acts lists what somebody can do about a letter as it stands.
func (s State) acts(r *page.Request) []field.Act {
	me, st := r.Actor.ID, s.Status()
	var out []field.Act
	can := func(when bool, a field.Act, typ string) {
		if when && slices.Contains(from[typ], st) {
			out = append(out, a)
		}
	}
	mine := me == s.Worker
	can(!s.Here && mine, field.Act{Name: "answer", Icon: "send", Asks: true, First: true}, AnsweredType)
	can(!s.Here && mine, field.Act{Name: "see", Icon: "eye"}, SeenType)
	if !s.Here && mine && s.Ended.Reason == "" && s.Words.Text != "" {
		out = append(out, field.Act{Name: "pass", Icon: "send", Asks: true})
	}
	can(!s.Here && (mine || gives(r.Actor)), field.Act{Name: "assign", Icon: "user-check", Asks: true, First: s.Worker.IsZero()}, AssignedType)
	can(!s.Here && mine, field.Act{Name: "close", Icon: "check"}, ClosedType)
	can(s.Here && mine && s.Words.AnswerBy != "", field.Act{Name: "remind", Icon: "bell"}, RemindedType)
	can(s.Here && (mine || me == s.By), field.Act{Name: "withdraw", Icon: "ban", Asks: true}, WithdrawnType)
	return out
}

// said is what somebody types of an act.
type said struct {
	Entry  journal.ID `form:"entry"`
	Reason string     `form:"reason"`
	Worker string     `form:"worker"`
}

// sheet is the form of an act; nil where it has none.
func (rm room) sheet(ctx context.Context, r *page.Request, s State, name string, v said) (*field.Form, error) {
	l := r.L
	f := field.New(l, "letter.act."+name, pathOf(s.ID)+"/"+name, pathOf(s.ID), "letter.act."+name)
	f.Crumbs = []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("letter.one"), Href: pathOf(s.ID)}, {Text: f.Title}}
	if v.Entry.IsZero() {
		v.Entry = rm.Store.NewID()
	}
	f.Hidden("entry", v.Entry.String())
	switch name {
	case "assign":
		colleagues, err := rm.Colleagues(ctx, r)
		if err != nil {
			return nil, err
		}
		f.Lead = l.T("letter.assign.text")
		f.Select("worker", "letter.worker", v.Worker, colleagues)
	case "withdraw":
		f.Lead, f.Danger = l.T("letter.withdraw.text"), true
		f.Select("reason", "letter.reason", v.Reason, field.Options(l, "letter.withdrawal", Withdrawals()))
	default:
		return nil, nil
	}
	return f, nil
}

// ask shows the form of an act, or of an answer.
func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	if !slices.ContainsFunc(s.acts(r), func(a field.Act) bool { return a.Name == name && a.Asks }) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	var f *field.Form
	switch name {
	case "pass":
		v := typed{Letter: rm.Store.NewID(), Entry: rm.Store.NewID(), Passes: s.ID.String(), Subject: s.Words.Subject, Text: r.L.T("letter.passed.head", "Office", rm.Names(ctx, s.Other)[s.Other], "When", r.L.DateTime(s.At)) + "\n\n" + s.Words.Text}
		for _, f := range s.Files {
			v.Files = append(v.Files, f.ID.String())
		}
		f, err = rm.form(ctx, r, v, nil)
	case "answer":
		f, err = rm.form(ctx, r, typed{Letter: rm.Store.NewID(), Entry: rm.Store.NewID(), Subject: s.Words.Subject}, &s)
	default:
		f, err = rm.sheet(ctx, r, s, name, said{})
	}
	return page.View("letter/form", r.L.T("letter.one"), f), err
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	var v said
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	name, x := r.PathValue("act"), store.Draft{ID: v.Entry}
	switch name {
	case "assign":
		x.Type, x.Payload = AssignedType, Assigned{field.ID(v.Worker)}
	case "see":
		x.Type, x.Payload = SeenType, Told{true}
	case "close":
		x.Type, x.Payload = ClosedType, Told{true}
	case "remind":
		x.Type, x.Payload = RemindedType, Told{true}
	case "withdraw":
		x.Type, x.Payload = WithdrawnType, Ended{Reason: v.Reason}
	default:
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	if _, err = rm.Store.Append(ctx, As(r), refOf(s.ID), x); err == nil {
		return page.Redirect(pathOf(s.ID), "letter.saved"), nil
	}
	f, bad := rm.sheet(ctx, r, s, name, v)
	if bad != nil {
		return nil, bad
	}
	if f != nil {
		return f.Again(r, "letter/form", err)
	}
	m, bad := rm.matter(ctx, r, o, s)
	if bad != nil {
		return nil, bad
	}
	return m.Refused(r, "letter/show", "letter.one", err)
}

// endings are those that a file keeps when it is saved; what it is called besides says nothing of the letter.
var endings = []string{".pdf", ".docx", ".odt", ".xlsx", ".ods", ".csv", ".txt", ".jpg", ".jpeg", ".png"}

// file gives a file that came with a letter; the reading is noted before the bytes are given. It is saved, never shown.
func (rm room) file(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	id, err := r.ID("file")
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(s.Files, func(f File) bool { return f.ID == id })
	if at < 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	b, err := rm.Store.OpenBlob(ctx, As(r), refOf(s.ID), id)
	if err != nil {
		return nil, err
	}
	name := "file-" + strconv.Itoa(at+1)
	if end := strings.ToLower(path.Ext(s.Files[at].Name)); slices.Contains(endings, end) {
		name += end
	}
	return page.File(name, "application/octet-stream", b.Bytes), nil
}
