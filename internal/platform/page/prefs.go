// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"context"
	"net/http"
	"slices"

	"golang.org/x/text/language"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Cookies of this package: choices of how to see, nothing of who sees.
const (
	langCookie  = "lang"
	themeCookie = "theme"
	flashCookie = "notice"
	aYear       = 365 * 24 * 3600
)

func (s *site) cookie(r *Request, name, value string, age int) *http.Cookie {
	return &http.Cookie{Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode}
}

func flash(r *Request) string {
	if c, err := r.Cookie(flashCookie); err == nil {
		return c.Value
	}
	return ""
}

// Theme gives the brightness that the reader chose, "light" or "dark"; "auto" where none was.
func Theme(r *Request) string { return theme(r) }

func theme(r *Request) string {
	if c, err := r.Cookie(themeCookie); err == nil && (c.Value == "dark" || c.Value == "light") {
		return c.Value
	}
	return "auto"
}

// locale picks the language of a request before anybody is signed in.
func (s *site) locale(x *exchange) *lang.Locale { return s.localeOf(x, "") }

// localeOf picks: the cookie, then the account's preference, then what the browser asks.
func (s *site) localeOf(x *exchange, personal string) *lang.Locale {
	if s.public(x) {
		return s.reviewed(x.r, s.publicLocale(x.r))
	}
	r := x.r
	tags := s.c.Bundle.Tags()
	var wish []string
	if c, err := r.Cookie(langCookie); err == nil {
		wish = append(wish, c.Value)
	}
	wish = append(wish, personal)
	for _, w := range wish {
		if slices.Contains(tags, w) {
			return s.c.Bundle.Locale(w, r.Zone)
		}
	}
	return s.c.Bundle.Locale(matched(s.choices, r.Header.Get("Accept-Language")), r.Zone)
}

// publicLocale picks the language of a public page, in which persons read and workers need not: ?lang=, then what the
// browser asks. Whatever such a language lacks is in English.
func (s *site) publicLocale(r *Request) *lang.Locale {
	b := s.c.Bundle
	wish := r.URL.Query().Get("lang")
	if slices.Contains(b.Tags(), wish) { // a test locale too
		return b.Locale(wish, r.Zone)
	}
	none := b.Locale("en", r.Zone)
	if l := b.Person([]string{wish}, none); l != none || wish == "en" {
		return l
	}
	return b.Person([]string{matched(b.Persons(), r.Header.Get("Accept-Language"))}, none)
}

// reviewed takes the mark of a draft away where somebody answers for a language. Where that cannot be known the mark stays.
func (s *site) reviewed(r *Request, l *lang.Locale) *lang.Locale {
	if s.c.Reviewed == nil || !l.Draft() {
		return l
	}
	if known, err := s.c.Reviewed(r.Context(), l); err == nil {
		return known
	}
	return l
}

func matched(tags []string, accept string) string {
	if len(tags) == 0 {
		return "en"
	}
	asked, _, err := language.ParseAcceptLanguage(accept)
	supported := make([]language.Tag, 0, len(tags)+1)
	names := make([]string, 0, len(tags)+1)
	if slices.Contains(tags, "en") { // the matcher falls back on the first
		supported, names = append(supported, language.English), append(names, "en")
	}
	for _, t := range tags {
		supported, names = append(supported, language.Make(t)), append(names, t)
	}
	if err != nil {
		return names[0]
	}
	_, i, _ := language.NewMatcher(supported).Match(asked...)
	return names[i]
}

// preferences keeps a choice of language or theme in a cookie.
func (s *site) preferences(_ context.Context, r *Request) (Response, error) {
	var in struct {
		Lang  string `form:"lang"`
		Theme string `form:"theme"`
		Back  string `form:"back"`
	}
	if err := r.Decode(&in); err != nil {
		return nil, err
	}
	res := Redirect(Local(in.Back), "")
	switch {
	case in.Lang == "" && in.Theme == "":
		return nil, fault.New(fault.Invalid, "page.fault.form")
	case in.Lang != "" && !slices.Contains(s.c.Bundle.Tags(), in.Lang):
		return nil, fault.New(fault.Invalid, "page.fault.form")
	case in.Lang != "":
		res = WithCookie(res, s.cookie(r, langCookie, in.Lang, aYear))
	}
	switch in.Theme {
	case "":
	case "light", "dark":
		res = WithCookie(res, s.cookie(r, themeCookie, in.Theme, aYear))
	case "auto":
		res = WithCookie(res, s.cookie(r, themeCookie, "", -1))
	default:
		return nil, fault.New(fault.Invalid, "page.fault.form")
	}
	return res, nil
}
