// SPDX-License-Identifier: EUPL-1.2

package db_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

func TestTimes(t *testing.T) {
	at := time.Date(2026, 3, 2, 9, 0, 0, 123456000, time.FixedZone("", 3600))
	if got := db.Time(db.Micros(at)); !got.Equal(at) || got.Location() != time.UTC {
		t.Errorf("%s came back as %s", at, got)
	}
	if db.Micros(time.Time{}) != 0 || !db.Time(0).IsZero() {
		t.Error("the zero time")
	}
	before := time.Date(1899, 12, 31, 23, 59, 59, 0, time.UTC)
	if got := db.Time(db.Micros(before)); !got.Equal(before) {
		t.Errorf("%s came back as %s", before, got)
	}
}

func TestUnreachable(t *testing.T) {
	for _, dsn := range []string{filepath.Join(t.TempDir(), "no", "folder", "x.db"), "postgres://nobody:x@127.0.0.1:1/none?sslmode=disable&connect_timeout=2"} {
		if _, err := db.Open(ctx, db.Config{DSN: dsn}); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}
