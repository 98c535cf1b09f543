// SPDX-License-Identifier: EUPL-1.2

package event

import (
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

var (
	hourForm = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	itemForm = regexp.MustCompile(`^[0-9]{1,3}(\.[0-9]{1,3}){0,3}$`)
	tagForm  = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$`)
)

// short says whether a text is sound and not longer than some bytes.
func short(s string, most int) bool { return !wording.Longer(s, most) && utf8.ValidString(s) }

func languages(fs *fault.Fields, field string, tags []string) {
	for _, t := range tags {
		if !tagForm.MatchString(t) {
			fs.Add(field, "wording.need.language")
			return
		}
	}
}

func countries(fs *fault.Fields, field string, codes []string) {
	if slices.ContainsFunc(codes, func(c string) bool { return !activity.IsCountry(c) }) {
		fs.Add(field, "programme.need.country")
	}
}

func (v Described) check(fs *fault.Fields) {
	v.Title.Check(fs, "text", true, MaxTitle)
	if !slices.Contains(Sorts(), v.Sort) {
		fs.Add("sort", "event.want.sort")
	}
	if v.Activity != "" && !activity.IsCode(v.Activity) {
		fs.Add("activity", "programme.need.code")
	}
	if v.Start.Known() && v.End.Known() && v.End.Before(v.Start) {
		fs.Add("end", "party.date.order")
	}
	if _, err := clock.Zone(v.Zone); err != nil {
		fs.Add("zone", "event.want.zone")
	}
	if !slices.Contains(Modes(), v.Mode) {
		fs.Add("mode", "event.want.mode")
	}
	if v.Place.Country != "" && !activity.IsCountry(v.Place.Country) {
		fs.Add("country", "programme.need.country")
	}
	if !short(v.Place.Town, maxName) || !short(v.Venue, maxNote) {
		fs.Add("venue", "event.want.shorter", "Max", maxName)
	}
	if u, err := url.Parse(v.Link); v.Link != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(v.Link) > maxNote) {
		fs.Add("link", "event.want.link")
	}
	if v.AnswerBy.Known() && v.Start.Known() && v.Start.Last().Before(v.AnswerBy.First()) {
		fs.Add("answer_by", "event.want.answer_by")
	}
	languages(fs, "languages", v.Languages)
	languages(fs, "channels", v.Channels)
}

// on says whether a session's day is one of the event's, as far as these are known.
func on(day party.PartialDate, v Described) bool {
	return day.First() == day.Last() && !(v.Start.Known() && day.Before(v.Start)) && !(v.End.Known() && v.End.Before(day))
}

func (v SessionSet) check(fs *fault.Fields, e Event) {
	if v.Session.IsZero() || len(e.Sessions) >= mostSessions {
		fs.Add("item", "event.want.fewer", "Max", mostSessions)
	}
	if !itemForm.MatchString(v.Item) || len(v.Item) > maxItem {
		fs.Add("item", "event.want.item")
	}
	if slices.ContainsFunc(e.Sessions, func(s Session) bool { return s.Item == v.Item && s.ID != v.Session }) {
		fs.Add("item", "event.want.item_free")
	}
	for field, s := range map[string]string{"from": v.From, "to": v.To} {
		if s != "" && !hourForm.MatchString(s) {
			fs.Add(field, "event.want.hour")
		}
	}
	if hourForm.MatchString(v.From) && hourForm.MatchString(v.To) && v.To <= v.From {
		fs.Add("to", "party.date.order")
	}
	if v.Day.Known() && !on(v.Day, e.Described) {
		fs.Add("day", "event.want.day")
	}
	if _, is := e.Group(v.Group); !v.Group.IsZero() && !is {
		fs.Add("group", "event.want.group")
	}
	if v.Closed {
		v.Inside.Check(fs, "text", true, MaxTitle)
		if !v.Title.IsZero() {
			fs.Add("text", "fault.invalid")
		}
	} else {
		v.Title.Check(fs, "text", true, MaxTitle)
		if !v.Inside.IsZero() || len(v.Admits) > 0 {
			fs.Add("text", "fault.invalid")
		}
	}
	languages(fs, "languages", v.Languages)
	countries(fs, "admits", v.Admits)
}

func (v GroupSet) check(fs *fault.Fields, e Event) {
	v.Name.Check(fs, "text", true, MaxTitle)
	if v.Group.IsZero() || len(e.Groups) >= mostGroups {
		fs.Add("text", "event.want.fewer", "Max", mostGroups)
	}
	languages(fs, "languages", v.Languages)
}

func (v QuotaSet) check(fs *fault.Fields) {
	if !activity.IsCountry(v.Country) {
		fs.Add("country", "programme.need.country")
	}
	if v.Seats < 0 || v.Seats > mostSeats {
		fs.Add("seats", "event.want.seats", "Max", mostSeats)
	}
}

func (v Nominated) check(fs *fault.Fields, named bool) {
	if v.Person.IsZero() || !activity.IsCountry(v.Country) {
		fs.Add("country", "programme.need.choice")
	}
	if s := strings.TrimSpace(v.Function); s == "" || !short(s, maxName) {
		fs.Add("function", "event.want.function", "Max", maxName)
	}
	if v.Profession != "" && !slices.Contains(Professions(), v.Profession) {
		fs.Add("profession", "event.want.profession")
	}
	if !tagForm.MatchString(v.Language) {
		fs.Add("language", "wording.need.language")
	}
	if v.Mode != InPerson && v.Mode != Online {
		fs.Add("mode", "event.want.mode")
	}
	if named {
		naming(fs, v.Name, v.Email)
	}
}

func naming(fs *fault.Fields, name, email string) {
	if s := strings.TrimSpace(name); s == "" || !short(s, maxName) {
		fs.Add("name", "event.want.name", "Max", maxName)
	}
	if a, err := mail.ParseAddress(email); email != "" && (err != nil || a.Address != email || len(email) > maxName) {
		fs.Add("email", "event.want.email")
	}
}

// reason: a refusal says why.
func reason(fs *fault.Fields, s string) {
	if s = strings.TrimSpace(s); s == "" || !short(s, maxNote) {
		fs.Add("reason", "event.want.reason", "Max", maxNote)
	}
}

func (v Captured) check(fs *fault.Fields, e Event) {
	if !slices.Contains(Takes(), v.Take) {
		fs.Add("take", "event.want.take")
	}
	if _, is := e.Session(v.Session); !is {
		fs.Add("session", "event.want.session")
	}
	if v.Theme == "" || !short(v.Theme, 40) {
		fs.Add("theme", "event.want.theme")
	}
	v.Text.Check(fs, "text", true, MaxText)
	countries(fs, "countries", v.Countries)
	if len(e.Notes.List) >= MostCaptures || len(v.Countries) > 60 || len(v.Groups) > 60 {
		fs.Add("text", "event.want.fewer", "Max", MostCaptures)
	}
}

func (v Invitation) check(fs *fault.Fields) {
	v.Title.Check(fs, "title", true, MaxTitle)
	if v.Event.IsZero() || v.From.IsZero() || !activity.IsCountry(v.Country) || v.Sequence < 1 || v.Seats < 0 || v.Seats > mostSeats ||
		!slices.Contains(Sorts(), v.Sort) || !slices.Contains(Modes(), v.Mode) || !slices.Contains(Standings(), v.Standing) ||
		len(v.Sessions) > mostSessions || len(v.Groups) > mostGroups || !short(v.Venue, maxNote) || !short(v.Link, maxNote) {
		fs.Add("event", "event.want.invitation")
	}
	if _, err := clock.Zone(v.Zone); err != nil {
		fs.Add("zone", "event.want.zone")
	}
	if u, err := url.Parse(v.Link); v.Link != "" && (err != nil || u.Scheme != "https") {
		fs.Add("link", "event.want.link")
	}
	for _, s := range v.Sessions {
		if s.From != "" && !hourForm.MatchString(s.From) || s.To != "" && !hourForm.MatchString(s.To) || !itemForm.MatchString(s.Item) {
			fs.Add("sessions", "event.want.invitation")
			return
		}
		s.Title.Check(fs, "sessions", !s.Closed, MaxTitle)
	}
}
