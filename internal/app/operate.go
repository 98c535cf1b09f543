// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"cmp"
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
		"status":                 op(opStatus),
		"card":                   op(opCard),
		"card.renew":             op(opRenewCard),
		"partner.pin":            op(opPin),
		"terms.draft":            op(opDraftTerms),
		"terms.sign":             op(opSignTerms),
		"terms.export":           op(opExportTerms),
		"founders":               op(opFounders),
		"verify":                 op(opVerify),
		"explain":                op(opExplain),
		"access.rules":           op(opRules),
		"access.add":             op(opAddRules),
		"access.remove":          op(opRemoveRules),
		"deliver":                op(opDeliver),
		"post.out":               op(opPouchOut),
		"post.in":                op(opPouchIn),
		"compare":                op(opCompare),
		"backup":                 op(opBackup),
		"backup.prune":           op(opPrune),
		"restore.resume":         op(opResume),
		"people":                 op(opPeople),
		"log.export":             op(opExportLog),
		"checkpoint":             op(opCheckpoint),
		"checkpoint.keep":        op(opWitness),
		"checkpoint.seen":        op(opSeen),
		"checkpoint.witness":     op(opChooseWitness),
		"checkpoint.accept":      op(opAcceptLog),
		"texts.import":           op(opImportTexts),
		"programme.import":       op(opImportProgramme),
		"recommendations.import": op(opImportRecommendations),
		"activities.import":      op(opImportActivities),
		"figures.import":         op(opImportFigures),
		"measures.import":        op(opImportMeasures),
		"iati.import":            op(opImportIATI),
		"programme.report":       op(opReport),
		"iati.export":            op(opExportIATI),
		"figure.send":            op(opSendFigure),
		"figure.tell":            op(opTell),
		"demo.pass":              op(opPass),
		"demo.seed":              op(opSeed),
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

// answer is one line of what the socket sends back: progress as long as it lasts, then the result or an error.
type answer struct {
	Progress *Progress       `json:"progress,omitempty"`
	Error    *apiError       `json:"error,omitempty"`
	Result   json.RawMessage `json:"result,omitempty"`
}

// operator serves Operate on the socket; whoever may open the socket's file may use it.
func (n *Node) operator() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /{operation}", func(w http.ResponseWriter, r *http.Request) {
		door := http.NewResponseController(w)
		_ = door.SetWriteDeadline(time.Time{}) // a backup takes what it takes; the caller can leave
		lines := json.NewEncoder(w)
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
		var out any
		if err == nil {
			out, err = n.Operate(WithProgress(r.Context(), func(p Progress) {
				_ = lines.Encode(answer{Progress: &p}) // a caller who has left cannot be told
				_ = door.Flush()
			}), r.PathValue("operation"), b)
		}
		var end answer
		if err == nil {
			end.Result, err = json.Marshal(out)
		}
		if err != nil {
			errors.As(n.failed(context.WithValue(r.Context(), requestKey{}, r), err), &end.Error)
		}
		_ = lines.Encode(end)
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
	c := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
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
	return answered(ctx, resp.Body, out)
}

// answered reads the socket's lines up to the last.
func answered(ctx context.Context, r io.Reader, out any) error {
	for d := json.NewDecoder(r); ; {
		var a answer
		err := d.Decode(&a)
		switch {
		case err != nil:
			return fault.Wrap(fault.Unavailable, err, "app.node_left")
		case a.Progress != nil:
			telling(ctx, a.Progress.What)(a.Progress.Done, a.Progress.All)
		case a.Error != nil:
			return &Refused{*a.Error}
		default:
			return json.Unmarshal(a.Result, out)
		}
	}
}

// Refused is a running node's refusal of an operation.
type Refused struct{ apiError }

// Error gives the reason in words, and the fields that it is about.
func (r *Refused) Error() string {
	s := r.Title
	sort.Slice(r.Fields, func(i, j int) bool { return r.Fields[i].Name < r.Fields[j].Name })
	for _, f := range r.Fields {
		s += fmt.Sprintf(" %s: %s", f.Name, cmp.Or(f.Text, f.Key))
	}
	return s
}
