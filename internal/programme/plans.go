// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/programme/measure"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// withPlans puts the plans that measures name to the strategies of the programme's source that they mean; those that mean none
// stand behind them, each under its own name: names are of one plan where they differ in nothing but case, accents and spaces.
func withPlans(source []strategy, plans []measure.Plan) []strategy {
	out, own := source, map[string]int{}
	for _, p := range plans {
		i := meant(source, p.Name)
		if i < 0 {
			key := spelt(p.Name)
			n, known := own[key]
			if !known {
				n, own[key] = len(out), len(out)
				out = append(out, strategy{Code: planCode(p.Name), Title: text(p.Name)})
			}
			i = n
		}
		x := &out[i]
		x.Plans, x.N, x.Done = append(x.Plans, p), x.N+p.N, x.Done+p.Done
	}
	return out
}

// meant finds the strategy that the name of a plan means, -1 for none: it is its code or its title in any language, or else the
// longest title that it begins with, or else the one title that begins with it.
func meant(all []strategy, name string) int {
	plan, longest, begun := spelt(name), -1, []int{}
	length := 0
	for i, x := range all {
		if name == x.Code || planCode(name) == x.Code {
			return i
		}
		for _, t := range x.titles() {
			title := spelt(t)
			switch {
			case title == plan:
				return i
			case begins(plan, title) && len(title) > length:
				longest, length = i, len(title)
			case len(plan) >= minTitle && begins(title, plan) && !slices.Contains(begun, i):
				begun = append(begun, i)
			}
		}
	}
	if longest < 0 && len(begun) == 1 {
		return begun[0]
	}
	return longest
}

// minTitle is how much of a title must be named to mean it.
const minTitle = 12

// begins says whether a text begins with the words of another, and does not go on with a number that makes it another's: "plan 1 of
// 2019" begins with "plan 1", and so does "plan 1, 2019-2021"; "plan 10" does not, nor does "plan 1" with "plan".
func begins(s, words string) bool {
	rest, ok := strings.CutPrefix(s, words)
	if !ok || words == "" {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest)
	if rest != "" && (unicode.IsLetter(next) || unicode.IsDigit(next)) {
		return false
	}
	number := strings.TrimSpace(rest)
	number = number[:len(number)-len(strings.TrimLeftFunc(number, unicode.IsDigit))]
	return number == "" || len(number) == yearDigits
}

const yearDigits = 4

// spelt gives a name without case, accents and spaces that say nothing.
func spelt(name string) string { return strings.Join(strings.Fields(plainly(name)), " ") }

// maxPlanCode is after how many bytes no other word comes into a code.
const maxPlanCode = 40

// planCode makes a code of the name of a plan that only measures name, for its address. Different names have different codes: one
// that its words do not spell whole ends with a fingerprint.
func planCode(plan string) string {
	key := spelt(plan)
	var b strings.Builder
	for _, w := range strings.FieldsFunc(key, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if b.Len() > maxPlanCode {
			break
		}
		if b.Len() > 0 {
			b.WriteByte('-')
		}
		b.WriteString(w)
	}
	if strings.ReplaceAll(b.String(), "-", " ") == key {
		return b.String()
	}
	return strings.TrimPrefix(b.String()+"-"+rolls.Same(key), "-")
}
