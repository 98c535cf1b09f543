// SPDX-License-Identifier: EUPL-1.2

// Package referral is how a person, at her wish, reaches help in another office: a coded offer, an
// answer, a hand-over of exactly what she consented to, a receipt, feedback, and a way back at every step.
//
// At the sender a referral lives inside the person's dossier (Out), so that a withdrawal of consent and a
// hand-over can never both win. At the recipient it is a dossier of its own (In), so that a withdrawal can
// erase what was handed over without touching the recipient's own work. The two sides speak only through
// sealed messages (message.go).
//
// The offer holds closed codes only: need, child or adult, sex, languages, urgency. No nationality, no
// free text, no name. Only after the other side has accepted, having looked at the risk on its side, are
// parts handed over, and then only of categories that a live receipt or a confirmed ground covers; the
// recipient's software checks the same again.
//
// A referral that is declined or expires never dead-ends: its need is open again (guard G8).
package referral

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Status is where a referral stands.
type Status string

const (
	Draft           Status = "draft"
	RiskOK          Status = "risk_ok"
	Offered         Status = "offered"
	Accepted        Status = "accepted"
	Declined        Status = "declined"
	Expired         Status = "expired"
	WithdrawnSender Status = "withdrawn_by_sender"
	WithdrawnPerson Status = "withdrawn_by_person"
	HandedOver      Status = "handed_over"
	InService       Status = "in_service"
	Delivered       Status = "delivered"
	NotDelivered    Status = "not_delivered"
	FedBack         Status = "fed_back"
	Closed          Status = "closed"
)

// Open says whether a referral with this status still waits for something to happen: one open offer per
// person, recipient and need.
func (s Status) Open() bool {
	return slices.Contains([]Status{Draft, RiskOK, Offered, Accepted, HandedOver, InService}, s)
}

// Holding says whether the other side holds what was handed over.
func (s Status) Holding() bool {
	return slices.Contains([]Status{HandedOver, InService, Delivered, NotDelivered, FedBack, Closed}, s)
}

// Offer is what the other side sees before it has accepted: closed codes and nothing else.
type Offer struct {
	Need      string   `json:"need"`      // code of the Art. 12 catalogue
	Age       string   `json:"age"`       // of the person
	Sex       string   `json:"sex"`       // of the person
	Languages []string `json:"languages"` // BCP 47
	Urgency   string   `json:"urgency"`   // how soon it is needed
	// Period is for how long help is asked; empty: not said.
	Period string `json:"period,omitempty"`
}

// Needs is the closed list of needs that an offer may name: Art. 12 and 16 of the Convention.
func Needs() []string {
	return []string{"accommodation", "material", "medical", "psychological", "counselling", "legal", "translation", "education", "work", "family", "return", "child_protection"}
}

var (
	ages      = []string{"child", "adult", "not_sure"}
	sexes     = []string{"f", "m", "x", "unknown"}
	urgencies = []string{"immediate", "week", "month"}
)

// Ages, Sexes and Urgencies are the other closed lists of an offer.
func Ages() []string      { return ages }
func Sexes() []string     { return sexes }
func Urgencies() []string { return urgencies }

// Package is what is handed over: JSON objects by category, sealed by category at rest on both sides.
type Package struct {
	D1 json.RawMessage `json:"d1,omitempty" part:"D1"`
	D2 json.RawMessage `json:"d2,omitempty" part:"D2"`
	D3 json.RawMessage `json:"d3,omitempty" part:"D3"`
	D4 json.RawMessage `json:"d4,omitempty" part:"D4"`
	D6 json.RawMessage `json:"d6,omitempty" part:"D6"`
	D7 json.RawMessage `json:"d7,omitempty" part:"D7"`
}

// Shareable lists the categories that a package can hold; never D5 (where a shelter is) or D8 (suspects).
func Shareable() []journal.Category {
	return []journal.Category{journal.D1, journal.D2, journal.D3, journal.D4, journal.D6, journal.D7}
}

// Parts gives the package by category.
func (p Package) Parts() map[journal.Category]json.RawMessage {
	m := map[journal.Category]json.RawMessage{}
	for c, raw := range map[journal.Category]json.RawMessage{journal.D1: p.D1, journal.D2: p.D2, journal.D3: p.D3, journal.D4: p.D4, journal.D6: p.D6, journal.D7: p.D7} {
		if len(raw) > 0 {
			m[c] = raw
		}
	}
	return m
}

// Categories lists what it holds, in order.
func (p Package) Categories() []journal.Category {
	var out []journal.Category
	parts := p.Parts()
	for _, c := range Shareable() {
		if _, ok := parts[c]; ok {
			out = append(out, c)
		}
	}
	return out
}

// PackageOf makes a package of parts; other categories than the shareable ones are refused by returning
// them.
func PackageOf(parts map[journal.Category]json.RawMessage) (Package, []journal.Category) {
	var p Package
	var refused []journal.Category
	for c, raw := range parts {
		switch c {
		case journal.D1:
			p.D1 = raw
		case journal.D2:
			p.D2 = raw
		case journal.D3:
			p.D3 = raw
		case journal.D4:
			p.D4 = raw
		case journal.D6:
			p.D6 = raw
		case journal.D7:
			p.D7 = raw
		default:
			refused = append(refused, c)
		}
	}
	return p, refused
}

// Reasons for declining, ending and not delivering: closed lists, so that no text travels before a
// hand-over.
var (
	declineReasons = []string{"no_place", "no_service", "language", "risk", "not_our_territory", "other"}
	endReasons     = []string{"person_wish", "danger", "solved_otherwise", "mistake", "other"}
	failReasons    = []string{"not_arrived", "refused_on_arrival", "not_possible", "contact_lost", "other"}
)

// DeclineReasons, EndReasons and FailReasons are those closed lists.
func DeclineReasons() []string { return declineReasons }
func EndReasons() []string     { return endReasons }
func FailReasons() []string    { return failReasons }

// Risk is what one side found when it asked whether this journey is safe.
type Risk struct {
	Level string `json:"level"` // of the way and of the place
	// Measures are agreed precautions, as codes.
	Measures []string `json:"measures,omitempty"`
}

var riskLevels = []string{"low", "medium", "high"}

// RiskLevels is the closed list of levels.
func RiskLevels() []string { return riskLevels }

var measures = []string{"escort", "daylight", "no_home_area", "safe_house", "code_word", "arrival_call", "no_authorities", "interpreter"}

// Measures lists the precautions that forms offer.
func Measures() []string { return measures }

// Held is what the other side did with one category after a withdrawal.
type Held struct {
	Category journal.Category `json:"category"`         // of what was handed over
	Erased   bool             `json:"erased"`           // or kept
	Ground   string           `json:"ground,omitempty"` // article, when it is kept
	Until    time.Time        `json:"until,omitzero"`   // when it is erased then
}
