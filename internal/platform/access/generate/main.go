// SPDX-License-Identifier: EUPL-1.2

// Command generate writes docs/access.md from the policies.
package main

import (
	"log"
	"os"

	"github.com/entraide-thb/entraide/internal/platform/access"
)

func main() {
	p, err := access.Base()
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], []byte(p.Matrix()), 0o644); err != nil {
		log.Fatal(err)
	}
}
