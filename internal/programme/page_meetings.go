// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"unicode"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/event"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// calendared is a kind of record that stands on the calendar. Its dossiers have the codes of an activity.Span.
type calendared struct {
	kind string
	of   func(l *lang.Locale, row store.Row) (dated, error)
	all  func(when string) string // the way to all of a month or a year
}

func onCalendar() []calendared {
	at := func(path string) func(string) string { return func(string) string { return path } }
	return []calendared{
		{access.KindActivity, activityDated, func(when string) string { return filter{Month: when}.path() }},
		{access.KindEvent, eventDated, at(event.Path)},
		{access.KindTraining, trainingDated, at(training.Path)},
		{access.KindSession, sessionDated, at(committee.Path)},
	}
}

// activityDated says what, when and how sure. Our reading of a date counts, and is marked.
func activityDated(l *lang.Locale, row store.Row) (dated, error) {
	a, err := store.Summary[activity.Line](row)
	on, _ := a.Span()
	days := span(l, a.Start, a.End)
	if on.Inferred {
		days = on.From.Print(l) + " (" + l.T("programme.inferred") + ")"
	}
	return dated{item: entryOf(l, a).with(joined(days, l.T("programme.kind."+string(a.Kind)), statusWord(l, a.Status))), on: on, code: a.Code}, err
}

func eventDated(l *lang.Locale, row store.Row) (dated, error) {
	e, err := store.Summary[event.Summary](row)
	return record(l, row, event.Path, e.Title, e.Start, e.End, e.Activity, rolls.Word(l, "event.sort.", e.Sort), l.T("event.standing."+string(e.Standing))), err
}

func trainingDated(l *lang.Locale, row store.Row) (dated, error) {
	t, err := store.Summary[training.Line](row)
	return record(l, row, training.Path, t.Title, t.When(), t.When(), t.Activity, l.T("training.one"), l.T("training.state."+string(t.State))), err
}

func sessionDated(l *lang.Locale, row store.Row) (dated, error) {
	s, err := store.Summary[committee.SessionLine](row)
	return record(l, row, committee.Path+"/sessions", s.Title, s.On, s.On, "", l.T("committee.title")), err
}

// record names what is no activity, with its days, the activity that it belongs to, and what else is to be said.
func record(l *lang.Locale, row store.Row, path string, title wording.Text, start, end party.PartialDate, of string, more ...string) dated {
	what := rolls.Excerpt(l, title)
	on, _ := activity.Line{Start: start, End: end}.Span()
	for i, s := range more {
		more[i] = small(s)
	}
	return dated{item: quoted(what.Text, what.Lang).to(path + "/" + row.Ref.ID.String()).with(joined(append([]string{span(l, start, end), of}, more...)...)), on: on, of: of}
}

// small lets a word stand within a line, as the words of activities do.
func small(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
