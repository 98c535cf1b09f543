// SPDX-License-Identifier: EUPL-1.2

package request

import (
	"context"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/pdf"
)

// court gives a copy of an answer for the file of a court, to who works on the request. Whether it may go there, the office's rules
// say first, and note it.
func (rm room) court(ctx context.Context, r *page.Request, s State, message journal.ID) (page.Response, error) {
	at := slices.IndexFunc(s.Replies, func(x Reply) bool { return x.Message == message && x.Report != "" })
	if at < 0 || !s.Here() || rm.Court == nil || s.Ended.Reason != "" {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	conditions, err := rm.Court(ctx, r, s, message)
	if err != nil {
		return nil, err
	}
	b, err := rm.copied(ctx, r, s, s.Replies[at], conditions)
	return page.File("copy-"+s.ID.String()[:8]+".pdf", "application/pdf", b), err
}

// copied is the copy as tagged PDF: who answered whom, when and on what basis, what was said, and what may be done with it.
func (rm room) copied(ctx context.Context, r *page.Request, s State, x Reply, conditions string) ([]byte, error) {
	l, now := r.L, r.Now.In(r.Zone)
	p := pdf.New(pdf.Info{Title: l.T("request.copy"), Language: l.Tag(), Author: r.Office.Name, Date: time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC),
		Page: func(n, of int) string { return l.T("publication.page", "N", n, "Of", of) }})
	p.Heading(1, pdf.Plain(l.T("request.copy")))
	p.Paragraph(pdf.Plain(l.T("request.copy.of", "Office", rm.Names(ctx, s.Other())[s.Other()], "When", l.DateTime(x.At), "Ours", r.Office.Name)))
	for _, f := range append(rm.facts(r, s, nil)[1:], rm.answer(ctx, r, s, x).Facts...) {
		if f.Text != "" {
			p.Paragraph(pdf.Strong(f.Term+" "), pdf.Plain(f.Text))
		}
	}
	if conditions != "" {
		p.Paragraph(pdf.Strong(l.T("request.copy.permitted")+" "), pdf.Plain(conditions))
	}
	p.Heading(2, pdf.Plain(l.T("request.report")))
	p.Paragraph(pdf.Plain(x.Report))
	p.Small(pdf.Plain(l.T("request.copy.made", "When", l.DateTime(r.Now), "Message", x.Message.String())))
	return p.Bytes()
}
