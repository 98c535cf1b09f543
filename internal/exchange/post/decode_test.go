// SPDX-License-Identifier: EUPL-1.2

package post_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

func TestABodyIsOneValueAndNothingElse(t *testing.T) {
	type body struct {
		N int `json:"n"`
	}
	if v, err := post.Read[body](post.Incoming{Body: []byte(` {"n":1} `)}); err != nil || v.N != 1 {
		t.Fatalf("%+v %v", v, err)
	}
	for _, wrong := range []string{``, `{`, `{"n":1}{"n":2}`, `{"n":1} x`, `{"n":1,"m":2}`, `{"n":"1"}`, `[]`} {
		if _, err := post.Read[body](post.Incoming{Body: []byte(wrong)}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q is taken: %v", wrong, err)
		}
	}
}
