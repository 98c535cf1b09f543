// SPDX-License-Identifier: EUPL-1.2

package recommendation_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/actors"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/programmetest"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// ring is a coordinator's office and those of two owners.
type ring struct {
	*programmetest.Ring
	host, ministry, ngo *programmetest.Member
	made                recommendation.Made
	owners              []journal.ID // organisations, of the host
}

func newRing(t *testing.T) *ring {
	t.Helper()
	r := programmetest.NewRing(t, func(m *programmetest.Member) {
		recommendation.Mail{Mail: between.Mail{Store: m.Store, Job: m.Job}}.Register(m.Mail)
	}, "RO", "FR", "AL")
	b := &ring{Ring: r, host: r.Members[0], ministry: r.Members[1], ngo: r.Members[2]}
	b.host.Load()
	orgs, err := register.All[actors.OrganisationLine](b.host.Ctx, b.host.Store, b.host.Officer, store.Query{Kind: access.KindOrganisation})
	b.host.Must(err)
	b.owners = []journal.ID{orgs[0].ID, orgs[1].ID}
	b.made = recommendation.Made{Source: "Body", Document: "Report, 2025", Paragraph: "84", Country: "RO", Strength: "urge", Text: wording.New("en", "Train the police")}
	b.host.Must(b.write(b.host, recommendation.MadeType, b.made))
	b.host.Must(b.write(b.host, recommendation.OwnedType, recommendation.Owned{Owners: b.owners, Due: b.today(0)}))
	return b
}

func (b *ring) today(days int) party.PartialDate {
	return party.OnDay(b.Clock.Now().AddDate(0, 0, days))
}

func (b *ring) ref(m *programmetest.Member) store.Ref {
	ref := recommendation.Ref(b.host.Owner, b.made)
	if m == b.host {
		return ref
	}
	return recommendation.AssignedRef(m.Owner, b.host.Owner, ref.ID)
}

func (b *ring) write(m *programmetest.Member, typ string, payload any) error {
	b.Clock.Advance(time.Second)
	_, err := m.Store.Append(m.Ctx, m.Officer, b.ref(m), store.Draft{Type: typ, Payload: payload})
	return err
}

func (b *ring) at(m *programmetest.Member) recommendation.Recommendation {
	b.T.Helper()
	o, err := m.Store.Open(m.Ctx, m.Officer, b.ref(m))
	m.Must(err)
	return o.State.(recommendation.Recommendation)
}

func (b *ring) report(text string) recommendation.Reported {
	return recommendation.Reported{On: b.today(0), Text: wording.New("en", text), Evidence: "Register of the academy"}
}

// TestAnOwnersOfficeReportsAndAnotherRefuses: each owner's office gets the recommendation, also one that was away for days;
// progress comes back with its evidence under the owner's name, a refusal with its reason, once each.
func TestAnOwnersOfficeReportsAndAnotherRefuses(t *testing.T) {
	b := newRing(t)
	b.ngo.Away = true
	b.host.Must(b.write(b.host, recommendation.AssignedType, recommendation.Assigned{Owner: b.owners[0], Office: b.ministry.Owner}))
	b.host.Must(b.write(b.host, recommendation.AssignedType, recommendation.Assigned{Owner: b.owners[1], Office: b.ngo.Owner}))
	b.Deliver()
	if x := b.at(b.ministry); x.Made.Paragraph != "84" || x.From != b.host.Owner || x.Owned.Due != b.today(0) || len(x.Owned.Owners) != 0 {
		t.Fatalf("%+v", x)
	}
	b.ministry.Must(b.write(b.ministry, recommendation.ReportedType, b.report("Two officers were trained")))
	b.Deliver()
	if x := b.at(b.host); len(x.Reports) != 1 || x.Reports[0].Owner != b.owners[0] || x.Reports[0].Evidence != "Register of the academy" {
		t.Fatalf("%+v", x.Reports)
	}
	b.Clock.Advance(5 * 24 * time.Hour)
	b.ngo.Away = false
	b.Deliver()
	b.ngo.Must(b.write(b.ngo, recommendation.RefusedType, recommendation.Refused{On: b.today(0), Reason: "Training is not our mandate"}))
	if err := b.write(b.ngo, recommendation.RefusedType, recommendation.Refused{On: b.today(0), Reason: "Again"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("refused twice: %v", err)
	}
	b.Deliver()
	x := b.at(b.host)
	at := slices.IndexFunc(x.Assigned, func(a recommendation.Assignment) bool { return a.Office == b.ngo.Owner })
	if x.Assigned[at].Refused.Reason != "Training is not our mandate" || x.Assigned[1-at].Refused.Reason != "" || len(x.Reports) != 1 {
		t.Errorf("%+v", x.Assigned)
	}
	// Asked again, it is open again on both sides; the list of each office finds what others ask.
	b.host.Must(b.write(b.host, recommendation.AssignedType, recommendation.Assigned{Owner: b.owners[1], Office: b.ngo.Owner}))
	b.Deliver()
	if x := b.at(b.ngo); x.Refused.Reason != "" {
		t.Errorf("asked again, it is still refused there: %+v", x.Refused)
	}
	rows, err := recommendation.List(b.ngo.Ctx, b.ngo.Store, b.ngo.Officer, nil)
	b.ngo.Must(err)
	if len(rows) != 1 || rows[0].V.From != b.host.Owner {
		t.Errorf("%+v", rows)
	}
}

// TestAnswersInAnyOrderAndTwiceAreThereOnce: what an owner's office wrote while it was away comes shuffled and thrice.
func TestAnswersInAnyOrderAndTwiceAreThereOnce(t *testing.T) {
	b := newRing(t)
	b.host.Must(b.write(b.host, recommendation.AssignedType, recommendation.Assigned{Owner: b.owners[0], Office: b.ministry.Owner}))
	b.Clock.Advance(time.Hour)
	b.host.Must(b.write(b.host, recommendation.AssignedType, recommendation.Assigned{Owner: b.owners[0], Office: b.ministry.Owner}))
	shuffled := func(from, to *programmetest.Member, wait int) {
		t.Helper()
		sealed := from.Waiting(to)
		if len(sealed) != wait {
			t.Fatalf("%d messages wait", len(sealed))
		}
		order := slices.Concat(sealed, sealed, sealed)
		rng := rand.New(rand.NewPCG(3, 7))
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, x := range order {
			if _, err := to.Mail.Receive(to.Ctx, to.Owner, x); err != nil {
				t.Fatal(err)
			}
		}
	}
	shuffled(b.host, b.ministry, 2)
	b.Deliver()
	for _, text := range []string{"First", "Second", "Third"} {
		b.ministry.Must(b.write(b.ministry, recommendation.ReportedType, b.report(text)))
	}
	b.ministry.Must(b.write(b.ministry, recommendation.RefusedType, recommendation.Refused{On: b.today(0), Reason: "No more"}))
	shuffled(b.ministry, b.host, 4)
	b.Deliver()
	x := b.at(b.host)
	var said []string
	for _, r := range x.Reports {
		said = append(said, r.Text.In("en").Text)
	}
	slices.Sort(said)
	if strings.Join(said, " ") != "First Second Third" || x.Assigned[0].Refused.Reason != "No more" {
		t.Errorf("%v, %+v", said, x.Assigned)
	}
}

// TestEachOfficeKeepsToItsPart: an owner judges nothing, nobody answers for an office that was not asked, and the post does
// nothing else than carry.
func TestEachOfficeKeepsToItsPart(t *testing.T) {
	b := newRing(t)
	if err := b.write(b.host, recommendation.AssignedType, recommendation.Assigned{Owner: b.ngo.Store.NewID(), Office: b.ministry.Owner}); !fault.Is(err, fault.Invalid) {
		t.Errorf("assigned to whom it does not belong: %v", err)
	}
	b.host.Must(b.write(b.host, recommendation.AssignedType, recommendation.Assigned{Owner: b.owners[0], Office: b.ministry.Owner}))
	b.Deliver()
	for typ, p := range map[string]any{recommendation.JudgedType: recommendation.Judged{State: "partly", By: "us", On: b.today(0), Why: "so"}, recommendation.MadeType: b.made, recommendation.OwnedType: recommendation.Owned{},
		recommendation.AssignedType: recommendation.Assigned{Owner: b.owners[0], Office: b.ngo.Owner}, recommendation.ReceivedType: recommendation.Received{From: b.host.Owner, Recommendation: b.ref(b.host).ID, Made: b.made}} {
		if err := b.write(b.ministry, typ, p); !fault.Is(err, fault.Guarded) {
			t.Errorf("an owner's office writes %s: %v", typ, err)
		}
	}
	if err := b.write(b.host, recommendation.RefusedType, recommendation.Refused{Office: b.ministry.Owner, On: b.today(0), Reason: "x"}); !fault.Is(err, fault.Guarded) {
		t.Errorf("the host refuses for an owner: %v", err)
	}
	r := b.report("In another's name")
	r.Owner = b.owners[1]
	if err := b.write(b.ministry, recommendation.ReportedType, r); !fault.Is(err, fault.Invalid) {
		t.Errorf("an owner's office reports for another owner: %v", err)
	}
}
