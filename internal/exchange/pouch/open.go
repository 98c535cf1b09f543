// SPDX-License-Identifier: EUPL-1.2

package pouch

import "github.com/entraide-thb/entraide/internal/platform/fault"

// Open finds the pouches in what somebody brought: a pouch, an e-mail that carries some, or a text with codes. It goes by what
// the bytes are, not by what they are called. Errors: Invalid when there is none, TooMuch.
func Open(b []byte) ([]Pouch, error) {
	switch {
	case Is(b):
		p, err := Read(b)
		return []Pouch{p}, err
	case IsCodes(b):
		raw, err := ReadCodes(string(b))
		if err != nil {
			return nil, err
		}
		if !Is(raw) {
			return nil, fault.New(fault.Invalid, "pouch.none")
		}
		p, err := Read(raw)
		return []Pouch{p}, err
	}
	return ReadMail(b)
}
