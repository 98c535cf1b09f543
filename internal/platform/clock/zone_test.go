// SPDX-License-Identifier: EUPL-1.2

package clock

import (
	"testing"
	"time"
)

// The program's own zones say of every hour of some years what the toolchain's say.
func TestOwnZonesAreTheToolchains(t *testing.T) {
	for _, name := range []string{"Europe/Tirane", "Europe/Paris", "Europe/Chisinau", "Europe/Istanbul", "Europe/Skopje", "America/New_York", "UTC"} {
		own, err := ownZone(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := time.LoadLocation(name)
		if err != nil {
			t.Skip("this machine has no zones to compare with")
		}
		for at := time.Date(2019, 1, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2027; at = at.Add(time.Hour) {
			if a, b := at.In(own).Format(time.DateTime), at.In(want).Format(time.DateTime); a != b {
				t.Fatalf("%s at %s: %s, not %s", name, at, a, b)
			}
		}
	}
}

func TestZonesThatAreNone(t *testing.T) {
	for _, name := range []string{"", "Local", "Europe/Nowhere", "../../etc/passwd", "Europe"} {
		if z, err := Zone(name); err == nil {
			t.Errorf("%q is %v", name, z)
		}
	}
	if z, err := Zone("Europe/Belgrade"); err != nil || z.String() != "Europe/Belgrade" {
		t.Errorf("%v, %v", z, err)
	}
}
