// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"bytes"
	"context"

	xlang "golang.org/x/text/language"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// ChangePassword replaces one's own password. The session must be recent and the current password right. All
// sessions and API tokens of the account end; the returned token opens a new session for this browser.
func (s *Service) ChangePassword(ctx context.Context, x Session, current, next, address string) (string, error) {
	if err := x.Recent(s.now()); err != nil {
		return "", err
	}
	o, a, err := s.own(ctx, x)
	if err != nil {
		return "", err
	}
	login, err := open(o.Keys, "login", a.id, a.login)
	if err != nil {
		return "", err
	}
	var fs fault.Fields
	checkPassword(&fs, "password", next, login)
	if err := fs.Err(); err != nil {
		return "", err
	}
	counters, err := s.chargeAccount(ctx, x.Owner, x.Account, address)
	if err != nil {
		return "", err
	}
	if err := s.checkCurrent(ctx, o, a, current); err != nil {
		return "", err
	}
	phc, err := s.hasher.hash(ctx, next)
	if err != nil {
		return "", err
	}
	sealed, err := seal(o.Keys, "password", a.id, phc)
	if err != nil {
		return "", err
	}
	var b bearer
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		now, err := load(ctx, tx, x.Owner, x.Account)
		if err != nil {
			return err
		}
		if now.state != Active || !bytes.Equal(now.password, a.password) {
			return fault.New(fault.Unsigned, "identity.fault.signed_out") // changed or suspended meanwhile
		}
		now.password = sealed
		if err := s.save(ctx, tx, now); err != nil {
			return err
		}
		if err := s.dropSessions(ctx, tx, x.Owner, x.Account); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM identity_token WHERE owner = $1 AND account = $2`, x.Owner, x.Account); err != nil {
			return err
		}
		if err := refund(ctx, tx, counters...); err != nil {
			return err
		}
		if b, err = s.insertSession(ctx, tx, now, "full", x.Device, x.Factor); err != nil {
			return err
		}
		return s.record(ctx, tx, EventPasswordChanged, x.Owner, x.Account, x.Account, journal.ID{})
	})
	if err != nil {
		return "", err
	}
	return b.String(), nil
}

// own loads the account of a session with its owner.
func (s *Service) own(ctx context.Context, x Session) (Owner, row, error) {
	var a row
	err := s.c.DB.Read(ctx, func(tx db.Tx) (err error) {
		a, err = load(ctx, tx, x.Owner, x.Account)
		return err
	})
	if err != nil {
		return Owner{}, a, err
	}
	o, err := s.c.Owner(x.Owner)
	return o, a, err
}

// checkCurrent checks an account's present password.
func (s *Service) checkCurrent(ctx context.Context, o Owner, a row, password string) error {
	wrong := fault.Bad("current_password", "identity.password.wrong")
	if len(password) > maxPassword {
		return wrong
	}
	phc, err := open(o.Keys, "password", a.id, a.password)
	if err != nil {
		return err
	}
	match, _, err := s.hasher.verify(ctx, phc, password)
	if err == nil && !match {
		err = wrong
	}
	return err
}

// NewRecoveryCodes replaces one's recovery codes and gives the eight new ones, once.
func (s *Service) NewRecoveryCodes(ctx context.Context, x Session) ([]string, error) {
	if err := x.Recent(s.now()); err != nil {
		return nil, err
	}
	codes, err := newRecoveryCodes(s.c.Random)
	if err != nil {
		return nil, err
	}
	err = s.c.DB.Write(ctx, func(tx db.Tx) error {
		if err := putRecoveryCodes(ctx, tx, x.Owner, x.Account, codes); err != nil {
			return err
		}
		return s.record(ctx, tx, EventCodesReplaced, x.Owner, x.Account, x.Account, journal.ID{})
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RecoveryLeft counts one's unused recovery codes.
func (s *Service) RecoveryLeft(ctx context.Context, x Session) (int, error) {
	var n int
	err := s.c.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT COUNT(*) FROM identity_recovery WHERE owner = $1 AND account = $2`, x.Owner, x.Account).Scan(&n)
	})
	return n, err
}

// SetPreferences sets one's own time zone (IANA name) and language (BCP 47 tag); "" takes the office's.
func (s *Service) SetPreferences(ctx context.Context, x Session, zone, language string) error {
	var fs fault.Fields
	checkPreferences(&fs, zone, language)
	if err := fs.Err(); err != nil {
		return err
	}
	return s.c.DB.Write(ctx, func(tx db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE identity_account SET zone = $3, language = $4, updated = $5 WHERE owner = $1 AND id = $2`,
			x.Owner, x.Account, zone, language, db.Micros(s.now()))
		if err != nil {
			return err
		}
		return s.record(ctx, tx, EventPreferences, x.Owner, x.Account, x.Account, journal.ID{})
	})
}

func checkPreferences(fs *fault.Fields, zone, language string) {
	if zone != "" {
		if _, err := clock.Zone(zone); err != nil {
			fs.Add("zone", "identity.zone.form")
		}
	}
	if language != "" {
		if _, err := xlang.Parse(language); err != nil {
			fs.Add("language", "identity.language.form")
		}
	}
}
