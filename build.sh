#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Builds the program into the file named: ./build.sh bin/entraide
#
# It is fetched over bad connections, so that a tenth of its size counts more than what nobody waits for: the rooms of the
# programme, the wiring, and libraries that read or write a page, a command or a document are compiled without inlining, and
# functions begin at 16 bytes instead of 32. What people's files, the store and the exchange need stays as fast as it is.
set -eu
ours=github.com/entraide-thb/entraide
set -- "$1" \
	-gcflags="$ours/cmd/...=-l" -gcflags="$ours/internal/app/...=-l" -gcflags="$ours/internal/programme/...=-l" \
	-gcflags="github.com/alecthomas/kong/...=-l" -gcflags="github.com/cedar-policy/cedar-go/x/...=-l" -gcflags="github.com/danielgtaylor/huma/...=-l" \
	-gcflags="github.com/go-json-experiment/...=-l" -gcflags="github.com/go-playground/form/...=-l" -gcflags="github.com/yuin/goldmark/...=-l" \
	-gcflags="codeberg.org/go-pdf/...=-l" -gcflags="go.yaml.in/yaml/...=-l"
out=$1
shift
CGO_ENABLED=0 exec go build -trimpath -ldflags '-s -w -funcalign=16' "$@" -o "$out" "$ours/cmd/entraide"
