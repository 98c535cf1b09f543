// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A defect behind the API answers 500, nothing of a half-made answer, and the log says where and not what.
func TestADefectBehindTheAPISaysNothing(t *testing.T) {
	w := newWorld(t, "athens")
	var log bytes.Buffer
	n := w.n
	n.log = slog.New(slog.NewJSONHandler(&log, nil))
	h := n.noted(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("half an answer"))
		panic("Lindita Prova, +355 69 000 0001")
	}))
	got := httptest.NewRecorder()
	h.ServeHTTP(got, httptest.NewRequest("GET", "/api/v1/dossiers/person", nil))
	if got.Code != http.StatusInternalServerError || !strings.Contains(got.Header().Get("Content-Type"), "problem+json") || strings.Contains(got.Body.String(), "half an answer") {
		t.Errorf("%d %s: %s", got.Code, got.Header().Get("Content-Type"), got.Body)
	}
	if !strings.Contains(log.String(), "panic_test.go") {
		t.Error("the log does not say where it happened")
	}
	for _, out := range []string{got.Body.String(), log.String()} {
		if strings.Contains(out, "Lindita") || strings.Contains(out, "355 69") {
			t.Errorf("what somebody typed is in %s", out)
		}
	}
}
