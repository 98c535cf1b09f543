// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Decode reads a message's body into v: one value, every field known, and nothing after it. Errors: Invalid.
func (in Incoming) Decode(v any) error {
	d := json.NewDecoder(bytes.NewReader(in.Body))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fault.Wrap(fault.Invalid, err, "exchange.post.unreadable")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	return nil
}

// Read is Decode of a value of one type.
func Read[T any](in Incoming) (T, error) {
	var v T
	err := in.Decode(&v)
	return v, err
}
