// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Sizes of files, in lines of what they say: one of one part of the post, and one of several, of which one goes a round.
const (
	smallFile = 100
	largeFile = 25_000 // a little over two parts
)

// sheet gives a file of lines, each of which says that it is not to be read between.
func (w *trio) sheet(lines int) []byte {
	marker := fmt.Sprintf("PLANTED on a sheet %016x ", w.dice.Uint64())
	var b bytes.Buffer
	for n := range lines {
		fmt.Fprintf(&b, "%s%d\n", marker, n)
	}
	return b.Bytes()
}

// encloses posts a letter with its file as the page's form does, until its office acknowledges it. The same form, sent again, is the
// same letter with the same file.
func (w *trio) encloses(x sentLetter) bool {
	n := w.nodes[x.from]
	for w.ctx.Err() == nil {
		n.wait()
		code, where, err := n.posts(w.ctx, "/correspondence/new", map[string]string{"letter": x.id.String(), "entry": x.id.String(), "to": w.nodes[x.to].id.String(), "subject": "Letter", "text": x.text}, x.file)
		switch {
		case err != nil || code == http.StatusServiceUnavailable || code == http.StatusTooManyRequests:
			w.again()
		case code == http.StatusOK && strings.HasSuffix(where, "/signin"): // its process has forgotten who was signed in
			_ = n.client.signIn(w.ctx) // or it is down: then so says the next try
		case code == http.StatusOK && where == "/correspondence/"+x.id.String():
			return true
		default:
			w.t.Errorf("%s: a letter with a file: %d at %s", n.name, code, where)
			return false
		}
	}
	w.t.Errorf("%s: a letter with a file: %v", n.name, w.ctx.Err())
	return false
}

// posts sends a form with a file, and says where that led. An error means that no answer came.
func (c *client) posts(ctx context.Context, path string, fields map[string]string, file []byte) (code int, where string, err error) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		err = errors.Join(err, m.WriteField(k, v))
	}
	f, ferr := m.CreateFormFile("file", "sheet.txt")
	if err = errors.Join(err, ferr); err != nil {
		return 0, "", err
	}
	_, err = f.Write(file)
	err = errors.Join(err, m.Close()) // whole, before its length is taken
	q, qerr := http.NewRequestWithContext(ctx, http.MethodPost, c.office.URL+path, &b)
	if err = errors.Join(err, qerr); err != nil {
		return 0, "", err
	}
	q.Header.Set("Content-Type", m.FormDataContentType())
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := c.http.Do(q)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode, resp.Request.URL.Path, err
}

// checkFile wants the file of a letter where it went, once and whole.
func (w *trio) checkFile(x sentLetter, o opened) {
	w.t.Helper()
	var files []journal.ID
	for _, e := range o.Entries {
		if e.Type == letter.EnclosedType {
			files = append(files, e.ID)
		}
	}
	want := 0
	if x.file != nil {
		want = 1
	}
	if len(files) != want {
		w.t.Errorf("a letter came with %d files, not %d", len(files), want)
		return
	}
	for _, id := range files {
		k, size := w.sealed(x)
		w.files[k] = size
		n := w.nodes[x.to]
		q, err := http.NewRequestWithContext(w.ctx, http.MethodGet, n.office.URL+"/correspondence/"+x.id.String()+"/files/"+id.String(), nil)
		w.must(err)
		resp, err := n.http.Do(q)
		w.must(err)
		got, err := io.ReadAll(resp.Body)
		w.must(errors.Join(err, resp.Body.Close()))
		if resp.StatusCode != http.StatusOK || !bytes.Equal(got, x.file) {
			w.t.Errorf("%s reads %d bytes of a file of %d: %d", n.name, len(got), len(x.file), resp.StatusCode)
		}
	}
}

// way is a file's way through the post: from an office to another, under the name that it has there.
type way struct {
	from, to journal.ID
	hash     string
}

// sealed gives the way of a letter's file, and how many bytes go it, as its own office has it.
func (w *trio) sealed(x sentLetter) (way, int64) {
	w.t.Helper()
	o, err := w.nodes[x.from].open(w.ctx, "exchange", "letter", x.id)
	w.must(err)
	at := slices.IndexFunc(o.Entries, func(e openedEntry) bool { return e.Type == letter.WrittenType })
	var said struct{ Sealed []letter.Sealed }
	if at >= 0 {
		w.must(json.Unmarshal(o.Entries[at].Parts[journal.D3], &said))
	}
	if len(said.Sealed) != 1 {
		w.t.Fatalf("a letter with a file has %d sealed", len(said.Sealed))
	}
	return way{w.nodes[x.from].id, w.nodes[x.to].id, said.Sealed[0].Parcel.Hash}, said.Sealed[0].Parcel.Size
}

// checkParcels wants each file to lie in the post of the office that its letter went to, all of it, and in no other.
func (w *trio) checkParcels() {
	w.t.Helper()
	lie := map[way]int64{}
	for _, n := range w.nodes {
		d, err := db.Open(w.ctx, db.Config{DSN: filepath.Join(string(n.folder), "office.db")})
		w.must(err)
		w.must(d.Read(w.ctx, func(tx db.Tx) error {
			rows, err := tx.Query(w.ctx, `SELECT partner, hash, SUM(LENGTH(body)) FROM post_piece WHERE partner <> owner GROUP BY partner, hash`)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				x, hash, size := way{to: n.id}, []byte(nil), int64(0)
				if err := rows.Scan(&x.from, &hash, &size); err != nil {
					return err
				}
				x.hash = hex.EncodeToString(hash)
				lie[x] = size
			}
			return rows.Err()
		}))
		w.must(d.Close())
	}
	if !maps.Equal(lie, w.files) || len(w.files) < faultRounds*len(w.nodes) {
		w.t.Errorf("%d files went; where they went %d lie: %v, %v", len(w.files), len(lie), w.files, lie)
	}
}
