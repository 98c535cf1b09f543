// SPDX-License-Identifier: EUPL-1.2

//go:build unix

package match

import (
	"bytes"
	crand "crypto/rand"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cloudflare/circl/oprf"

	ours9497 "github.com/entraide-thb/entraide/internal/exchange/match/oprf"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/lang/names"
)

// TestMeasure measures what docs/performance.md says of matching, beside what others do, and writes it there. It runs when
// ENTRAIDE_MEASURE names that page; ENTRAIDE_RECORDS says how many records each of two offices has, as 10000,100000,1000000. Nothing is
// asserted.
//
//	ENTRAIDE_MEASURE=../../../docs/performance.md go test -run TestMeasure -timeout 3h ./internal/exchange/match
func TestMeasure(t *testing.T) {
	page := os.Getenv("ENTRAIDE_MEASURE")
	if page == "" {
		t.Skip("ENTRAIDE_MEASURE names no page")
	}
	var b strings.Builder
	load, _ := os.ReadFile("/proc/loadavg") // where there is one
	fmt.Fprintf(&b, "Measured %s on %d cores; the machine's load when it began was %s.\n\n", time.Now().UTC().Format("2 January 2006"), runtime.NumCPU(), strings.Split(string(load)+" ", " ")[0])
	b.WriteString(measureQuality(t))
	b.WriteString(measureEvaluations(t))
	for _, n := range sizes(t) {
		b.WriteString(measureTwoOffices(t, n))
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := bytes.Cut(text, []byte("<!-- measured: matching -->\n"))
	_, tail, closed := bytes.Cut(rest, []byte("<!-- end -->"))
	if !ok || !closed {
		t.Fatalf("%s has no section of matching", page)
	}
	all := slices.Concat(head, []byte("<!-- measured: matching -->\n\n"+strings.TrimSpace(b.String())+"\n\n<!-- end -->"), tail)
	if err := os.WriteFile(page, all, 0o644); err != nil {
		t.Fatal(err)
	}
}

// sizes of the two offices that are measured: a tenth first, so that growth shows.
func sizes(t *testing.T) []int {
	said := os.Getenv("ENTRAIDE_RECORDS")
	if said == "" {
		return []int{10_000, 100_000}
	}
	var out []int
	for s := range strings.SplitSeq(said, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 10 {
			t.Fatalf("ENTRAIDE_RECORDS=%s", said)
		}
		out = append(out, n)
	}
	return out
}

func measureQuality(t *testing.T) string {
	all, sets := clusters(t), map[string][]febrlRecord{}
	for _, set := range []string{"dataset1", "dataset2", "dataset3"} {
		sets[set] = febrl(t, set)
	}
	k := known{}
	k.ask(t, words(all, sets))
	const often, seldom = 7, 400 // of how many names one is asked for collisions; comparing each with each is slow
	ways := []way{ours(often), {name: "Double Metaphone over unidecode", codes: k.metaphone, every: often}}
	for _, least := range []float64{0.85, 0.90, 0.95} {
		ways = append(ways, way{name: fmt.Sprintf("Jaro-Winkler over unidecode, at least %.2f", least), same: k.winkler(least), every: seldom})
	}
	var b strings.Builder
	b.WriteString("| names between two scripts | names | way | known in the other | different names taken for one |\n| --- | ---: | --- | ---: | ---: |\n")
	for _, pair := range crossings {
		for _, w := range ways {
			r, c := w.recall(all, pair[0], pair[1], everything), w.collisions(all, pair[0], pair[1])
			fmt.Fprintf(&b, "| %s and %s | %.0f | %s | %.3f | %.1f in 100 000 |\n", pair[0], pair[1], r.of, w.name, r.share(), 1e5*c.share())
		}
	}
	b.WriteString("\n| spellings of | names | " + ways[0].name + " | " + ways[1].name + " | " + ways[3].name + " |\n| --- | ---: | ---: | ---: | ---: |\n")
	for _, m := range marks {
		only := func(word string) bool { return language(word) == m.language }
		from, to := "Latn", "Cyrl"
		if script(m.letters) == "Latn" {
			from, to = to, from
		}
		var cells []string
		of := 0.0
		for _, w := range []way{ways[0], ways[1], ways[3]} {
			r := w.recall(all, from, to, only)
			of = r.of
			cells = append(cells, fmt.Sprintf("%.3f", r.share()))
		}
		fmt.Fprintf(&b, "| %s, against %s | %.0f | %s |\n", m.language, from, of, strings.Join(cells, " | "))
	}
	b.WriteString("\n| records of one person | way | strong matches | all | all, without documents |\n| --- | --- | ---: | ---: | ---: |\n")
	for _, set := range []string{"dataset1", "dataset2", "dataset3"} {
		records := sets[set]
		bare := slices.Clone(records)
		for i := range bare {
			bare[i].Documents = nil
		}
		for _, by := range []struct {
			name string
			keys func(Subject) []Key
		}{{ways[0].name, Keys}, {ways[1].name, func(s Subject) []Key { return keysBy(s, k.metaphone) }}} {
			strong, every, few := scoreBy(records, by.keys, func(m Match) bool { return m.Strong }), scoreBy(records, by.keys, anyMatch), scoreBy(bare, by.keys, anyMatch)
			fmt.Fprintf(&b, "| FEBRL %s | %s | F1 %.4f | F1 %.4f | F1 %.4f |\n", set[len(set)-1:], by.name, strong.f1(), every.f1(), few.f1())
		}
		same := k.winkler(0.90)
		fmt.Fprintf(&b, "| FEBRL %s | %s | F1 %.4f | F1 %.4f | F1 %.4f |\n", set[len(set)-1:], ways[3].name, pairwise(records, same, true).f1(), pairwise(records, same, false).f1(), pairwise(bare, same, false).f1())
	}
	return b.String() + "\n"
}

func anyMatch(Match) bool { return true }

// spent gives how much processor time the process has used.
func spent() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // never errs for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// costs gives the processor time of something.
func costs(f func()) time.Duration {
	before := spent()
	f()
	return spent() - before
}

func measureEvaluations(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| verified evaluations, both sides | this program, for each second of a core | circl's batch VOPRF | times as many |\n| --- | ---: | ---: | ---: |\n")
	for _, batch := range []int{1000, 4096} {
		mine, others, ratios := besideCircl(t, batch)
		fmt.Fprintf(&b, "| batches of %d | %.0f | %.0f | %.2f (%.2f to %.2f in %d rounds by turns) |\n", batch, median(mine), median(others), median(ratios), slices.Min(ratios), slices.Max(ratios), len(ratios))
	}
	fmt.Fprintf(&b, "\nA new case of 12 keys takes %.2f ms of processor time, both sides together.\n\n", caseOf12(t))
	return b.String()
}

// besideCircl evaluates batches by turns, and gives for each how many evaluations a second of a core made, and their ratio.
func besideCircl(t *testing.T, batch int) (mine, others, ratios []float64) {
	inputs := make([][]byte, batch)
	for i := range inputs {
		inputs[i] = fmt.Appendf(nil, "phone:+35569%07d", i)
	}
	e := epoch(t)
	theirs := new(oprf.PrivateKey)
	must(t, theirs.UnmarshalBinary(oprf.SuiteRistretto255, e.Key.Bytes()))
	server, client := oprf.NewVerifiableServer(oprf.SuiteRistretto255, theirs), oprf.NewVerifiableClient(oprf.SuiteRistretto255, theirs.Public())
	const rounds = 9
	for range rounds {
		a := costs(func() { evaluate(t, e, inputs) })
		b := costs(func() {
			fin, req, err := client.Blind(inputs)
			must(t, err)
			ev, err := server.Evaluate(req)
			must(t, err)
			_, err = client.Finalize(fin, ev)
			must(t, err)
		})
		mine, others, ratios = append(mine, float64(batch)/a.Seconds()), append(others, float64(batch)/b.Seconds()), append(ratios, b.Seconds()/a.Seconds())
	}
	return mine, others, ratios
}

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	return xs[len(xs)/2]
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// evaluate is a whole verified evaluation: what each side spends, the asker's first.
func evaluate(t *testing.T, e *Epoch, inputs [][]byte) (outs []ours9497.Output, asker, owner time.Duration, bytes int) {
	t.Helper()
	began := spent()
	q, err := ours9497.Ask(e.Key.Public(), inputs, 0, crand.Reader)
	must(t, err)
	asked := spent()
	answer, proof, err := e.Key.Answer(q.Blinded(), crand.Reader)
	must(t, err)
	answered := spent()
	outs, err = q.Finish(answer, proof)
	must(t, err)
	return outs, asked - began + spent() - answered, answered - asked, 2*len(inputs)*ours9497.ElementSize + len(proof)
}

// caseOf12 gives the milliseconds of processor time that a case of twelve keys costs both sides.
func caseOf12(t *testing.T) float64 {
	e := epoch(t)
	var rows []Row
	for i := range 10_000 {
		rows = append(rows, Row{record(i), []Key{{Kind: Phone, Value: fmt.Sprintf("+35569%07d", i)}}})
	}
	table, _ := build(t, e, rows)
	var keys []Key
	for i := range 12 {
		keys = append(keys, Key{Kind: Phone, Value: fmt.Sprintf("+35569%07d", i*1000)})
	}
	const times = 200
	all := costs(func() {
		for range times {
			if got := ask(t, e, table, keys); len(got) != 10 {
				t.Fatalf("%d found", len(got))
			}
		}
	})
	return all.Seconds() * 1000 / times
}

// invented gives a person; every one of the same number is the same person, spelt in Latin letters or in Cyrillic ones.
func invented(all [][2]string, n int, cyrillic bool) Subject {
	dice := rand.New(rand.NewPCG(uint64(n), 7))
	script := 0
	if cyrillic {
		script = 1
	}
	one, other := all[dice.IntN(len(all))], all[dice.IntN(len(all))]
	s := Subject{Person: names.Person{Names: []string{one[script] + " " + other[script]}, Born: []string{time.Date(1960+dice.IntN(50), time.Month(1+dice.IntN(12)), 2+dice.IntN(27), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}}}
	if dice.IntN(2) == 0 {
		s.Phones = []names.Phone{{Number: fmt.Sprintf("+35569%07d", n%10_000_000)}}
	}
	if dice.IntN(3) == 0 {
		s.Documents = []names.Document{{Country: "AL", Number: fmt.Sprintf("AB%07d", n)}}
	}
	return s
}

// measureTwoOffices lets an office ask about all its records against the table of another's; a tenth of the people are
// known to both, to the second in another alphabet.
func measureTwoOffices(t *testing.T, n int) string {
	var spelt [][2]string
	for _, c := range clusters(t) {
		if len(c["Latn"]) > 0 && len(c["Cyrl"]) > 0 {
			spelt = append(spelt, [2]string{c["Latn"][0], c["Cyrl"][0]})
		}
	}
	e, began, before := epoch(t), time.Now(), spent()
	rows := make([]Row, n)
	id := func(i int) (r journal.ID) { binary.BigEndian.PutUint64(r[8:], uint64(i)); return r }
	for i := range rows {
		rows[i] = Row{id(i), Keys(invented(spelt, i, false))}
	}
	table, report, err := e.Build(t.Context(), rows, crand.Reader, nil)
	must(t, err)
	built, buildCPU, rows := time.Since(began), spent()-before, nil
	began = time.Now()
	var asker, owner, finding time.Duration
	var asked, sent, known, wrong int
	var keys []Key
	var from []int // by key: whose
	flush := func() {
		var inputs [][]byte
		for _, k := range keys {
			inputs = append(inputs, k.Input())
		}
		outs, a, o, size := evaluate(t, e, inputs)
		asker, owner, asked, sent = asker+a, owner+o, asked+len(keys), sent+size
		finding += costs(func() {
			by := map[int][]Hit{}
			for i, out := range outs {
				found, err := Find(keys[i], out, table.look)
				must(t, err)
				by[from[i]] = append(by[from[i]], found...)
			}
			for who, hits := range by {
				for _, m := range Judge(hits) {
					switch {
					case m.Strong && m.Handle == e.Handle(id(who)):
						known++
					case m.Strong:
						wrong++
					}
				}
			}
		})
		keys, from = nil, nil
	}
	for i := range n {
		who := n*9/10 + i
		for _, k := range Keys(invented(spelt, who, true)) {
			keys, from = append(keys, k), append(from, who)
		}
		if len(keys) >= 4000 {
			flush()
		}
	}
	if len(keys) > 0 {
		flush()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return fmt.Sprintf(`| %d records against %d | |
| --- | ---: |
| keys of the owner's; entries of the table | %.1f for each record; %d |
| making the table | %.1f s, %.1f s of processor time |
| the table | %.1f MB |
| keys asked; sent to and fro | %d; %.1f MB |
| asking about all | %.1f s; of processor time %.1f s of the asker's, %.1f s of the owner's, %.1f s to find and judge |
| of %d people known to both, strong matches | %d |
| strong matches that are somebody else | %d |
| memory that the process got from the system, both sides together | %.0f MB |

`, n, n, float64(report.Entries)/float64(n), table.Entries(), built.Seconds(), buildCPU.Seconds(), float64(len(table.Bytes()))/1e6, asked, float64(sent)/1e6,
		time.Since(began).Seconds(), asker.Seconds(), owner.Seconds(), finding.Seconds(), n/10, known, wrong, float64(m.Sys)/1e6)
}
