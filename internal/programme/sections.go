// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
)

// Registers gives the rooms that the home page leads to, each with pages of its own.
func Registers(c Config) []page.Room {
	return []page.Room{
		rolls.Room(),
		committee.Room(committee.Config{Store: c.Store, Names: c.Names}),
		need.Room(need.Config{Store: c.Store, Names: c.Names}),
		action.Room(action.Config{Store: c.Store, Names: c.Names}),
		recommendation.Room(recommendation.Config{Store: c.Store, Names: c.Names}),
	}
}

// Section is a room that the home page leads to: the catalogue key of its title, and where it is.
type Section struct{ Key, Path string }

func sections() []Section {
	return []Section{
		{"committee.title", committee.Path},
		{"need.title", need.Path},
		{"action.title", action.Path},
		{"recommendation.title", recommendation.Path},
		{"publication.report.title", "/programme/report"},
		{"publication.plan.title", "/programme/plan"},
	}
}
