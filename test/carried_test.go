// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/pouch"
)

// byHand lets somebody carry what the first office has for the second while that is down: to the third by mistake, damaged, and twice;
// and then the receipts back.
func (w *trio) byHand() {
	w.t.Helper()
	from, to, wrong := w.nodes[0], w.nodes[1], w.nodes[2]
	to.end(os.Kill)
	w.killed[to.name]++
	x := sentLetter{newID(), 0, 1, fmt.Sprintf("PLANTED for somebody's bag %x", w.dice.Uint64()), w.sheet(largeFile)}
	w.write(x)
	<-w.acks
	bag := w.filled(from, to)
	if bag.Messages == 0 {
		w.t.Error("nothing of what waits is taken along")
	}
	w.must(to.start(w.ctx, to.answered(w.ctx)))
	damaged := bytes.Clone(bag.Bytes)
	damaged[w.dice.IntN(len(damaged))] ^= 0x10
	for name, r := range map[string]pouch.Report{"another's bag": w.brought(wrong, bag.Bytes), "a damaged bag": w.brought(to, damaged)} {
		if r.OK {
			w.t.Errorf("%s is said to be whole: %+v", name, r)
		}
		if name == "another's bag" && slices.ContainsFunc(r.Lines, func(l pouch.Line) bool { return l.What == pouch.Taken || l.What == pouch.Arrived }) {
			w.t.Errorf("something was taken out of %s: %+v", name, r)
		}
	}
	for range 2 {
		w.brought(to, bag.Bytes)
	}
	if a, err := to.open(w.ctx, "exchange", "letter", x.id); err != nil {
		w.t.Errorf("a letter that was carried by hand: %s %v", a.State, err)
	}
	if back := w.filled(to, from); len(back.Bytes) > 0 { // what went over the line too may have its receipts already
		w.brought(from, back.Bytes)
	}
}

// filled fills a bag at an office for another.
func (w *trio) filled(from, to *node) (f pouch.Filled) {
	w.t.Helper()
	w.must(from.ask(w.ctx, "post.out", app.PouchOutIn{Partner: to.id}, &f))
	w.nodes[0].wire.mu.Lock()
	defer w.nodes[0].wire.mu.Unlock()
	w.nodes[0].wire.seen = append(w.nodes[0].wire.seen, f.Bytes) // whoever carries it looks too
	return f
}

// brought takes a bag in.
func (w *trio) brought(at *node, bag []byte) (r pouch.Report) {
	w.t.Helper()
	w.must(at.ask(w.ctx, "post.in", app.PouchIn{Files: []pouch.File{{Name: "bag", Bytes: bag}}}, &r))
	return r
}

// renews lets the first office make new keys while its post is under way, none of them stolen.
func (w *trio) renews() {
	w.t.Helper()
	var fresh app.CardOut
	w.must(w.nodes[0].ask(w.ctx, "card.renew", app.RenewCardIn{}, &fresh))
	w.fresh = fresh.Card
}

// heard checks that the others have pinned the new keys, the one behind a relay too.
func (w *trio) heard() {
	w.t.Helper()
	var c struct{ Sign string }
	w.must(json.Unmarshal(w.fresh, &c))
	for _, n := range w.nodes[1:] {
		o, err := n.open(w.ctx, "exchange", "partner", w.nodes[0].id)
		if err != nil || c.Sign == "" || !bytes.Contains(o.State, []byte(c.Sign)) {
			w.t.Errorf("%s has not heard of the new keys: %s %v", n.name, o.State, err)
		}
	}
}
