// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestFilesByClicks attaches files to a person's file as a case manager does, is told what is wrong, and sees them listed.
func TestFilesByClicks(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	tab := browser(t)
	s := stage(t)
	if _, err := s.Play(t.Context(), true, nil); err != nil {
		t.Fatal(err)
	}
	door := s.Doors()[0]
	signIn(t, tab, door, "eleni", s.Password)
	do(t, tab, chromedp.Navigate(door.URL+"/cases"), chromedp.WaitReady("main table a"))
	person := eval[string](t, tab, `new URL(document.querySelector('main table a').href).pathname`)
	see(t, tab, door.URL, person+"/files/new", "files-form")
	wear(t, tab, door.URL, "en", "light", 1280)
	folder := t.TempDir()
	for i, x := range []struct{ bytes, category, sort, title string }{
		{"%PDF-1.7\n%%EOF\n", "D7", "decision", "Residence permit, both sides (fictitious)"},
		{"She came on Monday.\n", "D3", "statement", "Statement of Monday (fictitious)"},
		{"%PDF-1.7\n%%EOF\n", "D4", "medical", "Letter of the hospital (fictitious)"},
	} {
		path := filepath.Join(folder, fmt.Sprintf("%d.pdf", i))
		if err := os.WriteFile(path, []byte(x.bytes), 0o600); err != nil {
			t.Fatal(err)
		}
		do(t, tab, chromedp.Navigate(door.URL+person+"/files/new"), chromedp.WaitReady("#f-file"), chromedp.SetUploadFiles("#f-file", []string{path}),
			chromedp.SendKeys("#f-title", x.title), chromedp.SetValue("#f-sort", x.sort), chromedp.Click(`input[name=category][value=`+x.category+`]`),
			chromedp.Click(`main form .btn-primary`), chromedp.WaitReady(chromedp.CSS("#files")))
	}
	if list := eval[string](t, tab, `document.querySelector('#files').innerText`); !strings.Contains(list, "Residence permit") || !strings.Contains(list, "Statement of Monday") || strings.Contains(list, "hospital") {
		t.Errorf("the list reads %q", list)
	}
	if kind := eval[string](t, tab, `fetch(document.querySelector('#files a[href*="/files/0"]').href).then(r => r.headers.get('Content-Disposition'))`); !strings.HasPrefix(kind, "attachment") {
		t.Errorf("a file is answered as %q", kind)
	}
	see(t, tab, door.URL, person, "files-list")
	wear(t, tab, door.URL, "en", "light", 1280)
	bad := filepath.Join(folder, "bad.pdf")
	if err := os.WriteFile(bad, []byte("<!DOCTYPE html><p>not a PDF"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, tab, chromedp.Navigate(door.URL+person+"/files/new"), chromedp.WaitReady("#f-file"), chromedp.SetUploadFiles("#f-file", []string{bad}),
		chromedp.SendKeys("#f-title", "A page"), chromedp.SetValue("#f-sort", "other"), chromedp.Click(`input[name=category][value=D3]`), chromedp.Click(`main form .btn-primary`), chromedp.WaitReady(chromedp.CSS(".errors")))
	if text := eval[string](t, tab, `document.querySelector('main').innerText`); !strings.Contains(text, "Only PDF, JPEG and PNG") {
		t.Errorf("what is wrong is told as %q", text)
	}
	if title := eval[string](t, tab, `document.querySelector('#f-title').value`); title != "A page" {
		t.Errorf("the title that was typed became %q", title)
	}
	shoot(t, tab, "files-wrong")
}
