// SPDX-License-Identifier: EUPL-1.2

package load_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/load"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

func count(o *programmetest.Office, kind string) int {
	o.T.Helper()
	n, err := o.Store.Count(o.Ctx, o.Reader, store.Query{Kind: kind})
	o.Must(err)
	return n
}

func open[S any](o *programmetest.Office, ref store.Ref) S {
	o.T.Helper()
	x, err := o.Store.Open(o.Ctx, o.Reader, ref)
	o.Must(err)
	return x.State.(S)
}

func TestThePackComesInOnceInEveryKindOfOffice(t *testing.T) {
	for _, kind := range access.OfficeKinds() {
		o := programmetest.New(t, kind)
		r := o.Load()
		if r.Programmes.Added != 1 || r.Organisations.Added != 39 || r.Roles.Added != 20 || r.Activities.Added != 30 || r.Partners != 11 || r.Added != 90 || len(r.Dropped) != 0 {
			t.Fatalf("%s: first import %+v", kind, r)
		}
		for kind, want := range map[string]int{access.KindProgramme: 1, access.KindOrganisation: 39, access.KindFunction: 20, access.KindActivity: 30} {
			if n := count(o, kind); n != want {
				t.Errorf("%d of kind %s", n, kind)
			}
		}
		before := open[activity.Activity](o, activity.Ref(o.Owner, "P4-G1"))
		if r = o.Load(); r.Added != 0 || r.Changed != 0 || r.Unchanged != 90 {
			t.Fatalf("%s: second import %+v", kind, r)
		}
		if after := open[activity.Activity](o, activity.Ref(o.Owner, "P4-G1")); len(after.History) != len(before.History) {
			t.Errorf("the second import wrote %d entries", len(after.History)-len(before.History))
		}
		if n := len(open[scheme.Scheme](o, scheme.Ref(o.Owner, "FR-SEE-THB-2021")).Partners()); n != 11 {
			t.Errorf("%d partner countries", n)
		}
	}
}

func TestTheGreeceAlbaniaProjectIsAsTheNewsletterSaysIt(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	a := open[activity.Activity](o, activity.Ref(o.Owner, "P4-G1"))
	s := a.Source
	if s.Title != "Strengthening Greece-Albania coordination for the early identification and assistance to victims (phase two)" || s.Phase != 2 || !slices.Equal(s.Priorities, []int{4, 5}) ||
		!slices.Equal(s.Countries, []string{"AL", "GR"}) || s.Sources[0].Lines != "248-253" || len(s.Lists["components"]) != 3 {
		t.Errorf("%+v", s)
	}
	if len(s.Partners) != 1 || s.Partners[0].Role != "implementing" {
		t.Fatalf("partners %+v", s.Partners)
	}
	if org := open[actors.Organisation](o, store.Ref{Kind: access.KindOrganisation, ID: s.Partners[0].Organisation}); org.Names.In("fr") != "Terre des Hommes Albania" || org.Type != party.NGO {
		t.Errorf("%+v", org)
	}
	if c, inferred := a.Corridor(); c != (activity.Corridor{From: "GR", To: "AL"}) || !inferred {
		t.Errorf("corridor %v, inferred %v", c, inferred)
	}
	if s.Amount.Known() || a.Start().Known() || a.End().Known() || s.Participants.Known() {
		t.Error("something unknown became known")
	}
	if g := a.Gaps(); !slices.Equal(g, []activity.Gap{activity.NoStart, activity.NoEnd, activity.NoAmount}) {
		t.Errorf("gaps %v", g)
	}
}

func TestUnknownStaysUnknownAndContradictionsAreKept(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	p := open[scheme.Scheme](o, scheme.Ref(o.Owner, "FR-SEE-THB-2021"))
	if p.Budget.Known() || p.Currency != "" || p.Source.Date.Known() {
		t.Errorf("budget %v, currency %q, date %v", p.Budget, p.Currency, p.Source.Date)
	}
	if len(p.Contradictions) != 1 || len(p.Contradictions[0].Stated) != 2 || p.Contradictions[0].Stated[0] != (scheme.Statement{Text: "2019-2022", Lines: "20, 53"}) ||
		p.Contradictions[0].Stated[1] != (scheme.Statement{Text: "2019-2021", Lines: "338"}) {
		t.Errorf("%+v", p.Contradictions)
	}
	w := open[activity.Activity](o, activity.Ref(o.Owner, "P4-W1")).Source
	if !w.Participants.Equal(party.Over(100)) || !w.FromCountries.Equal(party.Exactly(12)) {
		t.Errorf("participants %+v from %+v", w.Participants, w.FromCountries)
	}
	g := open[activity.Activity](o, activity.Ref(o.Owner, "GOV-01"))
	if g.Start().Known() || g.Source.DateInferred.String() != "2020-12-17" {
		t.Errorf("the committee's date: %v, inferred %v", g.Start(), g.Source.DateInferred)
	}
	f := open[actors.Function](o, actors.FunctionRef(o.Owner, "ba-sc", "State Coordinator of Bosnia and Herzegovina", ""))
	if f.Holder() != "" || !f.Exists() {
		t.Errorf("a function without a name: %+v", f)
	}
}

func TestAChangedFileChangesWhatChangedAndTheOfficesOwnWordsStay(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	text := "Our own words."
	start := party.InMonth(2021, 5)
	_, err := o.Store.Append(o.Ctx, o.Officer, activity.Ref(o.Owner, "P3-W1"), store.Draft{Type: activity.DescribedType, Payload: activity.Described{Description: &text, Start: &start, End: &party.PartialDate{}}})
	o.Must(err)
	old := string(pack.File())
	changed := strings.Replace(old, "date_start: 2021-04-13, date_end: 2021-04-14", "date_start: 2021-04-20, date_end: 2021-04-21", 1)
	if changed == old {
		t.Fatal("nothing replaced")
	}
	for i, f := range []string{changed, old, changed} { // back and forth: each is told, though the words came before
		if r := o.LoadFile([]byte(f)); r.Changed != 1 || r.Activities.Changed != 1 || r.Unchanged != 89 {
			t.Fatalf("import %d: %+v", i, r)
		}
	}
	a := open[activity.Activity](o, activity.Ref(o.Owner, "P3-W1"))
	if a.Description != text || a.Start() != start || a.End().Known() || a.Source.Start.String() != "2021-04-20" {
		t.Errorf("%q from %v to %v; the source says %v", a.Description, a.Start(), a.End(), a.Source.Start)
	}
	if s, e := a.Differs(); !s || e {
		t.Errorf("differs: start %v, end %v", s, e)
	}
}

func TestWhatIsGoneFromTheFileStaysAndIsTold(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	var kept []string
	for _, l := range strings.Split(string(pack.File()), "\n") {
		if !strings.Contains(l, "{id: X-07,") {
			kept = append(kept, l)
		}
	}
	r := o.LoadFile([]byte(strings.Join(kept, "\n")))
	if len(r.Dropped) != 1 || r.Dropped[0] != (load.Dropped{Kind: "activity", Code: activity.Ref(o.Owner, "X-07").ID.String(), Why: "gone"}) {
		t.Fatalf("%+v", r.Dropped)
	}
	open[activity.Activity](o, activity.Ref(o.Owner, "X-07"))
}

func TestWhatIsWrongIsToldWithLineAndFieldAndNothingIsImported(t *testing.T) {
	good := string(pack.File())
	line := func(what string) int { return strings.Count(good[:strings.Index(good, what)], "\n") + 1 }
	for name, c := range map[string]struct {
		old, new string
		want     load.Wrong
	}{
		"unknown field":   {"{id: X-07, kind: event,", "{id: X-07, kind: event, colour: red,", load.Wrong{Field: "activities[29].colour", What: "no such field"}},
		"unknown kind":    {"{id: X-07, kind: event,", "{id: X-07, kind: ball,", load.Wrong{Field: "activities[29].kind", What: "this is not on the list of this field"}},
		"no such partner": {"{org: greta, role: evaluator}", "{org: gretel, role: evaluator}", load.Wrong{Field: "activities[27].partners[0].org", What: "nothing in this file has this id"}},
		"not a date":      {"date_start: 2022-01-01", "date_start: 2022-13-01", load.Wrong{Field: "activities[28].date_start", What: "a date is written 2021, 2021-03 or 2021-03-12"}},
		"double id":       {"{id: X-07,", "{id: X-06,", load.Wrong{Field: "activities[29].id", What: "this id is there twice"}},
		"twice":           {"{id: X-07, kind: event,", "{id: X-07, kind: event, kind: event,", load.Wrong{Field: "activities[29].kind", What: "this field is there twice"}},
		"negative amount": {"rank: \"5th largest contributor\", amount: null", "rank: \"5th\", amount: -3", load.Wrong{Field: "activities[15].amount", What: "a whole number of at least 0 is wanted here"}},
		"lost on the way": {"workshops: 6", "workshops: 7", load.Wrong{Field: "counts.workshops", What: "the file says 7 and holds 6"}},
		"foreign country": {"countries: [BG]", "countries: [ZZ]", load.Wrong{Field: "activities[4].countries[0]", What: "this is no country or territory of this file, or there twice"}},
		"another version": {"schema_version: 1", "schema_version: 2", load.Wrong{Field: "schema_version", What: "only version 1 is read"}},
		"formula-like id": {"{id: ilo,", "{id: '=ilo',", load.Wrong{Field: "organisations[25].id", What: "an id is made of letters, digits and hyphens"}},
		"text for a list": {"countries: [BG]", "countries: BG", load.Wrong{Field: "activities[4].countries", What: "a list is wanted here"}},
		"list for a text": {"schema_version: 1", "schema_version: [1]", load.Wrong{Field: "schema_version", What: "a single value is wanted here"}},
		"name, no source": {"name_in_source: Olivier Peyroux, lines: \"224, 296\"", "name_in_source: Olivier Peyroux", load.Wrong{Field: "people[9].lines", What: "a name is public only with its source: give the lines"}},
	} {
		src := strings.Replace(good, c.old, c.new, 1)
		if src == good {
			t.Errorf("%s: nothing replaced", name)
			continue
		}
		c.want.Line = line(c.old)
		o := programmetest.New(t, access.Programme)
		_, err := load.Import(o.Ctx, o.Store, o.Importer, []byte(src))
		var e load.Error
		if !errors.As(err, &e) || !slices.Contains(e, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if n := count(o, access.KindActivity); n != 0 {
			t.Errorf("%s: %d activities came in", name, n)
		}
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	bomb := "schema_version: 1\nsource: &a {masthead: x}\nprogramme: *a\n"
	for name, src := range map[string]string{
		"empty":      "",
		"not YAML":   "a: [",
		"two docs":   "--- a\n--- b\n",
		"too large":  strings.Repeat("#", load.MaxFile+1),
		"alias":      bomb,
		"deep":       "schemes: " + strings.Repeat("[", 200) + strings.Repeat("]", 200),
		"long text":  "source: {masthead: " + strings.Repeat("x", 3000) + "}",
		"long list":  "data_quality_findings: [" + strings.Repeat("x,", 3000) + "]",
		"null item":  "data_quality_findings: [null]",
		"bell":       "source: {masthead: \"a\\x07b\"}",
		"huge count": "programme: {year: 99999999999999999999}",
	} {
		_, err := load.Import(o.Ctx, o.Store, o.Importer, []byte(src))
		var e load.Error
		if !errors.As(err, &e) || len(e) == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOnlyTheImporterImports(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	if _, err := load.Import(o.Ctx, o.Store, o.Reader, pack.File()); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Denied) {
		t.Errorf("a reader imports: %v", err)
	}
	if _, err := load.Import(o.Ctx, o.Store, o.Officer, pack.File()); !fault.Is(err, fault.Guarded) {
		t.Errorf("an officer writes in the source's name: %v", err)
	}
}
