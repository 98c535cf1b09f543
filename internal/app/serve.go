// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// How often the background work looks around. Each also runs at once when there is something to do.
const (
	numberEvery  = time.Second
	deliverEvery = time.Second
	markEvery    = time.Minute
	relayEvery   = 5 * time.Second
	drawEvery    = time.Minute
)

// courierClient delivers sealed post: bounded in time, following no redirect (an office is where its card
// says), and never through a proxy that the environment names.
func courierClient() *http.Client {
	return &http.Client{
		Timeout:       2 * time.Minute,
		Transport:     &http.Transport{TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: time.Minute, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Serve opens the node's doors (the web, and the socket for the command line) and runs its background
// work until the context ends; then it lets running requests finish, numbers the last leaves and gives
// nil. ready is called once the doors are open.
func (n *Node) Serve(ctx context.Context, ready func(address string)) error {
	web, err := n.listen()
	if err != nil {
		return err
	}
	_ = os.Remove(n.Folder.Socket()) // a socket left by a crash: the lock says that nobody serves it
	socket, err := net.Listen("unix", n.Folder.Socket())
	if err != nil {
		_ = web.Close()
		return err
	}
	if err := os.Chmod(n.Folder.Socket(), 0o600); err != nil {
		return err
	}
	handler, err := n.Handler()
	if err != nil {
		return err
	}
	n.sweepOnce(ctx)
	g, gctx := errgroup.WithContext(ctx)
	for l, h := range map[net.Listener]http.Handler{web: handler, socket: n.operator()} {
		g.Go(func() error { return serve(gctx, l, h, usual) })
	}
	g.Go(func() error { n.sequencer.Run(gctx, numberEvery, n.trouble("number the log")); return nil })
	g.Go(func() error { n.courier.Run(gctx, deliverEvery, n.wake, n.trouble("deliver")); return nil })
	g.Go(func() error { n.relayed.Run(gctx, relayEvery, n.trouble("carry through a relay")); return nil })
	g.Go(func() error { n.mark(gctx); return nil })
	g.Go(func() error { n.send(gctx); return nil })
	g.Go(func() error { n.tend(gctx); return nil })
	g.Go(func() error { n.sweep(gctx); return nil })
	g.Go(func() error { n.compareNightly(gctx); return nil })
	g.Go(func() error { n.follow(gctx); return nil })
	g.Go(func() error { n.drawReleases(gctx); return nil })
	n.running.Store(true)
	if ready != nil {
		ready(web.Addr().String())
	}
	err = g.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_, numbered := n.sequencer.Once(last)
	if ctx.Err() != nil {
		return numbered
	}
	return errors.Join(err, numbered)
}

// listen opens the web door: with the office's certificate, or in clear for this machine alone, where a proxy or a
// browser on the same machine is all that can reach it.
func (n *Node) listen() (net.Listener, error) {
	host, _, err := net.SplitHostPort(n.Settings.Listen)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "app.need.listen")
	}
	if ip := net.ParseIP(host); n.Settings.Cert == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, fault.New(fault.Guarded, "operate.serve.plain")
	}
	l, err := net.Listen("tcp", n.Settings.Listen)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "operate.serve.address")
	}
	if n.Settings.Cert == "" {
		return l, nil
	}
	c := &certificate{cert: n.Settings.Cert, key: n.Settings.Key, clock: n.Clock}
	if _, err := c.get(nil); err != nil {
		_ = l.Close()
		return nil, fault.Wrap(fault.Invalid, err, "operate.serve.certificate")
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get, NextProtos: []string{"h2", "http/1.1"}}), nil
}

// patience bounds slow clients, and how long running requests may take when the node stops.
type patience struct{ header, read, write, idle, stop time.Duration }

// usual lets a large file through on a slow line, and nobody hold a connection by saying nothing.
var usual = patience{header: 10 * time.Second, read: 2 * time.Minute, write: 5 * time.Minute, idle: 2 * time.Minute, stop: 10 * time.Second}

// serve serves until the context's end, and then lets running requests finish.
func serve(ctx context.Context, l net.Listener, h http.Handler, p patience) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: p.header, ReadTimeout: p.read, WriteTimeout: p.write, IdleTimeout: p.idle,
		MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.stop)
		defer cancel()
		stopped <- s.Shutdown(last)
	}()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// trouble notes a failure of background work; what failed is tried again.
func (n *Node) trouble(what string) func(error) {
	return func(err error) { n.log.Warn("background work failed", "what", what, "error", err.Error()) }
}
