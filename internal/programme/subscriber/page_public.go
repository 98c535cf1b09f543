// SPDX-License-Identifier: EUPL-1.2

package subscriber

import (
	"context"
	"slices"
	"strings"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/lang"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// publicPage is one of the public pages: a few words and a form, in one of the languages that letters are written in.
type publicPage struct {
	Language, Dir, Title, Lead string
	Action                     string // where the form goes; "" shows none
	Submit                     string
	Address, AddressHint       string // label; "" asks for none
	Typed                      string
	Wrong                      string
	Choose                     string // label of the languages; "" asks for none
	Languages                  []page.Option
	Chosen                     string
	Back                       string
	BackWords                  string
}

// words gives those of the language that is asked for, where letters are written in it.
func (rm room) words(r *page.Request) *lang.Locale {
	tag := r.URL.Query().Get("lang")
	if !slices.Contains(Languages(), tag) {
		tag, _, _ = strings.Cut(r.L.Tag(), "-")
	}
	if !slices.Contains(Languages(), tag) {
		tag = "en"
	}
	return rm.Locale(tag)
}

func (rm room) public(r *page.Request, l *lang.Locale, what string) publicPage {
	return publicPage{Language: l.Tag(), Dir: l.Dir(), Title: l.T("subscriber." + what + ".title"), Lead: l.T("subscriber."+what+".lead", "Office", r.Office.Name), Back: "/letters?lang=" + l.Tag(), BackWords: l.T("newsletter.issues")}
}

func view(r *page.Request, d publicPage) page.Response {
	return page.View("subscriber/public", r.L.T("newsletter.title"), d)
}

func (rm room) asking(r *page.Request, l *lang.Locale) publicPage {
	d := rm.public(r, l, "ask")
	d.Action, d.Submit, d.Address, d.AddressHint, d.Choose, d.Chosen = AskPath+"?lang="+l.Tag(), l.T("subscriber.ask"), l.T("subscriber.address"), l.T("subscriber.address.hint"), l.T("subscriber.language"), l.Tag()
	for _, tag := range Languages() {
		d.Languages = append(d.Languages, page.Option{Value: tag, Text: rm.Locale(tag).Language(tag)})
	}
	return d
}

func (rm room) ask(_ context.Context, r *page.Request) (page.Response, error) {
	return view(r, rm.asking(r, rm.words(r))), nil
}

// mostAsked bounds how many addresses can wait for their confirmation at once: the form must not become somebody's way to fill
// other people's mailboxes.
const mostAsked = 300

// asked takes a wish for letters. The answer is the same whether the address is known or not.
func (rm room) asked(ctx context.Context, r *page.Request) (page.Response, error) {
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	l := rm.words(r)
	address, err := ParseAddress(v.Get("address"))
	if err != nil || !slices.Contains(Languages(), v.Get("language")) {
		d := rm.asking(r, l)
		d.Typed, d.Wrong = v.Get("address"), l.T("party.email.form")
		return page.Status(422, view(r, d)), nil
	}
	known, err := rm.at(ctx, rm.Post, address)
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		if err := rm.add(ctx, address, v.Get("language")); err != nil {
			return nil, err
		}
	}
	d := rm.public(r, l, "asked")
	return view(r, d), nil
}

func (rm room) add(ctx context.Context, address, language string) error {
	n, err := rm.Store.Count(ctx, rm.Post, store.Query{Kind: access.KindSubscriber, State: string(Asked)})
	if err != nil {
		return err
	}
	if n >= mostAsked {
		return fault.New(fault.TooMuch, "page.fault.rate")
	}
	a := AskedFor{Language: language, Address: address}
	if a.Confirm, err = newToken(rm.Random); err != nil {
		return err
	}
	if a.Leave, err = newToken(rm.Random); err != nil {
		return err
	}
	a.ConfirmMark, a.LeaveMark = Mark(a.Confirm), Mark(a.Leave)
	_, err = rm.Store.Append(ctx, rm.Post, store.Ref{Kind: access.KindSubscriber, ID: rm.Store.NewID()}, store.Draft{Type: AskedType, Payload: a})
	rm.wake()
	return err
}

// marked finds the reader of a token; false when there is none any more.
func (rm room) marked(ctx context.Context, r *page.Request, code string) (store.Ref, bool, error) {
	p, err := rm.Store.List(ctx, rm.Post, store.Query{Kind: access.KindSubscriber, Codes: map[string]string{code: Mark(r.PathValue("token"))}})
	if err != nil || len(p.Rows) == 0 {
		return store.Ref{}, false, err
	}
	return p.Rows[0].Ref, true, nil
}

// confirm asks for a click: programs that follow every link in a letter must not confirm.
func (rm room) confirm(ctx context.Context, r *page.Request) (page.Response, error) {
	l := rm.words(r)
	_, ok, err := rm.marked(ctx, r, "confirm")
	if err != nil {
		return nil, err
	}
	if !ok {
		return view(r, rm.public(r, l, "late")), nil
	}
	d := rm.public(r, l, "confirm")
	d.Action, d.Submit = ConfirmPath+"/"+r.PathValue("token")+"?lang="+l.Tag(), l.T("subscriber.confirm")
	return view(r, d), nil
}

func (rm room) confirmed(ctx context.Context, r *page.Request) (page.Response, error) {
	l := rm.words(r)
	ref, ok, err := rm.marked(ctx, r, "confirm")
	if ok && err == nil {
		_, err = rm.Store.Append(ctx, rm.Post, ref, store.Draft{Type: ConfirmedType, Payload: ConfirmedBy{Mark: Mark(r.PathValue("token"))}})
	}
	switch {
	case fault.Is(err, fault.Guarded) || err == nil && !ok:
		return view(r, rm.public(r, l, "late")), nil
	case err != nil:
		return nil, err
	}
	return view(r, rm.public(r, l, "confirmed")), nil
}

func (rm room) leave(ctx context.Context, r *page.Request) (page.Response, error) {
	l := rm.words(r)
	_, ok, err := rm.marked(ctx, r, "leave")
	if err != nil {
		return nil, err
	}
	if !ok {
		return view(r, rm.public(r, l, "left")), nil
	}
	d := rm.public(r, l, "leave")
	d.Action, d.Submit = LeavePath+"/"+r.PathValue("token")+"?lang="+l.Tag(), l.T("subscriber.leave")
	return view(r, d), nil
}

// left takes a reader out: by the page's button, or by that of a mail program, which posts the same address by itself (RFC
// 8058). Once more does no harm.
func (rm room) left(ctx context.Context, r *page.Request) (page.Response, error) {
	v, err := r.Typed()
	if err != nil {
		return nil, err
	}
	way := "page"
	if v.Get("List-Unsubscribe") == "One-Click" {
		way = "one_click"
	}
	ref, ok, err := rm.marked(ctx, r, "leave")
	if ok && err == nil {
		_, err = rm.Store.Append(ctx, rm.Post, ref, store.Draft{Type: LeftType, Payload: LeftBy{Way: way}})
	}
	if err != nil && !fault.Is(err, fault.Guarded) {
		return nil, err
	}
	return view(r, rm.public(r, rm.words(r), "left")), nil
}
