// SPDX-License-Identifier: EUPL-1.2

package names

import "strings"

// The sounds of skeletons. Vowels: a; i for e, i, y and the glide of ja; u for o and u. Consonants: p b d t
// g k f (also v, w) h s (also sh) z (also zh, dz, dzh, and what Albanian writes gj, xh) c (ts, ch, and what
// Albanian writes q) m n l r.
//
// spellings says how letters sound, the likeliest reading first. The longest spelling at a place counts.
// Readings are written apart by a space; "-" is silence.
var spellings = map[string]string{
	// Latin: vowels and glides
	"a": "a", "e": "i", "i": "i", "o": "u", "u": "u", "y": "i", "ë": "i -", "ı": "i", "ă": "a", "â": "a i", "î": "i",
	"ä": "a i", "ö": "u i", "ü": "u iu", "å": "a u", "æ": "i a", "ø": "u i", "œ": "i u", "ou": "u", "oo": "u", "ee": "i",
	"ae": "i ai", "ai": "ai i", "eu": "iu if", "au": "au af u", "ay": "ai", "ey": "i", "eau": "u", "aou": "au", "iou": "iu", "uu": "u",
	// Latin: consonants
	"b": "b", "d": "d", "f": "f", "g": "g", "h": "h -", "j": "i z", "k": "k", "l": "l", "m": "m", "n": "n", "p": "p", "q": "c k", "r": "r",
	"s": "s z", "t": "t", "v": "f", "w": "f", "z": "z", "c": "k c z", "x": "ks z h",
	"ce": "ci si ki zi", "ci": "ci si ki zi", "cy": "ci si ki", "cë": "ci c", "cea": "ca cia sia kia", "cia": "ca cia sia kia", "cio": "cu ciu siu kiu", "ciu": "cu ciu siu kiu",
	"č": "c", "ć": "c", "ç": "c s", "š": "s", "ş": "s", "ș": "s", "ś": "s", "ž": "z", "ź": "z", "ż": "z", "ţ": "c t", "ț": "c t", "ğ": "g -",
	"đ": "z d", "ð": "d", "þ": "t", "ß": "s", "ł": "l", "ñ": "n", "ḥ": "h", "ř": "r",
	"ch": "h c k s", "chr": "hr kr", "kh": "h", "gh": "g h", "th": "t f", "dh": "d", "ph": "f", "bh": "b", "rh": "r", "wh": "f", "sh": "s", "zh": "z", "xh": "z",
	"sch": "s sk", "tsch": "c", "tch": "c", "tzsch": "c", "ts": "c", "tz": "c z", "cz": "c", "sz": "s", "zs": "z", "cs": "c s", "dz": "z", "dž": "z", "dzh": "z", "dj": "z di", "gj": "z gi",
	"kj": "c ki", "qu": "k", "ck": "k", "cc": "k c", "cch": "k", "gn": "n gn", "gu": "gu g", "gue": "gi gui", "gui": "gi gui", "nj": "n ni", "lj": "l li", "ll": "l", "sc": "sk s", "sci": "si ski", "sce": "si ski", "shch": "s sc", "sht": "st s",
	"ge": "gi zi", "gi": "gi zi", "gy": "gi zi", "tj": "c ti", "zw": "zf cf", "mp": "mb b", "nt": "nd d", "nk": "ng g",
	// Cyrillic
	"а": "a", "б": "b", "в": "f", "г": "g h", "ґ": "g", "д": "d", "е": "i", "ё": "i iu", "є": "i", "ж": "z", "з": "z", "и": "i", "і": "i", "ї": "i",
	"й": "i", "к": "k", "л": "l", "м": "m", "н": "n", "о": "u", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ў": "f u", "ф": "f t", "х": "h", "ц": "c",
	"ч": "c", "ш": "s", "щ": "s st sc", "ъ": "a - u", "ы": "i", "ь": "-", "э": "i", "ю": "iu", "я": "ia",
	"ђ": "z", "ѓ": "z g gi", "ј": "i", "љ": "l", "њ": "n", "ћ": "c", "ќ": "c k", "ѕ": "z", "џ": "z", "дж": "z", "дз": "z", "тс": "c", "тц": "c", "тч": "c", "дч": "c",
	"кс": "ks", "ђј": "z", "гј": "z g", "кј": "c k", "ље": "li", "ње": "ni", "ью": "iu", "ья": "ia", "ье": "i",
	// Greek
	"α": "a", "β": "f b", "γ": "g", "δ": "d", "ε": "i", "ζ": "z", "η": "i", "θ": "t", "ι": "i", "κ": "k", "λ": "l", "μ": "m", "ν": "n", "ξ": "ks",
	"ο": "u", "π": "p", "ρ": "r", "σ": "s", "ς": "s", "τ": "t", "υ": "i", "φ": "f", "χ": "h", "ψ": "ps", "ω": "u", "ϊ": "i", "ϋ": "i",
	"αι": "i ai", "ει": "i", "οι": "i ui", "υι": "i", "ου": "u", "αυ": "af au", "ευ": "if iu", "ηυ": "if", "μπ": "b mb", "ντ": "d nd", "γκ": "g ng", "γγ": "ng g",
	"γχ": "nh", "τσ": "c", "τζ": "z c", "ντζ": "z", "ντσ": "nc", "γι": "gi i", "γε": "gi i", "γη": "gi", "γει": "gi", "κσ": "ks", "γκι": "gi zi", "γκε": "gi zi", "χρ": "hr kr",
	"κι": "ki ci", "ουι": "ui fi", "ουα": "ua fa",
}

// longestSpelling is the number of letters of the longest key of spellings.
const longestSpelling = 5

// final holds what the end of a word sounds like where that differs.
var final = map[string]string{
	"off": "uf", "eff": "if", "ic": "ic ik", "ë": "-", "ий": "i -", "ый": "i", "iy": "i", "yy": "i", "yj": "i", "ij": "i", "ich": "ic ih", "itch": "ic", "itsch": "ic",
	"ch": "c h k s", "ts": "c s", "j": "i z",
	"ος": "us -", "ης": "is i", "ας": "as a", "ου": "u -", "ій": "i",
}

// sounds and finals are spellings and final, cut into their readings.
var sounds, finals = cutReadings(spellings), cutReadings(final)

func cutReadings(of map[string]string) map[string][]string {
	out := make(map[string][]string, len(of))
	for letters, rs := range of {
		out[letters] = strings.Fields(rs)
	}
	return out
}
