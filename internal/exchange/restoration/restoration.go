// SPDX-License-Identifier: EUPL-1.2

// Package restoration holds what an office's log says of itself having been restored from a backup: when, from what, how far the log had got before, who compared it with what others had seen of it, and, where nobody
// could, who decided to go on and why. So a log that was cut short says so itself, for ever, and whoever had seen
// the longer one finds the reason.
package restoration

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types.
const (
	WasRestored = "log.restored"
	WasResumed  = "log.resumed"
)

// Restored is log.restored: the office was restored, and signs nothing until it is resumed.
type Restored struct {
	Backup   journal.ID `json:"backup" part:"OF"`
	Made     time.Time  `json:"made" part:"OF"`
	Size     int64      `json:"size" part:"OF"`              // signed size of the log in the backup
	Reached  int64      `json:"reached,omitempty" part:"OF"` // size of the last checkpoint that lay beside the backups
	Erasures int        `json:"erasures" part:"OF"`          // that were carried out again
}

// Resumed is log.resumed: the office signs again.
type Resumed struct {
	Seen   []Seen `json:"seen,omitempty" part:"OF"`
	Reason string `json:"reason,omitempty" part:"OF"` // required where something differs or nothing was compared
}

// Seen is one signed checkpoint of this log that others kept, and whether the restored log holds it.
type Seen struct {
	Note string `json:"note"`
	Size int64  `json:"size"`
	Held bool   `json:"held"`
}

// leastReason is how many characters a reason has at least: a sentence.
const leastReason = 20

// State is one restoration.
type State struct {
	Restored *Restored
	Resumed  *Resumed // nil while the office waits
}

// Kind gives the dossier kind "log": one dossier for each restoration.
func Kind() store.Kind {
	return store.Of(store.KindOf[State]{
		Name: access.KindLog, Base: journal.OF,
		Types: []store.Type{{Name: WasRestored, Payload: Restored{}}, {Name: WasResumed, Payload: Resumed{}}},
		Fold:  fold, Guard: guard,
		Derive: func(s State) store.Derived {
			if s.Resumed == nil {
				return store.Derived{State: "restored"}
			}
			return store.Derived{State: "resumed"}
		},
	})
}

func fold(es []journal.Entry) (State, error) {
	var s State
	for _, e := range es {
		switch e.Type {
		case WasRestored:
			p, err := journal.In[Restored](e)
			if err != nil {
				return s, err
			}
			s.Restored = &p
		case WasResumed:
			p, err := journal.In[Resumed](e)
			if err != nil {
				return s, err
			}
			s.Resumed = &p
		}
	}
	return s, nil
}

func guard(_ *store.Guarding, s State, e journal.Entry) error {
	if e.Type == WasRestored {
		if s.Restored != nil {
			return fault.New(fault.Guarded, "operate.restore.twice")
		}
		return nil
	}
	if s.Restored == nil || s.Resumed != nil {
		return fault.New(fault.Guarded, "operate.restore.not_waiting")
	}
	p, err := journal.In[Resumed](e)
	if err != nil {
		return err
	}
	return p.check()
}

// check asks for a reason where nothing was compared or something differs.
func (p Resumed) check() error {
	differs := slices.ContainsFunc(p.Seen, func(x Seen) bool { return !x.Held })
	if (len(p.Seen) == 0 || differs) && utf8.RuneCountInString(strings.TrimSpace(p.Reason)) < leastReason {
		return fault.Bad("reason", "operate.restore.reason", "Min", leastReason)
	}
	return nil
}
