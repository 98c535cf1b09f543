// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// codes maps the kinds of fault to status codes; the only place that does, for pages.
var codes = map[fault.Kind]int{
	fault.Internal: 500, fault.Invalid: 422, fault.NotFound: 404, fault.Denied: 403, fault.Unsigned: 401, fault.Conflict: 409,
	fault.Guarded: 409, fault.Uncovered: 403, fault.TooMuch: 429, fault.Unavailable: 503, fault.Erased: 410,
	fault.TooLarge: 413,
}

// crash is a panic that was caught. Its value may hold anything, so only a runtime error's own words are kept.
type crash struct {
	what  string
	stack string
}

func (c *crash) Error() string { return "panic: " + c.what }

func panicked(p any) error {
	c := &crash{what: fmt.Sprintf("%T", p), stack: string(debug.Stack())}
	var re runtime.Error
	if err, ok := p.(error); ok && errors.As(err, &re) {
		c.what = re.Error()
	}
	return c
}

// Problem is an error as JSON, after RFC 9457.
type Problem struct {
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail,omitempty"`
	Kind   string        `json:"kind"`
	ID     string        `json:"id,omitempty"`
	Fields []fault.Field `json:"fields,omitempty"`
}

// Trouble is what the error page shows.
type Trouble struct {
	Kind   string
	Status int
	Title  string
	Detail string // what went wrong, in the room's words; "" for a defect
	Remedy string // what to do
	ID     string // names a defect's line in the log; "" for others
	Fields []string
}

// faultAnswer turns an error into its page. It cannot fail: when the page itself does not render, plain text goes out.
func (s *site) faultAnswer(x *exchange, err error) answer {
	a := answer{header: http.Header{"Cache-Control": {"no-store"}}}
	kind := fault.Of(err)
	a.code = codes[kind]
	asJSON := strings.Contains(x.r.Header.Get("Accept"), "json")
	if kind == fault.Unsigned && !asJSON {
		return s.sendTo(x, signInPath(x.r.Request), a)
	}
	x.r.L = x.r.L.Ours() // what went wrong is told in a language of the screens
	t := s.trouble(x, kind, err)
	switch kind {
	case fault.TooMuch:
		a.header.Set("Retry-After", "10")
	case fault.Unavailable:
		a.header.Set("Retry-After", "30")
	}
	if asJSON {
		p := Problem{Title: t.Title, Status: a.code, Detail: t.Detail, Kind: t.Kind, ID: t.ID}
		var f *fault.Fault
		if errors.As(err, &f) {
			p.Fields = f.Fields
		}
		if b, err := json.Marshal(p); err == nil {
			a.header.Set("Content-Type", "application/problem+json")
			a.body = b
			return a
		}
	}
	a.header.Set("Content-Type", "text/html; charset=utf-8")
	body, rerr := s.renderTrouble(x, t)
	if rerr != nil {
		s.c.Log.Error("error page failed", "pattern", x.rt.Pattern, "error", rerr.Error())
		a.header.Set("Content-Type", "text/plain; charset=utf-8")
		body = []byte(t.Title + "\n\n" + t.Remedy + "\n" + t.ID + "\n")
	}
	a.body = body
	return a
}

func (s *site) renderTrouble(x *exchange, t Trouble) (b []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	return s.views.render(x.r, "page/trouble", s.rootOf(x, t.Title, t))
}

func (s *site) trouble(x *exchange, kind fault.Kind, err error) Trouble {
	l := x.r.L
	base := "page.trouble." + kind.String()
	t := Trouble{Kind: kind.String(), Status: codes[kind], Title: l.T(base + ".title"), Remedy: l.T(base + ".remedy")}
	if kind == fault.Internal {
		t.ID = s.logDefect(x, err)
		return t
	}
	var f *fault.Fault
	if !errors.As(err, &f) {
		return t
	}
	if l.Has(f.Key) && f.Key != "fault."+kind.String() {
		t.Detail = l.T(f.Key, argsOf(f.Args)...)
	}
	for _, x := range f.Fields {
		if l.Has(x.Key) {
			t.Fields = append(t.Fields, l.T(x.Key, argsOf(x.Args)...))
		}
	}
	return t
}

// logDefect writes a defect to the log under an id that the user can read out, and gives the id.
func (s *site) logDefect(x *exchange, err error) string {
	id := rand.Text()[:8]
	attrs := []any{"id", id, "pattern", x.rt.Pattern, "error", err.Error()}
	var c *crash
	if errors.As(err, &c) {
		attrs = append(attrs, "stack", c.stack)
	}
	s.c.Log.Error("defect", attrs...)
	return id
}

func levelOf(code int) slog.Level {
	if code >= 500 {
		return slog.LevelWarn
	}
	return slog.LevelInfo
}

// attrs is a request's line in the log: the pattern, never the URL.
func attrs(q *http.Request, rt Route, a answer, took time.Duration) []slog.Attr {
	return []slog.Attr{slog.String("method", q.Method), slog.String("pattern", rt.Pattern), slog.Int("status", a.code),
		slog.Int("bytes", len(a.body)), slog.Int64("ms", took.Milliseconds())}
}

// templateError keeps where a template failed and, of the engine's message, only what cannot quote a value.
func templateError(name string, err error) error {
	var unsafe *template.Error // escaping: about the template's own text
	if errors.As(err, &unsafe) {
		return fmt.Errorf("page: template %s: %w", name, err)
	}
	msg := err.Error()
	where, why, _ := strings.Cut(msg, ">: ")
	for _, plain := range []string{"can't evaluate field", "nil pointer", "nil data", "wrong type", "wrong number of args", "page: "} {
		if i := strings.Index(why, plain); i >= 0 {
			return fmt.Errorf("page: template %s: %s>: %s", name, where, why[i:])
		}
	}
	return fmt.Errorf("page: template %s: %s", name, where)
}
