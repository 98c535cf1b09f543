// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// track is one of the seven, where it stands, and the panel that says more.
type track struct {
	Term, Href string
	Mark       page.Mark
}

// tracks is the quiet list of the seven tracks. Those of other rooms say for themselves where they stand.
func (c *caseRequest) tracks(extra []Panel) []track {
	marks := map[string]page.Mark{"identification": c.identificationMark(), "services": c.servicesMark(), "child": c.childMark()}
	at := map[string]string{"identification": "#identification", "services": "#needs", "child": "#child"}
	for _, p := range extra {
		if p.Track != "" {
			marks[p.Track], at[p.Track] = p.Mark, "#"+p.ID
		}
	}
	var out []track
	for _, t := range tracks {
		m, ok := marks[t]
		if !ok {
			m = page.Mark{Tone: page.Off, Text: c.t("casework.track.nothing")}
		}
		if t == "child" && !c.person.Child() {
			at[t] = ""
		}
		out = append(out, track{Term: c.t("casework.track." + t), Href: at[t], Mark: m})
	}
	return out
}

func (c *caseRequest) identificationMark() page.Mark {
	return page.Mark{Tone: stepTone(c.person.Track), Text: c.stepWord(c.r.L, c.person.Registered.Territory, c.person.Track)}
}

func (c *caseRequest) servicesMark() page.Mark {
	open := 0
	for _, n := range c.person.Services.Needs {
		if n.Open() {
			open++
		}
	}
	m := page.Mark{Tone: page.Info, Text: c.r.L.N("casework.open_needs", open)}
	if open == 0 {
		m.Tone = page.Off
	}
	return m
}

func (c *caseRequest) childMark() page.Mark {
	switch {
	case !c.person.Child():
		return page.Mark{Tone: page.Off, Text: c.t("casework.track.adult")}
	case c.person.Guardian == "appointed":
		return page.Mark{Tone: page.Good, Text: c.word("casework.guardian", c.person.Guardian)}
	}
	return page.Mark{Tone: page.Warn, Text: c.word("casework.guardian", or(c.person.Guardian, "none"))}
}

// shownDues is how many things that are due stand at the side; the others are folded away.
const shownDues = 5

// duePanel is what is due next, each leading to where it is done.
func (c *caseRequest) duePanel() Panel {
	p := Panel{ID: "due", Title: c.t("casework.list.due"), Empty: c.empty("calendar-due", "casework.due.none")}
	where := map[string]string{"task": "#tasks", "review": "#needs", "need_open": "#needs", "offer": "#referrals", "hand_over": "#referrals", "recall": "#referrals", "goal": "#plan", "goal_step": "#plan"}
	forms := map[string]string{"inform_rights": "/rights/informed", "offer_reflection": "/rights/offer"} // due the same day: straight to writing it down
	for _, d := range c.person.Dues() {
		x := Item{Title: DueWord(c.r.L, d), Href: or(where[d.What], "#part-rights"), Due: d.At, Now: c.r.Now}
		if form := forms[d.What]; form != "" && c.manages() {
			x.Href = c.path("%s", form)
		}
		if len(p.Items) < shownDues {
			p.Items = append(p.Items, x)
		} else {
			p.Older = append(p.Older, x)
		}
	}
	return p
}
