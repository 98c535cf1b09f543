// SPDX-License-Identifier: EUPL-1.2

// Package lexicon holds the form in which rooms describe their messages to strangers: docs/messages.md is written from it.
//
// What a field says stands beside it, in the comment of the Go type that owns it; what is optional and what form it has the type
// itself says. Here a room only adds which type of message has which body, between whom it goes, and the closed lists and limits
// that its guards hold fields to. Nothing of this is in the running program: a test alone asks for it.
package lexicon

// Room is one room's messages.
type Room struct {
	Title    string
	Says     string // what they are about, and what their conversation is
	Purpose  string // what sharing terms must grant for them
	Thread   string // the field, where there is one, that says again which conversation it is
	Messages []Message
	// Codes and Limits are of fields, by Go type and JSON name: "Asked.basis". A limit is so many bytes of a text, or entries of a list.
	Codes  map[string][]string
	Limits map[string]int
}

// Message is one type of message.
type Message struct {
	Type    string
	Goes    string // from whom to whom
	Says    string // what it does, and what must hold
	Covered string // categories, in words, where the fields do not say them
	Body    any    // its zero value
	Back    string // what answers it; "" for its receipt alone
}

// Of gives the codes of a closed list.
func Of[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}
