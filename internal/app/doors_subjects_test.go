// SPDX-License-Identifier: EUPL-1.2

package app

import "github.com/entraide-thb/entraide/internal/platform/access"

var investigators = writer{any: []access.Role{access.PoliceOfficer, access.Prosecutor}}

var prosecutors = writer{any: []access.Role{access.Prosecutor}}

// elsewhere has a line for every route that an assistance office has not.
var elsewhere = map[string]line{
	"GET /subjects":               doorOf("/subjects", anybody), // of which each sees what is theirs
	"POST /subjects/find":         doorOf("/subjects/find", investigators),
	"GET /subjects/new":           doorOf("/subjects/new", investigators),
	"POST /subjects/new":          doorOf("/subjects/new", investigators),
	"GET /subjects/import":        doorOf("/subjects/import", investigators),
	"POST /subjects/import":       doorOf("/subjects/import", investigators),
	"GET /subjects/import/sample": doorOf("/subjects/import/sample", anybody),
	"GET /subjects/{id}":          doorOf("/subjects/@need", nobody), // there is none
	"GET /subjects/{id}/edit":     doorOf("/subjects/@need/edit", nobody),
	"POST /subjects/{id}/edit":    doorOf("/subjects/@need/edit", nobody),
	"POST /subjects/{id}/{act}":   doorOf("/subjects/@need/end", nobody),

	"GET /proceedings":               doorOf("/proceedings", anybody), // of which each sees what is theirs
	"GET /proceedings.csv":           doorOf("/proceedings.csv", prosecutors),
	"POST /proceedings/find":         doorOf("/proceedings/find", prosecutors),
	"GET /proceedings/new":           doorOf("/proceedings/new", prosecutors),
	"POST /proceedings/new":          doorOf("/proceedings/new", prosecutors),
	"GET /proceedings/import":        doorOf("/proceedings/import", prosecutors),
	"POST /proceedings/import":       doorOf("/proceedings/import", prosecutors),
	"GET /proceedings/import/sample": doorOf("/proceedings/import/sample", anybody),
	"GET /proceedings/{id}":          doorOf("/proceedings/@need", nobody), // there is none
	"GET /proceedings/{id}/{act}":    doorOf("/proceedings/@need/change", nobody),
	"POST /proceedings/{id}/{act}":   doorOf("/proceedings/@need/change", nobody),

	"GET /requests/all":         doorOf("/requests/all", investigators),
	"GET /requests/new":         doorOf("/requests/new", investigators),
	"POST /requests/new":        doorOf("/requests/new", investigators),
	"GET /requests/{id}":        doorOf("/requests/@need", nobody), // there is none
	"GET /requests/{id}/{act}":  doorOf("/requests/@need/answer", nobody),
	"POST /requests/{id}/{act}": doorOf("/requests/@need/answer", nobody),
}
