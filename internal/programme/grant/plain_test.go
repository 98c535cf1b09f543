// SPDX-License-Identifier: EUPL-1.2

package grant

import "testing"

func TestATextThatLeadsToOnePersonIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"She is 01900000-0000-7000-8000-00000000beef.":        "grant.plain.id",
		"id 0190000000007000800000000000beef":                 "grant.plain.id",
		"Write to somebody@example.org about her":             "grant.plain.mail",
		"Case no. 123 went to court":                          "grant.plain.case",
		"Dossier n° 4521 transmis au parquet":                 "grant.plain.case",
		"Two people (VOT-2021-034) were housed":               "grant.plain.case",
		"The court decided in 1234/2021":                      "grant.plain.case",
		"Rasti nr. 88 u dërgua":                               "grant.plain.case",
		"Reach her at +355 69 123 4567":                       "grant.plain.phone",
		"Joindre au 06 12 34 56 78":                           "grant.plain.phone",
		"Call 0030-210-1234567":                               "grant.plain.phone",
		"Twelve people were helped in 2021/2022.":             "",
		"Under P4-G1, phase 2, from 2021-04-13 to 2021-06-30": "",
		"Measure 44 of the plan 2019-2022":                    "",
		"Le budget de 1 250 000 euros, versé le 01.04.2021":   "",
		"Article 6(3) of the Protocol; Directive 2011/36":     "",
		"Three trainings with 24, 31 and 18 border guards":    "",
		"": "",
	} {
		if got := leads(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
