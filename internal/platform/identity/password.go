// SPDX-License-Identifier: EUPL-1.2

package identity

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Params are the costs of one argon2id hash. They are stored in each hash, so they can be raised later: a
// hash with older costs is replaced at its owner's next sign-in.
type Params struct {
	Memory  uint32 // KiB
	Time    uint32 // passes
	Threads uint8
}

// DefaultParams are RFC 9106's second recommended choice for machines with little memory: 64 MiB,
// three passes, four lanes.
func DefaultParams() Params { return Params{Memory: 64 * 1024, Time: 3, Threads: 4} }

// Limits that keep a forged or damaged hash from asking for the machine's whole memory.
const (
	maxMemory  = 256 * 1024
	maxTime    = 16
	keyLen     = 32
	saltLen    = 16
	maxWaiting = 64
)

// hasher makes and checks password hashes, a bounded number at once: each needs tens of megabytes,
// and many people signing in must not exhaust the memory.
type hasher struct {
	params  Params
	slots   chan struct{}
	waiting atomic.Int64
	random  io.Reader
	decoy   string // looks like a hash and is of nothing: checking against it is the same work, where a login does not exist
}

func newHasher(p Params, random io.Reader) (*hasher, error) {
	if p == (Params{}) {
		p = DefaultParams()
	}
	if p.Memory > maxMemory || p.Time == 0 || p.Time > maxTime || p.Threads == 0 {
		return nil, fmt.Errorf("identity: argon2id costs out of bounds: memory at most %d KiB, 1 to %d passes, 1 thread or more", maxMemory, maxTime)
	}
	if random == nil {
		random = rand.Reader
	}
	h := &hasher{params: p, random: random, slots: make(chan struct{}, min(max(runtime.GOMAXPROCS(0), 2), 4))}
	var drawn [saltLen + keyLen]byte
	if _, err := io.ReadFull(random, drawn[:]); err != nil {
		return nil, err
	}
	h.decoy = phc(p, drawn[:saltLen], drawn[saltLen:])
	return h, nil
}

// phc writes a hash down with all that checking it takes.
func phc(p Params, salt, key []byte) string {
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, p.Memory, p.Time, p.Threads, b64(salt), b64(key))
}

// enter waits for a slot. Beyond maxWaiting waiters it refuses at once instead of piling up requests.
func (h *hasher) enter(ctx context.Context) error {
	if h.waiting.Add(1) > maxWaiting {
		h.waiting.Add(-1)
		return fault.New(fault.TooMuch, "identity.fault.busy")
	}
	defer h.waiting.Add(-1)
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.slots }

// hash gives the PHC string of a password with a fresh salt and the current costs.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLen)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", err
	}
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	p := h.params
	return phc(p, salt, argon2.IDKey([]byte(norm.NFC.String(password)), salt, p.Time, p.Memory, p.Threads, keyLen)), nil
}

// verify checks a password against a PHC string. stale says that the hash was made with other costs
// than today's. An empty phc does the decoy's work and never matches.
func (h *hasher) verify(ctx context.Context, phc, password string) (match, stale bool, err error) {
	known := phc != ""
	if !known {
		phc = h.decoy
	}
	p, salt, want, err := parsePHC(phc)
	if err != nil {
		return false, false, err
	}
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	got := argon2.IDKey([]byte(norm.NFC.String(password)), salt, p.Time, p.Memory, p.Threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1 && known, p != h.params, nil
}

func parsePHC(phc string) (p Params, salt, key []byte, err error) {
	bad := fault.Wrap(fault.Internal, fmt.Errorf("identity: a stored password hash is damaged"), "fault.internal")
	f := strings.Split(phc, "$")
	if len(f) != 6 || f[1] != "argon2id" || f[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return Params{}, nil, nil, bad
	}
	if _, err := fmt.Sscanf(f[3], "m=%d,t=%d,p=%d", &p.Memory, &p.Time, &p.Threads); err != nil {
		return Params{}, nil, nil, bad
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(f[4])
	key, err2 := base64.RawStdEncoding.DecodeString(f[5])
	sane := p.Memory <= maxMemory && p.Time > 0 && p.Time <= maxTime && p.Threads > 0 && len(salt) >= 8 && len(key) == keyLen
	if err1 != nil || err2 != nil || !sane {
		return Params{}, nil, nil, bad
	}
	return p, salt, key, nil
}
