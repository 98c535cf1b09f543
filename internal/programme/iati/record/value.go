// SPDX-License-Identifier: EUPL-1.2

package record

import (
	"math/big"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	decimalForm  = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)
	dateForm     = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?$`)
	zoneForm     = regexp.MustCompile(`(Z|[+-][0-9]{2}:[0-9]{2})$`)
	languageForm = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)
	tokenForm    = regexp.MustCompile(`^[\pL\pN._:-]+$`)
)

// fits says whether a value, without spaces around it, is of a type of the grammar.
func fits(typ, v string) bool {
	switch typ {
	case "decimal":
		return decimalForm.MatchString(v)
	case "date":
		return dateForm.MatchString(v) && isTime(time.DateOnly, v[:10])
	case "dateTime":
		return isTime("2006-01-02T15:04:05", zoneForm.ReplaceAllString(v, ""))
	case "boolean":
		return v == "true" || v == "false" || v == "1" || v == "0"
	case "int":
		_, err := strconv.ParseInt(v, 10, 32)
		return err == nil
	case "nonNegativeInteger", "positiveInteger":
		n, ok := new(big.Int).SetString(v, 10)
		return ok && len(v) < maxDigits && n.Sign() >= 0 && (n.Sign() > 0 || typ[0] == 'n')
	case "anyURI":
		_, err := url.Parse(v)
		return err == nil
	case "language":
		return v == "" || languageForm.MatchString(v)
	case "NMTOKEN":
		return tokenForm.MatchString(v)
	}
	return true
}

func isTime(layout, v string) bool {
	_, err := time.Parse(layout, v)
	return err == nil
}

// maxDigits bounds an amount's text: what is longer is no amount of money.
const maxDigits = 60

// Sum adds decimal numbers without rounding. The zero Sum is 0.
type Sum struct {
	n     big.Int // in units of 10^-scale
	scale int
}

// Add adds a number in decimal notation ("-12.50"). It gives false, and adds nothing, when the text is none.
func (s *Sum) Add(text string) bool {
	text = strings.TrimSpace(text)
	if !decimalForm.MatchString(text) || len(text) > maxDigits {
		return false
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return false
	}
	other := Sum{scale: len(fraction)}
	other.n.Set(n)
	s.raise(other.scale)
	other.raise(s.scale)
	s.n.Add(&s.n, &other.n)
	return true
}

func (s *Sum) raise(scale int) {
	if scale > s.scale {
		s.n.Mul(&s.n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale-s.scale)), nil))
		s.scale = scale
	}
}

// String gives the sum with as many decimals as the most precise number added had.
func (s *Sum) String() string {
	digits := new(big.Int).Abs(&s.n).String()
	if s.scale > 0 {
		if short := s.scale + 1 - len(digits); short > 0 {
			digits = strings.Repeat("0", short) + digits
		}
		digits = digits[:len(digits)-s.scale] + "." + digits[len(digits)-s.scale:]
	}
	if s.n.Sign() < 0 {
		return "-" + digits
	}
	return digits
}
