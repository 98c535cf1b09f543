// SPDX-License-Identifier: EUPL-1.2

package screening_test

import (
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/db/dbtest"
)

// What this room keeps, it keeps on PostgreSQL too: the tests that write, once more.
func TestOnPostgreSQL(t *testing.T) {
	dbtest.Again(t, map[string]func(*testing.T){
		"WhatIsNotOfTheListIsRefused":                      TestWhatIsNotOfTheListIsRefused,
		"AppearanceIsOffWithoutAGround":                    TestAppearanceIsOffWithoutAGround,
		"ListsThatAreOffered":                              TestListsThatAreOffered,
		"TheResultIsComputedOnFold":                        TestTheResultIsComputedOnFold,
		"WithoutTheAccountThereIsNoResult":                 TestWithoutTheAccountThereIsNoResult,
		"AnOutcomeNamesWhoDecidedAndWhen":                  TestAnOutcomeNamesWhoDecidedAndWhen,
		"ADoubtTurnsTheFileToTheChildPath":                 TestADoubtTurnsTheFileToTheChildPath,
		"OnlyTheStatisticsJobReadsCounts":                  TestOnlyTheStatisticsJobReadsCounts,
		"AnEarlierScreeningWrittenLaterDoesNotShortenRest": TestAnEarlierScreeningWrittenLaterDoesNotShortenRest,
		"AScreeningAtTheBorderByItsPages":                  TestAScreeningAtTheBorderByItsPages,
		"ASignalReceivedByItsPages":                        TestASignalReceivedByItsPages,
		"AScreeningInAFileByItsPages":                      TestAScreeningInAFileByItsPages,
		"TheSheetAndTheFigures":                            TestTheSheetAndTheFigures,
		"ThePoliceReadNothingBack":                         TestThePoliceReadNothingBack,
		"After72HoursTheWritersStandingEnds":               TestAfter72HoursTheWritersStandingEnds,
		"TheClockOfTheOfficeCounts":                        TestTheClockOfTheOfficeCounts,
		"AnAnonymousSignalArrivesAsCodes":                  TestAnAnonymousSignalArrivesAsCodes,
		"ANameLeavesWithConsentOnly":                       TestANameLeavesWithConsentOnly,
		"AGroundNeedsTwoPeople":                            TestAGroundNeedsTwoPeople,
		"AChildsNameStays":                                 TestAChildsNameStays,
		"ANameStaysOnceAgeIsInDoubt":                       TestANameStaysOnceAgeIsInDoubt,
		"NothingIsPassedOnWithoutTerms":                    TestNothingIsPassedOnWithoutTerms,
		"TheRecipientRefusesUncoveredSignals":              TestTheRecipientRefusesUncoveredSignals,
		"AMessageIsReadStrictly":                           TestAMessageIsReadStrictly,
		"ARefusedSignalComesBack":                          TestARefusedSignalComesBack,
		"ASignalIsTakenIntoAFile":                          TestASignalIsTakenIntoAFile,
		"ASignalThatIsNotWishedForIsErased":                TestASignalThatIsNotWishedForIsErased,
	})
}
