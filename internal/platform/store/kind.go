// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Type is one entry type that a wing registers.
type Type struct {
	Name    string // "consent.given"
	Schema  int    // version of the payload; 0 means 1
	Payload any    // a zero value of the payload struct, every field with json and part tags
	// Overlap lists payload fields (JSON names) that hold a current value: when an entry of this type was
	// written without knowledge of another of the same type that set the same field, that is a conflict
	// for a person to settle. Fields not listed are facts of their own and never conflict; safety fields
	// are left out because their fold takes the cautious value.
	Overlap []string
	// Blob says that entries of this type come with bytes of their own (Draft.Blob), and always do.
	Blob bool
	// Room names the one operation's room that writes entries of this type. A draft that does not name it is refused, so
	// that no general door (the API) can write what only a room's own count or check may say.
	Room string
}

// Kind is one kind of dossier: how its entries fold, what may be appended when, and what of its state
// stands in clear columns. Make one with Of.
type Kind struct {
	Name  string
	Types []Type
	// Codes is the closed list of code names that Derive may give for this kind.
	Codes []string
	// Base is the category that says that the dossier exists at all: D0, PP or OF.
	Base journal.Category
	// Derives is raised when Derive gives other clear columns than before for the same state: an office that has dossiers of
	// the kind then derives them anew (DeriveAgain).
	Derives int

	holds   []journal.Category // the categories that a dossier of the kind can have, in their order
	fold    func([]journal.Entry) (any, error)
	guard   func(*Guarding, any, journal.Entry) error
	derive  func(any) Derived
	effects func(*Guarding, any, any, journal.Entry) (Effects, error)
}

// KindOf is a Kind with its state type.
type KindOf[S any] struct {
	Name  string
	Base  journal.Category
	Codes []string
	Types []Type
	// Derives is which way of deriving this is; see Kind.
	Derives int
	// Fold gives the state of a list of entries in rising revision. It is pure, and it accepts that any
	// part is missing.
	Fold func([]journal.Entry) (S, error)
	// Guard says whether the entry may be appended to the state now (nil means always). It runs again
	// whenever the dossier has moved on before the append.
	Guard func(*Guarding, S, journal.Entry) error
	// Derive gives what of the state stands beside the entries: clear columns, standing, tokens, summary.
	Derive func(S) Derived
	// Effects gives what else must happen in the same transaction (nil means nothing).
	Effects func(g *Guarding, before, after S, e journal.Entry) (Effects, error)
}

// Of turns a typed kind into a Kind.
func Of[S any](k KindOf[S]) Kind {
	out := Kind{Name: k.Name, Types: k.Types, Codes: k.Codes, Base: k.Base, Derives: k.Derives}
	out.fold = func(es []journal.Entry) (any, error) { return k.Fold(es) }
	if k.Guard != nil {
		out.guard = func(g *Guarding, s any, e journal.Entry) error { return k.Guard(g, s.(S), e) }
	}
	out.derive = func(s any) Derived { return k.Derive(s.(S)) }
	if k.Effects != nil {
		out.effects = func(g *Guarding, b, a any, e journal.Entry) (Effects, error) { return k.Effects(g, b.(S), a.(S), e) }
	}
	return out
}

// Also gives the kind with another guard, which is asked before its own: what another room makes of an entry.
func (k Kind) Also(guard func(g *Guarding, state any, e journal.Entry) error) Kind {
	own := k.guard
	k.guard = func(g *Guarding, state any, e journal.Entry) error {
		if err := guard(g, state, e); err != nil || own == nil {
			return err
		}
		return own(g, state, e)
	}
	return k
}

// Derived gives what the kind puts beside a dossier of these entries, in rising revision: for tests of what stands there once
// parts of them are gone.
func (k Kind) Derived(entries []journal.Entry) (Derived, error) {
	state, err := k.fold(entries)
	if err != nil {
		return Derived{}, err
	}
	return k.derive(state), nil
}

// Derived is what a fold puts beside the entries so that lists, searches and the door can work.
type Derived struct {
	State    string              // a code
	Due      time.Time           // the earliest thing due; zero for none
	Assignee journal.ID          // whose work it is
	Codes    map[string][]string // of the kind's closed list; values are codes or ids, never text
	Standing []Standing          // who stands how to this dossier
	Tokens   []Token             // what it can be found by; blinded before it is stored
	// Summary is a struct with part tags: what a list row shows. Its parts are sealed like any other and
	// rewritten on every append. Nil for none.
	Summary any
}

// Standing is one person's relation to the dossier; Until zero means without end.
type Standing struct {
	Actor    journal.ID
	Relation access.Relation
	Until    time.Time
}

// Token is one thing that a dossier can be found by, in clear until the vault blinds it.
type Token struct{ Kind, Value string }

// Effects is what an append brings about in its own transaction.
type Effects struct {
	// Messages are handed to the office's Sender.
	Messages []any
	// Erase lists categories of this dossier whose keys are destroyed and whose bytes are removed.
	Erase []journal.Category
}

// Guarding is what a guard may know besides the state: the time, the office, who acts, and the state
// of other dossiers. Whatever it asks of others is checked again, unmoved, when the entry commits.
type Guarding struct {
	Now    time.Time
	Owner  journal.ID
	Office access.OfficeKind
	Actor  access.Actor

	ctx   context.Context // of the append
	other func(kind string, id journal.ID) (any, error)
	find  func(kind, code, value string) ([]journal.ID, error)
	blob  *Blob
}

// Context is that of the append which is looked at.
func (g *Guarding) Context() context.Context { return g.ctx }

// Bytes gives the bytes that come with the entry that is being looked at; nil when it comes with none. They are the
// store's: whoever reads them changes nothing.
func (g *Guarding) Bytes() []byte {
	if g.blob == nil {
		return nil
	}
	return g.blob.Bytes
}

// Find lists all dossiers of a kind by a code, newest first. What it finds is a candidate:
// ask Other about each, which is what the commit checks again.
func (g *Guarding) Find(kind, code, value string) ([]journal.ID, error) {
	return g.find(kind, code, value)
}

// Other gives the state of another dossier of the same owner, or a NotFound fault.
func (g *Guarding) Other(kind string, id journal.ID) (any, error) { return g.other(kind, id) }

// Registry is the closed set of kinds and entry types that an office knows.
type Registry struct {
	kinds map[string]*Kind
	types map[string]typeInfo
}

type typeInfo struct {
	Type
	kind       string
	categories []journal.Category
	reflected  reflect.Type
}

// NewRegistry checks and joins the kinds of the wings.
func NewRegistry(kinds ...Kind) (*Registry, error) {
	r := &Registry{kinds: map[string]*Kind{}, types: map[string]typeInfo{}}
	for _, k := range kinds {
		if _, double := r.kinds[k.Name]; double || k.Name == "" || k.fold == nil || k.derive == nil || k.Base == "" {
			return nil, fmt.Errorf("store: kind %q is double or lacks a name, base, fold or derive", k.Name)
		}
		r.kinds[k.Name] = &k
		for _, t := range k.Types {
			if err := r.addType(k.Name, t); err != nil {
				return nil, err
			}
		}
		r.kinds[k.Name].holds = r.holds(k)
	}
	return r, nil
}

// holds gives the categories of what is written in dossiers of a kind, and of that they exist.
func (r *Registry) holds(k Kind) []journal.Category {
	var out []journal.Category
	for _, c := range journal.Categories() {
		if c == k.Base || slices.ContainsFunc(k.Types, func(t Type) bool { return slices.Contains(r.types[k.Name+" "+t.Name].categories, c) }) {
			out = append(out, c)
		}
	}
	return out
}

func (r *Registry) addType(kind string, t Type) error {
	if t.Schema == 0 {
		t.Schema = 1
	}
	cats, err := journal.PayloadCategories(t.Payload)
	if err != nil {
		return fmt.Errorf("store: type %s: %w", t.Name, err)
	}
	key := kind + " " + t.Name
	if _, double := r.types[key]; double {
		return fmt.Errorf("store: type %s of kind %s is registered twice", t.Name, kind)
	}
	rt := reflect.TypeOf(t.Payload)
	if rt.Kind() == reflect.Pointer {
		rt = rt.Elem()
	}
	r.types[key] = typeInfo{Type: t, kind: kind, categories: cats, reflected: rt}
	return nil
}

func (r *Registry) kind(name string) (*Kind, error) {
	k, ok := r.kinds[name]
	if !ok {
		return nil, fault.Bad("kind", "store.unknown_kind", "Kind", code(name))
	}
	return k, nil
}

func (r *Registry) typ(kind, name string) (typeInfo, error) {
	t, ok := r.types[kind+" "+name]
	if !ok {
		return typeInfo{}, UnknownType(name)
	}
	return t, nil
}

// UnknownType is the fault of an entry type that is not registered.
func UnknownType(name string) error {
	return fault.Bad("type", "store.unknown_type", "Type", code(name))
}

// code repeats what has the shape of a code, and nothing else that somebody may have typed in its place.
func code(name string) string {
	if !typedCode.MatchString(name) {
		return "?"
	}
	return name
}

var typedCode = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,63}$`)

// TypeInfo describes a registered entry type to doors such as the API and to tests.
type TypeInfo struct {
	Kind, Name string
	Schema     int
	Categories []journal.Category
	Payload    reflect.Type
}

// Payload gives the payload type of an entry type, false where there is no such type.
func (r *Registry) Payload(kind, name string) (reflect.Type, bool) {
	t, ok := r.types[kind+" "+name]
	return t.reflected, ok
}

// Types lists all registered entry types, sorted by kind and name.
func (r *Registry) Types() []TypeInfo {
	var out []TypeInfo
	for _, t := range r.types {
		out = append(out, TypeInfo{t.kind, t.Name, t.Schema, t.categories, t.reflected})
	}
	inorder.By(out, func(a, b TypeInfo) int {
		if a.Kind != b.Kind {
			return compare(a.Kind, b.Kind)
		}
		return compare(a.Name, b.Name)
	})
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// clearValue is what may stand in a clear column: a code, an id, a country; never a sentence or a name
// with spaces or letters beyond ASCII.
var clearValue = regexp.MustCompile(`^[A-Za-z0-9_.:\-]{0,64}$`)

func (k *Kind) check(d Derived) error {
	if !clearValue.MatchString(d.State) {
		return fmt.Errorf("store: kind %s: state is not a code", k.Name)
	}
	for name, values := range d.Codes {
		if !slices.Contains(k.Codes, name) {
			return fmt.Errorf("store: kind %s: code %s is not on its closed list", k.Name, name)
		}
		for _, v := range values {
			if v == "" || !clearValue.MatchString(v) {
				return fmt.Errorf("store: kind %s: a value of code %s is not a code", k.Name, name)
			}
		}
	}
	return nil
}
