// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"crypto/tls"
	"os"
	"sync"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/clock"
)

// certificate reads the office's certificate from its files, and again when they have changed, so that a renewal
// needs no restart.
type certificate struct {
	cert, key string
	clock     clock.Clock

	mu      sync.Mutex // guards what follows
	loaded  *tls.Certificate
	changed time.Time // of the file, when it was read
	looked  time.Time // when the file was last looked at
}

// lookEvery is how often the files are looked at.
const lookEvery = time.Minute

// get gives the certificate. While a renewal is half written, the one from before serves on.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if c.loaded != nil && now.Sub(c.looked) < lookEvery {
		return c.loaded, nil
	}
	c.looked = now
	info, err := os.Stat(c.cert)
	if err == nil && c.loaded != nil && info.ModTime().Equal(c.changed) {
		return c.loaded, nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(c.cert, c.key)
	}
	if err != nil {
		if c.loaded != nil {
			return c.loaded, nil
		}
		return nil, err
	}
	c.loaded, c.changed = &pair, info.ModTime()
	return c.loaded, nil
}
