// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"errors"
	"io"
	"os"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// ExportLogIn names the file to write, on the node's machine.
type ExportLogIn struct {
	Of
	Out string `json:"out"`
}

// ExportedLog is a bundle that was written.
type ExportedLog struct {
	OK       bool       `json:"ok"`
	Owner    journal.ID `json:"owner"`
	File     string     `json:"file"`
	Size     int64      `json:"size"`
	Bytes    int64      `json:"bytes"`
	Verifier string     `json:"verifier"` // as in the office card
}

// opExportLog writes an owner's log as a bundle, on one snapshot. It never overwrites a file.
func opExportLog(ctx context.Context, n *Node, in ExportLogIn) (out ExportedLog, err error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return out, err
	}
	signer, err := n.signer(o.ID)
	if err != nil {
		return out, err
	}
	if _, err := n.sequencer.Once(ctx); err != nil {
		return out, err
	}
	f, err := os.OpenFile(in.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return out, fault.New(fault.Conflict, "operate.file_exists")
	}
	if err != nil {
		return out, fault.Wrap(fault.Unavailable, err, "operate.file_unwritable")
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			_ = os.Remove(in.Out) // half a bundle is none
		}
	}()
	out = ExportedLog{OK: true, Owner: o.ID, File: in.Out, Verifier: signer.Verifier()}
	err = n.DB.Read(ctx, func(tx dbTx) error {
		if out.Size, err = ledger.Size(ctx, tx, o.ID); err != nil {
			return err
		}
		return ledger.Export(ctx, tx, o.ID, signer.Verifier(), f, canonical)
	})
	if errors.Is(err, ledger.ErrNothing) {
		return out, fault.New(fault.NotFound, "operate.log.empty")
	}
	if err != nil {
		return out, err
	}
	out.Bytes, err = f.Seek(0, io.SeekCurrent)
	return out, err
}

// VerifyBundle checks a bundle without an office. card, which may be empty, is the verifier that the office's card
// names: a bundle signed by another key is not that office's.
func VerifyBundle(r io.Reader, verifier string) (ledger.Report, error) {
	report, err := ledger.VerifyBundle(r)
	if errors.Is(err, ledger.ErrNoBundle) {
		return report, fault.New(fault.Invalid, "operate.bundle.none")
	}
	if err == nil && verifier != "" && report.Verifier != verifier {
		report.OK = false
		report.Difference = &ledger.Difference{What: "another key than the card's signed this log"}
	}
	return report, err
}

// Checkpoint is a signed checkpoint for a partner to keep, with the proof that it extends an earlier one.
type Checkpoint struct {
	Owner journal.ID `json:"owner"`
	Size  int64      `json:"size"`
	Note  string     `json:"note"`
	From  int64      `json:"from,omitempty"`  // size of the earlier one
	Proof []string   `json:"proof,omitempty"` // base64
}

// CheckpointIn asks for the latest checkpoint; From is the size of the one that the partner keeps.
type CheckpointIn struct {
	Of
	From int64 `json:"from,omitempty"`
}

func opCheckpoint(ctx context.Context, n *Node, in CheckpointIn) (out Checkpoint, err error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return out, err
	}
	if _, err := n.sequencer.Once(ctx); err != nil {
		return out, err
	}
	out = Checkpoint{Owner: o.ID, From: in.From}
	return out, n.DB.Read(ctx, func(tx dbTx) error {
		if out.Size, err = ledger.Size(ctx, tx, o.ID); err != nil {
			return err
		}
		if out.Note, err = ledger.Latest(ctx, tx, o.ID); err != nil || in.From == 0 {
			return err
		}
		if in.From < 0 || in.From > out.Size {
			return fault.Bad("from", "operate.checkpoint.ahead")
		}
		proof, err := ledger.Consistency(ctx, tx, o.ID, in.From, out.Size)
		for _, h := range proof {
			out.Proof = append(out.Proof, h.String())
		}
		return err
	})
}

// WitnessIn is a pinned partner's checkpoint, to be kept.
type WitnessIn struct {
	Of
	Checkpoint Checkpoint `json:"checkpoint"`
}

// Witnessed is the verdict. OK is false for a log that contradicts what its office signed before.
type Witnessed struct {
	OK      bool       `json:"ok"`
	Partner journal.ID `json:"partner"`
	Size    int64      `json:"size"`
	Before  int64      `json:"before"`         // size that was kept until now
	Fork    *Forked    `json:"fork,omitempty"` // both signed notes: the evidence
}

// Forked are two checkpoints of one log that cannot both be true.
type Forked struct {
	Before string `json:"before"`
	Now    string `json:"now"`
}

func opWitness(ctx context.Context, n *Node, in WitnessIn) (Witnessed, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return Witnessed{}, err
	}
	card, err := n.directory.Partner(ctx, o.ID, in.Checkpoint.Owner)
	if err != nil {
		return Witnessed{}, err
	}
	c, err := ledger.ParseCheckpoint(in.Checkpoint.Note, card.Log)
	if err != nil {
		return Witnessed{}, fault.Wrap(fault.Invalid, err, "operate.checkpoint.not_theirs")
	}
	var proof []tlog.Hash
	for _, s := range in.Checkpoint.Proof {
		h, err := tlog.ParseHash(s)
		if err != nil {
			return Witnessed{}, fault.Wrap(fault.Invalid, err, "operate.checkpoint.not_theirs")
		}
		proof = append(proof, h)
	}
	out := Witnessed{Partner: card.Office, Size: c.Size}
	err = n.DB.Write(ctx, func(tx dbTx) error {
		if _, out.Before, err = ledger.Seen(ctx, tx, o.ID, c.Origin); err != nil {
			return err
		}
		return ledger.Witness(ctx, tx, o.ID, c, proof, n.Clock.Now())
	})
	var fork *ledger.Fork
	switch {
	case errors.As(err, &fork):
		out.Fork = &Forked{fork.Before, fork.Now}
		return out, n.witnessing().Note(ctx, o.ID, card.Office, *fork)
	case errors.Is(err, ledger.ErrUnproven):
		return out, fault.New(fault.Conflict, "operate.checkpoint.unproven", "From", out.Before)
	}
	out.OK = err == nil
	return out, err
}

// SeenIn asks what this office keeps of a partner's log.
type SeenIn struct {
	Of
	Partner journal.ID `json:"partner"`
}

func opSeen(ctx context.Context, n *Node, in SeenIn) (out Checkpoint, err error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return out, err
	}
	out.Owner = in.Partner
	err = n.DB.Read(ctx, func(tx dbTx) error {
		out.Note, out.Size, err = ledger.Seen(ctx, tx, o.ID, ledger.Origin(in.Partner))
		return err
	})
	if err == nil && out.Note == "" {
		err = fault.New(fault.NotFound, "operate.checkpoint.none_kept")
	}
	return out, err
}
