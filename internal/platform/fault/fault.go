// SPDX-License-Identifier: EUPL-1.2

// Package fault is the closed set of kinds that every error of an office belongs to.
//
// A room returns a fault that says what went wrong in words for the person at the screen (through the
// catalogue: a key and arguments, never personal data) and what to do about it. Only the transport
// (pages, API, command line) translates a kind into a status code or an exit code, once, at the edge.
// Drivers' errors are translated where the driver is called.
package fault

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Kind is one of the closed list below. The zero value is Internal.
type Kind uint8

const (
	Internal    Kind = iota // a defect or a broken machine; details go to the log, not to the screen
	Invalid                 // the input is wrong; Fields names what to mend
	NotFound                // nothing there, or nothing that this actor may know of
	Denied                  // the door is closed to this actor
	Unsigned                // no session: sign in
	Conflict                // the record has moved on and the same fields were changed; Fields names them
	Guarded                 // a rule of the domain forbids it now (409); Remedy says what would allow it
	Uncovered               // no sharing terms, consent or legal ground covers it
	TooMuch                 // a rate or quota was exceeded: waiting helps
	Unavailable             // try again: the other office, disk or database is away
	Erased                  // it existed and its key was destroyed
	TooLarge                // one request is larger than what is let in: sending less helps, waiting does not
)

var names = [...]string{"internal", "invalid", "not_found", "denied", "unsigned", "conflict", "guarded", "uncovered", "too_much", "unavailable", "erased", "too_large"}

// String gives the stable machine word of a kind, as the API and `--json` print it.
func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return "internal"
}

// Field says what is wrong with one input field. Key is a catalogue key for the fix.
type Field struct {
	Name string         `json:"field"`
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

// Fault is an error of a known kind.
//
// Key is a catalogue key (for example "referral.guard.one_open_offer"); Args fill it. Neither may hold
// personal data. Cause is for the log only and is never shown.
type Fault struct {
	Kind   Kind
	Key    string
	Args   map[string]any
	Fields []Field
	Cause  error
}

// Error is for logs and tests: kind, key and field names, never arguments' values of people.
func (f *Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.Kind.String())
	if f.Key != "" {
		b.WriteString(": " + f.Key)
	}
	for i, x := range f.Fields {
		if i == 0 {
			b.WriteString(" [")
		} else {
			b.WriteString(", ")
		}
		b.WriteString(x.Name + ": " + x.Key)
	}
	if len(f.Fields) > 0 {
		b.WriteString("]")
	}
	if f.Cause != nil {
		b.WriteString(": " + f.Cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// New makes a fault of a kind with a catalogue key; args are pairs of name and value.
func New(k Kind, key string, args ...any) *Fault {
	return &Fault{Kind: k, Key: key, Args: pairs(args)}
}

// Wrap makes a fault of a kind around a cause.
func Wrap(k Kind, cause error, key string, args ...any) *Fault {
	return &Fault{Kind: k, Key: key, Args: pairs(args), Cause: cause}
}

// Bad makes an Invalid fault for one field.
func Bad(field, key string, args ...any) *Fault {
	return &Fault{Kind: Invalid, Key: "fault.invalid", Fields: []Field{{Name: field, Key: key, Args: pairs(args)}}}
}

// Of gives the kind of an error: Internal for one that is not a Fault.
func Of(err error) Kind {
	var f *Fault
	if errors.As(err, &f) {
		return f.Kind
	}
	return Internal
}

// Is says whether err is a fault of kind k.
func Is(err error, k Kind) bool { return err != nil && Of(err) == k }

// Fields collects field errors and gives one Invalid fault, or nil when there are none.
type Fields []Field

// Add notes that a field is wrong.
func (fs *Fields) Add(name, key string, args ...any) {
	*fs = append(*fs, Field{Name: name, Key: key, Args: pairs(args)})
}

// More notes what is wrong with further fields: of one of which something is said already, that stands.
func (fs *Fields) More(others Fields) {
	said := (*fs)[:len(*fs):len(*fs)]
	for _, o := range others {
		if !slices.ContainsFunc(said, func(f Field) bool { return f.Name == o.Name }) {
			*fs = append(*fs, o)
		}
	}
}

// Err gives an Invalid fault with all fields, or nil.
func (fs Fields) Err() error {
	if len(fs) == 0 {
		return nil
	}
	return &Fault{Kind: Invalid, Key: "fault.invalid", Fields: fs}
}

func pairs(args []any) map[string]any {
	if len(args) == 0 {
		return nil
	}
	m := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[fmt.Sprint(args[i])] = args[i+1]
	}
	return m
}
