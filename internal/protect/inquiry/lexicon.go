// SPDX-License-Identifier: EUPL-1.2

package inquiry

import (
	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
)

// Lexicon describes this room's messages to strangers.
func Lexicon() lexicon.Room {
	return lexicon.Room{
		Title: "Assessments of a child's family", Purpose: Purpose, Thread: "inquiry",
		Says: "One office asks the unit of another country to look at a child's family, on a legal basis and until a day. The conversation is the id of the inquiry.",
		Messages: []lexicon.Message{
			{Type: MsgRequest, Goes: "From the office that asks to the unit that is asked", Says: "Asks. The header's `due` is the end of the day in `due`.", Body: requestBody{}, Back: "`inquiry.said`, first that it was taken on or refused, then the answer"},
			{Type: MsgSaid, Goes: "Back", Says: "Says that it was accepted, refused with a reason, or answered.", Body: saidBody{}},
			{Type: MsgRemind, Goes: "From the office that asks, at most once a day", Says: "Asks for the answer again.", Covered: "`D0`", Body: ofBody{}},
			{Type: MsgWithdraw, Goes: "From the office that asks", Says: "Takes the request back. It is erased.", Covered: "`D0`", Body: withdrawBody{}, Back: "`inquiry.erase`"},
			{Type: MsgErase, Goes: "Back", Says: "Says that it was erased.", Covered: "`D0`", Body: ofBody{}},
		},
		Codes:  map[string][]string{"Asked.basis": Bases(), "Asked.questions": Questions(), "Asked.told": Tellings(), "Said.outcome": lexicon.Of([]Status{Accepted, Refused, Answered}), "Said.reason": Refusals(), "Said.found": Outcomes(), "withdrawBody.reason": Withdrawals()},
		Limits: map[string]int{"Asked.children": most, "Asked.facts": maxWords, "Said.report": maxWords, "Legal.article": maxLine},
	}
}
