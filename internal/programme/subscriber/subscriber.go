// SPDX-License-Identifier: EUPL-1.2

// Package subscriber keeps who asked for a programme's newsletter, and takes it to them.
//
// A reader is a dossier. Their address is sealed with the contacts; nothing else about them is asked or kept. They ask on a
// public page, which answers the same whether the address is known or not, and confirm by a link in an e-mail; until then
// nothing else is sent to it. Every letter carries a link, and the headers of RFC 8058, with which they leave in one step; the
// address is erased then. Links hold a random token, and the database its hash.
//
// Letters leave by the office's mail server. Before each, the reader's dossier says that it is being handed over, and
// afterwards that it was: after a crash between the two nobody knows, and nothing is sent to that reader a second time unless
// somebody says so. What the server refuses for now is tried again, later each time.
package subscriber

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/retention"
)

// Entry types of the dossier kind "subscriber".
const (
	AskedType     = "subscriber.asked"
	ConfirmedType = "subscriber.confirmed"
	LanguageType  = "subscriber.language"
	LeftType      = "subscriber.left"
	BouncedType   = "subscriber.bounced"
	BegunType     = "letter.begun"
	EndedType     = "letter.ended"
	AgainType     = "letter.again"
)

// Languages lists those that letters are written in.
func Languages() []string { return []string{"fr", "en"} }

// Standing is where a reader stands.
type Standing string

// The closed list.
const (
	Asked     Standing = "asked"     // and has not confirmed
	Confirmed Standing = "confirmed" // gets letters
	Bounced   Standing = "bounced"   // the address takes none
	Left      Standing = "left"      // and the address is erased
)

// Standings lists them.
func Standings() []Standing { return []Standing{Asked, Confirmed, Bounced, Left} }

// Ways lists how somebody leaves: by the page that a letter leads to, by the button of their mail program, because they never
// confirmed, or because the office took them out at their wish.
func Ways() []string { return []string{"page", "one_click", "unconfirmed", "office"} }

// AskedFor is the payload of subscriber.asked. The marks are the hashes of the two tokens.
type AskedFor struct {
	Language    string `json:"language" part:"PI"`
	ConfirmMark string `json:"confirm_mark" part:"PI"`
	LeaveMark   string `json:"leave_mark" part:"PI"`
	Address     string `json:"address" part:"PC"`
	Confirm     string `json:"confirm" part:"PC"`
	Leave       string `json:"leave" part:"PC"`
}

// ConfirmedBy is the payload of subscriber.confirmed.
type ConfirmedBy struct {
	Mark string `json:"mark" part:"PI"`
}

// Chosen is the payload of subscriber.language.
type Chosen struct {
	Language string `json:"language" part:"PI"`
}

// LeftBy is the payload of subscriber.left: the address is erased with it.
type LeftBy struct {
	Way string `json:"way" part:"PI"` // of Ways
}

// Returned is the payload of subscriber.bounced, noted by hand from what came back.
type Returned struct {
	Final bool `json:"final" part:"PI"` // the address takes no letters
}

// Handed is the payload of letter.begun: the letter is being handed to the mail server. The zero Issue is the letter that asks
// to confirm.
type Handed struct {
	Issue journal.ID `json:"issue" part:"PI"`
	Try   int        `json:"try" part:"PI"`
}

// Ended is the payload of letter.ended: what the mail server said.
type Ended struct {
	Issue  journal.ID `json:"issue" part:"PI"`
	Try    int        `json:"try" part:"PI"`
	Result Result     `json:"result" part:"PI"`
	Code   int        `json:"code,omitempty" part:"PI"` // of the server, three digits
}

// Repeated is the payload of letter.again: somebody lets a letter be sent once more.
type Repeated struct {
	Issue journal.ID `json:"issue" part:"PI"`
}

// Result is what came of handing a letter over.
type Result string

// The closed list. Begun is a letter of which nobody knows: the program stopped while it was handed over.
const (
	Begun   Result = "begun"
	Sent    Result = "sent"
	Later   Result = "later"
	Refused Result = "refused"
)

// Results lists them.
func Results() []Result { return []Result{Begun, Sent, Later, Refused} }

// Letter is how one letter stands.
type Letter struct {
	Try    int       `json:"try"`
	Result Result    `json:"result"`
	At     time.Time `json:"at"`
	Code   int       `json:"code,omitempty"`
}

// Subscriber is the state of a reader's dossier.
type Subscriber struct {
	ID       journal.ID
	AskedFor AskedFor
	At       time.Time // when they asked
	Standing Standing
	Language string
	Way      string // of leaving
	Since    time.Time
	Letters  map[journal.ID]Letter
	Returns  int

	Refused   time.Time // when the address was found to take no letters
	Retention retention.State
}

// Keeping says how long an address that takes no letters is kept. One that takes them is kept until its reader leaves.
func (s Subscriber) Keeping() retention.Line {
	from := time.Time{}
	if s.Standing == Bounced {
		from = s.Refused
	}
	return s.Retention.Line(retention.Readers, from, s.AskedFor.Address != "")
}

// KeepingPast gives what was decided about that.
func (s Subscriber) KeepingPast() []retention.Step { return s.Retention.Steps }

// Exists says whether anything was recorded.
func (s Subscriber) Exists() bool { return s.Standing != "" }

// Line is what a list shows of a reader; the address only to whom it is shown.
type Line struct {
	Standing Standing              `json:"standing" part:"PI"`
	Language string                `json:"language" part:"PI"`
	At       time.Time             `json:"at" part:"PI"`
	Since    time.Time             `json:"since,omitzero" part:"PI"`
	Letters  map[journal.ID]Letter `json:"letters,omitempty" part:"PI"`
	Returns  int                   `json:"returns,omitempty" part:"PI"`
	Address  string                `json:"address,omitempty" part:"PC"`
	Keep     retention.Line        `json:"keep,omitzero" part:"PI"`
}

// confirmWithin is how long a link to confirm holds.
const confirmWithin = 7 * 24 * time.Hour

// mostTries bounds how often a letter is handed over.
const mostTries = 6

// standsCode is the code by which the office's page counts its readers: where somebody stands, and in which language.
const standsCode = "stands"

// StoreKind gives the dossier kind "subscriber".
func StoreKind() store.Kind {
	return store.Of(store.KindOf[Subscriber]{
		Name: access.KindSubscriber, Base: journal.PI, Codes: []string{"language", "confirm", "leave", standsCode, retention.Code}, Derives: 1,
		Types: append([]store.Type{{Name: AskedType, Payload: AskedFor{}}, {Name: ConfirmedType, Payload: ConfirmedBy{}}, {Name: LanguageType, Payload: Chosen{}, Overlap: []string{"language"}},
			{Name: LeftType, Payload: LeftBy{}}, {Name: BouncedType, Payload: Returned{}}, {Name: BegunType, Payload: Handed{}}, {Name: EndedType, Payload: Ended{}}, {Name: AgainType, Payload: Repeated{}}}, retention.Types(access.KindSubscriber)...),
		Fold: Fold, Guard: guard, Derive: derive,
		Effects: func(_ *store.Guarding, _, after Subscriber, e journal.Entry) (store.Effects, error) {
			if e.Type == LeftType || retention.Erases(e.Type) {
				return store.Effects{Erase: []journal.Category{journal.PC}}, nil
			}
			return store.Effects{}, nil
		},
	})
}

func derive(s Subscriber) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	d := store.Derived{State: string(s.Standing), Codes: map[string][]string{"language": {s.Language}, standsCode: {string(s.Standing) + "." + s.Language}, retention.Code: s.Keeping().Codes()}, Summary: Line{s.Standing, s.Language, s.At, s.Since, s.Letters, s.Returns, s.AskedFor.Address, s.Keeping()}}
	if s.Standing != Left {
		d.Codes["leave"] = []string{s.AskedFor.LeaveMark}
		if a := s.AskedFor.Address; a != "" {
			d.Tokens = []store.Token{token(a)}
		}
	}
	if s.Standing == Asked {
		d.Codes["confirm"] = []string{s.AskedFor.ConfirmMark}
		d.Due = s.At.Add(confirmWithin)
	}
	return d
}

// token is what a reader can be found by: the whole address, in small letters.
func token(address string) store.Token {
	return store.Token{Kind: "address", Value: strings.ToLower(address)}
}

// Fold gives the state of entries in rising revision. An erased address leaves the rest.
func Fold(es []journal.Entry) (Subscriber, error) {
	var s Subscriber
	for _, e := range es {
		s.ID = e.Dossier
		if err := s.apply(e); err != nil {
			return Subscriber{}, err
		}
	}
	return s, nil
}

func (s *Subscriber) apply(e journal.Entry) error {
	if mine, err := s.Retention.Apply(e); mine || err != nil {
		if retention.Erases(e.Type) {
			s.Standing, s.Way = Left, "term"
		}
		return err
	}
	var err error
	switch e.Type {
	case AskedType:
		s.AskedFor, err = journal.In[AskedFor](e)
		s.Standing, s.Language, s.At = Asked, s.AskedFor.Language, e.OccurredAt
	case ConfirmedType:
		s.Standing, s.Since = Confirmed, e.OccurredAt
	case LanguageType:
		var v Chosen
		v, err = journal.In[Chosen](e)
		s.Language = v.Language
	case LeftType:
		var v LeftBy
		v, err = journal.In[LeftBy](e)
		s.Standing, s.Way = Left, v.Way
	case BouncedType:
		var v Returned
		v, err = journal.In[Returned](e)
		if s.Returns++; v.Final {
			s.Standing, s.Refused = Bounced, e.OccurredAt
		}
	case BegunType:
		var v Handed
		v, err = journal.In[Handed](e)
		s.letter(v.Issue, Letter{v.Try, Begun, e.OccurredAt, 0})
	case EndedType:
		var v Ended
		v, err = journal.In[Ended](e)
		s.letter(v.Issue, Letter{v.Try, v.Result, e.OccurredAt, v.Code})
	case AgainType:
		var v Repeated
		v, err = journal.In[Repeated](e)
		s.letter(v.Issue, Letter{Result: Later})
	}
	return err
}

func (s *Subscriber) letter(issue journal.ID, l Letter) {
	s.Letters = maps.Clone(s.Letters)
	if s.Letters == nil {
		s.Letters = map[journal.ID]Letter{}
	}
	s.Letters[issue] = l
}

func guard(g *store.Guarding, s Subscriber, e journal.Entry) error {
	if (e.Type == AskedType) == s.Exists() {
		return fault.New(fault.Guarded, "subscriber.guard.state")
	}
	if s.Standing == Left {
		return fault.New(fault.Guarded, "subscriber.guard.state")
	}
	if retention.Is(e.Type) {
		return retention.Guard(g, s.Keeping(), e)
	}
	switch e.Type {
	case AskedType:
		v, err := journal.In[AskedFor](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		return v.check()
	case ConfirmedType:
		v, err := journal.In[ConfirmedBy](e)
		if err != nil || s.Standing != Asked || v.Mark != s.AskedFor.ConfirmMark || g.Now.After(s.At.Add(confirmWithin)) {
			return fault.New(fault.Guarded, "subscriber.guard.state")
		}
	case LanguageType:
		v, err := journal.In[Chosen](e)
		if err != nil || !slices.Contains(Languages(), v.Language) {
			return fault.Bad("language", "programme.need.choice")
		}
	case LeftType:
		v, err := journal.In[LeftBy](e)
		if err != nil || !slices.Contains(Ways(), v.Way) {
			return fault.Bad("way", "programme.need.choice")
		}
	case BegunType:
		return s.mayBegin(g, e)
	case EndedType:
		v, err := journal.In[Ended](e)
		if l := s.Letters[v.Issue]; err != nil || l.Result != Begun || l.Try != v.Try || !slices.Contains(Results()[1:], v.Result) {
			return fault.New(fault.Guarded, "subscriber.guard.state")
		}
	case AgainType:
		v, err := journal.In[Repeated](e)
		if l, ok := s.Letters[v.Issue]; err != nil || !ok || l.Result == Sent {
			return fault.New(fault.Guarded, "subscriber.guard.state")
		}
	}
	return nil
}

// mayBegin lets a letter be handed over once: not while another hand-over is open, nor after it arrived, and an issue only to
// who confirmed. This is what keeps two processes, or one that was killed, from sending it twice.
func (s Subscriber) mayBegin(g *store.Guarding, e journal.Entry) error {
	v, err := journal.In[Handed](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	l, there := s.Letters[v.Issue]
	want := Confirmed
	if v.Issue.IsZero() {
		want = Asked
	}
	if s.Standing != want || v.Try != l.Try+1 || there && !l.due(g.Now) {
		return fault.New(fault.Guarded, "subscriber.guard.letter")
	}
	return nil
}

// due says whether a letter that was tried is to be tried again: after five minutes, then each time four times as long.
func (l Letter) due(now time.Time) bool {
	if l.Result != Later || l.Try >= mostTries {
		return false
	}
	wait := 5 * time.Minute
	for range l.Try - 1 {
		wait *= 4
	}
	return l.At.IsZero() || !now.Before(l.At.Add(wait))
}

// given says that nothing more comes of a letter by itself.
func (l Letter) given() bool {
	return l.Result == Sent || l.Result == Refused || l.Result == Begun || l.Try >= mostTries
}

func (v AskedFor) check() error {
	var fs fault.Fields
	if !slices.Contains(Languages(), v.Language) {
		fs.Add("language", "programme.need.choice")
	}
	if _, err := ParseAddress(v.Address); err != nil {
		fs.Add("address", "party.email.form")
	}
	if v.ConfirmMark != Mark(v.Confirm) || v.LeaveMark != Mark(v.Leave) || len(v.Leave) < 20 {
		fs.Add("confirm", "fault.invalid")
	}
	return fs.Err()
}

// ParseAddress reads an address that somebody typed: the address alone, at most 254 bytes of plain letters.
func ParseAddress(s string) (string, error) {
	s = strings.TrimSpace(s)
	a, err := mail.ParseAddress(s)
	at := strings.LastIndexByte(s, '@')
	if err != nil || a.Address != s || len(s) > 254 || at < 1 || at > 64 || !strings.Contains(s[at:], ".") || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", fault.Bad("address", "party.email.form")
	}
	return s, nil
}

// newToken makes what a link holds: nobody guesses it.
func newToken(random io.Reader) (string, error) {
	b := make([]byte, 18)
	_, err := io.ReadFull(random, b)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// Mark is what the database keeps of a token.
func Mark(token string) string {
	h := sha256.Sum256([]byte("subscriber\n" + token))
	return hex.EncodeToString(h[:20])
}
