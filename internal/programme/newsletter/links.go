// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/reach"
)

// lookFor is how long asking all links of an issue may take.
const lookFor = 40 * time.Second

// Outward lists the addresses of other sites that editions link to, each once, in their order.
func Outward(list []Edition) []string {
	var out []string
	for _, e := range list {
		for _, p := range e.Parts {
			for _, b := range p.Blocks {
				for _, r := range slices.Concat(b.lines()...) {
					if strings.HasPrefix(r.Href, "https://") && !slices.Contains(out, r.Href) {
						out = append(out, r.Href)
					}
				}
			}
		}
	}
	return out
}

// answer gives what a link came to when it was asked last.
func (i Issue) answer(address string) (reach.Answer, bool) {
	at := slices.IndexFunc(i.Links, func(a reach.Answer) bool { return a.Address == address })
	if at < 0 {
		return reach.Answer{}, false
	}
	return i.Links[at], true
}

// dead says whether a link was found to lead nowhere. Of one that nobody has asked nothing is known.
func (i Issue) dead(address string) bool {
	a, ok := i.answer(address)
	return ok && a.State.Dead()
}

// linksCard is what is known of the links to other sites.
type linksCard struct {
	Table page.Table
	Lead  string
	May   bool
}

var linkTones = map[reach.State]string{reach.Answers: page.Good, reach.Moved: page.Warn, reach.Closed: page.Off, reach.Gone: page.Bad, reach.Silent: page.Bad, reach.Insecure: page.Bad, reach.Private: page.Bad}

// links shows what the links came to; nil when there are none.
func (rm room) links(l *lang.Locale, o opened, edits bool) *linksCard {
	addresses := Outward(o.editions)
	if len(addresses) == 0 {
		return nil
	}
	c := &linksCard{Lead: l.T("newsletter.links.never"), May: edits && rm.Ask != nil, Table: page.Table{Caption: l.T("newsletter.links"), Columns: []page.Column{{Text: l.T("newsletter.links.address")}, {Text: l.T("newsletter.links.state")}}}}
	if !o.LookedAt.IsZero() {
		c.Lead = l.T("newsletter.links.on", "Date", l.DateTime(o.LookedAt))
	}
	for _, a := range addresses {
		state := page.Cell{Text: l.T("newsletter.links.unasked"), Tone: page.Off}
		if x, ok := o.answer(a); ok {
			state = page.Cell{Text: l.T("newsletter.links." + string(x.State)), Tone: linkTones[x.State]}
			if x.Status > 0 && x.State != reach.Answers {
				state.Sub = l.T("newsletter.links.status", "Code", x.Status)
			}
		}
		c.Table.Rows = append(c.Table.Rows, page.Row{Cells: []page.Cell{{Text: a}, state}})
	}
	return c
}

// look asks the links of an issue now, and keeps what they came to.
func (rm room) look(ctx context.Context, r *page.Request) (page.Response, error) {
	if err := officer(r); err != nil {
		return nil, err
	}
	o, err := rm.open(ctx, r)
	if err != nil {
		return nil, err
	}
	if rm.Ask == nil {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	addresses := Outward(o.editions)
	within, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	answers := rm.Ask(within, addresses[:min(len(addresses), MostLinks)])
	return page.Redirect(issuePath(o.ID), "newsletter.links.done"), rm.write(ctx, r, o.ref, journal.ID{}, LookedType, Looked{answers})
}
