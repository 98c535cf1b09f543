// SPDX-License-Identifier: EUPL-1.2

// Package release keeps an office's register of releases: which figures left it, what each cost the people in them, and who
// let them go.
//
// A release is planned from a source, a period and tables; its error is known before anything is counted. One person asks,
// another approves it and by that reserves what it costs; the job "statistics" draws it; then two people who have seen
// what was drawn sign its hash, and it is published. What has been drawn can be held back, and what is published taken down
// from the web: the cost stays, for nobody can know what was seen.
//
// Budgets (kind "budget", one for each source and unit) order releases: two that fit alone and not together cannot both be
// approved, because both append to one dossier. An entry that reserves is written before any noise is drawn, and nothing gives
// it back once drawing has begun, a crash included.
//
// What a release rests on: the sources say what is counted (package source), noise is exact (package pooled), withheld and
// rounded numbers are audited with all releases before (package exact). What it does not protect from: whoever runs the
// machine reads the records themselves; numbers that were corrected since are not linked with those published before.
package release

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "release": those of people, and those that only the job "statistics" writes.
const (
	DraftedType   = "release.drafted"
	AskedType     = "release.asked"
	ReturnedType  = "release.returned" // to whoever drafted it
	ApprovedType  = "release.approved"
	SignedType    = "release.signed"
	HeldType      = "release.held"
	WithdrawnType = "release.withdrawn"

	DrawingType = "release.drawing" // noise is drawn from here on
	DrawnType   = "release.drawn"
	BrokenType  = "release.broken"
)

// written is the room that is the only writer of entries that go with a budget's, or that only the job's own work makes true.
const written = "release"

// Status is where a release stands.
type Status string

// The closed list.
const (
	Drafted   Status = "drafted"
	Asked     Status = "asked"
	Approved  Status = "approved"
	Drawing   Status = "drawing"
	Drawn     Status = "drawn"
	Published Status = "published"
	Held      Status = "held"
	Withdrawn Status = "withdrawn"
	Broken    Status = "broken"
)

// Statuses lists the closed list.
func Statuses() []Status {
	return []Status{Drafted, Asked, Approved, Drawing, Drawn, Published, Held, Withdrawn, Broken}
}

// Methods lists how exact counts are protected.
func Methods() []string { return []string{"rounded", "suppressed"} }

// Functions lists the roles in which people release.
func Functions() []access.Role { return []access.Role{access.Rapporteur, access.Liaison} }

// FunctionOf gives the one in which somebody acts; "" for none.
func FunctionOf(a access.Actor) string {
	for _, r := range Functions() {
		if a.Has(r) {
			return string(r)
		}
	}
	return ""
}

// Reasons why a release is held back or taken down, and why it broke.
func Reasons() []string { return []string{"mistake", "too_much", "not_useful", "other"} }

// Bounds of one release, so that its files are of a size that opens on any machine.
const (
	MostColumns = 40
	MostTables  = 400
	MostCells   = 60_000
	MostWays    = 4
	maxWords    = 4000
)

// Asks is what is to be released.
type Asks struct {
	Source  string       `json:"source" part:"D9"`
	Called  string       `json:"called,omitempty" part:"D9"` // the source's title, where it is a table that was brought in
	Version string       `json:"version" part:"D9"`          // of the source's columns
	From    string       `json:"from" part:"D9"`             // first day
	Until   string       `json:"until" part:"D9"`            // last day
	Route   bundle.Route `json:"route" part:"D9"`
	Columns []string     `json:"columns" part:"D9"` // of the source as they are counted, in its order
	Ways    int          `json:"ways" part:"D9"`    // all tables of up to so many of the columns
	// Extra are tables beyond those, each of columns in their order.
	Extra [][]string `json:"extra,omitempty" part:"D9"`
	// Epsilon, Delta: what is promised, on the route pooled.
	Epsilon float64 `json:"epsilon,omitempty" part:"D9"`
	Delta   float64 `json:"delta,omitempty" part:"D9"`
	Records bool    `json:"records,omitempty" part:"D9"` // of people who do not exist are made as well
	// Choose is how many of the tables of several columns are measured, on the route pooled: those that say most, chosen at a part
	// of the promise. 0 is all.
	Choose int `json:"choose,omitempty" part:"D9"`
	// K is the threshold and Method how numbers are protected, on the route exact.
	K      int64             `json:"k,omitempty" part:"D9"`
	Method string            `json:"method,omitempty" part:"D9"`
	Notes  map[string]string `json:"notes,omitempty" part:"D9"` // by language
}

// Payloads of the entries.
type (
	// Draft is release.drafted. Each replaces the one before, until it is approved.
	Draft struct{ Asks }
	// Asking is release.asked.
	Asking struct {
		As string `json:"as" part:"D9"` // the function in which: a role
	}
	// Reasoned is release.returned, release.held, release.withdrawn and release.broken.
	Reasoned struct {
		Reason string `json:"reason" part:"D9"`
		Words  string `json:"words,omitempty" part:"D9"`
	}
	// Approval is release.approved: that somebody looked at what it says and at what it could tell.
	Approval struct {
		Content bool   `json:"content" part:"D9"`
		Safety  bool   `json:"safety" part:"D9"`
		As      string `json:"as" part:"D9"`
	}
	// Begun is release.drawing. Commitment is the SHA-256 of the seed of the records that will be made.
	Begun struct {
		Cost       Cost   `json:"cost" part:"D9"`
		Commitment string `json:"commitment,omitempty" part:"D9"`
	}
	// Made is release.drawn. The files come with it as one archive.
	Made struct {
		Hash    string         `json:"hash" part:"D9"` // of release.json, which holds those of the other files
		Promise bundle.Promise `json:"promise" part:"D9"`
		Sigmas  []float64      `json:"sigmas,omitempty" part:"D9"` // of the tables, in their order
		Cells   int            `json:"cells" part:"D9"`
		Hidden  int            `json:"hidden,omitempty" part:"D9"` // cells that are not told
		Seed    string         `json:"seed,omitempty" part:"D9"`
		Earlier []string       `json:"earlier,omitempty" part:"D9"`
		Checks  []bundle.Check `json:"checks" part:"D9"`
	}
	// Signing is release.signed.
	Signing struct {
		Hash string `json:"hash" part:"D9"`
	}
)

// Signature is who signed, and when.
type Signature struct {
	By journal.ID `json:"by"`
	At time.Time  `json:"at"`
}

// State is a release's dossier.
type State struct {
	ID         journal.ID
	Asks       Asks
	By         journal.ID // who drafted it last
	DraftedAt  time.Time
	AskedAt    time.Time
	AskedAs    string // the function in which it was asked for
	Returned   Reasoned
	Approver   journal.ID
	ApproverAs string
	ApprovedAt time.Time
	Begun      Begun
	Made       Made
	MadeEntry  journal.ID // that the archive came with
	MadeAt     time.Time
	Signed     []Signature
	End        Reasoned // why it was held back, taken down or broke
	EndedAt    time.Time
	status     Status
}

// Exists says whether anything was recorded.
func (s State) Exists() bool { return s.Asks.Source != "" }

// Status gives where it stands.
func (s State) Status() Status { return s.status }

// PublishedAt gives when the second person signed; zero where it was not published.
func (s State) PublishedAt() time.Time {
	if len(s.Signed) < 2 {
		return time.Time{}
	}
	return s.Signed[1].At
}

// Ref names a release's dossier.
func Ref(id journal.ID) store.Ref { return store.Ref{Kind: access.KindRelease, ID: id} }

// BudgetRef names the budget of a source and unit of an owner.
func BudgetRef(owner journal.ID, source string) store.Ref {
	h := sha256.Sum256([]byte("entraide budget\n" + owner.String() + "\n" + source))
	id := owner // a budget is as old as its office
	copy(id[6:], h[:])
	id[6], id[8] = id[6]&0x0f|0x70, id[8]&0x3f|0x80
	return store.Ref{Kind: access.KindBudget, ID: id}
}

// Fold gives the state of entries in rising revision.
func Fold(es []journal.Entry) (State, error) {
	var s State
	for _, e := range es {
		s.ID = e.Dossier
		if err := s.apply(e); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func (s *State) apply(e journal.Entry) error {
	switch e.Type {
	case DraftedType:
		return in(e, func(v Draft) { s.Asks, s.By, s.DraftedAt, s.status = v.Asks, e.Actor, e.OccurredAt, Drafted })
	case AskedType:
		return in(e, func(v Asking) {
			s.AskedAt, s.AskedAs, s.status, s.Returned = e.OccurredAt, v.As, Asked, Reasoned{}
		})
	case ReturnedType:
		return in(e, func(v Reasoned) { s.Returned, s.status = v, Drafted })
	case ApprovedType:
		return in(e, func(v Approval) {
			s.Approver, s.ApproverAs, s.ApprovedAt, s.status = e.Actor, v.As, e.OccurredAt, Approved
		})
	case DrawingType:
		return in(e, func(v Begun) { s.Begun, s.status = v, Drawing })
	case DrawnType:
		return in(e, func(v Made) { s.Made, s.MadeEntry, s.MadeAt, s.status = v, e.ID, e.OccurredAt, Drawn })
	case SignedType:
		if s.Signed = append(slices.Clone(s.Signed), Signature{e.Actor, e.OccurredAt}); len(s.Signed) > 1 {
			s.status = Published
		}
	case HeldType, WithdrawnType, BrokenType:
		return in(e, func(v Reasoned) {
			s.End, s.EndedAt = v, e.OccurredAt
			s.status = map[string]Status{HeldType: Held, WithdrawnType: Withdrawn, BrokenType: Broken}[e.Type]
		})
	}
	return nil
}

// in reads an entry's payload.
func in[T any](e journal.Entry, use func(T)) error {
	v, err := journal.In[T](e)
	if err == nil {
		use(v)
	}
	return err
}

// Summary is what a list shows of a release.
type Summary struct {
	Status    Status       `json:"status" part:"D9"`
	Source    string       `json:"source" part:"D9"`
	Called    string       `json:"called,omitempty" part:"D9"`
	From      string       `json:"from" part:"D9"`
	Until     string       `json:"until" part:"D9"`
	Route     bundle.Route `json:"route" part:"D9"`
	Columns   []string     `json:"columns" part:"D9"`
	By        journal.ID   `json:"by" part:"D9"`
	Published time.Time    `json:"published,omitzero" part:"D9"`
	Hash      string       `json:"hash,omitempty" part:"D9"`
	Cost      Cost         `json:"cost" part:"D9"`
}

// Kind gives the dossier kind "release".
func Kind() store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindRelease, Base: journal.D9, Codes: []string{"source", "route"},
		Types: []store.Type{
			{Name: DraftedType, Payload: Draft{}}, {Name: AskedType, Payload: Asking{}}, {Name: ReturnedType, Payload: Reasoned{}}, {Name: ApprovedType, Payload: Approval{}, Room: written},
			{Name: SignedType, Payload: Signing{}}, {Name: HeldType, Payload: Reasoned{}}, {Name: WithdrawnType, Payload: Reasoned{}},
			{Name: DrawingType, Payload: Begun{}, Room: written}, {Name: DrawnType, Payload: Made{}, Room: written, Blob: true}, {Name: BrokenType, Payload: Reasoned{}, Room: written},
		},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

func derive(s State) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	a := s.Asks
	return store.Derived{State: string(s.status), Codes: map[string][]string{"source": {a.Source}, "route": {string(a.Route)}},
		Summary: Summary{Status: s.status, Source: a.Source, Called: a.Called, From: a.From, Until: a.Until, Route: a.Route, Columns: a.Columns, By: s.By, Published: s.PublishedAt(), Hash: s.Made.Hash, Cost: s.Begun.Cost}}
}

// TableName says which table columns make: "sex+age_group"; "" is the one number of all.
func TableName(columns []string) string { return strings.Join(columns, "+") }
