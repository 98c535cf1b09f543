// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

func (rm room) referralRoutes() []page.Route {
	return slices.Concat([]page.Route{
		{Pattern: "GET /cases/{id}/referrals/{ref}", Handle: rm.referral},
		{Pattern: "GET /cases/{id}/referrals/{ref}/offer", Handle: rm.offer},
		{Pattern: "POST /cases/{id}/referrals/{ref}/offer", Handle: rm.sendOffer},
		{Pattern: "GET /cases/{id}/referrals/{ref}/preview", Handle: rm.preview},
		{Pattern: "POST /cases/{id}/referrals/{ref}/hand-over", Handle: rm.handOver},
		{Pattern: "POST /cases/{id}/referrals/{ref}/close", Handle: rm.closeReferral},
	}, rm.amendRoutes(), draftSheet.routes(rm), riskSheet.routes(rm), withdrawSheet.routes(rm))
}

type draftForm struct {
	Recipient journal.ID `form:"recipient"`
	Need      journal.ID `form:"need"`
	Urgency   string     `form:"urgency"`
	Period    string     `form:"period"`
	Languages []string   `form:"languages"`
	Activity  string     `form:"activity"`
	Wish      string     `form:"wish"`
}

var draftSheet = sheet[draftForm]{path: "referrals/new", notice: "casework.saved.referral",
	start: func(c *caseRequest) (draftForm, error) {
		var v draftForm
		if c.r.Method != "GET" {
			return v, nil
		}
		v.Languages = c.person.Registered.Languages
		if ns := c.unreferred(); len(ns) == 1 {
			v.Need, v.Urgency = ns[0].Need, ns[0].Urgency
		}
		var err error
		v.Recipient, err = c.likely()
		return v, err
	},
	form: func(c *caseRequest, v draftForm) (*field.Form, error) {
		offices, err := c.offices()
		if err != nil {
			return nil, err
		}
		f := c.newForm("referrals/new", "casework.referral.new", "casework.referral.submit")
		f.Lead = c.t("casework.referral.lead")
		f.Select("recipient", "casework.consent.recipient", v.Recipient.String(), offices)
		var needs []page.Option
		for _, n := range c.person.Services.Needs {
			if n.Open() && slices.Contains(referral.Needs(), n.Code) {
				needs = append(needs, page.Option{Value: n.Need.String(), Text: c.word("service.catalogue", n.Code), Hint: c.word("service.urgency", n.Urgency)})
			}
		}
		if len(needs) == 0 {
			f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: c.t("casework.referral.no_need")})
		}
		f.Radios("need", "casework.referral.need", v.Need.String(), needs)
		f.Radios("urgency", "casework.need_form.urgency", v.Urgency, field.Options(c.r.L, "referral.urgency", referral.Urgencies()))
		f.Select("period", "casework.amend.period", v.Period, field.Options(c.r.L, "referral.period", referral.Periods())).Optional()
		f.Checks("languages", "casework.register.languages", v.Languages, languages(c.r)).Set("Inline", true)
		if c.Activities != nil {
			as, err := c.Activities(c.ctx, c.r)
			if err != nil {
				return nil, err
			}
			if len(as) > 0 {
				f.Select("activity", "casework.referral.activity", v.Activity, as).Optional()
			}
		}
		f.Area("wish", "casework.referral.wish", v.Wish).Optional()
		return f, nil
	},
	drafts: func(c *caseRequest, v draftForm) ([]store.Draft, error) {
		n, ok := c.person.Services.Find(v.Need)
		if !ok {
			return nil, fault.Bad("need", "referral.need.need")
		}
		age := c.person.Registered.Age
		if c.person.AgeResult != "" {
			age = c.person.AgeResult
		}
		return []store.Draft{{Type: "referral.drafted", Payload: referral.Drafted{Referral: c.entry, Recipient: v.Recipient, NeedID: v.Need, Activity: v.Activity, Wish: v.Wish,
			Offer: referral.Offer{Need: n.Code, Age: age, Sex: c.person.Registered.Sex, Languages: v.Languages, Urgency: v.Urgency, Period: v.Period}}}}, nil
	},
	after: func(c *caseRequest, _ draftForm) string { return c.path("/referrals/%s", c.entry) },
}

// unreferred lists the open needs that no referral meets or is about to meet.
func (c *caseRequest) unreferred() []services.Need {
	var out []services.Need
	for _, n := range c.person.Services.Needs {
		met := slices.ContainsFunc(c.person.Referral.Out, func(o referral.Out) bool {
			return o.NeedID == n.Need && (o.Status.Open() || o.Status.Holding() && o.Status != referral.NotDelivered)
		})
		if n.Open() && !met && slices.Contains(referral.Needs(), n.Code) {
			out = append(out, n)
		}
	}
	return out
}

// out finds the referral that the address names, in this file and no other.
func (c *caseRequest) out() (referral.Out, error) {
	id, err := c.r.ID("ref")
	if err != nil {
		return referral.Out{}, err
	}
	o, ok := c.person.Referral.Find(id)
	if !ok {
		return o, fault.New(fault.NotFound, "fault.not_found")
	}
	return o, nil
}

type riskForm struct {
	out      referral.Out
	Level    string   `form:"level"`
	Measures []string `form:"measures"`
	Note     string   `form:"note"`
}

var riskSheet = sheet[riskForm]{path: "referrals/{ref}/risk", notice: "casework.saved.risk",
	start: func(c *caseRequest) (riskForm, error) {
		o, err := c.out()
		v := riskForm{out: o}
		if o.SenderRisk != nil && c.r.Method == "GET" {
			v.Level, v.Measures = o.SenderRisk.Level, o.SenderRisk.Measures
		}
		return v, err
	},
	form: func(c *caseRequest, v riskForm) (*field.Form, error) {
		f := c.newForm("referrals/"+v.out.Referral.String()+"/risk", "casework.risk.title", "casework.save")
		f.Lead, f.Cancel = c.t("casework.risk.lead"), c.path("/referrals/%s", v.out.Referral)
		f.Radios("level", "casework.risk.level", v.Level, field.Options(c.r.L, "referral.risk", referral.RiskLevels()))
		f.Checks("measures", "casework.risk.measures", v.Measures, field.Options(c.r.L, "referral.measure", referral.Measures()))
		f.Area("note", "casework.risk.note", v.Note).Optional()
		return f, nil
	},
	drafts: func(_ *caseRequest, v riskForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "referral.risk_assessed", Payload: referral.Assessed{Referral: v.out.Referral, Risk: referral.Risk{Level: v.Level, Measures: v.Measures}, Note: v.Note}}}, nil
	},
	after: func(c *caseRequest, v riskForm) string { return c.path("/referrals/%s", v.out.Referral) },
}

type withdrawForm struct {
	out    referral.Out
	Person string `form:"person"`
	Reason string `form:"reason"`
}

var withdrawSheet = sheet[withdrawForm]{path: "referrals/{ref}/withdraw", notice: "casework.saved.withdrawn",
	start: func(c *caseRequest) (withdrawForm, error) {
		o, err := c.out()
		return withdrawForm{out: o}, err
	},
	form: func(c *caseRequest, v withdrawForm) (*field.Form, error) {
		f := c.newForm("referrals/"+v.out.Referral.String()+"/withdraw", "casework.withdraw.title", "casework.withdraw.title")
		f.Lead, f.Cancel, f.Danger = c.t("casework.withdraw.lead"), c.path("/referrals/%s", v.out.Referral), true
		f.Check("person", "casework.withdraw.person", v.Person == "true")
		f.Radios("reason", "casework.reason", v.Reason, field.Options(c.r.L, "referral.end", referral.EndReasons()))
		return f, nil
	},
	drafts: func(_ *caseRequest, v withdrawForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "referral.withdrawn", Payload: referral.Withdrawn{Referral: v.out.Referral, Person: v.Person == "true", Reason: v.Reason}}}, nil
	},
	after: func(c *caseRequest, v withdrawForm) string { return c.path("/referrals/%s", v.out.Referral) },
}

func (rm room) referralRequest(ctx context.Context, r *page.Request) (*caseRequest, referral.Out, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, referral.Out{}, err
	}
	o, err := c.out()
	return c, o, err
}

func (rm room) referral(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	d := pageData{Title: c.word("service.catalogue", o.Offer.Need), Crumbs: c.crumbs(c.t("casework.referrals")), Steps: c.steps(o), Actions: c.referralActions(o),
		Status: &page.Mark{Tone: statusTones[o.Status], Text: c.word("referral.status", string(o.Status))}}
	for _, x := range o.Refusals {
		if x.Maybe {
			d.Notes = append(d.Notes, field.Note{Tone: page.Bad, Title: c.t("casework.referral.maybe"), Text: c.t("casework.referral.maybe.text")})
			continue
		}
		d.Notes = append(d.Notes, field.Note{Tone: page.Bad, Title: c.t("casework.entry.referral.refused"), Text: word(r.L, "", x.Reason)})
	}
	d.Panels = c.referralPanels(o)
	return page.View("casework/page", r.L.T("casework.title"), d), nil
}

// steps is the bar of a referral: what is done, what is now, what comes.
func (c *caseRequest) steps(o referral.Out) []page.Step {
	reached := map[referral.Status]int{referral.Draft: 1, referral.RiskOK: 2, referral.Offered: 3, referral.Accepted: 4, referral.HandedOver: 5, referral.InService: 5,
		referral.Delivered: 6, referral.NotDelivered: 6, referral.FedBack: 6, referral.Closed: 7, referral.Declined: 3, referral.Expired: 3}[o.Status]
	if reached == 0 { // withdrawn: where it had come to
		reached = 2
		if o.Answer != nil {
			reached = 4
		}
		if o.Handed != nil {
			reached = 5
		}
	}
	var out []page.Step
	for i, k := range []string{"draft", "risk", "offer", "answer", "hand_over", "feedback", "closed"} {
		s := page.Step{Text: c.t("casework.steps." + k), State: "todo"}
		switch {
		case i < reached:
			s.State = "done"
		case i == reached && o.Status.Open():
			s.State = "current"
		}
		out = append(out, s)
	}
	return out
}

func (c *caseRequest) referralActions(o referral.Out) []page.Action {
	at := func(what string) string { return c.path("/referrals/%s/%s", o.Referral, what) }
	var out []page.Action
	if !c.manages() {
		return nil
	}
	switch o.Status {
	case referral.Draft:
		out = append(out, page.Action{Text: c.t("casework.risk.title"), Href: at("risk"), Icon: "shield-check", Primary: true})
	case referral.RiskOK:
		out = append(out, page.Action{Text: c.t("casework.offer.title"), Href: at("offer"), Icon: "send", Primary: true}, page.Action{Text: c.t("casework.risk.title"), Href: at("risk"), Icon: "shield-check"})
	case referral.Accepted:
		out = append(out, page.Action{Text: c.t("casework.preview.title"), Href: at("preview"), Icon: "eye", Primary: true})
	case referral.HandedOver, referral.InService:
		out = append(out, page.Action{Text: c.t("casework.supplement.title"), Href: at("supplement"), Icon: "plus"})
	case referral.Delivered, referral.NotDelivered, referral.FedBack:
		out = append(out, page.Action{Text: c.t("casework.referral.close"), Post: at("close"), Icon: "archive", Primary: true})
	}
	if o.Amendable(c.r.Now) {
		out = append(out, page.Action{Text: c.t("casework.amend.title"), Href: at("amend"), Icon: "edit"})
	}
	if o.Status.Open() || o.Status.Holding() && o.Status != referral.Closed {
		out = append(out, page.Action{Text: c.t("casework.withdraw.title"), Href: at("withdraw"), Icon: "arrow-back-up", Danger: true})
	}
	return out
}

func (c *caseRequest) risk(x *referral.Risk) string {
	if x == nil || x.Level == "" {
		return ""
	}
	var ms []string
	for _, m := range x.Measures {
		ms = append(ms, c.word("referral.measure", m))
	}
	out := c.word("referral.risk", x.Level)
	if len(ms) > 0 {
		out = c.t("referral.pair", "What", out, "Why", c.r.L.List(ms))
	}
	return out
}

// offerFacts is the coded offer: all that the other side sees before it has accepted.
func (c *caseRequest) offerFacts(o referral.Offer) []page.Fact {
	var tongues []string
	for _, l := range o.Languages {
		tongues = append(tongues, c.r.L.Language(l))
	}
	return []page.Fact{{Term: c.t("casework.need_form.code"), Text: c.word("service.catalogue", o.Need)}, {Term: c.t("casework.register.age"), Text: c.word("referral.age", o.Age)},
		{Term: c.t("casework.register.sex"), Text: c.word("referral.sex", o.Sex)}, {Term: c.t("casework.register.languages"), Text: c.r.L.List(tongues)}, {Term: c.t("casework.need_form.urgency"), Text: c.word("referral.urgency", o.Urgency)},
		{Term: c.t("referral.change.period"), Text: c.word("referral.period", o.Period)}}
}

func (c *caseRequest) referralPanels(o referral.Out) []Panel {
	names := c.Names(c.ctx, o.Recipient, o.By)
	l := c.r.L
	first := Panel{Title: c.t("casework.offer.codes"), Lead: c.t("casework.offer.codes.text"), Facts: c.offerFacts(o.Offer)}
	facts := []page.Fact{{Term: c.t("casework.consent.recipient"), Text: name(names, l, o.Recipient)}, {Term: c.t("casework.risk.ours"), Text: c.risk(o.SenderRisk)}}
	add := func(key string, at time.Time, sub string) {
		if !at.IsZero() {
			facts = append(facts, page.Fact{Term: c.t(key), Text: l.DateTime(at), Sub: sub})
		}
	}
	add("casework.entry.referral.offered", o.OfferedAt, "")
	add("casework.offer.expires", o.Expires, l.Relative(o.Expires, c.r.Now))
	if a := o.Answer; a != nil {
		facts = append(facts, page.Fact{Term: c.t("casework.entry.referral.answered"), Text: l.DateTime(a.At), Sub: c.answer(a)}, page.Fact{Term: c.t("casework.risk.theirs"), Text: c.risk(&a.Risk)})
		if a.Conditions != "" {
			facts = append(facts, page.Fact{Term: c.t("casework.referral.conditions"), Text: a.Conditions})
		}
	}
	add("casework.entry.referral.handed_over", o.HandedAt, c.handed(o))
	add("casework.entry.referral.receipted", o.ReceiptedAt, "")
	for _, p := range o.Reports {
		facts = append(facts, page.Fact{Term: c.t("casework.entry.referral.feedback"), Text: c.word("referral.status", string(p.Status)), Sub: strings.TrimSpace(l.DateTime(p.At) + " " + c.word("referral.fail", p.Reason) + " " + p.Words)})
	}
	if o.Ended != nil {
		facts = append(facts, page.Fact{Term: c.t("casework.entry.referral.withdrawn"), Text: c.word("referral.end", o.Ended.Reason)})
	}
	for _, x := range o.Recalls {
		f := page.Fact{Term: c.t("casework.recall"), Text: c.categories(x.Categories), Sub: c.t("casework.recall.waits", "At", x.At), Tone: page.Warn}
		if !x.Answered.IsZero() {
			f.Tone, f.Sub = page.Good, c.t("casework.recall.done", "At", x.Answered)
		}
		facts = append(facts, f)
	}
	return append([]Panel{first, {Title: c.t("casework.referral.course"), Facts: facts}}, c.changePanels(o)...)
}

func (c *caseRequest) answer(a *referral.Answered) string {
	if a.Accepted {
		return c.word("referral.status", "accepted")
	}
	out := c.t("referral.pair", "What", c.word("referral.status", "declined"), "Why", c.word("referral.decline", a.Reason))
	if !a.Alternative.IsZero() {
		out += ". " + c.t("casework.referral.alternative", "Office", name(c.Names(c.ctx, a.Alternative), c.r.L, a.Alternative))
	}
	return out
}

func (c *caseRequest) handed(o referral.Out) string {
	if o.Handed == nil {
		return ""
	}
	var cats []journal.Category
	for _, x := range o.Handed.Cover {
		cats = append(cats, x.Category)
	}
	return c.categories(cats)
}

type offerForm struct {
	Expires time.Time `form:"expires"`
}

func (c *caseRequest) offerPage(o referral.Out, v offerForm) *field.Form {
	f := c.newForm("referrals/"+o.Referral.String()+"/offer", "casework.offer.title", "casework.offer.submit")
	f.Lead, f.Cancel, f.Crumbs = c.t("casework.offer.lead"), c.path("/referrals/%s", o.Referral), c.crumbs(f.Title)
	if o.SenderRisk == nil {
		f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: c.t("referral.guard.risk_first"), Href: c.path("/referrals/%s/risk", o.Referral), Link: c.t("casework.risk.title")})
	}
	f.Facts = append(c.offerFacts(o.Offer), page.Fact{Term: c.t("casework.consent.recipient"), Text: name(c.Names(c.ctx, o.Recipient), c.r.L, o.Recipient)})
	f.Date("expires", "casework.offer.expires", day(v.Expires, c.r.Zone))
	return f
}

func (rm room) offer(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	return page.View("casework/form", r.L.T("casework.title"), c.offerPage(o, offerForm{Expires: r.Now.AddDate(0, 0, 7)})), nil
}

func (rm room) sendOffer(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	var v offerForm
	if err = r.Decode(&v); err == nil {
		err = rm.Work.Offer(ctx, c.who, c.id, o.Referral, endOfDay(v.Expires))
	}
	if err != nil {
		return c.offerPage(o, v).Again(r, "casework/form", err)
	}
	return page.Redirect(c.path("/referrals/%s", o.Referral), "casework.saved.offer"), nil
}

// previewData is what a hand-over would send, byte for byte.
type previewData struct {
	pageData
	Bytes, Hash, Action, Cancel string
	Indented                    string
	Submit                      string
	Stays                       Panel
	Ready                       bool
	Choose                      *choosing // of a supplement: what is to be corrected
}

// choosing is the form that says which categories a supplement corrects.
type choosing struct {
	Action  string
	Options []page.Option
	Values  []string
}

func (rm room) preview(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.previewOf(c, o, nil)
}

func (rm room) previewOf(c *caseRequest, o referral.Out, trouble error) (page.Response, error) {
	v, err := rm.Work.Preview(c.ctx, c.who, c.id, o.Referral, c.r.Now)
	if err != nil {
		return nil, err
	}
	d, err := c.previewPage(o, v, trouble)
	if err != nil {
		return nil, err
	}
	d.Action, d.Submit, d.Ready = c.path("/referrals/%s/hand-over", o.Referral), c.t("casework.preview.submit"), o.Status == referral.Accepted && len(v.Handed.Package.Categories()) > 0
	names := c.Names(c.ctx, o.Recipient)
	d.Title, d.Crumbs = c.t("casework.preview.title"), c.crumbs(c.t("casework.preview.title"))
	d.Lead = c.t("casework.preview.lead", "Office", name(names, c.r.L, o.Recipient))
	d.Stays = c.withheld(o, v)
	if o.Status.Open() && o.Status != referral.Accepted && o.Status != referral.HandedOver && o.Status != referral.InService {
		d.Notes = append(d.Notes, field.Note{Tone: page.Info, Text: c.t("casework.preview.not_yet")})
	}
	res := page.View("casework/preview", c.r.L.T("casework.title"), d)
	if trouble != nil {
		res = page.Status(409, res)
	}
	return res, nil
}

// previewPage shows what would leave, by category and byte for byte.
func (c *caseRequest) previewPage(o referral.Out, v Preview, trouble error) (previewData, error) {
	d := previewData{Bytes: string(v.Bytes), Hash: v.Hash, Cancel: c.path("/referrals/%s", o.Referral)}
	var b bytes.Buffer
	if err := json.Indent(&b, v.Bytes, "", "  "); err != nil {
		return d, err
	}
	d.Indented = b.String()
	if trouble != nil {
		d.Notes = append(d.Notes, field.Note{Tone: page.Bad, Title: c.r.L.Fault(trouble)})
	}
	for _, x := range v.Handed.Cover {
		p := Panel{Title: c.word("consent.category", string(x.Category)), Lead: c.rests(x), Facts: field.Plain(c.r.L, v.Handed.Package.Parts()[x.Category])}
		if slices.Contains(v.Corrects, x.Category) {
			p.Title = c.t("referral.supplement.corrected", "What", p.Title)
		}
		d.Panels = append(d.Panels, p)
	}
	return d, nil
}

// rests says on what a category's hand-over rests.
func (c *caseRequest) rests(x referral.Covered) string {
	if rc, ok := c.person.Consent.Receipt(x.Receipt); ok {
		return c.t("casework.preview.by_consent", "At", rc.GivenAt)
	}
	return c.t("casework.preview.by_ground")
}

// withheld lists what stays here and why.
func (c *caseRequest) withheld(o referral.Out, v Preview) Panel {
	p := Panel{Title: c.t("casework.preview.withheld")}
	for _, cat := range append([]journal.Category{journal.D5}, referral.Shareable()...) {
		why := ""
		switch {
		case cat == journal.D5:
			why = "never"
		case len(o.Plan) > 0 && !slices.Contains(o.Plan, cat):
			why = "not_announced"
		case slices.Contains(v.Withheld, cat):
			why = "uncovered"
		case !slices.ContainsFunc(v.Handed.Cover, func(x referral.Covered) bool { return x.Category == cat }) && c.hides(cat):
			why = "unseen"
		case !slices.ContainsFunc(v.Handed.Cover, func(x referral.Covered) bool { return x.Category == cat }):
			why = "nothing"
		}
		if why != "" {
			p.Facts = append(p.Facts, page.Fact{Term: c.word("consent.category", string(cat)), Withheld: c.t("casework.preview.why." + why)})
		}
	}
	return p
}

func (rm room) handOver(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	var in struct {
		Hash string `form:"hash"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	switch err := rm.Work.HandOver(ctx, c.who, c.id, o.Referral, in.Hash, r.Now); {
	case fault.Is(err, fault.Conflict), fault.Is(err, fault.Guarded):
		return rm.previewOf(c, o, err)
	case err != nil:
		return nil, err
	}
	return page.Redirect(c.path("/referrals/%s", o.Referral), "casework.saved.handed_over"), nil
}

func (rm room) closeReferral(ctx context.Context, r *page.Request) (page.Response, error) {
	c, o, err := rm.referralRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	_, err = rm.Work.Store.Append(ctx, c.who, Ref(c.id), store.Draft{Type: "referral.closed", Payload: referral.Marked{Referral: o.Referral}})
	return page.Redirect(c.path("/referrals/%s", o.Referral), "casework.saved.referral_closed"), err
}
