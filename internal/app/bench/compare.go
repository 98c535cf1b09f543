// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/identity"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
)

// Compared is two offices with so many records each, of which each compares all with the other's, over the post.
type Compared struct {
	Records   int     `json:"records"`
	Both      int     `json:"both"`      // people whom both know
	Table     Work    `json:"table"`     // from the night's beginning to a whole table at the other office
	Bytes     int64   `json:"bytes"`     // of that table
	Questions int     `json:"questions"` // one office's about all its records,
	Elements  int     `json:"elements"`  // with what fills them up
	Asking    Work    `json:"asking"`    // from the night's beginning to the last answer looked up, both offices together; the other one's table is in it
	Found     int     `json:"found"`     // of those whom both know, by a strong match
	Wrong     int     `json:"wrong"`     // strong matches of others
	Case      float64 `json:"case"`      // milliseconds of processor time that one question about a new record takes both offices, the page included
	Evaluated float64 `json:"evaluated"` // of these, for blinding, evaluating with a proof, verifying and finishing a question of twelve keys,
	Carried   float64 `json:"carried"`   // and for sealing, carrying and receipting two messages
	Wait      float64 `json:"wait"`      // milliseconds from asking to the answer looked up, median
	Resident  int64   `json:"resident"`  // memory of the process that holds both offices
}

// comparedWorker is who records in a measured office.
const comparedWorker = "worker"

// compare measures two police offices that run as they ship, in one process, at each number of records.
func (c Config) compare(ctx context.Context) (out []Compared, err error) {
	for _, n := range c.Records {
		x, err := c.compareAt(ctx, n)
		if err != nil {
			return out, err
		}
		c.say("comparing %d records with %d: table %s in %.1f s (processor %.1f s); %d questions in %.1f s (processor %.1f s); %d of %d found, %d wrong; a new case %.2f ms of processor time (evaluations %.2f, post %.2f), %.0f ms; %s of memory", n, n,
			megabytes(x.Bytes), x.Table.Wall, x.Table.CPU, x.Questions, x.Asking.Wall, x.Asking.CPU, x.Found, x.Both, x.Wrong, x.Case, x.Evaluated, x.Carried, x.Wait, megabytes(x.Resident))
		out = append(out, x)
	}
	return out, nil
}

func (c Config) compareAt(ctx context.Context, n int) (x Compared, err error) {
	ctx, stop := context.WithCancel(ctx)
	serving := new(errgroup.Group)
	var offices [2]*posting
	defer func() {
		stop()
		err = errors.Join(err, serving.Wait())
		for _, o := range offices {
			if o != nil {
				err = errors.Join(err, o.Close())
			}
		}
	}()
	for i := range offices {
		if offices[i], err = openPosting(ctx, filepath.Join(c.Dir, fmt.Sprintf("compared-%d-%d", n, i)), access.Police, serving); err != nil {
			return x, err
		}
	}
	a, b := offices[0], offices[1]
	if err := introduce(ctx, a, b, terms.Matching, journal.D0); err != nil {
		return x, err
	}
	x = Compared{Records: n, Both: n / 10}
	shared := map[journal.ID]bool{}
	for i, o := range offices {
		if err := o.know(ctx, c.Seed, uint64(i+1), n, x.Both, shared); err != nil {
			return x, err
		}
	}
	if x.Table, err = worked(func() error { return a.shows(ctx, b) }); err != nil {
		return x, err
	}
	if x.Asking, err = worked(func() error { return b.asksAll(ctx) }); err != nil {
		return x, err
	}
	if err := b.count(ctx, &x, shared); err != nil {
		return x, err
	}
	if x.Case, x.Wait, err = b.newCases(ctx, a); err != nil {
		return x, err
	}
	if x.Evaluated, err = evaluated(); err != nil {
		return x, err
	}
	if x.Carried, err = c.carried(ctx, b, a); err != nil {
		return x, err
	}
	if text, err := os.ReadFile("/proc/self/status"); err == nil {
		x.Resident = kilobytes(string(text), "VmRSS:") << 10
	}
	return x, nil
}

// know writes an office's records: the first ones are of people whom the other office knows too; their ids are noted.
func (o *posting) know(ctx context.Context, seed, own uint64, n, both int, shared map[journal.ID]bool) error {
	common, others := newInvented(seed, 0), newInvented(seed, own)
	who := o.officer()
	writing := new(errgroup.Group)
	writing.SetLimit(16)
	for i := range n {
		from := others
		if i < both {
			from = common
		}
		k, id := knownOf(from), o.Store.NewID()
		if i < both {
			shared[id] = true
		}
		writing.Go(func() error {
			_, err := o.Store.Append(ctx, who, store.Ref{Kind: access.KindSubject, ID: id}, store.Draft{Type: subject.RecordedType, Payload: k})
			return err
		})
	}
	return writing.Wait()
}

// officer is somebody of the office who records.
func (o *posting) officer() store.Who {
	return store.Who{Actor: access.Actor{ID: o.id, Owner: o.id, Office: access.Police, Roles: []access.Role{access.PoliceOfficer}}, Purpose: access.ForIdentification}
}

// knownOf gives a record of an invented person: names and birth, a telephone for every second, a document for every third.
func knownOf(v *invented) subject.Known {
	_, id, contact := v.next()
	k := subject.Known{Sort: "person", Ground: "investigation", Source: "b", Certainty: "2", Handling: "H2", Findable: true, Case: "Invented", Names: id.Names, Born: id.Born,
		Until: time.Now().AddDate(1, 0, 0).Format(time.DateOnly)}
	if v.r.IntN(2) == 0 {
		k.Phones = []string{"+355" + strings.TrimPrefix(contact.Number, "0")}
	}
	if v.r.IntN(3) == 0 {
		k.Documents = []string{id.Nationality + " " + id.Documents[0].Number}
	}
	return k
}

// shows lets an office make its table, and waits until the other one has it whole.
func (o *posting) shows(ctx context.Context, to *posting) error {
	if _, err := o.CompareOnce(ctx, o.id); err != nil {
		return err
	}
	return to.until(ctx, `SELECT COUNT(*) = 0 FROM match_table WHERE head IS NOT NULL`)
}

// asksAll lets an office ask about all its records, and waits until every question is answered.
func (o *posting) asksAll(ctx context.Context) error {
	if _, err := o.CompareOnce(ctx, o.id); err != nil {
		return err
	}
	return o.answered(ctx)
}

// answered waits until no question is open.
func (o *posting) answered(ctx context.Context) error {
	return o.until(ctx, `SELECT COUNT(*) > 0 FROM dossier WHERE kind = 'comparison' AND state = 'waiting'`)
}

// until waits while a question to the database is answered by yes.
func (o *posting) until(ctx context.Context, wait string) error {
	for t := time.NewTicker(5 * time.Millisecond); ; {
		var waiting bool
		err := o.DB.Read(ctx, func(tx db.Tx) error { return tx.Row(ctx, wait).Scan(&waiting) })
		if err != nil || !waiting {
			t.Stop()
			return err
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// count gathers what was asked and found.
func (o *posting) count(ctx context.Context, x *Compared, shared map[journal.ID]bool) error {
	found := map[journal.ID]bool{}
	q := store.Query{Kind: access.KindComparison}
	for {
		rows, err := o.Store.List(ctx, o.officer(), q)
		if err != nil {
			return err
		}
		for _, r := range rows.Rows {
			opened, err := o.Store.Open(ctx, o.officer(), r.Ref)
			if err != nil {
				return err
			}
			c := opened.State.(matching.Comparison)
			if !c.Here() {
				continue
			}
			x.Questions, x.Elements = x.Questions+1, x.Elements+c.Asked.Elements
			for _, h := range c.Found {
				if h.Strong {
					found[h.Record] = true
				}
			}
		}
		if q.After = rows.Next; q.After == "" {
			break
		}
	}
	for id := range found {
		if shared[id] {
			x.Found++
		} else {
			x.Wrong++
		}
	}
	return o.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, `SELECT SUM(LENGTH(body)) FROM match_block`).Scan(&x.Bytes)
	})
}

// newCases asks about new records of some twelve keys each, by the page as a worker does: some one after the other, to see how long
// she waits, then many at once, to see what they cost.
func (o *posting) newCases(ctx context.Context, other *posting) (cpu, wait float64, err error) {
	const waited, times = 10, 100
	var ids []journal.ID
	if err := o.do(ctx, "demo.seed", app.SeedIn{People: []identity.Seeded{{Name: "Worker (fictitious)", Login: comparedWorker, Password: password, Roles: []access.Role{access.PoliceOfficer}, Zone: "Europe/Athens", Language: "en"}}}, &ids); err != nil {
		return 0, 0, err
	}
	header, err := session(strings.TrimPrefix(o.Settings.URL, "http://"), comparedWorker)
	if err != nil {
		return 0, 0, err
	}
	records, err := o.newRecords(ctx, ids[0], waited+times)
	if err != nil {
		return 0, 0, err
	}
	var took []time.Duration
	for _, id := range records[:waited] {
		began := time.Now()
		if err := errors.Join(ask(ctx, o.Settings.URL, header, id, other.id), o.answered(ctx)); err != nil {
			return 0, 0, err
		}
		took = append(took, time.Since(began))
	}
	used := own()
	for _, id := range records[waited:] {
		if err := ask(ctx, o.Settings.URL, header, id, other.id); err != nil {
			return 0, 0, err
		}
	}
	err = o.answered(ctx)
	wait, _ = quantiles(took)
	return float64((own() - used).Microseconds()) / 1000 / times, wait, err
}

// evaluated is the processor time, in milliseconds, of what is computed about a question of twelve keys, both sides together.
func evaluated() (float64, error) {
	const keys, size, times = 12, 16, 200
	k, err := oprf.NewKey(rand.Reader)
	if err != nil {
		return 0, err
	}
	inputs := make([][]byte, keys)
	used := own()
	for n := range times {
		for i := range inputs {
			inputs[i] = fmt.Appendf(nil, "invented %d %d", n, i)
		}
		q, err := oprf.Ask(k.Public(), inputs, size-keys, rand.Reader)
		if err != nil {
			return 0, err
		}
		answer, proof, err := k.Answer(q.Blinded(), rand.Reader)
		if err != nil {
			return 0, err
		}
		if q, err = oprf.Resume(k.Public(), inputs, q.Bytes()); err != nil { // as after the post brought it
			return 0, err
		}
		if _, err := q.Finish(answer, proof); err != nil {
			return 0, err
		}
	}
	return float64((own() - used).Microseconds()) / 1000 / times, nil
}

// carried is the processor time, in milliseconds, of two messages between the offices, receipts included, as the post takes many.
func (c Config) carried(ctx context.Context, from, to *posting) (float64, error) {
	if err := agree(ctx, from, to, "letter", journal.OF); err != nil {
		return 0, err
	}
	p, err := c.exchange(ctx, from, to, 16, 2*time.Second)
	return 2 * p.CPU, err
}

// newRecords writes records of a worker's.
func (o *posting) newRecords(ctx context.Context, worker journal.ID, n int) (out []journal.ID, err error) {
	who := o.officer()
	who.Actor.ID = worker
	for i := range n {
		k := knownOf(newInvented(uint64(i), 99))
		k.Names, k.Phones, k.Plates = []string{k.Names[0] + " Measured"}, []string{fmt.Sprintf("+35569%07d", i)}, []string{fmt.Sprintf("AA%04dBB", i)}
		id := o.Store.NewID()
		if _, err := o.Store.Append(ctx, who, store.Ref{Kind: access.KindSubject, ID: id}, store.Draft{Type: subject.RecordedType, Payload: k}); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, nil
}

// ask sends the form of a question, again where the office says that this is too quick for a person.
func ask(ctx context.Context, at, header string, record, partner journal.ID) error {
	for {
		code, err := askOnce(ctx, at, header, record, partner)
		if err != nil || code == http.StatusSeeOther {
			return err
		}
		if code != http.StatusTooManyRequests {
			return fmt.Errorf("bench: asking was answered %d", code)
		}
		select {
		case <-time.After(200 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func askOnce(ctx context.Context, at, header string, record, partner journal.ID) (int, error) {
	form := url.Values{"of": {record.String()}, "to": {partner.String()}}
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, at+matching.Path+"/new", strings.NewReader(form.Encode()))
	if err != nil {
		return 0, err
	}
	name, value, _ := strings.Cut(strings.TrimSpace(header), ": ")
	q.Header.Set(name, value)
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := http.DefaultTransport.RoundTrip(q)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

func comparedTable(xs []Compared) string {
	var b strings.Builder
	row(&b, append([]string{"two offices that compare all they have"}, each(xs, func(x Compared) string { return fmt.Sprintf("%d with %d", x.Records, x.Records) })...)...)
	rule(&b, len(xs)+1, 0)
	line := func(name string, f func(Compared) string) { row(&b, append([]string{name}, each(xs, f)...)...) }
	work := func(w Work) string {
		return fmt.Sprintf("%.1f s, %.1f s of processor time, %s", w.Wall, w.CPU, megabytes(w.Heap))
	}
	line("a table made, sent, checked and kept", func(x Compared) string { return work(x.Table) })
	line("its bytes", func(x Compared) string { return megabytes(x.Bytes) })
	line("questions; elements in them", func(x Compared) string { return fmt.Sprintf("%d; %d", x.Questions, x.Elements) })
	line("asked, answered with proofs, looked up and recorded by both; the other table made and sent beside it", func(x Compared) string { return work(x.Asking) })
	line("people whom both know, found by strong matches", func(x Compared) string { return fmt.Sprintf("%d of %d", x.Found, x.Both) })
	line("strong matches that are somebody else", func(x Compared) string { return fmt.Sprint(x.Wrong) })
	line("a question about one new record, the page and the post of both included", func(x Compared) string {
		return fmt.Sprintf("%.1f ms of processor time, answered after %.0f ms", x.Case, x.Wait)
	})
	line("of that: blinding, evaluating, proving, verifying and finishing twelve keys", func(x Compared) string { return fmt.Sprintf("%.1f ms", x.Evaluated) })
	line("of that: sealing, carrying and receipting two messages", func(x Compared) string { return fmt.Sprintf("%.1f ms", x.Carried) })
	line("the rest: the page, what is recorded and looked up", func(x Compared) string { return fmt.Sprintf("%.1f ms", max(0, x.Case-x.Evaluated-x.Carried)) })
	line("memory of the process, both offices in it", func(x Compared) string { return megabytes(x.Resident) })
	return b.String()
}

func each[T any](xs []T, f func(T) string) (out []string) {
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}
