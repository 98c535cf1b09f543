// SPDX-License-Identifier: EUPL-1.2

package training

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// edit is the form with the whole of what is planned.
func (c Config) edit() *register.Act[Training] {
	return &register.Act[Training]{Type: PlannedType, Again: register.Again[Plan], May: func(t Training) error {
		if slices.Contains(from[PlannedType], t.State) {
			return nil
		}
		return fault.New(fault.Guarded, "training.guard."+string(t.State))
	}, Asks: func(t Training) register.Asked {
		asked := t.Plan.asks(c.Groups, c.GroupWords, c.trainers)
		if t.Exists() {
			return asked
		}
		return answering{asked, c, &t.Plan}
	}, Then: c.answer}
}

func (c Config) trainers(v *see) ([]page.Option, error) {
	if c.Colleagues == nil {
		return nil, nil
	}
	return c.Colleagues(v.Context(), v.Request)
}

// ways are the steps that are open to the reader.
func (c Config) ways(v *see, t Training) []page.Action {
	return step.Actions(v.Request, c.steps(), t, Path+"/"+t.ID.String())
}

func (c Config) steps() []step.Step[Training] {
	officer := func(states ...State) func(*page.Request, Training) bool {
		return func(r *page.Request, t Training) bool { return register.MayEdit(r) && slices.Contains(states, t.State) }
	}
	trainer := func(states ...State) func(*page.Request, Training) bool {
		return func(r *page.Request, t Training) bool {
			return r.Actor.Has(access.Trainer) && r.Actor.ID == t.Plan.Trainer && slices.Contains(states, t.State)
		}
	}
	return []step.Step[Training]{
		{Name: "answers", Icon: "clipboard-list", Text: "training.act.answers", Can: func(r *page.Request, t Training) bool { return officer(Planned)(r, t) && t.Plan.Activity != "" }, Ask: c.askAnswers, Do: c.doAnswers},
		{Name: "deliver", Icon: "circle-check", Text: "training.act.deliver", Can: officer(Planned), Ask: c.askDeliver, Do: c.doDeliver},
		{Name: "tests", Icon: "clipboard-check", Text: "training.act.tests", Can: func(r *page.Request, t Training) bool { return trainer(Planned, Delivered)(r, t) && t.Plan.Items > 0 }, Ask: c.askTests, Do: c.doTests},
		{Name: "conclude", Icon: "lock", Text: "training.act.conclude", Can: func(r *page.Request, t Training) bool { return trainer(Delivered)(r, t) && len(t.Trainees) > 0 }, Ask: c.askConclude, Do: c.doConclude},
		{Name: "reopen", Icon: "arrow-back-up", Text: "training.act.reopen", Can: trainer(Measured), Ask: c.askReopen, Do: c.doReopen},
	}
}

func (c Config) opened(ctx context.Context, r *page.Request) (Training, error) {
	id, err := r.ID("id")
	if err != nil {
		return Training{}, err
	}
	o, err := c.Store.Open(ctx, register.As(r), store.Ref{Kind: access.KindTraining, ID: id})
	if err != nil {
		return Training{}, err
	}
	if t := o.State.(Training); t.Exists() {
		return t, nil
	}
	return Training{}, fault.New(fault.NotFound, "store.not_found")
}

func (c Config) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	t, err := c.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Show(ctx, r, c.steps(), t, c.Store.NewID())
}

func (c Config) take(ctx context.Context, r *page.Request) (page.Response, error) {
	t, err := c.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return step.Take(ctx, r, c.steps(), t)
}

func (c Config) form(r *page.Request, t Training, name, lead string, fields ...register.Field) register.Form {
	at := Path + "/" + t.ID.String()
	return register.Form{Lead: lead, Cancel: at, Fields: fields, Crumbs: []page.Crumb{{Text: r.L.T("programme.menu"), Href: "/programme"}, {Text: r.L.T("training.title"), Href: Path}, {Text: r.L.T("training.one"), Href: at}, {Text: r.L.T("training.act." + name)}}}
}

// write writes entries to a training, each under an id that follows from the form's.
func (c Config) write(ctx context.Context, r *page.Request, typed *step.Typed, t Training, entry journal.ID, drafts ...store.Draft) (string, error) {
	for i := range drafts {
		drafts[i].ID = provenance.ID("training step", entry.String(), strconv.Itoa(i))
	}
	_, err := c.Store.Update(ctx, register.As(r), store.Ref{Kind: access.KindTraining, ID: t.ID}, func(any) ([]store.Draft, error) { return drafts, typed.Err() })
	return Path + "/" + t.ID.String(), err
}

func (c Config) askAnswers(ctx context.Context, r *page.Request, t Training, typed *step.Typed) (register.Form, error) {
	options, err := c.Needs.Open(ctx, register.As(r), r.L)
	var now []string
	for _, id := range t.Needs {
		now = append(now, id.String())
	}
	typed.Or("needs", now...)
	return c.form(r, t, "answers", r.L.T("training.answers.lead"), register.Field{Kind: "checks", Name: "needs", Label: r.L.T("training.needs"), Options: options, Values: typed.Many("needs")}), err
}

// doAnswers writes down which needs the training answers, and in the register of needs that an answer is planned. Sending the
// form again completes what an interruption left.
func (c Config) doAnswers(ctx context.Context, r *page.Request, t Training, typed *step.Typed, entry journal.ID) (string, error) {
	needs, err := chosen(typed.Many("needs"))
	if err != nil {
		return "", err
	}
	to, err := c.write(ctx, r, typed, t, entry, store.Draft{Type: AnswersType, Payload: Answers{needs}})
	if err != nil {
		return "", err
	}
	return to, c.plan(ctx, r, needs, t.Plan.Activity)
}

// plan says in the register of needs that a training is to answer some.
func (c Config) plan(ctx context.Context, r *page.Request, needs []journal.ID, code string) error {
	for _, id := range needs {
		if err := c.Needs.Plan(ctx, register.As(r), id, party.OnDay(r.Now.In(r.Zone)), code); err != nil {
			return err
		}
	}
	return nil
}

func (c Config) askDeliver(_ context.Context, r *page.Request, t Training, typed *step.Typed) (register.Form, error) {
	typed.Or("on", party.OnDay(r.Now.In(r.Zone)).String())
	return c.form(r, t, "deliver", r.L.T("training.deliver.lead"), register.Field{Kind: "date", Name: "on", Label: r.L.T("register.on"), Value: typed.Text("on")},
		register.Field{Kind: "text", Name: "sessions", Label: r.L.T("training.sessions"), Value: typed.Text("sessions"), Optional: true},
		register.Field{Kind: "textarea", Name: "evidence", Label: r.L.T("training.evidence"), Hint: r.L.T("training.evidence.hint"), Value: typed.Text("evidence")}), nil
}

// doDeliver writes down that the training was given, and that the needs it answers are met.
func (c Config) doDeliver(ctx context.Context, r *page.Request, t Training, typed *step.Typed, entry journal.ID) (string, error) {
	v := Done{On: typed.Date("on"), Sessions: int(typed.Number("sessions")), Evidence: typed.Text("evidence")}
	to, err := c.write(ctx, r, typed, t, entry, store.Draft{Type: DeliveredType, Payload: v})
	if err != nil {
		return "", err
	}
	for _, id := range t.Needs {
		if err := c.Needs.Meet(ctx, register.As(r), id, v.On, v.Evidence); err != nil {
			return "", err
		}
	}
	return to, nil
}

// askTests shows trainees and both tests, one line for each trainee.
func (c Config) askTests(_ context.Context, r *page.Request, t Training, typed *step.Typed) (register.Form, error) {
	l := r.L
	var trainees []string
	for _, x := range t.Trainees {
		trainees = append(trainees, strings.TrimRight(x.Code+" "+x.Country+" "+x.Group, " "))
	}
	typed.Or("trainees", strings.Join(trainees, "\n"))
	fields := []register.Field{{Kind: "textarea", Name: "trainees", Label: l.T("training.trainees"), Hint: l.T("training.trainees.hint"), Value: typed.Text("trainees"), Rows: 8}}
	for _, w := range []When{Before, After} {
		var lines []string
		for _, x := range t.Trainees {
			switch s, written := t.Tests[w][x.Code]; {
			case s != "":
				lines = append(lines, x.Code+" "+s)
			case written:
				lines = append(lines, x.Code+" -")
			}
		}
		typed.Or(string(w), strings.Join(lines, "\n"))
		fields = append(fields, register.Field{Kind: "textarea", Name: string(w), Label: l.T("training." + string(w)), Hint: l.T("training.sheets.hint", "Items", t.Plan.Items), Value: typed.Text(string(w)), Rows: 8, Optional: true})
	}
	return c.form(r, t, "tests", l.T("training.tests.lead"), fields...), nil
}

func (c Config) doTests(ctx context.Context, r *page.Request, t Training, typed *step.Typed, entry journal.ID) (string, error) {
	seated := Seated{}
	for _, line := range typed.Lines("trainees") {
		x := append(strings.Fields(line), "", "")
		seated.Trainees = append(seated.Trainees, Trainee{Code: x[0], Country: x[1], Group: x[2]})
	}
	drafts := []store.Draft{{Type: SeatedType, Payload: seated}}
	for _, w := range []When{Before, After} {
		v := Tested{When: w}
		for _, line := range typed.Lines(string(w)) {
			x := append(strings.Fields(line), "")
			v.Sheets = append(v.Sheets, Sheet{x[0], strings.TrimPrefix(strings.Join(x[1:], ""), "-")})
		}
		if len(v.Sheets) > 0 {
			drafts = append(drafts, store.Draft{Type: TestedType, Payload: v})
		}
	}
	return c.write(ctx, r, typed, t, entry, drafts...)
}

// askConclude shows what the programme will learn, and nothing else leaves.
func (c Config) askConclude(_ context.Context, r *page.Request, t Training, _ *step.Typed) (register.Form, error) {
	l, a := r.L, t.Aggregate()
	if a.Withheld {
		return c.form(r, t, "conclude", l.T("training.conclude.withheld", "Min", l.Number(MinPairs))), nil
	}
	return c.form(r, t, "conclude", l.T("training.conclude.lead", "Trainees", l.Number(a.Trainees), "Pairs", l.Number(a.Pairs), "Before", l.Number(a.Before), "After", l.Number(a.After), "Excluded", l.List(a.Excluded))), nil
}

func (c Config) doConclude(ctx context.Context, r *page.Request, t Training, typed *step.Typed, entry journal.ID) (string, error) {
	return c.write(ctx, r, typed, t, entry, store.Draft{Type: ConcludedType, Payload: t.Aggregate()})
}

func (c Config) askReopen(_ context.Context, r *page.Request, t Training, typed *step.Typed) (register.Form, error) {
	return c.form(r, t, "reopen", r.L.T("training.reopen.lead"), register.Field{Kind: "textarea", Name: "reason", Label: r.L.T("training.reason"), Value: typed.Text("reason")}), nil
}

func (c Config) doReopen(ctx context.Context, r *page.Request, t Training, typed *step.Typed, entry journal.ID) (string, error) {
	return c.write(ctx, r, typed, t, entry, store.Draft{Type: ReopenedType, Payload: Reopened{Reason: typed.Text("reason")}})
}

// slip is one trainee's own result, to be printed by the trainer and given to her.
func (c Config) slip(ctx context.Context, r *page.Request) (page.Response, error) {
	t, err := c.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	code := r.PathValue("code")
	if !slices.ContainsFunc(t.Trainees, func(x Trainee) bool { return x.Code == code }) {
		return nil, fault.New(fault.NotFound, "store.not_found")
	}
	l, v := r.L, &see{Request: r, Room: "training"}
	d := register.Record{Title: page.Cell{Text: l.T("training.slip.of", "Code", code)}, Crumbs: []page.Crumb{{Text: l.T("training.title"), Href: Path}, {Text: l.T("training.one"), Href: Path + "/" + t.ID.String()}, {Text: l.T("training.slip")}},
		Passages: register.Passages(l, v.T("text"), t.Plan.Title),
		Facts:    []page.Fact{{Term: v.T("before"), Text: score(v, t, Before, code)}, {Term: v.T("after"), Text: score(v, t, After, code)}, {Term: v.T("mark"), Text: l.Number(t.Plan.Mark)}}}
	return page.View("register/record", l.T("training.slip"), d), nil
}
