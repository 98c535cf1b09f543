// SPDX-License-Identifier: EUPL-1.2

package field

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// order is how the fields of a part are read: what keeps the person safe before any number.
var order = []string{"safe_to_call", "safe_name", "hours", "channel", "code_word", "never", "number", "names", "born", "nationality", "documents", "notes"}

// Plain shows one category of what travels between offices, field by field: names of fields and codes in
// words, everything else as it is. What it does not know it shows under its own name, so nothing is hidden.
func Plain(l *lang.Locale, raw json.RawMessage) []page.Fact {
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		return []page.Fact{{Term: l.T("casework.preview.text"), Text: string(raw)}}
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	rank := func(k string) int {
		if i := slices.Index(order, k); i >= 0 {
			return i
		}
		return len(order)
	}
	inorder.By(keys, func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	var out []page.Fact
	for _, k := range keys {
		term := k
		if l.Has("referral.field." + k) {
			term = l.T("referral.field." + k)
		}
		out = append(out, page.Fact{Term: term, Text: said(l, k, flat(l, m[k]))})
	}
	return out
}

// said puts the codes of a part into words.
func said(l *lang.Locale, field, v string) string {
	switch prefix := map[string]string{"safe_to_call": "casework.safe.", "channel": "casework.channel."}[field]; {
	case prefix != "" && v != "" && l.Has(prefix+v):
		return l.T(prefix + v)
	case field == "nationality":
		return l.Country(v)
	}
	return v
}

// flat writes a JSON value on one line.
func flat(l *lang.Locale, v any) string {
	switch x := v.(type) {
	case string:
		return x
	case []any:
		parts := make([]string, len(x))
		for i, y := range x {
			parts[i] = flat(l, y)
		}
		return strings.Join(parts, "; ")
	case map[string]any:
		return record(l, x)
	}
	b, _ := json.Marshal(v) // what came from JSON goes back
	return string(b)
}

// record writes a note or a document: when, what, then whatever else it has.
func record(l *lang.Locale, m map[string]any) string {
	var parts []string
	if s, ok := m["at"].(string); ok {
		if t, err := time.Parse(time.RFC3339, s); err == nil {
			s = l.DateTime(t)
		}
		parts = append(parts, s)
	}
	if s, ok := m["sort"].(string); ok {
		if l.Has("casework.document." + s) {
			s = l.T("casework.document." + s)
		}
		parts = append(parts, s)
	}
	keys := make([]string, 0, len(m))
	for k := range m {
		if k != "at" && k != "sort" {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		if s := flat(l, m[k]); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}
