// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Hows lists how a number that somebody types can be meant.
func Hows() []string {
	return []string{"exactly", "at_least", "more_than", "about", "inferred", "disputed"}
}

// Spelling is what somebody types for a number: in fields of a form called after it, with "_how", "_to", "_why" and "_to_why"
// behind the name.
type Spelling struct {
	N     string // empty is unknown
	How   string // of Hows
	To    string // what another source says, of a number on which they disagree
	Why   string // what it was inferred from, or which source says it
	ToWhy string // which source says To
}

// SpellingOf reads the fields of a number.
func SpellingOf(field func(name string) string, name string) Spelling {
	return Spelling{field(name), field(name + "_how"), field(name + "_to"), field(name + "_why"), field(name + "_to_why")}
}

// maxWhy is the longest reason or source of a number, in characters.
const maxWhy = 500

// Number gives the number; wrong names what cannot be read: "" for nothing, else what stands behind the field's name ("", "_to",
// "_why"), with the key that says so.
func (s Spelling) Number() (u party.Uncertain, behind, wrong string) {
	n, known, ok := whole(s.N)
	switch {
	case !ok:
		return u, "", "programme.need.number"
	case !known:
		return u, "", ""
	case wording.Longer(s.Why, maxWhy) || wording.Longer(s.ToWhy, maxWhy):
		return u, "_why", "programme.need.why"
	}
	switch s.How {
	case "at_least":
		u = party.Least(n)
	case "more_than":
		u = party.Over(n)
	case "about":
		u = party.Around(n)
	case "inferred":
		if s.Why == "" {
			return u, "_why", "programme.need.why"
		}
		u = party.Inferred(n, s.Why)
	case "disputed":
		return s.disputed(n)
	default:
		u = party.Exactly(n)
	}
	if !u.Known() {
		return u, "", "programme.need.number"
	}
	return u, "", ""
}

func (s Spelling) disputed(n int64) (u party.Uncertain, behind, wrong string) {
	to, known, ok := whole(s.To)
	switch {
	case !ok || !known || to == n:
		return u, "_to", "programme.need.other_number"
	case s.Why == "" || s.ToWhy == "":
		return u, "_why", "programme.need.both_sources"
	}
	if u = party.Claimed(party.Claim{Value: n, Source: s.Why}, party.Claim{Value: to, Source: s.ToWhy}); !u.Known() {
		return u, "", "programme.need.number"
	}
	return u, "", ""
}

// whole reads a whole number; blanks between digits are passed over.
func whole(s string) (n int64, known, ok bool) {
	if s = strings.Join(strings.Fields(s), ""); s == "" {
		return 0, false, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, true, err == nil && n >= 0
}

// Spell gives what somebody would type for a number. One with more than one quality (a sum) loses the lesser ones: whoever reads
// the form back keeps the number where nothing was changed (Respelled).
func Spell(u party.Uncertain) Spelling {
	if !u.Known() {
		return Spelling{How: "exactly"}
	}
	s := Spelling{N: strconv.FormatInt(u.Low(), 10), How: "at_least", Why: strings.Join(u.Why(), "; ")}
	if claims := u.Claims(); u.Contradictory() && len(claims) > 1 {
		first, last := claims[0], claims[len(claims)-1]
		return Spelling{strconv.FormatInt(first.Value, 10), "disputed", strconv.FormatInt(last.Value, 10), first.Source, last.Source}
	}
	for _, how := range Hows()[:5] {
		s.How = how
		if v, _, wrong := s.Number(); wrong == "" && v.Equal(u) {
			return s
		}
	}
	s.How = "at_least"
	return s
}

// Respelled is Number where now is what stood in the form: what nobody changed stays as it was, in every quality.
func (s Spelling) Respelled(now party.Uncertain) (u party.Uncertain, behind, wrong string) {
	if s == Spell(now) {
		return now, "", ""
	}
	return s.Number()
}

// Spelled gives the values of the fields of a number.
func Spelled(name string, u party.Uncertain) Values {
	s := Spell(u)
	return Put(Values{}, name, s.N, name+"_how", s.How, name+"_to", s.To, name+"_why", s.Why, name+"_to_why", s.ToWhy)
}

// Numbers are the fields in which somebody types a number that may be uncertain; how is the label of the first one.
func Numbers(l *lang.Locale, name, label, how, hint string, optional bool, field func(string) string) []Field {
	return []Field{{Kind: "select", Name: name + "_how", Label: how, Options: Codes(l, "programme.how.", Hows()), Value: field(name + "_how")},
		{Kind: "text", Name: name, Label: label, Hint: hint, Value: field(name), Optional: optional},
		{Kind: "text", Name: name + "_why", Label: l.T("programme.how.why", "Of", label), Hint: l.T("programme.how.why.hint"), Value: field(name + "_why"), Optional: true},
		{Kind: "text", Name: name + "_to", Label: l.T("programme.how.to", "Of", label), Hint: l.T("programme.how.to.hint"), Value: field(name + "_to"), Optional: true},
		{Kind: "text", Name: name + "_to_why", Label: l.T("programme.how.to_why", "Of", label), Value: field(name + "_to_why"), Optional: true}}
}

// NumberFields ask for a number in the field of a name, and how it is meant.
func (v *See) NumberFields(name string, optional bool) []Field {
	return Numbers(v.L, name, v.T(name), v.T(name+"_how"), "", optional, func(string) string { return "" })
}

// Uncertain reads those fields; empty is unknown.
func (t *Typed) Uncertain(name string) party.Uncertain {
	u, behind, wrong := SpellingOf(t.Text, name).Number()
	if wrong != "" {
		t.Wrong.Add(name+behind, wrong)
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
