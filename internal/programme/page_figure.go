// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/figure"
)

// Sending lets an office that works with people send figures from an activity's page. It is declared here and given by
// whoever connects the wings; the programme's room never learns what a count was made of.
type Sending struct {
	// May says whether sending is offered to somebody; the door decides.
	May func(access.Actor) bool
	// Offices lists where the referrals of a corridor go, and which offices may be sent a figure.
	Offices func(context.Context, *page.Request, activity.Corridor) (recipients, programmes []page.Option, err error)
	// Count makes the body that would be sent: one protected count.
	Count func(context.Context, *page.Request, FigureOf) (figure.Body, error)
	// Send sends it, and says whether it had changed since it was sent last.
	Send func(ctx context.Context, r *page.Request, to journal.ID, b figure.Body) (bool, error)
}

// FigureOf says which figure is meant.
type FigureOf struct {
	Activity  string
	Quarter   string
	Recipient journal.ID // of the referrals
	To        journal.ID // the programme's office
}

type figureForm struct {
	Quarter   string     `form:"quarter"`
	Recipient journal.ID `form:"recipient"`
	To        journal.ID `form:"to"`
	Hash      string     `form:"hash"` // of the bytes that the preview showed
}

// figurePage is the two steps of sending: choose, then look at exactly what leaves.
type figurePage struct {
	Code, Action                     string
	Form                             figureForm
	Quarters, Recipients, Programmes []page.Option
	Errors                           page.FieldErrors
	Corridor                         string
	Empty                            *page.Empty // no terms let a figure go anywhere

	Bytes   string // of the message, as they are sealed; "" while nothing was chosen
	Facts   []page.Fact
	Changed bool // what would leave is no longer what the preview had shown
}

// shownQuarters is how many quarters can be chosen: the running one and a year before it.
const shownQuarters = 5

// sends says whether the reader is offered to send figures on an activity's corridor.
func (rm room) sends(r *page.Request, a activity.Activity) bool {
	c, _ := a.Corridor()
	return rm.Sending != nil && c.Known() && rm.Sending.May(r.Actor)
}

// figureOf opens the page's activity for somebody who may send its figures.
func (rm room) figureOf(ctx context.Context, r *page.Request) (activity.Activity, figurePage, error) {
	a, err := rm.opened(ctx, r)
	if err != nil {
		return a, figurePage{}, err
	}
	if !rm.sends(r, a) {
		return a, figurePage{}, fault.New(fault.Denied, "fault.denied")
	}
	c, _ := a.Corridor()
	d := figurePage{Code: a.Code(), Action: activityPath(a.Code()) + "/figure", Corridor: corridor(r.L, c)}
	if d.Recipients, d.Programmes, err = rm.Sending.Offices(ctx, r, c); err != nil {
		return a, d, err
	}
	if len(d.Recipients) == 0 || len(d.Programmes) == 0 {
		d.Empty = &page.Empty{Icon: "arrows-exchange", Title: r.L.T("programme.send.nobody"), Text: r.L.T("programme.send.nobody.text")}
	}
	for q, i := figure.QuarterOf(r.Now), 0; i < shownQuarters; q, i = q.Before(), i+1 {
		o := page.Option{Value: q.String(), Text: quarter(r.L, q)}
		if i == 0 {
			o.Hint = r.L.T("programme.figure.running")
		}
		d.Quarters = append(d.Quarters, o)
	}
	d.Form.Quarter = figure.QuarterOf(r.Now).Before().String()
	return a, d, nil
}

func (rm room) figureForm(ctx context.Context, r *page.Request) (page.Response, error) {
	_, d, err := rm.figureOf(ctx, r)
	return page.View("programme/send", r.L.T("programme.send.title"), d), err
}

// previewFigure shows what would leave, byte for byte.
func (rm room) previewFigure(ctx context.Context, r *page.Request) (page.Response, error) {
	_, d, _, err := rm.countedFigure(ctx, r)
	if err != nil {
		return rm.figureAgain(r, d, err)
	}
	return page.View("programme/send", r.L.T("programme.send.title"), d), nil
}

// countedFigure reads the form and makes the body that it asks for.
func (rm room) countedFigure(ctx context.Context, r *page.Request) (activity.Activity, figurePage, figure.Body, error) {
	a, d, err := rm.figureOf(ctx, r)
	if err != nil {
		return a, d, figure.Body{}, err
	}
	if err := r.Decode(&d.Form); err != nil {
		return a, d, figure.Body{}, err
	}
	var fs fault.Fields
	for name, x := range map[string]struct {
		chosen string
		among  []page.Option
	}{"recipient": {d.Form.Recipient.String(), d.Recipients}, "to": {d.Form.To.String(), d.Programmes}, "quarter": {d.Form.Quarter, d.Quarters}} {
		if !among(x.chosen, x.among) {
			fs.Add(name, "programme.need.choice")
		}
	}
	if err := fs.Err(); err != nil {
		return a, d, figure.Body{}, err
	}
	b, err := rm.Sending.Count(ctx, r, FigureOf{Activity: d.Code, Quarter: d.Form.Quarter, Recipient: d.Form.Recipient, To: d.Form.To})
	if err == nil {
		err = d.show(r, b)
	}
	return a, d, b, err
}

func among(value string, options []page.Option) bool {
	for _, o := range options {
		if o.Value == value {
			return true
		}
	}
	return false
}

// show puts a body on the page: its bytes and what they mean.
func (d *figurePage) show(r *page.Request, b figure.Body) error {
	q, c, err := b.Check()
	if err != nil {
		return err
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(raw)
	d.Bytes, d.Form.Hash = string(raw), hex.EncodeToString(sum[:])
	l := r.L
	d.Facts = []page.Fact{{Term: l.T("programme.column.figure"), Text: c.Print(l), Sub: meaning(l, c)}, {Term: l.T("programme.column.quarter"), Text: quarter(l, q)},
		{Term: l.T("programme.column.corridor"), Text: corridor(l, b.Corridor)}, {Term: l.T("programme.column.activity"), Text: b.Activity},
		{Term: l.T("programme.send.threshold"), Text: l.Number(b.K), Sub: l.T("programme.send.threshold.hint")}}
	for _, o := range d.Programmes {
		if o.Value == d.Form.To.String() {
			d.Facts = append(d.Facts, page.Fact{Term: l.T("programme.send.to"), Text: o.Text})
		}
	}
	return nil
}

// sendFigure sends exactly what a preview has shown; when the count has changed meanwhile it shows the new one instead.
func (rm room) sendFigure(ctx context.Context, r *page.Request) (page.Response, error) {
	var asked figureForm
	if err := r.Decode(&asked); err != nil {
		return nil, err
	}
	a, d, b, err := rm.countedFigure(ctx, r)
	if err != nil {
		return rm.figureAgain(r, d, err)
	}
	if asked.Hash != d.Form.Hash {
		d.Changed = true
		return page.Status(http.StatusConflict, page.View("programme/send", r.L.T("programme.send.title"), d)), nil
	}
	sent, err := rm.Sending.Send(ctx, r, d.Form.To, b)
	if err != nil {
		return nil, err
	}
	if !sent {
		return page.Redirect(activityPath(a.Code()), "programme.send.same"), nil
	}
	return page.Redirect(activityPath(a.Code()), "programme.send.done"), nil
}

// figureAgain shows the form with what was wrong in it.
func (rm room) figureAgain(r *page.Request, d figurePage, wrong error) (page.Response, error) {
	if !fault.Is(wrong, fault.Invalid) {
		return nil, wrong
	}
	d.Errors, d.Bytes = r.Errors(wrong), ""
	return page.Status(http.StatusUnprocessableEntity, page.View("programme/send", r.L.T("programme.send.title"), d)), nil
}
