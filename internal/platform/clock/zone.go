// SPDX-License-Identifier: EUPL-1.2

package clock

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

//go:generate go run ./zones

// zoneFile is Go's own file of time zones (the IANA database), packed: a quarter of what package time/tzdata takes.
//
//go:embed zones.zip.gz
var zoneFile []byte

// Zone gives a time zone by its IANA name, as "Europe/Tirane": the system's, which may be newer, or, on machines that have none, the
// program's own. Errors: an unknown name; "" and "Local", which mean another zone on each machine.
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("clock: %q is no zone", name)
	}
	z, err := time.LoadLocation(name)
	if err == nil {
		return z, nil
	}
	return ownZone(name)
}

// ownZone gives a zone of the program's own.
func ownZone(name string) (*time.Location, error) {
	all, err := ownZones()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all.File, func(f *zip.File) bool { return f.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("clock: no zone %q", name)
	}
	f, err := all.File[i].Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return time.LoadLocationFromTZData(name, b)
}

// ownZones unpacks the file when it is first needed.
var ownZones = sync.OnceValues(func() (*zip.Reader, error) {
	r, err := gzip.NewReader(bytes.NewReader(zoneFile))
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(b), int64(len(b)))
})
