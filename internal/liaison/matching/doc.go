// SPDX-License-Identifier: EUPL-1.2

// Package matching lets two offices find out that they know the same person or thing, without either showing the other its
// records, and people then talk about it. It carries what exchange/match computes: tables, questions, answers; and it holds
// comparisons, which is what each office keeps of a question.
//
// # Who may compare
//
// Assistance offices compare people who agreed to be found with assistance offices; police and justice offices compare what
// they record with police and justice offices. Nothing else can be: no sharing terms can grant it (terms.MayCompare), no table is
// made for another kind of office, and no question of one is answered.
//
// # How it goes
//
// Each night (Tend) an office makes, for each partner whose terms grant it, a table of its own records under a secret of an epoch
// of thirty days, and sends it in parts; later nights send what changed, or all again when somebody left. A question is
// one record's keys, or a night's, blinded and filled up to one of three sizes; the owner of the table answers it within a quota,
// with a proof, and the asker looks the answer up. Owners learn how many were asked and when; askers, which of their own
// records share what, with a handle for the other's record. A hit is a matter for two people: the asker's worker may let the
// other's know, and a letter or a request follows, or nothing.
//
// Each question carries a commitment to what it rests on: oversight of the office that was asked may have it opened by
// oversight of the one that asked (opening.go). When an epoch ends its secret is destroyed, and tables and answers with it.
//
// docs/matching.md specifies the messages; docs/threats.md says what each side learns and what a malicious one can still do.
package matching
