// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"bytes"
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// factorLife is how long one may take between the password and the second factor.
const factorLife = 5 * time.Minute

// refused is the one answer to a wrong login, a wrong password and an account that may not sign in.
func refused() error { return fault.New(fault.Unsigned, "identity.fault.refused") }

// SignIn checks login and password, and gives a token that is good for Factor only. whole says that it is a session's
// already, which happens only in a demo for an account without a second factor. An unknown login costs the same work
// as a wrong password and gets the same answer. address is the client's, for the back-off; device is what DeviceOf
// made of its browser.
func (s *Service) SignIn(ctx context.Context, login, password, address, device string) (token string, whole bool, err error) {
	o, a, key, err := s.checkPair(ctx, login, password, address)
	if err != nil {
		return "", false, err
	}
	whole = s.passwordOnly(a)
	if !whole && len(a.factor) == 0 {
		return "", false, refused() // made for a demo; this host is none
	}
	var b bearer
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		current, err := load(ctx, tx, o.ID, a.id)
		if err != nil {
			return err
		}
		if current.state != Active || !bytes.Equal(current.password, a.password) {
			return refused() // suspended, or the password was changed, while we computed
		}
		if err := refund(ctx, tx, s.addressKey(address), key); err != nil {
			return err
		}
		if !whole {
			b, err = s.insertSession(ctx, tx, a, "factor", device, time.Time{})
			return err
		}
		if b, err = s.insertSession(ctx, tx, a, "full", device, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, EventSessionOpened, o.ID, a.id, a.id, journal.ID{})
	})
	return b.String(), whole, err
}

// passwordOnly says whether an account of a demo signs in without a second factor.
func (s *Service) passwordOnly(a row) bool { return s.c.Demo && len(a.factor) == 0 }

// checkPair checks a login with its password, at the same cost whether the login exists or not.
func (s *Service) checkPair(ctx context.Context, login, password, address string) (Owner, row, counter, error) {
	fail := func(err error) (Owner, row, counter, error) { return Owner{}, row{}, counter{}, err }
	token := s.hostToken("login", normalLogin(login))
	key := loginKey(token)
	if err := s.charge(ctx, s.addressKey(address), key); err != nil {
		return fail(err)
	}
	if len(password) > maxPassword {
		return fail(refused())
	}
	o, a, err := s.byLogin(ctx, token)
	if err != nil {
		return fail(err)
	}
	phc := ""
	if a.state == Active {
		if phc, err = open(o.Keys, "password", a.id, a.password); err != nil {
			return fail(err)
		}
	}
	match, stale, err := s.hasher.verify(ctx, phc, password)
	if err != nil {
		return fail(err)
	}
	if !match {
		return fail(refused())
	}
	if stale {
		if a.password, err = s.rehash(ctx, o, a, password); err != nil {
			return fail(err)
		}
	}
	return o, a, key, nil
}

// byLogin finds an account by login token. An unknown one gives a zero row and no error.
func (s *Service) byLogin(ctx context.Context, token []byte) (Owner, row, error) {
	var a row
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		var owner, account journal.ID
		err := tx.Row(ctx, `SELECT owner, account FROM identity_login WHERE token = $1`, token).Scan(&owner, &account)
		if none(err) {
			return nil
		}
		if err == nil {
			a, err = load(ctx, tx, owner, account)
		}
		return err
	})
	if err != nil || a.id.IsZero() {
		return Owner{}, a, err
	}
	o, err := s.c.Owner(a.owner)
	return o, a, err
}

// rehash replaces a hash made with older costs, unless the password has changed meanwhile. It gives the
// sealed new hash.
func (s *Service) rehash(ctx context.Context, o Owner, a row, password string) ([]byte, error) {
	phc, err := s.hasher.hash(ctx, password)
	if err != nil {
		return nil, err
	}
	sealed, err := seal(o.Keys, "password", a.id, phc)
	if err != nil {
		return nil, err
	}
	return sealed, s.c.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE identity_account SET password = $3 WHERE owner = $1 AND id = $2 AND password = $4`, a.owner, a.id, sealed, a.password)
		return err
	})
}

// Factor completes a sign-in with six digits or a recovery code, and gives the session's token: a new one, so
// that a token planted before the sign-in is worth nothing. A code works once, a recovery code too.
func (s *Service) Factor(ctx context.Context, pending, code, address string) (string, Session, error) {
	b, ok := parseBearer(pending)
	if !ok {
		return "", Session{}, refused()
	}
	found, err := s.lookup(ctx, b, "factor")
	if err != nil {
		return "", Session{}, err
	}
	if err := s.charge(ctx, s.addressKey(address), loginKey(found.login)); err != nil {
		return "", Session{}, err
	}
	var next bearer
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		n, err := tx.Exec(ctx, `DELETE FROM identity_session WHERE owner = $1 AND hash = $2 AND stage = 'factor'`, b.owner, b.hash("session"))
		if err == nil && n == 0 {
			err = refused()
		}
		if err != nil {
			return err
		}
		typ, err := s.proveFactor(ctx, tx, b.owner, found.account.id, code)
		if err != nil {
			return err
		}
		if err := clearFailures(ctx, tx, loginKey(found.login)); err != nil {
			return err
		}
		if err := refund(ctx, tx, s.addressKey(address)); err != nil {
			return err
		}
		if next, err = s.insertSession(ctx, tx, found.account, "full", found.device, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, typ, b.owner, found.account.id, found.account.id, journal.ID{})
	})
	if err != nil {
		return "", Session{}, err
	}
	_, sess, err := s.byCookie(ctx, next.String())
	return next.String(), sess, err
}

// proveFactor uses up a code in a transaction. It gives the event type of a sign-in by it.
func (s *Service) proveFactor(ctx context.Context, tx db.Tx, owner, account journal.ID, code string) (string, error) {
	wrong := fault.New(fault.Unsigned, "identity.fault.code")
	a, err := load(ctx, tx, owner, account)
	if err != nil {
		return "", err
	}
	if a.state != Active {
		return "", refused()
	}
	if looksLikeRecovery(code) {
		n, err := tx.Exec(ctx, `DELETE FROM identity_recovery WHERE owner = $1 AND account = $2 AND hash = $3`, owner, account, recoveryHash(owner, account, code))
		if err == nil && n != 1 {
			err = wrong
		}
		return EventRecoveryUsed, err
	}
	o, err := s.c.Owner(owner)
	if err != nil {
		return "", err
	}
	secret, err := open(o.Keys, "factor", account, a.factor)
	if err != nil {
		return "", err
	}
	step, ok := matchStep(secret, code, s.now(), a.step)
	if !ok {
		return "", wrong
	}
	n, err := tx.Exec(ctx, `UPDATE identity_account SET step = $3 WHERE owner = $1 AND id = $2 AND step < $3`, owner, account, step)
	if err == nil && n != 1 {
		err = wrong
	}
	return EventSessionOpened, err
}
