// SPDX-License-Identifier: EUPL-1.2

// Package match finds out that two offices know the same person, telephone, account or vehicle, without either showing the
// other its records.
//
// The owner of records turns each into keys (Keys), hashes them under a secret of its own for one epoch, and gives the asker
// the table of what came out (Epoch.Build): sorted, cut and sealed, so that it can be searched only with hashes, and hashed
// only with the owner's help. The asker has the keys of one case, or of a night's new cases, hashed blindly (package oprf),
// finds them in the table (Table.Find) and judges what agrees (Judge).
//
// # What each side learns
//
// The asker learns, for each key of its own, whether a record has it, of which kind the key is, and a handle that stands for
// the record in this epoch; besides, the size of the table to the next 4096 entries, and nothing about records that share
// nothing with what it asked. The owner learns how many keys were asked and when; not which, and not what was found. Neither
// learns more from a hit until two people talk about it.
//
// # What it does not protect
//
// An asker may ask about somebody it merely guesses, as far as its quota reaches: quotas, commitments that can be opened later
// and logs on both sides are the caller's. An owner may leave records out, or put invented ones in. Two subjects of the asker's
// that hit the same handle are one record's. Whoever keeps a table and later learns the epoch's secret can guess keys in it,
// telephones first: secrets are destroyed when the epoch ends, and asker and owner delete tables then. The group is not
// post-quantum; tables travel sealed to one office by a seal that is.
package match
