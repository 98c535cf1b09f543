// SPDX-License-Identifier: EUPL-1.2

package indicators

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds a text in bytes: an indicator is a line, a lead a paragraph.
const maxText = 1000

var (
	codes    = regexp.MustCompile(`^[a-z][a-z0-9_]{1,39}$`)
	versions = regexp.MustCompile(`^([12][0-9]{3})-[1-9][0-9]{0,2}$`)
	heads    = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}$`)
	pages    = regexp.MustCompile(`^[1-9][0-9]{0,3}(-[1-9][0-9]{0,3})?$`)
	ids      = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}-[0-9]{2,3}$`)
)

// Made checks a set that was not read from a file: one that an office has drawn up from a study. The error says what is wrong.
func Made(s Set) (Set, error) { return s, s.check() }

// check says what is wrong with a set by itself.
func (s Set) check() error {
	version := versions.FindStringSubmatch(s.Version)
	switch {
	case !codes.MatchString(s.Code):
		return errors.New("a code is small letters, digits and _")
	case version == nil || version[1] != fmt.Sprint(s.Year):
		return errors.New("a version is the year of the source and our edition of it: 2009-1")
	case !slices.Contains([]string{"adult", "child", "any"}, s.For):
		return errors.New("for is adult, child or any")
	case s.Rule != NoRule && s.Rule != Delphi:
		return errors.New("there is no such rule")
	case s.Weighted && s.Rule != NoRule:
		return errors.New("weights that a rule uses need not be called weighted")
	case s.Rule == NoRule && (s.Combination != nil || s.WeightsChecked != ""):
		return errors.New("without a rule there are no weights to check and nothing to combine")
	case len(s.Dimensions) == 0:
		return errors.New("a set has dimensions")
	}
	if err := s.checkTexts(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, d := range s.Dimensions {
		if !heads.MatchString(d.Code) || seen[d.Code] {
			return fmt.Errorf("dimension %q: a code is capital letters and digits, once in a set", d.Code)
		}
		seen[d.Code] = true
		if err := d.Title.check(); err != nil {
			return fmt.Errorf("dimension %s: %w", d.Code, err)
		}
		if len(d.Indicators) == 0 {
			return fmt.Errorf("dimension %s has no indicators", d.Code)
		}
		for _, i := range d.Indicators {
			if !ids.MatchString(i.ID) || seen[i.ID] {
				return fmt.Errorf("indicator %q: an id is letters, a dash and digits, once in a set", i.ID)
			}
			seen[i.ID] = true
			if err := s.checkIndicator(i); err != nil {
				return fmt.Errorf("indicator %s: %w", i.ID, err)
			}
		}
	}
	return nil
}

func (s Set) checkTexts() error {
	texts := map[string]Text{"title": s.Title, "lead": s.Lead, "source": s.Source}
	if s.Combination != nil {
		texts["combination"], texts["the combination's ground"] = s.Combination.Text, s.Combination.Ground
	}
	if s.Validated != (Text{}) {
		texts["validated"] = s.Validated
	}
	for name, t := range texts {
		if err := t.check(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (s Set) checkIndicator(i Indicator) error {
	if err := i.Text.check(); err != nil {
		return err
	}
	switch weighted := slices.Contains([]Weight{Strong, Medium, Weak}, i.Weight); {
	case s.Rule == NoRule && i.Weight != "" && !s.Weighted:
		return errors.New("a weight without a rule")
	case s.Weighted && i.Weight != "" && !weighted:
		return errors.New("a weight is S, M or W")
	case i.Page != "" && !pages.MatchString(i.Page):
		return errors.New("a page is a number, or two with a dash")
	case s.Rule == Delphi && !weighted:
		return errors.New("under its rule a weight is S, M or W")
	case s.Ours && len(i.Drawn) == 0:
		return errors.New("one of ours names what it was drawn from")
	case !s.Ours && len(i.Drawn) > 0:
		return errors.New("only ours are drawn from others")
	}
	for n, x := range i.ILO {
		if x < 1 || x > 11 || n > 0 && i.ILO[n-1] >= x {
			return errors.New("the ILO's indicators are 1 to 11, ascending, each once")
		}
	}
	for n, x := range i.Drawn {
		if slices.Contains(i.Drawn[:n], x) {
			return errors.New("drawn from the same twice")
		}
	}
	return nil
}

// check says what is wrong with a text.
func (t Text) check() error {
	if t.EN == "" || t.FR == "" {
		return errors.New("a text lacks English or French")
	}
	for _, s := range []string{t.EN, t.FR, t.SQ} {
		switch {
		case len(s) > maxText:
			return fmt.Errorf("a text is longer than %d bytes", maxText)
		case s != strings.TrimSpace(s) || !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
			return errors.New("a text is one line without blanks around it")
		}
	}
	return nil
}
