// SPDX-License-Identifier: EUPL-1.2

package study

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/exchange/terms"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/programme/activity"
	"github.com/entraide-thb/entraide/internal/programme/between"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

// Screening is what this room asks of those who screen.
type Screening interface {
	// Check says what is wrong with a list: an Invalid fault, or nil.
	Check(Set) error
	// Try says what made-up cases come to under a list that Check takes. The same list gives the same cases.
	Try(Set) ([]Case, error)
}

// Decides says whether a motion of a session of the steering committee was approved: nil, or a Guarded fault.
type Decides func(g *store.Guarding, session, motion journal.ID) error

// Line is what a list shows of a study.
type Line struct {
	Commission
	Stage      Stage             `json:"stage" part:"PP"`
	Delivered  party.PartialDate `json:"delivered,omitzero" part:"PP"`
	Findings   int               `json:"findings,omitempty" part:"PP"`
	Indicators int               `json:"indicators,omitempty" part:"PP"`
	Decided    bool              `json:"decided,omitempty" part:"PP"`
	Issues     []string          `json:"issues,omitempty" part:"PP"`  // versions published here
	Waiting    string            `json:"waiting,omitempty" part:"PP"` // version of a list that is not published yet
}

// Row is a study in a list.
type Row = register.Found[Line]

type rules struct {
	screening Screening
	decides   Decides
}

// StoreKind gives the dossier kind "study".
func StoreKind(s Screening, d Decides) store.Kind {
	return store.Of(store.KindOf[Study]{
		Name: access.KindStudy, Base: journal.PP, Codes: []string{"stage", "activity", "list", register.OrderCode}, Derives: 1,
		Types: []store.Type{
			{Name: CommissionedType, Payload: Commission{}, Overlap: []string{"title", "question"}},
			{Name: FieldworkType, Payload: Fieldwork{}, Overlap: []string{"method", "people"}},
			{Name: DeliveredType, Payload: Delivery{}},
			{Name: FoundType, Payload: Finding{}},
			{Name: IndicatorType, Payload: Indicator{}},
			{Name: DiscussedType, Payload: Discussed{}},
			{Name: DecidedType, Payload: Decided{}},
			{Name: DraftedType, Payload: Drafted{}},
			{Name: TriedType, Payload: Tried{}},
			{Name: PublishedType, Payload: Published{}},
			{Name: SentType, Payload: Sent{}},
			{Name: CameType, Payload: Came{}},
		},
		Fold: Fold, Guard: rules{s, d}.guard, Derive: derive, Effects: effects,
	})
}

func derive(s Study) store.Derived {
	if !s.Exists() {
		return store.Derived{}
	}
	l := Line{Commission: s.Commission, Stage: s.Stage, Delivered: s.Delivery.On, Findings: len(s.Findings), Indicators: len(s.Indicators), Decided: s.Decided.On.Known()}
	d := store.Derived{State: string(s.Stage), Codes: map[string][]string{"stage": {string(s.Stage)}, register.OrderCode: inOrder(l)}}
	for _, i := range s.Issues {
		l.Issues = append(l.Issues, i.Set.Version)
	}
	if s.Draft != nil {
		l.Waiting = s.Draft.Version
		d.Codes["list"] = append(d.Codes["list"], "draft")
	}
	if len(s.Issues) > 0 {
		d.Codes["list"] = append(d.Codes["list"], "published")
	}
	if s.Commission.Activity != "" {
		d.Codes["activity"] = []string{s.Commission.Activity}
	}
	d.Summary = l
	return d
}

// ownOnly are written of this office's own studies; the rest also of a list that came from elsewhere.
var ownOnly = []string{FieldworkType, DeliveredType, FoundType, IndicatorType, DiscussedType, DecidedType, DraftedType, SentType}

func (k rules) guard(g *store.Guarding, s Study, e journal.Entry) error {
	if (e.Type == CameType) != (g.Actor.Job == "post") || s.Stage == Elsewhere && (slices.Contains(ownOnly, e.Type) || e.Type == CommissionedType) || e.Type == CameType && s.Exists() && s.Office.IsZero() {
		return fault.New(fault.Guarded, "study.guard.whose")
	}
	if e.Type != CommissionedType && e.Type != CameType && !s.Exists() {
		return fault.New(fault.NotFound, "store.not_found")
	}
	var fs fault.Fields
	var err error
	switch e.Type {
	case CommissionedType:
		var v Commission
		v, err = journal.In[Commission](e)
		v.check(&fs)
	case FieldworkType:
		var v Fieldwork
		v, err = journal.In[Fieldwork](e)
		v.check(&fs)
	case DeliveredType:
		var v Delivery
		if v, err = journal.In[Delivery](e); s.Stage == Delivered {
			return fault.New(fault.Guarded, "study.guard.delivered")
		}
		v.check(&fs)
	case FoundType, IndicatorType:
		if s.Stage != Delivered { // each stands on a page of the report
			return fault.New(fault.Guarded, "study.guard.not_delivered")
		}
		err = checkFound(&fs, s, e)
	case DiscussedType:
		var v Discussed
		if v, err = journal.In[Discussed](e); !activity.IsCode(v.Activity) {
			fs.Add("activity", "programme.need.code")
		}
	case DecidedType:
		return k.guardDecided(g, s, e)
	default:
		return k.guardSet(g, s, e)
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	return fs.Err()
}

func (k rules) guardDecided(g *store.Guarding, s Study, e journal.Entry) error {
	v, err := journal.In[Decided](e)
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	if s.Stage != Delivered || len(s.Indicators) == 0 {
		return fault.New(fault.Guarded, "study.guard.nothing")
	}
	var fs fault.Fields
	v.check(&fs)
	if err := fs.Err(); err != nil {
		return err
	}
	if k.decides == nil {
		return fault.New(fault.Guarded, "study.guard.decision")
	}
	return k.decides(g, v.Session, v.Motion)
}

// guardSet: a list is drafted on the committee's decision, tried as it stands, and published by a person; a version is
// published once.
func (k rules) guardSet(g *store.Guarding, s Study, e journal.Entry) error {
	switch e.Type {
	case DraftedType, CameType:
		return k.guardDraft(s, e)
	case TriedType:
		v, err := journal.In[Tried](e)
		if err != nil || s.Draft == nil || s.Draft.Version != v.Version || k.screening == nil {
			return fault.New(fault.Guarded, "study.guard.draft")
		}
		want, err := k.screening.Try(*s.Draft)
		if err != nil {
			return err
		}
		if !slices.Equal(want, v.Cases) {
			return fault.New(fault.Conflict, "study.guard.changed")
		}
		if wording.Longer(v.Note, maxText) {
			return fault.Bad("note", "study.want.words", "Max", maxText)
		}
	case PublishedType:
		v, err := journal.In[Published](e)
		switch {
		case err != nil || s.Draft == nil || s.Draft.Version != v.Version || g.Actor.Job != "":
			return fault.New(fault.Guarded, "study.guard.draft")
		case s.Tried == nil:
			return fault.New(fault.Guarded, "study.guard.untried")
		}
	case SentType:
		v, err := journal.In[Sent](e)
		if err != nil {
			return fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		if !slices.ContainsFunc(s.Issues, func(i Issue) bool { return i.Set.Version == v.Version }) {
			return fault.New(fault.Guarded, "study.guard.unpublished")
		}
		if len(v.To) == 0 || len(v.To) > maxMany {
			return fault.Bad("to", "study.want.offices")
		}
		for _, to := range v.To {
			if _, err := terms.Find(g, g.Owner, to, between.Purpose, []journal.Category{journal.PP}); err != nil {
				return fault.New(fault.Uncovered, "study.guard.terms")
			}
		}
	}
	return nil
}

func (k rules) guardDraft(s Study, e journal.Entry) error {
	var set Set
	var err error
	if e.Type == CameType {
		var v Came
		v, err = journal.In[Came](e)
		if set = v.Set; v.Office.IsZero() || s.Exists() && s.Office != v.Office {
			return fault.New(fault.Guarded, "study.guard.whose")
		}
	} else {
		var v Drafted
		v, err = journal.In[Drafted](e)
		if set = v.Set; !s.Decided.On.Known() {
			return fault.New(fault.Guarded, "study.guard.decision")
		}
		if !slices.Equal(ids(set.Indicators), ids(s.drawn())) {
			return fault.New(fault.Conflict, "study.guard.changed")
		}
	}
	if err != nil {
		return fault.Wrap(fault.Invalid, err, "fault.invalid")
	}
	for _, i := range s.Issues {
		if i.Set.Code != set.Code {
			return fault.Bad("code", "study.want.code_same")
		}
		if i.Set.Version == set.Version {
			return fault.Bad("version", "study.want.version")
		}
	}
	if k.screening == nil {
		return fault.New(fault.Guarded, "study.guard.draft")
	}
	return k.screening.Check(set)
}

func ids(list []SetIndicator) []string {
	var out []string
	for _, i := range list {
		out = append(out, i.ID+" "+i.Theme+" "+string(i.Weight)+" "+i.Page)
	}
	return out
}

// drawn gives the study's indicators as a list has them.
func (s Study) drawn() []SetIndicator {
	var out []SetIndicator
	for _, i := range s.Indicators {
		out = append(out, SetIndicator(i))
	}
	return out
}

var (
	keyForm   = regexp.MustCompile(`^[A-Z][A-Z0-9]{0,7}$`)
	idForm    = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}-[0-9]{2,3}$`)
	themeForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,7}$`)
	pageForm  = regexp.MustCompile(`^[1-9][0-9]{0,3}(-[1-9][0-9]{0,3})?$`)
)

func (v Commission) check(fs *fault.Fields) {
	v.Title.Check(fs, "title", true, maxLine)
	v.Question.Check(fs, "question", false, maxText)
	if v.Activity != "" && !activity.IsCode(v.Activity) {
		fs.Add("activity", "programme.need.code")
	}
	if wording.Longer(v.Author, maxLine) {
		fs.Add("author", "study.want.line", "Max", maxLine)
	}
	if v.Due.Before(v.On) {
		fs.Add("due", "party.date.order")
	}
}

func (v Fieldwork) check(fs *fault.Fields) {
	if v.Until.Before(v.From) {
		fs.Add("until", "party.date.order")
	}
	if slices.ContainsFunc(v.Countries, func(c string) bool { return !activity.IsCountry(c) }) {
		fs.Add("countries", "programme.need.country")
	}
	if wording.Longer(v.Method, maxText) {
		fs.Add("method", "study.want.words", "Max", maxText)
	}
}

func (v Delivery) check(fs *fault.Fields) {
	if !v.On.Known() {
		fs.Add("on", "programme.need.date")
	}
	if strings.TrimSpace(v.Document) == "" || wording.Longer(v.Document, maxLine) {
		fs.Add("document", "study.want.line", "Max", maxLine)
	}
	if v.Pages < 1 || v.Pages > 9999 {
		fs.Add("pages", "study.want.pages")
	}
}

func (v Decided) check(fs *fault.Fields) {
	if v.For == "" || len(v.For) > maxLine {
		fs.Add("for", "study.want.line", "Max", maxLine)
	}
	if v.Session.IsZero() || v.Motion.IsZero() {
		fs.Add("decision", "study.want.decision")
	}
	if !v.On.Known() {
		fs.Add("on", "programme.need.date")
	}
}

func checkFound(fs *fault.Fields, s Study, e journal.Entry) error {
	if len(s.Findings)+len(s.Indicators) >= 2*maxMany {
		fs.Add("key", "study.want.fewer", "Max", maxMany)
	}
	if e.Type == FoundType {
		v, err := journal.In[Finding](e)
		v.check(fs)
		return err
	}
	v, err := journal.In[Indicator](e)
	v.check(fs)
	return err
}

func (v Finding) check(fs *fault.Fields) {
	if !keyForm.MatchString(v.Key) {
		fs.Add("key", "study.want.key")
	}
	v.Text.Check(fs, "text", true, maxText)
	checkPage(fs, v.Page)
	if len(v.Asks) > maxText {
		fs.Add("asks", "study.want.words", "Max", maxText)
	}
}

func (v Indicator) check(fs *fault.Fields) {
	if !idForm.MatchString(v.ID) {
		fs.Add("id", "study.want.id")
	}
	if !themeForm.MatchString(v.Theme) {
		fs.Add("theme", "study.want.theme")
	}
	v.Text.Check(fs, "text", true, maxText)
	if v.Weight != "" && !slices.Contains(Weights(), v.Weight) {
		fs.Add("weight", "study.want.weight")
	}
	checkPage(fs, v.Page)
}

func checkPage(fs *fault.Fields, page string) {
	if !pageForm.MatchString(page) {
		fs.Add("page", "study.want.page")
	}
}

// List lists the studies that somebody may see, those delivered last first, then by activity.
func List(ctx context.Context, s *store.Store, w store.Who, codes map[string]string) ([]Row, error) {
	rows, err := register.All[Line](ctx, s, w, store.Query{Kind: access.KindStudy, Codes: codes})
	inorder.By(rows, order)
	return rows, err
}

func inOrder(l Line) []string {
	return register.InOrder(register.LatestFirst(l.Delivered), register.NumberedCode(l.Activity))
}

func order(a, b Row) int {
	return cmp.Or(strings.Compare(inOrder(a.V)[0], inOrder(b.V)[0]), strings.Compare(a.ID.String(), b.ID.String()))
}

// Sets gives the lists that an office has published, oldest first, for those who screen.
func Sets(ctx context.Context, s *store.Store, w store.Who) ([]Set, error) {
	rows, err := register.All[Line](ctx, s, w, store.Query{Kind: access.KindStudy, Codes: map[string]string{"list": "published"}})
	if err != nil {
		return nil, err
	}
	var issues []Issue
	for _, r := range rows {
		o, err := s.Open(ctx, w, store.Ref{Kind: access.KindStudy, ID: r.ID})
		if err != nil {
			return nil, err
		}
		issues = append(issues, o.State.(Study).Issues...)
	}
	inorder.Stably(issues, func(a, b Issue) int { return a.At.Compare(b.At) })
	var out []Set
	for _, i := range issues {
		out = append(out, i.Set)
	}
	return out, nil
}
