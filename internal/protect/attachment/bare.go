// SPDX-License-Identifier: EUPL-1.2

package attachment

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
)

// errPicture says that a picture is not built as its type asks.
var errPicture = errors.New("attachment: a picture that is not built as its type asks")

// bare takes out of a picture what a camera or program wrote into it beside the picture: place, time, device, owner,
// thumbnails, captions, and whatever hangs behind its end. A photo that was taken in a shelter would tell where it is. The
// picture itself is left as it is, with its colours and which way is up. Other files are given back as they are.
func bare(m Media, b []byte) ([]byte, error) {
	switch m {
	case JPEG:
		return bareJPEG(b)
	case PNG:
		return barePNG(b)
	}
	return b, nil
}

// Markers of a JPEG.
const (
	soi, eoi, sos = 0xd8, 0xd9, 0xda
	app0, app1    = 0xe0, 0xe1
	app2, app14   = 0xe2, 0xee
	app15, com    = 0xef, 0xfe
)

// bareJPEG walks from segment to segment, through the scans, to the end of the picture.
func bareJPEG(b []byte) ([]byte, error) {
	if len(b) < 4 || b[0] != 0xff || b[1] != soi {
		return nil, errPicture
	}
	var kept []byte
	up := uint16(1)
	for at := 2; ; {
		for at+1 < len(b) && b[at] == 0xff && b[at+1] == 0xff { // padding
			at++
		}
		if at+1 >= len(b) || b[at] != 0xff {
			return nil, errPicture
		}
		if b[at+1] == eoi {
			break
		}
		if at+4 > len(b) {
			return nil, errPicture
		}
		end := at + 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		if end < at+4 || end > len(b) {
			return nil, errPicture
		}
		marker, body := b[at+1], b[at+4:end]
		if marker == sos {
			end = scanEnd(b, end)
		}
		if u := orientation(body); marker == app1 && u != 0 {
			up = u
		}
		if keeps(marker, body) {
			kept = append(kept, b[at:end]...)
		}
		at = end
	}
	out := []byte{0xff, soi}
	if up > 1 && up <= 8 {
		out = append(out, upright(up)...)
	}
	return append(append(out, kept...), 0xff, eoi), nil
}

// keeps says whether a segment is a part of the picture: its tables, its frames, its colours.
func keeps(marker byte, body []byte) bool {
	switch {
	case marker == com:
		return false
	case marker == app2:
		return bytes.HasPrefix(body, []byte("ICC_PROFILE\x00"))
	case marker == app0:
		return bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) == 14 // without a thumbnail
	case marker == app14:
		return bytes.HasPrefix(body, []byte("Adobe")) && len(body) == 12
	}
	return marker < app0 || marker > app15
}

// scanEnd finds the marker that ends a scan's data.
func scanEnd(b []byte, at int) int {
	for ; at+1 < len(b); at++ {
		if b[at] == 0xff && b[at+1] != 0 && b[at+1] != 0xff && (b[at+1] < 0xd0 || b[at+1] > 0xd7) {
			return at
		}
	}
	return len(b)
}

const orientationTag = 0x0112

// orientation reads which way is up from a camera's notes; 0 when they do not say.
func orientation(body []byte) uint16 {
	t, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00"))
	if !ok || len(t) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(t[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(t[4:]))
	if at+2 > int64(len(t)) {
		return 0
	}
	n := int64(order.Uint16(t[at:]))
	for i := range n {
		line := at + 2 + 12*i
		if line+12 > int64(len(t)) {
			return 0
		}
		if order.Uint16(t[line:]) == orientationTag {
			return order.Uint16(t[line+8:])
		}
	}
	return 0
}

// upright writes notes that say which way is up and nothing else.
func upright(up uint16) []byte {
	t := []byte("Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01")
	t = binary.BigEndian.AppendUint16(t, orientationTag)
	t = binary.BigEndian.AppendUint16(t, 3) // a short number
	t = binary.BigEndian.AppendUint32(t, 1) // of them
	t = binary.BigEndian.AppendUint16(t, up)
	t = append(t, 0, 0, 0, 0, 0, 0)
	return append(binary.BigEndian.AppendUint16([]byte{0xff, app1}, uint16(len(t)+2)), t...)
}

// picturePNG lists the chunks of a PNG that are a part of the picture.
var picturePNG = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "bKGD", "pHYs"}

func barePNG(b []byte) ([]byte, error) {
	const sign = "\x89PNG\r\n\x1a\n"
	rest, ok := bytes.CutPrefix(b, []byte(sign))
	if !ok {
		return nil, errPicture
	}
	out := []byte(sign)
	for {
		if len(rest) < 12 {
			return nil, errPicture
		}
		n := int64(binary.BigEndian.Uint32(rest)) + 12
		if n > int64(len(rest)) {
			return nil, errPicture
		}
		name := string(rest[4:8])
		if slices.Contains(picturePNG, name) {
			out = append(out, rest[:n]...)
		}
		if rest = rest[n:]; name == "IEND" {
			return out, nil
		}
	}
}
