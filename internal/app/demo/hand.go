// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"regexp"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/lang"
)

// Turn is what one worker does next when the story is played on by hand.
type Turn struct {
	Office string   `json:"office"`
	URL    string   `json:"url"`
	Login  string   `json:"login"`
	Does   []string `json:"does"` // in order; what stands on the screen is in quotes
}

// turn is a Turn as it is written here: a catalogue's key in brackets stands for the words on the screen.
type turn struct {
	place Place
	login string
	does  []string
}

// turns go on where Play has stopped: the coded offer has arrived.
var turns = []turn{
	{Albanian, "arta", []string{
		`Under [app.today.arrived] press [service.catalogue.accommodation]: codes, no name, no nationality, no story.`,
		`Choose [referral.in.risk] and say under [referral.in.conditions] who meets her. Press [referral.in.accept].`}},
	{Greek, "eleni", []string{
		`Press the key /, type ` + plantedName + ` and Enter. Press "` + heroine + `", then [casework.next.hand_over].`,
		`Press [casework.preview.title]: every byte that would leave, and what stays. Press [casework.preview.submit].`}},
	{Albanian, "arta", []string{
		`Load the page again: [referral.in.package] is what the preview showed, and nothing else.`,
		`Choose [referral.status.in_service], press [referral.in.report]; then the same with [referral.status.delivered].`}},
	{Greek, "eleni", []string{
		`In her file press [casework.view.title]: it is in Albanian, for her; press [casework.view.in] to read along. Beside the consent to her account (the first) press [casework.view.withdraw], then [casework.save].`}},
	{Albanian, "arta", []string{
		`Load the page again: [referral.in.erased], and that part is gone. In the Greek file, the referral's page has the confirmation.`}},
	{Greek, "nikos", []string{
		`Sign Eleni out first: under her name, [page.own.signout]. Press [programme.menu], [programme.list.title], ` + activity + `, [programme.send.title].`,
		`Press [programme.send.look]: one protected count, byte for byte. Press [programme.send.submit].`}},
	{French, "claire", []string{
		`Press [programme.menu]: under [programme.figures] stands that count. This office holds no file of anybody.`}},
	{Police, "agim", []string{
		`Here nobody has a file. At the Greek office, once Nikos is signed out, the login agim and the address of her file open nothing.`}},
}

var screenWord = regexp.MustCompile(`\[([a-z_.]+)\]`)

// Turns tells how to go on by hand after Play has stopped at the offer, with the words that each worker has on the screen.
func (s *Stage) Turns(b *lang.Bundle) []Turn {
	var out []Turn
	for _, x := range turns {
		t := Turn{Office: offices[x.place].Name, URL: s.Offices[x.place].URL, Login: x.login}
		l := b.Locale(offices[x.place].Language, time.UTC)
		for _, does := range x.does {
			t.Does = append(t.Does, screenWord.ReplaceAllStringFunc(does, func(key string) string {
				return `"` + l.T(strings.Trim(key, "[]"), "Need", l.T("service.catalogue.accommodation"), "Language", l.Language(l.Tag())) + `"`
			}))
		}
		out = append(out, t)
	}
	return out
}
