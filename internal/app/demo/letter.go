// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"maps"
	"net/url"
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/packs/letters"
)

// letter writes the issue of the newsletter on the first quarter of 2021, lets two people read it over, and publishes it.
func (s *Stage) letter(ctx context.Context) error {
	first, err := letters.First()
	if err != nil {
		return err
	}
	id := s.newID()
	list := []written{{kind: access.KindPublication, id: id, typ: newsletter.BegunType, what: newsletter.Begun{Title: in(first.Title.FR, first.Title.EN), From: first.From, To: first.To}}}
	for _, key := range slices.Sorted(maps.Keys(letters.Pictures())) {
		list = append(list, written{kind: access.KindPublication, id: id, typ: newsletter.PictureType, what: newsletter.Picture{Key: key, PNG: letters.Pictures()[key]}})
	}
	for _, x := range first.Sections {
		list = append(list, written{kind: access.KindPublication, id: id, typ: newsletter.SectionType, what: newsletter.Section{Key: x.Key, Sort: newsletter.Sort(x.Sort), Priority: x.Priority, Place: x.Place,
			Records: x.Records, Title: in(x.Title.FR, x.Title.EN), Text: in(x.FR, x.EN)}})
	}
	if err := s.write(ctx, list...); err != nil {
		return err
	}
	at := newsletter.Path + "/" + id.String()
	for who, side := range map[string]newsletter.Side{"claire": newsletter.OfContent, "paul": newsletter.OfSafety} {
		if err := s.press(ctx, who, at, at+"/approve", url.Values{"side": {string(side)}}); err != nil {
			return err
		}
	}
	return s.press(ctx, "paul", at, at+"/publish", nil)
}
