// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"encoding/binary"
	"errors"
	"math"
	"net/http"
	"time"

	"github.com/entraide-thb/entraide/internal/platform/fault"
)

// Several sealed messages travel in one request, and their answers in one response, each in a frame of its own.
const (
	batchMedia = "application/vnd.entraide.batch"

	// MaxBatch bounds the messages of one request, and maxBatchBytes all their bytes.
	MaxBatch      = 128
	maxBatchBytes = 4 << 20
)

var errBatch = errors.New("post: malformed batch")

// packBatch frames sealed messages: of each its length in four bytes, big-endian, and its bytes.
func packBatch(sealed [][]byte) []byte {
	var b []byte
	for _, s := range sealed {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	return b
}

// unpackBatch is packBatch's other way: 1 to MaxBatch messages and nothing behind them.
func unpackBatch(b []byte) ([][]byte, error) {
	var out [][]byte
	for len(b) > 0 {
		if len(out) == MaxBatch {
			return nil, errBatch
		}
		part, rest, err := frame(b, MaxMessage)
		if err != nil {
			return nil, errBatch
		}
		out, b = append(out, part), rest
	}
	if len(out) == 0 {
		return nil, errBatch
	}
	return out, nil
}

// reply is what one message gets: an HTTP status, after how many seconds to try again, and a receipt when the status is 200.
type reply struct {
	status  int
	wait    time.Duration
	receipt []byte
}

func replyOf(a Answer) reply {
	if a.Err != nil {
		return reply{status: statusOf(a.Err), wait: waitOf(a.Err)}
	}
	return reply{status: http.StatusOK, receipt: a.Receipt}
}

// replyHead is the length of what stands before a receipt: status in two bytes, seconds in four, its length in four.
const replyHead = 10

func packReplies(rs []reply) []byte {
	var b []byte
	for _, r := range rs {
		b = binary.BigEndian.AppendUint16(b, uint16(r.status))
		b = binary.BigEndian.AppendUint32(b, uint32(min(r.wait/time.Second, math.MaxUint32)))
		b = binary.BigEndian.AppendUint32(b, uint32(len(r.receipt)))
		b = append(b, r.receipt...)
	}
	return b
}

// unpackReplies reads exactly n replies.
func unpackReplies(b []byte, n int) ([]reply, error) {
	out := make([]reply, 0, n)
	for range n {
		if len(b) < replyHead {
			return nil, errBatch
		}
		r := reply{status: int(binary.BigEndian.Uint16(b)), wait: time.Duration(binary.BigEndian.Uint32(b[2:])) * time.Second}
		receipt, rest, err := frame(b[replyHead-4:], maxHeader)
		if err != nil || (r.status == http.StatusOK) != (len(receipt) > 0) {
			return nil, errBatch
		}
		if len(receipt) > 0 {
			r.receipt = receipt
		}
		out, b = append(out, r), rest
	}
	if len(b) > 0 {
		return nil, errBatch
	}
	return out, nil
}

// verdict turns what an office answered into an Answer.
func (r reply) verdict() Answer {
	switch r.status {
	case http.StatusOK:
		return Answer{Receipt: r.receipt}
	case http.StatusForbidden:
		return Answer{Err: fault.New(fault.Denied, "exchange.post.not_known_there")}
	case http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		return Answer{Err: fault.New(fault.Invalid, "exchange.post.not_read_there")}
	case http.StatusTooEarly:
		return Answer{Err: fault.New(fault.Unavailable, "exchange.post.future")}
	case http.StatusTooManyRequests:
		return Answer{Err: putOff(r.wait, "exchange.post.busy_there")}
	}
	return Answer{Err: fault.New(fault.Unavailable, "exchange.post.away")}
}

// putOff is a fault that says when to try again.
func putOff(wait time.Duration, key string) error {
	return fault.New(fault.Unavailable, key, "Seconds", int64((wait+time.Second-1)/time.Second))
}

// waitOf gives what a fault says of when to try again; 0 for nothing.
func waitOf(err error) time.Duration {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return 0
	}
	s, _ := f.Args["Seconds"].(int64)
	return time.Duration(s) * time.Second
}
