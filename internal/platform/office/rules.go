// SPDX-License-Identifier: EUPL-1.2

package office

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// RulesAdded is office.rules_added: a pack of Cedar policies, which may only forbid, holds from now on. The text itself is
// in the entry, so that the log commits to it, a backup brings it back, and nobody changes a file.
type RulesAdded struct {
	Name   string `json:"name" part:"OF"`
	SHA256 string `json:"sha256" part:"OF"` // hex, of Source
	Source string `json:"source" part:"OF"`
}

// RulesRemoved is office.rules_removed: the pack holds no longer.
type RulesRemoved struct {
	Name   string `json:"name" part:"OF"`
	Reason string `json:"reason" part:"OF"`
}

// Pack is one that holds.
type Pack struct {
	RulesAdded
	By journal.ID
	At time.Time
}

// Taken is one that holds no longer.
type Taken struct {
	Pack
	Reason string
	Out    journal.ID // who removed it
	When   time.Time
}

// leastReason is how many characters a reason has at least, and mostPacks how many packs hold at once.
const (
	leastReason = 20
	mostPacks   = 20
)

// Rules gives the policies of every office with what the packs forbid. A pack that a later program cannot read any more is
// an error: an office does not run without what it decided to forbid.
func (s State) Rules(base *access.Policies) (*access.Policies, error) {
	p := base
	for _, x := range s.Packs {
		var err error
		if p, err = p.With(x.Name, []byte(x.Source)); err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "access.pack.broken", "Name", x.Name)
		}
	}
	return p, nil
}

func (s State) pack(name string) int {
	return slices.IndexFunc(s.Packs, func(p Pack) bool { return p.Name == name })
}

func (s *State) foldRules(e journal.Entry) error {
	switch e.Type {
	case access.RulesAdded:
		v, err := journal.In[RulesAdded](e)
		if err != nil {
			return err
		}
		s.Packs = append(s.Packs, Pack{v, e.Actor, e.OccurredAt})
	case access.RulesRemoved:
		v, err := journal.In[RulesRemoved](e)
		if err != nil {
			return err
		}
		if i := s.pack(v.Name); i >= 0 {
			s.Taken = append(s.Taken, Taken{s.Packs[i], v.Reason, e.Actor, e.OccurredAt})
			s.Packs = slices.Delete(slices.Clone(s.Packs), i, i+1)
		}
	}
	return nil
}

// guardRules lets in a pack that the door admits beside those that hold, and out one that holds, for a reason.
func (s State) guardRules(e journal.Entry) error {
	if e.Type == access.RulesRemoved {
		v, err := journal.In[RulesRemoved](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if s.pack(v.Name) < 0 {
			return fault.New(fault.Guarded, "access.pack.not_there", "Name", v.Name)
		}
		if utf8.RuneCountInString(strings.TrimSpace(v.Reason)) < leastReason {
			return fault.Bad("reason", "access.pack.reason", "Min", leastReason)
		}
		return nil
	}
	v, err := journal.In[RulesAdded](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	if s.pack(v.Name) >= 0 {
		return fault.New(fault.Guarded, "access.pack.there", "Name", v.Name)
	}
	if len(s.Packs) >= mostPacks {
		return fault.New(fault.Guarded, "access.pack.most", "Max", mostPacks)
	}
	if h := sha256.Sum256([]byte(v.Source)); hex.EncodeToString(h[:]) != v.SHA256 {
		return fault.Bad("sha256", "access.pack.hash")
	}
	base, err := access.Base()
	if err != nil {
		return err
	}
	p, err := s.Rules(base)
	if err != nil {
		return err
	}
	_, err = p.Admit(v.Name, []byte(v.Source))
	return err
}
