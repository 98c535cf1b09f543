// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"

	"github.com/entraide-thb/entraide/internal/exchange/desk"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// carried gives the hashes of the legal texts that an office's sharing terms carry out now. The post, which knows the terms, reads
// them: what is told is that an agreement is carried out, and nothing of how.
func (n *Node) carried(ctx context.Context, owner journal.ID) (map[string]bool, error) {
	who, err := n.postForExchange(owner)
	if err != nil {
		return nil, err
	}
	return terms.Carried(ctx, n.Store, who, n.Clock.Now())
}

// signedAgreements lists the agreements that people have signed, for terms that carry them out. Their files are for those who run
// the programme.
func (n *Node) signedAgreements(ctx context.Context, r *page.Request) ([]desk.Agreement, error) {
	who := register.As(r)
	rows, err := agreement.List(ctx, n.Store, who)
	if err != nil {
		return nil, err
	}
	var out []desk.Agreement
	for _, row := range rows {
		file := row.V.File
		if file == "" {
			file = row.V.FileThere
		}
		if file == "" {
			continue
		}
		o, err := n.Store.Open(ctx, who, store.Ref{Kind: access.KindAgreement, ID: row.ID})
		if err != nil {
			return nil, err
		}
		a := o.State.(agreement.Agreement)
		v, _ := a.Version(a.Signature.Hash)
		if v.Hash == "" {
			v = a.Last()
		}
		x := desk.Agreement{File: file, Name: row.V.Code + ".pdf", Title: row.V.Code + " · " + row.V.Title.In(r.L.Tag()).Text, Href: agreement.Path + "/" + row.ID.String() + "/versions/" + v.Hash, Gaps: len(agreement.Gaps(v.Paragraphs))}
		if register.MayEdit(r) {
			x.Bytes = func(ctx context.Context) ([]byte, error) { return agreement.Copy(ctx, n.Store, who, a, file) }
		}
		out = append(out, x)
	}
	return out, nil
}
