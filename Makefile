# SPDX-License-Identifier: EUPL-1.2
# Two commands matter to a newcomer: `make demo` and `make test`. Go and git are all that the first needs.

.PHONY: demo play test build check bench clean fuzz

demo: build
	bin/entraide demo --port 7301

play: build
	bin/entraide demo --play

build:
	./build.sh bin/entraide

# Unit, property, conformance (both engines), command and whole-system tests. Installs PostgreSQL and
# Chromium from Debian's packages where it can, and says how where it cannot.
test:
	./test/run.sh

check:
	gofmt -l cmd internal packs test | (! grep .)
	go vet ./...
	go run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...

# Fuzzes every decoder of what other offices send, each for so long.
FUZZTIME = 1m
fuzz:
	for p in $$(go list ./internal/exchange/... ./internal/measure/... ./internal/platform/ledger); do \
		for f in $$(go test -list '^Fuzz' $$p | grep ^Fuzz); do \
			go test $$p -run xxx -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) || exit 1; \
		done; \
	done

# Measures this program on this machine beside PocketBase and writes the tables of docs/performance.md anew; half an
# hour or more on two quiet cores, most of it loading people and a large programme (--only chooses a part). A million people are loaded and measured alone, in a folder with room for them:
# bin/entraide bench --only growth --people 1000000 --dir FOLDER
# The peer is a module of its own: the product depends on none of it.
bench: build
	cd test/peer/pocketbase && CGO_ENABLED=0 go build -trimpath -o ../../../bin/peer-pocketbase .
	bin/entraide bench --peer bin/peer-pocketbase --docs docs/performance.md --out bin/performance.json

clean:
	rm -rf bin demo-data
