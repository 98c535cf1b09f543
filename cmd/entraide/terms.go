// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"os"

	"github.com/entraide-thb/entraide/internal/exchange/desk"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang"
)

type verifyTermsCmd struct {
	Bundle string `arg:"" help:"The bundle, as the page of the terms gives it." type:"existingfile"`
	Text   string `help:"The legal text that the terms carry out." type:"existingfile" placeholder:"FILE"`
	PDF    string `name:"pdf" help:"The terms as a PDF, as their page gives it." type:"existingfile" placeholder:"PDF"`
}

// verifiedTerms is what the check comes to.
type verifiedTerms struct {
	OK      bool           `json:"ok"`
	Terms   journal.ID     `json:"terms"`
	Hash    string         `json:"hash"`
	Parties [2]terms.Party `json:"parties"`
	Text    *bool          `json:"text,omitempty"` // the file is the text that the terms name
	PDF     *bool          `json:"pdf,omitempty"`  // the file says what the terms say, in a language of this program
}

func (v *verifyTermsCmd) Run(c *call) error {
	raw, err := os.ReadFile(v.Bundle)
	if err != nil {
		return err
	}
	b, err := terms.ReadBundle(raw)
	if err != nil {
		return err
	}
	out := verifiedTerms{OK: true, Terms: b.Terms.ID, Hash: b.Terms.Hex(), Parties: b.Terms.Parties}
	c.say("terms %s: both signatures and both cards verify\n%s", out.Hash, b.Terms.Title)
	for _, p := range b.Terms.Parties {
		c.say("  %s (%s, %s), fingerprint %s", p.Name, p.Kind, p.Country, p.Fingerprint)
	}
	c.say("Compare the fingerprints with the cards that you know: whoever forges terms can sign them with keys of their own.")
	if v.Text != "" {
		text, err := os.ReadFile(v.Text)
		if err != nil {
			return err
		}
		h := sha256.Sum256(text)
		same := hex.EncodeToString(h[:]) == b.Terms.TextHash
		out.Text, out.OK = &same, out.OK && same
		c.say("text: %s", verdictOf(same, "the one that the terms name", "ANOTHER ONE THAN THE TERMS NAME"))
	}
	if v.PDF != "" {
		same, err := samePaper(b, v.PDF)
		if err != nil {
			return err
		}
		out.PDF, out.OK = &same, out.OK && same
		c.say("PDF: %s", verdictOf(same, "it says what the terms say", "IT IS ANOTHER ONE THAN THIS PROGRAM WRITES OF THESE TERMS"))
	}
	return c.verdict(out, out.OK)
}

// samePaper says whether a file is the paper of terms in one of the program's languages.
func samePaper(b terms.Bundle, path string) (bool, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	words, err := lang.Load()
	if err != nil {
		return false, err
	}
	for _, tag := range words.Tags() {
		p, err := desk.Paper(words.Locale(tag, nil), b.Terms, b.Signatures)
		if err != nil {
			return false, err
		}
		if bytes.Equal(p, file) {
			return true, nil
		}
	}
	return false, nil
}
