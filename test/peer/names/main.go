// SPDX-License-Identifier: EUPL-1.2

// Command names says what words are called by well-known methods, for comparison: each line of its input in the letters of
// English (unidecode), and the two codes that Double Metaphone gives these.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/antzucaro/matchr"
	"github.com/mozillazg/go-unidecode"
)

func main() {
	in, out := bufio.NewScanner(os.Stdin), bufio.NewWriter(os.Stdout)
	answer := json.NewEncoder(out)
	for in.Scan() {
		ascii := unidecode.Unidecode(in.Text())
		first, second := matchr.DoubleMetaphone(ascii)
		if err := answer.Encode([]string{ascii, first, second}); err != nil {
			fail(err)
		}
	}
	if err := in.Err(); err != nil {
		fail(err)
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
