// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// large is how many activities of the programme's own, and as many of other publishers, the benchmark's office has.
const large = 20_000

// BenchmarkPagesOfALargeProgramme asks for pages of an office with 20 000 activities of its own and 20 000 that others report,
// one after the other. It reports the median and the 99th percentile of the times to the answer, and the processor time that an answer took, which
// says what it costs even where other programs crowd the machine.
//
//	go test -bench LargeProgramme -benchtime 200x -run xxx ./internal/programme
func BenchmarkPagesOfALargeProgramme(b *testing.B) {
	s := programmetest.NewSite(b, access.Programme)
	s.Load()
	grow(s)
	for _, path := range []string{"/programme/activities", "/programme/activities?country=AL&priority=4", "/programme/activities?country=XK&kind=campaign", "/programme/matrix", "/programme/matrix?pillar=P2", "/programme/map",
		"/programme/reported", "/programme/reported?country=AL"} {
		b.Run(path[1:], func(b *testing.B) {
			var took []time.Duration
			spent := processor()
			for b.Loop() {
				began := time.Now()
				if w := s.Ask("GET", path, "en", nil); w.Code != 200 {
					b.Fatal(w.Code)
				}
				took = append(took, time.Since(began))
			}
			spent = processor() - spent
			slices.Sort(took)
			b.ReportMetric(float64(spent.Microseconds())/1000/float64(len(took)), "processor-ms")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[min(len(took)-1, len(took)*99/100)].Microseconds())/1000, "p99-ms")
		})
	}
}

// processor gives how long this process has worked.
func processor() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// grow adds the activities: all invented, spread over what a programme has.
func grow(s *programmetest.Site) {
	countries, kinds := []string{"AL", "BA", "BG", "GR", "HR", "MD", "ME", "MK", "RO", "RS", "XK"}, activity.Kinds()
	var g errgroup.Group
	g.SetLimit(64)
	for i := range large {
		v := activity.Imported{Code: fmt.Sprintf("Z-%05d", i), Kind: kinds[i%len(kinds)], Title: fmt.Sprintf("Invented activity %d", i), Language: "en", Status: "ongoing", Priorities: []int{1 + i%5}, Pillars: []string{activity.Pillars()[i%4]},
			Countries: []string{countries[i%11]}, Start: party.InYear(2021), End: party.InYear(2030), Sources: []party.Source{{Document: "Invented"}}}
		if i%3 == 0 {
			v.Countries = append(v.Countries, countries[(i+4)%11])
		}
		if i%7 == 0 {
			v.Priorities = append(v.Priorities, 1+(i+2)%5)
		}
		g.Go(func() error {
			_, err := s.Store.Append(s.Ctx, s.Importer, activity.Ref(s.Owner, v.Code), store.Draft{Type: activity.ImportedType, Payload: v})
			return err
		})
	}
	s.Must(g.Wait())
	var file bytes.Buffer
	file.WriteString(`<iati-activities version="2.03">`)
	for i := range large {
		fmt.Fprintf(&file, `<iati-activity xml:lang="en"><iati-identifier>XX-%d</iati-identifier><title><narrative>Invented %d</narrative></title><recipient-country code="%s"/></iati-activity>`, i, i, countries[i%11])
	}
	file.WriteString(`</iati-activities>`)
	_, err := iati.Import(s.Ctx, s.Store, s.Importer, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(file.Bytes())), nil }, iati.Options{})
	s.Must(err)
}
