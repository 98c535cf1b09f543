// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/liaison/permission"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/proceeding"
)

var pieceField = regexp.MustCompile(`name="piece" value="([^"]+)"`)

// arrives sends the court a request under handling codes, which the judge takes, and gives the message that brought it.
func (b *bureaux) arrives(handling ...string) journal.ID {
	b.Helper()
	b.id = b.n.newID()
	b.at = request.Path + "/" + b.id.String()
	form := b.asked()
	form["handling"] = handling
	if a := b.post(b.ana, request.Path+"/new", form); a.code != http.StatusSeeOther {
		b.Fatalf("drafting: %d %s", a.code, a.body)
	}
	b.does(b.ben, "send", nil)
	b.does(b.judge, "take", nil)
	return b.state(b.judge).Message
}

// TestEvidenceUnderH1IsUsedByPermissionOnly: what came under H1 is used in a proceeding on its owner's permission and not without, at the
// door as on the page, by who works on it; the use is noted in the permission, and the proceeding says when that does not hold any
// more. What came under another code is used freely.
func TestEvidenceUnderH1IsUsedByPermissionOnly(t *testing.T) {
	b := newBureaux(t)
	free := b.arrives("H0")
	freely := b.id
	bound := b.arrives("H1")
	a := &permitted{desks: &desks{world: b.world}}
	at := b.opens(b.judge, "TH-1/2025")
	use := func(v *visitor, in string, message journal.ID) reply {
		t.Helper()
		for _, m := range pieceField.FindAllStringSubmatch(b.get(v, in+"/use").body, -1) {
			if strings.HasSuffix(m[1], message.String()) {
				return b.writes(v, in, "use", "piece", m[1])
			}
		}
		return reply{}
	}
	door := func(v *visitor, in string, e proceeding.Evidence) error {
		id, err := journal.ParseID(strings.TrimPrefix(in, proceeding.Path+"/"))
		b.must(err)
		_, err = b.n.Store.Append(b.Context(), v.who(access.ForIdentification), store.Ref{Kind: access.KindProceeding, ID: id}, store.Draft{Type: proceeding.EvidenceType, Payload: e})
		return err
	}
	a.want(b.judge, at, []string{"Evidence from other offices", "Nothing that another office sent is used"})
	if r := use(b.judge, at, bound); r.code != http.StatusConflict || !strings.Contains(r.body, "not to be used in court without its owner’s permission") {
		t.Fatalf("used without a permission: %d", r.code)
	}
	of := proceeding.Evidence{Kind: access.KindRequest, Thing: b.id, Message: bound}
	named := of
	named.Permit = b.n.newID()
	for what, e := range map[string]proceeding.Evidence{"no permission": of, "one that does not exist": named, "what never came": {Kind: access.KindRequest, Thing: b.id, Message: b.n.newID()}, "of another kind": {Kind: access.KindProceeding, Thing: b.id, Message: bound},
		"what asks for none, on one that does not exist": {Kind: access.KindRequest, Thing: freely, Message: free, Permit: named.Permit}} {
		if err := door(b.judge, at, e); !fault.Is(err, fault.Guarded) {
			t.Errorf("at the door, %s: %v", what, err)
		}
	}
	if r := use(b.judge, at, free); r.code != http.StatusSeeOther {
		t.Errorf("what asks for no permission: %d %s", r.code, r.body)
	}
	a.want(b.judge, at, []string{"Request from Office in border", "asks for no permission", request.Path + "/" + freely.String()})
	theirs := b.opens(b.clerk, "TH-2/2025")
	if err := door(b.clerk, theirs, proceeding.Evidence{Kind: access.KindRequest, Thing: freely, Message: free}); !fault.Is(err, fault.Guarded) {
		t.Errorf("by somebody who does not work on it: %v", err)
	}
	a.want(b.clerk, theirs+"/use", []string{"There is nothing to choose from."}, "Office in border", "Use in this proceeding")

	permit := b.n.newID()
	if r := b.post(b.judge, permission.Path+"/new", url.Values{"dossier": {permit.String()}, "entry": {b.n.newID().String()}, "kind": {"request"}, "thing": {b.id.String()}, "of": {bound.String()}, "for": {permission.Court}, "reason": {"evidence"}, "due": {"2026-03-20"}}); r.code != http.StatusSeeOther {
		t.Fatalf("asking: %d %s", r.code, r.body)
	}
	b.deliver()
	named.Permit = permit
	if err := door(b.judge, at, named); !fault.Is(err, fault.Guarded) {
		t.Errorf("asked for, and used before it is answered: %v", err)
	}
	a.does(b.ana, permit, "answer", url.Values{"granted": {"yes"}, "second": {b.ben.id.String()}})
	a.does(b.ben, permit, "send", nil)
	if r := use(b.judge, at, bound); r.code != http.StatusSeeOther {
		t.Fatalf("with a permission: %d %s", r.code, r.body)
	}
	if s := a.state(b.judge, permit); s.Used != 1 {
		t.Errorf("noted %d times", s.Used)
	}
	a.want(b.judge, at, []string{"owner’s permission: granted", b.at, "Evidence from another office noted"})
	if r := use(b.judge, at, bound); r.code != 0 {
		t.Errorf("offered, or used, twice: %d", r.code)
	}
	if err := door(b.judge, at, named); !fault.Is(err, fault.Invalid) {
		t.Errorf("twice at the door: %v", err)
	}
	a.does(b.ana, permit, "withdraw", url.Values{"reason": {"conditions_broken"}})
	a.want(b.judge, at, []string{"owner’s permission: taken back"}, "permission: granted")
	if err := door(b.judge, b.opens(b.judge, "TH-3/2025"), named); !fault.Is(err, fault.Guarded) {
		t.Errorf("on a permission that was taken back: %v", err)
	}
	b.does(b.ana, "withdraw", url.Values{"reason": {"no_longer_needed"}})
	a.want(b.judge, at, []string{"its owner took it back: it is not to be used"})
	for _, m := range pieceField.FindAllStringSubmatch(b.get(b.judge, at+"/unuse").body, -1) {
		if r := b.writes(b.judge, at, "unuse", "piece", m[1]); r.code != http.StatusSeeOther {
			t.Errorf("putting it aside: %d %s", r.code, r.body)
		}
	}
	a.want(b.judge, at, []string{"Nothing that another office sent is used"}, b.at)
}
