// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

func (rm room) formRoutes() []page.Route {
	return slices.Concat(contactSheet.routes(rm), identitySheet.routes(rm), codedSheet.routes(rm), noteSheet.routes(rm), taskSheet.routes(rm), needSheet.routes(rm), stepSheet.routes(rm),
		assignSheet.routes(rm), endSheet.routes(rm), identifySheet.routes(rm), childSheet.routes(rm), closeSheet.routes(rm), reopenSheet.routes(rm), placeSheet.routes(rm), goalSheet.routes(rm), goalStepSheet.routes(rm), goalReviewSheet.routes(rm))
}

// nothing is the start of a form without values.
func nothing[T any](*caseRequest) (v T, err error) { return v, nil }

// lines splits a text into its lines, without empty ones.
func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

type contactForm struct {
	Safe     string `form:"safe_to_call"`
	SafeName string `form:"safe_name"`
	Hours    string `form:"hours"`
	Channel  string `form:"channel"`
	CodeWord string `form:"code_word"`
	Never    string `form:"never"`
	Number   string `form:"number"`
}

func (v contactForm) contact() Contact {
	return Contact{SafeToCall: Safe(v.Safe), SafeName: v.SafeName, Hours: v.Hours, Channel: v.Channel, CodeWord: v.CodeWord, Never: lines(v.Never), Number: v.Number}
}

// fields adds the questions in the order in which they matter; the number comes last.
func (v contactForm) fields(f *field.Form, l *page.Request) {
	f.Radios("safe_to_call", "casework.contact.safe", v.Safe, field.Options(l.L, "casework.safe", field.Codes([]Safe{SafeYes, SafeAsk, SafeNo})))
	f.Text("safe_name", "casework.contact.safe_name", v.SafeName).Optional()
	f.Text("hours", "casework.contact.hours", v.Hours).Optional()
	f.Select("channel", "casework.contact.channel", v.Channel, field.Options(l.L, "casework.channel", channels)).Optional()
	f.Text("code_word", "casework.contact.code_word", v.CodeWord).Optional()
	f.Area("never", "casework.contact.never", v.Never).Optional().Set("Rows", 3)
	f.Text("number", "casework.contact.number", v.Number).Optional().Set("Type", "tel")
}

var contactSheet = sheet[contactForm]{path: "contact", notice: "casework.saved.contact",
	start: func(c *caseRequest) (contactForm, error) {
		k := c.person.Contact
		return contactForm{string(k.SafeToCall), k.SafeName, k.Hours, k.Channel, k.CodeWord, strings.Join(k.Never, "\n"), k.Number}, nil
	},
	form: func(c *caseRequest, v contactForm) (*field.Form, error) {
		f := c.newForm("contact", "casework.contact.title", "casework.save")
		if c.person.Disputed {
			f.Notes = append(f.Notes, field.Note{Tone: page.Warn, Title: c.t("casework.contact.disputed"), Text: c.t("casework.contact.settle")})
		}
		v.fields(f, c.r)
		return f, nil
	},
	drafts: func(_ *caseRequest, v contactForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "person.contact", Payload: v.contact()}}, nil
	},
}

type identityForm struct {
	Names       string `form:"names"`
	Born        string `form:"born"`
	Nationality string `form:"nationality"`
	Sort        string `form:"document_sort"`
	Country     string `form:"document_country"`
	Number      string `form:"document_number"`
}

func (v identityForm) identity() (Identity, error) {
	var fs fault.Fields
	if !partialDate(v.Born) {
		fs.Add("born", "casework.need.born")
	}
	i := Identity{Names: lines(v.Names), Born: v.Born, Nationality: v.Nationality}
	if v.Number != "" {
		i.Documents = []Document{{Sort: v.Sort, Country: v.Country, Number: v.Number}}
	}
	return i, fs.Err()
}

func (v identityForm) fields(f *field.Form, r *page.Request) {
	v.naming(f)
	v.papers(f, r)
}

func (v identityForm) naming(f *field.Form) {
	f.Area("names", "casework.identity.names", v.Names).Optional().Set("Rows", 3)
	f.Text("born", "casework.identity.born", v.Born).Optional().Set("Width", "date")
}

// papers asks what a document says.
func (v identityForm) papers(f *field.Form, r *page.Request) {
	f.Select("nationality", "casework.identity.nationality", v.Nationality, countries(r.L)).Optional()
	f.Select("document_sort", "casework.identity.document", v.Sort, field.Options(r.L, "casework.document", documentSorts)).Optional()
	f.Select("document_country", "casework.identity.document_country", v.Country, countries(r.L)).Optional()
	f.Text("document_number", "casework.identity.document_number", v.Number).Optional()
}

var identitySheet = sheet[identityForm]{path: "identity/edit", notice: "casework.saved.identity",
	start: func(c *caseRequest) (identityForm, error) {
		i := c.person.Identity
		v := identityForm{Names: strings.Join(i.Names, "\n"), Born: i.Born, Nationality: i.Nationality}
		if len(i.Documents) > 0 {
			d := i.Documents[0]
			v.Sort, v.Country, v.Number = d.Sort, d.Country, d.Number
		}
		return v, nil
	},
	form: func(c *caseRequest, v identityForm) (*field.Form, error) {
		f := c.newForm("identity/edit", "casework.identity.title", "casework.save")
		v.fields(f, c.r)
		return f, nil
	},
	drafts: func(c *caseRequest, v identityForm) ([]store.Draft, error) {
		i, err := v.identity()
		if n := len(c.person.Identity.Documents); n > 1 { // this form shows the first; the others stay
			i.Documents = append(i.Documents, c.person.Identity.Documents[1:]...)
		}
		return []store.Draft{{Type: "person.identity", Payload: i}}, err
	},
}

type noteForm struct {
	Sort string `form:"sort"`
	Text string `form:"text"`
}

var noteSheet = sheet[noteForm]{path: "notes/new", notice: "casework.saved.note", start: nothing[noteForm],
	form: func(c *caseRequest, v noteForm) (*field.Form, error) {
		f := c.newForm("notes/new", "casework.note.new", "casework.save")
		if v.Sort == "" {
			v.Sort = c.r.URL.Query().Get("sort")
		}
		f.Radios("sort", "casework.note.sort_of", v.Sort, field.Options(c.r.L, "casework.note.sort", sorts))
		f.Area("text", "casework.note.text", v.Text).Set("Rows", 8)
		return f, nil
	},
	drafts: func(_ *caseRequest, v noteForm) ([]store.Draft, error) {
		n := Noted{Sort: v.Sort}
		switch v.Sort {
		case "account":
			n.Account = v.Text
		case "health":
			n.Health = v.Text
		case "legal":
			n.Legal = v.Text
		case "stay":
			n.Stay = v.Text
		default:
			return nil, fault.Bad("sort", "casework.need.sort")
		}
		return []store.Draft{{Type: "note.added", Payload: n}}, nil
	},
}

type taskForm struct {
	What   string     `form:"what"`
	For    journal.ID `form:"for"`
	Due    time.Time  `form:"due"`
	Detail string     `form:"detail"`
}

var taskSheet = sheet[taskForm]{path: "tasks/new", notice: "casework.saved.task",
	start: func(c *caseRequest) (taskForm, error) { return taskForm{For: c.r.Actor.ID}, nil },
	form: func(c *caseRequest, v taskForm) (*field.Form, error) {
		who, err := c.people()
		f := c.newForm("tasks/new", "casework.task_form.title", "casework.save")
		f.Select("what", "casework.task_form.what", v.What, field.Options(c.r.L, "casework.task", errands))
		f.Select("for", "casework.task_form.for", v.For.String(), who)
		f.Date("due", "casework.task_form.due", day(v.Due, c.r.Zone))
		f.Area("detail", "casework.task_form.detail", v.Detail).Optional()
		return f, err
	},
	drafts: func(c *caseRequest, v taskForm) ([]store.Draft, error) {
		if !slices.Contains(errands, v.What) {
			v.What = ""
		}
		return []store.Draft{{Type: "task.added", Payload: Tasked{Task: c.entry, What: v.What, For: v.For, Due: endOfDay(v.Due), Detail: v.Detail}}}, nil
	},
}

type needForm struct {
	Code    string `form:"code"`
	Urgency string `form:"urgency"`
	Detail  string `form:"detail"`
	Health  string `form:"health"`
}

var needSheet = sheet[needForm]{path: "needs/new", notice: "casework.saved.need", start: nothing[needForm],
	form: func(c *caseRequest, v needForm) (*field.Form, error) {
		f := c.newForm("needs/new", "casework.need_form.title", "casework.save")
		f.Lead = c.t("casework.need_form.lead")
		f.Radios("code", "casework.need_form.code", v.Code, field.Options(c.r.L, "service.catalogue", services.Catalogue()))
		f.Radios("urgency", "casework.need_form.urgency", v.Urgency, field.Options(c.r.L, "service.urgency", services.Urgencies()))
		f.Area("detail", "casework.need_form.detail", v.Detail).Optional()
		f.Area("health", "casework.need_form.health", v.Health).Optional()
		return f, nil
	},
	drafts: func(c *caseRequest, v needForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "service.need_identified", Payload: services.Noted{Need: c.entry, Code: v.Code, Urgency: v.Urgency, Detail: v.Detail, Health: v.Health}}}, nil
	},
}

type stepForm struct {
	need   services.Need
	Step   string    `form:"step"`
	Reason string    `form:"reason"`
	Review time.Time `form:"review"`
	Detail string    `form:"detail"`
}

var stepSheet = sheet[stepForm]{path: "needs/{need}", notice: "casework.saved.step",
	start: func(c *caseRequest) (stepForm, error) {
		id, err := c.needOf()
		n, _ := c.person.Services.Find(id)
		return stepForm{need: n}, err
	},
	form: func(c *caseRequest, v stepForm) (*field.Form, error) {
		f := c.newForm("needs/"+v.need.Need.String(), "casework.step_form.title", "casework.save")
		f.Lead = c.t("casework.step_form.lead", "Need", c.word("service.catalogue", v.need.Code), "Step", c.word("service.step", string(v.need.Step)))
		f.Radios("step", "casework.step_form.step", v.Step, field.Options(c.r.L, "service.step", field.Codes(services.Next(v.need.Step))))
		f.Select("reason", "casework.step_form.reason", v.Reason, field.Options(c.r.L, "service.reason", services.Reasons())).Optional()
		f.Date("review", "casework.step_form.review", day(v.Review, c.r.Zone)).Optional()
		f.Area("detail", "casework.step_form.detail", v.Detail).Optional()
		return f, nil
	},
	drafts: func(_ *caseRequest, v stepForm) ([]store.Draft, error) {
		if v.Step == "" {
			return nil, fault.Bad("step", "service.guard.step")
		}
		return []store.Draft{{Type: "service.step", Payload: services.Stepped{Need: v.need.Need, Step: services.Step(v.Step), Reason: v.Reason, Review: v.Review, Detail: v.Detail}}}, nil
	},
}

type assignForm struct {
	Worker   journal.ID `form:"worker"`
	Relation string     `form:"relation"`
	Until    time.Time  `form:"until"`
}

var assignSheet = sheet[assignForm]{path: "people/new", notice: "casework.saved.people", start: nothing[assignForm],
	form: func(c *caseRequest, v assignForm) (*field.Form, error) {
		who, err := c.people()
		f := c.newForm("people/new", "casework.assign.title", "casework.save")
		f.Lead = c.t("casework.assign.lead")
		f.Select("worker", "casework.assign.worker", v.Worker.String(), who)
		f.Select("relation", "casework.assign.relation", v.Relation, field.Options(c.r.L, "casework.relation", field.Codes(assignable)))
		f.Date("until", "casework.assign.until", day(v.Until, c.r.Zone)).Optional()
		return f, err
	},
	drafts: func(_ *caseRequest, v assignForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "person.assigned", Payload: Assigned{Worker: v.Worker, Relation: access.Relation(v.Relation), Until: endOfDay(v.Until)}}}, nil
	},
}

type endForm struct {
	Which string `form:"which"`
}

var endSheet = sheet[endForm]{path: "people/end", notice: "casework.saved.people", start: nothing[endForm],
	form: func(c *caseRequest, v endForm) (*field.Form, error) {
		f := c.newForm("people/end", "casework.assign.end", "casework.save")
		f.Lead = c.t("casework.assign.end.lead")
		names := c.Names(c.ctx, c.ids()...)
		var who []page.Option
		for i, s := range c.person.Standing {
			who = append(who, page.Option{Value: strconv.Itoa(i), Text: name(names, c.r.L, s.Worker), Hint: c.word("casework.relation", string(s.Relation))})
		}
		f.Radios("which", "casework.assign.worker", v.Which, who)
		return f, nil
	},
	drafts: func(c *caseRequest, v endForm) ([]store.Draft, error) {
		i, err := strconv.Atoi(v.Which)
		if err != nil || i < 0 || i >= len(c.person.Standing) {
			return nil, fault.Bad("which", "casework.need.worker")
		}
		a := c.person.Standing[i]
		return []store.Draft{{Type: "person.assigned", Payload: Assigned{Worker: a.Worker, Relation: a.Relation, Ended: true}}}, nil
	},
}

type identifyForm struct {
	Step   string    `form:"step"`
	Reason string    `form:"reason"`
	Remedy string    `form:"remedy"`
	Until  time.Time `form:"until"`
	Told   string    `form:"told"`
}

var identifySheet = sheet[identifyForm]{path: "identification", notice: "casework.saved.track", start: nothing[identifyForm],
	form: func(c *caseRequest, v identifyForm) (*field.Form, error) {
		f := c.newForm("identification", "casework.identify.title", "casework.save")
		f.Lead = c.t("casework.identify.lead", "Step", c.stepWord(c.r.L, c.person.Registered.Territory, c.person.Track))
		f.Radios("step", "casework.identify.step", v.Step, c.nextSteps())
		f.Area("reason", "casework.identify.reason", v.Reason).Optional()
		f.Area("remedy", "casework.identify.remedy", v.Remedy).Optional()
		f.Date("until", "casework.identify.until", day(v.Until, c.r.Zone)).Optional()
		f.Select("told", "casework.identify.told", v.Told, languages(c.r)).Optional()
		return f, nil
	},
	drafts: func(_ *caseRequest, v identifyForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "track.identification", Payload: Identified{Step: Step(v.Step), Reason: v.Reason, Remedy: v.Remedy, Until: endOfDay(v.Until), Told: v.Told}}}, nil
	},
}

type childForm struct {
	Guardian string `form:"guardian"`
	Age      string `form:"age"`
}

var childSheet = sheet[childForm]{path: "child", notice: "casework.saved.track",
	start: func(c *caseRequest) (childForm, error) { return childForm{c.person.Guardian, c.person.AgeResult}, nil },
	form: func(c *caseRequest, v childForm) (*field.Form, error) {
		f := c.newForm("child", "casework.child_form.title", "casework.save")
		f.Lead = c.t("casework.child_form.lead")
		f.Radios("guardian", "casework.child_form.guardian", v.Guardian, field.Options(c.r.L, "casework.guardian", []string{"needed", "requested", "appointed"}))
		f.Radios("age", "casework.child_form.age", v.Age, field.Options(c.r.L, "casework.age_result", []string{"child", "adult"})).Optional()
		return f, nil
	},
	drafts: func(_ *caseRequest, v childForm) ([]store.Draft, error) {
		return []store.Draft{{Type: "track.child", Payload: ChildStep(v)}}, nil
	},
}

type reasonForm struct {
	Reason string `form:"reason"`
}

// ending is the form that closes or reopens a file.
func ending(path, typ string, reasons []string) sheet[reasonForm] {
	return sheet[reasonForm]{path: path, notice: "casework.saved." + path, start: nothing[reasonForm],
		form: func(c *caseRequest, v reasonForm) (*field.Form, error) {
			f := c.newForm(path, "casework."+path+".title", "casework."+path+".submit")
			f.Lead = c.t("casework." + path + ".lead")
			f.Radios("reason", "casework.reason", v.Reason, field.Options(c.r.L, "casework."+path+"_reason", reasons))
			return f, nil
		},
		drafts: func(_ *caseRequest, v reasonForm) ([]store.Draft, error) {
			return []store.Draft{{Type: typ, Payload: Closed(v)}}, nil
		},
	}
}

var (
	closeSheet  = ending("close", "person.closed", closeReasons)
	reopenSheet = ending("reopen", "person.reopened", reopenReasons)
)

// nextSteps lists what may follow on the track of identification, in the territory's words.
func (c *caseRequest) nextSteps() []page.Option {
	var out []page.Option
	for _, s := range NextSteps(c.person.Track) {
		out = append(out, page.Option{Value: string(s), Text: c.stepWord(c.r.L, c.person.Registered.Territory, s)})
	}
	return out
}
