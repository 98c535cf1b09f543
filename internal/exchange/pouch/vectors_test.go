// SPDX-License-Identifier: EUPL-1.2

package pouch

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/entraide-thb/entraide/internal/exchange/card"
	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

//go:generate go test -count=1 -run ^TestVectors$ . -update

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

// vectors are courier files as docs/protocol.md has them, with the keys of the office that they are for.
type vectors struct {
	Note    string          `json:"note"`
	Sender  json.RawMessage `json:"sender"`   // card
	Office  journal.ID      `json:"office"`   // whom they are for
	SealKey string          `json:"seal_key"` // its private sealing key
	Pouches []vector        `json:"pouches"`
}

// vector is one file, and what a reader finds in it.
type vector struct {
	Name     string   `json:"name"`
	File     []byte   `json:"file,omitempty"`
	Codes    []string `json:"codes,omitempty"`  // instead of File: what its QR codes say
	Typed    string   `json:"typed,omitempty"`  // instead of File: what is typed
	Messages []string `json:"messages"`         // ids, in the order of the file
	Receipts []string `json:"receipts"`         // ids of the messages that they are for
	Pieces   []string `json:"pieces,omitempty"` // of files: hash and offset
	Opens    bool     `json:"opens"`            // for this office
	Stretch  int      `json:"stretches"`        // damaged
	Cut      bool     `json:"cut"`
}

const vectorFile = "testdata/vectors.json"

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	var vs vectors
	b, err := os.ReadFile(vectorFile)
	if err == nil {
		err = json.Unmarshal(b, &vs)
	}
	if err != nil || len(vs.Pouches) < 6 {
		t.Fatal(len(vs.Pouches), err)
	}
	_, to, _ := two(t)
	if to.Secrets, err = card.LoadSecrets([32]byte{2}, vs.SealKey); err != nil {
		t.Fatal(err)
	}
	sender, err := card.Parse(vs.Sender)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vs.Pouches {
		t.Run(v.Name, func(t *testing.T) {
			brought := v.File
			if v.File == nil {
				brought = []byte(v.Typed + strings.Join(v.Codes, "\n"))
			}
			ps, err := Open(brought)
			if err != nil || len(ps) != 1 {
				t.Fatalf("%d pouches, %v", len(ps), err)
			}
			var messages, receipts, pieces []string
			for _, x := range ps[0].Parts {
				raw, err := to.Unseal(t.Context(), to.ID, x.Sealed)
				if (err == nil) != v.Opens {
					t.Errorf("a part opens: %v", err)
				}
				if err != nil {
					continue
				}
				if x.Sort == Piece {
					p, err := to.OpenPiece(t.Context(), to.ID, x.Sealed)
					if err != nil {
						t.Error(err)
					}
					pieces = append(pieces, fmt.Sprint(p.Hash, " ", p.Offset))
					continue
				}
				if x.Sort == Message {
					h, _, err := to.Look(t.Context(), to.ID, x.Sealed)
					if err != nil {
						t.Error(err)
					}
					messages = append(messages, h.ID.String())
					continue
				}
				all, err := parted(raw)
				if err != nil {
					t.Error(err)
				}
				for _, one := range all {
					r, err := post.ReadReceipt(one, sender)
					if err != nil {
						t.Error(err)
					}
					receipts = append(receipts, r.Message.String())
				}
			}
			if strings.Join(messages, " ") != strings.Join(v.Messages, " ") || strings.Join(receipts, " ") != strings.Join(v.Receipts, " ") || strings.Join(pieces, " ") != strings.Join(v.Pieces, " ") {
				t.Errorf("messages %v, receipts %v, pieces %v", messages, receipts, pieces)
			}
			if d := ps[0].Damage; d.Stretches != v.Stretch || d.Cut != v.Cut {
				t.Errorf("%+v", d)
			}
		})
	}
}

// TestVectorsReadElsewhere opens and verifies the files with the reader in another language that docs/protocol.md was written
// from alone, and reads the codes beside it.
func TestVectorsReadElsewhere(t *testing.T) {
	out, err := elsewhere(t, "vectors.py", vectorFile)
	if err != nil || !strings.Contains(out, "courier files, all as written") {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestACourierFileIsReadElsewhere gives that reader what an office writes now, and the same with another office's card.
func TestACourierFileIsReadElsewhere(t *testing.T) {
	from, to, other := two(t)
	for i, body := range []string{"a1", "b1", "a2"} {
		from.Queue(t, conversationsOf[i%2], body)
	}
	f := from.fill(t, albanian, MaxFile)
	to.bring(t, f.Bytes)
	from.bring(t, to.fill(t, greek, MaxFile).Bytes)
	to.Queue(t, conversationsOf[0], "back")
	back := to.fill(t, greek, MaxFile)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	issued := func(o *office) []byte {
		_, b, err := o.Secrets.Issue(o.Card)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, x := range map[string]struct {
		to, from           *office
		file               []byte
		messages, receipts int
	}{"there": {to, from, f.Bytes, 3, 0}, "back": {from, to, back.Bytes, 1, 3}} {
		key, file := write(name+".key", []byte(x.to.Secrets.SealKey()+"\n")), write(name+".post", x.file)
		out, err := elsewhere(t, "reader.py", key, write(name+".card", issued(x.from)), file)
		var got struct {
			Messages, Receipts []string
			Shut               int
			Whole              bool
		}
		if err != nil || json.Unmarshal([]byte(out), &got) != nil || len(got.Messages) != x.messages || len(got.Receipts) != x.receipts || got.Shut != 0 || !got.Whole {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	out, err := elsewhere(t, "reader.py", filepath.Join(dir, "there.key"), write("other.card", issued(other)), filepath.Join(dir, "there.post"))
	if err == nil || !strings.Contains(out, "Refused: the signature") {
		t.Errorf("as another office's: %v\n%s", err, out)
	}
}

// elsewhere runs a script in the other language, and gives what it says.
func elsewhere(t *testing.T, script string, args ...string) (string, error) {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 on this machine")
	}
	c := exec.CommandContext(t.Context(), python, append([]string{"-B", "../post/testdata/" + script}, args...)...)
	out, err := c.CombinedOutput()
	return string(out), err
}

func writeVectors(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 2027)
	from, to, other := two(t)
	for _, body := range []string{`{"n":1}`, `{"n":2}`} {
		from.Queue(t, conversationsOf[0], body)
	}
	along, err := from.TakeAlong(t.Context(), from.ID, albanian, MaxFile, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	x := Pouch{}
	for _, b := range along.Sealed {
		h, _, err := to.Look(t.Context(), to.ID, b)
		if err != nil {
			t.Fatal(err)
		}
		x.Parts, ids = append(x.Parts, Part{Message, b}), append(ids, h.ID.String())
	}
	small := Pouch{Parts: x.Parts[:1]}
	receipt, of := receiptOf(t, from)
	sealed, err := post.Seal(joined([][]byte{receipt, receipt}), to.Card)
	if err != nil {
		t.Fatal(err)
	}
	x.Parts = append(x.Parts, Part{Receipts, sealed})
	whole, one, strangers := bytesOf(t, x), bytesOf(t, small), bytesOf(t, sealedTo(t, other))
	broken := bytes.Clone(whole)
	broken[len(magic)+100] ^= 1
	codes, err := Print(one)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, c := range codes.Codes {
		said = append(said, c.Text)
	}
	vs := vectors{Note: "Invented offices. docs/protocol.md says what this is; go generate writes it.", Office: albanian, SealKey: to.Secrets.SealKey(), Pouches: []vector{
		{Name: "whole", File: whole, Messages: ids, Receipts: []string{of, of}, Opens: true},
		{Name: "a bit of the first message", File: broken, Messages: ids[1:], Receipts: []string{of, of}, Opens: true, Stretch: 1, Cut: true},
		{Name: "cut", File: whole[:len(whole)-60], Messages: ids, Receipts: []string{}, Opens: true, Stretch: 1, Cut: true},
		{Name: "for another office", File: strangers, Messages: []string{}, Receipts: []string{}},
		{Name: "as codes", Codes: said, Messages: ids[:1], Receipts: []string{}, Opens: true},
		{Name: "as text", Typed: codes.Typed(), Messages: ids[:1], Receipts: []string{}, Opens: true},
	}}
	parcel, _ := from.encloses(t, conversationsOf[1], `{"n":3}`, 3000)
	if along, err = from.TakeAlong(t.Context(), from.ID, albanian, MaxFile, 0); err != nil || len(along.Pieces) != 1 {
		t.Fatal(len(along.Pieces), err)
	}
	enclosed := along.Sealed[len(along.Sealed)-1]
	h, _, err := to.Look(t.Context(), to.ID, enclosed)
	if err != nil {
		t.Fatal(err)
	}
	vs.Pouches = append(vs.Pouches, vector{Name: "with a piece of a file", File: bytesOf(t, Pouch{Parts: []Part{{Piece, along.Pieces[0]}, {Message, enclosed}}}), Messages: []string{h.ID.String()}, Receipts: []string{}, Pieces: []string{parcel.Hash + " 0"}, Opens: true})
	_, vs.Sender, err = from.Secrets.Issue(from.Card)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(vs, "", " ")
	if err == nil {
		err = os.MkdirAll("testdata", 0o755)
	}
	if err == nil {
		err = os.WriteFile(vectorFile, append(b, '\n'), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func bytesOf(t *testing.T, p Pouch) []byte {
	t.Helper()
	b, err := p.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sealedTo(t *testing.T, o *office) Pouch {
	t.Helper()
	b, err := post.Seal([]byte("a message of others"), o.Card)
	if err != nil {
		t.Fatal(err)
	}
	return Pouch{Parts: []Part{{Message, b}}}
}

// receiptOf signs a receipt as docs/protocol.md says.
func receiptOf(t *testing.T, by *office) ([]byte, string) {
	t.Helper()
	r := post.Receipt{Version: 1, Message: journal.NewID(day, nil), Hash: strings.Repeat("0", 64), From: by.ID, To: albanian, Status: "accepted", At: day}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return append(ed25519.Sign(by.Secrets.Sign, append([]byte("entraide-receipt/1\n"), b...)), b...), r.Message.String()
}
