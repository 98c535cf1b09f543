// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"bytes"
	"encoding/csv"
	"maps"
	"net/http"

	"github.com/entraide-thb/entraide/internal/platform/workbook"
)

// Sheet makes a download of rows for spreadsheets: CSV in UTF-8 with its mark and CRLF, every cell harmless. name is
// neutral and plain.
func Sheet(name string, rows [][]string) (Response, error) {
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, c := range row {
			safe[i] = workbook.Harmless(c)
		}
		if err := w.Write(safe); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return File(name, sheetType, b.Bytes()), w.Error()
}

const sheetType = "text/csv; charset=utf-8"

type rows struct {
	name string
	fill func(put func([]string) error) error
}

func (rows) response() {}

// Rows is Sheet for lists of any length: fill is called when the answer is about to leave, and gives put one row after the
// other; not all of them are in memory at once. An error of fill before the first bytes have left is answered as usual; after
// that the connection is broken off.
func Rows(name string, fill func(put func([]string) error) error) Response { return rows{name, fill} }

// sheetPiece is about how many bytes of a sheet leave at once.
const sheetPiece = 64 << 10

// stream sends a sheet in pieces; each leaves when what must be committed before it is. began says that bytes have left.
func (s *site) stream(x *exchange, to http.ResponseWriter, a answer) (began bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	send := func() error {
		if w.Flush(); w.Error() != nil {
			return w.Error()
		}
		if err := s.beforeWrite(x.ctx); err != nil {
			return err
		}
		if !began {
			began = true
			maps.Copy(to.Header(), a.header)
			to.WriteHeader(a.code)
		}
		_, err := b.WriteTo(to)
		return err
	}
	err = a.stream(func(row []string) error {
		for i, c := range row {
			row[i] = workbook.Harmless(c)
		}
		if err := w.Write(row); err != nil || b.Len() < sheetPiece {
			return err
		}
		return send()
	})
	if err == nil {
		err = send()
	}
	return began, err
}
