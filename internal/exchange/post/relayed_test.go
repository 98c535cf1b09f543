// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"bytes"
	"context"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/exchange/relay"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// relayWord lets the world's offices have boxes.
const relayWord = "nobody would guess this word"

// openRelay makes a relay, which listens as offices do and dies as they do.
func (w *world) openRelay() {
	r := &office{w: w, name: "relay", clock: clock.NewManual(w.now), file: filepath.Join(w.dir, "relay.0"), lines: map[*office]*rand.Rand{}}
	r.card.URL = "https://relay.example"
	var err error
	r.shelves, err = relay.Open(w.t.Context(), r.file, relayWord, r.clock)
	w.must(err)
	r.door = http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) { r.shelves.Handler().ServeHTTP(rw, q) })
	w.relay = r
}

// hide lets an office be reached through the relay only.
func (w *world) hide(o *office) {
	c := o.card
	c.URL = relay.Scheme + w.relay.card.URL
	var err error
	o.card, _, err = o.secrets.Issue(c)
	w.must(err)
}

// runner makes what carries between an office and the relay; like the courier it forgets what it knew when its process ends.
func (o *office) runner() *relay.Carrier {
	return &relay.Carrier{Post: o.Post, Owners: func() []journal.ID { return []journal.ID{o.id} }, Word: func() string { return relayWord }, Client: &http.Client{Transport: line{o.w, o}},
		Partners: func(context.Context, journal.ID) ([]card.Card, error) {
			return slices.SortedFunc(maps.Values(o.pinned), func(a, b card.Card) int { return strings.Compare(a.Name, b.Name) }), nil
		}}
}

// fetch lets an office go to the relay once.
func (w *world) fetch(o *office) {
	if w.relay == nil || o.dead() {
		return
	}
	if err := o.carrier.Once(w.t.Context()); err != nil {
		w.say("%s at the relay: %v", o.name, err)
	}
}

// begin lets a relay begin again with files.
func (r *office) begin(file string) {
	_ = r.shelves.Close()
	s, err := relay.Open(r.w.t.Context(), file, relayWord, r.clock)
	r.w.must(err)
	r.file, r.shelves, r.image, r.dies = file, s, "", ""
}

// tapPouch keeps the parts of a pouch on its way to the relay, of which only the hidden office may open any.
func (w *world) tapPouch(q request) {
	if !strings.HasPrefix(q.path, "/box/there") || !pouch.Is(q.body) {
		return
	}
	if p, err := pouch.Read(q.body); err == nil {
		for _, x := range p.Parts {
			w.tap(x.Sealed, w.hidden)
		}
	}
}

// relayKnowsNothing looks into the relay's files for what it must not know.
func (w *world) relayKnowsNothing() {
	if w.relay == nil {
		return
	}
	for _, part := range []string{"", "-wal"} {
		b, err := os.ReadFile(w.relay.file + part)
		if part != "" && os.IsNotExist(err) {
			continue
		}
		w.must(err)
		for _, o := range w.offices {
			if bytes.Contains(b, o.id[:]) || bytes.Contains(b, []byte(o.id.String())) || bytes.Contains(b, []byte(o.name)) {
				w.wrong("the relay knows %s", o.name)
			}
		}
		for _, l := range w.letters {
			if bytes.Contains(b, []byte(l.marker)) || bytes.Contains(b, l.ID[:]) || bytes.Contains(b, []byte(l.ID.String())) {
				w.wrong("the relay knows %s", l.ID)
			}
		}
	}
}
