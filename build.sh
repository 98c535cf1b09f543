#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Builds the program into the file named: ./build.sh bin/entraide
#
# It is fetched over bad connections, so that a tenth of its size counts more than what nobody waits for: the rooms, the
# wiring, and libraries that read or write a page, a command or a document are compiled without inlining, and functions begin
# anywhere instead of at multiples of 32 bytes. What every record and message passes through (the store, the vault, the door,
# the post, matching, statistics) stays as fast as it is, but for what age puts around its ciphers: docs/performance.md
# measures the post so.
set -eu
ours=github.com/entraide-thb/entraide
out=$1
set --
for room in cmd internal/app internal/exchange/card internal/exchange/conversation internal/exchange/desk internal/exchange/group internal/exchange/guest \
	internal/exchange/negotiation internal/exchange/pouch internal/exchange/relay internal/exchange/restoration \
	internal/exchange/terms internal/exchange/witness internal/liaison internal/measure/attack internal/measure/bundle internal/measure/estimate \
	internal/measure/explorer internal/measure/intake internal/measure/joint internal/measure/outlet internal/measure/printed \
	internal/measure/purse internal/measure/release internal/measure/returns internal/measure/rows internal/measure/selection internal/measure/source internal/measure/territory \
	internal/platform/archive internal/platform/atlas internal/platform/clock internal/platform/limit internal/platform/party \
	internal/platform/identity internal/platform/inorder internal/platform/office internal/platform/page \
	internal/platform/lang internal/platform/pdf internal/platform/tongue internal/platform/workbook internal/programme internal/prosecute internal/protect packs; do
	set -- "$@" -gcflags="$ours/$room/...=-l"
done
for library in archive/zip codeberg.org/go-pdf/... crypto/tls crypto/x509/... encoding/asn1 encoding/csv encoding/gob encoding/xml filippo.io/age/... github.com/VictoriaMetrics/... \
	github.com/alecthomas/kong/... github.com/arran4/... \
	github.com/boombuler/... github.com/cedar-policy/cedar-go/internal/json github.com/cedar-policy/cedar-go/internal/parser \
	github.com/cedar-policy/cedar-go/internal/rust github.com/cedar-policy/cedar-go/internal/scanner \
	github.com/cedar-policy/cedar-go/x/... github.com/coreos/... github.com/danielgtaylor/huma/... \
	github.com/go-jose/... github.com/go-json-experiment/... github.com/go-playground/form/... \
	github.com/go-webauthn/... github.com/jackc/... github.com/mfridman/... github.com/nicksnyder/... github.com/pquerna/... github.com/pressly/... \
	github.com/transparency-dev/... github.com/tyler-smith/... \
	github.com/wneessen/... github.com/yuin/goldmark/... go.yaml.in/yaml/... go/... golang.org/x/mod/... golang.org/x/net/... \
	golang.org/x/term golang.org/x/text/... golang.org/x/time/... html/template image/... log/... mime/... net net/http/... net/mail net/netip net/smtp net/textproto \
	net/url os/exec regexp/... text/template/...; do
	set -- "$@" -gcflags="$library=-l"
done
CGO_ENABLED=0 exec go build -trimpath -ldflags '-s -w -funcalign=1' "$@" -o "$out" "$ours/cmd/entraide"
