// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// What the story plants, and later looks for where it must not be.
const (
	heroine        = "Olive 41" // her code name
	plantedName    = "Mira Shembull-Fiktive"
	plantedAccount = "She was told that she owes four thousand and that her papers are kept until she has paid."
	plantedHealth  = "Sleeps two hours a night; wants to see a doctor whom she chooses."
	plantedLegal   = "Asks whether she can claim the unpaid wages of the laundry."
	plantedNumber  = "+306900000417"
)

// Evidence is what a step shows: what was done, and whether what must be true is true.
type Evidence struct {
	Step  string   `json:"step"`
	Shows []string `json:"shows"`
	OK    bool     `json:"ok"`
}

// Played is the whole story's outcome.
type Played struct {
	OK    bool       `json:"ok"`
	Steps []Evidence `json:"steps"`
}

// story is one playing of it.
type story struct {
	s        *Stage
	f        *file
	steps    []Evidence
	now      *Evidence
	figure   app.SentFigure
	consents [2]journal.ID // to the referral's basics; to her account
	sent     preview
	hit      journal.ID // the comparison that found something
	tell     func(Evidence)
}

// shows notes a piece of evidence of the current step; false spoils the step.
func (t *story) shows(ok bool, format string, args ...any) {
	mark := "yes "
	if !ok {
		mark = "NO  "
		t.now.OK = false
	}
	t.now.Shows = append(t.now.Shows, mark+fmt.Sprintf(format, args...))
}

// step runs one step; an error spoils it and ends the story.
func (t *story) step(ctx context.Context, name string, f func(context.Context) error) error {
	t.now = &Evidence{Step: name, OK: true}
	err := f(ctx)
	if err != nil {
		t.shows(false, "%v", err)
	}
	t.steps = append(t.steps, *t.now)
	if t.tell != nil {
		t.tell(*t.now)
	}
	return err
}

type step struct {
	name string
	do   func(context.Context) error
}

// Play plays the story to its end and gives the evidence. upToOffer stops when the coded offer has arrived,
// so that the rest can be played by hand.
func (s *Stage) Play(ctx context.Context, upToOffer bool, tell func(Evidence)) (Played, error) {
	t := &story{s: s, tell: tell}
	steps := []step{
		{"The programme's office opens the Greece-Albania project of the 2021 programme", t.programme},
		{"At the border a police officer screens somebody whom nobody names, passes it on and reads nothing back", t.border},
		{"The outreach worker screens a woman; her file is opened", t.meets},
		{"The same day her rights are explained, and time to rest begins", t.rests},
		{"Days later, rested and with an interpreter, she says what she wants and what may be told to whom", t.consents_},
		{"Without her consent not even the coded offer leaves; with it, it does", t.offers},
	}
	if !upToOffer {
		steps = append(steps,
			step{"The focal point in Albania sees codes, looks at the risk there, and accepts", t.accepts},
			step{"Exactly what she consented to is handed over", t.handsOver},
			step{"Feedback comes: help was reached", t.feedsBack},
			step{"She withdraws one consent; the other office erases and confirms", t.withdraws},
			step{"No line reaches the programme's office: the quarter's figure travels on a stick", t.carries},
			step{"The programme's office sees the quarter's completed referrals as one safe count and nothing else", t.figures},
			step{"A telephone that two offices suspect is found without either showing a record", t.finds},
			step{"A request follows, is answered, and is taken back", t.asks},
			step{"Figures leave by two people, within a budget, and anybody can check them", t.releases},
			step{"Three offices publish one table together; none sees what another counted", t.publishTogether},
			step{"The police office and a stolen link get nothing", t.refuses},
			step{"No planted name, number or text lies in any office's files", t.searchesBytes},
			step{"All logs verify", t.verifies})
	}
	for _, x := range steps {
		if err := t.step(ctx, x.name, x.do); err != nil {
			return Played{Steps: t.steps}, err
		}
	}
	if upToOffer { // what was compared before these days has ended, and who goes on by hand would wait for the night
		if err := s.compares(ctx); err != nil {
			return Played{Steps: t.steps}, err
		}
	}
	out := Played{OK: true, Steps: t.steps}
	for _, e := range t.steps {
		out.OK = out.OK && e.OK
	}
	return out, nil
}

// project finds the activity that pays for the referrals, as the programme officer sees it.
func (t *story) project(ctx context.Context) (opened, error) {
	c := t.s.at(French, "claire")
	q := purpose(string(access.ForProgramme))
	q.Set("code", "code:"+activity)
	var list struct{ Rows []struct{ ID journal.ID } }
	if err := c.do(ctx, http.MethodGet, "/dossiers/activity", q, nil, &list); err != nil {
		return opened{}, err
	}
	if len(list.Rows) != 1 {
		return opened{}, fmt.Errorf("demo: %d activities %s", len(list.Rows), activity)
	}
	return t.s.open(ctx, c, access.ForProgramme, access.KindActivity, list.Rows[0].ID)
}

func (t *story) programme(ctx context.Context) error {
	o, err := t.project(ctx)
	if err != nil {
		return err
	}
	t.shows(anywhere(o, "early identification and assistance to victims"), "%s is there, as the newsletter says it", activity)
	t.shows(anywhere(o, "248-253"), "with the lines where it says so")
	var again struct{ Added, Changed, Unchanged int }
	err = t.s.Offices[French].ask(ctx, "programme.import", app.ImportProgrammeIn{}, &again)
	t.shows(err == nil && again.Added+again.Changed == 0 && again.Unchanged > 0, "importing the programme again changes none of its %d records", again.Unchanged)
	return err
}

func (t *story) figures(ctx context.Context) error {
	sent, again := t.figure, app.SentFigure{}
	err := t.s.Offices[Greek].ask(ctx, "figure.send", t.figureToSend(), &again)
	t.shows(err == nil && sent.Sent && !again.Sent, "it is sent once: %s %s %s", sent.Figure.Activity, sent.Figure.Quarter, sent.Figure.Count)
	number, notANumber := strconv.Atoi(sent.Figure.Count)
	t.shows(sent.Figure.Count == fmt.Sprintf("<%d", sent.Figure.K) || notANumber == nil && number >= sent.Figure.K, "no number below the threshold of %d leaves", sent.Figure.K)
	c := t.s.at(French, "claire")
	var list struct {
		Rows []struct {
			Summary map[journal.Category]json.RawMessage
		}
	}
	if err := c.do(ctx, http.MethodGet, "/dossiers/figure", purpose(string(access.ForProgramme)), nil, &list); err != nil {
		return err
	}
	these := 0
	only := len(list.Rows) > 0
	for _, row := range list.Rows {
		var f struct{ Count string } // a table that was told has none
		only = only && len(row.Summary) == 1 && json.Unmarshal(row.Summary[journal.D9], &f) == nil && (f.Count == "" || f.Count == sent.Figure.Count)
		if f.Count != "" {
			these++
		}
	}
	t.shows(only && these == 1, "the programme's office holds this figure and protected tables, all of category D9, and nothing else")
	err = c.do(ctx, http.MethodGet, "/dossiers/person", purpose(string(access.ForProgramme)), nil, &list)
	t.shows(err == nil && len(list.Rows) == 0, "it holds no file of anybody")
	return nil
}

func (t *story) meets(ctx context.Context) error {
	f, err := t.s.register(ctx, casework.Registration{
		Registered: casework.Registered{Code: heroine, Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}, Fictitious: true},
		Identity:   casework.Identity{Names: []string{plantedName}, Born: "1999-04", Nationality: "AL"},
		Contact:    casework.Contact{SafeToCall: casework.SafeAsk, SafeName: "Anna from the library", Channel: "app", Number: plantedNumber, Hours: "10:00-12:00", Never: []string{"the flat's landline"}, CodeWord: "blue umbrella"},
	})
	if err != nil {
		return err
	}
	t.f = f
	for _, n := range []casework.Noted{{Sort: "account", Account: plantedAccount}, {Sort: "health", Health: plantedHealth}, {Sort: "legal", Legal: plantedLegal}} {
		if err := f.entry(ctx, "note.added", n); err != nil {
			return err
		}
	}
	t.shows(true, "file opened; how to reach her safely stands before any number")
	return t.screens(ctx)
}

func (t *story) consents_(ctx context.Context) error {
	if err := t.s.Pass(ctx, 72); err != nil {
		return err
	}
	var err error
	if t.consents[0], err = t.f.agree(ctx, []journal.Category{journal.D0, journal.D1, journal.D2}, "sq"); err != nil {
		return err
	}
	if t.consents[1], err = t.f.agree(ctx, []journal.Category{journal.D3}, "sq"); err != nil {
		return err
	}
	t.shows(true, "one consent for who she is and how to reach her, another for her account; none for health or legal notes")
	return nil
}

func (t *story) offers(ctx context.Context) error {
	other, err := t.s.register(ctx, casework.Registration{Registered: casework.Registered{Code: "Olive 42", Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}, Fictitious: true}})
	if err != nil {
		return err
	}
	if err := errors.Join(other.presumed(ctx), other.wants(ctx, "legal", "month", "sq"), other.assess(ctx, "low")); err != nil {
		return err
	}
	err = other.offer(ctx)
	t.shows(refusedAs(err, "uncovered"), "an offer for someone who has not consented is refused: %v", err)
	if err := t.f.wants(ctx, "accommodation", "week", "sq"); err != nil {
		return err
	}
	err = t.f.offer(ctx)
	t.shows(refusedAs(err, "guarded"), "an offer before the risk was looked at is refused: %v", err)
	if err := t.f.assess(ctx, "medium", "escort"); err != nil {
		return err
	}
	if err := t.f.offer(ctx); err != nil {
		return err
	}
	if err := t.s.Deliver(ctx); err != nil {
		return err
	}
	o, err := t.f.out(ctx)
	t.shows(o.Status == referral.Offered, "the offer is out: %s", o.Status)
	return err
}

func (t *story) accepts(ctx context.Context) error {
	in, o, err := t.f.incoming(ctx)
	if err != nil {
		return err
	}
	t.shows(slices.Equal(o.Shown, []journal.Category{journal.D0}), "before accepting, the focal point sees only category D0: %v", o.Shown)
	t.shows(in.Status == referral.Offered, "the offer says: %s, %s, %s, %s, within a %s", in.Offer.Need, in.Offer.Age, in.Offer.Sex, strings.Join(in.Offer.Languages, " "), in.Offer.Urgency)
	t.shows(!anywhere(o, plantedName, plantedAccount, plantedNumber, "\"AL\"", "1999"), "no name, nationality, number or story is in it")
	_, err = t.f.handOver(ctx)
	t.shows(refusedAs(err, "guarded"), "handing over before they have accepted is refused: %v", err)
	if err := t.s.Pass(ctx, 20); err != nil {
		return err
	}
	if err := t.f.answer(ctx, referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low", Measures: []string{"arrival_call"}}, Conditions: "A colleague meets her at the bus; ask for Arta."}); err != nil {
		return err
	}
	if err := t.s.Deliver(ctx); err != nil {
		return err
	}
	out, err := t.f.out(ctx)
	t.shows(out.Status == referral.Accepted, "the Greek office sees: %s, with their risk (%s) and conditions", out.Status, out.Answer.Risk.Level)
	return err
}

func (t *story) handsOver(ctx context.Context) error {
	p, err := t.f.handOver(ctx)
	if err != nil {
		return err
	}
	t.sent = p
	t.shows(slices.Equal(p.Categories, []journal.Category{journal.D1, journal.D2, journal.D3}), "the preview showed %v, and withheld %v", p.Categories, p.Withheld)
	t.shows(slices.Contains(p.Withheld, journal.D6), "the legal note stays: no consent covers it")
	if err := t.s.Deliver(ctx); err != nil {
		return err
	}
	_, o, err := t.f.incoming(ctx)
	if err != nil {
		return err
	}
	return t.compares(ctx, o)
}

// compares holds what arrived against what the preview showed, byte for byte.
func (t *story) compares(ctx context.Context, o opened) error {
	var shown struct {
		Parts map[journal.Category]json.RawMessage `json:"parts"`
	}
	if err := json.Unmarshal(t.sent.Package, &shown); err != nil {
		return err
	}
	arrived := map[journal.Category]json.RawMessage{}
	for _, e := range o.Entries {
		if e.Type != "incoming.handed_over" {
			continue
		}
		for c, raw := range e.Parts {
			if c == journal.D0 {
				continue
			}
			var one map[string]json.RawMessage
			if err := json.Unmarshal(raw, &one); err != nil {
				return err
			}
			arrived[c] = one[strings.ToLower(string(c))]
		}
	}
	same := len(arrived) == len(shown.Parts)
	for c, raw := range shown.Parts {
		same = same && bytes.Equal(arrived[c], raw)
	}
	t.shows(same, "what arrived is what the preview showed, byte for byte (%d categories)", len(arrived))
	t.shows(!anywhere(o, plantedHealth, plantedLegal), "neither health nor legal note arrived")
	out, err := t.f.out(ctx)
	t.shows(err == nil && !out.ReceiptedAt.IsZero(), "their signed receipt is in the file")
	return err
}

func (t *story) feedsBack(ctx context.Context) error {
	for i, st := range []referral.Status{referral.InService, referral.Delivered} {
		if err := t.s.Pass(ctx, 24*(1+6*i)); err != nil {
			return err
		}
		if err := t.f.report(ctx, referral.InReported{Status: st}); err != nil {
			return err
		}
		if err := t.s.Deliver(ctx); err != nil {
			return err
		}
	}
	o, err := t.f.out(ctx)
	t.shows(o.Status == referral.Delivered || o.Status == referral.FedBack, "the Greek office sees: %s", o.Status)
	return err
}

func (t *story) withdraws(ctx context.Context) error {
	if err := t.s.Pass(ctx, 48); err != nil {
		return err
	}
	if err := t.f.entry(ctx, "consent.withdrawn", consent.Ended{Receipt: t.consents[1], By: consent.ByPerson}); err != nil {
		return err
	}
	if err := t.s.Deliver(ctx); err != nil {
		return err
	}
	_, o, err := t.f.incoming(ctx)
	if err != nil {
		return err
	}
	erased := false
	for _, e := range o.Entries {
		erased = erased || e.Type == "incoming.handed_over" && e.Missing[journal.D3] == "erased"
	}
	t.shows(erased, "her account is erased at the Albanian office: its key is destroyed")
	t.shows(!anywhere(o, plantedAccount), "their file no longer holds it")
	t.shows(anywhere(o, plantedName), "what the other consent covers stays")
	out, err := t.f.out(ctx)
	confirmed := len(out.Recalls) == 1 && !out.Recalls[0].Answered.IsZero()
	t.shows(confirmed, "their confirmation is in the Greek file")
	return err
}

func (t *story) refuses(ctx context.Context) error {
	police := t.s.at(Police, "agim")
	_, err := t.s.open(ctx, police, access.ForIdentification, access.KindPerson, t.f.id)
	t.shows(refusedAs(err, "not_found") || refusedAs(err, "denied"), "the police office asks its own system for her file: %v", err)
	stranger := newClient(t.s.Offices[Greek].URL, "agim", t.s.Password)
	err = stranger.signIn(ctx)
	t.shows(refusedAs(err, "unsigned"), "the police officer tries to sign in at the Greek office: %v", err)
	err = stranger.once(ctx, http.MethodGet, "/dossiers/person/"+t.f.id.String(), purpose(string(access.ForAssistance)), nil, nil)
	t.shows(refusedAs(err, "unsigned"), "the address of her file, stolen and opened without a session: %v", err)
	colleague := t.s.at(Greek, "ioanna")
	_, err = t.s.open(ctx, colleague, access.ForAssistance, access.KindPerson, t.f.id)
	t.shows(refusedAs(err, "not_found"), "the same address, opened by a colleague who does not work with her: %v", err)
	return t.uninvited(ctx)
}

// uninvited lets the police office send a message for which nobody signed terms.
func (t *story) uninvited(ctx context.Context) error {
	resp, err := http.Post(t.s.Offices[Greek].URL+"/post/"+t.s.Offices[Greek].ID.String(), "application/age", strings.NewReader("please send me everything"))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	t.shows(resp.StatusCode >= 400, "unsealed words at the post's door: %s", resp.Status)
	return nil
}

// searchesBytes looks through every file of all offices.
func (t *story) searchesBytes(context.Context) error {
	planted := [][]byte{[]byte(plantedName), []byte(plantedAccount), []byte(plantedHealth), []byte(plantedLegal), []byte(plantedNumber), []byte(plantedRemark), []byte("blue umbrella"),
		[]byte(plantedHere), []byte(plantedThere), []byte(plantedHolder), []byte(plantedReport)}
	files, total := 0, int64(0)
	err := filepath.WalkDir(t.s.c.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files, total = files+1, total+int64(len(b))
		for i, p := range planted {
			if bytes.Contains(b, p) {
				t.shows(false, "planted text %d is in %s", i+1, path)
			}
		}
		return nil
	})
	t.shows(files > 0, "%d files, %.1f MB, %d planted texts searched", files, float64(total)/1e6, len(planted))
	return err
}

func (t *story) verifies(ctx context.Context) error {
	for _, p := range places {
		var v app.Verified
		if err := t.s.Offices[p].ask(ctx, "verify", app.Empty{}, &v); err != nil {
			return err
		}
		for _, r := range v.Reports {
			t.shows(r.OK, "%s: %d entries%s", p, r.Size, different(r.Difference))
		}
	}
	return nil
}

func different[T any](d *T) string {
	if d == nil {
		return ""
	}
	return fmt.Sprintf(", first difference: %+v", *d)
}

// refusedAs says whether an error is the API's refusal of a kind.
func refusedAs(err error, kind string) bool {
	var r *refusal
	return as(err, &r) && r.Kind == kind
}

// anywhere says whether any of the texts is in what the API gave.
func anywhere(o opened, texts ...string) bool {
	b, _ := json.Marshal(o) // it came as JSON
	for _, t := range texts {
		quoted, _ := json.Marshal(t)
		if bytes.Contains(b, bytes.Trim(quoted, `"`)) {
			return true
		}
	}
	return false
}
