// SPDX-License-Identifier: EUPL-1.2

// Package figure keeps the figures that a programme gets from the offices that work with people: how many referrals
// on an activity's corridor reached help in a quarter, as one protected count and nothing else.
//
// A figure arrives as a sealed message of another office, under sharing terms. Its body is Body; Receive checks and
// stores it. Only protected counts are taken: the sender's software protects them, and this side refuses what is
// not ("4" where the threshold is 5), so that a mistake there does not become a disclosure here. "Fewer than k" and
// "not measured yet" are values; neither ever shows as 0.
//
// The threshold protects a single cell. It does not protect against somebody who adds up figures of several offices or
// watches a figure being corrected step by step: what a protocol allows to be sent is for the sharing terms.
package figure

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
)

// ReceivedType is the entry type of a figure that arrived.
const ReceivedType = "figure.received"

// room is the only writer of a figure: Receive, after a count here or a message of another office. A general door writes
// none, so nobody can put down a count that was not made.
const room = "figure"

// Body is the message that carries a figure.
type Body struct {
	Corridor activity.Corridor `json:"corridor"` // from where to where people were referred
	Quarter  string            `json:"quarter"`  // "2026-Q3"
	Count    string            `json:"count"`    // "12", "<5" or "not_measured"
	K        int               `json:"k"`        // the sender's threshold
	Activity string            `json:"activity"` // code of the activity that supports the corridor: "P4-G1"
}

// Received is the payload of figure.received. Written by the post, or by whoever sends the office's own.
type Received struct {
	Activity string     `json:"activity" part:"D9"`
	From     string     `json:"corridor_from" part:"D9"`
	To       string     `json:"corridor_to" part:"D9"`
	Quarter  string     `json:"quarter" part:"D9"`
	Count    string     `json:"count" part:"D9"`
	K        int        `json:"k" part:"D9"`
	Office   journal.ID `json:"office" part:"D9"` // that sent it
}

// Figure is the state of a figure's dossier: one office, activity, corridor and quarter.
type Figure struct {
	Activity string
	Corridor activity.Corridor
	Quarter  Quarter
	Count    Count
	K        int // the sender's threshold
	Office   journal.ID
	At       time.Time // when it was sent
	Times    int       // how often it was sent with another count; 1 when never corrected

	Told Telling // of a small table (told.go), which the others are not
}

// Exists says whether one arrived.
func (f Figure) Exists() bool { return f.Activity != "" }

// Running says that the figure was sent before its quarter was over, so that it can still grow.
func (f Figure) Running() bool { return f.At.Before(f.Quarter.End()) }

// Check reads a body. Errors: Invalid, naming the fields.
func (b Body) Check() (Quarter, Count, error) {
	var fs fault.Fields
	q, err := ParseQuarter(b.Quarter)
	fs = append(fs, fieldsOf(err)...)
	c, err := ParseCount(b.Count, b.K)
	fs = append(fs, fieldsOf(err)...)
	if !activity.IsCode(b.Activity) {
		fs.Add("activity", "programme.need.code")
	}
	if !activity.IsCountry(b.Corridor.From) || !activity.IsCountry(b.Corridor.To) || b.Corridor.From == b.Corridor.To {
		fs.Add("corridor", "programme.need.corridor")
	}
	return q, c, fs.Err()
}

func fieldsOf(err error) fault.Fields {
	if f, ok := err.(*fault.Fault); ok {
		return f.Fields
	}
	return nil
}

// Ref names the dossier of the figure that an office sends for an activity's corridor and a quarter.
func Ref(owner, office journal.ID, b Body) store.Ref {
	return store.Ref{Kind: access.KindFigure, ID: provenance.ID("figure", owner.String(), office.String(), b.Activity, b.Corridor.From, b.Corridor.To, b.Quarter)}
}

// Receive stores a figure that office has sent at a time, as w: the job "post" with the purpose "exchange", or whoever
// of this office may send its own. also runs in
// the same transaction, as a message's own mark does. The same figure twice changes nothing; another count for the
// same quarter is kept beside the earlier one and the one sent last counts.
//
// Errors: Invalid (what Check says; a quarter that has not begun), Denied (the door), and what also gives.
func Receive(ctx context.Context, s *store.Store, w store.Who, office journal.ID, at time.Time, b Body, also ...store.Also) (store.Result, error) {
	q, c, err := b.Check()
	if err != nil {
		return store.Result{}, err
	}
	if office.IsZero() || at.IsZero() {
		return store.Result{}, fault.Bad("from", "fault.invalid")
	}
	if q.After(QuarterOf(at)) {
		return store.Result{}, fault.Bad("quarter", "programme.need.quarter_begun")
	}
	at = at.UTC().Truncate(time.Microsecond)
	ref := Ref(w.Actor.Owner, office, b)
	return s.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		if f := state.(Figure); f.Exists() && f.Count == c {
			return nil, nil
		}
		return []store.Draft{{ID: provenance.ID("figure received", ref.ID.String(), c.Code(), at.Format(time.RFC3339Nano)), Type: ReceivedType, At: at, Room: room,
			Payload: Received{b.Activity, b.Corridor.From, b.Corridor.To, b.Quarter, c.Code(), b.K, office}}}, nil
	}, also...)
}
