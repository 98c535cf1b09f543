// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/grant"
	"github.com/entraide-thb/entraide/internal/programme/study"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// granted is what the doors know of grants and studies.
type granted struct{ call, application, assessment, award, fund, studied journal.ID }

// grants makes a call of the office's own with an application that is assessed, and a grant that another office told it of.
func (d *doors) grants() granted {
	d.Helper()
	officer := d.people["near-programme_officer"]
	post, err := d.n.Job(d.lodge, "post", access.ForExchange)
	d.must(err)
	write := func(w store.Who, kind string, id journal.ID, typ string, payload any) {
		d.Helper()
		_, err := d.n.Store.Append(d.Context(), w, store.Ref{Kind: kind, ID: id}, store.Draft{Type: typ, Payload: payload})
		d.must(err)
	}
	who, today := officer.who(access.ForProgramme), party.OnDay(d.clock.Now())
	g := granted{call: d.n.newID(), application: d.n.newID(), fund: d.n.newID(), studied: d.n.newID()}
	notice := grant.Notice{Code: "CALL", Title: wording.New("en", "planted"), Closes: today, Currency: "EUR", Criteria: []grant.Criterion{{Code: "c1", Name: wording.New("en", "planted"), Weight: 1}}}
	filed := grant.Filed{Call: g.call, Applicant: "planted", Title: "planted", Language: "en", Text: "planted", Amount: 1}
	theirs, sent := d.n.newID(), d.n.newID()
	write(post, access.KindCall, theirs, grant.CameType, grant.Came{Notice: notice, Office: d.partner})
	elsewhere := filed
	elsewhere.Call = theirs
	write(who, access.KindApplication, sent, grant.FiledType, elsewhere)
	g.award = grant.AwardRef(sent).ID
	write(post, access.KindAward, g.award, grant.ToldType, grant.Told{Office: d.partner, Application: sent, Grantee: "planted", Project: "planted", Amount: 1, Currency: "EUR", Status: grant.Running,
		Instalments: []grant.Instalment{{Amount: 1, Paid: today}}})
	write(who, access.KindCall, g.call, grant.AnnouncedType, notice)
	write(who, access.KindCall, g.call, grant.OpenedType, grant.Opened{On: today})
	write(who, access.KindCall, g.call, grant.PanelledType, grant.Panelled{Members: []grant.Member{{Assessor: d.people["near-lawyer"].id}}})
	write(who, access.KindApplication, g.application, grant.FiledType, filed)
	write(who, access.KindApplication, g.application, grant.ExaminedType, grant.Examined{})
	g.assessment = grant.AssessmentRef(g.application, d.people["near-lawyer"].id).ID
	write(who, access.KindAssessment, g.assessment, grant.AssignedType, grant.Assigned{Call: g.call, Application: g.application, Assessor: d.people["near-lawyer"].id, Applicant: "planted", Title: "planted", Language: "en", Text: "planted", Amount: 1})
	write(who, access.KindAward, g.fund, grant.FlowType, grant.Flow{What: grant.Contribution, Fund: "planted", From: "planted", Source: party.Source{Document: "planted"}})
	write(who, access.KindStudy, g.studied, study.CommissionedType, study.Commission{Title: wording.New("en", "planted")})
	return g
}
