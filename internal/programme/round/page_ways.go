// SPDX-License-Identifier: EUPL-1.2

package round

import (
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/step"
)

// ways are what can be done on the page of a round: what comes next at its top, everything else beside what it is done to.
type ways struct {
	head, change, stages, questions, visit, report []page.Action
}

// ways gives them; bare says that the report's paragraphs have not been brought in.
func (rm room) ways(r *page.Request, x Round, c Counts, bare bool) ways {
	var out ways
	if c.Questions > 0 {
		out.head = []page.Action{{Text: r.L.T("round.document.title"), Href: pathOf(x) + "/document", Icon: "file-text"}}
		out.questions = []page.Action{{Text: r.L.T("round.questions.all"), Href: questionsOf(x, ""), Icon: "list-check"}}
	}
	if !register.MayEdit(r) {
		return out
	}
	all := append([]page.Action{rm.bringing(r, x, "questions")}, step.Actions(r, rm.steps(), x, pathOf(x))...)
	if _, reported := x.Steps[Reported]; reported && rm.Bring != nil {
		all = append(all, rm.bringing(r, x, "paragraphs"))
	}
	at := pathOf(x)
	for _, a := range all {
		switch a.Href {
		case at + "/bring/questions":
			out.questions = append(out.questions, a)
		case at + "/bring/paragraphs", at + "/act/assess":
			out.report = append(out.report, a)
		case at + "/act/meet":
			out.visit = append(out.visit, a)
		case at + "/act/edit":
			a.Text = r.L.T("register.edit") // it stands beside what is known
			out.change = append(out.change, a)
		default:
			out.stages = append(out.stages, a)
		}
	}
	if a, ok := rm.next(r, x, c, bare); ok {
		a.Primary = true
		out.head = append([]page.Action{a}, out.head...)
	}
	return out
}

func (rm room) bringing(r *page.Request, x Round, what string) page.Action {
	return page.Action{Text: r.L.T("round.bring." + what), Href: pathOf(x) + "/bring/" + what, Icon: "file-import"}
}

// questionsOf is where the questions of a round are listed, those of one standing or all.
func questionsOf(x Round, s Standing) string {
	at := QuestionPath + "?round=" + x.ID.String()
	if s != "" {
		at += "&standing=" + string(s)
	}
	return at
}

// next is what comes next in a round; none once it is closed.
func (rm room) next(r *page.Request, x Round, c Counts, bare bool) (page.Action, bool) {
	note := func(s Stage) page.Action {
		return page.Action{Text: r.L.T("round.act." + string(s)), Href: pathOf(x) + "/act/" + string(s), Icon: icons[s]}
	}
	ask := func(key string, s Standing) page.Action {
		return page.Action{Text: r.L.T(key), Href: questionsOf(x, s), Icon: "list-check"}
	}
	switch At(x.Stage(), c) {
	case Received, Assigned, Drafting:
		switch {
		case c.Questions == 0:
			return rm.bringing(r, x, "questions"), true
		case c.Answered > c.Accepted:
			return ask("round.next.accept", Answered), true
		case c.Assigned < c.Questions:
			return ask("round.next.assign", Unassigned), true
		case c.Accepted < c.Questions:
			return ask("round.next.answers", ""), true
		}
		return note(Sent), true
	case Sent:
		return note(Visited), true
	case Visited:
		return note(Reported), true
	case Reported:
		switch {
		case bare && rm.Bring != nil:
			return rm.bringing(r, x, "paragraphs"), true
		case x.Assessed.Text.IsZero():
			return page.Action{Text: r.L.T("round.act.assess"), Href: pathOf(x) + "/act/assess", Icon: "scale"}, true
		}
		return note(Replied), true
	case Replied:
		return note(FollowUp), true
	case FollowUp:
		return note(Closed), true
	}
	return page.Action{}, false
}
