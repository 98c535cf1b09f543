// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// ReleasePath names a release of figures.
type ReleasePath struct {
	ID string `path:"id"`
}

type planInput struct{ Body release.Asks }

type planOutput struct {
	Body struct {
		Cost    release.Cost `json:"cost" doc:"rho"`
		Epsilon float64      `json:"epsilon,omitempty"`
		Left    release.Cost `json:"left" doc:"rho that the policy still allows these people"`
		Tables  []planned    `json:"tables"`
	}
}

// planned is a table with how exact it will be.
type planned struct {
	Columns   []string `json:"columns"`
	Cells     int      `json:"cells"`
	PlusMinus float64  `json:"plus_minus,omitempty" doc:"in 95 of 100 releases; nothing where numbers are withheld"`
}

type draftInput struct {
	ReleasePath
	Body struct {
		Entry journal.ID   `json:"entry" doc:"made by the writer: sending it twice is harmless"`
		Asks  release.Asks `json:"asks"`
	}
}

type decideInput struct {
	ReleasePath
	Act  string `path:"act" enum:"request,approve,sign,hold"`
	Body struct {
		Content bool   `json:"content,omitempty" doc:"approve: the figures are what is asked for"`
		Safety  bool   `json:"safety,omitempty" doc:"approve: they harm nobody"`
		Hash    string `json:"hash,omitempty" doc:"sign: of what was drawn"`
		Reason  string `json:"reason,omitempty" doc:"hold"`
	}
}

type releaseOutput struct {
	Body struct {
		Status release.Status `json:"status"`
		Hash   string         `json:"hash,omitempty" doc:"of release.json: what two people sign"`
		Reason string         `json:"reason,omitempty" doc:"why it was held back, taken down or could not be made"`
		Cost   release.Cost   `json:"cost"`
	}
}

type returnInput struct {
	ReleasePath
	Body returns.Asked
}

// apiStatistics mounts planning, deciding on and reading releases of figures, and preparing statutory returns.
func (n *Node) apiStatistics(api huma.API) {
	call(api, n, http.MethodPost, "/statistics/plan", "What a release would cost and how exact it would be; nothing is spent", n.planFigures)
	call(api, n, http.MethodPut, "/statistics/releases/{id}", "Draft a release of figures", n.draftFigures)
	call(api, n, http.MethodGet, "/statistics/releases/{id}", "Where a release of figures stands", n.figuresStand)
	call(api, n, http.MethodPost, "/statistics/releases/{id}/{act}", "Ask for, approve, sign or hold back a release of figures", n.decideFigures)
	call(api, n, http.MethodPut, "/statistics/returns/{id}", "Count a statutory return, or correct it, for a second person to approve", n.prepareReturn)
}

func (n *Node) planFigures(ctx context.Context, in *planInput) (*planOutput, error) {
	w, err := n.releaser(ctx)
	if err != nil {
		return nil, err
	}
	p, err := n.releasing.Plan(ctx, w.Actor.Owner, in.Body)
	if err != nil {
		return nil, err
	}
	b, err := n.releasing.Budget(ctx, w, in.Body.Source)
	if err != nil {
		return nil, err
	}
	left, err := b.Left(p.Years, n.Clock.Now())
	if err != nil {
		return nil, err
	}
	out := &planOutput{}
	out.Body.Cost, out.Body.Left = p.Cost, left.Least()
	if p.Cost > 0 {
		promise, err := p.Promise()
		if err != nil {
			return nil, err
		}
		out.Body.Epsilon = promise.Epsilon
	}
	for _, s := range p.All {
		out.Body.Tables = append(out.Body.Tables, planned{p.Names(s), p.Domain.Cells(s), p.PlusMinus(s)})
	}
	return out, nil
}

// releaser is a caller who plans and releases figures; everybody else gets nothing.
func (n *Node) releaser(ctx context.Context) (store.Who, error) {
	w, err := n.who(ctx, string(access.ForStatistics))
	if err == nil && !release.Works(w.Actor) {
		err = fault.New(fault.Denied, "fault.denied")
	}
	return w, err
}

// figuresAt is such a caller, and the dossier that a path names.
func (n *Node) figuresAt(ctx context.Context, path string) (store.Who, journal.ID, error) {
	w, err := n.releaser(ctx)
	if err != nil {
		return w, journal.ID{}, err
	}
	id, err := journal.ParseID(path)
	if err != nil {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	return w, id, err
}

func (n *Node) draftFigures(ctx context.Context, in *draftInput) (*nothing, error) {
	w, id, err := n.figuresAt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &nothing{}, n.releasing.Draft(ctx, w, id, in.Body.Entry, in.Body.Asks)
}

func (n *Node) figuresStand(ctx context.Context, in *ReleasePath) (*releaseOutput, error) {
	w, id, err := n.figuresAt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	_, s, err := n.releasing.Open(ctx, w, id)
	if err != nil {
		return nil, err
	}
	out := &releaseOutput{}
	out.Body.Status, out.Body.Hash, out.Body.Reason, out.Body.Cost = s.Status(), s.Made.Hash, s.End.Reason, s.Begun.Cost
	return out, nil
}

func (n *Node) decideFigures(ctx context.Context, in *decideInput) (*nothing, error) {
	w, id, err := n.figuresAt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	switch in.Act {
	case "request":
		err = n.releasing.Ask(ctx, w, id)
	case "approve":
		if err = n.releasing.Approve(ctx, w, id, release.Approval{Content: in.Body.Content, Safety: in.Body.Safety}); err == nil {
			n.drawSoon()
		}
	case "sign":
		err = n.releasing.Sign(ctx, w, id, in.Body.Hash)
	default:
		err = n.releasing.Hold(ctx, w, id, release.Reasoned{Reason: in.Body.Reason})
	}
	return &nothing{}, err
}

// prepareReturn counts what is asked; approving it and what follows are entries of its dossier.
func (n *Node) prepareReturn(ctx context.Context, in *returnInput) (*nothing, error) {
	w, id, err := n.figuresAt(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &nothing{}, n.returns().Prepare(ctx, w, id, in.Body)
}
