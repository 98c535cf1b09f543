// SPDX-License-Identifier: EUPL-1.2

// Package provenance makes imports repeatable: ids that follow from what a record is, and a trail of what imports
// have already written in a dossier.
//
// An import asks the trail whether it has written these very words last; when it has, it appends nothing. What
// people write beside it does not count, so an office's own words are never taken for the source's.
package provenance

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// ID gives the id that follows from words. The same words give the same id in every office and at any time, so the owner's id
// belongs among them.
func ID(words ...string) journal.ID { return journal.IDOfWords(words...) }

// Trail is what imports have written of a dossier.
type Trail struct {
	Count int    // how often an import wrote
	Last  string // fingerprint of what it wrote last; "" when it never did
}

// Note folds an entry: those of the job "importer" leave a trace, all others none.
func (t *Trail) Note(e journal.Entry) {
	if e.Actor != store.JobID(Job) {
		return
	}
	t.Count++
	t.Last = fingerprint(e.Type, e.Parts)
}

// Job is the name of the background principal that imports.
const Job = "importer"

// Next gives the draft that brings a dossier to what the source says, or none when the last import wrote the same. The
// entry's id follows from the dossier, the content and the number of imports before, so that two imports of one
// file at the same time write once, and a return to earlier words is written again.
func (t Trail) Next(of store.Ref, typ string, payload any) ([]store.Draft, error) {
	parts, err := journal.Split(payload)
	if err != nil {
		return nil, err
	}
	f := fingerprint(typ, parts)
	if f == t.Last {
		return nil, nil
	}
	return []store.Draft{{ID: ID("import", of.ID.String(), strconv.Itoa(t.Count), f), Type: typ, Payload: payload}}, nil
}

func fingerprint[M ~map[journal.Category]V, V ~[]byte](typ string, parts M) string {
	h := sha256.New()
	h.Write([]byte(typ))
	for _, c := range journal.Categories() {
		if p, ok := parts[c]; ok {
			h.Write([]byte("\n" + string(c) + "\n"))
			h.Write(p)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
