// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"context"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Office is the office that a request is served for.
type Office struct {
	Name string
	Kind access.OfficeKind
	ID   journal.ID
	Demo bool // everything in it is fictitious: each page says so
}

// Request is what a handler gets: the HTTP request with everything the house knows about it already.
type Request struct {
	*http.Request
	Actor  access.Actor // the zero Actor on Public routes, and on Open ones without a session
	Signed bool         // there is a session
	L      *lang.Locale
	Zone   *time.Location // the zone L shows times in
	Now    time.Time
	Office Office
}

// Handler answers a request. It returns a value and writes nothing: the answer is rendered whole, then
// Config.BeforeWrite commits what must be committed, and only then does the first byte leave.
// An error is a fault; its kind decides the status and the page.
type Handler func(ctx context.Context, r *Request) (Response, error)

// Route is one door of a room.
type Route struct {
	Pattern string // of net/http's mux with its method: "GET /cases/{id}"
	Handle  Handler
	Open    bool     // no session needed
	Public  bool     // for anybody, on Config.PublicHost: no cookie read or set, no log line, a way to leave quickly
	MaxBody int64    // bytes of body allowed, at most 16 MiB; 0 is 1 MiB
	Tongues []string // the only languages that a Public page is written in; nil is every one that persons read
}

// MenuItem is one line of the menu.
type MenuItem struct {
	Key   string   // catalogue key of its word
	Path  string   // "/cases"; it is marked current on every path below
	Also  []string // further paths on and below which it is marked current
	Icon  string   // a name from assets/icons.txt
	Order int      // small first
	Show  func(access.Actor) bool
}

// Room is what a room of the house gives to be seen.
type Room struct {
	Name      string
	Templates fs.FS // *.html, each defining "<room>/<page>"; nil when there are none
	Funcs     template.FuncMap
	Routes    []Route
	Menu      []MenuItem
}

// SearchBox is what stands in the head of every page and answers to the key "/".
type SearchBox struct {
	Path string // that "q" is posted to, so that no word of it stands in an address
	Key  string // of its label
}

// Personal is how a signed-in person likes to see things, as the account says.
type Personal struct {
	Zone     *time.Location // nil for the office's
	Language string         // "" for the browser's
	Name     string         // shown in the person's own menu only
}

// Config is everything that the pages need of the house.
type Config struct {
	Bundle *lang.Bundle
	Clock  clock.Clock
	Office Office
	Zone   *time.Location // of the office; nil is UTC
	Rooms  []Room

	// SignIn says who is asking; false when nobody is signed in. It is not called on Public routes.
	SignIn func(*http.Request) (access.Actor, bool, error)
	// SignOut ends the session of a request, if there is one; for leaving quickly. May be nil.
	SignOut func(*http.Request) error
	// Personal gives the preferences of the actor of a request. May be nil.
	Personal func(*http.Request, access.Actor) Personal

	// Reviewed gives a language for persons without the mark of a draft where somebody answers for it. May be nil.
	Reviewed func(context.Context, *lang.Locale) (*lang.Locale, error)

	// Begin prepares a request's context, for example so that reads are noted in it. May be nil.
	Begin func(context.Context) context.Context
	// BeforeWrite is called once, with that context, when the answer stands ready and before its first byte.
	// When it fails, nothing of the answer leaves. May be nil.
	BeforeWrite func(context.Context) error

	// Search gives the search box for somebody who is signed in; without a path there is none. May be nil.
	Search func(access.Actor) SearchBox

	PublicHost string // host (with its port, if not the usual one) of the Public routes; "" serves them beside the others
	ExitTo     string // where leaving quickly leads: a neutral site; "" is https://www.wikipedia.org/
	Gallery    bool   // mount /gallery, which shows every component

	Log      *slog.Logger           // nil is silent
	Metrics  *metrics.Set           // nil counts nothing
	OnReport func(directive string) // told of each breach of the content policy that a browser reports; may be nil

	// Address gives where a request comes from when a trusted proxy stands before; nil is the connection's own.
	Address func(*http.Request) string

	Rate  float64 // requests a second for one session or address; 0 is 20
	Burst int     // how many at once; 0 is 80
}
