// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

// Place is a part of a person's page, in which panels stand.
type Place string

// The parts of a person's page, from top to bottom.
const (
	InOverview Place = "overview" // what may come next, tasks, who she is and who works with her
	InPlan     Place = "plan"     // needs, services and the plan
	InSharing  Place = "sharing"  // consents, grounds and referrals
	InRights   Place = "rights"   // identification, reflection, stay, childhood, justice, the journey
	InNotes    Place = "notes"    // notes by category, files attached
	InHistory  Place = "history"  // what happened, and who opened the file
)

// Places lists the parts of a person's page in their order.
func Places() []Place {
	return []Place{InOverview, InPlan, InSharing, InRights, InNotes, InHistory}
}

// Panel is a section of a person's page. Texts are translated; what is empty is left out. A panel that holds nothing
// yet shrinks to one line: its title, Empty.Title (or its Mark) and its actions. A panel of another room that speaks
// of one of the seven tracks names it in Track and says where it stands in Mark; the list of tracks leads to ID.
type Panel struct {
	ID, Title, Count, Lead string
	Hint                   string // who reads what stands here; shown in small, and not counted as content
	Actions                []page.Action
	Notes                  []field.Note
	Steps                  []page.Step
	Facts                  []page.Fact
	Items                  []Item
	Older                  []Item // folded away below Items
	Table                  *page.Table
	Events                 []page.Event
	Empty                  *page.Empty

	Place Place // zero is InRights for a panel of a track, InOverview for any other
	Track string
	Mark  page.Mark
}

// Item is one thing in a panel: a need, a task, a note, a file attached.
type Item struct {
	Title, Href string
	Text        string // as it was written, with its lines
	Sub         string
	Mark        *page.Mark
	Aside       string    // at the end of the line
	Due         time.Time // at the end of the line, told from Now
	Now         time.Time
	Inner       []Item // steps of a goal
	Actions     []page.Action
}

// Panels gives a room's panels for one file, made of what the reader may see of it.
type Panels func(context.Context, *page.Request, Person, *store.Opened) ([]Panel, error)

// place says where a panel stands.
func (p Panel) place() Place {
	switch {
	case p.Place != "":
		return p.Place
	case p.Track != "":
		return InRights
	}
	return InOverview
}

// Bare says whether a panel holds nothing yet.
func (p Panel) Bare() bool {
	return p.Lead == "" && len(p.Notes)+len(p.Steps)+len(p.Facts)+len(p.Items)+len(p.Older)+len(p.Events) == 0 && (p.Table == nil || len(p.Table.Rows) == 0)
}

// part is a part of a person's page: panels that hold something, and one line for each that does not.
type part struct {
	ID, Title, Short string
	Full, Bare       []Panel
}

// parts puts panels where they stand, in the order in which they come.
func (c *caseRequest) parts(panels []Panel) []part {
	var out []part
	for _, at := range Places() {
		x := part{ID: "part-" + string(at), Title: c.t("casework.part." + string(at)), Short: c.t("casework.part." + string(at) + ".short")}
		for _, p := range panels {
			switch {
			case p.place() != at || p.Title == "":
			case p.Bare():
				x.Bare = append(x.Bare, p)
			default:
				x.Full = append(x.Full, p)
			}
		}
		if len(x.Full)+len(x.Bare) > 0 {
			out = append(out, x)
		}
	}
	return out
}
