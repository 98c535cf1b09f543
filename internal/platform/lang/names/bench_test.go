// SPDX-License-Identifier: EUPL-1.2

package names

import "testing"

// BenchmarkTokens is what storing a person costs; it happens twice at every change of her file.
func BenchmarkTokens(b *testing.B) {
	p := Person{Names: []string{"Snežana Đurić-Hoxha", "Снежана Ђурић"}, Born: []string{"1999-04-03"}, Phones: []Phone{{"069 123 4567", "AL"}}, Documents: []Document{{"AL", "BA1234567"}}}
	b.ReportAllocs()
	for b.Loop() {
		Tokens(p)
	}
}

// BenchmarkQuery is what a search costs before it reaches the database.
func BenchmarkQuery(b *testing.B) {
	for b.Loop() {
		Query("Snežana Đurić 3.4.1999")
	}
}
