// SPDX-License-Identifier: EUPL-1.2

package relay

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// client asks one relay.
type client struct {
	http *http.Client
	at   string
}

// ask gives the status of an answer, what it holds and its number. Errors: Unavailable, and what the status says.
func (c client) ask(ctx context.Context, method, path string, k Key, body []byte, word string) (int, []byte, int64, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.at+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, 0, fault.New(fault.Unavailable, "exchange.post.away")
	}
	req.Header.Set("Authorization", "Bearer "+k.Text())
	if word != "" {
		req.Header.Set(wordHeader, word)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, nil, 0, fault.New(fault.Unavailable, "relay.away") // whose words may hold an address
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, largest+1))
	switch {
	case err != nil || len(b) > largest:
		return 0, nil, 0, fault.New(fault.Unavailable, "relay.away")
	case resp.StatusCode == http.StatusForbidden:
		return 0, nil, 0, fault.New(fault.Denied, "relay.word_wrong")
	case resp.StatusCode == http.StatusNotFound:
		return 0, nil, 0, fault.New(fault.NotFound, "relay.no_box")
	case resp.StatusCode == http.StatusTooManyRequests:
		return 0, nil, 0, fault.New(fault.TooMuch, "relay.full")
	case resp.StatusCode >= 300:
		return 0, nil, 0, fault.Wrap(fault.Unavailable, fmt.Errorf("relay: status %d", resp.StatusCode), "relay.away")
	}
	number, _ := strconv.ParseInt(resp.Header.Get(numberHeader), 10, 64)
	return resp.StatusCode, b, number, nil
}

func (c client) open(ctx context.Context, k Key, word string) error {
	_, _, _, err := c.ask(ctx, http.MethodPut, "/box", k, nil, word)
	return err
}

func (c client) put(ctx context.Context, k Key, shelf string, b []byte) error {
	_, _, _, err := c.ask(ctx, http.MethodPost, "/box/"+shelf, k, b, "")
	return err
}

// next gives what lies on a shelf behind a number; a number of 0 when there is nothing.
func (c client) next(ctx context.Context, k Key, shelf string, after int64) (number int64, b []byte, err error) {
	_, b, number, err = c.ask(ctx, http.MethodGet, "/box/"+shelf+"?after="+strconv.FormatInt(after, 10), k, nil, "")
	return number, b, err
}

func (c client) drop(ctx context.Context, k Key, shelf string, number int64) error {
	_, _, _, err := c.ask(ctx, http.MethodDelete, "/box/"+shelf+"/"+strconv.FormatInt(number, 10), k, nil, "")
	return err
}
