// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Types of the messages. All of them travel under the purpose terms.Matching and hold codes and blinded elements only.
const (
	MsgTable  = "matching.table"  // owner to asker: a part of a table
	MsgAsk    = "matching.ask"    // asker to owner: blinded elements
	MsgAnswer = "matching.answer" // owner to asker: evaluated elements and their proof
	MsgTell   = "matching.tell"   // asker to owner: somebody here wants to talk about the record of a handle
	MsgDoubt  = "matching.doubt"  // owner to asker: on what did it rest
	MsgOpen   = "matching.open"   // asker to owner: on this
)

// MessageTypes lists them.
func MessageTypes() []string {
	return []string{MsgTable, MsgAsk, MsgAnswer, MsgTell, MsgDoubt, MsgOpen}
}

// A table that fits into one message travels in it. A larger one goes in parcels, each of so many bytes and named by a message of its
// own: they are brought over a line, from where an earlier try ended. To an office without a line it goes in messages of partSize.
const (
	partSize   = 384 << 10
	parcelSize = 16 << 20
)

// Sizes lists how many elements a question has: those of most records, of any one record, or a night's. Whatever is asked is
// filled up to one of them.
func Sizes() []int { return []int{16, 64, 1024} }

// Heads of the bodies: canonical JSON, a line feed, then raw bytes where the message has some.
type (
	tableHead struct {
		Epoch  journal.ID `json:"epoch"`
		Ends   int64      `json:"ends"`   // seconds since 1970 UTC
		Quota  int        `json:"quota"`  // elements that may be asked in the epoch
		Number int        `json:"number"` // of the table in its epoch, from 1
		Full   bool       `json:"full"`   // it replaces the tables before it; else it adds to them
		Part   int        `json:"part"`   // from 1
		Parts  int        `json:"parts"`
		Hash   string     `json:"hash"` // SHA-256 of the whole table
	}
	askHead struct {
		Comparison journal.ID `json:"comparison"`
		Epoch      journal.ID `json:"epoch"`
		Commitment string     `json:"commitment"`
	}
	answerHead struct {
		Comparison journal.ID `json:"comparison"`
		Epoch      journal.ID `json:"epoch"`
	}
	tellHead struct {
		Comparison journal.ID `json:"comparison"`
		Handle     string     `json:"handle"`
	}
	doubtHead struct {
		Comparison journal.ID `json:"comparison"`
		Reason     string     `json:"reason"`
	}
	openHead struct {
		Comparison journal.ID `json:"comparison"`
		Salt       string     `json:"salt"`
		Opening    Opening    `json:"opening"`
	}
)

// body joins a head and raw bytes.
func body(head any, raw []byte) ([]byte, error) {
	b, err := json.Marshal(head)
	return append(append(b, '\n'), raw...), err
}

// parted reads a body's head and gives its raw bytes. Errors: Invalid.
func parted[T any](in post.Incoming) (T, []byte, error) {
	head, raw, ok := bytes.Cut(in.Body, []byte("\n"))
	var v T
	if !ok {
		return v, nil, unreadable()
	}
	in.Body = head
	v, err := post.Read[T](in)
	return v, raw, err
}

func unreadable() error { return fault.New(fault.Invalid, "exchange.post.unreadable") }

// elements reads the elements of a message, of which there must be one of the sizes.
func elements(raw []byte) ([]oprf.Element, error) {
	n := len(raw) / oprf.ElementSize
	if n*oprf.ElementSize != len(raw) || !slices.Contains(Sizes(), n) {
		return nil, unreadable()
	}
	out := make([]oprf.Element, n)
	for i := range out {
		out[i] = oprf.Element(raw[i*oprf.ElementSize:])
	}
	return out, nil
}

func bytesOf(es []oprf.Element) []byte {
	out := make([]byte, 0, len(es)*oprf.ElementSize)
	for _, e := range es {
		out = append(out, e[:]...)
	}
	return out
}

// derived gives an id that follows from another one and a word, so that the same deed is one message and one entry.
func derived(id journal.ID, word string) journal.ID {
	return journal.IDOf("entraide matching v1\n" + word + "\n" + id.String())
}

// envelope addresses a message of this room.
func envelope(id, to, conversation journal.ID, typ string, head any, raw []byte) (post.Outgoing, error) {
	b, err := body(head, raw)
	return post.Outgoing{ID: id, To: to, Conversation: conversation, Type: typ, Purpose: terms.Matching, Basis: "law", Categories: []journal.Category{journal.D0}, Body: b}, err
}

// effects gives the message that an entry of a person brings about.
func effects(_ *store.Guarding, _, c Comparison, e journal.Entry) (store.Effects, error) {
	var head any
	var typ string
	switch e.Type {
	case ToldType:
		v, err := journal.In[Told](e)
		if err != nil {
			return store.Effects{}, err
		}
		typ, head = MsgTell, tellHead{c.ID, v.Handle}
	case DoubtedType:
		typ, head = MsgDoubt, doubtHead{c.ID, c.Doubt}
	case OpenedType:
		typ, head = MsgOpen, openHead{c.ID, c.Opened.Salt, c.Opened.Opening}
	default:
		return store.Effects{}, nil
	}
	m, err := envelope(derived(e.ID, typ), c.Partner(), c.ID, typ, head, nil)
	return store.Effects{Messages: []any{m}}, err
}

// Opening is what a commitment is to: the mode, and of each record by what the office knows it and of which kinds its keys were.
// Identity is a hash, under a salt that is not opened, of what was asked: with a court's order the asker can show that too.
type Opening struct {
	Mode  string `json:"mode"`
	Lines []Line `json:"lines"`
}

// Line is one record of an opening.
type Line struct {
	Ref      string   `json:"ref"`
	Kinds    []string `json:"kinds"`
	Identity string   `json:"identity"`
}

// commitment gives the commitment to an opening under a salt in hexadecimal.
func (o Opening) commitment(salt string) string {
	b, err := json.Marshal(o)
	if err != nil {
		panic("matching: an opening always marshals: " + err.Error())
	}
	h := sha256.Sum256(append([]byte("entraide matching commitment v1\n"+salt+"\n"), b...))
	return hex.EncodeToString(h[:])
}
