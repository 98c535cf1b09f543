// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/tongue"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

func (n *Node) reviews() tongue.Reviews {
	return tongue.Reviews{Store: n.Store, Bundle: n.Bundle, Demo: n.Settings.Demo}
}

// tongueRoom mounts the pages on the languages that persons read.
func (n *Node) tongueRoom(o Owner) page.Room {
	return tongue.Room(tongue.Config{Reviews: n.reviews(), Besides: func(ctx context.Context, r *page.Request) ([]page.Fact, error) {
		texts, err := rights.Texts{Store: n.Store}.List(ctx, store.Who{Actor: r.Actor, Purpose: access.ForProgramme})
		if err != nil {
			return nil, err
		}
		var written []string
		for _, t := range texts {
			if name := r.L.Language(t.Language); !slices.Contains(written, name) {
				written = append(written, name)
			}
		}
		out := []page.Fact{{Term: r.L.T("tongue.besides.texts"), Text: r.L.List(written), Sub: r.L.T("tongue.besides.texts.sub")}}
		if len(written) == 0 {
			out[0].Text = r.L.T("tongue.besides.none")
		}
		if o.Kind == access.Assistance || o.Kind == access.Police {
			var asked []string
			for _, tag := range languagesOf(n.Bundle.Tags()) { // the lists are kept in the screens' languages
				asked = append(asked, r.L.Language(tag))
			}
			out = append(out, page.Fact{Term: r.L.T("tongue.besides.indicators"), Text: r.L.List(asked), Sub: r.L.T("tongue.besides.indicators.sub")})
		}
		return out, nil
	}})
}

// reviewedAt tells the pages for the public which languages somebody answers for at an office. Who reads them is nobody's
// business, so the question is asked under the import's name.
func (n *Node) reviewedAt(o Owner) func(context.Context, *lang.Locale) (*lang.Locale, error) {
	return func(ctx context.Context, l *lang.Locale) (*lang.Locale, error) {
		who, err := n.Job(o.ID, "importer", access.ForProgramme)
		if err != nil {
			return nil, err
		}
		return n.reviews().Marked(ctx, who, l)
	}
}
