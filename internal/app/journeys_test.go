// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// proof is a passage of a journey's text with the tests that show it: "folder TestName", several divided by ";".
type proof struct{ text, by string }

// Where the journeys are walked.
const (
	walked = "internal/app "
	byHand = "test TestTheJourneysByHand" // in a browser
)

// proofs are the journeys' whole text, in its order.
var proofs = map[string][]proof{
	"J1": {
		{"In: `entraide import programme programme.yaml`; then a second import of the same file.", "cmd/entraide TestScripts;" + walked + "TestAYearsProgrammeAndItsGaps;" + byHand},
		{"Out: 30 activities, 39 organisations, 20 roles, 11 partner countries; second import changes nothing (0 created, 0 updated). Dashboard: 6 workshops = 1 held, 1 scheduled, 4 planned; 5 grants to 6 NGOs; 2 IO projects; 2 studies.", walked + "TestAYearsProgrammeAndItsGaps"},
		{"Matrix priority x Four Ps x country exported as CSV; activities without date: listed, by id.", walked + "TestAYearsProgrammeAndItsGaps"},
		{"Findings page lists at least: NAP2 period printed twice differently; steering committee date without year; \"North/Northern Macedonia\" merged to MK by alias; participants of P4-W1 kept as \"more than 100\" (not 100); total budget \"unknown (0 of 30 activities have an amount)\".", walked + "TestAYearsProgrammeAndItsGaps"},
	},
	"J2": {
		{"In: draft 2022 plan with 8 proposals, one without a priority, one whose country is not among the 11, one that depends on an unfinished study (P5-E1 on P5-S1). Two members vote remotely, one abstains.", walked + "TestACommitteeMemberDecidesOnThePlan;" + byHand},
		{"Out: proposals with missing priority cannot be tabled; the out-of-area one needs a recorded reason; the dependent one is tabled with a visible warning.", walked + "TestACommitteeMemberDecidesOnThePlan"},
		{"Decision log: who, when, decision, reason, each a ledger entry; approved plan is frozen as version 1, later edits are version 2 with a diff.", walked + "TestACommitteeMemberDecidesOnThePlan"},
		{"A member of the Ministry of Justice sees all activities but not grant applicants' bank details.", walked + "TestACommitteeMemberDecidesOnThePlan"},
	},
	"J3": {
		{"In: end of year, FU facts entered: P3-W1 held, \"over 150 experts from twelve countries\"; P4-W1 \"more than 100 ... 12 countries\".", walked + "TestTheCommitteesReportInMinutes;" + byHand},
		{"Out: one command/button makes HTML, PDF and DOCX-free e-mail summary, in French and English.", walked + "TestTheCommitteesReportInMinutes;cmd/entraide TestScripts"},
		{"Text says \"more than 250 participants in 2 of the 6 workshops; no figure for the other 4\". Every number links to its records and its query; a red banner lists activities not updated for 90 days.", walked + "TestTheCommitteesReportInMinutes"},
		{"PDF: `pdfinfo` says Tagged: yes, title set, language set, each table header has a Scope; `qpdf --check` clean. Same input, same bytes (reproducible apart from the date given).", walked + "TestTheCommitteesReportInMinutes"},
	},
	"J4": {
		{"In: P3-W1, 13-14 April 2021, host = BiH State Coordinator's node, co-organiser UNODC HTMSS, France. 12 country quotas (2 each), languages BCS/EN/FR/SQ/MK/RO/EL/BG, two sub-groups, one closed session.", walked + "TestARegionalWorkshopFromInvitationToFollowUp;internal/programme/event TestTwelveCountriesAreInvitedAndSendTheirOwnPeople"},
		{"Out: invitations travel to 12 nodes; each country's node nominates its own people; the host sees name, role, language of accepted people only; reply by letter can be typed in.", walked + "TestARegionalWorkshopFromInvitationToFollowUp;internal/programme/event TestTwelveCountriesAreInvitedAndSendTheirOwnPeople"},
		{"Calendar file (RFC 5545) with stable UID; change of date updates it. Attendance per session (online or in person), certificates as tagged PDF. Closed session: agenda title hidden from people not admitted.", walked + "TestARegionalWorkshopFromInvitationToFollowUp"},
		{"Sent reminder count and non-answering countries on one screen. Works with one node offline for 5 days: its nominations merge, no duplicates.", walked + "TestARegionalWorkshopFromInvitationToFollowUp"},
	},
	"J5": {
		{"In: consultant in Skopje records offline on a laptop, during the session: 9 needs (theme, who, country, urgency), 7 actions (owner, date), 3 good practices, each tied to an agenda item.", walked + "TestARegionalWorkshopFromInvitationToFollowUp;internal/programme/event TestNotesWithoutNetwork;internal/programme/event TestTalkBecomesNeedsAndActions"},
		{"Out: after sync the expert's closing summary draft lists them by theme in the order of the agenda; duplicates from two consultants are proposed for merging, never merged silently; each owner's node gets its actions; an owner may refuse with a reason. 30/60/90-day follow-up messages; C3 on the dashboard = done by date / due, with the list behind it.", walked + "TestARegionalWorkshopFromInvitationToFollowUp"},
	},
	"J6": {
		{"In: need \"border police: indicators for unaccompanied minors, AL and GR\" -> training under P4-G1; 24 trainees, paired pre/post test with 10 items, 3 absent at post test.", walked + "TestANeedBecomesATrainingAndAGain;" + byHand},
		{"Out: need shows state identified -> planned -> met, with dates; C1 counts it once; C5 computed on 21 pairs, says so, with the 3 excluded named by code only; trainee scores are visible to trainer and trainee, the programme sees the aggregate only if n >= 10.", walked + "TestANeedBecomesATrainingAndAGain"},
	},
	"J7": {
		{"In: action of P1-W2 \"agreement FR-RO on exchange of liaison information\"; template FR/EN; three drafting rounds by the liaison magistrate's office, the Romanian ministry and the embassy.", walked + "TestTwoStatesFromADraftToItsEnd"},
		{"Out: every version signed by its node and comparable; both language texts side by side with paragraph alignment and a list of paragraphs not yet translated; state: drafted, negotiated, initialled, signed, in force, expired; expiry alert 90 days before; O5 and C2 rise by one at the right state only; the signed PDF and its hash are in both nodes and verify offline.", walked + "TestTwoStatesFromADraftToItsEnd"},
	},
	"J8": {
		{"In: call 2022 with eligibility (registered >= 1 year, account in the organisation's name, own implementation), 5 applications, 3 assessors blind to each other; award in two instalments; quarterly report typed on the NGO's own node with no network.", walked + "TestAGrantWithoutExposingThoseWhoAreHelped;" + byHand},
		{"Out: ineligible ones refused with the rule that failed; ranking with the spread of scores; conflict of interest excludes an assessor; contract, instalment 2 is blocked until the report is accepted;", walked + "TestAGrantWithoutExposingThoseWhoAreHelped"},
		{"the report contains counts of people helped with cells under the office's threshold shown as \"<k\" and complementary cells protected;", walked + "TestAGrantWithoutExposingThoseWhoAreHelped;internal/programme/grant TestAGrantFromCallToReport"},
		{"no name, no case number can be pasted in (the form refuses patterns of case ids);", walked + "TestAGrantWithoutExposingThoseWhoAreHelped"}, // a name alone: docs/departures.md
		{"the funder never gets the cases. Shelter address and NGO name can be excluded from publication with a reason, and the public page shows \"partner withheld (safety)\".", walked + "TestAGrantWithoutExposingThoseWhoAreHelped"},
	},
	"J9": {
		{"In: P5-S1 delivered: findings and 14 indicators (text FR/EN/SQ, weight, source page) for minors in burglary or begging.", walked + "TestAStudyBecomesAListForThoseWhoScreen;" + byHand},
		{"Out: findings register; decision \"use in screening v2\" recorded by the committee (G4); a new version of the screening questionnaire in capability 1 is created in draft with reference to study and page, tested on synthetic cases, published to nodes; old screenings keep their version; the event in Albania (P5-E1) may only be marked held after the study is delivered.", walked + "TestAStudyBecomesAListForThoseWhoScreen"},
	},
	"J10": {
		{"In: 26 GRETA paragraphs (urge / consider / invite) as CSV, 9 recommendations of the coordinators' meeting, NAP measures with codes (Measure 44), owners in 4 ministries and 2 NGOs.", walked + "TestACoordinatorFollowsWhatIsRecommended;" + byHand},
		{"Out: one register, each linked to articles and to measures; owners report progress with evidence; state implemented / partly / not / no longer relevant, and who judged it; deadline page; reply document to the monitoring body generated in order of paragraphs with evidence annex; NGOs' dissent is kept beside the government's text; year-on-year comparison.", walked + "TestACoordinatorFollowsWhatIsRecommended"},
		{"SDG 16.2.2 table comes from capability 5, with suppressed small cells, and its denominator's source and year.", "internal/programme/result TestTheRateOfPeopleDetected;internal/measure/outlet TestRatesNameTheirDenominator"},
	},
	"J11": {
		{"In: period 2021-01-01..2021-03-31; the tool proposes items: X-02, X-03, X-04, P1-E1, P4-W1, upcoming P3-W1. Editor writes the editorial in French, translator does English; one image without text alternative; one paragraph left in French in the English edition (\"mars\", \"le trafic des\").", walked + "TestAnEditorPublishesABilingualIssue;" + byHand},
		{"Out: publication is blocked by: missing alternative text, untranslated paragraph, a record marked not public, a person's name without consent to be named. After repair: web page, HTML e-mail (< 100 KB, works without images and CSS), plain-text part, tagged PDF;", walked + "TestAnEditorPublishesABilingualIssue"},
		{"each reader gets the language chosen; one-click unsubscribe header;", "internal/programme/subscriber TestLettersOverARealMailServer"},
		{"archive page.", walked + "TestAnEditorPublishesABilingualIssue"},
		{"axe-core: 0 violations at WCAG 2.2 A/AA;", "test TestEveryPageForEveryone"},
		{"links have meaningful text; numbers in the text equal the database at build time, and a later correction shows as an erratum.", walked + "TestAnEditorPublishesABilingualIssue"},
	},
	"J12": {
		{"(a) In: a French child-protection judge's office asks, through its node, for a social assessment of a minor's family in Shkodra (the need of the project on tdh-albania.org/sq/node/561). Out: sealed request with legal basis and deadline goes only to the competent Albanian unit; accepted/refused with reason; answer in time counted in C7; nothing readable at the relay; both logs verify.", walked + "TestJourneyJ12a"},
		{"(b) In: `entraide export iati`.", "cmd/entraide TestScripts;" + byHand},
		{"Out: file valid against iati-activities-schema.xsd 2.03 (xmllint) and 0 errors under the official ruleset;", walked + "TestTheOutsideDoorOfIATI;internal/programme/iati TestThePublishedProgrammeBreaksNoRule"},
		{"the activities that have what the standard demands (a start date, where a year alone is known 1 January with a narrative saying so; a sector from the pack's own mapping of priorities, marked ours), hierarchy 1 and 2 linked both ways, all others in the exclusion report with the missing fact; budgets absent where unknown; excluded activities absent and listed in the exclusion report.", walked + "TestTheOutsideDoorOfIATI;internal/programme/iati TestTheProgrammeIsPublishedAsFarAsItsFactsGo"},
		{"`entraide import iati okfn-iati-activities-am-armenia.xml`: 43 activities, 6 444 transactions, sums per type and currency equal expected-import.json to the cent; re-export keeps all narratives in both languages (flattener-canada-activity.xml: 20 FR, 19 EN narratives), reports what it could not keep.", walked + "TestTheOutsideDoorOfIATI;internal/programme/iati TestWhatOthersReportedGoesOutAsItCameIn"},
	},
}

// TestEverySentenceOfTheJourneysIsShown: no word of the journeys is without a test that is there.
func TestEverySentenceOfTheJourneysIsShown(t *testing.T) {
	b, err := os.ReadFile("testdata/journeys.md")
	if err != nil {
		t.Fatal(err)
	}
	n, read := 0, map[string]string{}
	for _, part := range strings.Split(string(b), "\n## ")[1:] {
		title, text, _ := strings.Cut(part, "\n")
		name, _, _ := strings.Cut(title, " ")
		n++
		var all []string
		for _, p := range proofs[name] {
			all = append(all, p.text)
			for _, by := range strings.Split(p.by, ";") {
				if !tested(t, read, by) {
					t.Errorf("%s: %q is shown by %s, which is not there", name, p.text, by)
				}
			}
		}
		if got, want := strings.Join(all, " "), strings.Join(strings.Fields(text), " "); got != want {
			t.Errorf("%s: proofs of\n%s\nnot of\n%s", name, got, want)
		}
	}
	if n != 12 || len(proofs) != n {
		t.Errorf("%d journeys, proofs of %d", n, len(proofs))
	}
}

// tested says whether a folder has a test of a name; read keeps what was read of folders.
func tested(t *testing.T, read map[string]string, by string) bool {
	t.Helper()
	folder, name, _ := strings.Cut(by, " ")
	if _, ok := read[folder]; !ok {
		files, err := filepath.Glob(filepath.Join("../..", folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			read[folder] += "\n" + string(b)
		}
	}
	return strings.Contains(read[folder], "\nfunc "+name+"(t *testing.T)")
}
