// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Entry types of the dossier kind "budget".
const (
	ProposedType  = "budget.proposed"
	ConfirmedType = "budget.confirmed"
	ReservedType  = "budget.reserved"
	FreedType     = "budget.freed" // before anything was drawn
	SpentType     = "budget.spent"
)

// Policy is how much may be told in all about one person of a source.
type Policy struct {
	Year   float64 `json:"year" part:"D9"` // epsilon of all releases in one calendar year
	Life   float64 `json:"life" part:"D9"` // epsilon of all releases that a record is ever in
	Delta  float64 `json:"delta" part:"D9"`
	Reason string  `json:"reason,omitempty" part:"D9"` // why it is more than usual
}

// Usual is the policy where an office has agreed on no other.
func Usual() Policy { return Policy{Year: 1, Life: 4, Delta: 1e-6} }

// Loose says that a policy allows more than the usual one, which needs a written reason.
func (p Policy) Loose() bool {
	u := Usual()
	return p.Year > u.Year || p.Life > u.Life || p.Delta > u.Delta
}

// Payloads of the entries. All name the source, so that a budget's first entry says whose it is.
type (
	// Proposal is budget.proposed.
	Proposal struct {
		Source string `json:"source" part:"D9"`
		Policy
	}
	// Confirmation is budget.confirmed, by somebody else.
	Confirmation struct {
		Is bool `json:"is" part:"D9"`
	}
	// Reservation is budget.reserved. Years are the closed calendar years that the release counts and nothing else; none means
	// that it may touch any record.
	Reservation struct {
		Release journal.ID   `json:"release" part:"D9"`
		Source  string       `json:"source" part:"D9"`
		Route   bundle.Route `json:"route" part:"D9"`
		Years   []int        `json:"years,omitempty" part:"D9"`
		Cost    Cost         `json:"cost" part:"D9"`
	}
	// Freed is budget.freed.
	Freed struct {
		Release journal.ID `json:"release" part:"D9"`
	}
	// Spent is budget.spent: the line of the register.
	Spent struct {
		Release    journal.ID    `json:"release" part:"D9"`
		Unit       string        `json:"unit" part:"D9"` // whom the promise is made to
		Version    string        `json:"version" part:"D9"`
		Workload   []string      `json:"workload" part:"D9"` // tables by their columns
		Rho        Cost          `json:"rho" part:"D9"`
		Delta      float64       `json:"delta,omitempty" part:"D9"`
		Sigmas     []float64     `json:"sigmas,omitempty" part:"D9"`
		Cells      int           `json:"cells" part:"D9"`
		Hash       string        `json:"hash" part:"D9"`
		Commitment string        `json:"seed_commitment,omitempty" part:"D9"`
		Signed     [2]journal.ID `json:"signed" part:"D9"` // who asked and who approved
	}
)

// Charge is one release on a budget.
type Charge struct {
	Reservation
	At    time.Time
	Spent *Spent // nil until it was drawn
}

// Budget is the dossier of one source: what its people may still be told about, and the releases that have used it.
type Budget struct {
	Source   string
	Policy   Policy
	Waiting  *Policy // proposed, not confirmed
	By       journal.ID
	Charges  []Charge
	Policies int // how often a policy was agreed on
}

// FoldBudget gives the state of entries in rising revision.
func FoldBudget(es []journal.Entry) (Budget, error) {
	b := Budget{Policy: Usual()}
	for _, e := range es {
		if err := b.apply(e); err != nil {
			return Budget{}, err
		}
	}
	return b, nil
}

func (b *Budget) apply(e journal.Entry) error {
	switch e.Type {
	case ProposedType:
		return in(e, func(v Proposal) { b.Source, b.Waiting, b.By = v.Source, &v.Policy, e.Actor })
	case ConfirmedType:
		if b.Waiting != nil {
			b.Policy, b.Waiting, b.Policies = *b.Waiting, nil, b.Policies+1
		}
	case ReservedType:
		return in(e, func(v Reservation) {
			b.Source, b.Charges = v.Source, append(slices.Clone(b.Charges), Charge{Reservation: v, At: e.OccurredAt})
		})
	case FreedType:
		return in(e, func(v Freed) {
			b.Charges = slices.DeleteFunc(slices.Clone(b.Charges), func(c Charge) bool { return c.Release == v.Release })
		})
	case SpentType:
		return in(e, func(v Spent) {
			b.Charges = slices.Clone(b.Charges)
			for i := range b.Charges {
				if b.Charges[i].Release == v.Release {
					b.Charges[i].Spent = &v
				}
			}
		})
	}
	return nil
}

// Charge finds that of a release.
func (b Budget) Charge(release journal.ID) (Charge, bool) {
	for _, c := range b.Charges {
		if c.Release == release {
			return c, true
		}
	}
	return Charge{}, false
}

// Left is how much a release of some closed years (none: of any) may still cost, by the year's limit and by the record's.
// Whole is what it would be had nothing been released.
type Left struct{ Year, Life, WholeYear, WholeLife Cost }

// Least is the smaller of both.
func (l Left) Least() Cost { return max(0, min(l.Year, l.Life)) }

// Limits are what a policy allows to be spent.
type Limits struct{ Year, Life Cost }

// Limits gives the most that keeps a policy.
func (p Policy) Limits() (l Limits, err error) {
	if l.Year, err = allowed(noise.Promise{Epsilon: p.Year, Delta: p.Delta}); err == nil {
		l.Life, err = allowed(noise.Promise{Epsilon: p.Life, Delta: p.Delta})
	}
	return l, err
}

// Left gives what is left at a time, under the policy that holds.
func (b Budget) Left(years []int, at time.Time) (Left, error) {
	most, err := b.Policy.Limits()
	return b.Under(most, years, at), err
}

// Under gives what is left at a time under limits. A record is of one closed year, so that releases of other closed years cost
// it nothing; one that is not of whole closed years costs every record.
func (b Budget) Under(most Limits, years []int, at time.Time) Left {
	l := Left{most.Year, most.Life, most.Year, most.Life}
	of := years
	if len(of) == 0 { // the record that has paid most, of all years that a release was made of, and of none
		of = []int{0}
		for _, c := range b.Charges {
			of = append(of, c.Years...)
		}
	}
	for _, y := range of {
		var now, ever Cost
		for _, c := range b.Charges {
			if len(c.Years) > 0 && !slices.Contains(c.Years, y) {
				continue
			}
			ever += c.Cost
			if c.At.UTC().Year() == at.UTC().Year() {
				now += c.Cost
			}
		}
		l.Year, l.Life = min(l.Year, most.Year-now), min(l.Life, most.Life-ever)
	}
	return l
}

// BudgetSummary is what a list shows of a budget.
type BudgetSummary struct {
	Source string `json:"source" part:"D9"`
	Policy Policy `json:"policy" part:"D9"`
}

// BudgetKind gives the dossier kind "budget".
func BudgetKind() store.Kind {
	return store.Of(store.KindOf[Budget]{
		Name: access.KindBudget, Base: journal.D9, Codes: []string{"source"},
		Types: []store.Type{{Name: ProposedType, Payload: Proposal{}}, {Name: ConfirmedType, Payload: Confirmation{}},
			{Name: ReservedType, Payload: Reservation{}, Room: written}, {Name: FreedType, Payload: Freed{}, Room: written}, {Name: SpentType, Payload: Spent{}, Room: written}},
		Fold: FoldBudget, Guard: guardBudget,
		Derive: func(b Budget) store.Derived {
			if b.Source == "" {
				return store.Derived{}
			}
			return store.Derived{State: "open", Codes: map[string][]string{"source": {b.Source}}, Summary: BudgetSummary{b.Source, b.Policy}}
		},
	})
}

// guardBudget keeps the order: a policy is agreed on by two, nothing is reserved beyond it or for a release that nobody asked
// for, nothing is given back once drawing has begun.
func guardBudget(g *store.Guarding, b Budget, e journal.Entry) error {
	var fs fault.Fields
	switch e.Type {
	case ProposedType:
		if err := read(e, func(v Proposal) error { return v.check(&fs, g, b, e.Dossier) }); err != nil {
			return err
		}
	case ConfirmedType:
		if b.Waiting == nil {
			return fault.New(fault.Guarded, "release.guard.status")
		}
		if g.Actor.ID == b.By {
			return fault.New(fault.Guarded, "release.guard.second")
		}
	case ReservedType:
		return read(e, func(v Reservation) error {
			if BudgetRef(g.Owner, v.Source).ID != e.Dossier {
				return fault.New(fault.Guarded, "release.guard.reserved")
			}
			return v.check(g, b)
		})
	case FreedType:
		return read(e, func(v Freed) error {
			s, err := other(g, v.Release)
			if _, there := b.Charge(v.Release); err != nil || !there || s.status != Approved {
				return fault.New(fault.Guarded, "release.guard.spent")
			}
			return nil
		})
	case SpentType:
		return read(e, func(v Spent) error {
			c, there := b.Charge(v.Release)
			if !there || c.Spent != nil || v.Rho > c.Cost {
				return fault.New(fault.Guarded, "release.guard.reserved")
			}
			return nil
		})
	}
	return fs.Err()
}

func (v Proposal) check(fs *fault.Fields, g *store.Guarding, b Budget, of journal.ID) error {
	if v.Source == "" || BudgetRef(g.Owner, v.Source).ID != of || b.Source != "" && b.Source != v.Source {
		fs.Add("source", "release.want.source")
	}
	if !(v.Year > 0) || v.Year > 20 {
		fs.Add("year", "release.want.epsilon")
	}
	if !(v.Life >= v.Year) || v.Life > 50 {
		fs.Add("life", "release.want.life")
	}
	if !(v.Delta > 0) || v.Delta > 1e-4 {
		fs.Add("delta", "release.want.delta")
	}
	if v.Loose() && blank(v.Reason) || len(v.Reason) > maxWords {
		fs.Add("reason", "release.want.reason")
	}
	return nil
}

func (v Reservation) check(g *store.Guarding, b Budget) error {
	if _, twice := b.Charge(v.Release); twice || b.Source != "" && b.Source != v.Source || v.Cost < 0 || v.Cost > mostCost || (v.Cost == 0) != (v.Route == bundle.Exact) {
		return fault.New(fault.Guarded, "release.guard.reserved")
	}
	if g.Actor.Job == "" {
		if err := v.asked(g); err != nil {
			return err
		}
	}
	left, err := b.Left(v.Years, g.Now)
	if err != nil {
		return err
	}
	if v.Cost > left.Least() {
		return fault.New(fault.Guarded, "release.guard.budget")
	}
	return nil
}

// asked holds a reservation of a person against the release that it is for. What several offices publish together its own job
// reserves, after two people have agreed there.
func (v Reservation) asked(g *store.Guarding) error {
	s, err := other(g, v.Release)
	if err != nil || s.status != Asked || s.Asks.Source != v.Source || s.Asks.Route != v.Route {
		return fault.New(fault.Guarded, "release.guard.status")
	}
	return nil
}

func other(g *store.Guarding, id journal.ID) (State, error) {
	o, err := g.Other(access.KindRelease, id)
	if err != nil {
		return State{}, err
	}
	return o.(State), nil
}
