// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/attachment"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

// besideAttachments lets the files attached live in a person's file.
func besideAttachments() casework.Beside {
	return casework.Beside{Name: "attachment", Types: attachment.Types(),
		Fold: func(es []journal.Entry) (any, error) { return attachment.Fold(es) },
		Guard: func(_ *store.Guarding, _ casework.Person, state any, e journal.Entry) error {
			return attachment.Guard(attachmentsOf(state), e)
		}}
}

func attachmentsOf(state any) attachment.State {
	s, _ := state.(attachment.State)
	return s
}

// attachmentsRoom mounts the pages of files attached where persons' files are held.
func (n *Node) attachmentsRoom(o Owner) (page.Room, bool, error) {
	return attachment.Room(attachment.Config{Store: n.Store, Case: func(ctx context.Context, r *page.Request, id journal.ID) (attachment.Case, error) {
		w := store.Who{Actor: r.Actor, Purpose: access.ForAssistance}
		p, opened, err := n.Work.Open(ctx, w, id)
		if err != nil {
			return attachment.Case{}, err
		}
		return attachment.Case{Code: p.Registered.Code, Write: n.attachable(w, p, opened)}, nil
	}}), o.Kind == access.Assistance, nil
}

// attachable lists the categories in which somebody may attach something to a person's file now.
func (n *Node) attachable(w store.Who, p casework.Person, o *store.Opened) []journal.Category {
	var out []journal.Category
	for _, c := range attachment.Categories() {
		if p.ClosedAt.IsZero() && n.Store.MayWrite(w, o, attachment.EntryType, c) {
			out = append(out, c)
		}
	}
	return out
}

// shownFiles is how many files a person's page shows before it folds the others away.
const shownFiles = 8

// attachmentPanels lists the files attached on a person's page.
func (n *Node) attachmentPanels(ctx context.Context, r *page.Request, p casework.Person, o *store.Opened) ([]casework.Panel, error) {
	write := len(n.attachable(store.Who{Actor: r.Actor, Purpose: access.ForAssistance}, p, o)) > 0
	path := "/cases/" + p.ID.String()
	x := attachment.ListingOf(r.L, attachmentsOf(p.Beside["attachment"]), path, write)
	var by []journal.ID
	for _, f := range x.Lines {
		by = append(by, f.By)
	}
	names := n.names(ctx, r.Actor.Owner, by...)
	out := casework.Panel{ID: "files", Title: x.Title, Actions: x.Actions, Place: casework.InNotes, Empty: &page.Empty{Icon: "paperclip", Title: x.None, Text: x.NoneText}}
	for i, f := range x.Lines {
		item := casework.Item{Title: f.Title, Href: path + "/files/" + f.ID.String(), Sub: joined(f.Sort, f.Form, r.L.ShortDate(f.At), names[f.By]), Aside: f.Category}
		if i < shownFiles {
			out.Items = append(out.Items, item)
		} else {
			out.Older = append(out.Older, item)
		}
	}
	for _, text := range x.Notes {
		out.Notes = append(out.Notes, field.Note{Tone: page.Off, Text: text})
	}
	return []casework.Panel{out}, nil
}

// attachmentsHeld tells the person which files are kept about her.
func attachmentsHeld(l *lang.Locale, p casework.Person) []casework.Panel {
	x := attachment.ListingOf(l, attachmentsOf(p.Beside["attachment"]), "", false)
	out := casework.Panel{Title: x.Title, Lead: strings.Join(x.Notes, " "), Empty: &page.Empty{Title: x.None}}
	for _, f := range x.Lines {
		out.Items = append(out.Items, casework.Item{Title: f.Title, Text: f.Sort, Sub: joined(f.Category, l.ShortDate(f.At))})
	}
	return []casework.Panel{out}
}

// joined joins what is there with middle dots.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// fileBody bounds a call that attaches a file, whose bytes come in base64.
const fileBody = attachment.MaxSize/3*4 + apiBody

// bodyLimit bounds a request of the API: whoever may attach a file may send one, and nobody who is not signed in.
func (n *Node) bodyLimit(r *http.Request) int64 {
	if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/v1/people/") && strings.HasSuffix(r.URL.Path, "/files") {
		if _, ok, err := n.Identity.SignedIn(r); ok && err == nil {
			return fileBody
		}
	}
	return apiBody
}

type attachInput struct {
	Person  string `path:"person"`
	Purpose string `query:"purpose" required:"true"`
	Body    struct {
		ID       string           `json:"id,omitempty" doc:"made by the writer: sending the same file twice attaches it once"`
		Category journal.Category `json:"category" doc:"the data category that it belongs to: D2, D3, D4, D6 or D7"`
		Sort     string           `json:"sort" doc:"identity_document, statement, medical, decision, contract, letter, photo or other"`
		Title    string           `json:"title"`
		Bytes    []byte           `json:"bytes" doc:"a PDF, JPEG or PNG, or plain text in UTF-8"`
		Whole    bool             `json:"whole,omitempty" doc:"keep what a camera wrote into a picture (place, time), as evidence; it is taken out otherwise"`
	}
}

type attachOutput struct {
	Body struct {
		ID journal.ID `json:"id"`
	}
}

type fileInput struct {
	Person  string `path:"person"`
	File    string `path:"file"`
	Purpose string `query:"purpose" required:"true"`
}

type fileOutput struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Policy      string `header:"Content-Security-Policy"`
	Body        []byte
}

// apiAttachments mounts attaching a file and getting it back.
func (n *Node) apiAttachments(api huma.API) {
	call(api, n, http.MethodPost, "/people/{person}/files", "Attach a file to a person's file", n.attach, func(o *huma.Operation) { o.MaxBodyBytes = fileBody })
	call(api, n, http.MethodGet, "/people/{person}/files/{file}", "Get a file that is attached, to be saved", n.attached, func(o *huma.Operation) {
		o.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}}}}}
	})
}

func (n *Node) attach(ctx context.Context, in *attachInput) (*attachOutput, error) {
	w, err := n.who(ctx, in.Purpose)
	if err != nil {
		return nil, err
	}
	person, err := journal.ParseID(in.Person)
	if err != nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	x := attachment.New{Category: in.Body.Category, Sort: in.Body.Sort, Title: in.Body.Title, Bytes: in.Body.Bytes, Whole: in.Body.Whole}
	if in.Body.ID != "" {
		if x.ID, err = journal.ParseID(in.Body.ID); err != nil {
			return nil, fault.Bad("id", "app.need.entry_id")
		}
	}
	out := &attachOutput{}
	out.Body.ID, err = attachment.Add(ctx, n.Store, w, person, x)
	return out, err
}

func (n *Node) attached(ctx context.Context, in *fileInput) (*fileOutput, error) {
	w, err := n.who(ctx, in.Purpose)
	if err != nil {
		return nil, err
	}
	person, perr := journal.ParseID(in.Person)
	file, ferr := journal.ParseID(in.File)
	if perr != nil || ferr != nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	c, err := attachment.Open(ctx, n.Store, w, person, file)
	if err != nil {
		return nil, err
	}
	return &fileOutput{Type: string(c.Media), Disposition: `attachment; filename="` + c.Name + `"`, Policy: "sandbox; default-src 'none'", Body: c.Bytes}, nil
}
