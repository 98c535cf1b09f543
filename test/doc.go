// SPDX-License-Identifier: EUPL-1.2

// Package test holds the tests of the whole system: real processes, real sockets, a real browser, faults.
// testdata/axe.min.js is axe-core (Mozilla Public License 2.0), which looks for barriers on pages.
package test
