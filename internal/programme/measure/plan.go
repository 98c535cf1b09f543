// SPDX-License-Identifier: EUPL-1.2

package measure

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// planCode is the code of the strategy or action plan that a measure names: of its name, which stands in no index.
const planCode = "plan"

// Plan is one that measures name.
type Plan struct {
	Code, Name string
	N, Done    int
	Codes      []string // of its measures
}

// OfPlan gives the address of the list of a plan's measures.
func OfPlan(code string) string { return Path + "?plan=" + url.QueryEscape(code) }

// Plans gives those that the measures name which somebody may see, by name: from the index of codes, and one measure of each.
func Plans(ctx context.Context, s *store.Store, w store.Who) ([]Plan, error) {
	all, err := s.Tally(ctx, w, access.KindMeasure, planCode)
	if err != nil {
		return nil, err
	}
	done, err := s.Tally(ctx, w, access.KindMeasure, planCode, store.Is("state", string(Done)))
	if err != nil {
		return nil, err
	}
	codes, err := store.Remembered(s, w, []string{access.KindMeasure}, "codes of plans", func() (map[string][]string, error) {
		return s.Pairs(ctx, w, access.KindMeasure, planCode, "code")
	})
	if err != nil {
		return nil, err
	}
	var out []Plan
	for code, n := range all {
		name, err := planName(ctx, s, w, code)
		if err != nil {
			return nil, err
		}
		out = append(out, Plan{code, name, n, done[code], codes[code]})
	}
	inorder.By(out, func(a, b Plan) int { return strings.Compare(a.Name+a.Code, b.Name+b.Code) })
	return out, nil
}

// planName gives the name that a code was made of, as a measure has it.
func planName(ctx context.Context, s *store.Store, w store.Who, code string) (string, error) {
	p, err := s.List(ctx, w, store.Query{Kind: access.KindMeasure, Codes: map[string]string{planCode: code}, Limit: 1})
	if err != nil || len(p.Rows) == 0 {
		return "", err
	}
	l, err := store.Summary[Line](p.Rows[0])
	return l.Plan, err
}

// Codes gives the codes of all measures that somebody may see, in the order of their numbers.
func Codes(ctx context.Context, s *store.Store, w store.Who) ([]string, error) {
	all, err := s.Tally(ctx, w, access.KindMeasure, "code")
	out := slices.Collect(maps.Keys(all))
	inorder.By(out, func(a, b string) int { return strings.Compare(register.NumberedCode(a), register.NumberedCode(b)) })
	return out, err
}

// First gives the first measures of some plans, a page at most, in the order of the plans and of their numbers.
func First(ctx context.Context, s *store.Store, w store.Who, plans []Plan) ([]Row, error) {
	var out []Row
	for _, p := range plans {
		left := store.PageSize - len(out)
		if left <= 0 {
			break
		}
		of, err := s.List(ctx, w, store.Query{Kind: access.KindMeasure, Codes: map[string]string{planCode: p.Code}, By: register.OrderCode, Limit: left})
		if err != nil {
			return nil, err
		}
		for _, x := range of.Rows {
			l, err := store.Summary[Line](x)
			if err != nil {
				return nil, err
			}
			out = append(out, Row{ID: x.Ref.ID, V: l})
		}
	}
	return out, nil
}

// ofPlan is a filter by the plan.
func (c Config) ofPlan() register.Filter {
	return register.Filter{Name: planCode, Options: func(v *see) []page.Option {
		out, n := []page.Option{}, map[string]int{}
		for _, code := range v.Values(planCode) {
			if name, err := planName(v.Context(), c.Store, register.As(v.Request), code); err == nil {
				out = append(out, page.Option{Value: code, Text: name})
				n[c.called(v, name)]++
			}
		}
		for i, o := range out {
			if called := c.called(v, o.Text); n[called] == 1 { // else they are told apart as they were typed
				out[i].Text = called
			}
		}
		inorder.Stably(out, func(a, b page.Option) int { return strings.Compare(a.Text, b.Text) })
		return out
	}}
}
