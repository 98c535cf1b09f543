// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Time-based one-time passwords (RFC 6238): six digits, SHA-1, steps of 30 seconds, because these are
// what every authenticator app supports. A code is accepted one step early or late, for clocks that drift.
const (
	stepSeconds = 30
	stepWindow  = 1
	secretBytes = 20 // RFC 4226, section 4, R6: 160 bits recommended
	// issuer is what the authenticator app shows on a phone's screen: neutral, it names no field of work.
	issuer = "Entraide"
)

// newSecret gives a fresh authenticator secret in base32, as apps take it by hand.
func newSecret(random io.Reader) (string, error) {
	b := make([]byte, secretBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", err
	}
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b), nil
}

func stepAt(t time.Time) int64 { return t.Unix() / stepSeconds }

// matchStep gives the step that a code belongs to, among those near now and after last. Every candidate
// is computed and compared in constant time.
func matchStep(secret, code string, now time.Time, last int64) (int64, bool) {
	code = strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '\u00a0' || r == '\u202f' {
			return -1
		}
		return r
	}, code)
	if secret == "" { // an account without an authenticator: no code is right
		return 0, false
	}
	var hit int64
	found := 0
	for s := stepAt(now) - stepWindow; s <= stepAt(now)+stepWindow; s++ {
		want, err := hotp.GenerateCodeCustom(secret, uint64(s), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return 0, false
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 && s > last {
			hit, found = s, 1
		}
	}
	return hit, found == 1
}

// factorURL is what the QR code holds. label is shown in the app beside the issuer.
func factorURL(secret, label string) string {
	v := url.Values{"secret": {secret}, "issuer": {issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {fmt.Sprint(stepSeconds)}}
	return "otpauth://totp/" + url.PathEscape(issuer+":"+label) + "?" + strings.ReplaceAll(v.Encode(), "+", "%20")
}

// QR is a QR code as one SVG path: put it in <svg viewBox="0 0 Size Size"><path d="Path"/></svg> on white.
// It is made here, so the secret goes to no service.
type QR struct {
	Size int // modules per side with the quiet zone of four on each side
	Path string
}

func newQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QR{}, fault.Wrap(fault.Internal, err, "fault.internal")
	}
	const quiet = 4
	n := code.Bounds().Dx()
	var b strings.Builder
	for y := range n {
		for x := 0; x < n; x++ {
			run := 0
			for x+run < n && dark(code.At(x+run, y).RGBA()) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	return QR{Size: n + 2*quiet, Path: b.String()}, nil
}

func dark(r, _, _, _ uint32) bool { return r < 0x8000 }

// grouped prints a secret in fours, for typing by hand.
func grouped(s string) string {
	var parts []string
	for ; len(s) > 4; s = s[4:] {
		parts = append(parts, s[:4])
	}
	return strings.Join(append(parts, s), " ")
}
