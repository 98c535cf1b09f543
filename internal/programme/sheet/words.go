// SPDX-License-Identifier: EUPL-1.2

package sheet

import (
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/activity"
)

// statuses are the words of tables for where an activity stands.
var statuses = map[string]activity.Status{
	"realise": "held", "realisee": "held", "fait": "held", "faite": "held", "tenu": "held", "tenue": "held", "termine": "held", "terminee": "held", "acheve": "held", "achevee": "held", "held": "held", "done": "held", "completed": "held",
	"prevu": "planned", "prevue": "planned", "planifie": "planned", "planifiee": "planned", "a venir": "planned", "planned": "planned",
	"programme": "scheduled", "programmee": "scheduled", "fixe": "scheduled", "date fixee": "scheduled", "scheduled": "scheduled",
	"en cours": "ongoing", "ongoing": "ongoing", "in progress": "ongoing", "under way": "ongoing", "running": "ongoing",
	"reporte": "postponed", "reportee": "postponed", "postponed": "postponed", "decale": "postponed", "decalee": "postponed",
	"annule": "cancelled", "annulee": "cancelled", "abandonne": "cancelled", "abandonnee": "cancelled", "cancelled": "cancelled", "canceled": "cancelled",
	"recurrent": "recurring", "recurrente": "recurring", "recurring": "recurring", "a achever": "to_be_completed", "to be completed": "to_be_completed", "remis": "delivered", "remise": "delivered", "livre": "delivered", "livree": "delivered", "delivered": "delivered",
}

// StatusOf reads a word for where an activity stands: "réalisé", "prévue", "reporté", "annulé", "en cours".
func StatusOf(s string) (activity.Status, bool) {
	v, ok := statuses[party.Plainly(s)]
	return v, ok
}

// kinds are the words of tables for what an activity is.
var kinds = map[string]activity.Kind{
	"atelier": "workshop", "workshop": "workshop", "seminaire": "workshop", "seminar": "workshop", "subvention": "grant", "grant": "grant", "etude": "study", "study": "study", "enquete": "study", "survey": "study",
	"evenement": "event", "event": "event", "reunion": "event", "meeting": "event", "conference": "event", "table ronde": "event", "round table": "event", "formation": "training", "training": "training",
	"contribution": "contribution", "campagne": "campaign", "campaign": "campaign", "appui": "support", "soutien": "support", "support": "support", "projet": "io_project", "project": "io_project", "projet oi": "io_project",
	"gouvernance": "governance", "governance": "governance", "comite": "governance", "comite de pilotage": "governance", "steering committee": "governance",
}

// KindOf reads a word for what an activity is.
func KindOf(s string) (activity.Kind, bool) {
	v, ok := kinds[party.Plainly(s)]
	return v, ok
}
