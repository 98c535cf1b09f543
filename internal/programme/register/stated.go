// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// Hows lists how a number that somebody types can be meant.
func Hows() []string { return []string{"exactly", "at_least", "more_than", "about"} }

// Meant gives a number as it is meant.
func Meant(n int64, how string) party.Uncertain {
	switch how {
	case "at_least":
		return party.Least(n)
	case "more_than":
		return party.Over(n)
	case "about":
		return party.Around(n)
	}
	return party.Exactly(n)
}

// HowMeant gives what somebody would type for a number, and how it is meant.
func HowMeant(u party.Uncertain) (number, how string) {
	if !u.Known() {
		return "", "exactly"
	}
	for _, how := range Hows() {
		if Meant(u.Low(), how).Equal(u) {
			return strconv.FormatInt(u.Low(), 10), how
		}
	}
	return strconv.FormatInt(u.Low(), 10), "at_least"
}

// NumberFields ask for a number in the field of a name, and in "<name>_how" how it is meant.
func (v *See) NumberFields(name string, optional bool) []Field {
	return []Field{{Kind: "select", Name: name + "_how", Label: v.T(name + "_how"), Options: Codes(v.L, "programme.how.", Hows())},
		{Kind: "text", Name: name, Label: v.T(name), Optional: optional}}
}

// Uncertain reads those fields; empty is unknown.
func (t *Typed) Uncertain(name string) party.Uncertain {
	s := strings.Join(strings.Fields(t.Text(name)), "")
	if s == "" {
		return party.Uncertain{}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	u := Meant(n, t.Text(name+"_how"))
	if err != nil || !u.Known() {
		t.Wrong.Add(name, "programme.need.number")
	}
	return u
}

// SourceFields ask where a statement stands: the document in "source", its lines in "lines".
func (v *See) SourceFields() []Field {
	return []Field{{Kind: "text", Name: "source", Label: v.L.T("register.source"), Hint: v.L.T("register.source.hint")},
		{Kind: "text", Name: "lines", Label: v.L.T("register.lines"), Hint: v.L.T("register.lines.hint"), Optional: true}}
}

// Source reads those fields.
func (t *Typed) Source() party.Source {
	return party.Source{Document: t.Text("source"), Lines: t.Text("lines")}
}

// PutSource sets them.
func PutSource(v Values, s party.Source) Values {
	return Put(v, "source", s.Document, "lines", s.Lines)
}

// SourceFact says where a statement stands.
func (v *See) SourceFact(s party.Source) page.Fact {
	return page.Fact{Term: v.L.T("register.source"), Text: s.Print(v.L)}
}

// LinkField asks for an address on the web.
func (v *See) LinkField() Field {
	return Field{Kind: "text", Name: "link", Label: v.L.T("register.link"), Hint: v.L.T("register.link.hint"), Optional: true}
}

// LinkFact leads there.
func (v *See) LinkFact(link string) page.Fact {
	return page.Fact{Term: v.L.T("register.link"), Text: link, Href: link}
}

// maxLink is the longest address, in bytes.
const maxLink = 500

// CheckLink notes what is wrong with an address on the web; none is right.
func CheckLink(fs *fault.Fields, field, link string) {
	if link == "" {
		return
	}
	u, err := url.Parse(link)
	if err != nil || len(link) > maxLink || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil {
		fs.Add(field, "register.want.link", "Max", maxLink)
	}
}
