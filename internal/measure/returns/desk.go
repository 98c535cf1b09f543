// SPDX-License-Identifier: EUPL-1.2

package returns

import (
	"bytes"
	"context"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/measure/territory"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Desk counts, sends and takes in returns, for the owners of a node. All of it is required.
type Desk struct {
	Store *store.Store
	Post  *post.Post
	Clock clock.Clock
	Job   func(owner journal.ID, name string, p access.Purpose) (store.Who, error)
	// Sources gives what an office can count, and Words what puts a source's columns into words.
	Sources func(owner journal.ID) source.Sources
	Words   func(s source.Source) func(table.Column) bundle.Column
	// Office says who counts.
	Office func(owner journal.ID) bundle.Office
	// CountryOf gives the country or territory of a partner.
	CountryOf func(ctx context.Context, owner, office journal.ID) (string, error)
	// Names, Text and Country are what the tables are written with: names of countries and territories, the catalogue in English,
	// and a country's or territory's name in it.
	Names   func() *territory.Names
	Text    func(key string) string
	Country func(code string) string
}

// Prepare counts what is asked and keeps it for another person, as the dossier id. Where something left before, it is a
// correction. Errors: Guarded where the office counts nobody, or where something waits already; Invalid, naming the fields.
func (d Desk) Prepare(ctx context.Context, w store.Who, id journal.ID, a Asked) error {
	var fs fault.Fields
	if a.check(&fs, d.Clock.Now().UTC().Year()); fs.Err() != nil {
		return fs.Err()
	}
	c, err := d.Count(ctx, w.Actor.Owner, a)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, w, Ref(id), func(state any) ([]store.Draft, error) {
		return []store.Draft{{Type: PreparedType, Room: Room, Payload: Prepared{a, state.(State).Last().Number + 1, c}}}, nil
	})
	return err
}

// Open reads a return as somebody may see it. Error: NotFound.
func (d Desk) Open(ctx context.Context, w store.Who, id journal.ID) (*store.Opened, State, error) {
	return begun(d.Store.Open(ctx, w, Ref(id)))
}

// begun gives what was opened with its state, where anything was recorded.
func begun(o *store.Opened, err error) (*store.Opened, State, error) {
	if err != nil {
		return nil, State{}, err
	}
	s := o.State.(State)
	if !s.Exists() {
		return nil, s, fault.New(fault.NotFound, "fault.not_found")
	}
	return o, s, nil
}

// archive packs a version's tables.
func (v Version) archive() ([]byte, error) {
	files := map[string][]byte{}
	for _, f := range v.Content.Files {
		files[f.Name] = []byte(f.Text)
	}
	return release.Pack(files, v.Content.Counted)
}

// Sealed gives the version that counts as a file for the body that it is for, which nobody else can open. Error: NotFound where
// the return is for an office, or was not approved.
func (s State) Sealed() ([]byte, error) {
	if s.Asked.Body == "" || s.Last().Number == 0 {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	to, err := recipient(s.Asked.Key)
	if err != nil {
		return nil, err
	}
	plain, err := s.Last().archive()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Register registers the message types.
func (d Desk) Register() {
	d.Post.Register(MsgSend, d.arrived, nil)
	d.Post.Register(MsgReceived, d.noted, nil)
}

// take writes a message as an entry with the message's id and time, together with the note that it was handled.
func (d Desk) take(ctx context.Context, in post.Incoming, of journal.ID, draft func(State) (store.Draft, error)) error {
	if of != in.Conversation || in.Purpose != Purpose {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	w, err := d.Job(in.Owner, jobName, access.ForStatistics)
	if err != nil {
		return err
	}
	_, err = d.Store.Update(ctx, w, Ref(of), func(state any) ([]store.Draft, error) {
		dr, err := draft(state.(State))
		if err != nil || dr.Type == "" {
			return nil, err
		}
		dr.ID, dr.At, dr.Room = in.ID, in.Sent, Room
		return []store.Draft{dr}, nil
	}, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// arrived takes in the tables of another office. An older version than the one that is here is only noted.
func (d Desk) arrived(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[sendBody](in)
	if err != nil {
		return err
	}
	country, err := d.CountryOf(ctx, in.Owner, in.From)
	if err != nil {
		return err
	}
	return d.take(ctx, in, b.Return, func(s State) (store.Draft, error) {
		switch {
		case s.Exists() && s.From != in.From, b.Content.Country != country: // another office's, or this one's own; nobody speaks for another country
			return store.Draft{}, fault.New(fault.Invalid, "return.guard.other")
		case b.Number <= s.Last().Number:
			return store.Draft{}, nil
		}
		return store.Draft{Type: ArrivedType, Payload: Arrived{in.From, b.Number, b.Content}}, nil
	})
}

// noted takes in that the body has the tables.
func (d Desk) noted(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[receivedBody](in)
	if err != nil {
		return err
	}
	return d.take(ctx, in, b.Return, func(s State) (store.Draft, error) {
		if s.Asked.To != in.From || in.From.IsZero() {
			return store.Draft{}, fault.New(fault.Invalid, "return.guard.other")
		}
		return store.Draft{Type: NotedType, Payload: Noted{b.Number, b.Hash, b.Words}}, nil
	})
}
