// SPDX-License-Identifier: EUPL-1.2

package directory

// CheckFile says what is wrong with a file in CSV, without an office.
func CheckFile(src []byte) error { return Config{}.register().CheckFile(src) }
