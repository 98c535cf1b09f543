# SPDX-License-Identifier: EUPL-1.2
"""Opens and verifies courier files, from docs/protocol.md alone and with nothing but Python's standard library: not fast, not
constant-time, not for secrets. Usage: reader.py KEY CARD FILE...: the age identity of the office that they are for, and the
card of who wrote them. It says of each which messages and receipts it holds, opened and verified, and whether it is whole."""
import base64, functools, hashlib, hmac, json, operator, struct, sys

class Refused(Exception): pass
def need(ok, why):
    if not ok: raise Refused(why)
def number(b): return int.from_bytes(b, "little")

# ML-KEM-768 (FIPS 203), opening only; a wrong ciphertext gives a wrong key, which the seal that it opens then shows.
Q = 3329
GAMMA = [pow(17, 2 * int(f"{i:07b}"[::-1], 2) + 1, Q) for i in range(128)]
POWERS = [[pow(g, j, Q) for j in range(256)] for g in GAMMA]  # the order of each is 256
def bits(b, d): n = number(b); return [n >> d * i & (1 << d) - 1 for i in range(len(b) * 8 // d)]  # little-endian fields of d bits
def unbits(f, d): return sum(v << d * i for i, v in enumerate(f)).to_bytes(len(f) * d // 8, "little")
def ntt(f): return [sum(map(operator.mul, f[p::2], row)) % Q for row in POWERS for p in (0, 1)]
def intt(f): return [sum(x * row[-j % 256] for x, row in zip(f[p::2], POWERS)) * 3303 % Q for j in range(128) for p in (0, 1)]
def times(a, b):
    quads = zip(a[::2], a[1::2], b[::2], b[1::2], GAMMA)
    return [x % Q for a0, a1, b0, b1, g in quads for x in (a0 * b0 + a1 * b1 * g, a0 * b1 + a1 * b0)]
def dot(us, vs): return [sum(column) % Q for column in zip(*map(times, us, vs))]
def uniform(seed): return [d for d in bits(hashlib.shake_128(seed).digest(1344), 12) if d < Q][:256]  # SampleNTT
def noise(seed):  # SamplePolyCBD, eta 2
    return [a + b - c - d for a, b, c, d in zip(*[iter(bits(hashlib.shake_256(seed).digest(128), 1))] * 4)]
@functools.cache
def mlkem_key(d):  # the secret vector, and the hash of the public key
    rho, sigma = (g := hashlib.sha3_512(d + b"\3").digest())[:32], g[32:]
    s, e = ([ntt(noise(sigma + bytes([i + k]))) for i in range(3)] for k in (0, 3))
    a = [[uniform(rho + bytes([j, i])) for j in range(3)] for i in range(3)]
    t = [[(x + y) % Q for x, y in zip(dot(a[i], s), e[i])] for i in range(3)]
    return s, hashlib.sha3_256(b"".join(unbits(p, 12) for p in t) + rho).digest()
def mlkem_open(d, ciphertext):
    s, public = mlkem_key(d)
    u = [[(v * Q + 512) >> 10 for v in bits(ciphertext[i:i+320], 10)] for i in (0, 320, 640)]
    v = [(x * Q + 8) >> 4 for x in bits(ciphertext[960:], 4)]
    m = [((x - y) % Q * 4 + Q) // (2 * Q) & 1 for x, y in zip(v, intt(dot(s, list(map(ntt, u)))))]
    return hashlib.sha3_512(unbits(m, 1) + public).digest()[:32]

# Curve25519: Ed25519 (RFC 8032), and X25519 (RFC 7748) by the map between its two forms.
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
def point(y, sign):
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    if ((x := pow(xx, (P + 3) // 8, P)) ** 2 - xx) % P: x = x * pow(2, (P - 1) // 4, P) % P
    need((x * x - xx) % P == 0 and y < P, "no point")
    return (P - x if x & 1 != sign else x), y
def plus(p, q):
    t = D * p[0] * q[0] * p[1] * q[1]
    return (p[0]*q[1] + p[1]*q[0]) * pow(1 + t, -1, P) % P, (p[1]*q[1] + p[0]*q[0]) * pow(1 - t, -1, P) % P
def scaled(n, p):
    q = scaled(n >> 1, plus(p, p)) if n else (0, 1)
    return plus(q, p) if n & 1 else q
def signed_by(key, message, sig):
    need(len(key) == 32 and len(sig) == 64, "no signature")
    s, a, r = (number(b) for b in (sig[32:], key, sig[:32]))
    h = number(hashlib.sha512(sig[:32] + key + message).digest()) % L
    a, r = (point(n & 2**255 - 1, n >> 255) for n in (a, r))
    need(s < L and scaled(s, point(4 * pow(5, -1, P) % P, 0)) == plus(r, scaled(h, a)), "the signature")
def x25519(k, u):
    k = number(k) & ~(7 | 1 << 255) & (1 << 255) - 1 | 1 << 254
    y = scaled(k, point(((u := number(u) & 2**255 - 1) - 1) * pow(u + 1, -1, P) % P, 0))[1]
    return ((1 + y) * pow(1 - y, -1, P) % P).to_bytes(32, "little")

# HKDF-SHA-256 (RFC 5869) and ChaCha20-Poly1305 (RFC 8439), opening only.
def extract(salt, ikm): return hmac.digest(salt or bytes(32), ikm, "sha256")
def expand(prk, info, n):
    out, t = b"", b""
    while len(out) < n: out += (t := hmac.digest(prk, t + info + bytes([len(out) // 32 + 1]), "sha256"))
    return out[:n]
ROUND = (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)
def block(key, counter, nonce):
    w = list(s := struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce))
    for a, b, c, d in ROUND * 10:
        for x, y, z, r in (a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7):
            w[x] = w[x] + w[y] & 0xffffffff; w[z] ^= w[x]; w[z] = (w[z] << r | w[z] >> 32 - r) & 0xffffffff
    return struct.pack("<16I", *(x + y & 0xffffffff for x, y in zip(w, s)))
def opened(key, nonce, sealed):
    text, tag, k, acc = sealed[:-16], sealed[-16:], block(key, 0, nonce), 0
    r = number(k[:16]) & 0x0ffffffc0ffffffc0ffffffc0fffffff
    padded = text + bytes(-len(text) % 16) + struct.pack("<QQ", 0, len(text))
    for i in range(0, len(padded), 16): acc = (acc + number(padded[i:i+16] + b"\1")) * r % (2**130 - 5)
    acc = (acc + number(k[16:32])) % 2**128
    need(len(sealed) >= 16 and hmac.compare_digest(acc.to_bytes(16, "little"), tag), "the seal is broken")
    return bytes(x ^ y for i in range(0, len(text), 64) for x, y in zip(text[i:i+64], block(key, 1 + i // 64, nonce)))

# The seal: an age file (C2SP age) with one stanza of HPKE (RFC 9180) over ML-KEM-768 with X25519.
def unb64(s): return base64.b64decode(s + b"=" * (-len(s) % 4), validate=True)
def identity(text):  # the seed in AGE-SECRET-KEY-PQ-1..., of whose Bech32 check nothing is made
    data = ["qpzry9x8gf2tvdw0s3jn54khce6mua7l".index(c) for c in text.strip().lower().rpartition("1")[2]][:-6]
    return (functools.reduce(lambda n, v: n << 5 | v, data, 0) >> len(data) * 5 % 8).to_bytes(len(data) * 5 // 8, "big")
def file_key(seed, enc, body):
    need(len(enc) == 1120, "no hybrid stanza")
    keys, ct = hashlib.shake_256(seed).digest(96), enc[1088:]  # the seeds of ML-KEM, then X25519's key
    shared = hashlib.sha3_256(mlkem_open(keys[:32], enc[:1088]) + x25519(keys[64:], ct) + ct + x25519(keys[64:], (9).to_bytes(32, "little")) + b"\\.//^\\").digest()
    suite = b"HPKE" + struct.pack(">HHH", 0x647a, 1, 3)
    def labelled(salt, label, ikm): return extract(salt, b"HPKE-v1" + suite + label + ikm)
    def derived(label, n): return expand(secret, struct.pack(">H", n) + b"HPKE-v1" + suite + label + context, n)
    context = b"\0" + labelled(b"", b"psk_id_hash", b"") + labelled(b"", b"info_hash", b"age-encryption.org/mlkem768x25519")
    secret = labelled(shared, b"secret", b"")
    return opened(derived(b"key", 32), derived(b"base_nonce", 12), body)
def unseal(sealed, seed):
    head, found, rest = sealed.partition(b"\n--- ")
    need(found and head.startswith(b"age-encryption.org/v1\n-> mlkem768x25519 "), "not sealed as offices seal")
    (mac, _, payload), (_, stanza, *body) = rest.partition(b"\n"), head.split(b"\n")
    key = file_key(seed, unb64(stanza.split(b" ")[2]), unb64(b"".join(body)))
    want = hmac.digest(expand(extract(b"", key), b"header", 32), head + b"\n---", "sha256")
    need(hmac.compare_digest(unb64(mac), want), "the seal's head was changed")
    return chunks(expand(extract(payload[:16], key), b"payload", 32), payload[16:])
def chunks(stream, payload):
    cuts = range(0, len(payload), 65552)
    return b"".join(opened(stream, struct.pack(">3xQ?", n, at == cuts[-1]), payload[at:at+65552]) for n, at in enumerate(cuts))

# What is in the seal, and the file around it.
def canonical(o): return json.dumps(o, separators=(",", ":"), ensure_ascii=False).encode()
def frame(b): return b[4:][:struct.unpack(">I", b[:4])[0]]
def envelope(raw):
    need(raw.startswith(b"entraide-post/1\n") and len(raw) >= 88, "no envelope")
    head = frame(raw[16:]); body = frame(raw[20+len(head):])
    need(len(head) <= 65536 and len(raw) == 24 + len(head) + len(body) + 64, "frames")
    need(canonical(json.loads(head)) == head, "not canonical")
    return json.loads(head), body, raw[:-64], raw[-64:]
def card(c):
    signed_by(base64.b64decode(c["sign"]), b"entraide card v1\n" + canonical({k: v for k, v in c.items() if k != "signature"}), base64.b64decode(c["signature"]))
    return base64.b64decode(c["sign"])
def parts(b):
    need(b.startswith(b"entraide-pouch/1\n"), "no courier file")
    at = 16
    while (at := b.find(b"\nPART", at)) >= 0:
        content = frame(b[at+6:at+10] + b[at+42:])
        if hashlib.sha256(b[at+5:at+10] + content).digest() == b[at+10:at+42]: yield b[at+5:at+6], content; at += 42 + len(content)
        else: at += 1
def courier_file(b, seed, sender):
    found = {"messages": [], "receipts": [], "pieces": [], "shut": 0, "whole": False}
    for count, (sort, content) in enumerate(parts(b)):
        if sort == b"e": return found | {"whole": content == struct.pack(">I", count)}
        try: raw = unseal(content, seed)
        except Refused: found["shut"] += 1; continue
        if sort == b"m":
            header, _, signed, signature = envelope(raw)
            signed_by(sender, signed, signature); found["messages"].append(header["id"])
        if sort == b"p": signed_by(sender, raw[:-64], raw[-64:]); p = json.loads(frame(raw[17:])); found["pieces"].append(f"{p['hash']} {p['offset']}")
        while sort == b"r" and raw:
            r = frame(raw); raw = raw[4+len(r):]
            signed_by(sender, b"entraide-receipt/1\n" + r[64:], r[:64]); found["receipts"].append(json.loads(r[64:])["message"])
    return found
if __name__ == "__main__":
    seed, sender = identity(open(sys.argv[1]).read()), card(json.load(open(sys.argv[2])))
    for name in sys.argv[3:]: print(json.dumps(courier_file(open(name, "rb").read(), seed, sender)))
