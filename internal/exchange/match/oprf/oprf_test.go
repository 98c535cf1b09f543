// SPDX-License-Identifier: EUPL-1.2

package oprf

import (
	"bytes"
	crand "crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/oprf"
	"github.com/cloudflare/circl/zk/dleq"
	"github.com/gtank/ristretto255"
	"pgregory.net/rapid"
)

// The published vectors: key, blinding, answer, proof and output, byte for byte.
func TestRFC9497(t *testing.T) {
	var v struct {
		Seed, Info, Secret, Public string
		Vectors                    []struct {
			Inputs, Blinds, Blinded, Evaluated, Outputs []string
			Proof, Nonce                                string
		}
	}
	b, err := os.ReadFile("testdata/rfc9497.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	k, err := DeriveKey([32]byte(unhex(t, v.Seed)), unhex(t, v.Info))
	if err != nil {
		t.Fatal(err)
	}
	pub := k.Public()
	same(t, "secret", k.Bytes(), v.Secret)
	same(t, "public", pub[:], v.Public)
	for _, c := range v.Vectors {
		var inputs [][]byte
		for _, in := range c.Inputs {
			inputs = append(inputs, unhex(t, in))
		}
		n := 0
		q, err := ask(pub, inputs, 0, func() (*ristretto255.Scalar, error) { n++; return scalar(t, c.Blinds[n-1]), nil })
		if err != nil {
			t.Fatal(err)
		}
		points, err := decodeAll(q.Blinded())
		if err != nil {
			t.Fatal(err)
		}
		evaluated, _, err := k.Answer(q.Blinded(), crand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		m := ristretto255.NewIdentityElement().VarTimeMultiScalarMult(weights(pub, q.Blinded(), evaluated), points)
		proof := k.prove(m, scalar(t, c.Nonce))
		same(t, "proof", proof, c.Proof)
		out, err := q.Finish(evaluated, proof)
		if err != nil {
			t.Fatal(err)
		}
		for i := range inputs {
			same(t, "blinded", q.Blinded()[i][:], c.Blinded[i])
			same(t, "evaluated", evaluated[i][:], c.Evaluated[i])
			same(t, "output", out[i][:], c.Outputs[i])
			own, err := k.Hash(inputs[i])
			if err != nil || !own.Equal(out[i]) {
				t.Errorf("the owner's own hash differs: %v", err)
			}
		}
	}
	if len(v.Vectors) != 3 {
		t.Errorf("%d vectors read, want 3", len(v.Vectors))
	}
}

// Another implementation answers our questions, and we answer its.
func TestAnotherImplementation(t *testing.T) {
	k, err := NewKey(crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	theirs := new(oprf.PrivateKey)
	if err := theirs.UnmarshalBinary(oprf.SuiteRistretto255, k.Bytes()); err != nil {
		t.Fatal(err)
	}
	inputs := [][]byte{[]byte("one"), {}, bytes.Repeat([]byte("long "), 1000), []byte("one")}

	first, err := Ask(k.Public(), inputs, 3, crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Blinded()) != len(inputs)+3 {
		t.Fatalf("%d elements", len(first.Blinded()))
	}
	q, err := Resume(k.Public(), inputs, first.Bytes())
	if err != nil || !slices.Equal(q.Blinded(), first.Blinded()) {
		t.Fatalf("resumed as another question: %v", err)
	}
	ev, err := oprf.NewVerifiableServer(oprf.SuiteRistretto255, theirs).Evaluate(&oprf.EvaluationRequest{Elements: toCircl(t, q.Blinded())})
	if err != nil {
		t.Fatal(err)
	}
	proof, err := ev.Proof.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := q.Finish(fromCircl(t, ev.Elements), proof)
	if err != nil {
		t.Fatal(err)
	}

	client := oprf.NewVerifiableClient(oprf.SuiteRistretto255, theirs.Public())
	fin, req, err := client.Blind(inputs)
	if err != nil {
		t.Fatal(err)
	}
	answered, proof, err := k.Answer(fromCircl(t, req.Elements), crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dp := new(dleq.Proof)
	if err := dp.UnmarshalBinary(group.Ristretto255, proof); err != nil {
		t.Fatal(err)
	}
	outs, err := client.Finalize(fin, &oprf.Evaluation{Elements: toCircl(t, answered), Proof: dp})
	if err != nil {
		t.Fatal(err)
	}
	for i := range inputs {
		if !bytes.Equal(outs[i], ours[i][:]) {
			t.Errorf("input %d: outputs differ", i)
		}
	}
	if !ours[0].Equal(ours[3]) || ours[0].Equal(ours[1]) {
		t.Error("equal inputs must give equal outputs, others must not")
	}
}

// What is no question of so many inputs is not resumed.
func TestAQuestionIsResumedWhole(t *testing.T) {
	k, _ := NewKey(crand.Reader)
	in := [][]byte{[]byte("one"), []byte("two")}
	q, err := Ask(k.Public(), in, 2, crand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	good := q.Bytes()
	for name, bad := range map[string][]byte{"nothing": nil, "one byte less": good[1:], "a blind of zeros": append(make([]byte, 32), good[32:]...), "an element that is none": append(good[:len(good)-32:len(good)-32], bytes.Repeat([]byte{255}, 32)...), "elements of less": good[:32*3]} {
		if _, err := Resume(k.Public(), in, bad); err == nil {
			t.Errorf("%s: resumed", name)
		}
	}
	if _, err := Ask(k.Public(), in, MaxBatch-1, crand.Reader); !errors.Is(err, ErrBatch) {
		t.Errorf("filled up beyond a batch: %v", err)
	}
}

// Whatever is changed in an answer, the asker takes nothing of it.
func TestAChangedAnswerIsRefused(t *testing.T) {
	k, _ := NewKey(crand.Reader)
	other, _ := NewKey(crand.Reader)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "n")
		var inputs [][]byte
		for i := range n {
			inputs = append(inputs, fmt.Appendf(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "input"), "/%d", i))
		}
		q, err := Ask(k.Public(), inputs, 0, crand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		good, proof, err := k.Answer(q.Blinded(), crand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, n-1).Draw(t, "at")
		bad, badProof := append([]Element(nil), good...), bytes.Clone(proof)
		switch how := rapid.SampledFrom([]string{"proof", "key", "one", "swap", "identity", "short", "garbage"}).Draw(t, "how"); how {
		case "proof":
			badProof[rapid.IntRange(0, ProofSize-1).Draw(t, "byte")] ^= 1
		case "key":
			bad, badProof, _ = other.Answer(q.Blinded(), crand.Reader)
		case "one":
			wrong, _, _ := other.Answer(q.Blinded()[at:at+1], crand.Reader)
			bad[at] = wrong[0]
		case "swap":
			if n == 1 {
				return
			}
			bad[at], bad[(at+1)%n] = bad[(at+1)%n], bad[at]
		case "identity":
			bad[at] = Element{}
		case "short":
			bad = bad[:n-1]
		case "garbage":
			bad[at] = Element(bytes.Repeat([]byte{0xff}, ElementSize))
		}
		if out, err := q.Finish(bad, badProof); err == nil || out != nil {
			t.Fatal("a changed answer was taken")
		}
		if out, err := q.Finish(good, proof); err != nil || len(out) != n {
			t.Fatalf("the right answer was refused: %v", err)
		}
	})
}

// Two questions about the same inputs have nothing in common that the owner could see.
func TestBlindedElementsDiffer(t *testing.T) {
	k, _ := NewKey(crand.Reader)
	in := [][]byte{[]byte("+355 69 000 0000"), []byte("+355 69 000 0000")}
	a, _ := Ask(k.Public(), in, 0, crand.Reader)
	b, _ := Ask(k.Public(), in, 0, crand.Reader)
	seen := map[Element]bool{}
	for _, e := range append(a.Blinded(), b.Blinded()...) {
		if seen[e] {
			t.Error("an element came twice")
		}
		seen[e] = true
	}
}

func TestRefusals(t *testing.T) {
	k, _ := NewKey(crand.Reader)
	if _, _, err := k.Answer(nil, crand.Reader); !errors.Is(err, ErrBatch) {
		t.Errorf("an empty batch: %v", err)
	}
	if _, _, err := k.Answer(make([]Element, MaxBatch+1), crand.Reader); !errors.Is(err, ErrBatch) {
		t.Errorf("too large a batch: %v", err)
	}
	if _, _, err := k.Answer(make([]Element, 1), crand.Reader); !errors.Is(err, ErrElement) {
		t.Errorf("the identity: %v", err)
	}
	if _, err := Ask(k.Public(), [][]byte{make([]byte, MaxInput+1)}, 0, crand.Reader); !errors.Is(err, ErrBatch) {
		t.Errorf("too long an input: %v", err)
	}
	if _, err := k.Hash(make([]byte, MaxInput+1)); !errors.Is(err, ErrBatch) {
		t.Errorf("too long an input: %v", err)
	}
	if _, err := ParseKey(make([]byte, 32)); !errors.Is(err, ErrKey) {
		t.Errorf("a key of zero: %v", err)
	}
	if again, err := ParseKey(k.Bytes()); err != nil || again.Public() != k.Public() {
		t.Errorf("a key read again: %v", err)
	}
	if _, err := NewKey(bytes.NewReader(nil)); err == nil {
		t.Error("a key without randomness")
	}
	if _, err := NewKey(zeros{}); !errors.Is(err, ErrKey) {
		t.Errorf("a key from zeros: %v", err)
	}
	q, _ := Ask(Element{}, [][]byte{[]byte("x")}, 0, crand.Reader)
	ev, proof, _ := k.Answer(q.Blinded(), crand.Reader)
	if _, err := q.Finish(ev, proof); !errors.Is(err, ErrKey) {
		t.Errorf("the identity as public key: %v", err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// BenchmarkVerified measures a whole verified evaluation, both sides, in batches of a thousand, beside circl's.
func BenchmarkVerified(b *testing.B) {
	const batch = 1000
	inputs := make([][]byte, batch)
	for i := range inputs {
		inputs[i] = fmt.Appendf(nil, "phone:+35569%07d", i)
	}
	k, _ := NewKey(crand.Reader)
	b.Run("ours", func(b *testing.B) {
		for range b.N {
			q, err := Ask(k.Public(), inputs, 0, crand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			ev, proof, err := k.Answer(q.Blinded(), crand.Reader)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := q.Finish(ev, proof); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "evaluations/s")
	})
	b.Run("circl", func(b *testing.B) {
		theirs := new(oprf.PrivateKey)
		if err := theirs.UnmarshalBinary(oprf.SuiteRistretto255, k.Bytes()); err != nil {
			b.Fatal(err)
		}
		server, client := oprf.NewVerifiableServer(oprf.SuiteRistretto255, theirs), oprf.NewVerifiableClient(oprf.SuiteRistretto255, theirs.Public())
		for range b.N {
			fin, req, err := client.Blind(inputs)
			if err != nil {
				b.Fatal(err)
			}
			ev, err := server.Evaluate(req)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := client.Finalize(fin, ev); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "evaluations/s")
	})
}

func toCircl(t *testing.T, es []Element) []group.Element {
	t.Helper()
	var out []group.Element
	for _, e := range es {
		g := group.Ristretto255.NewElement()
		if err := g.UnmarshalBinary(e[:]); err != nil {
			t.Fatal(err)
		}
		out = append(out, g)
	}
	return out
}

func fromCircl(t *testing.T, gs []group.Element) []Element {
	t.Helper()
	var out []Element
	for _, g := range gs {
		b, err := g.MarshalBinaryCompress()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, Element(b))
	}
	return out
}

func scalar(t *testing.T, s string) *ristretto255.Scalar {
	t.Helper()
	out, err := ristretto255.NewScalar().SetCanonicalBytes(unhex(t, s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func same(t *testing.T, what string, got []byte, want string) {
	t.Helper()
	if hex.EncodeToString(got) != want {
		t.Errorf("%s is %x, want %s", what, got, want)
	}
}
