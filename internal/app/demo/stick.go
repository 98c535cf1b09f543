// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"bytes"
	"context"
	"os"
	"path/filepath"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/pouch"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// carries sends the quarter's figure while no line reaches the programme's office: it travels as a file on a stick, and its
// receipt comes back the same way.
func (t *story) carries(ctx context.Context) error {
	greek, french := t.s.Offices[Greek], t.s.Offices[French]
	if err := french.stop(true); err != nil {
		return err
	}
	if err := greek.ask(ctx, "figure.send", t.figureToSend(), &t.figure); err != nil {
		return err
	}
	stick, err := os.MkdirTemp("", "entraide-stick-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(stick) }()
	there, err := t.takes(ctx, Greek, French, stick)
	if err != nil {
		return err
	}
	t.shows(there.Messages >= 1, "the line is down; %d message of %d bytes lies on a stick as %s", there.Messages, len(there.Bytes), there.Name)
	named := false
	for _, id := range []journal.ID{greek.ID, french.ID} {
		named = named || bytes.Contains(there.Bytes, []byte(id.String())) || bytes.Contains(there.Bytes, id[:])
	}
	t.shows(!named && !bytes.Contains(there.Bytes, []byte(activity)), "the file names neither office, nor what it is about")
	if err := greek.stop(true); err != nil { // so that nothing but the stick can bring it
		return err
	}
	if err := t.s.Resume(ctx, French); err != nil {
		return err
	}
	lost, err := t.brings(ctx, Police, stick)
	if err != nil {
		return err
	}
	t.shows(!lost.OK && lost.Messages == 0, "the police office, which finds the stick, reads nothing of it")
	in, err := t.brings(ctx, French, stick)
	if err != nil {
		return err
	}
	t.shows(in.OK && in.Messages == there.Messages && in.Back >= 1, "the programme's office brings the stick's files in: %d message, taken in", in.Messages)
	again, err := t.brings(ctx, French, stick)
	t.shows(err == nil && again.OK && len(again.Lines) > 0 && again.Lines[0].What == pouch.Again, "brought in twice, it is the same once")
	if _, err := t.takes(ctx, French, Greek, stick); err != nil {
		return err
	}
	if err := t.s.Resume(ctx, Greek); err != nil {
		return err
	}
	back, err := t.brings(ctx, Greek, stick)
	if err != nil {
		return err
	}
	t.shows(back.OK && back.Receipts >= 1, "the stick goes back, and the receipt with it")
	return t.s.Deliver(ctx)
}

// figureToSend is the figure of the activity's referrals.
func (t *story) figureToSend() app.SendFigureIn {
	return app.SendFigureIn{Activity: activity, Recipient: t.s.Offices[Albanian].ID, To: t.s.Offices[French].ID}
}

// takes writes what waits at an office for another onto the stick, as `entraide post out` does.
func (t *story) takes(ctx context.Context, at, to Place, stick string) (f pouch.Filled, err error) {
	if err = t.s.Offices[at].ask(ctx, "post.out", app.PouchOutIn{Partner: t.s.Offices[to].ID}, &f); err != nil || f.Bytes == nil {
		return f, err
	}
	return f, os.WriteFile(filepath.Join(stick, f.Name), f.Bytes, 0o600)
}

// brings brings in every file of the stick, as `entraide post in` does.
func (t *story) brings(ctx context.Context, at Place, stick string) (r pouch.Report, err error) {
	var in app.PouchIn
	paths, err := filepath.Glob(filepath.Join(stick, "*"+pouch.Ext))
	if err != nil {
		return r, err
	}
	for _, p := range paths {
		b, err := os.ReadFile(p)
		if err != nil {
			return r, err
		}
		in.Files = append(in.Files, pouch.File{Name: filepath.Base(p), Bytes: b})
	}
	return r, t.s.Offices[at].ask(ctx, "post.in", in, &r)
}
