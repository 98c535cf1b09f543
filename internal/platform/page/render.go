// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// render turns a response into bytes; nothing is written yet.
func (s *site) render(x *exchange, res Response) (answer, error) {
	a := answer{code: http.StatusOK, header: http.Header{"Cache-Control": {"no-store"}}}
	for {
		switch v := res.(type) {
		case status:
			a.code, res = v.code, v.of
		case withCookie:
			if s.public(x) && len(v.cookies) > 0 {
				return a, fmt.Errorf("page: %s is public and may set no cookie", x.rt.Pattern)
			}
			for _, c := range v.cookies {
				a.header.Add("Set-Cookie", c.String())
			}
			res = v.of
		case withCamera:
			a.header.Set("Permissions-Policy", permissions("self"))
			res = v.of
		case view:
			return s.renderView(x, v, a)
		case redirect:
			return s.renderRedirect(x, v, a)
		case away:
			return leave(x, v, a), nil
		case file:
			a.header.Set("Content-Type", v.mediaType)
			a.header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": v.name}))
			a.header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
			a.body = v.body
			return a, nil
		case rows:
			a.header.Set("Content-Type", sheetType)
			a.header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": v.name}))
			a.header.Set("Content-Security-Policy", "sandbox; default-src 'none'")
			a.stream = v.fill
			return a, nil
		case standalone:
			if !hashed.MatchString(v.script) || !hashed.MatchString(v.style) {
				return a, fmt.Errorf("page: %s shows a document without the hashes of its script and style", x.rt.Pattern)
			}
			a.header.Set("Content-Type", "text/html; charset=utf-8")
			a.header.Set("Content-Security-Policy", fmt.Sprintf(alone, v.script, v.style))
			a.body = v.document
			return a, nil
		default:
			return a, fmt.Errorf("page: %s gave no response", x.rt.Pattern)
		}
	}
}

func (s *site) renderView(x *exchange, v view, a answer) (answer, error) {
	a.header.Set("Content-Type", "text/html; charset=utf-8")
	p := s.rootOf(x, v.title, v.data)
	if !s.public(x) {
		if key := flash(x.r); key != "" && s.c.Bundle.Locale("en", nil).Has(key) {
			p.Notice = x.r.L.T(key)
			a.header.Add("Set-Cookie", s.cookie(x.r, flashCookie, "", -1).String())
		}
	}
	b, err := s.views.render(x.r, v.template, p)
	a.body = b
	return a, err
}

func (s *site) renderRedirect(x *exchange, v redirect, a answer) (answer, error) {
	if Local(v.path) != v.path {
		return a, fmt.Errorf("page: %s redirects outside of the office", x.rt.Pattern)
	}
	if v.notice != "" && !s.public(x) {
		a.header.Add("Set-Cookie", s.cookie(x.r, flashCookie, v.notice, 60).String())
	}
	return s.sendTo(x, v.path, a), nil
}

// sendTo answers with a redirect that a browser follows, and htmx as a whole page.
func (s *site) sendTo(x *exchange, path string, a answer) answer {
	if x.r.Header.Get("HX-Request") == "true" {
		a.header.Set("HX-Redirect", path)
		a.code = http.StatusOK
		return a
	}
	a.header.Set("Location", path)
	a.code = http.StatusSeeOther
	return a
}

// Local gives path when it leads to a page of this office, "/" otherwise: for "back" parameters.
func Local(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}

// signInPath leads to the sign-in page and, for a page that was read, back.
func signInPath(q *http.Request) string {
	if q.Method != http.MethodGet || q.URL.Path == "/" {
		return "/signin"
	}
	return "/signin?back=" + url.QueryEscape(q.URL.RequestURI())
}

func nothingHere(_ context.Context, _ *Request) (Response, error) {
	return nil, fault.New(fault.NotFound, "fault.not_found")
}
