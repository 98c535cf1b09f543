// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// paperData is a receipt as it is printed: neutral words, in the person's language where there is one. While nobody has
// reviewed that language's texts, the same in the worker's stands below, so that whoever interprets can check.
type paperData struct {
	Receipt  paperText
	Original *paperText
	Unsure   string // to the worker: why the original is there
	Heading  string // to the worker, above the original
	Code     string
	Slip     bool // there is something left to take back
	Back     string
}

// paperText is a receipt in one language, and the words of the slip on which she can take it back.
type paperText struct {
	Tag, Dir, Draft, Title string
	Facts                  []page.Fact
	Points                 []string
	Slip                   slipText
}

type slipText struct{ Title, Lead, Say, All, Part, Date, Sign string }

func (rm room) printReceipt(ctx context.Context, r *page.Request) (page.Response, error) {
	c, err := rm.open(ctx, r, access.ForAssistance)
	if err != nil {
		return nil, err
	}
	x, err := c.receiptOf()
	if err != nil {
		return nil, err
	}
	names := rm.Names(ctx, x.Recipient, x.TakenBy)
	hers := c.locale([]string{x.Language})
	st := x.Status(r.Now)
	d := paperData{Receipt: c.paperIn(hers, x, names), Code: x.Receipt.String(), Slip: st == consent.Live || st == consent.Suspended, Back: c.path("/consents/%s", x.Receipt)}
	if hers.Draft() {
		original := c.paperIn(r.L, x, names)
		d.Original, d.Heading, d.Unsure = &original, r.L.T("person.ours.original"), r.L.T("person.ours.draft.paper", "Language", r.L.Language(hers.Tag()))
	}
	return page.View("casework/paper", r.L.T("casework.receipt.tab"), d), nil
}

// paperIn is a receipt in a language.
func (c *caseRequest) paperIn(l *lang.Locale, x consent.Receipt, names map[journal.ID]string) paperText {
	p := paperText{Tag: l.Tag(), Dir: l.Dir(), Draft: draftMark(l), Title: l.T("casework.receipt.title"), Facts: c.receiptFacts(l, x, names, "person.by.", "person.read."),
		Slip: slipText{Title: l.T("person.slip.title"), Lead: l.T("person.slip.lead"), Say: l.T("person.slip.say"), All: l.T("person.slip.all"), Part: l.T("person.slip.part"),
			Date: l.T("person.slip.date"), Sign: l.T("person.sign")}}
	for _, k := range []string{"free", "withdraw", "see"} {
		p.Points = append(p.Points, l.T("casework.receipt."+k))
	}
	return p
}
