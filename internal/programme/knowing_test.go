// SPDX-License-Identifier: EUPL-1.2

package programme_test

import (
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme"
	"github.com/entraide-thb/entraide/internal/programme/knowledge"
	"github.com/entraide-thb/entraide/internal/programme/partnership"
	"github.com/entraide-thb/entraide/internal/programme/policy"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
)

// TestThePacksKnowledgeComesWholeInBothLanguagesOnce imports it twice: every record is in French and in English, and the
// second time writes nothing.
func TestThePacksKnowledgeComesWholeInBothLanguagesOnce(t *testing.T) {
	s := programmetest.NewSite(t, access.Programme)
	s.Load()
	total := func() (n int64) {
		for _, kind := range []string{access.KindKnowledge, access.KindPolicy, access.KindPartnership, access.KindMaterial} {
			n += s.Revisions(kind)
		}
		return n
	}
	s.Must(programme.ImportKnowledge(s.Ctx, s.Store, s.Importer))
	before := total()
	s.Must(programme.ImportKnowledge(s.Ctx, s.Store, s.Importer))
	if after := total(); before != 36 || after != before {
		t.Fatalf("%d entries, then %d", before, after)
	}
	// the chooser of languages is itself in French once
	for path, want := range map[string]string{policy.Path: "Position of European Parliament", partnership.Path: "ROSA", knowledge.Path: "Kyoto Declaration", "/programme/materials": "Blue Heart Campaign"} {
		if b := s.Page(path, "en"); !strings.Contains(b, want) || strings.Count(b, `lang="fr"`) > 1 {
			t.Errorf("%s does not say %q, or says it in French", path, want)
		}
	}
	if b := s.Page(partnership.Path, "fr"); !strings.Contains(b, "Ensemble contre la traite") {
		t.Error(b)
	}
}
