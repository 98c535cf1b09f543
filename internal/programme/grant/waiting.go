// SPDX-License-Identifier: EUPL-1.2

package grant

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// waitsCode is the code by which grants are found of which a report waits for this office's word.
const waitsCode = "waits"

// reportWaits is its value.
const reportWaits = "report"

// waits gives the code's values: an instalment is not paid before its report is accepted, and it is the funder who says so.
func (a Award) waits() []string {
	if !a.Funder.IsZero() || a.Status == Over {
		return nil
	}
	for _, r := range a.Reports {
		if r.Judgement == Waiting {
			return []string{reportWaits}
		}
	}
	return nil
}

// ReportsWaiting lists, for who runs the programme, the grants of which reports have come that nobody has accepted or returned.
func (c Config) ReportsWaiting(ctx context.Context, r *page.Request) ([]page.Line, error) {
	if !register.MayEdit(r) {
		return nil, nil
	}
	rows, err := register.All[AwardLine](ctx, c.Store, register.As(r), store.Query{Kind: access.KindAward, Codes: map[string]string{waitsCode: reportWaits}})
	var out []page.Line
	for _, x := range rows {
		for _, p := range x.V.Reports {
			if p.Judgement == Waiting {
				out = append(out, page.Line{Tone: page.Warn, Title: x.V.Project, Href: Path + "/" + x.ID.String(), Text: r.L.T("grant.waiting.report", "Quarter", quarter(r.L, p.Quarter)), Basis: x.V.Grantee})
			}
		}
	}
	return out, err
}

// ToAssess lists the applications that were given to the reader to assess and on which they have not said the last word.
func (c Config) ToAssess(ctx context.Context, r *page.Request) ([]page.Line, error) {
	if !r.Actor.Has(access.Assessor) {
		return nil, nil
	}
	var out []page.Line
	for _, turn := range []Turn{Asked, Ready} {
		rows, err := register.All[AssessmentLine](ctx, c.Store, register.As(r), store.Query{Kind: access.KindAssessment, Assignee: r.Actor.ID, Codes: map[string]string{"state": string(turn)}})
		if err != nil {
			return nil, err
		}
		for _, x := range rows {
			out = append(out, page.Line{Tone: turnTones[turn], Title: x.V.Title, Lang: r.L.Foreign(x.V.Language), Href: AssessmentPath + "/" + x.ID.String(), Text: r.L.T("grant.waiting." + string(turn)), Basis: x.V.Applicant})
		}
	}
	return out, nil
}
