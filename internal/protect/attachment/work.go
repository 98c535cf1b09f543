// SPDX-License-Identifier: EUPL-1.2

package attachment

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// New is a file to attach.
type New struct {
	ID       journal.ID // made by the writer, so that sending twice is harmless; zero lets the store make one
	Category journal.Category
	Sort     string
	Title    string
	Bytes    []byte
	// Whole keeps what a camera wrote into a picture (place, time, device), which is taken out otherwise.
	Whole bool
}

// Add attaches a file to a person's file and gives its id.
//
// Errors: Invalid (fields file, category, sort, title), Guarded (no more fits, or the person's file is closed), NotFound
// and Denied (the door).
func Add(ctx context.Context, s *store.Store, w store.Who, person journal.ID, n New) (journal.ID, error) {
	var p Added
	p.Category = n.Category
	at := p.part(n.Category)
	switch {
	case at == nil:
		return journal.ID{}, fault.Bad("category", "attachment.need.category")
	case len(n.Bytes) == 0:
		return journal.ID{}, fault.Bad("file", "store.need_blob")
	case len(n.Bytes) > MaxSize:
		return journal.ID{}, fault.Bad("file", "attachment.need.size", "Most", MaxSize>>20)
	}
	var media Media
	var err error
	if n.Bytes, media, err = admit(n.Bytes, n.Whole); err != nil {
		return journal.ID{}, err
	}
	sum := sha256.Sum256(n.Bytes)
	*at = &About{Sort: n.Sort, Title: strings.TrimSpace(n.Title), Media: media, Size: len(n.Bytes), SHA256: hex.EncodeToString(sum[:]), Whole: n.Whole}
	if n.ID.IsZero() {
		n.ID = s.NewID()
	}
	_, err = s.Append(ctx, w, ref(person), store.Draft{ID: n.ID, Type: EntryType, Payload: p, Blob: &store.Blob{Category: n.Category, Bytes: n.Bytes}})
	return n.ID, err
}

// admit gives a file as it is kept, and what it is.
func admit(b []byte, whole bool) ([]byte, Media, error) {
	media, ok := Sniff(b)
	if !ok {
		return nil, "", fault.Bad("file", "attachment.need.type")
	}
	if whole {
		return b, media, nil
	}
	b, err := bare(media, b)
	if still, ok := Sniff(b); err != nil || !ok || still != media {
		return nil, "", fault.Bad("file", "attachment.need.picture")
	}
	return b, media, nil
}

// Admit holds a file that comes in or leaves by another room against the rules of this one, and gives it as it may be kept,
// without what a camera wrote into it, and how a neutral name for it ends. Errors: Invalid (field file).
func Admit(b []byte) ([]byte, string, error) {
	if len(b) == 0 || len(b) > MaxSize {
		return nil, "", fault.Bad("file", "attachment.need.size", "Most", MaxSize>>20)
	}
	b, media, err := admit(b, false)
	return b, extension[media], err
}

// Content is a file's bytes with what to call them.
type Content struct {
	Name  string // neutral: it tells nothing of the person, the title or the office
	Media Media
	Bytes []byte
}

// Open gives a file of a person's file; the reading is noted before the bytes are given. What they are is found out anew.
//
// Errors: NotFound (also for a file of another person), Denied, Erased.
func Open(ctx context.Context, s *store.Store, w store.Who, person, file journal.ID) (Content, error) {
	b, err := s.OpenBlob(ctx, w, ref(person), file)
	if err != nil {
		return Content{}, err
	}
	media, ok := Sniff(b.Bytes)
	if !ok {
		return Content{}, fmt.Errorf("attachment: file %s is of no type that can be attached", file)
	}
	id := file.String()
	return Content{Name: "file-" + id[len(id)-6:] + extension[media], Media: media, Bytes: b.Bytes}, nil
}

func ref(person journal.ID) store.Ref { return store.Ref{Kind: access.KindPerson, ID: person} }
