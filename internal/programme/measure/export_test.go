// SPDX-License-Identifier: EUPL-1.2

package measure

import "github.com/entraide-thb/entraide/internal/programme/sheet"

// ReadTable reads a table without an office, for fuzzing; it gives how many measures it has.
func ReadTable(t sheet.Table, m sheet.Mapping, a Asked) (int, []sheet.Dropped, error) {
	items, dropped, err := plan(t, m, a)
	return len(items), dropped, err
}
