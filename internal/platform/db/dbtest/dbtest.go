// SPDX-License-Identifier: EUPL-1.2

// Package dbtest gives tests a database of their own on each engine: a suite that runs on one runs on both.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Env names the variable that holds the address of a PostgreSQL database for tests.
const Env = "ENTRAIDE_TEST_POSTGRES"

// Engines runs a test on SQLite and, where Env names a database, on PostgreSQL. dsn is for db.Open.
func Engines(t *testing.T, f func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, File(t)) })
	t.Run(postgres, func(t *testing.T) { f(t, Schema(t)) })
}

// File gives the path of a SQLite file that is not there yet.
func File(t testing.TB) string { return filepath.Join(t.TempDir(), "office.db") }

// Schema makes an empty PostgreSQL schema that goes with the test, and gives a DSN that uses it. The test is skipped where
// Env names no database.
func Schema(t testing.TB) string {
	t.Helper()
	dsn := os.Getenv(Env)
	if dsn == "" {
		t.Skip(Env + " names no database")
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	admin, err := db.Raw(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := fmt.Sprintf("t%x", journal.NewID(time.Now(), nil))
	if _, err := admin.Exec(`CREATE SCHEMA ` + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, err := admin.Exec(`DROP SCHEMA ` + name + ` CASCADE`)
		if err != nil {
			t.Error(err)
		}
		_ = admin.Close() // nothing was written on it that is still to come
	})
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// postgres is the name of the subtests that run on PostgreSQL.
const postgres = "postgres"

// Again runs tests of a suite once more, on PostgreSQL: those of them that take their database from DSN.
func Again(t *testing.T, tests map[string]func(*testing.T)) {
	t.Helper()
	if os.Getenv(Env) == "" {
		t.Skip(Env + " names no database")
	}
	t.Run(postgres, func(t *testing.T) {
		for name, test := range tests {
			t.Run(name, test)
		}
	})
}

// DSN gives a test its database: on the engine that Again or Engines runs it on, else on SQLite.
func DSN(t testing.TB) string {
	t.Helper()
	if slices.Contains(strings.Split(t.Name(), "/"), postgres) {
		return Schema(t)
	}
	return File(t)
}
