// SPDX-License-Identifier: EUPL-1.2

package app

import "maps"

// allLines joins the tables of the wings.
func allLines() map[string]line {
	out := maps.Clone(lines)
	maps.Copy(out, councilLines)
	maps.Copy(out, resultLines)
	maps.Copy(out, knowingLines())
	maps.Copy(out, letterLines)
	maps.Copy(out, recordLines)
	maps.Copy(out, roundLines)
	maps.Copy(out, guestLines)
	maps.Copy(out, releaseLines)
	maps.Copy(out, returnLines)
	maps.Copy(out, groupLines)
	maps.Copy(out, permissionLines)
	return out
}

// councilLines are the lines of the rooms of agreements, of measures and of the steering committee. In an assistance office nobody is of the committee.
var councilLines = map[string]line{
	"GET /programme/measures":                                            doorOf("/programme/measures", anybody),
	"POST /programme/measures/views":                                     doorOf("/programme/measures/views", anybody),
	"GET /programme/measures/new":                                        doorOf("/programme/measures/new", officers),
	"POST /programme/measures/new":                                       doorOf("/programme/measures/new", officers),
	"GET /programme/measures/{id}":                                       doorOf("/programme/measures/@measure", anybody),
	"GET /programme/measures/{id}/edit":                                  doorOf("/programme/measures/@measure/edit", officers),
	"POST /programme/measures/{id}/edit":                                 doorOf("/programme/measures/@measure/edit", officers),
	"POST /programme/measures/{id}/undo/{entry}":                         doorOf("/programme/measures/@measure/undo/nothing", officers),
	"GET /programme/measures/{id}/act/{act}":                             doorOf("/programme/measures/@measure/act/report", officers),
	"POST /programme/measures/{id}/act/{act}":                            doorOf("/programme/measures/@measure/act/report", officers),
	"GET /programme/agreements":                                          doorOf("/programme/agreements", anybody),
	"POST /programme/agreements/views":                                   doorOf("/programme/agreements/views", anybody),
	"GET /programme/agreements/new":                                      doorOf("/programme/agreements/new", officers),
	"POST /programme/agreements/new":                                     doorOf("/programme/agreements/new", officers),
	"GET /programme/agreements/{id}":                                     doorOf("/programme/agreements/@accord", anybody),
	"GET /programme/agreements/{id}/edit":                                doorOf("/programme/agreements/@accord/edit", officers),
	"POST /programme/agreements/{id}/edit":                               doorOf("/programme/agreements/@accord/edit", officers),
	"GET /programme/agreements/{id}/act/{act}":                           doorOf("/programme/agreements/@accord/act/agree", officers),
	"POST /programme/agreements/{id}/act/{act}":                          doorOf("/programme/agreements/@accord/act/agree", officers),
	"GET /programme/agreements/{id}/text":                                doorOf("/programme/agreements/@accord/text", officers),
	"POST /programme/agreements/{id}/text":                               doorOf("/programme/agreements/@accord/text", officers),
	"GET /programme/agreements/{id}/versions/{hash}":                     doorOf("/programme/agreements/@accord/versions/@words", officers),
	"GET /programme/agreements/{id}/versions/{hash}/file":                doorOf("/programme/agreements/@accord/versions/@words/file", officers),
	"GET /programme/agreements/{id}/signed/{file}":                       doorOf("/programme/agreements/@accord/signed/@words", nobody), // nothing is signed
	"GET /programme/agreements/{id}/record":                              doorOf("/programme/agreements/@accord/record", nobody),
	"GET /programme/agreements/{id}/compare":                             doorOf("/programme/agreements/@accord/compare", nobody), // there is one version only
	"GET /programme/agreements/{id}/signature":                           doorOf("/programme/agreements/@accord/signature", officers),
	"POST /programme/agreements/{id}/signature":                          doorOf("/programme/agreements/@accord/signature", officers),
	"GET /programme/agreements/{id}/verify":                              doorOf("/programme/agreements/@accord/verify", nobody), // nothing is signed
	"POST /programme/agreements/{id}/verify":                             doorOf("/programme/agreements/@accord/verify", nobody),
	"GET /programme/committee":                                           doorOf("/programme/committee", anybody),
	"GET /programme/committee/decisions":                                 doorOf("/programme/committee/decisions", anybody),
	"GET /programme/committee/plans/new":                                 doorOf("/programme/committee/plans/new", officers),
	"POST /programme/committee/plans/new":                                doorOf("/programme/committee/plans/new", officers),
	"GET /programme/committee/plans/{id}":                                doorOf("/programme/committee/plans/@plan", anybody),
	"GET /programme/committee/plans/{id}/proposals/{proposal}":           doorOf("/programme/committee/plans/@plan/proposals/@proposal", officers),
	"POST /programme/committee/plans/{id}/proposals/{proposal}":          doorOf("/programme/committee/plans/@plan/proposals/@proposal", officers),
	"GET /programme/committee/plans/{id}/proposals/{proposal}/withdraw":  doorOf("/programme/committee/plans/@plan/proposals/@proposal/withdraw", officers),
	"POST /programme/committee/plans/{id}/proposals/{proposal}/withdraw": doorOf("/programme/committee/plans/@plan/proposals/@proposal/withdraw", officers),
	"GET /programme/committee/plans/{id}/freeze":                         doorOf("/programme/committee/plans/@plan/freeze", officers),
	"POST /programme/committee/plans/{id}/freeze":                        doorOf("/programme/committee/plans/@plan/freeze", officers),
	"GET /programme/committee/plans/{id}/versions/{version}":             doorOf("/programme/committee/plans/@plan/versions/1", nobody),
	"GET /programme/committee/plans/{id}/versions/{version}/file":        doorOf("/programme/committee/plans/@plan/versions/1/file", nobody),
	"GET /programme/committee/sessions/new":                              doorOf("/programme/committee/sessions/new", officers),
	"POST /programme/committee/sessions/new":                             doorOf("/programme/committee/sessions/new", officers),
	"GET /programme/committee/sessions/{id}":                             doorOf("/programme/committee/sessions/@meeting", anybody),
	"GET /programme/committee/sessions/{id}/edit":                        doorOf("/programme/committee/sessions/@meeting/edit", officers),
	"POST /programme/committee/sessions/{id}/edit":                       doorOf("/programme/committee/sessions/@meeting/edit", officers),
	"GET /programme/committee/sessions/{id}/table":                       doorOf("/programme/committee/sessions/@meeting/table", officers),
	"POST /programme/committee/sessions/{id}/table":                      doorOf("/programme/committee/sessions/@meeting/table", officers),
	"GET /programme/committee/sessions/{id}/motion":                      doorOf("/programme/committee/sessions/@meeting/motion", officers),
	"POST /programme/committee/sessions/{id}/motion":                     doorOf("/programme/committee/sessions/@meeting/motion", officers),
	"GET /programme/committee/sessions/{id}/ballot":                      doorOf("/programme/committee/sessions/@meeting/ballot", nobody),
	"POST /programme/committee/sessions/{id}/ballot":                     doorOf("/programme/committee/sessions/@meeting/ballot", nobody),
	"GET /programme/committee/sessions/{id}/decide/{motion}":             doorOf("/programme/committee/sessions/@meeting/decide/@motion", officers),
	"POST /programme/committee/sessions/{id}/decide/{motion}":            doorOf("/programme/committee/sessions/@meeting/decide/@motion", officers),
}
