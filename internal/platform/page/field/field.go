// SPDX-License-Identifier: EUPL-1.2

// Package field describes forms in Go: a form is a list of fields, each of which names the component of the house that
// shows it ("c/form" shows a whole one). A form that comes in wrong is the same form with its values and errors. A Matter is
// the page of one thing between two offices: what it is, what came of it, what can be done.
package field

import (
	"errors"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// Field is the argument of one form component; "Kind" names the component ("text" for "c/text").
type Field map[string]any

// Note is a remark above a form or in a section.
type Note struct {
	Tone, Title, Text string
	Href, Link        string // where it leads, and the words of that link
}

// Form is a page with one form. Texts are translated.
type Form struct {
	Title, Lead, Action, Submit, Cancel string // without Submit there is nothing to send, only the way back
	Danger                              bool
	Guarded                             bool // asks before what was typed is left behind
	Files                               bool // it has a field for files (File)
	Crumbs                              []page.Crumb
	Notes                               []Note
	Facts                               []page.Fact      // what the form is about, before its questions
	Fields                              []map[string]any // plain maps: a Field's methods must not answer for what a template asks
	Errors                              page.FieldErrors

	l *lang.Locale
}

// New begins a form in a language, posting to action and leading back to cancel.
func New(l *lang.Locale, title, action, cancel, submit string) *Form {
	return &Form{l: l, Title: l.T(title), Action: action, Cancel: cancel, Submit: l.T(submit)}
}

func (f *Form) add(kind, name, label string) Field {
	x := Field{"Kind": kind, "Name": name}
	if label != "" {
		x["Label"] = f.l.T(label)
	}
	f.Fields = append(f.Fields, x)
	return x
}

// Hidden adds a value that the form carries along.
func (f *Form) Hidden(name, value string) { f.add("hidden", name, "")["Value"] = value }

// Text adds a line of text; label is a catalogue key, whose ".hint" is shown when there is one.
func (f *Form) Text(name, label, value string) Field {
	return f.hinted(f.add("text", name, label).Set("Value", value).Set("MaxLength", 200), label)
}

// Area adds a text of several lines.
func (f *Form) Area(name, label, value string) Field {
	return f.hinted(f.add("textarea", name, label).Set("Value", value).Set("MaxLength", 20000), label)
}

// Date adds a day; value is as the browser wants it (2026-11-23), or "".
func (f *Form) Date(name, label, value string) Field {
	return f.hinted(f.add("date", name, label).Set("Value", value), label)
}

// Select adds a choice from a list; nothing is chosen unless value is.
func (f *Form) Select(name, label, value string, options []page.Option) Field {
	return f.hinted(f.add("select", name, label).Set("Value", value).Set("Options", options).Set("Blank", f.l.T("page.form.choose")), label)
}

// Radios adds a choice that shows all its answers.
func (f *Form) Radios(name, label, value string, options []page.Option) Field {
	return f.hinted(f.add("radios", name, label).Set("Value", value).Set("Options", options), label)
}

// Checks adds a choice of several answers.
func (f *Form) Checks(name, label string, values []string, options []page.Option) Field {
	return f.hinted(f.add("checks", name, label).Set("Values", values).Set("Options", options), label)
}

// Check adds one box to tick; its value is "true".
func (f *Form) Check(name, label string, checked bool) Field {
	return f.hinted(f.add("check", name, label).Set("Checked", checked), label)
}

// File adds a file to choose; accept is what a browser is asked to offer. What was chosen is chosen anew when the form comes back.
func (f *Form) File(name, label, accept string) Field {
	f.Files = true
	return f.hinted(f.add("file", name, label).Set("Accept", accept), label)
}

func (f *Form) hinted(x Field, label string) Field {
	if f.l.Has(label + ".hint") {
		x["Hint"] = f.l.T(label + ".hint")
	}
	return x
}

// Set gives a component's argument by its name.
func (x Field) Set(name string, value any) Field { x[name] = value; return x }

// Optional marks a field that may stay empty.
func (x Field) Optional() Field { return x.Set("Optional", true) }

// Matter is what "c/matter" shows of one thing between two offices. Texts are translated.
type Matter struct {
	Title   string
	Lead    string
	Mark    *page.Mark
	Crumbs  []page.Crumb
	Actions []page.Action
	Notes   []Note
	Main    []Card
	Side    []Card
}

// Card is one card of a Matter: facts, words as they were written, or what happened.
type Card struct {
	Title   string
	Facts   []page.Fact
	Words   string
	Links   []page.Line
	Events  []page.Event
	Actions []page.Action
}

// Options puts the codes of a closed list into words: prefix is "casework.safe", and "<key>.hint" is shown
// where there is one.
func Options(l *lang.Locale, prefix string, codes []string) []page.Option {
	out := make([]page.Option, len(codes))
	for i, c := range codes {
		out[i] = page.Option{Value: c, Text: l.T(prefix + "." + c)}
		if h := prefix + "." + c + ".hint"; l.Has(h) {
			out[i].Hint = l.T(h)
		}
	}
	return out
}

// Codes gives a list's codes as plain strings.
func Codes[T ~string](xs []T) []string {
	out := make([]string, len(xs))
	for i, x := range xs {
		out[i] = string(x)
	}
	return out
}

// Again shows a form with what was typed and what was wrong; an error that is not about the form is given
// back.
func (f *Form) Again(r *page.Request, template string, err error) (page.Response, error) {
	code := map[fault.Kind]int{fault.Invalid: 422, fault.Guarded: 409, fault.Conflict: 409, fault.Uncovered: 403}[fault.Of(err)]
	if code == 0 {
		return nil, err
	}
	f.Errors = r.Errors(err)
	for _, x := range f.Fields {
		if name, ok := x["Name"].(string); ok {
			if text := f.Errors.Of(name); text != "" {
				x["Error"] = text
			}
		}
	}
	var fl *fault.Fault
	if errors.As(err, &fl) && fl.Kind != fault.Invalid {
		f.Notes = append([]Note{{Tone: page.Bad, Title: r.L.Fault(err)}}, f.Notes...)
	}
	return page.Status(code, page.View(template, r.L.T("page.form.tab"), f)), nil
}
