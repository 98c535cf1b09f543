// SPDX-License-Identifier: EUPL-1.2

package activity

// Gap is the code of something that the source does not say.
type Gap string

// The closed list of gaps.
const (
	NoStart        Gap = "start"
	NoEnd          Gap = "end"
	NoAmount       Gap = "amount"
	NoFunder       Gap = "funder"
	NoPartner      Gap = "partners"
	NoCountry      Gap = "countries"
	NoPriority     Gap = "priority"
	NoParticipants Gap = "participants"
	NoReference    Gap = "lines"
)

// Gaps lists the closed list.
func Gaps() []Gap {
	return []Gap{NoPriority, NoCountry, NoStart, NoEnd, NoFunder, NoAmount, NoPartner, NoParticipants, NoReference}
}

// Gaps lists what is not known of an activity and would belong to one of its kind, in the order of Gaps.
func (l Line) Gaps() []Gap {
	missing := map[Gap]bool{
		NoPriority:     len(l.Priorities) == 0,
		NoCountry:      len(l.Countries) == 0,
		NoStart:        !l.Start.Known() && !l.Since.Known(),
		NoEnd:          !l.End.Known(),
		NoFunder:       l.Funder.IsZero(),
		NoAmount:       !l.Amount.Known(),
		NoPartner:      len(l.Partners) == 0,
		NoParticipants: meets(l.Kind) && !l.Participants.Known(),
		NoReference:    len(l.Sources) == 0 || l.Sources[0].Lines == "",
	}
	var out []Gap
	for _, g := range Gaps() {
		if missing[g] {
			out = append(out, g)
		}
	}
	return out
}

// Gaps is Gaps of its line.
func (a Activity) Gaps() []Gap { return a.Summary().Gaps() }

// meets says whether people come together in activities of a kind, so that they can be counted.
func meets(k Kind) bool { return k == "workshop" || k == "event" || k == "training" }
