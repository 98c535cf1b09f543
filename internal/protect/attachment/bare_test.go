// SPDX-License-Identifier: EUPL-1.2

package attachment

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"
)

// drawing is a picture in which every corner differs.
func drawing() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for x := range 64 {
		for y := range 48 {
			m.Set(x, y, color.RGBA{uint8(4 * x), uint8(5 * y), uint8(x * y), 255})
		}
	}
	return m
}

func plainJPEG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawing(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func plainPNG(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, drawing()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// segment makes a segment of a JPEG.
func segment(marker byte, body string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
}

// piece makes a chunk of a PNG.
func piece(name, body string) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), name+body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// notes are a camera's notes with which way is up, in either order of bytes, and a place.
func notes(order binary.AppendByteOrder, up uint16) string {
	t := []byte("Exif\x00\x00MM\x00*")
	if order.String() == "LittleEndian" {
		t = []byte("Exif\x00\x00II*\x00")
	}
	t = order.AppendUint32(t, 8)
	t = order.AppendUint16(t, 2)
	t = append(order.AppendUint32(order.AppendUint16(order.AppendUint16(t, 0x010f), 2), 4), "Cam\x00"...)
	t = order.AppendUint32(order.AppendUint16(order.AppendUint16(t, orientationTag), 3), 1)
	t = append(order.AppendUint16(t, up), 0, 0)
	return string(append(t, "\x00\x00\x00\x00planted place 37.94N 23.64E"...))
}

func TestAPictureTellsNoPlace(t *testing.T) {
	plain := plainJPEG(t)
	icc := segment(app2, "ICC_PROFILE\x00\x01\x01colours")
	var told []byte
	told = append(told, plain[:2]...)
	told = append(told, segment(app0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")...)
	told = append(told, segment(app0, "JFXX\x00planted thumbnail")...)
	told = append(told, segment(app1, notes(binary.BigEndian, 6))...)
	told = append(told, segment(app1, "http://ns.adobe.com/xap/1.0/\x00planted owner")...)
	told = append(told, icc...)
	told = append(told, segment(app2, "MPF\x00planted second picture")...)
	told = append(told, 0xff, 0xff) // padding
	told = append(told, segment(0xed, "Photoshop 3.0\x00planted caption")[1:]...)
	told = append(told, segment(com, "planted comment")...)
	told = append(told, plain[2:]...)
	told = append(told, "planted film behind the end"...)
	got, err := bare(JPEG, told)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got, []byte("planted")) || bytes.Contains(got, []byte("Cam")) {
		t.Errorf("it still tells: %q", got[:200])
	}
	if !bytes.Contains(got, icc) || !bytes.Contains(got, []byte("JFIF")) {
		t.Error("its colours are gone")
	}
	if up := orientation(got[6:]); up != 6 {
		t.Errorf("up is %d", up)
	}
	samePicture(t, plain, got, jpeg.Decode)
}

func TestADrawingTellsNothing(t *testing.T) {
	plain := plainPNG(t)
	head := 8 + 25 // the sign and its first chunk
	told := bytes.Join([][]byte{plain[:head], piece("gAMA", "\x00\x00\xb1\x8f"), piece("tEXt", "Author\x00planted"), piece("eXIf", "planted"), piece("tIME", "planted"), piece("prVt", "planted"), plain[head:], []byte("planted behind the end")}, nil)
	got, err := bare(PNG, told)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(got, []byte("planted")) || !bytes.Contains(got, []byte("gAMA")) {
		t.Errorf("it still tells, or its brightness is gone")
	}
	samePicture(t, plain, got, png.Decode)
}

func samePicture[R interface{ Read([]byte) (int, error) }](t *testing.T, a, b []byte, decode func(R) (image.Image, error)) {
	t.Helper()
	open := func(b []byte) image.Image {
		m, err := decode(any(bytes.NewReader(b)).(R))
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	x, y := open(a), open(b)
	if x.Bounds() != y.Bounds() {
		t.Fatalf("%v became %v", x.Bounds(), y.Bounds())
	}
	for i := range x.Bounds().Dx() {
		for j := range x.Bounds().Dy() {
			if x.At(i, j) != y.At(i, j) {
				t.Fatalf("another colour at %d, %d", i, j)
			}
		}
	}
}

func TestWhichWayIsUp(t *testing.T) {
	plain := plainJPEG(t)
	for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
		for _, up := range []uint16{0, 1, 3, 6, 8, 9, 700} {
			told := append(append(plain[:2:2], segment(app1, notes(order, up))...), plain[2:]...)
			got, err := bare(JPEG, told)
			if err != nil {
				t.Fatal(err)
			}
			want := up
			if up <= 1 || up > 8 {
				want = 0 // said by saying nothing
			}
			if is := orientation(got[6:]); is != want {
				t.Errorf("%s: %d became %d", order, up, is)
			}
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	j, p := plainJPEG(t), plainPNG(t)
	for what, c := range map[string]struct {
		m Media
		b []byte
	}{
		"a photo that ends early": {JPEG, j[:len(j)-2]}, "a photo without its scans": {JPEG, j[:300]}, "a photo with a segment too long": {JPEG, append(j[:2:2], 0xff, app1, 0xff, 0xff)},
		"a photo with a segment too short": {JPEG, append(append(j[:2:2], 0xff, app1, 0, 1), j[2:]...)}, "no photo": {JPEG, p},
		"a drawing that ends early": {PNG, p[:len(p)-12]}, "a drawing with a chunk too long": {PNG, append(p[:8:8], 0xff, 0xff, 0xff, 0xff, 'I', 'D', 'A', 'T', 0, 0, 0, 0)}, "no drawing": {PNG, j},
	} {
		if b, err := bare(c.m, c.b); err == nil {
			t.Errorf("%s is taken: %d bytes", what, len(b))
		}
	}
}

// FuzzBare: whatever comes, it ends; what is given out is never longer than what came by more than the note of which way is
// up, and taking out twice is taking out once.
func FuzzBare(f *testing.F) {
	j := plainJPEG(f)
	for _, seed := range [][]byte{j, plainPNG(f), append(append(j[:2:2], segment(app1, notes(binary.LittleEndian, 8))...), j[2:]...), {0xff, soi, 0xff, eoi}, nil} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range []Media{JPEG, PNG} {
			once, err := bare(m, b)
			if err != nil {
				continue
			}
			twice, err := bare(m, once)
			if err != nil || !bytes.Equal(once, twice) {
				t.Fatalf("%s: twice is not once: %v", m, err)
			}
			if len(once) > len(b)+40 {
				t.Fatalf("%s: %d bytes became %d", m, len(b), len(once))
			}
		}
	})
}
