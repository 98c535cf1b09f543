// SPDX-License-Identifier: EUPL-1.2

package names

import "slices"

// Alike is one way in which two people may be one.
type Alike struct {
	As    string    // of Ways
	Words [][]Token // all must be found, each by one of its alternatives, as in Query
	// Rare says that the last word is rare whatever the others are: a date of birth.
	Rare bool
	// Few is how many may be found at most for it to say anything, 0 for any number; Or is what says something where more
	// are found.
	Few int
	Or  *Alike
}

// The ways in which two people may be one, the nearest first.
const (
	AsDocument = "document" // the number of a document is the same
	AsPhone    = "phone"    // the number of a telephone is the same
	AsBorn     = "born"     // name and date of birth fit: day and month swapped, beginnings of names, a missing word of a long name
	AsRare     = "rare"     // the name fits and at most RareName others have it, whatever was said about the birth
	AsYear     = "year"     // the name fits and so does the year of birth, give or take YearsApart
)

// Ways lists them.
func Ways() []string { return []string{AsDocument, AsPhone, AsBorn, AsRare, AsYear} }

const (
	// YearsApart is by how much years of birth may differ between two records of one person.
	YearsApart = 2
	// RareName is how many others at most may have a name for the name alone to say something.
	RareName = 3

	mostNames     = 4 // names of one person that are compared
	mostLeftOut   = 4 // words of a long name that are left out in turn
	likelySounds  = 6 // readings of one word that are compared
	leastOfAName  = 2 // words of a name that says something beside a year, or by itself
	fromAWordLess = 3 // words of a name from which on one may be missing
)

// Likenesses gives in which ways somebody may be a person who is stored, in the order of Ways. A common name alone says
// nothing, nor does an unknown birth beside it.
func Likenesses(p Person) []Alike {
	var out []Alike
	if numbers := documentsOf(p); len(numbers) > 0 {
		out = append(out, Alike{As: AsDocument, Words: [][]Token{numbers}})
	}
	if numbers := phonesOf(p); len(numbers) > 0 {
		out = append(out, Alike{As: AsPhone, Words: [][]Token{numbers}})
	}
	var dated, whole []Alike
	dates, years := bornLike(p.Born)
	for _, name := range p.Names[:min(len(p.Names), mostNames)] {
		if len(dates) > 0 {
			for _, words := range wordMissing(nameWords(name)) {
				dated = append(dated, Alike{As: AsBorn, Words: append(words, dates), Rare: true})
			}
		}
		words := wholeName(name)
		if len(words) < leastOfAName {
			continue
		}
		a := Alike{As: AsRare, Words: words, Few: RareName}
		if len(years) > 0 {
			a.Or = &Alike{As: AsYear, Words: append(slices.Clone(words), years)}
		}
		whole = append(whole, a)
	}
	return slices.Concat(out, dated, whole)
}

// documentsOf gives the numbers of documents, whichever country is said to have issued them.
func documentsOf(p Person) []Token {
	var out []Token
	for _, d := range p.Documents {
		if n := DocumentNumber(d.Number); len(n) > leastDocument {
			out = append(out, Token{KindDocument, anywhere + " " + n})
		}
	}
	return out
}

func phonesOf(p Person) []Token {
	var out []Token
	for _, n := range p.Phones {
		number := n.Number
		if e, ok := E164(n.Number, n.Region); ok {
			number = e
		}
		out = append(out, phoneQuery(number)...)
	}
	return out
}

// bornLike gives the dates that a birth may be stored as, and the years near it. A birth of which only the year is known
// has no date.
func bornLike(born []string) (dates, years []Token) {
	for _, text := range born {
		d, ok := parseISO(text)
		if !ok {
			continue
		}
		if d.day > 0 {
			dates = append(dates, Token{KindBorn, d.String()})
			if s, ok := d.swapped(); ok {
				dates = append(dates, Token{KindBorn, s.String()})
			}
		}
		for y := d.year - YearsApart; y <= d.year+YearsApart; y++ {
			years = append(years, Token{KindBorn, date{year: y}.String()})
		}
	}
	return dates, years
}

// wholeName gives the readings of each word of a name, without beginnings.
func wholeName(name string) [][]Token {
	var out [][]Token
	for _, w := range wordsOf(name) {
		var readings []Token
		for _, v := range skeletons(w) {
			if len(readings) < likelySounds {
				readings = append(readings, Token{KindName, v})
			}
		}
		out = append(out, readings)
	}
	return out
}

// wordMissing gives the words of a name, and where there are many, the name without each of them; nothing of no word.
func wordMissing(words [][]Token) [][][]Token {
	if len(words) == 0 {
		return nil
	}
	out := [][][]Token{words}
	if len(words) >= fromAWordLess {
		for i := range min(len(words), mostLeftOut) {
			out = append(out, slices.Delete(slices.Clone(words), i, i+1))
		}
	}
	for i := range out {
		out[i] = slices.Clip(out[i])
	}
	return out
}

// SameName says whether two names can be spellings of one: every word of the shorter is in the other.
func SameName(one, two string) bool {
	a, b := wholeName(one), wholeName(two)
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) > 0 && !slices.ContainsFunc(a, func(word []Token) bool {
		return !slices.ContainsFunc(b, func(other []Token) bool {
			return slices.ContainsFunc(word, func(t Token) bool { return slices.Contains(other, t) })
		})
	})
}

// SameBirth says whether two dates, as stored, can be of one birth: the days exchanged, one of them vague, or the years no
// further apart than YearsApart.
func SameBirth(one, two string) bool {
	a, ok := parseISO(one)
	b, also := parseISO(two)
	return ok && also && max(a.year-b.year, b.year-a.year) <= YearsApart
}
