// SPDX-License-Identifier: EUPL-1.2

// Command pack puts the texts of lang (the folders catalogue, person and cldr) into one compressed file, so that the program
// stays small: it is fetched over bad connections. A test of lang fails when somebody changed a text and did not run it.
package main

import (
	"log"
	"os"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

//go:generate go run .

func main() {
	b, err := lang.Pack(os.DirFS(".."))
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("../texts.json.gz", b, 0o644); err != nil { // #nosec G306 -- a file of the repository
		log.Fatal(err)
	}
}
