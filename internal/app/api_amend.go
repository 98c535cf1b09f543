// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

type amendInput struct {
	OutPath
	Body struct {
		Number     int                `json:"number,omitempty" doc:"that the amendment must get: a refusal when another came between; without it the next"`
		Reason     string             `json:"reason"`
		Urgency    string             `json:"urgency"`
		Period     string             `json:"period,omitempty"`
		Languages  []string           `json:"languages"`
		Categories []journal.Category `json:"categories,omitempty" doc:"to be handed over; empty: all that is covered then"`
		Met        string             `json:"met,omitempty" doc:"what comes of the other office's conditions"`
		Risk       *referral.Risk     `json:"risk,omitempty" doc:"needed when more is asked, sooner or for longer"`
		Until      time.Time          `json:"until"`
	}
}

// SupplementPath names a referral and what of it is to be corrected.
type SupplementPath struct {
	OutPath
	Correct []string `query:"correct" doc:"categories that the other office holds and that the file corrects"`
}

type supplementInput struct {
	SupplementPath
	Body struct {
		Hash string `json:"hash"`
	}
}

// apiAmend mounts changing an offer under way, and adding to or correcting what was handed over.
func (n *Node) apiAmend(api huma.API) {
	const at = "/people/{person}/referrals/{referral}"
	call(api, n, http.MethodPost, at+"/amend", "Change an offer that waits or was accepted; the other office answers it (again)", n.amend)
	call(api, n, http.MethodGet, at+"/supplement", "What an addition or correction after the hand-over would send, byte for byte", n.previewSupplement)
	call(api, n, http.MethodPost, at+"/supplement", "Send what the preview showed", func(ctx context.Context, in *supplementInput) (*nothing, error) {
		w, person, ref, err := n.outgoing(ctx, in.OutPath)
		if err != nil {
			return nil, err
		}
		cats, err := corrected(in.Correct)
		if err != nil {
			return nil, err
		}
		return &nothing{}, n.Work.Supplement(ctx, w, person, ref, cats, in.Body.Hash, n.Clock.Now())
	})
}

func (n *Node) amend(ctx context.Context, in *amendInput) (*nothing, error) {
	w, person, ref, err := n.outgoing(ctx, in.OutPath)
	if err != nil {
		return nil, err
	}
	b := in.Body
	a := casework.Amendment{Number: b.Number, Reason: b.Reason, Urgency: b.Urgency, Period: b.Period, Languages: b.Languages, Categories: b.Categories, Met: b.Met, Expires: b.Until}
	if b.Risk != nil {
		a.Risk = *b.Risk
	}
	return &nothing{}, n.Work.Amend(ctx, w, person, ref, a)
}

func (n *Node) previewSupplement(ctx context.Context, in *SupplementPath) (*previewOutput, error) {
	w, person, ref, err := n.outgoing(ctx, in.OutPath)
	if err != nil {
		return nil, err
	}
	cats, err := corrected(in.Correct)
	if err != nil {
		return nil, err
	}
	v, err := n.Work.PreviewSupplement(ctx, w, person, ref, cats, n.Clock.Now())
	if err != nil {
		return nil, err
	}
	return previewed(v), nil
}

// corrected reads the categories that a supplement is to correct.
func corrected(names []string) ([]journal.Category, error) {
	var out []journal.Category
	for _, name := range names {
		c := journal.Category(name)
		if !slices.Contains(referral.Shareable(), c) {
			return nil, fault.Bad("correct", "app.need.category")
		}
		out = append(out, c)
	}
	return out, nil
}
