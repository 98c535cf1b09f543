// SPDX-License-Identifier: EUPL-1.2

package letter

import (
	"bytes"
	"context"
	"embed"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

//go:embed templates/*.html
var templates embed.FS

// Path is where letters are; Desk is the page of what waits between offices.
const (
	Path = "/correspondence"
	Desk = "/requests"
)

// RoomConfig is what the pages need. All of it is required.
type RoomConfig struct {
	Store *store.Store
	Codes conversation.Codes
	// Permission shows what was asked of the sender of a letter and what came of it; Passing gives the permission by which somebody
	// may pass one on to an office, zero for none, and the change that notes that. Both may be nil.
	Permission func(ctx context.Context, r *page.Request, thing journal.ID, state any) (conversation.Beside, error)
	Passing    func(ctx context.Context, r *page.Request, of State, to, letter journal.ID) (permit journal.ID, note []store.Change, err error)
	// Names gives the names of accounts and offices; what it does not know is left out.
	Names func(ctx context.Context, ids ...journal.ID) map[journal.ID]string
	// Offices lists those that terms in force let a letter go to.
	Offices func(context.Context, *page.Request) ([]page.Option, error)
	// Colleagues lists everybody here to whom a letter can be given.
	Colleagues func(context.Context, *page.Request) ([]page.Option, error)
	// Admit holds a file against the office's rules for files, and gives it as it may leave and how its name ends. Errors: Invalid.
	Admit func([]byte) (kept []byte, ending string, err error)
	// Attach seals a file for the post; Again lets one go on that came from another office, as it is sealed, while the post has it.
	// Errors of Again: NotFound.
	Attach func(ctx context.Context, owner journal.ID, r io.Reader) (post.Parcel, error)
	Again  func(ctx context.Context, owner, from journal.ID, x post.Parcel) error
}

type room struct{ RoomConfig }

// Room gives the pages: the list, a new letter, and one letter with its thread and what can be done about it.
func Room(c RoomConfig) page.Room {
	rm := room{c}
	return page.Room{Name: roomName, Templates: templates,
		Routes: []page.Route{
			{Pattern: "GET " + Path, Handle: rm.list},
			{Pattern: "GET " + Path + "/new", Handle: rm.blank},
			{Pattern: "POST " + Path + "/new", Handle: rm.write, MaxBody: store.MaxBlob + 256<<10},
			{Pattern: "GET " + Path + "/{id}", Handle: rm.show},
			{Pattern: "GET " + Path + "/{id}/files/{file}", Handle: rm.file},
			{Pattern: "GET " + Path + "/{id}/{act}", Handle: rm.ask},
			{Pattern: "POST " + Path + "/{id}/{act}", Handle: rm.act},
		}}
}

// Works says whether somebody writes letters or gives them to others.
func Works(a access.Actor) bool {
	return slices.ContainsFunc([]access.Role{access.Liaison, access.FocalPoint, access.CaseManager, access.ProgrammeOfficer, access.PoliceOfficer, access.Prosecutor}, a.Has)
}

// gives says whether somebody gives letters to colleagues.
func gives(a access.Actor) bool { return a.Has(access.Liaison) || a.Has(access.FocalPoint) }

// As is who somebody acts as in this room.
func As(r *page.Request) store.Who { return store.Who{Actor: r.Actor, Purpose: access.ForExchange} }

var tones = map[Status]string{Sent: page.Info, Delivered: page.Info, Returned: page.Bad, Received: page.Warn, Seen: page.Info, Answered: page.Good, Closed: page.Off, Withdrawn: page.Off}

func pathOf(id journal.ID) string { return Path + "/" + id.String() }

func denied() error { return fault.New(fault.Denied, "fault.denied") }

func (rm room) list(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	l, q := r.L, store.Query{Kind: access.KindLetter, Show: []journal.Category{journal.D3}}
	d, err := conversation.Sides(ctx, rm.Store, As(r), r, q, Path, "letter", func(rows []store.Row) (page.Table, error) { return rm.table(ctx, r, rows) })
	d.Crumbs = []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("letter.title")}}
	d.Actions = []page.Action{{Text: l.T("letter.new"), Href: Path + "/new", Icon: "plus", Primary: true}}
	return page.View("letter/list", l.T("letter.title"), d), err
}

func (rm room) table(ctx context.Context, r *page.Request, rows []store.Row) (page.Table, error) {
	l := r.L
	t := page.Table{Caption: l.T("letter.title"), Empty: &page.Empty{Icon: "mail", Title: l.T("letter.none"), Text: l.T("letter.none.text")}}
	for _, k := range []string{"letter.subject", "letter.office", "letter.worker", "letter.status", "letter.answer_by"} {
		t.Columns = append(t.Columns, page.Column{Text: l.T(k)})
	}
	sums := make([]Summary, len(rows))
	var ids []journal.ID
	for i, row := range rows {
		var err error
		if sums[i], err = store.Summary[Summary](row); err != nil {
			return t, err
		}
		ids = append(ids, sums[i].Other, row.Assignee)
	}
	names := rm.Names(ctx, ids...)
	for i, row := range rows {
		s := sums[i]
		due := conversation.DueCell(l, row.Due, r.Now)
		worker := page.Cell{Text: names[row.Assignee]}
		if row.Assignee.IsZero() {
			worker = page.Cell{Text: l.T("letter.nobody"), Tone: page.Warn}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []page.Cell{{Text: title(r, s.Subject, s.Here), Href: pathOf(row.Ref.ID), Sub: l.T("letter.side." + conversation.Side(s.Here))}, {Text: names[s.Other]}, worker,
			{Text: l.T("letter.status." + string(s.Status)), Tone: tones[s.Status]}, due}})
	}
	return t, nil
}

// title is a letter's subject, or what is said of it to those who may not read it.
func title(r *page.Request, subject string, here bool) string {
	if subject == "" {
		return r.L.T("letter.one." + conversation.Side(here))
	}
	return subject
}

// typed is what somebody types of a letter.
type typed struct {
	Letter   journal.ID `form:"letter"`
	Entry    journal.ID `form:"entry"`
	Answers  string     `form:"answers"`
	Passes   string     `form:"passes"` // the letter that came and is passed on by this one
	To       string     `form:"to"`
	AnswerBy string     `form:"answer_by"`
	Subject  string     `form:"subject"`
	Text     string     `form:"text"`
	Files    []string   `form:"files"` // of those that came with the one that is passed on, which go with it
}

// form is the page of a letter that is written; of is the one that it answers, nil for none.
func (rm room) form(ctx context.Context, r *page.Request, v typed, of *State) (*field.Form, error) {
	l, title, back := r.L, "letter.new", Path
	if of != nil {
		title, back = "letter.answer", pathOf(of.ID)
	}
	if v.Passes != "" {
		title, back = "letter.act.pass", pathOf(field.ID(v.Passes))
	}
	f := field.New(l, title, Path+"/new", back, "letter.send")
	f.Lead, f.Guarded, f.Crumbs = l.T("letter.new.lead"), true, []page.Crumb{{Text: l.T("docket.menu"), Href: Desk}, {Text: l.T("letter.title"), Href: Path}, {Text: l.T(title)}}
	f.Hidden("letter", v.Letter.String())
	f.Hidden("entry", v.Entry.String())
	if v.Passes != "" {
		f.Lead = l.T("letter.pass.lead")
		f.Hidden("passes", v.Passes)
	}
	if of != nil {
		f.Hidden("answers", of.ID.String())
		f.Facts = []page.Fact{{Term: l.T("letter.to"), Text: rm.Names(ctx, of.Other)[of.Other]}}
	} else {
		offices, err := rm.Offices(ctx, r)
		if err != nil {
			return nil, err
		}
		if len(offices) == 0 {
			f.Notes = []field.Note{{Tone: page.Warn, Title: l.T("letter.no_office")}}
		}
		f.Select("to", "letter.to", v.To, offices)
	}
	f.Text("subject", "letter.subject", v.Subject)
	f.Area("text", "letter.text", v.Text).Set("Rows", 12).Set("MaxLength", MaxText)
	f.Date("answer_by", "letter.answer_by", v.AnswerBy).Optional()
	if v.Passes != "" {
		if err := rm.came(ctx, r, f, v); err != nil {
			return nil, err
		}
	}
	f.File("file", "letter.enclose", ".pdf,.jpg,.jpeg,.png,.txt").Optional()
	return f, nil
}

// came lets somebody choose, of the files that came with the letter that is passed on, which go with it.
func (rm room) came(ctx context.Context, r *page.Request, f *field.Form, v typed) error {
	o, err := rm.Store.Open(ctx, As(r), refOf(field.ID(v.Passes)))
	if err != nil {
		return err
	}
	var options []page.Option
	for _, x := range o.State.(State).Files {
		if x.Name != "" {
			options = append(options, page.Option{Value: x.ID.String(), Text: x.Name, Hint: kilobytes(r.L, x.Size)})
		}
	}
	if len(options) > 0 {
		f.Checks("files", "letter.pass.files", v.Files, options).Optional()
	}
	return nil
}

func (rm room) blank(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	f, err := rm.form(ctx, r, typed{Letter: rm.Store.NewID(), Entry: rm.Store.NewID(), To: field.ID(r.URL.Query().Get("to")).String()}, nil)
	return page.View("letter/form", r.L.T("letter.new"), f), err
}

// write sends a letter; one that answers another is written with the note there that it was answered, or not at all.
func (rm room) write(ctx context.Context, r *page.Request) (page.Response, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	var v typed
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	x, of := Letter{To: field.ID(v.To), Thread: v.Letter, Words: Words{AnswerBy: v.AnswerBy, Subject: v.Subject, Text: v.Text}}, (*State)(nil)
	if v.Answers != "" {
		o, err := rm.Store.Open(ctx, As(r), refOf(field.ID(v.Answers)))
		if err != nil {
			return nil, err
		}
		s := o.State.(State)
		of, x.To, x.Thread, x.Answers = &s, s.Other, s.Thread, s.ID
	}
	var on passed
	var err error
	if v.Passes != "" {
		on, err = rm.passing(ctx, r, v, &x)
	}
	files := on.files
	if err == nil {
		files, err = rm.enclose(ctx, r, v.Entry, &x, files)
	}
	if err == nil {
		err = rm.send(ctx, As(r), v.Letter, v.Entry, x, on.notes, files...)
	}
	if err == nil {
		return page.Redirect(pathOf(v.Letter), "letter.sent"), nil
	}
	f, bad := rm.form(ctx, r, v, of)
	if bad != nil {
		return nil, bad
	}
	return f.Again(r, "letter/form", err)
}

// enclose reads the file that goes with a letter, seals it for the post, and gives the entry that keeps it here behind those of other
// files.
func (rm room) enclose(ctx context.Context, r *page.Request, entry journal.ID, x *Letter, files []store.Draft) ([]store.Draft, error) {
	up, came, err := r.Upload("file")
	if err != nil || !came {
		return files, err
	}
	b, ending, err := rm.Admit(up.Bytes)
	if err != nil {
		return nil, err
	}
	name := []rune(strings.TrimSuffix(path.Base(up.Name), path.Ext(up.Name)))
	sealed := Sealed{Name: string(name[:min(len(name), MaxName/4-len(ending))]) + ending}
	if sealed.Parcel, err = rm.Attach(ctx, r.Actor.Owner, bytes.NewReader(b)); err != nil {
		return nil, err
	}
	x.Files, x.Sealed = x.Files+1, append(x.Sealed, sealed)
	return append(files, enclosing(conversation.ID("enclosed", entry.String()), sealed.Name, b)), nil
}

// passed is what comes with a letter by which another one is passed on: what notes the use of the permission for that, and the
// entries that keep its files here.
type passed struct {
	notes []store.Change
	files []store.Draft
}

// passing makes a letter one by which another is passed on, with the permission for that where there is one, and with the files of
// the other that were chosen.
func (rm room) passing(ctx context.Context, r *page.Request, v typed, x *Letter) (out passed, err error) {
	o, err := rm.Store.Open(ctx, As(r), refOf(field.ID(v.Passes)))
	if err != nil {
		return out, err
	}
	s := o.State.(State)
	x.Passes = s.ID
	if rm.Passing != nil {
		if x.Permit, out.notes, err = rm.Passing(ctx, r, s, x.To, v.Letter); err != nil {
			return out, err
		}
	}
	for _, f := range s.Files {
		if !slices.Contains(v.Files, f.ID.String()) {
			continue
		}
		b, err := rm.Store.OpenBlob(ctx, As(r), refOf(s.ID), f.ID)
		if err != nil {
			return out, err
		}
		p, err := rm.onward(ctx, r.Actor.Owner, s, f, b.Bytes)
		if err != nil {
			return out, err
		}
		x.Files, x.Sealed = x.Files+1, append(x.Sealed, Sealed{f.Name, p})
		out.files = append(out.files, enclosing(conversation.ID("enclosed", v.Entry.String(), f.ID.String()), f.Name, b.Bytes))
	}
	return out, nil
}

// onward gives the parcel in which a file that came goes on: the one in which it came, for which the next office gets the key in its
// letter, and another one only where the post has that no more or more was in it than this office keeps.
func (rm room) onward(ctx context.Context, owner journal.ID, s State, f File, b []byte) (post.Parcel, error) {
	if p, is := s.parcel(f.ID); is {
		err := rm.Again(ctx, owner, s.Other, p)
		if !fault.Is(err, fault.NotFound) {
			return p, err
		}
	}
	return rm.Attach(ctx, owner, bytes.NewReader(b))
}

func (rm room) send(ctx context.Context, w store.Who, letter, entry journal.ID, x Letter, notes []store.Change, files ...store.Draft) error {
	changes := []store.Change{{Ref: refOf(letter), Decide: func(any) ([]store.Draft, error) {
		return append([]store.Draft{{ID: entry, Type: WrittenType, Payload: x}}, files...), nil
	}}}
	changes = append(changes, notes...)
	if !x.Answers.IsZero() {
		changes = append(changes, store.Change{Ref: refOf(x.Answers), Decide: func(any) ([]store.Draft, error) {
			return []store.Draft{{ID: conversation.ID("answered", entry.String()), Type: AnsweredType, Payload: Answer{letter}}}, nil
		}})
	}
	_, err := rm.Store.UpdateEach(ctx, w, changes, func(context.Context, db.Tx, []journal.Entry) error { return nil })
	return err
}

// Pending lists the letters that wait for somebody, as a reader may know of them.
func Pending(s *store.Store) func(context.Context, *page.Request) ([]conversation.Pending, error) {
	return func(ctx context.Context, r *page.Request) ([]conversation.Pending, error) {
		if !Works(r.Actor) {
			return nil, nil
		}
		return conversation.Waiting(ctx, s, As(r), access.KindLetter, func(row store.Row) (conversation.Pending, error) {
			v, err := store.Summary[Summary](row)
			return conversation.Pending{Office: v.Other, Title: title(r, "", v.Here), State: r.L.T("letter.status." + string(v.Status)), Tone: tones[v.Status], Href: pathOf(row.Ref.ID),
				Sent: v.Here, Reminders: v.Reminders, Mine: v.Waits == conversation.Here && (row.Assignee == r.Actor.ID || row.Assignee.IsZero() && gives(r.Actor))}, err
		})
	}
}
