// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/consent"
)

// smallSecrets are where a node keeps what is sealed under the newest root itself.
var smallSecrets = map[string]string{
	"login": `SELECT login FROM identity_account WHERE owner = $1`, "name": `SELECT name FROM identity_account WHERE owner = $1`,
	"password": `SELECT password FROM identity_account WHERE owner = $1`, "authenticator": `SELECT factor FROM identity_account WHERE owner = $1`,
	"token": `SELECT label FROM identity_token WHERE owner = $1`, "post": `SELECT sealed FROM post_secret WHERE owner = $1`, "held": `SELECT sealed FROM post_held WHERE owner = $1`,
	"copy": `SELECT copy FROM post_out WHERE owner = $1 AND copy IS NOT NULL`,
}

// under counts an owner's values of a query whose root is the one given, and others'; empty values are not sealed.
func (a *archived) under(query string, owner Owner, root []byte) (these, others int) {
	a.Helper()
	a.must(a.n.DB.Read(a.Context(), func(tx dbTx) error {
		rows, err := tx.Query(a.Context(), query, owner.ID)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var b []byte
			if err := rows.Scan(&b); err != nil {
				return err
			}
			switch {
			case len(b) == 0:
			case bytes.HasPrefix(b, root):
				these++
			default:
				others++
			}
		}
		return rows.Err()
	}))
	return these, others
}

// label signs in and makes a token, which has a label.
func (v *visitor) label() {
	v.w.Helper()
	v.signIn()
	r := httptest.NewRequest("GET", "/", nil)
	r.AddCookie(v.cookie)
	_, session, err := v.w.n.Identity.Authenticate(r)
	v.w.must(err)
	_, err = v.w.n.Identity.NewToken(v.w.Context(), session, "label", v.roles, []identity.Scope{identity.ScopeRead}, time.Hour)
	v.w.must(err)
}

// TestRotationSealsSmallSecretsAgain rotates the keys of an office that holds a withdrawal back, while another waits in its outbox:
// nothing stays under an older root, people sign in as before, and both withdrawals arrive.
func TestRotationSealsSmallSecretsAgain(t *testing.T) {
	databases(t, func(t *testing.T, database string) {
		a := newArchived(t)
		_, err := a.n.Identity.Seed(t.Context(), a.offices["athens"].ID, []identity.Seeded{{Name: "Worker boris", Login: "boris", Password: password, Secret: "JBSWY3DPEHPK3PXP", Roles: []access.Role{access.CaseManager}}})
		a.must(err)
		waits := a.hand("Second")
		a.write(a.ana, access.KindPerson, waits.id, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: waits.receipt, By: consent.ByPerson}})
		folder, _, err := a.restore(a.make().Data, database)
		a.must(err)
		r, athens := a.on(folder), a.offices["athens"]
		ana := *r.ana
		ana.w = r.world
		ana.label()
		r.write(r.ana, access.KindPerson, a.file.id, store.Draft{Type: "consent.withdrawn", Payload: consent.Ended{Receipt: a.file.receipt, By: consent.ByPerson}})
		was, err := r.n.keys[athens.ID].Seal("test", nil)
		a.must(err)
		rotated, err := r.n.RotateKeys(t.Context(), Unlocking{With: []age.Identity{a.key}, To: []age.Recipient{a.key.(*age.X25519Identity).Recipient()}})
		a.must(err)
		is, err := r.n.keys[athens.ID].Seal("test", nil)
		a.must(err)
		const size = 8
		if bytes.Equal(was[:size], is[:size]) || rotated.Owners[0].Secrets == 0 {
			t.Fatalf("nothing was rotated: %+v", rotated)
		}
		for what, query := range smallSecrets {
			these, others := r.under(query, athens, is[:size])
			if others > 0 || these == 0 {
				t.Errorf("%s: %d under the new root, %d under others", what, these, others)
			}
		}
		a.must(r.n.Close())
		r = a.on(folder) // with the keyring from the file
		ana.w = r.world
		ana.signIn()
		_, err = opResume(t.Context(), r.n, ResumeIn{Reason: "Nobody kept anything; Ana and Bo decided on 2 March."})
		a.must(err)
		r.deliver()
		for _, f := range []file{a.file, waits} {
			if o := r.person(f).Referral.Out[0]; len(o.Recalls) != 1 || o.Recalls[0].Answered.IsZero() {
				t.Errorf("no confirmation came: %+v", o.Recalls)
			}
		}
	})
}

// TestRetiredRootsAreDestroyed rotates twice: as long as a backup from before the last rotation lies on the shelf nothing is
// destroyed; afterwards the older root is gone from the keyring's file, and the office opens and its people sign in.
func TestRetiredRootsAreDestroyed(t *testing.T) {
	a := newArchived(t)
	athens := a.offices["athens"].ID
	u := Unlocking{With: []age.Identity{a.key}, To: []age.Recipient{a.key.(*age.X25519Identity).Recipient()}}
	rotate := func() {
		t.Helper()
		a.clock.Advance(time.Hour)
		_, err := a.n.RotateKeys(t.Context(), u)
		a.must(err)
	}
	rotate()
	between, err := a.n.keys[athens].Seal("test", []byte("under the root between"))
	a.must(err)
	a.make()
	rotate()
	if _, err := a.n.RetireKeys(t.Context(), u); !fault.Is(err, fault.Guarded) {
		t.Fatalf("with a backup from before: %v", err)
	}
	a.must(os.Remove(a.n.Folder.path("keys", "rotated.json")))
	if _, err := a.n.RetireKeys(t.Context(), u); !fault.Is(err, fault.Guarded) {
		t.Fatalf("without knowing when it was rotated: %v", err)
	}
	rotate()
	files, err := a.shelf.Files()
	a.must(err)
	for _, f := range files {
		a.must(os.Remove(f.Path))
	}
	a.clock.Advance(time.Hour)
	latest := a.make() // from after the rotation: stands in nobody's way
	a.must(os.WriteFile(a.n.Folder.KeyPath(athens)+".before", []byte("an older keyring"), 0o600))
	out, err := a.n.RetireKeys(t.Context(), u)
	a.must(err)
	if !out.OK || out.Owners[0].Destroyed != 2 || out.Owners[0].Roots != 2 {
		t.Fatalf("retired: %+v", out)
	}
	if _, err := os.Stat(a.n.Folder.KeyPath(athens) + ".before"); !os.IsNotExist(err) {
		t.Error("the keyring of before is still there")
	}
	a.world.reopen()
	if a.n.keys[athens].Roots() != 2 {
		t.Errorf("%d roots in the file", a.n.keys[athens].Roots())
	}
	if _, err := a.n.keys[athens].Open("test", between); err == nil {
		t.Error("the destroyed root still opens")
	}
	a.ana.signIn()
	if p, _, err := a.n.Work.Open(t.Context(), a.ana.who(access.ForAssistance), a.file.id); err != nil || p.Identity.Names[0] != "NamedFirst" {
		t.Errorf("the file: %v", err)
	}
	if _, r, err := a.restore(latest.Data, "file"); err != nil || !r.OK {
		t.Errorf("the backup from after the rotation: %+v %v", r, err)
	}
}
