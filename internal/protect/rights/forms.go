// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// typed is what any form of a person's rights sends; each form reads the fields that it has.
type typed struct {
	Entry     journal.ID `form:"entry"` // made when the form was shown, so that sending twice is harmless
	Language  string     `form:"language"`
	By        string     `form:"by"`
	How       string     `form:"how"`
	Start     time.Time  `form:"start"`
	End       time.Time  `form:"end"`
	Reason    string     `form:"reason"`
	Article   string     `form:"article"`
	CheckedBy string     `form:"checked_by"`
	CheckedAt time.Time  `form:"checked_at"`
	Authority string     `form:"authority"`
	Remedy    string     `form:"remedy"`
	Until     time.Time  `form:"until"`
	Track     string     `form:"track"`
	Measure   string     `form:"measure"`
	Step      string     `form:"step"`
	Ground    string     `form:"ground"`
	ValidTo   time.Time  `form:"valid_to"`
	Act       time.Time  `form:"act"`
	Side      string     `form:"side"`
	Risk      string     `form:"risk"`
	Number    int        `form:"number"`
	Waived    bool       `form:"waived"`
	To        string     `form:"to"`
	Expected  time.Time  `form:"expected"`
}

// form is one thing that can be recorded about a person's rights.
type form struct {
	name, track string
	when        func(Case) bool
	fields      func(*sheet)
	entry       func(typed, Case, *time.Location) (string, any)
}

// sheet is a form being laid out: its fields are the arguments of the house's components.
type sheet struct {
	l           *lang.Locale
	c           Case
	v           typed
	territories []string // that a journey can lead to
	Fields      []map[string]any
}

func (s *sheet) add(kind, name string, value any) map[string]any {
	f := map[string]any{"Kind": kind, "Name": name, "Label": s.l.T("rights.field." + name), "Value": value}
	if h := "rights.field." + name + ".hint"; s.l.Has(h) && (name != "reason" || kind == "textarea") {
		f["Hint"] = s.l.T(h)
	}
	s.Fields = append(s.Fields, f)
	return f
}

func (s *sheet) choose(name, value string, options []page.Option) map[string]any {
	f := s.add("select", name, value)
	f["Options"], f["Blank"] = options, s.l.T("rights.form.choose")
	return f
}

func (s *sheet) list(name, value, list string, codes []string) map[string]any {
	return s.choose(name, value, options(s.l, list, codes))
}

func (s *sheet) day(name string, t time.Time) map[string]any {
	value := ""
	if !t.IsZero() {
		value = t.In(s.l.Zone()).Format(time.DateOnly)
	}
	return s.add("date", name, value)
}

func (s *sheet) language() { s.choose("language", s.v.Language, languages(s.l)) }

// refusal adds what G10 asks; only a refusal needs them.
func (s *sheet) refusal(optional bool) {
	for _, f := range []map[string]any{s.add("textarea", "reason", s.v.Reason), s.add("textarea", "remedy", s.v.Remedy), s.day("until", s.v.Until),
		s.choose("language", s.v.Language, languages(s.l))} {
		f["Optional"] = optional
	}
}

// lastSecond makes a day that was chosen count whole; entries hold times in UTC.
func lastSecond(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return clock.EndOfDay(t, zone).UTC()
}

// forms lists them in the order of the screen.
func forms() []form {
	return slices.Concat(reflectionForms(), []form{
		{"stay", "stay", func(c Case) bool { return len(NextStay(c.State.Stay.Step)) > 0 }, stayFields, func(v typed, _ Case, z *time.Location) (string, any) {
			return "right.stay", Stay{v.Step, v.Ground, lastSecond(v.ValidTo, z), v.Reason, v.Remedy, lastSecond(v.Until, z), v.Language}
		}},
		{"not-applicable-stay", "stay", func(c Case) bool { return c.State.Stay.Step == "" && !c.State.Stay.NotApplicable }, exemptFields, exemptEntry("stay")},
		{"justice", "justice", func(Case) bool { return true }, justiceFields, func(v typed, _ Case, z *time.Location) (string, any) {
			thread, step, _ := strings.Cut(v.Step, ":")
			return "right.justice", Justice{thread, step, v.Act.UTC(), v.Reason, v.Remedy, lastSecond(v.Until, z), v.Language}
		}},
		{"return", "return", func(Case) bool { return true }, returnFields, func(v typed, _ Case, z *time.Location) (string, any) {
			return "right.return", Return{v.Step, v.By, v.Side, v.Risk, v.Number, v.Waived, v.To, lastSecond(v.Expected, z), v.Reason, v.Remedy, lastSecond(v.Until, z), v.Language}
		}},
	})
}

// Forms lists the names of the forms, as their paths end.
func Forms() []string {
	var out []string
	for _, f := range forms() {
		out = append(out, f.name)
	}
	return out
}

func reflectionForms() []form {
	const track = "reflection"
	next := func(typ string) func(Case) bool { return func(c Case) bool { return may(c, typ) } }
	return []form{
		{"informed", track, func(Case) bool { return true }, func(s *sheet) {
			s.language()
			s.list("by", s.v.By, "explainer", explainers)
			s.list("how", s.v.How, "way", ways)
		}, func(v typed, _ Case, _ *time.Location) (string, any) {
			return "right.informed", Informed{v.Language, v.By, v.How}
		}},
		{"offer", track, func(c Case) bool { return c.State.Reflection.Status == NotOffered }, func(s *sheet) {
			s.language()
			s.list("by", s.v.By, "explainer", explainers)
		}, func(v typed, _ Case, _ *time.Location) (string, any) {
			return "right.reflection_offered", Offer{v.Language, v.By}
		}},
		{"start", track, next("right.reflection_started"), func(s *sheet) { s.day("start", first(s.v.Start, s.c.Context.Now)) }, startEntry},
		{"extend", track, next("right.reflection_extended"), func(s *sheet) {
			s.day("end", first(s.v.End, s.c.State.Reflection.End))
			s.list("reason", s.v.Reason, "extension", extensions)
		}, func(v typed, _ Case, z *time.Location) (string, any) {
			return "right.reflection_extended", Longer{lastSecond(v.End, z), v.Reason}
		}},
		{"end", track, next("right.reflection_ended"), func(s *sheet) {
			s.list("reason", s.v.Reason, "ending", endings)
			s.add("text", "article", s.v.Article)["Optional"] = true
			s.add("text", "checked_by", s.v.CheckedBy)["Optional"] = true
			s.day("checked_at", s.v.CheckedAt)["Optional"] = true
		}, func(v typed, _ Case, z *time.Location) (string, any) {
			o := Over{Reason: v.Reason, Article: v.Article, CheckedBy: v.CheckedBy}
			if !v.CheckedAt.IsZero() {
				o.CheckedAt = clock.DayOf(v.CheckedAt, z)
			}
			return "right.reflection_ended", o
		}},
		{"cut-short", track, next("right.reflection_terminated"), func(s *sheet) {
			s.add("text", "authority", s.v.Authority)
			s.refusal(false)
		}, func(v typed, _ Case, z *time.Location) (string, any) {
			return "right.reflection_terminated", CutShort{v.Reason, v.Authority, v.Remedy, lastSecond(v.Until, z), v.Language}
		}},
		{"reopen", track, next("right.reflection_reopened"), func(s *sheet) { s.list("reason", s.v.Reason, "reopening", reopenings) },
			func(v typed, _ Case, _ *time.Location) (string, any) {
				return "right.reflection_reopened", Reopened{v.Reason}
			}},
		{"not-applicable", track, func(c Case) bool {
			return c.State.Reflection.Status == NotOffered || c.State.Reflection.Status == Offered
		}, exemptFields, exemptEntry(track)},
		{"measure", track, func(Case) bool { return true }, func(s *sheet) {
			s.list("measure", s.v.Measure, "measure", Measures())
			s.list("step", s.v.Step, "measure_step", []string{"prepared", "executed", "cancelled"})
			s.add("text", "authority", s.v.Authority)["Optional"] = true
		}, func(v typed, _ Case, _ *time.Location) (string, any) {
			return "right.measure", Measure{v.Measure, v.Step, v.Authority}
		}},
	}
}

// startEntry starts a period on the day that was chosen: today from now on, an earlier day from its first
// moment.
func startEntry(v typed, c Case, z *time.Location) (string, any) {
	at := v.Start
	if clock.DayOf(at, z) == clock.DayOf(c.Context.Now, z) {
		at = c.Context.Now
	}
	return "right.reflection_started", Start(c.Context, at)
}

func first(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}

func exemptFields(s *sheet) { s.list("reason", s.v.Reason, "exemption", exemptions) }

func exemptEntry(track string) func(typed, Case, *time.Location) (string, any) {
	return func(v typed, _ Case, _ *time.Location) (string, any) {
		return "right.not_applicable", Exempt{track, v.Reason}
	}
}

func stayFields(s *sheet) {
	s.list("step", s.v.Step, "stay", NextStay(s.c.State.Stay.Step))
	s.list("ground", s.v.Ground, "ground", StayGrounds())["Optional"] = true
	s.day("valid_to", s.v.ValidTo)["Optional"] = true
	s.refusal(true)
}

// justiceFields offers every step that may come next on any thread, as "thread:step".
func justiceFields(s *sheet) {
	var steps []page.Option
	for _, th := range JusticeThreads() {
		for _, step := range NextJustice(th, s.c.State.Justice.Threads[th].Step) {
			steps = append(steps, page.Option{Value: th + ":" + step, Text: s.l.Told(s.l.T("rights.thread."+th), s.l.T("rights.justice."+step))})
		}
	}
	s.choose("step", s.v.Step, steps)
	s.day("act", s.v.Act)["Optional"] = true
	s.refusal(true)
}

func returnFields(s *sheet) {
	next := NextReturn(s.c.State.Return.Step)
	s.list("step", s.v.Step, "return", next)
	s.list("by", s.v.By, "giver", givers)["Optional"] = true
	if slices.Contains(next, "wish") {
		var to []page.Option
		for _, code := range s.territories {
			to = append(to, page.Option{Value: code, Text: s.l.Country(code)})
		}
		s.choose("to", s.v.To, to)["Optional"] = true
	}
	if slices.Contains(next, "risk_assessed") {
		s.list("side", s.v.Side, "side", Sides())["Optional"] = true
		s.list("risk", s.v.Risk, "risk", Risks())["Optional"] = true
	}
	if slices.Contains(next, "travelling") {
		s.day("expected", s.v.Expected)["Optional"] = true
	}
	if open := openFollowUps(s.c.State.Return); len(open) > 0 {
		var numbers []page.Option
		for _, n := range open {
			numbers = append(numbers, page.Option{Value: strconv.Itoa(n), Text: length(s.l, FollowUps()[n-1])})
		}
		s.choose("number", strconv.Itoa(s.v.Number), numbers)["Optional"] = true
		s.add("check", "waived", "true")["Checked"] = s.v.Waived
	}
	if slices.Contains(next, refused) {
		s.refusal(true)
	}
}
