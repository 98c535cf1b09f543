// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// listings fills the directory: nobody answers any of these numbers.
func (s *Stage) listings(ctx context.Context) error {
	source := party.Source{Document: "Demonstration (invented)"}
	line, desk := s.newID(), s.newID()
	return s.write(ctx,
		written{kind: access.KindListing, id: line, typ: directory.DescribedType, what: directory.Described{Content: directory.Content{Name: "Example line (fictitious)", Sort: directory.Hotline, Country: "AL", Phone: "+355 00 000 000", Hours: "every day, 8–20",
			Languages: []string{"sq", "en", "el"}, Groups: []directory.Group{"everybody", "children"}, Helps: []directory.Help{"information", "referral"}, Text: wording.New("en", "Nobody answers: this line is part of the demonstration."), Source: source}}},
		written{kind: access.KindListing, id: line, typ: directory.CheckedType, what: directory.Checked{On: s.day(-100), How: "called"}},
		written{kind: access.KindListing, id: desk, typ: directory.DescribedType, what: directory.Described{Content: directory.Content{Name: "Example desk (fictitious)", Sort: "focal_point", Country: "GR", Area: "Athens", Languages: []string{"el", "en"},
			Groups: []directory.Group{"women", "men"}, Helps: []directory.Help{"legal_aid", "interpreting"}, Source: source}, Contact: "A fictitious colleague"}})
}
