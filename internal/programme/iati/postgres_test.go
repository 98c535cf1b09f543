// SPDX-License-Identifier: EUPL-1.2

package iati_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
)

// What this room keeps, it keeps on PostgreSQL too: the tests that write, once more.
func TestOnPostgreSQL(t *testing.T) {
	dbtest.Again(t, map[string]func(*testing.T){
		"TheRealFilesComeInWithTheirCountsAndSums":                TestTheRealFilesComeInWithTheirCountsAndSums,
		"ASecondImportChangesNothingAndAChangedFileOneActivity":   TestASecondImportChangesNothingAndAChangedFileOneActivity,
		"AStrictImportWritesNothingOfAFileThatTheStandardRefuses": TestAStrictImportWritesNothingOfAFileThatTheStandardRefuses,
		"AFileThatBreaksOffSaysWhatCameIn":                        TestAFileThatBreaksOffSaysWhatCameIn,
		"OnlyTheImportWritesWhatOthersReport":                     TestOnlyTheImportWritesWhatOthersReport,
		"AJobOfAnotherNameMayNotImport":                           TestAJobOfAnotherNameMayNotImport,
		"TheProgrammeIsPublishedAsFarAsItsFactsGo":                TestTheProgrammeIsPublishedAsFarAsItsFactsGo,
		"ThePublishedProgrammeBreaksNoRule":                       TestThePublishedProgrammeBreaksNoRule,
		"WhatOthersReportedGoesOutAsItCameIn":                     TestWhatOthersReportedGoesOutAsItCameIn,
		"AnExportNeedsAPublisherAndAProgramme":                    TestAnExportNeedsAPublisherAndAProgramme,
	})
}
