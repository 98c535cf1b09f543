// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// Work is what pages, the API and the command line do with persons.
type Work struct {
	Store *store.Store
	// Terms finds the sharing terms that a referral to an office would rest on, for previews; the guards
	// check again.
	Terms func(ctx context.Context, w store.Who, to journal.ID, cats []journal.Category) (journal.ID, error)
	// Find turns what somebody typed into words to search by, each with its alternatives.
	Find func(text string) [][]store.Token
	// Likenesses gives in which ways a new file may be of somebody who has one, the nearest first. May be nil with Alike.
	Likenesses func(Identity, Contact) []store.Alike
	// Alike is told of files that a new one resembles and that its maker may not know of. May be nil.
	Alike func(ctx context.Context, w store.Who, made journal.ID, near store.Near) error
}

// Ref names a person's dossier.
func Ref(id journal.ID) store.Ref { return store.Ref{Kind: access.KindPerson, ID: id} }

// Open reads a person as the actor may see her.
func (k Work) Open(ctx context.Context, w store.Who, id journal.ID) (Person, *store.Opened, error) {
	o, err := k.Store.Open(ctx, w, Ref(id))
	if err != nil {
		return Person{}, nil, err
	}
	return o.State.(Person), o, nil
}

// Registration is what opening a file takes.
type Registration struct {
	ID journal.ID // made by the writer, so that sending it twice opens one file; zero makes one
	Registered
	Identity Identity
	Contact  Contact
	None     bool // somebody looked at the files that it resembles: none of them is hers
}

// searches lists what a registration is searched by.
func (r Registration) searches() []string {
	out := append(slices.Clone(r.Identity.Names), r.Contact.Number)
	for _, d := range r.Identity.Documents {
		out = append(out, d.Number)
	}
	return out
}

// Resembling searches for files by each of several texts, within the actor's standing. Rows show names, so that somebody
// can compare.
func (k Work) Resembling(ctx context.Context, w store.Who, texts ...string) (store.Hits, error) {
	return k.resembling(ctx, w, texts, journal.D2)
}

func (k Work) resembling(ctx context.Context, w store.Who, texts []string, show ...journal.Category) (store.Hits, error) {
	var searches [][][]store.Token
	for _, text := range texts {
		if words := k.Find(text); len(words) > 0 {
			searches = append(searches, words)
		}
	}
	return k.Store.Search(ctx, w, access.KindPerson, searches, show...)
}

// MostAlike is how many files that a new one resembles are told to Alike.
const MostAlike = 8

// Register opens a file; its maker becomes the case manager. It searches first, whichever door it came through: where
// files that the actor may see resemble it, somebody must have said that none of them is hers (an Invalid fault of the
// field "none" otherwise). What it resembles beyond that goes to Alike once the file is there, so that of two files that
// are opened at the same moment one sees the other; sending it again after a crash in between tells Alike too.
func (k Work) Register(ctx context.Context, w store.Who, r Registration) (journal.ID, error) {
	id := r.ID
	if id.IsZero() {
		id = k.Store.NewID()
	}
	if !r.None {
		hits, err := k.resembling(ctx, w, r.searches()) // only whether there are any: nobody's name is opened
		if err != nil {
			return id, err
		}
		if slices.ContainsFunc(hits.Rows, func(x store.Row) bool { return x.Ref.ID != id }) {
			return id, fault.Bad("none", "casework.need.none")
		}
	}
	if err := k.open(ctx, w, id, r); err != nil || k.Alike == nil {
		return id, err
	}
	near, err := k.Store.Nearest(ctx, w, access.KindPerson, id, k.Likenesses(r.Identity, r.Contact), MostAlike)
	if err != nil || len(near.Found) == 0 {
		return id, err
	}
	return id, k.Alike(ctx, w, id, near)
}

// open writes the first entries of a file; one that is open already stays as it is.
func (k Work) open(ctx context.Context, w store.Who, id journal.ID, r Registration) error {
	_, err := k.Store.Update(ctx, w, Ref(id), func(state any) ([]store.Draft, error) {
		if state.(Person).Registered.Code != "" {
			return nil, nil
		}
		ds := []store.Draft{
			{Type: "person.registered", Payload: r.Registered},
			{Type: "person.assigned", Payload: Assigned{Worker: w.Actor.ID, Relation: access.AsManager}},
		}
		if len(r.Identity.Names)+len(r.Identity.Documents) > 0 || r.Identity.Born != "" || r.Identity.Nationality != "" {
			ds = append(ds, store.Draft{Type: "person.identity", Payload: r.Identity})
		}
		if r.Contact.SafeToCall != "" {
			ds = append(ds, store.Draft{Type: "person.contact", Payload: r.Contact})
		}
		return ds, nil
	})
	return err
}

// Offer sends a referral's coded offer, which waits for an answer until a time.
func (k Work) Offer(ctx context.Context, w store.Who, id, ref journal.ID, until time.Time) error {
	p, _, err := k.Open(ctx, w, id)
	if err != nil {
		return err
	}
	o, ok := p.Referral.Find(ref)
	if !ok {
		return fault.Bad("referral", "referral.need.known")
	}
	terms, err := k.Terms(ctx, w, o.Recipient, []journal.Category{journal.D0})
	if err != nil {
		return err
	}
	_, err = k.Store.Update(ctx, w, Ref(id), func(state any) ([]store.Draft, error) {
		cover := state.(Person).Consent.Covers(until, o.Recipient, consent.Referral, []journal.Category{journal.D0})
		return []store.Draft{{Type: "referral.offered", Payload: referral.Sent{Referral: ref, Terms: terms, Receipts: cover.Receipts, Grounds: cover.Grounds, Expires: until}}}, nil
	})
	return err
}

// Preview is what a hand-over would send, byte for byte, and what it would leave out and why.
type Preview struct {
	Handed    referral.Handed
	Bytes     []byte
	Hash      string             // of Bytes: what HandOver must be given
	Withheld  []journal.Category // there is something, and nothing covers it
	Recipient journal.ID

	// Of a supplement: its number, and which categories take the place of what the other office holds.
	Number   int
	Corrects []journal.Category

	shown []journal.Category // what the actor may see, and so hand over
}

// Preview makes the package of a referral from what the actor may see and what is covered now.
func (k Work) Preview(ctx context.Context, w store.Who, id, ref journal.ID, now time.Time) (Preview, error) {
	p, opened, err := k.Open(ctx, w, id)
	if err != nil {
		return Preview{}, err
	}
	o, ok := p.Referral.Find(ref)
	if !ok {
		return Preview{}, fault.Bad("referral", "referral.need.known")
	}
	v, err := pack(p, o, opened.Shown, now)
	if err != nil {
		return Preview{}, err
	}
	if cats := v.Handed.Package.Categories(); len(cats) > 0 {
		if v.Handed.Terms, err = k.Terms(ctx, w, o.Recipient, cats); err != nil {
			return Preview{}, err
		}
	}
	return v, nil
}

// HandOver sends what the preview with this hash showed; a Conflict when it has changed since.
func (k Work) HandOver(ctx context.Context, w store.Who, id, ref journal.ID, hash string, now time.Time) error {
	v, err := k.Preview(ctx, w, id, ref, now)
	if err != nil {
		return err
	}
	if v.Hash != hash {
		return fault.New(fault.Conflict, "referral.preview_changed")
	}
	_, err = k.Store.Update(ctx, w, Ref(id), func(state any) ([]store.Draft, error) {
		// What the actor saw must still be what the file says of the covered categories.
		p := state.(Person)
		o, _ := p.Referral.Find(ref)
		again, err := pack(p, o, v.shown, now)
		if err != nil {
			return nil, err
		}
		if again.Hash != hash {
			return nil, fault.New(fault.Conflict, "referral.preview_changed")
		}
		return []store.Draft{{Type: "referral.handed_over", Payload: v.Handed}}, nil
	})
	return err
}

// pack gathers, by category that the actor sees, what is covered now and was announced, and lists what nothing covers.
func pack(p Person, o referral.Out, shown []journal.Category, now time.Time) (Preview, error) {
	v, err := gather(p, o, shown, now, func(c journal.Category) (consent.State, bool) {
		return p.Consent, len(o.Plan) == 0 || slices.Contains(o.Plan, c)
	})
	if err != nil {
		return v, err
	}
	if v.Bytes, err = referral.PackageBytes(p.Consent, v.Handed); err != nil {
		return v, err
	}
	h := sha256.Sum256(v.Bytes)
	v.Hash = hex.EncodeToString(h[:])
	return v, nil
}

func addOnce(ids []journal.ID, id journal.ID) []journal.ID {
	if slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

// shareable gives what a hand-over could hold of each category.
func shareable(p Person) (map[journal.Category]json.RawMessage, error) {
	what := map[journal.Category]any{}
	if p.Contact.SafeToCall != "" {
		what[journal.D1] = p.Contact
	}
	if len(p.Identity.Names) > 0 || p.Identity.Born != "" {
		what[journal.D2] = p.Identity
	}
	for c, pick := range map[journal.Category]func(Note) string{
		journal.D3: func(n Note) string { return n.Account }, journal.D4: func(n Note) string { return n.Health },
		journal.D6: func(n Note) string { return n.Legal }, journal.D7: func(n Note) string { return n.Stay },
	} {
		if ns := notes(p.Notes, pick); len(ns) > 0 {
			what[c] = map[string]any{"notes": ns}
		}
	}
	out := map[journal.Category]json.RawMessage{}
	for c, v := range what {
		b, err := json.Marshal(v)
		if err != nil {
			return nil, err
		}
		out[c] = b
	}
	return out, nil
}

// dated is a note as it travels.
type dated struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

func notes(all []Note, pick func(Note) string) []dated {
	var out []dated
	for _, n := range all {
		if t := pick(n); t != "" {
			out = append(out, dated{n.At, t})
		}
	}
	return out
}
