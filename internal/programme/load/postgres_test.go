// SPDX-License-Identifier: EUPL-1.2

package load_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
)

// What this room keeps, it keeps on PostgreSQL too: the tests that write, once more.
func TestOnPostgreSQL(t *testing.T) {
	dbtest.Again(t, map[string]func(*testing.T){
		"ThePackComesInOnceInEveryKindOfOffice":                   TestThePackComesInOnceInEveryKindOfOffice,
		"TheGreeceAlbaniaProjectIsAsTheNewsletterSaysIt":          TestTheGreeceAlbaniaProjectIsAsTheNewsletterSaysIt,
		"UnknownStaysUnknownAndContradictionsAreKept":             TestUnknownStaysUnknownAndContradictionsAreKept,
		"AChangedFileChangesWhatChangedAndTheOfficesOwnWordsStay": TestAChangedFileChangesWhatChangedAndTheOfficesOwnWordsStay,
		"WhatIsGoneFromTheFileStaysAndIsTold":                     TestWhatIsGoneFromTheFileStaysAndIsTold,
		"WhatIsWrongIsToldWithLineAndFieldAndNothingIsImported":   TestWhatIsWrongIsToldWithLineAndFieldAndNothingIsImported,
		"HostileFilesAreRefused":                                  TestHostileFilesAreRefused,
		"OnlyTheImporterImports":                                  TestOnlyTheImporterImports,
	})
}
