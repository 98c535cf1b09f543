// SPDX-License-Identifier: EUPL-1.2

package figure

import (
	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
)

// Lexicon describes this room's messages to strangers.
func Lexicon() lexicon.Room {
	return lexicon.Room{
		Title: "Contributions to statistics", Purpose: Purpose,
		Says: "Counts of a quarter or a year, protected by the office that counts. A number below the sender's threshold is refused, and another threshold than the one that stands there.",
		Messages: []lexicon.Message{
			{Type: MessageType, Goes: "From an office that refers people to the programme's office", Says: "Brings how many were referred in a quarter.", Covered: "`D9`", Body: Body{}},
			{Type: TableType, Goes: "The same way", Says: "Brings several counts of one measure.", Covered: "`D9`", Body: Table{}},
		},
	}
}
