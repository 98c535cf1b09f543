// SPDX-License-Identifier: EUPL-1.2

// Package tongue holds who answers, at an office, for what persons read in a language that the screens do not have. The
// program brings the texts as drafts; a named reviewer who speaks the language reads them beside the English, signs
// exactly these words, and from then on they go without the mark of a draft. A signature is bound to the texts and to
// the English that they were compared with: a later program that says anything else loses it. Each office decides for
// itself whose word it takes.
package tongue

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Payloads of the dossier kind "language": one language at one office.
type (
	// Signed is language.signed: a reviewer answers for exactly the texts with this hash.
	Signed struct {
		Language   string `json:"language" part:"PP"` // of Texts
		Hash       string `json:"hash" part:"PP"`     // of HashOf
		Reviewer   string `json:"reviewer" part:"PP"`
		Function   string `json:"function" part:"PP"`
		Fictitious bool   `json:"fictitious,omitempty" part:"PP"` // of a demonstration: never counts outside one
		// Lines are the short hashes of each text by its key, so that after a change only what changed need be read again.
		Lines map[string]string `json:"lines" part:"PP"`
	}
	// Withdrawn is language.withdrawn: the texts are a draft until they are signed again.
	Withdrawn struct {
		Reason string `json:"reason" part:"PP"` // of Withdrawals
	}
)

// Withdrawals lists why a signature is taken back.
func Withdrawals() []string { return []string{"mistake", "unclear", "reviewer", "other"} }

// longest is how many characters a reviewer's name and function may have.
const longest = 160

// Event is one line of a language's history.
type Event struct {
	What     string // signed | withdrawn
	Reviewer string
	At       time.Time
}

// State is the fold: the last signature, unless it was taken back.
type State struct {
	Signed // the zero value when nobody has signed, or it was taken back
	At     time.Time
	Events []Event
}

// Status is where a language stands at an office.
type Status string

const (
	Draft   Status = "draft"
	Answers Status = "signed"
	Changed Status = "changed" // since it was signed
)

// Statuses lists them.
func Statuses() []Status { return []Status{Draft, Answers, Changed} }

// Status says where a language stands, whose texts now have a hash. What a fictitious reviewer signed is a draft
// outside a demonstration.
func (s State) Status(hash string, demo bool) Status {
	switch {
	case s.Hash == "" || s.Fictitious && !demo:
		return Draft
	case s.Hash != hash:
		return Changed
	}
	return Answers
}

// Line is one text of a language beside the English; Forms and English have one line for each plural form.
type Line struct {
	Key            string
	English, Forms []string
	hash           string
}

// Texts gives what a language holds, in the order of keys; nil for one that the program does not bring as a draft.
func Texts(b *lang.Bundle, tag string) []Line {
	if _, ok := b.Translation(tag); !ok {
		return nil
	}
	var out []Line
	for _, k := range b.PersonKeys() {
		one, other := b.Text("en", k)
		x := Line{Key: k, English: []string{other}}
		if one != "" {
			x.English = []string{one, other}
		}
		forms := b.PersonText(tag, k)
		h := sha256.New()
		fmt.Fprintf(h, "%s\n%q\n", k, x.English)
		for _, f := range slices.Sorted(maps.Keys(forms)) {
			fmt.Fprintf(h, "%s %q\n", f, forms[f])
			if !slices.Contains(x.Forms, forms[f]) {
				x.Forms = append(x.Forms, forms[f])
			}
		}
		x.hash = hex.EncodeToString(h.Sum(nil)[:8])
		out = append(out, x)
	}
	return out
}

// HashOf gives the fingerprint of a language's texts and of the English that they stand beside.
func HashOf(tag string, texts []Line) string {
	h := sha256.New()
	fmt.Fprintf(h, "entraide texts for persons\n%s\n", tag)
	for _, x := range texts {
		fmt.Fprintf(h, "%s %s\n", x.Key, x.hash)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// lines gives the short hashes of texts by their keys.
func lines(texts []Line) map[string]string {
	out := make(map[string]string, len(texts))
	for _, x := range texts {
		out[x.Key] = x.hash
	}
	return out
}

// RefOf names the dossier of a language: one for each office.
func RefOf(owner journal.ID, tag string) store.Ref {
	return store.Ref{Kind: access.KindLanguage, ID: journal.IDOf("entraide language dossier\n" + owner.String() + "\n" + tag)}
}

// Kind gives the dossier kind "language". Only where demo is true may a fictitious reviewer sign.
func Kind(b *lang.Bundle, demo bool) store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindLanguage, Base: journal.PP,
		Types: []store.Type{{Name: "language.signed", Payload: Signed{}}, {Name: "language.withdrawn", Payload: Withdrawn{}}},
		Fold:  fold,
		Guard: func(g *store.Guarding, s State, e journal.Entry) error { return guard(b, g, s, demo, e) },
		Derive: func(s State) store.Derived {
			if s.Hash == "" {
				return store.Derived{State: string(Draft)}
			}
			return store.Derived{State: string(Answers)}
		},
	})
}

func fold(entries []journal.Entry) (State, error) {
	var s State
	for _, e := range entries {
		switch e.Type {
		case "language.signed":
			v, err := journal.In[Signed](e)
			if err != nil {
				return State{}, err
			}
			s.Signed, s.At = v, e.OccurredAt
			s.Events = append(s.Events, Event{"signed", v.Reviewer, e.OccurredAt})
		case "language.withdrawn":
			s.Events = append(s.Events, Event{"withdrawn", s.Reviewer, e.OccurredAt})
			s.Signed, s.At = Signed{}, time.Time{}
		}
	}
	return s, nil
}

func guard(b *lang.Bundle, g *store.Guarding, s State, demo bool, e journal.Entry) error {
	var fs fault.Fields
	if e.Type == "language.withdrawn" {
		v, err := journal.In[Withdrawn](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if s.Hash == "" {
			return fault.New(fault.Guarded, "tongue.guard.unsigned")
		}
		if !slices.Contains(Withdrawals(), v.Reason) {
			fs.Add("reason", "tongue.need.reason")
		}
		return fs.Err()
	}
	v, err := journal.In[Signed](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	// A named person signs: a job may do so for a fictitious one only, and that in a demonstration only.
	if v.Fictitious && !demo || g.Actor.Job != "" && !v.Fictitious {
		return fault.New(fault.Guarded, "tongue.guard.fictitious")
	}
	texts := Texts(b, v.Language)
	if texts == nil || e.Dossier != RefOf(g.Owner, v.Language).ID {
		fs.Add("language", "tongue.need.language")
		return fs.Err()
	}
	if v.Hash != HashOf(v.Language, texts) || !maps.Equal(v.Lines, lines(texts)) {
		fs.Add("hash", "tongue.need.hash")
	}
	if !given(v.Reviewer) {
		fs.Add("reviewer", "tongue.need.reviewer")
	}
	if !given(v.Function) {
		fs.Add("function", "tongue.need.function")
	}
	return fs.Err()
}

// given says whether somebody wrote a line of a bearable length.
func given(s string) bool {
	return strings.TrimSpace(s) != "" && len([]rune(s)) <= longest && !strings.ContainsAny(s, "\r\n\t")
}
