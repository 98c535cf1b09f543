// SPDX-License-Identifier: EUPL-1.2

package reported

// Roles lists what an organisation does in an activity.
func Roles() []string { return []string{"1", "2", "3", "4"} }

// Types lists the types of transactions.
func Types() []string {
	return []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13"}
}

// Measures lists how an indicator is measured.
func Measures() []string { return []string{"1", "2", "3", "4", "5"} }
