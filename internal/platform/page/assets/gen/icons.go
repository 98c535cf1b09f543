// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

var (
	inside = regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	frame  = regexp.MustCompile(`<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>`)
	space  = regexp.MustCompile(`\s+`)
)

// icons makes one sprite of the icons named in a list, one a line.
func icons(list, dir string) ([]byte, []string, error) {
	b, err := os.ReadFile(list)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, line := range strings.Split(string(b), "\n") {
		if line, _, _ = strings.Cut(line, "#"); strings.TrimSpace(line) != "" {
			names = append(names, strings.TrimSpace(line))
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	var out strings.Builder
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg"><!-- Tabler Icons, MIT, (c) Pawel Kuna -->`)
	for _, n := range names {
		src, err := os.ReadFile(filepath.Join(dir, "outline", n+".svg"))
		if err != nil {
			return nil, nil, err
		}
		m := inside.FindSubmatch(src)
		if m == nil {
			return nil, nil, fmt.Errorf("icons: %s is no drawing", n)
		}
		body := strings.TrimSpace(space.ReplaceAllString(frame.ReplaceAllString(string(m[1]), ""), " "))
		fmt.Fprintf(&out, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`, n, body)
	}
	out.WriteString("</svg>\n")
	return []byte(out.String()), names, nil
}
