// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
)

// overdueOnBothSides holds what the post says is overdue between two offices at a time, there where it was asked and here where
// it is to be done, against one list of message types.
func (w *world) overdueOnBothSides(asking, asked, when string, at time.Time, want ...string) {
	w.Helper()
	lists := map[string][]string{}
	for _, office := range []string{asking, asked} {
		w.must(w.n.DB.Read(w.Context(), func(tx dbTx) error {
			late, err := post.Overdue(w.Context(), tx, w.offices[office].ID, at, 10)
			for _, l := range late {
				if l.Ours != (office == asked) {
					w.Errorf("%s, %s: overdue on the wrong side: %+v", when, office, l)
				}
				lists[office] = append(lists[office], l.Type)
			}
			return err
		}))
		if !slices.Equal(lists[office], want) {
			w.Errorf("%s: overdue in %s are %v; want %v", when, office, lists[office], want)
		}
	}
}

// lateOnPages wants a matter among what is late, on the desk of each who may know of it, or not there.
func (w *world) lateOnPages(when, at string, want bool, readers ...*visitor) {
	w.Helper()
	for _, v := range readers {
		v.signIn()
		if got := strings.Contains(w.sees(v, "/requests?view=overdue"), at); got != want {
			w.Errorf("%s: %s sees that it is overdue: %v", when, v.login, got)
		}
	}
}

// TestALetterIsOverdueOnBothSides, from the end of the day by which an answer was asked for, whoever has it and whether or not it
// was read, until it is answered.
func TestALetterIsOverdueOnBothSides(t *testing.T) {
	d := newDesks(t)
	first, open := d.n.newID(), d.n.newID()
	d.must(d.writes(d.eleni, first, letter.WrittenType, letter.Letter{To: d.tirana, Thread: first, Words: letter.Words{AnswerBy: "2026-03-20", Subject: plantedSubject, Text: plantedText}}))
	d.must(d.writes(d.eleni, open, letter.WrittenType, letter.Letter{To: d.tirana, Thread: open, Words: letter.Words{Subject: plantedSubject, Text: plantedText}}))
	end := time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)
	late := func(when string, at time.Time, want ...string) {
		t.Helper()
		d.overdueOnBothSides("athens", "tirana", when, at, want...)
	}
	late("on the last moment of its day", end.Add(-time.Second))
	late("when its day is over", end, letter.MsgSend)
	d.must(d.writes(d.dorian, first, letter.AssignedType, letter.Assigned{Worker: d.mira.id}))
	d.must(d.writes(d.mira, first, letter.SeenType, letter.Told{Is: true}))
	late("read, and not answered", end, letter.MsgSend)
	path := letter.Path + "/" + first.String()
	d.lateOnPages("before its day", path, false, d.eleni, d.mira)
	d.clock.Set(end)
	d.lateOnPages("after its day", path, true, d.eleni, d.mira, d.dorian)
	if b := d.sees(d.mira, "/"); !strings.Contains(b, path) {
		t.Error("Today of who has it does not tell")
	}
	d.must(d.writes(d.eleni, first, letter.RemindedType, letter.Told{Is: true}))
	late("asked for again", end, letter.MsgSend)
	form := url.Values{"letter": {d.n.newID().String()}, "entry": {d.n.newID().String()}, "to": {d.athens.String()}, "answers": {first.String()}, "subject": {"Re"}, "text": {plantedText}}
	if a := d.post(d.mira, letter.Path+"/new", form); a.code != http.StatusSeeOther {
		t.Fatalf("answering: %d %s", a.code, a.body)
	}
	d.deliver()
	late("answered late", end.AddDate(0, 1, 0))
	d.lateOnPages("answered late", path, false, d.eleni, d.mira, d.dorian)
}

// TestASocialInquiryIsOverdueOnBothSides, taken on or not, until it is answered, refused or taken back.
func TestASocialInquiryIsOverdueOnBothSides(t *testing.T) {
	c := newChambers(t)
	end := time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC)
	late := func(when string, at time.Time, want ...string) {
		t.Helper()
		c.overdueOnBothSides("court", "tirana", when, at, want...)
	}
	c.asks()
	c.overdueThere(end) // it has not left: only who asks knows of it
	c.deliver()
	late("on the last moment of its day", end.Add(-time.Second))
	late("when its day is over", end, inquiry.MsgRequest)
	c.does(c.focal, "take", nil)
	c.does(c.focal, "accept", nil)
	late("taken on, and not answered", end, inquiry.MsgRequest)
	c.clock.Set(end)
	c.lateOnPages("after its day", c.at, true, c.judge, c.focal)
	c.does(c.focal, "answer", url.Values{"found": {"done"}, "report": {plantedReport}})
	late("answered late", end.AddDate(0, 1, 0))
	c.lateOnPages("answered late", c.at, false, c.judge, c.focal)

	c.clerk.signIn()
	for act, form := range map[string]url.Values{"refuse": {"reason": {"not_found"}}, "withdraw": {"reason": {"no_longer_needed"}}} {
		who := c.focal
		if act == "withdraw" {
			who = c.judge
		}
		c.asksUntil("2026-05-01")
		c.deliver()
		c.does(c.focal, "take", nil)
		late("before "+act, end.AddDate(0, 1, 0), inquiry.MsgRequest)
		c.does(who, act, form)
		late("after "+act, end.AddDate(0, 1, 0))
	}
}

// overdueThere wants what has not left yet to be overdue for who asks alone.
func (c *chambers) overdueThere(at time.Time) {
	c.Helper()
	for office, want := range map[string]int{"court": 1, "tirana": 0} {
		c.must(c.n.DB.Read(c.Context(), func(tx dbTx) error {
			late, err := post.Overdue(c.Context(), tx, c.offices[office].ID, at, 10)
			if len(late) != want {
				c.Errorf("before it left, %d are overdue in %s", len(late), office)
			}
			return err
		}))
	}
}

// TestTermsOfSeveralThatEndAreTold: once, 90 days before the end, on Today, on the list and on their page, in red within 30, and
// never to an office that has left them.
func TestTermsOfSeveralThatEndAreTold(t *testing.T) {
	s := newSeveral(t, "athens", "tirana", "court")
	s.founded("tirana", "court")
	s.signs("tirana")
	s.signs("court")
	if n := s.acts(s.first["court"], "leave", nil); n != http.StatusSeeOther {
		t.Fatalf("leaving: %d", n)
	}
	until := s.see("athens").Rules().Until
	for _, x := range []struct {
		days       int
		told, urge bool
	}{{91, false, false}, {89, true, false}, {31, true, false}, {29, true, true}} {
		s.clock.Set(until.Add(-time.Duration(x.days) * 24 * time.Hour))
		for office, told := range map[string]bool{"athens": x.told, "tirana": x.told, "court": false} {
			v := s.first[office]
			v.signIn()
			today, page, list := html.UnescapeString(s.get(v, "/").body), html.UnescapeString(s.get(v, "/groups/"+s.group.String()).body), s.get(v, "/groups").body
			want := 0
			if told {
				want = 1
			}
			if n := strings.Count(today, "They end soon."); n != want {
				t.Errorf("%d days before, Today in %s tells it %d times", x.days, office, n)
			}
			if strings.Contains(page, "These terms end on") != told || strings.Contains(page, "note note-bad") != (told && x.urge) {
				t.Errorf("%d days before, the page in %s: told %v, urgent %v", x.days, office, strings.Contains(page, "These terms end on"), strings.Contains(page, "note note-bad"))
			}
			if warn, bad := strings.Contains(list, "tone-warn"), strings.Contains(list, "tone-bad"); told && (warn == x.urge || bad != x.urge) {
				t.Errorf("%d days before, the list in %s: soon %v, urgent %v", x.days, office, warn, bad)
			}
		}
	}
}
