// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/app"
	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/intake"
	"github.com/entraide-thb/entraide/internal/measure/outlet"
	"github.com/entraide-thb/entraide/internal/measure/release"
	"github.com/entraide-thb/entraide/internal/measure/returns"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// quarter gives the first and last day of the quarter that ended last.
func (s *Stage) quarter() (from, until string) {
	first := time.Date(s.now.Year(), (s.now.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, -3, 0).Format(time.DateOnly), first.AddDate(0, 0, -1).Format(time.DateOnly)
}

// standing is where a release stands, as the API says it.
type standing struct {
	Status release.Status `json:"status"`
	Hash   string         `json:"hash"`
	Reason string         `json:"reason"`
}

// releasing is one release of the Greek office on its way: Sofia, its rapporteur, plans it, Nikos is the second person.
type releasing struct {
	s  *Stage
	id journal.ID
}

func (x releasing) path() string { return "/statistics/releases/" + x.id.String() }

func (x releasing) act(ctx context.Context, login, act string, in map[string]any) error {
	return x.s.at(Greek, login).do(ctx, http.MethodPost, x.path()+"/"+act, nil, in, nil)
}

// draft plans and asks.
func (x releasing) draft(ctx context.Context, a release.Asks) error {
	in := map[string]any{"entry": x.s.newID(), "asks": a}
	if err := x.s.at(Greek, "sofia").do(ctx, http.MethodPut, x.path(), nil, in, nil); err != nil {
		return err
	}
	return x.act(ctx, "sofia", "request", map[string]any{})
}

func (x releasing) approve(ctx context.Context, login string) error {
	return x.act(ctx, login, "approve", map[string]any{"content": true, "safety": true})
}

// drawn waits until the office has drawn it, at most a minute.
func (x releasing) drawn(ctx context.Context) (standing, error) {
	var st standing
	for range 300 {
		if err := x.s.at(Greek, "sofia").do(ctx, http.MethodGet, x.path(), nil, nil, &st); err != nil {
			return st, err
		}
		if st.Status != release.Approved && st.Status != release.Drawing {
			break
		}
		select {
		case <-ctx.Done():
			return st, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	if st.Status != release.Drawn {
		return st, fmt.Errorf("demo: the figures are %s: %s", st.Status, st.Reason)
	}
	return st, nil
}

// sign lets both people sign what was drawn.
func (x releasing) sign(ctx context.Context, hash string) error {
	for _, login := range []string{"sofia", "nikos"} {
		if err := x.act(ctx, login, "sign", map[string]any{"hash": hash}); err != nil {
			return err
		}
	}
	return nil
}

// Publish releases how the last quarter's referrals ended, as counts that are rounded, so that nobody comes to an empty register,
// lets three offices publish together, and tells the programme's office what was counted.
func (s *Stage) Publish(ctx context.Context) error {
	from, until := s.quarter()
	x := releasing{s, s.newID()}
	a := release.Asks{Source: "referrals", Version: version, From: from, Until: until, Route: bundle.Exact, Columns: []string{"answer", "reached"}, Ways: 2, K: 5, Method: "rounded",
		Notes: map[string]string{"en": "Invented people, to show the program.", "fr": "Personnes fictives, pour montrer le programme."}}
	if err := x.draft(ctx, a); err != nil {
		return fmt.Errorf("demo: figures: %w", err)
	}
	if err := x.approve(ctx, "nikos"); err != nil {
		return fmt.Errorf("demo: figures: %w", err)
	}
	st, err := x.drawn(ctx)
	if err != nil {
		return err
	}
	if err := x.sign(ctx, st.Hash); err != nil {
		return err
	}
	if err := s.together(ctx); err != nil {
		return err
	}
	brought := app.ImportFiguresIn{Name: "Calls to a helpline, yearly table (fictitious)", As: intake.Table, File: []byte(helpline)}
	if err := s.Ask(ctx, Greek, "figures.import", brought, new(app.ImportedFigures)); err != nil {
		return err
	}
	return s.told(ctx)
}

// helpline is a table of somebody else's that the Greek office brought in.
const helpline = "year,sex,age,count\n2024,F,adult,212\n2024,F,minor,61\n2024,M,adult,118\n2024,M,minor,34\n2025,F,adult,240\n2025,F,minor,72\n2025,M,adult,131\n2025,M,minor,29\n"

// version is that of the sources that the demonstration releases figures of.
const version = "2026-1"

// releases plays the fourth part: figures leave by two people, within a budget, and anybody can check them.
func (t *story) releases(ctx context.Context) error {
	from, until := t.s.quarter()
	a := release.Asks{Source: "persons", Version: version, From: from, Until: until, Route: bundle.Pooled, Columns: []string{"age", "sex"}, Ways: 2, Epsilon: 0.75, Delta: release.Usual().Delta}
	var plan struct {
		Cost, Left release.Cost
		Tables     []struct {
			PlusMinus float64 `json:"plus_minus"`
		}
	}
	if err := t.s.at(Greek, "sofia").do(ctx, http.MethodPost, "/statistics/plan", nil, a, &plan); err != nil {
		return err
	}
	exact := len(plan.Tables) == 4 && plan.Tables[3].PlusMinus > 1
	t.shows(exact && plan.Cost > 0 && plan.Cost <= plan.Left, "before anything is counted the plan says how exact each number will be and what it costs: rho %s of %s that are left", plan.Cost, plan.Left)
	x := releasing{t.s, t.s.newID()}
	if err := x.draft(ctx, a); err != nil {
		return err
	}
	t.shows(refusedAs(x.approve(ctx, "sofia"), "guarded"), "whoever planned it cannot approve it")
	if err := x.approve(ctx, "nikos"); err != nil {
		return err
	}
	second := releasing{t.s, t.s.newID()}
	if err := second.draft(ctx, a); err != nil {
		return err
	}
	t.shows(refusedAs(second.approve(ctx, "nikos"), "guarded"), "a second one like it does not fit in the year's budget: nobody can approve it")
	st, err := x.drawn(ctx)
	if err != nil {
		return err
	}
	code, _, err := t.anybody(ctx, "/statistics/register/"+x.id.String())
	t.shows(err == nil && code == http.StatusNotFound, "drawn, attacked as others would, and not yet to be seen")
	if err := x.sign(ctx, st.Hash); err != nil {
		return err
	}
	code, archive, err := t.anybody(ctx, "/statistics/register/"+x.id.String()+"/files")
	if err != nil {
		return err
	}
	w, hash, bad := release.Read([]byte(archive))
	t.shows(code == http.StatusOK && bad == nil && hash == st.Hash && len(w.Tables.Tables) == 4, "after two signatures anybody without an account gets the files, with the very hash that was signed")
	found := int64(0)
	for _, c := range w.Release.Checks {
		found += c.Found
	}
	t.shows(bad == nil && len(w.Release.Checks) > 2 && found == 0, "their certificate lists %d attempts on them; none found more than was promised", len(w.Release.Checks))
	code, register, err := t.anybody(ctx, "/statistics/register")
	t.shows(err == nil && code == http.StatusOK && strings.Contains(register, st.Hash[:16]), "the register names it, and what it cost the people in it")
	return err
}

// anybody asks for a page of the Greek office without an account.
func (t *story) anybody(ctx context.Context, path string) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, t.s.Offices[Greek].URL+path, nil)
	if err != nil {
		return 0, "", err
	}
	req.Host = strings.Replace(req.URL.Host, "127.0.0.1", "localhost", 1) // the office's public host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	return resp.StatusCode, string(b), err
}

// returned lets Sofia prepare a statutory return of the year before for an invented body, which waits for a second person: in that
// year the office had nobody, and a return of nobody is one as well.
func (s *Stage) returned(ctx context.Context) error {
	form := url.Values{"dossier": {s.newID().String()}, "shape": {string(outlet.GRETA)}, "year": {strconv.Itoa(s.now.Year() - 1)}, "to": {returns.ByHand}, "body": {body}, "key": {bodysKey},
		"basis": {"Convention, article 36: the questionnaire of the third round (fictitious)"}}
	_, err := s.at(Greek, "sofia").browse(ctx, http.MethodPost, returns.Path+"/new", form)
	return err
}

// bodysKey is a public key whose other half nobody kept.
const bodysKey = "age14wfgex3078gc5h82hm8gxffjx6jfzhm3zu4wtwsqu8trhp9m2f6sny4lk6"
