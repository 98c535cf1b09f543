// SPDX-License-Identifier: EUPL-1.2

package register

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// OrderCode is the code that every record of a register has, once: long lists are in its order (InOrder).
const OrderCode = "order"

// Days as codes that stand before and after all others.
const (
	Always = "00000000"
	Never  = "99999999"
)

// Day gives the code of a day: codes of days are in the order of days, so that lists ask for those from one to another.
func Day(t time.Time) string { return t.UTC().Format("20060102") }

// DayOf is Day for the first day of a date that is known in part; Never where nothing is known.
func DayOf(d party.PartialDate) string {
	if !d.Known() {
		return Never
	}
	return Day(d.First())
}

// DayAfter gives the first day on which a date is over; Never where it is not known.
func DayAfter(d party.PartialDate) string {
	if !d.Known() {
		return Never
	}
	return Day(d.Last().AddDate(0, 0, 1))
}

// Latest turns the code of a day around, so that the latest stands first.
func Latest(day string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		return '9' - (r - '0')
	}, day)
}

// LatestFirst is Latest for the first day of a date; what has none comes last.
func LatestFirst(d party.PartialDate) string {
	if !d.Known() {
		return Never
	}
	return Latest(DayOf(d))
}

// ByNow asks for a code that holds the day from which something is so.
func (v *See) ByNow(code string) store.Span { return store.Span{Name: code, To: Day(v.Now)} }

// Yet asks for a code that holds the day from which something is no longer so.
func (v *See) Yet(code string) store.Span {
	return store.Span{Name: code, From: Day(v.Now.AddDate(0, 0, 1))}
}

// Within asks for a code that holds a day after today, and not so many days after.
func (v *See) Within(code string, days int) store.Span {
	return store.Span{Name: code, From: Day(v.Now.AddDate(0, 0, 1)), To: Day(v.Now.AddDate(0, 0, days))}
}

// mostOrder is the longest value of a code.
const mostOrder = 64

// InOrder gives the value of OrderCode: records are in the order of the first part, then of the second, and so on. Parts are
// codes; a name becomes one by Same.
func InOrder(parts ...string) []string {
	s := strings.Join(parts, ".")
	return []string{s[:min(len(s), mostOrder)]}
}

// Rank gives the place of a code in its closed list; what is not in it comes last.
func Rank[T comparable](x T, list []T) string {
	for i, y := range list {
		if x == y {
			return fmt.Sprintf("%02d", i)
		}
	}
	return "99"
}

// Same makes a code of a name: it keeps together what has the same one, and tells nothing of it.
func Same(name string) string {
	h := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(name))))
	return hex.EncodeToString(h[:4])
}

// NumberedCode makes a code of a name with numbers in it, which are in the order of numbers: 9 before 44, 44 before 44a.
func NumberedCode(name string) string {
	var b strings.Builder
	digits := ""
	end := func() {
		if digits != "" {
			b.WriteString(strings.Repeat("0", max(0, 5-len(digits))) + digits)
		}
		digits = ""
	}
	for _, r := range name {
		switch {
		case r >= '0' && r <= '9':
			digits += string(r)
			continue
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			end()
			b.WriteRune(r)
		default:
			end()
			b.WriteByte('.')
		}
	}
	end()
	return b.String()
}
