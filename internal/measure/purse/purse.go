// SPDX-License-Identifier: EUPL-1.2

// Package purse is what a script may spend of people's privacy, as a file: opened once with a promise, and appended to by each
// release, which reserves what it costs before it draws any noise and never gets it back. An office has its register of
// releases instead.
//
// Each line holds the hash of the one before, so that a line that was changed or taken out shows. What no file can show is
// that lines were taken off its end, that it was copied, or that there is a second one for the same people: there is one purse
// for one set of people, kept beside the data.
package purse

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/measure/noise"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// What a purse may promise without a reason, over its whole life.
const (
	MostEpsilon = 4
	MostDelta   = 1e-6
)

// mostLines bounds a purse.
const mostLines = 100_000

// Kinds of lines.
const (
	opened   = "opened"
	reserved = "reserved"
	released = "released"
)

// Line is one line of a purse.
type Line struct {
	What   string    `json:"what"`
	At     time.Time `json:"at"`
	Before string    `json:"before,omitempty"` // SHA-256 of the line before

	Epsilon float64 `json:"epsilon,omitempty"` // opened
	Delta   float64 `json:"delta,omitempty"`
	Reason  string  `json:"reason,omitempty"`

	Release string       `json:"release,omitempty"` // reserved, released
	Charge  noise.Charge `json:"charge,omitempty"`  // reserved
	Hash    string       `json:"hash,omitempty"`    // released: of release.json
}

// Purse is a file that is open, and locked for others.
type Purse struct {
	file   *os.File
	last   string
	lines  []Line
	budget noise.Charge
	spent  noise.Charge
}

// New makes a purse for a promise. Errors: Invalid for what promises nothing, or more than the default without a reason; the
// file's, also when it is there.
func New(path string, p noise.Promise, reason string, now time.Time) error {
	if _, err := p.Budget(); err != nil {
		return fault.Wrap(fault.Invalid, err, "purse.want.promise")
	}
	if (p.Epsilon > MostEpsilon || p.Delta > MostDelta) && strings.TrimSpace(reason) == "" {
		return fault.New(fault.Invalid, "purse.want.reason", "Epsilon", MostEpsilon, "Delta", fmt.Sprint(MostDelta))
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fault.Wrap(fault.Conflict, err, "purse.there")
	}
	if err != nil {
		return err
	}
	b, err := json.Marshal(Line{What: opened, At: now.UTC().Truncate(time.Second), Epsilon: p.Epsilon, Delta: p.Delta, Reason: strings.TrimSpace(reason)})
	if err == nil {
		_, err = f.Write(append(b, '\n'))
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// Open opens a purse, locks it and checks all lines. Errors: NotFound when there is none; Unavailable while another process has
// it; Invalid when it was changed.
func Open(path string) (*Purse, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.Wrap(fault.NotFound, err, "purse.none")
	}
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		return nil, errors.Join(fault.Wrap(fault.Unavailable, err, "purse.in_use"), f.Close())
	}
	p := &Purse{file: f}
	if err := p.read(f); err != nil {
		_ = f.Close() // only read
		return nil, err
	}
	return p, nil
}

// read reads and checks all lines.
func (p *Purse) read(r io.Reader) error {
	changed := fault.New(fault.Invalid, "purse.changed")
	in := bufio.NewScanner(r)
	for in.Scan() {
		var l Line
		d := json.NewDecoder(bytes.NewReader(in.Bytes()))
		d.DisallowUnknownFields()
		if d.Decode(&l) != nil || l.Before != p.last || len(p.lines) == mostLines || (l.What == opened) != (len(p.lines) == 0) {
			return changed
		}
		if err := p.take(l); err != nil {
			return changed
		}
		p.last = hash(in.Bytes())
	}
	if in.Err() != nil || len(p.lines) == 0 {
		return changed
	}
	return nil
}

func hash(line []byte) string {
	h := sha256.Sum256(line)
	return hex.EncodeToString(h[:])
}

// take counts one line.
func (p *Purse) take(l Line) error {
	switch l.What {
	case opened:
		rho, err := noise.Promise{Epsilon: l.Epsilon, Delta: l.Delta}.Budget()
		if err != nil {
			return err
		}
		p.budget = rho.Charge()
	case reserved:
		if l.Charge <= 0 || l.Charge > p.budget-p.spent {
			return errors.New("purse: more was reserved than there is")
		}
		p.spent += l.Charge
	case released:
	default:
		return errors.New("purse: an unknown line")
	}
	p.lines = append(p.lines, l)
	return nil
}

// Promise is what the purse was opened with.
func (p *Purse) Promise() noise.Promise {
	return noise.Promise{Epsilon: p.lines[0].Epsilon, Delta: p.lines[0].Delta}
}

// Budget, Spent and Left say how much there is.
func (p *Purse) Budget() noise.Charge { return p.budget }
func (p *Purse) Spent() noise.Charge  { return p.spent }
func (p *Purse) Left() noise.Charge   { return p.budget - p.spent }

// Lines gives all lines, the oldest first.
func (p *Purse) Lines() []Line { return p.lines }

// Reserve takes what a release costs, before any noise is drawn: it is on the disk when Reserve returns, and it is never given
// back. Error: Guarded when less is left.
func (p *Purse) Reserve(release string, c noise.Charge, now time.Time) error {
	if c <= 0 {
		return fault.New(fault.Invalid, "purse.want.promise")
	}
	if c > p.Left() {
		return fault.New(fault.Guarded, "purse.empty", "Left", p.Left().String(), "Costs", c.String())
	}
	return p.append(Line{What: reserved, Release: release, Charge: c}, now)
}

// Released notes what came of a reservation.
func (p *Purse) Released(release, hash string, now time.Time) error {
	return p.append(Line{What: released, Release: release, Hash: hash}, now)
}

func (p *Purse) append(l Line, now time.Time) error {
	l.At, l.Before = now.UTC().Truncate(time.Second), p.last
	b, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := p.file.Write(append(b, '\n')); err != nil {
		return err
	}
	if err := p.file.Sync(); err != nil {
		return err
	}
	p.last = hash(b)
	return p.take(l)
}

// Close lets go of the file.
func (p *Purse) Close() error { return p.file.Close() }
