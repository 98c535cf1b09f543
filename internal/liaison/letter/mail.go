// SPDX-License-Identifier: EUPL-1.2

package letter

import (
	"bytes"
	"context"
	"io"

	"github.com/entraide-thb/entraide/internal/exchange/conversation"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// Types of the messages between two offices; their conversation is the thread. Purpose is what sharing terms must grant for
// them: D0 and D3 for letters, D0 for the rest.
const (
	MsgSend   = "letter.send"
	MsgSee    = "letter.see"    // back: somebody has it and has read it
	MsgRemind = "letter.remind" // asks for the answer again
	MsgRecall = "letter.recall" // takes it back
	MsgErase  = "letter.erase"  // back: it was erased
	Purpose   = "letter"
)

// Bodies of the messages.
type (
	sendBody struct {
		Letter  journal.ID `json:"letter"`           // id of the letter: the conversation, in the first of a thread
		Answers journal.ID `json:"answers,omitzero"` // the letter that it answers
		Words   Words      `json:"words"`            // what it says
		Files   []sentFile `json:"files,omitempty"`  // in the order of the header's parcels
	}
	// sentFile names a parcel of the header, in its place there.
	sentFile struct {
		Name string `json:"name"` // with its ending
		Hash string `json:"hash"` // hash of the parcel, as in the header
	}
	ofBody struct {
		Letter journal.ID `json:"letter"` // id of the letter
	}
	recallBody struct {
		Letter journal.ID `json:"letter"` // id of the letter
		Reason string     `json:"reason"` // why
	}
)

// effects gives the message that an entry brings about, and what a letter that was taken back leaves behind: nothing.
func effects(_ *store.Guarding, _, s State, e journal.Entry) (store.Effects, error) {
	line, codes := conversation.Line{With: s.Other, Conversation: s.Thread, Purpose: Purpose}, []journal.Category{journal.D0}
	came := []journal.ID{s.Message}
	switch e.Type {
	case WrittenType:
		return sending(line, s, e)
	case SeenType:
		fx, err := line.Effect(e.ID, MsgSee, codes, ofBody{s.ID})
		return line.Deeds(whenCovered(fx), came, post.Seen, ""), err
	case AnsweredType, ClosedType:
		return line.Deeds(store.Effects{}, came, post.Executed, ""), nil
	case RemindedType:
		return line.Effect(e.ID, MsgRemind, codes, ofBody{s.ID})
	case WithdrawnType:
		return line.Effect(e.ID, MsgRecall, codes, recallBody{s.ID, s.Ended.Reason}, voided(s)...)
	case RecalledType:
		fx, err := line.Effect(e.ID, MsgErase, codes, ofBody{s.ID})
		fx.Erase = []journal.Category{journal.D3}
		return line.Deeds(fx, came, post.Refused, conversation.TakenBack), err
	}
	return store.Effects{}, nil
}

// sending is the letter itself, with its files.
func sending(line conversation.Line, s State, e journal.Entry) (store.Effects, error) {
	v, err := journal.In[Letter](e)
	if err != nil {
		return store.Effects{}, err
	}
	b := sendBody{Letter: s.ID, Answers: s.Answers, Words: s.Words}
	var parcels []post.Parcel
	for _, f := range v.Sealed {
		b.Files, parcels = append(b.Files, sentFile{f.Name, f.Parcel.Hash}), append(parcels, f.Parcel)
	}
	m, err := line.Message(e.ID, MsgSend, categories(), b)
	m.Due, m.Parcels = s.Words.Due(), parcels
	return store.Effects{Messages: []any{m}}, err
}

// whenCovered lets a receipt stay here where terms let none leave.
func whenCovered(fx store.Effects) store.Effects {
	for i, m := range fx.Messages {
		o := m.(post.Outgoing)
		o.WhenCovered = true
		fx.Messages[i] = o
	}
	return fx
}

// voided gives the messages that must not leave once a letter is taken back: the letter itself, where it is alone in its
// thread, since the post voids by type and conversation.
func voided(s State) []string {
	if s.Answers.IsZero() && s.Reply.IsZero() {
		return []string{MsgSend, MsgRemind}
	}
	return nil
}

// Mail takes letters in.
type Mail struct {
	conversation.Mail
	// Admit holds a file that comes with a letter against the office's rules for files, and gives it as it is kept. Errors: Invalid.
	Admit func([]byte) (kept []byte, ending string, err error)
}

// Register registers the message types.
func (m Mail) Register(p *post.Post) {
	p.Register(MsgSend, m.send, m.receipted)
	p.Register(MsgSee, m.see, nil)
	p.Register(MsgRemind, m.remind, nil)
	p.Register(MsgRecall, m.recall, nil)
	p.Register(MsgErase, m.erase, nil)
	p.Returns(MsgRecall, MsgErase)
}

func refOf(id journal.ID) store.Ref { return store.Ref{Kind: access.KindLetter, ID: id} }

func no() (store.Draft, error) {
	return conversation.Nothing, fault.New(fault.Denied, "letter.guard.part")
}

// send takes a letter in. One that answers a letter of ours goes to who wrote that, and marks it as answered.
func (m Mail) send(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[sendBody](in)
	if err != nil {
		return err
	}
	if err := conversation.Holds(in, categories()); err != nil {
		return err
	}
	w, err := m.Job(in.Owner)
	if err != nil {
		return err
	}
	came := Came{From: in.From, Thread: in.Conversation, Answers: b.Answers, Words: b.Words}
	files, err := m.enclosed(ctx, in, b.Files, &came)
	if err != nil {
		return err
	}
	changes := []store.Change{{Ref: refOf(b.Letter), Decide: func(state any) ([]store.Draft, error) {
		s := state.(State)
		if s.Exists() { // taken back before it came, or sent again
			if s.Here || s.Other != in.From {
				_, err := no()
				return nil, err
			}
			return nil, nil
		}
		return append([]store.Draft{{ID: in.ID, At: in.Sent, Type: ReceivedType, Payload: came}}, files...), nil
	}}}
	if !b.Answers.IsZero() {
		of, err := m.Store.Open(ctx, w, refOf(b.Answers))
		if err != nil || b.Answers == b.Letter {
			_, err := no()
			return err
		}
		s := of.State.(State)
		if !s.Here || s.Other != in.From || s.Thread != in.Conversation {
			_, err := no()
			return err
		}
		came.Worker = s.Worker
		changes = append(changes, store.Change{Ref: refOf(b.Answers), Decide: func(state any) ([]store.Draft, error) {
			return []store.Draft{{ID: conversation.ID("reply", in.ID.String()), At: in.Sent, Type: RepliedType, Payload: Answer{b.Letter}}}, nil
		}})
	} else if in.Conversation != b.Letter {
		_, err := no()
		return err
	}
	_, err = m.Store.UpdateEach(ctx, w, changes, func(ctx context.Context, tx db.Tx, _ []journal.Entry) error { return in.Done(ctx, tx) })
	return err
}

// enclosed reads the files of a letter out of its parcels, each held against the rules for files. A parcel whose bytes are kept as
// they came can go on as it is; of another one more would go on than anybody here reads.
func (m Mail) enclosed(ctx context.Context, in post.Incoming, files []sentFile, came *Came) ([]store.Draft, error) {
	if len(files) != len(in.Parcels) || len(files) > MaxFiles {
		return nil, fault.New(fault.Invalid, "exchange.post.unreadable")
	}
	var out []store.Draft
	for i, f := range files {
		if f.Hash != in.Parcels[i].Hash {
			return nil, fault.New(fault.Invalid, "exchange.post.unreadable")
		}
		r, err := in.Open(ctx, in.Parcels[i])
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(io.LimitReader(r, store.MaxBlob+1))
		if err != nil {
			return nil, err
		}
		kept, _, err := m.Admit(b)
		if err != nil {
			return nil, fault.Wrap(fault.Invalid, err, "letter.want.file")
		}
		if bytes.Equal(kept, b) {
			came.Sealed = append(came.Sealed, Sealed{f.Name, in.Parcels[i]})
		}
		out = append(out, enclosing(fileID(in.ID, f.Hash), f.Name, kept))
		out[i].At = in.Sent
	}
	return out, nil
}

// enclosing is the entry of a file, with its bytes.
func enclosing(entry journal.ID, name string, b []byte) store.Draft {
	return store.Draft{ID: entry, Type: EnclosedType, Payload: Enclosed{Size: len(b), Name: name}, Room: roomName, Blob: &store.Blob{Category: journal.D3, Bytes: b}}
}

// tell notes, of a letter of this office, what the other one says of it; or of one of the other office, when ours is false.
func (m Mail) tell(ctx context.Context, in post.Incoming, typ string, ours bool, fresh func(State) bool) error {
	b, err := post.Read[ofBody](in)
	if err != nil {
		return err
	}
	return conversation.Take(ctx, m.Mail, in, refOf(b.Letter), func(s State) (store.Draft, error) {
		switch {
		case !s.Exists() || s.Here != ours || s.Other != in.From:
			return no()
		case !fresh(s):
			return conversation.Nothing, nil
		}
		return store.Draft{Type: typ, Payload: Told{true}}, nil
	})
}

func (m Mail) see(ctx context.Context, in post.Incoming) error {
	return m.tell(ctx, in, SeenThereType, true, func(s State) bool { return s.SeenAt.IsZero() })
}

// remind notes that the other office asks again. More often than once a day is not noted.
func (m Mail) remind(ctx context.Context, in post.Incoming) error {
	return m.tell(ctx, in, AskedAgainType, false, func(s State) bool {
		return s.Waits() == conversation.Here && conversation.MayRemind(s.Reminded, in.Sent)
	})
}

func (m Mail) erase(ctx context.Context, in post.Incoming) error {
	return m.tell(ctx, in, ErasedThereType, true, func(s State) bool { return s.Ended.Reason != "" && s.Erased.IsZero() })
}

// recall takes back a letter; one that has not come yet is noted as taken back, so that it is not read when it does.
func (m Mail) recall(ctx context.Context, in post.Incoming) error {
	b, err := post.Read[recallBody](in)
	if err != nil {
		return err
	}
	return conversation.Take(ctx, m.Mail, in, refOf(b.Letter), func(s State) (store.Draft, error) {
		switch {
		case s.Exists() && (s.Here || s.Other != in.From):
			return no()
		case s.Ended.Reason != "":
			return conversation.Nothing, nil
		}
		return store.Draft{Type: RecalledType, Payload: Ended{Reason: b.Reason, From: in.From, Thread: in.Conversation}}, nil
	})
}

// receipted notes that a letter arrived, or that it did not and why.
func (m Mail) receipted(ctx context.Context, owner journal.ID, out post.Sent, r post.Receipt) error {
	w, err := m.Job(owner)
	if err != nil {
		return err
	}
	var of store.Ref
	q := store.Query{Kind: access.KindLetter, Codes: map[string]string{"thread": out.Conversation.String(), conversation.SideCode: conversation.Sent}}
	err = conversation.Each(ctx, m.Store, w, q, func(row store.Row) error {
		if !of.ID.IsZero() {
			return nil
		}
		o, err := m.Store.Open(ctx, w, row.Ref)
		if err == nil && conversation.MessageID(o.Entries[0].ID, MsgSend, out.Partner) == out.ID {
			of = row.Ref
		}
		return err
	})
	if err != nil || of.ID.IsZero() {
		return err
	}
	return conversation.Note(ctx, m.Mail, owner, out, of, func(s State) store.Draft {
		switch {
		case s.Ended.Reason != "":
			return conversation.Nothing
		case r.Status == post.Accepted:
			return store.Draft{Type: DeliveredType, Payload: Told{true}}
		}
		return store.Draft{Type: ReturnedType, Payload: Back{r.Reason}}
	})
}
