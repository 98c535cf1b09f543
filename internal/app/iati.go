// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/programme/iati"
	pack "github.com/entraide-thb/entraide/packs/programme"
)

// ImportIATIIn names a file of activities in the form of IATI 2.03, on the node's machine.
type ImportIATIIn struct {
	Of
	File   string `json:"file"`
	Strict bool   `json:"strict,omitempty"` // refuse what the standard would refuse
}

// ImportedIATI is what an import did. Problem says in a code why it broke off; it is "" when the file was read whole.
type ImportedIATI struct {
	iati.Report
	Problem string `json:"problem,omitempty"` // a catalogue key
}

// opImportIATI brings in what other publishers report. What is wrong with the file stands in the result, so that the caller
// learns where; errors are the store's.
func opImportIATI(ctx context.Context, n *Node, in ImportIATIIn) (ImportedIATI, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return ImportedIATI{}, err
	}
	who, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return ImportedIATI{}, err
	}
	info, err := os.Stat(in.File)
	if err != nil {
		return ImportedIATI{}, fault.Wrap(fault.Unavailable, err, "iati.file_unreadable")
	}
	tell := telling(ctx, "iati.import")
	out := ImportedIATI{}
	out.Report, err = iati.Import(ctx, n.Store, who, func() (io.ReadCloser, error) { return os.Open(in.File) },
		iati.Options{Strict: in.Strict, Tell: func(done int64) { tell(done, info.Size()) }})
	if key, ok := iati.Problem(err); ok {
		out.OK, out.Problem, err = false, key, nil
	}
	return out, err
}

// ExportIATIIn names the file to write, on the node's machine, and the publisher's identifier in the standard's register.
type ExportIATIIn struct {
	Of
	Out       string `json:"out"`
	Publisher string `json:"publisher,omitempty"`
	Reported  bool   `json:"reported,omitempty"` // what others reported, as it came, instead of the office's programme
}

// opExportIATI writes activities as a file. It never overwrites one.
func opExportIATI(ctx context.Context, n *Node, in ExportIATIIn) (out iati.Published, err error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return out, err
	}
	who, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return out, err
	}
	reading, err := pack.ReadAs()
	if err != nil {
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
			_ = os.Remove(in.Out) // half a file is none
		}
	}()
	if in.Reported {
		out.Activities, err = iati.ExportReported(ctx, n.Store, who, f, n.Clock.Now())
		out.OK = err == nil
		return out, err
	}
	words := []iati.Words{n.Bundle.Locale("fr", o.zone()), n.Bundle.Locale("en", o.zone())}
	return iati.Export(ctx, n.Store, who, f, iati.Terms{Publisher: in.Publisher, Now: n.Clock.Now(), Words: words, Reading: reading})
}
