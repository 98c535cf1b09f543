// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/relay"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// relayCarrier carries post through relays, where this node or a partner is reached through one.
func (n *Node) relayCarrier() *relay.Carrier {
	return &relay.Carrier{Post: n.Post, Owners: n.signing, Partners: n.distant, Former: n.directory.former, Word: n.relayWord, Client: courierClient()}
}

// distant gives the cards of an owner's partners with whom a relay may lie between, blocked ones too: what is taken back
// still goes. Without any such partner or relay it is nobody.
func (n *Node) distant(ctx context.Context, owner journal.ID) ([]card.Card, error) {
	_, ours := relay.At(card.Card{URL: n.Settings.Reach})
	who, err := n.Job(owner, "post", access.ForExchange)
	if err != nil {
		return nil, err
	}
	var out []card.Card
	err = n.eachOpened(ctx, who, store.Query{Kind: access.KindPartner}, func(_ journal.ID, state any) {
		c := state.(terms.Partner).Card
		if _, theirs := relay.At(c); (ours || theirs) && !n.serves(c.Office) {
			out = append(out, c)
		}
	})
	return out, err
}

// relayWordFile is where the word of the relay lies that this node has boxes at. It guards the relay's disk, not the post.
const relayWordFile = "relay-word"

func (n *Node) relayWord() string {
	b, _ := os.ReadFile(n.Folder.path(relayWordFile)) // without one the relay refuses, which is told
	return strings.TrimSpace(string(b))
}

// Reach changes how partners reach the offices of a folder: at an address of its own, through a relay, or by hand. They learn it
// from the card, which they pin anew; its fingerprint stays. No process may serve the folder.
func Reach(f Folder, reach, word string) (err error) {
	lock, err := f.lock()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	s, err := f.Settings()
	if err != nil {
		return err
	}
	s.Reach = reach
	if err := s.validate(); err != nil {
		return err
	}
	if word != "" {
		if err := writeFile(f.path(relayWordFile), []byte(word+"\n"), 0o600); err != nil {
			return err
		}
	} else if err := os.Remove(f.path(relayWordFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return f.save(s)
}

// ServeRelay serves a relay until the context ends: sealed post for offices that nobody can call. file is where it keeps it.
// Without a certificate it listens to this machine alone, where a proxy may stand before it.
func ServeRelay(ctx context.Context, s Settings, file, word string, trouble func(error), ready func(address string)) error {
	r, err := relay.Open(ctx, file, word, clock.System{})
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	n := &Node{Settings: s, Clock: clock.System{}}
	l, err := n.listen()
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return serve(gctx, l, r.Handler(), patience{header: 10 * time.Second, read: 5 * time.Minute, write: 6 * time.Minute, idle: time.Minute, stop: 5 * time.Second})
	})
	g.Go(func() error { r.Run(gctx, trouble); return nil })
	if ready != nil {
		ready(l.Addr().String())
	}
	return g.Wait()
}
