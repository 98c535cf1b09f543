// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/go-playground/form/v4"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// inMemory is how much of a multipart form is kept in memory. It is more than any route lets in (Route.MaxBody): what is
// beyond it would be written to a temporary file, in clear.
const inMemory = 16 << 20

// Decode reads the form body into a struct by its `form:"name"` tags; fields without a tag are left alone. It knows
// journal.ID and time.Time (a date as 2026-11-23, or 2026-11-23T15:04 in the user's zone). Texts are cut of spaces around,
// except those tagged fields named "password". What cannot be read is a fault.Invalid that names the fields.
func (r *Request) Decode(dst any) error {
	if err := r.parse(); err != nil {
		return err
	}
	d := form.NewDecoder()
	d.SetMode(form.ModeExplicit)
	d.SetMaxArraySize(1000)
	d.RegisterCustomTypeFunc(func(v []string) (any, error) {
		var id journal.ID
		return id, id.UnmarshalText([]byte(strings.TrimSpace(v[0])))
	}, journal.ID{})
	d.RegisterCustomTypeFunc(func(v []string) (any, error) { return readTime(v[0], r.Zone) }, time.Time{})
	return decoded(d.Decode(dst, r.clean()))
}

// Typed reads the form body as it was typed, for forms whose fields are data: texts are cut of spaces around, as Decode
// does.
func (r *Request) Typed() (url.Values, error) {
	if err := r.parse(); err != nil {
		return nil, err
	}
	return r.clean(), nil
}

func (r *Request) clean() url.Values {
	clean := make(url.Values, len(r.PostForm))
	for k, vs := range r.PostForm {
		for _, v := range vs {
			if !strings.Contains(strings.ToLower(k), "password") {
				v = strings.TrimSpace(strings.ReplaceAll(v, "\r\n", "\n"))
			}
			clean[k] = append(clean[k], v)
		}
	}
	return clean
}

func decoded(err error) error {
	if err == nil {
		return nil
	}
	var bad form.DecodeErrors
	if !errors.As(err, &bad) {
		return fault.New(fault.Internal, "fault.internal")
	}
	var fs fault.Fields
	for name := range bad {
		fs.Add(name, "page.form.unreadable")
	}
	return fs.Err()
}

func readTime(s string, zone *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, nil
	}
	if zone == nil {
		zone = time.UTC
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t, nil
		}
	}
	return time.Time{}, errors.New("not a date")
}

// Megabytes gives a limit in bytes as people are told it: in whole megabytes, at least one.
func Megabytes(limit int64) int64 { return max(limit>>20, 1) }

// parse reads the body once, within the route's limit.
func (r *Request) parse() error {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(inMemory)
	} else {
		err = r.ParseForm()
	}
	var big *http.MaxBytesError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &big):
		return fault.New(fault.TooLarge, "page.fault.body", "Most", Megabytes(big.Limit))
	default:
		return fault.New(fault.Invalid, "page.fault.form")
	}
}

// ID reads an id from the path; nonsense is NotFound, as nothing is there.
func (r *Request) ID(name string) (journal.ID, error) {
	id, err := journal.ParseID(r.PathValue(name))
	if err != nil {
		return journal.ID{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return id, nil
}

// Upload is a file that came with a form. Name and the type that the browser claims are not passed on: both are
// the sender's word. The room looks at the bytes.
type Upload struct {
	Name  string // as the sender calls it; personal, never shown in a title, URL or log
	Bytes []byte
}

// Upload reads one file of a multipart form; ok is false when the field came empty.
func (r *Request) Upload(field string) (u Upload, ok bool, err error) {
	if err := r.parse(); err != nil {
		return u, false, err
	}
	f, h, err := r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return u, false, nil
	}
	if err != nil {
		return u, false, fault.New(fault.Invalid, "page.fault.form")
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return u, false, fault.New(fault.Invalid, "page.fault.form")
	}
	return Upload{Name: h.Filename, Bytes: b}, len(b) > 0, nil
}

// Errors gives the field errors of a fault for a form that is shown again: {{.Errors.Of "name"}} is passed to a field
// component as "Error", and all of them to "c/errors". Nil when err has none.
func (r *Request) Errors(err error) FieldErrors {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return nil
	}
	var out FieldErrors
	for _, x := range f.Fields {
		out = append(out, FieldError{Name: x.Name, Text: r.L.T(x.Key, argsOf(x.Args)...)})
	}
	return out
}

// FieldError is what is wrong with one field, in the user's language. Label is what the form calls the field, for the list of all
// errors above it; "" where the text says it.
type FieldError struct{ Name, Text, Label string }

// FieldErrors are in the order of the form.
type FieldErrors []FieldError

// Of gives the first error of a field, or "".
func (es FieldErrors) Of(name string) string {
	for _, e := range es {
		if e.Name == name {
			return e.Text
		}
	}
	return ""
}

func argsOf(m map[string]any) []any {
	out := make([]any, 0, 2*len(m))
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}
