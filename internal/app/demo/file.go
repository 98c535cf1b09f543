// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// file is one person's file at the Greek office, as its case manager works with it.
type file struct {
	s        *Stage
	c        *client
	id       journal.ID
	need     journal.ID
	referral journal.ID
}

// register opens a file on an invented person.
func (s *Stage) register(ctx context.Context, who casework.Registration) (*file, error) {
	f := &file{s: s, c: s.at(Greek, "eleni")}
	in := struct {
		ID journal.ID `json:"id"`
		casework.Registered
		None     bool              `json:"none"`
		Identity casework.Identity `json:"identity"`
		Contact  casework.Contact  `json:"contact"`
	}{s.newID(), who.Registered, true, who.Identity, who.Contact} // invented names repeat
	var out struct{ ID journal.ID }
	err := f.c.do(ctx, "POST", "/people", purpose(string(access.ForAssistance)), in, &out)
	f.id = out.ID
	return f, err
}

func (f *file) entry(ctx context.Context, typ string, payload any) error {
	return f.s.entry(ctx, f.c, access.ForAssistance, access.KindPerson, f.id, typ, payload)
}

// agree records a consent to be referred to the Albanian office.
func (f *file) agree(ctx context.Context, cats []journal.Category, language string) (journal.ID, error) {
	receipt := f.s.newID()
	return receipt, f.entry(ctx, "consent.given", consent.Given{Receipt: receipt, Purpose: consent.Referral, Recipient: f.s.Offices[Albanian].ID, Categories: cats, Language: language,
		Interpreting: consent.Interpreter, By: consent.ByPerson, Expires: f.s.now.Add(180 * 24 * time.Hour)})
}

// wants notes a need and drafts the referral that is to meet it.
func (f *file) wants(ctx context.Context, code, urgency string, languages ...string) error {
	f.need, f.referral = f.s.newID(), f.s.newID()
	if err := f.entry(ctx, "service.need_identified", services.Noted{Need: f.need, Code: code, Urgency: urgency}); err != nil {
		return err
	}
	return f.entry(ctx, "referral.drafted", referral.Drafted{Referral: f.referral, Recipient: f.s.Offices[Albanian].ID, NeedID: f.need, Activity: activity,
		Offer: referral.Offer{Need: code, Age: "adult", Sex: "f", Languages: languages, Urgency: urgency}})
}

// activity is the project of the programme that pays for these referrals.
const activity = "P4-G1"

// assess looks at the risk on the sender's side.
func (f *file) assess(ctx context.Context, level string, measures ...string) error {
	return f.entry(ctx, "referral.risk_assessed", referral.Assessed{Referral: f.referral, Risk: referral.Risk{Level: level, Measures: measures}})
}

func (f *file) path(what string) string {
	return "/people/" + f.id.String() + "/referrals/" + f.referral.String() + "/" + what
}

// offer sends the coded offer.
func (f *file) offer(ctx context.Context) error {
	return f.c.do(ctx, "POST", f.path("offer"), purpose(string(access.ForReferral)), map[string]time.Time{"until": f.s.now.Add(7 * 24 * time.Hour)}, nil)
}

// preview is what a hand-over would send.
type preview struct {
	Categories, Withheld []journal.Category
	Hash                 string
	Package              json.RawMessage
}

func (f *file) preview(ctx context.Context) (preview, error) {
	var p preview
	return p, f.c.do(ctx, "GET", f.path("preview"), purpose(string(access.ForReferral)), nil, &p)
}

// handOver hands over exactly what a preview showed.
func (f *file) handOver(ctx context.Context) (preview, error) {
	p, err := f.preview(ctx)
	if err != nil {
		return p, err
	}
	return p, f.c.do(ctx, "POST", f.path("hand-over"), purpose(string(access.ForReferral)), map[string]string{"hash": p.Hash}, nil)
}

// opened is a dossier as the API gives it.
type opened struct {
	Revision int64
	Shown    []journal.Category
	Entries  []struct {
		ID      journal.ID
		Type    string
		Actor   journal.ID
		Parts   map[journal.Category]json.RawMessage
		Missing map[journal.Category]string
	}
	State json.RawMessage
}

func (s *Stage) open(ctx context.Context, c *client, why access.Purpose, kind string, id journal.ID) (opened, error) {
	var o opened
	return o, c.do(ctx, "GET", "/dossiers/"+kind+"/"+id.String(), purpose(string(why)), nil, &o)
}

// out reads the referral as it stands at the sender.
func (f *file) out(ctx context.Context) (referral.Out, error) {
	o, err := f.s.open(ctx, f.c, access.ForAssistance, access.KindPerson, f.id)
	if err != nil {
		return referral.Out{}, err
	}
	var p struct{ Referral struct{ Out []referral.Out } }
	if err := json.Unmarshal(o.State, &p); err != nil {
		return referral.Out{}, err
	}
	for _, x := range p.Referral.Out {
		if x.Referral == f.referral {
			return x, nil
		}
	}
	return referral.Out{}, fmt.Errorf("demo: no referral %s", f.referral)
}

// incoming reads the referral as it stands at the recipient.
func (f *file) incoming(ctx context.Context) (referral.In, opened, error) {
	o, err := f.s.open(ctx, f.s.at(Albanian, "arta"), access.ForReferral, access.KindReferralIn, f.referral)
	if err != nil {
		return referral.In{}, o, err
	}
	var in referral.In
	return in, o, json.Unmarshal(o.State, &in)
}

// answer is the Albanian focal point's: accepted with the risk on that side looked at, or declined.
func (f *file) answer(ctx context.Context, a referral.InAnswered) error {
	return f.s.entry(ctx, f.s.at(Albanian, "arta"), access.ForReferral, access.KindReferralIn, f.referral, "incoming.answered", a)
}

// report is the Albanian office's feedback.
func (f *file) report(ctx context.Context, r referral.InReported) error {
	return f.s.entry(ctx, f.s.at(Albanian, "arta"), access.ForReferral, access.KindReferralIn, f.referral, "incoming.feedback", r)
}
