// SPDX-License-Identifier: EUPL-1.2

// Package page is what an office shows: the layout, the components, the forms and the door that every request
// passes on its way to a room.
//
// A room gives a Room: templates, routes and menu lines. A Handler gets a Request that already knows who asks, in
// which language and at what time, and returns a value:
//
//	func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
//		id, err := r.ID("id")
//		if err != nil {
//			return nil, err
//		}
//		...
//		return page.View("cases/show", r.L.T("cases.title"), data), nil
//	}
//
// A form that comes in wrong is shown again by the room itself, with r.Errors(err) in its data and status 422.
// A fault that a handler returns becomes a page that says what to do, or problem+json when JSON was asked for.
//
// # In templates
//
// The root is {L, Office, Actor, Now, Path, Title, Data, Zone, Signed}. Functions: t and n (texts of the catalogue), date,
// datetime, time, relative, number, percent, country, language, list, icon, dict, slice, path. Components are templates named "c/...", each called
// with a dict; /gallery shows them in a demonstration, templates/gallery.html with their keys.
//
// # What it defends against
//
// Injected script or style (a content policy without exceptions, and html/template), other sites acting for a user
// (CrossOriginProtection, SameSite), framing, sniffing, a browser or proxy that keeps personal pages (no-store), a
// Referer or a title that tells where somebody was, floods (limits per session or address, of bodies), and an answer that
// leaves before its reading was recorded (Config.BeforeWrite). The log names patterns, never addresses, so it holds no id.
//
// It does not defend a device that is watched: leaving quickly clears what a web page can clear, no more.
package page
