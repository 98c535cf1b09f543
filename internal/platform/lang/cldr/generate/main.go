// SPDX-License-Identifier: EUPL-1.2

// Command generate reads CLDR's JSON packages (cldr-localenames-full, cldr-dates-full, cldr-numbers-full,
// cldr-misc-full is not needed) from a folder and writes the part that an office shows as cldr.json.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// screens are the languages of the workers' screens.
var screens = []string{"en", "fr"}

// persons are languages that a person reads in (the folder person of lang) and the screens do not have.
var persons = []string{"sq", "bs", "hr", "sr", "sr-Latn", "bg", "mk", "ro", "el", "ar", "uk", "ru", "tr"}

// languages that people in the programme's files speak.
var spoken = []string{"sq", "bs", "hr", "sr", "cnr", "sr-ME", "bg", "mk", "ro", "el", "fr", "en", "ar", "uk", "ru", "tr", "rom", "rmn", "de", "it", "es", "pt", "sv", "pl", "hu", "sl",
	"ka", "hy", "az", "fa", "ps", "ku", "ckb", "ur", "pa", "hi", "bn", "ne", "si", "ta", "vi", "th", "tl", "zh", "am", "ti", "so", "ha", "yo", "ig", "ln", "sw", "wo", "zgh", "be", "uz", "kk", "ky", "tg", "mn"}

type object = map[string]any

func main() {
	dir := flag.String("cldr", "", "folder with the unpacked packages")
	out := flag.String("out", "cldr.json", "file to write")
	flag.Parse()
	all := object{}
	for _, l := range append(slices.Clone(screens), persons...) {
		all[l] = locale(*dir, l)
	}
	b, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*out, append(b, '\n'), 0o644); err != nil {
		log.Fatal(err)
	}
}

func locale(dir, l string) object {
	names := read(dir, "cldr-localenames-full", l, "territories.json", "localeDisplayNames", "territories")
	langs := read(dir, "cldr-localenames-full", l, "languages.json", "localeDisplayNames", "languages")
	o := object{"territories": pick(names, func(k string) bool { return len(k) == 2 && k != "ZZ" }),
		"languages": pick(langs, func(k string) bool {
			return slices.Contains(spoken, k) || strings.EqualFold(k, l)
		})}
	g := read(dir, "cldr-dates-full", l, "ca-gregorian.json", "dates", "calendars", "gregorian")
	o["months"] = list(g, "months", "format", "wide", 12)
	o["monthsShort"] = list(g, "months", "format", "abbreviated", 12)
	o["dateLong"], o["dateMedium"] = text(g, "dateFormats", "long"), text(g, "dateFormats", "medium")
	o["time"] = strings.NewReplacer("\u202f", " ", " a", "").Replace(text(g, "timeFormats", "short"))
	fields := read(dir, "cldr-dates-full", l, "dateFields.json", "dates", "fields")
	rel := object{}
	for _, f := range []string{"minute", "hour", "day", "week", "month", "year"} {
		rel[f] = fields[f]
	}
	o["relative"] = rel
	n := read(dir, "cldr-numbers-full", l, "numbers.json", "numbers")
	o["decimal"], o["group"] = text(n, "symbols-numberSystem-latn", "decimal"), text(n, "symbols-numberSystem-latn", "group")
	o["percent"] = text(n, "percentFormats-numberSystem-latn", "standard")
	return o
}

func read(dir, pkg, l, file string, path ...string) object {
	b, err := os.ReadFile(filepath.Join(dir, pkg, "main", l, file))
	if err != nil {
		log.Fatal(err)
	}
	var o object
	if err := json.Unmarshal(b, &o); err != nil {
		log.Fatal(err)
	}
	return dig(o, append([]string{"main", l}, path...)...)
}

func dig(o object, path ...string) object {
	for _, p := range path {
		next, ok := o[p].(object)
		if !ok {
			log.Fatalf("no %s in %v", p, path)
		}
		o = next
	}
	return o
}

func text(o object, path ...string) string {
	return dig(o, path[:len(path)-1]...)[path[len(path)-1]].(string)
}

func list(o object, a, b, c string, n int) []string {
	m := dig(o, a, b, c)
	var out []string
	for i := 1; i <= n; i++ {
		out = append(out, m[fmt.Sprint(i)].(string))
	}
	return out
}

func pick(o object, keep func(string) bool) object {
	out := object{}
	for k, v := range o {
		if keep(k) {
			out[k] = v
		}
	}
	return out
}
