// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"context"
	"net/http"
)

// away leads out of the office and asks the browser to forget it. Only exit makes one.
type away struct{ to string }

func (away) response() {}

// exit leaves quickly: the session ends, the browser is asked to forget, and a neutral site follows. The script posts here
// and replaces the page in the history, so that Back does not return; without script Back asks again, and finds a sign-in.
func (s *site) exit(_ context.Context, r *Request) (Response, error) {
	if r.Signed && s.c.SignOut != nil {
		if err := s.c.SignOut(r.Request); err != nil {
			return nil, err
		}
	}
	return away{s.c.ExitTo}, nil
}

func leave(x *exchange, v away, a answer) answer {
	a.header.Set("Clear-Site-Data", `"cache", "cookies", "storage"`)
	if x.r.Method == http.MethodPost {
		a.code = http.StatusNoContent
		return a
	}
	a.header.Set("Location", v.to)
	a.code = http.StatusSeeOther
	return a
}
