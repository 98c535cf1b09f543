// SPDX-License-Identifier: EUPL-1.2

// Package memory says before work starts whether it fits into the machine: a plan of tables says how many bytes it takes
// (pooled.Plan.Bytes, microdata.Bytes), the system how many are free.
package memory

import (
	"os"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// spare is what is left to everything else on the machine.
const spare = 64 << 20

// Free gives how many bytes the system can give to a program without writing others' to disk; false where it does not say.
func Free() (int64, bool) {
	b, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	return parse(string(b))
}

func parse(meminfo string) (int64, bool) {
	for line := range strings.Lines(meminfo) {
		if rest, ok := strings.CutPrefix(line, "MemAvailable:"); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return n << 10, err == nil
		}
	}
	return 0, false
}

// Fits refuses work that needs more bytes than are free. Error: TooMuch, with both in MB.
func Fits(need int64) error {
	free, ok := Free()
	if !ok {
		return nil
	}
	return fits(need, free)
}

func fits(need, free int64) error {
	if need > free-spare {
		return fault.New(fault.TooMuch, "statistics.want.memory", "Need", (need+1<<20-1)>>20, "Have", free>>20)
	}
	return nil
}
