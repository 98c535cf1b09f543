// SPDX-License-Identifier: EUPL-1.2

// Package app wires the rooms of the house into a node: one data folder, one process, one or more offices.
//
// A node's folder holds node.json (settings), keys/ (each owner's locked keyring), office.db unless the
// database is PostgreSQL, office.sock while it runs, and a lock. One process owns a folder; the command
// line speaks to that process through the socket, or opens the folder itself when nothing runs
// (Operate is the same function in both cases).
package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/exchange/relay"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/clock"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/office"
	"github.com/entraide-thb/entraide/internal/platform/party"
)

// Settings are what an administrator decides about a node. They hold no secret.
type Settings struct {
	Version    int     `json:"version"`
	Listen     string  `json:"listen"`                // address of the web door
	URL        string  `json:"url"`                   // as partners reach it
	Reach      string  `json:"reach,omitempty"`       // how partners reach it where not at URL: relay+https://..., or ByHand
	PublicHost string  `json:"public_host,omitempty"` // host of the public rights pages, of the first office unless it has its own
	Database   string  `json:"database,omitempty"`    // postgres://...; empty is office.db in the folder
	Cert       string  `json:"cert,omitempty"`        // PEM files; empty only on loopback
	Key        string  `json:"key,omitempty"`         //
	Unlock     string  `json:"unlock"`                // passphrase | keyfile | identity
	KeyFile    string  `json:"key_file,omitempty"`    // path of the key file, relative to the folder
	Demo       bool    `json:"demo,omitempty"`        // everything in it is fictitious, and its clock can be moved
	Owners     []Owner `json:"owners"`
	// PostQuota is what each partner may send each owner in an hour and a day; nil is post.UsualQuota.
	PostQuota *post.Quota `json:"post_quota,omitempty"`
	// MatchQuota is how many blinded elements each partner may ask of each owner in thirty days; 0 is matching.UsualQuota.
	MatchQuota int `json:"match_quota,omitempty"`
}

// Owner is one office of the node. Name, Zone, Language and Threshold are what it began with: its administrators
// change them by entries (package office), which is why a running node asks settingsOf.
type Owner struct {
	ID        journal.ID        `json:"id"`
	Name      string            `json:"name"`
	Kind      access.OfficeKind `json:"kind"` // fixed for ever
	Country   string            `json:"country"`
	Zone      string            `json:"zone"`
	Language  string            `json:"language"`
	Created   time.Time         `json:"created"`
	Threshold int               `json:"threshold"`       // counts below it leave as "<k"
	Facts     []string          `json:"facts,omitempty"` // signed pack facts that hold here
	// Appearance is the legal ground on which this office asks what rests on appearance or origin; empty is off. Only a
	// change of the settings turns it on, so that the log says who did.
	Appearance string `json:"-"`
	PublicHost string `json:"public_host,omitempty"` // of this office's pages for the public, when the node's is another's
}

const settingsVersion = 1

var countryCode = regexp.MustCompile(`^[A-Z]{2}$`)

// ByHand says in a card that no line reaches the office: people carry its post.
const ByHand = "hand:"

// secure says whether an address is one that nobody on the way can listen to.
func secure(url string) bool {
	return strings.HasPrefix(url, "https://") || strings.HasPrefix(url, "http://127.0.0.1:")
}

func (s Settings) validate() error {
	var fs fault.Fields
	if s.Version != settingsVersion {
		fs.Add("version", "app.need.version")
	}
	if s.Listen == "" {
		fs.Add("listen", "app.need.listen")
	}
	if !secure(s.URL) {
		fs.Add("url", "app.need.url")
	}
	if at, ok := relay.At(card.Card{URL: s.Reach}); s.Reach != "" && s.Reach != ByHand && !(ok && secure(at)) {
		fs.Add("reach", "app.need.reach")
	}
	if !slices.Contains([]string{ByPassphrase, ByKeyFile, ByIdentity}, s.Unlock) {
		fs.Add("unlock", "app.need.unlock")
	}
	if len(s.Owners) == 0 {
		fs.Add("owners", "app.need.owners")
	}
	for _, o := range s.Owners {
		o.validate(&fs)
	}
	return fs.Err()
}

// located errs with Invalid where the country or territory of a new office is none. An office that is there already opens with what it was given.
func (o Owner) located() error {
	if !party.IsCountry(o.Country) {
		return fault.Bad("country", "app.need.country")
	}
	return nil
}

func (o Owner) validate(fs *fault.Fields) {
	if o.ID.IsZero() || o.Name == "" {
		fs.Add("name", "app.need.name")
	}
	if !slices.Contains(access.OfficeKinds(), o.Kind) {
		fs.Add("kind", "app.need.kind")
	}
	if !countryCode.MatchString(o.Country) {
		fs.Add("country", "app.need.country")
	}
	if _, err := clock.Zone(o.Zone); err != nil {
		fs.Add("zone", "app.need.zone")
	}
	if o.Threshold < office.LeastThreshold {
		fs.Add("threshold", "app.need.threshold", "Min", office.LeastThreshold)
	}
}

// zone gives the office's time zone.
func (o Owner) zone() *time.Location {
	z, err := clock.Zone(o.Zone)
	if err != nil {
		return time.UTC
	}
	return z
}

// Folder is a node's data folder.
type Folder string

func (f Folder) path(parts ...string) string {
	return filepath.Join(append([]string{string(f)}, parts...)...)
}

// Socket is where a running node takes the command line's requests.
func (f Folder) Socket() string { return f.path("office.sock") }

// KeyPath is where an owner's locked keyring lies.
func (f Folder) KeyPath(owner journal.ID) string { return f.path("keys", owner.String()+".age") }

// Settings reads node.json.
func (f Folder) Settings() (Settings, error) {
	var s Settings
	file, err := os.Open(f.path("node.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return s, fault.New(fault.NotFound, "app.no_node")
	}
	if err != nil {
		return s, fault.Wrap(fault.Unavailable, err, "app.no_node")
	}
	defer file.Close()
	d := json.NewDecoder(io.LimitReader(file, 1<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fault.Wrap(fault.Invalid, err, "app.bad_settings")
	}
	return s, s.validate()
}

// save writes node.json in one step, so that a crash leaves the old or the new.
func (f Folder) save(s Settings) error {
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(f.path("node.json"), append(b, '\n'), 0o600)
}

// writeFile writes and syncs a file beside its place and renames it there.
func writeFile(path string, b []byte, mode fs.FileMode) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.Write(b); err == nil {
		err = tmp.Chmod(mode)
	}
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("app: write %s: %w", filepath.Base(path), err)
	}
	return os.Rename(tmp.Name(), path)
}
