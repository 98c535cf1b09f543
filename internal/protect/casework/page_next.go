// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// nextPanel lists what may come next in this file, the most pressing first. It proposes; it decides nothing.
func (c *caseRequest) nextPanel() Panel {
	p := Panel{ID: "next", Title: c.t("casework.next")}
	if !c.manages() || !c.person.ClosedAt.IsZero() {
		return Panel{}
	}
	add := func(href, key string, args ...any) {
		p.Items = append(p.Items, Item{Title: c.t("casework.next."+key, args...), Href: href, Sub: c.hint("casework.next." + key)})
	}
	c.nextForSafety(add)
	if c.Next != nil {
		p.Items = append(p.Items, c.Next(c.r.L, c.person)...)
	}
	c.nextForReferrals(add)
	c.nextForConsents(add)
	c.nextForNeeds(add)
	if guardClose(c.person) == nil && len(c.person.Services.Needs) > 0 {
		add(c.path("/close"), "close")
	}
	p.Empty = &page.Empty{Title: c.t("casework.next.none")}
	return p
}

// hint gives the text under a key where the catalogue has one.
func (c *caseRequest) hint(key string) string {
	if c.r.L.Has(key + ".hint") {
		return c.t(key + ".hint")
	}
	return ""
}

func (c *caseRequest) nextForSafety(add func(href, key string, args ...any)) {
	switch {
	case c.person.Disputed:
		add(c.path("/contact"), "contact_settle")
	case c.person.Contact.SafeToCall == "":
		add(c.path("/contact"), "contact")
	}
	if c.person.Child() && c.person.Guardian != "appointed" {
		add(c.path("/child"), "guardian")
	}
}

func (c *caseRequest) nextForReferrals(add func(href, key string, args ...any)) {
	for _, o := range c.person.Referral.Out {
		key := map[referral.Status]string{referral.Draft: "risk", referral.RiskOK: "offer", referral.Accepted: "hand_over", referral.Delivered: "referral_close", referral.NotDelivered: "referral_close",
			referral.FedBack: "referral_close"}[o.Status]
		href := c.path("/referrals/%s", o.Referral)
		if key != "" {
			add(href, key, "Need", c.word("service.catalogue", o.Offer.Need))
		}
	}
}

// soon is how long before a consent ends it is asked for again.
const soon = 30

func (c *caseRequest) nextForConsents(add func(href, key string, args ...any)) {
	for _, g := range c.person.Consent.Grounds {
		if g.ConfirmedBy.IsZero() && c.r.Now.Before(g.Until) {
			add(c.path("/grounds/%s", g.Ground.Ground), "ground")
		}
	}
	for _, x := range c.person.Consent.Receipts {
		if x.Status(c.r.Now) == consent.Live && x.Expires.Before(c.r.Now.AddDate(0, 0, soon)) {
			add(c.path("/consents/%s", x.Receipt), "expires", "For", c.word("consent.purpose", string(x.Purpose)), "When", c.r.L.Relative(x.Expires, c.r.Now))
		}
	}
	agreed := slices.ContainsFunc(c.person.Consent.Receipts, func(x consent.Receipt) bool {
		return x.Purpose == consent.Referral && x.Status(c.r.Now) == consent.Live
	})
	if ns := c.unreferred(); agreed && len(ns) > 0 {
		add(c.path("/referrals/new"), "refer", "Need", c.word("service.catalogue", ns[0].Code))
	}
	if len(c.person.Consent.Receipts) == 0 && len(c.person.Services.Needs) > 0 {
		add(c.path("/consents/new"), "consent")
	}
}

func (c *caseRequest) nextForNeeds(add func(href, key string, args ...any)) {
	s := c.person.Services
	for _, n := range s.Needs {
		under := slices.ContainsFunc(c.person.Referral.Out, func(o referral.Out) bool { return o.NeedID == n.Need && o.Status.Open() })
		reached := slices.ContainsFunc(c.person.Referral.Out, func(o referral.Out) bool {
			return o.NeedID == n.Need && slices.ContainsFunc(o.Reports, func(r referral.Reported) bool { return r.Status == referral.Delivered })
		})
		if n.Step == services.Identified && !under {
			add(c.path("/needs/%s", n.Need), map[bool]string{true: "need_reached", false: "need_move"}[reached], "Need", c.word("service.catalogue", n.Code))
		}
	}
	switch {
	case len(s.Needs) == 0:
		add(c.path("/needs/new"), "need")
	case len(s.Goals) == 0:
		add(c.path("/goals/new"), "goal")
	}
}
