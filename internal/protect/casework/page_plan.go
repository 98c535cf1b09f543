// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

var needTones = map[services.Step]string{services.Identified: page.Warn, services.Offered: page.Info, services.Planned: page.Info, services.InDelivery: page.Info, services.Reviewed: page.Info,
	services.Met: page.Good, services.Unmet: page.Bad, services.Refused: page.Off}

// needPanel lists needs: those that somebody still has to do something about, and the others folded away.
func (c *caseRequest) needPanel() Panel {
	p := Panel{ID: "needs", Title: c.t("casework.needs"), Place: InPlan, Empty: c.empty("heart-handshake", "casework.needs.none"),
		Actions: c.only(page.Action{Text: c.t("casework.need_form.title"), Href: c.path("/needs/new"), Icon: "plus"})}
	for _, n := range c.person.Services.Needs {
		it := Item{Title: c.word("service.catalogue", n.Code), Text: n.Detail, Sub: said(c.word("service.urgency", n.Urgency), c.r.L.ShortDate(n.Since)),
			Mark: &page.Mark{Tone: needTones[n.Step], Text: c.word("service.step", string(n.Step))}, Due: n.Review, Now: c.r.Now}
		if last := n.History[len(n.History)-1]; last.Reason != "" {
			it.Sub = said(it.Sub, c.word("service.reason", last.Reason))
		}
		if c.manages() {
			it.Href = c.path("/needs/%s", n.Need)
		}
		if n.Open() {
			p.Items = append(p.Items, it)
		} else {
			it.Due = time.Time{}
			p.Older = append(p.Older, it)
		}
	}
	return p
}

var outcomeTones = map[services.Outcome]string{services.OnWay: page.Info, services.Changed: page.Warn, services.Reached: page.Good, services.Waived: page.Off}

// planPanel is the plan for the long term: goal by goal, with her wish and the steps.
func (c *caseRequest) planPanel() Panel {
	p := Panel{ID: "plan", Title: c.t("casework.plan"), Place: InPlan, Empty: c.empty("route", "casework.plan.none"),
		Actions: c.only(page.Action{Text: c.t("casework.goal_form.title"), Href: c.path("/goals/new"), Icon: "plus"})}
	for _, g := range c.person.Services.Goals {
		it := c.goalItem(g)
		if g.Open() {
			p.Items = append(p.Items, it)
		} else {
			it.Due, it.Actions = time.Time{}, nil
			p.Older = append(p.Older, it)
		}
	}
	return p
}

func (c *caseRequest) goalItem(g services.Goal) Item {
	it := Item{Title: c.word("service.area", g.Area), Text: g.Aim, Due: g.Review, Now: c.r.Now,
		Actions: c.only(page.Action{Text: c.t("casework.goal_step.title"), Href: c.path("/goals/%s/step", g.Goal), Icon: "plus"}, page.Action{Text: c.t("casework.goal_review.title"), Href: c.path("/goals/%s/review", g.Goal), Icon: "refresh"})}
	if g.Outcome != "" {
		it.Mark = &page.Mark{Tone: outcomeTones[g.Outcome], Text: c.word("service.outcome", string(g.Outcome))}
	}
	if g.Aim == "" && c.hides(journal.D3) {
		it.Text = c.t("casework.withheld.none")
	}
	if g.Wish != "" {
		it.Sub = c.t("casework.goal.wish", "Wish", g.Wish)
	}
	if g.Words != "" {
		it.Sub = said(it.Sub, c.t("casework.goal.words", "Words", g.Words))
	}
	for _, s := range g.Steps {
		x := Item{Title: or(s.What, c.t("casework.withheld.none")), Sub: c.word("service.taker", s.Who), Due: s.Due, Now: c.r.Now}
		switch {
		case !s.Done.IsZero():
			x.Due, x.Mark = time.Time{}, &page.Mark{Tone: page.Good, Text: c.t("casework.done")}
		case g.Open():
			x.Actions = c.only(page.Action{Text: c.t("casework.done"), Post: c.path("/goals/%s/steps/%s/done", g.Goal, s.Step), Icon: "check"})
		}
		it.Inner = append(it.Inner, x)
	}
	return it
}

// goalOf finds the goal that the address names, in this file and no other.
func (c *caseRequest) goalOf() (services.Goal, error) {
	id, err := c.r.ID("goal")
	if err != nil {
		return services.Goal{}, err
	}
	g, ok := c.person.Services.Goal(id)
	if !ok {
		return g, fault.New(fault.NotFound, "fault.not_found")
	}
	return g, nil
}

type goalForm struct {
	Area   string    `form:"area"`
	Aim    string    `form:"aim"`
	Wish   string    `form:"wish"`
	Review time.Time `form:"review"`
}

var goalSheet = sheet[goalForm]{path: "goals/new", notice: "casework.saved.goal",
	start: func(c *caseRequest) (goalForm, error) {
		var v goalForm
		if c.r.Method == "GET" {
			v.Review = c.r.Now.AddDate(0, 1, 0)
		}
		return v, nil
	},
	form: func(c *caseRequest, v goalForm) (*field.Form, error) {
		f := c.newForm("goals/new", "casework.goal_form.title", "casework.save")
		f.Lead = c.t("casework.goal_form.lead")
		f.Radios("area", "casework.goal_form.area", v.Area, field.Options(c.r.L, "service.area", services.Areas())).Set("Inline", true)
		f.Area("wish", "casework.goal_form.wish", v.Wish).Optional().Set("Rows", 3)
		f.Area("aim", "casework.goal_form.aim", v.Aim).Set("Rows", 2)
		f.Date("review", "casework.goal_form.review", day(v.Review, c.r.Zone))
		return f, nil
	},
	drafts: func(c *caseRequest, v goalForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "service.goal_set", Payload: services.GoalSet{Goal: c.entry, Area: v.Area, Aim: v.Aim, Wish: v.Wish, Review: endOfDay(v.Review)}}}, nil
	},
	after: func(c *caseRequest, _ goalForm) string { return c.path("#plan") },
}

type goalStepForm struct {
	goal services.Goal
	What string    `form:"what"`
	Who  string    `form:"who"`
	Due  time.Time `form:"due"`
}

var goalStepSheet = sheet[goalStepForm]{path: "goals/{goal}/step", notice: "casework.saved.goal_step",
	start: func(c *caseRequest) (goalStepForm, error) {
		g, err := c.goalOf()
		return goalStepForm{goal: g}, err
	},
	form: func(c *caseRequest, v goalStepForm) (*field.Form, error) {
		f := c.newForm("goals/"+v.goal.Goal.String()+"/step", "casework.goal_step.title", "casework.save")
		f.Lead = c.t("referral.pair", "What", c.word("service.area", v.goal.Area), "Why", v.goal.Aim)
		f.Area("what", "casework.goal_step.what", v.What).Set("Rows", 2)
		f.Radios("who", "casework.goal_step.who", v.Who, field.Options(c.r.L, "service.taker", services.Takers()))
		f.Date("due", "casework.goal_step.due", day(v.Due, c.r.Zone))
		return f, nil
	},
	drafts: func(c *caseRequest, v goalStepForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "service.goal_step", Payload: services.GoalStep{Goal: v.goal.Goal, Step: c.entry, Who: v.Who, What: v.What, Due: endOfDay(v.Due)}}}, nil
	},
	after: func(c *caseRequest, _ goalStepForm) string { return c.path("#plan") },
}

type goalReviewForm struct {
	goal    services.Goal
	Outcome string    `form:"outcome"`
	Review  time.Time `form:"review"`
	Words   string    `form:"words"`
}

var goalReviewSheet = sheet[goalReviewForm]{path: "goals/{goal}/review", notice: "casework.saved.goal",
	start: func(c *caseRequest) (goalReviewForm, error) {
		g, err := c.goalOf()
		return goalReviewForm{goal: g}, err
	},
	form: func(c *caseRequest, v goalReviewForm) (*field.Form, error) {
		f := c.newForm("goals/"+v.goal.Goal.String()+"/review", "casework.goal_review.title", "casework.save")
		f.Lead = c.t("referral.pair", "What", c.word("service.area", v.goal.Area), "Why", v.goal.Aim)
		f.Radios("outcome", "casework.goal_review.outcome", v.Outcome, field.Options(c.r.L, "service.outcome", field.Codes(services.Outcomes())))
		f.Date("review", "casework.goal_review.review", day(v.Review, c.r.Zone)).Optional()
		f.Area("words", "casework.goal_review.words", v.Words).Optional()
		return f, nil
	},
	drafts: func(_ *caseRequest, v goalReviewForm) ([]store.Draft, error) {
		p := services.GoalReviewed{Goal: v.goal.Goal, Outcome: services.Outcome(v.Outcome), Words: v.Words}
		if p.Outcome == services.OnWay || p.Outcome == services.Changed {
			p.Review = endOfDay(v.Review)
		}
		return []store.Draft{{Type: "service.goal_reviewed", Payload: p}}, nil
	},
	after: func(c *caseRequest, _ goalReviewForm) string { return c.path("#plan") },
}

func (rm room) goalStepDone(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	g, err := c.goalOf()
	if err != nil {
		return nil, err
	}
	step, err := r.ID("step")
	if err != nil {
		return nil, err
	}
	_, err = rm.Work.Store.Append(ctx, c.who, Ref(c.id), store.Draft{Type: "service.goal_step_done", Payload: services.GoalStepDone{Goal: g.Goal, Step: step}})
	return page.Redirect(c.path("#plan"), "casework.saved.goal_step"), err
}
