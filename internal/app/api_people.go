// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

type registerInput struct {
	Purpose string `query:"purpose" required:"true"`
	Body    struct {
		ID string `json:"id,omitempty" doc:"made by the writer: sending the same registration twice opens one file"`
		casework.Registered
		None     bool              `json:"none,omitempty" doc:"somebody looked at the files that it resembles: none of them is hers"`
		Identity casework.Identity `json:"identity,omitzero" required:"false"`
		Contact  casework.Contact  `json:"contact,omitzero" required:"false"`
	}
}

type registerOutput struct {
	Body struct {
		ID journal.ID `json:"id"`
	}
}

type searchInput struct {
	Purpose string `query:"purpose" required:"true"`
	Body    struct {
		Text string `json:"text" maxLength:"400" doc:"a name or its beginning, a phone number, a document's number, a date of birth; several words narrow"`
	}
}

type searchOutput struct {
	Body struct {
		Rows []listRow `json:"rows" doc:"files that the caller may see, with names, which are noted as read"`
		More bool      `json:"more" doc:"there are more: add a word"`
	}
}

// OutPath names a referral of a person, and why it is asked for.
type OutPath struct {
	Person   string `path:"person"`
	Referral string `path:"referral"`
	Purpose  string `query:"purpose" required:"true"`
}

type offerInput struct {
	OutPath
	Body struct {
		Until time.Time `json:"until" doc:"how long the offer waits for an answer"`
	}
}

type previewOutput struct {
	Body struct {
		Recipient  journal.ID         `json:"recipient"`
		Categories []journal.Category `json:"categories"`
		Withheld   []journal.Category `json:"withheld"`
		Hash       string             `json:"hash" doc:"of the exact bytes; a hand-over names it"`
		Package    json.RawMessage    `json:"package" doc:"the exact bytes that a hand-over would send"`
	}
}

type handOverInput struct {
	OutPath
	Body struct {
		Hash string `json:"hash"`
	}
}

// apiPeople mounts what is more than appending one entry: opening a file, offering, looking, handing over.
func (n *Node) apiPeople(api huma.API) {
	call(api, n, http.MethodPost, "/people", "Open a person's file", func(ctx context.Context, in *registerInput) (*registerOutput, error) {
		w, err := n.who(ctx, in.Purpose)
		if err != nil {
			return nil, err
		}
		var id journal.ID
		if in.Body.ID != "" {
			if id, err = journal.ParseID(in.Body.ID); err != nil {
				return nil, fault.Bad("id", "app.need.entry_id")
			}
		}
		out := &registerOutput{}
		out.Body.ID, err = n.Work.Register(ctx, w, casework.Registration{ID: id, None: in.Body.None, Registered: in.Body.Registered, Identity: in.Body.Identity, Contact: in.Body.Contact})
		return out, err
	})
	call(api, n, http.MethodPost, "/people/search", "Find files by what a person can be found by; the words are in the body, so that no name stands in an address", n.searchPeople)
	call(api, n, http.MethodPost, "/people/{person}/referrals/{referral}/offer", "Send a referral's coded offer", func(ctx context.Context, in *offerInput) (*nothing, error) {
		w, person, ref, err := n.outgoing(ctx, in.OutPath)
		if err != nil {
			return nil, err
		}
		return &nothing{}, n.Work.Offer(ctx, w, person, ref, in.Body.Until)
	})
	call(api, n, http.MethodGet, "/people/{person}/referrals/{referral}/preview", "What a hand-over would send, byte for byte", n.preview)
	call(api, n, http.MethodPost, "/people/{person}/referrals/{referral}/hand-over", "Hand over what the preview showed", func(ctx context.Context, in *handOverInput) (*nothing, error) {
		w, person, ref, err := n.outgoing(ctx, in.OutPath)
		if err != nil {
			return nil, err
		}
		return &nothing{}, n.Work.HandOver(ctx, w, person, ref, in.Body.Hash, n.Clock.Now())
	})
}

func (n *Node) searchPeople(ctx context.Context, in *searchInput) (*searchOutput, error) {
	w, err := n.who(ctx, in.Purpose)
	if err != nil {
		return nil, err
	}
	hits, err := n.Work.Resembling(ctx, w, in.Body.Text)
	if err != nil {
		return nil, err
	}
	out := &searchOutput{}
	out.Body.Rows, out.Body.More = []listRow{}, hits.More
	for _, r := range hits.Rows {
		out.Body.Rows = append(out.Body.Rows, rowOf(r))
	}
	return out, nil
}

func (n *Node) outgoing(ctx context.Context, p OutPath) (w store.Who, person, referral journal.ID, err error) {
	if w, err = n.who(ctx, p.Purpose); err != nil {
		return
	}
	var perr, rerr error
	person, perr = journal.ParseID(p.Person)
	referral, rerr = journal.ParseID(p.Referral)
	if perr != nil || rerr != nil {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return
}

func (n *Node) preview(ctx context.Context, in *struct{ OutPath }) (*previewOutput, error) {
	w, person, ref, err := n.outgoing(ctx, in.OutPath)
	if err != nil {
		return nil, err
	}
	v, err := n.Work.Preview(ctx, w, person, ref, n.Clock.Now())
	if err != nil {
		return nil, err
	}
	return previewed(v), nil
}

func previewed(v casework.Preview) *previewOutput {
	out := &previewOutput{}
	out.Body.Recipient, out.Body.Categories, out.Body.Withheld, out.Body.Hash, out.Body.Package = v.Recipient, v.Handed.Package.Categories(), v.Withheld, v.Hash, v.Bytes
	return out
}
