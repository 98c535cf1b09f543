// SPDX-License-Identifier: EUPL-1.2

package ledger

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	cosignature "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// cosigner signs checkpoints of other logs (C2SP tlog-cosignature, version 1) with an owner's log key, which its office
// card names. What is signed begins otherwise than any checkpoint, so that neither signature can pass for the other.
type cosigner struct {
	note.Verifier
	private ed25519.PrivateKey
	at      time.Time
}

// Sign implements note.Signer: the time, then the signature over the time and the checkpoint.
func (c cosigner) Sign(msg []byte) ([]byte, error) {
	when := c.at.Unix()
	if when < 0 {
		return nil, errors.New("ledger: a cosignature from before 1970")
	}
	text := fmt.Sprintf("cosignature/v1\ntime %d\n%s", when, msg)
	return append(binary.BigEndian.AppendUint64(nil, uint64(when)), ed25519.Sign(c.private, []byte(text))...), nil
}

// Cosign adds the cosignature of an owner to a checkpoint of another log, whose signature ParseCheckpoint has checked. seed
// is that of the owner's log key.
func Cosign(c Checkpoint, owner journal.ID, seed [32]byte, at time.Time) (string, error) {
	s, err := NewSigner(owner, seed)
	if err != nil {
		return "", err
	}
	v, err := cosignature.NewVerifierForCosignatureV1(s.Verifier())
	if err != nil {
		return "", err
	}
	text, _, ok := strings.Cut(c.Note, "\n\n")
	if !ok {
		return "", errors.New("ledger: a checkpoint without a signature")
	}
	signed, err := note.Sign(&note.Note{Text: text + "\n"}, cosigner{v, ed25519.NewKeyFromSeed(seed[:]), at})
	if err != nil {
		return "", err
	}
	_, line, _ := strings.Cut(string(signed), "\n\n")
	return c.Note + line, nil
}

// ParseCosigned checks a checkpoint of the log with the key own, and the cosignature of the log with the key witness; it
// gives when it was cosigned.
func ParseCosigned(text, own, witness string) (Checkpoint, time.Time, error) {
	c, err := ParseCheckpoint(text, own)
	if err != nil {
		return c, time.Time{}, err
	}
	v, err := cosignature.NewVerifierForCosignatureV1(witness)
	if err != nil {
		return c, time.Time{}, err
	}
	n, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil {
		return c, time.Time{}, err
	}
	at, err := cosignature.CoSigV1Timestamp(n.Sigs[0])
	return c, at, err
}

// Judge says whether a checkpoint extends one that was signed before (empty for none), as Witness does, and remembers
// nothing: nil, a *Fork or ErrUnproven.
func Judge(before string, c Checkpoint, proof []tlog.Hash) error {
	if before == "" || before == c.Note {
		return nil
	}
	size, err := sizeOf(before)
	if err != nil {
		return err
	}
	err = consistent(Checkpoint{Size: size, Note: before}, c, proof)
	if errors.Is(err, ErrFork) {
		return &Fork{Before: before, Now: c.Note}
	}
	return err
}

func sizeOf(text string) (int64, error) {
	var origin string
	var size uint64
	if _, err := fmt.Sscanf(text, "%s\n%d\n", &origin, &size); err != nil || size > math.MaxInt64 {
		return 0, fmt.Errorf("ledger: a checkpoint that does not read: %w", err)
	}
	return int64(size), nil
}

// Accept remembers, for owner, a checkpoint of another log in place of one that it contradicts: people decided that the log
// goes on from there. The contradiction itself is theirs to keep.
func Accept(ctx context.Context, tx db.Tx, owner journal.ID, c Checkpoint, at time.Time) error {
	return remember(ctx, tx, owner, c, at)
}
