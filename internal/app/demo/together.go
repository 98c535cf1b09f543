// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/measure/joint"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/screening"
)

// counters are the offices that publish figures of their screenings together, each with the one who agrees, the one who decides,
// the one who screens, and the one who takes on what was screened, where people are helped.
var counters = []struct {
	at                            Place
	first, second, screens, takes string
}{{Greek, "sofia", "nikos", "eleni", "eleni"}, {Albanian, "drita", "besnik", "drita", "arta"}, {Police, "valbona", "agim", "agim", ""}}

// eachScreens is how many people whom nobody names each of them screens before.
const eachScreens = 12

// eachScreened is how many more each screened when the demonstration began: enough that sums of all three can be told from nothing
// within a promise that leaves something of the year's budget. Of most the office has learned since what became of them.
const (
	eachScreened = 60
	eachEnded    = 57
)

// counting lets each two of them send each other shares and sums.
func (s *Stage) counting(ctx context.Context) error {
	for i, a := range counters {
		for _, b := range counters[:i] {
			var grants []terms.Grant
			for _, way := range [][2]Place{{a.at, b.at}, {b.at, a.at}} {
				grants = append(grants, terms.Grant{From: s.Offices[way[0]].ID, To: s.Offices[way[1]].ID, Purpose: joint.Purpose, Categories: []journal.Category{journal.D9}})
			}
			if err := s.sign(ctx, b.at, a.at, "Protocol on figures published together (fictitious)", "together-protocol.txt", togetherText, grants); err != nil {
				return err
			}
		}
	}
	return nil
}

// Screens lets each of those offices screen people whom nobody names: more grown up than not.
func (s *Stage) Screens(ctx context.Context) error { return s.screen(ctx, eachScreens, 0, 3) }

// screen lets each screen so many, and bring what became of so many of these to an end where people are helped; at the border what
// nobody passes on lapses.
func (s *Stage) screen(ctx context.Context, each, ended int, seed uint64) error {
	dice := rand.New(rand.NewPCG(2026, seed))
	pick := func(of ...string) string { return of[dice.IntN(len(of))] }
	for _, c := range counters {
		for i := range each {
			r := screening.Recorded{Who: pick(screening.Adult, screening.Adult, screening.Child), Role: pick("border", "outreach"), Place: pick("border", "street", "office"), Language: "en", Interpreted: consent.NoOne,
				Set: screening.Smuggling, Version: "2026-1", Answers: map[string]screening.Answer{"SMU-01": "yes", "SMU-05": "no"}}
			id := s.newID()
			if err := s.entry(ctx, s.at(c.at, c.screens), access.ForScreening, access.KindSignal, id, "screening.recorded", r); err != nil {
				return err
			}
			if i >= ended || c.takes == "" {
				continue
			}
			takes := s.at(c.at, c.takes)
			if err := s.entry(ctx, takes, access.ForScreening, access.KindSignal, id, "signal.taken", screening.Taken{Worker: s.Offices[c.at].Workers[c.takes]}); err != nil {
				return err
			}
			if err := s.entry(ctx, takes, access.ForScreening, access.KindSignal, id, "signal.closed", screening.Ended{Reason: pick("not_reachable", "not_reachable", "duplicate", "other")}); err != nil {
				return err
			}
		}
	}
	return nil
}

// jointly is one joint release on its way.
type jointly struct {
	s  *Stage
	id journal.ID
	p  joint.Proposal
}

func (x jointly) path() string { return joint.Path + "/" + x.id.String() }

// jointly drafts one of the people screened on some days, each of them once: how many by age, and by who screened them. Sofia of the
// Greek office drafts it.
func (s *Stage) jointly(ctx context.Context, from, until time.Time, epsilon float64) (jointly, error) {
	src := screening.Source(nil)
	x := jointly{s, s.newID(), joint.Proposal{Title: map[string]string{"en": "People screened by three offices", "fr": "Personnes repérées par trois bureaux"}, Source: src.Code, Version: src.Version, Most: 1, Columns: src.Domain().Columns,
		From: from.Format(time.DateOnly), Until: until.Format(time.DateOnly), Tables: [][]string{{"age"}, {"role"}}, Epsilon: epsilon, Delta: release.Usual().Delta, Against: 1,
		Deadline: s.now.AddDate(0, 0, 14).Format(time.DateOnly), At: s.now.Format(time.RFC3339)}}
	for _, c := range counters {
		var out app.CardOut
		if err := s.Ask(ctx, c.at, "card", app.Of{}, &out); err != nil {
			return x, err
		}
		k, err := card.Parse(out.Card)
		if err != nil {
			return x, err
		}
		f := k.Fingerprint()
		x.p.Parties = append(x.p.Parties, joint.Party{Office: k.Office, Name: k.Name, Country: k.Country, Fingerprint: hex.EncodeToString(f[:])})
	}
	inorder.By(x.p.Parties, func(a, b joint.Party) int { return slices.Compare(a.Office[:], b.Office[:]) })
	return x, s.entry(ctx, s.at(Greek, "sofia"), access.ForStatistics, access.KindJoint, x.id, joint.DraftedType, joint.Draft{Proposal: x.p, Second: s.Offices[Greek].Workers["nikos"]})
}

// press does an act on its page, and lets the post arrive.
func (x jointly) press(ctx context.Context, p Place, login, act string, form url.Values) error {
	if _, err := x.s.at(p, login).browse(ctx, http.MethodPost, x.path()+"/"+act, form); err != nil {
		return err
	}
	return x.s.Deliver(ctx)
}

// accept lets two people of an office decide.
func (x jointly) accept(ctx context.Context, at int) error {
	c := counters[at]
	if err := x.press(ctx, c.at, c.first, "agree", url.Values{"second": {x.s.Offices[c.at].Workers[c.second].String()}}); err != nil {
		return err
	}
	return x.press(ctx, c.at, c.second, "accept", nil)
}

// state gives it as an office has it.
func (x jointly) state(ctx context.Context, at int) (s joint.State, err error) {
	c := counters[at]
	o, err := x.s.open(ctx, x.s.at(c.at, c.first), access.ForStatistics, access.KindJoint, x.id)
	if err != nil {
		return s, err
	}
	return s, json.Unmarshal(o.State, &s)
}

// opened carries the post until all three have opened it, at most a minute.
func (x jointly) opened(ctx context.Context) ([]joint.State, error) {
	for range 300 {
		if err := x.s.Deliver(ctx); err != nil {
			return nil, err
		}
		var all []joint.State
		for i := range counters {
			s, err := x.state(ctx, i)
			if err != nil {
				return nil, err
			}
			if s.Over() && s.Status() != "opened" {
				return nil, fmt.Errorf("demo: figures of three offices are %s: %v", s.Status(), s.Stopped)
			}
			if len(s.Opened) == len(counters) {
				all = append(all, s)
			}
		}
		if len(all) == len(counters) {
			return all, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	return nil, errors.New("demo: three offices do not come to a release")
}

// together lets three offices publish what they screened in the days that the demonstration begins with.
func (s *Stage) together(ctx context.Context) error {
	first := s.began.AddDate(0, 0, -earlierDays)
	x, err := s.jointly(ctx, first.AddDate(0, 0, -1), first.AddDate(0, 0, 7), 0.6)
	if err != nil {
		return err
	}
	if err := x.press(ctx, Greek, "nikos", "propose", nil); err != nil {
		return err
	}
	for _, at := range []int{1, 2} {
		if err := x.accept(ctx, at); err != nil {
			return err
		}
	}
	_, err = x.opened(ctx)
	return err
}

// publishTogether plays how three offices publish one table, and none sees what another counted.
func (t *story) publishTogether(ctx context.Context) error {
	if err := t.s.Screens(ctx); err != nil {
		return err
	}
	x, err := t.s.jointly(ctx, t.s.now.AddDate(0, 0, -30), t.s.now.AddDate(0, 0, 1), 0.75)
	if err != nil {
		return err
	}
	t.shows(x.press(ctx, Greek, "sofia", "propose", nil) != nil, "whoever drafted the proposal cannot send it")
	if err := x.press(ctx, Greek, "nikos", "propose", nil); err != nil {
		return err
	}
	if err := x.press(ctx, Police, "valbona", "agree", url.Values{"second": {t.s.Offices[Police].Workers["agim"].String()}}); err != nil {
		return err
	}
	t.shows(x.press(ctx, Police, "valbona", "accept", nil) != nil, "in each other office two people decide as well; one alone cannot")
	if err := x.press(ctx, Police, "agim", "accept", nil); err != nil {
		return err
	}
	waits, err := x.state(ctx, 0)
	if err != nil {
		return err
	}
	t.shows(waits.Status() == "waiting" && slices.Equal(waits.Missing(), []journal.ID{t.s.Offices[Albanian].ID}) && len(waits.Dealt) == 0, "nothing is counted before all have agreed; the page says who is missing")
	if err := x.accept(ctx, 1); err != nil {
		return err
	}
	all, err := x.opened(ctx)
	if err != nil {
		return err
	}
	hash := all[0].Opened[all[0].Owner].Hash
	t.shows(hash != "" && all[0].Agree() && all[1].Agree() && all[2].Agree(), "all three have the same release, %.16s", hash)
	return t.readTogether(ctx, x, 3*eachScreens+2)
}

// readTogether reads what one of the offices can download now, of so many people.
func (t *story) readTogether(ctx context.Context, x jointly, truth int) error {
	c := t.s.at(Police, "valbona")
	archive, err := c.browse(ctx, http.MethodGet, x.path()+"/files", nil)
	if err != nil {
		return err
	}
	w, _, err := release.Read([]byte(archive))
	if err != nil {
		return err
	}
	var low, high float64
	for _, table := range w.Tables.Tables {
		if c := table.Cells[0]; len(table.Columns) == 0 && c.Low != nil && c.High != nil {
			low, high = *c.Low, *c.High
		}
	}
	off := math.Abs((low+high)/2 - float64(truth)) // five deviations, of which the interval has four
	t.shows(off < 1.25*(high-low), "the three screened %d people; what is published says between %.0f and %.0f of all three, and of none alone", truth, math.Max(0, low), high)
	t.shows(len(w.Release.Offices) == len(counters) && w.Release.Promise != nil, "its certificate names the three by the fingerprints of their cards")
	page, err := c.browse(ctx, http.MethodGet, x.path()+"/explore", nil)
	t.shows(err == nil && strings.Contains(page, offices[Albanian].Name), "it opens as a page in each office, and from the files without a server")
	return err
}
