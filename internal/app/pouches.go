// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// PouchOutIn asks for what waits for a partner, for somebody to take along.
type PouchOutIn struct {
	Of
	Partner journal.ID `json:"partner"`
	As      string     `json:"as,omitempty"` // file | mail | text; empty is file
}

// opPouchOut fills a pouch. Bytes is empty when nothing waits.
func opPouchOut(ctx context.Context, n *Node, in PouchOutIn) (pouch.Filled, error) {
	w, o, err := n.operatorOf(in.Owner)
	if err != nil {
		return pouch.Filled{}, err
	}
	as, room := map[string]string{"": "file", "file": "file", "mail": "mail", "text": "codes"}[in.As], pouch.MaxFile
	switch as {
	case "":
		return pouch.Filled{}, fault.Bad("as", "fault.invalid")
	case "codes":
		room = pouch.MaxCodes
	}
	f, err := pouch.Fill(ctx, n.Post, o.ID, in.Partner, room, 0)
	if err != nil || f.Bytes == nil {
		return f, err
	}
	if err := pouch.Note(ctx, n.Store, w, in.Partner, as, f); err != nil {
		return f, err
	}
	switch in.As {
	case "mail":
		f.Bytes, f.Name = pouch.Mail(f.Name, f.Bytes, n.pouchWords(o), n.Clock.Now()), strings.TrimSuffix(f.Name, pouch.Ext)+".eml"
	case "text":
		c, err := pouch.Print(f.Bytes)
		if err != nil {
			return f, err
		}
		f.Bytes, f.Name = []byte(c.Typed()), strings.TrimSuffix(f.Name, pouch.Ext)+".txt"
	}
	return f, nil
}

// pouchWords are what stands around a pouch in an e-mail, in the office's language.
func (n *Node) pouchWords(o Owner) pouch.Words {
	l := n.Bundle.Locale(o.Language, time.UTC)
	return pouch.Words{Subject: l.T("pouch.mail.subject"), Text: l.T("pouch.mail.text"), Language: l.Tag()}
}

// PouchIn is what somebody brought: pouches, e-mails that carry some, texts with codes.
type PouchIn struct {
	Of
	Files []pouch.File `json:"files"`
}

func opPouchIn(ctx context.Context, n *Node, in PouchIn) (pouch.Report, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return pouch.Report{}, err
	}
	return pouch.Bring(ctx, n.Post, o.ID, in.Files...)
}
