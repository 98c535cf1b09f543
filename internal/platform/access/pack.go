// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"unicode/utf8"

	cedar "github.com/cedar-policy/cedar-go"
	"github.com/cedar-policy/cedar-go/x/exp/ast"
	"github.com/cedar-policy/cedar-go/x/exp/schema"
	"github.com/cedar-policy/cedar-go/x/exp/schema/validate"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Bounds of a pack of rules: what somebody can still read.
const (
	MaxPack   = 32 << 10 // bytes
	mostRules = 50
	leastWhy  = 20 // characters of @why: a sentence
)

var (
	packName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	ruleID   = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,59}$`)
)

// words describes, in Cedar's schema language, all that a rule can ask about.
const words = `
entity Actor;
entity Row;
action "read", "write" appliesTo {
  principal: Actor,
  resource: Row,
  context: {
    same_owner: Bool, office: String, roles: Set<String>, job: String, kind: String, wing: String, type: String,
    category: String, relations: Set<String>, facts: Set<String>, purpose: String,
  },
};
`

// validator is made once: only adding a pack asks.
var validator = sync.OnceValues(func() (*validate.Validator, error) {
	var s schema.Schema
	if err := s.UnmarshalCedar([]byte(words)); err != nil {
		return nil, err
	}
	resolved, err := s.Resolve()
	if err != nil {
		return nil, err
	}
	return validate.New(resolved), nil
})

// Admit is With for a pack that is new: it also checks, strictly, what somebody wrote. Each rule has an @id and a @why of a
// sentence, and asks about nothing but what the door knows: attributes by the schema, and words (categories, kinds of
// dossiers and of offices, roles, relations, purposes) by their closed lists, since a rule with a word that nothing is
// called would never bite. The pack may not keep whoever runs the office's command line from taking it away again. What is
// wrong is an Invalid fault that names the rule; the pack's name, too large a pack and a name that is taken as well.
func (p *Policies) Admit(name string, src []byte) (*Policies, error) {
	if !packName.MatchString(name) {
		return nil, fault.Bad("name", "access.pack.name")
	}
	if len(src) == 0 || len(src) > MaxPack || !utf8.Valid(src) {
		return nil, fault.New(fault.Invalid, "access.pack.size", "Max", MaxPack>>10)
	}
	list, err := cedar.NewPolicyListFromBytes(name, src)
	if err != nil {
		return nil, fault.New(fault.Invalid, "access.pack.unreadable", "Detail", err.Error())
	}
	if len(list) == 0 || len(list) > mostRules {
		return nil, fault.New(fault.Invalid, "access.pack.count", "Max", mostRules)
	}
	for _, pol := range list {
		if err := admissible(pol); err != nil {
			return nil, err
		}
	}
	out, err := p.With(name, src)
	if err != nil {
		return nil, fault.New(fault.Invalid, "access.pack.unreadable", "Detail", err.Error())
	}
	if !out.reversible() {
		return nil, fault.New(fault.Invalid, "access.pack.locks_out")
	}
	return out, nil
}

func admissible(pol *cedar.Policy) error {
	id, line := string(pol.Annotations()["id"]), pol.Position().Line
	if !ruleID.MatchString(id) {
		return fault.New(fault.Invalid, "access.pack.id", "Line", line)
	}
	if utf8.RuneCountInString(string(pol.Annotations()["why"])) < leastWhy {
		return fault.New(fault.Invalid, "access.pack.why", "Rule", id, "Min", leastWhy)
	}
	if pol.Effect() == cedar.Permit {
		return fault.New(fault.Invalid, "access.pack.permits", "Rule", id)
	}
	v, err := validator()
	if err != nil {
		return err
	}
	if err := v.Policy(id, (*ast.Policy)(pol.AST())); err != nil {
		return fault.New(fault.Invalid, "access.pack.schema", "Rule", id, "Detail", err.Error())
	}
	b, err := pol.MarshalJSON()
	if err != nil {
		return err
	}
	var tree any
	if err := json.Unmarshal(b, &tree); err != nil {
		return err
	}
	if word := strange(tree); word != "" {
		return fault.New(fault.Invalid, "access.pack.word", "Rule", id, "Word", word)
	}
	return nil
}

// known words by attribute. Types of entries, jobs and facts are not on closed lists here.
func closed() map[string][]string {
	return map[string][]string{"office": texts(OfficeKinds()), "roles": append(texts(roles), string(Job)), "kind": kinds, "wing": {"", WingProgramme},
		"category": texts(categories), "relations": texts(relations), "purpose": texts(purposes)}
}

func texts[T ~string](xs []T) []string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return out
}

// strange finds a comparison of an attribute with a word that it can never be, in a policy's JSON form: "attribute word",
// or empty.
func strange(tree any) string {
	switch x := tree.(type) {
	case []any:
		for _, y := range x {
			if s := strange(y); s != "" {
				return s
			}
		}
	case map[string]any:
		if s := compared(x["left"], x["right"]); s != "" {
			return s
		}
		for _, y := range x {
			if s := strange(y); s != "" {
				return s
			}
		}
	}
	return ""
}

func compared(left, right any) string {
	for _, side := range [][2]any{{left, right}, {right, left}} {
		attribute := attributeOf(side[0])
		list, ok := closed()[attribute]
		if !ok {
			continue
		}
		for _, w := range literals(side[1]) {
			if !slices.Contains(list, w) {
				return fmt.Sprintf("%s %q", attribute, w)
			}
		}
	}
	return ""
}

// attributeOf gives the attribute of the context that an expression is; empty for other expressions.
func attributeOf(x any) string {
	m, _ := x.(map[string]any)
	dot, _ := m["."].(map[string]any)
	of, _ := dot["left"].(map[string]any)
	if of["Var"] != "context" {
		return ""
	}
	s, _ := dot["attr"].(string)
	return s
}

// literals lists the words of an expression that is a word or a set of words.
func literals(x any) []string {
	switch x := x.(type) {
	case string:
		return []string{x}
	case []any:
		var out []string
		for _, y := range x {
			out = append(out, literals(y)...)
		}
		return out
	case map[string]any:
		return append(literals(x["Value"]), literals(x["Set"])...)
	}
	return nil
}

// Types of entries of an office's own dossier with which packs come and go.
const (
	RulesAdded   = "office.rules_added"
	RulesRemoved = "office.rules_removed"
)

// reversible says whether the command line of an office of any kind can still take packs away.
func (p *Policies) reversible() bool {
	owner := journal.ID{1}
	for _, office := range OfficeKinds() {
		r := Request{Actor: Actor{ID: owner, Owner: owner, Office: office, Roles: []Role{Job}, Job: "operator"}, Action: Read, Category: journal.OF,
			Purpose: ForAdministration, Row: Row{Owner: owner, Kind: KindOffice, Dossier: owner}}
		if !p.Authorize(r).Allow {
			return false
		}
		if r.Action, r.Type = Write, RulesRemoved; !p.Authorize(r).Allow {
			return false
		}
	}
	return true
}
