// SPDX-License-Identifier: EUPL-1.2

// Package party says who is who: organisations, people in their functions over time, and the values that
// whoever quotes a source needs: dates known in part, numbers known in part, and where a statement stands.
//
// # Use
//
// An organisation and a function (one person holding one title in one organisation for a time) are dossiers
// of their own. FoldOrganisation and FoldFunction give their state; CheckOrganisation and CheckFunction say
// whether an entry may be appended. PartialDate, Uncertain and Source are used by every room that restates what
// a document says. The zero PartialDate and the zero Uncertain are unknown, so a field that nobody filled in
// never reads as 0.
//
// # What it protects from
//
// A contact's name and address are of category PC and sealed. A name is public (PP) only when a source that
// anyone can read names that person in that function: CheckFunction refuses a public name without its source.
// Nothing here may be about a victim.
package party
