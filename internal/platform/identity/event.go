// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Event is one change to an account. It holds ids and roles, no name, login, address or secret.
type Event struct {
	ID      journal.ID
	Owner   journal.ID
	Type    string     // one of the Event... constants
	Account journal.ID // whose account changed
	By      journal.ID // who changed it; zero for the host's own command
	At      time.Time
	About   journal.ID // the grant or API token concerned
	Roles   []access.Role
	salt    []byte
}

// The closed list of event types.
const (
	EventInvited         = "account.invited"
	EventLinkRenewed     = "account.link_renewed" // credentials reset; sensitive roles fell back to proposals
	EventEnrolled        = "account.enrolled"
	EventSuspended       = "account.suspended"
	EventReinstated      = "account.reinstated"
	EventClosed          = "account.closed"
	EventUnlocked        = "account.unlocked"
	EventGranted         = "account.role_granted"  // a role that one person may give
	EventProposed        = "account.role_proposed" // a sensitive role waits for a second person
	EventApproved        = "account.role_approved"
	EventRefused         = "account.role_refused"
	EventEnded           = "account.role_ended"
	EventSessionOpened   = "account.signed_in"
	EventRecoveryUsed    = "account.signed_in_with_recovery_code"
	EventSessionsRevoked = "account.sessions_ended"
	EventPasswordChanged = "account.password_changed"
	EventCodesReplaced   = "account.recovery_codes_replaced"
	EventPreferences     = "account.preferences_changed"
	EventTokenIssued     = "account.token_issued"
	EventTokenRevoked    = "account.token_revoked"
)

// Events lists them.
func Events() []string {
	return []string{EventInvited, EventLinkRenewed, EventEnrolled, EventSuspended, EventReinstated, EventClosed, EventUnlocked, EventGranted, EventProposed,
		EventApproved, EventRefused, EventEnded, EventSessionOpened, EventRecoveryUsed, EventSessionsRevoked, EventPasswordChanged,
		EventCodesReplaced, EventPreferences, EventTokenIssued, EventTokenRevoked}
}

// record stores an event and adds it to the log.
func (s *Service) record(ctx context.Context, tx db.Tx, typ string, owner, account, by, about journal.ID, roles ...access.Role) error {
	e := Event{ID: s.id(), Owner: owner, Type: typ, Account: account, By: by, At: s.now(), About: about, Roles: roles, salt: make([]byte, 16)}
	if _, err := io.ReadFull(s.c.Random, e.salt); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `INSERT INTO identity_event (owner, id, account, type, actor, at, about, roles, salt) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		owner, e.ID, account, typ, by, db.Micros(e.At), about, words(roles), e.salt)
	if err != nil {
		return err
	}
	return s.c.Leaf(ctx, tx, owner, e.ID, e.canonical(), e.At)
}

// canonical is the event's leaf: the form of an entry's, with what it is about as one salted digest.
func (e Event) canonical() []byte {
	h := sha256.New()
	h.Write(e.salt)
	h.Write([]byte("OF\x00"))
	h.Write(e.About[:])
	h.Write([]byte(words(e.Roles)))
	b64 := base64.StdEncoding.EncodeToString
	b, err := json.Marshal(struct {
		V        int               `json:"v"`
		Owner    journal.ID        `json:"owner"`
		Dossier  journal.ID        `json:"dossier"`
		Kind     string            `json:"kind"`
		ID       journal.ID        `json:"id"`
		Type     string            `json:"type"`
		Schema   int               `json:"schema"`
		Actor    journal.ID        `json:"actor"`
		Purpose  access.Purpose    `json:"purpose"`
		Occurred int64             `json:"occurred"`
		Recorded int64             `json:"recorded"`
		Salt     string            `json:"salt"`
		Parts    map[string]string `json:"parts"`
	}{1, e.Owner, e.Account, access.KindAccount, e.ID, e.Type, 1, e.By, access.ForAdministration, db.Micros(e.At), db.Micros(e.At), b64(e.salt),
		map[string]string{"OF": b64(h.Sum(nil))}})
	if err != nil {
		panic("identity: a leaf always marshals: " + err.Error())
	}
	return b
}

const eventColumns = `owner, id, account, type, actor, at, about, roles, salt`

func scanEvent(scan func(...any) error) (Event, error) {
	var e Event
	var at int64
	var roles string
	err := scan(&e.Owner, &e.ID, &e.Account, &e.Type, &e.By, &at, &e.About, &roles, &e.salt)
	e.At, e.Roles = db.Time(at), unwords[access.Role](roles)
	return e, err
}

// Canonical gives the leaf of a stored event, made afresh from what is stored, so that the ledger can compare it with
// the tree; NotFound when the id is no event's.
func Canonical(ctx context.Context, tx db.Tx, owner, event journal.ID) ([]byte, error) {
	e, err := scanEvent(tx.Row(ctx, `SELECT `+eventColumns+` FROM identity_event WHERE owner = $1 AND id = $2`, owner, event).Scan)
	if none(err) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return e.canonical(), err
}

// historyLimit is how many events a page of history shows.
const historyLimit = 100

// History lists what happened to an account, newest first, at most a hundred: to its holder and to administrators.
func (s *Service) History(ctx context.Context, by access.Actor, account journal.ID) ([]Event, error) {
	var out []Event
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		if by.ID != account {
			if err := administrator(ctx, tx, by); err != nil {
				return err
			}
		}
		return each(ctx, tx, func(scan func(...any) error) error {
			e, err := scanEvent(scan)
			out = append(out, e)
			return err
		}, `SELECT `+eventColumns+` FROM identity_event WHERE owner = $1 AND account = $2 ORDER BY at DESC, id DESC LIMIT $3`, by.Owner, account, historyLimit)
	})
	return out, err
}
