// SPDX-License-Identifier: EUPL-1.2

package measure

import (
	"context"
	_ "embed"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/provenance"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/sheet"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

//go:embed sample.csv
var sample []byte

// Fields lists the facts of a measure that a column of a table can hold. Its number and its words must be mapped.
func Fields() []sheet.Field {
	return []sheet.Field{"plan", "code", "text", "owners", "indicator", "due", "countries", "state", "note", "source"}
}

// heads are the words of a table's head for each field.
var heads = map[sheet.Field][]string{
	"plan":      {"plan", "strategie", "strategy", "plan d'action", "action plan", "nom du plan"},
	"code":      {"code", "n°", "no", "numero", "mesure n°", "measure no", "n° mesure", "ref", "reference", "mesure", "measure"},
	"text":      {"text", "texte", "intitule", "libelle", "objet", "title", "titre", "description", "contenu"},
	"owners":    {"owners", "owner", "responsable", "responsables", "pilote", "pilotes", "porteur", "porteurs", "chef de file", "lead"},
	"indicator": {"indicator", "indicators", "indicateur", "indicateurs", "indicateur de suivi"},
	"due":       {"due", "due date", "deadline", "echeance", "date", "calendrier", "date limite", "terme"},
	"countries": {"countries", "country", "pays", "pays ou territoires"},
	"state":     {"state", "status", "etat", "statut", "avancement", "etat d'avancement"},
	"note":      {"note", "notes", "evidence", "preuve", "commentaire", "commentaires", "observations", "remarques", "justification"},
	"source":    {"source", "page", "where"},
}

// states are the words of tables for how far a measure is.
var states = map[string]State{
	"prevu": Planned, "prevue": Planned, "planifie": Planned, "planifiee": Planned, "a venir": Planned, "non commence": Planned, "non commencee": Planned, "pas commencee": Planned, "planned": Planned, "not started": Planned,
	"en cours": UnderWay, "engage": UnderWay, "engagee": UnderWay, "partiel": UnderWay, "partielle": UnderWay, "partiellement realisee": UnderWay, "under way": UnderWay, "ongoing": UnderWay, "in progress": UnderWay, "started": UnderWay, "partly": UnderWay,
	"realise": Done, "realisee": Done, "fait": Done, "faite": Done, "acheve": Done, "achevee": Done, "termine": Done, "terminee": Done, "mis en oeuvre": Done, "mise en oeuvre": Done, "done": Done, "completed": Done, "implemented": Done,
	"abandonne": Dropped, "abandonnee": Dropped, "annule": Dropped, "annulee": Dropped, "dropped": Dropped, "cancelled": Dropped, "canceled": Dropped,
}

// StateOf reads a word for how far a measure is: "réalisée", "en cours", "not started".
func StateOf(s string) (State, bool) {
	v, ok := states[strings.ReplaceAll(party.Plainly(s), "œ", "oe")]
	return v, ok
}

var numbered = regexp.MustCompile(`(?i)^(?:measures?|mesures?|actions?)?\s*(?:n\s*°|no\.?|nr\.?|#)?\s*([0-9][0-9A-Za-z.-]{0,18}|[A-Za-z]{1,3}[.-]?[0-9][0-9A-Za-z.-]{0,15})\s*[.:]?$`)

// CodeOf reads a measure's number: "Measure 44", "Mesure n° 44", "44", "A.3". ok is false for what has none.
func CodeOf(s string) (code string, ok bool) {
	m := numbered.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil {
		return "", false
	}
	code = strings.TrimRight(m[1], ".-")
	return code, codeForm.MatchString(code)
}

// Asked is what a plan of measures needs to know beside the table.
type Asked struct {
	sheet.Asked
	Plan string            // the strategy or action plan, where no column says it
	On   party.PartialDate // the day on which somebody brings it in, from which what it says is reported here; unknown for the job
}

// item is one row as it will be written: what it says lies in changes, so that what it does not say stays.
type item struct {
	row              int
	plan, code       string
	language, title  string
	changes          []func(*Noted)
	state            State
	note, documented string
	on               party.PartialDate
}

// reading is one row in the reading.
type reading struct {
	Asked
	row     sheet.Row
	m       sheet.Mapping
	dropped []sheet.Dropped
}

func (r *reading) text(f sheet.Field) string {
	i, ok := r.m[f]
	if !ok || i >= len(r.row.Cells) {
		return ""
	}
	return strings.Join(strings.Fields(r.row.Cells[i]), " ")
}

func (r *reading) drop(f sheet.Field, why string) {
	r.dropped = append(r.dropped, sheet.Dropped{Row: r.row.N, Field: f, Why: "sheet.why." + why})
}

// plan reads a table by a mapping. The error is an invalid fault: numbers or words have no column.
func plan(t sheet.Table, m sheet.Mapping, a Asked) (items []item, dropped []sheet.Dropped, err error) {
	for _, f := range []sheet.Field{"code", "text"} {
		if _, ok := m[f]; !ok {
			return nil, nil, fault.New(fault.Invalid, "sheet.want."+string(f))
		}
	}
	if _, ok := m["plan"]; !ok && strings.TrimSpace(a.Plan) == "" {
		return nil, nil, fault.New(fault.Invalid, "sheet.want.plan")
	}
	if a.Year == 0 {
		a.Year = sheet.YearOf(a.Document)
	}
	seen := map[string]bool{}
	for _, row := range t.Rows {
		r := reading{Asked: a, row: row, m: m}
		x, why := r.item()
		key := party.Plainly(x.plan) + "\n" + x.code
		switch {
		case why != "":
			dropped = append(dropped, sheet.Dropped{Row: row.N, Why: "sheet.why." + why})
			continue
		case seen[key]:
			dropped = append(dropped, sheet.Dropped{Row: row.N, Field: "code", Why: "sheet.why.measure_twice"})
			continue
		}
		seen[key] = true
		items, dropped = append(items, x), append(dropped, r.dropped...)
	}
	return items, dropped, nil
}

// item reads the row; why says what makes it no measure.
func (r *reading) item() (x item, why string) {
	x = item{row: r.row.N, plan: r.text("plan"), language: r.Language, title: r.text("text"), documented: r.Document, on: r.On}
	if x.plan == "" {
		x.plan = strings.TrimSpace(r.Plan)
	}
	code, ok := CodeOf(r.text("code"))
	x.code = code
	switch {
	case !ok:
		return x, "measure_code"
	case x.title == "":
		return x, "measure_text"
	case wording.Longer(x.title, MaxText):
		return x, "long"
	case x.plan == "" || wording.Longer(x.plan, maxName):
		return x, "measure_plan"
	}
	x.changes = append(x.changes, func(n *Noted) { n.Text = n.Text.With(r.Language, x.title) })
	for _, f := range []func() func(*Noted){r.owners, r.indicator, r.due, r.countries, r.source} {
		if c := f(); c != nil {
			x.changes = append(x.changes, c)
		}
	}
	if x.note = r.text("note"); wording.Longer(x.note, maxNote) {
		r.drop("note", "long")
		x.note = ""
	}
	if s := r.text("state"); s != "" {
		if x.state, ok = StateOf(s); !ok {
			r.drop("state", "measure_state")
		}
	}
	return x, ""
}

func (r *reading) owners() func(*Noted) {
	var out []journal.ID
	for s := range strings.FieldsFuncSeq(r.text("owners"), func(c rune) bool { return strings.ContainsRune(";|\n", c) }) {
		id, ok := r.Partners[strings.ToLower(strings.TrimSpace(s))]
		if !ok {
			r.drop("owners", "partner")
			continue
		}
		if !slices.Contains(out, id) && len(out) < maxOwners {
			out = append(out, id)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return func(n *Noted) { n.Owners = out }
}

func (r *reading) indicator() func(*Noted) {
	s := r.text("indicator")
	if wording.Longer(s, MaxText) {
		r.drop("indicator", "long")
		return nil
	}
	if s == "" {
		return nil
	}
	return func(n *Noted) { n.Indicator = n.Indicator.With(r.Language, s) }
}

// due is the last day of the date or span that the table says.
func (r *reading) due() func(*Noted) {
	s := r.text("due")
	if s == "" {
		return nil
	}
	_, end, ok := party.WrittenDates(s, r.Year)
	if !ok {
		r.drop("due", "date")
		return nil
	}
	return func(n *Noted) { n.Due = end }
}

func (r *reading) countries() func(*Noted) {
	var out []string
	for s := range strings.FieldsFuncSeq(r.text("countries"), func(c rune) bool { return strings.ContainsRune(",;|\n", c) }) {
		c := r.Countries[party.Plainly(s)]
		if c == "" {
			r.drop("countries", "country")
			continue
		}
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return nil
	}
	return func(n *Noted) { n.Countries = out }
}

func (r *reading) source() func(*Noted) {
	s := r.text("source")
	if wording.Longer(s, maxName) {
		r.drop("source", "long")
		return nil
	}
	if s == "" {
		return nil
	}
	return func(n *Noted) { n.Source = s }
}

// over gives what is known once the row has been read. The table is the source where none was named before.
func (x item) over(now Noted) Noted {
	v := now
	v.Plan, v.Code = x.plan, x.code
	if now.Plan != "" && party.Plainly(now.Plan) == party.Plainly(x.plan) {
		v.Plan = now.Plan
	}
	for _, c := range x.changes {
		c(&v)
	}
	if v.Source == "" {
		v.Source = strings.ToValidUTF8(x.documented[:min(len(x.documented), maxName)], "")
	}
	return v
}

// reported gives the report of a row that says how far the measure is; ok is false where nothing new is said. Where the table
// names no evidence, the table itself is where it stands.
func (x item) reported(now Measure) (v Reported, ok bool) {
	if x.state == "" || x.state == now.State() {
		return v, false
	}
	v = Reported{State: x.state, On: x.on, By: x.documented, Why: x.note}
	if v.Why == "" {
		v.Why = x.documented
	}
	return v, x.state != Planned
}

// drafts gives what of a row a record does not hold yet.
func (x item) drafts(state any) ([]store.Draft, bool, []string, error) {
	now := state.(Measure)
	v := x.over(now.Noted)
	var out []store.Draft
	fields := sheet.Differing(now.Noted, v)
	if len(fields) > 0 {
		out = append(out, store.Draft{Type: NotedType, Payload: v})
	}
	if rep, ok := x.reported(now); ok {
		out, fields = append(out, store.Draft{Type: ReportedType, Payload: rep}), append(fields, "state")
	}
	return out, now.Exists(), fields, nil
}

// Import brings a table of measures into the office of w, an officer or the job "importer"; dry says what it would do and writes
// nothing. A measure is known again by its plan and its number, whoever noted it; what the table does not say stays; a second
// import of the same table changes nothing. Errors: an invalid fault (no column holds the numbers, the words or the plan), and
// those of sheet.Write.
func Import(ctx context.Context, s *store.Store, w store.Who, t sheet.Table, m sheet.Mapping, a Asked, dry bool) (sheet.Report, error) {
	items, dropped, err := plan(t, m, a)
	if err != nil {
		return sheet.Report{}, err
	}
	rows, err := register.All[Line](ctx, s, w, store.Query{Kind: access.KindMeasure})
	if err != nil {
		return sheet.Report{}, err
	}
	key := func(plan, code string) string { return party.Plainly(plan) + "\n" + code }
	known := map[string]journal.ID{}
	for _, r := range slices.Backward(rows) {
		known[key(r.V.Plan, r.V.Code)] = r.ID
	}
	changes := make([]sheet.Change, len(items))
	for i, x := range items {
		id, ok := known[key(x.plan, x.code)]
		if !ok {
			id = provenance.ID("measure of a table", w.Actor.Owner.String(), key(x.plan, x.code))
		}
		changes[i] = sheet.Change{Outcome: sheet.Outcome{Row: x.row, Code: x.code, Title: x.title}, Ref: store.Ref{Kind: access.KindMeasure, ID: id}, Absent: Measure{}, Decide: x.drafts}
	}
	return sheet.Write(ctx, s, w, changes, dropped, dry)
}

// Guess says which column of a table of measures is which field.
func Guess(head []string) sheet.Mapping { return sheet.GuessAmong(head, Fields(), heads) }
