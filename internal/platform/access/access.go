// SPDX-License-Identifier: EUPL-1.2

// Package access decides who may see and write what: one function, Authorize, called by the store with
// the very row at hand, deny by default.
//
// The rules are Cedar policies (policies/*.cedar), fewer than forty, each with an @id and a sentence in
// @why that a lawyer can read. They restate the matrix of roles and data categories. A pack can only add
// forbids (With); one that an office brings along is held against all that rules can speak of first (Admit). Three walls stand before every permit: the owner of the actor and of the row are the same, the
// kind of office may hold that kind of dossier, and where a shelter is stays inside the house.
//
// A role alone opens no file: nearly every permit also asks for a live relation between this actor and
// this dossier, which folds write and which the store reads from the same snapshot as the row. What the
// policies cannot see (consent, sharing terms, deadlines) is the guards' work.
package access

import (
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// OfficeKind is what an office is for; fixed when it is created.
type OfficeKind string

const (
	Programme  OfficeKind = "programme"
	Assistance OfficeKind = "assistance"
	Police     OfficeKind = "police"
	Justice    OfficeKind = "justice"
)

// OfficeKinds lists them.
func OfficeKinds() []OfficeKind { return []OfficeKind{Programme, Assistance, Police, Justice} }

// Role is what a person may do in an office, given by its administrators.
type Role string

const (
	CaseManager      Role = "case_manager"
	Supervisor       Role = "supervisor"
	Responder        Role = "first_responder"
	Panel            Role = "panel_member"
	Health           Role = "health"
	Shelter          Role = "shelter"
	Lawyer           Role = "lawyer"
	Guardian         Role = "guardian"
	FocalPoint       Role = "focal_point"
	ReferralDesk     Role = "referral_desk"
	DuplicateDesk    Role = "duplicate_desk"
	Rapporteur       Role = "rapporteur"
	Oversight        Role = "oversight"
	ProgrammeOfficer Role = "programme_officer"
	Assessor         Role = "assessor"
	Trainer          Role = "trainer"
	CommitteeMember  Role = "committee_member" // of a programme's steering committee
	PoliceOfficer    Role = "police_officer"
	Prosecutor       Role = "prosecutor"
	Immigration      Role = "immigration_officer"
	Administrator    Role = "node_administrator"
	Liaison          Role = "liaison" // manages partners and sharing terms
	Job              Role = "job"     // a named background principal
)

// Roles lists the roles that people can hold.
func Roles() []Role {
	return []Role{CaseManager, Supervisor, Responder, Panel, Health, Shelter, Lawyer, Guardian, FocalPoint, ReferralDesk, DuplicateDesk, Rapporteur,
		Oversight, ProgrammeOfficer, Assessor, Trainer, CommitteeMember, PoliceOfficer, Prosecutor, Immigration, Administrator, Liaison}
}

// RolesOf lists the roles that an office of a kind can give.
func RolesOf(k OfficeKind) []Role {
	common := []Role{Administrator, Oversight, Liaison, ProgrammeOfficer}
	switch k {
	case Programme:
		return append(common, Assessor, Trainer, CommitteeMember, Rapporteur)
	case Assistance:
		return append(common, CaseManager, Supervisor, Responder, Panel, Health, Shelter, Lawyer, Guardian, FocalPoint, ReferralDesk, DuplicateDesk, Rapporteur)
	case Police:
		return append(common, Responder, PoliceOfficer, Immigration, Rapporteur)
	case Justice:
		return append(common, Prosecutor, Rapporteur)
	}
	return nil
}

// Relation is how an actor stands to one dossier.
type Relation string

const (
	Founder     Relation = "founder" // the dossier does not exist yet and this actor is making it
	AsManager   Relation = "case_manager"
	AsSuper     Relation = "supervisor"
	AsSignaller Relation = "signaller"
	AsPanel     Relation = "panel"
	AsHealth    Relation = "health"
	AsShelter   Relation = "shelter"
	AsLawyer    Relation = "lawyer"
	AsGuardian  Relation = "guardian"
	AsRecipient Relation = "recipient"
	AsWorker    Relation = "worker"
	AsEmergency Relation = "emergency"
)

// Relations lists them.
func Relations() []Relation {
	return []Relation{Founder, AsManager, AsSuper, AsSignaller, AsPanel, AsHealth, AsShelter, AsLawyer, AsGuardian, AsRecipient, AsWorker, AsEmergency}
}

// Purpose is why an actor acts; noted with every entry and every read.
type Purpose string

const (
	ForAssistance     Purpose = "assistance"
	ForReferral       Purpose = "referral"
	ForIdentification Purpose = "identification"
	ForScreening      Purpose = "screening"
	ForStatistics     Purpose = "statistics"
	ForProgramme      Purpose = "programme"
	ForAdministration Purpose = "administration"
	ForOversight      Purpose = "oversight"
	ForErasure        Purpose = "erasure"
	ForDelivery       Purpose = "delivery"
	ForExchange       Purpose = "exchange"
	ForEmergency      Purpose = "emergency"
	ForPerson         Purpose = "person_view" // the person reads her own file beside a worker
	ForDeadlines      Purpose = "deadlines"
)

// Purposes lists them.
func Purposes() []Purpose {
	return []Purpose{ForAssistance, ForReferral, ForIdentification, ForScreening, ForStatistics, ForProgramme, ForAdministration, ForOversight, ForErasure,
		ForDelivery, ForExchange, ForEmergency, ForPerson, ForDeadlines}
}

// Action is read or write.
type Action string

const (
	Read  Action = "read"
	Write Action = "write"
)

// Kinds of dossiers that the policies speak of. A kind that is not here is denied to everyone.
const (
	KindPerson       = "person"
	KindReferralIn   = "referral_in"
	KindSignal       = "signal"
	KindActivity     = "activity"
	KindOrganisation = "organisation"
	KindFunction     = "function"
	KindProgramme    = "programme"
	KindRightsText   = "rights_text"
	KindLanguage     = "language" // in which persons read: who answers for its texts
	KindPartner      = "partner"
	KindTerms        = "terms"
	KindGroup        = "group" // sharing terms of many parties
	KindOffice       = "office"
	KindAccount      = "account"
	KindLog          = "log"
	KindFigure       = "figure"
	KindResemblance  = "resemblance" // two files that may be of one person
	KindInquiry      = "inquiry"     // a request for a social inquiry across a border
	KindSubject      = "subject"     // whom or what a police or justice office suspects
	KindProceeding   = "proceeding"  // a criminal proceeding of a justice office
	KindRequest      = "request"     // for information, between police and justice offices
	KindComparison   = "comparison"  // what was found in common with another office, without showing records
	KindLetter       = "letter"      // between two offices, or an office and a partner without one
	KindPermission   = "permission"  // to use in court or pass on what came from another office
	KindGuest        = "guest"       // a door for a partner without an office
	KindJoint        = "joint"       // figures that several offices publish together
	KindRelease      = "release"     // of figures, by two people
	KindBudget       = "budget"      // what releases of one source may still tell
	KindReturn       = "return"      // exact tables of a year for a body that may ask for them

	// Of the programme wing, beside activity, organisation, function and programme.
	KindPlan           = "plan"           // a programme's plan in its versions
	KindSession        = "session"        // a meeting of its steering committee
	KindMeasure        = "measure"        // of a strategy or national action plan
	KindEvent          = "event"          // a workshop or meeting
	KindNeed           = "need"           // what somebody lacks that the programme may give
	KindAction         = "action"         // a commitment with an owner and a date
	KindAgreement      = "agreement"      // a cooperation agreement in its drafts
	KindRecommendation = "recommendation" //
	KindRound          = "round"          // a monitoring body's round
	KindQuestion       = "question"       // of its questionnaire, with the answer
	KindChange         = "change"         // in practice, law or procedure, as it is reported
	KindCall           = "call"           // for projects
	KindApplication    = "application"    // to a call
	KindAssessment     = "assessment"     // one assessor's scores of one application
	KindAward          = "award"          // a grant with its instalments and reports
	KindStudy          = "study"          //
	KindTraining       = "training"       //
	KindMaterial       = "material"       // for awareness
	KindKnowledge      = "knowledge"      // legal frameworks, mechanisms, practices
	KindPolicy         = "policy"         // a measure of a country on demand and prostitution
	KindPartnership    = "partnership"    // a network or partnership of associations
	KindPublication    = "publication"    // an issue, a report
	KindSubscriber     = "subscriber"     //
	KindMailServer     = "mail_server"    // by which newsletters leave
	KindListing        = "listing"        // of the directory: a focal point, a service provider, a hotline
	KindYearbook       = "yearbook"       // a table of figures that others published
)

// WingProgramme is the name of the programme wing in rules.
const WingProgramme = "programme"

// ProgrammeKinds lists the kinds that hold programme content. Figures are not among them: nobody writes one by hand.
func ProgrammeKinds() []string {
	return []string{KindProgramme, KindActivity, KindOrganisation, KindFunction, KindPlan, KindSession, KindMeasure, KindEvent, KindNeed, KindAction, KindAgreement,
		KindRecommendation, KindRound, KindQuestion, KindChange, KindCall, KindApplication, KindAssessment, KindAward, KindStudy, KindTraining, KindMaterial, KindKnowledge, KindPolicy, KindPartnership, KindPublication, KindSubscriber, KindMailServer, KindListing, KindYearbook}
}

// Kinds lists them.
func Kinds() []string {
	return append(ProgrammeKinds(), KindPerson, KindReferralIn, KindSignal, KindRightsText, KindLanguage, KindPartner, KindTerms, KindGroup, KindOffice, KindAccount, KindLog, KindFigure, KindResemblance, KindInquiry, KindSubject, KindProceeding, KindRequest, KindComparison, KindLetter, KindPermission, KindGuest, KindJoint, KindRelease, KindBudget, KindReturn)
}

// Actor is who acts: a person with an account, or a named background job.
type Actor struct {
	ID, Owner journal.ID
	Office    OfficeKind
	Roles     []Role
	Job       string // "post", "sequencer", "clock", "importer", "erasure"; empty for people
}

// Has says whether the actor holds a role.
func (a Actor) Has(r Role) bool {
	for _, x := range a.Roles {
		if x == r {
			return true
		}
	}
	return false
}

// Row is the very row that is read or written.
type Row struct {
	Owner     journal.ID
	Kind      string
	Dossier   journal.ID
	Relations []Relation // of this actor to this dossier, live ones only
	Facts     []string   // signed pack facts that hold for the owner
}

// Request is one question to the door.
type Request struct {
	Actor    Actor
	Action   Action
	Type     string // entry type when writing; empty when reading
	Row      Row
	Category journal.Category
	Purpose  Purpose
}

// Decision is the answer, with the ids of the policies that decided: empty Rules and no Allow means that
// nothing permitted it.
type Decision struct {
	Allow bool
	Rules []string
}
