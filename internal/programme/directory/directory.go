// SPDX-License-Identifier: EUPL-1.2

// Package directory keeps who can be called and asked in a country or territory: hotlines, focal points, providers of services,
// authorities, each with its languages and hours, whom it is for, where that stands, and when somebody last checked it.
//
// An office keeps its own listings and sends them, signed, to the partners whose terms grant the purpose "directory"; what comes
// from another office shows whose it is and is read-only here, and goes when that office withdraws it. The whole directory can be
// carried as a file that the office signs (file.go) and as one page that opens without a server (offline.go). Organisations and
// hotlines are public; the name of a person to ask for is a contact and never leaves the office. Where a shelter is does not belong
// here.
package directory

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Entry types of the dossier kind "listing". Only the post, and the import of another office's file, write what was received.
const (
	DescribedType = "listing.described"
	CheckedType   = "listing.checked"
	SharedType    = "listing.shared"
	WithdrawnType = "listing.withdrawn"
	ReceivedType  = "listing.received"
	RecalledType  = "listing.recalled"
)

// Sort is what a listing is.
type Sort string

// Hotline is a number that anybody may call.
const Hotline Sort = "hotline"

// Sorts lists the closed list, hotlines first.
func Sorts() []Sort { return []Sort{Hotline, "focal_point", "provider", "authority"} }

// Group is whom a listing is for.
type Group string

// Groups lists the closed list.
func Groups() []Group { return []Group{"everybody", "children", "women", "men", "lgbti"} }

// Help is what is given.
type Help string

// Helps lists the closed list.
func Helps() []Help {
	return []Help{"information", "legal_aid", "health", "psychological", "housing", "social", "interpreting", "return", "reporting", "referral"}
}

// Ways lists how a listing is checked.
func Ways() []string { return []string{"called", "official_page", "told", "visited"} }

// Fresh is how long a check holds.
const Fresh = 90 * 24 * time.Hour

// Limits of what people write, in characters.
const (
	MaxName  = 400
	MaxText  = 2000
	maxLine  = 300
	mostTags = 20
)

// Content is what a listing says and what travels of it.
type Content struct {
	Name      string       `json:"name" part:"PP"`                // as the organisation calls itself
	Text      wording.Text `json:"text,omitzero" part:"PP"`       // what it is for
	Sort      Sort         `json:"sort" part:"PP"`                // what it is
	Country   string       `json:"country" part:"PP"`             // alpha-2
	Area      string       `json:"area,omitempty" part:"PP"`      // where in the country
	Phone     string       `json:"phone,omitempty" part:"PP"`     // as one dials it
	Hours     string       `json:"hours,omitempty" part:"PP"`     // when somebody answers
	Languages []string     `json:"languages,omitempty" part:"PP"` // BCP 47
	Groups    []Group      `json:"groups,omitempty" part:"PP"`    // for whom
	Helps     []Help       `json:"helps,omitempty" part:"PP"`     // with what
	Source    party.Source `json:"source" part:"PP"`              // where it is written
	Link      string       `json:"link,omitempty" part:"PP"`      // https
}

// Payloads of the entries.
type (
	// Described is listing.described: the whole of what is known. Each replaces the one before.
	Described struct {
		Content
		Contact string `json:"contact,omitempty" part:"PC"` // a person to ask for
	}
	// Checked is listing.checked: somebody made sure that it still holds.
	Checked struct {
		On  party.PartialDate `json:"on" part:"PP"`
		How string            `json:"how" part:"PP"`
	}
	// Shared is listing.shared: it is sent again, as to a partner who came later.
	Shared struct {
		Again bool `json:"again" part:"PP"`
	}
	// Withdrawn is listing.withdrawn.
	Withdrawn struct {
		On     party.PartialDate `json:"on" part:"PP"`
		Reason string            `json:"reason" part:"PP"`
	}
	// Received is listing.received: another office's listing as it stands there. From is set by whoever takes it in.
	Received struct {
		Listing journal.ID        `json:"listing" part:"PP"`          // id of the listing in its own office
		From    journal.ID        `json:"from,omitzero" part:"PP"`    // the other office, as the recipient notes it; not in the message
		Content Content           `json:"content" part:"PP"`          // how it stands
		Checked party.PartialDate `json:"checked,omitzero" part:"PP"` // the day when somebody made sure of it
	}
	// Recalled is listing.recalled.
	Recalled struct {
		Reason string `json:"reason" part:"PP"`
	}
)

// Listing is the state of a dossier.
type Listing struct {
	ID      journal.ID
	Content Content
	Contact string
	Checked Checked
	Keeper  journal.ID // who described it last
	Since   time.Time  // when it was first written down here
	Gone    Withdrawn
	From    journal.ID // another office, whose it is
	There   journal.ID // its id there
	Heard   time.Time  // when what stands here was said there
	History []register.Event

	Retention retention.State
	contacts  bool // an entry holds some
}

// Line is what a list shows.
type Line struct {
	Content
	Checked party.PartialDate `json:"checked,omitzero" part:"PP"`
	Gone    party.PartialDate `json:"gone,omitzero" part:"PP"`
	From    journal.ID        `json:"from,omitzero" part:"PP"`
	Keep    retention.Line    `json:"keep,omitzero" part:"PI"`
}

// Row is a listing in a list.
type Row = register.Found[Line]

// Exists says whether anything was recorded.
func (x Listing) Exists() bool { return x.Content.Name != "" }

// Summary gives what a list shows.
func (x Listing) Summary() Line { return Line{x.Content, x.Checked.On, x.Gone.On, x.From, x.Keeping()} }

// Stale says whether a check is too old, or none is known.
func (l Line) Stale(now time.Time) bool {
	return !l.Checked.Known() || now.After(l.Checked.Last().Add(Fresh))
}

// Holds says whether it still counts.
func (l Line) Holds() bool { return !l.Gone.Known() }

// Fold gives the state of entries in rising revision. Entry types that it does not know are left out. What another office said is
// ordered by when it was said there.
func Fold(es []journal.Entry) (Listing, error) {
	var x Listing
	for _, e := range es {
		if err := x.apply(e); err != nil {
			return Listing{}, err
		}
	}
	return x, nil
}

func (x *Listing) apply(e journal.Entry) error {
	x.ID = e.Dossier
	if mine, err := x.Retention.Apply(e); mine || err != nil {
		return err
	}
	x.contacts = x.contacts || e.Has(journal.PC)
	h := register.Event{Type: e.Type, At: e.OccurredAt, By: e.Actor}
	var err error
	switch e.Type {
	case DescribedType:
		var v Described
		if v, err = journal.In[Described](e); !x.Exists() {
			x.Since = e.OccurredAt
		}
		x.Content, x.Contact, x.Keeper, x.Gone = v.Content, v.Contact, e.Actor, Withdrawn{}
	case CheckedType:
		x.Checked, err = journal.In[Checked](e)
	case WithdrawnType:
		x.Gone, err = journal.In[Withdrawn](e)
		h.Text = x.Gone.Reason
	case ReceivedType:
		var v Received
		if v, err = journal.In[Received](e); !x.Heard.After(e.OccurredAt) {
			x.Content, x.Checked, x.From, x.There, x.Heard, x.Gone = v.Content, Checked{On: v.Checked}, v.From, v.Listing, e.OccurredAt, Withdrawn{}
		}
	case RecalledType:
		var v Recalled
		if v, err = journal.In[Recalled](e); !x.Heard.After(e.OccurredAt) {
			x.Gone, x.Heard = Withdrawn{party.OnDay(e.OccurredAt), v.Reason}, e.OccurredAt
		}
		h.Text = v.Reason
	case SharedType:
	default:
		return nil
	}
	x.History = append(slices.Clone(x.History), h)
	return err
}

// Keeping says how long a listing keeps whom to ask for: from when it was withdrawn.
func (x Listing) Keeping() retention.Line {
	from := time.Time{}
	if x.Gone.On.Known() {
		from = x.Gone.On.Last()
	}
	return x.Retention.Line(retention.Contacts, from, x.contacts)
}

// KeepingPast gives what was decided about that.
func (x Listing) KeepingPast() []retention.Step { return x.Retention.Steps }

// StoreKind gives the dossier kind "listing".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Listing]{
		Name: access.KindListing, Base: journal.PP, Codes: []string{"sort", "country", "group", "help", "speaks", "whose", "state", retention.Code, register.OrderCode}, Derives: 2,
		Types: append([]store.Type{
			{Name: DescribedType, Payload: Described{}, Overlap: []string{"name", "text", "sort", "country", "area", "phone", "hours", "languages", "groups", "helps", "source", "link", "contact"}},
			{Name: CheckedType, Payload: Checked{}}, {Name: SharedType, Payload: Shared{}}, {Name: WithdrawnType, Payload: Withdrawn{}},
			{Name: ReceivedType, Payload: Received{}}, {Name: RecalledType, Payload: Recalled{}},
		}, retention.Types(access.KindListing)...),
		Fold: Fold, Guard: guard, Derive: derive, Effects: effects,
	})
}

// Own and Theirs are the values of the code "whose".
const (
	Own    = "own"
	Theirs = "theirs"
)

func derive(x Listing) store.Derived {
	if !x.Exists() {
		return store.Derived{}
	}
	c := x.Content
	d := store.Derived{State: "listed", Summary: x.Summary(), Codes: map[string][]string{"sort": {string(c.Sort)}, "country": {c.Country}, "speaks": c.Languages, "whose": {Own}, "state": {"listed"}, retention.Code: x.Keeping().Codes(),
		register.OrderCode: register.InOrder(c.Country, register.Rank(c.Sort, Sorts()), register.Same(c.Name))},
		Tokens: register.Words(wording.New("en", strings.Join([]string{c.Name, c.Area, c.Phone}, " ")), c.Text)}
	for _, g := range c.Groups {
		d.Codes["group"] = append(d.Codes["group"], string(g))
	}
	for _, h := range c.Helps {
		d.Codes["help"] = append(d.Codes["help"], string(h))
	}
	if !x.From.IsZero() {
		d.Codes["whose"] = []string{Theirs}
	}
	if x.Gone.On.Known() {
		d.State, d.Codes["state"] = "gone", []string{"gone"}
		return d
	}
	if x.From.IsZero() { // its keeper is told when the check is old
		d.Assignee, d.Due = x.Keeper, x.Since
		if x.Checked.On.Known() {
			d.Due = x.Checked.On.Last().Add(Fresh)
		}
	}
	return d
}

func guard(g *store.Guarding, x Listing, e journal.Entry) error {
	fromOutside := e.Type == ReceivedType || e.Type == RecalledType
	switch {
	case fromOutside != (g.Actor.Job == "post"), !fromOutside && !x.From.IsZero():
		return fault.New(fault.Guarded, "directory.guard.theirs")
	case !x.Exists() && e.Type != DescribedType && e.Type != ReceivedType:
		return fault.New(fault.NotFound, "store.not_found")
	case x.Gone.On.Known() && (e.Type == CheckedType || e.Type == SharedType):
		return fault.New(fault.Guarded, "directory.guard.gone")
	case retention.Is(e.Type):
		return retention.Guard(g, x.Keeping(), e)
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case DescribedType:
		var v Described
		v, err = journal.In[Described](e)
		v.Content.check(&fs)
		if wording.Longer(v.Contact, maxLine) {
			fs.Add("contact", "directory.want.shorter", "Max", maxLine)
		}
	case CheckedType:
		var v Checked
		v, err = journal.In[Checked](e)
		if !v.On.Known() || v.On.First().After(g.Now.AddDate(0, 0, 1)) {
			fs.Add("on", "directory.want.day")
		}
		if !slices.Contains(Ways(), v.How) {
			fs.Add("how", "directory.want.choice")
		}
	case WithdrawnType:
		var v Withdrawn
		v, err = journal.In[Withdrawn](e)
		if !v.On.Known() {
			fs.Add("on", "directory.want.day")
		}
		if strings.TrimSpace(v.Reason) == "" || wording.Longer(v.Reason, maxLine) {
			fs.Add("reason", "directory.want.reason", "Max", maxLine)
		}
	case ReceivedType:
		var v Received
		v, err = journal.In[Received](e)
		if v.From.IsZero() || v.From == g.Owner || v.Listing.IsZero() || x.Exists() && (x.From != v.From || x.There != v.Listing) {
			return fault.New(fault.Guarded, "directory.guard.theirs")
		}
		v.Content.check(&fs)
	case RecalledType:
		var v Recalled
		if v, err = journal.In[Recalled](e); wording.Longer(v.Reason, maxLine) {
			fs.Add("reason", "directory.want.shorter", "Max", maxLine)
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

var (
	phoneShape    = regexp.MustCompile(`^\+?[0-9][0-9 ()/.-]{1,30}$`)
	languageShape = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
)

// check says what is wrong with a listing. A hotline has a number.
func (v Content) check(fs *fault.Fields) {
	if strings.TrimSpace(v.Name) == "" || wording.Longer(v.Name, MaxName) {
		fs.Add("name", "directory.want.name", "Max", MaxName)
	}
	v.Text.Check(fs, "text", false, MaxText)
	if !slices.Contains(Sorts(), v.Sort) {
		fs.Add("sort", "directory.want.choice")
	}
	if !activity.IsCountry(v.Country) {
		fs.Add("country", "programme.need.country")
	}
	if v.Phone == "" && v.Sort == Hotline || v.Phone != "" && !phoneShape.MatchString(v.Phone) {
		fs.Add("phone", "directory.want.phone")
	}
	for field, text := range map[string]string{"area": v.Area, "hours": v.Hours} {
		if wording.Longer(text, maxLine) {
			fs.Add(field, "directory.want.shorter", "Max", maxLine)
		}
	}
	if len(v.Languages) > mostTags || slices.ContainsFunc(v.Languages, func(t string) bool { return !languageShape.MatchString(t) }) {
		fs.Add("languages", "directory.want.languages")
	}
	if len(v.Groups) > mostTags || slices.ContainsFunc(v.Groups, func(g Group) bool { return !slices.Contains(Groups(), g) }) {
		fs.Add("groups", "directory.want.choice")
	}
	if len(v.Helps) > mostTags || slices.ContainsFunc(v.Helps, func(h Help) bool { return !slices.Contains(Helps(), h) }) {
		fs.Add("helps", "directory.want.choice")
	}
	v.Source.Check(fs, "source")
	register.CheckLink(fs, "link", v.Link)
}
