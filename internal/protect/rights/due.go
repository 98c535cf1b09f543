// SPDX-License-Identifier: EUPL-1.2

package rights

import (
	"strconv"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/packs/countries"
)

// Due is one thing that the law or the plan wants by a time.
type Due struct {
	What string // a code of DueCodes
	At   time.Time
	Of   string // what the code speaks of: a thread, the number of a follow-up; "" for none
	// Article is where it stands, as "CETS 197, Art. 13"; "" when that is not known.
	Article     string
	Consequence string      // catalogue key: what happens when it is missed
	Unverified  bool        // nobody compared the rule with the law
	Warn        []time.Time // when to warn, earliest first
}

// DueCodes lists what can be due; their words are "rights.due.<code>", their consequences
// "rights.consequence.<code>".
func DueCodes() []string {
	return []string{"inform_rights", "offer_reflection", "reflection_ends", "check_reflection", "stay_ends", "remedy", "claim", "arrival", "follow_up"}
}

// The Convention's articles on the duties that presumption opens.
const (
	articleInform = "CETS 197, Art. 12, 15"
	articleReturn = "CETS 197, Art. 16"
)

// Dues lists what is due on a person's file, earliest first. presumedAt is when identification came to
// "presumed" (zero before): it opens the duties to inform and to offer reflection, on the same day (G1).
func Dues(s State, pack countries.Pack, presumedAt, now time.Time) []Due {
	d := dues{pack: pack, zone: pack.Location()}
	if !presumedAt.IsZero() {
		d.presumed(s, presumedAt)
	}
	d.reflection(s.Reflection, now)
	if (s.Stay.Step == "granted" || s.Stay.Step == "renewed" || s.Stay.Step == "renewal_due") && !s.Stay.ValidTo.IsZero() {
		d.add(Due{What: "stay_ends", At: s.Stay.ValidTo, Warn: clock.WarnAt(StayWarnings(), s.Stay.ValidTo, d.zone)})
	}
	for _, r := range s.refusals() {
		if r.until.After(now) {
			d.add(Due{What: "remedy", At: r.until, Of: r.of})
		}
	}
	d.claim(s.Justice)
	d.journey(s.Return)
	inorder.Stably(d.out, func(a, b Due) int { return a.At.Compare(b.At) })
	return d.out
}

// Basis is what a due thing rests on, as a list shows it.
type Basis struct {
	Article     string // "" when it is not known
	Source      string // of the rule; "" when it is not known
	Consequence string // catalogue key: what happens when it is missed
	Unverified  bool   // nobody compared the rule with the law
}

// Explain gives what a due thing rests on in a territory when it is known by its code only. A list shows it;
// a person's page knows more and uses Dues.
func Explain(what string, pack countries.Pack, child bool, now time.Time) Basis {
	d := dues{pack: pack}
	b := Basis{Consequence: "rights.consequence." + what}
	switch what {
	case "inform_rights":
		b.of(d.convention(articleInform))
	case "offer_reflection":
		b.of(d.convention(countries.Article13))
	case "arrival":
		b.of(d.convention(articleReturn))
	case "reflection_ends", "check_reflection":
		r := pack.Reflection(child, now)
		b.Article, b.Source, b.Unverified = r.Article, r.Source, what == "check_reflection"
	case "claim":
		r, _ := pack.Clock(countries.Compensation, now)
		b.Article, b.Source, b.Unverified = r.Article, r.Source, !r.Verified()
	}
	return b
}

// of rests it on an article of the Convention; where that does not bind, on what nobody has looked up yet.
func (b *Basis) of(article string) {
	b.Article, b.Unverified = article, true
	if article != "" {
		b.Source = countries.ConventionText
	}
}

// SourceWord gives a rule's source in words, "" for none.
func (b Basis) SourceWord(l *lang.Locale) string { return sourceWord(l, b.Source) }

type dues struct {
	pack countries.Pack
	zone *time.Location
	out  []Due
}

func (d *dues) add(x Due) {
	x.Consequence = "rights.consequence." + x.What
	d.out = append(d.out, x)
}

// presumed is guard G1. A duty that was done before the person was presumed is done: what counts is that
// she knows.
func (d *dues) presumed(s State, at time.Time) {
	if len(s.Told) == 0 {
		d.add(Due{What: "inform_rights", At: clock.EndOfDay(at, d.zone), Article: d.convention(articleInform), Unverified: true})
	}
	if s.Reflection.Status == NotOffered {
		d.add(Due{What: "offer_reflection", At: clock.EndOfDay(at, d.zone), Article: d.convention(countries.Article13), Unverified: true})
	}
}

// convention gives an article of the Convention where it binds. It also stands for a territory without a
// pack, where nothing else is known.
func (d *dues) convention(article string) string {
	if d.pack.Convention || d.pack.Zone == "" {
		return article
	}
	return ""
}

func (d *dues) reflection(r Reflection, now time.Time) {
	if !r.Runs(now) {
		return
	}
	x := Due{What: "reflection_ends", At: r.End, Article: r.Rule.Article, Unverified: !r.Rule.Verified(), Warn: clock.Warnings(r.Rule, r.End, d.zone)}
	if x.Unverified { // it protects on; somebody must look at the law
		x.What = "check_reflection"
	}
	d.add(x)
}

// claim reckons a claim's clock where the pack has one and the end of the act is known.
func (d *dues) claim(j JusticeState) {
	if j.Act.IsZero() {
		return
	}
	if step := j.Threads["claim"].Step; step != "" && step != "prepared" {
		return
	}
	r, ok := d.pack.Clock(countries.Compensation, j.Act)
	if !ok {
		return
	}
	end := clock.Due(r, j.Act, d.zone)
	d.add(Due{What: "claim", At: end, Article: r.Article, Unverified: !r.Verified(), Warn: clock.Warnings(r, end, d.zone)})
}

func (d *dues) journey(r ReturnState) {
	if (r.Step == "travelling" || r.Step == "alarm") && !r.Expected.IsZero() {
		d.add(Due{What: "arrival", At: r.Expected, Article: d.convention(articleReturn), Unverified: true})
	}
	lengths := FollowUps()
	for _, n := range openFollowUps(r) {
		d.add(Due{What: "follow_up", At: lengths[n-1].End(r.Arrived, d.zone), Of: strconv.Itoa(n)})
	}
}
