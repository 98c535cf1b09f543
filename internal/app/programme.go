// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/negotiation"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/change"
	listing "github.com/entraide-thb/entraide/internal/programme/directory"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/figure"
	"github.com/entraide-thb/entraide/internal/programme/load"
	"github.com/entraide-thb/entraide/internal/programme/publication"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/round"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// programmeRoom mounts the programme in offices of every kind; those that assist can send figures to it.
func (n *Node) programmeRoom(o Owner) (page.Room, bool, error) {
	c := programme.Config{Store: n.Store, Names: n.names, Locale: n.inLanguage, Importer: n.importer, Carried: n.carried}
	if o.Kind == access.Assistance {
		c.Sending = &programme.Sending{May: n.sendsFigures, Offices: n.figureOffices,
			Count: func(ctx context.Context, _ *page.Request, f programme.FigureOf) (figure.Body, error) {
				return n.countFigure(ctx, o, SendFigureIn{Activity: f.Activity, Recipient: f.Recipient, To: f.To, Quarter: f.Quarter})
			},
			Send: func(ctx context.Context, r *page.Request, to journal.ID, b figure.Body) (bool, error) {
				return n.figures().Send(ctx, store.Who{Actor: r.Actor, Purpose: access.ForExchange}, to, b)
			}}
	}
	return programme.Room(c), true, nil
}

// reckon works out the indicators of the offices that run a programme, so that nobody waits for them.
func (n *Node) reckon(ctx context.Context) {
	for _, o := range n.Settings.Owners {
		if o.Kind != access.Programme {
			continue
		}
		who, err := n.Job(o.ID, "importer", access.ForProgramme) // the job that knows the programme, and nothing else
		if err == nil {
			err = programme.Results(programme.Config{Store: n.Store, Carried: n.carried}).Reckon(ctx, who, n.inLanguage("en"), n.Clock.Now())
		}
		if err != nil && ctx.Err() == nil {
			n.trouble("work out the indicators")(err)
		}
	}
}

// documents connects the programme's documents with the records and the words.
func (n *Node) documents() publication.Config {
	return publication.Config{Store: n.Store, Names: n.names, Results: programme.InReport(programme.Config{Store: n.Store, Carried: n.carried, Names: n.names}), Locale: n.inLanguage}
}

// inLanguage gives the words of a language, in no zone's way.
func (n *Node) inLanguage(tag string) *lang.Locale { return n.Bundle.Locale(tag, nil) }

// documentsRoom mounts the steering committee's documents in offices of every kind.
func (n *Node) documentsRoom(Owner) (page.Room, bool, error) {
	return publication.Room(n.documents()), true, nil
}

// sendsFigures asks the door whether somebody may send the office's figures.
func (n *Node) sendsFigures(a access.Actor) bool {
	return n.rules(a.Owner).Authorize(access.Request{Actor: a, Action: access.Write, Type: figure.ReceivedType, Category: journal.D9, Purpose: access.ForExchange,
		Row: access.Row{Owner: a.Owner, Kind: access.KindFigure, Dossier: a.Owner}}).Allow
}

// figureOffices lists, for a corridor that begins in this office's country, the offices where its referrals go, and
// those to which sharing terms let figures go.
func (n *Node) figureOffices(ctx context.Context, r *page.Request, c activity.Corridor) (recipients, programmes []page.Option, err error) {
	o, err := n.settingsOf(r.Actor.Owner)
	if err != nil || o.Country != c.From {
		return nil, nil, err
	}
	known, ids, err := n.partners(ctx, r)
	for _, id := range ids {
		s := known[id]
		x := page.Option{Value: id.String(), Text: s.Name}
		if s.Kind == access.Assistance && s.Country == c.To {
			recipients = append(recipients, x)
		}
		if _, err := n.directory.covering(ctx, o.ID, id, figure.Purpose, []journal.Category{journal.D9}); err == nil {
			programmes = append(programmes, x)
		}
	}
	return recipients, programmes, err
}

// figures connects the figures with the post.
func (n *Node) figures() figure.Mail {
	return figure.Mail{Store: n.Store, Post: n.Post, Job: n.postForExchange}
}

// programmeMail registers the messages of the programme's rooms.
func (n *Node) programmeMail() {
	n.figures().Register()
	negotiation.Mail{Store: n.Store, Job: n.postForExchange, Paired: n.groups().SettleOne}.Register(n.Post)
	n.groups().Register(n.Post)
	event.Mail{Mail: between.Mail{Store: n.Store, Job: n.postForExchange}}.Register(n.Post)
	agreement.Mail{Store: n.Store, Post: n.Post, Job: n.postForExchange}.Register()
	n.actions().Register(n.Post)
	activity.Mail{Mail: between.Mail{Store: n.Store, Job: n.postForExchange}}.Register(n.Post)
	change.Mail{Mail: between.Mail{Store: n.Store, Job: n.postForExchange}}.Register(n.Post)
	listing.Mail{Mail: between.Mail{Store: n.Store, Job: n.postForExchange}}.Register(n.Post)
	recommendation.Mail{Mail: between.Mail{Store: n.Store, Job: n.postForExchange}}.Register(n.Post)
	round.Mail{Mail: between.Mail{Store: n.Store, Job: n.postForExchange}}.Register(n.Post)
}

// actions connects the register of actions with the post.
func (n *Node) actions() action.Mail {
	return action.Mail{Mail: between.Mail{Store: n.Store, Job: n.postForExchange}}
}

// importer is the principal under which files are brought in.
func (n *Node) importer(owner journal.ID) (store.Who, error) {
	return n.Job(owner, "importer", access.ForProgramme)
}

// postForExchange is the principal under which what other offices send about the programme is taken in.
func (n *Node) postForExchange(owner journal.ID) (store.Who, error) {
	return n.Job(owner, "post", access.ForExchange)
}

// ImportProgrammeIn brings in a programme's file; empty is the one that the program carries.
type ImportProgrammeIn struct {
	Of
	File []byte `json:"file,omitempty"`
}

func opImportProgramme(ctx context.Context, n *Node, in ImportProgrammeIn) (load.Report, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return load.Report{}, err
	}
	who, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return load.Report{}, err
	}
	src := in.File
	if len(src) == 0 {
		src = pack.File()
	}
	out, err := load.Import(ctx, n.Store, who, src)
	if err == nil {
		err = programme.ImportWords(ctx, n.Store, who)
	}
	if err == nil && len(in.File) == 0 {
		err = programme.ImportKnowledge(ctx, n.Store, who)
	}
	return out, err
}

// ReportIn asks for a document of the programme: "report" or "plan", in a language of its list, dated a day. An empty date is
// today, where the office is.
type ReportIn struct {
	Of
	Kind     publication.Kind `json:"kind"`
	Language string           `json:"language"`
	Date     string           `json:"date,omitempty"`
}

// ReportOut is the document as one page and as PDF, its first words as text and as an e-mail that nobody has sent, and what its files
// are called without their endings.
type ReportOut struct {
	Title string `json:"title"`
	Text  string `json:"text"`
	Name  string `json:"name"`
	HTML  []byte `json:"html"`
	PDF   []byte `json:"pdf"`
	Mail  []byte `json:"mail"`
}

func opReport(ctx context.Context, n *Node, in ReportIn) (ReportOut, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return ReportOut{}, err
	}
	day := publication.Day(n.Clock.Now().In(o.zone()))
	if in.Date != "" {
		if day, err = publication.ParseDay(in.Date); err != nil {
			return ReportOut{}, err
		}
	}
	who, err := n.Job(o.ID, "importer", access.ForProgramme) // the job that knows the programme, and nothing else
	if err != nil {
		return ReportOut{}, err
	}
	c := n.documents()
	d, err := c.Make(ctx, who, o.ID, publication.Asked{Kind: in.Kind, Language: in.Language, Date: day, Saved: true})
	if err != nil {
		return ReportOut{}, err
	}
	b, err := d.PDF(c.Locale(in.Language))
	return ReportOut{d.Title, d.Text(), d.Name(), d.HTML(), b, d.Mail()}, err
}

// SendFigureIn asks to count the referrals to a partner that reached help in a quarter, and to send the protected count
// to a programme's office.
type SendFigureIn struct {
	Of
	Activity  string     `json:"activity"`
	Recipient journal.ID `json:"recipient"` // of the referrals
	To        journal.ID `json:"to"`        // the programme's office
	Quarter   string     `json:"quarter"`   // "" is the running one
}

// SentFigure is what was sent; the exact number is not in it.
type SentFigure struct {
	Figure figure.Body `json:"figure"`
	Sent   bool        `json:"sent"` // false when it had not changed
}

func opSendFigure(ctx context.Context, n *Node, in SendFigureIn) (SentFigure, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return SentFigure{}, err
	}
	b, err := n.countFigure(ctx, o, in)
	if err != nil {
		return SentFigure{}, err
	}
	who, err := n.Job(o.ID, "post", access.ForExchange)
	if err != nil {
		return SentFigure{}, err
	}
	sent, err := n.figures().Send(ctx, who, in.To, b)
	return SentFigure{b, sent}, err
}

// countFigure makes the body of a figure: the one protected count, and nothing that it was made of.
func (n *Node) countFigure(ctx context.Context, o Owner, in SendFigureIn) (figure.Body, error) {
	if o.Kind != access.Assistance {
		return figure.Body{}, fault.New(fault.Denied, "fault.denied")
	}
	q := figure.QuarterOf(n.Clock.Now())
	var err error
	if in.Quarter != "" {
		if q, err = figure.ParseQuarter(in.Quarter); err != nil {
			return figure.Body{}, err
		}
	}
	recipient, err := n.directory.Partner(ctx, o.ID, in.Recipient)
	if err != nil {
		return figure.Body{}, err
	}
	who, err := n.Job(o.ID, "statistics", access.ForStatistics)
	if err != nil {
		return figure.Body{}, err
	}
	count, err := n.Work.Delivered(ctx, who, in.Recipient, q.Before().End(), q.End())
	return figure.Body{Corridor: activity.Corridor{From: o.Country, To: recipient.Country}, Quarter: q.String(), Count: figure.Protect(count, o.Threshold), K: o.Threshold, Activity: in.Activity}, err
}
