// SPDX-License-Identifier: EUPL-1.2

package directory

import (
	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
)

// Lexicon describes this room's messages to strangers.
func Lexicon() lexicon.Room {
	return lexicon.Room{
		Title: "The directory", Purpose: Purpose,
		Says: "Hotlines, focal points, providers and authorities of a country, as its coordinator's office knows them; each message is signed by that office as all are. The conversation is the id of the listing.",
		Messages: []lexicon.Message{
			{Type: MsgUpdate, Goes: "From the office whose listing it is to each partner whose terms let it go", Says: "Says how a listing stands. Each replaces the one before.", Covered: "`PP`", Body: Received{}},
			{Type: MsgWithdraw, Goes: "The same way", Says: "Takes a listing back.", Covered: "`PP`", Body: withdrawBody{}},
		},
		Codes: map[string][]string{"Content.sort": lexicon.Of(Sorts()), "Content.groups": lexicon.Of(Groups()), "Content.helps": lexicon.Of(Helps())},
	}
}
