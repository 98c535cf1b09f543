// SPDX-License-Identifier: EUPL-1.2

package journal_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

type (
	where struct {
		Town string  `json:"town"`
		Lat  float64 `json:"lat,omitempty"`
	}
	common struct {
		Ref journal.ID `json:"ref,omitzero" part:"D0"`
	}
	payload struct {
		common
		Code  string            `json:"code" part:"D0"`
		Name  string            `json:"name,omitempty" part:"D2"`
		Names []string          `json:"names,omitempty" part:"D2"`
		At    time.Time         `json:"at,omitzero" part:"D3"`
		Place *where            `json:"place,omitempty" part:"D5"`
		Extra map[string]string `json:"extra,omitempty" part:"D3"`
		Count int64             `json:"count,omitempty" part:"D9"`
		Child bool              `json:"child" part:"D0"`
	}
)

var anyPayload = rapid.Custom(func(t *rapid.T) payload {
	text := rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != '\uFFFD' }))
	p := payload{Code: text.Draw(t, "code"), Name: text.Draw(t, "name"), Count: rapid.Int64().Draw(t, "count"), Child: rapid.Bool().Draw(t, "child")}
	if ns := rapid.SliceOfN(text, 0, 3).Draw(t, "names"); len(ns) > 0 {
		p.Names = ns
	}
	if rapid.Bool().Draw(t, "has ref") {
		p.Ref = journal.NewID(time.UnixMilli(rapid.Int64Range(0, 1<<40).Draw(t, "ref at")), nil)
	}
	if rapid.Bool().Draw(t, "has time") {
		p.At = time.UnixMicro(rapid.Int64Range(1, 1<<50).Draw(t, "at")).UTC()
	}
	if rapid.Bool().Draw(t, "has place") {
		p.Place = &where{text.Draw(t, "town"), rapid.Float64Range(-90, 90).Draw(t, "lat")}
	}
	if m := rapid.MapOfN(text, text, 0, 3).Draw(t, "extra"); len(m) > 0 {
		p.Extra = m
	}
	return p
})

func split(t interface{ Fatal(...any) }, p any) map[journal.Category]json.RawMessage {
	parts, err := journal.Split(p)
	if err != nil {
		t.Fatal(err)
	}
	return parts
}

func TestSplitAndJoinComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPayload.Draw(t, "payload")
		parts := split(t, p)
		if again := split(t, &p); !reflect.DeepEqual(parts, again) {
			t.Fatalf("a pointer splits into %v, the value into %v", again, parts)
		}
		got, err := journal.In[payload](journal.Entry{Parts: parts})
		if err != nil || !reflect.DeepEqual(got, p) {
			t.Fatalf("came back as %+v: %v", got, err)
		}
		for c, raw := range split(t, got) {
			if !bytes.Equal(raw, parts[c]) {
				t.Fatalf("part %s is %s, then %s: not canonical", c, parts[c], raw)
			}
		}
	})
}

// TestMissingPartsLeaveTheRest: without a category its fields are zero, and every other one is as it was.
func TestMissingPartsLeaveTheRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPayload.Draw(t, "payload")
		parts := split(t, p)
		gone := rapid.SliceOfDistinct(rapid.SampledFrom([]journal.Category{journal.D0, journal.D2, journal.D3, journal.D5, journal.D9}), func(c journal.Category) journal.Category { return c }).Draw(t, "gone")
		want, e := p, journal.Entry{}
		for _, c := range gone {
			delete(parts, c)
			e.Miss(c, journal.Erased)
			switch c {
			case journal.D0:
				want.Ref, want.Code, want.Child = journal.ID{}, "", false
			case journal.D2:
				want.Name, want.Names = "", nil
			case journal.D3:
				want.At, want.Extra = time.Time{}, nil
			case journal.D5:
				want.Place = nil
			case journal.D9:
				want.Count = 0
			}
		}
		e.Parts = parts
		got, err := journal.In[payload](e)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("without %v: %+v, expected %+v: %v", gone, got, want, err)
		}
		for _, c := range gone {
			if e.Has(c) || e.Missing[c] != journal.Erased {
				t.Fatalf("%s is not missed", c)
			}
		}
	})
}

func TestNoPartHoldsAnotherCategorysField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		fields := map[journal.Category][]string{journal.D0: {"ref", "code", "child"}, journal.D2: {"name", "names"}, journal.D3: {"at", "extra"}, journal.D5: {"place"}, journal.D9: {"count"}}
		for c, raw := range split(t, anyPayload.Draw(t, "payload")) {
			var m map[string]json.RawMessage
			if err := json.Unmarshal(raw, &m); err != nil || len(m) == 0 {
				t.Fatalf("part %s is %s", c, raw)
			}
			for name := range m {
				if !slices.Contains(fields[c], name) {
					t.Fatalf("%s lies in part %s", name, c)
				}
			}
		}
	})
}

func TestPartsAreCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for c, raw := range split(t, anyPayload.Draw(t, "payload")) {
			var m map[string]json.RawMessage
			if err := json.Unmarshal(raw, &m); err != nil {
				t.Fatalf("part %s is %s: %v", c, raw, err)
			}
			if want, err := json.Marshal(m); err != nil || !bytes.Equal(raw, want) { // whose keys are sorted
				t.Fatalf("part %s is %s, expected %s: %v", c, raw, want, err)
			}
		}
	})
}

func TestEmptyFieldsLeaveNoTrace(t *testing.T) {
	parts := split(t, payload{Code: "K-1"})
	if len(parts) != 1 || string(parts[journal.D0]) != `{"child":false,"code":"K-1"}` {
		t.Errorf("parts %s", parts)
	}
}

func TestPayloadsWithoutTagsAreRefused(t *testing.T) {
	for name, p := range map[string]any{
		"no part": struct {
			Name string `json:"name"`
		}{}, "no json name": struct {
			Name string `part:"D2"`
		}{}, "an unknown category": struct {
			Name string `json:"name" part:"D77"`
		}{}, "left out of JSON": struct {
			Name string `json:"-" part:"D2"`
		}{}, "no struct": 5,
	} {
		if _, err := journal.Split(p); err == nil {
			t.Errorf("%s: split", name)
		}
		if _, err := journal.PayloadCategories(p); err == nil {
			t.Errorf("%s: has categories", name)
		}
	}
	cs, err := journal.PayloadCategories(&payload{})
	if err != nil || !slices.Equal(cs, []journal.Category{journal.D0, journal.D2, journal.D3, journal.D5, journal.D9}) {
		t.Errorf("categories %v: %v", cs, err)
	}
	if err := journal.Join(map[journal.Category]json.RawMessage{journal.D2: json.RawMessage(`{"name":5}`)}, &payload{}); err == nil || strings.Contains(err.Error(), "5}") {
		t.Errorf("a part of another form: %v", err)
	}
}

func TestCategories(t *testing.T) {
	for _, c := range journal.Categories() {
		clear := c == journal.PP || c == journal.PI || c == journal.OF
		if c.Sealed() == clear {
			t.Errorf("%s: sealed %v", c, c.Sealed())
		}
		if c.Personal() && !c.Sealed() {
			t.Errorf("%s is personal and lies in clear", c)
		}
	}
	if journal.D0.Personal() || journal.D9.Personal() || !journal.D1.Personal() || !journal.PC.Personal() {
		t.Error("personal categories")
	}
}

func TestIDs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ms := rapid.Int64Range(0, 1<<47).Draw(t, "ms")
		id, later := journal.NewID(time.UnixMilli(ms), nil), journal.NewID(time.UnixMilli(ms+1), nil)
		if id[6]>>4 != 7 || id[8]>>6 != 2 || id.IsZero() {
			t.Fatalf("%s is no UUID of version 7", id)
		}
		if bytes.Compare(id[:], later[:]) >= 0 || id.String() >= later.String() {
			t.Fatal("ids do not sort by their time")
		}
		if got, err := journal.ParseID(id.String()); err != nil || got != id {
			t.Fatalf("%s parses as %s: %v", id, got, err)
		}
		b, err := json.Marshal(map[journal.ID]journal.ID{id: later})
		var m map[journal.ID]journal.ID
		if err != nil || json.Unmarshal(b, &m) != nil || m[id] != later {
			t.Fatalf("JSON %s: %v", b, err)
		}
		v, err := id.Value()
		var scanned journal.ID
		if err != nil || scanned.Scan(v) != nil || scanned != id {
			t.Fatalf("the database gives %s", scanned)
		}
	})
	same := bytes.Repeat([]byte{5}, 10)
	one, two := journal.NewID(time.UnixMilli(9), bytes.NewReader(same)), journal.NewID(time.UnixMilli(9), bytes.NewReader(same))
	if one != two {
		t.Error("the same randomness gives another id")
	}
	for _, bad := range []string{"", "mira", "aaaaaaaa-bbbb-7ccc-8ddd-eeeeeeeeeee", "aaaaaaaa-bbbb-7ccc-8ddd-eeeeeeeeeeex", "aaaaaaaaxbbbb-7ccc-8ddd-eeeeeeeeeeee", "{aaaaaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"} {
		if _, err := journal.ParseID(bad); err == nil || bad != "" && strings.Contains(err.Error(), bad) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	var id journal.ID
	for _, v := range []any{[]byte{1, 2}, "text", 5} {
		if id.Scan(v) == nil {
			t.Errorf("%v is an id", v)
		}
	}
	if id.Scan(nil) != nil || !id.IsZero() {
		t.Error("NULL is not the zero id")
	}
	if b, err := json.Marshal(journal.ID{}); err != nil || string(b) != `""` || json.Unmarshal(b, &id) != nil || !id.IsZero() {
		t.Errorf("the zero id in JSON is %s: %v", b, err)
	}
}
