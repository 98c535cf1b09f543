// SPDX-License-Identifier: EUPL-1.2

package terms

import (
	"slices"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Template is what a draft of some sort begins with. Its words are the catalogue's: "terms.template.<code>" and so on.
type Template struct {
	Code      string
	Kinds     []access.OfficeKind // of the two offices
	Handling  string
	Months    int
	Retention int
	Grants    []Offer // both ways
}

// Offer is a grant of a template.
type Offer struct {
	Purpose    string
	Categories []journal.Category
	Accept     []access.Role
}

// Templates lists them. They are a beginning: two offices grant no more than their law and their text let them.
func Templates() []Template {
	assist, enforce, all := []access.OfficeKind{access.Assistance}, []access.OfficeKind{access.Police, access.Justice}, []access.OfficeKind{access.Programme, access.Assistance, access.Police, access.Justice}
	care, inquire := []access.Role{access.FocalPoint, access.CaseManager}, []access.Role{access.PoliceOfficer, access.Prosecutor}
	return []Template{
		{"referral", assist, "H2", 24, 730, []Offer{{"referral", []journal.Category{journal.D0, journal.D1, journal.D2, journal.D3}, care},
			{"inquiry", []journal.Category{journal.D0, journal.D2, journal.D3, journal.D6}, care}, {"letter", []journal.Category{journal.D0, journal.D3}, nil}}},
		{"information", enforce, LawEnforcement, 24, 365, []Offer{{"request", []journal.Category{journal.D0, journal.D6, journal.D8}, inquire}, {Matching, []journal.Category{journal.D0}, nil}, {"letter", []journal.Category{journal.D0, journal.D3}, nil}}},
		{"investigation", enforce, "H1", 12, 1825, []Offer{{"request", []journal.Category{journal.D0, journal.D3, journal.D6, journal.D8}, inquire}, {"letter", []journal.Category{journal.D0, journal.D3}, nil}}},
		{"statistics", all, "H3", 36, 3650, []Offer{{"statistics", []journal.Category{journal.D9}, nil}}},
		{"return", all, "H2", 60, 3650, []Offer{{"statutory_return", []journal.Category{journal.D9}, nil}}},
		{"membership", all, "H3", 36, 3650, []Offer{{"programme", []journal.Category{journal.PP, journal.PI}, []access.Role{access.ProgrammeOfficer}}, {"directory", []journal.Category{journal.PP}, nil}, {"letter", []journal.Category{journal.D0, journal.D3}, nil}}},
	}
}

// TemplateOf finds a template.
func TemplateOf(code string) (Template, bool) {
	all := Templates()
	at := slices.IndexFunc(all, func(t Template) bool { return t.Code == code })
	if at < 0 {
		return Template{}, false
	}
	return all[at], true
}

// Between gives the grants of a template between two offices.
func (t Template) Between(a, b journal.ID) []Grant {
	var out []Grant
	for _, o := range t.Grants {
		out = append(out, Grant{a, b, o.Purpose, o.Categories, o.Accept}, Grant{b, a, o.Purpose, o.Categories, o.Accept})
	}
	return out
}
