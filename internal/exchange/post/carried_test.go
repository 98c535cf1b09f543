// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"errors"

	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// carried is a pouch that somebody has with him, from one office to another.
type carried struct {
	from, to *office
	bytes    []byte
}

// fillPouch lets an office give somebody a pouch for another.
func (w *world) fillPouch() {
	pair := w.pairs[w.dice.IntN(len(w.pairs))]
	if w.dice.IntN(2) == 0 {
		pair[0], pair[1] = pair[1], pair[0]
	}
	if pair[0].dead() {
		return
	}
	f, err := pouch.Fill(w.t.Context(), pair[0].Post, pair[0].id, pair[1].id, pouch.MaxFile, 0)
	if err != nil {
		w.knows("%s fills no pouch: %v", pair[0].name, err)
		return
	}
	if len(f.Bytes) == 0 {
		return
	}
	w.say("%s gives a pouch with %d messages, %d pieces and %d receipts for %s", pair[0].name, f.Messages, f.Pieces, f.Receipts, pair[1].name)
	parts, err := pouch.Read(f.Bytes)
	w.must(err)
	w.net.Lock()
	defer w.net.Unlock()
	w.tap(f.Bytes, nil)
	for _, p := range parts.Parts {
		w.tap(p.Sealed, pair[1])
	}
	w.hands = append(w.hands, carried{pair[0], pair[1], f.Bytes})
}

// bringPouch lets somebody bring a pouch: whole, damaged on the way, to the wrong office, or one that was there before.
func (w *world) bringPouch() {
	if len(w.hands) == 0 {
		return
	}
	i := w.dice.IntN(len(w.hands))
	c := w.hands[i]
	b, to := c.bytes, c.to
	switch w.dice.IntN(8) {
	case 0:
		b = flipped(w.dice, b)
	case 1:
		b = b[:w.dice.IntN(len(b))]
	case 2:
		to = w.offices[w.dice.IntN(len(w.offices))]
	case 3, 4, 5:
		w.hands = append(w.hands[:i:i], w.hands[i+1:]...) // it is not brought again
	}
	if to.dead() {
		return
	}
	r, err := pouch.Bring(w.t.Context(), to.Post, to.id, pouch.File{Name: "carried", Bytes: b})
	if err != nil {
		w.knows("%s takes no pouch: %v", to.name, err)
		return
	}
	for _, l := range r.Lines {
		w.reason(l.Reason)
		if to != c.to && (l.What == pouch.Taken || l.What == pouch.Arrived) {
			w.wrong("%s took something out of a pouch for %s: %+v", to.name, c.to.name, l)
		}
	}
	w.pouches, w.carried = w.pouches+r.Messages+r.Receipts, w.carried+r.Pieces
	w.say("%s is brought a pouch of %s for %s: %d messages, %d receipts, %d pieces, whole %v", to.name, c.from.name, c.to.name, r.Messages, r.Receipts, r.Pieces, r.OK)
}

// knows says what an office could not do; it must know why.
func (w *world) knows(format, name string, err error) {
	w.say(format, name, err)
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind == fault.Internal || f.Key == "" {
		w.wrong("and nobody knows why: "+format, name, err)
		return
	}
	w.reason(f.Key)
}
