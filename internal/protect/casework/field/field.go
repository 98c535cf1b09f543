// SPDX-License-Identifier: EUPL-1.2

// Package field shows what travels between offices field by field, and names the parts of forms as this wing's pages do.
package field

import "github.com/entraide-thb/entraide/internal/platform/page/field"

// Parts of a form.
type (
	Field = field.Field
	Note  = field.Note
	Form  = field.Form
)

// What makes them.
var (
	New     = field.New
	Options = field.Options
)

// Codes gives a list's codes as plain strings.
func Codes[T ~string](xs []T) []string { return field.Codes(xs) }
