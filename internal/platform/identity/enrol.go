// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// linkLife is how long an enrolment link works; it works once.
const linkLife = 72 * time.Hour

// Link is a one-time enrolment link, handed to its person face to face or over a channel already trusted.
// It is shown once: only its hash is stored.
type Link struct {
	Account journal.ID `json:"account"`
	Path    string     `json:"path"` // to put behind the host's address: /start/...
	Expires time.Time  `json:"expires"`
}

// linkPath is where links lead: a path that names nothing.
const linkPath = "/start/"

// Founder is one of the first two people of an office.
type Founder struct {
	Name  string
	Roles []access.Role // access.Administrator is added
}

// Found makes the accounts of an office's first two people and their links. Neither holds a sensitive role
// until both have enrolled: each enrolment is the approval of the other. There is no default account.
//
// It is for the host's own command, which holds the office's key. It works again while fewer than two active
// accounts are administrators (a link expired, a founder was lost), and then closes founders who never enrolled.
// Whoever runs the command sees both links: hand each to its person.
func (s *Service) Found(ctx context.Context, owner journal.ID, two [2]Founder) ([2]Link, error) {
	var links [2]Link
	o, err := s.c.Owner(owner)
	if err != nil {
		return links, err
	}
	for i := range two {
		two[i].Roles = append([]access.Role{access.Administrator}, slices.DeleteFunc(slices.Clone(two[i].Roles), func(r access.Role) bool { return r == access.Administrator })...)
		if err := checkInvitation(o, two[i].Name, two[i].Roles); err != nil {
			return links, err
		}
	}
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := s.clearFounders(ctx, tx, owner); err != nil {
			return err
		}
		for i, f := range two {
			a := row{owner: owner, state: Invited, founder: 1}
			if links[i], err = s.invite(ctx, tx, o, a, f.Name, f.Roles, journal.ID{}); err != nil {
				return err
			}
		}
		return nil
	})
	return links, err
}

// clearFounders refuses when the office already stands, else closes founders of an earlier, unfinished attempt.
func (s *Service) clearFounders(ctx context.Context, tx db.Tx, owner journal.ID) error {
	n, err := administrators(ctx, tx, owner, journal.ID{})
	if err != nil {
		return err
	}
	if n >= 2 {
		return fault.New(fault.Guarded, "identity.fault.founded")
	}
	var stale []journal.ID
	err = each(ctx, tx, func(scan func(...any) error) error {
		var id journal.ID
		err := scan(&id)
		stale = append(stale, id)
		return err
	}, `SELECT id FROM identity_account WHERE owner = $1 AND founder = 1 AND state <> 'closed'`, owner)
	if err != nil {
		return err
	}
	for _, id := range stale {
		if err := s.close(ctx, tx, owner, id, journal.ID{}); err != nil {
			return err
		}
	}
	return nil
}

// Invite makes an account and its link. Roles that need two people are proposed; the others are held from
// enrolment on. name is how colleagues know the person; it is sealed.
func (s *Service) Invite(ctx context.Context, by access.Actor, name string, roles []access.Role) (Link, error) {
	var link Link
	o, err := s.c.Owner(by.Owner)
	if err != nil {
		return link, err
	}
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := administrator(ctx, tx, by); err != nil {
			return err
		}
		if err := checkInvitation(o, name, roles); err != nil {
			return err
		}
		link, err = s.invite(ctx, tx, o, row{owner: by.Owner, state: Invited}, name, roles, by.ID)
		return err
	})
	return link, err
}

func checkInvitation(o Owner, name string, roles []access.Role) error {
	var fs fault.Fields
	if n := utf8.RuneCountInString(strings.TrimSpace(name)); n < 2 || n > 120 {
		fs.Add("name", "identity.name.form")
	}
	if err := fs.Err(); err != nil {
		return err
	}
	return checkRoles(o.Office, roles)
}

func (s *Service) invite(ctx context.Context, tx db.Tx, o Owner, a row, name string, roles []access.Role, by journal.ID) (Link, error) {
	a.id = s.id()
	a.created = db.Micros(s.now())
	a.updated = a.created
	var err error
	if a.name, err = seal(o.Keys, "name", a.id, strings.TrimSpace(name)); err != nil {
		return Link{}, err
	}
	if err := s.insert(ctx, tx, a); err != nil {
		return Link{}, err
	}
	if err := s.record(ctx, tx, EventInvited, a.owner, a.id, by, journal.ID{}, roles...); err != nil {
		return Link{}, err
	}
	for _, r := range roles {
		if _, err := s.give(ctx, tx, a.owner, a.id, by, r); err != nil {
			return Link{}, err
		}
	}
	return s.newLink(ctx, tx, a.owner, a.id)
}

// newLink makes a link and ends earlier ones of the account.
func (s *Service) newLink(ctx context.Context, tx db.Tx, owner, account journal.ID) (Link, error) {
	b, err := newBearer(owner, s.c.Random)
	if err != nil {
		return Link{}, err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM identity_link WHERE owner = $1 AND account = $2`, owner, account); err != nil {
		return Link{}, err
	}
	expires := s.now().Add(linkLife)
	_, err = tx.Exec(ctx, `INSERT INTO identity_link (owner, hash, account, created, expires) VALUES ($1, $2, $3, $4, $5)`,
		owner, b.hash("link"), account, db.Micros(s.now()), db.Micros(expires))
	return Link{Account: account, Path: linkPath + b.String(), Expires: expires}, err
}

// Reset gives a new link to someone whose link expired, or who lost password, phone and recovery codes. It
// ends the account's credentials, sessions and API tokens at once, and its sensitive roles fall back to proposals
// that another administrator must approve. Nobody resets themselves.
func (s *Service) Reset(ctx context.Context, by access.Actor, account journal.ID) (Link, error) {
	var link Link
	err := s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := administrator(ctx, tx, by); err != nil {
			return err
		}
		a, err := load(ctx, tx, by.Owner, account)
		switch {
		case err != nil:
			return err
		case account == by.ID:
			return fault.New(fault.Denied, "identity.fault.second_person")
		case a.state != Invited && a.state != Active || a.founder == 1:
			return fault.New(fault.Guarded, "identity.fault.not_resettable")
		}
		if err := s.dropCredentials(ctx, tx, &a); err != nil {
			return err
		}
		a.state = Invited
		if err := s.save(ctx, tx, a); err != nil {
			return err
		}
		if err := s.demote(ctx, tx, by.Owner, account, by.ID); err != nil {
			return err
		}
		if err := s.record(ctx, tx, EventLinkRenewed, by.Owner, account, by.ID, journal.ID{}); err != nil {
			return err
		}
		link, err = s.newLink(ctx, tx, by.Owner, account)
		return err
	})
	return link, err
}

// dropCredentials destroys whatever an account could sign in with.
func (s *Service) dropCredentials(ctx context.Context, tx db.Tx, a *row) error {
	a.login, a.password, a.factor, a.step = nil, nil, nil, 0
	for _, q := range []string{
		`DELETE FROM identity_login WHERE owner = $1 AND account = $2`,
		`DELETE FROM identity_recovery WHERE owner = $1 AND account = $2`,
		`DELETE FROM identity_link WHERE owner = $1 AND account = $2`,
		`DELETE FROM identity_token WHERE owner = $1 AND account = $2`,
	} {
		if _, err := tx.Exec(ctx, q, a.owner, a.id); err != nil {
			return err
		}
	}
	return s.dropSessions(ctx, tx, a.owner, a.id)
}

// Setup is a fresh authenticator secret to show, once per view of the page: as a QR code and as text. Sealed
// goes back with the form; nothing is stored until the person proves that the app works, and someone who merely
// opens the same link sees another secret.
type Setup struct {
	Name   string // the person's display name, for the greeting; "" on replacement
	Secret string // in groups of four
	URL    string
	QR     QR
	Sealed string
}

// setupLife bounds how long a page with a secret may stay open.
const setupLife = time.Hour

func (s *Service) newSetup(o Owner, account journal.ID, label string) (Setup, error) {
	secret, err := newSecret(s.c.Random)
	if err != nil {
		return Setup{}, err
	}
	sealed, err := seal(o.Keys, "setup", account, s.now().Add(setupLife).Format(time.RFC3339)+" "+secret)
	if err != nil {
		return Setup{}, err
	}
	u := factorURL(secret, label)
	q, err := newQR(u)
	return Setup{Secret: grouped(secret), URL: u, QR: q, Sealed: base64.RawURLEncoding.EncodeToString(sealed)}, err
}

// proveSetup opens a sealed setup and checks a code made with it. It gives the secret and the code's step.
func (s *Service) proveSetup(o Owner, account journal.ID, sealed, code string) (string, int64, error) {
	stale := fault.Bad("code", "identity.code.setup_expired")
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) == 0 {
		return "", 0, stale
	}
	plain, err := open(o.Keys, "setup", account, raw)
	if err != nil {
		return "", 0, stale
	}
	until, secret, _ := strings.Cut(plain, " ")
	t, err := time.Parse(time.RFC3339, until)
	if err != nil || !s.now().Before(t) {
		return "", 0, stale
	}
	step, ok := matchStep(secret, code, s.now(), 0)
	if !ok {
		return "", 0, fault.Bad("code", "identity.code.wrong")
	}
	return secret, step, nil
}

// badLink is the one answer to a link that is unknown, used, replaced or too old.
func badLink() error { return fault.New(fault.NotFound, "identity.fault.link") }

// linked reads the account that a link opens.
func (s *Service) linked(ctx context.Context, tx db.Tx, b bearer) (row, error) {
	var account journal.ID
	var expires int64
	err := tx.Row(ctx, `SELECT account, expires FROM identity_link WHERE owner = $1 AND hash = $2`, b.owner, b.hash("link")).Scan(&account, &expires)
	if none(err) || err == nil && !s.now().Before(db.Time(expires)) {
		return row{}, badLink()
	}
	if err != nil {
		return row{}, err
	}
	a, err := load(ctx, tx, b.owner, account)
	if err == nil && a.state != Invited {
		return row{}, badLink()
	}
	return a, err
}

// openLink finds the office and account of a link's secret part.
func (s *Service) openLink(ctx context.Context, link string) (Owner, bearer, row, error) {
	b, ok := parseBearer(strings.TrimPrefix(link, linkPath))
	if !ok {
		return Owner{}, b, row{}, badLink()
	}
	var a row
	err := s.c.DB.Read(ctx, func(tx db.Tx) (err error) {
		a, err = s.linked(ctx, tx, b)
		return err
	})
	if err != nil {
		return Owner{}, b, a, err
	}
	o, err := s.c.Owner(b.owner)
	return o, b, a, err
}

// BeginEnrol opens a link without using it up, and gives an authenticator secret to show.
func (s *Service) BeginEnrol(ctx context.Context, link string) (Setup, error) {
	o, _, a, err := s.openLink(ctx, link)
	if err != nil {
		return Setup{}, err
	}
	setup, err := s.newSetup(o, a.id, "account")
	if err != nil {
		return Setup{}, err
	}
	setup.Name, err = open(o.Keys, "name", a.id, a.name)
	return setup, err
}

// Enrolment is what a person sends from the enrolment page.
type Enrolment struct {
	Link     string // the link's path or its secret part
	Login    string // chosen by the person; unique on this host
	Password string
	Setup    string // Setup.Sealed
	Code     string // six digits from the authenticator
	Zone     string // IANA zone, may be ""
	Language string // BCP 47 tag, may be ""
}

// Enrol uses up a link: it sets login, password and second factor, and gives eight recovery codes to print,
// which are shown this once. It does not sign in. Nothing is kept when any part is wrong.
func (s *Service) Enrol(ctx context.Context, e Enrolment) ([]string, error) {
	o, b, a, err := s.openLink(ctx, e.Link)
	if err != nil {
		return nil, err
	}
	var fs fault.Fields
	checkLogin(&fs, "login", e.Login)
	checkPassword(&fs, "password", e.Password, e.Login)
	checkPreferences(&fs, e.Zone, e.Language)
	if err := fs.Err(); err != nil {
		return nil, err
	}
	secret, step, err := s.proveSetup(o, a.id, e.Setup, e.Code)
	if err != nil {
		return nil, err
	}
	phc, err := s.hasher.hash(ctx, e.Password)
	if err != nil {
		return nil, err
	}
	codes, err := newRecoveryCodes(s.c.Random)
	if err != nil {
		return nil, err
	}
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		a, err := s.linked(ctx, tx, b) // again: another tab may have used it meanwhile
		if err != nil {
			return err
		}
		a.state, a.step, a.zone, a.language = Active, step, e.Zone, e.Language
		return s.enrol(ctx, tx, o, a, normalLogin(e.Login), phc, secret, codes)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

func (s *Service) enrol(ctx context.Context, tx db.Tx, o Owner, a row, login, phc, secret string, codes []string) (err error) {
	if a.login, err = seal(o.Keys, "login", a.id, login); err != nil {
		return err
	}
	if a.password, err = seal(o.Keys, "password", a.id, phc); err != nil {
		return err
	}
	if secret != "" { // "" only when seeding a demo
		if a.factor, err = seal(o.Keys, "factor", a.id, secret); err != nil {
			return err
		}
	}
	added, err := tx.Exec(ctx, `INSERT INTO identity_login (token, owner, account) VALUES ($1, $2, $3) ON CONFLICT (token) DO NOTHING`, s.hostToken("login", login), a.owner, a.id)
	if err == nil && added == 0 {
		err = fault.Bad("login", "identity.login.taken")
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `DELETE FROM identity_link WHERE owner = $1 AND account = $2`, a.owner, a.id); err != nil {
		return err
	}
	if err := putRecoveryCodes(ctx, tx, a.owner, a.id, codes); err != nil {
		return err
	}
	if err := s.save(ctx, tx, a); err != nil {
		return err
	}
	if err := s.record(ctx, tx, EventEnrolled, a.owner, a.id, a.id, journal.ID{}); err != nil {
		return err
	}
	if a.founder == 1 {
		return s.completeFounding(ctx, tx, a.owner)
	}
	return nil
}

func putRecoveryCodes(ctx context.Context, tx db.Tx, owner, account journal.ID, codes []string) error {
	if _, err := tx.Exec(ctx, `DELETE FROM identity_recovery WHERE owner = $1 AND account = $2`, owner, account); err != nil {
		return err
	}
	for _, c := range codes {
		if _, err := tx.Exec(ctx, `INSERT INTO identity_recovery (owner, account, hash) VALUES ($1, $2, $3)`, owner, account, recoveryHash(owner, account, c)); err != nil {
			return err
		}
	}
	return nil
}

// completeFounding makes the founders' roles effective once both have enrolled, each approved by the other.
func (s *Service) completeFounding(ctx context.Context, tx db.Tx, owner journal.ID) error {
	var pair []journal.ID
	err := each(ctx, tx, func(scan func(...any) error) error {
		var id journal.ID
		err := scan(&id)
		pair = append(pair, id)
		return err
	}, `SELECT id FROM identity_account WHERE owner = $1 AND founder = 1 AND state = 'active' ORDER BY id`, owner)
	if err != nil || len(pair) != 2 {
		return err
	}
	for i, id := range pair {
		live, err := grantsOf(ctx, tx, owner, id)
		if err != nil {
			return err
		}
		for _, g := range live {
			// Only what the founding itself proposed; anything later needs its own second person.
			if g.State == Proposed && g.Proposer.IsZero() {
				if err := s.activate(ctx, tx, owner, g, pair[1-i]); err != nil {
					return err
				}
			}
		}
	}
	_, err = tx.Exec(ctx, `UPDATE identity_account SET founder = 2 WHERE owner = $1 AND founder = 1`, owner)
	return err
}
