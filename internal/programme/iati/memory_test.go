// SPDX-License-Identifier: EUPL-1.2

package iati_test

import (
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// TestAnImportHoldsNoMoreTheLongerItGets compares what lives in memory early in an import with what lives late. A dozen looks at
// each even out what the activities under way hold; of one that is done, only its identifier stays (32 bytes, twice that in a
// map that has just grown).
func TestAnImportHoldsNoMoreTheLongerItGets(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	const size, looks, allowed = 3000, 12, 256 // activities, looks at each end, bytes for each activity between them
	early, late, told := ^uint64(0), ^uint64(0), 0
	tell := func(int64) {
		told++
		first, last := told >= size/10 && told < size/10+looks, told > size-looks
		if !first && !last {
			return
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		if first {
			early = min(early, m.HeapAlloc)
		} else {
			late = min(late, m.HeapAlloc)
		}
	}
	r, err := iati.Import(o.Ctx, o.Store, o.Importer, func() (io.ReadCloser, error) { return invented(size), nil }, iati.Options{Tell: tell})
	o.Must(err)
	if r.Activities.Created != size || told < size {
		t.Fatalf("%d activities came in, %d were told of", r.Activities.Created, told)
	}
	if most := early + (size*9/10)*allowed; late > most {
		t.Errorf("%d KB live early, %d KB late: %d bytes stay of each activity", early>>10, late>>10, (late-early)/(size*9/10))
	}
}

// invented gives a file of so many activities, written while it is read: it never lies in memory.
func invented(size int) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		fmt.Fprint(w, `<iati-activities version="2.03">`)
		for i := range size {
			fmt.Fprintf(w, `<iati-activity xml:lang="en"><iati-identifier>XX-%d</iati-identifier><title><narrative>Invented %d</narrative></title><recipient-country code="AL"/></iati-activity>`, i, i)
		}
		fmt.Fprint(w, `</iati-activities>`)
		_ = w.Close() // it never errs
	}()
	return r
}
