// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// region is where invented people come from: the names that are common there, most frequent first, in the alphabet
// of the place, and endings of which rarer family names are made.
type region struct {
	country       string
	given, family []string
	stems, ends   []string
	dial          string
}

var regions = []region{
	{"AL", strings.Fields("Maria Elena Besa Arta Drita Fatmira Mira Vjosa Teuta Liridona Arben Agron Ilir Besnik Gjergj Luan Fatos Artan Dritan Bledar"),
		strings.Fields("Hoxha Shehu Prifti Dervishi Gjoka Leka Marku Kola Hysa Bajrami Çela Gjini Kodra Lleshi Mema Ndoja Pjetri Rama Sula Toska"),
		strings.Fields("Kur Bal Dem Gje Hal Isu Kri Lul Meh Nik Osm Për Qem Rex Sal Tah Uk Vel Xhe Zen"), strings.Fields("aj i ani eshi oli ushi aku ari ota iqi"), "69"},
	{"GR", strings.Fields("Μαρία Ελένη Αικατερίνη Βασιλική Σοφία Αγγελική Γεωργία Δήμητρα Κωνσταντίνα Παρασκευή Γεώργιος Δημήτριος Κωνσταντίνος Ιωάννης Νικόλαος Χρήστος Παναγιώτης Βασίλειος Αθανάσιος Σπυρίδων"),
		strings.Fields("Παπαδοπούλου Παππά Γεωργίου Δημητρίου Οικονόμου Νικολάου Βασιλείου Κωνσταντίνου Αντωνίου Χατζή Μακρή Καραγιάννη Σαμαρά Κολοκοτρώνη Λάμπρου"),
		strings.Fields("Αγγελ Βλαχ Γιανν Δελ Ζαχαρ Θεοδωρ Ιωανν Καλ Λαζαρ Μιχαλ Νικολ Παναγ Ραπτ Σταμ Τσακ Φωτ Χαραλ"), strings.Fields("άκη ίδη οπούλου έα ούδη άτου ιάδη ίτη"), "69"},
	{"BG", strings.Fields("Мария Иванка Елена Йорданка Пенка Ваня Росица Даниела Радка Виолета Иван Георги Димитър Петър Христо Тодор Николай Васил Стоян Йордан"),
		strings.Fields("Иванова Георгиева Димитрова Петрова Николова Христова Стоянова Тодорова Илиева Ангелова Василева Петкова Колева Маринова Йорданова"),
		strings.Fields("Бал Вел Гоч Дим Жел Злат Кал Лаз Мит Ненч Пен Рад Сав Тон Цвет Чав Янк"), strings.Fields("ева ова инова енова чева шка ска"), "88"},
	{"RS", strings.Fields("Милица Јелена Ана Марија Драгана Љиљана Снежана Гордана Весна Милена Драган Милан Немања Зоран Миодраг Душан Бојан Ђорђе Жељко Ненад"),
		strings.Fields("Јовановић Петровић Николић Марковић Ђорђевић Стојановић Илић Станковић Павловић Милошевић Живковић Лазић"),
		strings.Fields("Бож Вас Гај Дач Ђур Жив Зеч Крст Љуб Мил Њег Обр Рад Сим Тас Ћир Цвет"), strings.Fields("ић овић евић инић ушић ичић"), "64"},
	{"RO", strings.Fields("Maria Elena Ioana Ana Mihaela Andreea Cristina Daniela Alexandra Ștefania Andrei Alexandru Mihai Ionuț Florin Gheorghe Vasile Constantin Dumitru Nicolae"),
		strings.Fields("Popa Popescu Ionescu Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Țurcanu Munteanu Șerban Lazăr Dobre"),
		strings.Fields("Alb Băl Cios Dăn Făg Grig Ili Lup Mun Neg Ols Păun Roș Săn Tăn Urs Vlă Zam"), strings.Fields("escu eanu aru oiu ache ici ăreanu uța"), "72"},
}

// invented makes people with names as frequent as names are: a few that many share, and a long tail of rare ones.
// Nobody in it exists.
type invented struct {
	r             *rand.Rand
	given, family *rand.Zipf
}

func newInvented(seed, stream uint64) *invented {
	r := rand.New(rand.NewPCG(seed, stream))
	return &invented{r: r, given: rand.NewZipf(r, 1.1, 4, 19), family: rand.NewZipf(r, 1.05, 12, 20_000)}
}

func (v *invented) name(g region) string {
	given := g.given[v.given.Uint64()%uint64(len(g.given))]
	return given + " " + g.familyAt(int(v.family.Uint64()))
}

// familyAt gives the family name of a rank: a common one, or one made of a stem, perhaps a second, and an ending.
func (g region) familyAt(rank int) string {
	if rank < len(g.family) {
		return g.family[rank]
	}
	n := rank - len(g.family)
	end := g.ends[n%len(g.ends)]
	n /= len(g.ends)
	stem := g.stems[n%len(g.stems)]
	if n /= len(g.stems); n > 0 {
		stem += strings.ToLower(g.stems[n%len(g.stems)])
	}
	return stem + end
}

// next invents a person.
func (v *invented) next() (casework.Registered, casework.Identity, casework.Contact) {
	g := regions[v.r.IntN(len(regions))]
	year, month, day := 1970+v.r.IntN(38), 1+v.r.IntN(12), 1+v.r.IntN(28)
	ages := []string{"adult", "adult", "adult", "child", "not_sure"}
	reg := casework.Registered{Code: fmt.Sprintf("F-%08X", v.r.Uint32()), Territory: g.country, Age: ages[v.r.IntN(len(ages))], Sex: []string{"f", "f", "m"}[v.r.IntN(3)],
		Languages: []string{strings.ToLower(g.country), "en"}, Fictitious: true}
	id := casework.Identity{Names: []string{v.name(g)}, Born: fmt.Sprintf("%d-%02d-%02d", year, month, day), Nationality: g.country,
		Documents: []casework.Document{{Sort: "passport", Country: g.country, Number: fmt.Sprintf("F%08d", v.r.IntN(1e8))}}}
	contact := casework.Contact{SafeToCall: casework.SafeAsk, SafeName: v.name(g), Channel: "phone", Number: fmt.Sprintf("0%s%07d", g.dial, v.r.IntN(1e7)),
		Hours: "weekdays 10 to 12, never in the evening", CodeWord: g.familyAt(v.r.IntN(2000))}
	return reg, id, contact
}

// typed is what somebody types to find a person: names as frequent as they are.
func (v *invented) typed(op Op) string {
	given, family, _ := strings.Cut(v.name(regions[v.r.IntN(len(regions))]), " ")
	switch op {
	case Typed:
		letters := []rune(family)
		return string(letters[:min(4, len(letters))])
	case Given:
		return given
	}
	return given + " " + family
}
