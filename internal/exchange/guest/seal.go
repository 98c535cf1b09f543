// SPDX-License-Identifier: EUPL-1.2

package guest

import (
	"bytes"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/http"
	"strings"
	"unicode/utf8"

	"filippo.io/age"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// What the page in the browser (assets/src/guest.js) must do alike.
const (
	digits      = 20 // of a code; the last one checks the others (Luhn)
	rounds      = 200_000
	workFactor  = 15 // of age's scrypt: 32 MiB, seconds on an old telephone; the code itself has 63 bits
	proofPrefix = "entraide guest proof v1\n"
)

// Secret is what opens a door. It is shown once and kept nowhere.
type Secret struct {
	Token string // in the link
	Code  string // twenty digits
}

// Grouped gives the code as it is read out.
func (s Secret) Grouped() string {
	var out []string
	for i := 0; i+4 <= len(s.Code); i += 4 {
		out = append(out, s.Code[i:i+4])
	}
	return strings.Join(out, " ")
}

// newSecret makes a link's token of 160 bits and a code.
func newSecret(random io.Reader) (Secret, error) {
	raw := make([]byte, 20)
	if _, err := io.ReadFull(random, raw); err != nil {
		return Secret{}, err
	}
	n, err := rand.Int(random, new(big.Int).Exp(big.NewInt(10), big.NewInt(digits-1), nil))
	if err != nil {
		return Secret{}, err
	}
	code := n.String()
	code = strings.Repeat("0", digits-1-len(code)) + code
	return Secret{Token: strings.ToLower(base32.StdEncoding.EncodeToString(raw)), Code: code + checkDigit(code)}, nil
}

// checkDigit gives the digit that follows others, after Luhn: a slip is seen in the browser and costs no try.
func checkDigit(code string) string {
	sum := 0
	for i := range len(code) {
		d := int(code[len(code)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return string(rune('0' + (10-sum%10)%10))
}

// RefOf names the dossier of a door by its link.
func RefOf(token string) store.Ref {
	return store.Ref{Kind: access.KindGuest, ID: journal.IDOf("entraide guest door v1\n" + token)}
}

// proofOf gives what a browser shows instead of the code.
func (s Secret) proofOf() (string, error) {
	b, err := pbkdf2.Key(sha256.New, s.Code, []byte(proofPrefix+s.Token), rounds, 32)
	return hex.EncodeToString(b), err
}

// hashOf gives what an office keeps of a proof.
func hashOf(proof string) string {
	h := sha256.Sum256([]byte(proof))
	return hex.EncodeToString(h[:])
}

// Right says whether a proof was made from the door's code.
func (d Door) Right(proof string) bool {
	return subtle.ConstantTimeCompare([]byte(hashOf(proof)), []byte(d.Opened.Proof)) == 1
}

// lock gives a door its key, sealed to a secret's code.
func (v Opened) lock(s Secret) (Opened, error) {
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		return v, err
	}
	proof, err := s.proofOf()
	if err != nil {
		return v, err
	}
	code, err := age.NewScryptRecipient(s.Code)
	if err != nil {
		return v, err
	}
	code.SetWorkFactor(workFactor)
	v.Proof, v.To = hashOf(proof), key.Recipient().String()
	v.Key, err = sealTo([]byte(key.String()), code)
	return v, err
}

// sealed seals a text to a door.
func (d Door) sealed(text string) ([]byte, error) {
	to, err := age.ParseHybridRecipient(d.Opened.To)
	if err != nil {
		return nil, err
	}
	return sealTo([]byte(text), to)
}

func sealTo(plain []byte, to age.Recipient) ([]byte, error) {
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil { // writes the last chunk
		return nil, err
	}
	return b.Bytes(), nil
}

// Attached is a file of an answer; what it is was seen from its bytes.
type Attached struct {
	Name, Media string
	Bytes       []byte
}

// endings are the media types that are taken, each with the ending of its name.
var endings = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", "text/plain": ".txt"}

// maxSealed bounds an answer as it comes.
const maxSealed = MaxFiles/3*4 + 64<<10

// openAnswer opens and reads an answer strictly. Errors: Invalid for whatever is not one.
func openAnswer(sealed []byte, with []age.Identity) (text string, files []Attached, err error) {
	bad := func(err error) (string, []Attached, error) {
		return "", nil, fault.Wrap(fault.Invalid, err, "guest.want.answer")
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), with...)
	if err != nil {
		return bad(err)
	}
	var in struct {
		Text  string `json:"text"`
		Files []struct {
			Name  string `json:"name"`
			Bytes []byte `json:"bytes"`
		} `json:"files"`
	}
	d := json.NewDecoder(io.LimitReader(r, maxSealed))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return bad(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return bad(errors.New("guest: something follows the answer"))
	}
	if len(in.Files) > mostFiles || len(in.Text) > maxText || !utf8.ValidString(in.Text) {
		return bad(errors.New("guest: too much, or no text"))
	}
	size := 0
	for _, f := range in.Files {
		media, _, _ := strings.Cut(http.DetectContentType(f.Bytes), ";")
		if size += len(f.Bytes); endings[media] == "" || len(f.Bytes) == 0 || size > MaxFiles || media == "text/plain" && !utf8.Valid(f.Bytes) {
			return "", nil, fault.Bad("file", "guest.want.file")
		}
		name := strings.Map(func(r rune) rune {
			if r < ' ' || r == '\u007f' || r == utf8.RuneError {
				return -1
			}
			return r
		}, f.Name)
		if blank(name, maxLine) {
			name = "?"
		}
		files = append(files, Attached{Name: name, Media: media, Bytes: f.Bytes})
	}
	return strings.TrimSpace(in.Text), files, nil
}
