// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	rolls "github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/result"
	"github.com/entraide-thb/entraide/internal/programme/round"
)

// rounds connects the rounds of monitoring with the register of recommendations, where the paragraphs of reports live.
func (c Config) rounds() round.Config {
	return round.Config{Store: c.Store, Names: c.Names, Offices: c.Offices, Locale: c.Locale, Paragraphs: c.paragraphs,
		Bring: func(ctx context.Context, r *page.Request, file []byte) (rolls.Imported, error) {
			return recommendation.Import(ctx, c.Store, rolls.As(r), file)
		}}
}

// ofReport leaves the recommendations that a body's report makes to a country or territory.
func ofReport(rows []recommendation.Row, body, document, country string) []recommendation.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(x recommendation.Row) bool {
		return !strings.EqualFold(x.V.Source, body) || !strings.EqualFold(x.V.Document, document) || x.V.Country != country
	})
}

func (c Config) paragraphs(ctx context.Context, r *page.Request, body, document, country string) ([]round.Paragraph, error) {
	rows, err := recommendation.List(ctx, c.Store, rolls.As(r), map[string]string{"country": country})
	var out []round.Paragraph
	for _, x := range ofReport(rows, body, document, country) {
		text := rolls.Excerpt(r.L, x.V.Text)
		text.Href, text.Sub = recommendation.Path+"/"+x.ID.String(), rolls.Word(r.L, "recommendation.strength.", x.V.Strength)
		out = append(out, round.Paragraph{Number: x.V.Paragraph, Text: text, Judge: x.V.Judge, State: page.Mark{Tone: recommendation.Tone(x.V.State), Text: r.L.T("recommendation.state." + string(x.V.State))}})
	}
	return out, err
}

// roundDeadline: the body waits for the answers.
func roundDeadline(l *lang.Locale, id journal.ID, v round.Line) deadline {
	return deadline{Room: "round.one", Text: page.Cell{Text: v.Of.Name(l), Href: round.Path + "/" + id.String()}, On: v.Due, Because: "programme.deadlines.round"}
}

// questionDeadline: each question is due at its institution.
func questionDeadline(l *lang.Locale, id journal.ID, v round.QuestionLine) deadline {
	return deadline{Room: "question.one", Owners: []journal.ID{v.Owner}, On: v.AssignedTo.Due, Because: "programme.deadlines.question",
		Text: page.Cell{Text: v.Of.Name(l) + " · " + l.T("question.at", "Number", v.Number), Href: round.QuestionPath + "/" + id.String()}}
}

// questionsAhead is how long before its date a question is shown on Today.
const questionsAhead = 30 * 24 * time.Hour

// QuestionsDue lists the questions of monitoring rounds that this office is to answer: those that another office asks of it,
// and its own whose date is over or near.
func (c Config) QuestionsDue(ctx context.Context, r *page.Request) ([]page.Line, error) {
	questions, err := round.Questions(ctx, c.Store, rolls.As(r), nil)
	var out []page.Line
	for _, q := range questions {
		if !q.V.Open() || q.V.From.IsZero() && (!q.V.AssignedTo.Due.Known() || q.V.AssignedTo.Due.Last().After(r.Now.Add(questionsAhead))) {
			continue
		}
		out = append(out, q.V.Line(r.L, q.ID, r.Now))
	}
	inorder.Stably(out, sooner)
	return out, err
}

// roundsAfter are the latest reports of each body on each country or territory, with what they say of the round before: in
// somebody's words, and as the paragraphs of the report before are judged now. A report that nobody has read for it stands
// beside; an earlier one is behind the later.
func (rm room) roundsAfter(ctx context.Context, w store.Who, l *lang.Locale, _ time.Time) (result.Counted, error) {
	rows, err := round.List(ctx, rm.Store, w, nil)
	if err != nil {
		return result.Counted{}, err
	}
	all, err := recommendation.List(ctx, rm.Store, w, nil)
	var out result.Counted
	seen := map[string]bool{}
	for i, x := range rows {
		if x.V.Report.Document == "" {
			continue
		}
		of := x.V.Of
		key := of.Body + "\n" + of.Country
		text := rolls.Excerpt(l, x.V.Assessed.Text)
		item := result.Item{Title: of.Name(l), Sub: joined(x.V.Report.Document, text.Text, before(l, rows[i+1:], of, all)), Href: round.Path + "/" + x.ID.String(), On: x.V.Report.On, Countries: []string{of.Country}}
		switch {
		case seen[key]:
			item.Aside = "round_earlier"
		case x.V.Assessed.Text.IsZero():
			item.Aside = "round_unread"
		}
		seen[key] = true
		out.Items = append(out.Items, item)
	}
	return out, err
}

// before says how the paragraphs of the report before stand, of the same body and country; "" when none is known.
func before(l *lang.Locale, earlier []round.Row, of round.Of, all []recommendation.Row) string {
	for _, x := range earlier {
		if x.V.Of.Body != of.Body || x.V.Of.Country != of.Country || x.V.Report.Document == "" {
			continue
		}
		n := map[recommendation.State]int{}
		asked := ofReport(all, of.Body, x.V.Report.Document, of.Country)
		for _, p := range asked {
			n[p.V.State]++
		}
		if len(asked) == 0 {
			return ""
		}
		return l.T("round.before", "Round", l.Number(x.V.Of.Number), "Of", l.Number(len(asked)), "Implemented", l.Number(n[recommendation.Implemented]), "Partly", l.Number(n[recommendation.Partly]), "Not", l.Number(n[recommendation.Not]), "Unjudged", l.Number(n[recommendation.Unjudged]))
	}
	return ""
}
