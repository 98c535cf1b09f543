// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/vault"
	"github.com/entraide-thb/entraide/internal/programme/load"
	"github.com/entraide-thb/entraide/internal/programme/publication"
	"github.com/entraide-thb/entraide/internal/protect/rights"
)

// initCmd makes a data folder.
type initCmd struct {
	Folder    string            `arg:"" help:"Folder to make." type:"path"`
	Name      string            `required:"" help:"The office's name."`
	Kind      access.OfficeKind `required:"" enum:"programme,assistance,police,justice" help:"What the office is for; it can never change: ${enum}."`
	Country   string            `required:"" help:"Country or territory, two capital letters (Kosovo: XK)."`
	Zone      string            `default:"Europe/Paris" help:"Time zone."`
	Lang      string            `default:"en" help:"The office's language."`
	Listen    string            `default:"127.0.0.1:7301" help:"Address of the web door."`
	URL       string            `help:"Address as partners reach it; https unless on this machine. Default: http://LISTEN."`
	Public    string            `help:"Another host name for the public information pages, which keep no log of visitors." placeholder:"HOST"`
	Cert      string            `help:"TLS certificate, PEM." type:"path"`
	Key       string            `help:"TLS key, PEM." type:"path"`
	DB        string            `help:"postgres://... instead of one file in the folder."`
	KeyFile   string            `help:"Lock the keyring to a new key file at this path (keep it on another disk) instead of a passphrase." type:"path"`
	Identity  string            `help:"Lock the keyring to an identity that another program compatible with age made; serve reads it from this file." type:"existingfile" placeholder:"FILE"`
	Recipient []string          `help:"Lock the keyring to this public key (age1..., or a file that holds it); more than one may be given. Without --identity the private side need never lie on this machine: give it to serve." placeholder:"AGE1..."`
	Demo      bool              `hidden:"" help:"Everything in it will be fictitious, and its clock can be moved."`
	Founders  []string          `help:"Names of the first two people." placeholder:"NAME,NAME"`
}

func (i *initCmd) Run(c *call) error {
	if i.URL == "" {
		i.URL = "http://" + i.Listen
	}
	s := app.Settings{Version: 1, Listen: i.Listen, URL: i.URL, Database: i.DB, PublicHost: i.Public, Cert: i.Cert, Key: i.Key, Demo: i.Demo, Unlock: app.ByPassphrase,
		Owners: []app.Owner{app.NewOwner(i.Name, i.Kind, i.Country, i.Zone, i.Lang, time.Now())}}
	to, err := i.keys(c, &s)
	if err != nil {
		return err
	}
	f := app.Folder(i.Folder)
	keys, err := app.Make(f, s, to...)
	if err != nil {
		return err
	}
	if i.Demo {
		return c.done(s.Owners[0])
	}
	n, err := app.Open(c.ctx, f, app.Options{Bundle: c.bundle, Keys: keys})
	if err != nil {
		return err
	}
	defer n.Close()
	return i.found(c, n, s)
}

// keys makes what unlocks the keyring: a new key file, an identity that is there already, a recipient whose identity is
// elsewhere, or a passphrase asked for.
func (i *initCmd) keys(c *call, s *app.Settings) ([]age.Recipient, error) {
	if i.KeyFile != "" && (i.Identity != "" || len(i.Recipient) > 0) {
		return nil, fault.Bad("key-file", "operate.key.one_way")
	}
	switch {
	case i.KeyFile != "":
		if err := os.MkdirAll(filepath.Dir(i.KeyFile), 0o700); err != nil {
			return nil, err
		}
		to, err := vault.GenerateKeyFile(i.KeyFile)
		s.Unlock, s.KeyFile = app.ByKeyFile, i.KeyFile
		return []age.Recipient{to}, err
	case i.Identity != "" || len(i.Recipient) > 0:
		return i.elsewhere(c, s)
	}
	words, err := c.secret("New passphrase, five or more words: ")
	if err != nil {
		return nil, err
	}
	to, _, err := vault.Passphrase(words)
	return []age.Recipient{to}, err
}

// elsewhere takes the recipients of identities that were made elsewhere. One that is given as a file must open what is
// locked to them: a start reads it.
func (i *initCmd) elsewhere(c *call, s *app.Settings) ([]age.Recipient, error) {
	var to []age.Recipient
	for _, r := range i.Recipient {
		one, err := c.recipientOf(r)
		if err != nil {
			return nil, err
		}
		to = append(to, one)
	}
	if i.Identity == "" {
		s.Unlock = app.ByIdentity
		return to, nil
	}
	ids, err := vault.OpenKeyFile(i.Identity, c.asking())
	if err != nil {
		return nil, err
	}
	s.Unlock, s.KeyFile = app.ByKeyFile, i.Identity
	if len(to) == 0 {
		for _, id := range ids {
			one, err := vault.RecipientOf(id)
			if err != nil {
				return nil, err
			}
			to = append(to, one)
		}
	}
	return to, app.Opens(to, ids)
}

// found prints the two links; sensitive roles come only when both people have started and approve each other.
func (i *initCmd) found(c *call, n *app.Node, s app.Settings) error {
	two := foundersOf(i.Founders)
	links, err := n.Identity.Found(c.ctx, s.Owners[0].ID, two)
	if err != nil {
		return err
	}
	sayLinks(c, s, two, links)
	return c.done(struct {
		OK     bool             `json:"ok"`
		Office app.Owner        `json:"office"`
		Links  [2]identity.Link `json:"links"`
	}{true, s.Owners[0], links})
}

// foundersOf names the first two people.
func foundersOf(names []string) [2]identity.Founder {
	two := [2]identity.Founder{{Name: "First administrator"}, {Name: "Second administrator"}}
	for k, name := range names {
		if k < len(two) {
			two[k].Name = name
		}
	}
	return two
}

func sayLinks(c *call, s app.Settings, two [2]identity.Founder, links [2]identity.Link) {
	for k, l := range links {
		c.say("%s: %s%s (until %s)", two[k].Name, s.URL, l.Path, c.l.DateTime(l.Expires))
	}
}

// serveCmd serves a folder.
type serveCmd struct {
	at
	CPUProfile string `hidden:"" name:"cpu-profile" help:"Write a profile of where the processor's time goes to this file, for go tool pprof." type:"path"`
}

func (s *serveCmd) Run(c *call) error {
	if s.CPUProfile != "" {
		f, err := os.OpenFile(s.CPUProfile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	n, err := s.open(c)
	if err != nil {
		return err
	}
	defer n.Close()
	return n.Serve(c.ctx, func(address string) {
		scheme := "http"
		if n.Settings.Cert != "" {
			scheme = "https"
		}
		c.say("%s: %s://%s", n.Settings.Owners[0].Name, scheme, address)
		_ = c.done(map[string]string{"ready": address})
	})
}

// cardCmd prints the card.
type cardCmd struct {
	at
	Out   string `help:"Write the card to this file." type:"path" placeholder:"FILE"`
	Renew bool   `help:"Make new keys first. Partners with sharing terms learn of them from the old ones and go on; all others compare and pin the new card."`
	// Whoever has a stolen key could tell partners of keys of his own: nobody believes it about anything.
	Stolen bool `help:"With --renew: the old keys may be in other hands. Partners take nothing more until they have compared and pinned the new card, and what waits and cannot be signed again ends."`
}

func (k *cardCmd) Run(c *call) error {
	of, err := k.of()
	if err != nil {
		return err
	}
	var out app.CardOut
	if k.Renew {
		err = k.ask(c, "card.renew", app.RenewCardIn{Of: of, Stolen: k.Stolen}, &out)
	} else {
		err = k.ask(c, "card", of, &out)
	}
	if err != nil {
		return err
	}
	if k.Out != "" {
		if err := os.WriteFile(k.Out, out.Card, 0o644); err != nil {
			return err
		}
	}
	c.say("%s\n%s", out.Fingerprint, out.Words)
	return c.done(out)
}

// partnerCmd is about other offices.
type partnerCmd struct {
	Pin pinCmd `cmd:"" help:"Pin another office's card, after comparing its fingerprint over another channel."`
}

type pinCmd struct {
	at
	Card string `arg:"" help:"The card's file." type:"existingfile"`
	How  string `required:"" enum:"phone,in_person,paper,demo" help:"How the fingerprint was compared: ${enum}."`
	// A key that may be in other hands must not be believed a day longer: so this is to be said.
	Renewed bool `help:"The office made its new keys itself and none was stolen: what it signed with the earlier one still counts for 90 days."`
}

func (p *pinCmd) Run(c *call) error {
	b, err := os.ReadFile(p.Card)
	if err != nil {
		return err
	}
	of, err := p.of()
	if err != nil {
		return err
	}
	var out app.PinOut
	if err := p.ask(c, "partner.pin", app.PinIn{Of: of, Card: json.RawMessage(b), How: p.How, Renewed: p.Renewed}, &out); err != nil {
		return err
	}
	c.say("%s\n%s\n%s", out.Name, out.Fingerprint, out.Words)
	return c.done(out)
}

// termsCmd is about sharing terms.
type termsCmd struct {
	Draft  draftCmd       `cmd:"" help:"Draft sharing terms from a JSON file, with the legal text that people signed."`
	Sign   signCmd        `cmd:"" help:"Sign sharing terms: drafted here, or in a file that the other office sent."`
	Export exportCmd      `cmd:"" help:"Write sharing terms to a file for the other office."`
	Verify verifyTermsCmd `cmd:"" help:"Check a bundle of signed sharing terms, and the files that belong to it. No office and no network is needed."`
}

type draftCmd struct {
	at
	Draft string `arg:"" help:"JSON with partner, title, grants, handling, basis, from, until, retention_days." type:"existingfile"`
	Text  string `required:"" help:"The legal text, as people signed it." type:"existingfile"`
}

func (d *draftCmd) Run(c *call) error {
	var in app.DraftIn
	b, err := os.ReadFile(d.Draft)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	if in.Text, err = os.ReadFile(d.Text); err != nil {
		return err
	}
	in.TextName = filepath.Base(d.Text)
	if in.Of, err = d.of(); err != nil {
		return err
	}
	var out app.TermsOut
	if err := d.ask(c, "terms.draft", in, &out); err != nil {
		return err
	}
	c.say("%s: %s", out.Document.ID, out.Status)
	return c.done(out)
}

type signCmd struct {
	at
	Terms string `arg:"" help:"Id of terms that are here, or a file that the other office sent."`
}

func (s *signCmd) Run(c *call) error {
	of, err := s.of()
	if err != nil {
		return err
	}
	in := app.SignIn{Of: of}
	if b, err := os.ReadFile(s.Terms); err == nil {
		in.Terms = &app.TermsOut{}
		if err := json.Unmarshal(b, in.Terms); err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
	} else if err := in.ID.UnmarshalText([]byte(s.Terms)); err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	var out app.TermsOut
	if err := s.ask(c, "terms.sign", in, &out); err != nil {
		return err
	}
	c.say("%s: %s", out.Document.ID, out.Status)
	return c.done(out)
}

type exportCmd struct {
	at
	Terms string `arg:"" help:"Id of the terms."`
	Out   string `required:"" help:"File to write." type:"path"`
}

func (e *exportCmd) Run(c *call) error {
	of, err := e.of()
	if err != nil {
		return err
	}
	in := app.ExportIn{Of: of}
	if err := in.ID.UnmarshalText([]byte(e.Terms)); err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	var out app.TermsOut
	if err := e.ask(c, "terms.export", in, &out); err != nil {
		return err
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(e.Out, b, 0o600); err != nil {
		return err
	}
	return c.done(out)
}

// importCmd brings in what the program carries.
type importCmd struct {
	Programme       importProgrammeCmd       `cmd:"" help:"A programme: activities, organisations, roles. A second import changes nothing."`
	IATI            importIATICmd            `cmd:"" name:"iati" help:"Activities that other publishers report, from a file in IATI's form. A second import changes nothing."`
	Activities      importActivitiesCmd      `cmd:"" help:"Activities, from a table in CSV or XLSX with dates and words in French or English. A second import changes nothing."`
	Measures        importMeasuresCmd        `cmd:"" help:"Measures of a strategy or national action plan, from a table in CSV or XLSX. A second import changes nothing."`
	Figures         importFiguresCmd         `cmd:"" help:"A table of figures that others published: CTDC, UNODC, Eurostat or one's own. --dry-run only says what is understood, and needs no office. A second import changes nothing."`
	Recommendations importRecommendationsCmd `cmd:"" help:"Recommendations by paragraph, from a CSV file. A second import changes nothing."`
	Texts           importTextsCmd           `cmd:"" help:"Drafts of the information on rights, hidden until a named reviewer signs them. A second import changes nothing."`
}

type importProgrammeCmd struct {
	at
	File string `arg:"" optional:"" help:"The programme's file in YAML. Default: the cooperation programme of 2021, which the program carries." type:"existingfile"`
}

func (i *importProgrammeCmd) Run(c *call) error {
	of, err := i.of()
	if err != nil {
		return err
	}
	in := app.ImportProgrammeIn{Of: of}
	if i.File != "" {
		b, err := os.ReadFile(i.File)
		if err != nil {
			return err
		}
		in.File = b
	}
	var out load.Report
	if err := i.ask(c, "programme.import", in, &out); err != nil {
		return err
	}
	c.say("%d created, %d updated, %d unchanged; %d activities, %d organisations, %d roles, %d partner countries or territories", out.Added, out.Changed, out.Unchanged,
		total(out.Activities), total(out.Organisations), total(out.Roles), out.Partners)
	for _, d := range out.Dropped {
		c.say("left as it is: %s %s (%s)", d.Kind, d.Code, d.Why)
	}
	return c.done(out)
}

func total(t load.Tally) int { return t.Added + t.Changed + t.Unchanged }

// reportCmd writes a document of the programme.
type reportCmd struct {
	at
	Plan bool   `help:"The annual plan instead of the report."`
	Lang string `help:"Language of the document: fr or en." default:"fr" enum:"fr,en"`
	Date string `help:"Day of the document, such as 2021-12-31. Default: today."`
	PDF  string `name:"pdf" placeholder:"FILE" help:"Write it as tagged PDF to this file, which is replaced."`
	Mail string `placeholder:"FILE" help:"Write it in short as an e-mail to this file, which is replaced; a mail program opens it, and a person sends it."`
	All  string `type:"existingdir" placeholder:"FOLDER" help:"Write everything into this folder: page, PDF and e-mail, in French and in English. Files of the same names are replaced."`
}

// reported is what --json prints; Bytes is 0 without --pdf, and Files are those of --all.
type reported struct {
	Title string   `json:"title"`
	Text  string   `json:"text"`
	Bytes int      `json:"bytes"`
	SHA   string   `json:"sha256,omitempty"`
	Files []string `json:"files,omitempty"`
}

func (r *reportCmd) Run(c *call) error {
	of, err := r.of()
	if err != nil {
		return err
	}
	in := app.ReportIn{Of: of, Kind: publication.Report, Language: r.Lang, Date: r.Date}
	if r.Plan {
		in.Kind = publication.Plan
	}
	var out app.ReportOut
	if err := r.ask(c, "programme.report", in, &out); err != nil {
		return err
	}
	done := reported{Title: out.Title, Text: out.Text}
	if r.PDF != "" {
		if err := os.WriteFile(r.PDF, out.PDF, 0o644); err != nil {
			return err
		}
		sum := sha256.Sum256(out.PDF)
		done.Bytes, done.SHA = len(out.PDF), hex.EncodeToString(sum[:])
	}
	if r.Mail != "" {
		if err := os.WriteFile(r.Mail, out.Mail, 0o644); err != nil {
			return err
		}
	}
	if r.All != "" {
		if done.Files, err = r.all(c, in); err != nil {
			return err
		}
	}
	c.say("%s", out.Text)
	return c.done(done)
}

// all writes a document in every form and language, and gives the files.
func (r *reportCmd) all(c *call, in app.ReportIn) (files []string, err error) {
	for _, in.Language = range publication.Languages() {
		var out app.ReportOut
		if err := r.ask(c, "programme.report", in, &out); err != nil {
			return nil, err
		}
		for _, f := range []struct {
			ending string
			of     []byte
		}{{".html", out.HTML}, {".pdf", out.PDF}, {".eml", out.Mail}} {
			name := filepath.Join(r.All, out.Name+f.ending)
			if err := os.WriteFile(name, f.of, 0o644); err != nil {
				return nil, err
			}
			files = append(files, name)
		}
	}
	return files, nil
}

// figureCmd is about protected figures.
type figureCmd struct {
	Send sendFigureCmd `cmd:"" help:"Count a quarter's referrals that reached help at a partner and send the protected count to a programme's office."`
}

type sendFigureCmd struct {
	at
	Activity  string `required:"" help:"Code of the programme's activity, such as P4-G1."`
	Recipient string `required:"" help:"Id of the office that the referrals went to."`
	To        string `required:"" help:"Id of the programme's office."`
	Quarter   string `help:"Such as 2026-Q3. Default: the running one."`
}

func (s *sendFigureCmd) Run(c *call) error {
	of, err := s.of()
	if err != nil {
		return err
	}
	in := app.SendFigureIn{Of: of, Activity: s.Activity, Quarter: s.Quarter}
	if err := errors.Join(in.Recipient.UnmarshalText([]byte(s.Recipient)), in.To.UnmarshalText([]byte(s.To))); err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	var out app.SentFigure
	if err := s.ask(c, "figure.send", in, &out); err != nil {
		return err
	}
	c.say("%s %s: %s", out.Figure.Activity, out.Figure.Quarter, out.Figure.Count)
	return c.done(out)
}

type importTextsCmd struct{ at }

func (i *importTextsCmd) Run(c *call) error {
	of, err := i.of()
	if err != nil {
		return err
	}
	var out rights.Imported
	if err := i.ask(c, "texts.import", of, &out); err != nil {
		return err
	}
	c.say("%d created, %d changed, %d as they were", out.Created, out.Changed, out.Same)
	return c.done(out)
}
