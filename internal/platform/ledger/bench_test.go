// SPDX-License-Identifier: EUPL-1.2

package ledger_test

import (
	"fmt"
	"path/filepath"
	"testing"
)

// BenchmarkSequencer numbers a hundred leaves, as of one busy second, on a log that has many already, and
// says how fast it grew to that size.
func BenchmarkSequencer(b *testing.B) {
	for _, size := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			l := newLog(b, filepath.Join(b.TempDir(), "office.db"))
			for len(l.entries) < size {
				l.add(10_000)
			}
			begun := b.Elapsed()
			l.number()
			growth := float64(size) / (b.Elapsed() - begun).Seconds()
			b.ResetTimer()
			for range b.N {
				b.StopTimer()
				l.add(100)
				b.StartTimer()
				if n := l.number(); n != 100 {
					b.Fatalf("numbered %d", n)
				}
			}
			b.ReportMetric(growth, "leaves/s-to-grow")
		})
	}
}
