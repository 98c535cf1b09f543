// SPDX-License-Identifier: EUPL-1.2

package exact_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/exact"
	"github.com/entraide-thb/entraide/internal/measure/table"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// people draws records of columns with so many values.
func people(t *testing.T, n int, sizes ...int) *table.Records {
	t.Helper()
	var d table.Domain
	for i, size := range sizes {
		c := table.Column{Name: string(rune('a' + i))}
		for v := range size {
			c.Values = append(c.Values, string(rune('A'+v)))
		}
		d.Columns = append(d.Columns, c)
	}
	r, err := table.NewRecords(d, n)
	if err != nil {
		t.Fatal(err)
	}
	g := rand.New(rand.NewPCG(uint64(n), 2))
	for range n {
		codes := make([]uint16, len(sizes))
		for i, size := range sizes {
			codes[i] = uint16(g.IntN(size) * g.IntN(size) / size)
		}
		if err := r.Add(codes...); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestLinkedTablesAddUp: every counted table satisfies every sum, and tables that share a column are protected together: what
// one shows does not tell what the other hides, which it would if each were protected alone.
func TestLinkedTablesAddUp(t *testing.T) {
	const k = 5
	sizes := []int{3, 4, 2}
	tables := [][]int{{0, 1}, {1, 2}}
	l, err := exact.Link(sizes, tables)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Sets) != 6 || l.Cells != 1+3+4+2+12+8 {
		t.Fatalf("%v, %d cells", l.Sets, l.Cells)
	}
	r := people(t, 120, sizes...)
	values, err := l.Fill(func(s []int) ([]int64, error) { return r.Count(s) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exact.Round(t.Context(), l.System, values, k, rand.New(rand.NewPCG(1, 1))); err != nil {
		t.Errorf("rounding: %v", err) // checks that the values add up
	}
	got, err := exact.Protect(t.Context(), l.System, values, exact.Rules{K: k}, nil)
	if err != nil {
		t.Fatal(err)
	}
	attack(t, l.System, values, got, k)
	from, to, ok := l.Table([]int{1, 2})
	cells, err := r.Count(table.SetOf(1, 2))
	if err != nil || !ok || !slices.Equal(values[from:to], cells) {
		t.Errorf("the second table lies at %d to %d: %v, %v", from, to, ok, err)
	}
	if _, _, ok := l.Table([]int{0, 2}); ok {
		t.Error("a table that nobody asked for")
	}
}

func TestWhatCannotBeLinkedIsRefused(t *testing.T) {
	for name, c := range map[string][][]int{"unsorted": {{1, 0}}, "no column": {{3}}, "cells": {{0, 1, 2}}} {
		if _, err := exact.Link([]int{100, 100, 100}, c); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, err := exact.Link([]int{2}, [][]int{{0}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Fill(func([]int) ([]int64, error) { return []int64{1}, nil }); !fault.Is(err, fault.Invalid) {
		t.Errorf("too few cells: %v", err)
	}
}
