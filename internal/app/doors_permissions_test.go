// SPDX-License-Identifier: EUPL-1.2

package app

import "github.com/entraide-thb/entraide/internal/platform/access"

// permissionLines are the lines of what offices ask each other to permit: whoever writes letters asks, who sent the thing answers.
var permissionLines = map[string]line{
	"GET /permissions":             doorOf("/permissions", correspondents),
	"GET /permissions/new":         doorOf("/permissions/new?kind=letter&thing=@note&of=@need", nobody), // of nothing that came
	"POST /permissions/new":        doorOf("/permissions/new", nobody),
	"GET /permissions/{id}":        doorOf("/permissions/@permission", letterGivers),
	"GET /permissions/{id}/{act}":  doorOf("/permissions/@permission/assign", letterGivers),
	"POST /permissions/{id}/{act}": doorOf("/permissions/@permission/assign", letterGivers),
}

var permissionWriters = map[string]writer{
	"permission permission.asked":           manager,
	"permission permission.reminded":        manager,
	"permission permission.used":            manager,
	"permission permission.withdrawn":       manager,
	"permission permission.proposed":        manager,
	"permission permission.answered":        manager,
	"permission permission.assigned":        {near: []access.Role{access.CaseManager}, any: []access.Role{access.Liaison, access.FocalPoint}},
	"permission permission.received":        byPost,
	"permission permission.asked_again":     byPost,
	"permission permission.heard":           byPost,
	"permission permission.withdrawn_there": byPost,
	"permission permission.returned":        byPost,
}
