// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"time"

	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// client is one worker at one office's API.
type client struct {
	office   *demo.Office
	login    string
	password string
	http     *http.Client
}

// answer is what the API said.
type answer struct {
	code int
	body []byte
}

func at(s *demo.Stage, p demo.Place, login string) *client {
	jar, _ := cookiejar.New(nil) // only errs on options
	return &client{s.Offices[p], login, s.Password, &http.Client{Jar: jar, Timeout: time.Minute}}
}

// call sends one request, signing in when it must. An error means that no answer came.
func (c *client) call(ctx context.Context, method, path string, in any) (answer, error) {
	a, err := c.once(ctx, method, path, in)
	if err != nil || a.code != http.StatusUnauthorized {
		return a, err
	}
	if a, err = c.session(ctx); err != nil || a.code != http.StatusOK {
		return a, err
	}
	return c.once(ctx, method, path, in)
}

func (c *client) session(ctx context.Context) (answer, error) {
	return c.once(ctx, http.MethodPost, "/session", map[string]string{"login": c.login, "password": c.password})
}

// signIn opens the client's session.
func (c *client) signIn(ctx context.Context) error {
	if a, err := c.session(ctx); err != nil || a.code != http.StatusOK {
		return fmt.Errorf("signing %s in: %d %s %w", c.login, a.code, a.body, err)
	}
	return nil
}

func (c *client) once(ctx context.Context, method, path string, in any) (answer, error) {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return answer{}, err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.office.URL+"/api/v1"+path, body)
	if err != nil {
		return answer{}, err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, b}, err
}

// read decodes what a path gives.
func (c *client) read(ctx context.Context, path string, out any) error {
	a, err := c.call(ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	if a.code != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, a.code, a.body)
	}
	return json.Unmarshal(a.body, out)
}

// entry is an entry on its way in; its id makes sending it twice harmless.
type entry struct {
	ID      journal.ID `json:"id"`
	Type    string     `json:"type"`
	Payload any        `json:"payload"`
}

func newID() journal.ID { return journal.NewID(time.Now(), rand.Reader) }

// opened is a dossier as the API gives it.
type opened struct {
	Revision int64
	Entries  []openedEntry
	State    json.RawMessage
}

type openedEntry struct {
	ID      journal.ID
	Type    string
	Parts   map[journal.Category]json.RawMessage
	Missing map[journal.Category]string
}

func (c *client) open(ctx context.Context, purpose, kind string, id journal.ID) (opened, error) {
	var o opened
	return o, c.read(ctx, "/dossiers/"+kind+"/"+id.String()+"?purpose="+purpose, &o)
}
