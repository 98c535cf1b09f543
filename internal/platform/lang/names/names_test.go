// SPDX-License-Identifier: EUPL-1.2

package names

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

// finds says whether a query finds a person with these tokens, as store.Search does.
func finds(query string, person []Token) bool {
	words := Query(query)
	for _, w := range words {
		if !slices.ContainsFunc(w, func(q Token) bool { return slices.Contains(person, q) }) {
			return false
		}
	}
	return len(words) > 0
}

func TestSpellingsFindEachOther(t *testing.T) {
	for _, group := range [][]string{
		// Serbian, Croatian, Bosnian, Montenegrin, Macedonian
		{"Đorđević", "Djordjević", "Djordjevic", "Dordevic", "Ђорђевић"},
		{"Živković", "Zivkovic", "Živkovic", "Живковић"},
		{"Čedomir", "Cedomir", "Чедомир", "Chedomir"},
		{"Jovanović", "Jovanovic", "Јовановић", "Йованович", "Yovanovich", "Γιοβάνοβιτς"},
		{"Ljiljana", "Љиљана", "Lilyana", "Лиляна"},
		{"Snežana", "Snezana", "Снежана", "Snejana", "Snezhana"},
		{"Džemal", "Dzemal", "Џемал", "Xhemal", "Cemal", "Джемал", "Τζεμάλ"},
		{"Ќосев", "Kjosev", "Ḱosev", "Ćosev"},
		{"Ѓорѓи", "Gjorgji", "Gorgi", "Георги", "Georgi"},
		{"Škrijelj", "Skrijelj", "Шкријељ", "Shkrijelj"},
		// Albanian
		{"Gjergj", "Ѓерѓ", "Ђерђ"},
		{"Hoxha", "Хоџа", "Hodža", "Χότζα", "Ходжа"},
		{"Xhevahire", "Džavahire", "Џевахире", "Dževahire"},
		{"Qemal", "Ćemal", "Ћемал", "Cemal"},
		{"Shpëtim", "Shpetim", "Шпетим", "Σπετίμ"},
		{"Çelik", "Celik", "Челик", "Τσελίκ"},
		{"Thaçi", "Thaci", "Тачи", "Tači"},
		{"Dhimitër", "Dhimiter", "Димитер"},
		// Bulgarian, Romanian, Moldovan
		{"Христо", "Hristo", "Khristo", "Christo", "Χρίστο"},
		{"Ангелова", "Angelova"},
		{"Къртева", "Karteva", "Kurteva"},
		{"Щерев", "Shterev", "Sterev"},
		{"Цветанка", "Tsvetanka", "Cvetanka", "Zwetanka"},
		{"Ștefan", "Ştefan", "Stefan", "Стефан", "Στέφαν"},
		{"Gheorghe", "Георге", "Gheorge"},
		{"Țurcanu", "Ţurcanu", "Turcanu", "Цуркану", "Țurcan"},
		{"Mihăilescu", "Mihailescu", "Михаилеску"},
		{"Ceaușescu", "Ceausescu", "Чаушеску"},
		// Greek
		{"Γεωργίου", "Georgiou", "Георгиу"},
		{"Χαράλαμπος", "Charalambos", "Haralampos", "Charalampos", "Харалампос"},
		{"Μπάμπης", "Bampis", "Babis", "Mpampis", "Бабис"},
		{"Ντίνα", "Dina", "Дина", "Ntina"},
		{"Παπαντωνίου", "Papantoniou", "Papandoniou", "Папандониу"},
		{"Ελευθερία", "Eleftheria", "Eleutheria", "Елефтериа"},
		{"Ουρανία", "Ourania", "Urania", "Урания"},
		{"Ψαρού", "Psarou", "Псару"},
		{"Αλεξάνδρα", "Alexandra", "Aleksandra", "Александра"},
		// Turkish, French, English
		{"Işık", "Isik", "ışık", "İşık", "Ишик"},
		{"İbrahim", "Ibrahim", "İBRAHİM", "Ибрахим", "Ιμπραχίμ"},
		{"Yıldız", "Yildiz", "Йылдыз", "Γιλντίζ"},
		{"Ayşe", "Ayse", "Ајше", "Айше", "Αϊσέ"},
		{"Oğuz", "Oguz", "Огуз"},
		{"François", "Francois", "Франсоа"},
		{"Chantal", "Шантал"},
		{"Mohamed", "Mohammed", "Muhamed", "Мухамед", "Μοχάμεντ"},
		{"O’Connor", "O'Connor", "OConnor", "О’Коннор"},
	} {
		for _, w := range group[1:] {
			if !finds(w, Name(group[0])) {
				t.Errorf("%s does not find %s: %v / %v", w, group[0], skeletons(plain(strings.ToLower(w))), skeletons(plain(strings.ToLower(group[0]))))
			}
			if !finds(group[0], Name(w)) {
				t.Errorf("%s does not find %s", group[0], w)
			}
		}
	}
}

func TestDifferentNamesStayApart(t *testing.T) {
	for _, p := range [][2]string{{"Ana", "Ivo"}, {"Mira", "Mara"}, {"Marko", "Mirko"}, {"Elira", "Alisa"}, {"Petrović", "Pavlović"}, {"Γιώργος", "Χρήστος"}, {"Hoxha", "Shehu"}, {"Жана", "Диана"}} {
		if share(values(Name(p[0]), KindName), values(Name(p[1]), KindName)) {
			t.Errorf("%s and %s have a name token in common", p[0], p[1])
		}
	}
}

func TestWholeNames(t *testing.T) {
	mira := Tokens(Person{
		Names: []string{"Mira Đurić-Hoxha", "Мирка"}, Born: []string{"1999-04-03"}, Emails: []string{"Mira@Example.org"},
		Phones:    []Phone{{"069 123 4567", "AL"}, {"+30 694 111 2222", ""}},
		Documents: []Document{{"AL", "BA 123-4567"}},
	})
	for _, q := range []string{
		"mira", "Đuri", "djuric mira", "Мира Ђурић", "hodža", "мирка", "MIR", "mira 1999", "Mira 3.4.1999", "Mira 04/03/1999", "1999-04", "3/4/99",
		"+355 69 123 4567", "00355691234567", "069 123 45 67", "0691234567", "69 123 4567", "mira +355 (0)69 123-4567", "6941112222", "mira@example.ORG",
		"BA1234567", "ba 1234567", "ВА1234567", "Mira, 1999",
	} {
		if !finds(q, mira) {
			t.Errorf("%q does not find her: %v", q, Query(q))
		}
	}
	for _, q := range []string{"Mira Petrović", "mira 1998", "mira 3.5.1999", "069 123 4568", "BA1234568", "mira@example.com", "Zana"} {
		if finds(q, mira) {
			t.Errorf("%q finds her", q)
		}
	}
	for _, q := range []string{"", " ", ",", "-", "\u0301", "??"} {
		if w := Query(q); len(w) != 0 {
			t.Errorf("%q looks for %v", q, w)
		}
	}
}

func TestWordsAreFoundTogetherAndApart(t *testing.T) {
	for _, p := range [][2]string{{"Ana-Maria", "anamaria"}, {"Abdul Rahman", "Abdulrahman"}, {"Ana-Maria", "maria ana"}, {"Jean–Pierre", "jeanpierre"}} {
		if !finds(p[1], Name(p[0])) {
			t.Errorf("%q does not find %q", p[1], p[0])
		}
	}
}

func TestBirthDates(t *testing.T) {
	for _, c := range []struct {
		stored string
		query  string
		found  bool
	}{
		{"1999-04-23", "23.4.1999", true}, {"1999-04-23", "1999-04-23", true}, {"1999-04-23", "4/23/1999", true}, {"1999-04-23", "23-04-99", true},
		{"1999-04-03", "4.3.1999", true}, {"1999-04-03", "3.4.1999", true}, {"1999-04-03", "1999/4/3", true}, {"1999-04-03", "04.1999", true},
		{"1999-04", "23.4.1999", true}, {"1999", "23.4.1999", true}, {"1999", "4/1999", true}, {"1999", "1999", true}, {"1999-04-23", "1999", true},
		{"1999-01-01", "23.4.1999", true}, {"1999-04-23", "1.1.1999", true}, {"2000-02-29", "29.2.2000", true}, {"1999-02-29", "1999", false},
		{"1999-04-23", "24.4.1999", false}, {"1999-04", "23.5.1999", false}, {"1999-04-23", "23.4.1998", false}, {"1999-13-01", "1999", false}, {"1999-00", "1999", false},
	} {
		if got := finds(c.query, Tokens(Person{Born: []string{c.stored}})); got != c.found {
			t.Errorf("%s looked for as %s: found %v", c.stored, c.query, got)
		}
	}
}

func TestPhones(t *testing.T) {
	for _, c := range []struct{ number, region, want string }{
		{"069 123 4567", "AL", "+355691234567"}, {"+355 (0)69 123 4567", "", "+355691234567"}, {"00355 69 1234567", "RS", "+355691234567"},
		{"694 111 2222", "GR", "+306941112222"}, {"061/123-456", "BA", "+38761123456"}, {"08 123 456", "SE", "+468123456"}, {"06 12 34 56 78", "FR", "+33612345678"},
		{"044 123 456", "XK", "+38344123456"}, {"٠٦٩ ١٢٣ ٤٥٦٧", "al", "+355691234567"}, {"+1 212 555 0100", "", "+12125550100"},
	} {
		if got, ok := E164(c.number, c.region); !ok || got != c.want {
			t.Errorf("%s in %s: %s %v, expected %s", c.number, c.region, got, ok, c.want)
		}
	}
	for _, c := range [][2]string{{"069 123 4567", ""}, {"12", "AL"}, {"", "AL"}, {"+123456789012345678", ""}, {"no number", "AL"}} {
		if got, ok := E164(c[0], c[1]); ok {
			t.Errorf("%q in %q is %s", c[0], c[1], got)
		}
	}
}

func TestDocumentsReadByTwoAlphabets(t *testing.T) {
	p := Tokens(Person{Documents: []Document{{"mk", "АВ-1203 456"}, {"", "X1"}}})
	want := []Token{{KindDocument, "any AB1203456"}, {KindDocument, "MK AB1203456"}}
	if !slices.Equal(p, want) {
		t.Errorf("tokens %v", p)
	}
	for _, q := range []string{"AB1203456", "AB12O3456", "ab-1203456"} {
		if !finds(q, p) {
			t.Errorf("%q does not find it", q)
		}
	}
}

// letter draws letters of the region's alphabets.
var letter = rapid.SampledFrom([]rune("abcdefghijklmnopqrstuvwxyzčćžšđçëşșțţığöüâăîабвгдежзијклљмнњопрстћуфхцчџшщъьюяїєґαβγδεζηθικλμνξοπρστυφχψωάέήίόύώϊ"))

func TestEveryBeginningIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(letter, 3, 14, -1).Draw(t, "word")
		tokens := beginnings(plain(word))
		rs := []rune(plain(word))
		n := rapid.IntRange(leastTyped, min(len(rs), 2*prefixLength)).Draw(t, "typed")
		for _, v := range typed(string(rs[:n])) {
			if !slices.Contains(tokens, v) {
				t.Fatalf("%s, typed of %s, is not among %v", string(rs[:n]), word, tokens)
			}
		}
		if !finds(word, Name(word)) || !finds(strings.ToUpper(word), Name(word)) && plain(strings.ToLower(strings.ToUpper(word))) == plain(word) {
			t.Fatalf("%s does not find itself", word)
		}
	})
}

func TestTokensAreBoundedAndDocumentsComeFirst(t *testing.T) {
	p := Person{Documents: []Document{{"AL", "BA1234567"}}, Born: []string{"1999-04-03"}}
	for range 30 {
		p.Names = append(p.Names, "Aleksandra Christodoulopoulou Scherbatsky "+strings.Repeat("x", len(p.Names)))
	}
	ts := Tokens(p)
	if len(ts) != MaxTokens {
		t.Errorf("%d tokens", len(ts))
	}
	if !finds("BA1234567 3.4.1999", ts) {
		t.Error("names crowded out the document or the date")
	}
}

// A final ë is silent or spoken, elsewhere it is read in more ways; both may stand in one word.
func TestAFinalLetterIsReadOnItsOwn(t *testing.T) {
	for f := range finals {
		for _, word := range []string{f + "t" + f, "k" + f + "mb" + f, f + f} {
			if !finds(word, Name(word)) {
				t.Errorf("%q does not find itself", word)
			}
		}
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"Mira Đurić 3.4.1999", "Χρήστος 0691234567", "ABC123456 a@b.c", "İşık\u0301 \xff\xfe", "+355", "1999-99-99", "ʿUthmān 福尔曼"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ts := Tokens(Person{Names: []string{s, s + " " + s}, Born: []string{s}, Emails: []string{s}, Phones: []Phone{{s, s}, {s, "AL"}}, Documents: []Document{{s, s}}})
		if len(ts) > MaxTokens {
			t.Fatalf("%d tokens", len(ts))
		}
		words := Query(s)
		if len(words) > maxWords {
			t.Fatalf("%d words", len(words))
		}
		for _, w := range words {
			if len(w) == 0 || len(w) > 32 {
				t.Fatalf("%d alternatives", len(w))
			}
			ts = append(ts, w...)
		}
		for _, x := range ts {
			if x.Value == "" || len(x.Value) > 2*maxText || strings.ContainsFunc(x.Value, unicode.IsControl) && x.Kind != KindEmail {
				t.Fatalf("token %q", x)
			}
		}
	})
}
