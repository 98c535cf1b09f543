// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"bytes"
	"encoding/hex"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/exchange/post"
	"github.com/entraide-thb/entraide/internal/liaison/letter"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// handed is a letter with a file that came to Mira, who may pass it on to Dana's office.
type handed struct {
	*permitted
	dana *visitor
}

func newHanded(t *testing.T, send func(a *permitted, id journal.ID)) *handed {
	t.Helper()
	a := &handed{permitted: newAsking(t)}
	a.dana = a.hire("paris", "dana", access.Liaison)
	id := a.n.newID()
	send(a.permitted, id)
	a.must(a.writes(a.dorian, id, letter.AssignedType, letter.Assigned{Worker: a.mira.id}))
	a.letter = id
	question, _ := a.asks(nil)
	if r := a.does(a.eleni, question, "answer", url.Values{"granted": {"yes"}}); r.code != http.StatusSeeOther {
		t.Fatalf("no permission: %d %s", r.code, r.body)
	}
	return a
}

// goesOn passes the letter on with some of its files, and gives what came to Dana.
func (a *handed) goesOn(files ...string) letter.State {
	a.Helper()
	id := a.n.newID()
	if r := a.post(a.mira, letter.Path+"/new", url.Values{"letter": {id.String()}, "entry": {a.n.newID().String()}, "passes": {a.letter.String()}, "to": {a.paris.String()}, "subject": {plantedSubject}, "text": {plantedText}, "files": files}); r.code != http.StatusSeeOther {
		a.Fatalf("passing on: %d %s", r.code, r.body)
	}
	a.deliver()
	a.must(a.writes(a.dana, id, letter.AssignedType, letter.Assigned{Worker: a.dana.id}))
	if own := a.desks.letter(a.mira, id); own.Status() != letter.Delivered || len(own.Files) != len(files) {
		a.Errorf("in the office that passed it on it is %s with %d files", own.Status(), len(own.Files))
	}
	return a.desks.letter(a.dana, id)
}

func (a *handed) reads(s letter.State) []string {
	a.Helper()
	var out []string
	for _, f := range s.Files {
		r := a.get(a.dana, letter.Path+"/"+s.ID.String()+"/files/"+f.ID.String())
		if r.code != http.StatusOK {
			a.Errorf("a file that was passed on: %d", r.code)
		}
		out = append(out, r.body)
	}
	return out
}

// lies counts the places at which sealed bytes of one name lie whole, in all offices.
func (a *handed) lies(hash string) (n int) {
	a.Helper()
	b, err := hex.DecodeString(hash)
	a.must(err)
	a.must(a.n.DB.Read(a.Context(), func(tx dbTx) error {
		return tx.Row(a.Context(), `SELECT COUNT(*) FROM post_parcel p WHERE hash = $1 AND size = (SELECT SUM(LENGTH(body)) FROM post_piece s WHERE s.owner = p.owner AND s.partner = p.partner AND s.hash = p.hash)`, b).Scan(&n)
	}))
	return n
}

// sealedIn gives the parcels of a letter as the office has them that wrote it or that it came to.
func (a *handed) sealedIn(v *visitor, id journal.ID, typ string) []letter.Sealed {
	a.Helper()
	o, err := a.n.Store.Open(a.Context(), v.who(access.ForExchange), store.Ref{Kind: access.KindLetter, ID: id})
	a.must(err)
	at := slices.IndexFunc(o.Entries, func(e journal.Entry) bool { return e.Type == typ })
	v1, err := journal.In[struct {
		Sealed []letter.Sealed `json:"sealed" part:"D3"`
	}](o.Entries[at])
	a.must(err)
	return v1.Sealed
}

// TestAFileGoesOnWithTheLetterThatIsPassedOn: those of its files that stay ticked go on, sealed once: the third office gets the very
// bytes that the first sealed, and the key in its letter. Where the post has these no more the file goes on sealed anew.
func TestAFileGoesOnWithTheLetterThatIsPassedOn(t *testing.T) {
	planted := bytes.Repeat([]byte("PLANTED LINE\n"), 100_000)
	a := newHanded(t, func(a *permitted, id journal.ID) {
		if r := a.sendsFile(a.eleni, id, "plan.txt", planted); r.code != http.StatusSeeOther {
			t.Fatalf("sending: %d %s", r.code, r.body)
		}
	})
	file := a.desks.letter(a.mira, a.letter).Files[0].ID.String()
	a.want(a.mira, letter.Path+"/"+a.letter.String()+"/pass", []string{"Files that came with it", "plan.txt", `value="` + file + `" checked`})
	came := a.goesOn(file)
	if got := a.reads(came); len(got) != 1 || got[0] != string(planted) || came.Files[0].Name != "plan.txt" {
		t.Errorf("%d files came, %+v", len(got), came.Files)
	}
	first := a.sealedIn(a.eleni, a.letter, letter.WrittenType)[0].Parcel
	if on := a.sealedIn(a.dana, came.ID, letter.ReceivedType); len(on) != 1 || on[0].Parcel != first || a.lies(first.Hash) != 4 { // with its writer, with Mira as it came and as it left, with Dana
		t.Errorf("it was sealed again: %+v, and lies %d times", on, a.lies(first.Hash))
	}
	if came := a.goesOn(); len(came.Files) != 0 || came.Words.Text != plantedText {
		t.Errorf("without its file: %d files", len(came.Files))
	}
	a.must(a.n.DB.Write(a.Context(), func(tx dbTx) error {
		_, err := tx.Exec(a.Context(), `DELETE FROM post_parcel WHERE owner = $1`, a.tirana)
		return err
	}))
	came = a.goesOn(file)
	if got := a.reads(came); len(got) != 1 || got[0] != string(planted) || a.sealedIn(a.dana, came.ID, letter.ReceivedType)[0].Parcel.Hash == first.Hash {
		t.Errorf("after a month: %d files", len(got))
	}
}

// TestNothingGoesOnThatNobodyReadHere: of a picture from whose bytes this office took what a camera wrote, what it keeps goes on.
func TestNothingGoesOnThatNobodyReadHere(t *testing.T) {
	var plain bytes.Buffer
	if err := png.Encode(&plain, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	told := slices.Concat(plain.Bytes()[:33], []byte("\x00\x00\x00\x0dtEXtplanted place\x00\x00\x00\x00"), plain.Bytes()[33:])
	var raw post.Parcel
	a := newHanded(t, func(a *permitted, id journal.ID) { // from a program that takes nothing out
		var err error
		raw, err = a.n.Post.Attach(t.Context(), a.athens, bytes.NewReader(told))
		a.must(err)
		a.must(a.writes(a.eleni, id, letter.WrittenType, letter.Letter{To: a.tirana, Thread: id, Files: 1, Sealed: []letter.Sealed{{Name: "picture.png", Parcel: raw}}, Words: letter.Words{Subject: plantedSubject, Text: plantedText}}))
	})
	came := a.goesOn(a.desks.letter(a.mira, a.letter).Files[0].ID.String())
	if got := a.reads(came); len(got) != 1 || strings.Contains(got[0], "planted place") {
		t.Errorf("%d files came", len(got))
	}
	if on := a.sealedIn(a.mira, came.ID, letter.WrittenType); len(on) != 1 || on[0].Parcel.Hash == raw.Hash {
		t.Errorf("what the camera wrote went on: %+v", on)
	}
}
