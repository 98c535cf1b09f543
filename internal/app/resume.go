// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/restoration"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/ledger"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Held says that the node was restored and waits: it numbers and signs nothing, and neither sends nor takes post.
// It stands in restored.json.
type Held struct {
	Backup  journal.ID            `json:"backup"`
	Made    time.Time             `json:"made"`
	Records map[string]journal.ID `json:"records"` // owner -> the dossier that says so in its log
}

func (f Folder) held() (*Held, error) {
	b, err := os.ReadFile(f.path("restored.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var h Held
	if err == nil {
		err = json.Unmarshal(b, &h)
	}
	if err != nil { // a file that does not read must not let the node sign
		return nil, fault.Wrap(fault.Invalid, err, "app.bad_settings")
	}
	return &h, nil
}

func (f Folder) hold(h Held) error {
	b, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(f.path("restored.json"), append(b, '\n'), 0o600)
}

// signing lists the owners whose log may be numbered and whose post may leave: none while the node waits.
func (n *Node) signing() []journal.ID {
	if n.held.Load() != nil {
		return nil
	}
	return n.owners()
}

// waits is the error of whatever needs a signature while the node waits.
func (n *Node) waits() error {
	if n.held.Load() == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "operate.restore.waits")
}

// record names the dossier of an owner's restoration, and who writes in it.
func (n *Node) record(owner journal.ID) (store.Who, store.Ref, error) {
	w, err := n.Job(owner, "operator", access.ForAdministration)
	if err != nil {
		return w, store.Ref{}, err
	}
	h := n.held.Load()
	if h == nil {
		return w, store.Ref{}, fault.New(fault.Guarded, "operate.restore.not_waiting")
	}
	return w, store.Ref{Kind: access.KindLog, ID: h.Records[owner.String()]}, nil
}

func (n *Node) noteRestored(ctx context.Context, x RestoredOwner, made Restored) error {
	w, ref, err := n.record(x.Owner)
	if err != nil {
		return err
	}
	_, err = n.Store.Append(ctx, w, ref, store.Draft{Type: restoration.WasRestored, Payload: restoration.Restored{
		Backup: made.Backup, Made: made.Made, Size: x.Signed, Reached: x.Reached, Erasures: x.Forgot.Erasures}})
	return err
}

// ResumeIn lets a restored node sign again. Seen are signed checkpoints of this node's logs, as partners and
// witnesses kept them; Reason is needed where one of them differs, or when there is none.
type ResumeIn struct {
	Seen   []string `json:"seen"`
	Reason string   `json:"reason"`
}

// Resumed is what was compared, and whether the node signs again.
type Resumed struct {
	OK     bool           `json:"ok"`
	Owners []ResumedOwner `json:"owners"`
	Queued int            `json:"queued"` // messages that took something back while the node waited, and leave now
}

// ResumedOwner is one office of the node.
type ResumedOwner struct {
	Owner journal.ID         `json:"owner"`
	Seen  []restoration.Seen `json:"seen"`
}

func opResume(ctx context.Context, n *Node, in ResumeIn) (Resumed, error) {
	if n.held.Load() == nil {
		return Resumed{}, fault.New(fault.Guarded, "operate.restore.not_waiting")
	}
	out := Resumed{Owners: []ResumedOwner{}}
	left := in.Seen
	for _, o := range n.owners() {
		x := ResumedOwner{Owner: o, Seen: []restoration.Seen{}}
		var rest []string
		for _, note := range left {
			s, mine, err := n.compare(ctx, o, note)
			if err != nil {
				return out, err
			}
			if !mine {
				rest = append(rest, note)
				continue
			}
			x.Seen = append(x.Seen, s)
		}
		left = rest
		out.Owners = append(out.Owners, x)
	}
	if len(left) > 0 {
		return out, fault.New(fault.Invalid, "operate.checkpoint.not_ours")
	}
	for _, x := range out.Owners {
		if err := n.noteResumed(ctx, x, in.Reason); err != nil {
			return out, err
		}
	}
	if err := os.Remove(n.Folder.path("restored.json")); err != nil {
		return out, err
	}
	n.held.Store(nil)
	out.OK = true
	for _, o := range n.owners() {
		queued, err := n.Post.Release(ctx, o)
		if err != nil { // the node signs again all the same, and the courier tries each second
			n.trouble("queue what was held")(err)
		}
		out.Queued += queued
	}
	n.poke()
	return out, nil
}

// compare checks a checkpoint against an owner's log; mine is false when another key signed it.
func (n *Node) compare(ctx context.Context, owner journal.ID, note string) (s restoration.Seen, mine bool, err error) {
	signer, err := n.signer(owner)
	if err != nil {
		return s, false, err
	}
	c, err := ledger.ParseCheckpoint(note, signer.Verifier())
	if err != nil {
		return s, false, nil
	}
	s = restoration.Seen{Note: note, Size: c.Size}
	err = n.DB.Read(ctx, func(tx dbTx) error {
		s.Held, err = ledger.Holds(ctx, tx, owner, c)
		return err
	})
	return s, true, err
}

// noteResumed appends the decision. Where an earlier run was cut off after some offices, those are passed over.
func (n *Node) noteResumed(ctx context.Context, x ResumedOwner, reason string) error {
	w, ref, err := n.record(x.Owner)
	if err != nil {
		return err
	}
	_, err = n.Store.Update(ctx, w, ref, func(state any) ([]store.Draft, error) {
		if state.(restoration.State).Resumed != nil {
			return nil, nil
		}
		return []store.Draft{{Type: restoration.WasResumed, Payload: restoration.Resumed{Seen: x.Seen, Reason: reason}}}, nil
	})
	return err
}
