// SPDX-License-Identifier: EUPL-1.2

package directory

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// maxFile and mostListings bound a directory's file.
const (
	maxFile      = 4 << 20
	mostListings = 5000
)

// sheet is the directory of an office as it is carried: every listing of its own that holds.
type sheet struct {
	Version  int        `json:"version"`
	Office   journal.ID `json:"office"`
	Made     time.Time  `json:"made"`
	Listings []Received `json:"listings"`
}

// signedSheet is a sheet with its office's signature over exactly its bytes.
type signedSheet struct {
	Directory json.RawMessage `json:"directory"`
	Signature []byte          `json:"signature"`
}

// ForFile is what stands before a directory's bytes where they are signed, so that the signature means nothing elsewhere.
const ForFile = "entraide directory v1\n"

// file gives the office's own directory, signed.
func (c Config) file(ctx context.Context, r *page.Request) (page.Response, error) {
	rows, err := c.register().Rows(ctx, register.As(r), map[string]string{"whose": Own, "state": "listed"})
	if err != nil {
		return nil, err
	}
	s := sheet{Version: 1, Office: r.Actor.Owner, Made: r.Now.UTC().Truncate(time.Second), Listings: []Received{}}
	for _, x := range rows {
		s.Listings = append(s.Listings, Received{Listing: x.ID, Content: x.V.Content, Checked: x.V.Checked})
	}
	body, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	sig, err := c.Vouch(ctx, r.Actor.Owner, append([]byte(ForFile), body...))
	if err != nil {
		return nil, err
	}
	out, err := json.Marshal(signedSheet{body, sig})
	return page.File("directory.json", "application/json", out), err
}

// takePage is where another office's file is taken in.
type takePage struct {
	Crumbs      []page.Crumb
	Error, Done string
}

func (c Config) takeView(r *page.Request, d takePage) page.Response {
	d.Crumbs = c.register().Crumbs(r, r.L.T("directory.take"))
	out := page.View("directory/take", r.L.T("directory.take"), d)
	if d.Error != "" {
		out = page.Status(422, out)
	}
	return out
}

func (c Config) askFile(_ context.Context, r *page.Request) (page.Response, error) {
	if !register.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	return c.takeView(r, takePage{}), nil
}

// takeFile takes another office's directory in: only what that office signed, and only of an office whose card is pinned. What it no
// longer lists is taken out.
func (c Config) takeFile(ctx context.Context, r *page.Request) (page.Response, error) {
	if !register.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	f, ok, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	if !ok {
		return c.takeView(r, takePage{Error: r.L.T("register.file.none")}), nil
	}
	done, err := c.taken(ctx, r.Actor.Owner, r.Now, f.Bytes)
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Denied) || fault.Is(err, fault.NotFound) {
		return c.takeView(r, takePage{Error: r.L.T("directory.take.wrong")}), nil
	}
	if err != nil {
		return nil, err
	}
	l := r.L
	return c.takeView(r, takePage{Done: l.T("register.import.done", "Created", l.Number(done.Created), "Updated", l.Number(done.Updated), "Unchanged", l.Number(done.Unchanged))}), nil
}

// readSheet reads a file strictly. Errors: Invalid.
func readSheet(src []byte) (s sheet, signed signedSheet, err error) {
	bad := func(err error) (sheet, signedSheet, error) {
		return sheet{}, signedSheet{}, fault.Wrap(fault.Invalid, err, "directory.take.wrong")
	}
	if len(src) > maxFile {
		return bad(io.ErrShortBuffer)
	}
	for _, x := range []struct {
		from func() []byte
		to   any
	}{{func() []byte { return src }, &signed}, {func() []byte { return signed.Directory }, &s}} {
		d := json.NewDecoder(bytes.NewReader(x.from()))
		d.DisallowUnknownFields()
		if err := d.Decode(x.to); err != nil {
			return bad(err)
		}
		if _, err := d.Token(); err != io.EOF {
			return bad(io.ErrUnexpectedEOF)
		}
	}
	if s.Version != 1 || s.Office.IsZero() || s.Made.IsZero() || len(s.Listings) > mostListings {
		return bad(io.ErrUnexpectedEOF)
	}
	return s, signed, nil
}

func (c Config) taken(ctx context.Context, owner journal.ID, now time.Time, src []byte) (register.Imported, error) {
	var out register.Imported
	s, signed, err := readSheet(src)
	if err != nil {
		return out, err
	}
	if s.Office == owner || s.Made.After(now) {
		return out, fault.New(fault.Invalid, "directory.take.wrong")
	}
	if err := c.Verify(ctx, owner, s.Office, append([]byte(ForFile), signed.Directory...), signed.Signature); err != nil {
		return out, err
	}
	w, err := c.Taking(owner)
	if err != nil {
		return out, err
	}
	hash := sha256.Sum256(signed.Directory)
	print, there := hex.EncodeToString(hash[:]), map[journal.ID]bool{}
	for _, v := range s.Listings {
		v.From, there[v.Listing] = s.Office, true
		if err := c.put(ctx, w, &out, s.Made, print, v); err != nil {
			return out, err
		}
	}
	return out, c.drop(ctx, w, &out, s, print, there)
}

// put writes one listing as it was when the file was made, unless the same stands there.
func (c Config) put(ctx context.Context, w store.Who, out *register.Imported, made time.Time, print string, v Received) error {
	fresh := false
	r, err := c.Store.Update(ctx, w, ReceivedRef(w.Actor.Owner, v.From, v.Listing), func(state any) ([]store.Draft, error) {
		now := state.(Listing)
		if fresh = !now.Exists(); !fresh && (now.Heard.After(made) || !now.Gone.On.Known() && len(register.Unless(Received{Listing: now.There, From: now.From, Content: now.Content, Checked: now.Checked.On}, v, ReceivedType)) == 0) {
			return nil, nil
		}
		return []store.Draft{{ID: provenance.ID("directory file", print, v.Listing.String()), At: made, Type: ReceivedType, Payload: v}}, nil
	})
	switch {
	case err != nil:
		return err
	case len(r.Appended) == 0:
		out.Unchanged++
	case fresh:
		out.Created++
	default:
		out.Updated++
	}
	return nil
}

// drop takes out what the office listed before and does not list in this file.
func (c Config) drop(ctx context.Context, w store.Who, out *register.Imported, s sheet, print string, there map[journal.ID]bool) error {
	rows, err := c.register().Rows(ctx, w, map[string]string{"whose": Theirs, "state": "listed"})
	if err != nil {
		return err
	}
	for _, x := range rows {
		if x.V.From != s.Office {
			continue
		}
		r, err := c.Store.Update(ctx, w, store.Ref{Kind: access.KindListing, ID: x.ID}, func(state any) ([]store.Draft, error) {
			now := state.(Listing)
			if there[now.There] || now.Heard.After(s.Made) {
				return nil, nil
			}
			return []store.Draft{{ID: provenance.ID("directory file", print, "out", now.There.String()), At: s.Made, Type: RecalledType, Payload: Recalled{}}}, nil
		})
		if err != nil {
			return err
		}
		if len(r.Appended) > 0 {
			out.Updated++
		}
	}
	return nil
}
