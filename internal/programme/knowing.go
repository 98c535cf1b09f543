// SPDX-License-Identifier: EUPL-1.2

package programme

import (
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/material"
)

// knowing gives the kinds of the registers of knowledge: material (what raises awareness, and campaigns).
func knowing() []store.Kind { return []store.Kind{material.StoreKind()} }

// knowledge gives their pages.
func (c Config) knowledge() []page.Room {
	return []page.Room{material.Room(material.Config{Store: c.Store, Names: c.Names})}
}
