// SPDX-License-Identifier: EUPL-1.2

package offences_test

import (
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/packs/offences"
)

const good = `keep: [{code: open, length: 20y, starts: opened, source: own_choice}, {code: final, length: 10y, starts: final, source: own_choice}]
laws: [{territory: GR, law: {en: x, fr: x}, source: general_knowledge, articles: [{code: GR-1, article: "1", core: true}]}]`

// TestTheFileIsRead: thirteen laws, each with an article that figures count, none of them signed, and how long both sorts are kept.
func TestTheFileIsRead(t *testing.T) {
	p, err := offences.Default()
	if err != nil || len(p.Laws) != 13 {
		t.Fatalf("%d laws, %v", len(p.Laws), err)
	}
	for _, l := range p.Laws {
		core := 0
		for _, a := range l.Articles {
			if _, found, ok := p.Find(a.Code); !ok || found != a {
				t.Errorf("%s is not found", a.Code)
			}
			if a.Core {
				core++
			}
		}
		if core == 0 || l.Verified() {
			t.Errorf("%s: %d articles that count, verified %v", l.Territory, core, l.Verified())
		}
	}
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	if open, final := p.Kept(false).Length.End(day, time.UTC), p.Kept(true).Length.End(day, time.UTC); open.Year() != 2046 || final.Year() != 2036 {
		t.Errorf("kept to %s and %s", open, final)
	}
	if _, _, ok := p.Find(offences.Other); ok {
		t.Error("what is on no list is found")
	}
}

// TestWhatIsWrongIsRefused: whoever adds to the file is told what is wrong with it.
func TestWhatIsWrongIsRefused(t *testing.T) {
	if _, err := offences.Read([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string][2]string{"a field more": {"core: true", "core: true, loud: yes"}, "another country's code": {"code: GR-1", "code: AL-1"}, "no French": {"fr: x", "fr: ''"},
		"no length": {"length: 10y, ", ""}, "half a signature": {"source: general_knowledge", "source: general_knowledge, checked_by: Somebody"}, "no source": {"source: general_knowledge", "source: ''"}} {
		if _, err := offences.Read([]byte(strings.Replace(good, x[0], x[1], 1))); err == nil {
			t.Error(name)
		}
	}
}
