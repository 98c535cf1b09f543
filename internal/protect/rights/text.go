// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/packs/countries"
	pack "github.com/entraide-thb/entraide/packs/rights"
)

// Payloads of the dossier kind "rights_text": one public text, in one language, for one territory.
type (
	// TextDrafted is text.drafted. Hash is HashOf of the other fields.
	TextDrafted struct {
		Country  string `json:"country" part:"PP"`  // alpha-2
		Language string `json:"language" part:"PP"` // BCP 47
		Hash     string `json:"hash" part:"PP"`
		Body     string `json:"body" part:"PP"`           // Markdown: paragraphs, headings, lists
		Pack     string `json:"pack,omitempty" part:"PP"` // the hash as imported, when it comes from the pack
	}
	// TextSigned is text.signed: a reviewer answers for exactly the words with this hash.
	TextSigned struct {
		Hash       string `json:"hash" part:"PP"`
		Reviewer   string `json:"reviewer" part:"PP"`
		Function   string `json:"function" part:"PP"`
		Fictitious bool   `json:"fictitious,omitempty" part:"PP"` // of a demonstration: never counts outside one
	}
	// TextWithdrawn is text.withdrawn: the text is hidden until it is signed again.
	TextWithdrawn struct {
		Reason string `json:"reason" part:"PP"` // of Withdrawals
	}
)

// Withdrawals lists why a text is hidden.
func Withdrawals() []string { return []string{"law_changed", "mistake", "translation", "other"} }

// TextStatus is where a public text stands.
type TextStatus string

const (
	TextMissing TextStatus = "missing"
	TextDraft   TextStatus = "draft"
	TextPublic  TextStatus = "signed"
	TextChanged TextStatus = "changed" // since it was signed
	TextHidden  TextStatus = "withdrawn"
)

// TextStatuses lists them.
func TextStatuses() []TextStatus {
	return []TextStatus{TextMissing, TextDraft, TextPublic, TextChanged, TextHidden}
}

// Signature is a signing with its time and the account that recorded it.
type Signature struct {
	TextSigned
	At time.Time
	By journal.ID
}

// TextEvent is one line of a text's history.
type TextEvent struct {
	What     string // drafted | signed | withdrawn
	Reviewer string
	At       time.Time
}

// Text is the state of a public text.
type Text struct {
	ID        journal.ID
	Country   string
	Language  string
	Body      string
	Hash      string
	Pack      string // hash of the last pack draft that was brought in
	Changed   time.Time
	Status    TextStatus
	Signature Signature // the last; it counts only while Status is signed
	Signed    string    // the words that it was given for
	Events    []TextEvent
}

// HashOf gives the fingerprint of a text: what a signature is bound to.
func HashOf(country, language, body string) string {
	h := sha256.Sum256([]byte("entraide rights text\n" + country + "\n" + language + "\n" + body))
	return hex.EncodeToString(h[:])
}

// TextRef names the dossier of a text: one for each office, territory and language.
func TextRef(owner journal.ID, country, language string) store.Ref {
	return store.Ref{Kind: access.KindRightsText, ID: journal.IDOf("entraide rights text dossier\n" + owner.String() + "\n" + country + "\n" + language)}
}

// FoldText gives the state of a text's entries. A signature counts for the words that stood when it was
// given: any other words take it away, and the same words brought back do not restore it.
func FoldText(entries []journal.Entry) (Text, error) {
	t := Text{Status: TextMissing}
	for _, e := range entries {
		t.ID = e.Dossier
		if err := t.apply(e); err != nil {
			return Text{}, err
		}
	}
	return t, nil
}

func (t *Text) apply(e journal.Entry) error {
	switch e.Type {
	case "text.drafted":
		return in(e, func(v TextDrafted) { t.draft(v, e.OccurredAt) })
	case "text.signed":
		return in(e, func(v TextSigned) {
			t.Signature = Signature{v, e.OccurredAt, e.Actor}
			if v.Hash == t.Hash {
				t.Status, t.Signed = TextPublic, t.Body
			}
			t.Events = append(t.Events, TextEvent{"signed", v.Reviewer, e.OccurredAt})
		})
	case "text.withdrawn":
		t.Status = TextHidden
		t.Events = append(t.Events, TextEvent{"withdrawn", "", e.OccurredAt})
	}
	return nil
}

func (t *Text) draft(v TextDrafted, at time.Time) {
	if v.Pack != "" {
		t.Pack = v.Pack
	}
	if v.Hash == t.Hash {
		return
	}
	t.Country, t.Language, t.Body, t.Hash, t.Changed = v.Country, v.Language, v.Body, v.Hash, at
	t.Status = TextDraft
	if t.Signature.Hash != "" {
		t.Status = TextChanged
	}
	t.Events = append(t.Events, TextEvent{"drafted", "", at})
}

// Shown says whether the public may read the text: signed as it stands, and by a real reviewer unless the
// office is a demonstration.
func (t Text) Shown(demo bool) bool {
	return t.Status == TextPublic && t.Hash == HashOf(t.Country, t.Language, t.Body) && (demo || !t.Signature.Fictitious)
}

// TextSummary is what a list of texts shows.
type TextSummary struct {
	Country    string     `json:"country" part:"PP"`
	Language   string     `json:"language" part:"PP"`
	Status     TextStatus `json:"status" part:"PP"`
	Reviewer   string     `json:"reviewer,omitempty" part:"PP"`
	Function   string     `json:"function,omitempty" part:"PP"`
	Fictitious bool       `json:"fictitious,omitempty" part:"PP"`
	At         time.Time  `json:"at" part:"PP"` // of the last change
}

// TextKind gives the dossier kind of public texts. Only where demo is true may a fictitious reviewer sign.
func TextKind(demo bool) store.Kind {
	return store.Of(store.KindOf[Text]{
		Name: access.KindRightsText, Base: journal.PP, Codes: []string{"country", "language"},
		Types: []store.Type{
			{Name: "text.drafted", Payload: TextDrafted{}, Overlap: []string{"body"}},
			{Name: "text.signed", Payload: TextSigned{}},
			{Name: "text.withdrawn", Payload: TextWithdrawn{}},
		},
		Fold:   FoldText,
		Guard:  func(g *store.Guarding, t Text, e journal.Entry) error { return guardText(t, g.Actor.Job, demo, e) },
		Derive: deriveText,
	})
}

func deriveText(t Text) store.Derived {
	d := store.Derived{State: string(t.Status), Codes: map[string][]string{}}
	s := TextSummary{Country: t.Country, Language: t.Language, Status: t.Status, At: t.Changed}
	if t.Country != "" {
		d.Codes["country"], d.Codes["language"] = []string{t.Country}, []string{t.Language}
	}
	if n := len(t.Events); n > 0 {
		s.At = t.Events[n-1].At
	}
	if t.Status == TextPublic {
		s.Reviewer, s.Function, s.Fictitious = t.Signature.Reviewer, t.Signature.Function, t.Signature.Fictitious
	}
	d.Summary = s
	return d
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

func guardText(t Text, job string, demo bool, e journal.Entry) error {
	if t.Hash == "" && e.Type != "text.drafted" {
		return fault.New(fault.Guarded, "rights.guard.draft_first")
	}
	switch e.Type {
	case "text.drafted":
		if v, err := journal.In[TextDrafted](e); err == nil && t.Hash != "" && (v.Country != t.Country || v.Language != t.Language) {
			return fault.New(fault.Guarded, "rights.guard.same_text")
		}
		return check(e, func(v TextDrafted, fs *fault.Fields) {
			need(fs, party.IsCountry(v.Country), "country")
			want(fs, languageTag.MatchString(v.Language), "language", "text_language")
			need(fs, given(v.Body), "body")
			need(fs, v.Hash == HashOf(v.Country, v.Language, v.Body), "hash")
		})
	case "text.signed":
		v, err := journal.In[TextSigned](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "rights.need.payload")
		}
		// A named person signs: a job may do so for a fictitious one only, and that in a demonstration only.
		if v.Fictitious && !demo || job != "" && !v.Fictitious {
			return fault.New(fault.Guarded, "rights.guard.fictitious")
		}
		return check(e, func(v TextSigned, fs *fault.Fields) {
			need(fs, v.Hash == t.Hash, "hash")
			need(fs, given(v.Reviewer), "reviewer")
			need(fs, given(v.Function), "function")
		})
	case "text.withdrawn":
		return check(e, func(v TextWithdrawn, fs *fault.Fields) {
			want(fs, slices.Contains(Withdrawals(), v.Reason), "reason", "withdraw_reason")
		})
	}
	return nil
}

// Imported counts what Import did.
type Imported struct {
	Created int `json:"created"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
}

// Import brings the pack's drafts into an office as the job "importer". It writes where the pack says
// something new, so that a second import changes nothing and an office's own later wording stays until the
// pack changes.
func Import(ctx context.Context, s *store.Store, importer store.Who, packs countries.Set, at time.Time) (Imported, error) {
	var n Imported
	drafts, err := pack.Drafts(packs, at)
	if err != nil {
		return n, err
	}
	for _, d := range drafts {
		hash := HashOf(d.Country, d.Language, d.Body)
		var was Text
		r, err := s.Update(ctx, importer, TextRef(importer.Actor.Owner, d.Country, d.Language), func(state any) ([]store.Draft, error) {
			was = state.(Text)
			if was.Pack == hash {
				return nil, nil
			}
			return []store.Draft{{Type: "text.drafted", Payload: TextDrafted{d.Country, d.Language, hash, d.Body, hash}}}, nil
		})
		if err != nil {
			return n, err
		}
		switch {
		case len(r.Appended) == 0:
			n.Same++
		case was.Hash == "":
			n.Created++
		default:
			n.Changed++
		}
	}
	return n, nil
}

// Texts reads the public texts of an office.
type Texts struct{ Store *store.Store }

// List gives a line for each text, by territory and language.
func (x Texts) List(ctx context.Context, w store.Who) ([]TextSummary, error) {
	var out []TextSummary
	q := store.Query{Kind: access.KindRightsText}
	err := x.Store.Each(ctx, w, q, func(r store.Row) error {
		s, err := store.Summary[TextSummary](r)
		if err != nil {
			return err
		}
		out = append(out, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	inorder.By(out, func(a, b TextSummary) int {
		if c := strings.Compare(a.Country, b.Country); c != 0 {
			return c
		}
		return strings.Compare(a.Language, b.Language)
	})
	return out, nil
}

// Open reads one text; NotFound when there is none.
func (x Texts) Open(ctx context.Context, w store.Who, country, language string) (Text, error) {
	o, err := x.Store.Open(ctx, w, TextRef(w.Actor.Owner, country, language))
	if err != nil {
		return Text{}, err
	}
	return o.State.(Text), nil
}

// Signed says whether a text is signed as it stands: what Context.Signed asks.
func (x Texts) Signed(ctx context.Context, w store.Who, country, language string, demo bool) (bool, error) {
	t, err := x.Open(ctx, w, country, language)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return t.Shown(demo), err
}

// SignedIn gives the answer that Context.Signed asks for to a guard: whether the text of the guard's office
// is signed as it stands. The commit checks again that it still is.
func SignedIn(g *store.Guarding, demo bool) func(country, language string) bool {
	return func(country, language string) bool {
		state, err := g.Other(access.KindRightsText, TextRef(g.Owner, country, language).ID)
		t, ok := state.(Text)
		return err == nil && ok && t.Shown(demo)
	}
}
