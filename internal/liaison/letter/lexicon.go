// SPDX-License-Identifier: EUPL-1.2

package letter

import (
	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
)

// Lexicon describes this room's messages to strangers.
func Lexicon() lexicon.Room {
	return lexicon.Room{
		Title: "Letters", Purpose: Purpose,
		Says: "A plain letter. Nothing about one person travels in it: that has rooms of its own. The conversation is the id of the first letter of the thread.",
		Messages: []lexicon.Message{
			{Type: MsgSend, Goes: "From the office that writes", Says: "Brings the letter. The header's `due` is the end of the day by which an answer is asked for, and its `parcels` are the files, in the order of `files`.", Covered: "`D0` and `D3`", Body: sendBody{}, Back: "`letter.see` when it was read; perhaps a letter that names it in `answers`"},
			{Type: MsgSee, Goes: "Back", Says: "Says that somebody has read it.", Covered: "`D0`", Body: ofBody{}},
			{Type: MsgRemind, Goes: "From the office that wrote, at most once a day", Says: "Asks for the answer again.", Covered: "`D0`", Body: ofBody{}},
			{Type: MsgRecall, Goes: "From the office that wrote", Says: "Takes the letter back, also one that has not come yet. Its words and files are erased.", Covered: "`D0`", Body: recallBody{}, Back: "`letter.erase`"},
			{Type: MsgErase, Goes: "Back", Says: "Says that it was erased.", Covered: "`D0`", Body: ofBody{}},
		},
		Codes:  map[string][]string{"recallBody.reason": Withdrawals()},
		Limits: map[string]int{"Words.subject": MaxSubject, "Words.text": MaxText, "sendBody.files": MaxFiles, "sentFile.name": MaxName},
	}
}
