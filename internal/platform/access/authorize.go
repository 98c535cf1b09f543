// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	cedar "github.com/cedar-policy/cedar-go"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

//go:embed policies/*.cedar
var base embed.FS

// Policies is a set of rules ready to decide. It is safe for concurrent use and never changes.
type Policies struct {
	set  *cedar.PolicySet
	why  map[string]RuleText
	memo *memo
}

// RuleText is one policy in words.
type RuleText struct {
	ID     string `json:"id"`
	Why    string `json:"why"`
	Effect string `json:"effect"` // permit | forbid
}

// Base loads the policies of every office.
func Base() (*Policies, error) {
	p := &Policies{set: cedar.NewPolicySet(), why: map[string]RuleText{}, memo: &memo{}}
	files, err := fs.Glob(base, "policies/*.cedar")
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		src, err := base.ReadFile(f)
		if err != nil {
			return nil, err
		}
		if err := p.add(f, "", src, true); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// With gives the policies plus those of a pack, which may only forbid.
func (p *Policies) With(pack string, src []byte) (*Policies, error) {
	out := &Policies{set: cedar.NewPolicySet(), why: map[string]RuleText{}, memo: &memo{}}
	for id, pol := range p.set.All() {
		out.set.Add(id, pol)
	}
	for id, t := range p.why {
		out.why[id] = t
	}
	return out, out.add(pack, pack+".", src, false)
}

func (p *Policies) add(file, prefix string, src []byte, permits bool) error {
	list, err := cedar.NewPolicyListFromBytes(file, src)
	if err != nil {
		return fmt.Errorf("access: %s: %w", file, err)
	}
	for _, pol := range list {
		id, why := string(pol.Annotations()["id"]), string(pol.Annotations()["why"])
		if id == "" || why == "" {
			return fmt.Errorf("access: %s: a policy at line %d lacks @id or @why", file, pol.Position().Line)
		}
		id = prefix + id
		if _, twice := p.why[id]; twice {
			return fmt.Errorf("access: %s: policy %s is there twice", file, id)
		}
		effect := "forbid"
		if pol.Effect() == cedar.Permit {
			if effect = "permit"; !permits {
				return fmt.Errorf("access: %s: policy %s permits; a pack may only forbid", file, id)
			}
		}
		p.why[id] = RuleText{ID: id, Why: why, Effect: effect}
		p.set.Add(cedar.PolicyID(id), pol)
	}
	return nil
}

// Rules lists all policies in words, by id.
func (p *Policies) Rules() []RuleText {
	var out []RuleText
	for _, t := range p.why {
		out = append(out, t)
	}
	inorder.By(out, func(a, b RuleText) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Explain gives the decision with the words of the rules that made it.
func (p *Policies) Explain(r Request) (Decision, []RuleText) {
	d := p.Authorize(r)
	var out []RuleText
	for _, id := range d.Rules {
		out = append(out, p.why[id])
	}
	return d, out
}

// Authorize is the one function that says yes. Whatever is not permitted is denied, as is everything
// about an unknown kind, category, role, relation, purpose or action.
func (p *Policies) Authorize(r Request) Decision {
	if !known(r) {
		return Decision{}
	}
	k := keyOf(r)
	if d, ok := p.memo.get(k); ok {
		return d
	}
	d := p.decide(r)
	p.memo.put(k, d)
	return d
}

func (p *Policies) decide(r Request) Decision {
	req := cedar.Request{
		Principal: cedar.NewEntityUID("Actor", "actor"),
		Action:    cedar.NewEntityUID("Action", cedar.String(r.Action)),
		Resource:  cedar.NewEntityUID("Row", "row"),
		Context: cedar.NewRecord(cedar.RecordMap{
			"same_owner": cedar.Boolean(!r.Row.Owner.IsZero() && r.Actor.Owner == r.Row.Owner),
			"office":     cedar.String(r.Actor.Office),
			"roles":      set(r.Actor.Roles),
			"job":        cedar.String(r.Actor.Job),
			"kind":       cedar.String(r.Row.Kind),
			"wing":       cedar.String(wingOf(r.Row.Kind)),
			"type":       cedar.String(r.Type),
			"category":   cedar.String(r.Category),
			"relations":  set(r.Row.Relations),
			"facts":      set(r.Row.Facts),
			"purpose":    cedar.String(r.Purpose),
		}),
	}
	decision, diagnostic := cedar.Authorize(p.set, cedar.EntityMap{}, req)
	d := Decision{Allow: decision == cedar.Allow && len(diagnostic.Errors) == 0}
	for _, why := range diagnostic.Reasons {
		d.Rules = append(d.Rules, string(why.PolicyID))
	}
	slices.Sort(d.Rules)
	return d
}

// wingOf gives the wing that holds a kind, as far as rules speak of wings.
func wingOf(kind string) string {
	if slices.Contains(programmeKinds, kind) {
		return WingProgramme
	}
	return ""
}

func set[T ~string](xs []T) cedar.Set {
	vs := make([]cedar.Value, len(xs))
	for i, x := range xs {
		vs[i] = cedar.String(x)
	}
	return cedar.NewSet(vs...)
}

// known says whether every word of the request is on its closed list. Facts are checked by their packs.
func known(r Request) bool {
	if r.Action != Read && r.Action != Write || !slices.Contains(OfficeKinds(), r.Actor.Office) {
		return false
	}
	if !slices.Contains(kinds, r.Row.Kind) || !slices.Contains(categories, r.Category) || !slices.Contains(purposes, r.Purpose) {
		return false
	}
	for _, x := range r.Actor.Roles {
		if x == Job && r.Actor.Job == "" || x != Job && !slices.Contains(roles, x) {
			return false
		}
	}
	for _, x := range r.Row.Relations {
		if !slices.Contains(relations, x) {
			return false
		}
	}
	return true
}

var (
	kinds = Kinds()

	programmeKinds = ProgrammeKinds()

	categories = journal.Categories()
	purposes   = Purposes()
	roles      = Roles()
	relations  = Relations()
)

// key is what a decision depends on, and nothing else of the request.
type key struct {
	action    Action
	typ       string
	office    OfficeKind
	job       string
	kind      string
	category  journal.Category
	purpose   Purpose
	same      bool
	roles     string
	relations string
	facts     string
}

func keyOf(r Request) key {
	return key{r.Action, r.Type, r.Actor.Office, r.Actor.Job, r.Row.Kind, r.Category, r.Purpose, !r.Row.Owner.IsZero() && r.Actor.Owner == r.Row.Owner,
		join(r.Actor.Roles), join(r.Row.Relations), join(r.Row.Facts)}
}

func join[T ~string](xs []T) string {
	switch len(xs) {
	case 0:
		return ""
	case 1:
		return string(xs[0])
	}
	var b strings.Builder
	for _, x := range xs {
		b.WriteString(string(x))
		b.WriteByte(',')
	}
	return b.String()
}

// memoSize bounds the memory of decisions: the working set of an office is a few thousand.
const memoSize = 50_000

// memo remembers decisions, which are pure functions of their key.
type memo struct {
	mu sync.RWMutex
	m  map[key]Decision
}

func (m *memo) get(k key) (Decision, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	d, ok := m.m[k]
	return d, ok
}

func (m *memo) put(k key, d Decision) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.m == nil || len(m.m) >= memoSize {
		m.m = map[key]Decision{}
	}
	m.m[k] = d
}
