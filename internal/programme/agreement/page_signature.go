// SPDX-License-Identifier: EUPL-1.2

package agreement

import (
	"context"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// mostBody is the largest signed file that a page takes, with the form around it.
const mostBody = store.MaxBlob + 64<<10

// uploaded reads an uploaded PDF.
func uploaded(r *page.Request) ([]byte, error) {
	u, ok, err := r.Upload("file")
	if err == nil && (!ok || !isPDF(u.Bytes)) {
		err = fault.Bad("file", "agreement.want.file")
	}
	return u.Bytes, err
}

type signatureTyped struct {
	Entry journal.ID `form:"entry"`
	On    string     `form:"on"`
	By    string     `form:"by"`
}

func (c Config) signatureForm(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.toChange(ctx, r)
	if err == nil && a.State() != Initialled {
		err = fault.New(fault.Guarded, "agreement.guard."+string(a.State()))
	}
	if err != nil {
		return nil, err
	}
	return signatureView(r, a, signatureTyped{Entry: c.Store.NewID(), On: party.OnDay(r.Now.In(r.Zone)).String(), By: a.Initials.By}, nil), nil
}

// signaturePage asks for a signature or for a file to be checked.
type filePage struct {
	register.Form
	Done *register.Note
}

func signatureView(r *page.Request, a Agreement, t signatureTyped, bad error) page.Response {
	l := r.L
	d := filePage{Form: register.Form{Title: l.T("agreement.sign"), Lead: l.T("agreement.sign.lead"), Crumbs: crumbs(l, a, l.T("agreement.sign")), Errors: r.Errors(bad), Submit: l.T("register.save"), Cancel: pathOf(a.ID),
		Fields: []register.Field{{Kind: "hidden", Name: "entry", Value: t.Entry.String()}, {Kind: "date", Name: "on", Label: l.T("register.on"), Value: t.On}, {Kind: "text", Name: "by", Label: l.T("agreement.by"), Hint: l.T("agreement.by.sign"), Value: t.By}}}}
	v := page.View("agreement/file", l.T("agreement.sign"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v
}

func (c Config) sign(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.toChange(ctx, r)
	if err != nil {
		return nil, err
	}
	var t signatureTyped
	if err := r.Decode(&t); err != nil {
		return nil, err
	}
	on, err := party.WrittenDate(t.On)
	if err != nil {
		return signatureView(r, a, t, fault.Bad("on", "programme.need.date")), nil
	}
	b, bad := uploaded(r)
	if bad == nil {
		_, bad = c.Store.Append(ctx, register.As(r), store.Ref{Kind: access.KindAgreement, ID: a.ID},
			store.Draft{ID: t.Entry, Type: SignedType, Blob: &store.Blob{Category: journal.PC, Bytes: b},
				Payload: Signature{Hash: a.Initials.Hash, Office: r.Actor.Owner, On: on, By: t.By, File: hashOf(b), Size: len(b), Copy: true}})
	}
	if fault.Is(bad, fault.Invalid) {
		return signatureView(r, a, t, bad), nil
	}
	return page.Redirect(pathOf(a.ID), "agreement.signed.done"), bad
}

func (c Config) verifyForm(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return verifyView(r, a, nil, nil)
}

func verifyView(r *page.Request, a Agreement, done *register.Note, bad error) (page.Response, error) {
	if !a.recorded() {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	l := r.L
	d := filePage{Form: register.Form{Title: l.T("agreement.verify"), Lead: l.T("agreement.verify.lead"), Crumbs: crumbs(l, a, l.T("agreement.verify")), Errors: r.Errors(bad), Submit: l.T("agreement.verify"), Cancel: pathOf(a.ID)}, Done: done}
	v := page.View("agreement/file", l.T("agreement.verify"), d)
	if bad != nil {
		v = page.Status(422, v)
	}
	return v, nil
}

// verify says whether a file is the one whose hash was recorded. It keeps nothing and changes nothing.
func (c Config) verify(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	b, bad := uploaded(r)
	if fault.Is(bad, fault.Invalid) {
		return verifyView(r, a, nil, bad)
	}
	if bad != nil {
		return nil, bad
	}
	file := hashOf(b)
	n := &register.Note{Tone: page.Bad, Title: r.L.T("agreement.verify.other"), Text: file}
	switch file {
	case a.Signature.File:
		n.Tone, n.Title = page.Good, r.L.T("agreement.verify.same")
	case a.SignedThere.File:
		n.Tone, n.Title = page.Good, r.L.T("agreement.verify.same_there")
	}
	return verifyView(r, a, n, nil)
}

// signed gives a signed file that lies here, to be kept elsewhere.
func (c Config) signed(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.toChange(ctx, r)
	if err != nil {
		return nil, err
	}
	b, err := Copy(ctx, c.Store, register.As(r), a, r.PathValue("file"))
	return page.File("agreement-signed.pdf", "application/pdf", b), err
}

// record gives what this office vouches for about the signed file, signed with its key: whoever has its card can check it
// beside the file, without an office and without a network.
func (c Config) record(ctx context.Context, r *page.Request) (page.Response, error) {
	a, err := c.toRead(ctx, r)
	if err == nil && (c.Vouch == nil || !a.recorded()) {
		err = fault.New(fault.NotFound, "fault.not_found")
	}
	if err != nil {
		return nil, err
	}
	b, err := c.Vouch(r.Actor.Owner, a.Record(r.Actor.Owner, r.Now))
	return page.File("agreement-record.json", "application/json", b), err
}

// recorded says whether a signature was recorded on either side.
func (a Agreement) recorded() bool { return a.Signature.File != "" || a.SignedThere.File != "" }
