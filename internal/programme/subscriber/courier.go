// SPDX-License-Identifier: EUPL-1.2

package subscriber

import (
	"context"
	"crypto/x509"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Outgoing is an issue that goes out since a time, to who had confirmed by then.
type Outgoing struct {
	Issue journal.ID
	Since time.Time
	// Write gives the issue in a language, with the address where its reader leaves.
	Write func(language, leave string) (Words, error)
}

// Courier takes letters to one office's readers. Store, As, Now, Issues and Locale are required.
type Courier struct {
	Store *store.Store
	As    store.Who // store.Job(owner, "post", access.ForExchange)
	Now   func() time.Time
	// Issues gives the issues that go out.
	Issues func(ctx context.Context) ([]Outgoing, error)
	Locale func(tag string) *lang.Locale
	// PublicAt is where the public pages are, as "https://info.example.org".
	PublicAt string
	Roots    *x509.CertPool // that vouch for the mail server; nil is the system's
	// Handing is told before each letter is handed over; for tests that stop there. May be nil.
	Handing func()
}

// Done is what a round did.
type Done struct{ Sent, Later, Refused, Unclear, Expired int }

// perRound bounds the letters of a round, so that a stopping program does not wait for a list's end.
const perRound = 200

// Once goes through all readers and hands over what is due: first the letters that ask to confirm, then issues. Who never
// confirmed is let go. Errors: Unavailable when the mail server cannot be reached or refuses us as a whole; what was not handed
// over stays due.
func (c Courier) Once(ctx context.Context) (Done, error) {
	var d Done
	server, err := ReadServer(ctx, c.Store, c.As)
	if err != nil {
		return d, err
	}
	issues, err := c.Issues(ctx)
	if err != nil {
		return d, err
	}
	rd := &round{Courier: c, server: server, issues: issues, done: &d}
	defer rd.hangUp()
	for _, st := range []Standing{Asked, Confirmed} {
		q := store.Query{Kind: access.KindSubscriber, State: string(st)}
		if st == Confirmed && len(issues) == 0 {
			break
		}
		for {
			p, err := c.Store.List(ctx, c.As, q)
			if err != nil {
				return d, err
			}
			for _, row := range p.Rows {
				if err := rd.reader(ctx, row); err != nil {
					return d, err
				}
				if d.Sent+d.Later+d.Refused+d.Unclear >= perRound {
					return d, nil
				}
			}
			if q.After = p.Next; q.After == "" {
				break
			}
		}
	}
	return d, nil
}

// round is one way through all readers, over one line.
type round struct {
	Courier
	server Server
	issues []Outgoing
	done   *Done
	line   *line
}

func (r *round) hangUp() {
	if r.line != nil {
		r.line.close()
		r.line = nil
	}
}

func (r *round) reader(ctx context.Context, row store.Row) error {
	v, err := store.Summary[Line](row)
	if err != nil {
		return err
	}
	now := r.Now()
	if v.Standing == Asked {
		if now.After(v.At.Add(confirmWithin)) {
			r.done.Expired++
			return r.write(ctx, row.Ref, LeftType, LeftBy{Way: "unconfirmed"})
		}
		if l, there := v.Letters[journal.ID{}]; r.server.Known() && (!there || l.due(now)) {
			return r.hand(ctx, row.Ref, nil)
		}
		return nil
	}
	for i := range r.issues {
		if l, there := v.Letters[r.issues[i].Issue]; r.server.Known() && v.Since.Before(r.issues[i].Since) && (!there || l.due(now)) {
			if err := r.hand(ctx, row.Ref, &r.issues[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *round) write(ctx context.Context, ref store.Ref, typ string, payload any) error {
	_, err := r.Store.Append(ctx, r.As, ref, store.Draft{Type: typ, Payload: payload})
	return err
}

// hand hands one letter over: an issue, or with none the letter that asks to confirm. That it begins is written before, so that
// it is not begun again when the program stops here; that two begin at once is what the guard refuses.
func (r *round) hand(ctx context.Context, ref store.Ref, of *Outgoing) error {
	o, err := r.Store.Open(ctx, r.As, ref)
	if err != nil {
		return err
	}
	s := o.State.(Subscriber)
	if r.line == nil { // before anything is begun: a server that is away costs nobody a letter
		if r.line, err = dial(ctx, r.server, r.Roots); err != nil {
			return err
		}
	}
	var issue journal.ID
	if of != nil {
		issue = of.Issue
	}
	m, err := r.message(s, of)
	if err != nil {
		return err
	}
	b, err := m.bytes()
	if err != nil {
		return err
	}
	try := s.Letters[issue].Try + 1
	if err := r.write(ctx, ref, BegunType, Handed{issue, try}); fault.Is(err, fault.Guarded) {
		return nil // somebody was faster, or the reader has left
	} else if err != nil {
		return err
	}
	if r.Handing != nil {
		r.Handing()
	}
	result, code, dead := r.line.send(r.server.From, m.To, b)
	if dead {
		r.hangUp()
	}
	switch result {
	case Sent:
		r.done.Sent++
	case Later:
		r.done.Later++
	case Refused:
		r.done.Refused++
	default:
		r.done.Unclear++
		return nil // it stays begun: nobody knows
	}
	return r.write(context.WithoutCancel(ctx), ref, EndedType, Ended{issue, try, result, code})
}

func (r *round) message(s Subscriber, of *Outgoing) (message, error) {
	m := message{From: r.server.From, Name: r.server.Name, To: s.AskedFor.Address, Language: s.Language, Reader: s.ID, Date: s.At}
	if of == nil {
		l := r.Locale(s.Language)
		m.Words = Words{Subject: l.T("subscriber.confirm.subject"), Text: l.T("subscriber.confirm.text", "Link", r.PublicAt+ConfirmPath+"/"+s.AskedFor.Confirm+"?lang="+s.Language, "From", r.server.Name)}
		return m, nil
	}
	m.Issue, m.Date, m.Leave = of.Issue, of.Since, r.PublicAt+LeavePath+"/"+s.AskedFor.Leave
	var err error
	m.Words, err = of.Write(s.Language, m.Leave+"?lang="+s.Language)
	return m, err
}

// Progress says how an issue stands with each reader. Since is when sending began; zero counts who would get it now.
type Progress struct{ Readers, Sent, Waiting, Failed, Unclear int }

// Count counts it.
func Count(ctx context.Context, s *store.Store, w store.Who, issue journal.ID, since time.Time) (Progress, error) {
	var p Progress
	q := store.Query{Kind: access.KindSubscriber}
	err := s.Each(ctx, w, q, func(row store.Row) error {
		v, err := store.Summary[Line](row)
		if err != nil {
			return err
		}
		p.add(v, issue, since)
		return nil
	})
	return p, err
}

func (p *Progress) add(v Line, issue journal.ID, since time.Time) {
	l, there := v.Letters[issue]
	if !there && (v.Standing != Confirmed || !since.IsZero() && !v.Since.Before(since)) {
		return
	}
	p.Readers++
	switch {
	case !there || !l.given():
		p.Waiting++
	case l.Result == Sent:
		p.Sent++
	case l.Result == Begun:
		p.Unclear++
	default:
		p.Failed++
	}
}
