// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// A bearer secret (enrolment link, session, API token) is 256 random bits behind its owner's id, so that
// its row is found under the owner's key. Only a SHA-256 hash is stored: at 256 bits no slow hash is needed.
type bearer struct {
	owner  journal.ID
	secret [32]byte
}

func newBearer(owner journal.ID, random io.Reader) (bearer, error) {
	b := bearer{owner: owner}
	_, err := io.ReadFull(random, b.secret[:])
	return b, err
}

// String is what is handed out, once.
func (b bearer) String() string {
	return base64.RawURLEncoding.EncodeToString(append(append([]byte{}, b.owner[:]...), b.secret[:]...))
}

// hash is what is stored. use keeps one kind of secret from passing for another.
func (b bearer) hash(use string) []byte {
	h := sha256.New()
	h.Write([]byte("entraide identity " + use + "\x00"))
	h.Write(b.owner[:])
	h.Write(b.secret[:])
	return h.Sum(nil)
}

func parseBearer(s string) (bearer, bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(raw) != 48 {
		return bearer{}, false
	}
	var b bearer
	copy(b.owner[:], raw[:16])
	copy(b.secret[:], raw[16:])
	return b, true
}

// recoveryCount is how many one-time recovery codes a person gets; each has 80 random bits.
const recoveryCount = 8

var codeAlphabet = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding) // no i, l, o, 1

func newRecoveryCodes(random io.Reader) ([]string, error) {
	out := make([]string, recoveryCount)
	for i := range out {
		var b [10]byte
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return nil, err
		}
		out[i] = strings.ReplaceAll(grouped(codeAlphabet.EncodeToString(b[:])), " ", "-")
	}
	return out, nil
}

// recoveryHash hashes a code however it was typed: case, spaces and hyphens do not count.
func recoveryHash(owner, account journal.ID, code string) []byte {
	h := sha256.New()
	h.Write([]byte("entraide identity recovery\x00"))
	h.Write(owner[:])
	h.Write(account[:])
	h.Write([]byte(plainCode(code)))
	return h.Sum(nil)
}

func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' {
			return -1
		}
		return unicode.ToLower(r)
	}, code)
}

// looksLikeRecovery tells a recovery code from six digits of an authenticator.
func looksLikeRecovery(code string) bool { return len(plainCode(code)) == 16 }

// hostToken is a lookup key under the host's key: of a login, or of a network address.
func (s *Service) hostToken(kind, value string) []byte {
	m := hmac.New(sha256.New, s.c.HostKey)
	m.Write([]byte("entraide identity " + kind + "\x00" + value))
	return m.Sum(nil)
}

// normalLogin is how a login is compared: composed, lower case, without spaces around.
func normalLogin(login string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(login)))
}

// checkLogin notes why a login cannot be used: 3 to 64 letters, digits, and . _ - @ + only.
func checkLogin(fs *fault.Fields, field, login string) {
	l := normalLogin(login)
	n := utf8.RuneCountInString(l)
	ok := n >= 3 && n <= 64 && utf8.ValidString(l)
	for _, r := range l {
		ok = ok && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("._-@+", r))
	}
	if !ok {
		fs.Add(field, "identity.login.form")
	}
}
