// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/liaison/request"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
)

// The telephone that two offices know, as each wrote it down, and what one of them knows besides.
const (
	plantedHere   = "+355 69 555 01 42"
	plantedThere  = "00355 695550142"
	plantedHolder = "Ilir Shembull-Fiktiv"
	plantedReport = "The number was reported with the same advertisement in March (fictitious)."
)

const comparingText = `Protocol on comparing and asking (fictitious, for demonstration)

1. The two offices find out which telephones, accounts, vehicles and persons both suspect, without showing each other their records.
2. What follows is asked by request, by two persons, on a legal basis; a request that is taken back is erased and that is confirmed.
3. Between requests they write letters to each other, with files where needed.
`

// comparingGrants let two offices compare, ask each other, and write letters.
func comparingGrants(a, b journal.ID) (out []terms.Grant) {
	for _, way := range [][2]journal.ID{{a, b}, {b, a}} {
		out = append(out, terms.Grant{From: way[0], To: way[1], Purpose: terms.Matching, Categories: []journal.Category{journal.D0}},
			terms.Grant{From: way[0], To: way[1], Purpose: request.Purpose, Categories: []journal.Category{journal.D0, journal.D6, journal.D8}},
			terms.Grant{From: way[0], To: way[1], Purpose: letter.Purpose, Categories: []journal.Category{journal.D0, journal.D3}})
	}
	return out
}

// suspects writes down a record of somebody or something at an office.
func (s *Stage) suspects(ctx context.Context, p Place, login string, k subject.Known) (journal.ID, error) {
	k.Sort, k.Ground, k.Source, k.Certainty, k.Handling, k.Findable = "thing", "investigation", "b", "2", "H2", true
	k.Until = s.now.AddDate(1, 0, 0).Format(time.DateOnly)
	if len(k.Names) > 0 {
		k.Sort = "person"
	}
	id := s.newID()
	return id, s.entry(ctx, s.at(p, login), access.ForIdentification, access.KindSubject, id, subject.RecordedType, k)
}

// finds lets the two offices compare in the night, and a prosecutor see that the other one knows a telephone of hers.
func (t *story) finds(ctx context.Context) error {
	if _, err := t.s.suspects(ctx, Police, "agim", subject.Known{Case: "Case 12 (fictitious)", Names: []string{plantedHolder}, Phones: []string{plantedHere}}); err != nil {
		return err
	}
	here, err := t.s.suspects(ctx, Justice, "dimitra", subject.Known{Case: "File 7 (fictitious)", Phones: []string{plantedThere}})
	if err != nil {
		return err
	}
	if err := t.s.compares(ctx); err != nil {
		return err
	}
	c, err := t.comparison(ctx, Justice, "dimitra", here)
	if err != nil {
		return err
	}
	hits := slices.DeleteFunc(slices.Clone(c.Found), func(h matching.Hit) bool { return h.Record != here }) // what was furnished may be found too
	hit := len(hits) == 1 && hits[0].Strong && slices.Equal(hits[0].Kinds, []string{"phone"})
	t.shows(hit, "each has written the number in its own way; the prosecutor's office learns that the police office knows it too")
	t.hit = c.ID
	theirs, err := t.comparison(ctx, Police, "agim", journal.ID{})
	if err != nil {
		return err
	}
	t.shows(!theirs.Here() && len(theirs.Found) == 0, "the police office learns that it was asked and when, not what, nor that anything was found")
	b, err := json.Marshal(c)
	t.shows(err == nil && !anywhere(opened{State: b}, plantedHolder, plantedHere), "no record was shown")
	if err != nil {
		return err
	}
	return t.oversees(ctx, c)
}

// oversees lets oversight of the office that was asked have opened on what the question rested.
func (t *story) oversees(ctx context.Context, c matching.Comparison) error {
	path := matching.Path + "/" + c.ID.String() + "/"
	for _, x := range []struct {
		p          Place
		login, act string
		form       url.Values
	}{{Police, "petrit", "doubt", url.Values{"reason": {"routine"}}}, {Justice, "katerina", "open", nil}} {
		if _, err := t.s.at(x.p, x.login).browse(ctx, http.MethodPost, path+x.act, x.form); err != nil {
			return err
		}
		if err := t.s.Deliver(ctx); err != nil {
			return err
		}
	}
	o, err := t.s.open(ctx, t.s.at(Police, "petrit"), access.ForIdentification, access.KindComparison, c.ID)
	if err != nil {
		return err
	}
	var theirs matching.Comparison
	if err := json.Unmarshal(o.State, &theirs); err != nil {
		return err
	}
	t.shows(theirs.Shown != nil && theirs.Shown.Fits && len(theirs.Shown.Opening.Lines) > 0 && !anywhere(o, plantedThere),
		"oversight of the police office has opened on what the question rested: a code of the other office's, and it is what that one was bound to")
	return nil
}

// compares does the night's comparing at both offices.
func (s *Stage) compares(ctx context.Context) error {
	for _, p := range []Place{Police, Justice} {
		var night matching.Report
		if err := s.Offices[p].ask(ctx, "compare", app.Of{}, &night); err != nil {
			return err
		}
		if err := s.Deliver(ctx); err != nil {
			return err
		}
	}
	return nil
}

// comparison opens the one that found something of a record; of none, one that was asked by the other office.
func (t *story) comparison(ctx context.Context, p Place, login string, of journal.ID) (c matching.Comparison, err error) {
	w := t.s.at(p, login)
	var list struct{ Rows []struct{ ID journal.ID } }
	if err := w.do(ctx, http.MethodGet, "/dossiers/"+access.KindComparison, purpose(string(access.ForIdentification)), nil, &list); err != nil {
		return c, err
	}
	for _, row := range list.Rows {
		o, err := t.s.open(ctx, w, access.ForIdentification, access.KindComparison, row.ID)
		if err != nil {
			return c, err
		}
		c = matching.Comparison{}
		if err := json.Unmarshal(o.State, &c); err != nil {
			return c, err
		}
		if of.IsZero() && !c.Here() || slices.ContainsFunc(c.Found, func(h matching.Hit) bool { return h.Record == of }) {
			return c, nil
		}
	}
	return matching.Comparison{}, nil
}

// suspicions fills the rooms of the police and the prosecutor's office: what they suspect, what of it both know, and a request
// that waits for its answer. All of it is invented.
func (s *Stage) suspicions(ctx context.Context) error {
	for _, k := range []subject.Known{{Case: "File 3 (fictitious)", Names: []string{"Artan Invented"}, Born: "1984", Phones: []string{"+355 69 555 01 77"}}, {Case: "File 3 (fictitious)", Plates: []string{"ZZ 1234"}}} {
		if _, err := s.suspects(ctx, Justice, "dimitra", k); err != nil {
			return err
		}
	}
	for _, k := range []subject.Known{{Case: "Case 8 (fictitious)", Phones: []string{"00355 69 555 0177"}}, {Case: "Case 9 (fictitious)", Names: []string{"Bora Imagined"}, Born: "1990-02"}} {
		if _, err := s.suspects(ctx, Police, "agim", k); err != nil {
			return err
		}
	}
	if err := s.compares(ctx); err != nil {
		return err
	}
	id, police := s.newID(), s.Offices[Police]
	draft := request.Draft{To: police.ID, Second: s.Offices[Justice].Workers["stavros"], Asked: request.Asked{Basis: "police_cooperation", Purpose: "investigation", Questions: []string{"vehicle_keeper", "travel"},
		Urgency: "urgent", Due: s.now.AddDate(0, 0, 10).Format(time.DateOnly), Handling: []string{"H2"}, Legal: &request.Legal{Article: "Article 3 of the protocol (fictitious)", Reference: "File 3"}, Subject: &request.Subject{Plates: []string{"ZZ 1234"}},
		Facts: "The vehicle was seen twice where flats were let under invented names (fictitious)."}}
	if err := s.entry(ctx, s.at(Justice, "dimitra"), access.ForExchange, access.KindRequest, id, request.DraftedType, draft); err != nil {
		return err
	}
	if err := s.entry(ctx, s.at(Justice, "stavros"), access.ForExchange, access.KindRequest, id, request.SentType, request.Sending{To: police.ID}); err != nil {
		return err
	}
	if err := s.Deliver(ctx); err != nil {
		return err
	}
	return s.entry(ctx, s.at(Police, "agim"), access.ForExchange, access.KindRequest, id, request.TakenType, request.Taken{Worker: police.Workers["agim"]})
}

// asks lets the request follow that people write to each other: two persons ask, one answers, and it is taken back.
func (t *story) asks(ctx context.Context) error {
	id, police := t.s.newID(), t.s.Offices[Police]
	does := func(p Place, login, typ string, payload any) error {
		err := t.s.entry(ctx, t.s.at(p, login), access.ForExchange, access.KindRequest, id, typ, payload)
		if err == nil {
			err = t.s.Deliver(ctx)
		}
		return err
	}
	draft := request.Draft{To: police.ID, Second: t.s.Offices[Justice].Workers["stavros"], Origin: t.hit, Asked: request.Asked{Basis: "police_cooperation", Purpose: "investigation", Questions: []string{"phone_holder"},
		Urgency: "normal", Due: t.s.now.AddDate(0, 0, 14).Format(time.DateOnly), Handling: []string{"H2"}, Legal: &request.Legal{Article: "Article 3 of the protocol (fictitious)"}, Subject: &request.Subject{Phones: []string{plantedThere}}}}
	if err := does(Justice, "dimitra", request.DraftedType, draft); err != nil {
		return err
	}
	err := does(Justice, "dimitra", request.SentType, request.Sending{To: police.ID})
	t.shows(refusedAs(err, "guarded"), "who has drafted a request does not send it")
	for _, x := range []struct {
		p          Place
		login, typ string
		payload    any
	}{
		{Justice, "stavros", request.SentType, request.Sending{To: police.ID}},
		{Police, "agim", request.TakenType, request.Taken{Worker: police.Workers["agim"]}},
		{Police, "agim", request.AcceptedType, request.Said{Outcome: request.Accepted}},
		{Police, "agim", request.AnsweredType, request.Said{Outcome: request.Answered, Answers: []string{"phone_holder"}, Handling: []string{"H1", "H2"}, Report: plantedReport}},
	} {
		if err := does(x.p, x.login, x.typ, x.payload); err != nil {
			return err
		}
	}
	answer, err := t.s.open(ctx, t.s.at(Justice, "dimitra"), access.ForExchange, access.KindRequest, id)
	if err != nil {
		return err
	}
	t.shows(anywhere(answer, plantedReport), "the second person sends it; the answer comes back, not for court without permission and not to be passed on")
	if err := does(Justice, "dimitra", request.WithdrawnType, request.Ended{Reason: "no_longer_needed"}); err != nil {
		return err
	}
	theirs, err := t.s.open(ctx, t.s.at(Police, "agim"), access.ForExchange, access.KindRequest, id)
	if err != nil {
		return err
	}
	t.shows(!anywhere(theirs, plantedThere), "taken back, what was asked is erased at the police office")
	ours, err := t.s.open(ctx, t.s.at(Justice, "dimitra"), access.ForExchange, access.KindRequest, id)
	if err != nil {
		return err
	}
	var s request.State
	if err := json.Unmarshal(ours.State, &s); err != nil {
		return err
	}
	t.shows(slices.Equal(s.Erased, []journal.ID{police.ID}), "which confirms it")
	return nil
}
