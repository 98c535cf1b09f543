# SPDX-License-Identifier: EUPL-1.2
"""What reader.py needs of cryptography and a standard library does not have: ML-KEM-768 (opening), X25519, Ed25519 (verifying),
ChaCha20-Poly1305 (opening), HKDF. Written from their specifications: not fast, not constant-time, not for secrets."""
import hashlib, hmac, struct

class Refused(Exception): pass
def need(ok, why):
    if not ok: raise Refused(why)

# ML-KEM-768 (FIPS 203), opening only; a wrong ciphertext gives a wrong key, which the seal that it opens then shows.
Q, K = 3329, 3
ZETA = [pow(17, int(f"{i:07b}"[::-1], 2), Q) for i in range(128)]
GAMMA = [pow(17, 2 * int(f"{i:07b}"[::-1], 2) + 1, Q) for i in range(128)]
def bits(b, d): # little-endian fields of d bits
    n = int.from_bytes(b, "little")
    return [n >> (d * i) & (1 << d) - 1 for i in range(len(b) * 8 // d)]
def unbits(f, d): return sum(v << (d * i) for i, v in enumerate(f)).to_bytes(len(f) * d // 8, "little")
def ntt(f):
    f, i, size = f[:], 1, 128
    while size >= 2:
        for start in range(0, 256, 2 * size):
            for j in range(start, start + size):
                t = ZETA[i] * f[j + size]
                f[j], f[j + size] = (f[j] + t) % Q, (f[j] - t) % Q
            i += 1
        size //= 2
    return f
def intt(f):
    f, i, size = f[:], 127, 2
    while size <= 128:
        for start in range(0, 256, 2 * size):
            for j in range(start, start + size):
                t = f[j]
                f[j], f[j + size] = (t + f[j + size]) % Q, ZETA[i] * (f[j + size] - t) % Q
            i -= 1
        size *= 2
    return [v * 3303 % Q for v in f]
def times(a, b):
    out = []
    for i in range(128):
        (a0, a1), (b0, b1) = a[2*i:2*i+2], b[2*i:2*i+2]
        out += [(a0 * b0 + a1 * b1 * GAMMA[i]) % Q, (a0 * b1 + a1 * b0) % Q]
    return out
def dot(us, vs): return [sum(c) % Q for c in zip(*(times(u, v) for u, v in zip(us, vs)))]
def uniform(seed): # SampleNTT
    stream, out, at = hashlib.shake_128(seed).digest(1344), [], 0
    while len(out) < 256:
        d1, d2 = bits(stream[at:at+3], 12)
        out += [d for d in (d1, d2) if d < Q]
        at += 3
    return out[:256]
def noise(seed): # SamplePolyCBD, eta 2
    b = bits(hashlib.shake_256(seed).digest(128), 1)
    return [(b[4*i] + b[4*i+1] - b[4*i+2] - b[4*i+3]) % Q for i in range(256)]
def mlkem_open(d, ciphertext):
    g = hashlib.sha3_512(d + bytes([K])).digest()
    s = [ntt(noise(g[32:] + bytes([i]))) for i in range(K)]
    e = [ntt(noise(g[32:] + bytes([K + i]))) for i in range(K)]
    a = [[uniform(g[:32] + bytes([j, i])) for j in range(K)] for i in range(K)]
    t = [[(x + y) % Q for x, y in zip(dot(a[i], s), e[i])] for i in range(K)]
    public = b"".join(unbits(p, 12) for p in t) + g[:32]
    u = [[(v * Q + 512) >> 10 for v in bits(ciphertext[320*i:320*i+320], 10)] for i in range(K)]
    v = [(x * Q + 8) >> 4 for x in bits(ciphertext[960:], 4)]
    w = [(x - y) % Q for x, y in zip(v, intt(dot(s, [ntt(p) for p in u])))]
    m = unbits([((x * 4 + Q) // (2 * Q)) & 1 for x in w], 1)
    return hashlib.sha3_512(m + hashlib.sha3_256(public).digest()).digest()[:32]

# Curve25519: X25519 (RFC 7748) and Ed25519 (RFC 8032).
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
def x25519(k, u):
    k = int.from_bytes(k, "little") & ~(7 | 1 << 255) & (1 << 255) - 1 | 1 << 254
    x1 = int.from_bytes(u, "little") & (1 << 255) - 1
    x2, z2, x3, z3 = 1, 0, x1, 1
    for t in range(254, -1, -1):
        bit = k >> t & 1
        if bit: x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        x3, z3, x2, z2 = (da + cb)**2 % P, x1 * (da - cb)**2 % P, aa * bb % P, (aa - bb) * (aa + 121665 * (aa - bb)) % P
        if bit: x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")
D = -121665 * pow(121666, P - 2, P) % P
def point(b):
    y = int.from_bytes(b, "little"); sign, y = y >> 255, y & (1 << 255) - 1
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P: x = x * pow(2, (P - 1) // 4, P) % P
    need((x * x - xx) % P == 0 and y < P, "no point")
    return ((P - x if x & 1 != sign else x), y)
def plus(p, q):
    t = D * p[0] * q[0] * p[1] * q[1]
    return ((p[0]*q[1] + p[1]*q[0]) * pow(1 + t, P - 2, P) % P, (p[1]*q[1] + p[0]*q[0]) * pow(1 - t, P - 2, P) % P)
def scaled(n, p):
    out = (0, 1)
    while n:
        if n & 1: out = plus(out, p)
        p, n = plus(p, p), n >> 1
    return out
BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
def signed_by(key, message, sig):
    s = int.from_bytes(sig[32:], "little")
    h = int.from_bytes(hashlib.sha512(sig[:32] + key + message).digest(), "little") % L
    return len(sig) == 64 and s < L and scaled(s, BASE) == plus(point(sig[:32]), scaled(h, point(key)))

# ChaCha20-Poly1305 (RFC 8439) and HKDF-SHA-256 (RFC 5869).
def block(key, counter, nonce):
    s = list(struct.unpack("<16I", b"expand 32-byte k" + key + struct.pack("<I", counter) + nonce)); w = s[:]
    for _ in range(10):
        for a, b, c, d in ((0,4,8,12),(1,5,9,13),(2,6,10,14),(3,7,11,15),(0,5,10,15),(1,6,11,12),(2,7,8,13),(3,4,9,14)):
            for x, y, z, r in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                w[x] = (w[x] + w[y]) & 0xffffffff; w[z] ^= w[x]; w[z] = (w[z] << r | w[z] >> 32 - r) & 0xffffffff
    return struct.pack("<16I", *((x + y) & 0xffffffff for x, y in zip(w, s)))
def opened(key, nonce, sealed, ad=b""):
    text, tag = sealed[:-16], sealed[-16:]
    k, r, acc = block(key, 0, nonce), 0, 0
    r = int.from_bytes(k[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff
    padded = ad + bytes(-len(ad) % 16) + text + bytes(-len(text) % 16) + struct.pack("<QQ", len(ad), len(text))
    for i in range(0, len(padded), 16): acc = (acc + int.from_bytes(padded[i:i+16] + b"\1", "little")) * r % (2**130 - 5)
    need(len(sealed) >= 16 and hmac.compare_digest(((acc + int.from_bytes(k[16:32], "little")) % 2**128).to_bytes(16, "little"), tag), "the seal is broken")
    return bytes(x ^ y for i in range(0, len(text), 64) for x, y in zip(text[i:i+64], block(key, 1 + i // 64, nonce)))
def extract(salt, ikm): return hmac.digest(salt or bytes(32), ikm, "sha256")
def expand(prk, info, n):
    out, t, i = b"", b"", 1
    while len(out) < n: t = hmac.digest(prk, t + info + bytes([i]), "sha256"); out += t; i += 1
    return out[:n]
