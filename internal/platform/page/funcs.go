// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"fmt"
	"html/template"
	"maps"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// funcs are the functions of templates in one language; l may be nil where only their names matter.
func (v *views) funcs(l *lang.Locale) template.FuncMap {
	when := func(f func(time.Time) string) func(any) (string, error) {
		return func(x any) (string, error) {
			t, err := moment(x)
			if err != nil || t.IsZero() {
				return "", err
			}
			return f(t), nil
		}
	}
	return template.FuncMap{
		"t":        func(key string, args ...any) string { return l.T(key, args...) },
		"n":        func(key string, n int, args ...any) string { return l.N(key, n, args...) },
		"has":      func(key string) bool { return l.Has(key) },
		"date":     when(func(t time.Time) string { return l.Date(t) }),
		"datetime": when(func(t time.Time) string { return l.DateTime(t) }),
		"time":     when(func(t time.Time) string { return l.Time(t) }),
		"iso":      when(func(t time.Time) string { return t.UTC().Format(time.RFC3339) }),
		"day":      when(func(t time.Time) string { return t.Format(time.DateOnly) }),
		"relative": func(x, now any) (string, error) { return relative(l, x, now) },
		"due":      due,
		"told":     func(label, text string) string { return l.Told(label, text) },
		"number":   func(x any) string { return l.Number(x) },
		"percent":  func(f float64) string { return l.Percent(f) },
		"country":  func(code string) string { return l.Country(code) },
		"language": func(code string) string { return l.Language(code) },
		"list":     func(xs []string) string { return l.List(xs) },
		"icon":     v.icon,
		"asset":    v.assets.Path,
		"dict":     dict,
		"set":      with,
		"items":    func(xs ...any) []any { return xs },
		"chosen":   chosen,
		"id":       fieldID,
		"tone":     toneOf,
		"add":      func(a, b int) int { return a + b },
	}
}

// moment reads a time.Time or *time.Time; nil and the zero time are "no time".
func moment(x any) (time.Time, error) {
	switch t := x.(type) {
	case nil:
		return time.Time{}, nil
	case time.Time:
		return t, nil
	case *time.Time:
		if t == nil {
			return time.Time{}, nil
		}
		return *t, nil
	}
	return time.Time{}, fmt.Errorf("page: a time is wanted, this is %T", x)
}

func relative(l *lang.Locale, x, now any) (string, error) {
	t, err := moment(x)
	if err != nil || t.IsZero() {
		return "", err
	}
	n, err := moment(now)
	if err != nil || n.IsZero() {
		return "", err
	}
	return l.Relative(t, n), nil
}

// due gives the tone of a deadline: bad when past, warn within a week, quiet otherwise.
func due(x, now any) (string, error) {
	t, err := moment(x)
	if err != nil {
		return "", err
	}
	n, err := moment(now)
	if err != nil || n.IsZero() || t.IsZero() {
		return "off", err
	}
	switch left := t.Sub(n); {
	case left < 0:
		return "bad", nil
	case left < 7*24*time.Hour:
		return "warn", nil
	}
	return "off", nil
}

func (v *views) icon(name string) (template.HTML, error) {
	if !v.assets.HasIcon(name) {
		return "", fmt.Errorf("page: no icon %q in assets/icons.txt", name)
	}
	// #nosec G203 -- both parts are ours
	return template.HTML(`<svg class="icon" aria-hidden="true" focusable="false"><use href="` + v.assets.Path("icons.svg") + "#" + name + `"/></svg>`), nil
}

// dict makes the argument of a component from names and values.
func dict(pairs ...any) (map[string]any, error) {
	return with(map[string]any{}, pairs...)
}

// with gives a copy of a dict with some values set.
func with(d map[string]any, pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("page: dict wants names and values in pairs")
	}
	out := maps.Clone(d)
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("page: dict wants a name, this is %T", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}

// chosen says whether a value is, or is among, what is selected, whatever their string types.
func chosen(value, selected any) bool {
	v := fmt.Sprint(value)
	switch s := selected.(type) {
	case nil:
		return false
	case []string:
		for _, x := range s {
			if x == v {
				return true
			}
		}
		return false
	case []any:
		for _, x := range s {
			if fmt.Sprint(x) == v {
				return true
			}
		}
		return false
	}
	return fmt.Sprint(selected) == v
}

// fieldID makes an element's id from a field's name.
func fieldID(name string) string {
	return "f-" + strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
			return c
		}
		return '-'
	}, name)
}

// toneOf keeps to the five tones that the style sheet knows.
func toneOf(x any) string {
	switch s := fmt.Sprint(x); s {
	case "good", "warn", "bad", "info":
		return s
	}
	return "off"
}
