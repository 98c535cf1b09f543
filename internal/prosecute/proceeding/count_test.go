// SPDX-License-Identifier: EUPL-1.2

package proceeding

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// gather lists what a count gives of one proceeding.
func gather(t *testing.T, of func(*Counted, func(source.Record) error, journal.ID) error, c *Counted) (out []source.Record) {
	t.Helper()
	if err := of(c, func(r source.Record) error { out = append(out, r); return nil }, journal.ID{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	return out
}

// Who was charged counts on the day of the charge, who was judged on that of the first decision, each once; what figures know holds
// neither name nor number nor court nor sum, and what its period erased is unknown from then on.
func TestWhoIsProsecutedAndJudgedIsCounted(t *testing.T) {
	s, _ := state(t, State{}, two+"TH-12/2024;;;;;;3;;;;;;;;;;;;;\n") // a suspect who is not charged
	c := Counting{Law: bringing(t).Law}
	x := s.counted()
	b, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, planted := range []string{"Planted", "TH-12", "invented", "12000"} {
		if strings.Contains(string(b), planted) {
			t.Errorf("figures know %q: %s", planted, b)
		}
	}
	people := gather(t, c.prosecuted, x)
	if len(people) != 2 || people[0].On != day("2024-06-10") || people[0].Person == people[1].Person || people[1].Says["stands"][0] != "acquitted" || people[0].Says["core"][0] != "yes" || people[0].Says["final"][0] != "yes" {
		t.Errorf("%+v", people)
	}
	judged := gather(t, c.judged, x)
	if len(judged) != 2 || judged[0].On != day("2025-03-18") || judged[0].Says["outcome"][0] != "convicted" || judged[0].Says["sentence"][0] != "m120" || judged[1].Says["sentence"][0] != "" || judged[1].Says["citizenship"][0] != "AL" {
		t.Errorf("%+v", judged)
	}
	if whole := gather(t, c.proceeding, x); len(whole) != 1 || whole[0].Says["awarded"][0] != "yes" || whole[0].Says["stage"][0] != "final" || !slices.Equal(whole[0].Says["forms"], []string{"labour"}) {
		t.Errorf("%+v", whole)
	}
	s.Ended = Expired
	if old := gather(t, c.judged, s.counted()); len(old) != 2 || old[0].Says["outcome"][0] != "convicted" || old[0].Says["forms"] != nil || old[0].Says["sex"][0] != "" || old[0].Says["sentence"][0] != "" {
		t.Errorf("after its period: %+v", old)
	}
	for _, why := range Ends() {
		if s.Ended = why; s.counted() != nil {
			t.Errorf("one that was %s is counted", why)
		}
	}
}

// An article that no list has says neither that figures count it nor that they do not.
func TestWhatIsOnNoListIsUnknown(t *testing.T) {
	c := Counting{Law: bringing(t).Law}
	for want, codes := range map[string][]string{"yes": {"other", "GR-323A"}, "no": {"GR-349"}, "": {"GR-349", "other"}} {
		if got := c.core(codes); got != want {
			t.Errorf("%v: %q", codes, got)
		}
	}
}
