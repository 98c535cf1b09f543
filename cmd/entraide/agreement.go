// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/programme/agreement"
)

// agreementCmd is about agreements that were signed.
type agreementCmd struct {
	Verify verifyAgreementCmd `cmd:"" help:"Check a signed PDF against the record that an office gives of an agreement. No office and no network is needed."`
}

type verifyAgreementCmd struct {
	Record string `arg:"" help:"The record, as the agreement's page gives it." type:"existingfile"`
	File   string `required:"" help:"The signed PDF." type:"existingfile" placeholder:"PDF"`
	Card   string `required:"" help:"The card of the office that gave the record, whose key must have signed it." type:"existingfile" placeholder:"FILE"`
}

// verifiedAgreement is what the check comes to.
type verifiedAgreement struct {
	OK        bool         `json:"ok"`
	Agreement journal.ID   `json:"agreement"`
	Code      string       `json:"code"`
	Office    string       `json:"office"`   // whose record it is
	Text      bool         `json:"text"`     // its words are those that their hash names
	Recorded  []journal.ID `json:"recorded"` // the offices that recorded this very file
	Same      bool         `json:"same"`     // every office that recorded a file recorded the same
}

func (v *verifyAgreementCmd) Run(c *call) error {
	raw, err := os.ReadFile(v.Card)
	if err != nil {
		return err
	}
	k, err := card.Parse(raw)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(v.Record)
	if err != nil {
		return err
	}
	r, err := agreement.ReadRecord(b, k)
	if err != nil {
		return err
	}
	file, err := os.ReadFile(v.File)
	if err != nil {
		return err
	}
	out := verifiedAgreement{Agreement: r.Agreement, Code: r.Code, Office: k.Name, Text: r.Holds(), Recorded: r.Of(file), Same: r.Same()}
	out.OK = out.Text && len(out.Recorded) > 0 && out.Same
	c.say("agreement %s, record of %s of %s: its signature verifies", r.Code, k.Name, c.l.DateTime(r.At))
	c.say("text: %d paragraphs, %s", len(r.Paragraphs), verdictOf(out.Text, "they are those that "+r.Hash+" names", "THEY ARE OTHERS THAN "+r.Hash+" NAMES"))
	c.say("file: %s", verdictOf(len(out.Recorded) > 0, "the one that was recorded as signed", "ANOTHER ONE THAN WAS RECORDED AS SIGNED"))
	for _, s := range r.Signatures {
		c.say("  office %s: %s, %d bytes, signed %s by %s", s.Office, s.File, s.Size, s.On.Print(c.l), s.By)
	}
	if !out.Same {
		c.say("THE OFFICES HAVE RECORDED DIFFERENT FILES, OR NONE.")
	}
	return c.verdict(out, out.OK)
}

func verdictOf(ok bool, good, bad string) string {
	if ok {
		return good
	}
	return bad
}
