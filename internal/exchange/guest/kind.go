// SPDX-License-Identifier: EUPL-1.2

package guest

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Summary is what a list shows of a door.
type Summary struct {
	For     string    `json:"for" part:"D3"`
	Sort    string    `json:"sort" part:"D0"`
	Basis   string    `json:"basis" part:"D0"`
	Until   time.Time `json:"until" part:"D0"`
	Status  Status    `json:"status" part:"D0"` // apart from time
	Used    int       `json:"used" part:"D0"`
	Wrong   int       `json:"wrong" part:"D0"`
	Answers int       `json:"answers" part:"D0"`
}

// At gives the status at a time.
func (s Summary) At(now time.Time) Status {
	if s.Status == Open || s.Status == Spent {
		if !now.Before(s.Until) {
			return Expired
		}
	}
	return s.Status
}

// Kind gives the dossier kind "guest".
func Kind() store.Kind {
	return store.Of(store.KindOf[Door]{
		Name: access.KindGuest, Base: journal.D0, Codes: []string{"answered"},
		Types: []store.Type{{Name: OpenedType, Payload: Opened{}}, {Name: WrittenType, Payload: Written{}}, {Name: ClosedType, Payload: Closed{}},
			{Name: VisitedType, Payload: Visited{}}, {Name: AnsweredType, Payload: Answered{}}, {Name: FiledType, Payload: Filed{}, Blob: true}},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

func derive(d Door) store.Derived {
	if !d.Exists() {
		return store.Derived{}
	}
	status := d.Status(d.At) // apart from time, which passes without an entry
	out := store.Derived{State: string(status), Assignee: d.By, Standing: []store.Standing{{Actor: d.By, Relation: access.AsWorker}}, Codes: map[string][]string{"answered": {"no"}},
		Summary: Summary{For: d.Opened.For, Sort: d.Opened.Sort, Basis: d.Opened.Basis, Until: d.Opened.Until, Status: status, Used: d.Used(), Wrong: d.Wrong(), Answers: d.Answers()}}
	if d.Answers() > 0 {
		out.Codes["answered"] = []string{"yes"}
	}
	if status == Open || status == Spent {
		out.Due = d.Opened.Until
	}
	return out
}

func guard(g *store.Guarding, d Door, e journal.Entry) error {
	byPost := slices.Contains([]string{VisitedType, AnsweredType, FiledType}, e.Type)
	switch {
	case byPost != (g.Actor.Job == "post"):
		return fault.New(fault.Guarded, "guest.guard.part")
	case (e.Type == OpenedType) == d.Exists():
		return fault.New(fault.Guarded, "guest.guard.once")
	}
	if e.Type != OpenedType {
		if err := d.may(e.Type, g.Now); err != nil {
			return err
		}
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case OpenedType:
		err = check(e, func(v Opened) {
			v.check(&fs, g.Now)
			if len(v.Proof) != 64 || len(v.Key) == 0 || len(v.Key) > 8<<10 || len(v.To) > 4<<10 {
				fs.Add("key", "guest.want.choice")
			}
		})
	case WrittenType:
		err = check(e, func(v Written) {
			if blank(v.Text, maxText) || len(v.Sealed) == 0 {
				fs.Add("text", "guest.want.text", "Max", Letters)
			}
		})
	case ClosedType:
		err = check(e, func(v Closed) { among(&fs, "reason", Closings(), v.Reason) })
	case AnsweredType:
		err = check(e, func(v Answered) {
			if len(v.Text) > maxText || v.Files < 0 || v.Files > mostFiles || strings.TrimSpace(v.Text) == "" && v.Files == 0 {
				fs.Add("text", "guest.want.text", "Max", Letters)
			}
		})
	case FiledType:
		err = check(e, func(v Filed) {
			if _, ok := endings[v.Media]; !ok || blank(v.Name, maxLine) || v.Size != len(g.Bytes()) || v.Size > MaxFiles || !slices.ContainsFunc(d.Texts, func(t Text) bool { return t.ID == v.Answer && len(t.Files) < mostFiles }) {
				fs.Add("file", "guest.want.file")
			}
		})
	}
	if err != nil {
		return err
	}
	return fs.Err()
}

// may says whether something can still be done at a door.
func (d Door) may(typ string, now time.Time) error {
	s := d.Status(now)
	ok := s == Open
	switch typ {
	case ClosedType:
		ok = s != Shut
	case WrittenType:
		ok = s == Open && len(d.Texts)-d.Answers() < mostTexts
	case AnsweredType:
		ok = (s == Open || s == Spent) && d.Used() > 0 && d.Answers() < mostAnswers
	case FiledType:
		ok = s == Open || s == Spent
	}
	if !ok {
		return fault.New(fault.Guarded, "guest.guard.status")
	}
	return nil
}

func check[T any](e journal.Entry, f func(T)) error {
	v, err := journal.In[T](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	f(v)
	return nil
}

// check says what is wrong with what somebody chose and wrote of a door.
func (v Opened) check(fs *fault.Fields, now time.Time) {
	if v.Sort != Letter {
		fs.Add("sort", "guest.want.choice")
	}
	among(fs, "basis", Bases(), v.Basis)
	if blank(v.For, maxLine) {
		fs.Add("for", "guest.want.for")
	}
	if blank(v.Reason, maxLine) {
		fs.Add("reason", "guest.want.reason")
	}
	if !v.Until.After(now) || v.Until.After(now.AddDate(0, 0, MostDays).Add(time.Minute)) {
		fs.Add("days", "guest.want.days", "Max", MostDays)
	}
	if v.Openings < 1 || v.Openings > MostOpenings {
		fs.Add("openings", "guest.want.openings", "Max", MostOpenings)
	}
	if len(v.Language) > 10 {
		fs.Add("language", "guest.want.choice")
	}
}

func among(fs *fault.Fields, field string, list []string, x string) {
	if !slices.Contains(list, x) {
		fs.Add(field, "guest.want.choice")
	}
}

func blank(s string, most int) bool { return strings.TrimSpace(s) == "" || len(s) > most }
