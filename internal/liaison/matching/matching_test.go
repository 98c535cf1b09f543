// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang/langtest"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
)

// TestEveryCodeHasItsWord checks that each code of this room's closed lists has a word in every language, and each key
// that its sources name.
func TestEveryCodeHasItsWord(t *testing.T) {
	w := langtest.Of(t)
	w.List("matching.mode", Modes())
	w.List("matching.status", Statuses())
	w.List("matching.verdict", Verdicts())
	w.List("matching.doubt.why", Doubts())
	for _, k := range match.Kinds() {
		w.Keys = append(w.Keys, "matching.kind."+k.String())
	}
	for _, v := range views {
		w.Keys = append(w.Keys, "matching.view."+v.name)
	}
	for _, m := range MessageTypes() {
		w.Keys = append(w.Keys, m+".title")
	}
	for _, s := range Statuses() {
		w.Keys = append(w.Keys, "matching.course."+s)
	}
	for _, c := range []Comparison{{}, {Asked: Asked{Mode: One}}, {Asked: Asked{Mode: Count}, AnsweredAt: time.Now()}, {Asked: Asked{Mode: One}, AnsweredAt: time.Now()}} {
		for _, k := range c.learned() {
			w.Keys = append(w.Keys, "matching.learn."+k)
		}
	}
	w.Keys = append(w.Keys, "matching.entry."+AskedType, "matching.entry."+ReturnedType, "matching.entry."+AnsweredType, "matching.entry."+JudgedType, "matching.entry."+ToldType, "matching.entry."+ChallengedType, "matching.entry."+OpenedType,
		"matching.entry."+QuestionedType, "matching.entry."+HeardType, "matching.entry."+TakenType, "matching.entry."+DoubtedType, "matching.entry."+ShownType)
	found := w.Named("", `(?:T\(|N\(|New\(fault\.[A-Za-z]+, |Bad\("[a-z]+", |t |n )"(matching\.[a-z_.0-9]*[a-z0-9])"`)
	w.Check(found)
	if found < 60 {
		t.Errorf("only %d keys found in the code", found)
	}
}

// source is a seeded source of bytes.
func source() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{7}) }

// TestNoiseIsWhatItSaysItIs compares the noise's mean, spread and odds with those of the distribution that it is said to be.
func TestNoiseIsWhatItSaysItIs(t *testing.T) {
	const n = 40000
	random, seen, sum, square := source(), map[int]int{}, 0.0, 0.0
	for range n {
		x, err := noise(Epsilon, random)
		if err != nil {
			t.Fatal(err)
		}
		seen[x]++
		sum, square = sum+float64(x), square+float64(x*x)
	}
	a := math.Exp(-Epsilon)
	variance := 2 * a / ((1 - a) * (1 - a))
	if mean := sum / n; math.Abs(mean) > 5*math.Sqrt(variance/n) {
		t.Errorf("mean %f", mean)
	}
	if got := square / n; math.Abs(got/variance-1) > 0.08 {
		t.Errorf("variance %f, not %f", got, variance)
	}
	for x := range 3 {
		if odds := float64(seen[x+1]) / float64(seen[x]); math.Abs(odds/a-1) > 0.1 {
			t.Errorf("odds of %d against %d: %f, not %f", x+1, x, odds, a)
		}
	}
}

// TestAQuestionIsFinishedAfterARestart: what is kept of a question opens its answer, and no other; what travels is of one of
// the sizes, whatever is asked, and new each time.
func TestAQuestionIsFinishedAfterARestart(t *testing.T) {
	key, err := oprf.NewKey(source())
	if err != nil {
		t.Fatal(err)
	}
	public := key.Public()
	random := source()
	rapid.Check(t, func(rt *rapid.T) {
		size := rapid.SampledFrom(Sizes()[:2]).Draw(rt, "size")
		q := question{elements: size, secret: secret{Mode: One, Public: &public}}
		phone := rapid.StringMatching(`\+355[0-9]{8}`).Draw(rt, "phone")
		q.secret.Subjects = []about{{Subject: match.Subject{Person: names.Person{Phones: []names.Phone{{Number: phone}}}}}}
		other := q
		two, err := other.blind(random)
		if err != nil {
			rt.Fatal(err)
		}
		one, err := q.blind(random)
		if err != nil || len(one) != size || one[0] == two[0] || one[size-1] == two[size-1] || one[0] == one[1] {
			rt.Fatalf("%d elements, %v", len(one), err)
		}
		kept, err := json.Marshal(q.secret)
		if err != nil {
			rt.Fatal(err)
		}
		again := question{elements: size}
		if err := json.Unmarshal(kept, &again.secret); err != nil {
			rt.Fatal(err)
		}
		evaluated, proof, err := key.Answer(one, source())
		if err != nil {
			rt.Fatal(err)
		}
		outs, err := again.finish(evaluated, proof)
		if err != nil {
			rt.Fatal(err)
		}
		want, err := key.Hash(match.Keys(q.secret.Subjects[0].Subject)[0].Input())
		if err != nil || len(outs) != 1 || !outs[0].Equal(want) {
			rt.Fatal("the answer is another key's")
		}
		if _, err := other.finish(evaluated, proof); err == nil {
			rt.Fatal("an answer finishes another question")
		}
		proof[rapid.IntRange(0, len(proof)-1).Draw(rt, "byte")] ^= 1
		if _, err := again.finish(evaluated, proof); err == nil {
			rt.Fatal("a changed proof holds")
		}
		again.answered(outs)
		if _, err := again.finish(evaluated, proof); err == nil {
			rt.Fatal("a question is finished twice")
		}
	})
}

// TestACommitmentIsToOneThing: another mode, record, kind, hash or salt is another commitment.
func TestACommitmentIsToOneThing(t *testing.T) {
	o := Opening{One, []Line{{"S-1", []string{"phone"}, "aa"}}}
	was := o.commitment("00")
	for name, x := range map[string]string{
		"mode": Opening{Night, o.Lines}.commitment("00"), "salt": o.commitment("01"), "record": Opening{One, []Line{{"S-2", []string{"phone"}, "aa"}}}.commitment("00"),
		"kind": Opening{One, []Line{{"S-1", []string{"plate"}, "aa"}}}.commitment("00"), "identity": Opening{One, []Line{{"S-1", []string{"phone"}, "ab"}}}.commitment("00"), "none": Opening{One, nil}.commitment("00"),
	} {
		if x == was {
			t.Errorf("another %s is the same commitment", name)
		}
	}
}

// Whatever a message holds, it is read or refused as unreadable.
func FuzzBodies(f *testing.F) {
	b, err := body(askHead{Commitment: "00"}, make([]byte, 64*oprf.ElementSize))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, read := range []func(post.Incoming) ([]byte, error){
			func(in post.Incoming) ([]byte, error) { _, r, err := parted[askHead](in); return r, err },
			func(in post.Incoming) ([]byte, error) { _, r, err := parted[tableHead](in); return r, err },
			func(in post.Incoming) ([]byte, error) { _, r, err := parted[openHead](in); return r, err },
		} {
			rest, err := read(post.Incoming{Body: raw})
			if err != nil && !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			if es, err := elements(rest); err == nil && !slices.Contains(Sizes(), len(es)) {
				t.Fatal("a size that is none")
			}
		}
	})
}
