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
func (a Activity) Gaps() []Gap {
	s := a.Source
	missing := map[Gap]bool{
		NoPriority:     len(s.Priorities) == 0,
		NoCountry:      len(s.Countries) == 0,
		NoStart:        !a.Start().Known() && !s.Since.Known(),
		NoEnd:          !a.End().Known(),
		NoFunder:       s.Funder.IsZero(),
		NoAmount:       !s.Amount.Known(),
		NoPartner:      len(s.Partners) == 0,
		NoParticipants: meets(s.Kind) && !a.Participants().Known(),
		NoReference:    len(s.Sources) == 0 || s.Sources[0].Lines == "",
	}
	var out []Gap
	for _, g := range Gaps() {
		if missing[g] {
			out = append(out, g)
		}
	}
	return out
}

// meets says whether people come together in activities of a kind, so that they can be counted.
func meets(k Kind) bool { return k == "workshop" || k == "event" || k == "training" }
