// SPDX-License-Identifier: EUPL-1.2

package newsletter

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Fault names what is wrong with an issue.
type Fault string

// The closed list of what stands in the way of publication.
const (
	Untranslated Fault = "untranslated" // no text in a language
	Outdated     Fault = "outdated"     // the original was changed after it was translated
	OtherTongue  Fault = "other_tongue" // a paragraph in the other language
	StrangeWords Fault = "strange_words"
	NoAlt        Fault = "no_alt"
	NoPicture    Fault = "no_picture"
	NotPublic    Fault = "not_public" // a record that is kept inside
	Withheld     Fault = "withheld"   // a partner or place that another room withholds
	NoConsent    Fault = "no_consent" // somebody who has not agreed to be named
	NobodyKnown  Fault = "nobody_known"
	NoSource     Fault = "no_source" // a number that no record and no link stands behind
	DeadLink     Fault = "dead_link"
	PlainTitle   Fault = "plain_title" // a title that says what the issue is about to whoever sees a mailbox
	Wounding     Fault = "wounding"    // a word that wounds or judges those it is said of
	TooLong      Fault = "too_long"
	Empty        Fault = "empty"
)

// Defect is one thing that stands in the way: what, where (section, language, which block from 1), and the words it is about.
type Defect struct {
	Fault    Fault
	Section  string // key; "" is the issue's title
	Language string
	Block    int
	Found    string
}

// Check finds what stands in the way of publishing an issue as it was built. It looks at no other machine:
// of links to other sites it knows what they came to when somebody asked them last.
func Check(i Issue, editions []Edition, r Records, locale func(tag string) *lang.Locale) []Defect {
	c := checker{i: i, r: r}
	if len(i.Sections) == 0 {
		c.add(Defect{Fault: Empty})
	}
	for _, e := range editions {
		c.wording(i.Begun.Title, "", e.Language)
		c.title(e.Title, "", e.Language)
		for _, p := range e.Parts {
			c.part(p, e.Language)
		}
		if m, err := e.Mail(Addresses{Words: locale(e.Language)}); err == nil && m.Size() > MaxMail {
			c.add(Defect{Fault: TooLong, Language: e.Language, Found: strconv.Itoa(m.Size() / 1000)})
		}
		for _, x := range e.Records {
			if r.Activities[x.Code].Kept {
				c.add(Defect{Fault: NotPublic, Section: i.naming(x.Code), Language: e.Language, Found: x.Code})
			}
		}
	}
	for _, s := range i.Sections {
		for _, code := range s.Records {
			if _, ok := r.Activities[code]; !ok {
				c.add(Defect{Fault: DeadLink, Section: s.Key, Found: code})
			}
		}
	}
	return c.found
}

// naming gives the section that names a record.
func (i Issue) naming(code string) string {
	for _, s := range i.Sections {
		if slices.Contains(s.Records, code) {
			return s.Key
		}
		for _, tag := range s.Text.Languages() {
			if strings.Contains(s.Text.By[tag].Text, "{"+code+".") {
				return s.Key
			}
		}
	}
	return ""
}

type checker struct {
	i     Issue
	r     Records
	found []Defect
}

func (c *checker) add(d Defect) {
	if !slices.Contains(c.found, d) {
		c.found = append(c.found, d)
	}
}

func (c *checker) wording(t wording.Text, section, language string) bool {
	switch t.State(language) {
	case wording.Missing:
		c.add(Defect{Fault: Untranslated, Section: section, Language: language})
		return false
	case wording.Outdated:
		c.add(Defect{Fault: Outdated, Section: section, Language: language})
	}
	return true
}

// part checks a section in one language.
func (c *checker) part(p Part, language string) {
	s, ok := c.i.Section(p.Key)
	if !ok {
		return
	}
	if c.wording(s.Title, s.Key, language) {
		c.tongue([]Run{{Text: p.Title}}, Defect{Section: s.Key, Language: language})
	}
	c.people(p.Title, Defect{Section: s.Key, Language: language})
	if !c.wording(s.Text, s.Key, language) {
		return
	}
	for n, b := range p.Blocks {
		at := Defect{Section: s.Key, Language: language, Block: n + 1}
		if b.Shape == Image {
			c.image(b, at)
		}
		linked := slices.ContainsFunc(slices.Concat(b.lines()...), func(r Run) bool { return r.Href != "" && c.leads(r.Href) && !c.i.dead(r.Href) })
		for _, runs := range b.lines() {
			c.tongue(runs, at)
			c.people(plain(runs), at)
			c.words(plain(runs), at)
			c.references(runs, at)
			if !linked {
				c.numbers(runs, at)
			}
		}
	}
}

func (c *checker) image(b Block, at Defect) {
	if c.i.Pictures[b.Picture] == nil {
		at.Fault, at.Found = NoPicture, b.Picture
		c.add(at)
	}
	if b.Alt == "" {
		at.Fault, at.Found = NoAlt, b.Picture
		c.add(at)
		return
	}
	c.tongue([]Run{{Text: b.Alt}}, at)
	c.people(b.Alt, at)
}

// tongue looks for words of another language. What a record is called is a quotation, and names of organisations are names.
func (c *checker) tongue(runs []Run, at Defect) {
	var b strings.Builder
	for _, r := range runs {
		if r.Ref == "" {
			b.WriteString(r.Text)
		} else {
			b.WriteString(" ")
		}
	}
	found, other, whole := strange(c.nameless(b.String()), at.Language)
	if whole {
		at.Fault, at.Found = OtherTongue, other
		c.add(at)
		return
	}
	for _, f := range found {
		d := at
		d.Fault, d.Found = StrangeWords, f
		c.add(d)
	}
}

// nameless cuts the names of organisations and people out of a text.
func (c *checker) nameless(text string) string {
	for _, names := range c.r.Names {
		for _, n := range names {
			if len(n) > 3 {
				text = strings.ReplaceAll(text, n, " ")
			}
		}
	}
	for _, p := range c.r.People {
		text = strings.ReplaceAll(text, p.Name, " ")
	}
	return text
}

// addressed is a name after a form of address or an office that names somebody.
var addressed = regexp.MustCompile(`\b(?:Mr|Mrs|Ms|Mme|Mlle|Dr|M)\.?[   ]+((?:\p{Lu}[\p{L}'’-]+[   ]?){1,4})`)

// people looks for somebody who has not agreed to be named: whoever the records know, and whoever is addressed as a person is.
func (c *checker) people(text string, at Defect) {
	folded := fold(text)
	for _, p := range c.r.People {
		if !p.May && strings.Contains(folded, fold(p.Name)) {
			d := at
			d.Fault, d.Found = NoConsent, p.Name
			c.add(d)
		}
	}
	for _, m := range addressed.FindAllStringSubmatch(text, -1) {
		name := strings.TrimSpace(m[1])
		if !slices.ContainsFunc(c.r.People, func(p Person) bool {
			return strings.Contains(fold(p.Name), fold(name)) || strings.Contains(fold(name), fold(p.Name))
		}) {
			d := at
			d.Fault, d.Found = NobodyKnown, name
			c.add(d)
		}
	}
	for _, w := range c.r.Withheld {
		if w != "" && strings.Contains(folded, fold(w)) {
			d := at
			d.Fault, d.Found = Withheld, w
			c.add(d)
		}
	}
}

func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

var (
	numeral = regexp.MustCompile(`\d+(?:[   .,]\d+)*`)
	// plainly are numbers that count nothing: years, days of a month, ordinals, articles and paragraphs, and codes of records.
	plainly = regexp.MustCompile(`(?i)\b(?:1[89]|20)\d\d\b|\b\d{1,2}(?:st|nd|rd|th|er|e|ᵉ|ème)\b|\b\d{1,2}(?:\s*(?:,|and|et|to|au|–|-)\s*\d{1,2})*\s+(?:january|february|march|april|may|june|july|august|september|october|november|december|janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)\b|\b(?:articles?|art\.|paragraphs?|paragraphes?|measures?|mesures?|targets?|cibles?|resolutions?|résolutions?|priority|priorité)\s+\d+(?:[./]\d+)*(?:\s*(?:and|et|,)\s*\d+)*|[A-Z]\d?-[A-Z]?\d+`)
)

// numbers looks for numbers that nothing stands behind.
func (c *checker) numbers(runs []Run, at Defect) {
	var b strings.Builder
	for _, r := range runs {
		if r.Ref == "" {
			b.WriteString(r.Text)
		} else {
			b.WriteString(" ")
		}
	}
	text := reference.ReplaceAllString(b.String(), " ")
	for _, n := range numeral.FindAllString(plainly.ReplaceAllString(text, " "), -1) {
		d := at
		d.Fault, d.Found = NoSource, n
		c.add(d)
	}
}

// references looks for references to what is not there, and for links that lead nowhere.
func (c *checker) references(runs []Run, at Defect) {
	for _, r := range runs {
		for _, m := range reference.FindAllString(r.Text, -1) {
			d := at
			d.Fault, d.Found = DeadLink, m
			c.add(d)
		}
		if r.Href != "" && (!c.leads(r.Href) || c.i.dead(r.Href)) {
			d := at
			d.Fault, d.Found = DeadLink, r.Href
			c.add(d)
		}
	}
}

// leads says whether a link can be followed by whoever reads the issue: an address of another site over TLS. Our own pages
// are not open to the public.
func (c *checker) leads(href string) bool {
	u, err := url.Parse(href)
	return err == nil && u.Scheme == "https" && strings.Contains(u.Host, ".") && u.User == nil
}

// telltale is what a title must not say: it stands in mailboxes and on screens that others see.
var telltale = regexp.MustCompile(`(?i)traffick|trafi[ck]\b|trafiqu|\btraite (des|d’|d')|victim|exploit|prostitu|slave|esclav|smuggl|\bthb\b`)

// wounding are words that judge, with none that this house would put in their place: the page says what to write.
var wounding = regexp.MustCompile(`(?i)\b(?:illegal (?:im)?migrants?|illegals|prostitutes?|hookers?|(?:im)?migrant(?:e)?s? (?:illégaux|illégal|illégale|illégales)|prostituées?|clandestins?|clandestines?|gyps(?:y|ies)|gitans?)\b`)

func (c *checker) title(text, section, language string) {
	if w := telltale.FindString(text); w != "" {
		c.add(Defect{Fault: PlainTitle, Section: section, Language: language, Found: w})
	}
}

func (c *checker) words(text string, at Defect) {
	for _, w := range wounding.FindAllString(text, -1) {
		d := at
		d.Fault, d.Found = Wounding, w
		c.add(d)
	}
}

// Speaks says whether an issue already has a section on a record.
func (i Issue) Speaks(a activity.Line) bool { return i.naming(a.Code) != "" }
