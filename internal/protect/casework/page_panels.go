// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

func (c *caseRequest) empty(icon, key string) *page.Empty {
	return &page.Empty{Icon: icon, Title: c.t(key), Text: c.t(key + ".text")}
}

// categories names data categories in words.
func (c *caseRequest) categories(cats []journal.Category) string {
	out := make([]string, len(cats))
	for i, x := range cats {
		out[i] = c.word("consent.category", string(x))
	}
	return c.r.L.List(out)
}

// said joins what is there with middle dots: "2 March 2026 · Ana".
func said(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}

// folded keeps the first n items in sight and folds the others away.
func folded(items []Item, n int) (first, rest []Item) {
	if len(items) <= n+1 { // one more costs less room than saying that there is one
		return items, nil
	}
	return items[:n], items[n:]
}

func (c *caseRequest) taskPanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "tasks", Title: c.t("casework.tasks"), Empty: c.empty("checklist", "casework.tasks.none"),
		Actions: c.only(page.Action{Text: c.t("casework.task_form.title"), Href: c.path("/tasks/new"), Icon: "plus"})}
	for _, t := range c.person.Tasks {
		x := Item{Title: c.word("casework.task", t.What), Text: t.Detail, Sub: name(names, c.r.L, t.For)}
		if t.Done.IsZero() {
			x.Due, x.Now = t.Due, c.r.Now
			x.Actions = c.only(page.Action{Text: c.t("casework.done"), Post: c.path("/tasks/%s/done", t.Task), Icon: "check"})
			p.Items = append(p.Items, x)
			continue
		}
		x.Mark, x.Sub = &page.Mark{Tone: page.Good, Text: c.t("casework.done")}, said(x.Sub, c.r.L.ShortDate(t.Done))
		p.Older = append(p.Older, x)
	}
	inorder.Stably(p.Items, func(a, b Item) int { return a.Due.Compare(b.Due) })
	return p
}

func (c *caseRequest) peoplePanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "people", Title: c.t("casework.people"), Empty: c.empty("users", "casework.people.none"), Actions: c.only(page.Action{Text: c.t("casework.assign.title"), Href: c.path("/people/new"), Icon: "user-plus"},
		page.Action{Text: c.t("casework.assign.end"), Href: c.path("/people/end"), Icon: "user-x"})}
	for _, s := range c.person.Standing {
		if !s.Until.IsZero() && !c.r.Now.Before(s.Until) {
			continue // ended by itself
		}
		p.Items = append(p.Items, Item{Title: name(names, c.r.L, s.Worker), Sub: c.word("casework.relation", string(s.Relation)), Due: s.Until, Now: c.r.Now})
	}
	return p
}

// identificationPanel is track 1: where it stands, and what a refusal must carry.
func (c *caseRequest) identificationPanel() Panel {
	m := c.identificationMark()
	p := Panel{ID: "identification", Title: c.t("casework.identify.title"), Place: InRights, Mark: m,
		Actions: c.only(page.Action{Text: c.t("casework.identify.step"), Href: c.path("/identification"), Icon: "arrow-right"})}
	if c.person.Track != "" {
		p.Mark.Text = said(m.Text, c.r.L.Date(c.person.TrackAt))
	}
	if d := c.person.Decision; d.Step == NotRecognised { // G10
		p.Facts = append(p.Facts, c.legal("casework.identify.reason", d.Reason), c.legal("casework.identify.remedy", d.Remedy), page.Fact{Term: c.t("casework.identify.until"), Text: c.r.L.Date(d.Until)},
			page.Fact{Term: c.t("casework.identify.told"), Text: c.r.L.Language(d.Told)})
	}
	return p
}

// legal is a fact of the legal file, or that it is not for this reader.
func (c *caseRequest) legal(key, text string) page.Fact {
	if text == "" && c.hides(journal.D6) {
		return page.Fact{Term: c.t(key), Withheld: c.t("casework.withheld.none")}
	}
	return page.Fact{Term: c.t(key), Text: text}
}

// childPanels is track 5, where the rules for children hold or have held.
func (c *caseRequest) childPanels() []Panel {
	if !c.person.Child() && c.person.AgeResult == "" {
		return nil
	}
	m := c.childMark()
	p := Panel{ID: "child", Title: c.t("casework.child_form.title"), Place: InRights, Mark: m, Actions: c.only(page.Action{Text: c.t("casework.change"), Href: c.path("/child"), Icon: "edit"}),
		Facts: []page.Fact{{Term: c.t("casework.child_form.guardian"), Tone: m.Tone, Text: m.Text}}}
	if c.person.AgeResult != "" {
		p.Facts = append(p.Facts, page.Fact{Term: c.t("casework.child_form.age"), Text: c.word("casework.age_result", c.person.AgeResult)})
	}
	return []Panel{p}
}

// noteSorts are the sorts of notes with their data category.
var noteSorts = []struct {
	sort string
	cat  journal.Category
	text func(Note) string
}{{"account", journal.D3, func(n Note) string { return n.Account }}, {"health", journal.D4, func(n Note) string { return n.Health }},
	{"legal", journal.D6, func(n Note) string { return n.Legal }}, {"stay", journal.D7, func(n Note) string { return n.Stay }}}

// shownNotes is how many notes of a sort stand open on the page.
const shownNotes = 3

// notePanels shows notes by category, newest first, and says who reads them; one that the reader may not see says so.
func (c *caseRequest) notePanels(names map[journal.ID]string) []Panel {
	var out []Panel
	for _, x := range noteSorts {
		p := Panel{ID: "notes-" + x.sort, Title: c.t("casework.notes." + x.sort), Hint: c.t("casework.notes." + x.sort + ".readers"), Place: InNotes, Empty: &page.Empty{Title: c.t("casework.notes.none")},
			Actions: c.only(page.Action{Text: c.t("casework.note.new"), Href: c.path("/notes/new?sort=%s", x.sort), Icon: "note"})}
		hidden := 0
		for _, n := range slices.Backward(c.person.Notes) {
			switch {
			case n.Sort != x.sort:
			case x.text(n) == "":
				hidden++
			default:
				p.Items = append(p.Items, Item{Text: x.text(n), Sub: said(c.r.L.DateTime(n.At), name(names, c.r.L, n.By))})
			}
		}
		p.Items, p.Older = folded(p.Items, shownNotes)
		if hidden > 0 {
			p.Notes = append(p.Notes, field.Note{Tone: page.Off, Text: c.r.L.N("casework.notes.hidden", hidden)})
		}
		out = append(out, p)
	}
	return out
}

// shownEntries and shownReads are how much of a file's history and of its openings the page lists; of each, the first
// few stand open.
const (
	shownEntries = 100
	shownReads   = 200
	standOpen    = 6
)

func (c *caseRequest) timelinePanel(names map[journal.ID]string) Panel {
	p := Panel{ID: "history", Title: c.t("casework.history"), Place: InHistory}
	for _, e := range slices.Backward(c.opened.Entries) {
		if len(p.Items) == shownEntries {
			break
		}
		p.Items = append(p.Items, Item{Title: c.entryWord(e.Type), Aside: said(c.r.L.DateTime(e.OccurredAt), name(names, c.r.L, e.Actor))})
	}
	p.Items, p.Older = folded(p.Items, standOpen)
	return p
}

// entryWord says what an entry was; those of other rooms have their word there ("rights.entry.<type>").
func (c *caseRequest) entryWord(typ string) string {
	for _, prefix := range []string{"casework.entry.", "screening.entry.", "rights.entry."} {
		if c.r.L.Has(prefix + typ) {
			return c.t(prefix + typ)
		}
	}
	return c.t("casework.entry.other")
}

// visit is one person's openings of a file on one day for one purpose.
type visit struct {
	actor journal.ID
	why   string
	last  time.Time
	times int
	cats  []journal.Category
}

// visits gathers openings, newest first, day by day.
func (c *caseRequest) visits() ([]visit, error) {
	reads, err := c.Work.Store.ReadsOf(c.ctx, c.who, Ref(c.id), shownReads)
	if err != nil {
		return nil, err
	}
	var out []visit
	for _, r := range reads {
		on := r.At.In(c.r.Zone).Format(time.DateOnly)
		i := slices.IndexFunc(out, func(v visit) bool {
			return v.actor == r.Actor && v.why == r.Purpose && v.last.In(c.r.Zone).Format(time.DateOnly) == on
		})
		if i < 0 {
			out = append(out, visit{actor: r.Actor, why: r.Purpose, last: r.At})
			i = len(out) - 1
		}
		out[i].times++
		for _, of := range r.Of {
			for _, cat := range of.Categories {
				if !slices.Contains(out[i].cats, cat) {
					out[i].cats = append(out[i].cats, cat)
				}
			}
		}
	}
	for i := range out {
		slices.Sort(out[i].cats)
	}
	return out, nil
}

func (c *caseRequest) readsPanel() (Panel, error) {
	p := Panel{ID: "reads", Title: c.t("casework.reads"), Place: InHistory, Empty: c.empty("eye", "casework.reads.none")}
	vs, err := c.visits()
	if err != nil {
		return p, err
	}
	var ids []journal.ID
	for _, v := range vs {
		ids = append(ids, v.actor)
	}
	names := c.Names(c.ctx, ids...)
	for _, v := range vs {
		p.Items = append(p.Items, Item{Title: name(names, c.r.L, v.actor), Sub: c.categories(v.cats),
			Aside: said(c.r.L.DateTime(v.last), c.word("casework.purpose", v.why), c.r.L.N("casework.reads.times", v.times))})
	}
	p.Items, p.Older = folded(p.Items, standOpen)
	return p, nil
}
