// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/change"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/knowledge"
	"github.com/entraide-thb/entraide/internal/programme/material"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/partnership"
	"github.com/entraide-thb/entraide/internal/programme/policy"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/reported"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/retention"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/programme/sheet"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/training"
	"github.com/entraide-thb/entraide/internal/programme/yearbook"
)

// Registers gives the rooms that the home page leads to, each with pages of its own.
func Registers(c Config) []page.Room {
	return append([]page.Room{
		rolls.Room(),
		sheet.Room(),
		agreement.Room(c.agreements()),
		committee.Room(committee.Config{Store: c.Store, Names: c.Names}),
		measure.Room(measure.Config{Store: c.Store, Names: c.Names, AskedOf: c.askedOf, Citing: c.citing, Called: c.plansCalled}),
		need.Room(need.Config{Store: c.Store, Names: c.Names}),
		action.Room(action.Config{Store: c.Store, Names: c.Names, Offices: c.Offices}),
		event.Room(event.Config{Store: c.Store, Names: c.Names, Locale: c.Locale, Registers: filing(c.Store)}),
		change.Room(change.Config{Store: c.Store, Names: c.Names, Offices: c.Offices}),
		recommendation.Room(recommendation.Config{Store: c.Store, Names: c.Names, Offices: c.Offices, Locale: c.Locale}),
		round.Room(c.rounds()),
		training.Room(trainings(c)),
		retention.Room(c.Keeping()),
		result.Room(Results(c)),
		study.Room(study.Config{Store: c.Store, Names: c.Names, Offices: c.Offices, Motions: c.motions, Decision: committee.MotionPath, Screening: c.Screening, Published: c.Published}),
		reported.Room(reported.Config{Store: c.Store}),
		grant.Room(grant.Config{Store: c.Store, Names: c.Names, Offices: c.Offices, Colleagues: c.Colleagues, Threshold: c.Threshold}),
	}, c.knowledge()...)
}

func (c Config) agreements() agreement.Config {
	return agreement.Config{Store: c.Store, Names: c.Names, Offices: c.Offices, Carried: c.Carried, Vouch: c.Vouch}
}

// Section is a room that the home page leads to: the catalogue key of its title, and where it is. Country is the kind of its
// records where they carry the code "country" and its list narrows by it; "" elsewhere.
type Section struct{ Key, Path, Country string }

// Group is what the home page shows together. Its key is "programme.group.<name>".
type Group struct {
	Name     string
	Sections []Section
}

// groups lists every room that the home page leads to. A new room is one line here.
func groups() []Group {
	return []Group{
		{"plan", []Section{
			{Key: "committee.title", Path: committee.Path},
			{Key: "event.title", Path: event.Path, Country: access.KindEvent},
			{Key: "programme.list.title", Path: "/programme/activities"},
			{Key: "programme.calendar.title", Path: "/programme/calendar"},
			{Key: "programme.organisations", Path: "/programme/organisations"},
			{Key: "programme.schemes.title", Path: schemesPath},
			{Key: "programme.joint.title", Path: jointPath},
		}},
		{"coverage", []Section{
			{Key: "programme.map.title", Path: "/programme/map"},
			{Key: "programme.matrix.title", Path: "/programme/matrix"},
			{Key: "programme.gaps.title", Path: "/programme/gaps"},
			{Key: "reported.title", Path: reported.Path},
		}},
		{"follow_up", []Section{
			{Key: "programme.deadlines.title", Path: deadlinesPath},
			{Key: "need.title", Path: need.Path, Country: access.KindNeed},
			{Key: "action.title", Path: action.Path},
			{Key: "round.title", Path: round.Path, Country: access.KindRound},
			{Key: "recommendation.title", Path: recommendation.Path, Country: access.KindRecommendation},
			{Key: "agreement.title", Path: agreement.Path, Country: access.KindAgreement},
			{Key: "study.title", Path: study.Path},
			{Key: "measure.title", Path: measure.Path, Country: access.KindMeasure},
			{Key: "training.title", Path: training.Path, Country: access.KindTraining},
			{Key: "change.title", Path: change.Path, Country: access.KindChange},
			{Key: "retention.title", Path: retention.Path},
		}},
		{"money", []Section{
			{Key: "grant.title", Path: grant.Path},
			{Key: "grant.calls", Path: grant.CallPath},
			{Key: "grant.funds", Path: grant.FundPath},
		}},
		{"knowledge", []Section{
			{Key: "directory.title", Path: directory.Path, Country: access.KindListing},
			{Key: "knowledge.title", Path: knowledge.Path, Country: access.KindKnowledge},
			{Key: "policy.title", Path: policy.Path, Country: access.KindPolicy},
			{Key: "partnership.title", Path: partnership.Path, Country: access.KindPartnership},
			{Key: "material.title", Path: material.Path, Country: access.KindMaterial},
			{Key: "yearbook.title", Path: yearbook.Path},
		}},
		{"publication", []Section{
			{Key: "result.title", Path: result.Path},
			{Key: "figure.title", Path: figure.Path},
			{Key: "publication.report.title", Path: "/programme/report"},
			{Key: "publication.plan.title", Path: "/programme/plan"},
			{Key: "newsletter.title", Path: newsletter.Path},
		}},
	}
}

// concerning gives the registers that hold anything on a country, each with its number and the way to exactly that.
func (rm room) concerning(ctx context.Context, r *page.Request, country string) ([]page.Tab, error) {
	var out []page.Tab
	for _, g := range groups() {
		for _, s := range g.Sections {
			if s.Country == "" {
				continue
			}
			rows, err := rm.Store.List(ctx, rolls.As(r), store.Query{Kind: s.Country, Codes: map[string]string{"country": country}, Limit: mostConcerning})
			if err != nil {
				return nil, err
			}
			if n := len(rows.Rows); n > 0 {
				t := page.Tab{Text: r.L.T(s.Key), Count: r.L.Number(n), Href: s.Path + "?country=" + country}
				if rows.Next != "" {
					t.Count += "+"
				}
				out = append(out, t)
			}
		}
	}
	return out, nil
}

// mostConcerning is how far a country's page counts in one register.
const mostConcerning = 50
