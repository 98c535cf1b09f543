// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

type listInput struct {
	Kind    string   `path:"kind"`
	Purpose string   `query:"purpose" required:"true"`
	State   string   `query:"state"`
	Code    []string `query:"code" doc:"conditions on codes, as name:value; all must hold"`
	After   string   `query:"after" doc:"the next of the page before"`
	Limit   int      `query:"limit" minimum:"0" maximum:"50"`
	Show    []string `query:"show" doc:"personal categories that the summaries are to show, such as D2: names stay masked otherwise, and what is shown is noted as read"`
}

type listOutput struct {
	Body struct {
		Rows []listRow `json:"rows"`
		Next string    `json:"next,omitempty"`
	}
}

type listRow struct {
	ID        journal.ID                           `json:"id"`
	Revision  int64                                `json:"revision"`
	State     string                               `json:"state"`
	Due       *time.Time                           `json:"due,omitempty"`
	Updated   time.Time                            `json:"updated"`
	Relations []access.Relation                    `json:"relations,omitempty"`
	Summary   map[journal.Category]json.RawMessage `json:"summary,omitempty"`
}

type openInput struct {
	Kind    string `path:"kind"`
	ID      string `path:"id"`
	Purpose string `query:"purpose" required:"true"`
}

type openOutput struct {
	Body struct {
		ID        journal.ID         `json:"id"`
		Kind      string             `json:"kind"`
		Revision  int64              `json:"revision"`
		Relations []access.Relation  `json:"relations,omitempty"`
		Shown     []journal.Category `json:"shown"`
		Entries   []apiEntry         `json:"entries"`
		State     any                `json:"state" doc:"the fold of those entries"`
	}
}

type apiEntry struct {
	journal.Header
	Parts   map[journal.Category]json.RawMessage `json:"parts,omitempty"`
	Missing map[journal.Category]string          `json:"missing,omitempty" doc:"hidden or erased"`
}

type appendInput struct {
	Kind    string `path:"kind"`
	ID      string `path:"id"`
	Purpose string `query:"purpose" required:"true"`
	Body    struct {
		ID      string          `json:"id" doc:"made by the writer: sending the same entry twice is harmless"`
		Type    string          `json:"type"`
		At      time.Time       `json:"at,omitzero" required:"false"`
		Base    int64           `json:"base,omitempty" doc:"the revision that the writer had seen"`
		Payload json.RawMessage `json:"payload"`
	}
}

type appendOutput struct {
	Body struct {
		Revision int64        `json:"revision"`
		Appended []journal.ID `json:"appended" doc:"empty when it was there already"`
	}
}

// apiDossiers mounts reading and writing dossiers of any kind by their entries.
func (n *Node) apiDossiers(api huma.API) {
	call(api, n, http.MethodGet, "/dossiers/{kind}", "List dossiers of a kind that the caller may know of", n.list)
	call(api, n, http.MethodGet, "/dossiers/{kind}/{id}", "Open a dossier as the caller may see it", n.open)
	call(api, n, http.MethodPost, "/dossiers/{kind}/{id}/entries", "Append an entry", n.append)
}

func (n *Node) list(ctx context.Context, in *listInput) (*listOutput, error) {
	w, err := n.who(ctx, in.Purpose)
	if err != nil {
		return nil, err
	}
	q := store.Query{Kind: in.Kind, State: in.State, After: in.After, Limit: in.Limit, Codes: map[string]string{}}
	for _, c := range in.Code {
		name, value, ok := strings.Cut(c, ":")
		if !ok {
			return nil, fault.Bad("code", "app.need.code")
		}
		q.Codes[name] = value
	}
	if q.Show, err = shown(in.Show); err != nil {
		return nil, err
	}
	page, err := n.Store.List(ctx, w, q)
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Next, out.Body.Rows = page.Next, []listRow{}
	for _, r := range page.Rows {
		out.Body.Rows = append(out.Body.Rows, rowOf(r))
	}
	return out, nil
}

func rowOf(r store.Row) listRow {
	row := listRow{ID: r.Ref.ID, Revision: r.Revision, State: r.State, Updated: r.Updated, Relations: r.Relations, Summary: r.Parts}
	if !r.Due.IsZero() {
		row.Due = &r.Due
	}
	return row
}

// shown reads the categories that a caller asks to see.
func shown(names []string) ([]journal.Category, error) {
	var out []journal.Category
	for _, name := range names {
		c := journal.Category(name)
		if !slices.Contains(journal.Categories(), c) {
			return nil, fault.Bad("show", "app.need.category")
		}
		out = append(out, c)
	}
	return out, nil
}

// refOf reads a dossier's name from a path; nonsense is NotFound, as nothing is there.
func refOf(kind, id string) (store.Ref, error) {
	d, err := journal.ParseID(id)
	if err != nil {
		return store.Ref{}, fault.New(fault.NotFound, "fault.not_found")
	}
	return store.Ref{Kind: kind, ID: d}, nil
}

func (n *Node) open(ctx context.Context, in *openInput) (*openOutput, error) {
	w, err := n.who(ctx, in.Purpose)
	if err != nil {
		return nil, err
	}
	ref, err := refOf(in.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	o, err := n.Store.Open(ctx, w, ref)
	if err != nil {
		return nil, err
	}
	out := &openOutput{}
	b := &out.Body
	b.ID, b.Kind, b.Revision, b.Relations, b.Shown, b.State, b.Entries = ref.ID, ref.Kind, o.Revision, o.Relations, o.Shown, o.State, []apiEntry{}
	for _, e := range o.Entries {
		x := apiEntry{Header: e.Header, Parts: e.Parts}
		for c, why := range e.Missing {
			if x.Missing == nil {
				x.Missing = map[journal.Category]string{}
			}
			x.Missing[c] = string(why)
		}
		b.Entries = append(b.Entries, x)
	}
	return out, nil
}

func (n *Node) append(ctx context.Context, in *appendInput) (*appendOutput, error) {
	w, err := n.who(ctx, in.Purpose)
	if err != nil {
		return nil, err
	}
	ref, err := refOf(in.Kind, in.ID)
	if err != nil {
		return nil, err
	}
	id, err := journal.ParseID(in.Body.ID)
	if err != nil {
		return nil, fault.Bad("id", "app.need.entry_id")
	}
	payload, err := n.payload(in.Kind, in.Body.Type, in.Body.Payload)
	if err != nil {
		return nil, err
	}
	r, err := n.Store.Append(ctx, w, ref, store.Draft{ID: id, Type: in.Body.Type, Payload: payload, At: in.Body.At, Base: in.Body.Base})
	if err != nil {
		return nil, err
	}
	if in.Kind == access.KindOffice { // pages and card follow
		if err := n.offices.load(ctx, w.Actor.Owner); err != nil {
			return nil, err
		}
	}
	out := &appendOutput{}
	out.Body.Revision, out.Body.Appended = r.Revision, []journal.ID{}
	for _, e := range r.Appended {
		out.Body.Appended = append(out.Body.Appended, e.ID)
	}
	return out, nil
}

// payload decodes an entry's payload strictly into its registered type: an unknown field is an error, not
// something dropped.
func (n *Node) payload(kind, typ string, raw json.RawMessage) (any, error) {
	t, ok := n.Store.Registry().Payload(kind, typ)
	if !ok {
		return nil, store.UnknownType(typ)
	}
	v := reflect.New(t)
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(v.Interface()); err != nil {
		return nil, &fault.Fault{Kind: fault.Invalid, Key: "fault.invalid", Cause: err, Fields: []fault.Field{{Name: fieldOf(err), Key: "app.need.payload"}}}
	}
	return v.Elem().Interface(), nil
}

// fieldName is the shape of a field's name; a text that was sent in its place is not repeated.
var fieldName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// fieldOf names the field that did not decode, as far as the decoder says.
func fieldOf(err error) string {
	var t *json.UnmarshalTypeError
	if errors.As(err, &t) && t.Field != "" {
		return "payload." + t.Field
	}
	if _, field, ok := strings.Cut(err.Error(), `unknown field "`); ok && fieldName.MatchString(strings.TrimSuffix(field, `"`)) {
		return "payload." + strings.TrimSuffix(field, `"`)
	}
	return "payload"
}
