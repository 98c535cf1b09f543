// SPDX-License-Identifier: EUPL-1.2

package party

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

var (
	dossier = journal.MustID("01900000-0000-7000-8000-000000000001")
	other   = journal.MustID("01900000-0000-7000-8000-000000000002")
	source  = []Source{{Document: "Newsletter (fictitious)", Lines: "248-252, 260"}}
)

func entry(t *testing.T, revision, base int64, typ string, payload any) journal.Entry {
	t.Helper()
	parts, err := journal.Split(payload)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Entry{Header: journal.Header{Dossier: dossier, Revision: revision, Base: base, Type: typ}, Parts: parts}
}

func TestOrganisation(t *testing.T) {
	es := []journal.Entry{
		entry(t, 1, 0, OrganisationDescribed, Described{Names: Names{"en": "Example House"}, Type: NGO, Place: Place{Country: "GR"}, Since: InYear(1999), Sources: source}),
		entry(t, 2, 1, OrganisationContacted, Contact{Name: "Fictitious Person", Email: "a@example.org"}),
		entry(t, 3, 2, OrganisationDescribed, Described{Until: InMonth(2021, 6), Sources: source}),
		entry(t, 4, 2, OrganisationDescribed, Described{Until: InYear(2022)}),
	}
	for i := range es {
		before, err := FoldOrganisation(es[:i])
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckOrganisation(before, es[i]); err != nil {
			t.Fatalf("entry %d: %v", i+1, err)
		}
	}
	o, err := FoldOrganisation(es)
	if err != nil {
		t.Fatal(err)
	}
	if o.Names.In("fr") != "Example House" || o.Since != InYear(1999) || o.Until != InYear(2022) || len(o.Sources) != 1 || o.Contact.Email != "a@example.org" {
		t.Fatalf("%+v", o)
	}
	if !slices.Equal(o.Disputed, []string{"until"}) {
		t.Fatalf("disputed: %v", o.Disputed)
	}
	delete(es[1].Parts, journal.PC)
	es[1].Miss(journal.PC, journal.Erased)
	o, err = FoldOrganisation(es)
	if err != nil || o.Contact != (Contact{}) || o.ContactMissing != journal.Erased || !o.Exists() {
		t.Fatalf("after erasing: %+v, %v", o, err)
	}
}

func fields(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return ""
	}
	var names []string
	for _, x := range f.Fields {
		names = append(names, x.Name)
	}
	return strings.Join(names, " ")
}

func TestCheckOrganisation(t *testing.T) {
	standing := Organisation{ID: dossier, Names: Names{"en": "Example"}, Type: NGO, Since: InYear(2000)}
	for name, c := range map[string]struct {
		o    Organisation
		d    Described
		want string
	}{
		"nothing":            {Organisation{}, Described{}, "names type"},
		"type":               {standing, Described{Type: "club"}, "type"},
		"own parent":         {standing, Described{Parent: dossier}, "parent"},
		"ends before begins": {standing, Described{Until: InYear(1999)}, "until"},
		"same year is fine":  {standing, Described{Until: InYear(2000)}, ""},
		"country":            {standing, Described{Place: Place{Country: "Kosovo"}}, "place"},
		"lines":              {standing, Described{Sources: []Source{{Document: "x", Lines: "l. 3"}}}, "sources"},
		"document":           {standing, Described{Sources: []Source{{Lines: "3"}}}, "sources"},
		"language":           {standing, Described{Names: Names{"English": "x"}}, "names"},
		"website":            {standing, Described{Website: "javascript:alert(1)"}, "website"},
		"code":               {standing, Described{Codes: map[string]string{"iati": " "}}, "codes"},
	} {
		if got := fields(CheckOrganisation(c.o, entry(t, 1, 0, OrganisationDescribed, c.d))); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if err := CheckOrganisation(Organisation{}, entry(t, 1, 0, OrganisationContacted, Contact{Name: "x"})); !fault.Is(err, fault.NotFound) {
		t.Errorf("contact of nothing: %v", err)
	}
}

// TestATitleIsOutdatedOnceItsOriginalReadsOtherwise: until somebody translates it again.
func TestATitleIsOutdatedOnceItsOriginalReadsOtherwise(t *testing.T) {
	titles := func(en, fr string) journal.Entry {
		return entry(t, 1, 0, FunctionHeld, Held{Titles: Names{"en": en, "fr": fr}, Original: "en"})
	}
	told := []journal.Entry{titles("Coordinator", "Coordinatrice"), titles("National coordinator", "Coordinatrice"), titles("National coordinator", "Coordinatrice"), titles("National coordinator", "Coordinatrice nationale")}
	for n, want := range []bool{false, true, true, false} {
		f, err := FoldFunction(told[:n+1])
		if err != nil || f.Original != "en" || f.Outdated["fr"] != want || f.Outdated["en"] {
			t.Errorf("after %d: %+v, %v", n+1, f, err)
		}
	}
}

func TestFunction(t *testing.T) {
	es := []journal.Entry{
		entry(t, 1, 0, FunctionHeld, Held{Titles: Names{"en": "National coordinator"}, Organisation: other, Since: InYear(2019), PublicName: "Example Holder", Sources: source, Email: "x@example.org"}),
		entry(t, 2, 1, FunctionEnded, HeldUntil{Until: InMonth(2021, 3)}),
	}
	f, err := FoldFunction(es)
	if err != nil || f.Holder() != "Example Holder" || !f.Ended || f.Email != "x@example.org" {
		t.Fatalf("%+v, %v", f, err)
	}
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 9, 0, 0, 0, time.UTC) }
	for when, want := range map[time.Time]bool{day(2018, 12, 31): false, day(2019, 1, 1): true, day(2021, 3, 31): true, day(2021, 4, 1): false} {
		if f.Holding(when) != want {
			t.Errorf("held on %s: want %v", when.Format(time.DateOnly), want)
		}
	}
	if err := CheckFunction(f, entry(t, 3, 2, FunctionEnded, HeldUntil{})); !fault.Is(err, fault.Guarded) {
		t.Errorf("ending twice: %v", err)
	}
	for name, c := range map[string]struct {
		h    Held
		want string
	}{
		"no original":     {Held{Titles: Names{"en": "x"}, Original: "fr"}, "original"},
		"no title":        {Held{Name: "x"}, "titles"},
		"public unproven": {Held{Titles: Names{"en": "x"}, PublicName: "Example Holder"}, "sources"},
		"two names":       {Held{Titles: Names{"en": "x"}, PublicName: "A", Name: "B", Sources: source}, "public_name"},
		"order":           {Held{Titles: Names{"en": "x"}, Since: InYear(2021), Until: InYear(2020)}, "until"},
		"email":           {Held{Titles: Names{"en": "x"}, Email: "a b@example.org"}, "email"},
	} {
		if got := fields(CheckFunction(Function{}, entry(t, 1, 0, FunctionHeld, c.h))); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// A private name, address or number stands in the sealed part only, and a public name in the public one only.
func TestWhatIsSealed(t *testing.T) {
	for _, payload := range []any{
		Held{Titles: Names{"en": "t"}, Name: "PRIVATE", Email: "PRIVATE", Phone: "PRIVATE"},
		Contact{Name: "PRIVATE", Email: "PRIVATE", Phone: "PRIVATE", Note: "PRIVATE"},
	} {
		parts, err := journal.Split(payload)
		if err != nil {
			t.Fatal(err)
		}
		for c, raw := range parts {
			if strings.Contains(string(raw), "PRIVATE") != c.Sealed() {
				t.Errorf("%T: part %s is %s", payload, c, raw)
			}
		}
		if _, ok := parts[journal.PC]; !ok {
			t.Errorf("%T has no sealed part", payload)
		}
	}
}

func TestNamesIn(t *testing.T) {
	n := Names{"sr": "Пример", "en": "Example", "sr-Latn": "Primer"}
	for want, tags := range map[string][]string{"Primer": {"sr-Latn-RS"}, "Пример": {"sr"}, "Example": {"fr", "de"}} {
		if got := n.In(tags...); got != want {
			t.Errorf("%v: %q, want %q", tags, got, want)
		}
	}
	if got := (Names{"fr": "b", "el": "a"}).In("ro"); got != "a" {
		t.Errorf("no wanted language: %q", got)
	}
}

var keyInCode = regexp.MustCompile(`"(party\.[a-z_0-9.]+)"`)

// Every key that the code names is in both catalogues, both hold the same keys, and arguments agree.
func TestCatalogue(t *testing.T) {
	cat := map[string]map[string]string{}
	for _, tag := range []string{"en", "fr"} {
		raw, err := os.ReadFile(filepath.Join("..", "lang", "catalogue", "party."+tag+".json"))
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]string{}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		cat[tag] = m
	}
	arg := regexp.MustCompile(`{{\.[A-Za-z]+}}`)
	for k, en := range cat["en"] {
		a, b := arg.FindAllString(en, -1), arg.FindAllString(cat["fr"][k], -1)
		slices.Sort(a)
		slices.Sort(b)
		if cat["fr"][k] == "" || !slices.Equal(a, b) {
			t.Errorf("%s: English and French do not match", k)
		}
	}
	if len(cat["en"]) != len(cat["fr"]) {
		t.Errorf("%d keys in English, %d in French", len(cat["en"]), len(cat["fr"]))
	}
	var keys []string
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		src, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range keyInCode.FindAllStringSubmatch(string(src), -1) {
			if !strings.HasSuffix(m[1], ".") {
				keys = append(keys, m[1])
			}
		}
	}
	for _, ty := range Types() {
		keys = append(keys, "party.type."+string(ty))
	}
	for _, s := range seasons {
		keys = append(keys, "party.date."+string(s))
	}
	for _, b := range []Bound{AtLeast, MoreThan} {
		keys = append(keys, "party.number."+string(b), "party.number."+string(b)+"_about")
	}
	for m := 1; m <= 12; m++ {
		keys = append(keys, PartialDate{Year: 2021, Month: time.Month(m)}.Print(keyed{}))
	}
	for _, k := range keys {
		if cat["en"][k] == "" {
			t.Errorf("%s is in no catalogue", k)
		}
	}
}

// keyed prints the bare key.
type keyed struct{ words }

func (keyed) T(key string, _ ...any) string { return key }
