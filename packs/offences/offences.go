// SPDX-License-Identifier: EUPL-1.2

// Package offences holds, as data, under which laws proceedings are opened in each country or territory, and how long an office
// keeps what it holds on a proceeding. Who has compared a law with its text signs it there; until then it is unverified.
package offences

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/entraide-thb/entraide/internal/platform/clock"
)

//go:embed offences.yaml
var file []byte

// Other is the code of an article that no list here has.
const Other = "other"

// Pack is the whole of it.
type Pack struct {
	Keep []Keep `yaml:"keep"`
	Laws []Law  `yaml:"laws"`
}

// Keep is how long a proceeding is kept: one that is "open" from the day on which it was opened, one that is "final" from the
// day on which the last decision of it became so.
type Keep struct {
	Code   string       `yaml:"code"`
	Length clock.Length `yaml:"length"`
	Starts string       `yaml:"starts"`
	Source string       `yaml:"source"`
}

// Law is what one country or territory punishes by. Text is by language.
type Law struct {
	Territory string            `yaml:"territory"`
	Law       map[string]string `yaml:"law"`
	Source    string            `yaml:"source"`
	CheckedAt clock.Day         `yaml:"checked_at"`
	CheckedBy string            `yaml:"checked_by"`
	Articles  []Article         `yaml:"articles"`
}

// Article is one that can be charged; figures of prosecutions count those that are Core.
type Article struct {
	Code    string `yaml:"code"`
	Article string `yaml:"article"`
	Until   int    `yaml:"until"` // the year with which it ended; zero while it is in force
	Core    bool   `yaml:"core"`
}

// Verified says whether somebody answers for a law by name.
func (l Law) Verified() bool { return l.CheckedBy != "" && l.CheckedAt != "" }

// Default gives the pack that the program carries; the error is one of ours, in the file.
var Default = sync.OnceValues(func() (Pack, error) { return Read(file) })

var codeForm = regexp.MustCompile(`^[A-Z]{2}-[A-Za-z0-9-]{1,20}$`)

// Read reads a pack, strictly: a field that it does not know, a code twice and a period without a length are errors that say where.
func Read(src []byte) (Pack, error) {
	var p Pack
	d := yaml.NewDecoder(bytes.NewReader(src))
	d.KnownFields(true)
	if err := d.Decode(&p); err != nil {
		return p, fmt.Errorf("offences: %w", err)
	}
	for _, code := range []string{"open", "final"} {
		if k := p.keep(code); k.Length.IsZero() || k.Source == "" || k.Starts == "" {
			return p, fmt.Errorf("offences: how long is %q kept?", code)
		}
	}
	var seen []string
	for _, l := range p.Laws {
		if l.Law["en"] == "" || l.Law["fr"] == "" || l.Source == "" || len(l.Territory) != 2 || slices.Contains(seen, l.Territory) || (l.CheckedBy == "") != (l.CheckedAt == "") {
			return p, fmt.Errorf("offences: the law of %q", l.Territory)
		}
		seen = append(seen, l.Territory)
		for _, a := range l.Articles {
			if !codeForm.MatchString(a.Code) || !strings.HasPrefix(a.Code, l.Territory+"-") || a.Article == "" || slices.Contains(seen, a.Code) {
				return p, fmt.Errorf("offences: article %q", a.Code)
			}
			seen = append(seen, a.Code)
		}
	}
	return p, nil
}

func (p Pack) keep(code string) Keep {
	for _, k := range p.Keep {
		if k.Code == code {
			return k
		}
	}
	return Keep{}
}

// Kept gives the rule for a proceeding that has come to its end, or has not.
func (p Pack) Kept(final bool) Keep {
	if final {
		return p.keep("final")
	}
	return p.keep("open")
}

// Of gives the law of a country or territory; false where none is here.
func (p Pack) Of(territory string) (Law, bool) {
	i := slices.IndexFunc(p.Laws, func(l Law) bool { return l.Territory == territory })
	if i < 0 {
		return Law{}, false
	}
	return p.Laws[i], true
}

// Find gives an article by its code, with the law that it is of.
func (p Pack) Find(code string) (Law, Article, bool) {
	territory, _, _ := strings.Cut(code, "-")
	l, _ := p.Of(territory)
	i := slices.IndexFunc(l.Articles, func(a Article) bool { return a.Code == code })
	if i < 0 {
		return Law{}, Article{}, false
	}
	return l, l.Articles[i], true
}
