// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"fmt"
	"testing"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// BenchmarkSheets asks for the files and the lists of 3000 needs and 3000 actions: a file says every column of every record, so
// what one row costs shows here first.
//
//	go test -bench Sheets -benchtime 30x -run xxx ./internal/programme
func BenchmarkSheets(b *testing.B) {
	s := programmetest.NewSite(b, access.Programme)
	var g errgroup.Group
	g.SetLimit(64)
	for i := range 3000 {
		text := wording.New("en", fmt.Sprintf("Invented words, number %d", i))
		for _, x := range []struct {
			kind, typ string
			payload   any
		}{
			{access.KindNeed, need.NotedType, need.Noted{Text: text, Theme: need.Themes()[i%14], Groups: need.Groups()[i%10 : i%10+2], Countries: []string{"AL", "BA"}, Urgency: need.Urgencies()[i%3], On: party.InYear(2024)}},
			{access.KindAction, action.AgreedType, action.Agreed{Text: text, On: party.InYear(2024), Due: party.InYear(2025)}},
		} {
			g.Go(func() error {
				_, err := s.Store.Append(s.Ctx, s.Officer, store.Ref{Kind: x.kind, ID: s.Store.NewID()}, store.Draft{Type: x.typ, Payload: x.payload})
				return err
			})
		}
	}
	s.Must(g.Wait())
	for _, path := range []string{"/programme/needs?as=csv", "/programme/actions?as=csv", "/programme/needs", "/programme/actions"} {
		b.Run(path[1:], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if w := s.Ask("GET", path, "en", nil); w.Code != 200 {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
