// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// keyCmd is about keys.
type keyCmd struct {
	New     newKeyCmd     `cmd:"" help:"Make a key file: a backup key, or one of a person who keeps a share of the recovery."`
	List    listKeysCmd   `cmd:"" help:"List the ways in which the office opens."`
	Add     addKeyCmd     `cmd:"" help:"Let the holder of a public key open the office, beside others or alone: one made by any program compatible with age. The office must be stopped."`
	Remove  removeKeyCmd  `cmd:"" help:"Take a way of opening the office away, never the last. The office must be stopped."`
	AddFile addFileCmd    `cmd:"" help:"Let one more key file open the office, or one new file alone."`
	Split   splitKeyCmd   `cmd:"" help:"Write a recovery file: any two of three people together can open the office again."`
	Recover recoverKeyCmd `cmd:"" help:"Open an office whose passphrase or key file is lost, with the keys of two of the three people."`
	Retire  retireKeyCmd  `cmd:"" help:"Destroy the root keys of before the last rotation, once nothing needs them: no data key, no backup from before. The office must be stopped."`
	Rotate  rotateKeyCmd  `cmd:"" help:"Wrap all data keys under a new root key. The office must be stopped."`
}

type newKeyCmd struct {
	File   string `arg:"" help:"Key file to make; never overwritten." type:"path"`
	Public string `help:"Write the public side to this file." type:"path" placeholder:"FILE"`
}

func (k *newKeyCmd) Run(c *call) error {
	to, err := vault.GenerateKeyFile(k.File)
	if err != nil {
		return err
	}
	public := fmt.Sprint(to)
	if k.Public != "" {
		if err := os.WriteFile(k.Public, []byte(public+"\n"), 0o644); err != nil {
			return err
		}
	}
	c.say("private, for its owner alone: %s\npublic, for everybody:\n%s", k.File, public)
	return c.done(struct {
		OK     bool   `json:"ok"`
		File   string `json:"file"`
		Public string `json:"public"`
	}{true, k.File, public})
}

type listKeysCmd struct{ at }

func (l *listKeysCmd) Run(c *call) error {
	out, err := l.folder().Ways(func() (app.Unlocking, error) { return l.unlocking(c) })
	if err != nil {
		return err
	}
	return sayWays(c, out)
}

func sayWays(c *call, w app.Ways) error {
	for _, x := range w.Ways {
		c.say("%s", x)
	}
	switch w.Unlock {
	case app.ByKeyFile:
		c.say("serve reads %s", w.File)
	case app.ByIdentity:
		c.say("whoever starts the office gives the identity: serve --key-file FILE, --key-file - or %s", keyDescriptor)
	}
	return c.done(w)
}

type addKeyCmd struct {
	at
	Recipient string `arg:"" help:"The public key (age1...), or a file that holds it."`
	Instead   bool   `help:"It alone opens the office; what did before does not any more."`
	Identity  string `help:"With --instead: the identity file that fits, to prove that somebody has it. serve reads it from now on, unless --elsewhere." type:"existingfile" placeholder:"FILE"`
	Elsewhere bool   `help:"With --instead: the identity is not kept on this machine; whoever starts the office gives it."`
}

func (a *addKeyCmd) Run(c *call) error {
	if a.Instead == (a.Identity == "") {
		return fault.Bad("identity", "operate.key.prove")
	}
	in := app.WayIn{Instead: a.Instead}
	var err error
	if in.Recipient, err = c.recipientOf(a.Recipient); err != nil {
		return err
	}
	u, err := a.unlocking(c)
	if err != nil {
		return err
	}
	if a.Instead {
		if in.Proof, err = vault.OpenKeyFile(a.Identity, c.asking()); err != nil {
			return err
		}
		if !a.Elsewhere {
			in.File = a.Identity
		}
	}
	out, err := app.AddWay(a.folder(), u, in)
	if err != nil {
		return err
	}
	return sayWays(c, out)
}

type removeKeyCmd struct {
	at
	Recipient string `arg:"" help:"The public key that opens the office no more (age1..., as \"entraide key list --json\" prints it), or a file that holds it."`
}

func (r *removeKeyCmd) Run(c *call) error {
	in := app.WayIn{}
	var err error
	if in.Recipient, err = c.recipientOf(r.Recipient); err != nil {
		return err
	}
	if r.KeyFile != "-" {
		in.File = r.KeyFile // which is known to open the office afterwards
	}
	u, err := r.unlocking(c)
	if err != nil {
		return err
	}
	out, err := app.RemoveWay(r.folder(), u, in)
	if err != nil {
		return err
	}
	return sayWays(c, out)
}

type addFileCmd struct {
	at
	New     string `arg:"" help:"Key file to make; never overwritten." type:"path"`
	Instead bool   `help:"The new file alone opens the office; earlier key files and the passphrase do not any more."`
}

func (a *addFileCmd) Run(c *call) error {
	u, err := a.unlocking(c)
	if err != nil {
		return err
	}
	out, err := app.AddKeyFile(a.folder(), u, a.New, a.Instead)
	if err != nil {
		return err
	}
	c.say("%s opens the office now; key files that do: %d. Recovery files stay good.", out.File, out.Files)
	return c.done(out)
}

type splitKeyCmd struct {
	at
	Keeper []string `required:"" sep:"none" help:"NAME=PUBLIC, three times: how the file calls a person, and their public key or the file that holds it." placeholder:"NAME=AGE1..."`
	Out    string   `required:"" help:"Recovery file to write." type:"path" placeholder:"FILE"`
}

func (s *splitKeyCmd) Run(c *call) error {
	var keepers [3]vault.Keeper
	if len(s.Keeper) != len(keepers) {
		return fault.Bad("keeper", "vault.keepers_incomplete")
	}
	for i, k := range s.Keeper {
		name, public, ok := strings.Cut(k, "=")
		if !ok {
			return fault.Bad("keeper", "vault.keepers_incomplete")
		}
		to, err := c.recipientOf(public)
		if err != nil {
			return err
		}
		keepers[i] = vault.Keeper{Name: name, To: to}
	}
	of, err := s.of()
	if err != nil {
		return err
	}
	u, err := s.unlocking(c)
	if err != nil {
		return err
	}
	out, err := app.SplitKey(s.folder(), u, of.Owner, keepers, s.Out)
	if err != nil {
		return err
	}
	c.say("%s: any two of %s together recover the office. Keep it where all three can reach it; alone it opens nothing.", out.File, strings.Join(out.Keepers, ", "))
	return c.done(out)
}

type recoverKeyCmd struct {
	Folder   string   `arg:"" help:"The office's data folder." type:"path"`
	Recovery []string `required:"" help:"The recovery file; where the folder holds several offices, one for each." type:"existingfile" placeholder:"FILE"`
	Keeper   []string `required:"" help:"Private key of one of the people, twice." type:"existingfile" placeholder:"FILE"`
	New      string   `required:"" help:"Key file to make, which alone opens the office from now on." type:"path" placeholder:"FILE"`
}

func (r *recoverKeyCmd) Run(c *call) error {
	keepers, err := c.identitiesOf(r.Keeper)
	if err != nil {
		return err
	}
	var texts [][]byte
	for _, path := range r.Recovery {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		texts = append(texts, b)
	}
	out, err := app.RecoverKeys(c.ctx, app.Folder(r.Folder), texts, keepers, r.New)
	if err != nil {
		return err
	}
	c.say("%s opens the office now, and nothing else does. Write a new recovery file (entraide key split).", out.KeyFile)
	return c.done(out)
}

type rotateKeyCmd struct{ at }

func (r *rotateKeyCmd) Run(c *call) (err error) {
	n, u, err := r.openWith(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	out, err := n.RotateKeys(c.telling(), u)
	if err != nil {
		return err
	}
	for _, o := range out.Owners {
		c.say("%s: %d data keys wrapped again, %d small secrets sealed again", o.Owner, o.Keys, o.Secrets)
	}
	c.say("Make a backup and a new recovery file now (entraide backup, entraide key split): the old recovery file opens what was written before only.")
	return c.done(out)
}

type retireKeyCmd struct{ at }

func (r *retireKeyCmd) Run(c *call) (err error) {
	n, u, err := r.openWith(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	out, err := n.RetireKeys(c.ctx, u)
	if err != nil {
		return err
	}
	for _, o := range out.Owners {
		c.say("%s: %d root keys destroyed, %d left", o.Owner, o.Destroyed, o.Roots)
	}
	c.say("Make a backup and a new recovery file now, and destroy the older recovery file: it holds what was destroyed here.")
	return c.done(out)
}
