// SPDX-License-Identifier: EUPL-1.2

package tongue

import "github.com/entraide-thb/entraide/internal/platform/lang"

// LinesOf gives the short hashes of a language's texts.
func LinesOf(b *lang.Bundle, tag string) map[string]string { return lines(Texts(b, tag)) }
