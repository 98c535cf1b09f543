// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/permission"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/action"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
	"github.com/entraide-thb/entraide/internal/programme/committee"
	"github.com/entraide-thb/entraide/internal/programme/event"
	"github.com/entraide-thb/entraide/internal/programme/iati/record"
	"github.com/entraide-thb/entraide/internal/programme/measure"
	"github.com/entraide-thb/entraide/internal/programme/need"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/scheme"
	"github.com/entraide-thb/entraide/internal/programme/wording"
	"github.com/entraide-thb/entraide/internal/protect/attachment"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/inquiry"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/screening"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// doors is the world that the whole-door tests walk through: in one assistance office everybody that such an office can
// have, once with standing to a file and once without; a second file; and another office's file on the same node.
type doors struct {
	*world
	near, far             []*visitor // by role
	own, others, abroad   file       // of Athens with the near ones; of Athens with nobody of them; of Tirana
	incoming, theirs      journal.ID // referrals that Athens received: near ones handle the first, none the second
	signal                journal.ID // written down by a near first responder, taken on by the near case manager
	request               journal.ID // for a social inquiry, from Tirana, taken on by the near case manager
	note                  journal.ID // a letter from Tirana, which the near case manager has
	permission            journal.ID // asked by Tirana, of the near case manager
	terms, partner, lodge journal.ID // the terms with Tirana, Tirana, and Athens itself
	organisation          string     // one of the programme's
	question              string     // one that the programme's source leaves open
	need                  journal.ID // of the programme
	recommended           journal.ID
	action                journal.ID
	granted
	plan, proposal  journal.ID // of the steering committee, and in it
	meeting, motion journal.ID
	event, sitting  journal.ID // one that Athens hosts, and a session of it
	participant     journal.ID
	accord          journal.ID // an agreement
	words           string     // the hash of its version
	issue           journal.ID // of the newsletter
	measure         journal.ID
	release         journal.ID // of figures, drafted
	jointly         journal.ID // with another office, drafted
	statutory       journal.ID // a return, counted
	several         journal.ID // terms of several offices that the near liaison proposes
	guest, sheet    journal.ID // a door that the near case manager opened, and a file that came through it
}

// relationOf is how a role stands to a file that it works on.
var relationOf = map[access.Role]access.Relation{access.Supervisor: access.AsSuper, access.Responder: access.AsSignaller, access.Panel: access.AsPanel,
	access.Health: access.AsHealth, access.Shelter: access.AsShelter, access.Lawyer: access.AsLawyer, access.Guardian: access.AsGuardian}

func newDoors(t *testing.T) *doors {
	t.Helper()
	d := &doors{world: newWorld(t, "athens", "tirana")}
	for _, r := range access.RolesOf(access.Assistance) {
		d.near = append(d.near, d.hire("athens", "near-"+string(r), r))
		d.far = append(d.far, d.hire("athens", "far-"+string(r), r))
	}
	manager, stranger := d.people["near-case_manager"], d.people["far-case_manager"]
	abroad := d.hire("tirana", "tirana-manager", access.CaseManager)
	d.terms, d.partner, d.lodge = d.agree("athens", "tirana"), d.offices["tirana"].ID, d.offices["athens"].ID
	d.own, d.others, d.abroad = d.open(manager, "Own", "tirana"), d.open(stranger, "Others", "tirana"), d.open(abroad, "Abroad", "athens")
	for _, v := range d.near {
		if rel := relationOf[v.roles[0]]; rel != "" {
			d.write(manager, access.KindPerson, d.own.id, store.Draft{Type: "person.assigned", Payload: casework.Assigned{Worker: v.id, Relation: rel}})
		}
	}
	second := d.open(abroad, "Second", "athens")
	d.incoming, d.theirs = d.abroad.referral, second.referral
	for _, f := range []file{d.abroad, second} {
		d.must(d.n.Work.Offer(t.Context(), abroad.who(access.ForReferral), f.id, f.referral, d.clock.Now().Add(5*24*time.Hour)))
	}
	d.deliver()
	focal := d.people["near-focal_point"]
	d.write(focal, access.KindReferralIn, d.incoming, store.Draft{Type: "incoming.assigned", Payload: referral.Taken{Worker: focal.id}})
	d.signal = d.n.newID()
	d.write(d.people["near-first_responder"], access.KindSignal, d.signal, store.Draft{Type: "signal.noted", Payload: screening.Noted{Words: "planted"}})
	d.write(manager, access.KindSignal, d.signal, store.Draft{Type: "signal.taken", Payload: screening.Taken{Worker: manager.id}})
	d.asked()
	d.invites()
	d.proposes()
	_, err := opImportTexts(t.Context(), d.n, Of{d.lodge})
	d.must(err)
	_, err = opImportProgramme(t.Context(), d.n, ImportProgrammeIn{Of: Of{d.lodge}})
	d.must(err)
	officer := d.people["near-programme_officer"].who(access.ForProgramme)
	rows, err := d.n.Store.List(t.Context(), officer, store.Query{Kind: access.KindOrganisation})
	d.must(err)
	d.organisation = rows.Rows[0].Ref.ID.String()
	rows, err = d.n.Store.List(d.Context(), officer, store.Query{Kind: access.KindProgramme})
	d.must(err)
	programme, err := d.n.Store.Open(d.Context(), officer, rows.Rows[0].Ref)
	d.must(err)
	d.question = programme.State.(scheme.Scheme).Questions()[0].Key
	d.granted = d.grants()
	d.action = d.n.newID()
	_, err = d.n.Store.Append(t.Context(), d.people["near-programme_officer"].who(access.ForProgramme), store.Ref{Kind: access.KindAction, ID: d.action},
		store.Draft{Type: action.AgreedType, Payload: action.Agreed{Text: wording.New("en", "planted"), On: party.InYear(2026)}})
	d.must(err)
	made := recommendation.Made{Source: "Body", Document: "Report", Paragraph: "84", Text: wording.New("en", "planted")}
	d.recommended = recommendation.Ref(d.lodge, made).ID
	_, err = d.n.Store.Append(t.Context(), d.people["near-programme_officer"].who(access.ForProgramme), store.Ref{Kind: access.KindRecommendation, ID: d.recommended},
		store.Draft{Type: recommendation.MadeType, Payload: made})
	d.must(err)
	d.council()
	d.knows()
	d.monitors()
	d.letter()
	d.need = d.n.newID()
	_, err = d.n.Store.Append(t.Context(), d.people["near-programme_officer"].who(access.ForProgramme), store.Ref{Kind: access.KindNeed, ID: d.need},
		store.Draft{Type: need.NotedType, Payload: need.Noted{Text: wording.New("en", "planted"), Theme: "data", On: party.InYear(2026)}})
	d.must(err)
	d.gathering()
	d.reported()
	d.releases()
	d.statutory = d.returned()
	for _, v := range slices.Concat(d.near, d.far) {
		v.signIn() // a role that was given ends older sessions
	}
	return d
}

// asked lets a request for a social inquiry come from Tirana; the near case manager takes it on.
func (d *doors) asked() {
	d.Helper()
	post, err := d.n.Job(d.lodge, "post", access.ForDelivery)
	d.must(err)
	d.request = d.n.newID()
	_, err = d.n.Store.Append(d.Context(), post, store.Ref{Kind: access.KindInquiry, ID: d.request}, store.Draft{Type: inquiry.ReceivedType, Payload: inquiry.Came{From: d.partner, Asked: inquiry.Asked{Basis: "law", Questions: []string{"school"}, Children: 1,
		Due: "2026-06-01", Told: "told", Child: &inquiry.Child{Names: []string{"planted"}}, Facts: "planted", Legal: &inquiry.Legal{Article: "planted"}}}})
	d.must(err)
	manager := d.people["near-case_manager"]
	d.write(manager, access.KindInquiry, d.request, store.Draft{Type: inquiry.TakenType, Payload: inquiry.Taken{Worker: manager.id}})
	d.note = d.n.newID()
	_, err = d.n.Store.Append(d.Context(), post, store.Ref{Kind: access.KindLetter, ID: d.note}, store.Draft{Type: letter.ReceivedType, Payload: letter.Came{From: d.partner, Thread: d.note, Worker: manager.id, Words: letter.Words{Subject: "planted", Text: "planted"}}})
	d.must(err)
	d.permission = d.n.newID()
	_, err = d.n.Store.Append(d.Context(), post, store.Ref{Kind: access.KindPermission, ID: d.permission}, store.Draft{Type: permission.ReceivedType, Payload: permission.Came{From: d.partner, Kind: access.KindLetter, Hands: []journal.ID{manager.id},
		Question: permission.Question{Of: d.n.newID(), Thing: d.note, For: permission.Onward, Reason: "evidence", Due: "2026-06-01", Said: permission.Said{Account: &permission.Words{Whom: "planted"}}}}})
	d.must(err)
}

// reported brings in an activity of another publisher.
func (d *doors) reported() {
	d.Helper()
	importer, err := d.n.Job(d.lodge, "importer", access.ForProgramme)
	d.must(err)
	e := record.Element{Name: "iati-activity", Kids: []record.Element{{Name: "iati-identifier", Text: reportedCode}}}
	_, err = d.n.Store.Append(d.Context(), importer, activity.ReportedRef(d.lodge, reportedCode), store.Draft{Type: activity.ReportedType, Payload: activity.Reported{Identifier: reportedCode, Record: e}})
	d.must(err)
}

const reportedCode = "XX-1-A"

// council opens a plan with a proposal, calls a session with a motion, opens an agreement with a version,
// and notes a measure.
func (d *doors) council() {
	d.Helper()
	officer := d.people["near-programme_officer"].who(access.ForProgramme)
	d.plan, d.proposal, d.meeting, d.motion = d.n.newID(), d.n.newID(), d.n.newID(), d.n.newID()
	planted := wording.New("en", "planted")
	d.accord, d.measure = d.n.newID(), d.n.newID()
	text := []agreement.Paragraph{{ID: "a", Text: planted}}
	d.words = agreement.Hash(text)
	for _, x := range []struct {
		kind string
		id   journal.ID
		typ  string
		what any
	}{
		{access.KindPlan, d.plan, committee.OpenedType, committee.Opened{Year: 2027, Title: planted}},
		{access.KindPlan, d.plan, committee.ProposedType, committee.Proposed{Proposal: committee.Proposal{ID: d.proposal, Code: "P4-G9", Kind: "grant", Title: planted, Priority: 4}}},
		{access.KindSession, d.meeting, committee.CalledType, committee.Called{On: party.InYear(2026), Title: planted, Seats: 3, Quorum: 2, Rule: committee.Majority}},
		{access.KindMeasure, d.measure, measure.NotedType, measure.Noted{Plan: "planted", Code: "44", Text: planted}},
		{access.KindAgreement, d.accord, agreement.OpenedType, agreement.Opened{Code: "GR-AL-1", Title: planted, Sort: "other", Countries: []string{"GR", "AL"}}},
		{access.KindAgreement, d.accord, agreement.DraftedType, agreement.NewVersion(d.lodge, "", "planted", "", text)},
		{access.KindSession, d.meeting, committee.TabledType, committee.Tabled{Motion: d.motion, Text: planted}},
	} {
		_, err := d.n.Store.Append(d.Context(), officer, store.Ref{Kind: x.kind, ID: x.id}, store.Draft{Type: x.typ, Payload: x.what})
		d.must(err)
	}
}

// gathering lets Athens host an event with a session and somebody who takes part.
func (d *doors) gathering() {
	d.Helper()
	d.event, d.sitting, d.participant = d.n.newID(), d.n.newID(), d.n.newID()
	for _, x := range []store.Draft{
		{Type: event.DescribedType, Payload: event.Described{Title: wording.New("en", "planted"), Sort: "workshop", Start: party.OnDay(start), Zone: "Europe/Athens", Mode: event.Online}},
		{Type: event.SessionType, Payload: event.SessionSet{Session: d.sitting, Item: "1", Title: wording.New("en", "planted")}},
		{Type: event.QuotaType, Payload: event.QuotaSet{Country: "SE", Seats: 2}},
		{Type: event.NominatedType, Payload: event.Nominated{Person: d.participant, Country: "SE", Function: "planted", Language: "en", Mode: event.Online, Name: "planted"}},
		{Type: event.DecidedType, Payload: event.Decided{Person: d.participant, Accepted: true}},
		{Type: event.AttendedType, Payload: event.Attended{Session: d.sitting, Person: d.participant, How: event.Online}},
	} {
		_, err := d.n.Store.Append(d.Context(), d.people["near-programme_officer"].who(access.ForProgramme), store.Ref{Kind: access.KindEvent, ID: d.event}, x)
		d.must(err)
	}
}

// more adds to a file what has children of its own: a plan's goal with a step, and a file attached of category D3.
func (d *doors) more(by *visitor, f *file) {
	d.Helper()
	f.goal, f.step, f.attached, f.screening = d.n.newID(), d.n.newID(), d.n.newID(), d.n.newID()
	name := map[journal.ID]string{d.own.id: "Own", d.others.id: "Others", d.abroad.id: "Abroad"}[f.id]
	account := planted(name)[journal.D3]
	d.write(by, access.KindPerson, f.id,
		store.Draft{Type: "service.goal_set", Payload: services.GoalSet{Goal: f.goal, Area: "housing", Aim: account, Review: d.clock.Now().Add(30 * 24 * time.Hour)}},
		store.Draft{Type: "service.goal_step", Payload: services.GoalStep{Goal: f.goal, Step: f.step, Who: "worker", What: account, Due: d.clock.Now().Add(7 * 24 * time.Hour)}},
		store.Draft{ID: f.screening, Type: "screening.recorded", Payload: screening.Recorded{Who: screening.Adult, Role: "outreach", Place: "street", Language: "sq", Interpreted: consent.Interpreter,
			Set: "unodc", Version: "2008-1", Answers: map[string]screening.Answer{"GEN-02": "yes"}, Remarks: account}})
	_, err := attachment.Add(d.Context(), d.n.Store, by.who(access.ForAssistance), f.id, attachment.New{ID: f.attached, Category: journal.D3, Sort: "statement", Title: account, Bytes: []byte("%PDF-1.4\n" + account + "\n%%EOF\n")})
	d.must(err)
}

func (d *doors) everybody() []*visitor { return slices.Concat(d.near, d.far) }

func (v *visitor) near() bool { return v.login[:4] == "near" }

func (v *visitor) is(roles ...access.Role) bool { return slices.Contains(roles, v.roles[0]) }

func (v *visitor) String() string { return fmt.Sprint(v.login) }
