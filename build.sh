#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Builds the program into the file named: ./build.sh bin/entraide
#
# It is fetched over bad connections, so that a tenth of its size counts more than what nobody waits for: the rooms, the
# wiring, and libraries that read or write a page, a command or a document are compiled without inlining, and functions begin
# at 16 bytes instead of 32. What every record and message passes through (the store, the vault, the door, the post, matching,
# statistics) stays as fast as it is.
set -eu
ours=github.com/entraide-thb/entraide
set -- "$1" \
	-gcflags="$ours/cmd/...=-l" -gcflags="$ours/internal/app/...=-l" -gcflags="$ours/internal/programme/...=-l" -gcflags="$ours/internal/liaison/...=-l" \
	-gcflags="$ours/internal/prosecute/...=-l" -gcflags="$ours/internal/protect/...=-l" -gcflags="$ours/internal/exchange/desk/...=-l" \
	-gcflags="$ours/internal/exchange/guest/...=-l" -gcflags="$ours/internal/exchange/pouch/...=-l" -gcflags="$ours/internal/exchange/relay/...=-l" \
	-gcflags="github.com/alecthomas/kong/...=-l" -gcflags="github.com/cedar-policy/cedar-go/x/...=-l" -gcflags="github.com/danielgtaylor/huma/...=-l" \
	-gcflags="github.com/go-json-experiment/...=-l" -gcflags="github.com/go-playground/form/...=-l" -gcflags="github.com/yuin/goldmark/...=-l" \
	-gcflags="codeberg.org/go-pdf/...=-l" -gcflags="go.yaml.in/yaml/...=-l" -gcflags="github.com/pressly/...=-l" -gcflags="github.com/go-webauthn/...=-l" \
	-gcflags="github.com/coreos/...=-l" -gcflags="github.com/wneessen/...=-l" -gcflags="github.com/arran4/...=-l" -gcflags="github.com/VictoriaMetrics/...=-l"
out=$1
shift
CGO_ENABLED=0 exec go build -trimpath -ldflags '-s -w -funcalign=16' "$@" -o "$out" "$ours/cmd/entraide"
