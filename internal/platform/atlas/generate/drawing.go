// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"math"
	"strings"
)

// The frame: South-East Europe, in Lambert's azimuthal equal-area projection, so that no territory looks larger
// than another of the same size.
const (
	middleLon, middleLat = 21.6, 42.2
	kmPerUnit            = 1.75
	width, height        = 1000, 920
	earth                = 6371.0 // km
	coarse               = 2.2    // square units that a bend must span to be kept
	smallest             = 12     // square units of an island that is drawn
)

type point [2]float64

// project gives every arc in units of the frame, simplified. Arcs are what neighbours share, so edges still meet.
func project(t topology) [][]point {
	out := make([][]point, len(t.Arcs))
	for i, a := range t.Arcs {
		var x, y float64
		pts := make([]point, len(a))
		for j, p := range a {
			x, y = x+p[0], y+p[1]
			pts[j] = place(x*t.Transform.Scale[0]+t.Transform.Translate[0], y*t.Transform.Scale[1]+t.Transform.Translate[1])
		}
		out[i] = simplify(pts)
	}
	return out
}

// place projects degrees east and north.
func place(lon, lat float64) point {
	rad := math.Pi / 180
	l, p, p0 := (lon-middleLon)*rad, lat*rad, middleLat*rad
	k := math.Sqrt(2 / (1 + math.Sin(p0)*math.Sin(p) + math.Cos(p0)*math.Cos(p)*math.Cos(l)))
	x := k * math.Cos(p) * math.Sin(l)
	y := k * (math.Cos(p0)*math.Sin(p) - math.Sin(p0)*math.Cos(p)*math.Cos(l))
	return point{width/2 + x*earth/kmPerUnit, height/2 - y*earth/kmPerUnit}
}

// simplify drops the bends that span least, as Visvalingam does, and keeps both ends.
func simplify(pts []point) []point {
	for len(pts) > 3 {
		least, at := math.Inf(1), 0
		for i := 1; i < len(pts)-1; i++ {
			if a := triangle(pts[i-1], pts[i], pts[i+1]); a < least {
				least, at = a, i
			}
		}
		if least >= coarse {
			break
		}
		pts = append(pts[:at], pts[at+1:]...)
	}
	return pts
}

func triangle(a, b, c point) float64 {
	return math.Abs((b[0]-a[0])*(c[1]-a[1])-(c[0]-a[0])*(b[1]-a[1])) / 2
}

// join lays the arcs of a ring end to end; a negative index is an arc read backwards.
func join(arcs [][]point, ring []int) (out []point) {
	for _, i := range ring {
		a := arcs[max(i, ^i)]
		for j := range len(a) - 1 {
			if i < 0 {
				j = len(a) - 1 - j
			}
			out = append(out, a[j])
		}
	}
	return out
}

// beyond is how far outside of the frame something is still drawn, so that no cut edge shows.
const beyond = 12.0

var sides = []struct {
	axis  int
	limit float64
	sign  float64 // +1 keeps what is above the limit
}{{0, -beyond, 1}, {0, width + beyond, -1}, {1, -beyond, 1}, {1, height + beyond, -1}}

// clip cuts a ring at the frame, side by side, as Sutherland and Hodgman do.
func clip(ring []point) []point {
	for _, s := range sides {
		var out []point
		for i, p := range ring {
			before := ring[(i+len(ring)-1)%len(ring)]
			in, was := s.sign*(p[s.axis]-s.limit) >= 0, s.sign*(before[s.axis]-s.limit) >= 0
			if in != was {
				f := (s.limit - before[s.axis]) / (p[s.axis] - before[s.axis])
				out = append(out, point{before[0] + f*(p[0]-before[0]), before[1] + f*(p[1]-before[1])})
			}
			if in {
				out = append(out, p)
			}
		}
		ring = out
	}
	return ring
}

// inside gives the parts of a line that lie in the frame, with the point before and after each.
func inside(arc []point) (out [][]point) {
	var part []point
	for i, p := range arc {
		if within(p) {
			if part == nil && i > 0 {
				part = append(part, arc[i-1])
			}
			part = append(part, p)
			continue
		}
		if part != nil {
			out, part = append(out, append(part, p)), nil
		}
	}
	if len(part) > 1 {
		out = append(out, part)
	}
	return out
}

func within(p point) bool {
	return p[0] >= -beyond && p[0] <= width+beyond && p[1] >= -beyond && p[1] <= height+beyond
}

// area gives the size of a ring and its middle.
func area(ring []point) (float64, point) {
	var a, x, y float64
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		c := p[0]*q[1] - q[0]*p[1]
		a, x, y = a+c, x+(p[0]+q[0])*c, y+(p[1]+q[1])*c
	}
	return math.Abs(a / 2), point{x / (3 * a), y / (3 * a)}
}

// path writes points as an SVG path in whole units, each relative to the one before.
func path(pts []point, closed bool) string {
	var b strings.Builder
	var x, y int
	for i, p := range pts {
		nx, ny := int(math.Round(p[0])), int(math.Round(p[1]))
		switch {
		case i == 0:
			fmt.Fprintf(&b, "M%d %d", nx, ny)
		case nx == x && ny == y:
			continue
		default:
			fmt.Fprintf(&b, "l%d %d", nx-x, ny-y)
		}
		x, y = nx, ny
	}
	if closed {
		b.WriteString("z")
	}
	return b.String()
}
