// SPDX-License-Identifier: EUPL-1.2

package action

import (
	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
	"github.com/entraide-thb/entraide/internal/programme/between"
)

// Lexicon describes this room's messages to strangers.
func Lexicon() lexicon.Room {
	return lexicon.Room{
		Title: "Actions", Purpose: between.Purpose,
		Says: "A commitment that was agreed in one office, with an owner in another, and how it stands. The conversation is the id of the action in the office where it was agreed.",
		Messages: []lexicon.Message{
			{Type: MsgAssign, Goes: "From the office where it was agreed to the owner's", Says: "Says what was agreed. Each replaces the one before.", Covered: "`PP`", Body: Received{}, Back: "`action.answer`, when there is something to say"},
			{Type: MsgAsk, Goes: "The same way", Says: "Asks how it stands after so many days.", Covered: "`PP`", Body: askBody{}, Back: "`action.answer`"},
			{Type: MsgAnswer, Goes: "Back", Says: "Says that it is done, that it is refused, or how it stands: exactly one of the three.", Covered: "`PP`", Body: answerBody{}},
		},
	}
}
