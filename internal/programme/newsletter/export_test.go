// SPDX-License-Identifier: EUPL-1.2

package newsletter

// Faults lists them.
func Faults() []Fault {
	return []Fault{Untranslated, Outdated, OtherTongue, StrangeWords, NoAlt, NoPicture, NotPublic, Withheld, NoConsent, NobodyKnown, NoSource, DeadLink, PlainTitle, Wounding, TooLong, Empty}
}
