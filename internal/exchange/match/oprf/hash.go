// SPDX-License-Identifier: EUPL-1.2

package oprf

import (
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"

	"github.com/gtank/ristretto255"
)

// context names mode and suite in every hash (RFC 9497, CreateContextString): mode 1 is VOPRF.
const context = "OPRFV1-\x01-ristretto255-SHA512"

// sized appends parts to b, each behind its length in two bytes.
func sized(b []byte, parts ...[]byte) []byte {
	b = b[:len(b):len(b)]
	for _, p := range parts {
		b = binary.BigEndian.AppendUint16(b, uint16(len(p)))
		b = append(b, p...)
	}
	return b
}

var noBlock [sha512.BlockSize]byte

// expand gives 64 uniform bytes of a message under a domain (RFC 9380, expand_message_xmd with SHA-512, of which one block is
// enough here).
func expand(domain string, msg []byte) [64]byte {
	tail := append([]byte(domain), byte(len(domain)))
	h := sha512.New()
	h.Write(noBlock[:])
	h.Write(msg)
	h.Write([]byte{0, 64, 0})
	h.Write(tail)
	b0 := h.Sum(nil)
	h.Reset()
	h.Write(b0)
	h.Write([]byte{1})
	h.Write(tail)
	return [64]byte(h.Sum(nil))
}

func hashToScalar(domain string, msg []byte) *ristretto255.Scalar {
	return uniformScalar(expand(domain, msg))
}

func uniformScalar(b [64]byte) *ristretto255.Scalar {
	s, err := ristretto255.NewScalar().SetUniformBytes(b[:])
	if err != nil {
		panic("oprf: " + err.Error()) // 64 bytes always make a scalar
	}
	return s
}

func hashToGroup(input []byte) (*ristretto255.Element, error) {
	if len(input) > MaxInput {
		return nil, ErrBatch
	}
	b := expand("HashToGroup-"+context, input)
	p, err := ristretto255.NewIdentityElement().SetUniformBytes(b[:])
	if err != nil || p.Equal(ristretto255.NewIdentityElement()) == 1 {
		return nil, ErrInput
	}
	return p, nil
}

// output is the last hash, over the input and its element under the key.
func output(input []byte, p *ristretto255.Element) Output {
	e := encode(p)
	return sha512.Sum512(append(sized(nil, input, e[:]), "Finalize"...))
}

// weights gives the factors that fold a batch into one pair of elements (RFC 9497, ComputeComposites): each follows from all
// of the batch, so that no wrong answer can be outweighed by another.
func weights(public Element, blinded, evaluated []Element) []*ristretto255.Scalar {
	seed := sha512.Sum512(sized(nil, public[:], []byte("Seed-"+context)))
	out := make([]*ristretto255.Scalar, len(blinded))
	for i := range blinded {
		msg := binary.BigEndian.AppendUint16(sized(nil, seed[:]), uint16(i))
		msg = append(sized(msg, blinded[i][:], evaluated[i][:]), "Composite"...)
		out[i] = hashToScalar("HashToScalar-"+context, msg)
	}
	return out
}

// challenge is the proof's, over everything that it speaks of.
func challenge(public Element, parts ...*ristretto255.Element) *ristretto255.Scalar {
	msg := sized(nil, public[:])
	for _, p := range parts {
		e := encode(p)
		msg = sized(msg, e[:])
	}
	return hashToScalar("HashToScalar-"+context, append(msg, "Challenge"...))
}

// Equal compares two outputs in constant time.
func (o Output) Equal(other Output) bool { return subtle.ConstantTimeCompare(o[:], other[:]) == 1 }
