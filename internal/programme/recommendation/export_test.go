// SPDX-License-Identifier: EUPL-1.2

package recommendation

// Check says what is wrong with a file, all of it at once, as far as that can be said without an office. The error is a
// register.WrongFile.
func Check(src []byte) error { return Config{}.register().CheckFile(src) }
