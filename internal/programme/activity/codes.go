// SPDX-License-Identifier: EUPL-1.2

package activity

// Kind is what sort of activity it is.
type Kind string

// Kinds lists the closed list, in the order of forms and filters.
func Kinds() []Kind {
	return []Kind{"governance", "grant", "io_project", "study", "workshop", "event", "training", "contribution", "campaign", "support"}
}

// Status is where an activity stood at the source's date.
type Status string

// Statuses lists the closed list.
func Statuses() []Status {
	return []Status{"planned", "scheduled", "funded_2021", "ongoing", "entering_phase_2", "recurring", "to_be_completed", "held", "delivered", "postponed", "cancelled"}
}

// Done says that nothing of an activity is still to come: it was held, or what it was to give was delivered.
func (s Status) Done() bool { return s == "held" || s == "delivered" }

// Role is what an organisation does in an activity.
type Role string

// Roles lists the closed list, in the order in which a page shows partners.
func Roles() []Role {
	return []Role{"convener", "chair", "lead", "organiser", "co_organiser", "implementing", "collaborator", "supporter", "recipient", "member", "rapporteur", "moderator", "speaker", "evaluator", "subject"}
}

// Pillars lists the Four Ps: prevention, protection, prosecution, partnership.
func Pillars() []string { return []string{"P1", "P2", "P3", "P4"} }

// Formats lists how a meeting was held.
func Formats() []string { return []string{"online", "hybrid", "in_person"} }

// Scopes lists how wide an activity reaches.
func Scopes() []string { return []string{"regional", "bilateral", "national"} }

// Lists names the lists of statements that an activity can carry, in the order of its page.
func Lists() []string {
	return []string{"objectives", "components", "aims", "topics", "beneficiaries", "audience", "observations", "outputs"}
}

// None is the value of a code that says that the source names nothing: no priority, no pillar, no country.
const None = "none"
