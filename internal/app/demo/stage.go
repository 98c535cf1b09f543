// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/exchange/witness"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/vault"
)

// Config says how to set the stage.
type Config struct {
	Dir  string // holds the five data folders; it must be empty or of an earlier demonstration
	Port int    // of the first office; 0 takes free ones
	Out  io.Writer
	// Command starts a process that serves a folder: the program's own "serve".
	Command   func(ctx context.Context, folder string) *exec.Cmd
	Databases map[Place]string // where an office keeps its data, as app.Settings says it; others have one file in their folder
}

// Stage is the five running offices.
type Stage struct {
	c        Config
	Offices  map[Place]*Office
	Password string // of all invented workers; made afresh for each stage
	now      time.Time
	began    time.Time

	plan, session journal.ID // of the steering committee
	motions       []journal.ID
}

// Office is one of them.
type Office struct {
	Place   Place
	ID      journal.ID
	URL     string
	Folder  app.Folder
	Workers map[string]journal.ID // login -> account
	process *exec.Cmd
	clients map[string]*client
}

// as is errors.As with the target's type inferred.
func as[T error](err error, target *T) bool { return errors.As(err, target) }

// Set makes the folders, starts the offices, lets them pin each other's cards and sign terms. Close it.
func Set(ctx context.Context, c Config) (*Stage, error) {
	s := &Stage{c: c, Offices: map[Place]*Office{}}
	secret := make([]byte, 10)
	if _, err := rand.Read(secret); err != nil {
		return nil, err
	}
	s.Password = strings.ToLower(base32.StdEncoding.EncodeToString(secret))
	for i, p := range places {
		if err := s.found(ctx, p, i); err != nil {
			return s, fmt.Errorf("demo: %s: %w", p, err)
		}
	}
	for _, p := range places {
		if err := s.start(ctx, s.Offices[p]); err != nil {
			return s, err
		}
	}
	s.began = time.Now().UTC().Truncate(time.Second)
	s.now = s.began
	if err := s.Pass(ctx, -earlierDays*24); err != nil {
		return s, err
	}
	if err := s.people(ctx); err != nil {
		return s, err
	}
	for _, p := range places {
		var imported map[string]any
		if err := s.Offices[p].ask(ctx, "programme.import", app.ImportProgrammeIn{}, &imported); err != nil {
			return s, err
		}
		var drafts map[string]int
		if err := s.Offices[p].ask(ctx, "texts.import", app.Of{}, &drafts); err != nil {
			return s, err
		}
	}
	if err := s.signTexts(ctx); err != nil {
		return s, err
	}
	if err := s.agree(ctx); err != nil {
		return s, err
	}
	return s, s.council(ctx)
}

// found makes one office's folder.
func (s *Stage) found(_ context.Context, p Place, i int) error {
	address, err := s.address(i)
	if err != nil {
		return err
	}
	o := offices[p]
	folder := app.Folder(filepath.Join(s.c.Dir, string(p)))
	if err := os.MkdirAll(string(folder), 0o700); err != nil {
		return err
	}
	// A demonstration keeps the key beside the data. Nobody else should.
	to, err := vault.GenerateKeyFile(filepath.Join(string(folder), "demo.key"))
	if err != nil {
		return err
	}
	owner := app.NewOwner(o.Name, o.Kind, o.Country, o.Zone, o.Language, time.Now().AddDate(0, 0, -earlierDays-1))
	owner.Threshold = 5
	err = app.Create(folder, app.Settings{Version: 1, Database: s.c.Databases[p], Listen: address, URL: "http://" + address, Unlock: "keyfile", KeyFile: "demo.key", Demo: true, PublicHost: strings.Replace(address, "127.0.0.1", "localhost", 1), Owners: []app.Owner{owner}}, to)
	s.Offices[p] = &Office{Place: p, ID: owner.ID, URL: "http://" + address, Folder: folder, Workers: map[string]journal.ID{}, clients: map[string]*client{}}
	return err
}

// address gives a loopback address: the configured port and those after it, or a free one.
func (s *Stage) address(i int) (string, error) {
	if s.c.Port > 0 {
		return fmt.Sprintf("127.0.0.1:%d", s.c.Port+i), nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// start starts an office's process and waits until its socket answers.
func (s *Stage) start(ctx context.Context, o *Office) error {
	o.process = s.c.Command(ctx, string(o.Folder))
	o.process.Cancel = func() error { return o.process.Process.Signal(syscall.SIGTERM) }
	o.process.WaitDelay = 15 * time.Second
	logs, err := os.OpenFile(filepath.Join(string(o.Folder), "log.jsonl"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer logs.Close()
	o.process.Stdout, o.process.Stderr = logs, logs
	if err := o.process.Start(); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		var st app.Status
		if err := o.ask(wait, "status", app.Empty{}, &st); err == nil {
			return nil
		}
		select {
		case <-wait.Done():
			return fmt.Errorf("demo: %s did not start; see %s", o.Place, logs.Name())
		case <-tick.C:
		}
	}
}

var errNotRunning = errors.New("demo: the office is not running")

// ask does an operation at an office, as its command line would.
func (o *Office) ask(ctx context.Context, name string, in, out any) error {
	return app.Ask(ctx, o.Folder, name, in, out, func() (*app.Node, error) { return nil, errNotRunning })
}

// stop ends an office's process: gently, or as a power cut would.
func (o *Office) stop(gently bool) error {
	if o.process == nil {
		return nil
	}
	sig := os.Signal(syscall.SIGTERM)
	if !gently {
		sig = os.Kill
	}
	err := o.process.Process.Signal(sig)
	_ = o.process.Wait() // a killed process has no good exit
	o.process = nil
	return err
}

// Ask does an operation at an office, as its command line would while it runs.
func (s *Stage) Ask(ctx context.Context, p Place, name string, in, out any) error {
	return s.Offices[p].ask(ctx, name, in, out)
}

// Cut ends an office's process as a power cut would: nothing is told, nothing is finished.
func (s *Stage) Cut(p Place) error { return s.Offices[p].stop(false) }

// Resume starts an office's process again, and waits until it answers.
func (s *Stage) Resume(ctx context.Context, p Place) error { return s.start(ctx, s.Offices[p]) }

// Process gives the number of an office's process; 0 while it does not run.
func (s *Stage) Process(p Place) int {
	if o := s.Offices[p]; o.process != nil {
		return o.process.Process.Pid
	}
	return 0
}

// Close stops all offices.
func (s *Stage) Close() error {
	var all error
	for _, o := range s.Offices {
		all = errors.Join(all, o.stop(true))
	}
	return all
}

// Pass lets hours pass in all offices at once.
func (s *Stage) Pass(ctx context.Context, hours int) error {
	s.now = s.now.Add(time.Duration(hours) * time.Hour)
	for _, p := range places {
		var st app.Status
		if err := s.Offices[p].ask(ctx, "demo.pass", app.PassIn{Hours: hours}, &st); err != nil {
			return err
		}
	}
	return nil
}

// people makes the invented workers.
func (s *Stage) people(ctx context.Context) error {
	for _, p := range places {
		def, o := offices[p], s.Offices[p]
		in := app.SeedIn{}
		for _, w := range def.People {
			in.People = append(in.People, identity.Seeded{Name: w.Name, Login: w.Login, Password: s.Password, Roles: w.Roles, Zone: def.Zone, Language: def.Language})
		}
		var ids []journal.ID
		if err := o.ask(ctx, "demo.seed", in, &ids); err != nil {
			return fmt.Errorf("demo: workers of %s: %w", p, err)
		}
		for i, w := range def.People {
			o.Workers[w.Login] = ids[i]
		}
	}
	return nil
}

// agree lets offices pin each other's cards and sign terms: referrals between the two assistance offices,
// figures from the Greek one to the programme's, and signals from the police to the Albanian one: codes that
// name nobody, one way. The police and the prosecutor's office may compare what they suspect, and ask each other. Both
// assistance offices and the police may publish figures together.
func (s *Stage) agree(ctx context.Context) error {
	for _, pair := range [][2]Place{{Greek, Albanian}, {Greek, French}, {Greek, Police}, {Albanian, Police}, {Police, Justice}} {
		if err := s.pin(ctx, pair[0], pair[1]); err != nil {
			return err
		}
		if err := s.pin(ctx, pair[1], pair[0]); err != nil {
			return err
		}
	}
	gr, al, fr := s.Offices[Greek].ID, s.Offices[Albanian].ID, s.Offices[French].ID
	both := []terms.Grant{{From: gr, To: al, Purpose: "referral", Categories: referralCategories}, {From: al, To: gr, Purpose: "referral", Categories: referralCategories}}
	if err := s.sign(ctx, Greek, Albanian, "Referral protocol (fictitious)", "referral-protocol.txt", legalText, both); err != nil {
		return err
	}
	if err := s.sign(ctx, Police, Albanian, "Protocol on signals (fictitious)", "signals-protocol.txt", signalText, []terms.Grant{{From: s.Offices[Police].ID, To: al, Purpose: "screening", Categories: signalCategories}}); err != nil {
		return err
	}
	if err := s.sign(ctx, Greek, French, "Protocol on figures (fictitious)", "figures-protocol.txt", figureText, []terms.Grant{{From: gr, To: fr, Purpose: "statistics", Categories: []journal.Category{journal.D9}}}); err != nil {
		return err
	}
	if err := s.sign(ctx, Police, Justice, "Protocol on comparing and asking (fictitious)", "comparing-protocol.txt", comparingText, comparingGrants(s.Offices[Police].ID, s.Offices[Justice].ID)); err != nil {
		return err
	}
	if err := s.counting(ctx); err != nil {
		return err
	}
	return s.witness(ctx, Greek, French)
}

// witness lets two offices keep and cosign the checkpoints of each other's logs.
func (s *Stage) witness(ctx context.Context, a, b Place) error {
	var grants []terms.Grant
	for _, way := range [][2]Place{{a, b}, {b, a}} {
		grants = append(grants, terms.Grant{From: s.Offices[way[0]].ID, To: s.Offices[way[1]].ID, Purpose: witness.Purpose, Categories: []journal.Category{journal.OF}})
	}
	if err := s.sign(ctx, a, b, "Protocol on logs (fictitious)", "logs-protocol.txt", witnessText, grants); err != nil {
		return err
	}
	for _, way := range [][2]Place{{a, b}, {b, a}} {
		var out app.WitnessChosen
		if err := s.Offices[way[0]].ask(ctx, "checkpoint.witness", app.ChooseWitnessIn{Partner: s.Offices[way[1]].ID}, &out); err != nil {
			return err
		}
		if !out.Covered {
			return fmt.Errorf("demo: no terms let %s witness the log of %s", way[1], way[0])
		}
	}
	return nil
}

func (s *Stage) pin(ctx context.Context, at, of Place) error {
	var c app.CardOut
	if err := s.Offices[of].ask(ctx, "card", app.Of{}, &c); err != nil {
		return err
	}
	if _, err := card.Parse(c.Card); err != nil {
		return err
	}
	var out app.PinOut
	if err := s.Offices[at].ask(ctx, "partner.pin", app.PinIn{Card: c.Card, How: "demo"}, &out); err != nil {
		return err
	}
	if out.Fingerprint != c.Fingerprint {
		return fmt.Errorf("demo: %s pinned another card of %s", at, of)
	}
	return nil
}

// sign drafts terms at one office, and lets both sign the same bytes.
func (s *Stage) sign(ctx context.Context, a, b Place, title, file, text string, grants []terms.Grant) error {
	draft := app.DraftIn{Partner: s.Offices[b].ID, Title: title, Grants: grants, Handling: "H2", Basis: "The protocol attached (fictitious)", TextName: file, Text: []byte(text),
		From: s.now.Add(-time.Hour), Until: s.now.Add(2 * termsLife), Retention: 365}
	var drafted, first, second, third app.TermsOut
	if err := s.Offices[a].ask(ctx, "terms.draft", draft, &drafted); err != nil {
		return err
	}
	if err := s.Offices[a].ask(ctx, "terms.sign", app.SignIn{ID: drafted.Document.ID}, &first); err != nil {
		return err
	}
	if err := s.Offices[b].ask(ctx, "terms.sign", app.SignIn{Terms: &first}, &second); err != nil {
		return err
	}
	if err := s.Offices[a].ask(ctx, "terms.sign", app.SignIn{Terms: &second}, &third); err != nil {
		return err
	}
	if third.Status != "in_force" || second.Status != "in_force" || third.Hash != second.Hash {
		return fmt.Errorf("demo: terms between %s and %s are %s and %s", a, b, third.Status, second.Status)
	}
	return nil
}

// at gives the API client of a worker.
func (s *Stage) at(p Place, login string) *client {
	o := s.Offices[p]
	if o.clients[login] == nil {
		o.clients[login] = newClient(o.URL, login, s.Password)
	}
	return o.clients[login]
}

// Deliver lets every office empty its outbox, until nothing waits.
func (s *Stage) Deliver(ctx context.Context) error {
	for range 10 {
		waiting := int64(0)
		for _, p := range places {
			var d app.Delivered
			if err := s.Offices[p].ask(ctx, "deliver", app.Empty{}, &d); err != nil {
				return err
			}
			waiting += d.Queued + int64(d.Receipts)
		}
		if waiting == 0 {
			return nil
		}
	}
	return errors.New("demo: post is stuck; look at the outboxes")
}

// newID makes an id as a writer would, by the story's time.
func (s *Stage) newID() journal.ID { return journal.NewID(s.now, rand.Reader) }

// entry appends an entry through the API.
func (s *Stage) entry(ctx context.Context, c *client, why access.Purpose, kind string, dossier journal.ID, typ string, payload any) error {
	raw, err := json.Marshal(payload)
	if err != nil {
		return err
	}
	in := struct {
		ID      journal.ID      `json:"id"`
		Type    string          `json:"type"`
		Payload json.RawMessage `json:"payload"`
	}{s.newID(), typ, raw}
	if err := c.do(ctx, "POST", "/dossiers/"+kind+"/"+dossier.String()+"/entries", purpose(string(why)), in, nil); err != nil {
		return fmt.Errorf("%s: %w", typ, err)
	}
	return nil
}

// Door is where an office can be visited, and by whom.
type Door struct {
	Office string   `json:"office"`
	URL    string   `json:"url"`
	People []Worker `json:"people"`
}

// Worker is an invented worker who can sign in.
type Worker struct {
	Login string `json:"login"`
	Job   string `json:"job"`
}

// Doors lists the offices.
func (s *Stage) Doors() []Door {
	var out []Door
	for _, p := range places {
		d := Door{Office: offices[p].Name, URL: s.Offices[p].URL}
		for _, w := range offices[p].People {
			d.People = append(d.People, Worker{w.Login, w.Job})
		}
		out = append(out, d)
	}
	return out
}
