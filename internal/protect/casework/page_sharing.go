// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

var receiptTones = map[consent.Status]string{consent.Live: page.Good, consent.Suspended: page.Warn, consent.Withdrawn: page.Off, consent.Expired: page.Off}

// consentPanel lists what she agreed to and the grounds other than consent; what has ended is folded away.
func (c *caseRequest) consentPanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "consents", Title: c.t("casework.consents"), Place: InSharing, Empty: c.empty("checkbox", "casework.consents.none"),
		Actions: c.only(page.Action{Text: c.t("casework.consent.new"), Href: c.path("/consents/new"), Icon: "checkbox"},
			page.Action{Text: c.t("casework.ground.new"), Href: c.path("/grounds/new"), Icon: "scale"})}
	for _, x := range slices.Backward(c.person.Consent.Receipts) {
		st := x.Status(c.r.Now)
		it := Item{Title: c.word("consent.purpose", string(x.Purpose)), Href: c.path("/consents/%s", x.Receipt), Text: c.categories(x.Categories), Sub: name(names, c.r.L, x.Recipient),
			Mark: &page.Mark{Tone: receiptTones[st], Text: c.word("consent.status", string(st))}, Due: x.Expires, Now: c.r.Now}
		if st == consent.Live || st == consent.Suspended {
			p.Items = append(p.Items, it)
			continue
		}
		it.Due, it.Aside = time.Time{}, c.r.L.ShortDate(x.Expires)
		if !x.EndedAt.IsZero() {
			it.Aside = c.r.L.ShortDate(x.EndedAt)
		}
		p.Older = append(p.Older, it)
	}
	for _, g := range slices.Backward(c.person.Consent.Grounds) {
		it := Item{Title: c.word("consent.ground", string(g.Kind)), Href: c.path("/grounds/%s", g.Ground.Ground), Text: c.categories(g.Categories), Sub: name(names, c.r.L, g.Recipient), Due: g.Until, Now: c.r.Now,
			Mark: c.groundMark(g)}
		if c.r.Now.Before(g.Until) {
			p.Items = append(p.Items, it)
		} else {
			p.Older = append(p.Older, it)
		}
	}
	return p
}

func (c *caseRequest) groundMark(g consent.Standing) *page.Mark {
	switch {
	case !c.r.Now.Before(g.Until):
		return &page.Mark{Tone: page.Off, Text: c.word("consent.status", "expired")}
	case !g.ConfirmedBy.IsZero():
		return &page.Mark{Tone: page.Good, Text: c.t("casework.ground.confirmed")}
	}
	return &page.Mark{Tone: page.Warn, Text: c.t("casework.ground.waits")}
}

// tones of a referral's statuses, on both sides.
var statusTones = map[referral.Status]string{referral.Draft: page.Off, referral.RiskOK: page.Info, referral.Offered: page.Warn, referral.Accepted: page.Info, referral.HandedOver: page.Info,
	referral.InService: page.Info, referral.Delivered: page.Good, referral.FedBack: page.Good, referral.Closed: page.Off, referral.Declined: page.Bad, referral.Expired: page.Bad,
	referral.NotDelivered: page.Bad, referral.WithdrawnPerson: page.Off, referral.WithdrawnSender: page.Off}

// referralPanel lists referrals sent, newest first; those that are over are folded away.
func (c *caseRequest) referralPanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "referrals", Title: c.t("casework.referrals"), Place: InSharing, Empty: c.empty("send", "casework.referrals.none"),
		Actions: c.only(page.Action{Text: c.t("casework.referral.new"), Href: c.path("/referrals/new"), Icon: "send"})}
	for _, o := range slices.Backward(c.person.Referral.Out) {
		at := o.At
		if !o.OfferedAt.IsZero() {
			at = o.OfferedAt
		}
		if !o.HandedAt.IsZero() {
			at = o.HandedAt
		}
		it := Item{Title: c.word("service.catalogue", o.Offer.Need), Href: c.path("/referrals/%s", o.Referral), Sub: name(names, c.r.L, o.Recipient), Mark: &page.Mark{Tone: statusTones[o.Status], Text: c.word("referral.status", string(o.Status))},
			Aside: c.r.L.ShortDate(at)}
		waits := slices.ContainsFunc(o.Recalls, func(r referral.Recall) bool { return r.Answered.IsZero() })
		if waits {
			it.Text = c.t("casework.due.recall")
		}
		if o.Status.Open() || o.Status.Holding() && o.Status != referral.Closed || waits {
			p.Items = append(p.Items, it)
		} else {
			p.Older = append(p.Older, it)
		}
	}
	return p
}
