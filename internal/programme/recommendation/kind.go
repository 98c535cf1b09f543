// SPDX-License-Identifier: EUPL-1.2

package recommendation

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// Line is what a list shows of a recommendation.
type Line struct {
	Made
	Owned
	State   State      `json:"state" part:"PP"`
	Judge   string     `json:"judge,omitempty" part:"PP"`
	Reports int        `json:"reports,omitempty" part:"PP"`
	Dissent int        `json:"dissent,omitempty" part:"PP"` // how many speak against the government's answer
	Judged  []Was      `json:"judged,omitempty" part:"PP"`  // every judgement, in the order in which they were written
	From    journal.ID `json:"from,omitzero" part:"PP"`     // another office that assigned it to this one
	Refused bool       `json:"refused,omitempty" part:"PP"` // by this office
}

// Was is where a recommendation stood in somebody's judgement from a day on.
type Was struct {
	State State             `json:"state"`
	On    party.PartialDate `json:"on"`
	By    string            `json:"by"`
}

// Row is a recommendation in a list.
type Row = register.Found[Line]

// Late says that nobody has judged it implemented or past, and its date is over at a time.
func (l Line) Late(now time.Time) bool {
	if !l.Due.Known() || l.State == Implemented || l.State == Past {
		return false
	}
	return now.After(l.Due.Last().AddDate(0, 0, 1))
}

// SourceCode is the code under which a list finds the recommendations of a body: names are text, and codes are not.
func SourceCode(source string) string {
	h := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(source))))
	return hex.EncodeToString(h[:6])
}

// StoreKind gives the dossier kind "recommendation".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Recommendation]{
		Name: access.KindRecommendation, Base: journal.PP, Codes: []string{"source", "country", "owner", "state", "strength", "late", "lacks", "undated", "from", register.OrderCode}, Derives: 1,
		Types: []store.Type{
			{Name: MadeType, Payload: Made{}, Overlap: []string{"text", "strength", "articles", "measures", "on"}},
			{Name: OwnedType, Payload: Owned{}, Overlap: []string{"owners", "due"}},
			{Name: ReportedType, Payload: Reported{}},
			{Name: JudgedType, Payload: Judged{}},
			{Name: SaidType, Payload: Said{}},
			{Name: AssignedType, Payload: Assigned{}},
			{Name: RefusedType, Payload: Refused{}},
			{Name: ReceivedType, Payload: Received{}},
		},
		Fold: Fold, Guard: guard, Derive: derive, Effects: effects,
	})
}

// Summary gives what a list shows of a recommendation.
func (r Recommendation) Summary() Line {
	l := Line{Made: r.Made, Owned: r.Owned, State: r.State(), Reports: len(r.Reports), Dissent: len(r.Of(Dissent)), From: r.From, Refused: r.Refused.Reason != ""}
	for _, j := range r.Judged {
		l.Judged = append(l.Judged, Was{j.State, j.On, j.By})
	}
	if len(r.Judged) > 0 {
		l.Judge = r.Judged[len(r.Judged)-1].By
	}
	return l
}

func derive(r Recommendation) store.Derived {
	if !r.Exists() {
		return store.Derived{}
	}
	m := r.Made
	d := store.Derived{State: string(r.State()), Summary: r.Summary(),
		Codes: map[string][]string{"source": {SourceCode(m.Source)}, "state": {string(r.State())}, register.OrderCode: inOrder(m)}}
	waits := r.State() != Implemented && r.State() != Past
	if !r.Owned.Due.Known() {
		d.Codes["lacks"] = append(d.Codes["lacks"], "undated")
		if waits {
			d.Codes["undated"] = []string{"open"}
		}
	} else if waits {
		d.Codes["late"], d.Due = []string{register.DayAfter(r.Owned.Due)}, r.Owned.Due.Last().AddDate(0, 0, 1)
	}
	if !r.From.IsZero() {
		d.Codes["from"] = []string{r.From.String()}
	} else if len(r.Owned.Owners) == 0 {
		d.Codes["lacks"] = append(d.Codes["lacks"], "unowned")
	}
	if m.Country != "" {
		d.Codes["country"] = []string{m.Country}
	}
	if m.Strength != "" {
		d.Codes["strength"] = []string{string(m.Strength)}
	}
	for _, o := range r.Owned.Owners {
		d.Codes["owner"] = append(d.Codes["owner"], o.String())
	}
	return d
}

func guard(g *store.Guarding, r Recommendation, e journal.Entry) error {
	if e.Type != MadeType && e.Type != ReceivedType && !r.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	var fs fault.Fields
	settled, err := r.guardMail(&fs, g, e)
	if err != nil {
		return err
	}
	if settled {
		return fs.Err()
	}
	switch e.Type {
	case MadeType:
		var v Made
		v, err = journal.In[Made](e)
		v.check(&fs)
		if err == nil && Ref(g.Owner, v).ID != e.Dossier {
			fs.Add("paragraph", "recommendation.want.same")
		}
	case OwnedType:
		var v Owned
		v, err = journal.In[Owned](e)
		v.asks().Check(&fs, g)
	case ReportedType:
		var v Reported
		v, err = journal.In[Reported](e)
		if v.asks(nil).Check(&fs, g); !slices.Contains(r.Owned.Owners, v.Owner) {
			fs.Add("owner", "recommendation.want.owner")
		}
	case JudgedType:
		var v Judged
		v, err = journal.In[Judged](e)
		v.asks().Check(&fs, g)
	case SaidType:
		var v Said
		v, err = journal.In[Said](e)
		v.check(&fs)
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

func (v Said) check(fs *fault.Fields) {
	if !slices.Contains(Sides(), v.Side) {
		fs.Add("side", "recommendation.want.side")
	}
	if !named(v.By) {
		fs.Add("by", "recommendation.want.by", "Max", maxName)
	}
	v.Text.Check(fs, "text", true, MaxText)
}
