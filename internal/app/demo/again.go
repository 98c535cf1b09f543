// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// left is what lies beside the offices of a demonstration that can be opened again.
type left struct {
	Password string `json:"password"`
	Fresh    bool   `json:"fresh"` // without what fills the programme's rooms
}

// leftFile is its name in the folder that holds the offices.
const leftFile = "demo.json"

// Leave writes what Open needs, once the story has got to where it is played on by hand.
func (s *Stage) Leave(fresh bool) error {
	b, err := json.Marshal(left{s.Password, fresh})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(s.c.Dir, leftFile), b, 0o600)
}

// Open starts the offices of a folder that a demonstration left, as they were: their addresses, their clocks, everybody's password.
// fresh says that nothing fills the programme's rooms. Close the stage also when it errs. Errors: NotFound when the folder holds no such
// demonstration, Invalid when what it left cannot be read; a port that something else uses by now.
func Open(ctx context.Context, c Config) (s *Stage, fresh bool, err error) {
	b, err := os.ReadFile(filepath.Join(c.Dir, leftFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, fault.New(fault.NotFound, "app.demo.none")
	}
	if err != nil {
		return nil, false, err
	}
	var l left
	if err := json.Unmarshal(b, &l); err != nil || l.Password == "" {
		return nil, false, fault.New(fault.Invalid, "app.demo.unreadable")
	}
	s = &Stage{c: c, Password: l.Password, Offices: map[Place]*Office{}}
	for _, p := range places {
		folder := app.Folder(filepath.Join(c.Dir, string(p)))
		settings, err := folder.Settings()
		if err != nil {
			return s, false, err
		}
		if !settings.Demo || len(settings.Owners) != 1 {
			return s, false, fault.New(fault.Invalid, "app.demo.unreadable")
		}
		o := &Office{Place: p, ID: settings.Owners[0].ID, URL: settings.URL, Folder: folder}
		s.Offices[p] = o
		if err := s.start(ctx, o); err != nil {
			return s, false, err
		}
	}
	return s, l.Fresh, nil
}
