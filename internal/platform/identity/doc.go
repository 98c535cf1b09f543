// SPDX-License-Identifier: EUPL-1.2

// Package identity holds the accounts of an office: who may sign in, how they prove it, and which roles they hold.
//
// # Use
//
// A host makes one Service for all owners (offices) that it serves. The command `init` calls Found, which gives
// two one-time links for the first two people; there is no default account and no password that anyone else has
// known. A person opens the link, chooses a login and a password, and adds an authenticator (Enrol). Signing in
// is SignIn (password), then Factor (six digits or a recovery code). Pages and API call Authenticate on every
// request and get an access.Actor for the one door, and a Session to ask whether the second factor is recent
// (Session.Recent) and what an API token may do (Session.Allows).
//
// Every change is an Event, stored and added to the office's log (Config.Leaf) in the transaction that makes it.
// Events hold ids and roles only; Canonical gives their leaf again for verification.
//
// # What it protects from
//
//   - One person making themselves powerful: roles of the Sensitive list need two administrators; whoever resets
//     another's credentials loses them those roles until a third hand approves; the last administrator stays.
//   - A stolen database: passwords are argon2id hashes sealed under the owner's key; names, logins and
//     authenticator secrets are sealed; logins and addresses are looked up by HMAC; links, sessions, API tokens
//     and recovery codes are stored as hashes.
//   - Guessing: attempts are charged before they are checked, by login and by address, and survive a restart; an
//     unknown login costs the same work and gets the same answer; a code works once.
//   - A stolen session: short lives by role, a new token at sign-in, ended at once on a change of role, password
//     or authenticator and on suspension; grave acts ask for the second factor again.
//   - Many sign-ins at once: hashing runs in a few slots, beyond a short queue it refuses.
//
// # What it does not protect from
//
// Two administrators who conspire. The host's operator, who has the unlocked key. A look-alike page that passes
// on a password and a code within a minute: authenticator codes do not resist that, passkeys will. Whoever runs
// `init`, or invites, sees the links until they are used: hand them over in person. A stranger who knows a login
// can keep its owner waiting, up to fifteen minutes at a time.
package identity
