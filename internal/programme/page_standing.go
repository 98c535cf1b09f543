// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// stand is a kind of activity and where those of it stand; "" is where nobody has said.
type stand struct {
	kind   activity.Kind
	status activity.Status
}

// stands counts the programme's activities by kind and status, from the index alone.
func (rm room) stands(ctx context.Context, w store.Who) (map[stand]int, error) {
	codes, err := rm.Store.Tally(ctx, w, access.KindActivity, "stands")
	out := map[stand]int{}
	for code, n := range codes {
		kind, status, _ := strings.Cut(code, ".")
		out[stand{activity.Kind(kind), activity.Status(status)}] += n
	}
	return out, err
}

// furthest lists where an activity can stand, the furthest first.
var furthest = []activity.Status{"held", "delivered", "ongoing", "entering_phase_2", "funded_2021", "recurring", "to_be_completed", "scheduled", "planned", "postponed", "cancelled", ""}

// standingTable is the programme in numbers: how many activities of each kind, and where they stand.
func (rm room) standingTable(ctx context.Context, w store.Who, l *lang.Locale, g register) (table, error) {
	t := table{Caption: l.T("programme.standing"), Columns: columns(l, "kind", "count", "standing")}
	t.Columns[1].Num = true
	counts, err := rm.stands(ctx, w)
	if err != nil {
		return t, err
	}
	for _, k := range activity.Kinds() {
		n, said := 0, []string(nil)
		for _, s := range furthest {
			if m := counts[stand{k, s}]; m > 0 {
				n, said = n+m, append(said, standWord(l, s, m))
			}
		}
		if n == 0 {
			continue
		}
		kind := text(l.T("programme.kind." + string(k)))
		if k == "grant" && n <= mostGrants {
			if kind.Sub, err = rm.grantees(ctx, w, l, g); err != nil {
				return t, err
			}
		}
		t.Rows = append(t.Rows, []item{kind, text(l.Number(n)).to(filter{Kind: string(k)}.path()), text(l.List(said))})
	}
	return t, nil
}

func standWord(l *lang.Locale, s activity.Status, n int) string {
	if s == "" {
		return l.N("publication.no_status", n)
	}
	return l.T("publication.with_status", "N", n, "Status", l.T("programme.status."+string(s)))
}

// mostGrants is how many grants are opened to say how many organisations get them.
const mostGrants = 200

// grantees says how many associations carry out what grants pay for, each once; "" where none is named.
func (rm room) grantees(ctx context.Context, w store.Who, l *lang.Locale, g register) (string, error) {
	list, err := rm.activities(ctx, w, map[string]string{"kind": "grant"})
	seen := map[journal.ID]bool{}
	for _, a := range list {
		for _, p := range a.Partners {
			if p.Role == "implementing" && g.orgs[p.Organisation].Type == party.NGO {
				seen[p.Organisation] = true
			}
		}
	}
	if len(seen) == 0 {
		return "", err
	}
	return l.N("programme.standing.grantees", len(seen)), err
}
