// SPDX-License-Identifier: EUPL-1.2

package referral

import (
	"github.com/entraide-thb/entraide/internal/exchange/lexicon"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// Lexicon describes this room's messages to strangers.
func Lexicon() lexicon.Room {
	return lexicon.Room{
		Title: "Referrals", Purpose: Purpose, Thread: "referral",
		Says: "One office asks another to help a person. What is offered are codes; who she is follows when the other office has accepted, and only what she consented to, or what another ground covers. The conversation is the id of the referral, which stands in every body. " +
			"With basis `consent` the header's `consents` are the receipts of the body's `receipts`, each live, for this purpose, recipient and the categories that it covers; with basis `ground` the body has `grounds`.",
		Messages: []lexicon.Message{
			{Type: MsgOffer, Goes: "From the office that has the case to the one that is asked", Says: "Asks whether it can help. It expires with the header.", Covered: "`D0`", Body: OfferBody{}, Back: "`referral.answer`"},
			{Type: MsgAnswer, Goes: "Back", Says: "Accepts or declines the offer, or an amendment of it.", Covered: "`D0`", Body: AnswerBody{}, Back: "`referral.package` when it was accepted"},
			{Type: MsgPackage, Goes: "From the office that has the case", Says: "Hands over what was consented to. Parts that are not covered, or categories of the header that are not those of the parts, are refused (`referral.message.other_categories`).", Covered: "those of `parts`", Body: PackageBody{}, Back: "`referral.feedback`"},
			{Type: MsgFeedback, Goes: "Back", Says: "Says how the help stands.", Covered: "`D0`", Body: FeedbackBody{}},
			{Type: MsgWithdraw, Goes: "From the office that has the case", Says: "Ends the referral, whatever was answered. What was handed over is erased, or kept on a named ground.", Covered: "`D0`", Body: WithdrawBody{}, Back: "`referral.erased`"},
			{Type: MsgRecall, Goes: "From the office that has the case", Says: "Says that a consent was withdrawn. What rested on it is erased, or kept on a named ground.", Covered: "`D0`", Body: RecallBody{}, Back: "`referral.erased`"},
			{Type: MsgErased, Goes: "Back", Says: "Says what was erased, and what is kept and why.", Covered: "`D0`", Body: ErasedBody{}},
			{Type: MsgAmend, Goes: "From the office that has the case", Says: "Changes an offer that was accepted. Until it is accepted the offer holds as it was.", Covered: "`D0`", Body: AmendBody{}, Back: "`referral.answer` with its number as `amendment`"},
			{Type: MsgSupplement, Goes: "From the office that has the case", Says: "Hands over more of what the accepted offer covers, or corrects what was handed over.", Covered: "those of `parts`", Body: SupplementBody{}},
		},
		Codes: map[string][]string{"Offer.need": Needs(), "Offer.age": Ages(), "Offer.sex": Sexes(), "Offer.urgency": Urgencies(), "Offer.period": Periods(), "Risk.level": RiskLevels(), "Risk.measures": Measures(), "AnswerBody.reason": DeclineReasons(),
			"FeedbackBody.status": lexicon.Of([]Status{InService, Delivered, NotDelivered}), "FeedbackBody.reason": FailReasons(), "WithdrawBody.reason": EndReasons(), "AmendBody.reason": AmendReasons(), "AmendBody.met": Mets(),
			"Slip.for": lexicon.Of(consent.Purposes()), "Slip.interpreting": lexicon.Of([]consent.Interpreting{consent.OwnLanguage, consent.Interpreter, consent.NoOne}), "Slip.by": lexicon.Of([]consent.Giver{consent.ByPerson, consent.ByGuardian}),
			"GroundSlip.kind": lexicon.Of([]consent.GroundKind{consent.LegalDuty, consent.CourtOrder, consent.DangerToLife, consent.DangerToChild})},
		Limits: map[string]int{"OfferBody.receipts": mostSlips, "PackageBody.receipts": mostSlips, "SupplementBody.receipts": mostSlips, "AmendBody.receipts": mostSlips},
	}
}
