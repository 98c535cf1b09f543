// SPDX-License-Identifier: EUPL-1.2

package scheme

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// The entry types of a programme's dossier.
const (
	ImportedType = "programme.imported"
	SettledType  = "programme.settled"
	ReopenedType = "programme.reopened"
)

// maxSettled is the longest answer and the longest name of a document, in characters.
const maxSettled = 2000

// Settled is the payload of programme.settled: what this office holds of a question. What the source states stays
// beside it; nothing is overwritten.
type Settled struct {
	Question string `json:"question" part:"PP"`       // its key
	Answer   string `json:"answer" part:"PP"`         // in the office's words, or one of the source's statements
	Told     string `json:"told,omitempty" part:"PP"` // where that stands
}

// Reopened is the payload of programme.reopened: a settlement no longer holds.
type Reopened struct {
	Question string `json:"question" part:"PP"`
}

// Settlement is who settled a question, and when.
type Settlement struct {
	Settled
	By journal.ID
	At time.Time
}

// Question is something that a source states in several ways, or a note on its quality.
type Question struct {
	Key    string // follows from its words, so that a later import finds it again
	About  string
	Stated []Statement // empty for a note
	Settlement
}

// Open says whether nobody in the office has settled it.
func (q Question) Open() bool { return q.At.IsZero() }

// Questions lists what the source contradicts itself on, then what its quality leaves open. A note that only tells of a contradiction, with
// all that is stated there, is no question of its own, unless somebody has answered it.
func (s Scheme) Questions() []Question {
	var out []Question
	add := func(about string, stated []Statement) {
		key := s.key(about)
		out = append(out, Question{key, about, stated, s.Settlements[key]})
	}
	for _, c := range s.Contradictions {
		add(c.About, c.Stated)
	}
	for _, f := range s.Findings {
		_, answered := s.Settlements[s.key(f)]
		if answered || !slices.ContainsFunc(s.Contradictions, func(c Contradiction) bool { return c.toldBy(f) }) {
			add(f, nil)
		}
	}
	return out
}

// key names the question about something.
func (s Scheme) key(about string) string { return provenance.ID("question", s.Code, about).String() }

// toldBy says whether a note names every reading of it.
func (c Contradiction) toldBy(note string) bool {
	return len(c.Stated) > 1 && !slices.ContainsFunc(c.Stated, func(x Statement) bool { return !strings.Contains(note, x.Text) })
}

// Question finds one by its key.
func (s Scheme) Question(key string) (Question, bool) {
	qs := s.Questions()
	i := slices.IndexFunc(qs, func(q Question) bool { return q.Key == key })
	if i < 0 {
		return Question{}, false
	}
	return qs[i], true
}

// StoreKind gives the dossier kind "programme".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Scheme]{
		Name: access.KindProgramme, Base: journal.PP,
		Types: []store.Type{{Name: ImportedType, Payload: Imported{}}, {Name: SettledType, Payload: Settled{}, Overlap: []string{"question"}}, {Name: ReopenedType, Payload: Reopened{}}, {Name: WordedType, Payload: Worded{}, Overlap: []string{"texts"}}},
		Fold:  Fold, Guard: guard,
		Derive: func(s Scheme) store.Derived {
			return store.Derived{State: "current", Summary: Line{s.Code, s.Title, s.Year}}
		},
	})
}

func guard(g *store.Guarding, s Scheme, e journal.Entry) error {
	switch e.Type {
	case SettledType:
		v, err := journal.In[Settled](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		return v.check(s)
	case WordedType:
		return guardWorded(s, e)
	case ReopenedType:
		v, err := journal.In[Reopened](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if q, ok := s.Question(v.Question); !ok || q.Open() {
			return fault.New(fault.Guarded, "programme.guard.open_question")
		}
		return nil
	}
	v, err := journal.In[Imported](e)
	switch {
	case err != nil:
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	case g.Actor.Job != provenance.Job:
		return fault.New(fault.Guarded, "programme.guard.import_only")
	case v.Code == "" || v.Title == "":
		return fault.Bad("title", "programme.need.title")
	}
	return nil
}

func (v Settled) check(s Scheme) error {
	var fs fault.Fields
	if _, ok := s.Question(v.Question); !ok {
		fs.Add("question", "programme.need.question")
	}
	if v.Answer == "" || wording.Longer(v.Answer, maxSettled) {
		fs.Add("answer", "programme.need.answer")
	}
	if wording.Longer(v.Told, maxSettled) {
		fs.Add("told", "programme.need.answer")
	}
	return fs.Err()
}

// Fold gives the state of entries in rising revision.
func Fold(es []journal.Entry) (Scheme, error) {
	s := Scheme{Settlements: map[string]Settlement{}}
	for _, e := range es {
		s.ID = e.Dossier
		if e.Type != WordedType { // which says nothing of what the source says
			s.Trail.Note(e)
		}
		if err := s.apply(e); err != nil {
			return Scheme{}, err
		}
	}
	return s, nil
}

func (s *Scheme) apply(e journal.Entry) error {
	switch e.Type {
	case ImportedType:
		v, err := journal.In[Imported](e)
		s.Imported = v
		return err
	case SettledType:
		v, err := journal.In[Settled](e)
		s.Settlements[v.Question] = Settlement{v, e.Actor, e.RecordedAt}
		return err
	case WordedType:
		v, err := journal.In[Worded](e)
		s.Worded = v
		return err
	case ReopenedType:
		v, err := journal.In[Reopened](e)
		delete(s.Settlements, v.Question)
		return err
	}
	return nil
}
