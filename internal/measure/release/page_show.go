// SPDX-License-Identifier: EUPL-1.2

package release

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"github.com/entraide-thb/entraide/internal/measure/bundle"
	"github.com/entraide-thb/entraide/internal/measure/source"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/page/field"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// showData is the page of one release.
type showData struct {
	field.Matter
	Steps    []page.Step
	Progress *gauge // while it is drawn
	Again    string // where to look again
	Plan     *resultData
	Figures
}

// mostShown is how many tables a page shows.
const mostShown = 30

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	_, d, err := rm.matter(ctx, r)
	if fault.Is(err, fault.NotFound) && rm.Together != "" { // a budget's line may be of what several offices publish together
		if id, bad := r.ID("id"); bad == nil {
			if _, bad := rm.Desk.Store.Open(ctx, As(r.Actor), store.Ref{Kind: access.KindJoint, ID: id}); bad == nil {
				return page.Redirect(rm.Together+"/"+id.String(), ""), nil
			}
		}
	}
	return page.View("release/show", r.L.T("release.one"), d), err
}

// Opened reads the dossier of figures that an address names, for somebody who works on figures. Errors: Denied, NotFound.
func Opened(ctx context.Context, r *page.Request, s *store.Store, kind string) (*store.Opened, error) {
	if !Works(r.Actor) {
		return nil, denied()
	}
	return field.Opened(ctx, s, As(r.Actor), r, kind)
}

// Under gives the way to a page of one of the rooms beside releases, from the front page of figures.
func Under(r *page.Request, room, path, here string) []page.Crumb {
	return []page.Crumb{{Text: r.L.T("release.menu"), Href: Path}, {Text: r.L.T(room), Href: path}, {Text: here}}
}

// opened reads the release that an address names.
func (rm room) opened(ctx context.Context, r *page.Request) (*store.Opened, State, error) {
	return begun(Opened(ctx, r, rm.Desk.Store, access.KindRelease))
}

func (rm room) matter(ctx context.Context, r *page.Request) (State, showData, error) {
	l := r.L
	o, s, err := rm.opened(ctx, r)
	if err != nil {
		return s, showData{}, err
	}
	d := showData{Steps: steps(r, s)}
	d.Title, d.Mark, d.Crumbs = s.Asks.title(l), mark(r, s.status), crumbs(r, l.T("release.one"))
	d.Notes = rm.notes(r, s)
	d.Actions = field.Actions(r, s.acts(r), "release.act.", pathOf(s.ID))
	if !s.MadeEntry.IsZero() {
		d.Actions = append(d.Actions, page.Action{Text: l.T("release.explore"), Icon: "chart-bar", Href: pathOf(s.ID) + "/explore"}, page.Action{Text: l.T("release.files"), Icon: "download", Href: pathOf(s.ID) + "/files"})
	}
	d.Side = []field.Card{{Title: l.T("release.what"), Facts: rm.facts(ctx, r, s)}, {Title: l.T("release.course"), Events: field.Course(ctx, r, o.Entries, "release.entry.", rm.Names, nil)}}
	for _, tag := range languages {
		if x := s.Asks.Notes[tag]; x != "" {
			d.Main = append(d.Main, field.Card{Title: l.T("release.notes." + tag), Words: x})
		}
	}
	if s.status == Approved || s.status == Drawing {
		d.Again, d.Progress = pathOf(s.ID), &gauge{ID: "drawing", Label: l.T("release.drawing"), Text: l.T("release.drawing.text"), Max: 4}
		if p, ok := rm.Desk.Progress(s.ID); ok {
			d.Progress.Value, d.Progress.Max = int64(p.Done), int64(p.Of)
		}
	}
	if s.MadeEntry.IsZero() {
		if p, err := rm.Desk.Plan(ctx, r.Actor.Owner, s.Asks); err == nil && (s.status == Drafted || s.status == Asked) {
			if d.Plan, err = rm.result(ctx, r, p); err != nil {
				return s, d, err
			}
		}
		return s, d, nil
	}
	b, err := rm.Desk.Files(ctx, As(r.Actor), s)
	if err != nil {
		return s, d, err
	}
	x, _, err := Read(b)
	if err != nil {
		return s, d, err
	}
	d.Figures = FiguresOf(r, x)
	all, err := rm.Desk.Published(ctx, r.Actor.Owner)
	if err != nil {
		return s, d, err
	}
	joint, err := rm.Joint.list(ctx, r.Actor.Owner)
	d.Notes = append(d.Notes, weakened(r, s, all, joint)...)
	return s, d, err
}

// steps says how far a release is on its way.
func steps(r *page.Request, s State) []page.Step {
	at := slices.Index([]Status{Drafted, Asked, Approved, Drawing, Drawn, Published}, s.status)
	if s.status == Drawing {
		at = 2
	} else if at > 3 {
		at--
	}
	if at < 0 {
		return nil
	}
	var out []page.Step
	for i, name := range []string{"drafted", "asked", "approved", "drawn", "published"} {
		x := page.Step{Text: r.L.T("release.step." + name), State: "todo"}
		if i < at || s.status == Published {
			x.State = "done"
		} else if i == at {
			x.State = "current"
		}
		out = append(out, x)
	}
	return out
}

// notes say what somebody must know before anything else.
func (rm room) notes(r *page.Request, s State) []field.Note {
	l := r.L
	var out []field.Note
	add := func(tone, key, text string) {
		out = append(out, field.Note{Tone: tone, Title: l.T(key), Text: text})
	}
	said := func(v Reasoned, prefix string) string {
		out := word(l, prefix+v.Reason, "")
		if v.Words != "" {
			out += " " + v.Words
		}
		return out
	}
	switch s.status {
	case Drafted:
		if s.Returned.Reason != "" {
			add(page.Warn, "release.returned", said(s.Returned, "release.reason."))
		}
	case Asked:
		if r.Actor.ID == s.By {
			add(page.Info, "release.waits_second", l.T("release.waits_second.text"))
		} else {
			add(page.Warn, "release.approve_this", l.T("release.approve_this.text"))
		}
	case Drawn:
		if slices.ContainsFunc(s.Signed, func(x Signature) bool { return x.By == r.Actor.ID }) {
			add(page.Info, "release.waits_signature", "")
		} else {
			add(page.Warn, "release.sign_this", l.T("release.sign_this.text"))
		}
	case Held:
		add(page.Off, "release.status.held", said(s.End, "release.reason."))
	case Withdrawn:
		add(page.Bad, "release.status.withdrawn", said(s.End, "release.reason."))
	case Broken:
		add(page.Bad, "release.status.broken", said(s.End, "release.broken."))
	}
	if s.status == Broken && s.Begun.Cost > 0 {
		add(page.Info, "release.cost_stays", l.T("release.cost_stays.text"))
	}
	return out
}

func (rm room) facts(ctx context.Context, r *page.Request, s State) []page.Fact {
	l, a := r.L, s.Asks
	src, err := rm.Desk.Sources(ctx, r.Actor.Owner).Find(a.Source)
	heads := slices.Clone(a.Columns)
	for i := range heads {
		if err == nil {
			heads[i] = Heading(l, src, heads[i])
		}
	}
	names := rm.Names(ctx, s.By, s.Approver)
	out := []page.Fact{{Term: l.T("release.source"), Text: word(l, "measure.source."+a.Source, cmp.Or(a.Called, a.Source)), Sub: Means(l, source.Source{Code: a.Source, Title: a.Called})}, {Term: l.T("release.period"), Text: Period(l, a.From, a.Until)},
		{Term: l.T("release.columns"), Text: l.List(heads)}, {Term: l.T("release.ways"), Text: l.T("release.ways." + strconv.Itoa(a.Ways))}, {Term: l.T("release.route"), Text: l.T("release.route." + string(a.Route))}}
	if a.Route == bundle.Pooled {
		if a.Choose > 0 {
			out = append(out, page.Fact{Term: l.T("release.choose"), Text: l.N("release.choose.some", a.Choose)})
		}
		out = append(out, page.Fact{Term: l.T("release.epsilon"), Text: l.Decimal(strconv.FormatFloat(a.Epsilon, 'f', -1, 64))})
		if s.Begun.Cost > 0 {
			out = append(out, page.Fact{Term: l.T("release.cost"), Text: s.Begun.Cost.String()})
		}
	} else {
		out = append(out, page.Fact{Term: l.T("release.k"), Text: l.Number(a.K)}, page.Fact{Term: l.T("release.method"), Text: l.T("release.method." + a.Method)})
		if n := len(s.Made.Earlier); n > 0 {
			out = append(out, page.Fact{Term: l.T("release.earlier"), Text: l.N("release.earlier.count", n)})
		}
	}
	out = append(out, page.Fact{Term: l.T("release.by"), Text: names[s.By]})
	if !s.Approver.IsZero() {
		out = append(out, page.Fact{Term: l.T("release.approver"), Text: names[s.Approver]})
	}
	if s.Made.Hash != "" {
		out = append(out, page.Fact{Term: l.T("release.hash"), Text: s.Made.Hash})
	}
	return out
}

// acts lists what somebody can do about a release as it stands.
func (s State) acts(r *page.Request) []field.Act {
	me := r.Actor.ID
	change := field.Act{Name: "change", Icon: "pencil", Asks: true, Elsewhere: Path + "/plan?draft=" + s.ID.String()}
	hold := field.Act{Name: "hold", Icon: "ban", Asks: true, Danger: true}
	switch s.status {
	case Drafted:
		return []field.Act{{Name: "request", Icon: "send", First: true}, change, hold}
	case Asked:
		if me == s.By {
			return []field.Act{change, hold}
		}
		return []field.Act{{Name: "approve", Icon: "check", Asks: true, First: true}, {Name: "return", Icon: "arrow-back-up", Asks: true}}
	case Approved:
		return []field.Act{hold}
	case Drawn:
		if slices.ContainsFunc(s.Signed, func(x Signature) bool { return x.By == me }) {
			return []field.Act{hold}
		}
		return []field.Act{{Name: "sign", Icon: "writing", Asks: true, First: true}, hold}
	case Published:
		return []field.Act{{Name: "withdraw", Icon: "ban", Asks: true, Danger: true}}
	}
	return nil
}

// typedAct is what somebody types of an act.
type typedAct struct {
	Reason  string `form:"reason"`
	Words   string `form:"words"`
	Content bool   `form:"content"`
	Safety  bool   `form:"safety"`
	Hash    string `form:"hash"`
}

// sheet is the form of an act; nil where it has none.
func (rm room) sheet(r *page.Request, s State, name string, v typedAct) *field.Form {
	l := r.L
	f := field.New(l, "release.act."+name, pathOf(s.ID)+"/"+name, pathOf(s.ID), "release.act."+name)
	f.Crumbs = []page.Crumb{{Text: l.T("release.menu"), Href: Path}, {Text: l.T("release.one"), Href: pathOf(s.ID)}, {Text: f.Title}}
	f.Lead = word(l, "release.act."+name+".lead", "")
	switch name {
	case "approve":
		f.Check("content", "release.content", v.Content)
		f.Check("safety", "release.safety", v.Safety)
	case "sign":
		f.Facts = []page.Fact{{Term: l.T("release.hash"), Text: s.Made.Hash}}
		f.Hidden("hash", s.Made.Hash)
	case "return", "hold", "withdraw":
		f.Danger = name != "return"
		f.Select("reason", "release.reason", v.Reason, field.Options(l, "release.reason", Reasons()))
		f.Area("words", "release.words", v.Words).Set("MaxLength", 1000).Optional()
	default:
		return nil
	}
	return f
}

func (rm room) ask(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	if !slices.ContainsFunc(s.acts(r), func(a field.Act) bool { return a.Name == name && a.Asks && a.Elsewhere == "" }) {
		return nil, fault.New(fault.NotFound, "fault.not_found")
	}
	return page.View("release/form", r.L.T("release.one"), rm.sheet(r, s, name, typedAct{})), nil
}

func (rm room) act(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	var v typedAct
	if err := r.Decode(&v); err != nil {
		return nil, err
	}
	name := r.PathValue("act")
	if err = rm.do(ctx, As(r.Actor), s, name, v); err == nil {
		if name == "approve" {
			rm.Approved()
		}
		return page.Redirect(pathOf(s.ID), "release.saved"), nil
	}
	if f := rm.sheet(r, s, name, v); f != nil && fault.Is(err, fault.Invalid) {
		return f.Again(r, "release/form", err)
	}
	_, d, bad := rm.matter(ctx, r)
	if bad != nil {
		return nil, bad
	}
	return field.Refused(r, "release/show", "release.one", &d.Matter, &d, err)
}

// do carries an act out.
func (rm room) do(ctx context.Context, w store.Who, s State, name string, v typedAct) error {
	why := Reasoned{Reason: v.Reason, Words: v.Words}
	say := func(typ string, payload any) error {
		_, err := rm.Desk.Store.Append(ctx, w, Ref(s.ID), store.Draft{Type: typ, Payload: payload})
		return err
	}
	switch name {
	case "request":
		return rm.Desk.Ask(ctx, w, s.ID)
	case "approve":
		return rm.Desk.Approve(ctx, w, s.ID, Approval{Content: v.Content, Safety: v.Safety})
	case "return":
		return say(ReturnedType, why)
	case "hold":
		return rm.Desk.Hold(ctx, w, s.ID, why)
	case "sign":
		return rm.Desk.Sign(ctx, w, s.ID, v.Hash)
	case "withdraw":
		return say(WithdrawnType, why)
	}
	return fault.New(fault.NotFound, "fault.not_found")
}

func (rm room) files(ctx context.Context, r *page.Request) (page.Response, error) {
	_, s, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	b, err := rm.Desk.Files(ctx, As(r.Actor), s)
	if err != nil {
		return nil, err
	}
	return rm.download(ctx, r, s, b)
}

// fileName is neutral and plain.
func fileName(s State) string { return "release-" + s.Asks.From + "-" + s.ID.String()[:8] + ".zip" }

// signatories gives the names of who released, for people of the office.
func signatories(a access.Role, r *page.Request) string {
	return word(r.L, "identity.role."+string(a), string(a))
}
