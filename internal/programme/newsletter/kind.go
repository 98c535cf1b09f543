// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"bytes"
	"image/png"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/reach"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Limits of an issue.
const (
	MaxTitle     = 200       // bytes of a title
	MaxText      = 20_000    // bytes of a section in one language
	MaxPicture   = 150_000   // bytes of a picture
	MaxMail      = 100_000   // bytes of an e-mail, both parts together
	MostLinks    = 60        // to other sites, of both languages together, that are asked
	maxAddress   = 2000      // bytes of a link
	mostSections = 40        //
	mostPictures = 6         //
	mostPixels   = 3_000_000 //
)

var keyForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)

// Line is what a list shows of an issue.
type Line struct {
	Title  wording.Text `json:"title" part:"PP"`
	From   string       `json:"from" part:"PP"`
	To     string       `json:"to" part:"PP"`
	Number int          `json:"number,omitempty" part:"PP"`
	Day    string       `json:"day,omitempty" part:"PP"`
	Sent   bool         `json:"sent,omitempty" part:"PI"`
}

// StoreKind gives the dossier kind "publication".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Issue]{
		Name: access.KindPublication, Base: journal.PP, Codes: []string{"number"},
		Types: []store.Type{
			{Name: BegunType, Payload: Begun{}, Overlap: []string{"title", "from", "to"}},
			{Name: SectionType, Payload: Section{}}, {Name: DroppedType, Payload: Dropped{}}, {Name: PictureType, Payload: Picture{}},
			{Name: ApprovedType, Payload: Approved{}}, {Name: PublishedType, Payload: Published{}, Room: Room},
			{Name: CorrectedType, Payload: Corrected{}}, {Name: SendingType, Payload: Sending{}}, {Name: LookedType, Payload: Looked{}},
		},
		Fold: Fold, Guard: guard, Derive: derive,
	})
}

func derive(i Issue) store.Derived {
	if !i.Exists() {
		return store.Derived{}
	}
	d := store.Derived{State: "draft", Codes: map[string][]string{}, Summary: Line{i.Begun.Title, i.Begun.From, i.Begun.To, i.Published.Number, i.Published.Day, !i.Sending.IsZero()}}
	if i.Out() {
		d.State, d.Codes["number"] = "published", []string{strconv.Itoa(i.Published.Number)}
	}
	if !i.Sending.IsZero() {
		d.State = "sending"
	}
	return d
}

func guard(g *store.Guarding, i Issue, e journal.Entry) error {
	if e.Type != BegunType && !i.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	after := slices.Contains([]string{CorrectedType, SendingType}, e.Type)
	if i.Out() && !after && e.Type != LookedType {
		return fault.New(fault.Guarded, "newsletter.guard.published")
	}
	if !i.Out() && after {
		return fault.New(fault.Guarded, "newsletter.guard.unpublished")
	}
	switch e.Type {
	case BegunType:
		return checked(e, func(v Begun, fs *fault.Fields) { v.check(fs) })
	case SectionType:
		return checked(e, func(v Section, fs *fault.Fields) { v.check(fs, i) })
	case DroppedType:
		return checked(e, func(v Dropped, fs *fault.Fields) {
			if _, ok := i.Section(v.Key); !ok {
				fs.Add("key", "newsletter.need.section")
			}
		})
	case PictureType:
		return checked(e, func(v Picture, fs *fault.Fields) { v.check(fs, i) })
	case ApprovedType:
		return i.checkApproved(g, e)
	case PublishedType:
		return i.checkPublished(g, e)
	case CorrectedType:
		return checked(e, func(v Corrected, fs *fault.Fields) { v.Text.Check(fs, "text", true, MaxText) })
	case LookedType:
		return checked(e, func(v Looked, fs *fault.Fields) {
			if len(v.Links) > MostLinks || slices.ContainsFunc(v.Links, func(a reach.Answer) bool {
				return len(a.Address) > maxAddress || !slices.Contains(reach.States(), a.State)
			}) {
				fs.Add("links", "fault.invalid")
			}
		})
	case SendingType:
		if !i.Sending.IsZero() {
			return fault.New(fault.Guarded, "newsletter.guard.sending")
		}
		return checked(e, func(v Sending, fs *fault.Fields) {
			if v.Hash != i.Published.Hash {
				fs.Add("hash", "newsletter.guard.changed")
			}
		})
	}
	return nil
}

// checked reads a payload and gives what is wrong with it.
func checked[P any](e journal.Entry, f func(P, *fault.Fields)) error {
	v, err := journal.In[P](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	var fs fault.Fields
	f(v, &fs)
	return fs.Err()
}

func (v Begun) check(fs *fault.Fields) {
	v.Title.Check(fs, "title", true, MaxTitle)
	from, err := time.Parse(time.DateOnly, v.From)
	if err != nil {
		fs.Add("from", "newsletter.need.day")
	}
	to, err := time.Parse(time.DateOnly, v.To)
	switch {
	case err != nil:
		fs.Add("to", "newsletter.need.day")
	case to.Before(from):
		fs.Add("to", "party.date.order")
	}
}

func (v Section) check(fs *fault.Fields, i Issue) {
	if !keyForm.MatchString(v.Key) {
		fs.Add("key", "newsletter.need.key")
	}
	if _, there := i.Section(v.Key); !there && len(i.Sections) >= mostSections {
		fs.Add("key", "newsletter.need.fewer", "Max", mostSections)
	}
	if !slices.Contains(Sorts(), v.Sort) {
		fs.Add("sort", "programme.need.choice")
	}
	if v.Priority < 0 || v.Priority > 99 || (v.Priority > 0) != (v.Sort == Priority) {
		fs.Add("priority", "newsletter.need.priority")
	}
	if v.Place < 0 || v.Place > 99 {
		fs.Add("place", "newsletter.need.place")
	}
	if len(v.Records) > 50 || slices.ContainsFunc(v.Records, func(c string) bool { return !activity.IsCode(c) }) {
		fs.Add("records", "newsletter.need.records")
	}
	v.Title.Check(fs, "title", true, MaxTitle)
	v.Text.Check(fs, "text", true, MaxText)
}

func (v Picture) check(fs *fault.Fields, i Issue) {
	if !keyForm.MatchString(v.Key) {
		fs.Add("key", "newsletter.need.key")
	}
	if i.Pictures[v.Key] == nil && len(i.Pictures) >= mostPictures {
		fs.Add("file", "newsletter.need.fewer", "Max", mostPictures)
	}
	c, err := png.DecodeConfig(bytes.NewReader(v.PNG))
	switch {
	case err != nil:
		fs.Add("file", "newsletter.need.png")
	case len(v.PNG) > MaxPicture || c.Width*c.Height > mostPixels:
		fs.Add("file", "newsletter.need.smaller", "Max", MaxPicture/1000)
	default:
		if _, err := png.Decode(bytes.NewReader(v.PNG)); err != nil {
			fs.Add("file", "newsletter.need.png")
		}
	}
}

// checkApproved: what is approved is what stands there, and the two approvals are of two people.
func (i Issue) checkApproved(g *store.Guarding, e journal.Entry) error {
	v, err := journal.In[Approved](e)
	switch {
	case err != nil:
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	case !slices.Contains(Sides(), v.Side):
		return fault.Bad("side", "programme.need.choice")
	case v.Draft != i.Mark() || len(v.Hash) != 64:
		return fault.New(fault.Guarded, "newsletter.guard.changed")
	}
	for _, s := range Sides() {
		if a, ok := i.Approval(s); ok && s != v.Side && a.By == g.Actor.ID {
			return fault.New(fault.Guarded, "newsletter.guard.same_person")
		}
	}
	return nil
}

func (i Issue) checkPublished(g *store.Guarding, e journal.Entry) error {
	v, err := journal.In[Published](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	for _, s := range Sides() {
		a, ok := i.Approval(s)
		if !ok {
			return fault.New(fault.Guarded, "newsletter.guard.approve")
		}
		if a.Hash != v.Hash {
			return fault.New(fault.Guarded, "newsletter.guard.changed")
		}
	}
	if v.Hash != HashOf(v.Editions) || v.Number < 1 || len(v.Editions) != len(Languages()) {
		return fault.New(fault.Invalid, "fault.invalid")
	}
	if _, err := time.Parse(time.DateOnly, v.Day); err != nil {
		return fault.Bad("day", "newsletter.need.day")
	}
	taken, err := g.Find(access.KindPublication, "number", strconv.Itoa(v.Number))
	if err == nil && len(taken) > 0 {
		err = fault.New(fault.Conflict, "newsletter.guard.number")
	}
	return err
}
