// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sort"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// operation is one thing that the command line can ask of a node.
type operation func(ctx context.Context, n *Node, in json.RawMessage) (any, error)

// op makes an operation of a function with a typed input; unknown fields are refused.
func op[I, O any](f func(context.Context, *Node, I) (O, error)) operation {
	return func(ctx context.Context, n *Node, raw json.RawMessage) (any, error) {
		var in I
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
			return nil, fault.Wrap(fault.Invalid, err, "fault.invalid")
		}
		return f(ctx, n, in)
	}
}

// operations is the closed list of what the command line can ask.
func operations() map[string]operation {
	return map[string]operation{
		"status":           op(opStatus),
		"card":             op(opCard),
		"partner.pin":      op(opPin),
		"terms.draft":      op(opDraftTerms),
		"terms.sign":       op(opSignTerms),
		"terms.export":     op(opExportTerms),
		"founders":         op(opFounders),
		"verify":           op(opVerify),
		"explain":          op(opExplain),
		"deliver":          op(opDeliver),
		"texts.import":     op(opImportTexts),
		"programme.import": op(opImportProgramme),
		"figure.send":      op(opSendFigure),
		"demo.pass":        op(opPass),
		"demo.seed":        op(opSeed),
	}
}

// Operate does one thing that the command line asks for. The same function serves the socket of a running
// node and a command that opened the folder itself.
func (n *Node) Operate(ctx context.Context, name string, in json.RawMessage) (any, error) {
	f, ok := operations()[name]
	if !ok {
		return nil, fault.New(fault.NotFound, "app.no_operation")
	}
	return f(ctx, n, in)
}

// operator serves Operate on the socket; whoever may open the socket's file may use it.
func (n *Node) operator() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{operation}", func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
		var out any
		if err == nil {
			out, err = n.Operate(r.Context(), r.PathValue("operation"), b)
		}
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			var e *apiError
			errors.As(n.failed(context.WithValue(r.Context(), requestKey{}, r), err), &e)
			w.WriteHeader(e.Status)
			_ = json.NewEncoder(w).Encode(e)
			return
		}
		_ = json.NewEncoder(w).Encode(out)
	})
	return mux
}

// Ask does an operation on a folder: through the socket when a node serves it, else by opening the folder
// with open. out receives the result.
func Ask(ctx context.Context, f Folder, name string, in, out any, open func() (*Node, error)) error {
	raw, err := json.Marshal(in)
	if err != nil {
		return err
	}
	if _, err := os.Stat(f.Socket()); err == nil {
		err := askSocket(ctx, f, name, raw, out)
		if !errors.Is(err, errNobody) {
			return err
		}
	}
	n, err := open()
	if err != nil {
		return err
	}
	defer n.Close()
	v, err := n.Operate(ctx, name, raw)
	if err != nil {
		return err
	}
	if _, err := n.sequencer.Once(ctx); err != nil { // nothing else will number what this wrote
		return err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return json.Unmarshal(b, out)
}

// errNobody says that a socket's file is there and nobody listens.
var errNobody = errors.New("app: no node is running here")

func askSocket(ctx context.Context, f Folder, name string, raw []byte, out any) error {
	c := http.Client{Timeout: 10 * time.Minute, Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "unix", f.Socket())
		if err != nil {
			return nil, errNobody
		}
		return conn, nil
	}}}
	defer c.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://node/"+name, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	resp, err := c.Do(req)
	if err != nil {
		if errors.Is(err, errNobody) {
			return errNobody
		}
		return fault.Wrap(fault.Unavailable, err, "fault.unavailable")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var e apiError
		if err := json.NewDecoder(resp.Body).Decode(&e); err != nil {
			return fmt.Errorf("app: the node answered %d", resp.StatusCode)
		}
		return &Refused{e}
	}
	return json.NewDecoder(resp.Body).Decode(out)
}

// Refused is a running node's refusal of an operation.
type Refused struct{ apiError }

// Error gives the reason in words, and the fields that it is about.
func (r *Refused) Error() string {
	s := r.Title
	sort.Slice(r.Fields, func(i, j int) bool { return r.Fields[i].Name < r.Fields[j].Name })
	for _, f := range r.Fields {
		s += fmt.Sprintf(" [%s: %s]", f.Name, f.Key)
	}
	return s
}
