// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Line is what a list shows of an agreement.
type Line struct {
	Opened
	State    State             `json:"state" part:"PP"`
	Versions int               `json:"versions,omitempty" part:"PP"`
	Waits    bool              `json:"waits,omitempty" part:"PP"` // the other side wrote last, and nobody here has answered
	First    party.PartialDate `json:"first,omitzero" part:"PP"`  // when the first version was written or came
	SignedOn party.PartialDate `json:"signed_on,omitzero" part:"PP"`
	Since    party.PartialDate `json:"since,omitzero" part:"PP"` // in force
	Until    party.PartialDate `json:"until,omitzero" part:"PP"`
	// File and FileThere are the hashes of the signed file as this office and the other one have recorded it.
	File      string         `json:"file,omitempty" part:"PP"`
	FileThere string         `json:"file_there,omitempty" part:"PP"`
	Keep      retention.Line `json:"keep,omitzero" part:"PI"`
}

// Row is an agreement in a list.
type Row = register.Found[Line]

// StoreKind gives the dossier kind "agreement".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Agreement]{
		Name: access.KindAgreement, Base: journal.PP, Codes: []string{"code", "state", "country", "sort", "until", "waits", "drafted", "activity", "need", "owner", "late", "undated", retention.Code, register.OrderCode}, Derives: 5,
		Types: append([]store.Type{
			{Name: OpenedType, Payload: Opened{}, Overlap: []string{"code", "title", "sort", "countries", "office", "model", "need", "action", "activity", "owner", "due"}},
			{Name: DraftedType, Payload: Version{}}, {Name: SentType, Payload: Sent{}}, {Name: DraftedThere, Payload: Version{}}, {Name: AgreedType, Payload: Consent{}}, {Name: AgreedThere, Payload: Consent{}},
			{Name: InitialledType, Payload: Initials{}}, {Name: ReopenedType, Payload: Ended{}}, {Name: SignedType, Payload: Signature{}, Blob: true}, {Name: SignedThereType, Payload: Signature{}},
			{Name: PartThereType, Payload: Part{}, Blob: true},
			{Name: InForceType, Payload: Force{}}, {Name: EndedType, Payload: Ended{}}, {Name: ReturnedType, Payload: Returned{}},
		}, retention.Types(access.KindAgreement)...),
		Fold: Fold, Guard: guard, Derive: derive, Effects: effects,
	})
}

// Summary gives what a list shows of an agreement.
func (a Agreement) Summary() Line {
	l := Line{Opened: a.Opened, State: a.State(), Versions: len(a.Versions), SignedOn: a.Signature.On, Since: a.Force.On, Until: a.Force.Until, File: a.Signature.File, FileThere: a.SignedThere.File, Keep: a.Keeping()}
	if len(a.Versions) > 0 {
		l.First = party.OnDay(a.Versions[0].At)
	}
	last := a.Last()
	l.Waits = last.Hash != "" && last.Office == a.Opened.Office && (l.State == Drafted || l.State == Negotiated) && !slices.ContainsFunc(a.Consents, func(c Consent) bool { return c.Hash == last.Hash && c.Office != a.Opened.Office })
	return l
}

func derive(a Agreement) store.Derived {
	if !a.Exists() {
		return store.Derived{}
	}
	o := a.Opened
	d := store.Derived{State: string(a.State()), Summary: a.Summary(), Codes: map[string][]string{"code": {o.Code}, "state": {string(a.State())}, "country": o.Countries, "sort": {string(o.Sort)},
		register.OrderCode: register.InOrder(o.Code), retention.Code: a.Keeping().Codes()}}
	switch a.State() {
	case InForce:
		d.Codes["until"] = []string{register.DayAfter(a.Force.Until)}
	case Expired:
		d.Codes["until"] = []string{register.Always}
	}
	if o.Activity != "" {
		d.Codes["activity"] = []string{o.Activity}
	}
	if !o.Need.IsZero() {
		d.Codes["need"] = []string{o.Need.String()}
	}
	if l := a.Summary(); l.Waits || l.ToSign() {
		d.Codes["waits"] = []string{"yes"}
	}
	if len(a.Versions) > 0 {
		d.Codes["drafted"] = []string{"yes"}
	}
	if !o.Owner.IsZero() {
		d.Codes["owner"] = []string{o.Owner.String()}
	}
	switch {
	case !a.Summary().Waiting():
	case o.Due.Known():
		d.Codes["late"], d.Due = []string{register.DayAfter(o.Due)}, after(o.Due)
	default:
		d.Codes["undated"] = []string{"open"}
	}
	if a.State() == InForce && a.Force.Until.Known() {
		d.Due = after(a.Force.Until)
	}
	return d
}

// there lists what only the post writes.
var there = []string{DraftedThere, AgreedThere, SignedThereType, PartThereType, ReturnedType}

// from lists the states in which an entry of a type may be written.
var from = map[string][]State{
	DraftedType: {Begun, Drafted, Negotiated}, DraftedThere: {Begun, Drafted, Negotiated}, SentType: {Drafted, Negotiated}, AgreedType: {Drafted, Negotiated, Initialled}, AgreedThere: {Drafted, Negotiated, Initialled},
	InitialledType: {Drafted, Negotiated}, ReopenedType: {Initialled}, SignedType: {Initialled}, InForceType: {Signed}, EndedType: {Signed, InForce},
}

func guard(g *store.Guarding, a Agreement, e journal.Entry) error {
	if e.Type != OpenedType && !a.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	if retention.Is(e.Type) {
		return retention.Guard(g, a.Keeping(), e)
	}
	if slices.Contains(there, e.Type) != (g.Actor.Job == "post") && e.Type != OpenedType {
		return fault.New(fault.Guarded, "agreement.guard.there")
	}
	if e.Type == OpenedType && g.Actor.Job != "" && a.Exists() { // a message opens an agreement once and changes none
		return fault.New(fault.Guarded, "agreement.guard.there")
	}
	if states, bound := from[e.Type]; bound && !slices.Contains(states, a.State()) {
		return fault.New(fault.Guarded, "agreement.guard."+string(a.State()))
	}
	var fs fault.Fields
	if err := a.check(&fs, g, e); err != nil {
		return err
	}
	return fs.Err()
}

// check reads one entry; what is wrong with its fields goes to fs.
func (a Agreement) check(fs *fault.Fields, g *store.Guarding, e journal.Entry) (err error) {
	switch e.Type {
	case OpenedType:
		var v Opened
		v, err = journal.In[Opened](e)
		v.check(fs, g, a)
	case DraftedType, DraftedThere:
		var v Version
		v, err = journal.In[Version](e)
		a.checkVersion(fs, g, e.Type, v)
	case SentType:
		var v Sent
		v, err = journal.In[Sent](e)
		if x, at := a.Version(v.Hash); at < 0 || x.Office != g.Owner {
			fs.Add("hash", "agreement.want.own_version")
		}
		if v.To != a.Opened.Office || v.To.IsZero() {
			fs.Add("to", "agreement.want.office")
		}
	case AgreedType, AgreedThere:
		var v Consent
		v, err = journal.In[Consent](e)
		a.version(fs, v.Hash)
		named(fs, v.By)
		day(fs, v.On)
		if v.Office != a.side(g, e.Type) {
			fs.Add("office", "fault.invalid")
		}
	case InitialledType:
		var v Initials
		v, err = journal.In[Initials](e)
		named(fs, v.By)
		day(fs, v.On)
		if err == nil {
			return a.checkInitials(fs, g, v.Hash)
		}
	case SignedType, SignedThereType:
		var v Signature
		v, err = journal.In[Signature](e)
		a.checkSignature(fs, g, e.Type, v)
	case PartThereType:
		var v Part
		v, err = journal.In[Part](e)
		a.checkPart(fs, g, v)
	case InForceType:
		var v Force
		v, err = journal.In[Force](e)
		day(fs, v.On)
		a.order(fs, v.On, a.Signature.On)
		if v.Until.Known() && v.Until.Before(v.On) {
			fs.Add("until", "party.date.order")
		}
		words(fs, "basis", v.Basis)
	case ReopenedType, EndedType:
		var v Ended
		v, err = journal.In[Ended](e)
		day(fs, v.On)
		words(fs, "reason", v.Reason)
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return nil
}

// side says whose deed an entry type tells of.
func (a Agreement) side(g *store.Guarding, typ string) journal.ID {
	if slices.Contains(there, typ) {
		return a.Opened.Office
	}
	return g.Owner
}

func (v Opened) check(fs *fault.Fields, g *store.Guarding, a Agreement) {
	if !activity.IsCode(v.Code) {
		fs.Add("code", "programme.need.code")
	}
	v.Title.Check(fs, "text", true, MaxTitle)
	if !slices.Contains(Sorts(), v.Sort) {
		fs.Add("sort", "programme.need.choice")
	}
	if len(v.Countries) != 2 || v.Countries[0] == v.Countries[1] || slices.ContainsFunc(v.Countries, func(c string) bool { return !activity.IsCountry(c) }) {
		fs.Add("countries", "agreement.want.countries")
	}
	if v.Activity != "" && !activity.IsCode(v.Activity) {
		fs.Add("activity", "programme.need.code")
	}
	if v.Office == g.Owner || a.Exists() && v.Office != a.Opened.Office && (len(a.Sent) > 0 || g.Actor.Job != "") {
		fs.Add("office", "agreement.want.same_office")
	}
	for kind, id := range map[string]journal.ID{access.KindNeed: v.Need, access.KindAction: v.Action} {
		if id.IsZero() {
			continue
		}
		if _, err := g.Other(kind, id); err != nil {
			fs.Add(kind, "agreement.want.record")
		}
	}
	if !v.Owner.IsZero() {
		if _, err := g.Other(access.KindOrganisation, v.Owner); err != nil {
			fs.Add("owner", "action.want.owner")
		}
	}
}

func (a Agreement) checkVersion(fs *fault.Fields, g *store.Guarding, typ string, v Version) {
	check(fs, v.Paragraphs)
	named(fs, v.By)
	if wording.Longer(v.Note, maxNote) {
		fs.Add("note", "wording.need.shorter", "Max", maxNote)
	}
	if v.Office != a.side(g, typ) || v.Hash != Hash(v.Paragraphs) || v.Writer != register.Same(v.By) {
		fs.Add("paragraphs", "fault.invalid")
	}
	if _, known := a.Version(v.Hash); known >= 0 && len(*fs) == 0 {
		fs.Add("paragraphs", "agreement.want.change")
	}
}

func (a Agreement) version(fs *fault.Fields, hash string) Kept {
	v, at := a.Version(hash)
	if at < 0 {
		fs.Add("hash", "agreement.want.version")
	}
	return v
}

// checkInitials: what is initialled is whole in both languages, and both sides agree to its exact words.
func (a Agreement) checkInitials(fs *fault.Fields, g *store.Guarding, hash string) error {
	v := a.version(fs, hash)
	if len(*fs) > 0 {
		return nil
	}
	if n := len(Gaps(v.Paragraphs)); n > 0 {
		return fault.New(fault.Guarded, "agreement.guard.gaps", "N", n)
	}
	if !a.Agrees(g.Owner, hash) || !a.Opened.Office.IsZero() && !a.Agrees(a.Opened.Office, hash) {
		return fault.New(fault.Guarded, "agreement.guard.not_agreed")
	}
	return nil
}

func (a Agreement) checkSignature(fs *fault.Fields, g *store.Guarding, typ string, v Signature) {
	a.version(fs, v.Hash)
	named(fs, v.By)
	day(fs, v.On)
	if b, err := hex.DecodeString(v.File); err != nil || len(b) != 32 || v.Size <= 0 {
		fs.Add("file", "agreement.want.file")
	}
	if v.Office != a.side(g, typ) {
		fs.Add("office", "fault.invalid")
	}
	if typ == SignedType {
		if !v.Copy || !isPDF(g.Bytes()) || v.File != hashOf(g.Bytes()) || v.Size != len(g.Bytes()) {
			fs.Add("file", "agreement.want.file")
		}
		a.order(fs, v.On, a.Initials.On)
		if v.Hash != a.Initials.Hash {
			fs.Add("hash", "agreement.want.initialled")
		}
	}
}

func (a Agreement) order(fs *fault.Fields, on, not party.PartialDate) {
	if on.Known() && on.Before(not) {
		fs.Add("on", "agreement.want.order")
	}
}

func named(fs *fault.Fields, by string) {
	if strings.TrimSpace(by) == "" || wording.Longer(by, maxName) {
		fs.Add("by", "agreement.want.by", "Max", maxName)
	}
}

func day(fs *fault.Fields, d party.PartialDate) {
	if !d.Known() {
		fs.Add("on", "agreement.want.date")
	}
}

func words(fs *fault.Fields, field, s string) {
	if strings.TrimSpace(s) == "" || wording.Longer(s, maxNote) {
		fs.Add(field, "agreement.want.words", "Max", maxNote)
	}
}

// List gives the agreements that somebody may see and whose codes lie in all spans, by code.
func List(ctx context.Context, s *store.Store, w store.Who, in ...store.Span) ([]Row, error) {
	rows, err := register.All[Line](ctx, s, w, store.Query{Kind: access.KindAgreement, Spans: in})
	inorder.By(rows, byCode)
	return rows, err
}

func byCode(a, b Row) int {
	return strings.Compare(a.V.Code+a.ID.String(), b.V.Code+b.ID.String())
}

// Counted is a number of the results framework with the agreements behind it. Measured is false where nothing can be told
// yet: that is not nothing.
type Counted struct {
	Measured bool
	Behind   []Row
}

// CountDrafts is the framework's indicator O5: draft agreements opened, each once from its first version on, whatever became
// of it. A dossier without a text is no draft.
func CountDrafts(rows []Row) Counted {
	return Counted{true, slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.V.Versions == 0 })}
}

// Standing says whether an agreement that is in force at a time counts as such, and if not, why: it counts when both offices have
// recorded the same signed file and sharing terms that both have signed carry that file out now. carried are the hashes of such
// files. "" for what counts; else a code of Standings, or "other" for what is not in force.
func (l Line) Standing(carried map[string]bool, now time.Time) string {
	switch {
	case l.StateAt(now) != InForce:
		return "other"
	case !l.Alike():
		return Standings()[0]
	case !carried[l.File]:
		return Standings()[1]
	}
	return ""
}

// Alike says that both offices have recorded the same signed file.
func (l Line) Alike() bool { return l.File != "" && l.File == l.FileThere }

// CountTeams gives the signed agreements that set up joint teams with a country or territory of a region, those also that have
// ended since; for the framework's indicator C8 they count where they are Alike.
func CountTeams(rows []Row, region []string) Counted {
	with := func(c string) bool { return slices.Contains(region, c) }
	return Counted{true, slices.DeleteFunc(slices.Clone(rows), func(r Row) bool {
		return r.V.Sort != "investigation" || !r.V.SignedOn.Known() || !slices.ContainsFunc(r.V.Countries, with)
	})}
}

// Standings lists why an agreement in force does not count.
func Standings() []string { return []string{"one_side", "not_carried"} }

// CountInForce is the framework's indicator C2: agreements signed and in force, verified on both sides.
func CountInForce(rows []Row, carried map[string]bool, now time.Time) Counted {
	return Counted{true, slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.V.Standing(carried, now) != "" })}
}
