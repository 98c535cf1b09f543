// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

// travelReady walks track 7 up to the person's consent.
func (f *file) travelReady() {
	f.t.Helper()
	f.do("right.return", rights.Return{Step: "wish", By: "person", To: "AL"})
	f.do("right.return", rights.Return{Step: "risk_assessed", Side: "ours", Risk: "low"})
	f.do("right.return", rights.Return{Step: "risk_assessed", Side: "theirs", Risk: "medium"})
	f.do("right.return", rights.Return{Step: "accepted"})
	f.do("right.return", rights.Return{Step: "consented", By: "person"})
}

func TestG10EveryRefusalCarriesReasonRemedyAndDeadline(t *testing.T) {
	until := athens.AddDate(0, 0, 15)
	whole := map[string]string{"reason": "r", "remedy": "m", "until": "yes", "language": "sq"}
	type refusal struct {
		name, typ string
		ready     func(*file)
		payload   func(w map[string]string) any
	}
	at := func(w map[string]string) (t struct{ Reason, Remedy, Language string }) {
		t.Reason, t.Remedy, t.Language = w["reason"], w["remedy"], w["language"]
		return t
	}
	refusals := []refusal{
		{"reflection", "right.reflection_terminated", func(f *file) { f.reflect() }, func(w map[string]string) any {
			v := rights.CutShort{Reason: at(w).Reason, Remedy: at(w).Remedy, Language: at(w).Language, Authority: "an authority"}
			if w["until"] != "" {
				v.Until = until
			}
			return v
		}},
		{"stay", "right.stay", func(f *file) { f.do("right.stay", rights.Stay{Step: "applied", Ground: "cooperation"}) }, func(w map[string]string) any {
			v := rights.Stay{Step: "refused", Reason: at(w).Reason, Remedy: at(w).Remedy, Language: at(w).Language}
			if w["until"] != "" {
				v.Until = until
			}
			return v
		}},
		{"return", "right.return", func(f *file) {
			f.do("right.return", rights.Return{Step: "wish", By: "person"})
			f.do("right.return", rights.Return{Step: "risk_assessed", Side: "ours", Risk: "low"})
		}, func(w map[string]string) any {
			v := rights.Return{Step: "refused", Reason: at(w).Reason, Remedy: at(w).Remedy, Language: at(w).Language}
			if w["until"] != "" {
				v.Until = until
			}
			return v
		}},
	}
	for thread, way := range map[string][]string{"complaint": {"informed", "complaint"}, "lawyer": {"requested"}, "protection": {"requested"},
		"claim": {"prepared", "filed"}, "non_punishment": {"flagged", "raised"}} {
		refusals = append(refusals, refusal{thread, "right.justice", func(f *file) {
			for _, s := range way {
				f.do("right.justice", rights.Justice{Thread: thread, Step: s, Language: "sq"})
			}
		}, func(w map[string]string) any {
			v := rights.Justice{Thread: thread, Step: "refused", Reason: at(w).Reason, Remedy: at(w).Remedy, Language: at(w).Language}
			if w["until"] != "" {
				v.Until = until
			}
			return v
		}})
	}
	for _, r := range refusals {
		t.Run(r.name, func(t *testing.T) {
			f := newFile(t, "GR")
			r.ready(f)
			for missing := range whole {
				w := map[string]string{}
				for k, v := range whole {
					if k != missing {
						w[k] = v
					}
				}
				f.refuse(r.typ, r.payload(w), fault.Invalid, "rights.need."+missing)
			}
			f.do(r.typ, r.payload(whole))
			d, ok := f.due("remedy")
			if !ok || !d.At.Equal(until) || d.Of != r.name {
				t.Errorf("the remedy is not due: %+v %v", d, ok)
			}
			if err := rights.Closing(f.state, f.now); !fault.Is(err, fault.Guarded) {
				t.Errorf("closed with a remedy open: %v", err)
			}
			f.days(16)
			if _, ok := f.due("remedy"); ok {
				t.Error("due after its deadline")
			}
		})
	}
}

func TestTrackStay(t *testing.T) {
	f := newFile(t, "FR")
	f.refuse("right.stay", rights.Stay{Step: "granted", ValidTo: f.now.AddDate(1, 0, 0)}, fault.Guarded, "rights.guard.step")
	f.refuse("right.stay", rights.Stay{Step: "applied"}, fault.Invalid, "rights.need.ground")
	f.do("right.stay", rights.Stay{Step: "applied", Ground: "personal_situation"})
	f.refuse("right.stay", rights.Stay{Step: "granted", ValidTo: f.now}, fault.Invalid, "rights.need.valid_to")
	end := f.now.AddDate(1, 0, 0)
	f.do("right.stay", rights.Stay{Step: "granted", ValidTo: end})
	d, ok := f.due("stay_ends")
	if !ok || !d.At.Equal(end) || len(d.Warn) != 4 || f.state.Stay.Ground != "personal_situation" {
		t.Errorf("%+v %v %+v", d, ok, f.state.Stay)
	}
	for i, days := range []int{60, 30, 14, 3} {
		if got := clockDays(d.Warn[i], end); got != days {
			t.Errorf("warning %d comes %d days before", i, got)
		}
	}
	f.do("right.stay", rights.Stay{Step: "renewal_due"})
	if d, ok := f.due("stay_ends"); !ok || !d.At.Equal(end) {
		t.Errorf("renewal due, and the end is lost: %+v", d)
	}
	f.do("right.stay", rights.Stay{Step: "renewed", ValidTo: end.AddDate(1, 0, 0)})
	f.refuse("right.not_applicable", rights.Exempt{Track: "stay", Reason: "own_national"}, fault.Invalid, "rights.need.track")
}

func TestTrackJustice(t *testing.T) {
	f := newFile(t, "XK")
	f.refuse("right.justice", rights.Justice{Thread: "revenge", Step: "filed"}, fault.Invalid, "rights.need.thread")
	f.refuse("right.justice", rights.Justice{Thread: "complaint", Step: "complaint"}, fault.Guarded, "rights.guard.step")
	f.refuse("right.justice", rights.Justice{Thread: "complaint", Step: "informed"}, fault.Invalid, "rights.need.language")
	f.do("right.justice", rights.Justice{Thread: "complaint", Step: "informed", Language: "sq"})
	f.do("right.justice", rights.Justice{Thread: "complaint", Step: "no_complaint_now"})
	f.do("right.justice", rights.Justice{Thread: "non_punishment", Step: "flagged"})
	if f.state.Justice.Threads["complaint"].Step != "no_complaint_now" || f.state.Justice.Threads["non_punishment"].Step != "flagged" {
		t.Errorf("threads %+v", f.state.Justice.Threads)
	}
	f.refuse("right.justice", rights.Justice{Thread: "claim", Step: "prepared", Act: f.now.AddDate(0, 0, 1)}, fault.Invalid, "rights.need.act")
	f.do("right.justice", rights.Justice{Thread: "claim", Step: "prepared", Act: f.now.AddDate(0, -1, 0)})
	d, ok := f.due("claim")
	if want := f.now.AddDate(0, 5, 0); !ok || d.At.Format("2006-01-02") != want.Format("2006-01-02") || !d.Unverified {
		t.Errorf("six months from the act: %+v %v", d, ok)
	}
	f.do("right.justice", rights.Justice{Thread: "lawyer", Step: "requested"}) // says nothing of the act
	if _, ok := f.due("claim"); !ok {
		t.Error("another thread moved on, and the claim is forgotten")
	}
	f.do("right.justice", rights.Justice{Thread: "claim", Step: "filed"})
	if _, ok := f.due("claim"); ok {
		t.Error("filed, and still due")
	}
}

func TestTrackReturn(t *testing.T) {
	f := newFile(t, "GR")
	f.refuse("right.return", rights.Return{Step: "risk_assessed", Side: "ours", Risk: "low"}, fault.Guarded, "rights.guard.step")
	f.refuse("right.return", rights.Return{Step: "wish"}, fault.Invalid, "rights.need.giver")
	f.do("right.return", rights.Return{Step: "wish", By: "person", To: "AL"})
	f.do("right.return", rights.Return{Step: "risk_assessed", Side: "ours", Risk: "low"})
	f.refuse("right.return", rights.Return{Step: "accepted"}, fault.Guarded, "rights.guard.risk_both")
	f.do("right.return", rights.Return{Step: "risk_assessed", Side: "theirs", Risk: "high"})
	f.refuse("right.return", rights.Return{Step: "accepted"}, fault.Guarded, "rights.guard.risk_high")
	f.do("right.return", rights.Return{Step: "stopped", By: "person"})
	f.travelReady()
	expected := f.now.AddDate(0, 0, 1)
	f.do("right.return", rights.Return{Step: "travelling", Expected: expected})
	if d, ok := f.due("arrival"); !ok || !d.At.Equal(expected) {
		t.Errorf("arrival %+v %v", d, ok)
	}
	f.refuse("right.return", rights.Return{Step: "stopped", By: "person"}, fault.Guarded, "rights.guard.step")
	f.do("right.return", rights.Return{Step: "alarm"})
	if err := rights.Closing(f.state, f.now); !fault.Is(err, fault.Guarded) {
		t.Errorf("closed in alarm: %v", err)
	}
	f.do("right.return", rights.Return{Step: "arrived_confirmed"})
	var due []string
	for _, d := range f.dues() {
		if d.What == "follow_up" {
			due = append(due, d.Of+" "+d.At.Format("2006-01-02"))
		}
	}
	if want := []string{"1 2026-03-09", "2 2026-04-02", "3 2026-06-02", "4 2026-09-02", "5 2027-03-02"}; !slices.Equal(due, want) {
		t.Errorf("follow-ups %v", due)
	}
	for n := 1; n <= 5; n++ {
		if err := rights.Closing(f.state, f.now); !fault.Is(err, fault.Guarded) {
			t.Errorf("closed before follow-up %d: %v", n, err)
		}
		v := rights.Return{Step: "follow_up", Number: n, Waived: n == 5}
		if v.Waived {
			f.refuse("right.return", v, fault.Invalid, "rights.need.giver")
			v.By = "person"
		}
		f.do("right.return", v)
		f.refuse("right.return", v, fault.Invalid, "rights.need.number")
	}
	if err := rights.Closing(f.state, f.now); err != nil {
		t.Errorf("followed up, and not closed: %v", err)
	}
}

func TestAChildWishesThroughTheGuardian(t *testing.T) {
	f := newFile(t, "GR")
	f.child = true
	f.refuse("right.return", rights.Return{Step: "wish", By: "person"}, fault.Invalid, "rights.need.guardian")
	f.do("right.return", rights.Return{Step: "wish", By: "guardian"})
}

// TestNoStepThatIsNotAllowed tries every step of every track in every state of a walk, and wants exactly
// those that the track lists.
func TestNoStepThatIsNotAllowed(t *testing.T) {
	f := newFile(t, "GR")
	f.do("right.stay", rights.Stay{Step: "applied", Ground: "cooperation"})
	entry := func(step string) journal.Entry {
		parts, err := journal.Split(rights.Stay{Step: step, Ground: "cooperation", ValidTo: f.now.AddDate(1, 0, 0), Reason: "r", Remedy: "m", Until: f.now.AddDate(0, 0, 9), Language: "sq"})
		if err != nil {
			t.Fatal(err)
		}
		return journal.Entry{Header: journal.Header{Type: "right.stay"}, Parts: parts}
	}
	for _, from := range rights.StaySteps() {
		s := f.state
		s.Stay.Step = from
		for _, to := range rights.StaySteps() {
			err := rights.Guard(s, f.context(), entry(to))
			if want := slices.Contains(rights.NextStay(from), to); (err == nil) != want {
				t.Errorf("%s to %s: %v", from, to, err)
			}
		}
	}
	for _, th := range rights.JusticeThreads() {
		for _, from := range rights.JusticeSteps(th) {
			s := f.state
			s.Justice.Threads = map[string]rights.Thread{th: {Justice: rights.Justice{Step: from}}}
			for _, to := range rights.JusticeSteps(th) {
				parts, err := journal.Split(rights.Justice{Thread: th, Step: to, Reason: "r", Remedy: "m", Until: f.now.AddDate(0, 0, 9), Language: "sq"})
				if err != nil {
					t.Fatal(err)
				}
				err = rights.Guard(s, f.context(), journal.Entry{Header: journal.Header{Type: "right.justice"}, Parts: parts})
				if want := slices.Contains(rights.NextJustice(th, from), to); (err == nil) != want {
					t.Errorf("%s: %s to %s: %v", th, from, to, err)
				}
			}
		}
	}
}

// clockDays gives the whole days between two moments.
func clockDays(a, b time.Time) int { return int(b.Sub(a).Hours() / 24) }
