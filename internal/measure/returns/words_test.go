// SPDX-License-Identifier: EUPL-1.2

package returns

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language, and each key that
// its sources name.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("return.status", Statuses())
	w.List("return.shape", field.Codes(Shapes()))
	for _, s := range Statuses() {
		w.Keys = append(w.Keys, "return.note."+s, "return.note."+s+".text")
	}
	for _, m := range MessageTypes() {
		w.Keys = append(w.Keys, m+".title")
	}
	for typ := range from {
		w.Keys = append(w.Keys, "return.entry."+typ)
	}
	w.Keys = append(w.Keys, "return.entry."+NotedType, "exchange.purpose."+Purpose)
	for _, a := range []string{"approve", "reject", "again", "sealed", "handed", "confirm", "correct", "files"} {
		w.Keys = append(w.Keys, "return.act."+a)
	}
	for _, a := range []string{"approve", "reject", "handed", "confirm"} {
		w.Keys = append(w.Keys, "return.act."+a+".lead")
	}
	w.Check(w.Named("", `(?:T\(|N\(|New\(fault\.[A-Za-z]+, |[bB]ad\("[a-z]+", |Add\("[a-z]+", |add\(|t |n |err, |", )"(return\.[a-z_.0-9]*[a-z0-9])"`))
}
