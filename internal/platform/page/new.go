// SPDX-License-Identifier: EUPL-1.2

package page

import "net/http"

// New builds the pages of an office from its rooms. It fails on a template that does not parse, a pattern given
// twice, an icon that is not in the sprite and the like: what is wrong shows at start, not to a user.
func New(c Config) (http.Handler, error) {
	return newSite(c)
}
