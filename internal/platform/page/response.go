// SPDX-License-Identifier: EUPL-1.2

package page

import "net/http"

// Response is an answer, not yet written. It is made by View, Redirect, File, Rows, Standalone, Status,
// WithCookie or WithCamera.
type Response interface{ response() }

type view struct {
	template, title string
	data            any
}

type redirect struct{ path, notice string }

type file struct {
	name, mediaType string
	body            []byte
}

type standalone struct {
	document      []byte
	script, style string
}

type status struct {
	code int
	of   Response
}

type withCookie struct {
	of      Response
	cookies []*http.Cookie
}

type withCamera struct{ of Response }

func (view) response()       {}
func (redirect) response()   {}
func (file) response()       {}
func (standalone) response() {}
func (status) response()     {}
func (withCookie) response() {}
func (withCamera) response() {}

// View renders a room's template inside the layout. title is already translated and neutral: it shows on the
// tab, in the history and on the screen of whoever looks over a shoulder. data is .Data in the template.
func View(template, title string, data any) Response { return view{template, title, data} }

// Redirect answers 303 to a path of this office ("/..."). notice, when not "", is the catalogue key of a word that
// the next page shows once; it takes no arguments.
func Redirect(path, notice string) Response { return redirect{path, notice} }

// File sends a download. name is neutral and plain; mediaType is what the bytes are, never what the sender claimed.
// Nothing is ever shown inside the browser: it is saved.
func File(name, mediaType string, body []byte) Response { return file{name, mediaType, body} }

// Standalone shows a whole document that was made to be read without an office, as it is. It may run one script and wear one style,
// named by their hashes ("'sha256-...'"), and load nothing, not even from its own office. Its title must be neutral.
func Standalone(document []byte, script, style string) Response {
	return standalone{document, script, style}
}

// Status sends another answer with its own status, as 422 for a form shown again with its errors.
func Status(code int, of Response) Response { return status{code, of} }

// WithCookie sets cookies together with an answer.
func WithCookie(of Response, cookies ...*http.Cookie) Response { return withCookie{of, cookies} }

// WithCamera lets a page ask for the device's camera, which no other page may.
func WithCamera(of Response) Response { return withCamera{of} }
