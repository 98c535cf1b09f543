// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/archive"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// backupCmd makes backups and removes old ones.
type backupCmd struct {
	Make  makeBackupCmd `cmd:"" default:"withargs" help:"Make a backup while the office runs: two sealed files of one moment, data and keys."`
	Prune pruneCmd      `cmd:"" help:"Remove files of keys after 30 days, and old files of data."`
}

type makeBackupCmd struct {
	at
	To        string   `help:"Folder for backups, on another disk. Remembered; needed the first time." type:"path" placeholder:"FOLDER"`
	Recipient []string `help:"Public side of the backup key: what \"entraide key new\" printed, or a file that holds it. Remembered; needed the first time." placeholder:"AGE1..."`
}

func (b *makeBackupCmd) Run(c *call) error {
	in := app.BackupIn{}
	if b.To != "" {
		in.Shelf = archive.Shelf(b.To)
	}
	for _, r := range b.Recipient {
		lines, err := recipientsOf(r)
		if err != nil {
			return err
		}
		in.Recipients = append(in.Recipients, lines...)
	}
	var out app.Backup
	if err := b.ask(c, "backup", in, &out); err != nil {
		return err
	}
	c.say("data: %s\nkeys: %s (to be gone by %s)\n%d rows, %d data keys, %d bytes", out.Data, out.Keys, c.l.DateTime(out.KeysExpire), out.Rows, out.DataKeys, out.Bytes)
	return c.done(out)
}

// recipientsOf reads a recipient, or a file of recipients; the public line of a key file counts too.
func recipientsOf(s string) ([]string, error) {
	if strings.HasPrefix(s, "age1") {
		return []string{s}, nil
	}
	b, err := os.ReadFile(s)
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, err, "archive.bad_recipient")
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "# public key: ")
		if strings.HasPrefix(line, "age1") {
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		return nil, fault.New(fault.Invalid, "archive.bad_recipient")
	}
	return out, nil
}

// recipientOf is recipientsOf for one.
func (c *call) recipientOf(s string) (age.Recipient, error) {
	lines, err := recipientsOf(s)
	if err != nil {
		return nil, err
	}
	return vault.ParseRecipient(lines[0], c.asking())
}

type pruneCmd struct {
	at
	KeepDays int `help:"For how many days files of data are kept; the newest two always are." default:"365"`
}

func (p *pruneCmd) Run(c *call) error {
	var out app.PruneOut
	if err := p.ask(c, "backup.prune", app.PruneIn{KeepDays: p.KeepDays}, &out); err != nil {
		return err
	}
	for _, f := range out.Removed {
		c.say("removed %s", f.Path)
	}
	for _, f := range out.Overdue {
		c.say("STILL THERE, and to be gone since %s: %s\n  It is the only file of keys. Make a new backup, then prune again.", c.l.DateTime(f.Expires()), f.Path)
	}
	c.say("%d removed, %d kept", len(out.Removed), len(out.Kept))
	return c.verdict(out, out.OK)
}

// restoreCmd brings an office back.
type restoreCmd struct {
	From   fromCmd   `cmd:"" default:"withargs" help:"Make an office's folder of a backup, verify it, and leave it waiting: it signs and sends nothing yet."`
	Resume resumeCmd `cmd:"" help:"Let a restored office sign and send again, after comparing its log with what partners kept of it."`
}

type fromCmd struct {
	Data     string   `arg:"" help:"The backup's file of data." type:"existingfile"`
	Folder   string   `arg:"" help:"The folder to make; it must be new or empty." type:"path"`
	Identity []string `required:"" help:"The backup key: the file that \"entraide key new\" made." type:"existingfile" placeholder:"FILE"`
	Keys     string   `help:"The backup's file of keys. Default: the newest beside the data that fits." type:"existingfile" placeholder:"FILE"`
	DB       string   `help:"postgres://... of an empty database, or \"file\" for one file in the folder. Default: as the office had."`
	KeyFile  string   `help:"The office's own key file, where it lies now. Default: where the office had it; a passphrase is asked for." type:"existingfile" placeholder:"FILE"`
}

func (r *fromCmd) Run(c *call) error {
	with, err := c.identitiesOf(r.Identity)
	if err != nil {
		return err
	}
	a := at{Folder: r.Folder, KeyFile: r.KeyFile}
	out, err := app.Restore(c.telling(), app.RestoreIn{Data: r.Data, Keys: r.Keys, With: with, Folder: app.Folder(r.Folder), Database: r.DB, KeyFile: r.KeyFile,
		Unlock: func(s app.Settings) ([]age.Identity, error) {
			u, err := a.unlockingOf(c, s)
			return u.With, err
		}})
	if err != nil {
		return err
	}
	c.say("backup of %s, keys of %s: %d rows and %d data keys loaded and read back", c.l.DateTime(out.Made), c.l.DateTime(out.Keys), out.Rows, out.DataKeys)
	for _, o := range out.Owners {
		sayRestored(c, o)
	}
	c.say("\nNothing is signed or sent yet. Ask partners for what they kept of this office's log (entraide checkpoint seen), then:\n  entraide restore resume %s --seen FILE\nPartners that keep a longer log than the restored one will see a contradiction. Tell them by telephone what happened; their people then accept the log again:\n  entraide checkpoint accept FOLDER OFFICE --reason \"...\"", r.Folder)
	return c.verdict(out, out.OK)
}

func sayRestored(c *call, o app.RestoredOwner) {
	c.say("%s", o.Name)
	if o.Log.OK {
		c.say("  log: %d signed entries verify, %d wait for their signature", o.Signed, o.Log.Waiting)
	} else {
		c.say("  log: DIFFERS at number %d: %s", o.Log.Difference.Number, o.Log.Difference.What)
	}
	switch {
	case o.Reached == 0:
		c.say("  no checkpoint lay beside the backups to compare with")
	case o.Holds:
		c.say("  it holds the last checkpoint that lay beside the backups")
	default:
		c.say("  it had reached %d entries: what was written after the backup is LOST here. Partners may know of it.", o.Reached)
	}
	c.say("  erased again: %d keys of %d files. Everybody was signed out; API tokens and unused links are gone.", o.Forgot.Erasures, o.Forgot.Dossiers)
	c.say("  card: %s", o.Fingerprint)
}

type resumeCmd struct {
	at
	Seen   []string `help:"A checkpoint of this office's log, as a partner kept it. Repeat for each." type:"existingfile" placeholder:"FILE"`
	Reason string   `help:"Why the office goes on although something differs or nobody kept anything: a sentence with who decided. It stays in the log for ever."`
}

func (r *resumeCmd) Run(c *call) error {
	in := app.ResumeIn{Reason: r.Reason}
	for _, path := range r.Seen {
		note, err := noteOf(path)
		if err != nil {
			return err
		}
		in.Seen = append(in.Seen, note)
	}
	var out app.Resumed
	if err := r.ask(c, "restore.resume", in, &out); err != nil {
		return err
	}
	for _, o := range out.Owners {
		for _, s := range o.Seen {
			verdict := "the log holds it"
			if !s.Held {
				verdict = "the log does NOT hold it"
			}
			c.say("%s: checkpoint of %d entries: %s", o.Owner, s.Size, verdict)
		}
	}
	c.say("The office signs and sends again.")
	if out.Queued > 0 {
		c.say("Held until now and leaving: %d messages by which something was taken back.", out.Queued)
	}
	return c.verdict(out, out.OK)
}

// noteOf reads a checkpoint: the signed note itself, or the file that "entraide checkpoint" writes.
func noteOf(path string) (string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	var k app.Checkpoint
	if json.Unmarshal(b, &k) == nil && k.Note != "" {
		return k.Note, nil
	}
	return string(b), nil
}

// moveCmd moves an office to another database.
type moveCmd struct {
	at
	DB string `required:"" help:"postgres://... of an empty database, or \"file\" for one file in the folder."`
}

func (m *moveCmd) Run(c *call) (err error) {
	n, err := m.open(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	out, err := n.Move(c.telling(), m.DB)
	if err != nil {
		return err
	}
	c.say("%d rows from %s to %s, read back and compared", out.Rows, out.From, out.To)
	sayReports(c, out.Logs)
	if out.OK {
		c.say("The office uses the new database from now on. When all is well, destroy the old one: it holds keys of what will be erased.")
		if out.To != "sqlite" {
			c.say("  %s and the files beside it", filepath.Join(m.Folder, "office.db"))
		}
	}
	return c.verdict(out, out.OK)
}
