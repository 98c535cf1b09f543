// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

func (rm room) amendRoutes() []page.Route {
	return []page.Route{
		{Pattern: "GET /cases/{id}/referrals/{ref}/amend", Handle: rm.amend},
		{Pattern: "POST /cases/{id}/referrals/{ref}/amend", Handle: rm.sendAmendment},
		{Pattern: "GET /cases/{id}/referrals/{ref}/supplement", Handle: rm.supplement},
		{Pattern: "POST /cases/{id}/referrals/{ref}/supplement", Handle: rm.sendSupplement},
	}
}

type amendForm struct {
	Number     int       `form:"number"`
	Reason     string    `form:"reason"`
	Urgency    string    `form:"urgency"`
	Period     string    `form:"period"`
	Languages  []string  `form:"languages"`
	Categories []string  `form:"categories"`
	Met        string    `form:"met"`
	Expires    time.Time `form:"expires"`
	Level      string    `form:"level"`
	Measures   []string  `form:"measures"`
}

func (v amendForm) amendment() Amendment {
	a := Amendment{Number: v.Number, Reason: v.Reason, Urgency: v.Urgency, Period: v.Period, Languages: v.Languages, Met: v.Met, Risk: referral.Risk{Level: v.Level, Measures: v.Measures}, Expires: endOfDay(v.Expires)}
	for _, c := range referral.Shareable() {
		if slices.Contains(v.Categories, string(c)) {
			a.Categories = append(a.Categories, c)
		}
	}
	if v.Level == "" {
		a.Risk = referral.Risk{}
	}
	return a
}

// amending is the form as the offer stands.
func (c *caseRequest) amending(o referral.Out) amendForm {
	v := amendForm{Number: o.Number + 1, Urgency: o.Offer.Urgency, Period: o.Offer.Period, Languages: o.Offer.Languages, Met: o.Met, Expires: c.r.Now.AddDate(0, 0, 7)}
	if o.Expires.After(c.r.Now.AddDate(0, 0, 1)) {
		v.Expires = o.Expires
	}
	if len(o.Plan) > 0 {
		v.Categories = field.Codes(o.Plan)
	} else {
		for _, x := range c.coveredFor(o.Recipient) {
			v.Categories = append(v.Categories, string(x))
		}
	}
	return v
}

// coveredFor lists what may go to an office now.
func (c *caseRequest) coveredFor(to journal.ID) []journal.Category {
	rests := referral.Context{Now: c.r.Now, Consent: c.person.Consent, Child: c.person.Child(), Guardian: c.person.Guardian == "appointed"}
	return slices.DeleteFunc(referral.Shareable(), func(x journal.Category) bool { return len(rests.Cover(to, x).Uncovered) > 0 })
}

func (c *caseRequest) amendPage(o referral.Out, v amendForm) *field.Form {
	f := c.newForm("referrals/"+o.Referral.String()+"/amend", "casework.amend.title", "casework.amend.submit")
	f.Lead, f.Cancel, f.Crumbs = c.t("casework.amend.lead"), c.path("/referrals/%s", o.Referral), c.crumbs(f.Title)
	if o.Status == referral.Accepted {
		f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: c.t("casework.amend.again"), Text: c.t("casework.amend.again.text")})
	}
	f.Hidden("number", strconv.Itoa(v.Number))
	f.Radios("reason", "casework.amend.reason", v.Reason, field.Options(c.r.L, "referral.amend", referral.AmendReasons()))
	f.Radios("urgency", "casework.need_form.urgency", v.Urgency, field.Options(c.r.L, "referral.urgency", referral.Urgencies()))
	f.Select("period", "casework.amend.period", v.Period, field.Options(c.r.L, "referral.period", referral.Periods())).Optional()
	f.Checks("languages", "casework.register.languages", v.Languages, languages(c.r)).Set("Inline", true)
	f.Checks("categories", "casework.amend.categories", v.Categories, c.categoryOptions(c.coveredFor(o.Recipient)))
	if o.Answer != nil && o.Answer.Accepted {
		x := f.Radios("met", "casework.amend.met", v.Met, field.Options(c.r.L, "referral.met", referral.Mets())).Optional()
		if o.Answer.Conditions != "" {
			x.Set("Hint", o.Answer.Conditions)
		}
	}
	f.Date("expires", "casework.offer.expires", day(v.Expires, c.r.Zone))
	f.Radios("level", "casework.amend.risk", v.Level, field.Options(c.r.L, "referral.risk", referral.RiskLevels())).Optional()
	f.Checks("measures", "casework.risk.measures", v.Measures, field.Options(c.r.L, "referral.measure", referral.Measures()))
	return f
}

func (rm room) amend(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	if !o.Amendable(r.Now) {
		return nil, fault.New(fault.Guarded, "referral.guard.status", "Status", string(o.Status))
	}
	return page.View("casework/form", r.L.T("casework.title"), c.amendPage(o, c.amending(o))), nil
}

func (rm room) sendAmendment(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	var v amendForm
	if err = r.Decode(&v); err == nil {
		err = rm.Work.Amend(ctx, c.who, c.id, o.Referral, v.amendment())
	}
	if err != nil {
		return c.amendPage(o, v).Again(r, "casework/form", err)
	}
	return page.Redirect(c.path("/referrals/%s", o.Referral), "casework.saved.amended"), nil
}

// supplement shows what would be added or corrected, byte for byte; which of what the other office holds is to be
// corrected stands in the address.
func (rm room) supplement(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.supplementOf(c, o, r.URL.Query()["correct"], nil)
}

// categoryOptions names kinds of information to the worker; their hints are what is said to her.
func (c *caseRequest) categoryOptions(cats []journal.Category) (out []page.Option) {
	for _, x := range cats {
		out = append(out, page.Option{Value: string(x), Text: c.word("consent.category", string(x))})
	}
	return out
}

// toCorrect takes the shareable categories out of what a form sent.
func toCorrect(codes []string) []journal.Category {
	return slices.DeleteFunc(referral.Shareable(), func(c journal.Category) bool { return !slices.Contains(codes, string(c)) })
}

func (rm room) supplementOf(c *caseRequest, o referral.Out, correct []string, trouble error) (page.Response, error) {
	v, err := rm.Work.PreviewSupplement(c.ctx, c.who, c.id, o.Referral, toCorrect(correct), c.r.Now)
	if err != nil {
		return nil, err
	}
	d, err := c.previewPage(o, v, trouble)
	if err != nil {
		return nil, err
	}
	d.Title, d.Crumbs, d.Lead = c.t("casework.supplement.title"), c.crumbs(c.t("casework.supplement.title")), c.t("casework.supplement.lead", "Office", name(c.Names(c.ctx, o.Recipient), c.r.L, o.Recipient))
	d.Action, d.Submit = c.path("/referrals/%s/supplement", o.Referral), c.t("casework.supplement.submit")
	d.Ready = o.Supplementable() && len(v.Handed.Package.Categories()) > 0
	d.Choose = &choosing{Action: d.Action, Values: correct}
	for _, x := range o.HeldThere() {
		if !c.hides(x) {
			d.Choose.Options = append(d.Choose.Options, c.categoryOptions([]journal.Category{x})...)
		}
	}
	if len(v.Handed.Package.Categories()) == 0 {
		d.Bytes = ""
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Title: c.t("casework.supplement.none"), Text: c.t("casework.supplement.none.text"), Href: c.path("/consents/new"), Link: c.t("casework.consent.new")})
	}
	d.Stays = c.stays(o, v)
	res := page.View("casework/preview", c.r.L.T("casework.title"), d)
	if trouble != nil {
		res = page.Status(409, res)
	}
	return res, nil
}

// stays lists what a supplement does not hold, and why.
func (c *caseRequest) stays(o referral.Out, v Preview) Panel {
	p := Panel{Title: c.t("casework.preview.withheld")}
	held, sent := o.HeldThere(), v.Handed.Package.Categories()
	for _, cat := range referral.Shareable() {
		why := ""
		switch {
		case slices.Contains(sent, cat):
			continue
		case slices.Contains(held, cat):
			why = "held"
		case o.TakenBack(cat):
			why = "taken_back"
		case slices.Contains(v.Withheld, cat):
			why = "no_new_consent"
		case c.hides(cat):
			why = "unseen"
		default:
			why = "nothing"
		}
		p.Facts = append(p.Facts, page.Fact{Term: c.word("consent.category", string(cat)), Withheld: c.t("casework.preview.why." + why)})
	}
	return p
}

func (rm room) sendSupplement(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Hash    string   `form:"hash"`
		Correct []string `form:"correct"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	switch err := rm.Work.Supplement(ctx, c.who, c.id, o.Referral, toCorrect(in.Correct), in.Hash, r.Now); {
	case fault.Is(err, fault.Conflict), fault.Is(err, fault.Guarded), fault.Is(err, fault.Uncovered):
		return rm.supplementOf(c, o, in.Correct, err)
	case err != nil:
		return nil, err
	}
	return page.Redirect(c.path("/referrals/%s", o.Referral), "casework.saved.supplemented"), nil
}

// changePanels shows each amendment side by side, the latest first, and what was added or corrected after the hand-over.
func (c *caseRequest) changePanels(o referral.Out) []Panel {
	var out []Panel
	for _, x := range slices.Backward(o.Changes) {
		p := Panel{Title: c.t("referral.change.title", "Number", c.r.L.Number(x.Number)), Lead: c.t("referral.pair", "What", c.r.L.DateTime(x.At), "Why", c.word("referral.amend", x.Reason)), Table: referral.SideBySide(c.r.L, x)}
		if x.Number == o.Number && o.Status == referral.Offered {
			p.Notes = []field.Note{{Tone: page.Warn, Title: c.t("casework.amend.waits")}}
		}
		out = append(out, p)
	}
	for _, x := range slices.Backward(o.Supplements) {
		f := page.Fact{Term: c.t("casework.entry.referral.supplemented"), Text: c.categories(x.Package.Categories()), Sub: c.r.L.DateTime(x.At)}
		if len(x.Corrects) > 0 {
			f.Sub += " · " + c.t("referral.supplement.corrected", "What", c.categories(x.Corrects))
		}
		received := page.Fact{Term: c.t("casework.entry.referral.receipted"), Text: c.t("casework.supplement.waits")}
		if !x.ReceiptedAt.IsZero() {
			received.Text = c.r.L.DateTime(x.ReceiptedAt)
		}
		out = append(out, Panel{Title: c.t("referral.supplement.number", "Number", c.r.L.Number(x.Number)), Facts: []page.Fact{f, received}})
	}
	return out
}
