// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Handler is the node's web door: pages, the API, and what other offices need (the card and the post).
func (n *Node) Handler() (http.Handler, error) {
	mux := http.NewServeMux()
	(&post.Door{Post: n.Post, Serves: n.serves, Refused: n.turnedAway}).Mount(mux)
	mux.HandleFunc("GET /card/{office}", n.cardOf)
	mux.HandleFunc("GET /healthz", n.health)
	mux.Handle("GET /metrics", onlyHere(http.HandlerFunc(n.measures)))
	n.mountAPI(mux)
	if err := n.offices.build(); err != nil {
		return nil, err
	}
	mux.Handle("/", n.offices)
	return onlySecure(mux), nil
}

// onlySecure tells browsers that came over TLS to come back in no other way, whatever the answer is.
func onlySecure(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil {
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.ServeHTTP(w, r)
	})
}

// turnedAway notes that something at the post's door got no receipt: the code why, nothing of what came.
func (n *Node) turnedAway(err error) {
	var f *fault.Fault
	if !errors.As(err, &f) || f.Kind == fault.Internal {
		n.trouble("take in post")(err)
		return
	}
	n.log.Info("post turned away", "reason", f.Key)
}

// cardOf hands out an owner's card: it is public, and says nothing that a partner does not need.
func (n *Node) cardOf(w http.ResponseWriter, r *http.Request) {
	id, err := journal.ParseID(r.PathValue("office"))
	s, ok := n.directory.own(id)
	if err != nil || !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(s.bytes)
}

// health says whether the database answers; nothing else.
func (n *Node) health(w http.ResponseWriter, r *http.Request) {
	if err := n.DB.Read(r.Context(), func(tx dbTx) error {
		var one int
		return tx.Row(r.Context(), `SELECT 1`).Scan(&one)
	}); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ok\n"))
}

// onlyHere lets only the machine itself read: counts and durations tell an office's rhythm.
func onlyHere(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !fromHere(r) {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// held is an answer that waits until what it shows has been noted.
type held struct {
	header http.Header
	body   bytes.Buffer
	code   int
}

func (h *held) Header() http.Header         { return h.header }
func (h *held) Write(b []byte) (int, error) { return h.body.Write(b) }
func (h *held) WriteHeader(code int)        { h.code = code }

// noted holds an API answer back until the read entry for what it shows is committed; when that fails,
// nothing of the answer leaves.
func (n *Node) noted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := store.WithReads(r.Context())
		a := &held{header: w.Header(), code: http.StatusOK}
		if err := n.whole(h, a, r.WithContext(ctx)); err != nil {
			n.refuse(w, r, err)
			return
		}
		if err := n.Store.CommitReads(context.WithoutCancel(ctx)); err != nil {
			w.WriteHeader(statusOf(fault.Of(err)))
			return
		}
		w.WriteHeader(a.code)
		_, _ = w.Write(a.body.Bytes())
	})
}

// whole lets a handler answer, and turns a panic into an error: of a half-made answer nothing leaves. The log gets where it
// happened, never what the panic said, which may hold what somebody typed.
func (n *Node) whole(h http.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			n.log.Error("panic", "pattern", r.Pattern, "kind", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "fault.internal")
		}
	}()
	h.ServeHTTP(w, r)
	return nil
}

// statusOf is the one place where the API turns a fault's kind into an HTTP status.
func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Denied:
		return http.StatusForbidden
	case fault.Unsigned:
		return http.StatusUnauthorized
	case fault.Conflict, fault.Guarded:
		return http.StatusConflict
	case fault.Uncovered:
		return http.StatusForbidden
	case fault.TooMuch:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Erased:
		return http.StatusGone
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusInternalServerError
}

// address is where a request comes from, for the back-off of failed sign-ins.
func (n *Node) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// measures writes the counts in the text form that Prometheus reads.
func (n *Node) measures(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	n.metrics.WritePrometheus(w)
}
