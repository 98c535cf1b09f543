// SPDX-License-Identifier: EUPL-1.2

package rights_test

import (
	"context"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/protect/rights"
	"github.com/entraide-thb/entraide/packs/countries"
)

// office is an assistance office on a real store that holds public texts.
type office struct {
	t        *testing.T
	ctx      context.Context
	clock    *clock.Manual
	store    *store.Store
	importer store.Who
	ana      store.Who // a case manager, who may sign
	olga     store.Who // oversight, who may read and not sign
	packs    countries.Set
	texts    rights.Texts
}

func newOffice(t *testing.T, demo bool) *office {
	t.Helper()
	o := &office{t: t, ctx: context.Background(), clock: clock.NewManual(athens)}
	d, err := db.Open(o.ctx, db.Config{DSN: filepath.Join(t.TempDir(), "office.db")})
	o.must(err)
	t.Cleanup(func() { _ = d.Close() })
	keys, err := vault.Create()
	o.must(err)
	owner := store.Owner{ID: journal.MustID("01900000-0000-7000-8000-000000000001"), Office: access.Assistance, Keys: keys}
	policies, err := access.Base()
	o.must(err)
	registry, err := store.NewRegistry(rights.TextKind(demo))
	o.must(err)
	o.store, err = store.New(store.Config{DB: d, Clock: o.clock, Policies: policies, Registry: registry, Owner: func(journal.ID) (store.Owner, error) { return owner, nil }})
	o.must(err)
	o.importer = store.Job(owner, "importer", access.ForProgramme)
	person := func(n byte, r access.Role) store.Who {
		id := journal.MustID("01900000-0000-7000-8000-0000000000aa")
		id[15] = n
		return store.Who{Actor: access.Actor{ID: id, Owner: owner.ID, Office: access.Assistance, Roles: []access.Role{r}}, Purpose: access.ForProgramme}
	}
	o.ana, o.olga = person(1, access.CaseManager), person(2, access.Oversight)
	o.packs, err = countries.Load()
	o.must(err)
	o.texts = rights.Texts{Store: o.store}
	return o
}

func (o *office) must(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) load() rights.Imported {
	o.t.Helper()
	o.clock.Advance(time.Second)
	n, err := rights.Import(o.ctx, o.store, o.importer, o.packs, o.clock.Now())
	o.must(err)
	return n
}

func (o *office) append(w store.Who, country, language, typ string, payload any) error {
	o.clock.Advance(time.Second)
	_, err := o.store.Append(o.ctx, w, rights.TextRef(w.Actor.Owner, country, language), store.Draft{Type: typ, Payload: payload})
	return err
}

func (o *office) text(country, language string) rights.Text {
	o.t.Helper()
	t, err := o.texts.Open(o.ctx, o.importer, country, language)
	o.must(err)
	return t
}

// sign is a real reviewer's signature under a text as it stands.
func (o *office) sign(country, language string) {
	o.t.Helper()
	o.must(o.append(o.ana, country, language, "text.signed", rights.TextSigned{Hash: o.text(country, language).Hash, Reviewer: "Vera Example", Function: "lawyer"}))
}

// rewrite changes a text by one letter.
func (o *office) rewrite(country, language string) {
	o.t.Helper()
	body := o.text(country, language).Body + "x"
	o.must(o.append(o.ana, country, language, "text.drafted", rights.TextDrafted{Country: country, Language: language, Body: body, Hash: rights.HashOf(country, language, body)}))
}

func TestASecondImportChangesNothing(t *testing.T) {
	o := newOffice(t, false)
	if n := o.load(); n != (rights.Imported{Created: 24}) {
		t.Fatalf("first import %+v", n)
	}
	if n := o.load(); n != (rights.Imported{Same: 24}) {
		t.Fatalf("second import %+v", n)
	}
	o.rewrite("AL", "en")
	mine := o.text("AL", "en")
	if n := o.load(); n != (rights.Imported{Same: 24}) || o.text("AL", "en").Hash != mine.Hash {
		t.Errorf("an office's own wording was replaced: %+v", n)
	}
}

func TestAFactThatChangesChangesTheTextAndTheSignatureNoLongerCounts(t *testing.T) {
	o := newOffice(t, false)
	o.load()
	o.sign("BG", "en")
	if x := o.text("BG", "en"); !x.Shown(false) {
		t.Fatalf("signed, and not shown: %s", x.Status)
	}
	changed, err := countries.Read(fstest.MapFS{"BG.yaml": {Data: []byte("territory: BG\nzone: Europe/Sofia\nconvention: true\nclocks:\n  - {code: reflection, length: 45d, source: x, starts: a, article: b}\n")}})
	o.must(err)
	o.packs = changed
	if n := o.load(); n != (rights.Imported{Changed: 2}) {
		t.Errorf("import %+v", n)
	}
	if x := o.text("BG", "en"); x.Status != rights.TextChanged || x.Shown(false) || x.Shown(true) {
		t.Errorf("changed: %s", x.Status)
	}
}

func TestASignatureIsBoundToTheWords(t *testing.T) {
	o := newOffice(t, false)
	o.load()
	first := o.text("GR", "en")
	o.sign("GR", "en")
	o.rewrite("GR", "en")
	err := o.append(o.ana, "GR", "en", "text.signed", rights.TextSigned{Hash: first.Hash, Reviewer: "Vera Example", Function: "lawyer"})
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("signed words that no longer stand: %v", err)
	}
	// The old words come back: the signature under them does not.
	o.must(o.append(o.ana, "GR", "en", "text.drafted", rights.TextDrafted{Country: "GR", Language: "en", Body: first.Body, Hash: first.Hash}))
	if x := o.text("GR", "en"); x.Hash != first.Hash || x.Shown(true) {
		t.Errorf("old words, %s", x.Status)
	}
	o.sign("GR", "en")
	if x := o.text("GR", "en"); !x.Shown(false) {
		t.Errorf("signed again, %s", x.Status)
	}
	o.must(o.append(o.ana, "GR", "en", "text.withdrawn", rights.TextWithdrawn{Reason: "mistake"}))
	if x := o.text("GR", "en"); x.Status != rights.TextHidden || x.Shown(true) {
		t.Errorf("withdrawn, %s", x.Status)
	}
}

func TestWhoMaySign(t *testing.T) {
	o := newOffice(t, false)
	o.load()
	v := rights.TextSigned{Hash: o.text("GR", "en").Hash, Reviewer: "Vera Example", Function: "lawyer"}
	if err := o.append(o.olga, "GR", "en", "text.signed", v); !fault.Is(err, fault.Denied) {
		t.Errorf("oversight signed: %v", err)
	}
	if err := o.append(o.importer, "GR", "en", "text.signed", v); !fault.Is(err, fault.Guarded) {
		t.Errorf("a job signed: %v", err)
	}
	for name, change := range map[string]func(*rights.TextSigned){"nobody": func(v *rights.TextSigned) { v.Reviewer = " " }, "as nobody": func(v *rights.TextSigned) { v.Function = "" }} {
		w := v
		change(&w)
		if err := o.append(o.ana, "GR", "en", "text.signed", w); !fault.Is(err, fault.Invalid) {
			t.Errorf("signed by %s: %v", name, err)
		}
	}
	v.Fictitious = true
	if err := o.append(o.ana, "GR", "en", "text.signed", v); !fault.Is(err, fault.Guarded) {
		t.Errorf("a fictitious reviewer signed: %v", err)
	}
}

func TestAFictitiousSignatureCountsInADemonstrationOnly(t *testing.T) {
	o := newOffice(t, true)
	o.load()
	v := rights.TextSigned{Hash: o.text("GR", "en").Hash, Reviewer: "Vera Example", Function: "lawyer", Fictitious: true}
	o.must(o.append(o.importer, "GR", "en", "text.signed", v))
	if x := o.text("GR", "en"); !x.Shown(true) || x.Shown(false) {
		t.Errorf("in a demonstration %v, outside %v", x.Shown(true), x.Shown(false))
	}
	signed, err := o.texts.Signed(o.ctx, o.importer, "GR", "en", true)
	if err != nil || !signed {
		t.Errorf("%v %v", signed, err)
	}
	if signed, err = o.texts.Signed(o.ctx, o.importer, "SE", "en", true); err != nil || signed {
		t.Errorf("no text: %v %v", signed, err)
	}
}

func TestATextKeepsItsPlaceAndItsHash(t *testing.T) {
	o := newOffice(t, false)
	body := "words"
	good := rights.TextDrafted{Country: "GR", Language: "sq", Body: body, Hash: rights.HashOf("GR", "sq", body)}
	if err := o.append(o.ana, "GR", "sq", "text.signed", rights.TextSigned{Hash: good.Hash, Reviewer: "V", Function: "f"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("signed nothing: %v", err)
	}
	forged := good
	forged.Hash = rights.HashOf("GR", "sq", "other words")
	if err := o.append(o.ana, "GR", "sq", "text.drafted", forged); !fault.Is(err, fault.Invalid) {
		t.Errorf("a hash of other words: %v", err)
	}
	o.must(o.append(o.ana, "GR", "sq", "text.drafted", good))
	moved := rights.TextDrafted{Country: "AL", Language: "sq", Body: body, Hash: rights.HashOf("AL", "sq", body)}
	if err := o.append(o.ana, "GR", "sq", "text.drafted", moved); !fault.Is(err, fault.Guarded) {
		t.Errorf("moved to another territory: %v", err)
	}
}
