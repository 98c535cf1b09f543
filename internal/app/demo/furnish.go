// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Furnish fills the rooms of the programme's office, and of those that suspect, so that none is empty: through the same doors as everything else, by
// several people where the program wants several. What the newsletter tells is told as it does; everything else is invented
// and marked so. It is done once, after Set.
func (s *Stage) Furnish(ctx context.Context) error {
	for _, do := range []func(context.Context) error{s.named, s.letter, s.followed, s.measures, s.needs, s.actions, s.recommendations, s.monitoring, s.changes, s.listings, s.studies, s.meetings, s.grants, s.votes, s.suspicions, s.Screens, s.proceedings, s.returned} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// written is one entry by somebody of the programme's office.
type written struct {
	by   string // login; "" is Claire, who runs the programme
	kind string
	id   journal.ID
	typ  string
	what any
}

// write appends entries in their order.
func (s *Stage) write(ctx context.Context, list ...written) error {
	for _, w := range list {
		if w.by == "" {
			w.by = "claire"
		}
		if err := s.entry(ctx, s.at(French, w.by), access.ForProgramme, w.kind, w.id, w.typ, w.what); err != nil {
			return fmt.Errorf("%s: %w", w.by, err)
		}
	}
	return nil
}

var (
	hiddenField = regexp.MustCompile(`type="hidden" name="([a-z_]+)" value="([^"]*)"`)
	saidWrong   = regexp.MustCompile(`(?s)<main.*</main>`)
	tags        = regexp.MustCompile(`<[^>]*>`)
)

// page asks for a page as somebody of the programme's office.
func (s *Stage) page(ctx context.Context, login, path string) (string, error) {
	c := s.at(French, login)
	return c.browse(ctx, http.MethodGet, path, nil)
}

// press sends a page's form, with the hidden fields that stand on the page at from.
func (s *Stage) press(ctx context.Context, login, from, path string, typed url.Values) error {
	body, err := s.page(ctx, login, from)
	if err != nil {
		return err
	}
	v := url.Values{}
	for _, m := range hiddenField.FindAllStringSubmatch(body, -1) {
		if !v.Has(m[1]) {
			v.Set(m[1], html.UnescapeString(m[2]))
		}
	}
	for k, x := range typed {
		v[k] = x
	}
	_, err = s.at(French, login).browse(ctx, http.MethodPost, path, v)
	return err
}

// browse asks for a page, or sends a form, as a browser does; it does not follow where the answer leads.
func (c *client) browse(ctx context.Context, method, path string, form url.Values) (string, error) {
	web := *c.http
	web.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for again := false; ; again = true {
		req, err := http.NewRequestWithContext(ctx, method, c.base+path, strings.NewReader(form.Encode()))
		if err != nil {
			return "", err
		}
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		resp, err := web.Do(req)
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
		resp.Body.Close()
		switch {
		case err != nil:
			return "", err
		case !again && (resp.StatusCode == http.StatusUnauthorized || strings.HasPrefix(resp.Header.Get("Location"), "/signin")):
			if err := c.signIn(ctx); err != nil {
				return "", err
			}
		case method == http.MethodPost && resp.StatusCode != http.StatusSeeOther && !strings.HasSuffix(path, "/import"), resp.StatusCode >= 400: // a table is answered by what came of it
			said := strings.Join(strings.Fields(html.UnescapeString(tags.ReplaceAllString(saidWrong.FindString(string(b)), " "))), " ")
			return "", fmt.Errorf("demo: %s %s: %d %.600s", method, path, resp.StatusCode, said)
		default:
			return string(b), nil
		}
	}
}
