// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/app/demo"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/consent"
	"github.com/entraide-thb/entraide/internal/protect/referral"
	"github.com/entraide-thb/entraide/internal/protect/services"
)

// How much is torn: so many writes that a kill left without an answer, over at least so many kills of either office, with
// at least so many referrals answered and handed over.
const (
	tornWrites  = 200
	leastKills  = 12
	leastPassed = 12
	writers     = 8 // at each office

	// Before each of the first kills an office has room to work: until a referral was handed over, at most so long. Then
	// come up to so many acknowledgements. Each kill puts post off, the longer the more there were.
	roomyKills = 6
	room       = 1500 * time.Millisecond
	mostAcks   = 8

	patience = 8 * time.Minute // usually it takes half of one
)

// killing lets workers of two offices write, offer, answer and hand over, while their offices are killed at
// random moments. A worker whose request got no answer sends the very same again, as a phone would.
type killing struct {
	t    *testing.T
	ctx  context.Context // ends when a worker fails, or when patience does
	stop context.CancelFunc
	s    *demo.Stage
	now  time.Time // of the offices
	up   map[demo.Place]*sync.RWMutex
	acks map[demo.Place]chan struct{}
	torn atomic.Int64
	over atomic.Bool

	answered, handed atomic.Int64                 // referrals
	passed           map[demo.Place]chan struct{} // one was handed over, told to the one who kills the office

	mu    sync.Mutex                                          // guards what follows
	notes map[demo.Place]map[journal.ID]map[journal.ID]string // office -> file -> acknowledged note -> its words
	sent  map[journal.ID]journal.ID                           // referral -> file

	waiting []journal.ID // referrals offered and not handed over, those that have waited longest first
}

// watch begins to note what is acknowledged.
func watch(t *testing.T, s *demo.Stage) *killing {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	t.Cleanup(stop)
	k := &killing{t: t, ctx: ctx, stop: stop, s: s, up: map[demo.Place]*sync.RWMutex{}, acks: map[demo.Place]chan struct{}{}, passed: map[demo.Place]chan struct{}{}, notes: map[demo.Place]map[journal.ID]map[journal.ID]string{}, sent: map[journal.ID]journal.ID{}}
	for _, p := range []demo.Place{demo.Greek, demo.Albanian} {
		k.up[p], k.acks[p], k.passed[p], k.notes[p] = &sync.RWMutex{}, make(chan struct{}, 1000), make(chan struct{}, 1), map[journal.ID]map[journal.ID]string{}
	}
	var st app.Status
	if err := s.Ask(t.Context(), demo.Greek, "status", app.Empty{}, &st); err != nil {
		t.Fatal(err)
	}
	k.now = st.Now
	return k
}

func TestKillsTearNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	seed := uint64(time.Now().UnixNano())
	if s, err := strconv.ParseUint(os.Getenv("ENTRAIDE_TEST_SEED"), 10, 64); err == nil {
		seed = s
	}
	t.Logf("ENTRAIDE_TEST_SEED=%d", seed)
	s := stage(t)
	k := watch(t, s)
	eleni, arta := k.people(demo.Greek, "eleni"), k.people(demo.Albanian, "arta")
	var work, kills sync.WaitGroup
	killed := map[demo.Place]*int{}
	for i, p := range []demo.Place{demo.Greek, demo.Albanian} {
		killed[p] = new(int)
		dice := rand.New(rand.NewPCG(seed, uint64(i)))
		kills.Go(func() { *killed[p] = k.kill(p, dice) })
	}
	for i := range writers {
		work.Go(func() { k.work(eleni[i], i, k.refer) })
		work.Go(func() { k.work(arta[i], i, k.answer) })
	}
	kills.Wait()
	k.pass()
	k.over.Store(true)
	work.Wait()
	if t.Failed() {
		return
	}
	if err := k.ctx.Err(); err != nil {
		t.Fatalf("%v: only %d writes were torn, %d referrals answered, %d handed over", err, k.torn.Load(), k.answered.Load(), k.handed.Load())
	}
	k.settle()
	k.checkFiles()
	k.checkReferrals()
	checkVerify(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	greek, albanian := k.tables(demo.Greek), k.tables(demo.Albanian)
	matchPosts(t, greek, albanian)
	matchPosts(t, albanian, greek)
	if len(greek.sent) < leastPassed || len(albanian.sent) < leastPassed {
		t.Errorf("only %d and %d messages were sent", len(greek.sent), len(albanian.sent))
	}
	t.Logf("%d writes and deliveries torn by %d and %d kills; %d referrals, %d answered, %d handed over; %d and %d messages sent, %d of them more than once", k.torn.Load()+greek.again+albanian.again, *killed[demo.Greek], *killed[demo.Albanian],
		len(k.sent), k.answered.Load(), k.handed.Load(), len(greek.sent), len(albanian.sent), greek.again+albanian.again)
}

// people signs a worker in on several screens. That happens before the first kill: each torn try at a password
// counts against the account, as it should.
func (k *killing) people(p demo.Place, login string) (out []*client) {
	for range writers {
		c := at(k.s, p, login)
		if err := c.signIn(k.ctx); err != nil {
			k.t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// kill kills an office after a few acknowledgements, again and again, until enough was torn.
func (k *killing) kill(p demo.Place, dice *rand.Rand) (kills int) {
	for ; kills < leastKills || k.torn.Load() < tornWrites; kills++ {
		if kills < roomyKills && !k.oneMore(p, room) {
			return kills
		}
		for range dice.IntN(mostAcks) {
			select {
			case <-k.acks[p]:
			case <-k.ctx.Done():
				return kills
			}
		}
		k.up[p].Lock() // who comes now waits; who is inside is torn
		err := errors.Join(k.s.Cut(p), k.s.Resume(k.ctx, p))
		for len(k.acks[p]) > 0 {
			<-k.acks[p]
		}
		k.up[p].Unlock()
		if err != nil {
			if k.ctx.Err() == nil {
				k.t.Errorf("%s after kill %d: %v", p, kills+1, err)
				k.stop()
			}
			return kills
		}
	}
	return kills
}

// oneMore waits until another referral was handed over, or for so long. It gives false when the test has ended.
func (k *killing) oneMore(p demo.Place, most time.Duration) bool {
	after := time.NewTimer(most)
	defer after.Stop()
	select {
	case <-k.passed[p]:
	case <-after.C:
	case <-k.ctx.Done():
		return false
	}
	return true
}

// pass lets the offices work on unharmed until enough referrals went all the way.
func (k *killing) pass() {
	for (k.answered.Load() < leastPassed || k.handed.Load() < leastPassed) && k.oneMore(demo.Greek, room) {
	}
}

// work lets a worker do one round after the other until the kills are over.
func (k *killing) work(c *client, n int, round func(c *client, name string) error) {
	for i := 0; !k.over.Load() && k.ctx.Err() == nil; i++ {
		if err := round(c, fmt.Sprintf("%s %d %d", c.login, n, i)); err != nil && !errors.Is(err, errOver) {
			k.t.Errorf("%s: %v", c.login, err)
			k.stop()
			return
		}
	}
}

// errOver says that the test has ended or failed.
var errOver = errors.New("over")

// errTorn says that no answer came.
var errTorn = errors.New("torn")

// wait waits until an office is up. It holds nothing: the kill must be able to tear the request that follows.
func (k *killing) wait(p demo.Place) {
	k.up[p].RLock()
	defer k.up[p].RUnlock()
}

// try sends a request once the office is up. It gives errTorn when no answer came.
func (k *killing) try(c *client, method, path string, in any) (answer, error) {
	k.wait(c.office.Place)
	a, err := c.call(k.ctx, method, path, in)
	if err != nil {
		if k.ctx.Err() == nil && method == http.MethodPost {
			k.torn.Add(1)
		}
		return a, errors.Join(errTorn, k.ctx.Err())
	}
	return a, nil
}

// write sends the same request until it is acknowledged. done says, of one that is refused after it was torn,
// whether it had gone through before; nil where the request carries its own id.
func (k *killing) write(c *client, path string, in any, done func() (bool, error)) error {
	torn := false
	for k.ctx.Err() == nil {
		a, err := k.try(c, http.MethodPost, path, in)
		switch {
		case err != nil:
			torn = true
			continue
		case a.code == http.StatusOK || a.code == http.StatusNoContent:
		case a.code == http.StatusServiceUnavailable:
			continue
		default:
			if torn && done != nil {
				if ok, err := done(); err == nil && ok {
					return nil
				}
			}
			return fmt.Errorf("%s: %d %s", path, a.code, a.body)
		}
		select {
		case k.acks[c.office.Place] <- struct{}{}:
		default:
		}
		return nil
	}
	return errors.Join(errOver, k.ctx.Err())
}

// read asks until there is an answer.
func (k *killing) read(c *client, path string, out any) error {
	for k.ctx.Err() == nil {
		a, err := k.try(c, http.MethodGet, path, nil)
		if err != nil || a.code == http.StatusServiceUnavailable {
			continue
		}
		if a.code != http.StatusOK {
			return fmt.Errorf("%s: %d %s", path, a.code, a.body)
		}
		return json.Unmarshal(a.body, out)
	}
	return errors.Join(errOver, k.ctx.Err())
}

func (k *killing) entry(c *client, purpose, kind string, dossier journal.ID, typ string, payload any) (journal.ID, error) {
	id := newID()
	return id, k.write(c, "/dossiers/"+kind+"/"+dossier.String()+"/entries?purpose="+purpose, entry{id, typ, payload}, nil)
}

// file opens a file with two notes.
func (k *killing) file(c *client, name string) (journal.ID, error) {
	in := struct {
		ID journal.ID `json:"id"`
		casework.Registered
		None     bool              `json:"none"`
		Identity casework.Identity `json:"identity"`
	}{newID(), casework.Registered{Code: "Olive", Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}, Fictitious: true}, true, casework.Identity{Names: []string{name}}}
	if err := k.write(c, "/people?purpose=assistance", in, nil); err != nil {
		return in.ID, err
	}
	for i := range 2 {
		words := fmt.Sprintf("note %d of %s", i, name)
		id, err := k.entry(c, "assistance", "person", in.ID, "note.added", casework.Noted{Sort: "account", Account: words})
		if err != nil {
			return in.ID, err
		}
		k.mu.Lock()
		if k.notes[c.office.Place][in.ID] == nil {
			k.notes[c.office.Place][in.ID] = map[journal.ID]string{}
		}
		k.notes[c.office.Place][in.ID][id] = words
		k.mu.Unlock()
	}
	return in.ID, nil
}

// refer is a round of the Greek worker: a file, an offer, and a hand-over of what was accepted meanwhile.
func (k *killing) refer(c *client, name string) error {
	id, err := k.file(c, name)
	if err != nil {
		return err
	}
	if _, err := k.offer(c, id); err != nil {
		return err
	}
	select {
	case k.acks[demo.Albanian] <- struct{}{}: // the offer travels at this moment
	default:
	}
	return k.handOver(c)
}

// offer sends a coded offer to the Albanian office, with a consent to be told of, named and quoted.
func (k *killing) offer(c *client, id journal.ID) (journal.ID, error) {
	to, need, ref := k.s.Offices[demo.Albanian].ID, newID(), newID()
	for _, x := range []entry{
		{Type: "consent.given", Payload: consent.Given{Receipt: newID(), Purpose: consent.Referral, Recipient: to, Categories: []journal.Category{journal.D0, journal.D2, journal.D3}, Language: "sq",
			Interpreting: consent.Interpreter, By: consent.ByPerson, Expires: k.now.AddDate(0, 3, 0)}},
		{Type: "service.need_identified", Payload: services.Noted{Need: need, Code: "legal", Urgency: "week"}},
		{Type: "referral.drafted", Payload: referral.Drafted{Referral: ref, Recipient: to, NeedID: need, Offer: referral.Offer{Need: "legal", Age: "adult", Sex: "f", Languages: []string{"sq"}, Urgency: "week"}}},
		{Type: "referral.risk_assessed", Payload: referral.Assessed{Referral: ref, Risk: referral.Risk{Level: "low"}}},
	} {
		if _, err := k.entry(c, "assistance", "person", id, x.Type, x.Payload); err != nil {
			return ref, err
		}
	}
	err := k.write(c, "/people/"+id.String()+"/referrals/"+ref.String()+"/offer?purpose=referral", map[string]time.Time{"until": k.now.AddDate(0, 0, 20)}, func() (bool, error) {
		o, err := k.out(c, id, ref)
		return !o.OfferedAt.IsZero(), err
	})
	k.mu.Lock()
	if k.sent[ref] = id; err == nil {
		k.waiting = append(k.waiting, ref)
	}
	k.mu.Unlock()
	return ref, err
}

// out is a referral as its sender sees it.
func (k *killing) out(c *client, file, ref journal.ID) (referral.Out, error) {
	var o opened
	if err := k.read(c, "/dossiers/person/"+file.String()+"?purpose=assistance", &o); err != nil {
		return referral.Out{}, err
	}
	var p struct{ Referral struct{ Out []referral.Out } }
	if err := json.Unmarshal(o.State, &p); err != nil || len(p.Referral.Out) != 1 {
		return referral.Out{}, fmt.Errorf("%d referrals in one file, %v", len(p.Referral.Out), err)
	}
	return p.Referral.Out[0], nil
}

// next takes the referral that has waited longest for its hand-over; ok is false when none waits.
func (k *killing) next() (ref, file journal.ID, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.waiting) == 0 {
		return ref, file, false
	}
	ref, k.waiting = k.waiting[0], k.waiting[1:]
	return ref, k.sent[ref], true
}

// later puts a referral back that could not be handed over yet.
func (k *killing) later(ref journal.ID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.waiting = append(k.waiting, ref)
}

// handOver hands over what was accepted of a few referrals.
func (k *killing) handOver(c *client) error {
	for range 4 {
		ref, id, ok := k.next()
		if !ok {
			return nil
		}
		o, err := k.out(c, id, ref)
		if err != nil {
			return err
		}
		if o.Status != referral.Accepted {
			k.later(ref)
			continue
		}
		path := "/people/" + id.String() + "/referrals/" + ref.String()
		var preview struct{ Hash string }
		if err := k.read(c, path+"/preview?purpose=referral", &preview); err != nil {
			return err
		}
		err = k.write(c, path+"/hand-over?purpose=referral", map[string]string{"hash": preview.Hash}, func() (bool, error) {
			o, err := k.out(c, id, ref)
			return !o.HandedAt.IsZero(), err
		})
		if err != nil {
			return err
		}
		k.handed.Add(1)
		for _, told := range k.passed {
			select {
			case told <- struct{}{}:
			default:
			}
		}
	}
	return nil
}

// answer is a round of the Albanian focal point: yes to what came, and a file of her own.
func (k *killing) answer(c *client, name string) error {
	var list struct{ Rows []struct{ ID journal.ID } }
	if err := k.read(c, "/dossiers/referral_in?purpose=referral&state=offered&limit=5", &list); err != nil {
		return err
	}
	for _, r := range list.Rows {
		_, err := k.entry(c, "referral", "referral_in", r.ID, "incoming.answered", referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}})
		var in struct{ Status referral.Status }
		var o opened
		if err != nil { // a colleague answered it meanwhile
			if err := k.read(c, "/dossiers/referral_in/"+r.ID.String()+"?purpose=referral", &o); err != nil {
				return err
			}
			if err := json.Unmarshal(o.State, &in); err != nil || in.Status == referral.Offered {
				return fmt.Errorf("an offer cannot be answered: %v", err)
			}
			continue
		}
		k.answered.Add(1)
	}
	_, err := k.file(c, name)
	return err
}
