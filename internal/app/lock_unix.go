// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package app

import (
	"os"
	"syscall"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// lock takes the folder for this process; the operating system lets go of it when the process ends,
// however it ends.
func (f Folder) lock() (*os.File, error) {
	file, err := os.OpenFile(f.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, err, "app.no_folder")
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = file.Close()
		return nil, fault.Wrap(fault.Unavailable, err, "app.in_use")
	}
	return file, nil
}
