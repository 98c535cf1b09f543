// SPDX-License-Identifier: EUPL-1.2

// Package vault holds the keys of what an office stores.
//
// # Use
//
// Every owner has one Keyring. Create makes it, Lock writes it encrypted to a passphrase, a key file or
// named people, Unlock reads it at start. From its first root, the base, come by HKDF-SHA256 and one label
// each: blind search tokens by kind (Token), leaf salts (Salt), and seeds of signing keys (Seed). From its
// newest root come the key that wraps data keys and the keys of small secrets by purpose (Seal, Open).
//
// Every dossier has one random data key per data category, wrapped and kept in the table vault_key. New
// makes one outside the writer, Fresh.Insert stores it, Load and LoadMany read them, Shred destroys them.
// The wrapping binds owner, dossier, category and the key's id: a row that was copied elsewhere does not open.
//
// GenerateKeyFile and OpenKeyFile keep an age identity in a file that its owner alone may read; ReadIdentities takes one
// that any program compatible with age made, locked with a passphrase or a plugin's, from wherever it comes.
//
// Next adds a root and Rotate wraps all data keys under it, resumably. Retire then drops the roots between, once no
// backup is left whose small secrets need them.
// Split encrypts the keyring so that any two of three named people together can Recover it.
//
// # What it protects from
//
// A stolen database file, disk or backup without the unlocked keyring tells ids, states, dates, who acted,
// sizes, and how often a search token occurs; it tells nothing of names, contacts, documents or texts.
// Swapping sealed values between people, categories, owners or purposes makes them unreadable, not wrong.
// A shredded key is gone from the SQLite file and its write-ahead log after db.Scrub (tested on the bytes),
// and with it every copy, anywhere, of what was sealed under it.
//
// # What it does not protect from
//
// Whoever controls the running process or its memory has the keyring. Whoever has the keyring and a copy of
// vault_key from before an erasure (a backup) can undo that erasure: copies of key rows must expire. On
// PostgreSQL old row versions survive until vacuum, and in its write-ahead log and base backups until those
// are recycled. Rotation protects data keys and small secrets against one who once knew the old roots, but
// the base stays, and with it tokens, salts and signing seeds: after a theft of the keyring itself, Create
// a new one, Rotate to it, seal small secrets again, rebuild tokens and publish a new office card. Whoever
// has the base can test whether a guessed name is in a stolen token table. Two of the three recovery people
// acting together are as powerful as the owner. Losing the keyring file and two recovery people loses all.
package vault
