// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// Posted is how many messages two offices exchange, at one number of conversations beside each other.
type Posted struct {
	Conversations int     `json:"conversations"`
	Messages      int     `json:"messages"`
	Body          int     `json:"body"` // bytes of what a message says
	Rate          float64 `json:"rate"` // a second, from asking to send to the receipt kept
	P50           float64 `json:"p50"`  // milliseconds
	P99           float64 `json:"p99"`
	CPU           float64 `json:"cpu"` // milliseconds of processor time for each, both offices together
}

// What is sent, and how often.
const (
	postType   = "bench.note"
	postBody   = 2 << 10
	postSpan   = 10 // times Config.Phase, for each level
	postWarm   = 2  // times Config.Phase before it is measured
	postLevels = "1 8 64 256"
)

// posting is one office that runs in this process, on folders and sockets of its own.
type posting struct {
	*app.Node
	id      journal.ID
	waiting sync.Map // message -> chan struct{}, closed when its receipt is kept
}

// post measures two offices that run as they ship, in one process: each with its data folder, sequencer, courier and door.
// In each conversation the next message is sent when the receipt of the last is there.
func (c Config) post(ctx context.Context) (out []Posted, err error) {
	ctx, stop := context.WithCancel(ctx)
	serving := new(errgroup.Group)
	defer func() { stop(); err = errors.Join(err, serving.Wait()) }()
	var offices [2]*posting
	for i := range offices {
		if offices[i], err = openPosting(ctx, filepath.Join(c.Dir, fmt.Sprintf("posted-%d", i)), access.Programme, serving); err != nil {
			return nil, err
		}
		defer func() { err = errors.Join(err, serving.Wait(), offices[i].Close()) }()
		defer stop()
	}
	if err := introduce(ctx, offices[0], offices[1], "letter", journal.OF); err != nil {
		return nil, err
	}
	for _, level := range strings.Fields(postLevels) {
		var n int
		if _, err := fmt.Sscan(level, &n); err != nil {
			return nil, err
		}
		if _, err := c.exchange(ctx, offices[0], offices[1], n, postWarm*c.Phase); err != nil {
			return nil, err
		}
		p, err := c.exchange(ctx, offices[0], offices[1], n, postSpan*c.Phase)
		if err != nil {
			return nil, err
		}
		c.say("post: %d conversations, %.0f messages a second, p50 %.1f ms, p99 %.1f ms, processor %.2f ms", n, p.Rate, p.P50, p.P99, p.CPU)
		out = append(out, p)
	}
	return out, nil
}

// openPosting makes an office and lets it serve until the context ends.
func openPosting(ctx context.Context, dir string, kind access.OfficeKind, serving *errgroup.Group) (*posting, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // finds a port that is free
	if err != nil {
		return nil, err
	}
	at := l.Addr().String()
	if err := errors.Join(l.Close(), os.MkdirAll(dir, 0o700)); err != nil {
		return nil, err
	}
	key := filepath.Join(dir, "bench.key")
	to, err := vault.GenerateKeyFile(key)
	if err != nil {
		return nil, err
	}
	f := app.Folder(dir)
	owner := app.NewOwner("Measured office (fictitious)", kind, "GR", "Europe/Athens", "en", time.Now().AddDate(0, 0, -1))
	if err := app.Create(f, app.Settings{Listen: at, URL: "http://" + at, Unlock: "keyfile", KeyFile: "bench.key", Demo: true, PostQuota: &post.Quota{}, MatchQuota: 1 << 30, Owners: []app.Owner{owner}}, to); err != nil {
		return nil, err
	}
	with, err := vault.ReadKeyFile(key)
	if err != nil {
		return nil, err
	}
	n, err := app.Open(ctx, f, app.Options{With: with})
	if err != nil {
		return nil, err
	}
	o := &posting{Node: n, id: owner.ID}
	n.Post.Register(postType, func(ctx context.Context, in post.Incoming) error {
		return n.DB.Write(ctx, func(tx db.Tx) error { return in.Done(ctx, tx) })
	}, func(_ context.Context, _ journal.ID, s post.Sent, r post.Receipt) error {
		if done, ok := o.waiting.LoadAndDelete(s.ID); ok && r.Status == post.Accepted {
			close(done.(chan struct{}))
		}
		return nil
	})
	ready := make(chan struct{})
	serving.Go(func() error { return n.Serve(ctx, func(string) { close(ready) }) })
	select {
	case <-ready:
	case <-ctx.Done():
	}
	return o, ctx.Err()
}

// do asks an office as the command line does.
func (o *posting) do(ctx context.Context, name string, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	v, err := o.Operate(ctx, name, b)
	if err != nil {
		return err
	}
	if b, err = json.Marshal(v); err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

// introduce lets two offices pin each other and sign terms for a purpose, both ways.
func introduce(ctx context.Context, a, b *posting, purpose string, category journal.Category) error {
	for _, way := range [][2]*posting{{a, b}, {b, a}} {
		var c app.CardOut
		var out app.PinOut
		if err := errors.Join(way[1].do(ctx, "card", app.Of{}, &c), way[0].do(ctx, "partner.pin", app.PinIn{Card: c.Card, How: "phone"}, &out)); err != nil {
			return err
		}
	}
	return agree(ctx, a, b, purpose, category)
}

// agree lets two offices that know each other sign terms for a purpose, both ways.
func agree(ctx context.Context, a, b *posting, purpose string, category journal.Category) error {
	var grants []terms.Grant
	for _, way := range [][2]*posting{{a, b}, {b, a}} {
		grants = append(grants, terms.Grant{From: way[0].id, To: way[1].id, Purpose: purpose, Categories: []journal.Category{category}})
	}
	draft := app.DraftIn{Partner: b.id, Title: "Measured (fictitious)", Grants: grants, Handling: "H3", Basis: "none", TextName: "text.txt", Text: []byte("text"), From: time.Now().Add(-time.Hour), Until: time.Now().AddDate(0, 0, 30), Retention: 30}
	var drafted, first, second, third app.TermsOut
	return errors.Join(a.do(ctx, "terms.draft", draft, &drafted), a.do(ctx, "terms.sign", app.SignIn{ID: drafted.Document.ID}, &first),
		b.do(ctx, "terms.sign", app.SignIn{Terms: &first}, &second), a.do(ctx, "terms.sign", app.SignIn{Terms: &second}, &third))
}

// exchange lets so many conversations send for a time, and measures.
func (c Config) exchange(ctx context.Context, from, to *posting, conversations int, span time.Duration) (Posted, error) {
	began, cpu := time.Now(), spent(os.Getpid())
	took := make([][]time.Duration, conversations)
	sending := new(errgroup.Group)
	for i := range conversations {
		talk := journal.NewID(began, rand.Reader)
		sending.Go(func() error {
			for time.Since(began) < span {
				at := time.Now()
				if err := from.send(ctx, to.id, talk); err != nil {
					return err
				}
				took[i] = append(took[i], time.Since(at))
			}
			return nil
		})
	}
	err := sending.Wait()
	lasted := time.Since(began)
	var all []time.Duration
	for _, ts := range took {
		all = append(all, ts...)
	}
	p := Posted{Conversations: conversations, Messages: len(all), Body: postBody, Rate: float64(len(all)) / lasted.Seconds()}
	p.P50, p.P99 = quantiles(all)
	if len(all) > 0 {
		p.CPU = float64((spent(os.Getpid()) - cpu).Microseconds()) / 1000 / float64(len(all))
	}
	return p, err
}

// send lets an office send one message and waits for its receipt.
func (o *posting) send(ctx context.Context, to, talk journal.ID) error {
	body := make([]byte, postBody)
	_, _ = rand.Read(body) // never errs
	m := post.Outgoing{ID: journal.NewID(time.Now(), rand.Reader), To: to, Type: postType, Conversation: talk, Purpose: "letter", Basis: "law", Categories: []journal.Category{journal.OF}, Body: body}
	done := make(chan struct{})
	o.waiting.Store(m.ID, done)
	sealed, err := o.Post.Prepare(ctx, o.id, m)
	if err != nil {
		return err
	}
	if err := o.DB.WriteAgain(ctx, func(tx db.Tx) error { return o.Post.Enqueue(ctx, tx, sealed) }); err != nil {
		return err
	}
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Minute):
		return errors.New("bench: a message without a receipt for a minute")
	}
}

func postTable(ps []Posted) string {
	var b strings.Builder
	row(&b, "conversations beside each other", "messages a second", "p50", "p99", "processor time, both offices", "bytes of the body", "messages")
	rule(&b, 7, 0)
	for _, p := range ps {
		row(&b, fmt.Sprint(p.Conversations), fmt.Sprintf("%.0f", p.Rate), fmt.Sprintf("%.1f ms", p.P50), fmt.Sprintf("%.1f ms", p.P99), fmt.Sprintf("%.2f ms", p.CPU), fmt.Sprint(p.Body), fmt.Sprint(p.Messages))
	}
	return b.String()
}
