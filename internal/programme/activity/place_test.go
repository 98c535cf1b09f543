// SPDX-License-Identifier: EUPL-1.2

package activity_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/programme/activity"
)

func TestAPlaceReadsBackAsItWasWritten(t *testing.T) {
	for _, p := range []activity.Place{{Kind: "grant", Priorities: []int{1, 4}, Pillars: []string{"P2", "P3"}, Countries: []string{"AL", "GR"}}, {Kind: "contribution"},
		{Kind: "io_project", Countries: []string{"XK"}}, {Kind: "event", Priorities: []int{12}}} {
		value, ok := p.Code()
		got, read := activity.ReadPlace(value)
		if !ok || !read || !reflect.DeepEqual(got, p) {
			t.Errorf("%q: %+v, not %+v", value, got, p)
		}
	}
	all := activity.Place{Kind: "contribution", Priorities: []int{1, 2, 3, 4, 5}, Pillars: activity.Pillars(), Countries: strings.Fields("AL BA BG FR GR HR MD ME MK RO RS SE XK")}
	if value, ok := all.Code(); !ok {
		t.Errorf("the whole programme has no place: %q", value)
	}
	one, _ := activity.Place{Kind: "grant", Countries: []string{"GR", "AL"}}.Code()
	if two, _ := (activity.Place{Kind: "grant", Countries: []string{"AL", "GR"}}).Code(); one != two {
		t.Errorf("the order of countries makes two places: %s, %s", one, two)
	}
	if _, ok := (activity.Place{Countries: strings.Fields(strings.Repeat("AL ", 40))}).Code(); ok {
		t.Error("forty countries have a place")
	}
	for _, bad := range []string{"", "grant", "grant:x:P2:AL", "grant:1:P:AL", "grant:1:P2:ALG"} {
		if _, ok := activity.ReadPlace(bad); ok {
			t.Errorf("%q is a place", bad)
		}
	}
}
