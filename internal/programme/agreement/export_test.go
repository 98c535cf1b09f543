// SPDX-License-Identifier: EUPL-1.2

package agreement

// MessageTypes lists them.
func MessageTypes() []string { return []string{MsgVersion, MsgConsent, MsgSignature, MsgPart} }
