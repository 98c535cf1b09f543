// SPDX-License-Identifier: EUPL-1.2

package committee

// States lists the closed list.
func States() []State { return []State{Draft, Approved, Edited} }
