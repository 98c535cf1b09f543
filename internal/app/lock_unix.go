// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package app

import (
	"context"
	"os"
	"syscall"
	"time"

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

// How long and how often a process that opens a folder waits for one that is about to leave it: a command that ends, an
// office that stops.
const (
	lockWait  = 3 * time.Second
	lockEvery = 50 * time.Millisecond
)

// lockSoon takes the folder, and waits a little for whoever has it.
func (f Folder) lockSoon(ctx context.Context) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	t := time.NewTicker(lockEvery)
	defer t.Stop()
	for {
		file, err := f.lock()
		if err == nil || !fault.Is(err, fault.Unavailable) {
			return file, err
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-t.C:
		}
	}
}
