// SPDX-License-Identifier: EUPL-1.2

package test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/entraide-thb/entraide/internal/app/demo"
)

// What is typed on the woman of the story, who is invented, and later looked for where it must not be.
const (
	herCode    = "Olive 77"
	herName    = "Mira Shembull-Fiktive"
	herNumber  = "+306900000417"
	herAccount = "She was told that she owes four thousand and that her papers are kept until she has paid."
	herLegal   = "Asks whether she can claim the unpaid wages of the laundry."
	herStay    = "Her passport is with the consulate."
	helpCame   = "A colleague met her; she has a room."
	meetAt     = "A colleague meets her at the bus; ask for Arta."
)

// told is the story as it is clicked: the workers, and what the steps carry on.
type told struct {
	t                                        *testing.T
	s                                        *demo.Stage
	eleni, nikos, ioanna, arta, claire, agim *hand
	file, offered, sent                      string // addresses: her file, the referral here, the referral there
	shown                                    string // the bytes that the preview showed
}

// TestTheStoryByClicks plays the whole story by clicking and typing on the pages of its offices. Only the time that
// passes and the post come from outside.
func TestTheStoryByClicks(t *testing.T) {
	if testing.Short() {
		t.Skip("short")
	}
	s := stage(t)
	at := hands(t, s)
	w := &told{t: t, s: s, eleni: at(demo.Greek, "eleni", "en"), nikos: at(demo.Greek, "nikos", "en"), ioanna: at(demo.Greek, "ioanna", "en"), arta: at(demo.Albanian, "arta", "en"),
		claire: at(demo.French, "claire", "fr"), agim: at(demo.Greek, "agim", "en")}
	wear(t, w.eleni.tab, w.eleni.base, "en", "light", 1280)
	w.meets()
	w.screens()
	w.agrees()

	w.offers()
	w.accepts()
	w.handsOver()
	w.reports()
	w.takesBack()
	w.figure()
	w.refuses()
	w.leavesQuickly()
}

// passes lets hours pass everywhere. Sessions end meanwhile.
func (w *told) passes(hours int) {
	w.t.Helper()
	if err := w.s.Pass(w.t.Context(), hours); err != nil {
		w.t.Fatal(err)
	}
}

// deliver lets the post arrive.
func (w *told) deliver() {
	w.t.Helper()
	if err := w.s.Deliver(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// meets: Eleni signs in, searches by the key, finds nobody, opens a file and reads first how to reach her.
func (w *told) meets() {
	h := w.eleni
	T := h.l.T
	h.signIn()
	h.says(T("app.today.menu"))
	h.strikes("/")
	if at := eval[string](w.t, h.tab, `document.activeElement.id`); at != "find" {
		w.t.Fatalf("the key / leads to %q", at)
	}
	h.follows(chromedp.SendKeys("#find", herName+"\r"))
	h.says(T("casework.search.none"))
	h.hides("/cases/0")
	h.press(T("casework.new.title"))
	h.says(T("casework.new.nothing_found"))
	h.fill("code", herCode)
	h.pick("territory", h.l.Country("GR"))
	h.pick("age", T("referral.age.adult"))
	h.pick("sex", T("referral.sex.f"))
	h.pick("languages", h.l.Language("sq"))
	h.pick("safe_to_call", T("casework.safe.ask"))
	h.fill("number", herNumber)
	h.press(T("casework.new.submit")) // the hours are missing
	h.says(T("casework.need.hours"))
	h.fill("safe_name", "Anna from the library")
	h.fill("hours", "10:00-12:00")
	h.fill("code_word", "blue umbrella")
	h.fill("born", "1999-04")
	h.opens(T("casework.new.papers"))
	h.pick("nationality", h.l.Country("AL"))
	h.press(T("casework.new.submit"))
	h.says(herCode, T("casework.saved.new"), T("casework.contact.title"), T("casework.safe.ask"), "10:00-12:00")
	h.hides(herNumber, herName) // masked until somebody wants to know
	w.file = h.where()
	h.opens(T("page.masked.show")+": "+T("casework.contact.number"), "#contact")
	do(w.t, h.tab, chromedp.WaitVisible(named("#contact .revealed", herNumber)))
	for sort, text := range map[string]string{"account": herAccount, "legal": herLegal} {
		h.press(T("casework.note.new"), "#notes-"+sort)
		h.fill("text", text)
		h.press(T("casework.save"))
		h.says(T("casework.saved.note"), text)
	}
}

// screens: what she was asked, and which rule it meets; no verdict.
func (w *told) screens() {
	h := w.eleni
	T := h.l.T
	h.press(T("screening.panel.begin"), "#screenings")
	h.pick("who", T("screening.age.adult"))
	h.press(T("screening.begin.next"))
	h.press(T("screening.lists.use"))
	h.pick("place", T("screening.place.office"))
	h.pick("language", h.l.Language("sq"))
	h.pick("interpreted", T("screening.helped.interpreter"))
	for _, id := range eval[[]string](w.t, h.tab, `[...document.querySelectorAll('.ask-one input.yes')].slice(0, 4).map(e => e.name)`) {
		h.pick(id, T("screening.answer.yes"))
	}
	h.press(T("screening.form.save"))
	h.says(T("screening.outcome.rule_met"), T("screening.now.rights"))
	h.press(herCode, "main nav")
	h.says(T("screening.outcome.rule_met"))
}

// agrees: three days later, rested and with an interpreter, she says what may be told to whom.
func (w *told) agrees() {
	h := w.eleni
	T := h.l.T
	w.keepsWhatIsTyped()
	h.press(T("casework.need_form.title"), "#needs") // the session has ended meanwhile; signing in leads on
	h.says(T("identity.signin.back"))
	h.signsIn()
	h.pick("code", T("service.catalogue.accommodation"))
	h.pick("urgency", T("service.urgency.week"))
	h.press(T("casework.save"))
	h.says(T("casework.saved.need"), T("casework.next.consent"))
	for _, cats := range [][]string{{"D0", "D1", "D2"}, {"D3"}} {
		h.press(T("casework.consent.new"), "#consents")
		h.says(T("casework.consent.free"))
		h.pick("recipient", albanianOffice)
		for _, c := range cats {
			h.pick("categories", T("consent.category."+c))
		}
		h.pick("interpreting", T("consent.interpreting.interpreter"))
		h.press(T("casework.consent.submit"))
		h.says(T("casework.saved.consent"), T("consent.status.given"), T("consent.category."+cats[0]))
		if len(cats) > 1 {
			h.press(herCode, "main nav")
			h.says(T("casework.next.refer", "Need", T("service.catalogue.accommodation")))
		}
	}
}

// project is the activity that pays for it, in the newsletter's words.
const project = "P4-G1 · Strengthening Greece-Albania coordination for the early identification and assistance to victims (phase two)"

// keepsWhatIsTyped: the session ends while a note is being written. It is not lost: she signs in in another window, and
// sends it.
func (w *told) keepsWhatIsTyped() {
	h := w.eleni
	T := h.l.T
	h.press(T("casework.note.new"), "#notes-stay")
	h.fill("text", herStay)
	w.passes(72)
	eval[bool](w.t, h.tab, `(now => { Date.now = () => now() + 72 * 3600e3; return true })(Date.now)`)
	h.opens(T("casework.save"))
	do(w.t, h.tab, chromedp.WaitVisible(chromedp.ID("ended")))
	shoot(w.t, h.tab, "story-ended")
	if text := eval[string](w.t, h.tab, `document.querySelector('#f-text').value`); text != herStay {
		w.t.Errorf("the note has become %q", text)
	}
	other := *h
	other.tab = newTab(w.t, h.tab)
	other.signIn()
	h.opens(T("page.ended.back"), "#ended")
	h.press(T("casework.save"))
	h.says(T("casework.saved.note"), herStay)
	h.leaves()
}

// albanianOffice is how the list of offices begins its line.
const albanianOffice = "Shelter Network Tirana"

// offers: a referral is prepared. Before its risk was looked at, the page does not offer to send it, and its address,
// typed by hand, is refused. Then codes leave, and nothing else.
func (w *told) offers() {
	h := w.eleni
	T := h.l.T
	h.press(T("casework.referral.new")) // the receipt leads on; the office that it names is chosen
	if got := eval[string](w.t, h.tab, `document.querySelector('#f-recipient').selectedOptions[0].text`); !strings.HasPrefix(got, albanianOffice) {
		w.t.Errorf("the referral is to go to %q", got)
	}
	h.pick("need", T("service.catalogue.accommodation"))
	h.pick("urgency", T("referral.urgency.week"))
	h.pick("activity", "P4-G1")
	h.press(T("casework.referral.submit"))
	h.says(T("casework.saved.referral"), T("referral.status.draft"))
	w.offered = h.where()
	if h.offers(T("casework.offer.title")) {
		w.t.Error("an offer can be sent before its risk was looked at")
	}
	h.goes(w.offered + "/offer")
	h.press(T("casework.offer.submit"))
	h.says(T("referral.guard.risk_first"))
	h.press(T("casework.risk.title")) // the refusal leads to its remedy
	h.pick("level", T("referral.risk.medium"))
	h.pick("measures", T("referral.measure.escort"))
	h.press(T("casework.save"))
	h.says(T("casework.saved.risk"), T("referral.status.risk_ok"))
	h.press(T("casework.offer.title"))
	h.says(T("casework.offer.lead"), T("service.catalogue.accommodation"), T("referral.age.adult"), T("referral.sex.f"), h.l.Language("sq"), T("referral.urgency.week"))
	h.hides(herName, herNumber, herAccount, "1999")
	h.press(T("casework.offer.submit"))
	h.says(T("casework.saved.offer"), T("referral.status.offered"))
	w.deliver()
}

// accepts: Arta sees codes, looks at the risk on her side, and accepts on a condition.
func (w *told) accepts() {
	h := w.arta
	T := h.l.T
	h.signIn()
	h.press(T("service.catalogue.accommodation"), "#arrived")
	w.sent = h.where()
	h.says(T("referral.status.offered"), T("referral.age.adult"), T("referral.sex.f"), h.l.Language("sq"), T("referral.urgency.week"))
	h.hides(herName, herNumber, herAccount, herCode, "1999")
	h.press(T("referral.in.accept"), "form[action$='/accept']") // without the risk
	h.says(T("referral.need.level"))
	h.pick("level", T("referral.risk.low"))
	h.pick("measures", T("referral.measure.arrival_call"))
	h.fill("conditions", meetAt)
	h.press(T("referral.in.accept"), "form[action$='/accept']")
	h.says(T("referral.in.accepted"), T("referral.status.accepted"), T("referral.in.waits"))
	h.hides(herName)
	w.deliver()
}

// handsOver: Eleni reads their conditions, sees byte for byte what leaves and what stays, and hands over.
func (w *told) handsOver() {
	h := w.eleni
	T := h.l.T
	h.goes(w.file)
	h.press(T("casework.next.hand_over", "Need", T("service.catalogue.accommodation")), "#next")
	h.says(T("referral.status.accepted"), meetAt, T("referral.risk.low"), T("referral.measure.arrival_call"))
	h.press(T("casework.preview.title"))
	h.says(herName, herNumber, herAccount, T("casework.preview.withheld"), T("casework.preview.why.uncovered"))
	h.hides(herLegal)
	w.shown = eval[string](w.t, h.tab, `document.querySelector('#bytes pre').textContent`)
	h.press(T("casework.preview.submit"))
	h.says(T("casework.saved.handed_over"), T("referral.status.handed_over"))
	w.deliver()
	h.goes(w.offered)
	h.says(T("casework.entry.referral.receipted"))
}

// reports: Arta sees exactly what the preview showed, and says twice what became of it.
func (w *told) reports() {
	h := w.arta
	T := h.l.T
	h.goes(w.sent)
	h.says(T("referral.status.handed_over"), herName, herNumber, herAccount)
	h.hides(herLegal)
	var shown struct {
		Parts map[string]json.RawMessage `json:"parts"`
	}
	if err := json.Unmarshal([]byte(w.shown), &shown); err != nil || len(shown.Parts) != 3 {
		w.t.Fatalf("the preview's message has %d parts: %v", len(shown.Parts), err)
	}
	came := eval[[]string](w.t, h.tab, `[...document.querySelectorAll('#package pre')].map(e => e.textContent)`)
	if len(came) != len(shown.Parts) {
		w.t.Errorf("%d parts came, %d were shown", len(came), len(shown.Parts))
	}
	for c, raw := range shown.Parts {
		if !slices.Contains(came, string(raw)) {
			w.t.Errorf("%s was shown as %s; %q came", c, raw, came)
		}
	}
	for _, st := range []string{"in_service", "delivered"} {
		h.pick("status", T("referral.status."+st))
		h.fill("words", helpCame)
		h.press(T("referral.in.report"), "form[action$='/report']")
		h.says(T("referral.in.reported"), T("referral.status."+st))
	}
	w.deliver()
	w.eleni.goes(w.offered)
	w.eleni.says(T("referral.status.delivered"), helpCame)
}

// takesBack: beside Eleni she reads what is held, and takes back her account; the other office erases it and says so.
func (w *told) takesBack() {
	h := w.eleni
	T := h.l.T
	h.goes(w.file)
	h.says(T("casework.next.need_reached", "Need", T("service.catalogue.accommodation")))
	h.press(T("casework.view.title"))
	h.says(h.hers("casework.view.heading"), herName, albanianOffice) // in Albanian, for her; then in the worker's words
	h.press(T("casework.view.in", "Language", h.l.Language(h.l.Tag())))
	h.says(T("casework.view.heading"), herName, albanianOffice)
	h.press(T("casework.view.withdraw"), "main article div:has(> dd > .actions):first-child") // the newest consent stands first: to her account
	h.says(T("casework.consent.change.lead"))
	h.press(T("casework.save"))
	h.says(T("casework.saved.consent_changed"), h.hers("casework.view.heading"))
	h.goes(w.offered)
	w.deliver()
	w.arta.goes(w.sent)
	w.arta.says(T("referral.in.erased"), T("page.erased"), herName)
	w.arta.hides(herAccount, meetAt, T("page.unknown")) // what she wrote on it herself went too, and says so
	h.goes(w.offered)
	h.says(T("casework.recall"), "confirmed ")
	if strings.Contains(h.reads(), "not yet confirmed") {
		w.t.Error("the erasure is not confirmed")
	}
}

// figure: the liaison sends the quarter's count from the activity's page, having seen its bytes; Claire sees it.
func (w *told) figure() {
	h := w.nikos
	T := h.l.T
	h.leaves()
	h.signIn()
	h.press(T("programme.menu"), "header nav.main-nav")
	h.press(T("programme.list.title"))
	h.follows(chromedp.SendKeys("#f-q", "Greece Albania\r"))
	h.press(project)
	h.press(T("programme.send.title"))
	do(w.t, h.tab, chromedp.Focus("#f-quarter"), chromedp.SendKeys("#f-quarter", kb.Home)) // the running one
	h.press(T("programme.send.look"))
	h.says(T("programme.send.preview"), "<5")
	h.hides(herName, herCode)
	h.press(T("programme.send.submit"))
	h.says(T("programme.send.done"))
	w.deliver()
	c := w.claire
	T = c.l.T
	c.leaves()
	c.signIn()
	c.press(T("programme.menu"), "header nav.main-nav")
	c.says(T("programme.figures"))
	c.says("<5")
	c.goes("/cases")
	c.hides(herCode)
	c.goes("/programme/activities/P4-G1")
	c.says("<5")
	c.hides(herName, herCode, herAccount)
}

// refuses: a police officer has no key to this office, a stolen address shows nothing, nor does a colleague's.
func (w *told) refuses() {
	h := w.agim
	T := h.l.T
	h.leaves()
	h.signIn()
	h.says(T("identity.fault.refused"))
	for _, path := range []string{w.file, w.offered, w.offered + "/preview", w.file + "/view"} {
		h.goes(path)
		h.says(T("identity.signin.title"))
		h.hides(herCode, herName, herNumber, herAccount)
	}
	i := w.ioanna
	i.signIn()
	for _, path := range []string{w.file, w.offered, w.file + "/view"} {
		i.goes(path)
		i.says(T("fault.not_found"))
		i.hides(herCode, herName, herNumber, herAccount)
	}
}

// leavesQuickly: on the public pages one click or three keys lead away, and Back does not return.
func (w *told) leavesQuickly() {
	h := w.agim
	T := h.l.T
	h.tab = newTab(w.t, h.tab)
	away := standIn(w.t, h.tab, "https://www.wikipedia.org/")
	public := strings.Replace(h.base, "127.0.0.1", "localhost", 1)
	for name, leave := range map[string]void{"a click": chromedp.Click(named("header a", T("page.exit"))), "three keys": chromedp.KeyEvent(kb.Shift + kb.Shift + kb.Shift)} {
		h.follows(chromedp.Navigate(public + "/rights"))
		h.press(h.l.Country("GR"))
		h.press(T("rights.public.all"))
		h.press(h.l.Country("GR"))
		h.says(T("rights.public.exit"))
		eval[bool](w.t, h.tab, `window.stays = true`)
		do(w.t, h.tab, leave, chromedp.WaitReady(arrived))
		if at := eval[string](w.t, h.tab, `location.href`); at != away {
			w.t.Errorf("%s leads to %s", name, at)
		}
		past, err := chromedp.Run(h.tab, chromedp.NavigationEntries())
		if err != nil {
			w.t.Fatal(err)
		}
		for _, e := range past.Entries {
			if strings.HasPrefix(e.URL, public) {
				w.t.Errorf("after %s Back leads to %s", name, e.URL)
			}
		}
	}
}
