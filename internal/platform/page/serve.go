// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"compress/gzip"
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

const usualBody = 1 << 20

// answer is a response rendered whole, waiting to be written.
type answer struct {
	code   int
	header http.Header
	body   []byte
	stream func(put func([]string) error) error // of Rows; nil for a body
}

// serve wraps one route with everything that happens around a handler.
func (s *site) serve(rt Route) http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		start := s.c.Clock.Now()
		r := &Request{Request: q, Now: start, Office: s.c.Office, Zone: s.c.Zone}
		x := &exchange{rt: rt, r: r, ctx: q.Context()}
		x.r.L = s.locale(x)
		a, err := s.handle(x, cross, w)
		if err != nil {
			a = s.faultAnswer(x, err)
		}
		if err := s.beforeWrite(x.ctx); err != nil {
			a = s.faultAnswer(x, err)
		}
		broken := false
		if a.stream != nil {
			began, err := s.stream(x, w, a)
			broken = err != nil && began
			if err != nil && !began {
				a = s.faultAnswer(x, err)
			}
		}
		if a.stream == nil {
			write(w, q, a)
		}
		took := s.c.Clock.Now().Sub(start)
		s.meter.count(rt.Pattern, a.code, took)
		if !rt.Public {
			s.c.Log.LogAttrs(q.Context(), levelOf(a.code), "request", attrs(q, rt, a, took)...)
		}
		if broken { // so that nobody takes half a file for the whole
			panic(http.ErrAbortHandler)
		}
	})
}

// exchange is one request on its way through the house.
type exchange struct {
	rt   Route
	r    *Request
	ctx  context.Context
	name string // of the signed-in person, for their own menu
}

// handle runs the checks, the handler and the rendering, and turns a panic into an error.
func (s *site) handle(x *exchange, cross *http.CrossOriginProtection, w http.ResponseWriter) (a answer, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	r := x.r
	if !s.limit.address(r.Request, r.Now) {
		return a, fault.New(fault.TooMuch, "page.fault.rate")
	}
	if cross.Check(r.Request) != nil {
		return a, fault.New(fault.Denied, "page.fault.cross_origin")
	}
	if !s.public(x) {
		if err := s.signIn(x); err != nil {
			return a, err
		}
	}
	if s.c.Begin != nil {
		x.ctx = s.c.Begin(x.ctx)
	}
	x.ctx = lang.With(x.ctx, r.L)
	limit := x.rt.MaxBody
	if limit == 0 {
		limit = usualBody
	}
	r.Request = r.Request.WithContext(x.ctx)
	r.Body = http.MaxBytesReader(w, r.Body, limit)
	res, err := x.rt.Handle(x.ctx, r)
	if err != nil {
		return a, err
	}
	return s.render(x, res)
}

// public says whether cookies are off limits: on Public routes always, and for whatever is asked of the public host.
func (s *site) public(x *exchange) bool {
	return x.rt.Public || s.hosts && strings.EqualFold(x.r.Host, s.c.PublicHost)
}

func (s *site) signIn(x *exchange) error {
	r := x.r
	if s.c.SignIn != nil {
		who, ok, err := s.c.SignIn(r.Request)
		if err != nil {
			return err
		}
		if ok {
			r.Actor, r.Signed = who, true
			if s.c.Personal != nil {
				p := s.c.Personal(r.Request, who)
				x.name = p.Name
				if p.Zone != nil {
					r.Zone = p.Zone
				}
				r.L = s.localeOf(x, p.Language)
			}
		}
	}
	if r.Signed && !s.limit.session(r.Actor.ID, r.Now) {
		return fault.New(fault.TooMuch, "page.fault.rate")
	}
	if !r.Signed && !x.rt.Open {
		return fault.New(fault.Unsigned, "fault.unsigned")
	}
	return nil
}

func (s *site) beforeWrite(ctx context.Context) (err error) {
	if s.c.BeforeWrite == nil {
		return nil
	}
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return s.c.BeforeWrite(ctx)
}

// write sends an answer. Pages are compressed only where the browser vouches that no other site made the request:
// a length that an attacker can provoke and watch would tell what is inside.
func write(w http.ResponseWriter, q *http.Request, a answer) {
	h := w.Header()
	for k, vs := range a.header {
		h[k] = vs
	}
	if len(a.body) > 1400 && strings.Contains(q.Header.Get("Accept-Encoding"), "gzip") && ownSite(q) && strings.HasPrefix(h.Get("Content-Type"), "text/") {
		h.Set("Content-Encoding", "gzip")
		h.Add("Vary", "Accept-Encoding, Sec-Fetch-Site")
		w.WriteHeader(a.code)
		if q.Method != http.MethodHead {
			z := gzip.NewWriter(w)
			_, _ = z.Write(a.body) // a reader who has gone cannot be told
			_ = z.Close()
		}
		return
	}
	if len(a.body) > 0 {
		h.Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.code)
	_, _ = w.Write(a.body)
}

func ownSite(q *http.Request) bool {
	site := q.Header.Get("Sec-Fetch-Site")
	return site == "same-origin" || site == "none"
}
