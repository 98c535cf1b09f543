// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// citing lists what names a measure by its code: recommendations, and the proposals of plans as far as the reader may see
// them (in the last version, else in the draft).
func (c Config) citing(ctx context.Context, r *page.Request, code string) ([]page.Line, error) {
	rows, err := recommendation.List(ctx, c.Store, rolls.As(r), nil)
	if err != nil {
		return nil, err
	}
	var out []page.Line
	for _, x := range rows {
		if slices.Contains(x.V.Measures, code) {
			t := rolls.Excerpt(r.L, x.V.Text)
			out = append(out, page.Line{Title: t.Text, Lang: t.Lang, Href: recommendation.Path + "/" + x.ID.String(), Text: r.L.T("recommendation.state." + string(x.V.State)), Basis: x.V.Source + " · " + r.L.T("recommendation.at", "Paragraph", x.V.Paragraph), Tone: page.Info})
		}
	}
	plans, err := committee.Plans(ctx, c.Store, rolls.As(r))
	for _, p := range plans {
		list := p.Last().Proposals
		if len(p.Proposals) > 0 {
			list = p.Proposals
		}
		title := rolls.Quote(r.L, p.Opened.Title)
		for _, x := range list {
			if slices.Contains(x.Measures, code) {
				t := rolls.Excerpt(r.L, x.Title)
				out = append(out, page.Line{Title: x.Code + " · " + t.Text, Lang: t.Lang, Href: committee.Path + "/plans/" + p.ID.String(), Text: r.L.T("committee.state." + string(p.State())), Basis: title.Text, Tone: page.Info})
			}
		}
	}
	return out, err
}
