// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
)

// exportsCmd writes what others check or read.
type exportsCmd struct {
	Figures exportFiguresCmd `cmd:"" help:"Write a release of figures, from its folder, in a form in which others take figures, and list what that form cannot hold."`
	IATI    exportIATICmd    `cmd:"" name:"iati" help:"Write the office's programme in IATI's form, and list what is left out because a fact is missing."`
	Log     exportLogCmd     `cmd:"" help:"Write the office's whole log to a bundle that a court or an auditor can verify without the office. It holds no name and no text."`
}

type exportLogCmd struct {
	at
	Out string `required:"" help:"Bundle to write, on the office's machine." type:"path" placeholder:"FILE"`
}

func (e *exportLogCmd) Run(c *call) error {
	of, err := e.of()
	if err != nil {
		return err
	}
	var out app.ExportedLog
	if err := e.ask(c, "log.export", app.ExportLogIn{Of: of, Out: e.Out}, &out); err != nil {
		return err
	}
	c.say("%s: %d entries, %d bytes\nkey: %s", out.File, out.Size, out.Bytes, out.Verifier)
	return c.done(out)
}

// verifyCmd checks a log: the office's own, or a bundle anywhere.
type verifyCmd struct {
	Folder  string `arg:"" optional:"" help:"The office's data folder." type:"path"`
	KeyFile string `help:"Key file that unlocks the keyring; - reads it from standard input. Default: the one that the settings name." type:"path" placeholder:"FILE"`
	Bundle  string `help:"Verify this bundle instead; no office is needed." type:"existingfile" placeholder:"FILE"`
	Card    string `help:"With --bundle: the office's card, whose key must have signed the log." type:"existingfile" placeholder:"FILE"`
}

func (v *verifyCmd) Run(c *call) error {
	var out app.Verified
	switch {
	case (v.Folder == "") == (v.Bundle == ""):
		return fault.Bad("folder", "operate.verify.what")
	case v.Bundle != "":
		r, err := v.bundle()
		if err != nil {
			return err
		}
		out = app.Verified{OK: r.OK, Reports: []ledger.Report{r}}
		c.say("key: %s", r.Verifier)
		if v.Card == "" {
			c.say("Compare this key with the office's card, or give the card with --card: whoever forges a log can sign it with a key of their own.")
		}
	default:
		if err := (at{Folder: v.Folder, KeyFile: v.KeyFile}).ask(c, "verify", app.Empty{}, &out); err != nil {
			return err
		}
	}
	sayReports(c, out.Reports)
	sayForks(c, out.Forks)
	return c.verdict(out, out.OK)
}

// sayForks names the logs that contradict themselves, with what proves it.
func sayForks(c *call, fs []app.OpenFork) {
	for _, f := range fs {
		whose := "THE LOG OF " + f.Name
		if f.Ours {
			whose = "THIS OFFICE'S LOG, as its witness " + f.Name + " keeps it,"
		}
		c.say("%s CONTRADICTS WHAT IT SIGNED BEFORE (found %s):\n\n%s\n%s", whose, c.l.DateTime(f.At), f.Before, f.Now)
	}
}

func (v *verifyCmd) bundle() (ledger.Report, error) {
	key := ""
	if v.Card != "" {
		b, err := os.ReadFile(v.Card)
		if err != nil {
			return ledger.Report{}, err
		}
		k, err := card.Parse(b)
		if err != nil {
			return ledger.Report{}, err
		}
		key = k.Log
	}
	f, err := os.Open(v.Bundle)
	if err != nil {
		return ledger.Report{}, err
	}
	defer f.Close() // only read
	return app.VerifyBundle(f, key)
}

func sayReports(c *call, rs []ledger.Report) {
	for _, r := range rs {
		verdict := "verifies"
		if d := r.Difference; d != nil {
			verdict = fmt.Sprintf("DIFFERS at number %d: %s", d.Number, d.What)
			if !d.Entry.IsZero() {
				verdict += fmt.Sprintf(" (entry %s)", d.Entry)
			}
		}
		c.say("log %s: %d entries, %s", r.Owner, r.Size, verdict)
	}
}

// checkpointCmd is about signed checkpoints.
type checkpointCmd struct {
	Show    showCheckpointCmd `cmd:"" default:"withargs" help:"Print the log's latest signed checkpoint, for a partner to keep."`
	Keep    keepCheckpointCmd `cmd:"" help:"Keep a pinned partner's checkpoint, if it extends the one kept before. Names a log that was rewritten."`
	Witness witnessCmd        `cmd:"" help:"Choose a partner as witness of this office's log, or let one go: checkpoints go there at fixed times by themselves."`
	Accept  acceptLogCmd      `cmd:"" help:"Go on with the log of a partner that contradicts itself, after asking what happened there: a restore. Both checkpoints stay in the log."`
	Seen    seenCheckpointCmd `cmd:"" help:"Write what is kept of a partner's log, for a partner who restores their office."`
}

type showCheckpointCmd struct {
	at
	From int64  `help:"Size of the checkpoint that the partner keeps already: adds the proof that this one extends it."`
	Out  string `help:"Write it to this file." type:"path" placeholder:"FILE"`
}

func (s *showCheckpointCmd) Run(c *call) error {
	of, err := s.of()
	if err != nil {
		return err
	}
	var out app.Checkpoint
	if err := s.ask(c, "checkpoint", app.CheckpointIn{Of: of, From: s.From}, &out); err != nil {
		return err
	}
	return c.checkpoint(out, s.Out)
}

// checkpoint prints a checkpoint and writes its file.
func (c *call) checkpoint(k app.Checkpoint, path string) error {
	if path != "" {
		b, err := json.MarshalIndent(k, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, b, 0o644); err != nil {
			return err
		}
	}
	c.say("%s", k.Note)
	return c.done(k)
}

type keepCheckpointCmd struct {
	at
	Checkpoint string `arg:"" help:"The file that the partner's \"entraide checkpoint --out\" wrote." type:"existingfile"`
}

func (k *keepCheckpointCmd) Run(c *call) error {
	of, err := k.of()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(k.Checkpoint)
	if err != nil {
		return err
	}
	in := app.WitnessIn{Of: of}
	if err := json.Unmarshal(b, &in.Checkpoint); err != nil {
		return fault.Wrap(fault.Invalid, err, "operate.checkpoint.not_theirs")
	}
	var out app.Witnessed
	if err := k.ask(c, "checkpoint.keep", in, &out); err != nil {
		return err
	}
	if out.Fork != nil {
		c.say("THE LOG OF %s CONTRADICTS WHAT IT SIGNED BEFORE. Keep both, and ask the office whether it was restored:\n\n%s\n%s", out.Partner, out.Fork.Before, out.Fork.Now)
	} else {
		c.say("kept: %s at %d entries (before: %d)", out.Partner, out.Size, out.Before)
	}
	return c.verdict(out, out.OK)
}

type seenCheckpointCmd struct {
	at
	Partner string `arg:"" help:"Id of the partner's office."`
	Out     string `help:"Write it to this file." type:"path" placeholder:"FILE"`
}

func (s *seenCheckpointCmd) Run(c *call) error {
	of, err := s.of()
	if err != nil {
		return err
	}
	in := app.SeenIn{Of: of}
	if in.Partner, err = journal.ParseID(s.Partner); err != nil {
		return fault.Bad("partner", "app.no_owner")
	}
	var out app.Checkpoint
	if err := s.ask(c, "checkpoint.seen", in, &out); err != nil {
		return err
	}
	return c.checkpoint(out, s.Out)
}

type witnessCmd struct {
	at
	Partner string `arg:"" help:"Id of the partner's office."`
	Release bool   `help:"It is no witness any more."`
}

func (w *witnessCmd) Run(c *call) error {
	of, err := w.of()
	if err != nil {
		return err
	}
	in := app.ChooseWitnessIn{Of: of, Release: w.Release}
	if in.Partner, err = journal.ParseID(w.Partner); err != nil {
		return fault.Bad("partner", "app.no_owner")
	}
	var out app.WitnessChosen
	if err := w.ask(c, "checkpoint.witness", in, &out); err != nil {
		return err
	}
	switch {
	case !out.Witness:
		c.say("%s is no witness any more", out.Name)
	case out.Covered:
		c.say("%s witnesses this office's log from now on", out.Name)
	default:
		c.say("%s is chosen, but nothing goes there yet: sharing terms must grant the purpose \"witness\" for OF, both ways", out.Name)
	}
	return c.done(out)
}

type acceptLogCmd struct {
	at
	Partner string `arg:"" help:"Id of the partner's office."`
	Reason  string `required:"" help:"What happened, who said so, and who decided here; it stays in the log."`
}

func (a *acceptLogCmd) Run(c *call) error {
	of, err := a.of()
	if err != nil {
		return err
	}
	in := app.AcceptLogIn{Of: of, Reason: a.Reason}
	if in.Partner, err = journal.ParseID(a.Partner); err != nil {
		return fault.Bad("partner", "app.no_owner")
	}
	var out app.AcceptedLog
	if err := a.ask(c, "checkpoint.accept", in, &out); err != nil {
		return err
	}
	c.say("accepted from here on:\n%s\nkept as evidence:\n%s", out.Now, out.Before)
	return c.done(out)
}

// statusCmd says how the office is.
type statusCmd struct{ at }

func (s *statusCmd) Run(c *call) error {
	var out app.Status
	if err := s.ask(c, "status", app.Empty{}, &out); err != nil {
		return err
	}
	running := "stopped"
	if out.Running {
		running = "running"
	}
	c.say("%s, %s, schema %d; %d messages wait for delivery", running, out.Engine, out.Schema, out.Queued)
	for i, o := range out.Owners {
		c.say("%s  %s (%s, %s): %d entries signed, %d wait", o.ID, o.Name, o.Kind, o.Country, out.Logs[i].Size, out.Logs[i].Waiting)
	}
	if b := out.Backup; b != nil && b.Reached {
		c.say("%d backups in %s, the last of %s", b.Count, b.Shelf, c.l.DateTime(b.Last))
	}
	sayForks(c, out.Forks)
	for _, n := range out.Needs {
		c.say("TO DO: %s", c.l.T(n))
	}
	return c.verdict(out, out.OK)
}
