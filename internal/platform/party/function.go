// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Entry types of the dossier kind "function".
const (
	FunctionHeld  = "function.held"
	FunctionEnded = "function.ended"
	FunctionNamed = "function.named"
)

// Held is the payload of function.held: a person has a title in an organisation for a time. The first one makes the
// dossier; a later one corrects the fields that it holds. A successor gets a dossier of their own.
//
// Exactly one of PublicName and Name is used. PublicName is for a holder of public office or a speaker whom a public
// source names in this function; it needs that source. Everybody else is a Name, sealed with the contacts.
type Held struct {
	Titles       Names       `json:"titles,omitempty" part:"PP"`
	Original     string      `json:"original,omitempty" part:"PP"`    // the language of Titles that the others translate; "" when not said
	Organisation journal.ID  `json:"organisation,omitzero" part:"PP"` // zero when the source names none
	Since        PartialDate `json:"since,omitzero" part:"PP"`
	Until        PartialDate `json:"until,omitzero" part:"PP"`
	PublicName   string      `json:"public_name,omitempty" part:"PP"`
	Sources      []Source    `json:"sources,omitempty" part:"PP"`
	Name         string      `json:"name,omitempty" part:"PC"`
	Email        string      `json:"email,omitempty" part:"PC"`
	Phone        string      `json:"phone,omitempty" part:"PC"`
}

// HeldUntil is the payload of function.ended. An unknown day is allowed: the function has ended, whenever that was.
type HeldUntil struct {
	Until   PartialDate `json:"until" part:"PP"`
	Sources []Source    `json:"sources,omitempty" part:"PP"`
}

// Named is the payload of function.named: whether the holder agreed to be named in what the office publishes, and where they
// said so. That a public source names them is no such agreement. Each replaces the one before.
type Named struct {
	May  bool   `json:"may" part:"PP"`
	Told string `json:"told,omitempty" part:"PP"` // "by e-mail of 3 May"
}

// Function is the state of a function's dossier.
type Function struct {
	ID           journal.ID
	Titles       Names
	Original     string          // the language of Titles that the others translate; "" when not said
	Outdated     map[string]bool // by language: the original was changed since it was translated
	Organisation journal.ID
	Since, Until PartialDate
	Ended        bool // true also when the day is unknown
	PublicName   string
	Sources      []Source
	Named        Named
	Name         string
	Email, Phone string
	NameMissing  journal.Absence // why Name, Email and Phone are empty when an entry holds them
}

// Exists says whether anything was recorded.
func (f Function) Exists() bool { return len(f.Titles) > 0 }

// Holder is the person's name as far as this reader may see it; "" when it is not recorded, hidden or erased.
func (f Function) Holder() string {
	if f.PublicName != "" {
		return f.PublicName
	}
	return f.Name
}

// FoldFunction gives the state of entries in rising revision. Entry types that it does not know are left out.
func FoldFunction(es []journal.Entry) (Function, error) {
	var f Function
	for _, e := range es {
		f.ID = e.Dossier
		switch e.Type {
		case FunctionHeld:
			h, err := journal.In[Held](e)
			if err != nil {
				return Function{}, err
			}
			f.hold(h)
			if why := e.Missing[journal.PC]; why != "" {
				f.NameMissing = why
			}
		case FunctionEnded:
			u, err := journal.In[HeldUntil](e)
			if err != nil {
				return Function{}, err
			}
			f.Ended, f.Until = true, u.Until
			f.Sources = addSources(f.Sources, u.Sources)
		case FunctionNamed:
			n, err := journal.In[Named](e)
			if err != nil {
				return Function{}, err
			}
			f.Named = n
		}
	}
	return f, nil
}

func (f *Function) hold(h Held) {
	if len(h.Titles) > 0 {
		f.entitle(h)
	}
	if !h.Organisation.IsZero() {
		f.Organisation = h.Organisation
	}
	if h.Since.Known() {
		f.Since = h.Since
	}
	if h.Until.Known() {
		f.Until, f.Ended = h.Until, true
	}
	if h.PublicName != "" && h.PublicName != f.Holder() || h.Name != "" && h.Name != f.Holder() {
		f.Named = Named{} // somebody else's word
	}
	switch { // a name found to be public, or the reverse, takes the other's place
	case h.PublicName != "":
		f.PublicName, f.Name = h.PublicName, ""
	case h.Name != "":
		f.PublicName, f.Name = "", h.Name
	}
	if h.Email != "" {
		f.Email = h.Email
	}
	if h.Phone != "" {
		f.Phone = h.Phone
	}
	f.Sources = addSources(f.Sources, h.Sources)
}

// entitle takes over titles. A translation that stays while its original changes is outdated from then on.
func (f *Function) entitle(h Held) {
	if h.Original != "" {
		f.Original = h.Original
	}
	if _, has := h.Titles[f.Original]; !has {
		f.Original = ""
	}
	was := f.Titles
	outdated := map[string]bool{}
	for tag, title := range h.Titles {
		changed := was[f.Original] != h.Titles[f.Original]
		if tag != f.Original && f.Original != "" && was[tag] == title && (changed || f.Outdated[tag]) {
			outdated[tag] = true
		}
	}
	f.Titles, f.Outdated = h.Titles, outdated
}

// CheckFunction says whether an entry may be appended to a state: an Invalid or Guarded fault, or nil.
func CheckFunction(f Function, e journal.Entry) error {
	var fs fault.Fields
	switch e.Type {
	case FunctionHeld:
		h, err := journal.In[Held](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		h.check(&fs, f)
	case FunctionEnded:
		u, err := journal.In[HeldUntil](e)
		switch {
		case err != nil:
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		case !f.Exists():
			return fault.New(fault.NotFound, "party.function.none")
		case f.Ended:
			return fault.New(fault.Guarded, "party.function.ended_already")
		}
		if u.Until.Before(f.Since) {
			fs.Add("until", "party.date.order")
		}
		checkSources(&fs, "sources", u.Sources)
	case FunctionNamed:
		n, err := journal.In[Named](e)
		switch {
		case err != nil:
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		case !f.Exists():
			return fault.New(fault.NotFound, "party.function.none")
		case n.May && strings.TrimSpace(n.Told) == "" || len(n.Told) > 200:
			fs.Add("told", "party.named.told")
		}
	default:
		return fault.New(fault.Invalid, "fault.invalid")
	}
	return fs.Err()
}

func (h Held) check(fs *fault.Fields, f Function) {
	if !f.Exists() && len(h.Titles) == 0 {
		fs.Add("titles", "party.title.needed")
	}
	checkNames(fs, "titles", h.Titles)
	if h.Original != "" && h.Titles[h.Original] == "" {
		fs.Add("original", "party.name.form")
	}
	checkSources(fs, "sources", h.Sources)
	if h.PublicName != "" && h.Name != "" {
		fs.Add("public_name", "party.holder.one_name")
	}
	if h.PublicName != "" && len(h.Sources) == 0 {
		fs.Add("sources", "party.holder.source_needed")
	}
	if len(h.PublicName) > 200 || len(h.Name) > 200 || len(h.Phone) > 60 || h.PublicName != strings.TrimSpace(h.PublicName) {
		fs.Add("name", "party.holder.form")
	}
	if h.Email != "" && (len(h.Email) > 254 || !emailForm.MatchString(h.Email)) {
		fs.Add("email", "party.email.form")
	}
	since, until := h.Since, h.Until
	if !since.Known() {
		since = f.Since
	}
	if !until.Known() {
		until = f.Until
	}
	if until.Before(since) {
		fs.Add("until", "party.date.order")
	}
}

// Holding says whether the function was held on a day: certainly not, or possibly so as far as dates are known.
func (f Function) Holding(day time.Time) bool {
	d := OnDay(day)
	if !f.Exists() || d.Before(f.Since) {
		return false
	}
	return !f.Ended || f.Until.Known() && !f.Until.Before(d)
}
