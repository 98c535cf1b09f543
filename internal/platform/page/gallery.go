// SPDX-License-Identifier: EUPL-1.2

package page

func galleryRoom() Room { return Room{Name: "gallery"} }
