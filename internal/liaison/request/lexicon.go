// SPDX-License-Identifier: EUPL-1.2

package request

import (
	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
)

// Lexicon describes this room's messages to strangers.
func Lexicon() lexicon.Room {
	return lexicon.Room{
		Title: "Requests for information", Purpose: Purpose, Thread: "request",
		Says: "A police or justice office asks another what it knows, on a legal basis and until a day. The conversation is the id of the request.",
		Messages: []lexicon.Message{
			{Type: MsgAsk, Goes: "From the office that asks to the one that is asked", Says: "Asks. The header's `due` is the end of the day in `due`.", Body: askBody{}, Back: "`request.answer`, first that it was taken on or refused, then the answer"},
			{Type: MsgCorrect, Goes: "From the office that asks", Says: "Puts another version in the place of the one before, whose words are erased.", Body: askBody{}, Back: "`request.see` within 72 hours"},
			{Type: MsgRemind, Goes: "From the office that asks, at most once a day", Says: "Asks for the answer again.", Covered: "`D0`", Body: ofBody{}},
			{Type: MsgRecall, Goes: "From the office that asks", Says: "Takes the request back. It is erased, with what was answered.", Covered: "`D0`", Body: recallBody{}, Back: "`request.erase` within 72 hours"},
			{Type: MsgAnswer, Goes: "Back", Says: "Says that it was accepted, refused with a reason, or answered, whole or in part.", Body: answerBody{}},
			{Type: MsgExtend, Goes: "Back", Says: "Asks for more time.", Covered: "`D0`", Body: extendBody{}, Back: "`request.decide`"},
			{Type: MsgDecide, Goes: "From the office that asks", Says: "Grants more time or not. When it does the header's `due` is the new one.", Covered: "`D0`", Body: decideBody{}},
			{Type: MsgSee, Goes: "Back", Says: "Says which version was seen.", Covered: "`D0`", Body: seeBody{}},
			{Type: MsgErase, Goes: "Back", Says: "Says that it was erased.", Covered: "`D0`", Body: ofBody{}},
		},
		Codes: map[string][]string{"Asked.basis": Bases(), "Asked.purpose": Purposes(), "Asked.questions": Questions(), "Asked.urgency": Urgencies(), "Said.outcome": lexicon.Of([]Status{Accepted, Refused, Partly, Answered}), "Said.reason": Refusals(), "Said.answers": Questions(), "Said.handling": terms.Handlings(), "Asked.handling": terms.Handlings(),
			"recallBody.reason": Withdrawals(), "Extension.reason": Delays()},
		Limits: map[string]int{"Asked.facts": maxWords, "Said.report": maxWords, "Legal.article": maxLine, "Legal.reference": maxLine, "Subject.names": most, "Subject.phones": most, "Subject.accounts": most, "Subject.plates": most},
	}
}
