// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/round"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// monitored is the one round of this office; it has one question.
var monitored = round.Of{Body: "planted", Number: 1, Country: "AL"}

func (d *doors) roundRefs() (of, question store.Ref) {
	of = round.Ref(d.lodge, monitored)
	return of, round.QuestionRef(of.ID, "1")
}

// monitors records it, with its report.
func (d *doors) monitors() {
	d.Helper()
	of, question := d.roundRefs()
	who := d.people["near-programme_officer"].who(access.ForProgramme)
	for _, x := range []struct {
		ref     store.Ref
		typ     string
		payload any
	}{
		{of, round.OpenedType, round.Opened{Of: monitored}},
		{of, round.SteppedType, round.Stepped{Stage: round.Reported, Document: "planted"}},
		{question, round.AskedType, round.Asked{Round: of.ID, Of: monitored, Place: 1, Number: "1", Text: wording.New("en", "planted")}},
	} {
		_, err := d.n.Store.Append(d.Context(), who, x.ref, store.Draft{Type: x.typ, Payload: x.payload})
		d.must(err)
	}
}

// inRounds puts the ids of the round and its question in an address.
func (d *doors) inRounds(path string) string {
	of, question := d.roundRefs()
	return strings.NewReplacer("@round", of.ID.String(), "@asked", question.ID.String()).Replace(path)
}

// roundLines are the lines of the rounds of monitoring and of their questions.
var roundLines = map[string]line{
	"GET " + round.Path:                              doorOf(round.Path, anybody),
	"GET " + round.Path + "/{id}":                    doorOf(round.Path+"/@round", anybody),
	"GET " + round.Path + "/{id}/document":           doorOf(round.Path+"/@round/document", anybody),
	"GET " + round.Path + "/{id}/act/{act}":          doorOf(round.Path+"/@round/act/closed", officers),
	"POST " + round.Path + "/{id}/act/{act}":         doorOf(round.Path+"/@round/act/closed", officers),
	"GET " + round.Path + "/{id}/bring/{what}":       doorOf(round.Path+"/@round/bring/paragraphs", officers),
	"POST " + round.Path + "/{id}/bring/{what}":      doorOf(round.Path+"/@round/bring/questions", officers),
	"GET " + round.QuestionPath:                      doorOf(round.QuestionPath, anybody),
	"POST " + round.QuestionPath + "/views":          doorOf(round.QuestionPath+"/views", anybody),
	"GET " + round.QuestionPath + "/{id}":            doorOf(round.QuestionPath+"/@asked", anybody),
	"GET " + round.QuestionPath + "/{id}/act/{act}":  doorOf(round.QuestionPath+"/@asked/act/assign", officers),
	"POST " + round.QuestionPath + "/{id}/act/{act}": doorOf(round.QuestionPath+"/@asked/act/write", officers),
}
