// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// onePart is how many bytes of a parcel travel at once.
const onePart = 512 << 10

// enclosed is a file that was sealed as a parcel.
type enclosed struct {
	post.Parcel
	plain []byte
	at    time.Time
}

// enclose draws what a letter has for files: mostly none, else one of one or several parts, or one that was sealed for an earlier
// letter, to whomever that went.
func (w *world) enclose(from *office, marker string) []enclosed {
	kind := w.dice.IntN(16)
	if kind > 3 {
		return nil
	}
	if kind == 0 && len(from.sealed) > 0 {
		x := from.sealed[w.dice.IntN(len(from.sealed))]
		if from.clock.Now().Sub(x.at).Abs() < 24*time.Hour && from.keeps(x) {
			return []enclosed{x}
		}
	}
	size := w.dice.IntN(4000)
	if kind == 1 {
		size = onePart + w.dice.IntN(2*onePart)
	}
	plain := append([]byte(marker), w.random(size)...)
	p, err := from.Attach(w.t.Context(), from.id, bytes.NewReader(plain))
	if err != nil {
		if from.full { // its disk: nothing of it stays, and the letter is not written
			w.say("%s has no room for a file: %v", from.name, err)
			return nil
		}
		w.must(err)
	}
	x := enclosed{p, plain, from.clock.Now()}
	from.sealed = append(from.sealed, x)
	return []enclosed{x}
}

// keeps says whether an office still has a file that it sealed: one that was set back has not.
func (o *office) keeps(x enclosed) bool {
	_, err := o.OpenParcel(o.w.t.Context(), o.id, o.id, x.Parcel)
	if err != nil && !fault.Is(err, fault.NotFound) {
		o.w.must(err)
	}
	return err == nil
}

// reads opens the files of a message, which must be what its sender sealed, all of it.
func (o *office) reads(ctx context.Context, in post.Incoming) error {
	o.w.mu.Lock()
	want := o.w.files[in.ID]
	o.w.mu.Unlock()
	if len(in.Parcels) != len(want) {
		o.w.wrong("%s came to %s with %d files of %d", in.ID, o.name, len(in.Parcels), len(want))
	}
	for i, p := range in.Parcels {
		r, err := in.Open(ctx, p)
		if err != nil {
			return err
		}
		got, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, want[i].plain) {
			o.w.wrong("file %d of %s came to %s as something else: %d bytes of %d", i, in.ID, o.name, len(got), len(want[i].plain))
		}
	}
	o.w.mu.Lock()
	defer o.w.mu.Unlock()
	o.w.opened += len(want)
	return nil
}

// tidy lets an office drop the parcels that nobody needs any more.
func (w *world) tidy() {
	if o := w.living(); o != nil && !o.full {
		w.must(o.Sweep(w.t.Context(), o.id))
	}
}

// nothingLies checks that files and pieces of files go in the end, also those whose message never came.
func (w *world) nothingLies() {
	for _, o := range w.offices { // what the thief wrote waits for ever
		o.clock.Set(w.now.AddDate(0, 0, 60))
		w.must(o.Sweep(w.t.Context(), o.id))
		w.must(o.DB.Read(w.t.Context(), func(tx db.Tx) error {
			var parcels, pieces int
			err := tx.Row(w.t.Context(), `SELECT (SELECT COUNT(*) FROM post_parcel), (SELECT COUNT(*) FROM post_piece)`).Scan(&parcels, &pieces)
			if parcels+pieces > 0 {
				w.wrong("%d files and %d pieces of files lie at %s for ever", parcels, pieces, o.name)
			}
			return err
		}))
	}
}
