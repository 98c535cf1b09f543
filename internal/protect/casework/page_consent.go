// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

func (rm room) consentRoutes() []page.Route {
	return slices.Concat([]page.Route{
		{Pattern: "GET /cases/{id}/consents/{receipt}", Handle: rm.receipt},
		{Pattern: "GET /cases/{id}/consents/{receipt}/print", Handle: rm.printReceipt},
		{Pattern: "GET /cases/{id}/grounds/{ground}", Handle: rm.ground},
		{Pattern: "POST /cases/{id}/grounds/{ground}/confirm", Handle: rm.confirmGround},
	}, consentSheet.routes(rm), changeSheet.routes(rm), groundSheet.routes(rm))
}

type consentForm struct {
	For          string     `form:"for"`
	Recipient    journal.ID `form:"recipient"`
	Categories   []string   `form:"categories"`
	Language     string     `form:"language"`
	Interpreting string     `form:"interpreting"`
	By           string     `form:"by"`
	Guardian     string     `form:"guardian"`
	ChildView    string     `form:"child_view"`
	Witness      string     `form:"witness"`
	Expires      time.Time  `form:"expires"`
	Wish         string     `form:"wish"`
}

// shareable lists the categories that a consent can name, codes first.
func consentable() []string {
	return field.Codes(append([]journal.Category{journal.D0}, referral.Shareable()...))
}

func categoriesOf(codes []string) []journal.Category {
	var out []journal.Category
	for _, c := range codes {
		out = append(out, journal.Category(c))
	}
	return out
}

var consentSheet = sheet[consentForm]{path: "consents/new", notice: "casework.saved.consent",
	start: func(c *caseRequest) (consentForm, error) {
		v := consentForm{For: string(consent.Referral), By: string(consent.ByPerson)}
		var err error
		if c.r.Method == "GET" { // a form that was sent says for itself what is ticked
			v.Expires = c.r.Now.AddDate(0, 6, 0)
			v.Recipient, err = c.likely()
		}
		if ls := c.person.Registered.Languages; len(ls) > 0 {
			v.Language = ls[0]
		}
		return v, err
	},
	form: func(c *caseRequest, v consentForm) (*field.Form, error) {
		offices, err := c.offices()
		f := c.newForm("consents/new", "casework.consent.new", "casework.consent.submit")
		f.Notes = append(f.Notes, field.Note{Tone: page.Info, Title: c.t("casework.consent.free"), Text: c.t("casework.consent.free.text")})
		if last := c.person.LastScreened(); !last.IsZero() && c.r.Now.Before(last.Add(consent.Rest)) {
			f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: c.t("consent.guard.rest", "After", last.Add(consent.Rest))})
		}
		f.Radios("for", "casework.consent.for", v.For, field.Options(c.r.L, "consent.purpose", field.Codes(consent.Purposes())))
		f.Select("recipient", "casework.consent.recipient", v.Recipient.String(), offices).Set("Blank", c.t("casework.this_office"))
		f.Checks("categories", "casework.consent.categories", v.Categories, field.Options(c.r.L, "consent.category", consentable()))
		f.Select("language", "casework.consent.language", v.Language, languages(c.r))
		f.Radios("interpreting", "casework.consent.interpreting", v.Interpreting, field.Options(c.r.L, "consent.interpreting", field.Codes([]consent.Interpreting{consent.OwnLanguage, consent.Interpreter, consent.NoOne})))
		if c.person.Child() || v.By == string(consent.ByGuardian) {
			f.Radios("by", "casework.consent.by", v.By, field.Options(c.r.L, "consent.by", field.Codes([]consent.Giver{consent.ByPerson, consent.ByGuardian})))
			f.Text("guardian", "casework.consent.guardian", v.Guardian).Optional()
			f.Area("child_view", "casework.consent.child_view", v.ChildView).Optional().Set("Rows", 2)
		} else {
			f.Hidden("by", string(consent.ByPerson))
		}
		f.Text("witness", "casework.consent.witness", v.Witness).Optional()
		f.Date("expires", "casework.consent.expires", day(v.Expires, c.r.Zone))
		f.Area("wish", "casework.consent.wish", v.Wish).Optional()
		return f, err
	},
	drafts: func(c *caseRequest, v consentForm) ([]store.Draft, error) {
		g := consent.Given{Receipt: c.entry, Purpose: consent.Purpose(v.For), Recipient: v.Recipient, Categories: categoriesOf(v.Categories), Language: v.Language,
			Interpreting: consent.Interpreting(v.Interpreting), By: consent.Giver(v.By), Guardian: v.Guardian, ChildView: v.ChildView, Witness: v.Witness, Expires: endOfDay(v.Expires), Wish: v.Wish}
		return []store.Draft{{Type: "consent.given", Payload: g}}, nil
	},
	after: func(c *caseRequest, _ consentForm) string { return c.path("/consents/%s", c.entry) },
}

// receiptOf finds the receipt that the address names, in this file and no other.
func (c *caseRequest) receiptOf() (consent.Receipt, error) {
	id, err := c.r.ID("receipt")
	if err != nil {
		return consent.Receipt{}, err
	}
	x, ok := c.person.Consent.Receipt(id)
	if !ok {
		return x, fault.New(fault.NotFound, "fault.not_found")
	}
	return x, nil
}

type changeForm struct {
	receipt consent.Receipt
	What    string `form:"what"`
	By      string `form:"by"`
	Words   string `form:"words"`
	From    string `form:"from"` // "view": the person asks for it beside a worker, and sees what has come of it
}

var changes = []string{"withdrawn", "suspended", "resumed"}

// changeSheet withdraws, suspends or resumes a consent.
var changeSheet = sheet[changeForm]{path: "consents/{receipt}/change", notice: "casework.saved.consent_changed",
	start: func(c *caseRequest) (changeForm, error) {
		x, err := c.receiptOf()
		v := changeForm{receipt: x, By: string(consent.ByPerson), From: c.r.URL.Query().Get("from")}
		if v.From == "view" {
			v.What = "withdrawn"
		}
		return v, err
	},
	form: func(c *caseRequest, v changeForm) (*field.Form, error) {
		f := c.newForm("consents/"+v.receipt.Receipt.String()+"/change", "casework.consent.change", "casework.save")
		f.Lead = c.t("casework.consent.change.lead")
		f.Hidden("from", v.From)
		may := []string{"withdrawn", "suspended"}
		if v.receipt.Suspended {
			may = []string{"withdrawn", "resumed"}
		}
		f.Radios("what", "casework.consent.change.what", v.What, field.Options(c.r.L, "casework.consent.change", may))
		if c.person.Child() || v.receipt.By == consent.ByGuardian {
			f.Radios("by", "casework.consent.by", v.By, field.Options(c.r.L, "consent.by", field.Codes([]consent.Giver{consent.ByPerson, consent.ByGuardian})))
		} else {
			f.Hidden("by", string(consent.ByPerson))
		}
		f.Area("words", "casework.consent.words", v.Words).Optional()
		return f, nil
	},
	drafts: func(_ *caseRequest, v changeForm) ([]store.Draft, error) {
		if !slices.Contains(changes, v.What) {
			return nil, fault.Bad("what", "casework.need.change")
		}
		return []store.Draft{{Type: "consent." + v.What, Payload: consent.Ended{Receipt: v.receipt.Receipt, By: consent.Giver(v.By), Words: v.Words}}}, nil
	},
	after: func(c *caseRequest, v changeForm) string {
		if v.From == "view" {
			return c.path("/view")
		}
		return c.path("/consents/%s", v.receipt.Receipt)
	},
}

// pageData is a page of panels.
type pageData struct {
	Title, Lead string
	Crumbs      []page.Crumb
	Status      *page.Mark
	Actions     []page.Action
	Notes       []field.Note
	Steps       []page.Step
	Panels      []Panel
}

func (rm room) receipt(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	x, err := c.receiptOf()
	if err != nil {
		return nil, err
	}
	names := rm.Names(ctx, x.Recipient, x.TakenBy)
	st := x.Status(r.Now)
	d := pageData{Title: c.word("consent.purpose", string(x.Purpose)), Crumbs: c.crumbs(c.t("casework.consents")), Status: &page.Mark{Tone: receiptTones[st], Text: c.word("consent.status", string(st))},
		Panels: []Panel{{Facts: c.receiptFacts(r.L, x, names, "consent.by.", "consent.interpreting.")}}}
	if st == consent.Live && x.Purpose == consent.Referral && c.manages() && len(c.unreferred()) > 0 {
		d.Actions = append(d.Actions, page.Action{Text: c.t("casework.referral.new"), Href: c.path("/referrals/new?to=%s", x.Recipient), Icon: "send", Primary: true})
	}
	if st != consent.Withdrawn && c.manages() {
		d.Actions = append(d.Actions, page.Action{Text: c.t("casework.consent.change"), Href: c.path("/consents/%s/change", x.Receipt), Icon: "edit"})
	}
	d.Actions = append(d.Actions, page.Action{Text: c.t("casework.print"), Href: c.path("/consents/%s/print", x.Receipt), Icon: "printer"})
	return page.View("casework/page", r.L.T("casework.title"), d), nil
}

// receiptFacts says what a receipt says, in a language. by and read are the lists of words for who gave it and how it
// was read: a worker reads of "the person", she reads "you".
func (c *caseRequest) receiptFacts(l *lang.Locale, x consent.Receipt, names map[journal.ID]string, by, read string) []page.Fact {
	t := l.T
	out := []page.Fact{{Term: t("casework.consent.for"), Text: t("consent.purpose." + string(x.Purpose)), Sub: t("consent.purpose." + string(x.Purpose) + ".hint")},
		{Term: t("casework.consent.recipient"), Text: name(names, l, x.Recipient)}}
	for _, cat := range x.Categories {
		out = append(out, page.Fact{Term: t("consent.category." + string(cat)), Text: t("consent.category." + string(cat) + ".hint")})
	}
	out = append(out, page.Fact{Term: t("casework.consent.language"), Text: l.Language(x.Language), Sub: t(read + string(x.Interpreting))},
		page.Fact{Term: t("casework.consent.by"), Text: t(by + string(x.By)), Sub: x.Guardian}, page.Fact{Term: t("casework.consent.witness"), Text: or(x.Witness, t("casework.none_set"))},
		page.Fact{Term: t("casework.consent.given_at"), Text: l.DateTime(x.GivenAt), Sub: name(names, l, x.TakenBy)}, page.Fact{Term: t("casework.consent.expires"), Text: l.Date(x.Expires)})
	if !x.EndedAt.IsZero() {
		out = append(out, page.Fact{Term: t("consent.status.withdrawn"), Text: l.DateTime(x.EndedAt)})
	}
	return out
}

type groundForm struct {
	Kind       string     `form:"kind"`
	Article    string     `form:"article"`
	Recipient  journal.ID `form:"recipient"`
	Categories []string   `form:"categories"`
	Why        string     `form:"why"`
	Told       bool       `form:"told"`
	WhyNotTold string     `form:"why_not_told"`
	Until      time.Time  `form:"until"`
}

var groundSheet = sheet[groundForm]{path: "grounds/new", notice: "casework.saved.ground", start: nothing[groundForm],
	form: func(c *caseRequest, v groundForm) (*field.Form, error) {
		offices, err := c.offices()
		f := c.newForm("grounds/new", "casework.ground.new", "casework.ground.submit")
		f.Lead = c.t("casework.ground.lead")
		f.Radios("kind", "casework.ground.kind", v.Kind, field.Options(c.r.L, "consent.ground", field.Codes([]consent.GroundKind{consent.LegalDuty, consent.CourtOrder, consent.DangerToLife, consent.DangerToChild})))
		f.Text("article", "casework.ground.article", v.Article)
		f.Select("recipient", "casework.consent.recipient", v.Recipient.String(), offices)
		f.Checks("categories", "casework.ground.categories", v.Categories, field.Options(c.r.L, "consent.category", consentable()))
		f.Area("why", "casework.ground.why", v.Why)
		f.Check("told", "casework.ground.told", v.Told)
		f.Area("why_not_told", "casework.ground.why_not_told", v.WhyNotTold).Optional()
		f.Date("until", "casework.consent.expires", day(v.Until, c.r.Zone))
		return f, err
	},
	drafts: func(c *caseRequest, v groundForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "consent.ground_proposed", Payload: consent.Ground{Ground: c.entry, Kind: consent.GroundKind(v.Kind), Article: v.Article, Recipient: v.Recipient,
			Categories: categoriesOf(v.Categories), Why: v.Why, Told: v.Told, WhyNotTold: v.WhyNotTold, Until: endOfDay(v.Until)}}}, nil
	},
	after: func(c *caseRequest, _ groundForm) string { return c.path("/grounds/%s", c.entry) },
}

func (c *caseRequest) groundOf() (consent.Standing, error) {
	id, err := c.r.ID("ground")
	if err != nil {
		return consent.Standing{}, err
	}
	for _, g := range c.person.Consent.Grounds {
		if g.Ground.Ground == id {
			return g, nil
		}
	}
	return consent.Standing{}, fault.New(fault.NotFound, "fault.not_found")
}

func (rm room) ground(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	g, err := c.groundOf()
	if err != nil {
		return nil, err
	}
	return page.View("casework/page", r.L.T("casework.title"), c.groundData(g)), nil
}

func (c *caseRequest) groundData(g consent.Standing) pageData {
	names := c.Names(c.ctx, g.Recipient, g.ProposedBy, g.ConfirmedBy)
	told := c.t("casework.ground.told")
	if !g.Told {
		told = or(g.WhyNotTold, c.t("casework.ground.not_told"))
	}
	d := pageData{Title: c.word("consent.ground", string(g.Kind)), Crumbs: c.crumbs(c.t("casework.ground.new")), Status: &page.Mark{Tone: page.Warn, Text: c.t("casework.ground.waits")},
		Panels: []Panel{{Facts: []page.Fact{{Term: c.t("casework.ground.article"), Text: g.Article}, {Term: c.t("casework.consent.recipient"), Text: name(names, c.r.L, g.Recipient)},
			{Term: c.t("casework.ground.categories"), Text: c.categories(g.Categories)}, {Term: c.t("casework.ground.why"), Text: g.Why}, {Term: c.t("casework.ground.told_term"), Text: told},
			{Term: c.t("casework.ground.proposed"), Text: name(names, c.r.L, g.ProposedBy), Sub: c.r.L.DateTime(g.At)}, {Term: c.t("casework.consent.expires"), Text: c.r.L.Date(g.Until)}}}}}
	switch {
	case !g.ConfirmedBy.IsZero():
		d.Status = &page.Mark{Tone: page.Good, Text: c.t("casework.ground.confirmed")}
		d.Panels[0].Facts = append(d.Panels[0].Facts, page.Fact{Term: c.t("casework.ground.confirmed"), Text: name(names, c.r.L, g.ConfirmedBy)})
	case g.ProposedBy == c.r.Actor.ID:
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Text: c.t("consent.guard.second_person")})
	default:
		d.Actions = append(d.Actions, page.Action{Text: c.t("casework.ground.confirm"), Post: c.path("/grounds/%s/confirm", g.Ground.Ground), Icon: "check", Primary: true})
	}
	return d
}

func (rm room) confirmGround(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	g, err := c.groundOf()
	if err != nil {
		return nil, err
	}
	_, err = rm.Work.Store.Append(ctx, c.who, Ref(c.id), store.Draft{Type: "consent.ground_confirmed", Payload: consent.GroundConfirmed{Ground: g.Ground.Ground}})
	return page.Redirect(c.path("/grounds/%s", g.Ground.Ground), "casework.saved.ground_confirmed"), err
}
