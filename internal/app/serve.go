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
)

// How often the background work looks around. Each also runs at once when there is something to do.
const (
	numberEvery  = time.Second
	deliverEvery = time.Second
	markEvery    = time.Minute
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
	g, gctx := errgroup.WithContext(ctx)
	for l, h := range map[net.Listener]http.Handler{web: handler, socket: n.operator()} {
		g.Go(func() error { return n.serve(gctx, l, h) })
	}
	g.Go(func() error { n.sequencer.Run(gctx, numberEvery, n.trouble("number the log")); return nil })
	g.Go(func() error { n.courier.Run(gctx, deliverEvery, n.wake, n.trouble("deliver")); return nil })
	g.Go(func() error { n.mark(gctx); return nil })
	g.Go(func() error { n.tend(gctx); return nil })
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

func (n *Node) listen() (net.Listener, error) {
	l, err := net.Listen("tcp", n.Settings.Listen)
	if err != nil || n.Settings.Cert == "" {
		return l, err
	}
	cert, err := tls.LoadX509KeyPair(n.Settings.Cert, n.Settings.Key)
	if err != nil {
		_ = l.Close()
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}}), nil
}

// serve bounds slow clients, and on the context's end gives running requests ten seconds.
func (n *Node) serve(ctx context.Context, l net.Listener, h http.Handler) error {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 5 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
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
