// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"
)

// client is one person at one office's API.
type client struct {
	base            string
	login, password string
	http            *http.Client
}

func newClient(base, login, password string) *client {
	jar, _ := cookiejar.New(nil) // only errs on options
	return &client{base, login, password, &http.Client{Jar: jar, Timeout: time.Minute}}
}

// refusal is what the API answers when it does not do what was asked.
type refusal struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Kind   string `json:"kind"`
	Key    string `json:"key"`
	Fields []struct {
		Field string `json:"field"`
		Key   string `json:"key"`
	} `json:"fields"`
	Errors []struct {
		Message  string `json:"message"`
		Location string `json:"location"`
	} `json:"errors"`
}

func (r *refusal) Error() string {
	s := fmt.Sprintf("%d %s: %s", r.Status, r.Kind, r.Title)
	for _, f := range r.Fields {
		s += fmt.Sprintf(" [%s: %s]", f.Field, f.Key)
	}
	for _, e := range r.Errors {
		s += fmt.Sprintf(" [%s: %s]", e.Location, e.Message)
	}
	return s
}

func (c *client) signIn(ctx context.Context) error {
	var out struct{ Signed bool }
	if err := c.once(ctx, http.MethodPost, "/session", nil, map[string]string{"login": c.login, "password": c.password}, &out); err != nil {
		return err
	}
	if !out.Signed {
		return fmt.Errorf("demo: %s needs a second factor", c.login)
	}
	return nil
}

// do calls the API; when the session has ended (days pass in the story) it signs in again.
func (c *client) do(ctx context.Context, method, path string, q url.Values, in, out any) error {
	err := c.once(ctx, method, path, q, in, out)
	var r *refusal
	if as(err, &r) && r.Status == http.StatusUnauthorized {
		if err := c.signIn(ctx); err != nil {
			return err
		}
		err = c.once(ctx, method, path, q, in, out)
	}
	return err
}

func (c *client) once(ctx context.Context, method, path string, q url.Values, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	u := c.base + "/api/v1" + path
	if len(q) > 0 {
		u += "?" + q.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, u, body)
	if err != nil {
		return err
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		r := &refusal{Status: resp.StatusCode}
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
		if json.Unmarshal(b, r) != nil || r.Title == "" {
			r.Title = http.StatusText(resp.StatusCode)
		}
		return r
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// purpose is the query that names why.
func purpose(p string) url.Values { return url.Values{"purpose": {p}} }
