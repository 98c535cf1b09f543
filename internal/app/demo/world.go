// SPDX-License-Identifier: EUPL-1.2

// Package demo shows the main job on one machine: five offices in five processes with five data folders,
// people and stories that are invented and marked so, and a story that plays itself, every step with its
// evidence, or that waits to be played by hand.
package demo

import (
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Place names one of the five offices.
type Place string

const (
	Greek    Place = "greek-assistance"
	Albanian Place = "albanian-assistance"
	French   Place = "french-programme"
	Police   Place = "albanian-police"
	Justice  Place = "greek-justice"
)

// places lists the offices in the order of their ports.
var places = []Place{Greek, Albanian, French, Police, Justice}

// office is what an office of the demonstration is made of.
type office struct {
	Name, Country, Zone, Language string
	Kind                          access.OfficeKind
	People                        []person
}

// person is an invented worker.
type person struct {
	Name, Login, Job string
	Roles            []access.Role
}

// offices is the cast. No office or worker of this name exists.
var offices = map[Place]office{
	Greek: {"Outreach Piraeus (fictitious)", "GR", "Europe/Athens", "en", access.Assistance, []person{
		{"Eleni Fictitious", "eleni", "outreach worker and case manager", []access.Role{access.CaseManager, access.Responder}},
		{"Nikos Fictitious", "nikos", "supervisor, signs for the office", []access.Role{access.Supervisor, access.Liaison, access.Administrator, access.ProgrammeOfficer, access.DuplicateDesk}},
		{"Ioanna Fictitious", "ioanna", "psychologist", []access.Role{access.Health}},
		{"Sofia Fictitious", "sofia", "rapporteur, plans what leaves as figures", []access.Role{access.Rapporteur}},
		{"Thanos Fictitious", "thanos", "signs for the office what Nikos has drafted", []access.Role{access.Liaison}},
	}},
	Albanian: {"Shelter Network Tirana (fictitious)", "AL", "Europe/Tirane", "en", access.Assistance, []person{
		{"Arta Fictitious", "arta", "focal point", []access.Role{access.FocalPoint, access.CaseManager}},
		{"Besnik Fictitious", "besnik", "supervisor, signs for the office", []access.Role{access.Supervisor, access.Liaison, access.Administrator}},
		{"Drita Fictitious", "drita", "outreach worker, answers for figures", []access.Role{access.Responder, access.Rapporteur}},
		{"Ermira Fictitious", "ermira", "signs for the office what Besnik has drafted", []access.Role{access.Liaison}},
	}},
	French: {"Cooperation Programme Desk (fictitious)", "FR", "Europe/Paris", "fr", access.Programme, []person{
		{"Claire Fictitious", "claire", "programme officer", []access.Role{access.ProgrammeOfficer}},
		{"Odile Fictitious", "odile", "member of the steering committee", []access.Role{access.CommitteeMember}},
		{"Marc Fictitious", "marc", "signs for the office", []access.Role{access.Liaison, access.Administrator}},
		{"Paul Fictitious", "paul", "programme officer, reads again what is published", []access.Role{access.ProgrammeOfficer}},
		{"Ines Fictitious", "ines", "member of the steering committee", []access.Role{access.CommitteeMember}},
		{"Hugo Fictitious", "hugo", "member of the steering committee", []access.Role{access.CommitteeMember}},
		{"Jeanne Fictitious", "jeanne", "assessor of applications", []access.Role{access.Assessor}},
		{"Karim Fictitious", "karim", "assessor of applications", []access.Role{access.Assessor}},
		{"Luc Fictitious", "luc", "assessor of applications, trainer", []access.Role{access.Assessor, access.Trainer}},
		{"Sylvie Fictitious", "sylvie", "signs for the office what Marc has drafted", []access.Role{access.Liaison}},
	}},
	Police: {"Border Police Unit (fictitious)", "AL", "Europe/Tirane", "en", access.Police, []person{
		{"Agim Fictitious", "agim", "police officer", []access.Role{access.PoliceOfficer, access.Responder, access.Liaison}},
		{"Valbona Fictitious", "valbona", "rapporteur, answers for figures", []access.Role{access.Rapporteur}},
		{"Petrit Fictitious", "petrit", "oversight, has opened what others asked", []access.Role{access.Oversight}},
		{"Gentian Fictitious", "gentian", "signs for the office what Agim has drafted", []access.Role{access.Liaison}},
	}},
	Justice: {"Prosecutor's Office Thessaloniki (fictitious)", "GR", "Europe/Athens", "en", access.Justice, []person{
		{"Dimitra Fictitious", "dimitra", "prosecutor", []access.Role{access.Prosecutor}},
		{"Stavros Fictitious", "stavros", "prosecutor, second person, signs for the office", []access.Role{access.Prosecutor, access.Liaison, access.Administrator}},
		{"Katerina Fictitious", "katerina", "oversight, opens what was asked", []access.Role{access.Oversight}},
		{"Yannis Fictitious", "yannis", "signs for the office what Stavros has drafted", []access.Role{access.Liaison}},
	}},
}

// earlierDays is how long before today the demonstration begins: two quarters of earlier referrals.
const earlierDays = 150

// legalText stands for the text that people sign on paper.
const legalText = `Protocol on the referral of persons between the two offices (fictitious, for demonstration)

1. Either office may refer a person to the other, at the person's wish only.
2. First a coded offer is sent, without name, nationality or story. What the person agreed to is handed over after the other office has accepted.
3. What is received is used for assistance only, is not passed on, and is erased when the person withdraws her consent.
`

const figureText = `Protocol on figures (fictitious, for demonstration)

The assistance office tells the programme's office, each quarter, how many referrals reached help, as one protected count.
`

const togetherText = `Protocol on figures published together (fictitious, for demonstration)

The three offices may publish tables of all their records together. None shows another what it counted: each adds noise, and sends its numbers in pieces that say nothing alone.
`

const witnessText = `Protocol on logs (fictitious, for demonstration)

Each office keeps the signed checkpoints of the other's log and cosigns them, at fixed times. They hold a size and a hash, and nothing about anybody.
`

// categories that the terms of the demonstration cover for referrals.
var referralCategories = []journal.Category{journal.D0, journal.D1, journal.D2, journal.D3}

const termsLife = 365 * 24 * time.Hour
