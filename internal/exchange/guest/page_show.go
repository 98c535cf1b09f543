// SPDX-License-Identifier: EUPL-1.2

package guest

import (
	"context"
	"net/http"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
)

// said is one letter on the door's page.
type said struct {
	Title, Text, When string
	Theirs            bool
	Note              string // why there are no words
	Files             []page.Action
}

// showData is one door.
type showData struct {
	Crumbs       []page.Crumb
	Mark         page.Mark
	Note         string // what the status means
	Tone         string
	Facts        []page.Fact
	Letters      []said
	Visits       []moment
	Write, Close string // where these are posted; "" where they cannot be
	Closings     []page.Option
	Entry        journal.ID
	Text, Reason string
	MaxText      int
	Errors       page.FieldErrors
}

// moment is one line of the openings, for "c/timeline".
type moment = page.Event

func (rm room) show(ctx context.Context, r *page.Request) (page.Response, error) {
	d, err := rm.opened(ctx, r)
	if err != nil {
		return nil, err
	}
	return rm.shown(ctx, r, d, acted{}, nil)
}

// shown shows a door, with what was typed and what is wrong with it.
func (rm room) shown(ctx context.Context, r *page.Request, d Door, v acted, wrong error) (page.Response, error) {
	l, s, o := r.L, d.Status(r.Now), d.Opened
	names := rm.Names(ctx, d.By)
	out := showData{Crumbs: crumbs(l, page.Crumb{Text: l.T("guest.one")}), Mark: page.Mark{Tone: tones[s], Text: l.T("guest.status." + string(s))}, Tone: tones[s], Note: l.T("guest.status." + string(s) + ".text"),
		Entry: rm.Store.NewID(), Text: v.Text, Reason: v.Reason, Closings: options(l, "guest.closing.", Closings()), MaxText: Letters, Errors: r.Errors(wrong)}
	whom, why := page.Fact{Term: l.T("guest.for"), Text: o.For}, page.Fact{Term: l.T("guest.reason"), Text: o.Reason}
	if o.For == "" {
		whom.Withheld, why.Withheld = l.T("guest.withheld"), l.T("guest.withheld")
	}
	out.Facts = []page.Fact{whom, {Term: l.T("guest.basis"), Text: l.T("guest.basis." + o.Basis)}, why, {Term: l.T("guest.by"), Text: names[d.By], Sub: l.DateTime(d.At)},
		{Term: l.T("guest.until"), Text: l.DateTime(o.Until)}, {Term: l.T("guest.used"), Text: l.T("guest.used.of", "N", l.Number(d.Used()), "Of", l.Number(o.Openings)), Sub: wrongs(l, d.Wrong())}}
	if o.Language != "" {
		out.Facts = append(out.Facts, page.Fact{Term: l.T("guest.language"), Text: l.Language(o.Language)})
	}
	if d.Closed != "" {
		out.Facts = append(out.Facts, page.Fact{Term: l.T("guest.closed"), Text: l.T("guest.closing." + d.Closed), Sub: l.DateTime(d.ClosedAt)})
	}
	for _, t := range d.Texts {
		out.Letters = append(out.Letters, rm.letter(r, d, t, names))
	}
	for i := range d.Visits {
		x := d.Visits[len(d.Visits)-1-i]
		m := moment{At: x.At, Tone: page.Good, Title: l.T("guest.visit.right")}
		if !x.Right {
			m.Tone, m.Title = page.Bad, l.T("guest.visit.wrong")
		}
		out.Visits = append(out.Visits, m)
	}
	if r.Actor.ID == d.By {
		if s == Open {
			out.Write = pathOf(d.ID) + "/write"
		}
		if s != Shut {
			out.Close = pathOf(d.ID) + "/close"
		}
	}
	res := page.View("guest/show", l.T("guest.one"), out)
	if wrong != nil {
		res = page.Status(http.StatusUnprocessableEntity, res)
	}
	return res, nil
}

func (rm room) letter(r *page.Request, d Door, t Text, names map[journal.ID]string) said {
	l := r.L
	x := said{Title: l.T("guest.theirs"), Text: t.Text, When: l.DateTime(t.At), Theirs: t.By.IsZero()}
	if !x.Theirs {
		x.Title = names[t.By]
	}
	if t.Hidden {
		x.Note = l.T("guest.withheld")
	}
	for _, f := range t.Files {
		name := f.Name
		if name == "" {
			name = l.T("guest.file")
		}
		x.Files = append(x.Files, page.Action{Text: name, Href: pathOf(d.ID) + "/files/" + f.ID.String(), Icon: "paperclip"})
	}
	return x
}
