// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"reflect"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

type dbTx = db.Tx

// apiBody bounds a request of the API that brings no file.
const apiBody = 1 << 20

// apiAbout introduces the API to whoever reads its description.
const apiAbout = `The same door as the pages: what the caller may not see is not there.

Sign in by POST /session, or send a token of one's account page as "Authorization: Bearer". Every call on dossiers names a purpose,
which is noted with whatever is read or written.

Ids are made by the writer, so that sending a request again is harmless. Errors are problem+json (RFC 9457): 401 nobody is signed in, 403 the
door says no, 404 nothing is there for this caller, 409 it no longer holds (a rule of the room, or somebody wrote meanwhile: read
again), 410 erased, 413 too long, 422 a field is wrong, 429 too much at once, 503 try again later.`

// mountAPI mounts the JSON API under /api/v1. It is the same door as the pages: each call ends in the
// store, which asks for the actor and the purpose; the API's own work is decoding and naming.
func (n *Node) mountAPI(mux *http.ServeMux) {
	inner := http.NewServeMux()
	c := huma.DefaultConfig("Entraide", "1")
	c.DocsPath, c.SchemasPath, c.OpenAPIPath = "", "", "/api/v1/openapi"
	c.CreateHooks = nil // no $schema links: an answer holds what was asked for
	c.Info.Description = apiAbout
	c.Transformers = append(c.Transformers, n.problem)
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "session"},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	api := humago.New(inner, c)
	n.apiSession(api)
	n.apiDossiers(api)
	n.apiPeople(api)
	n.apiAmend(api)
	n.apiAttachments(api)
	n.apiStatistics(api)
	n.document(api)
	inner.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		n.refuse(w, r, fault.New(fault.NotFound, "fault.not_found"))
	})
	strangers := page.NewLimiter()
	cross := http.NewCrossOriginProtection()
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Header.Get("Cookie") == "" && r.Header.Get("Authorization") == "" && !strangers.Allow(r, n.Clock.Now()) {
			w.Header().Set("Retry-After", "10")
			n.refuse(w, r, fault.New(fault.TooMuch, "page.fault.rate"))
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, n.bodyLimit(r))
		inner.ServeHTTP(w, r)
	})
	mux.Handle("/api/", cross.Handler(n.noted(n.carrying(limited))))
}

// refuse answers outside of any call.
func (n *Node) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := n.problemOf(r, err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
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
	Title  string     `json:"title" doc:"what went wrong, in the language of Accept-Language"`
	Status int        `json:"status"`
	Kind   string     `json:"kind" doc:"of a closed list; decide by it, not by the title"`
	Key    string     `json:"key" doc:"which rule said no"`
	Fields []apiField `json:"fields,omitempty" doc:"what is wrong with which field"`
}

// apiField is one field that is wrong. Its value is never sent back.
type apiField struct {
	fault.Field
	Text string `json:"text,omitempty"`
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
	if fault.Of(err) == fault.Internal {
		n.log.Error("internal", "error", err.Error())
	}
	return n.problemOf(requestOf(ctx), err)
}

func (n *Node) problemOf(r *http.Request, err error) *apiError {
	k, l := fault.Of(err), n.locale(r)
	out := &apiError{Status: statusOf(k), Kind: k.String(), Key: "fault." + k.String()}
	var f *fault.Fault
	if errors.As(err, &f) && f.Key != "" {
		out.Key = f.Key
		for _, x := range f.Fields {
			out.Fields = append(out.Fields, apiField{x, l.T(x.Key, pairs(x.Args)...)})
		}
	}
	out.Title = l.T(out.Key, args(f)...)
	return out
}

// problem gives what the framework finds wrong with a request (a field that is missing, unknown or of another type)
// the same form as what the rooms find.
func (n *Node) problem(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	r := requestOf(ctx.Context())
	if m.Status == http.StatusRequestEntityTooLarge {
		return n.problemOf(r, fault.New(fault.TooLarge, "page.fault.body", "Most", page.Megabytes(n.bodyLimit(r)))), nil
	}
	k, l := fault.Invalid, n.locale(r)
	out := &apiError{Status: m.Status, Kind: k.String(), Key: "fault." + k.String(), Title: l.T("fault." + k.String())}
	for _, d := range m.Errors {
		name := strings.TrimPrefix(strings.TrimPrefix(d.Location, "body."), "query.")
		if !fieldPath.MatchString(name) { // whoever sends a text for a field's name does not get it back
			name = "body"
		}
		rule, _, _ := strings.Cut(d.Message, "'") // the parser quotes what it met
		out.Fields = append(out.Fields, apiField{fault.Field{Name: name, Key: "app.need.field"}, strings.TrimSpace(rule)})
	}
	return out, nil
}

// fieldPath is the shape of a path of field names.
var fieldPath = regexp.MustCompile(`^[a-z_]+(?:\.[a-z0-9_]{1,40}|\[\d{1,4}\])*$`)

func args(f *fault.Fault) []any {
	if f == nil {
		return nil
	}
	return pairs(f.Args)
}

func pairs(m map[string]any) []any {
	var out []any
	for k, v := range m {
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

// document puts into the description what stands in no Go type: the purposes.
func (n *Node) document(api huma.API) {
	var known []string
	for _, p := range access.Purposes() {
		known = append(known, string(p))
	}
	for _, item := range api.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				if p.Name == "purpose" {
					p.Description = "Why; one of " + strings.Join(known, ", ") + "."
				}
			}
		}
	}
}

// call registers one call of the API; change may say more of it.
func call[I, O any](api huma.API, n *Node, method, path, summary string, f func(context.Context, *I) (*O, error), change ...func(*huma.Operation)) {
	op := huma.Operation{OperationID: huma.GenerateOperationID(method, path, new(O)), Method: method, Path: "/api/v1" + path, Summary: summary,
		Responses: map[string]*huma.Response{"default": {Description: "A refusal", Content: map[string]*huma.MediaType{"application/problem+json": {
			Schema: api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[apiError](), true, "Problem")}}}},
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
