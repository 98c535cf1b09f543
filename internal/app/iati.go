// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"io"
	"os"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/programme/iati"
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
