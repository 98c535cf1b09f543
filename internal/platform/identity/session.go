// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"database/sql"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Session is what a request carries: a person's signed-in browser, or an API token.
type Session struct {
	ID       journal.ID
	Owner    journal.ID
	Account  journal.ID
	Device   string    // coarse words such as "Firefox, Windows"
	Created  time.Time //
	Seen     time.Time // to the minute
	Expires  time.Time // at the latest, whatever its use
	Factor   time.Time // last proof of the second factor; zero for an API token
	Zone     string
	Language string
	Token    bool    // an API token
	Scopes   []Scope // of an API token
}

// seenEvery spares a write on every request: the idle time-out is exact to this much.
const seenEvery = time.Minute

// RecentFactor is how long a proof of the second factor counts as recent for grave acts.
const RecentFactor = 10 * time.Minute

// Recent refuses (Denied, "identity.fault.step_up") when the second factor was not shown within RecentFactor before
// now. Rooms call it before emergency access, exports, role changes and the like; an API token never passes.
func (x Session) Recent(now time.Time) error {
	if x.Token || x.Factor.IsZero() || now.Sub(x.Factor) > RecentFactor {
		return fault.New(fault.Denied, "identity.fault.step_up")
	}
	return nil
}

// Allows refuses (Denied) what an API token's scopes do not name. A signed-in person has no such limit.
func (x Session) Allows(scope Scope) error {
	if x.Token && !slices.Contains(x.Scopes, scope) {
		return fault.New(fault.Denied, "identity.fault.scope")
	}
	return nil
}

// timeouts gives the idle and absolute life of a session by roles; the shortest of all roles held counts.
// People who manage or oversee sit at desks; others work where phones pass from hand to hand only for a shift.
func timeouts(roles []access.Role) (idle, absolute time.Duration) {
	idle, absolute = 30*time.Minute, 12*time.Hour
	for _, r := range roles {
		switch {
		case r == access.Administrator, r == access.Oversight:
			idle, absolute = min(idle, 10*time.Minute), min(absolute, 4*time.Hour)
		case IsSensitive(r):
			idle, absolute = min(idle, 15*time.Minute), min(absolute, 8*time.Hour)
		}
	}
	return idle, absolute
}

// insertSession makes a session row with a new secret. stage is "factor" (password shown) or "full".
func (s *Service) insertSession(ctx context.Context, tx db.Tx, a row, stage, device string, factor time.Time) (bearer, error) {
	b, err := newBearer(a.owner, s.c.Random)
	if err != nil {
		return b, err
	}
	idle, absolute := factorLife, factorLife
	if stage == "full" {
		roles, err := rolesOf(ctx, tx, a.owner, a.id)
		if err != nil {
			return b, err
		}
		idle, absolute = timeouts(roles)
	}
	now := s.now()
	_, err = tx.Exec(ctx, `INSERT INTO identity_session (owner, hash, id, account, stage, device, created, seen, idle, expires, factor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, a.owner, b.hash("session"), s.id(), a.id, stage, device,
		db.Micros(now), db.Micros(now), idle.Microseconds(), db.Micros(now.Add(absolute)), db.Micros(factor))
	return b, err
}

// found is a live session with its account, at one moment.
type found struct {
	Session
	account row    // of a sign-in that waits for its second factor
	login   []byte // so too
	roles   []access.Role
	device  string
}

// lookup gives a live session of a stage. Anything wrong with it is Unsigned, without saying what.
func (s *Service) lookup(ctx context.Context, b bearer, stage string) (found, error) {
	hash, now := b.hash("session"), s.now()
	x, kept, mark := s.recall.get(hash)
	if !kept || stage != "full" {
		var err error
		if x, err = s.session(ctx, b.owner, hash, stage); err != nil {
			return found{}, err
		}
		if stage == "full" {
			s.recall.put(hash, x, mark)
		}
	}
	if !x.live(now) {
		return found{}, fault.New(fault.Unsigned, "identity.fault.signed_out")
	}
	return x.found, nil
}

// session reads a session of a stage, live or not, with its holder.
func (s *Service) session(ctx context.Context, owner journal.ID, hash []byte, stage string) (recalled, error) {
	var x recalled
	f := &x.found
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		var created, seen, idle, expires, factor int64
		err := tx.Row(ctx, `SELECT id, account, device, created, seen, idle, expires, factor FROM identity_session WHERE owner = $1 AND hash = $2 AND stage = $3`,
			owner, hash, stage).Scan(&f.ID, &f.Account, &f.device, &created, &seen, &idle, &expires, &factor)
		if none(err) {
			return fault.New(fault.Unsigned, "identity.fault.signed_out")
		}
		if err != nil {
			return err
		}
		x.idle = time.Duration(idle) * time.Microsecond
		f.Owner, f.Device = owner, f.device
		f.Created, f.Seen, f.Expires, f.Factor = db.Time(created), db.Time(seen), db.Time(expires), db.Time(factor)
		if err := s.holder(ctx, tx, f); err != nil || stage == "full" {
			return err
		}
		return f.pending(ctx, tx)
	})
	return x, err
}

// holder fills in the account behind a session or token, which must be active now, and its roles.
func (s *Service) holder(ctx context.Context, tx db.Tx, f *found) error {
	var state State
	err := each(ctx, tx, func(scan func(...any) error) error {
		var role sql.NullString
		err := scan(&state, &f.Zone, &f.Language, &role)
		if role.Valid {
			f.roles = append(f.roles, access.Role(role.String))
		}
		return err
	}, `SELECT a.state, a.zone, a.language, g.role FROM identity_account a
		LEFT JOIN identity_grant g ON g.owner = a.owner AND g.account = a.id AND g.state = 'active'
		WHERE a.owner = $1 AND a.id = $2 ORDER BY g.role`, f.Owner, f.Account)
	if err != nil {
		return err
	}
	if state != Active {
		return fault.New(fault.Unsigned, "identity.fault.signed_out")
	}
	f.roles = slices.Compact(f.roles)
	return nil
}

// pending fills in what the second step of a sign-in needs of the account.
func (f *found) pending(ctx context.Context, tx db.Tx) (err error) {
	if f.account, err = load(ctx, tx, f.Owner, f.Account); err != nil {
		return err
	}
	f.login, err = loginToken(ctx, tx, f.Owner, f.Account)
	return err
}

// Authenticate says who makes a request: by its session cookie, or by an API token in "Authorization: Bearer". A
// request with neither, or whose session has ended, gets Unsigned.
func (s *Service) Authenticate(r *http.Request) (access.Actor, Session, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		token, ok := strings.CutPrefix(h, "Bearer ")
		if !ok {
			return access.Actor{}, Session{}, fault.New(fault.Unsigned, "identity.fault.signed_out")
		}
		return s.byToken(r.Context(), strings.TrimSpace(token))
	}
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return access.Actor{}, Session{}, fault.New(fault.Unsigned, "identity.fault.signed_out")
	}
	return s.byCookie(r.Context(), c.Value)
}

func (s *Service) byCookie(ctx context.Context, value string) (access.Actor, Session, error) {
	b, ok := parseBearer(value)
	if !ok {
		return access.Actor{}, Session{}, fault.New(fault.Unsigned, "identity.fault.signed_out")
	}
	f, err := s.lookup(ctx, b, "full")
	if err != nil {
		return access.Actor{}, Session{}, err
	}
	if now := s.now(); now.Sub(f.Seen) >= seenEvery {
		err := s.c.DB.Write(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE identity_session SET seen = $3 WHERE owner = $1 AND hash = $2 AND seen < $3`, b.owner, b.hash("session"), db.Micros(now))
			return err
		})
		if err != nil {
			return access.Actor{}, Session{}, err
		}
		f.Seen = now
	}
	a, err := s.actor(f)
	return a, f.Session, err
}

func (s *Service) actor(f found) (access.Actor, error) {
	o, err := s.c.Owner(f.Owner)
	return access.Actor{ID: f.Account, Owner: f.Owner, Office: o.Office, Roles: f.roles}, err
}

// SignedIn is Authenticate as page.Config.SignIn wants it: false when nobody is signed in. An API token must have the
// scope that the request's method asks for: read for GET and HEAD, write for the others.
func (s *Service) SignedIn(r *http.Request) (access.Actor, bool, error) {
	a, x, err := s.Authenticate(r)
	if err == nil {
		scope := ScopeWrite
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			scope = ScopeRead
		}
		err = x.Allows(scope)
	}
	if fault.Is(err, fault.Unsigned) {
		return access.Actor{}, false, nil
	}
	return a, err == nil, err
}

// Pending says whether a request carries a sign-in that waits for its second factor, and gives its token for Factor.
func (s *Service) Pending(r *http.Request) (string, bool) {
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return "", false
	}
	b, ok := parseBearer(c.Value)
	if !ok {
		return "", false
	}
	_, err = s.lookup(r.Context(), b, "factor")
	return c.Value, err == nil
}

// Cookie carries a token from SignIn or Factor. It lives as long as the browser's window; the server ends it sooner.
func (s *Service) Cookie(token string) *http.Cookie {
	return &http.Cookie{Name: s.cookie, Value: token, Path: "/", Secure: !s.c.Insecure, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}

// NoCookie removes the cookie from the browser.
func (s *Service) NoCookie() *http.Cookie {
	c := s.Cookie("")
	c.MaxAge = -1
	return c
}

// SignOut ends the session that a request carries, whatever its stage. No session is no error.
func (s *Service) SignOut(r *http.Request) error {
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return nil
	}
	b, ok := parseBearer(c.Value)
	if !ok {
		return nil
	}
	return s.c.DB.Write(r.Context(), func(tx db.Tx) error {
		_, err := tx.Exec(r.Context(), `DELETE FROM identity_session WHERE owner = $1 AND hash = $2`, b.owner, b.hash("session"))
		return err
	})
}

// Sessions lists one's own live sessions, newest first.
func (s *Service) Sessions(ctx context.Context, who access.Actor) ([]Session, error) {
	var out []Session
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		return each(ctx, tx, func(scan func(...any) error) error {
			x := Session{Owner: who.Owner, Account: who.ID}
			var created, seen, expires, factor int64
			err := scan(&x.ID, &x.Device, &created, &seen, &expires, &factor)
			x.Created, x.Seen, x.Expires, x.Factor = db.Time(created), db.Time(seen), db.Time(expires), db.Time(factor)
			out = append(out, x)
			return err
		}, `SELECT id, device, created, seen, expires, factor FROM identity_session
			WHERE owner = $1 AND account = $2 AND stage = 'full' AND expires > $3 AND seen + idle > $3 ORDER BY created DESC, id`,
			who.Owner, who.ID, db.Micros(s.now()))
	})
	return out, err
}

// Revoke ends one of one's own sessions, at once.
func (s *Service) Revoke(ctx context.Context, who access.Actor, session journal.ID) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM identity_session WHERE owner = $1 AND account = $2 AND id = $3`, who.Owner, who.ID, session)
		if err == nil && n == 0 {
			err = fault.New(fault.NotFound, "identity.fault.no_session")
		}
		if err != nil {
			return err
		}
		return s.record(ctx, tx, EventSessionsRevoked, who.Owner, who.ID, who.ID, journal.ID{})
	})
}

// RevokeAll ends all of one's own sessions, this one included.
func (s *Service) RevokeAll(ctx context.Context, who access.Actor) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := s.dropSessions(ctx, tx, who.Owner, who.ID); err != nil {
			return err
		}
		return s.record(ctx, tx, EventSessionsRevoked, who.Owner, who.ID, who.ID, journal.ID{})
	})
}

// dropSessions ends all sessions of an account, half-way sign-ins included.
func (s *Service) dropSessions(ctx context.Context, tx db.Tx, owner, account journal.ID) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_session WHERE owner = $1 AND account = $2`, owner, account)
	return err
}

// StepUp proves the second factor again for a running session, which then counts as recent. In a demo, an account
// without one gives its password.
func (s *Service) StepUp(ctx context.Context, x Session, code, address string) error {
	if x.Token {
		return fault.New(fault.Denied, "identity.fault.step_up")
	}
	o, a, err := s.own(ctx, x)
	if err != nil {
		return err
	}
	counters, err := s.chargeAccount(ctx, x.Owner, x.Account, address)
	if err != nil {
		return err
	}
	byPassword := s.passwordOnly(a)
	if byPassword && s.checkCurrent(ctx, o, a, code) != nil {
		return fault.New(fault.Unsigned, "identity.fault.code")
	}
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		if !byPassword {
			if _, err := s.proveFactor(ctx, tx, x.Owner, x.Account, code); err != nil {
				return err
			}
		}
		if err := refund(ctx, tx, counters...); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE identity_session SET factor = $4 WHERE owner = $1 AND account = $2 AND id = $3`, x.Owner, x.Account, x.ID, db.Micros(s.now()))
		return err
	})
}

// chargeAccount charges an attempt by somebody already signed in.
func (s *Service) chargeAccount(ctx context.Context, owner, account journal.ID, address string) ([]counter, error) {
	var token []byte
	err := s.c.DB.Read(ctx, func(tx db.Tx) (err error) {
		token, err = loginToken(ctx, tx, owner, account)
		return err
	})
	if err != nil {
		return nil, err
	}
	counters := []counter{s.addressKey(address), loginKey(token)}
	return counters, s.charge(ctx, counters...)
}

// DeviceOf makes coarse words of a browser's user agent, enough for a person to recognise a session and too little
// to follow anyone by: one of a few browsers, one of a few systems. It is "" for what is no browser.
func DeviceOf(userAgent string) string {
	pick := func(pairs ...string) string {
		for i := 0; i+1 < len(pairs); i += 2 {
			if strings.Contains(userAgent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	browser := pick("Firefox/", "Firefox", "Edg", "Edge", "OPR/", "Opera", "Chrome/", "Chrome", "Safari/", "Safari")
	system := pick("Android", "Android", "iPhone", "iPhone", "iPad", "iPad", "Windows", "Windows", "Mac OS", "macOS", "Linux", "Linux")
	if browser == "" || system == "" {
		return browser
	}
	return browser + ", " + system
}

// OwnerOf tells which office a request belongs to by what it carries: a session's cookie, or the link that somebody
// starts with. It proves nothing and asks no database; zero when the request says nothing.
func (s *Service) OwnerOf(r *http.Request) journal.ID {
	if secret, ok := strings.CutPrefix(r.URL.Path, linkPath); ok {
		b, _ := parseBearer(secret)
		return b.owner
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "+tokenPrefix); ok {
		b, _ := parseBearer(token)
		return b.owner
	}
	c, err := r.Cookie(s.cookie)
	if err != nil {
		return journal.ID{}
	}
	b, _ := parseBearer(c.Value)
	return b.owner
}

// EndAll ends every session, API token and unused link of an owner, after a restore: what was revoked since the
// backup must not come back to life. Who was invited then needs a new link.
func (s *Service) EndAll(ctx context.Context, owner journal.ID) error {
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		for _, table := range []string{"identity_session", "identity_token", "identity_link"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE owner = $1`, owner); err != nil {
				return err
			}
		}
		return nil
	})
}
