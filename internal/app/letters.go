// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/reach"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/newsletter"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/subscriber"
)

// sendEvery is how often the newsletter's letters are looked after.
const sendEvery = 15 * time.Second

// outside is where the pages for the public are, as readers elsewhere reach them.
func (n *Node) outside(o Owner) string {
	if at := n.publicAt(o); at != "" {
		return at
	}
	return strings.TrimRight(n.Settings.URL, "/")
}

// lettersRoom mounts the newsletter: where issues are written, and where everybody reads them.
func (n *Node) lettersRoom(o Owner) (page.Room, bool, error) {
	public, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return page.Room{}, false, err
	}
	return newsletter.Rooms(newsletter.Config{Store: n.Store, Locale: n.inLanguage, Public: public, PublicAt: n.publicAt(o), Names: n.names, Subscribe: subscriber.AskPath, Readers: subscriber.Path,
		Wake: n.pokeLetters, Ask: reach.Prober{}.All,
		Progress: func(ctx context.Context, r *page.Request, issue journal.ID) (newsletter.Progress, error) {
			return n.progress(ctx, register.As(r), issue)
		}}), true, nil
}

// readersRoom mounts the pages on who receives it.
func (n *Node) readersRoom(o Owner) (page.Room, bool, error) {
	post, err := n.Job(o.ID, "post", access.ForExchange)
	if err != nil {
		return page.Room{}, false, err
	}
	return subscriber.Room(subscriber.Config{Store: n.Store, Post: post, Locale: n.inLanguage, Random: rand.Reader, Wake: n.pokeLetters,
		Waiting: func(ctx context.Context, r *page.Request) ([]subscriber.Issue, error) {
			var out []subscriber.Issue
			rows, err := register.All[newsletter.Line](ctx, n.Store, register.As(r), store.Query{Kind: access.KindPublication, State: "sending"})
			if err != nil {
				return nil, err
			}
			for _, x := range rows {
				p, err := n.progress(ctx, register.As(r), x.ID)
				if err != nil {
					return nil, err
				}
				out = append(out, subscriber.Issue{ID: x.ID, Title: x.V.Title.In(r.L.Tag()).Text, Progress: subscriber.Progress{Readers: p.Readers, Sent: p.Sent, Waiting: p.Waiting, Failed: p.Failed, Unclear: p.Unclear}})
			}
			return out, nil
		}}), true, nil
}

// progress says how far an issue has gone out, as somebody may see it.
func (n *Node) progress(ctx context.Context, w store.Who, issue journal.ID) (newsletter.Progress, error) {
	o, err := n.Store.Open(ctx, w, store.Ref{Kind: access.KindPublication, ID: issue})
	if err != nil {
		return newsletter.Progress{}, err
	}
	p, err := subscriber.Count(ctx, n.Store, w, issue, o.State.(newsletter.Issue).Sending)
	if err != nil {
		return newsletter.Progress{}, err
	}
	s, err := subscriber.ReadServer(ctx, n.Store, w)
	return newsletter.Progress{Readers: p.Readers, Sent: p.Sent, Waiting: p.Waiting, Failed: p.Failed, Unclear: p.Unclear, Server: s.Known()}, err
}

// outgoingIssues gives the issues that an office sends.
func (n *Node) outgoingIssues(ctx context.Context, w store.Who, o Owner) ([]subscriber.Outgoing, error) {
	rows, err := register.All[newsletter.Line](ctx, n.Store, w, store.Query{Kind: access.KindPublication, State: "sending"})
	if err != nil {
		return nil, err
	}
	var out []subscriber.Outgoing
	for _, x := range rows {
		d, err := n.Store.Open(ctx, w, store.Ref{Kind: access.KindPublication, ID: x.ID})
		if err != nil {
			return nil, err
		}
		out = append(out, n.outgoingIssue(d.State.(newsletter.Issue), o))
	}
	return out, nil
}

func (n *Node) outgoingIssue(i newsletter.Issue, o Owner) subscriber.Outgoing {
	return subscriber.Outgoing{Issue: i.ID, Since: i.Sending, Write: func(language, leave string) (subscriber.Words, error) {
		at := slices.IndexFunc(i.Published.Editions, func(e newsletter.Edition) bool { return e.Language == language })
		if at < 0 {
			return subscriber.Words{}, fault.New(fault.NotFound, "fault.not_found")
		}
		m, err := i.Published.Editions[at].Mail(newsletter.Addresses{Page: n.outside(o) + i.PublicPath(language), Leave: leave, Words: n.inLanguage(language)})
		return subscriber.Words(m), err
	}}
}

// pokeLetters tells that there is something to send.
func (n *Node) pokeLetters() {
	select {
	case n.mailing <- struct{}{}:
	default:
	}
}

// send runs the newsletter's letters until the context ends.
func (n *Node) send(ctx context.Context) {
	t := time.NewTicker(sendEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		case <-n.mailing:
		}
		if n.held.Load() != nil { // a restored node does not know what it has sent since
			continue
		}
		if _, err := n.SendOnce(ctx); err != nil && ctx.Err() == nil {
			n.trouble("send letters")(err)
		}
	}
}

// SendOnce hands over what is due of every office's letters, and gives what it did.
func (n *Node) SendOnce(ctx context.Context) (subscriber.Done, error) {
	var all subscriber.Done
	for _, o := range n.Settings.Owners {
		w, err := n.Job(o.ID, "post", access.ForExchange)
		if err != nil {
			return all, err
		}
		d, err := subscriber.Courier{Store: n.Store, As: w, Now: n.Clock.Now, Locale: n.inLanguage, PublicAt: n.outside(o),
			Issues: func(ctx context.Context) ([]subscriber.Outgoing, error) { return n.outgoingIssues(ctx, w, o) }}.Once(ctx)
		all.Sent, all.Later, all.Refused, all.Unclear, all.Expired = all.Sent+d.Sent, all.Later+d.Later, all.Refused+d.Refused, all.Unclear+d.Unclear, all.Expired+d.Expired
		if err != nil {
			return all, err
		}
	}
	return all, nil
}
