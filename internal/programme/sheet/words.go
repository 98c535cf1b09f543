// SPDX-License-Identifier: EUPL-1.2

package sheet

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// Plainly gives a text in small letters without accents and doubled spaces, so that "Réalisé " is "realise".
func Plainly(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == '’' || r == '‘':
			return '\''
		case r == '–' || r == '—' || r == '‑':
			return '-'
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(s), " ")
}

var months = map[string]time.Month{
	"janvier": 1, "janv": 1, "jan": 1, "january": 1, "fevrier": 2, "fevr": 2, "fev": 2, "february": 2, "feb": 2, "mars": 3, "march": 3, "mar": 3, "avril": 4, "avr": 4, "april": 4, "apr": 4,
	"mai": 5, "may": 5, "juin": 6, "june": 6, "jun": 6, "juillet": 7, "juil": 7, "july": 7, "jul": 7, "aout": 8, "august": 8, "aug": 8, "septembre": 9, "sept": 9, "september": 9, "sep": 9,
	"octobre": 10, "oct": 10, "october": 10, "novembre": 11, "nov": 11, "november": 11, "decembre": 12, "dec": 12, "december": 12,
}

var seasons = map[string]party.Season{"printemps": party.Spring, "spring": party.Spring, "ete": party.Summer, "summer": party.Summer, "automne": party.Autumn, "autumn": party.Autumn, "hiver": party.Winter, "winter": party.Winter}

const (
	dayForm  = `(\d{1,2})(?:er|st|nd|rd|th)?`
	wordForm = `([a-z]+)\.?`
)

var (
	numeric  = regexp.MustCompile(`^(\d{1,2})[/.](\d{1,2})[/.](\d{4})$`)
	monthly  = regexp.MustCompile(`^(\d{1,2})[/.](\d{4})$`)
	withDay  = regexp.MustCompile(`^` + dayForm + ` ` + wordForm + ` (\d{4})$`)
	wordYear = regexp.MustCompile(`^` + wordForm + ` (\d{4})$`)
	quarter  = regexp.MustCompile(`^(?:t|q)?([1-4])(?:er|e|eme|st|nd|rd|th)?(?: (?:trimestre|trim\.?|quarter))? (\d{4})$`)
	half     = regexp.MustCompile(`^(?:s|h)?([12])(?:er|e|eme|st|nd)?(?: (?:semestre|half))? (\d{4})$`)
	fromTo   = regexp.MustCompile(`^(?:du |de |from )?(.+?) (?:au|a|to|et|and|jusqu'au) (.+)$`)
	hyphen   = regexp.MustCompile(`^(.+?) ?- ?(.+)$`)
	yearEnd  = regexp.MustCompile(` (\d{4})$`)
	monthEnd = regexp.MustCompile(` ` + wordForm + ` (\d{4})$`)
	bareDay  = regexp.MustCompile(`^` + dayForm + `$`)
	dayMonth = regexp.MustCompile(`^` + dayForm + ` ` + wordForm + `$`)
	bareWord = regexp.MustCompile(`^` + wordForm + `$`)
)

// Dates reads a date or a span as people write it in French or English: "13-14 avril 2021", "avril 2021", "1er trimestre
// 2021", "du 3 au 4 mars 2021", "13/04/2021" (the day first), "2021-04-13". year is that of words without one ("1er
// trimestre"), 0 for none. ok is false for what is no date; nothing is guessed.
func Dates(s string, year int) (start, end party.PartialDate, ok bool) {
	s = strings.TrimSpace(strings.TrimSuffix(Plainly(s), "."))
	if len(s) > 100 {
		return start, end, false
	}
	for _, in := range []string{s, s + " " + strconv.Itoa(year)} {
		if start, end, ok = span(strings.ReplaceAll(strings.TrimPrefix(in, "le "), "d'", "")); ok || year == 0 {
			break
		}
	}
	return start, end, ok && start.Known() && !end.Before(start)
}

func span(s string) (start, end party.PartialDate, ok bool) {
	if d, e, ok := one(s); ok {
		return d, e, true
	}
	for _, form := range []*regexp.Regexp{fromTo, hyphen} {
		m := form.FindStringSubmatch(s)
		if m == nil {
			continue
		}
		first, last := m[1], m[2]
		_, e, ok := one(last)
		if !ok {
			continue
		}
		switch { // what the first date leaves out is that of the last
		case bareDay.MatchString(first):
			first += monthEnd.FindString(last)
		case dayMonth.MatchString(first) || bareWord.MatchString(first):
			first += yearEnd.FindString(last)
		}
		if d, _, ok := one(first); ok {
			return d, e, true
		}
	}
	return start, end, false
}

// one reads one date; a quarter or half of a year is a span of months.
func one(s string) (start, end party.PartialDate, ok bool) {
	same := func(text string) (party.PartialDate, party.PartialDate, bool) {
		d, err := party.ParseDate(text)
		return d, d, err == nil && d.Known()
	}
	if d, e, ok := same(s); ok {
		return d, e, true
	}
	switch {
	case numeric.MatchString(s):
		m := numeric.FindStringSubmatch(s)
		return same(m[3] + "-" + two(m[2]) + "-" + two(m[1]))
	case monthly.MatchString(s):
		m := monthly.FindStringSubmatch(s)
		return same(m[2] + "-" + two(m[1]))
	case withDay.MatchString(s):
		m := withDay.FindStringSubmatch(s)
		if n := months[m[2]]; n != 0 {
			return same(m[3] + "-" + two(strconv.Itoa(int(n))) + "-" + two(m[1]))
		}
	case wordYear.MatchString(s):
		m := wordYear.FindStringSubmatch(s)
		y, _ := strconv.Atoi(m[2])
		if n := months[m[1]]; n != 0 {
			return party.InMonth(y, n), party.InMonth(y, n), y > 0
		}
		if season := seasons[m[1]]; season != "" {
			return party.InSeason(y, season), party.InSeason(y, season), y > 0
		}
	}
	if m := quarter.FindStringSubmatch(s); m != nil && s[0] != m[1][0] || m != nil && strings.Contains(s, "tr") || m != nil && strings.Contains(s, "qu") {
		return months3(m, 3)
	}
	if m := half.FindStringSubmatch(s); m != nil && (s[0] != m[1][0] || strings.Contains(s, "sem") || strings.Contains(s, "half")) {
		return months3(m, 6)
	}
	return start, end, false
}

// months3 gives the span of the n-th part of a year, each of so many months.
func months3(m []string, each int) (start, end party.PartialDate, ok bool) {
	n, _ := strconv.Atoi(m[1])
	y, _ := strconv.Atoi(m[2])
	return party.InMonth(y, time.Month((n-1)*each+1)), party.InMonth(y, time.Month(n*each)), y > 0
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// statuses are the words of tables for where an activity stands.
var statuses = map[string]activity.Status{
	"realise": "held", "realisee": "held", "fait": "held", "faite": "held", "tenu": "held", "tenue": "held", "termine": "held", "terminee": "held", "acheve": "held", "achevee": "held", "held": "held", "done": "held", "completed": "held",
	"prevu": "planned", "prevue": "planned", "planifie": "planned", "planifiee": "planned", "a venir": "planned", "planned": "planned",
	"programme": "scheduled", "programmee": "scheduled", "fixe": "scheduled", "date fixee": "scheduled", "scheduled": "scheduled",
	"en cours": "ongoing", "ongoing": "ongoing", "in progress": "ongoing", "under way": "ongoing", "running": "ongoing",
	"reporte": "postponed", "reportee": "postponed", "postponed": "postponed", "decale": "postponed", "decalee": "postponed",
	"annule": "cancelled", "annulee": "cancelled", "abandonne": "cancelled", "abandonnee": "cancelled", "cancelled": "cancelled", "canceled": "cancelled",
	"recurrent": "recurring", "recurrente": "recurring", "recurring": "recurring", "a achever": "to_be_completed", "to be completed": "to_be_completed", "remis": "delivered", "remise": "delivered", "livre": "delivered", "livree": "delivered", "delivered": "delivered",
}

// StatusOf reads a word for where an activity stands: "réalisé", "prévue", "reporté", "annulé", "en cours".
func StatusOf(s string) (activity.Status, bool) {
	v, ok := statuses[Plainly(s)]
	return v, ok
}

// kinds are the words of tables for what an activity is.
var kinds = map[string]activity.Kind{
	"atelier": "workshop", "workshop": "workshop", "seminaire": "workshop", "seminar": "workshop", "subvention": "grant", "grant": "grant", "etude": "study", "study": "study", "enquete": "study", "survey": "study",
	"evenement": "event", "event": "event", "reunion": "event", "meeting": "event", "conference": "event", "table ronde": "event", "round table": "event", "formation": "training", "training": "training",
	"contribution": "contribution", "campagne": "campaign", "campaign": "campaign", "appui": "support", "soutien": "support", "support": "support", "projet": "io_project", "project": "io_project", "projet oi": "io_project",
	"gouvernance": "governance", "governance": "governance", "comite": "governance", "comite de pilotage": "governance", "steering committee": "governance",
}

// KindOf reads a word for what an activity is.
func KindOf(s string) (activity.Kind, bool) {
	v, ok := kinds[Plainly(s)]
	return v, ok
}
