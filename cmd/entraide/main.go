// SPDX-License-Identifier: EUPL-1.2

// Command entraide is the one command of Entraide: it serves an office, sets one up, and does everything
// that its operator does outside of the pages.
//
// Every command takes --json and then prints one final object with its counts and verdicts; a command
// exits with 1 when something failed or a verdict is false, and with 2 when it was called wrongly.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// version is set when a release is built.
var version = "development"

// commands is the whole command line.
type commands struct {
	JSON     bool   `help:"Print one final JSON object instead of words." name:"json"`
	Language string `help:"Language of messages." env:"ENTRAIDE_LANG" default:"en" enum:"en,fr"`

	Init    initCmd    `cmd:"" help:"Make a data folder for an office and print the two links with which its first two people start."`
	Serve   serveCmd   `cmd:"" help:"Serve an office."`
	Status  statusCmd  `cmd:"" help:"Say how the office is and what needs the administrator."`
	User    userCmd    `cmd:"" help:"People and their roles."`
	Backup  backupCmd  `cmd:"" help:"Backups."`
	Restore restoreCmd `cmd:"" help:"Bring an office back from a backup."`
	Key     keyCmd     `cmd:"" help:"Keys: backup keys, key files, recovery by two of three people, rotation."`

	Card       cardCmd       `cmd:"" help:"Print the office's card, which partners pin."`
	Partner    partnerCmd    `cmd:"" help:"Other offices."`
	Terms      termsCmd      `cmd:"" help:"Sharing terms with other offices."`
	Post       postCmd       `cmd:"" help:"Sealed post that people carry, as files, e-mails or printed codes."`
	Reach      reachCmd      `cmd:"" help:"Say how partners reach the office: at its own address, through a relay, or by hand. They pin its card again to learn it."`
	Relay      relayCmd      `cmd:"" help:"Serve a relay: sealed post for offices that nobody can call. It sees sizes and times."`
	Checkpoint checkpointCmd `cmd:"" help:"Signed checkpoints of logs, for partners to keep."`
	Verify     verifyCmd     `cmd:"" help:"Check an office's whole log against what is stored, or a bundle without an office."`
	Export     exportsCmd    `cmd:"" help:"Write the log for whoever checks it elsewhere, or the programme for whoever reads it."`

	Import    importCmd    `cmd:"" help:"Bring in a programme, what other publishers report, or the drafts of the information on rights."`
	Report    reportCmd    `cmd:"" help:"Write the programme's report to its steering committee, or its annual plan."`
	Agreement agreementCmd `cmd:"" help:"Signed agreements."`
	Figure    figureCmd    `cmd:"" help:"Protected figures for a programme."`
	Measure   measureCmd   `cmd:"" help:"Figures from files, without an office: plan, release, audit, attack, estimate."`
	Access    accessCmd    `cmd:"" help:"Ask the door which rule allows or refuses."`
	Owner     ownerCmd     `cmd:"" help:"Offices that one folder holds."`
	Move      moveCmd      `cmd:"" help:"Move an office between one file and PostgreSQL. The office must be stopped."`
	Bench     benchCmd     `cmd:"" help:"Measure this program on this machine, beside a peer if there is one."`
	Demo      demoCmd      `cmd:"" help:"Show the main job: five offices on this machine, everybody in them fictitious."`

	Version kong.VersionFlag `help:"Print the version."`
}

// call is what every command gets.
type call struct {
	ctx      context.Context
	json     bool
	out, err io.Writer
	in       io.Reader
	lines    *bufio.Reader // of in, where it is no terminal
	l        *lang.Locale
	bundle   *lang.Bundle
}

// say prints words for people; with --json they go to the error stream, so that progress still shows.
func (c *call) say(format string, args ...any) {
	fmt.Fprintf(c.progress(), format+"\n", args...)
}

// progress is where words go that are not the result.
func (c *call) progress() io.Writer {
	if c.json {
		return c.err
	}
	return c.out
}

// done prints the final object when --json asks for it.
func (c *call) done(v any) error {
	if !c.json {
		return nil
	}
	e := json.NewEncoder(c.out)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// verdict prints the final object and fails when the verdict is false.
func (c *call) verdict(v any, ok bool) error {
	if err := c.done(v); err != nil || ok {
		return err
	}
	return errVerdict
}

// errVerdict says that a verdict is false; what it is has been printed.
var errVerdict = errors.New("the verdict is false")

// garbage is how much may be allocated before it is looked for what can be freed, in percent of what lives. An office has
// little that lives and makes much for each answer: twice Go's own 100 spares a twentieth of the processor's time.
const garbage = 200

func main() {
	if os.Getenv("GOGC") == "" { // an administrator's own setting holds
		debug.SetGCPercent(garbage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process: the exit code is its result.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c commands
	exit := -1
	parser, err := kong.New(&c, kong.Name("entraide"), kong.Description("Working together against trafficking in human beings."), kong.Writers(out, errs),
		kong.Exit(func(code int) { exit = code }), kong.Vars{"version": version}, kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	k, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintln(errs, "entraide:", err)
		return 2
	}
	bundle, err := lang.Load()
	if err != nil {
		fmt.Fprintln(errs, err)
		return 1
	}
	cl := &call{ctx: ctx, json: c.JSON, out: out, err: errs, in: in, lines: bufio.NewReader(in), bundle: bundle, l: bundle.Locale(c.Language, nil)}
	if err := k.Run(cl); err != nil {
		return cl.failed(err)
	}
	return 0
}

// failed prints why a command failed, once, and gives its exit code.
func (c *call) failed(err error) int {
	if errors.Is(err, errVerdict) {
		return 1
	}
	text := c.words(err)
	if c.json {
		_ = c.done(map[string]string{"error": text, "kind": fault.Of(err).String()})
	}
	fmt.Fprintln(c.err, "entraide:", text)
	return 1
}

// words puts an error into the language of the command line.
func (c *call) words(err error) string {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return err.Error()
	}
	parts := []string{c.l.T(f.Key, pairs(f.Args)...)}
	for _, x := range f.Fields {
		parts = append(parts, x.Name+": "+c.l.T(x.Key, pairs(x.Args)...))
	}
	if f.Cause != nil && f.Kind != fault.Denied {
		parts = append(parts, "("+f.Cause.Error()+")")
	}
	return strings.Join(parts, " ")
}

func pairs(m map[string]any) []any {
	var out []any
	for k, v := range m {
		out = append(out, k, v)
	}
	return out
}
