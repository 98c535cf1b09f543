// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"context"
	_ "embed"
	"errors"
	"maps"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

//go:embed sample.csv
var sampleFile []byte

// Sample gives the documented sample file: invented recommendations of an invented body.
func Sample() []byte { return slices.Clone(sampleFile) }

type importPage struct {
	Crumbs  []page.Crumb
	Columns []page.Fact
	Wrong   []string
	Done    string
	Error   string
}

func (rm room) importForm(_ context.Context, r *page.Request) (page.Response, error) {
	if !register.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	return importView(r, importPage{}), nil
}

func importView(r *page.Request, d importPage) page.Response {
	l := r.L
	d.Crumbs = crumbs(l, page.Crumb{Text: l.T("recommendation.import")})
	for _, c := range Columns() {
		d.Columns = append(d.Columns, page.Fact{Term: c, Text: l.T("recommendation.column." + c)})
	}
	return page.View("recommendation/import", l.T("recommendation.import"), d)
}

// importFile takes a file: what is wrong with it is told by line and column, and then nothing of it is kept.
func (rm room) importFile(ctx context.Context, r *page.Request) (page.Response, error) {
	if !register.MayEdit(r) {
		return nil, fault.New(fault.Denied, "fault.denied")
	}
	f, ok, err := r.Upload("file")
	if err != nil {
		return nil, err
	}
	if !ok {
		return page.Status(422, importView(r, importPage{Error: r.L.T("recommendation.file.none")})), nil
	}
	done, err := Import(ctx, rm.Store, register.As(r), f.Bytes)
	var wrong Error
	if errors.As(err, &wrong) {
		return page.Status(422, importView(r, importPage{Wrong: wrong.In(r.L)})), nil
	}
	if err != nil {
		return nil, err
	}
	return importView(r, importPage{Done: r.L.T("recommendation.import.done", "Created", r.L.Number(done.Created), "Updated", r.L.Number(done.Updated), "Unchanged", r.L.Number(done.Unchanged))}), nil
}

// In says what is wrong with a file in the reader's language, one text for each.
func (e Error) In(l *lang.Locale) []string {
	var out []string
	for _, w := range e {
		var args []any
		for _, k := range slices.Sorted(maps.Keys(w.Args)) {
			args = append(args, k, w.Args[k])
		}
		key := "recommendation.file.at"
		if w.Field == "" {
			key = "recommendation.file.line"
		}
		out = append(out, l.T(key, "Line", strconv.Itoa(w.Line), "Field", w.Field, "What", l.T(w.Key, args...)))
	}
	return out
}

func (rm room) sample(_ context.Context, r *page.Request) (page.Response, error) {
	return page.File("recommendations-sample.csv", "text/csv; charset=utf-8", Sample()), nil
}
