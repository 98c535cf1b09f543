// SPDX-License-Identifier: EUPL-1.2

package subject_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language, and each key
// that its sources name.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("subject.sort", subject.Sorts())
	w.List("subject.ground", subject.Grounds())
	w.List("subject.source", subject.Sources())
	w.List("subject.certainty", subject.Certainties())
	w.List("subject.handling", terms.Handlings())
	w.List("subject.end", append(subject.Ends(), "expired"))
	w.List("subject.column", subject.Columns())
	w.List("subject.table", []string{"added", "changed", "wrong", "text"})
	w.List("subject.entry", []string{subject.RecordedType, subject.ChangedType, subject.AssignedType, subject.EndedType, subject.ExpiredType})
	found := w.Named("", `[^= ] ?"(subject\.[a-z_.]*[a-z])"`)
	w.Check(found)
	if found < 40 {
		t.Errorf("only %d keys found in the code", found)
	}
}
