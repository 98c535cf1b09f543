// SPDX-License-Identifier: EUPL-1.2

// Package oprf lets one side learn a keyed hash of its inputs under another side's key, without the key's owner learning the
// inputs and without the asker learning the key: the verifiable oblivious pseudorandom function of RFC 9497, mode VOPRF,
// suite ristretto255-SHA512.
//
// The asker blinds a batch of inputs (Ask), the owner answers all of them with one proof that the key is the one it has
// published (Key.Answer), the asker checks the proof and takes the blinds off (Question.Finish). The owner hashes its own
// inputs directly (Key.Hash): equal inputs give equal outputs on both sides.
//
// What the owner learns is the number of inputs. What the asker learns is their hashes, with which it can look into a table
// of hashes that the owner gave it, and nothing about inputs it did not ask for; an owner that answers as often as it is
// asked lets a guesser guess, so that quotas and epochs are the caller's duty. The group is not post-quantum: whoever
// records a batch and later breaks discrete logarithms on it learns the key's hashes, though never the inputs from the blinded
// elements, which hide them whatever the attacker can compute.
//
// A question and a key are used by one goroutine at a time; different ones are independent.
package oprf

import (
	"crypto/subtle"
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/entraide-thb/entraide/internal/exchange/match/fold"
)

// Sizes of the parts on the wire, in bytes.
const (
	ElementSize = 32
	ProofSize   = 64
	OutputSize  = 64
)

// MaxBatch is how many inputs one question may hold: the composites of the proof number them with two bytes.
const MaxBatch = 1<<16 - 1

// MaxInput is the longest input, in bytes.
const MaxInput = 1<<16 - 1

// Reasons why a batch is refused.
var (
	ErrBatch   = errors.New("oprf: a batch holds 1 to 65535 inputs of at most 65535 bytes")
	ErrInput   = errors.New("oprf: the input hashes to no usable element; leave it out")
	ErrElement = errors.New("oprf: not a canonical element, or the identity")
	ErrKey     = errors.New("oprf: not a usable key")
	ErrAnswer  = errors.New("oprf: the answer has another size than the question asks for")
	ErrProof   = errors.New("oprf: the proof does not show that the published key was used")
)

// Element is an element of the group as it travels.
type Element [ElementSize]byte

// Output is the hash of one input under a key.
type Output [OutputSize]byte

// Key is the owner's secret.
type Key struct {
	secret *ristretto255.Scalar
	public Element
}

// NewKey makes a key from a source of randomness. It fails when the source does.
func NewKey(random io.Reader) (*Key, error) {
	s, err := randomScalar(random)
	if err != nil {
		return nil, err
	}
	return keyOf(s)
}

// DeriveKey gives the key that follows from a seed and a public text (RFC 9497, DeriveKeyPair). ErrBatch when the text is
// longer than MaxInput.
func DeriveKey(seed [32]byte, info []byte) (*Key, error) {
	if len(info) > MaxInput {
		return nil, ErrBatch
	}
	msg := append(sized(seed[:], info), 0)
	for n := range 256 {
		msg[len(msg)-1] = byte(n)
		if s := hashToScalar("DeriveKeyPair"+context, msg); s.Equal(ristretto255.NewScalar()) == 0 {
			return keyOf(s)
		}
	}
	return nil, ErrKey
}

// ParseKey reads what Bytes gave.
func ParseKey(b []byte) (*Key, error) {
	s, err := ristretto255.NewScalar().SetCanonicalBytes(b)
	if err != nil {
		return nil, ErrKey
	}
	return keyOf(s)
}

func keyOf(s *ristretto255.Scalar) (*Key, error) {
	if s.Equal(ristretto255.NewScalar()) == 1 {
		return nil, ErrKey
	}
	return &Key{s, encode(ristretto255.NewIdentityElement().ScalarBaseMult(s))}, nil
}

// Bytes gives the secret itself, to be kept sealed.
func (k *Key) Bytes() []byte { return k.secret.Bytes() }

// Public gives the side of the key that askers check answers against.
func (k *Key) Public() Element { return k.public }

// Hash gives the output of one input of the owner's own. Errors: ErrBatch for its length, ErrInput.
func (k *Key) Hash(input []byte) (Output, error) {
	p, err := hashToGroup(input)
	if err != nil {
		return Output{}, err
	}
	return output(input, p.ScalarMult(k.secret, p)), nil
}

// Answer evaluates a batch of blinded elements and proves it. The randomness goes into the proof: a source that repeats
// itself over different batches gives the key away. Errors: ErrBatch, ErrElement with the place in the batch.
func (k *Key) Answer(blinded []Element, random io.Reader) ([]Element, []byte, error) {
	if len(blinded) == 0 || len(blinded) > MaxBatch {
		return nil, nil, ErrBatch
	}
	evaluated := make([]Element, len(blinded))
	points, err := decodeAll(blinded)
	if err != nil {
		return nil, nil, err
	}
	p := ristretto255.NewIdentityElement()
	for i := range points {
		evaluated[i] = encode(p.ScalarMult(k.secret, points[i]))
	}
	nonce, err := randomScalar(random)
	if err != nil {
		return nil, nil, err
	}
	m := fold.Sum(weights(k.public, blinded, evaluated), points)
	return evaluated, k.prove(m, nonce), nil
}

// prove shows that the key that made its public side also takes m to z (RFC 9497, GenerateProof).
func (k *Key) prove(m *ristretto255.Element, nonce *ristretto255.Scalar) []byte {
	z := ristretto255.NewIdentityElement().ScalarMult(k.secret, m)
	t2 := ristretto255.NewIdentityElement().ScalarBaseMult(nonce)
	t3 := ristretto255.NewIdentityElement().ScalarMult(nonce, m)
	c := challenge(k.public, m, z, t2, t3)
	s := ristretto255.NewScalar().Multiply(c, k.secret)
	return append(c.Bytes(), s.Subtract(nonce, s).Bytes()...)
}

// Question is a batch that an asker has sent and waits to be answered.
type Question struct {
	public  Element
	inputs  [][]byte
	blinds  []*ristretto255.Scalar
	blinded []Element
	points  []*ristretto255.Element
}

// Ask blinds inputs for the owner of a public key, and fills the question up with so many elements that are random ones and
// nobody's input: the owner cannot tell them apart, and they cost half. Errors: ErrBatch, ErrInput, or the source's.
func Ask(public Element, inputs [][]byte, fill int, random io.Reader) (*Question, error) {
	return ask(public, inputs, fill, func() (*ristretto255.Scalar, error) { return randomScalar(random) })
}

func ask(public Element, inputs [][]byte, fill int, blind func() (*ristretto255.Scalar, error)) (*Question, error) {
	if len(inputs) == 0 || fill < 0 || len(inputs) > MaxBatch-fill {
		return nil, ErrBatch
	}
	q := &Question{public: public, inputs: inputs, blinded: make([]Element, len(inputs)+fill)}
	for i, in := range inputs {
		p, err := hashToGroup(in)
		if err != nil {
			return nil, fmt.Errorf("%w (input %d)", err, i)
		}
		s, err := blind()
		if err != nil {
			return nil, err
		}
		q.blinds, q.points = append(q.blinds, s), append(q.points, p.ScalarMult(s, p))
		q.blinded[i] = encode(p)
	}
	for i := len(inputs); i < len(q.blinded); i++ {
		s, err := blind()
		if err != nil {
			return nil, err
		}
		p := ristretto255.NewIdentityElement().ScalarBaseMult(s)
		q.points, q.blinded[i] = append(q.points, p), encode(p)
	}
	return q, nil
}

// Bytes gives what a question is resumed from, to be kept sealed until it is answered: the blinds of its inputs, and all that travels.
func (q *Question) Bytes() []byte {
	out := make([]byte, 0, 32*len(q.blinds)+ElementSize*len(q.blinded))
	for _, s := range q.blinds {
		out = append(out, s.Bytes()...)
	}
	for _, e := range q.blinded {
		out = append(out, e[:]...)
	}
	return out
}

// Resume makes a question again from the same key and inputs and what Bytes gave. Errors: ErrBatch, ErrElement.
func Resume(public Element, inputs [][]byte, b []byte) (*Question, error) {
	n := len(b)/32 - len(inputs)
	if len(inputs) == 0 || len(b)%32 != 0 || n < len(inputs) || n > MaxBatch {
		return nil, ErrBatch
	}
	q := &Question{public: public, inputs: inputs, blinded: make([]Element, n)}
	for i := range inputs {
		s, err := ristretto255.NewScalar().SetCanonicalBytes(b[32*i : 32*i+32])
		if err != nil || s.Equal(ristretto255.NewScalar()) == 1 {
			return nil, ErrBatch
		}
		q.blinds = append(q.blinds, s)
	}
	for i := range q.blinded {
		q.blinded[i] = Element(b[32*(len(inputs)+i):])
	}
	var err error
	q.points, err = decodeAll(q.blinded)
	return q, err
}

// Blinded gives what travels to the owner; it must not be changed.
func (q *Question) Blinded() []Element { return q.blinded }

// Finish checks the owner's proof for the whole batch and gives the outputs, in the order of the inputs and without what filled it up. Errors: ErrAnswer,
// ErrElement, ErrProof; then nothing of the answer may be used.
func (q *Question) Finish(evaluated []Element, proof []byte) ([]Output, error) {
	if len(evaluated) != len(q.blinded) || len(proof) != ProofSize {
		return nil, ErrAnswer
	}
	points, err := decodeAll(evaluated)
	if err != nil {
		return nil, err
	}
	w := weights(q.public, q.blinded, evaluated)
	m := fold.Sum(w, q.points)
	z := fold.Sum(w, points)
	if err := verify(q.public, m, z, proof); err != nil {
		return nil, err
	}
	out := make([]Output, len(q.inputs))
	for i, inv := range inverses(q.blinds) {
		out[i] = output(q.inputs[i], points[i].ScalarMult(inv, points[i]))
	}
	return out, nil
}

// verify checks a proof (RFC 9497, VerifyProof).
func verify(public Element, m, z *ristretto255.Element, proof []byte) error {
	pk, err := decode(public)
	if err != nil {
		return ErrKey
	}
	c, err := ristretto255.NewScalar().SetCanonicalBytes(proof[:32])
	if err != nil {
		return ErrProof
	}
	s, err := ristretto255.NewScalar().SetCanonicalBytes(proof[32:])
	if err != nil {
		return ErrProof
	}
	t2 := ristretto255.NewIdentityElement().VarTimeDoubleScalarBaseMult(c, pk, s)
	t3 := ristretto255.NewIdentityElement().VarTimeMultiScalarMult([]*ristretto255.Scalar{s, c}, []*ristretto255.Element{m, z})
	again := challenge(public, m, z, t2, t3).Bytes()
	if subtle.ConstantTimeCompare(again, proof[:32]) != 1 {
		return ErrProof
	}
	return nil
}

// inverses inverts all scalars with one inversion and three multiplications each (Montgomery's trick).
func inverses(all []*ristretto255.Scalar) []*ristretto255.Scalar {
	before := make([]*ristretto255.Scalar, len(all)) // before[i] is the product of all up to i
	before[0] = all[0]
	for i := 1; i < len(all); i++ {
		before[i] = ristretto255.NewScalar().Multiply(before[i-1], all[i])
	}
	out := make([]*ristretto255.Scalar, len(all))
	rest := ristretto255.NewScalar().Invert(before[len(all)-1])
	for i := len(all) - 1; i > 0; i-- {
		out[i] = ristretto255.NewScalar().Multiply(rest, before[i-1])
		rest.Multiply(rest, all[i])
	}
	out[0] = rest
	return out
}

func decodeAll(all []Element) ([]*ristretto255.Element, error) {
	out := make([]*ristretto255.Element, len(all))
	for i := range all {
		p, err := decode(all[i])
		if err != nil {
			return nil, fmt.Errorf("%w (element %d)", err, i)
		}
		out[i] = p
	}
	return out, nil
}

func decode(e Element) (*ristretto255.Element, error) {
	p, err := ristretto255.NewIdentityElement().SetCanonicalBytes(e[:])
	if err != nil || p.Equal(ristretto255.NewIdentityElement()) == 1 {
		return nil, ErrElement
	}
	return p, nil
}

func encode(p *ristretto255.Element) Element { return Element(p.Bytes()) }

func randomScalar(random io.Reader) (*ristretto255.Scalar, error) {
	var b [64]byte
	for range 8 {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return nil, fmt.Errorf("oprf: no randomness: %w", err)
		}
		if s := uniformScalar(b); s.Equal(ristretto255.NewScalar()) == 0 {
			return s, nil
		}
	}
	return nil, ErrKey // a source of zeros
}
