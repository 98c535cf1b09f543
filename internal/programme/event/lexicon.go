// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
	"github.com/entraide-thb/entraide/internal/programme/between"
)

// Lexicon describes this room's messages to strangers.
func Lexicon() lexicon.Room {
	return lexicon.Room{
		Title: "Nominations to an event", Purpose: between.Purpose,
		Says: "Who is sent to an event that another office hosts and has invited to. Who somebody is follows when they are accepted. The conversation is the id of the person, which the office that nominates makes.",
		Messages: []lexicon.Message{
			{Type: MsgNominate, Goes: "From an office that is invited to the host", Says: "Sends somebody, without a name.", Covered: "`PI`", Body: nominateBody{}, Back: "`event.decide`"},
			{Type: MsgDecide, Goes: "From the host", Says: "Accepts somebody, or declines with a reason.", Covered: "`PI`", Body: decideBody{}, Back: "`event.detail` when they were accepted"},
			{Type: MsgDetail, Goes: "From the office that is invited", Says: "Says who an accepted person is.", Covered: "`PI` and `PC`", Body: detailBody{}},
			{Type: MsgWithdraw, Goes: "From the office that is invited", Says: "Says that somebody does not come after all.", Covered: "`PI`", Body: withdrawBody{}},
			{Type: MsgRegret, Goes: "From the office that is invited", Says: "Says that a country sends nobody. Its conversation is the event.", Covered: "`PI`", Body: regretBody{}},
		},
		Codes: map[string][]string{"Nominated.mode": lexicon.Of([]Mode{InPerson, Online})},
	}
}
