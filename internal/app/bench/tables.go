// SPDX-License-Identifier: EUPL-1.2

package bench

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// Document writes what was measured into a page: each section between "<!-- measured: NAME -->" and "<!-- end -->" whose
// part was measured is written anew, all else stays. Its error names a section that is not there.
func (r Report) Document(path string) error {
	page, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, s := range r.sections() {
		if page, err = replace(page, s.name, s.text); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	return os.WriteFile(path, page, 0o644)
}

type section struct{ name, text string }

func (r Report) sections() []section {
	var out []section
	if r.Rounds != nil {
		out = append(out, section{"rounds", r.where() + r.Rounds.table()})
	}
	if len(r.Growth) > 0 {
		out = append(out, section{"growth", r.where() + growthTables(r.Growth)})
	}
	if len(r.Programme) > 0 {
		out = append(out, section{"programme", r.where() + wingTables(r.Programme)})
	}
	if len(r.Post) > 0 {
		out = append(out, section{"post", r.where() + postTable(r.Post)})
	}
	if len(r.Compared) > 0 {
		out = append(out, section{"compare", r.where() + comparedTable(r.Compared)})
	}
	if r.Figures != nil {
		out = append(out, section{"measure", r.where() + r.Figures.table()})
	}
	if r.Start != nil {
		out = append(out, section{"start", r.where() + r.Start.table()})
	}
	return out
}

func replace(page []byte, name, text string) ([]byte, error) {
	begin, end := []byte("<!-- measured: "+name+" -->\n"), []byte("<!-- end -->")
	i := bytes.Index(page, begin)
	if i < 0 {
		return nil, fmt.Errorf("no section %q", name)
	}
	i += len(begin)
	j := bytes.Index(page[i:], end)
	if j < 0 {
		return nil, fmt.Errorf("section %q has no end", name)
	}
	var b bytes.Buffer
	b.Write(page[:i])
	b.WriteString("\n" + strings.TrimSpace(text) + "\n\n")
	b.Write(page[i+j:])
	return b.Bytes(), nil
}

// where says when and on what it was measured, and how busy the machine was with other things.
func (r Report) where() string {
	return fmt.Sprintf("Measured %s on %s, %d cores, %d GB of memory; the machine's load when it began was %s.\n\n",
		r.At.Format("2 January 2006"), r.Machine.Processor, r.Machine.Cores, (r.Machine.Memory+1<<29)>>30, r.Machine.Load)
}

// row writes one line of a table.
func row(b *strings.Builder, cells ...string) {
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

func rule(b *strings.Builder, columns, words int) {
	cells := make([]string, columns)
	for i := range cells {
		cells[i] = "---:"
		if i < words {
			cells[i] = "---"
		}
	}
	row(b, cells...)
}

// table compares: ratios for each peer first, then all figures.
func (r *Rounds) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d rounds, %s for each operation, level of clients and program in each; %d records before the first.\n", r.Rounds, r.Phase, r.Before)
	for _, p := range r.Peers {
		fmt.Fprintf(&b, "Peer: %s %s, synchronous=%s.\n", p.Name, p.Version, p.Synchronous)
	}
	if len(r.Peers) > 0 {
		b.WriteString("\nThe office's rate divided by the peer's: median of the rounds (lowest to highest).\n\n")
		r.ratios(&b)
	}
	b.WriteString("\nEvery figure: answers a second (median of the rounds), time to the answer in milliseconds (all rounds together), milliseconds of the program's processor time for each answer (median), mean bytes of the bodies.\n\n")
	row(&b, "operation", "clients", "program", "a second", "p50", "p99", "processor", "sent", "received")
	rule(&b, 9, 3)
	for _, f := range r.Figures {
		row(&b, string(f.Op), fmt.Sprint(f.Clients), f.Who, fmt.Sprintf("%.0f", f.Rate), fmt.Sprintf("%.2f", f.P50), fmt.Sprintf("%.2f", f.P99), fmt.Sprintf("%.3f", f.CPU), fmt.Sprint(f.Sent), fmt.Sprint(f.Got))
	}
	return b.String()
}

// ratios writes a line for each operation and level, with a column pair for each peer: of rates and of processor time.
func (r *Rounds) ratios(b *strings.Builder) {
	header := []string{"operation", "clients"}
	for _, p := range r.Peers {
		header = append(header, "rate, peer "+p.Synchronous, "processor time, peer "+p.Synchronous)
	}
	row(b, header...)
	rule(b, len(header), 2)
	for _, ours := range r.Figures {
		if len(ours.Ratios) > 0 {
			continue // a peer's line
		}
		cells := []string{string(ours.Op), fmt.Sprint(ours.Clients)}
		for _, f := range r.Figures {
			if f.Op == ours.Op && f.Clients == ours.Clients && len(f.Ratios) > 0 {
				low, high := span(f.Ratios)
				cells = append(cells, fmt.Sprintf("%.2f (%.2f to %.2f)", f.Ratio, low, high), fmt.Sprintf("%.2f", ours.CPU/f.CPU))
			}
		}
		row(b, cells...)
	}
}

func span(xs []float64) (low, high float64) {
	low, high = xs[0], xs[0]
	for _, x := range xs {
		low, high = min(low, x), max(high, x)
	}
	return low, high
}

func growthTables(gs []Grown) string {
	var b strings.Builder
	row(&b, "people", "data folder", "files opened a second", "processor time for each", "leaves of the log", "numbered a second", "verified a second", "cold start", "memory after")
	rule(&b, 9, 0)
	for _, g := range gs {
		row(&b, fmt.Sprint(g.People), megabytes(g.Bytes), fmt.Sprintf("%.0f", g.Loaded), fmt.Sprintf("%.3f ms", g.LoadCPU), fmt.Sprint(g.Leaves), fmt.Sprintf("%.0f", g.Numbered), fmt.Sprintf("%.0f", g.Verified),
			fmt.Sprintf("%.0f ms", g.Start), megabytes(g.Resident))
	}
	b.WriteString("\nTime to the answer in milliseconds, and of processor time for each answer:\n\n")
	row(&b, "operation", "clients", "people", "a second", "p50", "p99", "processor")
	rule(&b, 7, 1)
	for i := range gs[0].Figures {
		for _, g := range gs {
			f := g.Figures[i]
			row(&b, string(f.Op), fmt.Sprint(f.Clients), fmt.Sprint(g.People), fmt.Sprintf("%.0f", f.Rate), fmt.Sprintf("%.2f", f.P50), fmt.Sprintf("%.2f", f.P99), fmt.Sprintf("%.3f", f.CPU))
		}
	}
	return b.String()
}

func (s *Start) table() string {
	var b strings.Builder
	row(&b, "what", "measured", "aim")
	rule(&b, 3, 1)
	row(&b, fmt.Sprintf("cold start with a key file, to the first answer (median of %d)", s.Starts), fmt.Sprintf("%.0f ms", s.Median), "300 ms")
	row(&b, "slowest of them", fmt.Sprintf("%.0f ms", s.Slowest), "")
	row(&b, "processor time of a start", fmt.Sprintf("%.0f ms", s.CPU), "")
	row(&b, "memory of the idle process", megabytes(s.Resident), "")
	row(&b, "the program", megabytes(s.Binary), "45 MB")
	return b.String()
}

func wingTables(ws []Wing) string {
	var b strings.Builder
	row(&b, "activities of its own and of others", "results and transactions", "file", "imported in", "processor time", "data folder", "memory behind the pages")
	rule(&b, 7, 0)
	for _, w := range ws {
		row(&b, fmt.Sprintf("%d + %d", w.Activities, w.Activities), fmt.Sprint(inOne*w.Activities), megabytes(w.File), fmt.Sprintf("%.1f s", w.Import), fmt.Sprintf("%.1f s", w.ImportCPU), megabytes(w.Bytes), megabytes(w.Resident))
	}
	b.WriteString("\nThe most memory of the importing process in each tenth of its time, in MB: what the system gave it, and what lived after a collection of garbage.\n\n")
	header := []string{"activities", "memory"}
	for i := range 10 {
		header = append(header, fmt.Sprint(1+i))
	}
	row(&b, header...)
	rule(&b, len(header), 2)
	for _, w := range ws {
		given, live := []string{fmt.Sprint(w.Activities), "given"}, []string{fmt.Sprint(w.Activities), "live"}
		for _, h := range w.Held {
			given, live = append(given, fmt.Sprintf("%.0f", float64(h.Resident)/1e6)), append(live, fmt.Sprintf("%.0f", float64(h.Live)/1e6))
		}
		row(&b, given...)
		row(&b, live...)
	}
	b.WriteString("\nTime to the answer in milliseconds, one client; the first answer of a process counts what the others know.\n\n")
	row(&b, "page", "activities", "first", "p50", "p99", "processor", "KB")
	rule(&b, 7, 1)
	for i := range ws[0].Pages {
		for _, w := range ws {
			p := w.Pages[i]
			row(&b, p.Path, fmt.Sprint(w.Activities), fmt.Sprintf("%.1f", p.First), fmt.Sprintf("%.1f", p.P50), fmt.Sprintf("%.1f", p.P99), fmt.Sprintf("%.2f", p.CPU), fmt.Sprint(p.Got>>10))
		}
	}
	return b.String()
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
