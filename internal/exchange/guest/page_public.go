// SPDX-License-Identifier: EUPL-1.2

package guest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// publicData is what the guest's page shows before a code is given: nothing about anybody.
type publicData struct {
	At    string // of the link, "" where it is not in use
	Until string
}

var tokenShape = regexp.MustCompile(`^[a-z2-7]{32}$`)

// door gives the dossier that a link leads to, as the job sees it; the zero Door for none.
func (rm room) door(ctx context.Context, r *page.Request) (store.Who, store.Ref, Door, error) {
	w, err := rm.Job()
	token := r.PathValue("token")
	if err != nil || !tokenShape.MatchString(token) {
		return w, store.Ref{}, Door{}, err
	}
	ref := RefOf(token)
	o, err := rm.Store.Open(ctx, w, ref)
	if fault.Is(err, fault.NotFound) {
		return w, ref, Door{}, nil
	}
	if err != nil {
		return w, ref, Door{}, err
	}
	return w, ref, o.State.(Door), nil
}

// enter is the guest's page. Which of several reasons makes a link useless is told to the office only.
func (rm room) enter(ctx context.Context, r *page.Request) (page.Response, error) {
	_, _, d, err := rm.door(ctx, r)
	if err != nil {
		return nil, err
	}
	if !d.Exists() || d.Status(r.Now) != Open {
		return page.Status(http.StatusNotFound, page.View("guest/public", r.L.T("guest.public.title"), publicData{})), nil
	}
	return page.View("guest/public", r.L.T("guest.public.title"), publicData{At: PublicPath + "/" + r.PathValue("token"), Until: r.L.DateTime(d.Opened.Until)}), nil
}

// reply is what the page's script gets.
type reply struct {
	State string   `json:"state"` // right | wrong | gone | sent | files
	Key   []byte   `json:"key,omitempty"`
	Texts []letter `json:"texts,omitempty"`
	To    string   `json:"to,omitempty"`
}

type letter struct {
	At     string `json:"at"`
	Sealed []byte `json:"sealed"`
}

func answer(v reply) (page.Response, error) {
	b, err := json.Marshal(v)
	code := map[string]int{"wrong": http.StatusForbidden, "gone": http.StatusNotFound, "files": http.StatusUnprocessableEntity}[v.State]
	out := page.File("reply", "application/json", b)
	if code != 0 {
		out = page.Status(code, out)
	}
	return out, err
}

// visit notes that somebody tried a code, and says whether it was the right one. The count of tries is the store's: two at
// once cannot both be the last.
func (rm room) visit(ctx context.Context, r *page.Request, w store.Who, ref store.Ref, proof string) (right bool, err error) {
	_, err = rm.Store.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		d := state.(Door)
		if !d.Exists() || d.Status(r.Now) != Open {
			return nil, fault.New(fault.Guarded, "guest.guard.status")
		}
		right = d.Right(proof)
		return []store.Draft{{Type: VisitedType, Payload: Visited{right}}}, nil
	})
	return right, err
}

// open gives what is sealed to whoever shows that they have the code.
func (rm room) open(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Proof string `form:"proof"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	w, ref, d, err := rm.door(ctx, r)
	if err != nil {
		return nil, err
	}
	if !d.Exists() {
		return answer(reply{State: "gone"})
	}
	right, err := rm.visit(ctx, r, w, ref, in.Proof)
	switch {
	case fault.Is(err, fault.Guarded):
		return answer(reply{State: "gone"})
	case err != nil:
		return nil, err
	case !right:
		return answer(reply{State: "wrong"})
	}
	office, _, err := rm.Self(ctx)
	if err != nil {
		return nil, err
	}
	out := reply{State: "right", Key: d.Opened.Key, To: office}
	for _, t := range d.Texts {
		if len(t.Sealed) > 0 {
			out.Texts = append(out.Texts, letter{r.L.DateTime(t.At), t.Sealed})
		}
	}
	return answer(out)
}

// take takes an answer in: opens it with the office's key, and keeps it at the door.
func (rm room) take(ctx context.Context, r *page.Request) (page.Response, error) {
	var in struct {
		Proof string     `form:"proof"`
		ID    journal.ID `form:"id"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	w, ref, d, err := rm.door(ctx, r)
	if err != nil {
		return nil, err
	}
	switch s := d.Status(r.Now); {
	case !d.Exists(), s != Open && s != Spent:
		return answer(reply{State: "gone"})
	case !d.Right(in.Proof):
		if _, err := rm.visit(ctx, r, w, ref, in.Proof); err != nil && !fault.Is(err, fault.Guarded) {
			return nil, err
		}
		return answer(reply{State: "wrong"})
	}
	sealed, came, err := r.Upload("sealed")
	if err != nil || !came || in.ID.IsZero() {
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	err = rm.taken(ctx, w, ref, d, in.ID, sealed.Bytes)
	switch {
	case fault.Is(err, fault.Guarded):
		return answer(reply{State: "gone"})
	case fault.Is(err, fault.Invalid):
		return answer(reply{State: "files"})
	case err != nil:
		return nil, err
	}
	return answer(reply{State: "sent"})
}

// taken writes an answer down, once.
func (rm room) taken(ctx context.Context, w store.Who, ref store.Ref, d Door, id journal.ID, sealed []byte) error {
	for _, t := range d.Texts {
		if t.ID == id {
			return nil // it came again
		}
	}
	_, keys, err := rm.Self(ctx)
	if err != nil {
		return err
	}
	text, files, err := openAnswer(sealed, keys)
	if err != nil {
		return err
	}
	if text == "" && len(files) == 0 {
		return fault.Bad("text", "guest.want.text", "Max", Letters)
	}
	drafts := []store.Draft{{ID: id, Type: AnsweredType, Payload: Answered{Files: len(files), Text: text}}}
	for i, f := range files {
		drafts = append(drafts, store.Draft{ID: part(id, i), Type: FiledType, Payload: Filed{Answer: id, Media: f.Media, Size: len(f.Bytes), Name: f.Name}, Blob: &store.Blob{Category: journal.D3, Bytes: f.Bytes}})
	}
	_, err = rm.Store.Update(ctx, w, ref, func(any) ([]store.Draft, error) { return drafts, nil })
	return err
}

// part gives the id of an answer's file, so that the same answer is the same entries.
func part(id journal.ID, n int) journal.ID {
	return journal.IDOf(fmt.Sprintf("entraide guest file v1\n%s\n%d", id, n))
}
