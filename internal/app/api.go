// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

type dbTx = db.Tx

// apiBody bounds a request of the API that brings no file.
const apiBody = 1 << 20

// mountAPI mounts the JSON API under /api/v1. It is the same door as the pages: each call ends in the
// store, which asks for the actor and the purpose; the API's own work is decoding and naming.
func (n *Node) mountAPI(mux *http.ServeMux) {
	inner := http.NewServeMux()
	c := huma.DefaultConfig("Entraide", "1")
	c.DocsPath, c.SchemasPath, c.OpenAPIPath = "", "", "/api/v1/openapi"
	c.CreateHooks = nil // no $schema links: an answer holds what was asked for
	c.Info.Description = "The same door as the pages. Every call names a purpose; what the caller may not see is not there."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "session"},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	api := humago.New(inner, c)
	n.apiSession(api)
	n.apiDossiers(api)
	n.apiPeople(api)
	n.apiAttachments(api)
	cross := http.NewCrossOriginProtection()
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		r.Body = http.MaxBytesReader(w, r.Body, n.bodyLimit(r))
		inner.ServeHTTP(w, r)
	})
	mux.Handle("/api/", cross.Handler(noted(n.Store, n.carrying(limited))))
}

type requestKey struct{}

// carrying keeps the HTTP request where huma's handlers can ask for it.
func (n *Node) carrying(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestKey{}, r)))
	})
}

func requestOf(ctx context.Context) *http.Request { return ctx.Value(requestKey{}).(*http.Request) }

// who says who is calling, for the purpose that the call names.
func (n *Node) who(ctx context.Context, purpose string) (store.Who, error) {
	a, ok, err := n.Identity.SignedIn(requestOf(ctx))
	if err != nil {
		return store.Who{}, err
	}
	if !ok {
		return store.Who{}, fault.New(fault.Unsigned, "fault.unsigned")
	}
	for _, p := range access.Purposes() {
		if string(p) == purpose {
			return store.Who{Actor: a, Purpose: p}, nil
		}
	}
	return store.Who{}, fault.Bad("purpose", "app.need.purpose")
}

// apiError is how a fault reads in the API: RFC 9457, with the fault's own words.
type apiError struct {
	Status int           `json:"status"`
	Title  string        `json:"title"`
	Kind   string        `json:"kind"`
	Key    string        `json:"key"`
	Fields []fault.Field `json:"fields,omitempty"`
}

func (e *apiError) Error() string  { return e.Key }
func (e *apiError) GetStatus() int { return e.Status }
func (e *apiError) ContentType(ct string) string {
	return strings.Replace(ct, "/json", "/problem+json", 1)
}

// failed turns an error into the API's; what is Internal goes to the log and leaves as its kind only.
func (n *Node) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	k := fault.Of(err)
	out := &apiError{Status: statusOf(k), Kind: k.String(), Key: "fault." + k.String()}
	var f *fault.Fault
	if errors.As(err, &f) && f.Key != "" {
		out.Key, out.Fields = f.Key, f.Fields
	}
	if k == fault.Internal {
		n.log.Error("internal", "error", err.Error())
	}
	out.Title = n.locale(requestOf(ctx)).T(out.Key, args(f)...)
	return out
}

func args(f *fault.Fault) []any {
	if f == nil {
		return nil
	}
	var out []any
	for k, v := range f.Args {
		out = append(out, k, v)
	}
	return out
}

// locale picks the language that a request asks for.
func (n *Node) locale(r *http.Request) *lang.Locale {
	o := n.offices.now(n.offices.of(r))
	tag, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	tag, _, _ = strings.Cut(tag, ";")
	if tag == "" {
		tag = o.Language
	}
	return n.Bundle.Locale(tag, o.zone())
}

// fromHere says whether a request comes from this machine, with nothing between.
func fromHere(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr == "" || r.RemoteAddr == "@" // the unix socket
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback() && r.Header.Get("X-Forwarded-For") == ""
}

// call registers one call of the API; change may say more of it.
func call[I, O any](api huma.API, n *Node, method, path, summary string, f func(context.Context, *I) (*O, error), change ...func(*huma.Operation)) {
	op := huma.Operation{OperationID: huma.GenerateOperationID(method, path, new(O)), Method: method, Path: "/api/v1" + path, Summary: summary,
		Security: []map[string][]string{{"session": {}}, {"token": {}}}}
	for _, f := range change {
		f(&op)
	}
	huma.Register(api, op,
		func(ctx context.Context, in *I) (*O, error) {
			out, err := f(ctx, in)
			if err != nil {
				return nil, n.failed(ctx, err)
			}
			return out, nil
		})
}
