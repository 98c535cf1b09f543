#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Everything that `make test` runs. What a machine lacks is installed from Debian's packages when this runs
# as root with apt-get; otherwise the tests that need it say so and are skipped.
set -eu
cd "$(dirname "$0")/.."

install() {
	command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ] || return 1
	if [ -z "${updated:-}" ]; then
		apt-get -o DPkg::Lock::Timeout=300 -qq update >/dev/null 2>&1 || true
		updated=1
	fi
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -y -qq --no-install-recommends install "$@" >/dev/null 2>&1
}

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }

# PostgreSQL: a cluster of our own, in a temporary folder, on a socket and a free port of loopback.
start_postgres() {
	[ -n "$(postgres_bin)" ] || install postgresql || return 1
	bin=$(postgres_bin)
	[ -n "$bin" ] || return 1
	pgdir=$(mktemp -d)
	as=""
	if [ "$(id -u)" = 0 ]; then
		chown postgres "$pgdir"
		as="runuser -u postgres --"
	fi
	$as "$bin/initdb" -D "$pgdir/data" -U entraide --auth=trust >/dev/null
	port=$((20000 + $$ % 20000))
	$as "$bin/pg_ctl" -D "$pgdir/data" -w -o "-p $port -k $pgdir -c listen_addresses=127.0.0.1 -c max_connections=200 -c fsync=off -c synchronous_commit=off -c full_page_writes=off" -l "$pgdir/log" start >/dev/null
	trap '$as "$bin/pg_ctl" -D "$pgdir/data" -m immediate stop >/dev/null 2>&1; rm -rf "$pgdir"' EXIT INT TERM
	$as "$bin/createdb" -h 127.0.0.1 -p "$port" -U entraide entraide_test
	ENTRAIDE_TEST_POSTGRES="postgres://entraide@127.0.0.1:$port/entraide_test?sslmode=disable"
	export ENTRAIDE_TEST_POSTGRES
}

if [ -z "${ENTRAIDE_TEST_POSTGRES:-}" ]; then
	start_postgres || echo "No PostgreSQL: its tests are skipped. Install the package postgresql, or set ENTRAIDE_TEST_POSTGRES=postgres://..."
fi

if [ -z "${ENTRAIDE_TEST_CHROMIUM:-}" ]; then
	command -v chromium >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || install chromium ||
		echo "No Chromium: the browser tests are skipped. Install the package chromium, or set ENTRAIDE_TEST_CHROMIUM=/path/to/it."
	ENTRAIDE_TEST_CHROMIUM=$(command -v chromium || command -v google-chrome || true)
	export ENTRAIDE_TEST_CHROMIUM
fi

command -v strace >/dev/null 2>&1 || install strace ||
	echo "No strace: the test that an acknowledgement follows the disk is skipped. Install the package strace."

{ command -v pdfinfo && command -v qpdf; } >/dev/null 2>&1 || install poppler-utils qpdf ||
	echo "No poppler or qpdf: the tests that read our PDF documents with other programs are skipped. Install the packages poppler-utils and qpdf."

command -v xmllint >/dev/null 2>&1 || install libxml2-utils ||
	echo "No xmllint: files for IATI are not held against the official schema. Install the package libxml2-utils."

# One build of every package serves both the tests and the program that they run.
export GOFLAGS="-trimpath ${GOFLAGS:-}"

unformatted=$(gofmt -l cmd internal packs test 2>/dev/null || true)
[ -z "$unformatted" ] || { echo "not gofmt'd: $unformatted"; exit 1; }
go vet ./...
# The longest packages begin first, so that they run beside the rest and not after it. What vet has said once is not
# asked again, and no debugger reads the tests' programs.
go test -vet=off -ldflags='-s -w' -timeout 12m ./test ./internal/app ./cmd/entraide ./internal/exchange/post ./...
