// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/protect/casework"
)

// line says of one route of the pages who may pass its door, restated from what the roles are for. Nobody else gets
// more than that there is nothing, or that it is not theirs.
type line struct {
	writer
	open bool // without signing in
	// of is what the address is about: "file" (asked at one's own, another's, another office's, and with children of
	// another), "incoming", or "" for neither.
	of   string
	path string // with @file, @child, @incoming and the like in place of ids
	// writes are who may change something by it; nil is the same as who may pass.
	writes *writer
	ends   bool       // ends the session of whoever asks
	form   url.Values // sent by a POST
}

var (
	anybody        = writer{any: access.Roles()}
	nobody         = writer{}
	admins         = writer{any: []access.Role{access.Administrator}}
	logs           = writer{any: []access.Role{access.Administrator, access.Oversight}}
	managers       = writer{any: []access.Role{access.CaseManager}}
	askers         = writer{any: []access.Role{access.CaseManager, access.Prosecutor}}
	incomings      = writer{any: []access.Role{access.FocalPoint, access.CaseManager}}
	readers        = writer{near: []access.Role{access.CaseManager, access.Supervisor, access.Responder, access.Panel, access.Health, access.Shelter, access.Lawyer, access.Guardian}}
	screeners      = writer{near: []access.Role{access.CaseManager, access.Responder}}
	figureSenders  = writer{any: []access.Role{access.Liaison}}
	lodgers        = writer{near: []access.Role{access.Shelter}}
	duplicates     = writer{any: []access.Role{access.DuplicateDesk}}
	attachers      = writer{near: []access.Role{access.CaseManager, access.Health, access.Lawyer}}
	withShelter    = writer{near: []access.Role{access.CaseManager, access.Shelter}}
	assigners      = writer{near: []access.Role{access.CaseManager, access.Supervisor}}
	correspondents = writer{any: []access.Role{access.Liaison, access.FocalPoint, access.CaseManager, access.ProgrammeOfficer, access.PoliceOfficer, access.Prosecutor}}
	letterGivers   = writer{near: []access.Role{access.CaseManager}, any: []access.Role{access.Liaison, access.FocalPoint}}
	openers        = writer{any: []access.Role{access.CaseManager, access.Supervisor, access.Health, access.Shelter}}
)

// onFile is a page or form about a file: w may pass. sheetOf is a form that whoever reads the file can send in wrong, and
// only w right.
func doorOf(path string, w writer) line { return line{path: path, writer: w} }
func openDoor(path string) line         { return line{path: path, writer: anybody, open: true} }
func onFile(below string, w writer) line {
	return line{path: "/cases/@file" + below, writer: w, of: "file"}
}
func sheetOf(below string, w writer) line {
	return line{path: "/cases/@file" + below, writer: readers, writes: &w, of: "file"}
}
func received(below string, w writer) line {
	return line{path: "/referrals/@incoming" + below, writer: w, of: "incoming"}
}

// lines has one for every route of every kind of office. A route without one fails the test, so whoever adds one says
// here who may pass.
var lines = map[string]line{
	"GET /{$}":                                         openOf("/"),
	"GET /log":                                         doorOf("/log", logs),
	"POST /log/verify":                                 doorOf("/log/verify", logs),
	"GET /signin":                                      openDoor("/signin"),
	"POST /signin":                                     openDoor("/signin"),
	"GET /signin/code":                                 openDoor("/signin/code"),
	"POST /signin/code":                                openDoor("/signin/code"),
	"POST /signout":                                    {path: "/signout", writer: anybody, open: true, ends: true},
	"GET /start/{link}":                                {path: "/start/nonsense", writer: nobody, open: true},
	"POST /start/{link}":                               {path: "/start/nonsense", writer: nobody, open: true},
	"GET /account":                                     doorOf("/account", anybody),
	"POST /account/preferences":                        doorOf("/account/preferences", anybody),
	"POST /account/password":                           doorOf("/account/password", anybody),
	"POST /account/codes":                              doorOf("/account/codes", anybody),
	"POST /account/sessions/{session}/end":             doorOf("/account/sessions/@session/end", nobody), // somebody else's
	"POST /account/sessions/end":                       {path: "/account/sessions/end", writer: anybody, ends: true},
	"POST /account/prove":                              {path: "/account/prove", writer: anybody, form: url.Values{"code": {password}}},
	"GET /account/prove":                               doorOf("/account/prove", anybody),
	"GET /account/tokens/new":                          doorOf("/account/tokens/new", anybody),
	"POST /account/tokens":                             doorOf("/account/tokens", anybody),
	"POST /account/tokens/{token}/end":                 doorOf("/account/tokens/@session/end", nobody),
	"GET /people":                                      doorOf("/people", admins),
	"GET /people/new":                                  doorOf("/people/new", admins),
	"POST /people":                                     doorOf("/people", admins),
	"GET /people/{account}":                            doorOf("/people/@account", admins),
	"POST /people/{account}/{act}":                     doorOf("/people/@account/unlock", admins),
	"GET /partners":                                    doorOf("/partners", anybody),
	"GET /partners/new":                                doorOf("/partners/new", liaisons),
	"POST /partners/new":                               doorOf("/partners/new", liaisons),
	"POST /partners":                                   doorOf("/partners", liaisons),
	"GET /partners/{id}":                               doorOf("/partners/@partner", anybody),
	"POST /partners/{id}/log":                          doorOf("/partners/@partner/log", liaisons),
	"POST /partners/{id}/{act}":                        doorOf("/partners/@partner/unblock", liaisons),
	"GET /partners/{id}/by-hand":                       doorOf("/partners/@partner/by-hand", liaisons),
	"POST /partners/{id}/by-hand":                      doorOf("/partners/@partner/by-hand", liaisons),
	"POST /partners/{id}/by-hand/take/{form}":          doorOf("/partners/@partner/by-hand/take/file", liaisons),
	"GET /terms":                                       doorOf("/terms", anybody),
	"GET /terms/new":                                   doorOf("/terms/new", liaisons),
	"POST /terms":                                      doorOf("/terms", nobody), // with no office
	"GET /terms/{id}":                                  doorOf("/terms/@terms", anybody),
	"GET /terms/{id}/edit":                             doorOf("/terms/@terms/edit", liaisons),
	"POST /terms/{id}/edit":                            doorOf("/terms/@terms/edit", liaisons),
	"GET /terms/{id}/versions/{hash}":                  doorOf("/terms/@terms/versions/none", nobody), // nothing
	"GET /terms/{id}/text":                             doorOf("/terms/@terms/text", anybody),
	"GET /terms/{id}/file":                             doorOf("/terms/@terms/file", anybody),
	"GET /terms/{id}/bundle":                           doorOf("/terms/@terms/bundle", anybody),
	"POST /terms/{id}/{act}":                           doorOf("/terms/@terms/resume", liaisons),
	"GET /office":                                      doorOf("/office", anybody),
	"GET /office/card":                                 doorOf("/office/card", anybody),
	"GET /settings":                                    doorOf("/settings", anybody),
	"POST /settings":                                   doorOf("/settings", admins),
	"GET /programme":                                   doorOf("/programme", anybody),
	"GET /programme/activities":                        doorOf("/programme/activities", anybody),
	"POST /programme/activities":                       doorOf("/programme/activities", anybody),
	"POST /programme/activities/views":                 doorOf("/programme/activities/views", anybody),
	"GET /programme/matrix":                            doorOf("/programme/matrix", anybody),
	"GET /programme/matrix.csv":                        doorOf("/programme/matrix.csv", anybody),
	"GET /programme/activities/{id}":                   doorOf("/programme/activities/P4-G1", anybody),
	"GET /programme/activities/{id}/edit":              doorOf("/programme/activities/P4-G1/edit", officers),
	"POST /programme/activities/{id}/edit":             doorOf("/programme/activities/P4-G1/edit", officers),
	"GET /programme/activities/{id}/figure":            doorOf("/programme/activities/P4-G1/figure", figureSenders),
	"POST /programme/activities/{id}/figure":           doorOf("/programme/activities/P4-G1/figure", nobody), // here no terms cover one
	"POST /programme/activities/{id}/figure/send":      doorOf("/programme/activities/P4-G1/figure/send", nobody),
	"GET /programme/figures":                           doorOf("/programme/figures", anybody),
	"GET /programme/figures/new":                       doorOf("/programme/figures/new", figureSenders),
	"POST /programme/figures/new":                      {path: "/programme/figures/new", writer: figureSenders, writes: &nobody},
	"POST /programme/figures/send":                     {path: "/programme/figures/send", writer: figureSenders, writes: &nobody}, // of a form that says nothing
	"GET /programme/activities/{id}/words":             doorOf("/programme/activities/P4-G1/words", officers),
	"POST /programme/activities/{id}/words":            doorOf("/programme/activities/P4-G1/words", officers),
	"GET /programme/words":                             doorOf("/programme/words", officers),
	"POST /programme/words":                            doorOf("/programme/words", officers),
	"POST /programme/activities/{id}/corridor":         doorOf("/programme/activities/P4-G1/corridor", officers),
	"GET /programme/map":                               doorOf("/programme/map", anybody),
	"GET /programme/calendar":                          doorOf("/programme/calendar", anybody),
	"GET /programme/countries/{code}":                  doorOf("/programme/countries/AL", anybody),
	"GET /programme/reported":                          doorOf("/programme/reported", anybody),
	"POST /programme/reported":                         doorOf("/programme/reported", anybody),
	"GET /programme/reported/{id}":                     doorOf("/programme/reported/@reported", anybody),
	"GET /programme/gaps":                              doorOf("/programme/gaps", anybody),
	"GET /programme/gaps/{key}":                        doorOf("/programme/gaps/@question", officers),
	"POST /programme/gaps/{key}":                       doorOf("/programme/gaps/@question", officers),
	"POST /programme/gaps/{key}/reopen":                doorOf("/programme/gaps/@question/reopen", officers),
	"GET /programme/actions":                           doorOf("/programme/actions", anybody),
	"GET /programme/actions/new":                       doorOf("/programme/actions/new", officers),
	"POST /programme/actions/new":                      doorOf("/programme/actions/new", officers),
	"GET /programme/actions/{id}":                      doorOf("/programme/actions/@action", anybody),
	"GET /programme/actions/{id}/edit":                 doorOf("/programme/actions/@action/edit", officers),
	"POST /programme/actions/{id}/edit":                doorOf("/programme/actions/@action/edit", officers),
	"GET /programme/actions/{id}/act/{act}":            doorOf("/programme/actions/@action/act/done", officers),
	"POST /programme/actions/{id}/act/{act}":           doorOf("/programme/actions/@action/act/done", officers),
	"GET /programme/actions/import":                    doorOf("/programme/actions/import", officers),
	"POST /programme/actions/import":                   doorOf("/programme/actions/import", officers),
	"GET /programme/actions/import/sample":             doorOf("/programme/actions/import/sample", anybody),
	"POST /programme/actions/views":                    doorOf("/programme/actions/views", anybody),
	"POST /programme/actions/{id}/undo/{entry}":        doorOf("/programme/actions/@action/undo/nothing", officers),
	"GET /programme/needs/import":                      doorOf("/programme/needs/import", officers),
	"POST /programme/needs/import":                     doorOf("/programme/needs/import", officers),
	"GET /programme/needs/import/sample":               doorOf("/programme/needs/import/sample", anybody),
	"POST /programme/needs/views":                      doorOf("/programme/needs/views", anybody),
	"POST /programme/needs/{id}/undo/{entry}":          doorOf("/programme/needs/@lack/undo/nothing", officers),
	"POST /programme/recommendations/views":            doorOf("/programme/recommendations/views", anybody),
	"GET /programme/recommendations":                   doorOf("/programme/recommendations", anybody),
	"GET /programme/recommendations/import":            doorOf("/programme/recommendations/import", officers),
	"POST /programme/recommendations/import":           doorOf("/programme/recommendations/import", officers),
	"GET /programme/recommendations/import/sample":     doorOf("/programme/recommendations/import/sample", anybody),
	"GET /programme/recommendations/reply":             doorOf("/programme/recommendations/reply", anybody),
	"GET /programme/recommendations/reply/file":        doorOf("/programme/recommendations/reply/file", anybody),
	"GET /programme/recommendations/{id}":              doorOf("/programme/recommendations/@recommended", anybody),
	"GET /programme/recommendations/{id}/act/{act}":    doorOf("/programme/recommendations/@recommended/act/own", officers),
	"POST /programme/recommendations/{id}/act/{act}":   doorOf("/programme/recommendations/@recommended/act/judge", officers),
	"GET /programme/grants":                            doorOf("/programme/grants", anybody),
	"GET /programme/grants/{id}":                       doorOf("/programme/grants/@award", anybody), // of what is internal, nothing
	"GET /programme/grants/{id}/act/{act}":             doorOf("/programme/grants/@award/act/report", officers),
	"POST /programme/grants/{id}/act/{act}":            doorOf("/programme/grants/@award/act/report", officers),
	"GET /programme/calls":                             doorOf("/programme/calls", anybody),
	"GET /programme/calls/{id}":                        doorOf("/programme/calls/@call", anybody),
	"GET /programme/calls/{id}/act/{act}":              doorOf("/programme/calls/@call/act/apply", officers),
	"POST /programme/calls/{id}/act/{act}":             doorOf("/programme/calls/@call/act/apply", officers),
	"GET /programme/applications/{id}":                 doorOf("/programme/applications/@application", officers),
	"GET /programme/applications/{id}/act/{act}":       doorOf("/programme/applications/@application/act/account", officers),
	"POST /programme/applications/{id}/act/{act}":      doorOf("/programme/applications/@application/act/account", officers),
	"GET /programme/assessments":                       doorOf("/programme/assessments", anybody),
	"GET /programme/assessments/{id}":                  doorOf("/programme/assessments/@assessment", officers),
	"GET /programme/assessments/{id}/act/{act}":        doorOf("/programme/assessments/@assessment/act/score", nobody), // an assessor's own
	"POST /programme/assessments/{id}/act/{act}":       doorOf("/programme/assessments/@assessment/act/score", nobody),
	"GET /programme/funds":                             doorOf("/programme/funds", anybody),
	"GET /programme/funds/{id}":                        doorOf("/programme/funds/@fund", anybody),
	"GET /programme/funds/{id}/act/{act}":              doorOf("/programme/funds/@fund/act/edit", officers),
	"POST /programme/funds/{id}/act/{act}":             doorOf("/programme/funds/@fund/act/edit", officers),
	"GET /programme/studies":                           doorOf("/programme/studies", anybody),
	"GET /programme/studies/{id}":                      doorOf("/programme/studies/@study", anybody),
	"GET /programme/studies/{id}/act/{act}":            doorOf("/programme/studies/@study/act/amend", officers),
	"POST /programme/studies/{id}/act/{act}":           doorOf("/programme/studies/@study/act/amend", officers),
	"GET /programme/needs":                             doorOf("/programme/needs", anybody),
	"GET /programme/needs/new":                         doorOf("/programme/needs/new", officers),
	"POST /programme/needs/new":                        doorOf("/programme/needs/new", officers),
	"GET /programme/needs/{id}":                        doorOf("/programme/needs/@lack", anybody),
	"GET /programme/needs/{id}/edit":                   doorOf("/programme/needs/@lack/edit", officers),
	"POST /programme/needs/{id}/edit":                  doorOf("/programme/needs/@lack/edit", officers),
	"GET /programme/needs/{id}/act/{act}":              doorOf("/programme/needs/@lack/act/plan", officers),
	"POST /programme/needs/{id}/act/{act}":             doorOf("/programme/needs/@lack/act/plan", officers),
	"GET /programme/report":                            doorOf("/programme/report", anybody),
	"GET /programme/report.pdf":                        doorOf("/programme/report.pdf?lang=fr", anybody),
	"GET /programme/report.eml":                        doorOf("/programme/report.eml?lang=fr", anybody),
	"GET /programme/plan.eml":                          doorOf("/programme/plan.eml?lang=fr", anybody),
	"GET /programme/plan":                              doorOf("/programme/plan", anybody),
	"GET /programme/plan.pdf":                          doorOf("/programme/plan.pdf", anybody),
	"GET /programme/organisations":                     doorOf("/programme/organisations", anybody),
	"GET /programme/organisations/{id}":                doorOf("/programme/organisations/@organisation", anybody),
	"GET /rights":                                      openDoor("/rights"),
	"GET /rights/{country}":                            {path: "/rights/GR", writer: anybody, open: true},
	"GET /languages":                                   doorOf("/languages", anybody),
	"GET /languages/{language}":                        doorOf("/languages/sq", anybody),
	"POST /languages/{language}/sign":                  doorOf("/languages/sq/sign", readersOf),
	"POST /languages/{language}/withdraw":              doorOf("/languages/sq/withdraw", readersOf),
	"GET /rights-texts":                                doorOf("/rights-texts", anybody),
	"GET /rights-texts/{country}/{language}":           doorOf("/rights-texts/GR/en", anybody),
	"POST /rights-texts/{country}/{language}/sign":     doorOf("/rights-texts/GR/en/sign", readersOf),
	"POST /rights-texts/{country}/{language}/withdraw": doorOf("/rights-texts/GR/en/withdraw", readersOf),

	"GET /cases":                                  doorOf("/cases", anybody),
	"GET /cases/export.csv":                       doorOf("/cases/export.csv", anybody),
	"POST /cases/search":                          doorOf("/cases/search", anybody),
	"GET /cases/new":                              doorOf("/cases/new", managers),
	"POST /cases/new":                             doorOf("/cases/new", managers),
	"POST /cases":                                 doorOf("/cases", managers),
	"GET /cases/{id}":                             onFile("", readers),
	"GET /cases/{id}/number":                      onFile("/number", readersWith("D1")),
	"GET /cases/{id}/identity":                    onFile("/identity", readersWith("D2")),
	"GET /cases/{id}/view":                        onFile("/view", readers),
	"GET /cases/{id}/emergency":                   {path: "/cases/@file/emergency", writer: openers},
	"POST /cases/{id}/emergency":                  {path: "/cases/@file/emergency", writer: openers},
	"POST /cases/{id}/tasks/{task}/done":          onFile("/tasks/@task/done", manager),
	"GET /cases/{id}/contact":                     onFile("/contact", readers),
	"POST /cases/{id}/contact":                    onFile("/contact", manager),
	"GET /cases/{id}/answers":                     onFile("/answers", readers),
	"POST /cases/{id}/answers":                    onFile("/answers", manager),
	"GET /cases/{id}/identity/edit":               onFile("/identity/edit", readers),
	"POST /cases/{id}/identity/edit":              onFile("/identity/edit", manager),
	"GET /cases/{id}/notes/new":                   onFile("/notes/new", readers),
	"POST /cases/{id}/notes/new":                  sheetOf("/notes/new", writer{near: []access.Role{access.CaseManager, access.Health, access.Lawyer}}),
	"GET /cases/{id}/tasks/new":                   onFile("/tasks/new", readers),
	"POST /cases/{id}/tasks/new":                  onFile("/tasks/new", assigners),
	"GET /cases/{id}/needs/new":                   onFile("/needs/new", readers),
	"POST /cases/{id}/needs/new":                  onFile("/needs/new", withShelter),
	"GET /cases/{id}/needs/{need}":                onFile("/needs/@need", readers),
	"POST /cases/{id}/needs/{need}":               sheetOf("/needs/@need", withShelter),
	"GET /cases/{id}/people/new":                  onFile("/people/new", readers),
	"POST /cases/{id}/people/new":                 onFile("/people/new", assigners),
	"GET /cases/{id}/people/end":                  onFile("/people/end", readers),
	"POST /cases/{id}/people/end":                 sheetOf("/people/end", assigners),
	"GET /cases/{id}/identification":              onFile("/identification", readers),
	"POST /cases/{id}/identification":             onFile("/identification", writer{near: []access.Role{access.CaseManager, access.Panel, access.Lawyer}}),
	"GET /cases/{id}/child":                       onFile("/child", readers),
	"POST /cases/{id}/child":                      onFile("/child", withLawyer),
	"GET /cases/{id}/close":                       onFile("/close", readers),
	"POST /cases/{id}/close":                      onFile("/close", manager),
	"GET /cases/{id}/reopen":                      onFile("/reopen", readers),
	"POST /cases/{id}/reopen":                     onFile("/reopen", manager),
	"GET /cases/{id}/consents/new":                onFile("/consents/new", readers),
	"POST /cases/{id}/consents/new":               onFile("/consents/new", manager),
	"GET /cases/{id}/consents/{receipt}":          onFile("/consents/@receipt", readers),
	"GET /cases/{id}/consents/{receipt}/print":    onFile("/consents/@receipt/print", readers),
	"GET /cases/{id}/consents/{receipt}/change":   onFile("/consents/@receipt/change", readers),
	"POST /cases/{id}/consents/{receipt}/change":  sheetOf("/consents/@receipt/change", manager),
	"GET /cases/{id}/grounds/new":                 onFile("/grounds/new", readers),
	"POST /cases/{id}/grounds/new":                onFile("/grounds/new", manager),
	"GET /cases/{id}/grounds/{ground}":            onFile("/grounds/@ground", readers),
	"POST /cases/{id}/grounds/{ground}/confirm":   onFile("/grounds/@ground/confirm", assigners),
	"GET /cases/{id}/referrals/new":               onFile("/referrals/new", readers),
	"POST /cases/{id}/referrals/new":              sheetOf("/referrals/new", manager),
	"GET /cases/{id}/referrals/{ref}":             onFile("/referrals/@ref", readers),
	"GET /cases/{id}/referrals/{ref}/risk":        onFile("/referrals/@ref/risk", readers),
	"POST /cases/{id}/referrals/{ref}/risk":       onFile("/referrals/@ref/risk", manager),
	"GET /cases/{id}/referrals/{ref}/offer":       onFile("/referrals/@ref/offer", readers),
	"POST /cases/{id}/referrals/{ref}/offer":      onFile("/referrals/@ref/offer", manager),
	"GET /cases/{id}/referrals/{ref}/preview":     onFile("/referrals/@ref/preview", readers),
	"POST /cases/{id}/referrals/{ref}/hand-over":  sheetOf("/referrals/@ref/hand-over", manager),
	"POST /cases/{id}/referrals/{ref}/close":      onFile("/referrals/@ref/close", manager),
	"GET /cases/{id}/referrals/{ref}/amend":       onFile("/referrals/@ref/amend", readers),
	"POST /cases/{id}/referrals/{ref}/amend":      onFile("/referrals/@ref/amend", manager),
	"GET /cases/{id}/referrals/{ref}/supplement":  onFile("/referrals/@ref/supplement", readers),
	"POST /cases/{id}/referrals/{ref}/supplement": sheetOf("/referrals/@ref/supplement", manager),
	"GET /cases/{id}/referrals/{ref}/withdraw":    onFile("/referrals/@ref/withdraw", readers),
	"POST /cases/{id}/referrals/{ref}/withdraw":   onFile("/referrals/@ref/withdraw", manager),
	"GET /cases/{id}/rights/{form}":               onFile("/rights/stay", readers),
	"POST /cases/{id}/rights/{form}":              onFile("/rights/stay", withLawyer),

	"GET /cases/{id}/files/new":    onFile("/files/new", attachers),
	"POST /cases/{id}/files":       onFile("/files", attachers),
	"GET /cases/{id}/files/{file}": onFile("/files/@attached", readersWith("D3")),

	"GET /cases/{id}/goals/new":                       onFile("/goals/new", readers),
	"POST /cases/{id}/goals/new":                      onFile("/goals/new", manager),
	"GET /cases/{id}/goals/{goal}/step":               onFile("/goals/@goal/step", readers),
	"POST /cases/{id}/goals/{goal}/step":              onFile("/goals/@goal/step", manager),
	"GET /cases/{id}/goals/{goal}/review":             onFile("/goals/@goal/review", readers),
	"POST /cases/{id}/goals/{goal}/review":            onFile("/goals/@goal/review", withShelter),
	"POST /cases/{id}/goals/{goal}/steps/{step}/done": onFile("/goals/@goal/steps/@step/done", withShelter),

	"GET /cases/{id}/place":       {path: "/cases/@file/place", writer: readersWith("D5")},
	"GET /cases/{id}/place/edit":  onFile("/place/edit", lodgers),
	"POST /cases/{id}/place/edit": onFile("/place/edit", lodgers),

	"GET /programme/events":                                  doorOf("/programme/events", anybody),
	"POST /programme/events/views":                           doorOf("/programme/events/views", anybody),
	"GET /programme/events/new":                              doorOf("/programme/events/new", officers),
	"POST /programme/events/new":                             doorOf("/programme/events/new", officers),
	"GET /programme/events/{id}":                             doorOf("/programme/events/@event", anybody),
	"GET /programme/events/{id}/edit":                        doorOf("/programme/events/@event/edit", officers),
	"POST /programme/events/{id}/edit":                       doorOf("/programme/events/@event/edit", officers),
	"GET /programme/events/{id}/sessions/{session}":          doorOf("/programme/events/@event/sessions/@sitting", officers),
	"POST /programme/events/{id}/sessions/{session}":         doorOf("/programme/events/@event/sessions/@sitting", officers),
	"POST /programme/events/{id}/sessions/{session}/drop":    doorOf("/programme/events/@event/sessions/@sitting/drop", officers),
	"GET /programme/events/{id}/groups/{group}":              doorOf("/programme/events/@event/groups/new", officers),
	"POST /programme/events/{id}/groups/{group}":             doorOf("/programme/events/@event/groups/new", officers),
	"GET /programme/events/{id}/countries":                   doorOf("/programme/events/@event/countries", anybody),
	"GET /programme/events/{id}/countries/{country}":         doorOf("/programme/events/@event/countries/SE", officers),
	"POST /programme/events/{id}/countries/{country}":        doorOf("/programme/events/@event/countries/SE", officers),
	"POST /programme/events/{id}/invite":                     doorOf("/programme/events/@event/invite", officers),
	"POST /programme/events/{id}/remind":                     doorOf("/programme/events/@event/remind", officers),
	"GET /programme/events/{id}/people":                      doorOf("/programme/events/@event/people", officers),
	"GET /programme/events/{id}/people/new":                  doorOf("/programme/events/@event/people/new", officers),
	"POST /programme/events/{id}/people/new":                 doorOf("/programme/events/@event/people/new", officers),
	"GET /programme/events/{id}/people/{person}":             doorOf("/programme/events/@event/people/@participant", officers),
	"POST /programme/events/{id}/people/{person}":            doorOf("/programme/events/@event/people/@participant", officers),
	"GET /programme/events/{id}/people/{person}/certificate": doorOf("/programme/events/@event/people/@participant/certificate", officers),
	"GET /programme/events/{id}/regret":                      doorOf("/programme/events/@event/regret", officers),
	"POST /programme/events/{id}/regret":                     doorOf("/programme/events/@event/regret", officers),
	"GET /programme/events/{id}/presence":                    doorOf("/programme/events/@event/presence", officers),
	"POST /programme/events/{id}/presence":                   doorOf("/programme/events/@event/presence", officers),
	"GET /programme/events/{id}/capture":                     doorOf("/programme/events/@event/capture", officers),
	"POST /programme/events/{id}/capture":                    doorOf("/programme/events/@event/capture", officers),
	"GET /programme/events/{id}/notes":                       doorOf("/programme/events/@event/notes", officers),
	"POST /programme/events/{id}/notes/{note}/{act}":         doorOf("/programme/events/@event/notes/@sitting/apart", officers),
	"POST /programme/events/{id}/notes/file":                 doorOf("/programme/events/@event/notes/file", officers),
	"GET /programme/events/{id}/minutes":                     doorOf("/programme/events/@event/minutes", anybody),
	"GET /programme/events/{id}/minutes/file":                doorOf("/programme/events/@event/minutes/file", anybody),
	"POST /programme/events/{id}/minutes/approve":            doorOf("/programme/events/@event/minutes/approve", officers),
	"GET /programme/events/{id}/minutes/edit":                doorOf("/programme/events/@event/minutes/edit", officers),
	"POST /programme/events/{id}/minutes/edit":               doorOf("/programme/events/@event/minutes/edit", officers),
	"GET /programme/events/{id}/calendar":                    doorOf("/programme/events/@event/calendar", anybody),
	"GET /programme/events/{id}/act/{act}":                   doorOf("/programme/events/@event/act/hold", officers),
	"POST /programme/events/{id}/act/{act}":                  doorOf("/programme/events/@event/act/hold", officers),

	"GET /resemblances":       doorOf("/resemblances", duplicates),
	"GET /resemblances/{id}":  doorOf("/resemblances/@need", nobody), // there is none
	"POST /resemblances/{id}": doorOf("/resemblances/@need", nobody),

	"GET /matching":             doorOf("/matching", writer{any: []access.Role{access.CaseManager, access.FocalPoint, access.Oversight, access.PoliceOfficer, access.Prosecutor}}),
	"GET /matching/new":         doorOf("/matching/new?of=@file", nobody), // she has not agreed to it
	"POST /matching/new":        doorOf("/matching/new", nobody),
	"POST /matching/count":      doorOf("/matching/count", nobody), // with nobody
	"GET /matching/{id}":        doorOf("/matching/@need", nobody), // there is none
	"POST /matching/{id}/{act}": doorOf("/matching/@need/judge", nobody),

	"GET /requests":                         doorOf("/requests", anybody), // and on it what each may know of
	"GET /requests.csv":                     doorOf("/requests.csv", anybody),
	"GET /inquiries":                        doorOf("/inquiries", anybody),
	"GET /inquiries/new":                    doorOf("/inquiries/new", askers),
	"POST /inquiries/new":                   doorOf("/inquiries/new", askers),
	"GET /inquiries/{id}":                   doorOf("/inquiries/@request", incomings),
	"POST /inquiries/{id}/{act}":            doorOf("/inquiries/@request/answer", manager),
	"GET /correspondence":                   doorOf("/correspondence", correspondents),
	"GET /correspondence/new":               doorOf("/correspondence/new", correspondents),
	"POST /correspondence/new":              doorOf("/correspondence/new", correspondents),
	"GET /correspondence/{id}":              doorOf("/correspondence/@note", letterGivers),
	"GET /correspondence/{id}/files/{file}": doorOf("/correspondence/@note/files/@need", nobody), // of no letter
	"GET /correspondence/{id}/{act}":        doorOf("/correspondence/@note/assign", letterGivers),
	"POST /correspondence/{id}/{act}":       doorOf("/correspondence/@note/assign", letterGivers),
	"GET /referrals":                        doorOf("/referrals", anybody),
	"GET /referrals/{id}":                   received("", incomings),
	"POST /referrals/{id}/accept":           received("/accept", takers),
	"POST /referrals/{id}/decline":          received("/decline", takers),
	"POST /referrals/{id}/report":           received("/report", handlers),
	"POST /referrals/{id}/close":            received("/close", handlers),

	"GET /screening":                      doorOf("/screening", anybody),
	"GET /screening/paper/{set}":          doorOf("/screening/paper/unodc", anybody),
	"GET /screening/new":                  doorOf("/screening/new", anybody),
	"GET /screening/new/lists":            doorOf("/screening/new/lists", anybody),
	"GET /screening/new/form":             doorOf("/screening/new/form", anybody),
	"POST /screening/new/form":            {path: "/screening/new/form", writer: writer{any: []access.Role{access.Responder}}, form: unfinished},
	"GET /screening/figures":              doorOf("/screening/figures", writer{any: []access.Role{access.CaseManager, access.Supervisor, access.Rapporteur}}),
	"GET /screening/signals":              doorOf("/screening/signals", anybody),
	"GET /screening/signals/{id}":         doorOf("/screening/signals/@signal", incomings),
	"POST /screening/signals/{id}/{what}": doorOf("/screening/signals/@signal/note", manager),

	"GET /screening/signals/{id}/screening":       doorOf("/screening/signals/@signal/screening", incomings),
	"GET /screening/signals/{id}/screening/lists": doorOf("/screening/signals/@signal/screening/lists", incomings),
	"GET /screening/signals/{id}/screening/form":  doorOf("/screening/signals/@signal/screening/form", incomings),
	"POST /screening/signals/{id}/screening/form": {path: "/screening/signals/@signal/screening/form", writer: manager, form: unfinished},
	"GET /cases/{id}/screening":                   onFile("/screening", readers),
	"GET /cases/{id}/screening/lists":             onFile("/screening/lists", readers),
	"GET /cases/{id}/screening/form":              onFile("/screening/form", readers),
	"POST /cases/{id}/screening/form":             {path: "/cases/@file/screening/form", writer: screeners, of: "file", form: unfinished},
	"GET /cases/{id}/screening/{screening}":       onFile("/screening/@screening", readers),
	"POST /cases/{id}/screening/{screening}":      onFile("/screening/@screening", screeners),
}

// unfinished is a screening in which something lacks: whoever may write it is told so.
var unfinished = url.Values{"dossier": {"01900000-0000-7000-8000-00000000abcd"}, "who": {"adult"}, "role": {"outreach"}, "set": {"unodc"}, "version": {"2008-1"}, "a.GEN-02": {"yes"}}

func openOf(path string) line { return doorOf(path, anybody) }

// readersWith are those who read a category of a file.
func readersWith(c string) writer {
	return writer{near: slices.DeleteFunc(slices.Clone(readers.near), func(r access.Role) bool { return !slices.Contains(strings.Fields(reads[r]), c) })}
}

// refused says whether a page said no: that there is nothing, that it is not theirs, or to sign in.
func (r reply) refused() bool {
	return r.code == http.StatusNotFound || r.code == http.StatusForbidden || r.code == http.StatusUnauthorized || r.code == http.StatusSeeOther && strings.HasPrefix(r.header.Get("Location"), "/signin")
}

// routesOf lists the routes of an office's rooms.
func (w *world) routesOf(office string) []page.Route {
	w.Helper()
	rooms, err := w.n.rooms(w.offices[office])
	w.must(err)
	var out []page.Route
	for _, r := range rooms {
		out = append(out, r.Routes...)
	}
	return out
}

// TestWhoMayPassEachDoor asks at every route of an assistance office's pages as everybody such an office can have.
func TestWhoMayPassEachDoor(t *testing.T) {
	d := newDoors(t)
	for by, f := range map[string]*file{"near-case_manager": &d.own, "far-case_manager": &d.others, "tirana-manager": &d.abroad} {
		d.more(d.people[by], f)
	}
	d.write(d.people["near-shelter"], access.KindPerson, d.own.id, store.Draft{Type: "place.moved", Payload: casework.Lodged{Shelter: "Planted Street 7"}})
	left := allLines()
	routes := d.routesOf("athens")
	slices.SortFunc(routes, func(a, b page.Route) int { // readers before writers, and what ends something last
		return strings.Compare(rank(a.Pattern)+a.Pattern, rank(b.Pattern)+b.Pattern)
	})
	for _, rt := range routes {
		l, ok := left[rt.Pattern]
		if delete(left, rt.Pattern); !ok {
			t.Errorf("route %q has no line in the table: say who may pass", rt.Pattern)
			continue
		}
		if l.open != (rt.Open || rt.Public) {
			t.Errorf("%s is open to strangers: %v, the table says %v", rt.Pattern, rt.Open || rt.Public, l.open)
		}
		method, _, _ := strings.Cut(rt.Pattern, " ")
		if a := d.visit(nil, method, d.fill(l.path, d.own, d.own, d.incoming), l); !l.open && !a.refused() {
			t.Errorf("a stranger passes %s: %d", rt.Pattern, a.code)
		}
		for _, v := range d.everybody() {
			d.passes(v, method, rt.Pattern, l)
		}
	}
	for pattern := range left {
		t.Errorf("the table has a line for %q, which no office has", pattern)
	}
}

func rank(pattern string) string {
	switch {
	case strings.HasPrefix(pattern, "GET"):
		return "0"
	case strings.HasSuffix(pattern, "/close"), strings.HasSuffix(pattern, "/decline"):
		return "2"
	}
	return "1"
}

func (d *doors) visit(v *visitor, method, path string, l line) reply {
	if method == "POST" {
		return d.post(v, path, l.form)
	}
	return d.get(v, path)
}

// fill puts ids in an address: the file's, and a child's of perhaps another file.
func (d *doors) fill(path string, f, child file, incoming journal.ID) string {
	tirana := d.people["tirana-manager"]
	path = d.inRounds(d.recorded(known(path)))
	return strings.NewReplacer("@release", d.release.String(), "@joint", d.jointly.String(), "@returned", d.statutory.String(), "@file", f.id.String(), "@task", child.task.String(), "@need", child.need.String(), "@receipt", child.receipt.String(), "@ground", child.ground.String(),
		"@ref", child.referral.String(), "@attached", child.attached.String(), "@goal", child.goal.String(), "@step", child.step.String(), "@screening", child.screening.String(), "@signal", d.signal.String(), "@request", d.request.String(), "@note", d.note.String(), "@permission", d.permission.String(), "@incoming", incoming.String(), "@partner", d.partner.String(), "@terms", d.terms.String(), "@several", d.several.String(), "@account", d.people["near-health"].id.String(),
		"@session", tirana.id.String(), "@organisation", d.organisation, "@question", d.question, "@lack", d.need.String(), "@recommended", d.recommended.String(), "@action", d.action.String(), "@training", knownID(access.KindTraining).String(), "@reported", activity.ReportedRef(d.lodge, reportedCode).ID.String(), "@award", d.award.String(), "@call", d.call.String(), "@application", d.application.String(), "@assessment", d.assessment.String(), "@fund", d.fund.String(), "@study", d.studied.String(), "@event", d.event.String(), "@sitting", d.sitting.String(), "@participant", d.participant.String(), "@measure", d.measure.String(), "@accord", d.accord.String(), "@words", d.words, "@plan", d.plan.String(), "@meeting", d.meeting.String(), "@proposal", d.proposal.String(), "@motion", d.motion.String(), "@issue", d.issue.String(), "@guest", d.guest.String(), "@sheet", d.sheet.String()).Replace(path)
}

// passes asks as one visitor at one route: at what is theirs, at what is not, and with ids swapped.
func (d *doors) passes(v *visitor, method, pattern string, l line) {
	d.Helper()
	ask := func(where, path string, may, writes bool) {
		before := d.entries()
		a := d.visit(v, method, path, l)
		if a.refused() == may && !(may && (l.open || l.ends)) || a.code >= 500 {
			d.Errorf("%s passes %s at %s: %d; the table says %v", v, pattern, where, a.code, may)
		}
		if method == "GET" && d.entries() != before || !writes && d.entries() != before {
			d.Errorf("%s asks at %s at %s (%d) and changes something", v, pattern, where, a.code)
		}
		d.spills(v, pattern+" at "+where, a)
		if l.ends {
			v.signIn()
		}
	}
	may := l.may(v)
	writes := may
	if l.writes != nil {
		writes = l.writes.may(v)
	}
	ask("their own", d.fill(l.path, d.own, d.own, d.incoming), may, writes)
	switch l.of {
	case "file":
		theirs := v.login == "far-case_manager" && slices.Contains(l.near, access.CaseManager)
		ask("another's", d.fill(l.path, d.others, d.others, d.incoming), theirs, theirs)
		ask("another office's", d.fill(l.path, d.abroad, d.abroad, d.incoming), false, false)
		if v.near() && d.fill(l.path, d.own, d.own, d.incoming) != d.fill(l.path, d.own, d.others, d.incoming) {
			ask("their own, with another's child", d.fill(l.path, d.own, d.others, d.incoming), false, false)
			ask("another's, with their own child", d.fill(l.path, d.others, d.own, d.incoming), false, false)
		}
	case "incoming":
		ask("one they do not handle", d.fill(l.path, d.own, d.own, d.theirs), v.is(l.any...), v.is(l.any...))
		ask("another office's", d.fill(l.path, d.own, d.own, d.others.referral), false, false)
	}
}

// spills looks in an answer for planted texts that this visitor may not read.
func (d *doors) spills(v *visitor, where string, a reply) {
	d.Helper()
	for _, name := range []string{"Own", "Others", "Abroad", "Second"} {
		stands := name == "Own" && v.near() || name == "Others" && v.login == "far-case_manager"
		compares := v.is(access.DuplicateDesk) && strings.HasPrefix(where, "GET /resemblances") && (name == "Own" || name == "Others")
		for c, text := range planted(name) {
			if compares && c == journal.D2 {
				continue
			}
			if strings.Contains(a.body, text) && !(stands && slices.Contains(strings.Fields(reads[v.roles[0]]), string(c))) {
				d.Errorf("%s sees %s of %s by %s (%d)", v, c, name, where, a.code)
			}
		}
		if compares {
			continue
		}
		if strings.Contains(a.body, "Planted Street") && !(v.near() && v.is(access.CaseManager, access.Shelter)) {
			d.Errorf("%s sees where she lives by %s (%d)", v, where, a.code)
		}
		if !stands && strings.Contains(a.body, "Code"+name) {
			d.Errorf("%s learns of the file %s by %s (%d)", v, name, where, a.code)
		}
	}
}
