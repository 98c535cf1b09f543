// SPDX-License-Identifier: EUPL-1.2

package oprf

import (
	"bytes"
	crand "crypto/rand"
	"errors"
	"testing"
)

func elements(b []byte) []Element {
	var out []Element
	for ; len(b) >= ElementSize; b = b[ElementSize:] {
		out = append(out, Element(b))
	}
	return out
}

// FuzzAnswer lets an asker send whatever it likes.
func FuzzAnswer(f *testing.F) {
	k, err := NewKey(crand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	q, err := Ask(k.Public(), [][]byte{[]byte("one"), []byte("two")}, 0, crand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	var two []byte
	for _, e := range q.Blinded() {
		two = append(two, e[:]...)
	}
	f.Add(two)
	f.Add(bytes.Repeat([]byte{0}, ElementSize))
	f.Add(bytes.Repeat([]byte{255}, 2*ElementSize))
	f.Fuzz(func(t *testing.T, b []byte) {
		asked := elements(b)
		answer, proof, err := k.Answer(asked, crand.Reader)
		if err != nil {
			if !errors.Is(err, ErrBatch) && !errors.Is(err, ErrElement) {
				t.Fatal(err)
			}
			return
		}
		if len(answer) != len(asked) || len(proof) != ProofSize {
			t.Fatalf("%d answers to %d", len(answer), len(asked))
		}
	})
}

// FuzzFinish lets an owner answer whatever it likes: only what its key gives passes.
func FuzzFinish(f *testing.F) {
	k, err := NewKey(crand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	inputs := [][]byte{[]byte("one"), []byte("two")}
	q, err := Ask(k.Public(), inputs, 0, crand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	answer, proof, err := k.Answer(q.Blinded(), crand.Reader)
	if err != nil {
		f.Fatal(err)
	}
	good := append(bytes.Clone(answer[0][:]), answer[1][:]...)
	f.Add(good, proof)
	f.Add(append(bytes.Clone(answer[1][:]), answer[0][:]...), proof)
	f.Add([]byte{}, []byte{})
	f.Fuzz(func(t *testing.T, b, proof []byte) {
		outs, err := q.Finish(elements(b), proof)
		if err != nil {
			if !errors.Is(err, ErrAnswer) && !errors.Is(err, ErrElement) && !errors.Is(err, ErrProof) {
				t.Fatal(err)
			}
			return
		}
		for i, in := range inputs {
			if want, err := k.Hash(in); err != nil || outs[i] != want {
				t.Fatalf("a wrong answer passes: %v", err)
			}
		}
	})
}
