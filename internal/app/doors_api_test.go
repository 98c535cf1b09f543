// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/platform/tongue"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/subscriber"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// reads restates, from the table "who may see what" and not from the policies, which categories of a file each role
// reads that stands to it.
var reads = map[access.Role]string{
	access.CaseManager: "D0 D1 D2 D3 D5 D6 D7", access.Supervisor: "D0 D1 D2 D3 D6 D7", access.Responder: "D0 D1 D2", access.Panel: "D0 D1 D2 D3 D7",
	access.Health: "D0 D1 D2 D4", access.Shelter: "D0 D1 D5", access.Lawyer: "D0 D1 D2 D3 D6 D7 D8", access.Guardian: "D0 D1 D2 D6 D7",
}

// writer says who may write an entry type: these roles with standing (near), or whatever their standing (any).
type writer struct{ near, any []access.Role }

var (
	manager    = writer{near: []access.Role{access.CaseManager}}
	withLawyer = writer{near: []access.Role{access.CaseManager, access.Lawyer}}
	byPost     = writer{} // what other offices or the clock bring about: no person writes it
	officers   = writer{any: []access.Role{access.ProgrammeOfficer}}
	liaisons   = writer{any: []access.Role{access.Liaison}}
	readersOf  = writer{any: []access.Role{access.Liaison, access.Lawyer, access.ProgrammeOfficer, access.CaseManager}}
	handlers   = writer{near: []access.Role{access.FocalPoint}}
	takers     = writer{any: []access.Role{access.FocalPoint}}
	finders    = writer{any: []access.Role{access.CaseManager, access.FocalPoint}}
)

// writers has a line for every entry type that an office knows. A type without one fails the test, so whoever adds
// one says here who may write it.
var writers = map[string]writer{
	"assessment assessment.declared":     {}, // an assessor's own, and no assessor works in such an office
	"assessment assessment.scored":       {},
	"training training.seated":           {}, // the trainer's own, likewise
	"training training.tested":           {},
	"person person.registered":           {near: []access.Role{access.CaseManager, access.Responder}},
	"person person.identity":             manager,
	"person person.contact":              manager,
	"person person.coded":                manager,
	"person person.assigned":             {near: []access.Role{access.CaseManager, access.Supervisor}},
	"person person.closed":               manager,
	"person person.reopened":             manager,
	"person person.same_as":              {any: []access.Role{access.DuplicateDesk}},
	"resemblance resemblance.noted":      byPost,
	"resemblance resemblance.judged":     {any: []access.Role{access.DuplicateDesk}},
	"person place.moved":                 {near: []access.Role{access.CaseManager, access.Shelter}},
	"person note.added":                  {near: []access.Role{access.CaseManager, access.Health, access.Lawyer}},
	"person attachment.added":            {near: []access.Role{access.CaseManager, access.Health, access.Lawyer}},
	"person task.added":                  {near: []access.Role{access.CaseManager, access.Supervisor}},
	"person task.done":                   manager,
	"person track.identification":        {near: []access.Role{access.CaseManager, access.Panel, access.Lawyer}},
	"person track.child":                 withLawyer,
	"person access.emergency":            {any: []access.Role{access.CaseManager, access.Supervisor, access.Health, access.Shelter}},
	"person consent.given":               manager,
	"person consent.withdrawn":           manager,
	"person consent.suspended":           manager,
	"person consent.resumed":             manager,
	"person consent.ground_proposed":     manager,
	"person consent.ground_confirmed":    {near: []access.Role{access.CaseManager, access.Supervisor}},
	"person service.need_identified":     {near: []access.Role{access.CaseManager, access.Shelter}},
	"person service.step":                {near: []access.Role{access.CaseManager, access.Shelter}},
	"person service.goal_set":            manager,
	"person service.goal_reviewed":       withShelter,
	"person service.goal_step":           manager,
	"person service.goal_step_done":      withShelter,
	"person referral.drafted":            manager,
	"person referral.risk_assessed":      manager,
	"person referral.offered":            manager,
	"person referral.handed_over":        manager,
	"person referral.amended":            manager,
	"person referral.supplemented":       manager,
	"person referral.withdrawn":          manager,
	"person referral.closed":             manager,
	"person referral.answered":           byPost,
	"person referral.receipted":          byPost,
	"person referral.feedback":           byPost,
	"person referral.erasure_confirmed":  byPost,
	"person referral.refused":            byPost,
	"person referral.expired":            byPost,
	"person right.informed":              withLawyer,
	"person right.reflection_offered":    withLawyer,
	"person right.reflection_started":    withLawyer,
	"person right.reflection_extended":   withLawyer,
	"person right.reflection_ended":      withLawyer,
	"person right.reflection_terminated": withLawyer,
	"person right.reflection_reopened":   withLawyer,
	"person right.not_applicable":        withLawyer,
	"person right.measure":               withLawyer,
	"person right.stay":                  withLawyer,
	"person right.justice":               withLawyer,
	"person right.return":                withLawyer,
	"referral_in incoming.offered":       byPost,
	"referral_in incoming.handed_over":   byPost,
	"referral_in incoming.amended":       byPost,
	"referral_in incoming.supplemented":  byPost,
	"referral_in incoming.withdrawn":     byPost,
	"referral_in incoming.recalled":      byPost,
	"referral_in incoming.expired":       byPost,
	"referral_in incoming.answered":      takers,
	"referral_in incoming.assigned":      takers,
	"referral_in incoming.feedback":      handlers,
	"referral_in incoming.linked":        handlers,
	"referral_in incoming.closed":        handlers,
	"partner partner.pinned":             liaisons,
	"partner partner.blocked":            liaisons,
	"partner partner.unblocked":          liaisons,
	"partner partner.taken_along":        liaisons,
	"partner partner.witness_chosen":     liaisons,
	"partner partner.witness_released":   liaisons,
	"partner partner.log_forked":         byPost,
	"partner partner.log_settled":        byPost,
	"partner partner.log_accepted":       byPost,
	"partner partner.key_misused":        byPost,
	"terms terms.drafted":                liaisons,
	"terms terms.sent":                   liaisons,
	"terms terms.returned":               liaisons, // whom their room tells that it is the post's
	"terms terms.signed":                 liaisons,
	"terms terms.suspended":              liaisons,
	"terms terms.resumed":                liaisons,
	"terms terms.ended":                  liaisons,
	"group group.proposed":               liaisons,
	"group group.sent":                   liaisons,
	"group group.signed":                 liaisons,
	"group group.declined":               liaisons,
	"group group.withdrawn":              liaisons,
	"group group.recorded":               liaisons,
	"group group.left":                   liaisons,
	"group group.paired":                 liaisons,
	"group group.told":                   liaisons,
	"group group.vouched":                liaisons,
	"group group.returned":               liaisons,
	"language language.signed":           readersOf,
	"language language.withdrawn":        readersOf,
	"rights_text text.drafted":           readersOf,
	"rights_text text.signed":            readersOf,
	"rights_text text.withdrawn":         readersOf,
	"office office.changed":              {any: []access.Role{access.Administrator}},
	"office office.rules_added":          {any: []access.Role{access.Administrator}},
	"office office.rules_removed":        {any: []access.Role{access.Administrator}},
	"figure figure.received":             byPost, // and the sending page, which counts
	"figure figure.told":                 byPost, // likewise
	"session vote.cast":                  byPost, // a member of the committee, whom an assistance office has not
	"publication issue.published":        byPost, // and the page, which builds and checks it
	"log log.restored":                   byPost, // the command line's
	"log log.resumed":                    byPost,
	"person screening.recorded":          {near: []access.Role{access.CaseManager, access.Responder}},
	"person screening.outcome":           {near: []access.Role{access.CaseManager, access.Responder}},
	"signal screening.recorded":          manager, // of the signal that they took on; until then whoever wrote it
	"signal screening.outcome":           manager,
	"signal signal.noted":                manager,
	"signal signal.joined":               manager,
	"signal signal.consented":            manager,
	"signal signal.ground_proposed":      manager,
	"signal signal.ground_confirmed":     manager,
	"guest guest.opened":                 manager,
	"guest guest.written":                manager,
	"guest guest.closed":                 manager,
	"guest guest.visited":                byPost,
	"guest guest.answered":               byPost,
	"guest guest.filed":                  byPost,
	"inquiry inquiry.drafted":            manager,
	"inquiry inquiry.sent":               manager,
	"inquiry inquiry.withdrawn":          manager,
	"inquiry inquiry.accepted":           manager,
	"inquiry inquiry.refused":            manager,
	"inquiry inquiry.answered":           manager,
	"inquiry inquiry.taken":              {any: []access.Role{access.CaseManager, access.FocalPoint}},
	"inquiry inquiry.reminded":           manager,
	"inquiry inquiry.asked_again":        byPost,
	"inquiry inquiry.erased_there":       byPost,
	"inquiry inquiry.received":           byPost,
	"inquiry inquiry.recalled":           byPost,
	"inquiry inquiry.heard":              byPost,
	"inquiry inquiry.returned":           byPost,
	"request request.drafted":            byPost, // the work of police and justice offices, which this is not
	"request request.sent":               byPost,
	"request request.withdrawn":          byPost,
	"request request.reminded":           byPost,
	"request request.decided":            byPost,
	"request request.taken":              byPost,
	"request request.accepted":           byPost,
	"request request.refused":            byPost,
	"request request.answered":           byPost,
	"request request.seen":               byPost,
	"request request.more_time_asked":    byPost,
	"request request.received":           byPost,
	"request request.corrected":          byPost,
	"request request.recalled":           byPost,
	"request request.asked_again":        byPost,
	"request request.more_time_said":     byPost,
	"request request.heard":              byPost,
	"request request.seen_there":         byPost,
	"request request.more_time_wanted":   byPost,
	"request request.returned":           byPost,
	"request request.erased_there":       byPost,
	"letter letter.written":              manager,
	"letter letter.reminded":             manager,
	"letter letter.withdrawn":            manager,
	"letter letter.seen":                 manager,
	"letter letter.answered":             manager,
	"letter letter.closed":               manager,
	"letter letter.assigned":             {near: []access.Role{access.CaseManager}, any: []access.Role{access.Liaison, access.FocalPoint}},
	"letter letter.received":             byPost,
	"letter letter.enclosed":             byPost,
	"letter letter.recalled":             byPost,
	"letter letter.asked_again":          byPost,
	"letter letter.delivered":            byPost,
	"letter letter.returned":             byPost,
	"letter letter.seen_there":           byPost,
	"letter letter.replied":              byPost,
	"letter letter.erased_there":         byPost,
	"comparison comparison.asked":        byPost, // its room's, with the question that it speaks of
	"comparison comparison.returned":     byPost,
	"comparison comparison.answered":     byPost,
	"comparison comparison.judged":       finders,
	"comparison comparison.told":         finders,
	"comparison comparison.challenged":   byPost,
	"comparison comparison.opened":       byPost,
	"comparison comparison.questioned":   byPost,
	"comparison comparison.heard":        byPost,
	"comparison comparison.taken":        finders,
	"comparison comparison.doubted":      {any: []access.Role{access.Oversight}},
	"comparison comparison.shown":        byPost,
	"release release.drafted":            releasers,
	"release release.asked":              releasers,
	"release release.returned":           releasers,
	"release release.approved":           byPost, // its room's
	"release release.signed":             releasers,
	"release release.held":               releasers,
	"release release.withdrawn":          releasers,
	"release release.drawing":            byPost, // its room's
	"release release.drawn":              byPost, // its room's
	"release release.broken":             byPost, // its room's
	"budget budget.proposed":             releasers,
	"budget budget.confirmed":            releasers,
	"budget budget.reserved":             byPost, // its room's
	"budget budget.freed":                byPost, // its room's
	"budget budget.spent":                byPost, // its room's
	"return return.prepared":             byPost, // its room's
	"return return.rejected":             releasers,
	"return return.approved":             releasers,
	"return return.handed":               releasers,
	"return return.confirmed":            releasers,
	"return return.noted":                byPost, // its room's
	"return return.arrived":              byPost, // its room's
	"joint joint.drafted":                releasers,
	"joint joint.proposed":               releasers,
	"joint joint.agreed":                 releasers,
	"joint joint.accepted":               releasers,
	"joint joint.declined":               releasers,
	"joint joint.stopped":                releasers,
	"joint joint.dealt":                  byPost, // its room's
	"joint joint.summed":                 byPost, // its room's
	"joint joint.opened":                 byPost, // its room's
	"joint joint.invited":                byPost, // its room's
	"joint joint.answered":               byPost, // its room's
	"joint joint.dealt_there":            byPost, // its room's
	"joint joint.summed_there":           byPost, // its room's
	"joint joint.opened_there":           byPost, // its room's
	"joint joint.stopped_there":          byPost, // its room's
	"subject subject.recorded":           byPost, // a police or justice office's, which an assistance office holds none of
	"subject subject.changed":            byPost,
	"subject subject.assigned":           byPost,
	"subject subject.ended":              byPost,
	"subject subject.expired":            byPost,
	"proceeding proceeding.opened":       byPost, // a justice office's, which an assistance office holds none of
	"proceeding proceeding.changed":      byPost,
	"proceeding proceeding.defendant":    byPost,
	"proceeding proceeding.decided":      byPost,
	"proceeding proceeding.injured":      byPost,
	"proceeding proceeding.redress":      byPost,
	"proceeding proceeding.evidence":     byPost,
	"proceeding proceeding.dated":        byPost,
	"proceeding proceeding.assigned":     byPost,
	"proceeding proceeding.ended":        byPost,
	"proceeding proceeding.expired":      byPost,
	"signal signal.forwarded":            manager,
	"signal signal.linked":               manager,
	"signal signal.closed":               manager,
	"signal signal.taken":                {any: []access.Role{access.CaseManager, access.FocalPoint}},
	"signal signal.received":             byPost,
	"signal signal.receipted":            byPost,
	"signal signal.refused":              byPost,
	"signal signal.lapsed":               byPost, // the clock's
	"signal signal.reminded":             byPost,
	"signal signal.unread":               byPost,
	"signal signal.taken_back":           byPost,
	"signal signal.erased":               byPost,
	"signal signal.withdrawn":            manager,
}

// programmeKinds are those that a programme officer writes all types of.
var programmeKinds = []string{access.KindActivity, access.KindOrganisation, access.KindFunction, access.KindProgramme, access.KindNeed, access.KindRecommendation, access.KindAction, access.KindCall, access.KindApplication, access.KindAssessment, access.KindAward, access.KindStudy, access.KindEvent, access.KindPlan, access.KindSession, access.KindAgreement, access.KindMeasure, access.KindPublication, access.KindSubscriber, access.KindMailServer, access.KindTraining, access.KindRound, access.KindQuestion}

func (x writer) may(v *visitor) bool {
	return v.is(x.any...) || v.near() && v.is(x.near...)
}

// passed says whether the door let somebody pass: what is wrong then is wrong with what was sent. That a record does not
// exist is said by its room, in its own words.
func (r reply) passed() bool {
	if strings.Contains(r.body, `"party.`) {
		return true
	}
	return r.code != http.StatusNotFound && r.code != http.StatusForbidden && r.code != http.StatusUnauthorized
}

// TestWhoMayWriteEachEntryType asks, for every entry type, every role, with standing and without, at the dossier that
// some stand to, at one that they do not, and at another office's.
func TestWhoMayWriteEachEntryType(t *testing.T) {
	d := newDoors(t)
	at := d.dossiers()
	lines := maps.Clone(writers)
	maps.Copy(lines, permissionWriters)
	for _, typ := range d.n.Store.Registry().Types() {
		name := typ.Kind + " " + typ.Name
		line, ok := lines[name]
		if !ok && slices.Contains(knowingKinds(programmeKinds...), typ.Kind) {
			line, ok = officers, true
		}
		if delete(lines, name); !ok {
			t.Errorf("entry type %q has no line in the table: say who may write it", name)
			continue
		}
		if at[typ.Kind].IsZero() {
			t.Fatalf("no dossier of kind %s to ask about", typ.Kind)
		}
		for _, v := range d.everybody() {
			d.asks(typ.Name, line, v, at[typ.Kind], typ.Kind)
		}
		if a := d.appends(nil, typ.Kind, typ.Name, at[typ.Kind]); a.code != http.StatusUnauthorized {
			t.Errorf("a stranger writes %s: %d", name, a.code)
		}
	}
	for name := range lines {
		t.Errorf("the table has a line for %q, which no office knows", name)
	}
}

// dossiers gives one dossier of each kind.
func (d *doors) dossiers() map[string]journal.ID {
	d.Helper()
	at := map[string]journal.ID{access.KindPerson: d.own.id, access.KindReferralIn: d.incoming, access.KindPartner: d.partner, access.KindTerms: d.terms, access.KindOffice: d.lodge,
		access.KindFigure: d.n.newID(), access.KindFunction: d.n.newID(), access.KindLog: d.n.newID(), access.KindSignal: d.signal, access.KindInquiry: d.request, access.KindLetter: d.note, access.KindPermission: d.permission, access.KindRequest: d.n.newID(), access.KindSubject: d.n.newID(), access.KindProceeding: d.n.newID(), access.KindComparison: d.n.newID(), access.KindResemblance: d.n.newID(), access.KindJoint: d.jointly, access.KindSubscriber: d.n.newID(), access.KindMailServer: subscriber.ServerRef(d.lodge).ID, access.KindLanguage: tongue.RefOf(d.lodge, "sq").ID}
	officer := d.people["near-programme_officer"].who(access.ForProgramme)
	for _, kind := range []string{access.KindActivity, access.KindOrganisation, access.KindProgramme, access.KindNeed, access.KindRecommendation, access.KindAction, access.KindCall, access.KindApplication, access.KindAssessment, access.KindAward, access.KindStudy, access.KindEvent, access.KindPlan, access.KindSession, access.KindAgreement, access.KindMeasure, access.KindPublication, access.KindTraining, access.KindRound, access.KindQuestion, access.KindRightsText} {
		p, err := d.n.Store.List(d.Context(), officer, store.Query{Kind: kind})
		d.must(err)
		at[kind] = p.Rows[0].Ref.ID
	}
	for _, kind := range knowingKinds() {
		at[kind] = knownID(kind)
	}
	at[access.KindGuest], at[access.KindGroup] = d.guest, d.several
	at[access.KindRelease], at[access.KindBudget], at[access.KindReturn] = d.release, release.BudgetRef(d.lodge, "persons").ID, d.statutory
	at[access.KindActivity] = activity.Ref(d.lodge, "P4-G1").ID             // the programme's own: one that another publisher reports is nobody's to write
	at[access.KindCall], at[access.KindApplication] = d.call, d.application // the office's own: nobody covers the way to the other one
	return at
}

// appends sends an entry of a type with nothing in it.
func (d *doors) appends(v *visitor, kind, typ string, id journal.ID) reply {
	purpose := access.ForAssistance
	switch typ {
	case "access.emergency":
		purpose = access.ForEmergency
	case "person.same_as", "resemblance.judged", "resemblance.noted":
		purpose = access.ForIdentification
	}
	if slices.Contains([]string{access.KindRelease, access.KindBudget, access.KindJoint, access.KindReturn}, kind) {
		purpose = access.ForStatistics
	}
	return d.api(v, "POST", "/dossiers/"+kind+"/"+id.String()+"/entries?purpose="+string(purpose), map[string]any{"id": d.n.newID(), "type": typ, "payload": map[string]any{}})
}

func (d *doors) asks(typ string, line writer, v *visitor, id journal.ID, kind string) {
	d.Helper()
	if kind == access.KindReferralIn { // somebody may have taken it on meanwhile
		focal := d.people["near-focal_point"]
		d.write(focal, kind, id, store.Draft{Type: "incoming.assigned", Payload: referral.Taken{Worker: focal.id}})
	}
	may := func(where string, id journal.ID, want bool) {
		before := d.entries()
		a := d.appends(v, kind, typ, id)
		if a.passed() != want {
			d.Errorf("%s writes %s at %s: %d %s; the table says %v", v, typ, where, a.code, a.body, want)
		}
		if !a.passed() && d.entries() != before {
			d.Errorf("%s writes %s at %s: refused, and something was written", v, typ, where)
		}
	}
	may("their own", id, line.may(v))
	switch kind {
	case access.KindPerson:
		may("another's", d.others.id, v.is(line.any...) || v.login == "far-case_manager" && slices.Contains(line.near, access.CaseManager))
		d.nowhere(v, kind, typ, d.abroad.id)
	case access.KindReferralIn:
		may("another's", d.theirs, v.is(line.any...))
		d.nowhere(v, kind, typ, d.others.referral)
	}
}

// nowhere checks that a dossier of another office is as good as none.
func (d *doors) nowhere(v *visitor, kind, typ string, id journal.ID) {
	d.Helper()
	there, none := d.appends(v, kind, typ, id), d.appends(v, kind, typ, d.n.newID())
	if there.code != none.code || there.body != none.body || there.code == http.StatusOK {
		d.Errorf("%s writes %s at another office's dossier: %d %s; at none at all: %d %s", v, typ, there.code, there.body, none.code, none.body)
	}
}

// opened is what the API gives of a dossier.
type opened struct {
	Shown   []journal.Category `json:"shown"`
	Entries []struct {
		Parts map[journal.Category]any `json:"parts"`
	} `json:"entries"`
}

// TestWhoReadsWhichCategory opens files through the API for every role, standing and purpose, and looks in the bytes of
// the answer for texts planted in each category.
func TestWhoReadsWhichCategory(t *testing.T) {
	d := newDoors(t)
	for _, v := range d.everybody() {
		for _, purpose := range access.Purposes() {
			for _, f := range []struct {
				name string
				id   journal.ID
			}{{"Own", d.own.id}, {"Others", d.others.id}, {"Abroad", d.abroad.id}} {
				want := strings.Fields(reads[v.roles[0]])
				if holds := f.name == "Own" && v.near() || f.name == "Others" && v.login == "far-case_manager"; !holds {
					want = nil
				}
				if v.is(access.DuplicateDesk) && purpose == access.ForIdentification && f.name != "Abroad" {
					want = []string{"D0", "D2"}
				}
				if purpose == access.ForPerson || purpose == access.ForEmergency {
					want = slices.DeleteFunc(slices.Clone(want), func(c string) bool { return c == "D5" }) // never on a screen
				}
				a := d.api(v, "GET", "/dossiers/person/"+f.id.String()+"?purpose="+string(purpose), nil)
				if (a.code == http.StatusOK) != (len(want) > 0) || a.code != http.StatusOK && a.code != http.StatusNotFound {
					t.Fatalf("%s opens %s for %s: %d, expected to see %v", v, f.name, purpose, a.code, want)
				}
				for c, text := range planted(f.name) {
					if sees := strings.Contains(a.body, text); sees != slices.Contains(want, string(c)) {
						t.Errorf("%s opens %s for %s and sees %s: %v", v, f.name, purpose, c, sees)
					}
				}
				if a.code == http.StatusOK {
					var o opened
					a.json(t, &o)
					for _, c := range o.Shown {
						if !slices.Contains(want, string(c)) && c != journal.PP {
							t.Errorf("%s opens %s for %s and is shown %s", v, f.name, purpose, c)
						}
					}
				}
			}
		}
	}
}

// TestAListShowsWhatMayBeOpenedAndNothingElse compares what the API lists with what it opens.
func TestAListShowsWhatMayBeOpenedAndNothingElse(t *testing.T) {
	d := newDoors(t)
	all := map[string][]journal.ID{access.KindPerson: {d.own.id, d.others.id, d.abroad.id}, access.KindReferralIn: {d.incoming, d.theirs, d.others.referral}}
	listed, hidden := 0, 0
	for _, v := range d.everybody() {
		for kind, ids := range all {
			for _, purpose := range []access.Purpose{access.ForAssistance, access.ForIdentification, access.ForReferral, access.ForStatistics, access.ForOversight} {
				a := d.api(v, "GET", "/dossiers/"+kind+"?purpose="+string(purpose), nil)
				if a.code != http.StatusOK {
					t.Fatalf("%s lists %s: %d %s", v, kind, a.code, a.body)
				}
				for _, id := range ids {
					opens := d.api(v, "GET", "/dossiers/"+kind+"/"+id.String()+"?purpose="+string(purpose), nil).code == http.StatusOK
					if shown := strings.Contains(a.body, id.String()); shown != opens {
						t.Errorf("%s lists %s %s for %s: %v, and opens it: %v", v, kind, id, purpose, shown, opens)
					} else if shown {
						listed++
					} else {
						hidden++
					}
				}
			}
		}
	}
	if listed == 0 || hidden == 0 {
		t.Errorf("%d listed, %d hidden: this compares nothing", listed, hidden)
	}
}
