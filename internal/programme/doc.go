// SPDX-License-Identifier: EUPL-1.2

// Package programme is the wing of prevention and partnership: what a cooperation programme plans, with whom and
// where, and what came of it.
//
// Its rooms: scheme (the programme itself), activity, actors (organisations and functions), figure (protected counts
// from other offices), need (what somebody lacks that the programme may give), action (who does what by when),
// event (workshops and meetings, whom each country sends, what was noted there),
// training (what is taught to whom, and what they learned), result (what it all comes to, from the rooms' records),
// recommendation (what watching bodies and meetings ask for, and what came of it), committee (sessions, votes, decisions
// and the plans that they make), agreement (drafts between two sides, to their signature and end), measure (of strategies
// and action plans), grant (calls for
// projects, who gets money and what for, money to funds), change (in practice, law or procedure, as
// coordinators report it), round (a monitoring body's questionnaire, its answers and report), study (findings, and lists for those who screen); newsletter (its issues, as pages, letters and PDF), subscriber (who
// asked for it, and taking it to them), retention (how long the rooms keep what they hold about people, and erasing it), register (what a
// register is declared with, and its pages), load (the import of a programme's file), iati (what other publishers report, and publishing to
// them), reported (the pages of what they report), provenance (repeatable imports). This package joins them for an office: Kinds for the store, Room for the
// pages. Everything is public programme content; the pages are readable by everybody in an office of any kind, and a
// programme officer edits.
//
// The wing knows nothing of cases. What the work on people gives back to a programme is a figure: one protected count
// for an activity's corridor and a quarter, sent by the office that did the work.
package programme

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/change"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/subscriber"
	"github.com/entraide-thb/entraide/internal/programme/training"
)

// Kinds gives the dossier kinds of this wing. s is what those who screen say of a study's list; nil where none can be drawn up.
func Kinds(s study.Screening) []store.Kind {
	return slices.Concat([]store.Kind{scheme.StoreKind(), activity.StoreKind(), figure.StoreKind(), need.StoreKind(), action.StoreKind(), recommendation.StoreKind(), event.StoreKind(activityDone), agreement.StoreKind(), measure.StoreKind(), change.StoreKind(),
		newsletter.StoreKind(), subscriber.StoreKind(), subscriber.ServerKind()}, actors.Kinds(), committee.Kinds(), grant.Kinds(), round.Kinds(), knowing(), []store.Kind{study.StoreKind(s, decides), training.StoreKind()})
}
