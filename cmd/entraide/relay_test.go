// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// laid is what the script leaves at its relay.
var laid = []byte("sealed, and nobody's business")

// box uses a box of a relay as offices do: "box READY WORD lay" opens one and leaves something there, "box READY WORD fetch" finds that
// and takes it away. READY is the file into which the relay says where it listens.
func box(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // a busy machine
	defer cancel()
	base := "http://" + listens(ctx, ts, args[0])
	ask := func(method, path, word string, body []byte, want int) (*http.Response, []byte) {
		r, err := http.NewRequestWithContext(ctx, method, base+path, bytes.NewReader(body))
		ts.Check(err)
		key := sha256.Sum256([]byte("the script's key"))
		r.Header.Set("Authorization", "Bearer "+base64.RawURLEncoding.EncodeToString(key[:]))
		r.Header.Set("Relay-Word", word)
		resp, err := http.DefaultClient.Do(r)
		ts.Check(err)
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		ts.Check(err)
		if resp.StatusCode != want {
			ts.Fatalf("%s %s: %d, want %d", method, path, resp.StatusCode, want)
		}
		return resp, b
	}
	if args[2] == "lay" {
		ask(http.MethodPost, "/box/there", "", laid, http.StatusNotFound)
		ask(http.MethodPut, "/box", "a guess", nil, http.StatusForbidden)
		ask(http.MethodPut, "/box", args[1], nil, http.StatusNoContent)
		ask(http.MethodPost, "/box/there", "", laid, http.StatusCreated)
		return
	}
	resp, b := ask(http.MethodGet, "/box/there?after=0&wait=0", "", nil, http.StatusOK)
	if !bytes.Equal(b, laid) {
		ts.Fatalf("it gives %q", b)
	}
	ask(http.MethodDelete, "/box/there/"+resp.Header.Get("Item"), "", nil, http.StatusNoContent)
	ask(http.MethodGet, "/box/there?after=0&wait=0", "", nil, http.StatusNoContent)
}

// listens waits until a relay has said where it listens.
func listens(ctx context.Context, ts *testscript.TestScript, file string) string {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		var out struct {
			Ready string `json:"ready"`
		}
		if b, err := os.ReadFile(ts.MkAbs(file)); err == nil && json.Unmarshal(b, &out) == nil && out.Ready != "" {
			return out.Ready
		}
		select {
		case <-ctx.Done():
			ts.Fatalf("the relay did not start")
		case <-tick.C:
		}
	}
}
